//! A question as `partials/question` reads it: for the vendor who answers it, and in the preview of a draft.

use super::provenance::Origin;
use domain::questionnaire::{Choice, Column, Kind, Question};
use serde::Serialize;
use std::fmt::Display;

/// A question with what stands in its fields.
#[derive(Clone, Debug, Default, Serialize)]
pub struct QuestionView {
    /// Its id, by which its fields are named.
    pub id: String,
    /// Its place in the questionnaire, from 1.
    pub number: String,
    /// What is asked.
    pub text: String,
    /// Which fields it has: the name of its kind, but `text` for a long one too.
    pub kind: &'static str,
    /// A text that takes more than a line or two.
    pub long: bool,
    /// Why it is asked.
    pub why: Option<String>,
    /// How to answer it.
    pub help: Option<String>,
    /// What a weak answer costs.
    pub cost: Option<String>,
    /// It must be answered.
    pub required: bool,
    /// A condition hides it.
    pub hidden: bool,
    /// It cannot be answered now.
    pub read_only: bool,
    /// The answer in words.
    pub words: Option<String>,
    /// Where each change is saved at once.
    pub save_url: Option<String>,
    /// The revision that stands in the fields; 0 where nothing was saved.
    pub revision: i64,
    /// When it was saved.
    pub saved_at: Option<String>,
    /// What is wrong with the answer.
    pub error: Option<String>,
    /// What the buyer says to it on asking back.
    pub asked_back: Option<String>,
    /// What both sides wrote to each other about it, oldest first.
    pub thread: Vec<ThreadLine>,
    /// Words to the other side can be posted with the answers.
    pub may_say: bool,
    /// Where the answer came from, when it was not typed.
    pub source: Option<String>,
    /// Workbooks that it came from, the newest first.
    pub origins: Vec<Origin>,
    /// `given`, `not_applicable` or `declined`.
    pub stand: &'static str,
    /// Why it does not apply, or is declined.
    pub reason: String,
    /// "Not applicable" can be said.
    pub may_be_na: bool,
    /// An answer can be declined.
    pub may_decline: bool,
    /// What is said beside the answer.
    pub comment: Option<String>,
    /// The text of a single field.
    pub value: String,
    /// What a number counts.
    pub unit: Option<String>,
    /// Characters at most.
    pub max_length: Option<u32>,
    /// What can be chosen.
    pub options: Vec<OptionView>,
    /// The columns of a table.
    pub columns: Vec<ColumnView>,
    /// Rows of a table at most.
    pub max_rows: u32,
    /// The rows of a table.
    pub rows: Vec<RowView>,
    /// A row of a table that nobody filled in.
    pub blank: Vec<CellView>,
    /// The files beside it; none where none are looked for.
    pub evidence: Option<EvidenceView>,
}

/// Something written about a question.
#[derive(Clone, Debug, Serialize)]
pub struct ThreadLine {
    /// Who wrote it.
    pub by: String,
    /// When.
    pub when: String,
    /// What.
    pub words: String,
}

/// An option of a choice.
#[derive(Clone, Debug, Serialize)]
pub struct OptionView {
    /// What is posted.
    pub key: String,
    /// What is read.
    pub text: String,
    /// It is chosen.
    pub chosen: bool,
}

/// A column of a table.
#[derive(Clone, Debug, Serialize)]
pub struct ColumnView {
    /// Its heading.
    pub label: String,
    /// What to write in it.
    pub help: Option<String>,
}

/// A row of a table.
#[derive(Clone, Debug, Serialize)]
pub struct RowView {
    /// Its number, from 1.
    pub n: usize,
    /// One cell for each column.
    pub cells: Vec<CellView>,
}

/// A cell of a table.
#[derive(Clone, Debug, Serialize)]
pub struct CellView {
    /// The id of its column.
    pub column: String,
    /// The heading of its column.
    pub label: String,
    /// What stands in it.
    pub value: String,
    /// What is wrong with that.
    pub error: Option<String>,
    /// What can be chosen; a text where empty.
    pub options: Vec<OptionView>,
}

/// The files beside a question.
#[derive(Clone, Debug, Serialize)]
pub struct EvidenceView {
    /// An answer without a file is weak.
    pub expected: bool,
    /// Which kinds are looked for.
    pub wanted: Option<String>,
    /// Where a file is sent.
    pub upload_url: Option<String>,
    /// The files that are there.
    pub items: Vec<EvidenceItem>,
}

/// A file beside a question.
#[derive(Clone, Debug, Serialize)]
pub struct EvidenceItem {
    /// Its id.
    pub evidence_id: String,
    /// Where it can be had.
    pub href: Option<String>,
    /// Its name.
    pub file: String,
    /// Its size, and since when it holds.
    pub about: String,
    /// It can be taken away.
    pub removable: bool,
}

impl QuestionView {
    /// A question as it is asked; nothing stands in its fields.
    pub fn asked(question: &Question, number: usize) -> Self {
        let mut view = Self {
            id: question.id.clone(),
            number: number.to_string(),
            text: question.text.clone(),
            kind: match question.kind {
                Kind::LongText { .. } => "text",
                _ => question.kind.name(),
            },
            long: matches!(question.kind, Kind::LongText { .. }),
            why: question.why.clone(),
            help: question.help.clone(),
            required: question.required,
            may_be_na: question.may_be_na,
            may_decline: question.may_decline,
            ..Self::default()
        };
        match &question.kind {
            Kind::Number { unit, .. } => view.unit.clone_from(unit),
            Kind::Text { max_length, .. } | Kind::LongText { max_length, .. } => view.max_length = *max_length,
            Kind::Table { columns, max_rows, .. } => {
                let heading = |column: &Column| ColumnView { label: column.label.clone(), help: column.help.clone() };
                view.columns = columns.iter().map(heading).collect();
                view.blank = cells(columns, |_| "");
                view.max_rows = *max_rows;
            }
            _ => {}
        }
        view
    }
}

/// The options of a choice, those marked that were chosen.
pub fn choices(options: &[Choice], chosen: impl Fn(&str) -> bool) -> Vec<OptionView> {
    let view =
        |option: &Choice| OptionView { key: option.id.clone(), text: option.label.clone(), chosen: chosen(&option.id) };
    options.iter().map(view).collect()
}

/// The cells of a row, by what stands in each column.
pub fn cells<'a>(columns: &[Column], value: impl Fn(&str) -> &'a str) -> Vec<CellView> {
    let cell = |column: &Column| {
        let value = value(&column.id);
        CellView {
            options: choices(&column.options, |key| key == value),
            column: column.id.clone(),
            label: column.label.clone(),
            value: value.to_owned(),
            error: None,
        }
    };
    columns.iter().map(cell).collect()
}

/// The id of a question's element on the page of what was submitted, without the `q-` before it.
pub fn anchor(question: &str) -> String {
    question.replace(['.', ' '], "-")
}

/// Where the answer to a question stands as it was submitted; until then the address leads to the assessment.
pub fn answer_href(assessment: impl Display, question: &str) -> String {
    format!("/assessments/{assessment}/answers#q-{}", anchor(question))
}

/// Where a submitted answer stands with its evidence and what a reviewer found of it.
pub fn reviewed_href(assessment: impl Display, question: &str) -> String {
    format!("/assessments/{assessment}/review#q-{}", anchor(question))
}
