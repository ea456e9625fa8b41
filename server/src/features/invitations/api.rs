//! Invitations as JSON.

use crate::actions::invitations::{self, Invite, Standing};
use crate::error::{AppError, Result};
use crate::platform::Platform;
use crate::repo;
use crate::web::actor::{May, may};
use crate::web::api::{Body, Made};
use crate::web::failure::ProblemDocument;
use crate::web::moment::rfc3339;
use crate::web::paging::Items;
use crate::web::path::Id;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use domain::access::Role;
use domain::ids::InvitationId;
use domain::problem::Problem;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use utoipa::ToSchema;
use uuid::Uuid;

/// An invitation to become a member.
#[derive(Debug, Serialize, ToSchema)]
pub struct Invitation {
    /// Its id.
    id: Uuid,
    /// Whom it is for.
    name: String,
    /// Their address.
    email: String,
    /// What they are to be there for.
    roles: Vec<String>,
    /// `open`, `accepted`, `revoked` or `expired`.
    standing: String,
    /// Of the newest mail: `queued`, `delivered` or `bounced`.
    delivery: String,
    /// Why it bounced, in the mail server's words.
    failure: Option<String>,
    /// The member who invited; null where the installation did.
    invited_by: Option<Uuid>,
    /// When it was made.
    created_at: String,
    /// When it was last delivered.
    sent_at: Option<String>,
    /// Until when it can be accepted.
    expires_at: String,
    /// When it was accepted.
    accepted_at: Option<String>,
}

fn shown(row: entity::invitation::Model, now: OffsetDateTime) -> Invitation {
    Invitation {
        id: row.id,
        standing: Standing::of(&row, now).name().to_owned(),
        roles: row.roles.split_whitespace().map(str::to_owned).collect(),
        name: row.name,
        email: row.email,
        delivery: row.delivery,
        failure: row.failure,
        invited_by: row.invited_by,
        created_at: rfc3339(row.created_at),
        sent_at: row.sent_at.map(rfc3339),
        expires_at: rfc3339(row.expires_at),
        accepted_at: row.accepted_at.map(rfc3339),
    }
}

async fn found(platform: &Platform, caller: &May<may::ManagePeople>, id: InvitationId) -> Result<Invitation> {
    let row = repo::invitations::get(platform.db.read(), caller.scope(), id).await?.ok_or(AppError::NotFound)?;
    Ok(shown(row, platform.clock.now()))
}

/// The organisation's invitations, newest first; all of them.
#[utoipa::path(get, path = "/invitations", tag = "people",
    responses((status = 200, body = Items<Invitation>), (status = 403, body = ProblemDocument)))]
pub(super) async fn invitations(
    may: May<may::ManagePeople>,
    State(platform): State<Platform>,
) -> Result<Json<Items<Invitation>>> {
    let now = platform.clock.now();
    let rows = repo::invitations::all(platform.db.read(), may.scope()).await?;
    Ok(Json(Items { items: rows.into_iter().map(|row| shown(row, now)).collect(), next: None }))
}

/// Whom to invite.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewInvitation {
    /// Their name.
    name: String,
    /// Their address, which no member has.
    email: String,
    /// What they are to be there for.
    roles: Vec<String>,
}

/// Invites somebody: a mail with a link goes to their address.
#[utoipa::path(post, path = "/invitations", tag = "people", request_body = NewInvitation,
    responses((status = 201, body = Invitation), (status = 403, body = ProblemDocument),
        (status = 422, body = ProblemDocument)))]
pub(super) async fn invite(
    may: May<may::ManagePeople>,
    State(platform): State<Platform>,
    Body(body): Body<NewInvitation>,
) -> Result<Made<Invitation>> {
    let roles: Result<Vec<Role>, String> = body.roles.iter().map(|name| name.parse()).collect();
    let roles = roles.map_err(|_| Problem::new("roles", "unknown"))?;
    let input = Invite { name: body.name, email: body.email, roles: roles.into_iter().collect() };
    let id = invitations::invite(&platform, &may.buyer(), &input).await?;
    Ok(Made(format!("/api/v1/invitations/{id}"), found(&platform, &may, id).await?))
}

/// Shows an invitation.
#[utoipa::path(get, path = "/invitations/{invitation}", tag = "people", params(("invitation" = Uuid, Path)),
    responses((status = 200, body = Invitation), (status = 404, body = ProblemDocument)))]
pub(super) async fn invitation(
    may: May<may::ManagePeople>,
    State(platform): State<Platform>,
    Id(id): Id<InvitationId>,
) -> Result<Json<Invitation>> {
    found(&platform, &may, id).await.map(Json)
}

/// Mails an invitation anew; its time begins again.
#[utoipa::path(post, path = "/invitations/{invitation}/resend", tag = "people", params(("invitation" = Uuid, Path)),
    responses((status = 200, body = Invitation), (status = 404, body = ProblemDocument),
        (status = 409, body = ProblemDocument), (status = 429, body = ProblemDocument)))]
pub(super) async fn resend(
    may: May<may::ManagePeople>,
    State(platform): State<Platform>,
    Id(id): Id<InvitationId>,
) -> Result<Json<Invitation>> {
    invitations::resend(&platform, &may.buyer(), id).await?;
    found(&platform, &may, id).await.map(Json)
}

/// Takes an invitation back: its links stop working.
#[utoipa::path(delete, path = "/invitations/{invitation}", tag = "people", params(("invitation" = Uuid, Path)),
    responses((status = 204), (status = 404, body = ProblemDocument), (status = 409, body = ProblemDocument)))]
pub(super) async fn revoke(
    may: May<may::ManagePeople>,
    State(platform): State<Platform>,
    Id(id): Id<InvitationId>,
) -> Result<StatusCode> {
    invitations::revoke(&platform, &may.buyer(), id).await?;
    Ok(StatusCode::NO_CONTENT)
}
