//! When a question is asked: conditions on the answers to other questions.

use serde::{Deserialize, Serialize};

/// Holds or does not, given which options were chosen.
///
/// In JSON: `{"answer": {"question": "Q1", "is": ["yes"]}}`, `{"all": [..]}`, `{"any": [..]}`, `{"not": ..}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Condition {
    /// At least one of these options is chosen in that question. A hidden or unanswered question has none.
    Answer {
        /// The id of the other question, a single or multiple choice.
        question: String,
        /// Ids of its options.
        is: Vec<String>,
    },
    /// Every one holds.
    All(Vec<Condition>),
    /// At least one holds.
    Any(Vec<Condition>),
    /// It does not hold.
    Not(Box<Condition>),
}

impl Condition {
    /// Whether it holds, `chosen(question, option)` saying whether that option is chosen and its question shown.
    pub fn holds(&self, chosen: &impl Fn(&str, &str) -> bool) -> bool {
        match self {
            Self::Answer { question, is } => is.iter().any(|option| chosen(question, option)),
            Self::All(parts) => parts.iter().all(|part| part.holds(chosen)),
            Self::Any(parts) => parts.iter().any(|part| part.holds(chosen)),
            Self::Not(part) => !part.holds(chosen),
        }
    }

    /// Every question it looks at, with the options it names there.
    pub fn references(&self) -> Vec<(&str, &[String])> {
        match self {
            Self::Answer { question, is } => vec![(question, is)],
            Self::All(parts) | Self::Any(parts) => parts.iter().flat_map(Self::references).collect(),
            Self::Not(part) => part.references(),
        }
    }
}
