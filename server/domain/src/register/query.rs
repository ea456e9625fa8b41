//! What a person asks the register: the text typed, the facets chosen, the order wanted.

use super::fold::words;
use crate::problem::Problem;
use serde::{Deserialize, Serialize};

/// Characters of a search text; a use case pasted whole fits.
pub const MAX_TEXT: usize = 300;
/// Terms of a search text: each costs a look into the index.
pub const MAX_TERMS: usize = 40;
/// Values chosen in one facet.
pub const MAX_CHOSEN: usize = 50;
/// Entries on one page of results.
pub const MAX_LIMIT: usize = 100;
/// How far into the results a page may begin: who wants more filters or exports.
pub const MAX_OFFSET: usize = 10_000;

/// A property that results are counted and filtered by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Facet {
    /// The vendor's name.
    Vendor,
    /// What the component is ([`super::KINDS`]).
    Kind,
    /// Whether it is on unless someone switches it off.
    DefaultState,
    /// Whether the vendor trains on what customers put in.
    TrainsOnCustomerData,
    /// The EU AI Act tier.
    Tier,
    /// Where data is kept; several per entry.
    Residency,
    /// Where the buyer's decision on it stands.
    Status,
}

impl Facet {
    /// All facets, in the order in which they are shown.
    pub const ALL: [Self; 7] = [
        Self::Vendor,
        Self::Kind,
        Self::DefaultState,
        Self::TrainsOnCustomerData,
        Self::Tier,
        Self::Residency,
        Self::Status,
    ];

    /// Its name in addresses, the API and the index.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Vendor => "vendor",
            Self::Kind => "kind",
            Self::DefaultState => "default_state",
            Self::TrainsOnCustomerData => "trains_on_customer_data",
            Self::Tier => "tier",
            Self::Residency => "residency",
            Self::Status => "status",
        }
    }

    /// The facet of that name.
    ///
    /// # Errors
    /// `unknown-facet`, with the name that was given and those that exist.
    pub fn named(name: &str) -> Result<Self, Problem> {
        Self::ALL.into_iter().find(|facet| facet.name() == name).ok_or_else(|| {
            Problem::new("facets", "unknown-facet")
                .with("given", name.chars().take(60).collect::<String>())
                .with("known", Self::ALL.map(Self::name).join(", "))
        })
    }
}

/// The order of results. Ties are broken by name and then by id, so that a page never changes by chance.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sort {
    /// Best match first; by name where no text is given.
    #[default]
    Relevance,
    /// By name.
    Name,
    /// By vendor, then by name.
    Vendor,
    /// What changed last first.
    Updated,
}

impl Sort {
    /// The order of that name: `relevance`, `name`, `vendor`, `updated`.
    ///
    /// # Errors
    /// `unknown-sort`.
    pub fn named(name: &str) -> Result<Self, Problem> {
        match name {
            "relevance" => Ok(Self::Relevance),
            "name" => Ok(Self::Name),
            "vendor" => Ok(Self::Vendor),
            "updated" => Ok(Self::Updated),
            other => {
                let given: String = other.chars().take(60).collect();
                let known = "relevance, name, vendor, updated";
                Err(Problem::new("sort", "unknown-sort").with("given", given).with("known", known))
            }
        }
    }
}

/// A search text, read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Query {
    /// All of them must be found in an entry.
    pub terms: Vec<Term>,
}

/// One thing to be found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Term {
    /// Folded, never empty; several stand side by side in this order (`gpt-4`, a quoted phrase, a run of Han characters).
    pub words: Vec<String>,
    /// Whether its only word is of a script with blanks between words, where prefixes and typing errors make sense.
    pub spaced: bool,
    /// In quotes: exactly so.
    pub quoted: bool,
    /// Still being typed: the last word may be the beginning of a longer one.
    pub open: bool,
}

impl Query {
    /// Reads a search text. The last term counts as still being typed, unless it stands in closed quotes.
    ///
    /// # Errors
    /// `too-long` or `too-many-words` at `q`.
    pub fn parse(text: &str) -> Result<Self, Problem> {
        let length = text.chars().count();
        if length > MAX_TEXT {
            return Err(Problem::new("q", "too-long").with("most", MAX_TEXT).with("given", length));
        }
        let mut terms = Vec::new();
        let is_quote = |c: char| matches!(c, '"' | '“' | '”' | '„' | '「' | '」' | '«' | '»');
        let mut pieces = text.split(is_quote).peekable();
        let mut quoted = false;
        while let Some(piece) = pieces.next() {
            let last_piece = pieces.peek().is_none();
            if quoted {
                // Quotes that are not closed yet are still being typed.
                terms.extend(term(piece, true, last_piece));
            } else {
                terms.extend(piece.split_whitespace().filter_map(|chunk| term(chunk, false, false)));
                if last_piece
                    && !piece.trim().is_empty()
                    && let Some(last) = terms.last_mut()
                {
                    last.open = !last.quoted;
                }
            }
            quoted = !quoted;
        }
        if terms.len() > MAX_TERMS {
            return Err(Problem::new("q", "too-many-words").with("most", MAX_TERMS).with("given", terms.len()));
        }
        Ok(Self { terms })
    }

    /// Nothing to look for: everything is listed.
    pub fn is_empty(&self) -> bool {
        self.terms.is_empty()
    }
}

fn term(text: &str, quoted: bool, open: bool) -> Option<Term> {
    let found = words(text);
    let spaced = found.iter().all(|word| word.spaced);
    let words: Vec<String> = found.into_iter().map(|word| word.text).collect();
    (!words.is_empty()).then_some(Term { words, spaced, quoted, open })
}
