//! The search in a log of which nine bytes in ten are noise: `cargo bench --bench noise`
//!
//! Throughput is of all bytes. `noise.py` beside this file compares the program with `grep` on a large file.

use std::fmt::Write;

use divan::counter::BytesCount;
use divan::{Bencher, black_box};
use wxsub::pipeline::{self, Options};
use wxsub::report::Tally;

fn main() {
    divan::main();
}

const CALLBACKS: u64 = 4_000;

#[divan::bench(args = [Form::Plain, Form::Nginx, Form::Docker])]
fn search(bencher: Bencher<'_, '_>, form: Form) {
    let log = log(form);
    let bytes = BytesCount::of_slice(&log);
    bencher.counter(bytes).bench(|| {
        let mut tally = Tally::default();
        pipeline::run(
            black_box(&log[..]),
            "bench",
            &Options::default(),
            &mut tally,
        )
        .expect("memory can be read");
        assert_eq!(tally.all_callbacks(), CALLBACKS);
    });
}

/// How bodies stand in the log.
#[derive(Clone, Copy, Debug)]
enum Form {
    Plain,
    Nginx,
    Docker,
}

/// Callbacks between lines that have nine times as many bytes.
fn log(form: Form) -> Vec<u8> {
    let (mut log, mut noise, mut payloads) = (String::new(), 0, 0);
    for i in 0..CALLBACKS {
        let body = form.escape(&body(i));
        payloads += form.line(&format!("2025-11-22 12:00:00 INFO body={body}"), &mut log);
        while noise < 9 * payloads {
            let line = NOISE[log.len() % NOISE.len()].replace('#', &i.to_string());
            noise += form.line(&line, &mut log);
        }
    }
    log.into_bytes()
}

const NOISE: [&str; 4] = [
    "2025-11-22 12:00:00 INFO  [http-#] GET /goods/#?page=2&sort=price 200 31ms",
    "2025-11-22 12:00:00 DEBUG [http-#] db: select * from orders where id = # limit 1",
    "2025-11-22 12:00:00 INFO  {\"level\":\"info\",\"pool\":{\"size\":#,\"free\":[1,2,3]}}",
    "    at com.shop.order.OrderService.find(OrderService.java:#) ~[order-service.jar:na]",
];

fn body(i: u64) -> String {
    let mut body = String::new();
    _ = match i % 2 {
        0 => write!(
            body,
            "<xml><ToUserName><![CDATA[gh_5a2c71d0e9b4]]></ToUserName><FromUserName><![CDATA[o{i:027}]]></FromUserName>\
             <CreateTime>{}</CreateTime><MsgType><![CDATA[event]]></MsgType><Event><![CDATA[subscribe_msg_change_event]]>\
             </Event><SubscribeMsgChangeEvent><List><TemplateId><![CDATA[{i:A>43}]]></TemplateId><SubscribeStatusString>\
             <![CDATA[reject]]></SubscribeStatusString></List></SubscribeMsgChangeEvent></xml>",
            1_763_812_800 + i
        ),
        _ => write!(
            body,
            "{{\"ToUserName\":\"gh_5a2c71d0e9b4\",\"FromUserName\":\"o{i:027}\",\"CreateTime\":{},\"MsgType\":\"event\",\
             \"Event\":\"subscribe_msg_sent_event\",\"List\":{{\"TemplateId\":\"{i:A>43}\",\"MsgID\":\"{}\",\
             \"ErrorCode\":\"0\",\"ErrorStatus\":\"success\"}}}}",
            1_763_812_800 + i,
            1_700_000_000_000_000_000 + i
        ),
    };
    body
}

impl Form {
    fn escape(self, body: &str) -> String {
        match self {
            Form::Nginx => body.replace('"', "\\x22"),
            Form::Plain | Form::Docker => body.to_owned(),
        }
    }

    /// Adds a line, which in a container's log is a record: how many bytes that is.
    fn line(self, line: &str, log: &mut String) -> usize {
        let before = log.len();
        _ = match self {
            Form::Plain | Form::Nginx => writeln!(log, "{line}"),
            Form::Docker => {
                let line = line.replace('\\', "\\\\").replace('"', "\\\"");
                let line = line.replace('<', "\\u003c").replace('>', "\\u003e");
                writeln!(
                    log,
                    "{{\"log\":\"{line}\\n\",\"stream\":\"stdout\",\"time\":\"2025-11-22T12:00:00.1Z\"}}"
                )
            }
        };
        log.len() - before
    }
}
