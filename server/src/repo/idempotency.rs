//! Answers already given to requests that may be repeated.

use super::scope::BuyerScope;
use entity::idempotent_request as request;
use sea_orm::{ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, Set};
use time::OffsetDateTime;
use uuid::Uuid;

/// The answer given to a request, when it came before.
pub async fn get(
    db: &impl ConnectionTrait,
    scope: BuyerScope,
    caller: Uuid,
    key: &str,
) -> Result<Option<request::Model>, DbErr> {
    request::Entity::find_by_id((scope.organisation().0, caller, key.to_owned())).one(db).await
}

/// Keeps the answer given to a request, in the transaction that did what it asked.
pub async fn put(
    db: &impl ConnectionTrait,
    scope: BuyerScope,
    caller: Uuid,
    (key, request_sha256): (&str, String),
    (status, body): (u16, String),
    now: OffsetDateTime,
) -> Result<(), DbErr> {
    request::Entity::insert(request::ActiveModel {
        organisation_id: Set(scope.organisation().0),
        caller: Set(caller),
        request_key: Set(key.to_owned()),
        request_sha256: Set(request_sha256),
        status: Set(i64::from(status)),
        body: Set(body),
        created_at: Set(now),
    })
    .exec_without_returning(db)
    .await?;
    Ok(())
}

/// Forgets answers given before a moment.
pub async fn forget(db: &impl ConnectionTrait, scope: BuyerScope, before: OffsetDateTime) -> Result<(), DbErr> {
    request::Entity::delete_many()
        .filter(request::Column::OrganisationId.eq(scope.organisation().0))
        .filter(request::Column::CreatedAt.lt(before))
        .exec(db)
        .await?;
    Ok(())
}
