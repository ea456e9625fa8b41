//! Scoring: how risky it is to buy a vendor's AI, as a pure function of one version of a policy and one input.
//!
//! [`score_documents`] is the one entry, for the command line and the server alike. It reads both documents,
//! refuses what is wrong with its place, and gives an [`Output`] in which every number can be followed down to an
//! answer.

mod canonical;
mod exact;
mod explanation;
mod groups;
mod inherent;
mod input;
mod kept;
mod knock_out;
mod levels;
mod output;
mod policy;
mod reading;
mod refusal;
mod score;
mod sum;

pub use canonical::{canonical, canonical_documents, sha256};
pub use groups::{Group, groups};
pub use inherent::{Inherent, Step, inherent};
pub use input::{Certificate, Input, Override, Question, State};
pub use kept::{figures_sha256, with_day, without_day};
pub use levels::{Level, Standing, certificate_counts, counting_evidence, months_after, standings};
pub use output::{Computed, Contribution, ControlScore, DomainScore, Fired, Name, Opportunity, Output, PolicyVersion};
pub use policy::{Band, KnockOut, Policy, Table, TagBelow, When, missing_factors};
pub use refusal::{Document, Refusal};
pub use score::score;

/// The version of the method that this module implements; every output names it.
pub const METHOD: u32 = 1;

/// The seven domains of risk, in the order in which they are shown and in which ties are decided.
pub const DOMAINS: [&str; 7] = [
    "discrimination_toxicity",
    "privacy_security",
    "misinformation",
    "malicious_use",
    "human_computer_interaction",
    "socioeconomic_environmental",
    "system_safety",
];

/// The position of a domain among the seven.
pub fn domain_index(name: &str) -> Option<usize> {
    DOMAINS.iter().position(|domain| *domain == name)
}

/// A policy and an input that fit each other.
#[derive(Clone, Debug, PartialEq)]
pub struct Documents {
    /// The policy.
    pub policy: Policy,
    /// The input.
    pub input: Input,
    canonical: String,
}

impl Documents {
    /// Reads and checks both documents.
    ///
    /// # Errors
    /// The first fault, the policy's before the input's.
    pub fn read(policy_json: &str, input_json: &str) -> Result<Self, Refusal> {
        let policy = Policy::parse(policy_json)?;
        let value = reading::read(Document::Input, input_json)?;
        let input = Input::checked(&value, &policy)?;
        let canonical = canonical::joined(policy.canonical(), &canonical(&value));
        Ok(Self { policy, input, canonical })
    }

    /// The canonical form of both documents as they were given: what a stored score keeps, and what its hash is over.
    pub fn canonical(&self) -> &str {
        &self.canonical
    }

    /// The score.
    pub fn score(&self) -> Output {
        score(&self.policy, &self.input, sha256(&self.canonical))
    }
}

/// Scores an input by a policy. The same two texts give the same output for ever.
///
/// # Errors
/// The first fault in the documents; then nothing is scored.
pub fn score_documents(policy_json: &str, input_json: &str) -> Result<Output, Refusal> {
    Documents::read(policy_json, input_json).map(|documents| documents.score())
}

/// Scores an input that was put together by this program, and not read; gives its canonical form beside the score. What is
/// said of a domain or a certificate by hand is to be checked before: [`score_by`] does.
pub fn score_made(policy: &Policy, input: &Input) -> (String, Output) {
    let text = canonical::of_input(input);
    debug_assert_eq!(
        Ok(&text),
        serde_json_canonicalizer::to_string(input).as_ref().map_err(drop),
        "it is written alike"
    );
    debug_assert_eq!(Input::parse(&text, policy).as_ref(), Ok(input), "it reads back as it was put together");
    let output = score(policy, input, sha256(&canonical::joined(policy.canonical(), &text)));
    (text, output)
}

/// Scores an input by a policy that was read once for many inputs; gives the input as it was read beside the score.
///
/// # Errors
/// The first fault in the input.
pub fn score_by(policy: &Policy, input_json: &str) -> Result<(Input, Output), Refusal> {
    let value = reading::read(Document::Input, input_json)?;
    let input = Input::checked(&value, policy)?;
    let both = canonical::joined(policy.canonical(), &canonical(&value));
    let output = score(policy, &input, sha256(&both));
    Ok((input, output))
}
