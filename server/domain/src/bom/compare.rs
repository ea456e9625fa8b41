//! A newer edition of a document beside the one that was read before: what came, what changed, what went.

use super::result::{Bom, Entry, Fact, Relation, Tie};
use crate::register::Field;
use crate::register::fold::folded;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// What differs between two documents.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Comparison {
    /// Ids, in the newer document, of entries that only it has.
    pub added: Vec<String>,
    /// Entries of both of which something else is said.
    pub changed: Vec<ChangedEntry>,
    /// Ids, in the older document, of entries that only it had.
    pub gone: Vec<String>,
    /// Entries of both of which the same is said: the id before, the id now.
    pub same: Vec<(String, String)>,
}

/// An entry of both documents.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangedEntry {
    /// Its id in the older document.
    pub before: String,
    /// Its id in the newer document.
    pub after: String,
    /// What differs, by field.
    pub fields: Vec<Changed>,
}

/// A field of which something else is said. Of a list, what came and what went.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Changed {
    /// The register's field.
    pub field: String,
    /// Values that only the older document has.
    pub before: Vec<String>,
    /// Values that only the newer document has.
    pub after: Vec<String>,
}

/// Compares two documents, entry by entry and field by field.
///
/// Entries are the same when they have the same package URL; or, in two editions of one document, the same id of their
/// own; or the same name, supplier and kind; or, where one of them names no supplier, name and kind. Each is matched once,
/// by the surest of these.
pub fn compare(old: &Bom, new: &Bom) -> Comparison {
    let pairs = matched(old, new);
    let (old_of, new_of) = (ties(old), ties(new));
    let mut result = Comparison::default();
    let taken: BTreeSet<usize> = pairs.values().copied().collect();
    for (n, entry) in new.entries.iter().enumerate() {
        let Some(&before) = pairs.get(&n) else {
            result.added.push(entry.id.clone());
            continue;
        };
        let before = &old.entries[before];
        let fields = changes(said(before, &old_of), said(entry, &new_of));
        if fields.is_empty() {
            result.same.push((before.id.clone(), entry.id.clone()));
        } else {
            result.changed.push(ChangedEntry { before: before.id.clone(), after: entry.id.clone(), fields });
        }
    }
    let gone = old.entries.iter().enumerate().filter(|(n, _)| !taken.contains(n));
    result.gone = gone.map(|(_, entry)| entry.id.clone()).collect();
    result
}

/// By what an entry can be known again, the surest first; a key that two entries of a document share tells nothing.
fn keys(entry: &Entry, same_document: bool) -> [Option<String>; 4] {
    let name = folded(&entry.name);
    let supplier = entry.supplier.as_deref().map(folded);
    [
        entry.purl.as_deref().map(|purl| unversioned(purl).to_owned()),
        (same_document && entry.own_id).then(|| entry.id.clone()),
        supplier.map(|supplier| [entry.kind.as_str(), &name, &supplier].join("\u{1}")),
        Some([entry.kind.as_str(), &name].join("\u{1}")),
    ]
}

/// A package URL without version, qualifiers and path: a new version is the same entry.
fn unversioned(purl: &str) -> &str {
    let purl = purl.split(['?', '#']).next().unwrap_or(purl);
    match purl.rfind('@') {
        Some(at) if !purl[at..].contains('/') => &purl[..at],
        _ => purl,
    }
}

/// For each matched entry of the newer document, that of the older.
fn matched(old: &Bom, new: &Bom) -> BTreeMap<usize, usize> {
    let same_document = old.serial.is_some() && old.serial == new.serial;
    let mut pairs: BTreeMap<usize, usize> = BTreeMap::new();
    let mut taken: BTreeSet<usize> = BTreeSet::new();
    for level in 0..4 {
        let index = |bom: &Bom, free: &dyn Fn(usize) -> bool| -> HashMap<String, Vec<usize>> {
            let mut index: HashMap<String, Vec<usize>> = HashMap::new();
            for (n, entry) in bom.entries.iter().enumerate().filter(|(n, _)| free(*n)) {
                if let Some(key) = keys(entry, same_document)[level].take() {
                    index.entry(key).or_default().push(n);
                }
            }
            index
        };
        let before = index(old, &|n| !taken.contains(&n));
        let after = index(new, &|n| !pairs.contains_key(&n));
        for (key, now) in after {
            let Some(then) = before.get(&key) else { continue };
            let ([now], [then]) = (&now[..], &then[..]) else { continue };
            let (one, other) = (&old.entries[*then], &new.entries[*now]);
            let rivals = level == 3 && one.supplier.is_some() && other.supplier.is_some();
            if !rivals {
                pairs.insert(*now, *then);
                taken.insert(*then);
            }
        }
    }
    pairs
}

/// Relations that no field holds, and those that one holds, by the name of the other entry.
fn ties(bom: &Bom) -> HashMap<&str, Vec<(String, String)>> {
    let names: HashMap<&str, &str> = bom.entries.iter().map(|entry| (entry.id.as_str(), entry.name.as_str())).collect();
    let mut ties: HashMap<&str, Vec<(String, String)>> = HashMap::new();
    for relation in &bom.relations {
        let field = relation.field.clone().unwrap_or_else(|| tie_name(relation).to_owned());
        let other = names.get(relation.to.as_str()).copied().unwrap_or_default().to_owned();
        ties.entry(&relation.from).or_default().push((field, other));
    }
    ties
}

fn tie_name(relation: &Relation) -> &'static str {
    match relation.kind {
        Tie::RunsOn => "runs_on",
        Tie::TrainedOn => "trained_on",
        Tie::TestedOn => "tested_on",
        Tie::DependsOn => "depends_on",
        Tie::PartOf => "part_of",
    }
}

/// Field to what is compared and the value as written.
type Said = BTreeMap<String, BTreeMap<String, String>>;

fn said(entry: &Entry, ties: &HashMap<&str, Vec<(String, String)>>) -> Said {
    let mut said = Said::new();
    for Fact { field, value, .. } in &entry.facts {
        let compared = Field::named(field).map_or_else(|| value.clone(), |field| field.compared(value));
        said.entry(field.clone()).or_default().insert(compared, value.clone());
    }
    for (field, other) in ties.get(entry.id.as_str()).into_iter().flatten() {
        said.entry(field.clone()).or_default().insert(folded(other), other.clone());
    }
    said
}

fn changes(before: Said, after: Said) -> Vec<Changed> {
    let fields: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    let nothing = BTreeMap::new();
    let only = |one: &BTreeMap<String, String>, other: &BTreeMap<String, String>| -> Vec<String> {
        one.iter().filter(|(key, _)| !other.contains_key(*key)).map(|(_, value)| value.clone()).collect()
    };
    fields
        .into_iter()
        .filter_map(|field| {
            let (then, now) = (before.get(field).unwrap_or(&nothing), after.get(field).unwrap_or(&nothing));
            let (gone, came) = (only(then, now), only(now, then));
            (!gone.is_empty() || !came.is_empty()).then(|| Changed { field: field.clone(), before: gone, after: came })
        })
        .collect()
}
