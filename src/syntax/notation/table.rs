//! The table of notations.

use crate::lang::Text;

/// A way in which programs print objects: one row of the table.
#[derive(Debug)]
pub(crate) struct Notation {
    /// What an object in this notation is called in messages.
    pub(crate) name: Text,
    /// What objects and arrays stand in. The first bracket that fits counts.
    pub(super) brackets: &'static [Bracket],
    pub(super) names: Names,
    /// What stands between a name and its value.
    pub(super) binds: &'static [&'static str],
    pub(super) between: Between,
    pub(super) values: Values,
    /// The quotes, each with the escapes that are known inside.
    pub(super) quotes: &'static [(u8, Escapes)],
    /// The letters that may stand before a quote.
    pub(super) prefixes: &'static [u8],
    /// What joins the parts of a text that is printed in several parts. `Some("")` if they just follow one another.
    pub(super) joint: Option<&'static str>,
    /// The words for null, true and false, with their spelling in JSON.
    pub(super) words: &'static [(&'static str, &'static str)],
    /// The functions that stand around a value and do not change it.
    pub(super) functions: &'static [&'static str],
    /// The patterns of what stands where something was left out.
    pub(super) cuts: &'static [&'static str],
    /// The patterns of what stands among members and means nothing.
    pub(super) asides: &'static [&'static str],
}

/// A pair of brackets. Both are patterns of [`super::pattern`].
#[derive(Clone, Copy, Debug)]
pub(super) struct Bracket {
    pub(super) open: &'static str,
    pub(super) close: &'static str,
    pub(super) holds: Holds,
}

/// What stands in a pair of brackets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Holds {
    Members,
    Entries,
    /// Members or entries. Members that are numbered from 0 on are entries.
    Either,
    /// Members that are written as pairs: `('name', value)`.
    Pairs,
}

/// How the name of a member is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Names {
    /// Without quotes, in quotes, or behind a colon.
    Plain,
    /// In square brackets, with quotes inside or without.
    Bracketed,
}

/// What stands between two members.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Between {
    /// A comma. One may also follow the last member.
    Comma,
    /// A comma or only white space.
    CommaOrBlank,
    /// Only white space.
    Blank,
    /// Exactly this text.
    Exactly(&'static str),
}

/// How a value that is neither object nor array is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Values {
    /// Texts in quotes; numbers and words without.
    Quoted,
    /// Texts in quotes, or without quotes up to the next comma or bracket.
    QuotedOrWords,
    /// Without quotes, up to the next member or the closing bracket.
    UpToMember,
    /// Without quotes, up to the line with the next member or the closing bracket.
    UpToLine,
    /// With type and length: `string(3) "abc"`.
    Typed,
    /// By the rules of YAML.
    Block,
}

impl Values {
    /// True if texts have no quotes, so that a text can look like members and brackets.
    pub(super) fn are_open(self) -> bool {
        matches!(self, Values::UpToMember | Values::UpToLine)
    }
}

/// The escapes inside quotes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Escapes {
    /// Those that C, JavaScript, Python and Ruby share. A text holds no line break.
    Backslash,
    /// A backslash before a quote or a backslash. A text may hold line breaks.
    QuoteOnly,
    /// None.
    Nothing,
}

const fn bracket(open: &'static str, close: &'static str, holds: Holds) -> Bracket {
    Bracket { open, close, holds }
}

const MAP: Bracket = bracket("{", "}", Holds::Members);
const LIST: Bracket = bracket("[", "]", Holds::Entries);
const TUPLE: Bracket = bracket("(", ")", Holds::Entries);
const NULLS: [(&str, &str); 3] = [("null", "null"), ("true", "true"), ("false", "false")];
const ANY_QUOTES: &[(u8, Escapes)] = &[
    (b'\'', Escapes::Backslash),
    (b'"', Escapes::Backslash),
    (b'`', Escapes::Backslash),
];

/// The parts that most rows share: names and texts in quotes, commas between members.
const QUOTED: Notation = Notation {
    name: Text::new("", ""),
    brackets: &[MAP, LIST],
    names: Names::Plain,
    binds: &[":"],
    between: Between::Comma,
    values: Values::Quoted,
    quotes: ANY_QUOTES,
    prefixes: &[],
    joint: None,
    words: &NULLS,
    functions: &[],
    cuts: &["..."],
    asides: &[],
};

/// The parts that rows without quotes share.
const OPEN: Notation = Notation {
    between: Between::Exactly(", "),
    values: Values::UpToMember,
    binds: &["="],
    quotes: &[],
    cuts: &[],
    ..QUOTED
};

pub(super) static PYTHON: Notation = Notation {
    name: Text::new(
        "a Python dict, or JSON in single quotes",
        "Python 字典，或用单引号书写的 JSON",
    ),
    brackets: &[
        MAP,
        LIST,
        TUPLE,
        bracket("~([", "])", Holds::Pairs),
        bracket("~({", "})", Holds::Members),
        bracket("~(<~ '~'>, {", "})", Holds::Members),
        bracket("OrderedDict(", ")", Holds::Members),
    ],
    prefixes: b"bBuU",
    joint: Some(""),
    words: &[
        ("None", "null"),
        ("True", "true"),
        ("False", "false"),
        ("null", "null"),
        ("true", "true"),
        ("false", "false"),
        ("undefined", "null"),
    ],
    functions: &[
        "Decimal",
        "UUID",
        "ObjectId",
        "Int64",
        "datetime.datetime",
        "datetime.date",
    ],
    ..QUOTED
};

pub(super) static JAVASCRIPT: Notation = Notation {
    name: Text::new(
        "an object as Node prints it, or one of JavaScript, Ruby or the Mongo shell",
        "Node 打印的对象，或 JavaScript、Ruby、Mongo shell 的对象",
    ),
    brackets: &[
        MAP,
        bracket("[^: null prototype] {", "}", Holds::Members),
        bracket("<ref *?> {", "}", Holds::Members),
        bracket("~(%) {", "}", Holds::Members),
        LIST,
        bracket("~(%) [", "]", Holds::Entries),
        bracket("~ {", "}", Holds::Members),
    ],
    binds: &[":", "=>"],
    joint: Some("+"),
    words: &[
        ("null", "null"),
        ("undefined", "null"),
        ("nil", "null"),
        ("true", "true"),
        ("false", "false"),
    ],
    functions: &[
        "NumberLong",
        "NumberInt",
        "NumberDecimal",
        "Long",
        "Int32",
        "ObjectId",
        "ISODate",
        "UUID",
    ],
    cuts: &["...", "…", "[^]", "[^ *?]"],
    asides: &["[length]: ?"],
    ..QUOTED
};

pub(super) static RUBY: Notation = Notation {
    name: Text::new("a Ruby hash or an Elixir map", "Ruby 哈希或 Elixir 映射"),
    brackets: &[
        MAP,
        LIST,
        bracket("\\%{", "}", Holds::Members),
        bracket("\\%~{", "}", Holds::Members),
        bracket("#<~ {", "} permitted: ~>", Holds::Members),
        bracket("#<~ {", "}>", Holds::Members),
        bracket("#<struct ~ ", ">", Holds::Members),
        bracket("#<~:0x! ", ">", Holds::Members),
        bracket("#<~ ", ">", Holds::Members),
    ],
    binds: &["=>", ":", "="],
    between: Between::CommaOrBlank,
    words: &[
        ("nil", "null"),
        ("undef", "null"),
        ("true", "true"),
        ("false", "false"),
    ],
    ..QUOTED
};

pub(super) static PHP: Notation = Notation {
    name: Text::new("PHP's var_export", "PHP 的 var_export"),
    brackets: &[
        bracket("array (", ")", Holds::Either),
        bracket("[", "]", Holds::Either),
        bracket("(object) array(", ")", Holds::Members),
        bracket("(object) [", "]", Holds::Members),
        bracket("~::__set_state(array(", "))", Holds::Members),
        bracket("~::__set_state([", "])", Holds::Members),
    ],
    binds: &["=>"],
    quotes: &[(b'\'', Escapes::QuoteOnly), (b'"', Escapes::Backslash)],
    joint: Some("."),
    words: &[
        ("NULL", "null"),
        ("null", "null"),
        ("true", "true"),
        ("false", "false"),
    ],
    cuts: &["..."],
    ..QUOTED
};

pub(super) static DUMP: Notation = Notation {
    name: Text::new("Laravel's dump", "Laravel 的 dump"),
    brackets: &[
        bracket("array:% [", "]", Holds::Either),
        bracket("[", "]", Holds::Either),
    ],
    binds: &["=>"],
    between: Between::CommaOrBlank,
    quotes: &[(b'"', Escapes::Nothing)],
    cuts: &["...", "…"],
    ..QUOTED
};

pub(super) static VAR_DUMP: Notation = Notation {
    name: Text::new("PHP's var_dump", "PHP 的 var_dump"),
    brackets: &[
        bracket("array(%) {", "}", Holds::Either),
        bracket("object(~)#? (%) {", "}", Holds::Members),
    ],
    names: Names::Bracketed,
    binds: &["=>"],
    between: Between::Blank,
    values: Values::Typed,
    words: &[
        ("NULL", "null"),
        ("null", "null"),
        ("true", "true"),
        ("false", "false"),
    ],
    cuts: &["...", "*RECURSION*"],
    ..QUOTED
};

pub(super) static PRINT_R: Notation = Notation {
    name: Text::new("PHP's print_r", "PHP 的 print_r"),
    brackets: &[
        bracket("Array (", ")", Holds::Either),
        bracket("~ Object (", ")", Holds::Members),
        bracket("(", ")", Holds::Either),
    ],
    names: Names::Bracketed,
    binds: &["=>"],
    between: Between::Blank,
    values: Values::UpToLine,
    quotes: &[],
    words: &[],
    cuts: &["*RECURSION*"],
    ..QUOTED
};

pub(super) static JAVA_MAP: Notation = Notation {
    name: Text::new("a Java map", "Java Map"),
    brackets: &[MAP, LIST, OF_CLASS[0], OF_CLASS[1], OF_CLASS[2]],
    cuts: &["~@!"],
    ..OPEN
};

const OF_CLASS: [Bracket; 3] = [
    bracket("~(", ")", Holds::Members),
    bracket("~{", "}", Holds::Members),
    bracket("~[", "]", Holds::Members),
];

pub(super) static JAVA_CLASS: Notation = Notation {
    name: Text::new("a Java object's toString", "Java 对象的 toString"),
    brackets: &[OF_CLASS[0], OF_CLASS[1], OF_CLASS[2], MAP, LIST],
    quotes: &[(b'\'', Escapes::Nothing)],
    cuts: &["~@!"],
    ..OPEN
};

pub(super) static GO: Notation = Notation {
    name: Text::new("a Go map or struct", "Go 的 map 或 struct"),
    brackets: &[
        bracket("map[", "]", Holds::Members),
        bracket("&map[", "]", Holds::Members),
        bracket("&{", "}", Holds::Members),
        MAP,
        bracket("&[", "]", Holds::Entries),
        LIST,
    ],
    binds: &[":"],
    between: Between::Exactly(" "),
    words: &[("<nil>", "null"), ("true", "true"), ("false", "false")],
    cuts: &["0x!"],
    ..OPEN
};

pub(super) static GO_SYNTAX: Notation = Notation {
    name: Text::new("a Go value as `%#v` prints it", "Go 以 `%#v` 打印的值"),
    brackets: &[
        bracket("&~{", "}", Holds::Members),
        bracket("map[string]interface {}{", "}", Holds::Members),
        bracket("map[string]~{", "}", Holds::Members),
        bracket("[]interface {}{", "}", Holds::Entries),
        bracket("[]map[string]interface {}{", "}", Holds::Entries),
        bracket("[]map[string]~{", "}", Holds::Entries),
        bracket("[]~{", "}", Holds::Entries),
        bracket("~{", "}", Holds::Members),
    ],
    quotes: &[(b'"', Escapes::Backslash), (b'`', Escapes::Nothing)],
    words: &[
        ("nil", "null"),
        ("interface {}(nil)", "null"),
        ("true", "true"),
        ("false", "false"),
    ],
    cuts: &["(*~)(0x!)"],
    ..QUOTED
};

pub(super) static RUST: Notation = Notation {
    name: Text::new(
        "a Rust value as `{:?}` prints it",
        "Rust 以 `{:?}` 打印的值",
    ),
    brackets: &[
        bracket("^ {", "}", Holds::Members),
        MAP,
        bracket("^ [", "]", Holds::Entries),
        LIST,
    ],
    quotes: &[(b'"', Escapes::Backslash)],
    words: &[("None", "null"), ("true", "true"), ("false", "false")],
    functions: &["Some", "String", "Number"],
    ..QUOTED
};

pub(crate) static YAML: Notation = Notation {
    name: Text::new("YAML", "YAML"),
    values: Values::Block,
    words: YAML_WORDS,
    cuts: &[],
    ..QUOTED
};

/// Objects and arrays in brackets inside YAML.
pub(super) static YAML_FLOW: Notation = Notation {
    name: YAML.name,
    values: Values::QuotedOrWords,
    words: YAML_WORDS,
    cuts: &[],
    ..QUOTED
};

const YAML_WORDS: &[(&str, &str)] = &[
    ("null", "null"),
    ("Null", "null"),
    ("NULL", "null"),
    ("~", "null"),
    ("true", "true"),
    ("True", "true"),
    ("TRUE", "true"),
    ("false", "false"),
    ("False", "false"),
    ("FALSE", "false"),
];

/// The notations that are recognised by a word before the bracket.
pub(super) static BY_WORD: [&Notation; 10] = [
    &PRINT_R,
    &VAR_DUMP,
    &DUMP,
    &PHP,
    &PYTHON,
    &GO,
    &GO_SYNTAX,
    &RUST,
    &RUBY,
    &JAVA_CLASS,
];
