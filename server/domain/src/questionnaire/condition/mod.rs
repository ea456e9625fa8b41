//! When a question, or a cell of a table, is asked: a small, total language over answers, the vendor's roles and the
//! engagement's profile.
//!
//! ```text
//! {PROD-2} != 'no' and ({PROD-3} has any ('acts', 'generates') or not ({PROD-3} answered))
//! {A.8.5-1} > 30          profile.personal_data in ('ordinary', 'sensitive')          role has 'producer'
//! {REG-1} any row where ([default_state] = 'on')
//! ```
//!
//! What is hidden, unanswered, declined or said not to apply equals nothing: a comparison with it does not hold, and
//! `!=` is the opposite of `=`.

mod parse;
mod typed;
mod written;

pub use typed::{Scope, check};

use super::Role;
use crate::answer::Reply;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use std::collections::{BTreeMap, BTreeSet};

/// A condition, parsed.
#[derive(Clone, Debug, PartialEq)]
pub enum Condition {
    /// Every one holds.
    All(Vec<Condition>),
    /// At least one holds.
    Any(Vec<Condition>),
    /// It does not hold.
    Not(Box<Condition>),
    /// One thing is looked at.
    Test(Test),
}

/// One thing that a condition looks at.
#[derive(Clone, Debug, PartialEq)]
pub enum Test {
    /// `{Q} = 'x'`, `{Q} != 'x'`: the one option that is chosen; in a table's cell `[column] = 'x'`.
    Is {
        /// Whose value.
        of: Source,
        /// The option's id, or the profile's value.
        value: String,
        /// `!=`.
        negated: bool,
    },
    /// `{Q} > 30`: a number.
    Number {
        /// The id of a question that takes a number.
        question: String,
        /// How they compare.
        order: Order,
        /// With what.
        value: f64,
    },
    /// `profile.f in ('a', 'b')`, `{Q} in ('a', 'b')`: one of several values.
    Among {
        /// Whose value.
        of: Source,
        /// The values.
        values: Vec<String>,
    },
    /// `{Q} has 'x'`, `{Q} has any ('x', 'y')`: of several options at least one of these is chosen.
    Has {
        /// The question's id.
        question: String,
        /// Ids of its options.
        options: Vec<String>,
    },
    /// `{Q} answered`: there is a reply that says something.
    Answered {
        /// The question's id.
        question: String,
    },
    /// `role has 'producer'`: the vendor plays the role for this product.
    Role(Role),
    /// `{Q} any row where (..)`: a row of a table.
    AnyRow {
        /// The id of a table question.
        question: String,
        /// Looks at the row's cells.
        row: Box<Condition>,
    },
}

/// Whose value is compared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// The option chosen in a question.
    Question(String),
    /// A factor of the engagement's profile.
    Profile(String),
    /// A cell of the row at hand.
    Cell(String),
}

/// How numbers compare.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// `=`
    Equal,
    /// `<`
    Below,
    /// `<=`
    AtMost,
    /// `>`
    Above,
    /// `>=`
    AtLeast,
}

/// What conditions look at.
pub trait Facts {
    /// The reply to a question that is asked; none where it is hidden or unanswered.
    fn reply(&self, question: &str) -> Option<&Reply>;
    /// A value of the engagement's profile.
    fn profile(&self, factor: &str) -> Option<&str>;
    /// Whether the vendor plays the role.
    fn plays(&self, role: Role) -> bool;
}

/// One row's cells, by column.
type Row = BTreeMap<String, String>;

impl Condition {
    /// Whether it holds.
    pub fn holds(&self, facts: &impl Facts) -> bool {
        self.decide(facts, None)
    }

    /// Whether it holds for a row of a table.
    pub fn holds_in(&self, row: &Row) -> bool {
        self.decide(&Nothing, Some(row))
    }

    fn decide(&self, facts: &impl Facts, row: Option<&Row>) -> bool {
        match self {
            Self::All(parts) => parts.iter().all(|part| part.decide(facts, row)),
            Self::Any(parts) => parts.iter().any(|part| part.decide(facts, row)),
            Self::Not(part) => !part.decide(facts, row),
            Self::Test(test) => test.decide(facts, row),
        }
    }

    /// Calls for every test in it; a test of a table's rows is one.
    pub fn each_test<'a>(&'a self, see: &mut impl FnMut(&'a Test)) {
        match self {
            Self::All(parts) | Self::Any(parts) => parts.iter().for_each(|part| part.each_test(see)),
            Self::Not(part) => part.each_test(see),
            Self::Test(test) => see(test),
        }
    }

    /// Ids of the questions that it looks at, in the order of their mention, each once.
    pub fn questions(&self) -> Vec<&str> {
        let mut found: Vec<&str> = Vec::new();
        self.each_test(&mut |test| {
            if let Some(question) = test.question()
                && !found.contains(&question)
            {
                found.push(question);
            }
        });
        found
    }

    /// Columns of a table question whose cells it looks at, each once, by id.
    pub fn columns(&self, table: &str) -> BTreeSet<&str> {
        let mut found = BTreeSet::new();
        self.each_test(&mut |test| {
            let Test::AnyRow { question, row } = test else { return };
            if question != table {
                return;
            }
            row.each_test(&mut |test| {
                if let Test::Is { of: Source::Cell(column), .. } | Test::Among { of: Source::Cell(column), .. } = test {
                    found.insert(column.as_str());
                }
            });
        });
        found
    }

    /// Whether it looks at the vendor's roles.
    pub fn asks_roles(&self) -> bool {
        let mut asks = false;
        self.each_test(&mut |test| asks |= matches!(test, Test::Role(_)));
        asks
    }

    /// Factors of the profile that it looks at.
    pub fn factors(&self) -> Vec<&str> {
        let mut found = Vec::new();
        self.each_test(&mut |test| {
            if let Test::Is { of: Source::Profile(factor), .. } | Test::Among { of: Source::Profile(factor), .. } = test
            {
                found.push(factor.as_str());
            }
        });
        found
    }
}

impl Test {
    /// The question that it looks at.
    pub fn question(&self) -> Option<&str> {
        match self {
            Self::Is { of: Source::Question(id), .. } | Self::Among { of: Source::Question(id), .. } => Some(id),
            Self::Number { question, .. }
            | Self::Has { question, .. }
            | Self::Answered { question }
            | Self::AnyRow { question, .. } => Some(question),
            Self::Is { .. } | Self::Among { .. } | Self::Role(_) => None,
        }
    }

    fn decide(&self, facts: &impl Facts, row: Option<&Row>) -> bool {
        match self {
            Self::Is { of, value, negated } => of.is(facts, row, value) != *negated,
            Self::Among { of, values } => values.iter().any(|value| of.is(facts, row, value)),
            Self::Number { question, order, value } => match facts.reply(question) {
                Some(Reply::Number { number }) => order.compare(*number, *value),
                _ => false,
            },
            Self::Has { question, options } => {
                facts.reply(question).is_some_and(|reply| options.iter().any(|option| reply.chooses(option)))
            }
            Self::Answered { question } => facts
                .reply(question)
                .is_some_and(|reply| !matches!(reply, Reply::NotApplicable { .. } | Reply::Declined { .. })),
            Self::Role(role) => facts.plays(*role),
            Self::AnyRow { question, row: condition } => match facts.reply(question) {
                Some(Reply::Table { rows }) => rows.iter().any(|row| condition.decide(facts, Some(row))),
                _ => false,
            },
        }
    }
}

impl Source {
    fn is(&self, facts: &impl Facts, row: Option<&Row>, value: &str) -> bool {
        match self {
            Self::Question(id) => facts.reply(id).is_some_and(|reply| reply.chooses(value)),
            Self::Profile(factor) => facts.profile(factor) == Some(value),
            Self::Cell(column) => row.and_then(|row| row.get(column)).is_some_and(|cell| cell == value),
        }
    }
}

impl Order {
    fn compare(self, one: f64, other: f64) -> bool {
        match self {
            Self::Equal => one == other,
            Self::Below => one < other,
            Self::AtMost => one <= other,
            Self::Above => one > other,
            Self::AtLeast => one >= other,
        }
    }
}

/// No answers at all: a row stands for itself.
struct Nothing;

impl Facts for Nothing {
    fn reply(&self, _: &str) -> Option<&Reply> {
        None
    }

    fn profile(&self, _: &str) -> Option<&str> {
        None
    }

    fn plays(&self, _: Role) -> bool {
        false
    }
}

impl Serialize for Condition {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Condition {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}
