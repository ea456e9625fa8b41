//! Sending a queued message: the job makes the link that is in it, so no secret waits in the database.

use super::{Act, Actor, chase, findings};
use crate::error::{AppError, Result};
use crate::platform::Platform;
use crate::platform::mail::Mail;
use crate::platform::wording::ENGLISH;
use crate::repo::{self, BuyerScope, SystemScope};
use domain::access::Role;
use domain::answer::iso_date;
use domain::ids::{AssessmentId, ContactId, MessageId, OrganisationId, TemplateVersionId, VendorId};
use entity::{assessment, contact};
use sea_orm::ConnectionTrait;
use serde::Serialize;
use serde_json::json;
use std::collections::BTreeSet;

/// What the template of a mail is given.
#[derive(Clone, Debug, Serialize)]
pub struct Letter {
    /// Which wording: `mail.invitation.*`.
    pub purpose: String,
    /// The language.
    pub language: String,
    /// The person.
    pub contact: String,
    /// Who asks.
    pub buyer: String,
    /// Who is asked.
    pub vendor: String,
    /// The questionnaire.
    pub title: String,
    /// How many questions it has.
    pub questions: i64,
    /// How many minutes it takes.
    pub minutes: u32,
    /// By when.
    pub due: String,
    /// What the buyer adds.
    pub message: Option<String>,
    /// The link, in full; none in a receipt.
    pub link: Option<String>,
    /// Until when the link works.
    pub link_until: Option<String>,
    /// Where links of this installation begin: how to check that the mail is genuine.
    pub site: String,
    /// The hash of the submitted answers, in a receipt.
    pub receipt: Option<String>,
    /// Keys of the wording, by part.
    pub keys: Keys,
}

impl Letter {
    /// It is about so many of the questions.
    fn only(&mut self, questions: usize) {
        let all = u32::try_from(self.questions).unwrap_or(u32::MAX).max(1);
        let some = u32::try_from(questions).unwrap_or(u32::MAX).min(all);
        self.minutes = (self.minutes * some).div_ceil(all).max(1);
        self.questions = some.into();
    }
}

/// Keys of a mail's wording.
#[derive(Clone, Debug, Serialize)]
pub struct Keys {
    /// The subject line.
    pub subject: String,
    /// The first paragraph.
    pub opening: String,
    /// What stands before the link.
    pub open: &'static str,
}

/// Sends a message, once it is known to be due still.
///
/// # Errors
/// When the mail server refuses: the job is tried again. A message whose assessment was recalled meanwhile is not sent.
pub async fn deliver(platform: &Platform, id: MessageId) -> Result<()> {
    let Some(message) = repo::messages::get(platform.db.read(), SystemScope, id).await? else { return Ok(()) };
    if message.state != "queued" {
        return Ok(());
    }
    let scope = SystemScope.acting_for(OrganisationId(message.organisation_id));
    let assessment_id = AssessmentId(message.assessment_id);
    let mut act = Act::begin(platform).await?;
    let assessment = repo::assessments::hold(act.tx(), &scope, assessment_id).await?.ok_or(AppError::NotFound)?;
    if !super::questionnaire::state_of(&assessment)?.is_readable_by_vendor() {
        repo::messages::set_state(act.tx(), SystemScope, id, "failed", Some("recalled".to_owned()), None).await?;
        return act.commit().await;
    }
    let to = ContactId(message.contact_id);
    let contact = repo::vendors::contact(act.tx(), scope, to).await?.ok_or(AppError::NotFound)?;
    let mut letter = letter(platform, act.tx(), scope, &assessment, &contact, &message.purpose).await?;
    if message.purpose == "receipt" {
        let submission = repo::submissions::newest(act.tx(), &scope, assessment_id).await?;
        letter.receipt = submission.map(|row| row.answers_sha256);
    } else {
        let purpose = match message.purpose.as_str() {
            "returned" => "reminder",
            findings::RAISED | findings::BACK => findings::LINK,
            purpose => purpose,
        };
        let role: Role = message.role.parse().map_err(AppError::internal)?;
        if role == Role::Contributor {
            let assigned = repo::handovers::assigned(act.tx(), &scope, assessment_id).await?;
            letter.only(assigned.get(&contact.id).map_or(0, BTreeSet::len));
        }
        let (link, token) =
            chase::make_link(platform, &mut act, &scope, Actor::System, &assessment, (to, role), purpose).await?;
        let row = repo::links::get(act.tx(), SystemScope, link).await?.ok_or(AppError::NotFound)?;
        letter.link = Some(chase::link_address(platform, &token));
        letter.link_until = Some(iso_date::write(row.expires_at.date()));
    }
    act.commit().await?;

    platform.mail.send(&mail(platform, &letter, id, &contact.email)?).await?;

    let mut act = Act::begin(platform).await?;
    repo::messages::set_state(act.tx(), SystemScope, id, "delivered", None, Some(act.now)).await?;
    let details = json!({ "message": id, "purpose": message.purpose, "contact": ContactId(contact.id) });
    act.record(&scope, Actor::System, "message.delivered", ("assessment", assessment_id.0), &details);
    act.commit().await
}

async fn letter(
    platform: &Platform,
    db: &impl ConnectionTrait,
    scope: BuyerScope,
    assessment: &assessment::Model,
    contact: &contact::Model,
    purpose: &str,
) -> Result<Letter> {
    let vendor = repo::vendors::get(db, scope, VendorId(assessment.vendor_id)).await?.ok_or(AppError::NotFound)?;
    let buyer = repo::organisations::own(db, scope).await?.ok_or(AppError::NotFound)?;
    let version = platform.published.get(db, &scope, TemplateVersionId(assessment.template_version_id)).await?;
    Ok(Letter {
        language: ENGLISH.to_owned(),
        contact: contact.name.clone(),
        buyer: buyer.name,
        vendor: vendor.name,
        title: version.document.title.clone(),
        questions: version.row.question_count,
        minutes: version.document.minutes,
        due: iso_date::write(assessment.due_on),
        message: assessment.message.clone().filter(|_| purpose == "invitation"),
        link: None,
        link_until: None,
        site: platform.public_url.to_string(),
        receipt: None,
        keys: Keys {
            subject: format!("mail.{purpose}.subject"),
            opening: format!("mail.{purpose}.opening"),
            open: if matches!(purpose, findings::RAISED | findings::BACK) { "mail.open_findings" } else { "mail.open" },
        },
        purpose: purpose.to_owned(),
    })
}

/// The invitation that issuing an assessment would send today. The link is made when it is sent; dots stand for its
/// secret here.
///
/// # Errors
/// [`AppError::NotFound`] when the assessment's contact, vendor or questionnaire is out of the scope's reach.
pub async fn preview(platform: &Platform, scope: BuyerScope, assessment: &assessment::Model) -> Result<Mail> {
    let db = platform.db.read();
    let contact = ContactId(assessment.contact_id);
    let contact = repo::vendors::contact(db, scope, contact).await?.ok_or(AppError::NotFound)?;
    let mut letter = letter(platform, db, scope, assessment, &contact, "invitation").await?;
    letter.link = Some(format!("{}/a/…", platform.public_url));
    letter.link_until = Some(iso_date::write(chase::link_end(platform, assessment, platform.clock.today())));
    mail(platform, &letter, MessageId(assessment.id), &contact.email)
}

fn mail(platform: &Platform, letter: &Letter, id: MessageId, address: &str) -> Result<Mail> {
    let words = &platform.wording;
    let subject = words.text(
        &letter.language,
        &letter.keys.subject,
        &[("buyer", &letter.buyer), ("title", &letter.title), ("due", &letter.due), ("vendor", &letter.vendor)],
    );
    Ok(Mail {
        id: id.0,
        to_name: letter.contact.clone(),
        to_address: address.to_owned(),
        subject,
        text: platform.templates.render("emails/message.txt", letter).map_err(AppError::internal)?,
        html: platform.templates.render("emails/message", letter).map_err(AppError::internal)?,
    })
}

/// Notes that a message was given up, so that the list of what was sent says so.
///
/// # Errors
/// When the database fails.
pub async fn give_up(platform: &Platform, id: MessageId, reason: &str) -> Result<()> {
    let act = Act::begin(platform).await?;
    repo::messages::set_state(act.tx(), SystemScope, id, "failed", Some(reason.to_owned()), None).await?;
    act.commit().await
}
