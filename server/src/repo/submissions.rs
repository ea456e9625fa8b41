//! Frozen sets of answers.

use super::reach;
use super::scope::{BuyerScope, Tenant, VendorScope};
use domain::ids::AssessmentId;
use entity::{assessment, submission};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, FromQueryResult, JoinType, QueryFilter, QueryOrder, QuerySelect,
    QueryTrait,
};
use time::OffsetDateTime;
use uuid::Uuid;

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

/// That something was submitted, without what it says.
#[derive(Clone, Copy, Debug, FromQueryResult)]
pub struct Moment {
    /// The submission.
    pub id: Uuid,
    /// Of which assessment.
    pub assessment_id: Uuid,
    /// When.
    pub submitted_at: OffsetDateTime,
}

/// The submissions of these assessments without what they say, the newest first.
pub async fn moments(
    db: &impl ConnectionTrait,
    scope: BuyerScope,
    assessments: &[AssessmentId],
) -> Result<Vec<Moment>, DbErr> {
    submission::Entity::find()
        .select_only()
        .columns([submission::Column::Id, submission::Column::AssessmentId, submission::Column::SubmittedAt])
        .filter(submission::Column::OrganisationId.eq(scope.organisation().0))
        .filter(submission::Column::AssessmentId.is_in(assessments.iter().map(|id| id.0)))
        .apply_if(reach::assessments(&scope), |query, ids| {
            query.filter(submission::Column::AssessmentId.in_subquery(ids))
        })
        .order_by_desc(submission::Column::SubmittedAt)
        .order_by_desc(submission::Column::Id)
        .into_model()
        .all(db)
        .await
}

/// One submission.
pub async fn get(db: &impl ConnectionTrait, scope: BuyerScope, id: Uuid) -> Result<Option<submission::Model>, DbErr> {
    submission::Entity::find_by_id(id)
        .filter(submission::Column::OrganisationId.eq(scope.organisation().0))
        .apply_if(reach::assessments(&scope), |query, ids| {
            query.filter(submission::Column::AssessmentId.in_subquery(ids))
        })
        .one(db)
        .await
}

/// Who attested to the submissions of an assessment: the contact, with the person who did it in the contact's place.
pub async fn attested_by(
    db: &impl ConnectionTrait,
    scope: BuyerScope,
    assessment: AssessmentId,
) -> Result<Vec<(Uuid, Option<Uuid>)>, DbErr> {
    submission::Entity::find()
        .select_only()
        .columns([submission::Column::ContactId, submission::Column::EnteredBy])
        .filter(submission::Column::OrganisationId.eq(scope.organisation().0))
        .filter(submission::Column::AssessmentId.eq(assessment.0))
        .apply_if(reach::assessments(&scope), |query, ids| {
            query.filter(submission::Column::AssessmentId.in_subquery(ids))
        })
        .into_tuple()
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
