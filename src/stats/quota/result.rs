//! The grants of a run, as a table.

use std::io::{self, Write};

use jiff::tz::TimeZone;

use crate::event::fields::STATUS;
use crate::event::{Event, Value};
use crate::lang::{Lang, Text};
use crate::output::words;
use crate::report::text::TextOptions;
use crate::stats::names::Names;
use crate::stats::quota::QuotaSettings;
use crate::stats::quota::ledger::{Balance, GivenBack, Rules, Step};
use crate::stats::quota::whole::{Pair, PairStep, Whole};
use crate::stats::result::{ENOUGH, flush};
use crate::stats::sends::Sends;
use crate::stats::sends::time::NO_TIME;
use crate::stats::table::{Cell, Column, Form, Table, grouped};

/// The grants of each account, user and template.
#[derive(Debug)]
pub struct Grants {
    names: Sends,
    pairs: Vec<Pair>,
    /// The pairs in the order of their texts.
    order: Vec<u32>,
    /// Where the steps of each pair begin.
    starts: Vec<usize>,
    steps: Vec<Step>,
    given_back: Vec<GivenBack>,
    settings: QuotaSettings,
    timeless: u64,
}

static COLUMNS: [Column; 9] = [
    column("to_user", Text::new("account", "账号"), false),
    column("from_user", Text::new("user", "用户"), false),
    column("template_id", Text::new("template", "模板"), false),
    column("granted", Text::new("granted", "授权"), true),
    column("used", Text::new("used", "已用"), true),
    column("left", Text::new("left", "剩余"), true),
    column("last_time", Text::new("last change", "最近变更"), false),
    column("last_event", Text::new("by", "来自"), false),
    column("last_status", Text::new("status", "状态"), false),
];

const fn column(key: &'static str, title: Text, is_number: bool) -> Column {
    Column {
        key: Some(key),
        title,
        is_number,
        is_optional: false,
    }
}

const NO_ROWS: Text = Text::new(
    "no callbacks and no sends: nothing to count",
    "没有回调，也没有发送记录：无可统计",
);
const TIMELESS: Text = Text::new(
    "callbacks not counted: without a time between 1970 and 2100",
    "个回调未计入：没有 1970 至 2100 年之间的时间",
);
const NONE_LEFT: Text = Text::new("no row has this number left", "没有剩余次数等于该值的记录");
const BOUND: Text = Text::new(
    "≥: a grant without a dialog is not pushed, so more may be left.",
    "≥：未弹窗的静默授权不会推送，实际剩余可能更多。",
);

impl Grants {
    pub(super) fn new(whole: Whole, steps: Vec<PairStep>, settings: &QuotaSettings) -> Self {
        let order = order(&whole.pairs, &whole.sends);
        let (starts, steps) = by_pair(whole.pairs.len(), steps);
        Grants {
            order,
            names: whole.sends,
            pairs: whole.pairs,
            starts,
            steps,
            given_back: whole.given_back,
            settings: settings.clone(),
            timeless: whole.timeless,
        }
    }

    /// Returns what a reader must know beside the rows: what was not counted, and that there is nothing.
    pub fn notes(&self, lang: Lang) -> Vec<String> {
        let is_empty = self.pairs.is_empty() && self.timeless == 0;
        let nothing = is_empty.then(|| NO_ROWS.get(lang).to_owned());
        let counted = [(self.timeless, TIMELESS)]
            .into_iter()
            .chain(self.names.notes());
        let counted = counted.filter(|(count, _)| *count > 0);
        let counted =
            counted.map(|(count, words)| format!("{} {}", grouped(count), words.get(lang)));
        nothing.into_iter().chain(counted).collect()
    }

    /// Writes a row for each account, user and template, in this order. With `left`, writes only the rows with
    /// exactly that number left.
    ///
    /// # Errors
    ///
    /// An error of `to`.
    pub fn write(
        &self,
        form: Form,
        left: Option<u64>,
        (options, zone): (&TextOptions, &TimeZone),
        to: &mut dyn Write,
    ) -> io::Result<()> {
        let (mut out, mut steps) = (Vec::new(), Vec::new());
        let mut table = Table::open(form, COLUMNS.to_vec(), *options, &mut out);
        let (long_term, mut has_rows) = (self.long_term(), false);
        for &pair in &self.order {
            steps.clear();
            steps.extend_from_slice(
                &self.steps[self.starts[pair as usize]..self.starts[pair as usize + 1]],
            );
            let names = self.pairs[pair as usize];
            let balance = Balance::of(
                &mut steps,
                long_term.contains(&names[2]),
                &self.rules(),
                &self.names.texts,
            );
            if left.is_none_or(|left| left == balance.left) {
                let cells = self.cells(names, &balance, (form, options.lang, zone));
                table.row(&cells, &mut out);
                has_rows = true;
                flush(&mut out, to, ENOUGH)?;
            }
        }
        table.close(&mut out);
        if form == Form::Table && !self.order.is_empty() {
            let foot = if has_rows { BOUND } else { NONE_LEFT };
            let gap = if has_rows { "\n" } else { "" };
            let foot = foot.get(options.lang);
            out.extend_from_slice(format!("{gap}{foot}\n").as_bytes());
        }
        flush(&mut out, to, 0)
    }

    fn rules(&self) -> Rules<'_> {
        Rules {
            given_back: &self.given_back,
            refused_is_zero: self.settings.refused_is_zero,
        }
    }

    /// Returns the numbers of long-term templates.
    fn long_term(&self) -> Vec<u32> {
        let is_long_term = |name: &u32| {
            let text = self.names.texts.get(*name);
            text.is_some_and(|text| self.settings.long_term.iter().any(|known| known == text))
        };
        let names = 0..self.names.texts.len() as u32;
        if self.settings.long_term.is_empty() {
            return Vec::new();
        }
        names.filter(is_long_term).collect()
    }

    fn cells(
        &self,
        [account, user, template]: Pair,
        balance: &Balance,
        shown: Shown<'_>,
    ) -> [Cell<'_>; 9] {
        let texts = &self.names.texts;
        let (event, status) = balance.last_words(&self.rules(), texts);
        [
            text(texts, account),
            text(&self.names.users, user),
            text(texts, template),
            Cell::count(balance.granted),
            Cell::count(balance.used),
            left(balance.left, shown.0),
            last_time(balance, shown),
            last_event(event, shown),
            status.map_or_else(Cell::absent, |status| last_status(status, shown)),
        ]
    }
}

/// The form, language and zone of a table.
type Shown<'a> = (Form, Lang, &'a TimeZone);

fn left(left: u64, form: Form) -> Cell<'static> {
    match form {
        Form::Table => Cell::count(left).marked('≥'),
        _ => Cell::count(left),
    }
}

fn last_time(balance: &Balance, (form, _, zone): Shown<'_>) -> Cell<'static> {
    let time = balance
        .last
        .map(|step| step.time)
        .filter(|time| *time != NO_TIME);
    let Some(time) = time.map(i64::from) else {
        return Cell::absent();
    };
    match form {
        Form::Table => Cell::integer(time).shown(words::time(time, zone).unwrap_or_default()),
        _ => Cell::integer(time),
    }
}

fn last_event(name: &'static str, (form, ..): Shown<'_>) -> Cell<'static> {
    let event = Event::ALL.into_iter().find(|event| event.name() == name);
    match event.filter(|_| form == Form::Table) {
        Some(event) => Cell::text(name).shown(event.short_name().to_owned()),
        None => Cell::text(name),
    }
}

fn last_status<'a>(status: &'a str, (form, lang, _): Shown<'_>) -> Cell<'a> {
    match form {
        Form::Table => Cell::text(status).shown(words::value(&STATUS, Value::Text(status), lang)),
        _ => Cell::text(status),
    }
}

/// Makes a cell of a text that may be absent.
fn text(names: &Names, name: u32) -> Cell<'_> {
    names.get(name).map_or_else(Cell::absent, Cell::text)
}

/// Returns the pairs in the order of their texts.
fn order(pairs: &[Pair], names: &Sends) -> Vec<u32> {
    let (users, texts) = (names.users.ranks(), names.texts.ranks());
    let keys = pairs.iter().zip(0_u32..);
    let mut keys: Vec<u128> = keys
        .map(|([account, user, template], pair)| {
            let ranks = [
                texts[*account as usize],
                users[*user as usize],
                texts[*template as usize],
                pair,
            ];
            ranks
                .iter()
                .fold(0, |key, rank| key << 32 | u128::from(*rank))
        })
        .collect();
    keys.sort_unstable();
    keys.into_iter().map(|key| key as u32).collect()
}

/// Sorts steps by pair, without comparing: counts them, and puts each in its place.
fn by_pair(pairs: usize, steps: Vec<PairStep>) -> (Vec<usize>, Vec<Step>) {
    let mut starts = vec![0; pairs + 1];
    for step in &steps {
        starts[step.pair as usize + 1] += 1;
    }
    for pair in 0..pairs {
        starts[pair + 1] += starts[pair];
    }
    let Some(first) = steps.first() else {
        return (starts, Vec::new());
    };
    let mut sorted = vec![first.step; steps.len()];
    for step in steps {
        let start = &mut starts[step.pair as usize];
        sorted[*start] = step.step;
        *start += 1;
    }
    // Each start has moved to the end of its pair: the start of the next.
    starts.rotate_right(1);
    starts[0] = 0;
    (starts, sorted)
}
