//! What is wrong with a file of the catalogue, and where.

use super::region::Regions;
use super::{Document, FORMAT, Fact, Feature, Product, Status};
use crate::answer::iso_date;
use crate::problem::Problem;
use crate::register::fold::{Word, words};
use crate::register::{Field, KINDS};
use std::collections::{BTreeMap, BTreeSet};

/// Fields that a feature says by standing where it does, so that no fact may say them again.
const SAID_BY_PLACE: [&str; 6] = ["name", "kind", "vendor", "product", "plan", "notes"];

/// The problems of a file, collected while it is walked through.
struct Remarks(Vec<Problem>);

impl Remarks {
    fn tell(&mut self, at: impl Into<String>, code: &str, given: &str) {
        self.0.push(Problem::new(at, code).with("given", given.chars().take(60).collect::<String>()));
    }

    fn required(&mut self, at: impl Into<String>, text: &str) {
        if text.trim().is_empty() {
            self.0.push(Problem::new(at, "required"));
        }
    }

    fn date(&mut self, at: impl Into<String>, text: Option<&str>) {
        if let Some(text) = text.filter(|text| iso_date::read(text).is_err()) {
            self.tell(at, "not-a-date", text);
        }
    }

    fn id(&mut self, at: impl Into<String>, id: &str) {
        let fits = !id.is_empty()
            && id.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
            && !id.starts_with('-');
        if !fits {
            self.tell(at, "not-an-id", id);
        }
    }
}

impl Document {
    /// Everything that is wrong with the file by itself, located by JSON Pointers.
    pub fn check(&self, regions: &Regions) -> Vec<Problem> {
        let mut remarks = Remarks(Vec::new());
        if self.format != FORMAT {
            remarks.tell("/format", "unknown-format", &self.format);
        }
        remarks.id("/key", &self.key);
        remarks.required("/vendor", &self.vendor);
        remarks.required("/licence", &self.licence);
        remarks.date("/date", Some(&self.date));
        if self.version == 0 {
            remarks.tell("/version", "out-of-range", "0");
        }
        self.check_sources(&mut remarks);
        let mut phrases: BTreeMap<String, &str> = BTreeMap::new();
        let mut ids = BTreeSet::new();
        for (p, product) in self.products.iter().enumerate() {
            let at = format!("/products/{p}");
            remarks.id(format!("{at}/id"), &product.id);
            remarks.required(format!("{at}/name"), &product.name);
            if !ids.insert(&product.id) {
                remarks.tell(format!("{at}/id"), "twice", &product.id);
            }
            check_names(product, &at, &mut phrases, &mut remarks);
            check_plans(product, &at, &mut remarks);
            if product.features.is_empty() {
                remarks.0.push(Problem::new(format!("{at}/features"), "required"));
            }
            for (f, feature) in product.features.iter().enumerate() {
                let at = format!("{at}/features/{f}");
                if !ids.insert(&feature.id) {
                    remarks.tell(format!("{at}/id"), "twice", &feature.id);
                }
                self.check_feature(product, feature, &at, regions, &mut remarks);
            }
        }
        remarks.0
    }

    fn check_sources(&self, remarks: &mut Remarks) {
        let mut ids = BTreeSet::new();
        let named: BTreeSet<&str> = self
            .products
            .iter()
            .flat_map(|product| &product.features)
            .flat_map(|feature| feature.facts.iter().map(|fact| fact.source.as_deref().unwrap_or(&feature.source)))
            .collect();
        for (n, source) in self.sources.iter().enumerate() {
            let at = format!("/sources/{n}");
            remarks.id(format!("{at}/id"), &source.id);
            remarks.required(format!("{at}/title"), &source.title);
            if !ids.insert(&source.id) {
                remarks.tell(format!("{at}/id"), "twice", &source.id);
            }
            if !named.contains(source.id.as_str()) {
                remarks.tell(format!("{at}/id"), "not-used", &source.id);
            }
            let host = source.url.strip_prefix("https://").unwrap_or_default();
            if !host.contains('.') || host.contains(char::is_whitespace) {
                remarks.tell(format!("{at}/url"), "not-an-address", &source.url);
            }
            remarks.date(format!("{at}/read"), Some(&source.read));
            remarks.date(format!("{at}/dated"), source.dated.as_deref());
            if source.dated.as_deref().is_some_and(|dated| dated > source.read.as_str()) {
                remarks.tell(format!("{at}/dated"), "after-it-was-read", source.dated.as_deref().unwrap_or_default());
            }
        }
    }

    fn check_feature(&self, product: &Product, feature: &Feature, at: &str, regions: &Regions, remarks: &mut Remarks) {
        remarks.id(format!("{at}/id"), &feature.id);
        remarks.required(format!("{at}/name"), &feature.name);
        if !KINDS.contains(&feature.kind.as_str()) {
            remarks.tell(format!("{at}/kind"), "not-an-option", &feature.kind);
        }
        if self.source(&feature.source).is_none() {
            remarks.tell(format!("{at}/source"), "unknown-source", &feature.source);
        }
        remarks.date(format!("{at}/verified_on"), feature.verified_on.as_deref());
        match (feature.status, &feature.verified_on) {
            (Status::Verified, None) => remarks.0.push(Problem::new(format!("{at}/verified_on"), "required")),
            (Status::Unverified, Some(on)) => remarks.tell(format!("{at}/verified_on"), "unverified", on),
            _ => {}
        }
        for needed in ["purpose", "default_state", "data_categories"] {
            if !feature.facts.iter().any(|fact| fact.field == needed) {
                remarks.tell(format!("{at}/facts"), "fact-required", needed);
            }
        }
        let mut said = BTreeSet::new();
        for (n, fact) in feature.facts.iter().enumerate() {
            let at = format!("{at}/facts/{n}");
            self.check_fact(product, fact, &at, regions, remarks);
            let place = (sorted(&fact.plans), sorted(&fact.regions), &fact.from, &fact.source);
            if !said.insert((&fact.field, place)) {
                remarks.tell(&at, "twice", &fact.field);
            }
        }
    }

    fn check_fact(&self, product: &Product, fact: &Fact, at: &str, regions: &Regions, remarks: &mut Remarks) {
        let says =
            |field: &&Field| field.is_declarable() && field.is_of_component() && !SAID_BY_PLACE.contains(&field.id);
        match Field::named(&fact.field).filter(says) {
            None => remarks.tell(format!("{at}/field"), "unknown-field", &fact.field),
            Some(field) => {
                let wrong = fact.value.texts().iter().filter_map(|text| field.read(text).err());
                remarks.0.extend(wrong.map(|problem| problem.moved_to(format!("{at}/value"))));
                if fact.value.texts().is_empty() || (!field.several && fact.value.texts().len() > 1) {
                    remarks.tell(format!("{at}/value"), "one-value", &fact.value.joined());
                }
                let is_qualified = !fact.plans.is_empty() || !fact.regions.is_empty();
                if is_qualified && !field.varies {
                    remarks.tell(format!("{at}/field"), "does-not-vary", &fact.field);
                }
            }
        }
        for (n, plan) in fact.plans.iter().enumerate() {
            if !product.plans.iter().any(|known| known.id == *plan) {
                remarks.tell(format!("{at}/plans/{n}"), "unknown-plan", plan);
            }
        }
        for (n, region) in fact.regions.iter().enumerate() {
            if !regions.knows(region) {
                remarks.tell(format!("{at}/regions/{n}"), "unknown-region", region);
            }
        }
        if let Some(source) = fact.source.as_deref().filter(|id| self.source(id).is_none()) {
            remarks.tell(format!("{at}/source"), "unknown-source", source);
        }
        for (name, date) in [("from", &fact.from), ("until", &fact.until), ("as_of", &fact.as_of)] {
            remarks.date(format!("{at}/{name}"), date.as_deref());
        }
        if let (Some(from), Some(until)) = (&fact.from, &fact.until)
            && until < from
        {
            remarks.tell(format!("{at}/until"), "before-it-began", until);
        }
    }
}

fn sorted(texts: &[String]) -> Vec<&str> {
    let mut texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    texts.sort_unstable();
    texts
}

/// A name as it is compared: its folded words written together, a plus behind a word spelt out ("Pro+" is not "Pro").
pub(super) fn together(name: &str) -> String {
    name_words(name).into_iter().map(|word| word.text).collect()
}

/// The words of a name, with the word "plus" where the sign stands behind a word.
pub(super) fn name_words(name: &str) -> Vec<Word> {
    let mut found = Vec::new();
    for word in words(name) {
        let to = word.to;
        found.push(word);
        if name[to..].starts_with(['+', '＋']) {
            let end = to + name[to..].chars().next().map_or(0, char::len_utf8);
            found.push(Word { text: "plus".to_owned(), from: to, to: end, spaced: true });
        }
    }
    found
}

fn check_names<'a>(product: &'a Product, at: &str, phrases: &mut BTreeMap<String, &'a str>, remarks: &mut Remarks) {
    if product.names.is_empty() && product.ask.is_empty() {
        remarks.0.push(Problem::new(format!("{at}/names"), "required"));
    }
    for (list, names) in [("names", &product.names), ("ask", &product.ask), ("not", &product.not)] {
        for (n, name) in names.iter().enumerate() {
            let phrase = together(name);
            if phrase.is_empty() {
                remarks.tell(format!("{at}/{list}/{n}"), "empty-phrase", name);
            } else if list == "names"
                && let Some(other) = phrases.insert(phrase, &product.id)
            {
                remarks.tell(
                    format!("{at}/{list}/{n}"),
                    if other == product.id { "twice" } else { "of-two-products" },
                    name,
                );
            }
        }
    }
}

fn check_plans(product: &Product, at: &str, remarks: &mut Remarks) {
    let mut ids = BTreeSet::new();
    let mut names = BTreeMap::new();
    for (n, plan) in product.plans.iter().enumerate() {
        remarks.id(format!("{at}/plans/{n}/id"), &plan.id);
        if !ids.insert(&plan.id) {
            remarks.tell(format!("{at}/plans/{n}/id"), "twice", &plan.id);
        }
        for name in plan.names.iter().chain([&plan.name]) {
            let phrase = together(name);
            if phrase.is_empty() {
                remarks.tell(format!("{at}/plans/{n}/names"), "empty-phrase", name);
            } else if names.insert(phrase, n).is_some_and(|other| other != n) {
                remarks.tell(format!("{at}/plans/{n}/names"), "of-two-plans", name);
            }
        }
    }
}
