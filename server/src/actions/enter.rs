//! A contact enters through a link.

use super::questionnaire::state_of;
use super::{Act, Actor, chase};
use crate::error::{AppError, Result};
use crate::platform::Platform;
use crate::repo::{self, SystemScope, VendorScope};
use domain::ids::{AssessmentId, ContactId, OrganisationId, VendorLinkId};
use entity::vendor_link;
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
    let scope = scope_of(&link);
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
    let scope = scope_of(&link);
    if link.first_used_at.is_none() {
        let mut act = Act::begin(platform).await?;
        repo::links::mark_used(act.tx(), SystemScope, scope.link, act.now).await?;
        repo::assessments::mark_opened(act.tx(), &scope, scope.assessment, act.now).await?;
        let details = json!({ "link": scope.link, "purpose": link.purpose });
        act.record(
            &scope,
            Actor::Contact(scope.contact),
            "assessment.opened",
            ("assessment", scope.assessment.0),
            &details,
        )
        .await?;
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
        Standing::Works(link) => Ok(scope_of(&link)),
        Standing::Expired(_) | Standing::Gone => Err(AppError::Unauthenticated),
    }
}

/// What a link lets in to. That it works is for [`standing`] to say.
pub fn scope_of(link: &vendor_link::Model) -> VendorScope {
    VendorScope {
        organisation: OrganisationId(link.organisation_id),
        assessment: AssessmentId(link.assessment_id),
        contact: ContactId(link.contact_id),
        link: VendorLinkId(link.id),
    }
}
