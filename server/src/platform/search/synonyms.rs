//! Words that mean the same to whoever searches the register; read from data, used when a search is made.

use domain::problem::Problem;
use domain::register::fold::words;
use serde::de::{Error, IgnoredAny, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use std::collections::BTreeMap;
use std::fmt::{self, Formatter};
use std::path::Path;

/// The groups that are shipped.
const SHIPPED: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../fixtures/search/synonyms.json"));
/// Where an installation's own groups stand, below its folder of overrides.
const OWN: &str = "search/synonyms.json";

/// A file of synonyms that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum BadSynonyms {
    /// It is there and cannot be read.
    #[error("{file}: {source}")]
    Unreadable {
        /// The file.
        file: String,
        /// Why not.
        source: std::io::Error,
    },
    /// It says something else than groups of phrases.
    #[error("{file}:{line}:{column}: {reason}")]
    Malformed {
        /// The file.
        file: String,
        /// The line, from 1.
        line: usize,
        /// The place in the line, from 1.
        column: usize,
        /// What is wrong with it.
        reason: String,
    },
}

/// Groups of phrases, each found when another of its group is asked for; and kinds, found when what they are kinds of is.
#[derive(Clone, Debug, Default)]
pub struct Synonyms {
    /// Folded words of a phrase to the other phrases of its groups.
    others: BTreeMap<Vec<String>, Vec<Vec<String>>>,
    longest: usize,
}

/// A file. What is wrong with a phrase or a group is found while it is read, so that the reader's place is told.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    #[serde(default, rename = "about")]
    _about: IgnoredAny,
    #[serde(default)]
    groups: Vec<Group>,
    #[serde(default)]
    kinds: BTreeMap<Phrase, Kinds>,
}

/// The folded words of a phrase.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Phrase(Vec<String>);

/// Phrases that mean the same.
struct Group(Vec<Phrase>);

/// What there is of something.
struct Kinds(Vec<Phrase>);

/// Judges a phrase where it stands: an error of a visitor has the reader's place, one that comes later has a later place.
struct PhraseReader;

impl Visitor<'_> for PhraseReader {
    type Value = Phrase;

    fn expecting(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str("a phrase")
    }

    fn visit_str<E: Error>(self, phrase: &str) -> Result<Phrase, E> {
        let folded: Vec<String> = words(phrase).into_iter().map(|word| word.text).collect();
        if folded.is_empty() {
            Err(E::custom(format!("the phrase {phrase:?} has no words")))
        } else {
            Ok(Phrase(folded))
        }
    }
}

/// Reads distinct phrases, at least so many.
struct PhrasesReader {
    least: usize,
    otherwise: &'static str,
}

impl<'de> Visitor<'de> for PhrasesReader {
    type Value = Vec<Phrase>;

    fn expecting(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str("a list of phrases")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Vec<Phrase>, A::Error> {
        let mut distinct: Vec<Phrase> = Vec::new();
        while let Some(phrase) = list.next_element()? {
            if !distinct.contains(&phrase) {
                distinct.push(phrase);
            }
        }
        if distinct.len() < self.least { Err(A::Error::custom(self.otherwise)) } else { Ok(distinct) }
    }
}

impl<'de> Deserialize<'de> for Phrase {
    fn deserialize<D: Deserializer<'de>>(reader: D) -> Result<Self, D::Error> {
        reader.deserialize_str(PhraseReader)
    }
}

impl<'de> Deserialize<'de> for Group {
    fn deserialize<D: Deserializer<'de>>(reader: D) -> Result<Self, D::Error> {
        let otherwise = "a group has two phrases or more that are not the same words";
        reader.deserialize_seq(PhrasesReader { least: 2, otherwise }).map(Self)
    }
}

impl<'de> Deserialize<'de> for Kinds {
    fn deserialize<D: Deserializer<'de>>(reader: D) -> Result<Self, D::Error> {
        let otherwise = "a list of kinds has one phrase or more";
        reader.deserialize_seq(PhrasesReader { least: 1, otherwise }).map(Self)
    }
}

impl Synonyms {
    /// The groups of `fixtures/search/synonyms.json`.
    ///
    /// # Errors
    /// `not-synonyms` with what is wrong; a test reads the shipped file.
    pub fn shipped() -> Result<Self, Problem> {
        Self::from_json(SHIPPED)
    }

    /// The shipped groups, and those of the installation's own `search/synonyms.json` below its folder of overrides.
    ///
    /// # Errors
    /// When that file is there and is not read, or is malformed: with file, line and what is wrong.
    pub fn load(overrides: Option<&Path>) -> Result<Self, BadSynonyms> {
        let mut documents = vec![read(SHIPPED, "fixtures/search/synonyms.json")?];
        if let Some(path) = overrides.map(|folder| folder.join(OWN)) {
            let file = path.display().to_string();
            match std::fs::read(&path) {
                Ok(bytes) => documents.push(read(&bytes, &file)?),
                Err(wrong) if wrong.kind() == std::io::ErrorKind::NotFound => {}
                Err(source) => return Err(BadSynonyms::Unreadable { file, source }),
            }
        }
        Ok(Self::merged(&documents))
    }

    /// Reads `{"groups": [["llm", "large language model"], ...], "kinds": {"llm": ["gpt", ...]}}`: who asks for a large
    /// language model finds GPT too, and not the other way round.
    ///
    /// # Errors
    /// `not-synonyms` with what is wrong with the JSON, a group or a phrase, and where.
    pub fn from_json(json: &str) -> Result<Self, Problem> {
        let document: Document =
            serde_json::from_str(json).map_err(|wrong| Problem::new("", "not-synonyms").with("reason", wrong))?;
        Ok(Self::merged(&[document]))
    }

    /// All groups of all files, then all kinds: whatever else a thing is called in any file has its kinds.
    fn merged(documents: &[Document]) -> Self {
        let mut synonyms = Self::default();
        for Group(group) in documents.iter().flat_map(|document| &document.groups) {
            for phrase in group {
                synonyms.add(&phrase.0, group.iter().filter(|other| *other != phrase));
            }
        }
        let groups = synonyms.others.clone();
        for (Phrase(of_all), Kinds(kinds)) in documents.iter().flat_map(|document| &document.kinds) {
            let others = groups.get(of_all).cloned().unwrap_or_default();
            for name in std::iter::once(of_all).chain(&others) {
                synonyms.add(name, kinds.iter());
            }
        }
        synonyms
    }

    fn add<'a>(&mut self, phrase: &[String], more: impl Iterator<Item = &'a Phrase>) {
        self.longest = self.longest.max(phrase.len());
        let others = self.others.entry(phrase.to_vec()).or_default();
        for Phrase(other) in more {
            if !others.contains(other) {
                others.push(other.clone());
            }
        }
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

fn read(json: impl AsRef<[u8]>, file: &str) -> Result<Document, BadSynonyms> {
    serde_json::from_slice(json.as_ref()).map_err(|wrong| BadSynonyms::Malformed {
        file: file.to_owned(),
        line: wrong.line(),
        column: wrong.column(),
        // The place stands before it already.
        reason: wrong.to_string().split(" at line ").next().unwrap_or_default().to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folded(text: &str) -> Vec<String> {
        words(text).into_iter().map(|word| word.text).collect()
    }

    #[test]
    fn an_installation_adds_groups_of_its_own() {
        let folder = tempfile::tempdir().expect("a folder");
        let of = |synonyms: &Synonyms, phrase: &str| synonyms.of(&folded(phrase)).to_vec();
        let none = Synonyms::load(Some(folder.path())).expect("a folder without the file");
        assert!(of(&none, "sprachhelfer").is_empty() && !of(&none, "llm").is_empty());

        std::fs::create_dir(folder.path().join("search")).expect("a folder");
        let file = folder.path().join(OWN);
        let own = r#"{"groups": [["Sprachhelfer", "LLM"]], "kinds": {"llm": ["Hauslotse"]}}"#;
        std::fs::write(&file, own).expect("a file");
        let both = Synonyms::load(Some(folder.path())).expect("shipped and own groups");
        assert!(["llm", "hauslotse"].iter().all(|other| of(&both, "sprachhelfer").contains(&folded(other))));
        assert!(of(&both, "LLM").contains(&folded("sprachhelfer")), "both ways");
        assert!(of(&both, "large language model").contains(&folded("hauslotse")), "whatever it is called");
        assert!(of(&none, "llm").iter().all(|other| of(&both, "llm").contains(other)), "the shipped ones stay");

        for (wrong, line, reason) in [
            ("{\n \"groups\": [\n  [\"a\", \"b\"],\n  [\"c\"]\n ]\n}", 4, "two phrases or more"),
            ("{\n \"groups\": [\n  [\"a\", \"!?\"]\n ]\n}", 3, "has no words"),
            ("{\n \"kinds\": {\n  \"llm\": []\n }\n}", 3, "one phrase or more"),
            ("{\n \"group\": []\n}", 2, "unknown field `group`"),
        ] {
            std::fs::write(&file, wrong).expect("a file");
            let said = Synonyms::load(Some(folder.path())).expect_err("refused").to_string();
            assert!(said.starts_with(&format!("{}:{line}:", file.display())) && said.contains(reason), "{said}");
        }
    }
}
