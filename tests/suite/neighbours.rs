//! Lines that look almost like payloads, and payloads that were cut off, hide no payload after them. Escapes with two
//! readings are read in the only possible way.

use crate::support::escape;
use crate::support::reading::{ReadRecord, read, read_whole};
use crate::support::shapes::shape;
use crate::support::traced::Traced;
use wxsub::Outcome;

/// Returns the records of the callbacks in `text`, which must not depend on the block size.
fn callbacks(text: &str) -> Vec<String> {
    let seen = read_whole(text.as_bytes());
    for block in [1, 7, 64] {
        assert_eq!(read(text.as_bytes(), block), seen, "blocks of {block}");
    }
    let callbacks = seen.into_iter().filter(ReadRecord::is_callback);
    callbacks.map(|seen| seen.line).collect()
}

/// Returns a payload, and its record when it is alone.
fn payload(name: &str) -> (String, Vec<String>) {
    let payload = shape(name).write(2, 1);
    let alone = callbacks(&payload);
    assert_eq!(alone.len(), 1, "{payload}");
    (payload, alone)
}

/// Writes the container log of a printed text.
fn docker(printed: &str) -> String {
    let record = |line: &str| {
        let log = escape::json(&Traced::plain(line), escape::JSON_HTML).text();
        format!("{{\"log\":{log},\"stream\":\"stdout\",\"time\":\"2023-06-07T10:00:00Z\"}}\n")
    };
    printed.split_inclusive('\n').map(record).collect()
}

fn cri(printed: &str) -> String {
    let line = |line: &str| format!("2023-06-07T10:00:00.1Z stdout F {line}");
    printed.split_inclusive('\n').map(line).collect()
}

#[test]
fn an_escaped_name_in_prose_hides_no_line() {
    let before = [
        "it's odd: &lt;ToUserName&gt; is a tag",
        "DEBUG &lt;ToUserName&gt; is a tag [",
        "\"\"ToUserName\"\"",
        "DEBUG \"\"ToUserName\"\" [",
        "DEBUG \"\"ToUserName\"\" <xml",
        "the root is &lt;xml&gt;",
        "DEBUG {&quot; \\\"ToUserName\\\" alone",
    ];
    let (json, expected) = payload("JSON");
    let (xml, of_xml) = payload("XML, pretty");
    for before in before {
        assert_eq!(
            callbacks(&format!("x\n{before}\n{json}\n")),
            expected,
            "{before}"
        );
        for wrapped in [docker(&xml), cri(&xml)] {
            assert_eq!(
                callbacks(&format!("x\n{before}\n{wrapped}\n")),
                of_xml,
                "{before}"
            );
        }
    }
}

#[test]
fn a_bracket_in_prose_hides_no_line() {
    let (json, expected) = payload("JSON");
    for before in ["[\n{\"a\":1}", "DEBUG [ {\"a\":[\"ToUserName\"]}", "[{"] {
        let entry = format!("{{\n  \"time\": \"10:05\",\n  \"body\": {json}\n}}");
        for behind in [cri(&json), docker(&json), entry] {
            let text = format!("{before}\n{behind}\n");
            assert_eq!(callbacks(&text), expected, "{text}");
        }
    }
}

/// Source code is read as JSON up to its first statement, and pages as XML. Their comments are no part of a message.
#[test]
fn payloads_in_comments_are_found() {
    let around = [
        "<!-- \0 -->",
        "<!--\n\0\n-->\n<xml><a/></xml>",
        "<page>\n<!-- one -->\n<!--\n\0\n--></page>",
        "<?xml version='1.0'?>\n<!-- \0 --><p/>",
        "[{\n/* \0 */\n",
        "func push() {\n/*\n\0\n*/\n    reply()\n}\n",
        "function push() {\n  reply();\n  /* \0 */\n}\n",
        "char *bodies[] = {\n/* \0 */\n\"\"\n};\n",
        "{\"a\": {\"b\": [/* \0 */ 1]}}\n",
        "{\n  // one\n  \"a\": 1,\n  /* \0 */\n  /* two */ \"b\": 2\n}\n",
    ];
    for name in ["JSON", "XML, pretty", "XML, no CDATA"] {
        let (payload, expected) = payload(name);
        for around in around {
            let text = around.replace('\0', &payload);
            assert_eq!(callbacks(&text), expected, "{text}");
        }
        for sign in ["// ", "//", " * "] {
            let lines = payload.replace('\n', &format!("\n{sign}"));
            let block = if sign == " * " {
                ("/*\n", "\n */")
            } else {
                ("", "")
            };
            let comment = format!("{}{sign}{lines}{}", block.0, block.1);
            for before in ["func push() {\n", "{\"a\": 1,\n", "[{\n"] {
                let text = format!("{before}{comment}\n    reply()\n}}\n");
                assert_eq!(callbacks(&text), expected, "{text}");
            }
        }
    }
}

/// Splits `text` as programs do that highlight it: after each quote, bracket and separator, and before tags.
fn tokens(text: &str) -> Vec<String> {
    let (mut tokens, mut in_string) = (vec![String::new()], false);
    for c in text.chars() {
        in_string ^= c == '"';
        let begins = !in_string && "<&{}[]:,".contains(c) || in_string && c == '"';
        if begins {
            tokens.push(String::new());
        }
        let last = tokens.last_mut().expect("there is one");
        last.push(c);
        if !in_string && "\">{}[]:,\n ".contains(c) {
            tokens.push(String::new());
        }
    }
    tokens
}

/// Highlights `text`. Line breaks stay outside of the marks.
fn highlighted(text: &str, mark: impl Fn(&str) -> String) -> String {
    let marked = |token: &String| match token.trim_matches('\n') {
        "" => token.clone(),
        solid => token.replace(solid, &mark(solid)),
    };
    tokens(text).iter().map(marked).collect()
}

#[test]
fn highlighted_source_is_read() {
    let html = |text: &str| escape::html(&Traced::plain(text)).text();
    let text_of_html = |text: &str| escape::html_text(&Traced::plain(text)).text();
    for name in [
        "JSON",
        "JSON, pretty",
        "XML",
        "XML, pretty",
        "XML, no CDATA",
    ] {
        let (payload, expected) = payload(name);
        let pygments = highlighted(&payload, |token| {
            format!("<span class=\"nt\">{}</span>", html(token))
        });
        let prism = highlighted(&payload, |token| {
            format!(
                "<span class=\"token property\">{}</span>",
                text_of_html(token)
            )
        });
        let lines = pygments
            .lines()
            .map(|line| format!("<span class=\"line\">{line}</span>"));
        let hexo = lines.collect::<Vec<_>>().join("<br>");
        let terminal = highlighted(&payload, |token| format!("\x1b[38;5;81m{token}\x1b[0m"));
        let texts = [
            format!("<html>\n<p>10:05</p>\n<pre><code>{pygments}</code></pre>\n</html>\n"),
            format!("<pre>var body = {prism}\n</pre>\n"),
            format!("<td class=\"code\"><pre>{hexo}</pre></td>\n"),
            format!("\x1b[34m$ cat body\x1b[0m\n{terminal}\x1b[0m\n"),
            format!("\x1b[34mlet body\x1b[0m = {terminal};\n"),
        ];
        for text in texts {
            assert_eq!(callbacks(&text), expected, "{text}");
        }
    }
}

/// Returns the literals of the lines of `text`, which `quote` writes.
fn literals(text: &str, quote: impl Fn(&str) -> String, between: &str) -> String {
    let lines: Vec<String> = text.split_inclusive('\n').map(quote).collect();
    lines.join(between)
}

#[test]
fn literals_that_source_code_joins_are_read() {
    let java = |line: &str| escape::java(&Traced::plain(line)).text();
    let php = |line: &str| escape::php(&Traced::plain(line.trim_end())).text();
    let basic = |line: &str| format!("\"{}\"", line.trim_end().replace('"', "\"\""));
    for name in [
        "JSON, pretty",
        "XML, pretty",
        "JSON, pretty with tabs and CRLF",
    ] {
        let (payload, expected) = payload(name);
        let texts = [
            format!(
                "String body =\n    {};\n",
                literals(&payload, java, " +\n    ")
            ),
            format!(
                "String body = {};\n",
                literals(&payload, java, "\n        + ")
            ),
            format!(
                "const char *body =\n    {};\n",
                literals(&payload, java, "\n    ")
            ),
            format!("#define BODY {}\n", literals(&payload, java, " \\\n    ")),
            format!("$body = {};\n", literals(&payload, php, " .\n    ")),
            format!("body = {}\n", literals(&payload, basic, " & vbCrLf & _\n")),
            format!("send({}, 1)\n", literals(&payload, java, " + ")),
        ];
        for text in texts {
            assert_eq!(callbacks(&text), expected, "{text}");
        }
    }
}

#[test]
fn a_comment_in_a_message_is_a_part_of_it() {
    let (json, _) = payload("JSON");
    let (xml, _) = payload("XML, pretty");
    for message in [
        format!("{{\"ToUserName\": \"gh_0\", /* {json} */ \"MsgType\": \"text\"}}"),
        format!(
            "{{\"a\": {{\"ToUserName\": \"gh_0\", \"MsgType\": \"text\", /* {xml} */ \"b\": 1}}}}"
        ),
        format!("<xml><ToUserName>gh_0</ToUserName><!-- {xml} --></xml>"),
    ] {
        assert_eq!(callbacks(&message), [""; 0], "{message}");
    }
}

#[test]
fn xml_that_was_cut_off_hides_no_line() {
    let halves = [
        "<xml>\n<ToUserName>gh_0</ToUserName>\n<Event>subscribe_msg_popup_event</Event>",
        "<xml><ToUserName>gh_0",
        "<xml><ToUserName><![CDATA[gh_0]]></ToUserName><Event><![CDATA[subscribe_msg_popup_eve",
    ];
    let (json, of_json) = payload("JSON");
    let (xml, of_xml) = payload("XML, pretty");
    let page = "<p>10:05</p>\n<pre>&#34;a&#34;</pre>";
    for half in halves {
        let odd = format!("a\u{1}\n{json}");
        for behind in [&*odd, &docker(&json), &format!("{json}\n{page}")] {
            let text = format!("INFO body={half}\n{behind}\n");
            assert_eq!(callbacks(&text), of_json, "{text}");
        }
        let literal = escape::java(&Traced::plain(&xml)).text();
        for behind in [cri(&xml), docker(&xml), format!("INFO body={literal}")] {
            let text = format!("INFO body={half}\n{behind}\n");
            assert_eq!(callbacks(&text), of_xml, "{text}");
        }
    }
}

/// `#012` in a JSON string is what a user typed: a JSON string holds no line break.
#[test]
fn xml_that_was_cut_off_in_cdata_hides_no_later_line() {
    let (json, expected) = payload("JSON");
    let cuts = [
        "<xml><ToUserName><![CDATA[gh_",
        "<xml><![CDATA[ab",
        "<xml><ToUserName><![CDATA[gh_0]]></ToUserName><Event><![CDATA[subscribe_msg_popup_eve",
        "<xml><MsgType><![CDATA[event]]></MsgType><List><TemplateId><![CDATA[VR",
    ];
    // Without another CDATA section, the rest of the capture is text of the one that was cut off.
    let later = [json.repeat(3), format!("{json}\n").repeat(30)];
    for (cut, later) in cuts
        .iter()
        .flat_map(|cut| later.iter().map(move |later| (cut, later)))
    {
        for noise in ["", "INFO served\n", &"INFO served\n".repeat(500)] {
            let text = format!("INFO body={cut}\n{noise}{later}\n");
            let count = later.matches(json.as_str()).count();
            assert_eq!(callbacks(&text), vec![expected[0].clone(); count], "{cut}");
        }
    }
}

#[test]
fn rsyslog_escapes_nothing_in_strings_of_json() {
    let typed = r#"Jun  7 app: POST /#015#012#015#012{\"Event\":\"subscribe_msg_popup_event\",\"List\":[]}"#;
    let head =
        r##"Jun  7 10:05:43 web-1 app: body={#012 "ToUserName": "gh_0", "MsgType": "text","##;
    let line = format!("{head}#012 \"Content\": \"{typed}\"#012}}\n");
    let seen = read_whole(line.as_bytes());
    assert_eq!(seen.len(), 1, "{line}");
    assert_eq!(seen[0].outcome, Outcome::Other("text".into()), "{line}");
}

/// Python escapes some characters that JSON does not. The doubled backslashes around them still belong to a literal.
#[test]
fn a_text_of_python_stays_a_text_with_characters_that_cannot_be_seen() {
    let (xml, _) = payload("XML, pretty");
    for unseen in ["\u{2028}", "\u{e6ba9}", "\u{9f}"] {
        let xml = xml.replace("</xml>", &format!("<Remark>a{unseen}</Remark></xml>"));
        let body = escape::json(&Traced::plain(&xml), escape::JSON).text();
        let entry = format!("{{\"time\":\"10:05\",\"body\":{body}}}");
        let line = escape::python_str(&Traced::plain(&entry)).text();
        assert_eq!(
            callbacks(&format!("INFO body={line}\n")),
            callbacks(&xml),
            "{line}"
        );
    }
}

#[test]
fn xml_in_html_begins_at_its_root() {
    let (xml, _) = payload("XML");
    let remark = "<A>{\"ToUserName\":\"a\"}</A><B>a\nb</B>";
    let xml = xml.replacen("<xml>", &format!("<xml>\n{remark}"), 1);
    let expected = callbacks(&xml);
    for escape in [
        escape::html,
        escape::html_text,
        escape::html_decimal,
        escape::html_hex,
    ] {
        let page = escape(&Traced::plain(&xml)).text();
        let text = format!("<p>10:05</p>\n<pre>{page}</pre>\n");
        assert_eq!(callbacks(&text), expected, "{text}");
    }
}

#[test]
fn comments_stand_before_the_first_name_however_escaped() {
    let (json, _) = payload("JSON");
    let json = json.replacen('{', "{// \"a\": {\n", 1);
    let expected = callbacks(&json);
    let twice = escape::html(&escape::html(&Traced::plain(&json))).text();
    assert_eq!(callbacks(&format!("<pre>{twice}</pre>\n")), expected);
}

/// A Docker record that ends in an escaped `\n` is a part of a line.
#[test]
fn a_part_that_ends_in_an_escaped_line_break_goes_on() {
    let (json, expected) = payload("JSON, pretty");
    let body = escape::json(&Traced::plain(&json), escape::JSON).text();
    let line = format!("{{\"time\":\"10:05\",\"body\":{body}}}\n");
    let at = line.find("\\n").expect("it has lines") + 2;
    let (head, tail) = line.split_at(at);
    let text = format!("x\n{}{}", docker(head), docker(tail));
    assert_eq!(callbacks(&text), expected, "{text}");
}
