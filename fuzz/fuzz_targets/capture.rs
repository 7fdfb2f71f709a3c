//! Any capture comes to the same however it is read: in blocks, and on several threads. `cargo +nightly fuzz run capture`
#![no_main]

use libfuzzer_sys::fuzz_target;
use wxsub::Record;
use wxsub::pipeline::{Options, Sink, Stop, run};

#[derive(Default)]
struct Records(Vec<String>);

impl Sink for Records {
    fn fork(&self) -> Self {
        Records::default()
    }

    fn record(&mut self, record: &Record<'_>) {
        let findings = record.findings();
        self.0.push(format!(
            "{:?} {:?} {:?} {findings:?}",
            record.outcome(),
            record.place(0),
            record.text()
        ));
    }

    fn join(&mut self, later: Self) -> Result<(), Stop> {
        self.0.extend(later.0);
        Ok(())
    }
}

fn read(capture: &[u8], block_size: usize, threads: usize) -> Vec<String> {
    let options = Options {
        block_size,
        threads,
        ..Options::default()
    };
    let mut records = Records::default();
    run(capture, "", &options, &mut records).expect("memory can be read");
    records.0
}

fuzz_target!(|capture: &[u8]| {
    let whole = read(capture, 1 << 16, 1);
    assert_eq!(read(capture, 7, 1), whole);
    assert_eq!(read(capture, 64, 3), whole);
});
