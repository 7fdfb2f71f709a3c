//! What the scanner tried in vain, and where.
//!
//! Broken input invites the scanner to try again at each of its bytes. It notes how far an attempt looked, and does not
//! repeat it before that place: otherwise the time would grow with the square of the input.

use crate::scan::prefixed::Unprefixed;
use crate::scan::typed::Searched;
use crate::scan::wrapped::SearchedLines;
use crate::syntax::notation::Notation;

/// Attempts that failed. A position is one in the buffer, an offset one in the capture.
#[derive(Debug, Default)]
pub(super) struct Tried {
    /// No mark stands between a broken object and this position.
    pub(super) no_mark_before: usize,
    /// A quote, and the position up to which no literal in these quotes ends.
    pub(super) unclosed: (u8, usize),
    /// Every event's name in noise before this position is judged; see [`unread`](super::unread).
    pub(super) judged_before: usize,
    /// No document is read through a prefix before these positions.
    pub(super) unprefixed: Unprefixed,
    /// No list of names and values is looked for before this position: one was, and it is no callback.
    pub(super) no_pairs_before: usize,
    /// No escaped document begins before this position: its names have clues, and nothing before them begins one.
    pub(super) no_clue_before: usize,
    /// Every event's name in wide characters before this position is judged; see [`wide`](super::wide).
    pub(super) no_wide_before: usize,
    /// The texts that were read to see whether they are messages, and are none.
    pub(super) trials: Failures,
    /// Every line of noise before this position was searched for an object with a prefix.
    pub(super) no_prefix_before: usize,
    /// The offset of an object that is neither JSON nor printed in another notation.
    pub(super) no_notation_at: Option<u64>,
    /// No XML begins with a comment before this offset: the comments up to there were read, and a payload begins in one.
    pub(super) no_prolog_before: u64,
    /// No YAML is read before this offset: reading it failed there.
    pub(super) no_yaml_before: u64,
    /// There is no name of a header before this offset: an object without quotes was searched for one.
    pub(super) no_header_before: u64,
    /// The offset of the end of the line of the latest object that takes up one line. Other objects on that line need not
    /// search for it.
    pub(super) no_break_before: u64,
    /// The printed objects that broke or hold no message, and the numbers in URLs that were passed over.
    pub(super) failures: Failures,
    /// The JSON objects that broke at an expression of source code.
    pub(super) expressions: Failures,
    /// No value and no list of a callback stands between the latest object that broke at an expression and this position,
    /// counted from the start of the text.
    pub(super) nothing_held_before: usize,
    /// The JSON documents that broke after a long comment.
    pub(super) long_comments: Failures,
    /// The offset of the last bracket of a notation whose object broke, and the notation.
    pub(super) passed_notation: Option<(u64, &'static Notation)>,
    /// The noise that was searched for texts of users.
    pub(super) searched: Searched,
    /// The latest lines of objects that were searched for a printed object.
    pub(super) searched_lines: Option<SearchedLines>,
}

impl Tried {
    /// Moves all positions to a buffer that lost its first `len` bytes.
    pub(super) fn drop_front(&mut self, len: usize) {
        self.no_mark_before = self.no_mark_before.saturating_sub(len);
        self.unclosed.1 = self.unclosed.1.saturating_sub(len);
        self.judged_before = self.judged_before.saturating_sub(len);
        self.unprefixed = self.unprefixed.after(len);
        self.no_pairs_before = self.no_pairs_before.saturating_sub(len);
        self.no_clue_before = self.no_clue_before.saturating_sub(len);
        self.no_wide_before = self.no_wide_before.saturating_sub(len);
        self.no_prefix_before = self.no_prefix_before.saturating_sub(len);
    }

    /// Returns true if something failed that reaches beyond `offset`.
    pub(super) fn has_failed_beyond(&self, offset: u64) -> bool {
        [
            self.failures,
            self.expressions,
            self.long_comments,
            self.trials,
        ]
        .iter()
        .any(|those| those.reach_beyond(offset))
    }
}

/// The failed attempts of one kind. Attempts inside a failed one are made too, but only a few: each may read up to the end
/// of the outer one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Failures {
    /// The offset of the farthest place at which an attempt failed.
    end: u64,
    /// The offset of the farthest place at which an attempt failed in this text.
    own_end: u64,
    /// The number of attempts before that place.
    count: u8,
    /// The offset of the first of these attempts, and the number of bytes that they read.
    start: u64,
    bytes: u64,
    /// The offset of the latest attempt.
    latest: u64,
}

impl Failures {
    const MOST: u8 = 16;
    /// The bytes that failed attempts may read without a limit. Beyond it, they may read half as much again as they cover.
    const FREE: u64 = 1 << 16;

    /// Notes that the attempt at `offset` failed after `len` bytes. An attempt that is made again counts once.
    pub(super) fn note(&mut self, offset: u64, len: usize) {
        if offset >= self.end {
            (self.count, self.start, self.bytes) = (0, offset, 0);
        } else if offset == self.latest {
            return;
        }
        self.latest = offset;
        self.count = self.count.saturating_add(1);
        self.bytes += len as u64;
        self.own_end = self.own_end.max(offset + len as u64);
        self.end = self.end.max(self.own_end);
    }

    /// Returns these failures for nested text at `offset` that is a part of the capture.
    pub(super) fn inside(&self, offset: u64) -> Self {
        Failures {
            end: self.end.saturating_sub(offset),
            own_end: 0,
            start: 0,
            latest: u64::MAX,
            bytes: self.bytes.saturating_sub(offset - self.start.min(offset)),
            count: self.count,
        }
    }

    /// Returns the number of bytes from `offset` to the farthest place at which an attempt failed in this text.
    pub(super) fn own_len_from(&self, offset: u64) -> u64 {
        self.own_end.saturating_sub(offset)
    }

    /// Notes the failures in nested text that is left at `offset`. They reach over the next `len` bytes.
    pub(super) fn note_inside(&mut self, offset: u64, len: usize, inner: Failures) {
        (self.start, self.count, self.bytes) = (offset, inner.count, inner.bytes);
        self.end = self.end.max(offset + len as u64);
    }

    /// Returns true if an attempt failed after `offset`.
    pub(super) fn reach_beyond(&self, offset: u64) -> bool {
        offset < self.end
    }

    /// Returns true if no further attempt is due at `offset`.
    pub(super) fn are_many(&self, offset: u64) -> bool {
        let covered = self.end - self.start.min(self.end);
        let most = Self::FREE + 3 * covered / 2;
        self.reach_beyond(offset) && (self.count >= Self::MOST || self.bytes > most)
    }
}
