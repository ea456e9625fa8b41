//! The marks: stamp, column keys, row ids with their checksum.

use super::words::AnswerWords;
use crate::questionnaire::{Kind, Question};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use uuid::Uuid;

/// How every column key begins.
pub(super) const KEY: &str = "candor:";
/// How the stamp begins; the number is that of the workbook's layout.
pub(super) const STAMP: &str = "candor-workbook/1 ";
/// Hexadecimal digits of a row's checksum.
const CHECKSUM: usize = 8;

/// Whose workbook it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stamp {
    /// [`crate::questionnaire::Document::key`].
    pub template_key: String,
    /// [`crate::questionnaire::Document::version`].
    pub template_version: u32,
    /// Hash of the template document, in lower-case hexadecimal, as the installation counts it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub template_sha256: Option<String>,
    /// The published version that was issued.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub template_version_id: Option<Uuid>,
    /// The assessment that it answers; none for a blank workbook of a template.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub assessment_id: Option<Uuid>,
    /// When the workbook was made: `2026-11-21T09:30:00Z`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub made: Option<String>,
}

/// A stamp with what is needed to read the workbook that it stands in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mark {
    /// Whose workbook it is.
    #[serde(flatten)]
    pub stamp: Stamp,
    /// The words that stand for "not applicable" and the like.
    #[serde(default)]
    pub words: AnswerWords,
    /// The headings of the answer sheet, in the workbook's language.
    #[serde(default)]
    pub headings: BTreeMap<AnswerColumn, String>,
}

impl Mark {
    /// As it stands in a cell.
    pub fn to_text(&self) -> String {
        let json = serde_json::to_string(self).expect("texts, numbers and ids are always JSON");
        format!("{STAMP}{json}")
    }

    /// From what stands in a cell; `None` for anything else.
    pub fn from_text(text: &str) -> Option<Self> {
        serde_json::from_str(text.trim().strip_prefix(STAMP)?).ok()
    }
}

/// A column of the answer sheet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AnswerColumn {
    /// Hidden: [`row_key`].
    Id,
    /// The number that people call the question by.
    Number,
    /// The question.
    Question,
    /// What is asked for.
    Answer,
    /// What is added, or the reason why it does not apply.
    Comment,
    /// How to answer.
    Guidance,
    /// Names of files, or links.
    Evidence,
}

impl AnswerColumn {
    /// In the order in which we write them.
    pub const ALL: [Self; 7] =
        [Self::Id, Self::Number, Self::Question, Self::Answer, Self::Comment, Self::Guidance, Self::Evidence];

    /// What stands above the column in the hidden row.
    pub fn key(self) -> &'static str {
        match self {
            Self::Id => "candor:id",
            Self::Number => "candor:number",
            Self::Question => "candor:question",
            Self::Answer => "candor:answer",
            Self::Comment => "candor:comment",
            Self::Guidance => "candor:guidance",
            Self::Evidence => "candor:evidence",
        }
    }
}

/// The column that a key stands for.
pub fn column_key(text: &str) -> Option<AnswerColumn> {
    AnswerColumn::ALL.into_iter().find(|column| column.key() == text.trim())
}

/// What stands above a column of a table question.
pub fn table_key(question: &str, column: &str) -> String {
    format!("{KEY}table:{question}:{column}")
}

/// The question and column that a table's key stands for.
pub fn table_key_of(text: &str) -> Option<(&str, &str)> {
    text.trim().strip_prefix(KEY)?.strip_prefix("table:")?.split_once(':')
}

/// The hidden id of a row, as it was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowKey {
    /// The question's id.
    pub id: String,
    /// Of the question as it was when the workbook was made.
    pub checksum: String,
}

/// The hidden id of a question's row: its id, and a checksum over all that the vendor was asked.
pub fn row_key_of(question: &Question) -> String {
    format!("{}#{}", question.id, checksum(question))
}

/// Reads a hidden id; `None` for anything else.
pub fn row_key(text: &str) -> Option<RowKey> {
    let (id, checksum) = text.trim().rsplit_once('#')?;
    let hexadecimal = checksum.len() == CHECKSUM && checksum.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
    (hexadecimal && !id.is_empty()).then(|| RowKey { id: id.to_owned(), checksum: checksum.to_owned() })
}

/// A checksum over what the vendor was asked: id, text, kind, options, columns. Weights and guidance may change under it.
fn checksum(question: &Question) -> String {
    let mut hash = Sha256::new();
    let mut add = |text: &str| {
        hash.update((text.len() as u64).to_le_bytes());
        hash.update(text);
    };
    add(&question.id);
    add(&question.text);
    add(question.kind.name());
    for option in question.options() {
        add(&option.id);
        add(&option.label);
    }
    if let Kind::Table { columns, .. } = &question.kind {
        for column in columns {
            add(&column.id);
            add(&column.label);
            for option in &column.options {
                add(&option.id);
                add(&option.label);
            }
        }
    }
    hex::encode(hash.finalize())[..CHECKSUM].to_owned()
}
