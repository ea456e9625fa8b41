//! Entries whatever their organisation and visibility: for the jobs that keep the search index.

use super::super::rows;
use super::super::scope::SystemScope;
use domain::ids::ComponentId;
use entity::component;
use sea_orm::{ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QuerySelect};
use uuid::Uuid;

/// Components of all organisations after an id, seen or not: for rebuilding the search index.
pub async fn scan(
    db: &impl ConnectionTrait,
    _: SystemScope,
    after: Option<ComponentId>,
    limit: u64,
) -> Result<Vec<component::Model>, DbErr> {
    rows::scan::<component::Entity>(db, component::Column::Id, after.map(|after| after.0), limit).await
}

/// Components by id whatever their organisation and visibility: for the job that keeps the search index.
pub async fn of_ids_anywhere(
    db: &impl ConnectionTrait,
    _: SystemScope,
    ids: &[ComponentId],
) -> Result<Vec<component::Model>, DbErr> {
    component::Entity::find().filter(component::Column::Id.is_in(ids.iter().map(|id| id.0))).all(db).await
}

/// What tells whether components changed: the id of each, its revision, whether it can be seen, and whether it is
/// withdrawn.
pub async fn states_anywhere(
    db: &impl ConnectionTrait,
    _: SystemScope,
    ids: &[ComponentId],
) -> Result<Vec<(Uuid, i64, bool, bool)>, DbErr> {
    component::Entity::find()
        .select_only()
        .columns([
            component::Column::Id,
            component::Column::Revision,
            component::Column::Visible,
            component::Column::Withdrawn,
        ])
        .filter(component::Column::Id.is_in(ids.iter().map(|id| id.0)))
        .into_tuple()
        .all(db)
        .await
}
