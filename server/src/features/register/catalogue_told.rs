//! The catalogue in words: whether a feature may be on and where, what is stated of training, since when.

use super::words;
use crate::actions::content::{CATALOGUE, REGIONS};
use crate::web::render::Renderer;
use domain::answer::iso_date;
use domain::catalogue::{Answer, Entry, Fact, MayBeOn, Product, Use, may_be_on};
use std::collections::BTreeSet;

/// Fields that say for what customers' data is used in training.
pub(super) const TRAINS: [&str; 4] =
    ["trains_on_customer_data", "trains_own_models", "trains_shared_models", "trains_third_party_models"];

/// The answer's name in addresses, the API and wording.
pub(super) const fn name(answer: Answer) -> &'static str {
    match answer {
        Answer::On => "on",
        Answer::Depends => "depends",
        Answer::NotKnown => "not_known",
        Answer::OptIn => "opt_in",
        Answer::Off => "off",
    }
}

/// All answers, those that need a look first.
pub(super) const ANSWERS: [Answer; 5] = [Answer::On, Answer::Depends, Answer::NotKnown, Answer::OptIn, Answer::Off];

/// How an answer is coloured.
pub(super) const fn kind(answer: Answer) -> &'static str {
    match answer {
        Answer::On => "danger",
        Answer::Depends => "warn",
        Answer::NotKnown => "dashed",
        Answer::OptIn => "info",
        Answer::Off => "calm",
    }
}

pub(super) fn answer(renderer: &Renderer, answer: Answer) -> String {
    renderer.text(&format!("catalogue.answer.{}", name(answer)), &[])
}

/// The day in the catalogue's spelling.
pub(super) fn today(renderer: &Renderer) -> String {
    iso_date::write(renderer.platform.clock.today())
}

/// What the catalogue says of one feature, whatever the plan and the region.
pub(super) fn anywhere(entry: &Entry<'_>, on: &str) -> Option<MayBeOn<'static>> {
    let used = Use { product: entry.product.id.clone(), plan: None };
    let found = may_be_on(&CATALOGUE, &REGIONS, &[used], None, on);
    found.into_iter().find(|may| may.feature.id == entry.feature.id)
}

/// Whether a fact holds on a day.
pub(super) fn holds(fact: &Fact, on: &str) -> bool {
    fact.until.as_deref().is_none_or(|until| until >= on) && fact.from.as_deref().is_none_or(|from| from <= on)
}

/// What is stated of training on customers' data on a day: values of the register.
pub(super) fn trains<'a>(entry: &Entry<'a>, on: &str) -> BTreeSet<&'a str> {
    let stated = entry.feature.facts.iter().filter(|fact| TRAINS.contains(&fact.field.as_str()) && holds(fact, on));
    stated.flat_map(|fact| fact.value.texts()).map(String::as_str).collect()
}

/// As of when the newest of these facts is.
pub(super) fn newest<'a>(entry: &Entry<'a>, facts: impl Iterator<Item = &'a Fact>) -> String {
    facts.filter_map(|fact| entry.document.as_of(entry.feature, fact)).max().unwrap_or_default().to_owned()
}

pub(super) fn plan_name(product: &Product, id: &str) -> String {
    product.plans.iter().find(|plan| plan.id == id).map_or_else(|| id.to_owned(), |plan| plan.name.clone())
}

pub(super) fn region_name(id: &str) -> String {
    REGIONS.all().iter().find(|region| region.id == id).map_or_else(|| id.to_owned(), |region| region.name.clone())
}

/// In which plans and regions something holds, and from when to when; none for everywhere and always.
pub(super) fn where_it_holds(renderer: &Renderer, product: &Product, fact: &Fact) -> Option<String> {
    let mut parts: Vec<String> = Vec::new();
    if !fact.plans.is_empty() {
        let names: Vec<String> = fact.plans.iter().map(|plan| plan_name(product, plan)).collect();
        parts.push(names.join(", "));
    }
    if !fact.regions.is_empty() {
        let names: Vec<String> = fact.regions.iter().map(|region| region_name(region)).collect();
        parts.push(names.join(", "));
    }
    parts.extend(fact.from.as_ref().map(|from| renderer.text("catalogue.from", &[("day", from)])));
    parts.extend(fact.until.as_ref().map(|until| renderer.text("catalogue.until", &[("day", until)])));
    (!parts.is_empty()).then(|| parts.join(" · "))
}

/// By plan and region: what holds there, in words. Nothing where it is the same everywhere.
pub(super) fn places(renderer: &Renderer, may: &MayBeOn<'_>) -> Vec<String> {
    if may.by_value.len() < 2 {
        return Vec::new();
    }
    let place = |condition: &domain::catalogue::Condition| {
        let plan = condition.plan.as_deref().map(|plan| plan_name(may.product, plan));
        let region = condition.region.as_deref().map(region_name);
        let named: Vec<String> = [plan, region].into_iter().flatten().collect();
        if named.is_empty() { renderer.text("catalogue.elsewhere", &[]) } else { named.join(", ") }
    };
    let told = may.by_value.iter().map(|(value, conditions)| {
        let mut names: Vec<String> = conditions.iter().map(place).collect();
        names.dedup();
        let value = words::value(renderer, "default_state", value);
        renderer.text("catalogue.value_in", &[("value", &value), ("places", &names.join("; "))])
    });
    told.collect()
}
