//! Prints values as programs do, each with its own escapes: a row for each form of a notation that wxsub reads.
//!
//! `tests/notations/make.py` runs the programs themselves. Here texts may hold anything, so that tests can draw what
//! users type.

use super::escape;
use super::json::Json;
use super::traced::Traced;

/// A way to print a value.
pub(crate) struct Printer {
    pub(crate) name: &'static str,
    /// True if a text is printed as it is, without quotes that it could not close.
    pub(crate) is_open: bool,
    /// True if a line break in a text stays one.
    pub(crate) keeps_breaks: bool,
    /// True if what is printed begins a line.
    pub(crate) begins_line: bool,
    write: fn(&Json) -> String,
}

impl Printer {
    const fn new(name: &'static str, write: fn(&Json) -> String) -> Self {
        Printer {
            name,
            is_open: false,
            keeps_breaks: false,
            begins_line: false,
            write,
        }
    }

    const fn keeps_breaks(self) -> Self {
        Printer {
            keeps_breaks: true,
            ..self
        }
    }

    const fn open(self) -> Self {
        Printer {
            is_open: true,
            keeps_breaks: true,
            ..self
        }
    }

    const fn begins_line(self) -> Self {
        Printer {
            begins_line: true,
            ..self
        }
    }

    pub(crate) fn print(&self, value: &Json) -> String {
        (self.write)(value)
    }
}

/// All printers.
pub(crate) static PRINTERS: [Printer; 46] = [
    Printer::new("JSON", |v| flat(v, &JSON)),
    Printer::new("JSON, pretty", |v| tree(v, &JSON, 0)),
    Printer::new("XML", |v| xml(v, cdata)).keeps_breaks(),
    Printer::new("XML, pretty", xml_lines).keeps_breaks(),
    Printer::new("XML, no CDATA", |v| xml(v, references)).keeps_breaks(),
    Printer::new("Python", |v| flat(v, &PYTHON)),
    Printer::new("Python pprint", pprint),
    Printer::new("Python OrderedDict", ordered_dict),
    Printer::new("Python 3.12 OrderedDict", |v| flat(v, &PYTHON312)),
    Printer::new("Python 2", |v| flat(v, &PYTHON2)),
    Printer::new("Node", |v| tree(v, &NODE, 0)),
    Printer::new("Node, one line", |v| flat(v, &NODE_LINE)),
    Printer::new("Node, null prototype", |v| tree(v, &NODE_NULL, 0)),
    Printer::new("JavaScript, minified", |v| flat(v, &SCRIPT)),
    Printer::new("Ruby", |v| flat(v, &RUBY)),
    Printer::new("Ruby pp", |v| tree(v, &RUBY, 0)),
    Printer::new("Ruby 3.4", |v| flat(v, &RUBY34)),
    Printer::new("Ruby symbols", |v| flat(v, &SYMBOLS)),
    Printer::new("Ruby 3.4 symbols", |v| flat(v, &SYMBOLS34)),
    Printer::new("Ruby OpenStruct", |v| flat(v, &OPEN_STRUCT)),
    Printer::new("Rails parameters", |v| flat(v, &PARAMETERS)),
    Printer::new("PHP print_r", |v| print_r(v, "Array", 0)).open(),
    Printer::new("PHP print_r, object", |v| print_r(v, "stdClass Object", 0)).open(),
    Printer::new("PHP print_r, one line", |v| {
        one_line(&print_r(v, "Array", 0))
    })
    .open(),
    Printer::new("PHP var_dump", |v| var_dump(v, false, 0)).keeps_breaks(),
    Printer::new("PHP var_dump, object", |v| var_dump(v, true, 0)).keeps_breaks(),
    Printer::new("PHP var_export", |v| var_export(v, 0)).keeps_breaks(),
    Printer::new("PHP, short", |v| tree(v, &PHP_SHORT, 0)).keeps_breaks(),
    Printer::new("PHP, one line", |v| flat(v, &PHP_SHORT)).keeps_breaks(),
    Printer::new("Laravel dump", |v| dump(v, 0)).open(),
    Printer::new("Java map", |v| flat(v, &JAVA)).open(),
    Printer::new("Java Lombok", |v| flat(v, &LOMBOK)).open(),
    Printer::new("Java record", |v| flat(v, &JAVA_RECORD)).open(),
    Printer::new("Java bean in quotes", |v| flat(v, &BEAN)).open(),
    Printer::new("Go map", |v| flat(v, &GO_MAP)).open(),
    Printer::new("Go struct", |v| flat(v, &GO_STRUCT)).open(),
    Printer::new("Go pointer", |v| format!("&{}", flat(v, &GO_STRUCT))).open(),
    Printer::new("Go syntax", |v| flat(v, &GO_SYNTAX)),
    Printer::new("Go syntax, struct", |v| flat(v, &GO_SYNTAX_STRUCT)),
    Printer::new("YAML, single quotes", |v| yaml(v, yaml_single, 0))
        .keeps_breaks()
        .begins_line(),
    Printer::new("YAML, double quotes", |v| yaml(v, |s, _| json_text(s), 0)).begins_line(),
    Printer::new("YAML, blocks", |v| yaml(v, yaml_block, 0))
        .keeps_breaks()
        .begins_line(),
    Printer::new("Elixir", |v| flat(v, &ELIXIR)),
    Printer::new("Rust", |v| flat(v, &RUST)),
    Printer::new("Java map, JSON inside", |v| outer(v, &JAVA, &JSON)).open(),
    Printer::new("Python class", |v| outer(v, &PYTHON_CLASS, &PYTHON)).open(),
];

/// The signs of a notation that prints objects in brackets.
struct Style {
    object: (&'static str, &'static str),
    array: (&'static str, &'static str),
    between: &'static str,
    name: fn(&str) -> String,
    bind: &'static str,
    text: fn(&str) -> String,
}

const JSON: Style = Style {
    object: ("{", "}"),
    array: ("[", "]"),
    between: ",",
    name: json_text,
    bind: ":",
    text: json_text,
};
const PYTHON: Style = Style {
    between: ", ",
    name: python,
    bind: ": ",
    text: python,
    ..JSON
};
const PYTHON312: Style = Style {
    object: ("OrderedDict({", "})"),
    ..PYTHON
};
const PYTHON2: Style = Style {
    name: python2,
    text: python2,
    ..PYTHON
};
const NODE: Style = Style {
    between: ",",
    name: bare,
    bind: ": ",
    text: node,
    ..JSON
};
const NODE_LINE: Style = Style {
    object: ("{ ", " }"),
    array: ("[ ", " ]"),
    between: ", ",
    ..NODE
};
const NODE_NULL: Style = Style {
    object: ("[Object: null prototype] {", "}"),
    ..NODE
};
const ELIXIR: Style = Style {
    object: ("%{", "}"),
    bind: " => ",
    ..RUBY
};
const RUST: Style = Style {
    object: ("Message { ", " }"),
    between: ", ",
    name: bare,
    bind: ": ",
    text: |text| format!("{text:?}"),
    ..JSON
};
const PYTHON_CLASS: Style = Style {
    object: ("Message(", ")"),
    text: python,
    ..JAVA
};
const SCRIPT: Style = Style {
    bind: ":",
    text: node,
    name: bare,
    ..JSON
};
const RUBY: Style = Style {
    between: ", ",
    name: ruby,
    bind: "=>",
    text: ruby,
    ..JSON
};
const RUBY34: Style = Style {
    bind: " => ",
    ..RUBY
};
const SYMBOLS: Style = Style {
    name: |name| format!(":{name}"),
    ..RUBY
};
const SYMBOLS34: Style = Style {
    name: bare,
    bind: ": ",
    ..RUBY
};
const OPEN_STRUCT: Style = Style {
    object: ("#<OpenStruct ", ">"),
    name: bare,
    bind: "=",
    ..RUBY
};
const PARAMETERS: Style = Style {
    object: ("#<ActionController::Parameters {", "} permitted: false>"),
    ..RUBY
};
const PHP_SHORT: Style = Style {
    object: ("[", "]"),
    between: ", ",
    name: php,
    bind: " => ",
    text: php,
    ..JSON
};
const JAVA: Style = Style {
    between: ", ",
    name: bare,
    bind: "=",
    text: bare,
    ..JSON
};
const LOMBOK: Style = Style {
    object: ("Message(", ")"),
    ..JAVA
};
const JAVA_RECORD: Style = Style {
    object: ("Message[", "]"),
    ..JAVA
};
const BEAN: Style = Style {
    object: ("Message{", "}"),
    text: |text| format!("'{text}'"),
    ..JAVA
};
const GO_MAP: Style = Style {
    object: ("map[", "]"),
    between: " ",
    bind: ":",
    ..JAVA
};
const GO_STRUCT: Style = Style {
    object: ("{", "}"),
    ..GO_MAP
};
const GO_SYNTAX: Style = Style {
    object: ("map[string]interface {}{", "}"),
    array: ("[]interface {}{", "}"),
    between: ", ",
    name: go,
    bind: ":",
    text: go,
};
const GO_SYNTAX_STRUCT: Style = Style {
    object: ("main.Message{", "}"),
    name: bare,
    ..GO_SYNTAX
};

/// Prints a value on one line.
fn flat(value: &Json, style: &Style) -> String {
    let inner = |parts: Vec<String>, (open, close): (&str, &str)| {
        format!("{open}{}{close}", parts.join(style.between))
    };
    match value {
        Json::Object(members) => {
            let member = |(name, value): &(String, Json)| {
                (style.name)(name) + style.bind + &flat(value, style)
            };
            inner(members.iter().map(member).collect(), style.object)
        }
        Json::Array(entries) => inner(
            entries.iter().map(|v| flat(v, style)).collect(),
            style.array,
        ),
        scalar => self::scalar(scalar, style.text),
    }
}

/// Prints the members of an object as `style` has them, and the objects in them as `inside` does.
fn outer(value: &Json, style: &Style, inside: &Style) -> String {
    let Json::Object(members) = value else {
        return flat(value, inside);
    };
    let member = |(name, value): &(String, Json)| {
        let value = match value {
            Json::Object(_) | Json::Array(_) => flat(value, inside),
            other => scalar(other, style.text),
        };
        (style.name)(name) + style.bind + &value
    };
    let members: Vec<String> = members.iter().map(member).collect();
    let (open, close) = style.object;
    format!("{open}{}{close}", members.join(style.between))
}

fn scalar(value: &Json, text: fn(&str) -> String) -> String {
    match value {
        Json::Text(given) => text(given),
        Json::Number(number) => number.clone(),
        Json::Literal(word) => (*word).into(),
        other => panic!("no scalar: {other:?}"),
    }
}

/// Prints a value with a line for each member.
fn tree(value: &Json, style: &Style, depth: usize) -> String {
    let pad = "  ".repeat(depth + 1);
    let lines = |parts: Vec<String>, (open, close): (&str, &str)| {
        let parts: Vec<String> = parts.iter().map(|part| format!("{pad}{part}")).collect();
        let between = format!("{}\n", style.between.trim_end());
        format!("{open}\n{}\n{}{close}", parts.join(&between), &pad[2..])
    };
    match value {
        Json::Object(members) => {
            let bind = if style.bind == ":" { ": " } else { style.bind };
            let member = |(name, value): &(String, Json)| {
                (style.name)(name) + bind + &tree(value, style, depth + 1)
            };
            lines(members.iter().map(member).collect(), style.object)
        }
        Json::Array(entries) => {
            let entries = entries.iter().map(|v| tree(v, style, depth + 1));
            lines(entries.collect(), style.array)
        }
        // Node breaks a long text behind each of its line breaks.
        Json::Text(text) if text.len() > 72 && style.bind == NODE.bind && style.between == "," => {
            let parts: Vec<String> = text.split_inclusive('\n').map(style.text).collect();
            parts.join(&format!(" +\n{pad}"))
        }
        other => scalar(other, style.text),
    }
}

fn bare(text: &str) -> String {
    text.into()
}

fn json_text(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

fn python(text: &str) -> String {
    escape::python_str(&Traced::plain(text)).text()
}

fn python2(text: &str) -> String {
    let ascii = |c: char| match c as u32 {
        0..0x80 => c.to_string(),
        code @ 0x80..0x100 => format!("\\x{code:02x}"),
        code @ 0x100..0x10000 => format!("\\u{code:04x}"),
        code => format!("\\U{code:08x}"),
    };
    format!("u{}", python(text).chars().map(ascii).collect::<String>())
}

fn go(text: &str) -> String {
    escape::go(&Traced::plain(text)).text()
}

/// Escapes control characters as C does, and `also`.
fn c_escaped(text: &str, also: &[char]) -> String {
    let mut out = String::new();
    for c in text.chars() {
        match c {
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if c.is_control() => out.push_str(&format!("\\x{:02X}", c as u32)),
            c if also.contains(&c) => out.extend(['\\', c]),
            c => out.push(c),
        }
    }
    out
}

/// Node takes the first quote that the text does not hold.
fn node(text: &str) -> String {
    let quote = match (text.contains('\''), text.contains('"')) {
        (false, _) => '\'',
        (true, false) => '"',
        _ if !text.contains('`') && !text.contains("${") => '`',
        _ => '\'',
    };
    format!("{quote}{}{quote}", c_escaped(text, &['\\', quote]))
}

fn ruby(text: &str) -> String {
    let text = c_escaped(text, &['\\', '"']);
    let text = text.replace("#{", "\\#{").replace("#$", "\\#$");
    format!("\"{}\"", text.replace("#@", "\\#@"))
}

fn php(text: &str) -> String {
    format!("'{}'", text.replace('\\', "\\\\").replace('\'', "\\'"))
}

fn pprint(value: &Json) -> String {
    pprint_at(value, 0)
}

fn pprint_at(value: &Json, column: usize) -> String {
    const WIDTH: usize = 80;
    let short = flat(value, &PYTHON);
    if column + short.len() < WIDTH {
        return short;
    }
    let pad = " ".repeat(column + 1);
    match value {
        Json::Object(members) => {
            let member = |(name, value): &(String, Json)| {
                let name = python(name) + ": ";
                let column = column + 1 + name.len();
                name + &pprint_at(value, column)
            };
            let members: Vec<String> = members.iter().map(member).collect();
            format!("{{{}}}", members.join(&format!(",\n{pad}")))
        }
        Json::Array(entries) => {
            let entries: Vec<String> = entries.iter().map(|v| pprint_at(v, column + 1)).collect();
            format!("[{}]", entries.join(&format!(",\n{pad}")))
        }
        Json::Text(text) => {
            let parts: Vec<String> = words(text, WIDTH - (column + 1).min(WIDTH - 16))
                .iter()
                .map(|part| python(part))
                .collect();
            parts.join(&format!("\n{}", &pad[1..]))
        }
        _ => short,
    }
}

/// Splits a text behind line breaks and blanks, into parts of about `width` bytes.
fn words(text: &str, width: usize) -> Vec<String> {
    let mut parts = vec![String::new()];
    for word in text.split_inclusive([' ', '\n']) {
        let last = parts.last_mut().expect("there is one");
        if last.ends_with('\n') || (!last.is_empty() && last.len() + word.len() > width) {
            parts.push(word.into());
        } else {
            last.push_str(word);
        }
    }
    parts
}

fn ordered_dict(value: &Json) -> String {
    match value {
        Json::Object(members) => {
            let pairs = members
                .iter()
                .map(|(name, value)| format!("({}, {})", python(name), ordered_dict(value)));
            format!("OrderedDict([{}])", pairs.collect::<Vec<_>>().join(", "))
        }
        Json::Array(entries) => {
            let entries: Vec<String> = entries.iter().map(ordered_dict).collect();
            format!("[{}]", entries.join(", "))
        }
        other => scalar(other, python),
    }
}

/// The members of an object, or the entries of an array by their numbers.
fn numbered(value: &Json) -> Option<Vec<(String, bool, &Json)>> {
    match value {
        Json::Object(members) => {
            let members = members.iter();
            Some(members.map(|(name, v)| (name.clone(), true, v)).collect())
        }
        Json::Array(entries) => {
            let entries = entries.iter().enumerate();
            Some(entries.map(|(i, v)| (i.to_string(), false, v)).collect())
        }
        _ => None,
    }
}

fn print_r(value: &Json, object: &str, depth: usize) -> String {
    let Some(members) = numbered(value) else {
        return scalar(value, bare);
    };
    let word = match value {
        Json::Object(_) => object,
        _ => "Array",
    };
    let pad = " ".repeat(depth);
    let members = members.iter().map(|(name, _, value)| {
        let value = print_r(value, object, depth + 8);
        format!("{pad}    [{name}] => {value}\n")
    });
    format!("{word}\n{pad}(\n{}{pad})\n", members.collect::<String>())
}

/// Replaces each run of white space by a blank.
fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn var_dump(value: &Json, is_object: bool, depth: usize) -> String {
    let Some(members) = numbered(value) else {
        return match value {
            Json::Text(text) => format!("string({}) \"{text}\"", text.len()),
            Json::Number(number) => format!("int({number})"),
            other => scalar(other, bare),
        };
    };
    let word = match value {
        Json::Object(_) if is_object => format!("object(stdClass)#1 ({})", members.len()),
        _ => format!("array({})", members.len()),
    };
    let pad = " ".repeat(depth);
    let members = members.iter().map(|(name, is_named, value)| {
        let quote = if *is_named { "\"" } else { "" };
        let value = var_dump(value, is_object, depth + 2);
        format!("{pad}  [{quote}{name}{quote}]=>\n{pad}  {value}\n")
    });
    format!("{word} {{\n{}{pad}}}", members.collect::<String>())
}

fn var_export(value: &Json, depth: usize) -> String {
    let Some(members) = numbered(value) else {
        return scalar(value, php);
    };
    let pad = " ".repeat(depth);
    let members = members.iter().map(|(name, is_named, value)| {
        let name = if *is_named { php(name) } else { name.clone() };
        let gap = match value {
            Json::Object(_) | Json::Array(_) => format!("\n{pad}  "),
            _ => String::new(),
        };
        format!("{pad}  {name} => {gap}{},\n", var_export(value, depth + 2))
    });
    format!("array (\n{}{pad})", members.collect::<String>())
}

/// Symfony's dumper prints a text of several lines between three quotes, and escapes no quote.
fn dump(value: &Json, depth: usize) -> String {
    let Some(members) = numbered(value) else {
        return scalar(value, |text| match text.contains('\n') {
            true => format!(
                "\"\"\"\n    {}\n    \"\"\"",
                text.replace('\n', "\\n\n    ")
            ),
            false => format!("\"{text}\""),
        });
    };
    let pad = " ".repeat(depth);
    let lines = members.iter().map(|(name, is_named, value)| {
        let quote = if *is_named { "\"" } else { "" };
        format!(
            "{pad}  {quote}{name}{quote} => {}\n",
            dump(value, depth + 2)
        )
    });
    let lines: String = lines.collect();
    format!("array:{} [\n{lines}{pad}]", members.len())
}

fn cdata(text: &str) -> String {
    format!("<![CDATA[{}]]>", text.replace("]]>", "]]]]><![CDATA[>"))
}

fn references(text: &str) -> String {
    let text = text.replace('&', "&amp;").replace('<', "&lt;");
    text.replace('>', "&gt;").replace('\r', "&#13;")
}

fn xml(value: &Json, text: fn(&str) -> String) -> String {
    format!("<xml>{}</xml>", elements(value, text, ""))
}

fn xml_lines(value: &Json) -> String {
    format!("<xml>\n{}</xml>", elements(value, cdata, "\n"))
}

fn elements(value: &Json, text: fn(&str) -> String, gap: &str) -> String {
    let Json::Object(members) = value else {
        return scalar(value, text);
    };
    let element =
        |name: &str, value: &Json| format!("<{name}>{}</{name}>{gap}", elements(value, text, ""));
    let members = members.iter().map(|(name, value)| match value {
        Json::Array(entries) => entries.iter().map(|v| element(name, v)).collect(),
        value => element(name, value),
    });
    members.collect()
}

fn yaml(value: &Json, text: fn(&str, usize) -> String, depth: usize) -> String {
    let pad = " ".repeat(depth);
    match value {
        Json::Object(members) => {
            let member = |(name, value): &(String, Json)| match value {
                Json::Object(_) => format!("{pad}{name}:\n{}", yaml(value, text, depth + 2)),
                Json::Array(_) => format!("{pad}{name}:\n{}", yaml(value, text, depth)),
                value => format!("{pad}{name}: {}", yaml(value, text, depth)),
            };
            members.iter().map(member).collect()
        }
        Json::Array(entries) => {
            let entry = |value| {
                let inner = yaml(value, text, depth + 2);
                format!("{pad}- {}", &inner[depth + 2..])
            };
            entries.iter().map(entry).collect()
        }
        Json::Text(given) if is_plain(given) => format!("{given}\n"),
        Json::Text(given) => format!("{}\n", text(given, depth + 2)),
        other => format!("{}\n", scalar(other, bare)),
    }
}

/// Returns true if YAML needs no quotes around `text`.
fn is_plain(text: &str) -> bool {
    let is_safe = |c: char| c.is_ascii_alphanumeric() || c == '_';
    !text.is_empty() && text.chars().all(is_safe) && !text.starts_with(|c: char| c.is_ascii_digit())
}

/// A line break is written as an empty line.
fn yaml_single(text: &str, indent: usize) -> String {
    let broken = format!("\n\n{}", " ".repeat(indent));
    format!("'{}'", text.replace('\'', "''").replace('\n', &broken))
}

fn yaml_block(text: &str, indent: usize) -> String {
    let broken = format!("\n{}", " ".repeat(indent));
    let sign = if text.starts_with([' ', '\n']) {
        "|2-"
    } else {
        "|-"
    };
    format!("{sign}{broken}{}", text.replace('\n', &broken))
}
