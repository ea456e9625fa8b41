//! Signing in at an OpenID provider: which one, there, and back.

pub mod domains;
mod join;
pub mod providers;

use super::sign_in::SignedIn;
use super::{Act, Actor, token_hash};
use crate::error::Result;
use crate::platform::oidc::{Fault, Party, Ties};
use crate::platform::{Platform, sealing};
use crate::repo::{self, SystemScope};
use domain::ids::{OrganisationId, ProviderId};
use entity::{identity_provider, pending_sign_in};
use serde_json::json;
use time::Duration;

/// A provider that somebody can sign in at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// Which.
    pub id: ProviderId,
    /// What people know it by.
    pub name: String,
}

impl From<identity_provider::Model> for Choice {
    fn from(row: identity_provider::Model) -> Self {
        Self { id: ProviderId(row.id), name: row.name }
    }
}

impl Choice {
    /// Where signing in there begins.
    pub fn href(&self) -> String {
        format!("/sign-in/provider/{}", self.id)
    }
}

/// The providers for an address: those of the organisation that has proved the address's domain. None: the address
/// signs in some other way.
///
/// # Errors
/// When the database fails.
pub async fn provider_for(platform: &Platform, email: &str) -> Result<Vec<Choice>> {
    let Some((_, domain)) = email.trim().rsplit_once('@') else { return Ok(Vec::new()) };
    let db = platform.db.read();
    let Some(owner) = repo::domains::owner(db, SystemScope, &domain.to_lowercase()).await? else {
        return Ok(Vec::new());
    };
    let rows = repo::providers::in_use_of(db, SystemScope, owner).await?;
    Ok(rows.into_iter().map(Choice::from).collect())
}

/// The providers of the installation, where anybody may sign in whom an organisation knows.
///
/// # Errors
/// When the database fails.
pub async fn installation_wide(platform: &Platform) -> Result<Vec<Choice>> {
    let rows = repo::providers::in_use_of(platform.db.read(), SystemScope, OrganisationId::INSTALLATION).await?;
    Ok(rows.into_iter().map(Choice::from).collect())
}

/// Why somebody is not let in, for them to read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// Stable: wording and the audit log key on it.
    pub code: &'static str,
    /// What the wording needs.
    pub with: Vec<(&'static str, String)>,
    /// Where they tried; none where nobody can tell any more.
    pub provider: Option<Choice>,
}

impl Refused {
    fn new(code: &'static str) -> Self {
        Self { code, with: Vec::new(), provider: None }
    }

    fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.with.push((name, value.into()));
        self
    }

    fn at(self, provider: &identity_provider::Model) -> Self {
        Self { provider: Some(provider.clone().into()), ..self }
    }
}

impl From<Fault> for Refused {
    fn from(fault: Fault) -> Self {
        let refused = Self::new(fault.code());
        match fault {
            Fault::Claim { claim, expected, found } => {
                refused.with("claim", claim).with("expected", expected).with("found", found)
            }
            _ => refused,
        }
    }
}

/// Where providers send people back to.
pub fn callback(platform: &Platform) -> String {
    format!("{}/sign-in/callback", platform.public_url)
}

/// Who we are to a provider, its secret opened.
fn party(platform: &Platform, row: &identity_provider::Model) -> Result<Party> {
    let sealed = row.client_secret.as_deref();
    let client_secret = sealed.map(|sealed| sealing::open(&platform.signer, row.id, sealed)).transpose()?;
    let scopes = row.scopes.as_deref().unwrap_or_default().split_whitespace().map(str::to_owned).collect();
    Ok(Party { issuer: row.issuer.clone(), client_id: row.client_id.clone(), client_secret, scopes })
}

/// A sign-in that was begun: where the browser is to go.
#[derive(Clone, Debug)]
pub struct Begun {
    /// The provider.
    pub provider: Choice,
    /// The address at the provider.
    pub url: String,
}

/// Begins a sign-in. `browser` is the secret of the browser that asks: only it can end what it began.
///
/// # Errors
/// When the database fails.
pub async fn begin(
    platform: &Platform,
    id: ProviderId,
    browser: &str,
    return_to: Option<String>,
    email: Option<&str>,
) -> Result<Result<Begun, Refused>> {
    let Some(row) = repo::providers::in_use(platform.db.read(), SystemScope, id).await? else {
        return Ok(Err(Refused::new("switched-off")));
    };
    let ties = Ties::fresh(&platform.clock);
    let url = match platform.oidc.begin(&party(platform, &row)?, &callback(platform), &ties, email).await {
        Ok(url) => url,
        Err(fault) => return refuse(platform, &row, fault.to_string(), fault.into()).await.map(Err),
    };
    let limits = &platform.config.limits;
    let act = Act::begin(platform).await?;
    let pending = pending_sign_in::Model {
        state_hash: token_hash(&ties.state),
        browser_hash: token_hash(browser),
        provider_id: row.id,
        nonce: ties.nonce,
        verifier: ties.verifier,
        return_to,
        created_at: act.now,
        expires_at: act.now + Duration::minutes(limits.pending_sign_in_minutes),
    };
    repo::providers::begin(act.tx(), SystemScope, pending, limits.pending_sign_ins).await?;
    act.commit().await?;
    Ok(Ok(Begun { provider: row.into(), url }))
}

/// What comes back from a provider.
#[derive(Clone, Debug, Default)]
pub struct Answer {
    /// Which sign-in it belongs to.
    pub state: String,
    /// What is exchanged for the ID token.
    pub code: Option<String>,
    /// Why there is no code.
    pub error: Option<String>,
    /// Who answers, where the provider says so (RFC 9207).
    pub issuer: Option<String>,
}

/// Somebody whom a provider vouched for.
#[derive(Clone, Debug)]
pub struct Arrived {
    /// Who.
    pub signed_in: SignedIn,
    /// The provider.
    pub provider: ProviderId,
    /// Its ID token, for signing out there.
    pub id_token: String,
    /// Where they wanted to go.
    pub return_to: Option<String>,
}

/// Ends a sign-in that this browser has begun.
///
/// # Errors
/// When the database fails.
pub async fn finish(platform: &Platform, browser: &str, answer: Answer) -> Result<Result<Arrived, Refused>> {
    let act = Act::begin(platform).await?;
    let hashes = (token_hash(&answer.state), token_hash(browser));
    let pending = repo::providers::take(act.tx(), SystemScope, (&hashes.0, &hashes.1), act.now).await?;
    act.commit().await?;
    let Some(pending) = pending else { return Ok(Err(Refused::new("unknown-state"))) };
    let id = ProviderId(pending.provider_id);
    let Some(row) = repo::providers::in_use(platform.db.read(), SystemScope, id).await? else {
        return Ok(Err(Refused::new("switched-off")));
    };
    let party = party(platform, &row)?;
    // Another provider's answer, brought here to have its code sent to this one.
    if let Some(issuer) = answer.issuer.filter(|issuer| *issuer != row.issuer) {
        let fault = Fault::Token(format!("answered by {issuer}"));
        return refuse(platform, &row, fault.to_string(), fault.into()).await.map(Err);
    }
    let Some(code) = answer.code.filter(|_| answer.error.is_none()) else {
        let said: String = answer.error.unwrap_or_default().chars().take(80).collect();
        let code = if said == "access_denied" { "denied" } else { "no-code" };
        return refuse(platform, &row, said, Refused::new(code)).await.map(Err);
    };
    let ties = (pending.nonce.as_str(), pending.verifier);
    let claims = match platform.oidc.finish(&party, &callback(platform), code, ties, pending.created_at).await {
        Ok(claims) => claims,
        Err(fault) => return refuse(platform, &row, fault.to_string(), fault.into()).await.map(Err),
    };
    match join::join(platform, &row, &claims).await? {
        Ok(signed_in) => {
            Ok(Ok(Arrived { signed_in, provider: id, id_token: claims.id_token, return_to: pending.return_to }))
        }
        Err(refused) => {
            let email = claims.all.get("email").and_then(serde_json::Value::as_str).unwrap_or_default();
            refuse(platform, &row, format!("{email} ({})", claims.subject), refused).await.map(Err)
        }
    }
}

/// Writes a refusal into the chain of the provider's organisation.
async fn refuse(
    platform: &Platform,
    provider: &identity_provider::Model,
    about: String,
    refused: Refused,
) -> Result<Refused> {
    tracing::info!(provider = %provider.id, code = refused.code, "a sign-in at a provider was refused");
    let scope = SystemScope.acting_for(OrganisationId(provider.organisation_id));
    let details = json!({
        "way": "provider", "provider": provider.name, "reason": refused.code,
        "about": about.chars().take(300).collect::<String>(),
    });
    let mut act = Act::begin(platform).await?;
    act.record(&scope, Actor::System, "sign_in.refused", ("provider", provider.id), &details);
    act.commit().await?;
    Ok(refused.at(provider))
}

/// Where one signs out at the provider too, and what it is called; none where it offers that nowhere.
///
/// # Errors
/// When the database fails.
pub async fn sign_out(platform: &Platform, id: ProviderId, id_token: &str) -> Result<Option<(String, String)>> {
    let Some(row) = repo::providers::in_use(platform.db.read(), SystemScope, id).await? else { return Ok(None) };
    let hint = Some(id_token).filter(|token| !token.is_empty());
    let url = platform.oidc.end_session(&party(platform, &row)?, hint).await;
    Ok(url.map(|url| (row.name, url)))
}
