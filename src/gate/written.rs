//! The structure of a `wxsub.toml` for serde.
//!
//! Adding a key: a member here, and its meaning in `config`.

use std::fmt;
use std::marker::PhantomData;
use std::num::NonZeroU64;
use std::path::Path;
use std::str::FromStr;

use serde::Deserialize;
use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_spanned::Spanned;

use crate::finding::Code;
use crate::gate::{Count, Globs};

/// The whole file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Written {
    #[serde(default)]
    pub(super) strict: bool,
    #[serde(default, deserialize_with = "names")]
    pub(super) allow: Names,
    #[serde(default, deserialize_with = "names")]
    pub(super) warn: Names,
    #[serde(default, deserialize_with = "names")]
    pub(super) deny: Names,
    #[serde(default, rename = "override", deserialize_with = "overrides")]
    pub(super) overrides: Vec<Override>,
    #[serde(default, rename = "expect", deserialize_with = "expects")]
    pub(super) expects: Vec<Expect>,
}

/// An `[[override]]` entry.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Override {
    pub(super) path: Patterns,
    #[serde(default, deserialize_with = "names")]
    pub(super) allow: Names,
    #[serde(default, deserialize_with = "names")]
    pub(super) warn: Names,
    #[serde(default, deserialize_with = "names")]
    pub(super) deny: Names,
}

/// An `[[expect]]` entry.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Expect {
    pub(super) path: Spanned<Patterns>,
    pub(super) codes: Codes,
}

/// Codes, or `all`.
pub(super) type Names = Vec<Spanned<String>>;

/// A list of `T`, and the words for the message about a wrong value.
struct List<T>(&'static str, PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for List<T> {
    type Value = Vec<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, entries: A) -> Result<Vec<T>, A::Error> {
        Vec::deserialize(SeqAccessDeserializer::new(entries))
    }
}

/// A table. Serde would take an array of the values for it, too.
struct Table<T>(T);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Table<T> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Members<T>(PhantomData<T>);

        impl<'de, T: Deserialize<'de>> Visitor<'de> for Members<T> {
            type Value = Table<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a table")
            }

            fn visit_map<A: MapAccess<'de>>(self, members: A) -> Result<Table<T>, A::Error> {
                T::deserialize(MapAccessDeserializer::new(members)).map(Table)
            }
        }
        from.deserialize_any(Members(PhantomData))
    }
}

/// Reads a list of tables.
fn tables<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    from: D,
    expected: &'static str,
) -> Result<Vec<T>, D::Error> {
    let tables = from.deserialize_seq(List(expected, PhantomData))?;
    Ok(tables.into_iter().map(|Table(table)| table).collect())
}

fn names<'de, D: Deserializer<'de>>(from: D) -> Result<Names, D::Error> {
    from.deserialize_seq(List("a list of codes like [\"odd-openid\"]", PhantomData))
}

fn overrides<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<Override>, D::Error> {
    tables(from, "tables, each headed by `[[override]]`")
}

fn expects<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<Expect>, D::Error> {
    tables(from, "tables, each headed by `[[expect]]`")
}

/// A value parsed from a string. Errors point at the string.
struct Spelled<T>(T);

impl<'de, T: FromStr<Err: fmt::Display>> Deserialize<'de> for Spelled<T> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Text<T>(PhantomData<T>);

        impl<T: FromStr<Err: fmt::Display>> Visitor<'_> for Text<T> {
            type Value = Spelled<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string")
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Spelled<T>, E> {
                text.parse().map(Spelled).map_err(E::custom)
            }
        }
        from.deserialize_str(Text(PhantomData))
    }
}

/// The start of the message about a path that is not a glob.
pub(super) const NOT_A_GLOB: &str = "the path is not a glob: ";

/// A glob.
pub(super) struct Pattern(pub(super) String);

impl FromStr for Pattern {
    type Err = String;

    fn from_str(path: &str) -> Result<Self, String> {
        match Globs::new([path], Path::new("/")) {
            Ok(_) => Ok(Pattern(path.to_owned())),
            Err(error) => Err(format!("{NOT_A_GLOB}{error}")),
        }
    }
}

/// A glob, or a list of globs.
pub(super) struct Patterns(pub(super) Vec<Pattern>);

impl<'de> Deserialize<'de> for Patterns {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct OneOrMore;

        impl<'de> Visitor<'de> for OneOrMore {
            type Value = Patterns;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a glob like \"tests/fixtures/*.json\", or several")
            }

            fn visit_str<E: Error>(self, path: &str) -> Result<Patterns, E> {
                let pattern = path.parse().map_err(E::custom)?;
                Ok(Patterns(vec![pattern]))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut entries: A) -> Result<Patterns, A::Error> {
                let mut patterns = Vec::new();
                while let Some(Spelled(pattern)) = entries.next_element()? {
                    patterns.push(pattern);
                }
                Ok(Patterns(patterns))
            }
        }
        from.deserialize_any(OneOrMore)
    }
}

/// `["code"]`, or `{ code = 2 }`.
pub(super) struct Codes(pub(super) Vec<(Code, Count)>);

impl<'de> Deserialize<'de> for Codes {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct ListOrCounts;

        impl<'de> Visitor<'de> for ListOrCounts {
            type Value = Codes;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(
                    "codes like [\"wrong-type\"], or how many of each like { wrong-type = 2 }",
                )
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut entries: A) -> Result<Codes, A::Error> {
                let mut codes = Vec::new();
                while let Some(Spelled(code)) = entries.next_element()? {
                    codes.push((code, Count::Some));
                }
                Ok(Codes(codes))
            }

            fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Codes, A::Error> {
                let mut codes = Vec::new();
                while let Some((Spelled(code), count)) = entries.next_entry::<_, NonZeroU64>()? {
                    codes.push((code, Count::Exactly(count.get())));
                }
                Ok(Codes(codes))
            }
        }
        from.deserialize_any(ListOrCounts)
    }
}
