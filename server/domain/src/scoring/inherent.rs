//! Inherent risk: severity and likelihood of each domain, and which statement of the profile added what.

use super::exact::{Exact, exact, total};
use super::input::Override;
use super::output::Computed;
use super::policy::{Policy, Table, missing_factors};
use super::{DOMAINS, Level};
use serde::Serialize;
use std::collections::BTreeMap;

/// Severity and likelihood in a domain: as computed, and as they count.
pub(super) struct Stakes {
    pub(super) computed: Computed,
    pub(super) severity: u8,
    pub(super) likelihood: u8,
}

impl Stakes {
    pub(super) fn of(
        domain: &str,
        policy: &Policy,
        profile: &BTreeMap<String, String>,
        overrides: &[Override],
    ) -> Self {
        let computed = Computed {
            severity: from_table(&policy.severity, domain, profile),
            likelihood: from_table(&policy.likelihood, domain, profile),
        };
        let own = overrides.iter().find(|own| own.domain == domain);
        let set = |field: fn(&Override) -> Option<u8>| own.and_then(field);
        Self {
            computed,
            severity: set(|own| own.severity).unwrap_or(computed.severity),
            likelihood: set(|own| own.likelihood).unwrap_or(computed.likelihood),
        }
    }

    /// `I_d`, 4..100.
    pub(super) fn inherent(&self) -> u8 {
        4 * self.severity * self.likelihood
    }
}

/// 1 and what the profile's values add, kept within 1..5.
fn from_table(table: &Table, domain: &str, profile: &BTreeMap<String, String>) -> u8 {
    let sum = &Exact::integer(1) + &total(entries(table, domain, profile).map(|(_, _, entry)| exact(entry)));
    (2..=5).take_while(|step| sum >= Exact::integer(*step)).last().unwrap_or(1)
}

fn entries<'a>(
    table: &'a Table,
    domain: &str,
    profile: &'a BTreeMap<String, String>,
) -> impl Iterator<Item = (&'a str, &'a str, f64)> {
    let rows = table.get(domain).into_iter().flatten();
    rows.filter_map(|(factor, entries)| {
        let value = profile.get(factor)?;
        Some((factor.as_str(), value.as_str(), *entries.get(value)?))
    })
}

/// A statement of the profile that moves a number.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Step {
    /// The factor.
    pub factor: String,
    /// What the profile says of it.
    pub value: String,
    /// What that adds, a whole number, never 0; may be negative.
    pub points: f64,
}

/// The inherent risk in one domain, with everything that it comes from.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Inherent {
    /// The domain.
    pub domain: String,
    /// 1..5, an override having replaced it where there is one.
    pub severity: u8,
    /// 1..5, an override having replaced it where there is one.
    pub likelihood: u8,
    /// What the profile alone gives.
    pub computed: Computed,
    /// `4 * severity * likelihood`: 4..100.
    pub inherent: u8,
    /// The band that a risk of this size is in.
    pub band: String,
    /// What moves the severity from 1, by factor; the sum is then kept within 1..5.
    pub severity_from: Vec<Step>,
    /// What moves the likelihood from 1, by factor; the sum is then kept within 1..5.
    pub likelihood_from: Vec<Step>,
}

/// The inherent risk in the seven domains, in their order.
///
/// # Errors
/// The factors that the profile lacks: the engagement is unscored.
pub fn inherent(
    policy: &Policy,
    profile: &BTreeMap<String, String>,
    overrides: &[Override],
) -> Result<Vec<Inherent>, Vec<String>> {
    let missing = missing_factors(policy, profile);
    if !missing.is_empty() {
        return Err(missing);
    }
    let steps = |table: &Table, domain: &str| -> Vec<Step> {
        let moving = entries(table, domain, profile).filter(|(_, _, points)| *points != 0.0);
        moving
            .map(|(factor, value, points)| Step { factor: factor.to_owned(), value: value.to_owned(), points })
            .collect()
    };
    let of = |domain: &&str| {
        let stakes = Stakes::of(domain, policy, profile, overrides);
        Inherent {
            domain: (*domain).to_owned(),
            severity: stakes.severity,
            likelihood: stakes.likelihood,
            computed: stakes.computed,
            inherent: stakes.inherent(),
            band: policy.band(f64::from(stakes.inherent())).to_owned(),
            severity_from: steps(&policy.severity, domain),
            likelihood_from: steps(&policy.likelihood, domain),
        }
    };
    Ok(DOMAINS.iter().map(of).collect())
}

/// The position of the band that a risk is in: the first that ends above it.
pub(super) fn band_of(policy: &Policy, risk: &Exact) -> usize {
    let within = |below: Option<f64>| below.is_none_or(|below| *risk < exact(below));
    policy.bands.iter().position(|band| within(band.below)).expect("the last band has no end")
}

impl Policy {
    /// The name of the band that a risk (0..100) is in; one that equals the end of a band is in the next.
    pub fn band(&self, risk: f64) -> &str {
        &self.bands[band_of(self, &exact(risk))].rating
    }

    /// The level of a piece of evidence on a day, after ageing by the policy's period.
    pub fn aged(&self, level: Level, effective_on: time::Date, as_of: time::Date) -> Level {
        level.aged(Some(effective_on), as_of, self.evidence_valid_months)
    }
}
