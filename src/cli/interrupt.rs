//! Ctrl-C and other signals that ask a program to end: the first asks the run to end, the second ends the program.

use std::fmt;
use std::process;
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use crate::cli::language::Words;

/// The error of a run that was asked to end, with the number of the signal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Interrupted(u8);

impl Interrupted {
    /// The exit status of a program that the signal ended.
    pub(super) fn status(self) -> u8 {
        128 + self.0
    }
}

impl fmt::Display for Interrupted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Words("interrupted", "已中断").fmt(f)
    }
}

impl std::error::Error for Interrupted {}

/// Notes the signal that interrupts the run.
pub(super) struct Interrupt {
    /// The number of the signal, or 0.
    signal: Arc<AtomicU8>,
    /// Wakes the threads that wait. `None` once signals are watched.
    wake: Mutex<Option<Wake>>,
}

type Wake = Box<dyn Fn() + Send>;

impl Interrupt {
    /// Makes an interrupt that does not watch yet: until [`Interrupt::watch`], a signal ends the program.
    pub(super) fn new(wake: impl Fn() + Send + 'static) -> Self {
        Interrupt {
            signal: Arc::default(),
            wake: Mutex::new(Some(Box::new(wake))),
        }
    }

    /// Begins to watch for signals. If that fails, a signal ends the program.
    ///
    /// That takes a thread, which costs more than reading a small file. A run that reads only a small file, and leaves
    /// nothing to clean up, ends before anybody presses a key.
    pub(super) fn watch(&self) {
        let mut wake = self.wake.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(wake) = wake.take() else {
            return;
        };
        let first = self.signal.clone();
        each_signal(move |signal| match first.swap(signal, Ordering::SeqCst) {
            0 => wake(),
            _ => process::exit(Interrupted(signal).status().into()),
        });
    }

    pub(super) fn check(&self) -> Result<(), Interrupted> {
        match self.signal.load(Ordering::SeqCst) {
            0 => Ok(()),
            signal => Err(Interrupted(signal)),
        }
    }
}

/// Calls `act` with the number of each signal that asks the program to end.
#[cfg(unix)]
fn each_signal(act: impl Fn(u8) + Send + 'static) {
    use std::sync::mpsc::channel;
    use std::thread;

    use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
    use signal_hook::iterator::Signals;

    // A shell makes background jobs ignore SIGINT. It is watched as well: a signal to a job is meant for it.
    let mut watched = vec![SIGINT, SIGTERM];
    if !may_ignore(SIGHUP) {
        watched.push(SIGHUP);
    }
    let (ready, is_ready) = channel();
    // Nothing is watched before there is a thread: the signals would have no effect.
    let thread = thread::Builder::new().spawn(move || {
        let signals = Signals::new(watched);
        _ = ready.send(());
        if let Ok(mut signals) = signals {
            let numbers = signals
                .forever()
                .filter_map(|signal| signal.try_into().ok());
            numbers.for_each(act);
        }
    });
    if thread.is_ok() {
        _ = is_ready.recv();
    }
}

/// Returns true if the program was started to ignore `signal`, as `nohup` does, or if the system does not tell.
#[cfg(unix)]
fn may_ignore(signal: i32) -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let ignored = status
        .lines()
        .find_map(|line| line.strip_prefix("SigIgn:"))
        .and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
    ignored.is_none_or(|mask| mask & 1 << (signal - 1) != 0)
}

/// Calls `act` with the number that SIGINT has elsewhere, each time Ctrl-C is pressed.
#[cfg(not(unix))]
fn each_signal(act: impl Fn(u8) + Send + 'static) {
    const SIGINT: u8 = 2;
    _ = ctrlc::set_handler(move || act(SIGINT));
}
