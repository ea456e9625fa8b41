//! What a sheet is for.

use super::assign::Assigned;
use super::columns::{ColumnRole, Columns};
use super::corrections::Said;
use super::doubt::Doubt;
use super::grid::{CellValue, Row, Sheet, Workbook};
use super::header::{self, Header};
use super::own::{self, OwnSheet};
use super::profile::Profile;
use super::tables::{self, Block, Questions};
use super::told::{self, SAID};
use super::view::View;
use super::vocabulary::{HeadingWord, SheetWord, Vocabulary};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What a sheet is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Something is put to someone.
    Questionnaire,
    /// A table of records that are not questions.
    Register,
    /// States controls and asks nobody.
    Catalogue,
    /// Repeats questions for the reviewer's own use.
    Evaluation,
    /// Tells how to fill the rest in.
    Instructions,
    /// Lists that feed drop-downs.
    Lookup,
    /// Names and facts about the whole.
    Cover,
    /// None of these for certain.
    Unknown,
}

/// What a sheet is for, and its tables.
pub(super) struct Understood {
    pub(super) role: Role,
    /// How certain the role is, from 0 to 1.
    pub(super) certainty: f64,
    /// What speaks for it.
    pub(super) reason: String,
    /// The header of a table that asks nothing.
    pub(super) header: Option<Header>,
    pub(super) questions: Option<Questions>,
    pub(super) doubts: Vec<Doubt>,
    /// A person said what it is for.
    pub(super) said: bool,
}

/// Certainty below which a person is asked.
pub(super) const ASKED_BELOW: f64 = 0.75;
/// Rows of facts that a cover has at most.
const COVER_ROWS: usize = 60;
/// Characters from which on a text is a sentence to read, not an entry.
const SENTENCE: usize = 80;
/// Rows that are enough to tell a list from a table.
const SAMPLED: usize = 300;

impl Understood {
    pub(super) fn new(role: Role, certainty: f64, reason: impl Into<String>) -> Self {
        let reason = reason.into();
        let mut doubts = Vec::new();
        if certainty < ASKED_BELOW {
            doubts.push(Doubt::role(certainty, reason.clone()));
        }
        Self { role, certainty, reason, header: None, questions: None, doubts, said: false }
    }

    /// What a person said that it is for.
    pub(super) fn said(role: Role) -> Self {
        Self { said: true, ..Self::new(role, 1.0, SAID) }
    }

    pub(super) fn with_header(mut self, header: Header) -> Self {
        self.header = Some(header);
        self
    }

    pub(super) fn with_questions(mut self, questions: Questions) -> Self {
        self.doubts.extend(questions.main().assigned.doubts.iter().cloned());
        self.questions = Some(questions);
        self
    }

    /// Another role for the same tables.
    pub(super) fn change(&mut self, role: Role, reason: &str) {
        self.role = role;
        reason.clone_into(&mut self.reason);
        self.certainty = 0.9;
        self.doubts.clear();
    }
}

/// Finds out what a sheet is for, with what a person said of it.
pub(super) fn understand(view: &View<'_>, workbook: &Workbook, words: &Vocabulary, said: &Said) -> Understood {
    if said.is_nothing() { found(view, workbook, words) } else { told::understand(view, workbook, words, said) }
}

/// Whether the tables of a sheet surely ask something, and what speaks for it.
pub(super) fn asks(sheet: &Sheet, questions: &Questions, words: &Vocabulary) -> Option<(f64, String)> {
    let name = words.sheet_meanings(&sheet.name).first().map(|meaning| meaning.word);
    match asking(questions, name, words) {
        Asking::Yes(certainty, reason) => Some((certainty, reason)),
        Asking::Catalogue(..) | Asking::No => None,
    }
}

/// Finds out what a sheet is for by itself.
pub(super) fn found(view: &View<'_>, workbook: &Workbook, words: &Vocabulary) -> Understood {
    let sheet = view.sheet;
    match own::kind_of(sheet) {
        Some(OwnSheet::Stamp) => return Understood::new(Role::Lookup, 1.0, "our own hidden sheet"),
        Some(OwnSheet::Table) => {
            let found = Understood::new(Role::Register, 1.0, "our own table");
            return match own::table_header(sheet) {
                Some(header) => found.with_header(header),
                None => found,
            };
        }
        Some(OwnSheet::Answers) => {
            if let Some((header, columns)) = own::answers_header(sheet) {
                return Understood::new(Role::Questionnaire, 1.0, "our own questions")
                    .with_questions(ours(view, header, columns));
            }
        }
        None => {}
    }
    if sheet.rows.is_empty() {
        return Understood::new(Role::Unknown, 1.0, "it is empty");
    }
    let name = words.sheet_meanings(&sheet.name).first().map(|meaning| meaning.word);
    let questions = tables::of_questions(view, words, &Said::default());
    let fed = workbook.sheets.iter().any(|other| {
        other.name != sheet.name && other.drop_downs.iter().any(|list| list.from_sheet.as_ref() == Some(&sheet.name))
    });
    let mut doubted = None;
    let named = |questions: &Questions| questions.main().assigned.question_word == Some(HeadingWord::Question);
    let explained = explains_columns(sheet, words);
    if let Some(questions) = questions.filter(|questions| (!fed || named(questions)) && !explained) {
        match asking(&questions, name, words) {
            Asking::Yes(certainty, reason) => {
                return Understood::new(Role::Questionnaire, certainty, reason).with_questions(questions);
            }
            Asking::Catalogue(certainty, reason) => {
                let header = questions.main().header.clone();
                return Understood::new(Role::Catalogue, certainty, reason).with_header(header);
            }
            Asking::No => doubted = Some(questions),
        }
    }
    let header = header::of_records(view, words);
    let width = header.as_ref().map_or(0, |(_, header)| header.headings.len());
    if fed && !(width >= 5 && sheet.rows.len() >= 25) {
        return Understood::new(Role::Lookup, 0.98, "its lists feed drop-downs of other sheets");
    }
    if let Some((_, header)) = header.as_ref().filter(|(_, header)| explains_kinds(header, words)) {
        return Understood::new(Role::Lookup, 0.9, "it explains kinds of answers").with_header(header.clone());
    }
    if let Some(certainty) = is_lists(view, header.as_ref(), name, words) {
        return Understood::new(Role::Lookup, certainty, "lists of short values");
    }
    if is_cover(sheet, name) {
        return Understood::new(Role::Cover, 0.85, "names and values, and no table");
    }
    if is_prose(sheet, name, header.is_some()) {
        return Understood::new(Role::Instructions, 0.85, "texts to read, and no table");
    }
    if is_short_list(view) {
        return Understood::new(Role::Lookup, 0.7, "one list of short values");
    }
    let Some((index, header)) = header else {
        return match name {
            Some(SheetWord::Instructions) => Understood::new(Role::Instructions, 0.8, "its name says so"),
            Some(SheetWord::Cover) => Understood::new(Role::Cover, 0.8, "its name says so"),
            Some(SheetWord::Lookup) => Understood::new(Role::Lookup, 0.8, "its name says so"),
            Some(SheetWord::Evaluation) => Understood::new(Role::Evaluation, 0.75, "its name says so"),
            _ => Understood::new(Role::Unknown, 0.6, "no table, and nothing to tell what it is for"),
        };
    };
    let below = sheet.rows.len() - index - 1;
    let (role, certainty, reason) = of_table(&header, below, name, doubted.as_ref(), words);
    Understood::new(role, certainty, reason).with_header(header)
}

/// Whether a narrow sheet goes through the columns of another one by one: its first cells are headings themselves.
fn explains_columns(sheet: &Sheet, words: &Vocabulary) -> bool {
    let names = |row: &&Row| {
        let first = row.cells.first().and_then(|cell| cell.value.text()).unwrap_or_default();
        let core = |word| {
            matches!(
                word,
                HeadingWord::Question
                    | HeadingWord::Answer
                    | HeadingWord::Comment
                    | HeadingWord::Id
                    | HeadingWord::Evidence
            )
        };
        row.cells.len() == 2 && words.meanings(&first).first().is_some_and(|m| m.fit >= 950 && core(m.word))
    };
    sheet.rows.len() <= COVER_ROWS
        && sheet.rows.iter().all(|row| row.cells.len() <= 3)
        && sheet.rows.iter().filter(names).count() >= 2
}

fn explains_kinds(header: &Header, words: &Vocabulary) -> bool {
    let options = |column: &u32| header.meanings(*column, words).iter().any(|m| m.word == HeadingWord::Options);
    header.headings.len() <= 6 && header.headings.keys().any(options)
}

/// A table that asks nothing: a catalogue of controls, a list of kinds of answers, or records.
fn of_table(
    header: &Header,
    below: usize,
    name: Option<SheetWord>,
    doubted: Option<&Questions>,
    words: &Vocabulary,
) -> (Role, f64, &'static str) {
    let meanings = |wanted: &[HeadingWord]| {
        header
            .headings
            .keys()
            .filter(|column| header.meanings(**column, words).first().is_some_and(|m| wanted.contains(&m.word)))
            .count()
    };
    let controls = meanings(&[HeadingWord::Control, HeadingWord::Statement]);
    let records = meanings(&[HeadingWord::Record]);
    let ids = meanings(&[HeadingWord::Id, HeadingWord::Section, HeadingWord::Detail, HeadingWord::Mapping]);
    if controls > 0
        && controls + ids >= 2
        && records <= controls.max(1)
        && doubted.is_none_or(|q| q.main().assigned.answer_word.is_none())
    {
        return (Role::Catalogue, 0.85, "it states controls, and nothing is to be answered");
    }
    if name == Some(SheetWord::Catalogue) && meanings(&[HeadingWord::Detail]) > 0 {
        return (Role::Catalogue, 0.75, "its name says so, and it describes");
    }
    let certainty = if below == 0 || records == 0 && header.headings.len() < 3 { 0.7 } else { 0.85 };
    (Role::Register, certainty, "a table of records")
}

enum Asking {
    Yes(f64, String),
    Catalogue(f64, String),
    No,
}

/// Whether a table asks somebody something.
fn asking(questions: &Questions, name: Option<SheetWord>, words: &Vocabulary) -> Asking {
    let block = questions.main();
    let Assigned { columns, question_word, answer_word, .. } = &block.assigned;
    let cells = |role| columns.of(role).and_then(|column| questions.profiles.get(&column)).cloned().unwrap_or_default();
    let (question, answer) = (cells(ColumnRole::Question), cells(ColumnRole::Answer));
    let count = |wanted: HeadingWord| {
        let means = |column: &&u32| {
            !columns.uses(**column)
                && block.header.meanings(**column, words).first().is_some_and(|m| m.word == wanted && m.fit >= 600)
        };
        block.header.headings.keys().filter(means).count()
    };
    let records = count(HeadingWord::Record);
    let has_answer = columns.of(ColumnRole::Answer).is_some();
    let answered_like =
        answer.filled == 0 || answer.answers() >= 0.5 || answer.listed() >= 0.5 || block.assigned.one_per_option;
    let asks = question.asks();
    let lost = usize::from(question.uncomputed() > 0.0) * 2;
    let says = |role, word| {
        let meanings = columns.of(role).map(|column| block.header.meanings(column, words)).unwrap_or_default();
        meanings.iter().any(|m| m.word == word && m.fit >= 900)
    };
    let vague = !says(ColumnRole::Question, HeadingWord::Question) && asks < 0.9;
    let answer_is_named = says(ColumnRole::Answer, HeadingWord::Answer);
    match question_word {
        Some(HeadingWord::Question) if question.filled + lost < 2 && asks < 0.5 => Asking::No,
        Some(HeadingWord::Question) if vague && records >= 2 && !answer_is_named => Asking::No,
        Some(HeadingWord::Question) if has_answer || asks >= 0.3 || records <= 2 => {
            let certain = asks >= 0.3 || answered_like;
            Asking::Yes(if certain { 0.97 } else { 0.8 }, "a heading names the questions".to_owned())
        }
        Some(HeadingWord::Question) => Asking::No,
        _ if asks >= 0.4 && records <= 3 && question.filled >= 2 => {
            let certainty = if has_answer || name == Some(SheetWord::Questionnaire) { 0.85 } else { 0.76 };
            Asking::Yes(certainty, "its texts ask something".to_owned())
        }
        Some(HeadingWord::Statement | HeadingWord::Control | HeadingWord::Detail) | None => match answer_word {
            Some(HeadingWord::Answer) if records <= 2 => {
                Asking::Yes(0.88, "something is stated, and an answer is asked for beside it".to_owned())
            }
            Some(HeadingWord::Status)
                if answered_like
                    && records <= usize::from(*question_word != Some(HeadingWord::Detail))
                    && question_word.is_some() =>
            {
                let certainty = if answer.listed() >= 0.5 || answer.answers() >= 0.8 { 0.85 } else { 0.7 };
                Asking::Yes(certainty, "something is stated, and its state is to be given beside it".to_owned())
            }
            None if has_answer
                && answered_like
                && records == 0
                && matches!(question_word, Some(HeadingWord::Statement | HeadingWord::Control)) =>
            {
                Asking::Yes(0.7, "texts with answer words beside them".to_owned())
            }
            None if !has_answer
                && matches!(question_word, Some(HeadingWord::Statement | HeadingWord::Control))
                && records <= 1 =>
            {
                Asking::Catalogue(
                    if name == Some(SheetWord::Questionnaire) { 0.6 } else { 0.85 },
                    "it states controls, and nothing is to be answered".to_owned(),
                )
            }
            _ => Asking::No,
        },
        Some(_) => Asking::No,
    }
}

/// The tables of our own answer sheet.
fn ours(view: &View<'_>, header: Header, columns: Columns) -> Questions {
    let from = header::index_of(view.sheet, header.last_row() + 1);
    let assigned = Assigned {
        columns,
        one_per_option: false,
        points: 0.0,
        question_word: Some(HeadingWord::Question),
        answer_word: Some(HeadingWord::Answer),
        doubts: Vec::new(),
    };
    let profiles: BTreeMap<u32, Profile> = BTreeMap::new();
    Questions { blocks: vec![Block { header, assigned, body: (from, view.sheet.rows.len()) }], main: 0, profiles }
}

/// A few rows of a name and its value.
fn is_cover(sheet: &Sheet, name: Option<SheetWord>) -> bool {
    let narrow = sheet.rows.len() <= COVER_ROWS && sheet.rows.iter().all(|row| row.cells.len() <= 3);
    if narrow && name == Some(SheetWord::Cover) {
        return true;
    }
    let pairs = sheet.rows.iter().filter(|row| row.cells.len() == 2).count();
    let short_name = |row: &Row| match row.cells.first().map(|cell| &cell.value) {
        Some(CellValue::Text(text)) => text.chars().count() <= SENTENCE,
        _ => false,
    };
    let value_column = |row: &Row| row.cells.get(1).map(|cell| &cell.value).cloned();
    let first_is_no_header = sheet.rows.first().is_some_and(|row| row.cells.len() == 1)
        || sheet.rows.first().and_then(value_column).is_some_and(|value| match value {
            CellValue::Text(text) => text.chars().any(|c| c.is_ascii_digit()) || text.chars().count() > 40,
            _ => true,
        });
    let labels = sheet
        .rows
        .iter()
        .filter(|row| {
            row.cells.first().and_then(|cell| cell.value.text()).is_some_and(|text| text.ends_with([':', '：']))
        })
        .count();
    let label_like = labels * 2 >= sheet.rows.len() && sheet.rows.len() >= 2;
    let few_titles = sheet.rows.len() <= 6 && sheet.rows.iter().all(|row| row.cells.len() == 1 && short_name(row));
    narrow
        && sheet.rows.iter().all(short_name)
        && (label_like || few_titles || pairs * 10 >= sheet.rows.len() * 8 && first_is_no_header)
}

/// Mostly sentences, mostly one to a row.
fn is_prose(sheet: &Sheet, name: Option<SheetWord>, has_table: bool) -> bool {
    let long = |row: &&Row| {
        row.cells.iter().any(|cell| matches!(&cell.value, CellValue::Text(text) if text.chars().count() >= SENTENCE))
    };
    let sampled = &sheet.rows[..sheet.rows.len().min(SAMPLED)];
    let narrow = sampled.iter().filter(|row| row.cells.len() <= 2).count();
    let longs = sampled.iter().filter(long).count();
    let named = name == Some(SheetWord::Instructions);
    if named && narrow * 10 >= sampled.len() * 6 && sheet.rows.len() <= 200 {
        return true;
    }
    let single = sampled.iter().filter(|row| row.cells.len() == 1).count();
    narrow * 10 >= sampled.len() * 7
        && longs >= 1
        && (!has_table || single * 10 >= sampled.len() * 6 || longs * 10 >= sampled.len() * 5 && sampled.len() <= 40)
}

/// Columns of short values, such as drop-downs are fed from: of unequal lengths, or answer words.
fn is_lists(
    view: &View<'_>,
    header: Option<&(usize, Header)>,
    name: Option<SheetWord>,
    words: &Vocabulary,
) -> Option<f64> {
    let rows: Vec<&Row> = view.sheet.rows.iter().take(SAMPLED).collect();
    let profiles = Profile::of(view, &rows, words);
    let short = profiles.values().all(|profile| profile.length() <= 40.0);
    if !short || profiles.is_empty() {
        return None;
    }
    let answers =
        profiles.values().any(|profile| profile.answers() >= 0.5 && profile.filled <= 12 && profile.variety() >= 0.9);
    let known = header.map_or(0, |(_, header)| {
        let record = |column: &&u32| {
            header.meanings(**column, words).first().is_some_and(|m| matches!(m.word, HeadingWord::Record))
        };
        header.headings.keys().filter(record).count()
    });
    if name == Some(SheetWord::Lookup) && known <= 1 {
        return Some(0.85);
    }
    let few = view.sheet.rows.len() <= 40;
    let ragged = {
        let (least, most) =
            profiles.values().fold((usize::MAX, 0), |(least, most), p| (least.min(p.filled), most.max(p.filled)));
        least * 2 <= most
    };
    if known == 0 && few && answers {
        return Some(if ragged || profiles.len() <= 2 { 0.8 } else { 0.7 });
    }
    None
}

/// A single column of a few different short values.
fn is_short_list(view: &View<'_>) -> bool {
    let rows = &view.sheet.rows;
    let short =
        |row: &Row| row.cells.len() == 1 && row.cells[0].value.text().is_some_and(|text| text.chars().count() <= 40);
    let column = rows.first().and_then(|row| row.cells.first()).map(|cell| cell.column);
    (3..=40).contains(&rows.len())
        && rows.iter().all(|row| short(row) && row.cells.first().map(|cell| cell.column) == column)
}
