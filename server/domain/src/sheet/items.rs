//! The questions of a sheet, row by row, and the rows between them that are none.

use super::columns::{ColumnRole, Columns};
use super::grid::{Row, Sheet, Workbook};
use super::header::Header;
use super::headings::Headings;
use super::inspect::{Item, Skipped};
use super::own;
use std::collections::{BTreeMap, BTreeSet};

/// Cells that hold the same choice before it can be a default that nobody chose.
const FEWEST_DEFAULTS: usize = 3;

/// What a sheet asks.
pub(super) struct Asked {
    pub(super) items: Vec<Item>,
    pub(super) skipped: Vec<Skipped>,
    pub(super) defaulted: bool,
}

/// Reads the questions under a header. `columns` is corrected where the cells contradict the headings.
pub(super) fn read(
    sheet: &Sheet,
    workbook: &Workbook,
    header: &Header,
    columns: &mut Columns,
    words: &Headings,
) -> Asked {
    let Some(question_column) = columns.of(ColumnRole::Question) else {
        return Asked { items: Vec::new(), skipped: Vec::new(), defaulted: false };
    };
    let ours = own::kind_of(sheet).is_some();
    let body: Vec<&Row> = sheet.rows.iter().filter(|row| row.number > header.row).collect();
    let asked: Vec<&Row> = body.iter().copied().filter(|row| row.text(question_column).is_some()).collect();
    correct_id(&asked, header, columns);
    let types = correct_answer(&asked, sheet, workbook, columns, words);
    let ids_are_usual = columns.of(ColumnRole::Id).is_some_and(|id| filled(&asked, id) * 2 > asked.len());
    let sections_stand_in_rows = columns.all(ColumnRole::Section).iter().all(|c| filled(&asked, *c) * 2 < asked.len());
    let mut heading: Option<String> = None;
    let is_asked = |row: &Row| {
        let id = columns.of(ColumnRole::Id).and_then(|column| row.text(column));
        !ours || id.is_some_and(|id| own::row_key(&id).is_some())
    };
    let mut items = Vec::new();
    let mut skipped = Vec::new();
    for row in body {
        let skip = |reason: &str| Skipped { row: row.number, reason: reason.to_owned() };
        if header.repeats.contains(&row.number) {
            let title = row.cells.first().and_then(|cell| cell.value.text());
            heading =
                title.filter(|text| header.headings.values().all(|h| h != text)).map(|t| t.into_owned()).or(heading);
            skipped.push(skip("the header again"));
        } else if let Some(question) = row.text(question_column).filter(|_| is_asked(row)) {
            let id = columns.of(ColumnRole::Id).and_then(|column| row.text(column));
            if ids_are_usual && id.is_none() && row.cells.len() == 1 && !question.contains(['?', '？']) {
                heading = Some(question.into_owned());
                skipped.push(skip("a heading"));
                continue;
            }
            let mut item = item(sheet, row, columns, question_column, words);
            if sections_stand_in_rows {
                item.section = item.section.or_else(|| heading.clone());
            }
            if item.options.is_none() {
                let kind = columns.of(ColumnRole::Options).and_then(|column| row.text(column));
                item.options = kind.and_then(|kind| types.get(kind.as_ref()).cloned());
            }
            items.push(item);
        } else if is_heading(row, columns) {
            heading = if ours { first_text(row) } else { longest_text(row) };
            skipped.push(skip("a heading"));
        } else {
            skipped.push(skip("no question in this row"));
        }
    }
    if let Some(last) = items.last().map(|item: &Item| item.row) {
        skipped.retain(|skipped| skipped.row < last);
    }
    let first = items.first().map_or(u32::MAX, |item: &Item| item.row);
    skipped.retain(|skipped| skipped.row > first);
    let defaulted = is_defaulted(sheet, &items, columns, words);
    Asked { items, skipped, defaulted }
}

fn item(sheet: &Sheet, row: &Row, columns: &Columns, question_column: u32, words: &Headings) -> Item {
    let text = |role| columns.of(role).and_then(|column| row.text(column)).map(|text| text.into_owned());
    let answer_column = columns.of(ColumnRole::Answer);
    let levels = columns.all(ColumnRole::Section).iter().filter_map(|column| row.text(*column));
    let section = levels.collect::<Vec<_>>().join(" / ");
    Item {
        cell: sheet.address(row.number, answer_column.unwrap_or(question_column)),
        row: row.number,
        id: text(ColumnRole::Id).map(|id| own::row_key(&id).map_or(id.clone(), |key| key.id)),
        section: Some(section).filter(|section| !section.is_empty()),
        question: text(ColumnRole::Question).unwrap_or_default(),
        answer: text(ColumnRole::Answer).filter(|answer| !words.is_placeholder(answer)),
        comment: text(ColumnRole::Comment),
        options: answer_column.and_then(|column| sheet.options(row.number, column)).map(<[String]>::to_vec),
        echo_of: None,
    }
}

fn filled(rows: &[&Row], column: u32) -> usize {
    rows.iter().filter(|row| row.text(column).is_some()).count()
}

/// A heading names ids, its column is empty, and the next column, which no known heading claims, holds a different
/// code in every row: the header slipped by one column.
fn correct_id(rows: &[&Row], header: &Header, columns: &mut Columns) {
    let Some(named) = columns.of(ColumnRole::Id) else { return };
    if rows.is_empty() || filled(rows, named) > 0 {
        return;
    }
    let is_code = |text: &str| text.len() <= 64 && !text.contains(char::is_whitespace);
    let slipped =
        [named + 1, named.saturating_sub(1)].into_iter().filter(|c| *c > 0 && !columns.uses(*c)).find(|column| {
            let codes: Vec<_> = rows.iter().filter_map(|row| row.text(*column)).collect();
            let distinct: BTreeSet<_> = codes.iter().collect();
            codes.len() * 10 >= rows.len() * 9
                && distinct.len() == codes.len()
                && codes.iter().all(|code| is_code(code))
        });
    debug_assert!(header.headings.contains_key(&named), "a role comes from a heading");
    columns.set(ColumnRole::Id, slipped);
}

/// A column that is headed "answer" and holds the codes of a sheet that explains kinds of answers is no answer.
/// Gives what each code lets one choose from.
fn correct_answer(
    rows: &[&Row],
    sheet: &Sheet,
    workbook: &Workbook,
    columns: &mut Columns,
    words: &Headings,
) -> BTreeMap<String, Vec<String>> {
    let Some(answer) = columns.of(ColumnRole::Answer) else { return BTreeMap::new() };
    let given: BTreeSet<String> =
        rows.iter().filter_map(|row| row.text(answer)).map(|text| text.into_owned()).collect();
    if given.is_empty() {
        return BTreeMap::new();
    }
    for other in workbook.sheets.iter().filter(|other| other.name != sheet.name) {
        let Some((first, entries)) = other.rows.split_first() else { continue };
        let explaining = |cell: &&super::grid::Cell| {
            cell.value.text().is_some_and(|h| matches!(words.meaning(&h), Some((ColumnRole::Options, _))))
        };
        let Some(explained) = first.cells.iter().rfind(explaining).map(|cell| cell.column) else { continue };
        let Some(code) = first.cells.first().map(|cell| cell.column) else { continue };
        let codes: BTreeMap<String, Vec<String>> = entries
            .iter()
            .filter_map(|row| {
                let lines = row.text(explained).unwrap_or_default();
                let options = lines.lines().map(|line| line.trim().to_owned()).filter(|line| !line.is_empty());
                Some((row.text(code)?.into_owned(), options.collect()))
            })
            .collect();
        if given.iter().all(|text| codes.contains_key(text)) {
            columns.set(ColumnRole::Answer, None);
            columns.set(ColumnRole::Options, Some(answer));
            return codes.into_iter().filter(|(_, options)| !options.is_empty()).collect();
        }
    }
    BTreeMap::new()
}

/// A row between questions that holds a title and at most a number or a code beside it.
fn is_heading(row: &Row, columns: &Columns) -> bool {
    let blank = |role| columns.of(role).is_none_or(|column| row.text(column).is_none());
    row.cells.len() <= 4 && blank(ColumnRole::Answer) && blank(ColumnRole::Comment) && longest_text(row).is_some()
}

fn first_text(row: &Row) -> Option<String> {
    row.cells.iter().find_map(|cell| cell.value.text()).map(|text| text.into_owned())
}

fn longest_text(row: &Row) -> Option<String> {
    let texts = row.cells.iter().filter_map(|cell| cell.value.text());
    texts
        .filter(|text| text.chars().any(char::is_alphabetic))
        .max_by_key(|text| text.chars().count())
        .map(|t| t.into_owned())
}

/// Every cell holds the same choice of the column's drop-down, and nobody would give that one as an answer.
fn is_defaulted(sheet: &Sheet, items: &[Item], columns: &Columns, words: &Headings) -> bool {
    let Some(column) = columns.of(ColumnRole::Answer) else { return false };
    let Some(first) = items.first().and_then(|item| item.answer.as_deref()) else { return false };
    let offered = sheet.drop_downs.iter().any(|list| {
        list.options.iter().any(|option| option == first)
            && list.areas.iter().any(|area| (area.first_column..=area.last_column).contains(&column))
    });
    items.len() >= FEWEST_DEFAULTS
        && offered
        && !words.is_given_answer(first)
        && items.iter().all(|item| item.answer.as_deref() == Some(first))
}
