//! What closing findings would do to the score, by the scoring function itself.

use crate::actions::judging::Judged;
use crate::error::{AppError, Result};
use crate::platform::Platform;
use crate::repo::BuyerScope;
use domain::ids::AssessmentId;
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
    /// None of their questions is scored, so that nothing moves.
    pub is_unscored: bool,
}

/// The effect of closing a finding of a question; none where the engagement is unscored.
///
/// # Errors
/// When the database fails.
pub async fn effect(
    platform: &Platform,
    scope: BuyerScope,
    assessment: AssessmentId,
    question: &str,
) -> Result<Option<Effect>> {
    effects_together(platform, scope, assessment, &BTreeSet::from([question])).await
}

/// The effect of closing findings of several questions together: one's depends on the others'.
///
/// # Errors
/// When the database fails.
pub async fn effects_together(
    platform: &Platform,
    scope: BuyerScope,
    assessment: AssessmentId,
    questions: &BTreeSet<&str>,
) -> Result<Option<Effect>> {
    let judged = match Judged::read(platform, platform.db.read(), scope, assessment).await {
        Ok(judged) => judged,
        Err(AppError::NotFound) => return Ok(None),
        Err(other) => return Err(other),
    };
    let Ok(scored) = judged.case(platform.clock.today()).score(&judged.parsed) else { return Ok(None) };
    let after = if_closed(&judged.parsed, &scored.input, questions).map_err(AppError::internal)?;
    let counts = |question: &Question| {
        question.weight > 0.0
            && !matches!(question.state, State::Hidden | State::NaAccepted)
            && questions.contains(question.id.as_str())
    };
    let is_unscored = !scored.input.questions.iter().any(counts);
    Ok(Some(Effect { before: scored.output, after, is_unscored }))
}
