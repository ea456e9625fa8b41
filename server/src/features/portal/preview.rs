//! An upload as a person looks it through: row by row, with cells, before and after in words.

use super::question::numbers;
use super::views::{Crumb, DiffRow, PreviewPage, Rows, TallyEntry};
use super::visit::Visit;
use super::words;
use crate::actions::answers_import::Verdict;
use crate::error::Result;
use crate::web::actor::may;
use crate::web::say;
use axum::response::Html;
use domain::answer::Reply;
use domain::problem::Problem;
use domain::questionnaire::Question;
use entity::{import, import_row};
use serde_json::Value;
use std::collections::BTreeSet;
use uuid::Uuid;

/// What the page is shown with.
#[derive(Debug, Default)]
pub(super) struct Seen {
    /// Only rows of this verdict.
    pub only: Option<Verdict>,
    /// Questions that were answered since the preview was made: nothing was applied.
    pub moved: Vec<String>,
    /// Rows that were chosen, where somebody chose already.
    pub chosen: Option<BTreeSet<Uuid>>,
    /// What is wrong with the choice, in words.
    pub refused: Option<String>,
}

pub(super) fn page(
    visit: &Visit<may::Answer>,
    import: &import::Model,
    rows: &[import_row::Model],
    seen: &Seen,
) -> Result<Html<String>> {
    let base = format!("{}/imports/{}", visit.base(), import.id);
    let open = import.state == "preview" && visit.opened.state.waits_for_vendor();
    let count = |verdict: Verdict| rows.iter().filter(|row| row.verdict == verdict.name()).count();
    let mut tally = vec![TallyEntry {
        href: base.clone(),
        text: visit.text("portal.preview.all", &[]),
        count: rows.len(),
        current: seen.only.is_none(),
    }];
    tally.extend(Verdict::ALL.into_iter().map(|verdict| TallyEntry {
        href: format!("{base}?show={}", verdict.name()),
        text: visit.text(&format!("diff.{}", verdict.name()), &[]),
        count: count(verdict),
        current: seen.only == Some(verdict),
    }));
    let numbers = numbers(visit);
    let shown = rows.iter().filter(|row| seen.only.is_none_or(|only| row.verdict == only.name()));
    let diff = shown.map(|row| diff_row(visit, row, &numbers, open, seen)).collect::<Result<Vec<_>>>()?;
    let moved = seen.moved.iter().filter_map(|id| {
        let question = visit.opened.version.document.question(id)?;
        let number = numbers.get(id.as_str()).copied().unwrap_or_default();
        Some(visit.text("portal.preview.question", &[("number", &number), ("text", &question.text)]))
    });
    let applied = rows.iter().filter(|row| row.applied).count();
    let view = PreviewPage {
        crumbs: vec![
            Crumb { href: visit.base(), text: visit.text("portal.overview.crumb", &[]) },
            Crumb { href: format!("{}/imports", visit.base()), text: visit.text("portal.imports.crumb", &[]) },
        ],
        file_name: import.file_name.clone(),
        read_at: words::moment(import.created_at),
        tally,
        empty: diff.is_empty(),
        diff: Rows { rows: diff },
        open,
        safe: count(Verdict::New) + count(Verdict::Changed),
        conflicts: count(Verdict::Conflict),
        invalid: count(Verdict::Invalid),
        unknown: count(Verdict::Unknown),
        asks: count(Verdict::Ask),
        moved: moved.collect(),
        refused: seen.refused.clone(),
        applied: import.applied_at.filter(|_| import.state == "applied").map(words::moment),
        applied_rows: i64::try_from(applied).unwrap_or(i64::MAX),
        undone: import.undone_at.map(words::moment),
        can_undo: import.state == "applied" && visit.opened.state.waits_for_vendor(),
        overview_href: visit.base(),
        sheets_href: import.settings.get("mapping").is_some().then(|| format!("{base}/sheets")),
        base,
    };
    let title = visit.text("portal.preview.title", &[]);
    visit.page(&title, &view)
}

fn diff_row(
    visit: &Visit<may::Answer>,
    row: &import_row::Model,
    numbers: &std::collections::BTreeMap<&str, usize>,
    open: bool,
    seen: &Seen,
) -> Result<DiffRow> {
    let question = row.question_id.as_deref().and_then(|id| visit.opened.version.document.question(id));
    let text = match question {
        Some(question) => {
            let number = numbers.get(question.id.as_str()).copied().unwrap_or_default();
            visit.text("portal.preview.question", &[("number", &number), ("text", &question.text)])
        }
        None => row.label.clone(),
    };
    let problem: Option<Problem> = row.problem.clone().map(serde_json::from_value).transpose()?;
    let can_apply = Verdict::applies(&row.verdict);
    let chosen = match &seen.chosen {
        Some(chosen) => chosen.contains(&row.id),
        None => matches!(row.verdict.as_str(), "new" | "changed"),
    };
    Ok(DiffRow {
        key: row.id.to_string(),
        kind: row.verdict.clone(),
        place: row.place.clone(),
        question: text,
        reason: problem.map(|problem| say::problem(&visit.renderer.platform.wording, &problem)),
        before: in_words(visit, question, row.current.as_ref())?,
        after: in_words(visit, question, row.proposed.as_ref())?,
        choosable: open && can_apply,
        chosen: open && can_apply && chosen,
    })
}

fn in_words(visit: &Visit<may::Answer>, question: Option<&Question>, said: Option<&Value>) -> Result<Option<String>> {
    let (Some(question), Some(said)) = (question, said) else { return Ok(None) };
    let reply: Option<Reply> = serde_json::from_value(said["reply"].clone())?;
    Ok(words::said(&visit.renderer, question, reply.as_ref(), said["comment"].as_str()))
}
