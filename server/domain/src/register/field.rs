//! What can be said of an entry and of our uses of it: the catalogue of fields.
//!
//! The groups are those of the inventory that a certification auditor asks for. The words for what a model or a data set
//! is come from SPDX 3 (AI and Dataset profiles) and the CycloneDX model card, so that such documents can be read and
//! written without loss of meaning.

use super::KINDS;
use super::fold::folded;
use crate::answer::iso_date;
use crate::problem::Problem;
use std::collections::HashMap;
use std::sync::LazyLock;
use uuid::Uuid;

/// Characters of one value; what is longer belongs into a file beside it.
pub const MAX_VALUE: usize = 4_000;
/// Characters of one element of a list, of a plan's and of a region's name.
pub const MAX_ELEMENT: usize = 1_000;
/// What a field that differs by plan or region is summed up as.
pub const BY_PLAN: &str = "by_plan";

/// Part of the fact sheet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Group {
    /// What it is and whose.
    Identity,
    /// What it is for, and what part it has in decisions.
    Use,
    /// Whether it is there, on, and used.
    Availability,
    /// What it touches, and what becomes of that.
    Data,
    /// What it rests on.
    Chain,
    /// How it was made, and what is known of its behaviour.
    Making,
    /// How it is judged.
    Risk,
    /// What supports the facts.
    Evidence,
    /// What is decided and due.
    Life,
}

impl Group {
    /// All groups, in the order in which they are read.
    pub const ALL: [Self; 9] = [
        Self::Identity,
        Self::Use,
        Self::Availability,
        Self::Data,
        Self::Chain,
        Self::Making,
        Self::Risk,
        Self::Evidence,
        Self::Life,
    ];

    /// Its name in wording and the API.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Identity => "identity",
            Self::Use => "use",
            Self::Availability => "availability",
            Self::Data => "data",
            Self::Chain => "chain",
            Self::Making => "making",
            Self::Risk => "risk",
            Self::Evidence => "evidence",
            Self::Life => "life",
        }
    }
}

/// What a value looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// Free text.
    Text,
    /// One of [`Field::values`].
    Choice,
    /// A day, `2026-11-21`.
    Date,
    /// Another entry of the register, by id.
    Reference,
}

/// What a field belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Of {
    /// An entry.
    Component,
    /// One of our uses of it.
    Use,
    /// Either: the vendor states it of the entry, we of our use.
    Both,
}

/// A field.
#[derive(Clone, Copy, Debug)]
pub struct Field {
    /// Its name in templates, imports, the API and the search index.
    pub id: &'static str,
    /// Where it stands on the fact sheet.
    pub group: Group,
    /// What its values look like.
    pub shape: Shape,
    /// The values it can have; anything of its shape where empty.
    pub values: &'static [&'static str],
    /// It is a list: each element is a fact of its own.
    pub several: bool,
    /// Each element names something and says one thing of it: `Anthropic: US`.
    pub pairs: bool,
    /// It can differ by plan and by region.
    pub varies: bool,
    /// Only we can say it: a vendor, a document or a list cannot.
    pub ours: bool,
    /// What it belongs to.
    pub of: Of,
}

const fn text(id: &'static str, group: Group) -> Field {
    Field {
        id,
        group,
        shape: Shape::Text,
        values: &[],
        several: false,
        pairs: false,
        varies: false,
        ours: false,
        of: Of::Component,
    }
}

const fn choice(id: &'static str, group: Group, values: &'static [&'static str]) -> Field {
    Field { shape: Shape::Choice, values, ..text(id, group) }
}

const fn date(id: &'static str, group: Group) -> Field {
    Field { shape: Shape::Date, ..text(id, group) }
}

const fn entries(id: &'static str) -> Field {
    Field { shape: Shape::Reference, several: true, ..text(id, Chain) }
}

impl Field {
    const fn several(self) -> Self {
        Self { several: true, ..self }
    }

    const fn pairs(self) -> Self {
        Self { several: true, pairs: true, ..self }
    }

    const fn varies(self) -> Self {
        Self { varies: true, ..self }
    }

    const fn ours(self) -> Self {
        Self { ours: true, ..self }
    }

    const fn of_use(self) -> Self {
        Self { of: Of::Use, ours: true, ..self }
    }

    const fn of_both(self) -> Self {
        Self { of: Of::Both, ..self }
    }

    /// The field of that id.
    pub fn named(id: &str) -> Option<&'static Self> {
        static BY_ID: LazyLock<HashMap<&str, &Field>> =
            LazyLock::new(|| FIELDS.iter().map(|field| (field.id, field)).collect());
        BY_ID.get(id).copied()
    }

    /// A vendor can state it in a table of a questionnaire, and a column of an imported list can hold it.
    pub fn is_declarable(&self) -> bool {
        !self.ours && self.shape != Shape::Reference
    }

    /// It can be said of an entry.
    pub fn is_of_component(&self) -> bool {
        self.of != Of::Use
    }

    /// It can be said of one of our uses.
    pub fn is_of_use(&self) -> bool {
        self.of != Of::Component
    }

    /// A person decides or confirms it, each in a place of its own; it is no plain edit.
    pub fn is_decided(&self, of_use: bool) -> bool {
        matches!(self.id, "status" | "conditions") || of_use && matches!(self.id, "tier" | "annex_iii")
    }

    /// Reads one value (one element of a list): outer blanks removed, a choice and a date in their one spelling.
    ///
    /// # Errors
    /// At the field's id: `required` (nothing there), `too-long`, `not-an-option`, `not-a-date`, `not-an-entry`, `not-a-pair`.
    pub fn read(&self, text: &str) -> Result<String, Problem> {
        let text = text.trim();
        let wrong = |code: &str| {
            let given: String = text.chars().take(60).collect();
            Err(Problem::new(self.id, code).with("given", given))
        };
        if text.is_empty() {
            return Err(Problem::new(self.id, "required"));
        }
        let most = if self.several { MAX_ELEMENT } else { MAX_VALUE };
        let length = text.chars().count();
        if length > most {
            return Err(Problem::new(self.id, "too-long").with("most", most).with("given", length));
        }
        match self.shape {
            Shape::Text if self.pairs => pair(text).map_or_else(|| wrong("not-a-pair"), Ok),
            Shape::Text => Ok(text.to_owned()),
            Shape::Choice => match self.values.iter().find(|value| **value == text.to_lowercase()) {
                Some(value) => Ok((*value).to_owned()),
                None => wrong("not-an-option"),
            },
            Shape::Date => match iso_date::read(text) {
                Ok(day) => Ok(iso_date::write(day)),
                Err(_) => wrong("not-a-date"),
            },
            Shape::Reference => match Uuid::parse_str(text) {
                Ok(id) => Ok(id.to_string()),
                Err(_) => wrong("not-an-entry"),
            },
        }
    }

    /// What two values of this field are compared by: texts without case, width and accents, all else as it is.
    pub fn compared(&self, value: &str) -> String {
        if self.shape == Shape::Text { folded(value) } else { value.to_owned() }
    }
}

/// A name and what is said of it, cut at the last colon, in the one spelling.
fn pair(text: &str) -> Option<String> {
    let (name, said) = text.rsplit_once([':', '：'])?;
    let (name, said) = (name.trim(), said.trim());
    (!name.is_empty() && !said.is_empty()).then(|| format!("{name}: {said}"))
}

/// The elements of a cell that lists several things: cut at line ends, semicolons and commas outside brackets. A comma
/// before a company's legal form (`OpenAI, L.L.C.`) and one within a number cut nothing; an element that is named again
/// is kept once.
pub fn elements(cell: &str) -> Vec<String> {
    use super::products::{Separator, split};
    let mut found: Vec<String> = Vec::new();
    for part in split(cell, &[Separator::NewLine, Separator::Semicolon]) {
        let mut of_part: Vec<String> = Vec::new();
        for piece in split(&part, &[Separator::Comma]) {
            match of_part.last_mut() {
                Some(before) if is_legal_form(&piece) => {
                    before.push_str(", ");
                    before.push_str(&piece);
                }
                _ => of_part.push(piece),
            }
        }
        found.extend(of_part);
    }
    let mut seen = std::collections::BTreeSet::new();
    found.retain(|element| seen.insert(folded(element)));
    found
}

fn is_legal_form(text: &str) -> bool {
    let letters: String = folded(text).chars().filter(|c| !matches!(c, '.' | ' ')).collect();
    matches!(
        letters.as_str(),
        "inc"
            | "llc"
            | "ltd"
            | "limited"
            | "corp"
            | "corporation"
            | "co"
            | "coltd"
            | "gmbh"
            | "ag"
            | "sa"
            | "sas"
            | "bv"
            | "plc"
            | "lp"
            | "llp"
            | "pbc"
            | "kk"
            | "ab"
            | "pty"
            | "ptyltd"
            | "pteltd"
    )
}

const YES_NO: &[&str] = &["yes", "no", "unknown"];
const TRAINS: &[&str] = &["no", "opt_in", "opt_out", "always", "unknown"];
const LEVELS: &[&str] = &["low", "moderate", "high", "critical"];

/// What a component or a use can be decided to be.
pub const STATUSES: [&str; 7] =
    ["proposed", "trial", "approved", "restricted", "reassessment", "prohibited", "retired"];

/// Fields that hold other entries: what an entry runs on, is part of, was trained or tested on, calls, or depends on
/// otherwise.
pub const RELATIONS: [&str; 6] = ["runs_on", "part_of", "trained_on", "tested_on", "calls", "depends_on"];

use Group::{Availability, Chain, Data, Evidence, Identity, Life, Making, Risk, Use};

/// Every field there is.
///
/// Available, enabled and used are kept apart, and so are the ways in which a vendor can train on customer data.
pub const FIELDS: &[Field] = &[
    text("name", Identity),
    choice("kind", Identity, &KINDS),
    text("vendor", Identity),
    text("product", Identity),
    text("plan", Identity),
    text("version", Identity),
    date("released_on", Identity),
    text("identifiers", Identity).several(),
    text("download_location", Identity),
    text("purpose", Use),
    text("use_cases", Use).several(),
    text("prohibited_use", Use),
    text("intended_users", Use).several(),
    text("affected_people", Use).several().of_both(),
    choice("decision_role", Use, &["informs", "recommends", "decides", "unknown"]).of_both(),
    // What is decided with it; its part in that is the role.
    text("decision_supported", Use).of_both(),
    choice("autonomy", Use, &["none", "assistance", "partial", "conditional", "high", "full", "autonomous", "unknown"]),
    text("oversight", Use).of_both(),
    // Where it runs and who can reach it, and what it may not be let out of.
    text("deployment_boundary", Use).of_both(),
    text("unit", Use).of_use(),
    text("use_case", Use).of_use(),
    text("business_function", Use).of_use(),
    text("owner", Use).of_both().ours(),
    text("users", Use).of_use(),
    text("integrations", Use).several().of_use(),
    choice("availability", Availability, &["announced", "available", "enabled", "used", "unknown"]).varies(),
    choice("available", Availability, YES_NO).varies(),
    choice("default_state", Availability, &["on", "off", "opt_in", BY_PLAN, "unknown"]).varies(),
    choice("enabled", Availability, YES_NO).varies().of_both(),
    choice("used", Availability, YES_NO).varies().ours(),
    text("licence_needed", Availability).varies(),
    text("who_can_switch_off", Availability).varies(),
    text("how_to_switch_off", Availability).varies(),
    // When the vendor last changed the feature: a default, its terms, what it does. When that was seen is each fact's own.
    date("vendor_changed_on", Availability).varies(),
    text("data_categories", Data).several().of_both(),
    choice("personal_data", Data, YES_NO).of_both(),
    choice("special_category_data", Data, YES_NO).of_both(),
    choice("childrens_data", Data, YES_NO).of_both(),
    choice("trains_on_customer_data", Data, TRAINS).varies(),
    choice("trains_own_models", Data, TRAINS).varies(),
    choice("trains_shared_models", Data, TRAINS).varies(),
    choice("trains_third_party_models", Data, TRAINS).varies(),
    text("training_opt_out", Data).varies(),
    text("retention", Data).varies(),
    text("retention_at_model_provider", Data).varies(),
    text("residency", Data).several().varies(),
    text("outside_residency", Data).varies(),
    text("model", Chain).several().varies(),
    text("model_provider", Chain).several().varies(),
    text("sub_processors", Chain).several().varies(),
    // Where each of them processes: what varies by region is where its customer is.
    text("sub_processor_regions", Chain).pairs().varies(),
    text("hosting", Chain).several().varies(),
    entries("runs_on"),
    entries("part_of"),
    entries("trained_on"),
    entries("tested_on"),
    entries("calls"),
    entries("depends_on"),
    text("licence", Chain).several(),
    text("change_notice", Chain),
    text("approach", Making).several(),
    text("tasks", Making).several(),
    text("architecture", Making),
    text("application_domain", Making).several(),
    text("inputs", Making).several(),
    text("outputs", Making).several(),
    text("training_data", Making).several(),
    text("training_information", Making),
    text("hyperparameters", Making).several(),
    text("preprocessing", Making).several(),
    text("metrics", Making).several(),
    text("decision_thresholds", Making).several(),
    text("explainability", Making),
    text("limitations", Making),
    text("failure_modes", Making),
    text("trade_offs", Making),
    text("ethical_considerations", Making),
    text("fairness", Making),
    text("bias_indicators", Making),
    text("energy_consumption", Making),
    text("dataset_type", Making).several(),
    text("dataset_size", Making),
    text("dataset_collection", Making),
    text("dataset_anonymisation", Making).several(),
    text("dataset_bias", Making),
    text("dataset_update", Making),
    choice("dataset_confidentiality", Making, &["red", "amber", "green", "clear"]),
    choice("tier", Risk, &["minimal", "limited", "high", "unacceptable", "unknown"]).of_both(),
    text("annex_iii", Risk).several().of_both(),
    choice(
        "eu_role",
        Risk,
        &["provider", "deployer", "importer", "distributor", "authorised_representative", "none", "unknown"],
    )
    .of_use(),
    choice("pcpd_level", Risk, &["low", "moderate", "high", "unknown"]).of_use(),
    choice("safety_risk", Risk, &["low", "medium", "high", "serious"]),
    choice("inherent_risk", Risk, LEVELS).of_use(),
    choice("control_strength", Risk, LEVELS).of_use(),
    choice("residual_risk", Risk, LEVELS).of_use(),
    choice("evidence_confidence", Risk, &["low", "moderate", "high", "unknown"]).of_both().ours(),
    text("mit_risks", Risk).several().of_both().ours(),
    text("standards", Evidence).several(),
    text("certificates", Evidence).several(),
    text("model_card", Evidence),
    text("test_results", Evidence),
    text("impact_assessment", Evidence).of_both(),
    choice("status", Life, &STATUSES).of_both().ours(),
    text("decision", Life).of_both().ours(),
    text("conditions", Life).of_both().ours(),
    date("last_review", Life).of_both().ours(),
    date("next_review", Life).of_both().ours(),
    text("triggers", Life).several().ours(),
    text("incidents", Life).several(),
    text("contract", Life).of_both().ours(),
    text("contract_clauses", Life).several().of_both().ours(),
    text("notes", Life).of_both(),
];
