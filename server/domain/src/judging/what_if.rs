//! What the score would be if answers, evidence or the profile were others. Nothing of it is kept.

use super::case::{Case, Scored, Unscored};
use super::due::day_or_none;
use super::review::{Review, Support, Verdict, standing};
use super::said::{Piece, Said};
use crate::answer::Reply;
use crate::problem::{Problem, Problems};
use crate::questionnaire::{Document, Kind, Question};
use crate::scoring::{Level, Policy};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use time::Date;

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
    /// Another reply. A file that nobody attached is supposed with it where the reply is one.
    pub reply: Option<Reply>,
    /// No reply at all, whatever was said.
    pub unanswered: bool,
    /// Evidence that earns this level before it ages; `claimed` takes all evidence away.
    pub level: Option<Level>,
    /// From when the supposed evidence is effective; the day of the score where absent.
    #[serde(with = "day_or_none")]
    pub effective_on: Option<Date>,
    /// What the files that are attached do for the answer, each with its own day: as a reviewer would find.
    pub evidence: Option<Support>,
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

/// Questions of which something can be supposed that moves a score: those that are scored, and those whose answers decide
/// which questions are asked.
pub fn supposable(document: &Document) -> BTreeSet<&str> {
    let mut all: BTreeSet<&str> = BTreeSet::new();
    for question in document.questions() {
        if question.weight > 0.0 {
            all.insert(&question.id);
        }
        let condition = question.show_if.as_ref();
        all.extend(condition.into_iter().flat_map(|condition| condition.questions()));
        if !question.audience.is_empty() || condition.is_some_and(|condition| condition.asks_roles()) {
            all.extend(document.roles_question.as_deref());
        }
    }
    all
}

/// The score as it is and as it would be.
///
/// # Errors
/// At `questions.<id>`: `unknown`. Below it, at `reply`: `not-an-answer` for a reply that the question does not take. At
/// `unanswered` and `evidence`: `supposed-twice` beside a reply or a level. At `level`: `not-an-option` for a level that only a
/// certificate brings, and for a file as the answer without a file. At `evidence`: `nothing-attached`. At `effective_on`:
/// `no-evidence-supposed`, `in-the-future`. At `na_accepted`: `says-no-not-applicable`. At `profile.<factor>`:
/// `unknown-factor`, `not-an-option`.
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
    if change.unanswered {
        if change.reply.is_some() {
            problems.push(Problem::new(at("unanswered"), "supposed-twice"));
        }
        said.reply = None;
    }
    let is_file = said.reply == Some(Reply::File);
    let level = change.level.or_else(|| (is_file && said.evidence.is_empty()).then_some(Level::Documented));
    if is_file && change.level == Some(Level::Claimed) {
        problems.push(Problem::new(at("level"), "not-an-option"));
    }
    // A review is of what was said; what it found of the files is what stays as it is where nothing is supposed of them.
    let stands = standing(&said_now, case.reviews.get(&question.id)).cloned();
    let support = evidence_of(&mut said, change, level, (case.as_of, &stands), &mut |field, code| {
        problems.push(Problem::new(at(field), code));
    });
    let says_na = matches!(said.reply, Some(Reply::NotApplicable { .. }));
    if change.na_accepted.is_some() && !says_na {
        problems.push(Problem::new(at("na_accepted"), "says-no-not-applicable"));
    }
    let judged_anew = (level.is_some() || change.evidence.is_some()) && !says_na;
    let verdict = match change.na_accepted {
        Some(true) => Some(Verdict::NaAccepted),
        Some(false) => Some(Verdict::NaRefused),
        None if judged_anew => Some(Verdict::Accepted),
        None => stands.map(|stands| stands.verdict),
    };
    if let Some(verdict) = verdict {
        let review = Review { verdict, evidence: support, answer_sha256: said.sha256() };
        case.reviews.insert(question.id.clone(), review);
    }
    case.said.insert(question.id.clone(), said);
}

/// Puts the supposed evidence in place, and says what each file does for the answer then.
fn evidence_of(
    said: &mut Said,
    change: &Change,
    level: Option<Level>,
    (as_of, stands): (Date, &Option<Review>),
    problem: &mut dyn FnMut(&str, &str),
) -> BTreeMap<String, Support> {
    let brings_a_file = matches!(level, Some(Level::Documented | Level::Verified));
    if change.effective_on.is_some() && !brings_a_file {
        problem("effective_on", "no-evidence-supposed");
    }
    if change.effective_on.is_some_and(|day| day > as_of) {
        problem("effective_on", "in-the-future");
    }
    if let Some(found) = change.evidence {
        if change.level.is_some() {
            problem("evidence", "supposed-twice");
        }
        if said.evidence.is_empty() {
            problem("evidence", "nothing-attached");
        }
        if level.is_none() {
            return said.evidence.iter().map(|piece| (piece.sha256.clone(), found)).collect();
        }
    }
    let Some(level) = level else {
        return stands.as_ref().map(|stands| stands.evidence.clone()).unwrap_or_default();
    };
    let piece = Piece { sha256: SUPPOSED.to_owned(), effective_on: change.effective_on.unwrap_or(as_of) };
    said.evidence = if brings_a_file { vec![piece] } else { Vec::new() };
    match level {
        Level::Claimed | Level::Documented => BTreeMap::new(),
        Level::Verified => BTreeMap::from([(SUPPOSED.to_owned(), Support::Accepted)]),
        Level::Certified => {
            problem("level", "not-an-option");
            BTreeMap::new()
        }
    }
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
