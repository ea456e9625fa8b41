//! Scores and policies as JSON.

use super::read::{Asked, Found, read};
use crate::actions::score::{self, Scored};
use crate::error::{AppError, Result};
use crate::platform::Platform;
use crate::repo;
use crate::repo::scores::Bare;
use crate::web::actor::{May, may};
use crate::web::api::Made;
use crate::web::failure::ProblemDocument;
use crate::web::moment::rfc3339;
use crate::web::path::Id;
use axum::Json;
use axum::extract::State;
use axum_extra::extract::Query;
use domain::ids::{AssessmentId, ScoreId, VendorId};
use entity::engagement_standing;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::{BTreeMap, HashMap};
use utoipa::ToSchema;
use uuid::Uuid;

/// Which score.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Which {
    /// A stored score; computed anew where absent.
    score: Option<Uuid>,
    /// Computed as of that day, `2026-11-21`; today where absent.
    as_of: Option<String>,
}

/// An assessment's score.
#[derive(Debug, Serialize, ToSchema)]
pub struct ScoreDocument {
    /// The assessment.
    assessment: Uuid,
    /// `scored` or `unscored`, which is a state of its own and never a low score.
    state: &'static str,
    /// Factors that the engagement's profile lacks; empty when scored.
    missing: Vec<String>,
    /// The stored score; null when computed just now.
    score: Option<Uuid>,
    /// The submission that was scored; null while answers are still being given.
    submission: Option<Uuid>,
    /// The policy, as the organisation holds it.
    policy: Option<Uuid>,
    /// The score; null when unscored.
    #[schema(value_type = Option<ScoreOutput>)]
    output: Option<Value>,
    /// The input, with which and the policy `candor score` gives the same output again.
    #[schema(value_type = Option<Object>)]
    input: Option<Value>,
}

/// A score, as `candor score --json` gives it.
#[derive(Debug, Serialize, ToSchema)]
pub struct ScoreOutput {
    /// Version of the method.
    method: u32,
    /// The policy.
    policy: OutputPolicy,
    /// `2026-11-21`.
    as_of: String,
    /// Over the canonical form of input and policy.
    inputs_sha256: String,
    /// 0..100.
    residual: f64,
    /// 0..100.
    best_case: f64,
    /// The domain with the largest residual risk.
    driver: String,
    /// The band of the residual risk.
    band: String,
    /// The worst of the band and the floors.
    rating: String,
    /// 0..1.
    completeness: f64,
    /// 0..1.
    confidence: f64,
    /// Those that fired.
    knock_outs: Vec<OutputKnockOut>,
    /// All seven.
    domains: Vec<OutputDomain>,
    /// Those asked about.
    controls: Vec<OutputControl>,
    /// What each answer takes off.
    contributions: Vec<OutputContribution>,
    /// What would help most.
    opportunities: Vec<OutputOpportunity>,
}

/// The policy of a score.
#[derive(Debug, Serialize, ToSchema)]
pub struct OutputPolicy {
    /// Its id.
    id: String,
    /// Its version.
    version: u64,
}

/// A knock-out that fired.
#[derive(Debug, Serialize, ToSchema)]
pub struct OutputKnockOut {
    /// Its id.
    id: String,
    /// The rating it sets at least.
    floor: String,
    /// The questions that fell short.
    questions: Vec<String>,
}

/// A domain of a score.
#[derive(Debug, Serialize, ToSchema)]
pub struct OutputDomain {
    /// Its id.
    domain: String,
    /// 1..5.
    severity: u8,
    /// 1..5.
    likelihood: u8,
    /// What the profile alone gives.
    computed: OutputComputed,
    /// 4..100.
    inherent: f64,
    /// 0..1.
    effectiveness: f64,
    /// 0..1.
    coverage: f64,
    /// 0..100.
    residual: f64,
    /// The band of the residual.
    band: String,
}

/// Severity and likelihood from the profile.
#[derive(Debug, Serialize, ToSchema)]
pub struct OutputComputed {
    /// 1..5.
    severity: u8,
    /// 1..5.
    likelihood: u8,
}

/// A control of a score.
#[derive(Debug, Serialize, ToSchema)]
pub struct OutputControl {
    /// Its id.
    control: String,
    /// 0..1.
    effectiveness: f64,
    /// Of the applicable questions.
    weight: f64,
}

/// What an answer takes off.
#[derive(Debug, Serialize, ToSchema)]
pub struct OutputContribution {
    /// In which domain.
    domain: String,
    /// Through which control.
    control: String,
    /// The question.
    question: String,
    /// In points of risk.
    reduction: f64,
}

/// What a better answer would take off the driver.
#[derive(Debug, Serialize, ToSchema)]
pub struct OutputOpportunity {
    /// The question.
    question: String,
    /// In points of risk.
    reduction: f64,
}

/// The score of an assessment, computed as of a day or as it was stored.
#[utoipa::path(
    get,
    path = "/assessments/{assessment}/score",
    tag = "scores",
    params(("assessment" = Uuid, Path), Which),
    responses(
        (status = 200, body = ScoreDocument),
        (status = 404, body = ProblemDocument, content_type = "application/problem+json"),
        (status = 422, body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub(super) async fn score(
    may: May<may::ReadOwn>,
    State(platform): State<Platform>,
    Id(id): Id<AssessmentId>,
    which: Query<Which>,
) -> Result<Json<ScoreDocument>> {
    let asked = Asked { score: which.score.map(ScoreId), as_of: which.0.as_of, domain: None };
    Ok(Json(document(&platform, &may, id, &asked).await?))
}

async fn document<P: Send + Sync>(
    platform: &Platform,
    may: &May<P>,
    id: AssessmentId,
    asked: &Asked,
) -> Result<ScoreDocument> {
    match read(platform, may.caller.scope(), id, asked).await? {
        Found::Unscored { missing, .. } => Ok(ScoreDocument {
            assessment: id.0,
            state: "unscored",
            missing,
            score: None,
            submission: None,
            policy: None,
            output: None,
            input: None,
        }),
        Found::Scored(read) => Ok(ScoreDocument {
            assessment: id.0,
            state: "scored",
            missing: Vec::new(),
            score: read.stored.as_ref().map(|stored| stored.id.0),
            submission: read.submission.as_ref().map(|row| row.id),
            policy: Some(read.policy.id),
            output: Some(serde_json::to_value(&read.output)?),
            input: Some(serde_json::from_str(&read.input)?),
        }),
    }
}

/// Stores the score of the newest submission, with its canonical input.
#[utoipa::path(
    post,
    path = "/assessments/{assessment}/score",
    tag = "scores",
    params(("assessment" = Uuid, Path), ("Idempotency-Key" = Option<String>, Header)),
    responses(
        (status = 201, body = ScoreDocument),
        (status = 403, body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, body = ProblemDocument, content_type = "application/problem+json"),
        (status = 409, description = "Unscored, or nothing was submitted yet", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub(super) async fn store(
    may: May<may::Score>,
    State(platform): State<Platform>,
    Id(id): Id<AssessmentId>,
) -> Result<Made<ScoreDocument>> {
    match score::store(&platform, &may.buyer(), id).await? {
        Scored::Unscored { .. } => Err(AppError::NotNow("unscored")),
        Scored::Yes(_) => {
            let rows = repo::scores::of_assessment(platform.db.read(), may.scope(), id).await?;
            let newest = rows.first().ok_or(AppError::NotFound)?;
            let asked = Asked { score: Some(ScoreId(newest.id)), ..Asked::default() };
            let place = format!("/api/v1/assessments/{id}/score?score={}", newest.id);
            Ok(Made(place, document(&platform, &may, id, &asked).await?))
        }
    }
}

/// How a vendor is scored, by engagement.
#[derive(Debug, Serialize, ToSchema)]
pub struct VendorScores {
    /// The vendor.
    vendor: Uuid,
    /// By engagement; null where none is stored.
    engagements: Vec<EngagementScore>,
}

/// How a vendor is scored in an engagement.
#[derive(Debug, Serialize, ToSchema)]
pub struct EngagementScore {
    /// The engagement.
    engagement: Uuid,
    /// Its name.
    name: String,
    /// The newest stored score of the questionnaire that was submitted last; null where none is stored.
    newest: Option<StoredScore>,
}

/// A stored score, in short.
#[derive(Debug, Serialize, ToSchema)]
pub struct StoredScore {
    /// Its id.
    score: Uuid,
    /// The assessment that was scored.
    assessment: Uuid,
    /// `2026-11-21`.
    as_of: String,
    /// When it was stored.
    created_at: String,
    /// 0..100.
    residual: f64,
    /// 0..100.
    best_case: f64,
    /// The rating.
    rating: String,
    /// The domain that drives it.
    driver: String,
    /// 0..1.
    completeness: f64,
    /// 0..1.
    confidence: f64,
}

/// By engagement with a vendor: the newest stored score of the questionnaire that was submitted last, of those that are
/// scored.
#[utoipa::path(
    get,
    path = "/vendors/{vendor}/score",
    tag = "scores",
    params(("vendor" = Uuid, Path)),
    responses(
        (status = 200, body = VendorScores),
        (status = 404, body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub(super) async fn of_vendor(
    may: May<may::ReadOwn>,
    State(platform): State<Platform>,
    Id(vendor): Id<VendorId>,
) -> Result<Json<VendorScores>> {
    let (db, scope) = (platform.db.read(), may.scope());
    repo::vendors::get(db, scope, vendor).await?.ok_or(AppError::NotFound)?;
    let engagements = repo::vendors::engagements(db, scope, Some(vendor)).await?;
    let standings = repo::standings::of_vendors(db, scope, &[vendor]).await?;
    let scores = repo::scores::of_ids(db, scope, standings.iter().filter_map(|standing| standing.score_id)).await?;
    let scores: HashMap<Uuid, Bare> = scores.into_iter().map(|row| (row.id, row)).collect();
    let stored = |standing: engagement_standing::Model| {
        let row = scores.get(&standing.score_id?)?;
        Some(StoredScore {
            score: row.id,
            assessment: row.assessment_id,
            as_of: domain::answer::iso_date::write(row.as_of),
            created_at: rfc3339(row.created_at),
            residual: row.residual,
            best_case: standing.best_case?,
            rating: row.rating.clone(),
            driver: standing.driver?,
            completeness: standing.completeness?,
            confidence: standing.confidence?,
        })
    };
    let mut newest: BTreeMap<Uuid, StoredScore> =
        standings.into_iter().filter_map(|standing| Some((standing.engagement_id, stored(standing)?))).collect();
    let engagements = engagements.into_iter().map(|row| EngagementScore {
        newest: newest.remove(&row.id),
        engagement: row.id,
        name: row.name,
    });
    Ok(Json(VendorScores { vendor: vendor.0, engagements: engagements.collect() }))
}
