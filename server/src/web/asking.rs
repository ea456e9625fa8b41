//! What is asked on a search page: what its links change of it, and what of the answer they lead to.

use super::fields::Fields;
use super::found::{Chip, FacetOption, FacetView, Pages};
use super::render::Renderer;
use crate::platform::search::{Page, UNKNOWN};
use domain::register::Topic;
use domain::register::query::MAX_OFFSET;
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

/// What is asked on a search page.
pub trait Question {
    /// Results on a page.
    const ROWS: usize;

    /// The filters in use.
    fn chosen(&self) -> &Chosen;
    /// The page, from 1.
    fn page(&self) -> usize;
    /// The facet that is shown whole.
    fn more(&self) -> Option<&str>;
    /// The address of this question with something changed.
    fn href(&self, chosen: &Chosen, page: usize, more: Option<&str>) -> String;
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
        self.href(&chosen, 1, None)
    }

    /// The filters in use, each with the address without it.
    fn chips(&self, renderer: &Renderer) -> Vec<Chip> {
        let chip = |facet: Topic, value: &String| Chip {
            field: Self::field(renderer, facet),
            text: Self::value(renderer, facet, value),
            remove: self.toggled(facet, value),
        };
        self.chosen().iter().flat_map(|(facet, values)| values.iter().map(|value| chip(*facet, value))).collect()
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
                href: format!("{}#facets", self.href(self.chosen(), self.page(), Some(facet.id()))),
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
        let href = |page: usize| self.href(self.chosen(), page, None);
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
