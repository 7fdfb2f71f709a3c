//! Logs of containers, which wrap every line that a program prints: Docker's json-file and the CRI format of
//! Kubernetes. A body of several lines is spread over several records, and a long line is cut into parts.
//!
//! What the program printed is read as one text through the wrapping. A record that is torn ends it.

use crate::frame::layer::{Bytes, Layer, Piece};

/// The format, and what the next byte belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Container {
    /// `{"log":"…\n","stream":"stdout","time":"…"}`: between records, or within the text of one.
    Docker(At),
    /// `2021-01-18T11:30:40.1Z stdout F …`.
    Cri(At),
}

/// Where in a record a container's log is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum At {
    /// At the start of a line.
    Line,
    /// In the text.
    Text,
    /// In text whose line goes on in the next record.
    Part,
}

const DOCKER: &[u8] = b"{\"log\":\"";

/// The format of the container's log of which `line` is the start of a line; `Err` if that cannot be told yet.
pub(super) fn of_line(line: &[u8], last: bool) -> Result<Option<Container>, ()> {
    if line.starts_with(DOCKER) {
        return Ok(Some(Container::Docker(At::Line)));
    }
    let may_be_docker = line.len() < DOCKER.len() && DOCKER.starts_with(line);
    if !last && (may_be_docker || may_be_cri(line)) {
        return Err(());
    }
    Ok(cri_prefix(line).map(|_| Container::Cri(At::Line)))
}

/// What the program printed on `line`, without the wrapping and the line break; and whether the line goes on in the
/// next record.
pub(super) fn text_of_line(line: &[u8]) -> Option<(&[u8], bool)> {
    if let Some(text) = line.strip_prefix(DOCKER) {
        let text = &text[..closing_quote(text).unwrap_or(text.len())];
        return Some(match text.strip_suffix(b"\\n") {
            Some(text) => (text.strip_suffix(b"\\r").unwrap_or(text), false),
            None => (text, true),
        });
    }
    cri_prefix(line).map(|(len, at)| (&line[len..], at == At::Part))
}

impl Container {
    pub(super) fn piece(&mut self, raw: &[u8], last: bool) -> Piece {
        match self {
            Container::Docker(at) => docker(at, raw, last),
            Container::Cri(at) => cri(at, raw, last),
        }
    }

    /// Whether the next byte begins a line of the log.
    pub(super) fn is_at_line(self) -> bool {
        matches!(self, Container::Docker(At::Line) | Container::Cri(At::Line))
    }
}

fn docker(at: &mut At, raw: &[u8], last: bool) -> Piece {
    if *at == At::Line {
        return match DOCKER.strip_prefix(&raw[..raw.len().min(DOCKER.len())]) {
            Some(b"") => {
                *at = At::Text;
                Piece::Other(DOCKER.len(), Bytes::NONE)
            }
            Some(_) if !last => Piece::More,
            _ => Piece::End,
        };
    }
    match memchr::memchr3(b'\\', b'"', b'\n', raw) {
        Some(0) if raw[0] == b'\\' => Layer::Backslash.piece(raw, last),
        // A record that was torn.
        Some(0) if raw[0] == b'\n' => Piece::End,
        Some(0) => wrapping_behind(at, raw, last),
        Some(len) => Piece::Same(len),
        None => Piece::Same(raw.len()),
    }
}

/// The rest of a record behind its text.
fn wrapping_behind(at: &mut At, raw: &[u8], last: bool) -> Piece {
    match memchr::memchr(b'\n', raw) {
        Some(len) => {
            *at = At::Line;
            Piece::Other(len + 1, Bytes::NONE)
        }
        None if last => Piece::Other(raw.len(), Bytes::NONE),
        None => Piece::More,
    }
}

/// Where a JSON string ends.
fn closing_quote(text: &[u8]) -> Option<usize> {
    let mut at = 0;
    loop {
        at += memchr::memchr2(b'"', b'\\', &text[at..])?;
        match text[at] {
            b'"' => return Some(at),
            _ => at = (at + 2).min(text.len()),
        }
    }
}

fn cri(at: &mut At, raw: &[u8], last: bool) -> Piece {
    if *at == At::Line {
        return match cri_prefix(raw) {
            Some((len, text)) => {
                *at = text;
                Piece::Other(len, Bytes::NONE)
            }
            None if !last && may_be_cri(raw) => Piece::More,
            None => Piece::End,
        };
    }
    match memchr::memchr(b'\n', raw) {
        Some(0) => {
            let is_part = std::mem::replace(at, At::Line) == At::Part;
            match is_part {
                true => Piece::Other(1, Bytes::NONE),
                false => Piece::Same(1),
            }
        }
        Some(len) => Piece::Same(len),
        None => Piece::Same(raw.len()),
    }
}

/// The most bytes of what CRI writes before a text.
const LONGEST_PREFIX: usize = 64;

/// Whether `line` is too short to tell that it is none of CRI's.
fn may_be_cri(line: &[u8]) -> bool {
    line.len() < LONGEST_PREFIX
        && cri_prefix(line).is_none()
        && line
            .iter()
            .take("2021-01-18T".len())
            .all(|b| b.is_ascii_digit() || matches!(b, b'-' | b'T'))
        && !line.contains(&b'\n')
}

/// The length of CRI's wrapping at the start of `line`: time, stream, and `F` for a full line or `P` for a part.
fn cri_prefix(line: &[u8]) -> Option<(usize, At)> {
    let head = &line[..line.len().min(LONGEST_PREFIX)];
    let is_time = matches!(
        head,
        [b'0'..=b'9', b'0'..=b'9', b'0'..=b'9', b'0'..=b'9', b'-', ..]
    ) && head.get(10) == Some(&b'T');
    let space = memchr::memchr(b' ', head).filter(|_| is_time)?;
    let rest = &head[space..];
    let tag = [&b" stdout "[..], b" stderr "]
        .iter()
        .find_map(|stream| rest.strip_prefix(*stream))?;
    let len = head.len() - tag.len();
    match tag {
        [b'F', b' ', ..] => Some((len + 2, At::Text)),
        [b'P', b' ', ..] => Some((len + 2, At::Part)),
        [b'F', b'\n', ..] => Some((len + 1, At::Text)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(raw: &str) -> (String, usize) {
        let mut layer = Layer::Container(of_line(raw.as_bytes(), true).unwrap().expect("a container's line"));
        let mut out = Vec::new();
        let len = layer.peel(raw.as_bytes(), true, &mut out);
        (String::from_utf8(out).unwrap(), raw.len() - len)
    }

    #[test]
    fn docker_records_are_one_text() {
        let log = "{\"log\":\"\\u003cxml\\u003e\\n\",\"stream\":\"stdout\",\"time\":\"2021-01-18T11:30:40Z\"}\n\
                   {\"log\":\"a \\\"b\\\" \",\"stream\":\"stdout\"}\n{\"log\":\"c\\n\"}\nplain\n";
        assert_eq!(text(log), ("<xml>\na \"b\" c\n".into(), "plain\n".len()));
        assert_eq!(text("{\"log\":\"torn\n{\"log\":\"x\\n\"}\n").0, "torn");
    }

    #[test]
    fn cri_lines_are_one_text() {
        let log = "2021-01-18T11:30:40.1Z stdout F <xml>\n2021-01-18T11:30:40.1+08:00 stderr P ab\n\
                   2021-01-18T11:30:40.1Z stdout F cd\n2021-01-18T11:30:40.1Z stdout F\nplain";
        assert_eq!(text(log), ("<xml>\nabcd\n\n".into(), "plain".len()));
        assert_eq!(of_line(b"2021-01-18 11:30:40 INFO stdout F x", true), Ok(None));
        assert_eq!(of_line(b"2021-01-18T11:", false), Err(()));
    }

    #[test]
    fn the_text_of_a_line_is_known_without_its_neighbours() {
        let line = b"{\"log\":\"{\\\"a\\\":1,\\n\",\"stream\":\"stdout\"}";
        assert_eq!(text_of_line(line), Some((&b"{\\\"a\\\":1,"[..], false)));
        assert_eq!(
            text_of_line(b"{\"log\":\"ab\",\"x\":1}"),
            Some((&b"ab"[..], true))
        );
        let line = b"2021-01-18T11:30:40.1Z stdout P {";
        assert_eq!(text_of_line(line), Some((&b"{"[..], true)));
        assert_eq!(text_of_line(b"plain"), None);
    }
}
