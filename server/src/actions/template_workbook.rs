//! A buyer's own workbook becomes the draft of a template: read, looked through and corrected, and begun as a draft, to be
//! scored and published.

use super::answers_import::{read_workbook, shown_name};
use super::drafts::{self, Start};
use super::mapping::{self, File, Mapped};
use super::{Act, Actor, Buyer, at_length};
use crate::error::{AppError, Result};
use crate::platform::Platform;
use crate::platform::workbook::words;
use crate::repo;
use crate::repo::mappings::Of;
use bytes::Bytes;
use domain::ids::{ImportId, TemplateDraftId};
use domain::problem::Problem;
use domain::sheet::{Corrections, Inspection, Made, Meanings, Vocabulary, Workbook, inspect_with, template};
use entity::import;
use sea_orm::{IntoActiveModel, Set};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// What would become of a workbook.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Summary {
    /// Questions in it.
    pub questions: usize,
    /// Cells that hold no question of their own.
    pub left_out: usize,
}

/// What came of a workbook.
#[derive(Clone, Copy, Debug)]
pub struct Begun {
    /// The draft.
    pub draft: TemplateDraftId,
    /// What went into it, and what did not.
    pub summary: Summary,
}

/// A workbook of the buyer's own.
fn file<'f>(name: &'f str, workbook: &'f Workbook, words: &'f Vocabulary) -> File<'f> {
    let of = Of { kind: "template", vendor: None };
    File { of, name, workbook, words, meanings: Meanings::QUESTIONNAIRE }
}

fn summary(inspection: &Inspection, words: &Vocabulary) -> Summary {
    match template(inspection, words) {
        Ok(Made { document, left_out }) => {
            Summary { questions: document.questions().count(), left_out: left_out.len() }
        }
        Err(_) => Summary::default(),
    }
}

/// Reads a workbook and keeps it, to be looked through before a draft is begun of it.
///
/// # Errors
/// What is wrong with the file.
pub async fn read(platform: &Platform, by: &Buyer, file_name: &str, bytes: Bytes) -> Result<ImportId> {
    let workbook = read_workbook(platform, &bytes).await?;
    let words = words(platform.config.overrides_dir.as_deref()).map_err(AppError::internal)?;
    let name = shown_name(file_name);
    let mapped = mapping::recall(platform.db.read(), &by.scope, file(&name, &workbook, &words)).await?;
    let inspection = at_length(|| inspect_with(&workbook, &words, &name, "", &mapped.corrections));
    let summary = summary(&inspection, &words);
    let kept = platform.blobs.keep(bytes).await?;
    let mut act = Act::begin(platform).await?;
    if let Some(made) = act.done_before(by).await? {
        return Ok(ImportId(made));
    }
    let id: ImportId = platform.clock.id();
    let member = match by.actor {
        Actor::Member(id) => Some(id.0),
        _ => None,
    };
    let row = import::ActiveModel {
        id: Set(id.0),
        organisation_id: Set(by.scope.organisation().0),
        kind: Set("template".to_owned()),
        document: Set(None),
        follows: Set(None),
        assessment_id: Set(None),
        contact_id: Set(None),
        member_id: Set(member),
        file_name: Set(name.clone()),
        size: Set(i64::try_from(kept.size).map_err(AppError::internal)?),
        sha256: Set(kept.sha256.clone()),
        state: Set("preview".to_owned()),
        settings: Set(mapped.among(json!({}))),
        summary: Set(json!(summary)),
        created_at: Set(act.now),
        applied_at: Set(None),
        undone_at: Set(None),
    };
    repo::imports::add(act.tx(), &by.scope, row).await?;
    let details = json!({ "file_name": name, "sha256": kept.sha256, "questions": summary.questions });
    act.record(&by.scope, by.actor, "template_import.read", ("import", id.0), &details);
    act.remember(by, id.0).await?;
    act.commit().await?;
    Ok(id)
}

/// Reads the sheets of a workbook as a person says, and remembers it for the next one of the same shape. Saying nothing at
/// all goes back to what is found, and forgets.
///
/// # Errors
/// What cannot be said of this workbook; [`AppError::NotNow`] when a draft was begun of it.
pub async fn correct(platform: &Platform, by: &Buyer, id: ImportId, corrections: Corrections) -> Result<()> {
    let import = get(platform, by, id).await?;
    let workbook = read_workbook(platform, &platform.blobs.get(&import.sha256).await?).await?;
    corrections.check(&workbook, Meanings::QUESTIONNAIRE)?;
    let words = words(platform.config.overrides_dir.as_deref()).map_err(AppError::internal)?;
    let inspection = at_length(|| inspect_with(&workbook, &words, &import.file_name, "", &corrections));
    let summary = summary(&inspection, &words);

    let mut act = Act::begin(platform).await?;
    let import = repo::imports::hold(act.tx(), &by.scope, id).await?.ok_or(AppError::NotFound)?;
    if import.state != "preview" {
        return Err(AppError::NotNow("draft_begun"));
    }
    let before = Mapped::of(&import)?.unwrap_or_default();
    let file = file(&import.file_name, &workbook, &words);
    mapping::remember(platform, &act, (&by.scope, by.actor), file, (&before.corrections, &corrections)).await?;
    let details = json!({
        "before": before.corrections.sheets, "after": corrections.sheets, "questions": summary.questions,
    });
    let settings = import.settings.clone();
    let mut row = import.into_active_model();
    row.settings = Set(Mapped { corrections, remembered: None }.among(settings));
    row.summary = Set(json!(summary));
    repo::imports::update(act.tx(), &by.scope, row).await?;
    act.record(&by.scope, by.actor, "template_import.corrected", ("import", id.0), &details);
    act.commit().await
}

async fn get(platform: &Platform, by: &Buyer, id: ImportId) -> Result<import::Model> {
    let import = repo::imports::get(platform.db.read(), &by.scope, id).await?;
    import.filter(|import| import.kind == "template").ok_or(AppError::NotFound)
}

/// Begins a draft of what a workbook asks, as its sheets are read now.
///
/// # Errors
/// `nothing-asked` when nothing in it asks anything; [`AppError::NotNow`] when a draft was begun of it already.
pub async fn begin(platform: &Platform, by: &Buyer, id: ImportId) -> Result<Begun> {
    let import = get(platform, by, id).await?;
    let workbook = read_workbook(platform, &platform.blobs.get(&import.sha256).await?).await?;
    let words = words(platform.config.overrides_dir.as_deref()).map_err(AppError::internal)?;
    let mapped = Mapped::of(&import)?.unwrap_or_default();
    let inspection = at_length(|| inspect_with(&workbook, &words, &import.file_name, "", &mapped.corrections));
    let made = template(&inspection, &words).map_err(|problem: Problem| problem.moved_to("file"))?;
    let Made { document, left_out } = made;
    let summary = Summary { questions: document.questions().count(), left_out: left_out.len() };

    let mut act = Act::begin(platform).await?;
    if let Some(made) = act.done_before(by).await? {
        return Ok(Begun { draft: TemplateDraftId(made), summary });
    }
    let import = repo::imports::hold(act.tx(), &by.scope, id).await?.ok_or(AppError::NotFound)?;
    // Whoever corrected it meanwhile meant other questions.
    if import.state != "preview" || Mapped::of(&import)?.unwrap_or_default() != mapped {
        return Err(AppError::NotNow("draft_begun"));
    }
    let draft = drafts::begin_in(platform, &mut act, by, Start::Document(Box::new(document))).await?;
    let mut settings: Value = import.settings.clone();
    if let Some(settings) = settings.as_object_mut() {
        settings.insert("draft".to_owned(), json!(draft));
    }
    let mut row = import.into_active_model();
    row.state = Set("applied".to_owned());
    row.applied_at = Set(Some(act.now));
    row.settings = Set(settings);
    repo::imports::update(act.tx(), &by.scope, row).await?;
    let details = json!({ "draft": draft, "questions": summary.questions, "left_out": summary.left_out });
    act.record(&by.scope, by.actor, "template_import.applied", ("import", id.0), &details);
    act.remember(by, draft.0).await?;
    act.commit().await?;
    Ok(Begun { draft, summary })
}
