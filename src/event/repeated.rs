//! Finds names that an object of JSON gives twice where neither is a field.
//!
//! Readers disagree about which of two values counts, whatever the name. XML repeats elements to write lists.

use std::collections::HashSet;

use crate::finding::{Code, Finding, Findings, Reason};
use crate::syntax::{Kind, Syntax, View};

/// Reports each repeated name in the payload at `root` that is not reported yet.
pub(super) fn report(root: View<'_>, findings: &mut Findings) {
    if root.tree.syntax != Syntax::Json {
        return;
    }
    let known = findings.as_slice().iter();
    let known = known.filter(|finding| finding.code() == Code::DuplicateField);
    let known: HashSet<u32> = known.map(|finding| finding.span().start).collect();
    let mut names = HashSet::new();
    let objects = (root.id..root.node().end).map(|id| root.at(id));
    for object in objects.filter(|node| node.kind() == Kind::Object) {
        names.clear();
        for child in object.children() {
            let is_new = names.insert(child.name());
            if !is_new && !known.contains(&child.name_span().start) {
                let finding = Finding::new(Reason::DuplicateExtra, child.name_span());
                findings.push(finding.with(child.name()));
            }
        }
    }
}
