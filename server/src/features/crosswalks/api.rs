//! Crosswalks for programs.

use super::read::{Submitted, crosswalk, newest};
use crate::actions::content::CROSSWALKS;
use crate::error::Result;
use crate::platform::Platform;
use crate::web::actor::{May, may};
use crate::web::failure::ProblemDocument;
use crate::web::language::Reads;
use crate::web::paging::Items;
use crate::web::path::{Id, Pair};
use axum::Json;
use axum::extract::State;
use domain::crosswalk::Crosswalk;
use domain::ids::AssessmentId;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

/// A law or framework.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct FrameworkItem {
    /// Names it in addresses.
    key: String,
    /// In English.
    title: String,
    edition: String,
    /// How many points it has.
    points: usize,
    /// When it was held against its source; null where that was not read.
    checked: Option<String>,
    licence_note: String,
}

impl From<&Crosswalk> for FrameworkItem {
    fn from(crosswalk: &Crosswalk) -> Self {
        Self {
            key: crosswalk.key.clone(),
            title: crosswalk.title.read("en", "en").to_owned(),
            edition: crosswalk.edition.clone(),
            points: crosswalk.points.len(),
            checked: crosswalk.source.checked.clone(),
            licence_note: crosswalk.licence_note.clone(),
        }
    }
}

/// A crosswalk, and which questions touch its points.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct WholeFramework {
    /// The crosswalk (`candor-crosswalk/1`).
    #[schema(value_type = Object)]
    crosswalk: Value,
    /// By point, in the framework's order, over the newest versions of all templates.
    coverage: Vec<Touched>,
}

/// The questions that touch a point; none where it stands alone.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Touched {
    /// The point.
    point: String,
    questions: Vec<TouchingQuestion>,
}

/// A question that touches a point.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct TouchingQuestion {
    /// The version of a template.
    template_version: Uuid,
    /// The question's id.
    question: String,
}

/// The answers that speak to a point.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct PointAnswers {
    /// The point.
    point: String,
    answers: Vec<PointAnswer>,
}

/// An answer that speaks to a point.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct PointAnswer {
    /// The question's id.
    question: String,
    /// What was replied; null where nothing was.
    #[schema(value_type = Option<Object>)]
    reply: Option<Value>,
}

/// Lists laws and frameworks by key. The list comes whole: `next` is always null.
#[utoipa::path(get, path = "/crosswalks", tag = "crosswalks", responses((status = 200, body = Items<FrameworkItem>)))]
pub(super) async fn list(_: May<may::Read>) -> Json<Items<FrameworkItem>> {
    Json(Items { items: CROSSWALKS.values().map(FrameworkItem::from).collect(), next: None })
}

/// Shows a crosswalk, and which questions of the newest templates touch each of its points.
#[utoipa::path(get, path = "/crosswalks/{framework}", tag = "crosswalks", params(("framework" = String, Path)),
    responses((status = 200, body = WholeFramework), (status = 404, body = ProblemDocument)))]
pub(super) async fn framework(
    State(platform): State<Platform>,
    caller: May<may::Read>,
    Id(key): Id<String>,
) -> Result<Json<WholeFramework>> {
    let crosswalk = crosswalk(&key)?;
    let versions = newest(&platform, caller.scope(), &Reads::default()).await?;
    let touched = |point: &domain::crosswalk::Point| {
        let questions = versions.iter().flat_map(|version| {
            let touching = version.document.questions().filter(|question| crosswalk.touches(question, &point.id));
            touching
                .map(|question| TouchingQuestion { template_version: version.row.id, question: question.id.clone() })
        });
        Touched { point: point.id.clone(), questions: questions.collect() }
    };
    let coverage = crosswalk.points.iter().map(touched).collect();
    Ok(Json(WholeFramework { crosswalk: serde_json::to_value(crosswalk)?, coverage }))
}

/// Shows the answers of the newest submission by the points of a framework that they speak to.
#[utoipa::path(get, path = "/assessments/{assessment}/through/{framework}", tag = "crosswalks",
    params(("assessment" = Uuid, Path), ("framework" = String, Path)),
    responses((status = 200, body = Items<PointAnswers>), (status = 404, body = ProblemDocument), (status = 409, body = ProblemDocument)))]
pub(super) async fn through(
    State(platform): State<Platform>,
    caller: May<may::ReadOwn>,
    Pair(id, key): Pair<AssessmentId, String>,
) -> Result<Json<Items<PointAnswers>>> {
    let submitted = Submitted::read(&platform, caller.scope(), id, &Reads::default()).await?;
    let crosswalk = crosswalk(&key)?;
    let mut items = Vec::new();
    for point in &crosswalk.points {
        let mut answers = Vec::new();
        for (_, question, reply) in submitted.about(crosswalk, &point.id) {
            let reply = reply.map(serde_json::to_value).transpose()?;
            answers.push(PointAnswer { question: question.id.clone(), reply });
        }
        items.push(PointAnswers { point: point.id.clone(), answers });
    }
    Ok(Json(Items { items, next: None }))
}
