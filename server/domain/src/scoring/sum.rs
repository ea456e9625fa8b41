//! The sum: from answers to the effectiveness of controls, and from there to the risk that is left in each domain.

use super::DOMAINS;
use super::exact::{Exact, exact, share, total};
use super::input::Question;
use super::levels::{Level, Standing};
use super::policy::Policy;
use std::collections::{BTreeMap, BTreeSet};

/// A policy's numbers, made exact once.
pub(super) struct Rules<'a> {
    assurance: [Exact; 4],
    mitigation: Exact,
    /// By domain, the controls that treat it and their weights `k_dc`.
    controls: Vec<Vec<(&'a str, Exact)>>,
}

impl<'a> Rules<'a> {
    pub(super) fn of(policy: &'a Policy) -> Self {
        let weights = |domain: &&str| {
            let controls = policy.domain_controls.get(*domain).into_iter().flatten();
            controls.map(|(control, weight)| (control.as_str(), exact(*weight))).collect()
        };
        Self {
            assurance: policy.assurance.map(exact),
            mitigation: exact(policy.max_mitigation),
            controls: DOMAINS.iter().map(weights).collect(),
        }
    }

    /// The factor `a` of a level.
    pub(super) fn assurance(&self, level: Level) -> &Exact {
        &self.assurance[level as usize]
    }

    /// Of each domain's controls, the part by weight for which something was asked: a question of some weight that
    /// is not hidden.
    pub(super) fn coverage(&self, asked: &BTreeSet<&str>) -> Vec<Exact> {
        let of_domain = |controls: &Vec<(&str, Exact)>| {
            let weights = |only_asked: bool| {
                let counted = controls.iter().filter(move |(control, _)| !only_asked || asked.contains(control));
                total(counted.map(|(_, weight)| weight.clone()))
            };
            share(&weights(true), &weights(false))
        };
        self.controls.iter().map(of_domain).collect()
    }
}

/// An applicable question with what its answer brings into the sum.
pub(super) struct Counted<'a> {
    pub(super) standing: Standing<'a>,
    /// `w_q`.
    pub(super) weight: Exact,
    /// `v_q`: 0 for what is not answered.
    pub(super) value: Exact,
}

impl<'a> Counted<'a> {
    pub(super) fn of(standing: Standing<'a>) -> Self {
        let value = exact(standing.question.value.unwrap_or(0.0));
        Self { weight: exact(standing.question.weight), value, standing }
    }

    /// The same question; if it is open, with its best answer on the vendor's word alone.
    pub(super) fn at_best(&self) -> Self {
        let mut standing = self.standing.clone();
        if !standing.question.state.is_open() {
            return Self { standing, weight: self.weight.clone(), value: self.value.clone() };
        }
        standing.level = Level::Claimed;
        Self { weight: self.weight.clone(), value: exact(standing.question.best), standing }
    }

    pub(super) fn question(&self) -> &'a Question {
        self.standing.question
    }

    /// `w_q * v_q * a_q` at a level.
    pub(super) fn effect(&self, level: Level, rules: &Rules<'_>) -> Exact {
        &(&self.weight * &self.value) * rules.assurance(level)
    }

    /// What the effect would be at the question's best value.
    pub(super) fn best_effect(&self, level: Level, rules: &Rules<'_>) -> Exact {
        &(&self.weight * &exact(self.question().best)) * rules.assurance(level)
    }
}

/// A control for which an applicable question was asked.
pub(super) struct ControlSum {
    /// `sum(w_q)`; above 0.
    pub(super) weight: Exact,
    /// `E_c`.
    pub(super) effectiveness: Exact,
    /// The questions mapped to it, by their position, each with `w_q * v_q * a_q`.
    pub(super) effects: Vec<(usize, Exact)>,
}

/// A domain of risk.
pub(super) struct DomainSum<'a> {
    /// `I_d`.
    pub(super) inherent: Exact,
    /// `E_d`.
    pub(super) effectiveness: Exact,
    /// `R_d`.
    pub(super) residual: Exact,
    /// `sum k_dc` of the controls that treat it and were asked about.
    whole: Exact,
    /// These controls, each with its `k_dc`.
    weights: Vec<(&'a str, Exact)>,
}

impl<'a> DomainSum<'a> {
    /// For each control that treats it and was asked about, `I_d * M * k_dc / sum k`: what it takes off when it is
    /// fully effective.
    pub(super) fn pulls(&self, rules: &Rules<'_>) -> Vec<(&'a str, Exact)> {
        let most = share(&(&self.inherent * &rules.mitigation), &self.whole);
        self.weights.iter().map(|(control, weight)| (*control, &most * weight)).collect()
    }
}

/// The whole sum.
pub(super) struct Sum<'a> {
    /// By code point.
    pub(super) controls: BTreeMap<&'a str, ControlSum>,
    /// In the order of the seven.
    pub(super) domains: Vec<DomainSum<'a>>,
    /// The domain with the largest residual risk, the first on a tie.
    pub(super) driver: usize,
}

impl<'a> Sum<'a> {
    /// `inherent` is `I_d`, in the order of the seven.
    pub(super) fn of(rules: &Rules<'a>, inherent: &[u8], counted: &[Counted<'a>]) -> Self {
        let controls = control_sums(rules, counted);
        let domain =
            |(weights, inherent): (&Vec<(&'a str, Exact)>, &u8)| domain_sum(rules, weights, *inherent, &controls);
        let domains: Vec<_> = rules.controls.iter().zip(inherent).map(domain).collect();
        let driver = (1..domains.len())
            .fold(0, |worst, next| if domains[next].residual > domains[worst].residual { next } else { worst });
        Self { controls, domains, driver }
    }

    /// `R`.
    pub(super) fn residual(&self) -> &Exact {
        &self.domains[self.driver].residual
    }
}

fn control_sums<'a>(rules: &Rules<'_>, counted: &[Counted<'a>]) -> BTreeMap<&'a str, ControlSum> {
    let mut mapped: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (position, one) in counted.iter().enumerate() {
        for control in &one.question().controls {
            mapped.entry(control).or_default().push(position);
        }
    }
    let control_sum = |(control, positions): (&'a str, Vec<usize>)| {
        let effect =
            |position: usize| (position, counted[position].effect(counted[position].standing.level_in(control), rules));
        let weight = total(positions.iter().map(|position| counted[*position].weight.clone()));
        let effects: Vec<_> = positions.into_iter().map(effect).collect();
        let effectiveness = share(&total(effects.iter().map(|(_, effect)| effect.clone())), &weight);
        (control, ControlSum { weight, effectiveness, effects })
    };
    mapped.into_iter().map(control_sum).collect()
}

fn domain_sum<'a>(
    rules: &Rules<'_>,
    weights: &[(&'a str, Exact)],
    inherent: u8,
    controls: &BTreeMap<&str, ControlSum>,
) -> DomainSum<'a> {
    let defined: Vec<_> =
        weights.iter().filter_map(|(control, weight)| Some((*control, weight, controls.get(control)?))).collect();
    let whole = total(defined.iter().map(|(_, weight, _)| (*weight).clone()));
    let weighted = defined.iter().map(|(_, weight, control)| *weight * &control.effectiveness);
    let effectiveness = share(&total(weighted), &whole);
    let inherent = Exact::integer(inherent);
    let residual = &inherent * &(&Exact::integer(1) - &(&rules.mitigation * &effectiveness));
    let weights = defined.into_iter().map(|(control, weight, _)| (control, weight.clone())).collect();
    DomainSum { inherent, effectiveness, residual, whole, weights }
}

/// The part of the weight not hidden that is settled: answered, declined, or an accepted N/A. 1 when there is
/// nothing to answer.
pub(super) fn completeness(questions: &[Question]) -> Exact {
    use super::input::State::{Answered, Declined, Hidden, NaAccepted};
    let weight = |counts: &dyn Fn(&Question) -> bool| {
        total(questions.iter().filter(|question| counts(question)).map(|question| exact(question.weight)))
    };
    let asked = weight(&|question| question.state != Hidden);
    let settled = weight(&|question| matches!(question.state, Answered | Declined | NaAccepted));
    if asked.is_zero() { Exact::integer(1) } else { share(&settled, &asked) }
}

/// The part of the applicable weight that is answered and stands at documented or better, a raise through any
/// control counting.
pub(super) fn confidence(counted: &[Counted<'_>]) -> Exact {
    use super::input::State::Answered;
    let supported =
        |one: &&Counted<'_>| one.question().state == Answered && one.standing.level_through_any() >= Level::Documented;
    let all = total(counted.iter().map(|one| one.weight.clone()));
    share(&total(counted.iter().filter(supported).map(|one| one.weight.clone())), &all)
}
