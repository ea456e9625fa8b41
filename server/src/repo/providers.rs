//! OpenID providers, the persons they know, and sign-ins that were begun at them.

use super::held::Held;
use super::scope::{BuyerScope, SystemScope};
use domain::ids::{OrganisationId, PersonId, ProviderId};
use entity::{identity, identity_provider, pending_sign_in};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DbErr, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder,
    QuerySelect, Set,
};
use time::OffsetDateTime;

fn own(scope: BuyerScope) -> sea_orm::Select<identity_provider::Entity> {
    identity_provider::Entity::find()
        .filter(identity_provider::Column::OrganisationId.eq(scope.organisation().0))
        .filter(identity_provider::Column::RemovedAt.is_null())
}

/// The organisation's providers, by name.
pub async fn list(db: &impl ConnectionTrait, scope: BuyerScope) -> Result<Vec<identity_provider::Model>, DbErr> {
    let by_name = own(scope).order_by_asc(identity_provider::Column::Name);
    by_name.order_by_asc(identity_provider::Column::Id).all(db).await
}

/// Every provider, of whatever organisation, whose client secret is kept; removed ones too.
pub async fn with_secrets(db: &impl ConnectionTrait, _: SystemScope) -> Result<Vec<identity_provider::Model>, DbErr> {
    identity_provider::Entity::find().filter(identity_provider::Column::ClientSecret.is_not_null()).all(db).await
}

/// A provider of the organisation.
pub async fn get(
    db: &impl ConnectionTrait,
    scope: BuyerScope,
    id: ProviderId,
) -> Result<Option<identity_provider::Model>, DbErr> {
    own(scope).filter(identity_provider::Column::Id.eq(id.0)).one(db).await
}

/// The same, held until the transaction ends.
pub async fn hold(
    db: &impl ConnectionTrait,
    scope: BuyerScope,
    id: ProviderId,
) -> Result<Option<identity_provider::Model>, DbErr> {
    own(scope).filter(identity_provider::Column::Id.eq(id.0)).held().one(db).await
}

/// Adds a provider.
pub async fn add(
    db: &impl ConnectionTrait,
    _: BuyerScope,
    row: identity_provider::ActiveModel,
) -> Result<identity_provider::Model, DbErr> {
    row.insert(db).await
}

/// Writes what changed of a provider.
pub async fn update(
    db: &impl ConnectionTrait,
    _: BuyerScope,
    row: identity_provider::ActiveModel,
) -> Result<identity_provider::Model, DbErr> {
    row.update(db).await
}

/// A provider that is switched on, whoever's it is: to sign in with.
pub async fn in_use(
    db: &impl ConnectionTrait,
    _: SystemScope,
    id: ProviderId,
) -> Result<Option<identity_provider::Model>, DbErr> {
    identity_provider::Entity::find_by_id(id.0)
        .filter(identity_provider::Column::RemovedAt.is_null())
        .filter(identity_provider::Column::Enabled.eq(true))
        .one(db)
        .await
}

/// The providers of an organisation, or of the installation, that are switched on, by name.
pub async fn in_use_of(
    db: &impl ConnectionTrait,
    _: SystemScope,
    organisation: OrganisationId,
) -> Result<Vec<identity_provider::Model>, DbErr> {
    let mut rows = list(db, BuyerScope::of(organisation)).await?;
    rows.retain(|row| row.enabled);
    Ok(rows)
}

/// Whom the provider means by a subject.
pub async fn identity(
    db: &impl ConnectionTrait,
    _: SystemScope,
    provider: ProviderId,
    subject: &str,
) -> Result<Option<identity::Model>, DbErr> {
    identity::Entity::find_by_id((provider.0, subject.to_owned())).one(db).await
}

/// Whether the provider knows the person under some subject.
pub async fn knows(
    db: &impl ConnectionTrait,
    _: SystemScope,
    provider: ProviderId,
    person: PersonId,
) -> Result<bool, DbErr> {
    let found = identity::Entity::find()
        .filter(identity::Column::ProviderId.eq(provider.0))
        .filter(identity::Column::PersonId.eq(person.0))
        .count(db)
        .await?;
    Ok(found > 0)
}

/// Notes whom the provider means by a subject.
pub async fn add_identity(
    db: &impl ConnectionTrait,
    _: SystemScope,
    (provider, subject): (ProviderId, &str),
    person: PersonId,
    now: OffsetDateTime,
) -> Result<(), DbErr> {
    identity::Entity::insert(identity::ActiveModel {
        provider_id: Set(provider.0),
        subject: Set(subject.to_owned()),
        person_id: Set(person.0),
        created_at: Set(now),
        last_used_at: Set(now),
    })
    .exec_without_returning(db)
    .await?;
    Ok(())
}

/// Notes that the provider vouched for a person.
pub async fn touch_identity(
    db: &impl ConnectionTrait,
    _: SystemScope,
    (provider, subject): (ProviderId, &str),
    now: OffsetDateTime,
) -> Result<(), DbErr> {
    identity::Entity::update_many()
        .col_expr(identity::Column::LastUsedAt, Expr::value(now))
        .filter(identity::Column::ProviderId.eq(provider.0))
        .filter(identity::Column::Subject.eq(subject))
        .exec(db)
        .await?;
    Ok(())
}

/// How many persons the provider knows.
pub async fn identities(db: &impl ConnectionTrait, _: BuyerScope, provider: ProviderId) -> Result<u64, DbErr> {
    identity::Entity::find().filter(identity::Column::ProviderId.eq(provider.0)).count(db).await
}

/// Forgets whom the provider knows; says how many.
pub async fn forget_identities(db: &impl ConnectionTrait, _: BuyerScope, provider: ProviderId) -> Result<u64, DbErr> {
    let gone = identity::Entity::delete_many().filter(identity::Column::ProviderId.eq(provider.0)).exec(db).await?;
    Ok(gone.rows_affected)
}

/// Notes a sign-in that was begun; of what the browser had begun before, only the newest `most` stay with it.
pub async fn begin(
    db: &impl ConnectionTrait,
    _: SystemScope,
    row: pending_sign_in::Model,
    most: u64,
) -> Result<(), DbErr> {
    use pending_sign_in::{ActiveModel, Column, Entity};
    let of_browser = Entity::find().filter(Column::BrowserHash.eq(row.browser_hash.clone()));
    let older: Vec<Vec<u8>> = of_browser
        .order_by_desc(Column::CreatedAt)
        .order_by_desc(Column::StateHash)
        .offset(most.saturating_sub(1))
        .limit(100)
        .all(db)
        .await?
        .into_iter()
        .map(|row| row.state_hash)
        .collect();
    if !older.is_empty() {
        Entity::delete_many().filter(Column::StateHash.is_in(older)).exec(db).await?;
    }
    Entity::insert(ActiveModel {
        state_hash: Set(row.state_hash),
        browser_hash: Set(row.browser_hash),
        provider_id: Set(row.provider_id),
        nonce: Set(row.nonce),
        verifier: Set(row.verifier),
        return_to: Set(row.return_to),
        created_at: Set(row.created_at),
        expires_at: Set(row.expires_at),
    })
    .exec_without_returning(db)
    .await?;
    Ok(())
}

/// Takes a sign-in that this very browser has begun, once: of two that come with the same state one finds nothing.
pub async fn take(
    db: &impl ConnectionTrait,
    _: SystemScope,
    (state_hash, browser_hash): (&[u8], &[u8]),
    now: OffsetDateTime,
) -> Result<Option<pending_sign_in::Model>, DbErr> {
    use pending_sign_in::{Column, Entity};
    let found = Entity::find_by_id(state_hash.to_vec())
        .filter(Column::BrowserHash.eq(browser_hash))
        .filter(Column::ExpiresAt.gt(now))
        .one(db)
        .await?;
    let Some(found) = found else { return Ok(None) };
    let taken = Entity::delete_by_id(found.state_hash.clone()).exec(db).await?;
    Ok((taken.rows_affected == 1).then_some(found))
}

/// Forgets sign-ins that nobody ended in time.
pub async fn forget_pending(db: &impl ConnectionTrait, _: SystemScope, now: OffsetDateTime) -> Result<u64, DbErr> {
    let over = pending_sign_in::Column::ExpiresAt.lte(now);
    Ok(pending_sign_in::Entity::delete_many().filter(over).exec(db).await?.rows_affected)
}
