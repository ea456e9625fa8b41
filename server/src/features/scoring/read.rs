//! What a score page is about: a score that was stored, or one computed as of a day, with what was said.

use crate::actions::questionnaire::{Opened, profile_of};
use crate::actions::score::{self, Scored};
use crate::actions::submit::snapshot_of;
use crate::error::{AppError, Result};
use crate::platform::Platform;
use crate::platform::published::Version;
use crate::repo::{self, BuyerScope};
use domain::answer::{Reply, iso_date, visibility};
use domain::ids::{AssessmentId, EngagementId, PolicyId, ScoreId, VendorId};
use domain::problem::Problem;
use domain::scoring::{Documents, Output};
use entity::{assessment, engagement, policy, submission};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::sync::Arc;
use time::{Date, OffsetDateTime};

/// Which score is asked for.
#[derive(Clone, Debug, Default, Deserialize)]
pub(super) struct Asked {
    /// A stored one.
    pub score: Option<ScoreId>,
    /// Computed as of that day; today where absent.
    pub as_of: Option<String>,
    /// The domain whose waterfall is shown; the driver's where absent.
    pub domain: Option<String>,
}

impl Asked {
    /// The day as of which to compute.
    pub fn day(&self, today: Date) -> Result<Date> {
        let Some(text) = self.as_of.as_deref().map(str::trim).filter(|text| !text.is_empty()) else { return Ok(today) };
        let wrong = |code: &str| {
            AppError::from(Problem::new("as_of", code).with("given", text.chars().take(40).collect::<String>()))
        };
        let day = iso_date::read(text).map_err(|_| wrong("not-a-date"))?;
        if (1900..=2200).contains(&day.year()) { Ok(day) } else { Err(wrong("date-out-of-range")) }
    }
}

/// What every page about an assessment's score names.
pub(super) struct About {
    pub assessment: assessment::Model,
    pub vendor: String,
    pub engagement: engagement::Model,
    pub version: Arc<Version>,
}

/// A score that was stored.
pub(super) struct Stored {
    pub id: ScoreId,
    pub at: OffsetDateTime,
    /// Whether the input kept beside it gives the very same score again.
    pub holds: bool,
}

/// A score with everything that explains it.
pub(super) struct Read {
    pub about: About,
    pub policy: policy::Model,
    pub documents: Documents,
    /// The input, canonical.
    pub input: String,
    pub output: Output,
    pub stored: Option<Stored>,
    pub submission: Option<submission::Model>,
    pub replies: BTreeMap<String, Reply>,
    /// Questions that are not asked, each with those whose answers hid it.
    pub hidden: BTreeMap<String, Vec<String>>,
}

/// What there is to show.
pub(super) enum Found {
    /// A score.
    Scored(Box<Read>),
    /// Factors of the profile are missing.
    Unscored { about: Box<About>, missing: Vec<String> },
}

/// Reads the score that is asked for.
pub(super) async fn read(platform: &Platform, scope: BuyerScope, id: AssessmentId, asked: &Asked) -> Result<Found> {
    let opened = Opened::read(platform, &scope, id).await?;
    let db = platform.db.read();
    let engagement = repo::vendors::engagement(db, scope, EngagementId(opened.assessment.engagement_id)).await?;
    let vendor = repo::vendors::get(db, scope, VendorId(opened.assessment.vendor_id)).await?;
    let about = About {
        assessment: opened.assessment,
        vendor: vendor.ok_or(AppError::NotFound)?.name,
        engagement: engagement.ok_or(AppError::NotFound)?,
        version: opened.version,
    };
    let (policy, input, output, stored, submission) = match asked.score {
        Some(score) => {
            let row = repo::scores::get(db, scope, score).await?.filter(|row| row.assessment_id == id.0);
            let row = row.ok_or(AppError::NotFound)?;
            let policy = repo::policies::get(db, scope, PolicyId(row.policy_id)).await?.ok_or(AppError::NotFound)?;
            let submissions = repo::submissions::all(db, &scope, id).await?;
            let submission = submissions.into_iter().find(|submission| submission.id == row.submission_id);
            let output: Output = serde_json::from_str(&row.output)?;
            let input = repo::scores::input(db, scope, &row).await?;
            (policy, input, output, Some((score, row.created_at)), submission)
        }
        None => match score::compute(platform, scope, id, asked.day(platform.clock.today())?).await? {
            Scored::Unscored { missing } => return Ok(Found::Unscored { about: Box::new(about), missing }),
            Scored::Yes(computed) => {
                let submission = repo::submissions::newest(db, &scope, id).await?;
                let submission = submission.filter(|row| computed.submission.is_some_and(|id| id.0 == row.id));
                (computed.policy, computed.input, computed.output, None, submission)
            }
        },
    };
    let documents = Documents::read(&policy.document, &input).map_err(AppError::internal)?;
    let replies = match &submission {
        Some(row) => {
            snapshot_of(row)?.answers.into_iter().filter_map(|answer| Some((answer.question, answer.reply?))).collect()
        }
        None => opened.replies,
    };
    let hidden = visibility(&about.version.document, &replies, &profile_of(&about.assessment)).hidden;
    let stored = stored.map(|(id, at)| Stored { id, at, holds: documents.score() == output });
    Ok(Found::Scored(Box::new(Read { about, policy, documents, input, output, stored, submission, replies, hidden })))
}
