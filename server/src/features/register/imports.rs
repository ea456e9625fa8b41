//! Somebody's list of AI uses: uploading it, looking at what it would bring, applying it and taking it back.

use super::import_views::{
    ColumnView, ImportPage, ImportRow, ImportsPage, InvalidView, Proposed, ProposedExample, VendorCount,
};
use super::views::Crumb;
use super::{versions, words};
use crate::actions::Progress;
use crate::actions::register_import::{self, Settings, Summary};
use crate::error::{AppError, Result};
use crate::repo;
use crate::web::actor::{Caller, May, may};
use crate::web::fields::Fields;
use crate::web::form::{Posted, refusal};
use crate::web::moment::Moment;
use crate::web::paging::last_before_more;
use crate::web::path::Id;
use crate::web::render::Renderer;
use crate::web::shell::{Around, Shell, tell};
use crate::web::upload::Upload;
use crate::web::{once, say};
use axum::extract::Multipart;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum_extra::extract::Query;
use domain::access::Permission;
use domain::ids::ImportId;
use domain::problem::{Problem, Problems};
use domain::register::{LIST_COLUMNS, Separator, UseColumn};
use entity::{import, import_row};
use serde_json::Value;
use tower_sessions::Session;
use uuid::Uuid;

/// Imports on a page.
const LISTED: u64 = 100;
/// Rows that cannot be read, shown on a preview.
const INVALID_SHOWN: u64 = 200;
/// Places to look at, shown on a preview.
const REMARKS_SHOWN: u64 = 1_000;
/// Vendors shown on a preview.
const VENDORS_SHOWN: usize = 12;

pub(super) async fn list(
    may: May<may::Read>,
    renderer: Renderer,
    around: Around,
    Query(query): Query<Vec<(String, String)>>,
) -> Result<Html<String>> {
    let after = Fields(query).one("after").parse().ok();
    list_page(&may, &renderer, &around, &Posted::default(), after).await
}

async fn list_page(
    caller: &Caller,
    renderer: &Renderer,
    around: &Around,
    posted: &Posted,
    after: Option<Uuid>,
) -> Result<Html<String>> {
    let platform = &renderer.platform;
    let mut rows = repo::imports::of_register(platform.db.read(), &caller.scope(), after, LISTED + 1).await?;
    let next = last_before_more(&mut rows, LISTED).map(|last| format!("/register/import?after={}", last.id));
    let megabytes = platform.config.limits.workbook_bytes >> 20;
    let mut field = posted.field("file", renderer.text("register.import.file", &[]));
    field.hint = Some(renderer.text("register.import.file_hint", &[("most", &megabytes)]));
    field.accept = Some(".xlsx,.xlsm,.xlsb,.xls,.ods,.csv,.tsv");
    field.required = true;
    let view = ImportsPage {
        crumbs: vec![Crumb { href: "/register".to_owned(), text: renderer.text("register.title", &[]) }],
        may_import: caller.may(Permission::EditRegister),
        errors: posted.errors(),
        file: field,
        once: platform.clock.id::<Uuid>().to_string(),
        next,
        rows: rows.iter().map(|row| import_row(renderer, row)).collect(),
    };
    let role = renderer.roles(&caller.roles);
    renderer.page(&Shell::desk(around, caller, role, renderer.text("register.import.title", &[])), &view)
}

fn import_row(renderer: &Renderer, row: &import::Model) -> ImportRow {
    let rows = row.summary.get("rows").and_then(Value::as_u64).unwrap_or(0);
    ImportRow {
        href: format!("/register/imports/{}", row.id),
        file_name: row.file_name.clone(),
        rows,
        state: renderer.text(&format!("register.import.state.{}", row.state), &[]),
        kind: state_kind(&row.state),
        moment: Moment::from(row.created_at),
    }
}

fn state_kind(state: &str) -> &'static str {
    match state {
        "applied" => "ok",
        "undone" => "calm",
        _ => "info",
    }
}

pub(super) async fn upload(
    may: May<may::EditRegister>,
    renderer: Renderer,
    around: Around,
    multipart: Multipart,
) -> Result<Response> {
    let platform = &renderer.platform;
    let mut upload = Upload::read(multipart, platform.config.limits.workbook_bytes).await?;
    let by = may.buyer_once(once::of_form(upload.fields.one("once")));
    let outcome = match upload.file("file") {
        Ok(file) => register_import::preview(platform, &by, &file.name, file.bytes).await,
        Err(error) => Err(error),
    };
    match refusal(outcome)? {
        Ok(id) => {
            let import = repo::imports::get(platform.db.read(), &may.scope(), id).await?.ok_or(AppError::NotFound)?;
            let summary: Summary = serde_json::from_value(import.summary)?;
            let page = if summary.sheet.is_empty() { "/sheets" } else { "" };
            Ok(Redirect::to(&format!("/register/imports/{id}{page}")).into_response())
        }
        Err(problems) => {
            // A refusal names a cell or the whole file; in this form all of them are the file's.
            let at_file = |problem: Problem| {
                let place = if problem.at.is_empty() {
                    "file".to_owned()
                } else {
                    format!("file:{}", problem.at.trim_start_matches("file"))
                };
                problem.moved_to(place.trim_end_matches(':').to_owned())
            };
            let problems = Problems(problems.0.into_iter().map(at_file).collect());
            let posted = Posted::refused(&renderer, Fields::default(), &problems);
            let page = list_page(&may, &renderer, &around, &posted, None).await?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
    }
}

pub(super) async fn preview(
    may: May<may::Read>,
    renderer: Renderer,
    around: Around,
    Id(id): Id<ImportId>,
    Query(query): Query<Vec<(String, String)>>,
) -> Result<Html<String>> {
    let (db, scope) = (renderer.platform.db.read(), may.scope());
    let row =
        repo::imports::get(db, &scope, id).await?.filter(|row| row.kind == "register").ok_or(AppError::NotFound)?;
    let summary: Summary = serde_json::from_value(row.summary.clone())?;
    let settings: Settings = serde_json::from_value(row.settings.clone())?;
    let mut rows = Vec::new();
    for verdict in ["invalid", "skipped", "ask"] {
        let most = if verdict == "ask" { REMARKS_SHOWN } else { INVALID_SHOWN };
        rows.extend(repo::imports::some_rows(db, &scope, id, &[verdict], None, most).await?);
    }
    let by = match row.member_id {
        Some(member) => repo::people::member(db, scope, member.into()).await?.map(|member| member.name),
        None => None,
    };
    let mut vendors: Vec<(String, usize)> = summary.vendors.into_iter().collect();
    vendors.sort_by(|(name, count), (other, others)| others.cmp(count).then_with(|| name.cmp(other)));
    let unknown = vendors.iter().find(|(name, _)| name == "unknown").map_or(0, |(_, count)| *count);
    vendors.retain(|(name, _)| name != "unknown");
    let separator = |separator: Separator| -> String {
        serde_json::to_value(separator).ok().and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
    };
    let proposals = summary.proposals.iter().map(|found| Proposed {
        key: separator(found.separator),
        text: renderer.text(&format!("register.separator.{}", separator(found.separator)), &[]),
        cells: renderer.counted("register.import.cells", i64::try_from(found.cells).unwrap_or(i64::MAX)),
        chosen: settings.separators.contains(&found.separator),
        examples: found
            .examples
            .iter()
            .map(|example| ProposedExample { cell: example.cell.clone(), parts: example.parts.clone() })
            .collect(),
    });
    let always = UseColumn::NAMES.into_iter().chain(["id"]);
    let fields: Vec<&str> =
        LIST_COLUMNS.iter().copied().filter(|meaning| summary.columns.contains_key(*meaning)).collect();
    let mut meanings: Vec<&str> = always.collect();
    meanings.extend(fields.into_iter().filter(|meaning| !UseColumn::NAMES.contains(meaning) && *meaning != "id"));
    let columns = meanings.into_iter().map(|meaning| ColumnView {
        meaning: column_word(&renderer, meaning),
        heading: summary.columns.get(meaning).cloned(),
        without: (meaning == "in_use").then(|| renderer.text("register.import.all_listed", &[])),
    });
    let wording = &renderer.platform.wording;
    let of = |verdict: &str| -> Vec<InvalidView> {
        let told = rows.iter().filter(|row: &&import_row::Model| row.verdict == verdict);
        let shown = told.map(|row| {
            let problem = row.problem.clone().and_then(|problem| serde_json::from_value::<Problem>(problem).ok());
            InvalidView {
                place: row.place.clone(),
                label: row.label.clone(),
                href: problem.as_ref().and_then(|problem| Some(format!("/register/{}", problem.with.get("entry")?))),
                problem: problem.map(|problem| say::problem(wording, &problem)).unwrap_or_default(),
            }
        });
        shown.collect()
    };
    let (invalid, withheld, remarks) = (of("invalid"), of("skipped"), of("ask"));
    let remarked: usize = summary.remarks.values().sum();
    let version = versions::version(&renderer, scope, &row, &Fields(query)).await?;
    let which = versions::which(&renderer, scope, &row).await?;
    let is_taken = row.state == "preview"
        && version.is_none()
        && !repo::imports::of_document(db, scope, row.document.as_deref().unwrap_or_default(), 1).await?.is_empty();
    let under_way = Progress::of(&row)
        .map(|Progress { done, of }| renderer.text("register.import.under_way", &[("done", &done), ("of", &of)]));
    let view = ImportPage {
        under_way,
        failed: words::failed(&renderer, &row),
        crumbs: vec![
            Crumb { href: "/register".to_owned(), text: renderer.text("register.title", &[]) },
            Crumb { href: "/register/import".to_owned(), text: renderer.text("register.import.title", &[]) },
        ],
        href: format!("/register/imports/{id}"),
        file_name: row.file_name.clone(),
        sha256: row.sha256.clone(),
        state: renderer.text(&format!("register.import.state.{}", row.state), &[]),
        kind: state_kind(&row.state),
        is_preview: row.state == "preview",
        is_applied: row.state == "applied",
        moment: Moment::from(row.created_at),
        applied: row.applied_at.map(Moment::from),
        undone: row.undone_at.map(Moment::from),
        by: by.unwrap_or_else(|| renderer.text("register.import.by_program", &[])),
        may_import: may.may(Permission::EditRegister),
        sheet: summary.sheet,
        columns: columns.collect(),
        rows: summary.rows,
        in_use: summary.in_use,
        not_in_use: summary.not_in_use,
        not_stated: summary.not_stated,
        invalid_count: summary.invalid,
        products: summary.products,
        unnamed: summary.unnamed,
        vendors_more: vendors.len().saturating_sub(VENDORS_SHOWN),
        vendors: vendors.into_iter().take(VENDORS_SHOWN).map(|(name, count)| VendorCount { name, count }).collect(),
        vendors_unknown: unknown,
        applied_separators: settings
            .separators
            .iter()
            .map(|found| renderer.text(&format!("register.separator.{}", separator(*found)), &[]))
            .collect::<Vec<_>>()
            .join(", "),
        proposals: proposals.collect(),
        invalid_more: summary.invalid.saturating_sub(invalid.len()),
        invalid,
        withheld_count: summary.withheld,
        withheld_more: summary.withheld.saturating_sub(withheld.len()),
        withheld,
        remarks_more: remarked.saturating_sub(remarks.len()),
        remarks_count: remarked,
        remarks,
        unread: summary.unread,
        is_taken,
        version,
        which,
    };
    let role = renderer.roles(&may.roles);
    renderer.page(&Shell::desk(&around, &may, role, row.file_name), &view)
}

/// What a column says, in words.
fn column_word(renderer: &Renderer, meaning: &str) -> String {
    let own = format!("register.column.{meaning}");
    if renderer.platform.wording.knows(&own) { renderer.text(&own, &[]) } else { words::field(renderer, meaning) }
}

pub(super) async fn apply(
    may: May<may::EditRegister>,
    renderer: Renderer,
    session: Session,
    Id(id): Id<ImportId>,
    fields: Fields,
) -> Result<Redirect> {
    let separators = versions::separators(&fields)?;
    let done = register_import::begin_apply(&renderer.platform, &may.buyer(), id, Settings { separators }).await?;
    tell_of(&session, &renderer, done, "register.import.applied_now").await?;
    Ok(Redirect::to(&format!("/register/imports/{id}")))
}

pub(super) async fn undo(
    may: May<may::EditRegister>,
    renderer: Renderer,
    session: Session,
    Id(id): Id<ImportId>,
) -> Result<Redirect> {
    let done = register_import::begin_undo(&renderer.platform, &may.buyer(), id).await?;
    tell_of(&session, &renderer, done, "register.import.undone_now").await?;
    Ok(Redirect::to(&format!("/register/imports/{id}")))
}

/// Says that it is done, or that it goes on.
async fn tell_of(session: &Session, renderer: &Renderer, done: Option<()>, key: &str) -> Result<()> {
    match done {
        Some(()) => tell(session, "success", renderer.text(key, &[])).await,
        None => tell(session, "info", renderer.text("register.import.goes_on", &[])).await,
    }
}
