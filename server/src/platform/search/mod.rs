//! Searching the register: one trait, written for two engines. Embedded: [`Embedded`].
//!
//! The index is a projection of the database: fed by jobs, rebuilt when lost, never trusted for permission. Every call
//! that reads names the organisation whose entries it may see; the caller reads the rows that were found from the
//! database under its own scope.

mod detached;
mod embedded;
mod highlight;
mod matching;
mod synonyms;

pub use detached::Detached;
pub use embedded::{Embedded, OpenError, Opened, WRITER_MEMORY};
pub use highlight::{FRAGMENT, Highlight, Piece};
pub use synonyms::Synonyms;

use domain::ids::{ComponentId, OrganisationId};
use domain::problem::Problem;
use domain::register::query::{MAX_CHOSEN, MAX_LIMIT, MAX_OFFSET};
use domain::register::{Facet, Query, Sort};
use futures::future::BoxFuture;
use futures::stream::BoxStream;
use std::collections::{BTreeMap, BTreeSet};

/// Values that one facet lists; those that were chosen are listed beyond it.
pub const MAX_FACET_VALUES: usize = 100;
/// Characters of one field that can be found; an entry stays whole in the database.
pub const MAX_FIELD: usize = 20_000;

/// A text of an entry that is searched and highlighted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Text {
    /// What the component is called.
    Name,
    /// Who supplies it.
    Vendor,
    /// The product it is part of.
    Product,
    /// The plan or edition.
    Plan,
    /// What it is for.
    Purpose,
    /// The model it runs on.
    Model,
    /// Who provides that model.
    ModelProvider,
    /// Who else handles the data.
    SubProcessors,
    /// Known limitations and notes.
    Limitations,
    /// What the buyer's units use it for; one text per use.
    Uses,
}

impl Text {
    /// All texts, the ones that say most about a match first.
    pub const ALL: [Self; 10] = [
        Self::Name,
        Self::Vendor,
        Self::Product,
        Self::Plan,
        Self::Purpose,
        Self::Model,
        Self::ModelProvider,
        Self::SubProcessors,
        Self::Limitations,
        Self::Uses,
    ];

    /// Its name in the API and the index.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Vendor => "vendor",
            Self::Product => "product",
            Self::Plan => "plan",
            Self::Purpose => "purpose",
            Self::Model => "model",
            Self::ModelProvider => "model_provider",
            Self::SubProcessors => "sub_processors",
            Self::Limitations => "limitations",
            Self::Uses => "uses",
        }
    }
}

/// An entry of the register as the index holds it.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// Whose register it stands in.
    pub organisation: OrganisationId,
    /// The entry.
    pub component: ComponentId,
    /// Its texts; empty ones may be left out. Only [`Text::Uses`] has several.
    pub texts: Vec<(Text, String)>,
    /// What it is counted and filtered by. The word for a value that is not known (`unknown`) is the caller's to give: a
    /// facet that is absent is in no count.
    pub facets: BTreeMap<Facet, BTreeSet<String>>,
    /// When it changed last, in milliseconds since 1970.
    pub updated_at: i64,
}

impl Entry {
    /// Its name, by which results are ordered; empty when it has none.
    pub fn name(&self) -> &str {
        self.texts.iter().find(|(text, _)| *text == Text::Name).map_or("", |(_, name)| name)
    }
}

/// A change that a job applies.
#[derive(Clone, Debug, PartialEq)]
pub enum Change {
    /// The entry is as given, whether the index had it or not.
    Upsert(Box<Entry>),
    /// The entry is gone, whether the index had it or not.
    Remove {
        /// Whose register it stood in.
        organisation: OrganisationId,
        /// The entry.
        component: ComponentId,
    },
}

/// What is asked.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Request {
    /// What must be found; nothing lists everything.
    pub query: Query,
    /// Facet to the values of which an entry must have one. All facets named must hold.
    pub filters: BTreeMap<Facet, BTreeSet<String>>,
    /// The facets to be counted.
    pub facets: BTreeSet<Facet>,
    /// In which order.
    pub sort: Sort,
    /// How many results to skip.
    pub offset: usize,
    /// How many results to give.
    pub limit: usize,
}

impl Request {
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
            Some((facet, _)) => Err(Problem::new(facet.name(), "too-many-values").with("most", MAX_CHOSEN)),
            None => Ok(()),
        }
    }
}

/// One entry that was found.
#[derive(Clone, Debug, PartialEq)]
pub struct Hit {
    /// The entry.
    pub component: ComponentId,
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
    /// How many entries match altogether.
    pub total: u64,
    /// Facet to values and counts, the largest count first, then by value. A facet counts what would be found with its
    /// own filter lifted; values that were chosen are listed even when nothing has them.
    pub facets: BTreeMap<Facet, Vec<(String, u64)>>,
}

/// How an index is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Health {
    /// The engine, for people: `tantivy`.
    pub engine: &'static str,
    /// Entries of all organisations.
    pub documents: u64,
    /// `false` until a rebuild has gone through to its end: what is found may be incomplete.
    pub complete: bool,
}

/// Why the index did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum SearchError {
    /// The request is over a limit.
    #[error("search request refused: {0}")]
    Refused(Problem),
    /// The engine failed.
    #[error("the search index failed: {0}")]
    Engine(String),
    /// The source of a rebuild failed; the index is as it was before.
    #[error("rebuilding the search index: {0}")]
    Source(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// Where a rebuild reads from: batches of entries, of all organisations.
pub type Entries<'a> = BoxStream<'a, Result<Vec<Entry>, Box<dyn std::error::Error + Send + Sync>>>;

/// A search engine that holds the registers of all organisations.
pub trait SearchIndex: Send + Sync {
    /// Applies changes in their order, all or none; what they say can be found once this returns.
    fn apply(&self, changes: Vec<Change>) -> BoxFuture<'_, Result<(), SearchError>>;

    /// Finds entries of one organisation.
    fn search<'a>(&'a self, scope: OrganisationId, request: &'a Request) -> BoxFuture<'a, Result<Page, SearchError>>;

    /// Replaces everything by what the stream gives, at once at its end; until then the old entries are found. Gives the
    /// number of entries.
    fn rebuild<'a>(&'a self, entries: Entries<'a>) -> BoxFuture<'a, Result<u64, SearchError>>;

    /// Forgets everything, until a rebuild.
    fn clear(&self) -> BoxFuture<'_, Result<(), SearchError>>;

    /// How many entries of one organisation it holds.
    fn document_count(&self, scope: OrganisationId) -> BoxFuture<'_, Result<u64, SearchError>>;

    /// How it is.
    fn health(&self) -> BoxFuture<'_, Result<Health, SearchError>>;
}
