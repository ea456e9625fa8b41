//! What somebody else wrote meanwhile, beside what stands in the form.

use crate::web::fields::Fields;
use serde::Serialize;
use std::collections::BTreeSet;

/// Fields that say nothing of what is written.
const OWN: [&str; 5] = ["seen", "once", "do", "drop", "revision"];

/// What somebody else wrote meanwhile.
#[derive(Clone, Debug, Serialize)]
pub(in crate::features::templates) struct Conflict {
    /// Who, and when.
    pub by: String,
    /// Where the form says something else.
    pub rows: Vec<Difference>,
}

impl Conflict {
    /// For samples of pages.
    pub fn sample(text: &str) -> Self {
        let row = |text: &str| Difference { label: text.into(), stands: text.into(), typed: String::new() };
        Self { by: text.into(), rows: vec![row(text)] }
    }
}

/// A field that says something else than what stands there.
#[derive(Clone, Debug, Serialize)]
pub(in crate::features::templates) struct Difference {
    /// What it is called.
    pub label: String,
    /// What stands there.
    pub stands: String,
    /// What stands in the form.
    pub typed: String,
}

/// Where a form says something else than what stands there, in the order of its fields.
pub(super) fn differences(standing: &Fields, typed: &Fields, label: impl Fn(&str) -> String) -> Vec<Difference> {
    let mut told: BTreeSet<&str> = OWN.into();
    let mut rows = Vec::new();
    for (name, _) in standing.0.iter().chain(&typed.0) {
        if !told.insert(name) {
            continue;
        }
        let (stands, is) = (value(standing, name), value(typed, name));
        if stands != is {
            rows.push(Difference { label: label(name), stands, typed: is });
        }
    }
    rows
}

/// All values of a field; the order of ticked boxes says nothing, nor how a browser ends its lines.
fn value(fields: &Fields, name: &str) -> String {
    let clean = |value: &str| value.replace("\r\n", "\n").trim().to_owned();
    let mut values: Vec<String> = fields.all(name).map(clean).filter(|value| !value.is_empty()).collect();
    values.sort();
    values.join(", ")
}

/// What was posted, with what stands there in languages that the posted form did not know: they were added meanwhile,
/// and are not to be emptied by whoever could not see them.
pub(super) fn with_new_languages(mut posted: Fields, standing: &Fields, languages: &[String]) -> Fields {
    for language in languages {
        let end = format!(":{language}");
        if !posted.0.iter().any(|(name, _)| name.ends_with(&end)) {
            posted.0.extend(standing.0.iter().filter(|(name, _)| name.ends_with(&end)).cloned());
        }
    }
    posted
}
