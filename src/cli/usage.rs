//! Usage errors in Chinese. clap gives the kind of an error and its context; this module makes the sentences.

use std::error::Error as _;

use clap::Error;
use clap::builder::Styles;
use clap::error::{ContextKind, ContextValue, ErrorKind};

use crate::cli::help;

/// Returns the Chinese text of a usage error: what is wrong, tips, usage, and where to read more.
pub(super) fn in_chinese(error: &Error) -> String {
    let usage = match error.get(ContextKind::Usage) {
        Some(ContextValue::StyledStr(usage)) => Some(usage.to_string()),
        _ => None,
    };
    page(&what(error), &tips(error), usage.as_deref())
}

/// How a usage error begins.
const ERROR: &str = "错误：";

/// Colours the beginning of a usage error, as clap does.
pub(super) fn coloured(page: &str) -> String {
    let style = *Styles::styled().get_error();
    match page.strip_prefix(ERROR) {
        Some(rest) => format!("{style}{ERROR}{style:#}{rest}"),
        None => page.to_owned(),
    }
}

/// Lays out a usage error.
pub(super) fn page(what: &str, tips: &[String], usage: Option<&str>) -> String {
    let mut parts = vec![format!("{ERROR}{what}")];
    if !tips.is_empty() {
        let tips: Vec<String> = tips.iter().map(|tip| format!("  提示：{tip}")).collect();
        parts.push(tips.join("\n"));
    }
    parts.extend(usage.map(help::usage));
    parts.push("详细用法见 '--help'。\n".to_owned());
    parts.join("\n\n")
}

/// Says what is wrong.
fn what(error: &Error) -> String {
    let arg = text(error, ContextKind::InvalidArg);
    let value = text(error, ContextKind::InvalidValue);
    match error.kind() {
        ErrorKind::InvalidValue if value.is_empty() => {
            format!("'{arg}' 需要一个值，但没有给出{}", choices(error))
        }
        ErrorKind::InvalidValue => format!("'{arg}' 的值 '{value}' 无效{}", choices(error)),
        ErrorKind::ValueValidation => {
            let why = error.source().map(|why| format!("：{why}"));
            format!("'{arg}' 的值 '{value}' 无效{}", why.unwrap_or_default())
        }
        ErrorKind::UnknownArgument => format!("未知参数 '{arg}'"),
        ErrorKind::InvalidSubcommand => {
            let name = text(error, ContextKind::InvalidSubcommand);
            format!("未知命令 '{name}'")
        }
        ErrorKind::MissingRequiredArgument => match list(error, ContextKind::InvalidArg) {
            args if args.is_empty() => "缺少必需的参数".to_owned(),
            args => format!("缺少必需的参数：{}", indented(&args)),
        },
        ErrorKind::MissingSubcommand => {
            let commands = list(error, ContextKind::ValidSubcommand);
            format!("缺少命令\n  [命令：{}]", commands.join("、"))
        }
        ErrorKind::ArgumentConflict => conflict(error, &arg),
        ErrorKind::NoEquals => format!("'{arg}' 与它的值之间要有等号"),
        ErrorKind::TooManyValues => format!("'{arg}' 不能再有值 '{value}'"),
        ErrorKind::TooFewValues | ErrorKind::WrongNumberOfValues => {
            format!("'{arg}' 的值的个数不对")
        }
        ErrorKind::InvalidUtf8 => "有参数不是 UTF-8".to_owned(),
        // Whatever clap may add: its own sentence is better than none.
        _ => error.to_string().trim_start_matches("error: ").to_owned(),
    }
}

/// Says which arguments exclude each other.
fn conflict(error: &Error, arg: &str) -> String {
    match list(error, ContextKind::PriorArg) {
        others if others == [arg] => format!("参数 '{arg}' 不能重复使用"),
        others if others.len() == 1 => format!("参数 '{arg}' 不能与 '{}' 同时使用", others[0]),
        others if others.is_empty() => format!("参数 '{arg}' 不能与其他参数同时使用"),
        others => format!("参数 '{arg}' 不能与以下参数同时使用：{}", indented(&others)),
    }
}

/// Returns the values that are possible, on a line of their own.
fn choices(error: &Error) -> String {
    match list(error, ContextKind::ValidValue) {
        values if values.is_empty() => String::new(),
        values => format!("\n  [可选值：{}]", values.join("、")),
    }
}

/// Returns tips: similar names, and what clap advises.
fn tips(error: &Error) -> Vec<String> {
    let similar = [
        (ContextKind::SuggestedSubcommand, "命令"),
        (ContextKind::SuggestedArg, "参数"),
        (ContextKind::SuggestedValue, "值"),
    ];
    let similar = similar.into_iter().filter_map(|(kind, what)| {
        let names = list(error, kind);
        let names: Vec<String> = names.iter().map(|name| format!("'{name}'")).collect();
        (!names.is_empty()).then(|| format!("有相近的{what}：{}", names.join("、")))
    });
    let mut tips: Vec<String> = similar.collect();
    if let Some(ContextValue::StyledStrs(others)) = error.get(ContextKind::Suggested) {
        tips.extend(others.iter().map(|tip| translated(&tip.to_string())));
    }
    tips
}

/// Translates a tip that clap words itself: `to pass 'A' as a value, use 'B'`.
fn translated(tip: &str) -> String {
    let parts = tip
        .strip_prefix("to pass '")
        .and_then(|rest| rest.split_once("' as a value, use "));
    match parts {
        Some((value, typed)) => format!("要把 '{value}' 作为值，请写成 {typed}"),
        None => tip.to_owned(),
    }
}

/// Returns a text of the context, or an empty one.
fn text(error: &Error, kind: ContextKind) -> String {
    list(error, kind).join("、")
}

/// Returns the texts of the context.
fn list(error: &Error, kind: ContextKind) -> Vec<String> {
    match error.get(kind) {
        Some(ContextValue::String(text)) => vec![text.clone()],
        Some(ContextValue::Strings(texts)) => texts.clone(),
        _ => Vec::new(),
    }
}

/// Puts each name on a line of its own.
fn indented(names: &[String]) -> String {
    let lines = names.iter().map(|name| format!("\n  {name}"));
    lines.collect()
}
