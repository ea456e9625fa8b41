//! What goes wrong at a provider.

use super::http::Failed;
use oauth2::basic::{BasicErrorResponseType, BasicRequestTokenError};
use openidconnect::{ClaimsVerificationError, DiscoveryError};
use std::fmt;

/// Why a provider did not vouch for anybody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Its address, or one that it names, is not https.
    NotHttps(String),
    /// It does not answer, or answers that it is out of order.
    Silent(String),
    /// What answers is no provider, or one of another name.
    NotAProvider(String),
    /// It does not accept our client id and secret.
    ClientRefused(String),
    /// It does not accept the code: used before, too old, or made for another sign-in.
    CodeRefused(String),
    /// The ID token is over, or was made before the sign-in began.
    Expired(String),
    /// The ID token was made for another sign-in.
    Nonce,
    /// The ID token is not signed with a key of the provider's.
    Signature(String),
    /// The ID token is for somebody else, or is none.
    Token(String),
    /// A claim is of the wrong type.
    Claim {
        /// Its name.
        claim: String,
        /// What it should be: `text`, `yes-no`, `texts`.
        expected: &'static str,
        /// What it is.
        found: &'static str,
    },
}

impl Fault {
    /// A stable name: wording and the audit log key on it.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotHttps(_) => "not-https",
            Self::Silent(_) => "silent",
            Self::NotAProvider(_) => "not-a-provider",
            Self::ClientRefused(_) => "client-refused",
            Self::CodeRefused(_) => "code-refused",
            Self::Expired(_) => "expired",
            Self::Nonce => "nonce",
            Self::Signature(_) => "signature",
            Self::Token(_) => "token",
            Self::Claim { .. } => "claim",
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotHttps(what)
            | Self::Silent(what)
            | Self::NotAProvider(what)
            | Self::ClientRefused(what)
            | Self::CodeRefused(what)
            | Self::Expired(what)
            | Self::Signature(what)
            | Self::Token(what) => write!(f, "{}: {what}", self.code()),
            Self::Nonce => f.write_str("nonce: the ID token was made for another sign-in"),
            Self::Claim { claim, expected, found } => write!(f, "claim {claim} is {found}, not {expected}"),
        }
    }
}

impl std::error::Error for Fault {}

impl From<Failed> for Fault {
    fn from(failed: Failed) -> Self {
        match failed {
            Failed::NotHttps(address) => Self::NotHttps(address),
            Failed::Silent(_) => Self::Silent(failed.to_string()),
            Failed::TooLong(_) => Self::NotAProvider(failed.to_string()),
        }
    }
}

impl From<DiscoveryError<Failed>> for Fault {
    fn from(error: DiscoveryError<Failed>) -> Self {
        match error {
            DiscoveryError::Request(failed) => failed.into(),
            DiscoveryError::Response(status, ..) if status.is_server_error() => {
                Self::Silent(format!("it answers {status}"))
            }
            DiscoveryError::Response(status, ..) => Self::NotAProvider(format!("it answers {status}")),
            DiscoveryError::Parse(error) => Self::NotAProvider(error.to_string()),
            other => Self::NotAProvider(other.to_string()),
        }
    }
}

impl From<BasicRequestTokenError<Failed>> for Fault {
    fn from(error: BasicRequestTokenError<Failed>) -> Self {
        match error {
            BasicRequestTokenError::Request(failed) => failed.into(),
            BasicRequestTokenError::ServerResponse(refused) => {
                let said = refused.error().to_string();
                match refused.error() {
                    BasicErrorResponseType::InvalidGrant => Self::CodeRefused(said),
                    BasicErrorResponseType::InvalidClient | BasicErrorResponseType::UnauthorizedClient => {
                        Self::ClientRefused(said)
                    }
                    _ => Self::Token(said),
                }
            }
            BasicRequestTokenError::Parse(error, _) => Self::Token(error.to_string()),
            BasicRequestTokenError::Other(what) => Self::Silent(what),
        }
    }
}

impl From<ClaimsVerificationError> for Fault {
    fn from(error: ClaimsVerificationError) -> Self {
        match error {
            ClaimsVerificationError::Expired(what) => Self::Expired(what),
            ClaimsVerificationError::InvalidNonce(_) => Self::Nonce,
            ClaimsVerificationError::SignatureVerification(cause) => Self::Signature(cause.to_string()),
            other => Self::Token(other.to_string()),
        }
    }
}
