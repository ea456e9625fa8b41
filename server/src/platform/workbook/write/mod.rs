//! The workbook that a vendor answers a questionnaire in: drop-downs, guidance, and the marks by which
//! [`domain::sheet::own`] finds the answers again.

mod answers;
mod lists;
mod look;
mod start;
mod tables;
mod words;

pub use words::WorkbookWords;

use domain::answer::Reply;
use domain::questionnaire::Document;
use domain::sheet::own::{Mark, STAMP_SHEET, Stamp};
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Workbook, XlsxError};
use std::collections::BTreeMap;
use time::{Date, OffsetDateTime, UtcOffset};

/// What is already answered, to stand in the cells.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AnswerCell {
    /// The reply.
    pub reply: Option<Reply>,
    /// What was added to it.
    pub comment: Option<String>,
    /// Names of files and links that support it.
    pub evidence: Vec<String>,
}

/// Whose workbook it is, and what stands on its first sheet.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cover {
    /// Hash of the template document, in lower-case hexadecimal.
    pub template_sha256: Option<String>,
    /// The published version that was issued.
    pub template_version_id: Option<uuid::Uuid>,
    /// The assessment; none for a blank workbook of a template.
    pub assessment_id: Option<uuid::Uuid>,
    /// Who asks.
    pub buyer: Option<String>,
    /// Who answers.
    pub vendor: Option<String>,
    /// By when.
    pub due: Option<Date>,
}

/// Why a workbook cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// A cell cannot hold that much text.
    #[error("{at}: the text is longer than the 32,767 characters that a cell can hold")]
    TextTooLong {
        /// The question.
        at: String,
    },
    /// What the writer met.
    #[error("the workbook cannot be written: {0}")]
    Writer(#[from] XlsxError),
}

/// Makes the workbook of a questionnaire; the same arguments give the same bytes.
///
/// `answers` are by question id; `made` is when the workbook is made.
///
/// # Errors
/// A text that is too long for a cell, and what the writer of the format refuses.
pub fn answer_workbook(
    document: &Document,
    answers: &BTreeMap<String, AnswerCell>,
    cover: &Cover,
    words: &WorkbookWords,
    made: OffsetDateTime,
) -> Result<Vec<u8>, WriteError> {
    let made = made.to_offset(UtcOffset::UTC);
    let moment = format!(
        "{}T{:02}:{:02}:{:02}",
        domain::answer::iso_date::write(made.date()),
        made.hour(),
        made.minute(),
        made.second()
    );
    let mark = Mark {
        stamp: Stamp {
            template_key: document.key.clone(),
            template_version: document.version,
            template_sha256: cover.template_sha256.clone(),
            template_version_id: cover.template_version_id,
            assessment_id: cover.assessment_id,
            made: Some(format!("{moment}Z")),
        },
        words: words.answers.clone(),
        headings: words.headings.clone(),
    };
    let look = look::Look::new();
    let mut lists = lists::Lists::default();
    let names = tables::sheet_names(document, words);
    let start = start::sheet(document, cover, words, &look)?;
    let questions = answers::sheet(document, answers, &mark, words, &names, &look, &mut lists)?;
    let tables = tables::sheets(document, answers, &names, &look, &mut lists)?;
    let mut workbook = Workbook::new();
    workbook.set_properties(
        &DocProperties::new()
            .set_title(document.title.as_str())
            .set_creation_datetime(&ExcelDateTime::parse_from_str(&moment)?),
    );
    workbook.push_worksheet(start);
    workbook.push_worksheet(questions);
    for table in tables {
        workbook.push_worksheet(table);
    }
    workbook.push_worksheet(lists.into_sheet(STAMP_SHEET, &mark)?);
    Ok(workbook.save_to_buffer()?)
}

/// A text that fits into a cell.
fn fits<'a>(at: &str, text: &'a str) -> Result<&'a str, WriteError> {
    const MOST: usize = 32_767;
    if text.encode_utf16().count() > MOST { Err(WriteError::TextTooLong { at: at.to_owned() }) } else { Ok(text) }
}
