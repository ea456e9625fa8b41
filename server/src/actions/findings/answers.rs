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
use domain::judging::said::Said;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
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

/// The hash of what is said to a finding's question now: in the assessment of its engagement that was submitted last of those
/// that ask it, be it nothing. None for a finding without a question, and where none was submitted.
///
/// # Errors
/// When the database fails.
pub(super) async fn said_now(
    platform: &Platform,
    db: &impl ConnectionTrait,
    scope: BuyerScope,
    row: &finding::Model,
) -> Result<Option<String>> {
    let Some(question) = &row.question_id else { return Ok(None) };
    let about = EngagementId(row.engagement_id);
    for assessment in repo::assessments::submitted_about(db, scope, about, MOST_CYCLES).await? {
        let version = TemplateVersionId(assessment.template_version_id);
        let version = platform.published.get(db, &scope, version).await?;
        if version.document.question(question).is_none() {
            continue;
        }
        let newest = repo::submissions::newest(db, &scope, AssessmentId(assessment.id)).await?;
        let Some(newest) = newest else { continue };
        return Ok(Some(said_in(&snapshot_of(&newest)?).remove(question).unwrap_or_default().sha256()));
    }
    Ok(None)
}

/// By question: when an assessment first got what is said to it now, over the rounds that did not change it.
///
/// # Errors
/// When the database fails.
pub(super) async fn unchanged_since(
    db: &impl ConnectionTrait,
    scope: BuyerScope,
    assessment: AssessmentId,
    questions: &BTreeSet<&str>,
) -> Result<BTreeMap<String, OffsetDateTime>> {
    let mut since: BTreeMap<String, OffsetDateTime> = BTreeMap::new();
    if questions.is_empty() {
        return Ok(since);
    }
    let mut now: Option<BTreeMap<String, Said>> = None;
    let mut changed: BTreeSet<&str> = BTreeSet::new();
    // The newest first.
    for submission in repo::submissions::all(db, &scope, assessment).await? {
        let said = said_in(&snapshot_of(&submission)?);
        let now = now.get_or_insert_with(|| said.clone());
        for question in questions {
            if said.get(*question) != now.get(*question) {
                changed.insert(question);
            } else if !changed.contains(question) {
                since.insert((*question).to_owned(), submission.submitted_at);
            }
        }
    }
    Ok(since)
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
