//! Somebody's list of AI uses becomes part of the register: read, previewed, staged in batches that nobody sees, and
//! made visible by one transaction.

use super::answers_import::{read_workbook, shown_name};
use super::content::PRODUCTS;
use super::mapping::{self, Mapped};
use super::{Act, Buyer, at_length, index, register, register_mapping};
use crate::error::{AppError, Result};
use crate::platform::Platform;
use crate::repo;
use bytes::Bytes;
use domain::ids::{ComponentId, ImportId, ImportRowId, MemberId};
use domain::problem::Problem;
use domain::register::field::MAX_VALUE;
use domain::register::{
    Fact, Identity, InUse, Naming, Proposal, Separator, Source, Statement, Use, UseColumn, UseColumns,
    recognise_columns_with, separators, settle, split, use_row,
};
use domain::sheet::{Corrections, Role, SheetCorrection, Vocabulary, Workbook, address, column_number, inspect_with};
use entity::{ai_use, component, import, import_row};
use sea_orm::{IntoActiveModel, Set};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// Rows staged in one transaction: an answer that is saved meanwhile waits for no longer than that.
const BATCH: usize = 1_000;

/// What the table of products is called as the source of a vendor's name.
pub const PRODUCT_TABLE: &str = "table-of-products";

/// What a register says, row by row.
#[derive(Default)]
pub(super) struct Read {
    pub(super) sheet: String,
    pub(super) header_rows: Vec<u32>,
    /// None where no sheet says what AI is used for.
    pub(super) columns: Option<UseColumns>,
    headings: Vec<String>,
    pub(super) uses: Vec<(String, Use)>,
    pub(super) invalid: Vec<(String, String, Problem)>,
}

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
    /// Distinct products named by rows in use.
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
    let workbook = read_workbook(platform, &bytes).await?;
    let mapped = mapping::recall(platform.db.read(), &by.scope, register_mapping::file(file_name, &workbook)).await?;
    let read = at_length(|| read(&workbook, &mapped.corrections));
    let summary = summary(&read);
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
        document: Set(Some(list_key(file_name))),
        assessment_id: Set(None),
        contact_id: Set(None),
        member_id: Set(member),
        file_name: Set(shown_name(file_name)),
        size: Set(i64::try_from(kept.size).map_err(AppError::internal)?),
        sha256: Set(kept.sha256.clone()),
        state: Set("preview".to_owned()),
        settings: Set(mapped.among(json!(Settings::default()))),
        summary: Set(serde_json::to_value(&summary)?),
        created_at: Set(act.now),
        applied_at: Set(None),
        undone_at: Set(None),
    };
    repo::imports::add(act.tx(), &by.scope, row).await?;
    repo::imports::add_rows(act.tx(), &by.scope, invalid_rows(platform, by, id, read)).await?;
    let details = json!({ "file_name": file_name, "sha256": kept.sha256, "rows": summary.rows });
    act.record(&by.scope, by.actor, "register_import.read", ("import", id.0), &details).await?;
    act.remember(by, id.0).await?;
    act.commit().await?;
    Ok(id)
}

/// What a list is known by when it is imported again.
pub(super) fn list_key(file_name: &str) -> String {
    let (import, list, cell) = (ImportId(Uuid::nil()), shown_name(file_name), String::new());
    Source::Import { import, list, cell }.key()
}

/// The rows that cannot be read, kept with their problems.
pub(super) fn invalid_rows(platform: &Platform, by: &Buyer, id: ImportId, read: Read) -> Vec<import_row::ActiveModel> {
    let row = |(n, (place, label, problem)): (usize, (String, String, Problem))| import_row::ActiveModel {
        details: Set(json!({})),
        id: Set(platform.clock.id::<ImportRowId>().0),
        organisation_id: Set(by.scope.organisation().0),
        import_id: Set(id.0),
        position: Set(i64::try_from(n).unwrap_or(i64::MAX)),
        place: Set(place),
        label: Set(label),
        verdict: Set("invalid".to_owned()),
        question_id: Set(None),
        proposed: Set(None),
        current: Set(None),
        current_revision: Set(0),
        problem: Set(Some(json!(problem))),
        applied: Set(false),
    };
    read.invalid.into_iter().enumerate().map(row).collect()
}

/// Finds the table of AI uses in a workbook and reads its rows, as far as a person said as they said. A sheet that is
/// said to be the register is the one; without any, the first that says what AI is used for. Nothing is read where none
/// does.
pub(super) fn read(workbook: &Workbook, corrections: &Corrections) -> Read {
    let sheets_alone = corrections.clone().without_columns();
    let report = inspect_with(workbook, Vocabulary::shipped(), "", "", &sheets_alone);
    let said = corrections.by_sheet(workbook);
    let role = |said: &Option<&SheetCorrection>| said.and_then(|said| said.role);
    let chosen = said.iter().any(|said| role(said) == Some(Role::Register));
    for ((sheet, found), said) in workbook.sheets.iter().zip(&report.sheets).zip(said) {
        let register = role(&said).map_or(!chosen, |role| role == Role::Register);
        let Some(&first) = found.header_rows.first().filter(|_| found.visible && register) else { continue };
        let told = said.is_some_and(|said| said.header_rows.is_some());
        let follow = |row: &&u32| told && found.header_rows.contains(row);
        let last = (first + 1..).take_while(|row| follow(&row)).last().unwrap_or(first);
        let width = sheet.range().map_or(0, |range| range.last_column);
        let texts = |row: &domain::sheet::Row| -> Vec<String> {
            (1..=width).map(|column| row.text(column).map(|text| text.into_owned()).unwrap_or_default()).collect()
        };
        let mut headings = vec![String::new(); width as usize];
        for row in (first..=last).filter_map(|row| sheet.row(row)) {
            for (heading, text) in headings.iter_mut().zip(texts(row)) {
                *heading = [heading.as_str(), &text].join(" ").trim().to_owned();
            }
        }
        let meaning = |(letters, said): (&String, &String)| {
            Some((column_number(letters)?.checked_sub(1)? as usize, UseColumn::named(said)))
        };
        let columns = said.iter().flat_map(|said| &said.columns).filter_map(meaning).collect();
        let Ok(columns) = recognise_columns_with(&headings, &columns) else { continue };
        let header_rows = if told { found.header_rows.clone() } else { vec![first] };
        let mut read = Read { sheet: sheet.name.clone(), header_rows, headings, ..Read::default() };
        let entries = sheet.rows.iter().filter(|row| row.number > last && !read.header_rows.contains(&row.number));
        for row in entries {
            let cells = texts(row);
            match use_row(&columns, row.number as usize, &cells) {
                Ok(Some(used)) => {
                    let column = u32::try_from(columns.use_case + 1).unwrap_or(1);
                    read.uses.push((address(&sheet.name, row.number, column), used));
                }
                Ok(None) => {}
                Err(problem) => {
                    let label = cells.iter().filter(|cell| !cell.is_empty()).cloned().collect::<Vec<_>>().join(" | ");
                    let place = format!("{}!{}", sheet.name, problem.at);
                    read.invalid.push((place.clone(), label.chars().take(300).collect(), problem.moved_to(place)));
                }
            }
        }
        read.columns = Some(columns);
        return read;
    }
    Read::default()
}

pub(super) fn summary(read: &Read) -> Summary {
    let count = |in_use| read.uses.iter().filter(|(_, used)| used.in_use == in_use).count();
    let in_use = || read.uses.iter().filter(|(_, used)| used.in_use == InUse::Yes);
    let mut products = BTreeSet::new();
    let mut vendors: BTreeMap<String, usize> = BTreeMap::new();
    let mut separable: BTreeMap<Separator, (usize, Vec<Example>)> = BTreeMap::new();
    for cell in in_use().filter_map(|(_, used)| named_product(used)) {
        let identity = Identity::of(&PRODUCTS, Some(cell));
        let is_new = products.insert(identity.product);
        *vendors.entry(identity.vendor.unwrap_or_else(|| "unknown".to_owned())).or_default() += 1;
        for Proposal { separator, parts } in separators(cell) {
            let (cells, examples) = separable.entry(separator).or_default();
            *cells += 1;
            if is_new && examples.len() < 3 {
                examples.push(Example { cell: cell.to_owned(), parts });
            }
        }
    }
    let heading = |column: usize| read.headings.get(column).cloned();
    let columns = read.columns.iter().flat_map(UseColumns::each);
    Summary {
        sheet: read.sheet.clone(),
        columns: columns.filter_map(|(meaning, at)| Some((meaning.name().to_owned(), heading(at)?))).collect(),
        rows: read.uses.len() + read.invalid.len(),
        in_use: count(InUse::Yes),
        not_in_use: count(InUse::No),
        not_stated: count(InUse::NotStated),
        invalid: read.invalid.len(),
        products: products.len(),
        unnamed: in_use().filter(|(_, used)| named_product(used).is_none()).count(),
        vendors,
        proposals: separable
            .into_iter()
            .map(|(separator, (cells, examples))| Separable { separator, cells, examples })
            .collect(),
    }
}

/// Applies a previewed register: stages it where nobody sees it, then makes it visible in one transaction. Killed half
/// way, nothing of it shows, and applying again begins anew.
///
/// # Errors
/// [`AppError::NotNow`] when it was applied already.
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
    if read.columns.is_none() {
        return Err(Problem::new("", "no-register-found").into());
    }
    stage(platform, by, &import, settings, read).await?;

    let mut act = Act::begin(platform).await?;
    let import = repo::imports::hold(act.tx(), &by.scope, id).await?.ok_or(AppError::NotFound)?;
    // Whoever looked at other columns meanwhile meant other rows.
    if import.state != "preview" || Mapped::of(&import)?.unwrap_or_default() != mapped {
        return Err(AppError::NotNow("applied"));
    }
    let components = repo::register::show_import(act.tx(), by.scope, id, true).await?;
    let mut row = import.into_active_model();
    row.state = Set("applied".to_owned());
    row.applied_at = Set(Some(act.now));
    row.settings = Set(mapped.among(serde_json::to_value(settings)?));
    repo::imports::update(act.tx(), &by.scope, row).await?;
    let details = json!({ "components": components.len(), "separators": settings.separators });
    act.record(&by.scope, by.actor, "register_import.applied", ("import", id.0), &details).await?;
    index::enqueue(&mut act, &components).await?;
    act.commit().await
}

async fn stage(platform: &Platform, by: &Buyer, import: &import::Model, settings: &Settings, read: Read) -> Result<()> {
    let id = ImportId(import.id);
    let act = Act::begin(platform).await?;
    repo::register::clear_staged(act.tx(), by.scope, id).await?;
    let now = act.now;
    act.commit().await?;
    let organisation = by.scope.organisation().0;
    let (mut components, mut facts, mut uses) = (Vec::new(), Vec::new(), Vec::new());
    let mut known: BTreeMap<Identity, Uuid> = BTreeMap::new();
    for (place, used) in read.uses {
        let named = named_product(&used).filter(|_| used.in_use == InUse::Yes);
        let products = match named {
            None => vec![None],
            Some(cell) if settings.separators.is_empty() => vec![Some(cell.to_owned())],
            Some(cell) => split(cell, &settings.separators).into_iter().map(Some).collect(),
        };
        for product in products {
            let component = product.as_ref().map(|product| {
                let identity = Identity::of(&PRODUCTS, Some(product));
                *known.entry(identity.clone()).or_insert_with(|| {
                    let component: ComponentId = platform.clock.id();
                    let name = product.split_whitespace().collect::<Vec<_>>().join(" ");
                    let said: String = name.chars().take(MAX_VALUE).collect();
                    let cell = Source::Import { import: id, list: import.file_name.clone(), cell: place.clone() };
                    let table = Source::Catalogue { entry: PRODUCT_TABLE.to_owned(), url: None };
                    let told = [
                        ("name", Some(said.as_str()), &cell),
                        ("product", Some(said.as_str()), &cell),
                        ("vendor", identity.vendor.as_deref(), &table),
                    ];
                    let of_entry: Vec<Fact> = told
                        .into_iter()
                        .filter_map(|(field, text, source)| Some((Statement::new(field, text?).ok()?, source)))
                        .map(|(said, source)| Fact {
                            id: platform.clock.id(),
                            of_use: None,
                            said,
                            taken_back: false,
                            last_seen: import.created_at.date(),
                            source: source.clone(),
                            recorded_at: now,
                            recorded_by: register::by(by.actor),
                        })
                        .collect();
                    let mut row = component::Model {
                        id: component.0,
                        organisation_id: organisation,
                        vendor_id: None,
                        vendor_name: None,
                        import_id: Some(id.0),
                        name: said,
                        kind: "unknown".to_owned(),
                        status: "proposed".to_owned(),
                        fields: json!({}),
                        open: 0,
                        withdrawn: false,
                        revision: 1,
                        visible: false,
                        created_at: now,
                        changed_at: now,
                    };
                    register::show(&mut row, &settle(&of_entry, &[], &[]));
                    components.push(row.into_active_model());
                    facts.extend(of_entry.into_iter().map(|fact| (component, fact)));
                    component.0
                })
            });
            uses.push(ai_use::ActiveModel {
                id: Set(platform.clock.id()),
                organisation_id: Set(organisation),
                component_id: Set(component),
                import_id: Set(Some(id.0)),
                place: Set(place.clone()),
                unit: Set(used.unit.clone().unwrap_or_default()),
                use_case: Set(used.use_case.clone()),
                in_use: Set(in_use_name(used.in_use).to_owned()),
                product: Set(product.or_else(|| used.product_cell.clone())),
                users: Set(used.users.clone()),
                status: Set("proposed".to_owned()),
                tier: Set(None),
                classification: Set(None),
                fields: Set(json!({})),
                revision: Set(1),
                visible: Set(false),
            });
        }
    }
    for rows in in_batches(components) {
        let act = Act::begin(platform).await?;
        repo::register::add(act.tx(), by.scope, rows).await?;
        act.commit().await?;
    }
    for rows in in_batches(facts) {
        let act = Act::begin(platform).await?;
        repo::register::add_facts(act.tx(), by.scope, rows).await?;
        act.commit().await?;
    }
    for rows in in_batches(uses) {
        let act = Act::begin(platform).await?;
        repo::register::add_uses(act.tx(), by.scope, rows).await?;
        act.commit().await?;
    }
    Ok(())
}

/// The product cell of a row, where it names a product: "Various", "N/A" and the like are kept with the use and make no
/// component.
fn named_product(used: &Use) -> Option<&str> {
    used.product_cell.as_deref().filter(|cell| Naming::of(cell) == Naming::Named)
}

fn in_batches<T>(rows: Vec<T>) -> impl Iterator<Item = Vec<T>> {
    let mut rows = rows.into_iter();
    std::iter::from_fn(move || Some(rows.by_ref().take(BATCH).collect::<Vec<_>>()).filter(|batch| !batch.is_empty()))
}

fn in_use_name(in_use: InUse) -> &'static str {
    match in_use {
        InUse::Yes => "yes",
        InUse::No => "no",
        InUse::NotStated => "not_stated",
    }
}

/// Takes an applied register back: everything that it brought is hidden again.
///
/// # Errors
/// [`AppError::NotNow`] when it was not applied.
pub async fn undo(platform: &Platform, by: &Buyer, id: ImportId) -> Result<()> {
    let mut act = Act::begin(platform).await?;
    let import = repo::imports::hold(act.tx(), &by.scope, id).await?.ok_or(AppError::NotFound)?;
    if import.kind != "register" {
        return Err(AppError::NotFound);
    }
    if import.state != "applied" {
        return Err(AppError::NotNow("not_applied"));
    }
    let components = repo::register::show_import(act.tx(), by.scope, id, false).await?;
    let mut row = import.into_active_model();
    row.state = Set("undone".to_owned());
    row.undone_at = Set(Some(act.now));
    repo::imports::update(act.tx(), &by.scope, row).await?;
    act.record(&by.scope, by.actor, "register_import.undone", ("import", id.0), &Value::Null).await?;
    index::enqueue(&mut act, &components).await?;
    act.commit().await
}
