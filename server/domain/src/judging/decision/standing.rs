//! What overtakes a decision. The record stays as it is; the page says what is not so any more.

use super::Impact;
use crate::answer::iso_date;
use crate::classification::Tier;
use crate::judging::impact::changed_factors;
use crate::judging::tier::Confirmed;
use crate::scoring::{Override, Policy, PolicyVersion};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use time::Date;

/// What a confirmed tier says of a use. Why it was confirmed, and by which version of the rules, is no part of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConfirmedTier {
    /// The tier.
    pub tier: Tier,
    /// Points of Annex III.
    pub areas: BTreeSet<String>,
    /// The grounds of Art. 6(3) that take it out of the high-risk uses.
    pub grounds: BTreeSet<String>,
    /// What is known of the use does not speak against it.
    pub holds: bool,
}

impl ConfirmedTier {
    /// What was confirmed, and whether it holds.
    pub fn of(confirmed: &Confirmed, holds: bool) -> Self {
        Self { tier: confirmed.tier, areas: confirmed.areas.clone(), grounds: confirmed.grounds.clone(), holds }
    }

    /// Whether both say the same of the use, whatever is known by now.
    fn says_the_same(&self, other: &Self) -> bool {
        (self.tier, &self.areas, &self.grounds) == (other.tier, &other.areas, &other.grounds)
    }
}

/// The days, UTC, on which what is so now came about, as far as they are known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Days {
    /// The profile says something else since then; see [`other_since`].
    pub profile: Option<Date>,
    /// The newest override, or that one was taken back.
    pub overrides: Option<Date>,
    /// The newest confirmation of a tier.
    pub tier: Option<Date>,
    /// The policy came into force.
    pub policy: Option<Date>,
    /// The newest submission.
    pub submission: Option<Date>,
}

/// The day since which a profile has not been again what a decision rested on. `versions` are all that there were, the oldest
/// first.
pub fn other_since<'v>(
    basis: &BTreeMap<String, String>,
    versions: impl IntoIterator<Item = (Date, &'v BTreeMap<String, String>)>,
) -> Option<Date> {
    versions.into_iter().fold(None, |since, (day, profile)| if profile == basis { None } else { since.or(Some(day)) })
}

/// What a decision rested on, as far as it can be overtaken.
#[derive(Clone, Debug, PartialEq)]
pub struct Basis {
    /// The profile.
    pub profile: BTreeMap<String, String>,
    /// The overrides that counted.
    pub overrides: Vec<Override>,
    /// The tier of the EU AI Act that was confirmed.
    pub tier: Option<ConfirmedTier>,
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
    /// It was made while an impact assessment was missing, which overtakes nothing that was decided knowing it.
    pub lacked_impact: bool,
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
    /// The tier of the EU AI Act that is confirmed.
    pub tier: Option<ConfirmedTier>,
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
    /// Since when.
    pub days: Days,
}

/// Something that overtook a decision.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Overtaken {
    /// The profile says something else.
    Profile {
        /// In these factors.
        factors: BTreeSet<String>,
        /// Since when, `2026-11-21`.
        on: Option<String>,
    },
    /// Another tier of the EU AI Act was confirmed, other points of Annex III, or another way out of it; the first one where
    /// none was confirmed.
    Tier {
        /// Which it was.
        from: Option<ConfirmedTier>,
        /// Which it is.
        to: Option<ConfirmedTier>,
        /// Since when, `2026-11-21`.
        on: Option<String>,
    },
    /// What is known of the use by now speaks against the tier that was confirmed.
    TierDoubted,
    /// Other overrides count.
    Overrides {
        /// Since when, `2026-11-21`.
        on: Option<String>,
    },
    /// Another policy, or another version of it, is in force.
    Policy {
        /// Which it was.
        from: PolicyVersion,
        /// Which it is.
        to: PolicyVersion,
        /// Since when, `2026-11-21`.
        on: Option<String>,
    },
    /// The vendor has submitted anew.
    Submission {
        /// When last, `2026-11-21`.
        on: Option<String>,
    },
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

impl Overtaken {
    /// The name of its kind, in the API, lists and wording.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Profile { .. } => "profile",
            Self::Tier { .. } => "tier",
            Self::TierDoubted => "tier_doubted",
            Self::Overrides { .. } => "overrides",
            Self::Policy { .. } => "policy",
            Self::Submission { .. } => "submission",
            Self::Rating { .. } => "rating",
            Self::Findings { .. } => "findings",
            Self::Acceptances { .. } => "acceptances",
            Self::Impact => "impact",
            Self::ReviewDue { .. } => "review_due",
        }
    }
}

/// All that overtook a decision; none where it stands.
pub fn overtaken(basis: &Basis, now: &Present<'_>) -> Vec<Overtaken> {
    let mut all = Vec::new();
    let written = |day: Option<Date>| day.map(iso_date::write);
    let factors = changed_factors(&basis.profile, now.profile);
    if !factors.is_empty() {
        all.push(Overtaken::Profile { factors, on: written(now.days.profile) });
    }
    let says_the_same = match (&basis.tier, &now.tier) {
        (Some(from), Some(to)) => from.says_the_same(to),
        (from, to) => from.is_none() && to.is_none(),
    };
    if !says_the_same {
        all.push(Overtaken::Tier { from: basis.tier.clone(), to: now.tier.clone(), on: written(now.days.tier) });
    }
    let held = basis.tier.as_ref().is_none_or(|tier| tier.holds);
    if held && now.tier.as_ref().is_some_and(|tier| !tier.holds) {
        all.push(Overtaken::TierDoubted);
    }
    if basis.overrides != now.overrides {
        all.push(Overtaken::Overrides { on: written(now.days.overrides) });
    }
    let policy = PolicyVersion { id: now.policy.id.clone(), version: now.policy.version };
    if let Some(from) = basis.policy.as_ref().filter(|from| **from != policy) {
        all.push(Overtaken::Policy { from: from.clone(), to: policy, on: written(now.days.policy) });
    }
    if now.submission.is_some() && basis.submission.as_deref() != now.submission {
        all.push(Overtaken::Submission { on: written(now.days.submission) });
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
    let is_overtaken = match now.impact {
        Impact::Missing => !basis.lacked_impact,
        Impact::OutOfDate => basis.had_impact,
        Impact::Approved | Impact::NotAskedFor => false,
    };
    if is_overtaken {
        all.push(Overtaken::Impact);
    }
    if let Some(on) = basis.next_review_on.filter(|on| *on <= now.today) {
        all.push(Overtaken::ReviewDue { on: iso_date::write(on) });
    }
    all
}
