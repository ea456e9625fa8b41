//! The whole result of a search, to be taken away: as CSV while it is read, or as a workbook.

use super::asked::Asked;
use crate::actions::{audit, index};
use crate::error::{AppError, Result};
use crate::platform::Platform;
use crate::platform::search::Request;
use crate::repo::{self, BuyerScope};
use crate::web::actor::{May, may};
use crate::web::export::taken_away;
use crate::web::fields::Fields;
use crate::web::moment::rfc3339;
use axum::extract::State;
use axum::response::Response;
use axum_extra::extract::Query;
use domain::ids::ComponentId;
use domain::register::query::{MAX_LIMIT, MAX_OFFSET};
use domain::register::{FIELDS, Field, PROPOSED_TIER};
use entity::{ai_use, component};
use futures::{Stream, StreamExt};
use serde_json::{Value, json};
use std::collections::{BTreeSet, HashMap};
use uuid::Uuid;

/// Entries that are read at a time.
const STEP: usize = 500;

pub(super) async fn take_away(
    may: May<may::Read>,
    State(platform): State<Platform>,
    Query(query): Query<Vec<(String, String)>>,
) -> Result<Response> {
    let format = Fields(query.clone()).one("format").to_owned();
    let asked = Asked::of(query);
    let (request, _) = asked.request()?;
    let scope = may.scope();
    let from = if asked.sort.is_some() { Place::Beginning } else { Place::After(None) };
    let rows = rows(platform.clone(), scope, request, (asked.is_everything(), from)).boxed();
    let name = format!("register-{}", platform.clock.today());
    let response = taken_away(&format, &name, headings(), rows).await?;
    let subject = ("organisation", scope.organisation().0);
    audit::disclosed(&platform, &scope, may.actor, "register.exported", subject, &json!({ "format": format })).await?;
    Ok(response)
}

/// How far the result was read.
#[derive(Clone)]
enum Place {
    /// Nothing of it yet, which is to come in the order that was asked for.
    Beginning,
    /// What is left, in that order.
    Ordered(std::vec::IntoIter<ComponentId>),
    /// So many entries, in that order, of an engine that orders what can be paged through.
    InOrder(usize),
    /// To this entry, in the order of ids.
    After(Option<ComponentId>),
}

/// The rows of the whole result, heading aside, a step at a time. They stand in the order that was asked for, and where the
/// engine orders only what can be paged through, and there is more, in the order in which the entries came.
fn rows(
    platform: Platform,
    scope: BuyerScope,
    request: Request,
    (is_everything, from): (bool, Place),
) -> impl Stream<Item = Result<Vec<Vec<String>>>> + Send + Unpin + 'static {
    let steps = futures::stream::try_unfold((platform, from), move |(platform, place)| {
        let request = request.clone();
        async move {
            let place = begun(&platform, scope, &request, place).await?;
            let found = match place {
                Place::InOrder(offset) => in_order_asked(&platform, scope, &request, offset).await?,
                _ => None,
            };
            let (next, rows) = match (found, place) {
                (_, Place::Ordered(mut left)) => {
                    let ids: Vec<ComponentId> = left.by_ref().take(STEP).collect();
                    let next = (!ids.is_empty()).then_some(Place::Ordered(left));
                    (next, in_order(&platform, scope, &ids).await?)
                }
                (Some(ids), Place::InOrder(offset)) => {
                    let next = (!ids.is_empty()).then_some(Place::InOrder(offset + MAX_LIMIT));
                    (next, in_order(&platform, scope, &ids).await?)
                }
                (_, place) => {
                    let after = if let Place::After(after) = place { after } else { None };
                    let (last, rows) = match index::matching(&platform, scope, &request, after, STEP).await {
                        Ok(ids) => (ids.last().copied(), in_order(&platform, scope, &ids).await?),
                        // Nothing needs to be searched for: the database has the same entries in the same order.
                        Err(AppError::SearchDown(_)) if is_everything => {
                            let rows = repo::register::page(platform.db.read(), scope, after, STEP as u64).await?;
                            (rows.last().map(|row| ComponentId(row.id)), rows)
                        }
                        Err(error) => return Err(error),
                    };
                    (last.map(|last| Place::After(Some(last))), rows)
                }
            };
            let Some(next) = next else { return Ok(None) };
            let ids: Vec<ComponentId> = rows.iter().map(|row| ComponentId(row.id)).collect();
            let mut uses: HashMap<Uuid, Vec<ai_use::Model>> = HashMap::new();
            for of_entry in repo::register::uses_of(platform.db.read(), scope, &ids).await? {
                if let Some(entry) = of_entry.component_id {
                    uses.entry(entry).or_default().push(of_entry);
                }
            }
            let shown = rows.iter().filter(|row| !row.withdrawn);
            let rows = shown.map(|row| cells(row, uses.get(&row.id).map_or(&[], Vec::as_slice))).collect();
            Ok::<_, AppError>(Some((rows, (platform, next))))
        }
    });
    steps.boxed()
}

/// Where reading begins that has not begun yet: with all of it in order where the engine gives that.
async fn begun(platform: &Platform, scope: BuyerScope, request: &Request, place: Place) -> Result<Place> {
    if !matches!(place, Place::Beginning) {
        return Ok(place);
    }
    match index::in_order(platform, scope, request).await {
        Ok(Some(ids)) => Ok(Place::Ordered(ids.into_iter())),
        Ok(None) => Ok(Place::InOrder(0)),
        // What can be had without search has no other order.
        Err(AppError::SearchDown(_)) => Ok(Place::After(None)),
        Err(error) => Err(error),
    }
}

/// The next entries in the order that was asked for; none where there are more than a list can be paged through, or where
/// nothing is ordered because search is down.
async fn in_order_asked(
    platform: &Platform,
    scope: BuyerScope,
    request: &Request,
    offset: usize,
) -> Result<Option<Vec<ComponentId>>> {
    let request = Request { offset, limit: MAX_LIMIT, facets: BTreeSet::new(), ..request.clone() };
    match index::search(platform, scope, &request).await {
        Ok(page) if offset == 0 && page.total > MAX_OFFSET as u64 => Ok(None),
        Ok(page) => Ok(Some(page.hits.iter().map(|hit| ComponentId(hit.id)).collect())),
        Err(AppError::SearchDown(_)) if offset == 0 => Ok(None),
        Err(error) => Err(error),
    }
}

/// The entries of these ids that can be seen, in the order of the ids.
async fn in_order(platform: &Platform, scope: BuyerScope, ids: &[ComponentId]) -> Result<Vec<component::Model>> {
    let found = repo::register::of_ids(platform.db.read(), scope, ids).await?;
    let mut found: HashMap<Uuid, component::Model> = found.into_iter().map(|row| (row.id, row)).collect();
    Ok(ids.iter().filter_map(|id| found.remove(&id.0)).collect())
}

fn headings() -> Vec<String> {
    let own = ["id", "name", "vendor", "kind", "status"].map(str::to_owned);
    let fields = fields().map(|field| field.id.to_owned());
    // What is said of an entry and of our uses of it is told apart.
    let of_uses = of_uses()
        .map(|field| if field.is_of_component() { format!("{}_of_uses", field.id) } else { field.id.to_owned() });
    let last = [PROPOSED_TIER, "since", "changed"].map(str::to_owned);
    own.into_iter().chain(fields).chain(["use_count".to_owned()]).chain(of_uses).chain(last).collect()
}

/// What can be said of an entry beside what every entry has.
fn fields() -> impl Iterator<Item = &'static Field> {
    let is_own = |id: &str| ["name", "vendor", "kind", "status"].contains(&id);
    FIELDS.iter().filter(move |field| field.is_of_component() && !is_own(field.id))
}

/// What can be said of our uses of an entry.
fn of_uses() -> impl Iterator<Item = &'static Field> {
    FIELDS.iter().filter(|field| field.is_of_use())
}

/// The values of a field as a row shows them.
fn values<'a>(fields: &'a Value, id: &str) -> Vec<&'a str> {
    match fields.get(id) {
        Some(Value::String(text)) => vec![text.as_str()],
        Some(Value::Array(values)) => values.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    }
}

/// What our uses say of a field, each value once.
fn said_of_uses(uses: &[ai_use::Model], id: &str) -> String {
    let mut said: Vec<&str> = Vec::new();
    for of_entry in uses {
        let of_use = match id {
            "use_case" => vec![of_entry.use_case.as_str()],
            "unit" => vec![of_entry.unit.as_str()],
            "users" => of_entry.users.as_deref().into_iter().collect(),
            "tier" => of_entry.tier.as_deref().into_iter().collect(),
            PROPOSED_TIER => of_entry.proposed_tier.as_deref().into_iter().collect(),
            "status" => vec![of_entry.status.as_str()],
            id => values(&of_entry.fields, id),
        };
        for value in of_use {
            if !value.is_empty() && !said.contains(&value) {
                said.push(value);
            }
        }
    }
    said.join("; ")
}

fn cells(row: &component::Model, uses: &[ai_use::Model]) -> Vec<String> {
    let vendor = row.vendor_name.clone().unwrap_or_default();
    let own = [row.id.to_string(), row.name.clone(), vendor, row.kind.clone(), row.status.clone()];
    let fields = fields().map(|field| values(&row.fields, field.id).join("; "));
    let of_uses = of_uses().map(|field| said_of_uses(uses, field.id));
    let last = [said_of_uses(uses, PROPOSED_TIER), rfc3339(row.created_at), rfc3339(row.changed_at)];
    own.into_iter().chain(fields).chain([uses.len().to_string()]).chain(of_uses).chain(last).collect()
}
