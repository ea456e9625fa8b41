//! The list of vendors.

use super::views::{List, Row};
use crate::actions::judging::overall::{overall, ratings};
use crate::error::{AppError, Result};
use crate::platform::Platform;
use crate::repo::{self, BuyerScope};
use crate::web::actor::{May, may};
use crate::web::paging::Numbered;
use crate::web::query::address;
use crate::web::render::Renderer;
use crate::web::shell::Around;
use axum::extract::State;
use axum::response::Html;
use axum_extra::extract::Query;
use domain::access::Permission;
use domain::assessment::State as Stand;
use domain::ids::VendorId;
use entity::vendor;
use serde::Deserialize;
use std::collections::HashMap;
use uuid::Uuid;

/// What the list's address says.
#[derive(Debug, Deserialize)]
pub(super) struct Asked {
    #[serde(default)]
    q: String,
    #[serde(default)]
    page: String,
}

pub(super) async fn list(
    State(platform): State<Platform>,
    renderer: Renderer,
    around: Around,
    caller: May<may::ReadOwn>,
    Query(asked): Query<Asked>,
) -> Result<Html<String>> {
    let (db, scope, q) = (platform.db.read(), caller.scope(), asked.q.trim());
    let page = Numbered::of(&asked.page, platform.config.limits.page_rows);
    let total = repo::vendors::count(db, scope, q).await?;
    let rows = repo::vendors::search(db, scope, q, page.offset(), page.limit()).await?;
    let view = List {
        rows: of_vendors(&platform, scope, rows).await?,
        pages: page.pages(total, "/vendors", &[("q", q)]),
        search_href: address("/search/vendors", (!q.is_empty()).then_some(("q", q))),
        q: q.to_owned(),
        may_edit: caller.may(Permission::EditVendors),
    };
    renderer.page(&renderer.desk(&around, &caller, renderer.text("vendors.title", &[])), &view)
}

async fn of_vendors(platform: &Platform, scope: BuyerScope, vendors: Vec<vendor::Model>) -> Result<Vec<Row>> {
    let db = platform.db.read();
    let ids: Vec<VendorId> = vendors.iter().map(|vendor| VendorId(vendor.id)).collect();
    let contacts = repo::vendors::contact_counts(db, scope, &ids).await?;
    let engagements = repo::vendors::engagement_counts(db, scope, &ids).await?;
    let assessments = repo::assessments::of_vendors(db, scope, &ids).await?;
    let overall = overall(platform, scope, &ratings(platform, scope).await?, &ids).await?;
    let scores = repo::scores::of_ids(db, scope, overall.values().filter_map(|one| one.heaviest.score_id)).await?;
    let mut open: HashMap<Uuid, i64> = HashMap::new();
    for (vendor, _, state) in &assessments {
        let state: Stand = state.parse().map_err(AppError::internal)?;
        if !matches!(state, Stand::Reviewed | Stand::Closed | Stand::Recalled) {
            *open.entry(*vendor).or_default() += 1;
        }
    }
    let row = |vendor: vendor::Model| {
        let stands = overall.get(&vendor.id);
        let score = scores.iter().find(|score| stands.is_some_and(|one| one.heaviest.score_id == Some(score.id)));
        let id = vendor.id.to_string();
        Row {
            href: format!("/vendors/{id}"),
            website: vendor.website,
            contacts: contacts.get(&vendor.id).copied().unwrap_or_default(),
            engagements: engagements.get(&vendor.id).copied().unwrap_or_default(),
            open: open.get(&vendor.id).copied().unwrap_or_default(),
            open_href: address("/assessments", [("vendor", id.as_str())]),
            rating: stands.and_then(|stands| stands.heaviest.rating.clone()),
            residual: stands.and_then(|stands| stands.residual).map(|residual| format!("{residual:.1}")),
            score_href: score.map(|score| format!("/assessments/{}/score", score.assessment_id)),
            name: vendor.name,
        }
    };
    Ok(vendors.into_iter().map(row).collect())
}
