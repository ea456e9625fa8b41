//! Searching, as pages and programs ask for it and are told: what is asked, filters and facets, where something matches.

use super::fields::Fields;
use crate::error::{AppError, Result};
use crate::platform::search::{Highlight, Hit, Page, Piece, Request};
use axum::Json;
use domain::problem::Problem;
use domain::register::{Bounds, Query as Words, Scale, Sort, Subject, Topic};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use utoipa::ToSchema;

/// Results on a page where none is asked for.
const LIMIT: usize = 20;

/// A filter in use.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Chip {
    /// What is filtered.
    pub field: String,
    /// To which value.
    pub text: String,
    /// The address without it.
    pub remove: String,
}

/// A facet with its values.
#[derive(Clone, Debug, Default, Serialize)]
pub struct FacetView {
    /// What it is called.
    pub title: String,
    /// Its values.
    pub options: Vec<FacetOption>,
}

/// A value of a facet.
#[derive(Clone, Debug, Default, Serialize)]
pub struct FacetOption {
    /// The address with it chosen, or let go.
    pub href: String,
    /// As read.
    pub text: String,
    /// How many have it.
    pub count: u64,
    /// It is chosen.
    pub chosen: bool,
}

/// Where something matches.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Match {
    /// In which of its texts.
    pub label: String,
    /// The fragment in parts.
    pub pieces: Vec<Piece>,
    /// Something was left out before.
    pub before: bool,
    /// Something was left out after.
    pub after: bool,
}

/// Where in a list one is.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Pages {
    /// From 1.
    pub from: usize,
    /// The last one shown.
    pub to: usize,
    /// Of how many.
    pub total: usize,
    /// The page before.
    pub previous: Option<String>,
    /// The next page.
    pub next: Option<String>,
}

/// A field that the search language knows.
#[derive(Clone, Debug, Default, Serialize)]
pub struct TopicView {
    /// As typed.
    pub id: String,
    /// As read.
    pub text: String,
}

/// A day or number to filter by.
#[derive(Clone, Debug, Default, Serialize)]
pub struct RangeView {
    /// What it is called.
    pub title: String,
    /// The field of the least.
    pub from_name: String,
    /// The field of the most.
    pub to_name: String,
    /// As typed.
    pub from: String,
    /// As typed.
    pub to: String,
    /// Days, not numbers.
    pub is_day: bool,
    /// It narrows what is found.
    pub is_set: bool,
}

/// An order of results.
#[derive(Clone, Debug, Default, Serialize)]
pub struct SortOption {
    /// As posted.
    pub key: String,
    /// As read.
    pub text: String,
    /// It is chosen.
    pub chosen: bool,
}

impl From<Highlight> for Match {
    fn from(found: Highlight) -> Self {
        Self { label: String::new(), pieces: found.pieces(), before: found.cut_before, after: found.cut_after }
    }
}

/// Where something matches.
#[derive(Debug, Serialize, ToSchema)]
pub struct FoundIn {
    /// In which text: `name`, `vendor`, `product`, `purpose`, `uses` ...
    pub field: &'static str,
    /// The text, or a part of it around the matches.
    pub fragment: String,
    /// The bytes of the fragment that match, from and to.
    pub ranges: Vec<(usize, usize)>,
    /// Something was left out before.
    pub cut_before: bool,
    /// Something was left out after.
    pub cut_after: bool,
}

/// A value of a facet.
#[derive(Debug, Serialize, ToSchema)]
pub struct FacetCount {
    /// The value.
    pub value: String,
    /// How many have it.
    pub count: u64,
}

impl From<Highlight> for FoundIn {
    fn from(found: Highlight) -> Self {
        Self {
            field: found.topic.id(),
            fragment: found.fragment,
            ranges: found.ranges,
            cut_before: found.cut_before,
            cut_after: found.cut_after,
        }
    }
}

/// Counts as programs are told them.
fn counts(facets: BTreeMap<Topic, Vec<(String, u64)>>) -> BTreeMap<&'static str, Vec<FacetCount>> {
    let each =
        |values: Vec<(String, u64)>| values.into_iter().map(|(value, count)| FacetCount { value, count }).collect();
    facets.into_iter().map(|(facet, values)| (facet.id(), each(values))).collect()
}

/// A page of what was found.
#[derive(Debug, Serialize, ToSchema)]
pub struct Matches<T> {
    /// In the order asked for.
    pub items: Vec<T>,
    /// How many match altogether.
    pub total: u64,
    /// How many results were skipped.
    pub offset: usize,
    /// How many were asked for.
    pub limit: usize,
    /// The search text as it was understood.
    pub query: String,
    /// What of the search text was not understood and was looked for as text, or left out; `with.from` is the place in
    /// it, in characters from 1.
    #[schema(value_type = Vec<Object>)]
    pub notes: Vec<Problem>,
    /// By facet, values and counts. A facet counts what would be found with its own filter lifted.
    pub facets: BTreeMap<&'static str, Vec<FacetCount>>,
}

/// What programs are told was found.
pub fn matches<T, R>(
    request: Request,
    page: Page,
    found: Vec<(Hit, T)>,
    item: impl Fn(T, Place) -> R,
) -> Json<Matches<R>> {
    let items = found.into_iter().map(|(hit, one)| {
        let highlights = hit.highlights.into_iter().map(FoundIn::from).collect();
        item(one, Place { score: hit.score, highlights })
    });
    Json(Matches {
        items: items.collect(),
        total: page.total,
        offset: request.offset,
        limit: request.limit,
        query: request.query.to_string(),
        notes: request.query.notes,
        facets: counts(page.facets),
    })
}

/// How well something matches, and where.
#[derive(Debug, Serialize, ToSchema)]
pub struct Place {
    /// How well it matches; comparable within one page.
    pub score: f32,
    /// Where it matches.
    pub highlights: Vec<FoundIn>,
}

/// What a program asks.
///
/// # Errors
/// What cannot be used, at its parameter, with what is known.
pub fn request(about: Subject, fields: &Fields) -> Result<Request> {
    let mut filters: BTreeMap<Topic, BTreeSet<String>> = BTreeMap::new();
    for filter in fields.all("filter").filter(|filter| !filter.is_empty()) {
        let (facet, value) =
            filter.split_once(':').ok_or_else(|| AppError::from(Problem::new("filter", "not-a-filter")))?;
        filters.entry(facet_named(about, facet, "filter")?).or_default().insert(value.to_owned());
    }
    let mut ranges = BTreeMap::new();
    for range in fields.all("range").filter(|range| !range.is_empty()) {
        let (topic, bounds) =
            range.split_once(':').ok_or_else(|| AppError::from(Problem::new("range", "not-a-range")))?;
        let known = || about.topics().filter(|topic| topic.about().scale.is_some());
        let topic = known().find(|known| known.id() == topic).ok_or_else(|| unknown("range", topic, known()))?;
        let scale = topic.about().scale.unwrap_or(Scale::Number);
        let bounds = Bounds::read(scale, bounds).ok_or_else(|| AppError::from(Problem::new("range", "not-a-range")))?;
        ranges.insert(topic, bounds);
    }
    let mut facets = BTreeSet::new();
    for name in fields.all("facets").flat_map(|names| names.split(',')).map(str::trim).filter(|name| !name.is_empty()) {
        if name == "*" {
            facets.extend(open_facets(about));
        } else {
            facets.insert(facet_named(about, name, "facets")?);
        }
    }
    let number = |name: &str, otherwise: usize| -> Result<usize> {
        let text = fields.one(name);
        if text.is_empty() {
            return Ok(otherwise);
        }
        text.parse().map_err(|_| AppError::from(Problem::new(name, "not-a-whole-number")))
    };
    let sort = fields.one("sort");
    let request = Request {
        about,
        query: Words::about(about, fields.one("q")),
        filters,
        ranges,
        facets,
        sort: if sort.is_empty() { Sort::default() } else { Sort::of(about, sort)? },
        offset: number("offset", 0)?,
        limit: number("limit", LIMIT)?,
    };
    request.check()?;
    Ok(request)
}

/// The facets that anybody may filter by and see counted.
pub fn open_facets(about: Subject) -> impl Iterator<Item = Topic> {
    about.facets().filter(|facet| !facet.about().is_hidden)
}

fn facet_named(about: Subject, name: &str, at: &str) -> Result<Topic> {
    open_facets(about).find(|facet| facet.id() == name).ok_or_else(|| unknown(at, name, open_facets(about)))
}

fn unknown(at: &str, given: &str, known: impl Iterator<Item = Topic>) -> AppError {
    let given: String = given.chars().take(60).collect();
    let known = known.map(Topic::id).collect::<Vec<_>>().join(", ");
    Problem::new(at, "unknown-facet").with("given", given).with("known", known).into()
}
