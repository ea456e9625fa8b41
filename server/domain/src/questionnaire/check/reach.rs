//! Branches that nobody can reach: conditions for which no answers are left once everything they look at must itself be
//! asked.

use crate::answer::Reply;
use crate::problem::Problem;
use crate::questionnaire::condition::{Facts, Source, Test};
use crate::questionnaire::{Authored, Condition, Kind, Question, Role, Text};
use std::collections::{BTreeMap, BTreeSet};

/// Steps of the search for one condition; what is not decided by then counts as reachable.
const STEPS: usize = 20_000;

/// Questions that are never asked.
pub(super) fn unreachable(document: &Authored) -> Vec<Problem> {
    let by_id = document.by_id();
    let mut problems = Vec::new();
    for question in document.questions() {
        let Some(condition) = &question.show_if else { continue };
        let mut search = Search::around(document, &by_id, condition);
        if search.fails(condition) {
            problems.push(Problem::new(question.id.clone(), "never-asked").with("condition", condition));
        }
    }
    problems
}

/// What is tried.
struct Search<'a> {
    /// Questions that matter, in the order in which they are asked, each with the replies that make a difference.
    questions: Vec<(&'a Question<Text>, Vec<Option<Reply>>)>,
    /// Factors of the profile that matter, each with the values that make a difference.
    factors: Vec<(&'a str, Vec<Option<&'a str>>)>,
    roles_question: Option<&'a str>,
    replies: BTreeMap<&'a str, Reply>,
    profile: BTreeMap<&'a str, &'a str>,
    steps: usize,
}

impl<'a> Search<'a> {
    fn around(document: &'a Authored, by_id: &BTreeMap<&str, &'a Question<Text>>, condition: &'a Condition) -> Self {
        let roles_question = document.roles_question.as_deref();
        // Everything that the condition looks at, and what decides whether that is asked.
        let (mut matter, mut conditions, mut waiting) = (BTreeSet::new(), vec![condition], vec![condition]);
        while let Some(next) = waiting.pop() {
            let roles = roles_question.filter(|_| next.asks_roles());
            for id in next.questions().into_iter().chain(roles) {
                if matter.insert(id)
                    && let Some(own) = by_id.get(id).and_then(|question| question.show_if.as_ref())
                {
                    conditions.push(own);
                    waiting.push(own);
                }
            }
        }
        let mut tests = Vec::new();
        for condition in conditions {
            condition.each_test(&mut |test| tests.push(test));
        }
        let questions = document
            .questions()
            .filter(|question| matter.contains(question.id.as_str()))
            .map(|question| (question, candidates(question, &tests)))
            .collect();
        let mut factors: BTreeMap<&str, Vec<Option<&str>>> = BTreeMap::new();
        for test in &tests {
            let (factor, values) = match test {
                Test::Is { of: Source::Profile(factor), value, .. } => (factor, std::slice::from_ref(value)),
                Test::Among { of: Source::Profile(factor), values } => (factor, values.as_slice()),
                _ => continue,
            };
            factors.entry(factor).or_insert_with(|| vec![None]).extend(values.iter().map(|value| Some(value.as_str())));
        }
        Self {
            questions,
            factors: factors.into_iter().collect(),
            roles_question,
            replies: BTreeMap::new(),
            profile: BTreeMap::new(),
            steps: 0,
        }
    }

    /// Whether no answers make it hold.
    fn fails(&mut self, condition: &Condition) -> bool {
        !self.try_factor(0, condition)
    }

    fn try_factor(&mut self, n: usize, condition: &Condition) -> bool {
        let Some((factor, values)) = self.factors.get(n).map(|(factor, values)| (*factor, values.clone())) else {
            return self.try_question(0, condition);
        };
        values.into_iter().any(|value| {
            match value {
                Some(value) => self.profile.insert(factor, value),
                None => self.profile.remove(factor),
            };
            self.try_factor(n + 1, condition)
        })
    }

    fn try_question(&mut self, n: usize, condition: &Condition) -> bool {
        self.steps += 1;
        if self.steps > STEPS {
            return true;
        }
        let Some((question, candidates)) = self.questions.get(n) else { return condition.holds(&*self) };
        let (question, candidates) = (*question, candidates.clone());
        let asked = question.show_if.as_ref().is_none_or(|own| own.holds(&*self));
        for candidate in candidates {
            match candidate {
                Some(_) if !asked => continue,
                Some(reply) => self.replies.insert(&question.id, reply),
                None => self.replies.remove(question.id.as_str()),
            };
            if self.try_question(n + 1, condition) {
                return true;
            }
        }
        self.replies.remove(question.id.as_str());
        false
    }
}

impl Facts for Search<'_> {
    fn reply(&self, question: &str) -> Option<&Reply> {
        self.replies.get(question)
    }

    fn profile(&self, factor: &str) -> Option<&str> {
        self.profile.get(factor).copied()
    }

    fn plays(&self, role: Role) -> bool {
        self.roles_question.and_then(|id| self.replies.get(id)).is_some_and(|reply| reply.chooses(role.name()))
    }
}

/// Replies to a question that conditions can tell apart; none given is one of them.
fn candidates(question: &Question<Text>, tests: &[&Test]) -> Vec<Option<Reply>> {
    let mut found = vec![None];
    match &question.kind {
        Kind::Single { options } => {
            found.extend(options.iter().map(|o| Some(Reply::Choice { option: o.id.clone() })));
        }
        Kind::Multiple { options } => {
            let some = |ids: Vec<String>| Some(Reply::Choices { options: ids.into_iter().collect() });
            found.extend(options.iter().map(|o| some(vec![o.id.clone()])));
            let together: Vec<String> = options.iter().filter(|o| !o.exclusive).map(|o| o.id.clone()).collect();
            for (n, one) in together.iter().enumerate() {
                found.extend(together[n + 1..].iter().map(|other| some(vec![one.clone(), other.clone()])));
            }
            found.push(some(together));
        }
        Kind::Number { .. } => {
            for test in tests {
                if let Test::Number { question: id, value, .. } = test
                    && *id == question.id
                {
                    found.extend([-1.0, 0.0, 1.0].map(|by| Some(Reply::Number { number: value + by })));
                }
            }
            found.push(Some(Reply::Number { number: 0.0 }));
        }
        Kind::Table { .. } => {
            let mut rows = vec![BTreeMap::new()];
            for test in tests {
                if let Test::AnyRow { question: id, row } = test
                    && *id == question.id
                {
                    row.each_test(&mut |cell| {
                        if let Test::Is { of: Source::Cell(column), value, .. } = cell {
                            rows.push(BTreeMap::from([(column.clone(), value.clone())]));
                        }
                        if let Test::Among { of: Source::Cell(column), values } = cell {
                            let of = |value: &String| BTreeMap::from([(column.clone(), value.clone())]);
                            rows.extend(values.iter().map(of));
                        }
                    });
                }
            }
            let all = rows.iter().flatten().map(|(c, v)| (c.clone(), v.clone())).collect();
            found.extend(rows.into_iter().chain([all]).map(|row| Some(Reply::Table { rows: vec![row] })));
        }
        Kind::Text { .. } | Kind::LongText { .. } | Kind::Url { .. } | Kind::Date { .. } | Kind::File { .. } => {
            found.push(Some(Reply::File));
        }
    }
    found
}
