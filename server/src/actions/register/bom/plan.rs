//! What a bill of materials would change in the register, entry by entry.

use super::super::super::{Buyer, at_length};
use super::super::entries::{Change, Document, Known, Spoken, all_but_references, changes, references_of};
use super::{About, Kept, reread};
use crate::error::{AppError, Result};
use crate::platform::Platform;
use crate::repo::register::Record;
use crate::repo::{self, BuyerScope};
use domain::bom::{Bom, Entry, compare};
use domain::ids::{ComponentId, ImportId, VendorId};
use domain::problem::{Problem, Problems};
use domain::register::fold::folded;
use domain::register::{Certainty, FIELDS, RELATIONS, Source, Statement};
use entity::{component, component_source, import};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use time::Date;
use uuid::Uuid;

/// Entries of one vendor among which one is looked for that a document's may be.
const SAME_VENDOR: u64 = 2_000;
/// Characters of what a document calls itself and its entries; of what is longer, a hash stands for the rest.
const NAME: usize = 300;

/// What becomes of an entry of the document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The register has none like it.
    New,
    /// Something else is said than before, or for the first time.
    Changed,
    /// And others say otherwise.
    Conflict,
    /// The same is said as before.
    Unchanged,
    /// The document speaks of it no more.
    Gone,
}

impl Verdict {
    /// All of them, as they are counted.
    pub const ALL: [Self; 5] = [Self::New, Self::Changed, Self::Conflict, Self::Gone, Self::Unchanged];

    /// Its name in the database, the API and wording.
    pub const fn name(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Changed => "changed",
            Self::Conflict => "conflict",
            Self::Unchanged => "unchanged",
            Self::Gone => "gone",
        }
    }
}

/// An entry of the register that one of the document may be.
#[derive(Clone, Debug)]
pub struct Candidate {
    /// Its id.
    pub id: ComponentId,
    /// What it is called.
    pub name: String,
    /// Whose it is.
    pub vendor: Option<String>,
    /// What it is.
    pub kind: String,
}

/// An entry of the document beside the register.
#[derive(Clone, Debug)]
pub struct Planned {
    /// What the document calls it.
    pub reference: String,
    /// Its name.
    pub name: String,
    /// What it is.
    pub kind: String,
    /// Where the document speaks of it: from 1; 0 where it does no more.
    pub line: u32,
    /// What becomes of it.
    pub verdict: Verdict,
    /// The entry that it is, or will be.
    pub component: ComponentId,
    /// Those that it may be, where the document was never asked before.
    pub candidates: Vec<Candidate>,
    /// What is said otherwise than before.
    pub changes: Vec<Change>,
    /// What a risk team would want to know of it and is not told: codes.
    pub gaps: Vec<String>,
}

/// What a document would change.
pub struct Plan {
    /// In the document's order; those that it speaks of no more stand last.
    pub entries: Vec<Planned>,
    /// Names of the entries that references lead to.
    pub names: BTreeMap<Uuid, String>,
    /// A document that is newer was taken in already.
    pub is_older: bool,
    pub(super) document: Document,
    pub(super) spoken: Vec<Spoken>,
    pub(super) gone: Vec<component_source::Model>,
}

/// Whom a person takes entries for, by what the document calls them: an entry of the register, or a new one.
pub type Joins = BTreeMap<String, Option<ComponentId>>;

/// What is longer than a name may be, shortened so that it is still told from others.
pub(super) fn bounded(text: &str) -> String {
    if text.chars().count() <= NAME {
        return text.to_owned();
    }
    let start: String = text.chars().take(NAME - 70).collect();
    format!("{start}…{}", hex::encode(Sha256::digest(text)))
}

/// The source of what a document says of an entry.
fn source(about: &About, sha256: &str, element: &str) -> Source {
    Source::Bom { document: about.document.clone(), sha256: sha256.to_owned(), element: bounded(element) }
}

/// What is said of an entry as statements.
fn statements(entry: &Entry, source: &Source) -> Vec<(Statement, Source)> {
    let said = |fact: &domain::bom::Fact| {
        let said = Statement::new(&fact.field, &fact.value).ok().filter(|said| said.field.is_declarable())?;
        Some((said.with_certainty(fact.certainty), source.clone()))
    };
    entry.facts.iter().filter_map(said).collect()
}

/// An edition beside the one that the register knows.
pub(super) struct Editions<'a> {
    /// Whose statements are taken in.
    pub import: &'a import::Model,
    /// What it says; nothing where it is taken back and there was none before.
    pub now: Option<&'a Bom>,
    /// What the register knows.
    pub before: Option<&'a Bom>,
    /// Seen on.
    pub seen: Date,
    /// Earlier statements are put back.
    pub is_undoing: bool,
}

/// Which entry of the register each of the document is, as far as it was taken in before.
fn recognised(
    editions: &Editions<'_>,
    known: &[component_source::Model],
    there: &BTreeMap<Uuid, component::Model>,
) -> Result<HashMap<String, ComponentId>> {
    let mut by_edition: HashMap<(String, String), ComponentId> = HashMap::new();
    let mut by_reference: HashMap<String, Option<ComponentId>> = HashMap::new();
    for row in known.iter().filter(|row| there.contains_key(&row.component_id)) {
        let said: Known = serde_json::from_value(row.said.clone())?;
        let id = ComponentId(row.component_id);
        by_reference.entry(said.reference.clone()).and_modify(|one| *one = None).or_insert(Some(id));
        by_edition.insert((said.edition, said.reference), id);
    }
    let Some(now) = editions.now else { return Ok(HashMap::new()) };
    let mut was: HashMap<String, String> = HashMap::new();
    if let Some(before) = editions.before {
        let compared = compare(before, now);
        was.extend(compared.same.into_iter().map(|(then, now)| (now, then)));
        was.extend(compared.changed.into_iter().map(|entry| (entry.after, entry.before)));
    }
    let mut found = HashMap::new();
    let mut taken = BTreeSet::new();
    for entry in &now.entries {
        let reference = bounded(&entry.id);
        let of_edition =
            |edition: &str, reference: &str| by_edition.get(&(edition.to_owned(), reference.to_owned())).copied();
        let component = of_edition(&now.sha256, &reference)
            .or_else(|| of_edition(&editions.before?.sha256, &bounded(was.get(&entry.id)?)))
            // It went with an earlier edition, or that edition's file cannot be read any more.
            .or_else(|| {
                by_reference.get(&reference).copied().flatten().filter(|_| entry.own_id && now.serial.is_some())
            });
        if let Some(component) = component.filter(|component| taken.insert(*component)) {
            found.insert(entry.id.clone(), component);
        }
    }
    Ok(found)
}

/// Compares a document with the register. Nothing is written.
///
/// # Errors
/// `unknown` and `joined-twice` at `joins.REFERENCE`.
pub(super) async fn plan(
    platform: &Platform,
    by: &Buyer,
    about: &About,
    editions: Editions<'_>,
    joins: Option<&Joins>,
) -> Result<Plan> {
    let (db, scope) = (platform.db.read(), by.scope);
    let about = &as_called_now(platform, scope, about).await?;
    let now = platform.clock.now();
    let edition = editions.now.map_or_else(|| editions.import.sha256.clone(), |bom| bom.sha256.clone());
    let document = Document {
        key: about.key(),
        edition: edition.clone(),
        seen: editions.seen,
        import: ImportId(editions.import.id),
        is_undoing: editions.is_undoing,
    };
    let known = repo::register::sources(db, scope, &document.key).await?;
    let ids: Vec<ComponentId> = known.iter().map(|row| ComponentId(row.component_id)).collect();
    let mut there = rows_of(platform, scope, &ids).await?;
    let found = at_length(|| recognised(&editions, &known, &there))?;
    let empty = Vec::new();
    let entries = editions.now.map_or(&empty, |bom| &bom.entries);
    let unmatched: Vec<&Entry> = entries.iter().filter(|entry| !found.contains_key(&entry.id)).collect();
    let mut candidates = candidates(platform, scope, about, &unmatched, &ids).await?;
    let chosen = chosen(platform, scope, about, &unmatched, &mut candidates, joins).await?;

    let vendors = vendors(platform, scope, about, &unmatched).await?;
    let mut spoken = Vec::new();
    let place: HashMap<&str, usize> = entries.iter().enumerate().map(|(n, entry)| (entry.id.as_str(), n)).collect();
    for entry in entries {
        let component = found.get(&entry.id).or_else(|| chosen.get(&entry.id)).copied();
        let source = source(about, &edition, &entry.id);
        spoken.push(Spoken {
            reference: bounded(&entry.id),
            component: component.unwrap_or_else(|| platform.clock.id()),
            is_new: component.is_none(),
            vendor: vendors.get(&entry.supplier.as_deref().map(folded)).cloned().flatten(),
            statements: statements(entry, &source),
            relations: Vec::new(),
            source,
        });
    }
    for relation in editions.now.iter().flat_map(|bom| &bom.relations) {
        let field = relation.field.as_deref().and_then(|field| RELATIONS.into_iter().find(|known| *known == field));
        let ends = (place.get(relation.from.as_str()), place.get(relation.to.as_str()));
        if let (Some(field), (Some(&from), Some(&to))) = (field, ends) {
            let certainty = if relation.inferred { Certainty::Uncertain } else { Certainty::Certain };
            spoken[from].relations.push((field, to, certainty));
        }
    }

    let touched: BTreeSet<ComponentId> = spoken.iter().map(|spoken| spoken.component).collect();
    let gone: Vec<component_source::Model> = known
        .into_iter()
        .filter(|row| !row.gone && there.contains_key(&row.component_id))
        .filter(|row| !touched.contains(&ComponentId(row.component_id)))
        .collect();
    let mut records = repo::register::records(db, scope, &touched.iter().copied().collect::<Vec<_>>()).await?;
    let joined: Vec<ComponentId> = touched.iter().copied().filter(|id| !there.contains_key(&id.0)).collect();
    there.extend(rows_of(platform, scope, &joined).await?);
    let nothing = Record::default();
    let (mut planned, is_older) = at_length(|| {
        let (mut planned, mut is_older) = (Vec::new(), false);
        for (n, entry) in entries.iter().enumerate() {
            let one = &spoken[n];
            let record = records.get(&one.component.0).unwrap_or(&nothing);
            is_older |=
                record.facts.iter().any(|fact| fact.last_seen > document.seen && fact.source.key() == document.key);
            let mut all = one.statements.clone();
            all.extend(references_of(&spoken, n));
            let mut fields = all_but_references();
            fields.extend(RELATIONS);
            let changes = changes(record, &document, &all, &fields, now);
            let withdrawn = there.get(&one.component.0).is_some_and(|row| row.withdrawn);
            let verdict = match &changes {
                _ if one.is_new => Verdict::New,
                changes if changes.iter().any(|change| !change.others.is_empty()) => Verdict::Conflict,
                changes if !changes.is_empty() || withdrawn || chosen.contains_key(&entry.id) => Verdict::Changed,
                _ => Verdict::Unchanged,
            };
            planned.push(Planned {
                reference: one.reference.clone(),
                name: entry.name.clone(),
                kind: entry.kind.clone(),
                line: entry.place.line,
                verdict,
                component: one.component,
                candidates: candidates.remove(&entry.id).unwrap_or_default(),
                changes,
                gaps: entry.gaps.clone(),
            });
        }
        (planned, is_older)
    });
    let ids: Vec<ComponentId> = gone.iter().map(|row| ComponentId(row.component_id)).collect();
    records.extend(repo::register::records(db, scope, &ids).await?);
    for source in &gone {
        let Some(row) = there.get(&source.component_id) else { continue };
        let said: Known = serde_json::from_value(source.said.clone())?;
        let record = records.get(&row.id).unwrap_or(&nothing);
        let is_named = record.facts.iter().any(|fact| fact.source.key() != document.key);
        let all = FIELDS.iter().map(|field| field.id).collect();
        planned.push(Planned {
            reference: said.reference,
            name: row.name.clone(),
            kind: row.kind.clone(),
            line: 0,
            verdict: Verdict::Gone,
            component: ComponentId(row.id),
            candidates: Vec::new(),
            changes: if is_named { changes(record, &document, &[], &all, now) } else { Vec::new() },
            gaps: Vec::new(),
        });
    }
    let names = names(platform, scope, &planned, &spoken, entries).await?;
    Ok(Plan { entries: planned, names, is_older, document, spoken, gone })
}

async fn rows_of(
    platform: &Platform,
    scope: BuyerScope,
    ids: &[ComponentId],
) -> Result<BTreeMap<Uuid, component::Model>> {
    let mut found = BTreeMap::new();
    for ids in ids.chunks(500) {
        let rows = repo::register::of_ids(platform.db.read(), scope, ids).await?;
        found.extend(rows.into_iter().map(|row| (row.id, row)));
    }
    Ok(found)
}

/// What a document says of itself, with the record of its vendor as it is now: renamed or merged since it was read.
async fn as_called_now(platform: &Platform, scope: BuyerScope, about: &About) -> Result<About> {
    let (db, mut about) = (platform.db.read(), about.clone());
    if let Some(id) = about.vendor.map(VendorId) {
        let id = repo::merges::merged_into(db, scope, id).await?.unwrap_or(id);
        if let Some(vendor) = repo::vendors::get(db, scope, id).await? {
            (about.vendor, about.vendor_name) = (Some(vendor.id), Some(vendor.name));
        }
    }
    Ok(about)
}

/// Entries of the register that are called like one of the document, by its id there.
async fn candidates(
    platform: &Platform,
    scope: BuyerScope,
    about: &About,
    unmatched: &[&Entry],
    known: &[ComponentId],
) -> Result<HashMap<String, Vec<Candidate>>> {
    let db = platform.db.read();
    let known: BTreeSet<Uuid> = known.iter().map(|id| id.0).collect();
    let names: Vec<String> = unmatched.iter().map(|entry| entry.name.clone()).collect();
    let mut rows = repo::register::called(db, scope, &names).await?;
    if let Some(vendor) = about.vendor
        && !unmatched.is_empty()
    {
        rows.extend(repo::register::of_vendor(db, scope, VendorId(vendor), SAME_VENDOR).await?);
    }
    let mut by_name: HashMap<String, BTreeMap<Uuid, component::Model>> = HashMap::new();
    for row in rows.into_iter().filter(|row| !known.contains(&row.id)) {
        by_name.entry(folded(&row.name)).or_default().insert(row.id, row);
    }
    let candidate = |row: &component::Model| Candidate {
        id: ComponentId(row.id),
        name: row.name.clone(),
        vendor: row.vendor_name.clone(),
        kind: row.kind.clone(),
    };
    let of = |entry: &&Entry| {
        let rows = by_name.get(&folded(&entry.name))?;
        Some((entry.id.clone(), rows.values().map(candidate).take(MOST_CANDIDATES).collect()))
    };
    Ok(unmatched.iter().filter_map(of).collect())
}

/// Entries of the register that one of the document is held against.
const MOST_CANDIDATES: usize = 20;

/// Which of the candidates each entry is: as a person says; where nobody said, the only one of the same kind and vendor.
async fn chosen(
    platform: &Platform,
    scope: BuyerScope,
    about: &About,
    unmatched: &[&Entry],
    candidates: &mut HashMap<String, Vec<Candidate>>,
    joins: Option<&Joins>,
) -> Result<HashMap<String, ComponentId>> {
    let mut chosen = HashMap::new();
    let mut taken: BTreeMap<ComponentId, String> = BTreeMap::new();
    let mut problems = Vec::new();
    for entry in unmatched {
        let reference = bounded(&entry.id);
        let said = joins.and_then(|joins| joins.get(&reference)).copied();
        let component = match said {
            Some(said) => said,
            None => sure(about, entry, candidates.get(&entry.id).map_or(&[], Vec::as_slice)),
        };
        let Some(component) = component else { continue };
        let at = format!("joins.{reference}");
        if said.is_some() && repo::register::get(platform.db.read(), scope, component).await?.is_none() {
            problems.push(Problem::new(at, "unknown").with("given", component));
            continue;
        }
        match taken.get(&component) {
            // Two that nobody told apart are both new.
            Some(_) if said.is_none() => continue,
            Some(other) => problems.push(Problem::new(at, "joined-twice").with("other", other)),
            None => {
                taken.insert(component, entry.name.clone());
                chosen.insert(entry.id.clone(), component);
            }
        }
    }
    if let Some(joins) = joins {
        let known: BTreeSet<String> = unmatched.iter().map(|entry| bounded(&entry.id)).collect();
        let strange = joins.keys().filter(|reference| !known.contains(*reference));
        problems.extend(strange.map(|reference| Problem::new(format!("joins.{reference}"), "unknown")));
    }
    Problems::none_or(problems, chosen).map_err(AppError::from)
}

fn sure(about: &About, entry: &Entry, candidates: &[Candidate]) -> Option<ComponentId> {
    let supplier = entry.supplier.as_deref().or(about.vendor_name.as_deref()).map(folded);
    let fits = |candidate: &&Candidate| {
        let same_kind = candidate.kind == entry.kind || candidate.kind == "unknown";
        let vendor = candidate.vendor.as_deref().map(folded);
        let is_of_document = vendor.is_some() && vendor == about.vendor_name.as_deref().map(folded);
        same_kind && (vendor.is_none() || supplier.is_none() || vendor == supplier || is_of_document)
    };
    let mut fitting = candidates.iter().filter(fits);
    let first = fitting.next()?;
    fitting.next().is_none().then_some(first.id)
}

/// The vendor record of each supplier, folded; where a document names none, the vendor whose document it is.
async fn vendors(
    platform: &Platform,
    scope: BuyerScope,
    about: &About,
    unmatched: &[&Entry],
) -> Result<HashMap<Option<String>, Option<(Uuid, String)>>> {
    let own = about.vendor.zip(about.vendor_name.clone());
    let mut found: HashMap<Option<String>, Option<(Uuid, String)>> = HashMap::from([(None, own)]);
    let suppliers: BTreeSet<&str> = unmatched.iter().filter_map(|entry| entry.supplier.as_deref()).collect();
    let records = repo::vendors::by_names(platform.db.read(), scope, suppliers.clone()).await?;
    for supplier in suppliers {
        let vendor = records.get(supplier).map(|vendor| (vendor.id, vendor.name.clone()));
        // Where one is written in several ways, any of them may be the very name of a record.
        let slot = found.entry(Some(folded(supplier))).or_default();
        *slot = slot.take().or(vendor);
    }
    Ok(found)
}

/// The ids of entries that changes mention.
fn mentioned<'c>(changes: impl Iterator<Item = &'c Change>) -> BTreeSet<ComponentId> {
    changes
        .filter(|change| RELATIONS.contains(&change.field.as_str()))
        .flat_map(|change| {
            change.before.iter().chain(&change.after).chain(change.others.iter().map(|(value, _)| value))
        })
        .filter_map(|id| id.parse().ok())
        .collect()
}

async fn names(
    platform: &Platform,
    scope: BuyerScope,
    planned: &[Planned],
    spoken: &[Spoken],
    entries: &[Entry],
) -> Result<BTreeMap<Uuid, String>> {
    let mut names: BTreeMap<Uuid, String> =
        spoken.iter().zip(entries).map(|(spoken, entry)| (spoken.component.0, entry.name.clone())).collect();
    let mut missing = mentioned(planned.iter().flat_map(|one| &one.changes));
    missing.retain(|id| !names.contains_key(&id.0));
    let missing: Vec<ComponentId> = missing.into_iter().collect();
    names.extend(rows_of(platform, scope, &missing).await?.into_iter().map(|(id, row)| (id, row.name)));
    Ok(names)
}

/// The names of the entries that an applied document touched and mentioned, as far as they can be seen.
///
/// # Errors
/// When the database fails.
pub async fn names_of(platform: &Platform, scope: BuyerScope, kept: &[&Kept]) -> Result<BTreeMap<Uuid, String>> {
    let mut ids = mentioned(kept.iter().flat_map(|kept| &kept.changes));
    ids.extend(kept.iter().map(|kept| kept.component));
    let ids: Vec<ComponentId> = ids.into_iter().collect();
    Ok(rows_of(platform, scope, &ids).await?.into_iter().map(|(id, row)| (id, row.name)).collect())
}

/// The plan for an import that waits.
///
/// # Errors
/// As [`super::upload`]; when its file is gone or cannot be read any more.
pub async fn preview(platform: &Platform, by: &Buyer, import: &import::Model, joins: Option<&Joins>) -> Result<Plan> {
    let about = About::of(import)?;
    let now = reread(platform, &import.sha256).await?;
    let before = repo::imports::of_document(platform.db.read(), by.scope, &about.key(), 1).await?;
    let before = match before.first() {
        Some(before) if before.sha256 == import.sha256 => Some(now.clone()),
        Some(before) => reread(platform, &before.sha256).await.ok(),
        None => None,
    };
    let editions = Editions {
        import,
        now: Some(&now),
        before: before.as_ref(),
        seen: about.seen(import.created_at.date()),
        is_undoing: false,
    };
    plan(platform, by, &about, editions, joins).await
}
