//! Ctrl-C: the first asks the run to end, the second ends the program.

use std::fmt;
use std::process;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// What a program interrupted by SIGINT ends with.
pub(super) const STATUS: u8 = 130;

/// The run was asked to end.
#[derive(Debug)]
pub(super) struct Interrupted;

impl fmt::Display for Interrupted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("interrupted")
    }
}

impl std::error::Error for Interrupted {}

/// Whether Ctrl-C was pressed.
pub(super) struct Interrupt(Arc<AtomicBool>);

impl Interrupt {
    /// Watches from now on; `wake` is called so that nobody goes on waiting.
    pub(super) fn watch(wake: impl Fn() + Send + 'static) -> Self {
        let pressed = Arc::new(AtomicBool::new(false));
        let interrupt = Interrupt(pressed.clone());
        // Also where the shell ignores the signal for jobs in the background: who sends it means it. If the handler
        // cannot be set, Ctrl-C does what it does anyway.
        _ = ctrlc::set_handler(move || match pressed.swap(true, Ordering::SeqCst) {
            false => wake(),
            true => process::exit(STATUS.into()),
        });
        interrupt
    }

    pub(super) fn check(&self) -> Result<(), Interrupted> {
        match self.0.load(Ordering::SeqCst) {
            true => Err(Interrupted),
            false => Ok(()),
        }
    }
}
