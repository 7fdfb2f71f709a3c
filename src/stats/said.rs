//! Classifies items, for all folds: accepted, rejected, switched off, sent, failed.

use crate::event::{Event, terms};

/// What an item says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Said {
    Accepted,
    Rejected,
    /// A prompt's item with another status, or with none.
    OtherStatus,
    SwitchedOff,
    /// A change that says anything but that a template was switched off.
    OtherChange,
    Delivered,
    Failed,
}

impl Said {
    pub(super) const COUNT: usize = 7;

    #[inline]
    pub(super) fn of(event: Event, status: Option<&[u8]>, code: Option<i64>) -> Self {
        const ACCEPT: &[u8] = terms::ACCEPT.as_bytes();
        const REJECT: &[u8] = terms::REJECT.as_bytes();
        match event {
            Event::Popup => match status {
                Some(status) if status == ACCEPT => Said::Accepted,
                Some(status) if status == REJECT => Said::Rejected,
                _ => Said::OtherStatus,
            },
            Event::Change => match status {
                Some(status) if status == REJECT => Said::SwitchedOff,
                _ => Said::OtherChange,
            },
            Event::Sent => match code {
                None | Some(0) => Said::Delivered,
                Some(_) => Said::Failed,
            },
        }
    }
}
