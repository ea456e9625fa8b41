//! An analyst's own severity or likelihood beside the computed one, and the tier of a vendor.

use crate::ids::EngagementId;
use crate::problem::{Problem, Problems};
use crate::scoring::{Computed, Inherent, Override, Policy, domain_index, inherent};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// One of an analyst's overrides, or that it is taken back. The last one of a domain counts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Own {
    /// One of the seven domains.
    pub domain: String,
    /// 1..5; none keeps the computed value.
    pub severity: Option<u8>,
    /// 1..5; none keeps the computed value.
    pub likelihood: Option<u8>,
    /// Why; also why it is taken back.
    pub reason: String,
    /// Who.
    pub by: String,
    /// What the profile gave when it was made.
    pub beside: Computed,
}

impl Own {
    /// An override in a domain, beside what is computed; without numbers it takes back the one in force.
    ///
    /// # Errors
    /// At `domain`: `unknown`. At `severity`, `likelihood`: `out-of-range`, or `required` where neither is given and nothing
    /// is in force. At `reason`: `required`.
    pub fn of(
        computed: &[Inherent],
        earlier: &[Self],
        domain: &str,
        (severity, likelihood): (Option<u8>, Option<u8>),
        (reason, by): (&str, &str),
    ) -> Result<Self, Problems> {
        let mut problems = Vec::new();
        let beside = computed.iter().find(|known| known.domain == domain).map(|known| known.computed);
        if beside.is_none() {
            problems.push(Problem::new("domain", "unknown").with("given", domain.chars().take(60).collect::<String>()));
        }
        for (at, number) in [("severity", severity), ("likelihood", likelihood)] {
            if number.is_some_and(|number| !(1..=5).contains(&number)) {
                problems.push(Problem::new(at, "out-of-range").with("least", 1).with("most", 5));
            }
        }
        let is_there = in_force(earlier).iter().any(|own| own.domain == domain);
        if severity.is_none() && likelihood.is_none() && !is_there {
            problems.push(Problem::new("severity", "required"));
        }
        if reason.trim().is_empty() {
            problems.push(Problem::new("reason", "required"));
        }
        Problems::none_or(problems, ())?;
        Ok(Self {
            domain: domain.to_owned(),
            severity,
            likelihood,
            reason: reason.trim().to_owned(),
            by: by.to_owned(),
            beside: beside.unwrap_or(Computed { severity: 1, likelihood: 1 }),
        })
    }

    /// Whether it takes back what was there.
    pub fn takes_back(&self) -> bool {
        self.severity.is_none() && self.likelihood.is_none()
    }

    /// Whether other numbers are computed now than those that it was made beside: profile or policy changed.
    pub fn is_beside_others(&self, computed: &[Inherent]) -> bool {
        computed.iter().any(|known| known.domain == self.domain && known.computed != self.beside)
    }
}

/// Of all overrides of an engagement, the oldest first, those that count, in the order of the domains.
pub fn in_force(all: &[Own]) -> Vec<&Own> {
    let mut newest: BTreeMap<usize, &Own> = BTreeMap::new();
    for own in all {
        if let Some(domain) = domain_index(&own.domain) {
            newest.insert(domain, own);
        }
    }
    newest.into_values().filter(|own| !own.takes_back()).collect()
}

/// What counts, as the score takes it.
pub fn overrides(all: &[Own]) -> Vec<Override> {
    let as_given = |own: &Own| Override {
        domain: own.domain.clone(),
        severity: own.severity,
        likelihood: own.likelihood,
        reason: own.reason.clone(),
        by: own.by.clone(),
    };
    in_force(all).into_iter().map(as_given).collect()
}

/// An engagement that has not ended.
#[derive(Clone, Debug, PartialEq)]
pub struct Open {
    /// Which.
    pub id: EngagementId,
    /// Its profile.
    pub profile: BTreeMap<String, String>,
    /// The overrides that count.
    pub overrides: Vec<Override>,
}

/// How much is at stake with a vendor, before anything it does about it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum VendorTier {
    /// It is used for nothing.
    NothingOpen,
    /// What is missing could be the worst: no tier, and no low one.
    Unscored {
        /// By engagement: the factors that its profile lacks.
        missing: BTreeMap<EngagementId, Vec<String>>,
    },
    /// A tier.
    Tier {
        /// The policy's band of the largest inherent risk.
        band: String,
        /// The largest inherent risk, 4..100.
        inherent: u8,
        /// The engagement with it, the first on a tie.
        engagement: EngagementId,
        /// The domain with it, the first on a tie.
        domain: String,
    },
}

/// The policy's band of the largest inherent risk over the vendor's open engagements.
pub fn vendor_tier(policy: &Policy, open: &[Open]) -> VendorTier {
    let mut missing = BTreeMap::new();
    let mut largest: Option<(u8, EngagementId, Inherent)> = None;
    for engagement in open {
        match inherent(policy, &engagement.profile, &engagement.overrides) {
            Err(factors) => {
                missing.insert(engagement.id, factors);
            }
            Ok(domains) => {
                for domain in domains {
                    if largest.as_ref().is_none_or(|(most, _, _)| domain.inherent > *most) {
                        largest = Some((domain.inherent, engagement.id, domain));
                    }
                }
            }
        }
    }
    match largest {
        _ if !missing.is_empty() => VendorTier::Unscored { missing },
        None => VendorTier::NothingOpen,
        Some((inherent, engagement, domain)) => {
            VendorTier::Tier { band: domain.band, inherent, engagement, domain: domain.domain }
        }
    }
}
