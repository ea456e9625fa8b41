//! Scores of a step, computed on as many threads as there are.

use super::step::Batch;
use crate::actions::judging::case::{review_of, said_in};
use crate::actions::questionnaire::profile_of;
use crate::actions::score::Kept;
use crate::actions::submit::snapshot_of;
use crate::error::{AppError, Result};
use crate::platform::published::Version;
use crate::repo::scores::Bare;
use domain::judging::case::{Case, Scored};
use domain::scoring::{Override, Policy};
use entity::{answer_review, assessment, engagement, submission};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::thread::available_parallelism;
use time::Date;
use uuid::Uuid;

/// An engagement of a step, with what its score is computed from where it has one.
pub(super) struct Work {
    /// The engagement.
    pub engagement: engagement::Model,
    /// What its newest submission is scored from; none where no score of it is stored.
    pub case: Option<Stored>,
}

/// A stored score with what it is computed anew from.
pub(super) struct Stored {
    pub score: Bare,
    pub assessment: assessment::Model,
    pub submission: submission::Model,
    pub version: Arc<Version>,
    pub reviews: Vec<answer_review::Model>,
    pub profile: BTreeMap<String, String>,
    pub overrides: Vec<Override>,
}

/// What came of an engagement.
pub(super) struct Done {
    pub engagement: Uuid,
    /// The score, with the stored one; none where there is nothing to score.
    pub scored: Option<Anew>,
}

/// A score computed anew.
pub(super) struct Anew {
    pub earlier: Bare,
    pub assessment: Uuid,
    pub submission: Uuid,
    pub kept: Kept,
    pub residual: f64,
    pub rating: String,
    pub inputs_sha256: String,
}

impl Anew {
    /// The stored score says on another day what this one says: by the same policy, from the same input but for the day,
    /// with the same result to the last line. It needs no row.
    pub(super) fn is_same(&self, policy: Uuid) -> bool {
        self.earlier.policy_id == policy
            && self.earlier.submission_id == self.submission
            && self.earlier.input_sha256 == self.kept.input_sha256
            && self.earlier.figures_sha256 == self.kept.figures_sha256
    }
}

/// A step that is scored.
pub(super) struct Worked {
    pub batch: Head,
    pub done: Vec<Done>,
}

/// A step without its engagements.
pub(super) struct Head {
    pub after: Option<Uuid>,
    pub last: Option<Uuid>,
    pub is_last: bool,
    pub as_of: Date,
    pub policy: Uuid,
}

/// Computes the scores of a step.
pub(super) async fn work(batch: Batch) -> Result<Worked> {
    let Batch { head, policy, mut work } = batch;
    let threads = available_parallelism().map_or(1, usize::from);
    let share = work.len().div_ceil(threads).max(1);
    let mut parts = Vec::new();
    while !work.is_empty() {
        let part = work.split_off(work.len().saturating_sub(share));
        let (policy, as_of) = (Arc::clone(&policy), head.as_of);
        parts.push(tokio::task::spawn_blocking(move || {
            part.into_iter().map(|one| done(&policy, as_of, one)).collect::<Result<Vec<Done>>>()
        }));
    }
    let mut done = Vec::new();
    for part in parts {
        done.extend(part.await.map_err(AppError::internal)??);
    }
    Ok(Worked { batch: head, done })
}

fn done(policy: &Policy, as_of: Date, work: Work) -> Result<Done> {
    let scored = work.case.map(|stored| anew(policy, as_of, stored)).transpose()?.flatten();
    Ok(Done { engagement: work.engagement.id, scored })
}

/// The score; none where the profile lacks a factor, or says what the policy does not know.
fn anew(policy: &Policy, as_of: Date, stored: Stored) -> Result<Option<Anew>> {
    let mut reviews = BTreeMap::new();
    for row in stored.reviews {
        // The oldest first, so the newest of each question stays.
        reviews.insert(row.question_id.clone(), review_of(row)?);
    }
    let case = Case {
        document: &stored.version.document,
        said: said_in(&snapshot_of(&stored.submission)?),
        reviews,
        asked_with: profile_of(&stored.assessment),
        profile: stored.profile,
        overrides: stored.overrides,
        certificates: Vec::new(),
        as_of,
    };
    let Ok(Scored { text, output, .. }) = case.score(policy) else { return Ok(None) };
    Ok(Some(Anew {
        earlier: stored.score,
        assessment: stored.assessment.id,
        submission: stored.submission.id,
        kept: Kept::of(&text, &output)?,
        residual: output.residual,
        rating: output.rating,
        inputs_sha256: output.inputs_sha256,
    }))
}
