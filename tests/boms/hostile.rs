//! Documents made to do harm, and documents damaged at random.

use super::{bom, codes, documents, named, of_components, tried, values};
use domain::bom::{Limits, Tie, read};
use proptest::prelude::*;
use std::sync::LazyLock;

#[test]
fn a_thousand_models_of_one_system_are_read() {
    let parts: Vec<String> = (0..1_000)
        .map(|n| format!(r#"{{"type": "machine-learning-model", "bom-ref": "m{n}", "name": "model {n}"}}"#))
        .collect();
    let bom = bom(of_components(&format!(
        r#"{{"type": "application", "name": "many", "components": [{}]}}"#,
        parts.join(",")
    )));
    assert_eq!(bom.totals.models, 1_000);
    let system = named(&bom, "many");
    assert_eq!(system.kind, "ai_system");
    assert_eq!(bom.relations.iter().filter(|relation| relation.kind == Tie::PartOf).count(), 1_000);
    assert_eq!(values(system, "model").len(), 200, "a fact sheet lists so many; the relations are all there");
}

#[test]
fn nesting_is_read_as_deep_as_the_limit_says() {
    let nested = |depth: usize| {
        let (open, close) = (r#"{"type": "application", "name": "a", "components": ["#, "]}");
        let model = r#"{"type": "machine-learning-model", "name": "deep"}"#;
        of_components(&format!("{}{model}{}", open.repeat(depth), close.repeat(depth)))
    };
    assert_eq!(named(&bom(nested(30)), "deep").kind, "model");
    let refusal = tried(nested(1_000)).expect_err("too deep");
    assert_eq!((refusal.code, refusal.with["most"].as_str()), ("nested-too-deep", "64"));
    let xml = format!(
        "<bom xmlns=\"http://cyclonedx.org/schema/bom/1.6\">{}{}</bom>",
        "<components><component>".repeat(1_000),
        "</component></components>".repeat(1_000)
    );
    assert_eq!(tried(xml).expect_err("too deep").code, "nested-too-deep");
}

#[test]
fn circles_end_and_are_told() {
    let document = of_components(
        r#"{"type": "machine-learning-model", "bom-ref": "a", "name": "A"}, {"type": "application", "bom-ref": "b", "name": "B"},
           {"type": "library", "bom-ref": "c", "name": "C"}, {"type": "library", "bom-ref": "d", "name": "D"}"#,
    );
    let dependencies = r#", "dependencies": [{"ref": "a", "dependsOn": ["b", "a"]}, {"ref": "b", "dependsOn": ["a"]},
        {"ref": "c", "dependsOn": ["d"]}, {"ref": "d", "dependsOn": ["c"]}]}"#;
    let bom = bom(format!("{}{dependencies}", document.trim_end_matches('}')));
    let circles: Vec<&str> =
        bom.notes.iter().filter(|note| note.code == "circle").map(|note| note.with["names"].as_str()).collect();
    assert_eq!(circles, ["A → B", "A"], "one among libraries alone concerns nobody here");
    assert_eq!(named(&bom, "B").kind, "ai_system");
}

#[test]
fn references_that_are_repeated_or_lead_nowhere_are_told() {
    let document = of_components(
        r#"{"type": "machine-learning-model", "bom-ref": "a", "name": "first"}, {"type": "machine-learning-model", "bom-ref": "a", "name": "second"},
           {"type": "application", "bom-ref": "b", "name": "B"}"#,
    );
    let dependencies = r#", "dependencies": [{"ref": "b", "dependsOn": ["a", "lost", "urn:cdx:0/1#x"]}]}"#;
    let bom = bom(format!("{}{dependencies}", document.trim_end_matches('}')));
    assert_eq!(codes(&bom), ["dangling-reference", "reference-elsewhere", "repeated-ref"]);
    let ids: Vec<(&str, bool)> = bom.entries.iter().map(|entry| (entry.id.as_str(), entry.own_id)).collect();
    assert_eq!(ids, [("a", true), ("/components/1", false), ("b", true)]);
    assert_eq!(bom.relations.len(), 1);
    assert_eq!(bom.relations[0].to, "a");
}

#[test]
fn names_are_kept_as_they_are_but_for_control_characters() {
    let bom = bom(of_components(
        r#"{"type": "machine-learning-model", "name": "<script>alert(1)</script>", "description": "a\u0000b\u001b[31mc"},
           {"type": "machine-learning-model", "name": "gpt-4o"}, {"type": "machine-learning-model", "name": "ＧＰＴ-４Ｏ"}"#,
    ));
    assert_eq!(bom.entries[0].name, "<script>alert(1)</script>", "a page escapes it; nothing here does");
    assert_eq!(values(&bom.entries[0], "purpose"), ["ab[31mc"]);
    assert_eq!(codes(&bom), ["called-alike"]);
}

#[test]
fn what_is_too_long_is_cut_and_told() {
    let long = "x".repeat(10_000);
    let users: Vec<String> = (0..500).map(|n| format!("\"user {n}\"")).collect();
    let bom = bom(of_components(&format!(
        r#"{{"type": "machine-learning-model", "name": "{long}", "description": "{long}", "modelCard": {{"considerations": {{"users": [{}]}}}}}}"#,
        users.join(",")
    )));
    let entry = &bom.entries[0];
    assert_eq!((entry.name.chars().count(), values(entry, "purpose")[0].chars().count()), (1_000, 4_000));
    assert_eq!(values(entry, "intended_users").len(), 200);
    assert_eq!(codes(&bom), ["elements-left-out", "value-shortened"]);
}

#[test]
fn a_choice_that_the_register_does_not_know_is_told_and_left_out() {
    let bom = bom(
        r#"{"@context": "https://spdx.org/rdf/3.0.1/spdx-context.jsonld", "@graph": [{"type": "ai_AIPackage", "spdxId": "urn:a",
            "name": "a", "ai_safetyRiskAssessment": "dreadful", "releaseTime": "last spring"}]}"#,
    );
    let told: Vec<(&str, &str)> =
        bom.notes.iter().map(|note| (note.with["field"].as_str(), note.with["reason"].as_str())).collect();
    assert_eq!(told, [("released_on", "not-a-date"), ("safety_risk", "not-an-option")]);
}

#[test]
fn the_limits_hold() {
    let limits = Limits { bytes: 10_000, values: 200, entries: 3, relations: 1, facts: 12, ..Limits::default() };
    let code = |text: &str| read(text.as_bytes(), "", &limits).expect_err("too much").code;
    assert_eq!(code(&" ".repeat(10_001)), "bom-too-large");
    assert_eq!(code(&of_components(&["{}"; 300].join(","))), "bom-too-many-values");
    let model = r#"{"type": "machine-learning-model", "name": "m"}"#;
    assert_eq!(code(&of_components(&[model; 4].join(","))), "too-many-entries");
    let system = format!(r#"{{"type": "application", "name": "a", "components": [{model}, {model}]}}"#);
    assert_eq!(code(&of_components(&system)), "too-many-relations");
    let talkative = r#"{"type": "machine-learning-model", "name": "m", "tags": [], "hashes": [HASHES]}"#;
    let hashes: Vec<String> = (0..11).map(|n| format!(r#"{{"alg": "MD5", "content": "{n}"}}"#)).collect();
    assert_eq!(code(&of_components(&talkative.replace("HASHES", &hashes.join(",")))), "too-many-facts");
    assert!(read(of_components(model).as_bytes(), "", &limits).is_ok());
}

#[test]
fn two_thousand_links_each_way_are_no_labour() {
    let models = 300;
    let components: Vec<String> =
        (0..models).map(|n| format!(r#"{{"type": "application", "bom-ref": "{n}", "name": "agent {n}"}}"#)).collect();
    let all: Vec<String> = (0..models).map(|n| format!("\"{n}\"")).collect();
    let links: Vec<String> =
        (0..models).map(|n| format!(r#"{{"ref": "{n}", "dependsOn": [{}]}}"#, all.join(","))).collect();
    let document = of_components(&components.join(","));
    let text = format!("{}, \"dependencies\": [{}]}}", document.trim_end_matches('}'), links.join(","));
    assert_eq!(bom(text).entries.len(), 0, "agents in name alone");
}

/// Every document there is, real and our own.
static DOCUMENTS: LazyLock<Vec<Vec<u8>>> =
    LazyLock::new(|| documents("real").into_iter().chain(documents("own")).map(|(_, bytes)| bytes).collect());

/// Bytes that mean something to one of the syntaxes.
const TELLING: &[u8] = b"{}[]\",:\\<>&/;#-0e.tfn \n\x00\x1b\xff\xc3!";

#[derive(Clone, Debug)]
enum Damage {
    Set(usize, u8),
    Cut(usize, usize),
    Repeat(usize, usize),
    End(usize),
}

fn damage() -> impl Strategy<Value = Damage> {
    let telling = (0..TELLING.len()).prop_map(|n| TELLING[n]);
    prop_oneof![
        4 => (any::<usize>(), prop_oneof![telling, any::<u8>()]).prop_map(|(at, byte)| Damage::Set(at, byte)),
        2 => (any::<usize>(), 1_usize..60).prop_map(|(at, length)| Damage::Cut(at, length)),
        2 => (any::<usize>(), 1_usize..400).prop_map(|(at, length)| Damage::Repeat(at, length)),
        1 => any::<usize>().prop_map(Damage::End),
    ]
}

fn damaged(mut bytes: Vec<u8>, damage: &[Damage]) -> Vec<u8> {
    for one in damage {
        if bytes.is_empty() {
            break;
        }
        let length = bytes.len();
        match *one {
            Damage::Set(at, byte) => bytes[at % length] = byte,
            Damage::Cut(at, most) => drop(bytes.drain(at % length..(at % length + most).min(length))),
            Damage::Repeat(at, most) => {
                let again = bytes[at % length..(at % length + most).min(length)].to_vec();
                let to = at % length;
                bytes.splice(to..to, again);
            }
            Damage::End(at) => bytes.truncate(at % length),
        }
    }
    bytes
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_500, ..ProptestConfig::default() })]

    /// Whatever is damaged, the answer is a document or a located refusal; and JSON is JSON for us where it is for
    /// serde_json.
    #[test]
    fn damaged_documents_are_read_or_refused(which in any::<usize>(), damage in prop::collection::vec(damage(), 1..6)) {
        let bytes = damaged(DOCUMENTS[which % DOCUMENTS.len()].clone(), &damage);
        let found = tried(&bytes);
        if let Err(refusal) = &found {
            let line = refusal.to_string();
            prop_assert!(!line.contains('\n') && line.len() > 5, "{line:?}");
        }
        let Ok(text) = std::str::from_utf8(&bytes) else { return Ok(()) };
        if text.trim().is_empty() || text.trim_start().starts_with('<') || text.starts_with('\u{FEFF}') {
            return Ok(());
        }
        let ours = found.as_ref().err().map(|refusal| refusal.code);
        match serde_json::from_str::<serde_json::Value>(text) {
            Ok(_) => prop_assert_ne!(ours, Some("malformed-json")),
            Err(wrong) if wrong.to_string().contains("out of range") => {}
            Err(wrong) => {
                prop_assert!(matches!(ours, Some("malformed-json" | "nested-too-deep")), "{wrong}: {ours:?}");
                // serde_json tells the place behind what is wrong, which can be the next line.
                let line = found.as_ref().err().and_then(|refusal| refusal.place.as_ref()).map(|place| place.line as usize);
                prop_assert!(line.is_some_and(|line| wrong.line().abs_diff(line) <= 1), "{wrong}: line {line:?}");
            }
        }
    }
}
