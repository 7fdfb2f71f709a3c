//! Decodes the bytes of a capture into records, and learns templates from them.
//!
//! This is where scan, syntax and event are combined. Memory is reused: records take it, and [`Decoder::recycle`]
//! returns it. The meaning of a payload is stored with its template, so a payload that matches needs no decoding.

use std::ops::ControlFlow;
use std::sync::{Arc, OnceLock};

use crate::event::{Event, PRIVATE, evidence, fields, is_message, is_renamed, listed, pairs};
use crate::fast::Cache;
use crate::fast::pooled::Pooled;
use crate::fast::template::{Sample, TemplateKey};
use crate::finding::{Finding, Reason, Severity};
use crate::record::body::Body;
use crate::record::contents::{Contents, Decoded, Shared};
use crate::record::decrypt::Decryptor;
use crate::record::{Outcome, Record};
use crate::scan::source_map::SourceMap;
use crate::scan::{Anchors, Doubt, Found, FoundKind, Names, Scanner, Turn};
use crate::seal::Policy;
use crate::span::{Place, Span, Units};
use crate::syntax::{Limits, View};

const NAMES: Names = Names {
    is_message,
    tells_by_value: fields::tells_by_value,
    is_plain: fields::is_plain,
    private: PRIVATE,
    is_member: fields::is_member,
    is_of_event: fields::is_of_event,
    begins_message: |name| fields::top(name).is_some(),
    is_record_key: fields::is_record_key,
    marks: &fields::MARKS,
    heads: &fields::HEADS,
    event_prefix: fields::EVENT_PREFIX,
    event_marks: fields::EVENT_MARKS,
    is_renamed,
    event_name: evidence::event_name,
    values: evidence::values,
    holds: evidence::holds,
    is_field: evidence::is_field,
    has_headers: evidence::has_headers,
    listed: listed::listed,
    pairs: pairs::pairs,
    anchors: &ANCHORS,
};

static ANCHORS: Anchors = Anchors::new(&fields::ANCHORS, &fields::ENCODED_ANCHORS);

/// Decodes the bytes of one capture into records.
#[derive(Debug)]
pub(crate) struct Decoder {
    source: Pooled<str>,
    limits: Limits,
    units: Units,
    pub(crate) scanner: Scanner,
    /// Memory for the next record, returned by [`Decoder::recycle`].
    pub(super) spare: Option<Box<Decoded>>,
    /// Decrypts payloads, if a policy is given.
    pub(super) decryptor: Option<Box<Decryptor>>,
    /// True if payloads are decoded that a user may have typed, because a torn message stands before them.
    accepts_after_torn: bool,
}

impl Decoder {
    pub(crate) fn new(source: Arc<str>, limits: Limits, (place, units): (Place, Units)) -> Self {
        let scanner = Scanner::new(limits, NAMES, place, units);
        Self::with(scanner, source, limits, units)
    }

    /// Makes a decoder that starts at a line of a capture; see [`Scanner::on_line`].
    pub(crate) fn on_line(source: Arc<str>, limits: Limits, place: Place) -> Self {
        let scanner = Scanner::on_line(limits, NAMES, place);
        Self::with(scanner, source, limits, Units::Utf8)
    }

    /// Sets the cache of the fast path, which is off without one.
    pub(crate) fn with_cache(mut self, cache: Option<Box<Cache>>) -> Self {
        self.scanner.cache = cache;
        self
    }

    /// Attaches queries to records, if they are `wanted`.
    pub(crate) fn with_queries(self, wanted: bool) -> Self {
        match wanted {
            true => Decoder {
                scanner: self.scanner.wanting_queries(),
                ..self
            },
            false => self,
        }
    }

    /// Keeps all noise, if it is `wanted`.
    pub(crate) fn keeping_noise(mut self, wanted: bool) -> Self {
        if wanted {
            self.scanner.noise.keep_lines();
        }
        self
    }

    /// Also decodes payloads that a user may have typed after a torn message, if that is `wanted`.
    pub(crate) fn accepting_after_torn(self, wanted: bool) -> Self {
        Decoder {
            accepts_after_torn: wanted,
            ..self
        }
    }

    fn with(scanner: Scanner, source: Arc<str>, limits: Limits, units: Units) -> Self {
        Decoder {
            source: source.into(),
            limits,
            units,
            scanner,
            spare: None,
            decryptor: None,
            accepts_after_torn: false,
        }
    }

    /// Decrypts payloads according to `policy`.
    pub(crate) fn opening(mut self, policy: Option<Arc<Policy>>) -> Self {
        let wants_queries = policy.as_ref().is_some_and(|policy| policy.wants_queries());
        let decryptor = policy.map(|policy| Decryptor::new(policy, self.limits));
        self.decryptor = decryptor.map(Box::new);
        self.with_queries(wants_queries)
    }

    /// Returns the next record in `buffer`, or `None` if more bytes are needed or, with `last`, if there is none.
    ///
    /// `buffer` must begin as in the last call, without the bytes reported by [`Scanner::take_done`].
    #[inline]
    pub(crate) fn next<'b>(&mut self, buffer: &'b [u8], last: bool) -> Option<Record<'b>> {
        let decoded = self.spare.get_or_insert_default();
        let found = self.scanner.next(buffer, last, &mut decoded.parts)?;
        Some(self.record(found, buffer))
    }

    /// Calls `see` with the records in `buffer` until it breaks; see [`Decoder::next`].
    pub(crate) fn each(
        &mut self,
        buffer: &[u8],
        last: bool,
        mut see: impl FnMut(&mut Record<'_>) -> ControlFlow<()>,
    ) {
        loop {
            let decoded = self.spare.get_or_insert_default();
            let mut found = self.scanner.next(buffer, last, &mut decoded.parts);
            let Some(found) = &mut found else {
                return;
            };
            let mut record = self.unread(found, buffer);
            self.read(&mut record, found, buffer);
            let flow = see(&mut record);
            self.recycle(record);
            if flow.is_break() {
                return;
            }
        }
    }

    /// Advances one step in `buffer`, which does not end the capture; see [`Decoder::next`].
    pub(crate) fn step<'b>(&mut self, buffer: &'b [u8]) -> Turn<Record<'b>> {
        let decoded = self.spare.get_or_insert_default();
        match self.scanner.step(buffer, false, &mut decoded.parts) {
            Turn::Found(found) => Turn::Found(self.record(found, buffer)),
            Turn::Moved => Turn::Moved,
            Turn::Stuck => Turn::Stuck,
        }
    }

    /// Takes back the memory of a record.
    #[inline(always)]
    pub(crate) fn recycle(&mut self, record: Record<'_>) {
        let Record {
            source,
            body,
            raw,
            decoded,
            sealed,
            ..
        } = record;
        self.source.take_back(source);
        let spare = match &mut self.decryptor {
            Some(decryptor) if sealed.is_some() => &mut decryptor.inner.spare,
            _ => &mut self.spare,
        };
        match decoded {
            Contents::Own(decoded) => *spare = Some(decoded),
            Contents::Shared(shared) => {
                if let Some(cache) = &mut self.scanner.cache {
                    cache.take_back(shared.template, shared);
                }
            }
        }
        if let (Some((_, steps)), Some(spare)) = (raw, spare) {
            let (text, rest) = body.into_memory();
            spare.parts.source_map = SourceMap { text, rest, steps };
        } else if let (Some(decryptor), true) = (&mut self.decryptor, sealed.is_some()) {
            decryptor.plain = body.into_bytes();
        }
    }

    /// Returns content and event of a known template, or spare memory.
    #[inline(always)]
    pub(super) fn contents(&mut self, template: Option<TemplateKey>) -> Contents {
        let cache = self.scanner.cache.as_deref_mut();
        match cache.and_then(|cache| cache.meaning(template?)) {
            Some(shared) => Contents::Shared(shared),
            None => Contents::Own(self.spare.take().unwrap_or_default()),
        }
    }

    #[inline]
    fn record<'b>(&mut self, mut found: Found<'b>, buffer: &'b [u8]) -> Record<'b> {
        let mut record = self.unread(&mut found, buffer);
        self.read(&mut record, &found, buffer);
        record
    }

    /// Makes an undecoded record. It is built in place, because moving it would cost more.
    #[inline(always)]
    fn unread<'b>(&mut self, found: &mut Found<'b>, buffer: &'b [u8]) -> Record<'b> {
        let decoded = self.contents(found.template);
        let outcome = match (found.kind, decoded.event()) {
            (_, Some(event)) => Outcome::Callback(event),
            (FoundKind::Remark, None) => Outcome::Remark,
            (FoundKind::Whole | FoundKind::Broken, None) => Outcome::Undecodable,
        };
        Record {
            source: self.source.take(),
            place: found.place,
            units: self.units,
            syntax: found.syntax,
            body: Body::Bytes(buffer[found.range.clone()].into()),
            raw: None,
            outcome,
            decoded,
            sealed: None,
            query: found.query.take(),
            delivery_key: None,
        }
    }

    /// Decodes a record that matches no template, and decrypts it if needed.
    #[inline(always)]
    fn read<'b>(&mut self, record: &mut Record<'b>, found: &Found<'b>, buffer: &'b [u8]) {
        if found.is_unescaped {
            let decoded = match &mut record.decoded {
                Contents::Own(decoded) => decoded,
                Contents::Shared(_) => self.spare.get_or_insert_default(),
            };
            let SourceMap { text, steps, rest } = std::mem::take(&mut decoded.parts.source_map);
            record.body = Body::owned(text, rest);
            record.raw = Some((buffer[found.range.clone()].into(), steps));
        } else if let Some(text) = found.text {
            record.body = Body::Text(text.into());
        } else if found.template.is_none() {
            record.body = Body::new(&buffer[found.range.clone()]);
        }
        if found.kind == FoundKind::Whole {
            if !matches!(record.outcome, Outcome::Callback(_)) {
                self.understand(record);
            }
            if self.decryptor.is_some() {
                self.decrypt(record);
            }
            if let Some(doubt) = found.doubt {
                self.judge(doubt, record);
            }
        }
    }
}

impl Decoder {
    /// Decodes a well-formed payload and learns from it.
    pub(super) fn understand(&mut self, record: &mut Record<'_>) {
        let (Body::Text(text), Contents::Own(decoded)) = (&record.body, &mut record.decoded) else {
            return;
        };
        record.outcome = decoded.understand(text, &self.limits);
        if let Outcome::Callback(event) = record.outcome {
            self.learn(event, decoded, text);
        }
    }

    /// Adds the finding of a `doubt` about a callback, which may be undecodable for that reason.
    #[cold]
    fn judge(&self, doubt: Doubt, record: &mut Record<'_>) {
        if !matches!(record.outcome, Outcome::Callback(_)) {
            return;
        }
        let reason = match doubt {
            _ if self.accepts_after_torn => Reason::AfterTorn,
            Doubt::AfterTorn => Reason::AfterTorn,
            Doubt::InTyped => Reason::AfterTornTyped,
            Doubt::BeforeRest => Reason::BeforeRest,
        };
        let finding = Finding::new(reason, Span::new(0, 1));
        let findings = &mut record.decoded.make_own().parts.findings;
        if finding.severity() == Severity::Undecodable {
            findings.only(finding);
            record.outcome = Outcome::Undecodable;
        } else {
            findings.push(finding);
            findings.sort();
        }
    }

    /// Stores a callback's template and meaning.
    fn learn(&mut self, event: Event, decoded: &Decoded, text: &str) {
        let Decoded { parts, meaning } = decoded;
        let cache = self.scanner.cache.as_mut();
        let is_due = || cache.is_some_and(|cache| cache.admits_payload());
        if parts.tree.has_own() || parts.tree.is_printed || !is_due() {
            return;
        }
        // These tell how the text was escaped. Other payloads of the template have other escapes, or none.
        let of_escape = [Reason::PastedText, Reason::LoneSurrogate];
        let mut findings = parts.findings.as_slice().iter();
        if findings.any(|finding| of_escape.contains(&finding.reason())) {
            return;
        }
        let root = View::root(&parts.tree, text);
        let sample = Sample {
            syntax: parts.tree.syntax,
            text,
            placeholders: &meaning.placeholders(event, root),
        };
        self.scanner.learn_payload(sample, |template| {
            let mut decoded = decoded.clone();
            decoded.meaning.note_plain(root);
            Arc::new(Shared {
                template,
                event,
                decoded,
                line: OnceLock::new(),
                compact: OnceLock::new(),
            })
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Writes callback `n` as XML, an element on each line, with the given line end.
    fn xml(n: usize, line_end: &str) -> String {
        let event = ["popup", "change"][n % 2];
        let header = format!(
            "<xml>\n<ToUserName><![CDATA[gh_{n:012x}]]></ToUserName>\n\
             <FromUserName><![CDATA[oWxSubTest_{n:017}]]></FromUserName>\n\
             <CreateTime>{}</CreateTime>\n<MsgType><![CDATA[event]]></MsgType>\n\
             <Event><![CDATA[subscribe_msg_{event}_event]]></Event>\n",
            1_763_812_800 + n
        );
        let item = format!(
            "<List>\n<TemplateId><![CDATA[T{n:042}]]></TemplateId>\n\
             <SubscribeStatusString><![CDATA[reject]]></SubscribeStatusString>\n</List>\n"
        );
        let wrapper = ["SubscribeMsgPopupEvent", "SubscribeMsgChangeEvent"][n % 2];
        let items = item.repeat(1 + n / 2 % 2);
        let text = format!("{header}<{wrapper}>\n{items}</{wrapper}>\n</xml>\n");
        text.replace('\n', line_end)
    }

    /// Writes callback `n` as JSON, with `blank` between all tokens.
    fn json(n: usize, blank: &str) -> String {
        let text = format!(
            r#"{{~"ToUserName":~"gh_{n:012x}",~"FromUserName":~"oWxSubTest_{n:017}",~"CreateTime":~{},~"MsgType":~"event",~"Event":~"subscribe_msg_change_event",~"List":~[~{{~"TemplateId":~"T{n:042}",~"SubscribeStatusString":~"reject"~}}~]~}}~"#,
            1_763_812_800 + n
        );
        text.replace('~', blank) + "\n"
    }

    /// Writes a log line that contains `body` as a string.
    fn wrapped(body: &str) -> String {
        let body = body.replace('\\', "\\\\").replace('"', "\\\"");
        let body = body
            .replace('\r', "\\r")
            .replace('\n', "\\n")
            .replace('\t', "\\t");
        format!("{{\"level\":\"info\",\"body\":\"{body}\"}}\n")
    }

    /// Returns the number of callbacks in `capture`, and how many of them match a template.
    fn recognised(capture: &str, is_fast: bool) -> (usize, usize) {
        let start = (Place::default(), Units::Utf8);
        let mut decoder = Decoder::new("".into(), Limits::default(), start)
            .with_cache(is_fast.then(Box::default));
        let (mut all, mut recognised) = (0, 0);
        while let Some(record) = decoder.next(capture.as_bytes(), true) {
            all += usize::from(record.callback().is_some());
            recognised += usize::from(matches!(record.decoded, Contents::Shared(_)));
            decoder.recycle(record);
        }
        (all, recognised)
    }

    #[test]
    fn payloads_are_recognised_whatever_blanks_are_between_their_parts_unless_that_is_off() {
        const PAYLOADS: usize = 40;
        let blanks = ["", "\n", "\r\n", "\r", "\n  ", "\r\n\t", " \r\n\r\n "];
        for blank in blanks {
            for (write, templates) in [(xml as fn(usize, &str) -> String, 4), (json, 1)] {
                let payloads = || (0..PAYLOADS).map(|n| write(n, blank));
                let plain: String = payloads().collect();
                let log: String = payloads().map(|body| wrapped(&body)).collect();
                for capture in [plain, log] {
                    let (fast, slow) = (recognised(&capture, true), recognised(&capture, false));
                    assert_eq!(
                        fast,
                        (PAYLOADS, PAYLOADS - templates),
                        "{blank:?} in {capture:.300}"
                    );
                    assert_eq!(slow, (PAYLOADS, 0), "{blank:?} in {capture:.300}");
                }
            }
        }
    }
}
