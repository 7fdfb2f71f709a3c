//! Finds repeated names in JSON objects, apart from fields, which the decoder reports.
//!
//! Readers disagree about which of two values counts, whatever the name. XML repeats elements to write lists.

use std::collections::HashSet;

use crate::finding::{Code, Finding, Findings, Reason};
use crate::syntax::{Kind, Syntax, View};

/// Reports each repeated name in the payload at `root` that is not reported yet.
pub(super) fn report(root: View<'_>, findings: &mut Findings) {
    let objects = (root.id..root.node().end).map(|id| root.at(id));
    let mut objects = objects.filter(|node| node.kind() == Kind::Object && may_repeat(*node));
    if root.tree.syntax == Syntax::Json
        && let Some(first) = objects.next()
    {
        report_in([first].into_iter().chain(objects), findings);
    }
}

fn report_in<'a>(objects: impl Iterator<Item = View<'a>>, findings: &mut Findings) {
    let known = findings.as_slice().iter();
    let known = known.filter(|finding| finding.code() == Code::DuplicateField);
    let known: HashSet<u32> = known.map(|finding| finding.span().start).collect();
    let mut names = HashSet::new();
    for object in objects {
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

/// Returns true if two names in `object` may be equal.
///
/// Nearly all objects repeat no name, and a set of names takes several times as long.
fn may_repeat(object: View<'_>) -> bool {
    /// A name is compared with this many before it. In larger objects names that look alike count as equal.
    const FEW: usize = 32;
    let mut seen = [0u64; 4];
    let name = |child: View<'_>| object.tree.bytes(child.node().name, object.text.as_bytes());
    let mut names = object.children().map(name).enumerate();
    names.any(|(count, next)| {
        let number = look(next);
        let seen = &mut seen[usize::from(number >> 6)];
        let bit = 1 << (number & 63);
        let is_new = *seen & bit == 0;
        *seen |= bit;
        let mut before = object.children().take(count).map(name);
        !is_new && (count > FEW || before.any(|before| before == next))
    })
}

/// Returns a number that tells most names from each other: of the length, the first and the last byte.
fn look(name: &[u8]) -> u8 {
    let [first, last] = [name.first(), name.last()].map(|byte| byte.map_or(0, |byte| *byte));
    name.len() as u8 ^ first.wrapping_mul(5) ^ last.wrapping_mul(11)
}

#[cfg(test)]
mod tests {
    use crate::{Code, decode};

    #[test]
    fn names_of_any_length_are_compared() {
        for (members, repeated) in [
            (r#""":1,"":2"#, 1),
            (r#""a":1,"b":2,"a":3,"a":4"#, 2),
            (r#""ab":1,"cd":2,"ab":3"#, 1),
            (r#""a":{"b":1,"b":2},"b":3"#, 1),
            (r#""a":[{"b":1},{"b":2}],"b":3"#, 0),
            (r#""ab":1,"acb":2,"axxb":3,"":4,"a":5"#, 0),
        ] {
            let text = format!(r#"{{"Event":"subscribe_msg_popup_event","List":[],{members}}}"#);
            let record = decode(text.as_bytes());
            let findings = record.findings().iter();
            let found = findings.filter(|finding| finding.code() == Code::DuplicateField);
            assert_eq!(found.count(), repeated, "{members}");
        }
    }
}
