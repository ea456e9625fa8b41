//! The words that headings use, and words in cells that say nothing: data, in several languages.

use super::columns::ColumnRole;
use serde::{Deserialize, Serialize};

/// What headings mean, and which texts in answer cells are no answers. All texts are in [`plain`] form.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Headings {
    id: Vec<String>,
    question: Vec<String>,
    answer: Vec<String>,
    comment: Vec<String>,
    section: Vec<String>,
    guidance: Vec<String>,
    options: Vec<String>,
    owner: Vec<String>,
    evidence: Vec<String>,
    /// Headings of catalogues of controls.
    control: Vec<String>,
    /// What a drop-down shows until somebody chooses.
    placeholders: Vec<String>,
    /// Answers that somebody gives even when all cells hold the same one.
    given_answers: Vec<String>,
    /// How rows under a table begin that are none of its entries.
    trailers: Vec<String>,
}

/// How well a heading fits a meaning; more is better.
pub(super) type Fit = u32;

/// Words that a heading with a meaning has at most; longer ones are sentences.
const MOST_WORDS: usize = 7;
/// Bytes of a known heading that counts within another: "no" is a number on its own and an answer in "Yes / No".
const SHORTEST_PART: usize = 3;
/// More than any partial fit.
const WHOLE: Fit = 1_000;

impl Headings {
    /// The words that are shipped.
    pub fn shipped() -> Self {
        serde_json::from_str(include_str!("headings.json"))
            .expect("the shipped words have this shape: a test reads them")
    }

    /// What a heading means, and how well it fits; `None` when no word of it is known.
    ///
    /// A heading that is a known one as a whole fits best; else the longest known one within it, and among equals the
    /// last, because that is what "Question category" is: a category.
    pub(super) fn meaning(&self, heading: &str) -> Option<(ColumnRole, Fit)> {
        let heading = plain(heading);
        self.roles()
            .into_iter()
            .filter_map(|(role, known)| Some((role, known.iter().filter_map(|word| fit(&heading, word)).max()?)))
            .max_by_key(|(_, fit)| *fit)
    }

    /// Whether a heading is one of a catalogue of controls.
    pub(super) fn is_control(&self, heading: &str) -> bool {
        let heading = plain(heading);
        self.control.iter().any(|word| fit(&heading, word).is_some())
    }

    /// Whether a text in an answer cell is what its drop-down shows until somebody chooses.
    pub(super) fn is_placeholder(&self, text: &str) -> bool {
        let plain = plain(text);
        plain.is_empty() || self.placeholders.contains(&plain)
    }

    /// Whether a text is an answer even where every cell holds it.
    pub(super) fn is_given_answer(&self, text: &str) -> bool {
        self.given_answers.contains(&plain(text))
    }

    /// Whether a text stands under a table: a total, a copyright line.
    pub(super) fn is_trailer(&self, text: &str) -> bool {
        let start = plain(text);
        text.trim_start().starts_with('©') || self.trailers.iter().any(|word| starts_with_words(&start, word))
    }

    fn roles(&self) -> [(ColumnRole, &Vec<String>); 9] {
        [
            (ColumnRole::Section, &self.section),
            (ColumnRole::Guidance, &self.guidance),
            (ColumnRole::Owner, &self.owner),
            (ColumnRole::Evidence, &self.evidence),
            (ColumnRole::Comment, &self.comment),
            (ColumnRole::Id, &self.id),
            (ColumnRole::Answer, &self.answer),
            (ColumnRole::Question, &self.question),
            (ColumnRole::Options, &self.options),
        ]
    }
}

fn starts_with_words(text: &str, words: &str) -> bool {
    text.strip_prefix(words).is_some_and(|rest| rest.is_empty() || rest.starts_with(' '))
}

/// How well a known heading fits one that was met, both in plain form.
fn fit(heading: &str, known: &str) -> Option<Fit> {
    if heading == known {
        return Some(WHOLE);
    }
    let words: Vec<&str> = heading.split(' ').collect();
    let wanted: Vec<&str> = known.split(' ').collect();
    if words.len() > MOST_WORDS || wanted.len() >= words.len() || known.len() < SHORTEST_PART {
        return None;
    }
    let at = words.windows(wanted.len()).rposition(|window| window == wanted)?;
    // At most seven words: neither part reaches 100.
    Some(wanted.len() as Fit * 100 + at as Fit)
}

/// A text without what makes no difference to its meaning: case, punctuation, width of blanks.
pub fn plain(text: &str) -> String {
    let lower = text.to_lowercase();
    let words = lower.split(|c: char| !c.is_alphanumeric() && !is_mark(c)).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join(" ")
}

/// Marks that some scripts write their vowels with: part of a word.
fn is_mark(c: char) -> bool {
    unicode_normalization::char::is_combining_mark(c)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shipped_words_are_plain_and_stand_once() {
        let words = Headings::shipped();
        let mut seen = std::collections::BTreeSet::new();
        for (_, known) in words.roles() {
            for word in known {
                assert_eq!(&plain(word), word);
                assert!(seen.insert(word.clone()), "{word} stands twice");
            }
        }
        for word in words.control.iter().chain(&words.placeholders).chain(&words.given_answers).chain(&words.trailers) {
            assert_eq!(&plain(word), word);
        }
    }

    #[test]
    fn headings_are_understood_by_their_longest_known_part() {
        let words = Headings::shipped();
        let meaning = |heading: &str| words.meaning(heading).map(|(role, _)| role);
        for (heading, role) in [
            ("Question ID", ColumnRole::Id),
            ("ref_id", ColumnRole::Id),
            ("No.", ColumnRole::Id),
            ("Question category", ColumnRole::Section),
            ("Answer type", ColumnRole::Options),
            ("Response format", ColumnRole::Options),
            ("Answer (Yes / No / NA)", ColumnRole::Answer),
            ("Comment / reason", ColumnRole::Comment),
            ("CAIQ v4 Question", ColumnRole::Question),
            ("Sub Area", ColumnRole::Section),
            ("質問", ColumnRole::Question),
        ] {
            assert_eq!(meaning(heading), Some(role), "{heading}");
        }
        for heading in ["Agency", "AI Use Case", "What specific AI techniques were used for answering it?", "Severity"]
        {
            assert_eq!(meaning(heading), None, "{heading}");
        }
    }
}
