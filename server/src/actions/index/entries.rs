//! The register's entries as the index holds them.

use super::BATCH;
use crate::error::Result;
use crate::platform::Platform;
use crate::platform::search::{Document, Facets};
use crate::repo::{self, SystemScope};
use domain::ids::{ComponentId, OrganisationId};
use domain::register::query::days;
use domain::register::{Bounds, Field, PROPOSED_TIER, Topic};
use entity::{ai_use, component};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use uuid::Uuid;

pub(super) fn is_indexed(row: &component::Model) -> bool {
    row.visible && !row.withdrawn
}

/// The uses of entries, by entry.
pub(super) type Uses = HashMap<Uuid, Vec<ai_use::Model>>;

/// The uses of entries that can be seen.
pub(super) async fn uses_of(platform: &Platform, rows: &[component::Model]) -> Result<Uses> {
    let mut by_organisation: BTreeMap<Uuid, Vec<ComponentId>> = BTreeMap::new();
    for row in rows {
        by_organisation.entry(row.organisation_id).or_default().push(ComponentId(row.id));
    }
    let mut uses = Uses::new();
    for (organisation, components) in by_organisation {
        let scope = SystemScope.acting_for(OrganisationId(organisation));
        for batch in components.chunks(BATCH) {
            for row in repo::register::uses_of(platform.db.read(), scope, batch).await? {
                if let Some(component) = row.component_id {
                    uses.entry(component).or_default().push(row);
                }
            }
        }
    }
    Ok(uses)
}

/// Entries as documents, with the texts of their uses.
pub(super) fn documents(rows: &[component::Model], uses: &Uses) -> Vec<Document> {
    rows.iter().map(|row| entry(row, uses.get(&row.id).map_or(&[], Vec::as_slice))).collect()
}

/// The entry as the index holds it: every field by what the catalogue of topics says of it.
fn entry(row: &component::Model, uses: &[ai_use::Model]) -> Document {
    let mut entry = Document {
        organisation: OrganisationId(row.organisation_id),
        id: row.id,
        part: None,
        texts: Vec::new(),
        facets: Facets::default(),
        numbers: BTreeMap::new(),
        updated_at: row.changed_at.unix_timestamp() * 1_000 + i64::from(row.changed_at.millisecond()),
    };
    say(&mut entry, Topic::NAME, &row.name);
    say(&mut entry, Topic::VENDOR, row.vendor_name.as_deref().unwrap_or_default());
    about(&mut entry, "kind", &row.kind);
    about(&mut entry, "status", &row.status);
    // These four are columns.
    let is_column = |id: &str| ["name", "vendor", "kind", "status"].contains(&id);
    each(&row.fields, |field, value| {
        if !field.is_of_component() || is_column(field.id) {
            return;
        }
        about(&mut entry, field.id, value);
    });
    // What several uses have in common is said once.
    let mut said = BTreeSet::new();
    for of_use in uses {
        let mut once = |id: &'static str, value: &str| {
            if said.insert((id, value.to_owned())) {
                about(&mut entry, id, value);
            }
        };
        once("uses", &of_use.use_case);
        once("unit", &of_use.unit);
        // Beside what the vendor states of the entry, what we confirmed of our use.
        once("tier", of_use.tier.as_deref().unwrap_or_default());
        once(PROPOSED_TIER, of_use.proposed_tier.as_deref().unwrap_or_default());
        each(&of_use.fields, |field, value| {
            if !field.is_of_component() {
                once(field.id, value);
            }
        });
    }
    let numbers = [
        ("use_count", uses.len() as f64),
        ("open", row.open as f64),
        ("changed", days(row.changed_at.date())),
        ("since", days(row.created_at.date())),
    ];
    entry.numbers.extend(numbers.into_iter().filter_map(|(id, number)| Some((Topic::of(id)?, number))));
    entry.facets.fill(Topic::facets());
    entry
}

/// Every value that is shown of an entry or a use.
fn each(fields: &Value, mut see: impl FnMut(&'static Field, &str)) {
    for (id, value) in fields.as_object().into_iter().flatten() {
        let Some(field) = Field::named(id) else { continue };
        match value {
            Value::Array(values) => values.iter().filter_map(Value::as_str).for_each(|value| see(field, value)),
            Value::String(value) => see(field, value),
            _ => {}
        }
    }
}

fn about(entry: &mut Document, id: &str, value: &str) {
    if let Some(topic) = Topic::of(id) {
        say(entry, topic, value);
    }
}

/// One value of a topic, put wherever it is found by.
fn say(entry: &mut Document, topic: Topic, value: &str) {
    let (about, value) = (topic.about(), value.trim());
    if value.is_empty() {
        return;
    }
    if let Some(scale) = about.scale
        && let Some(day) = Bounds::read(scale, value).and_then(|bounds| bounds.from)
    {
        entry.numbers.insert(topic, day);
    }
    if about.text {
        entry.texts.push((topic, value.to_owned()));
    }
    if about.facet {
        entry.facets.add(topic, value.to_owned());
    }
}
