//! Which questions are asked, given the answers so far.

use super::Reply;
use crate::questionnaire::condition::Facts;
use crate::questionnaire::{Document, Role};
use std::collections::{BTreeMap, BTreeSet};

/// What the conditions of a questionnaire make of the answers given.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Visibility {
    /// Ids of the questions that are not asked, each with the questions whose answers hid it; none where the
    /// engagement's profile alone did.
    pub hidden: BTreeMap<String, Vec<String>>,
}

impl Visibility {
    /// Whether the question is asked.
    pub fn shows(&self, question: &str) -> bool {
        !self.hidden.contains_key(question)
    }
}

/// The engagement's profile, as it was when the questionnaire was issued: factor to value.
pub type Profile = BTreeMap<String, String>;

struct Known<'a> {
    replies: &'a BTreeMap<String, Reply>,
    profile: &'a Profile,
    hidden: &'a BTreeMap<String, Vec<String>>,
    roles_question: Option<&'a str>,
}

impl Known<'_> {
    /// The reply that says which roles the vendor plays; none as long as nobody said.
    fn roles(&self) -> Option<&Reply> {
        self.reply(self.roles_question?).filter(|reply| matches!(reply, Reply::Choices { .. } | Reply::Choice { .. }))
    }
}

impl Facts for Known<'_> {
    fn reply(&self, question: &str) -> Option<&Reply> {
        self.replies.get(question).filter(|_| !self.hidden.contains_key(question))
    }

    fn profile(&self, factor: &str) -> Option<&str> {
        self.profile.get(factor).map(String::as_str)
    }

    fn plays(&self, role: Role) -> bool {
        self.roles().is_some_and(|reply| reply.chooses(role.name()))
    }
}

/// Decides for every question whether it is asked.
///
/// Conditions look only at earlier questions (checked when a template is published), so one pass is enough; the
/// answer to a question that is itself hidden counts as not given. A question for certain roles is asked as long as
/// nobody said which the vendor plays.
pub fn visibility<T>(document: &Document<T>, replies: &BTreeMap<String, Reply>, profile: &Profile) -> Visibility {
    let mut hidden: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for question in document.questions() {
        if question.show_if.is_none() && question.audience.is_empty() {
            continue;
        }
        let known = Known { replies, profile, hidden: &hidden, roles_question: document.roles_question.as_deref() };
        let concerned = question.audience.is_empty()
            || known.roles().is_none_or(|reply| question.audience.iter().any(|role| reply.chooses(role.name())));
        let holds = question.show_if.as_ref().is_none_or(|condition| condition.holds(&known));
        if concerned && holds {
            continue;
        }
        let mut by: BTreeSet<&str> = BTreeSet::new();
        if !holds && let Some(condition) = &question.show_if {
            by.extend(condition.questions());
            by.extend(document.roles_question.as_deref().filter(|_| condition.asks_roles()));
        }
        if !concerned {
            by.extend(document.roles_question.as_deref());
        }
        hidden.insert(question.id.clone(), by.into_iter().map(str::to_owned).collect());
    }
    Visibility { hidden }
}
