//! The decision on a vendor for an engagement: what it needs, its conditions, when to look again, and what overtakes it.

mod conditions;
mod record;
mod standing;
#[cfg(test)]
mod tests;

pub use conditions::{Clause, Condition, ConditionState, ConditionStep, NotPossible};
pub use record::{Broken, FORMAT, Frozen, Record, Recorded, RecordedFinding, recompute};
pub use standing::{Basis, ConfirmedTier, Days, Overtaken, Present, other_since, overtaken};

use super::party::Party;
use super::rules::{Approval, Rules};
use crate::problem::{Problem, Problems};
use crate::questionnaire::Severity;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;
use time::Date;

/// What is decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// It may be used.
    Approved,
    /// It may be used, and something is to be done.
    ApprovedWithConditions,
    /// Not now.
    OnHold,
    /// Not at all.
    Rejected,
    /// It is not asked for any more.
    Withdrawn,
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 5] =
        [Self::Approved, Self::ApprovedWithConditions, Self::OnHold, Self::Rejected, Self::Withdrawn];

    /// Its name in the database, the API and wording.
    pub fn name(self) -> &'static str {
        match self {
            Self::Approved => "approved",
            Self::ApprovedWithConditions => "approved_with_conditions",
            Self::OnHold => "on_hold",
            Self::Rejected => "rejected",
            Self::Withdrawn => "withdrawn",
        }
    }

    /// Whether it lets the vendor's AI be used.
    pub fn approves(self) -> bool {
        matches!(self, Self::Approved | Self::ApprovedWithConditions)
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Kind {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Self::ALL.into_iter().find(|kind| kind.name() == text).ok_or_else(|| format!("unknown decision {text}"))
    }
}

/// The impact assessment, where the use takes one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Impact {
    /// The use is not high-risk.
    NotAskedFor,
    /// None is approved.
    Missing,
    /// It is approved, and the profile or an answer has changed since.
    OutOfDate,
    /// It is approved and up to date.
    Approved,
}

/// A finding that is not closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OpenFinding<'a> {
    /// Its id.
    pub id: &'a str,
    /// How much it weighs.
    pub severity: Severity,
    /// An acceptance in force covers it.
    pub is_accepted: bool,
}

/// What is so when somebody decides.
#[derive(Clone, Debug)]
pub struct Situation<'a> {
    /// The rules of judging.
    pub rules: &'a Rules,
    /// The rating of the stored score that the decision would rest on; none where there is none.
    pub rating: Option<&'a str>,
    /// That score says what would be computed today, from all that is so now.
    pub score_is_current: bool,
    /// Somebody confirmed the tier of the EU AI Act, and what is known of the use by now does not speak against it.
    pub tier_is_confirmed: bool,
    /// The use is one that Art. 5 of the EU AI Act prohibits.
    pub is_prohibited: bool,
    /// The engagement has ended.
    pub has_ended: bool,
    /// Findings that are raised and not closed.
    pub findings: &'a [OpenFinding<'a>],
    /// An acceptance of the residual risk is in force.
    pub residual_is_accepted: bool,
    /// The impact assessment.
    pub impact: Impact,
    /// Whoever does not decide, for what they did of what it would rest on.
    pub judged: &'a [Party],
}

/// What somebody decides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decided {
    /// What.
    pub kind: Kind,
    /// Why.
    pub reason: String,
    /// To be met, for an approval with conditions.
    pub conditions: Vec<Condition>,
}

/// Whether a decision can be made.
///
/// # Errors
/// At `kind`: `own-work` for whoever is among [`Situation::judged`], and for a program; `tier-not-confirmed`, `prohibited`,
/// `ended`, `unscored`, `score-overtaken`, `needs-acceptance`, `needs-conditions`, `needs-impact-assessment`,
/// `impact-assessment-out-of-date`. At `reason`: `required` for all but an approval. At `conditions`: `required` where it has
/// none, `not-with-this` where it may have none, `finding-open` with the id of a nonconformity that is neither accepted nor
/// named by a condition; at `conditions.<n>.<field>`: `required`, `unknown` for a finding that is not open.
pub fn check(decided: &Decided, situation: &Situation<'_>, by: &Party) -> Result<(), Problems> {
    let mut problems = Vec::new();
    if !by.may_judge(situation.judged) {
        problems.push(Problem::new("kind", "own-work"));
    }
    if decided.kind.approves() {
        check_approval(decided, situation, &mut problems);
    } else if decided.reason.trim().is_empty() {
        problems.push(Problem::new("reason", "required"));
    }
    match decided.kind {
        Kind::ApprovedWithConditions if decided.conditions.is_empty() => {
            problems.push(Problem::new("conditions", "required"));
        }
        Kind::ApprovedWithConditions => {}
        _ if !decided.conditions.is_empty() => problems.push(Problem::new("conditions", "not-with-this")),
        _ => {}
    }
    for (n, condition) in decided.conditions.iter().enumerate() {
        if condition.what.trim().is_empty() {
            problems.push(Problem::new(format!("conditions.{n}.what"), "required"));
        }
        let is_open = |id: &String| situation.findings.iter().any(|finding| finding.id == id);
        if condition.finding.as_ref().is_some_and(|id| !is_open(id)) {
            problems.push(Problem::new(format!("conditions.{n}.finding"), "unknown"));
        }
    }
    Problems::none_or(problems, ())
}

fn check_approval(decided: &Decided, situation: &Situation<'_>, problems: &mut Vec<Problem>) {
    let mut say = |code: &str| problems.push(Problem::new("kind", code));
    if !situation.tier_is_confirmed {
        say("tier-not-confirmed");
    }
    if situation.is_prohibited {
        say("prohibited");
    }
    if situation.has_ended {
        say("ended");
    }
    match situation.rating {
        None => say("unscored"),
        Some(_) if !situation.score_is_current => say("score-overtaken"),
        Some(rating) => match situation.rules.approval(rating) {
            Approval::Plain => {}
            Approval::Acceptance if !situation.residual_is_accepted => say("needs-acceptance"),
            Approval::Conditions | Approval::Acceptance => {
                if decided.kind == Kind::Approved {
                    say("needs-conditions");
                }
            }
        },
    }
    match situation.impact {
        Impact::Missing => say("needs-impact-assessment"),
        Impact::OutOfDate => say("impact-assessment-out-of-date"),
        Impact::NotAskedFor | Impact::Approved => {}
    }
    let named: BTreeSet<&str> =
        decided.conditions.iter().filter_map(|condition| condition.finding.as_deref()).collect();
    let open = situation.findings.iter().filter(|finding| {
        finding.severity != Severity::Observation && !finding.is_accepted && !named.contains(finding.id)
    });
    problems.extend(open.map(|finding| Problem::new("conditions", "finding-open").with("finding", finding.id)));
}

/// When to look again: the earliest of the tier's interval, the last days of the acceptances that it rests on, and a day
/// that the approver names. A day before the decision is no day to look again, and counts as the day after it.
pub fn next_review(
    rules: &Rules,
    tier: &str,
    decided_on: Date,
    acceptances: impl IntoIterator<Item = Date>,
    named: Option<Date>,
) -> Date {
    let earliest = acceptances.into_iter().chain(named).chain([rules.review_on(tier, decided_on)]).min();
    let tomorrow = decided_on.next_day().unwrap_or(Date::MAX);
    earliest.unwrap_or(tomorrow).max(tomorrow)
}
