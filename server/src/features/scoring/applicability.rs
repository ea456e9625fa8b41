//! The statement of applicability of a vendor: the 38 controls of Annex A, and what is known of each; over all that it is
//! used for, or from one assessment.

use super::applicability_book::workbook;
use super::applicability_views::{ApplicabilityPage, ControlRow, Source, UseRow, WordCount, WordUses};
use super::views::Crumb;
use crate::actions::audit::disclosed;
use crate::actions::content::CONTROLS;
use crate::actions::judging::Judged;
use crate::error::{AppError, Result};
use crate::platform::Platform;
use crate::repo::{self, BuyerScope};
use crate::web::actor::{May, may};
use crate::web::attachment::attachment;
use crate::web::path::Id;
use crate::web::query::address;
use crate::web::render::Renderer;
use crate::web::shell::Around;
use axum::response::{Html, Response};
use axum_extra::extract::Query;
use domain::access::Permission;
use domain::answer::iso_date;
use domain::ids::{AssessmentId, EngagementId, VendorId};
use domain::judging::applicability::{Column, Exclusion, JoinedRow, joined, statement};
use entity::{assessment, vendor};
use serde::Deserialize;
use serde_json::json;
use std::collections::BTreeMap;
use time::Date;
use uuid::Uuid;

/// Assessments of a vendor that are offered at most, the ones submitted last.
const MOST: u64 = 1_000;
/// What a workbook is.
const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// From which assessment.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Asked {
    /// A submitted assessment; where absent or empty, the one submitted last of every open engagement with the vendor.
    #[param(value_type = Option<Uuid>)]
    assessment: Option<String>,
}

impl Asked {
    fn chosen(&self) -> Result<Option<Uuid>> {
        let given = self.assessment.as_deref().map(str::trim).filter(|given| !given.is_empty());
        given.map(|given| given.parse().map_err(|_| AppError::NotFound)).transpose()
    }
}

/// An engagement that the statement speaks of.
pub(super) struct Use {
    pub engagement: Uuid,
    pub name: String,
    pub assessment: Uuid,
    pub questionnaire: String,
    pub submitted_on: Option<Date>,
}

/// A statement with what it was made from.
pub(super) struct Stated {
    pub vendor: vendor::Model,
    pub as_of: Date,
    /// The one assessment that was asked for; none where it is over all open engagements.
    pub chosen: Option<Uuid>,
    /// What it was made from, by the name of the engagement; the uses of each row in the same order.
    pub uses: Vec<Use>,
    /// Open engagements that it says nothing of, since nothing was submitted for them.
    pub silent: Vec<(Uuid, String)>,
    pub rows: Vec<JoinedRow>,
}

/// Makes it.
pub(super) async fn stated(platform: &Platform, scope: BuyerScope, id: VendorId, asked: &Asked) -> Result<Stated> {
    let db = platform.db.read();
    let vendor = repo::vendors::get(db, scope, id).await?.ok_or(AppError::NotFound)?;
    let chosen = asked.chosen()?;
    let (mut submitted, mut silent) = (Vec::new(), Vec::new());
    match chosen {
        Some(wanted) => {
            let row = repo::assessments::get(db, &scope, AssessmentId(wanted)).await?;
            let row = row.filter(|row| row.vendor_id == id.0 && row.submitted_at.is_some());
            submitted.push(row.ok_or(AppError::NotFound)?);
        }
        None => {
            let mut newest: BTreeMap<Uuid, assessment::Model> = repo::assessments::newest_submitted(db, scope, id)
                .await?
                .into_iter()
                .map(|row| (row.engagement_id, row))
                .collect();
            let engagements = repo::vendors::engagements(db, scope, Some(id)).await?;
            let ids: Vec<EngagementId> = engagements.iter().map(|row| EngagementId(row.id)).collect();
            let ended = repo::profiles::ended(db, scope, &ids).await?;
            for engagement in engagements.into_iter().filter(|row| !ended.contains(&row.id)) {
                match newest.remove(&engagement.id) {
                    Some(row) => submitted.push(row),
                    None => silent.push((engagement.id, engagement.name)),
                }
            }
        }
    }
    let as_of = platform.clock.today();
    let (mut uses, mut statements) = (Vec::new(), Vec::new());
    for row in submitted {
        let judged = Judged::read(platform, db, scope, AssessmentId(row.id)).await?;
        let case = judged.case(as_of);
        let controls = CONTROLS.controls.iter().map(|topic| topic.id.as_str());
        statements.push(statement(controls, &case, &judged.parsed, &case.input(&judged.parsed)));
        uses.push(Use {
            engagement: judged.engagement.id,
            name: judged.engagement.name.clone(),
            assessment: row.id,
            questionnaire: judged.opened.version.document.title.clone(),
            submitted_on: row.submitted_at.map(|at| at.date()),
        });
    }
    Ok(Stated { vendor, as_of, chosen, uses, silent, rows: joined(&statements) })
}

/// The assessments that it can be made from, each with what it is called.
async fn sources(platform: &Platform, scope: BuyerScope, id: VendorId, chosen: Option<Uuid>) -> Result<Vec<Source>> {
    let db = platform.db.read();
    let submitted = repo::assessments::submitted(db, scope, id, MOST).await?;
    let engagements: Vec<EngagementId> = submitted.iter().map(|row| EngagementId(row.engagement_id)).collect();
    let engagements = repo::vendors::engagements_by_id(db, scope, &engagements).await?;
    let source = |row: assessment::Model| {
        let name = engagements.get(&row.engagement_id).map(|row| row.name.clone()).unwrap_or_default();
        let when = row.submitted_at.map(|at| iso_date::write(at.date())).unwrap_or_default();
        Source { id: row.id.to_string(), text: format!("{name}, {when}"), chosen: Some(row.id) == chosen }
    };
    Ok(submitted.into_iter().map(source).collect())
}

/// From what and for which day it is.
pub(super) fn basis(renderer: &Renderer, stated: &Stated) -> String {
    let day = iso_date::write(stated.as_of);
    match stated.uses.as_slice() {
        [] => String::new(),
        [one] => renderer
            .text("applicability.basis", &[("title", &one.questionnaire), ("engagement", &one.name), ("day", &day)]),
        several => renderer.text("applicability.basis_of_all", &[("count", &several.len()), ("day", &day)]),
    }
}

/// Which open engagements it says nothing of; empty where there is none.
pub(super) fn silence(renderer: &Renderer, stated: &Stated) -> String {
    let names: Vec<&str> = stated.silent.iter().map(|(_, name)| name.as_str()).collect();
    if names.is_empty() {
        String::new()
    } else {
        renderer.text("applicability.silent", &[("names", &names.join("; "))])
    }
}

pub(super) fn word(renderer: &Renderer, column: Column) -> String {
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
pub(super) fn columns() -> impl Iterator<Item = Column> {
    Column::ALL.into_iter().filter(|column| *column != Column::NotAsked)
}

/// By column, how many questions stand in it; a dash for none.
pub(super) fn counts(row: &JoinedRow) -> Vec<String> {
    let counts = row.counts();
    columns().map(|column| counts.get(&column).map_or("–".to_owned(), ToString::to_string)).collect()
}

/// Why questions do not apply, and whether a reviewer agreed; with the engagement where there are several.
pub(super) fn exclusions(renderer: &Renderer, stated: &Stated, row: &JoinedRow) -> Vec<String> {
    let told = |of: &Use, known: &Exclusion| {
        let key = match (known.is_accepted, known.is_refused) {
            (true, _) => "applicability.excluded_agreed",
            (_, true) => "applicability.excluded_refused",
            _ => "applicability.excluded",
        };
        let said = renderer.text(key, &[("question", &known.question), ("reason", &known.reason)]);
        if stated.uses.len() == 1 {
            return said;
        }
        renderer.text("applicability.of_engagement", &[("engagement", &of.name), ("says", &said)])
    };
    let by_use = stated.uses.iter().zip(&row.uses);
    by_use.flat_map(|(of, row)| row.exclusions.iter().map(move |known| told(of, known))).collect()
}

/// The engagements by what is known of the control in each, the weakest first and those that were not asked about it last;
/// nothing where there is one.
fn by_word(renderer: &Renderer, stated: &Stated, row: &JoinedRow) -> Vec<WordUses> {
    if stated.uses.len() < 2 {
        return Vec::new();
    }
    let mut all: BTreeMap<(bool, Column), Vec<&str>> = BTreeMap::new();
    for (of, row) in stated.uses.iter().zip(&row.uses) {
        all.entry((row.column == Column::NotAsked, row.column)).or_default().push(&of.name);
    }
    let words = all.into_iter().map(|((_, column), names)| WordUses {
        word: word(renderer, column),
        kind: kind(column),
        engagements: names.join("; "),
    });
    words.collect()
}

pub(super) fn topic(control: &str) -> String {
    CONTROLS.controls.iter().find(|topic| topic.id == control).map(|topic| topic.topic.clone()).unwrap_or_default()
}

pub(super) async fn page(
    caller: May<may::ReadOwn>,
    renderer: Renderer,
    around: Around,
    Id(id): Id<VendorId>,
    Query(asked): Query<Asked>,
) -> Result<Html<String>> {
    let stated = stated(&renderer.platform, caller.scope(), id, &asked).await?;
    let mut tally: BTreeMap<Column, usize> = BTreeMap::new();
    for row in &stated.rows {
        *tally.entry(row.column).or_default() += 1;
    }
    let row = |row: &JoinedRow| ControlRow {
        control: row.control.clone(),
        topic: topic(&row.control),
        word: word(&renderer, row.column),
        kind: kind(row.column),
        by_word: by_word(&renderer, &stated, row),
        counts: counts(row),
        exclusions: exclusions(&renderer, &stated, row),
    };
    let one_use = |of: &Use| UseRow {
        href: format!("/assessments/{}", of.assessment),
        engagement: of.name.clone(),
        questionnaire: of.questionnaire.clone(),
        submitted: of.submitted_on.map(iso_date::write).unwrap_or_default(),
    };
    let export = match stated.chosen {
        Some(chosen) => format!("/vendors/{id}/applicability/export?assessment={chosen}"),
        None => format!("/vendors/{id}/applicability/export"),
    };
    let view = ApplicabilityPage {
        crumbs: vec![
            Crumb { href: "/vendors".into(), text: renderer.text("vendors.title", &[]) },
            Crumb { href: format!("/vendors/{id}"), text: stated.vendor.name.clone() },
        ],
        vendor: stated.vendor.name.clone(),
        action: format!("/vendors/{id}/applicability"),
        sources: sources(&renderer.platform, caller.scope(), id, stated.chosen).await?,
        basis: basis(&renderer, &stated),
        silence: silence(&renderer, &stated),
        uses: if stated.uses.len() > 1 { stated.uses.iter().map(one_use).collect() } else { Vec::new() },
        ask_href: caller
            .may(Permission::Issue)
            .then(|| address("/assessments/new", [("vendor", id.to_string().as_str())])),
        export_href: (!stated.rows.is_empty()).then_some(export),
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
    let stated = stated(&renderer.platform, caller.scope(), id, &asked).await?;
    if stated.rows.is_empty() {
        return Err(AppError::NotFound);
    }
    let bytes = workbook(&renderer, &stated).map_err(AppError::internal)?;
    let assessments: Vec<Uuid> = stated.uses.iter().map(|of| of.assessment).collect();
    let details = json!({ "assessments": assessments });
    let subject = ("vendor", id.0);
    disclosed(&renderer.platform, &caller.scope(), caller.actor, "applicability.exported", subject, &details).await?;
    Ok(attachment(&format!("applicability-{}.xlsx", iso_date::write(stated.as_of)), XLSX, bytes))
}
