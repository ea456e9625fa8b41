//! How people may sign in, beside links by mail, which always work.

use serde::{Deserialize, Serialize};

/// Ways of signing in.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SignIn {
    /// People may set a password and sign in with it. Off: a mailbox or an OpenID provider, which know second factors,
    /// are the only proof.
    pub passwords: bool,
}
