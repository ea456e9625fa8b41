//! What question texts are compared by: words cut to their stems, what those mean, runs of letters, and signs that two
//! texts of the same words ask different things.

use super::thesaurus::Thesaurus;
use crate::register::fold;
use std::collections::{BTreeSet, HashMap};

/// Characters of a text that are looked at; questions are shorter, and what is not one may be long.
const LONGEST: usize = 2_000;
/// Letters of a run within a word.
const RUN: usize = 4;

/// A number for every word, meaning or run of letters. Those of meanings come first; the others are given in the order in
/// which they are first seen.
#[derive(Debug)]
pub(super) struct Terms {
    meanings: usize,
    words: HashMap<String, u32>,
    /// By the letters themselves, 21 bits each.
    runs: HashMap<u128, u32>,
}

impl Terms {
    pub(super) fn new(thesaurus: &Thesaurus) -> Self {
        Self { meanings: thesaurus.groups(), words: HashMap::new(), runs: HashMap::new() }
    }

    fn word(&mut self, word: &str) -> u32 {
        if let Some(known) = self.words.get(word) {
            return *known;
        }
        let next = number(self.len());
        self.words.insert(word.to_owned(), next);
        next
    }

    fn run(&mut self, letters: &[char]) -> u32 {
        let key = letters.iter().fold(1_u128, |key, letter| key << 21 | u128::from(u32::from(*letter)));
        let next = number(self.len());
        *self.runs.entry(key).or_insert(next)
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.meanings + self.words.len() + self.runs.len()
    }
}

/// Terms are far fewer than four thousand million.
fn number(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

/// Terms with how much each counts, in the order of terms.
#[derive(Clone, Debug, Default)]
pub(super) struct Counts(pub(super) Vec<(u32, f64)>);

impl Counts {
    fn add(&mut self, term: u32, count: f64) {
        self.0.push((term, count));
    }

    /// One entry per term.
    fn settle(&mut self) {
        self.0.sort_unstable_by_key(|(term, _)| *term);
        self.0.dedup_by(|later, first| {
            let same = later.0 == first.0;
            if same {
                first.1 += later.1;
            }
            same
        });
    }

    pub(super) fn has(&self, term: u32) -> bool {
        self.0.binary_search_by_key(&term, |(term, _)| *term).is_ok()
    }
}

/// One word of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Token {
    pub(super) word: u32,
    /// What it means, where the thesaurus knows.
    pub(super) meaning: Option<u32>,
    /// A word that stands in any question: "do", "you", "the".
    pub(super) weak: bool,
}

/// A text, taken apart.
#[derive(Clone, Debug, Default)]
pub(super) struct Text {
    /// Distinct words.
    pub(super) tokens: Vec<Token>,
    /// Words and meanings, counted.
    pub(super) words: Counts,
    /// Runs of letters, counted.
    pub(super) runs: Counts,
    /// Neighbouring words: distinct pairs, in order.
    pub(super) pairs: Vec<(u32, u32)>,
    /// It says "not", "without", "never".
    pub(super) negated: bool,
    /// Sides that it takes of pairs of opposites: the pair, and which of the two.
    pub(super) sides: BTreeSet<(usize, bool)>,
    /// The numbers in it.
    pub(super) numbers: BTreeSet<String>,
    /// What kind of answer it asks for: who, when, how often.
    pub(super) asks: Option<usize>,
    /// Who does or has what: the word, and whether it is the one who asks.
    pub(super) roles: BTreeSet<(u32, bool)>,
    /// It speaks of AI.
    pub(super) on_topic: bool,
}

/// The folded words of a text with single blanks between.
pub(super) fn plain(text: &str) -> String {
    fold::words(text).into_iter().map(|word| word.text).collect::<Vec<_>>().join(" ")
}

/// Takes a text apart.
pub(super) fn read(text: &str, thesaurus: &Thesaurus, terms: &mut Terms) -> Text {
    let end = text.char_indices().nth(LONGEST).map_or(text.len(), |(at, _)| at);
    let folded: Vec<(String, bool)> = fold::words(&text[..end])
        .into_iter()
        .map(|word| if word.spaced { (word.text, true) } else { (thesaurus.usual(&word.text), false) })
        .collect();
    let stems: Vec<String> =
        folded.iter().map(|(word, spaced)| if *spaced { stem(word) } else { word.clone() }).collect();
    let mut read = Text { asks: thesaurus.asks(&stems), ..Text::default() };
    let meanings = thesaurus.meanings(&stems);
    let mut before: Option<u32> = None;
    let mut party: Option<bool> = None;
    let mut letters: Vec<char> = Vec::new();
    for (n, ((word, spaced), stem)) in folded.iter().zip(&stems).enumerate() {
        let meaning = meanings[n].map(number);
        let id = terms.word(stem);
        let weak = thesaurus.is_weak(stem);
        if thesaurus.negates(&stems, n) {
            read.negated = true;
        }
        read.sides.extend(thesaurus.side(stem));
        if word.bytes().all(|b| b.is_ascii_digit()) {
            read.numbers.insert(word.clone());
        }
        let counts = if weak { 0.2 } else { 1.0 };
        read.words.add(id, if *spaced { counts } else { counts * 0.4 });
        if let Some(meaning) = meaning {
            // Once for a phrase of several words.
            if n == 0 || meanings[n - 1] != meanings[n] {
                read.words.add(meaning, 0.8);
            }
        }
        read.tokens.push(Token { word: id, meaning, weak });
        read.on_topic |= meanings[n].is_some_and(|group| thesaurus.is_topic(group));
        let unit = meaning.unwrap_or(id);
        let speaks = thesaurus.party(stem);
        if !weak || speaks.is_some() {
            if let Some(before) = before.filter(|before| *before != unit) {
                read.pairs.push((before, unit));
            }
            before = Some(unit);
        }
        if speaks.is_some() {
            party = speaks;
        } else if let Some(asker) = party.filter(|_| !weak) {
            read.roles.insert((unit, asker));
            party = None;
        }
        if *spaced {
            letters.clear();
            letters.extend(std::iter::once('<').chain(word.chars()).chain(['>']));
            for run in letters.windows(RUN.min(letters.len())) {
                read.runs.add(terms.run(run), counts);
            }
        } else {
            for length in 1..=3 {
                let Some(run) = folded.get(n..n + length).filter(|run| run.iter().all(|(_, spaced)| !spaced)) else {
                    break;
                };
                letters.clear();
                letters.extend(run.iter().filter_map(|(word, _)| word.chars().next()));
                let id = terms.run(&letters);
                read.runs.add(id, if length == 1 { 0.3 } else { 1.0 });
                if length == 2 {
                    read.words.add(id, 1.0);
                }
            }
        }
    }
    read.words.settle();
    read.runs.settle();
    read.tokens.sort_unstable();
    read.tokens.dedup();
    read.pairs.sort_unstable();
    read.pairs.dedup();
    read
}

/// Endings that words of one family differ in, the longest first; good for English and passable for its neighbours.
const ENDINGS: [&str; 18] = [
    "ations", "ation", "ments", "ment", "ings", "ing", "ions", "ion", "ies", "ied", "ers", "er", "ed", "es", "ly", "s",
    "e", "y",
];

/// A word without its ending.
pub(super) fn stem(word: &str) -> String {
    if word.bytes().any(|b| b.is_ascii_digit()) || word.ends_with("ss") {
        return word.to_owned();
    }
    for ending in ENDINGS {
        let Some(rest) = word.strip_suffix(ending) else { continue };
        let least = if ending.len() == 1 { 3 } else { 4 };
        if rest.chars().count() < least {
            continue;
        }
        let mut last = rest.chars().rev();
        let doubled = match (last.next(), last.next()) {
            (Some(a), Some(b)) => a == b && !matches!(a, 'a' | 'e' | 'i' | 'o' | 'u' | 'l' | 's'),
            _ => false,
        };
        let cut = if doubled { rest.char_indices().next_back().map_or(rest.len(), |(at, _)| at) } else { rest.len() };
        return rest[..cut].to_owned();
    }
    word.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_one_family_have_one_stem() {
        for family in [
            &["train", "training", "trained", "trains"][..],
            &["policy", "policies"],
            &["assess", "assessment", "assessed", "assessments"],
            &["model", "models"],
            &["logging", "logged"],
        ] {
            for word in family {
                assert_eq!(stem(word), stem(family[0]), "{word}");
            }
        }
        assert_eq!(stem("process"), "process");
        assert_eq!(stem("42001"), "42001");
    }
}
