//! The page of what waits for a decision.

use super::views::{WaitingPage, WaitingRow};
use crate::actions::judging::waiting::waiting;
use crate::error::Result;
use crate::repo;
use crate::web::actor::{May, may};
use crate::web::moment::minute;
use crate::web::render::Renderer;
use crate::web::shell::Around;
use axum::response::Html;
use domain::answer::iso_date;
use domain::ids::EngagementId;
use domain::judging::party::Party;
use domain::register::By;
use serde_json::Value;
use std::collections::BTreeSet;

pub(super) async fn list(renderer: Renderer, around: Around, caller: May<may::Decide>) -> Result<Html<String>> {
    let platform = &renderer.platform;
    let (db, scope) = (platform.db.read(), caller.scope());
    let found = waiting(db, scope, (caller.actor, &caller.roles), platform.clock.today()).await?;
    let ids = found.acceptances.iter().map(|(row, _)| row.engagement_id);
    let ids: BTreeSet<_> = ids.chain(found.impacts.iter().map(|row| row.engagement_id)).collect();
    let ids: Vec<EngagementId> = ids.into_iter().map(EngagementId).collect();
    let engagements = repo::vendors::engagements_by_id(db, scope, &ids).await?;
    let vendors = repo::vendors::names(db, scope).await?;
    let members = repo::people::everybody(db, scope).await?;
    let tokens = repo::tokens::tokens(db, scope).await?;
    let name = |party: &Value| -> Result<String> {
        let party: Party = serde_json::from_value(party.clone())?;
        let name = match party.by {
            By::Member(id) => members.iter().find(|row| row.id == id).map(|row| row.name.clone()),
            By::Token(id) => tokens.iter().find(|row| row.id == id.0).map(|row| row.name.clone()),
            By::Contact(_) | By::System => None,
        };
        Ok(name.unwrap_or_else(|| renderer.text("engagements.former", &[])))
    };
    let used = |id| {
        let row = engagements.get(&id);
        let vendor = row.and_then(|row| vendors.get(&row.vendor_id)).cloned().unwrap_or_default();
        (row.map(|row| row.name.clone()).unwrap_or_default(), vendor)
    };
    let mut rows = Vec::new();
    for (row, missing) in found.acceptances {
        let (engagement, vendor) = used(row.engagement_id);
        rows.push((
            row.asked_at,
            WaitingRow {
                href: format!("/engagements/{}/acceptances#a-{}", row.engagement_id, row.id),
                what: renderer.text(&format!("waiting.acceptance.{}", row.scope), &[]),
                vendor,
                engagement,
                rating: Some(row.rating.clone()),
                residual: Some(format!("{:.1}", row.residual)),
                asked_by: name(&row.asked_by)?,
                asked_at: minute(row.asked_at),
                until: Some(iso_date::write(row.expires_on)),
                missing: (row.approvers > 1).then(|| renderer.counted("acceptances.standing.waiting", missing)),
            },
        ));
    }
    for row in found.impacts {
        let (engagement, vendor) = used(row.engagement_id);
        rows.push((
            row.written_at,
            WaitingRow {
                href: format!("/engagements/{}/impact", row.engagement_id),
                what: renderer.text("waiting.impact", &[]),
                vendor,
                engagement,
                rating: None,
                residual: None,
                asked_by: name(&row.written_by)?,
                asked_at: minute(row.written_at),
                until: None,
                missing: None,
            },
        ));
    }
    rows.sort_by_key(|(at, _)| *at);
    let view = WaitingPage { rows: rows.into_iter().map(|(_, row)| row).collect() };
    renderer.page(&renderer.desk(&around, &caller, renderer.text("waiting.title", &[])), &view)
}
