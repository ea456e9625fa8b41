//! The same document again: what came, what changed, what went.

use super::{bom, of_components, own};
use domain::bom::{Bom, Changed, compare};

fn of(serial: &str, components: &str) -> Bom {
    let document = of_components(components);
    bom(document.replacen("\"version\": 1", &format!("\"version\": 1, \"serialNumber\": \"urn:uuid:{serial}\""), 1))
}

fn changed(field: &str, before: &[&str], after: &[&str]) -> Changed {
    let texts = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
    Changed { field: field.to_owned(), before: texts(before), after: texts(after) }
}

#[test]
fn the_same_document_differs_in_nothing() {
    for name in ["harbour-1.7.json", "reading-room.spdx3.json"] {
        let one = own(name);
        let found = compare(&one, &one);
        assert_eq!(found.same.len(), one.entries.len(), "{name}");
        assert!(found.added.is_empty() && found.changed.is_empty() && found.gone.is_empty(), "{name}");
    }
    // Another syntax is the same document too.
    let found = compare(&own("harbour-1.7.json"), &own("harbour-1.7.xml"));
    assert_eq!((found.same.len(), found.changed.len()), (6, 0), "{found:?}");
}

#[test]
fn field_by_field() {
    let model =
        |rest: &str| format!(r#"{{"type": "machine-learning-model", "bom-ref": "m", "name": "ranker", {rest}}}"#);
    let old = of(
        "1",
        &model(r#""version": "1", "licenses": [{"license": {"id": "MIT"}}, {"license": {"id": "Apache-2.0"}}]"#),
    );
    let new = of("1", &model(r#""version": "2", "description": "Ranks.", "licenses": [{"license": {"id": "mit"}}]"#));
    let found = compare(&old, &new);
    assert_eq!(found.changed.len(), 1);
    assert_eq!(
        found.changed[0].fields,
        [
            changed("licence", &["Apache-2.0"], &[]),
            changed("purpose", &[], &["Ranks."]),
            changed("version", &["1"], &["2"]),
        ]
    );
}

#[test]
fn entries_are_known_again() {
    let model = |ref_: &str, name: &str, rest: &str| {
        format!(r#"{{"type": "machine-learning-model", "bom-ref": "{ref_}", "name": "{name}"{rest}}}"#)
    };
    let supplied = |by: &str| format!(r#", "supplier": {{"name": "{by}"}}"#);
    // By package URL, whatever its version, and whatever else changed.
    let found = compare(
        &of("1", &model("a", "one", r#", "purl": "pkg:huggingface/x/one@1""#)),
        &of("2", &model("b", "two", r#", "purl": "pkg:huggingface/x/one@2""#)),
    );
    assert_eq!((found.changed.len(), found.added.len(), found.gone.len()), (1, 0, 0));
    // By reference in two editions of one document; not in two documents.
    for (serial, known) in [("1", true), ("2", false)] {
        let found = compare(&of("1", &model("a", "one", "")), &of(serial, &model("a", "two", "")));
        assert_eq!((found.changed.len(), found.gone.len()), if known { (1, 0) } else { (0, 1) }, "{serial}");
    }
    // By name, supplier and kind, without case and width.
    let found = compare(
        &of("1", &model("a", "Ranker", &supplied("Tidal"))),
        &of("2", &model("b", "ＲＡＮＫＥＲ", &supplied("tidal"))),
    );
    assert_eq!((found.same.len(), found.added.len()), (1, 0));
    // Two suppliers are two entries; a supplier that is named for the first time is not.
    let found = compare(&of("1", &model("a", "one", &supplied("A"))), &of("2", &model("b", "one", &supplied("B"))));
    assert_eq!((found.added, found.gone), (vec!["b".to_owned()], vec!["a".to_owned()]));
    let found = compare(&of("1", &model("a", "one", "")), &of("2", &model("b", "one", &supplied("B"))));
    assert_eq!(found.changed[0].fields, [changed("vendor", &[], &["B"])]);
    // What two entries share tells nothing.
    let twice = format!("{}, {}", model("a", "one", ""), model("b", "one", ""));
    let found = compare(&of("1", &twice), &of("2", &model("c", "one", "")));
    assert_eq!((found.added.len(), found.gone.len()), (1, 2));
}

#[test]
fn relations_count_as_what_is_said() {
    let (old, new) = (own("harbour-1.6.json"), own("harbour-1.6.json"));
    let mut less = new;
    less.relations.retain(|relation| relation.to != "calls-eval");
    let found = compare(&old, &less);
    assert_eq!(found.changed[0].fields, [changed("tested_on", &["Port calls 2025"], &[])]);
}
