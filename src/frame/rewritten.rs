//! Payloads whose text is not the capture's own: transcoded, or escaped, or both; and the way back to the capture.

use encoding_rs::Encoding;

use crate::frame::layer::Layer;
use crate::frame::recode;

/// How the text was made from the bytes of the capture, outermost step first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    Encoding(&'static Encoding),
    Layer(Layer),
}

/// A payload's text, and how it was made.
#[derive(Clone, Debug, Default)]
pub(crate) struct Rewritten {
    pub(crate) text: String,
    /// What is left from the first byte on that is not UTF-8, or that nobody looked at.
    pub(crate) rest: Vec<u8>,
    pub(crate) steps: Vec<Step>,
}

impl Rewritten {
    /// Takes another text, which no step made yet.
    pub(super) fn renew(&mut self, bytes: &[u8]) {
        let (text, rest) = match std::str::from_utf8(bytes) {
            Ok(text) => (text, &[][..]),
            Err(error) => {
                let (head, rest) = bytes.split_at(error.valid_up_to());
                (std::str::from_utf8(head).unwrap_or_default(), rest)
            }
        };
        self.renew_text(text);
        self.rest.extend_from_slice(rest);
    }

    /// The same for what is known to be text.
    pub(super) fn renew_text(&mut self, text: &str) {
        self.text.clear();
        self.rest.clear();
        self.steps.clear();
        self.text.push_str(text);
    }

    /// A step came before all others.
    pub(super) fn comes_from(&mut self, step: Step) {
        self.steps.insert(0, step);
    }
}

impl Step {
    fn apply(&self, raw: &[u8]) -> Vec<u8> {
        match self {
            Step::Encoding(encoding) => recode::decode(encoding, raw, true),
            Step::Layer(layer) => {
                let mut text = Vec::with_capacity(raw.len());
                { *layer }.peel(raw, true, &mut text);
                text
            }
        }
    }

    /// Where the byte at `offset` of the text begins in `raw`.
    fn raw_offset(&self, raw: &[u8], offset: usize) -> usize {
        match self {
            Step::Encoding(encoding) => recode::raw_len(encoding, raw, offset),
            Step::Layer(layer) => { *layer }.raw_start(raw, offset),
        }
    }
}

/// Where the byte at `offset` of the text that `steps` make of `raw` begins in `raw`.
pub(crate) fn raw_offset(steps: &[Step], raw: &[u8], offset: usize) -> usize {
    match steps {
        [] => offset,
        [step] => step.raw_offset(raw, offset),
        [step, inner @ ..] => step.raw_offset(raw, raw_offset(inner, &step.apply(raw), offset)),
    }
}

/// Whether some of `steps` undoes escapes, so that lines and columns are not those of the text.
pub(crate) fn has_layers(steps: &[Step]) -> bool {
    steps.iter().any(|step| matches!(step, Step::Layer(_)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use encoding_rs::GBK;

    #[test]
    fn texts_are_told_from_bytes() {
        let mut rewritten = Rewritten::default();
        for (bytes, text) in [
            (&b"ab\xFFc"[..], "ab"),
            (b"\xFF", ""),
            ("订".as_bytes(), "订"),
        ] {
            rewritten.renew(bytes);
            assert_eq!(rewritten.text, text);
            assert_eq!(rewritten.rest, bytes[text.len()..]);
        }
        rewritten.comes_from(Step::Encoding(GBK));
        rewritten.comes_from(Step::Layer(Layer::Octal));
        assert_eq!(
            rewritten.steps,
            [Step::Layer(Layer::Octal), Step::Encoding(GBK)]
        );
    }

    #[test]
    fn offsets_go_back_through_all_steps() {
        let steps = [Step::Layer(Layer::Percent), Step::Layer(Layer::Backslash)];
        let raw = b"a%5C%22b%5Cnc";
        let ends = [0, 1, 7, 8, 12, 13];
        for (offset, &end) in ends.iter().enumerate() {
            assert_eq!(raw_offset(&steps, raw, offset), end, "{offset}");
        }
        let steps = [Step::Layer(Layer::Percent), Step::Encoding(GBK)];
        let raw = b"%B6%A9a";
        assert_eq!(raw_offset(&steps, raw, "订".len()), 6);
    }
}
