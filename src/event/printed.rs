//! Looks through what parsers of XML and SDKs make of a message when they print it as JSON.
//!
//! Parsers wrap values: in an array of one (xml2js), or in an object with one text (`#text`, `_cdata`). They put the
//! message into a member `xml`. WxJava renames the fields of the header, and prints all fields again under WeChat's names
//! in one member. Here these forms are seen as plain ones; a decoder reports that it met them.

use std::collections::HashMap;

use crate::event::decode::first;
use crate::event::fields;
use crate::syntax::{Kind, Syntax, View};

/// Returns the value that a parser wrapped in `view`, or `view` itself.
// Asked of each member several times; a call takes longer than the answer.
#[inline(always)]
pub(super) fn unwrapped(view: View<'_>) -> View<'_> {
    match view.kind() {
        Kind::Object | Kind::Array => value_inside(view),
        _ => view,
    }
}

fn value_inside(view: View<'_>) -> View<'_> {
    let mut value = view;
    while let Some(inner) = only_inside(value) {
        value = inner;
    }
    match value.kind() {
        Kind::Object | Kind::Array => view,
        _ => value,
    }
}

/// Returns the only entry of an array, or the only text of an object.
fn only_inside(view: View<'_>) -> Option<View<'_>> {
    let is_wrapper = match view.kind() {
        Kind::Array => true,
        Kind::Object => view.tree.syntax == Syntax::Json,
        _ => false,
    };
    let inner = is_wrapper.then(|| only_child(view))??;
    let is_text = view.kind() == Kind::Array || fields::is_text_member(inner.name());
    is_text.then_some(inner)
}

fn only_child(view: View<'_>) -> Option<View<'_>> {
    let mut children = view.children();
    let child = children.next()?;
    children.next().is_none().then_some(child)
}

/// Returns the object in an array of one, or `view` itself.
pub(super) fn only_object(view: View<'_>) -> View<'_> {
    let inner = only_child(view).filter(|_| view.kind() == Kind::Array);
    inner
        .filter(|inner| inner.kind() == Kind::Object)
        .unwrap_or(view)
}

/// Returns the message in the only member `xml` of an object, or `root` itself. An encrypted message stays where it is.
pub(crate) fn body(root: View<'_>) -> View<'_> {
    let is_named = |child: &View<'_>| {
        child.kind() == Kind::Object && child.name().eq_ignore_ascii_case(fields::ROOT)
    };
    let is_json = root.tree.syntax == Syntax::Json;
    let body = is_json.then(|| only_child(root)).flatten().filter(is_named);
    body.filter(|body| first(*body, fields::ENCRYPT).is_none())
        .unwrap_or(root)
}

/// Returns the value of the first member `wanted` of a message, in any letter case. Also looks at the fields that WxJava
/// prints under WeChat's names.
pub(super) fn named<'a>(root: View<'a>, wanted: &str) -> Option<View<'a>> {
    let member = first(root, wanted).or_else(|| first(sdk_fields(root)?, wanted));
    member.map(unwrapped)
}

/// Returns the object in which WxJava prints the fields of a message under WeChat's names.
fn sdk_fields(root: View<'_>) -> Option<View<'_>> {
    root.children().find(|child| is_sdk_fields(*child))
}

fn is_sdk_fields(child: View<'_>) -> bool {
    child.kind() == Kind::Object && child.name() == fields::SDK_FIELDS
}

/// Returns true if a parser of XML printed the message at `root`: the name of the event is wrapped, the message stands
/// in another object, or its names are in lower case.
pub(super) fn is_of_parser(root: View<'_>) -> bool {
    let event = first(root, fields::EVENT);
    let is_wrapped = event.is_some_and(|event| unwrapped(event).id != event.id);
    let is_inside = root.id > 0;
    is_inside || is_wrapped || is_lower_case(root)
}

/// Returns true if the names of the header are written in lower case.
pub(super) fn is_lower_case(root: View<'_>) -> bool {
    let is_lower = |name: &str| !name.bytes().any(|b| b.is_ascii_uppercase());
    let names = root.children().map(View::name);
    let mut marks = names.filter(|name| fields::marks_message(name)).peekable();
    marks.peek().is_some() && marks.all(is_lower)
}

/// Returns true if WxJava printed the message at `root`.
pub(super) fn is_of_sdk(root: View<'_>) -> bool {
    let is_own =
        |child: View<'_>| is_sdk_fields(child) || fields::sdk_field(child.name()).is_some();
    root.tree.syntax == Syntax::Json && root.children().any(is_own)
}

/// The fields that WxJava prints under WeChat's names.
pub(super) struct SdkFields<'a> {
    object: Option<View<'a>>,
    /// The fields by their names in lower case.
    by_name: HashMap<String, View<'a>>,
}

impl<'a> SdkFields<'a> {
    pub(super) fn of(root: View<'a>) -> Self {
        let object = sdk_fields(root);
        let mut by_name = HashMap::new();
        for child in object.into_iter().flat_map(View::children) {
            by_name
                .entry(child.name().to_ascii_lowercase())
                .or_insert(child);
        }
        SdkFields { object, by_name }
    }

    pub(super) fn children(&self) -> impl Iterator<Item = View<'a>> + use<'a> {
        self.object.into_iter().flat_map(View::children)
    }

    /// Returns true if the member `child` of the message has nothing that these fields do not have.
    pub(super) fn repeats(&self, child: View<'_>) -> bool {
        let is_self = self.object.is_some_and(|object| object.id == child.id);
        let name = fields::sdk_field(child.name()).map_or(child.name(), |field| field.wire);
        let other = self.by_name.get(&name.to_ascii_lowercase());
        is_self || is_hollow(child) || other.is_some_and(|other| is_copy(child, *other))
    }
}

/// Returns true if both values hold equal texts under equal names, in any letter case and order.
fn is_copy(a: View<'_>, b: View<'_>) -> bool {
    // A field may be repeated often, and then must not be compared with a long one each time.
    const LONGER: u32 = 4;
    let len = |view: View<'_>| view.node().end - view.id;
    len(b) <= LONGER * len(a) && leaves(a) == leaves(b)
}

/// Returns true if a value holds no text, number or literal: WxJava prints such members for fields that are not given.
fn is_hollow(view: View<'_>) -> bool {
    (view.id..view.node().end).all(|id| matches!(view.at(id).kind(), Kind::Object | Kind::Array))
}

/// Returns names and texts of all values inside of `view`, sorted. The name of `view` itself does not count.
fn leaves(view: View<'_>) -> Vec<(String, &str)> {
    let values = (view.id..view.node().end).map(|id| view.at(id));
    let values = values.filter(|value| !matches!(value.kind(), Kind::Object | Kind::Array));
    let mut leaves = Vec::new();
    for value in values {
        let name = match value.id == view.id {
            true => String::new(),
            false => value.name().to_ascii_lowercase(),
        };
        leaves.push((name, value.value().trim_ascii()));
    }
    leaves.sort_unstable();
    leaves
}
