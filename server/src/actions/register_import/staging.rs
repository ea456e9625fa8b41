//! A list is put where nobody sees it yet, in batches.

use super::super::content::PRODUCTS;
use super::super::{Act, Buyer, register};
use super::reading::{Groups, Key, Read, named_product, said_vendor};
use super::{PRODUCT_TABLE, Settings};
use crate::error::Result;
use crate::platform::Platform;
use crate::repo;
use domain::ids::{ComponentId, ImportId};
use domain::register::field::MAX_VALUE;
use domain::register::fold::folded;
use domain::register::{Fact, Identity, InUse, Slot, Source, Statement, settle, split};
use entity::{ai_use, component, import};
use sea_orm::{IntoActiveModel, Set};
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use time::OffsetDateTime;
use uuid::Uuid;

/// Rows staged in one transaction: an answer that is saved meanwhile waits for no longer than that.
const BATCH: usize = 1_000;

/// An entry that a list names.
struct Named {
    id: ComponentId,
    name: String,
    vendor: Option<(Uuid, String)>,
    slots: BTreeSet<Slot>,
    facts: Vec<Fact>,
}

/// What all facts of a list have in common.
struct Telling<'a> {
    platform: &'a Platform,
    by: &'a Buyer,
    import: &'a import::Model,
    now: OffsetDateTime,
}

impl Telling<'_> {
    fn cell(&self, cell: String) -> Source {
        Source::Import { import: ImportId(self.import.id), list: self.import.file_name.clone(), cell }
    }

    /// Says something of an entry, unless an earlier row did.
    fn say(&self, entry: &mut Named, said: Statement, source: Source) {
        if entry.slots.insert(said.slot(None)) {
            entry.facts.push(Fact {
                id: self.platform.clock.id(),
                of_use: None,
                said,
                taken_back: false,
                last_seen: self.import.created_at.date(),
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

pub(super) async fn stage(
    platform: &Platform,
    by: &Buyer,
    import: &import::Model,
    settings: &Settings,
    read: Read,
) -> Result<()> {
    let id = ImportId(import.id);
    let act = Act::begin(platform).await?;
    repo::register::clear_staged(act.tx(), by.scope, id).await?;
    let now = act.now;
    act.commit().await?;
    let organisation = by.scope.organisation().0;
    let vendors = vendors(platform, by, &read).await?;
    let telling = Telling { platform, by, import, now };
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
                        vendor: said_vendor(row).and_then(|name| vendors.get(&folded(name)).cloned()),
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
            uses.push(ai_use::ActiveModel {
                id: Set(platform.clock.id()),
                organisation_id: Set(organisation),
                component_id: Set(entry.map(|n| entries[n].id.0)),
                import_id: Set(Some(id.0)),
                place: Set(place.clone()),
                unit: Set(row.used.unit.clone().unwrap_or_default()),
                use_case: Set(row.used.use_case.clone()),
                in_use: Set(in_use_name(row.used.in_use).to_owned()),
                product: Set(product.or_else(|| row.used.product_cell.clone())),
                users: Set(row.used.users.clone()),
                status: Set("proposed".to_owned()),
                tier: Set(None),
                classification: Set(None),
                fields: Set(json!({})),
                revision: Set(1),
                visible: Set(false),
            });
        }
    }
    let mut components = Vec::new();
    let mut facts = Vec::new();
    for entry in entries {
        let (vendor_id, vendor_name) = entry.vendor.unzip();
        let mut row = component::Model {
            id: entry.id.0,
            organisation_id: organisation,
            vendor_id,
            vendor_name,
            import_id: Some(id.0),
            name: entry.name,
            kind: "unknown".to_owned(),
            status: "proposed".to_owned(),
            fields: json!({}),
            open: 0,
            withdrawn: false,
            revision: 1,
            visible: false,
            created_at: now,
            changed_at: now,
        };
        register::show(&mut row, &settle(&entry.facts, &[], &[]));
        components.push(row.into_active_model());
        facts.extend(entry.facts.into_iter().map(|fact| (entry.id, fact)));
    }
    for rows in in_batches(components) {
        let act = Act::begin(platform).await?;
        repo::register::add(act.tx(), by.scope, rows).await?;
        act.commit().await?;
    }
    for rows in in_batches(facts) {
        let act = Act::begin(platform).await?;
        repo::register::add_facts(act.tx(), by.scope, rows).await?;
        act.commit().await?;
    }
    for rows in in_batches(uses) {
        let act = Act::begin(platform).await?;
        repo::register::add_uses(act.tx(), by.scope, rows).await?;
        act.commit().await?;
    }
    Ok(())
}

/// The records of the vendors that rows name, by folded name.
async fn vendors(platform: &Platform, by: &Buyer, read: &Read) -> Result<BTreeMap<String, (Uuid, String)>> {
    let names: BTreeSet<&str> = read.in_use().filter_map(|(_, row)| said_vendor(row)).collect();
    let mut found = BTreeMap::new();
    if names.is_empty() {
        return Ok(found);
    }
    for vendor in repo::vendors::all(platform.db.read(), by.scope).await? {
        found.insert(folded(&vendor.name), (vendor.id, vendor.name));
    }
    Ok(found)
}

fn in_batches<T>(rows: Vec<T>) -> impl Iterator<Item = Vec<T>> {
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
