//! What was answered to the question that a finding is about: the answer that it came from, and what is said since.

use super::MOST_CYCLES;
use crate::actions::judging::case::said_in;
use crate::actions::submit::{SnapshotAnswer, snapshot_of};
use crate::error::Result;
use crate::platform::Platform;
use crate::platform::published::Version;
use crate::repo::submissions::Moment;
use crate::repo::{self, BuyerScope};
use domain::ids::{AssessmentId, EngagementId, TemplateVersionId};
use domain::judging::said::Said;
use entity::finding;
use sea_orm::ConnectionTrait;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use time::OffsetDateTime;
use uuid::Uuid;

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

/// Looks for the answers to a finding's question among all that was submitted about its engagement, and reads no further
/// than it has to: a submission holds everything that was answered in it.
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
    let mut asked: BTreeMap<Uuid, Arc<Version>> = BTreeMap::new();
    let about = EngagementId(row.engagement_id);
    for assessment in repo::assessments::submitted_about(db, scope, about, MOST_CYCLES).await? {
        let version = TemplateVersionId(assessment.template_version_id);
        let version = platform.published.get(db, &scope, version).await?;
        if version.document.question(question).is_some() {
            asked.insert(assessment.id, version);
        }
    }
    let assessments: Vec<AssessmentId> = asked.keys().copied().map(AssessmentId).collect();
    let mut looking = Looking { question, asked, read: BTreeMap::new() };
    let mut submitted = repo::submissions::moments(db, scope, &assessments).await?;
    let mut newest = None;
    for moment in &submitted {
        if looking.read(db, scope, moment).await?.is_some() {
            newest = Some(moment.id);
            break;
        }
    }
    // Its own assessment is looked through first: there it most likely came from. Raised before anything was submitted, it is
    // about what came of it there.
    submitted.sort_by_key(|moment| row.assessment_id != Some(moment.assessment_id));
    let mut own = None;
    for moment in submitted {
        let is_in_own = row.assessment_id == Some(moment.assessment_id);
        if !is_in_own && row.answer_sha256.is_none() {
            break;
        }
        let answered = looking.read(db, scope, &moment).await?;
        if answered.is_some_and(|answered| row.answer_sha256.as_ref().is_none_or(|sha256| *sha256 == answered.sha256)) {
            own = answered.cloned();
            break;
        }
    }
    let newest = newest.and_then(|id| looking.read.remove(&id).flatten());
    let since = newest.filter(|newest| own.as_ref().is_none_or(|own| own.sha256 != newest.sha256));
    Ok(Answers { own, since })
}

/// The submissions that were read for a finding's question.
struct Looking<'a> {
    question: &'a str,
    asked: BTreeMap<Uuid, Arc<Version>>,
    read: BTreeMap<Uuid, Option<Answered>>,
}

impl Looking<'_> {
    /// What was answered in a submission; none where nothing was.
    async fn read(
        &mut self,
        db: &impl ConnectionTrait,
        scope: BuyerScope,
        moment: &Moment,
    ) -> Result<Option<&Answered>> {
        if !self.read.contains_key(&moment.id) {
            let answered = self.answered(db, scope, moment).await?;
            self.read.insert(moment.id, answered);
        }
        Ok(self.read.get(&moment.id).and_then(Option::as_ref))
    }

    async fn answered(
        &self,
        db: &impl ConnectionTrait,
        scope: BuyerScope,
        moment: &Moment,
    ) -> Result<Option<Answered>> {
        let Some(version) = self.asked.get(&moment.assessment_id) else { return Ok(None) };
        let Some(submission) = repo::submissions::get(db, scope, moment.id).await? else { return Ok(None) };
        let snapshot = snapshot_of(&submission)?;
        let Some(said) = said_in(&snapshot).remove(self.question) else { return Ok(None) };
        let answer = snapshot.answers.into_iter().find(|answer| answer.question == self.question);
        Ok(answer.map(|answer| Answered {
            assessment: AssessmentId(moment.assessment_id),
            version: Arc::clone(version),
            submitted_at: moment.submitted_at,
            answer,
            sha256: said.sha256(),
        }))
    }
}
