//! What the API of imports takes and gives.

use crate::web::failure::FieldProblem;
use crate::web::progress::ImportProgress;
use domain::answer::Reply;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

/// An uploaded workbook or register, and what would become of each row.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ImportDocument {
    pub(super) id: Uuid,
    /// `answers` or `register`.
    pub(super) kind: String,
    /// Null for a register.
    pub(super) assessment: Option<Uuid>,
    pub(super) file_name: String,
    pub(super) sha256: String,
    /// `preview`, `applied` or `undone`; a register also `staging`.
    pub(super) state: String,
    /// How many rows of each verdict; for a register, what was read.
    #[schema(value_type = Object)]
    pub(super) summary: Value,
    pub(super) created_at: String,
    pub(super) applied_at: Option<String>,
    pub(super) undone_at: Option<String>,
    /// When the workbook was saved, as it says itself.
    pub(super) saved_on: Option<String>,
    /// Who uploaded it.
    pub(super) uploaded_by: Option<String>,
    /// How far a list is written down, while it is being taken in or back, and where that was broken off.
    pub(super) progress: Option<ImportProgress>,
    /// Why it was not finished, where it went on by itself and failed: a code.
    pub(super) failed: Option<String>,
    /// How many rows of each group there are, whatever the filter.
    #[schema(value_type = Object)]
    pub(super) groups: BTreeMap<&'static str, usize>,
    /// Rows that the filter keeps, a page of them.
    pub(super) rows: Vec<ImportRow>,
    /// What `cursor` is for the next page; null on the last one.
    pub(super) next: Option<Uuid>,
}

/// A row of an import.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ImportRow {
    pub(super) id: Uuid,
    /// Sheet and cell: `Answers!D14`.
    pub(super) place: String,
    /// `new`, `changed`, `unchanged`, `conflict`, `ask`, `suggestion`, `invalid`, `unknown` or `skipped`.
    pub(super) verdict: String,
    /// What rows are looked through by: `change`, `conflict`, `ask`, `suggestion`, `skipped` or `same`.
    pub(super) group: &'static str,
    pub(super) question: Option<String>,
    pub(super) label: String,
    /// Reply and comment as the workbook has them.
    #[schema(value_type = Option<Object>)]
    pub(super) proposed: Option<Value>,
    /// Reply and comment as they stood at the time of the preview.
    #[schema(value_type = Option<Object>)]
    pub(super) current: Option<Value>,
    pub(super) problem: Option<FieldProblem>,
    /// The question as the workbook words it.
    pub(super) text: Option<String>,
    /// What stands in the cell.
    pub(super) given: Option<String>,
    /// What is added to it.
    pub(super) comment: Option<String>,
    /// How sure it is that the row answers the question, from 0 to 1.
    pub(super) certainty: Option<f64>,
    /// What it was matched by: `hidden id`, `id`, `text`, `similarity` or `shared control`.
    pub(super) by: Option<String>,
    /// Of a suggestion: the controls that row and question share, and what leads from the row to them.
    pub(super) shared: Vec<String>,
    pub(super) by_way: Option<String>,
    /// Questions that the row may answer, the likeliest first; at most three.
    pub(super) candidates: Vec<ImportCandidate>,
    pub(super) applied: bool,
}

/// A question that a row may answer.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ImportCandidate {
    pub(super) question: String,
    /// From 0 to 1.
    pub(super) certainty: f64,
    /// The reply that the row's answer would be to it; null where it is none.
    #[schema(value_type = Option<Object>)]
    pub(super) reply: Option<Reply>,
    /// Why it is none: `not-an-option` or another code.
    pub(super) refused: Option<String>,
    /// Options that come nearest to the answer.
    pub(super) options: Vec<String>,
    /// Revision of the answer that stood there when the workbook was read.
    pub(super) revision: i64,
}

/// Which part of the rows is wanted.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub(super) struct Part {
    /// What `next` said.
    pub(super) cursor: Option<Uuid>,
    /// Rows at most.
    pub(super) limit: Option<u64>,
}

/// A row to be applied: its id, or its id with what was chosen for it.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(untagged)]
pub(super) enum RowInput {
    /// As it stands.
    AsItStands(Uuid),
    /// With a choice.
    Chosen(ChosenRow),
}

/// A row with what was chosen for it.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ChosenRow {
    /// The row's id.
    pub(super) row: Uuid,
    /// The question that it answers; absent: the one that it names.
    #[serde(default)]
    pub(super) question: Option<String>,
    /// The option of the question that its answer means; absent: as the answer is read.
    #[serde(default)]
    pub(super) option: Option<String>,
    /// Revision of the answer that you saw there. Needed where the question is answered and was no candidate.
    #[serde(default)]
    pub(super) revision: Option<i64>,
}

/// Which rows to apply.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ApplyInput {
    /// Rows: a conflict among them is decided for the workbook. Absent: everything new and changed, and nothing that is
    /// asked or suggested. Answers only.
    #[serde(default)]
    pub(super) rows: Option<Vec<RowInput>>,
    /// Where product cells are taken apart. Registers only.
    #[serde(default)]
    #[schema(value_type = Option<Vec<String>>)]
    pub(super) separators: Option<Value>,
}

/// What applying or undoing did.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ImportOutcome {
    /// The import as it stands now.
    pub(super) import: ImportDocument,
    /// Answers that were written or put back.
    pub(super) changed: Option<usize>,
    /// Answers that stayed as they are, because they were changed since.
    pub(super) stayed: Option<usize>,
}

/// An uploaded workbook in the list of an assessment's.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ImportSummary {
    pub(super) id: Uuid,
    pub(super) file_name: String,
    /// Bytes.
    pub(super) size: i64,
    pub(super) sha256: String,
    /// `preview`, `applied` or `undone`.
    pub(super) state: String,
    pub(super) uploaded_by: Option<String>,
    pub(super) created_at: String,
    pub(super) applied_at: Option<String>,
    pub(super) undone_at: Option<String>,
    /// Rows of its preview.
    pub(super) rows: i64,
    /// Rows that became answers.
    pub(super) applied: i64,
}

/// A workbook to be read.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes a multipart form, which is read field by field")]
pub(super) struct WorkbookForm {
    /// The workbook.
    #[schema(value_type = String, format = Binary)]
    pub(super) file: Vec<u8>,
}
