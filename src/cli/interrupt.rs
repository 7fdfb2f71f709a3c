//! Ctrl-C: the first press asks the run to end, the second ends the program.

use std::fmt;
use std::process;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// The exit status of a program that SIGINT ended.
pub(super) const STATUS: u8 = 130;

/// The error of a run that was asked to end.
#[derive(Debug)]
pub(super) struct Interrupted;

impl fmt::Display for Interrupted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("interrupted")
    }
}

impl std::error::Error for Interrupted {}

/// Tells whether Ctrl-C was pressed.
pub(super) struct Interrupt {
    pressed: Arc<AtomicBool>,
    /// Wakes the threads that wait. `None` once Ctrl-C is watched.
    wake: Mutex<Option<Wake>>,
}

type Wake = Box<dyn Fn() + Send>;

impl Interrupt {
    /// Makes an interrupt that does not watch yet: until [`Interrupt::watch`], Ctrl-C ends the program.
    pub(super) fn new(wake: impl Fn() + Send + 'static) -> Self {
        Interrupt {
            pressed: Arc::default(),
            wake: Mutex::new(Some(Box::new(wake))),
        }
    }

    /// Begins to watch for Ctrl-C.
    ///
    /// The handler takes a thread, which costs more than reading a small file. A run that reads only a small file ends
    /// before anybody presses a key.
    pub(super) fn watch(&self) {
        let mut wake = self.wake.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(wake) = wake.take() else {
            return;
        };
        let pressed = self.pressed.clone();
        // A shell makes background jobs ignore the signal. They are watched as well: a signal to a job is meant for it.
        // If the handler cannot be set, Ctrl-C ends the program.
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
