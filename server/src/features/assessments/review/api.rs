//! Reviewing for programs that act for a person.

use super::dto::{
    AnswerReview, AssessmentReview, FoundBody, InternalNote, QuestionNoteBody, ReviewedAnswer, WaitingReview,
    WantedReviews,
};
use super::queue::{Order, progress, waiting};
use crate::actions::review::{self, Reading};
use crate::actions::threads::{self, About};
use crate::error::{AppError, Result};
use crate::platform::Platform;
use crate::repo::{self, BuyerScope};
use crate::web::actor::{May, may};
use crate::web::api::{Body, Made};
use crate::web::failure::ProblemDocument;
use crate::web::moment::rfc3339;
use crate::web::paging::Items;
use crate::web::path::Id;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum_extra::extract::Query;
use domain::answer::iso_date;
use domain::ids::{AssessmentId, TemplateVersionId};
use domain::judging::review::levels;
use domain::scoring::Level;
use std::collections::HashMap;
use uuid::Uuid;

/// Lists what waits to be reviewed, by due date, by how long it has waited, or by risk.
#[utoipa::path(get, path = "/reviews", tag = "reviews", params(WantedReviews),
    responses((status = 200, body = Items<WaitingReview>)))]
pub(in crate::features::assessments) async fn queue(
    State(platform): State<Platform>,
    caller: May<may::Read>,
    Query(wanted): Query<WantedReviews>,
) -> Result<Json<Items<WaitingReview>>> {
    let scope = caller.scope();
    let all = waiting(&platform, scope, Order::named(wanted.order.as_deref().unwrap_or_default())).await?;
    let most = usize::try_from(platform.config.limits.api_page_rows).unwrap_or(usize::MAX);
    let (skip, limit) = (wanted.cursor.unwrap_or(0), wanted.limit.unwrap_or(50).clamp(1, most));
    let page: Vec<_> = all.iter().skip(skip).take(limit).collect();
    let rows: Vec<_> = page.iter().map(|one| &one.row).collect();
    let progress = progress(&platform, scope, &rows).await?;
    let engagements: Vec<_> = rows.iter().map(|row| row.engagement_id).collect();
    let standings = repo::standings::of_engagements(platform.db.read(), scope, &engagements).await?;
    let standings: HashMap<_, _> = standings.into_iter().map(|row| (row.engagement_id, row)).collect();
    let tier = |id: Uuid| standings.get(&id).cloned().map(|row| (row.ai_act_tier, row.unconfirmed_tier));
    let next = (all.len() > skip.saturating_add(limit)).then(|| (skip + limit).to_string());
    let item = |one: &super::queue::InQueue| WaitingReview {
        ai_act_tier: tier(one.row.engagement_id).and_then(|(confirmed, _)| confirmed),
        unconfirmed_ai_act_tier: tier(one.row.engagement_id).and_then(|(_, unconfirmed)| unconfirmed),
        assessment: one.row.id,
        vendor: one.row.vendor_id,
        engagement: one.row.engagement_id,
        state: one.row.state.clone(),
        submitted_at: one.row.submitted_at.map(rfc3339),
        due_on: iso_date::write(one.row.due_on),
        inherent: one.risk.as_ref().map(|(risk, _)| *risk),
        band: one.risk.as_ref().map(|(_, band)| band.clone()),
        progress: progress.get(&one.row.id).copied().unwrap_or_default().into(),
    };
    Ok(Json(Items { items: page.into_iter().map(item).collect(), next }))
}

async fn read(platform: &Platform, scope: BuyerScope, id: AssessmentId) -> Result<AssessmentReview> {
    let db = platform.db.read();
    let row = repo::assessments::get(db, &scope, id).await?.ok_or(AppError::NotFound)?;
    let version = platform.published.get(db, &scope, TemplateVersionId(row.template_version_id)).await?;
    let reading = Reading::around(db, scope, &row, &version).await?.ok_or(AppError::NotNow("in_progress"))?;
    let asked = version.document.questions().filter(|question| reading.visibility.shows(&question.id));
    let item = |question: &domain::questionnaire::Question| {
        let said = reading.said(&question.id);
        let now = said.sha256();
        let newest = reading.rows.get(&question.id).and_then(|rows| rows.first());
        let level = levels(&said, reading.reviews.get(&question.id)).into_iter().map(|(level, _)| level).max();
        ReviewedAnswer {
            level: level.unwrap_or(Level::Claimed).name(),
            question: question.id.clone(),
            is_answered: said.reply.is_some(),
            review: newest.map(|row| AnswerReview::of(row, &now)),
            answer_sha256: now,
        }
    };
    Ok(AssessmentReview {
        round: reading.submission.round,
        progress: reading.progress(&version).into(),
        items: asked.map(item).collect(),
    })
}

/// Shows the review of an assessment, question by question.
#[utoipa::path(get, path = "/assessments/{assessment}/review", tag = "reviews", params(("assessment" = Uuid, Path)),
    responses((status = 200, body = AssessmentReview), (status = 409, body = ProblemDocument)))]
pub(in crate::features::assessments) async fn show(
    State(platform): State<Platform>,
    caller: May<may::ReadOwn>,
    Id(id): Id<AssessmentId>,
) -> Result<Json<AssessmentReview>> {
    Ok(Json(read(&platform, caller.scope(), id).await?))
}

/// Writes what a reviewer found of an answer. Whoever judges is a person: a token cannot.
#[utoipa::path(post, path = "/assessments/{assessment}/review", tag = "reviews", request_body = FoundBody,
    params(("assessment" = Uuid, Path)),
    responses((status = 201, body = AnswerReview), (status = 403, body = ProblemDocument),
        (status = 409, body = ProblemDocument), (status = 412, body = ProblemDocument),
        (status = 422, body = ProblemDocument)))]
pub(in crate::features::assessments) async fn judge(
    State(platform): State<Platform>,
    caller: May<may::Review>,
    Id(id): Id<AssessmentId>,
    Body(body): Body<FoundBody>,
) -> Result<Made<AnswerReview>> {
    let (question, found) = body.parsed()?;
    let row = review::find(&platform, &caller.buyer(), id, &question, &found).await?;
    let made = AnswerReview::of(&row, &row.answer_sha256);
    Ok(Made(format!("/api/v1/assessments/{id}/review"), made))
}

/// Lists the notes that only colleagues read, oldest first.
#[utoipa::path(get, path = "/assessments/{assessment}/internal-notes", tag = "reviews",
    params(("assessment" = Uuid, Path)), responses((status = 200, body = Items<InternalNote>)))]
pub(in crate::features::assessments) async fn internal_notes(
    State(platform): State<Platform>,
    caller: May<may::ReadOwn>,
    Id(id): Id<AssessmentId>,
) -> Result<Json<Items<InternalNote>>> {
    let (db, scope) = (platform.db.read(), caller.scope());
    repo::assessments::get(db, &scope, id).await?.ok_or(AppError::NotFound)?;
    let rows = repo::reviews::internal(db, scope, id).await?;
    Ok(Json(Items { items: rows.into_iter().map(InternalNote::from).collect(), next: None }))
}

/// Writes a note that only colleagues read.
#[utoipa::path(post, path = "/assessments/{assessment}/internal-notes", tag = "reviews",
    request_body = QuestionNoteBody,
    params(("assessment" = Uuid, Path),
        ("Idempotency-Key" = Option<String>, Header, description = "Repeated with the same key, it acts once")),
    responses((status = 204), (status = 403, body = ProblemDocument), (status = 422, body = ProblemDocument)))]
pub(in crate::features::assessments) async fn note(
    State(platform): State<Platform>,
    caller: May<may::Review>,
    Id(id): Id<AssessmentId>,
    Body(body): Body<QuestionNoteBody>,
) -> Result<StatusCode> {
    threads::note(&platform, &caller.buyer(), &About::Question(id, body.question), &body.words).await?;
    Ok(StatusCode::NO_CONTENT)
}
