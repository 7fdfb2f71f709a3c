//! Why a file of sends cannot be used.

use std::{fmt, io};

use crate::lang::Lang;
use crate::printable::printable;
use crate::stats::Failure;

/// The reason why a file of sends was not read.
#[derive(Debug)]
#[non_exhaustive]
pub enum SendsError {
    /// No column has message ids.
    NoIds {
        /// The columns or members that are there.
        seen: Vec<String>,
    },
    /// Nothing in the file is a send.
    NoSends,
    /// The file cannot be read.
    Unreadable(io::Error),
    /// The sends take too much memory.
    Failure(Failure),
}

impl SendsError {
    /// Says what is wrong and what helps.
    pub fn message(&self, lang: Lang) -> String {
        match (self, lang) {
            (SendsError::NoIds { seen }, Lang::En) => format!(
                "no column `msgid` or `msg_id`; there are {}. --columns msgid=NAME names another",
                names(seen, ", ")
            ),
            (SendsError::NoIds { seen }, Lang::Zh) => format!(
                "没有 `msgid` 或 `msg_id` 列；现有列：{}。可用 --columns msgid=列名 指定",
                names(seen, "、")
            ),
            (SendsError::NoSends, Lang::En) => {
                "no send was found: expected CSV with a header, JSON lines, or a log \
                 whose lines hold a request (touser, template_id) and its answer (errcode, msgid)"
                    .into()
            }
            (SendsError::NoSends, Lang::Zh) => {
                "没有找到发送记录：应为带表头的 CSV、JSON lines，或每行含有请求\
                 （touser、template_id）和返回（errcode、msgid）的日志"
                    .into()
            }
            (SendsError::Unreadable(error), _) => error.to_string(),
            (SendsError::Failure(failure), _) => failure.message(lang),
        }
    }
}

fn names(seen: &[String], separator: &str) -> String {
    let quoted: Vec<_> = seen
        .iter()
        .map(|name| format!("`{}`", printable(name)))
        .collect();
    quoted.join(separator)
}

impl fmt::Display for SendsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message(Lang::En))
    }
}

impl std::error::Error for SendsError {}

impl From<io::Error> for SendsError {
    fn from(error: io::Error) -> Self {
        SendsError::Unreadable(error)
    }
}

impl From<Failure> for SendsError {
    fn from(failure: Failure) -> Self {
        SendsError::Failure(failure)
    }
}
