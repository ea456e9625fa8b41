//! Words of licence lists that name no product.

use super::super::check::together;
use crate::problem::{Problem, Problems};
use serde::Deserialize;
use std::collections::BTreeSet;

/// The value of `format` in the file of words.
pub const FORMAT: &str = "candor-catalogue-words/1";

/// Words that say nothing about which product is meant: of licences, companies, numbers (`fixtures/catalogue/words.json`).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Aside(BTreeSet<String>);

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    format: String,
    /// For people.
    #[serde(default, rename = "about")]
    _about: Option<String>,
    aside: Vec<String>,
}

impl Aside {
    /// Reads the file.
    ///
    /// # Errors
    /// `not-words` with the place in the text; `unknown-format`, `empty-phrase` and `twice` by JSON Pointers.
    pub fn read(json: &str) -> Result<Self, Problems> {
        let document: Document = serde_json::from_str(json).map_err(|wrong| Problems::of_json("not-words", &wrong))?;
        let mut problems = Vec::new();
        if document.format != FORMAT {
            problems.push(Problem::new("/format", "unknown-format").with("given", &document.format));
        }
        let mut words = BTreeSet::new();
        for (n, word) in document.aside.iter().enumerate() {
            let phrase = together(word);
            let code =
                if phrase.is_empty() { Some("empty-phrase") } else { (!words.insert(phrase)).then_some("twice") };
            problems.extend(code.map(|code| Problem::new(format!("/aside/{n}"), code).with("given", word)));
        }
        Problems::none_or(problems, Self(words))
    }

    /// Whether a folded word says nothing: one of these, or a number.
    pub(super) fn holds(&self, word: &str) -> bool {
        is_count(word) || self.0.contains(word)
    }
}

/// A number, alone or with a letter or two: `500`, `2024`, `x50`, `v2`, `10k`.
fn is_count(word: &str) -> bool {
    word.chars().any(|c| c.is_numeric()) && word.chars().filter(|c| !c.is_numeric()).count() <= 1
}
