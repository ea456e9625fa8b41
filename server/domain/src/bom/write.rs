//! Steps that every format ends in: what a relation says of its two entries.

use super::Limits;
use super::graph::Resolved;
use super::refusal::Refusal;
use super::result::{Entry, Fact, Place, Relation, Tie};
use super::text::shortened;
use super::tree::Tree;
use crate::register::Certainty;
use crate::register::field::MAX_ELEMENT;
use crate::register::fold::folded;
use std::collections::BTreeMap;

/// Relations of one kind that are said in words too, for each entry.
const ELEMENTS: usize = 200;

/// A count as totals have it.
pub(super) fn count(n: usize) -> u64 {
    u64::try_from(n).unwrap_or(u64::MAX)
}

/// The register's field that holds such a relation.
fn relation_field(tie: Tie, from: &str, to: &str) -> Option<&'static str> {
    match tie {
        Tie::RunsOn => Some("runs_on"),
        Tie::TrainedOn => Some("trained_on"),
        Tie::PartOf => Some("part_of"),
        Tie::DependsOn if to == "ai_api" && from != "dataset" => Some("calls"),
        // A model made from another one.
        Tie::DependsOn if from == "model" && to == "model" => Some("runs_on"),
        Tie::DependsOn => Some("depends_on"),
        Tie::TestedOn => Some("tested_on"),
    }
}

/// Relations between entries, as the document's, and what they say in words added to the entries: which models and whose,
/// which training data. `at` leads from a thing's number to its entry.
///
/// # Errors
/// `too-many-relations`.
pub(super) fn relations(
    tree: &Tree<'_>,
    resolved: &Resolved,
    entries: &mut [Entry],
    at: &BTreeMap<usize, usize>,
    limits: &Limits,
) -> Result<Vec<Relation>, Refusal> {
    let Some(all) = resolved.related.as_ref().filter(|all| all.len() <= limits.relations) else {
        return Err(Refusal::new("too-many-relations", tree.place(tree.root())).with("most", limits.relations));
    };
    let mut found = Vec::with_capacity(all.len());
    let mut counts: BTreeMap<(usize, Tie), usize> = BTreeMap::new();
    for related in all {
        let (from, to) = (at[&related.from], at[&related.to]);
        let place = tree.place(related.place);
        let count = counts.entry((from, related.tie)).or_default();
        *count += 1;
        if *count <= ELEMENTS {
            let certainty = if related.inferred { Certainty::Uncertain } else { Certainty::Certain };
            say(entries, from, to, related.tie, certainty, &place);
        }
        found.push(Relation {
            from: entries[from].id.clone(),
            kind: related.tie,
            to: entries[to].id.clone(),
            field: relation_field(related.tie, &entries[from].kind, &entries[to].kind).map(str::to_owned),
            inferred: related.inferred,
            place,
        });
    }
    Ok(found)
}

fn say(entries: &mut [Entry], from: usize, to: usize, tie: Tie, certainty: Certainty, place: &Place) {
    let other = &entries[to];
    let said: Vec<(&str, String)> = match tie {
        Tie::RunsOn => {
            let supplier = other.supplier.clone().map(|supplier| ("model_provider", supplier));
            std::iter::once(("model", other.name.clone())).chain(supplier).collect()
        }
        Tie::DependsOn if entries[from].kind == "model" && other.kind == "model" => vec![("model", other.name.clone())],
        Tie::TrainedOn => vec![("training_data", other.name.clone())],
        _ => Vec::new(),
    };
    let facts = &mut entries[from].facts;
    for (field, value) in said {
        let value = shortened(&value, MAX_ELEMENT);
        let same = |fact: &Fact| fact.field == field && folded(&fact.value) == folded(&value);
        if !facts.iter().any(same) {
            facts.push(Fact { field: field.to_owned(), value, certainty, place: place.clone() });
        }
    }
}
