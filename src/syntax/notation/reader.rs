//! Reads a printed object by the row of its notation: brackets, members, separators.
//!
//! How a value without brackets ends is what differs most; each way has a file: [`quoted`](super::quoted),
//! [`open`](super::open), [`lines`](super::lines), [`typed`](super::typed). What is read goes into the tree through
//! [`build`](super::build).

use super::pattern::{self, LONGEST_COLOUR, blank_len, coloured_blank_len, find, is_at};
use super::table::{Between, Bracket, Holds, Names, Notation, Values};
use super::{Printed, Users};
use crate::finding::{Arg, Finding, Reason};
use crate::lang::Text;
use crate::span::Span;
use crate::syntax::json::short_comment_len;
use crate::syntax::{Bytes, Limits, NodeId, Stop, Str, Tree, describe};

/// An object or array that is not closed yet.
#[derive(Debug)]
pub(super) struct Frame {
    pub(super) id: NodeId,
    pub(super) bracket: &'static Bracket,
    /// The number of members as the notation counts them.
    pub(super) count: Option<usize>,
    /// The number of members that were read.
    pub(super) len: usize,
    /// True after the value of a pair, before its closing bracket.
    pub(super) is_in_pair: bool,
    /// The white space before the members' lines and before the closing bracket's, in PHP's `print_r` and YAML.
    pub(super) indent: Option<usize>,
    pub(super) closing_indent: Option<usize>,
}

/// A member's name.
#[derive(Clone, Copy, Debug)]
pub(super) struct Name {
    pub(super) text: Str,
    pub(super) at: usize,
    /// The end of what stands between the name and its value.
    pub(super) end: usize,
}

pub(super) struct Reader<'a> {
    pub(super) notation: &'static Notation,
    pub(super) bytes: Bytes<'a>,
    pub(super) at: usize,
    pub(super) open: Vec<Frame>,
    pub(super) name: (Str, u32),
    pub(super) missing: Option<Finding>,
    pub(super) users: Users,
    /// True once a name of a header, or one of a member that holds what a user typed, was read.
    has_header: bool,
    has_typed: bool,
    /// The latest name that was read of a member that holds what a user typed, as only messages spell it.
    typed_exactly: Option<Name>,
    /// The end of what was searched for a header name in vain.
    headerless: usize,
    /// The end of the text in which a bracket before names in quotes was found not to close.
    pub(super) unclosed: usize,
    pub(super) tree: &'a mut Tree,
    pub(super) limits: &'a Limits,
}

impl<'a> Reader<'a> {
    pub(super) fn new(
        notation: &'static Notation,
        bytes: Bytes<'a>,
        users: Users,
        tree: &'a mut Tree,
        limits: &'a Limits,
    ) -> Self {
        Reader {
            notation,
            bytes,
            at: 0,
            open: Vec::new(),
            name: Default::default(),
            missing: None,
            users,
            has_header: false,
            has_typed: false,
            typed_exactly: None,
            headerless: users.headerless,
            unclosed: 0,
            tree,
            limits,
        }
    }

    /// Reads the object or array that begins here, to its end.
    pub(super) fn read(mut self) -> Result<Printed, Stop> {
        match self.outermost() {
            Ok(()) => Ok(self.printed()),
            Err(stop) => Err(self.guarded(stop)),
        }
    }

    fn outermost(&mut self) -> Result<(), Stop> {
        match self.bracket()? {
            Some((bracket, found)) => self.open(bracket, found)?,
            None => return Err(self.broken(Text::new("an object", "对象"))),
        }
        self.elements(0)
    }

    /// Returns why reading stops. If the object breaks and holds what a user typed, that is what matters: the text may go
    /// on behind the last token that was read. Where a text may have several lines, that token may belong to something
    /// else.
    pub(super) fn guarded(&self, stop: Stop) -> Stop {
        match (stop, self.typed_exactly) {
            (Stop::Broken(finding), Some(name)) if finding.reason() != Reason::PrintedTyped => {
                Stop::Broken(self.typed(name, self.end_of_typed(name), 0))
            }
            (other, _) => other,
        }
    }

    /// Returns the place up to which the text of the member `name` surely goes, in an object that breaks.
    fn end_of_typed(&self, name: Name) -> usize {
        let before = self.bytes.all[..self.at].trim_ascii_end().len();
        match self.bytes.get(self.at) {
            _ if self.notation.keeps_breaks() => name.end + blank_len(self.bytes.from(name.end)),
            // Another object begins here.
            Some(b'{' | b'[' | b'(' | b'<') => before,
            _ => self.at,
        }
    }

    pub(super) fn printed(self) -> Printed {
        let is_length = |finding: &&Finding| finding.reason() == Reason::PrintedLength;
        let unsure = match self.missing.as_ref().filter(is_length) {
            Some(finding) => Some(finding.span().start as usize),
            None => self.notation.is_open().then_some(self.at),
        };
        let typed = self.typed_exactly.zip(unsure);
        Printed {
            len: self.at,
            typed: typed.map(|(name, at)| self.typed(name, at, 0)),
            missing: self.missing,
            headerless: self.headerless,
        }
    }

    /// Reads members and entries until only `depth` objects and arrays are open.
    pub(super) fn elements(&mut self, depth: usize) -> Result<(), Stop> {
        while self.open.len() > depth {
            self.element()?;
        }
        Ok(())
    }

    /// Reads the next member or entry, or closes what is open.
    fn element(&mut self) -> Result<(), Stop> {
        self.close_pair()?;
        self.skip_blanks()?;
        if self.close_here()? || self.cut_here()? {
            return Ok(());
        }
        if self.open.last().is_some_and(|frame| frame.len > 0) {
            self.separator()?;
            if self.close_here()? || self.cut_here()? {
                return Ok(());
            }
        }
        self.count_member();
        self.member_name()?;
        self.value()
    }

    fn count_member(&mut self) {
        if let Some(frame) = self.open.last_mut() {
            frame.len += 1;
        }
    }

    /// Skips the bracket that closes a pair.
    fn close_pair(&mut self) -> Result<(), Stop> {
        let Some(frame) = self.open.last_mut().filter(|frame| frame.is_in_pair) else {
            return Ok(());
        };
        frame.is_in_pair = false;
        self.skip_blanks()?;
        self.expect(b')', Text::new("`)`", "`)`"))
    }

    pub(super) fn expect(&mut self, byte: u8, what: Text) -> Result<(), Stop> {
        if self.bytes.get(self.at) != Some(byte) {
            return Err(self.broken(what));
        }
        self.at += 1;
        Ok(())
    }

    /// Skips white space, and comments where names and texts have quotes.
    pub(super) fn skip_blanks(&mut self) -> Result<(), Stop> {
        if self.notation.values == Values::UpToMember {
            return Ok(());
        }
        loop {
            self.at = self.after_blanks(self.at)?;
            let rest = self.bytes.from(self.at);
            match rest {
                [b'/', b'/' | b'*', ..] if self.notation.values == Values::Quoted => {}
                [b'/'] if !self.bytes.last => return Err(Stop::More),
                _ => return Ok(()),
            }
            match short_comment_len(rest) {
                Ok(Some(len)) => self.at += len,
                Ok(None) => return Err(self.cut_off(self.bytes.all.len())),
                Err(()) => return Ok(()),
            }
        }
    }

    /// Returns the place behind the white space at `at`.
    ///
    /// # Errors
    ///
    /// [`Stop::More`] if more bytes may show that it goes on.
    pub(super) fn after_blanks(&self, at: usize) -> Result<usize, Stop> {
        let at = at + self.blank_len(at);
        match self.may_go_on(at) {
            true => Err(Stop::More),
            false => Ok(at),
        }
    }

    /// Returns true if more bytes may show that the white space before `at` goes on there.
    fn may_go_on(&self, at: usize) -> bool {
        let is_of_colour = |rest: &[u8]| rest[0] == b'\x1B' && rest.len() < LONGEST_COLOUR;
        let rest = self.bytes.from(at);
        !self.bytes.last && (rest.is_empty() || is_of_colour(rest))
    }

    /// Returns the length of the white space at `at`. A terminal's colours are white space between texts in quotes.
    fn blank_len(&self, at: usize) -> usize {
        let rest = self.bytes.from(at);
        match self.notation.values {
            Values::Quoted => coloured_blank_len(rest),
            _ => blank_len(rest),
        }
    }

    fn separator(&mut self) -> Result<(), Stop> {
        let wanted = match self.notation.between {
            Between::Blank => return Ok(()),
            Between::Exactly(text) => text,
            Between::Comma | Between::CommaOrBlank => ",",
        };
        match is_at(wanted, self.bytes, self.at)? {
            true => self.at += wanted.len(),
            false if self.notation.between == Between::CommaOrBlank => {}
            false => return Err(self.broken(Text::new("a separator or a bracket", "分隔符或括号"))),
        }
        self.skip_blanks()
    }

    /// Closes the innermost object or array if its closing bracket stands here.
    fn close_here(&mut self) -> Result<bool, Stop> {
        let Some(frame) = self.open.last() else {
            return Ok(false);
        };
        let Some(found) = find(frame.bracket.close, self.bytes, self.at)? else {
            return Ok(false);
        };
        self.at += found.len;
        self.close(self.at);
        Ok(true)
    }

    /// Notes and skips what stands where members were left out.
    fn cut_here(&mut self) -> Result<bool, Stop> {
        for aside in self.notation.asides {
            if let Some(found) = find(aside, self.bytes, self.at)? {
                self.at += found.len;
                return Ok(true);
            }
        }
        let Some(len) = self.cut_len(self.at)? else {
            return Ok(false);
        };
        self.note_cut(self.at, len);
        self.at += len;
        // Node says how much is missing, and of what: `... 1 more item`.
        let words = self.bytes.from(self.at);
        let is_word = |b: &&u8| b.is_ascii_alphanumeric() || **b == b' ';
        self.at += words.iter().take(64).take_while(is_word).count();
        Ok(true)
    }

    /// Returns the length of what stands at `at` for something that was left out.
    pub(super) fn cut_len(&self, at: usize) -> Result<Option<usize>, Stop> {
        for cut in self.notation.cuts {
            if let Some(found) = find(cut, self.bytes, at)? {
                return Ok(Some(found.len));
            }
        }
        Ok(None)
    }

    pub(super) fn note_cut(&mut self, at: usize, len: usize) {
        let text = String::from_utf8_lossy(&self.bytes.from(at)[..len]);
        let finding = self.finding(Reason::PrintedCut, at, len).with(text);
        self.note(finding);
    }

    /// Keeps the first reason why the object is not whole.
    pub(super) fn note(&mut self, finding: Finding) {
        self.missing.get_or_insert(finding);
    }

    fn member_name(&mut self) -> Result<(), Stop> {
        let holds = self.open.last().map_or(Holds::Entries, |f| f.bracket.holds);
        if holds == Holds::Pairs {
            self.expect(b'(', Text::new("`(`", "`(`"))?;
            self.skip_blanks()?;
        }
        let name = match holds {
            Holds::Entries => None,
            Holds::Members | Holds::Either | Holds::Pairs => self.find_name(self.at, holds)?,
        };
        match name {
            Some(name) => self.take_name(name, holds),
            None if matches!(holds, Holds::Entries | Holds::Either) => Ok(()),
            None => Err(self.broken(Text::new("the name of a member", "成员名"))),
        }
    }

    /// Returns the name at `at`, if one stands there and what binds a value to it follows.
    pub(super) fn find_name(&mut self, at: usize, holds: Holds) -> Result<Option<Name>, Stop> {
        match self.notation.names {
            Names::Bracketed => self.bracketed_name(at),
            Names::Plain if holds == Holds::Pairs => self.plain_name(at, &[","]),
            Names::Plain => self.plain_name(at, self.notation.binds),
        }
    }

    pub(super) fn take_name(&mut self, name: Name, holds: Holds) -> Result<(), Stop> {
        self.name = (name.text, Span::new(name.at, name.at).start);
        self.at = name.end;
        if let Some(frame) = self.open.last_mut() {
            frame.is_in_pair = holds == Holds::Pairs;
        }
        self.watch(name)
    }

    /// Notes a name that a message has. Where texts stand as they are, stops at a member that holds what a user typed,
    /// if a name of a header stands beside it, inside or around.
    fn watch(&mut self, name: Name) -> Result<(), Stop> {
        let text = self.tree.bytes(name.text, self.bytes.all);
        let Ok(text) = std::str::from_utf8(text) else {
            return Ok(());
        };
        let private = self.users.private;
        let (is_typed, is_header) = ((private.is_typed)(text), (private.is_header)(text));
        self.has_typed |= is_typed;
        self.has_header |= is_header;
        if (private.is_typed_exactly)(text) {
            self.typed_exactly = Some(name);
        }
        let is_open = self.notation.is_open();
        match is_open
            && self.has_typed
            && (self.has_header || (is_typed && self.header_follows()?))
        {
            true => Err(Stop::Broken(self.typed(name, name.at, name.end - name.at))),
            false => Ok(()),
        }
    }

    /// Makes the finding that the text of the member `name` may go on at `at`.
    fn typed(&self, name: Name, at: usize, len: usize) -> Finding {
        let text = self.tree.bytes(name.text, self.bytes.all);
        let text = String::from_utf8_lossy(text).into_owned();
        self.finding(Reason::PrintedTyped, at, len).with(text)
    }

    /// True once a member that holds what a user typed was read.
    pub(super) fn is_typed(&self) -> bool {
        self.has_typed
    }

    /// Returns true if the name of a header's member stands in what follows.
    ///
    /// A text that a user typed may close the bracket, so the search does not stop there. It ends after some KiB, which
    /// are more than users can type, or with the line where an object takes up one line.
    fn header_follows(&mut self) -> Result<bool, Stop> {
        const WINDOW: usize = 8192;
        let ahead = self.bytes.from(self.at);
        let ahead = &ahead[..ahead.len().min(WINDOW)];
        let searched = self.headerless.saturating_sub(self.at).min(ahead.len());
        let rest = &ahead[searched..];
        let line = match self.notation.values == Values::UpToMember {
            true => memchr::memchr(b'\n', rest),
            false => None,
        };
        let is_all = ahead.len() == WINDOW || self.bytes.last;
        let Some(end) = line.or(is_all.then_some(rest.len())) else {
            return Err(Stop::More);
        };
        let is_header = self.users.private.is_header;
        let found = memchr::memchr_iter(self.bind_byte(), &rest[..end]).any(|at| {
            let name = ahead[..searched + at].trim_ascii_end();
            let name = name.strip_suffix(b"\"").unwrap_or(name);
            let tail = name.iter().rev().take(pattern::LONGEST_NAME);
            let len = tail.take_while(|b| pattern::is_of_name(**b)).count();
            std::str::from_utf8(&name[name.len() - len..]).is_ok_and(is_header)
        });
        self.headerless = self.at + searched + end;
        Ok(found)
    }

    /// The byte that follows a name.
    fn bind_byte(&self) -> u8 {
        match self.notation.names {
            Names::Bracketed => b']',
            Names::Plain => self.notation.binds[0].as_bytes()[0],
        }
    }

    /// Reads a value, or opens the object or array that begins here.
    pub(super) fn value(&mut self) -> Result<(), Stop> {
        if self.tree.len() >= self.limits.values {
            return Err(self.limit(Reason::TooManyValues, self.limits.values));
        }
        let values = self.notation.values;
        match values {
            Values::UpToMember if self.quoted_inside()? => return Ok(()),
            Values::UpToMember => {}
            Values::UpToLine => self.at += usize::from(self.bytes.get(self.at) == Some(b' ')),
            _ => self.skip_blanks()?,
        }
        match self.bracket()? {
            // Node prints `[Object]` for an object that is too deep.
            Some((bracket, _)) if bracket.open == "[" && self.cut_len(self.at)?.is_some() => {
                self.scalar()
            }
            Some((bracket, found)) => self.open(bracket, found),
            None => self.scalar(),
        }
    }

    fn scalar(&mut self) -> Result<(), Stop> {
        match self.notation.values {
            Values::Quoted | Values::QuotedOrWords | Values::Block => self.quoted_or_word(),
            Values::UpToMember => self.up_to_member(),
            Values::UpToLine => self.up_to_line(),
            Values::Typed => self.typed_value(),
        }
    }

    /// Returns the bracket that opens here.
    fn bracket(&mut self) -> Result<Option<(&'static Bracket, pattern::Match)>, Stop> {
        let first = self.bytes.get(self.at);
        if first.is_some_and(|b| b.is_ascii_digit() || b"'\"-".contains(&b)) {
            return Ok(None);
        }
        for bracket in self.notation.brackets {
            let Some(found) = find(bracket.open, self.bytes, self.at)? else {
                continue;
            };
            if self.really_opens(bracket, self.at + found.len)? {
                return Ok(Some((bracket, found)));
            }
        }
        Ok(None)
    }

    /// Where texts have no quotes, only a bracket with a member opens an object; others belong to the text.
    fn really_opens(&mut self, bracket: &Bracket, at: usize) -> Result<bool, Stop> {
        if !self.notation.values.are_open() || bracket.holds == Holds::Entries {
            return Ok(true);
        }
        let at = match self.notation.names {
            Names::Bracketed => at + blank_len(self.bytes.from(at)),
            Names::Plain => at,
        };
        let is_empty = find(bracket.close, self.bytes, at)?.is_some();
        Ok(is_empty || self.find_name(at, bracket.holds)?.is_some())
    }

    /// Makes a finding that names the notation.
    pub(super) fn finding(&self, reason: Reason, at: usize, len: usize) -> Finding {
        Finding::new(reason, Span::new(at, at + len)).with_words(self.notation.name)
    }

    pub(super) fn limit(&self, reason: Reason, limit: usize) -> Stop {
        let finding = Finding::new(reason, Span::new(self.at, self.at + 1));
        Stop::Broken(finding.with(limit.to_string()))
    }

    /// Makes the failure of a byte that is not `expected`. [`Stop::More`] if too few bytes have arrived to describe it.
    pub(super) fn broken(&self, expected: Text) -> Stop {
        const LONGEST_CHARACTER: usize = 4;
        let rest = self.bytes.from(self.at);
        match rest {
            [] => return self.cut_off(self.at),
            _ if rest.len() < LONGEST_CHARACTER && !self.bytes.last => return Stop::More,
            _ => {}
        }
        let finding = self.finding(Reason::PrintedBroken, self.at, 1);
        Stop::Broken(finding.with_words(expected).with(describe(rest) as Arg))
    }

    /// Makes the stop of an object that ends at `end` without being closed.
    pub(super) fn cut_off(&self, end: usize) -> Stop {
        match end >= self.bytes.all.len() && !self.bytes.last {
            true => Stop::More,
            false => Stop::Broken(self.notation.cut_off(Span::new(end, end))),
        }
    }
}
