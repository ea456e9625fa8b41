//! The life of a finding: which step is possible when, for whom, and what it makes of the finding.

use super::{Done, Finding, MOST_ACTIONS, Plan, State, Terms, WHYS};
use crate::judging::party::Party;
use crate::problem::{Problem, Problems};
use serde::{Deserialize, Serialize};
use time::Date;

/// What happens to a finding. As JSON it is what the history keeps.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "step", rename_all = "snake_case")]
pub enum Step {
    /// An analyst shows a proposed one to the vendor.
    Raise,
    /// It is none.
    Dismiss {
        /// Why.
        reason: String,
    },
    /// The vendor hands in what it will do.
    Plan {
        /// Cause, correction, actions.
        plan: Plan,
    },
    /// The analyst agrees to the plan.
    Agree,
    /// The analyst wants another plan.
    SendBack {
        /// Why.
        reason: String,
    },
    /// An action is done.
    Act {
        /// Its position in the plan.
        action: usize,
        /// What was done.
        note: String,
        /// SHA-256 of files that show it.
        evidence: Vec<String>,
    },
    /// All is done, the vendor says.
    Report {
        /// What was achieved.
        note: String,
    },
    /// It helped.
    Verify {
        /// How that was seen.
        note: String,
    },
    /// It did not help.
    NotEffective {
        /// Why.
        reason: String,
    },
    /// It is done with.
    Close {
        /// What else is to be said.
        note: String,
    },
    /// It is not.
    Reopen {
        /// Why.
        reason: String,
    },
    /// The analyst settles severity, effort, owner or due day anew.
    Settle {
        /// What holds from now on.
        terms: Terms,
        /// Why.
        reason: String,
    },
}

impl Step {
    /// Its name in the history, the API and wording.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Raise => "raise",
            Self::Dismiss { .. } => "dismiss",
            Self::Plan { .. } => "plan",
            Self::Agree => "agree",
            Self::SendBack { .. } => "send_back",
            Self::Act { .. } => "act",
            Self::Report { .. } => "report",
            Self::Verify { .. } => "verify",
            Self::NotEffective { .. } => "not_effective",
            Self::Close { .. } => "close",
            Self::Reopen { .. } => "reopen",
            Self::Settle { .. } => "settle",
        }
    }

    /// Whether it is the vendor's to take. A colleague on the buyer's side can take it in the vendor's place, and has had a
    /// hand in it then.
    pub fn is_vendors(&self) -> bool {
        matches!(self, Self::Plan { .. } | Self::Act { .. } | Self::Report { .. })
    }

    /// Whether it judges what others did, so that it takes somebody who had no hand in it.
    fn judges(&self) -> bool {
        matches!(self, Self::Verify { .. } | Self::NotEffective { .. } | Self::Close { .. })
    }
}

/// Why a step was not taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refused {
    /// It is not possible in this state.
    NotNow(State),
    /// It is not this side's to take.
    NotYours,
    /// It judges their own work, or a program would judge.
    OwnWork,
    /// What was given with it is wrong.
    Problems(Problems),
}

impl From<Problem> for Refused {
    fn from(problem: Problem) -> Self {
        Self::Problems(Problems::one(problem))
    }
}

impl Finding {
    /// The finding after a step, on a day.
    ///
    /// # Errors
    /// Why it cannot be taken. A text that is needed and missing is `required` at `reason` or `note`; what is wrong with a plan
    /// is at `whys`, `correction`, `actions`, `actions.<n>.what`, `actions.<n>.due_on`; an action that there is none of or that
    /// is done is `unknown` or `already-done` at `action`; actions that are not done when all is reported done are
    /// `actions-open` at `actions`.
    pub fn after(&self, step: &Step, by: &Party, today: Date) -> Result<Self, Refused> {
        let state = self.state_after(step).ok_or(Refused::NotNow(self.state))?;
        if !(step.is_vendors() || by.is_buyer()) {
            return Err(Refused::NotYours);
        }
        if step.is_vendors() && !by.is_person() {
            return Err(Refused::NotYours);
        }
        if step.judges() && !by.may_judge(self.hands.iter().chain(&self.terms.owner)) {
            return Err(Refused::OwnWork);
        }
        let mut after = Self { state, ..self.clone() };
        if step.is_vendors() {
            after.hands.insert(*by);
        }
        match step {
            Step::Raise => after.was_raised = true,
            Step::Agree => {}
            Step::Dismiss { reason } | Step::SendBack { reason } => needed("reason", reason)?,
            Step::Verify { note } => needed("note", note)?,
            Step::Close { .. } => {}
            Step::Plan { plan } => {
                self.check_plan(plan, today)?;
                after.hands.extend(plan.actions.iter().map(|action| action.owner));
                after.plan = Some(plan.clone());
                after.done.clear();
            }
            Step::Act { action, note, evidence } => {
                needed("note", note)?;
                if self.plan.as_ref().is_none_or(|plan| *action >= plan.actions.len()) {
                    return Err(Problem::new("action", "unknown").into());
                }
                let done = Done { by: *by, on: today, note: note.trim().to_owned(), evidence: evidence.clone() };
                if after.done.insert(*action, done).is_some() {
                    return Err(Problem::new("action", "already-done").into());
                }
            }
            Step::Report { note } => {
                needed("note", note)?;
                let open = self.open_actions();
                if !open.is_empty() {
                    return Err(Problem::new("actions", "actions-open").with("open", open.len()).into());
                }
            }
            Step::NotEffective { reason } => {
                needed("reason", reason)?;
                after.done.clear();
            }
            Step::Reopen { reason } => {
                needed("reason", reason)?;
                after.was_raised = true;
                after.plan = None;
                after.done.clear();
            }
            Step::Settle { terms, reason } => {
                needed("reason", reason)?;
                after.hands.extend(terms.owner);
                after.terms = terms.clone();
            }
        }
        Ok(after)
    }

    /// The table of its life.
    fn state_after(&self, step: &Step) -> Option<State> {
        use State::{Closed, Dismissed, InAction, Open, Planned, Proposed, Reported, Verified};
        Some(match (self.state, step) {
            (Proposed, Step::Raise) => Open,
            (Proposed | Open, Step::Dismiss { .. }) => Dismissed,
            (Open | Planned, Step::Plan { .. }) => Planned,
            (Planned, Step::Agree) => InAction,
            (Planned, Step::SendBack { .. }) => Open,
            (InAction, Step::Act { .. }) => InAction,
            (InAction, Step::Report { .. }) => Reported,
            (Open, Step::Report { .. }) if !self.is_nonconformity() => Reported,
            (Reported, Step::Verify { .. }) => Verified,
            // What was reported without a plan goes back to where a plan can be made.
            (Reported | Verified, Step::NotEffective { .. }) => {
                if self.plan.is_some() {
                    InAction
                } else {
                    Open
                }
            }
            (Verified, Step::Close { .. }) => Closed,
            (Closed | Dismissed, Step::Reopen { .. }) => Open,
            (state, Step::Settle { terms, .. }) if state.is_live() => {
                // An observation that turns out to be a nonconformity is planned before it is reported.
                let lacks_plan = terms.severity != crate::questionnaire::Severity::Observation && self.plan.is_none();
                if lacks_plan && matches!(state, Reported | Verified) { Open } else { state }
            }
            _ => return None,
        })
    }

    fn check_plan(&self, plan: &Plan, today: Date) -> Result<(), Refused> {
        let mut problems = Vec::new();
        let is_blank = |text: &String| text.trim().is_empty();
        if plan.whys.len() > WHYS {
            problems.push(Problem::new("whys", "too-many").with("most", WHYS));
        }
        if plan.whys.iter().any(is_blank) || (self.is_nonconformity() && plan.whys.is_empty()) {
            problems.push(Problem::new("whys", "required"));
        }
        if self.is_nonconformity() && is_blank(&plan.correction) {
            problems.push(Problem::new("correction", "required"));
        }
        if self.is_nonconformity() && plan.actions.is_empty() {
            problems.push(Problem::new("actions", "required"));
        }
        if plan.actions.len() > MOST_ACTIONS {
            problems.push(Problem::new("actions", "too-many").with("most", MOST_ACTIONS));
        }
        for (position, action) in plan.actions.iter().enumerate() {
            if is_blank(&action.what) {
                problems.push(Problem::new(format!("actions.{position}.what"), "required"));
            }
            if !action.owner.is_person() {
                problems.push(Problem::new(format!("actions.{position}.owner"), "required"));
            }
            // Where the vendor is, it may still be yesterday.
            if action.due_on.next_day().is_some_and(|next| next < today) {
                problems.push(Problem::new(format!("actions.{position}.due_on"), "in-the-past"));
            }
        }
        if problems.is_empty() { Ok(()) } else { Err(Refused::Problems(Problems(problems))) }
    }
}

fn needed(at: &str, text: &str) -> Result<(), Refused> {
    if text.trim().is_empty() { Err(Problem::new(at, "required").into()) } else { Ok(()) }
}
