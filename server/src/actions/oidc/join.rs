//! From what a provider says of somebody to a person here, and what they may do.

use super::Refused;
use crate::actions::people::add_member_in;
use crate::actions::sign_in::{self, SignedIn};
use crate::actions::{Act, Actor};
use crate::error::{AppError, Result};
use crate::platform::db::Db;
use crate::platform::oidc::{Claims, Fault, flag, text};
use crate::platform::{Platform, mail};
use crate::repo::{self, BuyerScope, SystemScope};
use domain::access::{Permission, Role, Roles};
use domain::ids::{MemberId, OrganisationId, PersonId, ProviderId};
use entity::{identity_provider, member, person};
use sea_orm::{IntoActiveModel, Set};
use serde_json::{Value, json};

/// Lets the person in whom the provider vouches for.
///
/// # Errors
/// When the database fails.
pub(super) async fn join(
    platform: &Platform,
    provider: &identity_provider::Model,
    claims: &Claims,
) -> Result<Result<SignedIn, Refused>> {
    match attempt(platform, provider, claims).await {
        // Two tabs ended their first sign-in at the same moment: now the person is there.
        Err(AppError::Internal(error)) if error.downcast_ref::<sea_orm::DbErr>().is_some_and(Db::is_duplicate) => {
            attempt(platform, provider, claims).await
        }
        Err(AppError::Invalid(_)) => attempt(platform, provider, claims).await,
        outcome => outcome,
    }
}

/// What the provider says, of the right types.
struct Said {
    email: String,
    name: String,
    roles: Roles,
}

/// Address, whether it is verified, name, and values of the claim for roles.
type Read<'a> = (Option<&'a str>, Option<bool>, Option<String>, Vec<String>);

fn said(platform: &Platform, provider: &identity_provider::Model, claims: &Claims) -> Result<Result<Said, Refused>> {
    let read = || -> Result<Read<'_>, Fault> {
        let all = &claims.all;
        let whole = text(all, "name")?.map(str::to_owned);
        let parts = [text(all, "given_name")?, text(all, "family_name")?].into_iter().flatten().collect::<Vec<_>>();
        let name = whole.or_else(|| (!parts.is_empty()).then(|| parts.join(" ")));
        let values = match &provider.roles_claim {
            Some(claim) => claims.texts(claim)?,
            None => Vec::new(),
        };
        Ok((text(all, "email")?, flag(all, "email_verified")?, name, values))
    };
    let (email, verified, name, values) = match read() {
        Ok(read) => read,
        Err(fault) => return Ok(Err(fault.into())),
    };
    let email = email.map(|email| email.trim().to_lowercase()).unwrap_or_default();
    if !mail::is_address(&email) {
        return Ok(Err(Refused::new("email-missing")));
    }
    if verified != Some(true) {
        return Ok(Err(Refused::new("email-unverified").with("email", email)));
    }
    let name = name.as_deref().or_else(|| email.split('@').next()).unwrap_or_default();
    let name: String = name.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let name = name.split_whitespace().collect::<Vec<_>>().join(" ");
    let name = if name.is_empty() { email.clone() } else { name };
    let name = name.chars().take(platform.config.limits.name_characters).collect();
    let map: Value = provider.role_map.clone();
    let mut roles = Roles::default();
    for value in values {
        let mapped = map.get(&value).and_then(Value::as_str).unwrap_or_default();
        for role in mapped.parse::<Roles>().map_err(AppError::internal)?.iter() {
            roles = roles.with(role);
        }
    }
    if roles.is_empty() {
        roles = provider.default_roles.as_deref().unwrap_or_default().parse().map_err(AppError::internal)?;
    }
    Ok(Ok(Said { email, name, roles }))
}

async fn attempt(
    platform: &Platform,
    provider: &identity_provider::Model,
    claims: &Claims,
) -> Result<Result<SignedIn, Refused>> {
    let said = match said(platform, provider, claims)? {
        Ok(said) => said,
        Err(refused) => return Ok(Err(refused)),
    };
    let (organisation, id) = (OrganisationId(provider.organisation_id), ProviderId(provider.id));
    let scope = SystemScope.acting_for(organisation);
    let is_tenants = organisation != OrganisationId::INSTALLATION;
    let mut act = Act::begin(platform).await?;
    // A tenant's provider may speak for the tenant's own addresses, and for nobody else's people.
    let domain = said.email.rsplit_once('@').map_or("", |(_, domain)| domain);
    if is_tenants && repo::domains::owner(act.tx(), SystemScope, domain).await? != Some(organisation) {
        return Ok(Err(Refused::new("domain-not-proved").with("domain", domain)));
    }
    let known = repo::providers::identity(act.tx(), SystemScope, id, &claims.subject).await?;
    let found = match &known {
        Some(known) => repo::people::person(act.tx(), SystemScope, PersonId(known.person_id)).await?,
        None => repo::people::by_email(act.tx(), SystemScope, &said.email).await?,
    };
    if let (None, Some(person)) = (&known, &found)
        && repo::providers::knows(act.tx(), SystemScope, id, PersonId(person.id)).await?
    {
        // An address that was given to a new colleague does not make them the one before.
        return Ok(Err(Refused::new("other-subject").with("email", said.email)));
    }
    let membership = match &found {
        Some(person) => repo::people::membership(act.tx(), scope, PersonId(person.id)).await?,
        None => None,
    };
    let member = match membership {
        Some(row) if row.removed_at.is_some() => {
            if is_tenants {
                return Ok(Err(Refused::new("removed")));
            }
            None
        }
        Some(row) if row.managed_by == Some(provider.id) => {
            if said.roles.is_empty() {
                return Ok(Err(Refused::new("no-roles")));
            }
            Some(keep_in_step(&mut act, scope, provider, row, &said.roles).await?)
        }
        Some(row) => Some(MemberId(row.id)),
        None if said.roles.is_empty() => {
            if is_tenants {
                return Ok(Err(Refused::new("no-roles")));
            }
            None
        }
        None => Some(take_in(platform, &mut act, scope, provider, (found.as_ref(), &said)).await?),
    };
    let person = match (found, member) {
        (Some(person), _) => person,
        (None, Some(_)) => {
            let made = repo::people::by_email(act.tx(), SystemScope, &said.email).await?;
            made.ok_or_else(|| AppError::internal("the person just made is gone"))?
        }
        (None, None) => return Ok(Err(Refused::new("no-account").with("email", said.email))),
    };
    let person_id = PersonId(person.id);
    let (now, subject) = (act.now, (id, claims.subject.as_str()));
    if known.is_some() {
        repo::providers::touch_identity(act.tx(), SystemScope, subject, now).await?;
    } else {
        repo::providers::add_identity(act.tx(), SystemScope, subject, person_id, now).await?;
        let details = json!({ "person": person.email, "subject": claims.subject, "provider": provider.name });
        act.record(&scope, Actor::System, "identity.linked", ("provider", provider.id), &details);
    }
    if person.email == said.email {
        repo::people::verify_email(act.tx(), SystemScope, person_id, now).await?;
    }
    // What a tenant vouches for opens the tenant's own door: other organisations did not choose this provider.
    let signed_in = SignedIn { person: person_id, only_member: member.filter(|_| is_tenants) };
    match sign_in::record(&mut act, signed_in, "provider").await {
        Ok(()) => {}
        Err(AppError::Unauthenticated) => return Ok(Err(Refused::new("no-account").with("email", said.email))),
        Err(error) => return Err(error),
    }
    act.commit().await?;
    Ok(Ok(signed_in))
}

/// Makes somebody a member whom the provider sends.
async fn take_in(
    platform: &Platform,
    act: &mut Act<'_>,
    scope: BuyerScope,
    provider: &identity_provider::Model,
    (person, said): (Option<&person::Model>, &Said),
) -> Result<MemberId> {
    let who = person.map_or((said.name.as_str(), said.email.as_str()), |person| (&person.name, &person.email));
    let made = add_member_in(platform, act, scope, Actor::System, who, &said.roles).await?;
    let row = repo::people::hold_member(act.tx(), scope, made.id).await?.ok_or(AppError::NotFound)?;
    let mut row = row.into_active_model();
    row.managed_by = Set(Some(provider.id));
    repo::people::update_member(act.tx(), scope, row).await?;
    let details = json!({
        "provider": provider.name, "before": { "roles": null }, "after": { "roles": said.roles },
    });
    act.record(&scope, Actor::System, "member.joined", ("member", made.id.0), &details);
    Ok(made.id)
}

/// Gives a member the roles that the provider says, where they have others.
async fn keep_in_step(
    act: &mut Act<'_>,
    scope: BuyerScope,
    provider: &identity_provider::Model,
    row: member::Model,
    roles: &Roles,
) -> Result<MemberId> {
    let id = MemberId(row.id);
    let row = repo::people::hold_member(act.tx(), scope, id).await?.ok_or(AppError::NotFound)?;
    let before: Roles = row.roles.parse().map_err(AppError::internal)?;
    let kept = last_to_manage(act, scope, id, &before, roles).await?;
    let after = kept.iter().fold(roles.clone(), |roles, role| roles.with(*role));
    if after != before {
        let details = json!({
            "provider": provider.name, "before": { "roles": before }, "after": { "roles": after }, "kept": kept,
        });
        let revision = row.revision + 1;
        let mut row = row.into_active_model();
        row.roles = Set(after.to_string());
        row.revision = Set(revision);
        repo::people::update_member(act.tx(), scope, row).await?;
        act.record(&scope, Actor::System, "member.roles_changed", ("member", id.0), &details);
    }
    Ok(id)
}

/// The roles that stay although the provider names them no more: without them nobody could manage the organisation,
/// and a mistake at the provider could not be mended here.
async fn last_to_manage(
    act: &Act<'_>,
    scope: BuyerScope,
    id: MemberId,
    before: &Roles,
    after: &Roles,
) -> Result<Vec<Role>> {
    let managing = [Permission::ManagePeople, Permission::Operate];
    let lost = |permission: &Permission| before.may(*permission) && !after.may(*permission);
    let Some(permission) = managing.into_iter().find(lost) else { return Ok(Vec::new()) };
    let members = repo::people::members(act.tx(), scope).await?;
    if members.iter().any(|member| member.id != id && member.roles.may(permission)) {
        return Ok(Vec::new());
    }
    Ok(before.iter().filter(|role| role.may(permission)).collect())
}
