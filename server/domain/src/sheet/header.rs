//! Where a table's header stands: under titles, anywhere from the left, over several rows.

use super::grid::{CellValue, Row, Sheet};
use super::own;
use super::view::{View, clean};
use super::vocabulary::{HeadingWord, Meaning, Vocabulary, alike, plain};
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

/// Rows with something in them that are looked at for a header; titles and instructions above it are fewer.
const LOOKED_AT: usize = 250;
/// Characters that a heading has at most; longer texts are content.
const LONGEST: usize = 300;
/// Cells of one row that are looked at.
const WIDEST: usize = 80;
/// Rows above or below its main row that a header can take in.
const MORE_ROWS: u32 = 2;
/// Characters that a text in a second row of a header has at most.
const LONGEST_PART: usize = 60;
/// Rows under a candidate that say how wide the table is.
const WIDTH_SAMPLE: usize = 50;
/// What a heading is worth that says for certain what its column is.
const FEWEST_POINTS: f64 = 4.0;

/// A header.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Header {
    /// Its rows, from the top.
    pub(super) rows: Vec<u32>,
    /// Its texts by column, from the top.
    pub(super) headings: BTreeMap<u32, Vec<String>>,
}

/// A row that could be a header's main row.
#[derive(Clone, Debug)]
pub(super) struct Candidate {
    /// Its place among the rows that hold something.
    pub(super) index: usize,
    /// How much it looks like one.
    pub(super) points: f64,
}

impl Header {
    /// A header of one row.
    pub(super) fn simple(row: u32, headings: BTreeMap<u32, String>) -> Self {
        Self { rows: vec![row], headings: headings.into_iter().map(|(column, text)| (column, vec![text])).collect() }
    }

    /// The last of its rows.
    pub(super) fn last_row(&self) -> u32 {
        self.rows.last().copied().unwrap_or(0)
    }

    /// The text that stands directly over a column.
    pub(super) fn lowest(&self, column: u32) -> Option<&str> {
        self.headings.get(&column).and_then(|levels| levels.last()).map(String::as_str)
    }

    /// The texts that stand over a column, from the top, in one line.
    pub(super) fn whole(&self, column: u32) -> String {
        let levels = self.headings.get(&column).map(Vec::as_slice).unwrap_or_default();
        let text = levels.join(" / ");
        text.trim_start_matches('\u{feff}').split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// What the texts over a column mean; a text over several columns counts where none stands below it.
    pub(super) fn meanings(&self, column: u32, words: &Vocabulary) -> Vec<Meaning<HeadingWord>> {
        let Some(levels) = self.headings.get(&column) else { return Vec::new() };
        if let Some(above) = levels.len().checked_sub(2).map(|n| &levels[n]) {
            let group = words.meanings(above);
            let aside = |meaning: &&Meaning<HeadingWord>| {
                matches!(meaning.word, HeadingWord::Review | HeadingWord::Applicability | HeadingWord::Mapping)
            };
            if let Some(group) = group.first().filter(aside).filter(|group| group.fit >= 450) {
                return vec![*group];
            }
        }
        levels.iter().rev().map(|level| words.meanings(level)).find(|found| !found.is_empty()).unwrap_or_default()
    }
}

/// What a meaning is worth for a header of questions.
fn points(word: HeadingWord) -> f64 {
    match word {
        HeadingWord::Question => 6.0,
        HeadingWord::Answer => 5.0,
        HeadingWord::Statement => 4.0,
        HeadingWord::Status | HeadingWord::Id | HeadingWord::Comment | HeadingWord::Control => 3.0,
        HeadingWord::Section | HeadingWord::Guidance | HeadingWord::Options => 2.0,
        HeadingWord::Detail | HeadingWord::Evidence => 2.0,
        HeadingWord::Owner | HeadingWord::Review | HeadingWord::Applicability => 1.0,
        HeadingWord::Weight | HeadingWord::Mapping => 1.0,
        HeadingWord::Record => 0.5,
    }
}

/// The rows that could be headers of questions.
pub(super) fn candidates(view: &View<'_>, words: &Vocabulary) -> Vec<Candidate> {
    let rows = view.sheet.rows.iter().enumerate().take(LOOKED_AT);
    rows.filter_map(|(index, row)| Some(Candidate { index, points: looks(row, words)? })).collect()
}

/// How much a row looks like a header of questions; `None` when it does not.
fn looks(row: &Row, words: &Vocabulary) -> Option<f64> {
    if row.cells.is_empty() || row.cells.len() > WIDEST {
        return None;
    }
    let (mut texts, mut known, mut options, mut whole) = (0_usize, 0_usize, 0_usize, 0_usize);
    let mut found: BTreeMap<HeadingWord, f64> = BTreeMap::new();
    for cell in &row.cells {
        let CellValue::Text(text) = &cell.value else { continue };
        if text.chars().count() > LONGEST || own::is_key(text) {
            return None;
        }
        texts += 1;
        if words.answer(text).is_some() {
            options += 1;
            continue;
        }
        let Some(meaning) = words.meanings(text).first().copied() else { continue };
        known += 1;
        whole += usize::from(meaning.fit >= 950);
        let worth = points(meaning.word) * f64::from(meaning.fit) / 1_000.0;
        let best = found.entry(meaning.word).or_default();
        *best = best.max(worth);
    }
    if texts == 0 || texts * 2 < row.cells.len() {
        return None;
    }
    let core = found.keys().any(|word| {
        use HeadingWord::{Answer, Control, Detail, Question, Statement, Status};
        matches!(word, Answer | Control | Detail | Question | Statement | Status)
    });
    let lone = row.cells.len() == 1 && whole == 1 && found.contains_key(&HeadingWord::Question);
    if !core || known + options < 2 && !lone {
        return None;
    }
    let share = (known + options) as f64 / texts as f64;
    let total: f64 = found.values().sum::<f64>() + if options >= 2 && known >= 1 { 3.0 } else { 0.0 };
    let total = total * (0.5 + 0.5 * share);
    (total >= FEWEST_POINTS).then_some(total)
}

/// The header whose main row stands at a place, with the rows above and below that belong to it.
pub(super) fn around(view: &View<'_>, index: usize, words: &Vocabulary) -> Option<Header> {
    let main = view.row_at(index)?;
    let mut rows = vec![main];
    let text_columns: BTreeSet<u32> = main.cells.iter().map(|cell| cell.column).collect();
    let anchored: Vec<u32> = (1..=text_columns.last().copied().unwrap_or(1) + 4)
        .filter(|column| !text_columns.contains(column) && view.text(main, *column).is_some())
        .collect();
    let asked = |row: &Row| {
        main.cells.iter().any(|cell| {
            cell.value.text().is_some_and(|text| {
                words
                    .meanings(&text)
                    .first()
                    .is_some_and(|m| matches!(m.word, HeadingWord::Question | HeadingWord::Statement | HeadingWord::Id))
            }) && row.text(cell.column).is_some()
        })
    };
    let mut below = Vec::new();
    for n in 1..=MORE_ROWS as usize {
        let Some(row) = view.row_at(index + n).filter(|row| row.number <= main.number + MORE_ROWS) else { break };
        if asked(row) || !is_part(row, words) {
            break;
        }
        below.push(row);
    }
    while below.last().is_some_and(|row| !names_something(row, words)) {
        below.pop();
    }
    let mut above = Vec::new();
    for n in 1..=MORE_ROWS as usize {
        let Some(row) = index.checked_sub(n).and_then(|at| view.row_at(at)) else { break };
        if row.number + MORE_ROWS < main.number || !is_group(view, row, main, &anchored) {
            break;
        }
        above.push(row);
    }
    above.reverse();
    rows.splice(0..0, above);
    rows.extend(below);
    let mut numbers: Vec<u32> = (rows.first()?.number..=rows.last()?.number).collect();
    numbers
        .retain(|number| rows.iter().any(|row| row.number == *number) || is_inside_merge(view, *number, &text_columns));
    let headings = headings_in(view, &rows);
    (!headings.is_empty()).then_some(Header { rows: numbers, headings })
}

/// The header that a person says stands in these rows.
pub(super) fn at(view: &View<'_>, numbers: &[u32]) -> Header {
    let rows: Vec<&Row> = numbers.iter().filter_map(|number| view.sheet.row(*number)).collect();
    Header { rows: numbers.to_vec(), headings: headings_in(view, &rows) }
}

/// What stands in these rows by column.
fn headings_in<'v>(view: &View<'v>, rows: &[&'v Row]) -> BTreeMap<u32, Vec<String>> {
    let mut headings: BTreeMap<u32, Vec<String>> = BTreeMap::new();
    let last = rows.iter().filter_map(|row| row.cells.last()).map(|cell| cell.column).max().map_or(0, |last| last + 4);
    for column in 1..=last {
        for row in rows {
            let Some(text) = view.text(row, column).map(|text| clean(&text)).filter(|text| !text.is_empty()) else {
                continue;
            };
            let levels = headings.entry(column).or_default();
            if levels.last() != Some(&text) {
                levels.push(text);
            }
        }
    }
    headings
}

/// A blank row within a header over which headings are merged.
fn is_inside_merge(view: &View<'_>, row: u32, columns: &BTreeSet<u32>) -> bool {
    columns.iter().any(|column| view.anchor(row, *column).is_some())
}

/// Short texts only.
fn is_part(row: &Row, words: &Vocabulary) -> bool {
    let short = |cell: &super::grid::Cell| match &cell.value {
        CellValue::Text(text) => {
            text.chars().count() <= LONGEST_PART && (text.trim().parse::<u32>().is_ok() || !words.is_mark(text))
        }
        CellValue::Number(number) => (0.0..=10.0).contains(number) && number.fract() == 0.0,
        _ => false,
    };
    !row.cells.is_empty() && row.cells.iter().all(short)
}

/// Two answer words, or a known heading.
fn names_something(row: &Row, words: &Vocabulary) -> bool {
    let texts: Vec<Cow<'_, str>> = row.cells.iter().filter_map(|cell| cell.value.text()).collect();
    let options = texts.iter().filter(|text| words.answer(text).is_some() || text.parse::<u32>().is_ok()).count();
    options >= 2
        || options == 0
            && texts.iter().filter(|text| !words.meanings(text).is_empty()).count() * 2 > texts.len()
            && texts.len() >= 2
}

/// A row of texts over groups of the header's columns, or over those that the main row leaves blank.
fn is_group(view: &View<'_>, row: &Row, main: &Row, anchored: &[u32]) -> bool {
    let short =
        |cell: &super::grid::Cell| matches!(&cell.value, CellValue::Text(text) if text.chars().count() <= LONGEST_PART);
    if row.cells.is_empty() || !row.cells.iter().all(short) {
        return false;
    }
    let (Some(first), Some(last)) = (main.cells.first(), main.cells.last()) else { return false };
    let width = last.column - first.column + 1;
    let grouping = |cell: &super::grid::Cell| {
        let spans = view.width(row.number, cell.column);
        spans >= 2 && (spans * 3 < width * 2 || row.cells.len() >= 2) && cell.column + spans > first.column
    };
    let fills = |cell: &super::grid::Cell| {
        anchored.contains(&cell.column) || main.cell(cell.column).is_none() && row.cells.len() >= 2
    };
    let covered = row.cells.iter().any(|cell| anchored.contains(&cell.column));
    covered
        || row.cells.iter().any(grouping) && row.cells.iter().all(|cell| cell.column >= first.column)
        || row.number + 1 == main.number
            && row.cells.len() >= 3
            && row.cells.iter().filter(|cell| fills(cell)).count() * 2 > row.cells.len()
}

/// The header of any table: the first row of distinct texts about as wide as the rows under it.
pub(super) fn of_records(view: &View<'_>, words: &Vocabulary) -> Option<(usize, Header)> {
    let sheet = view.sheet;
    let mut fallback = None;
    for (n, row) in sheet.rows.iter().enumerate().take(LOOKED_AT) {
        let Some(headings) = headings_of(row).filter(|headings| headings.len() >= 2) else { continue };
        let below: Vec<usize> = sheet.rows[n + 1..].iter().take(WIDTH_SAMPLE).map(|row| row.cells.len()).collect();
        let distinct: BTreeSet<_> = headings.values().map(|text| plain(text)).collect();
        let follows = sheet.rows.get(n + 1).is_some_and(|next| next.number <= row.number + 2);
        let wide = headings.len() * 10 >= widest(&below) * 6;
        if !follows || !wide || distinct.len() * 10 < headings.len() * 9 {
            continue;
        }
        let known = headings.values().filter(|text| !words.meanings(text).is_empty()).count();
        let header = Header::simple(row.number, headings);
        if known * 3 >= header.headings.len() || header.headings.len() >= 3 {
            return Some((n, header));
        }
        fallback.get_or_insert((n, header));
    }
    fallback
}

/// The width that nearly all of the rows stay within.
fn widest(widths: &[usize]) -> usize {
    let mut widths = widths.to_vec();
    widths.sort_unstable();
    widths.get(widths.len() * 9 / 10).or(widths.last()).copied().unwrap_or(0)
}

/// The texts of a row that could be a header: nearly all of them texts, none of them long, none of them our own keys.
fn headings_of(row: &Row) -> Option<BTreeMap<u32, String>> {
    let mut headings = BTreeMap::new();
    let mut others = 0;
    for cell in &row.cells {
        match &cell.value {
            CellValue::Text(text) if text.chars().count() > LONGEST || own::is_key(text) => return None,
            CellValue::Text(text) => drop(headings.insert(cell.column, clean(text))),
            CellValue::Number(_) | CellValue::Date(_) => {
                others += 1;
                headings.insert(cell.column, cell.value.text()?.into_owned());
            }
            _ => return None,
        }
    }
    (others * 4 <= headings.len()).then_some(headings)
}

/// Whether a row says over a column what the header says there.
pub(super) fn says_again(row: &Row, column: u32, heading: &str) -> bool {
    row.cell(column).is_some_and(|cell| matches!(&cell.value, CellValue::Text(text) if same(text, heading)))
}

fn same(text: &str, heading: &str) -> bool {
    let text = text.trim();
    text == heading || text.len() <= heading.len() + 40 && alike(text, heading)
}

/// The row's place among those that hold something.
pub(super) fn index_of(sheet: &Sheet, row: u32) -> usize {
    sheet.rows.partition_point(|other| other.number < row)
}
