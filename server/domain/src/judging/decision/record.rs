//! The decision record: one frozen document, from which the score can be computed again to the same bytes.

use super::{Condition, Kind};
use crate::judging::due::day_or_none;
use crate::judging::finding::State;
use crate::judging::party::Party;
use crate::questionnaire::Severity;
use crate::scoring::{Output, Refusal, canonical, score_documents, sha256};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::fmt;
use time::Date;

/// The value of [`Record::format`].
pub const FORMAT: &str = "candor-decision/1";

/// What a decision was, and what it rested on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Record {
    /// Always [`FORMAT`].
    pub format: String,
    /// Ids, names and texts of what was decided on.
    pub subject: Recorded,
    /// What was decided.
    pub kind: Kind,
    /// Why.
    pub reason: String,
    /// Who.
    pub by: Party,
    /// Their name.
    pub by_name: String,
    /// When, RFC 3339.
    pub at: String,
    /// When to look again; none where nothing is used.
    #[serde(with = "day_or_none")]
    pub next_review_on: Option<Date>,
    /// What is to be met.
    pub conditions: Vec<Condition>,
    /// Findings that were not closed.
    pub findings: Vec<RecordedFinding>,
    /// Acceptances in force that it rested on: id, scope, basis, approvers, as they were kept.
    pub acceptances: Vec<Value>,
    /// The confirmed tier of the EU AI Act, as it was kept.
    pub tier: Option<Value>,
    /// The approved impact assessment, as it was kept.
    pub impact: Option<Value>,
    /// Key and version of the rules of judging.
    pub rules: (String, u32),
    /// The policy as a document; none where nothing was scored.
    pub policy: Option<Value>,
    /// The input that was scored.
    pub input: Option<Value>,
    /// The score, letter by letter as `candor score --json` writes it.
    pub output: Option<String>,
}

/// What was decided on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Recorded {
    /// The organisation that decided.
    pub organisation: String,
    /// The vendor's id.
    pub vendor: String,
    /// The vendor's name then.
    pub vendor_name: String,
    /// The engagement's id.
    pub engagement: String,
    /// The engagement's name then.
    pub engagement_name: String,
    /// Which decision on the engagement it is, from 1.
    pub number: u32,
    /// The assessment that was scored.
    pub assessment: Option<String>,
    /// The submission that was scored.
    pub submission: Option<String>,
    /// SHA-256 of the answers of the submission, as the vendor attested it.
    pub answers_sha256: Option<String>,
    /// The stored score.
    pub score: Option<String>,
}

/// A finding as it stood.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecordedFinding {
    /// Its id.
    pub id: String,
    /// What it is called.
    pub title: String,
    /// How much it weighed.
    pub severity: Severity,
    /// Where it stood.
    pub state: State,
    /// When it was due.
    #[serde(with = "day_or_none")]
    pub due_on: Option<Date>,
}

/// A record as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frozen {
    /// Canonical JSON (RFC 8785).
    pub text: String,
    /// SHA-256 of the text.
    pub sha256: String,
}

/// Why a record does not hold.
#[derive(Clone, Debug, PartialEq)]
pub enum Broken {
    /// It is no record, or not of a format that this program reads.
    Unreadable(String),
    /// Its text is not canonical: somebody wrote it anew.
    NotCanonical,
    /// Its hash is another one than was kept.
    Hash {
        /// What was kept.
        kept: String,
        /// What it is.
        found: String,
    },
    /// Its policy, input and score are not all there, or all absent.
    Incomplete,
    /// Its policy and input cannot be scored.
    Refused(Refusal),
    /// They give another score.
    Output {
        /// What was recorded.
        recorded: String,
        /// What they give.
        computed: String,
    },
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreadable(reason) => write!(f, "no decision record: {reason}"),
            Self::NotCanonical => f.write_str("the record is not in its canonical form"),
            Self::Hash { kept, found } => write!(f, "the record's SHA-256 is {found}, not {kept}"),
            Self::Incomplete => f.write_str("policy, input and score are not all there"),
            Self::Refused(refusal) => write!(f, "the score cannot be computed again: {refusal}"),
            Self::Output { .. } => f.write_str("policy and input give another score than was recorded"),
        }
    }
}

impl std::error::Error for Broken {}

impl Record {
    /// The record as it is kept from now on.
    ///
    /// # Errors
    /// When it does not hold: no record is frozen that could not be recomputed.
    pub fn freeze(&self) -> Result<Frozen, Broken> {
        let value = serde_json::to_value(self).map_err(|wrong| Broken::Unreadable(wrong.to_string()))?;
        let text = canonical(&value);
        let sha256 = sha256(&text);
        recompute(&text, &sha256)?;
        Ok(Frozen { text, sha256 })
    }
}

/// Reads a record, holds it against the hash that was kept, and computes its score again: letter by letter the same, as
/// `candor score --policy --input --json` gives it. None where nothing was scored.
///
/// # Errors
/// Why it does not hold.
pub fn recompute(text: &str, kept_sha256: &str) -> Result<Option<Output>, Broken> {
    let found = sha256(text);
    if found != kept_sha256 {
        return Err(Broken::Hash { kept: kept_sha256.to_owned(), found });
    }
    let record: Record = serde_json::from_str(text).map_err(|wrong| Broken::Unreadable(wrong.to_string()))?;
    if record.format != FORMAT {
        return Err(Broken::Unreadable(format!("the format is {:?}, not {FORMAT:?}", record.format)));
    }
    let value = serde_json::to_value(&record).map_err(|wrong| Broken::Unreadable(wrong.to_string()))?;
    if canonical(&value) != text {
        return Err(Broken::NotCanonical);
    }
    match (&record.policy, &record.input, &record.output) {
        (None, None, None) => Ok(None),
        (Some(policy), Some(input), Some(recorded)) => {
            let output = score_documents(&canonical(policy), &canonical(input)).map_err(Broken::Refused)?;
            let computed = serde_json::to_string(&output).map_err(|wrong| Broken::Unreadable(wrong.to_string()))?;
            if computed == *recorded {
                Ok(Some(output))
            } else {
                Err(Broken::Output { recorded: recorded.clone(), computed })
            }
        }
        _ => Err(Broken::Incomplete),
    }
}
