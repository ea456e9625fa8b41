//! Members and tokens as JSON.

use super::pages::{days, role};
use crate::actions::people::{self, TokenInput};
use crate::error::{AppError, Result};
use crate::platform::Platform;
use crate::repo;
use crate::web::actor::{May, may};
use crate::web::api::{Body, Made};
use crate::web::failure::ProblemDocument;
use crate::web::moment::rfc3339;
use crate::web::paging::Items;
use axum::Json;
use axum::extract::State;
use domain::problem::Problems;
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
    /// Since when.
    created_at: String,
}

fn member(row: repo::people::Member) -> Member {
    Member {
        id: row.id.0,
        roles: row.roles.iter().map(|role| role.name().to_owned()).collect(),
        name: row.name,
        email: row.email,
        created_at: rfc3339(row.created_at),
    }
}

/// The organisation's members, by name; all of them.
#[utoipa::path(
    get,
    path = "/members",
    tag = "people",
    responses(
        (status = 200, body = Items<Member>),
        (status = 403, body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub(super) async fn members(
    may: May<may::ManagePeople>,
    State(platform): State<Platform>,
) -> Result<Json<Items<Member>>> {
    let rows = repo::people::members(platform.db.read(), may.scope()).await?;
    Ok(Json(Items { items: rows.into_iter().map(member).collect(), next: None }))
}

/// A new member.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewMember {
    /// Their name.
    name: String,
    /// Their address, which no other member has.
    email: String,
    /// Their role.
    role: String,
}

/// Adds a member. They sign in by a link that is made for them on the page.
#[utoipa::path(
    post,
    path = "/members",
    tag = "people",
    request_body = NewMember,
    responses(
        (status = 201, body = Member),
        (status = 403, body = ProblemDocument, content_type = "application/problem+json"),
        (status = 422, body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub(super) async fn add(
    may: May<may::ManagePeople>,
    State(platform): State<Platform>,
    body: Body<NewMember>,
) -> Result<Made<Member>> {
    let role = role(&body.0.role)?;
    let row = people::add_member(&platform, &may.buyer(), &body.0.name, &body.0.email, &role.into()).await?;
    Ok(Made("/api/v1/members".to_owned(), member(row)))
}

/// A token, without its secret.
#[derive(Debug, Serialize, ToSchema)]
pub struct ApiToken {
    /// Its id.
    id: Uuid,
    /// Its name.
    name: String,
    /// What it may do.
    role: String,
    /// When it was made.
    created_at: String,
    /// When it ends; null where it does not.
    expires_at: Option<String>,
    /// When it was revoked; null where it was not.
    revoked_at: Option<String>,
}

/// The organisation's tokens, newest first; all of them.
#[utoipa::path(
    get,
    path = "/tokens",
    tag = "people",
    responses(
        (status = 200, body = Items<ApiToken>),
        (status = 403, body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub(super) async fn tokens(
    may: May<may::ManagePeople>,
    State(platform): State<Platform>,
) -> Result<Json<Items<ApiToken>>> {
    let rows = repo::tokens::tokens(platform.db.read(), may.scope()).await?.into_iter().map(|row| ApiToken {
        id: row.id,
        name: row.name,
        role: row.role,
        created_at: rfc3339(row.created_at),
        expires_at: row.expires_at.map(rfc3339),
        revoked_at: row.revoked_at.map(rfc3339),
    });
    Ok(Json(Items { items: rows.collect(), next: None }))
}

/// A new token.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewToken {
    /// What it is for.
    name: String,
    /// What it may do.
    role: String,
    /// Days that it lives; for ever where absent.
    #[serde(default)]
    days: Option<i64>,
}

/// A token with its secret, which is shown this once.
#[derive(Debug, Serialize, ToSchema)]
pub struct MadeToken {
    /// Its id.
    id: Uuid,
    /// To be sent as `Authorization: Bearer ...`. It cannot be shown again.
    token: String,
    /// What it may do.
    role: String,
    /// When it ends; null where it does not.
    expires_at: Option<String>,
}

/// Makes a token.
#[utoipa::path(
    post,
    path = "/tokens",
    tag = "people",
    request_body = NewToken,
    responses(
        (status = 201, body = MadeToken),
        (status = 403, body = ProblemDocument, content_type = "application/problem+json"),
        (status = 422, body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub(super) async fn make_token(
    may: May<may::ManagePeople>,
    State(platform): State<Platform>,
    body: Body<NewToken>,
) -> Result<Made<MadeToken>> {
    let asked = body.0;
    let life = days(&asked.days.map(|days| days.to_string()).unwrap_or_default());
    let (role, life) = match (role(&asked.role), life) {
        (Ok(role), Ok(life)) => (role, life),
        (role, life) => return Err(AppError::Invalid(Problems(role.err().into_iter().chain(life.err()).collect()))),
    };
    let ends = life.map(|life| platform.clock.now() + life);
    let input = TokenInput { name: asked.name, role, only: None, expires_at: ends };
    let (id, token) = people::make_token(&platform, &may.buyer(), &input).await?;
    let made = MadeToken {
        id: id.0,
        token: token.reveal().to_owned(),
        role: role.name().to_owned(),
        expires_at: ends.map(rfc3339),
    };
    Ok(Made("/api/v1/tokens".to_owned(), made))
}
