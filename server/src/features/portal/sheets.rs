//! How we read an uploaded workbook: its sheets as they look, what was found in them, and a form in which the person who
//! knows the file says it better.

use super::views::Crumb;
use super::visit::{Visit, base};
use crate::actions::mapping::{self, Looked};
use crate::actions::{Vendor, answers_mapping};
use crate::error::{AppError, Result};
use crate::platform::Platform;
use crate::repo::{self, VendorScope};
use crate::web::actor::may;
use crate::web::fields::Fields;
use crate::web::mapping::{self as screen, Mapping, ROLES, Screen, Wish};
use crate::web::path::Pair;
use crate::web::portal::Responder;
use crate::web::render::{Renderer, View};
use crate::web::shell::Around;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};
use axum_extra::extract::Query;
use domain::ids::{AssessmentId, ImportId};
use domain::problem::Problems;
use domain::sheet::{Corrections, Meanings};
use serde::Serialize;
use tower_sessions::Session;

/// The page.
#[derive(Clone, Debug, Default, Serialize)]
pub(super) struct SheetsPage {
    crumbs: Vec<Crumb>,
    file_name: String,
    /// The rows that came of the sheets.
    rows_href: String,
    /// Why there are none that answer anything; none where there are.
    nothing: Option<String>,
    mapping: Mapping,
}

impl View for SheetsPage {
    const TEMPLATE: &'static str = "pages/portal/sheets";

    fn samples() -> Vec<Self> {
        let page = |text: &str, mapping: Mapping| Self {
            crumbs: vec![Crumb { href: "/portal/1/imports".into(), text: text.into() }],
            file_name: text.into(),
            rows_href: "/portal/1/imports/2".into(),
            nothing: mapping.editable.then(|| text.into()),
            mapping,
        };
        let texts =
            ["Ordinary".to_owned(), "供應商問卷，名稱非常長".repeat(30), "\"><script>alert(1)</script>".to_owned()];
        let filled =
            texts.iter().flat_map(|text| [page(text, Mapping::sample(text)), page(text, Mapping::locked_sample(text))]);
        filled.chain([Self::default()]).collect()
    }
}

pub(super) async fn show(
    visit: Visit<may::Answer>,
    Pair(_, id): Pair<AssessmentId, ImportId>,
    Query(wish): Query<Wish>,
) -> Result<Html<String>> {
    page(&visit, id, wish, None).await
}

async fn page(
    visit: &Visit<may::Answer>,
    id: ImportId,
    wish: Wish,
    refused: Option<(Corrections, Problems)>,
) -> Result<Html<String>> {
    let platform = &visit.renderer.platform;
    let import = repo::imports::get(platform.db.read(), &visit.scope, id).await?.ok_or(AppError::NotFound)?;
    let looked = mapping::look(platform, import).await?;
    let screen = Screen {
        renderer: &visit.renderer,
        looked: &looked,
        address: format!("{}/imports/{id}/sheets", visit.base()),
        wish,
        meanings: Meanings::QUESTIONNAIRE,
        wording: &["mapping.column"],
        roles: &ROLES,
        locked: locked(visit, &looked).map(|key| visit.text(&format!("portal.sheets.{key}"), &[])),
        refused,
    };
    let view = SheetsPage {
        crumbs: vec![
            Crumb { href: visit.base(), text: visit.text("portal.overview.crumb", &[]) },
            Crumb { href: format!("{}/imports", visit.base()), text: visit.text("portal.imports.crumb", &[]) },
            Crumb { href: format!("{}/imports/{id}", visit.base()), text: looked.import.file_name.clone() },
        ],
        file_name: looked.import.file_name.clone(),
        rows_href: format!("{}/imports/{id}", visit.base()),
        nothing: nothing(visit, &looked),
        mapping: screen.view(&|report| screen::of_questions(&visit.renderer, report)),
    };
    visit.page(&visit.text("portal.sheets.title", &[]), &view)
}

/// Where an upload leads: to its rows, or to its sheets where none of them answers anything.
pub(super) async fn after_upload(platform: &Platform, scope: VendorScope, id: ImportId) -> Result<String> {
    let import = repo::imports::get(platform.db.read(), &scope, id).await?.ok_or(AppError::NotFound)?;
    let page = if answers_mapping::is_recognised(&import) { "" } else { "/sheets" };
    Ok(format!("{}/imports/{id}{page}", base(scope)))
}

/// Why nothing can be said of a file.
fn locked(visit: &Visit<may::Answer>, looked: &Looked) -> Option<&'static str> {
    match looked.import.state.as_str() {
        _ if looked.mapped.is_none() => Some("ours"),
        "preview" if visit.opened.state.waits_for_vendor() => None,
        "preview" => Some("closed"),
        _ => Some("applied"),
    }
}

/// Why no row answers anything.
fn nothing(visit: &Visit<may::Answer>, looked: &Looked) -> Option<String> {
    if answers_mapping::is_recognised(&looked.import) {
        return None;
    }
    let questions = looked.inspection.totals.questions;
    Some(if questions == 0 {
        visit.text("portal.sheets.no_questions", &[])
    } else {
        visit.renderer.counted("portal.sheets.none_matches", i64::try_from(questions).unwrap_or(i64::MAX))
    })
}

pub(super) async fn correct(
    renderer: Renderer,
    around: Around,
    session: Session,
    Responder { scope, .. }: Responder<may::Answer>,
    Pair(_, id): Pair<AssessmentId, ImportId>,
    fields: Fields,
) -> Result<Response> {
    let import = repo::imports::get(renderer.platform.db.read(), &scope, id).await?.ok_or(AppError::NotFound)?;
    let by = Vendor::from(scope);
    let address = format!("{}/imports/{id}/sheets", base(scope));
    let correct = |corrections| answers_mapping::correct(&renderer.platform, &by, id, corrections);
    match screen::posted((&renderer, &session), &address, &fields, &import, correct).await? {
        Ok(back) => Ok(back.into_response()),
        Err(refused) => {
            let visit = Visit::<may::Answer>::begin(renderer, around, scope).await?;
            let page = page(&visit, id, refused.wish, Some((refused.corrections, refused.problems)));
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page.await?).into_response())
        }
    }
}
