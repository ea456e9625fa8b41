//! What matching says: every row of the workbook and every question of the template stands somewhere in it.

use super::pairing::By;
use crate::answer::Reply;
use serde::Serialize;

/// What each question of a template would get from a workbook, and what is left over on both sides.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Matching {
    /// The file's name.
    pub file: String,
    /// Hash of the file, in lower-case hexadecimal.
    pub sha256: String,
    /// The template.
    pub template: TemplateName,
    /// When a workbook of ours was made: `2026-11-21T09:30:00Z`. A stranger's does not say how old its answers are.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub made: Option<String>,
    /// Rows that ask a question of the template, surely enough to be proposed.
    pub matched: Vec<Matched>,
    /// Rows that a person has to look at.
    pub asked: Vec<Asked>,
    /// Rows that ask a question of the template and whose comment says something else than their answer.
    pub contradictions: Vec<Contradiction>,
    /// Rows of another questionnaire that speak to the same controls as questions of the template: suggestions, each to be
    /// confirmed by a person.
    pub suggested: Vec<Suggested>,
    /// Questions that no row would answer.
    pub unmatched_questions: Vec<UnmatchedQuestion>,
    /// Rows that ask something else.
    pub unmatched_rows: Vec<UnmatchedRow>,
    /// Rows that ask nothing, with the reason.
    pub skipped: Vec<SkippedRow>,
}

/// Which template it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TemplateName {
    /// [`crate::questionnaire::Document::key`].
    pub key: String,
    /// [`crate::questionnaire::Document::version`].
    pub version: u32,
}

/// Why something was decided: a stable code, and what it rests on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Reason {
    /// `hidden-id`, `same-id`, `same-words`, `alike`, `next-best`.
    pub code: &'static str,
    /// An id, a share, the other question.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
}

/// A row that asks a question of the template.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Matched {
    /// The question's id.
    pub question: String,
    /// Where its answer stands: `CAIQ!C5`.
    pub cell: String,
    /// The reply; none where the cell is blank.
    pub answer: Option<Reply>,
    /// The question as the workbook words it.
    pub text: String,
    /// What stands in the cell.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub given: Option<String>,
    /// What is added to it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
    /// 0 to 1; at least [`super::HIGH`].
    pub certainty: f64,
    /// What it was matched by.
    pub by: By,
    /// Why.
    pub reasons: Vec<Reason>,
}

/// A question that a row may ask.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CandidateQuestion {
    /// Its id.
    pub question: String,
    /// 0 to 1.
    pub certainty: f64,
    /// The reply that the answer would be to it; none where it is none, or the row is blank.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub answer: Option<Reply>,
    /// Why the answer is none to it: `not-an-option` and the codes of refused answers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refused: Option<String>,
    /// Its options that come nearest to the answer.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub options: Vec<String>,
    /// Controls that the row and the question both speak to, where that is why it is named.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub shared: Vec<String>,
}

/// A row of another questionnaire, and the questions that it is suggested for.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Suggested {
    /// Where its answer stands.
    pub cell: String,
    /// Its row.
    pub row: u32,
    /// The question as the workbook words it.
    pub text: String,
    /// What stands in the cell.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub given: Option<String>,
    /// What is added to it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
    /// The likeliest first. Certainties of suggestions are not fitted to anything: they put them into an order.
    pub questions: Vec<CandidateQuestion>,
    /// What leads from the row to the controls: `caiq-4 GRC-01.1`.
    pub by_way: String,
}

/// A row that a person has to look at.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Asked {
    /// Where its answer stands.
    pub cell: String,
    /// Its row.
    pub row: u32,
    /// The question as the workbook words it.
    pub text: String,
    /// What stands in the cell.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub given: Option<String>,
    /// What is added to it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
    /// The reply that the answer would be to the first of them; none where it fits none of its options.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub answer: Option<Reply>,
    /// The questions that it may ask, at most three, the likeliest first.
    pub candidates: Vec<CandidateQuestion>,
    /// A stable code: `not-sure`, `several-rows`, `question-taken`, `id-and-text-disagree`; or, where only
    /// the answer is in doubt, `not-an-option` and the codes of refused answers.
    pub why: String,
    /// Options of the first candidate that come nearest to the answer.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub options: Vec<String>,
    /// Why the first candidate comes first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub reasons: Vec<Reason>,
}

/// A row whose comment says something else than its answer.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Contradiction {
    /// The question's id.
    pub question: String,
    /// Where the answer stands.
    pub cell: String,
    /// Its row.
    pub row: u32,
    /// The question as the workbook words it.
    pub text: String,
    /// The reply that the answer alone would be; none where it fits no option.
    pub answer: Option<Reply>,
    /// What stands in the cell.
    pub given: String,
    /// What stands beside it, or in the other cell.
    pub comment: String,
    /// What the comment says: `yes`, `no`, `partial`, `planned`, `not_applicable`, `unknown`.
    pub says: crate::sheet::AnswerWord,
    /// How sure it is that the row asks this question.
    pub certainty: f64,
    /// What it was matched by.
    pub by: By,
}

/// A question that no row would answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct UnmatchedQuestion {
    /// Its id.
    pub question: String,
    /// Its text, in the language that the template is written in.
    pub text: String,
}

/// A row that asks something else.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct UnmatchedRow {
    /// Where its answer stands.
    pub cell: String,
    /// Its row.
    pub row: u32,
    /// Its id, as the workbook gives it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The question as the workbook words it.
    pub text: String,
    /// What stands in the cell.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub given: Option<String>,
    /// What is added to it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
    /// A stable code: `asks-something-else`, or those of [`crate::sheet::own::Unknown`].
    pub why: String,
}

/// A row that asks nothing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SkippedRow {
    /// Its sheet.
    pub sheet: String,
    /// Its number.
    pub row: u32,
    /// Why.
    pub reason: String,
}
