//! Checks that quick-xml leaves to its caller: is a token well-formed, and if not, at which byte.
//!
//! Every function takes the position of a token, or of a part of one. None reads further than the token can go: after a
//! failure the scanner tries again a little later, and searching for an end that never comes would take quadratic time.

use std::collections::HashSet;

use quick_xml::escape::resolve_xml_entity;
use quick_xml::events::BytesRef;

use super::chars::{NAME_BYTES, is_name_char, is_name_start, is_xml_char};
use super::{CDATA, CDATA_END, LONGEST_DECLARATION, text_of};
use crate::finding::{Finding, Reason};
use crate::simd::{is_space, skip_space};
use crate::span::Span;
use crate::syntax::{Bytes, Stop, Str, describe};

const DOCTYPE: &[u8] = b"<!DOCTYPE";

/// The most bytes of the content of an instruction.
pub(crate) const LONGEST_INSTRUCTION: usize = 4096;

/// The most bytes of a malformed token of the prolog that is skipped.
pub(super) const LONGEST_PROLOG: usize = 4096;

/// The most bytes of a reference, with `&` and `;`.
const LONGEST_REFERENCE: usize = 1024;

/// The bytes of a document, read as markup.
#[derive(Clone, Copy)]
pub(super) struct Markup<'a>(pub(super) Bytes<'a>);

/// A start tag: the ranges of its parts.
#[derive(Debug)]
pub(super) struct StartTag {
    pub(super) name: Str,
    /// The name of the first attribute.
    pub(super) attribute: Option<Str>,
    /// The number of attributes.
    pub(super) attributes: usize,
}

impl StartTag {
    /// Makes the tag of an element without attributes.
    pub(super) fn plain(name: usize, len: usize) -> Self {
        StartTag {
            name: Str::source(name, name + len),
            attribute: None,
            attributes: 0,
        }
    }

    pub(super) fn name<'a>(&self, bytes: &'a [u8]) -> &'a [u8] {
        &bytes[self.name.source_range()]
    }
}

impl<'a> Markup<'a> {
    /// Refuses `]]>` in `text`, which stands at `start` outside of CDATA.
    pub(super) fn text(self, start: usize, text: &[u8]) -> Result<(), Stop> {
        let end = memchr::memchr(b']', text).and_then(|_| memchr::memmem::find(text, CDATA_END));
        match end {
            None => Ok(()),
            Some(at) => {
                let at = start + at;
                Err(self.broken_at(at, at + CDATA_END.len(), Reason::CdataEndInText))
            }
        }
    }

    /// Returns the end of the comment that begins at `at`.
    pub(super) fn comment(self, at: usize) -> Result<usize, Stop> {
        let text = at + 4;
        let Some(dashes) = memchr::memmem::find(self.0.from(text), b"--") else {
            return Err(self.run_out("<!--"));
        };
        let end = text + dashes + 2;
        match self.0.get(end) {
            Some(b'>') => Ok(end + 1),
            Some(_) => Err(self.broken_at(text + dashes, end, Reason::DashesInComment)),
            None => Err(self.run_out("<!--")),
        }
    }

    /// Returns the end of the `<?target …?>` that begins at `at`. An XML declaration must be `allowed`.
    pub(super) fn instruction(self, at: usize, allowed: bool) -> Result<usize, Stop> {
        let name_end = self.name(at + 2)?;
        let name = &self.0.all[at + 2..name_end];
        let is_declaration_like = name.eq_ignore_ascii_case(b"xml");
        let rest = self.0.from(name_end);
        let longest = match is_declaration_like {
            true => LONGEST_DECLARATION,
            false => LONGEST_INSTRUCTION,
        };
        let window = &rest[..rest.len().min(longest)];
        let len = match memchr::memmem::find(window, b"?>") {
            Some(len) => len,
            None if window.len() == rest.len() => return Err(self.run_out("<?")),
            None if is_declaration_like => {
                return Err(self.broken_at(at, name_end, Reason::BadDeclaration));
            }
            None => {
                let finding = Finding::new(Reason::LongInstruction, Span::new(at, name_end));
                return Err(Stop::Broken(finding.with(LONGEST_INSTRUCTION.to_string())));
            }
        };
        let end = name_end + len + 2;
        let content = &window[..len];
        match (name, allowed) {
            (b"xml", true) if declaration(content).is_some() => Ok(end),
            (b"xml", true) => Err(self.broken_at(at, end, Reason::BadDeclaration)),
            (b"xml", false) => Err(self.broken_at(at, end, Reason::LateDeclaration)),
            (name, _) if is_declaration_like => {
                let finding = Finding::new(Reason::BadInstruction, Span::new(at + 2, name_end));
                Err(Stop::Broken(finding.with(String::from_utf8_lossy(name))))
            }
            _ if content.first().is_some_and(|&b| !is_space(b)) => {
                Err(self.0.broken(name_end, Reason::ExpectedSpace))
            }
            _ => Ok(end),
        }
    }

    /// Returns the end of the DOCTYPE that begins at `at`, with its internal subset. Its content is not interpreted.
    pub(super) fn doctype(self, at: usize) -> Result<usize, Stop> {
        let mut depth = 0usize;
        let mut pos = at;
        let bracket = |from: &[u8]| from.iter().position(|b| b"\"'[]<>".contains(b));
        while let Some(n) = bracket(self.0.from(pos)) {
            pos += n;
            let rest = self.0.from(pos);
            match rest[0] {
                b'<' if rest.starts_with(b"<!--") => pos = self.comment(pos)? - 1,
                b'<' if rest.starts_with(b"<?") => {
                    match memchr::memmem::find(&rest[..rest.len().min(LONGEST_PROLOG)], b"?>") {
                        Some(n) => pos += n + 1,
                        None if rest.len() < LONGEST_PROLOG => break,
                        None => return Err(self.broken_at(pos, pos + 2, Reason::BadMarkup)),
                    }
                }
                b'<' if pos > at && is_doctype(rest) => {
                    return Err(self.broken_at(pos, pos + 2, Reason::BadMarkup));
                }
                quote @ (b'"' | b'\'') => match memchr::memchr(quote, &rest[1..]) {
                    Some(n) => pos += 1 + n,
                    None => break,
                },
                b'<' | b'[' => depth += 1,
                _ => depth = depth.saturating_sub(1),
            }
            pos += 1;
            if depth == 0 {
                return Ok(pos);
            }
        }
        Err(self.run_out("<!DOCTYPE"))
    }

    /// Returns true if CDATA, a comment or a DOCTYPE may begin at `at`, and too few bytes have arrived to tell.
    pub(super) fn is_cut_declaration(self, at: usize) -> bool {
        let rest = self.0.from(at);
        let begins = |token: &&[u8]| {
            let head = token.get(..rest.len());
            head.is_some_and(|head| head.eq_ignore_ascii_case(rest))
        };
        rest.len() < CDATA.len() && [CDATA, b"<!--", DOCTYPE].iter().any(begins)
    }

    /// Makes the failure of a `<!` at `at` inside the root.
    pub(super) fn bad_declaration(self, at: usize) -> Stop {
        match is_doctype(self.0.from(at)) {
            true => {
                let span = Span::new(at, at + DOCTYPE.len());
                Stop::Broken(Finding::new(Reason::Doctype, span))
            }
            false => self.broken_at(at, at + 2, Reason::BadMarkup),
        }
    }

    /// Reads the start tag at `at`.
    pub(super) fn start_tag(self, at: usize) -> Result<StartTag, Stop> {
        let name_end = self.name(at + 1)?;
        let mut tag = StartTag::plain(at + 1, name_end - at - 1);
        let mut names = HashSet::new();
        let mut at = name_end;
        while let Some(next) = self.next_attribute(at, &tag)? {
            let (name, end) = self.attribute(next, &tag)?;
            if !names.insert(&self.0.all[name.source_range()]) {
                let span = Span::new(next, next + name.len());
                let finding = Finding::new(Reason::DuplicateAttribute, span);
                return Err(Stop::Broken(finding.with(text_of(self.0.all, name))));
            }
            tag.attribute.get_or_insert(name);
            tag.attributes += 1;
            at = end;
        }
        Ok(tag)
    }

    /// Returns the position of the next attribute of `tag` after `at`. `None` if the tag ends there.
    fn next_attribute(self, at: usize, tag: &StartTag) -> Result<Option<usize>, Stop> {
        let next = skip_space(self.0.all, at);
        match (self.0.get(next), self.0.get(next + 1)) {
            (None, _) | (Some(b'/'), None) => Err(self.run_out_tag(tag)),
            (Some(b'>'), _) | (Some(b'/'), Some(b'>')) => Ok(None),
            (Some(b'/'), _) => Err(self.0.broken(next + 1, Reason::ExpectedTagEnd)),
            _ if next > at => Ok(Some(next)),
            _ if tag.attributes == 0 => Err(self.0.broken(next, Reason::ExpectedTagEnd)),
            _ => Err(self.0.broken(next, Reason::ExpectedSpace)),
        }
    }

    /// Reads `name = "value"`. Returns the name and the end of the value.
    fn attribute(self, at: usize, tag: &StartTag) -> Result<(Str, usize), Stop> {
        let name_end = self.name(at)?;
        let equals = skip_space(self.0.all, name_end);
        match self.0.get(equals) {
            None => return Err(self.run_out_tag(tag)),
            Some(b'=') => {}
            Some(_) => return Err(self.0.broken(equals, Reason::ExpectedEquals)),
        }
        let open = skip_space(self.0.all, equals + 1);
        let quote = match self.0.get(open) {
            None => return Err(self.run_out_tag(tag)),
            Some(quote @ (b'"' | b'\'')) => quote,
            Some(_) => return Err(self.0.broken(open, Reason::ExpectedQuote)),
        };
        let end = self.attribute_value(open + 1, quote, tag)?;
        Ok((Str::source(at, name_end), end))
    }

    /// Returns the end of the attribute value that begins at `at`, after its closing `quote`.
    fn attribute_value(self, mut at: usize, quote: u8, tag: &StartTag) -> Result<usize, Stop> {
        while let Some(n) = memchr::memchr3(quote, b'<', b'&', self.0.from(at)) {
            at += n;
            match self.0.all[at] {
                b'<' => return Err(self.broken_at(at, at + 1, Reason::LessInAttribute)),
                b'&' => at += self.reference_len(at)?,
                _ => return Ok(at + 1),
            }
        }
        Err(self.run_out_tag(tag))
    }

    /// Returns the name in the end tag at `at`, and the position after it and white space.
    pub(super) fn end_tag(self, at: usize) -> Result<(Str, usize), Stop> {
        let name_end = self.name(at + 2)?;
        let close = skip_space(self.0.all, name_end);
        Ok((Str::source(at + 2, name_end), close))
    }

    /// Returns the length of the reference at `at`. Fails if it stands for no character.
    fn reference_len(self, at: usize) -> Result<usize, Stop> {
        let name = self.reference_name(at)?;
        match resolved(&BytesRef::new(name)) {
            Some(_) => Ok(name.len() + 2),
            None => Err(self.bad_reference(at)),
        }
    }

    /// Makes the failure of the reference at `at`.
    pub(super) fn bad_reference(self, at: usize) -> Stop {
        let name = match self.reference_name(at) {
            Ok(name) => name,
            Err(stop) => return stop,
        };
        let span = Span::new(at, at + name.len() + 2);
        Stop::Broken(match name.starts_with('#') {
            true => Finding::new(Reason::BadReference, span).with(format!("&{name};")),
            false => Finding::new(Reason::UnknownEntity, span).with(name),
        })
    }

    /// Returns the name in the reference at `at`.
    fn reference_name(self, at: usize) -> Result<&'a str, Stop> {
        let rest = self.0.from(at);
        let body = &rest[1..rest.len().min(LONGEST_REFERENCE)];
        let len = body.iter().position(|b| {
            !b.is_ascii_alphanumeric() && !matches!(b, b'#' | b'_' | b'-' | b'.' | b':')
        });
        match len {
            None if rest.len() < LONGEST_REFERENCE => Err(self.run_out("&")),
            Some(len) if len > 0 && body[len] == b';' => {
                Ok(std::str::from_utf8(&body[..len]).unwrap_or_default())
            }
            _ => Err(self.broken_at(at, at + 1, Reason::LoneAmpersand)),
        }
    }

    /// Returns the end of the name that begins at `at`.
    pub(super) fn name(self, at: usize) -> Result<usize, Stop> {
        let rest = self.0.from(at);
        let len = name_len(rest);
        let undecided = rest.len() - len < 4 && !rest[len..].iter().any(u8::is_ascii);
        if undecided && !self.0.last {
            return Err(Stop::More);
        }
        if undecided && rest.len() == len {
            return Err(self.run_out("<"));
        }
        let name = std::str::from_utf8(&rest[..len]).unwrap_or_default();
        match name.starts_with(is_name_start) {
            true => Ok(at + len),
            false => Err(self.0.broken(at, Reason::ExpectedName)),
        }
    }

    /// Makes the failure of the bytes from `start` to `end`. [`Stop::More`] if too few bytes follow to describe them.
    pub(super) fn broken_at(self, start: usize, end: usize, reason: Reason) -> Stop {
        if !self.0.last && self.0.all.len() < end + 4 {
            return Stop::More;
        }
        let finding = Finding::new(reason, Span::new(start, end));
        Stop::Broken(finding.with(describe(self.0.from(end))))
    }

    /// Makes the stop of a document that ends inside `what`.
    pub(super) fn run_out(self, what: &str) -> Stop {
        self.0.run_out(Reason::XmlCutOff, what)
    }

    fn run_out_tag(self, tag: &StartTag) -> Stop {
        let name = String::from_utf8_lossy(tag.name(self.0.all));
        self.run_out(&format!("<{name}"))
    }
}

/// Returns the number of bytes at the start of `bytes` that belong to a name.
fn name_len(bytes: &[u8]) -> usize {
    let is_of_name = |b: &u8| NAME_BYTES[usize::from(*b)];
    let ascii = bytes.iter().take_while(|b| is_of_name(b)).count();
    match bytes.get(ascii) {
        Some(byte) if !byte.is_ascii() => {
            // Only the bytes that can belong to the name are decoded: the rest may be long.
            let end = bytes.iter().position(|b| b.is_ascii() && !is_of_name(b));
            let mut chunks = bytes[..end.unwrap_or(bytes.len())].utf8_chunks();
            let valid = chunks.next().map_or("", |chunk| chunk.valid());
            valid.find(|c| !is_name_char(c)).unwrap_or(valid.len())
        }
        _ => ascii,
    }
}

/// Returns the character of a reference, if XML allows it.
pub(super) fn resolved(name: &BytesRef<'_>) -> Option<char> {
    if name.len() + 2 > LONGEST_REFERENCE {
        return None;
    }
    let entity = resolve_xml_entity(name).and_then(|text| text.chars().next());
    let number = || name.resolve_char_ref().ok().flatten();
    entity.or_else(number).filter(|&c| is_xml_char(c))
}

/// Returns true if `bytes` begin with a DOCTYPE, in upper or lower case: a misspelt DOCTYPE is refused as well.
pub(crate) fn is_doctype(bytes: &[u8]) -> bool {
    let head = bytes.get(..DOCTYPE.len());
    head.is_some_and(|head| head.eq_ignore_ascii_case(DOCTYPE))
}

/// Returns the encoding in an XML declaration, or `""` if it names none. `None` if the declaration is malformed.
///
/// `content` is the text between `<?xml` and `?>`.
pub(crate) fn declaration(content: &[u8]) -> Option<&str> {
    let content = std::str::from_utf8(content).ok()?;
    let (version, rest) = pseudo_attribute(content, "version")??;
    let minor = version.strip_prefix("1.")?;
    (!minor.is_empty() && minor.bytes().all(|b| b.is_ascii_digit())).then_some(())?;
    let (encoding, rest) = pseudo_attribute(rest, "encoding")?.unwrap_or(("", rest));
    let has_encoding = rest.len() < content.len() && !encoding.is_empty();
    let letters = encoding
        .bytes()
        .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-'));
    let named =
        !has_encoding || (letters && encoding.starts_with(|c: char| c.is_ascii_alphabetic()));
    let (standalone, rest) = pseudo_attribute(rest, "standalone")?.unwrap_or(("no", rest));
    let fine = named && matches!(standalone, "yes" | "no") && rest.trim_ascii().is_empty();
    fine.then_some(encoding)
}

/// Reads ` name = "value"` at the start of `text`. `Some(None)` if it is not there, `None` if it is malformed.
fn pseudo_attribute<'a>(text: &'a str, name: &str) -> Option<Option<(&'a str, &'a str)>> {
    let trimmed = text.trim_ascii_start();
    let Some(rest) = trimmed.strip_prefix(name) else {
        return Some(None);
    };
    if trimmed.len() == text.len() {
        return None;
    }
    let rest = rest
        .trim_ascii_start()
        .strip_prefix('=')?
        .trim_ascii_start();
    let quote = rest.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    let (value, rest) = rest[1..].split_once(quote)?;
    (!value.is_empty()).then_some(Some((value, rest)))
}
