//! A question as `partials/question` reads it.

use super::typed::{Stand, Typed};
use super::visit::Visit;
use super::words;
use crate::actions::save_answer::said_in;
use crate::error::Result;
use crate::web::provenance::{Origin, origins};
use crate::web::reply::in_words;
use domain::answer::iso_date;
use domain::problem::Problem;
use domain::questionnaire::{Choice, Column, Kind, Question};
use entity::evidence;
use serde::Serialize;
use std::collections::BTreeMap;

/// Blank rows that a table gets when more are asked for.
const MORE_ROWS: usize = 5;

/// A question with what stands in its fields.
#[derive(Clone, Debug, Default, Serialize)]
pub(super) struct QuestionView {
    pub id: String,
    pub number: String,
    pub text: String,
    pub kind: &'static str,
    pub why: Option<String>,
    pub help: Option<String>,
    pub cost: Option<String>,
    pub required: bool,
    pub hidden: bool,
    pub read_only: bool,
    pub words: Option<String>,
    pub save_url: Option<String>,
    pub revision: i64,
    pub saved_at: Option<String>,
    pub error: Option<String>,
    pub asked_back: Option<String>,
    pub source: Option<String>,
    pub origins: Vec<Origin>,
    pub stand: &'static str,
    pub reason: String,
    pub may_be_na: bool,
    pub may_decline: bool,
    pub comment: Option<String>,
    pub value: String,
    pub unit: Option<String>,
    pub max_length: Option<u32>,
    pub options: Vec<OptionView>,
    pub columns: Vec<ColumnView>,
    pub max_rows: u32,
    pub rows: Vec<RowView>,
    pub blank: Vec<CellView>,
    pub evidence: Option<EvidenceView>,
}

/// An option of a choice.
#[derive(Clone, Debug, Serialize)]
pub(super) struct OptionView {
    pub key: String,
    pub text: String,
    pub chosen: bool,
}

/// A column of a table.
#[derive(Clone, Debug, Serialize)]
pub(super) struct ColumnView {
    pub label: String,
    pub help: Option<String>,
}

/// A row of a table.
#[derive(Clone, Debug, Serialize)]
pub(super) struct RowView {
    pub n: usize,
    pub cells: Vec<CellView>,
}

/// A cell of a table.
#[derive(Clone, Debug, Serialize)]
pub(super) struct CellView {
    pub column: String,
    pub label: String,
    pub value: String,
    pub error: Option<String>,
    pub options: Vec<OptionView>,
}

/// The files beside a question.
#[derive(Clone, Debug, Serialize)]
pub(super) struct EvidenceView {
    pub expected: bool,
    pub wanted: Option<String>,
    pub upload_url: Option<String>,
    pub items: Vec<EvidenceItem>,
}

/// A file beside a question.
#[derive(Clone, Debug, Serialize)]
pub(super) struct EvidenceItem {
    pub evidence_id: String,
    pub href: Option<String>,
    pub file: String,
    pub about: String,
    pub removable: bool,
}

/// What stands in the fields where it is not what was saved, and what is wrong with it.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Unsaved<'a> {
    /// What was typed.
    pub typed: Option<&'a Typed>,
    /// What is wrong with it, and where.
    pub problem: Option<&'a Problem>,
    /// The same in words.
    pub error: Option<&'a str>,
    /// The vendor wants more blank rows.
    pub more_rows: bool,
}

/// The numbers of all questions: their place in the questionnaire, from 1, as in the workbook.
pub(super) fn numbers<P>(visit: &Visit<P>) -> BTreeMap<&str, usize> {
    visit.opened.whole.document.questions().map(|question| question.id.as_str()).zip(1..).collect()
}

impl QuestionView {
    /// A question of the visit.
    ///
    /// # Errors
    /// When the database holds an answer that is none.
    pub fn of<P>(visit: &Visit<P>, question: &Question, number: usize, unsaved: Unsaved<'_>) -> Result<Self> {
        let (opened, id) = (&visit.opened, &question.id);
        let read_only = !opened.accepts(id);
        let row = opened.answers.get(id);
        let said = row.map(said_in).transpose()?;
        let (reply, comment) =
            said.as_ref().map_or((None, None), |said| (said.reply.as_ref(), said.comment.as_deref()));
        let standing = Typed::of(reply, comment);
        let typed = unsaved.typed.unwrap_or(&standing);
        let asked_back = opened
            .reopened
            .get(id)
            .map(|note| note.clone().unwrap_or_else(|| visit.text("portal.asked_back_without_note", &[])));
        let base = visit.base();
        let mut view = Self {
            id: id.clone(),
            number: number.to_string(),
            text: question.text.clone(),
            kind: question.kind.name(),
            why: question.why.clone(),
            help: question.help.clone(),
            cost: (question.weight > 0.0).then(|| visit.text("portal.weight", &[("weight", &question.weight)])),
            required: question.required,
            hidden: !opened.visibility.shows(id),
            read_only,
            words: reply.map(|reply| in_words(&visit.renderer, question, reply)),
            save_url: (!read_only).then(|| format!("{base}/answers/{id}")),
            revision: row.map_or(0, |row| row.revision),
            saved_at: row
                .filter(|row| row.reply.is_some() || row.comment.is_some())
                .map(|row| words::saved_at(row.changed_at, visit.renderer.platform.clock.now())),
            error: unsaved.error.map(str::to_owned),
            asked_back,
            source: row.and_then(|row| source(visit, &row.source)),
            origins: row.map(|row| origins(&visit.renderer, &row.source)).unwrap_or_default(),
            stand: typed.stand.name(),
            reason: typed.reason.clone(),
            may_be_na: question.may_be_na,
            may_decline: question.may_decline,
            comment: Some(typed.comment.clone()).filter(|comment| !comment.is_empty()),
            value: typed.values.first().cloned().unwrap_or_default(),
            options: choices(question.options(), |key| {
                typed.stand == Stand::Given && typed.values.iter().any(|value| value == key)
            }),
            evidence: EvidenceView::of(visit, question, read_only),
            ..Self::default()
        };
        match &question.kind {
            Kind::Number { unit, .. } => view.unit.clone_from(unit),
            Kind::Text { max_length, .. } | Kind::LongText { max_length, .. } => view.max_length = *max_length,
            Kind::Table { columns, max_rows, .. } => view.table(columns, *max_rows, typed, &unsaved),
            _ => {}
        }
        Ok(view)
    }

    fn table(&mut self, columns: &[Column], max_rows: u32, typed: &Typed, unsaved: &Unsaved<'_>) {
        let wrong =
            unsaved.problem.and_then(|problem| words::row_and_column(problem.at.strip_prefix(self.id.as_str())?));
        let blank = BTreeMap::new();
        let more = if unsaved.more_rows { MORE_ROWS } else { usize::from(typed.rows.is_empty()) };
        let most = (max_rows as usize).max(typed.rows.len());
        let rows = typed.rows.iter().chain(std::iter::repeat_n(&blank, more)).take(most).zip(1..);
        self.rows = rows
            .map(|(row, n)| {
                let error_at = wrong.filter(|(at, _)| *at == n).map(|(_, column)| column);
                RowView { n, cells: cells(columns, row, error_at, unsaved.error) }
            })
            .collect();
        self.columns = columns
            .iter()
            .map(|column| ColumnView { label: column.label.clone(), help: column.help.clone() })
            .collect();
        self.blank = cells(columns, &blank, None, None);
        self.max_rows = max_rows;
    }

    /// Where an error summary leads.
    pub fn anchor(&self) -> String {
        anchor(&self.id, self.kind)
    }
}

/// Where a link to a question leads: to its first field, or to the question where it has none of its own.
pub(super) fn anchor(id: &str, kind: &str) -> String {
    if matches!(kind, "table" | "file") { format!("#q-{id}") } else { format!("#a-{id}") }
}

fn choices(options: &[Choice], chosen: impl Fn(&str) -> bool) -> Vec<OptionView> {
    let view =
        |option: &Choice| OptionView { key: option.id.clone(), text: option.label.clone(), chosen: chosen(&option.id) };
    options.iter().map(view).collect()
}

fn cells(
    columns: &[Column],
    row: &BTreeMap<String, String>,
    error_at: Option<&str>,
    error: Option<&str>,
) -> Vec<CellView> {
    let cell = |column: &Column| {
        let value = row.get(&column.id).cloned().unwrap_or_default();
        CellView {
            options: choices(&column.options, |key| key == value),
            column: column.id.clone(),
            label: column.label.clone(),
            error: error_at.filter(|at| *at == column.id).and(error).map(str::to_owned),
            value,
        }
    };
    columns.iter().map(cell).collect()
}

/// Where an answer came from, when it was neither typed nor imported.
fn source<P>(visit: &Visit<P>, source: &serde_json::Value) -> Option<String> {
    match source["kind"].as_str()? {
        "undone" => Some(visit.text("portal.source.undone", &[])),
        _ => None,
    }
}

impl EvidenceView {
    /// The files beside a question; nothing where none are looked for and none can matter.
    pub fn of<P>(visit: &Visit<P>, question: &Question, read_only: bool) -> Option<Self> {
        let files = visit.opened.evidence.get(&question.id).map(Vec::as_slice).unwrap_or_default();
        let wanted = question.evidence.as_ref();
        let welcome = wanted.is_some() || question.weight > 0.0 || matches!(question.kind, Kind::File { .. });
        if files.is_empty() && (read_only || !welcome) {
            return None;
        }
        let base = visit.base();
        Some(Self {
            expected: wanted.is_some_and(|wanted| wanted.expected),
            wanted: wanted.map(|wanted| wanted.kinds.join(", ")),
            upload_url: (!read_only).then(|| format!("{base}/answers/{}/evidence", question.id)),
            items: files.iter().map(|file| item(visit, &base, file, !read_only)).collect(),
        })
    }
}

fn item<P>(visit: &Visit<P>, base: &str, file: &evidence::Model, removable: bool) -> EvidenceItem {
    let (size, since) = (words::size(file.size), iso_date::write(file.effective_on));
    EvidenceItem {
        evidence_id: file.id.to_string(),
        href: Some(format!("{base}/evidence/{}", file.id)),
        file: file.file_name.clone(),
        about: visit.text("portal.evidence.about", &[("size", &size), ("since", &since)]),
        removable,
    }
}
