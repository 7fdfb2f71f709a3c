//! Suggestions for misspelt words.

use strsim::{jaro, normalized_damerau_levenshtein};

/// Returns the most similar of `words`, if it is similar enough to be a misspelling. Ignores case.
///
/// Counts wrong letters first. If no word has few enough, tries the measure of clap's suggestions, which also finds a
/// word from its first letters.
pub(crate) fn closest<'a, I>(given: &str, words: I) -> Option<&'a str>
where
    I: IntoIterator<Item = &'a str, IntoIter: Clone>,
{
    let (given, words) = (given.to_lowercase(), words.into_iter());
    let best = |likeness: fn(&str, &str) -> f64, least: f64| {
        let rated = words
            .clone()
            .map(|word| (likeness(&given, &word.to_lowercase()), word));
        let (rating, word) = rated.max_by(|(a, _), (b, _)| a.total_cmp(b))?;
        (rating > least).then_some(word)
    };
    best(normalized_damerau_levenshtein, 0.7).or_else(|| best(jaro, 0.8))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_are_understood_and_other_words_are_not() {
        let words = [
            "ToUserName",
            "FromUserName",
            "missing-field",
            "missing-list",
        ];
        let closest = |given| closest(given, words);
        assert_eq!(closest("mising-feild"), Some("missing-field"));
        assert_eq!(closest("MISSING-LISTS"), Some("missing-list"));
        assert_eq!(closest("FomUserName"), Some("FromUserName"));
        assert_eq!(closest("fromuser"), Some("FromUserName"));
        assert_eq!(closest("list-missing-x"), None);
        assert_eq!(closest(""), None);
    }
}
