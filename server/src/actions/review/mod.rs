//! The buyer's side after submission: take in review, judge answer by answer, give back, finish, close.

mod answers;
mod read;

pub use answers::{Found, find};
pub use read::{Before, Reading};

use super::issue::{due_date, queue_message};
use super::judging::said;
use super::questionnaire::{Opened, state_of};
use super::threads::{self, About};
use super::{Act, Actor, Buyer, findings, index};
use crate::error::{AppError, Result};
use crate::platform::Platform;
use crate::repo::{self, BuyerScope, SystemScope};
use domain::access::{Role, may_judge};
use domain::assessment::Event;
use domain::ids::{AssessmentId, ContactId, MemberId, PersonId, TemplateVersionId};
use domain::judging::due::is_over;
use domain::problem::{Problem, Problems};
use sea_orm::{ConnectionTrait, IntoActiveModel, Set};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use time::{Date, OffsetDateTime};
use uuid::Uuid;

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
/// [`AppError::NotNow`] when it is not in review, with `asked_back` while something is asked back and not given back;
/// [`AppError::OwnWork`] for whoever had a part in the answers.
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
    if event == Event::FinishReview {
        // Nothing is given back from here on: what is asked back and not sent would never reach the vendor.
        let version = TemplateVersionId(before.template_version_id);
        let version = platform.published.get(act.tx(), &by.scope, version).await?;
        let reading = Reading::around(act.tx(), by.scope, &before, &version).await?.ok_or(AppError::NotFound)?;
        if !reading.asked_back().is_empty() {
            return Err(AppError::NotNow("asked_back"));
        }
    }
    let revision = before.revision + 1;
    let mut row = before.into_active_model();
    row.state = Set(state.name().to_owned());
    row.revision = Set(revision);
    if event == Event::Close {
        row.closed_at = Set(Some(act.now));
    }
    repo::assessments::update(act.tx(), &by.scope, row).await?;
    act.record(&by.scope, by.actor, action, ("assessment", id.0), &Value::Null);
    index::enqueue_assessment(&mut act, id).await?;
    if event == Event::FinishReview {
        findings::enqueue(&mut act, by.scope.organisation(), id).await?;
    }
    act.remember(by, id.0).await?;
    act.commit().await
}

/// Whether somebody had no part in the answers, so that they may judge them. A program has none.
///
/// # Errors
/// When the database fails.
pub async fn is_apart(platform: &Platform, by: &Buyer, id: AssessmentId) -> Result<bool> {
    apart(platform.db.read(), by, id).await
}

async fn check_apart(act: &Act<'_>, by: &Buyer, id: AssessmentId) -> Result<()> {
    if apart(act.tx(), by, id).await? { Ok(()) } else { Err(AppError::OwnWork("answers")) }
}

/// Whoever gave answers for the vendor, entered them in the vendor's place, or attested to them, does not judge them.
async fn apart(db: &impl ConnectionTrait, by: &Buyer, id: AssessmentId) -> Result<bool> {
    let Actor::Member(member) = by.actor else { return Ok(true) };
    let judge = repo::people::member(db, by.scope, member).await?.ok_or(AppError::Forbidden)?;
    let part = took_part(db, by.scope, id).await?;
    let contacts: Vec<ContactId> = part.iter().map(|(contact, _)| *contact).collect();
    let mut persons: Vec<Uuid> = part.iter().filter_map(|(_, entered)| Some(entered.as_ref()?.0)).collect();
    let everybody = SystemScope.acting_for(by.scope.organisation());
    for contact in repo::vendors::contacts_by_id(db, everybody, &contacts).await?.into_values() {
        persons.extend(contact.person_id);
        if contact.email == judge.email {
            persons.push(judge.person.0);
        }
    }
    Ok(persons.into_iter().all(|did| may_judge(Some(PersonId(did)), Some(judge.person))))
}

/// Who had a part in the answers of an assessment: answered, gave evidence or attested. Each is a contact, with the person
/// who entered it in the contact's place where somebody did.
pub(in crate::actions) async fn took_part(
    db: &impl ConnectionTrait,
    scope: BuyerScope,
    id: AssessmentId,
) -> Result<BTreeSet<(ContactId, Option<PersonId>)>> {
    let mut part = BTreeSet::new();
    let mut add = |contact, entered: Option<Uuid>| part.insert((ContactId(contact), entered.map(PersonId)));
    for row in repo::answers::all(db, &scope, id).await? {
        add(row.answered_by, row.entered_by);
    }
    for row in repo::evidence::ever(db, scope, id).await? {
        add(row.added_by, row.entered_by);
    }
    for (contact, entered) in repo::submissions::attested_by(db, scope, id).await? {
        add(contact, entered);
    }
    Ok(part)
}

/// Gives questions back to the vendor, each with a note; only these reopen. They are those that reviewers asked back, and
/// those that are named here beside them.
///
/// # Errors
/// When there is no question to give back, or one is named that is not asked; `due-day-over` at `due_on` when no day is given
/// and the one that stands is over; [`AppError::NotNow`] when it is not in review.
pub async fn give_back(
    platform: &Platform,
    by: &Buyer,
    id: AssessmentId,
    named: &BTreeMap<String, Option<String>>,
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
    let reading = Reading::around(act.tx(), by.scope, &before, &opened.version).await?.ok_or(AppError::NotFound)?;
    let asked_back = reading.asked_back();
    let mut questions: BTreeMap<String, Option<String>> =
        asked_back.iter().map(|(question, row)| (question.clone(), row.note.clone())).collect();
    questions.extend(named.iter().map(|(question, note)| (question.clone(), note.clone())));
    let mut problems = Vec::new();
    if questions.is_empty() {
        problems.push(Problem::new("questions", "required"));
    }
    for (question, note) in named {
        if opened.version.document.question(question).is_none() || !reading.visibility.shows(question) {
            problems.push(Problem::new(question.clone(), "unknown"));
        }
        problems.extend(note.as_ref().and_then(|note| said(platform, question, note).err()));
    }
    let due_on = due_then(before.due_on, due_on, act.now).map_err(|problem| problems.push(problem)).ok();
    let Some(due_on) = due_on.filter(|_| problems.is_empty()) else { return Err(Problems(problems).into()) };
    repo::assessments::reopen(act.tx(), by.scope, id, before.round, &questions).await?;
    for (question, note) in &questions {
        // Each of the words stands in the thread under the name of whoever wrote them.
        let author = match (asked_back.get(question), by.actor) {
            (Some(row), _) if !named.contains_key(question) => Some(MemberId(row.recorded_by)),
            (_, Actor::Member(member)) => Some(member),
            _ => None,
        };
        if let (Some(author), Some(words)) = (author, note.as_deref().filter(|note| !note.trim().is_empty())) {
            threads::put_shared(
                &act,
                platform,
                &by.scope,
                &About::Question(id, question.clone()),
                author.into(),
                words,
            )
            .await?;
        }
    }
    let contact = ContactId(before.contact_id);
    let revision = before.revision + 1;
    let mut row = before.into_active_model();
    row.state = Set(state.name().to_owned());
    row.revision = Set(revision);
    row.due_on = Set(due_on);
    repo::assessments::update(act.tx(), &by.scope, row).await?;
    let details = json!({ "questions": questions });
    act.record(&by.scope, by.actor, "assessment.returned", ("assessment", id.0), &details);
    index::enqueue_assessment(&mut act, id).await?;
    queue_message(platform, &mut act, by, id, (contact, Role::Responder), "returned").await?;
    act.remember(by, id.0).await?;
    act.commit().await
}

/// When what is given back is due: on another day, or still on the one that stands, named or not, until it is over
/// everywhere. Nobody is late the moment they are asked.
fn due_then(stands: Date, wanted: Option<Date>, now: OffsetDateTime) -> Result<Date, Problem> {
    match wanted.filter(|due_on| *due_on != stands || is_over(stands, now)) {
        Some(due_on) => due_date(due_on, now.date()).map(|()| due_on),
        None if is_over(stands, now) => Err(Problem::new("due_on", "due-day-over")),
        None => Ok(stands),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::{date, datetime};

    #[test]
    fn what_is_given_back_is_not_late_at_once() {
        let now = datetime!(2026-11-22 12:00 UTC);
        let code = |stands, wanted| due_then(stands, wanted, now).map_err(|problem| problem.code);
        assert_eq!(code(date!(2026 - 11 - 22), None), Ok(date!(2026 - 11 - 22)));
        assert_eq!(code(date!(2026 - 11 - 21), None), Err("due-day-over".to_owned()));
        assert_eq!(code(date!(2026 - 11 - 21), Some(date!(2026 - 12 - 01))), Ok(date!(2026 - 12 - 01)));
        assert_eq!(code(date!(2026 - 12 - 24), Some(date!(2026 - 11 - 21))), Err("date-passed".to_owned()));
        let yesterday = date!(2026 - 11 - 21);
        assert_eq!(code(yesterday, Some(yesterday)), Err("date-passed".to_owned()), "over everywhere at noon");
        let before_noon = datetime!(2026-11-22 11:59 UTC);
        for wanted in [None, Some(yesterday)] {
            assert_eq!(due_then(yesterday, wanted, before_noon).ok(), Some(yesterday), "still that day at UTC-12");
        }
    }
}
