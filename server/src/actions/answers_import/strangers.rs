//! A workbook that we did not make: which of its rows answer our questions surely, which a person has to look at, which
//! are suggestions, and which are left out. Every row of it stands somewhere, with the reason.

use super::details::{Candidate, Details};
use crate::actions::content::CROSSWALKS;
use crate::error::{AppError, Result};
use crate::platform::Platform;
use crate::platform::published::{Version, authored};
use crate::platform::workbook::words;
use domain::answer::Reply;
use domain::problem::Problem;
use domain::sheet::matching::{
    Asked, By, Calibration, CandidateQuestion, Contradiction, Knowledge, Matched, Suggested, Thesaurus, UnmatchedRow,
    match_workbook,
};
use domain::sheet::{Inspection, Role, Workbook};
use std::collections::BTreeMap;

/// Below this certainty a question is offered only as the likeliest one.
const WORTH_SHOWING: f64 = 0.02;
/// Characters of a passed-over row that are shown.
const SHOWN: usize = 200;

/// What it would answer.
#[derive(Debug, Default)]
pub(in crate::actions) struct Proposals {
    /// Rows that surely ask one of our questions; where their words are others than ours, these words beside each.
    pub(super) sure: Vec<Proposal>,
    /// Rows that may: what is in doubt beside each.
    pub(super) doubtful: Vec<Proposal>,
    /// Rows of another questionnaire, once for each question that they are suggested for.
    pub(super) suggested: Vec<Proposal>,
    /// Rows that ask something else.
    pub(super) unknown: Vec<Left>,
    /// Rows and sheets that ask nothing, and rows that nobody answered.
    pub(super) skipped: Vec<Left>,
    /// Names of the sheets, in the file's order.
    pub(super) sheets: Vec<String>,
}

/// A row with the question that it answers, or may.
#[derive(Debug)]
pub(super) struct Proposal {
    pub(super) question: String,
    pub(super) cell: String,
    pub(super) reply: Option<Reply>,
    pub(super) beside: Option<Problem>,
    pub(super) details: Details,
}

/// A row that is left out.
#[derive(Debug)]
pub(super) struct Left {
    pub(super) cell: String,
    pub(super) label: String,
    pub(super) why: Problem,
    pub(super) details: Details,
}

/// Matches a workbook to a published questionnaire, in all of its languages.
///
/// # Errors
/// When the version is not as it was published, or a file of the installation's own words is none.
pub(super) fn read(
    platform: &Platform,
    workbook: &Workbook,
    inspection: &Inspection,
    version: &Version,
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
    let matching = match_workbook(workbook, inspection, &authored(&version.row)?, &knowledge);
    let sheets = inspection.sheets.iter().map(|sheet| sheet.name.clone()).collect();
    let mut proposals = Proposals { sheets, ..Proposals::default() };
    for row in matching.matched {
        match row.answer.is_some() || row.comment.is_some() {
            true => proposals.sure.push(sure(row)),
            false => proposals.skipped.push(blank(row.cell, row.text)),
        }
    }
    for row in matching.asked {
        match (row.given.is_some(), row.candidates.is_empty()) {
            (true, false) => proposals.doubtful.push(doubtful(row)),
            (true, true) => {
                let why = Problem::new(row.cell.clone(), row.why.as_str());
                let details = said(row.text.clone(), row.given, row.comment);
                proposals.unknown.push(Left { cell: row.cell, label: row.text, why, details });
            }
            (false, _) => proposals.skipped.push(blank(row.cell, row.text)),
        }
    }
    proposals.doubtful.extend(matching.contradictions.into_iter().map(contradicted));
    for row in matching.suggested {
        match row.given.is_some() {
            true => proposals.suggested.extend(suggested(row)),
            false => proposals.skipped.push(blank(row.cell, row.text)),
        }
    }
    for row in matching.unmatched_rows {
        match row.given.is_some() {
            true => proposals.unknown.push(unmatched(row)),
            false => proposals.skipped.push(blank(row.cell, row.text)),
        }
    }
    for row in matching.skipped {
        let cell = format!("{}!{}", row.sheet, row.row);
        let why = Problem::new(cell.clone(), "row-skipped").with("reason", row.reason);
        let label = text_of(workbook, &row.sheet, row.row);
        proposals.skipped.push(Left { cell, label, why, details: Details::default() });
    }
    proposals.skipped.extend(other_sheets(inspection));
    Ok(proposals)
}

fn said(text: String, given: Option<String>, comment: Option<String>) -> Details {
    Details { text: Some(text), given, comment, ..Details::default() }
}

/// A question of the workbook that nobody answered there.
fn blank(cell: String, text: String) -> Left {
    let why = Problem::new(cell.clone(), "row-blank");
    Left { cell, label: text.clone(), why, details: said(text, None, None) }
}

fn sure(row: Matched) -> Proposal {
    let words = Problem::new(row.cell.clone(), "row-asks").with("text", &row.text);
    Proposal {
        beside: (row.by != By::Text).then_some(words),
        details: Details {
            certainty: Some(row.certainty),
            by: Some(row.by.name().to_owned()),
            ..said(row.text, row.given, row.comment)
        },
        question: row.question,
        cell: row.cell,
        reply: row.answer,
    }
}

fn candidate(found: CandidateQuestion) -> Candidate {
    Candidate {
        question: found.question,
        certainty: found.certainty,
        revision: 0,
        reply: found.answer,
        refused: found.refused,
        options: found.options,
    }
}

/// A row that may ask several of our questions.
fn doubtful(row: Asked) -> Proposal {
    let likely = row.candidates.first().map_or(0.0, |likely| likely.certainty);
    let doubt = Problem::new(row.cell.clone(), row.why.as_str()).with("text", &row.text);
    let doubt = doubt.with("given", row.given.as_deref().unwrap_or_default());
    Proposal {
        question: row.candidates.first().map(|likely| likely.question.clone()).unwrap_or_default(),
        beside: Some(doubt.with("percent", (likely * 100.0).round())),
        reply: row.answer,
        details: Details {
            certainty: Some(likely),
            by: Some(By::Similarity.name().to_owned()),
            candidates: row.candidates.into_iter().enumerate().filter(worth).map(|(_, one)| candidate(one)).collect(),
            ..said(row.text, row.given, row.comment)
        },
        cell: row.cell,
    }
}

/// The likeliest question, and others that are not all but excluded.
fn worth((n, one): &(usize, CandidateQuestion)) -> bool {
    *n == 0 || one.certainty >= WORTH_SHOWING
}

fn contradicted(row: Contradiction) -> Proposal {
    let doubt = Problem::new(row.cell.clone(), "comment-contradicts").with("given", &row.given);
    let only = Candidate {
        question: row.question.clone(),
        certainty: row.certainty,
        revision: 0,
        refused: row.answer.is_none().then(|| "not-an-option".to_owned()),
        reply: row.answer.clone(),
        options: Vec::new(),
    };
    Proposal {
        question: row.question,
        beside: Some(doubt.with("comment", row.comment.chars().take(SHOWN).collect::<String>())),
        reply: row.answer,
        details: Details {
            certainty: Some(row.certainty),
            by: Some(row.by.name().to_owned()),
            candidates: vec![only],
            ..said(row.text, Some(row.given), Some(row.comment))
        },
        cell: row.cell,
    }
}

/// One proposal for each question that the row may say something to.
fn suggested(row: Suggested) -> impl Iterator<Item = Proposal> {
    let Suggested { cell, text, given, comment, questions, by_way, .. } = row;
    questions.into_iter().map(move |found| {
        let shared = found.shared.clone();
        let beside = match shared.is_empty() {
            true => Problem::new(cell.clone(), "suggested-by-text"),
            false => Problem::new(cell.clone(), "suggested-by-control").with("controls", shared.join(", ")),
        };
        let by = if shared.is_empty() { By::Similarity } else { By::Control };
        Proposal {
            question: found.question.clone(),
            cell: cell.clone(),
            reply: found.answer.clone(),
            beside: Some(beside.with("text", &text)),
            details: Details {
                certainty: Some(found.certainty),
                by: Some(by.name().to_owned()),
                shared,
                by_way: Some(by_way.clone()),
                candidates: vec![candidate(found)],
                ..said(text.clone(), given.clone(), comment.clone())
            },
        }
    })
}

fn unmatched(row: UnmatchedRow) -> Left {
    let why = Problem::new(row.cell.clone(), row.why.as_str());
    let label = if row.text.is_empty() { row.given.clone().unwrap_or_default() } else { row.text.clone() };
    Left { cell: row.cell, label, why, details: said(row.text, row.given, row.comment) }
}

/// The texts of a row, one after the other.
fn text_of(workbook: &Workbook, sheet: &str, row: u32) -> String {
    let sheet = workbook.sheets.iter().find(|known| known.name == sheet);
    let row = sheet.and_then(|sheet| sheet.rows.iter().find(|known| known.number == row));
    let texts = row.into_iter().flat_map(|row| row.cells.iter().filter_map(|cell| row.text(cell.column)));
    let all: Vec<String> = texts.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty()).collect();
    all.join(" · ").chars().take(SHOWN).collect()
}

/// Sheets of which nothing was read, each with what it was taken for.
fn other_sheets(inspection: &Inspection) -> impl Iterator<Item = Left> {
    let others = inspection.sheets.iter().filter(|sheet| sheet.items.is_none() && sheet.range.is_some());
    others.map(|sheet| {
        let code = match (sheet.visible, sheet.role) {
            (false, _) => "sheet-hidden",
            (true, Role::Questionnaire) => "sheet-without-questions",
            (true, _) => "sheet-asks-nothing",
        };
        let why = Problem::new(sheet.name.clone(), code).with("reason", &sheet.reason);
        Left { cell: sheet.name.clone(), label: sheet.name.clone(), why, details: Details::default() }
    })
}

/// Where each sheet stands in the file.
pub(super) fn order(sheets: &[String]) -> BTreeMap<&str, usize> {
    sheets.iter().zip(0..).map(|(name, n)| (name.as_str(), n)).collect()
}
