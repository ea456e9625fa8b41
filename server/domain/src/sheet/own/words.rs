//! The words that an answer cell can hold instead of an answer.

use serde::{Deserialize, Serialize};

/// The words that an answer cell can hold instead of an answer; they travel with the workbook, in its language.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AnswerWords {
    /// It does not apply; the reason stands in the comment column.
    pub not_applicable: String,
    /// The same for a question that has an option of these very words.
    pub not_applicable_instead: String,
    /// We decline to say.
    pub decline: String,
    /// The same for a question that has an option of these very words.
    pub decline_instead: String,
    /// The attached evidence is the answer.
    pub file_attached: String,
}

impl AnswerWords {
    /// In English.
    pub fn english() -> Self {
        Self {
            not_applicable: "Not applicable".into(),
            not_applicable_instead: "This question does not apply".into(),
            decline: "We decline to say".into(),
            decline_instead: "We decline to answer this question".into(),
            file_attached: "File attached".into(),
        }
    }
}

impl Default for AnswerWords {
    fn default() -> Self {
        Self::english()
    }
}
