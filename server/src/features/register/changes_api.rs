//! What changed in the register since a day, as JSON.

use super::api::{Component, shown};
use super::changes::{changed, is_back, is_left, month_of};
use super::history_api::{Differing, day_at, differing};
use crate::error::{AppError, Result};
use crate::platform::Platform;
use crate::repo;
use crate::web::actor::{May, may};
use crate::web::failure::ProblemDocument;
use crate::web::moment::rfc3339;
use crate::web::paging::{Items, last_before_more};
use axum::Json;
use axum::extract::State;
use axum_extra::extract::Query;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::ids::ComponentId;
use domain::problem::Problem;
use entity::component;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use utoipa::ToSchema;

/// Entries on a page at most: what each of them showed is settled again.
const MOST: u64 = 100;

/// Since when, and how much of it.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Since {
    /// From the beginning of this day, UTC; the first of this month where absent.
    since: Option<String>,
    /// How many entries at most; 50 where absent.
    limit: Option<u64>,
    /// The `next` of the page before.
    cursor: Option<String>,
}

/// An entry that changed.
#[derive(Debug, Serialize, ToSchema)]
pub struct ChangedEntry {
    /// As it is now.
    component: Component,
    /// It came since.
    is_new: bool,
    /// It was left out since: nobody names it any more.
    is_left: bool,
    /// It had been left out, and an answer, a list, a bill of materials or a person named it again since.
    is_back: bool,
    /// What is shown now and was not at the end of the day before; of a new entry, everything. Empty where only what stands
    /// behind it changed, such as a check or a fact that is not shown.
    changes: Vec<Differing>,
}

/// The entry after which a page begins.
fn after(cursor: &str) -> Option<(OffsetDateTime, ComponentId)> {
    let text = String::from_utf8(URL_SAFE_NO_PAD.decode(cursor).ok()?).ok()?;
    let (moment, entry) = text.split_once(' ')?;
    Some((OffsetDateTime::parse(moment, &Rfc3339).ok()?, entry.parse().ok()?))
}

fn cursor(last: &component::Model) -> String {
    URL_SAFE_NO_PAD.encode(format!("{} {}", rfc3339(last.changed_at), last.id))
}

/// Entries that changed since a day, those that changed last first, and what they show now that they did not show then.
#[utoipa::path(
    get,
    path = "/components/changes",
    tag = "register",
    params(Since),
    responses(
        (status = 200, body = Items<ChangedEntry>),
        (status = 422, body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub(super) async fn changes(
    may: May<may::Read>,
    State(platform): State<Platform>,
    asked: Query<Since>,
) -> Result<Json<Items<ChangedEntry>>> {
    let (db, scope) = (platform.db.read(), may.scope());
    let since = match asked.since.as_deref() {
        Some(day) => day_at("since", day)?,
        None => month_of(platform.clock.today()),
    };
    let before = match asked.cursor.as_deref() {
        Some(given) => Some(after(given).ok_or_else(|| AppError::invalid(Problem::new("cursor", "not-a-cursor")))?),
        None => None,
    };
    let limit = asked.limit.unwrap_or(50).clamp(1, platform.config.limits.api_page_rows.min(MOST));
    let from = since.midnight().assume_utc();
    let mut entries = repo::register::changed_since(db, scope, from, before, limit + 1).await?;
    let next = last_before_more(&mut entries, limit).map(cursor);
    let ids: Vec<ComponentId> = entries.iter().map(|row| ComponentId(row.id)).collect();
    let records = repo::register::records(db, scope, &ids).await?;
    let nothing = repo::register::Record::default();
    let entry = |row: component::Model| {
        let (is_new, found) = changed(&row, records.get(&row.id).unwrap_or(&nothing), since);
        ChangedEntry {
            is_new,
            is_left: is_left(&row, since),
            is_back: is_back(&row, since),
            changes: found.into_iter().map(differing).collect(),
            component: shown(row),
        }
    };
    Ok(Json(Items { items: entries.into_iter().map(entry).collect(), next }))
}
