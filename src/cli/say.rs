//! Messages on standard error.
//!
//! If standard error is closed or full, nobody reads them, and the run goes on.

use std::fmt::Display;
use std::io::{self, Write};

/// Writes text as it is.
pub(super) fn say(text: &[u8]) {
    _ = io::stderr().write_all(text);
}

/// Writes a line that begins with the program's name.
pub(super) fn tell(what: impl Display) {
    say(format!("wxsub: {what}\n").as_bytes());
}
