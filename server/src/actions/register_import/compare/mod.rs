//! A newer version of a list beside what the register has of it: what would change, entry by entry, and staging that.

mod entry;
mod sink;
mod uses;

pub(super) use sink::Sink;

use super::super::{Progress, register};
use super::staging::{BATCH, Gathered, Named, Telling};
use super::versions::Version;
use crate::error::Result;
use crate::repo;
use crate::repo::register::Record;
use domain::ids::ComponentId;
use domain::register::fold::folded;
use domain::register::{Face, Fact, Source, rejoin, says};
use entity::{ai_use, component, component_source, import};
use entry::{held_against, left_out};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use uses::statements;
use uuid::Uuid;

/// Entries looked at together.
const TOGETHER: usize = 500;
/// Characters of what a line is called by.
const LABEL: usize = 300;
/// The fields that say which entry a list means.
const NAMING: [&str; 4] = ["name", "vendor", "product", "identifiers"];

/// What becomes of an entry, or of a row that names none, in the order in which it is counted.
pub const VERDICTS: [&str; 5] = ["new", "changed", "conflict", "gone", "unchanged"];

/// A field of which a list says something else than before, or a use that came or went.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Changed {
    /// The field's id; `use` for a use that came or went.
    pub field: String,
    /// The use that is spoken of; the entry itself where none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub of_use: Option<String>,
    /// Where the list says so now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cell: Option<String>,
    /// What the list said before and says no more.
    pub before: Vec<String>,
    /// What it says now.
    pub after: Vec<String>,
    /// What others say, and the kind of source that says so: there where they differ.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub others: Vec<(String, String)>,
}

/// What is kept of an entry, or of a row that names none, with the import.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Compared {
    /// The entry, where there is one already.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub component: Option<ComponentId>,
    /// What is said otherwise than before.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub changes: Vec<Changed>,
}

/// What the register has of a list.
pub(super) struct Ground {
    key: String,
    editions: BTreeMap<Uuid, import::Model>,
    ids: Vec<Uuid>,
}

impl Ground {
    pub(super) async fn of(telling: &Telling<'_>) -> Result<Self> {
        let key = Version { list: telling.list.clone(), compared: false }.key();
        let editions = repo::imports::editions(telling.platform.db.read(), telling.by.scope, &key).await?;
        let ids = editions.iter().map(|edition| edition.id).collect();
        Ok(Self { key, ids, editions: editions.into_iter().map(|edition| (edition.id, edition)).collect() })
    }
}

/// An entry with all that is recorded of it, and what the list says of its uses.
struct Met {
    row: component::Model,
    record: Record,
    uses: Vec<ai_use::Model>,
    /// Sources that have left it out themselves, by their keys.
    left_out: BTreeSet<String>,
}

/// What becomes of one entry.
#[derive(Default)]
struct Outcome {
    verdict: &'static str,
    changes: Vec<Changed>,
    row: Option<component::Model>,
    facts: Vec<Fact>,
    again: Vec<Fact>,
    uses: Vec<ai_use::Model>,
    new_uses: Vec<ai_use::Model>,
}

/// The cell in which something is said.
fn cell_of(source: &Source) -> Option<String> {
    match source {
        Source::Import { cell, .. } => Some(cell.clone()),
        _ => None,
    }
}

fn first_cell(facts: &[Fact]) -> String {
    let name = facts.iter().filter(|fact| fact.said.field.id == "name");
    name.chain(facts).find_map(|fact| cell_of(&fact.source)).unwrap_or_default()
}

/// Compares a list with what the register has of it. With nothing gathered, the list says nothing any more. Gives how
/// often each verdict was found.
pub(super) async fn compare(
    telling: &Telling<'_>,
    ground: &Ground,
    gathered: Gathered,
    is_undoing: bool,
    sink: &mut Sink<'_>,
) -> Result<BTreeMap<String, usize>> {
    let (db, scope) = (telling.platform.db.read(), telling.by.scope);
    let mut counts: BTreeMap<String, usize> = VERDICTS.iter().map(|verdict| ((*verdict).to_owned(), 0)).collect();
    let mut count = |verdict: &str| *counts.entry(verdict.to_owned()).or_default() += 1;
    let Gathered { entries, uses } = gathered;
    let mut of_entry: Vec<Vec<ai_use::Model>> = entries.iter().map(|_| Vec::new()).collect();
    let mut of_none: Vec<ai_use::Model> = Vec::new();
    for (entry, row) in uses {
        match entry {
            Some(n) => of_entry[n].push(row),
            None => of_none.push(row),
        }
    }
    let (known, found) = joined(telling, ground, &entries).await?;
    let mut is_found = vec![false; known.len()];
    let mut progress = Progress { done: 0, of: entries.len() + known.len() };
    let mut coming = entries.into_iter().zip(of_entry).zip(found).peekable();
    while coming.peek().is_some() {
        let together: Vec<_> = coming.by_ref().take(TOGETHER).collect();
        progress.done += together.len();
        sink.at(progress);
        let ids: Vec<ComponentId> = together.iter().filter_map(|(_, known_as)| Some(known[(*known_as)?])).collect();
        let mut met = meet(telling, ground, &ids).await?;
        for ((mut named, mut uses), known_as) in together {
            let known_as = known_as.and_then(|k| {
                is_found[k] = true;
                met.remove(&known[k].0)
            });
            let Some(there) = known_as else {
                count("new");
                sink.put_new(telling, named, uses);
                continue;
            };
            named.id = ComponentId(there.row.id);
            for row in &mut uses {
                row.component_id = Some(there.row.id);
            }
            let place = (first_cell(&named.facts), named.name.clone());
            let outcome = held_against(telling, ground, &named, there, uses);
            count(outcome.verdict);
            sink.put(telling, Some(named.id), (place.0, &place.1), outcome);
        }
        sink.flush(telling, BATCH).await?;
    }
    let missing: Vec<ComponentId> =
        known.iter().zip(&is_found).filter(|(_, is_found)| !**is_found).map(|(id, _)| *id).collect();
    progress.of = progress.done + missing.len();
    for ids in missing.chunks(TOGETHER) {
        progress.done += ids.len();
        sink.at(progress);
        for (_, there) in meet(telling, ground, ids).await? {
            if !there.row.visible || (there.row.withdrawn && !is_undoing) {
                continue;
            }
            count("gone");
            let id = ComponentId(there.row.id);
            let place =
                first_cell(&says(&there.record.facts, None, &ground.key).into_iter().cloned().collect::<Vec<_>>());
            let name = there.row.name.clone();
            let outcome = left_out(telling, ground, there, is_undoing);
            sink.put(telling, Some(id), (place, &name), outcome);
        }
        sink.flush(telling, BATCH).await?;
    }
    let known = repo::register::uses_brought_by(db, scope, &ground.ids, None).await?;
    for (verdict, place, label, outcome) in statements(known, of_none) {
        count(verdict);
        sink.put(telling, None, (place, &label), outcome);
        sink.flush(telling, BATCH).await?;
    }
    sink.flush(telling, 1).await?;
    Ok(counts)
}

/// The entries that the list brought, and which of them each that it names now is.
async fn joined(
    telling: &Telling<'_>,
    ground: &Ground,
    entries: &[Named],
) -> Result<(Vec<ComponentId>, Vec<Option<usize>>)> {
    let (db, scope) = (telling.platform.db.read(), telling.by.scope);
    let brought = repo::register::brought_by(db, scope, &ground.ids).await?;
    // What can be seen comes first: what an import brought that was taken back is found only where nothing else is.
    let (seen, unseen): (Vec<_>, Vec<_>) = brought.into_iter().partition(|(_, visible)| *visible);
    let seen: Vec<ComponentId> = seen.into_iter().map(|(id, _)| id).collect();
    let unseen: Vec<ComponentId> = unseen.into_iter().map(|(id, _)| id).collect();
    let now: Vec<Face> = entries.iter().map(|entry| face(entry.facts.iter(), &ground.key)).collect();
    let mut found = rejoin(&faces(telling, ground, &seen, &now).await?, &now);
    if !unseen.is_empty() && found.contains(&None) {
        let left: Vec<usize> = (0..found.len()).filter(|n| found[*n].is_none()).collect();
        let faces_left: Vec<Face> = left.iter().map(|n| now[*n].clone()).collect();
        let again = rejoin(&faces(telling, ground, &unseen, &faces_left).await?, &faces_left);
        for (n, known) in left.into_iter().zip(again) {
            found[n] = known.map(|known| known + seen.len());
        }
    }
    Ok((seen.into_iter().chain(unseen).collect(), found))
}

/// What entries are known by, as the list said last.
async fn faces(telling: &Telling<'_>, ground: &Ground, ids: &[ComponentId], now: &[Face]) -> Result<Vec<Face>> {
    let (db, scope) = (telling.platform.db.read(), telling.by.scope);
    let mut faces: Vec<Face> = Vec::with_capacity(ids.len());
    for ids in ids.chunks(TOGETHER) {
        let mut facts: HashMap<Uuid, Vec<Fact>> = HashMap::new();
        for (of, fact) in repo::register::facts_of_fields(db, scope, ids, &NAMING).await? {
            facts.entry(of).or_default().push(fact);
        }
        let of = |id: &ComponentId| {
            let facts = facts.get(&id.0).map(Vec::as_slice).unwrap_or_default();
            let mut said = says(facts, None, &ground.key);
            if said.is_empty() {
                // Left out since, and still there: it is known by what it was called last.
                said = facts.iter().filter(|fact| fact.of_use.is_none() && !fact.taken_back).collect();
                said.sort_by_key(|fact| (fact.recorded_at, fact.id));
            }
            Face { said: None, ..face(said.into_iter(), &ground.key) }
        };
        faces.extend(ids.iter().map(of));
    }
    // Those called alike are told apart by all that is said of them.
    let mut called: HashMap<String, usize> = HashMap::new();
    for face in faces.iter().chain(now) {
        *called.entry(face.name.clone()).or_default() += 1;
    }
    let alike: Vec<usize> = (0..faces.len()).filter(|n| called[&faces[*n].name] > 2).collect();
    for alike in alike.chunks(TOGETHER) {
        let of: Vec<ComponentId> = alike.iter().map(|n| ids[*n]).collect();
        let records = repo::register::records(db, scope, &of).await?;
        for n in alike {
            if let Some(record) = records.get(&ids[*n].0) {
                faces[*n].said = face(says(&record.facts, None, &ground.key).into_iter(), &ground.key).said;
            }
        }
    }
    Ok(faces)
}

fn face<'f>(facts: impl Iterator<Item = &'f Fact>, key: &str) -> Face {
    let mut face = Face::default();
    let mut said = BTreeSet::new();
    for fact in facts.filter(|fact| fact.source.key() == key) {
        let value = folded(&fact.said.value);
        match fact.said.field.id {
            "identifiers" => drop(face.numbers.insert(value)),
            "name" => face.name = value,
            "vendor" => face.vendor = value,
            "product" => face.product = value,
            field => drop(said.insert(format!("{field}\u{1f}{value}"))),
        }
    }
    face.said = Some(said.into_iter().collect::<Vec<_>>().join("\u{1e}"));
    face
}

/// Entries with all that is recorded of them and of what the list says of their uses, by id.
async fn meet(telling: &Telling<'_>, ground: &Ground, ids: &[ComponentId]) -> Result<BTreeMap<Uuid, Met>> {
    let (db, scope) = (telling.platform.db.read(), telling.by.scope);
    if ids.is_empty() {
        return Ok(BTreeMap::new());
    }
    let mut records = repo::register::records(db, scope, ids).await?;
    let mut uses: HashMap<Uuid, Vec<ai_use::Model>> = HashMap::new();
    for row in repo::register::uses_brought_by(db, scope, &ground.ids, Some(ids)).await? {
        if let Some(of) = row.component_id {
            uses.entry(of).or_default().push(row);
        }
    }
    let mut gone: HashMap<Uuid, Vec<component_source::Model>> = HashMap::new();
    for row in repo::register::sources_gone(db, scope, ids).await? {
        gone.entry(row.component_id).or_default().push(row);
    }
    let rows = repo::register::seen_or_not(db, scope, ids).await?;
    let met = |row: component::Model| {
        let (record, uses) = (records.remove(&row.id).unwrap_or_default(), uses.remove(&row.id).unwrap_or_default());
        let left_out = register::left_out(gone.get(&row.id).into_iter().flatten());
        (row.id, Met { row, record, uses, left_out })
    };
    Ok(rows.into_iter().map(met).collect())
}
