//! A vendor's own organisation: made by the first contact who wants to keep an account, joined by later ones, and bound to
//! the records that buyers have of the vendor.
//!
//! Only a link that was mailed proves that its holder reads the contact's mail; a copied one proves nothing. Nobody is
//! signed in to an account that there was before by a vendor's link: such a link lives for weeks and is passed on. And
//! nobody joins unasked: a buyer may add any contact, so an administrator of the vendor's organisation lets people in.

use super::organisations::{found_vendor, name};
use super::people::add_member_in;
use super::sign_in::{self, SignedIn};
use super::{Act, Actor, Buyer, Job, work};
use crate::error::{AppError, Result};
use crate::platform::Platform;
use crate::repo::sessions::Who;
use crate::repo::{self, ClaimantScope, SystemScope, VendorScope};
use domain::access::Role;
use domain::ids::{ContactId, MemberId, OrganisationId, PersonId, VendorId};
use entity::{assessment, contact, person, vendor};
use sea_orm::{ConnectionTrait, IntoActiveModel, Set};
use serde_json::{Value, json};
use uuid::Uuid;

/// What can be offered to whoever answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Offer {
    /// To make an organisation for the vendor of this name; or to bind the record to one that they administer.
    Keep {
        /// The vendor's name, as the buyer has it.
        vendor: String,
        /// Organisations that they administer.
        administered: Vec<(OrganisationId, String)>,
    },
    /// To ask to join the organisation of this name.
    Join(String),
    /// They have asked to join the organisation of this name.
    Asked(String),
    /// There is an account with their address: they sign in first.
    SignIn,
}

/// Links of these purposes are mailed, to the contact's address.
const MAILED: [&str; 5] = ["invitation", "reminder", "renewal", "handover", "signature"];

/// Everything that decides what is offered.
struct Door {
    assessment: assessment::Model,
    contact: contact::Model,
    vendor: vendor::Model,
    person: Option<person::Model>,
}

impl Door {
    /// Reads it; nothing where the link was not mailed.
    async fn read(db: &impl ConnectionTrait, scope: VendorScope) -> Result<Option<Self>> {
        let Some(link) = scope.link else { return Ok(None) };
        let link = repo::links::get(db, SystemScope, link).await?.ok_or(AppError::NotFound)?;
        if !MAILED.contains(&link.purpose.as_str()) {
            return Ok(None);
        }
        let own = SystemScope.acting_for(scope.organisation);
        let assessment = repo::assessments::get(db, &scope, scope.assessment).await?.ok_or(AppError::NotFound)?;
        let contact = repo::vendors::contact(db, own, scope.contact).await?.ok_or(AppError::NotFound)?;
        let vendor = VendorId(assessment.vendor_id);
        let vendor = repo::vendors::get(db, own, vendor).await?.ok_or(AppError::NotFound)?;
        let person = repo::people::by_email(db, SystemScope, &contact.email).await?;
        Ok(Some(Self { assessment, contact, vendor, person }))
    }

    async fn offer(&self, db: &impl ConnectionTrait, who: Option<&Who>) -> Result<Option<Offer>> {
        let person = self.person.as_ref().map(|person| PersonId(person.id));
        let memberships = match person {
            Some(person) => repo::people::memberships(db, SystemScope, person).await?,
            None => Vec::new(),
        };
        let signed_in = who.filter(|who| Some(who.person) == person);
        if let Some(claimed) = self.vendor.claimed_by {
            let organisation = repo::organisations::get(db, SystemScope, OrganisationId(claimed)).await?;
            let organisation = organisation.ok_or(AppError::NotFound)?.name;
            let is_member = memberships.iter().any(|row| row.organisation_id == claimed);
            return Ok(match (is_member, self.contact.join_asked_at) {
                (true, _) if signed_in.is_some() => None,
                (true, _) => Some(Offer::SignIn),
                (false, Some(_)) => Some(Offer::Asked(organisation)),
                (false, None) => Some(Offer::Join(organisation)),
            });
        }
        // Whoever the buyer asked speaks for the vendor; a colleague who was asked in for a part does not.
        if self.contact.id != self.assessment.contact_id {
            return Ok(None);
        }
        if !memberships.is_empty() && signed_in.is_none() {
            return Ok(Some(Offer::SignIn));
        }
        let administered = signed_in.iter().flat_map(|who| &who.memberships);
        let administered = administered
            .filter(|membership| membership.roles.has(Role::VendorAdministrator))
            .map(|membership| (membership.organisation, membership.organisation_name.clone()))
            .collect();
        Ok(Some(Offer::Keep { vendor: self.vendor.name.clone(), administered }))
    }
}

/// What can be offered to whoever answers.
///
/// # Errors
/// When the database fails.
pub async fn offer(platform: &Platform, scope: VendorScope, who: Option<&Who>) -> Result<Option<Offer>> {
    let db = platform.db.read();
    match Door::read(db, scope).await? {
        Some(door) => door.offer(db, who).await,
        None => Ok(None),
    }
}

/// Begins what an offer allows, with the vendor record held.
async fn begin<'a>(platform: &'a Platform, scope: VendorScope, who: Option<&Who>) -> Result<(Act<'a>, Door, Offer)> {
    let act = Act::begin(platform).await?;
    let door = Door::read(act.tx(), scope).await?.ok_or(AppError::Forbidden)?;
    let held = repo::claims::hold_vendor(act.tx(), SystemScope, VendorId(door.vendor.id)).await?;
    let door = Door { vendor: held.ok_or(AppError::NotFound)?, ..door };
    let offer = door.offer(act.tx(), who).await?.ok_or(AppError::Forbidden)?;
    Ok((act, door, offer))
}

/// Makes an organisation for the vendor, with the contact as its administrator. Gives who is signed in with that; nothing
/// where they were already.
///
/// # Errors
/// [`AppError::Forbidden`] when it is not offered; [`AppError::Invalid`] when the name is not usable.
pub async fn keep(
    platform: &Platform,
    scope: VendorScope,
    who: Option<&Who>,
    called: &str,
) -> Result<Option<SignedIn>> {
    let called = name(platform, "name", called)?;
    let (mut act, door, offer) = begin(platform, scope, who).await?;
    if !matches!(offer, Offer::Keep { .. }) {
        return Err(AppError::Forbidden);
    }
    let organisation = found_vendor(platform, &mut act, &called).await?;
    let id = OrganisationId(organisation.id);
    let own = SystemScope.acting_for(id);
    let person = (door.contact.name.as_str(), door.contact.email.as_str());
    let role = Role::VendorAdministrator.into();
    let member = add_member_in(platform, &mut act, own, Actor::System, person, &role).await?;
    repo::people::verify_email(act.tx(), SystemScope, member.person, act.now).await?;
    bind(&mut act, scope, &door, (id, &organisation.name), (member.id, member.person)).await?;
    let mut signed_in = None;
    if who.is_none_or(|who| who.person != member.person) {
        let begun = SignedIn { person: member.person, only_member: Some(member.id) };
        sign_in::record(&mut act, begun, "vendor-link").await?;
        signed_in = Some(begun);
    }
    act.commit().await?;
    Ok(signed_in)
}

/// Binds the buyer's record to an organisation that the contact administers and is signed in for.
///
/// # Errors
/// [`AppError::Forbidden`] when it is not offered; [`AppError::NotFound`] when they do not administer it.
pub async fn link(platform: &Platform, scope: VendorScope, who: &Who, organisation: OrganisationId) -> Result<()> {
    let (mut act, door, offer) = begin(platform, scope, Some(who)).await?;
    let Offer::Keep { administered, .. } = offer else { return Err(AppError::Forbidden) };
    let chosen = administered.iter().find(|(id, _)| *id == organisation).ok_or(AppError::NotFound)?;
    let membership = who.memberships.iter().find(|one| one.organisation == organisation).ok_or(AppError::NotFound)?;
    repo::people::verify_email(act.tx(), SystemScope, who.person, act.now).await?;
    bind(&mut act, scope, &door, (organisation, &chosen.1), (membership.member, who.person)).await?;
    act.commit().await
}

/// Writes the claim, in the books of both.
async fn bind(
    act: &mut Act<'_>,
    scope: VendorScope,
    door: &Door,
    (organisation, called): (OrganisationId, &str),
    (member, person): (MemberId, PersonId),
) -> Result<()> {
    let buyer = SystemScope.acting_for(scope.organisation);
    let mut row = door.vendor.clone().into_active_model();
    row.claimed_by = Set(Some(organisation.0));
    row.claimed_at = Set(Some(act.now));
    row.revision = Set(door.vendor.revision + 1);
    repo::vendors::update(act.tx(), buyer, row).await?;
    let mut row = door.contact.clone().into_active_model();
    row.person_id = Set(Some(person.0));
    row.join_asked_at = Set(None);
    repo::vendors::update_contact(act.tx(), buyer, row).await?;
    let asks = repo::organisations::own(act.tx(), buyer).await?.ok_or(AppError::NotFound)?.name;
    let details = json!({ "before": null, "after": { "organisation": organisation, "name": called } });
    let theirs = (scope.organisation, Actor::Contact(scope.contact), "vendor.claimed", details);
    let details = json!({ "buyer": asks, "vendor": VendorId(door.vendor.id), "called": door.vendor.name });
    let ours = (organisation, Actor::Member(member), "vendor_record.claimed", details);
    in_both(act, [theirs, ours], ("vendor", door.vendor.id)).await
}

type Entry = (OrganisationId, Actor, &'static str, Value);

/// Writes into two chains, always in the same order: two that do so at once wait for each other and do not lock up.
async fn in_both(act: &mut Act<'_>, mut entries: [Entry; 2], subject: (&str, Uuid)) -> Result<()> {
    entries.sort_by_key(|(organisation, ..)| *organisation);
    for (organisation, actor, action, details) in entries {
        act.record(&SystemScope.acting_for(organisation), actor, action, subject, &details);
    }
    Ok(())
}

/// Asks to join the organisation that has claimed the vendor; its administrators are told.
///
/// # Errors
/// [`AppError::Forbidden`] when it is not offered.
pub async fn ask_to_join(platform: &Platform, scope: VendorScope, who: Option<&Who>) -> Result<()> {
    let (mut act, door, offer) = begin(platform, scope, who).await?;
    match offer {
        Offer::Join(_) => {}
        Offer::Asked(_) => return Ok(()),
        Offer::Keep { .. } | Offer::SignIn => return Err(AppError::Forbidden),
    }
    let organisation = OrganisationId(door.vendor.claimed_by.ok_or(AppError::Forbidden)?);
    let buyer = SystemScope.acting_for(scope.organisation);
    let mut row = door.contact.clone().into_active_model();
    row.join_asked_at = Set(Some(act.now));
    repo::vendors::update_contact(act.tx(), buyer, row).await?;
    let contact = Actor::Contact(scope.contact);
    let details = json!({ "organisation": organisation });
    let theirs = (scope.organisation, contact, "contact.join_asked", details);
    let details = json!({ "name": door.contact.name, "email": door.contact.email });
    let ours = (organisation, Actor::System, "contact.join_asked", details);
    in_both(&mut act, [theirs, ours], ("contact", door.contact.id)).await?;
    for member in repo::people::members(act.tx(), SystemScope.acting_for(organisation)).await? {
        if member.roles.has(Role::VendorAdministrator) {
            tell(platform, &mut act, "join_asked", organisation, member.id, &door.contact.name).await?;
        }
    }
    act.commit().await
}

/// Lets a contact who asked join as a responder, or declines.
///
/// # Errors
/// [`AppError::NotFound`] when nobody of that id asks to join the caller's organisation.
pub async fn answer_join(platform: &Platform, by: &Buyer, id: ContactId, let_in: bool) -> Result<()> {
    let organisation = by.scope.organisation();
    let mut act = Act::begin(platform).await?;
    let found = repo::claims::joining_one(act.tx(), ClaimantScope::of(organisation), id).await?;
    let contact = found.ok_or(AppError::NotFound)?;
    let buyer = SystemScope.acting_for(OrganisationId(contact.organisation_id));
    let mut row = contact.clone().into_active_model();
    row.join_asked_at = Set(None);
    let action = if let_in { "contact.joined" } else { "contact.join_declined" };
    if let_in {
        let person = (contact.name.as_str(), contact.email.as_str());
        let known = repo::people::by_email(act.tx(), SystemScope, &contact.email).await?;
        let standing = match &known {
            Some(person) => repo::people::membership(act.tx(), by.scope, PersonId(person.id)).await?,
            None => None,
        };
        let is_member = standing.is_some_and(|row| row.removed_at.is_none());
        let person = match known.filter(|_| is_member) {
            // Invited meanwhile: there is nothing left to add.
            Some(person) => PersonId(person.id),
            None => {
                let role = Role::Responder.into();
                let member = add_member_in(platform, &mut act, by.scope, by.actor, person, &role).await?;
                tell(platform, &mut act, "let_in", organisation, member.id, &contact.name).await?;
                member.person
            }
        };
        // They asked through a link that was mailed to this address.
        repo::people::verify_email(act.tx(), SystemScope, person, act.now).await?;
        row.person_id = Set(Some(person.0));
    }
    repo::vendors::update_contact(act.tx(), buyer, row).await?;
    let details = json!({ "organisation": organisation });
    let theirs = (buyer.organisation(), Actor::System, action, details);
    let ours = (organisation, by.actor, action, json!({ "name": contact.name, "email": contact.email }));
    in_both(&mut act, [theirs, ours], ("contact", contact.id)).await?;
    act.commit().await
}

/// Queues a short mail to a member.
async fn tell(
    platform: &Platform,
    act: &mut Act<'_>,
    purpose: &'static str,
    organisation: OrganisationId,
    to: MemberId,
    about: &str,
) -> Result<()> {
    let payload = json!({
        "note": platform.clock.id::<Uuid>(), "purpose": purpose, "organisation": organisation, "to": to, "about": about,
    });
    act.enqueue(Job { kind: work::CLAIM_NOTE, payload, dedupe_key: None }).await
}

/// What a queued mail says to whom.
#[derive(Debug, serde::Deserialize)]
pub struct ClaimNote {
    note: Uuid,
    purpose: String,
    organisation: OrganisationId,
    to: MemberId,
    about: String,
}

/// Sends it: for the job.
///
/// # Errors
/// When the mail server refuses: the job is tried again.
pub async fn send_note(platform: &Platform, queued: ClaimNote) -> Result<()> {
    let (db, scope) = (platform.db.read(), SystemScope.acting_for(queued.organisation));
    let member = repo::people::member(db, scope, queued.to).await?.filter(|member| member.removed_at.is_none());
    let (Some(member), Some(organisation)) = (member, repo::organisations::own(db, scope).await?) else {
        return Ok(());
    };
    let purpose = if queued.purpose == "let_in" { "let_in" } else { "join_asked" };
    let note = super::note::Note {
        id: queued.note,
        purpose,
        to_name: member.name,
        to_address: member.email,
        values: [("person", queued.about), ("organisation", organisation.name)].into(),
        link: format!("{}/answering", platform.public_url),
    };
    super::note::send(platform, &note).await
}
