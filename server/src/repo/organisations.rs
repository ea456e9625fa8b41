//! Organisations, members, sign-in links, tokens and the set-up link.

use super::scope::{BuyerScope, SystemScope};
use domain::access::Role;
use domain::ids::{MemberId, OrganisationId, SignInLinkId, TokenId};
use entity::{api_token, member, organisation, setup_link, sign_in_link};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DbErr, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, Set,
};
use time::OffsetDateTime;

/// Adds an organisation that acts as a buyer.
pub async fn add(
    db: &impl ConnectionTrait,
    _: SystemScope,
    id: OrganisationId,
    name: &str,
    now: OffsetDateTime,
) -> Result<organisation::Model, DbErr> {
    organisation::ActiveModel {
        id: Set(id.0),
        name: Set(name.to_owned()),
        acts_as_buyer: Set(true),
        acts_as_vendor: Set(false),
        created_at: Set(now),
    }
    .insert(db)
    .await
}

/// All organisations, oldest first.
pub async fn all(db: &impl ConnectionTrait, _: SystemScope) -> Result<Vec<organisation::Model>, DbErr> {
    organisation::Entity::find().order_by_asc(organisation::Column::Id).all(db).await
}

/// How many there are.
pub async fn count(db: &impl ConnectionTrait, _: SystemScope) -> Result<u64, DbErr> {
    organisation::Entity::find().count(db).await
}

/// The caller's own organisation.
pub async fn own(db: &impl ConnectionTrait, scope: BuyerScope) -> Result<Option<organisation::Model>, DbErr> {
    organisation::Entity::find_by_id(scope.organisation().0).one(db).await
}

/// An organisation by id.
pub async fn get(
    db: &impl ConnectionTrait,
    _: SystemScope,
    id: OrganisationId,
) -> Result<Option<organisation::Model>, DbErr> {
    organisation::Entity::find_by_id(id.0).one(db).await
}

/// Adds a member.
pub async fn add_member(
    db: &impl ConnectionTrait,
    scope: BuyerScope,
    id: MemberId,
    (name, email, role): (&str, &str, Role),
    now: OffsetDateTime,
) -> Result<member::Model, DbErr> {
    member::ActiveModel {
        id: Set(id.0),
        organisation_id: Set(scope.organisation().0),
        name: Set(name.to_owned()),
        email: Set(email.to_lowercase()),
        role: Set(role.name().to_owned()),
        created_at: Set(now),
    }
    .insert(db)
    .await
}

/// The organisation's members, by name.
pub async fn members(db: &impl ConnectionTrait, scope: BuyerScope) -> Result<Vec<member::Model>, DbErr> {
    member::Entity::find()
        .filter(member::Column::OrganisationId.eq(scope.organisation().0))
        .order_by_asc(member::Column::Name)
        .all(db)
        .await
}

/// A member of the caller's organisation.
pub async fn member(
    db: &impl ConnectionTrait,
    scope: BuyerScope,
    id: MemberId,
) -> Result<Option<member::Model>, DbErr> {
    member::Entity::find_by_id(id.0).filter(member::Column::OrganisationId.eq(scope.organisation().0)).one(db).await
}

/// The member of a session, with the organisation.
pub async fn member_anywhere(
    db: &impl ConnectionTrait,
    _: SystemScope,
    id: MemberId,
) -> Result<Option<(member::Model, organisation::Model)>, DbErr> {
    let Some(member) = member::Entity::find_by_id(id.0).one(db).await? else { return Ok(None) };
    let organisation = organisation::Entity::find_by_id(member.organisation_id).one(db).await?;
    Ok(organisation.map(|organisation| (member, organisation)))
}

/// Adds a sign-in link.
pub async fn add_sign_in_link(
    db: &impl ConnectionTrait,
    scope: BuyerScope,
    id: SignInLinkId,
    member: MemberId,
    token_hash: Vec<u8>,
    (now, expires_at): (OffsetDateTime, OffsetDateTime),
) -> Result<(), DbErr> {
    sign_in_link::Entity::insert(sign_in_link::ActiveModel {
        id: Set(id.0),
        organisation_id: Set(scope.organisation().0),
        member_id: Set(member.0),
        token_hash: Set(token_hash),
        created_at: Set(now),
        expires_at: Set(expires_at),
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

/// Adds an API token.
pub async fn add_token(
    db: &impl ConnectionTrait,
    scope: BuyerScope,
    id: TokenId,
    (name, role, token_hash): (&str, Role, Vec<u8>),
    now: OffsetDateTime,
    expires_at: Option<OffsetDateTime>,
) -> Result<(), DbErr> {
    api_token::Entity::insert(api_token::ActiveModel {
        id: Set(id.0),
        organisation_id: Set(scope.organisation().0),
        name: Set(name.to_owned()),
        role: Set(role.name().to_owned()),
        token_hash: Set(token_hash),
        created_at: Set(now),
        expires_at: Set(expires_at),
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

/// Replaces the set-up link.
pub async fn replace_setup_link(
    db: &impl ConnectionTrait,
    _: SystemScope,
    token_hash: Vec<u8>,
    now: OffsetDateTime,
    expires_at: OffsetDateTime,
) -> Result<(), DbErr> {
    setup_link::Entity::delete_many().exec(db).await?;
    setup_link::Entity::insert(setup_link::ActiveModel {
        token_hash: Set(token_hash),
        created_at: Set(now),
        expires_at: Set(expires_at),
        used_at: Set(None),
    })
    .exec_without_returning(db)
    .await?;
    Ok(())
}

/// Whether the set-up link would work now.
pub async fn setup_link_works(
    db: &impl ConnectionTrait,
    _: SystemScope,
    token_hash: &[u8],
    now: OffsetDateTime,
) -> Result<bool, DbErr> {
    let found = setup_link::Entity::find_by_id(token_hash.to_vec()).one(db).await?;
    Ok(found.is_some_and(|link| link.used_at.is_none() && link.expires_at > now))
}

/// Uses the set-up link, once.
pub async fn use_setup_link(
    db: &impl ConnectionTrait,
    _: SystemScope,
    token_hash: &[u8],
    now: OffsetDateTime,
) -> Result<bool, DbErr> {
    let done = setup_link::Entity::update_many()
        .col_expr(setup_link::Column::UsedAt, Expr::value(now))
        .filter(setup_link::Column::TokenHash.eq(token_hash))
        .filter(setup_link::Column::UsedAt.is_null())
        .filter(setup_link::Column::ExpiresAt.gt(now))
        .exec(db)
        .await?;
    Ok(done.rows_affected == 1)
}
