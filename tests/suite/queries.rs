//! The signature query of a payload is found where captures keep it. The query of another payload is never used.

use wxsub::Record;
use wxsub::pipeline::{self, CaptureStats, Options, Sink, Stop};

use crate::support::cases::Share;
use crate::support::each::{Each, each};
use crate::support::embed::{Way, ways};
use crate::support::escape::{self, JSON, JSON_HTML, JSON_PHP};
use crate::support::rng::Rng;
use crate::support::traced::Traced;

/// What a record knows of its query: the user of the payload, the query, and whether it surely belongs to the payload.
type Found = (String, Option<String>, bool);

fn found(record: &Record<'_>) -> Found {
    let text = record.text();
    let user = text.find("oRita").map(|at| &text[at..at + 9]);
    (
        user.unwrap_or_default().to_owned(),
        record.query().map(str::to_owned),
        record.is_query_sure(),
    )
}

fn read(capture: &[u8], threads: usize, block_size: usize) -> Vec<Found> {
    let options = Options {
        threads,
        block_size,
        wants_queries: true,
        ..Options::default()
    };
    each(capture, &options, found)
}

fn query(n: usize) -> String {
    format!(
        "signature={n:040x}&timestamp={}&nonce={}&openid={}&encrypt_type=aes&msg_signature={:040x}",
        1_610_969_440 + n,
        734_000 + n,
        user(n),
        n + (1 << 60),
    )
}

fn user(n: usize) -> String {
    format!("oRita{n:04}")
}

fn xml(n: usize) -> String {
    format!(
        "<xml>\n  <ToUserName><![CDATA[gh_0a1b2c3d4e5f]]></ToUserName>\n  <Encrypt><![CDATA[{}/+aGVsbG8=]]></Encrypt>\n</xml>",
        user(n)
    )
}

fn json(n: usize) -> String {
    format!(
        "{{\"ToUserName\":\"gh_0a1b2c3d4e5f\",\"Encrypt\":\"{}/+aGVsbG8=\"}}",
        user(n)
    )
}

/// Writes the fields of a query with `write`.
fn fields(query: &str, write: fn(&str, &str) -> String) -> Vec<String> {
    let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    pairs.map(|(name, value)| write(name, value)).collect()
}

fn on_one_line(text: &str) -> String {
    text.replace("\n", "")
}

fn json_string(text: &str) -> String {
    escape::json(&Traced::plain(text), JSON).text()
}

fn php_string(text: &str) -> String {
    escape::json(&Traced::plain(text), JSON_PHP).text()
}

fn html_string(text: &str) -> String {
    escape::json(&Traced::plain(text), JSON_HTML).text()
}

fn nginx(text: &str) -> String {
    escape::nginx(&Traced::plain(text)).text()
}

fn http(query: &str, body: &str) -> String {
    let len = body.len();
    format!(
        "POST /wx/callback?{query} HTTP/1.1\r\nHost: example.com\r\nContent-Type: text/xml\r\nContent-Length: {len}\r\n\r\n{body}"
    )
}

fn docker(text: &str) -> String {
    let record = |line: &str| {
        let line = html_string(line);
        format!("{{\"log\":{line},\"stream\":\"stdout\",\"time\":\"2021-01-18T11:30:40.1Z\"}}\n")
    };
    text.split_inclusive('\n').map(record).collect()
}

fn cri(text: &str) -> String {
    let record = |line: &str| format!("2021-01-18T11:30:40.1Z stdout F {line}\n");
    text.lines().map(record).collect()
}

/// A place for a query in a capture. `write` writes everything that one request leaves in the capture.
struct Placement {
    name: &'static str,
    write: fn(query: &str, body: &str) -> String,
    /// True if nothing in the capture separates it from the lines of other requests.
    is_weak: bool,
}

const fn sure(name: &'static str, write: fn(&str, &str) -> String) -> Placement {
    Placement {
        name,
        write,
        is_weak: false,
    }
}

const fn weak(name: &'static str, write: fn(&str, &str) -> String) -> Placement {
    Placement {
        name,
        write,
        is_weak: true,
    }
}

const PLACEMENTS: &[Placement] = &[
    sure("an HTTP request", |q, b| format!("{}\r\n", http(q, b))),
    sure("an HTTP request without a line break behind it", http),
    sure("a request line and a body, and the answer", |q, b| {
        format!(
            "{}\nHTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\nsuccess\n",
            http(q, b)
        )
    }),
    sure("curl -v", |q, b| {
        format!("> POST /wx?{q} HTTP/1.1\n> Host: example.com\n> Accept: */*\n>\n{b}\n")
    }),
    sure("a log line", |q, b| {
        format!(
            "2023-06-07 10:05:43.120 INFO [http-1] uri=/wx?{q} body={}\n",
            on_one_line(b)
        )
    }),
    sure("a log line with a body of several lines", |q, b| {
        format!("2023-06-07 10:05:43.120 INFO POST /wx?{q}, body: {b}\n")
    }),
    sure("a log line, the URL behind", |q, b| {
        format!(
            "2023-06-07 10:05:43.120 INFO body={} uri=/wx?{q}\n",
            on_one_line(b)
        )
    }),
    sure("brackets", |q, b| {
        format!("[INFO] [/wx?{q}] [{}]\n", on_one_line(b))
    }),
    sure("nginx", |q, b| {
        format!(
            "203.0.113.7 - - [07/Jun/2023:10:05:43 +0800] \"POST /wx?{q} HTTP/1.1\" 200 7 \"-\" \"Mozilla/4.0\" \"{}\"\n",
            nginx(b)
        )
    }),
    sure("nginx, the URL behind", |q, b| {
        format!("{} 203.0.113.7 \"POST /wx?{q} HTTP/1.1\" 200\n", nginx(b))
    }),
    sure("nginx, escaped as a whole", |q, b| {
        format!(
            "07/Jun/2023 {}\n",
            nginx(&format!("\"POST /wx?{q} HTTP/1.1\" \"{b}\""))
        )
    }),
    sure("a log entry", |q, b| {
        format!(
            "{{\"time\":\"2023-06-07\",\"request_uri\":\"/wx?{q}\",\"status\":\"200\",\"request_body\":{}}}\n",
            json_string(b)
        )
    }),
    sure("a log entry, the URL behind", |q, b| {
        format!(
            "{{\"request_body\":{},\"args\":\"{q}\",\"status\":\"200\"}}\n",
            json_string(b)
        )
    }),
    sure("a log entry with HTML escaped", |q, b| {
        format!(
            "{{\"msg\":\"callback\",\"uri\":{},\"body\":{}}}\n",
            html_string(&format!("/wx?{q}")),
            html_string(b)
        )
    }),
    sure("a log entry of PHP", |q, b| {
        format!(
            "{{\"uri\":{},\"headers\":{{\"Host\":[\"example.com\"]}},\"body\":{}}}\n",
            php_string(&format!("/wx?{q}")),
            php_string(b)
        )
    }),
    sure("a log entry with the request in one string", |q, b| {
        format!(
            "{{\"level\":\"debug\",\"message\":{}}}\n",
            json_string(&http(q, b))
        )
    }),
    sure("a log entry in a log entry", |q, b| {
        let inner = format!(
            "{{\"uri\":{},\"body\":{}}}",
            html_string(&format!("/wx?{q}")),
            json_string(b)
        );
        format!(
            "{{\"level\":\"info\",\"message\":{}}}\n",
            json_string(&inner)
        )
    }),
    sure("a log entry over lines", |q, b| {
        format!(
            "{{\n  \"request\": {{\n    \"method\": \"POST\",\n    \"uri\": \"/wx?{q}\"\n  }},\n  \"body\": {}\n}}\n",
            json_string(b)
        )
    }),
    sure("a log entry over lines, the URL behind", |q, b| {
        format!(
            "{{\n  \"body\": {},\n  \"level\": 7,\n  \"request\": {{\n    \"uri\": \"/wx?{q}\"\n  }}\n}}\n",
            json_string(b)
        )
    }),
    sure("a log entry with the query as an object", |q, b| {
        let fields = fields(q, |name, value| format!("\"{name}\":\"{value}\""));
        format!(
            "{{\"query\":{{{}}},\"body\":{}}}\n",
            fields.join(","),
            json_string(b)
        )
    }),
    sure("a form printed by Go", |q, b| {
        let fields = fields(q, |name, value| format!("{name}:[{value}]"));
        format!(
            "2023/06/07 10:05:43 form=map[{}] body={}\n",
            fields.join(" "),
            on_one_line(b)
        )
    }),
    sure("Docker", |q, b| docker(&format!("{}\n", http(q, b)))),
    sure("CRI", |q, b| cri(&format!("{}\n", http(q, b)))),
    sure("HTML", |q, b| {
        let escape = |text: &str| escape::html(&Traced::plain(text)).text();
        format!(
            "<pre>POST /wx?{} {}</pre>\n",
            escape(q),
            escape(&on_one_line(b))
        )
    }),
    sure("a form", |q, b| {
        let escape = |text: &str| escape::url(&Traced::plain(text)).text();
        format!(
            "url={}&body={}\n",
            escape(&format!("/wx?{q}")),
            escape(&on_one_line(b))
        )
    }),
    sure("Python", |q, b| {
        let body = escape::python_bytes(&Traced::plain(b)).text();
        format!("DEBUG POST /wx?{q} {body}\n")
    }),
    sure("the line before", |q, b| format!("POST /wx?{q}\n{b}\n")),
    weak("the log line before", |q, b| {
        format!("10:05:43 INFO uri=/wx?{q}\n10:05:43 INFO body={b}\n")
    }),
    weak("the log entry before", |q, b| {
        format!("{{\"uri\":\"/wx?{q}\"}}\n{{\"body\":{}}}\n", json_string(b))
    }),
];

fn har(requests: &[(Option<usize>, Option<usize>)], is_sorted: bool) -> String {
    let entries = requests.iter().map(|&(q, b)| {
        let url = q.map_or("https://example.com/wx".into(), |q| format!("https://example.com/wx?{}", query(q)));
        let url = format!("        \"url\": {}", json_string(&url));
        let body = b.map(|b| format!("        \"postData\": {{\n          \"mimeType\": \"text/xml\",\n          \"text\": {}\n        }}", json_string(&xml(b))));
        let version = "        \"httpVersion\": \"HTTP/1.1\",\n        \"headers\": [\n          {\n            \"name\": \"Host\",\n            \"value\": \"example.com\"\n          }\n        ]".to_owned();
        let parts: Vec<String> = match is_sorted {
            false => [Some(url), Some(version), body].into_iter().flatten().collect(),
            true => [Some(version), body, Some(url)].into_iter().flatten().collect(),
        };
        format!("    {{\n      \"request\": {{\n        \"method\": \"POST\",\n{}\n      }},\n      \"response\": {{\n        \"status\": 200\n      }}\n    }}", parts.join(",\n"))
    });
    let entries: Vec<String> = entries.collect();
    format!(
        "{{\n\"log\": {{\n  \"version\": \"1.2\",\n  \"entries\": [\n{}\n  ]\n}}\n}}\n",
        entries.join(",\n")
    )
}

/// The ways to read: numbers of threads, and block sizes.
const WAYS_TO_READ: [(usize, usize); 6] = [
    (1, 1 << 18),
    (1, 1),
    (1, 61),
    (1, 4096),
    (3, 1 << 10),
    (2, 1 << 14),
];

/// Reads `capture` in all ways, whose results must be equal.
fn read_all(name: &str, capture: &str) -> Vec<Found> {
    let first = read(capture.as_bytes(), 1, 1 << 18);
    for (threads, block_size) in WAYS_TO_READ {
        let found = read(capture.as_bytes(), threads, block_size);
        assert_eq!(
            found, first,
            "{name}: {threads} threads, blocks of {block_size}"
        );
    }
    first
}

fn bodies() -> [fn(usize) -> String; 2] {
    [xml, json]
}

/// Returns what is wrong with `found`. `have` tells which payloads have a query.
fn faults(found: &[Found], have: &[(usize, bool)], is_sure: bool) -> Vec<String> {
    let mut faults = Vec::new();
    if found.len() != have.len() {
        faults.push(format!("{} payloads", found.len()));
    }
    for (&(n, has_query), (user_found, query_found, was_sure)) in have.iter().zip(found) {
        let is_own = *query_found == Some(query(n));
        let is_right = match has_query {
            true => is_own && *was_sure == is_sure,
            false => !was_sure,
        };
        if !is_right || *user_found != user(n) {
            let of = (0..99).find(|&n| *query_found == Some(query(n)));
            faults.push(format!("{n}: {user_found} has {of:?}, sure: {was_sure}"));
        }
    }
    faults
}

#[test]
fn queries_are_found_where_captures_keep_them() {
    let mut share = Share::default();
    let mut all = Vec::new();
    for placement in PLACEMENTS {
        for body in bodies().into_iter().filter(|_| share.takes_next()) {
            let write = |n| (placement.write)(&query(n), &body(n));
            let capture: String = (0..40).map(write).collect();
            let found = read_all(placement.name, &capture);
            let have: Vec<_> = (0..40).map(|n| (n, true)).collect();
            let faults = faults(&found, &have, !placement.is_weak);
            if !faults.is_empty() {
                all.push(format!("{}: {faults:?}\n{}", placement.name, write(0)));
            }
        }
    }
    assert!(all.is_empty(), "{}", all.join("\n"));
}

#[test]
fn queries_are_found_in_har_files() {
    let requests: Vec<_> = (0..20).map(|n| (Some(n), Some(n))).collect();
    let expected: Vec<Found> = (0..20).map(|n| (user(n), Some(query(n)), true)).collect();
    for is_sorted in [false, true] {
        assert_eq!(
            read_all("HAR", &har(&requests, is_sorted)),
            expected,
            "sorted: {is_sorted}"
        );
    }
}

#[test]
fn a_har_file_with_gaps_mixes_nothing_up() {
    let requests = [
        (Some(0), None),
        (None, Some(1)),
        (Some(2), Some(2)),
        (None, Some(3)),
        (Some(4), None),
    ];
    for is_sorted in [false, true] {
        let found = read_all("HAR", &har(&requests, is_sorted));
        assert_eq!(found.len(), 3);
        for (user_found, query_found, is_sure) in found {
            let is_own = user_found == user(2) && query_found == Some(query(2));
            assert!(
                is_own || !is_sure,
                "{user_found} has {query_found:?}, sorted: {is_sorted}"
            );
        }
    }
}

#[test]
fn no_request_gets_the_query_of_another() {
    let mut all = Vec::new();
    for placement in PLACEMENTS {
        for body in bodies() {
            let plain = |n: usize| (placement.write)("", &body(n));
            let whole = |n: usize| (placement.write)(&query(n), &body(n));
            let bodiless = |n: usize| (placement.write)(&query(n), "");
            let capture = [
                whole(0),
                bodiless(1),
                plain(2),
                whole(3),
                plain(4),
                plain(5),
                whole(6),
                bodiless(7),
                bodiless(8),
                whole(9),
                plain(10),
            ]
            .concat();
            let found = read_all(placement.name, &capture);
            let have = [0, 2, 3, 4, 5, 6, 9, 10].map(|n| (n, n % 3 == 0));
            let faults = faults(&found, &have, !placement.is_weak);
            if !faults.is_empty() {
                all.push(format!("{}: {faults:?}\n{capture}", placement.name));
            }
        }
    }
    assert!(all.is_empty(), "{}", all.join("\n"));
}

#[test]
fn every_way_to_bury_a_request_keeps_its_query() {
    let mut share = Share::default();
    let mut lost = Vec::new();
    // A request in base64, in chunks, in numbers or in joined literals has its query there, too, where no query is read.
    let is_read = |way: &Way| {
        let names = ["base64", "chunked", "numbers", "joined"];
        !names.iter().any(|name| way.name.contains(name))
    };
    for way in ways().into_iter().filter(is_read) {
        for body in bodies().into_iter().filter(|_| share.takes_next()) {
            let requests: Vec<Traced> = (0..3)
                .map(|n| Traced::plain(&http(&query(n), &body(n))))
                .collect();
            if way.only_json || requests.iter().any(|it| way.is_undecidable(&it.text())) {
                continue;
            }
            if !keeps(&way, &requests) {
                lost.push(way.name.clone());
            }
        }
    }
    assert_eq!(lost, [""; 0]);
}

/// True if all payloads are found with their own query.
fn keeps(way: &Way, requests: &[Traced]) -> bool {
    let capture = way.embed(requests, 7).text();
    let found = read_all(&way.name, &capture);
    for (user_found, query_found, _) in &found {
        let n = (0..3).find(|&n| user(n) == *user_found);
        let own = n.map(query);
        assert!(
            *query_found == own || query_found.is_none(),
            "{}: {user_found} has {query_found:?} in\n{capture}",
            way.name
        );
    }
    let count = found.iter().filter(|(_, query, _)| query.is_some()).count();
    count == 3
}

#[test]
fn what_a_user_typed_is_no_query() {
    let chat = |n: usize| {
        format!(
            "<xml><ToUserName>gh_0a1b2c3d4e5f</ToUserName><MsgType>text</MsgType><Content>/wx?{}</Content></xml>",
            escape::html(&Traced::plain(&query(n))).text()
        )
    };
    let odd = |n: usize| {
        format!(
            "{{\"Content\":\"/wx?{}\",\"MsgType\":\"text\",\"ToUserName\":\"gh_0a1b2c3d4e5f\"}}",
            query(n)
        )
    };
    for typed in [chat(9), odd(9)] {
        for glue in ["\n", " ", "", " and "] {
            let capture = format!("{typed}{glue}{}{glue}{typed}\n{}\n", xml(1), xml(2));
            for (user, query, _) in read_all("typed", &capture) {
                assert_eq!(query, None, "{user} in\n{capture}");
            }
            let escaped = format!(
                "msg={} {} {}\n",
                json_string(&typed),
                json_string(&xml(1)),
                json_string(&typed)
            );
            for (user, query, _) in read_all("typed", &escaped) {
                assert_eq!(query, None, "{user} in\n{escaped}");
            }
        }
    }
}

#[test]
fn a_query_far_away_is_none() {
    let capture = |len: usize| {
        format!(
            "POST /wx?{} HTTP/1.1\r\nX-Long: {}\r\n\r\n{}\n",
            query(1),
            "x".repeat(len),
            xml(1)
        )
    };
    let has_query = |len| read_all("far", &capture(len))[0].1.is_some();
    assert!(has_query(7000));
    assert!(!has_query(9000));
    let behind = |len: usize| {
        format!(
            "body={} x={} uri=/wx?{}\n",
            on_one_line(&xml(1)),
            "x".repeat(len),
            query(1)
        )
    };
    let has_query = |len| read_all("far", &behind(len))[0].1.is_some();
    assert!(has_query(7000));
    assert!(!has_query(9000));
}

#[test]
fn what_cannot_be_checked_is_no_query() {
    for query in [
        "signature=abc&timestamp=1&nonce=2",
        "signature=***&timestamp=***&nonce=***",
        "timestamp=1610969440&nonce=2&echostr=signature",
        "signature=0123456789012345678901234567890123456789&nonce=2",
        "signature=0123456789012345678901234567890123456789&timestamp=&nonce=2",
    ] {
        let capture = format!("POST /wx?{query} HTTP/1.1\r\n\r\n{}\n", xml(1));
        assert_eq!(read_all("odd", &capture)[0].1, None, "{query}");
    }
}

#[test]
fn without_being_wanted_no_query_is_looked_for() {
    let mut queries = Each::new(found);
    let capture = http(&query(1), &xml(1));
    pipeline::run(capture.as_bytes(), "", &Options::default(), &mut queries)
        .expect("it can be read");
    assert_eq!(queries.all[0].1, None);
}

#[test]
fn threads_and_blocks_change_nothing_in_a_mixed_capture() {
    for seed in 0..12 {
        let mut rng = Rng::new(seed);
        let request = |n: usize, rng: &mut Rng| {
            let body = bodies()[rng.below(2)](n);
            let query = query(n);
            let (query, body) = match rng.below(6) {
                0 => ("", body.as_str()),
                1 => (query.as_str(), ""),
                _ => (query.as_str(), body.as_str()),
            };
            (rng.pick(PLACEMENTS).write)(query, body)
        };
        let capture: String = (0..60).map(|n| request(n, &mut rng)).collect();
        let found = read_all(&format!("seed {seed}"), &capture);
        assert!(found.iter().any(|(_, query, _)| query.is_some()));
    }
}

/// A reader that fails after its bytes.
struct Torn<'a>(&'a [u8]);

impl std::io::Read for Torn<'_> {
    fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
        match self.0.is_empty() {
            true => Err(std::io::Error::other("torn")),
            false => self.0.read(out),
        }
    }
}

#[test]
fn what_stands_before_a_failed_read_is_given_with_its_query() {
    let line = |n: usize| format!("uri=/wx?{} body={}\n", query(n), on_one_line(&xml(n)));
    let capture: String = (0..9).map(line).collect();
    for (threads, block_size) in WAYS_TO_READ {
        let options = Options {
            threads,
            block_size,
            wants_queries: true,
            ..Options::default()
        };
        let mut queries = Each::new(found);
        // The end of the line is the part that cannot be read.
        let result = pipeline::run(
            Torn(capture.trim_end().as_bytes()),
            "",
            &options,
            &mut queries,
        );
        assert!(result.is_err());
        let have: Vec<_> = (0..9).map(|n| (n, true)).collect();
        assert_eq!(
            faults(&queries.all, &have, true),
            [""; 0],
            "{threads}, {block_size}"
        );
    }
}

/// The result of a capture, without queries.
#[derive(Default, PartialEq, Debug)]
struct Plainly(Vec<String>, u64);

impl Sink for Plainly {
    fn fork(&self) -> Self {
        Plainly::default()
    }

    fn record(&mut self, record: &Record<'_>) {
        let seen = (
            record.outcome(),
            record.place(0),
            record.findings(),
            record.text(),
        );
        self.0.push(format!("{seen:?}"));
    }

    fn join(&mut self, later: Self) -> Result<(), Stop> {
        self.0.extend(later.0);
        Ok(())
    }

    fn end(&mut self, _source: &str, rest: &CaptureStats) {
        self.1 = rest.noise();
    }
}

#[test]
fn wanting_queries_changes_nothing_else() {
    let mut share = Share::default();
    let plainly = |capture: &str, threads, block_size, wants_queries| {
        let options = Options {
            threads,
            block_size,
            wants_queries,
            ..Options::default()
        };
        let mut seen = Plainly::default();
        pipeline::run(capture.as_bytes(), "", &options, &mut seen).expect("memory can be read");
        seen
    };
    for (n, way) in ways().iter().enumerate() {
        let payloads: Vec<Traced> = (0..4)
            .map(|n| Traced::payload(n as u32, &json(n)))
            .collect();
        let capture = way.embed(&payloads, n as u64).text();
        for cut in [capture.len(), capture.len() * 2 / 3] {
            let cut = (0..=cut)
                .rev()
                .find(|&at| capture.is_char_boundary(at))
                .unwrap_or(0);
            let expected = plainly(&capture[..cut], 1, 1 << 16, false);
            let some = WAYS_TO_READ.into_iter().filter(|_| share.takes_next());
            for (threads, block_size) in some {
                let seen = plainly(&capture[..cut], threads, block_size, true);
                assert_eq!(seen, expected, "{}, cut at {cut}: {capture}", way.name);
            }
        }
    }
}
