//! The score of an assessment: the pure function of [`domain::scoring`] over a policy and what the vendor said.

use super::judging::{Judged, standing};
use super::{Act, Buyer, findings, index};
use crate::error::{AppError, Result};
use crate::platform::Platform;
use crate::repo::{self, BuyerScope};
use domain::ids::{AssessmentId, EngagementId, PolicyId, ScoreId, SubmissionId};
use domain::judging::case::{self, Unscored};
use domain::scoring::{self, Input, Output, figures_sha256, sha256, without_day};
use entity::{policy, score, score_input};
use sea_orm::Set;
use serde_json::json;
use time::Date;

/// What scoring an assessment gives.
#[derive(Debug)]
pub enum Scored {
    /// A score.
    Yes(Box<Computed>),
    /// Factors of the engagement's profile are missing: unscored, which is a state of its own and never a low score.
    Unscored {
        /// The factors that are missing.
        missing: Vec<String>,
    },
}

/// A score with what it was computed from.
#[derive(Debug)]
pub struct Computed {
    /// The policy's row.
    pub policy: policy::Model,
    /// The policy.
    pub parsed: scoring::Policy,
    /// The input, canonical, as it is kept beside a stored score.
    pub input: String,
    /// The input.
    pub given: Input,
    /// The score.
    pub output: Output,
    /// The submission that was scored; absent while answers are still being given.
    pub submission: Option<SubmissionId>,
    /// What the vendor is used for.
    pub engagement: EngagementId,
}

/// The texts of a score as they are stored, with the hashes over them.
#[derive(Debug)]
pub(super) struct Kept {
    /// The input without its day.
    pub rest: String,
    /// The hash over it.
    pub input_sha256: String,
    /// The output.
    pub output: String,
    /// The hash over its figures.
    pub figures_sha256: String,
}

impl Kept {
    /// Of a canonical input and what was computed from it.
    pub(super) fn of(input: &str, output: &Output) -> Result<Self> {
        let rest = without_day(input).ok_or_else(|| AppError::internal("an input without its day"))?.to_owned();
        let output = serde_json::to_string(output)?;
        let figures_sha256 = figures_sha256(&output).ok_or_else(|| AppError::internal("an output without figures"))?;
        Ok(Self { input_sha256: sha256(&rest), rest, figures_sha256, output })
    }

    /// The row of the input.
    pub(super) fn input(&self, scope: BuyerScope) -> score_input::ActiveModel {
        score_input::ActiveModel {
            organisation_id: Set(scope.organisation().0),
            sha256: Set(self.input_sha256.clone()),
            text: Set(self.rest.clone()),
        }
    }

    /// A stored score says the same, from the same.
    pub(super) fn is_said_by(&self, stored: &score::Model) -> bool {
        stored.input_sha256 == self.input_sha256 && stored.figures_sha256 == self.figures_sha256
    }
}

/// Computes a score without storing it: of the newest submission, or of the answers so far where there is none.
///
/// # Errors
/// [`AppError::NotFound`] when the organisation has no such assessment.
pub async fn compute(platform: &Platform, scope: BuyerScope, id: AssessmentId, as_of: Date) -> Result<Scored> {
    of_judged(Judged::read(platform, platform.db.read(), scope, id).await?, as_of)
}

/// The score of what is at hand.
pub(super) fn of_judged(judged: Judged, as_of: Date) -> Result<Scored> {
    let case::Scored { text, input, output } = match judged.case(as_of).score(&judged.parsed) {
        Ok(scored) => scored,
        Err(Unscored::Missing(missing)) => return Ok(Scored::Unscored { missing }),
        Err(Unscored::Refused(refusal)) => return Err(AppError::internal(refusal)),
    };
    let Judged { policy, parsed, submission, engagement, .. } = judged;
    let engagement = EngagementId(engagement.id);
    let submission = submission.map(|row| SubmissionId(row.id));
    Ok(Scored::Yes(Box::new(Computed { policy, parsed, input: text, given: input, output, submission, engagement })))
}

/// Computes and stores the score of the newest submission, with its canonical input.
///
/// # Errors
/// [`AppError::NotFound`] when the organisation has no such assessment; [`AppError::NotNow`] when nothing was submitted yet.
pub async fn store(platform: &Platform, by: &Buyer, id: AssessmentId) -> Result<Scored> {
    let mut act = Act::begin(platform).await?;
    // Held, so that answers, reviews, profile and overrides are no other ones when the score is stored. The policy is not: the
    // row names the one by which it was computed.
    let assessment = repo::assessments::hold(act.tx(), &by.scope, id).await?.ok_or(AppError::NotFound)?;
    let engagement = EngagementId(assessment.engagement_id);
    repo::vendors::hold_engagement(act.tx(), by.scope, engagement).await?.ok_or(AppError::NotFound)?;
    let judged = Judged::read(platform, act.tx(), by.scope, id).await?;
    let scored = of_judged(judged, platform.clock.today())?;
    let Scored::Yes(computed) = scored else { return Ok(scored) };
    let submission = computed.submission.ok_or(AppError::NotNow("in_progress"))?;
    if act.done_before(by).await?.is_some() {
        return Ok(Scored::Yes(computed));
    }
    let score: ScoreId = platform.clock.id();
    let kept = Kept::of(&computed.input, &computed.output)?;
    let input = kept.input(by.scope);
    let row = score::ActiveModel {
        id: Set(score.0),
        organisation_id: Set(by.scope.organisation().0),
        assessment_id: Set(id.0),
        submission_id: Set(submission.0),
        policy_id: Set(PolicyId(computed.policy.id).0),
        as_of: Set(computed.given.as_of),
        residual: Set(computed.output.residual),
        rating: Set(computed.output.rating.clone()),
        input_sha256: Set(kept.input_sha256),
        figures_sha256: Set(kept.figures_sha256),
        created_at: Set(act.now),
        output: Set(kept.output),
    };
    repo::scores::add(act.tx(), by.scope, row, input).await?;
    let details = json!({
        "score": score, "submission": submission, "policy": computed.output.policy, "residual": computed.output.residual,
        "rating": computed.output.rating, "inputs_sha256": computed.output.inputs_sha256,
    });
    act.record(&by.scope, by.actor, "assessment.scored", ("assessment", id.0), &details);
    findings::enqueue(&mut act, by.scope.organisation(), id).await?;
    index::enqueue_assessment(&mut act, id).await?;
    standing::refresh(&mut act, by.scope, engagement).await?;
    act.remember(by, score.0).await?;
    act.commit().await?;
    Ok(Scored::Yes(computed))
}
