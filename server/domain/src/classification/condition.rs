//! Conditions on facts, in three values: what is not known is neither yes nor no.

use super::{Evidence, Facts, Rules};
use crate::register::fold::{Word, words};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// A condition.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Condition {
    /// Each of them.
    All(Vec<Condition>),
    /// One of them.
    Any(Vec<Condition>),
    /// Not that.
    Not(Box<Condition>),
    /// What these words stand for: stated as a fact, or found in a text.
    Words(String),
    /// A fact has one of these values.
    Fact {
        /// Its id.
        id: String,
        /// The values.
        is: Vec<String>,
    },
}

/// What is known of a condition.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Truth {
    /// It does not hold.
    No,
    /// That is not known.
    Unknown,
    /// It holds.
    Yes,
}

/// A condition that was weighed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Weighed<'a> {
    pub(super) truth: Truth,
    /// What speaks for it.
    pub(super) evidence: BTreeSet<Evidence<'a>>,
    /// What would decide it.
    pub(super) missing: BTreeSet<&'a str>,
}

impl<'a> Weighed<'a> {
    fn of(truth: Truth) -> Self {
        Self { truth, evidence: BTreeSet::new(), missing: BTreeSet::new() }
    }

    pub(super) fn and(mut self, other: Self) -> Self {
        self.evidence.extend(other.evidence);
        self.missing.extend(other.missing);
        Self { truth: self.truth.min(other.truth), ..self }
    }
}

/// Reads the facts of one use by the rules of one file.
pub(super) struct Reader<'a> {
    rules: &'a Rules,
    facts: &'a Facts,
    texts: Vec<(&'a str, Vec<Word>)>,
    by_words: BTreeMap<&'a str, Vec<Evidence<'a>>>,
}

impl<'a> Reader<'a> {
    pub(super) fn new(rules: &'a Rules, facts: &'a Facts) -> Self {
        let in_text = |id: &'a String| facts.get(id).into_iter().flatten().map(move |text| (id.as_str(), words(text)));
        let texts: Vec<(&str, Vec<Word>)> = rules.texts.iter().flat_map(in_text).collect();
        let by_words = rules.words.iter().map(|entry| (entry.id.as_str(), entry.found_in(&texts))).collect();
        Self { rules, facts, texts, by_words }
    }

    /// How many words describe the use.
    pub(super) fn described(&self) -> usize {
        self.texts.iter().map(|(_, words)| words.len()).sum()
    }

    /// What somebody stated, where it is one value.
    pub(super) fn stated(&self, id: &str) -> Option<&'a str> {
        match self.facts.get(id).map(Vec::as_slice) {
            Some([one]) if !one.trim().is_empty() => Some(one.trim()),
            _ => None,
        }
    }

    /// A yes-or-no fact, by what is stated, else by the words that stand for it.
    pub(super) fn yes_or_no(&self, id: &'a str) -> Weighed<'a> {
        match (self.stated(id), self.rules.words.iter().find(|entry| entry.fact.as_deref() == Some(id))) {
            (Some("yes" | "no"), _) | (_, None) => self.fact(id, &["yes".to_owned()]),
            (_, Some(entry)) => self.words(entry),
        }
    }

    pub(super) fn weigh(&self, condition: &'a Condition) -> Weighed<'a> {
        match condition {
            Condition::All(parts) => {
                let parts: Vec<Weighed<'a>> = parts.iter().map(|part| self.weigh(part)).collect();
                if parts.iter().any(|part| part.truth == Truth::No) {
                    return Weighed::of(Truth::No);
                }
                parts.into_iter().fold(Weighed::of(Truth::Yes), Weighed::and)
            }
            Condition::Any(parts) => {
                let parts: Vec<Weighed<'a>> = parts.iter().map(|part| self.weigh(part)).collect();
                let best = parts.iter().map(|part| part.truth).max().unwrap_or(Truth::No);
                let of_best = parts.into_iter().filter(|part| part.truth == best);
                of_best.fold(Weighed::of(best), Weighed::and)
            }
            Condition::Not(inner) => {
                let inner = self.weigh(inner);
                let truth = match inner.truth {
                    Truth::Yes => Truth::No,
                    Truth::Unknown => Truth::Unknown,
                    Truth::No => Truth::Yes,
                };
                Weighed { truth, evidence: BTreeSet::new(), ..inner }
            }
            Condition::Words(id) => match self.rules.words.iter().find(|entry| entry.id == *id) {
                Some(entry) => self.words(entry),
                None => Weighed::of(Truth::No),
            },
            Condition::Fact { id, is } => self.fact(id, is),
        }
    }

    fn words(&self, entry: &'a super::Words) -> Weighed<'a> {
        let stated = entry.fact.as_deref().and_then(|id| Some((id, self.stated(id)?)));
        match stated {
            Some((id, "yes")) => {
                let evidence = BTreeSet::from([Evidence { fact: id, says: "yes".to_owned(), is_stated: true }]);
                return Weighed { evidence, ..Weighed::of(Truth::Yes) };
            }
            Some((_, "no")) => return Weighed::of(Truth::No),
            _ => {}
        }
        let found = self.by_words.get(entry.id.as_str()).map(Vec::as_slice).unwrap_or_default();
        if !found.is_empty() {
            return Weighed { evidence: found.iter().cloned().collect(), ..Weighed::of(Truth::Yes) };
        }
        match &entry.fact {
            Some(id) if entry.open => Weighed { missing: BTreeSet::from([id.as_str()]), ..Weighed::of(Truth::Unknown) },
            _ => Weighed::of(Truth::No),
        }
    }

    fn fact(&self, id: &'a str, is: &[String]) -> Weighed<'a> {
        match self.stated(id) {
            None | Some("unknown") => Weighed { missing: BTreeSet::from([id]), ..Weighed::of(Truth::Unknown) },
            Some(said) if is.iter().any(|value| value == said) => {
                let evidence = BTreeSet::from([Evidence { fact: id, says: said.to_owned(), is_stated: true }]);
                Weighed { evidence, ..Weighed::of(Truth::Yes) }
            }
            Some(_) => Weighed::of(Truth::No),
        }
    }
}
