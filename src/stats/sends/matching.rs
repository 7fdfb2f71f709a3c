//! Joins sends with results by message id.
//!
//! An exact id suffices. An id that lost digits, as JavaScript and jq round, stands for many: it is matched only with the
//! single result of the same user and template that rounds to it.

use std::collections::HashMap;

use crate::stats::names::{NO_NAME, Name};
use crate::stats::sends::Send;
use crate::stats::sends::msg_id::MsgId;

/// One side of a match.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Side {
    pub(crate) id: MsgId,
    pub(crate) user: Name,
    pub(crate) template: Name,
}

/// A result that a send has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Match {
    pub(crate) result: u32,
    /// True if the id alone did not say it.
    pub(crate) is_rounded: bool,
}

/// Joins sends and results by exact ids first, then by rounded ones. Of results with one id the first counts.
pub(crate) struct Matching<'a, F> {
    sends: &'a [Send],
    /// Returns a result.
    result: F,
    results: u32,
    matches: Vec<Option<Match>>,
    is_taken: Vec<bool>,
}

/// What a rounded id is compared by.
type Rounded = (u64, Name, Name);

/// The sends and results that agree in what is left of their ids.
#[derive(Clone, Copy, Debug, Default)]
struct Candidates {
    sends: u32,
    send: u32,
    results: u32,
    result: u32,
}

impl<'a, F: Fn(u32) -> Side> Matching<'a, F> {
    /// Returns for each send its result.
    pub(crate) fn run(sends: &'a [Send], results: u32, result: F) -> Vec<Option<Match>> {
        let mut matching = Matching {
            sends,
            result,
            results,
            matches: vec![None; sends.len()],
            is_taken: vec![false; results as usize],
        };
        let index = matching.index();
        matching.exact(&index, |side| !side.id.looks_rounded());
        matching.rounded();
        // Nothing contradicts these.
        matching.exact(&index, |side| {
            side.user == NO_NAME || side.template == NO_NAME
        });
        matching.matches
    }

    /// Indexes the results by id.
    fn index(&self) -> HashMap<MsgId, u32> {
        let mut index = HashMap::new();
        for at in 0..self.results {
            let id = (self.result)(at).id;
            if !id.is_none() {
                index.entry(id).or_insert(at);
            }
        }
        index
    }

    /// Matches the sends that are `eligible` with the results that have their id.
    fn exact(&mut self, index: &HashMap<MsgId, u32>, eligible: impl Fn(Side) -> bool) {
        for at in 0..self.sends.len() {
            let side = side(&self.sends[at]);
            if self.matches[at].is_some() || side.id.is_none() || !eligible(side) {
                continue;
            }
            let found = index.get(&side.id);
            if let Some(&result) = found.filter(|&&result| !self.is_taken[result as usize]) {
                self.take(at, result);
            }
        }
    }

    /// Matches what agrees in all but digits, where there is only one of each.
    fn rounded(&mut self) {
        for candidates in self.candidates().into_values() {
            let Candidates { send, result, .. } = candidates;
            if (candidates.sends, candidates.results) != (1, 1) {
                continue;
            }
            let ids = (self.sends[send as usize].id, (self.result)(result).id);
            if ids.0.looks_rounded() || ids.1.looks_rounded() {
                self.take(send as usize, result);
            }
        }
    }

    fn candidates(&self) -> HashMap<Rounded, Candidates> {
        let mut all = HashMap::<Rounded, Candidates>::new();
        let sends = self.sends.iter().zip(&self.matches).enumerate();
        for (at, (send, _)) in sends.filter(|(_, (_, known))| known.is_none()) {
            if let Some(key) = rounded(side(send)) {
                let candidates = all.entry(key).or_default();
                candidates.sends += 1;
                candidates.send = at as u32;
            }
        }
        for at in (0..self.results).filter(|&at| !self.is_taken[at as usize]) {
            if let Some(candidates) = rounded((self.result)(at)).and_then(|key| all.get_mut(&key)) {
                candidates.results += 1;
                candidates.result = at;
            }
        }
        all
    }

    fn take(&mut self, send: usize, result: u32) {
        self.is_taken[result as usize] = true;
        self.matches[send] = Some(Match {
            result,
            is_rounded: self.sends[send].id != (self.result)(result).id,
        });
    }
}

fn side(send: &Send) -> Side {
    Side {
        id: send.id,
        user: send.user,
        template: send.template,
    }
}

/// Returns what a rounded id is compared by, if user and template are known.
fn rounded(side: Side) -> Option<Rounded> {
    let is_known = side.user != NO_NAME && side.template != NO_NAME;
    let float = side.id.float().filter(|_| is_known)?;
    Some((float, side.user, side.template))
}
