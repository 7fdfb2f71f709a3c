//! Joins send requests with the results of their messages.

mod result;
mod whole;

use crate::select::Selection;
use crate::stats::block::Block;
use crate::stats::folding::{Folding, fold};
use crate::stats::sends::Sends;
use crate::stats::{Failure, Settings};
use whole::Whole;

pub use result::Joined;

/// How to join.
#[derive(Clone, Debug)]
pub struct JoinSettings {
    /// True for a row for each result without a send, too.
    pub all: bool,
    /// Which rows are wanted, by user and template, and by time if they have no send.
    pub selection: Selection,
    /// True to keep repeated deliveries.
    pub keep_repeats: bool,
    /// The most bytes that may be used.
    pub max_memory: usize,
}

impl Default for JoinSettings {
    fn default() -> Self {
        JoinSettings {
            all: false,
            selection: Selection::default(),
            keep_repeats: false,
            max_memory: Settings::MAX_MEMORY,
        }
    }
}

/// Joins sends with results by message id; a sink of records.
///
/// ```
/// use wxsub::pipeline;
/// use wxsub::stats::{Columns, Form, Join, JoinSettings, Sends};
///
/// let log = r#"
/// {"event":"subscribe_msg_sent_event","from_user":"u","create_time":30,"items":[{"template_id":"t","msg_id":"7","error_code":0}]}
/// "#;
/// let mut sends = Sends::new(Columns::default(), jiff::tz::TimeZone::UTC, 1 << 30);
/// sends.read(&b"msgid,openid,template_id,errcode,time\n7,u,t,0,28\n"[..])?;
/// let mut join = Join::new(JoinSettings::default(), sends);
/// pipeline::run(log.as_bytes(), "log", &pipeline::Options::default(), &mut join).unwrap();
/// let mut csv = Vec::new();
/// let zone = jiff::tz::TimeZone::UTC;
/// join.finish()?.write(Form::Csv, (&Default::default(), &zone), &mut csv).unwrap();
/// assert_eq!(String::from_utf8(csv).unwrap(), "\
/// msg_id,template_id,from_user,send_code,send_time,error_code,error_status,result_time,delay,match
/// 7,t,u,0,28,0,,30,2,exact
/// ");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Join(Folding<Whole>);

impl Join {
    /// Makes a sink that joins results with `sends`.
    pub fn new(settings: JoinSettings, sends: Sends) -> Self {
        let mut whole = Whole::new(sends);
        let checked = whole.check(settings.max_memory);
        let block = Block::new(settings.keep_repeats, whole.sends.users.seed());
        Join(Folding::new(settings, block, whole, checked))
    }

    /// Returns the sends with their results.
    ///
    /// # Errors
    ///
    /// The reason why the join cannot be right.
    pub fn finish(self) -> Result<Joined, Failure> {
        let (whole, settings) = self.0.finish()?;
        Ok(whole.finish(&settings))
    }
}

fold!(Join);
