//! What would become of each row of a workbook.

use super::read::Understood;
use super::strangers::Proposals;
use super::{Verdict, as_json};
use crate::actions::Act;
use crate::actions::questionnaire::Opened;
use crate::actions::save_answer::{Said, checked, said_in};
use crate::error::Result;
use crate::platform::Platform;
use crate::repo::{self, VendorScope};
use domain::ids::{ImportId, ImportRowId};
use domain::problem::Problem;
use domain::questionnaire::Question;
use domain::sheet::own::{Found, OwnAnswers, Unknown};
use entity::import_row;
use sea_orm::Set;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use time::OffsetDateTime;

/// A row on its way into the database.
pub(in crate::actions) struct Draft {
    place: String,
    label: String,
    verdict: Verdict,
    question: Option<String>,
    proposed: Option<Value>,
    current: Option<Value>,
    revision: i64,
    problem: Option<Problem>,
}

impl Draft {
    fn row(self, platform: &Platform, scope: VendorScope, import: ImportId, n: usize) -> import_row::ActiveModel {
        import_row::ActiveModel {
            id: Set(platform.clock.id::<ImportRowId>().0),
            organisation_id: Set(scope.organisation.0),
            import_id: Set(import.0),
            position: Set(i64::try_from(n).unwrap_or(i64::MAX)),
            place: Set(self.place),
            label: Set(self.label),
            verdict: Set(self.verdict.name().to_owned()),
            question_id: Set(self.question),
            proposed: Set(self.proposed),
            current: Set(self.current),
            current_revision: Set(self.revision),
            problem: Set(self.problem.map(|problem| json!(problem))),
            applied: Set(false),
        }
    }
}

/// What would become of each row, given what stands there now; in the workbook's order.
///
/// # Errors
/// When the database holds no reply where one stands.
pub(in crate::actions) fn rows(platform: &Platform, opened: &Opened, understood: Understood) -> Result<Vec<Draft>> {
    match understood {
        Understood::Own(read, made) => own(platform, opened, read, made),
        Understood::Strangers(proposals) => proposed(platform, opened, proposals),
    }
}

/// How many rows there are of each verdict.
pub(in crate::actions) fn summary(rows: &[Draft]) -> Value {
    let mut summary: BTreeMap<&str, usize> = Verdict::ALL.iter().map(|verdict| (verdict.name(), 0)).collect();
    for row in rows {
        *summary.entry(row.verdict.name()).or_default() += 1;
    }
    json!(summary)
}

/// Writes the rows of an import that has none.
///
/// # Errors
/// When the database fails.
pub(in crate::actions) async fn keep(
    act: &Act<'_>,
    platform: &Platform,
    scope: VendorScope,
    import: ImportId,
    rows: Vec<Draft>,
) -> Result<()> {
    let rows = rows.into_iter().enumerate().map(|(n, row)| row.row(platform, scope, import, n)).collect();
    Ok(repo::imports::add_rows(act.tx(), &scope, rows).await?)
}

fn own(platform: &Platform, opened: &Opened, read: OwnAnswers, made: Option<OffsetDateTime>) -> Result<Vec<Draft>> {
    let reopened = opened.reopened_ids();
    let mut drafts = Vec::new();
    for found in read.found {
        let Some(question) = opened.version.document.question(&found.question_id) else { continue };
        let may = opened.state.accepts_answer(&question.id, &reopened);
        drafts.extend(draft(platform, opened, question, found, made, may)?);
    }
    drafts.extend(read.unknown.into_iter().map(of_no_question));
    Ok(drafts)
}

/// The same of a stranger's workbook. A row in doubt is asked about unless it says what stands there already.
fn proposed(platform: &Platform, opened: &Opened, proposals: Proposals) -> Result<Vec<Draft>> {
    let reopened = opened.reopened_ids();
    let sure = proposals.sure.into_iter().map(|(found, words)| (found, words, None));
    let doubtful = proposals.doubtful.into_iter().map(|(found, doubt)| (found, Some(doubt), Some(Verdict::Ask)));
    let mut drafts = Vec::new();
    for (found, beside, verdict) in sure.chain(doubtful) {
        let Some(question) = opened.version.document.question(&found.question_id) else { continue };
        let may = opened.state.accepts_answer(&question.id, &reopened);
        let Some(mut draft) = draft(platform, opened, question, found, None, may)? else { continue };
        if draft.verdict.can_apply() {
            draft.verdict = verdict.unwrap_or(draft.verdict);
            draft.problem = beside;
        }
        drafts.push(draft);
    }
    drafts.extend(proposals.unknown.into_iter().map(of_no_question));
    drafts.sort_by_cached_key(|draft| row_of(&draft.place));
    Ok(drafts)
}

/// A cell's sheet and row: rows are shown as they stand in the workbook.
fn row_of(place: &str) -> (String, u32) {
    let (sheet, cell) = place.rsplit_once('!').unwrap_or(("", place));
    (sheet.to_owned(), cell.trim_start_matches(|c: char| !c.is_ascii_digit()).parse().unwrap_or(0))
}

fn of_no_question(unknown: Unknown) -> Draft {
    Draft {
        problem: Some(Problem::new(unknown.cell.clone(), unknown.reason)),
        place: unknown.cell,
        label: unknown.text.chars().take(200).collect(),
        verdict: Verdict::Unknown,
        question: None,
        proposed: None,
        current: None,
        revision: 0,
    }
}

/// What one row would do; `None` where the workbook says nothing and nothing stands there.
fn draft(
    platform: &Platform,
    opened: &Opened,
    question: &Question,
    found: Found,
    made: Option<OffsetDateTime>,
    may: bool,
) -> Result<Option<Draft>> {
    let standing = opened.answers.get(&question.id);
    let revision = standing.map_or(0, |row| row.revision);
    let current = standing.map(said_in).transpose()?;
    let place = found.cell.clone();
    let base = |verdict, proposed: Option<Value>, problem| Draft {
        place: place.clone(),
        label: question.text.clone(),
        verdict,
        question: Some(question.id.clone()),
        proposed,
        current: current.as_ref().map(as_json),
        revision,
        problem,
    };
    let reply = match found.outcome {
        Ok(reply) => reply,
        Err(problem) => return Ok(Some(base(Verdict::Invalid, None, Some(problem)))),
    };
    let said = match checked(platform, question, Said { reply, comment: found.comment }) {
        Ok(said) => said,
        Err(problem) => return Ok(Some(base(Verdict::Invalid, None, Some(problem.moved_to(found.cell))))),
    };
    // A blank cell says nothing: it never takes an answer away.
    let before = current.clone().unwrap_or(Said { reply: None, comment: None });
    let said = Said { reply: said.reply.or(before.reply.clone()), comment: said.comment.or(before.comment.clone()) };
    if said == before {
        let blank = before.reply.is_none() && before.comment.is_none();
        return Ok((!blank).then(|| base(Verdict::Unchanged, Some(as_json(&said)), None)));
    }
    if !may {
        let problem = Problem::new(place.clone(), "question-not-open");
        return Ok(Some(base(Verdict::Invalid, Some(as_json(&said)), Some(problem))));
    }
    let verdict = match standing {
        None => Verdict::New,
        Some(_) if before.reply.is_none() && before.comment.is_none() => Verdict::New,
        // The moment in a workbook counts whole seconds: an answer of the same second was in it.
        Some(row) if made.is_some_and(|made| row.changed_at < made + time::Duration::seconds(1)) => Verdict::Changed,
        Some(_) => Verdict::Conflict,
    };
    Ok(Some(base(verdict, Some(as_json(&said)), None)))
}
