//! Answers.

use super::reach;
use super::scope::{Tenant, VendorScope};
use domain::ids::AssessmentId;
use entity::answer;
use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, ExprTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait,
    Select,
};

fn within(scope: &impl Tenant, assessment: AssessmentId) -> Select<answer::Entity> {
    let query = answer::Entity::find()
        .filter(answer::Column::OrganisationId.eq(scope.organisation().0))
        .filter(answer::Column::AssessmentId.eq(assessment.0));
    let query = match scope.only_assessment() {
        Some(only) => query.filter(answer::Column::AssessmentId.eq(only.0)),
        None => query,
    };
    query
        .apply_if(reach::assessments(scope), |query, ids| query.filter(answer::Column::AssessmentId.in_subquery(ids)))
        .apply_if(reach::questions(scope), |query, ids| query.filter(answer::Column::QuestionId.in_subquery(ids)))
}

/// All answers of an assessment, by question id.
pub async fn all(
    db: &impl ConnectionTrait,
    scope: &impl Tenant,
    assessment: AssessmentId,
) -> Result<Vec<answer::Model>, DbErr> {
    within(scope, assessment).order_by_asc(answer::Column::QuestionId).all(db).await
}

/// The replies of an assessment as JSON text, by question id: all that conditions and progress look at.
pub async fn replies(
    db: &impl ConnectionTrait,
    scope: &impl Tenant,
    assessment: AssessmentId,
) -> Result<Vec<(String, String)>, DbErr> {
    within(scope, assessment)
        .select_only()
        .column(answer::Column::QuestionId)
        .column_as(Expr::col(answer::Column::Reply).cast_as("text"), "reply")
        .filter(answer::Column::Reply.is_not_null())
        .into_tuple()
        .all(db)
        .await
}

/// The answer to one question.
pub async fn get(
    db: &impl ConnectionTrait,
    scope: &impl Tenant,
    assessment: AssessmentId,
    question: &str,
) -> Result<Option<answer::Model>, DbErr> {
    within(scope, assessment).filter(answer::Column::QuestionId.eq(question)).one(db).await
}

/// Writes answers over those that stand there. The caller holds the assessment and has compared revisions.
pub async fn put(db: &impl ConnectionTrait, _: VendorScope, rows: Vec<answer::ActiveModel>) -> Result<(), DbErr> {
    if rows.is_empty() {
        return Ok(());
    }
    answer::Entity::insert_many(rows)
        .on_conflict(
            OnConflict::columns([answer::Column::AssessmentId, answer::Column::QuestionId])
                .update_columns([
                    answer::Column::Reply,
                    answer::Column::Comment,
                    answer::Column::Source,
                    answer::Column::Revision,
                    answer::Column::AnsweredBy,
                    answer::Column::EnteredBy,
                    answer::Column::ChangedAt,
                ])
                .to_owned(),
        )
        .exec_without_returning(db)
        .await?;
    Ok(())
}
