//! Background work: put in by the transaction that wants it, claimed with a lease, tried again, given up visibly.

use super::scope::SystemScope;
use entity::job;
use sea_orm::sea_query::{Expr, Query};
use sea_orm::{
    ActiveValue::NotSet, ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, ExprTrait, PaginatorTrait,
    QueryFilter, QueryOrder, QuerySelect, Set,
};
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

/// Puts a job in. With a dedupe key, a job of the same kind and key that is still waiting serves for both: it is held, so
/// that it does not run before what it is to find is committed.
pub async fn put(
    db: &impl ConnectionTrait,
    _: SystemScope,
    id: Uuid,
    (kind, payload, dedupe_key): (&str, serde_json::Value, Option<String>),
    now: OffsetDateTime,
) -> Result<(), DbErr> {
    if let Some(key) = &dedupe_key {
        let waiting = job::Entity::find()
            .filter(job::Column::Kind.eq(kind))
            .filter(job::Column::DedupeKey.eq(key))
            .filter(job::Column::State.eq("waiting"))
            .lock_shared()
            .one(db)
            .await?;
        if waiting.is_some() {
            return Ok(());
        }
    }
    let row = job::ActiveModel {
        id: Set(id),
        kind: Set(kind.to_owned()),
        payload: Set(payload),
        dedupe_key: Set(dedupe_key),
        state: Set("waiting".to_owned()),
        attempts: Set(0),
        run_at: Set(now),
        locked_by: Set(None),
        locked_until: Set(None),
        last_error: Set(None),
        created_at: Set(now),
        finished_at: NotSet,
    };
    job::Entity::insert(row).exec_without_returning(db).await?;
    Ok(())
}

/// Claims jobs whose turn has come, or whose holder let its lease run out.
pub async fn claim(
    db: &impl ConnectionTrait,
    _: SystemScope,
    holder: &str,
    lease: Duration,
    now: OffsetDateTime,
    most: u64,
) -> Result<Vec<job::Model>, DbErr> {
    claim_of(db, due(now), (holder, lease, now), most).await
}

/// Claims jobs of one kind, for whoever does many of them as easily as one.
pub async fn claim_kind(
    db: &impl ConnectionTrait,
    _: SystemScope,
    kind: &str,
    by: (&str, Duration, OffsetDateTime),
    most: u64,
) -> Result<Vec<job::Model>, DbErr> {
    claim_of(db, Condition::all().add(due(by.2)).add(job::Column::Kind.eq(kind)), by, most).await
}

async fn claim_of(
    db: &impl ConnectionTrait,
    which: Condition,
    (holder, lease, now): (&str, Duration, OffsetDateTime),
    most: u64,
) -> Result<Vec<job::Model>, DbErr> {
    let mut turn = Query::select();
    turn.column(job::Column::Id)
        .from(job::Entity)
        .cond_where(which)
        .order_by(job::Column::RunAt, sea_orm::Order::Asc)
        .limit(most);
    if db.get_database_backend() == sea_orm::DbBackend::Postgres {
        turn.lock_with_behavior(sea_orm::sea_query::LockType::Update, sea_orm::sea_query::LockBehavior::SkipLocked);
    }
    job::Entity::update_many()
        .col_expr(job::Column::State, Expr::value("running"))
        .col_expr(job::Column::LockedBy, Expr::value(holder))
        .col_expr(job::Column::LockedUntil, Expr::value(now + lease))
        .col_expr(job::Column::Attempts, Expr::col(job::Column::Attempts).add(1))
        .filter(job::Column::Id.in_subquery(turn))
        .exec_with_returning(db)
        .await
}

/// Gives every running job back: for a database that has one server, when it starts.
pub async fn release_all(db: &impl ConnectionTrait, _: SystemScope) -> Result<u64, DbErr> {
    let done = job::Entity::update_many()
        .col_expr(job::Column::State, Expr::value("waiting"))
        .col_expr(job::Column::LockedBy, Expr::value(Option::<String>::None))
        .col_expr(job::Column::LockedUntil, Expr::value(Option::<OffsetDateTime>::None))
        .col_expr(job::Column::DedupeKey, Expr::value(Option::<String>::None))
        .filter(job::Column::State.eq("running"))
        .exec(db)
        .await?;
    Ok(done.rows_affected)
}

/// The job is done. `false` when the lease was lost to somebody else meanwhile.
pub async fn finish(
    db: &impl ConnectionTrait,
    _: SystemScope,
    id: Uuid,
    holder: &str,
    now: OffsetDateTime,
) -> Result<bool, DbErr> {
    let done = job::Entity::update_many()
        .col_expr(job::Column::State, Expr::value("done"))
        .col_expr(job::Column::LockedBy, Expr::value(Option::<String>::None))
        .col_expr(job::Column::LockedUntil, Expr::value(Option::<OffsetDateTime>::None))
        .col_expr(job::Column::FinishedAt, Expr::value(now))
        .filter(job::Column::Id.eq(id))
        .filter(job::Column::LockedBy.eq(holder))
        .exec(db)
        .await?;
    Ok(done.rows_affected == 1)
}

/// The job failed: it waits for another turn, or is given up where there is none.
pub async fn fail(
    db: &impl ConnectionTrait,
    _: SystemScope,
    id: Uuid,
    holder: &str,
    error: &str,
    next: Option<OffsetDateTime>,
    now: OffsetDateTime,
) -> Result<(), DbErr> {
    let mut update = job::Entity::update_many()
        .col_expr(job::Column::State, Expr::value(if next.is_some() { "waiting" } else { "failed" }))
        .col_expr(job::Column::LockedBy, Expr::value(Option::<String>::None))
        .col_expr(job::Column::LockedUntil, Expr::value(Option::<OffsetDateTime>::None))
        .col_expr(job::Column::LastError, Expr::value(error));
    update = match next {
        // A twin with the same key may be waiting already; this one then need not come back under its key.
        Some(next) => update
            .col_expr(job::Column::RunAt, Expr::value(next))
            .col_expr(job::Column::DedupeKey, Expr::value(Option::<String>::None)),
        None => update.col_expr(job::Column::FinishedAt, Expr::value(now)),
    };
    update.filter(job::Column::Id.eq(id)).filter(job::Column::LockedBy.eq(holder)).exec(db).await?;
    Ok(())
}

/// Lets a job wait for something that it needs; the turn does not count as an attempt.
pub async fn postpone(
    db: &impl ConnectionTrait,
    _: SystemScope,
    id: Uuid,
    holder: &str,
    reason: &str,
    until: OffsetDateTime,
) -> Result<(), DbErr> {
    job::Entity::update_many()
        .col_expr(job::Column::State, Expr::value("waiting"))
        .col_expr(job::Column::Attempts, Expr::col(job::Column::Attempts).sub(1))
        .col_expr(job::Column::LockedBy, Expr::value(Option::<String>::None))
        .col_expr(job::Column::LockedUntil, Expr::value(Option::<OffsetDateTime>::None))
        .col_expr(job::Column::LastError, Expr::value(reason))
        .col_expr(job::Column::RunAt, Expr::value(until))
        .filter(job::Column::Id.eq(id))
        .filter(job::Column::LockedBy.eq(holder))
        .exec(db)
        .await?;
    Ok(())
}

/// Jobs of a kind that wait.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Waiting {
    /// How many.
    pub count: u64,
    /// Since when the oldest does.
    pub since: Option<OffsetDateTime>,
    /// Why it could not be done when its turn came; none where it did not come yet.
    pub why: Option<String>,
}

/// Jobs of a kind that wait or run.
pub async fn waiting(db: &impl ConnectionTrait, _: SystemScope, kind: &str) -> Result<Waiting, DbErr> {
    let open = || {
        job::Entity::find().filter(job::Column::Kind.eq(kind)).filter(job::Column::State.is_in(["waiting", "running"]))
    };
    let count = open().count(db).await?;
    let oldest = open().order_by_asc(job::Column::CreatedAt).one(db).await?;
    let (since, why) = oldest.map(|job| (job.created_at, job.last_error)).unzip();
    Ok(Waiting { count, since, why: why.flatten() })
}

/// How many jobs wait or run, and how many were given up.
pub async fn counts(db: &impl ConnectionTrait, _: SystemScope) -> Result<(u64, u64), DbErr> {
    let open = job::Entity::find().filter(job::Column::State.is_in(["waiting", "running"])).count(db).await?;
    let failed = job::Entity::find().filter(job::Column::State.eq("failed")).count(db).await?;
    Ok((open, failed))
}

fn due(now: OffsetDateTime) -> Condition {
    Condition::any()
        .add(Condition::all().add(job::Column::State.eq("waiting")).add(job::Column::RunAt.lte(now)))
        .add(Condition::all().add(job::Column::State.eq("running")).add(job::Column::LockedUntil.lt(now)))
}

/// Whether a job's turn has come.
pub async fn is_due(db: &impl ConnectionTrait, _: SystemScope, now: OffsetDateTime) -> Result<bool, DbErr> {
    Ok(job::Entity::find().filter(due(now)).one(db).await?.is_some())
}

/// Jobs that were given up, newest first.
pub async fn failed(db: &impl ConnectionTrait, _: SystemScope, limit: u64) -> Result<Vec<job::Model>, DbErr> {
    job::Entity::find()
        .filter(job::Column::State.eq("failed"))
        .order_by_desc(job::Column::Id)
        .limit(limit)
        .all(db)
        .await
}

/// Forgets jobs done before a moment.
pub async fn forget_done(db: &impl ConnectionTrait, _: SystemScope, before: OffsetDateTime) -> Result<u64, DbErr> {
    let done = job::Entity::delete_many()
        .filter(job::Column::State.eq("done"))
        .filter(job::Column::FinishedAt.lt(before))
        .exec(db)
        .await?;
    Ok(done.rows_affected)
}
