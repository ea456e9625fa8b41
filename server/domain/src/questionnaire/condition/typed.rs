//! Whether a condition fits what it looks at: questions that stand earlier, of the right kind, with those options.

use super::{Condition, Source, Test};
use crate::problem::Problem;
use crate::questionnaire::{Column, Kind, Question};
use std::collections::BTreeMap;

/// What a condition may look at.
#[derive(Debug)]
pub struct Scope<'a, T> {
    /// The questions that stand earlier, by id.
    pub earlier: &'a BTreeMap<&'a str, &'a Question<T>>,
    /// The vendor's roles are asked earlier.
    pub knows_roles: bool,
    /// Factors of the profile with their values; none where any will do.
    pub factors: Option<&'a BTreeMap<String, Vec<String>>>,
    /// The columns of the table, for a condition on its cells.
    pub columns: Option<&'a [Column<T>]>,
}

/// What is wrong with a condition, at this place.
pub fn check<T>(condition: &Condition, at: &str, scope: &Scope<'_, T>) -> Vec<Problem> {
    let mut problems = Vec::new();
    condition.each_test(&mut |test| problems.extend(check_test(test, at, scope)));
    problems
}

fn check_test<T>(test: &Test, at: &str, scope: &Scope<'_, T>) -> Vec<Problem> {
    let wrong = |code: &str, given: &str| vec![Problem::new(at, code).with("given", given)];
    match test {
        Test::Is { of: Source::Profile(factor), value, .. } => {
            factor_value(at, scope, factor, std::slice::from_ref(value))
        }
        Test::Among { of: Source::Profile(factor), values } => factor_value(at, scope, factor, values),
        Test::Is { of: Source::Cell(column), value, .. } => cell(at, scope, column, std::slice::from_ref(value)),
        Test::Among { of: Source::Cell(column), values } => cell(at, scope, column, values),
        Test::Role(role) if !scope.knows_roles => wrong("condition-on-roles-not-asked", role.name()),
        Test::Role(_) => Vec::new(),
        _ if scope.columns.is_some() => wrong("condition-in-a-row-on-a-question", test.question().unwrap_or_default()),
        _ => {
            let id = test.question().unwrap_or_default();
            match scope.earlier.get(id) {
                None => wrong("condition-on-no-earlier-question", id),
                Some(other) => on_question(test, at, scope, other),
            }
        }
    }
}

fn on_question<T>(test: &Test, at: &str, scope: &Scope<'_, T>, other: &Question<T>) -> Vec<Problem> {
    let mismatch =
        || vec![Problem::new(at, "condition-of-another-kind").with("given", &other.id).with("kind", other.kind.name())];
    let options = |ids: &[String]| -> Vec<Problem> {
        let unknown = ids.iter().filter(|id| !other.options().iter().any(|known| known.id == **id));
        unknown
            .map(|id| Problem::new(at, "condition-on-no-option").with("given", format!("{}={id}", other.id)))
            .collect()
    };
    match (test, &other.kind) {
        (Test::Answered { .. }, _) => Vec::new(),
        (Test::Is { value, .. }, Kind::Single { .. }) => options(std::slice::from_ref(value)),
        (Test::Among { values, .. }, Kind::Single { .. }) => options(values),
        (Test::Has { options: ids, .. }, Kind::Multiple { .. } | Kind::Single { .. }) => options(ids),
        (Test::Number { .. }, Kind::Number { .. }) => Vec::new(),
        (Test::AnyRow { row, .. }, Kind::Table { columns, .. }) => {
            check(row, at, &Scope { columns: Some(columns), ..*scope })
        }
        _ => mismatch(),
    }
}

fn factor_value<T>(at: &str, scope: &Scope<'_, T>, factor: &str, values: &[String]) -> Vec<Problem> {
    let Some(factors) = scope.factors else { return Vec::new() };
    let Some(known) = factors.get(factor) else {
        return vec![Problem::new(at, "condition-on-no-factor").with("given", factor)];
    };
    let unknown = values.iter().filter(|value| !known.contains(value));
    unknown.map(|value| Problem::new(at, "condition-on-no-value").with("given", format!("{factor}={value}"))).collect()
}

fn cell<T>(at: &str, scope: &Scope<'_, T>, column: &str, values: &[String]) -> Vec<Problem> {
    let found = scope.columns.unwrap_or_default().iter().find(|known| known.id == column);
    let Some(found) = found else {
        return vec![Problem::new(at, "condition-on-no-column").with("given", column)];
    };
    let unknown =
        values.iter().filter(|value| !found.options.is_empty() && !found.options.iter().any(|o| o.id == **value));
    unknown.map(|value| Problem::new(at, "condition-on-no-option").with("given", format!("{column}={value}"))).collect()
}
