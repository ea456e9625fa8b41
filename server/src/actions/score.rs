//! The score of an assessment: the pure function of [`domain::scoring`] over a policy and what the vendor said.

use super::questionnaire::{Opened, profile_of};
use super::submit::{Snapshot, snapshot_of};
use super::{Act, Buyer, content};
use crate::error::{AppError, Result};
use crate::platform::Platform;
use crate::repo::{self, BuyerScope};
use domain::answer::{Profile, Reply, visibility};
use domain::ids::{AssessmentId, EngagementId, PolicyId, ScoreId, SubmissionId};
use domain::questionnaire::{Document, Question};
use domain::scoring::{self, Input, Level, Output, State};
use entity::{policy, score};
use sea_orm::Set;
use serde_json::json;
use std::collections::BTreeMap;
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
}

/// Computes a score without storing it: of the newest submission, or of the answers so far where there is none.
///
/// # Errors
/// [`AppError::NotFound`] when the organisation has no such assessment.
pub async fn compute(platform: &Platform, scope: BuyerScope, id: AssessmentId, as_of: Date) -> Result<Scored> {
    let opened = Opened::read(platform, &scope, id).await?;
    let db = platform.db.read();
    let engagement = repo::vendors::engagement(db, scope, EngagementId(opened.assessment.engagement_id))
        .await?
        .ok_or(AppError::NotFound)?;
    let profile: BTreeMap<String, String> = serde_json::from_value(engagement.profile)?;
    let (policy, parsed) = content::current_policy(platform, scope).await?;
    let missing = scoring::missing_factors(&parsed, &profile);
    if !missing.is_empty() {
        return Ok(Scored::Unscored { missing });
    }
    let submission = repo::submissions::newest(db, &scope, id).await?;
    let document = &opened.version.document;
    let said = match &submission {
        Some(row) => said_in_snapshot(&snapshot_of(row)?, as_of),
        None => said_so_far(&opened, as_of),
    };
    let input = Input {
        as_of,
        profile,
        overrides: Vec::new(),
        questions: questions(document, &said, &profile_of(&opened.assessment)),
        certificates: Vec::new(),
    };
    let text = scoring::canonical(&serde_json::to_value(&input)?);
    let output = scoring::score_documents(&policy.document, &text).map_err(AppError::internal)?;
    let submission = submission.map(|row| SubmissionId(row.id));
    Ok(Scored::Yes(Box::new(Computed { policy, parsed, input: text, given: input, output, submission })))
}

/// Computes and stores the score of the newest submission, with its canonical input.
///
/// # Errors
/// [`AppError::NotNow`] when nothing was submitted yet.
pub async fn store(platform: &Platform, by: &Buyer, id: AssessmentId) -> Result<Scored> {
    let scored = compute(platform, by.scope, id, platform.clock.today()).await?;
    let Scored::Yes(computed) = scored else { return Ok(scored) };
    let submission = computed.submission.ok_or(AppError::NotNow("in_progress"))?;
    let mut act = Act::begin(platform).await?;
    if act.done_before(by).await?.is_some() {
        return Ok(Scored::Yes(computed));
    }
    let score: ScoreId = platform.clock.id();
    let row = score::ActiveModel {
        id: Set(score.0),
        organisation_id: Set(by.scope.organisation().0),
        assessment_id: Set(id.0),
        submission_id: Set(submission.0),
        policy_id: Set(PolicyId(computed.policy.id).0),
        as_of: Set(computed.given.as_of),
        input: Set(computed.input.clone()),
        output: Set(serde_json::to_string(&computed.output)?),
        residual: Set(computed.output.residual),
        rating: Set(computed.output.rating.clone()),
        created_at: Set(act.now),
    };
    repo::scores::add(act.tx(), by.scope, row).await?;
    let details = json!({
        "score": score, "submission": submission, "policy": computed.output.policy, "residual": computed.output.residual,
        "rating": computed.output.rating, "inputs_sha256": computed.output.inputs_sha256,
    });
    act.record(&by.scope, by.actor, "assessment.scored", ("assessment", id.0), &details).await?;
    act.remember(by, score.0).await?;
    act.commit().await?;
    Ok(Scored::Yes(computed))
}

/// What was said of a question, and from when the newest of its evidence that is effective on the day is so.
type Said = BTreeMap<String, (Option<Reply>, Option<Date>)>;

fn said_in_snapshot(snapshot: &Snapshot, as_of: Date) -> Said {
    let answers = snapshot.answers.iter().map(|answer| {
        let newest = answer.evidence.iter().map(|file| file.effective_on).filter(|date| *date <= as_of).max();
        (answer.question.clone(), (answer.reply.clone(), newest))
    });
    answers.collect()
}

fn said_so_far(opened: &Opened, as_of: Date) -> Said {
    let questions = opened.version.document.questions().map(|question| {
        let files = opened.evidence.get(&question.id).into_iter().flatten();
        let newest = files.map(|file| file.effective_on).filter(|date| *date <= as_of).max();
        (question.id.clone(), (opened.replies.get(&question.id).cloned(), newest))
    });
    questions.collect()
}

/// The questions as scoring takes them.
fn questions(document: &Document, said: &Said, profile: &Profile) -> Vec<scoring::Question> {
    let replies: BTreeMap<String, Reply> =
        said.iter().filter_map(|(id, (reply, _))| Some((id.clone(), reply.clone()?))).collect();
    let visibility = visibility(document, &replies, profile);
    let all = document.questions().map(|question| {
        let (reply, evidence) = said.get(&question.id).cloned().unwrap_or_default();
        let state = if visibility.shows(&question.id) { state(reply.as_ref()) } else { State::Hidden };
        let value = (state == State::Answered).then(|| value(question, reply.as_ref()));
        let evidence_date = evidence.filter(|_| state == State::Answered);
        scoring::Question {
            id: question.id.clone(),
            weight: question.weight,
            controls: question.controls.clone(),
            tags: question.tags.clone(),
            state,
            value,
            best: if question.weight > 0.0 { question.best() } else { 1.0 },
            assurance: if evidence_date.is_some() { Level::Documented } else { Level::Claimed },
            evidence_date,
        }
    });
    all.collect()
}

fn state(reply: Option<&Reply>) -> State {
    match reply {
        None => State::Unanswered,
        Some(Reply::Declined { .. }) => State::Declined,
        Some(Reply::NotApplicable { .. }) => State::NaClaimed,
        Some(_) => State::Answered,
    }
}

fn value(question: &Question, reply: Option<&Reply>) -> f64 {
    if question.weight > 0.0 { reply.and_then(|reply| reply.value(question)).unwrap_or(0.0) } else { 0.0 }
}
