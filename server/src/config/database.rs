//! Settings of the database.

use serde::{Deserialize, Serialize};

/// Where the rows are.
#[derive(Clone, Debug, Serialize, Deserialize)]
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

impl Default for Database {
    fn default() -> Self {
        Self { url: None, connections: 8, max_pages: 0, durable: true, busy_seconds: 5 }
    }
}
