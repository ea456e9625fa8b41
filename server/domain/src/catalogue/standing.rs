//! What holds of a feature in a plan, in a region, on a day; and so which features may be on.

use super::region::Regions;
use super::{Basis, Catalogue, Document, Fact, Feature, Product, SourceKind};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// Where and when somebody uses a product; `None` is "not known".
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place<'a> {
    /// The id of the plan.
    pub plan: Option<&'a str>,
    /// The id of the region.
    pub region: Option<&'a str>,
    /// The day, `YYYY-MM-DD`.
    pub on: &'a str,
}

/// A plan and a region in which something holds; `None` stands for all that no fact names.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Condition {
    /// The id of the plan.
    pub plan: Option<String>,
    /// The id of the region.
    pub region: Option<String>,
}

/// What is said of one field in one place.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Standing<'a> {
    /// The facts that hold: the closest ones by plan and region, the latest of those. Several where sources differ.
    pub facts: Vec<&'a Fact>,
}

impl Standing<'_> {
    /// The value, where all that holds says the same.
    pub fn value(&self) -> Option<String> {
        let values: BTreeSet<String> = self.facts.iter().map(|fact| fact.value.joined()).collect();
        let only = values.len() == 1;
        values.into_iter().next().filter(|_| only)
    }

    /// Whether sources say different things of the same place.
    pub fn is_disputed(&self) -> bool {
        self.facts.len() > 1 && self.value().is_none()
    }
}

impl Feature {
    /// What is said of a field in a place whose plan and region are known (`None`: one that no fact names).
    ///
    /// A fact about a plan and a region is closer than one about a plan, that closer than one about a region, and that
    /// closer than one about all. Among regions the inner one is closer. Of equally close facts those count that began last.
    pub fn standing(&self, field: &str, place: Place<'_>, regions: &Regions) -> Standing<'_> {
        let mut best: Vec<&Fact> = Vec::new();
        let mut rank = None;
        for fact in self.facts.iter().filter(|fact| fact.field == field) {
            let ended = fact.until.as_deref().is_some_and(|until| until < place.on);
            if ended || fact.from.as_deref().is_some_and(|from| from > place.on) {
                continue;
            }
            let in_plan = fact.plans.is_empty() || place.plan.is_some_and(|plan| fact.plans.iter().any(|p| p == plan));
            let in_region = |region: &&String| place.region.is_some_and(|inner| regions.is_within(inner, region));
            let reached = fact.regions.iter().filter(in_region).map(|region| regions.depth(region)).max();
            if !in_plan || (!fact.regions.is_empty() && reached.is_none()) {
                continue;
            }
            let own = Some((!fact.plans.is_empty(), reached.unwrap_or(0), fact.from.as_deref()));
            if own > rank {
                (best, rank) = (vec![fact], own);
            } else if own == rank {
                best.push(fact);
            }
        }
        Standing { facts: best }
    }

    /// The places that the facts of a field tell apart, as far as they fit what is known.
    fn places<'a>(
        &'a self,
        field: &str,
        product: &'a Product,
        place: Place<'a>,
    ) -> Vec<(Option<&'a str>, Option<&'a str>)> {
        let facts: Vec<&Fact> = self.facts.iter().filter(|fact| fact.field == field).collect();
        let mut plans: Vec<Option<&str>> = vec![place.plan];
        if place.plan.is_none() && facts.iter().any(|fact| !fact.plans.is_empty()) {
            // A product whose plans are all named has no other.
            plans = product.plans.iter().map(|plan| Some(plan.id.as_str())).collect();
        }
        let mut regions: Vec<Option<&str>> = vec![place.region];
        if place.region.is_none() {
            let named: BTreeSet<&str> = facts.iter().flat_map(|fact| &fact.regions).map(String::as_str).collect();
            regions.extend(named.into_iter().map(Some));
        }
        plans.iter().flat_map(|plan| regions.iter().map(move |region| (*plan, *region))).collect()
    }
}

/// Whether a feature may be on without anybody having decided it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// It arrives switched on.
    On,
    /// That depends on the plan, the region, or on which source is right.
    Depends,
    /// No source says it.
    NotKnown,
    /// Somebody has to ask for it: a licence, an agreement, a user who starts it.
    OptIn,
    /// It arrives switched off.
    Off,
}

/// A product in use.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Use {
    /// The id of a product of the catalogue.
    pub product: String,
    /// The id of its plan, where that is known.
    pub plan: Option<String>,
}

/// What the catalogue says of a feature of a product in use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MayBeOn<'a> {
    /// The file.
    pub document: &'a Document,
    /// The product.
    pub product: &'a Product,
    /// The feature.
    pub feature: &'a Feature,
    /// The answer.
    pub answer: Answer,
    /// The register's value of `default_state`, and where it holds; one value and one place unless the answer depends.
    pub by_value: BTreeMap<String, Vec<Condition>>,
    /// What the answer rests on.
    pub facts: Vec<&'a Fact>,
    /// What one would have to know to get a clear answer: `plan`, `region`.
    pub missing: BTreeSet<&'static str>,
    /// Whether sources contradict each other about one and the same place.
    pub is_disputed: bool,
    /// Whether all it rests on are other people's pages, hearsay or our own judgement.
    pub is_second_hand: bool,
}

/// The features of the products in use, those that may be on first; products that the catalogue does not have are left
/// out.
pub fn may_be_on<'a>(
    catalogue: &'a Catalogue,
    regions: &Regions,
    uses: &[Use],
    region: Option<&str>,
    on: &str,
) -> Vec<MayBeOn<'a>> {
    let mut found = Vec::new();
    let mut seen = BTreeSet::new();
    for one in uses {
        let Some((document, product)) = catalogue.product(&one.product).filter(|_| seen.insert(one)) else {
            continue;
        };
        // A plan that the catalogue does not know says as little as none.
        let plan = one.plan.as_deref().filter(|plan| product.plans.iter().any(|known| known.id == *plan));
        for feature in &product.features {
            found.push(asked(document, product, feature, Place { plan, region, on }, regions));
        }
    }
    found.sort_by(|a, b| {
        (a.answer, &a.product.name, &a.feature.name).cmp(&(b.answer, &b.product.name, &b.feature.name))
    });
    found
}

const FIELD: &str = "default_state";

fn asked<'a>(
    document: &'a Document,
    product: &'a Product,
    feature: &'a Feature,
    place: Place<'_>,
    regions: &Regions,
) -> MayBeOn<'a> {
    let mut by_value: BTreeMap<String, Vec<Condition>> = BTreeMap::new();
    let mut facts: Vec<&Fact> = Vec::new();
    let mut is_disputed = false;
    for (plan, region) in feature.places(FIELD, product, place) {
        let standing = feature.standing(FIELD, Place { plan, region, on: place.on }, regions);
        is_disputed |= standing.is_disputed();
        let condition = Condition { plan: plan.map(str::to_owned), region: region.map(str::to_owned) };
        if standing.facts.is_empty() {
            by_value.entry("unknown".to_owned()).or_default().push(condition.clone());
        }
        for fact in standing.facts {
            let at = by_value.entry(fact.value.joined()).or_default();
            if !at.contains(&condition) {
                at.push(condition.clone());
            }
            if !facts.iter().any(|known| std::ptr::eq(*known, fact)) {
                facts.push(fact);
            }
        }
    }
    let answers: BTreeSet<Answer> = by_value.keys().map(|value| answer(value)).collect();
    let only = (answers.len() == 1).then(|| answers.first().copied()).flatten();
    let mut missing = BTreeSet::new();
    if only.is_none() {
        let differs = |known: bool, part: fn(&Fact) -> &[String]| {
            !known && feature.facts.iter().any(|fact| fact.field == FIELD && !part(fact).is_empty())
        };
        if differs(place.plan.is_some(), |fact| &fact.plans) {
            missing.insert("plan");
        }
        if differs(place.region.is_some(), |fact| &fact.regions) {
            missing.insert("region");
        }
    }
    let own_page = |fact: &&Fact| {
        fact.basis == Basis::Stated
            && document.source_of(feature, fact).is_some_and(|source| source.kind == SourceKind::Vendor)
    };
    MayBeOn {
        document,
        product,
        feature,
        answer: only.unwrap_or(Answer::Depends),
        is_second_hand: !facts.iter().any(own_page),
        by_value,
        facts,
        missing,
        is_disputed,
    }
}

fn answer(value: &str) -> Answer {
    match value {
        "on" => Answer::On,
        "off" => Answer::Off,
        "opt_in" => Answer::OptIn,
        "by_plan" => Answer::Depends,
        _ => Answer::NotKnown,
    }
}
