//! The audit log as JSON.

use super::asked::Asked;
use crate::actions::audit;
use crate::error::{AppError, Result};
use crate::platform::Platform;
use crate::repo;
use crate::web::actor::{May, may};
use crate::web::attachment::attachment;
use crate::web::failure::ProblemDocument;
use crate::web::moment::rfc3339;
use crate::web::paging::Items;
use axum::Json;
use axum::body::Body;
use axum::extract::State;
use axum::response::Response;
use axum_extra::extract::Query;
use domain::problem::Problem;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

/// How much of the log, from where.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Part {
    /// How many entries at most.
    limit: Option<u64>,
    /// The `next` of the page before: the sequence before which the page begins.
    cursor: Option<String>,
}

/// An entry of the audit log.
#[derive(Debug, Serialize, ToSchema)]
pub struct AuditEntry {
    /// Its number in the organisation's chain, from 1 without gaps.
    sequence: i64,
    /// Its id.
    id: Uuid,
    /// When.
    at: String,
    /// `member`, `contact`, `token` or `system`.
    actor_kind: String,
    /// Who, where it was somebody.
    actor: Option<Uuid>,
    /// What was done: `assessment.issued`.
    action: String,
    /// To what kind of thing.
    subject_kind: String,
    /// To which.
    subject: Option<Uuid>,
    /// Hexadecimal, over salt and details.
    commitment: String,
    /// Hexadecimal: the hash of the entry before.
    previous_hash: String,
    /// Hexadecimal.
    hash: String,
    /// Hexadecimal: Ed25519 by the installation, over the hash.
    signature: String,
    /// Null when they were erased.
    #[schema(value_type = Option<Object>)]
    details: Option<Value>,
    /// The details are erased; their commitment stays.
    erased: bool,
}

/// The audit log, newest first.
#[utoipa::path(
    get,
    path = "/audit",
    tag = "audit",
    params(Part, Asked),
    responses(
        (status = 200, body = Items<AuditEntry>),
        (status = 403, body = ProblemDocument, content_type = "application/problem+json"),
        (status = 422, body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub(super) async fn entries(
    may: May<may::ReadAudit>,
    State(platform): State<Platform>,
    part: Query<Part>,
    asked: Query<Asked>,
) -> Result<Json<Items<AuditEntry>>> {
    let limit = part.limit.unwrap_or(50).clamp(1, platform.config.limits.api_page_rows);
    let not_a_cursor = || AppError::from(Problem::new("cursor", "not-a-cursor"));
    let before = part.cursor.as_ref().map(|cursor| cursor.parse().map_err(|_| not_a_cursor())).transpose()?;
    let mut rows = repo::audit::newest(platform.db.read(), may.scope(), &asked.filter()?, before, limit + 1).await?;
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let more = rows.len() > limit;
    rows.truncate(limit);
    let next = rows.last().filter(|_| more).map(|(entry, _)| entry.sequence.to_string());
    let items = rows.into_iter().map(|(entry, detail)| AuditEntry {
        sequence: entry.sequence,
        id: entry.id,
        at: rfc3339(entry.at),
        actor_kind: entry.actor_kind,
        actor: entry.actor_id,
        action: entry.action,
        subject_kind: entry.subject_kind,
        subject: entry.subject_id,
        commitment: hex::encode(entry.commitment),
        previous_hash: hex::encode(entry.previous_hash),
        hash: hex::encode(entry.hash),
        signature: hex::encode(entry.signature),
        erased: detail.is_none(),
        details: detail.and_then(|detail| serde_json::from_str(&detail.details).ok()),
    });
    Ok(Json(Items { items: items.collect(), next }))
}

/// The whole log as JSON Lines, which `candor audit verify FILE --anchor ANCHOR` checks without this installation. That
/// it was exported is its last entry.
#[utoipa::path(
    get,
    path = "/audit/export",
    tag = "audit",
    responses(
        (status = 200, description = "The log, as an attachment", content_type = "application/jsonl"),
        (status = 403, body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub(super) async fn export(may: May<may::ReadAudit>, State(platform): State<Platform>) -> Result<Response> {
    let exported = audit::export(&platform, &may.buyer()).await?;
    Ok(attachment(&exported.file_name(platform.clock.today()), audit::JSON_LINES, Body::from_stream(exported.lines)))
}
