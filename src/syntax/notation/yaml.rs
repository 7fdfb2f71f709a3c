//! Reads YAML in blocks: the indentation shows what belongs to what.
//!
//! It reads what programs write: mappings, lists, texts in quotes or without, block scalars, and objects in brackets.
//! Anchors, tags and several documents are not resolved.

use super::pattern::name_len;
use super::quoted::unescape_c;
use super::reader::{Frame, Name, Reader};
use super::table::{Bracket, Holds, YAML, YAML_FLOW};
use super::{Printed, Users};
use crate::lang::Text;
use crate::syntax::{Bytes, Limits, Stop, Str, Syntax, Tree};

static MAPPING: Bracket = Bracket {
    open: "",
    close: "",
    holds: Holds::Members,
};
static LIST: Bracket = Bracket {
    open: "",
    close: "",
    holds: Holds::Entries,
};

/// A line with something on it.
#[derive(Clone, Copy, Debug)]
struct Line {
    /// The first byte that is not white space.
    start: usize,
    indent: usize,
}

/// Returns true if `bytes` begin with a line `Name: value` of YAML. `indent` is its distance from the line's start.
///
/// A single such line could be prose, so the next one must be a member beside it or belong to it.
///
/// # Errors
///
/// [`Stop::More`] if too few bytes have arrived to tell.
pub(crate) fn yaml_at(bytes: Bytes<'_>, indent: usize) -> Result<bool, Stop> {
    let Some(name) = key(bytes, 0)? else {
        return Ok(false);
    };
    let Some(end) = line_end(bytes, name.end)? else {
        return Ok(false);
    };
    let value = bytes.all[name.end..end].trim_ascii();
    // A member of another notation, as `Name: 'text',`.
    if value.ends_with(b",") {
        return Ok(false);
    }
    let is_empty = value.is_empty();
    let Some(next) = next_line(bytes, end)? else {
        return Ok(false);
    };
    let is_list = is_entry(bytes, next.start)?;
    match next.indent {
        beside if beside == indent => {
            Ok(key(bytes, next.start)?.is_some() || (is_list && is_empty))
        }
        inside if inside > indent && begins_text(value) => Ok(true),
        inside => Ok(inside > indent && is_empty && (is_list || key(bytes, next.start)?.is_some())),
    }
}

/// Returns true if `value` begins a text that goes on below: a block, or a quote that is not closed.
fn begins_text(value: &[u8]) -> bool {
    match value {
        [b'|' | b'>', ..] => true,
        [quote @ (b'\'' | b'"'), text @ ..] => !text.contains(quote),
        _ => false,
    }
}

/// Reads the mapping of YAML with which `bytes` begin into `tree`. `indent` is the first name's distance from the start
/// of its line.
///
/// # Errors
///
/// [`Stop::Broken`] if a line does not belong to the mapping but is indented as if it did, or at a limit.
/// [`Stop::More`] if the bytes end too early and more may come.
pub(crate) fn read_yaml(
    bytes: Bytes<'_>,
    indent: usize,
    users: Users,
    tree: &mut Tree,
    limits: &Limits,
) -> Result<Printed, Stop> {
    tree.clear(Syntax::Json);
    let mut reader = Reader::new(&YAML, bytes, users, tree, limits);
    match reader.block(indent) {
        Ok(()) => Ok(reader.printed()),
        Err(stop) => Err(reader.guarded(stop)),
    }
}

impl<'a> Reader<'a> {
    /// Reads the outermost mapping, whose names stand at `indent`.
    fn block(&mut self, indent: usize) -> Result<(), Stop> {
        self.open_block(&MAPPING, indent)?;
        let Some(name) = key(self.bytes, 0)? else {
            return Err(self.broken(Text::new("the name of a member", "成员名")));
        };
        self.take_name(name, Holds::Members)?;
        self.block_value(indent)?;
        while !self.open.is_empty() {
            self.line()?;
        }
        Ok(())
    }

    fn open_block(&mut self, bracket: &'static Bracket, indent: usize) -> Result<(), Stop> {
        self.open(bracket, Default::default())?;
        if let Some(frame) = self.open.last_mut() {
            frame.indent = Some(indent);
        }
        Ok(())
    }

    /// Returns the distance of `at` from the start of its line.
    fn column(&self, at: usize) -> usize {
        match memchr::memrchr(b'\n', &self.bytes.all[..at]) {
            Some(start) => at - start - 1,
            None => at + self.open.first().and_then(|root| root.indent).unwrap_or(0),
        }
    }

    fn next_line(&self) -> Result<Option<Line>, Stop> {
        next_line(self.bytes, self.at)
    }

    /// Reads the next line with its value, and closes what it does not belong to.
    fn line(&mut self) -> Result<(), Stop> {
        let end = self.at;
        let Some(line) = self.next_line()? else {
            self.close_blocks(0, end);
            return Ok(());
        };
        let is_entry = is_entry(self.bytes, line.start)?;
        let depth = self.depth_of(line, is_entry);
        self.close_blocks(depth, end);
        let Some(frame) = self.open.last() else {
            return Ok(());
        };
        let is_beside = frame.indent == Some(line.indent);
        let is_list = frame.bracket.holds == Holds::Entries;
        match key(self.bytes, line.start)? {
            _ if is_beside && is_list && is_entry => self.at = line.start + 1,
            Some(name) if is_beside && !is_list => self.take_name(name, Holds::Members)?,
            // Something else than YAML begins here.
            _ if is_beside && depth == 1 => {
                self.close_blocks(0, end);
                return Ok(());
            }
            _ => {
                self.at = line.start;
                return Err(self.broken(Text::new("a member or an entry", "成员或条目")));
            }
        }
        self.block_value(line.indent)
    }

    /// Returns the number of mappings and lists that go on with `line`.
    fn depth_of(&self, line: Line, is_entry: bool) -> usize {
        let goes_on = |frame: &Frame| match frame.bracket.holds {
            Holds::Entries if !is_entry => frame.indent < Some(line.indent),
            _ => frame.indent <= Some(line.indent),
        };
        self.open
            .iter()
            .rposition(goes_on)
            .map_or(0, |last| last + 1)
    }

    fn close_blocks(&mut self, depth: usize, end: usize) {
        while self.open.len() > depth {
            self.close(end);
        }
    }

    /// Reads the value of the member or entry at `indent`. It may begin on the line or below it.
    fn block_value(&mut self, mut indent: usize) -> Result<(), Stop> {
        let mut may_open = self
            .open
            .last()
            .is_some_and(|f| f.bracket.holds == Holds::Entries);
        loop {
            self.skip_spaces();
            let column = self.column(self.at);
            if may_open && is_entry(self.bytes, self.at)? {
                self.open_block(&LIST, column)?;
                self.at += 1;
            } else if may_open && let Some(name) = key(self.bytes, self.at)? {
                self.open_block(&MAPPING, column)?;
                self.take_name(name, Holds::Members)?;
                may_open = false;
            } else {
                break;
            }
            indent = column;
        }
        self.skip_tag();
        match self.bytes.from(self.at) {
            [] if !self.bytes.last => Err(Stop::More),
            [] | [b'\n' | b'\r' | b'#', ..] => self.below(indent),
            [b'|' | b'>', ..] => self.block_scalar(indent),
            [b'{' | b'[', ..] => self.flow(),
            [quote @ (b'\'' | b'"'), ..] => self.quoted_scalar(*quote),
            _ => self.plain_scalar(indent),
        }
    }

    /// Skips the type or the anchor of a value.
    fn skip_tag(&mut self) {
        if matches!(self.bytes.get(self.at), Some(b'!' | b'&')) {
            let rest = self.bytes.from(self.at).iter();
            self.at += rest.take_while(|b| !b.is_ascii_whitespace()).count();
            self.skip_spaces();
        }
    }

    fn skip_spaces(&mut self) {
        self.at += indent_len(self.bytes.from(self.at));
    }

    /// Opens the mapping or list that begins below its name, or adds null if none does.
    fn below(&mut self, indent: usize) -> Result<(), Stop> {
        let empty = self.at;
        let line = self.next_line()?;
        let holds = self.open.last().map(|frame| frame.bracket.holds);
        let Some(line) = line.filter(|line| line.indent >= indent) else {
            return self.null(empty);
        };
        let is_list = is_entry(self.bytes, line.start)?;
        let is_inside = line.indent > indent;
        match key(self.bytes, line.start)? {
            _ if is_list && (is_inside || holds == Some(Holds::Members)) => {
                self.at = line.start;
                self.open_block(&LIST, line.indent)?;
                self.at += 1;
                self.block_value(line.indent)
            }
            Some(name) if is_inside => {
                self.at = line.start;
                self.open_block(&MAPPING, line.indent)?;
                self.take_name(name, Holds::Members)?;
                self.block_value(line.indent)
            }
            None if is_inside => {
                self.at = line.start;
                self.block_value(indent)
            }
            _ => self.null(empty),
        }
    }

    fn null(&mut self, at: usize) -> Result<(), Stop> {
        let node = self.own("null");
        self.literal(node, at);
        Ok(())
    }

    fn flow(&mut self) -> Result<(), Stop> {
        let (depth, start) = (self.open.len(), self.at);
        self.notation = &YAML_FLOW;
        self.value()?;
        self.elements(depth)?;
        self.notation = &YAML;
        match unindented_line(&self.bytes.all[start..self.at]) {
            Some(line) => Err(self.cut_off(start + line)),
            None => self.end_of_line(),
        }
    }

    /// Moves to the end of the line, on which only a comment may follow.
    fn end_of_line(&mut self) -> Result<(), Stop> {
        self.skip_spaces();
        match self.bytes.from(self.at) {
            [] if !self.bytes.last => Err(Stop::More),
            [] | [b'\n' | b'\r' | b'#', ..] => Ok(()),
            _ => Err(self.broken(Text::new("the end of the line", "行尾"))),
        }
    }

    fn quoted_scalar(&mut self, quote: u8) -> Result<(), Stop> {
        let start = self.at;
        let mut at = start + 1;
        loop {
            let Some(found) = memchr::memchr2(quote, b'\\', self.bytes.from(at)) else {
                return Err(self.cut_off(self.bytes.all.len()));
            };
            at += found;
            match (self.bytes.from(at), quote) {
                ([b'\\', ..], b'"') | ([b'\'', b'\'', ..], _) => at += 2,
                ([b'\\', ..], _) => at += 1,
                ([_], _) if !self.bytes.last => return Err(Stop::More),
                _ => break,
            }
        }
        let written = &self.bytes.all[start + 1..at];
        if let Some(line) = unindented_line(written) {
            return Err(self.cut_off(start + 1 + line));
        }
        let value = match unquoted(written, quote) {
            None => Str::source(start + 1, at),
            Some(text) => self.own(&text),
        };
        self.at = at + 1;
        self.text(value, start, self.at);
        self.end_of_line()
    }

    /// Reads a text in the lines below that are indented deeper than `indent`.
    fn block_scalar(&mut self, indent: usize) -> Result<(), Stop> {
        let start = self.at;
        let joint = match self.bytes.get(start) {
            Some(b'>') => " ",
            _ => "\n",
        };
        self.at = line_end(self.bytes, start)?.unwrap_or(self.bytes.all.len());
        let lines = self.block_lines(indent)?;
        let first = lines.iter().find(|line| !line.trim_ascii().is_empty());
        let inner = first.map_or(0, |line| indent_len(line));
        let text = |line: &&[u8]| {
            let line = &line[inner.min(indent_len(line))..];
            String::from_utf8_lossy(line.trim_ascii_end()).into_owned()
        };
        let text = lines.iter().map(text).collect::<Vec<_>>().join(joint);
        let value = self.own(text.trim_end());
        self.text(value, start, self.at);
        Ok(())
    }

    /// Returns the lines below that are blank or indented deeper than `indent`, and moves behind the last with a text.
    fn block_lines(&mut self, indent: usize) -> Result<Vec<&'a [u8]>, Stop> {
        let mut lines = Vec::new();
        let mut end = self.at;
        while end < self.bytes.all.len() {
            let Some(stop) = line_end(self.bytes, end + 1)? else {
                break;
            };
            let line = &self.bytes.all[end + 1..stop];
            let is_blank = line.trim_ascii().is_empty();
            if !is_blank && indent_len(line) <= indent {
                break;
            }
            lines.push(line);
            end = stop;
            if !is_blank {
                self.at = stop;
            }
        }
        Ok(lines)
    }

    /// Reads a text without quotes, also over several lines.
    fn plain_scalar(&mut self, indent: usize) -> Result<(), Stop> {
        let start = self.at;
        let mut end = self.plain_end(start)?;
        self.at = end;
        let mut parts = 1;
        while let Some(line) = self.next_line()? {
            let is_other =
                is_entry(self.bytes, line.start)? || key(self.bytes, line.start)?.is_some();
            if line.indent <= indent || is_other {
                break;
            }
            end = self.plain_end(line.start)?;
            self.at = end;
            parts += 1;
        }
        match parts {
            1 => self.bare(start, end),
            _ => {
                let text = folded(&self.bytes.all[start..end]);
                let value = self.own(&text);
                self.text(value, start, end);
            }
        }
        Ok(())
    }

    /// Returns the end of the text without quotes on the line of `at`.
    fn plain_end(&self, at: usize) -> Result<usize, Stop> {
        let end = line_end(self.bytes, at)?.unwrap_or(self.bytes.all.len());
        let line = &self.bytes.all[at..end];
        let comment = memchr::memmem::find(line, b" #").unwrap_or(line.len());
        Ok(at + line[..comment].trim_ascii_end().len())
    }
}

/// Returns the end of the first line of `text` below which a line begins without a blank.
fn unindented_line(text: &[u8]) -> Option<usize> {
    let is_inner = |byte: Option<&u8>| byte.is_none_or(u8::is_ascii_whitespace);
    memchr::memchr_iter(b'\n', text).find(|end| !is_inner(text.get(end + 1)))
}

/// Returns the end of the line of `at`, before its line break. `None` if no line is left.
fn line_end(bytes: Bytes<'_>, at: usize) -> Result<Option<usize>, Stop> {
    let rest = bytes.from(at);
    match memchr::memchr(b'\n', rest) {
        Some(len) => Ok(Some(at + len)),
        None if !bytes.last => Err(Stop::More),
        None => Ok((!rest.is_empty()).then_some(bytes.all.len())),
    }
}

/// Returns the next line with something on it, after the line of `at`.
fn next_line(bytes: Bytes<'_>, mut at: usize) -> Result<Option<Line>, Stop> {
    loop {
        let Some(end) = memchr::memchr(b'\n', bytes.from(at)) else {
            return if bytes.last {
                Ok(None)
            } else {
                Err(Stop::More)
            };
        };
        let line = at + end + 1;
        let rest = bytes.from(line);
        let indent = indent_len(rest);
        let start = line + indent;
        match bytes.from(start) {
            [] if !bytes.last => return Err(Stop::More),
            [] => return Ok(None),
            [b'\n' | b'\r' | b'#', ..] => at = start,
            _ => return Ok(Some(Line { start, indent })),
        }
    }
}

/// Returns the length of the white space at the start of a line.
fn indent_len(line: &[u8]) -> usize {
    let is_blank = |b: &&u8| matches!(b, b' ' | b'\t');
    line.iter().take_while(is_blank).count()
}

/// True if an entry of a list begins at `at`.
fn is_entry(bytes: Bytes<'_>, at: usize) -> Result<bool, Stop> {
    match bytes.from(at) {
        [] | [b'-'] if !bytes.last => Err(Stop::More),
        [b'-', b' ' | b'\n' | b'\r', ..] | [b'-'] => Ok(true),
        _ => Ok(false),
    }
}

/// Returns the name of a member at `at`, with or without quotes.
fn key(bytes: Bytes<'_>, at: usize) -> Result<Option<Name>, Stop> {
    let quote = bytes.get(at).filter(|b| matches!(b, b'\'' | b'"'));
    let start = at + usize::from(quote.is_some());
    let rest = bytes.from(start);
    let Some(len) = name_len(rest) else {
        return match rest.is_empty() && !bytes.last {
            true => Err(Stop::More),
            false => Ok(None),
        };
    };
    let colon = start + len + usize::from(quote.is_some());
    let name = Name {
        text: Str::source(start, start + len),
        at: start,
        end: colon + 1,
    };
    let is_closed = quote.is_none() || bytes.get(start + len) == quote;
    match bytes.from(colon) {
        [] | [b':'] if !bytes.last => Err(Stop::More),
        [b':'] | [b':', b' ' | b'\n' | b'\r' | b'\t', ..] if is_closed => Ok(Some(name)),
        _ => Ok(None),
    }
}

/// Returns the text of what stands between quotes, or `None` if it is as written.
fn unquoted(written: &[u8], quote: u8) -> Option<String> {
    let is_plain = memchr::memchr3(quote, b'\n', b'\\', written).is_none();
    let is_as_written =
        is_plain || (quote == b'\'' && memchr::memchr2(quote, b'\n', written).is_none());
    if is_as_written {
        return None;
    }
    let text = folded(written);
    Some(match quote {
        b'\'' => text.replace("''", "'"),
        _ => String::from_utf8_lossy(&unescape_c(text.as_bytes())).into_owned(),
    })
}

/// Joins the lines of a text: a line break is a blank, or nothing behind a backslash.
fn folded(written: &[u8]) -> String {
    let text = String::from_utf8_lossy(written);
    let mut joined = String::with_capacity(text.len());
    for (i, line) in text.split('\n').enumerate() {
        let line = if i > 0 { line.trim_start() } else { line };
        match joined.ends_with('\\') && i > 0 {
            true => drop(joined.pop()),
            false if i > 0 => {
                joined.truncate(joined.trim_end().len());
                joined.push(' ');
            }
            false => {}
        }
        joined.push_str(line);
    }
    joined
}
