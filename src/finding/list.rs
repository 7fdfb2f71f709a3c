//! The findings of one payload, limited in number.

use crate::finding::{Finding, Severity};
use crate::span::Span;

/// The findings of one payload in the order of their creation, limited to bound memory.
#[derive(Clone, Debug, Default)]
pub(crate) struct Findings {
    list: Vec<Finding>,
    dropped: usize,
    /// True if no warning is left to drop in favour of an error.
    only_errors: bool,
}

impl Findings {
    const MOST: usize = 1_000;

    pub(crate) fn push(&mut self, finding: Finding) {
        match self.list.len() < Self::MOST {
            true => self.list.push(finding),
            false => self.drop_one_for(finding),
        }
    }

    /// Drops `finding`, or a warning if `finding` is an error. A thousand warnings must not hide an error.
    fn drop_one_for(&mut self, finding: Finding) {
        self.dropped += 1;
        if finding.severity() == Severity::Warning || self.only_errors {
            return;
        }
        let mut kept = self.list.iter_mut().rev();
        match kept.find(|kept| kept.severity() == Severity::Warning) {
            Some(warning) => *warning = finding,
            None => self.only_errors = true,
        }
    }

    pub(crate) fn extend(&mut self, findings: impl IntoIterator<Item = Finding>) {
        findings.into_iter().for_each(|finding| self.push(finding));
    }

    /// Replaces all findings by `finding`.
    pub(crate) fn only(&mut self, finding: Finding) {
        self.clear();
        self.list.push(finding);
    }

    pub(crate) fn clear(&mut self) {
        self.list.clear();
        self.dropped = 0;
        self.only_errors = false;
    }

    /// Drops the findings inside `spans`, which must be sorted and must not overlap.
    pub(crate) fn drop_inside(&mut self, spans: &[Span]) {
        self.list.retain(|finding| {
            let at = finding.span().start;
            let before = spans.partition_point(|span| span.start <= at);
            before == 0 || spans[before - 1].end <= at
        });
    }

    /// Sorts the findings by position.
    pub(crate) fn sort(&mut self) {
        self.list.sort_by_key(|finding| finding.span());
    }

    pub(crate) fn as_slice(&self) -> &[Finding] {
        &self.list
    }

    /// Returns the number of findings beyond the limit.
    pub(crate) fn dropped(&self) -> usize {
        self.dropped
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::Reason;

    #[test]
    fn warnings_make_room_for_errors() {
        let finding = |reason, at| Finding::new(reason, Span::new(at, at));
        let mut findings = Findings::default();
        findings.extend((0..1_500).map(|at| finding(Reason::Unknown, at)));
        findings.extend((0..1_500).map(|at| finding(Reason::FieldMissing, at)));
        assert_eq!(findings.dropped(), 2_000);
        let kept = findings.as_slice().iter();
        assert_eq!(
            kept.filter(|f| f.severity() == Severity::Error).count(),
            1_000
        );
    }
}
