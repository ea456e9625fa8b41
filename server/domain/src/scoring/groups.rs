//! The same answers seen by control group, clause or principle: shown beside the score, no part of it.

use super::exact::{Exact, rounded, share, total};
use super::input::{Input, Question};
use super::levels::standings;
use super::policy::Policy;
use super::sum::{Counted, Rules};
use std::collections::{BTreeMap, BTreeSet};

/// How well the questions under one label are answered.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Group {
    /// The weight of the applicable questions under the label; above 0.
    pub weight: f64,
    /// `sum(w_q * v_q * a_q) / sum(w_q)` over them, each once, a raise through any of its controls counting; 0..1.
    pub effectiveness: f64,
}

/// The applicable questions by label, labels by code point. A label that a question has twice counts once; a label
/// under which nothing is applicable is left out. `labels` says under which labels a question is shown: control
/// groups, clauses, principles.
pub fn groups<L>(policy: &Policy, input: &Input, labels: L) -> BTreeMap<String, Group>
where
    L: Fn(&Question) -> Vec<String>,
{
    let rules = Rules::of(policy);
    let mut sums: BTreeMap<String, (Vec<Exact>, Vec<Exact>)> = BTreeMap::new();
    for standing in standings(policy, input).into_iter().filter(|standing| standing.question.is_applicable()) {
        let counted = Counted::of(standing);
        let effect = counted.effect(counted.standing.level_through_any(), &rules);
        for label in labels(counted.question()).into_iter().collect::<BTreeSet<_>>() {
            let (effects, weights) = sums.entry(label).or_default();
            effects.push(effect.clone());
            weights.push(counted.weight.clone());
        }
    }
    let group = |(label, (effects, weights))| {
        let weight = total(weights);
        (label, Group { weight: rounded(&weight), effectiveness: rounded(&share(&total(effects), &weight)) })
    };
    sums.into_iter().map(group).collect()
}
