//! Writes the callbacks of a capture as WeChat's JSON: `cargo run --example xml_to_json < examples/payloads/popup.xml`

use std::io::Write;

use wxsub::output::{Format, Json};
use wxsub::pipeline::{self, Options, Sink, Stop};
use wxsub::{Lang, Record};

/// Collects what a block of the capture becomes; the whole is written block by block.
#[derive(Default)]
struct Converted(Vec<u8>);

impl Sink for Converted {
    fn fork(&self) -> Self {
        Converted::default()
    }

    fn record(&mut self, record: &Record<'_>) {
        let json = Json { pretty: true };
        if let Err(finding) = json.record(record, &mut self.0) {
            eprintln!("{}", finding.message(Lang::En));
        }
    }

    fn join(&mut self, later: Self) -> Result<(), Stop> {
        std::io::stdout().write_all(&later.0).map_err(Stop::Output)
    }
}

fn main() {
    let input = std::io::stdin();
    if let Err(error) = pipeline::run(input, "-", &Options::default(), &mut Converted::default()) {
        eprintln!("{error:?}");
    }
}
