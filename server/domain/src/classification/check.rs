//! What is wrong with a file of rules, and where.

use super::{Condition, FORMAT, Rules};
use crate::answer::iso_date;
use crate::crosswalk::LANGUAGES;
use crate::problem::Problem;
use crate::questionnaire::Text;
use crate::register::Field;
use std::collections::BTreeSet;

impl Rules {
    /// Everything that is wrong with the file, located by JSON Pointers.
    pub fn check(&self) -> Vec<Problem> {
        let mut problems = Vec::new();
        let mut tell = |at: String, given: &str, code: &str| problems.push(Problem::new(at, code).with("given", given));
        if self.format != FORMAT {
            tell("/format".to_owned(), &self.format, "unknown-format");
        }
        let texts = std::iter::once(("/title".to_owned(), &self.title))
            .chain(self.facts.iter().enumerate().map(|(n, fact)| (format!("/facts/{n}/question"), &fact.question)))
            .chain(
                self.out_of_scope
                    .iter()
                    .enumerate()
                    .map(|(n, exit)| (format!("/out_of_scope/{n}/reason"), &exit.reason)),
            )
            .chain(self.ways_out.iter().enumerate().map(|(n, ground)| (format!("/ways_out/{n}/title"), &ground.title)))
            .chain(self.rules.iter().enumerate().flat_map(|(n, rule)| {
                let unless = rule.unless.iter().enumerate();
                let unless = unless.map(move |(u, unless)| (format!("/rules/{n}/unless/{u}/reason"), &unless.reason));
                [(format!("/rules/{n}/title"), &rule.title), (format!("/rules/{n}/reason"), &rule.reason)]
                    .into_iter()
                    .chain(unless)
            }));
        for (at, text) in texts {
            untranslated(text).for_each(|language| tell(at.clone(), language, "not-translated"));
        }
        let known = |id: &str| Field::named(id).is_some() || self.facts.iter().any(|fact| fact.id == id);
        let mut ids = BTreeSet::new();
        let named =
            self.facts.iter().enumerate().map(|(n, fact)| (format!("/facts/{n}/id"), ("fact", fact.id.as_str())));
        let named = named
            .chain(self.words.iter().enumerate().map(|(n, w)| (format!("/words/{n}/id"), ("words", w.id.as_str()))));
        let named = named
            .chain(self.rules.iter().enumerate().map(|(n, r)| (format!("/rules/{n}/id"), ("rule", r.id.as_str()))));
        let named = named
            .chain(self.dates.iter().enumerate().map(|(n, d)| (format!("/dates/{n}/key"), ("date", d.key.as_str()))));
        for (at, id) in named {
            if !ids.insert(id) {
                tell(at, id.1, "twice");
            }
        }
        for (n, id) in self.texts.iter().enumerate().filter(|(_, id)| !known(id)) {
            tell(format!("/texts/{n}"), id, "unknown-fact");
        }
        for (n, entry) in self.words.iter().enumerate() {
            for (list, p) in entry.empty_phrases() {
                tell(format!("/words/{n}/{list}/{p}"), "", "empty-phrase");
            }
            if let Some(fact) = entry.fact.as_deref().filter(|fact| !known(fact)) {
                tell(format!("/words/{n}/fact"), fact, "unknown-fact");
            }
            if entry.open && entry.fact.is_none() {
                tell(format!("/words/{n}/fact"), &entry.id, "required");
            }
        }
        for (n, exit) in self.out_of_scope.iter().enumerate().filter(|(_, exit)| !known(&exit.fact)) {
            tell(format!("/out_of_scope/{n}/fact"), &exit.fact, "unknown-fact");
        }
        for (n, rule) in self.rules.iter().enumerate() {
            if rule.article.trim().is_empty() {
                tell(format!("/rules/{n}/article"), &rule.id, "required");
            }
            if !self.dates.iter().any(|date| date.key == rule.applies) {
                tell(format!("/rules/{n}/applies"), &rule.applies, "unknown-date");
            }
        }
        let conditions = self.rules.iter().enumerate().flat_map(|(n, rule)| {
            let unless = rule
                .unless
                .iter()
                .enumerate()
                .map(move |(u, unless)| (format!("/rules/{n}/unless/{u}/is"), &unless.is));
            let when = rule.when.iter().map(move |when| (format!("/rules/{n}/when"), when));
            std::iter::once((format!("/rules/{n}/trigger"), &rule.trigger)).chain(when).chain(unless)
        });
        let grounds = self.ways_out.iter().enumerate().map(|(n, ground)| (format!("/ways_out/{n}/is"), &ground.is));
        let people = std::iter::once(("/people".to_owned(), &self.people));
        for (at, condition) in conditions.chain(grounds).chain(people) {
            let mut open = vec![condition];
            while let Some(next) = open.pop() {
                match next {
                    Condition::All(parts) | Condition::Any(parts) => {
                        if parts.is_empty() {
                            tell(at.clone(), "", "required");
                        }
                        open.extend(parts);
                    }
                    Condition::Not(inner) => open.push(inner),
                    Condition::Words(id) if !self.words.iter().any(|entry| entry.id == *id) => {
                        tell(at.clone(), id, "unknown-words");
                    }
                    Condition::Words(_) => {}
                    Condition::Fact { id, is } => {
                        let values = Field::named(id).map(|field| field.values).unwrap_or_default();
                        let values = if values.is_empty() { &["yes", "no"] } else { values };
                        if !known(id) {
                            tell(at.clone(), id, "unknown-fact");
                        } else if let Some(odd) = is.iter().find(|value| !values.contains(&value.as_str())) {
                            tell(at.clone(), odd, "not-an-option");
                        }
                    }
                }
            }
        }
        for (n, date) in self.dates.iter().enumerate() {
            let days = [
                ("from", Some(&date.from)),
                ("existing_from", date.existing_from.as_ref()),
                ("as_of", Some(&date.as_of)),
            ];
            for (name, day) in days {
                if let Some(day) = day.filter(|day| iso_date::read(day).is_err()) {
                    tell(format!("/dates/{n}/{name}"), day, "not-a-date");
                }
            }
        }
        problems
    }
}

fn untranslated(text: &Text) -> impl Iterator<Item = &'static str> {
    LANGUAGES
        .into_iter()
        .filter(|language| text.exactly(language, LANGUAGES[0]).is_none_or(|words| words.trim().is_empty()))
}
