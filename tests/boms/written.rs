//! What is written for others is read back as it was.

use super::{bom, documents, named, tried, values};
use domain::bom::{Bom, Heading, Tie, compare, to_cyclonedx};
use serde_json::Value;
use std::collections::BTreeSet;

const HEADING: Heading<'_> = Heading {
    serial: "urn:uuid:6f6b2d2c-93b3-4d0e-8f61-3d6f1f6f0001",
    revision: 4,
    created: "2026-11-21T10:00:00Z",
    by: "Quay Bank",
};

fn written(bom: &Bom) -> Value {
    to_cyclonedx(HEADING, &bom.entries, &bom.relations)
}

/// Relations by name; what was concluded is stated once it is written.
fn ties(bom: &Bom) -> BTreeSet<(String, Tie, String)> {
    let name = |id: &str| bom.entry(id).expect("an entry").name.clone();
    bom.relations.iter().map(|relation| (name(&relation.from), relation.kind, name(&relation.to))).collect()
}

#[test]
fn every_document_survives_being_written() {
    let mut entries = 0;
    for (name, bytes) in documents("real").into_iter().chain(documents("own")) {
        let Ok(before) = tried(bytes) else { continue };
        let after = bom(written(&before).to_string());
        assert_eq!(after.notes, [], "{name}");
        let found = compare(&before, &after);
        assert!(found.added.is_empty() && found.gone.is_empty(), "{name}: {found:#?}");
        assert_eq!(found.changed, [], "{name}");
        entries += found.same.len();
        assert_eq!(ties(&before), ties(&after), "{name}");
        let kinds = |bom: &Bom| -> BTreeSet<(String, String)> {
            bom.entries.iter().map(|entry| (entry.kind.clone(), entry.name.clone())).collect()
        };
        assert_eq!(kinds(&before), kinds(&after), "{name}");
    }
    assert!(entries > 50, "{entries}");
}

#[test]
fn others_find_things_where_the_standard_has_them() {
    let before = super::own("harbour-1.7.json");
    let document = written(&before);
    assert_eq!((document["specVersion"].as_str(), document["version"].as_u64()), (Some("1.6"), Some(4)));
    assert_eq!(document["metadata"]["manufacturer"]["name"], "Quay Bank");
    let model = &document["components"][1];
    assert_eq!(
        (model["type"].as_str(), model["supplier"]["name"].as_str()),
        (Some("machine-learning-model"), Some("Tidal Models Ltd"))
    );
    assert_eq!(model["purl"], "pkg:huggingface/tidal/berth-ranker@2.0.1");
    assert_eq!(model["hashes"][0]["alg"], "SHA-256");
    let card = &model["modelCard"];
    assert_eq!(card["modelParameters"]["approach"]["type"], "supervised");
    assert_eq!(card["modelParameters"]["datasets"].as_array().map(Vec::len), Some(3));
    assert_eq!(card["quantitativeAnalysis"]["performanceMetrics"][0]["type"], "NDCG@5");
    assert_eq!(card["considerations"]["useCases"][1], "Warn of a conflict");
    assert_eq!(document["services"][0]["provider"]["name"], "Beacon AI Inc");
    let needs =
        document["dependencies"].as_array().expect("a list").iter().find(|one| one["ref"] == "desk").expect("the desk");
    assert_eq!(needs["dependsOn"], serde_json::json!(["berth-model", "chat-api"]));
}

#[test]
fn kinds_and_fields_that_the_standard_does_not_know_come_back() {
    let mut before = super::own("harbour-1.6.json");
    let feature = before.entries.iter_mut().find(|entry| entry.id == "desk").expect("the desk");
    feature.kind = "embedded_feature".to_owned();
    let mut fact = feature.facts[0].clone();
    (fact.field, fact.value) = ("default_state".to_owned(), "opt_in".to_owned());
    feature.facts.push(fact);
    let after = bom(written(&before).to_string());
    let desk = named(&after, "Harbour Desk");
    assert_eq!((desk.kind.as_str(), values(desk, "default_state")), ("embedded_feature", vec!["opt_in"]));
}
