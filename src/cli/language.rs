//! The language of the run. Everything that a person reads is written in it.
//!
//! It is chosen before the arguments are parsed, because help and usage errors need it.

use std::env;
use std::ffi::OsString;
use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};

use wxsub::Lang;

static IS_CHINESE: AtomicBool = AtomicBool::new(false);

/// Sets the language of the run.
pub(super) fn choose(lang: Lang) {
    IS_CHINESE.store(lang == Lang::Zh, Ordering::Relaxed);
}

/// Returns the language of the run. It is English until [`choose`] is called.
pub(super) fn chosen() -> Lang {
    match IS_CHINESE.load(Ordering::Relaxed) {
        true => Lang::Zh,
        false => Lang::En,
    }
}

/// Returns the language that the arguments name by `--lang`, or that of the environment.
///
/// It is called before the arguments are parsed, because a usage error is written in this language, too.
pub(super) fn of_arguments(typed: impl IntoIterator<Item = OsString>) -> Lang {
    let mut typed = typed.into_iter().take_while(|word| word != "--");
    while let Some(word) = typed.next() {
        let word = word.to_string_lossy();
        let name = match word.strip_prefix("--lang") {
            Some("") => typed.next().unwrap_or_default(),
            Some(rest) => rest.trim_start_matches('=').into(),
            None => continue,
        };
        match name.to_str() {
            Some("zh") => return Lang::Zh,
            Some("en") => return Lang::En,
            _ => {}
        }
    }
    of_environment()
}

/// Returns the language that WXSUB_LANG or the locale names.
pub(super) fn of_environment() -> Lang {
    let names = ["WXSUB_LANG", "LC_ALL", "LC_MESSAGES", "LANG"];
    let first = names
        .into_iter()
        .filter_map(|name| env::var(name).ok())
        .find(|value| !value.is_empty());
    match first {
        Some(value) if value.to_ascii_lowercase().starts_with("zh") => Lang::Zh,
        _ => Lang::En,
    }
}

/// A message in English and in Chinese. It displays itself in the language of the run.
#[derive(Clone, Copy, Debug)]
pub(super) struct Words(pub(super) &'static str, pub(super) &'static str);

impl fmt::Display for Words {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Words(english, chinese) = *self;
        f.write_str(match chosen() {
            Lang::En => english,
            Lang::Zh => chinese,
        })
    }
}

/// Formats the English text or the Chinese one, whichever is the language of the run.
macro_rules! both {
    ($english:literal, $chinese:literal $(, $name:ident = $value:expr)* $(,)?) => {
        match $crate::cli::language::chosen() {
            wxsub::Lang::En => format!($english $(, $name = $value)*),
            wxsub::Lang::Zh => format!($chinese $(, $name = $value)*),
        }
    };
}
pub(super) use both;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_flag_is_found_before_and_after_the_command() {
        let lines = [
            "wxsub --lang zh parse",
            "wxsub parse --lang=zh a.xml",
            "wxsub --nonsense --lang zh",
            "wxsub check a.xml --lang zh -- --lang en",
        ];
        for line in lines {
            let words = line.split(' ').map(OsString::from);
            assert_eq!(of_arguments(words), Lang::Zh, "{line}");
        }
    }
}
