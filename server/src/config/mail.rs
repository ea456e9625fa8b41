//! Settings of outgoing mail.

use super::secret::redacted;
use serde::{Deserialize, Serialize};
use std::fmt;

/// How mail leaves.
#[derive(Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Mail {
    /// `smtp://user:password@host:587?tls=required` or `smtps://...`. Absent: mails are written as `.eml` files to
    /// `mail/` in `data_dir`.
    pub smtp_url: Option<String>,
    /// The sender, such as `Candor <candor@example.org>`.
    pub from: String,
}

impl fmt::Debug for Mail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { smtp_url, from } = self;
        f.debug_struct("Mail").field("smtp_url", &smtp_url.as_deref().map(redacted)).field("from", from).finish()
    }
}

impl Default for Mail {
    fn default() -> Self {
        Self { smtp_url: None, from: "Candor <candor@localhost.localdomain>".to_owned() }
    }
}
