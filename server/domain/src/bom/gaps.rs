//! What a risk team would want to know and is not told. Nothing is refused for it.

use super::result::{Bom, Entry, Format, Tie};
use crate::problem::Problem;
use crate::register::fold::folded;
use std::collections::hash_map::Entry as Slot;
use std::collections::{HashMap, HashSet};

/// Notes of entries that are called alike at most.
const ALIKE: usize = 25;

/// Fills in the gaps of a document and its entries, notes entries that are called alike, and counts.
pub(super) fn fill(bom: &mut Bom) {
    alike(bom);
    let ends = |ties: &[Tie]| -> HashSet<String> {
        bom.relations
            .iter()
            .filter(|relation| ties.contains(&relation.kind))
            .map(|relation| relation.from.clone())
            .collect()
    };
    let (trained, tested, running) = (ends(&[Tie::TrainedOn]), ends(&[Tie::TestedOn]), ends(&[Tie::RunsOn]));
    let cards = bom.format == Format::CycloneDx;
    for entry in &mut bom.entries {
        let told = Told {
            training: trained.contains(&entry.id) || says(entry, &["training_data", "training_information"]),
            testing: tested.contains(&entry.id) || says(entry, &["metrics", "test_results"]),
            model: running.contains(&entry.id),
        };
        entry.gaps = of_entry(entry, told, cards).into_iter().map(str::to_owned).collect();
    }
    let mut gaps = Vec::new();
    for (missing, code) in [
        (bom.serial.is_none(), "no-serial-number"),
        (bom.created.is_none(), "no-date"),
        (bom.created_by.is_empty(), "no-author"),
        (bom.subject.is_none(), "no-subject"),
        (bom.entries.is_empty(), "no-ai-named"),
    ] {
        if missing {
            gaps.push(code.to_owned());
        }
    }
    gaps.append(&mut bom.gaps);
    bom.gaps = gaps;
    let count = |kind: &str| super::write::count(bom.entries.iter().filter(|entry| entry.kind == kind).count());
    bom.totals.models = count("model");
    bom.totals.datasets = count("dataset");
    bom.totals.entries = super::write::count(bom.entries.len());
    bom.totals.relations = super::write::count(bom.relations.len());
}

/// Two entries of one kind whose names differ by nothing, or by case, width or accents alone.
fn alike(bom: &mut Bom) {
    let mut seen: HashMap<(&str, String, Option<&str>), &Entry> = HashMap::new();
    let mut found = Vec::new();
    for entry in &bom.entries {
        match seen.entry((&entry.kind, folded(&entry.name), entry.version.as_deref())) {
            Slot::Vacant(slot) => {
                slot.insert(entry);
            }
            Slot::Occupied(first) => {
                let problem = Problem::new(&entry.place.path, "called-alike").with("line", entry.place.line);
                found.push(problem.with("name", &entry.name).with("first", first.get().place.line));
            }
        }
    }
    found.truncate(ALIKE);
    bom.notes.extend(found);
}

struct Told {
    training: bool,
    testing: bool,
    model: bool,
}

fn says(entry: &Entry, fields: &[&str]) -> bool {
    entry.facts.iter().any(|fact| fields.contains(&fact.field.as_str()))
}

fn of_entry(entry: &Entry, told: Told, cards: bool) -> Vec<&'static str> {
    let lacks = |fields: &[&str]| !says(entry, fields);
    let (kind, data) = (entry.kind.as_str(), entry.kind == "dataset");
    let model = kind == "model";
    let wanted = [
        (entry.supplier.is_none(), "no-supplier"),
        (entry.version.is_none() && kind != "ai_api", "no-version"),
        (lacks(&["licence"]) && kind != "ai_api", "no-licence"),
        (lacks(&["identifiers", "download_location"]) && (model || data), "no-origin"),
        (lacks(&["purpose", "use_cases", "tasks"]), "no-purpose"),
        (model && !told.training, "no-training-data"),
        (model && !told.testing, "no-test-results"),
        (model && lacks(&["limitations"]), "no-limitations"),
        (
            model && cards && lacks(&["approach", "tasks", "architecture", "metrics", "limitations", "use_cases"]),
            "no-model-card",
        ),
        (
            data && lacks(&["personal_data", "special_category_data", "data_categories", "dataset_confidentiality"]),
            "no-data-classification",
        ),
        (kind == "ai_api" && lacks(&["data_categories"]), "no-data-categories"),
        (!model && !data && !told.model, "no-model-named"),
    ];
    wanted.into_iter().filter(|(missing, _)| *missing).map(|(_, code)| code).collect()
}
