//! Conditions of an approval, followed one by one.

use crate::judging::due::day_or_none;
use crate::judging::party::Party;
use serde::{Deserialize, Serialize};
use time::Date;

/// What is to be done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Condition {
    /// What.
    pub what: String,
    /// By when.
    #[serde(with = "day_or_none")]
    pub due_on: Option<Date>,
    /// Who sees to it.
    pub owner: Option<Party>,
    /// The finding that it is about, by id.
    pub finding: Option<String>,
    /// It is a clause of the contract, which stands so.
    pub clause: Option<Clause>,
}

/// How a clause of the contract stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Clause {
    /// The vendor has not seen it.
    ToPropose,
    /// The vendor has it.
    Proposed,
    /// The vendor agrees.
    Agreed,
    /// The vendor does not.
    Refused,
    /// It is in the contract.
    Signed,
}

impl Clause {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::ToPropose, Self::Proposed, Self::Agreed, Self::Refused, Self::Signed];

    /// Its name in the database, the API and wording.
    pub fn name(self) -> &'static str {
        match self {
            Self::ToPropose => "to_propose",
            Self::Proposed => "proposed",
            Self::Agreed => "agreed",
            Self::Refused => "refused",
            Self::Signed => "signed",
        }
    }

    /// Whether one can follow on the other. What is signed stays so under this decision.
    pub fn may_become(self, next: Self) -> bool {
        match self {
            Self::ToPropose => matches!(next, Self::Proposed),
            Self::Proposed | Self::Refused => {
                matches!(next, Self::Proposed | Self::Agreed | Self::Refused) && next != self
            }
            Self::Agreed => matches!(next, Self::Proposed | Self::Refused | Self::Signed),
            Self::Signed => false,
        }
    }
}

/// Where a condition stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConditionState {
    /// To be met.
    Open,
    /// Met.
    Met,
    /// Not needed any more.
    Waived,
}

impl ConditionState {
    /// Its name in the database, the API and wording.
    pub fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Met => "met",
            Self::Waived => "waived",
        }
    }
}

/// What happens to a condition.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "step", rename_all = "snake_case")]
pub enum ConditionStep {
    /// It is met.
    Meet {
        /// What shows it.
        note: String,
    },
    /// Whoever may decide does without it.
    Waive {
        /// Why.
        reason: String,
    },
    /// It is not met after all.
    TakeBack {
        /// Why.
        reason: String,
    },
    /// Its clause stands otherwise.
    Clause {
        /// How.
        clause: Clause,
    },
}

/// Why a step of a condition was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotPossible {
    /// Not while it stands so.
    NotNow,
    /// It says nothing: a note or a reason is needed.
    SaysNothing,
    /// Its owner says that it is met; somebody else has to see that.
    OwnWork,
    /// A clause that is not signed is not met.
    NotSigned,
}

impl Condition {
    /// State and clause after a step by somebody. That who waives may decide is for the caller to see to.
    ///
    /// # Errors
    /// Why it cannot be taken.
    pub fn after(
        &self,
        (state, clause): (ConditionState, Option<Clause>),
        step: &ConditionStep,
        by: &Party,
    ) -> Result<(ConditionState, Option<Clause>), NotPossible> {
        use ConditionState::{Met, Open, Waived};
        let says = |text: &str| if text.trim().is_empty() { Err(NotPossible::SaysNothing) } else { Ok(()) };
        match (state, step) {
            (Open, ConditionStep::Meet { note }) => {
                says(note)?;
                if !by.may_judge(&self.owner) {
                    return Err(NotPossible::OwnWork);
                }
                if clause.is_some_and(|clause| clause != Clause::Signed) {
                    return Err(NotPossible::NotSigned);
                }
                Ok((Met, clause))
            }
            (Open, ConditionStep::Waive { reason }) => {
                says(reason)?;
                if by.may_judge(&self.owner) { Ok((Waived, clause)) } else { Err(NotPossible::OwnWork) }
            }
            (Met | Waived, ConditionStep::TakeBack { reason }) => says(reason).map(|()| (Open, clause)),
            (Open, ConditionStep::Clause { clause: next }) => match clause {
                Some(clause) if clause.may_become(*next) => Ok((Open, Some(*next))),
                _ => Err(NotPossible::NotNow),
            },
            _ => Err(NotPossible::NotNow),
        }
    }
}
