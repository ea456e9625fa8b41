//! What the mapping form says: the corrections of one sheet, with those of the others as they were.

use crate::web::fields::Fields;
use domain::problem::{Problem, Problems};
use domain::sheet::{Corrections, LAST_ROW, SheetCorrection};
use serde::Deserialize;
use std::collections::BTreeSet;

/// Row numbers that a person writes at once.
const MOST_ROWS: usize = 200;

/// Which part of a workbook is looked at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct Wish {
    /// The sheet, from 1.
    pub sheet: Option<usize>,
    /// The first row that is shown.
    pub from: Option<u32>,
}

/// What was posted.
#[derive(Clone, Debug, PartialEq)]
pub struct Asked {
    /// What is said now.
    pub corrections: Corrections,
    /// Where to look afterwards.
    pub wish: Wish,
}

/// What was posted and cannot be said.
#[derive(Clone, Debug, PartialEq)]
pub struct Refused {
    /// As far as it can.
    pub corrections: Corrections,
    /// Where it was said.
    pub wish: Wish,
    /// What is wrong.
    pub problems: Problems,
}

/// Reads the form. `before` is what was said of the workbook until now.
///
/// # Errors
/// `unknown` at `role`, `not-rows` at `header`.
pub fn asked(fields: &Fields, before: &Corrections) -> Result<Asked, Box<Refused>> {
    let number = |name: &str| fields.one(name).trim().parse::<u32>().ok();
    let shown = number("sheet").map(|sheet| sheet as usize);
    let moved = number("to_sheet").map(|sheet| sheet as usize);
    let wish = match moved {
        Some(sheet) => Wish { sheet: Some(sheet), from: number("to_from") },
        None => Wish { sheet: shown, from: number("from") },
    };
    if fields.one("do") == "forget" {
        return Ok(Asked { corrections: Corrections::default(), wish });
    }
    let Some(position) = shown else {
        let problems = Problems::one(Problem::new("sheet", "required"));
        return Err(Box::new(Refused { corrections: before.clone(), wish, problems }));
    };
    let known = before.sheets.iter().find(|said| said.position == position);
    let mut said =
        SheetCorrection { position, name: fields.one("sheet_name").to_owned(), ..SheetCorrection::default() };
    // Columns beyond those that are shown stay as they were said.
    said.columns = known.map(|known| known.columns.clone()).unwrap_or_default();
    for (letters, meaning) in fields.below("column:") {
        match meaning {
            "" => said.columns.remove(letters),
            meaning => said.columns.insert(letters.to_owned(), meaning.to_owned()),
        };
    }
    let mut problems = Vec::new();
    match fields.one("role") {
        "" => {}
        role => match serde_json::from_value(role.into()) {
            Ok(role) => said.role = Some(role),
            Err(_) => problems.push(Problem::new("role", "unknown")),
        },
    }
    let written = match fields.one("header_here") {
        "" => fields.one("header"),
        here => here,
    };
    match rows(written) {
        Some(rows) => said.header_rows = rows,
        None => problems.push(Problem::new("header", "not-rows")),
    }
    let mut corrections = before.clone();
    corrections.say(said);
    if problems.is_empty() {
        return Ok(Asked { corrections, wish });
    }
    let wish = Wish { sheet: shown, from: number("from") };
    Err(Box::new(Refused { corrections, wish, problems: Problems(problems) }))
}

/// Rows as people write them: `4`, `4-5, 20`; `0` says that there are none, and nothing says nothing. `None` for anything
/// else.
fn rows(text: &str) -> Option<Option<Vec<u32>>> {
    if text.trim().is_empty() {
        return Some(None);
    }
    let mut rows = BTreeSet::new();
    let parts = text.split([',', ';', ' ']).map(str::trim).filter(|part| !part.is_empty());
    for part in parts {
        let (from, to) = part.split_once(['-', '–']).unwrap_or((part, part));
        let (from, to) = (from.trim().parse::<u32>().ok()?, to.trim().parse::<u32>().ok()?);
        if from > to || to > LAST_ROW || (to - from) as usize >= MOST_ROWS {
            return None;
        }
        rows.extend(from..=to);
    }
    if rows.len() > MOST_ROWS || rows.is_empty() {
        return None;
    }
    if rows.contains(&0) {
        return (rows.len() == 1).then_some(Some(Vec::new()));
    }
    Some(Some(rows.into_iter().collect()))
}

/// Rows as people write them.
pub(super) fn written(rows: &[u32]) -> String {
    if rows.is_empty() {
        return "0".to_owned();
    }
    let mut parts: Vec<(u32, u32)> = Vec::new();
    for row in rows {
        match parts.last_mut().filter(|(_, to)| to + 1 == *row) {
            Some((_, to)) => *to = *row,
            None => parts.push((*row, *row)),
        }
    }
    let part = |(from, to): (u32, u32)| if from == to { from.to_string() } else { format!("{from}-{to}") };
    parts.into_iter().map(part).collect::<Vec<_>>().join(", ")
}

/// The fields at which problems of corrections stand in the form.
pub(super) fn at_fields(problems: Problems) -> Problems {
    let at = |problem: Problem| {
        let rest = problem.at.split_once("].").map(|(_, rest)| rest.to_owned());
        let place = match rest.as_deref() {
            Some("header_rows") => "header".to_owned(),
            Some(rest) => rest.replace("columns.", "column-"),
            None if problem.at.starts_with("sheets[") => "role".to_owned(),
            None => problem.at.clone(),
        };
        problem.moved_to(place)
    };
    Problems(problems.0.into_iter().map(at).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_read_as_they_are_written() {
        for (text, read) in [
            ("", Some(None)),
            (" 4 ", Some(Some(vec![4]))),
            ("20, 4-5", Some(Some(vec![4, 5, 20]))),
            ("0", Some(Some(vec![]))),
            ("four", None),
            ("5-4", None),
            ("0, 4", None),
            ("1-2000000000", None),
            ("-", None),
        ] {
            assert_eq!(rows(text), read, "{text}");
        }
        assert_eq!((written(&[4, 5, 20]), written(&[])), ("4-5, 20".to_owned(), "0".to_owned()));
    }

    #[test]
    fn one_sheet_is_said_of_and_the_others_stay() {
        let before: Corrections = serde_json::from_str(
            r#"{"sheets": [{"name": "A", "position": 1, "role": "cover"},
                {"name": "B", "position": 2, "columns": {"C": "answer", "ZZ": "nothing"}}]}"#,
        )
        .expect("corrections");
        let pairs =
            [("sheet", "2"), ("sheet_name", "B"), ("column:C", ""), ("column:D", "question"), ("header", "3-4")];
        let fields = Fields(pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect());
        let asked = asked(&fields, &before).expect("it can be said");
        assert_eq!(asked.corrections.sheets[0], before.sheets[0]);
        let said = &asked.corrections.sheets[1];
        assert_eq!(said.header_rows, Some(vec![3, 4]));
        let columns: Vec<(&str, &str)> = said.columns.iter().map(|(at, said)| (&**at, &**said)).collect();
        assert_eq!(columns, [("D", "question"), ("ZZ", "nothing")]);
    }
}
