//! Tokens as JSON.

use super::tokens::{days, only, role};
use crate::actions::people::{self, TokenInput};
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
use domain::ids::TokenId;
use domain::problem::Problems;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

/// A token, without its secret.
#[derive(Debug, Serialize, ToSchema)]
pub struct ApiToken {
    /// Its id.
    id: Uuid,
    /// Its name.
    name: String,
    /// What it may do.
    role: String,
    /// Only these of the role's permissions; null where all.
    permissions: Option<Vec<String>>,
    /// The member who made it; null where the command line did.
    made_by: Option<Uuid>,
    /// When it was made.
    created_at: String,
    /// When it ends; null where it does not.
    expires_at: Option<String>,
    /// When it was last used, to the minute; null where it never was.
    last_used_at: Option<String>,
    /// When it was revoked; null where it was not.
    revoked_at: Option<String>,
}

/// The organisation's tokens, newest first; all of them, also those that end or were revoked.
#[utoipa::path(get, path = "/tokens", tag = "people",
    responses((status = 200, body = Items<ApiToken>), (status = 403, body = ProblemDocument)))]
pub(super) async fn tokens(
    may: May<may::ManagePeople>,
    State(platform): State<Platform>,
) -> Result<Json<Items<ApiToken>>> {
    let rows = repo::tokens::tokens(platform.db.read(), may.scope()).await?.into_iter().map(|row| ApiToken {
        id: row.id,
        name: row.name,
        role: row.role,
        permissions: row.permissions.map(|only| only.split_whitespace().map(str::to_owned).collect()),
        made_by: row.made_by,
        created_at: rfc3339(row.created_at),
        expires_at: row.expires_at.map(rfc3339),
        last_used_at: row.last_used_at.map(rfc3339),
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
    /// Only these of the role's permissions; all where absent.
    #[serde(default)]
    permissions: Option<Vec<String>>,
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
#[utoipa::path(post, path = "/tokens", tag = "people", request_body = NewToken,
    responses((status = 201, body = MadeToken), (status = 403, body = ProblemDocument),
        (status = 422, body = ProblemDocument)))]
pub(super) async fn make(
    may: May<may::ManagePeople>,
    State(platform): State<Platform>,
    Body(asked): Body<NewToken>,
) -> Result<Made<MadeToken>> {
    let life = days(&asked.days.map(|days| days.to_string()).unwrap_or_default());
    let only = match &asked.permissions {
        Some(names) => only(names.iter().map(String::as_str)).map(|only| Some(only.unwrap_or_default())),
        None => Ok(None),
    };
    let (role, life, only) = match (role(&asked.role), life, only) {
        (Ok(role), Ok(life), Ok(only)) => (role, life, only),
        (role, life, only) => {
            let wrong = role.err().into_iter().chain(life.err()).chain(only.err());
            return Err(AppError::Invalid(Problems(wrong.collect())));
        }
    };
    let ends = life.map(|life| platform.clock.now() + life);
    let input = TokenInput { name: asked.name, role, only, expires_at: ends };
    let (id, token) = people::make_token(&platform, &may.buyer(), &input).await?;
    let made = MadeToken {
        id: id.0,
        token: token.reveal().to_owned(),
        role: role.name().to_owned(),
        expires_at: ends.map(rfc3339),
    };
    Ok(Made("/api/v1/tokens".to_owned(), made))
}

/// Revokes a token: it stops working at once.
#[utoipa::path(delete, path = "/tokens/{token}", tag = "people", params(("token" = Uuid, Path)),
    responses((status = 204), (status = 404, body = ProblemDocument), (status = 409, body = ProblemDocument)))]
pub(super) async fn revoke(
    may: May<may::ManagePeople>,
    State(platform): State<Platform>,
    Id(id): Id<TokenId>,
) -> Result<StatusCode> {
    people::revoke_token(&platform, &may.buyer(), id).await?;
    Ok(StatusCode::NO_CONTENT)
}
