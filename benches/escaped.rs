//! Measures reading callbacks in escaped text: `cargo bench --bench escaped`
//!
//! The input is a JSON log with each body as a string. `twice` logs that log once more. Throughput counts its bytes.

mod callbacks;

use divan::counter::BytesCount;
use divan::{Bencher, black_box};
use wxsub::Syntax;
use wxsub::pipeline::{self, Options};
use wxsub::report::Tally;

fn main() {
    divan::main();
}

#[divan::bench(args = [Syntax::Json, Syntax::Xml])]
fn once(bencher: Bencher<'_, '_>, syntax: Syntax) {
    read(bencher, &logged(&callbacks::capture(syntax)));
}

#[divan::bench(args = [Syntax::Json, Syntax::Xml])]
fn twice(bencher: Bencher<'_, '_>, syntax: Syntax) {
    read(bencher, &logged(&logged(&callbacks::capture(syntax))));
}

fn read(bencher: Bencher<'_, '_>, log: &[u8]) {
    assert_eq!(count(log), callbacks::CALLBACKS as u64, "all are found");
    bencher
        .counter(BytesCount::of_slice(log))
        .bench(|| count(black_box(log)));
}

fn count(log: &[u8]) -> u64 {
    let mut tally = Tally::default();
    pipeline::run(log, "bench", &Options::default(), &mut tally).expect("memory can be read");
    tally.all_callbacks()
}

/// Makes a log in which each line of `capture` is the string of an entry.
fn logged(capture: &[u8]) -> Vec<u8> {
    let text = str::from_utf8(capture).expect("generated text");
    let entry = |body| serde_json::json!({"level": "info", "body": body}).to_string() + "\n";
    text.lines().map(entry).collect::<String>().into_bytes()
}
