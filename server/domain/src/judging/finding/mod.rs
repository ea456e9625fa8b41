//! Findings: what is not as it should be with a vendor, and what is done about it until somebody else has seen that it helped.

mod life;
mod plan;
mod triggers;
#[cfg(test)]
mod tests;

pub use life::{Refused, Step};
pub use plan::{Item, if_closed, in_order};
pub use triggers::{
    Existing, Outcome, Proposal, Trigger, With, contradicted_by_comment, contradicted_by_register, proposals, reconcile,
};

use super::due::day_or_none;
use super::party::Party;
use crate::answer::iso_date;
use crate::questionnaire::Severity;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::str::FromStr;
use time::Date;

/// How often "why" is asked at most.
pub const WHYS: usize = 5;
/// Corrective actions of one finding at most.
pub const MOST_ACTIONS: usize = 20;

/// Where a finding stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// A rule found it; the vendor knows nothing of it.
    Proposed,
    /// Raised; the vendor is to say what it does about it.
    Open,
    /// Cause, correction and actions are handed in.
    Planned,
    /// The plan is agreed to.
    InAction,
    /// All is done, the vendor says.
    Reported,
    /// Somebody else has seen that it helped.
    Verified,
    /// Done with.
    Closed,
    /// It was none.
    Dismissed,
}

impl State {
    /// All states, in the order of a life without detours.
    pub const ALL: [Self; 8] = [
        Self::Proposed,
        Self::Open,
        Self::Planned,
        Self::InAction,
        Self::Reported,
        Self::Verified,
        Self::Closed,
        Self::Dismissed,
    ];

    /// Its name in the database, the API and wording.
    pub fn name(self) -> &'static str {
        match self {
            Self::Proposed => "proposed",
            Self::Open => "open",
            Self::Planned => "planned",
            Self::InAction => "in_action",
            Self::Reported => "reported",
            Self::Verified => "verified",
            Self::Closed => "closed",
            Self::Dismissed => "dismissed",
        }
    }

    /// Whether something is still to be done about it.
    pub fn is_live(self) -> bool {
        !matches!(self, Self::Closed | Self::Dismissed)
    }

    /// Whether the vendor may know of it. What was dismissed before it was raised is never shown; whether it was raised is
    /// for [`Finding::was_raised`] to say.
    pub fn is_raised(self) -> bool {
        !matches!(self, Self::Proposed | Self::Dismissed)
    }

    /// Whether the vendor is expected to act.
    pub fn waits_for_vendor(self) -> bool {
        matches!(self, Self::Open | Self::InAction)
    }
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for State {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Self::ALL.into_iter().find(|state| state.name() == text).ok_or_else(|| format!("unknown state {text}"))
    }
}

/// How much work it takes, as the vendor or the analyst estimates it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Effort {
    /// Days.
    Small,
    /// Weeks.
    Medium,
    /// Months.
    Large,
}

impl Effort {
    /// All of them, the least first.
    pub const ALL: [Self; 3] = [Self::Small, Self::Medium, Self::Large];

    /// Its name in the database, the API and wording.
    pub fn name(self) -> &'static str {
        match self {
            Self::Small => "small",
            Self::Medium => "medium",
            Self::Large => "large",
        }
    }
}

/// A corrective action.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Action {
    /// What removes the cause.
    pub what: String,
    /// Who does it.
    pub owner: Party,
    /// By when.
    #[serde(with = "iso_date")]
    pub due_on: Date,
}

/// What the vendor does about a finding.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    /// Why it came about, and why that, and so on: one to five; the last is the root cause.
    pub whys: Vec<String>,
    /// What puts the case itself right.
    pub correction: String,
    /// What keeps it from coming again.
    pub actions: Vec<Action>,
}

impl Plan {
    /// The root cause.
    pub fn root_cause(&self) -> Option<&str> {
        self.whys.last().map(String::as_str)
    }
}

/// That an action is done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Done {
    /// Who says so.
    pub by: Party,
    /// When.
    #[serde(with = "iso_date")]
    pub on: Date,
    /// What was done.
    pub note: String,
    /// SHA-256 of files that show it.
    pub evidence: Vec<String>,
}

/// What an analyst settles of a finding.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Terms {
    /// How much it weighs.
    pub severity: Severity,
    /// How much work it takes.
    pub effort: Option<Effort>,
    /// Who answers for it, on the vendor's side as a rule.
    pub owner: Option<Party>,
    /// By when it is to be closed.
    #[serde(with = "day_or_none")]
    pub due_on: Option<Date>,
}

/// A finding as it stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// Where it stands.
    pub state: State,
    /// Severity, effort, owner, due day.
    pub terms: Terms,
    /// It was raised once, so the vendor has seen it.
    pub was_raised: bool,
    /// What the vendor does about it.
    pub plan: Option<Plan>,
    /// By position of the action: that it is done.
    pub done: BTreeMap<usize, Done>,
    /// Everybody who ever owned it, planned, acted or reported: nobody of these verifies or closes it.
    pub hands: BTreeSet<Party>,
}

impl Finding {
    /// One that a rule proposes.
    pub fn proposed(terms: Terms) -> Self {
        Self::new(State::Proposed, terms)
    }

    /// One that an analyst raises by hand.
    pub fn raised(terms: Terms) -> Self {
        Self { was_raised: true, ..Self::new(State::Open, terms) }
    }

    fn new(state: State, terms: Terms) -> Self {
        let hands = terms.owner.into_iter().collect();
        Self { state, terms, was_raised: false, plan: None, done: BTreeMap::new(), hands }
    }

    /// Whether it is a nonconformity, which takes a cause, a correction and corrective actions.
    pub fn is_nonconformity(&self) -> bool {
        self.terms.severity != Severity::Observation
    }

    /// Positions of the actions that are not done.
    pub fn open_actions(&self) -> Vec<usize> {
        let actions = self.plan.iter().flat_map(|plan| 0..plan.actions.len());
        actions.filter(|position| !self.done.contains_key(position)).collect()
    }

    /// The vendor's side may read it.
    pub fn is_shown_to_vendor(&self) -> bool {
        self.was_raised
    }
}
