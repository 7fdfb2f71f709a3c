//! The joined sends, as a table.

use std::io::{self, Write};

use jiff::tz::TimeZone;

use crate::event::fields::ERROR_CODE;
use crate::event::{Value, send};
use crate::lang::{Lang, Text};
use crate::output::words;
use crate::report::text::TextOptions;
use crate::stats::join::whole::Sent;
use crate::stats::names::Names;
use crate::stats::result::{ENOUGH, flush};
use crate::stats::sends::matching::Match;
use crate::stats::sends::time::{NO_TIME, Second};
use crate::stats::sends::{Send, Sends};
use crate::stats::table::{Cell, Column, Form, Table, grouped};

/// Sends with their results.
#[derive(Debug)]
pub struct Joined {
    pub(super) sends: Sends,
    pub(super) results: Vec<Sent>,
    pub(super) matches: Vec<Option<Match>>,
    /// The sends in the order of their times.
    pub(super) order: Vec<u32>,
    /// Results without a send, in the order of their times.
    pub(super) strays: Vec<u32>,
    /// The first and the last second of the captures.
    pub(super) period: Option<(Second, Second)>,
    /// True if results without a send are rows.
    pub(super) all: bool,
}

static COLUMNS: [Column; 10] = [
    column("msg_id", Text::new("message id", "消息 ID"), false),
    column("template_id", Text::new("template", "模板"), false),
    column("from_user", Text::new("user", "用户"), false),
    always("send_code", Text::new("answer", "接口返回")),
    column("send_time", Text::new("sent", "发送时间"), false),
    always("error_code", Text::new("result", "推送结果")),
    column("error_status", Text::new("status", "状态"), false),
    column("result_time", Text::new("result at", "结果时间"), false),
    column("delay", Text::new("delay", "延迟"), true),
    column("match", Text::new("join", "关联"), false),
];

const fn column(key: &'static str, title: Text, is_number: bool) -> Column {
    Column {
        key: Some(key),
        title,
        is_number,
        is_optional: true,
    }
}

/// A column that people see even if no row has a value.
const fn always(key: &'static str, title: Text) -> Column {
    Column {
        is_optional: false,
        ..column(key, title, false)
    }
}

/// How a row came about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Outcome {
    Delivered,
    Failed,
    Refused,
    /// Accepted, without a result in the period of the captures.
    NoResult,
    /// Accepted at a time that is not in the captures.
    NotInLog,
    /// A result without a send.
    NoSend,
}

impl Outcome {
    const ALL: [Outcome; 6] = [
        Outcome::Delivered,
        Outcome::Failed,
        Outcome::Refused,
        Outcome::NoResult,
        Outcome::NotInLog,
        Outcome::NoSend,
    ];

    fn words(self) -> Text {
        match self {
            Outcome::Delivered => Text::new("pushed", "推送成功"),
            Outcome::Failed => Text::new("failed", "推送失败"),
            Outcome::Refused => Text::new("refused by the interface", "接口拒绝"),
            Outcome::NoResult => Text::new("without a result", "没有结果"),
            Outcome::NotInLog => Text::new("not in this log", "不在日志时间段内"),
            Outcome::NoSend => Text::new("results without a send", "结果没有对应的发送"),
        }
    }
}

/// The form, language and zone of a table.
type Shown<'a> = (Form, Lang, &'a TimeZone);

/// A send, its result, or both.
#[derive(Clone, Copy)]
struct Row<'a> {
    send: Option<&'a Send>,
    result: Option<&'a Sent>,
    is_rounded: bool,
}

impl Joined {
    /// Writes a row for each send, and one for each result without a send if that was asked for.
    ///
    /// # Errors
    ///
    /// An error of `to`.
    pub fn write(
        &self,
        form: Form,
        (options, zone): (&TextOptions, &TimeZone),
        to: &mut dyn Write,
    ) -> io::Result<()> {
        let mut out = Vec::new();
        let mut table = Table::open(form, COLUMNS.to_vec(), *options, &mut out);
        for row in self.rows() {
            table.row(&self.cells(&row, (form, options.lang, zone)), &mut out);
            flush(&mut out, to, ENOUGH)?;
        }
        table.close(&mut out);
        flush(&mut out, to, 0)
    }

    /// Returns how many sends had which outcome, and what a reader must know beside the rows.
    pub fn notes(&self, lang: Lang) -> Vec<String> {
        let mut notes = vec![self.totals(lang)];
        let rounded = self.rows().filter(|row| row.is_rounded).count() as u64;
        let numbered = [
            (
                rounded,
                Text::new(
                    "joined by user and template, since ids lost digits (~)",
                    "条按用户和模板关联，因为消息 ID 丢失精度（~）",
                ),
            ),
            (
                if self.all {
                    0
                } else {
                    self.strays.len() as u64
                },
                Text::new(
                    "results without a send; --all shows them",
                    "个结果没有对应的发送；--all 可显示",
                ),
            ),
        ];
        let numbered = numbered.into_iter().chain(self.sends.notes());
        let numbered = numbered.filter(|(count, _)| *count > 0);
        notes.extend(
            numbered.map(|(count, words)| format!("{} {}", grouped(count), words.get(lang))),
        );
        if self.period.is_none() {
            let empty = Text::new("no callbacks in the captures", "日志中没有回调");
            notes.push(empty.get(lang).to_owned());
        }
        notes
    }

    fn totals(&self, lang: Lang) -> String {
        let mut counts = [0_u64; Outcome::ALL.len()];
        for row in self.rows() {
            counts[self.outcome(&row) as usize] += 1;
        }
        let count = grouped(self.order.len() as u64);
        let (comma, sends) = match (lang, self.order.len()) {
            (Lang::En, 1) => (", ", "1 send".to_owned()),
            (Lang::En, _) => (", ", format!("{count} sends")),
            (Lang::Zh, _) => ("、", format!("{count} 条发送")),
        };
        let parts = Outcome::ALL
            .iter()
            .zip(counts)
            .filter(|(_, count)| *count > 0);
        let parts = parts
            .map(|(outcome, count)| format!("{} {}", grouped(count), outcome.words().get(lang)));
        let parts: Vec<_> = parts.collect();
        match parts.is_empty() {
            true => sends,
            false => format!(
                "{sends}{}{}",
                if lang == Lang::Zh { "：" } else { ": " },
                parts.join(comma)
            ),
        }
    }

    fn rows(&self) -> impl Iterator<Item = Row<'_>> {
        let sends = self.order.iter().map(|&at| {
            let matched = self.matches[at as usize];
            Row {
                send: Some(&self.sends.rows[at as usize]),
                result: matched.map(|matched| &self.results[matched.result as usize]),
                is_rounded: matched.is_some_and(|matched| matched.is_rounded),
            }
        });
        let strays = self.strays.iter().filter(|_| self.all).map(|&at| Row {
            send: None,
            result: Some(&self.results[at as usize]),
            is_rounded: false,
        });
        sends.chain(strays)
    }

    fn outcome(&self, row: &Row<'_>) -> Outcome {
        match (row.send, row.result) {
            (None, _) => Outcome::NoSend,
            (Some(_), Some(result)) if result.is_delivered() => Outcome::Delivered,
            (Some(_), Some(_)) => Outcome::Failed,
            (Some(send), None) if !send.is_accepted() => Outcome::Refused,
            (Some(send), None) if self.is_in_period(send.time) => Outcome::NoResult,
            (Some(_), None) => Outcome::NotInLog,
        }
    }

    fn is_in_period(&self, time: Second) -> bool {
        self.period
            .is_some_and(|(first, last)| (first..=last).contains(&time))
    }

    fn cells(&self, row: &Row<'_>, shown: Shown<'_>) -> [Cell<'_>; 10] {
        let (form, lang, zone) = shown;
        let (send, result) = (row.send, row.result);
        let name = |of_send: fn(&Send) -> u32, of_result: fn(&Sent) -> u32| {
            let given = send.map(of_send).filter(|name| *name != 0);
            given.or_else(|| result.map(of_result)).unwrap_or_default()
        };
        [
            self.id(row),
            text(
                &self.sends.texts,
                name(|send| send.template, |result| result.template),
            ),
            text(
                &self.sends.users,
                name(|send| send.user, |result| result.user),
            ),
            answer(send.and_then(Send::code), lang),
            time(send.map(|send| send.time), zone),
            self.code(row, lang),
            self.status(row, form),
            result_time(row, form, zone),
            delay(row),
            matched(row, lang),
        ]
    }

    /// Makes the cell of a result's status. People see it only where the code says nothing.
    fn status(&self, row: &Row<'_>, form: Form) -> Cell<'_> {
        let is_known = |result: &Sent| result.code.is_some_and(|code| send::answer(code).is_some());
        let result = row
            .result
            .filter(|result| form != Form::Table || !is_known(result));
        result.map_or_else(Cell::absent, |result| {
            text(&self.sends.texts, result.status)
        })
    }

    fn id(&self, row: &Row<'_>) -> Cell<'_> {
        let id = row
            .send
            .map(|send| send.id)
            .or(row.result.map(|result| result.id));
        let Some(id) = id.filter(|id| !id.is_none()) else {
            return Cell::absent();
        };
        let cell = Cell::text(id.text(&self.sends.texts));
        if row.is_rounded {
            cell.marked('~')
        } else {
            cell
        }
    }

    /// Makes the cell of a result's code. If there is no result, people see why.
    fn code(&self, row: &Row<'_>, lang: Lang) -> Cell<'_> {
        match (row.result, self.outcome(row)) {
            (Some(result), _) => match result.code {
                Some(code) => {
                    let shown = words::value(&ERROR_CODE, Value::Integer(code), lang);
                    Cell::integer(code).shown(shown)
                }
                None => Cell::absent(),
            },
            (None, Outcome::Refused) => Cell::absent(),
            (None, outcome) => Cell::absent().shown(outcome.words().get(lang).to_owned()),
        }
    }
}

impl Sent {
    fn is_delivered(&self) -> bool {
        matches!(self.code, None | Some(0))
    }
}

/// Makes the cell of an answer's code, with what the send interface means by it.
fn answer(code: Option<i64>, lang: Lang) -> Cell<'static> {
    let Some(code) = code else {
        return Cell::absent();
    };
    let cell = Cell::integer(code);
    match send::answer(code) {
        Some(words) => cell.shown(format!("{} ({code})", words.get(lang))),
        None => cell,
    }
}

fn time(time: Option<Second>, zone: &TimeZone) -> Cell<'static> {
    match time.filter(|time| *time != NO_TIME).map(i64::from) {
        Some(time) => Cell::integer(time).shown(words::second(time, zone).unwrap_or_default()),
        None => Cell::absent(),
    }
}

/// Makes the cell of a result's time. People see the delay instead, where there is one.
fn result_time(row: &Row<'_>, form: Form, zone: &TimeZone) -> Cell<'static> {
    let has_delay = row.send.is_some_and(|send| send.time != NO_TIME);
    let result = row.result.filter(|_| form != Form::Table || !has_delay);
    time(result.map(|result| result.time), zone)
}

/// Makes the cell of the seconds between a send and its result.
fn delay(row: &Row<'_>) -> Cell<'static> {
    let times = row
        .send
        .zip(row.result)
        .map(|(send, result)| (send.time, result.time));
    match times.filter(|(sent, came)| *sent != NO_TIME && *came != NO_TIME) {
        Some((sent, came)) => {
            let seconds = i64::from(came) - i64::from(sent);
            Cell::integer(seconds).shown(format!("{seconds} s"))
        }
        None => Cell::absent(),
    }
}

fn matched(row: &Row<'_>, lang: Lang) -> Cell<'static> {
    let (value, zh) = match (row.send, row.result) {
        (Some(_), Some(_)) if row.is_rounded => ("rounded", "近似"),
        (Some(_), Some(_)) => ("exact", "精确"),
        _ => ("none", "无"),
    };
    let cell = Cell::text(value);
    match lang {
        Lang::En => cell,
        Lang::Zh => cell.shown(zh.to_owned()),
    }
}

/// Makes a cell of a text that may be absent.
fn text(names: &Names, name: u32) -> Cell<'_> {
    names.get(name).map_or_else(Cell::absent, Cell::text)
}
