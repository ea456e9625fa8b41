//! That somebody tried to sign in: how often an account is tried, and mailed, is bounded in the database.

use super::scope::SystemScope;
use entity::sign_in_attempt;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, ConnectionTrait, DbErr, EntityTrait, PaginatorTrait, QueryFilter, Set};
use time::OffsetDateTime;
use uuid::Uuid;

/// How somebody tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// By a mailed link.
    Mail,
    /// By a password.
    Password,
}

impl Way {
    fn name(self) -> &'static str {
        match self {
            Self::Mail => "mail",
            Self::Password => "password",
        }
    }
}

/// Notes an attempt.
pub async fn add(
    db: &impl ConnectionTrait,
    _: SystemScope,
    id: Uuid,
    (account_hash, way, failed): (&[u8], Way, bool),
    now: OffsetDateTime,
) -> Result<(), DbErr> {
    sign_in_attempt::Entity::insert(sign_in_attempt::ActiveModel {
        id: Set(id),
        account_hash: Set(account_hash.to_vec()),
        way: Set(way.name().to_owned()),
        failed: Set(failed),
        at: Set(now),
    })
    .exec_without_returning(db)
    .await?;
    Ok(())
}

/// Notes that an attempt did not fail after all.
pub async fn succeeded(db: &impl ConnectionTrait, _: SystemScope, id: Uuid) -> Result<(), DbErr> {
    sign_in_attempt::Entity::update_many()
        .col_expr(sign_in_attempt::Column::Failed, Expr::value(false))
        .filter(sign_in_attempt::Column::Id.eq(id))
        .exec(db)
        .await?;
    Ok(())
}

/// How often signing in to an account failed since then, whatever the way.
pub async fn failures(
    db: &impl ConnectionTrait,
    _: SystemScope,
    account_hash: &[u8],
    since: OffsetDateTime,
) -> Result<u64, DbErr> {
    of(account_hash, since).filter(sign_in_attempt::Column::Failed.eq(true)).count(db).await
}

/// How many mails an account was sent since then.
pub async fn mails(
    db: &impl ConnectionTrait,
    _: SystemScope,
    account_hash: &[u8],
    since: OffsetDateTime,
) -> Result<u64, DbErr> {
    of(account_hash, since)
        .filter(sign_in_attempt::Column::Failed.eq(false))
        .filter(sign_in_attempt::Column::Way.eq(Way::Mail.name()))
        .count(db)
        .await
}

fn of(account_hash: &[u8], since: OffsetDateTime) -> sea_orm::Select<sign_in_attempt::Entity> {
    sign_in_attempt::Entity::find()
        .filter(sign_in_attempt::Column::AccountHash.eq(account_hash))
        .filter(sign_in_attempt::Column::At.gt(since))
}

/// Forgets attempts that count for nothing any more.
pub async fn forget(db: &impl ConnectionTrait, _: SystemScope, before: OffsetDateTime) -> Result<(), DbErr> {
    sign_in_attempt::Entity::delete_many().filter(sign_in_attempt::Column::At.lte(before)).exec(db).await?;
    Ok(())
}
