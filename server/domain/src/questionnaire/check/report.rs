//! How large a questionnaire is for whoever answers it, and what it covers.

use crate::questionnaire::{Authored, Kind};
use std::collections::{BTreeMap, BTreeSet};

/// Seconds that a question takes somebody who knows the product.
const SECONDS: f64 = 30.0;
/// Printed lines of a page.
const LINES: usize = 46;
/// Printed characters of a line.
const CHARACTERS: usize = 92;

/// How large a questionnaire is when every question is asked.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Size {
    /// Questions.
    pub questions: usize,
    /// Questions that expect evidence.
    pub with_evidence: usize,
    /// Minutes, at 30 seconds a question.
    pub minutes: f64,
    /// Printed pages.
    pub pages: usize,
}

/// How large it is.
pub fn size(document: &Authored) -> Size {
    let written_in = document.written_in();
    let lines = |text: &str| text.chars().count().div_ceil(CHARACTERS);
    let mut printed = 0;
    for question in document.questions() {
        printed += 2 + lines(question.text.read(written_in, written_in));
        printed += question.help.as_ref().map_or(0, |help| lines(help.read(written_in, written_in)));
        printed += match &question.kind {
            Kind::Single { options } | Kind::Multiple { options } => {
                options.iter().map(|option| lines(option.label.read(written_in, written_in))).sum()
            }
            Kind::LongText { .. } => 8,
            Kind::Table { .. } => 12,
            _ => 2,
        };
    }
    let questions = document.questions().count();
    Size {
        questions,
        with_evidence: document
            .questions()
            .filter(|question| question.evidence.as_ref().is_some_and(|wanted| wanted.expected))
            .count(),
        minutes: questions as f64 * SECONDS / 60.0,
        pages: printed.div_ceil(LINES),
    }
}

/// What a questionnaire covers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Coverage {
    /// Control to questions that map to it, and how many of these expect evidence.
    pub controls: BTreeMap<String, (usize, usize)>,
    /// Top-level clauses that a question speaks to.
    pub clauses: BTreeSet<String>,
}

impl Coverage {
    /// Controls with at least two questions, one of which asks for something that can be shown.
    pub fn deep(&self) -> usize {
        self.controls.values().filter(|(questions, shown)| *questions >= 2 && *shown >= 1).count()
    }
}

/// What it covers.
pub fn coverage(document: &Authored) -> Coverage {
    let mut coverage = Coverage::default();
    for question in document.questions() {
        let shown = question.evidence.as_ref().is_some_and(|wanted| wanted.expected);
        for control in &question.controls {
            let counts = coverage.controls.entry(control.clone()).or_default();
            counts.0 += 1;
            counts.1 += usize::from(shown);
        }
        for clause in &question.clauses {
            coverage.clauses.insert(clause.split('.').next().unwrap_or_default().to_owned());
        }
    }
    coverage
}

/// How a text begins: its first four words, or its first eight characters where words are not set apart.
pub fn first_words(text: &str) -> Option<String> {
    let is_cjk = |c: char| matches!(u32::from(c), 0x3040..=0x30ff | 0x3400..=0x9fff | 0xf900..=0xfaff);
    if text.chars().take(8).any(is_cjk) {
        let begins: String = text.chars().filter(|c| !c.is_whitespace()).take(8).collect();
        return (begins.chars().count() == 8).then_some(begins);
    }
    let words: Vec<String> = text.split_whitespace().take(4).map(str::to_lowercase).collect();
    (words.len() == 4).then(|| words.join(" "))
}
