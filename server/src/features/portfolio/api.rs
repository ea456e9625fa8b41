//! The portfolio for programs.

use super::dto::WantedVendors;
use super::read::{Row, filter, order, read};
use crate::error::Result;
use crate::platform::Platform;
use crate::web::actor::{May, may};
use crate::web::classification::tier_name;
use crate::web::failure::ProblemDocument;
use crate::web::paging::{Cursor, Items};
use axum::Json;
use axum::extract::State;
use axum_extra::extract::Query;
use domain::answer::iso_date;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// A vendor over all its open engagements.
#[derive(Debug, Serialize, ToSchema)]
pub struct VendorStanding {
    /// The vendor.
    vendor: Uuid,
    /// Its name.
    name: String,
    /// The worst rating of its open engagements; null where none is rated.
    rating: Option<String>,
    /// The strictest tier of the EU AI Act that was confirmed for an open engagement: `prohibited`, `high`, `limited`, `minimal`
    /// or `out_of_scope`; null where none was.
    ai_act_tier: Option<&'static str>,
    /// `prohibited` or `high` where such a tier is proposed for an open engagement, nobody confirmed it, and it is stricter
    /// than all that were.
    unconfirmed_ai_act_tier: Option<&'static str>,
    /// The largest residual risk, 0 to 100.
    residual: Option<f64>,
    /// By how much the residual risk of the engagement that weighs most rose since the questionnaire before; 0 where
    /// that one has no score by the same version of the policy, null where nothing is scored.
    rise: Option<f64>,
    /// The engagement that weighs most.
    engagement: Option<Uuid>,
    /// What its residual risk was by the questionnaire before; null where that one has no score by the same version of the
    /// policy.
    previous_residual: Option<f64>,
    /// Open major nonconformities.
    open_major: i64,
    /// Open minor nonconformities.
    open_minor: i64,
    /// Open observations.
    open_observations: i64,
    /// Findings that rules propose and nobody has raised or dismissed; not among the open ones.
    proposed_findings: i64,
    /// Open engagements.
    engagements: i64,
    /// Of these, with a stored score.
    scored: i64,
    /// What was decided last on the engagement that weighs most.
    decision: Option<String>,
    /// That decision was overtaken.
    is_overtaken: bool,
    /// By what: `profile`, `tier`, `tier_doubted`, `overrides`, `policy`, `submission`, `rating`, `findings`, `acceptances`,
    /// `impact`, `review_due`; empty where it stands.
    overtaken_by: Vec<String>,
    /// When it is looked at again.
    next_review_on: Option<String>,
}

impl From<Row> for VendorStanding {
    fn from(Row { vendor, worst, proposed, tiers }: Row) -> Self {
        let is_scored = vendor.scored > 0;
        let of_worst = worst.as_ref();
        Self {
            ai_act_tier: tiers.0.map(tier_name),
            unconfirmed_ai_act_tier: tiers.1.map(tier_name),
            rating: of_worst.and_then(|row| row.rating.clone()),
            residual: is_scored.then_some(vendor.residual),
            rise: is_scored.then_some(vendor.rise),
            engagement: of_worst.map(|row| row.engagement_id),
            previous_residual: of_worst.and_then(|row| row.previous_residual),
            decision: of_worst.and_then(|row| row.decision.clone()),
            is_overtaken: of_worst.is_some_and(|row| !row.overtaken_by.is_empty()),
            overtaken_by: of_worst
                .map_or("", |row| row.overtaken_by.as_str())
                .split_terminator(',')
                .map(str::to_owned)
                .collect(),
            next_review_on: of_worst.and_then(|row| row.next_review_on).map(iso_date::write),
            vendor: vendor.vendor_id,
            name: vendor.name,
            open_major: vendor.major,
            open_minor: vendor.minor,
            open_observations: vendor.observations,
            proposed_findings: proposed,
            engagements: vendor.engagements,
            scored: vendor.scored,
        }
    }
}

/// Lists vendors by how they stand, the worst first.
#[utoipa::path(get, path = "/portfolio", tag = "scores", params(WantedVendors),
    responses((status = 200, body = Items<VendorStanding>),
        (status = 422, body = ProblemDocument, content_type = "application/problem+json")))]
pub(super) async fn list(
    State(platform): State<Platform>,
    caller: May<may::ReadOwn>,
    Query(wanted): Query<WantedVendors>,
) -> Result<Json<Items<VendorStanding>>> {
    let text = |given: &Option<String>| given.clone().unwrap_or_default();
    let limit = Cursor { limit: wanted.limit, cursor: None }.limit(platform.config.limits.api_page_rows);
    let filter = filter(&text(&wanted.rating), &text(&wanted.q));
    let order = order(&text(&wanted.sort));
    let found = read(&platform, caller.scope(), (&filter, order), &text(&wanted.cursor), limit).await?;
    Ok(Json(Items { items: found.rows.into_iter().map(Into::into).collect(), next: found.next }))
}
