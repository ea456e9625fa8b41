//! Formulas that were saved without their values: those that only repeat a cell, or join cells and texts, are put
//! together from the cells that they name. Nothing else is computed, and nothing outside the file is looked at.

use super::super::ReadLimits;
use super::gathered::value_at;
use super::lists::unquoted;
use super::refusal::Refusal;
use domain::sheet::{Area, CellValue, LAST_COLUMN, LAST_ROW, Sheet, address, column_number};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;

/// One part of what a formula joins.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(in super::super) enum Term {
    /// A text written into the formula.
    Text(String),
    /// A cell; without a sheet it is on the formula's own. Row and column are counted from 1.
    Cell(Option<String>, u32, u32),
    /// A name, in lower case.
    Name(String),
}

/// A cell that waits for its value.
#[derive(Debug)]
pub(super) struct Pending {
    pub(super) sheet: usize,
    pub(super) row: u32,
    pub(super) column: u32,
    pub(super) terms: Vec<Term>,
}

/// More parts than this nobody joins.
const MOST_TERMS: usize = 100;
/// Functions within one another.
const DEEPEST: usize = 8;

/// What a formula joins; empty where it would have to be computed. `moved` is how many rows and columns a shared formula
/// stands from where it was written.
pub(super) fn terms(formula: &str, moved: (i64, i64)) -> Vec<Term> {
    let formula = formula.trim();
    let mut reading = Reading { rest: formula.strip_prefix('=').unwrap_or(formula), moved, terms: Vec::new() };
    match reading.joined(0) {
        Some(()) if reading.rest.trim_start().is_empty() => reading.terms,
        _ => Vec::new(),
    }
}

/// A formula while it is read from left to right.
struct Reading<'f> {
    rest: &'f str,
    moved: (i64, i64),
    terms: Vec<Term>,
}

impl<'f> Reading<'f> {
    fn passes(&mut self, sign: char) -> bool {
        self.rest = self.rest.trim_start();
        match self.rest.strip_prefix(sign) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    /// Terms with `&` between them.
    fn joined(&mut self, depth: usize) -> Option<()> {
        loop {
            self.one(depth)?;
            if self.terms.len() > MOST_TERMS {
                return None;
            }
            if !self.passes('&') {
                return Some(());
            }
        }
    }

    fn one(&mut self, depth: usize) -> Option<()> {
        self.rest = self.rest.trim_start();
        if self.passes('"') {
            let text = self.quoted('"')?;
            self.terms.push(Term::Text(text));
            return Some(());
        }
        if self.passes('[') {
            return self.open_document();
        }
        let sheet = if self.passes('\'') {
            let name = self.quoted('\'')?;
            self.passes('!').then_some(Some(name))?
        } else {
            None
        };
        let word = self.word();
        if sheet.is_none() && self.rest.starts_with('!') {
            self.rest = &self.rest[1..];
            let cell = self.word();
            let (row, column) = self.cell(cell)?;
            self.terms.push(Term::Cell(Some(word.to_owned()), row, column));
        } else if let Some((row, column)) = self.cell(word) {
            self.terms.push(Term::Cell(sheet, row, column));
        } else if sheet.is_none() && self.passes('(') {
            return self.function(word, depth);
        } else if sheet.is_none() && !word.is_empty() && !word.contains('$') && placed(word, (0, 0)).is_none() {
            match word.parse::<u64>() {
                Ok(number) => self.terms.push(Term::Text(number.to_string())),
                Err(_) => self.terms.push(Term::Name(word.to_lowercase())),
            }
        } else {
            return None;
        }
        Some(())
    }

    /// The functions that only join.
    fn function(&mut self, name: &str, depth: usize) -> Option<()> {
        if depth == DEEPEST || !["CONCATENATE", "CONCAT"].iter().any(|known| known.eq_ignore_ascii_case(name)) {
            return None;
        }
        loop {
            self.joined(depth + 1)?;
            if self.passes(')') {
                return Some(());
            }
            if !self.passes(',') && !self.passes(';') {
                return None;
            }
        }
    }

    /// A reference as OpenDocument writes it, behind its bracket: `[.A1]`, `[$'My sheet'.$B$2]`.
    fn open_document(&mut self) -> Option<()> {
        let sheet = self.rest.trim_start_matches('$');
        let (sheet, rest) = if let Some(quoted) = sheet.strip_prefix('\'') {
            self.rest = quoted;
            (Some(self.quoted('\'')?), self.rest.strip_prefix('.')?)
        } else {
            let (sheet, rest) = sheet.split_once('.')?;
            (Some(sheet.to_owned()).filter(|sheet| !sheet.is_empty()), rest)
        };
        if sheet.as_deref().is_some_and(|sheet| sheet.contains(['#', ']'])) {
            return None;
        }
        let (cell, rest) = rest.split_once(']')?;
        let (row, column) = self.cell(cell)?;
        self.rest = rest;
        self.terms.push(Term::Cell(sheet, row, column));
        Some(())
    }

    /// The inside of a quoted text behind its first quote; a doubled quote is one of its own.
    fn quoted(&mut self, quote: char) -> Option<String> {
        let mut text = String::new();
        loop {
            let (inside, rest) = self.rest.split_once(quote)?;
            text.push_str(inside);
            self.rest = rest;
            match self.rest.strip_prefix(quote) {
                Some(rest) => {
                    text.push(quote);
                    self.rest = rest;
                }
                None => return Some(text),
            }
        }
    }

    /// Letters, digits and what else may stand in a name or an address.
    fn word(&mut self) -> &'f str {
        let end = self
            .rest
            .find(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '.' | '$' | '\\')))
            .unwrap_or(self.rest.len());
        let (word, rest) = self.rest.split_at(end);
        self.rest = rest;
        word
    }

    fn cell(&self, address: &str) -> Option<(u32, u32)> {
        placed(address, self.moved)
    }
}

/// The row and column that an address names, moved unless they are fixed by `$`.
fn placed(address: &str, (down, right): (i64, i64)) -> Option<(u32, u32)> {
    let (fixed_column, rest) = address.strip_prefix('$').map_or((false, address), |rest| (true, rest));
    let (letters, rest) = rest.split_at(rest.find(|c: char| !c.is_ascii_alphabetic())?);
    let (fixed_row, digits) = rest.strip_prefix('$').map_or((false, rest), |rest| (true, rest));
    if digits.is_empty() || !digits.bytes().all(|digit| digit.is_ascii_digit()) {
        return None;
    }
    let moved = |at: u32, fixed: bool, by: i64, last: u32| {
        let at = i64::from(at) + if fixed { 0 } else { by };
        u32::try_from(at).ok().filter(|at| (1..=last).contains(at))
    };
    let row = moved(digits.parse().ok()?, fixed_row, down, LAST_ROW)?;
    Some((row, moved(column_number(letters)?, fixed_column, right, LAST_COLUMN)?))
}

/// Where a cell stands: the sheet's number, row and column.
type Place = (usize, u32, u32);

/// How far a waiting cell has come.
enum State {
    Waiting,
    /// Its own parts are being looked at; who meets it again has gone in a circle.
    Open,
    Done(Option<CellValue>),
}

/// Gives every waiting cell whose parts are known its value; the others stay as they are.
///
/// # Errors
/// When the values are longer together than the limits allow.
pub(super) fn complete(
    sheets: &mut [Sheet],
    pending: Vec<Pending>,
    names: &HashMap<String, String>,
    limits: &ReadLimits,
) -> Result<(), Refusal> {
    if pending.is_empty() {
        return Ok(());
    }
    let numbers: HashMap<String, usize> =
        sheets.iter().enumerate().map(|(n, sheet)| (sheet.name.to_lowercase(), n)).collect();
    let place = |own: usize, term: &Term| -> Option<Place> {
        let number = |sheet: &str| numbers.get(&sheet.to_lowercase()).copied();
        match term {
            Term::Text(_) => None,
            Term::Cell(None, row, column) => Some((own, *row, *column)),
            Term::Cell(Some(sheet), row, column) => Some((number(sheet)?, *row, *column)),
            Term::Name(name) => {
                let (sheet, area) = names.get(name)?.trim().trim_start_matches('=').rsplit_once('!')?;
                let area: Area = area.parse().ok()?;
                let is_one = (area.first_row, area.first_column) == (area.last_row, area.last_column);
                is_one.then_some((number(&unquoted(sheet))?, area.first_row, area.first_column))
            }
        }
    };
    let waiting: HashMap<Place, usize> =
        pending.iter().enumerate().map(|(n, cell)| ((cell.sheet, cell.row, cell.column), n)).collect();
    let mut states: Vec<State> = pending.iter().map(|_| State::Waiting).collect();
    let mut text = 0;
    for first in 0..pending.len() {
        let mut open = vec![first];
        while let Some(n) = open.last().copied() {
            let cell = &pending[n];
            match states[n] {
                State::Done(_) => {
                    open.pop();
                }
                State::Waiting => {
                    states[n] = State::Open;
                    let parts = cell.terms.iter().filter_map(|term| waiting.get(&place(cell.sheet, term)?).copied());
                    let parts: Vec<usize> = parts.collect();
                    if parts.iter().any(|part| matches!(states[*part], State::Open)) {
                        states[n] = State::Done(None);
                    } else {
                        open.extend(parts.into_iter().filter(|part| matches!(states[*part], State::Waiting)));
                    }
                }
                State::Open => {
                    let found = |term: &Term| match place(cell.sheet, term) {
                        None => Part::Unknown,
                        Some(at) => match waiting.get(&at).map(|part| &states[*part]) {
                            Some(State::Done(Some(value))) => Part::Value(value),
                            Some(_) => Part::Unknown,
                            None => value_at(sheets, at.0, at.1, at.2).map_or(Part::Blank, Part::Value),
                        },
                    };
                    let value = put_together(&cell.terms, found, limits.text);
                    if let Some(CellValue::Text(value)) = &value {
                        text += value.len() as u64;
                        if text > limits.all_text {
                            let at = address(&sheets[cell.sheet].name, cell.row, cell.column);
                            return Err(Refusal::TooMuchText { at, most: limits.all_text });
                        }
                    }
                    states[n] = State::Done(value);
                    open.pop();
                }
            }
        }
    }
    for (cell, state) in pending.iter().zip(states) {
        if let State::Done(Some(value)) = state
            && let Some(there) = cell_mut(sheets, cell)
        {
            there.value = value;
        }
    }
    Ok(())
}

fn cell_mut<'s>(sheets: &'s mut [Sheet], at: &Pending) -> Option<&'s mut domain::sheet::Cell> {
    let rows = &mut sheets.get_mut(at.sheet)?.rows;
    let row = rows.binary_search_by_key(&at.row, |row| row.number).ok()?;
    let cells = &mut rows[row].cells;
    let cell = cells.binary_search_by_key(&at.column, |cell| cell.column).ok()?;
    Some(&mut cells[cell])
}

/// What a part of a formula turned out to be.
enum Part<'v> {
    Value(&'v CellValue),
    Blank,
    Unknown,
}

/// One cell is repeated as it is; several parts become a text of at most `most` characters.
fn put_together<'v>(terms: &[Term], found: impl Fn(&Term) -> Part<'v>, most: usize) -> Option<CellValue> {
    if let [term @ (Term::Cell(..) | Term::Name(_))] = terms {
        return match found(term) {
            Part::Value(CellValue::NotComputed) | Part::Blank | Part::Unknown => None,
            Part::Value(value) => Some(value.clone()),
        };
    }
    let mut joined = String::new();
    for term in terms {
        match term {
            Term::Text(text) => joined.push_str(text),
            term => match found(term) {
                Part::Value(CellValue::Text(text)) => joined.push_str(text),
                Part::Value(error @ CellValue::Error(_)) => return Some(error.clone()),
                Part::Value(value @ (CellValue::Number(_) | CellValue::Bool(_))) => joined.push_str(&value.text()?),
                Part::Blank => {}
                // A date is joined as its serial number, in a form that only the program knows.
                Part::Value(CellValue::Date(_) | CellValue::NotComputed) | Part::Unknown => return None,
            },
        }
        if joined.len() > most && joined.chars().count() > most {
            return None;
        }
    }
    Some(CellValue::Text(joined))
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::sheet::{Cell, Row, Visibility};

    #[test]
    fn joining_is_told_from_computing() {
        let cell = |sheet: Option<&str>, row, column| Term::Cell(sheet.map(str::to_owned), row, column);
        let text = |text: &str| Term::Text(text.to_owned());
        for (formula, expected) in [
            ("B3", vec![cell(None, 3, 2)]),
            ("=$AA$10", vec![cell(None, 10, 27)]),
            ("'My ''own'' sheet'!B3", vec![cell(Some("My 'own' sheet"), 3, 2)]),
            ("Home!$B$3 & \": \" & C4", vec![cell(Some("Home"), 3, 2), text(": "), cell(None, 4, 3)]),
            (
                "CONCATENATE(A1,\"say \"\"x\"\"\",concat(B1;2))",
                vec![cell(None, 1, 1), text("say \"x\""), cell(None, 1, 2), text("2")],
            ),
            ("Vendor_name", vec![Term::Name("vendor_name".into())]),
            ("[.B3]&[$'My sheet'.$A$1]", vec![cell(None, 3, 2), cell(Some("My sheet"), 1, 1)]),
            ("[Sheet2.C1]", vec![cell(Some("Sheet2"), 1, 3)]),
        ] {
            assert_eq!(terms(formula, (0, 0)), expected, "{formula}");
        }
        for computed in [
            "A1+1",
            "-A1",
            "SUM(A1)",
            "IF(A1=\"\",B1,C1)",
            "A1:A5",
            "\"open",
            "",
            "A1&",
            "#REF!",
            "WEBSERVICE(\"http://x.example\")",
            "[1]Sheet1!A1",
            "['file:///x.ods'#$Sheet1.A1]",
            "cmd|'/c calc'!A1",
        ] {
            assert_eq!(terms(computed, (0, 0)), [], "{computed}");
        }
        assert_eq!(terms("A1&$B2&C$3", (2, 1)), [cell(None, 3, 2), cell(None, 4, 2), cell(None, 3, 4)]);
        assert_eq!(terms("A1", (-1, 0)), []);
    }

    fn sheet(name: &str, rows: &[&[(u32, CellValue)]]) -> Sheet {
        let mut sheet = Sheet::new(name, Visibility::Visible);
        for (number, cells) in (1..).zip(rows) {
            let cells =
                cells.iter().map(|(column, value)| Cell { column: *column, value: value.clone(), formula: false });
            sheet.rows.push(Row { number, hidden: false, cells: cells.collect() });
        }
        sheet
    }

    #[test]
    fn values_come_from_the_cells_that_are_named() {
        let text = |text: &str| CellValue::Text(text.to_owned());
        let none = CellValue::NotComputed;
        let mut sheets = [
            sheet(
                "Home",
                &[&[(1, text("Ann Lee")), (2, CellValue::Number(5.0)), (3, CellValue::Date("2026-01-02".into()))]],
            ),
            sheet("Answers", &[&(1..=9).map(|column| (column, none.clone())).collect::<Vec<_>>()]),
        ];
        let formulas =
            ["B1", "Home!A1", "A1&\", \"&Home!B1&D9", "Home!C1", "Home!C1&\"\"", "G1", "F1&\"x\"", "Owner", "Home!Z9"];
        let pending = (1..).zip(formulas).map(|(column, formula)| Pending {
            sheet: 1,
            row: 1,
            column,
            terms: terms(formula, (0, 0)),
        });
        let names = HashMap::from([("owner".to_owned(), "Home!$A$1".to_owned())]);
        complete(&mut sheets, pending.collect(), &names, &ReadLimits::default()).expect("within the limits");
        let values: Vec<CellValue> = sheets[1].rows[0].cells.iter().map(|cell| cell.value.clone()).collect();
        let date = CellValue::Date("2026-01-02".into());
        assert_eq!(
            values,
            [
                text("Ann Lee"),
                text("Ann Lee"),
                text("Ann Lee, 5"),
                date,
                none.clone(),
                none.clone(),
                none.clone(),
                text("Ann Lee"),
                none
            ]
        );
    }

    #[test]
    fn what_doubles_with_every_row_is_refused_and_a_long_chain_is_followed() {
        let rows: Vec<Vec<(u32, CellValue)>> = (0..20_000).map(|_| vec![(1, CellValue::NotComputed)]).collect();
        let mut rows: Vec<&[(u32, CellValue)]> = rows.iter().map(Vec::as_slice).collect();
        let start = [(1, CellValue::Text("ab".into()))];
        rows[0] = &start;
        let mut sheets = [sheet("S", &rows)];
        let waiting = |formula: fn(u32) -> String| {
            let one = move |row| Pending { sheet: 0, row, column: 1, terms: terms(&formula(row), (0, 0)) };
            (2..=20_000).map(one).collect::<Vec<_>>()
        };
        let names = HashMap::new();
        let limits = ReadLimits { all_text: 20_000, ..ReadLimits::default() };
        let doubling = waiting(|row| format!("A{0}&A{0}", row - 1));
        assert_eq!(
            complete(&mut sheets, doubling, &names, &limits),
            Err(Refusal::TooMuchText { at: "S!A14".into(), most: 20_000 })
        );
        // From the far end: each waits for the next, down to the only one that is known.
        let mut chain = waiting(|row| format!("A{}", row - 1));
        chain.reverse();
        complete(&mut sheets, chain, &names, &ReadLimits::default()).expect("within the limits");
        assert_eq!(sheets[0].rows[19_999].cells[0].value, CellValue::Text("ab".into()));
    }
}
