//! Two versions beside each other: the page, and the same for programs.

use super::compare_views::{ChangeRow, ComparePage, Entry, Figure, Listed, MoveRow, Numbers};
use super::views::Crumb;
use crate::actions::compare::Comparison;
use crate::error::Result;
use crate::platform::Platform;
use crate::repo;
use crate::web::actor::{May, may};
use crate::web::failure::ProblemDocument;
use crate::web::form::{Choice, Field};
use crate::web::path::Id;
use crate::web::render::Renderer;
use crate::web::shell::Around;
use axum::Json;
use axum::extract::State;
use axum::response::Html;
use axum_extra::extract::Query;
use domain::ids::{EngagementId, TemplateId};
use domain::questionnaire::Authored;
use domain::questionnaire::diff::{Aspect, Change, Diff, Moving};
use entity::assessment;
use serde::Serialize;
use serde_json::Value;
use std::collections::HashMap;
use utoipa::ToSchema;
use uuid::Uuid;

/// What changed between two versions, and what a move would do.
#[derive(Debug, Serialize, ToSchema)]
pub struct ComparisonDocument {
    /// The id of the older version.
    older: Uuid,
    /// The id of the newer version.
    newer: Uuid,
    /// `document`, `added`, `removed`, `changed`, `moved`: docs/templates.md.
    #[schema(value_type = Object)]
    diff: Value,
    /// Assessments that are out on the older version, the first due first.
    moves: Vec<Move>,
    /// How many more there are than are listed.
    more: u64,
}

/// What a move to the newer version would do to an assessment.
#[derive(Debug, Serialize, ToSchema)]
pub struct Move {
    /// The assessment.
    assessment: Uuid,
    /// Ids of questions: `kept`, `to_confirm`, `hidden`, `removed`, `asked`, `required`; `misfits` are problems.
    #[schema(value_type = Object)]
    would: Value,
}

/// Compares two versions of a template. Nothing is changed by it: assessments keep the version that they were sent with.
#[utoipa::path(get, path = "/templates/{template}/compare", tag = "templates",
    params(("template" = Uuid, Path), Numbers),
    responses((status = 200, body = ComparisonDocument), (status = 404, body = ProblemDocument)))]
pub(super) async fn document(
    State(platform): State<Platform>,
    caller: May<may::Read>,
    Id(id): Id<TemplateId>,
    numbers: Query<Numbers>,
) -> Result<Json<ComparisonDocument>> {
    let found = Comparison::read(&platform, caller.scope(), id, numbers.older, numbers.newer).await?;
    let (moves, more) = found.moves(&platform, caller.scope()).await?;
    let one = |(row, moving): (assessment::Model, Moving)| -> Result<Move> {
        Ok(Move { assessment: row.id, would: serde_json::to_value(moving)? })
    };
    Ok(Json(ComparisonDocument {
        older: found.older.0.id,
        newer: found.newer.0.id,
        diff: serde_json::to_value(&found.diff)?,
        moves: moves.into_iter().map(one).collect::<Result<_>>()?,
        more,
    }))
}

pub(super) async fn page(
    State(platform): State<Platform>,
    renderer: Renderer,
    around: Around,
    caller: May<may::Read>,
    Id(id): Id<TemplateId>,
    Query(numbers): Query<Numbers>,
) -> Result<Html<String>> {
    let found = Comparison::read(&platform, caller.scope(), id, numbers.older, numbers.newer).await?;
    let (moves, more) = found.moves(&platform, caller.scope()).await?;
    let title = renderer.text("compare.title", &[]);
    let view = ComparePage {
        crumbs: vec![
            Crumb::templates(&renderer),
            Crumb { href: format!("/templates/{id}"), text: found.newer.0.title.clone() },
        ],
        title: found.newer.0.title.clone(),
        action: format!("/templates/{id}/compare"),
        older: version_field(&renderer, &found, "older", found.older.0.number),
        newer: version_field(&renderer, &found, "newer", found.newer.0.number),
        has_others: found.versions.len() > 1,
        figures: figures(&renderer, &found.diff),
        is_same: found.diff.is_empty(),
        lists: lists(&renderer, &found),
        changed: entries(&renderer, &found),
        moves: move_rows(&platform, &renderer, caller.scope(), moves).await?,
        more: (more > 0).then(|| renderer.counted("compare.more", i64::try_from(more).unwrap_or(i64::MAX))),
    };
    renderer.page(&renderer.desk(&around, &caller, title), &view)
}

fn version_field(renderer: &Renderer, found: &Comparison, name: &str, chosen: i64) -> Field {
    let option = |number: i64| Choice {
        key: number.to_string(),
        text: renderer.text("templates.version", &[("number", &number)]),
        chosen: number == chosen,
        ..Choice::default()
    };
    Field {
        id: name.to_owned(),
        name: name.to_owned(),
        label: renderer.text(&format!("compare.{name}"), &[]),
        required: true,
        width: Some("medium"),
        options: found.versions.iter().map(|version| option(version.number)).collect(),
        ..Field::default()
    }
}

fn figures(renderer: &Renderer, diff: &Diff) -> Vec<Figure> {
    let figure = |key: &str, count: usize| Figure { label: renderer.text(key, &[]), count };
    let mut figures = vec![
        figure("compare.list.added", diff.added.len()),
        figure("compare.list.removed", diff.removed.len()),
        figure("compare.list.moved", diff.moved.len()),
    ];
    let aspects = Aspect::ALL.into_iter();
    figures.extend(aspects.map(|aspect| figure(&format!("compare.aspect.{}", aspect.name()), diff.count(aspect))));
    figures
}

fn asks(document: &Authored, question: &str) -> String {
    let text = document.question(question).map(|question| &question.text);
    text.map_or("", |text| text.read(document.written_in(), document.written_in())).to_owned()
}

fn lists(renderer: &Renderer, found: &Comparison) -> Vec<Listed> {
    let listed = |key: &str, document: &Authored, ids: &[String]| Listed {
        heading: renderer.text(key, &[]),
        questions: ids.iter().map(|id| (id.clone(), asks(document, id))).collect(),
    };
    let (older, newer, diff) = (&found.older.1, &found.newer.1, &found.diff);
    let lists = [
        listed("compare.list.added", newer, &diff.added),
        listed("compare.list.removed", older, &diff.removed),
        listed("compare.list.moved", newer, &diff.moved),
    ];
    lists.into_iter().filter(|list| !list.questions.is_empty()).collect()
}

fn entries(renderer: &Renderer, found: &Comparison) -> Vec<Entry> {
    let row = |change: &Change| ChangeRow {
        aspect: renderer.text(&format!("compare.aspect.{}", change.aspect.name()), &[]),
        part: renderer.text(&format!("compare.part.{}", change.part), &[]),
        of: change.of.clone(),
        language: change.language.clone(),
        before: change.before.clone(),
        after: change.after.clone(),
    };
    let rows = |changes: &[Change]| changes.iter().map(row).collect::<Vec<_>>();
    let own =
        Entry { id: String::new(), text: renderer.text("compare.whole", &[]), changes: rows(&found.diff.document) };
    let questions = found.diff.changed.iter().map(|changed| Entry {
        id: changed.question.clone(),
        text: asks(&found.newer.1, &changed.question),
        changes: rows(&changed.changes),
    });
    std::iter::once(own).filter(|own| !own.changes.is_empty()).chain(questions).collect()
}

async fn move_rows(
    platform: &Platform,
    renderer: &Renderer,
    scope: repo::BuyerScope,
    moves: Vec<(assessment::Model, Moving)>,
) -> Result<Vec<MoveRow>> {
    let db = platform.db.read();
    let vendors = if moves.is_empty() { HashMap::new() } else { repo::vendors::names(db, scope).await? };
    let ids: Vec<EngagementId> = moves.iter().map(|(row, _)| EngagementId(row.engagement_id)).collect();
    let engagements = repo::vendors::engagements_by_id(db, scope, &ids).await?;
    let fate = |key: &str, ids: Vec<&str>| {
        let count = i64::try_from(ids.len()).unwrap_or(i64::MAX);
        (count > 0).then(|| (renderer.counted(&format!("compare.fate.{key}"), count), ids.join(", ")))
    };
    let row = |(row, moving): (assessment::Model, Moving)| {
        let listed = |key: &str, ids: &[String]| fate(key, ids.iter().map(String::as_str).collect());
        let misfits = moving.misfits.iter().map(|problem| problem.at.as_str()).collect();
        let fates = [
            listed("to_confirm", &moving.to_confirm),
            fate("misfits", misfits),
            listed("hidden", &moving.hidden),
            listed("removed", &moving.removed),
            listed("asked", &moving.asked),
            listed("required", &moving.required),
        ];
        MoveRow {
            href: format!("/assessments/{}", row.id),
            vendor: vendors.get(&row.vendor_id).cloned().unwrap_or_default(),
            engagement: engagements.get(&row.engagement_id).map(|row| row.name.clone()).unwrap_or_default(),
            state: row.state,
            kept: moving.kept.len(),
            fates: fates.into_iter().flatten().collect(),
        }
    };
    Ok(moves.into_iter().map(row).collect())
}
