//! Sign-in links of persons, and API tokens of organisations.

use super::scope::{BuyerScope, SystemScope};
use domain::access::{Permission, Role};
use domain::ids::{MemberId, PersonId, SignInLinkId, TokenId};
use entity::{api_token, organisation, sign_in_link};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, Set};
use time::OffsetDateTime;

/// A sign-in link on its way into the database.
#[derive(Clone, Debug)]
pub struct NewSignInLink {
    /// Its id.
    pub id: SignInLinkId,
    /// Whom it signs in.
    pub person: PersonId,
    /// The one membership that it lets act under; none where it lets in to all that the person has.
    pub only_member: Option<MemberId>,
    /// What is kept of its secret.
    pub token_hash: Vec<u8>,
    /// What is kept of the secret of the browser that asked for it; none where it works in any.
    pub browser_hash: Option<Vec<u8>>,
    /// Where it leads, once signed in.
    pub return_to: Option<String>,
    /// When it stops working.
    pub expires_at: OffsetDateTime,
}

/// Adds a sign-in link.
pub async fn add_sign_in_link(
    db: &impl ConnectionTrait,
    _: SystemScope,
    link: NewSignInLink,
    now: OffsetDateTime,
) -> Result<(), DbErr> {
    sign_in_link::Entity::insert(sign_in_link::ActiveModel {
        id: Set(link.id.0),
        person_id: Set(link.person.0),
        only_member_id: Set(link.only_member.map(|member| member.0)),
        token_hash: Set(link.token_hash),
        browser_hash: Set(link.browser_hash),
        return_to: Set(link.return_to),
        created_at: Set(now),
        expires_at: Set(link.expires_at),
        used_at: Set(None),
    })
    .exec_without_returning(db)
    .await?;
    Ok(())
}

/// The sign-in link of a token, used or not.
pub async fn sign_in_link(
    db: &impl ConnectionTrait,
    _: SystemScope,
    token_hash: &[u8],
) -> Result<Option<sign_in_link::Model>, DbErr> {
    sign_in_link::Entity::find().filter(sign_in_link::Column::TokenHash.eq(token_hash)).one(db).await
}

/// Uses a sign-in link, once: `false` when it was used or has expired.
pub async fn use_sign_in_link(
    db: &impl ConnectionTrait,
    _: SystemScope,
    token_hash: &[u8],
    now: OffsetDateTime,
) -> Result<bool, DbErr> {
    let done = sign_in_link::Entity::update_many()
        .col_expr(sign_in_link::Column::UsedAt, Expr::value(now))
        .filter(sign_in_link::Column::TokenHash.eq(token_hash))
        .filter(sign_in_link::Column::UsedAt.is_null())
        .filter(sign_in_link::Column::ExpiresAt.gt(now))
        .exec(db)
        .await?;
    Ok(done.rows_affected == 1)
}

/// An API token on its way into the database.
#[derive(Clone, Debug)]
pub struct NewToken {
    /// Its id.
    pub id: TokenId,
    /// What it is for.
    pub name: String,
    /// What it may do.
    pub role: Role,
    /// Only these of the role's permissions; none where it may all.
    pub only: Option<Vec<Permission>>,
    /// Who made it; none where the command line did.
    pub made_by: Option<MemberId>,
    /// What is kept of its secret.
    pub token_hash: Vec<u8>,
    /// When it stops working; none where it does not.
    pub expires_at: Option<OffsetDateTime>,
}

/// Adds an API token.
pub async fn add_token(
    db: &impl ConnectionTrait,
    scope: BuyerScope,
    token: NewToken,
    now: OffsetDateTime,
) -> Result<(), DbErr> {
    let only = |only: Vec<Permission>| only.iter().map(|one| one.name()).collect::<Vec<_>>().join(" ");
    api_token::Entity::insert(api_token::ActiveModel {
        id: Set(token.id.0),
        organisation_id: Set(scope.organisation().0),
        name: Set(token.name),
        role: Set(token.role.name().to_owned()),
        permissions: Set(token.only.map(only)),
        made_by: Set(token.made_by.map(|member| member.0)),
        token_hash: Set(token.token_hash),
        created_at: Set(now),
        expires_at: Set(token.expires_at),
        last_used_at: Set(None),
        revoked_at: Set(None),
    })
    .exec_without_returning(db)
    .await?;
    Ok(())
}

/// The organisation's tokens, newest first; their secrets are not among what is kept.
pub async fn tokens(db: &impl ConnectionTrait, scope: BuyerScope) -> Result<Vec<api_token::Model>, DbErr> {
    api_token::Entity::find()
        .filter(api_token::Column::OrganisationId.eq(scope.organisation().0))
        .order_by_desc(api_token::Column::Id)
        .all(db)
        .await
}

/// One of the organisation's tokens.
pub async fn token(
    db: &impl ConnectionTrait,
    scope: BuyerScope,
    id: TokenId,
) -> Result<Option<api_token::Model>, DbErr> {
    api_token::Entity::find_by_id(id.0)
        .filter(api_token::Column::OrganisationId.eq(scope.organisation().0))
        .one(db)
        .await
}

/// Revokes a token of the organisation; `false` when there is none that works.
pub async fn revoke_token(
    db: &impl ConnectionTrait,
    scope: BuyerScope,
    id: TokenId,
    now: OffsetDateTime,
) -> Result<bool, DbErr> {
    let done = api_token::Entity::update_many()
        .col_expr(api_token::Column::RevokedAt, Expr::value(now))
        .filter(api_token::Column::Id.eq(id.0))
        .filter(api_token::Column::OrganisationId.eq(scope.organisation().0))
        .filter(api_token::Column::RevokedAt.is_null())
        .exec(db)
        .await?;
    Ok(done.rows_affected == 1)
}

/// The token that is valid now, with the organisation.
pub async fn valid_token(
    db: &impl ConnectionTrait,
    _: SystemScope,
    token_hash: &[u8],
    now: OffsetDateTime,
) -> Result<Option<(api_token::Model, organisation::Model)>, DbErr> {
    let found = api_token::Entity::find()
        .filter(api_token::Column::TokenHash.eq(token_hash))
        .filter(api_token::Column::RevokedAt.is_null())
        .one(db)
        .await?;
    let Some(token) = found.filter(|token| token.expires_at.is_none_or(|end| end > now)) else { return Ok(None) };
    let organisation = organisation::Entity::find_by_id(token.organisation_id).one(db).await?;
    Ok(organisation.map(|organisation| (token, organisation)))
}

/// Notes that a token was used, unless that was noted since `before`.
pub async fn touch_token(
    db: &impl ConnectionTrait,
    _: SystemScope,
    id: TokenId,
    (now, before): (OffsetDateTime, OffsetDateTime),
) -> Result<(), DbErr> {
    api_token::Entity::update_many()
        .col_expr(api_token::Column::LastUsedAt, Expr::value(now))
        .filter(api_token::Column::Id.eq(id.0))
        .filter(api_token::Column::LastUsedAt.is_null().or(api_token::Column::LastUsedAt.lt(before)))
        .exec(db)
        .await?;
    Ok(())
}
