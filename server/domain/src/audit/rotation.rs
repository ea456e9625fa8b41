//! Handing signing over from one key to the next.

use super::PublicKey;
use serde::{Deserialize, Serialize};

/// The action of an entry that hands over.
pub const KEY_ROTATED: &str = "audit.key_rotated";

/// What such an entry says. The entry itself is signed with the old key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rotation {
    /// The key that signs until then, this entry included.
    pub old: PublicKey,
    /// The key that signs from the next entry on.
    pub new: PublicKey,
    /// The new key's signature over [`Rotation::message`].
    pub signature: Vec<u8>,
}

#[derive(Serialize, Deserialize)]
struct Written {
    old_key: String,
    new_key: String,
    new_key_signature: String,
}

impl Rotation {
    /// What the new key signs: that it follows the old one at this very place of a chain.
    pub fn message(previous: &str, old: &PublicKey, new: &PublicKey) -> Vec<u8> {
        format!("candor audit key\n{previous}\n{}\n{}\n", hex::encode(old), hex::encode(new)).into_bytes()
    }

    /// As the details of an entry.
    pub fn details(&self) -> serde_json::Value {
        serde_json::json!({
            "old_key": hex::encode(self.old),
            "new_key": hex::encode(self.new),
            "new_key_signature": hex::encode(&self.signature),
        })
    }

    /// From the details of an entry; none where they say no such thing.
    pub fn read(details: &str) -> Option<Self> {
        let written: Written = serde_json::from_str(details).ok()?;
        Some(Self {
            old: key(&written.old_key)?,
            new: key(&written.new_key)?,
            signature: hex::decode(written.new_key_signature).ok()?,
        })
    }
}

/// A public key from its 64 hexadecimal digits.
pub fn key(text: &str) -> Option<PublicKey> {
    let mut key = [0; 32];
    hex::decode_to_slice(text, &mut key).ok()?;
    Some(key)
}
