//! Well-formed payloads are read. Malformed payloads are refused with the right code in the right place.
//!
//! There are four kinds of tests: tables of cases by production (after the W3C suite and JSONTestSuite), oracles that
//! judge mutated payloads, records that must keep every value, and clocks that tell linear from quadratic time.
//!
//! A case of a table is put into a good payload, as the value of the field `X`. `‸` in a case is removed and marks the
//! place of the finding. A case without the mark may be refused anywhere: an unclosed comment, for example, is noticed
//! at the end of the payload.

use std::cell::Cell;
use std::io;
use std::sync::{LazyLock, Mutex};

use crate::support::cases::count;
use crate::support::clock::Clock;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use proptest::test_runner::{Config, TestRunner};
use wxsub::gate::{Gate, Settings};
use wxsub::output::{Format, JsonLines};
use wxsub::pipeline::{self, Options, Sink, Stop};
use wxsub::{Capture, Code, Limits, Outcome, Record, report};

use crate::support::each::each;

const MARK: char = '‸';

const XML: [&str; 2] = [
    "<xml><ToUserName><![CDATA[gh_123456789abc]]></ToUserName>\
     <FromUserName><![CDATA[otFpruAK8D-E6EfStSYonYSBZ8_4]]></FromUserName><CreateTime>1610969440</CreateTime>\
     <MsgType><![CDATA[event]]></MsgType><Event><![CDATA[subscribe_msg_popup_event]]></Event><X>",
    "</X><SubscribeMsgPopupEvent><List><TemplateId><![CDATA[VRR0UEO9VJOLs0MHlU0OilqX6MVFDwH3_3gz3Oc0NIc]]></TemplateId>\
     <SubscribeStatusString><![CDATA[accept]]></SubscribeStatusString><PopupScene>2</PopupScene></List>\
     </SubscribeMsgPopupEvent></xml>",
];

const JSON: [&str; 2] = [
    "{\"ToUserName\":\"gh_123456789abc\",\"FromUserName\":\"otFpruAK8D-E6EfStSYonYSBZ8_4\",\
     \"CreateTime\":\"1610969440\",\"MsgType\":\"event\",\"Event\":\"subscribe_msg_popup_event\",\"X\":",
    ",\"List\":[{\"TemplateId\":\"VRR0UEO9VJOLs0MHlU0OilqX6MVFDwH3_3gz3Oc0NIc\",\
     \"SubscribeStatusString\":\"accept\",\"PopupScene\":\"2\"}]}",
];

/// A payload, and the place of the finding.
struct Payload {
    bytes: Vec<u8>,
    mark: Option<usize>,
}

impl Payload {
    fn new(text: &str) -> Self {
        Payload {
            bytes: text.replace(MARK, "").into_bytes(),
            mark: text.find(MARK),
        }
    }

    fn around(frame: [&str; 2], case: &str) -> Self {
        Payload::new(&[frame[0], case, frame[1]].concat())
    }

    /// Makes a payload of bytes that are not UTF-8, marked at the first such byte.
    fn not_utf8(frame: [&str; 2], case: &[u8]) -> Self {
        let bytes = [frame[0].as_bytes(), case, frame[1].as_bytes()].concat();
        let mark = std::str::from_utf8(&bytes).map_err(|error| error.valid_up_to());
        Payload {
            mark: mark.err(),
            bytes,
        }
    }

    /// Returns line and column of the mark, counted without wxsub.
    fn marked_place(&self) -> Option<(u64, u64)> {
        let before = std::str::from_utf8(&self.bytes[..self.mark?]).expect("text before the mark");
        let line = before.rsplit('\n').next().unwrap_or_default();
        let lines = before.matches('\n').count();
        Some((lines as u64 + 1, line.chars().count() as u64 + 1))
    }
}

/// The parts of a record that are tested.
#[derive(Clone, Debug, PartialEq)]
struct ReadRecord {
    is_callback: bool,
    is_undecodable: bool,
    codes: Vec<Code>,
    /// Line and column of the first finding.
    place: Option<(u64, u64)>,
    len: usize,
}

impl ReadRecord {
    fn new(record: &Record<'_>) -> Self {
        let findings = record.findings();
        ReadRecord {
            is_callback: record.callback().is_some(),
            is_undecodable: *record.outcome() == Outcome::Undecodable,
            codes: findings.iter().map(|finding| finding.code()).collect(),
            place: findings.first().map(|finding| {
                let place = record.place(finding.span().start);
                (place.line, place.column)
            }),
            len: record.bytes().len(),
        }
    }
}

/// Reads a capture in blocks of `block_size` bytes.
fn in_blocks(bytes: &[u8], block_size: usize) -> Vec<ReadRecord> {
    let options = Options {
        block_size,
        ..Options::default()
    };
    each(bytes, &options, ReadRecord::new)
}

/// Collects failures, to show them all in one run.
#[derive(Default)]
struct Failures(Vec<String>);

impl Failures {
    fn check(&mut self, holds: bool, case: &str, wanted: &str, seen: &dyn std::fmt::Debug) {
        if !holds {
            self.0
                .push(format!("{case:?}: wanted {wanted}, saw {seen:?}"));
        }
    }

    /// Checks that `payload` is read, with exactly these syntax findings.
    fn good(&mut self, case: &str, payload: &Payload, syntax_codes: &[Code]) {
        let seen = ReadRecord::new(&wxsub::decode(&payload.bytes));
        let codes: Vec<Code> = seen.codes.iter().copied().filter(is_of_syntax).collect();
        let holds = seen.is_callback && codes == syntax_codes && seen.len == payload.bytes.len();
        self.check(holds, case, &format!("a callback, {syntax_codes:?}"), &seen);
    }

    /// Checks that `payload` is refused with one of `codes` at the mark, and that nothing in it is taken for a
    /// callback.
    fn refused(&mut self, case: &str, payload: &Payload, codes: &[Code]) {
        let seen = ReadRecord::new(&wxsub::decode(&payload.bytes));
        let is_refused = seen.is_undecodable
            && seen.codes.len() == 1
            && codes.contains(&seen.codes[0])
            && !seen.is_callback;
        if !is_refused {
            return self.check(false, case, &format!("{codes:?}"), &seen);
        }
        if let Some(place) = payload.marked_place() {
            self.check(
                seen.place == Some(place),
                case,
                &format!("{place:?}"),
                &seen,
            );
        }
        for size in [1, 7, 1 << 16] {
            let records = in_blocks(&payload.bytes, size);
            let same = records.first() == Some(&seen) && !records.iter().any(|r| r.is_callback);
            let wanted = format!("the same in blocks of {size}: {seen:?}");
            self.check(same, case, &wanted, &records);
        }
    }

    fn assert_none(self) {
        let Failures(failures) = self;
        assert!(
            failures.is_empty(),
            "{} cases:\n{}",
            failures.len(),
            failures[..failures.len().min(40)].join("\n")
        );
    }
}

/// True if a finding is about the syntax and not about the meaning.
fn is_of_syntax(code: &Code) -> bool {
    !matches!(
        code,
        Code::UnknownField | Code::DuplicateField | Code::UnexpectedAttribute | Code::StrayText
    )
}

/// The cases of a production.
struct Production {
    name: &'static str,
    good: &'static [&'static str],
    broken: &'static [&'static str],
}

const XML_PRODUCTIONS: &[Production] = &[
    Production {
        name: "[2] Char",
        good: &[
            "\t\n\r",
            "\u{20}\u{D7FF}\u{E000}\u{FFFD}",
            "\u{10000}\u{1FFFE}\u{10FFFF}",
            "\u{7F}\u{85}\u{9F}\u{2028}\u{FDD0}",
        ],
        broken: &[
            "‸\u{0}",
            "‸\u{1}",
            "a‸\u{8}b",
            "‸\u{B}",
            "‸\u{C}",
            "‸\u{E}",
            "订\n阅‸\u{1F}",
            "‸\u{FFFE}",
            "‸\u{FFFF}",
            "\u{FFFD}‸\u{FFFF}",
            "‸\u{FFFE}\u{1}",
            "<![CDATA[‸\u{1}]]>",
            "<![CDATA[‸\u{FFFF}]]>",
            "<!-- ‸\u{FFFF} -->",
            "<!-- ‸\u{0} -->",
            "<?a ‸\u{C}?>",
            "<?a b‸\u{FFFE}?>",
            "<a b=\"‸\u{1B}\"/>",
            "<a b=\"‸\u{FFFF}\"/>",
            "<a‸\u{1}/>",
            "<a‸\u{FFFF}/>",
            "<a ‸\u{B}b=\"1\"/>",
            "<a></a‸\u{C}>",
            "‸\u{1}&foo;",
        ],
    },
    Production {
        name: "[5] Name",
        good: &[
            "<_/>",
            "<:/>",
            "<a-b.c_d:e9/>",
            "<é/>",
            "<订阅 消息=\"1\"/>",
            "<a\u{B7}/>",
            "<a\u{300}/>",
            "<a\u{203F}\u{2040}/>",
            "<\u{10000}/>",
            "<\u{EFFFF}></\u{EFFFF}>",
            "<a..--__::/>",
            "<？ ！=\"1\"/>",
        ],
        broken: &[
            "<‸9/>",
            "<‸-a/>",
            "<‸.a/>",
            "<‸\u{B7}a/>",
            "<‸\u{300}a/>",
            "<‸\u{D7}/>",
            "<a‸\u{D7}/>",
            "<a‸\u{F7}/>",
            "<a‸\u{37E}/>",
            "<a‸\u{2000}/>",
            "<a‸\u{3000}/>",
            "<‸\u{F0000}/>",
            "<a‸\u{10FFFF}/>",
            "<‸ a/>",
            "<‸\na/>",
            "<‸>",
            "</‸>",
            "<a‸,b/>",
            "<a‸\"/>",
            "<a‸&amp;/>",
            "<a‸@/>",
            "<a‸(b)/>",
            "<‸%a;/>",
            "<‸$a/>",
            "<a‸\u{2015}/>",
        ],
    },
    Production {
        name: "[10] AttValue, [41] Attribute",
        good: &[
            "<a b=\"1\"/>",
            "<a b='1'/>",
            "<a b=\"'\" c='\"'/>",
            "<a b=\">\"/>",
            "<a b=\"]]>\"/>",
            "<a b=\"-- ?> [\"/>",
            "<a b = \"1\" />",
            "<a\nb\r\n=\t\"1\"\n/>",
            "<a b=\"\"/>",
            "<a b=\"&lt;&#60;&amp;&quot;&apos;\"/>",
            "<a b=\"\n\t\r\"/>",
            "<a b=\"1\" B=\"2\" b1='3'></a>",
            "<a xml:space=\"odd\" xml:lang=''/>",
            "<a b=\"/>\" c=\"=\"/>",
        ],
        broken: &[
            "<a b‸/>",
            "<a b‸></a>",
            "<a b ‸c=\"1\"/>",
            "<a b=‸1/>",
            "<a b=‸></a>",
            "<a b=‸/>",
            "<a b=‸&quot;1&quot;/>",
            "<a b=‸“1”/>",
            "<a b=‸`1`/>",
            "<a b=‸=\"1\"/>",
            "<a b=\"‸<\"/>",
            "<a b=\"x‸</a>\"/>",
            "<a b='‸<!-- -->'/>",
            "<a b=\"‸<![CDATA[x]]>\"/>",
            "<a b=\"‸&\"/>",
            "<a b=\"‸& \"/>",
            "<a b=\"‸&foo;\"/>",
            "<a b=\"‸&#0;\"/>",
            "<a b=\"?a=1‸&b=2\"/>",
            "<a b=\"1\"‸c=\"2\"/>",
            "<a b='1'‸c='2'/>",
            "<a b=\"1\" ‸b=\"2\"/>",
            "<a b='1' c='2' ‸b=\"1\"/>",
            "<a b=\"1\" /‸ >",
            "<a ‸=\"1\"/>",
            "<a ‸\"1\"/>",
            "<a b=\"1\" ‸\"2\"/>",
            "<a b=\"1\"‸\"/>",
            "<a b ‸\"1\"/>",
            "<a ‸1b=\"1\"/>",
            "<a ‸-b=\"1\"/>",
            "<a ‸,b=\"1\"/>",
            "<a b=\"1\"‸, c=\"2\"/>",
            "<a b‸;c=\"1\"/>",
            "<a b=\"1/>‸",
            "<a b='1\"/>‸",
            "<a b=\"1'/>‸",
            "<a b= ‸c=\"1\"/>",
            "<a b=‸”1\"/>",
        ],
    },
    Production {
        name: "[15] Comment",
        good: &[
            "<!---->",
            "<!-- -->",
            "a<!-- x -->b",
            "<!-- < & ]]> <a> &foo; ?> <![CDATA[ -->",
            "<!-- - - a-b-->",
            "<!-->-->",
            "<!--->-->",
            "<!--->\n-->",
            "<!--订阅-->",
            "<!--<?xml version=\"1.0\"?>-->",
            "<!--<!DOCTYPE a>-->",
            "<!----><!---->",
        ],
        broken: &[
            "<!-- a ‸-- b -->",
            "<!-- a ‸--->",
            "<!--‸---->",
            "<!--‸--->",
            "<!-- a ‸-- >",
            "<!-- ‸--\n>",
            "<!-- <!‸-- a --> -->",
            "<!-- a ‸--!>",
            "<!-- a",
            "<!-- a ->",
            "<!-- a –>",
            "<!-->",
            "<!--->",
            "<!-",
            "‸<!- a -->",
            "‸<! -- a -->",
            "‸<!a-->",
            "‸<!>",
            "‸<!ELEMENT a ANY>",
            "‸<!ATTLIST a b CDATA #IMPLIED>",
            "‸<!ENTITY e \"x\">",
            "‸<!NOTATION n SYSTEM \"x\">",
            "<a ‸<!-- x --> b=\"1\"/>",
            "<a></a‸<!-- x -->>",
        ],
    },
    Production {
        name: "[16] PI",
        good: &[
            "<?a?>",
            "<?a ?>",
            "<?a b?>",
            "<?a  ?b??>",
            "<?a <b> & &foo; ]]> -- <!-- ?>",
            "<?xml-stylesheet href=\"a\"?>",
            "<?xmla?>",
            "<?xm l?>",
            "<?a:b c?>",
            "<?a\n?>",
            "<?_ 订阅?>",
            "<?a > ?>",
        ],
        broken: &[
            "<?‸?>",
            "<?‸ ?>",
            "<?‸ a?>",
            "<?‸1?>",
            "<?‸-a?>",
            "<?‸\u{D7}?>",
            "<?a‸\"b\"?>",
            "<?a‸/?>",
            "<?a‸>?>",
            "<?a‸?b?>",
            "<?a‸<b/>?>",
            "<?a‸,?>",
            "‸<?xml?>",
            "‸<?xml version=\"1.0\"?>",
            "a‸<?xml version=\"1.0\" encoding=\"UTF-8\"?>",
            "<?‸XML a?>",
            "<?‸xMl?>",
            "<?‸Xml version=\"1.0\"?>",
            "<?a b",
            "<?a b>",
            "<?a b/>",
            "<?a b? >",
            "<?",
        ],
    },
    Production {
        name: "[18] CDSect",
        good: &[
            "<![CDATA[]]>",
            "<![CDATA[ <a> & &foo; -- ?> <? </X> ]]>",
            "<![CDATA[]]]>",
            "<![CDATA[]]]]>",
            "<![CDATA[]]]]><![CDATA[>]]>",
            "<![CDATA[ ]] > ]>]]>",
            "<![CDATA[>]]>",
            "<![CDATA[<![CDATA[]]>",
            "<![CDATA[<![CDATA[a]]><![CDATA[b]]>",
            "a<![CDATA[b]]>c",
            "<![CDATA[\u{10FFFF}\u{85}]]>",
            "<![CDATA[&#0;]]>",
            "<![CDATA[<!DOCTYPE a>]]>",
            "<![CDATA[<?xml version=\"1.0\"?>]]>",
        ],
        broken: &[
            "‸<![cdata[a]]>",
            "‸<![CData[a]]>",
            "‸<![CDATA [a]]>",
            "‸<![ CDATA[a]]>",
            "‸<! [CDATA[a]]>",
            "‸<!CDATA[a]]>",
            "‸<![CDATA]>",
            "‸<![INCLUDE[a]]>",
            "‸<![IGNORE[a]]>",
            "<‸[CDATA[a]]>",
            "<![CDATA[a]]>‸]]>",
            "<![CDATA[<![CDATA[a]]>‸]]>",
            "<![CDATA[<![CDATA[a]]>]]<!-- -->>]‸]]>",
            "<a b=\"1\" ‸<![CDATA[x]]>/>",
        ],
    },
    Production {
        name: "[14] CharData",
        good: &[
            ">",
            "a > b",
            "]]",
            "]>",
            "]] >",
            "]]&gt;",
            "]]&#62;",
            "]]<!-- -->>",
            "]]<b/>>",
            "]<![CDATA[]]>]>",
            "\"' / = ? ! - % #",
            "<a>1</a>2<b/>3",
        ],
        broken: &[
            "‸]]>",
            "a‸]]>b",
            "]‸]]>",
            "‸]]>]]>",
            "&gt;‸]]>",
            "<a>‸]]></a>",
            "<a/>\n‸]]>",
            "<‸",
            "a <‸ b",
            "a <‸= b",
            "I <‸3 it",
            "<‸<a/>",
            "<a><‸</a>",
            "a<‸&lt;",
        ],
    },
    Production {
        name: "[66] CharRef",
        good: &[
            "&#65;",
            "&#x41;",
            "&#x10FFFF;",
            "&#9;&#10;&#13;&#32;",
            "&#0065;&#x0041;",
            "&#xD7FF;&#xE000;&#xFFFD;",
            "&#x1F600;&#128512;",
            "&#xaB;",
            "&#127;&#x85;",
            "&#00000000000000000000000000000000000000000000000000000000000000000000000000000065;",
        ],
        broken: &[
            "‸&#0;",
            "‸&#x0;",
            "‸&#8;",
            "‸&#31;",
            "‸&#xB;",
            "‸&#12;",
            "‸&#xD800;",
            "‸&#xDFFF;",
            "‸&#xD83D;&#xDE00;",
            "‸&#xFFFE;",
            "‸&#65535;",
            "‸&#x110000;",
            "‸&#1114112;",
            "‸&#4294967361;",
            "‸&#x100000041;",
            "‸&#18446744073709551681;",
            "‸&#;",
            "‸&#x;",
            "‸&#X41;",
            "‸&#x4G;",
            "‸&#6a;",
            "‸&#-65;",
            "‸&#+65;",
            "‸&#x+41;",
            "‸&# 65;",
            "‸&# x41;",
            "‸&#x 41;",
            "‸&#65",
            "‸&#65 ;",
            "‸&#65&#66;",
            "‸&x41;",
            "‸&#x٤;",
            "‸&#１;",
            "‸&##65;",
            "a‸&#1;b",
        ],
    },
    Production {
        name: "[68] EntityRef",
        good: &[
            "&lt;&gt;&amp;&apos;&quot;",
            "&amp;foo;",
            "&amp;#0;",
            "&lt;a>",
            "%foo;",
            "&amp;amp;",
        ],
        broken: &[
            "‸&foo;",
            "‸&nbsp;",
            "‸&copy;",
            "‸&AMP;",
            "‸&Lt;",
            "‸&xml;",
            "‸&a:b;",
            "‸&é;",
            "‸&",
            "a ‸& b",
            "‸&&amp;",
            "‸&;",
            "‸&.a;",
            "‸&1;",
            "‸&-;",
            "‸&amp",
            "‸&amp&lt;",
            "‸& amp;",
            "‸&amp ;",
            "‸&am<!-- -->p;",
            "?x=1‸&y=2",
        ],
    },
    Production {
        name: "[39] element, [40] STag, [42] ETag, [44] EmptyElemTag",
        good: &[
            "<a/>",
            "<a />",
            "<a\t/>",
            "<a></a>",
            "<a ></a >",
            "<a\r\n></a\n>",
            "<A></A>",
            "<a><a/></a>",
            "<a><b/><b/><c><d>1</d></c></a>",
            "<a>1<b>2</b>3</a>",
            "",
            " ",
        ],
        broken: &[
            "<a>‸</A>",
            "<a>‸</b>",
            "<a>‸</aa>",
            "<aa>‸</a>",
            "<a:b>‸</b>",
            "<a><b>‸</a></b>",
            "<a>‸",
            "<a><b></b>‸",
            "‸</a>",
            "<a/>‸</a>",
            "<a></a>‸</a>",
            "</X>‸",
            "‸</xml>",
            "<a></a‸/>",
            "<a></a ‸b=\"1\">",
            "<a></a ‸/>",
            "<a></‸ a>",
            "<a></‸>",
            "<a></‸/a>",
            "<a></‸1>",
            "<a></a‸",
            "<a></a‸<b/>",
            "<a/‸ >",
            "<a/‸/>",
            "<a/‸b>",
            "<a ‸<b/>",
            "<a‸<b/>",
            "<a‸!>",
            "<a‸?>",
            "<a‸=1/>",
            "<a‸",
            "<a ‸",
            "<a/‸",
            "<a ‸?/>",
        ],
    },
];

#[test]
fn xml_by_production() {
    let mut failures = Failures::default();
    for production in XML_PRODUCTIONS {
        for case in production.good {
            let name = format!("{}: {case}", production.name);
            failures.good(&name, &Payload::around(XML, case), &[]);
        }
        for case in production.broken {
            let name = format!("{}: {case}", production.name);
            failures.refused(&name, &Payload::around(XML, case), &[Code::MalformedXml]);
        }
    }
    failures.assert_none();
}

/// A DOCTYPE is always refused, with any content and in any place.
#[test]
fn doctypes_are_refused() {
    let inside = [
        "‸<!DOCTYPE a>",
        "‸<!doctype a>",
        "‸<!DocType a SYSTEM \"a.dtd\">",
        "‸<!DOCTYPE a [<!ENTITY e \"x\">]>",
        "<a/>‸<!DOCTYPE",
    ];
    let before = [
        "‸<!DOCTYPE xml>@",
        "‸<!DOCTYPE xml []>@",
        "<?xml version=\"1.0\"?>\n‸<!DOCTYPE xml SYSTEM \"file:///etc/passwd\">\n@",
        "<!-- c -->‸<!doctype xml>@",
        "‸<!DOCTYPE xml [<!ENTITY e SYSTEM \"file:///etc/passwd\">]>@",
        "‸<!DOCTYPE xml [<!ENTITY e \">\"><!-- ]> ' --><?a ]>?>]>@",
        "‸<!DOCTYPE xml [<!ENTITY a \"&b;&b;\"><!ENTITY b \"&a;\">]><!-- c -->@",
        "‸<!DOCTYPE xml PUBLIC '-//\"' \"'\"><?a?>@",
    ];
    let mut failures = Failures::default();
    for case in inside {
        let payload = Payload::around(XML, case);
        failures.refused(case, &payload, &[Code::DoctypeForbidden]);
    }
    for case in before {
        let payload = Payload::new(&case.replace('@', &XML.concat()));
        failures.refused(case, &payload, &[Code::DoctypeForbidden]);
    }
    failures.assert_none();
}

/// Documents that are read. `@` stands for a good payload.
const GOOD_DOCUMENTS: &[&str] = &[
    "@",
    "<?xml version=\"1.0\"?>@",
    "<?xml version='1.0'?>@",
    "<?xml version=\"1.0\" ?>@",
    "<?xml\tversion\n=\r\n\"1.0\"\n?>@",
    "<?xml version=\"1.1\"?>@",
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>@",
    "<?xml version='1.0' encoding='utf-8' standalone='yes' ?>@",
    "<?xml version=\"1.0\" standalone='no'?>@",
    "<?xml version=\"1.0\"?><?a b?>@",
    "<?xml version=\"1.0\"?>\n<!-- c -->\n<?a b?>\n@",
    "<!-- c -->@",
    "<!-- <xml> -->\n@",
    "<!-- ' -->\n<!-- \" -->@",
];

/// Prologs that XML 1.0 forbids.
const BROKEN_PROLOGS: &[&str] = &[
    "‸<?xml?>@",
    "‸<?xml ?>@",
    "‸<?xml version=\"2.0\"?>@",
    "‸<?xml version=\"1.\"?>@",
    "‸<?xml version=\"1.0a\"?>@",
    "‸<?xml version=\" 1.0\"?>@",
    "‸<?xml version=1.0?>@",
    "‸<?xml version=\"1.0'?>@",
    "‸<?xml version=\"1.0\" encoding=UTF-8?>@",
    "‸<?xml version=\"1.0\"encoding=\"UTF-8\"?>@",
    "‸<?xml version=\"1.0\", encoding=\"UTF-8\"?>@",
    "‸<?xml encoding=\"UTF-8\"?>@",
    "‸<?xml encoding=\"UTF-8\" version=\"1.0\"?>@",
    "‸<?xml version=\"1.0\" standalone=\"yes\" encoding=\"UTF-8\"?>@",
    "‸<?xml version=\"1.0\" encoding=\"\"?>@",
    "‸<?xml version=\"1.0\" encoding=\"1utf\"?>@",
    "‸<?xml version=\"1.0\" encoding=\"UTF 8\"?>@",
    "‸<?xml version=\"1.0\" standalone=\"YES\"?>@",
    "‸<?xml version=\"1.0\" standalone=\"\"?>@",
    "‸<?xml version=\"1.0\" version=\"1.0\"?>@",
    "‸<?xml version=\"1.0\" valid=\"no\"?>@",
    "‸<?xml VERSION=\"1.0\"?>@",
    "‸<?xml version=\"1.0\">@",
    "<!-- c -->‸<?xml version=\"1.0\"?>@",
    "<?xml version=\"1.0\"?>‸<?xml version=\"1.0\"?>@",
    "<?xml version=\"1.0\"?><?‸XML version=\"1.0\"?>@",
    "<?xml version=\"1.0\"?><!-- a ‸-- b -->@",
    "<?xml version=\"1.0\"?><?‸1?>@",
];

#[test]
fn good_documents() {
    let mut failures = Failures::default();
    for case in GOOD_DOCUMENTS {
        let payload = Payload::new(&case.replace('@', &XML.concat()));
        failures.good(case, &payload, &[]);
    }
    failures.assert_none();
}

#[test]
fn broken_prologs() {
    let mut failures = Failures::default();
    for case in BROKEN_PROLOGS {
        let payload = Payload::new(&case.replace('@', &XML.concat()));
        failures.refused(case, &payload, &[Code::MalformedXml]);
    }
    failures.assert_none();
}

/// Text beside the root is not part of the document: the payload is read, with a finding.
#[test]
fn beside_the_root() {
    let cases = [
        "text @",
        "@text",
        "@&lt;",
        "@&foo;",
        "@<a/>",
        "@<a></a>",
        "@<b",
        "@]]>",
        "@>",
        "@<![CDATA[]]>",
        "@\u{1}",
        "@</xml>",
        "@@",
        "<a/>@",
        "</a>@",
        "@<?xml version=\"1.0\"?>",
        "@<!DOCTYPE xml>",
        "<![CDATA[]]>@",
        "&lt;@",
        "<a>@</a>",
    ];
    let mut failures = Failures::default();
    for case in cases {
        let payload = Payload::new(&case.replace('@', &XML.concat()));
        let seen = ReadRecord::new(&wxsub::decode(&payload.bytes));
        let has_finding = seen.codes.iter().any(is_of_syntax);
        failures.check(
            seen.is_callback && has_finding,
            case,
            "a callback and a finding",
            &seen,
        );
    }
    failures.assert_none();
}

/// Text beside the object is not part of the payload: the payload is read, with a finding.
#[test]
fn beside_the_object() {
    let cases = [
        "text @",
        "@text",
        "@,",
        "@}",
        "@]",
        "@{}",
        "@[]",
        "@1",
        "@#",
        "@\"",
        "@@",
        "@ @",
        "@\n@",
        "{}@",
        "[]@",
        "@:",
        "@/",
        "@{\"a\"",
        "\"@",
        "@\u{2060}",
    ];
    let mut failures = Failures::default();
    for case in cases {
        let payload = Payload::new(&case.replace('@', &[JSON[0], "1", JSON[1]].concat()));
        let seen = ReadRecord::new(&wxsub::decode(&payload.bytes));
        let has_finding = seen.codes.iter().any(is_of_syntax);
        failures.check(
            seen.is_callback && has_finding,
            case,
            "a callback and a finding",
            &seen,
        );
    }
    failures.assert_none();
}

/// A case and its name in JSONTestSuite. Names with `x_` are our own cases.
type Named = (&'static str, &'static str);

const JSON_GOOD: &[Named] = &[
    ("y_array_arraysWithSpaces", "[[]   ]"),
    ("y_array_empty-string", r#"[""]"#),
    ("y_array_empty", "[]"),
    ("y_array_ending_with_newline", "[\"a\"]\n"),
    ("y_array_false", "[false]"),
    ("y_array_heterogeneous", r#"[null, 1, "1", {}]"#),
    ("y_array_null", "[null]"),
    ("y_array_with_1_and_newline", "[1\n]"),
    ("y_array_with_leading_space", " [1]"),
    ("y_array_with_several_null", "[1,null,null,null,2]"),
    ("y_array_with_trailing_space", "[2] "),
    ("y_number", "[123e65]"),
    ("y_number_0e+1", "[0e+1]"),
    ("y_number_0e1", "[0e1]"),
    ("y_number_after_space", "[ 4]"),
    (
        "y_number_double_close_to_zero",
        "[-0.000000000000000000000000000000000000000000000000000000000001]",
    ),
    ("y_number_int_with_exp", "[20e1]"),
    ("y_number_minus_zero", "[-0]"),
    ("y_number_negative_int", "[-123]"),
    ("y_number_negative_one", "[-1]"),
    ("y_number_real_capital_e", "[1E22]"),
    ("y_number_real_capital_e_neg_exp", "[1E-2]"),
    ("y_number_real_capital_e_pos_exp", "[1E+2]"),
    ("y_number_real_exponent", "[123e45]"),
    ("y_number_real_fraction_exponent", "[123.456e78]"),
    ("y_number_real_neg_exp", "[1e-2]"),
    ("y_number_real_pos_exponent", "[1e+2]"),
    ("y_number_simple_int", "[123]"),
    ("y_number_simple_real", "[123.456789]"),
    ("y_object", r#"{"asd":"sdf", "dfg":"fgh"}"#),
    ("y_object_basic", r#"{"asd":"sdf"}"#),
    ("y_object_duplicated_key", r#"{"a":"b","a":"c"}"#),
    ("y_object_duplicated_key_and_value", r#"{"a":"b","a":"b"}"#),
    ("y_object_empty", "{}"),
    ("y_object_empty_key", r#"{"":0}"#),
    ("y_object_escaped_null_in_key", r#"{"foo\u0000bar": 42}"#),
    (
        "y_object_extreme_numbers",
        r#"{ "min": -1.0e+28, "max": 1.0e+28 }"#,
    ),
    (
        "y_object_long_strings",
        r#"{"x":[{"id": "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"}], "id": "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"}"#,
    ),
    ("y_object_simple", r#"{"a":[]}"#),
    (
        "y_object_string_unicode",
        r#"{"title":"\u041f\u043e\u043b\u0442\u043e\u0440\u0430"}"#,
    ),
    ("y_object_with_newlines", "{\n\"a\": \"b\"\n}"),
    (
        "y_string_1_2_3_bytes_UTF-8_sequences",
        r#"["\u0060\u012a\u12AB"]"#,
    ),
    ("y_string_accepted_surrogate_pair", r#"["\uD801\udc37"]"#),
    (
        "y_string_accepted_surrogate_pairs",
        r#"["\ud83d\ude39\ud83d\udc8d"]"#,
    ),
    ("y_string_allowed_escapes", r#"["\"\\\/\b\f\n\r\t"]"#),
    ("y_string_backslash_and_u_escaped_zero", r#"["\\u0000"]"#),
    ("y_string_backslash_doublequotes", r#"["\""]"#),
    ("y_string_comments", r#"["a/*b*/c/*d//e"]"#),
    ("y_string_double_escape_a", r#"["\\a"]"#),
    ("y_string_double_escape_n", r#"["\\n"]"#),
    ("y_string_escaped_control_character", r#"["\u0012"]"#),
    ("y_string_escaped_noncharacter", r#"["\uFFFF"]"#),
    ("y_string_in_array", r#"["asd"]"#),
    ("y_string_in_array_with_leading_space", r#"[ "asd"]"#),
    ("y_string_last_surrogates_1_and_2", r#"["\uDBFF\uDFFF"]"#),
    ("y_string_nbsp_uescaped", r#"["new\u00A0line"]"#),
    ("y_string_nonCharacterInUTF-8_U+10FFFF", "[\"\u{10FFFF}\"]"),
    ("y_string_nonCharacterInUTF-8_U+FFFF", "[\"\u{FFFF}\"]"),
    ("y_string_null_escape", r#"["\u0000"]"#),
    ("y_string_one-byte-utf-8", r#"["\u002c"]"#),
    ("y_string_pi", r#"["π"]"#),
    (
        "y_string_reservedCharacterInUTF-8_U+1BFFF",
        "[\"\u{1BFFF}\"]",
    ),
    ("y_string_simple_ascii", r#"["asd "]"#),
    ("y_string_space", "\" \""),
    ("y_string_surrogates_U+1D11E", r#"["\uD834\uDd1e"]"#),
    ("y_string_three-byte-utf-8", r#"["\u0821"]"#),
    ("y_string_two-byte-utf-8", r#"["\u0123"]"#),
    ("y_string_u+2028_line_sep", "[\"\u{2028}\"]"),
    ("y_string_u+2029_par_sep", "[\"\u{2029}\"]"),
    ("y_string_uEscape", r#"["\u0061\u30af\u30EA\u30b9"]"#),
    ("y_string_uescaped_newline", r#"["new\u000Aline"]"#),
    ("y_string_unescaped_char_delete", "[\"\u{7f}\"]"),
    ("y_string_unicode", r#"["\uA66D"]"#),
    ("y_string_unicodeEscapedBackslash", r#"["\u005C"]"#),
    ("y_string_unicode_2", r#"["⍂㈴⍂"]"#),
    ("y_string_unicode_U+10FFFE_nonchar", r#"["\uDBFF\uDFFE"]"#),
    ("y_string_unicode_U+1FFFE_nonchar", r#"["\uD83F\uDFFE"]"#),
    ("y_string_unicode_U+200B_ZERO_WIDTH_SPACE", r#"["\u200B"]"#),
    ("y_string_unicode_U+2064_invisible_plus", r#"["\u2064"]"#),
    ("y_string_unicode_U+FDD0_nonchar", r#"["\uFDD0"]"#),
    ("y_string_unicode_U+FFFE_nonchar", r#"["\uFFFE"]"#),
    ("y_string_unicode_escaped_double_quote", r#"["\u0022"]"#),
    ("y_string_utf8", r#"["€𝄞"]"#),
    ("y_string_with_del_character", "[\"a\u{7f}a\"]"),
    ("y_structure_lonely_false", "false"),
    ("y_structure_lonely_int", "42"),
    ("y_structure_lonely_negative_real", "-0.1"),
    ("y_structure_lonely_null", "null"),
    ("y_structure_lonely_string", r#""asd""#),
    ("y_structure_lonely_true", "true"),
    ("y_structure_string_empty", r#""""#),
    ("y_structure_trailing_newline", "[\"a\"]\n"),
    ("y_structure_true_in_array", "[true]"),
    ("y_structure_whitespace_array", " [] "),
    ("i_number_double_huge_neg_exp", "[123.456e-789]"),
    (
        "i_number_huge_exp",
        "[0.4e00669999999999999999999999999999999999999999999999999999999999999999999999999999999]",
    ),
    ("i_number_neg_int_huge_exp", "[-1e+9999]"),
    ("i_number_pos_double_huge_exp", "[1.5e+9999]"),
    ("i_number_real_neg_overflow", "[-123123e100000]"),
    ("i_number_real_pos_overflow", "[123123e100000]"),
    ("i_number_real_underflow", "[123e-10000000]"),
    (
        "i_number_too_big_neg_int",
        "[-123123123123123123123123123123]",
    ),
    ("i_number_too_big_pos_int", "[100000000000000000000]"),
    (
        "i_number_very_big_negative_int",
        "[-237462374673276894279832749832423479823246327846]",
    ),
    (
        "x_whitespace",
        "\t\r\n [\t\r\n 1\t\r\n ,\t\r\n 2\t\r\n ]\t\r\n ",
    ),
    ("x_whitespace_in_object", "{ \"a\"\t:\n1\r,\"b\" : 2 }"),
    ("x_literals_glued", "[true,false,null]"),
    ("x_string_slash", r#"["/","\/","//","/*"]"#),
    ("x_string_markup", r#"["<xml><ToUserName>","]]>","&foo;"]"#),
    (
        "x_string_payload",
        r#"["{\"ToUserName\":1,\"Event\":\"subscribe_msg_sent_event\"}"]"#,
    ),
    ("x_zero_fraction", "[0.0,0.10,-0.0e-0]"),
];

/// The tolerated cases. `‸` marks the finding.
const JSON_TOLERATED: &[(Code, Named)] = &[
    (
        Code::LoneSurrogate,
        ("i_object_key_lone_2nd_surrogate", r#"{"‸\uDFAA":0}"#),
    ),
    (
        Code::LoneSurrogate,
        ("i_string_1st_surrogate_but_2nd_missing", r#"["‸\uDADA"]"#),
    ),
    (
        Code::LoneSurrogate,
        (
            "i_string_1st_valid_surrogate_2nd_invalid",
            r#"["‸\uD888\u1234"]"#,
        ),
    ),
    (
        Code::LoneSurrogate,
        (
            "i_string_incomplete_surrogate_and_escape_valid",
            r#"["‸\uD800\n"]"#,
        ),
    ),
    (
        Code::LoneSurrogate,
        ("i_string_incomplete_surrogate_pair", r#"["‸\uDd1ea"]"#),
    ),
    (
        Code::LoneSurrogate,
        (
            "i_string_incomplete_surrogates_escape_valid",
            r#"["‸\uD800\uD800\n"]"#,
        ),
    ),
    (
        Code::LoneSurrogate,
        ("i_string_invalid_lonely_surrogate", r#"["‸\ud800"]"#),
    ),
    (
        Code::LoneSurrogate,
        ("i_string_invalid_surrogate", r#"["‸\ud800abc"]"#),
    ),
    (
        Code::LoneSurrogate,
        (
            "i_string_inverted_surrogates_U+1D11E",
            r#"["‸\uDd1e\uD834"]"#,
        ),
    ),
    (
        Code::LoneSurrogate,
        ("i_string_lone_second_surrogate", r#"["‸\uDFAA"]"#),
    ),
    (
        Code::LoneSurrogate,
        ("x_half_behind_a_pair", r#"["\uD83D\uDE00‸\uD83D"]"#),
    ),
    (Code::TrailingComma, ("n_array_extra_comma", r#"[""‸,]"#)),
    (Code::TrailingComma, ("n_array_number_and_comma", "[1‸,]")),
    (
        Code::TrailingComma,
        ("n_object_trailing_comma", r#"{"id":0‸,}"#),
    ),
    (Code::TrailingComma, ("x_comma_and_space", "[[]‸, \n\t ]")),
    (
        Code::TrailingComma,
        ("x_comma_alone_on_its_line", "{\"a\":1\n‸,\n}"),
    ),
    (
        Code::JsonComment,
        ("n_object_trailing_comment", r#"{"a":"b"}‸/**/"#),
    ),
    (
        Code::JsonComment,
        ("n_object_trailing_comment_slash_open", "{\"a\":\"b\"}‸//\n"),
    ),
    (
        Code::JsonComment,
        (
            "n_structure_object_with_comment",
            r#"{"a":‸/*comment*/"b"}"#,
        ),
    ),
    (Code::JsonComment, ("x_comment_before", "‸/* x */1")),
    (
        Code::JsonComment,
        ("x_comment_before_colon", r#"{"a"‸/* : */:1}"#),
    ),
    (
        Code::JsonComment,
        ("x_comment_before_name", "{‸// \"b\":2,\n\"a\":1}"),
    ),
    (Code::JsonComment, ("x_comment_in_empty_array", "[‸/*]*/]")),
    (Code::JsonComment, ("x_comment_of_stars", "[1‸/***/]")),
    (
        Code::JsonComment,
        ("x_comment_begins_twice", "[1‸/* /* */]"),
    ),
    (
        Code::JsonComment,
        ("x_comment_of_stars_and_slash", "[1‸/* * / ** */]"),
    ),
    (
        Code::JsonComment,
        ("x_comment_over_lines", "[1‸/*\n//\n*/,2]"),
    ),
    (
        Code::JsonComment,
        ("x_comment_behind_number", "-1.5e3‸/**/"),
    ),
    (Code::JsonComment, ("x_comment_behind_literal", "true‸//\n")),
    (
        Code::JsonComment,
        ("x_comment_with_quote", "[1‸// it's \"\n]"),
    ),
    (
        Code::JsonComment,
        ("x_comment_in_chinese", "[1‸//文档中…\r\n]"),
    ),
];

const JSON_BROKEN: &[Named] = &[
    ("n_array_1_true_without_comma", "[1 ‸true]"),
    ("n_array_colon_instead_of_comma", r#"[""‸: 1]"#),
    ("n_array_comma_after_close", r#"[""],‸"#),
    ("n_array_comma_and_number", "[‸,1]"),
    ("n_array_double_comma", "[1,‸,2]"),
    ("n_array_double_extra_comma", r#"["x",‸,]"#),
    ("n_array_extra_close", r#"["x"]‸]"#),
    ("n_array_incomplete", r#"["x""#),
    ("n_array_incomplete_invalid_value", "[‸x"),
    ("n_array_inner_array_no_comma", "[‸3[4]]"),
    ("n_array_items_separated_by_semicolon", "[1‸:2]"),
    ("n_array_just_comma", "[‸,]"),
    ("n_array_just_minus", "[‸-]"),
    ("n_array_missing_value", r#"[   ‸, ""]"#),
    ("n_array_newlines_unclosed", "[\"a\",\n4\n,1,‸"),
    ("n_array_number_and_several_commas", "[1,‸,]"),
    ("n_array_spaces_vertical_tab_formfeed", "[\"‸\u{b}a\"\u{c}]"),
    ("n_array_star_inside", "[‸*]"),
    ("n_array_unclosed", r#"[""#),
    ("n_array_unclosed_trailing_comma", "[1,‸"),
    ("n_array_unclosed_with_new_lines", "[1,\n1\n,1"),
    ("n_array_unclosed_with_object_inside", "[{}"),
    ("n_incomplete_false", "[‸fals]"),
    ("n_incomplete_null", "[‸nul]"),
    ("n_incomplete_true", "[‸tru]"),
    ("n_multidigit_number_then_00", "‸123\u{0}"),
    ("n_number_++", "[‸++1234]"),
    ("n_number_+1", "[‸+1]"),
    ("n_number_+Inf", "[‸+Inf]"),
    ("n_number_-01", "[‸-01]"),
    ("n_number_-1.0.", "[‸-1.0.]"),
    ("n_number_-2.", "[‸-2.]"),
    ("n_number_-NaN", "[‸-NaN]"),
    ("n_number_.-1", "[‸.-1]"),
    ("n_number_.2e-3", "[‸.2e-3]"),
    ("n_number_0.1.2", "[‸0.1.2]"),
    ("n_number_0.3e+", "[‸0.3e+]"),
    ("n_number_0.3e", "[‸0.3e]"),
    ("n_number_0.e1", "[‸0.e1]"),
    ("n_number_0_capital_E+", "[‸0E+]"),
    ("n_number_0_capital_E", "[‸0E]"),
    ("n_number_0e+", "[‸0e+]"),
    ("n_number_0e", "[‸0e]"),
    ("n_number_1.0e+", "[‸1.0e+]"),
    ("n_number_1.0e-", "[‸1.0e-]"),
    ("n_number_1.0e", "[‸1.0e]"),
    ("n_number_1_000", "[1 ‸000.0]"),
    ("n_number_1eE2", "[‸1eE2]"),
    ("n_number_2.e+3", "[‸2.e+3]"),
    ("n_number_2.e-3", "[‸2.e-3]"),
    ("n_number_2.e3", "[‸2.e3]"),
    ("n_number_9.e+", "[‸9.e+]"),
    ("n_number_-00.0", "[‸-00.0]"),
    ("n_number_-00e0", "[‸-00e0]"),
    ("n_number_00.0", "[‸00.0]"),
    ("n_number_00e0", "[‸00e0]"),
    ("n_number_Inf", "[‸Inf]"),
    ("n_number_NaN", "[‸NaN]"),
    ("n_number_U+FF11_fullwidth_digit_one", "[‸１]"),
    ("n_number_expression", "[‸1+2]"),
    ("n_number_hex_1_digit", "[‸0x1]"),
    ("n_number_hex_2_digits", "[‸0x42]"),
    ("n_number_infinity", "[‸Infinity]"),
    ("n_number_invalid+-", "[‸0e+-1]"),
    ("n_number_invalid-negative-real", "[‸-123.123foo]"),
    ("n_number_minus_infinity", "[‸-Infinity]"),
    ("n_number_minus_sign_with_trailing_garbage", "[‸-foo]"),
    ("n_number_minus_space_1", "[‸- 1]"),
    ("n_number_neg_int_starting_with_zero", "[‸-012]"),
    ("n_number_neg_real_without_int_part", "[‸-.123]"),
    ("n_number_neg_with_garbage_at_end", "[‸-1x]"),
    ("n_number_real_garbage_after_e", "[‸1ea]"),
    ("n_number_real_without_fractional_part", "[‸1.]"),
    ("n_number_starting_with_dot", "[‸.123]"),
    ("n_number_with_alpha", "[‸1.2a-3]"),
    ("n_number_with_alpha_char", "[‸1.8011670033376514H-308]"),
    ("n_number_with_leading_zero", "[‸012]"),
    ("n_object_bad_value", r#"["x", ‸truth]"#),
    ("n_object_bracket_key", r#"{‸[: "x"}"#),
    ("n_object_comma_instead_of_colon", r#"{"x"‸, null}"#),
    ("n_object_double_colon", r#"{"x":‸:"b"}"#),
    ("n_object_emoji", "{‸🇨🇭}"),
    ("n_object_garbage_at_end", r#"{"a":"a" ‸123}"#),
    ("n_object_key_with_single_quotes", "{‸key: 'value'}"),
    ("n_object_missing_colon", r#"{"a" ‸b}"#),
    ("n_object_missing_key", r#"{‸:"b"}"#),
    ("n_object_missing_semicolon", r#"{"a" ‸"b"}"#),
    ("n_object_missing_value", r#"{"a":‸"#),
    ("n_object_no-colon", r#"{"a"‸"#),
    ("n_object_non_string_key", "{‸1:1}"),
    (
        "n_object_non_string_key_but_huge_number_instead",
        "{‸9999E9999:1}",
    ),
    ("n_object_repeated_null_null", "{‸null:null,null:null}"),
    ("n_object_several_trailing_commas", r#"{"id":0,‸,,,,}"#),
    ("n_object_single_quote", "{‸'a':0}"),
    ("n_object_trailing_comment_open", r#"{"a":"b"}/**/‸/"#),
    ("n_object_trailing_comment_slash_open", r#"{"a":"b"}//"#),
    (
        "n_object_trailing_comment_slash_open_incomplete",
        r#"{"a":"b"}‸/"#,
    ),
    ("n_object_two_commas_in_a_row", r#"{"a":"b",‸,"c":"d"}"#),
    ("n_object_unquoted_key", r#"{‸a: "b"}"#),
    ("n_object_unterminated-value", r#"{"a":"a"#),
    ("n_object_with_single_string", r#"{ "foo" : "bar", "a" ‸}"#),
    ("n_object_with_trailing_garbage", r#"{"a":"b"}‸#"#),
    ("n_single_space", " ‸"),
    ("n_string_1_surrogate_then_escape", r#"["\uD800\"]"#),
    ("n_string_1_surrogate_then_escape_u", r#"["\uD800‸\u"]"#),
    ("n_string_1_surrogate_then_escape_u1", r#"["\uD800‸\u1"]"#),
    ("n_string_1_surrogate_then_escape_u1x", r#"["\uD800‸\u1x"]"#),
    ("n_string_accentuated_char_no_quotes", "[‸é]"),
    ("n_string_backslash_00", "[\"‸\\\u{0}\"]"),
    ("n_string_escape_x", r#"["‸\x00"]"#),
    ("n_string_escaped_backslash_bad", r#"["\\\"]"#),
    ("n_string_escaped_ctrl_char_tab", "[\"‸\\\t\"]"),
    ("n_string_escaped_emoji", r#"["‸\🌀"]"#),
    ("n_string_incomplete_escape", r#"["\"]"#),
    ("n_string_incomplete_escaped_character", r#"["‸\u00A"]"#),
    ("n_string_incomplete_surrogate", r#"["\uD834‸\uDd"]"#),
    (
        "n_string_incomplete_surrogate_escape_invalid",
        r#"["\uD800\uD800‸\x"]"#,
    ),
    ("n_string_invalid_backslash_esc", r#"["‸\a"]"#),
    ("n_string_invalid_unicode_escape", r#"["‸\uqqqq"]"#),
    ("n_string_leading_uescaped_thinspace", r#"[‸\u0020"asd"]"#),
    ("n_string_no_quotes_with_bad_escape", r"[‸\n]"),
    ("n_string_octal_escape", r#"["‸\033[0m"]"#),
    ("n_string_single_doublequote", r#"""#),
    ("n_string_single_quote", "[‸'single quote']"),
    ("n_string_single_string_no_double_quotes", "‸abc"),
    ("n_string_start_escape_unclosed", r#"["\"#),
    ("n_string_unescaped_ctrl_char", "[\"a‸\u{0}a\"]"),
    ("n_string_unescaped_newline", "[\"new‸\nline\"]"),
    ("n_string_unescaped_tab", "[\"‸\t\"]"),
    ("n_string_unicode_CapitalU", r#""‸\UA66D""#),
    ("n_string_with_trailing_garbage", r#"""‸x"#),
    ("n_structure_U+2060_word_joined", "[‸\u{2060}]"),
    ("n_structure_UTF8_BOM_no_data", "‸\u{FEFF}"),
    ("n_structure_angle_bracket_.", "‸<.>"),
    ("n_structure_angle_bracket_null", "[‸<null>]"),
    ("n_structure_array_trailing_garbage", "[1]‸x"),
    ("n_structure_array_with_extra_array_close", "[1]‸]"),
    ("n_structure_array_with_unclosed_string", r#"["asd]"#),
    ("n_structure_ascii-unicode-identifier", "‸aå"),
    ("n_structure_capitalized_True", "[‸True]"),
    ("n_structure_close_unopened_array", "1‸]"),
    (
        "n_structure_comma_instead_of_closing_brace",
        r#"{"x": true,‸"#,
    ),
    ("n_structure_double_array", "[]‸[]"),
    ("n_structure_end_array", "‸]"),
    ("n_structure_lone-open-bracket", "[‸"),
    ("n_structure_no_data", "‸"),
    ("n_structure_null-byte-outside-string", "[‸\u{0}]"),
    ("n_structure_number_with_trailing_garbage", "‸2@"),
    ("n_structure_object_unclosed_no_value", r#"{"":‸"#),
    (
        "n_structure_object_with_trailing_garbage",
        r#"{"a": true} ‸"x""#,
    ),
    ("n_structure_open_array_apostrophe", "[‸'"),
    ("n_structure_open_array_comma", "[‸,"),
    ("n_structure_open_array_open_object", "[{‸"),
    ("n_structure_open_array_open_string", r#"["a"#),
    ("n_structure_open_array_string", r#"["a""#),
    ("n_structure_open_object", "{‸"),
    ("n_structure_open_object_close_array", "{‸]"),
    ("n_structure_open_object_comma", "{‸,"),
    ("n_structure_open_object_open_array", "{‸["),
    ("n_structure_open_object_open_string", r#"{"a"#),
    ("n_structure_open_object_string_with_apostrophes", "{‸'a'"),
    ("n_structure_open_open", r#"["‸\{["\{["\{["\{"#),
    ("n_structure_single_star", "‸*"),
    ("n_structure_trailing_#", r#"{"a":"b"}‸#{}"#),
    ("n_structure_uescaped_LF_before_string", r#"[‸\u000A""]"#),
    ("n_structure_unclosed_array", "[1"),
    ("n_structure_unclosed_array_partial_null", "[ false, ‸nul"),
    (
        "n_structure_unclosed_array_unfinished_false",
        "[ true, ‸fals",
    ),
    (
        "n_structure_unclosed_array_unfinished_true",
        "[ false, ‸tru",
    ),
    ("n_structure_unclosed_object", r#"{"asd":"asd""#),
    ("n_structure_unicode-identifier", "‸å"),
    ("n_structure_whitespace_U+2060_word_joiner", "[‸\u{2060}]"),
    ("n_structure_whitespace_formfeed", "[‸\u{c}]"),
    ("i_structure_UTF-8_BOM_empty_object", "‸\u{FEFF}{}"),
    ("x_full_width_comma", "[\"a\"‸，\"b\"]"),
    ("x_full_width_comma_behind_number", "[‸1，2]"),
    ("x_full_width_colon", "{\"a\"‸：1}"),
    ("x_vertical_tab", "[‸\u{b}]"),
    ("x_escape_in_key", r#"{"‸\a":1}"#),
    ("x_control_in_key", "{\"a‸\u{1f}\":1}"),
    ("x_escape_u+", r#"["‸\u+123"]"#),
    ("x_escape_u_space", r#"["‸\u 123"]"#),
    ("x_escape_u_non_ascii", r#"["‸\u１２"]"#),
    ("x_escape_u_brace", r#"["‸\u{61}"]"#),
    ("x_escape_v", r#"["‸\v"]"#),
    ("x_escape_quote", r#"["‸\'"]"#),
    ("x_escaped_line_break", "[\"‸\\\n\"]"),
    ("x_undefined", "[‸undefined]"),
    ("x_nullnull", "[‸nullnull]"),
    ("x_true1", "[‸true1]"),
    ("x_NULL", "[‸NULL]"),
    ("x_1e5.5", "[‸1e5.5]"),
    ("x_1_000_underscore", "[‸1_000]"),
    ("x_1n", "[‸1n]"),
    ("x_--1", "[‸--1]"),
    ("x_0b1", "[‸0b1]"),
    ("x_two_strings", r#"["a" ‸"b"]"#),
    ("x_object_in_place_of_comma", r#"[{}‸{}]"#),
    ("x_array_closed_as_object", "[1‸}"),
    ("x_object_closed_as_array", r#"{"a":1‸]"#),
    ("x_object_leading_comma", r#"{‸,"a":1}"#),
    ("x_object_only_comma", "{‸,}"),
    ("x_comma_comment_comma", "[1,/**/‸,]"),
    ("x_comment_unclosed", "[1/* ]"),
    ("x_comment_half_closed", "[1/* * / ]"),
    ("x_comment_hash", "[1 ‸# x\n]"),
    ("x_comment_html", "[1 ‸<!-- x -->]"),
    ("x_comment_semicolon", "[1 ‸; x\n]"),
    ("x_comment_slash", "[1 ‸/ 2]"),
    ("x_comment_in_number", "[1/**/‸2]"),
    ("x_comment_in_literal", "[‸tr/**/ue]"),
    ("x_comment_in_comment", "[1/* /**/ ‸*/]"),
    ("x_backslash_between", r"[1,‸\"),
];

/// Bytes that are not UTF-8 inside a string.
const JSON_NOT_UTF8: &[(&str, &[u8])] = &[
    (
        "i_string_UTF-8_invalid_sequence",
        b"[\"\xE6\x97\xA5\xD1\x88\xFA\"]",
    ),
    ("i_string_UTF8_surrogate_U+D800", b"[\"\xED\xA0\x80\"]"),
    ("i_string_invalid_utf-8", b"[\"\xFF\"]"),
    ("i_string_iso_latin_1", b"[\"\xE9\"]"),
    ("i_string_lone_utf8_continuation_byte", b"[\"\x81\"]"),
    ("i_string_not_in_unicode_range", b"[\"\xF4\xBF\xBF\xBF\"]"),
    ("i_string_overlong_sequence_2_bytes", b"[\"\xC0\xAF\"]"),
    (
        "i_string_overlong_sequence_6_bytes",
        b"[\"\xFC\x83\xBF\xBF\xBF\xBF\"]",
    ),
    (
        "i_string_overlong_sequence_6_bytes_null",
        b"[\"\xFC\x80\x80\x80\x80\x80\"]",
    ),
    ("i_string_truncated-utf-8", b"[\"\xE0\xFF\"]"),
    (
        "n_object_lone_continuation_byte_in_key_and_trailing_comma",
        b"{\"\xB9\":\"0\",}",
    ),
    ("x_behind_an_escape", b"[\"\\n\xFF\\n\"]"),
    ("x_in_a_comment", b"[1/*\xFF*/]"),
];

/// Bytes that are not UTF-8 outside of strings: both a wrong token and wrong text.
const JSON_NOT_UTF8_OUTSIDE: &[(&str, &[u8])] = &[
    ("n_array_a_invalid_utf8", b"[a\xE5]"),
    ("n_array_invalid_utf8", b"[\xFF]"),
    ("n_number_invalid-utf-8-in-bigger-int", b"[123\xE5]"),
    ("n_number_invalid-utf-8-in-exponent", b"[1e1\xE5]"),
    ("n_number_invalid-utf-8-in-int", b"[0\xE5]\n"),
    ("n_number_real_with_invalid_utf8_after_e", b"[1e\xE5]"),
    ("n_string_invalid-utf-8-in-escape", b"[\"\\u\xE5\"]"),
    ("n_string_invalid_utf8_after_escape", b"[\"\\\xE5\"]"),
    ("n_structure_incomplete_UTF8_BOM", b"\xEF\xBB{}"),
    ("n_structure_lone-invalid-utf-8", b"\xE5"),
    ("n_structure_single_eacute", b"\xE9"),
];

const XML_NOT_UTF8: &[&[u8]] = &[
    b"\xFF",
    b"\xFE",
    b"a\x80",
    b"\xC0\x80",
    b"\xC1\xBF",
    b"\xE0\x80\x80",
    b"\xED\xA0\x80",
    b"\xED\xBF\xBF",
    b"\xF4\x90\x80\x80",
    b"\xF8\x88\x80\x80\x80",
    b"\xE8\xAE",
    b"\xC3<a/>",
    b"<![CDATA[\xFF]]>",
    b"<!-- \xFF -->",
    b"<?a \xFF?>",
    b"<a b=\"\xFF\"/>",
    b"<a b=\"\xE8\xAE\"/>",
    b"&lt;\xFF&foo;",
    b"\xD2\xBB\xB8\xF6",
];

#[test]
fn json_suite() {
    let mut failures = Failures::default();
    for (name, case) in JSON_GOOD {
        failures.good(name, &Payload::around(JSON, case), &[]);
    }
    for (name, case) in JSON_BROKEN {
        failures.refused(name, &Payload::around(JSON, case), &[Code::MalformedJson]);
    }
    failures.assert_none();
}

#[test]
fn json_tolerances() {
    let mut failures = Failures::default();
    for (code, (name, case)) in JSON_TOLERATED {
        let payload = Payload::around(JSON, case);
        failures.good(name, &payload, &[*code]);
        let record = wxsub::decode(&payload.bytes);
        let finding = record
            .findings()
            .iter()
            .find(|finding| finding.code() == *code);
        let place = finding.map(|finding| record.place(finding.span().start));
        let seen = place.map(|place| (place.line, place.column));
        failures.check(
            seen == payload.marked_place(),
            name,
            "the marked place",
            &seen,
        );
    }
    failures.assert_none();
}

#[test]
fn depth_is_limited_and_not_by_the_stack() {
    let mut failures = Failures::default();
    let cases = [
        (
            "i_structure_500_nested_arrays",
            "[".repeat(500) + &"]".repeat(500),
        ),
        ("n_structure_100000_opening_arrays", "[".repeat(100_000)),
        ("n_structure_open_array_object", "[{\"\":".repeat(50_000)),
    ];
    for (name, case) in cases {
        failures.refused(name, &Payload::around(JSON, &case), &[Code::LimitExceeded]);
    }
    let elements = "<a>".repeat(100_000) + &"</a>".repeat(100_000);
    failures.refused(
        "elements",
        &Payload::around(XML, &elements),
        &[Code::LimitExceeded],
    );
    failures.assert_none();
}

#[test]
fn what_is_not_utf8_is_refused() {
    let mut failures = Failures::default();
    for case in XML_NOT_UTF8 {
        let name = String::from_utf8_lossy(case);
        failures.refused(
            &name,
            &Payload::not_utf8(XML, case),
            &[Code::InvalidEncoding],
        );
    }
    for (name, case) in JSON_NOT_UTF8 {
        failures.refused(
            name,
            &Payload::not_utf8(JSON, case),
            &[Code::InvalidEncoding],
        );
    }
    for (name, case) in JSON_NOT_UTF8_OUTSIDE {
        let payload = Payload {
            mark: None,
            ..Payload::not_utf8(JSON, case)
        };
        failures.refused(
            name,
            &payload,
            &[Code::InvalidEncoding, Code::MalformedJson],
        );
    }
    failures.assert_none();
}

/// Bytes that are not UTF-8 are refused, even before the names that make the object a message.
#[test]
fn what_is_not_utf8_is_refused_wherever_it_stands() {
    let text = [JSON[0], "1", JSON[1]].concat();
    let mut failures = Failures::default();
    for (at, _) in text.match_indices(|c: char| c.is_ascii_alphanumeric()) {
        let mut bytes = text.clone().into_bytes();
        bytes[at] = 0xFF;
        let payload = Payload {
            bytes,
            mark: Some(at),
        };
        let name = format!("0xFF at {at}: {}", &text[at.saturating_sub(8)..at]);
        failures.refused(
            &name,
            &payload,
            &[Code::InvalidEncoding, Code::MalformedJson],
        );
    }
    failures.assert_none();
}

/// The verdicts of an oracle and of wxsub.
enum Verdicts {
    Compared {
        ours: bool,
        theirs: bool,
    },
    /// The oracles are wrong or disagree, or wxsub deliberately reads the payload differently.
    Apart,
}

/// True if `bytes` are one well-formed payload and nothing else. `None` if wxsub does not decide that.
fn is_one_payload(bytes: &[u8]) -> Option<bool> {
    let mut capture = Capture::new(bytes);
    let records: Vec<_> = capture
        .by_ref()
        .map(|record| record.expect("memory does not fail"))
        .collect();
    let has_noise = capture.stats().noise() > 0;
    let codes = || {
        records
            .iter()
            .flat_map(|record| record.findings())
            .map(|finding| finding.code())
    };
    // Other readers do not know which values are ids.
    let is_wrapped = |finding: &wxsub::Finding| {
        let message = finding.message(wxsub::Lang::En);
        message.ends_with("has a line break inside")
    };
    let mut findings = records.iter().flat_map(|record| record.findings());
    if codes().any(|code| code == Code::LimitExceeded) || findings.any(is_wrapped) {
        return None;
    }
    // Printed objects and pasted text are read, but are not JSON.
    if codes().any(|code| matches!(code, Code::PrintedObject | Code::Typographic)) {
        return Some(false);
    }
    let is_broken = codes().any(|code| {
        matches!(
            code,
            Code::MalformedXml
                | Code::MalformedJson
                | Code::InvalidEncoding
                | Code::DoctypeForbidden
        )
    });
    match records.as_slice() {
        [] => None,
        [record] => {
            Some(!is_broken && !has_noise && record.bytes().len() == bytes.trim_ascii().len())
        }
        _ => Some(false),
    }
}

/// A change that a user may make to a payload.
#[derive(Clone, Debug)]
enum Edit {
    Delete(Index, usize),
    Insert(Index, Vec<u8>),
    Duplicate(Index, usize, Index),
    Truncate(Index),
    Swap(Index, Index),
}

impl Edit {
    fn apply(&self, bytes: &mut Vec<u8>) {
        let at = |index: &Index, bytes: &[u8]| index.index(bytes.len() + 1);
        let part = |index: &Index, len: usize, bytes: &[u8]| {
            let start = at(index, bytes);
            start..bytes.len().min(start + len)
        };
        match self {
            Edit::Delete(index, len) => drop(bytes.drain(part(index, *len, bytes))),
            Edit::Insert(index, new) => {
                drop(bytes.splice(part(index, 0, bytes), new.iter().copied()))
            }
            Edit::Duplicate(from, len, to) => {
                let copy = bytes[part(from, *len, bytes)].to_vec();
                bytes.splice(part(to, 0, bytes), copy);
            }
            Edit::Truncate(index) => bytes.truncate(at(index, bytes)),
            Edit::Swap(..) if bytes.is_empty() => {}
            Edit::Swap(a, b) => {
                let len = bytes.len();
                bytes.swap(a.index(len), b.index(len));
            }
        }
    }
}

fn edits(alphabet: &'static [&'static [u8]]) -> impl Strategy<Value = Vec<Edit>> {
    let index = any::<Index>;
    let insert =
        (index(), select(alphabet)).prop_map(|(at, bytes)| Edit::Insert(at, bytes.to_vec()));
    let any_byte = (index(), any::<u8>()).prop_map(|(at, byte)| Edit::Insert(at, vec![byte]));
    let edit = prop_oneof![
        6 => insert,
        1 => any_byte,
        3 => (index(), 1..4usize).prop_map(|(at, len)| Edit::Delete(at, len)),
        2 => (index(), 1..40usize, index()).prop_map(|(from, len, to)| Edit::Duplicate(from, len, to)),
        1 => (index(), index()).prop_map(|(a, b)| Edit::Swap(a, b)),
        1 => index().prop_map(Edit::Truncate),
    ];
    prop::collection::vec(edit, 1..3)
}

/// Mutates the middle of each of `payloads`, and compares wxsub's verdicts with `judge`.
///
/// `PROPTEST_CASES` sets the number of cases.
fn hold_against(
    name: &str,
    payloads: &'static [(&'static str, &'static str, &'static str)],
    alphabet: &'static [&'static [u8]],
    judge: fn(&[u8]) -> Verdicts,
) {
    let (compared, good) = (Cell::new(0), Cell::new(0));
    let strategy = (select(payloads), edits(alphabet));
    let cases = count(4096) as u32;
    let config = Config {
        cases,
        failure_persistence: None,
        ..Config::default()
    };
    let result = TestRunner::new(config).run(&strategy, |((head, body, tail), edits)| {
        let mut middle = body.as_bytes().to_vec();
        edits.iter().for_each(|edit| edit.apply(&mut middle));
        let bytes = [head.as_bytes(), &middle, tail.as_bytes()].concat();
        if let Verdicts::Compared { ours, theirs } = judge(&bytes) {
            compared.set(compared.get() + 1);
            good.set(good.get() + u32::from(theirs));
            prop_assert_eq!(ours, theirs, "{}", bytes.escape_ascii());
        }
        Ok(())
    });
    let shares = [compared.get(), good.get()].map(|n| 100 * n / cases);
    println!(
        "{name}: {cases} mutations, {}% compared, {}% well-formed",
        shares[0], shares[1]
    );
    if let Err(error) = result {
        panic!("{name}: {error}");
    }
    assert!(
        shares[0] >= 70,
        "only {}% of the mutations were compared",
        shares[0]
    );
    assert!(
        (8..=60).contains(&shares[1]),
        "{}% well-formed tell little",
        shares[1]
    );
}

const XML_ALPHABET: &[&[u8]] = &[
    b"<",
    b">",
    b"/",
    b"&",
    b";",
    b"!",
    b"?",
    b"-",
    b"--",
    b"[",
    b"]",
    b"]]>",
    b"\"",
    b"'",
    b"=",
    b" ",
    b"\n",
    b"\t",
    b"\r",
    b"a",
    b"x",
    b"1",
    b"#",
    b".",
    b"_",
    b"<a>",
    b"</a>",
    b"<a/>",
    b"<b c='1'>",
    b"</b>",
    b" d=\"2\"",
    b" c='3'",
    b"<!--",
    b"-->",
    b"<!-- e -->",
    b"<![CDATA[",
    b"<![CDATA[f]]>",
    b"<?g ?>",
    b"<?",
    b"?>",
    b"<?xml ?>",
    b"&lt;",
    b"&amp;",
    b"&#65;",
    b"&#x41;",
    b"&#0;",
    b"&#xFFFF;",
    b"&h;",
    b"\0",
    b"\x0B",
    b"\x1F",
    b"\x7F",
    b"\xC3\xA9",
    b"\xC2\xB7",
    b"\xE8\xAE\xA2",
    b"\xEF\xBF\xBE",
    b"\xEF\xBF\xBF",
    b"\xEF\xBB\xBF",
    b"\xF0\x9F\x98\x80",
    b"\xFF",
    b"\xED\xA0\x80",
];

const XML_PAYLOADS: &[(&str, &str, &str)] = &[
    (
        "<xml><ToUserName>gh_123456789abc</ToUserName><FromUserName><![CDATA[o]]></FromUserName>",
        "<X><a b=\"1\" c='2'>x &amp; y<!-- z - --></a><b><![CDATA[<&]] >]]></b><c/>&#65;&#x42;</X><?d e?>",
        "<MsgType>event</MsgType><Event>subscribe_msg_sent_event</Event></xml>",
    ),
    (
        "<xml>",
        "<ToUserName><![CDATA[gh_1]]></ToUserName><MsgType><![CDATA[event]]></MsgType>\n<Event>subscribe_msg_popup_event</Event>\
         <List><TemplateId>a&lt;b</TemplateId></List>",
        "</xml>",
    ),
    (
        "<xml><MsgType>event</MsgType><Event>subscribe_msg_change_event</Event>",
        "<é ü='ö'>]]&gt;</é><A x = '&quot;' ><![CDATA[a]]]]><![CDATA[>]]></A ><!----><?p?><?q  ?r??><B\n/>",
        "</xml>",
    ),
    (
        "<?xml version=\"1.0\"?>\n<xml><MsgType>text</MsgType>",
        "<Content>\r\n> ] ' \" = &gt; <!--&--></Content>",
        "</xml>\n",
    ),
];

#[test]
fn mutated_xml_is_judged_as_oracles_judge_it() {
    hold_against("XML", XML_PAYLOADS, XML_ALPHABET, judge_xml);
}

fn judge_xml(bytes: &[u8]) -> Verdicts {
    match (is_one_payload(bytes), xml_oracles(bytes)) {
        (Some(ours), Some(theirs)) if !is_read_differently(bytes) => {
            Verdicts::Compared { ours, theirs }
        }
        _ => Verdicts::Apart,
    }
}

/// The verdict of roxmltree and the `xml` crate. `None` if they disagree.
fn xml_oracles(bytes: &[u8]) -> Option<bool> {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return Some(false);
    };
    let by_roxmltree = roxmltree::Document::parse(text).is_ok();
    let mut events = xml::EventReader::new(bytes).into_iter();
    let by_xml = events.all(|event| event.is_ok());
    (by_roxmltree == by_xml).then_some(by_xml)
}

/// True if wxsub deliberately reads the document differently.
///
/// wxsub sees a second payload in an `<xml>` with a WeChat field inside another, and in CDATA inside CDATA. Documents
/// with colons are left out: both oracles know namespaces, which XML 1.0 does not.
fn is_read_differently(bytes: &[u8]) -> bool {
    let text = String::from_utf8_lossy(bytes);
    text.contains(':') || has_nested_cdata(&text) || text.matches("<xml").count() > 1
}

fn has_nested_cdata(text: &str) -> bool {
    const OPEN: &str = "<![CDATA[";
    let mut rest = text;
    while let Some((_, behind)) = rest.split_once(OPEN) {
        let section = behind.split("]]>").next().unwrap_or_default();
        if section.contains(OPEN) {
            return true;
        }
        rest = &behind[section.len()..];
    }
    false
}

const JSON_ALPHABET: &[&[u8]] = &[
    b"{",
    b"}",
    b"[",
    b"]",
    b",",
    b":",
    b"\"",
    b"'",
    b"\\",
    b"/",
    b"//",
    b"/*",
    b"*/",
    b"/**/",
    b"//\n",
    b"-",
    b"+",
    b".",
    b"0",
    b"1",
    b"9",
    b"e",
    b"E",
    b"e+1",
    b".5",
    b" ",
    b"\n",
    b"\t",
    b"\r",
    b"true",
    b"false",
    b"null",
    b"t",
    b"\"a\"",
    b"\"b\":1",
    b",\"c\":{}",
    b",2",
    b"[]",
    b"\\u0041",
    b"\\ud83d",
    b"\\ude00",
    b"\\u00",
    b"\\n",
    b"\\x",
    b"\\\"",
    b"\0",
    b"\x0B",
    b"\x1F",
    b"\x7F",
    b"\xC3\xA9",
    b"\xE8\xAE\xA2",
    b"\xEF\xBC\x8C",
    b"\xEF\xBB\xBF",
    b"\xF0\x9F\x98\x80",
    b"\xFF",
    b"\xED\xA0\x80",
    b"\xC2\xA0",
];

const JSON_PAYLOADS: &[(&str, &str, &str)] = &[
    (
        "{\"ToUserName\":\"gh_123456789abc\",\"Event\":\"subscribe_msg_sent_event\",\"FromUserName\":\"o\"",
        ",\"X\":{\"a\":[1,-2.5e+3,true,null,{}],\"b\":\"x\\n\\u00e9\\ud83d\\ude00/*y*/\", \"c\" : [ ] }",
        ",\"MsgType\":\"event\"}",
    ),
    (
        "{",
        "\"ToUserName\":\"gh_1\",\"CreateTime\":1610969440,\n\"MsgType\":\"event\",\"Event\":\"subscribe_msg_popup_event\",\
         \"List\":[{\"TemplateId\":\"a\",\"PopupScene\":0}]",
        "}",
    ),
    (
        "{\"Event\":\"subscribe_msg_change_event\",\"CreateTime\":1,\"x\":",
        "[0,-0,0.0,1E5,12e-3,[[[]]],{\"é\":\"订\\\\\\\"\\/\"},\"\",\"\\t\"]",
        "}\n",
    ),
    (
        "{\"ToUserName\":\"gh_1\",\"Event\":\"subscribe_msg_sent_event\",",
        "\"x\":[1,/* a */2,],// b\n\"y\":{\"z\":null,},",
        "}",
    ),
];

#[test]
fn mutated_json_is_judged_as_serde_json_judges_it() {
    hold_against("JSON", JSON_PAYLOADS, JSON_ALPHABET, judge_json);
}

fn judge_json(bytes: &[u8]) -> Verdicts {
    // Only what the tolerances excuse is removed: everything else must be strict JSON.
    match (is_one_payload(bytes), without_tolerances(bytes)) {
        (Some(ours), Some(strict)) => Verdicts::Compared {
            ours,
            theirs: is_json(&strict),
        },
        _ => Verdicts::Apart,
    }
}

/// Replaces comments and trailing commas with spaces where a finding reports them.
///
/// `None` if the payload is no callback and may have some: their findings are not kept.
fn without_tolerances(bytes: &[u8]) -> Option<Vec<u8>> {
    let record = wxsub::decode(bytes);
    let is_broken = record
        .findings()
        .iter()
        .any(|finding| matches!(finding.code(), Code::MalformedJson | Code::InvalidEncoding));
    if record.callback().is_none() && !is_broken && may_have_tolerances(bytes) {
        return None;
    }
    let mut strict = bytes.to_vec();
    for finding in record
        .findings()
        .iter()
        .filter(|finding| is_tolerance(finding.code()))
    {
        let start = record.place(finding.span().start).offset as usize;
        let range = start..start + finding.span().range().len();
        strict.get_mut(range)?.fill(b' ');
    }
    Some(strict)
}

fn is_tolerance(code: Code) -> bool {
    matches!(code, Code::TrailingComma | Code::JsonComment)
}

fn may_have_tolerances(bytes: &[u8]) -> bool {
    let solid: Vec<u8> = bytes
        .iter()
        .copied()
        .filter(|byte| !byte.is_ascii_whitespace())
        .collect();
    solid.windows(2).any(|two| {
        [b"//", b"/*", b",}", b",]"]
            .iter()
            .any(|&tolerance| two == tolerance)
    })
}

/// The verdict of serde_json. It refuses halves of surrogate pairs, which JSON allows; they are replaced first.
fn is_json(bytes: &[u8]) -> bool {
    let mut whole = bytes.to_vec();
    for at in 2..whole.len() {
        if whole[at - 2..at] == *b"\\u" && whole[at].eq_ignore_ascii_case(&b'd') {
            whole[at] = b'0';
        }
    }
    serde_json::from_slice::<serde_json::Value>(&whole).is_ok()
}

/// Returns the record of a payload, as one line of JSON.
fn line(payload: &str) -> String {
    let record = wxsub::decode(payload.as_bytes());
    let mut out = Vec::new();
    JsonLines::default()
        .record(&record, &mut out)
        .expect("JSON holds everything");
    String::from_utf8(out).expect("JSON lines are text")
}

/// Returns the value of `X` in the record of a payload whose `X` is written as `value`.
fn extra(frame: [&str; 2], value: &str) -> String {
    let line = line(&[frame[0], value, frame[1]].concat());
    let (_, extra) = line
        .split_once(",\"extra\":{\"X\":")
        .unwrap_or_else(|| panic!("{value:?} is lost: {line}"));
    extra
        .strip_suffix("}}\n")
        .expect("the record ends behind the extra")
        .to_string()
}

#[test]
fn json_values_stay_what_they_were() {
    let long = "1234567890".repeat(40);
    let fraction = format!("-0.{long}E-{long}");
    let cases = [
        "0",
        "-0",
        "1E6",
        "1e6",
        "1e+06",
        "1.86e18",
        "1.10",
        "0.10e-00",
        "-1.0E+2",
        "1864323726461255680",
        "18446744073709551616",
        "123456789012345678901234567890.000",
        &long,
        &fraction,
        "true",
        "false",
        "null",
        "[]",
        "{}",
        "[[],{},[{}]]",
        "[1,[2,[3]]]",
        "{\"a\":{\"b\":[null]}}",
        "\"\"",
        "\"订阅 😀\"",
        "{\"\":0}",
        "\"\u{2028}\u{FFFF}\"",
    ];
    for case in cases {
        assert_eq!(extra(JSON, case), case);
    }
}

/// An escape may be written differently, but must keep its meaning.
#[test]
fn json_escapes_keep_their_meaning() {
    let cases = [
        r#""\"\\\/\b\f\n\r\t""#,
        r#""\u0000\u001f\u007f""#,
        r#""\u0041\u00e9\u8ba2""#,
        r#""\ud83d\ude00 \uDBFF\uDFFF""#,
        r#""\\u0041""#,
        r#""\u005c\u0022""#,
        r#"{"\u0058\n":"\\"}"#,
        r#"["<\/script>","\u2028"]"#,
        r#""\uffff\ufffe""#,
        "\"\u{7f}\u{85}\"",
    ];
    for case in cases {
        let parse = |text: &str| serde_json::from_str::<serde_json::Value>(text).expect("JSON");
        assert_eq!(parse(&extra(JSON, case)), parse(case), "{case}");
    }
}

#[test]
fn json_white_space_and_tolerances_leave_no_trace() {
    let cases = [
        (" [ 1 , 2 ] ", "[1,2]"),
        ("{ \"a\" : 1 ,\n\"b\":[ ] }", "{\"a\":1,\"b\":[]}"),
        ("[1,/* 2, */3,]", "[1,3]"),
        ("{\"a\":// x\n\"/*\",}", "{\"a\":\"/*\"}"),
        (
            "{\"a\":1,\"a\":2,\"b\":3,\"a\":4}",
            "{\"a\":[1,2,4],\"b\":3}",
        ),
    ];
    for (case, expected) in cases {
        assert_eq!(extra(JSON, case), expected, "{case}");
    }
}

#[test]
fn a_comment_may_be_long() {
    for len in [4_095, 4_096, 70_000] {
        let text = "/* ".repeat(len / 3);
        for (case, expected) in [
            (format!("[1,/*{text}*/2]"), "[1,2]"),
            (format!("{{//{text}\n\"a\":1}}"), "{\"a\":1}"),
        ] {
            assert_eq!(extra(JSON, &case), expected, "{len}");
        }
    }
}

#[test]
fn xml_values_stay_what_they_were() {
    let cases = [
        ("", ""),
        ("a", "a"),
        ("1E6", "1E6"),
        ("-0", "-0"),
        ("007", "007"),
        ("a b", "a b"),
        ("a\n\tb", "a\n\tb"),
        ("a\r\nb\rc\n\rd", "a\nb\nc\n\nd"),
        ("<![CDATA[a\r\nb\r\r\n]]>", "a\nb\n\n"),
        ("a&#13;&#10;b", "a\r\nb"),
        ("&#13;", "\r"),
        ("&lt;&gt;&amp;&quot;&apos;", "<>&\"'"),
        ("&amp;lt;", "&lt;"),
        ("&#x8BA2;&#38405;&#x1F600;&#x10FFFF;", "订阅😀\u{10FFFF}"),
        ("a&#32;b", "a b"),
        ("<![CDATA[]]>", ""),
        ("<![CDATA[ a ]]>", " a "),
        ("<![CDATA[&lt;<a>&#65;]]>", "&lt;<a>&#65;"),
        ("<![CDATA[]]]]><![CDATA[>]]>", "]]>"),
        ("<![CDATA[a]]]><![CDATA[]>b]]>", "a]]>b"),
        ("<![CDATA[]]]>", "]"),
        ("<![CDATA[a]]>b<![CDATA[c]]>", "abc"),
        ("a<![CDATA[ b ]]>&amp;c", "a b &c"),
        ("<![CDATA[a]]> <![CDATA[b]]>", "a b"),
        ("\n  <![CDATA[a]]>\n  ", "a"),
        ("\n<![CDATA[ a\n]]>\n", " a\n"),
        ("a<!-- x -->b<?y z?>c", "abc"),
        ("a <!-- x --> b", "a  b"),
        ("<!-- x --><![CDATA[a]]><!-- y -->", "a"),
        ("]]<!-- -->>", "]]>"),
        ("\u{85}\u{2028}\u{FEFF}", "\u{85}\u{2028}\u{FEFF}"),
    ];
    for (case, expected) in cases {
        let value: serde_json::Value = serde_json::from_str(&extra(XML, case)).expect("JSON");
        assert_eq!(value, expected, "{case:?}");
    }
}

#[test]
fn xml_structure_stays_what_it_was() {
    let cases = [
        ("<a/>", r#"{"a":""}"#),
        ("<a>1</a><b>2</b>", r#"{"a":"1","b":"2"}"#),
        ("<a>1</a><b/><a>2</a>", r#"{"a":["1","2"],"b":""}"#),
        ("<a><b><c>1</c></b></a>", r#"{"a":{"b":{"c":"1"}}}"#),
        // White space around a text was added by a formatter.
        ("\n <a> 1 </a>\n ", r#"{"a":"1"}"#),
        ("x<a/>y", r##"{"#text":["x","y"],"a":""}"##),
        ("<订阅>消息</订阅>", r#"{"订阅":"消息"}"#),
    ];
    for (case, expected) in cases {
        assert_eq!(extra(XML, case), expected, "{case}");
    }
}

/// Typed fields keep their values as extras do.
#[test]
fn typed_values_keep_their_digits_and_characters() {
    let json = |id: &str| {
        line(&format!(
            "{{\"Event\":\"subscribe_msg_sent_event\",\"List\":{{\"MsgID\":{id}}}}}"
        ))
    };
    let xml = |id: &str| {
        line(&format!(
            "<xml><Event>subscribe_msg_sent_event</Event><SubscribeMsgSentEvent><List><MsgID>{id}</MsgID></List>\
             </SubscribeMsgSentEvent></xml>"
        ))
    };
    let record =
        |item: &str| format!("{{\"event\":\"subscribe_msg_sent_event\",\"items\":[{{{item}}}]}}\n");
    let cases = [
        (
            json("1864323726461255680"),
            r#""msg_id":"1864323726461255680""#,
        ),
        (json("1.86e18"), r#""extra":{"MsgID":1.86e18}"#),
        (json("1E6"), r#""extra":{"MsgID":1E6}"#),
        (json("\"\\u0031\""), r#""msg_id":"1""#),
        (json("[1E6]"), r#""extra":{"MsgID":[1E6]}"#),
        (json(r#""\ud800""#), "\"msg_id\":\"\u{FFFD}\""),
        (
            xml("<![CDATA[1864323726461255680]]>"),
            r#""msg_id":"1864323726461255680""#,
        ),
        (xml("&#x31;<![CDATA[2]]>3"), r#""msg_id":"123""#),
        (
            xml("a&amp;<![CDATA[]]]]><![CDATA[>]]>"),
            r#""msg_id":"a&]]>""#,
        ),
        (xml("\r\n 1 \r\n"), r#""msg_id":"1""#),
    ];
    for (line, item) in cases {
        assert_eq!(line, record(item));
    }
}

/// A family of inputs: `head`, `piece` again and again, `tail`. `#` in `piece` is its number.
struct Family {
    head: &'static str,
    piece: String,
    tail: &'static str,
}

impl Family {
    fn new(head: &'static str, piece: &str, tail: &'static str) -> Self {
        Family {
            head,
            piece: piece.into(),
            tail,
        }
    }

    fn of_size(&self, size: usize) -> Vec<u8> {
        let mut bytes = self.head.as_bytes().to_vec();
        let mut number = 0;
        while bytes.len() < size {
            let piece = self.piece.replace('#', &number.to_string());
            bytes.extend_from_slice(piece.as_bytes());
            number += 1;
        }
        bytes.extend_from_slice(self.tail.as_bytes());
        bytes
    }
}

const UNLIMITED: Limits = Limits {
    payload_size: Limits::MAX_PAYLOAD_SIZE,
    depth: Limits::MAX_DEPTH,
    items: usize::MAX,
    values: usize::MAX,
};

fn read_at_once(bytes: &[u8]) {
    write(&wxsub::decode_with(bytes, &UNLIMITED));
}

/// Reads a capture as `check --format json` does.
fn read_and_report(bytes: &[u8]) {
    let (settings, report) = (Settings::default(), Box::new(report::JsonLines::default()));
    let mut gate = Gate::new(&settings, report, io::sink()).expect("a sink takes everything");
    let options = Options {
        limits: UNLIMITED,
        ..Options::default()
    };
    pipeline::run(bytes, "", &options, &mut gate).expect("memory does not fail");
}

fn read_in_small_reads(bytes: &[u8]) {
    let options = Options {
        limits: UNLIMITED,
        block_size: SMALL_READ,
        ..Options::default()
    };
    pipeline::run(bytes, "", &options, &mut Written).expect("memory does not fail");
}

struct Written;

impl Sink for Written {
    fn fork(&self) -> Self {
        Written
    }

    fn record(&mut self, record: &Record<'_>) {
        write(record);
    }

    fn join(&mut self, _later: Self) -> Result<(), Stop> {
        Ok(())
    }
}

fn write(record: &Record<'_>) {
    let mut out = Vec::new();
    JsonLines::default()
        .record(record, &mut out)
        .expect("JSON holds everything");
}

/// The bytes of a small input. `WXSUB_LINEAR_BYTES` asks for another number.
static SMALL: LazyLock<usize> = LazyLock::new(|| {
    let asked = std::env::var("WXSUB_LINEAR_BYTES").ok();
    asked
        .and_then(|asked| asked.parse().ok())
        .unwrap_or(64 << 10)
});
const SMALL_READ: usize = 64;

/// The most seconds that a megabyte may take. More counts as a hang, even if it is linear.
const SLOWEST: f64 = 10.0;

/// The seconds after which a second try is not worth its time.
const HOPELESS: f64 = 1.0;

/// The seconds below which the long input is fast enough, whatever the ratio: page faults alone change it then.
const FAST_ENOUGH: f64 = 0.2;

/// Checks that four times the input takes about four times as long, not sixteen. The best of five tries counts.
fn is_linear(family: &Family, read: fn(&[u8])) -> Result<(), String> {
    let (one, four) = (family.of_size(*SMALL), family.of_size(4 * *SMALL));
    let seconds = |bytes: &[u8]| {
        let start = Clock::start();
        read(bytes);
        start.elapsed().as_secs_f64()
    };
    let hangs = |seconds: f64, bytes: &[u8]| seconds > SLOWEST * bytes.len() as f64 / 1e6;
    let (mut short, mut long) = (f64::INFINITY, f64::INFINITY);
    for _ in 0..5 {
        short = short.min(seconds(&one));
        if hangs(short, &one) {
            return Err(format!("{short:.3} s for {} bytes", one.len()));
        }
        long = long.min(seconds(&four));
        if long < FAST_ENOUGH.max(10.0 * short) && !hangs(long, &four) {
            return Ok(());
        }
        if long > HOPELESS {
            break;
        }
    }
    Err(format!("{short:.3} s, then {long:.3} s"))
}

/// Returns payloads that a reader may read repeatedly: many small tokens, or one long token.
fn well_formed() -> Vec<Family> {
    let json_head = "{\"ToUserName\":1,\"Event\":\"subscribe_msg_sent_event\",\"x\":";
    let xml_head = "<xml><MsgType>event</MsgType><Event>subscribe_msg_sent_event</Event><x>";
    let xml_tail = "</x></xml>";
    let nested = |open: &str, close: &str| open.repeat(900) + &close.repeat(900);
    vec![
        Family::new(
            "<xml><MsgType>event</MsgType><Event>subscribe_msg_sent_event</Event><x ",
            "a#='1' ",
            "/></xml>",
        ),
        Family::new(
            "<xml><MsgType>event</MsgType><Event>subscribe_msg_sent_event</Event><x a='",
            "&lt;",
            "'/></xml>",
        ),
        Family::new(xml_head, &nested("<a>", "</a>"), xml_tail),
        Family::new(xml_head, "&amp;", xml_tail),
        Family::new(xml_head, "&#x4e2d;x", xml_tail),
        Family::new(xml_head, "long text ", xml_tail),
        Family::new(xml_head, "line\r\n", xml_tail),
        Family::new(xml_head, "]]", xml_tail),
        Family::new(xml_head, "<!---->", xml_tail),
        Family::new(xml_head, "a<!-- x -->", xml_tail),
        Family::new(xml_head, "<?a b?>", xml_tail),
        Family::new(xml_head, "<![CDATA[a]]>", xml_tail),
        Family::new(xml_head, "<![CDATA[a]]>\n ", xml_tail),
        Family::new(xml_head, "<a/>", xml_tail),
        Family::new(xml_head, "<a#/>", xml_tail),
        Family::new(xml_head, "<订阅/>", xml_tail),
        Family::new(
            "<xml><MsgType>event</MsgType><Event>subscribe_msg_sent_event</Event><x ",
            "订#='1' ",
            "/></xml>",
        ),
        Family::new(xml_head, "text<a/>", xml_tail),
        Family::new(
            "<xml><MsgType>event</MsgType><Event>subscribe_msg_sent_event</Event>",
            "<ToUserName>a</ToUserName>",
            "</xml>",
        ),
        Family::new(
            "<xml><MsgType>event</MsgType><Event>subscribe_msg_sent_event</Event>",
            "<List><MsgID>1</MsgID></List>",
            "</xml>",
        ),
        Family::new(
            "<xml><MsgType>event</MsgType><Event>subscribe_msg_sent_event</Event><x><![CDATA[",
            "]] ",
            "]]></x></xml>",
        ),
        Family::new(
            "<xml><MsgType>event</MsgType><Event>subscribe_msg_sent_event</Event><x><![CDATA[",
            "<![CDATA[",
            "]]></x></xml>",
        ),
        Family::new(
            "",
            "<!-- x -->\n",
            "<xml><MsgType>event</MsgType><Event>subscribe_msg_sent_event</Event></xml>",
        ),
        Family::new(
            "<?xml version='1.0' encoding='GBK'?><xml><MsgType>event</MsgType><Event>subscribe_msg_sent_event</Event><x>",
            "text ",
            xml_tail,
        ),
        Family::new(json_head, "1", "}"),
        Family::new(json_head, " ", "1}"),
        Family::new(
            "{\"ToUserName\":1,\"Event\":\"subscribe_msg_sent_event\",\"x\":\"",
            "\\u4e2d\\n",
            "\"}",
        ),
        Family::new(
            "{\"ToUserName\":1,\"Event\":\"subscribe_msg_sent_event\",\"x\":\"",
            "\\ud800",
            "\"}",
        ),
        Family::new(
            "{\"ToUserName\":1,\"Event\":\"subscribe_msg_sent_event\",\"x\":\"",
            "long text ",
            "\"}",
        ),
        Family::new(
            "{\"ToUserName\":1,\"Event\":\"subscribe_msg_sent_event\",\"x\":[",
            "1,",
            "1]}",
        ),
        Family::new(
            "{\"ToUserName\":1,\"Event\":\"subscribe_msg_sent_event\",\"x\":[",
            &(nested("[", "]") + ","),
            "1]}",
        ),
        Family::new(
            "{\"ToUserName\":1,\"Event\":\"subscribe_msg_sent_event\"",
            ",\"x#\":{}",
            "}",
        ),
        Family::new(
            "{\"ToUserName\":1,\"Event\":\"subscribe_msg_sent_event\"",
            ",\"x\":1",
            "}",
        ),
        Family::new(
            "{\"ToUserName\":1,\"Event\":\"subscribe_msg_sent_event\"",
            ",\"List\":[{\"MsgID\":\"1\"}]",
            "}",
        ),
        Family::new(
            "{\"ToUserName\":1,\"Event\":\"subscribe_msg_sent_event\",\"List\":[",
            "{\"a\":1},",
            "]}",
        ),
        Family::new(json_head, "/**/", "1}"),
        Family::new(json_head, "//\n", "1}"),
        Family::new(
            "{\"ToUserName\":1,\"Event\":\"subscribe_msg_sent_event\",\"x\":1,/*",
            "* ",
            "*/}",
        ),
        Family::new("[", "{\"Event\":\"subscribe_msg_sent_event\"},", "]"),
        Family::new(
            "{\"a\":[",
            "{\"Event\":\"subscribe_msg_sent_event\"},",
            "1]}",
        ),
    ]
}

/// Pieces of captures in which a document seems to begin or to break, again and again.
const BROKEN: &[&str] = &[
    "<xml><ToUserName><![CDATA[",
    "<xml><X><![CDATA[",
    "<xml><ToUserName>",
    "<xml><a>",
    "<xml><!-- ",
    "<xml><?a ",
    "<xml>\n<?php echo 1;\n",
    "<?xml ><?a ",
    "<!-- -->\n<?a ",
    "<xml><a b='",
    "<xml><a b=\"1\" ",
    "<xml a=\"",
    "<xml a='\">",
    "<xml ",
    "<xml>",
    "<xml><",
    "<xml><a>&",
    "<xml><a>&#",
    "<xml><A></B>",
    "<xml></xml>",
    "</xml>",
    "<xml/>",
    "<xml><a/></xml></xml>",
    "<!DOCTYPE [",
    "<!DOCTYPE \"",
    "<!DOCTYPE '\"",
    "<!DOCTYPE x [<!-- ",
    "<!DOCTYPE x [<!ENTITY ",
    "<!DOCTYPE x>",
    "<!DOCTYPE x>\n",
    "<?xml ",
    "<?xml ?>",
    "<?xml version=\"1.0\"?>",
    "<?xml version=\"1.0\"?><?a ",
    "<?xml version=\"1.0\"?><!DOCTYPE a [",
    "<?xml version=\"1.0\"?>\n<!-- ",
    "<!-- ",
    "<!-- \n",
    "<!-- -->\n",
    "<!--\n<?xml version='1.0'?><a ",
    "<?xml version='1.0' encoding='GBK'?>",
    "<?xml version='1.0' encoding='GBK'?><!-- ",
    "<?xml version='1.0' encoding='GBK'?><xml>\n",
    "<?xml version='1.0' encoding='GBK'?><xml><a>",
    "<",
    "<!",
    "<?",
    "&",
    "<xml\n",
    "{\"ToUserName\":1,/*",
    "{\"ToUserName\":1,//",
    "{\"ToUserName\":1,//\n",
    "{\"ToUserName\":",
    "{\"ToUserName\":\"",
    "{\"ToUserName\":[",
    "{\"ToUserName\":1}",
    "{\"ToUserName\":1}]",
    "{\"ToUserName\":1},",
    "{\"ToUserName\":1\n",
    "{//",
    "{//\n",
    "{//\n\n",
    "{/*",
    "{/**/",
    "{/**/\n",
    "{/*\n",
    "{/*{/**/\"a\":1,",
    "{/*\"a\":{/**/\"a\":1,\n",
    "{\"a\"://",
    "[{}/*",
    "[{\"ToUserName\":1}/*",
    "{/",
    "{",
    "{\n",
    "{ ",
    "{}",
    "{}\n",
    "{\"",
    "{\"\n",
    "{\"a\n",
    "{\"a\":",
    "{\"a\":{\"a\":",
    "{\"a\":{\"a\":\n",
    "{\"a\":[",
    "{\"a\":\"\\",
    "{\"a\":1",
    "{\"a\":1\n",
    "{\"a\":1,\n",
    "{\"a\":\n1 x",
    "{\"a\":\n1 x\n",
    "{\"a\"\n:1/\n",
    "{\"Encrypt\":",
    "{\"a\":\"\\\"ToUserName\\\"\n",
    "[",
    "[\n",
    "[{",
    "[{\n",
    "[[",
    "[[{",
    "[{}",
    "[{},",
    "[{\"ToUserName\":1},",
    "[{\"ToUserName\":1}\n",
    "[{\"ToUserName\":1}[",
    "[{\"a\":",
    "<Encrypt>{\"{\"Encrypt\":\"",
    "\"source\":{&quot; {\"\"Event\":\"subscribe_msg_change_event\"",
    "\"",
    "\\",
    "[{/*",
    "[{//\n",
    "[\n{",
    "]",
    "}",
    "x",
    " ",
    "\n",
    "\0",
    "\u{FEFF}",
    "\u{FEFF}{",
    "\u{FEFF}<",
    "订",
    // Escaped text, and text that only looks escaped.
    "\\\"ToUserName\\\":",
    "\\\"ToUserName\\\"\n",
    "{\\\"ToUserName\\\":",
    "{\\\"ToUserName\\\":\\\"",
    "\"{\\\"ToUserName\\\":\\\"x",
    "{\\\"ToUserName\\\":1}",
    "{\\\"ToUserName\\\":1,\n",
    "\\\\\\\"ToUserName\\\\\\\":",
    "\\u003cxml\\u003e\\u003cToUserName\\u003e",
    "\\u003cToUserName",
    "'<xml>\\n<ToUserName>",
    "'<xml><ToUserName>\\",
    "<xml>\\n",
    "\\\"<xml>\\n",
    "\\\"<xml> ",
    "\\'<xml>\\n",
    "\\\"<xml>\\r\\n",
    "\\\"<xml ",
    "\\\"<xml><\\n",
    "\\\"<!DOCTYPE ",
    "\\x22<xml>\\x0A",
    "\\ud83d&#\\x22<xml>",
    "\\u003c<xml>\\\\",
    "<xml>#012<ToUserName>",
    "{#012",
    "\\x22ToUserName\\x22",
    "%22ToUserName%22",
    "%3Cxml%3E%3CToUserName%3E",
    "%253Cxml%253E%253CToUserName%253E ",
    "&lt;ToUserName&gt;",
    "&lt;xml&gt;\n&lt;ToUserName&gt;\n",
    "&amp;quot;ToUserName&amp;quot;",
    "{\"\"ToUserName\"\":\"\"",
    "{\"log\":\"<xml>\\n\",\"stream\":\"stdout\"}\n",
    "{\"log\":\"<xml><ToUserName>\\n\",\"stream\":\"stdout\"}\n",
    "{\"log\":\"{\\\"ToUserName\\\":\",\"stream\":\"stdout\"}\n",
    "{\"log\":\"ToUserName\\n\"}\n",
    "{\"log\":\"ToUserName",
    "2021-01-18T11:30:40Z stdout F <xml><ToUserName>\n",
    "2021-01-18T11:30:40Z stdout P {\"ToUserName\":\n",
    "{\"a\":\"\\\"ToUserName\\\"\"}",
    "{\"a\":\"{\\\"a\\\":\\\"\\\\\\\"ToUserName\\\\\\\"\\\"}\"}",
    "{\"a\":\"<xml>\\n<ToUserName>\",",
    "subscribe_msg_",
    "\"ToUserName\":",
    "<xml><a>\n{\"ToUserName\":",
    "{\"ToUserName\":1,\n<xml>",
    "{\"ToUserName\"\n:1 x <xml",
    "<xml><a></b>\n</xml",
    "<xml><a></b>\n<xml",
    "<xml><a></b>\n<![CDATA[",
    // Objects as programs print them.
    "{ToUserName=",
    "{ToUserName=\n",
    "{'ToUserName': '",
    "{'ToUserName': '\n",
    "[ToUserName] => ",
    "[ToUserName] => \n",
    "ToUserName: ",
    "ToUserName: \n",
    "ToUserName: a\n",
    "Content: a\n",
    "Content: \"ToUserName\n",
    "Content: |-\n  ToUserName\n",
    "subscribe_msg_popup_event",
    "subscribe_msg_popup_event\n",
    "subscribe_msg_popup_event {",
    "subscribe_msg_popup_event (\n",
    "subscribe_msg_popup_event [",
    "map[",
    "map[ToUserName:",
    "map[Content:ToUserName ",
    "Array (",
    "Array\n(\n [ToUserName] => ",
    "Array\n(\n [Content] => ToUserName\n",
    "((((((ToUserName",
    "( ( ( ( (ToUserName",
    "(subscribe_msg_popup_event",
    "(((((((((((((((((((((((((((((((((((((((((((((((((((((((subscribe_msg_popup_event",
    "{Content=ToUserName, ",
    "{Content=ToUserName}, ",
    "{Content=ToUserName}\n",
    "{'Content': 'ToUserName'\n",
    "{'Content': 'ToUserName', ",
    "array (\n 'Content' => 'ToUserName",
    "array(1) {\n [\"Content\"]=>\n string(9) \"ToUserName",
    "array:1 [\n \"Content\" => \"ToUserName\"\n",
    "array:1 [\"ToUserName\" => ",
    "\"ToUserName\" => \"a\"\n",
    "'ToUserName'\n",
    "'a' +\n'ToUserName' +\n",
    "ToUserName{[(",
    "#<A ToUserName=1",
    "ToUserName=gh_1, FromUserName=o1, subscribe_msg_popup_event, ",
    "ToUserName=gh_1, FromUserName=o1, subscribe_msg_popup_event\n",
    "ToUserName=gh_1 FromUserName=o1 CreateTime=1 subscribe_msg_popup_event\n",
    "subscribe_msg_popup_event List={TemplateId=",
    "subscribe_msg_popup_event [{(                               ToUserNam",
    "{ToUserName:'x', Content: 'y', List: [",
    "{\"ToUserName\"=>",
    "{\"Content\"=>\"ToUserName\", ",
    "{\"Content\"=>\"ToUserName\"\n",
    "{\"msg\":\"<xml>\",\"n\":#}\n",
    "{\"msg\":\"<xml><ToUserName>\",\"n\":#}\n",
    "{\"msg\":\"<xml>\",\"pid\":#}\n",
    "{\"msg\":\"<xml>\\n\"}\n{\"msg\":\"a\\n\"}\n",
    "{\"msg\":\"{\",\"n\":#}\n",
    "{\"msg\":\"{\\n\"}\n{\"msg\":\"\\\"ToUserName\\\":\"}\n",
    "{\"msg\":\"{\",\"n\":#}\n{\"msg\":\"\\\"ToUserName\\\":\",\"n\":#}\n",
    "{\"msg\":\"{\\\"ToUserName\\\":[\",\"n\":#}\n",
    "{\"msg\":\"{\\\"ToUserName\\\":1,/*\",\"n\":#}\n",
    "{\"msg\":\"<ToUserName>\",\"n\":#}\n",
    "{\"msg\":\"<root>\",\"n\":#}\n{\"msg\":\"<ToUserName>\",\"n\":#}\n",
    "{\"msg\":\"<xml>\"}",
    "{\"msg\":\"<xml>",
    "{\"msg\":{\"msg\":\"<xml>\"\n",
    "{\"msg\":[60,120,109,108,62]}\n",
    "{\"msg\":\"{\\\"msg\\\":\\\"<xml>\\\"}\"}\n",
    "{\"log\":\"<xml>\",\"a\":{}}\n",
    "{\"log\": \"\\r<xml\"}\n",
    "a-1 | {\"msg\":\"<xml>\"}\n",
    "a-# | {\"msg\":\"{\"}\nb | ToUserName\n",
    "a | ToUserName: 1\n",
    "a | Event: subscribe_msg_popup_event\na | ToUserName: gh_1\na | FromUserName: o1\na | CreateTime: 1\n",
    "a | {'ToUserName': 'gh_1',\n",
];

/// Pieces of captures like [`BROKEN`], with lines in records, comments that go on, and several escapes in each other.
const MIXED: &[&str] = &[
    // The lines of such objects, each in a record of its own.
    "{\"log\":\"Array\\n\"}\n{\"log\":\"(\\n\"}\n{\"log\":\"    [ToUserName] => x\\n\"}\n",
    "{\"msg\":\"Array\\n\"}\n{\"msg\":\"(\\n\"}\n{\"msg\":\"    [ToUserName] => x\\n\"}\n",
    "{\"log\":\"Array\\n\",\"stream\":\"stdout\"}\n{\"log\":\"(\\n\",\"stream\":\"stderr\"}\n\
     {\"log\":\"[ToUserName] => x\\n\",\"stream\":\"stdout\"}\n",
    "2021-01-18T11:30:40Z stdout F Array\n2021-01-18T11:30:40Z stdout F (\n\
     2021-01-18T11:30:40Z stdout F   [ToUserName] => x\n",
    "a | Array\na | (\na |     [ToUserName] => x\n",
    "{\"log\":\"array(5) {\\n\"}\n{\"log\":\"  [\\\"ToUserName\\\"]=>\\n\"}\n{\"log\":\"  string(3) \\\"abc\\\"\\n\"}\n",
    "{\"log\":\"array (\\n\"}\n{\"log\":\"  'ToUserName' => 'a',\\n\"}\n",
    "{\"log\":\"{'ToUserName': 'a',\\n\"}\n{\"log\":\" 'FromUserName': 'b',\\n\"}\n",
    "{\"msg\":\"{'ToUserName': 'a',\\n\"}\n{\"msg\":\" 'FromUserName': 'b',\\n\"}\n",
    "{\"log\":\"{\\n\"}\n{\"log\":\"  ToUserName: 'a',\\n\"}\n",
    "{\"log\":\"{\\n\"}\n{\"log\":\"\\\"ToUserName\\\":\\\"a\\\",\\n\"}\n",
    "{\"log\":\"{\\\"ToUserName\\\"=>\\\"a\\\",\\n\"}\n",
    "{\"log\":\"ToUserName: a\\n\"}\n{\"log\":\"Content: b\\n\"}\n",
    "{\"msg\":\"ToUserName: a\\n\"}\n{\"msg\":\"Content: b\\n\"}\n",
    "{\"msg\":\" 'ToUserName': 'a',\\n\"}\n",
    "{\"MESSAGE\":[60,120,109,108,62,10],\"_PID\":\"7\"}\n",
    "{\"MESSAGE\":\"<xml>\",\"_PID\":\"7\",\"__CURSOR\":\"#\"}\n",
    "{\"log\":\"{\\\"log\\\":\\\"{\\\\\\\"ToUserName\\\\\\\":1\\\\n\\\"}\\n\",\"stream\":\"stdout\"}\n",
    "{\"log\":\"{\\\"ToUserName\\\":1,\",\"stream\":\"stdout\"}",
    // Comments and names that go on and on.
    "// {\"ToUserName\":\n",
    "\"b\":1,// {\"ToUserName\":1,\n",
    "{\"ToUserName\":1 /* x\n",
    "ToUserName:\n ToUserName:\n  ToUserName:\n",
    "ToUserName: a\nContent: |\n  {\"ToUserName\":\n",
    "ToUserName: \"a\n",
    "ToUserName = \"a\"\nFromUserName = \"b\"\n",
    "{'ToUserName': 'gh_1', 'x': {",
    "\"ToUserName\"=>\"a\", \"x\"=>{",
    "a:5:{s:10:\"ToUserName\";s:3:\"abc\";",
    "WxMessage(toUser=gh_1, content=WxMessage(",
    "OrderedDict([('ToUserName', 'a'), ('x', OrderedDict([",
    // Mixtures of escapes.
    "{“ToUserName”：“a”，",
    "｛\"ToUserName\"：",
    "{\u{1b}[32m\"ToUserName\"\u{1b}[0m:",
    "11\r\n{\"ToUserName\":\"a\"\r\n",
    "body=%7B%22ToUserName%22%3A%22a%22%2C&",
    "%26lt%3Bxml%26gt%3B%26lt%3BToUserName%26gt%3B",
    "{\\x22ToUserName\\x22:\\x22a\\x22,\\x0A",
    "1,\"{\"\"ToUserName\"\":\"\"a\"\",\n",
    "\\u007b\\u0022ToUserName\\u0022:",
    "\\\\\\\\\\\\\\\"ToUserName\\\\\\\\\\\\\\\":",
    "{\"a\":\"&lt;xml&gt;{\\\"ToUserName\\\":",
    "{\"a\":\"%3Cxml%3E%7B%22ToUserName%22%3A",
    "{\"ToUserName\":\"a\",\"x\":\"{\\\"ToUserName\\\":\\\"b\\\",\\\"x\\\":\\\"",
    "{\"m\":\"{\\\"ToUserName\\\":\\\"b\\\",\\\"x\\\":\\\"{\\\\\\\"ToUserName\\\\\\\":1\"}\n",
    // Names between what looks like escapes, and names that are escaped several times.
    "&160;ToUserName&162;",
    "&amp;160;ToUserName&amp;162;",
    "&#160;subscribe_msg_sent_event&#162; ",
    "\\x22ToUserName\\x2",
    "%22ToUserName%2%22",
    "{\\\\\\\"FromUserName\\\\\\\":\\\\\\\"a\\\\\\\"",
    "&amp;amp;amp;amp;lt;xml&amp;amp;amp;amp;gt;&amp;amp;amp;amp;lt;ToUserName&amp;amp;amp;amp;gt;\n",
    "{“ToUserName”：“a",
    // Prose, code and templates with many names.
    "the subscribe_msg_popup_event has ToUserName, FromUserName and MsgType. ",
    "case \"subscribe_msg_popup_event\": msg.ToUserName = x.FromUserName; msg.CreateTime = MsgType;\n",
    "ToUserName FromUserName CreateTime MsgType Event subscribe_msg_change_event List TemplateId ",
    "{\"ToUserName\":{{ ",
    "<p>{\"a\":\"<b>{\"ToUserName\":\"</b>",
    "eyJUb1VzZXJOYW1lIjoiYSIsIngiOlsi",
    "[123 34 84 111 85 115 101 114 78 97 109 101 34 58 34 97 34 125]\n",
    // Payloads in comments, names that are highlighted, and names in other encodings.
    "{// <xml\n",
    "{/* {\"ToUserName\" */",
    "[{// ToUserName\n",
    "{\"a\": 1, // {\"ToUserName\": 1}\n \"b\": [/* <xml */",
    "<!-- <xml> -->\n",
    "<!-- {\"ToUserName\" -->",
    "<!--\n<!--",
    "<b>ToUserName</b>",
    "<span class=\"nt\">&quot;ToUserName&quot;</span>: {",
    "<b>{</b>&quot;ToUserName&quot;\n",
    "&quot;ToUserName&quot; ",
    "{&quot;ToUserName&quot; subscribe_msg_popup_event ",
    "\x1b[1mToUserName\x1b[0m ",
    "{\x1b[1m\"ToUserName\x1b[0m\n",
    "<\x1b[1mToUserName",
    "s\0u\0b\0s\0c\0r\0i\0b\0e\0_\0m\0s\0g\0_\0",
    "s\0u\0b\0s\0c\0r\0i\0b\0e\0_\0m\0s\0g\0_\0T\0o\0U\0s\0e\0r\0N\0a\0m\0e\0=\0g\0h\0_\0a\0",
    "\0",
];

fn repeated(pieces: &[&str]) -> Vec<Family> {
    let families = pieces.iter().map(|piece| Family::new("", piece, ""));
    families.collect()
}

fn broken() -> Vec<Family> {
    repeated(BROKEN)
}

/// Pieces of a line before a payload: each looks like the beginning of a document that holds the payload.
const RUNS: [&str; 16] = [
    "{\"",
    "{\"a",
    "{\"a\":",
    "[",
    "[[{",
    "(",
    "\"'\\\"<{[",
    "{},",
    "<!DOCTYPE x [",
    "(1,'{\\\"ToUserName\\\":'),",
    "&lt;xml&gt;&lt;ToUserName&gt;",
    "%253Cxml%253E%253CToUserName%253E",
    "\\u003cxml\\u003e\\u003cToUserName\\u003e",
    "b'<xml>\\n<ToUserName>",
    "<xml><Encrypt>",
    "\"ToUserName\"<ToUserName>\\\"ToUserName\\\"%22ToUserName%22&quot;ToUserName&quot;",
];

const PAYLOAD: &str = "{\"ToUserName\":\"gh_5a2c71d0e9b4\",\"MsgType\":\"event\",\
                       \"Event\":\"subscribe_msg_change_event\",\"List\":[]}";

fn before_a_payload() -> Vec<Family> {
    RUNS.iter()
        .map(|piece| Family::new("", piece, PAYLOAD))
        .collect()
}

#[test]
#[cfg_attr(debug_assertions, ignore = "measures: cargo test --profile thorough")]
fn time_is_linear() {
    assert_linear(well_formed(), read_at_once);
    assert_linear(broken(), read_at_once);
    assert_linear(before_a_payload(), read_at_once);
}

#[test]
#[ignore = "takes minutes: tests/long.sh linear"]
fn time_is_linear_with_findings() {
    assert_linear(well_formed(), read_and_report);
    assert_linear(broken(), read_and_report);
    assert_linear(before_a_payload(), read_and_report);
}

/// What arrives in small reads must not be read again from its start at every read.
#[test]
#[cfg_attr(debug_assertions, ignore = "measures: cargo test --profile thorough")]
fn time_is_linear_in_small_reads() {
    assert_linear(well_formed(), read_in_small_reads);
}

#[test]
#[ignore = "takes minutes: tests/long.sh linear"]
fn time_is_linear_in_mixtures() {
    assert_linear(repeated(MIXED), read_and_report);
}

fn assert_linear(families: Vec<Family>, read: fn(&[u8])) {
    // Only one test measures at a time.
    static CLOCK: Mutex<()> = Mutex::new(());
    let clock = CLOCK.lock();
    let slow: Vec<String> = families
        .iter()
        .filter_map(|family| {
            let told = is_linear(family, read).err()?;
            Some(format!(
                "{:?} then {:.60?}: {told}",
                family.head, family.piece
            ))
        })
        .collect();
    drop(clock);
    assert!(
        slow.is_empty(),
        "{} families:\n{}",
        slow.len(),
        slow.join("\n")
    );
}

/// Returns the outcomes of a capture: `ok`, or the code of an undecodable payload with its place.
fn outcomes(capture: &str) -> Vec<String> {
    let records = wxsub::Capture::new(capture.as_bytes()).map(|record| record.expect("memory"));
    let outcome = |record: wxsub::Record<'_>| match record.outcome() {
        wxsub::Outcome::Undecodable => {
            let finding = &record.findings()[0];
            format!("{} at {}", finding.code(), finding.span().start)
        }
        _ => "ok".to_owned(),
    };
    records.map(outcome).collect()
}

#[test]
fn a_payload_behind_a_run_is_found() {
    for piece in RUNS {
        for count in [1, 3, 40, 400] {
            let capture = piece.repeat(count) + "\n\n" + PAYLOAD + "\n\n" + PAYLOAD + "\n";
            let last = outcomes(&capture).pop();
            assert_eq!(last.as_deref(), Some("ok"), "{count} times {piece:?}");
        }
    }
}

#[test]
fn a_run_of_heads_is_one_finding() {
    let head = "<xml><ToUserName>";
    let body = "gh_5a2c71d0e9b4</ToUserName><FromUserName>o0LloXjEDNrbUldTysPkh4uS-Haw</FromUserName>\
                <MsgType>event</MsgType><Event>subscribe_msg_change_event</Event><List></List></xml>";
    let capture = format!("{}{body}", head.repeat(100));
    assert_eq!(outcomes(&capture), ["malformed-xml at 17", "ok"]);
    let escaped = capture.replace('<', "&lt;").replace('>', "&gt;");
    assert_eq!(outcomes(&escaped), ["malformed-xml at 17", "ok"]);
}

#[test]
fn a_message_with_a_malformed_root_is_told() {
    let inside = "<ToUserName>gh_5a2c71d0e9b4</ToUserName><FromUserName>o0LloXjEDNrbUldTysPkh4uS-Haw</FromUserName>\
                  <MsgType>event</MsgType><Event>subscribe_msg_change_event</Event><List></List></xml>";
    let long = " ".repeat(10_000);
    for (root, outcome) in [
        ("<xml a=\"1\" a=\"2\">".to_owned(), "malformed-xml at 11"),
        ("<xml a=1>".to_owned(), "malformed-xml at 7"),
        ("<xml a=\"1\"b=\"2\">".to_owned(), "malformed-xml at 10"),
        ("<xml a='<'>".to_owned(), "malformed-xml at 8"),
        ("<xml a>".to_owned(), "malformed-xml at 6"),
        (format!("<xml{long}>"), "ok"),
        (format!("<xml {long}a='1'>{long}"), "ok"),
        ("<xml>x".to_owned(), "ok"),
        ("<xml>\ntext with 文字\n".to_owned(), "ok"),
        (
            "<?xml version=\"1.0\" encoding=\"none-such\"?><xml>".to_owned(),
            "invalid-encoding at 30",
        ),
        ("<!DOCTYPE xml><xml>".to_owned(), "doctype-forbidden at 0"),
        (
            "<!DOCTYPE xml [<!ENTITY a 'b'>]><xml>".to_owned(),
            "doctype-forbidden at 0",
        ),
    ] {
        let capture = format!("{root}{inside}\n<xml>{inside}\n");
        assert_eq!(outcomes(&capture), [outcome, "ok"], "{root}");
        assert_eq!(
            outcomes(&format!("log: {capture}")),
            [outcome, "ok"],
            "log: {root}"
        );
    }
    for prose in [
        "<xml>",
        "<xml> is the root",
        "<xml a=1> and <b>",
        "the <xml a> tag\n<p>",
    ] {
        assert!(outcomes(prose).is_empty(), "{prose}");
    }
}
