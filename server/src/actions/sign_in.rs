//! Signing in by a link.

use super::{Act, Actor, Buyer, Token, token_hash};
use crate::error::{AppError, Result};
use crate::platform::Platform;
use crate::repo::tokens::NewSignInLink;
use crate::repo::{self, SystemScope};
use domain::ids::{MemberId, OrganisationId, PersonId};
use serde_json::json;
use time::Duration;

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
    act.record(&by.scope, by.actor, "sign_in_link.made", ("member", member.id.0), &details).await?;
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

/// Whether a sign-in link would work now: a mail scanner that looks at it uses nothing up.
///
/// # Errors
/// When the database fails.
pub async fn link_works(platform: &Platform, secret: &str) -> Result<bool> {
    let link = repo::tokens::sign_in_link(platform.db.read(), SystemScope, &token_hash(secret)).await?;
    Ok(link.is_some_and(|link| link.used_at.is_none() && link.expires_at > platform.clock.now()))
}

/// Uses a sign-in link.
///
/// # Errors
/// [`AppError::Unauthenticated`] when it was used, has expired, or never was.
pub async fn by_link(platform: &Platform, secret: &str) -> Result<SignedIn> {
    let mut act = Act::begin(platform).await?;
    let hash = token_hash(secret);
    if !repo::tokens::use_sign_in_link(act.tx(), SystemScope, &hash, act.now).await? {
        return Err(AppError::Unauthenticated);
    }
    let link = repo::tokens::sign_in_link(act.tx(), SystemScope, &hash).await?.ok_or(AppError::Unauthenticated)?;
    let signed_in = SignedIn { person: PersonId(link.person_id), only_member: link.only_member_id.map(MemberId) };
    record(&mut act, signed_in, "link").await?;
    act.commit().await?;
    Ok(signed_in)
}

/// Writes a sign-in into the chain of every organisation that it lets in to.
///
/// # Errors
/// [`AppError::Unauthenticated`] when it lets in to none: the person is a member nowhere any more.
pub(super) async fn record(act: &mut Act<'_>, signed_in: SignedIn, way: &str) -> Result<()> {
    let mut memberships = repo::people::memberships(act.tx(), SystemScope, signed_in.person).await?;
    if let Some(only) = signed_in.only_member {
        memberships.retain(|row| row.id == only.0);
    }
    if memberships.is_empty() {
        return Err(AppError::Unauthenticated);
    }
    // In one order everywhere: two that sign in at once hold the chains' heads in the same order.
    memberships.sort_by_key(|row| row.organisation_id);
    for row in memberships {
        let scope = SystemScope.acting_for(OrganisationId(row.organisation_id));
        let (actor, subject) = (Actor::Member(MemberId(row.id)), ("member", row.id));
        act.record(&scope, actor, "member.signed_in", subject, &json!({ "way": way })).await?;
    }
    Ok(())
}
