//! The second pass over a capture: makes patches for what can be replaced only at its place in a payload. Few captures need
//! it.
//!
//! A patch replaces a short id, an id whose characters do not stand one after the other, or encrypted text.

use std::io::{self, BufReader, BufWriter, Read, Seek, Write};
use std::ops::Range;
use std::sync::Arc;

use tempfile::SpooledTempFile;

use crate::pipeline::{Sink, Stop};
use crate::record::{PlacedValue, Record, decode};
use crate::redact::form::is_word;
use crate::redact::known::{Known, is_global};
use crate::redact::proof::Sum;
use crate::redact::pseudonym::Key;
use crate::redact::refusal::Refusal;
use crate::redact::rewrite::{Rewriter, Signatures, reads_as};
use crate::redact::unit;
use crate::redact::{IN_MEMORY, Redaction};
use crate::seal::{Policy, Query, reseal, sign, verify};

/// A replacement of some bytes of the capture.
#[derive(Debug)]
pub(super) struct Patch {
    pub(super) offset: u64,
    pub(super) old: Vec<u8>,
    pub(super) new: Vec<u8>,
}

/// Makes the patches of payloads.
pub(super) struct Patcher {
    key: Key,
    known: Arc<Known>,
    policy: Option<Arc<Policy>>,
    rewriter: Option<Box<Rewriter>>,
    patches: Vec<Patch>,
    signatures: Signatures,
    redaction: Redaction,
    /// What was encrypted again.
    resealed: Sum,
    /// The file of all patches in order. Only the first sink has it; its forks hand their patches over in `join`.
    file: Option<PatchWriter>,
}

impl Patcher {
    pub(super) fn new(key: Key, known: Arc<Known>, policy: Option<Arc<Policy>>) -> Self {
        Patcher {
            key,
            known,
            policy,
            rewriter: None,
            patches: Vec::new(),
            signatures: Signatures::default(),
            redaction: Redaction::default(),
            resealed: Sum::default(),
            file: None,
        }
    }

    /// Makes this the sink that writes all patches to a file.
    pub(super) fn writing(mut self) -> Self {
        self.file = Some(PatchWriter::new());
        self
    }

    /// Returns the patches, the signatures to replace, what was done, and the sum of what was encrypted again.
    pub(super) fn finish(self) -> io::Result<(PatchReader, Signatures, Redaction, Sum)> {
        let patches = match self.file {
            Some(file) => file.read()?,
            None => PatchReader::default(),
        };
        Ok((patches, self.signatures, self.redaction, self.resealed))
    }

    /// Adds the patch that replaces `value` by `new`, unless it would change nothing or overlap the patch before it.
    fn patch(&mut self, record: &Record<'_>, value: &PlacedValue<'_>, new: &[u8]) {
        let Some(patch) = patch(record, value, new) else {
            return;
        };
        let last = self.patches.last();
        if patch.old != patch.new && last.is_none_or(|last| last.end() <= patch.offset) {
            self.patches.push(patch);
        }
    }

    /// Encrypts the text of a payload again, with pseudonyms. Blanks what no key opens.
    fn seal(&mut self, record: &Record<'_>, encrypt: &PlacedValue<'_>) {
        let old = encrypt.text.as_bytes();
        let resealed = self.reseal(old);
        let (new, account) = match resealed {
            Some((new, account)) => {
                self.redaction.resealed += 1;
                self.resealed.add_encrypted(&new);
                (new, Some(account))
            }
            None => {
                self.redaction.blanked += 1;
                (blank(old), None)
            }
        };
        self.sign(record, account, old, &new);
        self.patch(record, encrypt, &new);
    }

    /// Returns `encrypt` with pseudonyms inside, and the position of the account whose key opens it.
    fn reseal(&mut self, encrypt: &[u8]) -> Option<(Vec<u8>, usize)> {
        let policy = self.policy.clone()?;
        let make = || Box::new(Rewriter::new(self.key.clone(), self.known.clone()));
        let rewriter = self.rewriter.get_or_insert_with(make);
        reseal(&policy.keys, encrypt, |message| {
            rewriter.message(&self.key, message)
        })
        .ok()
    }

    /// Signs the request of a payload anew, if its signature was right.
    fn sign(&mut self, record: &Record<'_>, account: Option<usize>, old: &[u8], new: &[u8]) {
        let query = record
            .query()
            .and_then(|query| Query::parse(query.as_bytes()));
        let Some(query) = query.or_else(|| record.reply_query()) else {
            return;
        };
        let signature = query.msg_signature.as_deref().unwrap_or_default();
        let Ok(signature) = <[u8; 40]>::try_from(signature.as_bytes()) else {
            return;
        };
        let anew = self.new_signature(&query, account, old, new);
        self.redaction.unsigned += u64::from(anew.is_none());
        self.signatures
            .insert(signature, anew.unwrap_or([b'0'; 40]));
    }

    /// Returns the signature of `new`, if the query signed `old` with a known token.
    fn new_signature(
        &self,
        query: &Query,
        account: Option<usize>,
        old: &[u8],
        new: &[u8],
    ) -> Option<[u8; 40]> {
        let accounts = self.policy.as_ref()?.keys.accounts().iter().enumerate();
        let mut tokens = accounts
            .filter(|(n, _)| account.is_none_or(|account| account == *n))
            .flat_map(|(_, account)| &account.tokens);
        let token = tokens.find(|token| verify([*token], query, old).is_ok())?;
        let signature = sign(token, &query.timestamp, &query.nonce, new).to_string();
        signature.as_bytes().try_into().ok()
    }
}

impl Sink for Patcher {
    fn fork(&self) -> Self {
        Patcher::new(self.key.clone(), self.known.clone(), self.policy.clone())
    }

    fn record(&mut self, record: &Record<'_>) {
        let encrypt = record.encrypted_text();
        let mut values = Vec::new();
        record.each_id(|id| {
            if needs_patch(record, &id) {
                let new = self.key.pseudonym(id.text);
                values.push((id.range.clone(), id.quoted.clone(), id.text.to_owned(), new));
            }
        });
        let mut encrypt = encrypt.as_ref();
        for (range, quoted, text, new) in values {
            let text = &text;
            let value = PlacedValue {
                text,
                range,
                quoted,
            };
            let start = |value: &PlacedValue<'_>| {
                let range = value.range.as_ref().or(value.quoted.as_ref());
                range.map(|range| range.start)
            };
            if let Some(before) = encrypt.take_if(|encrypt| start(encrypt) < start(&value)) {
                self.seal(record, before);
            }
            self.patch(record, &value, new.as_bytes());
        }
        if let Some(encrypt) = encrypt {
            self.seal(record, encrypt);
        }
    }

    fn join(&mut self, later: Self) -> Result<(), Stop> {
        self.redaction.join(&later.redaction);
        self.resealed.join(later.resealed);
        self.signatures.join(later.signatures);
        if self.signatures.is_full() {
            let error = Refusal::TooManySignatures.into();
            return Err(Stop::Output(error));
        }
        match &mut self.file {
            Some(file) => later
                .patches
                .iter()
                .try_for_each(|patch| file.write(patch))
                .map_err(Stop::Output),
            None => Ok(()),
        }
    }
}

/// Returns true for an id that the rewriter does not find: a short one, or one that is escaped or cut in an unusual way.
fn needs_patch(record: &Record<'_>, id: &PlacedValue<'_>) -> bool {
    if !is_global(id.text) {
        return !id.text.is_empty();
    }
    let Some(range) = id.range.clone().filter(|_| record.is_escaped()) else {
        return false;
    };
    let mut ends = [range.start, range.end];
    record.raw_offsets(&mut ends);
    let raw = record.raw_bytes();
    // A line break may cut an escape. Its second part then stands beside the id and looks like a part of it.
    let is_beside = |at: Option<&u8>| record.is_joined() && at.copied().is_some_and(is_word);
    let before = ends[0].checked_sub(1).and_then(|at| raw.get(at));
    is_beside(before)
        || is_beside(raw.get(ends[1]))
        || raw
            .get(ends[0]..ends[1])
            .is_some_and(|raw| !reads_as(raw, id.text.as_bytes()))
}

/// Makes the patch that replaces `value` by `new`. `None` if the capture does not hold the value character by character.
fn patch(record: &Record<'_>, value: &PlacedValue<'_>, new: &[u8]) -> Option<Patch> {
    let Some(range) = value.range.clone() else {
        return quoted_patch(record, value, new);
    };
    let raw = record.raw_bytes();
    let mut offsets: Vec<usize> = range.clone().chain([range.end]).collect();
    record.raw_offsets(&mut offsets);
    let (start, end) = (*offsets.first()?, *offsets.last()?);
    let chars = Chars {
        raw,
        offsets: &offsets,
        plus: plus(record.percent_levels()),
    };
    Some(Patch {
        offset: record.place_of_start() + start as u64,
        old: raw.get(start..end)?.to_vec(),
        new: chars.write(value.text, std::str::from_utf8(new).ok()?)?,
    })
}

/// Makes the patch for a JSON string with escapes. `new` is written without any, so it has another length.
fn quoted_patch(record: &Record<'_>, value: &PlacedValue<'_>, new: &[u8]) -> Option<Patch> {
    let needs_none = |byte: &u8| byte.is_ascii_graphic() && !b"\"\\".contains(byte);
    let range = value.quoted.clone().filter(|_| !record.is_escaped())?;
    new.iter().all(needs_none).then_some(Patch {
        offset: record.place_of_start() + range.start as u64,
        old: record.raw_bytes().get(range)?.to_vec(),
        new: new.to_vec(),
    })
}

/// The characters of a value as they stand in the capture.
struct Chars<'r> {
    raw: &'r [u8],
    offsets: &'r [usize],
    /// A plus as the payload escapes it.
    plus: String,
}

impl Chars<'_> {
    /// Writes `new` as `old` is written, character by character. Further characters of `new` are written as they are.
    fn write(&self, old: &str, new: &str) -> Option<Vec<u8>> {
        let (mut out, mut rest) = (Vec::new(), new.chars());
        for (at, char) in old.char_indices() {
            let end = *self.offsets.get(at + char.len_utf8())?;
            let raw = self.raw.get(*self.offsets.get(at)?..end)?;
            let value = rest.next()?;
            match char.is_ascii() && value.is_ascii() {
                true => self.write_ascii(raw, char as u8, value as u8, &mut out)?,
                false => write_wide(raw, char, value, &mut out)?,
            }
        }
        out.extend_from_slice(rest.as_str().as_bytes());
        Some(out)
    }

    /// Appends `new`, written as `raw` writes `old`.
    fn write_ascii(&self, raw: &[u8], old: u8, new: u8, out: &mut Vec<u8>) -> Option<()> {
        let first = *raw.first()?;
        let unit = unit::read(raw, 0);
        let len = match raw {
            _ if unit.value == old && unit.len > 1 => {
                unit::write(&raw[..unit.len], new, out);
                out.extend_from_slice(&raw[unit.len..]);
                return Some(());
            }
            _ if first == old => 1,
            [b'\\', second, ..] if *second == old => 2,
            _ => return None,
        };
        match new {
            b'+' => out.extend_from_slice(self.plus.as_bytes()),
            _ => out.push(new),
        }
        out.extend_from_slice(&raw[len..]);
        Some(())
    }
}

/// Writes a character that is no ASCII, in the place of one that stands as itself or as its number.
fn write_wide(raw: &[u8], old: char, new: char, out: &mut Vec<u8>) -> Option<()> {
    let raw = std::str::from_utf8(raw).ok()?;
    let hex = |char: char| format!("{:04x}", u32::from(char));
    let ways = [
        (old.to_string(), new.to_string()),
        (hex(old), hex(new)),
        (hex(old).to_uppercase(), hex(new).to_uppercase()),
    ];
    let (old, new) = ways
        .into_iter()
        .find(|(old, _)| raw.contains(old.as_str()))?;
    out.extend_from_slice(raw.replacen(&old, &new, 1).as_bytes());
    Some(())
}

/// Returns a plus that is percent-encoded `levels` times.
fn plus(levels: usize) -> String {
    match levels {
        0 => "+".to_owned(),
        levels => format!("%{}2B", "25".repeat(levels - 1)),
    }
}

/// Returns base64 of the length of `encrypt` that holds nothing.
pub(super) fn blank(encrypt: &[u8]) -> Vec<u8> {
    let is_char = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/');
    let blanked = encrypt
        .iter()
        .map(|&byte| if is_char(byte) { b'A' } else { byte });
    blanked.collect()
}

impl Rewriter {
    /// Returns a decrypted `message` with pseudonyms.
    fn message(&mut self, key: &Key, message: &[u8]) -> Vec<u8> {
        let record = decode(message);
        let mut patches = Vec::new();
        record.each_id(|id| {
            if needs_patch(&record, &id) {
                patches.extend(patch(&record, &id, key.pseudonym(id.text).as_bytes()));
            }
        });
        let (mut out, mut done) = (Vec::new(), 0);
        for patch in patches {
            let range = patch.range();
            if range.start >= done && message.get(range.clone()) == Some(&patch.old[..]) {
                self.rewrite(&message[done..range.start], &mut out);
                out.extend_from_slice(&patch.new);
                done = range.end;
            }
        }
        self.rewrite(&message[done..], &mut out);
        out
    }
}

impl Patch {
    pub(super) fn end(&self) -> u64 {
        self.offset + self.old.len() as u64
    }

    fn range(&self) -> Range<usize> {
        self.offset as usize..self.end() as usize
    }
}

/// Writes patches to a file, one after the other.
struct PatchWriter(BufWriter<SpooledTempFile>);

impl PatchWriter {
    fn new() -> Self {
        PatchWriter(BufWriter::new(SpooledTempFile::new(IN_MEMORY)))
    }

    fn write(&mut self, patch: &Patch) -> io::Result<()> {
        let [old, new] = [&patch.old, &patch.new].map(|bytes| bytes.len() as u64);
        for number in [patch.offset, old, new] {
            self.0.write_all(&number.to_le_bytes())?;
        }
        self.0.write_all(&patch.old)?;
        self.0.write_all(&patch.new)
    }

    fn read(self) -> io::Result<PatchReader> {
        let mut file = self
            .0
            .into_inner()
            .map_err(io::IntoInnerError::into_error)?;
        file.rewind()?;
        Ok(PatchReader(Some(BufReader::new(file))))
    }
}

/// Reads the patches that a [`PatchWriter`] wrote.
#[derive(Debug, Default)]
pub(super) struct PatchReader(Option<BufReader<SpooledTempFile>>);

impl PatchReader {
    /// Returns the next patch.
    pub(super) fn next(&mut self) -> io::Result<Option<Patch>> {
        let Some(file) = &mut self.0 else {
            return Ok(None);
        };
        let mut numbers = [0; 24];
        if file.read(&mut numbers[..1])? == 0 {
            return Ok(None);
        }
        file.read_exact(&mut numbers[1..])?;
        let (numbers, _) = numbers.as_chunks::<8>();
        let [offset, old, new] = [0, 1, 2].map(|n| u64::from_le_bytes(numbers[n]));
        let mut bytes = |len: u64| {
            let mut bytes = vec![0; len as usize];
            file.read_exact(&mut bytes).map(|()| bytes)
        };
        Ok(Some(Patch {
            offset,
            old: bytes(old)?,
            new: bytes(new)?,
        }))
    }
}
