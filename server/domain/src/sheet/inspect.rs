//! What a workbook was understood to be: every sheet with its role, every question with its cell, and every row between
//! questions that was passed over, with the reason.

use super::columns::{ColumnRole, Columns};
use super::corrections::{Corrections, Said};
use super::doubt::Doubt;
use super::families::Family;
use super::grid::{Row, Visibility, Workbook};
use super::header::Header;
use super::items::{self, Help};
use super::lookups::{self, Known};
use super::place::column_letters;
use super::role::{self, ASKED_BELOW, Role, Understood};
use super::tables::Questions;
use super::view::{View, is_void};
use super::vocabulary::{HeadingWord, SheetWord, Vocabulary, plain};
use serde::{Serialize, Serializer};
use std::cell::LazyCell;
use std::collections::{BTreeMap, BTreeSet};

/// What was understood of a file.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Inspection {
    /// The file's name.
    pub file: String,
    /// The format, by content.
    pub format: &'static str,
    /// Hash of the file, in lower-case hexadecimal.
    pub sha256: String,
    /// In the file's order.
    pub sheets: Vec<SheetReport>,
    /// Over all visible questionnaire sheets.
    pub totals: Totals,
}

/// What was understood of a sheet.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SheetReport {
    /// Its name.
    pub name: String,
    /// A person sees it without unhiding it.
    pub visible: bool,
    /// The rectangle that holds its cells; none for an empty sheet.
    pub range: Option<String>,
    /// What it is for.
    pub role: Role,
    /// Every row that is part of a header, repeated ones included.
    pub header_rows: Vec<u32>,
    /// Of a questionnaire: column letters by what they hold.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub columns: Option<BTreeMap<ColumnRole, Option<ColumnPlace>>>,
    /// Of a visible questionnaire: its questions.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub items: Option<Vec<Item>>,
    /// Of a register: how many entries it has.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rows: Option<usize>,
    /// Of a register: its headings by column letter.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub headings: Option<BTreeMap<String, String>>,
    /// Rows between the first and the last question or entry that are none.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub skipped: Vec<Skipped>,
    /// Every answer cell holds the same default of its drop-down: nothing was answered.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub defaulted: bool,
    /// The questionnaire that many use which this is, by its short name: `caiq-4`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub family: Option<String>,
    /// How certain the role is, from 0 to 1.
    pub certainty: f64,
    /// What speaks for the role.
    pub reason: String,
    /// What a person is asked, because it is not certain.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub asks: Vec<Doubt>,
}

/// Where something stands: one column, or several.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum ColumnPlace {
    /// A column's letter.
    One(String),
    /// One letter per option or level.
    Many(Vec<String>),
}

/// One question.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Item {
    /// Where its answer stands, or the question itself where there is no answer column: `CAIQ!C5`.
    pub cell: String,
    /// Its row.
    pub row: u32,
    /// As the sheet gives it.
    pub id: Option<String>,
    /// The heading it stands under; levels are joined by ` / `.
    pub section: Option<String>,
    /// Its text; empty, and null in JSON, where the file lost it.
    #[serde(serialize_with = "filled")]
    pub question: String,
    /// The answer's text; none where it is blank or a drop-down's placeholder.
    pub answer: Option<String>,
    /// What is added to the answer.
    pub comment: Option<String>,
    /// What the file lets one choose from.
    pub options: Option<Vec<String>>,
    /// What the answer stands for, where the file explains its codes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub means: Option<String>,
    /// The answer that counts as good, where the file says so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wanted: Option<String>,
    /// The cell of the same question on an earlier sheet.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub echo_of: Option<String>,
}

fn filled<S: Serializer>(text: &str, to: S) -> Result<S::Ok, S::Error> {
    Some(text).filter(|text| !text.is_empty()).serialize(to)
}

/// A row that was passed over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Skipped {
    /// Its number.
    pub row: u32,
    /// Why.
    pub reason: String,
}

/// Counts over the workbook.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Totals {
    /// Questions.
    pub questions: usize,
    /// Questions that somebody answered.
    pub answered: usize,
}

/// Says what was understood of a workbook. `file` and `sha256` are those of the file it was read from.
pub fn inspect(workbook: &Workbook, words: &Vocabulary, file: &str, sha256: &str) -> Inspection {
    inspect_with(workbook, words, file, sha256, &Corrections::default())
}

/// The same with what a person said of the sheets: it is so, and is not asked again. What does not fit the workbook
/// ([`Corrections::check`]) is passed over.
pub fn inspect_with(
    workbook: &Workbook,
    words: &Vocabulary,
    file: &str,
    sha256: &str,
    corrections: &Corrections,
) -> Inspection {
    let views: Vec<View<'_>> = workbook.sheets.iter().map(View::new).collect();
    let said = corrections.by_sheet(workbook);
    let said: Vec<Said> = views.iter().zip(said).map(|(view, said)| Said::of(said, view.sheet)).collect();
    let understand = |(view, said)| role::understand(view, workbook, words, said);
    let mut understood: Vec<Understood> = views.iter().zip(&said).map(understand).collect();
    let mut read: Vec<Option<Read>> = Vec::new();
    let known = LazyCell::new(|| {
        let wanted: Vec<String> = Family::shipped().iter().flat_map(|family| family.wanted_answers.clone()).collect();
        lookups::known(workbook, &wanted, words)
    });
    for ((view, understood), said) in views.iter().zip(&mut understood).zip(&said) {
        let asks = understood.role == Role::Questionnaire;
        let questions = understood.questions.as_mut().filter(|_| asks);
        read.push(questions.map(|questions| questions_of(view, workbook, &known, questions, (words, said))));
    }
    find_evaluations(&views, &mut understood, &read, words);
    let mut sheets: Vec<SheetReport> = Vec::new();
    for ((view, understood), read) in views.iter().zip(understood).zip(read) {
        sheets.push(report(view, understood, read, words));
    }
    items::mark_echoes(sheets.iter_mut().filter_map(|sheet| sheet.items.as_mut()));
    let mut totals = Totals::default();
    for sheet in &sheets {
        let items = sheet.items.as_deref().unwrap_or_default();
        totals.questions += items.len();
        if !sheet.defaulted {
            totals.answered += items.iter().filter(|item| item.answer.is_some()).count();
        }
    }
    Inspection { file: file.to_owned(), format: workbook.format.name(), sha256: sha256.to_owned(), sheets, totals }
}

/// The questions of a sheet, with what is known of them all together.
struct Read {
    asked: items::Asked,
    defaulted: bool,
    family: Option<&'static Family>,
}

fn questions_of(
    view: &View<'_>,
    workbook: &Workbook,
    known: &LazyCell<Known, impl FnOnce() -> Known>,
    questions: &mut Questions,
    (words, said): (&Vocabulary, &Said),
) -> Read {
    let family = family_of(view, questions, said);
    let kinds =
        if said.has(ColumnRole::Answer) { BTreeMap::new() } else { kinds_of_answers(view, workbook, questions, words) };
    let lost = questions
        .main()
        .assigned
        .columns
        .of(ColumnRole::Question)
        .is_some_and(|column| lookups::lost_values(view.sheet, column));
    let nothing = Known::default();
    let wants = family.is_some_and(|family| !family.wanted_answers.is_empty());
    let known: &Known = if lost || wants { known } else { &nothing };
    let mut asked = items::read(view, questions, &Help { words, kinds: &kinds, known });
    explain_codes(view, workbook, &mut asked, words);
    let defaulted = items::is_defaulted(view, questions, &asked.items, words);
    Read { asked, defaulted, family }
}

/// The family that the main table is of; its columns then win over what the headings seemed to say, not over what a
/// person said.
fn family_of(view: &View<'_>, questions: &mut Questions, said: &Said) -> Option<&'static Family> {
    let family = questions.blocks.iter().find_map(|block| {
        let id = block.assigned.columns.of(ColumnRole::Id)?;
        let rows = &view.sheet.rows[block.body.0..block.body.1];
        let texts: Vec<_> = rows.iter().filter_map(|row| row.text(id)).take(100).collect();
        let fits = |family: &&Family| family.fits(&block.header, texts.iter().map(|text| text.as_ref()));
        Family::shipped().iter().find(fits)
    })?;
    for block in &mut questions.blocks {
        let found = family.columns(&block.header);
        let found = found.into_iter().filter(|(role, _)| !said.has(*role)).map(|(role, mut columns)| {
            columns.retain(|column| !said.column(*column));
            (role, columns)
        });
        let found: BTreeMap<ColumnRole, Vec<u32>> = found.collect();
        let one_per_option = found.get(&ColumnRole::Answer).is_some_and(|columns| columns.len() > 1);
        for (role, columns) in found {
            block.assigned.columns.set_all(role, columns);
        }
        block.assigned.one_per_option |= one_per_option;
        block.assigned.doubts.clear();
    }
    Some(family)
}

/// A column that is headed "answer" and holds the codes of a sheet that explains kinds of answers is no answer.
fn kinds_of_answers(
    view: &View<'_>,
    workbook: &Workbook,
    questions: &mut Questions,
    words: &Vocabulary,
) -> BTreeMap<String, Vec<String>> {
    let block = questions.main();
    if block.assigned.one_per_option {
        return BTreeMap::new();
    }
    let columns = &block.assigned.columns;
    let (Some(answer), Some(question)) = (columns.of(ColumnRole::Answer), columns.of(ColumnRole::Question)) else {
        return BTreeMap::new();
    };
    let rows = view.sheet.rows[block.body.0..block.body.1].iter().filter(|row| row.text(question).is_some());
    let given: BTreeSet<String> = rows.filter_map(|row| row.text(answer)).map(|text| text.into_owned()).collect();
    let Some(kinds) = lookups::kinds(&given, workbook, &view.sheet.name, words) else { return BTreeMap::new() };
    if given.iter().all(|text| words.answer(text).is_some()) {
        return BTreeMap::new();
    }
    for block in &mut questions.blocks {
        block.assigned.columns.set(ColumnRole::Answer, None);
        block.assigned.columns.set(ColumnRole::Options, Some(answer));
        block.assigned.doubts.retain(|doubt| doubt.about != "answer");
    }
    kinds
}

/// Codes that a number of rows share as their answers, and what the workbook says they stand for.
fn explain_codes(view: &View<'_>, workbook: &Workbook, asked: &mut items::Asked, words: &Vocabulary) {
    const MOST_CODES: usize = 12;
    let used: BTreeSet<String> = asked
        .items
        .iter()
        .filter_map(|item| item.answer.clone())
        .filter(|text| text.chars().count() <= 3 && words.answer(text).is_none())
        .collect();
    let coded = asked.items.iter().filter(|item| item.answer.as_ref().is_some_and(|text| used.contains(text))).count();
    let answered = asked.items.iter().filter(|item| item.answer.is_some()).count();
    if used.is_empty() || used.len() > MOST_CODES || coded * 2 < answered {
        return;
    }
    let rows: BTreeSet<u32> = asked.items.iter().map(|item| item.row).collect();
    let legend = lookups::legend(&used, workbook, (&view.sheet.name, &rows), words);
    for item in &mut asked.items {
        item.means = item.answer.as_ref().and_then(|text| legend.get(text)).cloned();
    }
}

/// A sheet that repeats the questions of others, and has columns for the reviewer or takes its answers from elsewhere, is
/// the reviewer's own.
fn find_evaluations(views: &[View<'_>], understood: &mut [Understood], read: &[Option<Read>], words: &Vocabulary) {
    let keys: Vec<BTreeSet<String>> =
        read.iter().map(|read| read.as_ref().map(|read| items::keys(&read.asked.items)).unwrap_or_default()).collect();
    let own_answers: Vec<usize> = views
        .iter()
        .zip(understood.iter())
        .map(|(view, understood)| {
            understood.questions.as_ref().map_or(0, |questions| computed_answers(view, questions))
        })
        .collect();
    for n in 0..views.len() {
        let found = understood[n].role == Role::Questionnaire && !understood[n].said;
        let Some(questions) = understood[n].questions.as_ref().filter(|_| found) else { continue };
        let mine = &keys[n];
        let elsewhere = mine
            .iter()
            .filter(|key| keys.iter().enumerate().any(|(other, keys)| other != n && keys.contains(*key)))
            .count();
        let repeats = !mine.is_empty() && elsewhere * 10 >= mine.len() * 6;
        let header = &questions.main().header;
        let reviewing = header.headings.keys().filter(|column| {
            header
                .meanings(**column, words)
                .first()
                .is_some_and(|m| matches!(m.word, HeadingWord::Review | HeadingWord::Weight))
        });
        let reviewing = reviewing.count();
        let named = words.sheet_meanings(&views[n].sheet.name).first().is_some_and(|m| m.word == SheetWord::Evaluation);
        let computed = own_answers[n] * 2 > mine.len();
        let larger = keys.iter().enumerate().any(|(other, keys)| other != n && keys.len() >= mine.len());
        let points = [reviewing >= 2, named, computed, !larger && named].into_iter().filter(|is| *is).count();
        if repeats && points >= 1 && (named || computed || reviewing >= 3) {
            understood[n]
                .change(Role::Evaluation, "it repeats the questions of another sheet for whoever reviews them");
        } else if named && reviewing >= 3 && questions.main().assigned.columns.of(ColumnRole::Answer).is_none() {
            understood[n].change(Role::Evaluation, "its name and its columns are a reviewer's");
        }
    }
}

/// How many answer cells are computed.
fn computed_answers(view: &View<'_>, questions: &Questions) -> usize {
    let Some(answer) = questions.main().assigned.columns.of(ColumnRole::Answer) else { return 0 };
    view.sheet.rows.iter().filter(|row| row.cell(answer).is_some_and(|cell| cell.formula)).count()
}

fn report(view: &View<'_>, understood: Understood, read: Option<Read>, words: &Vocabulary) -> SheetReport {
    let sheet = view.sheet;
    let visible = sheet.visibility == Visibility::Visible;
    let mut report = SheetReport {
        name: sheet.name.clone(),
        visible,
        range: sheet.range().map(|range| range.to_string()),
        role: understood.role,
        header_rows: Vec::new(),
        columns: None,
        items: None,
        rows: None,
        headings: None,
        skipped: Vec::new(),
        defaulted: false,
        family: None,
        certainty: (understood.certainty * 100.0).round() / 100.0,
        reason: understood.reason,
        asks: understood.doubts,
    };
    if let Some(header) = &understood.header {
        report.header_rows.clone_from(&header.rows);
    }
    if let Some(questions) = understood.questions.as_ref() {
        report.header_rows = questions.header_rows();
    }
    match (understood.role, understood.questions, understood.header) {
        (Role::Questionnaire, Some(questions), _) => {
            report.columns = Some(places(&questions.main().assigned.columns));
            if let Some(read) = read {
                report.family = read.family.map(|family| family.key.clone());
                if report.family.is_some() {
                    report.certainty = report.certainty.max(0.98);
                    report.asks.retain(|doubt| doubt.about == "row");
                }
                report.skipped = read.asked.skipped;
                report.defaulted = read.defaulted;
                if visible {
                    report.asks.extend(read.asked.doubts);
                    report.items = Some(read.asked.items);
                }
            }
        }
        (Role::Questionnaire, None, _) => {
            report.columns = Some(places(&Columns::default()));
            report.items = visible.then(Vec::new);
        }
        (Role::Evaluation, Some(questions), _) => report.columns = Some(places(&questions.main().assigned.columns)),
        (Role::Register, _, Some(header)) => {
            let (rows, skipped) = entries(view, &header, words);
            report.rows = Some(rows);
            report.skipped = skipped;
            report.headings =
                Some(header.headings.keys().map(|column| (column_letters(*column), header.whole(*column))).collect());
        }
        _ => {}
    }
    report.asks.retain(|doubt| doubt.certainty < ASKED_BELOW);
    report
}

/// The columns of a questionnaire; those of the common roles are always named.
fn places(columns: &Columns) -> BTreeMap<ColumnRole, Option<ColumnPlace>> {
    let mut places: BTreeMap<_, _> = [ColumnRole::Id, ColumnRole::Question, ColumnRole::Answer, ColumnRole::Comment]
        .into_iter()
        .chain([ColumnRole::Section, ColumnRole::Guidance])
        .map(|role| (role, None))
        .collect();
    for (role, found) in columns.each() {
        let mut letters: Vec<String> = found.iter().map(|column| column_letters(*column)).collect();
        let place =
            if letters.len() == 1 { letters.pop().map(ColumnPlace::One) } else { Some(ColumnPlace::Many(letters)) };
        places.insert(role, place);
    }
    places
}

/// The entries of a register, counted, and the rows under its header that are none.
fn entries(view: &View<'_>, header: &Header, words: &Vocabulary) -> (usize, Vec<Skipped>) {
    let first_column = header.headings.keys().next().copied().unwrap_or(1);
    let mut rows = 0;
    let mut last = 0;
    let mut skipped = Vec::new();
    for row in view.sheet.rows.iter().filter(|row| row.number > header.last_row()) {
        let filled = row.cells.iter().filter(|cell| !is_void(cell));
        let filled: Vec<u32> = filled.map(|cell| cell.column).collect();
        let says_again = filled.len() >= 2
            && filled.iter().all(|column| {
                header
                    .lowest(*column)
                    .is_some_and(|heading| row.text(*column).is_some_and(|text| plain(&text) == plain(heading)))
            });
        let reason = if says_again {
            Some("the header again")
        } else if filled.is_empty() {
            Some("nothing to read")
        } else if filled.iter().all(|column| !header.headings.contains_key(column)) {
            Some("outside the table")
        } else if header.headings.len() >= 3 && filled.len() == 1 && !stands_alone(row, first_column, words) {
            Some("a line of text, not an entry")
        } else if header.headings.len() >= 3
            && filled.len() <= 2
            && row.text(filled[0]).is_some_and(|text| words.is_trailer(&text))
        {
            Some("a line under the table, not an entry")
        } else {
            None
        };
        match reason {
            None => {
                rows += 1;
                last = row.number;
            }
            Some(reason) => skipped.push(Skipped { row: row.number, reason: reason.to_owned() }),
        }
    }
    skipped.retain(|skipped| skipped.row < last);
    (rows, skipped)
}

/// The only cell of an entry is its name: short, in the first column, and no total or copyright line.
fn stands_alone(row: &Row, first_column: u32, words: &Vocabulary) -> bool {
    row.text(first_column).is_some_and(|text| text.chars().count() <= 80 && !words.is_trailer(&text))
}
