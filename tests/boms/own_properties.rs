//! What the standard has no word for is said in properties of our own.

use super::{bom, named, values};
use crate::harness::fixture;
use serde_json::{Value, json};

#[test]
fn kinds_and_fields_that_the_standard_does_not_know_are_read_from_properties() {
    let mut document: Value = serde_json::from_slice(&fixture("bom/own/harbour-1.6.json")).expect("JSON");
    let property = |name: &str, value: &str| json!({ "name": format!("candor:{name}"), "value": value });
    let said = [property("kind", "embedded_feature"), property("default_state", "opt_in")];
    document["metadata"]["component"]["properties"] = json!(said);
    let read = bom(document.to_string());
    let desk = named(&read, "Harbour Desk");
    assert_eq!((desk.kind.as_str(), values(desk, "default_state")), ("embedded_feature", vec!["opt_in"]));
    assert!(values(desk, "notes").is_empty(), "they are no notes");
}
