//! The tables of questions on a sheet: each header with the rows under it.

use super::assign::{Assigned, Table, assign};
use super::columns::ColumnRole;
use super::corrections::Said;
use super::doubt::Doubt;
use super::grid::Row;
use super::header::{self, Candidate, Header, index_of, says_again};
use super::profile::{Profile, SAMPLE};
use super::view::{View, clean};
use super::vocabulary::Vocabulary;
use std::collections::{BTreeMap, BTreeSet};

/// Headers that are tried out with the rows under them.
const TRIED: usize = 12;
/// How much of the best header's points another one on the same sheet must have.
const SHARE: f64 = 0.6;
/// Places where a header stands again that are looked at.
const MOST_REPEATS: usize = 5_000;
/// Questions without any header that make a questionnaire.
const FEWEST_BARE: usize = 3;

/// Rows under one header.
#[derive(Clone, Debug)]
pub(super) struct Block {
    pub(super) header: Header,
    pub(super) assigned: Assigned,
    /// Its rows by place: from, and up to but not with.
    pub(super) body: (usize, usize),
}

/// All tables of questions of a sheet.
#[derive(Clone, Debug)]
pub(super) struct Questions {
    /// From the top; never empty.
    pub(super) blocks: Vec<Block>,
    /// The block whose columns stand for the sheet.
    pub(super) main: usize,
    /// The cells under the main header.
    pub(super) profiles: BTreeMap<u32, Profile>,
}

impl Questions {
    pub(super) fn main(&self) -> &Block {
        &self.blocks[self.main]
    }

    /// Every row that is part of a header.
    pub(super) fn header_rows(&self) -> Vec<u32> {
        let rows: BTreeSet<u32> = self.blocks.iter().flat_map(|block| block.header.rows.iter().copied()).collect();
        rows.into_iter().collect()
    }
}

/// Finds the tables of questions.
pub(super) fn of_questions(view: &View<'_>, words: &Vocabulary, said: &Said) -> Option<Questions> {
    let mut candidates = header::candidates(view, words);
    let all = candidates.clone();
    candidates.sort_by(|one, other| other.points.total_cmp(&one.points).then(one.index.cmp(&other.index)));
    let mut best: Option<(f64, Block, BTreeMap<u32, Profile>)> = None;
    for candidate in candidates.iter().take(TRIED) {
        let Some((block, profiles)) = tried(view, candidate, words, said) else { continue };
        let points = candidate.points * 4.0 + block.assigned.points;
        let first = block.header.rows.first().copied();
        let better = best.as_ref().is_none_or(|(most, known, _)| {
            points > most + 1e-6
                && (first > known.header.rows.first().copied() && points > most * 1.05
                    || first <= known.header.rows.first().copied())
                || points > most * 0.95 && first < known.header.rows.first().copied()
        });
        if better {
            best = Some((points, block, profiles));
        }
    }
    let Some((points, block, profiles)) = best else { return bare(view, words, said) };
    let (mut blocks, profiles) = without_titles(view, block, profiles, words, said);
    let main_rows = blocks[0].header.rows.clone();
    others(view, &all, points, &mut blocks, (words, said));
    blocks.sort_by_key(|block| block.header.rows.first().copied());
    close(view, &mut blocks);
    let main = blocks.iter().position(|block| block.header.rows == main_rows).unwrap_or(0);
    let main = fullest(view, &blocks, main);
    let main = main + usize::from(above(view, &mut blocks, main));
    Some(Questions { blocks, main, profiles })
}

/// The tables under headers that a person pointed at, and wherever these stand again; `None` without a question.
pub(super) fn under(view: &View<'_>, headers: Vec<Header>, words: &Vocabulary, said: &Said) -> Option<Questions> {
    let mut blocks: Vec<Block> = Vec::new();
    let mut main: Option<(Vec<u32>, BTreeMap<u32, Profile>)> = None;
    let firsts: Vec<u32> = headers.iter().filter_map(|header| header.rows.first().copied()).collect();
    for header in headers {
        if blocks.iter().any(|block| !header.rows.is_empty() && block.header.rows == header.rows) {
            continue;
        }
        let from = index_of(view.sheet, header.last_row() + 1);
        let next = firsts.iter().filter(|first| **first > header.last_row()).min();
        let to = next.map_or(view.sheet.rows.len(), |first| index_of(view.sheet, *first));
        let Some((assigned, profiles)) = assigned(view, &header, (from, to), words, said) else { continue };
        let block = Block { header, assigned, body: (from, to) };
        main.get_or_insert_with(|| (block.header.rows.clone(), profiles));
        let again = if block.header.headings.is_empty() { vec![block] } else { repeats(view, &block) };
        let known: Vec<Vec<u32>> = blocks.iter().map(|block| block.header.rows.clone()).collect();
        let told = |rows: &[u32]| rows.iter().any(|row| firsts.contains(row));
        let own = again[0].header.rows.clone();
        blocks.extend(again.into_iter().filter(|block| {
            !known.contains(&block.header.rows) && (block.header.rows == own || !told(&block.header.rows))
        }));
    }
    let (main_rows, profiles) = main?;
    blocks.sort_by_key(|block| block.header.rows.first().copied());
    close(view, &mut blocks);
    let main = blocks.iter().position(|block| block.header.rows == main_rows).unwrap_or(0);
    let main = fullest(view, &blocks, main);
    Some(Questions { blocks, main, profiles })
}

fn tried(
    view: &View<'_>,
    candidate: &Candidate,
    words: &Vocabulary,
    said: &Said,
) -> Option<(Block, BTreeMap<u32, Profile>)> {
    let header = header::around(view, candidate.index, words)?;
    let from = index_of(view.sheet, header.last_row() + 1);
    let (assigned, profiles) = assigned(view, &header, (from, view.sheet.rows.len()), words, said)?;
    Some((Block { header, assigned, body: (from, view.sheet.rows.len()) }, profiles))
}

/// The columns of a header by its rows; `None` without a question.
fn assigned(
    view: &View<'_>,
    header: &Header,
    body: (usize, usize),
    words: &Vocabulary,
    said: &Said,
) -> Option<(Assigned, BTreeMap<u32, Profile>)> {
    let again = |row: &&Row| {
        let said = header
            .headings
            .keys()
            .filter(|column| header.lowest(**column).is_some_and(|h| says_again(row, **column, h)));
        said.count() * 2 <= header.headings.len()
    };
    let rows: Vec<&Row> =
        view.sheet.rows[body.0..body.1].iter().filter(again).filter(|row| row.cells.len() > 1).take(SAMPLE).collect();
    let rows = if rows.is_empty() { view.sheet.rows[body.0..body.1].iter().take(SAMPLE).collect() } else { rows };
    if rows.is_empty() {
        return None;
    }
    let profiles = Profile::of(view, &rows, words);
    let assigned = assign(&Table { header, profiles: &profiles, words, said });
    assigned.columns.of(ColumnRole::Question)?;
    Some((assigned, profiles))
}

/// The block with all the places where its header stands again.
fn repeats(view: &View<'_>, block: &Block) -> Vec<Block> {
    let columns = &block.assigned.columns;
    let question = columns.of(ColumnRole::Question);
    let surest = [ColumnRole::Answer, ColumnRole::Question, ColumnRole::Comment, ColumnRole::Guidance];
    let others = block.header.headings.keys().copied().skip(1);
    let mut keys = surest.iter().filter_map(|role| columns.of(*role)).chain(others);
    let Some((key, heading)) = keys.find_map(|column| Some((column, block.header.lowest(column)?.to_owned()))) else {
        return vec![block.clone()];
    };
    let own: Vec<u32> = block.header.rows.clone();
    let mut blocks = vec![block.clone()];
    let again = view.sheet.rows.iter().filter(|row| !own.contains(&row.number) && says_again(row, key, &heading));
    for row in again.take(MOST_REPEATS) {
        let again = |column: u32| block.header.lowest(column).is_some_and(|text| says_again(row, column, text));
        let others = block.header.headings.keys().filter(|column| **column != key && again(**column)).count();
        let untold = question.is_none_or(|column| row.cell(column).is_none());
        if others == 0 && !(untold && row.cells.len() <= 4) {
            continue;
        }
        let mut header = block.header.clone();
        let first = row.number.saturating_sub(u32::try_from(own.len()).unwrap_or(1) - 1);
        header.rows = (first..=row.number)
            .filter(|number| {
                *number == row.number
                    || view.sheet.row(*number).is_some_and(|above| {
                        header
                            .headings
                            .iter()
                            .any(|(column, levels)| levels.first().is_some_and(|text| says_again(above, *column, text)))
                    })
            })
            .collect();
        for cell in &row.cells {
            if let (Some(levels), Some(text)) = (header.headings.get_mut(&cell.column), cell.value.text()) {
                levels.pop();
                levels.push(clean(&text));
            }
        }
        blocks.push(Block { header, assigned: block.assigned.clone(), body: (0, 0) });
    }
    blocks
}

/// Headers of other columns on the same sheet.
fn others(
    view: &View<'_>,
    candidates: &[Candidate],
    points: f64,
    blocks: &mut Vec<Block>,
    (words, said): (&Vocabulary, &Said),
) {
    for candidate in candidates {
        let Some(row) = view.row_at(candidate.index) else { continue };
        let near = |block: &Block| block.header.rows.iter().any(|known| known.abs_diff(row.number) <= 1);
        if blocks.iter().any(near) || candidate.points < 8.0 {
            continue;
        }
        let next =
            blocks.iter().filter_map(|block| block.header.rows.first()).filter(|first| **first > row.number).min();
        let to = next.map_or(view.sheet.rows.len(), |first| index_of(view.sheet, *first));
        let Some(header) = header::around(view, candidate.index, words) else { continue };
        let from = index_of(view.sheet, header.last_row() + 1);
        if from >= to {
            continue;
        }
        let Some((assigned, _)) = assigned(view, &header, (from, to), words, said) else { continue };
        let whole = assigned.columns.of(ColumnRole::Answer).is_some() && assigned.columns.each().count() >= 3;
        if whole && candidate.points * 4.0 + assigned.points >= points * SHARE {
            blocks.push(Block { header, assigned, body: (from, to) });
        }
    }
}

/// The block, and after it the places where its header stands again. A header that is repeated can say another section's
/// title in its first column each time: such a text is no heading.
fn without_titles(
    view: &View<'_>,
    block: Block,
    profiles: BTreeMap<u32, Profile>,
    words: &Vocabulary,
    said: &Said,
) -> (Vec<Block>, BTreeMap<u32, Profile>) {
    let again = repeats(view, &block);
    let Some(first) = block.header.headings.keys().next().copied() else { return (again, profiles) };
    let texts: BTreeSet<Option<&str>> = again.iter().map(|block| block.header.lowest(first)).collect();
    let mut bare = block.header.clone();
    bare.headings.remove(&first);
    if again.len() < 2 || texts.len() < 2 || bare.headings.is_empty() {
        return (again, profiles);
    }
    match assigned(view, &bare, block.body, words, said) {
        Some((assigned, profiles)) => (repeats(view, &Block { assigned, ..block }), profiles),
        None => (again, profiles),
    }
}

/// Rows above the first header that look like those under it: the same kind of id in the same column, and a text where
/// the questions stand. Some questionnaires begin with such rows, under a title only.
fn above(view: &View<'_>, blocks: &mut Vec<Block>, main: usize) -> bool {
    let columns = &blocks[main].assigned.columns;
    let (Some(id), Some(question)) = (columns.of(ColumnRole::Id), columns.of(ColumnRole::Question)) else {
        return false;
    };
    let first = blocks[0].header.rows.first().map_or(0, |row| index_of(view.sheet, *row));
    let shape_of =
        |row: &Row| row.text(id).map(|text| shape(&text)).filter(|shape| shape.contains('A') && shape.contains('9'));
    let body = &view.sheet.rows[blocks[main].body.0..blocks[main].body.1];
    let shapes: BTreeSet<String> = body.iter().take(SAMPLE).filter_map(shape_of).collect();
    let alike = |row: &Row| row.cell(question).is_some() && shape_of(row).is_some_and(|shape| shapes.contains(&shape));
    let rows = &view.sheet.rows[..first];
    let Some(start) = rows.iter().position(alike).filter(|_| rows.iter().filter(|row| alike(row)).count() >= 2) else {
        return false;
    };
    let from = start - usize::from(start > 0 && rows[start - 1].cells.len() == 1);
    let header = Header { rows: Vec::new(), headings: blocks[main].header.headings.clone() };
    blocks.insert(0, Block { header, assigned: blocks[main].assigned.clone(), body: (from, first) });
    true
}

/// An id with its letters and digits as such: `GNRL-01` is `A-9`.
fn shape(id: &str) -> String {
    let mut shape = String::new();
    for c in id.trim().chars().take(40) {
        let kind = if c.is_alphabetic() {
            'A'
        } else if c.is_numeric() {
            '9'
        } else {
            c
        };
        if !shape.ends_with(kind) {
            shape.push(kind);
        }
    }
    shape
}

/// The block whose columns stand for the sheet: that of the columns under which most questions stand.
fn fullest(view: &View<'_>, blocks: &[Block], known: usize) -> usize {
    let asked = |block: &Block| {
        let question = block.assigned.columns.of(ColumnRole::Question).unwrap_or(0);
        view.sheet.rows[block.body.0..block.body.1].iter().filter(|row| row.cell(question).is_some()).count()
    };
    let same = |n: usize| {
        blocks.iter().filter(|block| block.assigned.columns == blocks[n].assigned.columns).map(asked).sum::<usize>()
    };
    let first = |n: &usize| !blocks[..*n].iter().any(|block| block.assigned.columns == blocks[*n].assigned.columns);
    let known_columns = &blocks[known].assigned.columns;
    let others = (0..blocks.len())
        .filter(|n| blocks[*n].assigned.columns != *known_columns)
        .filter(first)
        .filter(|n| same(*n) > same(known) || same(*n) == same(known) && *n < known);
    others.max_by_key(|n| (same(*n), std::cmp::Reverse(*n))).unwrap_or(known)
}

/// Lets each block end where the next begins.
fn close(view: &View<'_>, blocks: &mut [Block]) {
    let starts: Vec<usize> =
        blocks.iter().map(|block| index_of(view.sheet, block.header.rows.first().copied().unwrap_or(0))).collect();
    for (n, block) in blocks.iter_mut().enumerate() {
        let from = index_of(view.sheet, block.header.last_row() + 1);
        block.body = (from, starts.get(n + 1).copied().unwrap_or(view.sheet.rows.len()).max(from));
    }
}

/// Questions without a header that says so: found by what the cells ask.
fn bare(view: &View<'_>, words: &Vocabulary, said: &Said) -> Option<Questions> {
    let rows: Vec<&Row> = view.sheet.rows.iter().take(SAMPLE).collect();
    let profiles = Profile::of(view, &rows, words);
    let asking = |profile: &Profile| {
        profile.asks() >= 0.5 && profile.length() >= 15.0 && profile.filled >= FEWEST_BARE && profile.fill() >= 0.3
    };
    let told = said.all(ColumnRole::Question).first().copied();
    let free = profiles.iter().filter(|(column, profile)| asking(profile) && !said.column(**column));
    let most = || {
        free.max_by(|one, other| {
            let points = |profile: &Profile| profile.asks() * profile.filled as f64;
            points(one.1).total_cmp(&points(other.1))
        })
    };
    let column = told.or_else(|| most().map(|(column, _)| *column))?;
    let first = view
        .sheet
        .rows
        .iter()
        .position(|row| row.text(column).is_some_and(|text| words.asks(&text) && text.chars().count() >= 12))?;
    let above = first.checked_sub(1).and_then(|at| view.row_at(at)).filter(|row| {
        row.cells.len() >= 2
            && row.cell(column).is_some()
            && row
                .cells
                .iter()
                .all(|cell| cell.value.text().is_some_and(|text| text.chars().count() <= 60 && !words.asks(&text)))
            && row.cells.iter().all(|cell| matches!(cell.value, super::grid::CellValue::Text(_)))
    });
    let header = match above {
        Some(_) => header::around(view, first - 1, words)?,
        None => Header { rows: Vec::new(), headings: BTreeMap::new() },
    };
    let body = (first, view.sheet.rows.len());
    let (mut assigned, profiles) = assigned(view, &header, body, words, said)?;
    assigned.doubts.retain(|doubt| doubt.about != "question");
    if !(told.is_some() && said.has(ColumnRole::Answer)) {
        assigned.doubts.push(Doubt::note("no heading names the columns; they were found by what their cells hold"));
    }
    Some(Questions { blocks: vec![Block { header, assigned, body }], main: 0, profiles })
}
