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
#[derive(Clone, Debug)]
pub(crate) struct Rewritten {
    pub(crate) text: Vec<u8>,
    pub(crate) steps: Vec<Step>,
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
