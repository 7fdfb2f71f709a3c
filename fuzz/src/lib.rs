//! What the targets compare: everything that a capture comes to.
//!
//! With `cargo install cargo-fuzz`: `cargo +nightly fuzz run capture fuzz/corpus/capture examples/payloads examples/logs`,
//! or on a stable toolchain `RUSTC_BOOTSTRAP=1 cargo fuzz run …`. With `-s none` it is several times as fast; all code of
//! the project is safe. `cargo fuzz list` names the targets.

use wxsub::output::{Format, JsonLines};
use wxsub::pipeline::{Options, Sink, Stop, run};
use wxsub::{Lang, Place, Record};

/// Where each record of a capture stands, and everything else that is known of it, read in blocks of `block_size`.
///
/// # Panics
///
/// If memory cannot be read.
pub fn read(capture: &[u8], block_size: usize, threads: usize) -> Vec<(Place, String)> {
    read_as(
        capture,
        &Options {
            block_size,
            threads,
            ..Options::default()
        },
    )
}

/// Reads a capture at once, without the fast path; see [`read`].
///
/// # Panics
///
/// If memory cannot be read.
pub fn read_slowly(capture: &[u8]) -> Vec<(Place, String)> {
    read_as(
        capture,
        &Options {
            block_size: capture.len() + 1,
            fast: false,
            ..Options::default()
        },
    )
}

fn read_as(capture: &[u8], options: &Options) -> Vec<(Place, String)> {
    let mut records = Records::default();
    run(capture, "", options, &mut records).expect("memory can be read");
    records.0
}

#[derive(Default)]
struct Records(Vec<(Place, String)>);

impl Sink for Records {
    fn fork(&self) -> Self {
        Records::default()
    }

    fn record(&mut self, record: &Record<'_>) {
        self.0.push((record.place(0), shown(record)));
    }

    fn join(&mut self, later: Self) -> Result<(), Stop> {
        self.0.extend(later.0);
        Ok(())
    }
}

/// What does not depend on where the record stands. The line holds all that its tree does.
fn shown(record: &Record<'_>) -> String {
    let findings: Vec<_> = record
        .findings()
        .iter()
        .map(|finding| (finding.span(), finding.message(Lang::En)))
        .collect();
    let mut line = Vec::new();
    let written = JsonLines::default().record(record, &mut line);
    let line = String::from_utf8_lossy(&line);
    format!(
        "{:?} {:?} {findings:?} {written:?} {line}",
        record.outcome(),
        record.text()
    )
}
