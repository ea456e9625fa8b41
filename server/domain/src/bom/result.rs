//! What a bill of materials says, as register entries.

use crate::problem::Problem;
use crate::register::{Certainty, Source};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Where something stands in a document.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Place {
    /// A JSON Pointer (`/components/0/name`), or the path of an XML element or attribute (`/bom/components/component[2]/name`).
    pub path: String,
    /// From 1.
    pub line: u32,
    /// From 1, in characters.
    pub column: u32,
}

/// Which standard a document follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    /// OWASP CycloneDX.
    CycloneDx,
    /// SPDX.
    Spdx,
}

/// How a document is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Syntax {
    /// JSON; of SPDX, JSON-LD.
    Json,
    /// XML.
    Xml,
}

/// A read document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bom {
    /// The standard.
    pub format: Format,
    /// How it is written.
    pub syntax: Syntax,
    /// The version of the standard, such as `1.6`.
    pub spec_version: String,
    /// Of the file, in lower-case hexadecimal, as the caller gave it.
    pub sha256: String,
    /// What the document is known by: its serial number, or the identifier of the SPDX document.
    pub serial: Option<String>,
    /// Which edition of that serial number; CycloneDX counts them.
    pub revision: Option<String>,
    /// When it was written, as it says.
    pub created: Option<String>,
    /// People and organisations that wrote it.
    pub created_by: Vec<String>,
    /// Programs that wrote it.
    pub tools: Vec<String>,
    /// What it is about, when it says so.
    pub subject: Option<Subject>,
    /// In the order in which they stand.
    pub entries: Vec<Entry>,
    /// Between entries.
    pub relations: Vec<Relation>,
    /// Software and files that are no register entry: how many of each type.
    pub others: BTreeMap<String, u64>,
    /// What was counted.
    pub totals: Totals,
    /// What a risk team would want to know of the document and is not told: codes.
    pub gaps: Vec<String>,
    /// What a person should see: doubts, repetitions, references that lead nowhere. Located by path.
    pub notes: Vec<Problem>,
}

/// What a document is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subject {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: Option<String>,
    /// The entry that it became.
    pub entry: Option<String>,
}

/// What was counted in a document.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Totals {
    /// Components and services, or elements of an SPDX graph.
    pub elements: u64,
    /// Entries.
    pub entries: u64,
    /// Entries that are models.
    pub models: u64,
    /// Entries that are datasets.
    pub datasets: u64,
    /// Services, whether entries or not.
    pub services: u64,
    /// Models that come with a model card (CycloneDX) or any field of the AI profile (SPDX).
    pub model_cards: u64,
    /// Relations between entries.
    pub relations: u64,
}

/// One thing for the register.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Unique within the document: its `bom-ref` or `spdxId`, or its path where it has none of its own.
    pub id: String,
    /// One of [`crate::register::KINDS`].
    pub kind: String,
    /// What it is called.
    pub name: String,
    /// Who supplies it.
    pub supplier: Option<String>,
    /// Its version.
    pub version: Option<String>,
    /// Its package URL.
    pub purl: Option<String>,
    /// Whether `id` is the document's own (`bom-ref`, `spdxId`) and so may be the same in its next edition.
    pub own_id: bool,
    /// Why it is of this kind, where the document does not say so outright: a code.
    pub kind_from: Option<String>,
    /// Where it stands.
    pub place: Place,
    /// How sure the document is of what it identified, 0 to 1 as written.
    pub confidence: Option<String>,
    /// What is said of it, one for each value.
    pub facts: Vec<Fact>,
    /// What a risk team would want to know of it and is not told: codes.
    pub gaps: Vec<String>,
}

/// One thing that the document says of an entry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fact {
    /// The register's field: the id of one of [`crate::register::FIELDS`]. A field that is a list has a fact for each
    /// element.
    pub field: String,
    /// As the field reads it.
    pub value: String,
    /// Less than certain where it was concluded.
    pub certainty: Certainty,
    /// Where it stands.
    pub place: Place,
}

/// How two entries belong together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tie {
    /// A system, agent or API and the model that it uses.
    RunsOn,
    /// A model and a dataset that it was trained on.
    TrainedOn,
    /// A model and a dataset that it was tested or validated on.
    TestedOn,
    /// Any other need.
    DependsOn,
    /// A part and its whole.
    PartOf,
}

/// A relation between two entries.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Relation {
    /// The entry that needs, was trained, or is the part.
    pub from: String,
    /// What kind of relation.
    pub kind: Tie,
    /// The other entry.
    pub to: String,
    /// The register's field that holds such a relation on the entry `from`, where it has one.
    pub field: Option<String>,
    /// Not said in so many words, but concluded: from files to their packages, or from a dataset's name.
    pub inferred: bool,
    /// What it was read from.
    pub place: Place,
}

impl Bom {
    /// What the register records as the source of an entry's facts: the document, this file, and the entry within it.
    ///
    /// A document without a serial number is known by the name that the caller gives it, such as the file's.
    pub fn source(&self, entry: &Entry, name: &str) -> Source {
        let document = self.serial.clone().unwrap_or_else(|| name.to_owned());
        Source::Bom { document, sha256: self.sha256.clone(), element: entry.id.clone() }
    }

    /// The entry of this id.
    pub fn entry(&self, id: &str) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.id == id)
    }
}
