//! Evidence beside answers.

use super::reach;
use super::scope::{BuyerScope, Tenant, VendorScope};
use domain::ids::{AssessmentId, EvidenceId};
use entity::evidence;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, QueryTrait, Select};
use time::OffsetDateTime;

fn within(scope: &impl Tenant, assessment: AssessmentId) -> Select<evidence::Entity> {
    let query = evidence::Entity::find()
        .filter(evidence::Column::OrganisationId.eq(scope.organisation().0))
        .filter(evidence::Column::AssessmentId.eq(assessment.0))
        .filter(evidence::Column::RemovedAt.is_null());
    let query = match scope.only_assessment() {
        Some(only) => query.filter(evidence::Column::AssessmentId.eq(only.0)),
        None => query,
    };
    query
        .apply_if(reach::assessments(scope), |query, ids| query.filter(evidence::Column::AssessmentId.in_subquery(ids)))
        .apply_if(reach::questions(scope), |query, ids| query.filter(evidence::Column::QuestionId.in_subquery(ids)))
}

/// Adds a piece of evidence.
pub async fn add(db: &impl ConnectionTrait, _: VendorScope, row: evidence::ActiveModel) -> Result<(), DbErr> {
    evidence::Entity::insert(row).exec_without_returning(db).await?;
    Ok(())
}

/// All evidence of an assessment, oldest first.
pub async fn all(
    db: &impl ConnectionTrait,
    scope: &impl Tenant,
    assessment: AssessmentId,
) -> Result<Vec<evidence::Model>, DbErr> {
    within(scope, assessment).order_by_asc(evidence::Column::Id).all(db).await
}

/// All evidence that there ever was beside the answers, taken away since or not: submissions go on naming it.
pub async fn ever(
    db: &impl ConnectionTrait,
    scope: BuyerScope,
    assessment: AssessmentId,
) -> Result<Vec<evidence::Model>, DbErr> {
    evidence::Entity::find()
        .filter(evidence::Column::OrganisationId.eq(scope.organisation().0))
        .filter(evidence::Column::AssessmentId.eq(assessment.0))
        .apply_if(reach::assessments(&scope), |query, ids| {
            query.filter(evidence::Column::AssessmentId.in_subquery(ids))
        })
        .order_by_asc(evidence::Column::Id)
        .all(db)
        .await
}

/// One piece.
pub async fn get(
    db: &impl ConnectionTrait,
    scope: &impl Tenant,
    assessment: AssessmentId,
    id: EvidenceId,
) -> Result<Option<evidence::Model>, DbErr> {
    within(scope, assessment).filter(evidence::Column::Id.eq(id.0)).one(db).await
}

/// Takes a piece away; it stays in submissions that named it.
pub async fn remove(
    db: &impl ConnectionTrait,
    scope: VendorScope,
    id: EvidenceId,
    now: OffsetDateTime,
) -> Result<bool, DbErr> {
    let done = evidence::Entity::update_many()
        .col_expr(evidence::Column::RemovedAt, Expr::value(now))
        .filter(evidence::Column::Id.eq(id.0))
        .filter(evidence::Column::OrganisationId.eq(scope.organisation.0))
        .filter(evidence::Column::AssessmentId.eq(scope.assessment.0))
        .filter(evidence::Column::RemovedAt.is_null())
        .exec(db)
        .await?;
    Ok(done.rows_affected == 1)
}
