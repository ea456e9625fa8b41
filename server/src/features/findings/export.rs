//! The whole result of a list, to be taken away: as CSV while it is read, or as a workbook.

use super::list::Asked;
use crate::actions::audit;
use crate::actions::findings::asked;
use crate::error::Result;
use crate::platform::Platform;
use crate::repo::findings::{Filter, Place, place};
use crate::repo::{self, BuyerScope};
use crate::web::actor::{May, may};
use crate::web::export::{Rows, taken_away};
use crate::web::fields::Fields;
use crate::web::moment::rfc3339;
use axum::extract::State;
use axum::response::Response;
use axum_extra::extract::Query;
use domain::answer::iso_date;
use domain::ids::{ContactId, EngagementId};
use domain::judging::finding::Plan;
use entity::finding;
use futures::StreamExt;
use serde_json::json;
use std::collections::HashMap;
use uuid::Uuid;

/// Findings that are read at a time.
const STEP: u64 = 500;

/// The columns.
const HEADINGS: [&str; 25] = [
    "id",
    "vendor",
    "engagement",
    "severity",
    "state",
    "title",
    "description",
    "question",
    "question_text",
    "controls",
    "owner",
    "owner_email",
    "due_on",
    "effort",
    "reduction",
    "by_rule",
    "rule_is_silent",
    "root_cause",
    "correction",
    "actions",
    "actions_done",
    "raised_at",
    "changed_at",
    "closed_at",
    "assessment",
];

pub(super) async fn take_away(
    may: May<may::ReadOwn>,
    State(platform): State<Platform>,
    Query(query): Query<Vec<(String, String)>>,
) -> Result<Response> {
    let format = Fields(query.clone()).one("format").to_owned();
    let filter = Asked::of(query).filter(&platform);
    let scope = may.scope();
    let name = format!("findings-{}", platform.clock.today());
    let rows = rows(platform.clone(), scope, filter).await?;
    let headings = HEADINGS.map(str::to_owned).to_vec();
    let response = taken_away(&format, &name, headings, rows).await?;
    let subject = ("organisation", scope.organisation().0);
    audit::disclosed(&platform, &scope, may.actor, "findings.exported", subject, &json!({ "format": format })).await?;
    Ok(response)
}

/// The rows of the whole result, a step at a time.
async fn rows(platform: Platform, scope: BuyerScope, filter: Filter) -> Result<Rows> {
    let vendors = repo::vendors::names(platform.db.read(), scope).await?;
    let start: (Platform, Option<Place>) = (platform, None);
    let steps = futures::stream::try_unfold(start, move |(platform, after)| {
        let (filter, vendors) = (filter.clone(), vendors.clone());
        async move {
            let db = platform.db.read();
            let found = repo::findings::page(db, scope, &filter, after, STEP).await?;
            let Some(last) = found.last().map(place) else { return Ok(None) };
            let rows = cells(&platform, scope, &found, &vendors).await?;
            Ok(Some((rows, (platform, Some(last)))))
        }
    });
    Ok(steps.boxed())
}

async fn cells(
    platform: &Platform,
    scope: BuyerScope,
    found: &[finding::Model],
    vendors: &HashMap<Uuid, String>,
) -> Result<Vec<Vec<String>>> {
    let db = platform.db.read();
    let engagements: Vec<EngagementId> = found.iter().map(|row| EngagementId(row.engagement_id)).collect();
    let engagements = repo::vendors::engagements_by_id(db, scope, &engagements).await?;
    let owners: Vec<ContactId> = found.iter().filter_map(|row| row.owner_contact_id.map(ContactId)).collect();
    let owners = repo::vendors::contacts_by_id(db, scope, &owners).await?;
    let asked = asked(platform, scope, found).await?;
    let mut rows = Vec::new();
    for row in found {
        let plan: Plan = row.plan.clone().map(serde_json::from_value).transpose()?.unwrap_or_default();
        let controls: Vec<String> = serde_json::from_value(row.controls.clone())?;
        let owner = row.owner_contact_id.and_then(|id| owners.get(&id));
        let done = row.done.as_object().map_or(0, serde_json::Map::len);
        rows.push(vec![
            row.id.to_string(),
            vendors.get(&row.vendor_id).cloned().unwrap_or_default(),
            engagements.get(&row.engagement_id).map(|row| row.name.clone()).unwrap_or_default(),
            row.severity.clone(),
            row.state.clone(),
            row.title.clone(),
            row.description.clone(),
            row.question_id.clone().unwrap_or_default(),
            asked.get(&row.id).cloned().unwrap_or_default(),
            controls.join("; "),
            owner.map(|owner| owner.name.clone()).unwrap_or_default(),
            owner.map(|owner| owner.email.clone()).unwrap_or_default(),
            row.due_on.map(iso_date::write).unwrap_or_default(),
            row.effort.clone().unwrap_or_default(),
            row.reduction.map(|reduction| reduction.to_string()).unwrap_or_default(),
            row.by_rule.to_string(),
            row.rule_is_silent.to_string(),
            plan.root_cause().unwrap_or_default().to_owned(),
            plan.correction.clone(),
            plan.actions.len().to_string(),
            done.to_string(),
            row.raised_at.map(rfc3339).unwrap_or_default(),
            rfc3339(row.changed_at),
            row.closed_at.map(rfc3339).unwrap_or_default(),
            row.assessment_id.map(|id| id.to_string()).unwrap_or_default(),
        ]);
    }
    Ok(rows)
}
