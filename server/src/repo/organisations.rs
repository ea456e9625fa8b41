//! Organisations and the set-up link.

use super::scope::{BuyerScope, SystemScope};
use domain::ids::OrganisationId;
use entity::{member, organisation, setup_link};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DbErr, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder,
    QuerySelect, Set,
};
use time::OffsetDateTime;
use uuid::Uuid;

/// What [`organisation::Model::kind`] says of a tenant.
const TENANT: &str = "tenant";

/// What an organisation does here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Acts {
    /// It asks.
    pub as_buyer: bool,
    /// It is asked.
    pub as_vendor: bool,
}

/// Adds an organisation.
pub async fn add(
    db: &impl ConnectionTrait,
    _: SystemScope,
    id: OrganisationId,
    name: &str,
    acts: Acts,
    now: OffsetDateTime,
) -> Result<organisation::Model, DbErr> {
    organisation::ActiveModel {
        id: Set(id.0),
        name: Set(name.to_owned()),
        kind: Set(TENANT.to_owned()),
        acts_as_buyer: Set(acts.as_buyer),
        acts_as_vendor: Set(acts.as_vendor),
        created_at: Set(now),
    }
    .insert(db)
    .await
}

/// All tenants, oldest first.
pub async fn all(db: &impl ConnectionTrait, _: SystemScope) -> Result<Vec<organisation::Model>, DbErr> {
    organisation::Entity::find()
        .filter(organisation::Column::Kind.eq(TENANT))
        .order_by_asc(organisation::Column::Id)
        .all(db)
        .await
}

/// How many tenants there are.
pub async fn count(db: &impl ConnectionTrait, _: SystemScope) -> Result<u64, DbErr> {
    organisation::Entity::find().filter(organisation::Column::Kind.eq(TENANT)).count(db).await
}

/// How many members each organisation has.
pub async fn member_counts(db: &impl ConnectionTrait, _: SystemScope) -> Result<Vec<(OrganisationId, i64)>, DbErr> {
    let rows: Vec<(Uuid, i64)> = member::Entity::find()
        .select_only()
        .column(member::Column::OrganisationId)
        .column_as(member::Column::Id.count(), "members")
        .filter(member::Column::RemovedAt.is_null())
        .group_by(member::Column::OrganisationId)
        .into_tuple()
        .all(db)
        .await?;
    Ok(rows.into_iter().map(|(id, members)| (OrganisationId(id), members)).collect())
}

/// Everything that has an audit chain: the installation, then all tenants, oldest first.
pub async fn with_chains(db: &impl ConnectionTrait, _: SystemScope) -> Result<Vec<organisation::Model>, DbErr> {
    organisation::Entity::find().order_by_asc(organisation::Column::Id).all(db).await
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
