//! The wording: complete in every language, and such that a stranger can answer it.

use super::report::first_words;
use crate::problem::Problem;
use crate::questionnaire::{Authored, Choice, Kind, Text};
use std::collections::{BTreeMap, BTreeSet};

/// Words of a question that a reader still holds in the head.
const MOST_WORDS: usize = 60;
/// Questions that may begin with the same words.
const MOST_ALIKE: usize = 5;

/// Texts that lack a language, are blank, or cannot be told from a neighbour's.
pub(super) fn languages(document: &Authored) -> Vec<Problem> {
    let mut problems = Vec::new();
    if document.languages.is_empty() || document.languages.iter().any(|tag| !is_tag(tag)) {
        return vec![Problem::new("/languages", "not-language-tags")];
    }
    let mut texts = Texts { document, problems: &mut problems };
    texts.see("/title", &document.title);
    texts.see("/summary", &document.summary);
    for (s, section) in document.sections.iter().enumerate() {
        texts.see(&format!("/sections/{s}/title"), &section.title);
        texts.each(&format!("/sections/{s}/intro"), section.intro.iter());
        for question in &section.questions {
            let id = &question.id;
            texts.see(id, &question.text);
            texts.each(&format!("{id}.why"), question.why.iter());
            texts.each(&format!("{id}.help"), question.help.iter());
            texts.each(&format!("{id}.evidence"), question.evidence.iter().flat_map(|wanted| &wanted.kinds));
            match &question.kind {
                Kind::Single { options } | Kind::Multiple { options } => texts.options(id, options),
                Kind::Number { unit, .. } => texts.each(&format!("{id}.unit"), unit.iter()),
                Kind::Table { columns, .. } => {
                    for column in columns {
                        let at = format!("{id}.{}", column.id);
                        texts.see(&at, &column.label);
                        texts.each(&at, column.help.iter());
                        texts.options(&at, &column.options);
                    }
                }
                _ => {}
            }
        }
    }
    problems
}

struct Texts<'a> {
    document: &'a Authored,
    problems: &'a mut Vec<Problem>,
}

impl Texts<'_> {
    fn see(&mut self, at: &str, text: &Text) {
        let written_in = self.document.written_in();
        for language in &self.document.languages {
            match text.exactly(language, written_in) {
                None => self.problems.push(Problem::new(at, "not-translated").with("language", language)),
                Some(text) if text.trim().is_empty() => {
                    self.problems.push(Problem::new(at, "text-required").with("language", language));
                }
                Some(_) => {}
            }
        }
        for language in text.languages(written_in) {
            if !self.document.languages.iter().any(|known| known == language) {
                self.problems.push(Problem::new(at, "language-not-listed").with("language", language));
            }
        }
    }

    fn each<'t>(&mut self, at: &str, texts: impl Iterator<Item = &'t Text>) {
        for text in texts {
            self.see(at, text);
        }
    }

    fn options(&mut self, at: &str, options: &[Choice<Text>]) {
        let written_in = self.document.written_in();
        for option in options {
            self.see(&format!("{at}={}", option.id), &option.label);
        }
        for language in &self.document.languages {
            let labels = options.iter().filter_map(|option| option.label.exactly(language, written_in));
            let labels: Vec<String> = labels.map(|label| label.trim().to_lowercase()).collect();
            if labels.iter().collect::<BTreeSet<_>>().len() != labels.len() {
                self.problems.push(Problem::new(at, "duplicate-option").with("language", language));
            }
        }
    }
}

/// Whether this can be a BCP 47 language tag.
pub fn is_tag(tag: &str) -> bool {
    (2..=35).contains(&tag.len()) && tag.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
}

/// What a careful reader would remark on, without calling it wrong.
pub fn remarks(document: &Authored) -> Vec<Problem> {
    let mut remarks = Vec::new();
    let written_in = document.written_in();
    for question in document.questions() {
        let id = question.id.as_str();
        let text = question.text.read("en", written_in);
        let words = text.split_whitespace().count();
        if words > MOST_WORDS {
            remarks.push(Problem::new(id, "many-words").with("given", words).with("most", MOST_WORDS));
        }
        if has_double_negative(text) {
            remarks.push(Problem::new(id, "double-negative"));
        }
        if asks_twice(text) {
            remarks.push(Problem::new(id, "two-questions-in-one"));
        }
        if question.help.is_none() {
            for word in jargon(text) {
                remarks.push(Problem::new(id, "jargon-without-help").with("given", word));
            }
        }
        if question.weight > 0.0 && question.weight_reason.is_none() {
            remarks.push(Problem::new(id, "weight-without-reason"));
        }
        if question.why.is_none() {
            remarks.push(Problem::new(id, "does-not-say-why"));
        }
    }
    for language in &document.languages {
        let mut alike: BTreeMap<String, Vec<&str>> = BTreeMap::new();
        for question in document.questions() {
            if let Some(begins) = question.text.exactly(language, written_in).and_then(first_words) {
                alike.entry(begins).or_default().push(&question.id);
            }
        }
        for (begins, ids) in alike.into_iter().filter(|(_, ids)| ids.len() > MOST_ALIKE) {
            let remark = Problem::new(ids[0], "many-begin-alike").with("given", begins).with("count", ids.len());
            remarks.push(remark.with("most", MOST_ALIKE).with("language", language));
        }
    }
    remarks
}

/// Two words of negation in one sentence: "Do you not fail to ...".
fn has_double_negative(text: &str) -> bool {
    const NEGATIONS: [&str; 12] =
        ["not", "no", "never", "without", "none", "nor", "neither", "cannot", "don't", "doesn't", "fail", "lack"];
    text.split(['.', '?', '!', ';', ':']).any(|sentence| {
        let words = sentence.split(|c: char| !(c.is_alphanumeric() || c == '\''));
        words.filter(|word| NEGATIONS.contains(&word.to_lowercase().as_str())).count() > 1
    })
}

/// More than one question mark, or two verbs of asking joined: "Do you test, and do you publish".
fn asks_twice(text: &str) -> bool {
    const AGAIN: [&str; 8] =
        [" and do ", " and does ", " and is ", " and are ", " and how ", " and what ", " and who ", " and when "];
    let lower = text.to_lowercase();
    text.matches(['?', '？']).count() > 1 || AGAIN.iter().any(|again| lower.contains(again))
}

/// Abbreviations and words of the trade that stand in a question.
fn jargon(text: &str) -> Vec<&str> {
    const KNOWN: [&str; 6] = ["AI", "EU", "UK", "US", "IT", "PDF"];
    text.split(|c: char| !c.is_alphanumeric())
        .filter(|word| word.len() > 1 && word.chars().all(|c| c.is_ascii_uppercase()) && !KNOWN.contains(word))
        .collect()
}
