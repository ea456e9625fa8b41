//! Findings for programs of the buyer.

use super::dto::{FindingBody, FindingNoteBody, FindingWithEffect, IfClosed, WantedFindings};
use super::list::{Asked, place_in, written};
use crate::actions::findings::{self, Taking, effect};
use crate::actions::threads::{self, About};
use crate::error::{AppError, Result};
use crate::platform::Platform;
use crate::repo::findings::place;
use crate::repo::{self, BuyerScope};
use crate::web::actor::{May, may};
use crate::web::api::{Body, IfMatch, Made, Tagged};
use crate::web::failure::ProblemDocument;
use crate::web::finding::dto::{FindingDto, StepBody};
use crate::web::paging::{Cursor, Items, last_before_more};
use crate::web::path::Id;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum_extra::extract::Query;
use domain::ids::{EngagementId, FindingId};
use domain::judging::finding::State as Stand;
use domain::problem::Problem;

/// Lists findings, what weighs most first.
#[utoipa::path(get, path = "/findings", tag = "findings", params(WantedFindings),
    responses((status = 200, body = Items<FindingDto>), (status = 422, body = ProblemDocument)))]
pub(super) async fn list(
    State(platform): State<Platform>,
    caller: May<may::ReadOwn>,
    Query(wanted): Query<WantedFindings>,
) -> Result<Json<Items<FindingDto>>> {
    let scope = caller.scope();
    let filter = Asked::of(wanted.pairs()).filter(&platform);
    let from = match &wanted.cursor {
        Some(cursor) => Some(place_in(cursor).ok_or_else(|| Problem::new("cursor", "not-a-cursor"))?),
        None => None,
    };
    let limit = Cursor { limit: wanted.limit, cursor: None }.limit(platform.config.limits.api_page_rows);
    let mut rows = repo::findings::page(platform.db.read(), scope, &filter, from, limit + 1).await?;
    let next = last_before_more(&mut rows, limit).map(|row| written(place(row)));
    Ok(Json(Items { items: rows.into_iter().map(FindingDto::from).collect(), next }))
}

async fn one(platform: &Platform, scope: BuyerScope, id: FindingId) -> Result<Tagged<FindingWithEffect>> {
    let row = repo::findings::get(platform.db.read(), scope, id).await?.ok_or(AppError::NotFound)?;
    let is_live = row.state.parse().is_ok_and(Stand::is_live);
    let moves = match &row.question_id {
        Some(question) if is_live => effect(platform, scope, EngagementId(row.engagement_id), question).await?,
        _ => None,
    };
    let if_closed = moves.filter(|moves| !moves.is_unscored).map(|moves| IfClosed {
        residual_before: moves.before.residual,
        residual_after: moves.after.residual,
        rating_before: moves.before.rating,
        rating_after: moves.after.rating,
    });
    Ok(Tagged(row.revision, FindingWithEffect { finding: row.into(), if_closed }))
}

/// Raises a finding. The vendor sees it at once.
#[utoipa::path(post, path = "/findings", tag = "findings", request_body = FindingBody,
    params(("Idempotency-Key" = Option<String>, Header, description = "Repeated with the same key, it acts once")),
    responses((status = 201, body = FindingWithEffect), (status = 422, body = ProblemDocument)))]
pub(super) async fn add(
    State(platform): State<Platform>,
    caller: May<may::Review>,
    Body(body): Body<FindingBody>,
) -> Result<Made<FindingWithEffect>> {
    let id = findings::raise(&platform, &caller.buyer(), &body.parsed()?).await?;
    let Tagged(_, made) = one(&platform, caller.scope(), id).await?;
    Ok(Made(format!("/api/v1/findings/{id}"), made))
}

/// Shows a finding, and what closing it would do to the score.
#[utoipa::path(get, path = "/findings/{finding}", tag = "findings", params(("finding" = Uuid, Path)),
    responses((status = 200, body = FindingWithEffect), (status = 404, body = ProblemDocument)))]
pub(super) async fn show(
    State(platform): State<Platform>,
    caller: May<may::ReadOwn>,
    Id(id): Id<FindingId>,
) -> Result<Tagged<FindingWithEffect>> {
    one(&platform, caller.scope(), id).await
}

/// Takes a step: the buyer's own, or the vendor's in its place. Whoever had a hand in a finding neither verifies nor closes it.
#[utoipa::path(post, path = "/findings/{finding}/steps", tag = "findings", request_body = StepBody,
    params(("finding" = Uuid, Path), ("If-Match" = Option<String>, Header, description = "The revision that was seen")),
    responses((status = 200, body = FindingWithEffect), (status = 403, body = ProblemDocument),
        (status = 409, body = ProblemDocument), (status = 412, body = ProblemDocument),
        (status = 422, body = ProblemDocument)))]
pub(super) async fn step(
    State(platform): State<Platform>,
    caller: May<may::Review>,
    Id(id): Id<FindingId>,
    IfMatch(seen): IfMatch,
    Body(body): Body<StepBody>,
) -> Result<Tagged<FindingWithEffect>> {
    let taking = Taking { seen, wanted: body.parsed()? };
    findings::take(&platform, &caller.buyer(), id, &taking).await?;
    one(&platform, caller.scope(), id).await
}

/// Writes a note: for colleagues only, or for both sides.
#[utoipa::path(post, path = "/findings/{finding}/notes", tag = "findings", request_body = FindingNoteBody,
    params(("finding" = Uuid, Path),
        ("Idempotency-Key" = Option<String>, Header, description = "Repeated with the same key, it acts once")),
    responses((status = 204), (status = 403, body = ProblemDocument), (status = 422, body = ProblemDocument)))]
pub(super) async fn note(
    State(platform): State<Platform>,
    caller: May<may::Review>,
    Id(id): Id<FindingId>,
    Body(body): Body<FindingNoteBody>,
) -> Result<StatusCode> {
    let about = About::Finding(id);
    if body.for_both {
        threads::say(&platform, &caller.buyer(), &about, &body.words).await?;
    } else {
        threads::note(&platform, &caller.buyer(), &about, &body.words).await?;
    }
    Ok(StatusCode::NO_CONTENT)
}
