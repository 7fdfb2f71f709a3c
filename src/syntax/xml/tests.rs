//! Compares the reader based on quick-xml with the oracle.

use proptest::prelude::*;
use proptest::sample::select;

use super::{Reader, oracle};
use crate::finding::{Finding, Findings};
use crate::lang::Lang;
use crate::syntax::{Bytes, Kind, Limits, NodeId, Stop, Syntax, Tree};

/// Everything that a read results in.
#[derive(Debug, PartialEq)]
struct Outcome {
    read: Result<usize, Option<String>>,
    nodes: Vec<(Kind, bool, String, u32, String, String, NodeId)>,
    findings: Vec<String>,
    at: usize,
    is_rooted: bool,
    is_closed: bool,
    open_child: Option<NodeId>,
    plain_text_at: Option<usize>,
}

fn is_plain(name: &str) -> bool {
    matches!(name, "ToUserName" | "A" | "Event")
}

fn shown(finding: &Finding) -> String {
    format!("{:?} {}", finding.span(), finding.message(Lang::En))
}

/// Makes the outcome of a reader. A macro, because the two readers share no trait.
macro_rules! outcome {
    ($reader:expr, $bytes:expr, $limits:expr) => {{
        let (mut reader, bytes): (_, Bytes<'_>) = ($reader, $bytes);
        let (mut tree, mut findings) = (Tree::default(), Findings::default());
        tree.clear(Syntax::Xml);
        let read = reader.read(bytes, &mut tree, &mut findings, $limits, &is_plain);
        let read = read.map_err(|stop| match stop {
            Stop::More => None,
            Stop::Broken(finding) => Some(shown(&finding)),
        });
        // After `More` no caller asks for the state.
        let is_asked = read != Err(None);
        let text = |value| String::from_utf8_lossy(tree.bytes(value, bytes.all)).into_owned();
        let nodes = tree.nodes().iter().map(|node| {
            let (name, value) = (text(node.name), text(node.value));
            let span = format!("{:?}", node.span);
            (
                node.kind,
                node.padded,
                name,
                node.name_at,
                value,
                span,
                node.end,
            )
        });
        let plain = reader.plain_text_at(bytes.all, &tree, &is_plain);
        Outcome {
            nodes: nodes.filter(|_| is_asked).collect(),
            findings: findings
                .as_slice()
                .iter()
                .map(shown)
                .filter(|_| is_asked)
                .collect(),
            at: if is_asked { reader.at() } else { 0 },
            is_rooted: is_asked && reader.is_rooted(),
            is_closed: is_asked && reader.is_closed(),
            open_child: reader.open_child().filter(|_| is_asked),
            plain_text_at: plain.filter(|_| is_asked),
            read,
        }
    }};
}

/// Asserts that both readers agree on `all`, and returns whether it is a document.
#[track_caller]
fn is_read_alike(all: &[u8], limits: &Limits) -> bool {
    let mut is_document = false;
    for last in [false, true] {
        let bytes = Bytes { all, last };
        let ours = outcome!(Reader::new(), bytes, limits);
        let theirs = outcome!(oracle::Reader::new(), bytes, limits);
        assert_eq!(ours, theirs, "{last}: {}", String::from_utf8_lossy(all));
        is_document = ours.read.is_ok();
    }
    is_document
}

const PLAIN: &str = "<xml>\n<ToUserName><![CDATA[gh_0123456789ab]]></ToUserName>\n<CreateTime>1610969440</CreateTime>\n\
    <E>\n <List>\n\t<T><![CDATA[a > b & c]]></T><U>x/y.z</U></List>\n<List><T>1</T>\n</List></E>\n</xml>";
const MIXED: &str = "<?xml version='1.0' encoding=\"UTF-8\"?>\r\n<!-- a - b --><?php x?>\n<xml>\r\n  <A b='1' c = \"&lt;\">\r\n x\ry &amp;\
    <!--c--> \t<![CDATA[]]> z<?p q?>\r\n </A >stray &#x4E2D;<B/><名>订阅</名><C> \r\n </C>\r\n end </xml >";
const TORN: &str = "<xml><ToUserName><![CDATA[gh_01\n<xml><ToUserName><![CDATA[gh_0123456789ab]]></ToUserName></xml>";
const NESTED: &str =
    "<xml><A>1\n<xml>\\n<ToUserName>b</ToUserName></xml></A><X><xml><Y/></xml></X></xml>";
const DOCTYPE: &str = "<!DOCTYPE xml [<!ENTITY a \"b>\"><!-- ' --><?p ]?>]> <?xml version='1.0'?><xml><A>&a;</A></xml>";
const SAMPLES: [&str; 5] = [PLAIN, MIXED, TORN, NESTED, DOCTYPE];

#[test]
fn samples_are_read_alike() {
    let read = SAMPLES.map(|text| is_read_alike(text.as_bytes(), &Limits::default()));
    assert_eq!(read, [true, true, false, false, false]);
}

/// Replaces every byte by meaningful bytes and tokens, inserts them, drops and doubles bytes, and cuts at every length.
#[test]
fn changed_documents_are_read_alike() {
    let limits = Limits::default();
    let mut documents = 0;
    let bytes = b"<>/!?-[]&;#='\"x \r\n\0\x7F\xC3\xAD\xEF\xBB\xBF\xFF".map(|byte| [byte]);
    let tokens: [&[u8]; 6] = [
        b"<!--",
        b"-->",
        b"]]>",
        b"<![CDATA[",
        b"<xml>",
        b"\xEF\xBF\xBE",
    ];
    let changes = bytes.iter().map(|byte| &byte[..]).chain(tokens);
    for text in SAMPLES.map(str::as_bytes) {
        for at in 0..text.len() {
            let mut check = |middle: &[u8], rest: usize| {
                let changed = [&text[..at], middle, &text[rest..]].concat();
                documents += usize::from(is_read_alike(&changed, &limits));
            };
            for change in changes.clone() {
                check(change, at);
                check(change, at + 1);
            }
            check(b"", at + 1);
            check(b"", text.len());
            check(&[text[at], text[at]], at + 1);
        }
    }
    assert!(documents > 5_000, "{documents} of the changed documents");
}

#[test]
fn limits_hold_alike() {
    for text in SAMPLES.map(str::as_bytes) {
        for limit in 0..20 {
            let (values, depth) = (limit, limit);
            is_read_alike(
                text,
                &Limits {
                    values,
                    ..Limits::default()
                },
            );
            is_read_alike(
                text,
                &Limits {
                    depth,
                    ..Limits::default()
                },
            );
        }
    }
}

/// Makes documents of tokens, whole and torn, in any order.
fn tokens() -> impl Strategy<Value = Vec<u8>> {
    const TOKENS: [&[u8]; 48] = [
        b"<xml>",
        b"</xml>",
        b"<A>",
        b"</A>",
        b"<B>",
        b"</B>",
        b"<ToUserName>",
        b"</ToUserName>",
        b"<B/>",
        b"<A x='1'>",
        b"<A x=\"1\" y='2'/>",
        b"<A x='1' x='2'>",
        b"<A x='<'>",
        b"<A x=1>",
        b"<A x='1'y='2'>",
        b"</A >",
        b"< A>",
        b"<!--c-->",
        b"<!-- -- -->",
        b"<!-->",
        b"-->",
        b"<![CDATA[c]]>",
        b"<![CDATA[",
        b"]]>",
        b"<![CDATA[]]>",
        b"<?p q?>",
        b"<?xml version='1.0'?>",
        b"<?p",
        b"?>",
        b"<?XML?>",
        b"<!DOCTYPE a>",
        b"<!doctype",
        b"<!x>",
        b"&lt;",
        b"&#65;",
        b"&#x1F600;",
        b"&#5;",
        b"&#xFFFFFFFFF;",
        b"&foo;",
        b"&",
        b"&#+1;",
        b" ",
        b"\r\n",
        b"text",
        "订阅".as_bytes(),
        b"\xFF",
        b"\xE8\xAE",
        b"\xEF\xBB\xBF",
    ];
    let document = prop::collection::vec(select(&TOKENS[..]), 0..12);
    document.prop_map(|tokens| [b"<xml>", &tokens.concat()[..], b"</xml>"].concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(20_000))]

    #[test]
    fn random_documents_are_read_alike(document in tokens()) {
        is_read_alike(&document, &Limits::default());
        is_read_alike(&document[5..], &Limits::default());
    }
}

/// A mark stands where the tokens begin again after a byte that is not UTF-8.
#[test]
fn a_mark_after_bad_bytes_is_text() {
    let document = b"<xml><!-->\xFF<!-->\xEF\xBB\xBF]]></xml>";
    is_read_alike(document, &Limits::default());
}

/// Reads documents of many tokens, which would take minutes in quadratic time.
#[test]
fn many_small_tokens_take_linear_time() {
    let text =
        "<xml><A>".to_owned() + &"a&lt;\r<!--c--><![CDATA[b]]> ".repeat(20_000) + "</A></xml>";
    assert!(is_read_alike(text.as_bytes(), &Limits::default()));
    let attributes: String = (0..20_000).map(|n| format!(" a{n}='&lt;'")).collect();
    let text = format!("<xml><A{attributes}/></xml>");
    assert!(is_read_alike(text.as_bytes(), &Limits::default()));
}
