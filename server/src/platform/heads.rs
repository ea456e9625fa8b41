//! The newest entry of each audit chain, written down outside the database: so a cut-off tail shows.

use crate::error::Result;
use crate::platform::signing::Signer;
use domain::audit::Head;
use domain::ids::OrganisationId;
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

/// A folder with one small file per organisation.
///
/// A file has two lines of the same length, written in turn, each by one call: the line before stays while a new one is
/// written. That costs no more than a copy to memory; replacing a file by renaming makes some file systems write it to
/// disk at once.
#[derive(Debug)]
pub struct Heads {
    folder: PathBuf,
    written: Mutex<HashMap<OrganisationId, Written>>,
}

#[derive(Debug)]
struct Written {
    file: File,
    sequence: i64,
}

/// Bytes of a line: sequence, hash and signature, with blanks between and an end.
const LINE: u64 = 20 + 1 + 64 + 1 + 128 + 1;

impl Heads {
    /// Opens the folder, making it where there is none.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn open(data_dir: &Path) -> Result<Self> {
        let folder = data_dir.join("audit");
        std::fs::create_dir_all(&folder)?;
        Ok(Self { folder, written: Mutex::default() })
    }

    /// Writes down a head and its signature, after its commit. An older head never replaces a newer one, in whatever
    /// order two commits get here.
    ///
    /// # Errors
    /// When the file cannot be written. The commit stands all the same.
    pub fn write(&self, organisation: OrganisationId, head: &Head, signature: &[u8]) -> Result<()> {
        let mut all = self.written.lock().unwrap_or_else(PoisonError::into_inner);
        let written = match all.entry(organisation) {
            Entry::Occupied(entry) => entry.into_mut(),
            Entry::Vacant(entry) => {
                let path = self.file(organisation);
                let file = OpenOptions::new().create(true).truncate(false).write(true).open(path)?;
                entry.insert(Written { file, sequence: 0 })
            }
        };
        if written.sequence >= head.sequence {
            return Ok(());
        }
        let line = format!("{:020} {} {}\n", head.sequence, hex::encode(&head.hash), hex::encode(signature));
        let turn = u64::from(head.sequence % 2 != 0);
        written.file.seek(SeekFrom::Start(turn * LINE))?;
        written.file.write_all(line.as_bytes())?;
        written.sequence = head.sequence;
        Ok(())
    }

    /// The heads that were written down: the newest and, once there were two, the one before.
    ///
    /// # Errors
    /// When the file cannot be read, or holds a line that this installation did not sign.
    pub fn read(&self, organisation: OrganisationId, signer: &Signer) -> Result<Vec<Head>> {
        let path = self.file(organisation);
        let bytes = match std::fs::read(&path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(error.into()),
        };
        let text = String::from_utf8_lossy(&bytes);
        let lines = text.lines().map(|line| line.trim_matches('\0')).filter(|line| !line.is_empty());
        // Each line must be whole and ours: one that was changed is no reason to believe the older one.
        let heads: Option<Vec<Head>> = lines.map(|line| head_in(line, signer)).collect();
        let reason = || format!("{} is damaged or not signed by this installation", path.display());
        Ok(heads.filter(|heads| !heads.is_empty()).ok_or_else(|| std::io::Error::other(reason()))?)
    }

    fn file(&self, organisation: OrganisationId) -> PathBuf {
        self.folder.join(format!("{organisation}.head"))
    }
}

/// The head of a line that is whole and signed.
fn head_in(line: &str, signer: &Signer) -> Option<Head> {
    let mut parts = line.split_whitespace();
    let sequence = parts.next()?.parse().ok()?;
    let hash = hex::decode(parts.next()?).ok()?;
    let signature = hex::decode(parts.next()?).ok()?;
    signer.verify(&hash, &signature).then_some(Head { sequence, hash })
}
