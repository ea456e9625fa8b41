//! The score of one input by one policy.

use super::exact::{Exact, exact, rounded, total};
use super::explanation::{contributions, opportunities};
use super::input::{Input, Override, State};
use super::knock_out::{Facts, fired};
use super::levels::standings;
use super::output::{Computed, ControlScore, DomainScore, Output, PolicyVersion};
use super::policy::{Policy, Table};
use super::sum::{Counted, Rules, Sum, completeness, confidence};
use super::{DOMAINS, METHOD};
use std::collections::{BTreeMap, BTreeSet};

/// Severity and likelihood in a domain: as computed, and as they count.
struct Stakes {
    computed: Computed,
    severity: u8,
    likelihood: u8,
}

impl Stakes {
    fn of(domain: &str, policy: &Policy, input: &Input) -> Self {
        let computed = Computed {
            severity: from_table(&policy.severity, domain, &input.profile),
            likelihood: from_table(&policy.likelihood, domain, &input.profile),
        };
        let own = input.overrides.iter().find(|own| own.domain == domain);
        let set = |field: fn(&Override) -> Option<u8>| own.and_then(field);
        Self {
            computed,
            severity: set(|own| own.severity).unwrap_or(computed.severity),
            likelihood: set(|own| own.likelihood).unwrap_or(computed.likelihood),
        }
    }

    /// `I_d`, 4..100.
    fn inherent(&self) -> u8 {
        4 * self.severity * self.likelihood
    }
}

/// 1 and what the profile's values add, kept within 1..5.
fn from_table(table: &Table, domain: &str, profile: &BTreeMap<String, String>) -> u8 {
    let rows = table.get(domain).into_iter().flatten();
    let entries = rows.filter_map(|(factor, entries)| entries.get(profile.get(factor)?));
    let sum = &Exact::integer(1) + &total(entries.map(|entry| exact(*entry)));
    (2..=5).take_while(|step| sum >= Exact::integer(*step)).last().unwrap_or(1)
}

/// The position of the band that a residual risk is in: the first that ends above it.
fn band_of(policy: &Policy, residual: &Exact) -> usize {
    let within = |below: Option<f64>| below.is_none_or(|below| *residual < exact(below));
    policy.bands.iter().position(|band| within(band.below)).expect("the last band has no end")
}

/// The score, with the hash of the documents that it was made from.
pub(super) fn score(policy: &Policy, input: &Input, inputs_sha256: String) -> Output {
    let rules = Rules::of(policy);
    let stakes: Vec<Stakes> = DOMAINS.iter().map(|domain| Stakes::of(domain, policy, input)).collect();
    let inherent: Vec<u8> = stakes.iter().map(Stakes::inherent).collect();
    let applicable = standings(policy, input).into_iter().filter(|standing| standing.question.is_applicable());
    let counted: Vec<Counted<'_>> = applicable.map(Counted::of).collect();
    let at_best: Vec<Counted<'_>> = counted.iter().map(Counted::at_best).collect();
    let sum = Sum::of(&rules, &inherent, &counted);
    let coverage = rules.coverage(&asked_controls(input));
    let confidence = confidence(&counted);
    let facts = Facts {
        profile: &input.profile,
        counted: &counted,
        coverage: &coverage[sum.driver],
        inherent: inherent.iter().copied().max().unwrap_or_default(),
        confidence: &confidence,
    };
    let knock_outs = fired(policy, &facts);
    let band = band_of(policy, sum.residual());
    let floors = knock_outs.iter().filter_map(|knock_out| policy.rank(&knock_out.floor));
    let rating = floors.fold(band, usize::max);
    Output {
        method: METHOD,
        policy: PolicyVersion { id: policy.id.clone(), version: policy.version },
        as_of: input.as_of,
        inputs_sha256,
        residual: rounded(sum.residual()),
        best_case: rounded(Sum::of(&rules, &inherent, &at_best).residual()),
        driver: DOMAINS[sum.driver].to_owned(),
        band: policy.bands[band].rating.clone(),
        rating: policy.bands[rating].rating.clone(),
        completeness: rounded(&completeness(&input.questions)),
        confidence: rounded(&confidence),
        knock_outs,
        domains: domains(policy, &stakes, &sum, &coverage),
        controls: controls(&sum),
        contributions: contributions(&sum, &counted),
        opportunities: opportunities(&sum, &counted, &rules),
    }
}

/// The controls for which something was asked: a question of some weight that is not hidden, an accepted N/A
/// included.
fn asked_controls(input: &Input) -> BTreeSet<&str> {
    let asked = input.questions.iter().filter(|question| question.weight > 0.0 && question.state != State::Hidden);
    asked.flat_map(|question| question.controls.iter().map(String::as_str)).collect()
}

fn domains(policy: &Policy, stakes: &[Stakes], sum: &Sum<'_>, coverage: &[Exact]) -> Vec<DomainScore> {
    let parts = DOMAINS.iter().zip(stakes).zip(&sum.domains).zip(coverage);
    let domain = parts.map(|(((name, stakes), domain), coverage)| DomainScore {
        domain: (*name).to_owned(),
        severity: stakes.severity,
        likelihood: stakes.likelihood,
        computed: stakes.computed,
        inherent: rounded(&domain.inherent),
        effectiveness: rounded(&domain.effectiveness),
        coverage: rounded(coverage),
        residual: rounded(&domain.residual),
        band: policy.bands[band_of(policy, &domain.residual)].rating.clone(),
    });
    domain.collect()
}

fn controls(sum: &Sum<'_>) -> Vec<ControlScore> {
    let control = sum.controls.iter().map(|(control, control_sum)| ControlScore {
        control: (*control).to_owned(),
        effectiveness: rounded(&control_sum.effectiveness),
        weight: rounded(&control_sum.weight),
    });
    control.collect()
}
