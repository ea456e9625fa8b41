//! Members as JSON.

use crate::actions::people;
use crate::error::{AppError, Result};
use crate::platform::Platform;
use crate::repo;
use crate::web::actor::{May, may};
use crate::web::api::{Body, IfMatch, Tagged};
use crate::web::failure::ProblemDocument;
use crate::web::moment::rfc3339;
use crate::web::paging::Items;
use crate::web::path::Id;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use domain::access::{Role, Roles};
use domain::ids::MemberId;
use domain::problem::Problem;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

/// A member.
#[derive(Debug, Serialize, ToSchema)]
pub struct Member {
    /// Their id.
    id: Uuid,
    /// Their name.
    name: String,
    /// Their address.
    email: String,
    /// `administrator`, `procurement`, `analyst`, `approver`, `auditor`, `business-owner`; of a vendor
    /// `vendor-administrator`, `responder`, `contributor`, `signatory`.
    roles: Vec<String>,
    /// A provider says what the roles are, so they cannot be changed here.
    managed: bool,
    /// Goes up with every change; also the `ETag`.
    revision: i64,
    /// Since when.
    created_at: String,
}

fn member_of(row: repo::people::Member) -> Member {
    Member {
        id: row.id.0,
        roles: row.roles.iter().map(|role| role.name().to_owned()).collect(),
        name: row.name,
        email: row.email,
        managed: row.managed_by.is_some(),
        revision: row.revision,
        created_at: rfc3339(row.created_at),
    }
}

/// The organisation's members, by name; all of them. Somebody becomes one by accepting an invitation.
#[utoipa::path(get, path = "/members", tag = "people",
    responses((status = 200, body = Items<Member>), (status = 403, body = ProblemDocument)))]
pub(super) async fn members(
    may: May<may::ManagePeople>,
    State(platform): State<Platform>,
) -> Result<Json<Items<Member>>> {
    let rows = repo::people::members(platform.db.read(), may.scope()).await?;
    Ok(Json(Items { items: rows.into_iter().map(member_of).collect(), next: None }))
}

/// Shows a member.
#[utoipa::path(get, path = "/members/{member}", tag = "people", params(("member" = Uuid, Path)),
    responses((status = 200, body = Member), (status = 404, body = ProblemDocument)))]
pub(super) async fn member(
    may: May<may::ManagePeople>,
    State(platform): State<Platform>,
    Id(id): Id<MemberId>,
) -> Result<Tagged<Member>> {
    let row = repo::people::member(platform.db.read(), may.scope(), id).await?;
    let row = row.filter(|row| row.removed_at.is_none()).ok_or(AppError::NotFound)?;
    Ok(Tagged(row.revision, member_of(row)))
}

/// What a member is there for.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewRoles {
    /// All of their roles from now on.
    roles: Vec<String>,
}

/// Roles of these names.
pub(super) fn roles(names: &[String]) -> Result<Roles, Problem> {
    let roles: Result<Vec<Role>, String> = names.iter().map(|name| name.parse()).collect();
    roles.map(|roles| roles.into_iter().collect()).map_err(|_| Problem::new("roles", "unknown"))
}

/// Gives a member these roles instead of theirs, at once.
#[utoipa::path(patch, path = "/members/{member}", tag = "people", request_body = NewRoles,
    params(("member" = Uuid, Path), ("If-Match" = Option<String>, Header, description = "The revision that was seen")),
    responses((status = 200, body = Member), (status = 404, body = ProblemDocument),
        (status = 412, body = ProblemDocument), (status = 422, body = ProblemDocument)))]
pub(super) async fn set_roles(
    may: May<may::ManagePeople>,
    State(platform): State<Platform>,
    Id(id): Id<MemberId>,
    IfMatch(revision): IfMatch,
    Body(body): Body<NewRoles>,
) -> Result<Tagged<Member>> {
    let row = people::set_roles(&platform, &may.buyer(), id, &roles(&body.roles)?, revision).await?;
    Ok(Tagged(row.revision, member_of(row)))
}

/// Removes a member: whatever they have open stops working at once. The tokens that they made stay.
#[utoipa::path(delete, path = "/members/{member}", tag = "people",
    params(("member" = Uuid, Path), ("If-Match" = Option<String>, Header, description = "The revision that was seen")),
    responses((status = 204), (status = 404, body = ProblemDocument), (status = 409, body = ProblemDocument),
        (status = 412, body = ProblemDocument)))]
pub(super) async fn remove(
    may: May<may::ManagePeople>,
    State(platform): State<Platform>,
    Id(id): Id<MemberId>,
    IfMatch(revision): IfMatch,
) -> Result<StatusCode> {
    people::remove_member(&platform, &may.buyer(), id, revision).await?;
    Ok(StatusCode::NO_CONTENT)
}
