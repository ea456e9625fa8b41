//! The audit chain: what an entry commits to, and how a chain is checked.
//!
//! An entry's hash covers the hash before it, who did what to what and when, and a salted commitment to the details.
//! The details stand beside the entry and can be erased without breaking the chain; the salt keeps an erased detail
//! from being guessed. Each entry is signed; an entry that names a new key, signed with the old key and the new one,
//! hands signing over.

pub mod anchor;
pub mod file;
pub mod rotation;

use crate::ids::{AuditEntryId, OrganisationId};
use rotation::{KEY_ROTATED, Rotation};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use time::OffsetDateTime;
use uuid::Uuid;

/// A SHA-256.
pub type Hash = [u8; 32];

/// An Ed25519 public key.
pub type PublicKey = [u8; 32];

/// Checks a signature over a message: the one thing that the core is given to stand on.
pub type Verify = fn(&PublicKey, &[u8], &[u8]) -> bool;

/// The hash before the first entry.
pub const GENESIS: Hash = [0; 32];

/// What an entry says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Statement {
    /// The chain.
    pub organisation: OrganisationId,
    /// From 1, without gaps.
    pub sequence: i64,
    /// The entry's own id.
    pub id: AuditEntryId,
    /// When, in microseconds since 1970 (UTC): what both databases keep.
    pub at: i64,
    /// `member`, `contact`, `token` or `system`.
    pub actor_kind: String,
    /// Who, where it was somebody.
    pub actor_id: Option<Uuid>,
    /// What was done: `assessment.issued`.
    pub action: String,
    /// What kind of thing it was done to.
    pub subject_kind: String,
    /// Which one.
    pub subject_id: Option<Uuid>,
    /// Hex of [`commitment`] to the details.
    pub commitment: String,
    /// Hex of the hash before.
    pub previous: String,
}

impl Statement {
    /// The entry's hash: SHA-256 over its RFC 8785 canonical JSON.
    pub fn hash(&self) -> Hash {
        let canonical = serde_json_canonicalizer::to_vec(self).expect("a statement is plain strings and integers");
        Sha256::digest(canonical).into()
    }
}

/// What an entry says of its details: SHA-256 over salt and text.
pub fn commitment(salt: &[u8], details: &str) -> Hash {
    let mut hash = Sha256::new();
    hash.update(salt);
    hash.update(details.as_bytes());
    hash.finalize().into()
}

/// Microseconds since 1970: the resolution in which both databases keep a moment.
pub fn microseconds(at: OffsetDateTime) -> i64 {
    i64::try_from(at.unix_timestamp_nanos() / 1_000).unwrap_or(i64::MAX)
}

/// An entry as it stands in the database.
#[derive(Clone, Debug)]
pub struct Recorded {
    /// What it says.
    pub statement: Statement,
    /// The hash stored with it.
    pub hash: Vec<u8>,
    /// The signature stored with it.
    pub signature: Vec<u8>,
    /// Salt and details, unless erased.
    pub details: Option<(Vec<u8>, String)>,
}

/// The newest entry that was written down outside the database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// Its sequence.
    pub sequence: i64,
    /// Its hash.
    pub hash: Vec<u8>,
}

/// What is wrong with a chain.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Broken {
    /// An entry is not there.
    #[error("entry {sequence} is missing")]
    Missing {
        /// Its sequence.
        sequence: i64,
    },
    /// An entry does not hash to what it says, does not follow the one before, or bears no signature of this installation.
    #[error("entry {sequence} was changed: {what}")]
    Changed {
        /// Its sequence.
        sequence: i64,
        /// What does not fit.
        what: &'static str,
    },
}

/// Which keys a walk believes.
#[derive(Clone, Debug)]
pub struct Trust {
    /// The keys that are known from outside the chain, oldest first.
    pub keys: Vec<PublicKey>,
    /// An entry after this one may hand over to a key that is not known yet, since what is known is as old as that
    /// entry. None where everything must be known.
    pub learns_after: Option<i64>,
    /// Checks a signature.
    pub verify: Verify,
}

impl Trust {
    fn knows(&self, key: &PublicKey, sequence: i64) -> bool {
        self.keys.contains(key) || self.learns_after.is_some_and(|after| sequence > after)
    }
}

/// Checks a chain as it is walked, oldest entry first.
#[derive(Debug)]
pub struct Walk {
    trust: Trust,
    next: i64,
    previous: Hash,
    key: Option<PublicKey>,
}

impl Walk {
    /// A walk that stands before the first entry.
    pub fn trusting(trust: Trust) -> Self {
        Self { trust, next: 1, previous: GENESIS, key: None }
    }

    /// The sequence of the next entry.
    pub fn next(&self) -> i64 {
        self.next
    }

    /// The hash of the entry before; [`GENESIS`] before the first.
    pub fn previous(&self) -> &Hash {
        &self.previous
    }

    /// The key that signs what comes next; none before the first entry.
    pub fn key(&self) -> Option<&PublicKey> {
        self.key.as_ref()
    }

    /// Checks the next entry.
    ///
    /// # Errors
    /// The first thing that is wrong with it.
    pub fn step(&mut self, entry: &Recorded) -> Result<(), Broken> {
        let sequence = self.next;
        if entry.statement.sequence != sequence {
            return Err(Broken::Missing { sequence });
        }
        let changed = |what| Broken::Changed { sequence, what };
        if entry.statement.previous != hex::encode(self.previous) {
            return Err(changed("it does not follow the entry before"));
        }
        let hash = entry.statement.hash();
        if entry.hash != hash {
            return Err(changed("its hash does not fit what it says"));
        }
        let signed = |key: &&PublicKey| (self.trust.verify)(key, &hash, &entry.signature);
        let key = match &self.key {
            Some(key) => Some(key).filter(signed),
            // Which key a chain begins with depends on when it began.
            None => self.trust.keys.iter().find(signed),
        };
        let key =
            *key.ok_or_else(|| changed("its signature is not this installation's, or its key was not in force"))?;
        if let Some((salt, details)) = &entry.details
            && hex::encode(commitment(salt, details)) != entry.statement.commitment
        {
            return Err(changed("its details are not those that were recorded"));
        }
        let next = match entry.statement.action.as_str() {
            KEY_ROTATED => self.handed_over(entry, key).map_err(changed)?,
            _ => key,
        };
        self.key = Some(next);
        self.next += 1;
        self.previous = hash;
        Ok(())
    }

    /// The key that an entry hands over to.
    fn handed_over(&self, entry: &Recorded, key: PublicKey) -> Result<PublicKey, &'static str> {
        let details = entry.details.as_ref().map(|(_, details)| details.as_str());
        let rotation = details.and_then(Rotation::read).ok_or("it does not say which key follows")?;
        if rotation.old != key {
            return Err("it hands over from a key that was not in force");
        }
        let message = Rotation::message(&entry.statement.previous, &rotation.old, &rotation.new);
        if !(self.trust.verify)(&rotation.new, &message, &rotation.signature) {
            return Err("the key that it hands over to has not signed");
        }
        if !self.trust.knows(&rotation.new, entry.statement.sequence) {
            return Err("it hands over to a key that is not this installation's");
        }
        Ok(rotation.new)
    }

    /// Checks that the chain reaches the newest head that was written down, once all entries were walked.
    ///
    /// `known` is the hash of the entry with the head's sequence, as walked.
    ///
    /// # Errors
    /// When the tail is missing, or another entry stands where the head was.
    pub fn finish(&self, head: Option<&Head>, known: Option<&[u8]>) -> Result<i64, Broken> {
        if let Some(head) = head {
            if head.sequence >= self.next {
                return Err(Broken::Missing { sequence: self.next });
            }
            if known.is_some_and(|hash| hash != head.hash) {
                return Err(Broken::Changed {
                    sequence: head.sequence,
                    what: "it is not the entry that was written down",
                });
            }
        }
        Ok(self.next - 1)
    }
}
