//! The score of one input by one policy.

use super::exact::{Exact, rounded};
use super::explanation::{Names, contributions, opportunities};
use super::inherent::{Stakes, band_of};
use super::input::{Input, State};
use super::knock_out::{Facts, fired};
use super::levels::standings;
use super::output::{ControlScore, DomainScore, Output, PolicyVersion};
use super::policy::Policy;
use super::sum::{Counted, Rules, Sum, completeness, confidence};
use super::{DOMAINS, METHOD};

/// The score of a policy and an input that fit each other, with the hash of the documents that they were read from. Whoever has
/// the documents asks [`score_by`](super::score_by), which reads, checks and hashes them.
pub fn score(policy: &Policy, input: &Input, inputs_sha256: String) -> Output {
    let rules = Rules::of(policy);
    let of = |domain: &&str| Stakes::of(domain, policy, &input.profile, &input.overrides);
    let stakes: Vec<Stakes> = DOMAINS.iter().map(of).collect();
    let inherent: Vec<u8> = stakes.iter().map(Stakes::inherent).collect();
    let applicable = standings(policy, input).into_iter().filter(|standing| standing.question.is_applicable());
    let counted: Vec<Counted<'_>> = applicable.map(Counted::of).collect();
    let sum = Sum::of(&rules, &inherent, &counted);
    let at_best: Vec<Counted<'_>> = counted.iter().map(Counted::at_best).collect();
    let best = sum.again(&rules, &inherent, &at_best, |position| counted[position].question().state.is_open());
    let coverage = rules.coverage(&asked_controls(&sum, input));
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
    let names = Names::of(&sum, &counted);
    Output {
        method: METHOD,
        policy: PolicyVersion { id: policy.id.clone(), version: policy.version },
        as_of: input.as_of,
        inputs_sha256,
        residual: rounded(sum.residual()),
        best_case: rounded(best.residual()),
        driver: DOMAINS[sum.driver].to_owned(),
        band: policy.bands[band].rating.clone(),
        rating: policy.bands[rating].rating.clone(),
        completeness: rounded(&completeness(&input.questions)),
        confidence: rounded(&confidence),
        knock_outs,
        domains: domains(policy, &stakes, &sum, &coverage),
        controls: controls(&sum, &names),
        contributions: contributions(&sum, &rules, &names),
        opportunities: opportunities(&sum, &counted, &rules, &names),
    }
}

/// The controls for which something was asked, by code point: a question of some weight that is not hidden, an accepted
/// N/A included. Those of applicable questions stand in the sum.
fn asked_controls<'a>(sum: &Sum<'a>, input: &'a Input) -> Vec<&'a str> {
    let asked = input.questions.iter().filter(|question| question.weight > 0.0 && question.state != State::Hidden);
    let others = asked.filter(|question| !question.is_applicable());
    let mut all: Vec<&str> = others.flat_map(|question| question.controls.iter().map(String::as_str)).collect();
    all.extend(sum.controls.iter().map(|control| control.control));
    all.sort_unstable();
    all.dedup();
    all
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

fn controls(sum: &Sum<'_>, names: &Names) -> Vec<ControlScore> {
    let control = sum.controls.iter().zip(&names.controls).map(|(control, name)| ControlScore {
        control: name.clone(),
        effectiveness: rounded(&control.effectiveness),
        weight: rounded(&control.weight),
    });
    control.collect()
}
