//! The rules that a document keeps whatever it says: ids, options, values, bounds, conditions.

use super::{Known, MOST_QUESTIONS};
use crate::problem::Problem;
use crate::questionnaire::condition::{self, Scope};
use crate::questionnaire::{Authored, Choice, FORMAT, Kind, Question, Role, Text};
use crate::register::Field;
use std::collections::{BTreeMap, BTreeSet};
use unicode_normalization::UnicodeNormalization;

/// What is wrong.
pub(super) fn check(document: &Authored, known: Known<'_>) -> Vec<Problem> {
    let mut problems = Vec::new();
    if document.format != FORMAT {
        problems.push(Problem::new("/format", "unknown-format").with("expected", FORMAT));
    }
    if document.key.trim().is_empty() {
        problems.push(Problem::new("/key", "required"));
    }
    if document.version == 0 {
        problems.push(Problem::new("/version", "too-small").with("least", 1));
    }
    let count = document.questions().count();
    if count == 0 {
        problems.push(Problem::new("/sections", "no-questions"));
    }
    if count > MOST_QUESTIONS {
        problems.push(Problem::new("/sections", "too-many-questions").with("most", MOST_QUESTIONS));
        return problems;
    }
    let mut sections = Ids::default();
    for (s, section) in document.sections.iter().enumerate() {
        sections.take(&section.id, &format!("/sections/{s}/id"), &mut problems);
    }
    problems.extend(roles_question(document));
    let mut ids = Ids::default();
    let mut earlier: BTreeMap<&str, &Question<Text>> = BTreeMap::new();
    let mut knows_roles = false;
    for question in document.questions() {
        let scope = Scope { earlier: &earlier, knows_roles, factors: known.factors, columns: None };
        Asked { question, problems: &mut problems }.check(&scope, known);
        ids.take(&question.id, &question.id, &mut problems);
        knows_roles |= document.roles_question.as_ref() == Some(&question.id);
        earlier.insert(&question.id, question);
    }
    problems
}

/// Ids that were taken, also told apart from those that only look different.
#[derive(Default)]
struct Ids(BTreeMap<String, String>);

impl Ids {
    fn take(&mut self, id: &str, at: &str, problems: &mut Vec<Problem>) {
        if !is_id(id) {
            problems.push(Problem::new(at, "not-an-id").with("given", id.chars().take(80).collect::<String>()));
        }
        match self.0.insert(folded(id), id.to_owned()) {
            Some(known) if known == id => problems.push(Problem::new(at, "duplicate").with("given", id)),
            Some(known) => problems.push(Problem::new(at, "looks-like-another").with("given", id).with("other", known)),
            None => {}
        }
    }
}

/// The question that asks for the vendor's roles offers exactly these.
fn roles_question(document: &Authored) -> Option<Problem> {
    let asks = document.questions().any(|question| !question.audience.is_empty());
    let Some(id) = &document.roles_question else {
        return asks.then(|| Problem::new("/roles_question", "roles-not-asked"));
    };
    let wrong = |code: &str| Some(Problem::new("/roles_question", code).with("given", id));
    match document.question(id).map(|question| &question.kind) {
        Some(Kind::Multiple { options }) => {
            let has = |role: Role| options.iter().any(|option| option.id == role.name());
            if Role::ALL.into_iter().all(has) { None } else { wrong("roles-need-their-options") }
        }
        _ => wrong("roles-need-a-multiple-choice"),
    }
}

struct Asked<'a> {
    question: &'a Question<Text>,
    problems: &'a mut Vec<Problem>,
}

impl Asked<'_> {
    fn found(&mut self, code: &str) {
        self.problems.push(Problem::new(self.question.id.clone(), code));
    }

    fn check(&mut self, scope: &Scope<'_, Text>, known: Known<'_>) {
        let question = self.question;
        let id = question.id.as_str();
        if !(0.0..=10.0).contains(&question.weight) {
            self.found("weight-out-of-range");
        }
        for list in [&question.controls, &question.clauses] {
            if list.iter().collect::<BTreeSet<_>>().len() != list.len() {
                self.found("duplicate-control");
            }
            for control in list.iter().filter(|one| known.controls.is_some_and(|all| !all.contains(one))) {
                self.problems.push(Problem::new(id, "unknown-control").with("given", control));
            }
        }
        let scored = self.kind(scope);
        if question.weight > 0.0 && !scored {
            self.found("weight-on-an-unscored-question");
        }
        if question.weight > 0.0 && scored && question.best() == 0.0 {
            self.found("weight-without-effect");
        }
        if !question.audience.is_empty() && !scope.knows_roles {
            self.found("audience-before-roles-are-asked");
        }
        if let Some(condition) = &question.show_if {
            // A condition that names a question three times is wrong once.
            for problem in condition::check(condition, id, scope) {
                if self.problems.last() != Some(&problem) {
                    self.problems.push(problem);
                }
            }
        }
    }

    /// Checks what belongs to the kind of question; says whether answers have a value.
    fn kind(&mut self, scope: &Scope<'_, Text>) -> bool {
        let in_range = |value: f64| (0.0..=1.0).contains(&value);
        match &self.question.kind {
            Kind::Single { options } | Kind::Multiple { options } => {
                self.options(options);
                if options.len() < 2 {
                    self.found("too-few-options");
                }
                if matches!(self.question.kind, Kind::Single { .. }) && options.iter().any(|o| o.exclusive) {
                    self.found("exclusive-in-a-single-choice");
                }
                options.iter().all(|o| o.value.is_some())
            }
            Kind::Number { min, max, ranges, .. } => {
                if !ranges.iter().all(|r| in_range(r.value)) {
                    self.found("value-out-of-range");
                }
                if let (Some(min), Some(max)) = (min, max)
                    && min > max
                {
                    self.found("bounds-crossed");
                }
                !ranges.is_empty()
            }
            Kind::Text { given, .. }
            | Kind::LongText { given, .. }
            | Kind::Date { given }
            | Kind::Url { given }
            | Kind::File { given } => {
                if given.is_some_and(|value| !in_range(value)) {
                    self.found("value-out-of-range");
                }
                given.is_some()
            }
            Kind::Table { .. } => {
                self.table(scope);
                false
            }
        }
    }

    fn options(&mut self, options: &[Choice<Text>]) {
        if options.iter().map(|o| o.id.as_str()).collect::<BTreeSet<_>>().len() != options.len() {
            self.found("duplicate-option");
        }
        if options.iter().any(|o| !is_id(&o.id)) {
            self.found("option-without-id");
        }
        let id = &self.question.id;
        self.alike(options.iter().map(|option| (option.id.as_str(), format!("{id}={}", option.id))));
        if !options.iter().filter_map(|o| o.value).all(|value| (0.0..=1.0).contains(&value)) {
            self.found("value-out-of-range");
        }
        for option in options.iter().filter(|o| o.value.is_some() == o.unscored) {
            let problem = Problem::new(self.question.id.clone(), "neither-scored-nor-unscored");
            self.problems.push(problem.with("option", &option.id));
        }
    }

    /// Ids that differ only in the case of their letters; those that are the same are told of by whoever calls.
    fn alike<'a>(&mut self, ids: impl Iterator<Item = (&'a str, String)>) {
        let mut known: BTreeMap<String, &str> = BTreeMap::new();
        for (id, at) in ids {
            if let Some(other) = known.insert(folded(id), id).filter(|other| *other != id) {
                self.problems.push(Problem::new(at, "looks-like-another").with("given", id).with("other", other));
            }
        }
    }

    fn table(&mut self, scope: &Scope<'_, Text>) {
        let Kind::Table { columns, max_rows, feeds } = &self.question.kind else { return };
        let id = &self.question.id;
        let ids: BTreeSet<_> = columns.iter().map(|c| c.id.as_str()).collect();
        if columns.is_empty() || ids.len() != columns.len() || columns.iter().any(|c| !is_id(&c.id)) {
            self.found("columns-need-distinct-ids");
        }
        self.alike(columns.iter().map(|column| (column.id.as_str(), format!("{id}.{}", column.id))));
        if *max_rows == 0 {
            self.found("too-few-rows");
        }
        for column in columns {
            if column.options.iter().map(|o| &o.id).collect::<BTreeSet<_>>().len() != column.options.len() {
                self.found("duplicate-option");
            }
            if feeds.is_some() && !Field::named(&column.id).is_some_and(Field::is_declarable) {
                self.problems.push(Problem::new(format!("{id}.{}", column.id), "not-a-register-field"));
            }
            if let Some(condition) = &column.show_if {
                let cells = Scope { columns: Some(columns), ..*scope };
                self.problems.extend(condition::check(condition, &format!("{id}.{}", column.id), &cells));
            }
        }
    }
}

/// An id as it looks: without the case and the width of its letters.
pub(in crate::questionnaire) fn folded(id: &str) -> String {
    id.nfkc().collect::<String>().to_lowercase()
}

/// Letters, digits, `.`, `_`, `-` and `&`, at most 64.
pub(in crate::questionnaire) fn is_id(text: &str) -> bool {
    !text.is_empty()
        && text.len() <= 64
        && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-' | '&'))
}
