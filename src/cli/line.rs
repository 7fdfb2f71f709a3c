//! The last line of the terminal, which changes in place while other lines go out above it.

use std::sync::{Mutex, MutexGuard, PoisonError};

use console::Term;

/// A line on standard error. Nothing is there until something is shown.
pub(super) struct Line {
    term: Term,
    text: Mutex<String>,
}

/// How many columns stay free: as many as `^C` takes, which the terminal writes by itself when Ctrl-C is pressed, and one
/// for the cursor. At the edge `^C` would begin a new line, and the text would stay on the old one.
const EDGE: u16 = 3;

impl Line {
    pub(super) fn on_stderr() -> Self {
        Line {
            term: Term::buffered_stderr(),
            text: Mutex::default(),
        }
    }

    /// How many columns a text may have now: terminals change their size.
    pub(super) fn width(&self) -> usize {
        let (_, columns) = self.term.size();
        columns.saturating_sub(EDGE).into()
    }

    /// Shows `text` in place of what is there.
    pub(super) fn show(&self, text: String) {
        let mut shown = self.text();
        *shown = text;
        self.draw(&shown);
    }

    /// Leaves nothing there.
    pub(super) fn clear(&self) {
        let mut shown = self.text();
        if !std::mem::take(&mut *shown).is_empty() {
            self.draw("");
        }
    }

    /// Does `write`, which writes to the terminal, while nothing is in its way. It must not call this again.
    pub(super) fn aside<T>(&self, write: impl FnOnce() -> T) -> T {
        let shown = self.text();
        if shown.is_empty() {
            return write();
        }
        self.draw("");
        let done = write();
        self.draw(&shown);
        done
    }

    fn text(&self) -> MutexGuard<'_, String> {
        self.text.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Writes `text` over the line. A terminal that takes nothing more is no reason to end a run.
    fn draw(&self, text: &str) {
        _ = self.term.clear_line();
        _ = self.term.write_str(text);
        _ = self.term.flush();
    }
}
