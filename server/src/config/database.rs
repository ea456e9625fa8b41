//! Settings of the database.

use super::secret::redacted;
use serde::{Deserialize, Serialize};
use std::fmt;

/// Where the rows are.
#[derive(Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Database {
    /// `postgres://...`, or `sqlite://FILE`. Absent: `candor.db` in `data_dir`.
    pub url: Option<String>,
    /// Connections that read (SQLite), or all connections (PostgreSQL).
    pub connections: u32,
    /// SQLite: the file grows to at most so many pages of 4 KiB; 0 is no bound. A full database refuses writes and
    /// keeps serving reads.
    pub max_pages: u64,
    /// SQLite and files: an acknowledged change survives a power cut. Off only where nothing is worth keeping, as in the
    /// demo, since a cut can then damage the database.
    pub durable: bool,
    /// SQLite: how long a writer waits for its turn, in seconds.
    pub busy_seconds: u64,
}

impl fmt::Debug for Database {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { url, connections, max_pages, durable, busy_seconds } = self;
        f.debug_struct("Database")
            .field("url", &url.as_deref().map(redacted))
            .field("connections", connections)
            .field("max_pages", max_pages)
            .field("durable", durable)
            .field("busy_seconds", busy_seconds)
            .finish()
    }
}

impl Default for Database {
    fn default() -> Self {
        Self { url: None, connections: 8, max_pages: 0, durable: true, busy_seconds: 5 }
    }
}
