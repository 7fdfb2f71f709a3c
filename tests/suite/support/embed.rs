//! The ways in which payloads end up in logs, as functions from payloads to a capture. All tests use the tables here.
//! Adding a way: a row in a table.
//!
//! Some ways escape so little that their output has two readings. `{"A":"\\/"}` in single quotes is `{"A":"\/"}` as a
//! PHP literal, or `{"A":"\\/"}` in quotes; the bytes do not tell. Such a way names its escaping
//! ([`Way::ambiguous`]), and [`Way::is_undecidable`] names the payloads that tests must skip.

use wxsub::output::{Format, JsonLines};
use wxsub::{Code, Record, decode};

use super::escape::{
    self, JSON, JSON_ASCII, JSON_HTML, JSON_NET, JSON_PHP, JSON_QUOTE, JSON_SLASH, JsonStyle,
};
use super::rng::Rng;
use super::traced::{Traced, cat, join};

type Embed = dyn Fn(&[Traced], &mut Rng) -> Traced;

/// A way to embed payloads in a capture.
pub(crate) struct Way {
    pub(crate) name: String,
    /// True if only JSON objects can be embedded.
    pub(crate) only_json: bool,
    /// True if a capture that is cut off continues in what follows: a record that the next one continues, or an object
    /// over lines, of which any object on the next line may be a value. The end of a payload is then unknown.
    pub(crate) continues: bool,
    /// True if XML that was cut off inside an element may take all that follows for its text.
    pub(crate) swallows: bool,
    is_undecidable: Box<dyn Fn(&str) -> bool>,
    embed: Box<Embed>,
}

impl Way {
    fn new(name: &str, embed: impl Fn(&[Traced], &mut Rng) -> Traced + 'static) -> Self {
        Way {
            name: name.into(),
            only_json: false,
            continues: false,
            swallows: false,
            is_undecidable: Box::new(|_| false),
            embed: Box::new(embed),
        }
    }

    /// Makes a way that embeds each payload on its own. `embed` returns whole lines.
    fn each(name: &str, embed: impl Fn(&Traced, &mut Rng) -> Traced + 'static) -> Self {
        Way::new(name, move |payloads, rng| {
            let lines: Vec<Traced> = payloads.iter().map(|text| embed(text, rng)).collect();
            join(&lines, "")
        })
    }

    /// Marks a way whose output may look like a payload that is not escaped.
    fn ambiguous(self, escape: fn(&Traced) -> Traced) -> Self {
        Way {
            is_undecidable: Box::new(move |payload| is_another_when_plain(escape, payload)),
            ..self
        }
    }

    /// Marks a way that puts quotes around a payload without escaping it.
    ///
    /// If the payload has backslashes that a literal would double, it may be read as a literal.
    fn like_a_literal(self) -> Self {
        let ambiguous = |payload: &str| {
            if payload.starts_with('{') {
                payload.contains("\\\\")
            } else {
                payload.contains('\\')
            }
        };
        Way {
            is_undecidable: Box::new(ambiguous),
            ..self
        }
    }

    /// Marks a way with Python texts. A text with single quotes and no double quotes gets double quotes.
    ///
    /// Its `"\xa0"` is ambiguous: a character for Python, but an invalid byte for Go.
    fn of_text_or_bytes(self) -> Self {
        let is_undecidable = self.is_undecidable;
        let is_ambiguous = |payload: &str| {
            let written = escape::python_str(&Traced::plain(payload)).text();
            let has_bytes = payload.contains(|c| ('\u{80}'..='\u{ff}').contains(&c));
            written.starts_with('"') && has_bytes && written.contains("\\x")
        };
        Way {
            is_undecidable: Box::new(move |payload| {
                is_undecidable(payload) || is_ambiguous(payload)
            }),
            ..self
        }
    }

    /// Marks a way that writes base64 in lines. A line break may cut the name of the event, which is the only anchor of
    /// some payloads.
    fn in_lines(self) -> Self {
        Way {
            is_undecidable: Box::new(|payload| !payload.contains("UserName")),
            ..self
        }
    }

    fn only_json(self) -> Self {
        Way {
            only_json: true,
            ..self
        }
    }

    fn continues(self) -> Self {
        Way {
            continues: true,
            ..self
        }
    }

    /// Embeds the payloads. The capture ends with a line feed.
    pub(crate) fn embed(&self, payloads: &[Traced], seed: u64) -> Traced {
        (self.embed)(payloads, &mut Rng::new(seed))
    }

    /// Embeds a payload by `inner`, and the result by this way.
    pub(crate) fn around(&self, inner: &Way, payload: &Traced, seed: u64) -> Traced {
        let once = inner.embed(std::slice::from_ref(payload), seed);
        self.embed(&[once.without_end()], seed + 1)
    }

    /// Returns true if `payload` can be embedded.
    pub(crate) fn takes(&self, payload: &str) -> bool {
        !self.only_json || payload.starts_with('{')
    }

    /// Returns true if the embedded `payload` may be read as another payload.
    pub(crate) fn is_undecidable(&self, payload: &str) -> bool {
        (self.is_undecidable)(payload)
    }
}

/// Returns true if the escaped `payload` is, without unescaping, another callback without stray text.
fn is_another_when_plain(escape: fn(&Traced) -> Traced, payload: &str) -> bool {
    let written = escape(&Traced::plain(payload)).text();
    let inside = written.trim_matches(['\'', '"']);
    let plain = decode(inside.as_bytes());
    let is_plausible = !plain.findings().iter().any(|f| f.code() == Code::StrayText);
    inside != payload
        && plain.callback().is_some()
        && is_plausible
        && line(&plain) != line(&decode(payload.as_bytes()))
}

/// Returns the line that `convert --to jsonl` writes.
pub(crate) fn line(record: &Record<'_>) -> String {
    let mut out = Vec::new();
    let written = JsonLines::default().record(record, &mut out);
    written.expect("every callback has a record");
    String::from_utf8(out).expect("records are UTF-8")
}

/// Returns all ways.
pub(crate) fn ways() -> Vec<Way> {
    [
        plain_ways(),
        object_ways(),
        json_string_ways(),
        server_ways(),
        literal_ways(),
        table_ways(),
        url_ways(),
        html_ways(),
        http_ways(),
        container_ways(),
        prefix_ways(),
        combined_ways(),
        base64_ways(),
        chunked_ways(),
        number_ways(),
        wrapped_ways(),
        source_ways(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// Returns the way called `name`.
pub(crate) fn way(name: &str) -> Way {
    let found = ways().into_iter().find(|way| way.name == name);
    found.unwrap_or_else(|| panic!("no way is called {name:?}"))
}

fn plain_ways() -> Vec<Way> {
    vec![
        Way::each("bare", |p, _| cat(&[p, &"\n"])),
        Way::each("bare, CRLF", |p, _| cat(&[p, &"\r\n"])),
        Way::each("log prefix", app_log),
        Way::each("log prefix and suffix", |p, d| {
            cat(&[&app_prefix(d), p, &" took=", &number(d), &"ms [ok]\n"])
        }),
        Way::each("log prefix in quotes", |p, d| {
            cat(&[&app_prefix(d), &"'", p, &"'\n"])
        })
        .like_a_literal(),
        Way::new("several in a log line", |ps, d| {
            cat(&[&app_prefix(d), &join(ps, " next="), &" end\n"])
        }),
    ]
}

/// The payload is a value in the JSON of a log.
fn object_ways() -> Vec<Way> {
    let ways = vec![
        Way::each("JSON log, object", json_log),
        Way::each("JSON log, object deep inside", |p, d| {
            let inner = cat(&[
                &"{\"args\":[1,[{\"headers\":{\"a\":\"{\"},\"body\":",
                p,
                &"}]]}",
            ]);
            json_log(&inner, d)
        }),
        Way::each("JSON log over lines, object", |p, d| {
            cat(&[
                &"{\n  \"time\": \"",
                &stamp(d),
                &"\",\n  \"body\": ",
                p,
                &",\n  \"took\": 3\n}\n",
            ])
        })
        .continues(),
        Way::new("array in a log line", |ps, d| {
            cat(&[&app_prefix(d), &"[", &join(ps, ", "), &"]\n"])
        }),
        Way::new("array in a JSON log", |ps, d| {
            json_log(&cat(&[&"[", &join(ps, ","), &"]"]), d)
        }),
    ];
    ways.into_iter().map(Way::only_json).collect()
}

/// The payload is a string in the JSON of a log.
fn json_string_ways() -> Vec<Way> {
    let styles = [
        ("", JSON),
        (", \\/", JSON_SLASH),
        (", \\u003c", JSON_HTML),
        (", ASCII", JSON_ASCII),
        (", \\u0022", JSON_QUOTE),
        (", all as \\uXXXX", JSON_NET),
    ];
    let mut ways: Vec<Way> = styles
        .iter()
        .map(|&(name, style)| {
            Way::each(&format!("JSON log, string{name}"), move |p, d| {
                json_log(&escape::json(p, style), d)
            })
        })
        .collect();
    ways.extend([
        Way::each("JSON string on a line", |p, _| {
            cat(&[&escape::json(p, JSON), &"\n"])
        }),
        Way::each("JSON log over lines, string", |p, d| {
            let body = escape::json(p, JSON);
            cat(&[
                &"{\n  \"time\": \"",
                &stamp(d),
                &"\",\n  \"body\": ",
                &body,
                &",\n  \"took\": 3\n}\n",
            ])
        }),
        Way::each("JSON log, string with text around", |p, d| {
            let text = cat(&[&"received body=", p, &" from \"10.0.0.7\""]);
            json_log(&escape::json(&text, JSON), d)
        }),
        Way::new("JSON log, several strings", |ps, d| {
            let strings: Vec<Traced> = ps.iter().map(|p| escape::json(p, JSON)).collect();
            json_log(&cat(&[&"{\"bodies\":[", &join(&strings, ","), &"]}"]), d)
        }),
        Way::new("JSON log, several in a string", |ps, d| {
            json_log(&escape::json(&join(ps, "\n"), JSON), d)
        }),
        Way::each("JSON log, 2 layers", |p, d| layered(p, &[JSON, JSON], d)),
        Way::each("JSON log, 3 layers", |p, d| {
            layered(p, &[JSON, JSON, JSON], d)
        }),
        Way::each("JSON log, 4 layers", |p, d| layered(p, &[JSON; 4], d)),
        Way::each("JSON log, \\u003c in 2 layers", |p, d| {
            layered(p, &[JSON_HTML, JSON_HTML], d)
        }),
        Way::each("JSON log, \\u0022 inside \\\"", |p, d| {
            layered(p, &[JSON_QUOTE, JSON], d)
        }),
        Way::each("JSON log, \\/ inside \\u003c", |p, d| {
            layered(p, &[JSON_PHP, JSON_HTML], d)
        }),
        Way::each("Monolog", |p, d| monolog(p, JSON, d)),
        Way::each("Monolog, \\/ and ASCII", |p, d| monolog(p, JSON_PHP, d)),
    ]);
    ways
}

/// Servers that escape the text they log.
fn server_ways() -> Vec<Way> {
    vec![
        Way::each("nginx", |p, d| access_log(&escape::nginx(p), d)),
        Way::new("nginx, several in a line", |ps, d| {
            let fields: Vec<Traced> = ps.iter().map(escape::nginx).collect();
            access_log(&join(&fields, "\" \""), d)
        }),
        Way::each("nginx, a JSON string", |p, d| {
            let body = cat(&[&"{\"raw\":", &escape::json(p, JSON), &"}"]);
            access_log(&escape::nginx(&body), d)
        }),
        Way::each("nginx escape=json", |p, d| {
            let body = escape::json(p, JSON);
            cat(&[
                &"{\"time\":\"",
                &stamp(d),
                &"\",\"status\":200,\"request_body\":",
                &body,
                &"}\n",
            ])
        }),
        Way::each("nginx escape=json, no JSON around", |p, d| {
            access_log(&escape::json_inside(p, JSON), d)
        })
        .ambiguous(|p| escape::json_inside(p, JSON)),
        Way::each("rsyslog", |p, d| {
            let head = format!(
                "Jun  7 10:05:{:02} web-1 app[{}]: body=",
                d.below(60),
                number(d)
            );
            cat(&[&head, &escape::rsyslog(p), &"\n"])
        })
        .ambiguous(escape::rsyslog),
    ]
}

/// A literal of a language, alone or in a log line.
fn literal_ways() -> Vec<Way> {
    let in_line = |name: &str, literal: fn(&Traced) -> Traced| {
        Way::each(name, move |p, d| cat(&[&app_prefix(d), &literal(p), &"\n"]))
    };
    let ambiguous = |name: &str, literal| in_line(name, literal).ambiguous(literal);
    vec![
        in_line("Python bytes", escape::python_bytes),
        ambiguous("Python text", escape::python_str).of_text_or_bytes(),
        Way::each("Python dict with text", |p, d| {
            python_dict(&escape::python_str(p), d)
        })
        .ambiguous(escape::python_str)
        .of_text_or_bytes(),
        Way::each("Python dict with bytes", |p, d| {
            python_dict(&escape::python_bytes(p), d)
        }),
        ambiguous("Go %q", escape::go),
        Way::each("logfmt", |p, d| {
            cat(&[
                &"time=",
                &stamp(d),
                &" level=INFO msg=\"got it\" body=",
                &escape::go(p),
                &" n=1\n",
            ])
        })
        .ambiguous(escape::go),
        ambiguous("Java", escape::java),
        ambiguous("Java, ASCII", escape::java_ascii),
        ambiguous("PHP", escape::php),
        Way::each("PHP array", php_array).ambiguous(escape::php),
        ambiguous("C", escape::c),
        ambiguous("C, octal", escape::c_octal),
        Way::new("Go %q, several in a line", |ps, d| {
            let literals: Vec<Traced> = ps.iter().map(escape::go).collect();
            cat(&[&app_prefix(d), &"[", &join(&literals, " "), &"]\n"])
        })
        .ambiguous(escape::go),
    ]
}

/// Database dumps and tables.
fn table_ways() -> Vec<Way> {
    vec![
        Way::each("SQL dump", |p, d| cat(&[&SQL_HEAD, &sql_row(p, d), &";\n"]))
            .ambiguous(escape::sql),
        Way::new("SQL dump, several rows in a line", |ps, d| {
            let rows: Vec<Traced> = ps.iter().map(|p| sql_row(p, d)).collect();
            cat(&[&SQL_HEAD, &join(&rows, ","), &";\n"])
        })
        .ambiguous(escape::sql),
        Way::each("CSV", |p, d| csv_row(std::slice::from_ref(p), d)).ambiguous(escape::csv),
        Way::new("CSV, several fields in a row", csv_row).ambiguous(escape::csv),
    ]
}

fn url_ways() -> Vec<Way> {
    let in_query = |name: &str, encode: fn(&Traced) -> Traced| {
        Way::each(name, move |p, d| query_log(&encode(p), d))
    };
    vec![
        in_query("URL query", escape::url),
        in_query("URL query, lower case", escape::url_lower),
        in_query("URL query, form", escape::form),
        in_query("URL query, as a browser", escape::url_query),
        in_query("URL query, twice", |p| escape::url(&escape::url(p))),
        Way::each("form body", |p, d| {
            cat(&[&"a=1&body=", &escape::url(p), &"&b=", &number(d), &"\n"])
        }),
        Way::each("form body, +", |p, d| {
            cat(&[&"a=1&body=", &escape::form(p), &"&b=", &number(d), &"\n"])
        }),
        Way::each("form body, nothing behind", |p, _| {
            cat(&[&"body=", &escape::form(p), &"\n"])
        }),
        Way::new("form body, several fields", |ps, d| {
            let fields: Vec<Traced> = ps.iter().map(escape::form).collect();
            cat(&[&app_prefix(d), &"a=", &join(&fields, "&b="), &"\n"])
        }),
        Way::each("URL-encoded in JSON", |p, d| {
            let pair = cat(&[&"body=", &escape::url(p), &"&n=1"]);
            json_log(&escape::json(&pair, JSON), d)
        }),
    ]
}

fn html_ways() -> Vec<Way> {
    let page = |name: &str, encode: fn(&Traced) -> Traced| {
        Way::each(name, move |p, d| {
            cat(&[&"<p>", &stamp(d), &"</p>\n<pre>", &encode(p), &"</pre>\n"])
        })
    };
    vec![
        page("HTML", escape::html),
        page("HTML, quotes stay", escape::html_text).ambiguous(escape::html_text),
        page("HTML, decimal", escape::html_decimal),
        page("HTML, hexadecimal", escape::html_hex),
        page("HTML, twice", |p| escape::html(&escape::html(p))),
        Way::each("HTML attribute", |p, d| {
            cat(&[
                &"<input name=\"n",
                &number(d),
                &"\" value=\"",
                &escape::html(p),
                &"\">\n",
            ])
        }),
        Way::new("HTML table row", |ps, _| {
            let cells: Vec<Traced> = ps.iter().map(escape::html).collect();
            cat(&[&"<tr><td>", &join(&cells, "</td><td>"), &"</td></tr>\n"])
        }),
        Way::each("HTML in a log line", |p, d| app_log(&escape::html(p), d)),
    ]
}

/// The payload is a part of source code.
fn source_ways() -> Vec<Way> {
    let ends_comment = |payload: &str| payload.contains("*/");
    vec![
        Way {
            is_undecidable: Box::new(ends_comment),
            ..Way::each("comment in source code", |p, _| {
                cat(&[&"func push() {\n/*\n", p, &"\n*/\n    reply()\n}\n"])
            })
        },
        Way::each("joined literals", |p, d| {
            let pieces = p.pieces(|| 30 + d.below(90));
            let literals: Vec<Traced> = pieces.iter().map(escape::java).collect();
            cat(&[&"String body = ", &join(&literals, " +\n    "), &";\n"])
        }),
    ]
}

fn http_ways() -> Vec<Way> {
    vec![
        Way::each("HTTP capture", |p, d| cat(&[&request(p, d), &"\n"])),
        Way::new("HTTP capture, keep-alive", |ps, d| {
            let requests: Vec<Traced> = ps.iter().map(|p| request(p, d)).collect();
            cat(&[&join(&requests, ""), &"\n"])
        }),
        Way::new("HTTP capture, with answers", |ps, d| {
            let requests: Vec<Traced> = ps.iter().map(|p| request(p, d)).collect();
            cat(&[&join(&requests, ANSWER), &ANSWER, &"\n"])
        }),
        Way::new("HAR", |ps, d| {
            let entries: Vec<Traced> = ps.iter().map(|p| har_entry(p, d)).collect();
            cat(&[&HAR_HEAD, &join(&entries, ",\n"), &HAR_END])
        }),
    ]
}

fn base64_ways() -> Vec<Way> {
    vec![
        Way::each("base64", |p, d| app_log(&escape::base64(p), d)),
        Way::each("base64, URL alphabet", |p, d| {
            app_log(&escape::base64_url(p), d)
        }),
        Way::new("base64 of several", |ps, d| {
            app_log(&escape::base64(&join(ps, "\n")), d)
        }),
        Way::each("base64 in lines", |p, _| {
            let lines = join(&escape::base64(p).pieces(|| 76), "\r\n");
            cat(&[
                &"Content-Transfer-Encoding: base64\r\n\r\n",
                &lines,
                &"\r\n",
            ])
        }),
        Way::each("base64 in lines of any length", |p, d| {
            let len = 16 + d.below(80);
            let lines = join(&escape::base64(p).pieces(|| len), "\n   ");
            cat(&[&"data:\n   ", &lines, &"\n"])
        })
        .in_lines()
        .continues(),
        Way::each("base64 in a form", |p, d| {
            query_log(&escape::url(&escape::base64(p)), d)
        }),
        Way::each("JSON log, base64", |p, d| {
            json_log(&escape::json(&escape::base64(p), JSON), d)
        }),
        Way::each("JSON log, base64 in lines, \\/", |p, d| {
            let lines = join(&escape::base64(p).pieces(|| 60), "\n");
            json_log(&escape::json(&lines, JSON_SLASH), d)
        })
        .in_lines(),
        Way::each("Python bytes of base64 in lines", |p, d| {
            let lines = join(&escape::base64(p).pieces(|| 76), "\n");
            app_log(&escape::python_bytes(&lines), d)
        })
        .in_lines(),
        Way::each("API gateway, base64", |p, d| {
            let head = format!("{{\"path\":\"/wx/{}\",\"body\":", number(d));
            let body = escape::json(&escape::base64(p), JSON);
            cat(&[&head, &body, &",\"isBase64Encoded\":true}\n"])
        }),
        Way::new("HAR, base64", |ps, d| {
            let entries: Vec<Traced> = ps
                .iter()
                .map(|p| har_entry(&escape::base64(p), d))
                .collect();
            cat(&[&HAR_HEAD, &join(&entries, ",\n"), &HAR_END])
        }),
        Way::each("base64 of a JSON log", |p, d| {
            let line = json_log(&escape::json(p, JSON), d).without_end();
            app_log(&escape::base64(&line), d)
        }),
    ]
}

fn chunked_ways() -> Vec<Way> {
    vec![
        Way::each("chunked HTTP", |p, d| chunked(p, "\r\n", d)),
        Way::each("chunked HTTP, LF", |p, d| chunked(p, "\n", d)),
        Way::each("chunked HTTP of a JSON log", |p, d| {
            let line = json_log(&escape::json(p, JSON), d).without_end();
            chunked(&line, "\r\n", d)
        }),
        Way::each("JSON log of chunked HTTP", |p, d| {
            let request = chunked(p, "\r\n", d);
            json_log(&escape::json(&request, JSON), d)
        })
        .continues(),
    ]
}

/// The payload is printed as the numbers of its bytes.
fn number_ways() -> Vec<Way> {
    vec![
        Way::each("numbers, Go", |p, d| {
            app_log(&cat(&[&"[", &escape::numbers(p, " "), &"]"]), d)
        }),
        Way::each("numbers, Java", |p, d| {
            app_log(&cat(&[&"[", &escape::numbers(p, ", "), &"]"]), d)
        }),
        Way::each("JSON log, numbers", |p, d| {
            let data = cat(&[&"[", &escape::numbers(p, ","), &"]"]);
            json_log(&cat(&[&"{\"type\":\"Buffer\",\"data\":", &data, &"}"]), d)
        }),
        Way::each("JSON log, numbers in a string", |p, d| {
            let data = cat(&[&"[", &escape::numbers(p, " "), &"]"]);
            json_log(&escape::json(&data, JSON), d)
        }),
        Way::each("numbers, MySQL", |p, d| {
            let number = number(d);
            let hex = escape::hex(p, |byte| format!("{byte:02X}"));
            cat(&[
                &"INSERT INTO `log` VALUES (",
                &number,
                &",0x",
                &hex,
                &");\n",
            ])
        }),
        Way::each("numbers, PostgreSQL", |p, d| {
            let hex = escape::hex(p, |byte| format!("{byte:02x}"));
            cat(&[&number(d), &"\t\\\\x", &hex, &"\n"])
        }),
    ]
}

/// A request in chunks. The first holds a name of a message.
fn chunked(body: &Traced, line_end: &str, rng: &mut Rng) -> Traced {
    let head = "POST /wx HTTP/1.1\r\nHost: wx.example.org\r\nTransfer-Encoding: chunked\r\n\r\n";
    let mut text = Traced::plain(&head.replace("\r\n", line_end));
    for (number, chunk) in body.pieces(|| 60 + rng.below(300)).iter().enumerate() {
        let extra = if number % 2 == 0 { "" } else { "0" };
        let size = format!("{extra}{:x}{line_end}", chunk.text().len());
        text = cat(&[&text, &size, chunk, &line_end]);
    }
    cat(&[&text, &"0", &line_end, &line_end])
}

fn container_ways() -> Vec<Way> {
    let lines = |p: &Traced| cat(&[p, &"\n"]);
    vec![
        Way::each("Docker", move |p, d| docker(&lines(p), JSON, d)),
        Way::each("Docker, \\u003c", move |p, d| {
            docker(&lines(p), JSON_HTML, d)
        }),
        Way::each("Docker, log prefix", |p, d| {
            docker(&app_log(p, d), JSON_HTML, d)
        }),
        Way::new("Docker, several in a line", move |ps, d| {
            docker(&lines(&join(ps, " and ")), JSON_HTML, d)
        }),
        Way::each("Docker, partial", move |p, d| docker_partial(&lines(p), d)).continues(),
        Way::each("Docker, other stream between", move |p, d| {
            docker_mixed(&lines(p), d)
        }),
        Way::each("CRI", move |p, d| cri(&lines(p), d)),
        Way::each("CRI, log prefix", |p, d| cri(&app_log(p, d), d)),
        Way::new("CRI, several in a line", move |ps, d| {
            cri(&lines(&join(ps, " and ")), d)
        }),
        Way::each("CRI, partial", move |p, d| cri_partial(&lines(p), d)).continues(),
        Way::each("CRI, other stream between", move |p, d| {
            cri_mixed(&lines(p), d)
        }),
    ]
}

/// Each line of the output stands behind a prefix.
fn prefix_ways() -> Vec<Way> {
    let before_lines = |name: &str, prefix: fn(usize, &mut Rng) -> String| {
        Way::each(name, move |p, d| prefixed(&cat(&[p, &"\n"]), prefix, d))
    };
    vec![
        before_lines("compose", |_, _| "shop-1  | ".into()),
        Way::each("compose, other service between", |p, d| {
            let lines = prefixed(&cat(&[p, &"\n"]), |_, _| "shop-1  | ".into(), d);
            between(&lines, "nginx-12  | GET /healthz 200\n", d)
        }),
        Way::each("compose, log prefix", |p, d| {
            prefixed(&app_log(p, d), |_, _| "shop-1  | ".into(), d)
        }),
        before_lines("kubectl", |_, d| {
            format!("[pod/shop-6b7f-x2/app] {}Z ", iso(d))
        }),
        Way::each("kubectl, other pod between", |p, d| {
            let prefix = |_, _: &mut Rng| "[pod/shop-6b7f-x2/app] ".into();
            let lines = prefixed(&cat(&[p, &"\n"]), prefix, d);
            between(&lines, "[pod/web-7c-9q/nginx] <ok> {\n", d)
        }),
        before_lines("journalctl", |_, d| {
            format!("Jun  7 10:05:{:02} web-1 app[1234]: ", d.below(60))
        }),
        Way::each("journalctl, other unit between", |p, d| {
            let prefix =
                |_, d: &mut Rng| format!("Jun  7 10:05:{:02} web-1 app[1234]: ", d.below(60));
            let lines = prefixed(&cat(&[p, &"\n"]), prefix, d);
            between(&lines, "Jun 10 10:05:40 web-1 sshd[9]: bye\n", d)
        }),
        Way::each("log prefix before each line", |p, d| {
            let prefix =
                |_, d: &mut Rng| format!("{} INFO [http-{}] c.e.Foo - ", stamp(d), d.below(9));
            prefixed(&cat(&[&"body=", p, &"\n"]), prefix, d)
        }),
        before_lines("quote", |_, _| "> ".into()),
        before_lines("quote, twice", |_, _| ">> ".into()),
        before_lines("quote without blank", |_, _| ">".into()),
        before_lines("diff", |_, _| "+".into()),
        before_lines("comment, //", |_, _| "// ".into()),
        before_lines("comment, #", |_, _| "# ".into()),
        before_lines("comment, *", |_, _| " * ".into()),
        before_lines("comment, --", |_, _| "-- ".into()),
        before_lines("cat -n", |n, _| format!("{n:>6}\t")),
        before_lines("grep -n", |n, _| format!("logs/shop.log:{n}:")),
    ]
}

/// A logger that puts each line of the output into an object on a line of its own.
struct Wrapper {
    name: &'static str,
    /// What stands before and after the string with the line.
    head: fn(&mut Rng) -> String,
    tail: fn(&mut Rng) -> String,
    /// True if the string holds the line feed, too.
    has_line_feed: bool,
    /// A line of another stream.
    other: &'static str,
}

const WRAPPERS: [Wrapper; 11] = [
    Wrapper {
        name: "Docker with blanks",
        head: |_| "{\"log\": ".into(),
        tail: |d| format!(", \"stream\": \"stdout\", \"time\": \"{}Z\"}}", iso(d)),
        has_line_feed: true,
        other: "{\"log\": \"bye\\n\", \"stream\": \"stderr\", \"time\": \"2023-06-07T10:05:43Z\"}\n",
    },
    Wrapper {
        name: "Docker, another order",
        head: |d| format!("{{\"time\":\"{}Z\",\"stream\":\"stdout\",\"log\":", iso(d)),
        tail: |_| "}".into(),
        has_line_feed: true,
        other: "{\"time\":\"2023-06-07T10:05:43Z\",\"stream\":\"stderr\",\"log\":\"bye\\n\"}\n",
    },
    Wrapper {
        name: "Fluent Bit",
        head: |d| format!("{{\"date\":1686132343.{},\"log\":", number(d)),
        tail: |_| {
            ",\"kubernetes\":{\"pod_name\":\"shop-6b7f-1\",\"labels\":{\"app\":\"shop\"}}}".into()
        },
        has_line_feed: true,
        other: "{\"date\":1686132343.5,\"log\":\"<ok> {\\n\",\"kubernetes\":{\"pod_name\":\"shop-6b7f-2\",\"labels\":{\"app\":\"shop\"}}}\n",
    },
    Wrapper {
        name: "Fluent Bit, the text first",
        head: |_| "{\"log\":".into(),
        tail: |_| ",\"stream\":\"stdout\",\"kubernetes\":{\"pod_name\":\"shop-6b7f-1\"}}".into(),
        has_line_feed: true,
        other: "{\"log\":\"bye\\n\",\"stream\":\"stdout\",\"kubernetes\":{\"pod_name\":\"shop-6b7f-2\"}}\n",
    },
    Wrapper {
        name: "Logstash",
        head: |_| "{\"message\":".into(),
        tail: |d| format!(",\"@timestamp\":\"{}Z\",\"host\":\"10.0.0.7\"}}", iso(d)),
        has_line_feed: false,
        other: "{\"message\":\"bye\",\"@timestamp\":\"2023-06-07T10:05:43Z\",\"host\":\"10.0.0.8\"}\n",
    },
    Wrapper {
        name: "Loki",
        head: |d| format!("{{\"timestamp\":\"{}Z\",\"line\":", iso(d)),
        tail: |_| "}".into(),
        has_line_feed: false,
        other: "{\"timestamp\":\"2023-06-07T10:05:43Z\",\"labels\":\"b\",\"line\":\"{\"}\n",
    },
    Wrapper {
        name: "journald",
        head: |d| {
            let cursor = format!("s=6c3b;i={:x};x={:x}", d.below(99999), d.below(99999));
            let time = 1686132343000000 + d.below(1_000_000);
            format!("{{\"__CURSOR\":\"{cursor}\",\"__REALTIME_TIMESTAMP\":\"{time}\",\"MESSAGE\":")
        },
        tail: |_| ",\"_PID\":\"714\",\"_COMM\":\"shop\",\"PRIORITY\":\"6\"}".into(),
        has_line_feed: false,
        other: "{\"__CURSOR\":\"s=1\",\"__REALTIME_TIMESTAMP\":\"1686132343000000\",\"MESSAGE\":\"bye\",\"_PID\":\"715\",\"_COMM\":\"shop\",\"PRIORITY\":\"6\"}\n",
    },
    Wrapper {
        name: "Google Cloud",
        head: |d| format!("{{\"insertId\":\"a{:x}z\",\"textPayload\":", d.below(99999)),
        tail: |d| {
            format!(
                ",\"resource\":{{\"labels\":{{\"pod_name\":\"shop-1\"}}}},\"timestamp\":\"{}Z\"}}",
                iso(d)
            )
        },
        has_line_feed: false,
        other: "{\"insertId\":\"q\",\"textPayload\":\"bye\",\"resource\":{\"labels\":{\"pod_name\":\"shop-2\"}},\"timestamp\":\"2023-06-07T10:05:43Z\"}\n",
    },
    Wrapper {
        name: "CloudWatch",
        head: |d| format!("{{\"timestamp\":16861323{:05},\"message\":", d.below(99999)),
        tail: |d| format!(",\"ingestionTime\":16861323{:05}}}", d.below(99999)),
        has_line_feed: false,
        other: "{\"timestamp\":1686132343000,\"logStreamName\":\"b\",\"message\":\"bye\",\"ingestionTime\":1686132343001}\n",
    },
    Wrapper {
        name: "pino",
        head: |d| {
            format!(
                "{{\"level\":30,\"time\":16861323{:05},\"pid\":7,\"msg\":",
                d.below(99999)
            )
        },
        tail: |_| "}".into(),
        has_line_feed: false,
        other: "{\"level\":30,\"time\":1686132343000,\"pid\":8,\"msg\":\"bye\"}\n",
    },
    Wrapper {
        name: "compose of pino",
        head: |d| {
            format!(
                "shop-1  | {{\"level\":30,\"time\":16861323{:05},\"msg\":",
                d.below(99999)
            )
        },
        tail: |_| "}".into(),
        has_line_feed: false,
        other: "nginx-12  | GET /healthz 200\n",
    },
];

impl Wrapper {
    fn wrap(&self, output: &Traced, line_end: &str, rng: &mut Rng) -> Traced {
        let wrap = |line: &Traced, rng: &mut Rng| {
            let text = match self.has_line_feed {
                true => cat(&[&escape::json_inside(line, JSON), &"\""]),
                // The quote stands for the line feed.
                false => line.escaped(|c, out| match c {
                    '\n' => out.push('"'),
                    c => out.push_str(
                        &escape::json_inside(&Traced::plain(&c.to_string()), JSON).text(),
                    ),
                }),
            };
            let (head, tail) = ((self.head)(rng), (self.tail)(rng));
            cat(&[&head, &"\"", &text, &tail, &line_end])
        };
        let lines: Vec<Traced> = output.lines().iter().map(|line| wrap(line, rng)).collect();
        join(&lines, "")
    }
}

/// Each line of the output stands in an object.
fn wrapped_ways() -> Vec<Way> {
    let ways = WRAPPERS.iter().flat_map(|wrapper| {
        let name = |more: &str| format!("{}{more}", wrapper.name);
        [
            Way::each(&name(""), |p, d| wrapper.wrap(&cat(&[p, &"\n"]), "\n", d)),
            Way::each(&name(", CRLF"), |p, d| {
                wrapper.wrap(&cat(&[p, &"\n"]), "\r\n", d)
            }),
            Way::each(&name(", other stream between"), |p, d| {
                let lines = wrapper.wrap(&cat(&[&"body:\n", p, &"\n"]), "\n", d);
                between(&lines, wrapper.other, d)
            }),
        ]
    });
    // A torn line that begins like one of Docker's is taken for one. Docker has other streams.
    let is_like_docker = |way: &Way| way.name == "Fluent Bit, the text first, other stream between";
    ways.map(|way| match is_like_docker(&way) {
        true => way.continues(),
        false => way,
    })
    .map(|way| Way {
        swallows: true,
        ..way
    })
    .collect()
}

/// Two ways combined, where that happens in practice.
fn combined_ways() -> Vec<Way> {
    let json_line = |p: &Traced, d: &mut Rng| json_log(&escape::json(p, JSON), d);
    let one_line = |text: Traced| text.without_end();
    vec![
        Way::each("Docker of a JSON log", move |p, d| {
            docker(&json_line(p, d), JSON_HTML, d)
        }),
        Way::each("Docker of JSON objects", |p, d| {
            docker(&json_log(p, d), JSON_HTML, d)
        })
        .only_json(),
        Way::each("Docker of nginx", |p, d| {
            docker(&access_log(&escape::nginx(p), d), JSON, d)
        }),
        Way::each("Docker of Python bytes", |p, d| {
            docker(&app_log(&escape::python_bytes(p), d), JSON, d)
        }),
        Way::each("Docker of Go %q", |p, d| {
            docker(&app_log(&escape::go(p), d), JSON_HTML, d)
        })
        .ambiguous(escape::go),
        Way::each("Docker, partial, of a JSON log", move |p, d| {
            docker_partial(&json_line(p, d), d)
        })
        .continues(),
        Way::each("Docker of an HTTP capture", |p, d| {
            docker(&cat(&[&request(p, d), &"\n"]), JSON, d)
        }),
        Way::each("CRI of Monolog", |p, d| cri(&monolog(p, JSON_PHP, d), d)),
        Way::each("CRI of a JSON log", move |p, d| cri(&json_line(p, d), d)),
        Way::each("CRI, partial, of nginx", |p, d| {
            cri_partial(&access_log(&escape::nginx(p), d), d)
        })
        .continues(),
        Way::each("CRI of a PHP array", |p, d| cri(&php_array(p, d), d)).ambiguous(escape::php),
        Way::each("URL query of a JSON string", |p, d| {
            query_log(&escape::url(&escape::json(p, JSON)), d)
        }),
        Way::each("form body of a JSON object", |p, d| {
            let body = cat(&[&"{\"xml\":", &escape::json(p, JSON), &"}"]);
            cat(&[&"payload=", &escape::form(&body), &"&n=", &number(d), &"\n"])
        }),
        Way::each("Python bytes of a JSON log", move |p, d| {
            app_log(&escape::python_bytes(&one_line(json_line(p, d))), d)
        }),
        Way::each("Python text of a JSON log", move |p, d| {
            app_log(&escape::python_str(&one_line(json_line(p, d))), d)
        }),
        Way::each("JSON log of Python bytes", |p, d| {
            json_log(&escape::json(&escape::python_bytes(p), JSON), d)
        }),
        Way::each("JSON log of an HTTP capture", |p, d| {
            json_log(&escape::json(&request(p, d), JSON), d)
        }),
        Way::each("CSV of a JSON log", move |p, d| {
            csv_row(&[one_line(json_line(p, d))], d)
        }),
        Way::each("CSV of a form body", |p, d| {
            csv_row(&[cat(&[&"a=1&body=", &escape::form(p), &"&b=2"])], d)
        }),
        Way::each("SQL dump of a JSON log", move |p, d| {
            cat(&[&SQL_HEAD, &sql_row(&one_line(json_line(p, d)), d), &";\n"])
        }),
        Way::each("rsyslog of a JSON log", move |p, d| {
            cat(&[&"Jun  7 10:05:43 web-1 app: @cee: ", &json_line(p, d)])
        }),
        Way::each("rsyslog of an HTTP capture", |p, d| {
            cat(&[
                &"Jun  7 10:05:43 web-1 app: ",
                &escape::rsyslog(&request(p, d)),
                &"\n",
            ])
        })
        .ambiguous(escape::rsyslog),
        Way::each("HTML of a JSON log", move |p, d| {
            cat(&[&"<pre>\n", &escape::html(&json_line(p, d)), &"</pre>\n"])
        }),
        Way::each("nginx of a form body", |p, d| {
            access_log(&escape::nginx(&cat(&[&"a=1&body=", &escape::form(p)])), d)
        }),
        Way::each("HAR of a form body", |p, d| {
            let entry = har_entry(&cat(&[&"a=1&body=", &escape::form(p)]), d);
            cat(&[&HAR_HEAD, &entry, &HAR_END])
        }),
        Way::each("Monolog in nginx", move |p, d| {
            access_log(&escape::nginx(&one_line(monolog(p, JSON_PHP, d))), d)
        }),
    ]
}

// Lines of logs.

fn number(rng: &mut Rng) -> String {
    rng.below(100_000).to_string()
}

fn stamp(rng: &mut Rng) -> String {
    let (minute, second, milli) = (rng.below(60), rng.below(60), rng.below(1000));
    format!("2023-06-07 10:{minute:02}:{second:02}.{milli:03}")
}

fn iso(rng: &mut Rng) -> String {
    stamp(rng).replace(' ', "T")
}

fn app_prefix(rng: &mut Rng) -> String {
    format!(
        "{} INFO [http-{}] c.e.Foo - body=",
        stamp(rng),
        rng.below(9)
    )
}

fn app_log(body: &Traced, rng: &mut Rng) -> Traced {
    cat(&[&app_prefix(rng), body, &"\n"])
}

/// A line of a structured logger with `body` as a value.
fn json_log(body: &Traced, rng: &mut Rng) -> Traced {
    let head = format!(
        "{{\"time\":\"{}\",\"level\":\"info\",\"req\":{{\"id\":{},\"path\":\"/wx?a=b\"}},\"body\":",
        stamp(rng),
        number(rng)
    );
    cat(&[&head, body, &",\"took\":3,\"tags\":[\"a\",null]}\n"])
}

/// A JSON log line inside JSON log lines, one level for each style, the innermost first.
fn layered(payload: &Traced, styles: &[JsonStyle], rng: &mut Rng) -> Traced {
    let inner = styles.iter().fold(payload.clone(), |text, &style| {
        json_log(&escape::json(&text, style), rng).without_end()
    });
    cat(&[&inner, &"\n"])
}

fn monolog(body: &Traced, style: JsonStyle, rng: &mut Rng) -> Traced {
    let head = format!("[{}+00:00] app.INFO: callback {{\"body\":", iso(rng));
    cat(&[&head, &escape::json(body, style), &"} []\n"])
}

/// A line of an access log with `field` in quotes.
fn access_log(field: &Traced, rng: &mut Rng) -> Traced {
    let head = format!(
        "10.0.0.{} - - [07/Jun/2023:10:05:43 +0800] \"POST /wx?signature=ab12&nonce={} HTTP/1.1\" 200 7 \"-\" \"Mozilla/4.0\" \"",
        rng.below(256),
        number(rng)
    );
    cat(&[&head, field, &"\" 0.003\n"])
}

/// A line of an access log with `value` in the query.
fn query_log(value: &Traced, rng: &mut Rng) -> Traced {
    let head = format!(
        "10.0.0.{} - - [07/Jun/2023:10:05:43 +0800] \"GET /replay?id={}&body=",
        rng.below(256),
        number(rng)
    );
    cat(&[&head, value, &"&b=2 HTTP/1.1\" 200 7 \"-\" \"curl/8.0\"\n"])
}

fn python_dict(body: &Traced, rng: &mut Rng) -> Traced {
    let head = format!("{} INFO got {{'id': {}, 'body': ", stamp(rng), number(rng));
    cat(&[&head, body, &", 'ok': True}\n"])
}

fn php_array(body: &Traced, rng: &mut Rng) -> Traced {
    let head = format!("array (\n  'id' => {},\n  'body' => ", number(rng));
    cat(&[&head, &escape::php(body), &",\n  'ok' => true,\n)\n"])
}

const SQL_HEAD: &str = "INSERT INTO `wx_log` VALUES ";

fn sql_row(body: &Traced, rng: &mut Rng) -> Traced {
    let head = format!("({},'{}',", number(rng), stamp(rng));
    cat(&[&head, &escape::sql(body), &",NULL,'it\\'s \\\"done\\\"')"])
}

fn csv_row(fields: &[Traced], rng: &mut Rng) -> Traced {
    let fields: Vec<Traced> = fields.iter().map(escape::csv).collect();
    cat(&[
        &stamp(rng),
        &",info,",
        &join(&fields, ","),
        &",\"a \"\"b\"\" c\",7\n",
    ])
}

// HTTP.

const ANSWER: &str =
    "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 7\r\n\r\nsuccess";

fn request(body: &Traced, rng: &mut Rng) -> Traced {
    let head = format!(
        "POST /wx?signature=ab12cd&timestamp=1686103543&nonce={} HTTP/1.1\r\nHost: wx.example.org\r\n\
         User-Agent: Mozilla/4.0\r\nContent-Type: text/xml\r\nContent-Length: {}\r\n\r\n",
        number(rng),
        body.text().len()
    );
    cat(&[&head, body])
}

const HAR_HEAD: &str = "{\n  \"log\": {\n    \"version\": \"1.2\",\n    \"entries\": [\n";
const HAR_END: &str = "\n    ]\n  }\n}\n";

fn har_entry(body: &Traced, rng: &mut Rng) -> Traced {
    let head = format!(
        "      {{\n        \"startedDateTime\": \"{}Z\",\n        \"request\": {{\n          \"method\": \"POST\",\n          \
         \"url\": \"https://wx.example.org/wx?nonce={}\",\n          \"postData\": {{\n            \
         \"mimeType\": \"text/xml\",\n            \"text\": ",
        iso(rng),
        number(rng)
    );
    let tail = "\n          }\n        },\n        \"response\": {\n          \"status\": 200,\n          \
                \"content\": {\n            \"size\": 7,\n            \"text\": \"success\"\n          }\n        }\n      }";
    cat(&[&head, &escape::json(body, JSON), &tail])
}

// Containers.

fn docker(output: &Traced, style: JsonStyle, rng: &mut Rng) -> Traced {
    let records: Vec<Traced> = output
        .lines()
        .iter()
        .map(|line| docker_record(line, "stdout", style, rng))
        .collect();
    join(&records, "")
}

/// A record of Docker's json-file driver.
fn docker_record(log: &Traced, stream: &str, style: JsonStyle, rng: &mut Rng) -> Traced {
    let tail = format!(",\"stream\":\"{stream}\",\"time\":\"{}Z\"}}\n", iso(rng));
    cat(&[&"{\"log\":", &escape::json(log, style), &tail])
}

/// Docker splits long lines; only the last record of a line has its line feed.
fn docker_partial(output: &Traced, rng: &mut Rng) -> Traced {
    let mut records = Vec::new();
    for line in output.lines() {
        for piece in line.pieces(|| 20 + rng.below(200)) {
            records.push(piece);
        }
    }
    let records: Vec<Traced> = records
        .iter()
        .map(|piece| docker_record(piece, "stdout", JSON_HTML, rng))
        .collect();
    join(&records, "")
}

fn docker_mixed(output: &Traced, rng: &mut Rng) -> Traced {
    let mut records = Vec::new();
    for line in output.lines() {
        records.push(docker_record(&line, "stdout", JSON_HTML, rng));
        if rng.one_in(2) {
            let other = Traced::plain("GET /healthz \"200\" <1ms>\n");
            records.push(docker_record(&other, "stderr", JSON_HTML, rng));
        }
    }
    join(&records, "")
}

/// Puts a prefix before each line. Before a line without text it has no blanks at its end.
fn prefixed(output: &Traced, prefix: impl Fn(usize, &mut Rng) -> String, rng: &mut Rng) -> Traced {
    let first = 1 + rng.below(99);
    let lines: Vec<Traced> = output
        .lines()
        .iter()
        .enumerate()
        .map(|(i, line)| match line.text() == "\n" {
            true => cat(&[&prefix(first + i, rng).trim_end().to_owned(), line]),
            false => cat(&[&prefix(first + i, rng), line]),
        })
        .collect();
    join(&lines, "")
}

/// Puts the line `other` after some of the lines.
fn between(lines: &Traced, other: &str, rng: &mut Rng) -> Traced {
    let lines: Vec<Traced> = lines
        .lines()
        .iter()
        .map(|line| match rng.one_in(2) {
            true => cat(&[line, &other]),
            false => line.clone(),
        })
        .collect();
    join(&lines, "")
}

fn cri(output: &Traced, rng: &mut Rng) -> Traced {
    let lines: Vec<Traced> = output
        .lines()
        .iter()
        .map(|line| cri_line(line, "stdout F", rng))
        .collect();
    join(&lines, "")
}

fn cri_line(line: &Traced, tags: &str, rng: &mut Rng) -> Traced {
    cat(&[&format!("{}123456Z {tags} ", iso(rng)), line])
}

/// CRI splits long lines; `P` marks all pieces except the last.
fn cri_partial(output: &Traced, rng: &mut Rng) -> Traced {
    let mut lines = Vec::new();
    for line in output.lines() {
        let mut pieces = with_whole_names(line.pieces(|| 20 + rng.below(200)));
        let mut last = pieces.pop().unwrap_or_default();
        // The line feed, in which a value may begin, must not become a piece of its own.
        if last.text() == "\n" {
            last = cat(&[&pieces.pop().unwrap_or_default(), &last]);
        }
        for piece in pieces {
            lines.push(cri_line(&cat(&[&piece, &"\n"]), "stdout P", rng));
        }
        lines.push(cri_line(&last, "stdout F", rng));
    }
    join(&lines, "")
}

/// Joins pieces that end inside an event's name: nothing else shows a record of wxsub's own.
fn with_whole_names(pieces: Vec<Traced>) -> Vec<Traced> {
    const NAME: &str = "subscribe_msg_";
    let is_cut = |piece: &Traced| (1..NAME.len()).any(|len| piece.text().ends_with(&NAME[..len]));
    let mut joined: Vec<Traced> = Vec::new();
    for piece in pieces {
        match joined.pop_if(|last| is_cut(last)) {
            Some(last) => joined.push(cat(&[&last, &piece])),
            None => joined.push(piece),
        }
    }
    joined
}

fn cri_mixed(output: &Traced, rng: &mut Rng) -> Traced {
    let mut lines = Vec::new();
    for line in output.lines() {
        lines.push(cri_line(&line, "stdout F", rng));
        if rng.one_in(2) {
            lines.push(cri_line(
                &Traced::plain("GET /healthz \"200\" <1ms>\n"),
                "stderr F",
                rng,
            ));
        }
    }
    join(&lines, "")
}
