//! Scoring policies as an organisation holds them.

use super::scope::BuyerScope;
use domain::ids::PolicyId;
use entity::policy;
use sea_orm::{ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder};

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
