//! What is asked of the register, as an address, a form and a kept search say it.

use super::words;
use crate::error::Result;
use crate::platform::search::Request;
use crate::web::asking::{Chosen, Question, chosen, pairs};
use crate::web::fields::Fields;
use crate::web::query::address;
use crate::web::render::Renderer;
use axum_extra::extract::Query;
use domain::problem::Problem;
use domain::register::{Bounds, PROPOSED_TIER, Query as Words, Sort, Subject, Topic};
use std::collections::BTreeMap;

/// What is asked, as the address says it.
#[derive(Clone, Debug, Default)]
pub(super) struct Asked {
    pub text: String,
    pub chosen: Chosen,
    /// From and to, as typed.
    pub ranges: BTreeMap<Topic, (String, String)>,
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
            ranges: scaled().filter_map(|topic| range_of(&fields, topic)).collect(),
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
        let mut notes = Vec::new();
        let mut ranges = BTreeMap::new();
        for (topic, (from, to)) in &self.ranges {
            match topic.about().scale.and_then(|scale| Bounds::read(scale, &format!("[{from}..{to}]"))) {
                Some(bounds) => drop(ranges.insert(*topic, bounds)),
                None => notes.push(Problem::new(topic.id(), "range-left-out").with("given", format!("{from}..{to}"))),
            }
        }
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
        self.href(&self.chosen, 1, None)
    }

    pub(super) fn address(
        &self,
        path: &str,
        chosen: &Chosen,
        ranges: &BTreeMap<Topic, (String, String)>,
        page: usize,
        more: Option<&str>,
        format: Option<&str>,
    ) -> String {
        let page = page.to_string();
        let mut all: Vec<(&str, &str)> = Vec::new();
        all.extend((!self.text.is_empty()).then_some(("q", self.text.as_str())));
        all.extend(pairs(chosen));
        let names: Vec<_> = ranges.keys().map(|topic| range_names(*topic)).collect();
        for ((from_name, to_name), (from, to)) in names.iter().zip(ranges.values()) {
            all.extend((!from.is_empty()).then_some((from_name.as_str(), from.as_str())));
            all.extend((!to.is_empty()).then_some((to_name.as_str(), to.as_str())));
        }
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
            for (topic, (from, to)) in &self.ranges {
                let (from_name, to_name) = range_names(*topic);
                kept.extend(
                    [(from_name, from.clone()), (to_name, to.clone())].into_iter().filter(|(_, end)| !end.is_empty()),
                );
            }
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

    fn page(&self) -> usize {
        self.page
    }

    fn more(&self) -> Option<&str> {
        self.more.as_deref()
    }

    fn href(&self, chosen: &Chosen, page: usize, more: Option<&str>) -> String {
        self.address("/register", chosen, &self.ranges, page, more, None)
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

/// Topics with days or numbers.
pub(super) fn scaled() -> impl Iterator<Item = Topic> {
    Topic::all().filter(|topic| topic.about().scale.is_some())
}

/// What the two ends of a range are called in addresses.
pub(super) fn range_names(topic: Topic) -> (String, String) {
    (format!("{}_from", topic.id()), format!("{}_to", topic.id()))
}

fn range_of(fields: &Fields, topic: Topic) -> Option<(Topic, (String, String))> {
    let (from, to) = range_names(topic);
    let end = |name: &str| fields.one(name).trim().chars().take(20).collect::<String>();
    let ends = (end(&from), end(&to));
    (ends != (String::new(), String::new())).then_some((topic, ends))
}

/// The order of results in words.
pub(super) fn sort_text(renderer: &Renderer, key: &str) -> String {
    let plain = key.trim_start_matches('-');
    let own = format!("register.sort.{plain}");
    if renderer.platform.wording.knows(&own) { renderer.text(&own, &[]) } else { words::field(renderer, plain) }
}

/// The two ends of a range in words; either may be open.
pub(super) fn range_text(renderer: &Renderer, (from, to): &(String, String)) -> String {
    match (from.as_str(), to.as_str()) {
        (from, "") => renderer.text("register.range.from", &[("from", &from)]),
        ("", to) => renderer.text("register.range.to", &[("to", &to)]),
        (from, to) => format!("{from} – {to}"),
    }
}
