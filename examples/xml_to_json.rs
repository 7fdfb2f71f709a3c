//! Writes the callbacks of a capture as WeChat's JSON: `cargo run --example xml_to_json < examples/payloads/popup.xml`

use std::io::Write;

use wxsub::output::{Format, Json};
use wxsub::pipeline::{self, Options, Sink, Stop};
use wxsub::{Lang, Record};

/// A sink that writes block by block: forks collect the JSON of a block, and the root prints it in order.
#[derive(Default)]
struct Converted(Vec<u8>);

impl Sink for Converted {
    fn fork(&self) -> Self {
        Converted::default()
    }

    fn record(&mut self, record: &Record<'_>) {
        let json = Json {
            pretty: true,
            ..Json::default()
        };
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
