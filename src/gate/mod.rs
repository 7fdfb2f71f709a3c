//! The gate: what a check reports, and whether it passes.
//!
//! [`Rules`] say what findings weigh, [`Expectations`] which of them are wanted where, a [`Config`] is both as written in
//! a `wxsub.toml`, and a [`Gate`] is the sink that judges the findings of a run and hands them to a
//! [`Report`](crate::report::Report).
//!
//! Undecodable payloads cannot be allowed: a run with one never passes, unless the payload was expected.

mod collector;
mod config;
mod expect;
mod glob;
mod record;
mod rules;
mod settings;
mod sink;
mod written;

pub use collector::Judged;
pub use config::{Config, ConfigError};
pub use expect::{Count, Expectations};
pub use glob::Globs;
pub use record::{Recorded, record_findings};
pub use rules::{Level, Refused, Rules, Scope, Setting};
pub use settings::Settings;
pub use sink::Gate;
