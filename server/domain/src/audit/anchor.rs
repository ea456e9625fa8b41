//! The anchor: a small public file, kept elsewhere, that says with which keys an installation signs and how far its
//! chains had come.

use super::rotation::key;
use super::{Head, PublicKey};
use crate::ids::OrganisationId;
use serde::{Deserialize, Serialize};

/// The format's name and version.
const FORMAT: &str = "candor-audit-anchor-1";

/// What the file says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Anchor {
    /// Public keys, oldest first; the last one signs now.
    pub keys: Vec<PublicKey>,
    /// The newest entry of every chain.
    pub heads: Vec<(OrganisationId, Head)>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    format: String,
    keys: Vec<String>,
    heads: Vec<WrittenHead>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenHead {
    organisation: OrganisationId,
    sequence: i64,
    hash: String,
}

impl Anchor {
    /// As a file.
    pub fn write(&self) -> String {
        let heads = self.heads.iter().map(|(organisation, head)| WrittenHead {
            organisation: *organisation,
            sequence: head.sequence,
            hash: hex::encode(&head.hash),
        });
        let written = Written {
            format: FORMAT.to_owned(),
            keys: self.keys.iter().map(hex::encode).collect(),
            heads: heads.collect(),
        };
        serde_json::to_string_pretty(&written).expect("plain strings and integers")
    }

    /// From a file.
    ///
    /// # Errors
    /// What is wrong with it, and where.
    pub fn read(text: &str) -> Result<Self, String> {
        let written: Written = serde_json::from_str(text).map_err(|error| error.to_string())?;
        if written.format != FORMAT {
            return Err(format!("format is {:?}, not {FORMAT:?}", written.format));
        }
        let keys: Option<Vec<PublicKey>> = written.keys.iter().map(|text| key(text)).collect();
        let keys = keys.filter(|keys| !keys.is_empty()).ok_or("keys: one or more of 64 hexadecimal digits each")?;
        let mut heads = Vec::new();
        for (at, head) in written.heads.iter().enumerate() {
            let hash = key(&head.hash).ok_or_else(|| format!("heads[{at}].hash: 64 hexadecimal digits"))?;
            heads.push((head.organisation, Head { sequence: head.sequence, hash: hash.to_vec() }));
        }
        Ok(Self { keys, heads })
    }

    /// How far a chain had come.
    pub fn head(&self, organisation: OrganisationId) -> Option<&Head> {
        self.heads.iter().find(|(of, _)| *of == organisation).map(|(_, head)| head)
    }
}
