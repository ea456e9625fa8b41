//! Setting an installation up, and making members, sign-in links and tokens.

use super::{Act, Actor, Buyer, Token, content, token_hash};
use crate::error::{AppError, Result};
use crate::platform::{Platform, db, mail};
use crate::repo::{self, BuyerScope, SystemScope};
use domain::access::Role;
use domain::ids::{MemberId, OrganisationId, SignInLinkId, TokenId};
use domain::problem::{Problem, Problems};
use entity::{member, organisation};
use serde_json::json;
use time::{Duration, OffsetDateTime};

/// A name: trimmed, not empty, of bounded length.
///
/// # Errors
/// The problem, at the field.
pub fn name(platform: &Platform, at: &str, text: &str) -> Result<String, Problem> {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let most = platform.config.limits.name_characters;
    if text.is_empty() {
        return Err(Problem::new(at, "required"));
    }
    if text.chars().any(char::is_control) {
        return Err(Problem::new(at, "control-character"));
    }
    let given = text.chars().count();
    if given > most {
        return Err(Problem::new(at, "too-long").with("most", most).with("given", given));
    }
    Ok(text)
}

/// A mail address, in lower case.
///
/// # Errors
/// The problem, at the field.
pub fn address(at: &str, text: &str) -> Result<String, Problem> {
    let text = text.trim().to_lowercase();
    if text.is_empty() {
        Err(Problem::new(at, "required"))
    } else if mail::is_address(&text) {
        Ok(text)
    } else {
        Err(Problem::new(at, "not-an-address").with("given", text.chars().take(80).collect::<String>()))
    }
}

/// Prints a new set-up link for an installation without organisations; the link before it stops working.
///
/// # Errors
/// When the database fails.
pub async fn make_setup_link(platform: &Platform) -> Result<Option<Token>> {
    let act = Act::begin(platform).await?;
    if repo::organisations::count(act.tx(), SystemScope).await? > 0 {
        return Ok(None);
    }
    let token = Token::fresh(&platform.clock);
    let expires = act.now + Duration::hours(platform.config.limits.sign_in_link_hours);
    repo::organisations::replace_setup_link(act.tx(), SystemScope, token.hash(), act.now, expires).await?;
    act.commit().await?;
    Ok(Some(token))
}

/// Whether a set-up link would work now.
///
/// # Errors
/// When the database fails.
pub async fn setup_link_works(platform: &Platform, secret: &str) -> Result<bool> {
    let (db, now) = (platform.db.read(), platform.clock.now());
    Ok(repo::organisations::setup_link_works(db, SystemScope, &token_hash(secret), now).await?)
}

/// What a set-up link makes.
#[derive(Clone, Debug)]
pub struct SetUp {
    /// The organisation's name.
    pub organisation: String,
    /// Its first administrator's name.
    pub name: String,
    /// Their address.
    pub email: String,
}

/// Uses the set-up link: makes the first organisation, with the shipped content, and its administrator.
///
/// # Errors
/// [`AppError::NotFound`] when the link does not work any more.
pub async fn set_up(platform: &Platform, secret: &str, input: &SetUp) -> Result<member::Model> {
    let mut problems = Vec::new();
    let organisation = name(platform, "organisation", &input.organisation).map_err(|p| problems.push(p));
    let person = name(platform, "name", &input.name).map_err(|p| problems.push(p));
    let email = address("email", &input.email).map_err(|p| problems.push(p));
    let (Ok(organisation), Ok(person), Ok(email)) = (organisation, person, email) else {
        return Err(Problems(problems).into());
    };
    let mut act = Act::begin(platform).await?;
    let now = act.now;
    if !repo::organisations::use_setup_link(act.tx(), SystemScope, &token_hash(secret), now).await? {
        return Err(AppError::NotFound);
    }
    let organisation = found(platform, &mut act, &organisation).await?;
    let scope = SystemScope.acting_for(OrganisationId(organisation.id));
    let member =
        add_member_in(platform, &mut act, scope, Actor::System, (&person, &email, Role::Administrator)).await?;
    act.commit().await?;
    Ok(member)
}

/// Makes an organisation with the shipped content.
///
/// # Errors
/// When the database fails.
pub async fn found_organisation(platform: &Platform, name: &str) -> Result<organisation::Model> {
    let mut act = Act::begin(platform).await?;
    let organisation = found(platform, &mut act, name).await?;
    act.commit().await?;
    Ok(organisation)
}

async fn found(platform: &Platform, act: &mut Act<'_>, name: &str) -> Result<organisation::Model> {
    let id: OrganisationId = platform.clock.id();
    let row = repo::organisations::add(act.tx(), SystemScope, id, name, act.now).await?;
    let scope = SystemScope.acting_for(id);
    repo::audit::start(act.tx(), scope).await?;
    act.record(&scope, Actor::System, "organisation.created", ("organisation", id.0), &json!({ "name": name })).await?;
    content::install(platform, act, scope).await?;
    Ok(row)
}

/// Adds a member.
///
/// # Errors
/// When the name or the address is not usable, or the address is a member's already.
pub async fn add_member(
    platform: &Platform,
    by: &Buyer,
    person: &str,
    email: &str,
    role: Role,
) -> Result<member::Model> {
    let mut problems = Vec::new();
    let person = name(platform, "name", person).map_err(|p| problems.push(p));
    let email = address("email", email).map_err(|p| problems.push(p));
    let (Ok(person), Ok(email)) = (person, email) else { return Err(Problems(problems).into()) };
    let mut act = Act::begin(platform).await?;
    let member = add_member_in(platform, &mut act, by.scope, by.actor, (&person, &email, role)).await?;
    act.commit().await?;
    Ok(member)
}

async fn add_member_in(
    platform: &Platform,
    act: &mut Act<'_>,
    scope: BuyerScope,
    actor: Actor,
    (name, email, role): (&str, &str, Role),
) -> Result<member::Model> {
    let id: MemberId = platform.clock.id();
    let member = match repo::organisations::add_member(act.tx(), scope, id, (name, email, role), act.now).await {
        Ok(member) => member,
        Err(error) => return db::duplicate_at(error, "email"),
    };
    let details = json!({ "name": name, "email": email, "role": role });
    act.record(&scope, actor, "member.added", ("member", id.0), &details).await?;
    Ok(member)
}

/// Makes a sign-in link for a member. It is shown once.
///
/// # Errors
/// [`AppError::NotFound`] when there is no such member.
pub async fn make_sign_in_link(platform: &Platform, by: &Buyer, member: MemberId) -> Result<Token> {
    let mut act = Act::begin(platform).await?;
    let member = repo::organisations::member(act.tx(), by.scope, member).await?.ok_or(AppError::NotFound)?;
    let token = Token::fresh(&platform.clock);
    let id: SignInLinkId = platform.clock.id();
    let expires = act.now + Duration::hours(platform.config.limits.sign_in_link_hours);
    let times = (act.now, expires);
    repo::organisations::add_sign_in_link(act.tx(), by.scope, id, MemberId(member.id), token.hash(), times).await?;
    let details = json!({ "member": member.email, "expires_at": expires.unix_timestamp() });
    act.record(&by.scope, by.actor, "sign_in_link.made", ("member", member.id), &details).await?;
    act.commit().await?;
    Ok(token)
}

/// Whether a sign-in link would work now: a mail scanner that looks at it uses nothing up.
///
/// # Errors
/// When the database fails.
pub async fn sign_in_link_works(platform: &Platform, secret: &str) -> Result<bool> {
    let link = repo::organisations::sign_in_link(platform.db.read(), SystemScope, &token_hash(secret)).await?;
    Ok(link.is_some_and(|link| link.used_at.is_none() && link.expires_at > platform.clock.now()))
}

/// Uses a sign-in link.
///
/// # Errors
/// [`AppError::Unauthenticated`] when it was used, has expired, or never was.
pub async fn sign_in(platform: &Platform, secret: &str) -> Result<MemberId> {
    let mut act = Act::begin(platform).await?;
    let hash = token_hash(secret);
    if !repo::organisations::use_sign_in_link(act.tx(), SystemScope, &hash, act.now).await? {
        return Err(AppError::Unauthenticated);
    }
    let link =
        repo::organisations::sign_in_link(act.tx(), SystemScope, &hash).await?.ok_or(AppError::Unauthenticated)?;
    let scope = SystemScope.acting_for(OrganisationId(link.organisation_id));
    let member = MemberId(link.member_id);
    act.record(&scope, Actor::Member(member), "member.signed_in", ("member", member.0), &json!({})).await?;
    act.commit().await?;
    Ok(member)
}

/// Makes an API token for an organisation. It is shown once.
///
/// # Errors
/// When the name is not usable.
pub async fn make_token(
    platform: &Platform,
    by: &Buyer,
    label: &str,
    role: Role,
    expires_at: Option<OffsetDateTime>,
) -> Result<(TokenId, Token)> {
    let label = name(platform, "name", label)?;
    let mut act = Act::begin(platform).await?;
    let token = Token::fresh(&platform.clock);
    let id: TokenId = platform.clock.id();
    let row = (label.as_str(), role, token.hash());
    repo::organisations::add_token(act.tx(), by.scope, id, row, act.now, expires_at).await?;
    let details = json!({ "name": label, "role": role, "expires_at": expires_at.map(OffsetDateTime::unix_timestamp) });
    act.record(&by.scope, by.actor, "token.made", ("token", id.0), &details).await?;
    act.commit().await?;
    Ok((id, token))
}
