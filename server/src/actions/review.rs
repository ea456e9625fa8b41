//! The buyer's side after submission: take in review, give back, finish, close.

use super::issue::{due_date, queue_message};
use super::questionnaire::{Opened, state_of};
use super::{Act, Buyer};
use crate::error::{AppError, Result};
use crate::platform::Platform;
use crate::repo;
use domain::access::Role;
use domain::assessment::Event;
use domain::ids::{AssessmentId, ContactId};
use domain::problem::{Problem, Problems};
use sea_orm::{IntoActiveModel, Set};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use time::Date;

/// Takes a submission in review.
///
/// # Errors
/// [`AppError::NotNow`] when it is not submitted.
pub async fn take(platform: &Platform, by: &Buyer, id: AssessmentId) -> Result<()> {
    step(platform, by, id, Event::TakeInReview, "assessment.taken_in_review").await
}

/// Marks it reviewed.
///
/// # Errors
/// [`AppError::NotNow`] when it is not in review.
pub async fn finish(platform: &Platform, by: &Buyer, id: AssessmentId) -> Result<()> {
    step(platform, by, id, Event::FinishReview, "assessment.reviewed").await
}

/// Closes it.
///
/// # Errors
/// [`AppError::NotNow`] when it is not reviewed.
pub async fn close(platform: &Platform, by: &Buyer, id: AssessmentId) -> Result<()> {
    step(platform, by, id, Event::Close, "assessment.closed").await
}

async fn step(platform: &Platform, by: &Buyer, id: AssessmentId, event: Event, action: &str) -> Result<()> {
    let mut act = Act::begin(platform).await?;
    if act.done_before(by).await?.is_some() {
        return Ok(());
    }
    let before = repo::assessments::hold(act.tx(), &by.scope, id).await?.ok_or(AppError::NotFound)?;
    let state = state_of(&before)?.after(event)?;
    let revision = before.revision + 1;
    let mut row = before.into_active_model();
    row.state = Set(state.name().to_owned());
    row.revision = Set(revision);
    if event == Event::Close {
        row.closed_at = Set(Some(act.now));
    }
    repo::assessments::update(act.tx(), &by.scope, row).await?;
    act.record(&by.scope, by.actor, action, ("assessment", id.0), &Value::Null).await?;
    act.remember(by, id.0).await?;
    act.commit().await
}

/// Gives named questions back to the vendor, each with a note; only these reopen.
///
/// # Errors
/// When no question is named, or one that is not asked; [`AppError::NotNow`] when it is not in review.
pub async fn give_back(
    platform: &Platform,
    by: &Buyer,
    id: AssessmentId,
    questions: &BTreeMap<String, Option<String>>,
    due_on: Option<Date>,
) -> Result<()> {
    let mut act = Act::begin(platform).await?;
    if act.done_before(by).await?.is_some() {
        return Ok(());
    }
    let before = repo::assessments::hold(act.tx(), &by.scope, id).await?.ok_or(AppError::NotFound)?;
    let opened = Opened::around(platform, act.tx(), &by.scope, before.clone()).await?;
    let state = opened.state.after(Event::Return)?;
    let mut problems = Vec::new();
    if questions.is_empty() {
        problems.push(Problem::new("questions", "required"));
    }
    let most = platform.config.limits.comment_characters;
    for (question, note) in questions {
        if opened.version.document.question(question).is_none() {
            problems.push(Problem::new(question.clone(), "unknown"));
        }
        if note.as_ref().is_some_and(|note| note.chars().count() > most) {
            problems.push(Problem::new(question.clone(), "too-long").with("most", most));
        }
    }
    if let Some(due_on) = due_on {
        problems.extend(due_date(due_on, act.now.date()).err());
    }
    Problems::none_or(problems, ())?;
    repo::assessments::reopen(act.tx(), by.scope, id, before.round, questions).await?;
    let contact = ContactId(before.contact_id);
    let (revision, due_before) = (before.revision + 1, before.due_on);
    let mut row = before.into_active_model();
    row.state = Set(state.name().to_owned());
    row.revision = Set(revision);
    row.due_on = Set(due_on.unwrap_or(due_before));
    repo::assessments::update(act.tx(), &by.scope, row).await?;
    let details = json!({ "questions": questions });
    act.record(&by.scope, by.actor, "assessment.returned", ("assessment", id.0), &details).await?;
    queue_message(platform, &mut act, by, id, (contact, Role::Responder), "returned").await?;
    act.remember(by, id.0).await?;
    act.commit().await
}
