//! Walks over the values of a tree and tells which of them are private.
//!
//! A *private* value is one that a user filled. It is never searched for payloads. Which names are private is not known
//! here; see [`Private`].

use crate::syntax::{Kind, NodeId, View};

/// Tells which members of objects are private.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Private {
    /// Returns true if an object with a member of this name is a message, or a part of one.
    pub(crate) is_header: fn(&str) -> bool,
    /// Returns true if a member of a message with this name is private.
    pub(crate) is_typed: fn(&str) -> bool,
    /// Returns true if a member of this name is private in any object that is cut off, whose header may be missing.
    pub(crate) is_typed_exactly: fn(&str) -> bool,
}

/// An object or array around the next value.
#[derive(Clone, Copy)]
struct Around {
    end: NodeId,
    /// Returns true if a member of this name is private.
    hides: fn(&str) -> bool,
    is_private: bool,
}

/// A walk over the values below a node, in document order.
pub(crate) struct Walk<'a> {
    root: View<'a>,
    next: NodeId,
    private: Private,
    around: Vec<Around>,
    /// The number of objects and arrays around the latest value.
    depth: usize,
}

impl<'a> Walk<'a> {
    /// Makes a walk over the values inside of `root`.
    pub(crate) fn inside(root: View<'a>, private: Private) -> Self {
        let mut walk = Walk {
            root,
            next: root.id + 1,
            private,
            around: Vec::new(),
            depth: 0,
        };
        walk.enter(root, false, root.node().end, false);
        walk
    }

    /// Makes a walk over all values of a tree whose object at `root` is cut off.
    pub(crate) fn inside_cut(root: View<'a>, private: Private) -> Self {
        let mut walk = Walk::inside(root, private);
        walk.around.clear();
        walk.enter(root, false, root.tree.len() as NodeId, true);
        walk
    }

    /// Returns the number of objects and arrays around the latest value.
    pub(crate) fn depth(&self) -> usize {
        self.depth
    }

    /// Returns the next value, and true if it is private.
    pub(crate) fn next(&mut self) -> Option<(View<'a>, bool)> {
        self.next_cut(|_| false)
    }

    /// Returns the next value, and true if it is private. `is_cut` tells which objects and arrays are cut off.
    pub(crate) fn next_cut(&mut self, is_cut: impl Fn(NodeId) -> bool) -> Option<(View<'a>, bool)> {
        while self.around.last()?.end <= self.next {
            self.around.pop();
        }
        let value = self.root.at(self.next);
        let around = self.around.last()?;
        let is_private = around.is_private || (around.hides)(value.name());
        self.depth = self.around.len();
        self.next += 1;
        if matches!(value.kind(), Kind::Object | Kind::Array) {
            let (end, is_cut) = (around.end, is_cut(value.id));
            let end = if is_cut { end } else { value.node().end };
            self.enter(value, is_private, end, is_cut);
        }
        Some((value, is_private))
    }

    /// Leaves out the values inside of `value`, which is the latest.
    pub(crate) fn leave_out(&mut self, value: View<'_>) {
        self.next = value.node().end;
    }

    fn enter(&mut self, value: View<'_>, is_private: bool, end: NodeId, is_cut: bool) {
        let Private {
            is_header,
            is_typed,
            is_typed_exactly,
        } = self.private;
        let is_message = || value.children().any(|child| is_header(child.name()));
        let hides = match value.kind() {
            Kind::Object if is_cut => is_typed_exactly,
            Kind::Object if is_message() => is_typed,
            _ => |_: &str| false,
        };
        self.around.push(Around {
            end,
            hides,
            is_private,
        });
    }
}
