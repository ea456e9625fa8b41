//! The questions of a sheet, row by row, and the rows between them that are none.

use super::assign::Assigned;
use super::columns::{ColumnRole, Columns};
use super::doubt::Doubt;
use super::grid::{CellValue, Row};
use super::ids::{self, Prefixed};
use super::inspect::{Item, Skipped};
use super::lookups::Known;
use super::own;
use super::replies::{Given, Replies};
use super::rows::{Habits, Kind};
use super::tables::{Block, Questions};
use super::view::{View, clean, is_void};
use super::vocabulary::{HeadingWord, Vocabulary, plain};
use std::collections::{BTreeMap, BTreeSet};

/// Rows after which a doubt about single rows is said for all of them.
const MOST_ROW_DOUBTS: usize = 20;

/// What a sheet asks.
#[derive(Default)]
pub(super) struct Asked {
    pub(super) items: Vec<Item>,
    pub(super) skipped: Vec<Skipped>,
    pub(super) doubts: Vec<Doubt>,
}

/// What helps to read the rows of a sheet.
pub(super) struct Help<'h> {
    pub(super) words: &'h Vocabulary,
    /// Options by kind of answer.
    pub(super) kinds: &'h BTreeMap<String, Vec<String>>,
    pub(super) known: &'h Known,
}

/// Reads the questions under the headers of a sheet.
pub(super) fn read(view: &View<'_>, questions: &Questions, help: &Help<'_>) -> Asked {
    let mut asked = Asked::default();
    let mut title: Option<String> = None;
    let titled = title_column(questions, help.words);
    if titled.is_none() && bars_above(view, questions) >= 2 {
        title = bar_above(view, &questions.blocks[0]);
    }
    for block in &questions.blocks {
        let own = titled.filter(|_| !block.header.rows.is_empty());
        if let Some(own) = own.and_then(|column| block.header.lowest(column)) {
            title = Some(own.to_owned());
        }
        let passed = |row: &u32| Skipped { row: *row, reason: "the header again".to_owned() };
        asked.skipped.extend(block.header.rows.iter().map(passed));
        Reading {
            view,
            block,
            help,
            replies: replies(view, block, help.words),
            ours: own::kind_of(view.sheet).is_some(),
        }
        .read(&mut title, &mut asked);
    }
    let first = asked.items.first().map_or(u32::MAX, |item| item.row);
    let last = asked.items.last().map_or(0, |item| item.row);
    asked.skipped.retain(|skipped| (first..last).contains(&skipped.row));
    asked.skipped.sort_by_key(|skipped| skipped.row);
    asked.skipped.dedup_by_key(|skipped| skipped.row);
    let rows = asked.doubts.iter().filter(|doubt| doubt.row.is_some()).count();
    if rows > MOST_ROW_DOUBTS {
        asked.doubts.retain(|doubt| doubt.row.is_none());
        asked.doubts.push(Doubt::row(first, format!("{rows} rows, from here on, are not read with certainty")));
    }
    asked
}

fn replies<'t>(view: &'t View<'t>, block: &'t Block, words: &'t Vocabulary) -> Replies<'t> {
    let Assigned { columns, one_per_option, .. } = &block.assigned;
    Replies { view, header: &block.header, columns, one_per_option: *one_per_option, words }
}

/// Where the titles of sections stand in headers that are repeated for every section: in their first column, when it
/// says something else each time, or says nothing that a heading says.
fn title_column(questions: &Questions, words: &Vocabulary) -> Option<u32> {
    let first = |block: &Block| block.header.headings.keys().next().copied();
    let column = first(questions.main())?;
    let texts: BTreeSet<&str> = questions
        .blocks
        .iter()
        .filter(|block| first(block) == Some(column))
        .filter_map(|block| block.header.lowest(column))
        .collect();
    if questions.blocks.len() > 1 {
        return (texts.len() > 1).then_some(column);
    }
    let main = questions.main();
    let columns = &main.assigned.columns;
    let beside = columns.of(ColumnRole::Id) == Some(column)
        && columns.of(ColumnRole::Question).is_some_and(|question| main.header.lowest(question).is_none());
    let says_nothing = texts.iter().all(|text| words.meanings(text).iter().all(|m| m.fit < 450));
    (beside && says_nothing).then_some(column)
}

/// The text of a row that holds nothing else, right above a header.
fn bar_above(view: &View<'_>, block: &Block) -> Option<String> {
    let first = block.header.rows.first()?;
    let row = view.sheet.row(first.checked_sub(1)?)?;
    let texts = row.cells.iter().filter(|cell| matches!(cell.value, CellValue::Text(_))).count();
    longest_text(row).filter(|_| texts == 1)
}

fn bars_above(view: &View<'_>, questions: &Questions) -> usize {
    questions.blocks.iter().filter(|block| bar_above(view, block).is_some()).count()
}

/// The rows of one block while they are read.
pub(super) struct Reading<'r> {
    pub(super) view: &'r View<'r>,
    block: &'r Block,
    pub(super) help: &'r Help<'r>,
    pub(super) replies: Replies<'r>,
    /// The workbook is one that we made.
    pub(super) ours: bool,
}

impl<'r> Reading<'r> {
    pub(super) fn columns(&self) -> &'r Columns {
        &self.block.assigned.columns
    }

    pub(super) fn rows(&self) -> &'r [Row] {
        &self.view.sheet.rows[self.block.body.0..self.block.body.1]
    }

    pub(super) fn column(&self, role: ColumnRole) -> Option<u32> {
        self.columns().of(role)
    }

    pub(super) fn id_text(&self, row: &'r Row) -> Option<String> {
        let column = self.column(ColumnRole::Id)?;
        if row.cell(column).is_some_and(is_void) {
            return None;
        }
        self.view.text(row, column).map(|text| clean(&text)).filter(|text| !text.is_empty())
    }

    /// The question cell holds something, a formula without its value included.
    pub(super) fn has_question(&self, row: &Row) -> bool {
        self.column(ColumnRole::Question).and_then(|column| row.cell(column)).is_some_and(|cell| match &cell.value {
            CellValue::NotComputed => true,
            CellValue::Error(_) => cell.formula,
            value => value.text().is_some(),
        })
    }

    pub(super) fn question_text(&self, row: &'r Row) -> Option<String> {
        let column = self.column(ColumnRole::Question)?;
        let cell = row.cell(column)?;
        if matches!(cell.value, CellValue::NotComputed | CellValue::Error(_)) {
            return self.id_text(row).and_then(|id| self.help.known.questions.get(&id).cloned());
        }
        cell.value.text().map(|text| clean(&text))
    }

    fn read(&self, title: &mut Option<String>, asked: &mut Asked) {
        let habits = self.habits();
        let rows = self.rows();
        let mut before: Option<String> = None;
        let mut lines: Vec<u32> = Vec::new();
        let mut carried: BTreeMap<u32, String> = BTreeMap::new();
        for (n, row) in rows.iter().enumerate() {
            let pass = |reason: &str| Skipped { row: row.number, reason: reason.to_owned() };
            match self.kind(row, rows.get(n + 1..).unwrap_or_default(), &habits) {
                Kind::Question => {
                    let section = self.section(row, title.as_deref(), &habits, &mut carried);
                    let found = self.items(row, section, &habits, before.as_deref());
                    for (mut item, given) in found {
                        if let Some(reason) = given.doubt {
                            asked.doubts.push(Doubt::row(row.number, reason));
                        }
                        if item.comment.is_none() {
                            item.comment = given.remark;
                        }
                        before = item.id.clone().or(before);
                        asked.items.push(item);
                    }
                }
                Kind::Title(text) => {
                    if self.ambiguous_title(row, &habits) {
                        lines.push(row.number);
                    }
                    *title = Some(text);
                    carried.clear();
                    asked.skipped.push(pass("a heading"));
                }
                Kind::Passed(reason) => asked.skipped.push(pass(reason)),
            }
        }
        asked.doubts.extend(lines.into_iter().map(|row| Doubt::row(row, "it could be a heading or a question")));
    }

    fn items(
        &self,
        row: &'r Row,
        section: Option<String>,
        habits: &Habits,
        before: Option<&str>,
    ) -> Vec<(Item, Given)> {
        let words = self.help.words;
        let given = self.replies.of(row);
        let own_id = self.id_text(row).map(|text| match own::row_key(&text) {
            Some(key) => key.id,
            None => ids::of_cell(row, self.column(ColumnRole::Id).unwrap_or(0), text.into(), before),
        });
        let text = self.question_text(row);
        let item = |id: Option<String>, question: Option<String>, answer: Option<String>, column: Option<u32>| Item {
            cell: self.view.sheet.address(row.number, column.or(self.column(ColumnRole::Question)).unwrap_or(1)),
            row: row.number,
            wanted: id.as_ref().and_then(|id| self.help.known.wanted.get(id)).cloned(),
            id,
            section: section.clone(),
            question: question.unwrap_or_default(),
            answer,
            comment: self.comment(row),
            options: self.options(row),
            means: None,
            echo_of: None,
        };
        let parts: Vec<Prefixed<'_>> =
            text.as_deref().map(|text| ids::several(text, own_id.is_some(), words)).unwrap_or_default();
        if parts.len() > 1 {
            let labels: Vec<&str> = parts.iter().map(|part| part.id).collect();
            let shared = given.text.as_deref().and_then(|text| ids::shared_out(text, &labels));
            let answers = shared.unwrap_or_else(|| vec![given.text.clone(); parts.len()]);
            return parts
                .iter()
                .zip(answers)
                .map(|(part, answer)| {
                    (item(Some(part.id.to_owned()), Some(part.text.to_owned()), answer, given.column), given.clone())
                })
                .collect();
        }
        let prefix =
            text.as_deref().filter(|_| habits.prefixed && own_id.is_none()).and_then(|text| ids::prefixed(text, words));
        if let Some(prefix) = prefix {
            return vec![(
                item(Some(prefix.id.to_owned()), Some(prefix.text.to_owned()), given.text.clone(), given.column),
                given,
            )];
        }
        let question = text.map(|text| without_own_id(text, own_id.as_deref()));
        vec![(item(own_id, question, given.text.clone(), given.column), given)]
    }

    fn comment(&self, row: &'r Row) -> Option<String> {
        let column = self.column(ColumnRole::Comment)?;
        if row.cell(column).is_some_and(is_void) {
            return None;
        }
        let anchored = self.view.anchor(row.number, column).is_none_or(|(_, left)| left == column);
        let text = if anchored { self.view.text(row, column) } else { row.text(column) };
        text.map(|text| clean(&text)).filter(|text| !text.is_empty() && !self.help.words.is_placeholder(text))
    }

    /// The heading that a row stands under. In a column that names each section once, on its first row, a blank means the
    /// same as above.
    fn section(
        &self,
        row: &'r Row,
        title: Option<&str>,
        habits: &Habits,
        carried: &mut BTreeMap<u32, String>,
    ) -> Option<String> {
        let mut own: Vec<String> = Vec::new();
        for column in self.columns().all(ColumnRole::Section) {
            let text = self.view.text(row, *column).map(|text| clean(&text)).filter(|text| !text.is_empty());
            let text = match text {
                Some(text) => {
                    carried.retain(|other, _| other < column);
                    carried.insert(*column, text.clone());
                    Some(text)
                }
                None if habits.sparse.contains(column) => carried.get(column).cloned(),
                None => None,
            };
            own.extend(text);
        }
        own.dedup();
        if own.is_empty() { title.map(str::to_owned) } else { Some(own.join(" / ")) }
    }

    fn options(&self, row: &'r Row) -> Option<Vec<String>> {
        self.replies.options(row).or_else(|| {
            let text = self.column(ColumnRole::Options).and_then(|column| self.view.text(row, column))?;
            if let Some(options) = self.help.kinds.get(text.as_ref()) {
                return Some(options.clone()).filter(|options| !options.is_empty());
            }
            listed_in(&text, self.help.words)
        })
    }
}

/// Options that a cell lists: `Yes / No / NA`.
fn listed_in(text: &str, words: &Vocabulary) -> Option<Vec<String>> {
    let by = ['\n', ';', '|', '/', ','].into_iter().find(|by| text.contains(*by))?;
    let parts: Vec<String> = text.split(by).map(clean).filter(|part| !part.is_empty()).collect();
    let plausible = parts.len() >= 2 && parts.iter().all(|part| part.chars().count() <= 40);
    (plausible && parts.iter().filter(|part| words.answer(part).is_some()).count() * 2 >= parts.len()).then_some(parts)
}

/// A question whose text begins with the id that its row has anyway.
fn without_own_id(text: String, id: Option<&str>) -> String {
    let Some(rest) = id.filter(|id| id.len() >= 2).and_then(|id| text.strip_prefix(id)) else { return text };
    let bare = rest.trim_start_matches(|c: char| matches!(c, '.' | ')' | ':' | '-' | '–') || c.is_whitespace());
    if bare.len() < rest.len()
        && bare.chars().count() >= 6
        && !rest.starts_with(|c: char| c == '.' && rest[1..].starts_with(|c: char| c.is_ascii_digit()))
    {
        bare.to_owned()
    } else {
        text
    }
}

pub(super) fn first_text(row: &Row) -> Option<String> {
    row.cells.iter().find_map(|cell| cell.value.text()).map(|text| clean(&text))
}

/// The longest text of a row that holds letters.
pub(super) fn longest_text(row: &Row) -> Option<String> {
    let texts =
        row.cells.iter().filter(|cell| matches!(cell.value, CellValue::Text(_))).filter_map(|cell| cell.value.text());
    texts
        .filter(|text| text.chars().any(char::is_alphabetic))
        .max_by_key(|text| text.chars().count())
        .map(|text| clean(&text))
}

/// Whether every cell holds the same text that nobody would give as an answer: the start of its list, or a score that
/// stands on every row.
pub(super) fn is_defaulted(view: &View<'_>, questions: &Questions, items: &[Item], words: &Vocabulary) -> bool {
    let assigned = &questions.main().assigned;
    let Some(column) = assigned.columns.of(ColumnRole::Answer).filter(|_| !assigned.one_per_option) else {
        return false;
    };
    let Some(first) = items.first().and_then(|item| item.answer.as_deref()) else { return false };
    if items.len() < 3 || !items.iter().all(|item| item.answer.as_deref() == Some(first)) {
        return false;
    }
    use super::vocabulary::AnswerWord::Unknown;
    let given = words.answer(first).is_some_and(|word| word != Unknown) && first.parse::<f64>().is_err();
    let offered = items.iter().any(|item| {
        view.options(item.row, column).is_some_and(|options| options.iter().any(|option| option.trim() == first))
    });
    let score = first.parse::<f64>().is_ok() && assigned.answer_word != Some(HeadingWord::Answer) && items.len() >= 5;
    !given && (offered || words.is_default(first) || score)
        || words.is_default(first) && offered && words.answer(first).is_none_or(|word| word == Unknown)
}

/// The same id and question on a later sheet echo the first.
pub(super) fn mark_echoes<'s>(sheets: impl Iterator<Item = &'s mut Vec<Item>>) {
    let sheets: Vec<&mut Vec<Item>> = sheets.filter(|items| !items.is_empty()).collect();
    if sheets.len() < 2 {
        return;
    }
    let mut homes: BTreeMap<String, (usize, String, Option<String>)> = BTreeMap::new();
    for (n, items) in sheets.into_iter().enumerate() {
        for item in items {
            let Some(id) = item.id.clone() else { continue };
            let text = Some(plain(&item.question)).filter(|text| !text.is_empty());
            match homes.get(&id) {
                None => drop(homes.insert(id, (n, item.cell.clone(), text))),
                Some((home, cell, known)) if *home != n && (*known == text || known.is_none() || text.is_none()) => {
                    item.echo_of = Some(cell.clone())
                }
                Some(_) => {}
            }
        }
    }
}

/// What tells a repetition from a home: ids, else texts.
pub(super) fn keys(items: &[Item]) -> BTreeSet<String> {
    items
        .iter()
        .filter_map(|item| item.id.clone().or_else(|| Some(plain(&item.question)).filter(|text| !text.is_empty())))
        .collect()
}
