//! What a score says, field by field in the order in which it is written.

use super::input::day;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::ops::Deref;
use std::sync::Arc;
use time::Date;

/// A name that stands in many lines of an output: they share it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Name(Arc<str>);

impl From<&str> for Name {
    fn from(name: &str) -> Self {
        Self(name.into())
    }
}

impl Deref for Name {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl Serialize for Name {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self)
    }
}

impl<'de> Deserialize<'de> for Name {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(|name| Self(name.into()))
    }
}

/// A score. Nothing in it is rounded beyond the nearest double.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Output {
    /// The version of the method that was applied.
    pub method: u32,
    /// The policy that was applied.
    pub policy: PolicyVersion,
    /// The day on which levels and certificates were judged.
    #[serde(with = "day")]
    pub as_of: Date,
    /// SHA-256 over the canonical form of both documents, hexadecimal.
    pub inputs_sha256: String,
    /// Residual risk, 0..100: that of the driver.
    pub residual: f64,
    /// Residual risk if every open question got its best answer, without evidence.
    pub best_case: f64,
    /// The domain with the largest residual risk, the first of them on a tie.
    pub driver: String,
    /// The band of the residual risk.
    pub band: String,
    /// The worst of the band and the floors of the knock-outs that fired.
    pub rating: String,
    /// The part of the weight asked that has been settled, 0..1.
    pub completeness: f64,
    /// The part of the applicable weight that is answered with support, 0..1.
    pub confidence: f64,
    /// The knock-outs that fired, in the policy's order.
    pub knock_outs: Vec<Fired>,
    /// The seven domains.
    pub domains: Vec<DomainScore>,
    /// The controls for which an applicable question was asked, by code point.
    pub controls: Vec<ControlScore>,
    /// What each answer takes off the inherent risk, by domain, control and question.
    pub contributions: Vec<Contribution>,
    /// What would lower the driver's risk, most first.
    pub opportunities: Vec<Opportunity>,
}

/// A policy and its version.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PolicyVersion {
    /// The policy's id.
    pub id: String,
    /// The policy's version.
    pub version: u64,
}

/// A knock-out that fired.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fired {
    /// The knock-out's id.
    pub id: String,
    /// The rating that it sets at least.
    pub floor: String,
    /// The questions that fell short, by code point; empty when none bears the tag.
    pub questions: Vec<String>,
}

/// The risk in one domain.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DomainScore {
    /// The domain.
    pub domain: String,
    /// 1..5, an override having replaced it where there is one.
    pub severity: u8,
    /// 1..5, an override having replaced it where there is one.
    pub likelihood: u8,
    /// What the profile alone gives.
    pub computed: Computed,
    /// Inherent risk, 4..100.
    pub inherent: f64,
    /// Effectiveness of the controls that treat the domain, 0..1.
    pub effectiveness: f64,
    /// The part of those controls' weight that was asked about, 0..1.
    pub coverage: f64,
    /// Residual risk, 0..100.
    pub residual: f64,
    /// The band of the residual risk.
    pub band: String,
}

/// Severity and likelihood from the profile.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Computed {
    /// 1..5.
    pub severity: u8,
    /// 1..5.
    pub likelihood: u8,
}

/// How well a control does.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ControlScore {
    /// The control.
    pub control: Name,
    /// 0..1.
    pub effectiveness: f64,
    /// The weight of the applicable questions mapped to it.
    pub weight: f64,
}

/// One line of a domain's explanation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Contribution {
    /// The domain.
    pub domain: Name,
    /// The control through which the answer counts.
    pub control: Name,
    /// The question.
    pub question: Name,
    /// What it takes off the inherent risk; above 0.
    pub reduction: f64,
}

/// What a better answer, verified, would take off the driver's risk.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Opportunity {
    /// The question.
    pub question: Name,
    /// What would come off; above 0.
    pub reduction: f64,
}
