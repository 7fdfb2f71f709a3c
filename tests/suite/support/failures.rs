//! Collects failures by way of embedding, so that one run shows all of them.

use std::collections::BTreeMap;

use crate::support::cases::FEWER;

#[derive(Default)]
struct Count {
    tried: usize,
    failed: usize,
    first: Vec<String>,
}

/// The numbers of cases and failures, by way.
#[derive(Default)]
pub(crate) struct Failures(BTreeMap<String, Count>);

impl Failures {
    const SHOWN: usize = 2;

    /// Counts a case. `problem` describes its failure, if any.
    pub(crate) fn count(&mut self, way: &str, problem: Option<String>) {
        let count = self.0.entry(way.to_owned()).or_default();
        count.tried += 1;
        if let Some(problem) = problem {
            count.failed += 1;
            if count.first.len() < Self::SHOWN {
                count.first.push(problem);
            }
        }
    }

    /// Panics if a case failed, or if fewer than `least` cases were tried in a build that tries all.
    pub(crate) fn none(self, least: usize) {
        let tried: usize = self.0.values().map(|count| count.tried).sum();
        let failed: usize = self.0.values().map(|count| count.failed).sum();
        let shown: String = self
            .0
            .iter()
            .filter_map(|(way, count)| shown(way, count))
            .collect();
        assert!(failed == 0, "{failed} of {tried} cases failed\n{shown}");
        assert!(tried >= least / FEWER, "only {tried} cases were tried");
    }
}

fn shown(way: &str, count: &Count) -> Option<String> {
    let Count {
        tried,
        failed,
        first,
    } = count;
    let cases: String = first.iter().map(|case| format!("    {case}\n")).collect();
    (*failed > 0).then(|| format!("{way}: {failed} of {tried}\n{cases}"))
}
