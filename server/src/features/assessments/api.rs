//! Assessments for programs: the buyer's side.

use super::dto::{Assessment, AssessmentBody, DueBody, NewLink, ReviewBody, Step, Wanted, day};
use crate::actions::{chase, issue as issuing, review};
use crate::error::{AppError, Result};
use crate::platform::Platform;
use crate::repo::assessments::Filter;
use crate::repo::{self, BuyerScope};
use crate::web::actor::{May, may};
use crate::web::api::{Body, IfMatch, Made, Tagged};
use crate::web::failure::ProblemDocument;
use crate::web::paging::{Cursor, Items};
use crate::web::path::Id;
use axum::Json;
use axum::extract::State;
use axum_extra::extract::Query;
use domain::ids::{AssessmentId, EngagementId, VendorId};
use domain::judging::due::earliest_running;
use domain::problem::Problem;

/// Lists assessments in the order in which they were made.
#[utoipa::path(get, path = "/assessments", tag = "assessments", params(Wanted),
    responses((status = 200, body = Items<Assessment>), (status = 422, body = ProblemDocument)))]
pub(super) async fn list(
    State(platform): State<Platform>,
    caller: May<may::ReadOwn>,
    Query(wanted): Query<Wanted>,
) -> Result<Json<Items<Assessment>>> {
    let (db, scope, now) = (platform.db.read(), caller.scope(), platform.clock.now());
    let state = wanted.state.as_ref().map(|state| state.parse().map_err(|_| Problem::new("state", "unknown")));
    let filter = Filter {
        state: state.transpose()?,
        vendor: wanted.vendor.map(VendorId),
        engagement: wanted.engagement.map(EngagementId),
        due_before: wanted.late.then(|| earliest_running(now)),
    };
    let cursor = Cursor { limit: wanted.limit, cursor: wanted.cursor };
    let limit = cursor.limit(platform.config.limits.api_page_rows);
    let rows = repo::assessments::page(db, scope, filter, cursor.after()?, limit + 1).await?;
    let ids: Vec<AssessmentId> = rows.iter().map(|row| AssessmentId(row.id)).collect();
    let messages = repo::messages::of_assessments(db, scope, &ids).await?;
    let page = Items::of(rows, limit, |row| row.id, |row| Assessment::of(row, messages.iter(), now));
    Ok(Json(Items { items: page.items.into_iter().collect::<Result<_>>()?, next: page.next }))
}

async fn one(platform: &Platform, scope: BuyerScope, id: AssessmentId) -> Result<Assessment> {
    let db = platform.db.read();
    let row = repo::assessments::get(db, &scope, id).await?.ok_or(AppError::NotFound)?;
    let messages = repo::messages::of_assessments(db, scope, &[id]).await?;
    Assessment::of(row, messages.iter(), platform.clock.now())
}

async fn tagged(platform: &Platform, scope: BuyerScope, id: AssessmentId) -> Result<Tagged<Assessment>> {
    let assessment = one(platform, scope, id).await?;
    Ok(Tagged(assessment.revision, assessment))
}

/// Prepares an assessment, and issues it when `issue` is true.
#[utoipa::path(post, path = "/assessments", tag = "assessments", request_body = AssessmentBody,
    params(("Idempotency-Key" = Option<String>, Header, description = "Repeated with the same key, it acts once")),
    responses((status = 201, body = Assessment), (status = 422, body = ProblemDocument)))]
pub(super) async fn add(
    State(platform): State<Platform>,
    caller: May<may::Issue>,
    Body(body): Body<AssessmentBody>,
) -> Result<Made<Assessment>> {
    let (input, at_once) = body.parsed()?;
    let by = caller.buyer();
    let id = if at_once {
        issuing::draft_and_issue(&platform, &by, &input).await?
    } else {
        issuing::draft(&platform, &by, &input).await?
    };
    Ok(Made(format!("/api/v1/assessments/{id}"), one(&platform, caller.scope(), id).await?))
}

/// Shows an assessment.
#[utoipa::path(get, path = "/assessments/{assessment}", tag = "assessments", params(("assessment" = Uuid, Path)),
    responses((status = 200, body = Assessment), (status = 404, body = ProblemDocument)))]
pub(super) async fn show(
    State(platform): State<Platform>,
    caller: May<may::ReadOwn>,
    Id(id): Id<AssessmentId>,
) -> Result<Tagged<Assessment>> {
    tagged(&platform, caller.scope(), id).await
}

/// Issues a draft: the questionnaire is frozen, and the contact is asked.
#[utoipa::path(post, path = "/assessments/{assessment}/issue", tag = "assessments", params(("assessment" = Uuid, Path)),
    responses((status = 200, body = Assessment), (status = 409, body = ProblemDocument)))]
pub(super) async fn issue(
    State(platform): State<Platform>,
    caller: May<may::Issue>,
    Id(id): Id<AssessmentId>,
) -> Result<Tagged<Assessment>> {
    issuing::issue(&platform, &caller.buyer(), id).await?;
    tagged(&platform, caller.scope(), id).await
}

/// Reminds the contact, with a further link.
#[utoipa::path(post, path = "/assessments/{assessment}/remind", tag = "assessments",
    params(("assessment" = Uuid, Path),
        ("Idempotency-Key" = Option<String>, Header, description = "Repeated with the same key, it acts once")),
    responses((status = 200, body = Assessment), (status = 409, body = ProblemDocument)))]
pub(super) async fn remind(
    State(platform): State<Platform>,
    caller: May<may::Issue>,
    Id(id): Id<AssessmentId>,
) -> Result<Tagged<Assessment>> {
    chase::remind(&platform, &caller.buyer(), id).await?;
    tagged(&platform, caller.scope(), id).await
}

/// Moves the due date.
#[utoipa::path(post, path = "/assessments/{assessment}/extend", tag = "assessments", request_body = DueBody,
    params(("assessment" = Uuid, Path),
        ("If-Match" = Option<String>, Header, description = "The revision that was seen")),
    responses((status = 200, body = Assessment), (status = 409, body = ProblemDocument),
        (status = 412, body = ProblemDocument), (status = 422, body = ProblemDocument)))]
pub(super) async fn extend(
    State(platform): State<Platform>,
    caller: May<may::Issue>,
    Id(id): Id<AssessmentId>,
    IfMatch(revision): IfMatch,
    Body(body): Body<DueBody>,
) -> Result<Tagged<Assessment>> {
    let due_on = day("due_on", &body.due_on)?;
    chase::extend(&platform, &caller.buyer(), id, due_on, revision).await?;
    tagged(&platform, caller.scope(), id).await
}

/// Withdraws the request; its links stop working at once.
#[utoipa::path(post, path = "/assessments/{assessment}/recall", tag = "assessments", params(("assessment" = Uuid, Path)),
    responses((status = 200, body = Assessment), (status = 409, body = ProblemDocument)))]
pub(super) async fn recall(
    State(platform): State<Platform>,
    caller: May<may::Issue>,
    Id(id): Id<AssessmentId>,
) -> Result<Tagged<Assessment>> {
    chase::recall(&platform, &caller.buyer(), id).await?;
    tagged(&platform, caller.scope(), id).await
}

/// Makes a further link for the contact and shows it, this once.
#[utoipa::path(post, path = "/assessments/{assessment}/links", tag = "assessments", params(("assessment" = Uuid, Path)),
    responses((status = 201, body = NewLink), (status = 409, body = ProblemDocument)))]
pub(super) async fn links(
    State(platform): State<Platform>,
    caller: May<may::Issue>,
    Id(id): Id<AssessmentId>,
) -> Result<Made<NewLink>> {
    let url = chase::copy_link(&platform, &caller.buyer(), id).await?;
    Ok(Made(format!("/api/v1/assessments/{id}"), NewLink { url }))
}

/// Takes a step of the review: take in review, give named questions back, mark reviewed, close.
#[utoipa::path(post, path = "/assessments/{assessment}/reviews", tag = "assessments", request_body = ReviewBody,
    params(("assessment" = Uuid, Path)),
    responses((status = 200, body = Assessment), (status = 409, body = ProblemDocument),
        (status = 422, body = ProblemDocument)))]
pub(super) async fn reviews(
    State(platform): State<Platform>,
    caller: May<may::Review>,
    Id(id): Id<AssessmentId>,
    Body(body): Body<ReviewBody>,
) -> Result<Tagged<Assessment>> {
    let by = caller.buyer();
    match body.step {
        Step::Take => review::take(&platform, &by, id).await?,
        Step::Finish => review::finish(&platform, &by, id).await?,
        Step::Close => review::close(&platform, &by, id).await?,
        Step::Return => {
            let due_on = body.due_on.as_ref().map(|text| day("due_on", text)).transpose()?;
            review::give_back(&platform, &by, id, &body.questions, due_on).await?;
        }
    }
    tagged(&platform, caller.scope(), id).await
}
