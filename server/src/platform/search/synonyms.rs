//! Words that mean the same to whoever searches the register; read from data, used when a search is made.

use domain::problem::Problem;
use domain::register::fold::words;
use serde::Deserialize;
use std::collections::BTreeMap;

/// The groups that are shipped.
const SHIPPED: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../fixtures/search/synonyms.json"));

/// Groups of phrases, each found when another of its group is asked for; and kinds, found when what they are kinds of is.
#[derive(Clone, Debug, Default)]
pub struct Synonyms {
    /// Folded words of a phrase to the other phrases of its groups.
    others: BTreeMap<Vec<String>, Vec<Vec<String>>>,
    longest: usize,
}

#[derive(Deserialize)]
struct Document {
    groups: Vec<Vec<String>>,
    #[serde(default)]
    kinds: BTreeMap<String, Vec<String>>,
}

impl Synonyms {
    /// The groups of `fixtures/search/synonyms.json`.
    ///
    /// # Errors
    /// See [`Self::from_json`]; a test reads the shipped file.
    pub fn shipped() -> Result<Self, Problem> {
        Self::from_json(SHIPPED)
    }

    /// Reads `{"groups": [["llm", "large language model"], ...], "kinds": {"llm": ["gpt", ...]}}`: who asks for a large
    /// language model finds GPT too, and not the other way round.
    ///
    /// # Errors
    /// `not-synonyms` with what is wrong with the JSON; `empty-phrase` or `lonely-phrase` at a group or a kind.
    pub fn from_json(json: &str) -> Result<Self, Problem> {
        let document: Document =
            serde_json::from_str(json).map_err(|wrong| Problem::new("", "not-synonyms").with("reason", wrong))?;
        let mut synonyms = Self::default();
        for (n, group) in document.groups.iter().enumerate() {
            let mut phrases: Vec<Vec<String>> = Vec::new();
            for (p, phrase) in group.iter().enumerate() {
                let phrase: Vec<String> = words(phrase).into_iter().map(|word| word.text).collect();
                if phrase.is_empty() {
                    return Err(Problem::new(format!("/groups/{n}/{p}"), "empty-phrase"));
                }
                if !phrases.contains(&phrase) {
                    phrases.push(phrase);
                }
            }
            if phrases.len() < 2 {
                return Err(Problem::new(format!("/groups/{n}"), "lonely-phrase"));
            }
            for phrase in &phrases {
                synonyms.longest = synonyms.longest.max(phrase.len());
                let others = synonyms.others.entry(phrase.clone()).or_default();
                for other in phrases.iter().filter(|other| *other != phrase) {
                    if !others.contains(other) {
                        others.push(other.clone());
                    }
                }
            }
        }
        let groups = synonyms.others.clone();
        for (of, kinds) in &document.kinds {
            let folded = |phrase: &str| words(phrase).into_iter().map(|word| word.text).collect::<Vec<_>>();
            let kinds: Vec<Vec<String>> = kinds.iter().map(|kind| folded(kind)).collect();
            let of_all = folded(of);
            if of_all.is_empty() || kinds.iter().any(Vec::is_empty) {
                return Err(Problem::new(format!("/kinds/{of}"), "empty-phrase"));
            }
            if kinds.is_empty() {
                return Err(Problem::new(format!("/kinds/{of}"), "lonely-phrase"));
            }
            // Whatever else it is called has the same kinds.
            let others = groups.get(&of_all).cloned().unwrap_or_default();
            for name in std::iter::once(of_all).chain(others) {
                synonyms.longest = synonyms.longest.max(name.len());
                let others = synonyms.others.entry(name).or_default();
                for kind in &kinds {
                    if !others.contains(kind) {
                        others.push(kind.clone());
                    }
                }
            }
        }
        Ok(synonyms)
    }

    /// Every phrase and what else it is called.
    pub(super) fn all(&self) -> impl Iterator<Item = (&Vec<String>, &Vec<Vec<String>>)> {
        self.others.iter()
    }

    /// What else these words are called.
    pub(super) fn of(&self, phrase: &[String]) -> &[Vec<String>] {
        self.others.get(phrase).map_or(&[], Vec::as_slice)
    }

    /// The words of the longest phrase.
    pub(super) fn longest(&self) -> usize {
        self.longest
    }
}
