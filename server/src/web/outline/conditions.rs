//! Conditions in words.

use crate::web::render::Renderer;
use domain::questionnaire::condition::{Order, Source, Test};
use domain::questionnaire::{Condition, Question};
use std::collections::{BTreeMap, HashMap};

/// What the words are taken from.
pub(super) struct Words<'a> {
    pub(super) renderer: &'a Renderer,
    pub(super) numbers: &'a HashMap<&'a str, usize>,
    pub(super) by_id: &'a BTreeMap<&'a str, &'a Question>,
}

/// One of several things.
pub(super) fn either(renderer: &Renderer, things: &[String]) -> String {
    things.join(&format!(" {} ", renderer.text("outline.or", &[])))
}

impl Words<'_> {
    /// The condition in words.
    pub(super) fn condition(&self, condition: &Condition) -> String {
        let joined = |parts: &[Condition], key: &str| {
            let word = format!(" {} ", self.renderer.text(key, &[]));
            parts.iter().map(|part| self.nested(part)).collect::<Vec<_>>().join(&word)
        };
        match condition {
            Condition::All(parts) => joined(parts, "outline.and"),
            Condition::Any(parts) => joined(parts, "outline.or"),
            Condition::Not(part) => match &**part {
                Condition::Test(test) => self.test(test, true),
                _ => self.renderer.text("outline.not", &[("condition", &self.nested(part))]),
            },
            Condition::Test(test) => self.test(test, false),
        }
    }

    fn nested(&self, condition: &Condition) -> String {
        match condition {
            Condition::All(parts) | Condition::Any(parts) if parts.len() > 1 => {
                format!("({})", self.condition(condition))
            }
            _ => self.condition(condition),
        }
    }

    fn test(&self, test: &Test, opposite: bool) -> String {
        match test {
            Test::Is { of, value, negated } => self.is(of, std::slice::from_ref(value), *negated != opposite),
            Test::Among { of, values } => self.is(of, values, opposite),
            Test::Has { question, options } => self.answered(question, options, opposite),
            Test::Number { question, order, value } => {
                let key = match order {
                    Order::Equal => "outline.number.equal",
                    Order::Below => "outline.number.below",
                    Order::AtMost => "outline.number.at_most",
                    Order::Above => "outline.number.above",
                    Order::AtLeast => "outline.number.at_least",
                };
                let said = self.renderer.text(key, &[("number", &self.number(question)), ("value", value)]);
                self.unless(said, opposite)
            }
            Test::Answered { question } => {
                let key = if opposite { "outline.is_unanswered" } else { "outline.is_answered" };
                self.renderer.text(key, &[("number", &self.number(question))])
            }
            Test::Role(role) => {
                let role = self.renderer.text(&format!("outline.role.{role}"), &[]);
                self.unless(self.renderer.text("outline.for_roles", &[("roles", &role)]), opposite)
            }
            Test::AnyRow { question, row } => {
                let values = [("number", &self.number(question) as _), ("condition", &self.condition(row) as _)];
                self.unless(self.renderer.text("outline.any_row", &values), opposite)
            }
        }
    }

    fn unless(&self, said: String, opposite: bool) -> String {
        if opposite { self.renderer.text("outline.not", &[("condition", &said)]) } else { said }
    }

    fn is(&self, of: &Source, values: &[String], opposite: bool) -> String {
        let (key, name) = match of {
            Source::Question(question) => return self.answered(question, values, opposite),
            Source::Profile(factor) => ("outline.profile", factor),
            Source::Cell(column) => ("outline.cell", column),
        };
        let quoted: Vec<String> = values.iter().map(|value| format!("“{value}”")).collect();
        let said = [("name", name as _), ("values", &either(self.renderer, &quoted) as _)];
        self.unless(self.renderer.text(key, &said), opposite)
    }

    fn number(&self, question: &str) -> usize {
        self.numbers.get(question).copied().unwrap_or_default()
    }

    fn answered(&self, question: &str, is: &[String], opposite: bool) -> String {
        let label = |id: &String| {
            let options = self.by_id.get(question).map(|q| q.options()).unwrap_or_default();
            let label = options.iter().find(|option| option.id == *id).map_or(id.as_str(), |o| o.label.as_str());
            format!("“{label}”")
        };
        let labels: Vec<String> = is.iter().map(label).collect();
        let key = if opposite { "outline.not_answered" } else { "outline.answered" };
        let values = [("number", &self.number(question) as _), ("options", &either(self.renderer, &labels) as _)];
        self.renderer.text(key, &values)
    }
}
