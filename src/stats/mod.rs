//! Answers the questions that people have about many callbacks.
//!
//! Each question is a fold: a [`Sink`] whose forks collect one small row for each item of a block, on all threads. Joining counts the rows on one thread. What is asked is independent of order, so the result is
//! the same for any number of threads and any order of files.
//!
//! `repeats` recognises repeated deliveries, for all folds. Memory is counted and has a bound; what
//! exceeds it is a [`Failure`], never a wrong number. `table` writes results, in one way for all.
//!
//! `quota` and `join` look at single users: they keep a row of a few bytes for each item, and sort all of
//! them at the end. `sends` reads send requests and their answers, and joins them with results.
//!
//! Adding a fold: one file here with a type that wraps a `folding::Folding`, and one in `cli` with its arguments, that
//! calls `fold::run`.

mod bars;
mod block;
mod calendar;
mod count;
mod deliveries;
mod failure;
mod folding;
mod grid;
mod groups;
mod join;
mod key;
mod names;
mod overview;
mod page;
mod quota;
mod repeats;
mod result;
mod said;
mod screen;
mod sends;
mod table;
mod users;

pub use count::{Settings, Stats};
pub use failure::Failure;
pub use join::{Join, JoinSettings, Joined};
pub use key::{Key, UnknownKey};
pub use page::{ChartSettings, Charts, Page};
pub use quota::{Grants, Quota, QuotaSettings};
pub use result::Counts;
pub use sends::{Columns, Sends, SendsError};
pub use table::Form;

pub use crate::event::send::Part;

use crate::event::Event;
use crate::pipeline::Sink;

/// A sink that counts, and may fail to count right.
pub trait Fold: Sink {
    /// Returns why counting stopped, if it did.
    fn failure(&self) -> Option<&Failure>;

    /// Returns the number of callbacks of each event that were left out because they repeat another one.
    fn repeats(&self) -> [(Event, u64); Event::ALL.len()];
}
