//! Messages on standard error.
//!
//! If standard error is closed or full, nobody reads them, and the run goes on.

use std::fmt::Display;
use std::io::{self, Write};

use crate::cli::language::both;

/// Writes text as it is.
pub(super) fn say(text: &[u8]) {
    _ = io::stderr().write_all(text);
}

/// Writes an error.
pub(super) fn tell_error(what: impl Display) {
    tell(both!("error: {what}", "错误：{what}"));
}

/// Writes a warning.
pub(super) fn tell_warning(what: impl Display) {
    tell(both!("warning: {what}", "警告：{what}"));
}

/// Writes a line that begins with the program's name.
pub(super) fn tell(what: impl Display) {
    say(format!("wxsub: {what}\n").as_bytes());
}
