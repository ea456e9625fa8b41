//! An exported log: JSON Lines that prove themselves together with an [`Anchor`], without any database.
//!
//! The first line says whose log it is; then come the entries, oldest first, each with its details and their salt, and
//! beside the entry of a score the policy, the canonical input and the output, beside that of a decision its record; the
//! last line is the newest entry's hash, signed.

use super::anchor::Anchor;
use super::rotation::key;
use super::{Broken, PublicKey, Recorded, Statement, Trust, Verify, Walk};
use crate::ids::OrganisationId;
use crate::judging::decision;
use crate::scoring;
use serde::{Deserialize, Serialize};

/// The format's name and version.
pub const FORMAT: &str = "candor-audit-log-1";
/// The action of an entry that a score belongs to.
pub const SCORED: &str = "assessment.scored";
/// The action of an entry that the record of a decision belongs to.
pub const DECIDED: &str = "engagement.decided";

/// The first line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Header {
    /// [`FORMAT`].
    pub format: String,
    /// Whose log.
    pub organisation: OrganisationId,
    /// Its name when the log was exported.
    pub name: String,
    /// Public keys in hexadecimal, oldest first. Told, not believed: what is believed stands in the anchor.
    pub keys: Vec<String>,
}

/// A score as it was stored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Score {
    /// The policy's document.
    pub policy: String,
    /// The input, canonical.
    pub input: String,
    /// The output.
    pub output: String,
}

/// An entry's line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Line {
    /// What the entry says.
    pub entry: Statement,
    /// Hexadecimal: its hash.
    pub hash: String,
    /// Hexadecimal: the signature over the hash.
    pub signature: String,
    /// Hexadecimal: what the details are salted with; null when they were erased.
    pub salt: Option<String>,
    /// The details, exactly as they were committed to; null when they were erased.
    pub details: Option<String>,
    /// The score that the entry is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub score: Option<Score>,
    /// The record of the decision that the entry is about, as it was frozen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub record: Option<String>,
}

/// The last line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Closing {
    /// How the log ends.
    pub head: ClosingHead,
    /// Hexadecimal: the signature over [`ClosingHead::message`].
    pub signature: String,
}

/// How a log ends.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClosingHead {
    /// Whose log.
    pub organisation: OrganisationId,
    /// The newest entry's number, which is also how many there are.
    pub sequence: i64,
    /// Hexadecimal: its hash.
    pub hash: String,
}

impl ClosingHead {
    /// What is signed: that the log of this organisation ended there when it was exported.
    pub fn message(&self) -> Vec<u8> {
        format!("candor audit log\n{}\n{}\n{}\n", self.organisation, self.sequence, self.hash).into_bytes()
    }
}

impl Line {
    /// The line of an entry as it stands in the database, with the score or the record that it is about.
    pub fn of(recorded: Recorded, score: Option<Score>, record: Option<String>) -> Self {
        let (salt, details) = recorded.details.unzip();
        Self {
            entry: recorded.statement,
            hash: hex::encode(recorded.hash),
            signature: hex::encode(recorded.signature),
            salt: salt.map(hex::encode),
            details,
            score,
            record,
        }
    }

    fn recorded(&self) -> Result<Recorded, &'static str> {
        let bytes = |text: &str| hex::decode(text).map_err(|_| "it holds something that is not hexadecimal");
        let details = match (&self.salt, &self.details) {
            (Some(salt), Some(details)) => Some((bytes(salt)?, details.clone())),
            (None, None) => None,
            _ => return Err("it has details without salt, or salt without details"),
        };
        Ok(Recorded {
            statement: self.entry.clone(),
            hash: bytes(&self.hash)?,
            signature: bytes(&self.signature)?,
            details,
        })
    }
}

/// Why a file is not believed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// The file is no exported log, or the anchor is not about it: nothing can be said.
    #[error("line {line}: {reason}")]
    Unusable {
        /// From 1.
        line: u64,
        /// In words.
        reason: String,
    },
    /// It was changed, or something is missing.
    #[error("line {line}: {broken}")]
    Broken {
        /// From 1.
        line: u64,
        /// What.
        broken: Broken,
    },
}

/// Reads a file line by line, believing the anchor alone.
#[derive(Debug)]
pub struct Reading {
    header: Header,
    walk: Walk,
    verify: Verify,
    anchored: super::Head,
    line: u64,
    closed: bool,
    erased: u64,
    scores: u64,
    decisions: u64,
}

/// What a whole file held.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Whole {
    /// Whose log.
    pub organisation: OrganisationId,
    /// Its name, as the file says.
    pub name: String,
    /// Entries.
    pub entries: i64,
    /// Of these, entries whose details were erased.
    pub erased: u64,
    /// Scores that were computed again, with the same outcome.
    pub scores: u64,
    /// Decisions whose records were held against their hashes and computed again, with the same outcome.
    pub decisions: u64,
}

impl Reading {
    /// Begins with the first line.
    ///
    /// # Errors
    /// [`Fault::Unusable`] when it is no exported log, or the anchor knows nothing of its organisation.
    pub fn begin(first: &str, anchor: &Anchor, verify: Verify) -> Result<Self, Fault> {
        let unusable = |reason: String| Fault::Unusable { line: 1, reason };
        let header: Header = serde_json::from_str(first)
            .map_err(|error| unusable(format!("not the beginning of an audit log: {error}")))?;
        if header.format != FORMAT {
            return Err(unusable(format!("format is {:?}, not {FORMAT:?}", header.format)));
        }
        let anchored = anchor.head(header.organisation).cloned().ok_or_else(|| {
            unusable(format!("the anchor has no head of organisation {}; take a newer one", header.organisation))
        })?;
        let trust = Trust { keys: anchor.keys.clone(), learns_after: Some(anchored.sequence), verify };
        let walk = Walk::trusting(trust);
        Ok(Self { header, walk, verify, anchored, line: 1, closed: false, erased: 0, scores: 0, decisions: 0 })
    }

    /// Checks the next line.
    ///
    /// # Errors
    /// The first thing that is wrong.
    pub fn step(&mut self, text: &str) -> Result<(), Fault> {
        self.line += 1;
        let (line, sequence) = (self.line, self.walk.next());
        let changed = |what| Fault::Broken { line, broken: Broken::Changed { sequence, what } };
        if self.closed {
            return Err(changed("something stands after the end of the log"));
        }
        if let Ok(closing) = serde_json::from_str::<Closing>(text) {
            return self.close(&closing);
        }
        let entry: Line = serde_json::from_str(text).map_err(|_| changed("the line cannot be read as an entry"))?;
        if entry.entry.organisation != self.header.organisation {
            return Err(changed("it belongs to another organisation's log"));
        }
        let recorded = entry.recorded().map_err(changed)?;
        self.walk.step(&recorded).map_err(|broken| Fault::Broken { line, broken })?;
        if sequence == self.anchored.sequence && recorded.hash != self.anchored.hash {
            return Err(changed("it is not the entry that the anchor names"));
        }
        self.erased += u64::from(recorded.details.is_none());
        match (&entry.score, &entry.details) {
            (Some(score), Some(details)) if entry.entry.action == SCORED => {
                reproduced(score, details).map_err(changed)?;
                self.scores += 1;
            }
            // With its details erased nothing says any more which score it was.
            (Some(_), _) => return Err(changed("it carries a score that it does not name")),
            (None, Some(_)) if entry.entry.action == SCORED => return Err(changed("its score is missing")),
            (None, _) => {}
        }
        match (&entry.record, &entry.details) {
            (Some(record), Some(details)) if entry.entry.action == DECIDED => {
                redecided(record, details).map_err(changed)?;
                self.decisions += 1;
            }
            (Some(_), _) => return Err(changed("it carries a record that it does not name")),
            (None, Some(_)) if entry.entry.action == DECIDED => return Err(changed("its record is missing")),
            (None, _) => {}
        }
        Ok(())
    }

    fn close(&mut self, closing: &Closing) -> Result<(), Fault> {
        let (line, sequence) = (self.line, self.walk.next());
        let broken = |broken| Fault::Broken { line, broken };
        let changed = |what| broken(Broken::Changed { sequence: sequence - 1, what });
        let head = &closing.head;
        if head.sequence >= sequence {
            return Err(broken(Broken::Missing { sequence }));
        }
        let ends_there = head.organisation == self.header.organisation
            && head.sequence == sequence - 1
            && key(&head.hash).as_ref() == Some(self.walk.previous());
        if !ends_there {
            return Err(changed("it is not the entry that the log's last line names"));
        }
        let signature = hex::decode(&closing.signature).unwrap_or_default();
        if !self.walk.key().is_some_and(|key: &PublicKey| (self.verify)(key, &head.message(), &signature)) {
            return Err(changed("the signature of the log's last line is not the key's in force"));
        }
        self.closed = true;
        Ok(())
    }

    /// Ends the reading, once there is no line left.
    ///
    /// # Errors
    /// When the last line, or entries that the anchor knows of, are missing.
    pub fn finish(self) -> Result<Whole, Fault> {
        let (line, sequence) = (self.line + 1, self.walk.next());
        if self.anchored.sequence >= sequence || !self.closed {
            return Err(Fault::Broken { line, broken: Broken::Missing { sequence } });
        }
        Ok(Whole {
            organisation: self.header.organisation,
            name: self.header.name,
            entries: sequence - 1,
            erased: self.erased,
            scores: self.scores,
            decisions: self.decisions,
        })
    }
}

/// Whether policy and input are those that the entry committed to, and give the output once more.
fn reproduced(score: &Score, details: &str) -> Result<(), &'static str> {
    let committed: Committed = serde_json::from_str(details).map_err(|_| "it does not say which score it is about")?;
    let again =
        scoring::score_documents(&score.policy, &score.input).map_err(|_| "its score cannot be computed again")?;
    if again.inputs_sha256 != committed.inputs_sha256 {
        return Err("its score was computed from another policy or input");
    }
    let stored: scoring::Output = serde_json::from_str(&score.output).map_err(|_| "its score cannot be read")?;
    if stored.rating != committed.rating || stored.residual != committed.residual {
        return Err("its score is not the one that was recorded");
    }
    // What an older method computed stands by its commitment alone.
    if stored.method == again.method && stored != again {
        return Err("its score does not come out again");
    }
    Ok(())
}

/// Whether a record is the one that the entry committed to, and its policy and input give its score once more.
fn redecided(record: &str, details: &str) -> Result<(), &'static str> {
    let decided: Decided = serde_json::from_str(details).map_err(|_| "it does not say which record it is about")?;
    match decision::recompute(record, &decided.sha256) {
        Ok(_) => Ok(()),
        Err(decision::Broken::Hash { .. }) => Err("its record is not the one that was decided on"),
        // What an older method computed stands by its commitment alone.
        Err(decision::Broken::Output { recorded, computed }) if method(&recorded) != method(&computed) => Ok(()),
        Err(_) => Err("its record cannot be computed again"),
    }
}

fn method(output: &str) -> Option<u32> {
    serde_json::from_str::<scoring::Output>(output).ok().map(|output| output.method)
}

/// What the entry of a decision says of its record.
#[derive(Deserialize)]
struct Decided {
    sha256: String,
}

/// What the entry of a score says of it.
#[derive(Deserialize)]
struct Committed {
    inputs_sha256: String,
    residual: f64,
    rating: String,
}
