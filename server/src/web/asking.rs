//! What is asked on a search page: what its links change of it, and what of the answer they lead to.

use super::fields::Fields;
use super::found::{Chip, FacetOption, FacetView, Pages, RangeView};
use super::render::Renderer;
use crate::platform::search::{Page, UNKNOWN};
use domain::problem::Problem;
use domain::register::query::MAX_OFFSET;
use domain::register::{Bounds, Scale, Topic};
use std::collections::{BTreeMap, BTreeSet};

/// Values of a facet before the rest is a click away.
const VALUES: usize = 10;

/// What is filtered by: values of one facet are alternatives, all facets must hold.
pub type Chosen = BTreeMap<Topic, BTreeSet<String>>;

/// The filters that an address names.
pub fn chosen(fields: &Fields, facets: impl Iterator<Item = Topic>) -> Chosen {
    let of = |facet: Topic| {
        let values: BTreeSet<String> =
            fields.all(facet.id()).filter(|value| !value.is_empty()).map(str::to_owned).collect();
        (!values.is_empty()).then_some((facet, values))
    };
    facets.filter_map(of).collect()
}

/// Filters as an address names them.
pub fn pairs(chosen: &Chosen) -> impl Iterator<Item = (&str, &str)> {
    chosen.iter().flat_map(|(facet, values)| values.iter().map(|value| (facet.id(), value.as_str())))
}

/// From and to of days and numbers, as typed; either may be open.
pub type Ranges = BTreeMap<Topic, (String, String)>;

/// What the two ends of a range are called in addresses.
fn range_names(topic: Topic) -> (String, String) {
    (format!("{}_from", topic.id()), format!("{}_to", topic.id()))
}

/// The ranges that an address names, of those topics that have days or numbers.
pub fn ranges(fields: &Fields, topics: impl Iterator<Item = Topic>) -> Ranges {
    let end = |name: &str| fields.one(name).trim().chars().take(20).collect::<String>();
    let of = |topic: Topic| {
        topic.about().scale?;
        let (from, to) = range_names(topic);
        let ends = (end(&from), end(&to));
        (ends != (String::new(), String::new())).then_some((topic, ends))
    };
    topics.filter_map(of).collect()
}

/// The ends that are said, as an address names them.
pub fn ends(ranges: &Ranges) -> Vec<(String, String)> {
    let of = |(topic, (from, to)): (&Topic, &(String, String))| {
        let (from_name, to_name) = range_names(*topic);
        [(from_name, from.clone()), (to_name, to.clone())]
    };
    ranges.iter().flat_map(of).filter(|(_, end)| !end.is_empty()).collect()
}

/// What is asked for, and what of it could not be understood.
pub fn bounds(ranges: &Ranges) -> (BTreeMap<Topic, Bounds>, Vec<Problem>) {
    let mut notes = Vec::new();
    let mut read = BTreeMap::new();
    for (topic, (from, to)) in ranges {
        match topic.about().scale.and_then(|scale| Bounds::read(scale, &format!("[{from}..{to}]"))) {
            Some(bounds) => drop(read.insert(*topic, bounds)),
            None => notes.push(Problem::new(topic.id(), "range-left-out").with("given", format!("{from}..{to}"))),
        }
    }
    (read, notes)
}

/// The two ends of a range in words; either may be open.
pub fn range_text(renderer: &Renderer, (from, to): &(String, String)) -> String {
    match (from.as_str(), to.as_str()) {
        (from, "") => renderer.text("register.range.from", &[("from", &from)]),
        ("", to) => renderer.text("register.range.to", &[("to", &to)]),
        (from, to) => format!("{from} – {to}"),
    }
}

/// What is asked on a search page.
pub trait Question {
    /// Results on a page.
    const ROWS: usize;

    /// The filters in use.
    fn chosen(&self) -> &Chosen;
    /// The ranges in use.
    fn ranges(&self) -> &Ranges;
    /// The page, from 1.
    fn page(&self) -> usize;
    /// The facet that is shown whole.
    fn more(&self) -> Option<&str>;
    /// The address of this question with something changed.
    fn href(&self, chosen: &Chosen, ranges: &Ranges, page: usize, more: Option<&str>) -> String;
    /// What a field is called.
    fn field(renderer: &Renderer, topic: Topic) -> String;
    /// A value of a facet, as read.
    fn value(renderer: &Renderer, facet: Topic, value: &str) -> String;

    /// The address with one value chosen, or let go.
    fn toggled(&self, facet: Topic, value: &str) -> String {
        let mut chosen = self.chosen().clone();
        let values = chosen.entry(facet).or_default();
        if !values.remove(value) {
            values.insert(value.to_owned());
        }
        chosen.retain(|_, values| !values.is_empty());
        self.href(&chosen, self.ranges(), 1, None)
    }

    /// The filters in use, each with the address without it.
    fn chips(&self, renderer: &Renderer) -> Vec<Chip> {
        let chip = |facet: Topic, value: &String| Chip {
            field: Self::field(renderer, facet),
            text: Self::value(renderer, facet, value),
            remove: self.toggled(facet, value),
        };
        let without = |topic: &Topic| {
            let mut ranges = self.ranges().clone();
            ranges.remove(topic);
            self.href(self.chosen(), &ranges, 1, None)
        };
        let of_ranges = self.ranges().iter().map(|(topic, ends)| Chip {
            field: Self::field(renderer, *topic),
            text: range_text(renderer, ends),
            remove: without(topic),
        });
        let of_facets = self.chosen().iter().flat_map(|(facet, values)| values.iter().map(|value| chip(*facet, value)));
        of_facets.chain(of_ranges).collect()
    }

    /// The fields of those topics that have days or numbers.
    fn range_views(&self, renderer: &Renderer, topics: impl Iterator<Item = Topic>) -> Vec<RangeView> {
        let view = |topic: Topic| {
            let is_day = topic.about().scale? == Scale::Day;
            let (from_name, to_name) = range_names(topic);
            let (from, to) = self.ranges().get(&topic).cloned().unwrap_or_default();
            let (title, is_set) = (Self::field(renderer, topic), self.ranges().contains_key(&topic));
            Some(RangeView { title, from_name, to_name, from, to, is_day, is_set })
        };
        topics.filter_map(view).collect()
    }

    /// A facet with its values; none where nothing is known of any result, so that there is nothing to choose.
    fn facet(&self, renderer: &Renderer, page: &Page, facet: Topic) -> Option<FacetView> {
        let values = page.facets.get(&facet)?;
        values.iter().find(|(value, _)| value != UNKNOWN || self.chosen().contains_key(&facet))?;
        let is_chosen = |value: &str| self.chosen().get(&facet).is_some_and(|chosen| chosen.contains(value));
        let whole = self.more() == Some(facet.id());
        let shown = values.iter().enumerate().filter(|(n, (value, _))| whole || *n < VALUES || is_chosen(value));
        let mut options: Vec<FacetOption> = shown
            .map(|(_, (value, count))| FacetOption {
                href: self.toggled(facet, value),
                text: Self::value(renderer, facet, value),
                count: *count,
                chosen: is_chosen(value),
            })
            .collect();
        let left = values.len() - options.len();
        if left > 0 {
            options.push(FacetOption {
                href: format!("{}#facets", self.href(self.chosen(), self.ranges(), self.page(), Some(facet.id()))),
                text: renderer.text("search.more_values", &[]),
                count: left as u64,
                chosen: false,
            });
        }
        Some(FacetView { title: Self::field(renderer, facet), options })
    }

    /// Results before those of the page.
    fn offset(&self) -> usize {
        (self.page() - 1).saturating_mul(Self::ROWS)
    }

    /// Where among all results the page stands, and whether there are some that no page reaches.
    fn pages(&self, total: u64) -> (Pages, bool) {
        let total = usize::try_from(total).unwrap_or(usize::MAX);
        let from = self.offset();
        let to = from.saturating_add(Self::ROWS).min(total);
        let reachable = to < total && from + Self::ROWS <= MAX_OFFSET;
        let href = |page: usize| self.href(self.chosen(), self.ranges(), page, None);
        let pages = Pages {
            from: from.saturating_add(1).min(total),
            to,
            total,
            previous: (self.page() > 1).then(|| href(self.page() - 1)),
            next: reachable.then(|| href(self.page() + 1)),
        };
        (pages, to < total && !reachable)
    }
}
