//! Values of flags that are known words or any other words: completions offer the known ones.

use std::ffi::OsStr;

use clap::builder::{PossibleValue, TypedValueParser};
use clap::{Arg, Command, Error};

/// A parser whose known words are completed.
///
/// An argument with this parser must hide its possible values: help would show them as the only ones.
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
