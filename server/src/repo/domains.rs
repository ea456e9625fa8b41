//! Mail domains: what an organisation says to be its own, and what it has proved.

use super::held::Held;
use super::scope::{BuyerScope, SystemScope};
use domain::ids::{DomainId, OrganisationId};
use entity::{email_domain, organisation};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DbErr, EntityTrait, JoinType, PaginatorTrait, QueryFilter,
    QueryOrder, QuerySelect, SelectTwo,
};
use time::OffsetDateTime;

/// The organisation's domains, by name.
pub async fn list(db: &impl ConnectionTrait, scope: BuyerScope) -> Result<Vec<email_domain::Model>, DbErr> {
    email_domain::Entity::find()
        .filter(email_domain::Column::OrganisationId.eq(scope.organisation().0))
        .order_by_asc(email_domain::Column::Domain)
        .all(db)
        .await
}

/// How many domains the organisation has.
pub async fn count(db: &impl ConnectionTrait, scope: BuyerScope) -> Result<u64, DbErr> {
    email_domain::Entity::find().filter(email_domain::Column::OrganisationId.eq(scope.organisation().0)).count(db).await
}

/// A domain of the organisation, held until the transaction ends.
pub async fn hold(
    db: &impl ConnectionTrait,
    scope: BuyerScope,
    id: DomainId,
) -> Result<Option<email_domain::Model>, DbErr> {
    email_domain::Entity::find_by_id(id.0)
        .filter(email_domain::Column::OrganisationId.eq(scope.organisation().0))
        .held()
        .one(db)
        .await
}

/// Any organisation's domain, held until the transaction ends: for jobs and operators.
pub async fn hold_any(
    db: &impl ConnectionTrait,
    _: SystemScope,
    id: DomainId,
) -> Result<Option<email_domain::Model>, DbErr> {
    email_domain::Entity::find_by_id(id.0).held().one(db).await
}

/// Adds a domain; one that the organisation has already is a unique violation.
pub async fn add(
    db: &impl ConnectionTrait,
    _: BuyerScope,
    row: email_domain::ActiveModel,
) -> Result<email_domain::Model, DbErr> {
    row.insert(db).await
}

/// Writes what changed of a domain; a domain that another organisation has proved is a unique violation.
pub async fn update(
    db: &impl ConnectionTrait,
    _: BuyerScope,
    row: email_domain::ActiveModel,
) -> Result<email_domain::Model, DbErr> {
    row.update(db).await
}

/// Takes a domain away.
pub async fn remove(db: &impl ConnectionTrait, scope: BuyerScope, id: DomainId) -> Result<(), DbErr> {
    email_domain::Entity::delete_many()
        .filter(email_domain::Column::Id.eq(id.0))
        .filter(email_domain::Column::OrganisationId.eq(scope.organisation().0))
        .exec(db)
        .await?;
    Ok(())
}

/// Whoever has proved the domain.
pub async fn owner(db: &impl ConnectionTrait, _: SystemScope, domain: &str) -> Result<Option<OrganisationId>, DbErr> {
    let found = email_domain::Entity::find()
        .filter(email_domain::Column::Domain.eq(domain))
        .filter(email_domain::Column::ProvedAt.is_not_null())
        .one(db)
        .await?;
    Ok(found.map(|row| OrganisationId(row.organisation_id)))
}

fn with_organisation() -> SelectTwo<email_domain::Entity, organisation::Entity> {
    let join = email_domain::Entity::belongs_to(organisation::Entity)
        .from(email_domain::Column::OrganisationId)
        .to(organisation::Column::Id)
        .into();
    email_domain::Entity::find().join(JoinType::InnerJoin, join).select_also(organisation::Entity)
}

/// A domain, and whose it is to be.
pub type Claimed = (email_domain::Model, Option<organisation::Model>);

/// The domain whose proof link has this hash, unless the link has expired.
pub async fn by_proof(
    db: &impl ConnectionTrait,
    _: SystemScope,
    hash: &[u8],
    now: OffsetDateTime,
) -> Result<Option<Claimed>, DbErr> {
    with_organisation()
        .filter(email_domain::Column::ProofHash.eq(hash))
        .filter(email_domain::Column::ProofExpiresAt.gt(now))
        .one(db)
        .await
}

/// Every domain of every organisation that nobody has proved or confirmed for it, oldest first.
pub async fn unproved(db: &impl ConnectionTrait, _: SystemScope) -> Result<Vec<Claimed>, DbErr> {
    with_organisation()
        .filter(email_domain::Column::ProvedAt.is_null())
        .order_by_asc(email_domain::Column::Id)
        .all(db)
        .await
}
