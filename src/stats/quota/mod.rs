//! Counts the grants that each user has left for each template.
//!
//! A callback becomes a [`Step`] for each of its items, with its pair: the account, user and template. Callbacks may
//! come late, so steps are counted only at the end, in the order of their times; see [`ledger`].

mod ledger;
mod result;
mod whole;

use std::cell::Cell;
use std::sync::Arc;

use crate::event::Event;
use crate::pipeline::{Sink, Stop};
use crate::record::Record;
use crate::select::Selection;
use crate::stats::block::Block;
use crate::stats::sends::Sends;
use crate::stats::{Failure, Fold, Settings};
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
pub struct Quota {
    settings: Arc<QuotaSettings>,
    block: Block,
    /// Emptied blocks for the next forks.
    spare: Cell<Vec<Block>>,
    /// The steps of all blocks. Forks have none.
    whole: Option<Box<Whole>>,
}

impl Quota {
    /// Makes a sink that counts grants. `sends` use some, too.
    pub fn new(settings: QuotaSettings, sends: Sends) -> Self {
        let settings = Arc::new(settings);
        let whole = Box::new(Whole::new(sends, &settings));
        let seed = whole.seed();
        Quota {
            block: Block::new(settings.keep_repeats, seed),
            spare: Cell::default(),
            whole: Some(whole),
            settings,
        }
    }

    /// Returns the grants.
    ///
    /// # Errors
    ///
    /// The reason why they cannot be right.
    pub fn finish(self) -> Result<Grants, Failure> {
        match self.whole {
            Some(whole) => whole.finish(&self.settings),
            None => Whole::new(Sends::default(), &self.settings).finish(&self.settings),
        }
    }
}

impl Sink for Quota {
    fn fork(&self) -> Self {
        let mut spare = self.spare.take();
        let block = spare.pop();
        self.spare.set(spare);
        Quota {
            block: block.unwrap_or_else(|| self.block.like()),
            spare: Cell::default(),
            whole: None,
            settings: self.settings.clone(),
        }
    }

    #[inline]
    fn record(&mut self, record: &Record<'_>) {
        if let Some(callback) = record.callback() {
            self.block.add(&callback, record);
        }
    }

    fn join(&mut self, later: Self) -> Result<(), Stop> {
        let Some(whole) = &mut self.whole else {
            return Ok(());
        };
        let mut block = later.block;
        if !whole.take(&mut block, &self.settings) {
            return Err(Stop::Enough);
        }
        block.empty();
        self.spare.get_mut().push(block);
        Ok(())
    }
}

impl Fold for Quota {
    fn failure(&self) -> Option<&Failure> {
        self.whole.as_ref()?.failure.as_ref()
    }

    fn repeats(&self) -> [(Event, u64); Event::ALL.len()] {
        let whole = self.whole.as_ref();
        whole.map_or(Event::ALL.map(|event| (event, 0)), |whole| {
            whole.deliveries.left_out()
        })
    }
}
