//! What submissions propose to the register, as JSON.

use crate::actions::register::{Verdict, resolve};
use crate::error::{AppError, Result};
use crate::platform::Platform;
use crate::repo;
use crate::web::actor::{May, may};
use crate::web::api::{Body, IfMatch, Tagged};
use crate::web::failure::ProblemDocument;
use crate::web::moment::rfc3339;
use crate::web::paging::{Cursor, Items};
use crate::web::path::Id;
use axum::Json;
use axum::extract::State;
use axum_extra::extract::Query;
use entity::{register_proposal, register_proposal_line};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeSet;
use utoipa::ToSchema;
use uuid::Uuid;

/// What a submission would change in the register.
#[derive(Debug, Serialize, ToSchema)]
pub struct RegisterProposal {
    /// Its id.
    id: Uuid,
    /// The vendor.
    vendor: Uuid,
    /// The assessment.
    assessment: Uuid,
    /// The question whose answer it is.
    question: String,
    /// Which submission, from 1.
    round: i64,
    /// `open`, `done` or `superseded` by a later submission.
    state: String,
    /// Rises with each decision.
    revision: i64,
    /// When it was submitted.
    created_at: String,
    /// Rows that could not be read whole, with what is wrong.
    #[schema(value_type = Vec<Object>)]
    notes: Value,
    /// The changes; empty in a list.
    lines: Vec<ProposedLine>,
}

/// One change.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProposedLine {
    /// Its id.
    id: Uuid,
    /// `added`, `changed`, `conflicting` (others say otherwise), `gone` or `back`.
    verdict: String,
    /// The entry; null for a new one.
    component: Option<Uuid>,
    /// What it is called.
    name: String,
    /// The field that is said otherwise.
    field: Option<String>,
    /// What was said before.
    before: Option<String>,
    /// What is said now.
    after: Option<String>,
    /// What the register shows, where others say otherwise; of an added one, the entry that it is taken for.
    shown: Option<String>,
    /// Everything that the row says.
    #[schema(value_type = Option<Object>)]
    entry: Option<Value>,
    /// `open`, `applied` or `declined`.
    state: String,
}

fn shown(row: register_proposal::Model, lines: Vec<register_proposal_line::Model>) -> RegisterProposal {
    let line = |line: register_proposal_line::Model| ProposedLine {
        id: line.id,
        verdict: line.verdict,
        component: line.component_id,
        name: line.name,
        field: line.field,
        before: line.before,
        after: line.after,
        shown: line.shown,
        entry: line.entry.and_then(|entry| entry.get("fields").cloned()),
        state: line.state,
    };
    RegisterProposal {
        id: row.id,
        vendor: row.vendor_id,
        assessment: row.assessment_id,
        question: row.question_id,
        round: row.round,
        state: row.state,
        revision: row.revision,
        created_at: rfc3339(row.created_at),
        notes: row.notes,
        lines: lines.into_iter().map(line).collect(),
    }
}

/// Which proposals.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Which {
    /// `open` (default) or `closed`.
    state: Option<String>,
}

/// What submissions propose, the newest first.
#[utoipa::path(get, path = "/components/proposals", tag = "register", params(Which, Cursor),
    responses((status = 200, body = Items<RegisterProposal>)))]
pub(super) async fn list(
    may: May<may::Read>,
    State(platform): State<Platform>,
    which: Query<Which>,
    cursor: Query<Cursor>,
) -> Result<Json<Items<RegisterProposal>>> {
    let limit = cursor.limit(platform.config.limits.api_page_rows);
    let is_open = which.state.as_deref() != Some("closed");
    let after = cursor.after::<Uuid>()?;
    let rows = repo::register::proposals(platform.db.read(), may.scope(), is_open, after, limit + 1).await?;
    Ok(Json(Items::of(rows, limit, |row| row.id, |row| shown(row, Vec::new()))))
}

/// One proposal with its changes.
#[utoipa::path(get, path = "/components/proposals/{proposal}", tag = "register", params(("proposal" = Uuid, Path)),
    responses((status = 200, body = RegisterProposal), (status = 404, body = ProblemDocument)))]
pub(super) async fn one(
    may: May<may::Read>,
    State(platform): State<Platform>,
    Id(id): Id<Uuid>,
) -> Result<Tagged<RegisterProposal>> {
    read(&platform, &may, id).await
}

async fn read<P>(platform: &Platform, may: &May<P>, id: Uuid) -> Result<Tagged<RegisterProposal>> {
    let (db, scope) = (platform.db.read(), may.scope());
    let row = repo::register::proposal(db, scope, id).await?.ok_or(AppError::NotFound)?;
    let lines = repo::register::lines(db, scope, id).await?;
    Ok(Tagged(row.revision, shown(row, lines)))
}

/// Which lines.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Lines {
    /// The lines; all that wait where absent.
    lines: Option<BTreeSet<Uuid>>,
}

/// Makes facts of what is proposed, whole or in part.
#[utoipa::path(post, path = "/components/proposals/{proposal}/apply", tag = "register", request_body = Lines,
    params(("proposal" = Uuid, Path), ("If-Match" = Option<String>, Header, description = "The revision that was seen")),
    responses((status = 200, body = RegisterProposal), (status = 404, body = ProblemDocument), (status = 409, body = ProblemDocument),
        (status = 412, body = ProblemDocument), (status = 422, body = ProblemDocument)))]
pub(super) async fn apply(
    may: May<may::EditRegister>,
    State(platform): State<Platform>,
    Id(id): Id<Uuid>,
    IfMatch(revision): IfMatch,
    Body(body): Body<Lines>,
) -> Result<Tagged<RegisterProposal>> {
    resolve(&platform, &may.buyer(), id, revision, Verdict::Apply, body.lines.as_ref()).await?;
    read(&platform, &may, id).await
}

/// Leaves what is proposed out of the register; the vendor's next submission proposes it again.
#[utoipa::path(post, path = "/components/proposals/{proposal}/decline", tag = "register", request_body = Lines,
    params(("proposal" = Uuid, Path), ("If-Match" = Option<String>, Header, description = "The revision that was seen")),
    responses((status = 200, body = RegisterProposal), (status = 404, body = ProblemDocument), (status = 409, body = ProblemDocument),
        (status = 412, body = ProblemDocument), (status = 422, body = ProblemDocument)))]
pub(super) async fn decline(
    may: May<may::EditRegister>,
    State(platform): State<Platform>,
    Id(id): Id<Uuid>,
    IfMatch(revision): IfMatch,
    Body(body): Body<Lines>,
) -> Result<Tagged<RegisterProposal>> {
    resolve(&platform, &may.buyer(), id, revision, Verdict::Decline, body.lines.as_ref()).await?;
    read(&platform, &may, id).await
}
