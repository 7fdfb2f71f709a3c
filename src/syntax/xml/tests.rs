//! Compares the trees of drawn documents with those of roxmltree, and reads documents whose end has not arrived.

use proptest::prelude::*;
use proptest::sample::{Index, select};
use roxmltree::{Document, Node as Element};

use super::Reader;
use crate::finding::{Finding, Findings};
use crate::lang::Lang;
use crate::simd::is_space;
use crate::syntax::{Bytes, Kind, Limits, NodeId, Stop, Syntax, Tree, View};

/// What a read results in.
#[derive(Debug, PartialEq)]
struct Read {
    /// The length of the document, or its error.
    result: Result<usize, String>,
    nodes: Vec<(Kind, bool, String, String, NodeId)>,
    findings: Vec<String>,
    at: usize,
    is_rooted: bool,
    open_child: Option<NodeId>,
    plain_text_at: Option<usize>,
}

fn is_plain(name: &str) -> bool {
    matches!(name, "ToUserName" | "A" | "Event")
}

fn shown(finding: &Finding) -> String {
    format!("{:?} {}", finding.span(), finding.message(Lang::En))
}

/// Reads `bytes`. `None` if the answer depends on bytes that have not arrived.
fn read(bytes: &[u8], last: bool) -> Option<Read> {
    let (mut tree, mut findings) = (Tree::default(), Findings::default());
    let (mut reader, limits) = (Reader::new(), Limits::default());
    let all = Bytes { all: bytes, last };
    let result = match reader.read(all, &mut tree, &mut findings, &limits, &is_plain) {
        Err(Stop::More) => return None,
        Err(Stop::Broken(finding)) => Err(shown(&finding)),
        Ok(len) => Ok(len),
    };
    let text = |value| String::from_utf8_lossy(tree.bytes(value, bytes)).into_owned();
    let nodes = tree.nodes().iter();
    let nodes = nodes.map(|node| {
        let span = format!("{} {:?}", node.name_at, node.span);
        let texts = format!("{} {}", text(node.name), text(node.value));
        (node.kind, node.padded, texts, span, node.end)
    });
    Some(Read {
        result,
        nodes: nodes.collect(),
        findings: findings.as_slice().iter().map(shown).collect(),
        at: reader.at(),
        is_rooted: reader.is_rooted(),
        open_child: reader.open_child(),
        plain_text_at: reader.plain_text_at(bytes, &tree, &is_plain),
    })
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
fn samples_are_documents_or_not() {
    let is_document = |text: &str| read(text.as_bytes(), true).is_some_and(|r| r.result.is_ok());
    assert_eq!(SAMPLES.map(is_document), [true, true, false, false, false]);
}

/// Bytes and tokens that change the meaning of a document wherever they stand.
const TOKENS: &str = "< > / ! ? - [ ] & ; # = ' \" x \\n text 订阅 \u{AD} \0 \u{7F} \u{FEFF} \u{FFFE} <!-- --> ]]> <![CDATA[ \
    <![CDATA[c]]> <xml> </xml> <ToUserName> <A </A> <A> <B/> < A> a='1' a='<' a=1 <?p ?> <?XML?> <!doctype &lt; &#65; \
    &#x1F600; &#5; &#xFFFFFFFFF; &foo; &#+1;";

fn token() -> impl Strategy<Value = Vec<u8>> {
    let blanks = ["", " ", "\r\n"].map(|text| text.as_bytes().to_vec());
    let halves = [vec![0xC3], vec![0xE8, 0xAE], vec![0xFF]];
    let tokens = TOKENS.split(' ').map(|text| text.as_bytes().to_vec());
    select(tokens.chain(blanks).chain(halves).collect::<Vec<_>>())
}

/// Draws a sample in which up to two ranges of up to two bytes are replaced by a token each.
fn changed_samples() -> impl Strategy<Value = Vec<u8>> {
    let change = (any::<Index>(), 0..3usize, token());
    let changes = prop::collection::vec(change, 0..3);
    (select(&SAMPLES[..]), changes).prop_map(|(text, changes)| {
        let mut bytes = text.as_bytes().to_vec();
        for (at, len, token) in changes {
            let start = at.index(bytes.len() + 1);
            let end = bytes.len().min(start + len);
            bytes.splice(start..end, token);
        }
        bytes
    })
}

/// Draws an `<xml>` of tokens in any order.
fn mixed_tokens() -> impl Strategy<Value = Vec<u8>> {
    let tokens = prop::collection::vec(token(), 0..12);
    tokens.prop_map(|tokens| [b"<xml>", &tokens.concat()[..], b"</xml>"].concat())
}

/// Draws the content of an element: text of every kind, and elements `depth` levels deep.
///
/// White space at the ends of CDATA is left out: roxmltree does not tell it from white space between tokens. So is a
/// carriage return before a reference, which roxmltree leaves as it is.
fn content(depth: u32) -> impl Strategy<Value = String> {
    let texts = [
        "",
        " ",
        "\n",
        "\r\n\t",
        "a",
        "订阅",
        " b\r\nc\rd ",
        "]]",
        "&lt;",
        "&amp;&#38;",
        "&#x8BA2;",
        "<![CDATA[<&]] >\r\n.]]>",
        "<![CDATA[d]]]]><![CDATA[>]]>",
        "<!-- <e> -->",
        "<?p q?>",
        "<f/>",
        "<名 />",
    ];
    select(texts.to_vec())
        .prop_map(String::from)
        .prop_recursive(depth, 60, 5, |inner| {
            let tags = [
                ("<List>", "</List>"),
                ("<A\n>", "</A >"),
                ("<b c='1' d = \"&lt;'\">", "</b>"),
            ];
            let content = prop::collection::vec(inner, 0..5);
            (select(tags.to_vec()), content)
                .prop_map(|((open, close), content)| [open, &content.concat(), close].concat())
        })
}

fn documents() -> impl Strategy<Value = String> {
    let prolog = select(vec![
        "",
        "<?xml version='1.0'?>\r\n<!-- a -->",
        "<!----><?p?>",
    ]);
    let content = prop::collection::vec(content(5), 0..6);
    (prolog, content)
        .prop_map(|(prolog, content)| format!("{prolog}<xml>{}</xml>", content.concat()))
}

/// Lists the nodes of our tree: the level, the start of the name, the name, and the text of nodes without children.
///
/// Checks on the way that every node stands inside its parent.
fn our_nodes(view: View<'_>, level: usize, nodes: &mut Vec<(usize, String, String)>) {
    nodes.push((level, view.name().to_owned(), view.value().to_owned()));
    for child in view.children() {
        let (inner, outer) = (child.span(), view.span());
        let written = view
            .text
            .get(inner.range())
            .expect("a range of the document");
        assert!(outer.start <= inner.start && inner.end <= outer.end);
        assert!(!written.starts_with(char::is_whitespace) || child.kind() == Kind::Object);
        our_nodes(child, level + 1, nodes);
    }
}

/// Lists what [`our_nodes`] lists, as roxmltree reads it.
fn their_nodes(element: Element<'_, '_>, level: usize, nodes: &mut Vec<(usize, String, String)>) {
    let has_children = element.children().any(|child| child.is_element());
    let mut text = String::new();
    let parent = nodes.len();
    nodes.push((level, element.tag_name().name().to_owned(), String::new()));
    for child in element.children() {
        text += child.text().filter(|_| child.is_text()).unwrap_or_default();
        if child.is_element() {
            stray_text(&mut text, level, nodes);
            their_nodes(child, level + 1, nodes);
        }
    }
    match has_children {
        true => stray_text(&mut text, level, nodes),
        false => nodes[parent].2 = trimmed(&text),
    }
}

/// Takes the text between two elements as a node without a name, unless it is white space.
fn stray_text(text: &mut String, level: usize, nodes: &mut Vec<(usize, String, String)>) {
    let text = trimmed(&std::mem::take(text));
    if !text.is_empty() {
        nodes.push((level + 1, String::new(), text));
    }
}

fn trimmed(text: &str) -> String {
    let is_blank = |c: char| u8::try_from(c).is_ok_and(is_space);
    text.trim_matches(is_blank).to_owned()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4_000))]

    #[test]
    fn trees_are_those_of_roxmltree(document in documents()) {
        let theirs = Document::parse(&document).expect("a well-formed document");
        let (mut tree, mut findings) = (Tree::default(), Findings::default());
        tree.clear(Syntax::Xml);
        let bytes = Bytes { all: document.as_bytes(), last: true };
        let len = Reader::new().read(bytes, &mut tree, &mut findings, &Limits::default(), &|_| false);
        prop_assert_eq!(len.map_err(|stop| format!("{stop:?}")), Ok(document.len()));

        let (mut our, mut their) = (Vec::new(), Vec::new());
        our_nodes(View::root(&tree, &document), 0, &mut our);
        their_nodes(theirs.root_element(), 0, &mut their);
        prop_assert_eq!(our, their);

        let names = tree.nodes().iter().filter(|node| node.name.len() > 0);
        let names = names.map(|node| node.name_at as usize);
        let elements = theirs.descendants().filter(Element::is_element);
        prop_assert!(names.eq(elements.map(|element| element.range().start + 1)));
    }

    /// What is answered before all bytes have arrived is the answer to all bytes.
    #[test]
    fn answers_do_not_change_when_more_arrives(
        document in prop_oneof![changed_samples(), mixed_tokens()],
    ) {
        let whole = read(&document, true);
        prop_assert!(whole.is_some());
        for cut in 0..document.len() {
            let early = read(&document[..cut], false);
            prop_assert!(early.is_none() || early == whole, "{cut}: {early:?}\n{whole:?}");
        }
    }
}
