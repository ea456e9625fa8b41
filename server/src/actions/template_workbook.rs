//! A buyer's own workbook becomes the draft of a template: its questions, sections and options, to be looked through,
//! scored and published.

use super::Buyer;
use super::answers_import::{read_workbook, shown_name};
use super::drafts::{self, Start};
use crate::error::{AppError, Result};
use crate::platform::Platform;
use crate::platform::workbook::words;
use bytes::Bytes;
use domain::ids::TemplateDraftId;
use domain::problem::Problem;
use domain::sheet::{Made, inspect, template};

/// What came of a workbook.
#[derive(Clone, Copy, Debug)]
pub struct Begun {
    /// The draft.
    pub draft: TemplateDraftId,
    /// Questions in it.
    pub questions: usize,
    /// Cells of the workbook that hold no question of their own.
    pub left_out: usize,
}

/// Reads a workbook and begins a draft of what it asks.
///
/// # Errors
/// What is wrong with the file; `nothing-asked` when nothing in it asks anything.
pub async fn begin(platform: &Platform, by: &Buyer, file_name: &str, bytes: &Bytes) -> Result<Begun> {
    let workbook = read_workbook(platform, bytes).await?;
    let words = words(platform.config.overrides_dir.as_deref()).map_err(AppError::internal)?;
    let inspection = inspect(&workbook, &words, &shown_name(file_name), "");
    let made = template(&inspection, &words).map_err(|problem: Problem| problem.moved_to("file"))?;
    let Made { document, left_out } = made;
    let questions = document.questions().count();
    let draft = drafts::begin(platform, by, Start::Document(Box::new(document))).await?;
    Ok(Begun { draft, questions, left_out: left_out.len() })
}
