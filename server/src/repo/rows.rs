//! Many rows at once.

use futures::future::join;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    QueryTrait,
};
use uuid::Uuid;

/// Rows that go to the database in one statement: few enough for the statement, which the connection keeps, to stay small.
pub(super) const TOGETHER: usize = 200;

/// Puts rows into their table, in statements of like size, which the database reads once. It is at work on one of them
/// while the next is made.
pub(super) async fn insert<A: ActiveModelTrait>(
    db: &impl ConnectionTrait,
    rows: impl IntoIterator<Item = A>,
) -> Result<(), DbErr> {
    let backend = db.get_database_backend();
    let mut rows = rows.into_iter().peekable();
    let mut following = || {
        rows.peek()?;
        Some(backend.build(&A::Entity::insert_many(rows.by_ref().take(TOGETHER)).into_query()))
    };
    let mut next = following();
    while let Some(statement) = next {
        let (written, made) = join(db.execute_raw(statement), async { following() }).await;
        written?;
        next = made;
    }
    Ok(())
}

/// Rows of a table in the order of their ids, after one of these: a step of going through all of them.
pub(super) async fn scan<E: EntityTrait>(
    db: &impl ConnectionTrait,
    id: E::Column,
    after: Option<Uuid>,
    limit: u64,
) -> Result<Vec<E::Model>, DbErr> {
    let mut query = E::find();
    if let Some(after) = after {
        query = query.filter(id.gt(after));
    }
    query.order_by_asc(id).limit(limit).all(db).await
}
