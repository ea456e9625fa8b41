//! What reviewers found of answers, and what is written about questions: for colleagues, and for both sides.

use super::reach;
use super::scope::{BuyerScope, Tenant};
use domain::ids::AssessmentId;
use entity::{answer_review, internal_note, shared_note};
use sea_orm::{ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, QueryTrait, Select};

/// The columns of a table whose rows are about a question of an assessment.
macro_rules! of_assessment {
    ($entity:ident, $scope:expr, $assessment:expr) => {
        $entity::Entity::find()
            .filter($entity::Column::OrganisationId.eq($scope.organisation().0))
            .filter($entity::Column::AssessmentId.eq($assessment.0))
            .apply_if(reach::assessments($scope), |query, ids| {
                query.filter($entity::Column::AssessmentId.in_subquery(ids))
            })
    };
}

/// Adds a review. Its number exists once: whoever comes second is refused by the database.
pub async fn add(db: &impl ConnectionTrait, _: BuyerScope, row: answer_review::ActiveModel) -> Result<(), DbErr> {
    answer_review::Entity::insert(row).exec_without_returning(db).await?;
    Ok(())
}

/// All reviews of an assessment's answers, by question, the oldest first.
pub async fn all(
    db: &impl ConnectionTrait,
    scope: BuyerScope,
    assessment: AssessmentId,
) -> Result<Vec<answer_review::Model>, DbErr> {
    of_assessment!(answer_review, &scope, assessment)
        .order_by_asc(answer_review::Column::QuestionId)
        .order_by_asc(answer_review::Column::Number)
        .all(db)
        .await
}

/// Reviews of several assessments, the oldest of each question first.
pub async fn of_assessments(
    db: &impl ConnectionTrait,
    scope: BuyerScope,
    assessments: &[AssessmentId],
) -> Result<Vec<answer_review::Model>, DbErr> {
    answer_review::Entity::find()
        .filter(answer_review::Column::OrganisationId.eq(scope.organisation().0))
        .apply_if(reach::assessments(&scope), |query, ids| {
            query.filter(answer_review::Column::AssessmentId.in_subquery(ids))
        })
        .filter(answer_review::Column::AssessmentId.is_in(assessments.iter().map(|id| id.0)))
        .order_by_asc(answer_review::Column::Number)
        .all(db)
        .await
}

/// Adds a note for colleagues.
pub async fn add_internal(
    db: &impl ConnectionTrait,
    _: BuyerScope,
    row: internal_note::ActiveModel,
) -> Result<(), DbErr> {
    internal_note::Entity::insert(row).exec_without_returning(db).await?;
    Ok(())
}

/// The notes for colleagues about an assessment's questions, oldest first. No vendor's scope reads them.
pub async fn internal(
    db: &impl ConnectionTrait,
    scope: BuyerScope,
    assessment: AssessmentId,
) -> Result<Vec<internal_note::Model>, DbErr> {
    of_assessment!(internal_note, &scope, assessment).order_by_asc(internal_note::Column::Id).all(db).await
}

/// Adds a note for both sides.
pub async fn add_shared(
    db: &impl ConnectionTrait,
    _: &impl Tenant,
    row: shared_note::ActiveModel,
) -> Result<(), DbErr> {
    shared_note::Entity::insert(row).exec_without_returning(db).await?;
    Ok(())
}

/// The notes of both sides about an assessment's questions, oldest first: no more of them than the scope reaches.
pub async fn shared(
    db: &impl ConnectionTrait,
    scope: &impl Tenant,
    assessment: AssessmentId,
) -> Result<Vec<shared_note::Model>, DbErr> {
    if !scope.reaches(assessment) {
        return Ok(Vec::new());
    }
    let query: Select<shared_note::Entity> = of_assessment!(shared_note, scope, assessment);
    query
        .apply_if(reach::questions(scope), |query, ids| query.filter(shared_note::Column::QuestionId.in_subquery(ids)))
        .order_by_asc(shared_note::Column::Id)
        .all(db)
        .await
}
