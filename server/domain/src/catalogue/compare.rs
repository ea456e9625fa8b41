//! What a newer catalogue says otherwise than an older one.

use super::{Catalogue, Entry, Fact, Value};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What tells one fact of a feature from another: field, plans, regions, since when, and by whom.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct FactKey {
    /// The register's field.
    pub field: String,
    /// Sorted; every plan where empty.
    pub plans: Vec<String>,
    /// Sorted; every region where empty.
    pub regions: Vec<String>,
    /// Since when it holds.
    pub from: Option<String>,
    /// The address of its source.
    pub url: String,
}

/// One difference in a feature.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Change {
    /// What it is called, or what kind it is.
    Named {
        /// `name`, `kind`, `product`, `vendor`, `status` or `note`.
        what: String,
        /// Before; empty where there was nothing.
        before: String,
        /// Now.
        after: String,
    },
    /// A fact that was not there.
    Said {
        /// Which.
        fact: FactKey,
        /// What it says.
        value: Value,
        /// As of when.
        as_of: String,
    },
    /// A fact that is no longer there.
    Withdrawn {
        /// Which.
        fact: FactKey,
        /// What it said.
        value: Value,
    },
    /// A fact that says something else now.
    Changed {
        /// Which.
        fact: FactKey,
        /// What it said.
        before: Value,
        /// What it says.
        after: Value,
        /// As of when.
        as_of: String,
    },
    /// A fact that says the same and was read again, or ends now, or carries another remark.
    SeenAgain {
        /// Which.
        fact: FactKey,
        /// As of when it stood there before.
        before: String,
        /// As of when it stands there now.
        after: String,
    },
}

/// A feature that both have and of which they say different things.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangedFeature {
    /// Its id.
    pub feature: String,
    /// Never empty.
    pub changes: Vec<Change>,
}

/// What is different.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Comparison {
    /// Ids of features that only the newer one has, in its order.
    pub added: Vec<String>,
    /// In the newer one's order.
    pub changed: Vec<ChangedFeature>,
    /// Ids of features that only the older one has, in its order. Gone from the catalogue is not gone from the product.
    pub gone: Vec<String>,
}

impl Comparison {
    /// Whether both say the same.
    pub fn is_empty(&self) -> bool {
        self.added.is_empty() && self.changed.is_empty() && self.gone.is_empty()
    }
}

/// Compares two versions of a catalogue, feature by feature and fact by fact; the order of facts does not matter.
pub fn compare(older: &Catalogue, newer: &Catalogue) -> Comparison {
    let mut comparison = Comparison::default();
    for now in newer.entries() {
        let Some(before) = older.entry(&now.feature.id) else {
            comparison.added.push(now.feature.id.clone());
            continue;
        };
        let changes = changes(&before, &now);
        if !changes.is_empty() {
            comparison.changed.push(ChangedFeature { feature: now.feature.id.clone(), changes });
        }
    }
    let gone = older.entries().filter(|before| newer.entry(&before.feature.id).is_none());
    comparison.gone = gone.map(|before| before.feature.id.clone()).collect();
    comparison
}

fn changes(before: &Entry<'_>, now: &Entry<'_>) -> Vec<Change> {
    let mut changes = Vec::new();
    let note = |entry: &Entry<'_>| entry.feature.note.clone().unwrap_or_default();
    let status = |entry: &Entry<'_>| match entry.feature.status {
        super::Status::Unverified => "unverified".to_owned(),
        super::Status::Verified => "verified".to_owned(),
    };
    for (what, before, after) in [
        ("name", before.feature.name.clone(), now.feature.name.clone()),
        ("kind", before.feature.kind.clone(), now.feature.kind.clone()),
        ("product", before.product.name.clone(), now.product.name.clone()),
        ("vendor", before.document.vendor.clone(), now.document.vendor.clone()),
        ("status", status(before), status(now)),
        ("note", note(before), note(now)),
    ] {
        if before != after {
            changes.push(Change::Named { what: what.to_owned(), before, after });
        }
    }
    let (old, new) = (facts(before), facts(now));
    for (key, (fact, as_of)) in &new {
        let (fact_key, as_of) = (key.clone(), as_of.clone());
        match old.get(key) {
            None => changes.push(Change::Said { fact: fact_key, value: fact.value.clone(), as_of }),
            Some((was, _)) if was.value != fact.value => {
                let (before, after) = (was.value.clone(), fact.value.clone());
                changes.push(Change::Changed { fact: fact_key, before, after, as_of });
            }
            Some((was, was_as_of)) => {
                let same =
                    (was_as_of, &was.until, &was.note, was.basis) == (&as_of, &fact.until, &fact.note, fact.basis);
                if !same {
                    changes.push(Change::SeenAgain { fact: fact_key, before: was_as_of.clone(), after: as_of });
                }
            }
        }
    }
    for (key, (fact, _)) in old.into_iter().filter(|(key, _)| !new.contains_key(key)) {
        changes.push(Change::Withdrawn { fact: key, value: fact.value.clone() });
    }
    changes
}

fn facts<'a>(entry: &Entry<'a>) -> BTreeMap<FactKey, (&'a Fact, String)> {
    let sorted = |texts: &[String]| {
        let mut texts = texts.to_vec();
        texts.sort_unstable();
        texts
    };
    let keyed = entry.feature.facts.iter().map(|fact| {
        let url = entry.document.source_of(entry.feature, fact).map(|source| source.url.clone()).unwrap_or_default();
        let key = FactKey {
            field: fact.field.clone(),
            plans: sorted(&fact.plans),
            regions: sorted(&fact.regions),
            from: fact.from.clone(),
            url,
        };
        (key, (fact, entry.document.as_of(entry.feature, fact).unwrap_or_default().to_owned()))
    });
    keyed.collect()
}
