//! What is asked of the register, as an address, a form and a kept search say it.

use super::words;
use crate::error::Result;
use crate::platform::search::Request;
use crate::web::asking::{Chosen, Question, Ranges, bounds, chosen, ends, pairs, ranges};
use crate::web::fields::Fields;
use crate::web::query::address;
use crate::web::render::Renderer;
use axum_extra::extract::Query;
use domain::problem::Problem;
use domain::register::{Bounds, PROPOSED_TIER, Query as Words, Sort, Subject, Topic};

/// What is asked, as the address says it.
#[derive(Clone, Debug, Default)]
pub(super) struct Asked {
    pub text: String,
    pub chosen: Chosen,
    /// From and to, as typed.
    pub ranges: Ranges,
    pub sort: Option<String>,
    pub page: usize,
    /// The facet that is shown whole.
    pub more: Option<String>,
}

impl Asked {
    pub(super) fn of(query: Vec<(String, String)>) -> Self {
        let fields = Fields(query);
        let some = |name: &str| fields.has(name).then(|| fields.one(name).to_owned());
        Self {
            text: fields.one("q").to_owned(),
            chosen: chosen(&fields, Topic::facets()),
            ranges: ranges(&fields, Topic::all()),
            sort: some("sort"),
            page: fields.one("page").parse().unwrap_or(1).max(1),
            more: some("more"),
        }
    }

    /// What is kept as an address: read anew, so that nothing else is ever taken for one.
    pub(super) fn kept_in(text: &str) -> Self {
        // Whoever wrote it by hand may have left blanks and letters as they are.
        let is_plain = |byte: u8| byte.is_ascii_graphic() && !b"\"<>\\^`{|}#".contains(&byte);
        let written = |byte: u8| if is_plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") };
        let typed = format!("/?{}", text.bytes().map(written).collect::<String>()).parse().ok();
        let pairs = typed.and_then(|address| Query::try_from_uri(&address).ok());
        Self::of(pairs.map_or_else(Vec::new, |Query(pairs)| pairs))
    }

    /// What the API asks.
    pub(super) fn requested(text: &str, request: &Request, sort: Option<&str>) -> Self {
        let ends = |(topic, bounds): (&Topic, &Bounds)| Some((*topic, bounds.ends(topic.about().scale?)));
        Self {
            text: text.to_owned(),
            chosen: request.filters.clone(),
            ranges: request.ranges.iter().filter_map(ends).collect(),
            sort: sort.filter(|sort| !sort.is_empty()).map(str::to_owned),
            page: 1,
            more: None,
        }
    }

    /// Nothing narrows what is found.
    pub(super) fn is_everything(&self) -> bool {
        self.text.trim().is_empty() && self.chosen.is_empty() && self.ranges.is_empty()
    }

    /// What is asked, and what of it could not be understood.
    pub(super) fn request(&self) -> Result<(Request, Vec<Problem>)> {
        let (ranges, mut notes) = bounds(&self.ranges);
        let request = Request {
            about: Subject::Entries,
            query: Words::parse(&self.text),
            filters: self.chosen.clone(),
            ranges,
            facets: shown_facets().collect(),
            sort: self.sort.as_deref().map_or(Ok(Sort::default()), Sort::named)?,
            offset: self.offset(),
            limit: Self::ROWS,
        };
        request.check()?;
        notes.splice(..0, request.query.notes.iter().cloned());
        Ok((request, notes))
    }

    /// What is asked, as an address says it after its question mark, from the first page; empty where nothing is.
    pub(super) fn kept_as(&self) -> String {
        let address = self.address("", &self.chosen, &self.ranges, 1, None, None);
        address.trim_start_matches('?').to_owned()
    }

    /// The page that asks this, from its first results.
    pub(super) fn page_href(&self) -> String {
        self.href(&self.chosen, &self.ranges, 1, None)
    }

    pub(super) fn address(
        &self,
        path: &str,
        chosen: &Chosen,
        ranges: &Ranges,
        page: usize,
        more: Option<&str>,
        format: Option<&str>,
    ) -> String {
        let page = page.to_string();
        let mut all: Vec<(&str, &str)> = Vec::new();
        all.extend((!self.text.is_empty()).then_some(("q", self.text.as_str())));
        all.extend(pairs(chosen));
        let ranges = ends(ranges);
        all.extend(ranges.iter().map(|(name, end)| (name.as_str(), end.as_str())));
        all.extend(self.sort.as_deref().map(|sort| ("sort", sort)));
        all.extend((page != "1").then_some(("page", page.as_str())));
        all.extend(more.map(|more| ("more", more)));
        all.extend(format.map(|format| ("format", format)));
        address(path, all)
    }

    /// Where the whole result is taken away.
    pub(super) fn export(&self, format: &str) -> String {
        self.address("/register/export", &self.chosen, &self.ranges, 1, None, Some(format))
    }

    /// What another form of the page keeps: filters, ranges too where it has no fields for them, text and order where it
    /// has none for those.
    pub(super) fn kept(&self, with_ranges: bool) -> Vec<(String, String)> {
        let mut kept: Vec<(String, String)> =
            pairs(&self.chosen).map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        if with_ranges {
            kept.extend(ends(&self.ranges));
        } else {
            kept.extend((!self.text.is_empty()).then(|| ("q".to_owned(), self.text.clone())));
            kept.extend(self.sort.clone().map(|sort| ("sort".to_owned(), sort)));
        }
        kept
    }
}

impl Question for Asked {
    const ROWS: usize = 50;

    fn chosen(&self) -> &Chosen {
        &self.chosen
    }

    fn ranges(&self) -> &Ranges {
        &self.ranges
    }

    fn page(&self) -> usize {
        self.page
    }

    fn more(&self) -> Option<&str> {
        self.more.as_deref()
    }

    fn href(&self, chosen: &Chosen, ranges: &Ranges, page: usize, more: Option<&str>) -> String {
        self.address("/register", chosen, ranges, page, more, None)
    }

    fn field(renderer: &Renderer, topic: Topic) -> String {
        words::field(renderer, topic.id())
    }

    fn value(renderer: &Renderer, facet: Topic, value: &str) -> String {
        words::facet_value(renderer, facet, value)
    }
}

/// The facets that the page lists, in this order; the language filters by all others.
const FACETS: [&str; 13] = [
    "vendor",
    "kind",
    "status",
    "default_state",
    "trains_on_customer_data",
    "tier",
    PROPOSED_TIER,
    "decision_role",
    "availability",
    "model_provider",
    "residency",
    "unit",
    "owner",
];

pub(super) fn shown_facets() -> impl Iterator<Item = Topic> {
    FACETS.into_iter().filter_map(Topic::of).filter(|topic| topic.about().facet)
}

/// The order of results in words.
pub(super) fn sort_text(renderer: &Renderer, key: &str) -> String {
    let plain = key.trim_start_matches('-');
    let own = format!("register.sort.{plain}");
    if renderer.platform.wording.knows(&own) { renderer.text(&own, &[]) } else { words::field(renderer, plain) }
}
