//! The languages of messages, and texts in both.

/// A language for messages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Lang {
    /// English.
    #[default]
    En,
    /// Simplified Chinese.
    Zh,
}

/// A text in both languages. The language is chosen when it is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Text {
    en: &'static str,
    zh: &'static str,
}

impl Text {
    /// Makes a text from English and Chinese.
    pub(crate) const fn new(en: &'static str, zh: &'static str) -> Self {
        Text { en, zh }
    }

    /// Returns the text in `lang`.
    pub(crate) const fn get(&self, lang: Lang) -> &'static str {
        match lang {
            Lang::En => self.en,
            Lang::Zh => self.zh,
        }
    }
}
