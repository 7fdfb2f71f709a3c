use super::*;
use crate::syntax::{Kind, View};
use serde_json::{Map, Value, json};

const NAMES: Users = Users {
    is_typed: |name| matches!(name, "Content" | "Title" | "Label"),
    is_header: |name| {
        matches!(
            name,
            "ToUserName" | "FromUserName" | "CreateTime" | "MsgType"
        )
    },
};

/// Reads `text` in the notation that [`at`] recognises. Returns the tree as JSON, the length and what is missing.
fn read_text(text: &str) -> Result<(Value, usize, Option<Finding>), Stop> {
    let bytes = Bytes {
        all: text.as_bytes(),
        last: true,
    };
    let mut tree = Tree::default();
    let limits = Limits::default();
    let printed = match at(bytes)? {
        Some(notation) => read(notation, bytes, NAMES, &mut tree, &limits)?,
        None if yaml_at(bytes, 0)? => read_yaml(bytes, 0, &mut tree, &limits)?,
        None => panic!("no notation: {text}"),
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
        "a: b, c\nd:\n- e: 1\nf:\n",
        "a: 'b, c'\nd:\n  - {e: 1}\nf: ~\n",
        "f: null\nd: [{e: 1}]\na: >-\n  b,\n  c\n",
    ];
    for text in cases {
        let (value, len, missing) = read_text(text).expect(text);
        assert_eq!(value, expected, "{text}");
        assert_eq!((text[len..].trim(), missing), ("", None), "{text}");
    }
    // `print_r` has no null.
    let text = "Array\n(\n    [a] => b, c\n    [d] => Array\n        (\n            [0] => Array\n                (\n                    [e] => 1\n                )\n\n        )\n\n    [f] => \n)\n";
    let (value, ..) = read_text(text).expect(text);
    assert_eq!(value, json!({"a": "b, c", "d": [{"e": "1"}], "f": ""}));
    let (value, ..) = read_text(&text.replace(['\n', '\t'], " ")).expect(text);
    assert_eq!(value, json!({"a": "b, c", "d": [{"e": "1"}], "f": ""}));
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
        assert!(matches!(at(bytes), Ok(None)), "{text}");
    }
}

#[test]
fn source_code_is_no_object() {
    for text in ["{ a: msg.a, b: 'c' }", "{'a': msg['a']}", "['a' => $a]"] {
        assert!(problem(text).contains("source code"), "{text}");
    }
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
