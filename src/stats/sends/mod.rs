//! Send requests with their answers, from tables and logs of applications.
//!
//! `Sends::read` takes a file: CSV with a header, JSON lines, or a log. Each line may hold a row, or a request and
//! its answer in any notation; `line` finds them. `matching` joins sends with results by message id.

mod draft;
mod error;
mod line;
pub(crate) mod matching;
pub(crate) mod msg_id;
mod pairs;
pub(crate) mod time;
mod utf8;

use std::cmp::Ordering;
use std::hash::{BuildHasher, RandomState};
use std::io::{BufRead, Read};

use csv::{ReaderBuilder, StringRecord};
use jiff::tz::TimeZone;

use crate::event::send::Part;
use crate::lang::Text;
use crate::select::Selection;
use crate::stats::Failure;
use crate::stats::names::{NO_NAME, Name, Names, push};
use draft::{Draft, Named};
use line::Line;
use msg_id::MsgId;
use time::{NO_TIME, Second};
use utf8::{Utf8, read_line};

pub use draft::Columns;
pub use error::SendsError;

/// A send request with its answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Send {
    pub(crate) id: MsgId,
    pub(crate) user: Name,
    pub(crate) template: Name,
    pub(crate) time: Second,
    code: i64,
}

/// The code of an answer that has none.
const NO_CODE: i64 = i64::MIN;

impl Send {
    pub(crate) fn code(&self) -> Option<i64> {
        (self.code != NO_CODE).then_some(self.code)
    }

    /// Returns true if the interface accepted the message: only then it gives an id.
    pub(crate) fn is_accepted(&self) -> bool {
        self.code().map_or(!self.id.is_none(), |code| code == 0)
    }
}

const UNANSWERED: Text = Text::new(
    "sends left out: without an answer on their line, or without id, code or receiver",
    "条发送记录未计入：同一行没有返回，或缺少消息 ID、返回码或接收者",
);
const TIMELESS: Text = Text::new(
    "sends without a time between 1970 and 2100",
    "条发送记录没有 1970 至 2100 年之间的时间",
);

/// The sends of all files.
///
/// ```
/// use wxsub::stats::{Columns, Sends};
///
/// let mut sends = Sends::new(Columns::default(), jiff::tz::TimeZone::UTC, 1 << 30);
/// sends.read(&b"msgid,openid,errcode\n1988810812324364291,otFpruAK8D-E6EfStSYonYSBZ8_4,0\n"[..])?;
/// assert_eq!(sends.len(), 1);
/// # Ok::<(), wxsub::stats::SendsError>(())
/// ```
#[derive(Debug)]
pub struct Sends {
    columns: Columns,
    time_zone: TimeZone,
    max_memory: usize,
    pub(crate) rows: Vec<Send>,
    pub(crate) users: Names,
    /// Templates, accounts, statuses and ids that are no numbers.
    pub(crate) texts: Names,
    /// Sends with a time that is not plausible or not readable.
    pub(crate) timeless: u64,
    /// Requests without an answer, and sends without an id that lack the code, or both the user and the template.
    pub(crate) unanswered: u64,
}

impl Default for Sends {
    fn default() -> Self {
        Sends::new(Columns::default(), TimeZone::UTC, usize::MAX)
    }
}

impl Sends {
    /// Makes an empty list. `columns` names columns beside the usual names; times without a zone are in `time_zone`.
    pub fn new(columns: Columns, time_zone: TimeZone, max_memory: usize) -> Self {
        let seed = RandomState::new().hash_one(0);
        Sends {
            columns,
            time_zone,
            max_memory,
            rows: Vec::new(),
            users: Names::new(seed),
            texts: Names::new(seed),
            timeless: 0,
            unanswered: 0,
        }
    }

    /// Returns the number of sends.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Returns true if there are no sends.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Returns what a reader must know about the sends: which are left out, or have no time.
    pub(crate) fn notes(&self) -> [(u64, Text); 2] {
        [(self.unanswered, UNANSWERED), (self.timeless, TIMELESS)]
    }

    pub(crate) fn bytes(&self) -> usize {
        self.rows.capacity() * size_of::<Send>() + self.users.bytes() + self.texts.bytes()
    }

    /// Reads the sends of a file. An empty file has none.
    ///
    /// # Errors
    ///
    /// [`SendsError`] if it cannot be read, no column has message ids, or nothing in it is a send.
    pub fn read(&mut self, from: impl Read) -> Result<(), SendsError> {
        let (mut from, mut first) = (Utf8::new(from), Vec::new());
        while first.trim_ascii().is_empty() {
            if !read_line(&mut from, &mut first)? {
                return Ok(());
            }
        }
        let first = String::from_utf8_lossy(&first).into_owned();
        match separator(&first, &self.columns) {
            Some(separator) => self.read_table(&first, separator, from),
            None => self.read_lines(first, from),
        }
    }

    fn read_table(
        &mut self,
        header: &str,
        separator: u8,
        from: impl Read,
    ) -> Result<(), SendsError> {
        let names = cells(header, separator);
        let columns: Vec<_> = names
            .iter()
            .map(|name| self.columns.part(name.trim()))
            .collect();
        let is_id = |named: &Option<Named>| named.is_some_and(|(part, _)| part == Part::MsgId);
        if !columns.iter().any(is_id) {
            let seen = names.iter().map(str::to_owned).collect();
            return Err(SendsError::NoIds { seen });
        }
        let mut builder = ReaderBuilder::new();
        builder
            .has_headers(false)
            .flexible(true)
            .delimiter(separator);
        let (mut reader, mut row) = (builder.from_reader(from), csv::ByteRecord::new());
        while reader.read_byte_record(&mut row).map_err(unreadable)? {
            let mut send = Draft::default();
            for (named, cell) in columns.iter().zip(&row) {
                if let Some(named) = named {
                    send.set(*named, unquoted(&String::from_utf8_lossy(cell)));
                }
            }
            self.add(&send)?;
        }
        Ok(())
    }

    fn read_lines(&mut self, first: String, mut from: impl BufRead) -> Result<(), SendsError> {
        let (before, mut seen, mut names_ids) = (self.len(), Vec::new(), false);
        let (mut line, columns) = (first.into_bytes(), self.columns.clone());
        loop {
            let text = String::from_utf8_lossy(&line);
            let mut found = Line::new(&columns, &mut seen);
            found.read(&text);
            names_ids |= found.names_ids;
            self.unanswered += u64::from(found.is_unanswered);
            for mut send in found.found {
                self.with_time_of(&mut send, &text);
                self.add(&send)?;
            }
            if !read_line(&mut from, &mut line)? {
                break;
            }
        }
        self.check_ids(before, names_ids, seen)
    }

    /// Checks that the sends from `before` on have ids, unless no message was accepted.
    fn check_ids(
        &self,
        before: usize,
        names_ids: bool,
        seen: Vec<String>,
    ) -> Result<(), SendsError> {
        let own = &self.rows[before..];
        let is_accepted = |row: &Send| row.code() == Some(0);
        match names_ids || own.iter().any(|row| !row.id.is_none()) {
            true => Ok(()),
            false if !own.is_empty() && !own.iter().any(is_accepted) => Ok(()),
            false if seen.is_empty() => Err(SendsError::NoSends),
            false => Err(SendsError::NoIds { seen }),
        }
    }

    /// Gives a send the time at the start of its line, if it has none of its own.
    fn with_time_of(&self, send: &mut Draft, line: &str) {
        let start = line.split(['{']).next().unwrap_or_default();
        if send.get(Part::Time).is_none()
            && let Some(time) = time::find(start, &self.time_zone)
        {
            send.set((Part::Time, 0), &time.to_string());
        }
    }

    fn add(&mut self, send: &Draft) -> Result<(), SendsError> {
        let text = |part| send.get(part).map(|given| given.text.as_str());
        let time = text(Part::Time).and_then(|time| time::read(time, &self.time_zone));
        let (time, has_time) = (time::second(time), text(Part::Time).is_some());
        self.timeless += u64::from(has_time && time == NO_TIME);
        let id = send.get(Part::MsgId).map_or(MsgId::NONE, |id| {
            MsgId::of_number(&id.text, &mut self.texts)
        });
        let code = text(Part::Code).and_then(|code| code.parse().ok());
        let has_name = text(Part::User).or(text(Part::Template)).is_some();
        if id.is_none() && (code.is_none() || !has_name) {
            self.unanswered += 1;
            return Ok(());
        }
        let row = Send {
            id,
            user: text(Part::User).map_or(NO_NAME, |user| self.users.number(user)),
            template: text(Part::Template).map_or(NO_NAME, |template| self.texts.number(template)),
            time,
            code: code.unwrap_or(NO_CODE),
        };
        push(&mut self.rows, row);
        match self.bytes() > self.max_memory {
            true => Err(Failure::Memory {
                limit: self.max_memory,
            }
            .into()),
            false => Ok(()),
        }
    }

    /// Keeps the sends whose time `selection` wants, and those without a time. Users and templates are checked later,
    /// because a result may name them.
    pub fn keep_times(&mut self, selection: &Selection) {
        let is_wanted = |row: &Send| row.time == NO_TIME || selection.wants_time(row.time.into());
        self.rows.retain(is_wanted);
    }

    /// Puts the sends in an order that does not depend on that of files, and removes those that are there twice: an id is
    /// given once. An id that lost digits may be that of several sends.
    pub(crate) fn settle(&mut self) {
        let mut rows = std::mem::take(&mut self.rows);
        rows.sort_unstable_by(|a, b| self.compare(a, b));
        rows.dedup_by(|b, a| !a.id.is_none() && (a == b || a.id == b.id && !a.id.looks_rounded()));
        self.rows = rows;
    }

    fn compare(&self, a: &Send, b: &Send) -> Ordering {
        let by_text = || {
            let users = self.users.text(a.user).cmp(self.users.text(b.user));
            users.then_with(|| self.texts.text(a.template).cmp(self.texts.text(b.template)))
        };
        let by_id = a.id.compare(b.id, &self.texts);
        by_id
            .then(a.time.cmp(&b.time))
            .then(a.code.cmp(&b.code))
            .then_with(by_text)
    }
}

fn unreadable(error: csv::Error) -> SendsError {
    SendsError::Unreadable(error.into())
}

/// Removes what spreadsheets need to keep digits: `'17` and `="17"`.
fn unquoted(cell: &str) -> &str {
    let cell = cell.trim();
    let formula = cell
        .strip_prefix("=\"")
        .and_then(|rest| rest.strip_suffix('"'));
    formula.unwrap_or_else(|| cell.strip_prefix('\'').unwrap_or(cell))
}

/// Returns the separator of a table's header, if the line is one: all cells look like names, or one is known and none
/// holds a value.
fn separator(line: &str, columns: &Columns) -> Option<u8> {
    let is_name = |cell: &str| {
        let cell = cell.trim();
        let is_short = !cell.is_empty() && cell.len() <= 60;
        is_short
            && !cell.starts_with(|c: char| c.is_ascii_digit())
            && !cell.contains(['{', '=', ':', '['])
    };
    let is_header = |separator: &u8| {
        let cells = cells(line, *separator);
        let is_known = cells.iter().any(|cell| columns.part(cell.trim()).is_some());
        is_known && cells.iter().all(is_name) && (cells.len() > 1 || !line.trim().contains(' '))
    };
    [b',', b'\t', b';', b'|'].into_iter().find(is_header)
}

fn cells(line: &str, separator: u8) -> StringRecord {
    let mut builder = ReaderBuilder::new();
    builder.has_headers(false).delimiter(separator);
    let mut cells = StringRecord::new();
    // A line that is no CSV has no cells.
    let read = builder.from_reader(line.as_bytes()).read_record(&mut cells);
    read.map_or_else(|_| StringRecord::new(), |_| cells)
}
