//! What a score would be, as JSON.

use super::api::ScoreOutput;
use crate::actions::judging::what_if::supposed;
use crate::error::{AppError, Result};
use crate::platform::Platform;
use crate::web::actor::{May, may};
use crate::web::api::Body;
use crate::web::failure::ProblemDocument;
use crate::web::path::Id;
use axum::Json;
use axum::extract::State;
use domain::ids::AssessmentId;
use domain::judging::what_if::Supposed;
use domain::problem::Problem;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

/// A score as it is and as it would be.
#[derive(Debug, Serialize, ToSchema)]
pub struct MoveDocument {
    /// As it is.
    #[schema(value_type = ScoreOutput)]
    before: Value,
    /// As it would be.
    #[schema(value_type = ScoreOutput)]
    after: Value,
    /// Questions that would be asked and are not.
    shown: Vec<String>,
    /// Questions that are asked and would not be.
    hidden: Vec<String>,
}

/// What the score would be if answers, evidence or the profile were otherwise. Nothing is kept.
///
/// The body names questions and factors: `{"questions": {"A.2.2-1": {"reply": {"kind": "choice", "option": "current"},
/// "level": "verified"}}, "profile": {"autonomy": "advises"}}`; what is absent stays as it is. Of a question: `reply`, as answers
/// are given, or `unanswered: true`; `level` (`claimed`, `documented`, `verified`) for new evidence, with the day `effective_on`
/// from which it counts, today where absent; or `evidence` (`accepted`, `refused`, `contradicts`), what a reviewer finds of the
/// files that are attached; `na_accepted`, whether a reviewer agrees that it does not apply.
#[utoipa::path(
    post,
    path = "/assessments/{assessment}/what-if",
    tag = "scores",
    params(("assessment" = Uuid, Path)),
    request_body(content = Object),
    responses(
        (status = 200, body = MoveDocument),
        (status = 404, body = ProblemDocument, content_type = "application/problem+json"),
        (status = 409, description = "Unscored", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 422, body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub(super) async fn what_if(
    may: May<may::ReadOwn>,
    State(platform): State<Platform>,
    Id(id): Id<AssessmentId>,
    Body(body): Body<Value>,
) -> Result<Json<MoveDocument>> {
    let wanted: Supposed = serde_json::from_value(body)
        .map_err(|wrong| AppError::from(Problem::new("", "not-the-json-expected").with("reason", wrong)))?;
    let (_, moved) = supposed(&platform, may.scope(), id, &wanted).await?;
    Ok(Json(MoveDocument {
        before: serde_json::to_value(&moved.before.output)?,
        after: serde_json::to_value(&moved.after.output)?,
        shown: moved.shown,
        hidden: moved.hidden,
    }))
}
