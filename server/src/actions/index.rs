//! Keeping the search index: a projection of the register, fed by jobs, rebuilt when lost.

use super::{Act, Job, work};
use crate::error::{AppError, Result};
use crate::platform::Platform;
use crate::platform::search::{Change, Entries, Entry, Health, Page, Request, SearchError, Standing, UNKNOWN};
use crate::repo::{self, BuyerScope, SystemScope};
use domain::ids::{ComponentId, OrganisationId};
use domain::register::query::days;
use domain::register::{Bounds, Field, Topic};
use entity::{ai_use, component};
use futures::StreamExt;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::PoisonError;
use std::time::Duration;
use uuid::Uuid;

/// Components that one job brings up to date.
const BATCH: usize = 500;
/// How often the index is looked after, and how often while it cannot be.
const LOOK: Duration = Duration::from_secs(60);
const LOOK_AGAIN: Duration = Duration::from_secs(5);

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
    platform.search.apply(changes).await.map_err(down)
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
    platform.search.rebuild(batches).await.map_err(down)
}

/// Sees to it that the index is there: fills it when it is new, damaged or of another version, as soon as its engine
/// answers, until told to stop.
pub async fn keep(platform: &Platform, stop: impl Future<Output = ()>) {
    tokio::pin!(stop);
    let mut told = String::new();
    loop {
        let outcome = match platform.search.standing().await {
            Ok(Standing::Ready) => Ok(()),
            Ok(Standing::Empty(why)) => {
                tracing::info!(why, "the search index is rebuilt");
                let rebuilt = tokio::select! {
                    () = &mut stop => return,
                    rebuilt = rebuild(platform, |_| {}) => rebuilt,
                };
                rebuilt.map(|entries| tracing::info!(entries, "the search index is rebuilt to its end"))
            }
            Err(error) => Err(down(error)),
        };
        let wait = match outcome {
            Ok(()) => {
                trouble(platform, None);
                told.clear();
                LOOK
            }
            Err(error) => {
                // Once for each reason, not every few seconds.
                let error = error.to_string();
                if error != told {
                    tracing::warn!(error, "the search index cannot be kept; the register itself is served");
                }
                trouble(platform, Some(error.clone()));
                told = error;
                LOOK_AGAIN
            }
        };
        tokio::select! {
            () = &mut stop => return,
            () = tokio::time::sleep(wait) => {}
        }
    }
}

/// How the search index is, for whoever runs the installation.
#[derive(Clone, Debug)]
pub struct Condition {
    /// The engine's own account; why it gives none otherwise.
    pub engine: std::result::Result<Health, String>,
    /// Changes that have not reached it.
    pub waiting: repo::jobs::Waiting,
    /// Why changes wait, or the index is not filled: the engine is down, refuses us, has no room.
    pub why: Option<String>,
}

/// Looks at the search index and at what waits for it.
///
/// # Errors
/// When the database fails.
pub async fn condition(platform: &Platform) -> Result<Condition> {
    let engine = platform.search.health().await.map_err(|error| error.to_string());
    let waiting = repo::jobs::waiting(platform.db.read(), SystemScope, work::INDEX).await?;
    let kept = platform.index_trouble.lock().unwrap_or_else(PoisonError::into_inner).clone();
    let why = engine.as_ref().err().cloned().or_else(|| waiting.why.clone()).or(kept);
    Ok(Condition { engine, waiting, why })
}

fn trouble(platform: &Platform, why: Option<String>) {
    *platform.index_trouble.lock().unwrap_or_else(PoisonError::into_inner) = why;
}

/// A failure of the engine; one that passes is told apart, so that the work waits for it.
pub(super) fn down(error: SearchError) -> AppError {
    match error {
        SearchError::Refused(problem) => problem.into(),
        SearchError::Down(reason) => AppError::SearchDown(reason),
        other => AppError::internal(other),
    }
}

/// What is found, or why nothing can be.
///
/// # Errors
/// When the request is over a limit, or the engine fails or is down.
pub async fn search(platform: &Platform, scope: BuyerScope, request: &Request) -> Result<Page> {
    platform.search.search(scope.organisation(), request).await.map_err(down)
}

/// The entries that match, by id, after the one given: a step of a whole result.
///
/// # Errors
/// When the engine fails or is down.
pub async fn matching(
    platform: &Platform,
    scope: BuyerScope,
    request: &Request,
    after: Option<ComponentId>,
    limit: usize,
) -> Result<Vec<ComponentId>> {
    platform.search.matching(scope.organisation(), request, after, limit).await.map_err(down)
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

/// The entry as the index holds it: every field by what the catalogue of topics says of it.
fn entry(row: &component::Model, uses: &[ai_use::Model]) -> Entry {
    let mut entry = Entry {
        organisation: OrganisationId(row.organisation_id),
        component: ComponentId(row.id),
        texts: Vec::new(),
        facets: BTreeMap::new(),
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
    for topic in Topic::facets() {
        let values = entry.facets.entry(topic).or_default();
        if values.is_empty() {
            values.insert(UNKNOWN.to_owned());
        }
    }
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

fn about(entry: &mut Entry, id: &str, value: &str) {
    if let Some(topic) = Topic::of(id) {
        say(entry, topic, value);
    }
}

/// One value of a topic, put wherever it is found by.
fn say(entry: &mut Entry, topic: Topic, value: &str) {
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
        entry.facets.entry(topic).or_default().insert(value.to_owned());
    }
}
