//! Preparing an assessment, and issuing it: the questionnaire is frozen, and the contact gets a link.

use super::judging::{profile::refuse_prohibited, said};
use super::questionnaire::{progress, state_of};
use super::{Act, Buyer, Job, index, work};
use crate::error::{AppError, Result};
use crate::platform::Platform;
use crate::repo;
use domain::access::Role;
use domain::answer::{Profile, visibility};
use domain::assessment::{Event, State};
use domain::ids::{AssessmentId, ContactId, EngagementId, MessageId, TemplateId, TemplateVersionId, VendorId};
use domain::problem::{Problem, Problems};
use entity::{assessment, message};
use sea_orm::{IntoActiveModel, Set};
use serde_json::json;
use std::collections::BTreeMap;
use time::Date;

/// What is sent to whom.
#[derive(Clone, Debug)]
pub struct NewAssessment {
    /// What the vendor is used for.
    pub engagement: EngagementId,
    /// What is asked.
    pub template_version: TemplateVersionId,
    /// Who is asked.
    pub contact: ContactId,
    /// By when.
    pub due_on: Date,
    /// What the buyer adds to the mail.
    pub message: Option<String>,
}

/// Days ahead that a due date can lie.
const MOST_DAYS_AHEAD: i64 = 730;

/// Prepares an assessment as a draft; the vendor knows nothing of it.
///
/// # Errors
/// When the due date has passed, or the contact is not the vendor's.
pub async fn draft(platform: &Platform, by: &Buyer, input: &NewAssessment) -> Result<AssessmentId> {
    let mut act = Act::begin(platform).await?;
    if let Some(made) = act.done_before(by).await? {
        return Ok(AssessmentId(made));
    }
    let id = draft_in(platform, &mut act, by, input).await?;
    act.remember(by, id.0).await?;
    act.commit().await?;
    Ok(id)
}

/// Prepares an assessment and issues it, in one go.
///
/// # Errors
/// As [`draft`] and [`issue`].
pub async fn draft_and_issue(platform: &Platform, by: &Buyer, input: &NewAssessment) -> Result<AssessmentId> {
    let mut act = Act::begin(platform).await?;
    if let Some(made) = act.done_before(by).await? {
        return Ok(AssessmentId(made));
    }
    let id = draft_in(platform, &mut act, by, input).await?;
    issue_in(platform, &mut act, by, id).await?;
    act.remember(by, id.0).await?;
    act.commit().await?;
    Ok(id)
}

async fn draft_in(platform: &Platform, act: &mut Act<'_>, by: &Buyer, input: &NewAssessment) -> Result<AssessmentId> {
    let engagement = repo::vendors::engagement(act.tx(), by.scope, input.engagement).await?;
    let contact = repo::vendors::contact(act.tx(), by.scope, input.contact).await?;
    let version = repo::templates::version(act.tx(), by.scope, input.template_version).await?;
    let mut problems = Vec::new();
    if engagement.is_none() {
        problems.push(Problem::new("engagement", "unknown"));
    }
    if version.is_none() {
        problems.push(Problem::new("template_version", "unknown"));
    }
    if let Some(version) = &version {
        let template = repo::templates::get(act.tx(), by.scope, TemplateId(version.template_id)).await?;
        if template.is_some_and(|template| template.retired_at.is_some()) {
            problems.push(Problem::new("template_version", "template-retired"));
        }
    }
    if contact.as_ref().is_none_or(|c| engagement.as_ref().is_some_and(|e| e.vendor_id != c.vendor_id)) {
        problems.push(Problem::new("contact", "unknown"));
    }
    problems.extend(due_date(input.due_on, act.now.date()).err());
    let message = said(platform, "message", input.message.as_deref().unwrap_or_default());
    let message = message.map_err(|problem| problems.push(problem)).ok().filter(|text| !text.is_empty());
    let (Some(engagement), Some(version), true) = (engagement, version, problems.is_empty()) else {
        return Err(Problems(problems).into());
    };
    let document = platform.published.get(act.tx(), &by.scope, TemplateVersionId(version.id)).await?;
    let none = BTreeMap::new();
    let profile: Profile = serde_json::from_value(engagement.profile.clone())?;
    let (answered, asked) = progress(&document.document, &none, &visibility(&document.document, &none, &profile));
    let id: AssessmentId = platform.clock.id();
    let row = assessment::ActiveModel {
        id: Set(id.0),
        organisation_id: Set(by.scope.organisation().0),
        vendor_id: Set(engagement.vendor_id),
        engagement_id: Set(engagement.id),
        template_version_id: Set(version.id),
        contact_id: Set(input.contact.0),
        signatory_id: Set(None),
        state: Set(State::Draft.name().to_owned()),
        due_on: Set(input.due_on),
        message: Set(message),
        profile: Set(engagement.profile),
        round: Set(0),
        answered: Set(answered),
        asked: Set(asked),
        revision: Set(1),
        created_at: Set(act.now),
        issued_at: Set(None),
        opened_at: Set(None),
        submitted_at: Set(None),
        closed_at: Set(None),
    };
    repo::assessments::add(act.tx(), by.scope, row).await?;
    let details = json!({
        "vendor": VendorId(engagement.vendor_id), "engagement": input.engagement, "contact": input.contact,
        "template": document.document.key, "template_version": version.number, "template_sha256": version.sha256,
        "due_on": domain::answer::iso_date::write(input.due_on),
    });
    act.record(&by.scope, by.actor, "assessment.drafted", ("assessment", id.0), &details);
    index::enqueue_assessment(act, id).await?;
    Ok(id)
}

/// A due date lies ahead, and within two years.
pub(super) fn due_date(due_on: Date, today: Date) -> Result<(), Problem> {
    if due_on < today {
        return Err(Problem::new("due_on", "date-passed"));
    }
    if (due_on - today).whole_days() > MOST_DAYS_AHEAD {
        return Err(Problem::new("due_on", "too-far-ahead").with("most", MOST_DAYS_AHEAD));
    }
    Ok(())
}

/// Issues a draft: from now on the contact is asked.
///
/// # Errors
/// [`AppError::NotNow`] when it was issued, or recalled, already.
pub async fn issue(platform: &Platform, by: &Buyer, id: AssessmentId) -> Result<()> {
    let mut act = Act::begin(platform).await?;
    if act.done_before(by).await?.is_some() {
        return Ok(());
    }
    issue_in(platform, &mut act, by, id).await?;
    act.remember(by, id.0).await?;
    act.commit().await
}

async fn issue_in(platform: &Platform, act: &mut Act<'_>, by: &Buyer, id: AssessmentId) -> Result<()> {
    let before = repo::assessments::hold(act.tx(), &by.scope, id).await?.ok_or(AppError::NotFound)?;
    let state = state_of(&before)?.after(Event::Issue)?;
    due_date(before.due_on, act.now.date())?;
    let contact = ContactId(before.contact_id);
    let engagement = repo::vendors::engagement(act.tx(), by.scope, EngagementId(before.engagement_id)).await?;
    let version = TemplateVersionId(before.template_version_id);
    let version = platform.published.get(act.tx(), &by.scope, version).await?;
    let mut row = before.clone().into_active_model();
    // What is asked follows the profile as it is today, and is frozen with it.
    if let Some(engagement) = engagement {
        refuse_prohibited(act, by, &engagement).await?;
        let (none, profile) = (BTreeMap::new(), serde_json::from_value(engagement.profile.clone())?);
        let shown = visibility(&version.document, &none, &profile);
        row.asked = Set(progress(&version.document, &none, &shown).1);
        row.profile = Set(engagement.profile);
    }
    row.state = Set(state.name().to_owned());
    row.issued_at = Set(Some(act.now));
    row.revision = Set(before.revision + 1);
    repo::assessments::update(act.tx(), &by.scope, row).await?;
    act.record(&by.scope, by.actor, "assessment.issued", ("assessment", id.0), &json!({ "contact": contact }));
    index::enqueue_assessment(act, id).await?;
    queue_message(platform, act, by, id, (contact, Role::Responder), "invitation").await?;
    Ok(())
}

/// Queues a message to a contact; the job that sends it makes the link that is in it.
pub(super) async fn queue_message(
    platform: &Platform,
    act: &mut Act<'_>,
    by: &Buyer,
    assessment: AssessmentId,
    (contact, role): (ContactId, Role),
    purpose: &str,
) -> Result<MessageId> {
    let id: MessageId = platform.clock.id();
    let row = message::ActiveModel {
        id: Set(id.0),
        organisation_id: Set(by.scope.organisation().0),
        assessment_id: Set(assessment.0),
        contact_id: Set(contact.0),
        purpose: Set(purpose.to_owned()),
        role: Set(role.name().to_owned()),
        state: Set("queued".to_owned()),
        failure: Set(None),
        created_at: Set(act.now),
        delivered_at: Set(None),
    };
    repo::messages::add(act.tx(), &by.scope, row).await?;
    act.enqueue(Job { kind: work::DELIVER, payload: json!({ "message": id }), dedupe_key: None }).await?;
    Ok(id)
}
