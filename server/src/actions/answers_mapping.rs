//! How the sheets of a workbook with answers are read: a person says it better, and the rows are made anew.

use super::answers_import::{keep, read_workbook, rows, summary, understand, whole};
use super::mapping::{self, File, Mapped};
use super::questionnaire::Opened;
use super::{Act, Actor, Vendor, at_length};
use crate::error::{AppError, Result};
use crate::platform::Platform;
use crate::platform::workbook::words;
use crate::repo;
use crate::repo::mappings::Of;
use domain::ids::{ImportId, VendorId};
use domain::sheet::{Corrections, Meanings, Vocabulary, Workbook, inspect_with};
use entity::import;
use sea_orm::{IntoActiveModel, Set};
use serde_json::{Value, json};

/// A workbook with answers of an assessment's vendor.
pub(super) fn file<'f>(opened: &Opened, name: &'f str, workbook: &'f Workbook, words: &'f Vocabulary) -> File<'f> {
    let of = Of { kind: "answers", vendor: Some(VendorId(opened.assessment.vendor_id)) };
    File { of, name, workbook, words, meanings: Meanings::QUESTIONNAIRE }
}

/// Whether any row of an import has to do with the questionnaire; one of ours always has.
pub fn is_recognised(import: &import::Model) -> bool {
    let counts = import.summary.as_object().into_iter().flatten();
    let known = counts
        .filter(|(verdict, _)| !matches!(verdict.as_str(), "unknown" | "skipped"))
        .filter_map(|(_, count)| count.as_u64());
    import.settings.get("mapping").is_none() || known.sum::<u64>() > 0
}

/// Reads the sheets of an import as a person says, makes its rows anew, and remembers what was said for the vendor's next
/// file of the same shape. Saying nothing at all goes back to what is found, and forgets.
///
/// # Errors
/// What cannot be said of this workbook; [`AppError::NotNow`] when the import was applied, is one of ours that is read by
/// its marks, or nothing can be answered now.
pub async fn correct(platform: &Platform, by: &Vendor, id: ImportId, corrections: Corrections) -> Result<()> {
    let scope = by.scope;
    whole(scope)?;
    let import = repo::imports::get(platform.db.read(), &scope, id).await?.ok_or(AppError::NotFound)?;
    if Mapped::of(&import)?.is_none() {
        return Err(AppError::NotNow("read_by_marks"));
    }
    let workbook = read_workbook(platform, &platform.blobs.get(&import.sha256).await?).await?;
    corrections.check(&workbook, Meanings::QUESTIONNAIRE)?;

    let opened = Opened::read(platform, &scope, scope.assessment).await?;
    let words = words(platform.config.overrides_dir.as_deref()).map_err(AppError::internal)?;
    let understood = at_length(|| {
        let inspection = inspect_with(&workbook, &words, &import.file_name, &import.sha256, &corrections);
        understand(platform, &opened, &workbook, &inspection)
    })?;

    let mut act = Act::begin(platform).await?;
    let assessment = repo::assessments::hold(act.tx(), &scope, scope.assessment).await?.ok_or(AppError::NotFound)?;
    let import = repo::imports::hold(act.tx(), &scope, id).await?.ok_or(AppError::NotFound)?;
    if import.state != "preview" {
        return Err(AppError::NotNow("applied"));
    }
    let before = Mapped::of(&import)?.unwrap_or_default();
    let opened = Opened::around(platform, act.tx(), &scope, assessment).await?;
    if !opened.state.waits_for_vendor() {
        return Err(AppError::NotNow(opened.state.name()));
    }
    let made = rows(platform, &opened, understood)?;
    let summary = summary(&made);
    repo::imports::clear_rows(act.tx(), &scope, id).await?;
    keep(&act, platform, scope, id, made).await?;
    let actor = Actor::Contact(scope.contact);
    let file = file(&opened, &import.file_name, &workbook, &words);
    mapping::remember(platform, &act, (&scope, actor), file, (&before.corrections, &corrections)).await?;
    let details = json!({
        "import": id, "before": before.corrections.sheets, "after": corrections.sheets, "summary": summary,
    });
    let settings: Value = import.settings.clone();
    let mut row = import.into_active_model();
    row.settings = Set(Mapped { corrections, remembered: None }.among(settings));
    row.summary = Set(summary);
    repo::imports::update(act.tx(), &scope, row).await?;
    act.record(&scope, actor, "answers_import.corrected", ("assessment", scope.assessment.0), &details);
    act.commit().await
}
