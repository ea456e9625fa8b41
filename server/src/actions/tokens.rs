//! Secrets that a person or a program presents: 256 random bits, of which only a hash is kept.

use crate::platform::clock::Clock;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};
use std::fmt;

/// A fresh secret. It is shown or sent once and never stored.
#[derive(Clone, PartialEq, Eq)]
pub struct Token(String);

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(..)")
    }
}

impl Token {
    /// Makes one.
    pub fn fresh(clock: &Clock) -> Self {
        Self(URL_SAFE_NO_PAD.encode(clock.secret::<32>()))
    }

    /// The secret itself, to be shown or sent.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// What is kept of it.
    pub fn hash(&self) -> Vec<u8> {
        token_hash(&self.0)
    }
}

/// What is kept of a secret. With 256 random bits in it a plain hash is enough: there is nothing to guess.
pub fn token_hash(secret: &str) -> Vec<u8> {
    Sha256::digest(secret.as_bytes()).to_vec()
}
