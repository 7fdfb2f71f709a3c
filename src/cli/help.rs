//! Lays out the help in Chinese. clap writes the English help, but its headings are fixed and it breaks lines at spaces.
//!
//! clap still decides which command's help is wanted and whether it is the short one: each command gets a template that
//! prints the page made here.

use std::fmt::Write;

use clap::builder::{PossibleValue, Styles};
use clap::{Arg, Command};
use console::Term;
use unicode_width::UnicodeWidthStr;
use wxsub::Lang;
use wxsub::report::text::wrapped;

use crate::cli::chinese::{self, OWN};
use crate::cli::{sample, select};

/// The most columns that help uses. Without a terminal it uses all of them.
const WIDEST: usize = 100;

/// Returns the program with Chinese help.
pub(super) fn in_chinese(mut program: Command) -> Command {
    let width = width();
    // Only a built command knows its arguments and its usage.
    program.build();
    with_pages(program, width).mut_subcommands(|command| with_pages(command, width))
}

/// Returns the program with Chinese texts in the place of the English ones, for completions.
pub(super) fn with_texts(mut program: Command) -> Command {
    program.build();
    translated(program).mut_subcommands(|command| translated(command).mut_subcommands(translated))
}

/// Returns a command with its Chinese texts.
fn translated(command: Command) -> Command {
    let name = command.get_name().to_owned();
    let about = chinese::command(&name).map_or("", |text| text.about);
    command.about(about).mut_args(|arg| {
        let (help, _) = texts(&name, &arg);
        arg.help(help)
    })
}

/// Returns the usage line of a command in Chinese, from clap's.
pub(super) fn usage(english: &str) -> String {
    let usage = english
        .trim()
        .trim_start_matches("Usage:")
        .trim_start()
        .replace("[OPTIONS]", "[选项]")
        .replace("<COMMAND>", "<命令>");
    format!("用法：{usage}")
}

/// Returns the columns of the terminal, or those that COLUMNS names, as clap does.
fn width() -> usize {
    let columns = Term::stdout().size_checked().map(|size| size.1.into());
    let named = || std::env::var("COLUMNS").ok()?.parse().ok();
    columns.or_else(named).unwrap_or(WIDEST).min(WIDEST)
}

/// Returns a command whose help is the pages made here.
fn with_pages(mut command: Command, width: usize) -> Command {
    let [short, long] = [false, true].map(|is_long| page(&mut command, is_long, width));
    command
        .help_template("{before-help}")
        .before_help(short)
        .before_long_help(long)
}

/// Returns the help of a command: what it does, its usage, its arguments in groups, and examples.
fn page(command: &mut Command, is_long: bool, width: usize) -> String {
    let usage = usage(&command.render_usage().to_string());
    let text = chinese::command(command.get_name());
    let about = text.map_or("", |text| text.about);
    let notes = text.map_or("", |text| match text.long_notes {
        long if is_long && !long.is_empty() => long,
        _ => text.notes,
    });
    let layout = Layout {
        command,
        is_long,
        width,
    };
    let mut parts = vec![wrapped(about, 0, width), usage, layout.commands()];
    parts.extend(layout.groups());
    parts.push(notes.to_owned());
    let parts = parts.iter().map(|part| part.trim_end());
    let parts: Vec<&str> = parts.filter(|part| !part.is_empty()).collect();
    parts.join("\n\n")
}

/// How a page is laid out.
struct Layout<'a> {
    command: &'a Command,
    is_long: bool,
    width: usize,
}

impl Layout<'_> {
    fn heading(&self, english: &str) -> String {
        let style = self.styles().get_header();
        let heading = chinese::heading(english).unwrap_or(english);
        format!("{style}{heading}：{style:#}\n")
    }

    fn styles(&self) -> &Styles {
        self.command.get_styles()
    }

    /// The list of commands. Only the program has one.
    fn commands(&self) -> String {
        let shown = self
            .command
            .get_subcommands()
            .filter(|command| !command.is_hide_set());
        let rows = shown.map(|command| {
            let about = chinese::command(command.get_name()).map_or("", |text| text.about);
            let aliases: Vec<&str> = command.get_visible_aliases().collect();
            let aliases = bracketed("别名", &aliases);
            (command.get_name().to_owned(), format!("{about}{aliases}"))
        });
        let rows: Vec<Row> = rows.collect();
        match rows.is_empty() || self.command.get_name() == "help" {
            true => String::new(),
            false => self.heading("Commands") + &self.columns(&rows),
        }
    }

    /// The arguments in groups, each below its heading.
    fn groups(&self) -> Vec<String> {
        let mut groups: Vec<(&str, Vec<&Arg>)> = vec![("Arguments", vec![]), ("Options", vec![])];
        for arg in self.in_order() {
            let heading = heading_of(arg);
            match groups.iter_mut().find(|(known, _)| *known == heading) {
                Some((_, args)) => args.push(arg),
                None => groups.push((heading, vec![arg])),
            }
        }
        groups.retain(|(_, args)| !args.is_empty());
        let text = |(heading, args): &(&str, Vec<&Arg>)| self.heading(heading) + &self.rows(args);
        groups.iter().map(text).collect()
    }

    /// The arguments in the order of clap's help: the last ones are `--lang`, `--help` and `--version`.
    fn in_order(&self) -> Vec<&Arg> {
        let mut args: Vec<&Arg> = self.shown().collect();
        args.sort_by_key(|arg| match arg.get_id().as_str() {
            "lang" => 1,
            "help" => 2,
            "version" => 3,
            _ => 0,
        });
        args
    }

    fn shown(&self) -> impl Iterator<Item = &Arg> {
        self.command.get_arguments().filter(|arg| {
            let hidden = match self.is_long {
                true => arg.is_hide_long_help_set(),
                false => arg.is_hide_short_help_set(),
            };
            !arg.is_hide_set() && !hidden
        })
    }

    fn rows(&self, args: &[&Arg]) -> String {
        match self.is_long {
            true => {
                let rows = args.iter().map(|arg| self.in_full(arg));
                rows.collect::<Vec<_>>().join("\n")
            }
            false => {
                let rows = args.iter().map(|arg| (spelling(arg), self.in_short(arg)));
                self.columns(&rows.collect::<Vec<Row>>())
            }
        }
    }

    /// Lays out names and texts in two columns. A name that is too long has its text below.
    fn columns(&self, rows: &[Row]) -> String {
        const WIDEST_NAME: usize = 30;
        let widths = rows.iter().map(|(name, _)| name.width());
        let widest = widths.filter(|width| *width <= WIDEST_NAME).max();
        let column = widest.unwrap_or_default() + 4;
        let mut text = String::new();
        for (name, words) in rows {
            let words = wrapped(words, column, self.width);
            let gap = (column - 2).checked_sub(name.width());
            _ = match gap.filter(|gap| *gap >= 2) {
                Some(gap) => {
                    let gap = " ".repeat(gap);
                    write!(text, "  {}{gap}{}", self.literal(name), words.trim_start())
                }
                None => write!(text, "  {}\n{words}", self.literal(name)),
            };
        }
        text
    }

    /// Lays out the whole text of an argument, below its name.
    fn in_full(&self, arg: &Arg) -> String {
        const INDENT: usize = 10;
        let (help, more) = texts(self.command.get_name(), arg);
        let (values, listed) = self.values(arg);
        let remarks = format!("{}{values}", default(arg));
        let mut text = format!("  {}\n", self.literal(&spelling(arg)));
        let paragraphs = [&help, &more, &listed, remarks.trim_start()];
        let paragraphs = paragraphs.iter().filter(|part| !part.is_empty());
        let paragraphs = paragraphs.map(|part| {
            let lines = part
                .lines()
                .map(|line| wrapped_below(line, INDENT, self.width));
            lines.collect::<String>()
        });
        text += &paragraphs.collect::<Vec<_>>().join("\n");
        text
    }

    fn in_short(&self, arg: &Arg) -> String {
        let (help, _) = texts(self.command.get_name(), arg);
        let (mut values, listed) = self.values(arg);
        if !listed.is_empty() {
            values = bracketed("可选值", &names(&possible(arg)));
        }
        format!("{help}{}{values}", default(arg))
    }

    /// Returns the possible values: their names in brackets, or a list with their meanings.
    fn values(&self, arg: &Arg) -> (String, String) {
        let values = possible(arg);
        let lines = values.iter().filter_map(|value| {
            let meaning = self.meaning(arg, value)?;
            Some(format!("- {}：{meaning}", value.get_name()))
        });
        let lines: Vec<String> = lines.collect();
        match lines.is_empty() {
            true => (bracketed("可选值", &names(&values)), String::new()),
            false => (String::new(), format!("可选值：\n{}", lines.join("\n"))),
        }
    }

    fn meaning(&self, arg: &Arg, value: &PossibleValue) -> Option<String> {
        let id = arg.get_id().as_str();
        match chinese::value(self.command.get_name(), id, value.get_name()) {
            Some((.., OWN)) => Some(select::event_words(value.get_name(), Lang::Zh)),
            row => row.map(|(.., meaning)| (*meaning).to_owned()),
        }
    }

    /// Returns a name in the style of what is typed. The placeholder of a value has no style.
    fn literal(&self, name: &str) -> String {
        let style = self.styles().get_literal();
        match name.split_once(" <") {
            _ if name.starts_with(['[', '<']) => name.to_owned(),
            Some((flag, value)) => format!("{style}{flag}{style:#} <{value}"),
            None => format!("{style}{name}{style:#}"),
        }
    }
}

/// Returns the short text of an argument, and what the long help adds.
fn texts(command: &str, arg: &Arg) -> (String, String) {
    let id = arg.get_id().as_str();
    let row = chinese::argument(command, id);
    let (help, more) = row.map_or(("", ""), |(.., help, more)| (*help, *more));
    let own = |text: &str| match (text, id) {
        (OWN, "dedup") => select::dedup_help(Lang::Zh),
        (OWN, _) => sample::shapes(Lang::Zh),
        (text, _) => text.to_owned(),
    };
    (own(help), own(more))
}

/// Returns the English heading below which an argument stands.
fn heading_of(arg: &Arg) -> &str {
    match arg.get_help_heading() {
        Some(heading) => heading,
        None if arg.is_positional() => "Arguments",
        None => "Options",
    }
}

/// A name and its text.
type Row = (String, String);

/// Wraps a line. An entry of a list is indented below its dash.
fn wrapped_below(line: &str, indent: usize, width: usize) -> String {
    match line.strip_prefix("- ") {
        Some(entry) => {
            let text = wrapped(entry, indent + 2, width);
            format!("{}- {}", " ".repeat(indent), text.trim_start())
        }
        None => wrapped(line, indent, width),
    }
}

/// Returns how an argument is typed: `-o, --output <FILE>`.
fn spelling(arg: &Arg) -> String {
    match arg.get_short() {
        _ if arg.is_positional() => arg.to_string(),
        Some(short) if arg.get_long().is_some() => format!("-{short}, {arg}"),
        Some(_) => arg.to_string(),
        None => format!("    {arg}"),
    }
}

/// Returns the possible values that help shows.
fn possible(arg: &Arg) -> Vec<PossibleValue> {
    let is_hidden = arg.is_hide_possible_values_set() || !arg.get_action().takes_values();
    match is_hidden {
        true => Vec::new(),
        false => arg.get_possible_values(),
    }
}

fn names(values: &[PossibleValue]) -> Vec<&str> {
    values.iter().map(PossibleValue::get_name).collect()
}

/// Returns the default value that help shows.
fn default(arg: &Arg) -> String {
    let is_hidden = arg.is_hide_default_value_set() || !arg.get_action().takes_values();
    let values = arg.get_default_values().iter();
    let values: Vec<_> = values.map(|value| value.to_string_lossy()).collect();
    let values: Vec<&str> = values.iter().map(AsRef::as_ref).collect();
    match is_hidden {
        true => String::new(),
        false => bracketed("默认", &values),
    }
}

/// Returns ` [what：a、b]`, or nothing if there is nothing to say.
fn bracketed(what: &str, values: &[&str]) -> String {
    match values.is_empty() {
        true => String::new(),
        false => format!(" [{what}：{}]", values.join("、")),
    }
}
