//! A domain's waterfall: from the inherent risk, control by control and answer by answer, to the residual.

use super::super::views::{Counted, Domain, Factor, Fall, Line, Step};
use super::Desk;
use super::figures::{control_order, decimals, points, taken_off};
use crate::actions::content::{CONTROLS, REASONS};
use domain::scoring::{DomainScore, Question, State, Table, standings};
use std::collections::BTreeMap;

/// A control that treats the domain, with the applicable questions mapped to it.
struct Treating<'a> {
    control: &'a str,
    weight: f64,
    questions: Vec<&'a Question>,
}

impl Desk<'_> {
    /// The controls that treat a domain, in their own order.
    fn treating(&self, domain: &str) -> Vec<Treating<'_>> {
        let controls =
            self.policy().domain_controls.get(domain).into_iter().flatten().filter(|(_, weight)| **weight > 0.0);
        let mut treating: Vec<Treating<'_>> = controls
            .map(|(control, weight)| {
                let asked = self.read.documents.input.questions.iter();
                let mapped = asked.filter(|question| question.is_applicable() && question.controls.contains(control));
                Treating { control, weight: *weight, questions: mapped.collect() }
            })
            .collect();
        treating.sort_by_key(|treating| control_order(treating.control));
        treating
    }

    fn reductions(&self, domain: &str) -> BTreeMap<(&str, &str), f64> {
        let lines = self.read.output.contributions.iter().filter(|line| *line.domain == *domain);
        lines.map(|line| ((&*line.control, &*line.question), line.reduction)).collect()
    }

    fn control_text(&self, control: &str) -> String {
        let topic = CONTROLS.controls.iter().find(|topic| topic.id == control).map(|topic| topic.topic.as_str());
        topic.map_or_else(|| control.to_owned(), |topic| format!("{control} {topic}"))
    }

    /// The bars.
    pub(super) fn fall(&self, domain: &DomainScore) -> Fall {
        let reductions = self.reductions(&domain.domain);
        let mut running = domain.inherent;
        let mut steps = vec![Step {
            kind: "start",
            text: self.text("score.fall_start", &[]),
            href: Some("#inherent".to_owned()),
            note: None,
            x: 0.0,
            width: domain.inherent,
            points_text: points(domain.inherent),
        }];
        for treating in self.treating(&domain.domain).iter().filter(|treating| !treating.questions.is_empty()) {
            let of =
                |question: &Question| reductions.get(&(treating.control, question.id.as_str())).copied().unwrap_or(0.0);
            let together: f64 = treating.questions.iter().map(|question| of(question)).sum();
            let effectiveness = self.read.output.controls.iter().find(|control| *control.control == *treating.control);
            let effectiveness = self.share(effectiveness.map_or(0.0, |control| control.effectiveness));
            steps.push(Step {
                kind: "less",
                text: self.control_text(treating.control),
                href: None,
                note: Some(self.text(
                    "score.fall_control",
                    &[("effective", &effectiveness), ("weight", &decimals(treating.weight))],
                )),
                x: (running - together).max(0.0),
                width: together,
                points_text: taken_off(together),
            });
            for question in &treating.questions {
                let reduction = of(question);
                running -= reduction;
                steps.push(Step {
                    kind: "question",
                    text: self.question_text(&question.id),
                    href: Some(self.question_href(&question.id)),
                    note: Some(self.worth(&question.id)),
                    x: running.max(0.0),
                    width: reduction,
                    points_text: taken_off(reduction),
                });
            }
        }
        steps.push(Step {
            kind: "end",
            text: self.text("score.fall_end", &[]),
            href: Some("#residual".to_owned()),
            note: None,
            x: 0.0,
            width: domain.residual,
            points_text: points(domain.residual),
        });
        Fall { steps }
    }

    /// The same as sums and tables.
    pub(super) fn domain(&self, domain: &DomainScore) -> Domain {
        let words = REASONS.domains.get(&domain.domain);
        let policy = self.policy();
        let inherent_sum = self.text(
            "score.sum_inherent",
            &[
                ("severity", &domain.severity),
                ("likelihood", &domain.likelihood),
                ("inherent", &points(domain.inherent)),
            ],
        );
        let residual_sum = self.text(
            "score.sum_residual",
            &[
                ("inherent", &points(domain.inherent)),
                ("most", &decimals(policy.max_mitigation)),
                ("effectiveness", &format!("{:.4}", domain.effectiveness)),
                ("residual", &points(domain.residual)),
            ],
        );
        let treating = self.treating(&domain.domain);
        let not_asked = treating.iter().filter(|treating| treating.questions.is_empty()).map(|treating| Line {
            text: self.control_text(treating.control),
            note: words.and_then(|words| words.controls.get(treating.control)).cloned().unwrap_or_default(),
            figure: decimals(treating.weight),
            href: None,
        });
        Domain {
            name: self.domain_name(&domain.domain),
            summary: words.map(|words| words.summary.clone()).unwrap_or_default(),
            inherent_sum,
            residual_sum,
            factors: self.factors(&domain.domain),
            not_asked: not_asked.collect(),
            counted: self.counted_in(&domain.domain, &treating),
        }
    }

    fn factors(&self, domain: &str) -> Vec<Factor> {
        let added = |table: &Table, factor: &str, value: &str| {
            let entry = table.get(domain).and_then(|factors| factors.get(factor)).and_then(|values| values.get(value));
            entry.copied().unwrap_or(0.0)
        };
        let signed = |number: f64| match number {
            0.0 => "0".to_owned(),
            number if number > 0.0 => format!("+{}", decimals(number)),
            number => format!("−{}", decimals(-number)),
        };
        let policy = self.policy();
        let rows = self.read.documents.input.profile.iter().map(|(factor, value)| {
            let (severity, likelihood) =
                (added(&policy.severity, factor, value), added(&policy.likelihood, factor, value));
            let (question, chosen) = self.factor(factor);
            (severity != 0.0 || likelihood != 0.0).then(|| Factor {
                question,
                value: chosen,
                severity: signed(severity),
                likelihood: signed(likelihood),
            })
        });
        rows.flatten().collect()
    }

    fn counted_in(&self, domain: &str, treating: &[Treating<'_>]) -> Vec<Counted> {
        let reductions = self.reductions(domain);
        let standings = standings(self.policy(), &self.read.documents.input);
        let standings: BTreeMap<&str, _> =
            standings.iter().map(|standing| (standing.question.id.as_str(), standing)).collect();
        let rows =
            treating.iter().flat_map(|treating| treating.questions.iter().map(move |question| (treating, question)));
        rows.map(|(treating, question)| {
            let level = standings.get(question.id.as_str()).map(|standing| standing.level_in(treating.control));
            let answered = question.state == State::Answered;
            let reduction = reductions.get(&(treating.control, question.id.as_str())).copied().unwrap_or(0.0);
            Counted {
                control: treating.control.to_owned(),
                id: question.id.clone(),
                href: self.question_href(&question.id),
                text: self.question_text(&question.id),
                state: self.state(&question.id),
                value: decimals(question.value.unwrap_or(0.0)),
                level: level.filter(|_| answered).map(|level| self.level(level)).unwrap_or_default(),
                weight: decimals(question.weight),
                reduction: taken_off(reduction),
            }
        })
        .collect()
    }
}
