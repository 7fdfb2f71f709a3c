//! Decides if a query and a payload belong to one request, by the text between them.
//!
//! Another request between them separates them. The end of an object also does, if the object is an entry of an array
//! or a line of its own: the next entry follows. Other lines between them must belong to a request's head; otherwise
//! they may belong to another request.

/// The escapes of a line end in logs, grouped by escaping.
#[derive(Clone, Copy, Debug)]
pub(crate) struct EscapedLineBreaks(pub(crate) &'static [&'static [&'static str]]);

impl EscapedLineBreaks {
    fn all(self) -> impl Iterator<Item = &'static [u8]> {
        let all = self.0.iter().copied().flatten();
        all.map(|written| written.as_bytes())
    }

    /// Returns true if `bytes` end with an escaped line break.
    fn ends(self, bytes: &[u8]) -> bool {
        self.all().any(|written| bytes.ends_with(written))
    }

    /// Returns the length of the escaped line break at the start of `bytes`.
    fn len_at(self, bytes: &[u8]) -> Option<usize> {
        let begins = |written: &&[u8]| bytes.starts_with(written);
        self.all().find(begins).map(<[u8]>::len)
    }
}

/// The relation of a query to a payload.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Link {
    None,
    /// They are near each other.
    Weak,
    /// They belong to one request.
    Sure,
}

/// Returns the link of a payload to a query before it, which ends `line`. `is_in_entry` is true if both are in one log
/// entry.
pub(super) fn back(
    line: &[u8],
    between: &[u8],
    is_in_entry: bool,
    breaks: EscapedLineBreaks,
) -> Link {
    let after = after_version(between);
    let is_request = after.len() < between.len() || methods(line, breaks).next().is_some();
    let between = after;
    if other_request(between, breaks).is_some() {
        return Link::None;
    }
    let is_sure =
        end_of_entry(between).is_none() && (is_in_entry || is_head(between, is_request, breaks));
    match is_sure {
        true => Link::Sure,
        false => Link::Weak,
    }
}

/// Returns the bytes after a payload that may belong to its request.
pub(super) fn forward(bytes: &[u8], breaks: EscapedLineBreaks) -> &[u8] {
    let end = end_of_entry(bytes).unwrap_or(bytes.len());
    let bytes = &bytes[..end];
    &bytes[..next_request(bytes, breaks).unwrap_or(bytes.len())]
}

/// Returns the bytes after the ` HTTP/1.1` of a request line.
fn after_version(bytes: &[u8]) -> &[u8] {
    match bytes.strip_prefix(b" HTTP/") {
        Some(rest) => &rest[version_len(rest)..],
        None => bytes,
    }
}

fn version_len(bytes: &[u8]) -> usize {
    bytes
        .iter()
        .take_while(|&&b| b.is_ascii_digit() || b == b'.')
        .count()
}

/// Returns the position of another request, or of the response to a request.
fn other_request(bytes: &[u8], breaks: EscapedLineBreaks) -> Option<usize> {
    let mut versions = memchr::memmem::find_iter(bytes, b"HTTP/");
    let version = versions.find(|&at| is_request_line(bytes, at) || is_status_line(bytes, at));
    version.or_else(|| methods(bytes, breaks).next())
}

/// Returns true if the version at `at` ends a request line.
fn is_request_line(bytes: &[u8], at: usize) -> bool {
    matches!(bytes[..at], [.., before, b' '] if !b" :,\"'".contains(&before))
}

/// Returns true if the version at `at` begins a response.
fn is_status_line(bytes: &[u8], at: usize) -> bool {
    let rest = &bytes[at + "HTTP/".len()..];
    matches!(
        rest[version_len(rest)..],
        [b' ', b'1'..=b'5', b'0'..=b'9', b'0'..=b'9', ..]
    )
}

/// Returns the positions of methods that have a target.
fn methods(bytes: &[u8], breaks: EscapedLineBreaks) -> impl Iterator<Item = usize> {
    const METHODS: [&[u8]; 7] = [
        b"GET", b"POST", b"PUT", b"HEAD", b"PATCH", b"DELETE", b"OPTIONS",
    ];
    let spaces = memchr::memchr_iter(b' ', bytes);
    spaces.filter_map(move |space| {
        let has_target = [&b"/"[..], b"\\/", b"http://", b"https://", b"%2F"]
            .iter()
            .any(|target| bytes[space + 1..].starts_with(target));
        let method = METHODS
            .iter()
            .find(|method| bytes[..space].ends_with(method))?;
        let at = space - method.len();
        let is_word = at == 0 || !bytes[at - 1].is_ascii_alphabetic() || breaks.ends(&bytes[..at]);
        (has_target && is_word).then_some(at)
    })
}

/// Returns the position of the next request after a payload. It is on a line of its own, or directly after the payload,
/// because bodies need no line break. A method elsewhere on the line belongs to an access log.
fn next_request(bytes: &[u8], breaks: EscapedLineBreaks) -> Option<usize> {
    methods(bytes, breaks)
        .find(|&at| at == 0 || bytes[at - 1] == b'\n' || breaks.ends(&bytes[..at]))
}

/// Returns the end of the object around the first byte, if an entry of an array or another line follows. Brackets in
/// texts count too. They come in pairs; if not, the worst result is that a query is missed.
fn end_of_entry(bytes: &[u8]) -> Option<usize> {
    let (mut depth, mut outermost) = (0i32, 0);
    for at in memchr::memchr2_iter(b'{', b'}', bytes) {
        if bytes[at] == b'{' {
            depth += 1;
            continue;
        }
        depth -= 1;
        if depth < outermost {
            outermost = depth;
            if has_neighbour(&bytes[at + 1..]) {
                return Some(at);
            }
        }
    }
    None
}

/// Returns true if the object that ended before `rest` is one of several.
fn has_neighbour(rest: &[u8]) -> bool {
    let is_between = |b: &u8| b.is_ascii_whitespace() || *b == b',';
    let next = rest.iter().find(|b| !is_between(b));
    matches!(next, Some(b'{' | b'[' | b']'))
}

/// Returns true if `bytes` are only the rest of a line, or, if that line `is_request`, the head between it and a body.
fn is_head(bytes: &[u8], is_request: bool, breaks: EscapedLineBreaks) -> bool {
    let mut text = Vec::with_capacity(bytes.len());
    undo_breaks(bytes, breaks, &mut text);
    let mut lines = text.split(|&b| b == b'\n').map(without_decoration);
    let first = lines.next();
    let Some(last) = lines.next_back() else {
        return true;
    };
    let is_wrapping = |line: &[u8]| line.is_empty() || is_end_of_log_line(line);
    // The text after the query in an access log shows that its line is not the head of a request.
    is_request
        && first.is_none_or(is_wrapping)
        && lines.all(|line| is_wrapping(line) || is_header(line))
        && is_wrapping(last)
}

/// Appends `line` to `out`, with escaped line breaks undone.
fn undo_breaks(mut line: &[u8], breaks: EscapedLineBreaks, out: &mut Vec<u8>) {
    let begins_escape = |b: &u8| matches!(b, b'\\' | b'#' | b'%' | b'&');
    while let Some(at) = line.iter().position(begins_escape) {
        let (before, rest) = line.split_at(at);
        out.extend_from_slice(before);
        match breaks.len_at(rest) {
            Some(len) => {
                while out.last() == Some(&b'\\') {
                    out.pop();
                }
                out.push(b'\n');
                line = &rest[len..];
            }
            None => {
                out.push(rest[0]);
                line = &rest[1..];
            }
        }
    }
    out.extend_from_slice(line);
}

/// Removes the marks that tools draw before a line, as in `> Host: …`.
fn without_decoration(line: &[u8]) -> &[u8] {
    let is_drawn = |b: &u8| b.is_ascii_whitespace() || b"<>|*".contains(b);
    let start = line.iter().position(|b| !is_drawn(b)).unwrap_or(line.len());
    line[start..].trim_ascii_end()
}

/// Returns true for a header, as `Content-Type: text/xml`.
fn is_header(line: &[u8]) -> bool {
    let is_of_name = |b: &u8| b.is_ascii_alphanumeric() || *b == b'-';
    let name = line.iter().take_while(|b| is_of_name(b)).count();
    line[0].is_ascii_alphabetic() && line.get(name) == Some(&b':')
}

/// Returns true for the rest of a container's log line after its text.
fn is_end_of_log_line(line: &[u8]) -> bool {
    line.starts_with(b"\",\"") && line.ends_with(b"}")
}

/// Returns the position of another payload in `bytes`, or of the object around it. `first_name` finds names of
/// messages.
pub(super) fn other_payload(
    bytes: &[u8],
    first_name: impl FnOnce(&[u8]) -> Option<usize>,
) -> Option<usize> {
    let root = memchr::memmem::find(bytes, b"xml>");
    let at = first_name(bytes).into_iter().chain(root).min()?;
    Some(unclosed(&bytes[..at]).unwrap_or(at))
}

/// Returns the first bracket in `bytes` that is not closed.
fn unclosed(bytes: &[u8]) -> Option<usize> {
    let mut open = Vec::new();
    for at in memchr::memchr2_iter(b'{', b'}', bytes) {
        match bytes[at] {
            b'{' => open.push(at),
            _ => _ = open.pop(),
        }
    }
    open.first().copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    const BREAKS: EscapedLineBreaks =
        EscapedLineBreaks(&[&["\\n", "\\r", "\\x0D", "\\x0A"], &["%0A", "&#10;"]]);

    #[test]
    fn what_stands_between_ties_or_parts() {
        for (between, link) in [
            ("", Link::Sure),
            (" HTTP/1.1\r\n\r\n", Link::Sure),
            (" HTTP/1.1\r\nHost: a\r\nX-B: c\r\n\r\n", Link::Sure),
            (" HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n", Link::Sure),
            (" HTTP/1.1\\x0D\\x0AHost: a\\x0D\\x0A\\x0D\\x0A", Link::Sure),
            (" HTTP/1.1\" 200 7 \"-\" \"", Link::Sure),
            ("\",\"status\":200,\"body\":\"", Link::Sure),
            ("\"},\"body\":\"", Link::Sure),
            (" HTTP/1.1\" 200 7\n", Link::Weak),
            ("\n10:05:43 INFO body=", Link::Weak),
            ("\"}\n{\"body\":\"", Link::Weak),
            ("\"},{\"body\":\"", Link::Weak),
            (" HTTP/1.1\r\n\r\nHTTP/1.1 200 OK\r\n\r\n", Link::None),
            (" HTTP/1.1\r\n\r\nGET /health HTTP/1.1\r\n\r\n", Link::None),
            ("\nPOST \\/wx\n", Link::None),
        ] {
            assert_eq!(
                back(b"/wx?a=b", between.as_bytes(), false, BREAKS),
                link,
                "{between}"
            );
        }
        // The lines of a log entry belong to one request.
        assert_eq!(
            back(b"/wx?a=b", b"\",\n \"body\": \"", true, BREAKS),
            Link::Sure
        );
        assert_eq!(
            back(b"/wx?a=b", b"\"},\n {\"body\": \"", true, BREAKS),
            Link::Weak
        );
    }

    #[test]
    fn lines_after_a_query_are_its_own_if_it_is_a_request_line() {
        for (line, link) in [
            ("POST /wx?a=b", Link::Sure),
            ("> POST /wx?a=b", Link::Sure),
            ("INFO url=/wx?a=b", Link::Weak),
        ] {
            assert_eq!(back(line.as_bytes(), b"\n", false, BREAKS), link, "{line}");
        }
    }

    #[test]
    fn escaped_breaks_are_undone_in_their_order() {
        let undone = |line: &[u8]| {
            let mut out = Vec::new();
            undo_breaks(line, BREAKS, &mut out);
            String::from_utf8_lossy(&out).into_owned()
        };
        assert_eq!(undone(b"a&#10;b\\nc&d%0Ae#f"), "a\nb\nc&d\ne#f");
        assert_eq!(undone(b"\\\\n&amp;"), "\n&amp;");
    }

    #[test]
    fn what_follows_ends_with_the_entry_or_the_next_request() {
        for (bytes, own) in [
            ("\",\"uri\":\"/wx\"},{\"body\":\"", "\",\"uri\":\"/wx\""),
            ("\"},\"uri\":\"/wx\"}", "\"},\"uri\":\"/wx\"}"),
            (" \"POST /wx HTTP/1.1\"", " \"POST /wx HTTP/1.1\""),
            ("POST /wx HTTP/1.1", ""),
            ("\\nPOST /wx HTTP/1.1", "\\n"),
        ] {
            assert_eq!(forward(bytes.as_bytes(), BREAKS), own.as_bytes(), "{bytes}");
        }
    }
}
