//! Frozen sets of answers.

use super::reach;
use super::scope::{BuyerScope, Tenant, VendorScope};
use domain::ids::AssessmentId;
use entity::{assessment, submission};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, JoinType, QueryFilter, QueryOrder, QuerySelect, QueryTrait,
};

/// Adds a submission.
pub async fn add(db: &impl ConnectionTrait, _: VendorScope, row: submission::ActiveModel) -> Result<(), DbErr> {
    submission::Entity::insert(row).exec_without_returning(db).await?;
    Ok(())
}

/// All submissions of an assessment, newest first.
pub async fn all(
    db: &impl ConnectionTrait,
    scope: &impl Tenant,
    assessment: AssessmentId,
) -> Result<Vec<submission::Model>, DbErr> {
    if !scope.reaches(assessment) {
        return Ok(Vec::new());
    }
    submission::Entity::find()
        .filter(submission::Column::OrganisationId.eq(scope.organisation().0))
        .filter(submission::Column::AssessmentId.eq(assessment.0))
        .apply_if(reach::assessments(scope), |query, ids| {
            query.filter(submission::Column::AssessmentId.in_subquery(ids))
        })
        .order_by_desc(submission::Column::Round)
        .all(db)
        .await
}

/// The newest submission of an assessment.
pub async fn newest(
    db: &impl ConnectionTrait,
    scope: &impl Tenant,
    assessment: AssessmentId,
) -> Result<Option<submission::Model>, DbErr> {
    if !scope.reaches(assessment) {
        return Ok(None);
    }
    submission::Entity::find()
        .filter(submission::Column::OrganisationId.eq(scope.organisation().0))
        .filter(submission::Column::AssessmentId.eq(assessment.0))
        .apply_if(reach::assessments(scope), |query, ids| {
            query.filter(submission::Column::AssessmentId.in_subquery(ids))
        })
        .order_by_desc(submission::Column::Round)
        .one(db)
        .await
}

/// The newest submission of each of these assessments that has one.
pub async fn newest_of(
    db: &impl ConnectionTrait,
    scope: BuyerScope,
    assessments: &[AssessmentId],
) -> Result<Vec<submission::Model>, DbErr> {
    let of_assessment = submission::Entity::belongs_to(assessment::Entity)
        .from(submission::Column::AssessmentId)
        .to(assessment::Column::Id)
        .into();
    submission::Entity::find()
        .join(JoinType::InnerJoin, of_assessment)
        .filter(submission::Column::OrganisationId.eq(scope.organisation().0))
        .filter(submission::Column::AssessmentId.is_in(assessments.iter().map(|id| id.0)))
        .filter(
            Expr::col((submission::Entity, submission::Column::Round))
                .eq(Expr::col((assessment::Entity, assessment::Column::Round))),
        )
        .apply_if(reach::assessments(&scope), |query, ids| {
            query.filter(submission::Column::AssessmentId.in_subquery(ids))
        })
        .all(db)
        .await
}
