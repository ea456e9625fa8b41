//! Settings of the search engine.

use super::secret::redacted;
use serde::{Deserialize, Serialize};
use std::fmt;

/// Which engine searches the register.
#[derive(Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Search {
    /// The address of a Meilisearch server, for several servers on one database. Absent or empty: the embedded engine in `search/`
    /// in `data_dir`, for one server.
    pub url: Option<String>,
    /// Its API key: it must allow everything on `indexes`, `documents`, `settings`, `tasks` and `stats`, and `search`, of
    /// the indexes that begin with `index_prefix`.
    pub key: Option<String>,
    /// What the names of our indexes begin with: two installations on one server need two.
    pub index_prefix: String,
    /// Seconds that the server may take to answer a search: a person is waiting.
    pub answer_seconds: u64,
    /// Seconds that the server may take to make a change findable; the change is tried again after that.
    pub change_seconds: u64,
    /// Seconds that the server may take for one step of a rebuild.
    pub rebuild_step_seconds: u64,
}

impl fmt::Debug for Search {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { url, key, index_prefix, answer_seconds, change_seconds, rebuild_step_seconds } = self;
        f.debug_struct("Search")
            .field("url", &url.as_deref().map(redacted))
            .field("key", &key.as_ref().map(|_| "..."))
            .field("index_prefix", index_prefix)
            .field("answer_seconds", answer_seconds)
            .field("change_seconds", change_seconds)
            .field("rebuild_step_seconds", rebuild_step_seconds)
            .finish()
    }
}

impl Default for Search {
    fn default() -> Self {
        Self {
            url: None,
            key: None,
            index_prefix: "candor_".to_owned(),
            answer_seconds: 5,
            change_seconds: 15,
            rebuild_step_seconds: 600,
        }
    }
}
