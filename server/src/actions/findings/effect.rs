//! What closing findings would do to the score, by the scoring function itself.

use crate::actions::judging::Judged;
use crate::error::{AppError, Result};
use crate::platform::Platform;
use crate::repo::{self, BuyerScope};
use domain::ids::{AssessmentId, EngagementId};
use domain::judging::finding::if_closed;
use domain::scoring::{Output, Question, State};
use std::collections::BTreeSet;

/// The score as it is and as it would be.
#[derive(Clone, Debug)]
pub struct Effect {
    /// As it is.
    pub before: Output,
    /// If the findings were closed.
    pub after: Output,
    /// Questions among them that are not scored there.
    pub unscored: BTreeSet<String>,
    /// None of their questions is scored, so that nothing moves.
    pub is_unscored: bool,
}

/// The effect of closing a finding of a question on what the newest submitted assessment of its engagement scores; none where
/// that is unscored, or nothing was submitted.
///
/// # Errors
/// When the database fails.
pub async fn effect(
    platform: &Platform,
    scope: BuyerScope,
    engagement: EngagementId,
    question: &str,
) -> Result<Option<Effect>> {
    effects_together(platform, scope, engagement, &BTreeSet::from([question])).await
}

/// The effect of closing findings of several questions together: one's depends on the others'.
///
/// # Errors
/// When the database fails.
pub async fn effects_together(
    platform: &Platform,
    scope: BuyerScope,
    engagement: EngagementId,
    questions: &BTreeSet<&str>,
) -> Result<Option<Effect>> {
    // A finding outlives the assessment that it comes from: what counts is what is scored now.
    let newest = repo::assessments::submitted_last(platform.db.read(), scope, engagement).await?;
    let Some(newest) = newest else { return Ok(None) };
    let judged = match Judged::read(platform, platform.db.read(), scope, AssessmentId(newest.id)).await {
        Ok(judged) => judged,
        Err(AppError::NotFound) => return Ok(None),
        Err(other) => return Err(other),
    };
    let Ok(scored) = judged.case(platform.clock.today()).score(&judged.parsed) else { return Ok(None) };
    let after = if_closed(&judged.parsed, &scored.input, questions).map_err(AppError::internal)?;
    let counts = |id: &str| {
        let is_it = |question: &&Question| question.id == id;
        scored.input.questions.iter().find(is_it).is_some_and(|question| {
            question.weight > 0.0 && !matches!(question.state, State::Hidden | State::NaAccepted)
        })
    };
    let unscored: BTreeSet<String> = questions.iter().filter(|id| !counts(id)).map(|id| (*id).to_owned()).collect();
    let is_unscored = unscored.len() == questions.len();
    Ok(Some(Effect { before: scored.output, after, unscored, is_unscored }))
}
