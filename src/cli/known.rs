//! Values of flags for which most words are known: completions offer those, and others are taken as well.

use std::ffi::OsStr;

use clap::builder::{PossibleValue, TypedValueParser};
use clap::{Arg, Command, Error};

/// A parser whose known words are completed.
///
/// Its arguments hide their possible values: the help would say that no others are taken.
#[derive(Clone, Copy)]
pub(super) struct Known<P> {
    parse: P,
    words: fn() -> Vec<String>,
}

impl<P> Known<P> {
    pub(super) fn new(parse: P, words: fn() -> Vec<String>) -> Self {
        Known { parse, words }
    }
}

impl<P: TypedValueParser> TypedValueParser for Known<P> {
    type Value = P::Value;

    fn parse_ref(
        &self,
        command: &Command,
        arg: Option<&Arg>,
        value: &OsStr,
    ) -> Result<P::Value, Error> {
        self.parse.parse_ref(command, arg, value)
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        let words = (self.words)();
        Some(Box::new(words.into_iter().map(PossibleValue::new)))
    }
}
