//! What a person said of a workbook's sheets: what a sheet is for, where its headings stand, what its columns hold.
//!
//! What is said wins over what is found, and is not asked again; all else is found as ever. A sheet is named by its name
//! and by its place, so that one that was renamed since is found by its place.

use super::columns::ColumnRole;
use super::grid::{Sheet, Visibility, Workbook};
use super::own;
use super::place::{column_letters, column_number};
use super::role::Role;
use crate::problem::{Problem, Problems};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// What is said of a column that means nothing to us.
pub const NOTHING: &str = "nothing";
/// Rows of headings that can be said of one sheet.
const MOST_HEADER_ROWS: usize = 200;
/// Rows that one header has at most; more are no header.
const LARGEST_HEADER: usize = 6;

/// What a person said of a workbook.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Corrections {
    /// Those that something was said of.
    pub sheets: Vec<SheetCorrection>,
}

/// What a person said of a sheet.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SheetCorrection {
    /// Its name.
    pub name: String,
    /// Its place among all sheets, counted from 1.
    pub position: usize,
    /// What it is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<Role>,
    /// The rows in which headings stand, from the top: rows that follow one another are one header. No rows: it has no
    /// headings.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub header_rows: Option<Vec<u32>>,
    /// What columns hold, by letters: one of the [`Meanings`], or [`NOTHING`].
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub columns: BTreeMap<String, String>,
}

/// What columns can hold: roles in a questionnaire, or the fields of a register.
#[derive(Clone, Copy, Debug)]
pub struct Meanings<'m> {
    /// All of them.
    pub known: &'m [&'m str],
    /// Those that several columns of one sheet can have.
    pub several: &'m [&'m str],
}

impl Meanings<'static> {
    /// What the columns of a questionnaire can hold: the names of [`ColumnRole`].
    pub const QUESTIONNAIRE: Self = Self {
        known: &["id", "question", "answer", "comment", "section", "guidance", "options", "owner", "evidence"],
        several: &["answer", "section"],
    };
}

impl SheetCorrection {
    /// Nothing is said.
    pub fn is_empty(&self) -> bool {
        self.role.is_none() && self.header_rows.is_none() && self.columns.is_empty()
    }

    /// What is said of a column, counted from 1.
    pub fn column(&self, column: u32) -> Option<&str> {
        self.columns.get(&column_letters(column)).map(String::as_str)
    }

    /// The column that is said to hold something, counted from 1.
    pub fn column_of(&self, meaning: &str) -> Option<u32> {
        self.columns.iter().find(|(_, said)| *said == meaning).and_then(|(letters, _)| column_number(letters))
    }
}

impl Corrections {
    /// Nothing is said.
    pub fn is_empty(&self) -> bool {
        self.sheets.iter().all(SheetCorrection::is_empty)
    }

    /// The same without what is said of columns.
    #[must_use]
    pub fn without_columns(mut self) -> Self {
        for sheet in &mut self.sheets {
            sheet.columns.clear();
        }
        self
    }

    /// Says something of a sheet in the place of what was said of it before; what says nothing is not kept.
    pub fn say(&mut self, of: SheetCorrection) {
        self.sheets.retain(|said| said.position != of.position);
        if !of.is_empty() {
            self.sheets.push(of);
            self.sheets.sort_by_key(|said| said.position);
        }
    }

    /// What is said of each sheet of a workbook, in the file's order. A sheet is known by its name, else by its place.
    pub fn by_sheet<'c>(&'c self, workbook: &Workbook) -> Vec<Option<&'c SheetCorrection>> {
        let places: Vec<Option<usize>> = self.sheets.iter().map(|said| place(said, self, workbook)).collect();
        let of = |n: usize| places.iter().position(|place| *place == Some(n)).map(|at| &self.sheets[at]);
        (0..workbook.sheets.len()).map(of).collect()
    }

    /// Holds what is said against the workbook that it is said of.
    ///
    /// # Errors
    /// At `sheets[n]`, n from 1: `no-such-sheet`, `sheet-said-twice`, `sheet-hidden`, `sheet-is-ours`. At
    /// `sheets[n].header_rows`: `not-a-row`, `header-after-end`, `header-too-long`, `too-many-rows`. At
    /// `sheets[n].columns.C`: `no-such-column`, `no-such-meaning`, `two-columns-for-one` (with the meaning and the other
    /// column).
    pub fn check(&self, workbook: &Workbook, meanings: Meanings<'_>) -> Result<(), Problems> {
        let mut problems = Vec::new();
        let mut seen = BTreeSet::new();
        for (n, said) in self.sheets.iter().enumerate() {
            let at = format!("sheets[{}]", n + 1);
            let refuse = |code| Problem::new(&at, code).with("sheet", &said.name);
            let Some(place) = place(said, self, workbook) else {
                problems.push(refuse("no-such-sheet"));
                continue;
            };
            let sheet = &workbook.sheets[place];
            if !seen.insert(place) {
                problems.push(refuse("sheet-said-twice"));
            } else if sheet.visibility != Visibility::Visible && !said.is_empty() {
                problems.push(refuse("sheet-hidden"));
            } else if own::kind_of(sheet).is_some() && !said.is_empty() {
                problems.push(refuse("sheet-is-ours"));
            } else {
                let rows = said.header_rows.as_deref().and_then(|rows| wrong_rows(rows, sheet));
                problems.extend(rows.map(|problem| problem.moved_to(format!("{at}.header_rows"))));
                wrong_columns(&at, said, sheet, meanings, &mut problems);
            }
        }
        Problems::none_or(problems, ())
    }
}

/// The sheet that something is said of.
fn place(said: &SheetCorrection, all: &Corrections, workbook: &Workbook) -> Option<usize> {
    let named = |name: &str| workbook.sheets.iter().position(|sheet| sheet.name.to_lowercase() == name.to_lowercase());
    named(&said.name).or_else(|| {
        let there = said.position.checked_sub(1)?;
        let name = &workbook.sheets.get(there)?.name.to_lowercase();
        (!all.sheets.iter().any(|other| other.name.to_lowercase() == *name)).then_some(there)
    })
}

fn wrong_rows(rows: &[u32], sheet: &Sheet) -> Option<Problem> {
    let last = sheet.rows.last().map_or(0, |row| row.number);
    let problem = |code| Some(Problem::new("", code).with("sheet", &sheet.name));
    if rows.len() > MOST_HEADER_ROWS {
        return problem("too-many-rows").map(|problem| problem.with("most", MOST_HEADER_ROWS));
    }
    if rows.contains(&0) || rows.windows(2).any(|two| two[0] >= two[1]) {
        return problem("not-a-row");
    }
    if let Some(after) = rows.iter().find(|row| **row >= last) {
        return problem("header-after-end").map(|problem| problem.with("row", after).with("last", last));
    }
    let longest = runs(rows).iter().map(Vec::len).max().unwrap_or(0);
    (longest > LARGEST_HEADER)
        .then(|| Problem::new("", "header-too-long").with("sheet", &sheet.name).with("most", LARGEST_HEADER))
}

fn wrong_columns(at: &str, said: &SheetCorrection, sheet: &Sheet, meanings: Meanings<'_>, problems: &mut Vec<Problem>) {
    let last = sheet.width();
    let mut first: BTreeMap<&str, &str> = BTreeMap::new();
    let mut columns: Vec<(&str, &str)> = said.columns.iter().map(|(column, said)| (&**column, &**said)).collect();
    columns.sort_by_key(|(letters, _)| column_number(letters));
    for (letters, meaning) in columns {
        let place = format!("{at}.columns.{letters}");
        let refuse = |code| Problem::new(&place, code).with("sheet", &sheet.name).with("column", letters);
        let number = column_number(letters).filter(|number| *number <= last && column_letters(*number) == letters);
        if number.is_none() {
            problems.push(refuse("no-such-column").with("last", column_letters(last)));
        } else if meaning == NOTHING {
        } else if !meanings.known.contains(&meaning) {
            problems.push(refuse("no-such-meaning").with("meaning", meaning.chars().take(60).collect::<String>()));
        } else if let Some(other) = first.insert(meaning, letters).filter(|_| !meanings.several.contains(&meaning)) {
            problems.push(refuse("two-columns-for-one").with("meaning", meaning).with("other", other));
        }
    }
}

/// Rows that follow one another, together.
fn runs(rows: &[u32]) -> Vec<Vec<u32>> {
    let mut runs: Vec<Vec<u32>> = Vec::new();
    for row in rows {
        match runs.last_mut().filter(|run| run.last().is_some_and(|last| last + 1 == *row)) {
            Some(run) => run.push(*row),
            None => runs.push(vec![*row]),
        }
    }
    runs
}

/// What is said of a sheet, as it is used while the sheet is read.
#[derive(Clone, Debug, Default)]
pub(super) struct Said {
    pub(super) role: Option<Role>,
    /// Each header's rows.
    pub(super) headers: Option<Vec<Vec<u32>>>,
    /// What columns hold; `None` where one holds nothing.
    pub(super) columns: BTreeMap<u32, Option<ColumnRole>>,
}

impl Said {
    /// Of a sheet; nothing where it is one of ours, which are read by their marks.
    pub(super) fn of(correction: Option<&SheetCorrection>, sheet: &Sheet) -> Self {
        let Some(said) = correction.filter(|_| own::kind_of(sheet).is_none()) else { return Self::default() };
        let column = |(letters, said): (&String, &String)| {
            let role = ColumnRole::named(said);
            (role.is_some() || said == NOTHING).then_some((column_number(letters)?, role))
        };
        Self {
            role: said.role,
            headers: said.header_rows.as_deref().map(runs),
            columns: said.columns.iter().filter_map(column).collect(),
        }
    }

    pub(super) fn is_nothing(&self) -> bool {
        self.role.is_none() && self.headers.is_none() && self.columns.is_empty()
    }

    /// Whether anything is said of a column.
    pub(super) fn column(&self, column: u32) -> bool {
        self.columns.contains_key(&column)
    }

    /// Whether some column is said to have this role.
    pub(super) fn has(&self, role: ColumnRole) -> bool {
        self.columns.values().any(|said| *said == Some(role))
    }

    /// The columns that are said to have this role.
    pub(super) fn all(&self, role: ColumnRole) -> Vec<u32> {
        self.columns.iter().filter(|(_, said)| **said == Some(role)).map(|(column, _)| *column).collect()
    }

    /// A person who says which column holds the questions says that the sheet asks some.
    pub(super) fn asks(&self) -> bool {
        match self.role {
            Some(role) => role == Role::Questionnaire,
            None => self.has(ColumnRole::Question),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::grid::{Cell, CellValue, Format, Row};
    use super::*;

    fn workbook() -> Workbook {
        let cell = |column| Cell { column, value: CellValue::Text("text".to_owned()), formula: false };
        let row = |number| Row { number, hidden: false, cells: vec![cell(1), cell(3)] };
        let sheet = |name: &str, visibility| Sheet { rows: vec![row(2), row(5)], ..Sheet::new(name, visibility) };
        let sheets = vec![sheet("Fragen", Visibility::Visible), sheet("Listen", Visibility::Hidden)];
        Workbook { format: Format::Xlsx, date_1904: false, saved_on: None, sheets }
    }

    fn said(json: &str) -> Corrections {
        serde_json::from_str(json).expect("corrections")
    }

    fn refused(json: &str) -> Vec<(String, String)> {
        let refused = said(json).check(&workbook(), Meanings::QUESTIONNAIRE).err().map(|problems| problems.0);
        refused.unwrap_or_default().into_iter().map(|problem| (problem.at, problem.code)).collect()
    }

    #[test]
    fn what_cannot_be_is_refused_at_its_place() {
        for (json, at, code) in [
            (r#"{"sheets": [{"name": "Other", "position": 3}]}"#, "sheets[1]", "no-such-sheet"),
            (r#"{"sheets": [{"name": "Listen", "position": 2, "role": "register"}]}"#, "sheets[1]", "sheet-hidden"),
            (
                r#"{"sheets": [{"name": "Fragen", "position": 1}, {"name": "fragen", "position": 1}]}"#,
                "sheets[2]",
                "sheet-said-twice",
            ),
            (
                r#"{"sheets": [{"name": "Fragen", "position": 1, "header_rows": [5]}]}"#,
                "sheets[1].header_rows",
                "header-after-end",
            ),
            (
                r#"{"sheets": [{"name": "Fragen", "position": 1, "header_rows": [2, 2]}]}"#,
                "sheets[1].header_rows",
                "not-a-row",
            ),
            (
                r#"{"sheets": [{"name": "Fragen", "position": 1, "columns": {"D": "answer"}}]}"#,
                "sheets[1].columns.D",
                "no-such-column",
            ),
            (
                r#"{"sheets": [{"name": "Fragen", "position": 1, "columns": {"A": "product"}}]}"#,
                "sheets[1].columns.A",
                "no-such-meaning",
            ),
            (
                r#"{"sheets": [{"name": "Fragen", "position": 1, "columns": {"A": "question", "C": "question"}}]}"#,
                "sheets[1].columns.C",
                "two-columns-for-one",
            ),
        ] {
            assert_eq!(refused(json), [(at.to_owned(), code.to_owned())], "{json}");
        }
        let several = r#"{"sheets": [{"name": "Fragen", "position": 1, "header_rows": [],
            "columns": {"A": "answer", "B": "nothing", "C": "answer"}}]}"#;
        assert_eq!(refused(several), []);
    }

    #[test]
    fn a_sheet_that_was_renamed_is_found_by_its_place_unless_another_has_its_name() {
        let renamed = said(r#"{"sheets": [{"name": "Questions Q3", "position": 1, "role": "questionnaire"}]}"#);
        let found = renamed.by_sheet(&workbook());
        assert_eq!(found.iter().map(Option::is_some).collect::<Vec<_>>(), [true, false]);
        let swapped = said(r#"{"sheets": [{"name": "Listen", "position": 1}, {"name": "Fragen", "position": 2}]}"#);
        let names: Vec<&str> = swapped.by_sheet(&workbook()).into_iter().flatten().map(|said| &*said.name).collect();
        assert_eq!(names, ["Fragen", "Listen"]);
    }

    #[test]
    fn what_nobody_knows_is_no_correction() {
        for wrong in [r#"{"sheets": [{"name": "A", "position": 1, "rows": []}]}"#, r#"{"sheet": []}"#, r#"{}"#] {
            assert!(serde_json::from_str::<Corrections>(wrong).is_err(), "{wrong}");
        }
    }
}
