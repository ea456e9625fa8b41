//! What a reviewer finds of one answer.

use super::super::judging::said;
use super::super::questionnaire::state_of;
use super::super::{Act, Actor, Buyer, findings};
use super::check_apart;
use super::read::Reading;
use crate::error::{AppError, Result};
use crate::platform::Platform;
use crate::repo;
use domain::assessment::State;
use domain::ids::{AssessmentId, TemplateVersionId};
use domain::judging::review::{Review, Support, Verdict, at_level};
use domain::judging::turn::following;
use domain::problem::Problems;
use domain::scoring::Level;
use entity::answer_review;
use sea_orm::IntoActiveModel;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use uuid::Uuid;

/// What a reviewer found.
#[derive(Clone, Debug)]
pub struct Found {
    /// The number of the review that stood there when the reviewer looked; 0 for none.
    pub seen: i64,
    /// What was found.
    pub verdict: Verdict,
    /// The level at which the answer is to stand, before ageing: files that are not named are judged so that it does.
    pub level: Option<Level>,
    /// By SHA-256 of a file: what it does.
    pub evidence: BTreeMap<String, Support>,
    /// What goes with it: the words to the vendor where it is asked back, the reason where an N/A is refused.
    pub note: Option<String>,
}

/// Writes a review of an answer.
///
/// # Errors
/// [`AppError::Changed`] with what stands there, when somebody else judged meanwhile; [`AppError::NotNow`] when it is not in
/// review; [`AppError::OwnWork`] for whoever had a part in the answers; [`AppError::Forbidden`] for a program;
/// [`AppError::NotFound`] for a question that is not asked; what is wrong with it otherwise.
pub async fn find(
    platform: &Platform,
    by: &Buyer,
    id: AssessmentId,
    question: &str,
    found: &Found,
) -> Result<answer_review::Model> {
    let Actor::Member(member) = by.actor else { return Err(AppError::Forbidden) };
    let mut act = Act::begin(platform).await?;
    let assessment = repo::assessments::hold(act.tx(), &by.scope, id).await?.ok_or(AppError::NotFound)?;
    let state = state_of(&assessment)?;
    if state != State::InReview {
        return Err(AppError::NotNow(state.name()));
    }
    check_apart(&act, by, id).await?;
    let version = TemplateVersionId(assessment.template_version_id);
    let version = platform.published.get(act.tx(), &by.scope, version).await?;
    let reading = Reading::around(act.tx(), by.scope, &assessment, &version).await?.ok_or(AppError::NotFound)?;
    let asked = version.document.question(question).filter(|asked| reading.visibility.shows(&asked.id));
    asked.ok_or(AppError::NotFound)?;
    let newest = reading.rows.get(question).and_then(|rows| rows.first());
    let (last, seen) = (newest.map_or(0, |row| row.number), found.seen.max(0));
    let number = following(small(last), small(seen)).map_err(|_| AppError::Changed(told(newest)))?;
    let mut problems = Vec::new();
    let note = said(platform, "note", found.note.as_deref().unwrap_or_default());
    let note = note.map_err(|problem| problems.push(problem)).unwrap_or_default();
    let note = Some(note.as_str()).filter(|note| !note.is_empty());
    let answer = reading.said(question);
    let evidence = match found.level {
        Some(level) => at_level(&answer, found.verdict, level, found.evidence.clone()),
        None => Ok(found.evidence.clone()),
    };
    let evidence = evidence.map_err(|problem| problems.push(problem)).unwrap_or_default();
    let review = Review::of(&answer, found.verdict, evidence, note);
    let review = review.map_err(|refused| problems.extend(refused.0)).ok();
    let Some(review) = review.filter(|_| problems.is_empty()) else { return Err(Problems(problems).into()) };
    let row = answer_review::Model {
        id: platform.clock.id::<Uuid>(),
        organisation_id: by.scope.organisation().0,
        assessment_id: id.0,
        question_id: question.to_owned(),
        number: i64::from(number),
        round: assessment.round,
        verdict: review.verdict.name().to_owned(),
        evidence: serde_json::to_value(&review.evidence)?,
        answer_sha256: review.answer_sha256.clone(),
        note: note.map(str::to_owned),
        recorded_at: act.now,
        recorded_by: member.0,
    };
    repo::reviews::add(act.tx(), by.scope, row.clone().into_active_model()).await?;
    let details = json!({
        "question": question, "number": row.number, "verdict": row.verdict, "evidence": row.evidence,
        "answer_sha256": row.answer_sha256, "note": row.note,
    });
    act.record(&by.scope, by.actor, "answer.reviewed", ("assessment", id.0), &details);
    let contradicts = |review: &Review| review.evidence.values().any(|support| *support == Support::Contradicts);
    if contradicts(&review) || reading.reviews.get(question).is_some_and(contradicts) {
        findings::enqueue(&mut act, by.scope.organisation(), id).await?;
    }
    act.commit().await?;
    Ok(row)
}

fn small(number: i64) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

/// What stands there, for whoever comes second.
fn told(newest: Option<&answer_review::Model>) -> Value {
    newest.map_or(Value::Null, |row| {
        json!({
            "number": row.number, "verdict": row.verdict, "evidence": row.evidence, "note": row.note,
            "recorded_by": row.recorded_by,
        })
    })
}
