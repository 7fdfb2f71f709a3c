//! Selection of callbacks.
//!
//! A [`Selection`] states conditions and judges each record alone. A [`Filter`] adds what depends on earlier callbacks:
//! deduplication and the limit. An excluded callback remains a record, and its [`Outcome`](crate::Outcome) says that it
//! is excluded: it is counted but neither written nor reported. Records that are not callbacks always pass, so a
//! selection never hides a broken payload.

mod filter;
mod recent;
mod selection;

pub use crate::event::delivery::DeliveryKey;
pub use filter::Filter;
pub use selection::Selection;
