//! Text that is the same for many payloads but for what is copied from each.

use std::ops::Range;

/// A text, and which parts of it are copied from a payload instead.
#[derive(Clone, Debug, Default)]
pub(crate) struct Template {
    pub(crate) text: Vec<u8>,
    copies: Vec<Copied>,
}

#[derive(Clone, Copy, Debug)]
struct Copied {
    to: usize,
    from: usize,
    len: usize,
}

impl Template {
    /// From `to` on the text has the bytes of the payload in the range `from`.
    pub(crate) fn copy(&mut self, to: usize, from: Range<usize>) {
        self.copies.push(Copied {
            to,
            from: from.start,
            len: from.len(),
        });
    }

    /// Writes the text for `payload`.
    #[inline]
    pub(crate) fn write(&self, payload: &[u8], out: &mut Vec<u8>) {
        let start = out.len();
        out.extend_from_slice(&self.text);
        let text = &mut out[start..];
        for &Copied { to, from, len } in &self.copies {
            text[to..to + len].copy_from_slice(&payload[from..from + len]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_copied() {
        let mut template = Template {
            text: b"<00> <0>".to_vec(),
            ..Template::default()
        };
        template.copy(1, 3..5);
        template.copy(6, 0..1);
        let mut out = b"before ".to_vec();
        template.write(b"abcde", &mut out);
        assert_eq!(out, b"before <de> <a>");
    }
}
