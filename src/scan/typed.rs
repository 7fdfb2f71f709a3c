//! Finds texts of users that printed objects hold, in noise: a text over lines that has not ended.
//!
//! Such a text may hold lines that look like payloads. Its object is not found if the brackets stand on a line far
//! before, or if names that messages have come only behind the text.

/// Returns the position of the latest member in `noise` that holds a text of a user, if the text goes on behind its line
/// and no line behind it may end it.
pub(super) fn open_text(noise: &[u8], is_typed: fn(&str) -> bool) -> Option<usize> {
    let signs = memchr::memchr2_iter(b':', b'=', noise);
    let mut members = signs.filter(|&sign| name_before(noise, sign).is_some_and(is_typed));
    members.find(|&sign| {
        // Only YAML has names without quotes, and texts over lines behind a colon.
        let is_yaml = noise[..sign].last().is_some_and(u8::is_ascii_alphanumeric);
        (noise[sign] == b'=' || is_yaml) && is_open(&noise[sign..])
    })
}

/// Returns the line of `noise` in which `at` stands.
pub(super) fn line_at(noise: &[u8], at: usize) -> &[u8] {
    let start = memchr::memrchr(b'\n', &noise[..at]).map_or(0, |end| end + 1);
    &noise[start..]
}

/// Returns the name of a member before its separator at `sign`, which may stand in quotes and brackets.
fn name_before(noise: &[u8], sign: usize) -> Option<&str> {
    const LONGEST: usize = 40;
    let near = &noise[sign.saturating_sub(LONGEST)..sign];
    let near = near.trim_ascii_end();
    let end = near.iter().rposition(|b| !b"'\"]".contains(b))? + 1;
    let start = near[..end]
        .iter()
        .rposition(|b| !b.is_ascii_alphanumeric())
        .map_or(0, |at| at + 1);
    let is_begun = near[..start]
        .last()
        .is_none_or(|b| b"'\"[({, \n\t:".contains(b));
    std::str::from_utf8(&near[start..end])
        .ok()
        .filter(|_| is_begun)
}

/// Returns true if the text behind a separator goes on to the end of `value`.
fn is_open(value: &[u8]) -> bool {
    let value = value
        .strip_prefix(b"=>")
        .or_else(|| value.strip_prefix(b":"));
    let text = value.unwrap_or_default().trim_ascii_start();
    match text {
        // A block of YAML.
        [b'|' | b'>', ..] => true,
        // In double quotes all notations escape a line break, but for the one that counts.
        [b'\'', text @ ..] => !closes(text, b'\''),
        _ => counted(text).is_some_and(|(len, text)| text.len() <= len),
    }
}

/// Returns the length that stands before a text, as in `string(5) "hello"`, and what follows the quote.
fn counted(value: &[u8]) -> Option<(usize, &[u8])> {
    let value = value.strip_prefix(b"string(")?;
    let digits = value.iter().take_while(|b| b.is_ascii_digit()).count();
    let len = std::str::from_utf8(&value[..digits]).ok()?.parse().ok()?;
    Some((len, value[digits..].strip_prefix(b") \"")?))
}

/// Returns true if `quote` ends a text at the start of `text`. It may be escaped by a backslash, or doubled.
fn closes(text: &[u8], quote: u8) -> bool {
    let mut at = 0;
    while let Some(n) = memchr::memchr2(b'\\', quote, text.get(at..).unwrap_or_default()) {
        at += n;
        let is_escape = text[at] == b'\\' || text.get(at + 1) == Some(&quote);
        if !is_escape {
            return true;
        }
        at += 2;
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_goes_on_until_its_quote() {
        let is_typed = |name: &str| name == "Content";
        for (noise, is_open) in [
            ("array (\n  'Content' => 'a\n", true),
            ("array (\n  'Content' => 'a\n\\'\n", true),
            ("array (\n  'Content' => 'a\nb',\n", false),
            ("Content: |-\n  a\n", true),
            ("Content: 'a''\n", true),
            ("  [\"Content\"]=>\n  string(9) \"a\nb\"\n", true),
            ("  [\"Content\"]=>\n  string(3) \"a\nb\"\n", false),
            ("{'Content': 'a\n", false),
            ("{\"Content\":\"a\n", false),
            ("X-Content: 'a\n", false),
            ("Content: text/html\n", false),
        ] {
            assert_eq!(
                open_text(noise.as_bytes(), is_typed).is_some(),
                is_open,
                "{noise}"
            );
        }
    }
}
