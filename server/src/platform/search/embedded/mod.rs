//! The embedded engine: tantivy in a folder of its own, for one process at a time.
//!
//! Layout of the folder: `lock` (held while the process lives), `stamp.json` (which format, and whether a rebuild went
//! through), `index/` (the engine's files; the only thing that is ever deleted). Commits of the engine are atomic, so a
//! killed process leaves the last commit behind.

mod bits;
mod collect;
mod find;
mod folder;
mod levels;
mod schema;
mod tally;
mod unasked;

use super::highlight::highlights;
use super::matching::{Need, needs, sought, whole};
use super::{
    Change, Document, Documents, Health, Hit, Page, Request, SearchError, SearchIndex, Standing, Synonyms, known_topics,
};
use collect::{Found, How, Wanted};
use domain::ids::OrganisationId;
use domain::register::{Sort, Subject};
use folder::{Stamp, create, index_path, open_whole, read_stamp, reader, take, write_stamp};
use futures::StreamExt;
use futures::future::BoxFuture;
use schema::{FORMAT, Fields, Shown};
use std::collections::BTreeSet;
use std::fs::{self, File, TryLockError};
use std::io;
use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use tantivy::directory::error::{LockError, OpenDirectoryError, OpenReadError, OpenWriteError};
use tantivy::indexer::{IndexWriterOptions, LogMergePolicy, NoMergePolicy};
use tantivy::query::{AllQuery, TermQuery};
use tantivy::schema::{IndexRecordOption, Value};
use tantivy::{Index, IndexReader, IndexWriter, Searcher, TantivyDocument, TantivyError};
use tokio::sync::{Mutex, OwnedMutexGuard};
use unasked::{Listed, Unasked, Which};
use uuid::Uuid;

/// Bytes that a batch of changes may take in memory before it is written out; given back after every batch.
pub const WRITER_MEMORY: usize = 30 << 20;
/// The same while the whole index is filled, for each of so many threads at most: pieces that are large from the start
/// need not be merged, or once.
const FILLING_MEMORY: usize = 100 << 20;
const FILLING_THREADS: usize = 2;
/// Segments of one size that are merged: fewer segments make faster searches, more make faster changes.
const MERGE_FROM: usize = 4;
/// The share of removed entries from which a segment is written anew.
const REMOVED_SHARE: f32 = 0.3;

/// Why an index cannot be opened at all.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Another process has it open.
    #[error("the search index in {0} is in use by another process; stop it, or give this one another folder")]
    InUse(PathBuf),
    /// The folder cannot be used.
    #[error("the search index in {path}: {source}")]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The engine cannot make an empty index there.
    #[error("the search index in {path}: {reason}")]
    Engine {
        /// The folder.
        path: PathBuf,
        /// What the engine said.
        reason: String,
    },
}

/// A search index in a folder.
pub struct Embedded {
    inner: Arc<Inner>,
    /// One writer at a time.
    writing: Arc<Mutex<()>>,
}

struct Inner {
    folder: PathBuf,
    index: Index,
    reader: IndexReader,
    fields: Fields,
    synonyms: Synonyms,
    complete: AtomicBool,
    /// Files of a commit that was not finished may lie about.
    litter: AtomicBool,
    unasked: Unasked,
    /// Held as long as the index is open.
    _lock: File,
}

impl Embedded {
    /// Opens the index of a subject in a folder, or makes an empty one. An index of another format, one that is damaged and
    /// one that was never filled to the end are thrown away, and the answer says so.
    ///
    /// Reads every file of the index once: call it outside of the async runtime's threads.
    ///
    /// # Errors
    /// When the folder is in use or cannot be written.
    pub fn open(folder: &Path, subject: Subject, synonyms: Synonyms) -> Result<(Self, Standing), OpenError> {
        let io_at = |path: &Path| {
            let path = path.to_owned();
            move |source| OpenError::Io { path, source }
        };
        fs::create_dir_all(folder).map_err(io_at(folder))?;
        let lock_path = folder.join("lock");
        let lock =
            File::options().create(true).truncate(false).write(true).open(&lock_path).map_err(io_at(&lock_path))?;
        take(&lock).map_err(|wrong| match wrong {
            TryLockError::WouldBlock => OpenError::InUse(folder.to_owned()),
            TryLockError::Error(source) => OpenError::Io { path: lock_path, source },
        })?;
        let fields = Fields::new(subject);
        let index_folder = index_path(folder);
        let standing = match read_stamp(folder) {
            None if index_folder.exists() => Err("it says of itself neither what it is nor whether it is whole"),
            None => Err("it is new"),
            Some(Stamp { format, topics, .. }) if format != FORMAT || topics != known_topics(subject) => {
                Err("it has the format of another version")
            }
            Some(Stamp { complete: false, .. }) => Err("it was never filled to the end"),
            Some(_) => open_whole(&index_folder, &fields).map_err(|reason| {
                tracing::warn!(%reason, "search index damaged");
                "it is damaged"
            }),
        };
        let (index, reader, opened) = match standing {
            Ok((index, reader)) => (index, reader, Standing::Ready),
            Err(why) => {
                write_stamp(folder, subject, false).map_err(io_at(folder))?;
                if index_folder.exists() {
                    fs::remove_dir_all(&index_folder).map_err(io_at(&index_folder))?;
                }
                fs::create_dir(&index_folder).map_err(io_at(&index_folder))?;
                let made =
                    create(&index_folder, &fields).and_then(|index| reader(&index).map(|reader| (index, reader)));
                let engine = |reason| OpenError::Engine { path: index_folder.clone(), reason };
                let (index, reader) = made.map_err(|wrong| engine(wrong.to_string()))?;
                schema::register_tokenizer(&index);
                (index, reader, Standing::Empty(why))
            }
        };
        let complete = AtomicBool::new(opened == Standing::Ready);
        let inner = Inner {
            folder: folder.to_owned(),
            index,
            reader,
            fields,
            synonyms,
            complete,
            litter: AtomicBool::new(true),
            unasked: Unasked::default(),
            _lock: lock,
        };
        Ok((Self { inner: Arc::new(inner), writing: Arc::default() }, opened))
    }

    /// Runs something that blocks.
    async fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Inner) -> Result<T, SearchError> + Send + 'static,
    ) -> Result<T, SearchError> {
        let inner = Arc::clone(&self.inner);
        off_thread(move || work(&inner)).await
    }

    /// The right to be the only writer.
    async fn turn(&self) -> OwnedMutexGuard<()> {
        Arc::clone(&self.writing).lock_owned().await
    }

    /// Looks at the files after the engine has failed. Where something of them is gone or spoilt, the index says from then on
    /// that it is to be filled anew, and changes wait for that.
    async fn told_of_damage<T: Send + 'static>(&self, done: Result<T, SearchError>) -> Result<T, SearchError> {
        let Err(SearchError::Engine(reason)) = done else { return done };
        let _turn = self.turn().await;
        self.blocking(move |inner| {
            if open_whole(&index_path(&inner.folder), &inner.fields).is_ok() {
                return Err(SearchError::Engine(reason));
            }
            inner.stamp(false)?;
            Err(SearchError::Down(reason))
        })
        .await
    }

    /// Writes changes down.
    async fn write(&self, changes: Vec<Change>) -> Result<(), SearchError> {
        let mut writing = self.writer(Inner::writer).await?;
        self.blocking(move |inner| {
            for change in &changes {
                writing.writer.delete_term(inner.fields.key_term(change));
                if let Change::Upsert(document) = change {
                    writing.writer.add_document(inner.fields.document(document)).map_err(engine)?;
                }
            }
            writing.writer.commit().map_err(engine)?;
            inner.finish(writing)
        })
        .await
    }

    async fn writer(&self, make: MakeWriter) -> Result<Writing, SearchError> {
        let turn = self.turn().await;
        self.writer_in(turn, make).await
    }

    async fn writer_in(&self, turn: OwnedMutexGuard<()>, make: MakeWriter) -> Result<Writing, SearchError> {
        self.blocking(move |inner| Ok(Writing { writer: make(inner)?, _turn: turn })).await
    }
}

impl Embedded {
    /// Brings what was written together, for faster searches: all of it is found before, so nobody waits for that but who
    /// writes next, and a process that ends. Where it fails, it is as it was.
    fn tidy(&self, mut writing: Writing) {
        let inner = Arc::clone(&self.inner);
        tokio::task::spawn_blocking(move || {
            let tidied = inner.in_one_segment(&mut writing.writer).and_then(|()| inner.finish(writing));
            if let Err(error) = tidied {
                tracing::warn!(%error, "the search index is in more pieces than it should be");
            }
        });
    }
}

/// A writer, and the right to be the only one. They go together, so that work whose caller has gone is still finished
/// before the next begins.
struct Writing {
    writer: IndexWriter,
    _turn: OwnedMutexGuard<()>,
}

/// Makes a writer of one kind.
type MakeWriter = fn(&Inner) -> Result<IndexWriter, SearchError>;

/// The next batch that holds something.
async fn batch_of(documents: &mut Documents<'_>) -> Result<Option<Vec<Document>>, SearchError> {
    while let Some(batch) = documents.next().await {
        let batch = batch.map_err(SearchError::Source)?;
        if !batch.is_empty() {
            return Ok(Some(batch));
        }
    }
    Ok(None)
}

async fn off_thread<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, SearchError> + Send + 'static,
) -> Result<T, SearchError> {
    tokio::task::spawn_blocking(work).await.unwrap_or_else(|gone| Err(SearchError::Engine(gone.to_string())))
}

impl SearchIndex for Embedded {
    fn standing(&self) -> BoxFuture<'_, Result<Standing, SearchError>> {
        let complete = self.inner.complete.load(Ordering::Relaxed);
        let standing = if complete { Standing::Ready } else { Standing::Empty("it was never filled to the end") };
        Box::pin(std::future::ready(Ok(standing)))
    }

    fn apply(&self, changes: Vec<Change>) -> BoxFuture<'_, Result<(), SearchError>> {
        Box::pin(async move {
            if changes.is_empty() {
                return Ok(());
            }
            let written = self.write(changes).await;
            self.told_of_damage(written).await
        })
    }

    fn search<'a>(&'a self, scope: OrganisationId, request: &'a Request) -> BoxFuture<'a, Result<Page, SearchError>> {
        Box::pin(async move {
            request.check().map_err(SearchError::Refused)?;
            let request = request.clone();
            self.blocking(move |inner| inner.page(scope, &request)).await
        })
    }

    fn matching<'a>(
        &'a self,
        scope: OrganisationId,
        request: &'a Request,
        after: Option<Uuid>,
        limit: usize,
    ) -> BoxFuture<'a, Result<Vec<Uuid>, SearchError>> {
        let request = request.clone();
        Box::pin(self.blocking(move |inner| inner.matching(scope, &request, after, limit)))
    }

    fn in_order<'a>(
        &'a self,
        scope: OrganisationId,
        request: &'a Request,
    ) -> BoxFuture<'a, Result<Option<Vec<Uuid>>, SearchError>> {
        let request = request.clone();
        Box::pin(self.blocking(move |inner| inner.in_order(scope, &request).map(Some)))
    }

    fn orders_everything(&self) -> bool {
        true
    }

    fn rebuild<'a>(&'a self, mut documents: Documents<'a>) -> BoxFuture<'a, Result<u64, SearchError>> {
        Box::pin(async move {
            let turn = self.turn().await;
            self.blocking(Inner::mend).await?;
            let mut next = batch_of(&mut documents).await?;
            // Where the index holds nothing and will hold nothing, there is nothing to write.
            if next.is_none() && self.inner.reader.searcher().num_docs() == 0 {
                self.blocking(|inner| inner.stamp(true)).await?;
                return Ok(0);
            }
            let mut writing = self.writer_in(turn, Inner::filler).await?;
            let mut count = 0;
            // Removals reach only what was there before: old documents are found until the one commit at the end.
            writing.writer.delete_query(Box::new(AllQuery)).map_err(engine)?;
            while let Some(batch) = next {
                count += batch.len() as u64;
                let adding = self.blocking(move |inner| {
                    for document in &batch {
                        writing.writer.add_document(inner.fields.document(document)).map_err(engine)?;
                    }
                    Ok(writing)
                });
                let (added, read) = tokio::join!(adding, batch_of(&mut documents));
                writing = added?;
                next = read?;
            }
            let written = self.blocking(move |inner| {
                writing.writer.commit().map_err(engine)?;
                inner.reader.reload().map_err(engine)?;
                inner.stamp(true)?;
                Ok(writing)
            });
            self.tidy(written.await?);
            Ok(count)
        })
    }

    fn clear(&self) -> BoxFuture<'_, Result<(), SearchError>> {
        Box::pin(async move {
            let mut writing = self.writer(Inner::writer).await?;
            self.blocking(move |inner| {
                inner.stamp(false)?;
                writing.writer.delete_query(Box::new(AllQuery)).map_err(engine)?;
                writing.writer.commit().map_err(engine)?;
                inner.finish(writing)
            })
            .await
        })
    }

    fn doubt(&self) -> BoxFuture<'_, Result<(), SearchError>> {
        Box::pin(self.blocking(|inner| inner.stamp(false)))
    }

    fn document_count(&self, scope: OrganisationId) -> BoxFuture<'_, Result<u64, SearchError>> {
        Box::pin(self.blocking(move |inner| {
            let query = TermQuery::new(inner.fields.scope_term(scope), IndexRecordOption::Basic);
            inner.reader.searcher().search(&query, &tantivy::collector::Count).map(|count| count as u64).map_err(engine)
        }))
    }

    fn health(&self) -> BoxFuture<'_, Result<Health, SearchError>> {
        Box::pin(self.blocking(|inner| {
            inner.index.load_metas().map_err(engine)?;
            let documents = inner.reader.searcher().num_docs();
            Ok(Health { engine: "tantivy", documents, complete: inner.complete.load(Ordering::Relaxed), behind: 0 })
        }))
    }
}

impl Inner {
    /// A writer of changes.
    fn writer(&self) -> Result<IndexWriter, SearchError> {
        let writer = self.writer_with(1, WRITER_MEMORY)?;
        let mut policy = LogMergePolicy::default();
        policy.set_min_num_segments(MERGE_FROM);
        policy.set_del_docs_ratio_before_merge(REMOVED_SHARE);
        writer.set_merge_policy(Box::new(policy));
        Ok(writer)
    }

    /// A writer of everything. What it writes is merged at the end, if at all.
    fn filler(&self) -> Result<IndexWriter, SearchError> {
        let threads = std::thread::available_parallelism().map_or(1, NonZero::get).min(FILLING_THREADS);
        let writer = self.writer_with(threads, FILLING_MEMORY)?;
        writer.set_merge_policy(Box::new(NoMergePolicy));
        Ok(writer)
    }

    fn writer_with(&self, threads: usize, memory: usize) -> Result<IndexWriter, SearchError> {
        let options = IndexWriterOptions::builder()
            .num_worker_threads(threads)
            .num_merge_threads(1)
            .memory_budget_per_thread(memory)
            .build();
        let writer: IndexWriter = self.index.writer_with_options(options).map_err(engine)?;
        // A commit that was killed may have left a file under the very name that the next one takes.
        if self.litter.swap(true, Ordering::Relaxed) {
            writer.garbage_collect_files().wait().map_err(engine)?;
        }
        Ok(writer)
    }

    /// Shows what was committed, and lets merges end, so that no thread and no memory stays behind.
    fn finish(&self, writing: Writing) -> Result<(), SearchError> {
        let shown = self.reader.reload().map_err(engine);
        writing.writer.wait_merging_threads().map_err(engine)?;
        shown?;
        self.reader.reload().map_err(engine)?;
        self.litter.store(false, Ordering::Relaxed);
        Ok(())
    }

    fn in_one_segment(&self, writer: &mut IndexWriter) -> Result<(), SearchError> {
        let segments = self.index.searchable_segment_ids().map_err(engine)?;
        if segments.len() > 1 {
            writer.merge(&segments).wait().map_err(engine)?;
        }
        Ok(())
    }

    /// Puts an empty index in the place of one that is to be filled anew and of which something is gone or spoilt.
    fn mend(&self) -> Result<(), SearchError> {
        let folder = index_path(&self.folder);
        if self.complete.load(Ordering::Relaxed) || open_whole(&folder, &self.fields).is_ok() {
            return Ok(());
        }
        let refused = |wrong: io::Error| SearchError::Down(wrong.to_string());
        if folder.exists() {
            fs::remove_dir_all(&folder).map_err(refused)?;
        }
        fs::create_dir(&folder).map_err(refused)?;
        create(&folder, &self.fields).map_err(engine)?;
        self.reader.reload().map_err(engine)
    }

    fn stamp(&self, complete: bool) -> Result<(), SearchError> {
        write_stamp(&self.folder, self.fields.subject, complete)
            .map_err(|wrong| SearchError::Down(wrong.to_string()))?;
        self.complete.store(complete, Ordering::Relaxed);
        Ok(())
    }

    fn page(&self, scope: OrganisationId, request: &Request) -> Result<Page, SearchError> {
        let needs = self.needs(request);
        let sort = sort_of(request, &needs);
        let wanted = Wanted {
            about: self.fields.subject,
            filters: request.filters.clone(),
            facets: request.facets.clone(),
            sort,
            how: How::Best,
            keep: if request.limit == 0 { 0 } else { request.offset + request.limit },
        };
        let searcher = self.reader.searcher();
        let whole = whole(&request.query);
        let find = || {
            let Found { total, best, counts, .. } =
                find::find(&searcher, &self.fields, scope, &needs, whole.as_deref(), &wanted).map_err(engine)?;
            Ok(Listed { total, best, facets: super::facets(request, counts) })
        };
        let listed = if needs.is_empty() && request.filters.is_empty() {
            let which = Which { scope, sort, keep: wanted.keep, facets: request.facets.clone() };
            self.unasked.get(searcher.generation().generation_id(), which, find)?
        } else {
            Arc::new(find()?)
        };
        let sought = sought(&needs);
        let is_read = !sought.is_empty() || self.fields.subject.has_parts();
        let mut hits = Vec::with_capacity(request.limit);
        for candidate in listed.best.iter().skip(request.offset) {
            let Shown { part, texts } =
                if is_read { self.shown(&searcher, candidate.address)? } else { Shown::default() };
            let highlights = if sought.is_empty() { Vec::new() } else { highlights(&texts, &sought) };
            hits.push(Hit { id: candidate.id, part, score: candidate.score, highlights });
        }
        Ok(Page { hits, total: listed.total, facets: listed.facets.clone() })
    }

    fn matching(
        &self,
        scope: OrganisationId,
        request: &Request,
        after: Option<Uuid>,
        limit: usize,
    ) -> Result<Vec<Uuid>, SearchError> {
        let needs = self.needs(request);
        let wanted = Wanted {
            about: self.fields.subject,
            filters: request.filters.clone(),
            facets: BTreeSet::new(),
            sort: Sort::Name,
            how: How::ById(after),
            keep: limit,
        };
        let searcher = self.reader.searcher();
        let found = find::find(&searcher, &self.fields, scope, &needs, None, &wanted).map_err(engine)?;
        Ok(found.best.into_iter().map(|candidate| candidate.id).collect())
    }

    fn in_order(&self, scope: OrganisationId, request: &Request) -> Result<Vec<Uuid>, SearchError> {
        let needs = self.needs(request);
        let wanted = Wanted {
            about: self.fields.subject,
            filters: request.filters.clone(),
            facets: BTreeSet::new(),
            sort: sort_of(request, &needs),
            how: How::Whole,
            keep: usize::MAX,
        };
        let (searcher, whole) = (self.reader.searcher(), whole(&request.query));
        let found = find::find(&searcher, &self.fields, scope, &needs, whole.as_deref(), &wanted).map_err(engine)?;
        Ok(found.whole)
    }

    fn needs(&self, request: &Request) -> Vec<Need> {
        let mut needs = needs(&request.query, &self.synonyms);
        needs.extend(request.ranges.iter().map(|(topic, bounds)| Need::Within(*topic, *bounds)));
        needs
    }

    fn shown(&self, searcher: &Searcher, at: tantivy::DocAddress) -> Result<Shown, SearchError> {
        let document: TantivyDocument = searcher.doc(at).map_err(engine)?;
        let stored = document.get_first(self.fields.shown).and_then(|value| value.as_bytes()).unwrap_or(b"[]");
        Shown::read(self.fields.subject, stored).map_err(|wrong| SearchError::Engine(wrong.to_string()))
    }
}

/// The order of what is found: where no word is looked for, nothing matches better than another.
fn sort_of(request: &Request, needs: &[Need]) -> Sort {
    match request.sort {
        Sort::Relevance if sought(needs).is_empty() => Sort::Name,
        sort => sort,
    }
}

/// What the disk refuses passes, as a server that does not answer. Whatever else fails would fail again: what is gone does
/// not come back by itself.
fn engine(wrong: TantivyError) -> SearchError {
    let passes = |of: &io::Error| of.kind() != io::ErrorKind::NotFound;
    let is_refused = match &wrong {
        TantivyError::IoError(of)
        | TantivyError::LockFailure(LockError::IoError(of), _)
        | TantivyError::OpenReadError(OpenReadError::IoError { io_error: of, .. })
        | TantivyError::OpenWriteError(OpenWriteError::IoError { io_error: of, .. })
        | TantivyError::OpenDirectoryError(
            OpenDirectoryError::IoError { io_error: of, .. } | OpenDirectoryError::FailedToCreateTempDir(of),
        ) => passes(of),
        TantivyError::LockFailure(LockError::LockBusy, _)
        | TantivyError::OpenWriteError(OpenWriteError::FileAlreadyExists(_)) => true,
        _ => false,
    };
    if is_refused { SearchError::Down(wrong.to_string()) } else { SearchError::Engine(wrong.to_string()) }
}
