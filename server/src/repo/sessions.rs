//! Browser sessions.

use super::scope::SystemScope;
use entity::session;
use sea_orm::sea_query::OnConflict;
use sea_orm::{ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, Set};
use time::OffsetDateTime;

/// Adds a session; a taken id is a unique violation.
pub async fn add(
    db: &impl ConnectionTrait,
    _: SystemScope,
    id: String,
    data: serde_json::Value,
    expires_at: OffsetDateTime,
) -> Result<(), DbErr> {
    session::Entity::insert(session::ActiveModel { id: Set(id), data: Set(data), expires_at: Set(expires_at) })
        .exec_without_returning(db)
        .await?;
    Ok(())
}

/// Writes a session.
pub async fn put(
    db: &impl ConnectionTrait,
    _: SystemScope,
    id: String,
    data: serde_json::Value,
    expires_at: OffsetDateTime,
) -> Result<(), DbErr> {
    session::Entity::insert(session::ActiveModel { id: Set(id), data: Set(data), expires_at: Set(expires_at) })
        .on_conflict(
            OnConflict::column(session::Column::Id)
                .update_columns([session::Column::Data, session::Column::ExpiresAt])
                .to_owned(),
        )
        .exec_without_returning(db)
        .await?;
    Ok(())
}

/// The session, unless it has expired.
pub async fn get(
    db: &impl ConnectionTrait,
    _: SystemScope,
    id: &str,
    now: OffsetDateTime,
) -> Result<Option<session::Model>, DbErr> {
    session::Entity::find_by_id(id.to_owned()).filter(session::Column::ExpiresAt.gt(now)).one(db).await
}

/// Ends a session.
pub async fn remove(db: &impl ConnectionTrait, _: SystemScope, id: &str) -> Result<(), DbErr> {
    session::Entity::delete_by_id(id.to_owned()).exec(db).await?;
    Ok(())
}

/// Forgets sessions that have expired.
pub async fn remove_expired(db: &impl ConnectionTrait, _: SystemScope, now: OffsetDateTime) -> Result<u64, DbErr> {
    Ok(session::Entity::delete_many().filter(session::Column::ExpiresAt.lte(now)).exec(db).await?.rows_affected)
}
