//! Errors as people read them: a chain of causes, in the language of the run.
//!
//! In English every cause displays itself. In Chinese the library's errors say their message, and the errors of the
//! system are looked up by kind.

use std::error::Error;
use std::io::{self, ErrorKind};

use wxsub::explain::UnknownTerm;
use wxsub::gate::ConfigError;
use wxsub::redact::Refusal;
use wxsub::sample::Contradiction;
use wxsub::seal::{FileError, KeyError};
use wxsub::{Lang, decompress};

use crate::cli::language::chosen;

/// Returns an error with its causes.
pub(super) fn told(error: &anyhow::Error) -> String {
    match chosen() {
        Lang::En => format!("{error:#}"),
        Lang::Zh => {
            // A cause from the library of times adds nothing to the message before it.
            let causes = error.chain().filter(|cause| !cause.is::<jiff::Error>());
            let causes: Vec<String> = causes.map(in_chinese).collect();
            causes.join("：")
        }
    }
}

/// Returns an error of reading or writing.
pub(super) fn told_io(error: &io::Error) -> String {
    match chosen() {
        Lang::En => error.to_string(),
        Lang::Zh => of_system(error),
    }
}

/// Returns one cause in Chinese. A cause that is not known displays itself.
fn in_chinese(cause: &(dyn Error + 'static)) -> String {
    if let Some(error) = cause.downcast_ref::<io::Error>() {
        return of_system(error);
    }
    if cause.is::<ignore::Error>() {
        return of_glob(&cause.to_string());
    }
    let known = message(cause, decompress::Error::message)
        .or_else(|| message(cause, KeyError::message))
        .or_else(|| message(cause, FileError::message))
        .or_else(|| message(cause, ConfigError::message))
        .or_else(|| message(cause, UnknownTerm::message))
        .or_else(|| message(cause, Contradiction::message))
        .or_else(|| {
            message(cause, |refusal: &Refusal, lang| {
                refusal.message(lang).to_owned()
            })
        });
    known.unwrap_or_else(|| cause.to_string())
}

/// Returns the Chinese message of a cause, if it is an error of the type that `say` takes.
fn message<E: Error + 'static>(
    cause: &(dyn Error + 'static),
    say: fn(&E, Lang) -> String,
) -> Option<String> {
    cause.downcast_ref().map(|error| say(error, Lang::Zh))
}

/// Returns an error of the system in Chinese, with its number.
fn of_system(error: &io::Error) -> String {
    if let Some(inner) = error.get_ref() {
        return in_chinese(inner);
    }
    let words = words(error.kind());
    match (words, error.raw_os_error()) {
        (Some(words), Some(number)) => format!("{words} (os error {number})"),
        (Some(words), None) => words.to_owned(),
        (None, _) => error.to_string(),
    }
}

/// Returns what is wrong with a glob in Chinese.
fn of_glob(message: &str) -> String {
    let mut rows = GLOBS.iter();
    let row = rows.find(|row| message.contains(row.0));
    row.map_or(message, |row| row.1).to_owned()
}

/// Messages of the library of globs, each with its Chinese translation.
static GLOBS: &[(&str, &str)] = &[
    ("invalid use of **", "** 必须单独占一级路径"),
    ("unclosed character class", "字符组没有结束，缺少 `]`"),
    ("invalid range", "字符范围无效"),
    (
        "unopened alternate group",
        "`}` 之前缺少 `{`；表示字符本身时写成 `[}]`",
    ),
    (
        "unclosed alternate group",
        "`{` 之后缺少 `}`；表示字符本身时写成 `[{]`",
    ),
    ("nested", "`{…}` 不能这样嵌套"),
    ("dangling", "末尾的 `\\` 之后缺少字符"),
];

fn words(kind: ErrorKind) -> Option<&'static str> {
    let row = KINDS.iter().find(|row| row.0 == kind);
    row.map(|row| row.1)
}

/// What the common errors of the system mean.
static KINDS: &[(ErrorKind, &str)] = &[
    (ErrorKind::NotFound, "没有这个文件或文件夹"),
    (ErrorKind::PermissionDenied, "没有权限"),
    (ErrorKind::IsADirectory, "这是一个文件夹"),
    (ErrorKind::NotADirectory, "路径中有一部分不是文件夹"),
    (ErrorKind::AlreadyExists, "文件已存在"),
    (ErrorKind::StorageFull, "磁盘空间不足"),
    (ErrorKind::QuotaExceeded, "超出磁盘配额"),
    (ErrorKind::FileTooLarge, "文件过大"),
    (ErrorKind::ReadOnlyFilesystem, "文件系统只读"),
    (ErrorKind::InvalidFilename, "文件名无效或过长"),
    (ErrorKind::ResourceBusy, "资源正被占用"),
    (ErrorKind::ExecutableFileBusy, "文件正在运行"),
    (ErrorKind::InvalidInput, "参数无效"),
    (ErrorKind::InvalidData, "内容不是有效的 UTF-8"),
    (ErrorKind::BrokenPipe, "管道已关闭"),
    (ErrorKind::UnexpectedEof, "文件不完整"),
    (ErrorKind::WriteZero, "无法继续写入"),
    (ErrorKind::TimedOut, "超时"),
    (ErrorKind::Interrupted, "被中断"),
    (ErrorKind::OutOfMemory, "内存不足"),
    (ErrorKind::StaleNetworkFileHandle, "网络文件已失效"),
    (ErrorKind::NotSeekable, "文件不能随机读取"),
    (ErrorKind::Unsupported, "系统不支持此操作"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_of_the_system_keep_their_number() {
        let shown = |number| of_system(&io::Error::from_raw_os_error(number));
        assert_eq!(shown(2), "没有这个文件或文件夹 (os error 2)");
        assert_eq!(shown(28), "磁盘空间不足 (os error 28)");
    }

    #[test]
    fn globs_are_told_in_chinese() {
        for glob in ["[", "a[b-a]", "{a", "a}"] {
            let error = globset::Glob::new(glob).map(drop).unwrap_err();
            assert!(!of_glob(&error.to_string()).contains("error"), "{glob}");
        }
    }

    #[test]
    fn an_error_inside_of_another_speaks_for_itself() {
        let inner = decompress::Error::Checksum;
        let expected = inner.message(Lang::Zh);
        assert_eq!(of_system(&inner.into()), expected);
        assert_eq!(of_system(&io::Error::other("odd")), "odd");
    }
}
