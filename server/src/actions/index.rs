//! Keeping the search index: a projection of the register, fed by jobs, rebuilt when lost.

use super::{Act, Job, work};
use crate::error::{AppError, Result};
use crate::platform::Platform;
use crate::platform::search::{Change, Entries, Entry, Text};
use crate::repo::{self, SystemScope};
use domain::ids::{ComponentId, OrganisationId};
use domain::register::Facet;
use entity::{ai_use, component};
use futures::StreamExt;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use uuid::Uuid;

/// Components that one job brings up to date.
const BATCH: usize = 500;

/// The word for a value that nobody gave.
const UNKNOWN: &str = "unknown";

/// Queues components to be brought up to date in the index.
pub(super) async fn enqueue(act: &mut Act<'_>, components: &[ComponentId]) -> Result<()> {
    for batch in components.chunks(BATCH) {
        act.enqueue(Job { kind: work::INDEX, payload: json!({ "components": batch }), dedupe_key: None }).await?;
    }
    Ok(())
}

/// Brings components up to date: what can be seen is in the index, what cannot is not.
///
/// # Errors
/// When the database or the index fails.
pub async fn refresh(platform: &Platform, components: &[ComponentId]) -> Result<()> {
    let rows = repo::register::of_ids_anywhere(platform.db.read(), SystemScope, components).await?;
    let entries = entries_of(platform, rows.iter().filter(|row| is_indexed(row)).cloned().collect()).await?;
    let gone = rows.iter().filter(|row| !is_indexed(row)).map(|row| Change::Remove {
        organisation: OrganisationId(row.organisation_id),
        component: ComponentId(row.id),
    });
    let changes = entries.into_iter().map(|entry| Change::Upsert(Box::new(entry))).chain(gone).collect();
    platform.search.apply(changes).await.map_err(AppError::internal)
}

/// Rebuilds the index from the database. Gives the number of entries.
///
/// # Errors
/// When the database or the index fails; the index is as it was before then.
pub async fn rebuild(platform: &Platform, progress: impl Fn(u64) + Send + Sync) -> Result<u64> {
    let batches = futures::stream::try_unfold((None, 0u64), |(after, done)| {
        let progress = &progress;
        async move {
            let db = platform.db.read();
            let rows = repo::register::scan(db, SystemScope, after, BATCH as u64 * 4).await.map_err(AppError::from)?;
            let Some(last) = rows.last() else { return Ok(None) };
            let (last, done) = (ComponentId(last.id), done + rows.len() as u64);
            let entries = entries_of(platform, rows.into_iter().filter(is_indexed).collect()).await?;
            progress(done);
            Ok::<_, AppError>(Some((entries, (Some(last), done))))
        }
    });
    let batches: Entries<'_> = batches.map(|batch| batch.map_err(Into::into)).boxed();
    platform.search.rebuild(batches).await.map_err(AppError::internal)
}

fn is_indexed(row: &component::Model) -> bool {
    row.visible && !row.withdrawn
}

/// Index entries of components, with the texts of their uses.
async fn entries_of(platform: &Platform, rows: Vec<component::Model>) -> Result<Vec<Entry>> {
    let mut by_organisation: BTreeMap<Uuid, Vec<ComponentId>> = BTreeMap::new();
    for row in &rows {
        by_organisation.entry(row.organisation_id).or_default().push(ComponentId(row.id));
    }
    let mut uses: HashMap<Uuid, Vec<ai_use::Model>> = HashMap::new();
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
    Ok(rows.into_iter().map(|row| entry(&row, uses.get(&row.id).map_or(&[], Vec::as_slice))).collect())
}

fn entry(row: &component::Model, uses: &[ai_use::Model]) -> Entry {
    let mut texts = vec![(Text::Name, row.name.clone())];
    texts.extend(row.vendor_name.clone().map(|vendor| (Text::Vendor, vendor)));
    for (text, id) in [
        (Text::Product, "product"),
        (Text::Plan, "plan"),
        (Text::Purpose, "purpose"),
        (Text::Model, "model"),
        (Text::ModelProvider, "model_provider"),
        (Text::SubProcessors, "sub_processors"),
        (Text::Limitations, "limitations"),
    ] {
        let values = shown(&row.fields, id);
        if !values.is_empty() {
            texts.push((text, values.join(", ")));
        }
    }
    let mut told = BTreeSet::new();
    for row in uses {
        if told.insert(&row.use_case) {
            texts.push((Text::Uses, row.use_case.clone()));
        }
    }
    let known = |values: Vec<&str>| -> BTreeSet<String> {
        let values: BTreeSet<String> = values.into_iter().map(str::to_owned).collect();
        if values.is_empty() { BTreeSet::from([UNKNOWN.to_owned()]) } else { values }
    };
    let facets = BTreeMap::from([
        (Facet::Vendor, known(row.vendor_name.as_deref().into_iter().collect())),
        (Facet::Kind, known(vec![&row.kind])),
        (Facet::DefaultState, known(shown(&row.fields, "default_state"))),
        (Facet::TrainsOnCustomerData, known(shown(&row.fields, "trains_on_customer_data"))),
        (Facet::Tier, known(shown(&row.fields, "tier"))),
        (Facet::Residency, known(shown(&row.fields, "residency"))),
        (Facet::Status, known(vec![&row.status])),
    ]);
    let updated_at = row.changed_at.unix_timestamp() * 1_000 + i64::from(row.changed_at.millisecond());
    Entry {
        organisation: OrganisationId(row.organisation_id),
        component: ComponentId(row.id),
        texts,
        facets,
        updated_at,
    }
}

/// What is shown of a field: one value, or the elements of a list.
fn shown<'a>(fields: &'a Value, id: &str) -> Vec<&'a str> {
    match fields.get(id) {
        Some(Value::String(value)) => vec![value],
        Some(Value::Array(values)) => values.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    }
}
