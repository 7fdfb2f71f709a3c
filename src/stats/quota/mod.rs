//! Counts the grants that each user has left for each template.
//!
//! A callback becomes a [`Step`] for each of its items, with its pair: the account, user and template. Callbacks may
//! come late, so steps are counted only at the end, in the order of their times; see [`ledger`].

mod ledger;
mod result;
mod whole;

use crate::select::Selection;
use crate::stats::block::Block;
use crate::stats::folding::{Folding, fold};
use crate::stats::sends::Sends;
use crate::stats::{Failure, Settings};
use whole::Whole;

pub use result::Grants;

/// How to count grants.
#[derive(Clone, Debug)]
pub struct QuotaSettings {
    /// Templates whose grants are never used up.
    pub long_term: Vec<String>,
    /// True if a send that is refused by the user (43101) sets what is left to zero.
    pub refused_is_zero: bool,
    /// Which sends without a result count, by account, user and template. Callbacks are chosen by a filter.
    pub selection: Selection,
    /// True to count repeated deliveries, too.
    pub keep_repeats: bool,
    /// The most bytes that may be used for counting.
    pub max_memory: usize,
}

impl Default for QuotaSettings {
    fn default() -> Self {
        QuotaSettings {
            long_term: Vec::new(),
            refused_is_zero: false,
            selection: Selection::default(),
            keep_repeats: false,
            max_memory: Settings::MAX_MEMORY,
        }
    }
}

/// Counts grants by account, user and template; a sink of records.
///
/// ```
/// use wxsub::pipeline;
/// use wxsub::stats::{Form, Quota, QuotaSettings, Sends};
///
/// let log = r#"
/// {"event":"subscribe_msg_popup_event","to_user":"gh","from_user":"u","create_time":10,"items":[{"template_id":"t","status":"accept"}]}
/// {"event":"subscribe_msg_popup_event","to_user":"gh","from_user":"u","create_time":20,"items":[{"template_id":"t","status":"accept"}]}
/// {"event":"subscribe_msg_sent_event","to_user":"gh","from_user":"u","create_time":30,"items":[{"template_id":"t","msg_id":"7","error_code":0}]}
/// "#;
/// let mut quota = Quota::new(QuotaSettings::default(), Sends::default());
/// pipeline::run(log.as_bytes(), "log", &pipeline::Options::default(), &mut quota).unwrap();
/// let mut csv = Vec::new();
/// quota.finish()?.write(Form::Csv, None, (&Default::default(), &jiff::tz::TimeZone::UTC), &mut csv).unwrap();
/// assert_eq!(String::from_utf8(csv).unwrap(), "\
/// to_user,from_user,template_id,granted,used,left,last_time,last_event,last_status
/// gh,u,t,2,1,1,30,subscribe_msg_sent_event,
/// ");
/// # Ok::<(), wxsub::stats::Failure>(())
/// ```
pub struct Quota(Folding<Whole>);

impl Quota {
    /// Makes a sink that counts grants. Each accepted send without a result uses a grant, too.
    pub fn new(settings: QuotaSettings, sends: Sends) -> Self {
        let mut whole = Whole::new(sends);
        let checked = whole.check(settings.max_memory);
        let block = Block::new(settings.keep_repeats, whole.sends.users.seed());
        Quota(Folding::new(settings, block, whole, checked))
    }

    /// Returns the grants.
    ///
    /// # Errors
    ///
    /// The reason why they cannot be right.
    pub fn finish(self) -> Result<Grants, Failure> {
        let (whole, settings) = self.0.finish()?;
        Ok(whole.finish(&settings))
    }
}

fold!(Quota);
