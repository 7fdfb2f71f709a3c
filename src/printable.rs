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
/// writing direction, tag characters among them.
///
/// ```
/// use wxsub::report::text::is_unprintable;
///
/// assert!(['\u{1b}', '\u{9b}', '\u{202e}', '\u{61c}'].into_iter().all(is_unprintable));
/// assert!(!is_unprintable('订'));
/// ```
pub fn is_unprintable(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{AD}' | '\u{61C}' | '\u{115F}' | '\u{1160}' | '\u{180B}'..='\u{180F}' | '\u{200B}'..='\u{200F}'
            | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{3164}' | '\u{FEFF}' | '\u{FFA0}'
            | '\u{FFF9}'..='\u{FFFB}' | '\u{E0000}'..='\u{E0FFF}')
}
