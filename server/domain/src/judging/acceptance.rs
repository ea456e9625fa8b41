//! Living with a risk: asked for by one person, approved by others, until a day, and only as long as it is the same risk.

use super::party::Party;
use super::rules::{Authority, Rules};
use crate::access::Roles;
use crate::answer::iso_date;
use crate::problem::{Problem, Problems};
use crate::questionnaire::Severity;
use crate::scoring::{Input, Level, Output, Policy, State, months_after, standings};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use time::Date;

/// By how much a residual risk may differ and still be the same: what scores are exact to.
const SAME: f64 = 1e-9;

/// A finding that is not closed or dismissed, as far as an acceptance of it goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Live {
    /// How much it weighs.
    pub severity: Severity,
    /// How often it was reopened.
    pub reopened: u32,
}

/// What a risk was when it was accepted.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Basis {
    /// The residual risk, 0..100.
    pub residual: f64,
    /// The rating.
    pub rating: String,
    /// The knock-outs that had fired.
    pub knock_outs: BTreeSet<String>,
    /// By question whose answer takes something off the driver's risk: the level at which it stood, above claimed.
    pub evidence: BTreeMap<String, Level>,
    /// The findings that were accepted, by id; none where the residual risk was.
    pub findings: BTreeMap<String, Live>,
}

impl Basis {
    /// The basis of a score, without findings.
    pub fn of(policy: &Policy, input: &Input, output: &Output) -> Self {
        let of_driver = output.contributions.iter().filter(|line| *line.domain == *output.driver);
        let counting: BTreeSet<&str> = of_driver.map(|line| &*line.question).collect();
        let mut evidence = answer_levels(policy, input);
        evidence.retain(|question, level| counting.contains(question.as_str()) && *level > Level::Claimed);
        Self {
            residual: output.residual,
            rating: output.rating.clone(),
            knock_outs: output.knock_outs.iter().map(|fired| fired.id.clone()).collect(),
            evidence,
            findings: BTreeMap::new(),
        }
    }
}

/// The level at which each answer stands, raises included.
fn answer_levels(policy: &Policy, input: &Input) -> BTreeMap<String, Level> {
    let answered = standings(policy, input).into_iter().filter(|standing| standing.question.state == State::Answered);
    answered.map(|standing| (standing.question.id.clone(), standing.level_through_any())).collect()
}

/// What is accepted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Scope {
    /// The residual risk of an engagement.
    Residual,
    /// That these findings stay open, by id.
    Findings {
        /// At least one.
        findings: BTreeSet<String>,
    },
}

/// How an acceptance was ended by somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum End {
    /// An approver will not have it.
    Refused,
    /// It was taken back.
    Withdrawn,
}

/// An acceptance as it was asked for, and what became of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Acceptance {
    /// What is accepted.
    pub scope: Scope,
    /// Why.
    pub reason: String,
    /// Under which conditions; may be empty.
    pub conditions: Vec<String>,
    /// The last day on which it holds.
    #[serde(with = "iso_date")]
    pub expires_on: Date,
    /// What was accepted.
    pub basis: Basis,
    /// How many people have to approve.
    pub approvers: u32,
    /// Who asked for it.
    pub asked_by: Party,
    /// Who approved it.
    pub approved_by: Vec<Party>,
    /// That somebody ended it.
    pub ended: Option<End>,
}

/// What is so on a day.
#[derive(Clone, Debug, PartialEq)]
pub struct Now<'a> {
    /// The day, UTC.
    pub today: Date,
    /// The policy in force.
    pub policy: &'a Policy,
    /// What the engagement's newest submission is scored from on that day.
    pub input: &'a Input,
    /// Its score on that day.
    pub output: &'a Output,
    /// The engagement has ended.
    pub engagement_ended: bool,
    /// The engagement's findings that are not closed or dismissed, by id.
    pub live_findings: &'a BTreeMap<String, Live>,
}

impl Now<'_> {
    /// Whether there is nothing of a scope left to accept.
    fn is_gone(&self, scope: &Scope) -> bool {
        let mildest = self.policy.bands.first().map(|band| band.rating.as_str());
        self.engagement_ended
            || match scope {
                Scope::Residual => mildest == Some(self.output.rating.as_str()) && self.policy.bands.len() > 1,
                Scope::Findings { findings } => {
                    !findings.iter().any(|finding| self.live_findings.contains_key(finding))
                }
            }
    }
}

/// Why an acceptance supports nothing any more, though nobody ended it.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Cause {
    /// The residual risk is higher.
    ResidualRose {
        /// What was accepted.
        from: f64,
        /// What it is.
        to: f64,
    },
    /// The rating is worse, or one that the policy did not know.
    RatingWorse {
        /// What was accepted.
        from: String,
        /// What it is.
        to: String,
    },
    /// A knock-out fires that did not.
    KnockOut {
        /// Its id.
        id: String,
    },
    /// Evidence that it rested on is gone, or stands lower.
    Evidence {
        /// The question.
        question: String,
        /// What it stood at.
        from: Level,
        /// What it stands at; none where there is no answer any more.
        to: Option<Level>,
    },
    /// A finding that was accepted weighs more.
    FindingWorse {
        /// The finding, by id.
        finding: String,
        /// What was accepted.
        from: Severity,
        /// What it is.
        to: Severity,
    },
    /// A finding that was accepted was closed or dismissed since, and reopened.
    FindingReopened {
        /// The finding, by id.
        finding: String,
    },
}

/// How an acceptance stands on a day.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "standing", rename_all = "snake_case")]
pub enum Standing {
    /// Approvals are missing.
    Waiting {
        /// How many.
        missing: u32,
    },
    /// It holds.
    InForce,
    /// It is another risk than was accepted.
    Stale {
        /// Why; at least one.
        causes: Vec<Cause>,
    },
    /// Its last day has passed.
    Expired,
    /// What was accepted is no more.
    NothingLeft,
    /// Somebody ended it.
    Ended {
        /// How.
        how: End,
    },
}

impl Standing {
    /// Its name; of one that was ended, how.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Waiting { .. } => "waiting",
            Self::InForce => "in_force",
            Self::Stale { .. } => "stale",
            Self::Expired => "expired",
            Self::NothingLeft => "nothing_left",
            Self::Ended { how: End::Refused } => "refused",
            Self::Ended { how: End::Withdrawn } => "withdrawn",
        }
    }
}

/// What is asked for.
#[derive(Clone, Debug, PartialEq)]
pub struct Asked {
    /// What is to be accepted.
    pub scope: Scope,
    /// Why.
    pub reason: String,
    /// Under which conditions.
    pub conditions: Vec<String>,
    /// The last day on which it is to hold.
    pub expires_on: Date,
}

impl Acceptance {
    /// Asks for an acceptance of what is so now.
    ///
    /// # Errors
    /// At `scope`: `nothing-to-accept`, `unknown` for a finding that is none. At `reason`, `conditions.<n>`: `required`. At
    /// `expires_on`: `not-later` for a day that is not after today, `too-late` past what the rating's authority allows.
    pub fn ask(rules: &Rules, asked: Asked, now: &Now<'_>, by: Party) -> Result<Self, Problems> {
        let mut problems = Vec::new();
        let authority = rules.authority(&now.output.rating);
        match &asked.scope {
            scope if now.is_gone(scope) => problems.push(Problem::new("scope", "nothing-to-accept")),
            Scope::Findings { findings } => {
                let unknown = findings.iter().filter(|finding| !now.live_findings.contains_key(*finding));
                problems.extend(unknown.map(|finding| Problem::new("scope", "unknown").with("given", finding)));
            }
            Scope::Residual => {}
        }
        if asked.reason.trim().is_empty() {
            problems.push(Problem::new("reason", "required"));
        }
        let blank = asked.conditions.iter().enumerate().filter(|(_, condition)| condition.trim().is_empty());
        problems.extend(blank.map(|(n, _)| Problem::new(format!("conditions.{n}"), "required")));
        let latest = months_after(now.today, u64::from(authority.months)).unwrap_or(Date::MAX);
        if asked.expires_on <= now.today {
            problems.push(Problem::new("expires_on", "not-later").with("than", iso_date::write(now.today)));
        } else if asked.expires_on > latest {
            problems.push(Problem::new("expires_on", "too-late").with("latest", iso_date::write(latest)));
        }
        let mut basis = Basis::of(now.policy, now.input, now.output);
        if let Scope::Findings { findings } = &asked.scope {
            let live = now.live_findings.iter().filter(|(finding, _)| findings.contains(*finding));
            basis.findings = live.map(|(finding, live)| (finding.clone(), *live)).collect();
        }
        let acceptance = Self {
            scope: asked.scope,
            reason: asked.reason.trim().to_owned(),
            conditions: asked.conditions.iter().map(|condition| condition.trim().to_owned()).collect(),
            expires_on: asked.expires_on,
            basis,
            approvers: authority.approvers,
            asked_by: by,
            approved_by: Vec::new(),
            ended: None,
        };
        Problems::none_or(problems, acceptance)
    }

    /// How it stands on a day.
    pub fn standing(&self, now: &Now<'_>) -> Standing {
        if let Some(how) = self.ended {
            return Standing::Ended { how };
        }
        if now.is_gone(&self.scope) {
            return Standing::NothingLeft;
        }
        if now.today > self.expires_on {
            return Standing::Expired;
        }
        let causes = self.causes(now);
        let missing = self.approvers.saturating_sub(u32::try_from(self.approved_by.len()).unwrap_or(u32::MAX));
        match (causes.is_empty(), missing) {
            (false, _) => Standing::Stale { causes },
            (true, 0) => Standing::InForce,
            (true, missing) => Standing::Waiting { missing },
        }
    }

    fn causes(&self, now: &Now<'_>) -> Vec<Cause> {
        let mut causes = Vec::new();
        let (basis, output) = (&self.basis, now.output);
        if output.residual > basis.residual + SAME {
            causes.push(Cause::ResidualRose { from: basis.residual, to: output.residual });
        }
        let (from, to) = (now.policy.rank(&basis.rating), now.policy.rank(&output.rating));
        if basis.rating != output.rating && (from.is_none() || to > from) {
            causes.push(Cause::RatingWorse { from: basis.rating.clone(), to: output.rating.clone() });
        }
        let fired = output.knock_outs.iter().filter(|fired| !basis.knock_outs.contains(&fired.id));
        causes.extend(fired.map(|fired| Cause::KnockOut { id: fired.id.clone() }));
        let levels = answer_levels(now.policy, now.input);
        for (question, from) in &basis.evidence {
            let to = levels.get(question).copied();
            if to.is_none_or(|to| to < *from) {
                causes.push(Cause::Evidence { question: question.clone(), from: *from, to });
            }
        }
        for (finding, from) in &basis.findings {
            let Some(to) = now.live_findings.get(finding) else { continue };
            if to.severity > from.severity {
                let (from, to) = (from.severity, to.severity);
                causes.push(Cause::FindingWorse { finding: finding.clone(), from, to });
            }
            if to.reopened > from.reopened {
                causes.push(Cause::FindingReopened { finding: finding.clone() });
            }
        }
        causes
    }

    /// The same with one more approval.
    ///
    /// # Errors
    /// Why there is none.
    pub fn approved(
        &self,
        by: Party,
        roles: &Roles,
        authority: &Authority,
        now: &Now<'_>,
    ) -> Result<Self, NotApproved> {
        if !by.may_judge(self.approved_by.iter().chain([&self.asked_by])) {
            return Err(NotApproved::OwnWork);
        }
        if !roles.has(authority.role) {
            return Err(NotApproved::Role);
        }
        match self.standing(now) {
            Standing::Waiting { .. } => {
                let mut approved = self.clone();
                approved.approved_by.push(by);
                Ok(approved)
            }
            standing => Err(NotApproved::NotWaiting(standing)),
        }
    }
}

/// Why somebody's approval does not count.
#[derive(Clone, Debug, PartialEq)]
pub enum NotApproved {
    /// They asked for it, have approved it already, or are no person on the buyer's side.
    OwnWork,
    /// It takes another role.
    Role,
    /// It is not waiting for approval.
    NotWaiting(Standing),
}
