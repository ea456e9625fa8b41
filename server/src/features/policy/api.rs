//! Policies, and runs that compute stored scores anew, for programs.

use crate::actions::{policies as versions, rescore};
use crate::error::{AppError, Result};
use crate::platform::Platform;
use crate::repo::{self, BuyerScope};
use crate::web::actor::{May, may};
use crate::web::api::{Body, Made};
use crate::web::failure::ProblemDocument;
use crate::web::moment::rfc3339;
use crate::web::paging::{Cursor, Items};
use crate::web::path::Id;
use axum::Json;
use axum::extract::State;
use axum_extra::extract::Query;
use domain::ids::PolicyId;
use entity::rescore_run;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

/// A version of a scoring policy.
#[derive(Debug, Serialize, ToSchema)]
pub struct PolicyDocument {
    /// Its id.
    id: Uuid,
    /// Its name.
    name: String,
    /// Its version.
    version: i64,
    /// It is the one in force.
    current: bool,
    /// Of the document as it was published.
    sha256: String,
    /// When it was published.
    published_at: String,
    /// The document, as `candor score --policy` takes it.
    #[schema(value_type = Object)]
    document: Value,
}

impl PolicyDocument {
    fn of(current: bool, row: entity::policy::Model) -> Self {
        Self {
            current,
            id: row.id,
            name: row.name,
            version: row.version,
            sha256: row.sha256,
            published_at: rfc3339(row.published_at),
            document: serde_json::from_str(&row.document).unwrap_or_default(),
        }
    }
}

/// The organisation's scoring policies, the one published last in force.
#[utoipa::path(
    get,
    path = "/policies",
    tag = "scores",
    params(Cursor),
    responses(
        (status = 200, body = Items<PolicyDocument>),
        (status = 422, body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub(super) async fn policies(
    may: May<may::Read>,
    State(platform): State<Platform>,
    cursor: Query<Cursor>,
) -> Result<Json<Items<PolicyDocument>>> {
    let (db, scope) = (platform.db.read(), may.scope());
    let limit = cursor.limit(platform.config.limits.api_page_rows);
    let rows = repo::policies::page(db, scope, cursor.after::<PolicyId>()?, limit + 1).await?;
    let current = repo::policies::current(db, scope).await?.map(|row| row.id);
    let item = |row: entity::policy::Model| PolicyDocument::of(current == Some(row.id), row);
    Ok(Json(Items::of(rows, limit, |row| row.id, item)))
}

/// Publishes a version of the scoring policy, as `candor score --policy` takes it. It is in force at once, and all stored
/// scores are computed anew by it.
#[utoipa::path(post, path = "/policies", tag = "scores", request_body = Object,
    params(("Idempotency-Key" = Option<String>, Header, description = "Repeated with the same key, it acts once")),
    responses((status = 201, body = PolicyDocument),
        (status = 422, body = ProblemDocument, content_type = "application/problem+json")))]
pub(super) async fn publish(
    caller: May<may::EditPolicy>,
    State(platform): State<Platform>,
    Body(document): Body<Value>,
) -> Result<Made<PolicyDocument>> {
    let published = versions::publish(&platform, &caller.buyer(), &document.to_string()).await?;
    Ok(Made("/api/v1/policies".to_owned(), PolicyDocument::of(true, published)))
}

/// A run that computes stored scores anew.
#[derive(Debug, Serialize, ToSchema)]
pub struct RescoreRun {
    /// Its id.
    id: Uuid,
    /// The policy that it scores by.
    policy: Uuid,
    /// `running`, `stopped` or `done`.
    state: String,
    /// Engagements that it looks at altogether.
    total: i64,
    /// Of these, scored so far.
    scored: i64,
    /// Of these, so far without a score to compute: none is stored, or the profile is not complete.
    unscored: i64,
    /// When it was started.
    started_at: String,
    /// When it was done or stopped.
    ended_at: Option<String>,
}

impl From<rescore_run::Model> for RescoreRun {
    fn from(row: rescore_run::Model) -> Self {
        Self {
            id: row.id,
            policy: row.policy_id,
            state: row.state,
            total: row.total,
            scored: row.scored,
            unscored: row.unscored,
            started_at: rfc3339(row.started_at),
            ended_at: row.ended_at.map(rfc3339),
        }
    }
}

async fn one(platform: &Platform, scope: BuyerScope, id: Uuid) -> Result<RescoreRun> {
    Ok(repo::rescores::get(platform.db.read(), scope, id).await?.ok_or(AppError::NotFound)?.into())
}

/// Lists the runs that computed stored scores anew, the newest first.
#[utoipa::path(get, path = "/policies/runs", tag = "scores", params(Cursor),
    responses((status = 200, body = Items<RescoreRun>),
        (status = 422, body = ProblemDocument, content_type = "application/problem+json")))]
pub(super) async fn runs(
    caller: May<may::Read>,
    State(platform): State<Platform>,
    cursor: Query<Cursor>,
) -> Result<Json<Items<RescoreRun>>> {
    let limit = cursor.limit(platform.config.limits.api_page_rows);
    let rows = repo::rescores::page(platform.db.read(), caller.scope(), cursor.after()?, limit + 1).await?;
    Ok(Json(Items::of(rows, limit, |row| row.id, RescoreRun::from)))
}

/// Has all stored scores computed anew by the policy in force. A run that is under way serves for both.
#[utoipa::path(post, path = "/policies/runs", tag = "scores",
    params(("Idempotency-Key" = Option<String>, Header, description = "Repeated with the same key, it acts once")),
    responses((status = 201, body = RescoreRun)))]
pub(super) async fn start(caller: May<may::EditPolicy>, State(platform): State<Platform>) -> Result<Made<RescoreRun>> {
    let id = rescore::start(&platform, &caller.buyer()).await?;
    Ok(Made(format!("/api/v1/policies/runs/{id}"), one(&platform, caller.scope(), id).await?))
}

/// Shows how far a run is.
#[utoipa::path(get, path = "/policies/runs/{run}", tag = "scores", params(("run" = Uuid, Path)),
    responses((status = 200, body = RescoreRun), (status = 404, body = ProblemDocument)))]
pub(super) async fn run(
    caller: May<may::Read>,
    State(platform): State<Platform>,
    Id(id): Id<Uuid>,
) -> Result<Json<RescoreRun>> {
    Ok(Json(one(&platform, caller.scope(), id).await?))
}

/// Stops a run. What it has scored stays.
#[utoipa::path(post, path = "/policies/runs/{run}/stop", tag = "scores",
    params(("run" = Uuid, Path),
        ("Idempotency-Key" = Option<String>, Header, description = "Repeated with the same key, it acts once")),
    responses((status = 200, body = RescoreRun), (status = 404, body = ProblemDocument),
        (status = 409, body = ProblemDocument)))]
pub(super) async fn stop(
    caller: May<may::EditPolicy>,
    State(platform): State<Platform>,
    Id(id): Id<Uuid>,
) -> Result<Json<RescoreRun>> {
    rescore::stop(&platform, &caller.buyer(), id).await?;
    Ok(Json(one(&platform, caller.scope(), id).await?))
}

/// Lets a run that was stopped go on where it is.
#[utoipa::path(post, path = "/policies/runs/{run}/resume", tag = "scores",
    params(("run" = Uuid, Path),
        ("Idempotency-Key" = Option<String>, Header, description = "Repeated with the same key, it acts once")),
    responses((status = 200, body = RescoreRun), (status = 404, body = ProblemDocument),
        (status = 409, body = ProblemDocument)))]
pub(super) async fn resume(
    caller: May<may::EditPolicy>,
    State(platform): State<Platform>,
    Id(id): Id<Uuid>,
) -> Result<Json<RescoreRun>> {
    rescore::resume(&platform, &caller.buyer(), id).await?;
    Ok(Json(one(&platform, caller.scope(), id).await?))
}
