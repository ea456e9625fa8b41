//! Somebody's list of AI uses becomes part of the register: read, previewed, staged in batches that nobody sees, and
//! made visible by one transaction.

mod alike;
mod compare;
mod reading;
mod staging;
mod taking;
mod versions;

pub use compare::{Changed, Compared, VERDICTS};
pub use taking::{catch_up, choose};
pub use versions::{Version, Which, lists};

pub(super) use alike::remark;
pub(super) use reading::{Read, read};
pub(super) use staging::without_turn;
pub(super) use taking::look;

use super::answers_import::{read_workbook, shown_name};
use super::content::PRODUCTS;
use super::mapping::{self, Mapped};
use super::patience::begun;
use super::{Act, Buyer, at_length, register, register_mapping};
use crate::error::{AppError, Result};
use crate::platform::Platform;
use crate::repo;
use bytes::Bytes;
use domain::ids::{ImportId, ImportRowId, MemberId};
use domain::problem::Problem;
use domain::register::{Identity, InUse, ListColumns, Proposal, Separator, separators};
use entity::{import, import_row};
use reading::{Groups, Key, Told, named_product, said_vendor};
use sea_orm::{IntoActiveModel, Set};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use staging::{For, Turn, stage};
use std::collections::BTreeMap;
use versions::decide;

/// What a person decides before a register is applied.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settings {
    /// Product cells are taken apart at these, and at no others.
    pub separators: Vec<Separator>,
}

/// What a preview says.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Summary {
    /// The sheet that was read.
    pub sheet: String,
    /// What each column was taken for, by heading.
    pub columns: BTreeMap<String, String>,
    /// Rows altogether.
    pub rows: usize,
    /// Rows that say that it is in use.
    pub in_use: usize,
    /// Rows that say that it is not.
    pub not_in_use: usize,
    /// Rows that say neither.
    pub not_stated: usize,
    /// Rows that cannot be read, kept with their problem.
    pub invalid: usize,
    /// Rows whose owner published nothing of them, kept with what they say.
    #[serde(default)]
    pub withheld: usize,
    /// What a person should look at in rows that are read: how often, by code.
    #[serde(default)]
    pub remarks: BTreeMap<String, usize>,
    /// Headings of columns from which nothing is taken.
    #[serde(default)]
    pub unread: Vec<String>,
    /// Of a newer version of a list: entries, and rows that name none, by what becomes of them.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub changes: BTreeMap<String, usize>,
    /// Distinct products or systems named by rows in use: each becomes an entry.
    pub products: usize,
    /// Rows in use that name no product.
    pub unnamed: usize,
    /// Vendors that the product table names.
    pub vendors: BTreeMap<String, usize>,
    /// Where product cells could be taken apart: the separator, how many cells have it, and three of them.
    pub proposals: Vec<Separable>,
}

/// A separator that stands in product cells.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Separable {
    /// The separator.
    pub separator: Separator,
    /// In how many cells.
    pub cells: usize,
    /// Some of them, with the parts they would fall into.
    pub examples: Vec<Example>,
}

/// A product cell and its parts.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Example {
    /// As it stands.
    pub cell: String,
    /// What it would fall into.
    pub parts: Vec<String>,
}

/// Reads a register and says what it would bring. Nothing of it is in the register yet.
///
/// # Errors
/// When it is no workbook.
pub async fn preview(platform: &Platform, by: &Buyer, file_name: &str, bytes: Bytes) -> Result<ImportId> {
    preview_as(platform, by, (file_name, bytes), Which::Likeliest).await
}

/// The same of a file of which somebody says which list it is.
///
/// # Errors
/// As [`preview`]; `unknown` at `list` when the list that it is to be a newer version of is not in the register.
pub async fn preview_as(
    platform: &Platform,
    by: &Buyer,
    (file_name, bytes): (&str, Bytes),
    which: Which,
) -> Result<ImportId> {
    let workbook = read_workbook(platform, &bytes).await?;
    let mapped = mapping::recall(platform.db.read(), &by.scope, register_mapping::file(file_name, &workbook)).await?;
    let mut read = at_length(|| read(&workbook, &mapped.corrections));
    let (version, before) = decide(platform, by.scope, which, (file_name, &read)).await?;
    remark(platform, by.scope, &version, &mut read).await?;
    let summary = summary(&read);
    let settings: Settings = match &before {
        Some(before) => serde_json::from_value(before.settings.clone())?,
        None => Settings::default(),
    };
    let kept = platform.blobs.keep(bytes).await?;
    let mut act = Act::begin(platform).await?;
    if let Some(made) = act.done_before(by).await? {
        return Ok(ImportId(made));
    }
    let id: ImportId = platform.clock.id();
    let member = match by.actor {
        super::Actor::Member(MemberId(id)) => Some(id),
        _ => None,
    };
    let row = import::ActiveModel {
        id: Set(id.0),
        organisation_id: Set(by.scope.organisation().0),
        kind: Set("register".to_owned()),
        document: Set(Some(version.key())),
        follows: Set(before.map(|before| before.id)),
        assessment_id: Set(None),
        contact_id: Set(None),
        member_id: Set(member),
        file_name: Set(shown_name(file_name)),
        size: Set(i64::try_from(kept.size).map_err(AppError::internal)?),
        sha256: Set(kept.sha256.clone()),
        state: Set("preview".to_owned()),
        settings: Set(version.among(mapped.among(json!(settings)))),
        summary: Set(serde_json::to_value(&summary)?),
        created_at: Set(act.now),
        applied_at: Set(None),
        undone_at: Set(None),
    };
    repo::imports::add(act.tx(), &by.scope, row).await?;
    repo::imports::add_rows(act.tx(), &by.scope, told_rows(platform, by, id, &read)).await?;
    let details = json!({ "file_name": file_name, "sha256": kept.sha256, "rows": summary.rows });
    act.record(&by.scope, by.actor, "register_import.read", ("import", id.0), &details);
    act.remember(by, id.0).await?;
    act.commit().await?;
    look(platform, by, id, &read).await?;
    Ok(id)
}

/// Settings as an import keeps them.
fn stated(settings: &Settings) -> Result<Value> {
    Ok(serde_json::to_value(settings)?)
}

/// What each column was taken for, by meaning: its heading.
fn columns_of(read: &Read) -> BTreeMap<String, String> {
    let columns = read.columns.iter().flat_map(ListColumns::each);
    columns.filter_map(|(meaning, at)| Some((meaning.to_owned(), read.headings.get(at)?.clone()))).collect()
}

/// Rows that cannot be read, that were withheld, and that a person should look at, kept with what is to be said of them.
pub(super) fn told_rows(platform: &Platform, by: &Buyer, id: ImportId, read: &Read) -> Vec<import_row::ActiveModel> {
    let of = |verdict: &'static str, told: &'_ [Told]| -> Vec<(&'static str, Told)> {
        told.iter().cloned().map(|told| (verdict, told)).collect()
    };
    let all = [of("invalid", &read.invalid), of("skipped", &read.withheld), of("ask", &read.remarks)];
    let row = |(n, (verdict, told)): (usize, (&str, Told))| import_row::ActiveModel {
        details: Set(json!({})),
        id: Set(platform.clock.id::<ImportRowId>().0),
        organisation_id: Set(by.scope.organisation().0),
        import_id: Set(id.0),
        position: Set(i64::try_from(n).unwrap_or(i64::MAX)),
        place: Set(told.place),
        label: Set(told.label),
        verdict: Set(verdict.to_owned()),
        question_id: Set(None),
        proposed: Set(None),
        current: Set(None),
        current_revision: Set(0),
        problem: Set(Some(json!(told.problem))),
        applied: Set(false),
    };
    all.into_iter().flatten().enumerate().map(row).collect()
}

pub(super) fn summary(read: &Read) -> Summary {
    let count = |in_use| read.rows.iter().filter(|(_, row)| row.used.in_use == in_use).count();
    let mut named = Groups::default();
    let mut vendors: BTreeMap<String, usize> = BTreeMap::new();
    let mut separable: BTreeMap<Separator, (usize, Vec<Example>)> = BTreeMap::new();
    let mut unnamed = 0;
    for (number, row) in read.in_use() {
        let product = named_product(row);
        let Some(key) = Key::of(row, product) else {
            unnamed += 1;
            continue;
        };
        let is_new = named.place(key, *number, row).is_new;
        let of_table = || Identity::of(&PRODUCTS, Some(product?)).vendor;
        let vendor = said_vendor(row).map(str::to_owned).or_else(of_table);
        *vendors.entry(vendor.unwrap_or_else(|| "unknown".to_owned())).or_default() += 1;
        let Some(cell) = product else { continue };
        for Proposal { separator, parts } in separators(cell) {
            let (cells, examples) = separable.entry(separator).or_default();
            *cells += 1;
            if is_new && examples.len() < 3 {
                examples.push(Example { cell: cell.to_owned(), parts });
            }
        }
    }
    Summary {
        sheet: read.sheet.clone(),
        columns: columns_of(read),
        rows: read.rows.len() + read.invalid.len() + read.withheld.len(),
        in_use: count(InUse::Yes),
        not_in_use: count(InUse::No),
        not_stated: count(InUse::NotStated),
        invalid: read.invalid.len(),
        withheld: read.withheld.len(),
        remarks: read.remarked.clone(),
        unread: read.unread_headings(),
        changes: BTreeMap::new(),
        products: named.len(),
        unnamed,
        vendors,
        proposals: separable
            .into_iter()
            .map(|(separator, (cells, examples))| Separable { separator, cells, examples })
            .collect(),
    }
}

/// Begins [`apply`]; gives nothing where that takes longer than somebody waits, and goes on.
///
/// # Errors
/// As [`apply`].
pub async fn begin_apply(platform: &Platform, by: &Buyer, id: ImportId, settings: Settings) -> Result<Option<()>> {
    let (whole, who) = (platform.clone(), by.clone());
    begun(platform, "register_import.applied", (by, id), async move { apply(&whole, &who, id, &settings).await }).await
}

/// Begins [`undo`]; gives nothing where that takes longer than somebody waits, and goes on.
///
/// # Errors
/// As [`undo`].
pub async fn begin_undo(platform: &Platform, by: &Buyer, id: ImportId) -> Result<Option<()>> {
    let (whole, who) = (platform.clone(), by.clone());
    begun(platform, "register_import.undone", (by, id), async move { undo(&whole, &who, id).await }).await
}

/// Applies a previewed register: stages it where nobody sees it, then makes it visible in one transaction. Killed half
/// way, nothing of it shows, and applying again begins anew.
///
/// # Errors
/// [`AppError::NotNow`]: `applied` when it was applied already; `begun_elsewhere` when somebody began the same meanwhile;
/// `meant_otherwise` when somebody said meanwhile which list it is, or how it is read.
pub async fn apply(platform: &Platform, by: &Buyer, id: ImportId, settings: &Settings) -> Result<()> {
    let import = repo::imports::get(platform.db.read(), &by.scope, id).await?.ok_or(AppError::NotFound)?;
    if import.kind != "register" {
        return Err(AppError::NotFound);
    }
    if import.state != "preview" {
        return Err(AppError::NotNow("applied"));
    }
    let bytes = platform.blobs.get(&import.sha256).await?;
    let mapped = Mapped::of(&import)?.unwrap_or_default();
    let workbook = read_workbook(platform, &bytes).await?;
    let read = at_length(|| read(&workbook, &mapped.corrections));
    drop((bytes, workbook));
    if read.columns.is_none() {
        return Err(Problem::new("", "no-register-found").into());
    }
    let version = Version::of(&import)?;
    let editions = repo::imports::editions(platform.db.read(), by.scope, &version.key()).await?;
    if import.follows.is_none() && editions.iter().any(|edition| edition.state == "applied") {
        return Err(AppError::NotNow("list_moved"));
    }
    // Of a list that was taken back there may be something in the register still: it is known again.
    if import.follows.is_some() || !editions.is_empty() {
        return taking::apply(platform, by, &import, settings, (&mapped, &read)).await;
    }
    let turn = Turn::take(platform, by, &import, For::Writing).await?;
    stage(&turn, &import, settings, read).await?;

    let (mut act, import) = turn.begin().await?;
    // Whoever looked at other columns or another list meanwhile meant other rows.
    if Mapped::of(&import)?.unwrap_or_default() != mapped
        || Version::of(&import)? != version
        || import.follows.is_some()
    {
        return Err(AppError::NotNow("meant_otherwise"));
    }
    repo::register::staged::name_vendors(act.tx(), by.scope, id).await?;
    let components = repo::register::show_import(act.tx(), by.scope, id).await?;
    let mut row = import.into_active_model();
    row.state = Set("applied".to_owned());
    row.applied_at = Set(Some(act.now));
    row.settings = Set(version.among(mapped.among(stated(settings)?)));
    taking::written(repo::imports::update(act.tx(), &by.scope, row).await)?;
    let details = json!({ "components": components.len(), "separators": settings.separators });
    act.record(&by.scope, by.actor, "register_import.applied", ("import", id.0), &details);
    register::changed(&mut act, &components).await?;
    act.commit().await
}

/// Takes an applied register back: everything that it brought is hidden again, but for entries of which others speak too;
/// these say no more what the list said. Of a newer version of a list, the version before speaks again.
///
/// # Errors
/// [`AppError::NotNow`] `not_applied`, or `newer_applied` when a newer version of the list was applied since.
pub async fn undo(platform: &Platform, by: &Buyer, id: ImportId) -> Result<()> {
    let import = repo::imports::get(platform.db.read(), &by.scope, id).await?.ok_or(AppError::NotFound)?;
    if import.kind != "register" {
        return Err(AppError::NotFound);
    }
    if import.state != "applied" {
        return Err(AppError::NotNow("not_applied"));
    }
    if !repo::imports::is_newest(platform.db.read(), by.scope, id).await? {
        return Err(AppError::NotNow("newer_applied"));
    }
    taking::undo(platform, by, &import).await
}
