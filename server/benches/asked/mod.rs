//! What risk people type: a word with a typing error, two filters, and the counts of all facets that the page shows.

use candor::actions::seed::word;
use candor::platform::search::Request;
use domain::register::{FIELDS, KINDS, Query, Topic};

/// The facets of the register's page.
pub const FACETS: [&str; 12] = [
    "vendor",
    "kind",
    "status",
    "default_state",
    "trains_on_customer_data",
    "tier",
    "decision_role",
    "availability",
    "model_provider",
    "residency",
    "unit",
    "owner",
];

/// One thing that is asked.
pub struct Asked {
    /// As typed.
    pub words: String,
    /// A kind and a default state that it must have.
    pub filters: [(&'static str, &'static str); 2],
}

impl Asked {
    /// The n-th of many that differ: words of all ranks, and every combination of the two filters.
    pub fn nth(n: usize) -> Self {
        let rank =
            [1, 2, 4, 8, 15, 30, 60, 120, 250, 500, 900, 1_400, 2_000, 2_700, 3_500, 4_700][n % 16] + (n / 16) % 7;
        let states = FIELDS.iter().find(|field| field.id == "default_state").map_or(&[][..], |field| field.values);
        let filters = [("kind", KINDS[n % KINDS.len()]), ("default_state", states[n / 3 % states.len()])];
        Self { words: misspelt(&word(rank as u64), n), filters }
    }

    /// As the engine is asked.
    pub fn request(&self) -> Request {
        let filters = self.filters.iter().map(|(facet, value)| (topic(facet), [(*value).to_owned()].into()));
        Request {
            query: Query::parse(&self.words),
            filters: filters.collect(),
            facets: FACETS.iter().map(|facet| topic(facet)).collect(),
            limit: 20,
            ..Request::default()
        }
    }

    /// As the API is asked.
    pub fn pairs(&self) -> Vec<(&'static str, String)> {
        let mut pairs = vec![("q", self.words.clone()), ("facets", FACETS.join(",")), ("limit", "20".to_owned())];
        pairs.extend(self.filters.map(|(facet, value)| ("filter", format!("{facet}:{value}"))));
        pairs
    }

    /// As the page is asked.
    pub fn page(&self) -> Vec<(&'static str, String)> {
        let filters = self.filters.map(|(facet, value)| (facet, value.to_owned()));
        [("q", self.words.clone())].into_iter().chain(filters).collect()
    }
}

fn topic(id: &str) -> Topic {
    Topic::of(id).expect("a topic of the language")
}

/// One letter left out, doubled, changed for another, or two exchanged; the first stands.
fn misspelt(word: &str, n: usize) -> String {
    let mut letters: Vec<char> = word.chars().collect();
    let at = 1 + n % (letters.len() - 2);
    match n % 4 {
        0 => drop(letters.remove(at)),
        1 => letters.insert(at, letters[at]),
        2 => letters[at] = 'x',
        _ => letters.swap(at, at + 1),
    }
    letters.into_iter().collect()
}
