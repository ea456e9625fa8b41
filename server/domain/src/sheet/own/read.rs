//! The answers in a workbook that we made, each with the cell that it came from.

use super::mark::{AnswerColumn, Mark, STAMP, Stamp, column_key, row_key, row_key_of, table_key_of};
use super::reply::{fold, said, same};
use super::table;
use super::words::AnswerWords;
use crate::answer::{Limits, Reply};
use crate::problem::{Problem, Problems};
use crate::questionnaire::{Document, Kind, Question};
use crate::sheet::grid::{Cell, CellValue, Row, Sheet, Workbook};
use crate::sheet::vocabulary::{HeadingWord, Vocabulary};
use std::collections::BTreeMap;

/// Rows above the first question that are looked at for headings when the keys are gone.
const LOOKED_AT: usize = 60;

/// What a workbook of ours holds.
#[derive(Clone, Debug, PartialEq)]
pub struct OwnAnswers {
    /// Whose workbook it is; none when every stamp was lost and only the rows' ids are left.
    pub stamp: Option<Stamp>,
    /// In the order of the questionnaire: every question that has a row (or, for a table, a sheet).
    pub found: Vec<Found>,
    /// Ids of questions whose rows were deleted. That is no answer, and says nothing about an earlier one.
    pub missing: Vec<String>,
    /// What was filled in and belongs to no question.
    pub unknown: Vec<Unknown>,
}

/// What stands in the row of a question.
#[derive(Clone, Debug, PartialEq)]
pub struct Found {
    /// The question.
    pub question_id: String,
    /// Where its answer stands: `Answers!D14`.
    pub cell: String,
    /// The reply, none for a blank cell; or what is wrong with it, located at the cell to correct.
    pub outcome: Result<Option<Reply>, Problem>,
    /// What was added; the reason of "not applicable" and "we decline to say" is in the reply instead.
    pub comment: Option<String>,
    /// File names or links, as they were noted.
    pub evidence: Option<String>,
}

/// Something that was filled in and belongs to no question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unknown {
    /// Where it stands.
    pub cell: String,
    /// A stable code: `unknown-question` (the id is not of this questionnaire), `no-question-id` (no id, and no question
    /// of exactly that text), `outside-the-table`.
    pub reason: String,
    /// What stands there.
    pub text: String,
}

/// Where the columns of an answer sheet are.
struct Layout<'a> {
    sheet: &'a Sheet,
    columns: BTreeMap<AnswerColumn, u32>,
    /// The rows of keys and headings.
    above: Vec<u32>,
}

/// The questions by what a row can name them with.
struct Questions<'d> {
    by_id: BTreeMap<&'d str, &'d Question>,
    /// None where several questions have the same text.
    by_text: BTreeMap<String, Option<&'d Question>>,
}

impl<'d> Questions<'d> {
    fn of(document: &'d Document) -> Self {
        let mut by_text = BTreeMap::new();
        for question in document.questions() {
            by_text.entry(fold(&question.text)).and_modify(|one| *one = None).or_insert(Some(question));
        }
        Self { by_id: document.by_id(), by_text }
    }

    fn of_text(&self, text: &str) -> Option<&'d Question> {
        self.by_text.get(&fold(text)).copied().flatten()
    }
}

/// Reads the answers of a workbook that we made for this document, whatever happened to it since.
///
/// Whether it was made for this assessment and this version is for the caller to decide, from the stamp; a row whose
/// question has changed since is reported as such in any case.
///
/// # Errors
/// `not-our-workbook` when it carries none of our marks, `stamps-disagree` when it was put together from several,
/// `answer-column-missing` when the answers cannot be found in it.
pub fn read_answers(workbook: &Workbook, document: &Document, limits: &Limits) -> Result<OwnAnswers, Problems> {
    let mark = mark(workbook)?;
    let words = mark.as_ref().map(|mark| mark.words.clone()).unwrap_or_default();
    let layouts = layouts(workbook, document, mark.as_ref())?;
    let questions = Questions::of(document);
    let mut rows: BTreeMap<&str, Vec<Found>> = BTreeMap::new();
    let mut unknown = Vec::new();
    for layout in &layouts {
        for row in layout.sheet.rows.iter().filter(|row| !layout.above.contains(&row.number)) {
            match question_of(layout, row, &questions) {
                Ok(Some((question, doubt))) => {
                    let found = found(layout, row, question, doubt, &words, limits, workbook.date_1904);
                    rows.entry(&question.id).or_default().push(found);
                }
                Ok(None) => {}
                Err(stranger) => unknown.push(stranger),
            }
        }
    }
    let mut found = Vec::new();
    let mut missing = Vec::new();
    for question in document.questions() {
        let one = rows.remove(question.id.as_str()).map(one_of);
        let one = match table::said(workbook, question, limits) {
            Some(table) => {
                unknown.extend(table.unknown);
                Some(with_table(question, one, table.cell, table.outcome))
            }
            None => one.filter(|one| !matches!((&question.kind, &one.outcome), (Kind::Table { .. }, Ok(None)))),
        };
        match one {
            Some(one) => found.push(one),
            None => missing.push(question.id.clone()),
        }
    }
    Ok(OwnAnswers { stamp: mark.map(|mark| mark.stamp), found, missing, unknown })
}

/// The stamp, wherever it stands.
fn mark(workbook: &Workbook) -> Result<Option<Mark>, Problems> {
    let mut first: Option<(Mark, String)> = None;
    for sheet in &workbook.sheets {
        for row in &sheet.rows {
            for cell in &row.cells {
                let CellValue::Text(text) = &cell.value else { continue };
                if !text.starts_with(STAMP) {
                    continue;
                }
                let at = sheet.address(row.number, cell.column);
                let Some(mark) = Mark::from_text(text) else {
                    return Err(Problems::one(Problem::new(at, "damaged-stamp")));
                };
                match &first {
                    Some((other, _)) if *other == mark => {}
                    Some((_, other)) => {
                        return Err(Problems::one(Problem::new(at, "stamps-disagree").with("other", other)));
                    }
                    None => first = Some((mark, at)),
                }
            }
        }
    }
    Ok(first.map(|(mark, _)| mark))
}

fn layouts<'a>(workbook: &'a Workbook, document: &Document, mark: Option<&Mark>) -> Result<Vec<Layout<'a>>, Problems> {
    let by_id = document.by_id();
    let mut layouts = Vec::new();
    let mut lost = None;
    for sheet in &workbook.sheets {
        let ids = sheet.rows.iter().flat_map(|row| row.cells.iter().map(move |cell| (row, cell)));
        let first_id = ids.clone().find(|(_, cell)| {
            cell.value.text().and_then(|text| row_key(&text)).is_some_and(|key| by_id.contains_key(key.id.as_str()))
        });
        let layout = by_keys(sheet).or_else(|| {
            let (row, cell) = first_id?;
            by_headings(sheet, row.number, cell.column, mark)
        });
        match (layout, first_id) {
            (Some(layout), _) => layouts.push(layout),
            (None, Some((row, cell))) => lost = lost.or(Some(sheet.address(row.number, cell.column))),
            (None, None) => {}
        }
    }
    let tables = || {
        let texts = workbook.sheets.iter().flat_map(|sheet| sheet.rows.iter().flat_map(|row| &row.cells));
        texts.filter_map(|cell| cell.value.text()).any(|text| table_key_of(&text).is_some())
    };
    match lost {
        Some(at) => Err(Problems::one(Problem::new(at, "answer-column-missing"))),
        None if layouts.is_empty() && mark.is_some() && !tables() => {
            Err(Problems::one(Problem::new("", "answer-column-missing")))
        }
        None if layouts.is_empty() && mark.is_none() && !tables() => {
            Err(Problems::one(Problem::new("", "not-our-workbook")))
        }
        None => Ok(layouts),
    }
}

/// By the hidden row of keys, wherever it stands.
fn by_keys(sheet: &Sheet) -> Option<Layout<'_>> {
    let (keyed, columns) = sheet.rows.iter().find_map(|row| {
        let keys = keys_of(row);
        keys.contains_key(&AnswerColumn::Answer).then_some((row.number, keys))
    })?;
    // Sorting can part the headings from the keys: the stamp shows which row they are.
    let headings = sheet.rows.iter().filter(|row| is_stamped(row, &columns)).map(|row| row.number);
    let above = std::iter::once(keyed).chain(headings).collect();
    Some(Layout { sheet, columns, above })
}

/// The columns that a row of keys names.
pub(super) fn keys_of(row: &Row) -> BTreeMap<AnswerColumn, u32> {
    row.cells.iter().filter_map(|cell| Some((column_key(&cell.value.text()?)?, cell.column))).collect()
}

/// The row of headings holds the stamp in the column of ids.
pub(super) fn is_stamped(row: &Row, columns: &BTreeMap<AnswerColumn, u32>) -> bool {
    columns.get(&AnswerColumn::Id).and_then(|id| row.text(*id)).is_some_and(|text| text.starts_with(STAMP))
}

/// By the visible headings above the first id: those that the stamp names, else those that are known.
fn by_headings<'a>(sheet: &'a Sheet, first: u32, id: u32, mark: Option<&Mark>) -> Option<Layout<'a>> {
    for row in sheet.rows.iter().take_while(|row| row.number < first).take(LOOKED_AT) {
        let texts: BTreeMap<u32, String> =
            row.cells.iter().filter_map(|cell| Some((cell.column, cell.value.text()?.into_owned()))).collect();
        let named = mark.map(|mark| &mark.headings).filter(|headings| !headings.is_empty());
        let mut columns: BTreeMap<AnswerColumn, u32> = match named {
            Some(headings) => headings
                .iter()
                .filter_map(|(column, heading)| Some((*column, *texts.iter().find(|(_, text)| same(text, heading))?.0)))
                .collect(),
            None => {
                let roles = [
                    (AnswerColumn::Question, HeadingWord::Question),
                    (AnswerColumn::Answer, HeadingWord::Answer),
                    (AnswerColumn::Comment, HeadingWord::Comment),
                    (AnswerColumn::Evidence, HeadingWord::Evidence),
                ];
                roles.into_iter().filter_map(|(column, word)| Some((column, best(&texts, word)?))).collect()
            }
        };
        columns.insert(AnswerColumn::Id, id);
        if columns.contains_key(&AnswerColumn::Answer) && columns.contains_key(&AnswerColumn::Question) {
            return Some(Layout { sheet, columns, above: vec![row.number] });
        }
    }
    None
}

/// The column whose heading says this best.
fn best(texts: &BTreeMap<u32, String>, wanted: HeadingWord) -> Option<u32> {
    let fit = |text: &str| {
        let meanings = Vocabulary::shipped().meanings(text);
        meanings.iter().find(|meaning| meaning.word == wanted).map(|meaning| meaning.fit)
    };
    let fitting = texts.iter().filter_map(|(column, text)| Some((fit(text)?, *column)));
    fitting.max_by_key(|(fit, column)| (*fit, std::cmp::Reverse(*column))).map(|(_, column)| column)
}

/// The question that a row answers, with a doubt about it; none for a row with nothing filled in that belongs to no
/// question, such as a section's title.
fn question_of<'d>(
    layout: &Layout<'_>,
    row: &Row,
    questions: &Questions<'d>,
) -> Result<Option<(&'d Question, Option<&'static str>)>, Unknown> {
    let text = |column| layout.columns.get(&column).and_then(|at| row.text(*at));
    let by_text = text(AnswerColumn::Question).and_then(|text| questions.of_text(&text));
    let key = text(AnswerColumn::Id).and_then(|text| row_key(&text));
    if let Some(key) = &key
        && let Some(question) = questions.by_id.get(key.id.as_str()).copied()
    {
        let doubt = if row_key_of(question) != format!("{}#{}", key.id, key.checksum) {
            Some("question-changed")
        } else if by_text.is_some_and(|other| other.id != question.id && !same(&other.text, &question.text)) {
            Some("id-and-question-disagree")
        } else {
            None
        };
        return Ok(Some((question, doubt)));
    }
    let filled = [AnswerColumn::Answer, AnswerColumn::Comment].into_iter().find_map(|column| {
        let at = *layout.columns.get(&column)?;
        let cell = row.cell(at)?;
        let text = cell.value.text().map_or_else(String::new, |text| text.into_owned());
        Some((layout.sheet.address(row.number, at), text))
    });
    match (key, by_text, filled) {
        (None, Some(question), _) => Ok(Some((question, None))),
        (_, _, None) => Ok(None),
        (Some(_), _, Some((cell, text))) => Err(Unknown { cell, reason: "unknown-question".into(), text }),
        (None, None, Some((cell, text))) => Err(Unknown { cell, reason: "no-question-id".into(), text }),
    }
}

fn found(
    layout: &Layout<'_>,
    row: &Row,
    question: &Question,
    doubt: Option<&'static str>,
    words: &AnswerWords,
    limits: &Limits,
    date_1904: bool,
) -> Found {
    let at = |column| layout.columns.get(&column).copied();
    let place = |column| layout.sheet.address(row.number, at(column).or(at(AnswerColumn::Answer)).unwrap_or(1));
    let cell = place(AnswerColumn::Answer);
    let answer: Option<&Cell> = at(AnswerColumn::Answer).and_then(|column| row.cell(column));
    let problem = |problem: Problem| {
        let place = if problem.code == "reason-required" { place(AnswerColumn::Comment) } else { cell.clone() };
        problem.moved_to(place).with("question", &question.id)
    };
    let comment = comment(layout, row, limits);
    let outcome = match (doubt, &comment) {
        (Some(doubt), _) => Err(Problem::new(cell.clone(), doubt).with("question", &question.id)),
        (None, Err(wrong)) => Err(wrong.clone().with("question", &question.id)),
        (None, Ok(comment)) => said(question, answer, comment.clone(), words, limits, date_1904).map_err(problem),
    };
    let (outcome, comment) = match outcome {
        Ok(said) => (Ok(said.reply), said.comment),
        Err(problem) => (Err(problem), comment.ok().flatten()),
    };
    let evidence = at(AnswerColumn::Evidence).and_then(|column| row.text(column)).map(|text| text.into_owned());
    Found { question_id: question.id.clone(), cell, outcome, comment, evidence }
}

/// The comment cell's text.
fn comment(layout: &Layout<'_>, row: &Row, limits: &Limits) -> Result<Option<String>, Problem> {
    let Some(column) = layout.columns.get(&AnswerColumn::Comment).copied() else { return Ok(None) };
    let Some(cell) = row.cell(column) else { return Ok(None) };
    let at = || layout.sheet.address(row.number, column);
    match &cell.value {
        CellValue::NotComputed => Err(Problem::new(at(), "formula-without-value")),
        CellValue::Error(error) => Err(Problem::new(at(), "error-cell").with("given", error)),
        value => {
            let text = value.text().unwrap_or_default().replace("\r\n", "\n");
            let length = text.chars().count();
            // Twice: a reason and a comment can share the cell.
            if length > limits.comment * 2 {
                return Err(Problem::new(at(), "too-long").with("most", limits.comment).with("given", length));
            }
            Ok(Some(text).filter(|text| !text.is_empty()))
        }
    }
}

/// One of several rows with the same id: the only filled one, or the first of equal ones.
fn one_of(mut rows: Vec<Found>) -> Found {
    let blank = |found: &Found| matches!(found.outcome, Ok(None)) && found.comment.is_none();
    if !rows.iter().all(blank) {
        rows.retain(|found| !blank(found));
    }
    let mut rows = rows.into_iter();
    let mut first = rows.next().expect("a list is made with its first row");
    if let Some(other) = rows.find(|other| (&other.outcome, &other.comment) != (&first.outcome, &first.comment)) {
        let problem = Problem::new(first.cell.clone(), "answered-twice").with("other", &other.cell);
        first.outcome = Err(problem.with("question", &first.question_id));
    }
    first
}

/// A table question: the rows of its sheet, or words such as "not applicable" on the answer sheet, not both.
fn with_table(question: &Question, row: Option<Found>, cell: String, outcome: Result<Option<Reply>, Problem>) -> Found {
    let nothing = |cell: String| Found {
        question_id: question.id.clone(),
        cell,
        outcome: Ok(None),
        comment: None,
        evidence: None,
    };
    let row = row.unwrap_or_else(|| nothing(cell.clone()));
    match (&row.outcome, outcome) {
        (Ok(None), outcome) => Found { cell, outcome, ..row },
        (_, Ok(None)) => row,
        (_, _) => {
            let problem = Problem::new(row.cell.clone(), "answered-twice").with("other", cell);
            Found { outcome: Err(problem.with("question", &question.id)), ..row }
        }
    }
}
