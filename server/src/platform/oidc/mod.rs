//! OpenID providers: authorization code with PKCE, state and nonce; discovery; ID tokens.
//!
//! oauth2 carries the flow, openidconnect reads what providers say of themselves and checks ID tokens. Neither asks
//! the machine for time or randomness: both are given.

mod fault;
mod http;
mod token;

pub use fault::Fault;
pub use token::{Claims, flag, text};

use crate::config::Config;
use crate::error::Result as AppResult;
use crate::platform::clock::Clock;
use ::http::header::{ACCEPT, AUTHORIZATION};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::Http;
use oauth2::basic::{
    BasicErrorResponse, BasicRevocationErrorResponse, BasicTokenIntrospectionResponse, BasicTokenType,
};
use oauth2::reqwest::Url;
use oauth2::{
    AsyncHttpClient, AuthType, AuthorizationCode, Client, ClientId, ClientSecret, CsrfToken, EndpointNotSet,
    EndpointSet, ExtraTokenFields, HttpRequest, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, Scope,
    StandardRevocableToken, StandardTokenResponse, TokenResponse,
};
use openidconnect::core::CoreClientAuthMethod;
use openidconnect::{IssuerUrl, ProviderMetadataWithLogout};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use time::{Duration, OffsetDateTime};

/// Who we are to a provider.
#[derive(Clone)]
pub struct Party {
    /// The provider's name for itself: an address.
    pub issuer: String,
    /// Its name for us.
    pub client_id: String,
    /// What proves that we are that; none for a client that has only PKCE.
    pub client_secret: Option<String>,
    /// Scopes that are asked for beside `openid email profile`.
    pub scopes: Vec<String>,
}

impl fmt::Debug for Party {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at {}", self.client_id, self.issuer)
    }
}

/// What ties the end of a sign-in to its beginning.
#[derive(Clone)]
pub struct Ties {
    /// Comes back with the answer.
    pub state: String,
    /// Stands in the ID token.
    pub nonce: String,
    /// Shows that who exchanges the code asked for it (PKCE).
    pub verifier: String,
}

impl Ties {
    /// Fresh ones, of 256 random bits each.
    pub fn fresh(clock: &Clock) -> Self {
        let secret = || URL_SAFE_NO_PAD.encode(clock.secret::<32>());
        Self { state: secret(), nonce: secret(), verifier: secret() }
    }
}

impl fmt::Debug for Ties {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Ties(..)")
    }
}

/// What a provider answers beside an access token.
#[derive(Debug, Deserialize, Serialize)]
struct Extra {
    id_token: Option<String>,
}

impl ExtraTokenFields for Extra {}

type Flow = Client<
    BasicErrorResponse,
    StandardTokenResponse<Extra, BasicTokenType>,
    BasicTokenIntrospectionResponse,
    StandardRevocableToken,
    BasicRevocationErrorResponse,
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointSet,
>;

/// What a provider says of itself, its keys included.
struct Known {
    at: OffsetDateTime,
    metadata: ProviderMetadataWithLogout,
}

/// Issuers that are remembered at once: anybody who may set a provider up could fill the memory otherwise.
const REMEMBERED: usize = 1_000;

/// Speaks with providers.
pub struct Oidc {
    http: Http,
    clock: Clock,
    leeway: Duration,
    fresh: Duration,
    known: Mutex<HashMap<String, Arc<Known>>>,
}

impl fmt::Debug for Oidc {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Oidc")
    }
}

impl Oidc {
    /// Providers on plain http are spoken to on loopback alone, and only where this installation is there itself.
    ///
    /// # Errors
    /// When the machine lets no client be made.
    pub fn open(config: &Config, public_url: &str, clock: Clock) -> AppResult<Self> {
        let own = Url::parse(public_url).ok();
        let loopback = own.is_some_and(|url| url.scheme() == "http" && url.host_str().is_some_and(http::is_loopback));
        Ok(Self {
            http: Http::open(config, loopback)?,
            clock,
            leeway: Duration::seconds(config.limits.provider_leeway_seconds),
            fresh: Duration::minutes(config.limits.provider_discovery_minutes),
            known: Mutex::default(),
        })
    }

    /// Whether an issuer's address is of a kind that is spoken to.
    pub fn allows(&self, issuer: &str) -> bool {
        self.http.allows(issuer) && !issuer.contains(['?', '#']) && !issuer.contains('@')
    }

    /// Asks a provider what it is, past everything remembered.
    ///
    /// # Errors
    /// What is wrong with it.
    pub async fn look(&self, issuer: &str) -> Result<(), Fault> {
        self.discover(issuer).await.map(drop)
    }

    async fn discover(&self, issuer: &str) -> Result<Arc<Known>, Fault> {
        if !self.allows(issuer) {
            return Err(Fault::NotHttps(issuer.to_owned()));
        }
        let url = IssuerUrl::new(issuer.to_owned()).map_err(|error| Fault::NotAProvider(error.to_string()))?;
        let metadata = ProviderMetadataWithLogout::discover_async(url, &self.http).await?;
        let token = metadata.token_endpoint().ok_or_else(|| Fault::NotAProvider("it has no token endpoint".into()))?;
        for endpoint in [metadata.authorization_endpoint().as_str(), token.as_str()] {
            if !self.http.allows(endpoint) {
                return Err(Fault::NotHttps(endpoint.to_owned()));
            }
        }
        let known = Arc::new(Known { at: self.clock.now(), metadata });
        let mut all = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if all.len() >= REMEMBERED {
            all.clear();
        }
        all.insert(issuer.to_owned(), Arc::clone(&known));
        Ok(known)
    }

    async fn known(&self, issuer: &str) -> Result<Arc<Known>, Fault> {
        let now = self.clock.now();
        let found = self.known.lock().unwrap_or_else(PoisonError::into_inner).get(issuer).cloned();
        match found.filter(|known| now - known.at < self.fresh) {
            Some(known) => Ok(known),
            None => self.discover(issuer).await,
        }
    }

    fn flow(party: &Party, known: &Known, redirect: &str) -> Result<Flow, Fault> {
        let unusable = |error: oauth2::url::ParseError| Fault::NotAProvider(error.to_string());
        let metadata = &known.metadata;
        let token = metadata.token_endpoint().ok_or_else(|| Fault::NotAProvider("it has no token endpoint".into()))?;
        let mut flow = Client::new(ClientId::new(party.client_id.clone()))
            .set_auth_uri(metadata.authorization_endpoint().clone())
            .set_token_uri(token.clone())
            .set_redirect_uri(RedirectUrl::new(redirect.to_owned()).map_err(unusable)?);
        if let Some(secret) = &party.client_secret {
            flow = flow.set_client_secret(ClientSecret::new(secret.clone()));
        }
        // Basic is what every provider takes unless it says otherwise.
        let takes = metadata.token_endpoint_auth_methods_supported();
        let in_body = takes.is_some_and(|ways| {
            !ways.contains(&CoreClientAuthMethod::ClientSecretBasic)
                && ways.contains(&CoreClientAuthMethod::ClientSecretPost)
        });
        Ok(flow.set_auth_type(if in_body { AuthType::RequestBody } else { AuthType::BasicAuth }))
    }

    /// Where a browser goes to sign in.
    ///
    /// # Errors
    /// When the provider cannot be asked what it is.
    pub async fn begin(
        &self,
        party: &Party,
        redirect: &str,
        ties: &Ties,
        login_hint: Option<&str>,
    ) -> Result<String, Fault> {
        let known = self.known(&party.issuer).await?;
        let flow = Self::flow(party, &known, redirect)?;
        let challenge = PkceCodeChallenge::from_code_verifier_sha256(&PkceCodeVerifier::new(ties.verifier.clone()));
        let scopes = ["openid", "email", "profile"].into_iter().chain(party.scopes.iter().map(String::as_str));
        let mut request = flow
            .authorize_url(|| CsrfToken::new(ties.state.clone()))
            .add_scopes(scopes.map(|scope| Scope::new(scope.to_owned())))
            .add_extra_param("nonce", ties.nonce.clone())
            .set_pkce_challenge(challenge);
        if let Some(hint) = login_hint {
            request = request.add_extra_param("login_hint", hint.to_owned());
        }
        let (url, _) = request.url();
        Ok(url.into())
    }

    /// Exchanges the code, and checks whom the provider vouches for.
    ///
    /// # Errors
    /// Whatever is wrong with the code, the provider or its ID token.
    pub async fn finish(
        &self,
        party: &Party,
        redirect: &str,
        code: String,
        (nonce, verifier): (&str, String),
        began: OffsetDateTime,
    ) -> Result<Claims, Fault> {
        let known = self.known(&party.issuer).await?;
        let answer = Self::flow(party, &known, redirect)?
            .exchange_code(AuthorizationCode::new(code))
            .set_pkce_verifier(PkceCodeVerifier::new(verifier))
            .request_async(&self.http)
            .await?;
        let id_token = answer.extra_fields().id_token.as_deref();
        let id_token = id_token.ok_or_else(|| Fault::Token("there is none in the answer".to_owned()))?;
        let window = token::Window { now: self.clock.now(), began, leeway: self.leeway };
        let checked = match token::check(id_token, party, &known.metadata, nonce, window) {
            // Signed with a key that was not there when we last asked.
            Err(Fault::Signature(_)) => {
                let known = self.discover(&party.issuer).await?;
                token::check(id_token, party, &known.metadata, nonce, window)
            }
            checked => checked,
        };
        let mut claims = checked?;
        if !claims.all.contains_key("email") {
            self.ask_about(&known, answer.access_token().secret(), &mut claims).await?;
        }
        Ok(claims)
    }

    /// Adds what the provider tells of the person elsewhere: many keep ID tokens short.
    async fn ask_about(&self, known: &Known, access: &str, claims: &mut Claims) -> Result<(), Fault> {
        let Some(endpoint) = known.metadata.userinfo_endpoint() else { return Ok(()) };
        let request = ::http::Request::get(endpoint.as_str())
            .header(ACCEPT, "application/json")
            .header(AUTHORIZATION, format!("Bearer {access}"))
            .body(Vec::new());
        let request: HttpRequest = request.map_err(|error| Fault::NotAProvider(error.to_string()))?;
        let answer = self.http.call(request).await?;
        if !answer.status().is_success() {
            return Err(Fault::Silent(format!("asked about the person it answers {}", answer.status())));
        }
        claims.complete(answer.body())
    }

    /// Where a browser goes to sign out at the provider; none where it offers that nowhere, or cannot be asked.
    pub async fn end_session(&self, party: &Party, id_token: Option<&str>) -> Option<String> {
        let known = self.known(&party.issuer).await.ok()?;
        let endpoint = known.metadata.additional_metadata().end_session_endpoint.as_ref()?;
        if !self.http.allows(endpoint.as_str()) {
            return None;
        }
        let mut url = endpoint.url().clone();
        url.query_pairs_mut().append_pair("client_id", &party.client_id);
        if let Some(token) = id_token {
            url.query_pairs_mut().append_pair("id_token_hint", token);
        }
        Some(url.into())
    }
}
