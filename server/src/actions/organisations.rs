//! Setting an installation up, and making organisations.

use super::people::add_member_in;
use super::sign_in::SignedIn;
use super::{Act, Actor, Buyer, Token, content, invitations, token_hash};
use crate::error::{AppError, Result};
use crate::platform::{Platform, mail};
use crate::repo::organisations::Acts;
use crate::repo::{self, SystemScope};
use domain::access::Role;
use domain::ids::OrganisationId;
use domain::problem::{Problem, Problems};
use entity::organisation;
use serde_json::json;
use time::Duration;

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

/// Uses the set-up link: makes the first organisation, with the shipped content, and its administrator, who also runs
/// the installation.
///
/// # Errors
/// [`AppError::NotFound`] when the link does not work any more.
pub async fn set_up(platform: &Platform, secret: &str, input: &SetUp) -> Result<SignedIn> {
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
    let organisation = found(platform, &mut act, &organisation, BUYER).await?;
    let own = SystemScope.acting_for(OrganisationId(organisation.id));
    let installation = SystemScope.acting_for(OrganisationId::INSTALLATION);
    let who = (person.as_str(), email.as_str());
    let member = add_member_in(platform, &mut act, own, Actor::System, who, &Role::Administrator.into()).await?;
    add_member_in(platform, &mut act, installation, Actor::System, who, &Role::Operator.into()).await?;
    act.commit().await?;
    Ok(SignedIn { person: member.person, only_member: None })
}

/// Makes an organisation with the shipped content.
///
/// # Errors
/// When the database fails.
pub async fn found_organisation(platform: &Platform, name: &str) -> Result<organisation::Model> {
    let mut act = Act::begin(platform).await?;
    let organisation = found(platform, &mut act, name, BUYER).await?;
    act.commit().await?;
    Ok(organisation)
}

/// An organisation that an operator makes.
#[derive(Clone, Debug)]
pub struct NewOrganisation {
    /// Its name.
    pub name: String,
    /// What it does here.
    pub acts: Acts,
    /// Its first administrator's name.
    pub person: String,
    /// Their address.
    pub email: String,
}

/// Makes an organisation and invites its first administrator. Whoever makes it does not become a member.
///
/// # Errors
/// Everything that is not usable, by field; [`AppError::NotFound`] unless it is the installation that makes it.
pub async fn make_organisation(platform: &Platform, by: &Buyer, input: &NewOrganisation) -> Result<OrganisationId> {
    if by.scope.organisation() != OrganisationId::INSTALLATION {
        return Err(AppError::NotFound);
    }
    let mut problems = Vec::new();
    let organisation = name(platform, "organisation", &input.name).map_err(|p| problems.push(p));
    let person = name(platform, "name", &input.person).map_err(|p| problems.push(p));
    let email = address("email", &input.email).map_err(|p| problems.push(p));
    if !(input.acts.as_buyer || input.acts.as_vendor) {
        problems.push(Problem::new("acts", "choose-what-it-does"));
    }
    let (Ok(organisation), Ok(person), Ok(email), true) = (organisation, person, email, problems.is_empty()) else {
        return Err(Problems(problems).into());
    };
    let mut act = Act::begin(platform).await?;
    if let Some(done) = act.done_before(by).await? {
        return Ok(OrganisationId(done));
    }
    let row = found(platform, &mut act, &organisation, input.acts).await?;
    let id = OrganisationId(row.id);
    let roles = [(input.acts.as_buyer, Role::Administrator), (input.acts.as_vendor, Role::VendorAdministrator)];
    let roles = roles.into_iter().filter(|(acts, _)| *acts).map(|(_, role)| role).collect();
    let who = (person.as_str(), email.as_str());
    let own = SystemScope.acting_for(id);
    invitations::invite_in(platform, &mut act, own, Actor::System, who, &roles).await?;
    let details = json!({ "name": organisation, "as_buyer": input.acts.as_buyer, "as_vendor": input.acts.as_vendor });
    act.record(&by.scope, by.actor, "organisation.made", ("organisation", id.0), &details);
    act.remember(by, id.0).await?;
    act.commit().await?;
    Ok(id)
}

/// What an organisation does that sends questionnaires.
const BUYER: Acts = Acts { as_buyer: true, as_vendor: false };

/// What an organisation does that is asked.
const VENDOR: Acts = Acts { as_buyer: false, as_vendor: true };

/// Makes an organisation that answers, in an action under way: without the content that buyers are given.
pub(super) async fn found_vendor(platform: &Platform, act: &mut Act<'_>, name: &str) -> Result<organisation::Model> {
    let id: OrganisationId = platform.clock.id();
    let row = repo::organisations::add(act.tx(), SystemScope, id, name, VENDOR, act.now).await?;
    let scope = SystemScope.acting_for(id);
    repo::audit::start(act.tx(), scope).await?;
    act.record(&scope, Actor::System, "organisation.created", ("organisation", id.0), &json!({ "name": name }));
    Ok(row)
}

async fn found(platform: &Platform, act: &mut Act<'_>, name: &str, acts: Acts) -> Result<organisation::Model> {
    let id: OrganisationId = platform.clock.id();
    let row = repo::organisations::add(act.tx(), SystemScope, id, name, acts, act.now).await?;
    let scope = SystemScope.acting_for(id);
    repo::audit::start(act.tx(), scope).await?;
    act.record(&scope, Actor::System, "organisation.created", ("organisation", id.0), &json!({ "name": name }));
    if acts.as_buyer {
        content::install(platform, act, scope).await?;
    }
    Ok(row)
}
