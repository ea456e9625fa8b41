//! Messages to contacts, and what became of them.

use super::reach;
use super::scope::{BuyerScope, SystemScope, Tenant};
use domain::ids::{AssessmentId, MessageId};
use entity::message;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, ConnectionTrait, DbErr, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QueryTrait};
use time::OffsetDateTime;

/// Adds a message.
pub async fn add(db: &impl ConnectionTrait, _: &impl Tenant, row: message::ActiveModel) -> Result<(), DbErr> {
    message::Entity::insert(row).exec_without_returning(db).await?;
    Ok(())
}

/// A message: for the job that sends it.
pub async fn get(db: &impl ConnectionTrait, _: SystemScope, id: MessageId) -> Result<Option<message::Model>, DbErr> {
    message::Entity::find_by_id(id.0).one(db).await
}

/// Notes what became of a message.
pub async fn set_state(
    db: &impl ConnectionTrait,
    _: SystemScope,
    id: MessageId,
    state: &str,
    failure: Option<String>,
    delivered_at: Option<OffsetDateTime>,
) -> Result<(), DbErr> {
    message::Entity::update_many()
        .col_expr(message::Column::State, Expr::value(state))
        .col_expr(message::Column::Failure, Expr::value(failure))
        .col_expr(message::Column::DeliveredAt, Expr::value(delivered_at))
        .filter(message::Column::Id.eq(id.0))
        .exec(db)
        .await?;
    Ok(())
}

/// Whether a message of that purpose waits to be sent about an assessment.
pub async fn is_waiting(
    db: &impl ConnectionTrait,
    scope: BuyerScope,
    assessment: AssessmentId,
    purpose: &str,
) -> Result<bool, DbErr> {
    let waiting = message::Entity::find()
        .filter(message::Column::OrganisationId.eq(scope.organisation().0))
        .filter(message::Column::AssessmentId.eq(assessment.0))
        .filter(message::Column::Purpose.eq(purpose))
        .filter(message::Column::State.eq("queued"))
        .count(db)
        .await?;
    Ok(waiting > 0)
}

/// The messages of these assessments, newest first.
pub async fn of_assessments(
    db: &impl ConnectionTrait,
    scope: BuyerScope,
    assessments: &[AssessmentId],
) -> Result<Vec<message::Model>, DbErr> {
    message::Entity::find()
        .filter(message::Column::OrganisationId.eq(scope.organisation().0))
        .filter(message::Column::AssessmentId.is_in(assessments.iter().map(|id| id.0)))
        .apply_if(reach::assessments(&scope), |query, ids| query.filter(message::Column::AssessmentId.in_subquery(ids)))
        .order_by_desc(message::Column::Id)
        .all(db)
        .await
}

/// How many messages of that purpose were made for an assessment since a moment.
pub async fn made_since(
    db: &impl ConnectionTrait,
    scope: &impl Tenant,
    assessment: AssessmentId,
    purpose: &str,
    since: OffsetDateTime,
) -> Result<u64, DbErr> {
    message::Entity::find()
        .filter(message::Column::OrganisationId.eq(scope.organisation().0))
        .filter(message::Column::AssessmentId.eq(assessment.0))
        .filter(message::Column::Purpose.eq(purpose))
        .filter(message::Column::CreatedAt.gt(since))
        .count(db)
        .await
}
