//! A file of words.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What a heading can mean. The first nine can become columns of a questionnaire; the others are what is mistaken for
/// them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HeadingWord {
    /// The number or code of a row.
    Id,
    /// A question.
    Question,
    /// Something demanded or checked: a question where it is answered beside, else a control.
    Statement,
    /// The reply.
    Answer,
    /// A state or result: the reply where nothing better is, else a fact.
    Status,
    /// What is added to the reply.
    Comment,
    /// What rows are grouped by.
    Section,
    /// How to answer.
    Guidance,
    /// Guidance beside a question, else the text of the thing itself.
    Detail,
    /// What kind of reply is expected.
    Options,
    /// Who answers, or who is responsible.
    Owner,
    /// What supports the reply.
    Evidence,
    /// Whether a row applies to something: a mark or a yes that is no reply.
    Applicability,
    /// The reviewer's own column.
    Review,
    /// How much a row counts.
    Weight,
    /// What a row corresponds to in other documents.
    Mapping,
    /// A control or its objective.
    Control,
    /// A fact about an entry of a register.
    Record,
}

/// What the name of a sheet can say about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SheetWord {
    /// It asks.
    Questionnaire,
    /// It is for the reviewer.
    Evaluation,
    /// It tells how to fill the rest in.
    Instructions,
    /// It feeds drop-downs.
    Lookup,
    /// It names the whole.
    Cover,
    /// It states controls.
    Catalogue,
    /// It keeps records.
    Register,
}

/// What an answer says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AnswerWord {
    /// It is so.
    Yes,
    /// It is not.
    No,
    /// In part.
    Partial,
    /// Not yet.
    Planned,
    /// The question does not apply.
    NotApplicable,
    /// Whoever answers does not know.
    Unknown,
    /// Whoever answers will not say.
    Declined,
}

/// One file of `fixtures/workbooks/vocabulary`. Texts may be written as people write them: they are compared without
/// case, accents, width and punctuation.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WordFile {
    /// Tag of the language (BCP 47); `zxx` for signs that belong to none.
    #[serde(rename = "language")]
    pub(super) _language: String,
    #[serde(default)]
    pub(super) headings: BTreeMap<HeadingWord, Vec<String>>,
    /// Who answers: such words beside a heading do not change what it means.
    #[serde(default)]
    pub(super) actors: Vec<String>,
    /// Words that join what is meant to what it belongs to: "reason *for* answer" is a reason.
    #[serde(default)]
    pub(super) links: Vec<String>,
    #[serde(default)]
    pub(super) answers: BTreeMap<AnswerWord, Vec<String>>,
    #[serde(default)]
    pub(super) marks: Vec<String>,
    #[serde(default)]
    pub(super) unmarked: Vec<String>,
    /// Kinds of answers, as columns of types hold them.
    #[serde(default)]
    pub(super) kinds: Vec<String>,
    /// How rows begin that only show how to answer.
    #[serde(default)]
    pub(super) examples: Vec<String>,
    #[serde(default)]
    pub(super) placeholders: Vec<String>,
    #[serde(default)]
    pub(super) defaults: Vec<String>,
    #[serde(default)]
    pub(super) trailers: Vec<String>,
    #[serde(default)]
    pub(super) sheets: BTreeMap<SheetWord, Vec<String>>,
    #[serde(default)]
    pub(super) asks: Asks,
}

/// How questions and demands look.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Asks {
    /// First words.
    #[serde(default)]
    pub(super) begin: Vec<String>,
    /// Parts anywhere in the text.
    #[serde(default)]
    pub(super) hold: Vec<String>,
    /// Last parts.
    #[serde(default)]
    pub(super) end: Vec<String>,
}

/// A file that is no file of words.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{file}: {reason}")]
pub struct BadVocabulary {
    /// Its name.
    pub file: String,
    /// What is wrong, with line and column.
    pub reason: String,
}
