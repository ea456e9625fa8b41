//! Providers and mail domains as programs see them. A client secret goes in and never comes out.

use crate::actions::oidc::providers::ProviderInput;
use crate::error::{AppError, Result};
use domain::access::{Role, Roles};
use domain::problem::{Problem, Problems};
use entity::{email_domain, identity_provider};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use time::OffsetDateTime;
use utoipa::ToSchema;
use uuid::Uuid;

/// A provider.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Provider {
    id: Uuid,
    name: String,
    issuer: String,
    client_id: String,
    /// A secret is kept for it.
    has_secret: bool,
    scopes: Vec<String>,
    roles_claim: Option<String>,
    /// Values of the claim, and the roles that each gives.
    role_map: BTreeMap<String, Vec<String>>,
    default_roles: Vec<String>,
    enabled: bool,
    revision: i64,
    #[serde(with = "time::serde::rfc3339")]
    created_at: OffsetDateTime,
}

fn words(text: Option<&str>) -> Vec<String> {
    text.unwrap_or_default().split_whitespace().map(str::to_owned).collect()
}

impl From<identity_provider::Model> for Provider {
    fn from(row: identity_provider::Model) -> Self {
        let map = row.role_map.as_object().into_iter().flatten();
        Self {
            id: row.id,
            name: row.name,
            issuer: row.issuer,
            client_id: row.client_id,
            has_secret: row.client_secret.is_some(),
            scopes: words(row.scopes.as_deref()),
            role_map: map.map(|(value, roles)| (value.clone(), words(roles.as_str()))).collect(),
            roles_claim: row.roles_claim,
            default_roles: words(row.default_roles.as_deref()),
            enabled: row.enabled,
            revision: row.revision,
            created_at: row.created_at,
        }
    }
}

/// What a provider is to be.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ProviderBody {
    name: String,
    /// What the provider calls itself: an https address.
    issuer: String,
    client_id: String,
    /// Absent, or empty: the one that is there stays.
    #[serde(default)]
    client_secret: String,
    /// Scopes beside `openid email profile`.
    #[serde(default)]
    scopes: Vec<String>,
    /// The claim that holds the roles: its name, or its place as a JSON Pointer.
    #[serde(default)]
    roles_claim: Option<String>,
    #[serde(default)]
    role_map: BTreeMap<String, Vec<String>>,
    #[serde(default)]
    default_roles: Vec<String>,
    /// Absent: people can sign in there.
    #[serde(default = "yes")]
    enabled: bool,
}

fn yes() -> bool {
    true
}

impl ProviderBody {
    /// What the action takes.
    ///
    /// # Errors
    /// Roles that there are none of.
    pub(super) fn into_input(self) -> Result<ProviderInput> {
        let mut problems = Vec::new();
        let mut roles = |at: String, names: &[String]| {
            let mut found = Roles::default();
            for name in names {
                match name.parse::<Role>() {
                    Ok(role) => found = found.with(role),
                    Err(_) => {
                        let given: String = name.chars().take(80).collect();
                        problems.push(Problem::new(at.clone(), "no-such-role").with("given", given));
                    }
                }
            }
            found
        };
        let default_roles = roles("/default_roles".to_owned(), &self.default_roles);
        let pointer = |value: &str| format!("/role_map/{}", value.replace('~', "~0").replace('/', "~1"));
        let role_map =
            self.role_map.iter().map(|(value, names)| (value.clone(), roles(pointer(value), names))).collect();
        let input = ProviderInput {
            name: self.name,
            issuer: self.issuer,
            client_id: self.client_id,
            client_secret: self.client_secret,
            scopes: self.scopes.join(" "),
            roles_claim: self.roles_claim.unwrap_or_default(),
            role_map,
            default_roles,
            enabled: self.enabled,
        };
        Problems::none_or(problems, input).map_err(AppError::from)
    }
}

/// A mail domain.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Domain {
    id: Uuid,
    domain: String,
    #[serde(with = "time::serde::rfc3339")]
    created_at: OffsetDateTime,
    /// Absent until it is proved.
    #[serde(with = "time::serde::rfc3339::option")]
    proved_at: Option<OffsetDateTime>,
    /// `mail` or `operator`.
    proved_by: Option<String>,
}

impl From<email_domain::Model> for Domain {
    fn from(row: email_domain::Model) -> Self {
        Self {
            id: row.id,
            domain: row.domain,
            created_at: row.created_at,
            proved_at: row.proved_at,
            proved_by: row.proved_by,
        }
    }
}

/// A mail domain that is to be the organisation's.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct DomainBody {
    pub(super) domain: String,
}

/// Where the proof link is mailed.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ProofBody {
    /// `postmaster`, `hostmaster` or `admin`.
    pub(super) mailbox: String,
}

/// Where the proof link was mailed.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ProofAsked {
    pub(super) to: String,
}
