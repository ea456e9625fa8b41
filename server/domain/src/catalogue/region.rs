//! Regions that facts are qualified by (`fixtures/catalogue/regions.json`), and which lies within which.

use crate::problem::{Problem, Problems};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// The value of `format` in the file of regions.
pub const FORMAT: &str = "candor-regions/1";

/// A region: a country, a union of countries, a kind of tenancy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Region {
    /// Stable: `eu`, `de`, `us-gov`.
    pub id: String,
    /// In English.
    pub name: String,
    /// What else it is called.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub names: Vec<String>,
    /// The regions that it lies in.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub within: Vec<String>,
}

/// The regions that a catalogue can name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Regions {
    regions: Vec<Region>,
    /// Region to all that it lies in, itself included.
    around: BTreeMap<String, BTreeSet<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    format: String,
    /// For people.
    #[serde(default, rename = "about")]
    _about: Option<String>,
    regions: Vec<Region>,
}

impl Regions {
    /// Reads the file.
    ///
    /// # Errors
    /// `not-regions` with the place in the text; `unknown-format`, `twice`, `required`, `unknown-region` (a region lies
    /// within one that is not there) and `within-itself` by JSON Pointers.
    pub fn read(json: &str) -> Result<Self, Problems> {
        let document: Document =
            serde_json::from_str(json).map_err(|wrong| Problems::of_json("not-regions", &wrong))?;
        let mut problems = Vec::new();
        if document.format != FORMAT {
            problems.push(Problem::new("/format", "unknown-format").with("given", &document.format));
        }
        let regions = document.regions;
        let within: BTreeMap<&str, &[String]> =
            regions.iter().map(|region| (region.id.as_str(), region.within.as_slice())).collect();
        let mut seen = BTreeSet::new();
        let mut around = BTreeMap::new();
        for (n, region) in regions.iter().enumerate() {
            let at = |field: &str| format!("/regions/{n}/{field}");
            for (field, text) in [("id", &region.id), ("name", &region.name)] {
                if text.trim().is_empty() {
                    problems.push(Problem::new(at(field), "required"));
                }
            }
            if !seen.insert(region.id.as_str()) {
                problems.push(Problem::new(at("id"), "twice").with("given", &region.id));
            }
            let mut reached = BTreeSet::from([region.id.clone()]);
            let mut open = vec![region.id.as_str()];
            while let Some(next) = open.pop() {
                for outer in within.get(next).copied().unwrap_or_default() {
                    if outer == &region.id {
                        problems.push(Problem::new(at("within"), "within-itself").with("given", &region.id));
                    } else if !within.contains_key(outer.as_str()) {
                        problems.push(Problem::new(at("within"), "unknown-region").with("given", outer));
                    } else if reached.insert(outer.clone()) {
                        open.push(outer);
                    }
                }
            }
            around.insert(region.id.clone(), reached);
        }
        Problems::none_or(problems, ()).map(|()| Self { regions, around })
    }

    /// All of them, as they stand in the file.
    pub fn all(&self) -> &[Region] {
        &self.regions
    }

    /// Whether there is a region of that id.
    pub fn knows(&self, id: &str) -> bool {
        self.around.contains_key(id)
    }

    /// Whether a region is another or lies in it.
    pub fn is_within(&self, inner: &str, outer: &str) -> bool {
        self.around.get(inner).is_some_and(|around| around.contains(outer))
    }

    /// How many regions a region lies in: a fact about the inner one is the closer one.
    pub fn depth(&self, id: &str) -> usize {
        self.around.get(id).map_or(0, BTreeSet::len)
    }
}
