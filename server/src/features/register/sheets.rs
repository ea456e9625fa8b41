//! How the sheets of somebody's list are read, before it becomes part of the register.

use super::views::{Crumb, texts};
use crate::actions::mapping;
use crate::actions::register_mapping::{self, Outcome as Row, Table, meanings};
use crate::error::{AppError, Result};
use crate::repo;
use crate::web::actor::{Caller, May, may};
use crate::web::fields::Fields;
use crate::web::mapping::{self as screen, Mapping, Outcome, Screen, Understood, Wish};
use crate::web::path::Id;
use crate::web::render::{Renderer, View};
use crate::web::say;
use crate::web::shell::Around;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};
use axum_extra::extract::Query;
use domain::access::Permission;
use domain::ids::ImportId;
use domain::problem::Problems;
use domain::register::InUse;
use domain::sheet::{Corrections, Role, SheetReport};
use entity::import;
use serde::Serialize;
use tower_sessions::Session;

/// What a sheet of a list can be for.
const ROLES: [Role; 2] = [Role::Register, Role::Unknown];

/// The page.
#[derive(Clone, Debug, Default, Serialize)]
pub(super) struct SheetsPage {
    crumbs: Vec<Crumb>,
    file_name: String,
    /// What it would bring.
    preview_href: String,
    /// No sheet says what AI is used for.
    nothing: bool,
    mapping: Mapping,
}

impl View for SheetsPage {
    const TEMPLATE: &'static str = "pages/register/sheets";

    fn samples() -> Vec<Self> {
        let page = |text: &str, mapping: Mapping| Self {
            crumbs: Vec::new(),
            file_name: text.into(),
            preview_href: "/register/imports/1".into(),
            nothing: mapping.editable,
            mapping,
        };
        let filled = texts();
        let filled = filled
            .iter()
            .flat_map(|text| [page(text, Mapping::sample(text)), page(text, Mapping::locked_sample(text))]);
        filled.chain([Self::default()]).collect()
    }
}

pub(super) async fn show(
    renderer: Renderer,
    around: Around,
    may: May<may::Read>,
    Id(id): Id<ImportId>,
    Query(wish): Query<Wish>,
) -> Result<Html<String>> {
    page(&renderer, &around, &may, id, wish, None).await
}

async fn import(renderer: &Renderer, caller: &Caller, id: ImportId) -> Result<import::Model> {
    let import = repo::imports::get(renderer.platform.db.read(), &caller.scope(), id).await?;
    import.filter(|import| import.kind == "register").ok_or(AppError::NotFound)
}

async fn page(
    renderer: &Renderer,
    around: &Around,
    caller: &Caller,
    id: ImportId,
    wish: Wish,
    refused: Option<(Corrections, Problems)>,
) -> Result<Html<String>> {
    let looked = mapping::look(&renderer.platform, import(renderer, caller, id).await?).await?;
    let table = register_mapping::table(&looked);
    let key = match looked.import.state.as_str() {
        _ if !caller.may(Permission::EditRegister) => Some("read_only"),
        "preview" => None,
        _ => Some("applied"),
    };
    let position = looked.inspection.sheets.iter().position(|sheet| sheet.name == table.sheet);
    let screen = Screen {
        renderer,
        looked: &looked,
        address: format!("/register/imports/{id}/sheets"),
        wish: Wish { sheet: wish.sheet.or(position.map(|at| at + 1)), ..wish },
        meanings: meanings(),
        wording: &["register.column", "register.field"],
        roles: &ROLES,
        locked: key.map(|key| renderer.text(&format!("register.sheets.{key}"), &[])),
        refused,
    };
    let view = SheetsPage {
        crumbs: vec![
            Crumb { href: "/register".to_owned(), text: renderer.text("register.title", &[]) },
            Crumb { href: "/register/import".to_owned(), text: renderer.text("register.import.title", &[]) },
            Crumb { href: format!("/register/imports/{id}"), text: looked.import.file_name.clone() },
        ],
        file_name: looked.import.file_name.clone(),
        preview_href: format!("/register/imports/{id}"),
        nothing: table.sheet.is_empty(),
        mapping: screen.view(&|report| understood(renderer, report, &table)),
    };
    renderer.page(&renderer.desk(around, caller, renderer.text("register.sheets.title", &[])), &view)
}

/// What became of the sheet that was read; of the others only where their headings stand.
fn understood(renderer: &Renderer, report: &SheetReport, table: &Table) -> Understood {
    let mut found = Understood { header_rows: report.header_rows.clone(), ..Understood::default() };
    if report.name != table.sheet {
        return found;
    }
    let row = |(number, row): (&u32, &Row)| {
        let (kind, mark, reason) = match row {
            Row::Use(InUse::Yes) => ("question", "in_use", None),
            Row::Use(InUse::No) => ("unused", "not_in_use", None),
            Row::Use(InUse::NotStated) => ("unused", "not_stated", None),
            Row::Withheld => ("unused", "withheld", None),
            Row::Invalid(problem) => {
                let words = say::problem(&renderer.platform.wording, problem);
                ("invalid", "invalid", Some(words))
            }
        };
        (*number, Outcome { kind, mark: renderer.text(&format!("register.sheets.row.{mark}"), &[]), reason })
    };
    found.rows = table.rows.iter().map(row).collect();
    for number in &table.header_rows {
        let mark = renderer.text("mapping.row.header", &[]);
        found.rows.insert(*number, Outcome { kind: "header", mark, reason: None });
    }
    found.header_rows.clone_from(&table.header_rows);
    found.columns.clone_from(&table.columns);
    found.count = table.rows.len();
    found.counts = renderer.counted("mapping.entries", i64::try_from(table.rows.len()).unwrap_or(i64::MAX));
    found
}

pub(super) async fn correct(
    renderer: Renderer,
    around: Around,
    session: Session,
    may: May<may::EditRegister>,
    Id(id): Id<ImportId>,
    fields: Fields,
) -> Result<Response> {
    let import = import(&renderer, &may, id).await?;
    let by = may.buyer();
    let address = format!("/register/imports/{id}/sheets");
    let correct = |corrections| register_mapping::correct(&renderer.platform, &by, id, corrections);
    match screen::posted((&renderer, &session), &address, &fields, &import, correct).await? {
        Ok(back) => Ok(back.into_response()),
        Err(refused) => {
            let said = (refused.corrections, refused.problems);
            let page = page(&renderer, &around, &may, id, refused.wish, Some(said));
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page.await?).into_response())
        }
    }
}
