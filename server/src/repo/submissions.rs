//! Frozen sets of answers.

use super::reach;
use super::scope::{Tenant, VendorScope};
use domain::ids::AssessmentId;
use entity::submission;
use sea_orm::{ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, QueryTrait};

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
