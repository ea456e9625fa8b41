//! What overtakes a decision. The record stays as it is; the page says what is not so any more.

use super::Impact;
use crate::judging::impact::changed_factors;
use crate::scoring::{Override, Policy, PolicyVersion};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use time::Date;

/// What a decision rested on, as far as it can be overtaken.
#[derive(Clone, Debug, PartialEq)]
pub struct Basis {
    /// The profile.
    pub profile: BTreeMap<String, String>,
    /// The overrides that counted.
    pub overrides: Vec<Override>,
    /// The policy.
    pub policy: Option<PolicyVersion>,
    /// The submission, by id.
    pub submission: Option<String>,
    /// The rating.
    pub rating: Option<String>,
    /// Findings that were raised and not closed, by id.
    pub findings: BTreeSet<String>,
    /// The acceptances that it rested on, by id.
    pub acceptances: BTreeSet<String>,
    /// It rested on an approved impact assessment.
    pub had_impact: bool,
    /// When to look again.
    pub next_review_on: Option<Date>,
}

/// What is so now.
#[derive(Clone, Debug, PartialEq)]
pub struct Present<'a> {
    /// The day, UTC.
    pub today: Date,
    /// The profile.
    pub profile: &'a BTreeMap<String, String>,
    /// The overrides that count.
    pub overrides: &'a [Override],
    /// The policy in force.
    pub policy: &'a Policy,
    /// The newest submission, by id.
    pub submission: Option<&'a str>,
    /// What the newest submission is rated today; none where it is unscored.
    pub rating: Option<&'a str>,
    /// Findings that are raised and not closed, by id.
    pub findings: &'a BTreeSet<String>,
    /// Acceptances that are in force, by id.
    pub acceptances: &'a BTreeSet<String>,
    /// The impact assessment.
    pub impact: Impact,
}

/// Something that overtook a decision.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Overtaken {
    /// The profile says something else.
    Profile {
        /// In these factors.
        factors: BTreeSet<String>,
    },
    /// Other overrides count.
    Overrides,
    /// Another policy, or another version of it, is in force.
    Policy {
        /// Which it was.
        from: PolicyVersion,
        /// Which it is.
        to: PolicyVersion,
    },
    /// The vendor has submitted anew.
    Submission,
    /// The rating is worse, or there is none any more.
    Rating {
        /// What it was.
        from: String,
        /// What it is.
        to: Option<String>,
    },
    /// Findings were raised since.
    Findings {
        /// Which.
        raised: BTreeSet<String>,
    },
    /// Acceptances that it rested on are not in force any more.
    Acceptances {
        /// Which.
        lapsed: BTreeSet<String>,
    },
    /// The impact assessment is out of date, or the use has become one that takes one.
    Impact,
    /// The day to look again has come.
    ReviewDue {
        /// Which it was, `2026-11-21`.
        on: String,
    },
}

/// All that overtook a decision; none where it stands.
pub fn overtaken(basis: &Basis, now: &Present<'_>) -> Vec<Overtaken> {
    let mut all = Vec::new();
    let factors = changed_factors(&basis.profile, now.profile);
    if !factors.is_empty() {
        all.push(Overtaken::Profile { factors });
    }
    if basis.overrides != now.overrides {
        all.push(Overtaken::Overrides);
    }
    let policy = PolicyVersion { id: now.policy.id.clone(), version: now.policy.version };
    if let Some(from) = basis.policy.as_ref().filter(|from| **from != policy) {
        all.push(Overtaken::Policy { from: from.clone(), to: policy });
    }
    if now.submission.is_some() && basis.submission.as_deref() != now.submission {
        all.push(Overtaken::Submission);
    }
    if let Some(from) = &basis.rating {
        let rank = |rating: &str| now.policy.rank(rating);
        let is_worse = match now.rating {
            None => true,
            // A rating that the policy in force does not know cannot be said to be no worse.
            Some(to) => to != from && rank(from).is_none_or(|from| rank(to).is_none_or(|to| to > from)),
        };
        if is_worse {
            all.push(Overtaken::Rating { from: from.clone(), to: now.rating.map(str::to_owned) });
        }
    }
    let raised: BTreeSet<String> = now.findings.difference(&basis.findings).cloned().collect();
    if !raised.is_empty() {
        all.push(Overtaken::Findings { raised });
    }
    let lapsed: BTreeSet<String> = basis.acceptances.difference(now.acceptances).cloned().collect();
    if !lapsed.is_empty() {
        all.push(Overtaken::Acceptances { lapsed });
    }
    let lacks_impact = matches!(now.impact, Impact::Missing | Impact::OutOfDate);
    if lacks_impact && (basis.had_impact || now.impact == Impact::Missing) {
        all.push(Overtaken::Impact);
    }
    if let Some(on) = basis.next_review_on.filter(|on| *on <= now.today) {
        all.push(Overtaken::ReviewDue { on: crate::answer::iso_date::write(on) });
    }
    all
}
