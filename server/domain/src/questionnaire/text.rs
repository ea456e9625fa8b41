//! Wording in several languages.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A text as authored: in the document's one language, or by language tag.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Text {
    /// In the language that the document is written in.
    One(String),
    /// By language tag.
    By(BTreeMap<String, String>),
}

impl Text {
    /// The text in a language; where it lacks that, in the one that the document is written in.
    pub fn read(&self, language: &str, written_in: &str) -> &str {
        match self {
            Self::One(text) => text,
            Self::By(texts) => texts.get(language).or_else(|| texts.get(written_in)).map_or("", String::as_str),
        }
    }

    /// The text in exactly this language.
    pub fn exactly(&self, language: &str, written_in: &str) -> Option<&str> {
        match self {
            Self::One(text) => (language == written_in).then_some(text.as_str()),
            Self::By(texts) => texts.get(language).map(String::as_str),
        }
    }

    /// Languages that it is in.
    pub fn languages<'a>(&'a self, written_in: &'a str) -> Vec<&'a str> {
        match self {
            Self::One(_) => vec![written_in],
            Self::By(texts) => texts.keys().map(String::as_str).collect(),
        }
    }
}

impl From<String> for Text {
    fn from(text: String) -> Self {
        Self::One(text)
    }
}
