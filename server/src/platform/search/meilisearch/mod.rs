//! The engine for several servers: a Meilisearch server, spoken to through its own client.
//!
//! One index for each subject (`<prefix>register`, `<prefix>vendors` ...) holds the documents of all organisations and a
//! stamp that says what it is. A rebuild fills an index of its own and swaps the two, so that the old documents are found
//! until the new ones are; changes that arrive meanwhile go into the standing index and wait to be made again. The server
//! is asked for documents of one organisation, and what it answers is looked at again before it is believed.

mod ask;
mod document;
mod failure;
mod server;

use super::highlight::highlights;
use super::matching::sought;
use super::{Change, Documents, Health, Hit, Page, Request, SearchError, SearchIndex, Standing, Synonyms};
use crate::config;
use crate::platform::clock::Clock;
use ask::Question;
use document::{KEY, STAMP, Stamp, attribute, believed, document, key};
use domain::ids::OrganisationId;
use domain::register::{Subject, Topic};
use futures::future::BoxFuture;
use futures::{FutureExt, StreamExt};
use meilisearch_sdk::search::{MatchingStrategies, MultiSearchQuery, SearchQuery, SearchResults, Selectors};
use serde_json::{Map, Value};
use server::Server;
use std::collections::{BTreeMap, VecDeque};
use uuid::Uuid;

/// Documents of one message to the server, and about how many bytes of them.
const BATCH: usize = 1_000;
const BATCH_BYTES: usize = 20 << 20;
/// Messages under way during a rebuild.
const UNDER_WAY: usize = 4;

/// A document as the server gives it, not yet believed.
type Given = Map<String, Value>;

/// The index of a subject on a Meilisearch server.
pub struct Meilisearch {
    subject: Subject,
    server: Server,
    synonyms: Synonyms,
}

impl Meilisearch {
    /// The index of a subject on the server that the settings name. Nothing is asked of the server yet: it may be down, and
    /// pages work all the same.
    ///
    /// # Errors
    /// When the address or the key cannot be used at all.
    pub fn new(
        settings: &config::Search,
        url: &str,
        subject: Subject,
        synonyms: Synonyms,
        clock: Clock,
    ) -> Result<Self, SearchError> {
        Ok(Self { subject, server: Server::new(settings, url, subject, &synonyms, clock)?, synonyms })
    }

    async fn change(&self, changes: Vec<Change>) -> Result<(), SearchError> {
        if changes.is_empty() {
            return Ok(());
        }
        let rebuilding = self.server.is_rebuilding().await?;
        self.server.ready_for_changes().await?;
        // The last change of a document is the one that counts.
        let mut last: BTreeMap<String, Option<Map<String, Value>>> = BTreeMap::new();
        for change in &changes {
            match change {
                Change::Upsert(of) => last.insert(key(change), Some(document(of))),
                Change::Remove { .. } => last.insert(key(change), None),
            };
        }
        let mut gone = Vec::new();
        let mut documents = Vec::new();
        for (key, document) in last {
            document.map_or_else(|| gone.push(key), |document| documents.push(document));
        }
        let index = self.server.index();
        for batch in batches(documents) {
            let task = self.server.ask(index.add_or_replace(&batch, Some(KEY))).await?;
            self.server.finished(task, self.server.change_wait).await?;
        }
        if !gone.is_empty() {
            let task = self.server.ask(index.delete_documents(&gone)).await?;
            self.server.finished(task, self.server.change_wait).await?;
        }
        if rebuilding {
            return Err(SearchError::Down("the index is being rebuilt: the change is made again after it".to_owned()));
        }
        Ok(())
    }

    async fn find(&self, scope: OrganisationId, request: &Request) -> Result<Page, SearchError> {
        request.check().map_err(SearchError::Refused)?;
        self.server.ready_for_searches().await?;
        let question = Question::new(scope, request, &self.synonyms);
        let index = self.server.index();
        let lifted: Vec<Topic> =
            request.facets.iter().copied().filter(|facet| question.chosen.iter().any(|(of, _)| of == facet)).collect();
        let filters: Vec<String> =
            std::iter::once(None).chain(lifted.iter().copied().map(Some)).map(|facet| question.filter(facet)).collect();
        let counted: Vec<String> = request
            .facets
            .iter()
            .filter(|facet| !lifted.contains(facet))
            .map(|facet| attribute::values(*facet))
            .collect();
        let lifted_names: Vec<String> = lifted.iter().map(|facet| attribute::values(*facet)).collect();
        let sort: Vec<&str> = question.sort.iter().map(String::as_str).collect();
        // How many there are is the count of the tenant's own value, which no page limit cuts.
        let main_facets: Vec<&str> =
            std::iter::once(attribute::ORGANISATION).chain(counted.iter().map(String::as_str)).collect();
        let facets_of: Vec<Vec<&str>> =
            std::iter::once(main_facets).chain(lifted_names.iter().map(|name| vec![name.as_str()])).collect();
        let retrieved = [attribute::ORGANISATION, attribute::ID, attribute::PART, attribute::SHOWN];
        let mut queries = MultiSearchQuery::new(self.server.client());
        for (n, (filter, facets)) in filters.iter().zip(&facets_of).enumerate() {
            let mut query = SearchQuery::new(&index);
            query
                .with_query(&question.q)
                .with_filter(filter)
                .with_facets(Selectors::Some(facets))
                .with_matching_strategy(MatchingStrategies::ALL)
                .with_attributes_to_retrieve(Selectors::Some(&retrieved));
            if n == 0 {
                query
                    .with_offset(request.offset)
                    .with_limit(request.limit)
                    .with_sort(&sort)
                    .with_show_ranking_score(true);
            } else {
                query.with_offset(0).with_limit(0);
            }
            queries.with_search_query(query);
        }
        let mut results = self.server.answer(queries.execute::<Given>()).await?.results.into_iter();
        let main = results.next().ok_or_else(|| SearchError::Engine("the server answered nothing".to_owned()))?;
        let mut counts: BTreeMap<Topic, BTreeMap<String, u64>> = BTreeMap::new();
        for facet in request.facets.iter().filter(|facet| !lifted.contains(facet)) {
            counts.insert(*facet, count(&main, &attribute::values(*facet)));
        }
        for (facet, found) in lifted.iter().zip(results) {
            counts.insert(*facet, count(&found, &attribute::values(*facet)));
        }
        let total = count(&main, attribute::ORGANISATION).get(&scope.to_string()).copied().unwrap_or_default();
        let sought = sought(&question.needs);
        let mut hits = Vec::with_capacity(main.hits.len());
        for hit in main.hits {
            let Some(found) = believed(hit.result, scope) else { continue };
            let shown: Vec<(Topic, String)> =
                found.shown.into_iter().filter_map(|(topic, text)| Some((self.subject.topic(&topic)?, text))).collect();
            hits.push(Hit {
                id: found.id,
                part: found.part,
                score: if sought.is_empty() { 0.0 } else { hit.ranking_score.unwrap_or_default() as f32 },
                highlights: if sought.is_empty() { Vec::new() } else { highlights(&shown, &sought) },
            });
        }
        Ok(Page { hits, total, facets: super::facets(request, counts) })
    }

    async fn list(
        &self,
        scope: OrganisationId,
        request: &Request,
        after: Option<Uuid>,
        limit: usize,
    ) -> Result<Vec<Uuid>, SearchError> {
        self.server.ready_for_searches().await?;
        let question = Question::new(scope, request, &self.synonyms);
        let filter = question.after(after);
        let sort = format!("{}:asc", attribute::ID);
        let (sort, retrieved) = ([sort.as_str()], [attribute::ORGANISATION, attribute::ID]);
        let index = self.server.index();
        let mut query = SearchQuery::new(&index);
        query
            .with_query(&question.q)
            .with_filter(&filter)
            .with_sort(&sort)
            .with_matching_strategy(MatchingStrategies::ALL)
            .with_attributes_to_retrieve(Selectors::Some(&retrieved))
            .with_offset(0)
            .with_limit(limit);
        let mut queries = MultiSearchQuery::new(self.server.client());
        queries.with_search_query(query);
        let found =
            self.server.answer(queries.execute::<Given>()).await?.results.into_iter().flat_map(|page| page.hits);
        Ok(found.filter_map(|hit| believed(hit.result, scope)).map(|found| found.id).collect())
    }

    async fn replace(&self, mut from: Documents<'_>) -> Result<u64, SearchError> {
        self.server.ours_or_none().await?;
        let building = self.server.begin_build().await?;
        let index = self.server.named(&building);
        let step = self.server.rebuild_wait;
        let filled = async {
            let mut count = 0;
            let mut under_way = VecDeque::new();
            while let Some(batch) = from.next().await {
                let batch = batch.map_err(SearchError::Source)?;
                count += batch.len() as u64;
                for documents in batches(batch.iter().map(document).collect()) {
                    if under_way.len() >= UNDER_WAY
                        && let Some(task) = under_way.pop_front()
                    {
                        self.server.finished(task, step).await?;
                    }
                    under_way.push_back(self.server.ask(index.add_or_replace(&documents, Some(KEY))).await?);
                }
            }
            let stamp = Stamp { built_as: building.clone(), ..Stamp::new(self.subject, true) };
            under_way.push_back(self.server.ask(index.add_or_replace(&[stamp], Some(KEY))).await?);
            for task in under_way {
                self.server.finished(task, step).await?;
            }
            self.server.swap(&building).await?;
            Ok(count)
        };
        let outcome = filled.await;
        // After the swap the old documents; after a failure what was not finished.
        if let Err(error) = self.server.remove(&building).await {
            tracing::warn!(%error, index = building, "an index that is no longer needed could not be removed");
        }
        outcome
    }
}

/// The documents in messages of a bounded size.
fn batches(documents: Vec<Map<String, Value>>) -> Vec<Vec<Map<String, Value>>> {
    let mut batches: Vec<Vec<Map<String, Value>>> = Vec::new();
    let mut room = 0;
    for document in documents {
        let bytes = serde_json::to_string(&document).map_or(0, |text| text.len());
        match batches.last_mut() {
            Some(batch) if bytes <= room && batch.len() < BATCH => {
                room -= bytes;
                batch.push(document);
            }
            _ => {
                room = BATCH_BYTES.saturating_sub(bytes);
                batches.push(vec![document]);
            }
        }
    }
    batches
}

fn count(of: &SearchResults<Given>, name: &str) -> BTreeMap<String, u64> {
    let counts = of.facet_distribution.as_ref().and_then(|facets| facets.get(name));
    counts.into_iter().flatten().map(|(value, count)| (value.clone(), *count as u64)).collect()
}

impl SearchIndex for Meilisearch {
    fn standing(&self) -> BoxFuture<'_, Result<Standing, SearchError>> {
        self.server.standing().boxed()
    }

    fn apply(&self, changes: Vec<Change>) -> BoxFuture<'_, Result<(), SearchError>> {
        self.change(changes).boxed()
    }

    fn search<'a>(&'a self, scope: OrganisationId, request: &'a Request) -> BoxFuture<'a, Result<Page, SearchError>> {
        self.find(scope, request).boxed()
    }

    fn matching<'a>(
        &'a self,
        scope: OrganisationId,
        request: &'a Request,
        after: Option<Uuid>,
        limit: usize,
    ) -> BoxFuture<'a, Result<Vec<Uuid>, SearchError>> {
        self.list(scope, request, after, limit).boxed()
    }

    fn in_order<'a>(
        &'a self,
        _: OrganisationId,
        _: &'a Request,
    ) -> BoxFuture<'a, Result<Option<Vec<Uuid>>, SearchError>> {
        // The server orders no further than it pages, and by relevance nothing else could go on.
        std::future::ready(Ok(None)).boxed()
    }

    fn orders_everything(&self) -> bool {
        false
    }

    fn rebuild<'a>(&'a self, documents: Documents<'a>) -> BoxFuture<'a, Result<u64, SearchError>> {
        self.replace(documents).boxed()
    }

    fn clear(&self) -> BoxFuture<'_, Result<(), SearchError>> {
        async {
            self.server.ready_for_changes().await?;
            let index = self.server.index();
            for task in [
                self.server.ask(index.delete_all_documents()).await?,
                self.server.ask(index.add_or_replace(&[Stamp::new(self.subject, false)], Some(KEY))).await?,
            ] {
                self.server.finished(task, self.server.change_wait).await?;
            }
            Ok(())
        }
        .boxed()
    }

    fn doubt(&self) -> BoxFuture<'_, Result<(), SearchError>> {
        async {
            self.server.ready_for_changes().await?;
            let stamp = [Stamp::new(self.subject, false)];
            let task = self.server.ask(self.server.index().add_or_replace(&stamp, Some(KEY))).await?;
            self.server.finished(task, self.server.change_wait).await
        }
        .boxed()
    }

    fn document_count(&self, scope: OrganisationId) -> BoxFuture<'_, Result<u64, SearchError>> {
        async move {
            let request = Request::default();
            Ok(self.find(scope, &request).await?.total)
        }
        .boxed()
    }

    fn health(&self) -> BoxFuture<'_, Result<Health, SearchError>> {
        async {
            let standing = self.server.standing().await?;
            let index = self.server.index();
            let documents = match &standing {
                Standing::Ready => self.server.answer(index.get_stats()).await?.number_of_documents as u64,
                Standing::Empty(_) => 0,
            };
            Ok(Health {
                engine: "Meilisearch",
                // The stamp is none of them.
                documents: documents.saturating_sub(1),
                complete: standing == Standing::Ready,
                behind: self.server.waiting_tasks().await?,
            })
        }
        .boxed()
    }
}

/// The stamp of an index, where it has one.
async fn stamp_of(server: &Server, index: &meilisearch_sdk::indexes::Index) -> Result<Option<Stamp>, SearchError> {
    server.found(index.get_document::<Stamp>(STAMP)).await
}
