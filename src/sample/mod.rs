//! Generated payloads for tests: as WeChat sends them, in every shape that was observed.
//!
//! The content comes from a seed (`rng`, `draft`), the form from a table (`shape`) and a writer for each syntax. A seed
//! gives the same bytes in every version; tests compare the first samples.
//!
//! Adding a shape: a row in `shape`.

mod draft;
mod json;
mod rng;
mod shape;
mod xml;

use std::fmt;

use crate::event::Event;
use crate::event::fields::{ERROR_CODE, STATUS};
use crate::lang::Lang;
use crate::printable::printable;
use crate::syntax::xml::is_xml_char;
use crate::syntax::{Limits, Syntax};
use draft::Cast;
pub use rng::Rng;

pub use shape::{Shape, UnknownShape};

/// The wanted properties of samples. The seed decides the others.
///
/// ```
/// use wxsub::sample::Recipe;
/// use wxsub::{Event, decode};
///
/// let recipe = Recipe { error_code: Some(43101), ..Recipe::new(Event::Sent) };
/// let mut samples = recipe.samples(1)?;
/// let mut payload = Vec::new();
/// samples.write(&mut payload);
/// let record = decode(&payload);
/// assert!(record.findings().is_empty());
/// let item = record.callback().and_then(|callback| callback.items().next()).expect("an item");
/// assert_eq!(item.error_status(), Some("user refuse to accept the msg"));
/// # Ok::<(), wxsub::sample::Contradiction>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recipe {
    /// The event.
    pub event: Event,
    /// The syntax; by default that of the shape, else JSON.
    pub syntax: Option<Syntax>,
    /// The shape.
    pub shape: Shape,
    /// The number of items of each sample.
    pub items: Option<usize>,
    /// The openid of all samples.
    pub user: Option<String>,
    /// The template ids; items use them in turn.
    pub templates: Vec<String>,
    /// The status of all items.
    pub status: Option<String>,
    /// The error code of all items.
    pub error_code: Option<i64>,
}

/// The error for a recipe with properties that exclude each other.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Contradiction {
    /// A sent event has no status.
    Status,
    /// Only a sent event has an error code.
    ErrorCode(Event),
    /// The shape exists only in this syntax.
    Syntax(Shape, Syntax),
    /// The shape exists only for this event.
    Event(Shape, Event),
    /// The shape cannot hold this number of items, or no value of an item.
    Items(Shape, usize),
    /// The number of items is over the limit of a callback.
    Count(usize),
    /// XML does not allow the character in this value.
    Character(String, char),
}

impl Contradiction {
    /// Says what excludes what, and what helps.
    pub fn message(&self, lang: Lang) -> String {
        match lang {
            Lang::En => self.english(),
            Lang::Zh => self.chinese(),
        }
    }

    fn english(&self) -> String {
        use Contradiction::{Character, Count, ErrorCode, Items, Status};
        match self {
            Status => {
                "--status belongs to popup and change: what became of a sent message is its --error-code".into()
            }
            ErrorCode(event) => format!(
                "--error-code belongs to sent: a {} event has a --status",
                event.short_name()
            ),
            Contradiction::Syntax(shape, only) => format!(
                "the shape `{}` exists in {only} only: say --to {only}, or choose another shape",
                shape.name(),
                only = only.as_str(),
            ),
            Contradiction::Event(shape, only) => format!(
                "the shape `{0}` exists for {1} only: `wxsub sample {1} --shape {0}`",
                shape.name(),
                only.short_name()
            ),
            Items(shape, 0) => format!(
                "the shape `{}` has no items: leave out --items and what is said of them",
                shape.name()
            ),
            Items(shape, most) => format!(
                "the shape `{}` holds no more than {most}: leave out --items, or choose another shape",
                shape.name()
            ),
            Count(most) => {
                format!("--items takes 1 to {most}: a callback without items is the shape `no-list`")
            }
            Character(text, c) => format!(
                "XML cannot hold the character U+{:04X} of `{}`: leave it out, or say --to json",
                u32::from(*c),
                printable(text)
            ),
        }
    }

    fn chinese(&self) -> String {
        use Contradiction::{Character, Count, ErrorCode, Items, Status};
        match self {
            Status => {
                "--status 只用于 popup 和 change：发送的消息结果如何，用 --error-code 表示".into()
            }
            ErrorCode(event) => format!(
                "--error-code 只用于 sent：{} 事件用 --status",
                event.short_name()
            ),
            Contradiction::Syntax(shape, only) => format!(
                "写法 `{}` 只有 {only}：请用 --to {only}，或换一种写法",
                shape.name(),
                only = only.as_str(),
            ),
            Contradiction::Event(shape, only) => format!(
                "写法 `{0}` 只用于 {1}：`wxsub sample {1} --shape {0}`",
                shape.name(),
                only.short_name()
            ),
            Items(shape, 0) => format!(
                "写法 `{}` 没有条目：请去掉 --items 以及有关条目的选项",
                shape.name()
            ),
            Items(shape, most) => format!(
                "写法 `{}` 最多有 {most} 个条目：请去掉 --items，或换一种写法",
                shape.name()
            ),
            Count(most) => {
                format!("--items 应为 1 到 {most}：没有条目的回调是写法 `no-list`")
            }
            Character(text, c) => format!(
                "XML 不能包含 `{}` 中的字符 U+{:04X}：请去掉它，或用 --to json",
                printable(text),
                u32::from(*c)
            ),
        }
    }
}

impl fmt::Display for Contradiction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message(Lang::En))
    }
}

impl std::error::Error for Contradiction {}

impl Recipe {
    /// Makes a recipe for documented callbacks of `event`.
    pub fn new(event: Event) -> Self {
        Recipe {
            event,
            syntax: None,
            shape: Shape::DOCUMENTED,
            items: None,
            user: None,
            templates: Vec::new(),
            status: None,
            error_code: None,
        }
    }

    /// Returns the samples of `seed`.
    ///
    /// # Errors
    ///
    /// [`Contradiction`] if properties of the recipe exclude each other.
    pub fn samples(self, seed: u64) -> Result<Samples, Contradiction> {
        self.check_values()?;
        self.check_shape()?;
        self.check_characters()?;
        let mut rng = Rng::new(seed);
        Ok(Samples {
            cast: Cast::new(&self, seed, &mut rng),
            recipe: self,
            rng,
        })
    }

    fn syntax(&self) -> Syntax {
        let given = self.syntax.or(self.shape.syntax());
        given.unwrap_or(Syntax::Json)
    }

    fn check_values(&self) -> Result<(), Contradiction> {
        let most = Limits::default().items;
        let has = |field| self.event.definition().has(field);
        if self.status.is_some() && !has(&STATUS) {
            return Err(Contradiction::Status);
        }
        if self.error_code.is_some() && !has(&ERROR_CODE) {
            return Err(Contradiction::ErrorCode(self.event));
        }
        match self.items.is_some_and(|items| !(1..=most).contains(&items)) {
            true => Err(Contradiction::Count(most)),
            false => Ok(()),
        }
    }

    fn check_shape(&self) -> Result<(), Contradiction> {
        let shape = self.shape;
        if let Some(only) = shape.syntax().filter(|only| *only != self.syntax()) {
            return Err(Contradiction::Syntax(shape, only));
        }
        if let Some(only) = shape.event().filter(|only| *only != self.event) {
            return Err(Contradiction::Event(shape, only));
        }
        let has_facts = self.status.is_some() || self.error_code.is_some();
        let asks_for_items = self.items.is_some() || has_facts || !self.templates.is_empty();
        match shape.most_items() {
            Some(0) if asks_for_items => Err(Contradiction::Items(shape, 0)),
            Some(most) if self.items.is_some_and(|items| items > most) => {
                Err(Contradiction::Items(shape, most))
            }
            _ => Ok(()),
        }
    }

    fn check_characters(&self) -> Result<(), Contradiction> {
        let texts = self.templates.iter().chain(&self.user).chain(&self.status);
        let refused = |text: &String| text.chars().find(|c| !is_xml_char(*c));
        let mut texts = texts.filter(|_| self.syntax() == Syntax::Xml);
        match texts.find_map(|text| Some((text, refused(text)?))) {
            Some((text, c)) => Err(Contradiction::Character(text.clone(), c)),
            None => Ok(()),
        }
    }
}

/// An endless sequence of samples.
#[derive(Clone, Debug)]
pub struct Samples {
    recipe: Recipe,
    cast: Cast,
    rng: Rng,
}

impl Samples {
    /// Appends the next sample to `out`, in one line without a line feed.
    pub fn write(&mut self, out: &mut Vec<u8>) {
        let shape = self.recipe.shape;
        let mut rng = self.rng.fork();
        let mut draft = self.cast.draft(&self.recipe, &mut rng);
        shape.edit(&mut draft, &mut rng);
        match self.recipe.syntax() {
            Syntax::Json => json::write(&draft, shape.style(), out),
            Syntax::Xml => xml::write(&draft, shape.style(), out),
        }
    }
}
