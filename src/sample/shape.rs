//! The table of shapes: the documented one, and those of captures, older documents, frameworks and tests.
//!
//! Each row says what differs and which findings result; a test checks it. Adding a shape: a row.

use std::fmt;
use std::str::FromStr;

use crate::event::Event;
use crate::event::fields::{CREATE_TIME, FROM_USER, MSG_ID, POPUP_SCENE, TO_USER};
use crate::finding::Code;
use crate::lang::{Lang, Text};
use crate::printable::printable;
use crate::sample::draft::{Draft, Scalar};
use crate::sample::rng::Rng;
use crate::suggest::closest;
use crate::syntax::Syntax;

/// The form of a written callback.
///
/// ```
/// use wxsub::sample::Shape;
/// use wxsub::{Code, Syntax};
///
/// let shape: Shape = "trailing-comma".parse()?;
/// assert_eq!(shape.syntax(), Some(Syntax::Json));
/// assert_eq!(shape.findings(), [Code::TrailingComma]);
/// # Ok::<(), wxsub::sample::UnknownShape>(())
/// ```
#[derive(Clone, Copy)]
pub struct Shape(&'static Row);

struct Row {
    name: &'static str,
    words: Text,
    /// The syntax, if the shape exists only in one.
    syntax: Option<Syntax>,
    /// The event, if the shape exists only for one.
    event: Option<Event>,
    /// The most items that the shape can hold.
    most: Option<usize>,
    findings: &'static [Code],
    style: Style,
    edit: fn(&mut Draft, &mut Rng),
}

/// Settings for writing a draft.
#[derive(Clone, Copy, Debug)]
pub(super) struct Style {
    pub(super) list: List,
    pub(super) numbers: Numbers,
    pub(super) texts: Texts,
    /// True to sort members by name.
    pub(super) sorted: bool,
    /// Text before the root element in XML.
    pub(super) head: &'static str,
    /// Text before the last brace in JSON.
    pub(super) tail: &'static str,
    /// True to name the wrapper element after another event.
    pub(super) foreign_wrapper: bool,
}

/// The position of the items.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum List {
    /// As in the samples of WeChat's document.
    Documented,
    Array,
    /// One item as an object, several as an array.
    OneOrArray,
    /// In JSON inside the wrapper, as in XML.
    Wrapped,
    /// In JSON directly as the value of the wrapper.
    Wrapper,
    /// In XML without the wrapper element.
    AtRoot,
    Entries,
    Absent,
}

/// The numbers that are strings in JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Numbers {
    All,
    /// All except the time.
    AllButTime,
    None,
}

/// The form of texts in XML.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Texts {
    Cdata,
    /// Numbers are in CDATA as well.
    AllCdata,
    Padded,
    Plain,
}

const STYLE: Style = Style {
    list: List::Documented,
    numbers: Numbers::All,
    texts: Texts::Cdata,
    sorted: false,
    head: "",
    tail: "",
    foreign_wrapper: false,
};

const ROW: Row = Row {
    name: "documented",
    words: Text::new("as WeChat documents it", "与微信文档一致"),
    syntax: None,
    event: None,
    most: None,
    findings: &[],
    style: STYLE,
    edit: |_, _| {},
};

const JSON: Row = Row {
    syntax: Some(Syntax::Json),
    ..ROW
};

const XML: Row = Row {
    syntax: Some(Syntax::Xml),
    ..ROW
};

const fn list(list: List) -> Style {
    Style { list, ..STYLE }
}

static ROWS: &[Row] = &[
    ROW,
    Row {
        name: "wire",
        words: Text::new(
            "as servers receive it: one item as an object, the time as a number",
            "与服务器实际收到的一致：单个条目为对象，时间为数字",
        ),
        style: Style {
            list: List::OneOrArray,
            numbers: Numbers::AllButTime,
            ..STYLE
        },
        ..JSON
    },
    Row {
        name: "single-object",
        words: Text::new("one item, as an object", "单个条目，为对象"),
        most: Some(1),
        style: list(List::OneOrArray),
        ..JSON
    },
    Row {
        name: "array",
        words: Text::new("an array, also of one item", "数组，单个条目也是"),
        style: list(List::Array),
        ..JSON
    },
    Row {
        name: "wrapped",
        words: Text::new(
            "`List` inside the element that XML has",
            "`List` 位于 XML 的外层元素名之内",
        ),
        findings: &[Code::LegacyShape],
        style: list(List::Wrapped),
        ..JSON
    },
    Row {
        name: "wrapper-list",
        words: Text::new("that element is the list itself", "外层元素名本身就是列表"),
        findings: &[Code::LegacyShape],
        style: list(List::Wrapper),
        ..JSON
    },
    Row {
        name: "unwrapped",
        words: Text::new(
            "`List` directly under `<xml>`",
            "`List` 直接位于 `<xml>` 之下",
        ),
        findings: &[Code::LegacyShape],
        style: list(List::AtRoot),
        ..XML
    },
    Row {
        name: "entries",
        words: Text::new("`List` holds `item`", "`List` 内有 `item`"),
        findings: &[Code::LegacyShape],
        style: list(List::Entries),
        ..ROW
    },
    Row {
        name: "numbers",
        words: Text::new("numbers without quotes", "数字不带引号"),
        style: Style {
            numbers: Numbers::None,
            ..STYLE
        },
        ..JSON
    },
    Row {
        name: "sorted",
        words: Text::new("keys in the order of the alphabet", "键按字母顺序排列"),
        style: Style {
            sorted: true,
            ..STYLE
        },
        ..JSON
    },
    Row {
        name: "trailing-comma",
        words: Text::new(
            "a comma before the last `}`, as in WeChat's samples",
            "最后的 `}` 之前有逗号，与微信文档的示例一样",
        ),
        findings: &[Code::TrailingComma],
        style: Style { tail: ",", ..STYLE },
        ..JSON
    },
    Row {
        name: "comments",
        words: Text::new("a comment", "有注释"),
        findings: &[Code::JsonComment],
        style: Style {
            tail: " /* a sample */",
            ..STYLE
        },
        ..JSON
    },
    Row {
        name: "cdata",
        words: Text::new("numbers in CDATA too", "数字也在 CDATA 中"),
        style: Style {
            texts: Texts::AllCdata,
            ..STYLE
        },
        ..XML
    },
    Row {
        name: "no-cdata",
        words: Text::new("texts without CDATA", "文本不用 CDATA"),
        style: Style {
            texts: Texts::Plain,
            ..STYLE
        },
        ..XML
    },
    Row {
        name: "padded",
        words: Text::new("blanks around values", "值的前后有空格"),
        findings: &[Code::PaddedValue],
        style: Style {
            texts: Texts::Padded,
            ..STYLE
        },
        ..XML
    },
    Row {
        name: "declared",
        words: Text::new("an XML declaration", "有 XML 声明"),
        style: Style {
            head: "<?xml version=\"1.0\" encoding=\"UTF-8\"?>",
            ..STYLE
        },
        ..XML
    },
    Row {
        name: "event-mismatch",
        words: Text::new(
            "inside the element of another event",
            "位于其他事件的外层元素之内",
        ),
        findings: &[Code::EventMismatch],
        style: Style {
            foreign_wrapper: true,
            ..STYLE
        },
        ..XML
    },
    Row {
        name: "odd-case",
        words: Text::new("`MsgId` for `MsgID`", "`MsgID` 写成 `MsgId`"),
        event: Some(Event::Sent),
        findings: &[Code::OddCase],
        edit: |draft, _| rename(draft, MSG_ID.wire, "MsgId"),
        ..ROW
    },
    Row {
        name: "text-id",
        words: Text::new("a message id that is no number", "消息 ID 不是数字"),
        event: Some(Event::Sent),
        findings: &[Code::OddMsgId],
        edit: |draft, rng| {
            change(draft, MSG_ID.wire, |_| {
                Scalar::Text(format!("msg_{}", rng.below(100_000)))
            })
        },
        ..ROW
    },
    Row {
        name: "imprecise-id",
        words: Text::new(
            "a message id that lost its last digits",
            "消息 ID 丢失了末尾几位",
        ),
        event: Some(Event::Sent),
        findings: &[Code::ImpreciseMsgId],
        edit: |draft, _| change(draft, MSG_ID.wire, imprecise),
        ..JSON
    },
    Row {
        name: "empty-scene",
        words: Text::new("a scene that is no number", "场景不是数字"),
        event: Some(Event::Popup),
        findings: &[Code::WrongType],
        edit: |draft, _| change(draft, POPUP_SCENE.wire, |_| Scalar::Text(String::new())),
        ..ROW
    },
    Row {
        name: "extra-field",
        words: Text::new("a field that is not documented", "有文档中没有的字段"),
        findings: &[Code::UnknownField],
        edit: |draft, rng| draft.header.push(("AppId", Scalar::Text(appid(rng)))),
        ..ROW
    },
    Row {
        name: "appid",
        words: Text::new(
            "the account by its appid, as cloud functions get it",
            "账号为 appid，云函数即如此",
        ),
        findings: &[Code::OddAccountId],
        edit: |draft, rng| change(draft, TO_USER.wire, |_| Scalar::Text(appid(rng))),
        ..ROW
    },
    Row {
        name: "no-header",
        words: Text::new("without account, user and time", "没有账号、用户和时间"),
        findings: &[Code::MissingField],
        edit: |draft, _| {
            let lost = [TO_USER.wire, FROM_USER.wire, CREATE_TIME.wire];
            draft.header.retain(|(name, _)| !lost.contains(name));
        },
        ..ROW
    },
    Row {
        name: "no-list",
        words: Text::new("without items", "没有条目"),
        most: Some(0),
        findings: &[Code::MissingList],
        style: list(List::Absent),
        ..ROW
    },
];

fn rename(draft: &mut Draft, from: &str, to: &'static str) {
    let members = draft.items.iter_mut().flatten();
    for member in members.filter(|member| member.0 == from) {
        member.0 = to;
    }
}

fn change(draft: &mut Draft, name: &str, mut into: impl FnMut(&Scalar) -> Scalar) {
    draft.values(name).for_each(|value| *value = into(value));
}

/// Returns the id as written by a program that parsed it as a floating-point number.
fn imprecise(id: &Scalar) -> Scalar {
    match id {
        Scalar::Whole(digits) => {
            let number: f64 = digits.parse().unwrap_or_default();
            Scalar::Bare(format!("{number:e}").replace('e', "e+"))
        }
        other => other.clone(),
    }
}

fn appid(rng: &mut Rng) -> String {
    format!("wx{}", rng.hex(16))
}

impl Shape {
    /// The shape that WeChat documents.
    pub const DOCUMENTED: Shape = Shape(&ROW);

    /// Returns every shape, the documented one first.
    pub fn all() -> impl Iterator<Item = Shape> {
        ROWS.iter().map(Shape)
    }

    /// Returns the name, as given on the command line.
    pub fn name(self) -> &'static str {
        self.0.name
    }

    /// Returns a description of what differs.
    pub fn words(self, lang: Lang) -> &'static str {
        self.0.words.get(lang)
    }

    /// Returns the only syntax of the shape, or `None` if it exists in both.
    pub fn syntax(self) -> Option<Syntax> {
        self.0.syntax
    }

    /// Returns the only event of the shape, or `None` if it exists for all.
    pub fn event(self) -> Option<Event> {
        self.0.event
    }

    /// Returns the most items that the shape can hold, if there is a limit.
    pub fn most_items(self) -> Option<usize> {
        self.0.most
    }

    /// Returns the findings that the shape causes.
    pub fn findings(self) -> &'static [Code] {
        self.0.findings
    }

    pub(super) fn style(self) -> &'static Style {
        &self.0.style
    }

    pub(super) fn edit(self, draft: &mut Draft, rng: &mut Rng) {
        (self.0.edit)(draft, rng);
    }
}

impl fmt::Debug for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Shape({})", self.name())
    }
}

impl PartialEq for Shape {
    fn eq(&self, other: &Self) -> bool {
        self.name() == other.name()
    }
}

impl Eq for Shape {}

/// The error for an unknown shape name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownShape {
    name: String,
    /// The shape with the most similar name.
    pub suggestion: Option<Shape>,
}

impl fmt::Display for UnknownShape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "unknown shape `{}`", printable(&self.name))?;
        match self.suggestion {
            Some(shape) => write!(f, "; did you mean `{}`?", shape.name()),
            None => f.write_str("; `wxsub sample --help` lists all"),
        }
    }
}

impl std::error::Error for UnknownShape {}

impl FromStr for Shape {
    type Err = UnknownShape;

    fn from_str(name: &str) -> Result<Self, UnknownShape> {
        let named = |wanted: &str| Shape::all().find(|shape| shape.name() == wanted);
        named(name).ok_or_else(|| UnknownShape {
            name: name.to_owned(),
            suggestion: closest(name, ROWS.iter().map(|row| row.name)).and_then(named),
        })
    }
}
