//! The numbers among the rules of judging, as data (`fixtures/judging/*.json`): how often to look again, what a rating asks
//! for, who may accept it and how long, how long a finding may take.

use crate::access::{Permission, Role};
use crate::problem::{Problem, Problems};
use crate::questionnaire::Severity;
use crate::scoring::{Policy, months_after};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use time::{Date, Duration};

/// The value of [`Rules::format`] that this program reads.
pub const FORMAT: &str = "candor-judging/1";
/// Months that an interval may have at most.
const MOST_MONTHS: u32 = 60;
/// Days that a finding may be given at most.
const MOST_DAYS: u32 = 1000;
/// People that a rating may ask for at most.
const MOST_APPROVERS: u32 = 5;

/// The rules that go with a policy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rules {
    /// Always [`FORMAT`].
    pub format: String,
    /// A stable name: `candor-default`.
    pub key: String,
    /// Counted up by whoever changes the file.
    pub version: u32,
    /// By rating, which is also the tier of a vendor: the bands of the policy.
    pub ratings: BTreeMap<String, OfRating>,
    /// By how much a finding weighs.
    pub findings: BTreeMap<Severity, OfFinding>,
}

/// What follows from a rating.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OfRating {
    /// What a residual risk of this rating can be approved with.
    pub approval: Approval,
    /// Months until a vendor of this tier is looked at again.
    pub review_months: u32,
    /// Who may accept such a risk.
    pub acceptance: Authority,
    /// Why.
    pub reason: String,
}

/// What an approval asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Approval {
    /// Nothing more.
    Plain,
    /// At least one condition.
    Conditions,
    /// That the residual risk is accepted, and at least one condition.
    Acceptance,
}

/// Who may accept a risk, and for how long.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Authority {
    /// The role that it takes.
    pub role: Role,
    /// How many people.
    pub approvers: u32,
    /// For how many months at most.
    pub months: u32,
}

/// What follows from how much a finding weighs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OfFinding {
    /// Days until it is to be closed, from when it is raised.
    pub days: u32,
    /// Why.
    pub reason: String,
}

impl Rules {
    /// Reads a file and checks it.
    ///
    /// # Errors
    /// Everything that is wrong: the place in the text where it is no file of rules (`not-judging-rules`), else JSON Pointers.
    pub fn read(json: &str) -> Result<Self, Problems> {
        let rules: Self = serde_json::from_str(json).map_err(|wrong| Problems::of_json("not-judging-rules", &wrong))?;
        Problems::none_or(rules.check(), rules)
    }

    fn check(&self) -> Vec<Problem> {
        let mut problems = Vec::new();
        if self.format != FORMAT {
            problems.push(Problem::new("/format", "unknown-format").with("expected", FORMAT));
        }
        if self.ratings.is_empty() {
            problems.push(Problem::new("/ratings", "required"));
        }
        let mut within = |at: String, number: u32, most: u32| {
            if number == 0 || number > most {
                problems.push(Problem::new(at, "out-of-range").with("least", 1).with("most", most));
            }
        };
        for (rating, of) in &self.ratings {
            let at = |field: &str| format!("/ratings/{rating}/{field}");
            within(at("review_months"), of.review_months, MOST_MONTHS);
            within(at("acceptance/months"), of.acceptance.months, MOST_MONTHS);
            within(at("acceptance/approvers"), of.acceptance.approvers, MOST_APPROVERS);
        }
        for (severity, of) in &self.findings {
            within(format!("/findings/{}/days", name(*severity)), of.days, MOST_DAYS);
        }
        for (rating, of) in &self.ratings {
            if !of.acceptance.role.may(Permission::Decide) {
                let at = format!("/ratings/{rating}/acceptance/role");
                problems.push(Problem::new(at, "may-not-decide").with("given", of.acceptance.role));
            }
        }
        for severity in [Severity::Observation, Severity::Minor, Severity::Major] {
            if !self.findings.contains_key(&severity) {
                problems.push(Problem::new(format!("/findings/{}", name(severity)), "required"));
            }
        }
        problems
    }

    /// Ratings of a policy that these rules say nothing of; the strictest that there are count for them.
    pub fn unsaid<'p>(&self, policy: &'p Policy) -> Vec<&'p str> {
        let ratings = policy.bands.iter().map(|band| band.rating.as_str());
        ratings.filter(|rating| !self.ratings.contains_key(*rating)).collect()
    }

    /// What a rating can be approved with; the strictest where nothing is said of it.
    pub fn approval(&self, rating: &str) -> Approval {
        let strictest = || self.ratings.values().map(|of| of.approval).max();
        self.ratings.get(rating).map(|of| of.approval).or_else(strictest).unwrap_or(Approval::Acceptance)
    }

    /// Who may accept a risk of a rating; of what is said, the most people and the shortest time where nothing is said of it.
    pub fn authority(&self, rating: &str) -> Authority {
        if let Some(of) = self.ratings.get(rating) {
            return of.acceptance;
        }
        let all = || self.ratings.values().map(|of| of.acceptance);
        Authority {
            role: Role::Approver,
            approvers: all().map(|of| of.approvers).max().unwrap_or(1),
            months: all().map(|of| of.months).min().unwrap_or(1),
        }
    }

    /// The day on which a vendor of a tier is looked at again, counted from a day.
    pub fn review_on(&self, tier: &str, from: Date) -> Date {
        let shortest = || self.ratings.values().map(|of| of.review_months).min();
        let months = self.ratings.get(tier).map(|of| of.review_months).or_else(shortest).unwrap_or(1);
        months_after(from, u64::from(months)).unwrap_or(Date::MAX)
    }

    /// The day on which a finding that is raised on a day is due.
    pub fn finding_due(&self, severity: Severity, raised_on: Date) -> Date {
        let days = self.findings.get(&severity).map_or(1, |of| of.days);
        raised_on.saturating_add(Duration::days(i64::from(days)))
    }
}

/// How much a finding weighs, as files, the database and the API name it.
pub fn name(severity: Severity) -> &'static str {
    match severity {
        Severity::Observation => "observation",
        Severity::Minor => "minor",
        Severity::Major => "major",
    }
}
