//! Puts what is read into the tree, and checks each object when it is closed.

use super::lines;
use super::pattern::Match;
use super::reader::{Frame, Reader};
use super::table::{Bracket, Holds};
use crate::finding::Reason;
use crate::span::Span;
use crate::syntax::json::is_number;
use crate::syntax::{Kind, Node, NodeId, Stop, Str};

/// The most members of which each is compared with each.
const FEW: usize = 16;

impl Reader<'_> {
    pub(super) fn open(&mut self, bracket: &'static Bracket, found: Match) -> Result<(), Stop> {
        if self.open.len() >= self.limits.depth {
            return Err(self.limit(Reason::TooDeep, self.limits.depth));
        }
        let kind = match bracket.holds {
            Holds::Entries => Kind::Array,
            _ => Kind::Object,
        };
        let node = self.node(kind, Str::default(), Span::new(self.at, self.at));
        self.at += found.len;
        self.open.push(Frame {
            id: self.tree.push(node),
            bracket,
            count: found.count,
            len: 0,
            is_in_pair: false,
            indent: None,
            closing_indent: lines::indent(self.bytes.all, self.at.saturating_sub(1)),
        });
        Ok(())
    }

    /// Closes the innermost object or array, which ends at `end`.
    pub(super) fn close(&mut self, end: usize) {
        let Some(frame) = self.open.pop() else { return };
        self.tree.close(frame.id, end);
        if frame.bracket.holds == Holds::Either && self.is_numbered(frame.id) {
            self.make_array(frame.id);
        }
        let node = *self.tree.node(frame.id);
        if let Some(count) = frame.count.filter(|count| *count != frame.len) {
            let finding = self.finding(Reason::PrintedCount, node.span.start as usize, 1);
            let numbers = finding.with(count.to_string()).with(frame.len.to_string());
            self.note(numbers);
        }
        if let (Kind::Object, Some((name, at))) = (node.kind, self.repeated(frame.id)) {
            let finding = self.finding(Reason::PrintedTwice, at, name.len());
            self.note(finding.with(name));
        }
    }

    /// True if the members of `id` are numbered from 0 on, or it has none.
    fn is_numbered(&self, id: NodeId) -> bool {
        let mut number = 0;
        self.children(id).all(|child| {
            let name = self.tree.bytes(self.tree.node(child).name, self.bytes.all);
            let is_next = name.is_empty() || name == number.to_string().as_bytes();
            number += 1;
            is_next
        })
    }

    fn make_array(&mut self, id: NodeId) {
        self.tree.node_mut(id).kind = Kind::Array;
        let children: Vec<NodeId> = self.children(id).collect();
        for child in children {
            let node = self.tree.node_mut(child);
            (node.name, node.name_at) = Default::default();
        }
    }

    /// Returns a name that two members of `id` have, and the place of the later one.
    fn repeated(&self, id: NodeId) -> Option<(String, usize)> {
        let name = |child| self.tree.bytes(self.tree.node(child).name, self.bytes.all);
        let twice = match self.children(id).nth(FEW) {
            None => self.repeated_of_few(id),
            Some(_) => self.repeated_of_many(id),
        }?;
        let text = String::from_utf8_lossy(name(twice)).into_owned();
        Some((text, self.tree.node(twice).name_at as usize))
    }

    /// Compares each name with those before it. That is faster than sorting where there are few.
    fn repeated_of_few(&self, id: NodeId) -> Option<NodeId> {
        let name = |child| self.tree.bytes(self.tree.node(child).name, self.bytes.all);
        self.children(id).find(|&child| {
            let mut before = self.children(id).take_while(|&other| other < child);
            before.any(|other| name(other) == name(child))
        })
    }

    fn repeated_of_many(&self, id: NodeId) -> Option<NodeId> {
        let name = |child| self.tree.bytes(self.tree.node(child).name, self.bytes.all);
        let named = self.children(id).map(|child| (name(child), child));
        let mut names: Vec<_> = named.collect();
        names.sort_unstable();
        let twice = names.windows(2).find(|pair| pair[0].0 == pair[1].0)?;
        Some(twice[1].1)
    }

    fn children(&self, id: NodeId) -> impl Iterator<Item = NodeId> {
        let end = self.tree.node(id).end;
        let mut next = id + 1;
        std::iter::from_fn(move || {
            let child = (next < end).then_some(next)?;
            next = self.tree.node(child).end;
            Some(child)
        })
    }

    fn node(&mut self, kind: Kind, value: Str, span: Span) -> Node {
        let (name, name_at) = std::mem::take(&mut self.name);
        Node {
            kind,
            padded: false,
            name,
            name_at,
            value,
            span,
            end: 0,
        }
    }

    pub(super) fn text(&mut self, value: Str, start: usize, end: usize) {
        let node = self.node(Kind::Text, value, Span::new(start, end));
        self.tree.push(node);
    }

    /// Adds what stands without quotes between `start` and `end`: a number, a word for null or the like, or a text.
    pub(super) fn bare(&mut self, start: usize, end: usize) {
        let written = &self.bytes.all[start..end];
        let word = self.notation.words.iter();
        let word = word.clone().find(|(word, _)| word.as_bytes() == written);
        let (kind, value) = match word {
            Some((word, json)) if word == json => (Kind::Literal, Str::source(start, end)),
            Some((_, json)) => (Kind::Literal, self.own(json)),
            None if is_number(written) => (Kind::Number, Str::source(start, end)),
            None => (Kind::Text, Str::source(start, end)),
        };
        let node = self.node(kind, value, Span::new(start, end));
        self.tree.push(node);
    }

    /// Adds a literal that is not written, at `at`.
    pub(super) fn literal(&mut self, value: Str, at: usize) {
        let node = self.node(Kind::Literal, value, Span::new(at, at));
        self.tree.push(node);
    }

    pub(super) fn own(&mut self, text: &str) -> Str {
        let start = self.tree.own().len();
        self.tree.own().push_str(text);
        self.tree.own_since(start)
    }
}
