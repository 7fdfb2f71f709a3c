//! What was probably meant by a word that nobody knows.

/// The one of `words` that is most like `given`, if any is so much like it that a slip explains the difference.
///
/// Case does not count. The measure is that of clap, which suggests commands and flags by it.
pub(crate) fn closest<'a>(
    given: &str,
    words: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    const ALIKE: f64 = 0.8;
    let given = given.to_lowercase();
    let likeness = |word: &str| strsim::jaro(&given, &word.to_lowercase());
    let rated = words.into_iter().map(|word| (likeness(word), word));
    let best = rated.max_by(|(a, _), (b, _)| a.total_cmp(b))?;
    (best.0 > ALIKE).then_some(best.1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_are_understood_and_other_words_are_not() {
        let words = ["missing-field", "missing-list", "json-comment"];
        let closest = |given| closest(given, words);
        assert_eq!(closest("mising-feild"), Some("missing-field"));
        assert_eq!(closest("MISSING-LISTS"), Some("missing-list"));
        assert_eq!(closest("comment-json-x"), None);
        assert_eq!(closest(""), None);
    }
}
