//! Makes text from outside safe for a terminal.
//!
//! File names and payload values may come from an attacker. Characters that control a terminal or change the writing
//! direction become visible escapes.

/// Replaces characters that control a terminal by visible escapes.
///
/// ```
/// use wxsub::report::text::printable;
///
/// assert_eq!(printable("\u{1b}[31m订阅\n"), "\\u{1b}[31m订阅\\u{a}");
/// ```
pub fn printable(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        match is_unprintable(c) {
            true => shown.extend(c.escape_unicode()),
            false => shown.push(c),
        }
    }
    shown
}

/// Returns true for characters that a terminal does not show: C0, DEL, C1, and those that are invisible or change the
/// writing direction.
pub(crate) fn is_unprintable(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FEFF}')
}
