//! What steps do to a pair's grants: the rules.
//!
//! An accept grants one. Another answer in a prompt takes nothing away. Switching the template off takes all. A message
//! that was delivered uses one, unless the template is a long-term one; so does a send that was accepted and has no
//! result. A result that failed after its send was accepted shows that a grant was there, and gives it back. What is left
//! is never less than zero: grants without a dialog are not pushed.

use crate::event::{Event, send};
use crate::stats::names::{NO_NAME, Name, Names};
use crate::stats::sends::time::{NO_TIME, Second};

/// What happened to a pair, in the order in which steps of one second count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    Accepted,
    NotAccepted,
    SwitchedOff,
    OtherChange,
    Delivered,
    /// A send that was accepted, and has no result.
    Sent,
    /// A result that failed, though its send was accepted. The status is an index of [`GivenBack`].
    GivenBack,
    Failed,
    /// A result with the code of a refusal.
    FailedRefused,
    /// A send that was answered so.
    SendRefused,
}

/// Something that happened to a pair.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Step {
    pub(super) time: Second,
    pub(super) kind: Kind,
    pub(super) status: Name,
}

/// A failed result of an accepted send.
#[derive(Clone, Copy, Debug)]
pub(super) struct GivenBack {
    pub(super) sent: Second,
    pub(super) status: Name,
}

/// The grants of a pair.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Balance {
    pub(super) granted: u64,
    pub(super) used: u64,
    pub(super) left: u64,
    pub(super) last: Option<Step>,
    /// When the template was last switched off, or refused.
    emptied: Option<Second>,
}

/// What rules depend on.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rules<'a> {
    pub(super) given_back: &'a [GivenBack],
    pub(super) refused_is_zero: bool,
}

impl Balance {
    /// Counts the steps of a pair, which are put in their order.
    pub(super) fn of(
        steps: &mut [Step],
        is_long_term: bool,
        rules: &Rules<'_>,
        texts: &Names,
    ) -> Self {
        if steps.len() > 1 {
            steps.sort_unstable_by(|a, b| {
                let by_text = || rules.status(a, texts).cmp(rules.status(b, texts));
                (a.time, a.kind).cmp(&(b.time, b.kind)).then_with(by_text)
            });
        }
        let mut balance = Balance::default();
        for step in &*steps {
            balance.take(step, is_long_term, rules);
        }
        balance
    }

    fn take(&mut self, step: &Step, is_long_term: bool, rules: &Rules<'_>) {
        self.last = Some(*step);
        match step.kind {
            Kind::Accepted => {
                self.granted += 1;
                self.left += 1;
            }
            Kind::NotAccepted | Kind::OtherChange | Kind::Failed => {}
            Kind::SwitchedOff => self.empty(step.time),
            Kind::Delivered | Kind::Sent => {
                self.used += 1;
                self.left = self.left.saturating_sub(u64::from(!is_long_term));
            }
            Kind::GivenBack => self.give_back(rules.given_back[step.status as usize].sent),
            Kind::FailedRefused | Kind::SendRefused if rules.refused_is_zero => {
                self.empty(step.time)
            }
            Kind::FailedRefused | Kind::SendRefused => {}
        }
    }

    fn empty(&mut self, time: Second) {
        self.left = 0;
        self.emptied = Some(time);
    }

    /// A use and its return in one: at least one grant is left, unless all were taken since the send.
    fn give_back(&mut self, sent: Second) {
        let is_valid = self
            .emptied
            .is_none_or(|emptied| sent != NO_TIME && sent >= emptied);
        self.left = self.left.max(u64::from(is_valid));
    }

    /// Returns the last step's event, and its status.
    pub(super) fn last_words<'a>(
        &self,
        rules: &Rules<'_>,
        texts: &'a Names,
    ) -> (&'static str, Option<&'a str>) {
        let Some(step) = &self.last else {
            return ("", None);
        };
        (step.kind.event(), texts.get(rules.status_name(step)))
    }
}

impl Rules<'_> {
    fn status_name(&self, step: &Step) -> Name {
        match step.kind {
            Kind::GivenBack => self.given_back[step.status as usize].status,
            Kind::Sent | Kind::SendRefused => NO_NAME,
            _ => step.status,
        }
    }

    fn status<'a>(&self, step: &Step, texts: &'a Names) -> &'a str {
        texts.text(self.status_name(step))
    }
}

impl Kind {
    /// Returns WeChat's name of the event, or that of a send request.
    fn event(self) -> &'static str {
        match self {
            Kind::Accepted | Kind::NotAccepted => Event::Popup.name(),
            Kind::SwitchedOff | Kind::OtherChange => Event::Change.name(),
            Kind::Delivered | Kind::GivenBack | Kind::Failed | Kind::FailedRefused => {
                Event::Sent.name()
            }
            Kind::Sent | Kind::SendRefused => send::NAME,
        }
    }
}
