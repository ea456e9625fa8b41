//! The installation key: an Ed25519 key, kept outside the database, that signs audit entries.
//!
//! Its file holds the key's 64 hexadecimal digits; below them stand the public halves of the keys before it, oldest
//! first, one `retired` line each. While a key is being replaced, the next one waits in a file beside it whose name ends
//! in `.next`: whoever breaks off in between loses neither.

use crate::error::{AppError, Result};
use crate::platform::clock::Clock;
use domain::audit::PublicKey;
use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};
use hkdf::Hkdf;
use sha2::Sha256;
use std::fmt;
use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};

/// What stands before a retired key.
const RETIRED: &str = "retired ";

/// Whether a signature over a message is this key's.
pub fn verify(key: &PublicKey, message: &[u8], signature: &[u8]) -> bool {
    let (Ok(key), Ok(signature)) = (VerifyingKey::from_bytes(key), Signature::from_slice(signature)) else {
        return false;
    };
    key.verify_strict(message, &signature).is_ok()
}

/// A key that signs.
#[derive(Clone)]
pub struct Key(SigningKey);

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Key({})", hex::encode(self.public()))
    }
}

impl Key {
    /// Its public half.
    pub fn public(&self) -> PublicKey {
        self.0.verifying_key().to_bytes()
    }

    /// The signature over a message.
    pub fn sign(&self, message: &[u8]) -> [u8; 64] {
        self.0.sign(message).to_bytes()
    }

    /// A key for another purpose, made from this one; that one is known tells nothing about this one or a third.
    ///
    /// # Panics
    /// Never: 32 bytes can always be made.
    pub fn derived(&self, purpose: &str) -> [u8; 32] {
        let mut key = [0; 32];
        let from = Hkdf::<Sha256>::new(None, self.0.as_bytes());
        from.expand(purpose.as_bytes(), &mut key).expect("32 bytes are not too many");
        key
    }

    fn fresh(clock: &Clock) -> Self {
        Self(SigningKey::from_bytes(&clock.secret::<32>()))
    }

    fn read(text: &str, file: &Path) -> Result<Self> {
        let mut seed = [0; 32];
        hex::decode_to_slice(text.trim(), &mut seed)
            .map_err(|_| unusable(file, "holds no installation key (64 hexadecimal digits)"))?;
        Ok(Self(SigningKey::from_bytes(&seed)))
    }

    fn text(&self) -> String {
        hex::encode(self.0.to_bytes())
    }
}

/// The key in force and those before it.
#[derive(Clone, Debug)]
struct Ring {
    key: Key,
    retired: Vec<PublicKey>,
}

impl Ring {
    fn read(text: &str, file: &Path) -> Result<Self> {
        let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
        let key = Key::read(lines.next().unwrap_or_default(), file)?;
        let retired: Option<Vec<PublicKey>> = lines
            .map(|line| line.strip_prefix(RETIRED).and_then(|text| domain::audit::rotation::key(text.trim())))
            .collect();
        let retired = retired.ok_or_else(|| unusable(file, "holds a line that names no retired key"))?;
        Ok(Self { key, retired })
    }

    fn text(&self) -> String {
        let retired = self.retired.iter().map(|key| format!("{RETIRED}{}\n", hex::encode(key)));
        format!("{}\n{}", self.key.text(), retired.collect::<String>())
    }

    /// The same once `next` has taken over.
    fn followed_by(&self, next: Key) -> Self {
        let mut retired = self.retired.clone();
        retired.push(self.key.public());
        Self { key: next, retired }
    }
}

/// Signs, and checks signatures.
#[derive(Debug)]
pub struct Signer {
    file: PathBuf,
    ring: RwLock<Arc<Ring>>,
}

impl Signer {
    /// Reads the key from its file, or makes a new one there, readable by its owner alone.
    ///
    /// # Errors
    /// When the file cannot be read or written, or holds no key.
    pub fn open(file: &Path, clock: &Clock) -> Result<Self> {
        let ring = match std::fs::read_to_string(file) {
            Ok(text) => Ring::read(&text, file)?,
            Err(error) if error.kind() == ErrorKind::NotFound => {
                let ring = Ring { key: Key::fresh(clock), retired: Vec::new() };
                write_new(file, &ring.text())?;
                ring
            }
            Err(error) => return Err(error.into()),
        };
        Ok(Self { file: file.to_owned(), ring: RwLock::new(Arc::new(ring)) })
    }

    /// The public halves of all keys, oldest first; the last one signs now.
    pub fn keys(&self) -> Vec<PublicKey> {
        let ring = self.ring();
        ring.retired.iter().copied().chain([ring.key.public()]).collect()
    }

    /// The key that signs now.
    pub fn current(&self) -> Key {
        self.ring().key.clone()
    }

    /// Reads the key that signs now from its file again: another program may have replaced it.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn reread(&self) -> Result<Key> {
        let ring = Ring::read(&std::fs::read_to_string(&self.file)?, &self.file)?;
        let key = ring.key.clone();
        *self.ring.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(ring);
        Ok(key)
    }

    /// The key with this public half, which a chain says is in force: the one at hand, or the one that took over since
    /// the file was read.
    ///
    /// # Errors
    /// When the files hold no such key.
    pub fn holding(&self, public: &PublicKey) -> Result<Key> {
        let current = self.current();
        if current.public() == *public {
            return Ok(current);
        }
        let mut ring = Ring::read(&std::fs::read_to_string(&self.file)?, &self.file)?;
        if ring.key.public() != *public
            && let Some(next) = self.next()?
        {
            ring = ring.followed_by(next);
        }
        if ring.key.public() != *public {
            let reason = "does not hold the key that the audit log is signed with; if the key was replaced, put the new \
                          file there";
            return Err(unusable(&self.file, reason));
        }
        let key = ring.key.clone();
        *self.ring.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(ring);
        Ok(key)
    }

    /// Whether the signature over the message is that of one of the keys.
    pub fn verify(&self, message: &[u8], signature: &[u8]) -> bool {
        self.keys().iter().any(|key| verify(key, message, signature))
    }

    /// The key that is to take over, made on first call and kept in its own file until it has.
    ///
    /// # Errors
    /// When its file cannot be read or written.
    pub fn prepare_next(&self, clock: &Clock) -> Result<Key> {
        match self.next()? {
            Some(next) if next.public() != self.current().public() => return Ok(next),
            // It took over already; only its file was left behind.
            Some(_) => std::fs::remove_file(self.next_file())?,
            None => {}
        }
        let next = Key::fresh(clock);
        write_new(&self.next_file(), &format!("{}\n", next.text()))?;
        Ok(next)
    }

    /// Lets the next key take over, once the chains say so: the file is replaced in one step.
    ///
    /// # Errors
    /// When it cannot be written: the next key then stays beside it.
    pub fn take_over(&self, next: Key) -> Result<()> {
        let ring = Ring::read(&std::fs::read_to_string(&self.file)?, &self.file)?;
        let ring = if ring.key.public() == next.public() { ring } else { ring.followed_by(next) };
        let new = beside(&self.file, ".new");
        match std::fs::remove_file(&new) {
            Err(error) if error.kind() != ErrorKind::NotFound => return Err(error.into()),
            _ => write_new(&new, &ring.text())?,
        }
        std::fs::rename(&new, &self.file)?;
        std::fs::remove_file(self.next_file())?;
        if let Some(folder) = self.file.parent().filter(|folder| !folder.as_os_str().is_empty()) {
            File::open(folder)?.sync_all()?;
        }
        *self.ring.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(ring);
        Ok(())
    }

    fn next(&self) -> Result<Option<Key>> {
        let file = self.next_file();
        match std::fs::read_to_string(&file) {
            Ok(text) => Key::read(&text, &file).map(Some),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    fn next_file(&self) -> PathBuf {
        beside(&self.file, ".next")
    }

    fn ring(&self) -> Arc<Ring> {
        Arc::clone(&self.ring.read().unwrap_or_else(PoisonError::into_inner))
    }
}

fn beside(file: &Path, ending: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(ending);
    name.into()
}

fn unusable(file: &Path, reason: &str) -> AppError {
    std::io::Error::other(format!("{} {reason}", file.display())).into()
}

/// Writes a file that was not there, readable by its owner alone, and waits until it is on disk.
fn write_new(file: &Path, text: &str) -> Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(file)?;
    file.write_all(text.as_bytes())?;
    Ok(file.sync_all()?)
}
