//! The two languages wxsub speaks, and a sentence written in both.

/// A language for messages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Lang {
    /// English.
    #[default]
    En,
    /// Simplified Chinese.
    Zh,
}

/// The same words in every language; written where they belong, chosen when somebody prints them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Text {
    en: &'static str,
    zh: &'static str,
}

impl Text {
    /// Words in English and in Chinese.
    pub(crate) const fn new(en: &'static str, zh: &'static str) -> Self {
        Text { en, zh }
    }

    /// The words in `lang`.
    pub(crate) const fn get(&self, lang: Lang) -> &'static str {
        match lang {
            Lang::En => self.en,
            Lang::Zh => self.zh,
        }
    }
}
