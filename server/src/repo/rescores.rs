//! Runs in which stored scores are computed anew, and what they read: engagements in the order of their ids.

use super::held::Held;
use super::scope::BuyerScope;
use domain::ids::EngagementId;
use entity::{assessment, engagement, rescore_run};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait,
};
use time::OffsetDateTime;
use uuid::Uuid;

/// Adds a run. The database has one at a time under way for an organisation.
pub async fn add(db: &impl ConnectionTrait, _: BuyerScope, row: rescore_run::ActiveModel) -> Result<(), DbErr> {
    rescore_run::Entity::insert(row).exec_without_returning(db).await?;
    Ok(())
}

/// A run.
pub async fn get(db: &impl ConnectionTrait, scope: BuyerScope, id: Uuid) -> Result<Option<rescore_run::Model>, DbErr> {
    rescore_run::Entity::find_by_id(id)
        .filter(rescore_run::Column::OrganisationId.eq(scope.organisation().0))
        .one(db)
        .await
}

/// A run, held until the transaction ends.
pub async fn hold(db: &impl ConnectionTrait, scope: BuyerScope, id: Uuid) -> Result<Option<rescore_run::Model>, DbErr> {
    rescore_run::Entity::find_by_id(id)
        .filter(rescore_run::Column::OrganisationId.eq(scope.organisation().0))
        .held()
        .one(db)
        .await
}

/// The run that is under way.
pub async fn running(db: &impl ConnectionTrait, scope: BuyerScope) -> Result<Option<rescore_run::Model>, DbErr> {
    rescore_run::Entity::find()
        .filter(rescore_run::Column::OrganisationId.eq(scope.organisation().0))
        .filter(rescore_run::Column::State.eq("running"))
        .one(db)
        .await
}

/// Runs, the newest first, older than the one given.
pub async fn page(
    db: &impl ConnectionTrait,
    scope: BuyerScope,
    before: Option<Uuid>,
    limit: u64,
) -> Result<Vec<rescore_run::Model>, DbErr> {
    rescore_run::Entity::find()
        .filter(rescore_run::Column::OrganisationId.eq(scope.organisation().0))
        .apply_if(before, |query, id| query.filter(rescore_run::Column::Id.lt(id)))
        .order_by_desc(rescore_run::Column::Id)
        .limit(limit)
        .all(db)
        .await
}

/// Starts a run, or lets it go on, or ends it.
pub async fn set_state(
    db: &impl ConnectionTrait,
    scope: BuyerScope,
    id: Uuid,
    state: &str,
    now: OffsetDateTime,
) -> Result<(), DbErr> {
    rescore_run::Entity::update_many()
        .col_expr(rescore_run::Column::State, Expr::value(state))
        .col_expr(rescore_run::Column::ChangedAt, Expr::value(now))
        .col_expr(rescore_run::Column::EndedAt, Expr::value((state != "running").then_some(now)))
        .filter(rescore_run::Column::Id.eq(id))
        .filter(rescore_run::Column::OrganisationId.eq(scope.organisation().0))
        .exec(db)
        .await?;
    Ok(())
}

/// How far a run is.
#[derive(Clone, Copy, Debug)]
pub struct Step {
    /// After this one it goes on.
    pub after: Option<Uuid>,
    /// Engagements that it looks at altogether.
    pub total: i64,
    /// With a score computed anew.
    pub scored: i64,
    /// Without a score to compute.
    pub unscored: i64,
}

/// Notes a step of a run that is under way and where the last one left it; `false` where it is not.
pub async fn advance(
    db: &impl ConnectionTrait,
    scope: BuyerScope,
    (id, from): (Uuid, Option<Uuid>),
    step: Step,
    now: OffsetDateTime,
) -> Result<bool, DbErr> {
    let place = match from {
        Some(from) => rescore_run::Column::AfterId.eq(from),
        None => rescore_run::Column::AfterId.is_null(),
    };
    let done = rescore_run::Entity::update_many()
        .col_expr(rescore_run::Column::AfterId, Expr::value(step.after))
        .col_expr(rescore_run::Column::Total, Expr::value(step.total))
        .col_expr(rescore_run::Column::Scored, Expr::value(step.scored))
        .col_expr(rescore_run::Column::Unscored, Expr::value(step.unscored))
        .col_expr(rescore_run::Column::ChangedAt, Expr::value(now))
        .filter(rescore_run::Column::Id.eq(id))
        .filter(rescore_run::Column::OrganisationId.eq(scope.organisation().0))
        .filter(rescore_run::Column::State.eq("running"))
        .filter(place)
        .exec(db)
        .await?;
    Ok(done.rows_affected == 1)
}

/// Engagements in the order of their ids, after the one given.
pub async fn engagements(
    db: &impl ConnectionTrait,
    scope: BuyerScope,
    after: Option<EngagementId>,
    limit: u64,
) -> Result<Vec<engagement::Model>, DbErr> {
    engagement::Entity::find()
        .filter(engagement::Column::OrganisationId.eq(scope.organisation().0))
        .apply_if(after, |query, id| query.filter(engagement::Column::Id.gt(id.0)))
        .order_by_asc(engagement::Column::Id)
        .limit(limit)
        .all(db)
        .await
}

/// Holds these engagements until the transaction ends, in the order of their ids.
pub async fn hold_engagements(
    db: &impl ConnectionTrait,
    scope: BuyerScope,
    ids: &[Uuid],
) -> Result<Vec<engagement::Model>, DbErr> {
    engagement::Entity::find()
        .filter(engagement::Column::OrganisationId.eq(scope.organisation().0))
        .filter(engagement::Column::Id.is_in(ids.iter().copied()))
        .order_by_asc(engagement::Column::Id)
        .held()
        .all(db)
        .await
}

/// How many engagements there are.
pub async fn count(db: &impl ConnectionTrait, scope: BuyerScope) -> Result<u64, DbErr> {
    engagement::Entity::find().filter(engagement::Column::OrganisationId.eq(scope.organisation().0)).count(db).await
}

/// The assessments for these engagements of which something was submitted.
pub async fn submitted(
    db: &impl ConnectionTrait,
    scope: BuyerScope,
    engagements: &[Uuid],
) -> Result<Vec<assessment::Model>, DbErr> {
    assessment::Entity::find()
        .filter(assessment::Column::OrganisationId.eq(scope.organisation().0))
        .filter(assessment::Column::EngagementId.is_in(engagements.iter().copied()))
        .filter(assessment::Column::SubmittedAt.is_not_null())
        .all(db)
        .await
}
