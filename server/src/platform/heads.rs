//! The newest entry of each audit chain, written down outside the database: so a cut-off tail shows.

use crate::error::Result;
use crate::platform::signing::Signer;
use domain::audit::Head;
use domain::ids::OrganisationId;
use std::collections::HashMap;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

/// A folder with one small file per organisation.
#[derive(Debug)]
pub struct Heads {
    folder: PathBuf,
    written: Mutex<HashMap<OrganisationId, i64>>,
}

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

    /// Writes down a head and its signature, after its commit. An older head never replaces a newer one, in
    /// whatever order two commits get here.
    ///
    /// # Errors
    /// When the file cannot be written. The commit stands all the same.
    pub async fn write(self: &Arc<Self>, organisation: OrganisationId, head: Head, signature: Vec<u8>) -> Result<()> {
        let heads = Arc::clone(self);
        tokio::task::spawn_blocking(move || heads.write_now(organisation, &head, &signature))
            .await
            .map_err(crate::error::AppError::internal)?
    }

    fn write_now(&self, organisation: OrganisationId, head: &Head, signature: &[u8]) -> Result<()> {
        let mut written = self.written.lock().unwrap_or_else(PoisonError::into_inner);
        if written.get(&organisation).is_some_and(|sequence| *sequence >= head.sequence) {
            return Ok(());
        }
        let line = format!("{} {} {}\n", head.sequence, hex::encode(&head.hash), hex::encode(signature));
        let file = self.file(organisation);
        let fresh = file.with_extension("new");
        std::fs::write(&fresh, line)?;
        std::fs::rename(&fresh, &file)?;
        written.insert(organisation, head.sequence);
        Ok(())
    }

    /// The head that was written down, when there is one and this installation signed it.
    ///
    /// # Errors
    /// When the file cannot be read, or its signature is not this installation's.
    pub fn read(&self, organisation: OrganisationId, signer: &Signer) -> Result<Option<Head>> {
        let file = self.file(organisation);
        let text = match std::fs::read_to_string(&file) {
            Ok(text) => text,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        let damaged =
            || std::io::Error::other(format!("{} is damaged or not signed by this installation", file.display()));
        let mut parts = text.split_whitespace();
        let mut next = || parts.next().ok_or_else(damaged);
        let sequence: i64 = next()?.parse().map_err(|_| damaged())?;
        let hash = hex::decode(next()?).map_err(|_| damaged())?;
        let signature = hex::decode(next()?).map_err(|_| damaged())?;
        if !signer.verify(&hash, &signature) {
            return Err(damaged().into());
        }
        Ok(Some(Head { sequence, hash }))
    }

    fn file(&self, organisation: OrganisationId) -> PathBuf {
        self.folder.join(format!("{organisation}.head"))
    }
}
