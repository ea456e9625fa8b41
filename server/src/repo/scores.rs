//! Stored scores.

use super::reach;
use super::scope::BuyerScope;
use domain::ids::{AssessmentId, ScoreId};
use entity::score;
use sea_orm::{ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, QueryTrait};

/// Adds a score.
pub async fn add(db: &impl ConnectionTrait, _: BuyerScope, row: score::ActiveModel) -> Result<(), DbErr> {
    score::Entity::insert(row).exec_without_returning(db).await?;
    Ok(())
}

/// The scores of an assessment, newest first.
pub async fn of_assessment(
    db: &impl ConnectionTrait,
    scope: BuyerScope,
    assessment: AssessmentId,
) -> Result<Vec<score::Model>, DbErr> {
    score::Entity::find()
        .filter(score::Column::OrganisationId.eq(scope.organisation().0))
        .apply_if(reach::assessments(&scope), |query, ids| query.filter(score::Column::AssessmentId.in_subquery(ids)))
        .filter(score::Column::AssessmentId.eq(assessment.0))
        .order_by_desc(score::Column::Id)
        .all(db)
        .await
}

/// One score.
pub async fn get(db: &impl ConnectionTrait, scope: BuyerScope, id: ScoreId) -> Result<Option<score::Model>, DbErr> {
    score::Entity::find_by_id(id.0)
        .filter(score::Column::OrganisationId.eq(scope.organisation().0))
        .apply_if(reach::assessments(&scope), |query, ids| query.filter(score::Column::AssessmentId.in_subquery(ids)))
        .one(db)
        .await
}

/// The newest score of each of these assessments.
pub async fn newest_of(
    db: &impl ConnectionTrait,
    scope: BuyerScope,
    assessments: &[AssessmentId],
) -> Result<Vec<score::Model>, DbErr> {
    let mut rows = score::Entity::find()
        .filter(score::Column::OrganisationId.eq(scope.organisation().0))
        .apply_if(reach::assessments(&scope), |query, ids| query.filter(score::Column::AssessmentId.in_subquery(ids)))
        .filter(score::Column::AssessmentId.is_in(assessments.iter().map(|id| id.0)))
        .order_by_desc(score::Column::Id)
        .all(db)
        .await?;
    let mut seen = std::collections::HashSet::new();
    rows.retain(|row| seen.insert(row.assessment_id));
    Ok(rows)
}
