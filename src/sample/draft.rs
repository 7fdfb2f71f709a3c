//! The content of a sample before it is written: ids, times and results as in captured payloads.
//!
//! Every sample has an rng of its own, and the order in which values are drawn does not depend on the recipe. Setting a
//! value or another shape therefore changes no other value, neither in this sample nor in later ones.

use crate::event::Event;
use crate::event::fields::{
    CREATE_TIME, ERROR_CODE, ERROR_STATUS, EVENT, FROM_USER, Field, MSG_ID, MSG_TYPE,
    MSG_TYPE_EVENT, POPUP_SCENE, STATUS, TEMPLATE_ID, TO_USER,
};
use crate::event::{same, terms};
use crate::sample::Recipe;
use crate::sample::rng::Rng;

/// A value and its possible forms.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Scalar {
    Text(String),
    /// A whole number, in JSON a string or a number.
    Whole(String),
    /// Always a number in JSON.
    Bare(String),
}

/// A name in a payload and its value.
pub(super) type Member = (&'static str, Scalar);

/// The content of one sample.
#[derive(Clone, Debug)]
pub(super) struct Draft {
    pub(super) event: Event,
    pub(super) header: Vec<Member>,
    pub(super) items: Vec<Vec<Member>>,
}

impl Draft {
    /// Returns the values of all members called `name`, in header and items.
    pub(super) fn values(&mut self, name: &str) -> impl Iterator<Item = &mut Scalar> {
        let items = self.items.iter_mut().flatten();
        let members = self.header.iter_mut().chain(items);
        members
            .filter(move |member| member.0 == name)
            .map(|member| &mut member.1)
    }
}

/// The values that samples of one seed share: an account, its templates, and a clock.
#[derive(Clone, Debug)]
pub(super) struct Cast {
    account: String,
    /// The first characters of the account's openids.
    openid: String,
    templates: Vec<String>,
    /// True for a service account, which shows prompts on web pages and in articles.
    is_service: bool,
    time: u64,
}

impl Cast {
    pub(super) fn new(recipe: &Recipe, seed: u64, rng: &mut Rng) -> Self {
        const FIRST: u64 = 1_704_067_200; // 2024-01-01
        const TWO_YEARS: u64 = 2 * 365 * 86_400;
        const TEMPLATES: usize = 5;
        // A separate rng, because the number of templates depends on the number of items.
        let mut of_templates = Rng::new(!seed);
        let pool = TEMPLATES.max(recipe.items.unwrap_or_default());
        let templates = (0..pool).map(|_| of_templates.base64url(43)).collect();
        Cast {
            account: format!("gh_{}", rng.hex(12)),
            openid: format!("o{}", rng.base64url(5)),
            templates,
            is_service: rng.one_in(4),
            time: FIRST + rng.below(TWO_YEARS),
        }
    }

    /// Makes the next sample.
    pub(super) fn draft(&mut self, recipe: &Recipe, rng: &mut Rng) -> Draft {
        self.time += rng.below(4);
        let user = format!("{}{}", self.openid, rng.base64url(22));
        let header = vec![
            (TO_USER.wire, Scalar::Text(self.account.clone())),
            (
                FROM_USER.wire,
                Scalar::Text(recipe.user.clone().unwrap_or(user)),
            ),
            (CREATE_TIME.wire, Scalar::Whole(self.time.to_string())),
            (MSG_TYPE, Scalar::Text(MSG_TYPE_EVENT.to_owned())),
            (EVENT, Scalar::Text(recipe.event.name().to_owned())),
        ];
        let (first, count) = (rng.below(5) as usize, how_many(recipe, rng));
        let items = (0..count).map(|at| self.item(recipe, first, at, rng));
        Draft {
            event: recipe.event,
            header,
            items: items.collect(),
        }
    }

    fn item(&self, recipe: &Recipe, first: usize, at: usize, rng: &mut Rng) -> Vec<Member> {
        let facts = Facts {
            template: match recipe.templates.as_slice() {
                [] => self.templates[(first + at) % self.templates.len()].clone(),
                given => given[at % given.len()].clone(),
            },
            status: status(recipe, rng),
            scene: scene(self.is_service, rng),
            msg_id: FIRST_MSG_ID + rng.below(i64::MAX as u64 - FIRST_MSG_ID),
            error_code: recipe.error_code.unwrap_or_default(),
        };
        let fields = recipe.event.definition().fields.iter();
        fields
            .map(|field| (field.wire, facts.value(field)))
            .collect()
    }
}

/// The first message id. Ids have 19 digits and fit into 63 bits.
const FIRST_MSG_ID: u64 = 1_000_000_000_000_000_000;

/// The number of items: a prompt asks for up to three templates; a message has one result.
fn how_many(recipe: &Recipe, rng: &mut Rng) -> usize {
    let drawn = match rng.below(6) {
        0..3 => 1,
        3..5 => 2,
        _ => 3,
    };
    let usual = drawn.min(recipe.event.definition().most_items);
    let most = recipe.shape.most_items().unwrap_or(usize::MAX);
    recipe.items.unwrap_or(usual).min(most)
}

/// The status of an item. Change events are documented to report rejections only.
fn status(recipe: &Recipe, rng: &mut Rng) -> String {
    let [accept, reject] = &terms::STATUSES;
    let is_rejected = rng.one_in(4) || recipe.event == Event::Change;
    let usual = if is_rejected { reject } else { accept };
    recipe.status.clone().unwrap_or(usual.value.to_owned())
}

fn scene(is_service: bool, rng: &mut Rng) -> i64 {
    let [page, web, article] = &terms::SCENES;
    let of_service = if rng.one_in(2) { web } else { article };
    if is_service {
        of_service.value
    } else {
        page.value
    }
}

/// The possible values of an item.
struct Facts {
    template: String,
    status: String,
    scene: i64,
    msg_id: u64,
    error_code: i64,
}

impl Facts {
    fn value(&self, field: &Field) -> Scalar {
        let is = |other: &Field| same(field, other);
        match () {
            _ if is(&TEMPLATE_ID) => Scalar::Text(self.template.clone()),
            _ if is(&STATUS) => Scalar::Text(self.status.clone()),
            _ if is(&POPUP_SCENE) => Scalar::Whole(self.scene.to_string()),
            _ if is(&MSG_ID) => Scalar::Whole(self.msg_id.to_string()),
            _ if is(&ERROR_CODE) => Scalar::Whole(self.error_code.to_string()),
            _ if is(&ERROR_STATUS) => Scalar::Text(error_status(self.error_code).to_owned()),
            _ => unreachable!("every field of the table has a value"),
        }
    }
}

/// Returns WeChat's text for an error code.
fn error_status(code: i64) -> &'static str {
    let row = terms::ERROR_CODES.iter().find(|row| row.term.value == code);
    row.map_or("unknown error", |row| row.status)
}
