//! Why a score is what it is: what each answer takes off, and what would take off more.

use super::DOMAINS;
use super::exact::{Exact, rounded, share};
use super::levels::Level;
use super::output::{Contribution, Name, Opportunity};
use super::sum::{ControlSum, Counted, Rules, Sum};

/// The names that stand in many lines, each made once.
pub(super) struct Names {
    /// By place in the sum.
    pub(super) controls: Vec<Name>,
    /// By position.
    questions: Vec<Name>,
}

impl Names {
    pub(super) fn of(sum: &Sum<'_>, counted: &[Counted<'_>]) -> Self {
        Self {
            controls: sum.controls.iter().map(|control| control.control.into()).collect(),
            questions: counted.iter().map(|one| one.question().id.as_str().into()).collect(),
        }
    }
}

/// A line per domain, control and question, in that order, zeros left out. The lines of a domain add up to `I_d -
/// R_d`.
pub(super) fn contributions(sum: &Sum<'_>, rules: &Rules<'_>, names: &Names) -> Vec<Contribution> {
    // What an answer is of its control is the same in every domain. Both factors are rounded once, so is their
    // product.
    let share_of = |control: &ControlSum<'_>| {
        let effects = control.effects.iter().filter(|(_, effect)| !effect.is_zero());
        let part = |(position, effect): &(usize, Exact)| (*position, rounded(&share(effect, &control.weight)));
        let mut lines: Vec<(usize, f64)> = effects.map(part).collect();
        lines.sort_unstable_by(|(one, _), (two, _)| names.questions[*one].cmp(&names.questions[*two]));
        lines
    };
    let shares: Vec<Vec<(usize, f64)>> = sum.controls.iter().map(share_of).collect();
    let mut contributions = Vec::new();
    for (domain, domain_sum) in DOMAINS.iter().zip(&sum.domains) {
        let domain: Name = (*domain).into();
        for (place, pull) in domain_sum.pulls(rules).into_iter().filter(|(_, pull)| !pull.is_zero()) {
            let pull = rounded(&pull);
            for (position, part) in &shares[place] {
                contributions.push(Contribution {
                    domain: domain.clone(),
                    control: names.controls[place].clone(),
                    question: names.questions[*position].clone(),
                    reduction: pull * part,
                });
            }
        }
    }
    contributions
}

/// What the best answer to each question, verified, would take off the driver's risk; most first, then by id, zeros
/// left out.
pub(super) fn opportunities(
    sum: &Sum<'_>,
    counted: &[Counted<'_>],
    rules: &Rules<'_>,
    names: &Names,
) -> Vec<Opportunity> {
    let mut gains: Vec<Option<Exact>> = vec![None; counted.len()];
    for (place, pull) in sum.domains[sum.driver].pulls(rules) {
        let control = &sum.controls[place];
        let pull_of_weight = share(&pull, &control.weight);
        for (position, effect) in &control.effects {
            let more = &counted[*position].best_effect(Level::Verified, rules) - effect;
            if more.is_positive() {
                let more = &more * &pull_of_weight;
                let gain = &mut gains[*position];
                *gain = Some(gain.take().map_or_else(|| more.clone(), |known| &known + &more));
            }
        }
    }
    let gains = gains.into_iter().enumerate().filter_map(|(position, gain)| Some((position, gain?)));
    let gains = gains.filter(|(_, gain)| !gain.is_zero());
    let mut gains: Vec<_> =
        gains.map(|(position, exact)| (rounded(&exact), exact, &names.questions[position])).collect();
    // Rounding keeps order: only what rounds to the same double needs the exact comparison.
    gains.sort_unstable_by(|(near, exact, id), (other_near, other_exact, other_id)| {
        other_near.total_cmp(near).then_with(|| other_exact.cmp(exact)).then_with(|| id.cmp(other_id))
    });
    gains.into_iter().map(|(reduction, _, id)| Opportunity { question: id.clone(), reduction }).collect()
}
