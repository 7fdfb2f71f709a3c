//! The terminal that the bar is drawn on, a little narrower than it is.
//!
//! The bar fills its line up to the edge. What the terminal writes there by itself when Ctrl-C is pressed, `^C`, would
//! begin a new line, and the bar would stay on the old one.

use std::io;

use console::Term;
use indicatif::TermLike;

/// Standard error without its last columns.
#[derive(Debug)]
pub(super) struct Edged(Term);

/// As many as `^C` takes, and one for the cursor.
const EDGE: u16 = 3;

impl Edged {
    pub(super) fn stderr() -> Self {
        Edged(Term::buffered_stderr())
    }
}

impl TermLike for Edged {
    fn width(&self) -> u16 {
        TermLike::width(&self.0).saturating_sub(EDGE)
    }

    fn height(&self) -> u16 {
        TermLike::height(&self.0)
    }

    fn move_cursor_up(&self, n: usize) -> io::Result<()> {
        self.0.move_cursor_up(n)
    }

    fn move_cursor_down(&self, n: usize) -> io::Result<()> {
        self.0.move_cursor_down(n)
    }

    fn move_cursor_right(&self, n: usize) -> io::Result<()> {
        self.0.move_cursor_right(n)
    }

    fn move_cursor_left(&self, n: usize) -> io::Result<()> {
        self.0.move_cursor_left(n)
    }

    fn write_line(&self, text: &str) -> io::Result<()> {
        self.0.write_line(text)
    }

    fn write_str(&self, text: &str) -> io::Result<()> {
        self.0.write_str(text)
    }

    fn clear_line(&self) -> io::Result<()> {
        self.0.clear_line()
    }

    fn flush(&self) -> io::Result<()> {
        self.0.flush()
    }
}
