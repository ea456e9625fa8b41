//! Signing in by a link, and signing out.

use super::attempts::{self, Account};
use super::note::{self, Note};
use super::{Act, Actor, Buyer, Job, Token, organisations, token_hash, work};
use crate::error::{AppError, Result};
use crate::platform::mail::Refused;
use crate::platform::{Platform, origin};
use crate::repo::tokens::NewSignInLink;
use crate::repo::{self, SystemScope};
use domain::ids::{MemberId, OrganisationId, PersonId};
use entity::{member, sign_in_link};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

/// Somebody who has just proved who they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SignedIn {
    /// Who.
    pub person: PersonId,
    /// The one membership that they may act under; none where all of theirs.
    pub only_member: Option<MemberId>,
}

/// Makes a sign-in link for a member, which lets in to the caller's organisation alone. It is shown once, works in any
/// browser, and proves nothing about the member's address.
///
/// # Errors
/// [`AppError::NotFound`] when there is no such member.
pub async fn make_link(platform: &Platform, by: &Buyer, member: MemberId) -> Result<Token> {
    let mut act = Act::begin(platform).await?;
    let member = repo::people::member(act.tx(), by.scope, member).await?.filter(|member| member.removed_at.is_none());
    let member = member.ok_or(AppError::NotFound)?;
    let token = Token::fresh(&platform.clock);
    let expires_at = act.now + Duration::hours(platform.config.limits.sign_in_link_hours);
    let link = NewSignInLink {
        id: platform.clock.id(),
        person: member.person,
        only_member: Some(member.id),
        token_hash: token.hash(),
        browser_hash: None,
        return_to: None,
        expires_at,
    };
    repo::tokens::add_sign_in_link(act.tx(), SystemScope, link, act.now).await?;
    let details = json!({ "member": member.email, "expires_at": expires_at.unix_timestamp() });
    act.record(&by.scope, by.actor, "sign_in_link.made", ("member", member.id.0), &details);
    act.commit().await?;
    Ok(token)
}

/// A path of ours: what begins with one slash and leads nowhere else.
pub fn local_path(path: &str) -> Option<&str> {
    let is_local = path.starts_with('/')
        && !path.starts_with("//")
        && path.len() <= 1_000
        && path.chars().all(|c| c.is_ascii_graphic() && c != '\\');
    is_local.then_some(path)
}

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct MailLink {
    mail: Uuid,
    /// None where nobody has the address: what is done for somebody known, and what is not, takes the same time to ask.
    person: Option<PersonId>,
    /// Of the secret that the browser keeps.
    browser: String,
    return_to: Option<String>,
    /// A mail that comes after its link's time helps nobody.
    until: i64,
    address: Option<String>,
}

/// Asks for a mail with a sign-in link, which works in the browser that holds this secret. Nobody learns from it whether
/// somebody has the address.
///
/// # Errors
/// A problem at `email` when it is no address; [`AppError::TooMany`] when too many mails were asked for.
pub async fn ask(platform: &Platform, email: &str, return_to: Option<&str>, browser: &str) -> Result<()> {
    let email = organisations::address("email", email)?;
    let account = Account::of(platform, &email);
    let mut act = Act::begin(platform).await?;
    attempts::count_mail(platform, &act, &account).await?;
    let person = repo::people::by_email(act.tx(), SystemScope, &email).await?;
    let payload = MailLink {
        mail: platform.clock.id(),
        person: person.map(|person| PersonId(person.id)),
        browser: hex::encode(token_hash(browser)),
        return_to: return_to.and_then(local_path).map(str::to_owned),
        until: (act.now + Duration::minutes(platform.config.limits.mail_link_minutes)).unix_timestamp(),
        address: origin::address(),
    };
    let payload = serde_json::to_value(payload)?;
    act.enqueue(Job { kind: work::MAIL_LINK, payload, dedupe_key: None }).await?;
    act.commit().await
}

/// Makes the link that was asked for, and mails it.
pub(super) async fn mail_link(platform: &Platform, asked: MailLink) -> Result<()> {
    let now = platform.clock.now();
    if now.unix_timestamp() >= asked.until {
        return Ok(());
    }
    let person = match asked.person {
        Some(id) => repo::people::person(platform.db.read(), SystemScope, id).await?,
        None => None,
    };
    let mut act = Act::begin(platform).await?;
    let rows = match &person {
        Some(person) => chains(&act, SignedIn { person: PersonId(person.id), only_member: None }).await?,
        None => Vec::new(),
    };
    let Some(person) = person.filter(|_| !rows.is_empty()) else {
        return origin::with(asked.address.unwrap_or_default(), async {
            attempts::nobody_known(platform, &mut act, "mail").await?;
            act.commit().await
        })
        .await;
    };
    let token = Token::fresh(&platform.clock);
    let minutes = platform.config.limits.mail_link_minutes;
    let link = NewSignInLink {
        id: platform.clock.id(),
        person: PersonId(person.id),
        only_member: None,
        token_hash: token.hash(),
        browser_hash: Some(hex::decode(&asked.browser).map_err(AppError::internal)?),
        return_to: asked.return_to,
        expires_at: now + Duration::minutes(minutes),
    };
    repo::tokens::add_sign_in_link(act.tx(), SystemScope, link, now).await?;
    act.commit().await?;
    let note = Note {
        id: asked.mail,
        purpose: "sign_in",
        to_name: person.name,
        to_address: person.email,
        values: BTreeMap::from([("minutes", minutes.to_string())]),
        link: format!("{}/sign-in/{}", platform.public_url, token.reveal()),
    };
    match note::send(platform, &note).await {
        // Nobody waits for an answer who could be told; they can ask again.
        Err(error) if Refused::inside(&error).is_some_and(|refused| refused.for_good) => {
            tracing::warn!(%error, mail = %asked.mail, "a sign-in mail was refused");
            Ok(())
        }
        outcome => outcome,
    }
}

/// What a sign-in link is good for, looked at from one browser.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Door {
    /// It works here.
    Open,
    /// It works in the browser that asked for it, which is another one.
    Elsewhere,
    /// It was mailed, and its time is over.
    Late,
    /// It was used, or never was, or somebody else than its owner would have to make another.
    Gone,
}

fn door(link: Option<&sign_in_link::Model>, browser: Option<&str>, now: OffsetDateTime) -> Door {
    let Some(link) = link.filter(|link| link.used_at.is_none()) else { return Door::Gone };
    match &link.browser_hash {
        None if link.expires_at <= now => Door::Gone,
        Some(_) if link.expires_at <= now => Door::Late,
        // A hash of 256 random bits: how long comparing takes tells nothing of use.
        Some(hash) if browser.is_none_or(|secret| token_hash(secret) != *hash) => Door::Elsewhere,
        _ => Door::Open,
    }
}

/// What a sign-in link is good for: a mail scanner that looks at it uses nothing up.
///
/// # Errors
/// When the database fails.
pub async fn look(platform: &Platform, secret: &str, browser: Option<&str>) -> Result<Door> {
    let link = repo::tokens::sign_in_link(platform.db.read(), SystemScope, &token_hash(secret)).await?;
    Ok(door(link.as_ref(), browser, platform.clock.now()))
}

/// Asks for a fresh link in place of a mailed one, to the same address, for the browser that holds this secret. Nobody
/// learns from it what the address is, or whether there was such a link.
///
/// # Errors
/// [`AppError::TooMany`] when too many mails were asked for.
pub async fn ask_again(platform: &Platform, secret: &str, browser: &str) -> Result<()> {
    let link = repo::tokens::sign_in_link(platform.db.read(), SystemScope, &token_hash(secret)).await?;
    let Some(link) = link.filter(|link| link.browser_hash.is_some()) else { return Ok(()) };
    let person = repo::people::person(platform.db.read(), SystemScope, PersonId(link.person_id)).await?;
    match person {
        Some(person) => ask(platform, &person.email, link.return_to.as_deref(), browser).await,
        None => Ok(()),
    }
}

/// Who came in through a link, and where they wanted to go.
#[derive(Clone, Debug)]
pub struct Entered {
    /// Who.
    pub signed_in: SignedIn,
    /// `mail`, where the link came by mail, or `link`.
    pub way: &'static str,
    /// A path of ours.
    pub return_to: Option<String>,
}

/// Uses a sign-in link. A mailed one shows that the person reads the mail of their address.
///
/// # Errors
/// [`AppError::Unauthenticated`] when it was used, has expired, never was, or belongs to another browser.
pub async fn by_link(platform: &Platform, secret: &str, browser: Option<&str>) -> Result<Entered> {
    let mut act = Act::begin(platform).await?;
    let hash = token_hash(secret);
    let link = repo::tokens::sign_in_link(act.tx(), SystemScope, &hash).await?;
    let found = door(link.as_ref(), browser, act.now);
    let Some(link) = link else {
        drop(act);
        attempts::failed(platform, None, "link", "unknown").await?;
        return Err(AppError::Unauthenticated);
    };
    let person = PersonId(link.person_id);
    if found != Door::Open || !repo::tokens::use_sign_in_link(act.tx(), SystemScope, &hash, act.now).await? {
        drop(act);
        let reason = match found {
            Door::Elsewhere => "other-browser",
            _ if link.used_at.is_some() => "used",
            _ => "expired",
        };
        attempts::link_failed(platform, person, reason).await?;
        return Err(AppError::Unauthenticated);
    }
    let way = if link.browser_hash.is_some() { "mail" } else { "link" };
    let signed_in = SignedIn { person, only_member: link.only_member_id.map(MemberId) };
    if way == "mail" {
        repo::people::verify_email(act.tx(), SystemScope, person, act.now).await?;
    }
    record(&mut act, signed_in, way).await?;
    act.commit().await?;
    Ok(Entered { signed_in, way, return_to: link.return_to })
}

/// The memberships that a sign-in lets act under, in one order everywhere: two that write into the same chains hold their
/// heads in the same order.
pub(super) async fn chains(act: &Act<'_>, signed_in: SignedIn) -> Result<Vec<member::Model>> {
    let mut rows = repo::people::memberships(act.tx(), SystemScope, signed_in.person).await?;
    if let Some(only) = signed_in.only_member {
        rows.retain(|row| row.id == only.0);
    }
    rows.sort_by_key(|row| row.organisation_id);
    Ok(rows)
}

/// Writes what a person did with their account into the chain of every organisation that it concerns; says how many.
pub(super) async fn tell_chains(act: &mut Act<'_>, who: SignedIn, action: &str, details: &Value) -> Result<usize> {
    let rows = chains(act, who).await?;
    for row in &rows {
        let scope = SystemScope.acting_for(OrganisationId(row.organisation_id));
        act.record(&scope, Actor::Member(MemberId(row.id)), action, ("member", row.id), details);
    }
    Ok(rows.len())
}

/// Writes a sign-in into the chain of every organisation that it lets in to.
///
/// # Errors
/// [`AppError::Unauthenticated`] when it lets in to none: the person is a member nowhere any more.
pub(super) async fn record(act: &mut Act<'_>, signed_in: SignedIn, way: &str) -> Result<()> {
    match tell_chains(act, signed_in, "member.signed_in", &json!({ "way": way })).await? {
        0 => Err(AppError::Unauthenticated),
        _ => Ok(()),
    }
}

/// Writes down that somebody signed out.
///
/// # Errors
/// When the database fails.
pub async fn signed_out(platform: &Platform, who: SignedIn) -> Result<()> {
    let mut act = Act::begin(platform).await?;
    tell_chains(&mut act, who, "member.signed_out", &json!({})).await?;
    act.commit().await
}

#[cfg(test)]
mod tests {
    use super::local_path;

    #[test]
    fn a_path_leads_to_no_other_host() {
        for path in ["/", "/vendors", "/vendors?x=1&y=%2F", "/join/abc", "/a/../b"] {
            assert_eq!(local_path(path), Some(path));
        }
        for elsewhere in [
            "",
            "vendors",
            "//evil.example",
            "/\\evil.example",
            "\\\\evil.example",
            "https://evil.example",
            "/\t/evil.example",
            "/a\nb",
            "javascript:alert(1)",
            "/\u{202e}x",
            " /vendors",
        ] {
            assert_eq!(local_path(elsewhere), None, "{elsewhere:?}");
        }
    }
}
