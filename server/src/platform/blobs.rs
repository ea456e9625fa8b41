//! Uploaded files: kept under their SHA-256, so the same bytes are kept once and cannot be changed unseen.

use crate::config::Config;
use crate::error::{AppError, Result};
use bytes::Bytes;
use object_store::local::LocalFileSystem;
use object_store::path::Path as Key;
use object_store::{ObjectStore, ObjectStoreExt, PutPayload};
use sha2::{Digest, Sha256};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// The store of uploaded files. Cloning is cheap.
#[derive(Clone, Debug)]
pub struct Blobs {
    store: Arc<dyn ObjectStore>,
    used: Arc<AtomicU64>,
    most: u64,
}

/// A file that was put away.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// Hex of its SHA-256; its name in the store.
    pub sha256: String,
    /// Bytes.
    pub size: u64,
}

impl Blobs {
    /// Opens `files/` in the data folder as store.
    ///
    /// # Errors
    /// When the folder cannot be made or listed.
    pub fn open(config: &Config) -> Result<Self> {
        let (folder, most) = (config.data_dir.join("files"), config.limits.files_bytes);
        std::fs::create_dir_all(&folder)?;
        let used = if most > 0 { bytes_below(&folder)? } else { 0 };
        let store =
            LocalFileSystem::new_with_prefix(&folder).map_err(AppError::internal)?.with_fsync(config.database.durable);
        Ok(Self { store: Arc::new(store), used: Arc::new(AtomicU64::new(used)), most })
    }

    /// Puts a file away; it is on disk when this returns.
    ///
    /// # Errors
    /// [`AppError::StorageFull`] when there is no room.
    pub async fn keep(&self, bytes: Bytes) -> Result<Kept> {
        let sha256 = hex::encode(Sha256::digest(&bytes));
        let size = bytes.len() as u64;
        let key = key(&sha256);
        if self.store.head(&key).await.is_ok() {
            return Ok(Kept { sha256, size });
        }
        if self.most > 0 && self.used.fetch_add(size, Ordering::Relaxed) + size > self.most {
            self.used.fetch_sub(size, Ordering::Relaxed);
            return Err(AppError::StorageFull);
        }
        self.store.put(&key, PutPayload::from_bytes(bytes)).await.map_err(|error| {
            if error.to_string().contains("No space left") { AppError::StorageFull } else { AppError::internal(error) }
        })?;
        Ok(Kept { sha256, size })
    }

    /// The file of that hash.
    ///
    /// # Errors
    /// [`AppError::NotFound`] when there is none.
    pub async fn get(&self, sha256: &str) -> Result<Bytes> {
        match self.store.get(&key(sha256)).await {
            Ok(found) => found.bytes().await.map_err(AppError::internal),
            Err(object_store::Error::NotFound { .. }) => Err(AppError::NotFound),
            Err(error) => Err(AppError::internal(error)),
        }
    }
}

fn key(sha256: &str) -> Key {
    Key::from(format!("{}/{sha256}", &sha256[..2]))
}

fn bytes_below(folder: &Path) -> std::io::Result<u64> {
    let mut sum = 0;
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let kind = entry.metadata()?;
        sum += if kind.is_dir() { bytes_below(&entry.path())? } else { kind.len() };
    }
    Ok(sum)
}
