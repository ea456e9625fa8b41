//! Stored scores.

use super::reach;
use super::scope::BuyerScope;
use domain::ids::{AssessmentId, EngagementId, ScoreId};
use domain::scoring::with_day;
use entity::{assessment, score, score_input};
use sea_orm::sea_query::{Alias, Expr, ExprTrait, Func, OnConflict, Query};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, FromQueryResult, JoinType, QueryFilter, QueryOrder, QuerySelect,
    QueryTrait, Select,
};
use std::collections::HashMap;
use time::{Date, OffsetDateTime};
use uuid::Uuid;

/// Adds a score with what it was computed from: the canonical input without its day.
pub async fn add(
    db: &impl ConnectionTrait,
    scope: BuyerScope,
    row: score::ActiveModel,
    input: score_input::ActiveModel,
) -> Result<(), DbErr> {
    add_all(db, scope, vec![row], vec![input]).await
}

/// What a stored score was computed from: the canonical input, to the byte.
pub async fn input(db: &impl ConnectionTrait, _: BuyerScope, row: &score::Model) -> Result<String, DbErr> {
    let kept = score_input::Entity::find_by_id((row.organisation_id, row.input_sha256.clone())).one(db).await?;
    let kept = kept.ok_or_else(|| DbErr::RecordNotFound(format!("the input of score {}", row.id)))?;
    Ok(with_day(row.as_of, &kept.text))
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

/// The newest score of each of these assessments, the newest of all first.
pub async fn newest_of(
    db: &impl ConnectionTrait,
    scope: BuyerScope,
    assessments: &[AssessmentId],
) -> Result<Vec<Bare>, DbErr> {
    let later = Alias::new("later");
    let overtaken = Query::select()
        .expr(Expr::value(1))
        .from_as(score::Entity, later.clone())
        .and_where(Expr::col((later.clone(), score::Column::OrganisationId)).eq(scope.organisation().0))
        .and_where(
            Expr::col((later.clone(), score::Column::AssessmentId))
                .equals((score::Entity, score::Column::AssessmentId)),
        )
        .and_where(Expr::col((later, score::Column::Id)).gt(Expr::col((score::Entity, score::Column::Id))))
        .take();
    without_texts(scope)
        .filter(score::Column::AssessmentId.is_in(assessments.iter().map(|id| id.0)))
        .filter(Expr::exists(overtaken).not())
        .into_model()
        .all(db)
        .await
}

/// These scores.
pub async fn of_ids(
    db: &impl ConnectionTrait,
    scope: BuyerScope,
    ids: impl IntoIterator<Item = Uuid>,
) -> Result<Vec<Bare>, DbErr> {
    without_texts(scope).filter(score::Column::Id.is_in(ids)).into_model().all(db).await
}

/// A stored score without what it was computed from and without its explanation.
#[derive(Clone, Debug, PartialEq, FromQueryResult)]
pub struct Bare {
    /// Its id.
    pub id: Uuid,
    /// What for.
    pub engagement_id: Uuid,
    /// Of which assessment.
    pub assessment_id: Uuid,
    /// Of which submission.
    pub submission_id: Uuid,
    /// By which policy.
    pub policy_id: Uuid,
    /// As of which day.
    pub as_of: Date,
    /// The residual risk.
    pub residual: f64,
    /// The rating.
    pub rating: String,
    /// By which hash its input is kept.
    pub input_sha256: String,
    /// The hash over its figures.
    pub figures_sha256: String,
    /// When it was stored.
    pub created_at: OffsetDateTime,
}

/// The stored scores of these engagements, the newest first.
pub async fn bare(db: &impl ConnectionTrait, scope: BuyerScope, engagements: &[Uuid]) -> Result<Vec<Bare>, DbErr> {
    of_engagements(scope, engagements).into_model().all(db).await
}

/// The scores of an engagement that were stored last, at most so many, the newest first.
pub async fn newest_bare(
    db: &impl ConnectionTrait,
    scope: BuyerScope,
    engagement: EngagementId,
    limit: u64,
) -> Result<Vec<Bare>, DbErr> {
    of_engagements(scope, &[engagement.0]).limit(limit).into_model().all(db).await
}

/// By hash: what scores were computed from, canonical and without its day.
pub async fn inputs(
    db: &impl ConnectionTrait,
    scope: BuyerScope,
    hashes: &[String],
) -> Result<HashMap<String, String>, DbErr> {
    let kept = score_input::Entity::find()
        .filter(score_input::Column::OrganisationId.eq(scope.organisation().0))
        .filter(score_input::Column::Sha256.is_in(hashes.iter().map(String::as_str)))
        .all(db)
        .await?;
    Ok(kept.into_iter().map(|row| (row.sha256, row.text)).collect())
}

fn of_engagements(scope: BuyerScope, engagements: &[Uuid]) -> Select<score::Entity> {
    let of_engagements = assessment::Entity::find()
        .select_only()
        .column(assessment::Column::Id)
        .filter(assessment::Column::OrganisationId.eq(scope.organisation().0))
        .filter(assessment::Column::EngagementId.is_in(engagements.iter().copied()))
        .into_query();
    // Of the score's own column, so that its index is used.
    without_texts(scope).filter(score::Column::AssessmentId.in_subquery(of_engagements))
}

/// Scores as [`Bare`] holds them, the newest first.
fn without_texts(scope: BuyerScope) -> Select<score::Entity> {
    let to_assessment =
        score::Entity::belongs_to(assessment::Entity).from(score::Column::AssessmentId).to(assessment::Column::Id);
    score::Entity::find()
        .select_only()
        .columns([
            score::Column::Id,
            score::Column::AssessmentId,
            score::Column::SubmissionId,
            score::Column::PolicyId,
            score::Column::AsOf,
            score::Column::Residual,
            score::Column::Rating,
            score::Column::InputSha256,
            score::Column::FiguresSha256,
            score::Column::CreatedAt,
        ])
        .column(assessment::Column::EngagementId)
        .join(JoinType::InnerJoin, to_assessment.into())
        .filter(score::Column::OrganisationId.eq(scope.organisation().0))
        .apply_if(reach::assessments(&scope), |query, ids| query.filter(score::Column::AssessmentId.in_subquery(ids)))
        .order_by_desc(score::Column::Id)
}

/// Characters of an output within which everything but its explanation stands, ordinarily.
const HEAD: i32 = 4_000;

/// By score: the beginning of its output, where everything stands but the lines of its explanation.
pub async fn heads(db: &impl ConnectionTrait, scope: BuyerScope, ids: &[Uuid]) -> Result<Vec<(Uuid, String)>, DbErr> {
    let head = Func::cust("substr").args([Expr::col((score::Entity, score::Column::Output)), 1.into(), HEAD.into()]);
    score::Entity::find()
        .select_only()
        .column(score::Column::Id)
        .expr_as(head, "head")
        .filter(score::Column::OrganisationId.eq(scope.organisation().0))
        .filter(score::Column::Id.is_in(ids.iter().copied()))
        .into_tuple()
        .all(db)
        .await
}

/// Scores that one statement adds: within what a statement may carry.
const TOGETHER: usize = 64;

/// Adds many scores, and the inputs among these that are not kept yet.
pub async fn add_all(
    db: &impl ConnectionTrait,
    _: BuyerScope,
    rows: Vec<score::ActiveModel>,
    inputs: Vec<score_input::ActiveModel>,
) -> Result<(), DbErr> {
    let key = [score_input::Column::OrganisationId, score_input::Column::Sha256];
    let once = OnConflict::columns(key).do_nothing().to_owned();
    let mut inputs = inputs.into_iter().peekable();
    while inputs.peek().is_some() {
        let some: Vec<_> = inputs.by_ref().take(TOGETHER).collect();
        score_input::Entity::insert_many(some).on_conflict(once.clone()).exec_without_returning(db).await?;
    }
    let mut rows = rows.into_iter().peekable();
    while rows.peek().is_some() {
        let some: Vec<_> = rows.by_ref().take(TOGETHER).collect();
        score::Entity::insert_many(some).exec_without_returning(db).await?;
    }
    Ok(())
}
