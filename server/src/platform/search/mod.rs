//! Searching the register, vendors, assessments, answers and findings: one trait and two engines, [`Embedded`] for one server and
//! [`Meilisearch`] for several. Each subject has an index of its own, so that none is slower for what another holds.
//!
//! An index is a projection of the database: fed by jobs, rebuilt when lost, never trusted for permission. Every call
//! that reads names the organisation whose documents it may see; the caller reads the rows that were found from the
//! database under its own scope.

mod detached;
mod embedded;
mod facets;
mod highlight;
mod indexes;
mod matching;
mod meilisearch;
mod synonyms;

pub use detached::Detached;
pub use domain::register::topic::UNKNOWN;
pub use embedded::{Embedded, OpenError, WRITER_MEMORY};
pub use facets::Facets;
pub use highlight::{FRAGMENT, Highlight, Piece};
pub use indexes::Indexes;
pub use meilisearch::Meilisearch;
pub use synonyms::{BadSynonyms, Synonyms};

use domain::ids::OrganisationId;
use domain::problem::Problem;
use domain::register::query::{MAX_CHOSEN, MAX_LIMIT, MAX_OFFSET};
use domain::register::{Bounds, Query, Scale, Sort, Subject, Topic};
use futures::future::BoxFuture;
use futures::stream::BoxStream;
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// Values that one facet lists; those that were chosen are listed beyond it.
pub const MAX_FACET_VALUES: usize = 100;
/// Characters of one field that can be found; a thing stays whole in the database.
pub const MAX_FIELD: usize = 20_000;

/// A thing, or a part of one, as the index holds it.
#[derive(Clone, Debug, PartialEq)]
pub struct Document {
    /// Whose it is.
    pub organisation: OrganisationId,
    /// The thing: an entry of the register, a vendor, an assessment.
    pub id: Uuid,
    /// Which part of it; none where it is the whole.
    pub part: Option<Part>,
    /// Its texts; empty ones may be left out, and a topic may have several.
    pub texts: Vec<(Topic, String)>,
    /// What it is counted and filtered by. The word for a value that is not known ([`UNKNOWN`]) is the caller's to give:
    /// a facet that is absent is in no count.
    pub facets: Facets,
    /// What it is filtered and ordered by in ranges; days are counted from 1970.
    pub numbers: BTreeMap<Topic, f64>,
    /// When it changed last, in milliseconds since 1970.
    pub updated_at: i64,
}

/// A part of a thing: an answer of an assessment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// What the thing calls it: the question's id.
    pub id: String,
    /// Where it stands in the thing, from 0.
    pub place: u16,
}

impl Document {
    /// Its name, by which results are ordered; empty when it has none.
    pub fn name(&self) -> &str {
        self.first(|topic| topic.about().names)
    }

    /// Whose product it is; empty where nobody knows.
    fn vendor(&self) -> &str {
        self.first(|topic| topic.id() == Topic::VENDOR.id())
    }

    /// The first text of such a topic; empty when it has none.
    fn first(&self, is_sought: impl Fn(Topic) -> bool) -> &str {
        self.texts.iter().find(|(of, _)| is_sought(*of)).map_or("", |(_, text)| text)
    }

    /// What follows the name where results are ordered by it: parts of one thing stand in their order.
    fn behind_name(&self) -> String {
        self.part.as_ref().map_or_else(String::new, |part| format!(" {} {:05}", self.id, part.place))
    }

    /// The topics of which something is known; of one that is counted by value, a value.
    fn known(&self) -> Vec<Topic> {
        let texts = self.texts.iter().filter(|(_, text)| !text.trim().is_empty()).map(|(topic, _)| *topic);
        let others = texts.chain(self.numbers.keys().copied()).filter(|topic| !topic.about().facet);
        let facets = self.facets.iter().filter(|(_, value)| *value != UNKNOWN);
        let mut known: Vec<Topic> = others.chain(facets.map(|(topic, _)| topic)).collect();
        known.sort_unstable();
        known.dedup();
        known
    }
}

/// A change that a job applies.
#[derive(Clone, Debug, PartialEq)]
pub enum Change {
    /// It is as given, whether the index had it or not.
    Upsert(Box<Document>),
    /// It is gone, whether the index had it or not.
    Remove {
        /// Whose it was.
        organisation: OrganisationId,
        /// The thing.
        id: Uuid,
        /// Which part of it; none where it is the whole.
        part: Option<String>,
    },
}

impl Change {
    /// What changes: whose, which thing, which part of it.
    pub fn place(&self) -> (OrganisationId, Uuid, Option<&str>) {
        match self {
            Self::Upsert(document) => {
                (document.organisation, document.id, document.part.as_ref().map(|part| part.id.as_str()))
            }
            Self::Remove { organisation, id, part } => (*organisation, *id, part.as_deref()),
        }
    }
}

/// What is asked.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Request {
    /// Of what.
    pub about: Subject,
    /// What must be found; nothing lists everything.
    pub query: Query,
    /// Facet to the values of which an entry must have one. All facets named must hold.
    pub filters: BTreeMap<Topic, BTreeSet<String>>,
    /// Topic to the range in which its day or number must lie; an entry without one does not.
    pub ranges: BTreeMap<Topic, Bounds>,
    /// The facets to be counted.
    pub facets: BTreeSet<Topic>,
    /// In which order.
    pub sort: Sort,
    /// How many results to skip.
    pub offset: usize,
    /// How many results to give.
    pub limit: usize,
}

impl Request {
    /// The topics that decide what is found, and in which order.
    pub fn topics(&self) -> BTreeSet<Topic> {
        let sorted = match self.sort {
            Sort::Rising(topic) | Sort::Falling(topic) => Some(topic),
            _ => None,
        };
        self.query
            .topics()
            .into_iter()
            .chain(self.filters.keys().chain(self.ranges.keys()).copied())
            .chain(sorted)
            .collect()
    }

    /// Refuses what is over a named limit ([`MAX_LIMIT`], [`MAX_OFFSET`], [`MAX_CHOSEN`]).
    ///
    /// # Errors
    /// `too-large` at `limit` or `offset`, `too-many-values` at the facet.
    pub fn check(&self) -> Result<(), Problem> {
        if self.limit > MAX_LIMIT {
            return Err(Problem::new("limit", "too-large").with("most", MAX_LIMIT));
        }
        if self.offset > MAX_OFFSET {
            return Err(Problem::new("offset", "too-large").with("most", MAX_OFFSET));
        }
        match self.filters.iter().find(|(_, chosen)| chosen.len() > MAX_CHOSEN) {
            Some((facet, _)) => Err(Problem::new(facet.id(), "too-many-values").with("most", MAX_CHOSEN)),
            None => Ok(()),
        }
    }
}

/// One document that was found.
#[derive(Clone, Debug, PartialEq)]
pub struct Hit {
    /// The thing.
    pub id: Uuid,
    /// Which part of it; none where it is the whole.
    pub part: Option<String>,
    /// How well it matches: higher is better, 0 where nothing was asked. Comparable within one page only.
    pub score: f32,
    /// Where it matches, the texts that say most first.
    pub highlights: Vec<Highlight>,
}

/// What was found.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Page {
    /// In the order asked for.
    pub hits: Vec<Hit>,
    /// How many documents match altogether.
    pub total: u64,
    /// Facet to values and counts, the largest count first, then by value. A facet counts what would be found with its
    /// own filter lifted; values that were chosen are listed even when nothing has them.
    pub facets: BTreeMap<Topic, Vec<(String, u64)>>,
}

/// How an index is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Health {
    /// The engine, for people: `tantivy`, `Meilisearch`.
    pub engine: &'static str,
    /// Documents of all organisations.
    pub documents: u64,
    /// `false` until a rebuild has gone through to its end: what is found may be incomplete.
    pub complete: bool,
    /// Changes that the engine has taken and not made findable yet.
    pub behind: u64,
}

/// What a subject can be asked about, in its order: an index that was written for something else is written anew.
fn known_topics(subject: Subject) -> String {
    let topics = subject.topics().map(|topic| {
        let about = topic.about();
        let scale = match about.scale {
            Some(Scale::Day) => "d",
            Some(Scale::Number) => "n",
            None => "",
        };
        let (text, facet) = (if about.text { "t" } else { "" }, if about.facet { "f" } else { "" });
        format!("{}:{text}{facet}{scale}", about.id)
    });
    topics.collect::<Vec<_>>().join(" ")
}

/// Counts as a page shows them: the most first, what was chosen always, the rest up to [`MAX_FACET_VALUES`].
fn facets(
    request: &Request,
    mut counts: BTreeMap<Topic, BTreeMap<String, u64>>,
) -> BTreeMap<Topic, Vec<(String, u64)>> {
    let list = |facet: &Topic| {
        let chosen = request.filters.get(facet);
        let is_chosen = |value: &str| chosen.is_some_and(|chosen| chosen.contains(value));
        let mut counts = counts.remove(facet).unwrap_or_default();
        for value in chosen.into_iter().flatten() {
            counts.entry(value.clone()).or_default();
        }
        let mut values: Vec<(String, u64)> = counts.into_iter().collect();
        values.sort_by(|(a, a_count), (b, b_count)| b_count.cmp(a_count).then_with(|| a.cmp(b)));
        let mut place = 0;
        values.retain(|(value, _)| {
            place += 1;
            place <= MAX_FACET_VALUES || is_chosen(value)
        });
        (*facet, values)
    };
    request.facets.iter().map(list).collect()
}

/// Why the index did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum SearchError {
    /// The request is over a limit.
    #[error("search request refused: {0}")]
    Refused(Problem),
    /// The engine failed at what it was asked.
    #[error("the search index failed: {0}")]
    Engine(String),
    /// The engine cannot be used just now: it does not answer, refuses us, or is being rebuilt. Changes wait.
    #[error("search does not work just now: {0}")]
    Down(String),
    /// The source of a rebuild failed; the index is as it was before.
    #[error("rebuilding the search index: {0}")]
    Source(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// Where a rebuild reads from: batches of documents, of all organisations.
pub type Documents<'a> = BoxStream<'a, Result<Vec<Document>, Box<dyn std::error::Error + Send + Sync>>>;

/// How an index stands to the database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It was filled to the end, and every change since has reached it or waits for it.
    Ready,
    /// It must be filled from the database, for the reason given.
    Empty(&'static str),
}

/// An index of one subject, of all organisations, in a search engine.
pub trait SearchIndex: Send + Sync {
    /// Whether it must be rebuilt from the database.
    fn standing(&self) -> BoxFuture<'_, Result<Standing, SearchError>>;

    /// Applies changes in their order, all or none; what they say can be found once this returns.
    fn apply(&self, changes: Vec<Change>) -> BoxFuture<'_, Result<(), SearchError>>;

    /// Finds documents of one organisation.
    fn search<'a>(&'a self, scope: OrganisationId, request: &'a Request) -> BoxFuture<'a, Result<Page, SearchError>>;

    /// The things of one organisation that match, in the order of their ids, after the one given and at most so many: for
    /// whoever takes a whole result away. Order, offset and facets asked for are left aside.
    fn matching<'a>(
        &'a self,
        scope: OrganisationId,
        request: &'a Request,
        after: Option<Uuid>,
        limit: usize,
    ) -> BoxFuture<'a, Result<Vec<Uuid>, SearchError>>;

    /// All things of one organisation that match, in the order asked for; offset, limit and facets are left aside. None
    /// where the engine puts only what can be paged through in order.
    fn in_order<'a>(
        &'a self,
        scope: OrganisationId,
        request: &'a Request,
    ) -> BoxFuture<'a, Result<Option<Vec<Uuid>>, SearchError>>;

    /// Whether [`Self::in_order`] gives an order.
    fn orders_everything(&self) -> bool;

    /// Replaces everything by what the stream gives, at once at its end; until then the old documents are found. Gives
    /// their number.
    fn rebuild<'a>(&'a self, documents: Documents<'a>) -> BoxFuture<'a, Result<u64, SearchError>>;

    /// Forgets everything, until a rebuild.
    fn clear(&self) -> BoxFuture<'_, Result<(), SearchError>>;

    /// Notes that a change is missing in it: it is found in as before, and must be rebuilt.
    fn doubt(&self) -> BoxFuture<'_, Result<(), SearchError>>;

    /// How many documents of one organisation it holds.
    fn document_count(&self, scope: OrganisationId) -> BoxFuture<'_, Result<u64, SearchError>>;

    /// How it is.
    fn health(&self) -> BoxFuture<'_, Result<Health, SearchError>>;
}
