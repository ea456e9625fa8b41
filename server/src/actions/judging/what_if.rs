//! What a score would be if something were otherwise. Nothing of it is kept.

use super::Judged;
use crate::error::{AppError, Result};
use crate::platform::Platform;
use crate::repo::BuyerScope;
use domain::ids::AssessmentId;
use domain::judging::case::Unscored;
use domain::judging::what_if::{Move, Refused, Supposed, what_if};

/// The score as it is and as it would be, with what it was computed from.
///
/// # Errors
/// [`AppError::NotFound`] when the scope reaches no such assessment; [`AppError::NotNow`] while the profile is not complete;
/// [`AppError::Invalid`] where what is supposed cannot be.
pub async fn supposed(
    platform: &Platform,
    scope: BuyerScope,
    id: AssessmentId,
    supposed: &Supposed,
) -> Result<(Judged, Move)> {
    let judged = Judged::read(platform, platform.db.read(), scope, id).await?;
    let moved = what_if(&judged.case(platform.clock.today()), &judged.parsed, supposed);
    match moved {
        Ok(moved) => Ok((judged, moved)),
        Err(Refused::Problems(problems)) => Err(problems.into()),
        Err(Refused::Unscored(Unscored::Missing(_))) => Err(AppError::NotNow("unscored")),
        Err(Refused::Unscored(Unscored::Refused(refusal))) => Err(AppError::internal(refusal)),
    }
}
