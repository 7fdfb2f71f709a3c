//! Text from outside as it may go to a terminal.
//!
//! Names of files and values of payloads are whoever wrote them's. What would steer a terminal, or turn the direction in
//! which it writes, becomes a visible escape.

/// `text` whole, as it may go to a terminal: what would steer one becomes visible escapes.
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

/// Characters that steer a terminal instead of showing on it: C0, DEL, C1, and the ones that turn the direction
/// of writing or hide.
pub(crate) fn is_unprintable(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FEFF}')
}
