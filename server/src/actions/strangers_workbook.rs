//! A workbook that we did not make: which of its rows answer our questions surely, which a person has to look at, and
//! which answer something else. Nothing is left out without a word but rows in which nobody wrote anything.

use super::content::CROSSWALKS;
use crate::error::{AppError, Result};
use crate::platform::Platform;
use crate::platform::published::{Version, authored};
use crate::platform::workbook::words;
use domain::problem::Problem;
use domain::sheet::matching::{
    Asked, By, Calibration, Contradiction, Knowledge, Thesaurus, UnmatchedRow, match_workbook,
};
use domain::sheet::own::{Found, Unknown};
use domain::sheet::{Corrections, Workbook, inspect_with};

/// What it would answer.
#[derive(Debug, Default)]
pub(super) struct Proposals {
    /// Rows that surely ask one of our questions; where their words are others than ours, these words beside each.
    pub(super) sure: Vec<(Found, Option<Problem>)>,
    /// Rows that may: what is in doubt beside each.
    pub(super) doubtful: Vec<(Found, Problem)>,
    /// Rows that ask something else.
    pub(super) unknown: Vec<Unknown>,
}

/// Matches a workbook to a published questionnaire, in all of its languages; `corrections` is what a person said of its
/// sheets.
///
/// # Errors
/// When the version is not as it was published, or a file of the installation's own words is none.
pub(super) fn read(
    platform: &Platform,
    workbook: &Workbook,
    version: &Version,
    (file, corrections): (&str, &Corrections),
) -> Result<Proposals> {
    let words = words(platform.config.overrides_dir.as_deref()).map_err(AppError::internal)?;
    let limits = platform.config.limits.answer();
    let knowledge = Knowledge {
        words: &words,
        thesaurus: Thesaurus::shipped(),
        calibration: Calibration::shipped(),
        crosswalks: &CROSSWALKS,
        limits: &limits,
    };
    let inspection = inspect_with(workbook, &words, file, "", corrections);
    let matching = match_workbook(workbook, &inspection, &authored(&version.row)?, &knowledge);
    let sure = matching.matched.into_iter().filter(|row| row.answer.is_some() || row.comment.is_some());
    let sure = sure.map(|row| {
        let words = Problem::new(row.cell.clone(), "row-asks").with("text", row.text);
        let words = (row.by != By::Text).then_some(words);
        let (question_id, outcome) = (row.question, Ok(row.answer));
        (Found { question_id, cell: row.cell, outcome, comment: row.comment, evidence: None }, words)
    });
    let mut proposals = Proposals { sure: sure.collect(), ..Proposals::default() };
    for asked in matching.asked {
        match doubtful(asked) {
            Some(Ok(row)) => proposals.doubtful.push(row),
            Some(Err(row)) => proposals.unknown.push(row),
            None => {}
        }
    }
    proposals.doubtful.extend(matching.contradictions.into_iter().map(contradicted));
    proposals.unknown.extend(matching.unmatched_rows.into_iter().filter_map(unmatched));
    Ok(proposals)
}

/// A row that may ask our question; one that may ask none of ours after all, when nobody knows which; nothing where
/// nobody answered it.
fn doubtful(row: Asked) -> Option<Result<(Found, Problem), Unknown>> {
    let given = row.given?;
    let Some(likely) = row.candidates.first() else {
        return Some(Err(Unknown { cell: row.cell, text: row.text, reason: row.why }));
    };
    let problem = |code: String| {
        let problem = Problem::new(row.cell.clone(), code).with("given", &given).with("text", &row.text);
        problem.with("percent", (likely.certainty * 100.0).round())
    };
    let outcome = match row.answer {
        Some(reply) => Ok(Some(reply)),
        // What stands there is no answer to it, whichever question it asks.
        None => Err(problem("not-an-answer-to-it".to_owned())),
    };
    let doubt = problem(row.why.clone());
    let found = Found {
        question_id: likely.question.clone(),
        cell: row.cell.clone(),
        outcome,
        comment: row.comment,
        evidence: None,
    };
    Some(Ok((found, doubt)))
}

fn contradicted(row: Contradiction) -> (Found, Problem) {
    let doubt = Problem::new(row.cell.clone(), "comment-contradicts").with("given", &row.given);
    let doubt = doubt.with("comment", row.comment.chars().take(200).collect::<String>());
    let outcome = match row.answer {
        Some(reply) => Ok(Some(reply)),
        None => Err(doubt.clone()),
    };
    let comment = Some(row.comment);
    (Found { question_id: row.question, cell: row.cell, outcome, comment, evidence: None }, doubt)
}

fn unmatched(row: UnmatchedRow) -> Option<Unknown> {
    row.given.is_some().then_some(Unknown { cell: row.cell, text: row.text, reason: row.why })
}
