//! Which column of a table is what: by its heading, and by whether its cells look like it.

use super::columns::{ColumnRole, Columns};
use super::corrections::Said;
use super::doubt::Doubt;
use super::header::Header;
use super::place::column_letters;
use super::profile::Profile;
use super::vocabulary::{HeadingWord, Meaning, Vocabulary};
use std::collections::{BTreeMap, BTreeSet};

/// Below these points a column is not what its heading says, or nothing is known of it.
const ENOUGH: f64 = 28.0;
/// Points between two columns below which a person is asked.
const CLOSE: f64 = 12.0;
/// Letters of a text that is more than a label.
const SENTENCE: f64 = 25.0;

/// The columns of a table, with what speaks for them.
#[derive(Clone, Debug)]
pub(super) struct Assigned {
    pub(super) columns: Columns,
    /// The answer columns are one per option.
    pub(super) one_per_option: bool,
    /// How well headings and cells agree, over all columns.
    pub(super) points: f64,
    /// What the heading of the question column says; none where only its cells say it.
    pub(super) question_word: Option<HeadingWord>,
    /// The same of the answer column.
    pub(super) answer_word: Option<HeadingWord>,
    pub(super) doubts: Vec<Doubt>,
}

/// Everything that is known of a table's columns.
pub(super) struct Table<'t> {
    pub(super) header: &'t Header,
    pub(super) profiles: &'t BTreeMap<u32, Profile>,
    pub(super) words: &'t Vocabulary,
    /// What a person said of columns.
    pub(super) said: &'t Said,
}

impl Table<'_> {
    fn profile(&self, column: u32) -> Profile {
        self.profiles.get(&column).cloned().unwrap_or_default()
    }

    fn meanings(&self, column: u32) -> Vec<Meaning<HeadingWord>> {
        self.header.meanings(column, self.words)
    }

    /// Those of which a person said nothing.
    fn columns(&self) -> BTreeSet<u32> {
        let all = self.header.headings.keys().chain(self.profiles.keys()).copied();
        all.filter(|column| !self.said.column(*column)).collect()
    }
}

/// A column that could have a role.
#[derive(Clone, Copy, Debug)]
struct Bid {
    column: u32,
    points: f64,
    word: Option<HeadingWord>,
}

/// What a heading is worth to a role.
fn worth(role: ColumnRole, word: HeadingWord) -> f64 {
    use ColumnRole as C;
    use HeadingWord as H;
    match (role, word) {
        (C::Id, H::Id) | (C::Question, H::Question) | (C::Answer, H::Answer) | (C::Comment, H::Comment) => 100.0,
        (C::Section, H::Section) | (C::Guidance, H::Guidance) | (C::Options, H::Options) => 100.0,
        (C::Owner, H::Owner) | (C::Evidence, H::Evidence) => 100.0,
        (C::Question, H::Statement) => 62.0,
        (C::Question, H::Control) => 42.0,
        (C::Question, H::Detail) => 36.0,
        (C::Answer, H::Status) => 58.0,
        (C::Guidance, H::Detail) => 55.0,
        (C::Comment, H::Detail) => 40.0,
        _ => 0.0,
    }
}

/// What the cells of a column say for or against a role.
fn looks(role: ColumnRole, cells: &Profile) -> f64 {
    let mut points = 0.0;
    match role {
        ColumnRole::Question => {
            points += cells.asks() * 50.0;
            points += if cells.length() >= SENTENCE { 15.0 } else { 0.0 };
            points += if cells.length() >= 60.0 { 8.0 } else { 0.0 };
            points += cells.uncomputed() * 60.0;
            points -= if cells.filled > 0 && cells.length() < 5.0 { 50.0 } else { 0.0 };
            points -= if cells.fill() + cells.uncomputed() < 0.2 { 45.0 } else { 0.0 };
            points -= if cells.codes() > 0.7 { 80.0 } else { 0.0 };
            points -= if cells.answers() > 0.6 && cells.length() < 30.0 { 80.0 } else { 0.0 };
            points -= if cells.filled > 5 && cells.variety() < 0.3 { 35.0 } else { 0.0 };
            points -= if cells.listed() > 0.5 { 60.0 } else { 0.0 };
        }
        ColumnRole::Answer => {
            points += cells.answers() * 40.0 + cells.listed() * 40.0;
            points -= if cells.asks() > 0.3 && cells.length() > 15.0 { 80.0 } else { 0.0 };
            points -= if cells.codes() > 0.8 && cells.filled > 2 && cells.different() > 8 { 60.0 } else { 0.0 };
        }
        ColumnRole::Id => {
            points += cells.codes() * 30.0;
            points -= if cells.filled == 0 { 75.0 } else { 0.0 };
            points -= if cells.length() > 40.0 { 60.0 } else { 0.0 };
            points -= if cells.asks() > 0.2 { 80.0 } else { 0.0 };
            points -= if cells.filled > 5 && cells.variety() < 0.3 { 30.0 } else { 0.0 };
            points -= if cells.marks() > 0.8 && cells.filled > 2 && cells.different() <= 2 { 80.0 } else { 0.0 };
            points -= if cells.filled > 2 && cells.answers() > 0.7 { 60.0 } else { 0.0 };
        }
        ColumnRole::Comment | ColumnRole::Evidence | ColumnRole::Owner => {
            points -= if cells.asks() > 0.5 && cells.fill() > 0.5 && cells.length() > 20.0 { 50.0 } else { 0.0 };
        }
        ColumnRole::Section => points -= if cells.asks() > 0.5 { 80.0 } else { 0.0 },
        ColumnRole::Guidance | ColumnRole::Options => {}
    }
    points
}

/// Finds out what the columns under a header are.
pub(super) fn assign(table: &Table<'_>) -> Assigned {
    let mut found = Assigned {
        columns: Columns::default(),
        one_per_option: false,
        points: 0.0,
        question_word: None,
        answer_word: None,
        doubts: Vec::new(),
    };
    let said = |role| table.said.has(role);
    for role in ColumnRole::ALL {
        found.columns.set_all(role, table.said.all(role));
    }
    let options = if said(ColumnRole::Answer) { Vec::new() } else { one_per_option(table) };
    if said(ColumnRole::Question) {
        found.question_word = Some(HeadingWord::Question);
    } else {
        question(table, &options, &mut found);
    }
    if said(ColumnRole::Answer) {
        found.one_per_option = found.columns.all(ColumnRole::Answer).len() > 1;
        found.answer_word = Some(HeadingWord::Answer);
    } else {
        answer(table, options, &mut found);
    }
    if !said(ColumnRole::Id) {
        id(table, &mut found);
    }
    for role in
        [ColumnRole::Comment, ColumnRole::Options, ColumnRole::Guidance, ColumnRole::Owner, ColumnRole::Evidence]
    {
        if said(role) {
            continue;
        }
        let bids = bids(table, role, &found.columns);
        let bid = bids.iter().find(|bid| bid.points >= ENOUGH && may_stand(role, bid, &found.columns));
        if let Some(bid) = bid {
            found.columns.set(role, Some(bid.column));
            found.points += bid.points;
        }
    }
    if found.columns.of(ColumnRole::Comment).is_none() {
        let second = second_answer(table, &found);
        found.columns.set(ColumnRole::Comment, second);
    }
    if said(ColumnRole::Section) {
        return found;
    }
    let sections: Vec<u32> = table
        .columns()
        .into_iter()
        .filter(|column| !found.columns.uses(*column))
        .filter(|column| {
            table.meanings(*column).first().is_some_and(|m| m.word == HeadingWord::Section && m.fit >= 300)
        })
        .filter(|column| looks(ColumnRole::Section, &table.profile(*column)) >= 0.0)
        .collect();
    found.points += 20.0 * sections.len().min(2) as f64;
    found.columns.set_all(ColumnRole::Section, sections);
    found
}

/// A column behind the answer that is headed "response" too and offers nothing to choose from: what is said to the choice.
fn second_answer(table: &Table<'_>, found: &Assigned) -> Option<u32> {
    let answer = found.columns.of(ColumnRole::Answer).filter(|_| !found.one_per_option)?;
    let chosen = table.profile(answer);
    let closed = chosen.listed() >= 0.5 || chosen.filled >= 2 && chosen.answers() >= 0.7;
    let column = table.columns().into_iter().find(|column| {
        let answers = table.meanings(*column).first().is_some_and(|m| m.word == HeadingWord::Answer);
        let cells = table.profile(*column);
        *column > answer && answers && !found.columns.uses(*column) && cells.listed() < 0.2 && cells.answers() < 0.5
    })?;
    closed.then_some(column)
}

/// A description is a comment only behind the answer, and guidance only beside a question.
fn may_stand(role: ColumnRole, bid: &Bid, columns: &Columns) -> bool {
    let behind = columns.of(ColumnRole::Answer).is_some_and(|answer| bid.column > answer);
    match (role, bid.word) {
        (ColumnRole::Comment, Some(HeadingWord::Detail)) => behind,
        (ColumnRole::Guidance, Some(HeadingWord::Detail)) => columns.of(ColumnRole::Question).is_some(),
        _ => true,
    }
}

/// The columns that could have a role, the best first. `taken` are those that another role has.
fn bids(table: &Table<'_>, role: ColumnRole, taken: &Columns) -> Vec<Bid> {
    let mut bids: Vec<Bid> = Vec::new();
    for column in table.columns().into_iter().filter(|column| !taken.uses(*column)) {
        let meanings = table.meanings(column);
        let best = meanings
            .iter()
            .map(|meaning| (worth(role, meaning.word) * (0.4 + 0.6 * f64::from(meaning.fit) / 1_000.0), meaning.word))
            .max_by(|one, other| one.0.total_cmp(&other.0))
            .filter(|(worth, _)| *worth > 0.0);
        if let Some((worth, word)) = best {
            bids.push(Bid { column, points: worth + looks(role, &table.profile(column)), word: Some(word) });
        }
    }
    bids.sort_by(|one, other| other.points.total_cmp(&one.points).then(one.column.cmp(&other.column)));
    bids
}

fn question(table: &Table<'_>, options: &[u32], found: &mut Assigned) {
    let mut bids = bids(table, ColumnRole::Question, &Columns::default());
    bids.retain(|bid| !options.contains(&bid.column));
    let named = bids.first().is_some_and(|bid| bid.word == Some(HeadingWord::Question) && bid.points >= 60.0);
    if !named {
        for column in table.columns() {
            let cells = table.profile(column);
            let meaning = table.meanings(column).first().copied();
            let other = meaning.is_some_and(|m| worth(ColumnRole::Question, m.word) == 0.0 && m.fit >= 600);
            let asks = cells.asks() >= 0.5 && cells.length() >= 15.0 || cells.uncomputed() >= 0.5;
            let long = cells.length() >= SENTENCE && cells.variety() >= 0.6 && cells.fill() >= 0.4;
            if bids.iter().any(|bid| bid.column == column) || options.contains(&column) || !(asks || long && !other) {
                continue;
            }
            let against = if other { 25.0 } else { 0.0 };
            let mut points = looks(ColumnRole::Question, &cells) - against;
            if !asks {
                points -= 5.0;
            }
            bids.push(Bid { column, points, word: None });
        }
    }
    bids.sort_by(|one, other| other.points.total_cmp(&one.points).then(one.column.cmp(&other.column)));
    let has_answers = !options.is_empty()
        || table.header.headings.keys().any(|column| {
            table.meanings(*column).first().is_some_and(|m| matches!(m.word, HeadingWord::Answer | HeadingWord::Status))
        });
    let enough = if has_answers { 12.0 } else { ENOUGH };
    let Some(best) = bids.first().copied().filter(|bid| bid.points >= enough) else { return };
    if let Some(second) = bids.get(1).filter(|bid| best.points - bid.points < CLOSE && bid.points >= ENOUGH) {
        found.doubts.push(Doubt::column(
            ColumnRole::Question,
            &[best.column, second.column],
            "two columns look like the question",
        ));
    } else if best.word.is_none() {
        found.doubts.push(Doubt::column(
            ColumnRole::Question,
            &[best.column],
            "no heading names the question; its cells look like it",
        ));
    }
    found.columns.set(ColumnRole::Question, Some(best.column));
    found.question_word = best.word;
    found.points += best.points;
}

fn answer(table: &Table<'_>, options: Vec<u32>, found: &mut Assigned) {
    let question = found.columns.of(ColumnRole::Question);
    let mut bids = bids(table, ColumnRole::Answer, &found.columns);
    bids.retain(|bid| !options.contains(&bid.column));
    let marked = options.iter().map(|column| table.profile(*column).filled).sum::<usize>() > 0;
    if options.len() >= 2 && (marked || bids.first().is_none_or(|bid| bid.points < 110.0)) {
        found.points += 80.0;
        found.one_per_option = true;
        found.answer_word = Some(HeadingWord::Answer);
        found.columns.set_all(ColumnRole::Answer, options);
        return;
    }
    for bid in &mut bids {
        let cells = table.profile(bid.column);
        if cells.filled >= 2 && cells.kinds() >= 0.8 && !is_choice(&cells) {
            bid.points = 0.0;
        }
        if question.is_some_and(|question| bid.column < question) {
            bid.points -= 8.0;
        }
    }
    if bids.iter().all(|bid| bid.points < ENOUGH) {
        bids.extend(by_cells(table, found));
    }
    bids.sort_by(|one, other| other.points.total_cmp(&one.points).then(one.column.cmp(&other.column)));
    let Some(best) = bids.first().copied().filter(|bid| bid.points >= ENOUGH) else { return };
    let close: Vec<u32> = bids
        .iter()
        .filter(|bid| best.points - bid.points < CLOSE && bid.points >= ENOUGH)
        .map(|bid| bid.column)
        .collect();
    if close.len() > 1 {
        found.doubts.push(Doubt::column(ColumnRole::Answer, &close, "several columns look like the answer"));
    } else if best.word.is_none() {
        found.doubts.push(Doubt::column(
            ColumnRole::Answer,
            &[best.column],
            "no heading names the answer; its cells look like it",
        ));
    }
    found.columns.set(ColumnRole::Answer, Some(best.column));
    found.answer_word = best.word;
    found.points += best.points;
}

/// Cells such as "Yes/No" in a column of answers are choices not yet made; a column of kinds has several of them.
fn is_choice(cells: &Profile) -> bool {
    cells.listed() > 0.5 || cells.answers() >= 0.8 && cells.different() <= 1 && cells.kinds() < 0.8
}

/// Columns without a known heading that hold answers or offer them.
fn by_cells(table: &Table<'_>, found: &Assigned) -> Vec<Bid> {
    let Some(question) = found.columns.of(ColumnRole::Question) else { return Vec::new() };
    let mut bids = Vec::new();
    for column in table.columns().into_iter().filter(|column| *column > question) {
        let cells = table.profile(column);
        let unknown = table.meanings(column).first().is_none_or(|m| m.fit < 300 || m.word == HeadingWord::Record);
        let answers = cells.filled >= 2 && cells.answers() >= 0.6 && cells.fill() >= 0.3;
        if unknown && !found.columns.uses(column) && (answers || cells.listed() >= 0.5) {
            bids.push(Bid { column, points: ENOUGH + 5.0 + looks(ColumnRole::Answer, &cells) / 4.0, word: None });
        }
    }
    bids
}

fn id(table: &Table<'_>, found: &mut Assigned) {
    let question = found.columns.of(ColumnRole::Question);
    let bids = bids(table, ColumnRole::Id, &found.columns);
    if let Some(best) = bids.first().copied().filter(|bid| bid.points >= ENOUGH + 20.0) {
        let near = |column: u32| question.map_or(0, |question| question.abs_diff(column));
        let close: Vec<&Bid> =
            bids.iter().filter(|bid| best.points - bid.points < CLOSE && bid.points >= ENOUGH + 20.0).collect();
        let variety = |bid: &Bid| table.profile(bid.column).variety();
        let unique = close.iter().copied().max_by(|one, other| {
            variety(one).total_cmp(&variety(other)).then(near(other.column).cmp(&near(one.column)))
        });
        let chosen = unique.copied().unwrap_or(best);
        found.columns.set(ColumnRole::Id, Some(chosen.column));
        found.points += chosen.points;
        return;
    }
    let slipped = bids
        .first()
        .filter(|bid| table.profile(bid.column).filled == 0)
        .and_then(|bid| slipped_id(table, bid.column, found));
    let beside = || {
        let question = question?;
        (1..question).rev().find(|column| {
            let cells = table.profile(*column);
            let unclaimed = table.meanings(*column).first().is_none_or(|m| {
                use HeadingWord::{Answer, Applicability, Comment, Mapping, Review, Weight};
                m.fit < 600 || !matches!(m.word, Answer | Applicability | Comment | Mapping | Review | Weight)
            });
            !found.columns.uses(*column)
                && !table.said.column(*column)
                && unclaimed
                && cells.codes() >= 0.8
                && cells.variety() >= 0.9
                && cells.fill() >= 0.5
                && cells.filled >= 2
        })
    };
    if let Some(column) = slipped {
        found.doubts.push(Doubt::note(format!(
            "the ids stand in {}, beside the heading that names them",
            column_letters(column)
        )));
        found.columns.set(ColumnRole::Id, Some(column));
    } else if let Some(column) = beside() {
        found.columns.set(ColumnRole::Id, Some(column));
    }
}

/// A heading names ids, its column is empty, and a column beside it, which no role has, holds a different code in every
/// row: the header slipped by one column.
fn slipped_id(table: &Table<'_>, named: u32, found: &Assigned) -> Option<u32> {
    let free = |column: &u32| *column > 0 && !found.columns.uses(*column) && !table.said.column(*column);
    [named + 1, named.saturating_sub(1)].into_iter().filter(free).find(|column| {
        let cells = table.profile(*column);
        cells.filled >= 2 && cells.fill() >= 0.9 && cells.variety() >= 0.999 && cells.codes() >= 0.9
    })
}

/// Columns side by side whose headings are the options themselves: Yes, No, Not applicable.
fn one_per_option(table: &Table<'_>) -> Vec<u32> {
    let header = table.header;
    let plain_cells = |column: &u32| {
        let cells = table.profile(*column);
        let lowest = header.lowest(*column).unwrap_or_default();
        cells.filled == 0
            || cells.marks() >= 0.6
            || cells.answers() >= 0.6 && cells.different() <= 2
            || cells.length() <= 3.0 && table.words.answer(lowest).is_some()
    };
    let aside =
        |column: u32| {
            table.meanings(column).first().is_some_and(|m| {
                matches!(m.word, HeadingWord::Review | HeadingWord::Applicability | HeadingWord::Mapping)
            }) && table.words.answer(header.lowest(column).unwrap_or_default()).is_none()
        };
    let group = |column: u32| -> Option<&str> {
        let levels = header.headings.get(&column)?;
        levels.len().checked_sub(2).map(|above| levels[above].as_str())
    };
    let under_aside = |column: u32| {
        group(column)
            .and_then(|text| table.words.meanings(text).first().copied())
            .is_some_and(|m| matches!(m.word, HeadingWord::Review | HeadingWord::Applicability | HeadingWord::Mapping))
    };
    let under_answer = |column: u32| {
        let answers = |text: &str| {
            table
                .words
                .meanings(text)
                .first()
                .is_some_and(|m| matches!(m.word, HeadingWord::Answer | HeadingWord::Status))
        };
        group(column).is_some_and(answers)
            && header
                .lowest(column)
                .is_some_and(|text| table.words.meanings(text).is_empty() || text.parse::<u32>().is_ok())
    };
    let is_option = |column: &u32| {
        let named = header.lowest(*column).is_some_and(|text| table.words.answer(text).is_some());
        (named && !under_aside(*column) || under_answer(*column)) && !aside(*column) && plain_cells(column)
    };
    let mut runs: Vec<Vec<u32>> = Vec::new();
    let free = |column: &u32| !table.said.column(*column);
    for column in header.headings.keys().copied().filter(free).filter(|column| is_option(column)) {
        match runs.last_mut().filter(|run| run.last().is_some_and(|last| last + 1 == column)) {
            Some(run) => run.push(column),
            None => runs.push(vec![column]),
        }
    }
    runs.retain(|run| run.len() >= 2);
    let marks = |run: &Vec<u32>| run.iter().map(|column| table.profile(*column).filled).sum::<usize>();
    runs.into_iter().rev().max_by_key(marks).unwrap_or_default()
}
