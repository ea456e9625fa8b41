//! Which products of the catalogue a list means, line by line, as people write them: "MS Office 365 E3", "O365",
//! "Zoom Workplace Pro (500 seats)", "飛書 專業版".
//!
//! Nothing is guessed silently. A line that says one product, and nothing that is not understood, is certain; one that may
//! mean a product is asked about, with a reason; all others are unknown.

mod aside;
mod near;

pub use aside::{Aside, FORMAT};

use self::near::{SHORT, near_enough};
use super::Catalogue;
use super::check::{name_words, together};
use crate::register::Certainty;
use crate::register::fold::Word;
use crate::register::products::{Naming, Separator, split};
use serde::{Deserialize, Serialize};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

/// Words of the longest name that is looked for.
const LONGEST: usize = 8;
/// Separators between the products of one line.
const BETWEEN: [Separator; 6] = [
    Separator::Comma,
    Separator::Semicolon,
    Separator::NewLine,
    Separator::Slash,
    Separator::Ampersand,
    Separator::And,
];

/// What a line of a list says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reading {
    /// The part of the line that is spoken of; a line that lists several products has several.
    pub text: String,
    /// What it means.
    pub outcome: Outcome,
}

/// What a text means.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "is", rename_all = "snake_case")]
pub enum Outcome {
    /// This product.
    Certain(Found),
    /// Perhaps one of these, the likelier first; a person has to say. Never empty.
    Ask(Vec<Found>),
    /// Nothing that the catalogue has.
    Unknown,
    /// Not a name of a product.
    NotAProduct(Naming),
}

/// A product that a text means or may mean.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Found {
    /// Its id.
    pub product: String,
    /// The id of the plan that the text names, if it names just one.
    pub plan: Option<String>,
    /// How sure that is.
    pub certainty: Certainty,
    /// Why it is thought of, and why not more.
    pub reason: Reason,
    /// The words that the reason is about: what was not understood, or what was read as something else.
    pub words: Vec<String>,
}

/// Why a product is thought of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// The text is its name.
    Name,
    /// The text is its name and a plan's.
    NameAndPlan,
    /// Its name and several plans.
    SeveralPlans,
    /// Its name beside words that were not understood.
    OtherWords,
    /// Its name stands in brackets behind something that was not understood.
    InBrackets,
    /// Other products are named beside it.
    NotAlone,
    /// A word that several things are called by.
    CommonName,
    /// A name that is spelt nearly so.
    SpeltNearly,
    /// Only the vendor is named.
    VendorOnly,
}

/// Recognises products by the names that a catalogue has for them.
#[derive(Clone, Debug)]
pub struct Recogniser<'a> {
    products: Vec<Known<'a>>,
    claims: BTreeMap<String, Vec<Claim>>,
    /// Names as they are written, word by word.
    written: BTreeSet<Vec<String>>,
    aside: &'a Aside,
}

#[derive(Clone, Debug)]
struct Known<'a> {
    id: &'a str,
    /// A plan's name written together, and its id.
    plans: Vec<(String, &'a str)>,
    /// Names of its vendor, written together.
    vendor: BTreeSet<String>,
}

/// What a phrase claims to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Claim {
    Name(usize),
    Ask(usize),
    /// A product of this vendor.
    Vendor(usize),
    Not,
}

/// Words `from..to` of a text, and what they claim.
#[derive(Clone, Debug)]
struct Span<'c> {
    from: usize,
    to: usize,
    claims: &'c [Claim],
}

impl<'a> Recogniser<'a> {
    /// By the names in this catalogue.
    pub fn new(catalogue: &'a Catalogue, aside: &'a Aside) -> Self {
        let mut products = Vec::new();
        let mut claims: BTreeMap<String, Vec<Claim>> = BTreeMap::new();
        let mut written = BTreeSet::new();
        let mut claim = |name: &String, claim: Claim| {
            written.insert(name_words(name).into_iter().map(|word| word.text).collect());
            let known = claims.entry(together(name)).or_default();
            if !known.contains(&claim) {
                known.push(claim);
            }
        };
        for (n, (document, product)) in catalogue.products().enumerate() {
            let vendor = document.vendor_names.iter().chain([&document.vendor]).map(|name| together(name)).collect();
            product.names.iter().for_each(|name| claim(name, Claim::Name(n)));
            product.ask.iter().for_each(|name| claim(name, Claim::Ask(n)));
            product.not.iter().for_each(|name| claim(name, Claim::Not));
            document.vendor_names.iter().chain([&document.vendor]).for_each(|name| claim(name, Claim::Vendor(n)));
            let plans = product
                .plans
                .iter()
                .flat_map(|plan| plan.names.iter().chain([&plan.name]).map(|name| (together(name), plan.id.as_str())))
                .collect();
            products.push(Known { id: &product.id, plans, vendor });
        }
        Self { products, claims, written, aside }
    }

    /// What a line says: one reading per product that it lists. Blank lines say nothing.
    pub fn read(&self, line: &str) -> Vec<Reading> {
        let line = line.replace(['\t', '|'], ";");
        let text = line.trim().trim_matches(';').trim().to_owned();
        if text.is_empty() {
            return Vec::new();
        }
        let naming = Naming::of(&text);
        if naming != Naming::Named {
            return vec![Reading { text, outcome: Outcome::NotAProduct(naming) }];
        }
        // A name may hold a separator itself.
        if let whole @ Outcome::Certain(_) = self.part(&text) {
            return vec![Reading { text, outcome: whole }];
        }
        let mut readings: Vec<Reading> = Vec::new();
        for part in split(&text, &BETWEEN) {
            let naming = Naming::of(&part);
            let outcome = if naming == Naming::Named { self.part(&part) } else { Outcome::NotAProduct(naming) };
            if outcome == Outcome::Unknown {
                if self.is_aside(&part) {
                    continue;
                }
                // "Slack, Enterprise Grid, 500": the second cell is the first one's plan.
                if let Some(Outcome::Certain(before)) = readings.last_mut().map(|reading| &mut reading.outcome)
                    && before.plan.is_none()
                    && let Some(plan) = self.plan_alone(&before.product, &part)
                {
                    before.plan = Some(plan);
                    before.reason = Reason::NameAndPlan;
                    continue;
                }
            }
            readings.push(Reading { text: part, outcome });
        }
        if readings.is_empty() { vec![Reading { text, outcome: Outcome::Unknown }] } else { readings }
    }

    fn part(&self, text: &str) -> Outcome {
        let said = name_words(text);
        let bracketed = bracketed(text, &said);
        let spans = self.spans(&said);
        let named: BTreeSet<usize> = products_of(&spans, |claim| match claim {
            Claim::Name(product) => Some(*product),
            _ => None,
        });
        let asked: BTreeSet<usize> = products_of(&spans, |claim| match claim {
            Claim::Ask(product) => Some(*product),
            _ => None,
        });
        if named.is_empty() && asked.is_empty() {
            return self.unnamed(&said, &spans);
        }
        let candidates: Vec<usize> =
            if named.is_empty() { asked.iter().copied().collect() } else { named.iter().copied().collect() };
        let mut found: Vec<Found> = candidates
            .iter()
            .map(|&product| {
                self.found(product, &said, &spans, &bracketed, named.contains(&product), candidates.len() > 1)
            })
            .collect();
        if let [only] = &found[..]
            && only.certainty == Certainty::Certain
        {
            return Outcome::Certain(only.clone());
        }
        found.sort_by_key(|found| Reverse(found.certainty));
        Outcome::Ask(found)
    }

    /// A product that is named, by its own or by a common name.
    fn found(
        &self,
        product: usize,
        said: &[Word],
        spans: &[Span<'_>],
        bracketed: &[bool],
        is_own_name: bool,
        is_one_of_several: bool,
    ) -> Found {
        let known = &self.products[product];
        let mine = |span: &&Span<'_>| span.claims.iter().any(|claim| claim.product() == Some(product));
        let (plans, plan_words) = plans_in(known, said);
        let covered = |n: usize| {
            plan_words.contains(&n) || spans.iter().filter(mine).any(|span| (span.from..span.to).contains(&n))
        };
        let foreign: Vec<String> = spans
            .iter()
            .filter(|span| !mine(span) && !(span.from..span.to).all(|n| plan_words.contains(&n) || bracketed[n]))
            .map(|span| together_of(&said[span.from..span.to]))
            .collect();
        let is_understood = |n: usize| spans.iter().any(|span| (span.from..span.to).contains(&n));
        let rest: Vec<String> = said
            .iter()
            .enumerate()
            .filter(|(n, _)| !covered(*n) && !is_understood(*n) && !bracketed[*n])
            .filter(|(_, word)| !self.aside.holds(&word.text) && !is_vendor(known, &word.text))
            .map(|(_, word)| word.text.clone())
            .collect();
        let in_brackets = spans.iter().filter(mine).all(|span| (span.from..span.to).all(|n| bracketed[n]));
        let (certainty, reason, words) = if !is_own_name {
            let certainty =
                if is_one_of_several || !rest.is_empty() { Certainty::Uncertain } else { Certainty::Likely };
            (certainty, Reason::CommonName, rest)
        } else if !foreign.is_empty() || is_one_of_several {
            (Certainty::Likely, Reason::NotAlone, foreign)
        } else if in_brackets && !rest.is_empty() {
            (Certainty::Likely, Reason::InBrackets, rest)
        } else if !rest.is_empty() {
            (Certainty::Likely, Reason::OtherWords, rest)
        } else {
            match plans.len() {
                0 => (Certainty::Certain, Reason::Name, Vec::new()),
                1 => (Certainty::Certain, Reason::NameAndPlan, Vec::new()),
                _ => (Certainty::Certain, Reason::SeveralPlans, plans.iter().map(|plan| (*plan).to_owned()).collect()),
            }
        };
        let plan = if plans.len() == 1 { plans.first().map(|plan| (*plan).to_owned()) } else { None };
        Found { product: known.id.to_owned(), plan, certainty, reason, words }
    }

    /// A text that names no product as it is written: perhaps with an error, perhaps by its vendor alone.
    fn unnamed(&self, said: &[Word], spans: &[Span<'_>]) -> Outcome {
        let is_taken =
            |n: usize| spans.iter().any(|span| (span.from..span.to).contains(&n) && span.claims.contains(&Claim::Not));
        let mut near: BTreeMap<usize, (usize, String)> = BTreeMap::new();
        for (from, to) in windows(said.len(), 4) {
            let joined = together_of(&said[from..to]);
            if (from..to).any(is_taken) || joined.chars().count() < SHORT || self.aside.holds(&joined) {
                continue;
            }
            for (phrase, claims) in &self.claims {
                let Some(distance) = near_enough(&joined, phrase) else { continue };
                for claim in claims {
                    let (Claim::Name(product), rank) = (*claim, distance) else { continue };
                    let known = near.entry(product).or_insert((rank, joined.clone()));
                    if rank < known.0 {
                        *known = (rank, joined.clone());
                    }
                }
            }
        }
        let best = near.values().map(|(distance, _)| *distance).min();
        if let Some(best) = best {
            let found = near.into_iter().filter(|(_, (distance, _))| *distance == best).map(|(product, (_, word))| {
                let known = &self.products[product];
                let (plans, _) = plans_in(known, said);
                let plan = if plans.len() == 1 { plans.first().map(|plan| (*plan).to_owned()) } else { None };
                let (certainty, reason) = (Certainty::Likely, Reason::SpeltNearly);
                Found { product: known.id.to_owned(), plan, certainty, reason, words: vec![word] }
            });
            return Outcome::Ask(found.collect());
        }
        let of_vendor: BTreeSet<usize> = products_of(spans, |claim| match claim {
            Claim::Vendor(product) => Some(*product),
            _ => None,
        });
        let is_other = spans.iter().any(|span| span.claims == [Claim::Not]);
        if of_vendor.is_empty() || is_other {
            return Outcome::Unknown;
        }
        let rest: Vec<String> = said
            .iter()
            .enumerate()
            .filter(|(n, word)| {
                !self.aside.holds(&word.text) && !spans.iter().any(|span| (span.from..span.to).contains(n))
            })
            .map(|(_, word)| word.text.clone())
            .collect();
        // A vendor's name with a product's that is not in the catalogue is that product.
        if !rest.is_empty() {
            return Outcome::Unknown;
        }
        let found = of_vendor.into_iter().map(|product| Found {
            product: self.products[product].id.to_owned(),
            plan: None,
            certainty: Certainty::Uncertain,
            reason: Reason::VendorOnly,
            words: Vec::new(),
        });
        Outcome::Ask(found.collect())
    }

    /// What the words of a text claim; a longer phrase hides the shorter ones that it touches.
    fn spans(&self, said: &[Word]) -> Vec<Span<'_>> {
        let mut all: Vec<Span<'_>> = Vec::new();
        for (from, to) in windows(said.len(), LONGEST) {
            let joined = together_of(&said[from..to]);
            let is_pieced = to - from > 1 && joined.chars().count() < SHORT && {
                let words: Vec<String> = said[from..to].iter().map(|word| word.text.clone()).collect();
                said[from].spaced && !self.written.contains(&words)
            };
            if let Some(claims) = self.claims.get(&joined).filter(|_| !is_pieced) {
                all.push(Span { from, to, claims });
            }
        }
        all.sort_by_key(|span| (Reverse(letters(&said[span.from..span.to])), span.from));
        let mut kept: Vec<Span<'_>> = Vec::new();
        for span in all {
            if !kept.iter().any(|known| known.from < span.to && span.from < known.to) {
                kept.push(span);
            }
        }
        kept.sort_by_key(|span| span.from);
        kept
    }

    fn plan_alone(&self, product: &str, text: &str) -> Option<String> {
        let known = self.products.iter().find(|known| known.id == product)?;
        let said = name_words(text);
        let (plans, covered) = plans_in(known, &said);
        let rest = said.iter().enumerate().any(|(n, word)| !covered.contains(&n) && !self.aside.holds(&word.text));
        let [plan] = plans[..] else { return None };
        (!rest).then(|| plan.to_owned())
    }

    fn is_aside(&self, text: &str) -> bool {
        name_words(text).iter().all(|word| self.aside.holds(&word.text))
    }
}

impl Claim {
    fn product(self) -> Option<usize> {
        match self {
            Self::Name(product) | Self::Ask(product) | Self::Vendor(product) => Some(product),
            Self::Not => None,
        }
    }
}

fn products_of(spans: &[Span<'_>], of: impl Fn(&Claim) -> Option<usize>) -> BTreeSet<usize> {
    spans.iter().flat_map(|span| span.claims.iter().filter_map(&of)).collect()
}

/// `from..to` of every run of at most so many words.
fn windows(words: usize, most: usize) -> impl Iterator<Item = (usize, usize)> {
    (0..words).flat_map(move |from| (from + 1..=words.min(from + most)).map(move |to| (from, to)))
}

fn together_of(said: &[Word]) -> String {
    said.iter().map(|word| word.text.as_str()).collect()
}

fn letters(said: &[Word]) -> usize {
    said.iter().map(|word| word.text.chars().count()).sum()
}

/// The plans of a product that a text names, longer names before shorter ones that they touch, and the words of them.
fn plans_in<'a>(known: &Known<'a>, said: &[Word]) -> (Vec<&'a str>, BTreeSet<usize>) {
    let mut all: Vec<(usize, usize, usize, &str)> = Vec::new();
    for (from, to) in windows(said.len(), LONGEST) {
        let joined = together_of(&said[from..to]);
        let plans = known.plans.iter().filter(|(name, _)| *name == joined);
        all.extend(plans.map(|(_, id)| (letters(&said[from..to]), from, to, *id)));
    }
    all.sort_by_key(|(length, from, _, _)| (Reverse(*length), *from));
    let mut covered = BTreeSet::new();
    let mut plans = Vec::new();
    for (_, from, to, id) in all {
        if (from..to).any(|n| covered.contains(&n)) {
            continue;
        }
        covered.extend(from..to);
        if !plans.contains(&id) {
            plans.push(id);
        }
    }
    (plans, covered)
}

/// Which words stand in brackets.
fn bracketed(text: &str, said: &[Word]) -> Vec<bool> {
    let depth_at = |at: usize| {
        let before = &text[..at];
        let open = before.chars().filter(|c| matches!(c, '(' | '[' | '{' | '（' | '【')).count();
        let closed = before.chars().filter(|c| matches!(c, ')' | ']' | '}' | '）' | '】')).count();
        open > closed
    };
    said.iter().map(|word| depth_at(word.from)).collect()
}

fn is_vendor(known: &Known<'_>, word: &str) -> bool {
    known.vendor.iter().any(|name| name == word || near_enough(word, name).is_some())
}
