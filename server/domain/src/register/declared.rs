//! From the rows that a vendor fills in to register entries: each field with the row it came from, duplicates merged.

use super::fold::folded;
use super::{FIELDS, Field, KINDS};
use crate::problem::Problem;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// The kind of a row that does not say one: the widest word there is. Such a row is reported.
pub const KIND_NOT_STATED: &str = KINDS[0];

/// What makes two rows the same entry: kind and folded name, product and plan.
///
/// The plan belongs to it because the same feature has other defaults in another plan.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Key {
    /// One of [`KINDS`].
    pub kind: String,
    /// Folded.
    pub name: String,
    /// Folded; empty where the row names none.
    pub product: String,
    /// Folded; empty where the row names none.
    pub plan: String,
}

impl Key {
    /// Of what is said by field, by the same rules as of a row ([`declared`]).
    pub fn of(fields: &BTreeMap<String, String>) -> Self {
        let text = |field: &str| fields.get(field).map(|text| folded(text)).unwrap_or_default();
        let named_by = ["name", "product", "model"].into_iter().find(|field| fields.contains_key(*field));
        let kind = fields.get("kind").map_or(KIND_NOT_STATED, String::as_str).to_owned();
        Self { kind, name: named_by.map(text).unwrap_or_default(), product: text("product"), plan: text("plan") }
    }
}

/// What a row says about one field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stated {
    /// As it was written, outer blanks removed.
    pub text: String,
    /// The row of the table that says it, counted from 1.
    pub row: usize,
}

/// A register entry as one submission declares it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Declared {
    /// What identifies it within the submission.
    pub key: Key,
    /// One of [`KINDS`]; [`KIND_NOT_STATED`] where the row does not say, and then `fields` has no `kind`.
    pub kind: &'static str,
    /// What it is called: the name, or what the row has instead (see [`declared`]).
    pub name: String,
    /// Field id ([`FIELDS`]) to what was said; fields that were left empty are absent.
    pub fields: BTreeMap<&'static str, Stated>,
    /// The rows that declare it, counted from 1; several when the vendor repeated himself.
    pub rows: Vec<usize>,
}

/// What the rows of one submission declare.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Declaration {
    /// In the order in which they stand; no two with the same key.
    pub entries: Vec<Declared>,
    /// What a person should see: repeated rows, rows that contradict each other, cells that could not be used.
    pub problems: Vec<Problem>,
}

/// Reads the rows of a table question that feeds the register.
///
/// Every row ends in exactly one entry, or in a problem `name-required` when nothing in it could name one. A row without
/// a name is called by its product or, failing that, its model, and reported (`named-after-another-field`). Rows with
/// the same [`Key`] become one entry: the first row that fills a field is believed, the repetition is reported
/// (`repeated-row`), and so is every field in which the rows differ (`rows-disagree`). Problems are located at `rows[n]`
/// or `rows[n].field`, n from 1.
pub fn declared(rows: &[BTreeMap<String, String>]) -> Declaration {
    let mut declaration = Declaration::default();
    let mut strangers: BTreeSet<&str> = BTreeSet::new();
    let mut by_key: BTreeMap<Key, usize> = BTreeMap::new();
    for (n, cells) in rows.iter().enumerate() {
        let row = n + 1;
        for column in cells.keys().filter(|column| !Field::named(column).is_some_and(Field::is_declarable)) {
            if strangers.insert(column) {
                declaration.problems.push(Problem::new(format!("rows[{row}].{column}"), "column-not-in-register"));
            }
        }
        let Some(entry) = read_row(row, cells, &mut declaration.problems) else {
            continue;
        };
        match by_key.get(&entry.key) {
            Some(&first) => merge(&mut declaration.entries[first], entry, &mut declaration.problems),
            None => {
                by_key.insert(entry.key.clone(), declaration.entries.len());
                declaration.entries.push(entry);
            }
        }
    }
    declaration
}

fn read_row(row: usize, cells: &BTreeMap<String, String>, problems: &mut Vec<Problem>) -> Option<Declared> {
    let at = |field: &str| format!("rows[{row}].{field}");
    let mut fields: BTreeMap<&'static str, Stated> = BTreeMap::new();
    for field in FIELDS.iter().filter(|field| field.is_declarable()) {
        let Some(text) = cells.get(field.id).map(|cell| cell.trim()).filter(|cell| !cell.is_empty()) else {
            continue;
        };
        let text = if field.values.is_empty() {
            text
        } else if let Some(value) = field.values.iter().find(|value| **value == text) {
            value
        } else {
            let given: String = text.chars().take(60).collect();
            problems.push(Problem::new(at(field.id), "not-an-option").with("given", given));
            continue;
        };
        fields.insert(field.id, Stated { text: text.to_owned(), row });
    }
    if cells.values().all(|cell| cell.trim().is_empty()) {
        problems.push(Problem::new(format!("rows[{row}]"), "empty-row"));
        return None;
    }
    let named_by = ["name", "product", "model"].into_iter().find(|field| fields.contains_key(field));
    let Some(named_by) = named_by else {
        problems.push(Problem::new(at("name"), "name-required"));
        return None;
    };
    if named_by != "name" {
        problems.push(Problem::new(at("name"), "named-after-another-field").with("field", named_by));
    }
    let stated_kind = fields.get("kind").and_then(|kind| KINDS.into_iter().find(|known| *known == kind.text));
    if stated_kind.is_none() {
        problems.push(Problem::new(at("kind"), "kind-not-stated").with("taken-as", KIND_NOT_STATED));
    }
    let kind = stated_kind.unwrap_or(KIND_NOT_STATED);
    let text = |field: &str| fields.get(field).map(|stated| folded(&stated.text)).unwrap_or_default();
    let name = fields[named_by].text.clone();
    let key = Key { kind: kind.to_owned(), name: folded(&name), product: text("product"), plan: text("plan") };
    Some(Declared { key, kind, name, fields, rows: vec![row] })
}

fn merge(first: &mut Declared, again: Declared, problems: &mut Vec<Problem>) {
    let row = again.rows[0];
    let problem = Problem::new(format!("rows[{row}]"), "repeated-row").with("first", first.rows[0]);
    problems.push(problem.with("name", &first.name));
    first.rows.extend(again.rows);
    for (field, stated) in again.fields {
        match first.fields.get(field) {
            None => {
                first.fields.insert(field, stated);
            }
            Some(believed) if folded(&believed.text) == folded(&stated.text) => {}
            Some(believed) => {
                let problem = Problem::new(format!("rows[{row}].{field}"), "rows-disagree");
                problems.push(problem.with("believed", believed.row).with("kept", short(&believed.text)));
            }
        }
    }
}

fn short(text: &str) -> String {
    text.chars().take(60).collect()
}
