//! Recognisers of what WeChat and loggers write nearly always, several times as fast as the readers.
//!
//! The readers of [`json`](super::json) and [`xml`](super::xml) define what is right: they tell every fault by its
//! place, know every tolerance, and can pause. A plain document needs none of that. So before a reader starts, a
//! recogniser tries: it fills the same [`Tree`], node by node the same, or gives up, and then it is as if it had not been
//! there. It knows no names; what it asks of a document is that nothing in it needs a second look. Whatever else comes,
//! the end of the bytes included, is left to the readers.
//!
//! Sixteen bytes are looked at at once ([`block`](super::block)). Strings are mostly shorter than two such blocks, so what
//! counts is how few steps are taken between them.

mod json;
mod xml;

use crate::wire::{Kind, Limits, Syntax, Tree};

/// The length of the document with which `bytes` begin, if it is a plain one; `tree` then holds it, as the reader would
/// have read it. Whether it is text is for the caller to find out.
pub(crate) fn read(
    syntax: Syntax,
    bytes: &[u8],
    tree: &mut Tree,
    limits: &Limits,
) -> Option<usize> {
    let len = match syntax {
        Syntax::Json => read_entry(bytes, tree, limits).filter(|_| !has_escapes(tree)),
        Syntax::Xml => {
            tree.clear(syntax);
            xml::read(bytes, tree, limits).filter(|_| tree.len() <= limits.values)
        }
    };
    if len.is_none() {
        tree.clear(syntax);
    }
    len
}

/// The same for a log entry in JSON, of which texts with escapes are not undone: they are of [`Kind::Escaped`], and
/// their values are the literals.
pub(crate) fn read_entry(bytes: &[u8], tree: &mut Tree, limits: &Limits) -> Option<usize> {
    tree.clear(Syntax::Json);
    json::read(bytes, tree, limits).filter(|_| tree.len() <= limits.values)
}

fn has_escapes(tree: &Tree) -> bool {
    tree.nodes().iter().any(|node| node.kind == Kind::Escaped)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::{Code, Findings};
    use crate::wire::{Bytes, NodeId, Str, json as json_reader, xml as xml_reader};

    /// What the readers alone make of `bytes`.
    fn plain(syntax: Syntax, bytes: &[u8], limits: &Limits) -> Option<(usize, Tree, bool)> {
        let (mut tree, mut findings) = (Tree::default(), Findings::default());
        tree.clear(syntax);
        let bytes = Bytes {
            all: bytes,
            last: true,
        };
        let read = match syntax {
            Syntax::Json => {
                json_reader::Reader::new().read(bytes, &mut tree, &mut findings, limits)
            }
            Syntax::Xml => {
                xml_reader::Reader::new().read(bytes, &mut tree, &mut findings, limits, &|name| {
                    name == "ToUserName"
                })
            }
        };
        let len = read.ok()?;
        if let Syntax::Xml = syntax {
            let text = std::str::from_utf8(&bytes.all[..len]).ok()?;
            xml_reader::check_characters(text).ok()?;
        }
        // An entry's texts are not undone, so what is in them is no finding.
        let mut findings = findings.as_slice().iter();
        let is_clean = findings.all(|finding| finding.code() == Code::LoneSurrogate);
        Some((len, tree, is_clean))
    }

    /// Whether the document is recognised; if so, it must be what the reader makes of it, without a finding.
    #[track_caller]
    fn is_recognised(syntax: Syntax, bytes: &[u8], limits: &Limits) -> bool {
        let mut tree = Tree::default();
        let Some(len) = read(syntax, bytes, &mut tree, limits) else {
            return false;
        };
        let shown = String::from_utf8_lossy(bytes);
        let (expected_len, expected, is_clean) = plain(syntax, bytes, limits)
            .unwrap_or_else(|| panic!("refused by the reader: {shown}"));
        assert!(is_clean, "with findings: {shown}");
        assert_eq!(len, expected_len, "{shown}");
        assert_eq!(tree.nodes(), expected.nodes(), "{shown}");
        true
    }

    const JSON: &str = r#"{"ToUserName":"gh_0123456789ab", "CreateTime":1610969440,"List":[{"a":"订阅","b": 0},{"c":[1,"x"]}],"z":{"y":"A_-9.; :"}}"#;
    const XML: &str = "<xml>\n<ToUserName><![CDATA[gh_0123456789ab]]></ToUserName>\n<CreateTime>1610969440</CreateTime>\n\
        <E>\n <List>\n\t<T><![CDATA[a > b & c]]></T><U>x/y.z</U></List>\n<List><T>1</T>\n</List></E>\n</xml>";

    #[test]
    fn plain_documents_are_recognised() {
        let limits = Limits::default();
        for end in ["", "\n", "}", "</xml>", "{\"next\":1}"] {
            assert!(is_recognised(
                Syntax::Json,
                format!("{JSON}{end}").as_bytes(),
                &limits
            ));
            for xml in [XML, &XML.replace('\n', "\r\n")] {
                assert!(is_recognised(
                    Syntax::Xml,
                    format!("{xml}{end}").as_bytes(),
                    &limits
                ));
            }
        }
    }

    /// Every byte replaced by every byte, taken out, or doubled; every length; and each limit.
    #[test]
    fn whatever_is_recognised_is_what_the_readers_read() {
        let limits = Limits::default();
        let mut recognised = 0;
        for (syntax, text) in [(Syntax::Json, JSON), (Syntax::Xml, XML)] {
            let text = text.as_bytes();
            for at in 0..text.len() {
                let with =
                    |middle: &[u8], rest: usize| [&text[..at], middle, &text[rest..]].concat();
                for byte in 0..=255 {
                    recognised +=
                        usize::from(is_recognised(syntax, &with(&[byte], at + 1), &limits));
                    recognised += usize::from(is_recognised(syntax, &with(&[byte], at), &limits));
                }
                is_recognised(syntax, &with(&[], at + 1), &limits);
                is_recognised(syntax, &with(&[], text.len()), &limits);
            }
            for limit in 0..20 {
                let few = Limits {
                    values: limit,
                    ..limits
                };
                let flat = Limits {
                    depth: limit,
                    ..limits
                };
                is_recognised(syntax, text, &few);
                is_recognised(syntax, text, &flat);
            }
        }
        assert!(recognised > 10_000, "{recognised} of the changed documents");
    }

    /// Whether the entry is recognised; if so, it must be what the reader makes of it, but for texts with escapes.
    #[track_caller]
    fn is_entry(bytes: &[u8], limits: &Limits) -> bool {
        let mut tree = Tree::default();
        let Some(len) = read_entry(bytes, &mut tree, limits) else {
            return false;
        };
        let shown = String::from_utf8_lossy(bytes);
        // Whether it is text is for the caller to find out.
        if std::str::from_utf8(&bytes[..len]).is_err() {
            return true;
        }
        let (expected_len, mut expected, is_clean) = plain(Syntax::Json, bytes, limits)
            .unwrap_or_else(|| panic!("refused by the reader: {shown}"));
        assert!(is_clean, "with findings: {shown}");
        assert_eq!(len, expected_len, "{shown}");
        for id in 0..expected.len() as NodeId {
            let node = expected.node_mut(id);
            let text = node.span.start as usize + 1..(node.span.end as usize).max(1) - 1;
            if node.kind == Kind::Text && bytes[text.clone()].contains(&b'\\') {
                (node.kind, node.value) = (Kind::Escaped, Str::source(text.start, text.end));
            }
        }
        assert_eq!(tree.nodes(), expected.nodes(), "{shown}");
        true
    }

    const ENTRY: &str = r#"{"ts":"2021-01-18", "n": -1.5e3,"ok":true,"none":{}, "list":["订",[],{"a":null}],"body":"{\"a\":\"\u8ba2\\\",\n\"b\":\"<\/x>\"}","half":"\ud83d", "z":0}"#;

    #[test]
    fn plain_entries_are_recognised() {
        for end in ["", "\n", "}", "{\"next\":1}"] {
            assert!(is_entry(
                format!("{ENTRY}{end}").as_bytes(),
                &Limits::default()
            ));
        }
    }

    /// Every byte replaced by every byte, taken out, or doubled; every length; and each limit.
    #[test]
    fn entries_that_are_recognised_are_what_the_reader_reads() {
        let limits = Limits::default();
        let text = ENTRY.as_bytes();
        let mut recognised = 0;
        for at in 0..text.len() {
            let with = |middle: &[u8], rest: usize| [&text[..at], middle, &text[rest..]].concat();
            for byte in 0..=255 {
                recognised += usize::from(is_entry(&with(&[byte], at + 1), &limits));
                recognised += usize::from(is_entry(&with(&[byte], at), &limits));
            }
            is_entry(&with(&[], at + 1), &limits);
            is_entry(&with(&[], text.len()), &limits);
        }
        for limit in 0..20 {
            let (values, depth) = (limit, limit);
            is_entry(text, &Limits { values, ..limits });
            is_entry(text, &Limits { depth, ..limits });
        }
        assert!(recognised > 10_000, "{recognised} of the changed entries");
    }
}
