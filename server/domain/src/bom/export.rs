//! Entries of the register as a CycloneDX 1.6 document: what is written is read back as it was.
//!
//! What the standard has a place for stands there, so that other programs find it. Everything else stands in properties
//! whose names begin with `candor:` and end in the register's field, so that nothing is lost between two installations.

use super::result::{Entry, Relation, Tie};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// What the properties of our own begin with.
pub(super) const OWN: &str = "candor:";
/// How a model learns, as CycloneDX lists it.
const APPROACHES: [&str; 5] =
    ["supervised", "unsupervised", "reinforcement-learning", "semi-supervised", "self-supervised"];
/// Hash algorithms of CycloneDX.
const HASHES: [&str; 12] = [
    "MD5",
    "SHA-1",
    "SHA-256",
    "SHA-384",
    "SHA-512",
    "SHA3-256",
    "SHA3-384",
    "SHA3-512",
    "BLAKE2b-256",
    "BLAKE2b-384",
    "BLAKE2b-512",
    "BLAKE3",
];
/// Fields whose texts are addresses of something beside the document, and what CycloneDX calls that.
const REFERENCES: [(&str, &str); 5] = [
    ("download_location", "distribution"),
    ("model_card", "model-card"),
    ("certificates", "certification-report"),
    ("test_results", "quality-metrics"),
    ("impact_assessment", "risk-assessment"),
];
/// Lists of a model card's considerations.
const CONSIDERATIONS: [(&str, &str); 4] = [
    ("intended_users", "users"),
    ("use_cases", "useCases"),
    ("limitations", "technicalLimitations"),
    ("trade_offs", "performanceTradeoffs"),
];

/// What the document says of itself.
#[derive(Clone, Copy, Debug)]
pub struct Heading<'a> {
    /// `urn:uuid:...`, the same for every edition.
    pub serial: &'a str,
    /// Which edition, from 1.
    pub revision: u32,
    /// When, as RFC 3339 has it.
    pub created: &'a str,
    /// The organisation that writes it.
    pub by: &'a str,
}

/// Writes entries and their relations. An entry needs its id, kind, name and facts; ids are unique. Relations to entries
/// that are not among them are left out.
pub fn to_cyclonedx(heading: Heading<'_>, entries: &[Entry], relations: &[Relation]) -> Value {
    let names: BTreeMap<&str, &str> = entries.iter().map(|entry| (entry.id.as_str(), entry.name.as_str())).collect();
    let (mut components, mut services, mut dependencies) = (Vec::new(), Vec::new(), Vec::new());
    for entry in entries {
        let ties: Vec<(Tie, &str)> = relations
            .iter()
            .filter(|relation| relation.from == entry.id && names.contains_key(relation.to.as_str()))
            .map(|relation| (relation.kind, relation.to.as_str()))
            .collect();
        let needs: Vec<&str> =
            ties.iter().filter(|(tie, _)| matches!(tie, Tie::RunsOn | Tie::DependsOn)).map(|(_, to)| *to).collect();
        dependencies.push(json!({"ref": entry.id, "dependsOn": needs}));
        let written = Written::new(entry, &ties, &names);
        match entry.kind.as_str() {
            "ai_api" => services.push(written.service()),
            "model" => components.push(written.model(&ties)),
            "dataset" => components.push(written.dataset()),
            _ => components.push(written.component("application")),
        }
    }
    json!({
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": heading.serial,
        "version": heading.revision,
        "metadata": {
            "timestamp": heading.created,
            "tools": {"components": [{"type": "application", "name": "Candor"}]},
            "manufacturer": {"name": heading.by},
        },
        "components": components,
        "services": services,
        "dependencies": dependencies,
    })
}

/// An entry whose facts are moved, one field after the other, to where CycloneDX has them.
struct Written<'e> {
    entry: &'e Entry,
    left: Vec<(&'e str, &'e str)>,
    out: Map<String, Value>,
    properties: Vec<Value>,
}

impl<'e> Written<'e> {
    fn new(entry: &'e Entry, ties: &[(Tie, &'e str)], names: &BTreeMap<&str, &str>) -> Self {
        // What relations say is said by them.
        let told = |field: &str, value: &str| {
            let by = match field {
                "model" => &[Tie::RunsOn, Tie::DependsOn][..],
                "training_data" => &[Tie::TrainedOn][..],
                _ => return matches!(field, "name" | "kind" | "version" | "vendor"),
            };
            ties.iter().any(|(tie, to)| by.contains(tie) && names.get(to).is_some_and(|name| *name == value))
        };
        let facts = entry.facts.iter().map(|fact| (fact.field.as_str(), fact.value.as_str()));
        let left = facts.filter(|(field, value)| !told(field, value)).collect();
        let mut out = Map::new();
        out.insert("bom-ref".to_owned(), json!(entry.id));
        out.insert("name".to_owned(), json!(entry.name));
        if let Some(version) = &entry.version {
            out.insert("version".to_owned(), json!(version));
        }
        let mut written = Self { entry, left, out, properties: Vec::new() };
        if !matches!(entry.kind.as_str(), "model" | "dataset" | "ai_api") {
            written.property("kind", &entry.kind);
        }
        for (tie, to) in ties {
            match tie {
                Tie::TrainedOn => written.property("trained_on", to),
                Tie::TestedOn => written.property("tested_on", to),
                Tie::PartOf => written.property("part_of", to),
                Tie::RunsOn | Tie::DependsOn => {}
            }
        }
        written
    }

    fn property(&mut self, field: &str, value: &str) {
        self.properties.push(json!({"name": format!("{OWN}{field}"), "value": value}));
    }

    /// Takes the values of a field that fit a place; the others stay.
    fn take(&mut self, field: &str, fits: impl Fn(&str) -> bool) -> Vec<&'e str> {
        let mut taken = Vec::new();
        self.left.retain(|(of, value)| {
            let take = *of == field && fits(value);
            if take {
                taken.push(*value);
            }
            !take
        });
        taken
    }

    fn set(&mut self, name: &str, value: Value) {
        let empty = match &value {
            Value::Array(items) => items.is_empty(),
            Value::Object(members) => members.is_empty(),
            Value::Null => true,
            _ => false,
        };
        if !empty {
            self.out.insert(name.to_owned(), value);
        }
    }

    /// What components and services have alike.
    fn shared(&mut self) {
        if let Some(purpose) = self.take("purpose", |_| true).first() {
            self.set("description", json!(purpose));
        }
        let licences: Vec<Value> =
            self.take("licence", |_| true).into_iter().map(|name| json!({"license": {"name": name}})).collect();
        self.set("licenses", json!(licences));
        let mut references = Vec::new();
        for (field, kind) in REFERENCES {
            for value in self.take(field, |value| value.lines().all(is_address)) {
                references.extend(value.lines().map(|url| json!({"type": kind, "url": url})));
            }
        }
        self.set("externalReferences", json!(references));
    }

    fn identified(&mut self) {
        if let Some(supplier) = &self.entry.supplier {
            self.set("supplier", json!({"name": supplier}));
        }
        let purl = self.entry.purl.as_deref();
        if let Some(purl) = self.take("identifiers", |value| Some(value) == purl).first() {
            self.set("purl", json!(purl));
        }
        let hashes: Vec<Value> = self
            .take("identifiers", |value| hash(value).is_some())
            .into_iter()
            .filter_map(hash)
            .map(|(algorithm, content)| json!({"alg": algorithm, "content": content}))
            .collect();
        self.set("hashes", json!(hashes));
        self.shared();
    }

    fn done(mut self) -> Value {
        for (field, value) in std::mem::take(&mut self.left) {
            self.property(field, value);
        }
        let properties = json!(std::mem::take(&mut self.properties));
        self.set("properties", properties);
        Value::Object(self.out)
    }

    fn component(mut self, kind: &str) -> Value {
        self.set("type", json!(kind));
        self.identified();
        self.done()
    }

    fn service(mut self) -> Value {
        if let Some(supplier) = &self.entry.supplier {
            self.set("provider", json!({"name": supplier}));
        }
        // What has no flow of its own flows in a direction that nobody stated.
        let flows: Vec<Value> = self
            .take("data_categories", |_| true)
            .into_iter()
            .map(|class| json!({"flow": "unknown", "classification": class}))
            .collect();
        self.set("data", json!(flows));
        let endpoints: Vec<&str> = self
            .take("identifiers", |value| value.strip_prefix("endpoint:").is_some_and(is_address))
            .into_iter()
            .filter_map(|value| value.strip_prefix("endpoint:"))
            .collect();
        self.set("endpoints", json!(endpoints));
        self.shared();
        self.done()
    }

    fn dataset(mut self) -> Value {
        let mut data = Map::from_iter([("type".to_owned(), json!("dataset"))]);
        if let Some(light) = self.take("dataset_confidentiality", |_| true).first() {
            data.insert("classification".to_owned(), json!(format!("TLP:{}", light.to_uppercase())));
        }
        let sensitive = self.take("data_categories", |_| true);
        if !sensitive.is_empty() {
            data.insert("sensitiveData".to_owned(), json!(sensitive));
        }
        self.set("data", json!([data]));
        self.component("data")
    }

    fn model(mut self, ties: &[(Tie, &str)]) -> Value {
        let mut parameters = Map::new();
        if let Some(approach) = self.take_first("approach", |value| APPROACHES.contains(&value)) {
            parameters.insert("approach".to_owned(), json!({"type": approach}));
        }
        if let Some(task) = self.take_first("tasks", |_| true) {
            parameters.insert("task".to_owned(), json!(task));
        }
        if let Some(architecture) = self.take_first("architecture", |_| true) {
            let (family, model) = architecture.split_once('\n').unwrap_or(("", architecture));
            if !family.is_empty() {
                parameters.insert("architectureFamily".to_owned(), json!(family));
            }
            parameters.insert("modelArchitecture".to_owned(), json!(model));
        }
        for list in ["inputs", "outputs"] {
            let formats: Vec<Value> =
                self.take(list, |_| true).into_iter().map(|format| json!({"format": format})).collect();
            if !formats.is_empty() {
                parameters.insert(list.to_owned(), json!(formats));
            }
        }
        let sets: Vec<Value> = ties
            .iter()
            .filter(|(tie, _)| matches!(tie, Tie::TrainedOn | Tie::TestedOn))
            .map(|(_, to)| json!({"ref": to}))
            .collect();
        if !sets.is_empty() {
            parameters.insert("datasets".to_owned(), json!(sets));
        }
        let metrics: Vec<Value> = self
            .take("metrics", |value| value.contains(": "))
            .into_iter()
            .filter_map(|metric| metric.split_once(": "))
            .map(|(kind, value)| json!({"type": kind, "value": value}))
            .collect();
        let mut considerations = Map::new();
        for (field, list) in CONSIDERATIONS {
            let lines: Vec<&str> = self.take(field, |_| true).into_iter().flat_map(str::lines).collect();
            if !lines.is_empty() {
                considerations.insert(list.to_owned(), json!(lines));
            }
        }
        for (field, list, member) in [
            ("ethical_considerations", "ethicalConsiderations", "name"),
            ("fairness", "fairnessAssessments", "groupAtRisk"),
        ] {
            let lines: Vec<Value> =
                self.take(field, |_| true).into_iter().flat_map(str::lines).map(|line| json!({member: line})).collect();
            if !lines.is_empty() {
                considerations.insert(list.to_owned(), json!(lines));
            }
        }
        let mut card = Map::new();
        for (name, part) in [("modelParameters", parameters), ("considerations", considerations)] {
            if !part.is_empty() {
                card.insert(name.to_owned(), Value::Object(part));
            }
        }
        if !metrics.is_empty() {
            card.insert("quantitativeAnalysis".to_owned(), json!({"performanceMetrics": metrics}));
        }
        self.set("modelCard", Value::Object(card));
        self.component("machine-learning-model")
    }

    /// Takes the first value of a field that fits; the others stay.
    fn take_first(&mut self, field: &str, fits: impl Fn(&str) -> bool) -> Option<&'e str> {
        let at = self.left.iter().position(|(of, value)| *of == field && fits(value))?;
        Some(self.left.remove(at).1)
    }
}

/// An absolute address without blanks.
fn is_address(text: &str) -> bool {
    let scheme = text.split_once(':').map_or("", |(scheme, _)| scheme);
    let known = ["https", "http", "ftp", "urn", "git", "ssh"].contains(&scheme);
    known
        && !text
            .contains(|c: char| c.is_whitespace() || matches!(c, '<' | '>' | '"' | '{' | '}' | '|' | '\\' | '^' | '`'))
}

/// `SHA-256:9f86...`, when the digest has a length that CycloneDX takes.
fn hash(identifier: &str) -> Option<(&'static str, &str)> {
    let (algorithm, content) = identifier.split_once(':')?;
    let known = HASHES.into_iter().find(|known| *known == algorithm)?;
    let digest =
        matches!(content.len(), 32 | 40 | 64 | 96 | 128) && content.bytes().all(|byte| byte.is_ascii_hexdigit());
    digest.then_some((known, content))
}
