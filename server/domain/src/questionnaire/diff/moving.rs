//! What would become of answers if an assessment moved from one version of its questionnaire to another.

use super::{Aspect, diff};
use crate::answer::{Limits, parse};
use crate::answer::{Profile, Reply, visibility};
use crate::problem::Problem;
use crate::questionnaire::{Authored, Question};
use serde::Serialize;
use std::collections::BTreeMap;

/// What a move would do. Every question that is answered stands in exactly one of the first five lists; ids are in the
/// order in which the version asks that knows them.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Moving {
    /// Answers that stay as they are.
    pub kept: Vec<String>,
    /// Answers that fit, to questions that now read otherwise: somebody should look at them again.
    pub to_confirm: Vec<String>,
    /// Answers that the question does not take any more, and why.
    pub misfits: Vec<Problem>,
    /// Answers that stay, to questions that are not put any more by what else was answered.
    pub hidden: Vec<String>,
    /// Answers to questions that there are no more.
    pub removed: Vec<String>,
    /// Questions that are put and were not before, without an answer.
    pub asked: Vec<String>,
    /// Those of them that must be answered, and others that must be now.
    pub required: Vec<String>,
}

/// Works out what a move would do to these answers.
pub fn moving(
    older: &Authored,
    newer: &Authored,
    replies: &BTreeMap<String, Reply>,
    profile: &Profile,
    limits: &Limits,
) -> Moving {
    let changed: BTreeMap<String, bool> = diff(older, newer)
        .changed
        .into_iter()
        .map(|changed| {
            let is_reworded =
                changed.concerns(Aspect::Retyped) || changed.changes.iter().any(|change| is_read(change.part));
            (changed.question, is_reworded)
        })
        .collect();
    let edition = newer.edition(newer.written_in());
    let questions: BTreeMap<&str, &Question> = edition.by_id();
    let mut moving = Moving::default();
    let mut fitting = BTreeMap::new();
    for question in edition.questions() {
        let Some(reply) = replies.get(&question.id) else { continue };
        match parse(question, reply.clone(), limits) {
            Ok(reply) => {
                fitting.insert(question.id.clone(), reply);
            }
            Err(problem) => moving.misfits.push(problem),
        }
    }
    let (before, after) = (visibility(older, replies, profile), visibility(&edition, &fitting, profile));
    for question in older.questions().filter(|question| replies.contains_key(&question.id)) {
        if !questions.contains_key(question.id.as_str()) {
            moving.removed.push(question.id.clone());
        }
    }
    for question in edition.questions() {
        let id = &question.id;
        let is_answered = fitting.contains_key(id);
        let list = match (is_answered, after.shows(id)) {
            (true, false) => &mut moving.hidden,
            (true, true) if changed.get(id) == Some(&true) => &mut moving.to_confirm,
            (true, true) => &mut moving.kept,
            (false, false) => continue,
            (false, true) => {
                let was_asked = older.question(id).is_some() && before.shows(id);
                let was_required = was_asked && older.question(id).is_some_and(|question| question.required);
                if question.required && (!was_required || replies.contains_key(id)) {
                    moving.required.push(id.clone());
                }
                if was_asked {
                    continue;
                }
                &mut moving.asked
            }
        };
        list.push(id.clone());
    }
    moving
}

/// Whether a vendor who answers goes by this part.
fn is_read(part: &str) -> bool {
    matches!(part, "text" | "unit" | "option-label" | "column-label" | "column-option-label")
}
