use super::*;
#[path = "../../../tests/suite/support/clock.rs"]
mod clock;
use crate::syntax::{Kind, View};
use clock::Clock;
use serde_json::{Map, Value, json};
use std::io::Write;

const NAMES: Users = Users {
    private: Private {
        is_typed: |name| matches!(name, "Content" | "Title" | "Label"),
        is_typed_exactly: |name| matches!(name, "Content" | "Title" | "Label"),
        is_header: |name| {
            matches!(
                name,
                "ToUserName" | "FromUserName" | "CreateTime" | "MsgType"
            )
        },
    },
    headerless: 0,
};

type Read = Result<(Value, usize, Option<Finding>), Stop>;

/// Reads `text` in the notation that [`at`] recognises. Returns the tree as JSON, the length and what is missing.
fn read_text(text: &str) -> Read {
    read_bytes(text, true)
}

fn read_bytes(text: &str, last: bool) -> Read {
    let bytes = Bytes {
        all: text.as_bytes(),
        last,
    };
    let mut tree = Tree::default();
    let limits = Limits::default();
    let printed = match at(bytes, NAMES)? {
        Some(notation) => read(notation, bytes, NAMES, &mut tree, &limits)?,
        None if yaml_at(bytes, 0)? => read_yaml(bytes, 0, NAMES, &mut tree, &limits)?,
        // Nothing more comes.
        None => return Err(Stop::More),
    };
    let value = value(View::root(&tree, text));
    Ok((value, printed.len, printed.missing))
}

/// Returns the value of a node. Numbers become texts: some notations do not tell them apart.
fn value(view: View<'_>) -> Value {
    match view.kind() {
        Kind::Object => {
            let members = view
                .children()
                .map(|child| (child.name().to_owned(), value(child)));
            Value::Object(Map::from_iter(members))
        }
        Kind::Array => Value::Array(view.children().map(value).collect()),
        Kind::Text | Kind::Number => Value::String(view.value().to_owned()),
        Kind::Literal => match view.value() {
            "null" => Value::Null,
            word => Value::Bool(word == "true"),
        },
    }
}

/// Returns the message of the finding that stops reading, or of what is missing.
fn problem(text: &str) -> String {
    let message = |finding: Finding| finding.message(crate::lang::Lang::En);
    match read_text(text) {
        Ok((_, _, missing)) => missing.map_or_else(|| "none".into(), message),
        Err(Stop::Broken(finding)) => message(finding),
        Err(Stop::More) => panic!("{text}"),
    }
}

#[test]
fn a_small_object_in_each_notation() {
    let expected = json!({"a": "b, c", "d": [{"e": "1"}], "f": null});
    let cases = [
        "{'a': 'b, c', 'd': [{'e': 1}], 'f': None}",
        "OrderedDict([('a', 'b, c'), ('d', [OrderedDict([('e', 1)])]), ('f', None)])",
        "OrderedDict({'a': 'b, '\n 'c', 'd': ({'e': 1},), 'f': None})",
        "{ a: 'b, ' +\n 'c', d: [ { e: 1 } ], f: undefined }",
        "{ a: 'b, c', d: [ { e: 1 }, [length]: 1 ], f: null }",
        "{ a: 'b, c', d: [ { e: 1n } ], f: null }",
        "{a:\"b, c\",d:[{e:1,},],/* f */f:null,}",
        r#"{"a"=>"b, c", :d=>[{e: 1}], "f"=>nil}"#,
        r#"#<Foo a="b, c" d=[#<Foo e=1>] f=nil>"#,
        "array (\n  'a' => 'b, c',\n  'd' => \n  array (\n    0 => \n    array (\n      'e' => 1,\n    ),\n  ),\n  'f' => NULL,\n)",
        "['a' => 'b, c', 'd' => [['e' => 1]], 'f' => null]",
        "array:3 [\n  \"a\" => \"b, c\"\n  \"d\" => array:1 [\n    0 => array:1 [\n      \"e\" => 1\n    ]\n  ]\n  \"f\" => null\n]",
        "array(3) {\n  [\"a\"]=>\n  string(4) \"b, c\"\n  [\"d\"]=>\n  array(1) {\n    [0]=>\n    array(1) {\n      [\"e\"]=>\n      int(1)\n    }\n  }\n  [\"f\"]=>\n  NULL\n}\n",
        "{a=b, c, d=[{e=1}], f=null}",
        "Foo(a=b, c, d=[Foo.Bar(e=1)], f=null)",
        "Foo[a=b, c, d=[Bar[e=1]], f=null]",
        "Foo{a='b, c', d=[Bar{e=1}], f=null}",
        "map[a:b, c d:[map[e:1]] f:<nil>]",
        "&{a:b, c d:[{e:1}] f:<nil>}",
        r#"&main.Foo{a:"b, c", d:[]main.Bar{main.Bar{e:1}}, f:interface {}(nil)}"#,
        r#"map[string]interface {}{"a":"b, c", "d":[]interface {}{map[string]interface {}{"e":1}}, "f":interface {}(nil)}"#,
        r#"{ "a" : UUID("b, c"), "d" : [ { "e" : NumberLong(1) } ], f: null }"#,
        r#"#<ActionController::Parameters {"a"=>"b, c", "d"=>[#<ActionController::Parameters {"e"=>1} permitted: false>], "f"=>nil} permitted: false>"#,
        r#"%{"a" => "b, c", "d" => [%{"e" => 1}], "f" => nil}"#,
        r#"Foo { a: "b, c", d: [Bar { e: 1 }], f: None }"#,
        "Foo {\n    a: Some(\n        \"b, c\",\n    ),\n    d: [\n        Bar {\n            e: 1,\n        },\n    ],\n    f: None,\n}",
        "{\n  a: \u{1B}[32m'b, '\u{1B}[39m +\n    \u{1B}[32m'c'\u{1B}[39m,\n  d: [ { e: \u{1B}[33m1\u{1B}[39m } ],\n  f: \
         \u{1B}[1mnull\u{1B}[22m\n}",
        r#"{a=b, c, d=[{"e":1}], f=null}"#,
        "Foo(a='b, c', d=[{'e': 1}], f=null)",
        "a: !str 'b, c'\nd: &x\n  -\n    e: 1 # one\nf: ~\n",
        "a: b, c\nd:\n- e: 1\nf:\n",
        "a: 'b, c'\nd:\n  - {e: 1}\nf: ~\n",
        "f: null\nd: [{e: 1}]\na: >-\n  b,\n  c\n",
    ];
    let mut unused: Vec<_> = ROWS.iter().map(|row| row.name).collect();
    for text in cases {
        let bytes = Bytes {
            all: text.as_bytes(),
            last: true,
        };
        let name = at(bytes, NAMES)
            .expect(text)
            .map_or(table::YAML.name, |row| row.name);
        unused.retain(|row| *row != name && *row != table::PRINT_R.name);
        let (value, len, missing) = read_text(text).expect(text);
        assert_eq!(value, expected, "{text}");
        assert_eq!((text[len..].trim(), missing), ("", None), "{text}");
    }
    assert!(unused.is_empty(), "{unused:?}");
    // `print_r` has no null.
    let text = "Array\n(\n    [a] => b, c\n    [d] => Array\n        (\n            [0] => Array\n                (\n                    [e] => 1\n                )\n\n        )\n\n    [f] => \n)\n";
    let (value, ..) = read_text(text).expect(text);
    assert_eq!(value, json!({"a": "b, c", "d": [{"e": "1"}], "f": ""}));
    let indented = format!("    {}", text.replace('\n', "\n    "));
    let one_line = text.replace('\n', " ");
    let flush = text
        .lines()
        .map(|line| line.trim().to_owned() + "\n")
        .collect();
    for text in [
        text[6..].to_owned(),
        indented[4..].to_owned(),
        one_line,
        flush,
    ] {
        let (value, ..) = read_text(&text).expect(&text);
        assert_eq!(
            value,
            json!({"a": "b, c", "d": [{"e": "1"}], "f": ""}),
            "{text}"
        );
    }
    let (value, ..) = read_text(&text.replace(['\n', '\t'], " ")).expect(text);
    assert_eq!(value, json!({"a": "b, c", "d": [{"e": "1"}], "f": ""}));
}

#[test]
fn maps_in_objects_of_node_are_objects() {
    let text = "{ a: Map(2) { 'b' => 'c', 'd' => 1n }, e: 2 }";
    let (value, ..) = read_text(text).expect(text);
    assert_eq!(value, json!({"a": {"b": "c", "d": "1"}, "e": "2"}));
}

#[test]
fn dates_are_texts() {
    let texts = [
        (
            "{'a': datetime.datetime(2025, 11, 22, 20, 0, tzinfo=f(x))}",
            "datetime.datetime(2025, 11, 22, 20, 0, tzinfo=f(x))",
        ),
        (
            "{ a: 2025-11-22T12:00:00.000Z }",
            "2025-11-22T12:00:00.000Z",
        ),
        (
            r#"{"a"=>2025-11-22 20:00:00 +0800}"#,
            "2025-11-22 20:00:00 +0800",
        ),
        (
            "{a=Sat Nov 22 20:00:00 CST 2025}",
            "Sat Nov 22 20:00:00 CST 2025",
        ),
        (
            "map[a:2025-11-22 20:00:00 +0800 CST]",
            "2025-11-22 20:00:00 +0800 CST",
        ),
    ];
    for (text, expected) in texts {
        let (value, ..) = read_text(text).expect(text);
        assert_eq!(value, json!({"a": expected}), "{text}");
    }
}

#[test]
fn what_was_left_out_is_missing() {
    let cases = [
        ("{ a: [Object] }", "`[Object]` stands"),
        ("{ a: 'b'... 12 more characters }", "`...` stands"),
        ("{ a: [ 1, ... 2 more items ] }", "`...` stands"),
        ("{'a': [...]}", "`...` stands"),
        ("{'a': 1, ...}", "`...` stands"),
        (r#"{"a"=>{...}}"#, "`...` stands"),
        ("{a=[Foo@1b2c3d4e]}", "`Foo@1b2c3d4e` stands"),
        ("&{a:0xc000012345}", "`0xc000012345` stands"),
        (
            "array(2) {\n  [\"a\"]=>\n  int(1)\n}",
            "PHP's var_dump counts 2 members here, but 1 are there",
        ),
        (
            "array(1) {\n  [\"a\"]=>\n  string(9) \"b\"\n}",
            "PHP's var_dump counts 9 bytes here",
        ),
        ("{a=b, a=c}", "`a` is given twice"),
        (
            "{a=1, b=2, c=3, d=4, e=5, f=6, g=7, h=8, i=9, j=0, k=1, l=2, m=3, n=4, o=5, p=6, q=7, c=8}",
            "`c` is given twice",
        ),
        ("{a=b}", "none"),
    ];
    for (text, expected) in cases {
        let found = problem(text);
        assert!(found.starts_with(expected), "{text}: {found}");
    }
}

#[test]
fn what_users_type_is_not_read_without_quotes() {
    let stops = [
        "{ToUserName=gh_1, Content=hi}, {Event=x}",
        "Text(super=Base(ToUserName=gh_1), Content=hi)",
        "{Content=a\n}, {Event=x}",
        "{Content=hi}, Event=x, ToUserName=gh_1}",
        "map[Content:hi ToUserName:gh_1]",
        "Array\n(\n    [ToUserName] => gh_1\n    [Content] => hi\n)\n",
    ];
    for text in stops {
        let found = read_text(text).expect_err(text);
        assert!(
            matches!(&found, Stop::Broken(finding) if finding.reason() == Reason::PrintedTyped),
            "{text}: {found:?}"
        );
    }
    for text in [
        "{Content=hi, b=c}",
        "{'ToUserName': 'gh_1', 'Content': '}'}",
    ] {
        read_text(text).expect(text);
    }
}

#[test]
fn limits_hold() {
    let limits = Limits {
        depth: 3,
        values: 9,
        ..Limits::default()
    };
    let read = |notation, text: &str| {
        let bytes = Bytes {
            all: text.as_bytes(),
            last: true,
        };
        match read(notation, bytes, NAMES, &mut Tree::default(), &limits) {
            Err(Stop::Broken(finding)) => finding.reason(),
            other => panic!("{text}: {other:?}"),
        }
    };
    let deep = [
        (&table::PYTHON, "{'a': [{'b': [1]}]}"),
        (&table::JAVA_MAP, "{a=[{b=[1]}]}"),
        (
            &table::VAR_DUMP,
            "array(1) { [0]=> array(1) { [0]=> array(1) { [0]=> array(0) { } } } }",
        ),
    ];
    for (notation, text) in deep {
        assert_eq!(read(notation, text), Reason::TooDeep);
    }
    assert_eq!(
        read(&table::GO, "map[a:[1 2 3 4 5 6 7 8 9]]"),
        Reason::TooManyValues
    );
    let yaml = Bytes {
        all: b"a: 1\nb:\n  - - - - 1\n",
        last: true,
    };
    assert!(read_yaml(yaml, 0, NAMES, &mut Tree::default(), &limits).is_err());
}

#[test]
fn other_text_begins_no_object() {
    for text in [
        r#"{"a": 1}"#,
        "{}",
        "[]",
        "{ a = b }",
        "{a == b}",
        "[info] x",
        "foo(bar)",
        "array(6)",
        "map[]",
        "",
    ] {
        let bytes = Bytes {
            all: text.as_bytes(),
            last: true,
        };
        assert!(matches!(at(bytes, NAMES), Ok(None)), "{text}");
    }
}

#[test]
fn source_code_is_no_object() {
    for text in ["{ a: msg.a, b: 'c' }", "{'a': msg['a']}", "['a' => $a]"] {
        assert!(problem(text).contains("source code"), "{text}");
    }
}

#[test]
fn json_with_bare_names_is_read_where_json_fails() {
    let text = r#"{"a": "b", c: 'd', "e": NumberLong("1"),}"#;
    let (value, ..) = read_row(relaxed(), text, true).expect(text);
    assert_eq!(value, json!({"a": "b", "c": "d", "e": "1"}));
}

#[test]
fn a_printed_object_is_a_warning() {
    let finding = table::PYTHON.printed(Span::default());
    assert_eq!(finding.severity(), crate::finding::Severity::Warning);
    assert!(
        finding
            .message(crate::lang::Lang::Zh)
            .starts_with("Python 字典")
    );
}

/// Returns the names and texts of the cases of a file.
fn cases(file: &str) -> impl Iterator<Item = (&str, &str)> {
    let cases = file.split("--- ").skip(1);
    cases.filter_map(|case| case.split_once('\n'))
}

/// Returns what `callback` looks like in the notation of `file`, as far as that cannot show it all.
fn shown(callback: Value, file: &str) -> Value {
    let each = |members: Map<String, Value>| {
        let is_kept = |(name, value): &(String, Value)| {
            !file.starts_with("go-")
                || (name != "XMLName" && !value.as_str().is_some_and(str::is_empty))
        };
        let shown = members.into_iter().filter(is_kept);
        shown
            .map(|(name, value)| (name, self::shown(value, file)))
            .collect()
    };
    let is_print_r = file.starts_with("php-print-r");
    match callback {
        Value::Object(members) => Value::Object(each(members)),
        Value::Array(entries) => entries
            .into_iter()
            .map(|value| shown(value, file))
            .collect(),
        // Go reads JSON's numbers as doubles.
        Value::Number(_) if file == "go-map.txt" => json!("1.7654321e+09"),
        Value::Number(number) => Value::String(number.to_string()),
        // PHP's `print_r` prints values as texts.
        Value::Null if is_print_r => json!(""),
        Value::Bool(true) if is_print_r => json!("1"),
        other => other,
    }
}

/// Calls `check` with file, name and text of each case.
fn each_case(mut check: impl FnMut(&str, &str, &str)) {
    for entry in std::fs::read_dir("tests/notations").expect("the cases") {
        let path = entry.expect("an entry").path();
        let file = path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        let text = std::fs::read_to_string(&path).expect("a file of cases");
        if file.ends_with(".txt") {
            let cases = cases(&text).filter(|(_, text)| !text.starts_with("skip"));
            cases.for_each(|(name, text)| check(&file, name, text));
        }
    }
}

/// The files of `tests/notations` hold what programs printed.
#[test]
fn what_programs_print_is_read() {
    let expected = std::fs::read_to_string("tests/notations/expected.json").expect("callbacks");
    let expected: Value = serde_json::from_str(&expected).expect("JSON");
    let (mut wrong, mut count) = (Vec::new(), 0);
    each_case(|file, name, text| {
        count += 1;
        let mut callback = expected[name].clone();
        if file.starts_with("yaml") && name == "wrapped" {
            callback = callback["xml"].clone();
        }
        if let Err(why) = compare(file, text, callback) {
            wrong.push(format!("{file} {name}: {why}\n{text}"));
        }
    });
    assert!(
        wrong.is_empty(),
        "{} of {count}:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
    assert!(count > 300, "{count}");
}

fn compare(file: &str, text: &str, callback: Value) -> Result<(), String> {
    let (mut value, len, missing) = read_text(text).map_err(|stop| format!("{stop:?}"))?;
    if file.starts_with("go-slice") {
        value = value[0].clone();
    }
    let is_cut = file == "node-default-depth.txt";
    let rest = text.get(len..).map(str::trim);
    match (is_cut, missing) {
        (true, Some(_)) => Ok(()),
        (false, None) if rest != Some("") => Err(format!("left over: {rest:?}")),
        (false, None) if shown(value.clone(), file) == shown(callback.clone(), file) => Ok(()),
        (_, missing) => Err(format!("{value} {missing:?}, expected {callback}")),
    }
}

#[test]
fn an_object_that_has_arrived_in_part_is_read_alike() {
    each_case(|file, name, text| {
        let whole = format!("{:?}", read_text(&format!("{text}--- next\n")));
        assert_eq!(whole, format!("{:?}", read_text(text)), "{file} {name}");
        let crlf = text.replace('\n', "\r\n");
        let values = [text, &crlf].map(|text| read_text(text).map(|(value, ..)| value));
        assert_eq!(
            format!("{:?}", values[0]),
            format!("{:?}", values[1]),
            "{file} {name}"
        );
        let cuts = (0..text.len()).filter(|cut| text.is_char_boundary(*cut));
        for cut in cuts.step_by(11) {
            match read_bytes(&text[..cut], false) {
                Err(Stop::More) => {}
                early => assert_eq!(format!("{early:?}"), whole, "{file} {name} up to {cut}"),
            }
        }
    });
}

#[test]
fn what_follows_an_object_is_not_waited_for() {
    for value in ["NumberLong(1)", "NumberLong('1' )", "NumberLong( \"1\", )"] {
        let text = format!("{{ CreateTime: {value} }}\n");
        let whole = format!("{:?}", read_text(&text));
        assert_eq!(whole, format!("{:?}", read_bytes(&text, false)), "{text}");
        assert!(read_text(&text).is_ok(), "{text}");
    }
}

/// Returns texts made of `words`, in an order that looks random.
fn jumbles(words: &[&str], count: usize) -> impl Iterator<Item = String> {
    let mut state = 7_u64;
    let mut next = move |below: usize| {
        state = state
            .wrapping_mul(6364136223846793005)
            .wrapping_add(1442695040888963407);
        (state >> 33) as usize % below
    };
    (0..count).map(move |_| (0..next(24)).map(|_| words[next(words.len())]).collect())
}

#[test]
fn any_text_is_read_to_an_end() {
    let words = [
        "{",
        "}",
        "[",
        "]",
        "(",
        ")",
        "a",
        "b=",
        "c:",
        " d: ",
        "'",
        "\"",
        "\\",
        "\n",
        "  ",
        " ",
        ", ",
        ",",
        "=>",
        "array (",
        "array(1) {",
        "string(2) \"",
        "Array\n(",
        "[x] => ",
        "map[",
        "&{",
        "OrderedDict([('a', ",
        "- ",
        "| ",
        "é",
        "...",
        "#<A ",
        "[Object]",
        "/*",
        "//",
        "NumberLong(",
        "\\u",
        "\\x4",
        ":a",
        "Foo(a=",
        "Foo { a: ",
        "%{",
        "[{\"b\": ",
        "{'b':",
        "Some(",
        "1",
        "null",
        "Content=",
        "ToUserName=",
        "`",
        "\r\n",
        "<nil>",
        "#",
        "~",
    ];
    for text in jumbles(&words, 5_000) {
        let bytes = |all, last| Bytes { all, last };
        let _ = at(bytes(text.as_bytes(), true), NAMES);
        for notation in ROWS {
            let whole = read_row(notation, &text, true);
            let cut = text.floor_char_boundary(text.len() / 2);
            match read_row(notation, &text[..cut], false) {
                Err(Stop::More) => {}
                early => assert_eq!(
                    format!("{early:?}"),
                    format!("{whole:?}"),
                    "{text:?}, {cut}"
                ),
            }
        }
    }
}

const ROWS: [&Notation; 14] = [
    &table::PYTHON,
    &table::JAVASCRIPT,
    &table::RUBY,
    &table::PHP,
    &table::DUMP,
    &table::VAR_DUMP,
    &table::PRINT_R,
    &table::JAVA_MAP,
    &table::JAVA_CLASS,
    &table::GO,
    &table::GO_SYNTAX,
    &table::RUST,
    &table::YAML,
    &table::YAML_FLOW,
];

fn read_row(notation: &'static Notation, text: &str, last: bool) -> Read {
    let bytes = Bytes {
        all: text.as_bytes(),
        last,
    };
    let (mut tree, limits) = (Tree::default(), Limits::default());
    let printed = match std::ptr::eq(notation, &table::YAML) {
        true => read_yaml(bytes, 0, NAMES, &mut tree, &limits)?,
        false => read(notation, bytes, NAMES, &mut tree, &limits)?,
    };
    assert!(printed.len <= text.len());
    Ok((value(View::root(&tree, text)), printed.len, printed.missing))
}

/// Time grows with the length of the text, whatever the text.
#[test]
fn time_is_linear() {
    let families = [
        ("{a=", "x, ", ""),
        ("[{a=b}", ", {a=b}", "]"),
        ("[{'a': 'b'}", ", {'a': 'b'}", "]"),
        ("{a=b", ", c=d", "}"),
        (
            "Array ( [0] => Array ( [a] => b )",
            " [0] => Array ( )",
            " )",
        ),
        ("a: 1\nb: [{c: d}", ", {c: d}", "]\n"),
        ("{a=", "x, b", ""),
        ("[{x=a{}", ", {x=a{}", ""),
        ("{a=", "}x", ""),
        ("{a=", "{", ""),
        ("{a=", "}", ""),
        ("map[a:", " b", ""),
        ("map[a:", " b: ", ""),
        ("map[a:", "]b ", ""),
        ("{Content=", ", Content=", "}"),
        ("{Content=", "}{Content=", ""),
        ("Array ( [a] => ", " [", ""),
        ("Array\n(\n    [a] => ", "\n    [", ""),
        ("Array\n(\n    [a] => ", "\n)x", ""),
        ("Array\n(\n    [Content] => ", "\n    [b] => ", ""),
        ("['", "a", ""),
        ("['a' => ['b' => 'c'],", "'x',", "]"),
        ("{'a': '", "\\", ""),
        ("{'a': ", "'b' ", "}"),
        ("{a: ", "'b' + ", "'c' }"),
        ("{ a: 'b', ", "/* */", ""),
        ("{ a: 'b', ", "/*", ""),
        ("array(1) {\n[\"a\"]=>\nstring(9) \"", "\"x", ""),
        ("a: 1\nb:\n", "  - ", "\n"),
        ("a: 1\nb:\n", "  - c\n", ""),
        ("a: 1\nb: |\n", "  c\n\n", ""),
        ("a: 1\nb: c\n", "  d\n", ""),
        ("a: 1\nb: {", "c: d, ", "}\n"),
        ("a: 1\nb: '", "''", "'\n"),
    ];
    for (before, middle, after) in families {
        let time = |bytes: usize| {
            let text = format!("{before}{}{after}", middle.repeat(bytes / middle.len()));
            let start = Clock::start();
            let _ = read_text(&text);
            start.elapsed().as_secs_f64()
        };
        let best = |bytes| (0..2).map(|_| time(bytes)).fold(f64::MAX, f64::min);
        let (small, large) = (best(1 << 15), best(1 << 18));
        // Eight times the text. The clock counts in steps of 4 ms.
        assert!(
            large < 0.05 || large < small * 24.0,
            "{before}{middle}: {small} {large}"
        );
    }
}

/// Prints the speed: `cargo test --release --lib notation -- --ignored --nocapture speed`.
#[test]
#[ignore = "measures"]
fn speed() {
    each_case(|file, name, text| {
        if !name.ends_with("-two") || !name.starts_with("popup") {
            return;
        }
        let bytes = Bytes {
            all: text.as_bytes(),
            last: true,
        };
        let (mut tree, limits) = (Tree::default(), Limits::default());
        let start = Clock::start();
        let rounds = 100_000;
        for _ in 0..rounds {
            match at(bytes, NAMES) {
                Ok(Some(notation)) => drop(read(notation, bytes, NAMES, &mut tree, &limits)),
                _ => drop(read_yaml(bytes, 0, NAMES, &mut tree, &limits)),
            }
        }
        let megabytes = (rounds * text.len()) as f64 / 1e6;
        let _ = writeln!(
            std::io::stderr(),
            "{file}: {:.0} MB/s",
            megabytes / start.elapsed().as_secs_f64()
        );
    });
}
