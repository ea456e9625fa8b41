//! Browser sessions, kept in the database.
//!
//! The cookie holds 128 random bits; the row is found by their hash, so that whoever reads the database cannot sign in.
//! Loading a session reads its person and their memberships in the same query.

use super::address::{ByAddress, truncated};
use crate::actions::Token;
use crate::actions::sign_in::SignedIn;
use crate::error::AppError;
use crate::platform::Platform;
use crate::platform::clock::Clock;
use crate::repo::sessions::Who;
use crate::repo::{self, SystemScope};
use async_trait::async_trait;
use axum::extract::{FromRef, FromRequestParts};
use axum::http::header::USER_AGENT;
use axum::http::request::Parts;
use domain::ids::MemberId;
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::fmt;
use time::{Duration, OffsetDateTime};
use tower_sessions::cookie::SameSite;
use tower_sessions::session::{Id, Record};
use tower_sessions::session_store::{Error, Result};
use tower_sessions::{Expiry, Session, SessionManagerLayer, SessionStore};

/// Where the language stands that somebody chose to read questionnaires in.
pub const LANGUAGE: &str = "language";
/// Where the person's id stands in a session.
pub const PERSON: &str = "person";
/// Where the membership that the person acts under stands; absent, they act under their first.
pub const MEMBER: &str = "member";
/// Where the one membership stands that the session was made for: an administrator's link lets in to the
/// administrator's own organisation, and not to others that the person belongs to.
pub const ONLY: &str = "only";
/// Where the links that let a contact in stand: assessment id to link id.
pub const LINKS: &str = "links";
/// Where a notice for the next page stands.
pub const NOTICE: &str = "notice";
/// Where the provider stands that vouched for the person, with its ID token: see [`Vouched`].
pub const VOUCHED: &str = "vouched";
/// Where the time stands at which the session ends whatever happens, in seconds since 1970.
const ENDS: &str = "ends";
/// Where the person and memberships of a loaded session stand; never written.
const WHO: &str = "who";
/// Where the secret stands that a mailed sign-in link is bound to.
const BROWSER: &str = "browser";
/// Where it stands from what kind of browser, how and whence somebody signed in: see [`Origin`].
pub const ORIGIN: &str = "origin";

/// How, with what and whence somebody signed in, for the list of their sessions.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Origin {
    /// `link`, `mail`, `password` or `provider`.
    pub way: String,
    /// The browser, as it names itself, shortened.
    pub agent: String,
    /// The address, truncated.
    pub address: String,
}

/// A provider that vouched for somebody, and what signing out there wants back.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
pub struct Vouched {
    /// The provider.
    pub provider: domain::ids::ProviderId,
    /// Its ID token; empty where it was too long to be kept.
    pub id_token: String,
}

/// Characters of a browser's name that are kept.
const AGENT: usize = 160;

impl<S: Send + Sync> FromRequestParts<S> for Origin
where
    Platform: FromRef<S>,
{
    type Rejection = AppError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> std::result::Result<Self, AppError> {
        let agent = parts.headers.get(USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let peer = ByAddress::trusting(&Platform::from_ref(state).config.trusted_proxies).of_parts(parts);
        Ok(Self {
            way: String::new(),
            agent: agent.chars().take(AGENT).collect(),
            address: peer.map(truncated).unwrap_or_default(),
        })
    }
}

/// Sessions as rows.
#[derive(Clone)]
pub struct Rows(Platform);

impl fmt::Debug for Rows {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Rows")
    }
}

/// The layer that gives requests their session. The cookie is `__Host-candor`, or `candor` over plain http on
/// loopback, where browsers keep no `__Host-` cookie.
pub fn layer(platform: &Platform) -> SessionManagerLayer<Rows> {
    let secure = platform.public_url.starts_with("https://");
    // The browser keeps the cookie as long as a session can last; that idle ones end sooner is for the rows to say.
    let longest = Duration::hours(platform.config.limits.session_hours);
    SessionManagerLayer::new(Rows(platform.clone()))
        .with_name(if secure { "__Host-candor" } else { "candor" })
        .with_http_only(true)
        .with_secure(secure)
        .with_same_site(SameSite::Lax)
        .with_path("/")
        .with_expiry(Expiry::OnInactivity(longest))
}

/// What a session's row is found by.
pub fn key(id: &Id) -> String {
    hex::encode(Sha256::digest(id.to_string()))
}

/// Whose session it is, with the memberships that it lets act under; none before sign-in.
///
/// # Errors
/// When the session cannot be read.
pub async fn who(session: &Session) -> std::result::Result<Option<Who>, AppError> {
    let mut who: Option<Who> = session.get(WHO).await.map_err(AppError::internal)?;
    let only: Option<MemberId> = session.get(ONLY).await.map_err(AppError::internal)?;
    if let (Some(who), Some(only)) = (&mut who, only) {
        who.memberships.retain(|membership| membership.member == only);
    }
    Ok(who)
}

/// Begins the session of whoever signed in: nothing of the one before goes along but the links that let a contact in.
///
/// # Errors
/// When the session cannot be written.
pub async fn begin(session: &Session, signed_in: SignedIn, origin: &Origin) -> std::result::Result<(), AppError> {
    let links: Option<Value> = session.get(LINKS).await.map_err(AppError::internal)?;
    if session.id().is_some() {
        session.flush().await.map_err(AppError::internal)?;
    }
    session.insert(PERSON, signed_in.person).await.map_err(AppError::internal)?;
    session.insert(ORIGIN, origin).await.map_err(AppError::internal)?;
    if let Some(only) = signed_in.only_member {
        session.insert(ONLY, only).await.map_err(AppError::internal)?;
    }
    if let Some(links) = links {
        session.insert(LINKS, links).await.map_err(AppError::internal)?;
    }
    Ok(())
}

/// Who is signed in, and under which memberships they may act; none before sign-in.
///
/// # Errors
/// When the session cannot be read.
pub async fn signed_in(session: &Session) -> std::result::Result<Option<SignedIn>, AppError> {
    let Some(who) = who(session).await? else { return Ok(None) };
    let only_member = session.get(ONLY).await.map_err(AppError::internal)?;
    Ok(Some(SignedIn { person: who.person, only_member }))
}

/// The secret of this browser; none where it never asked for a link.
///
/// # Errors
/// When the session cannot be read.
pub async fn browser(session: &Session) -> std::result::Result<Option<String>, AppError> {
    session.get(BROWSER).await.map_err(AppError::internal)
}

/// The secret of this browser, made where it has none: links that it asks for work in it alone.
///
/// # Errors
/// When the session cannot be written.
pub async fn keep_browser(session: &Session, clock: &Clock) -> std::result::Result<String, AppError> {
    if let Some(secret) = browser(session).await? {
        return Ok(secret);
    }
    let secret = Token::fresh(clock).reveal().to_owned();
    session.insert(BROWSER, &secret).await.map_err(AppError::internal)?;
    Ok(secret)
}

fn backend(error: impl fmt::Display) -> Error {
    Error::Backend(error.to_string())
}

impl Rows {
    fn row(&self, record: &Record) -> Result<entity::session::Model> {
        let now = self.0.clock.now();
        let limits = &self.0.config.limits;
        let mut data = record.data.clone();
        data.remove(WHO);
        // A new session id, taken at every step up, does not make the session last longer.
        let longest = (now + Duration::hours(limits.session_hours)).unix_timestamp();
        let ends = data.get(ENDS).and_then(Value::as_i64).unwrap_or(longest);
        data.insert(ENDS.to_owned(), ends.into());
        let person = data.get(PERSON).and_then(Value::as_str).and_then(|id| id.parse().ok());
        Ok(entity::session::Model {
            id: key(&record.id),
            person_id: person,
            data: serde_json::to_value(data).map_err(|e| Error::Encode(e.to_string()))?,
            created_at: now,
            last_seen_at: now,
            expires_at: now + Duration::hours(limits.session_idle_hours),
            ends_at: OffsetDateTime::from_unix_timestamp(ends).map_err(|e| Error::Encode(e.to_string()))?,
        })
    }

    async fn touch(&self, key: &str, now: OffsetDateTime) -> Result<()> {
        let transaction = self.0.db.begin().await.map_err(backend)?;
        let expires = now + Duration::hours(self.0.config.limits.session_idle_hours);
        repo::sessions::touch(&transaction, SystemScope, key, (now, now - EVERY), expires).await.map_err(backend)?;
        self.0.db.commit(transaction).await.map_err(backend)
    }
}

/// How often it is written down that a session was seen.
const EVERY: Duration = Duration::minutes(1);

#[async_trait]
impl SessionStore for Rows {
    async fn create(&self, record: &mut Record) -> Result<()> {
        // 128 random bits: a taken id is a fault to be told, not a session to be overwritten.
        let transaction = self.0.db.begin().await.map_err(backend)?;
        repo::sessions::add(&transaction, SystemScope, self.row(record)?).await.map_err(backend)?;
        self.0.db.commit(transaction).await.map_err(backend)
    }

    async fn save(&self, record: &Record) -> Result<()> {
        let transaction = self.0.db.begin().await.map_err(backend)?;
        repo::sessions::put(&transaction, SystemScope, self.row(record)?).await.map_err(backend)?;
        self.0.db.commit(transaction).await.map_err(backend)
    }

    async fn load(&self, id: &Id) -> Result<Option<Record>> {
        let (now, key) = (self.0.clock.now(), key(id));
        let found = repo::sessions::get(self.0.db.read(), SystemScope, &key, now).await.map_err(backend)?;
        let Some(found) = found else { return Ok(None) };
        if now - found.last_seen_at >= EVERY {
            self.touch(&key, now).await?;
        }
        let mut record = Record {
            id: *id,
            data: serde_json::from_value(found.data).map_err(|e| Error::Decode(e.to_string()))?,
            expiry_date: found.ends_at,
        };
        if let Some(who) = found.who {
            let who = serde_json::to_value(who).map_err(|e| Error::Decode(e.to_string()))?;
            record.data.insert(WHO.to_owned(), who);
        }
        Ok(Some(record))
    }

    async fn delete(&self, id: &Id) -> Result<()> {
        let transaction = self.0.db.begin().await.map_err(backend)?;
        repo::sessions::remove(&transaction, SystemScope, &key(id)).await.map_err(backend)?;
        self.0.db.commit(transaction).await.map_err(backend)
    }
}
