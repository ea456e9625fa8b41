//! Inviting people to become members: mailed by a job, told whether it arrived, accepted once.

use super::note::{self, Note};
use super::organisations::{address, name};
use super::people::{add_member_in, sides};
use super::sign_in::{SignedIn, record};
use super::{Act, Actor, Buyer, Job, Token, token_hash, work};
use crate::error::{AppError, Result};
use crate::platform::Platform;
use crate::platform::mail::Refused;
use crate::platform::wording::ENGLISH;
use crate::repo::invitations::{NewInvitation, Way};
use crate::repo::{self, BuyerScope, SystemScope};
use domain::access::Roles;
use domain::answer::iso_date;
use domain::ids::{InvitationId, MemberId, OrganisationId, PersonId};
use domain::problem::{Problem, Problems};
use entity::{invitation, person};
use sea_orm::Set;
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::collections::BTreeMap;
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

/// Where an invitation stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It can be accepted.
    Open,
    /// It was.
    Accepted,
    /// It was taken back.
    Revoked,
    /// Its time is over.
    Expired,
}

impl Standing {
    /// Of an invitation, now.
    pub fn of(row: &invitation::Model, now: OffsetDateTime) -> Self {
        match row {
            row if row.accepted_at.is_some() => Self::Accepted,
            row if row.revoked_at.is_some() => Self::Revoked,
            row if row.expires_at <= now => Self::Expired,
            _ => Self::Open,
        }
    }

    /// Its name, in the API and in the keys of its wording.
    pub fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Accepted => "accepted",
            Self::Revoked => "revoked",
            Self::Expired => "expired",
        }
    }
}

/// Who is to be invited.
#[derive(Clone, Debug)]
pub struct Invite {
    /// Their name.
    pub name: String,
    /// Their address.
    pub email: String,
    /// What they are to be there for.
    pub roles: Roles,
}

/// Invites somebody: a mail with a link goes to their address.
///
/// # Errors
/// When the name or address is not usable, no role is named or one is none of this kind of organisation's, or the
/// address is a member's or was invited already.
pub async fn invite(platform: &Platform, by: &Buyer, input: &Invite) -> Result<InvitationId> {
    let (name, email) = checked(platform, input)?;
    let mut act = Act::begin(platform).await?;
    if let Some(done) = act.done_before(by).await? {
        return Ok(InvitationId(done));
    }
    let id = invite_in(platform, &mut act, by.scope, by.actor, (&name, &email), &input.roles).await?;
    act.remember(by, id.0).await?;
    act.commit().await?;
    Ok(id)
}

/// Name and address, as they are kept.
pub(super) fn checked(platform: &Platform, input: &Invite) -> Result<(String, String)> {
    let mut problems = Vec::new();
    let name = name(platform, "name", &input.name).map_err(|p| problems.push(p));
    let email = address("email", &input.email).map_err(|p| problems.push(p));
    if input.roles.is_empty() {
        problems.push(Problem::new("roles", "choose-role"));
    }
    match (name, email) {
        (Ok(name), Ok(email)) if problems.is_empty() => Ok((name, email)),
        _ => Err(Problems(problems).into()),
    }
}

pub(super) async fn invite_in(
    platform: &Platform,
    act: &mut Act<'_>,
    scope: BuyerScope,
    actor: Actor,
    (name, email): (&str, &str),
    roles: &Roles,
) -> Result<InvitationId> {
    if !roles.fit(&sides(act, scope).await?) {
        return Err(Problem::new("roles", "not-here").into());
    }
    if is_member(act, scope, email).await? {
        return Err(Problem::new("email", "already-a-member").into());
    }
    if let Some(before) = repo::invitations::open_to(act.tx(), scope, email).await? {
        if Standing::of(&before, act.now) == Standing::Open {
            return Err(Problem::new("email", "already-invited").into());
        }
        withdraw(act, scope, actor, before).await?;
    }
    let new = NewInvitation {
        id: platform.clock.id(),
        name: name.to_owned(),
        email: email.to_owned(),
        roles: roles.clone(),
        invited_by: if let Actor::Member(member) = actor { Some(member) } else { None },
        expires_at: act.now + Duration::days(platform.config.limits.invitation_days),
    };
    let id = new.id;
    let details = json!({
        "name": name, "email": email, "roles": roles, "expires_at": new.expires_at.unix_timestamp()
    });
    if let Err(error) = repo::invitations::add(act.tx(), scope, new, act.now).await {
        return crate::platform::db::duplicate_at(error, "email");
    }
    act.record(&scope, actor, "invitation.made", ("invitation", id.0), &details);
    enqueue(platform, act, id).await?;
    Ok(id)
}

async fn is_member(act: &Act<'_>, scope: BuyerScope, email: &str) -> Result<bool> {
    let Some(person) = repo::people::by_email(act.tx(), SystemScope, email).await? else { return Ok(false) };
    let row = repo::people::membership(act.tx(), scope, PersonId(person.id)).await?;
    Ok(row.is_some_and(|row| row.removed_at.is_none()))
}

async fn withdraw(act: &mut Act<'_>, scope: BuyerScope, actor: Actor, row: invitation::Model) -> Result<()> {
    let id = row.id;
    let details = json!({ "before": Standing::of(&row, act.now).name(), "after": "revoked", "email": row.email });
    let mut row: invitation::ActiveModel = row.into();
    row.revoked_at = Set(Some(act.now));
    repo::invitations::update(act.tx(), scope, row).await?;
    act.record(&scope, actor, "invitation.revoked", ("invitation", id), &details);
    Ok(())
}

/// An invitation on its way to the post.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Posted {
    invitation: InvitationId,
    mail: Uuid,
}

async fn enqueue(platform: &Platform, act: &mut Act<'_>, id: InvitationId) -> Result<()> {
    let payload = serde_json::to_value(Posted { invitation: id, mail: platform.clock.id() })?;
    act.enqueue(Job { kind: work::INVITE, payload, dedupe_key: Some(id.to_string()) }).await
}

/// Mails an invitation, under a link of its own, as long as it is open.
pub(super) async fn deliver(platform: &Platform, posted: &Posted) -> Result<()> {
    let id = posted.invitation;
    let Some(row) = repo::invitations::to_mail(platform.db.read(), SystemScope, id).await? else { return Ok(()) };
    if Standing::of(&row, platform.clock.now()) != Standing::Open {
        return Ok(());
    }
    let scope = SystemScope.acting_for(OrganisationId(row.organisation_id));
    let organisation = repo::organisations::own(platform.db.read(), scope).await?.ok_or(AppError::NotFound)?;
    let token = Token::fresh(&platform.clock);
    let act = Act::begin(platform).await?;
    repo::invitations::add_link(act.tx(), scope, id, (token.hash(), Way::Mail), act.now).await?;
    act.commit().await?;
    let roles: Roles = row.roles.parse().map_err(AppError::internal)?;
    let words = |key: &str| platform.wording.text(ENGLISH, key, &[]);
    let inviter = match row.invited_by {
        Some(member) => repo::people::member(platform.db.read(), scope, MemberId(member)).await?.map(|one| one.name),
        None => None,
    };
    let note = Note {
        id: posted.mail,
        purpose: "member_invitation",
        to_name: row.name,
        to_address: row.email,
        values: BTreeMap::from([
            ("organisation", organisation.name),
            ("inviter", inviter.unwrap_or_else(|| words("invitations.installation"))),
            ("roles", roles.iter().map(|role| words(&format!("role.{role}"))).collect::<Vec<_>>().join(", ")),
            ("until", iso_date::write(row.expires_at.date())),
        ]),
        link: link_address(platform, &token),
    };
    let outcome = note::send(platform, &note).await;
    let act = Act::begin(platform).await?;
    if outcome.is_err() {
        repo::invitations::remove_link(act.tx(), SystemScope, &token.hash()).await?;
        act.commit().await?;
    } else {
        drop(act);
    }
    match outcome {
        Ok(()) => note_delivery(platform, scope, id, Ok(())).await,
        Err(error) => match Refused::inside(&error).filter(|refused| refused.for_good) {
            Some(refused) => note_delivery(platform, scope, id, Err(refused.words.clone())).await,
            None => Err(error),
        },
    }
}

async fn note_delivery(
    platform: &Platform,
    scope: BuyerScope,
    id: InvitationId,
    how: Result<(), String>,
) -> Result<()> {
    let mut act = Act::begin(platform).await?;
    let Some(row) = repo::invitations::hold(act.tx(), scope, id).await? else { return Ok(()) };
    let details = json!({ "before": row.delivery, "email": row.email, "failure": how.as_ref().err() });
    let mut row: invitation::ActiveModel = row.into();
    let action = match how {
        Ok(()) => {
            row.delivery = Set("delivered".to_owned());
            row.sent_at = Set(Some(act.now));
            row.failure = Set(None);
            "invitation.delivered"
        }
        Err(words) => {
            row.delivery = Set("bounced".to_owned());
            row.failure = Set(Some(words));
            "invitation.bounced"
        }
    };
    repo::invitations::update(act.tx(), scope, row).await?;
    act.record(&scope, Actor::System, action, ("invitation", id.0), &details);
    act.commit().await
}

/// Notes that the mail was tried often enough.
pub(super) async fn give_up(platform: &Platform, posted: &Posted, reason: String) -> Result<()> {
    let Some(row) = repo::invitations::to_mail(platform.db.read(), SystemScope, posted.invitation).await? else {
        return Ok(());
    };
    let scope = SystemScope.acting_for(OrganisationId(row.organisation_id));
    note_delivery(platform, scope, posted.invitation, Err(reason)).await
}

/// Where an invitation is accepted.
pub fn link_address(platform: &Platform, token: &Token) -> String {
    format!("{}/join/{}", platform.public_url, token.reveal())
}

/// Mails an invitation anew; its time begins again.
///
/// # Errors
/// [`AppError::NotFound`] when the organisation has no such invitation, [`AppError::NotNow`] when it was accepted or
/// revoked, [`AppError::TooMany`] when it was mailed too often.
pub async fn resend(platform: &Platform, by: &Buyer, id: InvitationId) -> Result<()> {
    let mut act = Act::begin(platform).await?;
    let row = repo::invitations::hold(act.tx(), by.scope, id).await?.ok_or(AppError::NotFound)?;
    renew(platform, &mut act, by.scope, by.actor, row).await?;
    act.commit().await
}

async fn renew(
    platform: &Platform,
    act: &mut Act<'_>,
    scope: BuyerScope,
    actor: Actor,
    row: invitation::Model,
) -> Result<()> {
    let id = InvitationId(row.id);
    match Standing::of(&row, act.now) {
        Standing::Open | Standing::Expired => {}
        Standing::Accepted => return Err(AppError::NotNow("invitation_accepted")),
        Standing::Revoked => return Err(AppError::NotNow("invitation_revoked")),
    }
    let day = Duration::days(1);
    let mailed = repo::invitations::mails_since(act.tx(), SystemScope, id, act.now - day).await?;
    if mailed >= platform.config.limits.invitation_mails_per_day {
        return Err(AppError::TooMany { retry_after: u64::try_from(day.whole_seconds()).unwrap_or(1) });
    }
    let expires_at = act.now + Duration::days(platform.config.limits.invitation_days);
    let details = json!({
        "email": row.email, "before": row.expires_at.unix_timestamp(), "after": expires_at.unix_timestamp()
    });
    let mut row: invitation::ActiveModel = row.into();
    row.expires_at = Set(expires_at);
    row.delivery = Set("queued".to_owned());
    row.failure = Set(None);
    repo::invitations::update(act.tx(), scope, row).await?;
    act.record(&scope, actor, "invitation.resent", ("invitation", id.0), &details);
    enqueue(platform, act, id).await
}

/// Makes a link to an open invitation, to be given to its person in another way than by mail. It is shown once, and
/// proves nothing about their address.
///
/// # Errors
/// [`AppError::NotFound`] when the organisation has no such invitation, [`AppError::NotNow`] when it is not open.
pub async fn copy_link(platform: &Platform, by: &Buyer, id: InvitationId) -> Result<Token> {
    let mut act = Act::begin(platform).await?;
    let row = repo::invitations::hold(act.tx(), by.scope, id).await?.ok_or(AppError::NotFound)?;
    open_only(&row, act.now)?;
    let token = Token::fresh(&platform.clock);
    repo::invitations::add_link(act.tx(), by.scope, id, (token.hash(), Way::Copy), act.now).await?;
    let details = json!({ "email": row.email });
    act.record(&by.scope, by.actor, "invitation.link_copied", ("invitation", id.0), &details);
    act.commit().await?;
    Ok(token)
}

fn open_only(row: &invitation::Model, now: OffsetDateTime) -> Result<()> {
    match Standing::of(row, now) {
        Standing::Open => Ok(()),
        Standing::Accepted => Err(AppError::NotNow("invitation_accepted")),
        Standing::Revoked => Err(AppError::NotNow("invitation_revoked")),
        Standing::Expired => Err(AppError::NotNow("invitation_expired")),
    }
}

/// Takes an invitation back: its links stop working.
///
/// # Errors
/// [`AppError::NotFound`] when the organisation has no such invitation, [`AppError::NotNow`] when it was accepted or
/// revoked already.
pub async fn revoke(platform: &Platform, by: &Buyer, id: InvitationId) -> Result<()> {
    let mut act = Act::begin(platform).await?;
    let row = repo::invitations::hold(act.tx(), by.scope, id).await?.ok_or(AppError::NotFound)?;
    match open_only(&row, act.now) {
        Ok(()) | Err(AppError::NotNow("invitation_expired")) => {}
        Err(error) => return Err(error),
    }
    withdraw(&mut act, by.scope, by.actor, row).await?;
    act.commit().await
}

/// What a link leads to, as whoever opens it is told.
#[derive(Clone, Debug)]
pub struct Offer {
    /// The invitation.
    pub row: invitation::Model,
    /// Where it stands.
    pub standing: Standing,
    /// How the link came.
    pub way: Way,
    /// What it is an invitation to.
    pub organisation: String,
    /// Who invites; none where the installation does.
    pub inviter: Option<String>,
    /// As what.
    pub roles: Roles,
    /// The person is a member already.
    pub is_member: bool,
    /// Whoever has the address signs in here already, so that a link which proves nothing does not let in as them.
    pub is_known: bool,
}

/// Looks at an invitation through its link. Changes nothing.
///
/// # Errors
/// [`AppError::NotFound`] when there never was such a link.
pub async fn offer(platform: &Platform, secret: &str) -> Result<Offer> {
    let db = platform.db.read();
    let found = repo::invitations::by_link(db, SystemScope, &token_hash(secret)).await?;
    let (row, way) = found.ok_or(AppError::NotFound)?;
    let scope = SystemScope.acting_for(OrganisationId(row.organisation_id));
    let organisation = repo::organisations::own(db, scope).await?.ok_or(AppError::NotFound)?.name;
    let inviter = match row.invited_by {
        Some(member) => repo::people::member(db, scope, MemberId(member)).await?.map(|member| member.name),
        None => None,
    };
    let person = repo::people::by_email(db, SystemScope, &row.email).await?;
    let (mut is_member, mut is_known) = (false, false);
    if let Some(person) = &person {
        let all = repo::people::memberships(db, SystemScope, PersonId(person.id)).await?;
        is_member = all.iter().any(|member| member.organisation_id == row.organisation_id);
        is_known = known(person, !all.is_empty());
    }
    Ok(Offer {
        standing: Standing::of(&row, platform.clock.now()),
        roles: row.roles.parse().map_err(AppError::internal)?,
        row,
        way,
        organisation,
        inviter,
        is_member,
        is_known,
    })
}

/// Whether a person has anything that a stranger could get at by passing for them.
fn known(person: &person::Model, is_member_somewhere: bool) -> bool {
    is_member_somewhere || person.email_verified_at.is_some() || person.password_hash.is_some()
}

/// Accepts an invitation and signs in. `here` is whoever is signed in in the browser that does it.
///
/// # Errors
/// [`AppError::NotFound`] when there never was such a link; [`AppError::NotNow`] with `invitation_accepted`,
/// `invitation_revoked`, `invitation_expired`, `already_a_member`, `signed_in_as_another`, or `sign_in_first` where the
/// address is somebody's who signs in here and the link proves nothing of it.
pub async fn accept(platform: &Platform, secret: &str, here: Option<SignedIn>) -> Result<SignedIn> {
    let mut act = Act::begin(platform).await?;
    let found = repo::invitations::by_link(act.tx(), SystemScope, &token_hash(secret)).await?;
    let (row, way) = found.ok_or(AppError::NotFound)?;
    let scope = SystemScope.acting_for(OrganisationId(row.organisation_id));
    let id = InvitationId(row.id);
    let row = repo::invitations::hold(act.tx(), scope, id).await?.ok_or(AppError::NotFound)?;
    open_only(&row, act.now)?;
    let person = repo::people::by_email(act.tx(), SystemScope, &row.email).await?;
    if here.is_some_and(|here| person.as_ref().is_none_or(|person| PersonId(person.id) != here.person)) {
        return Err(AppError::NotNow("signed_in_as_another"));
    }
    if let Some(person) = &person {
        let all = repo::people::memberships(act.tx(), SystemScope, PersonId(person.id)).await?;
        if all.iter().any(|member| member.organisation_id == row.organisation_id) {
            return Err(AppError::NotNow("already_a_member"));
        }
        let is_whole = here.is_some_and(|here| here.only_member.is_none());
        if way == Way::Copy && !is_whole && known(person, !all.is_empty()) {
            return Err(AppError::NotNow("sign_in_first"));
        }
    }
    if !repo::invitations::accept(act.tx(), SystemScope, id, act.now).await? {
        return Err(AppError::NotNow("invitation_accepted"));
    }
    let roles: Roles = row.roles.parse().map_err(AppError::internal)?;
    let who = (row.name.as_str(), row.email.as_str());
    let member = add_member_in(platform, &mut act, scope, Actor::System, who, &roles).await?;
    if way == Way::Mail {
        repo::people::verify_email(act.tx(), SystemScope, member.person, act.now).await?;
    }
    let details = json!({ "email": row.email, "roles": roles, "way": if way == Way::Mail { "mail" } else { "copy" } });
    let by = Actor::Member(member.id);
    act.record(&scope, by, "invitation.accepted", ("invitation", id.0), &details);
    let is_whole = way == Way::Mail || here.is_some_and(|here| here.only_member.is_none());
    let signed_in = SignedIn { person: member.person, only_member: (!is_whole).then_some(member.id) };
    record(&mut act, signed_in, "invitation").await?;
    act.commit().await?;
    Ok(signed_in)
}

/// Asks for a fresh mail in place of an expired invitation, to the same address.
///
/// # Errors
/// [`AppError::NotFound`] when there never was such a link, [`AppError::NotNow`] when the invitation is not expired,
/// [`AppError::TooMany`] when it was mailed too often.
pub async fn ask_again(platform: &Platform, secret: &str) -> Result<()> {
    let mut act = Act::begin(platform).await?;
    let found = repo::invitations::by_link(act.tx(), SystemScope, &token_hash(secret)).await?;
    let (row, _) = found.ok_or(AppError::NotFound)?;
    let scope = SystemScope.acting_for(OrganisationId(row.organisation_id));
    let row = repo::invitations::hold(act.tx(), scope, InvitationId(row.id)).await?.ok_or(AppError::NotFound)?;
    if Standing::of(&row, act.now) == Standing::Open {
        return Err(AppError::NotNow("invitation_open"));
    }
    renew(platform, &mut act, scope, Actor::System, row).await?;
    act.commit().await
}
