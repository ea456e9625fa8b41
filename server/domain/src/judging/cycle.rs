//! What changed since the cycle before: another questionnaire version, other answers, other evidence.

use super::said::Said;
use crate::answer::Visibility;
use crate::questionnaire::Document;
use crate::questionnaire::diff::{Aspect, Diff};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// One assessment in a row of them.
#[derive(Clone, Copy, Debug)]
pub struct Cycle<'a> {
    /// The questionnaire.
    pub document: &'a Document,
    /// By question: what was said.
    pub said: &'a BTreeMap<String, Said>,
    /// Which questions were shown.
    pub visibility: &'a Visibility,
}

/// Whether a question is asked in both cycles.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Asked {
    /// In both.
    Again,
    /// Now, and it was not in the questionnaire.
    New,
    /// Not any more: it is not in the questionnaire.
    Gone,
    /// Now, and it was hidden.
    ShownNow,
    /// Not any more: it is hidden.
    HiddenNow,
    /// In neither: it was hidden and is.
    HiddenStill,
}

/// What changed of a question.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Since {
    /// Its id.
    pub question: String,
    /// Whether it is asked in both.
    pub asked: Asked,
    /// What of the question itself changed: an answer to another question is no unchanged answer.
    pub of_question: BTreeSet<Aspect>,
    /// Another reply.
    pub reply: bool,
    /// Another comment.
    pub comment: bool,
    /// Other files, or the same from another day on.
    pub evidence: bool,
}

impl Since {
    /// Whether an analyst may take what was found before as found: the same question was asked, and the same was said.
    pub fn is_unchanged(&self) -> bool {
        let may_differ = [Aspect::Annotated, Aspect::Rerouted, Aspect::Rescored];
        self.asked == Asked::Again
            && !(self.reply || self.comment || self.evidence)
            && self.of_question.iter().all(|aspect| may_differ.contains(aspect))
    }
}

/// Question by question, in the order of the present questionnaire; then those that are gone, in their old order. `diff` is
/// from the older version to the newer one.
pub fn since(before: &Cycle<'_>, now: &Cycle<'_>, diff: &Diff) -> Vec<Since> {
    let old = before.document.by_id();
    let mut aspects: BTreeMap<&str, BTreeSet<Aspect>> = BTreeMap::new();
    for changed in &diff.changed {
        aspects.insert(&changed.question, changed.changes.iter().map(|change| change.aspect).collect());
    }
    let nothing = Said::default();
    let compare = |id: &str, asked: Asked| {
        let (was, is) = (before.said.get(id).unwrap_or(&nothing), now.said.get(id).unwrap_or(&nothing));
        let files = |said: &Said| said.evidence.iter().cloned().collect::<BTreeSet<_>>();
        Since {
            question: id.to_owned(),
            asked,
            of_question: aspects.get(id).cloned().unwrap_or_default(),
            reply: was.reply != is.reply,
            comment: was.comment != is.comment,
            evidence: files(was) != files(is),
        }
    };
    let asked = |id: &str| match (before.visibility.shows(id), now.visibility.shows(id)) {
        _ if !old.contains_key(id) => Asked::New,
        (true, true) => Asked::Again,
        (false, true) => Asked::ShownNow,
        (true, false) => Asked::HiddenNow,
        (false, false) => Asked::HiddenStill,
    };
    let mut all: Vec<Since> =
        now.document.questions().map(|question| compare(&question.id, asked(&question.id))).collect();
    let present: BTreeSet<&str> = now.document.questions().map(|question| question.id.as_str()).collect();
    let gone = before.document.questions().filter(|question| !present.contains(question.id.as_str()));
    all.extend(gone.map(|question| compare(&question.id, Asked::Gone)));
    all
}
