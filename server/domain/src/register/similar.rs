//! How alike two texts are, for recognising what was renamed.

use std::collections::BTreeMap;

/// The pairs of neighbouring letters of a folded text, counted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Bigrams {
    counts: BTreeMap<(char, char), usize>,
    total: usize,
}

impl Bigrams {
    /// Of a folded text, the blank before and after it included, so that first and last letters count.
    pub(super) fn of(text: &str) -> Self {
        let mut counts = BTreeMap::new();
        let mut total = 0;
        if !text.is_empty() {
            let mut before = ' ';
            for c in text.chars().chain([' ']) {
                *counts.entry((before, c)).or_insert(0) += 1;
                total += 1;
                before = c;
            }
        }
        Self { counts, total }
    }

    /// Whether there is a text at all.
    pub(super) fn is_some(&self) -> bool {
        self.total > 0
    }
}

/// 0 (nothing in common, or one is empty) to 1 (the same): the share of letter pairs that both have (Dice).
pub(super) fn likeness(a: &Bigrams, b: &Bigrams) -> f64 {
    if !a.is_some() || !b.is_some() {
        return 0.0;
    }
    let shared: usize =
        a.counts.iter().filter_map(|(pair, count)| b.counts.get(pair).map(|other| (*count).min(*other))).sum();
    2.0 * shared as f64 / (a.total + b.total) as f64
}
