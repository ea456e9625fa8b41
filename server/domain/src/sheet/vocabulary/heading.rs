//! What a heading means by the known phrases in it.

use super::fold::{is_unspaced, plain, tokens};
use std::collections::{HashMap, HashSet};

/// How well a heading fits a meaning, in thousandths: 1000 when all of it is a known phrase.
const WHOLE: u16 = 1_000;
/// How well a heading of several parts fits what only another part of it says, at most.
const SECOND: u16 = 400;
/// Words that a heading with a known part has at most; longer ones are sentences.
const MOST_WORDS: usize = 9;
/// The same in scripts that do not separate words.
const MOST_CHARACTERS: usize = 24;
/// Bytes of a known phrase that counts within another: "no" is a number on its own and an answer in "Yes / No".
const SHORTEST_PART: usize = 3;
/// Letters of a known word that counts as the end of a compound: "Lieferantenantwort".
const SHORTEST_ENDING: usize = 5;

/// One meaning of a heading.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Meaning<W> {
    /// What it means.
    pub word: W,
    /// How much of the heading says so, in thousandths.
    pub fit: u16,
}

/// Known phrases, each with what it can mean.
#[derive(Clone, Debug)]
pub(super) struct Phrases<W> {
    known: HashMap<String, Vec<W>>,
    actors: HashSet<String>,
    links: HashSet<String>,
    longest: usize,
}

impl<W> Default for Phrases<W> {
    fn default() -> Self {
        Self { known: HashMap::new(), actors: HashSet::new(), links: HashSet::new(), longest: 0 }
    }
}

/// A known phrase within a heading: tokens `from..to`.
struct Part<'a, W> {
    from: usize,
    to: usize,
    words: &'a [W],
}

impl<W: Copy + PartialEq> Phrases<W> {
    pub(super) fn add(&mut self, text: &str, word: W) {
        let folded = plain(text);
        let parts = tokens(&folded);
        if parts.is_empty() {
            return;
        }
        self.longest = self.longest.max(parts.len());
        let words = self.known.entry(parts.join(" ")).or_default();
        if !words.contains(&word) {
            words.push(word);
        }
    }

    pub(super) fn add_context(&mut self, actors: &[String], links: &[String]) {
        self.actors.extend(actors.iter().map(|text| tokens(&plain(text)).join(" ")));
        self.links.extend(links.iter().map(|text| plain(text)));
    }

    /// A heading that is a known phrase as a whole means that. Otherwise what stands in front of brackets counts, in it
    /// the last known phrase ("Question category" is a category), unless a word such as "of" joins it to an earlier one.
    pub(super) fn meanings(&self, heading: &str) -> Vec<Meaning<W>> {
        let numbered = heading.contains('#').then(|| heading.replace('#', " no "));
        let heading = numbered.as_deref().unwrap_or(heading);
        let whole = plain(heading);
        let all = tokens(&whole);
        if let Some(words) = self.known.get(&all.join(" ")) {
            return words.iter().map(|word| Meaning { word: *word, fit: WHOLE }).collect();
        }
        let mut found = self.in_front(heading);
        let separators = ['/', ',', '&', ';', '+'];
        if heading.contains(separators) {
            for meaning in heading.split(separators).flat_map(|part| self.in_part(part)) {
                if !found.iter().any(|known| known.word == meaning.word) {
                    found.push(Meaning { word: meaning.word, fit: meaning.fit.min(SECOND) });
                }
            }
        }
        found
    }

    fn in_front(&self, heading: &str) -> Vec<Meaning<W>> {
        let bracket = heading.find(['(', '[', '（', '【', '\n', ':', '：']).filter(|at| *at > 0);
        if let Some(at) = bracket {
            let front = self.in_part(&heading[..at]);
            if !front.is_empty() {
                return front;
            }
        }
        self.in_part(heading)
    }

    fn in_part(&self, heading: &str) -> Vec<Meaning<W>> {
        let folded = plain(heading);
        let mut all = tokens(&folded);
        let unspaced = all.iter().filter(|token| token.starts_with(is_unspaced)).count();
        if all.is_empty() || unspaced > MOST_CHARACTERS || all.len() - unspaced > MOST_WORDS {
            return Vec::new();
        }
        self.without_actors(&mut all);
        if let Some(words) = self.known.get(&all.join(" ")) {
            return words.iter().map(|word| Meaning { word: *word, fit: WHOLE - 50 }).collect();
        }
        let parts = self.parts(&all);
        let Some(mut best) = parts.last() else { return self.ending(&all) };
        for part in parts.iter().rev().skip(1) {
            if part.to <= best.from && all[part.to..best.from].iter().any(|token| self.links.contains(*token)) {
                best = part;
            }
        }
        let fit = u16::try_from((best.to - best.from) * 900 / all.len()).unwrap_or(0);
        best.words.iter().map(|word| Meaning { word: *word, fit }).collect()
    }

    /// Leaves out who answers, while anything remains, and joining words that then end the heading.
    fn without_actors(&self, all: &mut Vec<&str>) {
        let mut from = 0;
        while from < all.len() {
            let longest = (1..=(all.len() - from).min(6)).rev();
            let found =
                longest.into_iter().find(|n| *n < all.len() && self.actors.contains(&all[from..from + n].join(" ")));
            match found {
                Some(n) => drop(all.drain(from..from + n)),
                None => from += 1,
            }
        }
        while all.len() > 1 && all.last().is_some_and(|token| self.links.contains(*token)) {
            all.pop();
        }
    }

    /// The longest known phrases, none within another, by where they end.
    fn parts(&self, all: &[&str]) -> Vec<Part<'_, W>> {
        let mut parts: Vec<Part<'_, W>> = Vec::new();
        for to in 1..=all.len() {
            let first = to.saturating_sub(self.longest);
            for from in first..to {
                let phrase = all[from..to].join(" ");
                if phrase.len() < SHORTEST_PART || to - from == 1 && phrase.starts_with(is_unspaced) {
                    continue;
                }
                if let Some(words) = self.known.get(&phrase) {
                    parts.retain(|part| part.from < from);
                    parts.push(Part { from, to, words });
                    break;
                }
            }
        }
        parts
    }

    /// The last word ends like a known one, as compounds do.
    fn ending(&self, all: &[&str]) -> Vec<Meaning<W>> {
        let Some(last) = all.last().filter(|last| last.len() > SHORTEST_ENDING) else { return Vec::new() };
        let starts = last.char_indices().map(|(at, _)| at).skip(2).filter(|at| last.len() - at >= SHORTEST_ENDING);
        let words = starts.into_iter().find_map(|at| self.known.get(&last[at..]));
        let fit = u16::try_from(500 / all.len()).unwrap_or(0);
        words.into_iter().flatten().map(|word| Meaning { word: *word, fit }).collect()
    }
}
