//! Providers of an organisation, or of the installation: added, changed, switched off, taken away, tried.

use crate::actions::organisations::name;
use crate::actions::people::sides;
use crate::actions::{Act, Buyer};
use crate::error::{AppError, Result};
use crate::platform::oidc::Fault;
use crate::platform::{Platform, sealing};
use crate::repo;
use domain::access::Roles;
use domain::ids::{OrganisationId, ProviderId};
use domain::problem::{Problem, Problems};
use entity::identity_provider;
use sea_orm::{IntoActiveModel, Set};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// Characters of an issuer, a client id, a claim or a scope list.
const LONG: usize = 500;
/// Characters of a client secret: the longest that providers make have a few hundred.
const SECRET: usize = 2_000;
/// Entries of a role map.
const MAPPED: usize = 200;

/// What is said of a provider.
#[derive(Clone, Debug, Default)]
pub struct ProviderInput {
    /// What people know it by.
    pub name: String,
    /// Its address.
    pub issuer: String,
    /// Its name for us.
    pub client_id: String,
    /// A new secret; empty leaves the one that is there.
    pub client_secret: String,
    /// Scopes beside `openid email profile`, with spaces between.
    pub scopes: String,
    /// The claim that says what somebody is there for; empty where none does.
    pub roles_claim: String,
    /// Values of that claim, and the roles that each gives.
    pub role_map: Vec<(String, Roles)>,
    /// The roles of whoever has none by the claim; empty where such people are not let in.
    pub default_roles: Roles,
    /// Whether people can sign in there.
    pub enabled: bool,
}

/// The lines of a role map as they are typed: `value = role role`.
///
/// # Errors
/// Every line that cannot be used.
pub fn read_role_map(text: &str) -> Result<Vec<(String, Roles)>, Problems> {
    let (mut problems, mut found) = (Vec::new(), Vec::new());
    for (n, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let at = format!("role_map:{}", n + 1);
        match line.rsplit_once('=') {
            Some((value, roles)) if !value.trim().is_empty() => match roles.replace(',', " ").parse::<Roles>() {
                Ok(roles) if !roles.is_empty() => found.push((value.trim().to_owned(), roles)),
                Ok(_) => problems.push(Problem::new(at, "role-missing")),
                Err(_) => problems.push(Problem::new(at, "no-such-role").with("given", shown(roles.trim()))),
            },
            _ => problems.push(Problem::new(at, "not-a-role-line")),
        }
    }
    Problems::none_or(problems, found)
}

fn shown(text: &str) -> String {
    text.chars().take(80).collect()
}

/// A role map as lines.
pub fn role_map_lines(map: &Value) -> String {
    let lines = map.as_object().into_iter().flatten();
    lines.map(|(value, roles)| format!("{value} = {}\n", roles.as_str().unwrap_or_default())).collect()
}

/// What is said of a provider, checked, without its secret.
struct Checked {
    name: String,
    issuer: String,
    client_id: String,
    scopes: Option<String>,
    roles_claim: Option<String>,
    role_map: Value,
    default_roles: Option<String>,
}

async fn checked(platform: &Platform, act: &Act<'_>, by: &Buyer, input: &ProviderInput) -> Result<Checked> {
    let mut problems = Vec::new();
    let label = name(platform, "name", &input.name).map_err(|p| problems.push(p)).unwrap_or_default();
    let mut line = |at: &str, text: &str, required: bool| {
        let text = text.trim();
        if required && text.is_empty() {
            problems.push(Problem::new(at, "required"));
        } else if text.chars().count() > LONG {
            problems.push(Problem::new(at, "too-long").with("most", LONG).with("given", text.chars().count()));
        } else if text.chars().any(char::is_control) {
            problems.push(Problem::new(at, "control-character"));
        }
        text.to_owned()
    };
    let issuer = line("issuer", &input.issuer, true);
    let client_id = line("client_id", &input.client_id, true);
    let scopes = line("scopes", &input.scopes, false);
    let roles_claim = line("roles_claim", &input.roles_claim, false);
    line("client_secret", &input.client_secret.chars().take(LONG).collect::<String>(), false);
    if !issuer.is_empty() && !platform.oidc.allows(&issuer) {
        problems.push(Problem::new("issuer", "not-an-issuer"));
    }
    if input.client_secret.chars().count() > SECRET {
        problems.push(Problem::new("client_secret", "too-long").with("most", SECRET));
    }
    if roles_claim.is_empty() && !input.role_map.is_empty() {
        problems.push(Problem::new("roles_claim", "needed-for-role-map"));
    }
    if !roles_claim.is_empty() && input.role_map.is_empty() {
        problems.push(Problem::new("role_map", "required"));
    }
    if input.role_map.len() > MAPPED {
        problems.push(Problem::new("role_map", "too-many-values").with("most", MAPPED));
    }
    let sides = sides(act, by.scope).await?;
    let mut map = BTreeMap::new();
    for (n, (value, roles)) in input.role_map.iter().enumerate() {
        let at = format!("role_map:{}", n + 1);
        if !roles.fit(&sides) {
            problems.push(Problem::new(at, "not-here"));
        } else if value.chars().count() > LONG {
            problems.push(Problem::new(at, "too-long").with("most", LONG));
        } else if map.insert(value.clone(), Value::from(roles.to_string())).is_some() {
            problems.push(Problem::new(at, "already-there"));
        }
    }
    // Whoever the provider knows would run the installation.
    let is_installation = by.scope.organisation() == OrganisationId::INSTALLATION;
    if !input.default_roles.is_empty() && (is_installation || !input.default_roles.fit(&sides)) {
        problems.push(Problem::new("default_roles", "not-here"));
    }
    let some = |text: String| Some(text).filter(|text| !text.is_empty());
    let checked = Checked {
        name: label,
        issuer,
        client_id,
        scopes: some(scopes),
        roles_claim: some(roles_claim),
        role_map: Value::Object(map.into_iter().collect::<Map<_, _>>()),
        default_roles: some(input.default_roles.to_string()),
    };
    Ok(Problems::none_or(problems, checked)?)
}

/// What the audit log keeps of a provider: everything but the secret.
fn told(row: &identity_provider::Model) -> Value {
    json!({
        "name": row.name, "issuer": row.issuer, "client_id": row.client_id, "has_secret": row.client_secret.is_some(),
        "scopes": row.scopes, "roles_claim": row.roles_claim, "role_map": row.role_map,
        "default_roles": row.default_roles, "enabled": row.enabled, "revision": row.revision,
    })
}

/// Adds a provider.
///
/// # Errors
/// When a field is not usable, or there are too many.
pub async fn add(platform: &Platform, by: &Buyer, input: &ProviderInput) -> Result<ProviderId> {
    let mut act = Act::begin(platform).await?;
    if let Some(made) = act.done_before(by).await? {
        return Ok(ProviderId(made));
    }
    let checked = checked(platform, &act, by, input).await?;
    let most = platform.config.limits.providers;
    if repo::providers::list(act.tx(), by.scope).await?.len() >= most {
        return Err(Problem::new("name", "too-many-providers").with("most", most).into());
    }
    let id: ProviderId = platform.clock.id();
    let row = identity_provider::ActiveModel {
        id: Set(id.0),
        organisation_id: Set(by.scope.organisation().0),
        name: Set(checked.name),
        issuer: Set(checked.issuer),
        client_id: Set(checked.client_id),
        client_secret: Set(sealed(platform, id, &input.client_secret)?),
        scopes: Set(checked.scopes),
        roles_claim: Set(checked.roles_claim),
        role_map: Set(checked.role_map),
        default_roles: Set(checked.default_roles),
        enabled: Set(input.enabled),
        revision: Set(1),
        created_at: Set(act.now),
        removed_at: Set(None),
    };
    let row = repo::providers::add(act.tx(), by.scope, row).await?;
    let details = json!({ "before": null, "after": told(&row) });
    act.record(&by.scope, by.actor, "provider.added", ("provider", id.0), &details);
    act.remember(by, id.0).await?;
    act.commit().await?;
    Ok(id)
}

fn sealed(platform: &Platform, id: ProviderId, secret: &str) -> Result<Option<Vec<u8>>> {
    let secret = secret.trim();
    if secret.is_empty() {
        return Ok(None);
    }
    sealing::seal(&platform.signer.current(), &platform.clock, id.0, secret).map(Some)
}

/// Changes a provider. An empty secret leaves the one that is there. Another issuer means other people by the same
/// names: whom the provider knew is forgotten.
///
/// # Errors
/// [`AppError::Changed`] when somebody else changed it since `revision`.
pub async fn edit(
    platform: &Platform,
    by: &Buyer,
    id: ProviderId,
    revision: Option<i64>,
    input: &ProviderInput,
) -> Result<identity_provider::Model> {
    let mut act = Act::begin(platform).await?;
    let before = repo::providers::hold(act.tx(), by.scope, id).await?.ok_or(AppError::NotFound)?;
    if revision.is_some_and(|revision| revision != before.revision) {
        return Err(AppError::Changed(told(&before)));
    }
    let checked = checked(platform, &act, by, input).await?;
    let fresh = sealed(platform, id, &input.client_secret)?;
    let (is_moved, has_fresh_secret) = (checked.issuer != before.issuer, fresh.is_some());
    // A secret is for the provider that it was made by: another address is not sent it.
    let secret = fresh.or_else(|| before.client_secret.clone().filter(|_| !is_moved));
    let mut row = before.clone().into_active_model();
    row.name = Set(checked.name);
    row.issuer = Set(checked.issuer);
    row.client_id = Set(checked.client_id);
    row.client_secret = Set(secret);
    row.scopes = Set(checked.scopes);
    row.roles_claim = Set(checked.roles_claim);
    row.role_map = Set(checked.role_map);
    row.default_roles = Set(checked.default_roles);
    row.enabled = Set(input.enabled);
    row.revision = Set(before.revision + 1);
    let after = repo::providers::update(act.tx(), by.scope, row).await?;
    let forgotten = if is_moved { repo::providers::forget_identities(act.tx(), by.scope, id).await? } else { 0 };
    let details = json!({
        "before": told(&before), "after": told(&after), "new_secret": has_fresh_secret, "forgotten": forgotten,
    });
    act.record(&by.scope, by.actor, "provider.changed", ("provider", id.0), &details);
    act.commit().await?;
    Ok(after)
}

/// Takes a provider away: nobody signs in there any more, and its members are managed by hand from now on.
///
/// # Errors
/// [`AppError::NotFound`] when there is no such provider.
pub async fn remove(platform: &Platform, by: &Buyer, id: ProviderId) -> Result<String> {
    let mut act = Act::begin(platform).await?;
    let before = repo::providers::hold(act.tx(), by.scope, id).await?.ok_or(AppError::NotFound)?;
    for member in repo::people::everybody(act.tx(), by.scope).await? {
        if member.managed_by == Some(id.0)
            && let Some(row) = repo::people::hold_member(act.tx(), by.scope, member.id).await?
        {
            let revision = row.revision + 1;
            let mut row = row.into_active_model();
            row.managed_by = Set(None);
            row.revision = Set(revision);
            repo::people::update_member(act.tx(), by.scope, row).await?;
        }
    }
    repo::providers::forget_identities(act.tx(), by.scope, id).await?;
    let mut row = before.clone().into_active_model();
    row.enabled = Set(false);
    row.client_secret = Set(None);
    row.removed_at = Set(Some(act.now));
    repo::providers::update(act.tx(), by.scope, row).await?;
    let details = json!({ "before": told(&before), "after": null });
    act.record(&by.scope, by.actor, "provider.removed", ("provider", id.0), &details);
    act.commit().await?;
    Ok(before.name)
}

/// Forgets whom the provider knows: the next sign-in finds each by their address again. For a provider that was
/// rebuilt and names its people anew, or an address that went to somebody else.
///
/// # Errors
/// [`AppError::NotFound`] when there is no such provider.
pub async fn forget(platform: &Platform, by: &Buyer, id: ProviderId) -> Result<u64> {
    let mut act = Act::begin(platform).await?;
    repo::providers::hold(act.tx(), by.scope, id).await?.ok_or(AppError::NotFound)?;
    let forgotten = repo::providers::forget_identities(act.tx(), by.scope, id).await?;
    let details = json!({ "forgotten": forgotten });
    act.record(&by.scope, by.actor, "provider.forgot", ("provider", id.0), &details);
    act.commit().await?;
    Ok(forgotten)
}

/// Asks a provider what it is, to see whether its address is right.
///
/// # Errors
/// [`AppError::NotFound`] when there is no such provider.
pub async fn look(platform: &Platform, by: &Buyer, id: ProviderId) -> Result<Result<(), Fault>> {
    let row = repo::providers::get(platform.db.read(), by.scope, id).await?.ok_or(AppError::NotFound)?;
    Ok(platform.oidc.look(&row.issuer).await)
}
