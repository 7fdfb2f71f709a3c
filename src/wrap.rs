//! Wraps text to a number of columns. Chinese has no spaces, so lines break beside wide characters, too.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// Wraps `text` to `width` columns, each line indented by `indent` spaces.
///
/// Lines break at spaces and beside wide characters, but not between a character and its punctuation.
///
/// ```
/// use wxsub::report::text::wrapped;
///
/// assert_eq!(wrapped("a message", 0, 5), "a\nmessage\n");
/// assert_eq!(wrapped("订阅消息。", 2, 8), "  订阅消\n  息。\n");
/// ```
pub fn wrapped(text: &str, indent: usize, width: usize) -> String {
    let margin = " ".repeat(indent);
    let mut out = margin.clone();
    let mut column = indent;
    for piece in pieces(text) {
        let len = piece.trim_end().width();
        if column > indent && column + len > width {
            out.truncate(out.trim_end().len());
            out.push('\n');
            out += &margin;
            column = indent;
        }
        out += piece;
        column += piece.width();
    }
    out.truncate(out.trim_end().len());
    out.push('\n');
    out
}

/// Splits `text` where a line may end.
fn pieces(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let mut chars = rest.char_indices().zip(rest.chars().skip(1));
        let last = chars.find(|((_, c), next)| may_break(*c, *next));
        let len = last.map_or(rest.len(), |((at, c), _)| at + c.len_utf8());
        let (piece, after) = rest.split_at(len);
        rest = after;
        (!piece.is_empty()).then_some(piece)
    })
}

/// Returns true if a line may end between two characters.
fn may_break(c: char, next: char) -> bool {
    const BELONGS_TO_LAST: &str = "，。、；：？！）”》…";
    const BELONGS_TO_NEXT: &str = "（“《";
    let is_wide = |c: char| c.width() == Some(2);
    let is_allowed = !BELONGS_TO_LAST.contains(next) && !BELONGS_TO_NEXT.contains(c);
    match c {
        ' ' => next != ' ',
        _ => is_allowed && next != ' ' && (is_wide(c) || is_wide(next)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_as_long_as_fits_and_nothing_is_lost() {
        let texts = [
            "a bb ccc dddd eeeee, ffffff ggggggg",
            "微信推送 URL 的参数：token、timestamp、nonce 排序拼接后的 SHA-1。它不覆盖（也不会覆盖）消息体。",
        ];
        for (text, width) in texts
            .iter()
            .flat_map(|text| (8..40).map(move |w| (text, w)))
        {
            let lines = wrapped(text, 0, width);
            let bare = |text: &str| text.replace([' ', '\n'], "");
            assert_eq!(bare(&lines), bare(text));
            for line in lines.lines() {
                let is_one = pieces(line).nth(1).is_none();
                assert!(line.width() <= width || is_one, "{width}: {line:?}");
                assert!(!line.starts_with(['，', '。', '）', '、']), "{line:?}");
                assert!(!line.ends_with(['（', ' ']), "{line:?}");
            }
        }
        assert_eq!(wrapped("a bb ccc", 2, 7), "  a bb\n  ccc\n");
    }

    #[test]
    fn what_does_not_fit_stands_alone() {
        assert_eq!(wrapped("a bbbbbbbbbb c", 0, 4), "a\nbbbbbbbbbb\nc\n");
        assert_eq!(wrapped("", 2, 4), "\n");
    }
}
