//! What was answered to the question that a finding is about: the answer that it came from, and what is said since.

use crate::actions::judging::case::said_in;
use crate::actions::submit::{SnapshotAnswer, snapshot_of};
use crate::error::Result;
use crate::platform::Platform;
use crate::platform::published::Version;
use super::MOST_CYCLES;
use crate::repo::{self, BuyerScope};
use domain::ids::{AssessmentId, EngagementId, TemplateVersionId};
use entity::finding;
use sea_orm::ConnectionTrait;
use std::cmp::Reverse;
use std::sync::Arc;
use time::OffsetDateTime;

/// An answer as it was submitted.
#[derive(Clone, Debug)]
pub struct Answered {
    /// In which assessment.
    pub assessment: AssessmentId,
    /// What it asked.
    pub version: Arc<Version>,
    /// When.
    pub submitted_at: OffsetDateTime,
    /// What was said.
    pub answer: SnapshotAnswer,
    /// The hash of what was said, as findings and reviews carry it.
    pub sha256: String,
}

/// The answers to the question of a finding.
#[derive(Clone, Debug, Default)]
pub struct Answers {
    /// The one that it is about; none where nothing was said.
    pub own: Option<Answered>,
    /// The newest one, where it is another.
    pub since: Option<Answered>,
}

impl Answers {
    /// The hash of what is said now; none where nothing was ever said.
    pub fn newest_sha256(&self) -> Option<&str> {
        self.since.as_ref().or(self.own.as_ref()).map(|answered| answered.sha256.as_str())
    }
}

/// Looks for the answers to a finding's question among all that was submitted about its engagement.
///
/// # Errors
/// When the database fails.
pub async fn answers(
    platform: &Platform,
    db: &impl ConnectionTrait,
    scope: BuyerScope,
    row: &finding::Model,
) -> Result<Answers> {
    let Some(question) = &row.question_id else { return Ok(Answers::default()) };
    let mut found = Vec::new();
    let about = EngagementId(row.engagement_id);
    for assessment in repo::assessments::submitted_about(db, scope, about, MOST_CYCLES).await? {
        let version = TemplateVersionId(assessment.template_version_id);
        let version = platform.published.get(db, &scope, version).await?;
        if version.document.question(question).is_none() {
            continue;
        }
        let id = AssessmentId(assessment.id);
        for submission in repo::submissions::all(db, &scope, id).await? {
            let snapshot = snapshot_of(&submission)?;
            let said = said_in(&snapshot).remove(question);
            let answer = snapshot.answers.into_iter().find(|answer| answer.question == *question);
            let (Some(said), Some(answer)) = (said, answer) else { continue };
            let (version, submitted_at) = (version.clone(), submission.submitted_at);
            found.push(Answered { assessment: id, version, submitted_at, answer, sha256: said.sha256() });
        }
    }
    found.sort_by_key(|answered| Reverse(answered.submitted_at));
    let is_own = |answered: &&Answered| row.assessment_id == Some(answered.assessment.0);
    let own = match &row.answer_sha256 {
        Some(sha256) => {
            let same = || found.iter().filter(|answered| answered.sha256 == *sha256);
            same().find(is_own).or_else(|| same().next())
        }
        // Raised before anything was submitted: what came of it in its own assessment.
        None => found.iter().find(is_own),
    };
    let newest = found.first();
    let since = newest.filter(|newest| own.is_none_or(|own| own.sha256 != newest.sha256));
    Ok(Answers { own: own.cloned(), since: since.cloned() })
}
