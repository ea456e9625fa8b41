//! What a person said of a workbook's sheets: kept with the import, and remembered for the next file of the same shape by
//! the same vendor, or by the buyer itself.

use super::answers_import::read_workbook;
use super::{Act, Actor, at_length};
use crate::error::{AppError, Result};
use crate::platform::Platform;
use crate::platform::db::Db;
use crate::platform::workbook::words;
use crate::repo::mappings::Of;
use crate::repo::{self, Tenant};
use domain::sheet::{Corrections, Inspection, Meanings, Outline, Vocabulary, Workbook, inspect_with};
use entity::{import, workbook_mapping};
use sea_orm::{ConnectionTrait, Set};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use time::OffsetDateTime;

/// Remembered mappings that a file is held against, the newest ones.
const MOST_TRIED: u64 = 200;
/// What an import's settings call it.
const SETTING: &str = "mapping";

/// How the sheets of an import are read.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Mapped {
    /// What was said of them.
    pub corrections: Corrections,
    /// What was said was remembered from another file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remembered: Option<Remembered>,
}

/// The file that something was said of first.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Remembered {
    /// Its name.
    pub file_name: String,
    /// When it was said.
    #[serde(with = "time::serde::rfc3339")]
    pub at: OffsetDateTime,
}

impl Mapped {
    /// That of an import; none where it is read by marks of ours, and nothing can be said of it.
    ///
    /// # Errors
    /// When the settings are not as they were written.
    pub fn of(import: &import::Model) -> Result<Option<Self>> {
        Ok(import.settings.get(SETTING).cloned().map(serde_json::from_value).transpose()?)
    }

    /// Writes it among an import's settings.
    #[must_use]
    pub(super) fn among(&self, mut settings: Value) -> Value {
        if let Some(settings) = settings.as_object_mut() {
            settings.insert(SETTING.to_owned(), json!(self));
        }
        settings
    }
}

/// A file that something is said of.
#[derive(Clone, Copy)]
pub(super) struct File<'f> {
    /// Whose, and what for.
    pub of: Of,
    /// Its name.
    pub name: &'f str,
    /// What stands in it.
    pub workbook: &'f Workbook,
    /// The words that its headings are known by.
    pub words: &'f Vocabulary,
    /// What its columns can hold.
    pub meanings: Meanings<'f>,
}

/// What was said of a file of the same shape, if anything was; whatever does not fit this one after all is not said.
///
/// # Errors
/// When the database fails.
pub(super) async fn recall(db: &impl ConnectionTrait, scope: &impl Tenant, file: File<'_>) -> Result<Mapped> {
    let known = repo::mappings::newest(db, scope, file.of, MOST_TRIED).await?;
    if known.is_empty() {
        return Ok(Mapped::default());
    }
    let outline = Outline::of(file.workbook, file.words);
    for row in known {
        let corrections: Corrections = serde_json::from_value(row.corrections)?;
        let fits = outline.shape(&corrections).is_some_and(|shape| shape.as_str() == row.shape);
        if fits && corrections.check(file.workbook, file.meanings).is_ok() {
            let remembered = Some(Remembered { file_name: row.file_name, at: row.changed_at });
            return Ok(Mapped { corrections, remembered });
        }
    }
    Ok(Mapped::default())
}

/// Remembers what is said of a file now in the place of what was said of its shape before; where nothing is said any
/// more, forgets it.
///
/// # Errors
/// [`AppError::Busy`] when somebody else says something of the same shape at this very moment.
pub(super) async fn remember(
    platform: &Platform,
    act: &Act<'_>,
    (scope, actor): (&impl Tenant, Actor),
    file: File<'_>,
    (before, now): (&Corrections, &Corrections),
) -> Result<()> {
    let outline = Outline::of(file.workbook, file.words);
    for shape in [before, now].into_iter().filter_map(|said| outline.shape(said)) {
        if let Some(known) = repo::mappings::of_shape(act.tx(), scope, file.of, &shape).await? {
            repo::mappings::remove(act.tx(), scope, known.id).await?;
        }
    }
    let Some(shape) = outline.shape(now).filter(|_| !now.is_empty()) else { return Ok(()) };
    let (contact, member) = match actor {
        Actor::Contact(id) => (Some(id.0), None),
        Actor::Member(id) => (None, Some(id.0)),
        Actor::Token(_) | Actor::System => (None, None),
    };
    let row = workbook_mapping::ActiveModel {
        id: Set(platform.clock.id()),
        organisation_id: Set(scope.organisation().0),
        vendor_id: Set(file.of.vendor.map(|vendor| vendor.0)),
        kind: Set(file.of.kind.to_owned()),
        shape: Set(shape.as_str().to_owned()),
        corrections: Set(json!(now)),
        file_name: Set(file.name.to_owned()),
        contact_id: Set(contact),
        member_id: Set(member),
        changed_at: Set(act.now),
    };
    match repo::mappings::add(act.tx(), scope, row).await {
        Err(error) if Db::is_duplicate(&error) => Err(AppError::Busy),
        other => Ok(other?),
    }
}

/// An import with its file as it is read now.
#[derive(Debug)]
pub struct Looked {
    /// The import.
    pub import: import::Model,
    /// Its file.
    pub workbook: Workbook,
    /// What is said of its sheets; none where they are read by marks of ours.
    pub mapped: Option<Mapped>,
    /// What was understood of them.
    pub inspection: Inspection,
}

impl Looked {
    /// What is said of its sheets.
    pub fn corrections(&self) -> Corrections {
        self.mapped.as_ref().map(|mapped| mapped.corrections.clone()).unwrap_or_default()
    }
}

/// Reads the file of an import as its sheets are read.
///
/// # Errors
/// When the file is gone or cannot be read any more.
pub async fn look(platform: &Platform, import: import::Model) -> Result<Looked> {
    let workbook = read_workbook(platform, &platform.blobs.get(&import.sha256).await?).await?;
    let words = words(platform.config.overrides_dir.as_deref()).map_err(AppError::internal)?;
    let mapped = Mapped::of(&import)?;
    let mut corrections = mapped.as_ref().map(|mapped| mapped.corrections.clone()).unwrap_or_default();
    if import.kind == "register" {
        corrections = corrections.without_columns();
    }
    let inspection = at_length(|| inspect_with(&workbook, &words, &import.file_name, &import.sha256, &corrections));
    Ok(Looked { import, workbook, mapped, inspection })
}
