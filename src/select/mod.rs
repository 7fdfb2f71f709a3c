//! Which callbacks are wanted.
//!
//! A [`Selection`] says what a callback must be like; it judges each record alone. A [`Chooser`] adds what depends on
//! the callbacks before: whether a callback was delivered already, and whether there are enough. What is left out
//! stays a record, with an [`Outcome`](crate::Outcome) that says so: it can be counted, and nothing writes or reports
//! it. Everything that is no callback passes: no choice makes a broken payload silent.

mod chooser;
mod recent;
mod selection;

pub use chooser::Chooser;
pub use selection::Selection;
