//! How alike the rows of a table and the questions of a template are: rare words and rare runs of letters weigh more,
//! and only pairs that share one are looked at.

use super::text::{self, Counts, Terms, Text};
use super::thesaurus::Thesaurus;
use std::cmp::Ordering;
use std::collections::BTreeSet;

/// Questions that are kept for a row.
const KEPT: usize = 8;
/// Pairs less alike than this are none.
const LEAST: f64 = 0.08;
/// A word that stands in more than this share of the questions brings no pair together by itself.
const COMMON: f64 = 0.35;

/// What a row and a question have in common, each from 0 to 1 unless said otherwise.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Common {
    /// Cosine over words and meanings.
    pub(super) words: f64,
    /// Cosine over runs of letters.
    pub(super) runs: f64,
    /// The weight of the question's words that the row has.
    pub(super) of_question: f64,
    /// The weight of the row's words that the question has.
    pub(super) of_row: f64,
    /// Neighbouring words that both have, among those of the shorter.
    pub(super) pairs: f64,
    /// The heaviest of the row's words that the question lacks, and of the question's that the row lacks: 1 for a word
    /// that stands nowhere else.
    pub(super) beyond: f64,
    pub(super) missing: f64,
    /// The weight of the row's words that the template has nowhere.
    pub(super) foreign: f64,
    /// One says "not" or takes the other side of a pair of opposites.
    pub(super) opposed: bool,
    /// They name different numbers.
    pub(super) numbers: bool,
    /// One asks "who", the other "when".
    pub(super) asks: bool,
    /// What you do in one, we do in the other.
    pub(super) swapped: bool,
    /// The question speaks of AI and the row does not; or the row does not and neither does most of its table.
    pub(super) off_topic: bool,
    /// Words of the shorter that count.
    pub(super) length: usize,
}

impl Common {
    /// Something that no likeness outweighs: a person has to look.
    pub(super) fn is_doubtful(&self) -> bool {
        self.opposed || self.swapped || self.numbers || self.asks || self.off_topic
    }

    /// One figure for it, from 0 to 1.
    pub(super) fn likeness(&self) -> f64 {
        let least = self.of_question.min(self.of_row);
        let sum = 0.4 * self.words + 0.2 * self.runs + 0.2 * least + 0.2 * self.pairs;
        let doubts = [(self.opposed, 0.75), (self.swapped, 0.75), (self.numbers, 0.9), (self.asks, 0.85)];
        doubts.iter().filter(|(doubt, _)| *doubt).fold(sum, |sum, (_, factor)| sum * factor)
    }
}

/// A question that a row comes into question for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Candidate {
    pub(super) question: usize,
    pub(super) common: Common,
    pub(super) likeness: f64,
}

/// One text of a question, in one language.
pub(super) struct Asked<'a> {
    pub(super) question: usize,
    pub(super) text: &'a str,
}

/// A text with the weights of its terms.
struct Weighed {
    text: Text,
    words: Vec<(u32, f64)>,
    runs: Vec<(u32, f64)>,
    /// Weight of the words that count.
    weight: f64,
}

/// What words weigh.
struct Scale {
    /// By term.
    rarity: Vec<f64>,
    /// The weight of the rarest.
    rarest: f64,
    /// Terms that stand in the template.
    known: Vec<bool>,
    /// The template is about AI and the table is not.
    another_field: bool,
}

/// For every row, the questions most like it, the likest first. A question can stand in `asked` in several languages.
pub(super) fn candidates(rows: &[&str], asked: &[Asked<'_>], thesaurus: &Thesaurus) -> Vec<Vec<Candidate>> {
    let mut terms = Terms::new(thesaurus);
    let questions: Vec<Text> = asked.iter().map(|asked| text::read(asked.text, thesaurus, &mut terms)).collect();
    let rows: Vec<Text> = rows.iter().map(|row| text::read(row, thesaurus, &mut terms)).collect();
    let mut known = vec![false; terms.len()];
    for (term, _) in questions.iter().flat_map(|question| &question.words.0) {
        known[*term as usize] = true;
    }
    let rarity = rarity(terms.len(), questions.iter().chain(&rows));
    let rarest = rarity.iter().copied().fold(1.0, f64::max);
    let about_ai = |texts: &[Text]| texts.iter().filter(|text| text.on_topic).count() * 2 >= texts.len();
    let another_field = about_ai(&questions) && !about_ai(&rows);
    let scale = Scale { rarity, rarest, known, another_field };
    let rarity = &scale.rarity;
    let questions: Vec<Weighed> = questions.into_iter().map(|text| Weighed::of(text, rarity)).collect();
    let rows: Vec<Weighed> = rows.into_iter().map(|text| Weighed::of(text, rarity)).collect();
    let words = Postings::of(terms.len(), questions.iter().map(|question| &question.words));
    let runs = Postings::of(terms.len(), questions.iter().map(|question| &question.runs));
    let mut by_words = vec![0.0; questions.len()];
    let mut by_runs = vec![0.0; questions.len()];
    let mut found = Vec::with_capacity(rows.len());
    for row in &rows {
        by_words.fill(0.0);
        by_runs.fill(0.0);
        words.add(&row.words, &mut by_words);
        runs.add(&row.runs, &mut by_runs);
        let mut rough: Vec<(usize, f64)> = (0..questions.len())
            .map(|n| (n, 0.6 * by_words[n] + 0.4 * by_runs[n]))
            .filter(|(_, rough)| *rough >= LEAST)
            .collect();
        let likest = |a: &(usize, f64), b: &(usize, f64)| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0));
        if rough.len() > KEPT * 2 {
            rough.select_nth_unstable_by(KEPT * 2, likest);
            rough.truncate(KEPT * 2);
        }
        let mut kept: Vec<Candidate> = rough
            .into_iter()
            .map(|(n, _)| {
                let common = compare(row, &questions[n], &scale);
                Candidate { question: asked[n].question, common, likeness: common.likeness() }
            })
            .filter(|candidate| candidate.likeness >= LEAST)
            .collect();
        kept.sort_by(|a, b| b.likeness.total_cmp(&a.likeness).then(a.question.cmp(&b.question)));
        // The same question in another language.
        let mut seen = BTreeSet::new();
        kept.retain(|candidate| seen.insert(candidate.question));
        kept.truncate(KEPT);
        found.push(kept);
    }
    found
}

/// How much each term weighs: the rarer, the more.
fn rarity<'a>(terms: usize, texts: impl Iterator<Item = &'a Text>) -> Vec<f64> {
    let mut texts_with = vec![0_u32; terms];
    let mut all = 0_u32;
    for text in texts {
        all += 1;
        let runs = text.runs.0.iter().filter(|(run, _)| !text.words.has(*run));
        for (term, _) in text.words.0.iter().chain(runs) {
            texts_with[*term as usize] += 1;
        }
    }
    texts_with.into_iter().map(|with| (f64::from(all + 1) / (f64::from(with) + 0.5)).ln().max(0.05)).collect()
}

impl Weighed {
    fn of(text: Text, rarity: &[f64]) -> Self {
        let weigh = |counts: &Counts| {
            let mut weights: Vec<(u32, f64)> = counts
                .0
                .iter()
                .map(|(term, count)| (*term, (1.0 + count).ln() * count.min(1.0) * rarity[*term as usize]))
                .collect();
            let length = weights.iter().map(|(_, weight)| weight * weight).sum::<f64>().sqrt();
            if length > 0.0 {
                weights.iter_mut().for_each(|(_, weight)| *weight /= length);
            }
            weights
        };
        let (words, runs) = (weigh(&text.words), weigh(&text.runs));
        let weight = text.tokens.iter().filter(|token| !token.weak).map(|token| rarity[token.word as usize]).sum();
        Self { words, runs, weight, text }
    }
}

/// The texts in which each term stands, with its weight there.
struct Postings {
    /// Where the texts of each term begin, and behind the last one the end.
    starts: Vec<u32>,
    entries: Vec<(u32, f64)>,
}

impl Postings {
    fn of<'a>(terms: usize, texts: impl ExactSizeIterator<Item = &'a Vec<(u32, f64)>> + Clone) -> Self {
        let most = (texts.len() as f64 * COMMON).max(4.0);
        let mut counts = vec![0_u32; terms];
        for (term, _) in texts.clone().flatten() {
            counts[*term as usize] += 1;
        }
        let mut starts = Vec::with_capacity(terms + 1);
        let mut end = 0;
        starts.push(0);
        for count in &counts {
            end += if f64::from(*count) <= most { *count } else { 0 };
            starts.push(end);
        }
        let mut next: Vec<u32> = starts.clone();
        let mut entries = vec![(0, 0.0); end as usize];
        for (n, text) in texts.enumerate() {
            for (term, weight) in text {
                let term = *term as usize;
                if starts[term] < starts[term + 1] {
                    entries[next[term] as usize] = (u32::try_from(n).unwrap_or(u32::MAX), *weight);
                    next[term] += 1;
                }
            }
        }
        Self { starts, entries }
    }

    /// Adds to each text what it shares with this one.
    fn add(&self, text: &[(u32, f64)], to: &mut [f64]) {
        for (term, weight) in text {
            let of_term = self.starts[*term as usize] as usize..self.starts[*term as usize + 1] as usize;
            for (n, other) in &self.entries[of_term] {
                to[*n as usize] += weight * other;
            }
        }
    }
}

/// The share of a text's weight that another one covers.
fn covered(text: &Weighed, by: &Text, rarity: &[f64]) -> f64 {
    if text.weight <= 0.0 {
        return 0.0;
    }
    let has = |token: &&text::Token| -> f64 {
        if by.words.has(token.word) {
            1.0
        } else if token.meaning.is_some_and(|meaning| by.words.has(meaning)) {
            0.8
        } else {
            0.0
        }
    };
    let tokens = text.text.tokens.iter().filter(|token| !token.weak);
    tokens.map(|token| has(&token) * rarity[token.word as usize]).sum::<f64>() / text.weight
}

/// What two lists of weights of terms, each in the order of terms and of length 1, have in common.
fn cosine(a: &[(u32, f64)], b: &[(u32, f64)]) -> f64 {
    let (mut n, mut m, mut sum) = (0, 0, 0.0);
    while let (Some((left, weight)), Some((right, other))) = (a.get(n), b.get(m)) {
        match left.cmp(right) {
            Ordering::Less => n += 1,
            Ordering::Greater => m += 1,
            Ordering::Equal => {
                sum += weight * other;
                n += 1;
                m += 1;
            }
        }
    }
    sum
}

/// How many pairs stand in both lists, each in order.
fn shared(a: &[(u32, u32)], b: &[(u32, u32)]) -> usize {
    let (fewer, more) = if a.len() < b.len() { (a, b) } else { (b, a) };
    fewer.iter().filter(|pair| more.binary_search(pair).is_ok()).count()
}

/// The words that count and that another text has not.
fn lacking<'a>(text: &'a Text, other: &'a Text) -> impl Iterator<Item = &'a text::Token> {
    let lacks = |token: &&text::Token| {
        !token.weak && !other.words.has(token.word) && token.meaning.is_none_or(|meaning| !other.words.has(meaning))
    };
    text.tokens.iter().filter(lacks)
}

fn compare(row: &Weighed, question: &Weighed, scale: &Scale) -> Common {
    let rarity = &scale.rarity;
    let (r, q) = (&row.text, &question.text);
    let weight = |token: &text::Token| rarity[token.word as usize];
    let heaviest = |text: &Text, other: &Text| lacking(text, other).map(weight).fold(0.0, f64::max) / scale.rarest;
    let is_foreign = |token: &&text::Token| {
        !scale.known[token.word as usize] && token.meaning.is_none_or(|meaning| !scale.known[meaning as usize])
    };
    let foreign: f64 = lacking(r, q).filter(is_foreign).map(weight).sum();
    let both = shared(&r.pairs, &q.pairs);
    let fewer = r.pairs.len().min(q.pairs.len()).max(1);
    let swapped = r.roles.iter().any(|(word, asker)| {
        q.roles.contains(&(*word, !asker)) && !q.roles.contains(&(*word, *asker)) && !r.roles.contains(&(*word, !asker))
    });
    let turned = r.sides.iter().any(|(pair, side)| {
        q.sides.contains(&(*pair, !side)) && !q.sides.contains(&(*pair, *side)) && !r.sides.contains(&(*pair, !side))
    });
    let counted = |text: &Text| text.tokens.iter().filter(|token| !token.weak).count();
    Common {
        words: cosine(&row.words, &question.words),
        runs: cosine(&row.runs, &question.runs),
        of_question: covered(question, r, rarity),
        of_row: covered(row, q, rarity),
        pairs: both as f64 / fewer as f64,
        beyond: heaviest(r, q),
        missing: heaviest(q, r),
        foreign: if row.weight > 0.0 { foreign / row.weight } else { 0.0 },
        opposed: r.negated != q.negated || turned,
        numbers: !r.numbers.is_empty() && !q.numbers.is_empty() && r.numbers.is_disjoint(&q.numbers),
        asks: matches!((r.asks, q.asks), (Some(a), Some(b)) if a != b),
        swapped,
        off_topic: !r.on_topic && (q.on_topic || scale.another_field),
        length: counted(r).min(counted(q)),
    }
}
