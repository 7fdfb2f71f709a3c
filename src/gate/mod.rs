//! The gate: decides which findings a check reports, and whether the check passes.
//!
//! [`Rules`] set the severities of findings, [`Expectations`] name the expected ones, a [`Config`] is both as written
//! in a `wxsub.toml`. A [`Gate`] is the sink that judges the findings of a run and passes them to a
//! [`Report`](crate::report::Report).
//!
//! Undecodable payloads cannot be allowed: a run with one never passes, unless the payload is expected.

mod baseline;
mod collector;
mod config;
mod expect;
mod glob;
mod rules;
mod settings;
mod sink;
mod written;

pub use baseline::{Baseline, write_baseline};
pub use collector::GateResult;
pub use config::{Config, ConfigError};
pub use expect::{Count, Expectations};
pub use glob::Globs;
pub use rules::{Level, Refused, Rules, Scope, Setting};
pub use settings::Settings;
pub use sink::Gate;
