//! From one questionnaire into another where the texts have too little in common: by the controls that both speak to.

use crate::crosswalk::Crosswalk;
use crate::questionnaire::Authored;
use std::collections::{BTreeMap, BTreeSet};

/// A framework is recognised when at least so many rows, and this share of all, bear an id of one of its points.
const FEWEST: usize = 5;
const SHARE: f64 = 0.6;

/// The questions that speak to what a row speaks to, by the row's id.
pub(super) struct Controls {
    /// Questions by their control or clause.
    questions: BTreeMap<String, Vec<usize>>,
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
        for (n, question) in template.questions().enumerate() {
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
        let mut best = Self { questions, points: BTreeMap::new(), framework: None };
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

    /// The questions that a row's id leads to, the ones with most controls in common first, and by way of what.
    pub(super) fn of_row(&self, id: Option<&str>) -> Option<(Vec<usize>, String)> {
        let framework = self.framework.as_ref()?;
        let id = id?;
        let controls = self.points.get(&plain_point(id))?;
        let mut shared: BTreeMap<usize, usize> = BTreeMap::new();
        for question in controls.iter().filter_map(|control| self.questions.get(control)).flatten() {
            *shared.entry(*question).or_default() += 1;
        }
        let mut found: Vec<usize> = shared.keys().copied().collect();
        found.sort_by_key(|question| (std::cmp::Reverse(shared[question]), *question));
        let controls: Vec<&str> = controls.iter().map(String::as_str).collect();
        (!found.is_empty()).then(|| (found, format!("{framework} {id}: {}", controls.join(", "))))
    }
}
