//! A new entry by hand: one line now, details later.

use super::super::{Act, Buyer};
use super::Desk;
use super::changed;
use crate::error::{AppError, Result};
use crate::platform::Platform;
use crate::repo;
use domain::ids::{ComponentId, VendorId};
use domain::problem::{Problem, Problems};
use domain::register::fold::folded;
use domain::register::{Source, Statement};
use entity::component;
use serde_json::json;

/// What a new entry needs.
#[derive(Clone, Debug, Default)]
pub struct NewEntry {
    /// What it is called.
    pub name: String,
    /// One of [`domain::register::KINDS`].
    pub kind: String,
    /// The vendor's record, if there is one.
    pub vendor: Option<VendorId>,
    /// Whose it is, where there is no record; blank where nobody knows.
    pub vendor_name: String,
    /// The product that it is part of; blank for none.
    pub product: String,
    /// Why it is entered, or how one knows of it; may be blank.
    pub reason: String,
}

/// An entry that was added.
#[derive(Clone, Copy, Debug)]
pub struct Added {
    /// Its id.
    pub id: ComponentId,
    /// It was there and withdrawn, and is brought back.
    pub is_back: bool,
}

/// Adds an entry. A vendor's name that is a record's name makes it that vendor's. A withdrawn entry of the same vendor, name
/// and product is brought back instead, and what is said now stands beside what was said of it.
///
/// # Errors
/// `required`, `too-long` or `not-an-option` at the field; `unknown` at `vendor`; `already-there` at `name` when the vendor
/// has an entry of that name and product, with its id.
pub async fn add(platform: &Platform, by: &Buyer, entry: &NewEntry) -> Result<Added> {
    let mut problems = Vec::new();
    let mut said = Vec::new();
    let fields = [
        ("name", &entry.name, true),
        ("kind", &entry.kind, true),
        ("vendor", &entry.vendor_name, false),
        ("product", &entry.product, false),
    ];
    for (field, text, is_required) in fields {
        if is_required || !text.trim().is_empty() {
            match Statement::new(field, text) {
                Ok(statement) => said.push(statement),
                Err(problem) if field == "vendor" => problems.push(problem.moved_to("vendor_name")),
                Err(problem) => problems.push(problem),
            }
        }
    }
    let reason = reason(platform, &entry.reason).unwrap_or_else(|problem| {
        problems.push(problem);
        None
    });
    Problems::none_or(problems, ())?;
    let mut act = Act::begin(platform).await?;
    if let Some(made) = act.done_before(by).await? {
        return Ok(Added { id: ComponentId(made), is_back: false });
    }
    let vendor = match entry.vendor {
        Some(id) => {
            let found = repo::vendors::get(act.tx(), by.scope, id).await?;
            Some(found.ok_or_else(|| AppError::invalid(Problem::new("vendor", "unknown")))?)
        }
        None => repo::vendors::by_name(act.tx(), by.scope, entry.vendor_name.trim()).await?,
    };
    let there = match &vendor {
        Some(vendor) => repo::register::of_vendor(act.tx(), by.scope, VendorId(vendor.id), MOST_TWINS).await?,
        None => repo::register::called(act.tx(), by.scope, &[entry.name.trim().to_owned()]).await?,
    };
    let of_vendor = |row: &&component::Model| {
        let named = row.vendor_name.as_deref().map(folded).unwrap_or_default();
        vendor.is_some() || row.vendor_id.is_none() && named == folded(entry.vendor_name.trim())
    };
    let product = |row: &component::Model| {
        row.fields.get("product").and_then(|product| product.as_str()).map(folded).unwrap_or_default()
    };
    let is_twin = |row: &&component::Model| {
        folded(&row.name) == folded(entry.name.trim()) && product(row) == folded(entry.product.trim())
    };
    let twins: Vec<&component::Model> = there.iter().filter(of_vendor).filter(is_twin).collect();
    if let Some(twin) = twins.iter().find(|row| vendor.is_some() && !row.withdrawn) {
        return Err(Problem::new("name", "already-there").with("given", &twin.name).with("entry", twin.id).into());
    }
    if vendor.is_some() {
        said.retain(|statement| statement.field.id != "vendor");
    }
    let today = act.now.date();
    let withdrawn = twins.iter().find(|row| row.withdrawn).map(|row| ComponentId(row.id));
    let mut desk = match withdrawn {
        Some(id) => Desk::open(platform, &act, by, id).await?,
        None => Desk::new(platform, &act, by, vendor.map(|vendor| (vendor.id, vendor.name))),
    };
    for statement in said {
        desk.state(None, statement, false, Source::Person { reason: reason.clone() }, today);
    }
    desk.declare();
    let row = desk.close(&act, Vec::new()).await?;
    let details = json!({ "name": row.name, "kind": row.kind, "vendor": row.vendor_name });
    let action = if withdrawn.is_some() { "component.brought_back" } else { "component.added" };
    act.record(&by.scope, by.actor, action, ("component", row.id), &details);
    changed(&mut act, &[ComponentId(row.id)]).await?;
    act.remember(by, row.id).await?;
    act.commit().await?;
    Ok(Added { id: ComponentId(row.id), is_back: withdrawn.is_some() })
}

/// Entries of one vendor among which a twin is looked for.
const MOST_TWINS: u64 = 2_000;

/// A reason that was typed; none where it is blank.
///
/// # Errors
/// `too-long` at `reason`.
pub(super) fn reason(platform: &Platform, text: &str) -> Result<Option<String>, Problem> {
    let most = platform.config.limits.comment_characters;
    let text = text.trim();
    if text.chars().count() > most {
        return Err(Problem::new("reason", "too-long").with("most", most));
    }
    Ok((!text.is_empty()).then(|| text.to_owned()))
}
