//! What a sheet is once a person said something of it: what is said is so, the rest is found.

use super::assign::Assigned;
use super::columns::ColumnRole;
use super::corrections::Said;
use super::doubt::Doubt;
use super::grid::Workbook;
use super::header::{self, Header};
use super::role::{self, Role, Understood};
use super::tables::{self, Questions};
use super::view::View;
use super::vocabulary::Vocabulary;
use std::collections::BTreeMap;

/// The reason of what a person said.
pub(super) const SAID: &str = "a person said so";
/// Characters of a text that can be a heading over questions.
const LONGEST_HEADING: usize = 100;

/// Finds out what a sheet is for, with what a person said of it.
pub(super) fn understand(view: &View<'_>, workbook: &Workbook, words: &Vocabulary, said: &Said) -> Understood {
    match said.role {
        Some(role) if role != Role::Questionnaire => {
            let header = headers(view, said).and_then(|headers| headers.into_iter().next());
            let header = header.or_else(|| header::of_records(view, words).map(|(_, header)| header));
            let understood = Understood::said(role);
            return match header.filter(|header| !header.rows.is_empty()) {
                Some(header) => understood.with_header(header),
                None => understood,
            };
        }
        _ => {}
    }
    let questions = questions(view, words, said);
    if said.asks() {
        return asking(Understood::said(Role::Questionnaire), questions, said);
    }
    let mut found = role::found(view, workbook, words);
    if let Some(questions) = questions.as_ref().filter(|_| said.headers.is_some() || found.role == Role::Questionnaire)
        && let Some((certainty, reason)) = role::asks(view.sheet, questions, words)
    {
        return Understood::new(Role::Questionnaire, certainty, reason).with_questions(questions.clone());
    }
    if found.role == Role::Questionnaire {
        found.questions = None;
        found.doubts.retain(|doubt| doubt.about == "role");
        return asking(found, questions, said);
    }
    if let Some(header) = headers(view, said).and_then(|headers| headers.into_iter().next()) {
        found.header = Some(header).filter(|header| !header.rows.is_empty());
    }
    found
}

/// A questionnaire with its tables; without any, a person is asked where its questions stand.
fn asking(understood: Understood, questions: Option<Questions>, said: &Said) -> Understood {
    match questions {
        Some(questions) => understood.with_questions(questions),
        None => {
            let mut understood = understood;
            let about = if said.headers.is_some() { ColumnRole::Question.name() } else { "header" };
            understood.doubts.push(Doubt::missing(about, "nothing here looks like questions"));
            understood
        }
    }
}

/// The headers that a person pointed at; where there are none, an empty one.
fn headers(view: &View<'_>, said: &Said) -> Option<Vec<Header>> {
    let runs = said.headers.as_ref()?;
    if runs.is_empty() {
        return Some(vec![none()]);
    }
    Some(runs.iter().map(|rows| header::at(view, rows)).collect())
}

fn none() -> Header {
    Header { rows: Vec::new(), headings: BTreeMap::new() }
}

/// The tables under the headers that a person pointed at; else under those that are found, with what is said of columns.
fn questions(view: &View<'_>, words: &Vocabulary, said: &Said) -> Option<Questions> {
    if let Some(headers) = headers(view, said) {
        return tables::under(view, headers, words, said);
    }
    if let Some(questions) = tables::of_questions(view, words, said) {
        return Some(questions);
    }
    let question = said.all(ColumnRole::Question).first().copied();
    let heading = |header: &Header| {
        question.is_none_or(|column| {
            let text = header.lowest(column).unwrap_or_default();
            !words.asks(text) && text.chars().count() <= LONGEST_HEADING
        })
    };
    let header = header::of_records(view, words).map(|(_, header)| header).filter(heading);
    let unsure = header.is_none() || question.is_none();
    let mut questions = tables::under(view, vec![header.unwrap_or_else(none)], words, said)?;
    if unsure {
        let main = questions.main;
        let Assigned { doubts, .. } = &mut questions.blocks[main].assigned;
        doubts.push(Doubt::note("no heading names the columns; they were found by what their cells hold"));
    }
    Some(questions)
}
