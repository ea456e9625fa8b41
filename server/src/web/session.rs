//! Browser sessions, kept in the database.

use crate::platform::Platform;
use crate::repo::{self, SystemScope};
use async_trait::async_trait;
use std::fmt;
use tower_sessions::cookie::SameSite;
use tower_sessions::session::{Id, Record};
use tower_sessions::session_store::{Error, Result};
use tower_sessions::{Expiry, SessionManagerLayer, SessionStore};

/// Where the member's id stands in a session.
pub const MEMBER: &str = "member";
/// Where the links that let a contact in stand: assessment id to link id.
pub const LINKS: &str = "links";
/// Where a notice for the next page stands.
pub const NOTICE: &str = "notice";

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
    let idle = time::Duration::hours(platform.config.limits.session_idle_hours);
    SessionManagerLayer::new(Rows(platform.clone()))
        .with_name(if secure { "__Host-candor" } else { "candor" })
        .with_http_only(true)
        .with_secure(secure)
        .with_same_site(SameSite::Lax)
        .with_path("/")
        .with_expiry(Expiry::OnInactivity(idle))
}

fn backend(error: impl fmt::Display) -> Error {
    Error::Backend(error.to_string())
}

#[async_trait]
impl SessionStore for Rows {
    async fn create(&self, record: &mut Record) -> Result<()> {
        // 128 random bits: a taken id is a fault to be told, not a session to be overwritten.
        let transaction = self.0.db.begin().await.map_err(backend)?;
        let data = serde_json::to_value(&record.data).map_err(|e| Error::Encode(e.to_string()))?;
        repo::sessions::add(&transaction, SystemScope, record.id.to_string(), data, record.expiry_date)
            .await
            .map_err(backend)?;
        self.0.db.commit(transaction).await.map_err(backend)
    }

    async fn save(&self, record: &Record) -> Result<()> {
        let transaction = self.0.db.begin().await.map_err(backend)?;
        let data = serde_json::to_value(&record.data).map_err(|e| Error::Encode(e.to_string()))?;
        repo::sessions::put(&transaction, SystemScope, record.id.to_string(), data, record.expiry_date)
            .await
            .map_err(backend)?;
        self.0.db.commit(transaction).await.map_err(backend)
    }

    async fn load(&self, id: &Id) -> Result<Option<Record>> {
        let now = self.0.clock.now();
        let row = repo::sessions::get(self.0.db.read(), SystemScope, &id.to_string(), now).await.map_err(backend)?;
        row.map(|row| {
            let data = serde_json::from_value(row.data).map_err(|e| Error::Decode(e.to_string()))?;
            Ok(Record { id: *id, data, expiry_date: row.expires_at })
        })
        .transpose()
    }

    async fn delete(&self, id: &Id) -> Result<()> {
        let transaction = self.0.db.begin().await.map_err(backend)?;
        repo::sessions::remove(&transaction, SystemScope, &id.to_string()).await.map_err(backend)?;
        self.0.db.commit(transaction).await.map_err(backend)
    }
}
