//! The vendor's people ask colleagues in: for some questions, for all of them, or for the signature. The buyer sees who
//! was asked in and cannot do it.

use super::issue::queue_message;
use super::organisations::{address, name};
use super::questionnaire::{Opened, state_of};
use super::submit::missing;
use super::{Act, Actor, Vendor, chase, index};
use crate::error::{AppError, Result};
use crate::platform::Platform;
use crate::repo::people::Member;
use crate::repo::{self, BuyerScope, SystemScope, Tenant, VendorScope};
use domain::access::{Permission, Role};
use domain::ids::{AssessmentId, ContactId, OrganisationId, VendorId};
use domain::problem::{Problem, Problems};
use entity::{assessment, contact};
use sea_orm::{ConnectionTrait, IntoActiveModel, Set};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

/// What a colleague is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    /// These questions and no others.
    Questions(BTreeSet<String>),
    /// Everything that whoever asks may do themselves.
    Everything,
}

/// How the link gets to the colleague.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// By mail.
    Mail,
    /// It is shown once, to be copied.
    Copy,
}

/// A colleague.
#[derive(Clone, Debug, Default)]
pub struct Colleague {
    /// Their name.
    pub name: String,
    /// Their address.
    pub email: String,
}

/// Everybody that a contact's links can be taken back from: links of the contact that the buyer asked stay.
const ASKED_IN: [&str; 3] = ["responder", "contributor", "signatory"];

/// Hands some questions, or everything, to a colleague. Gives the link where it is to be copied: it is shown this once.
///
/// # Errors
/// [`AppError::Forbidden`] when the role does not allow it; [`AppError::NotNow`] when it is not the vendor's turn;
/// [`AppError::TooMany`] when colleagues were asked in too often today.
pub async fn hand_over(
    platform: &Platform,
    by: &Vendor,
    to: &Colleague,
    part: &Part,
    way: Way,
) -> Result<Option<String>> {
    let scope = by.scope;
    let mut problems = Vec::new();
    let to = checked(platform, to, &mut problems);
    let (mut act, assessment) = begin(platform, by).await?;
    let buyer = by.as_buyer();
    if act.done_before(&buyer).await?.is_some() {
        return Ok(None);
    }
    let version = platform.published.get(act.tx(), &scope, assessment.template_version_id.into()).await?;
    if let Part::Questions(questions) = part {
        if questions.is_empty() {
            problems.push(Problem::new("questions", "no-question-chosen"));
        }
        let unknown = questions.iter().filter(|id| version.document.question(id).is_none());
        problems.extend(unknown.map(|id| Problem::new(id.clone(), "unknown")));
    }
    let Some(to) = to.filter(|_| problems.is_empty()) else { return Err(Problems(problems).into()) };
    let contact = found_or_added(platform, &mut act, scope, &assessment, &to).await?;
    let id = ContactId(contact.id);
    if id.0 == assessment.contact_id || id == scope.contact {
        return Err(Problem::new("email", "has-everything-already").into());
    }
    let known = repo::handovers::links(act.tx(), &scope, scope.assessment).await?;
    let has_all = known.iter().any(|link| link.contact_id == id.0 && link.role == Role::Responder.name());
    let before = repo::handovers::assigned(act.tx(), &scope, scope.assessment).await?.remove(&id.0).unwrap_or_default();
    let role = match part {
        Part::Questions(_) if has_all => return Err(Problem::new("email", "has-everything-already").into()),
        Part::Questions(questions) => {
            repo::handovers::assign(act.tx(), &scope, scope.assessment, (id, scope.contact), questions, act.now)
                .await?;
            Role::Contributor
        }
        Part::Everything => {
            // Whoever may answer all of it is no contributor any more.
            let was = (id, [Role::Contributor.name()]);
            repo::handovers::revoke(act.tx(), &scope, scope.assessment, (was.0, &was.1), act.now).await?;
            repo::handovers::withdraw_messages(act.tx(), &scope, scope.assessment, (was.0, &was.1)).await?;
            repo::handovers::unassign(act.tx(), &scope, scope.assessment, id).await?;
            Role::Responder
        }
    };
    let after = match part {
        Part::Questions(questions) => json!(before.union(questions).collect::<Vec<_>>()),
        Part::Everything => json!("everything"),
    };
    let details = json!({
        "contact": id, "name": contact.name, "email": contact.email, "role": role, "way": way.name(),
        "before": before, "after": after,
    });
    record(&mut act, scope, "assessment.handed_over", &details);
    let link = send(platform, &mut act, scope, &assessment, (id, role), ("handover", way)).await?;
    act.remember(&buyer, id.0).await?;
    act.commit().await?;
    Ok(link)
}

/// Names who signs; from then on nobody else can attest. Nothing is sent until somebody asks for the signature.
///
/// # Errors
/// As [`hand_over`].
pub async fn name_signatory(platform: &Platform, by: &Vendor, to: &Colleague) -> Result<ContactId> {
    let scope = by.scope;
    let mut problems = Vec::new();
    let to = checked(platform, to, &mut problems);
    let (mut act, assessment) = begin(platform, by).await?;
    let Some(to) = to.filter(|_| problems.is_empty()) else { return Err(Problems(problems).into()) };
    let contact = found_or_added(platform, &mut act, scope, &assessment, &to).await?;
    let id = ContactId(contact.id);
    if assessment.signatory_id == Some(id.0) {
        return Ok(id);
    }
    let before = assessment.signatory_id;
    if let Some(before) = before {
        no_longer_signs(&act, scope, ContactId(before)).await?;
    }
    let mut row = assessment.into_active_model();
    row.signatory_id = Set(Some(id.0));
    repo::assessments::update(act.tx(), &scope, row).await?;
    let after = json!({ "contact": id, "name": contact.name, "email": contact.email });
    record(&mut act, scope, "assessment.signatory_named", &json!({ "before": before, "after": after }));
    act.commit().await?;
    Ok(id)
}

/// Asks the named signatory for the signature, once every required question has an answer.
///
/// # Errors
/// [`AppError::Invalid`] with each required question that has no answer, or when no signatory is named; as
/// [`hand_over`].
pub async fn ask_for_signature(platform: &Platform, by: &Vendor, way: Way) -> Result<Option<String>> {
    let scope = by.scope;
    let (mut act, assessment) = begin(platform, by).await?;
    let buyer = by.as_buyer();
    if act.done_before(&buyer).await?.is_some() {
        return Ok(None);
    }
    let Some(signatory) = assessment.signatory_id.map(ContactId) else {
        return Err(Problem::new("signatory", "no-signatory").into());
    };
    let opened = Opened::around(platform, act.tx(), &scope, assessment).await?;
    let missing = missing(&opened).into_iter().map(|question| Problem::new(question, "answer-required"));
    Problems::none_or(missing.collect(), ())?;
    let details = json!({ "contact": signatory, "way": way.name() });
    record(&mut act, scope, "assessment.signature_asked", &details);
    let to = (signatory, Role::Signatory);
    let link = send(platform, &mut act, scope, &opened.assessment, to, ("signature", way)).await?;
    act.remember(&buyer, signatory.0).await?;
    act.commit().await?;
    Ok(link)
}

/// Takes back whatever a colleague was asked for: their links stop working at once, what they answered stays.
///
/// # Errors
/// [`AppError::NotFound`] when nothing was handed to them; [`AppError::Forbidden`] when the role does not allow it.
pub async fn take_back(platform: &Platform, by: &Vendor, contact: ContactId) -> Result<()> {
    let scope = by.scope;
    let (mut act, assessment) = begin(platform, by).await?;
    let signs = assessment.signatory_id == Some(contact.0);
    let everybody = asked_in(act.tx(), &scope, &assessment).await?;
    let colleague = everybody.iter().find(|one| one.contact.id == contact.0);
    if colleague.is_none() && !signs {
        return Err(AppError::NotFound);
    }
    let mut revoked = Vec::new();
    if contact.0 != assessment.contact_id {
        let to = (contact, ASKED_IN.as_slice());
        revoked = repo::handovers::revoke(act.tx(), &scope, scope.assessment, to, act.now).await?;
        repo::handovers::withdraw_messages(act.tx(), &scope, scope.assessment, to).await?;
        repo::handovers::unassign(act.tx(), &scope, scope.assessment, contact).await?;
    } else {
        no_longer_signs(&act, scope, contact).await?;
    }
    let before = json!({
        "contact": contact, "role": colleague.map(|one| one.role), "signatory": signs,
        "questions": colleague.map(|one| &one.questions),
    });
    if signs {
        let mut row = assessment.into_active_model();
        row.signatory_id = Set(None);
        repo::assessments::update(act.tx(), &scope, row).await?;
    }
    let details = json!({ "contact": contact, "before": before, "after": null, "links_revoked": revoked });
    record(&mut act, scope, "assessment.taken_back", &details);
    act.commit().await
}

/// A colleague who was asked in.
#[derive(Clone, Debug)]
pub struct AskedIn {
    /// Who.
    pub contact: contact::Model,
    /// For what.
    pub role: Role,
    /// Which questions; none where all.
    pub questions: BTreeSet<String>,
    /// Since when.
    pub since: OffsetDateTime,
    /// When they first came in.
    pub opened_at: Option<OffsetDateTime>,
    /// Their mail waits to be sent.
    pub queued: bool,
    /// Why their mail could not be delivered.
    pub failure: Option<String>,
}

/// Everybody whom the vendor's people asked in, by name.
///
/// # Errors
/// When the database fails.
pub async fn asked_in(
    db: &impl ConnectionTrait,
    scope: &impl Tenant,
    assessment: &assessment::Model,
) -> Result<Vec<AskedIn>> {
    let id = AssessmentId(assessment.id);
    let mut assigned = repo::handovers::assigned(db, scope, id).await?;
    let mut found: BTreeMap<Uuid, AskedIn> = BTreeMap::new();
    let own = SystemScope.acting_for(scope.organisation());
    let messages = repo::handovers::messages(db, scope, id).await?;
    let links = repo::handovers::links(db, scope, id).await?;
    let mut seen: Vec<(Uuid, &str, OffsetDateTime)> =
        links.iter().map(|row| (row.contact_id, row.role.as_str(), row.created_at)).collect();
    let unsent = messages.iter().filter(|row| row.state != "delivered");
    seen.extend(unsent.map(|row| (row.contact_id, row.role.as_str(), row.created_at)));
    seen.sort_by_key(|(.., at)| *at);
    let ids: Vec<ContactId> = seen.iter().map(|(contact, ..)| ContactId(*contact)).collect();
    let contacts = repo::vendors::contacts_by_id(db, own, &ids).await?;
    for (contact, role, at) in seen {
        let role: Role = role.parse().map_err(AppError::internal)?;
        if contact == assessment.contact_id && role != Role::Signatory {
            continue;
        }
        let Some(row) = contacts.get(&contact) else { continue };
        let entry = found.entry(contact).or_insert_with(|| AskedIn {
            contact: row.clone(),
            role,
            questions: BTreeSet::new(),
            since: at,
            opened_at: None,
            queued: false,
            failure: None,
        });
        // Whoever both answers and signs is shown by what reaches further.
        if role == Role::Responder || entry.role == Role::Contributor {
            entry.role = role;
        }
    }
    for entry in found.values_mut() {
        let own = |contact: Uuid| contact == entry.contact.id;
        entry.opened_at = links.iter().filter(|row| own(row.contact_id)).filter_map(|row| row.first_used_at).min();
        let newest = messages.iter().rev().find(|row| own(row.contact_id));
        entry.queued = newest.is_some_and(|row| row.state == "queued");
        entry.failure = newest.filter(|row| row.state == "failed").and_then(|row| row.failure.clone());
        if entry.role == Role::Contributor {
            entry.questions = assigned.remove(&entry.contact.id).unwrap_or_default();
        }
    }
    let mut all: Vec<AskedIn> = found.into_values().collect();
    all.sort_by(|a, b| (&a.contact.name, a.contact.id).cmp(&(&b.contact.name, b.contact.id)));
    Ok(all)
}

/// Whoever was named to sign.
///
/// # Errors
/// When the database fails.
pub async fn signatory(
    db: &impl ConnectionTrait,
    scope: &impl Tenant,
    assessment: &assessment::Model,
) -> Result<Option<contact::Model>> {
    let own: BuyerScope = SystemScope.acting_for(scope.organisation());
    match assessment.signatory_id {
        Some(id) => Ok(repo::vendors::contact(db, own, ContactId(id)).await?),
        None => Ok(None),
    }
}

/// The signatories of the vendor's own organisation, for a member of it who is to name one.
///
/// # Errors
/// When the database fails.
pub async fn signatories(platform: &Platform, scope: VendorScope, vendor: VendorId) -> Result<Vec<Member>> {
    let db = platform.db.read();
    let row = repo::vendors::get(db, SystemScope.acting_for(scope.organisation), vendor).await?;
    let claimed = row.and_then(|row| row.claimed_by).filter(|_| scope.link.is_none());
    let Some(organisation) = claimed.map(OrganisationId) else { return Ok(Vec::new()) };
    let mut members = repo::people::members(db, SystemScope.acting_for(organisation)).await?;
    members.retain(|member| member.roles.has(Role::Signatory));
    Ok(members)
}

impl Way {
    /// Its name in forms, the API and the audit log.
    pub fn name(self) -> &'static str {
        match self {
            Self::Mail => "mail",
            Self::Copy => "copy",
        }
    }
}

/// Holds the assessment, for one who may hand over while it is the vendor's turn.
async fn begin<'a>(platform: &'a Platform, by: &Vendor) -> Result<(Act<'a>, assessment::Model)> {
    if !by.scope.may(Permission::HandOver) {
        return Err(AppError::Forbidden);
    }
    let act = Act::begin(platform).await?;
    let row = repo::assessments::hold(act.tx(), &by.scope, by.scope.assessment).await?.ok_or(AppError::NotFound)?;
    let state = state_of(&row)?;
    if state.waits_for_vendor() { Ok((act, row)) } else { Err(AppError::NotNow(state.name())) }
}

fn checked(platform: &Platform, to: &Colleague, problems: &mut Vec<Problem>) -> Option<Colleague> {
    let name = name(platform, "name", &to.name).map_err(|problem| problems.push(problem));
    let email = address("email", &to.email).map_err(|problem| problems.push(problem));
    Some(Colleague { name: name.ok()?, email: email.ok()? })
}

/// The contact at that address; made where there is none.
async fn found_or_added(
    platform: &Platform,
    act: &mut Act<'_>,
    scope: VendorScope,
    assessment: &assessment::Model,
    to: &Colleague,
) -> Result<contact::Model> {
    let (own, vendor) = (SystemScope.acting_for(scope.organisation), VendorId(assessment.vendor_id));
    if let Some(known) = repo::vendors::contact_by_email(act.tx(), own, vendor, &to.email).await? {
        return Ok(known);
    }
    let row = contact::Model {
        id: platform.clock.id::<ContactId>().0,
        organisation_id: scope.organisation.0,
        vendor_id: vendor.0,
        name: to.name.clone(),
        email: to.email.clone(),
        person_id: None,
        join_asked_at: None,
        created_at: act.now,
    };
    repo::vendors::add_contacts(act.tx(), own, vec![row.clone().into_active_model()]).await?;
    index::enqueue_vendors(act, &[vendor]).await?;
    let details = json!({ "name": row.name, "email": row.email, "vendor": vendor });
    act.record(&own, Actor::Contact(scope.contact), "contact.added", ("contact", row.id), &details);
    Ok(row)
}

async fn no_longer_signs(act: &Act<'_>, scope: VendorScope, contact: ContactId) -> Result<()> {
    let to = (contact, [Role::Signatory.name()]);
    repo::handovers::revoke(act.tx(), &scope, scope.assessment, (to.0, &to.1), act.now).await?;
    repo::handovers::withdraw_messages(act.tx(), &scope, scope.assessment, (to.0, &to.1)).await?;
    Ok(())
}

/// Makes the link, or queues the mail whose job makes it.
async fn send(
    platform: &Platform,
    act: &mut Act<'_>,
    scope: VendorScope,
    assessment: &assessment::Model,
    to: (ContactId, Role),
    (purpose, way): (&str, Way),
) -> Result<Option<String>> {
    let since = act.now - Duration::days(1);
    let made = repo::handovers::made_since(act.tx(), &scope, scope.assessment, since).await?;
    if made >= platform.config.limits.handovers_per_day {
        return Err(AppError::TooMany { retry_after: 24 * 60 * 60 });
    }
    if way == Way::Mail {
        let by = Vendor::from(scope).as_buyer();
        queue_message(platform, act, &by, scope.assessment, to, purpose).await?;
        return Ok(None);
    }
    let actor = Actor::Contact(scope.contact);
    let (_, token) = chase::make_link(platform, act, &scope, actor, assessment, to, "copy").await?;
    Ok(Some(chase::link_address(platform, &token)))
}

fn record(act: &mut Act<'_>, scope: VendorScope, action: &str, details: &Value) {
    let subject = ("assessment", scope.assessment.0);
    act.record(&scope, Actor::Contact(scope.contact), action, subject, details);
}
