//! A contact enters through a link.

use super::questionnaire::state_of;
use super::{Act, Actor, chase, index};
use crate::error::{AppError, Result};
use crate::platform::Platform;
use crate::repo::sessions::Who;
use crate::repo::{self, BuyerScope, ClaimantScope, SystemScope, VendorScope};
use domain::access::Permission;
use domain::ids::{AssessmentId, ContactId, OrganisationId, VendorId, VendorLinkId};
use entity::{assessment, contact, vendor_link};
use sea_orm::{IntoActiveModel, Set};
use serde_json::json;

/// How a link stands.
#[derive(Clone, Debug, PartialEq)]
pub enum Standing {
    /// It works.
    Works(vendor_link::Model),
    /// Its time is over; a fresh one can be sent to the address on file.
    Expired(vendor_link::Model),
    /// It was revoked, its assessment was recalled, or it never was: the three look the same to the holder.
    Gone,
}

/// How the link of a secret stands. Looking changes nothing: mail scanners look.
///
/// # Errors
/// When the database fails.
pub async fn standing(platform: &Platform, secret: &str) -> Result<Standing> {
    let link = match chase::link_of(platform, secret).await {
        Ok(link) => link,
        Err(AppError::NotFound) => return Ok(Standing::Gone),
        Err(error) => return Err(error),
    };
    standing_of(platform, link).await
}

async fn standing_of(platform: &Platform, link: vendor_link::Model) -> Result<Standing> {
    let scope = scope_of(&link)?;
    let assessment = repo::assessments::get(platform.db.read(), &scope, scope.assessment).await?;
    let readable = assessment.map(|row| state_of(&row)).transpose()?.is_some_and(|state| state.is_readable_by_vendor());
    Ok(if link.revoked_at.is_some() || !readable {
        Standing::Gone
    } else if link.expires_at <= platform.clock.now() {
        Standing::Expired(link)
    } else {
        Standing::Works(link)
    })
}

/// Uses a link: notes the first use, and that the assessment was opened.
///
/// # Errors
/// [`AppError::Unauthenticated`] when the link does not work.
pub async fn enter(platform: &Platform, secret: &str) -> Result<VendorScope> {
    let Standing::Works(link) = standing(platform, secret).await? else { return Err(AppError::Unauthenticated) };
    let scope = scope_of(&link)?;
    if link.first_used_at.is_none() {
        let mut act = Act::begin(platform).await?;
        repo::links::mark_used(act.tx(), SystemScope, VendorLinkId(link.id), act.now).await?;
        repo::assessments::mark_opened(act.tx(), &scope, scope.assessment, act.now).await?;
        let details = json!({ "link": VendorLinkId(link.id), "purpose": link.purpose, "role": link.role });
        act.record(
            &scope,
            Actor::Contact(scope.contact),
            "assessment.opened",
            ("assessment", scope.assessment.0),
            &details,
        );
        act.commit().await?;
    }
    Ok(scope)
}

/// The scope of a session that came in through a link, as long as the link works.
///
/// # Errors
/// [`AppError::Unauthenticated`] when it does not any more.
pub async fn resume(platform: &Platform, link: VendorLinkId) -> Result<VendorScope> {
    let link = repo::links::get(platform.db.read(), SystemScope, link).await?.ok_or(AppError::Unauthenticated)?;
    match standing_of(platform, link).await? {
        Standing::Works(link) => scope_of(&link),
        Standing::Expired(_) | Standing::Gone => Err(AppError::Unauthenticated),
    }
}

/// The scope of a member of the vendor's own organisation, which has claimed the buyer's record of the vendor. The contact
/// is found by who they are, or made.
///
/// # Errors
/// [`AppError::NotFound`] when none of their organisations is asked this.
pub async fn by_membership(platform: &Platform, who: &Who, id: AssessmentId) -> Result<VendorScope> {
    for membership in who.memberships.iter().filter(|membership| membership.roles.may(Permission::Answer)) {
        let claimant = ClaimantScope::of(membership.organisation);
        let Some(row) = repo::assessments::asked_one(platform.db.read(), claimant, id).await? else { continue };
        let organisation = OrganisationId(row.organisation_id);
        let contact = contact_of(platform, who, &row).await?;
        // The first of the roles that reaches as far as any of them does.
        let role = membership.roles.iter().find(|role| role.may(Permission::Answer)).ok_or(AppError::NotFound)?;
        let person = Some(who.person);
        return Ok(VendorScope { organisation, assessment: id, contact, link: None, role, person });
    }
    Err(AppError::NotFound)
}

async fn contact_of(platform: &Platform, who: &Who, row: &assessment::Model) -> Result<ContactId> {
    let (own, vendor) = (SystemScope.acting_for(OrganisationId(row.organisation_id)), VendorId(row.vendor_id));
    let known = repo::vendors::contacts(platform.db.read(), own, vendor).await?;
    if let Some(contact) = known.iter().find(|contact| contact.person_id == Some(who.person.0)) {
        if row.opened_at.is_none() {
            let mut act = Act::begin(platform).await?;
            opened(&mut act, own, row, ContactId(contact.id)).await?;
            act.commit().await?;
        }
        return Ok(ContactId(contact.id));
    }
    let person = repo::people::person(platform.db.read(), SystemScope, who.person).await?;
    let verified = person.is_some_and(|person| person.email_verified_at.is_some());
    let mut act = Act::begin(platform).await?;
    let contact = match repo::vendors::contact_by_email(act.tx(), own, vendor, &who.email).await? {
        // Somebody whose address nobody has proved is not taken for the contact of that address.
        Some(_) if !verified => return Err(AppError::Forbidden),
        Some(contact) => {
            let id = ContactId(contact.id);
            let mut contact = contact.into_active_model();
            contact.person_id = Set(Some(who.person.0));
            repo::vendors::update_contact(act.tx(), own, contact).await?;
            id
        }
        None => {
            let id: ContactId = platform.clock.id();
            let contact = contact::ActiveModel {
                id: Set(id.0),
                organisation_id: Set(row.organisation_id),
                vendor_id: Set(vendor.0),
                name: Set(who.name.clone()),
                email: Set(who.email.clone()),
                person_id: Set(Some(who.person.0)),
                join_asked_at: Set(None),
                created_at: Set(act.now),
            };
            repo::vendors::add_contacts(act.tx(), own, vec![contact]).await?;
            index::enqueue_vendors(&mut act, &[vendor]).await?;
            id
        }
    };
    let details = json!({ "name": who.name, "email": who.email, "vendor": vendor, "member": true });
    act.record(&own, Actor::Contact(contact), "contact.entered_as_member", ("contact", contact.0), &details);
    if row.opened_at.is_none() {
        opened(&mut act, own, row, contact).await?;
    }
    act.commit().await?;
    Ok(contact)
}

async fn opened(act: &mut Act<'_>, own: BuyerScope, row: &assessment::Model, contact: ContactId) -> Result<()> {
    repo::assessments::mark_opened(act.tx(), &own, AssessmentId(row.id), act.now).await?;
    let subject = ("assessment", row.id);
    act.record(&own, Actor::Contact(contact), "assessment.opened", subject, &json!({ "member": true }));
    Ok(())
}

/// What a link lets in to. That it works is for [`standing`] to say.
///
/// # Errors
/// When the database holds a word that is no role, which its check constraint prevents.
pub fn scope_of(link: &vendor_link::Model) -> Result<VendorScope> {
    Ok(VendorScope {
        organisation: OrganisationId(link.organisation_id),
        assessment: AssessmentId(link.assessment_id),
        contact: ContactId(link.contact_id),
        link: Some(VendorLinkId(link.id)),
        role: link.role.parse().map_err(AppError::internal)?,
        person: None,
    })
}
