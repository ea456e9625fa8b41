//! Searches of the register that people and programs keep, and the columns of its list that people choose.

use super::scope::BuyerScope;
use domain::ids::{MemberId, SavedSearchId};
use entity::register_columns;
use entity::saved_search::{ActiveModel, Column, Entity, Model};
use sea_orm::sea_query::OnConflict;
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, Select, Set,
};
use time::OffsetDateTime;
use uuid::Uuid;

fn of(scope: BuyerScope) -> Select<Entity> {
    Entity::find().filter(Column::OrganisationId.eq(scope.organisation().0))
}

/// What somebody can use, by name: their own, and what others share.
pub async fn usable(db: &impl ConnectionTrait, scope: BuyerScope, owner: Uuid) -> Result<Vec<Model>, DbErr> {
    let theirs = Condition::any().add(Column::OwnerId.eq(owner)).add(Column::Shared.eq(true));
    of(scope).filter(theirs).order_by_asc(Column::Name).order_by_asc(Column::Id).all(db).await
}

/// Somebody's own, by name.
pub async fn own(db: &impl ConnectionTrait, scope: BuyerScope, owner: Uuid) -> Result<Vec<Model>, DbErr> {
    of(scope).filter(Column::OwnerId.eq(owner)).order_by_asc(Column::Name).all(db).await
}

/// How many are shared within the organisation.
pub async fn count_shared(db: &impl ConnectionTrait, scope: BuyerScope) -> Result<u64, DbErr> {
    of(scope).filter(Column::Shared.eq(true)).count(db).await
}

/// One that somebody can use.
pub async fn get(
    db: &impl ConnectionTrait,
    scope: BuyerScope,
    owner: Uuid,
    id: SavedSearchId,
) -> Result<Option<Model>, DbErr> {
    let theirs = Condition::any().add(Column::OwnerId.eq(owner)).add(Column::Shared.eq(true));
    of(scope).filter(theirs).filter(Column::Id.eq(id.0)).one(db).await
}

/// Adds one.
pub async fn add(db: &impl ConnectionTrait, _: BuyerScope, row: ActiveModel) -> Result<(), DbErr> {
    Entity::insert(row).exec_without_returning(db).await?;
    Ok(())
}

/// Writes one anew.
pub async fn update(db: &impl ConnectionTrait, scope: BuyerScope, row: ActiveModel) -> Result<(), DbErr> {
    let own = Column::OrganisationId.eq(scope.organisation().0);
    Entity::update(row).validate()?.filter(own).exec(db).await?;
    Ok(())
}

/// Removes one.
pub async fn remove(db: &impl ConnectionTrait, scope: BuyerScope, id: SavedSearchId) -> Result<(), DbErr> {
    let own = Column::OrganisationId.eq(scope.organisation().0);
    Entity::delete_many().filter(own).filter(Column::Id.eq(id.0)).exec(db).await?;
    Ok(())
}

/// The columns that a member chose; none where they chose nothing.
pub async fn columns(
    db: &impl ConnectionTrait,
    scope: BuyerScope,
    member: MemberId,
) -> Result<Option<Vec<String>>, DbErr> {
    let found = register_columns::Entity::find_by_id(member.0)
        .filter(register_columns::Column::OrganisationId.eq(scope.organisation().0))
        .one(db)
        .await?;
    let read = |row: register_columns::Model| serde_json::from_value(row.chosen);
    found.map(read).transpose().map_err(|error| DbErr::Json(error.to_string()))
}

/// Keeps the columns that a member chose; none for those that everybody sees.
pub async fn set_columns(
    db: &impl ConnectionTrait,
    scope: BuyerScope,
    member: MemberId,
    chosen: Option<&[&'static str]>,
    now: OffsetDateTime,
) -> Result<(), DbErr> {
    use register_columns::Column;
    let Some(chosen) = chosen else {
        let own = Column::OrganisationId.eq(scope.organisation().0);
        register_columns::Entity::delete_by_id(member.0).filter(own).exec(db).await?;
        return Ok(());
    };
    let row = register_columns::ActiveModel {
        member_id: Set(member.0),
        organisation_id: Set(scope.organisation().0),
        chosen: Set(serde_json::json!(chosen)),
        changed_at: Set(now),
    };
    let again = OnConflict::column(Column::MemberId).update_columns([Column::Chosen, Column::ChangedAt]).to_owned();
    register_columns::Entity::insert(row).on_conflict(again).exec_without_returning(db).await?;
    Ok(())
}
