//! Words that stand for a fact, and where they are found.

use super::Evidence;
use crate::register::fold::{Word, words};
use serde::{Deserialize, Serialize};
use std::sync::OnceLock;

/// Words in front of which a phrase says the contrary, and how far in front they may stand.
const NEGATING: [&str; 14] = [
    "no",
    "not",
    "never",
    "without",
    "nor",
    "neither",
    "excluding",
    "except",
    "不",
    "無",
    "无",
    "非",
    "cannot",
    "doesnt",
];
const REACH: usize = 3;

/// Words that stand for a fact.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Words {
    /// What conditions name it by.
    pub id: String,
    /// The yes-or-no fact that decides when somebody states it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fact: Option<String>,
    /// Whether silence leaves it open, so that the fact is asked for; otherwise silence is no.
    #[serde(default)]
    pub open: bool,
    /// Any of these phrases. `*` at the end of a word stands for any ending.
    pub any: Vec<String>,
    /// Phrases that hide those: `credit card` hides `credit`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub hidden_by: Vec<String>,
    /// The phrases as texts are compared with them, made when they are first needed.
    #[serde(skip)]
    cut: Cut,
}

/// A phrase in folded words; the flag of a word says that any ending may follow.
type Pattern = Vec<(String, bool)>;

/// The phrases of [`Words`] cut into words: they follow from the others, so that all are equal.
#[derive(Clone, Debug, Default)]
struct Cut(OnceLock<(Vec<Pattern>, Vec<Pattern>)>);

impl PartialEq for Cut {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for Cut {}

/// A phrase, cut into folded words; the flag says that any ending may follow.
fn pattern(phrase: &str) -> Pattern {
    let ends: Vec<bool> = words(phrase).iter().map(|word| phrase[word.to..].starts_with('*')).collect();
    words(phrase).into_iter().map(|word| word.text).zip(ends).collect()
}

fn places(pattern: &[(String, bool)], text: &[Word]) -> Vec<(usize, usize)> {
    let fits = |word: &Word, (said, is_open): &(String, bool)| {
        if *is_open { word.text.starts_with(said.as_str()) } else { word.text == *said }
    };
    text.windows(pattern.len().max(1))
        .enumerate()
        .filter(|(_, place)| !pattern.is_empty() && place.iter().zip(pattern).all(|(word, part)| fits(word, part)))
        .map(|(from, _)| (from, from + pattern.len()))
        .collect()
}

impl Words {
    /// Where these words stand; of those that stand for a fact, unless a negating word stands before them: "does not
    /// rank applicants".
    pub(super) fn found_in<'a>(&self, texts: &[(&'a str, Vec<Word>)]) -> Vec<Evidence<'a>> {
        let cut = |phrases: &[String]| phrases.iter().map(|phrase| pattern(phrase)).collect();
        let (any, hiding) = self.cut.0.get_or_init(|| (cut(&self.any), cut(&self.hidden_by)));
        let mut found = Vec::new();
        for (fact, text) in texts {
            let hidden: Vec<(usize, usize)> = hiding.iter().flat_map(|pattern| places(pattern, text)).collect();
            for pattern in any {
                for (from, to) in places(pattern, text) {
                    // A subject is not denied ("never ranks applicants" is about applicants), an activity is.
                    let before = &text[from.saturating_sub(REACH)..from];
                    let is_negated =
                        self.fact.is_some() && before.iter().any(|word| NEGATING.contains(&word.text.as_str()));
                    if is_negated || hidden.iter().any(|(f, t)| *f < to && from < *t) {
                        continue;
                    }
                    let blank = if text[from].spaced { " " } else { "" };
                    let says: Vec<&str> = text[from..to].iter().map(|word| word.text.as_str()).collect();
                    found.push(Evidence { fact, says: says.join(blank), is_stated: false });
                }
            }
        }
        found
    }

    /// Phrases that hold no word.
    pub(super) fn empty_phrases(&self) -> impl Iterator<Item = (&'static str, usize)> + '_ {
        let empty = |list: &'static str, phrases: &'_ [String]| -> Vec<(&'static str, usize)> {
            let empty = phrases.iter().enumerate().filter(|(_, phrase)| pattern(phrase).is_empty());
            empty.map(|(n, _)| (list, n)).collect()
        };
        empty("any", &self.any).into_iter().chain(empty("hidden_by", &self.hidden_by))
    }
}
