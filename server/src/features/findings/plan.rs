//! The remediation plan of an engagement: in which order to work on its findings, and what that does to the score.

use super::list::rows;
use super::show::effect_view;
use super::views::{Crumb, PlanPage};
use crate::actions::findings::{effects_together, of_row};
use crate::error::{AppError, Result};
use crate::platform::Platform;
use crate::repo;
use crate::web::actor::{May, may};
use crate::web::render::Renderer;
use crate::web::shell::Around;
use axum::extract::State;
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum_extra::extract::Query;
use domain::ids::{EngagementId, VendorId};
use domain::judging::finding::{Item, in_order};
use entity::finding;
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// Whose plan.
#[derive(Clone, Debug, Default, Deserialize)]
pub(super) struct Of {
    engagement: Option<EngagementId>,
}

pub(super) async fn show(
    State(platform): State<Platform>,
    renderer: Renderer,
    around: Around,
    caller: May<may::ReadOwn>,
    Query(of): Query<Of>,
) -> Result<Response> {
    let (db, scope) = (platform.db.read(), caller.scope());
    let Some(id) = of.engagement else { return Ok(Redirect::to("/findings").into_response()) };
    let engagement = repo::vendors::engagement(db, scope, id).await?.ok_or(AppError::NotFound)?;
    let vendor = repo::vendors::get(db, scope, VendorId(engagement.vendor_id)).await?.ok_or(AppError::NotFound)?;
    let (mut items, mut found): (Vec<Item<Uuid>>, BTreeMap<Uuid, finding::Model>) = Default::default();
    for row in repo::findings::of_engagement(db, scope, id).await? {
        let finding = of_row(&row)?;
        if finding.state.is_live() && row.was_raised {
            items.push(Item {
                id: row.id,
                severity: finding.terms.severity,
                effort: finding.terms.effort,
                reduction: row.reduction.unwrap_or(0.0),
                due_on: finding.terms.due_on,
            });
            found.insert(row.id, row);
        }
    }
    in_order(&mut items);
    let ordered: Vec<finding::Model> = items.iter().filter_map(|item| found.remove(&item.id)).collect();
    let questions: BTreeSet<&str> = ordered.iter().filter_map(|row| row.question_id.as_deref()).collect();
    let effect = if ordered.is_empty() { None } else { effects_together(&platform, scope, id, &questions).await? };
    let is_unscored = |row: &&finding::Model| {
        effect
            .as_ref()
            .is_some_and(|effect| row.question_id.as_ref().is_none_or(|question| effect.unscored.contains(question)))
    };
    let unscored = ordered
        .iter()
        .filter(is_unscored)
        .map(|row| Crumb { href: format!("/findings/{}", row.id), text: row.title.clone() })
        .collect();
    let vendors = repo::vendors::names(db, scope).await?;
    let view = PlanPage {
        crumbs: vec![
            Crumb { href: "/findings".into(), text: renderer.text("finding.list.title", &[]) },
            Crumb { href: format!("/vendors/{}", vendor.id), text: vendor.name },
        ],
        engagement: Crumb { href: format!("/engagements/{id}"), text: engagement.name },
        rows: rows(&renderer, scope, &ordered, &vendors).await?,
        effect: effect.as_ref().map(effect_view),
        unscored,
    };
    let page: Html<String> =
        renderer.page(&renderer.desk(&around, &caller, renderer.text("finding.plan.title", &[])), &view)?;
    Ok(page.into_response())
}
