//! The statement of applicability of a vendor: the 38 controls of Annex A, and what is known of each; as a page and as a
//! workbook.

use super::applicability_views::{ApplicabilityPage, ControlRow, Source, WordCount};
use super::views::Crumb;
use crate::actions::audit::disclosed;
use crate::actions::content::CONTROLS;
use crate::actions::judging::Judged;
use crate::error::{AppError, Result};
use crate::repo;
use crate::web::actor::{Caller, May, may};
use crate::web::attachment::attachment;
use crate::web::path::Id;
use crate::web::render::Renderer;
use crate::web::shell::Around;
use axum::response::{Html, Response};
use axum_extra::extract::Query;
use domain::answer::iso_date;
use domain::ids::{AssessmentId, EngagementId, VendorId};
use domain::judging::applicability::{Column, Row, statement};
use entity::{assessment, vendor};
use rust_xlsxwriter::{Format, Workbook};
use serde::Deserialize;
use serde_json::json;
use std::collections::BTreeMap;
use uuid::Uuid;

/// Assessments of a vendor that are offered at most.
const MOST: u64 = 1_000;
/// What a workbook is.
const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// From which assessment.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Asked {
    assessment: Option<Uuid>,
}

/// A statement with what it was made from.
struct Stated {
    vendor: vendor::Model,
    sources: Vec<(assessment::Model, String)>,
    chosen: Option<Uuid>,
    basis: String,
    rows: Vec<Row>,
}

async fn stated(renderer: &Renderer, caller: &Caller, id: VendorId, asked: &Asked) -> Result<Stated> {
    let platform = &renderer.platform;
    let (db, scope) = (platform.db.read(), caller.scope());
    let vendor = repo::vendors::get(db, scope, id).await?.ok_or(AppError::NotFound)?;
    let filter = repo::assessments::Filter { vendor: Some(id), ..Default::default() };
    let mut submitted = repo::assessments::page(db, scope, filter, None, MOST).await?;
    submitted.retain(|row| row.submitted_at.is_some());
    submitted.sort_by_key(|row| std::cmp::Reverse(row.submitted_at));
    let engagements: Vec<EngagementId> = submitted.iter().map(|row| EngagementId(row.engagement_id)).collect();
    let engagements = repo::vendors::engagements_by_id(db, scope, &engagements).await?;
    let chosen = match asked.assessment {
        Some(wanted) => Some(submitted.iter().find(|row| row.id == wanted).ok_or(AppError::NotFound)?.id),
        None => submitted.first().map(|row| row.id),
    };
    let (mut rows, mut basis) = (Vec::new(), String::new());
    if let Some(chosen) = chosen {
        let today = platform.clock.today();
        let judged = Judged::read(platform, db, scope, AssessmentId(chosen)).await?;
        let case = judged.case(today);
        let controls = CONTROLS.controls.iter().map(|topic| topic.id.as_str());
        rows = statement(controls, &case, &judged.parsed, &case.input(&judged.parsed));
        basis = renderer.text(
            "applicability.basis",
            &[
                ("title", &judged.opened.version.document.title),
                ("engagement", &judged.engagement.name),
                ("day", &iso_date::write(today)),
            ],
        );
    }
    let sources = submitted.into_iter().map(|row| {
        let name = engagements.get(&row.engagement_id).map(|row| row.name.clone()).unwrap_or_default();
        let when = row.submitted_at.map(|at| iso_date::write(at.date())).unwrap_or_default();
        (row, format!("{name}, {when}"))
    });
    Ok(Stated { vendor, sources: sources.collect(), chosen, basis, rows })
}

fn word(renderer: &Renderer, column: Column) -> String {
    renderer.text(&format!("applicability.word.{}", column.name()), &[])
}

/// How a word is coloured.
fn kind(column: Column) -> &'static str {
    match column {
        Column::NotAsked => "dashed",
        Column::NotAnswered => "warn",
        Column::NotInPlace => "danger",
        Column::Claimed | Column::Excluded => "calm",
        Column::Evidenced => "info",
        Column::Verified => "ok",
    }
}

/// The columns that questions stand in: all but "not asked".
fn columns() -> impl Iterator<Item = Column> {
    Column::ALL.into_iter().filter(|column| *column != Column::NotAsked)
}

/// What a row says beside its control and topic.
fn cells(renderer: &Renderer, row: &Row) -> (Vec<String>, Vec<String>) {
    let count = |column: Column| row.questions.get(&column).map_or("–".to_owned(), |known| known.len().to_string());
    let exclusion = |known: &domain::judging::applicability::Exclusion| {
        let key = match (known.is_accepted, known.is_refused) {
            (true, _) => "applicability.excluded_agreed",
            (_, true) => "applicability.excluded_refused",
            _ => "applicability.excluded",
        };
        renderer.text(key, &[("question", &known.question), ("reason", &known.reason)])
    };
    (columns().map(count).collect(), row.exclusions.iter().map(exclusion).collect())
}

fn topic(control: &str) -> String {
    CONTROLS.controls.iter().find(|topic| topic.id == control).map(|topic| topic.topic.clone()).unwrap_or_default()
}

pub(super) async fn page(
    caller: May<may::ReadOwn>,
    renderer: Renderer,
    around: Around,
    Id(id): Id<VendorId>,
    Query(asked): Query<Asked>,
) -> Result<Html<String>> {
    let stated = stated(&renderer, &caller, id, &asked).await?;
    let mut tally: BTreeMap<Column, usize> = BTreeMap::new();
    for row in &stated.rows {
        *tally.entry(row.column).or_default() += 1;
    }
    let row = |row: &Row| {
        let (counts, exclusions) = cells(&renderer, row);
        ControlRow {
            control: row.control.clone(),
            topic: topic(&row.control),
            word: word(&renderer, row.column),
            kind: kind(row.column),
            counts,
            exclusions,
        }
    };
    let view = ApplicabilityPage {
        crumbs: vec![
            Crumb { href: "/vendors".into(), text: renderer.text("vendors.title", &[]) },
            Crumb { href: format!("/vendors/{id}"), text: stated.vendor.name.clone() },
        ],
        vendor: stated.vendor.name.clone(),
        action: format!("/vendors/{id}/applicability"),
        sources: stated
            .sources
            .iter()
            .map(|(row, text)| Source {
                id: row.id.to_string(),
                text: text.clone(),
                chosen: Some(row.id) == stated.chosen,
            })
            .collect(),
        basis: stated.basis,
        export_href: stated.chosen.map(|chosen| format!("/vendors/{id}/applicability/export?assessment={chosen}")),
        columns: columns().map(|column| word(&renderer, column)).collect(),
        tally: tally.into_iter().map(|(column, count)| WordCount { word: word(&renderer, column), count }).collect(),
        rows: stated.rows.iter().map(row).collect(),
    };
    let title = renderer.text("applicability.title", &[("vendor", &stated.vendor.name)]);
    renderer.page(&renderer.desk(&around, &caller, title), &view)
}

pub(super) async fn export(
    caller: May<may::ReadOwn>,
    renderer: Renderer,
    Id(id): Id<VendorId>,
    Query(asked): Query<Asked>,
) -> Result<Response> {
    let stated = stated(&renderer, &caller, id, &asked).await?;
    if stated.chosen.is_none() {
        return Err(AppError::NotFound);
    }
    let bytes = workbook(&renderer, &stated).map_err(AppError::internal)?;
    let details = json!({ "assessment": stated.chosen });
    let subject = ("vendor", id.0);
    disclosed(&renderer.platform, &caller.scope(), caller.actor, "applicability.exported", subject, &details).await?;
    let day = iso_date::write(renderer.platform.clock.today());
    Ok(attachment(&format!("applicability-{day}.xlsx"), XLSX, bytes))
}

fn workbook(renderer: &Renderer, stated: &Stated) -> Result<Vec<u8>, rust_xlsxwriter::XlsxError> {
    let (bold, wrap) = (Format::new().set_bold(), Format::new().set_text_wrap());
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    sheet.set_name(renderer.text("applicability.sheet", &[]))?;
    sheet.write_string(0, 0, renderer.text("applicability.title", &[("vendor", &stated.vendor.name)]))?;
    sheet.write_string(1, 0, &stated.basis)?;
    let text = |key: &str| renderer.text(key, &[]);
    let mut headings = vec![text("applicability.control"), text("applicability.topic"), text("applicability.word")];
    headings.extend(columns().map(|column| word(renderer, column)));
    headings.push(text("applicability.exclusions"));
    for (column, heading) in (0..).zip(&headings) {
        sheet.write_string_with_format(3, column, heading, &bold)?;
    }
    for (n, row) in (4..).zip(&stated.rows) {
        let (counts, exclusions) = cells(renderer, row);
        sheet.write_string(n, 0, &row.control)?;
        sheet.write_string_with_format(n, 1, topic(&row.control), &wrap)?;
        sheet.write_string(n, 2, word(renderer, row.column))?;
        for (column, count) in (3..).zip(&counts) {
            match count.parse::<u32>() {
                Ok(count) => sheet.write_number(n, column, count)?,
                Err(_) => sheet.write_blank(n, column, &wrap)?,
            };
        }
        sheet.write_string_with_format(n, 9, exclusions.join("\n"), &wrap)?;
    }
    sheet.set_column_width(1, 50)?;
    sheet.set_column_width(9, 60)?;
    sheet.set_freeze_panes(4, 1)?;
    workbook.save_to_buffer()
}
