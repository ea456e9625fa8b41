//! A list is put where nobody sees it yet, in batches.

use super::super::content::PRODUCTS;
use super::super::patience::{self, PROGRESS, TURN, Whose, without_failure};
use super::super::{Act, Buyer, Progress, register};
use super::Settings;
use super::reading::{Groups, Key, Read, named_product, said_vendor};
use super::versions::Version;
use crate::error::{AppError, Result};
use crate::platform::Platform;
use crate::repo;
use domain::ids::{ComponentId, ImportId};
use domain::register::field::MAX_VALUE;
use domain::register::{Fact, Identity, InUse, PRODUCT_TABLE, Slot, Source, Statement, settle, split};
use entity::{ai_use, component, import};
use sea_orm::{IntoActiveModel, Set};
use serde_json::{Value, json};
use std::collections::{BTreeSet, HashMap};
use std::sync::atomic::{AtomicUsize, Ordering};
use time::{Date, OffsetDateTime};
use uuid::Uuid;

/// Rows staged in one transaction: an answer that is saved meanwhile waits for no longer than that.
pub(super) const BATCH: usize = 1_000;

/// An entry that a list names.
pub(super) struct Named {
    pub id: ComponentId,
    pub name: String,
    pub vendor: Option<(Uuid, String)>,
    slots: BTreeSet<Slot>,
    pub facts: Vec<Fact>,
}

/// What a list says, before it is held against the register.
#[derive(Default)]
pub(super) struct Gathered {
    pub entries: Vec<Named>,
    /// With the entry, from 0, that each is a use of.
    pub uses: Vec<(Option<usize>, ai_use::Model)>,
}

/// What all facts of a list have in common.
pub(super) struct Telling<'a> {
    pub platform: &'a Platform,
    pub by: &'a Buyer,
    pub import: &'a import::Model,
    /// What the list is known by.
    pub list: String,
    /// When it was seen saying so.
    pub seen: Date,
    pub now: OffsetDateTime,
}

impl<'a> Telling<'a> {
    /// What this import of a list says.
    pub(super) fn of(platform: &'a Platform, by: &'a Buyer, import: &'a import::Model) -> Result<Self> {
        let (list, seen) = (Version::of(import)?.list, import.created_at.date());
        Ok(Self { platform, by, import, list, seen, now: platform.clock.now() })
    }

    fn cell(&self, cell: String) -> Source {
        Source::Import { import: ImportId(self.import.id), list: self.list.clone(), cell }
    }

    /// Says something of an entry, unless an earlier row did.
    fn say(&self, entry: &mut Named, said: Statement, source: Source) {
        if entry.slots.insert(said.slot(None)) {
            entry.facts.push(Fact {
                id: self.platform.clock.id(),
                of_use: None,
                said,
                taken_back: false,
                last_seen: self.seen,
                source,
                recorded_at: self.now,
                recorded_by: register::by(self.by.actor),
            });
        }
    }

    fn say_text(&self, entry: &mut Named, field: &str, text: &str, source: Source) {
        if let Ok(said) = Statement::new(field, text) {
            self.say(entry, said, source);
        }
    }
}

/// Whose turn it is to compare or stage an import: whoever had it before stops, so that nothing is written twice.
pub(super) struct Turn<'a> {
    pub platform: &'a Platform,
    pub by: &'a Buyer,
    pub import: ImportId,
    state: String,
    token: String,
    done: AtomicUsize,
    of: AtomicUsize,
}

/// What a turn is taken for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum For {
    /// To work out what a list would change.
    Looking,
    /// To take a list in or back.
    Writing,
}

/// Settings of an import without whose turn it is, and how far they were: whoever had it stops.
pub(in crate::actions) fn without_turn(mut settings: Value) -> Value {
    if let Some(settings) = settings.as_object_mut() {
        settings.remove(TURN);
        settings.remove(PROGRESS);
    }
    settings
}

impl<'a> Turn<'a> {
    /// Takes the turn, and throws away what others have staged.
    pub(super) async fn take(
        platform: &'a Platform,
        by: &'a Buyer,
        import: &import::Model,
        what_for: For,
    ) -> Result<Self> {
        let id = ImportId(import.id);
        let act = Act::begin(platform).await?;
        let held = repo::imports::hold(act.tx(), &by.scope, id).await?.ok_or(AppError::NotFound)?;
        in_state(&held, &import.state)?;
        if held.state == "preview" {
            repo::register::clear_staged(act.tx(), by.scope, id).await?;
        }
        repo::register::staged::clear(act.tx(), by.scope, id).await?;
        let token = platform.clock.id::<Uuid>().to_string();
        let mut settings = without_failure(without_turn(held.settings.clone()));
        if let Some(settings) = settings.as_object_mut() {
            let whose = Whose { token: token.clone(), is_writing: what_for == For::Writing };
            settings.insert(TURN.to_owned(), serde_json::to_value(whose)?);
        }
        let mut row = held.into_active_model();
        row.settings = Set(settings);
        repo::imports::update(act.tx(), &by.scope, row).await?;
        act.commit().await?;
        patience::took(&token);
        let state = import.state.clone();
        Ok(Self { platform, by, import: id, state, token, done: AtomicUsize::new(0), of: AtomicUsize::new(0) })
    }

    /// Says how far it is; people see it with the next batch.
    pub(super) fn at(&self, progress: Progress) {
        self.done.store(progress.done, Ordering::Relaxed);
        self.of.store(progress.of, Ordering::Relaxed);
    }

    /// Begins the transaction of a batch.
    pub(super) async fn batch(&self) -> Result<Act<'a>> {
        let (act, held) = self.begin().await?;
        let progress = Progress { done: self.done.load(Ordering::Relaxed), of: self.of.load(Ordering::Relaxed) };
        let mut settings = held.settings.clone();
        if let Some(settings) = settings.as_object_mut() {
            settings.insert(PROGRESS.to_owned(), json!(progress));
        }
        let mut row = held.into_active_model();
        row.settings = Set(settings);
        repo::imports::update(act.tx(), &self.by.scope, row).await?;
        Ok(act)
    }

    /// Begins a transaction in which it is still this one's turn; gives the import as well.
    pub(super) async fn begin(&self) -> Result<(Act<'a>, import::Model)> {
        self.hold(Act::begin(self.platform).await?).await
    }

    /// The same in a transaction that has begun.
    pub(super) async fn hold(&self, act: Act<'a>) -> Result<(Act<'a>, import::Model)> {
        let held = repo::imports::hold(act.tx(), &self.by.scope, self.import).await?.ok_or(AppError::NotFound)?;
        in_state(&held, &self.state)?;
        match Whose::turn(&held.settings) {
            Some(whose) if whose.token == self.token => Ok((act, held)),
            Some(whose) if whose.is_writing => Err(AppError::NotNow("begun_elsewhere")),
            // Somebody said which list it is, or how it is read, and that is compared at most.
            _ => Err(AppError::NotNow("meant_otherwise")),
        }
    }
}

fn in_state(import: &import::Model, state: &str) -> Result<()> {
    match (import.state == state, state) {
        (true, _) => Ok(()),
        (false, "preview") => Err(AppError::NotNow("applied")),
        (false, _) => Err(AppError::NotNow("not_applied")),
    }
}

/// What a list says, row by row, as entries and uses.
pub(super) async fn gather(telling: &Telling<'_>, settings: &Settings, read: &Read) -> Result<Gathered> {
    let (platform, by, id) = (telling.platform, telling.by, ImportId(telling.import.id));
    let organisation = by.scope.organisation().0;
    let vendors = vendors(platform, by, read).await?;
    let mut entries: Vec<Named> = Vec::new();
    let mut groups = Groups::default();
    let mut uses = Vec::new();
    let row_column = read.row_column();
    for (number, row) in &read.rows {
        let place = read.address(*number, row_column);
        let in_use = row.used.in_use == InUse::Yes;
        let products = match named_product(row).filter(|_| in_use) {
            None => vec![None],
            Some(cell) if settings.separators.is_empty() => vec![Some(cell.to_owned())],
            Some(cell) => split(cell, &settings.separators).into_iter().map(Some).collect(),
        };
        for product in products {
            let key = Key::of(row, product.as_deref()).filter(|_| in_use);
            let entry = key.map(|key| {
                let placed = groups.place(key, *number, row);
                if placed.is_new {
                    let name = product.as_deref().or(row.name.as_ref().map(|(name, _)| name.as_str()));
                    let name = name.unwrap_or_default().split_whitespace().collect::<Vec<_>>().join(" ");
                    entries.push(Named {
                        id: platform.clock.id(),
                        name: name.chars().take(MAX_VALUE).collect(),
                        vendor: said_vendor(row).and_then(|name| vendors.get(name).cloned()),
                        slots: BTreeSet::new(),
                        facts: Vec::new(),
                    });
                }
                placed.entry
            });
            if let Some(entry) = entry.map(|n| &mut entries[n]) {
                let column = row.name.as_ref().map_or(row_column, |(_, column)| *column);
                let source = telling.cell(read.address(*number, column));
                let name = entry.name.clone();
                telling.say_text(entry, "name", &name, source.clone());
                if let Some(product) = &product {
                    telling.say_text(entry, "product", &name, source);
                    // Who says whose it is in the list knows better than the table.
                    if let (None, Some(vendor)) =
                        (said_vendor(row), Identity::of(&PRODUCTS, Some(product.as_str())).vendor)
                    {
                        let table = Source::Catalogue { entry: PRODUCT_TABLE.to_owned(), url: None };
                        telling.say_text(entry, "vendor", &vendor, table);
                    }
                }
                if let Some((id, column)) = row.id.as_ref().filter(|_| product.is_none()) {
                    let source = telling.cell(read.address(*number, *column));
                    telling.say_text(entry, "identifiers", id, source);
                }
                for (column, said) in &row.said {
                    telling.say(entry, said.clone(), telling.cell(read.address(*number, *column)));
                }
            }
            let of_use = ai_use::Model {
                id: platform.clock.id(),
                organisation_id: organisation,
                component_id: entry.map(|n| entries[n].id.0),
                import_id: Some(id.0),
                place: place.clone(),
                unit: row.used.unit.clone().unwrap_or_default(),
                use_case: row.used.use_case.clone(),
                in_use: in_use_name(row.used.in_use).to_owned(),
                product: product.or_else(|| row.used.product_cell.clone()),
                users: row.used.users.clone(),
                status: "proposed".to_owned(),
                tier: None,
                classification: None,
                proposed_tier: None,
                proposed_by: 0,
                fields: json!({}),
                revision: 1,
                visible: false,
            };
            uses.push((entry, of_use));
        }
    }
    Ok(Gathered { entries, uses })
}

/// An entry as it stands when nobody has seen it yet.
pub(super) fn unseen(telling: &Telling<'_>, entry: &Named) -> component::Model {
    let (vendor_id, vendor_name) = entry.vendor.clone().unzip();
    let mut row = component::Model {
        id: entry.id.0,
        organisation_id: telling.by.scope.organisation().0,
        vendor_id,
        vendor_name,
        import_id: Some(telling.import.id),
        name: entry.name.clone(),
        kind: "unknown".to_owned(),
        status: "proposed".to_owned(),
        fields: json!({}),
        open: 0,
        withdrawn: false,
        withdrawn_at: None,
        revision: 1,
        visible: false,
        created_at: telling.now,
        changed_at: telling.now,
        back_at: None,
    };
    register::show(&mut row, &settle(&entry.facts, &[], &[]));
    row
}

/// Stages a list of which the register has nothing yet. What was read is let go as soon as it is known what it says, and
/// rows are made no earlier than they are written, so that a long list is not held several times over.
pub(super) async fn stage(turn: &Turn<'_>, import: &import::Model, settings: &Settings, read: Read) -> Result<()> {
    let (platform, by) = (turn.platform, turn.by);
    let telling = Telling::of(platform, by, import)?;
    let Gathered { entries, uses } = gather(&telling, settings, &read).await?;
    drop(read);
    let of = entries.len() + entries.iter().map(|entry| entry.facts.len()).sum::<usize>() + uses.len();
    let mut done = 0;
    let mut told = |rows: usize| {
        done += rows;
        turn.at(Progress { done, of });
    };
    let mut facts = Vec::new();
    for entries in in_batches(entries) {
        told(entries.len());
        let act = turn.batch().await?;
        let rows = entries.iter().map(|entry| unseen(&telling, entry).into_active_model()).collect();
        repo::register::add(act.tx(), by.scope, rows).await?;
        act.commit().await?;
        for entry in entries {
            facts.extend(entry.facts.into_iter().map(|fact| (entry.id, fact)));
        }
        // Rows of the same number go in by the same statement, which the database has read already.
        while facts.len() >= BATCH {
            let rest = facts.split_off(BATCH);
            told(BATCH);
            stage_facts(turn, std::mem::replace(&mut facts, rest)).await?;
        }
    }
    told(facts.len());
    stage_facts(turn, facts).await?;
    for rows in in_batches(uses) {
        told(rows.len());
        let act = turn.batch().await?;
        let rows = rows.into_iter().map(|(_, row)| row.into_active_model()).collect();
        repo::register::add_uses(act.tx(), by.scope, rows).await?;
        act.commit().await?;
    }
    Ok(())
}

async fn stage_facts(turn: &Turn<'_>, facts: Vec<(ComponentId, Fact)>) -> Result<()> {
    let act = turn.batch().await?;
    repo::register::add_facts(act.tx(), turn.by.scope, facts).await?;
    act.commit().await
}

/// The records of the vendors that rows name, by the name as it stands there.
async fn vendors<'r>(platform: &Platform, by: &Buyer, read: &'r Read) -> Result<HashMap<&'r str, (Uuid, String)>> {
    let names: BTreeSet<&str> = read.in_use().filter_map(|(_, row)| said_vendor(row)).collect();
    let found = repo::vendors::by_names(platform.db.read(), by.scope, names).await?;
    Ok(found.into_iter().map(|(name, vendor)| (name, (vendor.id, vendor.name))).collect())
}

pub(super) fn in_batches<T>(rows: Vec<T>) -> impl Iterator<Item = Vec<T>> {
    let mut rows = rows.into_iter();
    std::iter::from_fn(move || Some(rows.by_ref().take(BATCH).collect::<Vec<_>>()).filter(|batch| !batch.is_empty()))
}

fn in_use_name(in_use: InUse) -> &'static str {
    match in_use {
        InUse::Yes => "yes",
        InUse::No => "no",
        InUse::NotStated => "not_stated",
    }
}
