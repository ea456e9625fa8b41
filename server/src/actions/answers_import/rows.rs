//! What would become of each row of a workbook.

use super::details::{Candidate, Details};
use super::read::Understood;
use super::strangers::{Left, Proposal, Proposals, order};
use super::{Verdict, as_json, reading};
use crate::actions::Act;
use crate::actions::questionnaire::Opened;
use crate::actions::save_answer::{Said, checked, said_in};
use crate::error::{AppError, Result};
use crate::platform::Platform;
use crate::platform::workbook::words;
use crate::repo::{self, VendorScope};
use domain::answer::Reply;
use domain::ids::{ImportId, ImportRowId};
use domain::problem::Problem;
use domain::questionnaire::Question;
use domain::sheet::matching::{By, Fit};
use domain::sheet::own::{Found, OwnAnswers, Unknown};
use entity::import_row;
use sea_orm::Set;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use time::OffsetDateTime;

/// Characters of a row's text that are kept as its label.
const LABEL: usize = 200;

/// A row on its way into the database.
#[derive(Debug)]
pub(in crate::actions) struct Draft {
    place: String,
    label: String,
    verdict: Verdict,
    question: Option<String>,
    proposed: Option<Value>,
    current: Option<Value>,
    revision: i64,
    problem: Option<Problem>,
    details: Details,
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
            details: Set(json!(self.details)),
            applied: Set(false),
        }
    }

    fn left_out(verdict: Verdict, left: Left) -> Self {
        Self {
            place: left.cell,
            label: left.label.chars().take(LABEL).collect(),
            verdict,
            question: None,
            proposed: None,
            current: None,
            revision: 0,
            problem: Some(left.why),
            details: left.details,
        }
    }
}

/// What would become of each row, given what stands there now; in the workbook's order.
///
/// # Errors
/// When the database holds no reply where one stands.
pub(in crate::actions) fn rows(platform: &Platform, opened: &Opened, understood: Understood) -> Result<Vec<Draft>> {
    let beside = Beside { platform, opened, reopened: opened.reopened_ids() };
    match understood {
        Understood::Own(read, made) => beside.own(read, made),
        Understood::Strangers(proposals) => beside.strangers(proposals),
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

/// A row that names a question, and what its answer is to it.
struct Answered {
    question: String,
    cell: String,
    outcome: Result<Option<Reply>, Problem>,
    comment: Option<String>,
    details: Details,
}

/// What rows are held against: the answers that stand there.
struct Beside<'a> {
    platform: &'a Platform,
    opened: &'a Opened,
    reopened: BTreeSet<String>,
}

impl Beside<'_> {
    fn own(&self, read: OwnAnswers, made: Option<OffsetDateTime>) -> Result<Vec<Draft>> {
        let mut drafts = Vec::new();
        for found in read.found {
            let Some(question) = self.opened.version.document.question(&found.question_id) else { continue };
            let refused = found.outcome.as_ref().err().cloned();
            let row = self.of_own(question, found)?;
            let Some(mut draft) = self.draft(question, row, made)? else { continue };
            let nearest = draft.details.candidates.iter().any(|only| !only.options.is_empty());
            if draft.verdict == Verdict::Invalid && refused.is_some() && nearest && self.accepts(question) {
                draft.verdict = Verdict::Ask;
            }
            drafts.push(draft);
        }
        drafts
            .extend(read.unknown.into_iter().map(|unknown| Draft::left_out(Verdict::Unknown, of_no_question(unknown))));
        Ok(drafts)
    }

    /// A row of our own workbook. What fits no option comes with the options that are nearest to it.
    fn of_own(&self, question: &Question, found: Found) -> Result<Answered> {
        let given = match &found.outcome {
            Ok(reply) => reply.as_ref().map(|reply| reply.in_words(question)),
            Err(problem) => problem.with.get("given").cloned(),
        };
        let mut details = Details {
            text: Some(question.text.clone()),
            comment: found.comment.clone(),
            certainty: Some(1.0),
            by: Some(By::HiddenId.name().to_owned()),
            given,
            ..Details::default()
        };
        if let Err(problem) = &found.outcome
            && details.given.is_some()
        {
            let words = words(self.platform.config.overrides_dir.as_deref()).map_err(AppError::internal)?;
            let limits = self.platform.config.limits.answer();
            let reader = reading(&words, &limits, &self.opened.version, false);
            let nearest = match reader.read(&question.id, details.given.as_deref(), details.comment.as_deref()) {
                Fit::Ask { nearest, .. } => nearest,
                Fit::Reply(_) | Fit::Blank => Vec::new(),
            };
            let only = Candidate {
                question: question.id.clone(),
                certainty: 1.0,
                revision: 0,
                reply: None,
                refused: Some(problem.code.clone()),
                options: nearest,
            };
            details.candidates.push(only);
        }
        let (question, cell, comment) = (found.question_id, found.cell, found.comment);
        Ok(Answered { question, cell, outcome: found.outcome, comment, details })
    }

    /// The rows of a stranger's workbook. One in doubt is asked about unless it says what stands there already; so is a
    /// suggestion.
    fn strangers(&self, proposals: Proposals) -> Result<Vec<Draft>> {
        let sheets = proposals.sheets;
        let sure = proposals.sure.into_iter().map(|row| (row, None));
        let doubtful = proposals.doubtful.into_iter().map(|row| (row, Some(Verdict::Ask)));
        let suggested = proposals.suggested.into_iter().map(|row| (row, Some(Verdict::Suggestion)));
        let mut drafts = Vec::new();
        for (row, verdict) in sure.chain(doubtful).chain(suggested) {
            drafts.extend(self.proposed(row, verdict)?);
        }
        drafts.extend(proposals.unknown.into_iter().map(|left| Draft::left_out(Verdict::Unknown, left)));
        drafts.extend(proposals.skipped.into_iter().map(|left| Draft::left_out(Verdict::Skipped, left)));
        let order = order(&sheets);
        drafts.sort_by_cached_key(|draft| {
            let (sheet, row) = row_of(&draft.place);
            (order.get(sheet).copied(), row)
        });
        Ok(drafts)
    }

    fn proposed(&self, row: Proposal, asked: Option<Verdict>) -> Result<Option<Draft>> {
        let Some(question) = self.opened.version.document.question(&row.question) else { return Ok(None) };
        let Proposal { question: id, cell, reply, beside, details } = row;
        let (comment, given) = (details.comment.clone(), details.given.is_some());
        let outcome = match (&reply, given, &beside) {
            (None, true, Some(doubt)) => Err(doubt.clone()),
            _ => Ok(reply),
        };
        let row = Answered { question: id, cell, outcome, comment, details };
        let Some(mut draft) = self.draft(question, row, None)? else { return Ok(None) };
        let can_be_asked = draft.verdict.can_apply() || draft.verdict == Verdict::Invalid && self.accepts(question);
        match asked {
            Some(verdict) if can_be_asked => {
                draft.verdict = verdict;
                draft.problem = beside;
            }
            None if draft.verdict.can_apply() => draft.problem = beside,
            _ => {}
        }
        Ok(Some(draft))
    }

    fn accepts(&self, question: &Question) -> bool {
        self.opened.state.accepts_answer(&question.id, &self.reopened)
    }

    /// What one row would do; `None` where the workbook says nothing and nothing stands there.
    fn draft(&self, question: &Question, row: Answered, made: Option<OffsetDateTime>) -> Result<Option<Draft>> {
        let Answered { question: id, cell, outcome, comment, mut details } = row;
        for candidate in &mut details.candidates {
            candidate.revision = self.opened.answers.get(&candidate.question).map_or(0, |answer| answer.revision);
        }
        let standing = self.opened.answers.get(&question.id);
        let current = standing.map(said_in).transpose()?;
        let mut draft = Draft {
            place: cell.clone(),
            label: question.text.clone(),
            verdict: Verdict::Invalid,
            question: Some(id),
            proposed: None,
            current: current.as_ref().map(as_json),
            revision: standing.map_or(0, |answer| answer.revision),
            problem: None,
            details,
        };
        let reply = match outcome {
            Ok(reply) => reply,
            Err(problem) => return Ok(Some(Draft { problem: Some(problem), ..draft })),
        };
        let said = match checked(self.platform, question, Said { reply, comment }) {
            Ok(said) => said,
            Err(problem) => return Ok(Some(Draft { problem: Some(problem.moved_to(cell)), ..draft })),
        };
        let before = current.unwrap_or_default();
        let said = said.over(&before);
        draft.proposed = Some(as_json(&said));
        if said == before {
            let blank = before.reply.is_none() && before.comment.is_none();
            return Ok((!blank).then_some(Draft { verdict: Verdict::Unchanged, ..draft }));
        }
        if !self.accepts(question) {
            return Ok(Some(Draft { problem: Some(Problem::new(cell, "question-not-open")), ..draft }));
        }
        draft.verdict = match standing {
            None => Verdict::New,
            Some(_) if before.reply.is_none() && before.comment.is_none() => Verdict::New,
            // The moment in a workbook counts whole seconds: an answer of the same second was in it.
            Some(row) if made.is_some_and(|made| row.changed_at < made + time::Duration::seconds(1)) => {
                Verdict::Changed
            }
            Some(_) => Verdict::Conflict,
        };
        Ok(Some(draft))
    }
}

/// A cell's sheet and row: rows are shown as they stand in the workbook. A sheet by itself stands before its rows.
fn row_of(place: &str) -> (&str, u32) {
    let (sheet, cell) = place.rsplit_once('!').unwrap_or((place, ""));
    (sheet, cell.trim_start_matches(|c: char| !c.is_ascii_digit()).parse().unwrap_or(0))
}

fn of_no_question(unknown: Unknown) -> Left {
    Left {
        why: Problem::new(unknown.cell.clone(), unknown.reason),
        label: unknown.text.clone(),
        details: Details { given: Some(unknown.text).filter(|text| !text.is_empty()), ..Details::default() },
        cell: unknown.cell,
    }
}
