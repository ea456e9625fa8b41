//! What people write to each other about a question or a finding: colleagues among themselves, and both sides. The two stand
//! in tables of their own, and nothing that a vendor reads goes near the first.

use super::judging::said;
use super::questionnaire::Opened;
use super::{Act, Actor, Buyer, Vendor};
use crate::error::{AppError, Result};
use crate::platform::Platform;
use crate::repo::{self, Tenant};
use domain::ids::{AssessmentId, ContactId, FindingId, MemberId, TemplateVersionId};
use domain::problem::Problem;
use entity::{internal_note, shared_note};
use sea_orm::Set;
use serde_json::{Value, json};
use uuid::Uuid;

/// What a note is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum About {
    /// A question of an assessment.
    Question(AssessmentId, String),
    /// A finding.
    Finding(FindingId),
}

impl About {
    fn subject(&self) -> (&'static str, Uuid) {
        match self {
            Self::Question(assessment, _) => ("assessment", assessment.0),
            Self::Finding(finding) => ("finding", finding.0),
        }
    }

    /// The columns of a note: assessment, question, finding.
    fn columns(&self) -> (Option<Uuid>, Option<String>, Option<Uuid>) {
        match self {
            Self::Question(assessment, question) => (Some(assessment.0), Some(question.clone()), None),
            Self::Finding(finding) => (None, None, Some(finding.0)),
        }
    }

    fn details(&self) -> Value {
        match self {
            Self::Question(_, question) => json!({ "question": question }),
            Self::Finding(_) => json!({}),
        }
    }
}

/// Whoever writes to the other side.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Author {
    /// Somebody of the organisation that asks.
    Member(MemberId),
    /// Somebody at the vendor.
    Contact(ContactId),
}

impl From<MemberId> for Author {
    fn from(member: MemberId) -> Self {
        Self::Member(member)
    }
}

/// What is written, trimmed.
///
/// # Errors
/// `required`, `too-long` or `control-character` at `words`.
fn words(platform: &Platform, words: &str) -> Result<String> {
    let words = said(platform, "words", words)?;
    if words.is_empty() { Err(Problem::new("words", "required").into()) } else { Ok(words) }
}

/// That there is such a thing, in reach of whoever writes for the buyer.
async fn check(platform: &Platform, act: &Act<'_>, by: &Buyer, about: &About) -> Result<()> {
    match about {
        About::Question(assessment, question) => {
            let row = repo::assessments::get(act.tx(), &by.scope, *assessment).await?.ok_or(AppError::NotFound)?;
            let version = TemplateVersionId(row.template_version_id);
            let version = platform.published.get(act.tx(), &by.scope, version).await?;
            version.document.question(question).map(|_| ()).ok_or(AppError::NotFound)
        }
        About::Finding(finding) => {
            repo::findings::get(act.tx(), by.scope, *finding).await?.map(|_| ()).ok_or(AppError::NotFound)
        }
    }
}

/// Writes a note for colleagues.
///
/// # Errors
/// [`AppError::Forbidden`] for a program; [`AppError::NotFound`] when there is no such thing; `required`, `too-long` or
/// `control-character` at `words`.
pub async fn note(platform: &Platform, by: &Buyer, about: &About, text: &str) -> Result<()> {
    let Actor::Member(member) = by.actor else { return Err(AppError::Forbidden) };
    let mut act = Act::begin(platform).await?;
    if act.done_before(by).await?.is_some() {
        return Ok(());
    }
    check(platform, &act, by, about).await?;
    let text = words(platform, text)?;
    let (assessment_id, question_id, finding_id) = about.columns();
    let id: Uuid = platform.clock.id();
    let row = internal_note::ActiveModel {
        id: Set(id),
        organisation_id: Set(by.scope.organisation().0),
        assessment_id: Set(assessment_id),
        question_id: Set(question_id),
        finding_id: Set(finding_id),
        words: Set(text),
        written_at: Set(act.now),
        written_by: Set(member.0),
    };
    repo::reviews::add_internal(act.tx(), by.scope, row).await?;
    act.record(&by.scope, by.actor, "note.internal", about.subject(), &about.details());
    act.remember(by, id).await?;
    act.commit().await
}

/// Writes a note that both sides read, for the buyer.
///
/// # Errors
/// As [`note`]; [`AppError::NotFound`] too for a finding that the vendor knows nothing of.
pub async fn say(platform: &Platform, by: &Buyer, about: &About, text: &str) -> Result<()> {
    let Actor::Member(member) = by.actor else { return Err(AppError::Forbidden) };
    let mut act = Act::begin(platform).await?;
    if act.done_before(by).await?.is_some() {
        return Ok(());
    }
    check(platform, &act, by, about).await?;
    if let About::Finding(finding) = about {
        let row = repo::findings::get(act.tx(), by.scope, *finding).await?.ok_or(AppError::NotFound)?;
        if !row.was_raised {
            return Err(AppError::NotNow("finding_not_raised"));
        }
    }
    let text = words(platform, text)?;
    let id = put_shared(&act, platform, &by.scope, about, Author::Member(member), &text).await?;
    act.record(&by.scope, by.actor, "note.shared", about.subject(), &about.details());
    act.remember(by, id).await?;
    act.commit().await
}

/// Writes a note that both sides read, for the vendor.
///
/// # Errors
/// [`AppError::NotFound`] for what the scope does not reach; `required`, `too-long` or `control-character` at
/// `words`.
pub async fn answer(platform: &Platform, by: &Vendor, about: &About, text: &str) -> Result<()> {
    let scope = by.scope;
    let mut act = Act::begin(platform).await?;
    if act.done_before(&by.as_buyer()).await?.is_some() {
        return Ok(());
    }
    match about {
        About::Question(assessment, question) => {
            if *assessment != scope.assessment {
                return Err(AppError::NotFound);
            }
            let opened = Opened::read(platform, &scope, *assessment).await?;
            opened
                .version
                .document
                .question(question)
                .filter(|_| opened.reaches(question))
                .ok_or(AppError::NotFound)?;
        }
        About::Finding(finding) => {
            repo::findings::get_raised(act.tx(), scope, *finding).await?.ok_or(AppError::NotFound)?;
        }
    }
    let text = words(platform, text)?;
    let id = put_shared(&act, platform, &scope, about, Author::Contact(scope.contact), &text).await?;
    act.record(&scope, Actor::Contact(scope.contact), "note.shared", about.subject(), &about.details());
    act.remember(&by.as_buyer(), id).await?;
    act.commit().await
}

/// Puts a note that both sides read into a thread.
pub(super) async fn put_shared(
    act: &Act<'_>,
    platform: &Platform,
    scope: &impl Tenant,
    about: &About,
    author: Author,
    text: &str,
) -> Result<Uuid> {
    let (assessment_id, question_id, finding_id) = about.columns();
    let (member_id, contact_id) = match author {
        Author::Member(member) => (Some(member.0), None),
        Author::Contact(contact) => (None, Some(contact.0)),
    };
    let id: Uuid = platform.clock.id();
    let row = shared_note::ActiveModel {
        id: Set(id),
        organisation_id: Set(scope.organisation().0),
        assessment_id: Set(assessment_id),
        question_id: Set(question_id),
        finding_id: Set(finding_id),
        words: Set(text.to_owned()),
        written_at: Set(act.now),
        member_id: Set(member_id),
        contact_id: Set(contact_id),
    };
    repo::reviews::add_shared(act.tx(), scope, row).await?;
    Ok(id)
}
