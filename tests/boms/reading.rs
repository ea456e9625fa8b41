//! What is read, against what careful readers found.

use super::{bom, codes, documents, fact, named, own, tried, values};
use crate::harness::fixture;
use domain::bom::{Bom, Format, Syntax, Tie};
use domain::register::{Certainty, Field, Statement};
use serde_json::Value;
use sha2::{Digest, Sha256};

fn names(bom: &Bom, kind: &str) -> Vec<String> {
    bom.entries.iter().filter(|entry| entry.kind == kind).map(|entry| entry.name.clone()).collect()
}

fn ties(bom: &Bom) -> Vec<(String, Tie, String, bool)> {
    let name = |id: &str| bom.entry(id).expect("an entry").name.clone();
    let mut ties: Vec<_> = bom
        .relations
        .iter()
        .map(|relation| (name(&relation.from), relation.kind, name(&relation.to), relation.inferred))
        .collect();
    ties.sort();
    ties
}

fn tie(from: &str, kind: Tie, to: &str, inferred: bool) -> (String, Tie, String, bool) {
    (from.to_owned(), kind, to.to_owned(), inferred)
}

#[test]
fn real_documents_say_what_careful_readers_found() {
    let mut seen = 0;
    for (name, bytes) in documents("real") {
        let truth: Value = serde_json::from_slice(&fixture(&format!("bom/real/{name}.truth.json"))).expect("a truth");
        assert_eq!(hex::encode(Sha256::digest(&bytes)), truth["sha256"], "{name} is the file that was read");
        seen += 1;
        if truth["valid_json"] == false {
            let refusal = tried(&bytes).expect_err("it is no JSON");
            let place = refusal.place.expect("a place");
            let expected = truth["error"].as_str().expect("an error");
            assert!(expected.contains(&format!("line {} column {} ", place.line, place.column)), "{name}: {place:?}");
            continue;
        }
        let bom = bom(&bytes);
        let standard = match bom.format {
            Format::CycloneDx => format!("CycloneDX {}", bom.spec_version),
            Format::Spdx => format!("SPDX {}", bom.spec_version.trim_end_matches(".1")),
        };
        assert_eq!(standard, truth["standard"], "{name}");
        let list = |key: &str| -> Vec<String> {
            let list = truth[key].as_array().expect("a list").iter();
            list.filter_map(Value::as_str).map(str::to_owned).collect()
        };
        assert_eq!((names(&bom, "model"), names(&bom, "dataset")), (list("models"), list("datasets")), "{name}");
        if let Some(suppliers) = truth["suppliers"].as_array() {
            let parts = bom.entries.iter().filter(|entry| matches!(entry.kind.as_str(), "model" | "dataset"));
            let found: Vec<Value> = parts.map(|entry| entry.supplier.clone().into()).collect();
            assert_eq!(&found, suppliers, "{name}");
        }
        if let Some(cards) = truth["model_cards"].as_u64() {
            assert_eq!(bom.totals.model_cards, cards, "{name}");
        }
        if let Some(elements) = truth["elements"].as_u64() {
            assert_eq!(bom.totals.elements, elements, "{name}");
        }
    }
    assert_eq!(seen, 4);
}

#[test]
fn a_package_was_trained_on_what_holds_the_files_that_its_file_was_trained_on() {
    let bom = bom(fixture("bom/real/spdx3-ai-sentiment.json"));
    let (model, data) = ("Sentiment Demo: A Simple AI Application and its AI BOM Example", "Data after preprocessing");
    assert_eq!(ties(&bom), [tie(model, Tie::TrainedOn, data, true), tie(model, Tie::TestedOn, data, true)]);
    let entry = named(&bom, model);
    assert_eq!(values(entry, "metrics"), ["precision: 0.4625", "recall: 0.475", "f1: 0.4669192"]);
    assert_eq!(values(entry, "hyperparameters").len(), 28);
    assert_eq!(
        values(entry, "energy_consumption"),
        ["training: 0.0048269 kilowattHour\ninference: 0.0000036 kilowattHour"]
    );
    assert_eq!((values(entry, "licence"), values(entry, "special_category_data")), (vec!["CC0-1.0"], vec!["no"]));
    assert_eq!(fact(entry, "purpose").place.line, 400);
    assert_eq!(bom.created_by, ["Arthit Suriyawongkul"]);
    assert_eq!(bom.others["file"], 15);
}

#[test]
fn a_model_card_becomes_facts_with_their_places() {
    let bom = bom(fixture("bom/real/cyclonedx-model-card.json"));
    let model = named(&bom, "support-ticket-classifier");
    let metrics = fact(model, "metrics");
    assert_eq!(metrics.value, "macro-f1: 0.91 (held-out-evaluation)");
    assert_eq!(metrics.place.path, "/components/0/modelCard/quantitativeAnalysis/performanceMetrics/0");
    assert_eq!((metrics.place.line, metrics.place.column), (55, 13));
    assert_eq!(fact(model, "limitations").place.line, 70);
    let system = named(&bom, "support-triage-service");
    assert_eq!((system.kind.as_str(), values(system, "model")), ("ai_system", vec!["support-ticket-classifier"]));
    assert_eq!(
        ties(&bom),
        [
            tie("support-ticket-classifier", Tie::TrainedOn, "support-ticket-training-data", true),
            tie("support-ticket-classifier", Tie::TestedOn, "support-ticket-evaluation-data", true),
            tie("support-triage-service", Tie::RunsOn, "support-ticket-classifier", false),
        ]
    );
    assert_eq!(model.gaps, ["no-licence", "no-origin"]);
}

/// A document without its places: what both syntaxes must say alike.
fn without_places(bom: &Bom) -> Value {
    let mut value = serde_json::to_value(bom).expect("JSON");
    fn strip(value: &mut Value) {
        match value {
            Value::Object(members) => {
                for gone in ["place", "id", "from", "to", "at", "line", "syntax"] {
                    members.remove(gone);
                }
                members.values_mut().for_each(strip);
            }
            Value::Array(items) => items.iter_mut().for_each(strip),
            _ => {}
        }
    }
    strip(&mut value);
    value
}

#[test]
fn both_syntaxes_of_every_version_say_the_same() {
    for version in ["1.4", "1.5", "1.6", "1.7"] {
        let (json, xml) = (own(&format!("harbour-{version}.json")), own(&format!("harbour-{version}.xml")));
        assert_eq!((json.syntax, xml.syntax), (Syntax::Json, Syntax::Xml));
        assert_eq!((json.spec_version.as_str(), xml.spec_version.as_str()), (version, version));
        assert_eq!(ties(&json), ties(&xml), "{version}");
        // Facts of one entry may come in another order: the sequence of an XML schema is not that of a JSON author.
        assert_eq!(without_places(&json), without_places(&xml), "{version}");
    }
}

#[test]
fn every_version_is_read() {
    let own_kinds = |version: &str| -> Vec<(String, String)> {
        let bom = own(&format!("harbour-{version}.xml"));
        bom.entries.iter().map(|entry| (entry.kind.clone(), entry.name.clone())).collect()
    };
    let pair = |kind: &str, name: &str| (kind.to_owned(), name.to_owned());
    // 1.4 knows neither models nor data: the package URL tells the one, nothing the other.
    assert_eq!(
        own_kinds("1.4"),
        [pair("ai_system", "Harbour Desk"), pair("model", "berth-ranker"), pair("ai_api", "Beacon chat completion")]
    );
    for version in ["1.5", "1.6", "1.7"] {
        assert_eq!(
            own_kinds(version),
            [
                pair("ai_system", "Harbour Desk"),
                pair("model", "berth-ranker"),
                pair("dataset", "Tide tables"),
                pair("dataset", "Port calls 2019-2024"),
                pair("dataset", "Port calls 2025"),
                pair("ai_api", "Beacon chat completion"),
            ],
            "{version}"
        );
    }
}

#[test]
fn the_newest_version_is_read_whole() {
    let bom = own("harbour-1.7.xml");
    assert_eq!(bom.serial.as_deref(), Some("urn:uuid:1f0c5a54-0f5e-4f0e-9a3d-0c3f5b2a1707"));
    assert_eq!((bom.revision.as_deref(), bom.created.as_deref()), (Some("3"), Some("2026-11-02T08:00:00Z")));
    assert_eq!(
        (bom.created_by.join("; "), bom.tools.join("; ")),
        ("Ada Quay; Harbour Software GmbH".into(), "lister 3.1".into())
    );
    assert_eq!(bom.subject.as_ref().and_then(|subject| subject.entry.as_deref()), Some("desk"));
    assert_eq!(bom.gaps, ["list-incomplete"]);
    assert_eq!(
        bom.others.iter().map(|(kind, count)| format!("{count} {kind}")).collect::<Vec<_>>().join(", "),
        "1 file, 2 library, 1 service"
    );
    assert_eq!((bom.totals.elements, bom.totals.services, bom.totals.model_cards), (9, 2, 1));

    let model = named(&bom, "berth-ranker");
    assert_eq!((model.supplier.as_deref(), model.version.as_deref()), (Some("Tidal Models Ltd"), Some("2.0.1")));
    assert_eq!(model.purl.as_deref(), Some("pkg:huggingface/tidal/berth-ranker@2.0.1"));
    assert_eq!((model.id.as_str(), model.own_id, model.confidence.as_deref()), ("berth-model", true, Some("0.9")));
    assert!(model.gaps.is_empty(), "{:?}", model.gaps);
    for (field, expected) in [
        ("licence", vec!["Apache-2.0"]),
        ("model", vec!["tide-base 1"]),
        ("model_card", vec!["https://tidal.example/cards/berth-ranker"]),
        ("approach", vec!["supervised"]),
        ("tasks", vec!["ranking"]),
        ("architecture", vec!["gradient-boosted trees\nLambdaMART"]),
        ("inputs", vec!["application/json"]),
        ("metrics", vec!["NDCG@5: 0.81 (container vessels)"]),
        ("intended_users", vec!["Harbour masters"]),
        ("use_cases", vec!["Propose a berth", "Warn of a conflict"]),
        ("limitations", vec!["Vessels over 400 m were not in the data"]),
        ("trade_offs", vec!["Fast answers below one second cost accuracy"]),
        ("ethical_considerations", vec!["Small ports may be passed over · Mitigation: A person confirms"]),
        (
            "fairness",
            vec!["Owners of small craft · Benefits: Shorter waits · Harms: Later berths · Mitigation: Monthly review"],
        ),
        ("energy_consumption", vec!["training: 120 kWh"]),
        ("training_data", vec!["Port calls 2019-2024", "Tide tables"]),
        ("notes", vec!["card:reviewed: 2026-10-01"]),
    ] {
        assert_eq!(values(model, field), expected, "{field}");
    }
    assert_eq!(values(model, "identifiers").len(), 2);

    let calls = named(&bom, "Port calls 2019-2024");
    assert_eq!(values(calls, "licence"), ["ODbL-1.0"]);
    assert_eq!(values(calls, "data_categories"), ["confidential", "Names of masters"]);
    assert_eq!(values(calls, "notes"), ["Data owner: Port Authority"]);
    assert_eq!(values(named(&bom, "Port calls 2025"), "dataset_confidentiality"), ["amber"]);

    let api = named(&bom, "Beacon chat completion");
    assert_eq!((values(api, "outputs"), values(api, "inputs")), (vec!["Messages (PII)"], vec!["Drafts (public)"]));
    assert_eq!(values(api, "vendor"), ["Beacon AI Inc"]);
    assert_eq!(values(api, "notes"), ["Requires authentication: true"]);
    assert_eq!(values(api, "deployment_boundary"), ["Crosses a trust boundary: true\nTrust zone: Internet"]);
    assert_eq!(
        ties(&bom),
        [
            tie("Harbour Desk", Tie::RunsOn, "berth-ranker", false),
            tie("Harbour Desk", Tie::DependsOn, "Beacon chat completion", true),
            tie("berth-ranker", Tie::TrainedOn, "Port calls 2019-2024", true),
            tie("berth-ranker", Tie::TrainedOn, "Tide tables", true),
            tie("berth-ranker", Tie::TestedOn, "Port calls 2025", true),
        ]
    );
    let calls = bom.relations.iter().find(|relation| relation.to == "chat-api").expect("a relation");
    assert_eq!(calls.field.as_deref(), Some("calls"));
    // The client library is no system; a person is told of it.
    assert_eq!(codes(&bom), ["may-be-ai"]);
    let path = &fact(model, "limitations").place.path;
    assert_eq!(path, "/bom/components/component[1]/modelCard/considerations/technicalLimitations/technicalLimitation");
}

#[test]
fn the_profiles_of_spdx_are_read() {
    let bom = own("reading-room.spdx3.json");
    assert_eq!((bom.format, bom.spec_version.as_str()), (Format::Spdx, "3.0.1"));
    assert_eq!((bom.created_by.join(""), bom.tools.join("")), ("Mina Folio".into(), "binder 2".into()));
    assert_eq!(bom.gaps, ["list-incomplete"]);
    assert_eq!(
        ties(&bom),
        [
            tie("Folio OCR", Tie::TrainedOn, "Scanned pages", true),
            tie("Folio OCR", Tie::TestedOn, "Sample of 500 pages", false),
            tie("Reading Room", Tie::RunsOn, "Folio OCR", false),
        ]
    );
    let model = named(&bom, "Folio OCR");
    assert_eq!(model.supplier.as_deref(), Some("Glyph Works"), "described where it is referred to");
    for (field, expected) in [
        ("released_on", "2026-05-01"),
        ("version", "1.4"),
        ("download_location", "https://glyph.example/ocr-1.4.tar.gz"),
        ("application_domain", "optical character recognition"),
        ("purpose", "Turns page images into text."),
        ("training_information", "Trained for three days on one machine."),
        ("hyperparameters", "layers: 6"),
        ("metrics", "character error rate: 0.02"),
        ("decision_thresholds", "confidence: 0.8"),
        ("preprocessing", "Pages are straightened"),
        ("explainability", "Each letter shows where it was seen"),
        ("safety_risk", "low"),
        ("standards", "ISO/IEC 42001"),
        ("approach", "convolutional network"),
        ("oversight", "Acts without human involvement: no"),
        ("special_category_data", "no"),
        ("energy_consumption", "training: 36.5 kilowattHour"),
        ("limitations", "Handwriting is not read."),
        ("licence", "MIT OR Apache-2.0"),
        ("training_data", "Scanned pages"),
    ] {
        assert_eq!(values(model, field), [expected], "{field}");
    }
    assert!(values(model, "personal_data").is_empty(), "no sensitive data does not mean no personal data");
    let data = named(&bom, "Scanned pages");
    for (field, expected) in [
        ("licence", "CC0-1.0"),
        ("dataset_size", "880000000 bytes"),
        ("dataset_collection", "Volunteers scanned books out of copyright."),
        ("dataset_anonymisation", "Library stamps were blurred"),
        ("dataset_bias", "Few books before 1800"),
        ("dataset_update", "Once a year"),
        ("dataset_confidentiality", "green"),
        ("special_category_data", "yes"),
        ("personal_data", "yes"),
        ("vendor", "Lectern Oy"),
    ] {
        assert_eq!(values(data, field), [expected], "{field}");
    }
    assert_eq!(values(data, "dataset_type"), ["image", "text"]);
    assert_eq!(codes(&bom), ["dangling-reference", "reference-elsewhere"]);
}

#[test]
fn the_register_takes_every_fact_and_each_stands_where_it_says() {
    let mut facts = 0;
    for (name, bytes) in documents("real").into_iter().chain(documents("own")) {
        let Ok(bom) = tried(&bytes) else { continue };
        let text = String::from_utf8(bytes).expect("UTF-8");
        let value: Option<Value> = (bom.syntax == Syntax::Json).then(|| serde_json::from_str(&text).expect("JSON"));
        let lines: Vec<&str> = text.lines().collect();
        for entry in &bom.entries {
            for fact in &entry.facts {
                facts += 1;
                let field = Field::named(&fact.field).unwrap_or_else(|| panic!("{name}: no field {}", fact.field));
                assert!(field.is_declarable() || fact.field == "notes", "{name}: {}", fact.field);
                let statement = Statement::new(&fact.field, &fact.value).expect("a value of the field");
                assert_eq!(statement.value, fact.value, "{name}: {}", fact.field);
                if let Some(value) = &value {
                    assert!(value.pointer(&fact.place.path).is_some(), "{name}: {}", fact.place.path);
                }
                // What a kind, a flag or a relation says in the register's words stands in the document in others.
                let related = match fact.field.as_str() {
                    "model" | "model_provider" | "training_data" | "kind" => true,
                    "vendor" => bom.format == Format::Spdx,
                    _ => false,
                };
                if related || fact.certainty != Certainty::Certain || field.values.contains(&fact.value.as_str()) {
                    continue;
                }
                let line = fact.place.line as usize;
                let here: String =
                    std::iter::once(lines[line - 1].chars().skip(fact.place.column as usize - 1).collect())
                        .chain(lines[line..].iter().take(12).map(|line| (*line).to_owned()))
                        .collect();
                // The register's own words may stand before what is said, or after it: "endpoint:", "bytes".
                let first = fact.value.lines().next().expect("a value");
                let mut words = first.split(|c: char| !c.is_alphanumeric()).filter(|word| word.chars().count() > 2);
                let (word, last) = (words.next(), words.next_back());
                let said = [word, last].into_iter().flatten().any(|word| here.contains(word));
                assert!(
                    said || word.is_none() || first.starts_with("Acts without"),
                    "{name}: {} = {} is not in line {line}: {here}",
                    fact.field,
                    fact.value
                );
            }
        }
    }
    assert!(facts > 300, "{facts}");
}

#[test]
fn every_document_says_where_it_comes_from() {
    let sources = String::from_utf8(fixture("bom/SOURCES.md")).expect("UTF-8");
    for (name, _) in documents("real").into_iter().chain(documents("own")) {
        assert!(sources.contains(&name), "SOURCES.md says nothing of {name}");
    }
}

#[test]
fn a_source_names_document_file_and_element() {
    let bytes = fixture("bom/own/harbour-1.6.json");
    let bom = domain::bom::read(&bytes, "abc", &domain::bom::Limits::default()).expect("a document");
    let source = bom.source(named(&bom, "berth-ranker"), "harbour.json");
    let serial = "urn:uuid:1f0c5a54-0f5e-4f0e-9a3d-0c3f5b2a1606";
    assert_eq!(source.key(), format!("bom:{serial}"));
    assert_eq!(
        serde_json::to_value(source).expect("JSON"),
        serde_json::json!({"kind": "bom", "document": serial, "sha256": "abc", "element": "berth-model"})
    );
}
