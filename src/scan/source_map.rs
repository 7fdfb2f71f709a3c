//! Maps the text of a payload that was transcoded or unescaped back to the bytes of the capture.

use encoding_rs::Encoding;

use crate::scan::escape::Escape;
use crate::scan::recode;
use crate::scan::verdict::valid_text;

/// A step that made the text from the bytes of the capture. The outermost step comes first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    Encoding(&'static Encoding),
    Escape(Escape),
}

/// The text of a payload, and the steps that made it.
#[derive(Clone, Debug, Default)]
pub(crate) struct SourceMap {
    pub(crate) text: String,
    /// The bytes after `text`, which are not UTF-8 or were not checked.
    pub(crate) rest: Vec<u8>,
    pub(crate) steps: Vec<Step>,
}

impl SourceMap {
    /// Sets the text, without any steps.
    pub(super) fn renew(&mut self, bytes: &[u8]) {
        let text = valid_text(bytes);
        self.set_text(text);
        self.rest.extend_from_slice(&bytes[text.len()..]);
    }

    /// Sets a text that is known to be UTF-8, without any steps.
    pub(super) fn set_text(&mut self, text: &str) {
        self.text.clear();
        self.rest.clear();
        self.steps.clear();
        self.text.push_str(text);
    }

    /// Adds a step before all present steps.
    pub(super) fn add_outer_step(&mut self, step: Step) {
        self.steps.insert(0, step);
    }
}

impl Step {
    fn apply(&self, raw: &[u8]) -> Vec<u8> {
        match self {
            Step::Encoding(encoding) => recode::decode(encoding, raw, true),
            Step::Escape(escape) => escape.text_of(raw),
        }
    }

    /// Replaces each of `offsets`, which must be sorted, by the position in `raw` where that byte of the text begins.
    fn raw_offsets(&self, raw: &[u8], offsets: &mut [usize]) {
        match self {
            Step::Encoding(encoding) => recode::raw_lens(encoding, raw, offsets),
            Step::Escape(escape) => escape.raw_starts(raw, offsets),
        }
    }
}

/// Replaces each of `offsets`, which must be sorted, by the position in `raw` where that byte of the text begins. The
/// text is what `steps` make of `raw`. Walks over the result of each step once.
pub(crate) fn raw_offsets(steps: &[Step], raw: &[u8], offsets: &mut [usize]) {
    if let [step, inner @ ..] = steps {
        if !inner.is_empty() {
            raw_offsets(inner, &step.apply(raw), offsets);
        }
        step.raw_offsets(raw, offsets);
    }
}

/// Returns the number of steps that undo the escapes of URLs.
pub(crate) fn percent_levels(steps: &[Step]) -> usize {
    let is_percent = |step: &&Step| matches!(step, Step::Escape(Escape::Percent));
    steps.iter().filter(is_percent).count()
}

/// Returns true if a step joins what lies apart in the capture.
pub(crate) fn has_joints(steps: &[Step]) -> bool {
    let is_joint = |step: &Step| {
        matches!(
            step,
            Step::Escape(Escape::Container(_) | Escape::Chunked(_))
        )
    };
    steps.iter().any(is_joint)
}

/// Returns true if a step unescapes. The lines and columns of the text are then not those of the capture.
pub(crate) fn has_escapes(steps: &[Step]) -> bool {
    steps.iter().any(|step| matches!(step, Step::Escape(_)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scan::escape::TABLE;
    use encoding_rs::GBK;

    #[test]
    fn texts_are_told_from_bytes() {
        let mut source_map = SourceMap::default();
        for (bytes, text) in [
            (&b"ab\xFFc"[..], "ab"),
            (b"\xFF", ""),
            ("订".as_bytes(), "订"),
        ] {
            source_map.renew(bytes);
            assert_eq!(source_map.text, text);
            assert_eq!(source_map.rest, bytes[text.len()..]);
        }
        source_map.add_outer_step(Step::Encoding(GBK));
        source_map.add_outer_step(Step::Escape(Escape::Octal));
        assert_eq!(
            source_map.steps,
            [Step::Escape(Escape::Octal), Step::Encoding(GBK)]
        );
    }

    #[test]
    fn offsets_go_back_through_all_steps() {
        let steps = [
            Step::Escape(Escape::Percent),
            Step::Escape(Escape::Backslash),
        ];
        let raw = b"a%5C%22b%5Cnc";
        let mut offsets = [0, 1, 1, 2, 3, 4, 5];
        raw_offsets(&steps, raw, &mut offsets);
        assert_eq!(offsets, [0, 1, 1, 7, 8, 12, 13]);
        let steps = [Step::Escape(Escape::Percent), Step::Encoding(GBK)];
        let mut offsets = ["订".len()];
        raw_offsets(&steps, b"%B6%A9a", &mut offsets);
        assert_eq!(offsets, [6]);
    }

    /// Checks that one walk gives the same positions as a walk for each offset.
    #[test]
    fn one_walk_is_as_good_as_many() {
        let long = "0123456789 abcdefghijklmnopqrstuvwxyz ".repeat(5);
        let raw = format!(
            r##"{long}\"a\":%5C%22
#012 \u8ba2è®¢&quot;{{"a#012":"\"#012"}}+{long}""b"" \q %zz &x; {long}
"##
        );
        let escapes = TABLE
            .map(|row| row.escape)
            .into_iter()
            .chain([Escape::Literal, Escape::OctalJson { in_string: false }]);
        for outer in escapes.clone() {
            for inner in escapes.clone() {
                let steps = [
                    Step::Escape(outer),
                    Step::Escape(inner),
                    Step::Encoding(GBK),
                ];
                let all: Vec<usize> = (0..raw.len()).step_by(3).flat_map(|at| [at, at]).collect();
                let mut walked = all.clone();
                raw_offsets(&steps, raw.as_bytes(), &mut walked);
                for (offset, at) in all.into_iter().zip(walked) {
                    let mut alone = [offset];
                    raw_offsets(&steps, raw.as_bytes(), &mut alone);
                    assert_eq!(alone, [at], "{steps:?} {offset}");
                }
            }
        }
    }
}
