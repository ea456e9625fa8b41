//! The installation key: an Ed25519 key, kept outside the database, that signs audit entries.

use crate::error::Result;
use crate::platform::clock::Clock;
use ed25519_dalek::{Signature, Signer as _, SigningKey, Verifier};
use hkdf::Hkdf;
use sha2::Sha256;
use std::fmt;
use std::fs::OpenOptions;
use std::io::{ErrorKind, Write};
use std::path::Path;

/// Signs, and checks signatures.
pub struct Signer {
    key: SigningKey,
}

impl fmt::Debug for Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Signer")
    }
}

impl Signer {
    /// Reads the key from its file, or makes a new one there, readable by its owner alone.
    ///
    /// # Errors
    /// When the file cannot be read or written, or holds no key.
    pub fn open(file: &Path, clock: &Clock) -> Result<Self> {
        let text = match std::fs::read_to_string(file) {
            Ok(text) => text,
            Err(error) if error.kind() == ErrorKind::NotFound => {
                let text = hex::encode(clock.secret::<32>());
                let mut options = OpenOptions::new();
                options.write(true).create_new(true);
                #[cfg(unix)]
                std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
                let mut file = options.open(file)?;
                file.write_all(text.as_bytes())?;
                file.sync_all()?;
                text
            }
            Err(error) => return Err(error.into()),
        };
        let mut seed = [0; 32];
        hex::decode_to_slice(text.trim(), &mut seed).map_err(|_| {
            std::io::Error::other(format!("{} holds no installation key (64 hexadecimal digits)", file.display()))
        })?;
        Ok(Self { key: SigningKey::from_bytes(&seed) })
    }

    /// The signature over a message.
    pub fn sign(&self, message: &[u8]) -> [u8; 64] {
        self.key.sign(message).to_bytes()
    }

    /// A key for another purpose, made from this one; that one is known tells nothing about this one or a third.
    ///
    /// # Panics
    /// Never: 32 bytes can always be made.
    pub fn derived(&self, purpose: &str) -> [u8; 32] {
        let mut key = [0; 32];
        let from = Hkdf::<Sha256>::new(None, self.key.as_bytes());
        from.expand(purpose.as_bytes(), &mut key).expect("32 bytes are not too many");
        key
    }

    /// Whether the signature over the message is this key's.
    pub fn verify(&self, message: &[u8], signature: &[u8]) -> bool {
        Signature::from_slice(signature)
            .is_ok_and(|signature| self.key.verifying_key().verify(message, &signature).is_ok())
    }
}
