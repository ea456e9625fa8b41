//! Bills of materials: real ones against what careful readers found in them, our own in every version and syntax, and
//! files made to do harm.

mod again;
mod cli;
mod hostile;
mod own_properties;
mod reading;
mod refused;

use crate::harness::{fixture, root};
use domain::bom::{Bom, Entry, Fact, Limits, Refusal, read};

/// Every document of a folder below `fixtures/bom`, by name.
fn documents(folder: &str) -> Vec<(String, Vec<u8>)> {
    let path = root().join("fixtures/bom").join(folder);
    let mut names: Vec<String> = std::fs::read_dir(path)
        .expect("a folder")
        .map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned())
        .filter(|name| !name.ends_with(".truth.json") && !name.ends_with(".md"))
        .collect();
    names.sort();
    names.into_iter().map(|name| (name.clone(), fixture(&format!("bom/{folder}/{name}")))).collect()
}

fn tried(text: impl AsRef<[u8]>) -> Result<Bom, Refusal> {
    read(text.as_ref(), "", &Limits::default())
}

fn bom(text: impl AsRef<[u8]>) -> Bom {
    tried(text).unwrap_or_else(|refusal| panic!("{refusal}"))
}

fn own(name: &str) -> Bom {
    bom(fixture(&format!("bom/own/{name}")))
}

fn named<'b>(bom: &'b Bom, name: &str) -> &'b Entry {
    bom.entries.iter().find(|entry| entry.name == name).unwrap_or_else(|| panic!("no entry {name}"))
}

/// The values of a field, in their order.
fn values<'e>(entry: &'e Entry, field: &str) -> Vec<&'e str> {
    entry.facts.iter().filter(|fact| fact.field == field).map(|fact| fact.value.as_str()).collect()
}

fn fact<'e>(entry: &'e Entry, field: &str) -> &'e Fact {
    entry.facts.iter().find(|fact| fact.field == field).unwrap_or_else(|| panic!("{}: no {field}", entry.name))
}

/// The codes of the notes, each once.
fn codes(bom: &Bom) -> Vec<&str> {
    let mut codes: Vec<&str> = bom.notes.iter().map(|note| note.code.as_str()).collect();
    codes.sort_unstable();
    codes.dedup();
    codes
}

/// A CycloneDX 1.6 document of these components.
fn of_components(components: &str) -> String {
    format!(r#"{{"bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1, "components": [{components}]}}"#)
}
