//! What other sheets of a workbook say about the answers on one: kinds of answers with their options, what codes stand
//! for, questions whose formulas lost their values.

use super::grid::{CellValue, Row, Sheet, Workbook};
use super::view::clean;
use super::vocabulary::{HeadingWord, Vocabulary};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Rows of a sheet in which a header of such lists stands.
const HEADER_ROWS: usize = 20;
/// Rows of a sheet in which codes are explained.
const LEGEND_ROWS: usize = 1_000;
/// Characters that a code has at most.
const LONGEST_CODE: usize = 3;

/// The options of each kind of answer that some other sheet explains, when it explains all of these.
pub(super) fn kinds(
    given: &BTreeSet<String>,
    workbook: &Workbook,
    own: &str,
    words: &Vocabulary,
) -> Option<BTreeMap<String, Vec<String>>> {
    if given.is_empty() {
        return None;
    }
    workbook.sheets.iter().filter(|other| other.name != own).find_map(|other| {
        let (first, entries) = other.rows.split_first()?;
        let explaining = |cell: &&super::grid::Cell| {
            cell.value.text().is_some_and(|text| words.meanings(&text).iter().any(|m| m.word == HeadingWord::Options))
        };
        let explained = first.cells.iter().rfind(explaining)?.column;
        let code = first.cells.first()?.column;
        let codes: BTreeMap<String, Vec<String>> = entries
            .iter()
            .filter_map(|row| {
                let lines = row.text(explained).unwrap_or_default();
                let options = lines.lines().map(|line| line.trim().to_owned()).filter(|line| !line.is_empty());
                Some((row.text(code)?.into_owned(), options.collect()))
            })
            .collect();
        given.iter().all(|text| codes.contains_key(text)).then_some(codes)
    })
}

/// What codes such as 1 / 0 / 2 stand for, wherever the workbook explains them: `1 = Yes` in a text, or the code in one
/// cell and the word in the next. Only codes that are used.
pub(super) fn legend(
    used: &BTreeSet<String>,
    workbook: &Workbook,
    skip: (&str, &BTreeSet<u32>),
    words: &Vocabulary,
) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    for sheet in &workbook.sheets {
        for row in
            sheet.rows.iter().take(LEGEND_ROWS).filter(|row| sheet.name != skip.0 || !skip.1.contains(&row.number))
        {
            for (n, cell) in row.cells.iter().enumerate() {
                let Some(text) = cell.value.text() else { continue };
                if text.chars().count() <= LONGEST_CODE {
                    let beside = row
                        .cells
                        .get(n + 1)
                        .filter(|next| next.column == cell.column + 1)
                        .and_then(|next| next.value.text());
                    if let Some(word) = beside.filter(|word| {
                        used.contains(text.as_ref())
                            && word.chars().count() <= 60
                            && words.leading_answer(word).is_some()
                    }) {
                        found.entry(text.into_owned()).or_insert_with(|| clean(&word));
                    }
                } else if matches!(cell.value, CellValue::Text(_)) && text.len() <= 2_000 {
                    explained(&text, used, words, &mut found);
                }
            }
        }
    }
    found
}

/// `1 = Yes, 0 = No; 2 – not applicable`.
fn explained(text: &str, used: &BTreeSet<String>, words: &Vocabulary, found: &mut BTreeMap<String, String>) {
    for part in text.split(['\n', ',', ';', '|', '，', '；', '、', '(', ')']) {
        let part = part.trim();
        let found_at = part.find(['=', '＝', '→']).or_else(|| part.find([':', '-', '–', '—', '：']));
        let Some(at) = found_at else { continue };
        let code = part[..at].trim();
        let code = code.rsplit([' ', ':', '：']).next().unwrap_or(code);
        let word =
            part[at..].trim_start_matches(['=', ':', '-', '–', '—', '：', '＝', '→', '>', ' ']).trim_end_matches('.');
        let short = code.chars().count() <= LONGEST_CODE && !word.is_empty() && word.chars().count() <= 60;
        if short && used.contains(code) && words.leading_answer(word).is_some() {
            found.entry(code.to_owned()).or_insert_with(|| word.to_owned());
        }
    }
}

/// What a workbook says of its questions on other sheets, by their ids.
#[derive(Default)]
pub(super) struct Known {
    /// The texts.
    pub(super) questions: HashMap<String, String>,
    /// The answers that count as good.
    pub(super) wanted: HashMap<String, String>,
}

/// Reads the sheets that list all questions with their ids, hidden ones too.
pub(super) fn known(workbook: &Workbook, wanted_headings: &[String], words: &Vocabulary) -> Known {
    let mut known = Known::default();
    for sheet in &workbook.sheets {
        for header in sheet.rows.iter().take(HEADER_ROWS) {
            let Some((id, question)) = id_and_question(header, words) else { continue };
            let wanted = header.cells.iter().find(|cell| {
                cell.value.text().is_some_and(|text| wanted_headings.contains(&super::vocabulary::plain(&text)))
            });
            for row in sheet.rows.iter().filter(|row| row.number > header.number) {
                read(row, id, question, wanted.map(|cell| cell.column), &mut known);
            }
            break;
        }
    }
    known
}

fn read(row: &Row, id: u32, question: u32, wanted: Option<u32>, known: &mut Known) {
    let Some(id) = row.text(id).map(|text| text.into_owned()) else { return };
    if let Some(text) = row.text(question) {
        known.questions.entry(id.clone()).or_insert_with(|| clean(&text));
    }
    if let Some(text) = wanted.and_then(|column| row.text(column)) {
        known.wanted.entry(id).or_insert_with(|| clean(&text));
    }
}

fn id_and_question(row: &Row, words: &Vocabulary) -> Option<(u32, u32)> {
    let column = |wanted: HeadingWord| {
        let means = |cell: &&super::grid::Cell| {
            cell.value.text().is_some_and(|text| {
                text.chars().count() <= 60 && words.meanings(&text).iter().any(|m| m.word == wanted && m.fit >= 450)
            })
        };
        row.cells.iter().find(means).map(|cell| cell.column)
    };
    let (id, question) = (column(HeadingWord::Id)?, column(HeadingWord::Question)?);
    (id != question).then_some((id, question))
}

/// Whether a sheet holds formulas without values in a column.
pub(super) fn lost_values(sheet: &Sheet, column: u32) -> bool {
    sheet.rows.iter().any(|row| row.cell(column).is_some_and(|cell| matches!(cell.value, CellValue::NotComputed)))
}
