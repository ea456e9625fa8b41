//! From one questionnaire into another where the texts have too little in common: by the controls that both speak to.

use super::LOW;
use crate::crosswalk::Crosswalk;
use crate::questionnaire::Authored;
use crate::sheet::families::Family;
use std::collections::{BTreeMap, BTreeSet};

/// A framework is recognised when at least so many rows, and this share of all, bear an id of one of its points.
const FEWEST: usize = 5;
const SHARE: f64 = 0.6;

/// How much surer than [`LOW`] a row is that shares all controls of a question.
const ALL_SHARED: f64 = 0.25;

/// A question that speaks to what a row speaks to.
pub(super) struct Shared {
    pub(super) question: usize,
    pub(super) controls: Vec<String>,
    /// By the share of the question's controls. It is fitted to nothing.
    pub(super) certainty: f64,
}

/// The questions that speak to what a row speaks to, by the row's id.
pub(super) struct Controls {
    /// Questions by their control or clause.
    questions: BTreeMap<String, Vec<usize>>,
    /// How many controls and clauses each question names.
    named: Vec<usize>,
    /// Controls by the id of a point, and the framework that it is of.
    points: BTreeMap<String, BTreeSet<String>>,
    framework: Option<String>,
}

fn plain_point(id: &str) -> String {
    id.chars().filter(|c| c.is_alphanumeric() || *c == '.').flat_map(char::to_lowercase).collect()
}

impl Controls {
    /// `ids` are those of all rows: they show which framework the table follows.
    pub(super) fn of<'a>(
        template: &Authored,
        crosswalks: &BTreeMap<String, Crosswalk>,
        ids: impl Iterator<Item = Option<&'a str>>,
    ) -> Self {
        let mut questions: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        let mut named = Vec::new();
        for (n, question) in template.questions().enumerate() {
            named.push(question.controls.len() + question.clauses.len());
            for control in question.controls.iter().chain(&question.clauses) {
                questions.entry(control.clone()).or_default().push(n);
            }
        }
        let own = questions.keys().map(|control| (control.clone(), control.clone()));
        let own: Vec<(String, String)> = own.collect();
        let frameworks = std::iter::once(("iso-42001", own)).chain(crosswalks.values().map(|crosswalk| {
            let rows = crosswalk.rows.iter();
            let points = rows.flat_map(|row| row.points.iter().map(|point| (point.clone(), row.control.clone())));
            (crosswalk.key.as_str(), points.collect())
        }));
        let ids: Vec<Option<String>> = ids.map(|id| id.map(plain_point)).collect();
        let mut best = Self { questions, named, points: BTreeMap::new(), framework: None };
        let mut most = 0;
        for (key, pairs) in frameworks {
            let mut points: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
            for (point, control) in pairs {
                points.entry(plain_point(&point)).or_default().insert(control);
            }
            let known = ids.iter().flatten().filter(|id| points.contains_key(*id)).count();
            if known > most && known >= FEWEST && known as f64 >= SHARE * ids.len() as f64 {
                most = known;
                (best.points, best.framework) = (points, Some(key.to_owned()));
            }
        }
        best
    }

    /// The questions that a row's id leads to, the surest first, and by way of what: the family of its sheet, or the
    /// framework that the whole table follows.
    pub(super) fn of_row(&self, id: Option<&str>, family: Option<&str>) -> Option<(Vec<Shared>, String)> {
        let id = id?;
        let known = family.and_then(Family::of_key).map(|family| (family.key.as_str(), family.controls_of(id)));
        let (by_way, controls): (&str, BTreeSet<&String>) = match known {
            Some((key, controls)) if !controls.is_empty() => (key, controls.iter().collect()),
            _ => (self.framework.as_deref()?, self.points.get(&plain_point(id))?.iter().collect()),
        };
        let mut shared: BTreeMap<usize, Vec<String>> = BTreeMap::new();
        for control in controls {
            for question in self.questions.get(control).into_iter().flatten() {
                shared.entry(*question).or_default().push(control.clone());
            }
        }
        let of = |(question, controls): (usize, Vec<String>)| {
            let share = controls.len() as f64 / self.named[question].max(controls.len()) as f64;
            Shared { question, controls, certainty: LOW + ALL_SHARED * share }
        };
        let mut found: Vec<Shared> = shared.into_iter().map(of).collect();
        found.sort_by(|a, b| b.certainty.total_cmp(&a.certainty).then(a.question.cmp(&b.question)));
        (!found.is_empty()).then(|| (found, format!("{by_way} {id}")))
    }
}
