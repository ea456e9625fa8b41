//! What was recorded of entries and when, as JSON: everything, and what differs between two days.

use super::facts_api::{Fact, fact};
use crate::error::{AppError, Result};
use crate::platform::Platform;
use crate::repo;
use crate::web::actor::{May, may};
use crate::web::failure::ProblemDocument;
use crate::web::moment::rfc3339;
use crate::web::paging::Items;
use crate::web::path::Id;
use axum::Json;
use axum::extract::State;
use axum_extra::extract::Query;
use domain::answer::iso_date;
use domain::ids::ComponentId;
use domain::problem::Problem;
use domain::register::{Difference, Slot, difference as differ, settle, until};
use serde::{Deserialize, Serialize};
use time::{Date, OffsetDateTime, Time};
use utoipa::ToSchema;
use uuid::Uuid;

/// That a person chose.
#[derive(Debug, Serialize, ToSchema)]
pub struct Chosen {
    /// The field.
    field: &'static str,
    /// The fact; null where nothing was chosen to hold.
    fact: Option<Uuid>,
    /// Why.
    reason: String,
    /// When.
    at: String,
    /// Who.
    #[schema(value_type = Object)]
    by: domain::register::By,
}

/// That a person checked.
#[derive(Debug, Serialize, ToSchema)]
pub struct Checked {
    /// The fact.
    fact: Uuid,
    /// It was found to hold; `false` took a check back.
    holds: bool,
    /// Against what.
    note: String,
    /// When.
    at: String,
    /// Who.
    #[schema(value_type = Object)]
    by: domain::register::By,
}

/// Everything recorded of an entry and its uses.
#[derive(Debug, Serialize, ToSchema)]
pub struct History {
    /// What sources said, newest first.
    items: Vec<Fact>,
    /// What people chose, newest first.
    choices: Vec<Chosen>,
    /// What people checked, newest first.
    checks: Vec<Checked>,
    /// Always null: a history is given whole.
    next: Option<String>,
}

/// What was recorded of an entry, newest first.
#[utoipa::path(get, path = "/components/{component}/history", tag = "register", params(("component" = Uuid, Path)),
    responses((status = 200, body = History), (status = 404, body = ProblemDocument)))]
pub(super) async fn history(
    may: May<may::Read>,
    State(platform): State<Platform>,
    Id(id): Id<ComponentId>,
) -> Result<Json<History>> {
    let (db, scope) = (platform.db.read(), may.scope());
    repo::register::get(db, scope, id).await?.ok_or(AppError::NotFound)?;
    let record = repo::register::record(db, scope, id).await?;
    let chosen = |choice: &domain::register::Choice| Chosen {
        field: choice.slot.field,
        fact: choice.fact,
        reason: choice.reason.clone(),
        at: rfc3339(choice.at),
        by: choice.by,
    };
    let checked = |check: &domain::register::Check| Checked {
        fact: check.fact,
        holds: check.holds,
        note: check.note.clone(),
        at: rfc3339(check.at),
        by: check.by,
    };
    Ok(Json(History {
        items: record.facts.iter().rev().map(fact).collect(),
        choices: record.choices.iter().rev().map(chosen).collect(),
        checks: record.checks.iter().rev().map(checked).collect(),
        next: None,
    }))
}

/// Two days.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Days {
    /// As it was at the end of this day.
    from: Option<String>,
    /// As it was at the end of this one; as it is where absent.
    to: Option<String>,
}

/// What was shown at two times.
#[derive(Debug, Serialize, ToSchema)]
pub struct Differing {
    /// The use that is spoken of; null for the entry itself.
    r#use: Option<Uuid>,
    /// The field.
    field: &'static str,
    /// For this plan only.
    plan: Option<String>,
    /// For this region only.
    region: Option<String>,
    /// What was shown; null for nothing.
    before: Option<String>,
    /// What is shown; null for nothing.
    after: Option<String>,
}

/// The end of a day.
pub(super) fn end_of(day: Date) -> OffsetDateTime {
    let next = day.next_day().unwrap_or(day);
    next.with_time(Time::MIDNIGHT).assume_utc() - time::Duration::microseconds(1)
}

/// A day out of an address.
pub(super) fn day_at(at: &str, text: &str) -> Result<Date> {
    let given = || text.chars().take(40).collect::<String>();
    iso_date::read(text.trim()).map_err(|_| Problem::new(at, "not-a-date").with("given", given()).into())
}

/// What the register showed of an entry at the end of one day, against another or against now.
#[utoipa::path(get, path = "/components/{component}/difference", tag = "register",
    params(("component" = Uuid, Path), Days),
    responses((status = 200, body = Items<Differing>), (status = 404, body = ProblemDocument), (status = 422, body = ProblemDocument)))]
pub(super) async fn difference(
    may: May<may::Read>,
    State(platform): State<Platform>,
    Id(id): Id<ComponentId>,
    days: Query<Days>,
) -> Result<Json<Items<Differing>>> {
    let (db, scope) = (platform.db.read(), may.scope());
    repo::register::get(db, scope, id).await?.ok_or(AppError::NotFound)?;
    let from = end_of(day_at("from", days.0.from.as_deref().unwrap_or_default())?);
    let to = match days.0.to.as_deref() {
        Some(day) => end_of(day_at("to", day)?),
        None => platform.clock.now(),
    };
    let record = repo::register::record(db, scope, id).await?;
    let then = until(from, &record.facts, &record.choices, &record.checks);
    let later = until(to, &record.facts, &record.choices, &record.checks);
    let found = differ(&settle(&then.0, &then.1, &then.2), &settle(&later.0, &later.1, &later.2));
    Ok(Json(Items::all(found.into_iter().map(differing).collect())))
}

/// A difference, as the API tells it.
pub(super) fn differing(one: Difference) -> Differing {
    let Slot { of_use, field, plan, region, .. } = one.slot;
    Differing { r#use: of_use.map(|id| id.0), field, plan, region, before: one.before, after: one.after }
}
