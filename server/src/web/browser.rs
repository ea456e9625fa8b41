//! A secret that one browser keeps, signed in or not: what it begins, it alone can end.
//!
//! It stands beside the session, which is renewed at sign-in: of two tabs that sign in at once, the second must still
//! be known when the first has arrived.

use crate::error::AppError;
use crate::platform::Platform;
use axum::extract::{FromRef, FromRequestParts};
use axum::http::header::COOKIE;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// The browser that a request comes from.
#[derive(Clone)]
pub struct Browser {
    /// The secret.
    pub secret: String,
    cookie: String,
}

impl std::fmt::Debug for Browser {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Browser(..)")
    }
}

impl Browser {
    /// Tells the browser to keep the secret.
    ///
    /// # Errors
    /// Never: a secret is letters and digits.
    pub fn keep(&self, headers: &mut HeaderMap) -> Result<(), AppError> {
        headers.append("set-cookie", HeaderValue::from_str(&self.cookie).map_err(AppError::internal)?);
        Ok(())
    }
}

/// Characters of a secret: 256 bits in base64.
const SECRET: usize = 43;

impl<S: Send + Sync> FromRequestParts<S> for Browser
where
    Platform: FromRef<S>,
{
    type Rejection = AppError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, AppError> {
        let platform = Platform::from_ref(state);
        // Like the session's: browsers keep no `__Host-` cookie over plain http on loopback.
        let (name, secure) = match platform.public_url.starts_with("https://") {
            true => ("__Host-candor-browser", "; Secure"),
            false => ("candor-browser", ""),
        };
        let cookies = parts.headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok());
        let kept = cookies.flat_map(|all| all.split(';')).find_map(|one| {
            let (found, value) = one.trim().split_once('=')?;
            let is_secret =
                value.len() == SECRET && value.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b));
            (found == name && is_secret).then(|| value.to_owned())
        });
        let secret = kept.unwrap_or_else(|| URL_SAFE_NO_PAD.encode(platform.clock.secret::<32>()));
        let cookie = format!("{name}={secret}; Path=/; HttpOnly; SameSite=Lax{secure}");
        Ok(Self { secret, cookie })
    }
}
