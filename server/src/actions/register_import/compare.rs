//! A newer version of a list beside what the register has of it: what would change, entry by entry, and staging that.

use super::super::Act;
use super::super::register::{self, changes_of};
use super::PRODUCT_TABLE;
use super::staging::{BATCH, Gathered, Named, Telling, Turn, in_batches, unseen};
use super::versions::Version;
use crate::error::Result;
use crate::platform::Platform;
use crate::repo;
use crate::repo::register::Record;
use domain::ids::{ComponentId, ImportId, ImportRowId, UseId};
use domain::register::fold::folded;
use domain::register::{Face, Fact, Restated, Slot, Source, Statement, Summed, rejoin, restate, says, settle, summary};
use entity::{ai_use, component, import, import_row};
use sea_orm::{IntoActiveModel, Set};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use uuid::Uuid;

/// Entries looked at together.
const TOGETHER: usize = 500;
/// Characters of what a line is called by.
const LABEL: usize = 300;
/// The fields that say which entry a list means.
const NAMING: [&str; 4] = ["name", "vendor", "product", "identifiers"];
/// What a list says of a use.
const OF_USE: [&str; 3] = ["use_case", "unit", "users"];

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

/// Where what was found out goes.
pub(super) enum Sink<'a> {
    /// Shown to people, from this position among the import's rows on.
    Lines { platform: &'a Platform, import: &'a import::Model, position: i64, waiting: Vec<import_row::ActiveModel> },
    /// Staged, to be taken over.
    Stage { turn: &'a Turn<'a>, waiting: Box<Waiting>, has_new: bool },
}

/// What waits to be staged.
#[derive(Default)]
pub(super) struct Waiting {
    entries: Vec<component::ActiveModel>,
    uses: Vec<ai_use::ActiveModel>,
    facts: Vec<(ComponentId, Fact)>,
    staged_entries: Vec<component::Model>,
    staged_uses: Vec<ai_use::Model>,
    staged_facts: Vec<(ComponentId, Fact)>,
    staged_again: Vec<(ComponentId, Fact)>,
}

impl Waiting {
    fn len(&self) -> usize {
        self.entries.len()
            + self.uses.len()
            + self.facts.len()
            + self.staged_entries.len()
            + self.staged_uses.len()
            + self.staged_facts.len()
            + self.staged_again.len()
    }
}

impl Sink<'_> {
    fn line(&mut self, telling: &Telling<'_>, verdict: &str, (place, label): (String, &str), kept: &Compared) {
        let Self::Lines { platform, import, position, waiting } = self else { return };
        waiting.push(import_row::ActiveModel {
            id: Set(platform.clock.id::<ImportRowId>().0),
            organisation_id: Set(telling.by.scope.organisation().0),
            import_id: Set(import.id),
            position: Set(*position),
            place: Set(place),
            label: Set(label.chars().take(LABEL).collect()),
            verdict: Set(verdict.to_owned()),
            question_id: Set(None),
            proposed: Set(None),
            current: Set(None),
            current_revision: Set(0),
            problem: Set(None),
            details: Set(json!(kept)),
            applied: Set(false),
        });
        *position += 1;
    }

    /// Writes what waits, in transactions of bounded size.
    async fn flush(&mut self, telling: &Telling<'_>, at_least: usize) -> Result<()> {
        let scope = telling.by.scope;
        match self {
            Self::Lines { platform, waiting, .. } => {
                if waiting.len() >= at_least {
                    for rows in in_batches(std::mem::take(waiting)) {
                        let act = Act::begin(platform).await?;
                        repo::imports::add_rows(act.tx(), &scope, rows).await?;
                        act.commit().await?;
                    }
                }
            }
            Self::Stage { turn, waiting, .. } => {
                if waiting.len() < at_least {
                    return Ok(());
                }
                let Waiting { entries, uses, facts, staged_entries, staged_uses, staged_facts, staged_again } =
                    *std::mem::take(waiting);
                let import = turn.import;
                for rows in in_batches(entries) {
                    let (act, _) = turn.begin().await?;
                    repo::register::add(act.tx(), scope, rows).await?;
                    act.commit().await?;
                }
                for rows in in_batches(facts) {
                    let (act, _) = turn.begin().await?;
                    repo::register::add_facts(act.tx(), scope, rows).await?;
                    act.commit().await?;
                }
                for rows in in_batches(uses) {
                    let (act, _) = turn.begin().await?;
                    repo::register::add_uses(act.tx(), scope, rows).await?;
                    act.commit().await?;
                }
                for rows in in_batches(staged_entries) {
                    let (act, _) = turn.begin().await?;
                    repo::register::staged::add_entries(act.tx(), scope, import, rows).await?;
                    act.commit().await?;
                }
                for rows in in_batches(staged_uses) {
                    let (act, _) = turn.begin().await?;
                    repo::register::staged::add_uses(act.tx(), scope, import, rows).await?;
                    act.commit().await?;
                }
                for (later, facts) in [(false, staged_facts), (true, staged_again)] {
                    for rows in in_batches(facts) {
                        let (act, _) = turn.begin().await?;
                        repo::register::staged::add_facts(act.tx(), scope, import, later, rows).await?;
                        act.commit().await?;
                    }
                }
            }
        }
        Ok(())
    }

    fn put(&mut self, telling: &Telling<'_>, id: Option<ComponentId>, place: (String, &str), outcome: Outcome) {
        let kept = Compared { component: id, changes: outcome.changes };
        self.line(telling, outcome.verdict, place, &kept);
        let Self::Stage { waiting, has_new, .. } = self else { return };
        *has_new |= !outcome.new_uses.is_empty();
        waiting.uses.extend(outcome.new_uses.into_iter().map(IntoActiveModel::into_active_model));
        waiting.staged_uses.extend(outcome.uses);
        waiting.staged_entries.extend(outcome.row);
        if let Some(id) = id {
            waiting.staged_facts.extend(outcome.facts.into_iter().map(|fact| (id, fact)));
            waiting.staged_again.extend(outcome.again.into_iter().map(|fact| (id, fact)));
        }
    }

    fn put_new(&mut self, telling: &Telling<'_>, named: Named, uses: Vec<ai_use::Model>) {
        let kept = Compared::default();
        self.line(telling, "new", (first_cell(&named.facts), &named.name), &kept);
        let Self::Stage { waiting, has_new, .. } = self else { return };
        *has_new = true;
        waiting.entries.push(unseen(telling, &named).into_active_model());
        waiting.uses.extend(uses.into_iter().map(IntoActiveModel::into_active_model));
        waiting.facts.extend(named.facts.into_iter().map(|fact| (named.id, fact)));
    }
}

/// The cell in which something is said.
fn cell_of(source: &Source) -> Option<String> {
    match source {
        Source::Import { cell, .. } => Some(cell.clone()),
        _ => None,
    }
}

fn first_cell(facts: &[Fact]) -> String {
    facts.iter().find_map(|fact| cell_of(&fact.source)).unwrap_or_default()
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
    let mut coming = entries.into_iter().zip(of_entry).zip(found).peekable();
    while coming.peek().is_some() {
        let together: Vec<_> = coming.by_ref().take(TOGETHER).collect();
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
    for ids in missing.chunks(TOGETHER) {
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
            let said = facts.get(&id.0).map(Vec::as_slice).unwrap_or_default();
            Face { said: None, ..face(says(said, None, &ground.key).into_iter(), &ground.key) }
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
    let rows = repo::register::seen_or_not(db, scope, ids).await?;
    let met = |row: component::Model| {
        let (record, uses) = (records.remove(&row.id).unwrap_or_default(), uses.remove(&row.id).unwrap_or_default());
        (row.id, Met { row, record, uses })
    };
    Ok(rows.into_iter().map(met).collect())
}

fn table_key() -> String {
    Source::Catalogue { entry: PRODUCT_TABLE.to_owned(), url: None }.key()
}

/// What a source says, by slot, as values are compared.
fn compared(facts: &[Fact], of_use: Option<UseId>, key: &str) -> BTreeMap<Slot, String> {
    says(facts, of_use, key).into_iter().map(|fact| (fact.slot(), fact.said.field.compared(&fact.said.value))).collect()
}

fn is_again(found: &Restated, of_use: Option<UseId>, said: &BTreeMap<Slot, String>) -> bool {
    !found.taken_back && said.get(&found.said.slot(of_use)) == Some(&found.said.field.compared(&found.said.value))
}

fn fact(telling: &Telling<'_>, of_use: Option<UseId>, found: Restated) -> Fact {
    Fact {
        id: telling.platform.clock.id(),
        of_use,
        said: found.said,
        taken_back: found.taken_back,
        last_seen: telling.seen,
        source: found.source,
        recorded_at: telling.now,
        recorded_by: register::by(telling.by.actor),
    }
}

/// What a list says of an entry, as statements of its own and of the table of products.
fn stated(facts: &[Fact], key: &str) -> Vec<(Statement, Source)> {
    let of_source = facts.iter().filter(|fact| fact.source.key() == key);
    of_source.map(|fact| (fact.said.clone(), fact.source.clone())).collect()
}

/// Somebody else has spoken of a use.
fn is_touched(there: &Met, row: &ai_use::Model, key: &str) -> bool {
    let id = Some(UseId(row.id));
    row.classification.is_some()
        || there.record.facts.iter().any(|fact| fact.of_use == id && fact.source.key() != *key)
        || there.record.choices.iter().any(|choice| choice.slot.of_use == id)
}

/// An entry that the list names still.
fn held_against(
    telling: &Telling<'_>,
    ground: &Ground,
    named: &Named,
    there: Met,
    uses: Vec<ai_use::Model>,
) -> Outcome {
    let (key, facts) = (&ground.key, &there.record.facts);
    let statements = stated(&named.facts, key);
    let said = compared(facts, None, key);
    let fields = register::all_but_references();
    let found = restate(facts, None, key, &statements, &fields, telling.seen);
    let (again, mut otherwise): (Vec<_>, Vec<_>) = found.into_iter().partition(|found| is_again(found, None, &said));
    let (table, of_table) = (table_key(), compared(facts, None, &table_key()));
    let vendor = BTreeSet::from(["vendor"]);
    let by_table = restate(facts, None, &table, &stated(&named.facts, &table), &vendor, telling.seen);
    let mut changes = Vec::new();
    if !otherwise.is_empty() {
        let cells = |field: &str| {
            let (_, source) = statements.iter().find(|(said, _)| said.field.id == field)?;
            cell_of(source)
        };
        changes.extend(changes_of(&there.record, key, &statements, telling.seen, telling.now).into_iter().map(|one| {
            let cell = cells(&one.field);
            Changed { field: one.field, of_use: None, cell, before: one.before, after: one.after, others: one.others }
        }));
    }
    otherwise.extend(by_table.into_iter().filter(|found| !is_again(found, None, &of_table)));
    let mut outcome = Outcome {
        facts: otherwise.into_iter().map(|found| fact(telling, None, found)).collect(),
        again: again.into_iter().map(|found| fact(telling, None, found)).collect(),
        ..Outcome::default()
    };
    let mut told: Vec<(UseId, Changed)> = Vec::new();
    for (row, of_use) in pair(&there.uses, uses, true) {
        match (row, of_use) {
            (Some(n), Some(now)) => {
                let before = &there.uses[n];
                use_said_again(telling, ground, &there, (before, now), &mut outcome, &mut told);
            }
            (None, Some(now)) => {
                changes.push(came_or_went(&now, true));
                outcome.new_uses.push(now);
            }
            (Some(n), None) => {
                if let Some(change) = use_left_out(telling, ground, &there, &there.uses[n], &mut outcome) {
                    changes.push(change);
                }
            }
            (None, None) => {}
        }
    }
    let is_back = there.row.withdrawn || !there.row.visible;
    let other_list = |fact: &Fact| matches!(fact.source, Source::Import { .. }) && fact.source.key() != *key;
    let touched = !outcome.facts.is_empty() || !outcome.uses.is_empty() || !outcome.new_uses.is_empty() || is_back;
    if touched || facts.iter().any(other_list) {
        show(named, &there, &mut outcome, &mut told, is_back || touched);
    }
    // A row that is known by its name alone is no other use for being renamed.
    let is_name = |change: &Changed| {
        change.field == "use_case"
            && change.after == [named.name.clone()]
            && changes.iter().any(|one| one.field == "name")
    };
    let told: Vec<Changed> = told.into_iter().map(|(_, change)| change).filter(|change| !is_name(change)).collect();
    changes.extend(told);
    let is_conflict = changes.iter().any(|change| !change.others.is_empty());
    outcome.verdict = match (touched, is_conflict) {
        (_, true) => "conflict",
        (true, false) => "changed",
        (false, false) => "unchanged",
    };
    outcome.changes = changes;
    outcome
}

/// Works out how the entry and its uses look with all that is said of them now.
fn show(named: &Named, there: &Met, outcome: &mut Outcome, told: &mut [(UseId, Changed)], is_touched: bool) {
    let mut facts = there.record.facts.clone();
    facts.extend(outcome.facts.iter().chain(&outcome.again).cloned());
    let settled = settle(&facts, &there.record.choices, &there.record.checks);
    let mut row = component::Model { withdrawn: false, visible: true, ..there.row.clone() };
    let shown = summary(&settled, None);
    if let (Some(Summed::One(vendor)), Some(_)) = (shown.get("vendor"), row.vendor_id)
        && row.vendor_name.as_deref().map(folded) != Some(folded(vendor))
    {
        (row.vendor_id, row.vendor_name) = match &named.vendor {
            Some((id, name)) if folded(name) == folded(vendor) => (Some(*id), Some(name.clone())),
            _ => (None, Some(vendor.clone())),
        };
    }
    register::show(&mut row, &settled);
    for of_use in outcome.uses.iter_mut().filter(|of_use| of_use.visible) {
        if facts.iter().any(|fact| fact.of_use == Some(UseId(of_use.id))) {
            register::show_use(of_use, &settled);
        }
    }
    for (id, change) in told {
        let slot = settled.iter().find(|one| one.slot.of_use == Some(*id) && one.slot.field == change.field);
        if let Some(other) = slot.and_then(|one| one.fact()).filter(|fact| !change.after.contains(&fact.said.value)) {
            change.others.push((other.said.value.clone(), other.source.kind().to_owned()));
        }
    }
    let looks = |row: &component::Model| {
        (row.name.clone(), row.kind.clone(), row.vendor_name.clone(), row.fields.clone(), row.open)
    };
    if is_touched || looks(&row) != looks(&there.row) {
        outcome.row = Some(row);
    }
}

fn called(row: &ai_use::Model) -> String {
    let mut label: String = row.use_case.chars().take(LABEL).collect();
    if !row.unit.is_empty() {
        label = format!("{label} ({})", row.unit);
    }
    label
}

fn came_or_went(row: &ai_use::Model, came: bool) -> Changed {
    let (before, after) = if came { (Vec::new(), vec![called(row)]) } else { (vec![called(row)], Vec::new()) };
    let cell = came.then(|| row.place.clone());
    Changed { field: "use".to_owned(), of_use: None, cell, before, after, others: Vec::new() }
}

/// What the list says of a use, as facts keep it.
fn use_stated(row: &ai_use::Model, list: &str, import: Uuid) -> Vec<(Statement, Source)> {
    let source = || Source::Import { import: ImportId(import), list: list.to_owned(), cell: row.place.clone() };
    let told = [("use_case", Some(&row.use_case)), ("unit", Some(&row.unit)), ("users", row.users.as_ref())];
    let statement = |(field, text): (&str, Option<&String>)| {
        let text: String = text?.chars().take(domain::register::field::MAX_VALUE).collect();
        Some((Statement::new(field, &text).ok()?, source()))
    };
    told.into_iter().filter_map(statement).collect()
}

/// A use that the list names still.
fn use_said_again(
    telling: &Telling<'_>,
    ground: &Ground,
    there: &Met,
    (before, now): (&ai_use::Model, ai_use::Model),
    outcome: &mut Outcome,
    told: &mut Vec<(UseId, Changed)>,
) {
    let id = UseId(before.id);
    let mut facts: Vec<Fact> = there.record.facts.iter().filter(|fact| fact.of_use == Some(id)).cloned().collect();
    // What the earlier version said stands in the row alone, until somebody says more.
    if let (true, Some(edition)) = (facts.is_empty(), before.import_id.and_then(|id| ground.editions.get(&id))) {
        let earlier = use_stated(before, &telling.list, edition.id).into_iter().map(|(said, source)| Fact {
            id: telling.platform.clock.id(),
            of_use: Some(id),
            said,
            taken_back: false,
            last_seen: edition.created_at.date(),
            source,
            recorded_at: edition.applied_at.unwrap_or(edition.created_at),
            recorded_by: register::by(telling.by.actor),
        });
        facts.extend(earlier);
    }
    let is_told = there.record.facts.iter().any(|fact| fact.of_use == Some(id));
    let said = compared(&facts, Some(id), &ground.key);
    let statements = use_stated(&now, &telling.list, telling.import.id);
    let found = restate(&facts, Some(id), &ground.key, &statements, &OF_USE.into(), telling.seen);
    let (again, otherwise): (Vec<_>, Vec<_>) = found.into_iter().partition(|found| is_again(found, Some(id), &said));
    let same_product = before.product == now.product;
    if otherwise.is_empty() && same_product {
        if is_told {
            outcome.again.extend(again.into_iter().map(|found| fact(telling, Some(id), found)));
        }
        if !before.visible {
            outcome.uses.push(ai_use::Model { visible: true, ..before.clone() });
        }
        return;
    }
    let of_use = Some(called(before));
    let value = |field: &str, statements: &[(Statement, Source)]| -> Vec<String> {
        statements.iter().filter(|(said, _)| said.field.id == field).map(|(said, _)| said.value.clone()).collect()
    };
    let earlier: Vec<(Statement, Source)> =
        says(&facts, Some(id), &ground.key).into_iter().map(|fact| (fact.said.clone(), fact.source.clone())).collect();
    let fields: BTreeSet<&str> = otherwise.iter().map(|found| found.said.field.id).collect();
    for field in fields {
        let (before, after) = (value(field, &earlier), value(field, &statements));
        let cell = Some(now.place.clone());
        told.push((
            id,
            Changed { field: field.to_owned(), of_use: of_use.clone(), cell, before, after, others: Vec::new() },
        ));
    }
    if !same_product {
        let (before, after) = (before.product.clone().into_iter().collect(), now.product.clone().into_iter().collect());
        let cell = Some(now.place.clone());
        told.push((id, Changed { field: "product".to_owned(), of_use, cell, before, after, others: Vec::new() }));
    }
    if !is_told {
        outcome.facts.extend(facts);
    }
    outcome.facts.extend(again.into_iter().chain(otherwise).map(|found| fact(telling, Some(id), found)));
    outcome.uses.push(ai_use::Model {
        place: now.place,
        unit: now.unit,
        use_case: now.use_case,
        product: now.product,
        users: now.users,
        visible: true,
        ..before.clone()
    });
}

/// A use that the list names no more.
fn use_left_out(
    telling: &Telling<'_>,
    ground: &Ground,
    there: &Met,
    row: &ai_use::Model,
    outcome: &mut Outcome,
) -> Option<Changed> {
    if !row.visible {
        return None;
    }
    let id = Some(UseId(row.id));
    if is_touched(there, row, &ground.key) {
        let found = restate(&there.record.facts, id, &ground.key, &[], &OF_USE.into(), telling.seen);
        if found.is_empty() {
            return None;
        }
        outcome.facts.extend(found.into_iter().map(|found| fact(telling, id, found)));
        outcome.uses.push(row.clone());
    } else {
        outcome.uses.push(ai_use::Model { visible: false, ..row.clone() });
    }
    Some(came_or_went(row, false))
}

/// An entry that the list names no more: it stays where others speak of it.
fn left_out(telling: &Telling<'_>, ground: &Ground, there: Met, is_undoing: bool) -> Outcome {
    let (key, table) = (&ground.key, table_key());
    let by_others = there.record.facts.iter().any(|fact| {
        let source = fact.source.key();
        source != *key && source != table
    });
    let is_named = by_others
        || !there.record.choices.is_empty()
        || there.uses.iter().any(|row| row.visible && is_touched(&there, row, key));
    let mut outcome = Outcome { verdict: "gone", ..Outcome::default() };
    for row in &there.uses {
        let _ = use_left_out(telling, ground, &there, row, &mut outcome);
    }
    if is_named {
        let all = register::all_but_references();
        let found = restate(&there.record.facts, None, key, &[], &all, telling.seen);
        outcome.changes = changes_of(&there.record, key, &[], telling.seen, telling.now)
            .into_iter()
            .map(|one| Changed {
                field: one.field,
                of_use: None,
                cell: None,
                before: one.before,
                after: one.after,
                others: one.others,
            })
            .collect();
        outcome.facts.extend(found.into_iter().map(|found| fact(telling, None, found)));
        let mut facts = there.record.facts.clone();
        facts.extend(outcome.facts.iter().cloned());
        let settled = settle(&facts, &there.record.choices, &there.record.checks);
        let mut row = there.row.clone();
        register::show(&mut row, &settled);
        for of_use in outcome.uses.iter_mut().filter(|of_use| of_use.visible) {
            register::show_use(of_use, &settled);
        }
        outcome.row = Some(row);
    } else if is_undoing {
        outcome.row = Some(component::Model { visible: false, ..there.row });
    } else {
        // Nobody else speaks of it: what was said last stays readable.
        outcome.row = Some(component::Model { withdrawn: true, ..there.row });
    }
    outcome
}

/// Rows that name no entry.
fn statements(known: Vec<ai_use::Model>, now: Vec<ai_use::Model>) -> Vec<(&'static str, String, String, Outcome)> {
    let mut found = Vec::new();
    for (before, now) in pair(&known, now, false) {
        let before = before.map(|n| &known[n]);
        let hidden = |row: &ai_use::Model| ai_use::Model { visible: false, ..row.clone() };
        let (verdict, label, place, outcome) = match (before, now) {
            (None, Some(now)) => {
                let (label, place) = (called(&now), now.place.clone());
                ("new", label, place, Outcome { new_uses: vec![now], ..Outcome::default() })
            }
            (Some(before), Some(now)) if same(before, &now) => {
                let back = (!before.visible).then(|| ai_use::Model { visible: true, ..before.clone() });
                let verdict = if back.is_some() { "changed" } else { "unchanged" };
                (verdict, called(&now), now.place, Outcome { uses: back.into_iter().collect(), ..Outcome::default() })
            }
            (Some(before), Some(now)) => {
                let fields = [
                    ("unit", Some(&before.unit), Some(&now.unit)),
                    ("product", before.product.as_ref(), now.product.as_ref()),
                    ("users", before.users.as_ref(), now.users.as_ref()),
                ];
                let change = |(field, before, after): (&str, Option<&String>, Option<&String>)| Changed {
                    field: field.to_owned(),
                    of_use: None,
                    cell: Some(now.place.clone()),
                    before: before.cloned().into_iter().collect(),
                    after: after.cloned().into_iter().collect(),
                    others: Vec::new(),
                };
                let changes = fields.into_iter().filter(|(_, before, after)| before != after).map(change).collect();
                let (label, place) = (called(&now), now.place.clone());
                // Nothing that was stated is written over: the row that said so stays, unseen.
                let uses = if before.visible { vec![hidden(before)] } else { Vec::new() };
                ("changed", label, place, Outcome { changes, uses, new_uses: vec![now], ..Outcome::default() })
            }
            (Some(before), None) if before.visible => (
                "gone",
                called(before),
                before.place.clone(),
                Outcome { uses: vec![hidden(before)], ..Outcome::default() },
            ),
            _ => continue,
        };
        found.push((verdict, place, label, Outcome { verdict, ..outcome }));
    }
    found
}

fn same(before: &ai_use::Model, now: &ai_use::Model) -> bool {
    let all = |row: &ai_use::Model| {
        (row.in_use.clone(), row.unit.clone(), row.use_case.clone(), row.product.clone(), row.users.clone())
    };
    all(before) == all(now)
}

/// Which known use each of the list's is, by its index; those of either side that have none stand alone. The last two
/// that are left of an entry are one.
fn pair(
    known: &[ai_use::Model],
    now: Vec<ai_use::Model>,
    of_one_entry: bool,
) -> Vec<(Option<usize>, Option<ai_use::Model>)> {
    type Words = Vec<String>;
    let words = |row: &ai_use::Model, how: usize| -> Words {
        let (product, users) = (row.product.clone().unwrap_or_default(), row.users.clone().unwrap_or_default());
        let all = [row.in_use.clone(), folded(&row.use_case), folded(&row.unit), folded(&product), users];
        all.into_iter().take(how).collect()
    };
    let mut found: Vec<Option<usize>> = vec![None; now.len()];
    let mut taken = vec![false; known.len()];
    for (how, visible) in [(5, true), (3, true), (2, true), (5, false)] {
        let mut by_words: HashMap<Words, Vec<usize>> = HashMap::new();
        for (k, row) in known.iter().enumerate().rev().filter(|(k, row)| !taken[*k] && row.visible == visible) {
            by_words.entry(words(row, how)).or_default().push(k);
        }
        for (n, row) in now.iter().enumerate() {
            if found[n].is_none()
                && let Some(k) = by_words.get_mut(&words(row, how)).and_then(Vec::pop)
            {
                (found[n], taken[k]) = (Some(k), true);
            }
        }
    }
    let free: Vec<usize> = (0..known.len()).filter(|k| !taken[*k] && known[*k].visible).collect();
    let coming: Vec<usize> = (0..now.len()).filter(|n| found[*n].is_none()).collect();
    if let ([k], [n], true) = (&free[..], &coming[..], of_one_entry) {
        (found[*n], taken[*k]) = (Some(*k), true);
    }
    let mut pairs: Vec<_> = found.into_iter().zip(now).map(|(known, now)| (known, Some(now))).collect();
    pairs.extend((0..known.len()).filter(|k| !taken[*k]).map(|k| (Some(k), None)));
    pairs
}
