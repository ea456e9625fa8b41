//! Questionnaires: what a template version says, as authored and as published.
//!
//! The document is data (`fixtures/templates/*.json`); [`check`] says what is wrong with one. As authored it holds its
//! wording in several languages ([`Text`]); whoever answers or reviews reads an edition of it in one ([`String`]).

pub mod check;
pub mod condition;
pub mod diff;
pub mod edit;
mod edition;
mod text;
pub mod words;

pub use condition::Condition;
pub use text::Text;

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

/// The value of [`Document::format`] that this program reads and writes.
pub const FORMAT: &str = "candor-template/2";

/// A document as authored, in all its languages.
pub type Authored = Document<Text>;

/// A questionnaire as authored: what one template version holds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(bound(serialize = "T: Serialize", deserialize = "T: Deserialize<'de>"))]
#[serde(deny_unknown_fields)]
pub struct Document<T = String> {
    /// Always [`FORMAT`].
    pub format: String,
    /// A stable name among an organisation's templates: `ai-screening`.
    pub key: String,
    /// The version as its author counts it, from 1.
    pub version: u32,
    /// What the vendor sees on top.
    pub title: T,
    /// One paragraph: what it is for.
    pub summary: T,
    /// BCP 47 tags of the languages that it is worded in; the first one is what it is written in.
    pub languages: Vec<String>,
    /// How long answering takes, in minutes, as its author expects.
    pub minutes: u32,
    /// Who wrote it, and under which licence it is shared.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub licence: Option<String>,
    /// The multiple choice that asks which roles the vendor plays, its options named as [`Role`]s are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub roles_question: Option<String>,
    /// In the order in which they are asked.
    pub sections: Vec<Section<T>>,
}

/// A page of questions.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(bound(serialize = "T: Serialize", deserialize = "T: Deserialize<'de>"))]
#[serde(deny_unknown_fields)]
pub struct Section<T = String> {
    /// Stable within the template: letters, digits, `.`, `_`, `-`.
    pub id: String,
    /// Its heading.
    pub title: T,
    /// What the section is about, one or two sentences.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub intro: Option<T>,
    /// In the order in which they are asked.
    pub questions: Vec<Question<T>>,
}

/// One thing that is asked.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(bound(serialize = "T: Serialize", deserialize = "T: Deserialize<'de>"))]
pub struct Question<T = String> {
    /// Stable for ever, across versions: `A.6.2.4-1`.
    pub id: String,
    /// The question.
    pub text: T,
    /// What kind of answer it takes.
    #[serde(flatten)]
    pub kind: Kind<T>,
    /// Must be answered before the questionnaire can be submitted.
    #[serde(default)]
    pub required: bool,
    /// Why it is asked, in one line, shown beside it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<T>,
    /// Guidance, folded under the question.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub help: Option<T>,
    /// 0 to 10; 0 is informational and never scored (scoring.md, `w_q`).
    #[serde(default)]
    pub weight: f64,
    /// Why it has that weight.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub weight_reason: Option<String>,
    /// ISO/IEC 42001 Annex A controls that the answer speaks to.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub controls: Vec<String>,
    /// ISO/IEC 42001 clauses that the answer speaks to.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub clauses: Vec<String>,
    /// The risk domain of the policy that it speaks to first, for authors.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub domain: Option<String>,
    /// Asked of vendors that play one of these roles for the product; of everybody where empty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub audience: Vec<Role>,
    /// Tags that knock-outs of a policy refer to.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// Vendor may say that it does not apply, with a reason.
    #[serde(default = "yes")]
    pub may_be_na: bool,
    /// Vendor may decline to say.
    #[serde(default = "yes")]
    pub may_decline: bool,
    /// What evidence is looked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub evidence: Option<EvidenceWanted<T>>,
    /// Asked only when this holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub show_if: Option<Condition>,
    /// For authors: what a poor vendor would answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub poor_answer: Option<String>,
}

fn yes() -> bool {
    true
}

fn is_false(value: &bool) -> bool {
    !value
}

/// What part a vendor plays in the AI of a product (ISO/IEC 22989 and clause 4.1 of ISO/IEC 42001); several at once are
/// common.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Makes or trains models or AI systems.
    Producer,
    /// Offers a product or service with AI in it.
    Provider,
    /// Uses AI of others in its own work for us.
    Customer,
    /// Resells, integrates, supplies data or audits.
    Partner,
}

impl Role {
    /// All roles.
    pub const ALL: [Self; 4] = [Self::Producer, Self::Provider, Self::Customer, Self::Partner];

    /// Its name in documents: also the id of its option.
    pub fn name(self) -> &'static str {
        match self {
            Self::Producer => "producer",
            Self::Provider => "provider",
            Self::Customer => "customer",
            Self::Partner => "partner",
        }
    }
}

impl FromStr for Role {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Self::ALL.into_iter().find(|role| role.name() == text).ok_or_else(|| format!("no role: {text}"))
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// How much a finding weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Worth noting.
    Observation,
    /// A minor nonconformity.
    Minor,
    /// A major nonconformity.
    Major,
}

/// Evidence that a question looks for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(bound(serialize = "T: Serialize", deserialize = "T: Deserialize<'de>"))]
#[serde(deny_unknown_fields)]
pub struct EvidenceWanted<T = String> {
    /// `true` when an answer without any is weak, `false` when it is merely welcome.
    pub expected: bool,
    /// What good evidence looks like: "signed policy", "test report".
    pub kinds: Vec<T>,
}

/// The kind of answer a question takes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(bound(serialize = "T: Serialize", deserialize = "T: Deserialize<'de>"))]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Kind<T = String> {
    /// One of several options.
    Single {
        /// At least two.
        options: Vec<Choice<T>>,
    },
    /// Any number of several options; the values add up, clamped to 0..1.
    Multiple {
        /// At least two.
        options: Vec<Choice<T>>,
    },
    /// Free text.
    Text {
        /// Value (0..1) of an answer that is given; absent means unscored.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        given: Option<f64>,
        /// At most so many characters; the installation's limit where absent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        max_length: Option<u32>,
    },
    /// Free text of several paragraphs.
    LongText {
        /// Value (0..1) of an answer that is given; absent means unscored.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        given: Option<f64>,
        /// At most so many characters; the installation's limit where absent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        max_length: Option<u32>,
    },
    /// A number.
    Number {
        /// Smallest that is accepted.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        min: Option<f64>,
        /// Largest that is accepted.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        max: Option<f64>,
        /// What it counts: "days", "%".
        #[serde(default, skip_serializing_if = "Option::is_none")]
        unit: Option<T>,
        /// Value rules, first match wins; none means unscored.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        ranges: Vec<ValueRange>,
    },
    /// A calendar date.
    Date {
        /// Value (0..1) of an answer that is given; absent means unscored.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        given: Option<f64>,
    },
    /// A web address (http or https).
    Url {
        /// Value (0..1) of an answer that is given; absent means unscored.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        given: Option<f64>,
    },
    /// A file: answered by attaching evidence.
    File {
        /// Value (0..1) of an answer that is given; absent means unscored.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        given: Option<f64>,
    },
    /// Rows of cells. Never scored.
    Table {
        /// In the order in which they stand.
        columns: Vec<Column<T>>,
        /// At most so many rows.
        max_rows: u32,
        /// What a row becomes when the answer is submitted; absent means nothing.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        feeds: Option<Feed>,
    },
}

/// What the rows of a table become.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Feed {
    /// Each row is an entry of the supplier AI register; columns are named as in [`crate::register::FIELDS`].
    Register,
}

/// An option of a choice.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(bound(serialize = "T: Serialize", deserialize = "T: Deserialize<'de>"))]
#[serde(deny_unknown_fields)]
pub struct Choice<T = String> {
    /// Stable within the question.
    pub id: String,
    /// What the vendor reads.
    pub label: T,
    /// 0..1; absent means unscored, and then the question's weight must be 0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<f64>,
    /// It has no value on purpose.
    #[serde(default, skip_serializing_if = "is_false")]
    pub unscored: bool,
    /// In a multiple choice it cannot be chosen beside others: "none of these".
    #[serde(default, skip_serializing_if = "is_false")]
    pub exclusive: bool,
    /// Choosing it deserves a finding of this weight.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub finding: Option<Severity>,
}

/// The value of numbers within bounds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ValueRange {
    /// From this number on; unbounded where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_least: Option<f64>,
    /// Up to, and without, this number; unbounded where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub below: Option<f64>,
    /// 0..1.
    pub value: f64,
}

/// A column of a table question.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(bound(serialize = "T: Serialize", deserialize = "T: Deserialize<'de>"))]
#[serde(deny_unknown_fields)]
pub struct Column<T = String> {
    /// Stable within the question.
    pub id: String,
    /// Its heading.
    pub label: T,
    /// Must be filled in every row in which it is asked.
    #[serde(default)]
    pub required: bool,
    /// The allowed entries; free text where empty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub options: Vec<Choice<T>>,
    /// Asked only in rows for which this holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub show_if: Option<Condition>,
    /// One line of guidance.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub help: Option<T>,
}

impl<T> Document<T> {
    /// All questions in the order in which they are asked.
    pub fn questions(&self) -> impl Iterator<Item = &Question<T>> {
        self.sections.iter().flat_map(|section| &section.questions)
    }

    /// The question of that id.
    pub fn question(&self, id: &str) -> Option<&Question<T>> {
        self.questions().find(|question| question.id == id)
    }

    /// All questions by id, for many look-ups.
    pub fn by_id(&self) -> BTreeMap<&str, &Question<T>> {
        self.questions().map(|question| (question.id.as_str(), question)).collect()
    }
}

impl<T> Question<T> {
    /// The options of a choice, empty for every other kind.
    pub fn options(&self) -> &[Choice<T>] {
        match &self.kind {
            Kind::Single { options } | Kind::Multiple { options } => options,
            _ => &[],
        }
    }

    /// The best value an answer can have, 0..1 (scoring.md, `best`).
    pub fn best(&self) -> f64 {
        match &self.kind {
            Kind::Single { options } => options.iter().filter_map(|o| o.value).fold(0.0, f64::max),
            Kind::Multiple { options } => {
                options.iter().filter_map(|o| o.value).filter(|v| *v > 0.0).sum::<f64>().min(1.0)
            }
            Kind::Number { ranges, .. } => ranges.iter().map(|r| r.value).fold(0.0, f64::max),
            Kind::Text { given, .. }
            | Kind::LongText { given, .. }
            | Kind::Date { given }
            | Kind::Url { given }
            | Kind::File { given } => given.unwrap_or(0.0),
            Kind::Table { .. } => 0.0,
        }
    }
}

impl<T> Kind<T> {
    /// The name of the kind in a document: `single`, `table`.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Single { .. } => "single",
            Self::Multiple { .. } => "multiple",
            Self::Text { .. } => "text",
            Self::LongText { .. } => "long_text",
            Self::Number { .. } => "number",
            Self::Date { .. } => "date",
            Self::Url { .. } => "url",
            Self::File { .. } => "file",
            Self::Table { .. } => "table",
        }
    }
}
