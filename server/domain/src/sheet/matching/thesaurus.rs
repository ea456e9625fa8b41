//! Words that mean the same, words that say nothing, and words that turn a question round: data, in several languages.

use super::text::stem;
use crate::register::fold;
use serde::Deserialize;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::LazyLock;

/// The data as it stands in the file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Data {
    /// Words that stand in questions about anything.
    weak: Vec<String>,
    /// Words that turn a question round.
    negations: Vec<String>,
    /// Words of which a text takes one side or the other; several words of one side are separated by a bar.
    opposites: Vec<(String, String)>,
    /// Phrases by the kind of answer that they ask for.
    asks: BTreeMap<String, Vec<String>>,
    /// Words for whoever asks.
    asker: Vec<String>,
    /// Words for whoever answers.
    asked: Vec<String>,
    /// Phrases that mean the same; the first few groups are what the questionnaires are about.
    meanings: Vec<Vec<String>>,
    /// How many groups that are.
    topics: usize,
    /// Characters that are written in two ways: the one, and at the same place the other that stands for both.
    written: String,
    usual: String,
}

static THESAURUS: LazyLock<Thesaurus> = LazyLock::new(Thesaurus::read);

/// What is known of words.
#[derive(Debug)]
pub struct Thesaurus {
    weak: BTreeSet<String>,
    negations: BTreeSet<String>,
    sides: BTreeMap<String, (usize, bool)>,
    asks: Phrases,
    meanings: Phrases,
    usual: BTreeMap<char, char>,
    parties: BTreeMap<String, bool>,
    topics: usize,
    groups: usize,
}

impl Thesaurus {
    /// The words that are shipped.
    pub fn shipped() -> &'static Self {
        &THESAURUS
    }

    fn read() -> Self {
        let data: Data = serde_json::from_str(include_str!("thesaurus.json"))
            .expect("the shipped words have this shape: a test reads them");
        let usual: BTreeMap<char, char> = data.written.chars().zip(data.usual.chars()).collect();
        let phrase = |text: &String| -> Vec<String> {
            let usual = |c: char| usual.get(&c).copied().unwrap_or(c);
            let words = fold::words(text).into_iter();
            words
                .map(|word| if word.spaced { stem(&word.text) } else { word.text.chars().map(usual).collect() })
                .collect()
        };
        let single = |texts: &[String]| texts.iter().map(|text| phrase(text).join(" ")).collect();
        let mut sides = BTreeMap::new();
        for (n, (one, other)) in data.opposites.iter().enumerate() {
            for (texts, side) in [(one, false), (other, true)] {
                sides.extend(texts.split('|').map(|text| (phrase(&text.to_owned()).join(" "), (n, side))));
            }
        }
        let numbered = |groups: Vec<&Vec<String>>| {
            let mut all = Phrases::new();
            for (n, group) in groups.into_iter().enumerate() {
                for words in group.iter().map(&phrase) {
                    let Some(first) = words.first().cloned() else { continue };
                    all.entry(first).or_default().push((words, n));
                }
            }
            // Of equal phrases the last group wins.
            all.values_mut().for_each(|of_word| of_word.sort_by_key(|(words, n)| Reverse((words.len(), *n))));
            all
        };
        Self {
            weak: single(&data.weak),
            negations: single(&data.negations),
            sides,
            asks: numbered(data.asks.values().collect()),
            meanings: numbered(data.meanings.iter().collect()),
            usual: usual.clone(),
            parties: [(&data.asked, false), (&data.asker, true)]
                .into_iter()
                .flat_map(|(words, asker)| words.iter().map(move |word| (word, asker)))
                .map(|(word, asker)| (phrase(word).join(" "), asker))
                .collect(),
            topics: data.topics,
            groups: data.meanings.len(),
        }
    }

    /// A character of a script without blanks, in the way of writing that stands for both.
    pub(super) fn usual(&self, text: &str) -> String {
        text.chars().map(|c| self.usual.get(&c).copied().unwrap_or(c)).collect()
    }

    pub(super) fn is_weak(&self, stem: &str) -> bool {
        self.weak.contains(stem)
    }

    /// Whether the word at `n` turns the question round; "no" beside "yes" only names the answers.
    pub(super) fn negates(&self, stems: &[String], n: usize) -> bool {
        let beside = |word: &str| {
            let before = n.checked_sub(1).and_then(|before| stems.get(before));
            [before, stems.get(n + 1)].into_iter().flatten().any(|stem| stem == word)
        };
        self.negations.contains(&stems[n])
            && !(stems[n] == "no" && (beside("yes") || beside("or") || beside("na")))
            && !(stems[n] == "not" && (beside("or") || beside("appl") || beside("applicabl")))
    }

    /// The pair of opposites that a word belongs to, and its side.
    pub(super) fn side(&self, stem: &str) -> Option<(usize, bool)> {
        self.sides.get(stem).copied()
    }

    /// Whether a word stands for the one who asks or the one who answers.
    pub(super) fn party(&self, stem: &str) -> Option<bool> {
        self.parties.get(stem).copied()
    }

    /// How many meanings there are.
    pub(super) fn groups(&self) -> usize {
        self.groups
    }

    /// Whether a meaning is one of what the questionnaires are about.
    pub(super) fn is_topic(&self, meaning: usize) -> bool {
        meaning < self.topics
    }

    /// The kind of answer that the first such phrase asks for.
    pub(super) fn asks(&self, stems: &[String]) -> Option<usize> {
        (0..stems.len()).find_map(|n| longest(&self.asks, &stems[n..]).map(|(kind, _)| kind))
    }

    /// What each word means.
    pub(super) fn meanings(&self, stems: &[String]) -> Vec<Option<usize>> {
        let mut found = vec![None; stems.len()];
        let mut n = 0;
        while n < stems.len() {
            match longest(&self.meanings, &stems[n..]) {
                Some((meaning, length)) => {
                    found[n..n + length].fill(Some(meaning));
                    n += length;
                }
                None => n += 1,
            }
        }
        found
    }
}

/// Phrases by their first word, the longest first, each with the number of its group.
type Phrases = HashMap<String, Vec<(Vec<String>, usize)>>;

/// The longest known phrase that the words begin with, and its length.
fn longest(known: &Phrases, words: &[String]) -> Option<(usize, usize)> {
    let phrases = known.get(words.first()?)?;
    phrases.iter().find(|(phrase, _)| words.starts_with(phrase)).map(|(phrase, group)| (*group, phrase.len()))
}
