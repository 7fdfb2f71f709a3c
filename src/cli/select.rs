//! The flags that choose callbacks, and the [`Filter`] they make.

use anyhow::{Context, bail};
use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use wxsub::explain::{Kind, Topic};
use wxsub::redact::Redactor;
use wxsub::select::{Filter, Selection};
use wxsub::{Event, Lang};

use crate::cli::known::Known;
use crate::cli::language::{Words, both};
use crate::cli::moment::Moment;
use crate::cli::number::within;

// Not a doc comment: clap would show it as the command's help.
#[derive(Debug, clap::Args)]
pub(super) struct SelectArgs {
    /// Callbacks of these events: popup, change, sent
    ///
    /// Several with commas, or the flag again, as for --template, --status, --user and --account: any of the values will
    /// do. Different flags must all hold.
    #[arg(
        long,
        value_name = "EVENT,…",
        value_delimiter = ',',
        value_parser = event_parser(event_value),
        hide_possible_values = true
    )]
    event: Vec<Event>,
    /// Items of these templates
    ///
    /// A callback is kept with those of its items that fit.
    #[arg(long, value_name = "ID,…", value_delimiter = ',', allow_hyphen_values = true, value_parser = template)]
    template: Vec<String>,
    /// Items with these statuses: accept, reject, …
    #[arg(
        long,
        value_name = "STATUS,…",
        value_delimiter = ',',
        value_parser = Known::new(status, statuses),
        hide_possible_values = true
    )]
    status: Vec<String>,
    /// Items of sent events with an error code other than 0
    #[arg(long)]
    failed: bool,
    /// Callbacks of these users
    #[arg(long, value_name = "OPENID,…", value_delimiter = ',', value_parser = id, hide_short_help = true)]
    user: Vec<String>,
    /// Callbacks to these accounts: gh_…
    #[arg(long, value_name = "ID,…", value_delimiter = ',', value_parser = id, hide_short_help = true)]
    account: Vec<String>,
    /// Callbacks made then or later: 2026-01-02, 7d, …
    ///
    /// A date, a date and time, Unix seconds, or how long ago (90s, 30m, 2h, 7d, 1w). A time without a zone is in that
    /// of --tz if the command has that flag, else local.
    #[arg(long, value_name = "TIME", allow_hyphen_values = true, value_parser = Moment::parse)]
    since: Option<Moment>,
    /// Callbacks made before then
    ///
    /// A date is its first moment: --until 2026-01-02 leaves that day out.
    #[arg(long, value_name = "TIME", allow_hyphen_values = true, value_parser = Moment::parse)]
    until: Option<Moment>,
    #[arg(long, help = dedup_help(Lang::En), hide_short_help = true)]
    dedup: bool,
    /// Stop reading after N callbacks
    #[arg(long, value_name = "N", value_parser = limit, allow_negative_numbers = true, hide_short_help = true)]
    limit: Option<u64>,
}

impl SelectArgs {
    /// Returns true if a flag may leave callbacks out.
    pub(super) fn is_any(&self) -> bool {
        let lists = [&self.template, &self.status, &self.user, &self.account];
        let times = [self.since.is_some(), self.until.is_some()];
        let is_filter = !self.event.is_empty() || self.failed || times.contains(&true);
        is_filter || self.dedup || self.limit.is_some() || lists.iter().any(|list| !list.is_empty())
    }

    /// Refuses flags that leave out callbacks of a user and template for which others are kept: they would change what
    /// `command` counts. Sends have no account.
    pub(super) fn refuse_parts(&self, command: &str, has_accounts: bool) -> anyhow::Result<()> {
        let flags = [
            ("--event", !self.event.is_empty()),
            ("--status", !self.status.is_empty()),
            ("--failed", self.failed),
            ("--limit", self.limit.is_some()),
            ("--account", !self.account.is_empty() && !has_accounts),
        ];
        match flags.iter().find(|(_, is_given)| *is_given) {
            Some((flag, _)) => bail!(both!(
                "{flag} does not belong to {command}: what it leaves out would change the result",
                "{flag} 不用于 {command}：它去掉的内容会改变结果"
            )),
            None => Ok(()),
        }
    }

    /// Makes the filter that these flags describe.
    ///
    /// Times without a zone are in `zone`, which is called only if there is such a time. With a `redactor`, the ids of
    /// captures are pseudonyms, and so are those of the filter.
    pub(super) fn filter(
        &self,
        zone: impl Fn() -> anyhow::Result<TimeZone>,
        redactor: Option<&Redactor>,
    ) -> anyhow::Result<Filter> {
        let mut selection = self.selection(Timestamp::now(), zone)?;
        if let Some(redactor) = redactor {
            let ids = [
                &mut selection.users,
                &mut selection.accounts,
                &mut selection.templates,
            ];
            let ids = ids.into_iter().flatten();
            ids.for_each(|id| *id = redactor.pseudonym(id));
        }
        let mut filter = Filter::new(selection);
        if self.dedup {
            filter = filter.dedup();
        }
        if let Some(most) = self.limit {
            filter = filter.limit(most);
        }
        Ok(filter)
    }

    fn selection(
        &self,
        now: Timestamp,
        zone: impl Fn() -> anyhow::Result<TimeZone>,
    ) -> anyhow::Result<Selection> {
        let second = |flag: &'static str, moment: Option<Moment>| {
            let Some(moment) = moment else {
                return Ok(None);
            };
            moment.second(now, &zone()?).map(Some).context(flag)
        };
        let (since, until) = (
            second("--since", self.since)?,
            second("--until", self.until)?,
        );
        if since
            .zip(until)
            .is_some_and(|(since, until)| since >= until)
        {
            bail!(Words(
                "--since is not before --until, so nothing lies between them: --until leaves its own time out; for \
                 all of a day give it the next day",
                "--since 不早于 --until，两者之间没有内容：--until 不包括它自己的时间；要包括一整天，请写后一天"
            ));
        }
        Ok(Selection {
            events: self.event.clone(),
            users: self.user.clone(),
            accounts: self.account.clone(),
            since,
            until,
            templates: self.template.clone(),
            statuses: self.status.clone(),
            failed: self.failed,
        })
    }
}

/// Returns the help of `--dedup`, which says how many callbacks are remembered.
pub(super) fn dedup_help(lang: Lang) -> String {
    let (thousands, mebibytes) = (Filter::REMEMBERED / 1_000, Filter::MEMORY >> 20);
    match lang {
        Lang::En => format!(
            "Drop repeated deliveries: same account, user, time, event and items, in any file. At least the last \
             {thousands},000 callbacks are remembered, in {mebibytes} MiB at most"
        ),
        Lang::Zh => format!(
            "去掉重复推送：账号、用户、时间、事件和条目均相同的回调，不论在哪个文件中。至少记住最近 {thousands},000 个回调，最多占用 \
             {mebibytes} MiB"
        ),
    }
}

/// Returns what the event of this short name is, in words.
pub(super) fn event_words(short_name: &str, lang: Lang) -> String {
    let mut events = Event::ALL.into_iter();
    let event = events.find(|event| event.short_name() == short_name);
    event.map_or(String::new(), |event| event.words(lang).to_owned())
}

/// Makes the value of an event: its short name, or WeChat's name.
pub(super) fn event_value(event: Event) -> PossibleValue {
    PossibleValue::new(event.short_name()).alias(event.name())
}

/// Parses an event that was typed as a `value`.
pub(super) fn event_parser(
    value: fn(Event) -> PossibleValue,
) -> impl TypedValueParser<Value = Event> {
    let is_called = |event: &Event, name: &str| [event.short_name(), event.name()].contains(&name);
    PossibleValuesParser::new(Event::ALL.map(value)).map(move |name| {
        let mut events = Event::ALL.into_iter();
        let event = events.find(|event| is_called(event, &name));
        event.expect("one of those that are possible")
    })
}

/// Checks a template id. An id may begin with a hyphen; a flag in the place of a forgotten id is refused.
pub(super) fn template(text: &str) -> Result<String, String> {
    let is_word = |rest: &str| rest.bytes().all(|b| b.is_ascii_lowercase() || b == b'-');
    let is_flag = match text.strip_prefix("--") {
        Some(name) => is_word(name),
        None => text.starts_with('-') && text.len() == "-q".len(),
    };
    match is_flag {
        true => Err(Words(
            "expected a template id, found a flag",
            "应为模板 ID，却是一个选项",
        )
        .to_string()),
        false => id(text),
    }
}

fn id(text: &str) -> Result<String, String> {
    one(text, Words("an id", " ID"))
}

fn status(text: &str) -> Result<String, String> {
    one(
        text,
        Words("a status, as accept or reject", "状态，如 accept 或 reject"),
    )
}

/// Returns the statuses that are known.
fn statuses() -> Vec<String> {
    let topics = Topic::all().filter(|topic| topic.kind() == Kind::Status);
    topics.flat_map(|topic| topic.names()).collect()
}

/// Checks one value of a list. An empty value is refused: in a script it means that a variable is not set.
fn one(text: &str, wanted: Words) -> Result<String, String> {
    match text.trim().is_empty() {
        true => Err(both!(
            "expected {wanted}, found nothing",
            "应为{wanted}，却是空的"
        )),
        false => Ok(text.to_owned()),
    }
}

fn limit(text: &str) -> Result<u64, String> {
    within(text, 1..=u64::MAX)
}
