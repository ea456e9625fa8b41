//! Scoring policies as an organisation holds them.

use super::scope::BuyerScope;
use domain::ids::PolicyId;
use entity::policy;
use sea_orm::{ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

/// Adds a version.
pub async fn add(db: &impl ConnectionTrait, _: BuyerScope, row: policy::ActiveModel) -> Result<(), DbErr> {
    policy::Entity::insert(row).exec_without_returning(db).await?;
    Ok(())
}

/// The version in force: the one published last.
pub async fn current(db: &impl ConnectionTrait, scope: BuyerScope) -> Result<Option<policy::Model>, DbErr> {
    policy::Entity::find()
        .filter(policy::Column::OrganisationId.eq(scope.organisation().0))
        .order_by_desc(policy::Column::Id)
        .one(db)
        .await
}

/// A version.
pub async fn get(db: &impl ConnectionTrait, scope: BuyerScope, id: PolicyId) -> Result<Option<policy::Model>, DbErr> {
    policy::Entity::find_by_id(id.0).filter(policy::Column::OrganisationId.eq(scope.organisation().0)).one(db).await
}

/// Versions in the order in which they were published, after the one given.
pub async fn page(
    db: &impl ConnectionTrait,
    scope: BuyerScope,
    after: Option<PolicyId>,
    limit: u64,
) -> Result<Vec<policy::Model>, DbErr> {
    let mut query = policy::Entity::find().filter(policy::Column::OrganisationId.eq(scope.organisation().0));
    if let Some(after) = after {
        query = query.filter(policy::Column::Id.gt(after.0));
    }
    query.order_by_asc(policy::Column::Id).limit(limit).all(db).await
}
