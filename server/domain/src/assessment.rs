//! The life of an assessment: its states, and which event leads where.

use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

/// Where an assessment stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Being prepared by the buyer; the vendor knows nothing of it.
    Draft,
    /// Issued; nobody has answered yet.
    Sent,
    /// At least one answer is saved.
    InProgress,
    /// Attested and frozen.
    Submitted,
    /// The buyer has taken it up.
    InReview,
    /// Given back with named questions reopened.
    Returned,
    /// The buyer has finished reading it.
    Reviewed,
    /// Done; nothing changes any more.
    Closed,
    /// Withdrawn by the buyer.
    Recalled,
}

/// What happens to an assessment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Event {
    /// The buyer sends it.
    Issue,
    /// The vendor saves an answer.
    Answer,
    /// The vendor attests and submits.
    Submit,
    /// The buyer takes it in review.
    TakeInReview,
    /// The buyer gives it back with named questions.
    Return,
    /// The buyer has read it all.
    FinishReview,
    /// The buyer closes it.
    Close,
    /// The buyer withdraws it.
    Recall,
}

/// An event that cannot happen in that state.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{event:?} is not possible while the assessment is {state}")]
pub struct NotNow {
    /// The state it is in.
    pub state: State,
    /// What was tried.
    pub event: Event,
}

impl State {
    /// All states, in the order of a life without detours.
    pub const ALL: [Self; 9] = [
        Self::Draft,
        Self::Sent,
        Self::InProgress,
        Self::Submitted,
        Self::InReview,
        Self::Returned,
        Self::Reviewed,
        Self::Closed,
        Self::Recalled,
    ];

    /// Its name in the database, the API and the wording: `in_progress`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Sent => "sent",
            Self::InProgress => "in_progress",
            Self::Submitted => "submitted",
            Self::InReview => "in_review",
            Self::Returned => "returned",
            Self::Reviewed => "reviewed",
            Self::Closed => "closed",
            Self::Recalled => "recalled",
        }
    }

    /// The state after an event.
    ///
    /// # Errors
    /// When the event is not possible in this state.
    pub fn after(self, event: Event) -> Result<Self, NotNow> {
        use State::{Closed, Draft, InProgress, InReview, Recalled, Returned, Reviewed, Sent, Submitted};
        Ok(match (self, event) {
            (Draft, Event::Issue) => Sent,
            (Sent | InProgress, Event::Answer) => InProgress,
            (Returned, Event::Answer) => Returned,
            (Sent | InProgress | Returned, Event::Submit) => Submitted,
            (Submitted, Event::TakeInReview) => InReview,
            (InReview, Event::Return) => Returned,
            (InReview, Event::FinishReview) => Reviewed,
            (Reviewed, Event::Close) => Closed,
            (Draft | Sent | InProgress | Returned, Event::Recall) => Recalled,
            _ => return Err(NotNow { state: self, event }),
        })
    }

    /// Whether the vendor is expected to act.
    pub fn waits_for_vendor(self) -> bool {
        matches!(self, Self::Sent | Self::InProgress | Self::Returned)
    }

    /// Whether the vendor may still read it: from issue on, unless it was recalled.
    pub fn is_readable_by_vendor(self) -> bool {
        !matches!(self, Self::Draft | Self::Recalled)
    }

    /// Whether an answer to this question may be saved now: before submission every one, after a return those named.
    pub fn accepts_answer(self, question: &str, reopened: &BTreeSet<String>) -> bool {
        match self {
            Self::Sent | Self::InProgress => true,
            Self::Returned => reopened.contains(question),
            _ => false,
        }
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
