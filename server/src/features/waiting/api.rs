//! What waits for a decision, for programs.

use crate::actions::judging::waiting::waiting;
use crate::error::Result;
use crate::platform::Platform;
use crate::web::actor::{May, may};
use crate::web::moment::rfc3339;
use crate::web::paging::Items;
use axum::Json;
use axum::extract::State;
use domain::answer::iso_date;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// Something that waits for a decision.
#[derive(Debug, Serialize, ToSchema)]
pub struct WaitingDecision {
    /// `acceptance` or `impact`.
    kind: &'static str,
    /// The acceptance, or the version of the impact assessment.
    id: Uuid,
    /// What the vendor is used for.
    engagement: Uuid,
    /// The rating that is to be accepted; null of an impact assessment.
    rating: Option<String>,
    /// The residual risk that is to be accepted, 0 to 100; null of an impact assessment.
    residual: Option<f64>,
    /// When it was asked for or written, RFC 3339.
    since: String,
    /// The last day on which the acceptance is to hold; null of an impact assessment.
    expires_on: Option<String>,
    /// How many people's approval is missing.
    missing: i64,
}

/// Lists what waits for the caller's decision: risk acceptances that somebody else asked for and whose rating their role may
/// accept, and impact assessments that others wrote. A program is told what waits for persons with its role.
#[utoipa::path(get, path = "/waiting", tag = "decisions", responses((status = 200, body = Items<WaitingDecision>)))]
pub(super) async fn list(
    State(platform): State<Platform>,
    caller: May<may::Decide>,
) -> Result<Json<Items<WaitingDecision>>> {
    let whose = (caller.actor, &caller.roles);
    let found = waiting(platform.db.read(), caller.scope(), whose, platform.clock.today()).await?;
    let acceptances = found.acceptances.into_iter().map(|(row, missing)| WaitingDecision {
        kind: "acceptance",
        id: row.id,
        engagement: row.engagement_id,
        rating: Some(row.rating),
        residual: Some(row.residual),
        since: rfc3339(row.asked_at),
        expires_on: Some(iso_date::write(row.expires_on)),
        missing,
    });
    let impacts = found.impacts.into_iter().map(|row| WaitingDecision {
        kind: "impact",
        id: row.id,
        engagement: row.engagement_id,
        rating: None,
        residual: None,
        since: rfc3339(row.written_at),
        expires_on: None,
        missing: 1,
    });
    Ok(Json(Items { items: acceptances.chain(impacts).collect(), next: None }))
}
