//! Which questions are asked, given the answers so far.

use super::Reply;
use crate::questionnaire::Document;
use std::collections::{BTreeMap, BTreeSet};

/// What the conditions of a questionnaire make of the answers given.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Visibility {
    /// Ids of the questions that are not asked, each with the questions whose answers hid it.
    pub hidden: BTreeMap<String, Vec<String>>,
}

impl Visibility {
    /// Whether the question is asked.
    pub fn shows(&self, question: &str) -> bool {
        !self.hidden.contains_key(question)
    }
}

/// Decides for every question whether it is asked.
///
/// Conditions look only at earlier questions (checked when a template is published), so one pass is enough; the
/// answer to a question that is itself hidden counts as not given.
pub fn visibility(document: &Document, replies: &BTreeMap<String, Reply>) -> Visibility {
    let mut hidden: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for question in document.questions() {
        let Some(condition) = &question.show_if else { continue };
        let holds = condition.holds(&|other, option| {
            !hidden.contains_key(other) && replies.get(other).is_some_and(|reply| reply.chooses(option))
        });
        if !holds {
            let by: BTreeSet<&str> = condition.references().into_iter().map(|(id, _)| id).collect();
            hidden.insert(question.id.clone(), by.into_iter().map(str::to_owned).collect());
        }
    }
    Visibility { hidden }
}
