//! Settings of outgoing mail.

use serde::{Deserialize, Serialize};

/// How mail leaves.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Mail {
    /// `smtp://user:password@host:587?tls=required` or `smtps://...`. Absent: mails are written as `.eml` files to
    /// `mail/` in `data_dir`.
    pub smtp_url: Option<String>,
    /// The sender, such as `Candor <candor@example.org>`.
    pub from: String,
}

impl Default for Mail {
    fn default() -> Self {
        Self { smtp_url: None, from: "Candor <candor@localhost.localdomain>".to_owned() }
    }
}
