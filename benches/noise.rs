//! Measures the search for payloads in a log that is nine tenths noise: `cargo bench --bench noise`
//!
//! Throughput counts all bytes. `noise.py` in this folder compares the program with `grep` on a large file.

mod callbacks;

use divan::counter::BytesCount;
use divan::{Bencher, black_box};
use wxsub::Syntax;
use wxsub::pipeline::{self, Options};
use wxsub::report::Tally;

fn main() {
    divan::main();
}

/// The bodies of each syntax in a log.
const BODIES: usize = 2_000;

const NOISE: [&str; 4] = [
    "2025-11-22 12:00:00 INFO  [http-#] GET /goods/#?page=2&sort=price 200 31ms",
    "2025-11-22 12:00:00 DEBUG [http-#] db: select * from orders where id = # limit 1",
    "2025-11-22 12:00:00 INFO  {\"level\":\"info\",\"pool\":{\"size\":#,\"free\":[1,2,3]}}",
    "    at com.shop.order.OrderService.find(OrderService.java:#) ~[order-service.jar:na]",
];

/// The form of a body in its log.
#[derive(Clone, Copy, Debug)]
enum Form {
    Plain,
    Nginx,
    Docker,
}

#[divan::bench(args = [Form::Plain, Form::Nginx, Form::Docker])]
fn search(bencher: Bencher<'_, '_>, form: Form) {
    let log = log(form);
    assert_eq!(count(&log), 2 * BODIES as u64, "all are found");
    bencher
        .counter(BytesCount::of_slice(&log))
        .bench(|| count(black_box(&log)));
}

fn count(log: &[u8]) -> u64 {
    let mut tally = Tally::default();
    pipeline::run(log, "bench", &Options::default(), &mut tally).expect("memory can be read");
    tally.all_callbacks()
}

/// Makes a log of callbacks and noise. The noise has nine times as many bytes.
fn log(form: Form) -> Vec<u8> {
    let (json, xml) = (
        callbacks::capture(Syntax::Json),
        callbacks::capture(Syntax::Xml),
    );
    let lines = |capture| str::from_utf8(capture).expect("generated text").lines();
    let bodies = lines(&json).zip(lines(&xml)).take(BODIES);
    let (mut log, mut noise, mut payloads) = (String::new(), 0, 0);
    for body in bodies.flat_map(|(json, xml)| [json, xml]) {
        payloads += form.add_body(body, &mut log);
        while noise < 9 * payloads {
            let line = NOISE[log.len() % NOISE.len()].replace('#', &noise.to_string());
            noise += form.add_line(&line, &mut log);
        }
    }
    log.into_bytes()
}

impl Form {
    fn add_body(self, body: &str, log: &mut String) -> usize {
        let body = match self {
            Form::Nginx => body.replace('"', "\\x22"),
            Form::Plain | Form::Docker => body.to_owned(),
        };
        self.add_line(&format!("2025-11-22 12:00:00 INFO  body={body}"), log)
    }

    /// Adds a line, as a record in a container's log. Returns the number of bytes added.
    fn add_line(self, line: &str, log: &mut String) -> usize {
        let before = log.len();
        match self {
            Form::Plain | Form::Nginx => log.push_str(line),
            Form::Docker => log.push_str(&record(line)),
        }
        log.push('\n');
        log.len() - before
    }
}

/// Makes a record of Docker's `json-file` log driver.
fn record(line: &str) -> String {
    let text = serde_json::json!(format!("{line}\n")).to_string();
    let text = text.replace('<', "\\u003c").replace('>', "\\u003e");
    format!("{{\"log\":{text},\"stream\":\"stdout\",\"time\":\"2025-11-22T12:00:00.1Z\"}}")
}
