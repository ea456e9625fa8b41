//! The sum: from answers to the effectiveness of controls, and from there to the risk that is left in each domain.

use super::DOMAINS;
use super::exact::{Exact, exact, share, total};
use super::input::Question;
use super::levels::{Level, Standing};
use super::policy::Policy;
use std::collections::BTreeMap;

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
    /// `asked` is by code point.
    pub(super) fn coverage(&self, asked: &[&str]) -> Vec<Exact> {
        let of_domain = |controls: &Vec<(&str, Exact)>| {
            let counted = total(among(controls, asked, |control| control).map(|(_, weight)| weight.clone()));
            share(&counted, &total(controls.iter().map(|(_, weight)| weight.clone())))
        };
        self.controls.iter().map(of_domain).collect()
    }
}

/// The controls of a list that stand in another, by their place there. Both are by code point.
fn among<'l, T>(
    weights: &'l [(&str, Exact)],
    known: &'l [T],
    control_of: impl Fn(&T) -> &str,
) -> impl Iterator<Item = (usize, &'l Exact)> {
    let mut place = 0;
    weights.iter().filter_map(move |(control, weight)| {
        place += known[place..].iter().take_while(|one| control_of(one) < *control).count();
        known.get(place).filter(|one| control_of(one) == *control).map(|_| (place, weight))
    })
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
#[derive(Clone)]
pub(super) struct ControlSum<'a> {
    /// The control.
    pub(super) control: &'a str,
    /// `sum(w_q)`; above 0.
    pub(super) weight: Exact,
    /// `E_c`.
    pub(super) effectiveness: Exact,
    /// The questions mapped to it, by their position, each with `w_q * v_q * a_q`.
    pub(super) effects: Vec<(usize, Exact)>,
}

/// A domain of risk.
pub(super) struct DomainSum {
    /// `I_d`.
    pub(super) inherent: Exact,
    /// `E_d`.
    pub(super) effectiveness: Exact,
    /// `R_d`.
    pub(super) residual: Exact,
    /// `sum k_dc` of the controls that treat it and were asked about.
    whole: Exact,
    /// These controls, by their place in the sum, each with its `k_dc`.
    weights: Vec<(usize, Exact)>,
}

impl DomainSum {
    /// For each control that treats it and was asked about, by its place in the sum, `I_d * M * k_dc / sum k`: what it takes
    /// off when it is fully effective.
    pub(super) fn pulls(&self, rules: &Rules<'_>) -> Vec<(usize, Exact)> {
        let most = share(&(&self.inherent * &rules.mitigation), &self.whole);
        self.weights.iter().map(|(place, weight)| (*place, &most * weight)).collect()
    }
}

/// The whole sum.
pub(super) struct Sum<'a> {
    /// By code point.
    pub(super) controls: Vec<ControlSum<'a>>,
    /// In the order of the seven.
    pub(super) domains: Vec<DomainSum>,
    /// The domain with the largest residual risk, the first on a tie.
    pub(super) driver: usize,
}

impl<'a> Sum<'a> {
    /// `inherent` is `I_d`, in the order of the seven.
    pub(super) fn of(rules: &Rules<'_>, inherent: &[u8], counted: &[Counted<'a>]) -> Self {
        let mut mapped: BTreeMap<&'a str, Vec<usize>> = BTreeMap::new();
        for (position, one) in counted.iter().enumerate() {
            for control in &one.question().controls {
                mapped.entry(control).or_default().push(position);
            }
        }
        let controls = mapped.into_iter().map(|(control, asked)| control_sum(rules, counted, control, asked));
        Self::with(rules, inherent, controls.collect())
    }

    /// The same sum of other answers to the same questions. `is_other` says of a question, by its position, whether its
    /// answer is another; controls without any stay as they are.
    pub(super) fn again(
        &self,
        rules: &Rules<'_>,
        inherent: &[u8],
        counted: &[Counted<'a>],
        is_other: impl Fn(usize) -> bool,
    ) -> Self {
        let control = |known: &ControlSum<'a>| {
            let asked = || known.effects.iter().map(|(position, _)| *position);
            if asked().any(&is_other) {
                control_sum(rules, counted, known.control, asked().collect())
            } else {
                known.clone()
            }
        };
        Self::with(rules, inherent, self.controls.iter().map(control).collect())
    }

    fn with(rules: &Rules<'_>, inherent: &[u8], controls: Vec<ControlSum<'a>>) -> Self {
        let domain = |(weights, inherent): (&Vec<(&str, Exact)>, &u8)| domain_sum(rules, weights, *inherent, &controls);
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

fn control_sum<'a>(rules: &Rules<'_>, counted: &[Counted<'a>], control: &'a str, asked: Vec<usize>) -> ControlSum<'a> {
    let weight = total(asked.iter().map(|position| counted[*position].weight.clone()));
    let effect =
        |position: usize| (position, counted[position].effect(counted[position].standing.level_in(control), rules));
    let effects: Vec<_> = asked.into_iter().map(effect).collect();
    let effectiveness = share(&total(effects.iter().map(|(_, effect)| effect.clone())), &weight);
    ControlSum { control, weight, effectiveness, effects }
}

/// `weights` and `controls` are both by code point.
fn domain_sum(rules: &Rules<'_>, weights: &[(&str, Exact)], inherent: u8, controls: &[ControlSum<'_>]) -> DomainSum {
    let defined: Vec<(usize, Exact)> =
        among(weights, controls, |known| known.control).map(|(place, weight)| (place, weight.clone())).collect();
    let whole = total(defined.iter().map(|(_, weight)| weight.clone()));
    let weighted = defined.iter().map(|(place, weight)| weight * &controls[*place].effectiveness);
    let effectiveness = share(&total(weighted), &whole);
    let inherent = Exact::integer(inherent);
    let residual = &inherent * &(&Exact::integer(1) - &(&rules.mitigation * &effectiveness));
    DomainSum { inherent, effectiveness, residual, whole, weights: defined }
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
