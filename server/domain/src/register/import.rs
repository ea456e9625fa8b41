//! Reading somebody else's list of AI uses into the register: which columns say what, and what a row says.
//!
//! Nothing is guessed in silence: a heading that is not recognised stays unassigned, a word that is no yes and no no is
//! a problem at its cell, and a product cell is taken apart only where a person says so (see [`super::products`]).

use super::fold::words;
use crate::problem::Problem;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Whether an organisation unit uses the thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InUse {
    /// The row says so: it becomes a use.
    Yes,
    /// The row says that it is not: listed as not in use.
    No,
    /// The cell is blank: listed as not in use, and told apart from "no".
    NotStated,
}

/// What a column can say.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UseColumn {
    /// The part of the organisation: an agency, a department.
    Unit,
    /// What it is used for.
    UseCase,
    /// Yes or no.
    InUse,
    /// The commercial product or service.
    Product,
    /// How many users or licences.
    Users,
}

impl UseColumn {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Unit, Self::UseCase, Self::InUse, Self::Product, Self::Users];

    /// Their names, as in JSON.
    pub const NAMES: [&'static str; 5] = ["unit", "use_case", "in_use", "product", "users"];

    /// Its name, as in JSON.
    pub fn name(self) -> &'static str {
        Self::NAMES[self as usize]
    }

    /// The one of that name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|column| column.name() == name)
    }
}

/// Which column (from 0) says what.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UseColumns {
    /// The part of the organisation; absent in the list of a single one.
    pub unit: Option<usize>,
    /// What it is used for.
    pub use_case: usize,
    /// Yes or no; absent in a list that holds only what is in use.
    pub in_use: Option<usize>,
    /// The commercial product or service.
    pub product: Option<usize>,
    /// How many users or licences.
    pub users: Option<usize>,
}

impl UseColumns {
    /// Every column that says something, with what it says.
    pub fn each(&self) -> impl Iterator<Item = (UseColumn, usize)> + use<> {
        let columns = [self.unit, Some(self.use_case), self.in_use, self.product, self.users];
        UseColumn::ALL.into_iter().zip(columns).filter_map(|(meaning, column)| Some((meaning, column?)))
    }
}

/// The words of a heading by which a column is recognised; the first rule that fits, from top to bottom, wins.
///
/// Each rule is a list of groups; a heading fits when it has a word of every group, in any order. Words are folded.
const HEADINGS: [(UseColumn, &[&[&str]]); 17] = [
    (UseColumn::Users, &[&["licenses", "licences", "seats"]]),
    (UseColumn::Users, &[&["users", "user"], &["number", "count", "estimated", "no", "licenses", "how", "total"]]),
    (UseColumn::InUse, &[&["y", "yes"], &["n", "no"], &["use", "used", "uses", "usage"]]),
    (UseColumn::InUse, &[&["in"], &["use"]]),
    (UseColumn::InUse, &[&["used"], &["status", "currently"]]),
    (UseColumn::Product, &[&["product", "products"], &["name", "commercial", "service", "used", "vendor"]]),
    (UseColumn::Product, &[&["tool", "tools", "software", "application"], &["name", "used", "commercial"]]),
    (UseColumn::Product, &[&["product", "products", "tool"]]),
    (UseColumn::UseCase, &[&["use"], &["case", "cases"], &["name", "title", "ai", "description", "summary"]]),
    (UseColumn::UseCase, &[&["use"], &["case", "cases"]]),
    (UseColumn::UseCase, &[&["purpose", "usecase"]]),
    (UseColumn::Unit, &[&["agency", "agencies"]]),
    (UseColumn::Unit, &[&["department", "bureau", "division", "directorate", "ministry"]]),
    (UseColumn::Unit, &[&["business", "organisation", "organization", "organisational"], &["unit", "name"]]),
    (UseColumn::Unit, &[&["organisation", "organization", "unit", "team", "office"]]),
    (UseColumn::Users, &[&["users"]]),
    (UseColumn::Users, &[&["headcount"]]),
];

/// Words that make a heading speak of something else than its other words say.
const NOT_A_USE_CASE: [&str; 12] = [
    "id",
    "identifier",
    "number",
    "code",
    "date",
    "stage",
    "withhold",
    "accessible",
    "explanation",
    "link",
    "url",
    "type",
];

/// A heading names a thing; a longer one is a sentence about something.
const MOST_HEADING_WORDS: usize = 12;

/// Recognises the columns of a list of AI uses by their headings, each at most once.
///
/// # Errors
/// `no-use-case-column` at `headings`, with the headings that were read, when no column says what the AI is used for.
pub fn recognise_columns(headings: &[String]) -> Result<UseColumns, Problem> {
    recognise_columns_with(headings, &BTreeMap::new())
}

/// The same with what a person said of columns (from 0): what they say, or nothing. The others are recognised.
///
/// # Errors
/// As [`recognise_columns`].
pub fn recognise_columns_with(
    headings: &[String],
    said: &BTreeMap<usize, Option<UseColumn>>,
) -> Result<UseColumns, Problem> {
    let headings_words: Vec<Vec<String>> = headings.iter().map(|heading| heading_words(heading)).collect();
    let mut taken: Vec<bool> = (0..headings.len()).map(|column| said.contains_key(&column)).collect();
    let mut found: [Option<usize>; 5] = [None; 5];
    for (column, meaning) in said {
        if let Some(meaning) = meaning {
            found[*meaning as usize] = Some(*column);
        }
    }
    recognise_uses(&headings_words, &mut found, &mut taken);
    let column = |meaning: UseColumn| found[meaning as usize];
    let Some(use_case) = column(UseColumn::UseCase) else {
        return Err(nothing_named(headings));
    };
    Ok(UseColumns {
        unit: column(UseColumn::Unit),
        use_case,
        in_use: column(UseColumn::InUse),
        product: column(UseColumn::Product),
        users: column(UseColumn::Users),
    })
}

/// The words of a heading, folded.
pub(super) fn heading_words(heading: &str) -> Vec<String> {
    words(heading).into_iter().map(|word| word.text).collect()
}

/// No column says what an entry is used for or called.
pub(super) fn nothing_named(headings: &[String]) -> Problem {
    let read: Vec<String> = headings.iter().take(30).map(|heading| heading.chars().take(40).collect()).collect();
    Problem::new("headings", "no-use-case-column").with("read", read.join(" | "))
}

/// Finds columns for what none was found for yet, among those not taken.
pub(super) fn recognise_uses(headings_words: &[Vec<String>], found: &mut [Option<usize>; 5], taken: &mut [bool]) {
    for (meaning, groups) in &HEADINGS {
        let slot = *meaning as usize;
        if found[slot].is_some() {
            continue;
        }
        let column = headings_words.iter().enumerate().position(|(column, heading)| {
            let has = |word: &str| heading.iter().any(|given| given == word);
            let other = *meaning == UseColumn::UseCase && NOT_A_USE_CASE.iter().any(|word| has(word));
            !taken[column]
                && !other
                && (1..=MOST_HEADING_WORDS).contains(&heading.len())
                && groups.iter().all(|group| group.iter().any(|word| has(word)))
        });
        if let Some(column) = column {
            found[slot] = Some(column);
            taken[column] = true;
        }
    }
}

/// What one row of a list of AI uses says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Use {
    /// The part of the organisation, where the list names one.
    pub unit: Option<String>,
    /// What it is used for.
    pub use_case: String,
    /// Whether it is in use.
    pub in_use: InUse,
    /// The product cell as it stands, outer blanks removed: never split, never reworded.
    pub product_cell: Option<String>,
    /// How many users or licences, as written: often a range.
    pub users: Option<String>,
}

/// Reads one row.
///
/// A list without a yes-or-no column holds what is in use. A row that says nothing at all is `None`.
///
/// # Errors
/// `use-case-required`, `not-yes-or-no` or `unit-required` (where the list has a column for it), located at the column's
/// letter and the row (`B17`). The row is refused, not dropped: the caller keeps it with its problem.
pub fn use_row(columns: &UseColumns, row: usize, cells: &[String]) -> Result<Option<Use>, Problem> {
    let cell = |column: Option<usize>| {
        column.and_then(|column| cells.get(column)).map(|cell| cell.trim()).filter(|cell| !cell.is_empty())
    };
    if cells.iter().all(|cell| cell.trim().is_empty()) {
        return Ok(None);
    }
    let at = |column: usize, code: &str| Problem::new(format!("{}{row}", letters(column)), code);
    let use_case = cell(Some(columns.use_case)).ok_or_else(|| at(columns.use_case, "use-case-required"))?;
    let in_use = match columns.in_use {
        None => InUse::Yes,
        Some(column) => match cell(Some(column)) {
            None => InUse::NotStated,
            Some(text) => yes_or_no(text).ok_or_else(|| {
                let given: String = text.chars().take(60).collect();
                at(column, "not-yes-or-no").with("given", given)
            })?,
        },
    };
    let unit = cell(columns.unit).map(str::to_owned);
    if let (Some(column), None) = (columns.unit, &unit) {
        return Err(at(column, "unit-required"));
    }
    Ok(Some(Use {
        unit,
        use_case: use_case.to_owned(),
        in_use,
        product_cell: cell(columns.product).map(str::to_owned),
        users: cell(columns.users).map(str::to_owned),
    }))
}

/// A word that says yes or no.
pub(super) fn yes_or_no(text: &str) -> Option<InUse> {
    let said: Vec<String> = words(text).into_iter().map(|word| word.text).collect();
    match said.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["y" | "yes" | "true" | "x" | "1" | "used"] | ["in", "use"] => Some(InUse::Yes),
        ["n" | "no" | "false" | "0" | "unused"] | ["not", "used"] | ["not", "in", "use"] => Some(InUse::No),
        _ => None,
    }
}

/// A column (from 0) as spreadsheets call it: `A`, `Z`, `AA`.
pub(super) fn letters(column: usize) -> String {
    let mut name = Vec::new();
    let mut rest = column + 1;
    while rest > 0 {
        name.push(char::from(b'A' + ((rest - 1) % 26) as u8));
        rest = (rest - 1) / 26;
    }
    name.iter().rev().collect()
}
