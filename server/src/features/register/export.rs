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
use domain::register::FIELDS;
use entity::component;
use futures::{Stream, StreamExt};
use serde_json::{Value, json};
use std::collections::HashMap;
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
    let rows = rows(platform.clone(), scope, request, asked.is_everything()).boxed();
    let name = format!("register-{}", platform.clock.today());
    let response = taken_away(&format, &name, headings(), rows).await?;
    let subject = ("organisation", scope.organisation().0);
    audit::disclosed(&platform, &scope, may.actor, "register.exported", subject, &json!({ "format": format })).await?;
    Ok(response)
}

/// The rows of the whole result, heading aside, a step at a time.
fn rows(
    platform: Platform,
    scope: BuyerScope,
    request: Request,
    is_everything: bool,
) -> impl Stream<Item = Result<Vec<Vec<String>>>> + Send + Unpin + 'static {
    let steps = futures::stream::try_unfold((platform, None), move |(platform, after)| {
        let request = request.clone();
        async move {
            let (last, rows) = match index::matching(&platform, scope, &request, after, STEP).await {
                Ok(ids) => (ids.last().copied(), in_order(&platform, scope, &ids).await?),
                // Nothing needs to be searched for: the database has the same entries in the same order.
                Err(AppError::SearchDown(_)) if is_everything => {
                    let rows = repo::register::page(platform.db.read(), scope, after, STEP as u64).await?;
                    (rows.last().map(|row| ComponentId(row.id)), rows)
                }
                Err(error) => return Err(error),
            };
            let Some(last) = last else { return Ok(None) };
            let rows = rows.iter().filter(|row| !row.withdrawn).map(cells).collect();
            Ok::<_, AppError>(Some((rows, (platform, Some::<ComponentId>(last)))))
        }
    });
    steps.boxed()
}

/// The entries of these ids that can be seen, in the order of the ids.
async fn in_order(platform: &Platform, scope: BuyerScope, ids: &[ComponentId]) -> Result<Vec<component::Model>> {
    let found = repo::register::of_ids(platform.db.read(), scope, ids).await?;
    let mut found: HashMap<Uuid, component::Model> = found.into_iter().map(|row| (row.id, row)).collect();
    Ok(ids.iter().filter_map(|id| found.remove(&id.0)).collect())
}

fn headings() -> Vec<String> {
    let own = ["id", "name", "vendor", "kind", "status"].map(str::to_owned);
    let fields = fields().map(str::to_owned);
    own.into_iter().chain(fields).chain(["since".to_owned(), "changed".to_owned()]).collect()
}

/// The fields beside those that every entry has.
fn fields() -> impl Iterator<Item = &'static str> {
    FIELDS.iter().map(|field| field.id).filter(|id| !["name", "vendor", "kind", "status"].contains(id))
}

fn cells(row: &component::Model) -> Vec<String> {
    let value = |id: &str| match row.fields.get(id) {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Array(values)) => values.iter().filter_map(Value::as_str).collect::<Vec<_>>().join("; "),
        _ => String::new(),
    };
    let vendor = row.vendor_name.clone().unwrap_or_default();
    let own = [row.id.to_string(), row.name.clone(), vendor, row.kind.clone(), row.status.clone()];
    let moments = [rfc3339(row.created_at), rfc3339(row.changed_at)];
    own.into_iter().chain(fields().map(value)).chain(moments).collect()
}
