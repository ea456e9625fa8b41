//! The connection: calls bounded in time, tasks waited for, and what stands on the server told apart from what is ours.

use super::super::{SearchError, Standing, Synonyms};
use super::document::{FORMAT, KEY, Stamp, same, settings};
use super::failure::{failure, refused};
use super::stamp_of;
use crate::config;
use crate::platform::clock::Clock;
use domain::register::Subject;
use meilisearch_sdk::client::{Client, SwapIndexes};
use meilisearch_sdk::errors::{Error, ErrorCode};
use meilisearch_sdk::indexes::{Index, IndexesQuery};
use meilisearch_sdk::settings::Settings;
use meilisearch_sdk::task_info::TaskInfo;
use meilisearch_sdk::tasks::{Task, TasksPaginationFilters, TasksQuery};
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use time::OffsetDateTime;
use uuid::Uuid;

/// How often a task is looked at.
const LOOK: Duration = Duration::from_millis(20);
/// A build that nobody has written to for so long was given up with its process.
const ABANDONED: time::Duration = time::Duration::minutes(10);
/// How long a server that did not answer is left alone.
const PAUSE: time::Duration = time::Duration::seconds(1);
/// Indexes that are looked through for builds.
const INDEXES: usize = 1_000;

/// What was seen of the standing index, so that not every search looks again.
const UNSEEN: u8 = 0;
const OURS: u8 = 1;

pub(super) struct Server {
    subject: Subject,
    client: Client,
    clock: Clock,
    /// For messages: the address without what could be a secret in it.
    at: String,
    prefix: String,
    settings: Settings,
    seen: AtomicU8,
    /// Until when the server is not asked, and why.
    paused: Mutex<Option<(OffsetDateTime, String)>>,
    answer_wait: Duration,
    pub(super) change_wait: Duration,
    pub(super) rebuild_wait: Duration,
}

impl Server {
    pub(super) fn new(
        settings_of: &config::Search,
        url: &str,
        subject: Subject,
        synonyms: &Synonyms,
        clock: Clock,
    ) -> Result<Self, SearchError> {
        let unusable = |what: &str| SearchError::Engine(what.to_owned());
        let uri: http::Uri = url.parse().map_err(|_| unusable("search.url is no web address"))?;
        let (Some("http" | "https"), Some(host)) = (uri.scheme_str(), uri.host()) else {
            return Err(unusable("search.url must be http:// or https:// with a host"));
        };
        let port = uri.port_u16().map_or_else(String::new, |port| format!(":{port}"));
        let prefix = settings_of.index_prefix.clone();
        if prefix.len() > 100 || !prefix.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-')) {
            return Err(unusable("search.index_prefix may have letters, digits, _ and -, at most 100"));
        }
        let key = settings_of.key.as_deref().map(str::trim).filter(|key| !key.is_empty());
        // The client would break off on a key that no header can carry.
        if key.is_some_and(|key| !key.bytes().all(|b| b.is_ascii_graphic())) {
            return Err(unusable("search.key has characters that no API key has"));
        }
        let client = Client::new(url.trim_end_matches('/'), key).map_err(|error| failure(host, error))?;
        Ok(Self {
            subject,
            client,
            clock,
            at: format!("{host}{port}"),
            prefix,
            settings: settings(subject, synonyms),
            seen: AtomicU8::new(UNSEEN),
            paused: Mutex::default(),
            answer_wait: Duration::from_secs(settings_of.answer_seconds),
            change_wait: Duration::from_secs(settings_of.change_seconds),
            rebuild_wait: Duration::from_secs(settings_of.rebuild_step_seconds),
        })
    }

    pub(super) fn client(&self) -> &Client {
        &self.client
    }

    pub(super) fn index(&self) -> Index {
        self.named(&self.name())
    }

    pub(super) fn named(&self, uid: &str) -> Index {
        self.client.index(uid)
    }

    fn name(&self) -> String {
        format!("{}{}", self.prefix, self.subject.id())
    }

    fn build_prefix(&self) -> String {
        format!("{}{}-build-", self.prefix, self.subject.id())
    }

    async fn within<T>(
        &self,
        most: Duration,
        call: impl Future<Output = Result<T, Error>>,
    ) -> Result<Result<T, Error>, SearchError> {
        if let Some(reason) = self.is_paused() {
            return Err(SearchError::Down(reason));
        }
        tokio::time::timeout(most, call).await.map_err(|_| {
            let reason = format!("Meilisearch at {} did not answer within {} s", self.at, most.as_secs());
            self.pause(&reason);
            SearchError::Down(reason)
        })
    }

    fn failed(&self, error: Error) -> SearchError {
        self.seen.store(UNSEEN, Ordering::Relaxed);
        let unreachable = matches!(error, Error::HttpError(_));
        let error = failure(&self.at, error);
        if let (true, SearchError::Down(reason)) = (unreachable, &error) {
            self.pause(reason);
        }
        error
    }

    /// Nobody waits for a server that has just shown that it does not answer.
    fn pause(&self, reason: &str) {
        self.seen.store(UNSEEN, Ordering::Relaxed);
        *self.paused.lock().unwrap_or_else(PoisonError::into_inner) =
            Some((self.clock.now() + PAUSE, reason.to_owned()));
    }

    fn is_paused(&self) -> Option<String> {
        let mut paused = self.paused.lock().unwrap_or_else(PoisonError::into_inner);
        paused.take_if(|(until, _)| *until <= self.clock.now());
        paused.as_ref().map(|(_, reason)| reason.clone())
    }

    /// A call that a person waits for.
    pub(super) async fn answer<T>(&self, call: impl Future<Output = Result<T, Error>>) -> Result<T, SearchError> {
        self.within(self.answer_wait, call).await?.map_err(|error| self.failed(error))
    }

    /// A call that may carry a lot.
    pub(super) async fn ask<T>(&self, call: impl Future<Output = Result<T, Error>>) -> Result<T, SearchError> {
        self.within(self.change_wait, call).await?.map_err(|error| self.failed(error))
    }

    /// A call for something that need not be there.
    pub(super) async fn found<T>(
        &self,
        call: impl Future<Output = Result<T, Error>>,
    ) -> Result<Option<T>, SearchError> {
        match self.within(self.answer_wait, call).await? {
            Ok(found) => Ok(Some(found)),
            Err(Error::Meilisearch(error))
                if matches!(error.error_code, ErrorCode::IndexNotFound | ErrorCode::DocumentNotFound) =>
            {
                Ok(None)
            }
            // A document of that key that says other things is not our stamp.
            Err(Error::ParseError(_)) => Ok(None),
            Err(error) => Err(self.failed(error)),
        }
    }

    /// Waits until the server has done what it took on, at most so long.
    pub(super) async fn finished(&self, task: TaskInfo, most: Duration) -> Result<(), SearchError> {
        // The client counts its pauses only; what the calls between them take is bounded here.
        let done =
            self.within(most * 2 + self.answer_wait, self.client.wait_for_task(task, Some(LOOK), Some(most))).await?;
        match done.map_err(|error| self.failed(error))? {
            Task::Succeeded { .. } => Ok(()),
            Task::Failed { content } => {
                self.seen.store(UNSEEN, Ordering::Relaxed);
                Err(refused(&self.at, &content.error))
            }
            Task::Enqueued { .. } | Task::Processing { .. } => {
                Err(SearchError::Down(format!("Meilisearch at {} did not finish in time", self.at)))
            }
        }
    }

    /// Our stamp; none where there is no index. An index that is not ours, or of a newer version, is left alone.
    pub(super) async fn ours_or_none(&self) -> Result<Option<Stamp>, SearchError> {
        let name = self.name();
        let foreign = |what: &str| {
            SearchError::Down(format!(
                "the index {name} of Meilisearch at {} is not ours: {what}. Set search.index_prefix to another one, or \
                 remove that index",
                self.at
            ))
        };
        let Some(index) = self.found_index(&name).await? else { return Ok(None) };
        match index.primary_key.as_deref() {
            Some(KEY) => {}
            None => return Err(foreign("it has no primary key")),
            Some(other) => return Err(foreign(&format!("its primary key is {other}"))),
        }
        match stamp_of(self, &index).await? {
            Some(stamp) if stamp.format > FORMAT => Err(SearchError::Down(format!(
                "the index {name} of Meilisearch at {} was written by a newer version (format {}, this one knows {FORMAT}): \
                 run that version, or give this one another search.index_prefix",
                self.at, stamp.format
            ))),
            Some(stamp) => Ok(Some(stamp)),
            None if self.answer(index.get_stats()).await?.number_of_documents > 0 => {
                Err(foreign("it has documents and does not say that they are ours"))
            }
            // Just made by a process that was killed, or by another server.
            None => Ok(Some(Stamp { format: 0, ..Stamp::new(self.subject, false) })),
        }
    }

    /// A description of an index; what it says must be read in full.
    async fn found_index(&self, name: &str) -> Result<Option<Index>, SearchError> {
        match self.within(self.answer_wait, self.client.get_index(name)).await? {
            Ok(index) => Ok(Some(index)),
            Err(Error::Meilisearch(error)) if error.error_code == ErrorCode::IndexNotFound => Ok(None),
            Err(error) => Err(self.failed(error)),
        }
    }

    pub(super) async fn standing(&self) -> Result<Standing, SearchError> {
        let Some(stamp) = self.ours_or_none().await? else { return Ok(Standing::Empty("it is new")) };
        let wanted = Stamp::new(self.subject, true);
        if stamp.format != wanted.format || stamp.topics != wanted.topics {
            return Ok(Standing::Empty("it has the format of another version"));
        }
        if !stamp.complete {
            return Ok(Standing::Empty("it was never filled to the end"));
        }
        let index = self.index();
        if !same(&self.answer(index.get_settings()).await?, &self.settings) {
            tracing::warn!(index = self.name(), "the search index had other settings; they are set again");
            let task = self.ask(index.set_settings(&self.settings)).await?;
            self.finished(task, self.rebuild_wait).await?;
        }
        self.seen.store(OURS, Ordering::Relaxed);
        Ok(Standing::Ready)
    }

    /// Makes sure that the standing index can be written to; makes it where there is none.
    pub(super) async fn ready_for_changes(&self) -> Result<(), SearchError> {
        if self.seen.load(Ordering::Relaxed) == OURS {
            return Ok(());
        }
        let wanted = Stamp::new(self.subject, false);
        match self.ours_or_none().await? {
            Some(stamp) if stamp.format == 0 => {}
            Some(stamp) if stamp.format == wanted.format && stamp.topics == wanted.topics => {
                self.seen.store(OURS, Ordering::Relaxed);
                return Ok(());
            }
            Some(_) => {
                return Err(SearchError::Down("the index is of another version and waits to be rebuilt".to_owned()));
            }
            None => {}
        }
        self.make(&self.name(), Some(wanted)).await?;
        self.seen.store(OURS, Ordering::Relaxed);
        Ok(())
    }

    /// Makes sure that what the index finds is ours.
    pub(super) async fn ready_for_searches(&self) -> Result<(), SearchError> {
        self.ready_for_changes().await
    }

    async fn make(&self, name: &str, stamp: Option<Stamp>) -> Result<(), SearchError> {
        let task = self.ask(self.client.create_index(name, Some(KEY))).await?;
        match self
            .within(self.rebuild_wait, self.client.wait_for_task(task, Some(LOOK), Some(self.rebuild_wait)))
            .await?
        {
            Ok(Task::Failed { content }) if content.error.error_code == ErrorCode::IndexAlreadyExists => {}
            Ok(Task::Failed { content }) => return Err(refused(&self.at, &content.error)),
            Ok(_) => {}
            Err(error) => return Err(self.failed(error)),
        }
        let index = self.named(name);
        let task = self.ask(index.set_settings(&self.settings)).await?;
        self.finished(task, self.rebuild_wait).await?;
        if let Some(stamp) = stamp {
            let task = self.ask(index.add_or_replace(&[stamp], Some(KEY))).await?;
            self.finished(task, self.change_wait).await?;
        }
        Ok(())
    }

    /// Makes an index to be filled, and removes those that were given up.
    pub(super) async fn begin_build(&self) -> Result<String, SearchError> {
        for (index, abandoned) in self.builds().await? {
            if abandoned {
                self.remove(&index).await?;
            }
        }
        let name = format!("{}{}", self.build_prefix(), self.clock.id::<Uuid>().simple());
        self.make(&name, None).await?;
        Ok(name)
    }

    /// Whether some server fills an index just now.
    pub(super) async fn is_rebuilding(&self) -> Result<bool, SearchError> {
        Ok(self.builds().await?.iter().any(|(_, abandoned)| !abandoned))
    }

    async fn builds(&self) -> Result<Vec<(String, bool)>, SearchError> {
        let mut query = IndexesQuery::new(&self.client);
        query.with_limit(INDEXES);
        let indexes = self.ask(query.execute()).await?.results;
        let before = self.clock.now() - ABANDONED;
        let ours = indexes.into_iter().filter(|index| index.uid.starts_with(&self.build_prefix()));
        Ok(ours.map(|index| (index.uid, index.updated_at.is_none_or(|at| at < before))).collect())
    }

    /// Puts a filled index in the place of the standing one, which takes its name.
    pub(super) async fn swap(&self, building: &str) -> Result<(), SearchError> {
        let name = self.name();
        if self.found_index(&name).await?.is_none() {
            self.make(&name, None).await?;
        }
        let swap = SwapIndexes { indexes: (name, building.to_owned()), rename: None };
        let task = self.ask(self.client.swap_indexes([&swap])).await?;
        // A task of two indexes is not shown to a key for some indexes only: then what stands afterwards tells.
        let begun = self.clock.now();
        while stamp_of(self, &self.index()).await?.is_none_or(|stamp| stamp.built_as != building) {
            match self.within(self.answer_wait, self.client.get_task(&task)).await? {
                Ok(Task::Failed { content }) => return Err(refused(&self.at, &content.error)),
                Err(Error::Meilisearch(error)) if error.error_code == ErrorCode::TaskNotFound => {}
                Err(error) => return Err(self.failed(error)),
                Ok(Task::Succeeded { .. } | Task::Enqueued { .. } | Task::Processing { .. }) => {}
            }
            if self.clock.now() - begun > self.rebuild_wait {
                return Err(SearchError::Down(format!("Meilisearch at {} did not swap indexes in time", self.at)));
            }
            tokio::time::sleep(LOOK).await;
        }
        self.seen.store(OURS, Ordering::Relaxed);
        Ok(())
    }

    pub(super) async fn remove(&self, name: &str) -> Result<(), SearchError> {
        let task = self.ask(self.client.delete_index(name)).await?;
        self.finished(task, self.rebuild_wait).await
    }

    /// Tasks of ours that the server has taken on and not finished.
    pub(super) async fn waiting_tasks(&self) -> Result<u64, SearchError> {
        let name = self.name();
        let mut query = TasksQuery::<'_, TasksPaginationFilters, _>::new(&self.client);
        query.with_index_uids([name.as_str()]).with_statuses(["enqueued", "processing"]).with_limit(1);
        Ok(self.answer(query.execute()).await?.total)
    }
}
