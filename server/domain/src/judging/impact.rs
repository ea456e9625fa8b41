//! What a high-risk use does to people: the impact assessment, who approves it, and when it is out of date.
//!
//! ISO/IEC 42001, 6.1.4 and A.5.2 to A.5.5; ISO/IEC 42005:2025; its contents cover the six of Art. 27(1) of the EU AI Act.

use super::party::Party;
use super::said::Said;
use crate::problem::{Problem, Problems};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// Effects in one assessment at most.
pub const MOST_EFFECTS: usize = 100;

/// Who feels an effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Whom {
    /// Single people.
    Individuals,
    /// Groups of people who have something in common.
    Groups,
    /// Everybody, institutions, the environment.
    Society,
}

impl Whom {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Individuals, Self::Groups, Self::Society];

    /// Its name in the API and wording.
    pub fn name(self) -> &'static str {
        match self {
            Self::Individuals => "individuals",
            Self::Groups => "groups",
            Self::Society => "society",
        }
    }
}

/// An effect on somebody.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Effect {
    /// On which kind.
    pub whom: Whom,
    /// On whom, in words: "applicants over fifty".
    pub who: String,
    /// What happens to them.
    pub what: String,
    /// How bad, 1..5.
    pub severity: u8,
    /// How likely, 1..5.
    pub likelihood: u8,
    /// Whether it can be undone.
    pub is_reversible: bool,
    /// What is done about it.
    pub measures: String,
    /// Questions on whose answers this rests; may be empty.
    #[serde(default)]
    pub answers: BTreeSet<String>,
}

/// An impact assessment as it is written.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Assessment {
    /// In which of our processes it is used, and for what.
    pub process: String,
    /// For how long, and how often.
    pub period: String,
    /// Good and bad ones; those that matter.
    pub effects: Vec<Effect>,
    /// Why there is none on a kind.
    pub none: BTreeMap<Whom, String>,
    /// Who watches over it, and how they can step in.
    pub oversight: String,
    /// What is done when it goes wrong, and where people can complain.
    pub remedies: String,
}

impl Assessment {
    /// What is missing or wrong; `questions` are those of the assessment that it can rest on.
    ///
    /// # Errors
    /// `required` at `process`, `period`, `oversight`, `remedies`, `effects.<n>.<field>`, and at `none.<kind>` for a kind with
    /// neither an effect nor a reason why there is none; `has-effects` there where both stand; `out-of-range` at
    /// `effects.<n>.severity` and `.likelihood`; `unknown` at `effects.<n>.answers`; `too-many` at `effects`.
    pub fn check(&self, questions: &BTreeSet<&str>) -> Result<(), Problems> {
        let mut problems = Vec::new();
        let fields = [
            ("process", &self.process),
            ("period", &self.period),
            ("oversight", &self.oversight),
            ("remedies", &self.remedies),
        ];
        for (at, text) in fields {
            if text.trim().is_empty() {
                problems.push(Problem::new(at, "required"));
            }
        }
        if self.effects.len() > MOST_EFFECTS {
            problems.push(Problem::new("effects", "too-many").with("most", MOST_EFFECTS));
        }
        for (n, effect) in self.effects.iter().enumerate() {
            for (field, text) in [("who", &effect.who), ("what", &effect.what), ("measures", &effect.measures)] {
                if text.trim().is_empty() {
                    problems.push(Problem::new(format!("effects.{n}.{field}"), "required"));
                }
            }
            for (field, number) in [("severity", effect.severity), ("likelihood", effect.likelihood)] {
                if !(1..=5).contains(&number) {
                    let problem = Problem::new(format!("effects.{n}.{field}"), "out-of-range");
                    problems.push(problem.with("least", 1).with("most", 5));
                }
            }
            let strange: Vec<&str> =
                effect.answers.iter().map(String::as_str).filter(|question| !questions.contains(question)).collect();
            if !strange.is_empty() {
                let problem = Problem::new(format!("effects.{n}.answers"), "unknown-questions");
                problems.push(problem.with("given", strange.join(", ")));
            }
        }
        for whom in Whom::ALL {
            let has_effect = self.effects.iter().any(|effect| effect.whom == whom);
            let has_reason = self.none.get(&whom).is_some_and(|reason| !reason.trim().is_empty());
            let at = format!("none.{}", whom.name());
            if !has_effect && !has_reason {
                problems.push(Problem::new(at, "required"));
            } else if has_effect && has_reason {
                problems.push(Problem::new(at, "has-effects"));
            }
        }
        Problems::none_or(problems, ())
    }

    /// The questions that it rests on.
    pub fn questions(&self) -> BTreeSet<&str> {
        self.effects.iter().flat_map(|effect| effect.answers.iter().map(String::as_str)).collect()
    }
}

/// What an approved assessment rested on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Basis {
    /// The profile.
    pub profile: BTreeMap<String, String>,
    /// By question: [`Said::sha256`].
    pub answers: BTreeMap<String, String>,
}

impl Basis {
    /// What an assessment rests on now.
    pub fn of(assessment: &Assessment, profile: &BTreeMap<String, String>, said: &BTreeMap<String, Said>) -> Self {
        let answers =
            assessment.questions().into_iter().map(|question| (question.to_owned(), sha256_of(said, question)));
        Self { profile: profile.clone(), answers: answers.collect() }
    }

    /// What is not as it was: factors of the profile, and questions with another answer. Up to date where both are empty.
    pub fn changed(
        &self,
        profile: &BTreeMap<String, String>,
        said: &BTreeMap<String, Said>,
    ) -> (BTreeSet<String>, BTreeSet<String>) {
        let factors = changed_factors(&self.profile, profile);
        let answers = self.answers.iter().filter(|(question, was)| sha256_of(said, question) != **was);
        (factors, answers.map(|(question, _)| question.clone()).collect())
    }
}

fn sha256_of(said: &BTreeMap<String, Said>, question: &str) -> String {
    said.get(question).map_or_else(|| Said::default().sha256(), Said::sha256)
}

/// The factors in which two profiles differ.
pub(super) fn changed_factors(one: &BTreeMap<String, String>, other: &BTreeMap<String, String>) -> BTreeSet<String> {
    let factors = one.keys().chain(other.keys());
    factors.filter(|factor| one.get(*factor) != other.get(*factor)).cloned().collect()
}

/// Whether somebody may approve an assessment that these wrote.
pub fn may_approve(by: &Party, written_by: &[Party]) -> bool {
    by.may_judge(written_by)
}
