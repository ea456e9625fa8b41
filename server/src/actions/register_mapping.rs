//! How the sheets of somebody's list of AI uses are read: a person says it better, and the preview is made anew.

use super::answers_import::read_workbook;
use super::mapping::{self, File, Looked, Mapped};
use super::register_import::{Version, look, read, remark, summary, told_rows, without_turn};
use super::{Act, Buyer, at_length};
use crate::error::{AppError, Result};
use crate::platform::Platform;
use crate::repo;
use crate::repo::mappings::Of;
use domain::ids::ImportId;
use domain::problem::Problem;
use domain::register::{InUse, LIST_COLUMNS, ListColumns};
use domain::sheet::{Corrections, Meanings, Vocabulary, Workbook};
use sea_orm::{IntoActiveModel, Set};
use serde_json::json;
use std::collections::BTreeMap;

/// What the columns of a list of AI uses can say.
pub fn meanings() -> Meanings<'static> {
    Meanings { known: &LIST_COLUMNS, several: &[] }
}

/// A list for the register of the buyer.
pub(super) fn file<'f>(name: &'f str, workbook: &'f Workbook) -> File<'f> {
    let of = Of { kind: "register", vendor: None };
    File { of, name, workbook, words: Vocabulary::shipped(), meanings: meanings() }
}

/// What becomes of a row.
#[derive(Clone, Debug)]
pub enum Outcome {
    /// A use, and whether it is in use.
    Use(InUse),
    /// Its owner published nothing of it.
    Withheld,
    /// It cannot be read.
    Invalid(Problem),
}

/// The table of AI uses of a workbook as it is read.
#[derive(Clone, Debug, Default)]
pub struct Table {
    /// The sheet's name; empty where no sheet says what AI is used for.
    pub sheet: String,
    /// The rows of its headings.
    pub header_rows: Vec<u32>,
    /// What columns say, counted from 1.
    pub columns: BTreeMap<u32, String>,
    /// By row.
    pub rows: BTreeMap<u32, Outcome>,
}

/// The table of AI uses in the file of an import.
pub fn table(looked: &Looked) -> Table {
    let read = read(&looked.workbook, &looked.corrections());
    let row = |place: &str| -> u32 {
        let cell = place.rsplit_once('!').map_or(place, |(_, cell)| cell);
        cell.trim_start_matches(|c: char| !c.is_ascii_digit()).parse().unwrap_or(0)
    };
    let columns = read.columns.iter().flat_map(ListColumns::each);
    let columns = columns.map(|(said, at)| (u32::try_from(at + 1).unwrap_or(u32::MAX), said.to_owned()));
    let uses = read.rows.iter().map(|(number, found)| (*number, Outcome::Use(found.used.in_use)));
    let invalid = read.invalid.iter().map(|told| (row(&told.place), Outcome::Invalid(told.problem.clone())));
    let withheld = read.withheld.iter().map(|told| (row(&told.place), Outcome::Withheld));
    Table {
        columns: columns.collect(),
        rows: uses.chain(invalid).chain(withheld).collect(),
        sheet: read.sheet,
        header_rows: read.header_rows,
    }
}

/// Reads the sheets of a list as a person says, makes its preview anew, and remembers what was said for the next list of
/// the same shape. Saying nothing at all goes back to what is found, and forgets.
///
/// # Errors
/// What cannot be said of this workbook; [`AppError::NotNow`] when the list was applied.
pub async fn correct(platform: &Platform, by: &Buyer, id: ImportId, corrections: Corrections) -> Result<()> {
    let of_register = |import: &entity::import::Model| import.kind == "register";
    let import = repo::imports::get(platform.db.read(), &by.scope, id).await?;
    let import = import.filter(of_register).ok_or(AppError::NotFound)?;
    let workbook = read_workbook(platform, &platform.blobs.get(&import.sha256).await?).await?;
    corrections.check(&workbook, meanings())?;
    let mut read = at_length(|| read(&workbook, &corrections));
    remark(platform, by.scope, &Version::of(&import)?, &mut read).await?;
    let summary = summary(&read);

    let mut act = Act::begin(platform).await?;
    let import = repo::imports::hold(act.tx(), &by.scope, id).await?.ok_or(AppError::NotFound)?;
    if import.state != "preview" {
        return Err(AppError::NotNow("applied"));
    }
    let before = Mapped::of(&import)?.unwrap_or_default();
    repo::imports::clear_rows(act.tx(), &by.scope, id).await?;
    repo::imports::add_rows(act.tx(), &by.scope, told_rows(platform, by, id, &read)).await?;
    let file = file(&import.file_name, &workbook);
    mapping::remember(platform, &act, (&by.scope, by.actor), file, (&before.corrections, &corrections)).await?;
    let details = json!({ "before": before.corrections.sheets, "after": corrections.sheets, "rows": summary.rows });
    let version = Version { compared: false, ..Version::of(&import)? };
    let settings = version.among(without_turn(import.settings.clone()));
    let mut row = import.into_active_model();
    row.settings = Set(Mapped { corrections, remembered: None }.among(settings));
    row.summary = Set(serde_json::to_value(&summary)?);
    repo::imports::update(act.tx(), &by.scope, row).await?;
    act.record(&by.scope, by.actor, "register_import.corrected", ("import", id.0), &details);
    act.commit().await?;
    look(platform, by, id, &read).await
}
