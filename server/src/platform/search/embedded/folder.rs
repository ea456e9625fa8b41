//! The folder of an index: what lies in it, and whether that is whole.

use super::super::known_topics;
use super::schema::{self, FORMAT, Fields};
use domain::register::Subject;
use serde::{Deserialize, Serialize};
use std::fs::{self, File, TryLockError};
use std::io::{self, Write};
use std::panic::{self, AssertUnwindSafe};
use std::path::{Path, PathBuf};
use std::time::Duration;
use tantivy::{Index, IndexReader, IndexSettings, ReloadPolicy};

/// Bytes of stored texts that are packed together: results stand far apart, and each makes a block be unpacked.
const STORE_BLOCK: usize = 2 << 10;
/// Blocks kept unpacked per segment.
const STORE_BLOCKS: usize = 64;

/// How often, and for how long, opening waits for the lock.
const LOCK_WAITS: u32 = 20;
const LOCK_WAIT: Duration = Duration::from_millis(25);

/// What an index says of itself.
#[derive(Serialize, Deserialize)]
pub(super) struct Stamp {
    pub format: u32,
    /// See [`known_topics`].
    pub topics: String,
    pub complete: bool,
}

/// Makes an empty index in an empty folder.
pub(super) fn create(folder: &Path, fields: &Fields) -> tantivy::Result<Index> {
    let settings = IndexSettings { docstore_blocksize: STORE_BLOCK, ..IndexSettings::default() };
    Index::builder().schema(fields.schema.clone()).settings(settings).create_in_dir(folder)
}

pub(super) fn reader(index: &Index) -> tantivy::Result<IndexReader> {
    index.reader_builder().reload_policy(ReloadPolicy::Manual).doc_store_cache_num_blocks(STORE_BLOCKS).try_into()
}

/// Opens an index and reads it whole. The engine may panic on files that are not its own.
pub(super) fn open_whole(folder: &Path, fields: &Fields) -> Result<(Index, IndexReader), String> {
    let open = || -> tantivy::Result<Result<(Index, IndexReader), String>> {
        let index = Index::open_in_dir(folder)?;
        if index.schema() != fields.schema {
            return Ok(Err("it has other fields".to_owned()));
        }
        if let Some(file) = index.validate_checksum()?.into_iter().next() {
            return Ok(Err(format!("{} does not have its checksum", file.display())));
        }
        schema::register_tokenizer(&index);
        let reader = reader(&index)?;
        Ok(Ok((index, reader)))
    };
    match panic::catch_unwind(AssertUnwindSafe(open)) {
        Ok(Ok(opened)) => opened,
        Ok(Err(wrong)) => Err(wrong.to_string()),
        Err(_) => Err("the engine cannot read it".to_owned()),
    }
}

/// Takes the lock, with some patience: a process that is being replaced, or a child that it is just starting, may hold
/// it a moment longer.
pub(super) fn take(lock: &File) -> Result<(), TryLockError> {
    let mut waits = LOCK_WAITS;
    loop {
        match lock.try_lock() {
            Err(TryLockError::WouldBlock) if waits > 0 => {
                waits -= 1;
                std::thread::sleep(LOCK_WAIT);
            }
            done => return done,
        }
    }
}

pub(super) fn index_path(folder: &Path) -> PathBuf {
    folder.join("index")
}

fn stamp_path(folder: &Path) -> PathBuf {
    folder.join("stamp.json")
}

pub(super) fn read_stamp(folder: &Path) -> Option<Stamp> {
    serde_json::from_slice(&fs::read(stamp_path(folder)).ok()?).ok()
}

/// Written beside and renamed: there is always a whole stamp or none.
pub(super) fn write_stamp(folder: &Path, subject: Subject, complete: bool) -> io::Result<()> {
    let beside = folder.join("stamp.new");
    let mut file = File::create(&beside)?;
    file.write_all(&serde_json::to_vec(&Stamp { format: FORMAT, topics: known_topics(subject), complete })?)?;
    file.sync_all()?;
    fs::rename(&beside, stamp_path(folder))?;
    File::open(folder)?.sync_all()
}
