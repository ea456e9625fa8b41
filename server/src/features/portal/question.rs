//! A question with what the vendor has said to it.

use super::typed::{Stand, Typed};
use super::visit::Visit;
use super::words;
use crate::actions::save_answer::said_in;
use crate::error::Result;
use crate::web::provenance::origins;
use crate::web::question::{EvidenceItem, EvidenceView, QuestionView, RowView, cells, choices};
use crate::web::reply::in_words;
use domain::answer::iso_date;
use domain::problem::Problem;
use domain::questionnaire::{Column, Kind, Question};
use entity::evidence;
use std::collections::BTreeMap;

/// Blank rows that a table gets when more are asked for.
const MORE_ROWS: usize = 5;

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

/// A question of the visit.
///
/// # Errors
/// When the database holds an answer that is none.
pub(super) fn view<P>(
    visit: &Visit<P>,
    question: &Question,
    number: usize,
    unsaved: Unsaved<'_>,
) -> Result<QuestionView> {
    let (opened, id) = (&visit.opened, &question.id);
    let read_only = !opened.accepts(id);
    let row = opened.answers.get(id);
    let said = row.map(said_in).transpose()?;
    let (reply, comment) = said.as_ref().map_or((None, None), |said| (said.reply.as_ref(), said.comment.as_deref()));
    let standing = Typed::of(reply, comment);
    let typed = unsaved.typed.unwrap_or(&standing);
    let asked_back = opened
        .reopened
        .get(id)
        .map(|note| note.clone().unwrap_or_else(|| visit.text("portal.asked_back_without_note", &[])));
    let base = visit.base();
    let mut view = QuestionView {
        cost: (question.weight > 0.0).then(|| visit.text("portal.weight", &[("weight", &question.weight)])),
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
        comment: Some(typed.comment.clone()).filter(|comment| !comment.is_empty()),
        value: typed.values.first().cloned().unwrap_or_default(),
        options: choices(question.options(), |key| {
            typed.stand == Stand::Given && typed.values.iter().any(|value| value == key)
        }),
        evidence: evidence(visit, question, read_only),
        ..QuestionView::asked(question, number)
    };
    if let Kind::Table { columns, max_rows, .. } = &question.kind {
        view.rows = rows(&question.id, columns, *max_rows, typed, &unsaved);
    }
    Ok(view)
}

/// The rows of a table: those that were filled in, and blank ones to go on with.
fn rows(id: &str, columns: &[Column], max_rows: u32, typed: &Typed, unsaved: &Unsaved<'_>) -> Vec<RowView> {
    let wrong = unsaved.problem.and_then(|problem| words::row_and_column(problem.at.strip_prefix(id)?));
    let blank = BTreeMap::new();
    let more = if unsaved.more_rows { MORE_ROWS } else { usize::from(typed.rows.is_empty()) };
    let most = (max_rows as usize).max(typed.rows.len());
    let rows = typed.rows.iter().chain(std::iter::repeat_n(&blank, more)).take(most).zip(1..);
    let row = |(row, n): (&BTreeMap<String, String>, usize)| {
        let mut cells = cells(columns, |column| row.get(column).map_or("", String::as_str));
        let error_at = wrong.filter(|(at, _)| *at == n).map(|(_, column)| column);
        for cell in cells.iter_mut().filter(|cell| error_at == Some(cell.column.as_str())) {
            cell.error = unsaved.error.map(str::to_owned);
        }
        RowView { n, cells }
    };
    rows.map(row).collect()
}

/// Where an error summary leads.
pub(super) fn anchor_of(view: &QuestionView) -> String {
    anchor(&view.id, view.kind)
}

/// Where a link to a question leads: to its first field, or to the question where it has none of its own.
pub(super) fn anchor(id: &str, kind: &str) -> String {
    if matches!(kind, "table" | "file") { format!("#q-{id}") } else { format!("#a-{id}") }
}

/// Where an answer came from, when it was neither typed nor imported.
fn source<P>(visit: &Visit<P>, source: &serde_json::Value) -> Option<String> {
    match source["kind"].as_str()? {
        "undone" => Some(visit.text("portal.source.undone", &[])),
        _ => None,
    }
}

/// The files beside a question; nothing where none are looked for and none can matter.
pub(super) fn evidence<P>(visit: &Visit<P>, question: &Question, read_only: bool) -> Option<EvidenceView> {
    let files = visit.opened.evidence.get(&question.id).map(Vec::as_slice).unwrap_or_default();
    let wanted = question.evidence.as_ref();
    let welcome = wanted.is_some() || question.weight > 0.0 || matches!(question.kind, Kind::File { .. });
    if files.is_empty() && (read_only || !welcome) {
        return None;
    }
    let base = visit.base();
    Some(EvidenceView {
        expected: wanted.is_some_and(|wanted| wanted.expected),
        wanted: wanted.map(|wanted| wanted.kinds.join(", ")),
        upload_url: (!read_only).then(|| format!("{base}/answers/{}/evidence", question.id)),
        items: files.iter().map(|file| item(visit, &base, file, !read_only)).collect(),
    })
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
