//! What is known of a row beside its verdict: the workbook's own words, and the questions that it may answer.

use domain::answer::Reply;
use entity::import_row;
use serde::{Deserialize, Serialize};

use crate::error::Result;

/// What is known of a row, as it is kept.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Details {
    /// The question as the workbook words it.
    pub text: Option<String>,
    /// What stands in the answer's cell.
    pub given: Option<String>,
    /// What is added to it.
    pub comment: Option<String>,
    /// How sure it is that the row asks its question, from 0 to 1; none where it has none.
    pub certainty: Option<f64>,
    /// What it was matched by: `hidden id`, `id`, `text`, `similarity` or `shared control`.
    pub by: Option<String>,
    /// Of a suggestion: the controls that the row and the question both speak to.
    pub shared: Vec<String>,
    /// Of a suggestion: what leads from the row to them, `caiq-4 GRC-01.1`.
    pub by_way: Option<String>,
    /// The questions that the row may answer, at most three, the likeliest first.
    pub candidates: Vec<Candidate>,
}

/// A question that a row may answer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Candidate {
    /// Its id.
    pub question: String,
    /// From 0 to 1.
    pub certainty: f64,
    /// Revision of the answer that stood there when the workbook was read; 0 for none.
    pub revision: i64,
    /// The reply that the row's answer would be to it; none where it is none.
    pub reply: Option<Reply>,
    /// Why it is none: a stable code.
    pub refused: Option<String>,
    /// Ids of the options that come nearest to it.
    pub options: Vec<String>,
}

impl Details {
    /// What is known of a row.
    ///
    /// # Errors
    /// When the database holds something else there, which nothing but this program writes.
    pub fn of(row: &import_row::Model) -> Result<Self> {
        Ok(serde_json::from_value(row.details.clone())?)
    }

    /// Somebody wrote something that can be put to a question.
    pub fn says_something(&self) -> bool {
        self.given.is_some() || self.comment.is_some()
    }
}
