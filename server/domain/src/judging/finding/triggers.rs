//! Findings that rules propose: an option that the questionnaire marks, a knock-out that an answer made fire, a
//! contradiction, an answer declined. What they propose, a person raises or dismisses.

use super::State;
use crate::answer::Reply;
use crate::ids::AssessmentId;
use crate::judging::case::Case;
use crate::judging::review::{Support, standing};
use crate::questionnaire::{Choice, Kind, Question, Severity};
use crate::register::{Certainty, Ground, Settled, Shape, Source};
use crate::scoring::{Output, Policy};
use crate::sheet::Vocabulary;
use crate::sheet::matching::contradicts;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// What made a rule speak.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Trigger {
    /// An option was chosen that the questionnaire marks with a finding.
    Option {
        /// The option's id, or `column/option` in a table.
        option: String,
    },
    /// A knock-out of the policy fired for this question.
    KnockOut {
        /// Its id.
        id: String,
    },
    /// Something says otherwise.
    Contradiction {
        /// What.
        with: With,
    },
    /// The vendor declines to say.
    Declined,
}

/// What an answer is contradicted by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum With {
    /// The comment beside it.
    Comment,
    /// The evidence beside it, as a reviewer read it.
    Evidence,
    /// What another source says in the register.
    Register,
}

/// A finding that rules propose: one for a question, with all that speaks for it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Proposal {
    /// The question.
    pub question: String,
    /// The worst of what its triggers bring.
    pub severity: Severity,
    /// At least one.
    pub triggers: BTreeSet<Trigger>,
    /// The controls that the question speaks to.
    pub controls: Vec<String>,
}

/// Questions that are answered with an option, and whose comment says something else. "Yes", and beside it "not applicable".
pub fn contradicted_by_comment(case: &Case<'_>, words: &Vocabulary) -> BTreeSet<String> {
    let asked = case.document.questions().filter(|question| matches!(question.kind, Kind::Single { .. }));
    let contradicted = asked.filter(|question| {
        let Some(said) = case.said.get(&question.id) else { return false };
        match (&said.reply, &said.comment) {
            (Some(reply @ Reply::Choice { .. }), Some(comment)) => {
                contradicts(&reply.in_words(question), comment, words).is_some()
            }
            _ => false,
        }
    });
    contradicted.map(|question| question.id.clone()).collect()
}

/// Questions of an assessment whose answers the register does not bear out, by what it holds of one entry: another source
/// states another value and no person has chosen yet, or a person chose a value that is not the answer's. What a source only
/// guesses contradicts nothing, and neither do other words for the same (fields of free text), or a list that is shorter.
pub fn contradicted_by_register(assessment: AssessmentId, settled: &[Settled<'_>]) -> BTreeSet<String> {
    let mut contradicted = BTreeSet::new();
    for slot in settled {
        for current in &slot.says {
            let fact = current.fact;
            let Source::Answer { assessment: of, question, .. } = &fact.source else { continue };
            if fact.said.field.shape != Shape::Choice {
                continue;
            }
            let differs = |other: &crate::register::Fact| {
                other.said.field.compared(&other.said.value) != fact.said.field.compared(&fact.said.value)
            };
            let says_otherwise = match (slot.ground, slot.fact()) {
                (Ground::Chosen, chosen) => chosen.is_some_and(differs),
                _ => slot.says.iter().any(|other| {
                    let is_other = other.fact.source.key() != fact.source.key();
                    is_other && other.fact.said.certainty != Certainty::Uncertain && differs(other.fact)
                }),
            };
            if *of == assessment && says_otherwise {
                contradicted.insert(question.clone());
            }
        }
    }
    contradicted
}

/// What the rules propose, in the order of the questionnaire. `contradicted` names, by question, what beside the evidence
/// contradicts its answer: that needs words and sources that are not the case's own. Without a score no knock-out fired.
pub fn proposals(
    case: &Case<'_>,
    policy: &Policy,
    output: Option<&Output>,
    contradicted: &BTreeMap<String, BTreeSet<With>>,
) -> Vec<Proposal> {
    let visibility = case.visibility();
    let knocked_out = knocked_out(policy, output);
    let mut found = Vec::new();
    for question in case.document.questions().filter(|question| visibility.shows(&question.id)) {
        let mut triggers: BTreeMap<Trigger, Severity> = BTreeMap::new();
        let said = case.said.get(&question.id);
        match said.and_then(|said| said.reply.as_ref()) {
            Some(Reply::Declined { .. }) => {
                triggers.insert(Trigger::Declined, of_declining(question));
            }
            Some(reply) => triggers.extend(of_options(question, reply)),
            None => {}
        }
        for id in knocked_out.get(question.id.as_str()).into_iter().flatten() {
            triggers.insert(Trigger::KnockOut { id: (*id).to_owned() }, Severity::Major);
        }
        let mut with: BTreeSet<With> = contradicted.get(&question.id).cloned().unwrap_or_default();
        if let Some(said) = said
            && let Some(review) = standing(said, case.reviews.get(&question.id))
            && review.evidence.values().any(|support| *support == Support::Contradicts)
        {
            with.insert(With::Evidence);
        }
        triggers.extend(with.into_iter().map(|with| (Trigger::Contradiction { with }, Severity::Minor)));
        if let Some(severity) = triggers.values().copied().max() {
            found.push(Proposal {
                question: question.id.clone(),
                severity,
                triggers: triggers.into_keys().collect(),
                controls: question.controls.clone(),
            });
        }
    }
    found
}

/// By question, the knock-outs that its answer made fire. What fired for the profile, for coverage or for confidence alone,
/// or because nobody was asked, is no fault in an answer.
fn knocked_out<'a>(policy: &'a Policy, output: Option<&'a Output>) -> BTreeMap<&'a str, Vec<&'a str>> {
    let mut by_question: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for fired in output.into_iter().flat_map(|output| &output.knock_outs) {
        let looks_at_answers =
            policy.knock_outs.iter().any(|known| known.id == fired.id && known.when.tag_below.is_some());
        for question in fired.questions.iter().filter(|_| looks_at_answers) {
            by_question.entry(question).or_default().push(&fired.id);
        }
    }
    by_question
}

fn of_options(question: &Question, reply: &Reply) -> Vec<(Trigger, Severity)> {
    let marked = |option: &Choice, place: String| Some((Trigger::Option { option: place }, option.finding?));
    match (&question.kind, reply) {
        (Kind::Single { options } | Kind::Multiple { options }, reply) => {
            let chosen = options.iter().filter(|option| reply.chooses(&option.id));
            chosen.filter_map(|option| marked(option, option.id.clone())).collect()
        }
        (Kind::Table { columns, .. }, Reply::Table { rows }) => {
            let in_use = |column: &str, id: &str| rows.iter().any(|row| row.get(column).is_some_and(|cell| cell == id));
            let of_column = columns.iter().flat_map(|column| {
                let chosen = column.options.iter().filter(|option| in_use(&column.id, &option.id));
                chosen.filter_map(|option| marked(option, format!("{}/{}", column.id, option.id)))
            });
            of_column.collect()
        }
        _ => Vec::new(),
    }
}

/// Declining is never better than an answer: what the worst option brings, and at least a minor nonconformity.
fn of_declining(question: &Question) -> Severity {
    let worst = question.options().iter().filter_map(|option| option.finding).max();
    worst.map_or(Severity::Minor, |worst| worst.max(Severity::Minor))
}

/// A finding that there is already, of one engagement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Existing<'a, I> {
    /// Which.
    pub id: I,
    /// Its question.
    pub question: &'a str,
    /// Where it stands.
    pub state: State,
    /// That a rule proposed it, or has spoken for what a person raised.
    pub by_rule: bool,
    /// What was said when it was closed or dismissed, [`crate::judging::said::Said::sha256`]; none where it is worked on,
    /// or nothing was said by then.
    pub settled_over: Option<&'a str>,
    /// It was closed, and another assessment got what is said now only after that.
    pub was_asked_anew: bool,
}

impl<I> Existing<'_, I> {
    /// Whether an answer leaves it as it is. What was dismissed over this very answer was none, and is none. What was closed
    /// over it was put right, and comes back where a newer assessment gets the same answer.
    fn is_settled_over(&self, answer_sha256: &str) -> bool {
        self.settled_over == Some(answer_sha256) && !(self.state == State::Closed && self.was_asked_anew)
    }
}

/// What becomes of a proposal, or of a finding for which there is none any more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome<'p, I> {
    /// It is new.
    New(&'p Proposal),
    /// It was closed or dismissed, and another answer brings it back, or the same one in a newer assessment after it was
    /// closed: a person decides on reopening.
    Again {
        /// The finding of before.
        id: I,
        /// What speaks for it now.
        proposal: &'p Proposal,
    },
    /// It is known: still worked on, or settled over this very answer.
    Known {
        /// Which.
        id: I,
        /// What speaks for it now.
        proposal: &'p Proposal,
    },
    /// What spoke for it is gone. It closes nothing.
    Gone {
        /// Which.
        id: I,
    },
}

/// Holds proposals against the findings that there are. `answer_of` gives the hash of what is said to a question now. Of
/// several findings of one question the last one counts that is still worked on, else the last one.
pub fn reconcile<'p, I: Copy>(
    proposals: &'p [Proposal],
    existing: &[Existing<'_, I>],
    answer_of: impl Fn(&str) -> String,
) -> Vec<Outcome<'p, I>> {
    let mut by_question: BTreeMap<&str, &Existing<'_, I>> = BTreeMap::new();
    for finding in existing {
        let stays =
            by_question.get(finding.question).is_some_and(|known| known.state.is_live() && !finding.state.is_live());
        if !stays {
            by_question.insert(finding.question, finding);
        }
    }
    let of = |proposal: &'p Proposal| match by_question.get(proposal.question.as_str()) {
        None => Outcome::New(proposal),
        Some(known) if known.state.is_live() || known.is_settled_over(&answer_of(&proposal.question)) => {
            Outcome::Known { id: known.id, proposal }
        }
        Some(known) => Outcome::Again { id: known.id, proposal },
    };
    let mut outcomes: Vec<Outcome<'p, I>> = proposals.iter().map(of).collect();
    let spoken_for: BTreeSet<&str> = proposals.iter().map(|proposal| proposal.question.as_str()).collect();
    let silent = existing
        .iter()
        .filter(|finding| finding.by_rule && finding.state.is_live() && !spoken_for.contains(finding.question));
    outcomes.extend(silent.map(|finding| Outcome::Gone { id: finding.id }));
    outcomes
}
