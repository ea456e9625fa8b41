//! What the score would be if answers, evidence or the profile were others. Nothing of it is kept.

use super::case::{Case, Scored, Unscored};
use super::review::{Review, Support, Verdict, standing};
use super::said::Piece;
use crate::answer::Reply;
use crate::problem::{Problem, Problems};
use crate::questionnaire::{Kind, Question};
use crate::scoring::{Level, Policy};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What stands for the hash of a file that nobody attached.
const SUPPOSED: &str = "supposed";

/// What is supposed.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Supposed {
    /// By question.
    pub questions: BTreeMap<String, Change>,
    /// By factor of the profile: another value.
    pub profile: BTreeMap<String, String>,
}

/// What is supposed of one question. What is absent stays as it is.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Change {
    /// Another reply.
    pub reply: Option<Reply>,
    /// Evidence, effective from the day of the score, that earns this level; `claimed` takes all evidence away.
    pub level: Option<Level>,
    /// Whether a reviewer agrees that it does not apply.
    pub na_accepted: Option<bool>,
}

/// What moves.
#[derive(Clone, Debug, PartialEq)]
pub struct Move {
    /// The score as it is.
    pub before: Scored,
    /// The score as it would be.
    pub after: Scored,
    /// Questions that would be asked and are not, in their order.
    pub shown: Vec<String>,
    /// Questions that are asked and would not be, in their order.
    pub hidden: Vec<String>,
}

/// Why nothing was computed.
#[derive(Clone, Debug, PartialEq)]
pub enum Refused {
    /// What is supposed cannot be.
    Problems(Problems),
    /// There is no score to begin with, or would be none.
    Unscored(Unscored),
}

impl From<Unscored> for Refused {
    fn from(unscored: Unscored) -> Self {
        Self::Unscored(unscored)
    }
}

/// The score as it is and as it would be.
///
/// # Errors
/// At `questions.<id>`: `unknown`. At `questions.<id>.reply`: `not-an-answer` for a reply that the question does not take. At
/// `questions.<id>.level`: `not-an-option` for a level that only a certificate brings. At `questions.<id>.na_accepted`:
/// `says-no-not-applicable`. At `profile.<factor>`: `unknown-factor`, `not-an-option`.
pub fn what_if(case: &Case<'_>, policy: &Policy, supposed: &Supposed) -> Result<Move, Refused> {
    let changed = suppose(case, policy, supposed).map_err(Refused::Problems)?;
    let (now, then) = (case.visibility(), changed.visibility());
    let turned = |from: &crate::answer::Visibility, to: &crate::answer::Visibility| {
        let questions = case.document.questions().map(|question| question.id.as_str());
        questions.filter(|id| !from.shows(id) && to.shows(id)).map(str::to_owned).collect()
    };
    Ok(Move {
        before: case.score(policy)?,
        after: changed.score(policy)?,
        shown: turned(&now, &then),
        hidden: turned(&then, &now),
    })
}

fn suppose<'a>(case: &Case<'a>, policy: &Policy, supposed: &Supposed) -> Result<Case<'a>, Problems> {
    let mut problems = Vec::new();
    let mut changed = case.clone();
    for (factor, value) in &supposed.profile {
        let at = format!("profile.{}", short(factor));
        match policy.factors.get(factor) {
            None => problems.push(Problem::new(at, "unknown-factor")),
            Some(values) if !values.contains(value) => {
                problems.push(Problem::new(at, "not-an-option").with("given", short(value)));
            }
            Some(_) => {
                changed.profile.insert(factor.clone(), value.clone());
            }
        }
    }
    for (id, change) in &supposed.questions {
        match case.document.question(id) {
            None => problems.push(Problem::new(format!("questions.{}", short(id)), "unknown")),
            Some(question) => suppose_of(&mut changed, question, change, &mut problems),
        }
    }
    Problems::none_or(problems, changed)
}

fn suppose_of(case: &mut Case<'_>, question: &Question, change: &Change, problems: &mut Vec<Problem>) {
    let at = |field: &str| format!("questions.{}.{field}", question.id);
    let said_now = case.said.get(&question.id).cloned().unwrap_or_default();
    let mut said = said_now.clone();
    if let Some(reply) = &change.reply {
        if !fits(reply, question) {
            problems.push(Problem::new(at("reply"), "not-an-answer"));
        }
        said.reply = Some(reply.clone());
    }
    // A review is of what was said; what it found of the files is what stays as it is where nothing is supposed of them.
    let stands = standing(&said_now, case.reviews.get(&question.id)).cloned();
    let mut support = match (&stands, change.level) {
        (Some(stands), None) => stands.evidence.clone(),
        _ => BTreeMap::new(),
    };
    if let Some(level) = change.level {
        let piece = Piece { sha256: SUPPOSED.to_owned(), effective_on: case.as_of };
        said.evidence = if level == Level::Claimed { Vec::new() } else { vec![piece] };
        match level {
            Level::Claimed | Level::Documented => {}
            Level::Verified => {
                support.insert(SUPPOSED.to_owned(), Support::Accepted);
            }
            Level::Certified => problems.push(Problem::new(at("level"), "not-an-option")),
        }
    }
    let says_na = matches!(said.reply, Some(Reply::NotApplicable { .. }));
    if change.na_accepted.is_some() && !says_na {
        problems.push(Problem::new(at("na_accepted"), "says-no-not-applicable"));
    }
    let verdict = match change.na_accepted {
        Some(true) => Some(Verdict::NaAccepted),
        Some(false) => Some(Verdict::NaRefused),
        None if change.level.is_some() => Some(Verdict::Accepted),
        None => stands.map(|stands| stands.verdict),
    };
    if let Some(verdict) = verdict {
        let review = Review { verdict, evidence: support, answer_sha256: said.sha256() };
        case.reviews.insert(question.id.clone(), review);
    }
    case.said.insert(question.id.clone(), said);
}

/// Whether a question takes a reply.
fn fits(reply: &Reply, question: &Question) -> bool {
    let has = |id: &String| question.options().iter().any(|option| option.id == *id);
    match (reply, &question.kind) {
        (Reply::NotApplicable { .. }, _) => question.may_be_na,
        (Reply::Declined { .. }, _) => question.may_decline,
        (Reply::Choice { option }, Kind::Single { .. }) => has(option),
        (Reply::Choices { options }, Kind::Multiple { .. }) => !options.is_empty() && options.iter().all(has),
        (Reply::Number { number }, Kind::Number { min, max, .. }) => {
            number.is_finite() && min.is_none_or(|min| *number >= min) && max.is_none_or(|max| *number <= max)
        }
        (Reply::Text { .. }, Kind::Text { .. } | Kind::LongText { .. })
        | (Reply::Date { .. }, Kind::Date { .. })
        | (Reply::Url { .. }, Kind::Url { .. })
        | (Reply::File, Kind::File { .. })
        | (Reply::Table { .. }, Kind::Table { .. }) => true,
        _ => false,
    }
}

/// What was given, short enough to be named.
fn short(text: &str) -> String {
    text.chars().take(60).collect()
}
