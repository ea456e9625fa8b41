//! A vendor saves an answer.

use super::questionnaire::{Opened, Standing, profile_of, progress, progress_of};
use super::{Act, Actor, answers_import as provenance, index, parties};
use crate::error::{AppError, Result};
use crate::platform::Platform;
use crate::repo::{self, VendorScope};
use domain::answer::{self, Reply, visibility};
use domain::assessment::{Event, State};
use domain::ids::ContactId;
use domain::problem::Problem;
use domain::questionnaire::Question;
use entity::{answer as row, assessment};
use sea_orm::{IntoActiveModel, Set};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use time::OffsetDateTime;

/// What the vendor wants to stand there.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Said {
    /// The reply; none takes the present one away.
    pub reply: Option<Reply>,
    /// A comment beside it.
    pub comment: Option<String>,
}

impl Said {
    /// What stands there when this is said over what stood there before. A blank cell says nothing: it never takes an
    /// answer away.
    #[must_use]
    pub fn over(self, before: &Self) -> Self {
        Self {
            reply: self.reply.or_else(|| before.reply.clone()),
            comment: self.comment.or_else(|| before.comment.clone()),
        }
    }
}

/// What stands there now.
#[derive(Clone, Debug)]
pub struct Saved {
    /// The answer's revision.
    pub revision: i64,
    /// When it was saved.
    pub saved_at: OffsetDateTime,
    /// The reply as it was kept: trimmed, options by id.
    pub said: Said,
    /// Ids of questions that are not asked, given the answers.
    pub hidden: Vec<String>,
    /// Ids of conditional questions that are asked.
    pub shown: Vec<String>,
    /// Questions answered, and asked.
    pub progress: (i64, i64),
    /// Whether anything changed: the same answer saved again makes no new revision.
    pub changed: bool,
}

/// Checks what a vendor says against its question.
///
/// # Errors
/// The problem, located at the question.
pub fn checked(platform: &Platform, question: &Question, said: Said) -> Result<Said, Problem> {
    let limits = platform.config.limits.answer();
    let reply = said.reply.map(|reply| answer::parse(question, reply, &limits)).transpose()?;
    let comment = said.comment.map(|text| text.trim().replace("\r\n", "\n")).filter(|text| !text.is_empty());
    if let Some(given) = comment.as_ref().map(|text| text.chars().count()).filter(|given| *given > limits.comment) {
        let at = format!("{}.comment", question.id);
        return Err(Problem::new(at, "too-long").with("most", limits.comment).with("given", given));
    }
    Ok(Said { reply, comment })
}

/// Saves an answer. `expected` is the revision that the vendor saw, 0 for none.
///
/// # Errors
/// [`AppError::Changed`] with what stands there, when somebody else saved another answer meanwhile;
/// [`AppError::NotNow`] when the question cannot be answered in the assessment's state.
pub async fn save(
    platform: &Platform,
    scope: VendorScope,
    question: &str,
    said: Said,
    expected: Option<i64>,
) -> Result<Saved> {
    let mut act = Act::begin(platform).await?;
    let assessment = repo::assessments::hold(act.tx(), &scope, scope.assessment).await?.ok_or(AppError::NotFound)?;
    let standing = Standing::around(platform, act.tx(), &scope, assessment).await?;
    let (document, profile) = (&standing.version.document, profile_of(&standing.assessment));
    let question = document.question(question).filter(|found| standing.reaches(&found.id)).ok_or(AppError::NotFound)?;
    let said = checked(platform, question, said)?;
    if !standing.accepts(&question.id) {
        return Err(AppError::NotNow(standing.state.name()));
    }
    let row = repo::answers::get(act.tx(), &scope, scope.assessment, &question.id).await?;
    let revision = row.as_ref().map_or(0, |row| row.revision);
    let before = row.as_ref().map(said_in).transpose()?.unwrap_or(Said { reply: None, comment: None });
    if before == said {
        let saved_at = row.map_or(act.now, |row| row.changed_at);
        return Ok(saved(&standing, &standing.replies, (revision, saved_at), said, false));
    }
    if expected.is_some_and(|expected| expected != revision) {
        let by = match &row {
            Some(row) => parties::contact_name(act.tx(), scope, ContactId(row.answered_by)).await?,
            None => None,
        };
        return Err(AppError::Changed(json!({
            "reply": before.reply, "comment": before.comment, "revision": revision, "by": by
        })));
    }
    let mut replies = standing.replies.clone();
    match &said.reply {
        Some(reply) => replies.insert(question.id.clone(), reply.clone()),
        None => replies.remove(&question.id),
    };
    let source = provenance::kept(row.as_ref().map(|row| &row.source), json!({ "kind": "typed" }));
    let write = Write { question: question.id.clone(), said: said.clone(), source, revision: revision + 1 };
    let saved = saved(&standing, &replies, (revision + 1, act.now), said, true);
    let progress = progress(document, &replies, &visibility(document, &replies, &profile));
    store(&mut act, scope, (&standing.assessment, standing.state), vec![write], progress).await?;
    act.commit().await?;
    Ok(saved)
}

/// An answer among several.
#[derive(Clone, Debug)]
pub struct OneOfMany {
    /// The question's id.
    pub question: String,
    /// What the vendor wants to stand there.
    pub said: Said,
    /// The revision that the vendor saw; `None` to write over whatever stands there.
    pub expected: Option<i64>,
}

/// What became of several answers.
#[derive(Clone, Debug, Default)]
pub struct SavedMany {
    /// How many were changed.
    pub changed: usize,
    /// What is wrong with those that were not saved, at their questions.
    pub problems: Vec<Problem>,
    /// Questions that somebody else answered otherwise meanwhile: what stands there was left.
    pub conflicts: Vec<String>,
}

/// Saves several answers in one transaction: a page of the plain form. What is wrong with one does not keep the others
/// from being saved.
///
/// # Errors
/// [`AppError::NotNow`] when the assessment takes no answers.
pub async fn save_many(platform: &Platform, scope: VendorScope, many: Vec<OneOfMany>) -> Result<SavedMany> {
    let mut act = Act::begin(platform).await?;
    let assessment = repo::assessments::hold(act.tx(), &scope, scope.assessment).await?.ok_or(AppError::NotFound)?;
    let opened = Opened::around(platform, act.tx(), &scope, assessment).await?;
    if !opened.state.waits_for_vendor() {
        return Err(AppError::NotNow(opened.state.name()));
    }
    let mut outcome = SavedMany::default();
    let mut replies = opened.replies.clone();
    let mut writes = Vec::new();
    for one in many {
        let question = opened.version.document.question(&one.question).filter(|found| opened.reaches(&found.id));
        let question = question.ok_or(AppError::NotFound)?;
        let said = match checked(platform, question, one.said) {
            Ok(said) => said,
            Err(problem) => {
                outcome.problems.push(problem);
                continue;
            }
        };
        let standing = opened.answers.get(&question.id);
        let before = standing.map(said_in).transpose()?.unwrap_or(Said { reply: None, comment: None });
        if before == said || !opened.accepts(&question.id) {
            continue;
        }
        let revision = standing.map_or(0, |row| row.revision);
        if one.expected.is_some_and(|expected| expected != revision) {
            outcome.conflicts.push(question.id.clone());
            continue;
        }
        match &said.reply {
            Some(reply) => replies.insert(question.id.clone(), reply.clone()),
            None => replies.remove(&question.id),
        };
        let source = provenance::kept(standing.map(|row| &row.source), json!({ "kind": "typed" }));
        writes.push(Write { question: question.id.clone(), said, source, revision: revision + 1 });
    }
    outcome.changed = writes.len();
    if outcome.changed > 0 {
        let document = &opened.version.document;
        let progress = progress(document, &replies, &visibility(document, &replies, &profile_of(&opened.assessment)));
        store(&mut act, scope, (&opened.assessment, opened.state), writes, progress).await?;
        act.commit().await?;
    }
    Ok(outcome)
}

/// What a row says.
///
/// # Errors
/// When the database holds no reply there, which nothing but this program writes.
pub fn said_in(row: &row::Model) -> Result<Said> {
    let reply = row.reply.clone().map(serde_json::from_value).transpose()?;
    Ok(Said { reply, comment: row.comment.clone() })
}

fn saved(
    standing: &Standing,
    replies: &BTreeMap<String, Reply>,
    (revision, saved_at): (i64, OffsetDateTime),
    said: Said,
    changed: bool,
) -> Saved {
    let document = &standing.version.document;
    let mut visibility = visibility(document, replies, &profile_of(&standing.assessment));
    let mine = || document.questions().filter(|question| standing.reaches(&question.id));
    let progress = progress_of(mine(), replies, &visibility);
    let conditional = mine().filter(|question| question.show_if.is_some() || !question.audience.is_empty());
    let shown =
        conditional.filter(|question| visibility.shows(&question.id)).map(|question| question.id.clone()).collect();
    visibility.hidden.retain(|question, _| standing.reaches(question));
    Saved { revision, saved_at, said, hidden: visibility.hidden.into_keys().collect(), shown, progress, changed }
}

/// An answer on its way into the database.
pub(super) struct Write {
    /// Which question.
    pub question: String,
    /// What stands there from now on.
    pub said: Said,
    /// Where it came from.
    pub source: Value,
    /// Its new revision.
    pub revision: i64,
}

/// Writes answers of an assessment that the transaction holds, with its progress and one audit entry.
pub(super) async fn store(
    act: &mut Act<'_>,
    scope: VendorScope,
    (assessment, state): (&assessment::Model, State),
    writes: Vec<Write>,
    (answered, asked): (i64, i64),
) -> Result<()> {
    let before = state;
    let state = state.after(Event::Answer)?;
    let details = json!({
        "answers": writes.iter().map(|write| json!({
            "question": write.question, "revision": write.revision, "reply": write.said.reply,
            "comment": write.said.comment, "source": write.source,
        })).collect::<Vec<_>>()
    });
    let now = act.now;
    let rows = writes
        .into_iter()
        .map(|write| {
            Ok(row::ActiveModel {
                assessment_id: Set(scope.assessment.0),
                question_id: Set(write.question),
                organisation_id: Set(scope.organisation.0),
                reply: Set(write.said.reply.map(serde_json::to_value).transpose()?),
                comment: Set(write.said.comment),
                source: Set(write.source),
                revision: Set(write.revision),
                answered_by: Set(scope.contact.0),
                entered_by: Set(scope.person.map(|person| person.0)),
                changed_at: Set(now),
            })
        })
        .collect::<Result<Vec<_>>>()?;
    repo::answers::put(act.tx(), scope, rows).await?;
    let mut assessment = assessment.clone().into_active_model();
    assessment.state = Set(state.name().to_owned());
    assessment.answered = Set(answered);
    assessment.asked = Set(asked);
    repo::assessments::update(act.tx(), &scope, assessment).await?;
    if state != before {
        index::enqueue_assessment(act, scope.assessment).await?;
    }
    let subject = ("assessment", scope.assessment.0);
    act.record(&scope, Actor::Contact(scope.contact), "answers.saved", subject, &details);
    Ok(())
}
