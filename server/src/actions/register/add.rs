//! A new entry by hand: one line now, details later.

use super::super::{Act, Buyer};
use super::Desk;
use super::changed;
use crate::error::{AppError, Result};
use crate::platform::Platform;
use crate::repo;
use domain::ids::{ComponentId, VendorId};
use domain::problem::{Problem, Problems};
use domain::register::{Source, Statement};
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

/// Adds an entry. A vendor's name that is a record's name makes it that vendor's.
///
/// # Errors
/// `required`, `too-long` or `not-an-option` at the field; `unknown` at `vendor`; `already-there` at `name` when the vendor
/// has an entry of that name and product, with its id.
pub async fn add(platform: &Platform, by: &Buyer, entry: &NewEntry) -> Result<ComponentId> {
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
        return Ok(ComponentId(made));
    }
    let vendor = match entry.vendor {
        Some(id) => {
            let found = repo::vendors::get(act.tx(), by.scope, id).await?;
            Some(found.ok_or_else(|| AppError::invalid(Problem::new("vendor", "unknown")))?)
        }
        None => repo::vendors::by_name(act.tx(), by.scope, entry.vendor_name.trim()).await?,
    };
    if let Some(vendor) = &vendor {
        let same = domain::register::fold::folded;
        let there = repo::register::of_vendor(act.tx(), by.scope, VendorId(vendor.id), SAME_VENDOR).await?;
        let product = |row: &entity::component::Model| {
            row.fields.get("product").and_then(|product| product.as_str()).map(same).unwrap_or_default()
        };
        let twin = there
            .iter()
            .find(|row| !row.withdrawn && same(&row.name) == same(&entry.name) && product(row) == same(&entry.product));
        if let Some(twin) = twin {
            return Err(Problem::new("name", "already-there").with("given", &twin.name).with("entry", twin.id).into());
        }
        said.retain(|statement| statement.field.id != "vendor");
    }
    let today = act.now.date();
    let mut desk = Desk::new(platform, &act, by, vendor.map(|vendor| (vendor.id, vendor.name)));
    for statement in said {
        desk.state(None, statement, false, Source::Person { reason: reason.clone() }, today);
    }
    let row = desk.close(&act, Vec::new()).await?;
    let details = json!({ "name": row.name, "kind": row.kind, "vendor": row.vendor_name });
    act.record(&by.scope, by.actor, "component.added", ("component", row.id), &details);
    changed(&mut act, &[ComponentId(row.id)]).await?;
    act.remember(by, row.id).await?;
    act.commit().await?;
    Ok(ComponentId(row.id))
}

/// Entries of one vendor among which a twin is looked for.
const SAME_VENDOR: u64 = 2_000;

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
