//! Ctrl-C: the first asks the run to end, the second ends the program.

use std::fmt;
use std::process;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

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
pub(super) struct Interrupt {
    pressed: Arc<AtomicBool>,
    /// Called so that nobody goes on waiting; given away when Ctrl-C is watched.
    wake: Mutex<Option<Wake>>,
}

type Wake = Box<dyn Fn() + Send>;

impl Interrupt {
    /// Ctrl-C, which ends the program until it is [watched](Interrupt::watch).
    pub(super) fn new(wake: impl Fn() + Send + 'static) -> Self {
        Interrupt {
            pressed: Arc::default(),
            wake: Mutex::new(Some(Box::new(wake))),
        }
    }

    /// Watches from now on. It takes a thread, which costs more than to read a small file: such a run is over before
    /// anybody has pressed anything.
    pub(super) fn watch(&self) {
        let mut wake = self.wake.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(wake) = wake.take() else {
            return;
        };
        let pressed = self.pressed.clone();
        // Also where the shell ignores the signal for jobs in the background: who sends it means it. If the handler
        // cannot be set, Ctrl-C does what it does anyway.
        _ = ctrlc::set_handler(move || match pressed.swap(true, Ordering::SeqCst) {
            false => wake(),
            true => process::exit(STATUS.into()),
        });
    }

    pub(super) fn check(&self) -> Result<(), Interrupted> {
        match self.pressed.load(Ordering::SeqCst) {
            true => Err(Interrupted),
            false => Ok(()),
        }
    }
}
