//! Documents in string literals whose escapes are not told by their first bytes: JSON in single quotes, where only
//! backslashes are doubled, and XML, which has no quotes to escape.
//!
//! Read as they are, their values would be others; and what a user typed could end the document early. So a document
//! behind a quote that has backslashes is looked at as a whole: is it what a language makes of a text?

use crate::wire::Syntax;

/// A literal is this long at the most.
const FAR: usize = 1 << 16;

/// Where the literal ends whose text begins with `text`; `Err` if that cannot be told yet. XML that goes on in another
/// line is no literal: only PHP has line breaks in them, and escapes nothing of XML.
pub(super) fn end(text: &[u8], quote: u8, syntax: Syntax, last: bool) -> Result<Option<usize>, ()> {
    let window = &text[..text.len().min(FAR)];
    let mut at = 0;
    while let Some(n) = memchr::memchr3(quote, b'\\', b'\n', &window[at..]) {
        at += n;
        match window[at] {
            b'\\' => at += 2,
            b'\n' if syntax == Syntax::Json => at += 1,
            b'\n' => return Ok(None),
            _ => return Ok(Some(at)),
        }
        if at >= window.len() {
            break;
        }
    }
    if last || window.len() == FAR {
        Ok(None)
    } else {
        Err(())
    }
}

/// Whether the backslashes of `text` are those of a literal, not those of the document in it.
pub(super) fn is_escaped(text: &[u8], syntax: Syntax) -> bool {
    // XML has no use for backslashes.
    if syntax == Syntax::Xml {
        return true;
    }
    let mut at = 0;
    while let Some(n) = memchr::memchr(b'\\', &text[at..]) {
        let run = text[at + n..].iter().take_while(|&&b| b == b'\\').count();
        if !is_literals(run, text.get(at + n + run).copied()) {
            return false;
        }
        at += n + run;
    }
    true
}

/// Whether JSON breaks `at` the end of a string because it stands in a literal: what the string ends with, `\\"`, is an
/// escaped quote there. The literal may have begun anywhere before.
pub(super) fn breaks(document: &[u8], at: usize) -> bool {
    let read = &document[..at.min(document.len())];
    read.ends_with(br#"\\""#) && is_escaped(read, Syntax::Json)
}

/// Whether `run` backslashes before `next` are JSON's own with each of them doubled, or one that JSON does not know.
fn is_literals(run: usize, next: Option<u8>) -> bool {
    let is_json = next.is_some_and(|next| b"\"\\/bfnrtu".contains(&next));
    match run % 4 {
        0 => true,
        2 => is_json,
        _ => matches!(next, Some(b'x' | b'\'')),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn literals_end_with_the_quote_that_began_them() {
        let end = |text: &str, last| end(text.as_bytes(), b'\'', Syntax::Json, last);
        assert_eq!(end(r#"{"a":"\"it\'s\""}', 1"#, false), Ok(Some(17)));
        assert_eq!(end("{\n}', 1", false), Ok(Some(3)));
        assert_eq!(end(r"{\'", false), Err(()));
        assert_eq!(end(r"{\'", true), Ok(None));
        let xml = |text: &str| super::end(text.as_bytes(), b'"', Syntax::Xml, true);
        assert_eq!(xml("<xml>\n</xml>\""), Ok(None));
    }

    #[test]
    fn escaped_quotes_break_what_stands_in_a_literal() {
        let breaks =
            |text: &str| super::breaks(text.as_bytes(), text.find('@').expect("the place"));
        assert!(breaks(r#"{"a":"{\\"@b\\""#));
        assert!(breaks(r#"{"a":"\\n\\"@b\\""#));
        assert!(!breaks(r#"{"a":"x\\\""@b"#));
        assert!(!breaks(r#"{"a":"b"@c"#));
    }

    #[test]
    fn doubled_backslashes_are_a_literals() {
        let cases = [
            (r#"{"a":"b\\/c\\u8ba2"}"#, true),
            (r#"{"a":"\xe8\\"it\'s\\""}"#, true),
            (r#"{"a":"b\/c"}"#, false),
            (r#"{"a":"C:\\dir"}"#, false),
            (r#"{"a":"\\\\dir"}"#, true),
        ];
        for (text, expected) in cases {
            assert_eq!(
                is_escaped(text.as_bytes(), Syntax::Json),
                expected,
                "{text}"
            );
        }
    }
}
