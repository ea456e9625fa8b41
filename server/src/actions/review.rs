//! The buyer's side after submission: take in review, give back, finish, close.

use super::issue::{due_date, queue_message};
use super::questionnaire::{Opened, state_of};
use super::{Act, Actor, Buyer, index};
use crate::error::{AppError, Result};
use crate::platform::Platform;
use crate::repo::{self, SystemScope};
use domain::access::{Role, may_judge};
use domain::assessment::Event;
use domain::ids::{AssessmentId, ContactId, PersonId};
use domain::problem::{Problem, Problems};
use sea_orm::{IntoActiveModel, Set};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use time::Date;

/// Takes a submission in review.
///
/// # Errors
/// [`AppError::NotNow`] when it is not submitted; [`AppError::OwnWork`] for whoever had a part in the answers.
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
    if event != Event::Close {
        check_apart(&act, by, id).await?;
    }
    let revision = before.revision + 1;
    let mut row = before.into_active_model();
    row.state = Set(state.name().to_owned());
    row.revision = Set(revision);
    if event == Event::Close {
        row.closed_at = Set(Some(act.now));
    }
    repo::assessments::update(act.tx(), &by.scope, row).await?;
    act.record(&by.scope, by.actor, action, ("assessment", id.0), &Value::Null).await?;
    index::enqueue_assessment(&mut act, id).await?;
    act.remember(by, id.0).await?;
    act.commit().await
}

/// Whoever gave answers for the vendor, entered them in the vendor's place, or attested to them, does not judge them.
async fn check_apart(act: &Act<'_>, by: &Buyer, id: AssessmentId) -> Result<()> {
    let Actor::Member(member) = by.actor else { return Ok(()) };
    let judge = repo::people::member(act.tx(), by.scope, member).await?.ok_or(AppError::Forbidden)?;
    let (mut contacts, mut persons) = (Vec::new(), Vec::new());
    for row in repo::answers::all(act.tx(), &by.scope, id).await? {
        contacts.push(ContactId(row.answered_by));
        persons.extend(row.entered_by);
    }
    for row in repo::evidence::ever(act.tx(), by.scope, id).await? {
        contacts.push(ContactId(row.added_by));
        persons.extend(row.entered_by);
    }
    for row in repo::submissions::all(act.tx(), &by.scope, id).await? {
        contacts.push(ContactId(row.contact_id));
        persons.extend(row.entered_by);
    }
    let everybody = SystemScope.acting_for(by.scope.organisation());
    for contact in repo::vendors::contacts_by_id(act.tx(), everybody, &contacts).await?.into_values() {
        persons.extend(contact.person_id);
        if contact.email == judge.email {
            persons.push(judge.person.0);
        }
    }
    let apart = persons.into_iter().all(|did| may_judge(Some(PersonId(did)), Some(judge.person)));
    if apart { Ok(()) } else { Err(AppError::OwnWork) }
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
    check_apart(&act, by, id).await?;
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
    index::enqueue_assessment(&mut act, id).await?;
    queue_message(platform, &mut act, by, id, (contact, Role::Responder), "returned").await?;
    act.remember(by, id.0).await?;
    act.commit().await
}
