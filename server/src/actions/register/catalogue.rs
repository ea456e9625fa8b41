//! Features of the catalogue become entries of the register, and leave it again.
//!
//! A source of an entry, [`ADOPTED`], keeps what the catalogue said when the feature was taken over, so that a newer
//! catalogue can be held against it.

use super::super::content::{CATALOGUE, REGIONS};
use super::super::{Act, Buyer};
use super::Desk;
use super::{changed, left_out};
use crate::error::{AppError, Result};
use crate::platform::Platform;
use crate::platform::db::Db;
use crate::repo;
use domain::catalogue::{Catalogue, Document, Entry, Feature, Product};
use domain::ids::{ComponentId, VendorId};
use domain::problem::{Problem, Problems};
use domain::register::fold::folded;
use domain::register::{Fact, Slot, Source, is_named_by_others};
use entity::{component, component_source};
use sea_orm::{ActiveModelTrait, IntoActiveModel, Set};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// What the catalogue is called as that by which an entry is recognised; the reference is the feature's id.
pub const ADOPTED: &str = "catalogue";
/// Entries of one name, or of one vendor, among which one is looked for that is the feature.
const CANDIDATES: u64 = 2_000;

/// What the catalogue said of a feature when it was taken over: a catalogue of this feature alone.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Taken {
    /// The feature with its product, its file and the pages that speak of it.
    pub document: Document,
}

impl Taken {
    /// What the catalogue says of a feature now.
    pub fn of(entry: &Entry<'_>) -> Self {
        let said = entry.feature.facts.iter().filter_map(|fact| fact.source.as_deref());
        let pages: BTreeSet<&str> = said.chain([entry.feature.source.as_str()]).collect();
        let sources = entry.document.sources.iter().filter(|source| pages.contains(source.id.as_str())).cloned();
        let product = Product { features: vec![entry.feature.clone()], ..entry.product.clone() };
        Self { document: Document { sources: sources.collect(), products: vec![product], ..entry.document.clone() } }
    }

    /// The feature.
    pub fn feature(&self) -> Option<&Feature> {
        self.document.products.first()?.features.first()
    }

    /// As a catalogue, to be compared with another.
    ///
    /// # Errors
    /// When what was kept is none.
    pub fn catalogue(self) -> Result<Catalogue> {
        Catalogue::join(vec![self.document]).map_err(AppError::internal)
    }
}

/// What became of features.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Adoption {
    /// New entries.
    pub added: BTreeMap<String, ComponentId>,
    /// Entries that were there, of which the catalogue says something that it did not say before.
    pub updated: BTreeMap<String, ComponentId>,
    /// Entries that were there and of which it says the same.
    pub unchanged: BTreeMap<String, ComponentId>,
}

impl Adoption {
    /// All entries, by feature.
    pub fn all(&self) -> BTreeMap<&str, ComponentId> {
        let each = [&self.added, &self.updated, &self.unchanged];
        each.into_iter().flatten().map(|(feature, id)| (feature.as_str(), *id)).collect()
    }
}

/// The features that are in the register, by id: the entry, and what was kept of it. Entries that nobody can see any more
/// are left out.
///
/// # Errors
/// When the database fails.
pub async fn adopted(platform: &Platform, by: &Buyer) -> Result<BTreeMap<String, (component::Model, Taken)>> {
    let db = platform.db.read();
    let sources = repo::register::sources(db, by.scope, ADOPTED).await?;
    let ids: Vec<ComponentId> = sources.iter().map(|row| ComponentId(row.component_id)).collect();
    let rows = repo::register::of_ids(db, by.scope, &ids).await?;
    let mut rows: BTreeMap<Uuid, component::Model> = rows.into_iter().map(|row| (row.id, row)).collect();
    let mut found = BTreeMap::new();
    for source in sources.into_iter().filter(|source| !source.gone) {
        if let Some(row) = rows.remove(&source.component_id) {
            found.insert(source.reference, (row, serde_json::from_value(source.said)?));
        }
    }
    Ok(found)
}

/// Takes features over into the register: each becomes an entry, or brings the entry that it is up to date. What the
/// catalogue says stands beside what others say; nobody has checked it. All of them or none.
///
/// # Errors
/// At `features`: `required`, `too-many-together`, `unknown` with the id; [`AppError::Busy`] when somebody takes one of
/// them over at the same moment.
pub async fn adopt(platform: &Platform, by: &Buyer, features: &BTreeSet<String>) -> Result<Adoption> {
    let most = platform.config.limits.bulk_entries;
    if features.is_empty() {
        return Err(Problem::new("features", "required").into());
    }
    if features.len() > most {
        return Err(Problem::new("features", "too-many-together").with("most", most).into());
    }
    let mut entries = Vec::new();
    let mut problems = Vec::new();
    for id in features {
        match CATALOGUE.entry(id) {
            Some(entry) => entries.push(entry),
            None => {
                let given = id.chars().take(60).collect::<String>();
                problems.push(Problem::new("features", "unknown").with("given", given));
            }
        }
    }
    Problems::none_or(problems, ())?;
    let mut act = Act::begin(platform).await?;
    let known = repo::register::sources(act.tx(), by.scope, ADOPTED).await?;
    let known: BTreeMap<String, component_source::Model> =
        known.into_iter().map(|row| (row.reference.clone(), row)).collect();
    let mut adoption = Adoption::default();
    for entry in entries {
        let id = entry.feature.id.clone();
        one(platform, &act, by, entry, known.get(&id), &mut adoption).await?;
    }
    let ids: Vec<ComponentId> = adoption.added.values().chain(adoption.updated.values()).copied().collect();
    if ids.is_empty() {
        return Ok(adoption);
    }
    let details = json!({
        "added": adoption.added, "updated": adoption.updated, "catalogue": versions(features),
    });
    let organisation = by.scope.organisation().0;
    act.record(&by.scope, by.actor, "catalogue.adopted", ("organisation", organisation), &details);
    changed(&mut act, &ids).await?;
    act.commit().await?;
    Ok(adoption)
}

/// The version of each file that features stand in.
fn versions(features: &BTreeSet<String>) -> BTreeMap<&'static str, u32> {
    let entries = features.iter().filter_map(|id| CATALOGUE.entry(id));
    entries.map(|entry| (entry.document.key.as_str(), entry.document.version)).collect()
}

async fn one(
    platform: &Platform,
    act: &Act<'_>,
    by: &Buyer,
    entry: Entry<'_>,
    source: Option<&component_source::Model>,
    adoption: &mut Adoption,
) -> Result<()> {
    let feature = entry.feature.id.clone();
    let said = json!(Taken::of(&entry));
    // The entry may have gone with the list that brought it.
    let there = match source {
        Some(source) => match Desk::open(platform, act, by, ComponentId(source.component_id)).await {
            Err(AppError::NotFound) => None,
            opened => Some(opened?),
        },
        None => None,
    };
    let (mut desk, is_new) = match there {
        Some(desk) => (desk, false),
        None => desk_for(platform, act, by, &entry).await?,
    };
    let was_gone = source.is_some_and(|source| source.gone);
    let recorded = say(&mut desk, &entry, act.now.date())?;
    let id = desk.id();
    desk.row.withdrawn = false;
    let fresh = desk.fresh();
    let kept_before = source.map(|source| &source.said);
    if recorded > 0 || is_new || was_gone {
        desk.close(act, Vec::new()).await?;
    }
    match source {
        Some(source) => {
            let mut row = source.clone();
            row.component_id = id.0;
            row.gone = false;
            row.changed_at = act.now;
            row.said = said.clone();
            repo::register::update_source(act.tx(), by.scope, row.into_active_model().reset_all()).await?;
        }
        None => {
            let row = component_source::ActiveModel {
                id: Set(fresh),
                organisation_id: Set(by.scope.organisation().0),
                component_id: Set(id.0),
                source: Set(ADOPTED.to_owned()),
                reference: Set(feature.clone()),
                said: Set(said.clone()),
                gone: Set(false),
                changed_at: Set(act.now),
            };
            // Somebody takes the same feature over at this very moment; once more, and the entry is there.
            let added = repo::register::add_sources(act.tx(), by.scope, vec![row]).await;
            added.map_err(|error| if Db::is_duplicate(&error) { AppError::Busy } else { error.into() })?;
        }
    }
    let into = match (is_new, recorded > 0 || was_gone || source.is_none() || kept_before != Some(&said)) {
        (true, _) => &mut adoption.added,
        (false, true) => &mut adoption.updated,
        (false, false) => &mut adoption.unchanged,
    };
    into.insert(feature, id);
    Ok(())
}

/// The entry that a feature is though another source brought it, else a new one; and whether it is new.
async fn desk_for<'a>(
    platform: &'a Platform,
    act: &Act<'_>,
    by: &Buyer,
    entry: &Entry<'_>,
) -> Result<(Desk<'a>, bool)> {
    let mut vendor = None;
    for name in std::iter::once(&entry.document.vendor).chain(&entry.document.vendor_names) {
        if vendor.is_none() {
            vendor = repo::vendors::by_name(act.tx(), by.scope, name).await?;
        }
    }
    let candidates = match &vendor {
        Some(vendor) => repo::register::of_vendor(act.tx(), by.scope, VendorId(vendor.id), CANDIDATES).await?,
        None => repo::register::called(act.tx(), by.scope, std::slice::from_ref(&entry.feature.name)).await?,
    };
    let product =
        |row: &component::Model| row.fields.get("product").and_then(Value::as_str).map(folded).unwrap_or_default();
    let is_same = |row: &&component::Model| {
        let of_vendor = vendor.is_some()
            || row.vendor_name.as_deref().is_some_and(|name| folded(name) == folded(&entry.document.vendor));
        let of_product = product(row).is_empty() || product(row) == folded(&entry.product.name);
        !row.withdrawn && of_vendor && of_product && folded(&row.name) == folded(&entry.feature.name)
    };
    let mut same = candidates.iter().filter(is_same);
    // Of two candidates it is neither.
    if let (Some(twin), None) = (same.next(), same.next()) {
        return Ok((Desk::open(platform, act, by, ComponentId(twin.id)).await?, false));
    }
    Ok((Desk::new(platform, act, by, vendor.map(|vendor| (vendor.id, vendor.name))), true))
}

/// Whether a fact is what the catalogue says of a feature, on whichever page.
fn is_of(fact: &Fact, feature: &str) -> bool {
    match &fact.source {
        Source::Catalogue { entry, .. } => {
            entry.strip_prefix(feature).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        }
        _ => false,
    }
}

/// The newest fact of each page about each slot.
fn newest(facts: &[Fact], feature: &str) -> BTreeMap<(String, Slot), Fact> {
    let mut newest: BTreeMap<(String, Slot), Fact> = BTreeMap::new();
    for fact in facts.iter().filter(|fact| is_of(fact, feature)) {
        let rank = |fact: &Fact| (fact.last_seen, fact.recorded_at, fact.id);
        let known = newest.entry((fact.source.key(), fact.slot())).or_insert_with(|| fact.clone());
        if rank(fact) > rank(known) {
            *known = fact.clone();
        }
    }
    newest
}

/// Records what the catalogue says now, and takes back what it said and says no more. Gives how many facts.
fn say(desk: &mut Desk<'_>, entry: &Entry<'_>, today: time::Date) -> Result<usize, Problems> {
    let mut standing = newest(&desk.record.facts, &entry.feature.id);
    let mut heard = BTreeSet::new();
    let mut recorded = 0;
    for page in entry.adopted(today, &REGIONS)? {
        for said in page.statements {
            let place = (page.source.key(), said.slot(None));
            if !heard.insert(place.clone()) {
                continue;
            }
            let before = standing.remove(&place);
            let is_known = before.as_ref().is_some_and(|fact| {
                !fact.taken_back && fact.said == said && fact.source == page.source && fact.last_seen >= page.last_seen
            });
            if !is_known {
                // A corrected date may be an earlier one: what is said now must count all the same.
                let seen = before.map_or(page.last_seen, |fact| fact.last_seen.max(page.last_seen));
                desk.state(None, said, false, page.source.clone(), seen);
                recorded += 1;
            }
        }
    }
    Ok(recorded + take_back(desk, standing))
}

/// Says of facts that they are said no more, on the day on which they were last seen: said again, they count again.
fn take_back(desk: &mut Desk<'_>, standing: BTreeMap<(String, Slot), Fact>) -> usize {
    let mut count = 0;
    for fact in standing.into_values().filter(|fact| !fact.taken_back) {
        desk.state(None, fact.said, true, fact.source, fact.last_seen);
        count += 1;
    }
    count
}

/// Leaves entries as they are though the catalogue says something else of them now: it is not asked again until it says
/// something else again. Gives how many.
///
/// # Errors
/// At `features`: `required`, and `unknown` for what is not in the register or not in the catalogue.
pub async fn keep(platform: &Platform, by: &Buyer, features: &BTreeSet<String>) -> Result<usize> {
    if features.is_empty() {
        return Err(Problem::new("features", "required").into());
    }
    let mut act = Act::begin(platform).await?;
    let sources = repo::register::sources(act.tx(), by.scope, ADOPTED).await?;
    for id in features {
        let source = sources.iter().find(|row| row.reference == *id && !row.gone);
        let (Some(source), Some(entry)) = (source, CATALOGUE.entry(id)) else {
            let given = id.chars().take(60).collect::<String>();
            return Err(Problem::new("features", "unknown").with("given", given).into());
        };
        let mut row = source.clone().into_active_model();
        row.said = Set(json!(Taken::of(&entry)));
        row.changed_at = Set(act.now);
        repo::register::update_source(act.tx(), by.scope, row).await?;
    }
    let details = json!({ "features": features, "catalogue": versions(features) });
    act.record(&by.scope, by.actor, "catalogue.kept", ("organisation", by.scope.organisation().0), &details);
    act.commit().await?;
    Ok(features.len())
}

/// Takes a feature back out of the register: what the catalogue says of its entry counts no more. An entry of which nobody
/// else has spoken, and that is not used, leaves the register; what was said of it stays on record.
///
/// # Errors
/// [`AppError::NotFound`] when it is not in the register.
pub async fn leave(platform: &Platform, by: &Buyer, feature: &str) -> Result<ComponentId> {
    let mut act = Act::begin(platform).await?;
    let sources = repo::register::sources(act.tx(), by.scope, ADOPTED).await?;
    let source = sources.into_iter().find(|row| row.reference == feature && !row.gone).ok_or(AppError::NotFound)?;
    let id = ComponentId(source.component_id);
    let mut desk = Desk::open(platform, &act, by, id).await?;
    let uses = repo::register::uses(act.tx(), by.scope, id, 1).await?;
    let others = repo::register::sources_of(act.tx(), by.scope, id).await?;
    let own = Source::Catalogue { entry: feature.to_owned(), url: None };
    let is_spoken_of = is_named_by_others(&desk.record.facts, &desk.record.choices, &own.speaker(), &left_out(&others));
    if is_spoken_of || !uses.is_empty() {
        let standing = newest(&desk.record.facts, feature);
        take_back(&mut desk, standing);
    } else {
        // Nobody else speaks of it: what was said last stays readable.
        desk.row.withdrawn = true;
    }
    let row = desk.close(&act, Vec::new()).await?;
    let mut source = source.into_active_model();
    source.gone = Set(true);
    source.changed_at = Set(act.now);
    repo::register::update_source(act.tx(), by.scope, source).await?;
    let details = json!({ "feature": feature, "withdrawn": row.withdrawn });
    act.record(&by.scope, by.actor, "catalogue.left", ("component", id.0), &details);
    changed(&mut act, &[id]).await?;
    act.commit().await?;
    Ok(id)
}
