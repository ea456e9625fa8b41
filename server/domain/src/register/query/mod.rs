//! What a person asks the register: the text typed, the order wanted, and how far results reach.
//!
//! The language is small: words, `"phrases"`, `beginn*`, `-not`, `field:value`, `field:"several words"`,
//! `field:[from..to]`, `has:field`, `this OR that`, and brackets. Nothing is ever refused: what is not understood is
//! looked for as text, and a note says so.

mod parse;
mod range;

pub use range::{Bounds, days};

#[cfg(test)]
mod tests;

use super::topic::{Subject, Topic};
use crate::problem::Problem;
use std::collections::BTreeSet;
use std::fmt::{self, Display, Write};

/// Characters of a search text that are looked at; a use case pasted whole fits.
pub const MAX_TEXT: usize = 1_000;
/// Terms of a search text that are looked for: each costs a look into the index.
pub const MAX_TERMS: usize = 40;
/// Brackets within brackets.
pub const MAX_DEPTH: usize = 8;
/// Values chosen in one facet.
pub const MAX_CHOSEN: usize = 50;
/// Entries on one page of results.
pub const MAX_LIMIT: usize = 100;
/// How far into the results a page may begin: who wants more filters or exports.
pub const MAX_OFFSET: usize = 10_000;

/// The order of results. Ties are broken by name and then by id, so that a page never changes by chance.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
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
    /// By a day or a number, the least first; entries without one last.
    Rising(Topic),
    /// By a day or a number, the most first; entries without one last.
    Falling(Topic),
}

impl Sort {
    /// The order of that name: `relevance`, `name`, `vendor`, `updated`, or a field with days or numbers, with a `-`
    /// before it for the most first.
    ///
    /// # Errors
    /// `unknown-sort`.
    pub fn named(name: &str) -> Result<Self, Problem> {
        Self::of(Subject::Entries, name)
    }

    /// The same among the topics of a subject.
    ///
    /// # Errors
    /// `unknown-sort`.
    pub fn of(subject: Subject, name: &str) -> Result<Self, Problem> {
        let scaled = |name: &str| subject.topic(name).filter(|topic| topic.about().scale.is_some());
        match name {
            "relevance" => return Ok(Self::Relevance),
            "name" => return Ok(Self::Name),
            "vendor" => return Ok(Self::Vendor),
            "updated" => return Ok(Self::Updated),
            _ => {}
        }
        let found = match name.strip_prefix('-') {
            Some(name) => scaled(name).map(Self::Falling),
            None => scaled(name).map(Self::Rising),
        };
        found.ok_or_else(|| {
            let given: String = name.chars().take(60).collect();
            let scaled = subject.topics().filter(|topic| topic.about().scale.is_some()).map(Topic::id);
            let known = ["relevance", "name", "vendor", "updated"].into_iter().chain(scaled).collect::<Vec<_>>();
            Problem::new("sort", "unknown-sort").with("given", given).with("known", known.join(", "))
        })
    }
}

/// A search text, read.
#[derive(Clone, Debug, Default)]
pub struct Query {
    /// All of them must hold.
    pub items: Vec<Item>,
    /// What was not understood and is looked for as text, or left out; at `q`, the place (`from`) in characters from 1.
    pub notes: Vec<Problem>,
}

/// Two texts ask the same when what must hold is the same, whatever was said about them.
impl PartialEq for Query {
    fn eq(&self, other: &Self) -> bool {
        self.items == other.items
    }
}

/// One thing that must hold of an entry.
#[derive(Clone, Debug, PartialEq)]
pub enum Item {
    /// It is said somewhere.
    Text(Term),
    /// It is said there.
    In(Topic, Term),
    /// The topic has this value.
    Is(Topic, &'static str),
    /// Something is known of it.
    Has(Topic),
    /// The day or number lies in this range; as typed.
    Within(Topic, Bounds, String),
    /// It does not hold.
    Not(Box<Item>),
    /// One of them holds; at least two, none of them `Any`.
    Any(Vec<Item>),
    /// All of them hold; at least two, none of them `All`.
    All(Vec<Item>),
}

/// Something to be found in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Term {
    /// As it was typed, quotes aside.
    pub typed: String,
    /// Folded, never empty; several stand side by side in this order (`gpt-4`, a quoted phrase, a run of Han characters).
    pub words: Vec<String>,
    /// Whether its only word is of a script with blanks between words, where prefixes and typing errors make sense.
    pub spaced: bool,
    /// In quotes: exactly so.
    pub quoted: bool,
    /// The last word may be the beginning of a longer one: it is still being typed, or ends in `*`.
    pub open: bool,
}

impl Query {
    /// Reads a search text. Never refuses one: see [`Query::notes`]. The last term counts as still being typed, unless it
    /// stands in closed quotes.
    pub fn parse(text: &str) -> Self {
        Self::about(Subject::Entries, text)
    }

    /// The same, asking of another subject than the register's entries.
    pub fn about(subject: Subject, text: &str) -> Self {
        parse::parse(subject, text)
    }

    /// The topics that are asked about by name.
    pub fn topics(&self) -> BTreeSet<Topic> {
        fn see(items: &[Item], into: &mut BTreeSet<Topic>) {
            for item in items {
                match item {
                    Item::Text(_) => {}
                    Item::In(topic, _) | Item::Is(topic, _) | Item::Has(topic) | Item::Within(topic, ..) => {
                        into.insert(*topic);
                    }
                    Item::Not(item) => see(std::slice::from_ref(&**item), into),
                    Item::Any(items) | Item::All(items) => see(items, into),
                }
            }
        }
        let mut topics = BTreeSet::new();
        see(&self.items, &mut topics);
        topics
    }

    /// Nothing to look for: everything is listed.
    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }
}

/// As it could have been typed: reading it gives the same query.
impl Display for Query {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&written(&self.items, " "))
    }
}

fn written(items: &[Item], between: &str) -> String {
    let mut out = String::new();
    for item in items {
        if !out.is_empty() {
            out.push_str(between);
        }
        write_item(&mut out, item);
    }
    out
}

fn write_item(out: &mut String, item: &Item) {
    match item {
        Item::Text(term) => write_term(out, term),
        Item::In(topic, term) => {
            out.push_str(topic.id());
            out.push(':');
            write_term(out, term);
        }
        // Infallible: a string takes everything.
        Item::Is(topic, value) => drop(write!(out, "{}:{value}", topic.id())),
        Item::Has(topic) => drop(write!(out, "has:{}", topic.id())),
        Item::Within(topic, _, typed) => drop(write!(out, "{}:{typed}", topic.id())),
        Item::Not(item) => {
            out.push('-');
            match &**item {
                Item::Any(items) => bracketed(out, items, " OR "),
                item => write_item(out, item),
            }
        }
        Item::Any(items) => out.push_str(&written(items, " OR ")),
        Item::All(items) => bracketed(out, items, " "),
    }
}

fn bracketed(out: &mut String, items: &[Item], between: &str) {
    out.push('(');
    let inside = written(items, between);
    out.push_str(&inside);
    // Quotes that are still open take everything to the end.
    if !items.last().is_some_and(ends_open) {
        out.push(')');
    }
}

fn write_term(out: &mut String, term: &Term) {
    if term.quoted {
        out.push('"');
    }
    out.push_str(&term.typed);
    if term.quoted && !is_unclosed(term) {
        out.push('"');
    }
}

fn is_unclosed(term: &Term) -> bool {
    term.quoted && term.open && !term.typed.ends_with('*')
}

fn ends_open(item: &Item) -> bool {
    match item {
        Item::Text(term) | Item::In(_, term) => is_unclosed(term),
        Item::Not(item) => ends_open(item),
        Item::Any(items) | Item::All(items) => items.last().is_some_and(ends_open),
        Item::Is(..) | Item::Has(_) | Item::Within(..) => false,
    }
}
