//! Accepted risks across vendors as JSON.

use super::accepted_dto::{ListedAcceptance, WantedAcceptances};
use crate::error::Result;
use crate::platform::Platform;
use crate::repo;
use crate::web::actor::{May, may};
use crate::web::failure::ProblemDocument;
use crate::web::paging::{Cursor, Items};
use axum::Json;
use axum::extract::State;
use axum_extra::extract::Query;
use domain::ids::EngagementId;
use domain::problem::Problem;
use uuid::Uuid;

/// How an acceptance can stand.
const STANDINGS: [&str; 8] =
    ["waiting", "in_force", "stale", "expired", "nothing_left", "refused", "withdrawn", "unscored"];

/// Lists accepted risks over all engagements, in the order in which they were asked for.
#[utoipa::path(get, path = "/acceptances", tag = "decisions", params(WantedAcceptances),
    responses((status = 200, body = Items<ListedAcceptance>), (status = 422, body = ProblemDocument)))]
pub(super) async fn list(
    State(platform): State<Platform>,
    caller: May<may::ReadOwn>,
    Query(wanted): Query<WantedAcceptances>,
) -> Result<Json<Items<ListedAcceptance>>> {
    let standing = match wanted.standing.as_deref() {
        Some(name) if !STANDINGS.contains(&name) => {
            let given: String = name.chars().take(40).collect();
            return Err(Problem::new("standing", "not-an-option").with("given", given).into());
        }
        name => name,
    };
    let cursor = Cursor { limit: wanted.limit, cursor: wanted.cursor };
    let limit = cursor.limit(platform.config.limits.api_page_rows);
    let which = (wanted.engagement.map(EngagementId), standing);
    let (db, scope) = (platform.db.read(), caller.scope());
    let stood = repo::decisions::acceptance_standings(db, scope, which, cursor.after::<Uuid>()?, limit + 1).await?;
    let rows = repo::decisions::acceptances_by_id(db, scope, stood.iter().map(|one| one.acceptance_id)).await?;
    let page =
        Items::of(stood, limit, |one| one.acceptance_id, |one| Some((rows.get(&one.acceptance_id)?.clone(), one)));
    let items = page.items.into_iter().flatten().map(ListedAcceptance::from).collect();
    Ok(Json(Items { items, next: page.next }))
}
