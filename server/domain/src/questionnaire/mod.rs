//! Questionnaires: what a template version says, as authored and as published.
//!
//! The document is data (`fixtures/templates/*.json`); [`check`] says what is wrong with one.

pub mod check;
mod condition;

pub use condition::Condition;

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The value of [`Document::format`] that this program reads and writes.
pub const FORMAT: &str = "candor-template/1";

/// A questionnaire as authored: what one template version holds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Document {
    /// Always [`FORMAT`].
    pub format: String,
    /// A stable name among an organisation's templates: `ai-screening`.
    pub key: String,
    /// The version as its author counts it, from 1.
    pub version: u32,
    /// What the vendor sees on top.
    pub title: String,
    /// One paragraph: what it is for.
    pub summary: String,
    /// BCP 47 language tag of the wording.
    pub language: String,
    /// How long answering takes, in minutes, as its author expects.
    pub minutes: u32,
    /// Who wrote it, and under which licence it is shared.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub licence: Option<String>,
    /// In the order in which they are asked.
    pub sections: Vec<Section>,
}

/// A page of questions.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Section {
    /// Stable within the template: letters, digits, `.`, `_`, `-`.
    pub id: String,
    /// Its heading.
    pub title: String,
    /// What the section is about, one or two sentences.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub intro: Option<String>,
    /// In the order in which they are asked.
    pub questions: Vec<Question>,
}

/// One thing that is asked.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Question {
    /// Stable for ever, across versions: `A.6.2.4-1`.
    pub id: String,
    /// The question.
    pub text: String,
    /// What kind of answer it takes.
    #[serde(flatten)]
    pub kind: Kind,
    /// Must be answered before the questionnaire can be submitted.
    #[serde(default)]
    pub required: bool,
    /// Why it is asked, in one line, shown beside it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
    /// Guidance, folded under the question.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub help: Option<String>,
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
    pub evidence: Option<EvidenceWanted>,
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

/// Evidence that a question looks for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EvidenceWanted {
    /// `true` when an answer without any is weak, `false` when it is merely welcome.
    pub expected: bool,
    /// What good evidence looks like: "signed policy", "test report".
    pub kinds: Vec<String>,
}

/// The kind of answer a question takes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Kind {
    /// One of several options.
    Single {
        /// At least two.
        options: Vec<Choice>,
    },
    /// Any number of several options; the values add up, clamped to 0..1.
    Multiple {
        /// At least two.
        options: Vec<Choice>,
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
        unit: Option<String>,
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
        columns: Vec<Column>,
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
#[serde(deny_unknown_fields)]
pub struct Choice {
    /// Stable within the question.
    pub id: String,
    /// What the vendor reads.
    pub label: String,
    /// 0..1; absent means unscored, and then the question's weight must be 0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<f64>,
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
#[serde(deny_unknown_fields)]
pub struct Column {
    /// Stable within the question.
    pub id: String,
    /// Its heading.
    pub label: String,
    /// Must be filled in every row.
    #[serde(default)]
    pub required: bool,
    /// The allowed entries; free text where empty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub options: Vec<Choice>,
    /// One line of guidance.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub help: Option<String>,
}

impl Document {
    /// All questions in the order in which they are asked.
    pub fn questions(&self) -> impl Iterator<Item = &Question> {
        self.sections.iter().flat_map(|section| &section.questions)
    }

    /// The question of that id.
    pub fn question(&self, id: &str) -> Option<&Question> {
        self.questions().find(|question| question.id == id)
    }

    /// All questions by id, for many look-ups.
    pub fn by_id(&self) -> BTreeMap<&str, &Question> {
        self.questions().map(|question| (question.id.as_str(), question)).collect()
    }
}

impl Question {
    /// The options of a choice, empty for every other kind.
    pub fn options(&self) -> &[Choice] {
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
            Kind::Text { given, .. } | Kind::Date { given } | Kind::Url { given } | Kind::File { given } => {
                given.unwrap_or(0.0)
            }
            Kind::Table { .. } => 0.0,
        }
    }
}

impl Kind {
    /// The name of the kind in a document: `single`, `table`.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Single { .. } => "single",
            Self::Multiple { .. } => "multiple",
            Self::Text { .. } => "text",
            Self::Number { .. } => "number",
            Self::Date { .. } => "date",
            Self::Url { .. } => "url",
            Self::File { .. } => "file",
            Self::Table { .. } => "table",
        }
    }
}
