//! Secrets that must be kept readable, sealed at rest: whoever has the database without the installation key has none.
//!
//! ChaCha20-Poly1305 under a key made from the installation key; a fresh nonce stands before the sealed text, and what
//! the secret belongs to is authenticated with it, so that a sealed secret cannot be moved to another row.

use super::clock::Clock;
use super::signing::{Key as Installation, Signer};
use crate::error::{AppError, Result};
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{ChaCha20Poly1305, Key, Nonce};
use uuid::Uuid;

/// What the key is made for.
const PURPOSE: &str = "candor sealed secrets 1";
/// Bytes of a nonce.
const NONCE: usize = 12;

fn cipher(key: &Installation) -> ChaCha20Poly1305 {
    ChaCha20Poly1305::new(&Key::from(key.derived(PURPOSE)))
}

/// Seals a secret of the thing with this id.
///
/// # Errors
/// When it is too large to be sealed, which no secret is.
pub fn seal(key: &Installation, clock: &Clock, of: Uuid, secret: &str) -> Result<Vec<u8>> {
    let nonce = clock.secret::<NONCE>();
    let payload = Payload { msg: secret.as_bytes(), aad: of.as_bytes() };
    let sealed = cipher(key)
        .encrypt(&Nonce::from(nonce), payload)
        .map_err(|_| AppError::internal("a secret could not be sealed"))?;
    Ok([nonce.as_slice(), &sealed].concat())
}

/// Opens what was sealed for the thing with this id, also when the key was replaced since this program read it.
///
/// # Errors
/// When it was sealed under another installation key, for another thing, or was changed.
pub fn open(signer: &Signer, of: Uuid, sealed: &[u8]) -> Result<String> {
    open_with(&signer.current(), of, sealed).or_else(|error| match signer.reread() {
        Ok(key) => open_with(&key, of, sealed),
        Err(_) => Err(error),
    })
}

/// Opens what was sealed under this very key.
///
/// # Errors
/// When it was sealed under another installation key, for another thing, or was changed.
pub fn open_with(key: &Installation, of: Uuid, sealed: &[u8]) -> Result<String> {
    let unreadable =
        || AppError::internal("a sealed secret does not open: another installation key, or it was changed");
    let (nonce, sealed) = sealed.split_first_chunk::<NONCE>().ok_or_else(unreadable)?;
    let payload = Payload { msg: sealed, aad: of.as_bytes() };
    let opened = cipher(key).decrypt(&Nonce::from(*nonce), payload).map_err(|_| unreadable())?;
    String::from_utf8(opened).map_err(|_| unreadable())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sealed_secret_opens_for_its_own_thing_alone() {
        let folder = tempfile::tempdir().expect("a folder");
        let clock = Clock::system();
        let signer = |name: &str| Signer::open(&folder.path().join(name), &clock).expect("a key");
        let (key, other) = (signer("one"), signer("other"));
        let (thing, another): (Uuid, Uuid) = (clock.id(), clock.id());
        let sealed = seal(&key.current(), &clock, thing, "hush").expect("sealed");
        assert!(!sealed.windows(4).any(|bytes| bytes == b"hush"));
        assert_ne!(sealed, seal(&key.current(), &clock, thing, "hush").expect("sealed again"));
        assert_eq!(open(&key, thing, &sealed).expect("opens"), "hush");
        assert!(open(&key, another, &sealed).is_err(), "moved to another row");
        assert!(open(&other, thing, &sealed).is_err(), "another installation key");
        for at in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[at] ^= 1;
            assert!(open(&key, thing, &changed).is_err(), "changed at {at}");
        }
        assert!(open(&key, thing, &sealed[..5]).is_err(), "cut short");
    }
}
