//! After issuing: copy a link, remind, extend, recall, revoke; and a fresh link for who holds an expired one.

use super::issue::{due_date, queue_message};
use super::questionnaire::state_of;
use super::{Act, Actor, Buyer, Token, index};
use crate::error::{AppError, Result};
use crate::platform::Platform;
use crate::repo::{self, SystemScope, Tenant};
use domain::access::Role;
use domain::assessment::Event;
use domain::ids::{AssessmentId, ContactId, OrganisationId, VendorLinkId};
use entity::{assessment, vendor_link};
use sea_orm::{IntoActiveModel, Set};
use serde_json::json;
use time::{Date, Duration, OffsetDateTime, Time};

/// Makes a further link for a contact. It is shown, or sent, once.
pub(super) async fn make_link(
    platform: &Platform,
    act: &mut Act<'_>,
    scope: &impl Tenant,
    actor: Actor,
    assessment: &assessment::Model,
    (contact, role): (ContactId, Role),
    purpose: &str,
) -> Result<(VendorLinkId, Token)> {
    let token = Token::fresh(&platform.clock);
    let id: VendorLinkId = platform.clock.id();
    let expires_at = OffsetDateTime::new_utc(link_end(platform, assessment, act.now.date()), Time::MIDNIGHT);
    let row = vendor_link::ActiveModel {
        id: Set(id.0),
        organisation_id: Set(assessment.organisation_id),
        assessment_id: Set(assessment.id),
        contact_id: Set(contact.0),
        token_hash: Set(token.hash()),
        purpose: Set(purpose.to_owned()),
        role: Set(role.name().to_owned()),
        created_at: Set(act.now),
        expires_at: Set(expires_at),
        first_used_at: Set(None),
        revoked_at: Set(None),
    };
    repo::links::add(act.tx(), scope, row).await?;
    let details = json!({
        "link": id, "contact": contact, "purpose": purpose, "role": role,
        "expires_at": expires_at.unix_timestamp(),
    });
    act.record(scope, actor, "vendor_link.made", ("assessment", assessment.id), &details);
    Ok((id, token))
}

/// The day with whose beginning a link that is made today stops working.
pub(super) fn link_end(platform: &Platform, assessment: &assessment::Model, today: Date) -> Date {
    assessment.due_on.max(today) + Duration::days(platform.config.limits.link_days_after_due)
}

/// The address of a link.
pub fn link_address(platform: &Platform, token: &Token) -> String {
    format!("{}/a/{}", platform.public_url, token.reveal())
}

/// Makes a link to be copied, where there is no mail. It is shown this once.
///
/// # Errors
/// [`AppError::NotNow`] when there is nothing that the vendor may read.
pub async fn copy_link(platform: &Platform, by: &Buyer, id: AssessmentId) -> Result<String> {
    let mut act = Act::begin(platform).await?;
    let row = repo::assessments::hold(act.tx(), &by.scope, id).await?.ok_or(AppError::NotFound)?;
    let state = state_of(&row)?;
    if !state.is_readable_by_vendor() {
        return Err(AppError::NotNow(state.name()));
    }
    let to = (ContactId(row.contact_id), Role::Responder);
    let (_, token) = make_link(platform, &mut act, &by.scope, by.actor, &row, to, "copy").await?;
    act.commit().await?;
    Ok(link_address(platform, &token))
}

/// Reminds the contact, with a further link.
///
/// # Errors
/// [`AppError::NotNow`] when it is not the vendor's turn.
pub async fn remind(platform: &Platform, by: &Buyer, id: AssessmentId) -> Result<()> {
    let mut act = Act::begin(platform).await?;
    if act.done_before(by).await?.is_some() {
        return Ok(());
    }
    let row = repo::assessments::hold(act.tx(), &by.scope, id).await?.ok_or(AppError::NotFound)?;
    let state = state_of(&row)?;
    if !state.waits_for_vendor() {
        return Err(AppError::NotNow(state.name()));
    }
    let contact = ContactId(row.contact_id);
    let message = queue_message(platform, &mut act, by, id, (contact, Role::Responder), "reminder").await?;
    let details = json!({ "contact": contact, "message": message });
    act.record(&by.scope, by.actor, "assessment.reminded", ("assessment", id.0), &details);
    act.remember(by, id.0).await?;
    act.commit().await
}

/// Moves the due date.
///
/// # Errors
/// [`AppError::NotNow`] when it is not the vendor's turn; [`AppError::Changed`] when somebody else changed it since
/// `revision`.
pub async fn extend(
    platform: &Platform,
    by: &Buyer,
    id: AssessmentId,
    due_on: Date,
    revision: Option<i64>,
) -> Result<()> {
    let mut act = Act::begin(platform).await?;
    if act.done_before(by).await?.is_some() {
        return Ok(());
    }
    due_date(due_on, act.now.date())?;
    let before = repo::assessments::hold(act.tx(), &by.scope, id).await?.ok_or(AppError::NotFound)?;
    let state = state_of(&before)?;
    if !(state.waits_for_vendor() || state == domain::assessment::State::Draft) {
        return Err(AppError::NotNow(state.name()));
    }
    if revision.is_some_and(|revision| revision != before.revision) {
        return Err(AppError::Changed(json!({
            "due_on": domain::answer::iso_date::write(before.due_on), "revision": before.revision
        })));
    }
    let write = domain::answer::iso_date::write;
    let details = json!({ "before": write(before.due_on), "after": write(due_on) });
    let revision = before.revision + 1;
    let mut row = before.into_active_model();
    row.due_on = Set(due_on);
    row.revision = Set(revision);
    repo::assessments::update(act.tx(), &by.scope, row).await?;
    act.record(&by.scope, by.actor, "assessment.extended", ("assessment", id.0), &details);
    index::enqueue_assessment(&mut act, id).await?;
    act.remember(by, id.0).await?;
    act.commit().await
}

/// Withdraws the request: its links stop working at once. Answers already given are kept.
///
/// # Errors
/// [`AppError::NotNow`] when it was submitted already.
pub async fn recall(platform: &Platform, by: &Buyer, id: AssessmentId) -> Result<()> {
    let mut act = Act::begin(platform).await?;
    if act.done_before(by).await?.is_some() {
        return Ok(());
    }
    let before = repo::assessments::hold(act.tx(), &by.scope, id).await?.ok_or(AppError::NotFound)?;
    let state = state_of(&before)?.after(Event::Recall)?;
    let revision = before.revision + 1;
    let mut row = before.into_active_model();
    row.state = Set(state.name().to_owned());
    row.revision = Set(revision);
    repo::assessments::update(act.tx(), &by.scope, row).await?;
    let links = repo::links::revoke_all(act.tx(), by.scope, id, act.now).await?;
    act.record(&by.scope, by.actor, "assessment.recalled", ("assessment", id.0), &json!({ "links_revoked": links }));
    index::enqueue_assessment(&mut act, id).await?;
    act.remember(by, id.0).await?;
    act.commit().await
}

/// Revokes one link.
///
/// # Errors
/// [`AppError::NotFound`] when the assessment has no such link that still works.
pub async fn revoke_link(platform: &Platform, by: &Buyer, id: AssessmentId, link: VendorLinkId) -> Result<()> {
    let mut act = Act::begin(platform).await?;
    repo::assessments::get(act.tx(), &by.scope, id).await?.ok_or(AppError::NotFound)?;
    if !repo::links::revoke(act.tx(), by.scope, id, link, act.now).await? {
        return Err(AppError::NotFound);
    }
    act.record(&by.scope, by.actor, "vendor_link.revoked", ("assessment", id.0), &json!({ "link": link }));
    act.commit().await
}

/// Sends a fresh link to the address on file, for whoever holds an expired one. The holder learns nothing but that.
///
/// # Errors
/// [`AppError::NotFound`] when the link never was or was revoked; [`AppError::TooMany`] when it was asked too often.
pub async fn renew(platform: &Platform, link: &vendor_link::Model) -> Result<()> {
    let by = Buyer::system(OrganisationId(link.organisation_id));
    let id = AssessmentId(link.assessment_id);
    let mut act = Act::begin(platform).await?;
    let row = repo::assessments::hold(act.tx(), &by.scope, id).await?.ok_or(AppError::NotFound)?;
    if link.revoked_at.is_some() || !state_of(&row)?.is_readable_by_vendor() {
        return Err(AppError::NotFound);
    }
    let since = act.now - Duration::days(1);
    let asked = repo::messages::made_since(act.tx(), &by.scope, id, "renewal", since).await?;
    if asked >= platform.config.limits.renewals_per_day {
        return Err(AppError::TooMany { retry_after: 24 * 60 * 60 });
    }
    let to = (ContactId(link.contact_id), link.role.parse().map_err(AppError::internal)?);
    let message = queue_message(platform, &mut act, &by, id, to, "renewal").await?;
    let details = json!({ "expired_link": VendorLinkId(link.id), "message": message });
    act.record(
        &by.scope,
        Actor::Contact(ContactId(link.contact_id)),
        "vendor_link.renewal_asked",
        ("assessment", id.0),
        &details,
    );
    act.commit().await
}

/// The link of a secret, whether or not it still works.
///
/// # Errors
/// [`AppError::NotFound`] when there is none.
pub async fn link_of(platform: &Platform, secret: &str) -> Result<vendor_link::Model> {
    repo::links::by_token(platform.db.read(), SystemScope, &super::token_hash(secret)).await?.ok_or(AppError::NotFound)
}
