//! Why a score is what it is: what each answer takes off, and what would take off more.

use super::DOMAINS;
use super::exact::{Exact, rounded, share, total};
use super::levels::Level;
use super::output::{Contribution, Opportunity};
use super::sum::{Counted, Rules, Sum};
use std::collections::BTreeMap;

/// A line per domain, control and question, in that order, zeros left out. The lines of a domain add up to `I_d -
/// R_d`.
pub(super) fn contributions(sum: &Sum<'_>, counted: &[Counted<'_>], rules: &Rules<'_>) -> Vec<Contribution> {
    // What an answer is of its control is the same in every domain. Both factors are rounded once, so is their
    // product.
    let mut shares: BTreeMap<&str, Vec<(&str, f64)>> = BTreeMap::new();
    for (control, control_sum) in &sum.controls {
        let effects = control_sum.effects.iter().filter(|(_, effect)| !effect.is_zero());
        let mut lines: Vec<_> = effects
            .map(|(position, effect)| {
                (counted[*position].question().id.as_str(), rounded(&share(effect, &control_sum.weight)))
            })
            .collect();
        lines.sort_unstable_by_key(|(question, _)| *question);
        shares.insert(control, lines);
    }
    let mut contributions = Vec::new();
    for (domain, domain_sum) in DOMAINS.iter().zip(&sum.domains) {
        for (control, pull) in domain_sum.pulls(rules).into_iter().filter(|(_, pull)| !pull.is_zero()) {
            let pull = rounded(&pull);
            for (question, part) in &shares[control] {
                contributions.push(Contribution {
                    domain: (*domain).to_owned(),
                    control: control.to_owned(),
                    question: (*question).to_owned(),
                    reduction: pull * part,
                });
            }
        }
    }
    contributions
}

/// What the best answer to each question, verified, would take off the driver's risk; most first, then by id, zeros
/// left out.
pub(super) fn opportunities(sum: &Sum<'_>, counted: &[Counted<'_>], rules: &Rules<'_>) -> Vec<Opportunity> {
    let mut gains: BTreeMap<usize, Vec<Exact>> = BTreeMap::new();
    for (control, pull) in sum.domains[sum.driver].pulls(rules) {
        let control_sum = &sum.controls[control];
        let pull_of_weight = share(&pull, &control_sum.weight);
        for (position, effect) in &control_sum.effects {
            let more = &counted[*position].best_effect(Level::Verified, rules) - effect;
            if more.is_positive() {
                gains.entry(*position).or_default().push(&more * &pull_of_weight);
            }
        }
    }
    let gain = |(position, parts): (usize, Vec<Exact>)| {
        let exact = total(parts);
        (rounded(&exact), exact, counted[position].question().id.as_str())
    };
    let mut gains: Vec<_> = gains.into_iter().map(gain).filter(|(_, exact, _)| !exact.is_zero()).collect();
    // Rounding keeps order: only what rounds to the same double needs the exact comparison.
    gains.sort_unstable_by(|(near, exact, id), (other_near, other_exact, other_id)| {
        other_near.total_cmp(near).then_with(|| other_exact.cmp(exact)).then_with(|| id.cmp(other_id))
    });
    gains.into_iter().map(|(reduction, _, id)| Opportunity { question: id.to_owned(), reduction }).collect()
}
