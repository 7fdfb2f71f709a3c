//! Did you mean …?

/// The one of `known` that is most like `word`, if one is like it at all.
///
/// ```
/// let codes = wxsub::Code::ALL.iter().map(|code| code.as_str());
/// assert_eq!(wxsub::gate::nearest("trailing-coma", codes), Some("trailing-comma"));
/// assert_eq!(wxsub::gate::nearest("xyz", ["allow", "deny"]), None);
/// ```
pub fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let word = word.to_ascii_lowercase().replace('_', "-");
    let likeness = |known: &&str| strsim::jaro_winkler(&word, &known.replace('_', "-"));
    known
        .into_iter()
        .filter(|known| likeness(known) > ALIKE)
        .max_by(|one, other| likeness(one).total_cmp(&likeness(other)))
}

/// Below this two words have little in common.
const ALIKE: f64 = 0.8;
