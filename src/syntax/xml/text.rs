//! Collects the text of an element from its pieces: plain text, CDATA and references.
//!
//! White space that a formatter put around the text is left out. It is white space outside of CDATA that is not written
//! as references. It never reaches a buffer: documents that differ only in line ends read the same.

use crate::syntax::{Str, Tree};

/// A piece of text, or of a formatter's white space.
#[derive(Clone, Copy, Debug)]
pub(super) struct Piece {
    start: usize,
    end: usize,
    blank: bool,
}

impl Piece {
    pub(super) fn blank(start: usize, end: usize) -> Self {
        Piece {
            start,
            end,
            blank: true,
        }
    }

    pub(super) fn solid(start: usize, end: usize) -> Self {
        Piece {
            blank: false,
            ..Piece::blank(start, end)
        }
    }
}

/// The text collected so far.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Run {
    /// The text from the first piece that is not white space. `None` before that piece.
    value: Option<Str>,
    /// White space after the text that is not part of `value` yet.
    tail: Option<Piece>,
    /// The bytes of white space at the end of `value`.
    tail_len: usize,
    /// True if white space stood before the text.
    has_head: bool,
    /// The range of the text.
    span: (usize, usize),
}

impl Run {
    /// Makes an empty text at `at`.
    pub(super) fn at(at: usize) -> Self {
        Run {
            span: (at, at),
            ..Run::default()
        }
    }

    /// Returns true if there is more than white space.
    pub(super) fn is_solid(&self) -> bool {
        self.value.is_some()
    }

    /// Returns true if white space stands around the text.
    pub(super) fn is_padded(&self) -> bool {
        self.has_head || self.tail.is_some() || self.tail_len > 0
    }

    /// Returns the range of the text, without the white space around it.
    pub(super) fn span(&self) -> (usize, usize) {
        self.span
    }

    /// Returns the text, without the white space around it.
    pub(super) fn trimmed(&self) -> Str {
        self.value.unwrap_or_default().trimmed(self.tail_len)
    }

    /// Adds a piece of the payload. Line breaks become line feeds, as XML demands.
    pub(super) fn add(&mut self, piece: Piece, tree: &mut Tree, bytes: &[u8]) {
        match (piece.start == piece.end, piece.blank) {
            (true, _) => {}
            (false, true) => self.add_blank(piece, tree, bytes),
            (false, false) => {
                self.go_on(piece, tree, bytes);
                self.append(piece, tree, bytes);
            }
        }
    }

    /// Adds `text`, which the payload writes as `piece`.
    pub(super) fn add_text(&mut self, text: &str, piece: Piece, tree: &mut Tree, bytes: &[u8]) {
        self.go_on(piece, tree, bytes);
        self.append_text(text, tree, bytes);
    }

    /// Adds the content of a CDATA section. After an empty section, too, the text is more than white space.
    pub(super) fn add_cdata(&mut self, piece: Piece, tree: &mut Tree, bytes: &[u8]) {
        if piece.start < piece.end {
            return self.add(piece, tree, bytes);
        }
        self.go_on(piece, tree, bytes);
        let empty = Str::source(piece.start, piece.end);
        self.value.get_or_insert(empty);
    }

    fn add_blank(&mut self, piece: Piece, tree: &mut Tree, bytes: &[u8]) {
        if !self.is_solid() {
            self.has_head = true;
            self.span = (piece.end, piece.end);
            return;
        }
        if let Some(tail) = self.tail.replace(piece) {
            let before = self.len();
            self.append(tail, tree, bytes);
            self.tail_len += self.len() - before;
        }
    }

    /// Continues the text with `piece`: white space before the piece becomes part of the text.
    fn go_on(&mut self, piece: Piece, tree: &mut Tree, bytes: &[u8]) {
        let start = match self.is_solid() {
            true => self.span.0,
            false => piece.start,
        };
        self.span = (start, piece.end);
        self.tail_len = 0;
        if let Some(tail) = self.tail.take() {
            self.append(tail, tree, bytes);
        }
    }

    fn len(&self) -> usize {
        self.value.unwrap_or_default().len()
    }

    fn append(&mut self, piece: Piece, tree: &mut Tree, bytes: &[u8]) {
        let raw = &bytes[piece.start..piece.end];
        let has_return = memchr::memchr(b'\r', raw).is_some();
        if let Some(value) = self.continued(piece).filter(|_| !has_return) {
            self.value = Some(value);
            return;
        }
        // A document that is not UTF-8 is refused at its end. Until then any text will do.
        let text = String::from_utf8_lossy(raw);
        match has_return {
            true => self.append_text(&text.replace("\r\n", "\n").replace('\r', "\n"), tree, bytes),
            false => self.append_text(&text, tree, bytes),
        }
    }

    fn append_text(&mut self, text: &str, tree: &mut Tree, bytes: &[u8]) {
        let start = tree.make_own(self.value, bytes);
        tree.own().push_str(text);
        self.value = Some(tree.own_since(start));
    }

    /// Returns the longer range of the payload, if `piece` directly follows the text.
    fn continued(&self, piece: Piece) -> Option<Str> {
        match self.value {
            None => Some(Str::source(piece.start, piece.end)),
            Some(value) => {
                let start = value.source_up_to(piece.start);
                start.map(|start| Str::source(start, piece.end))
            }
        }
    }
}
