//! What waits to be reviewed, by due date, by how long it has waited, or by risk.

use super::views::{Queue, Show, Waiting};
use crate::actions::content;
use crate::actions::review::Reading;
use crate::error::{AppError, Result};
use crate::platform::Platform;
use crate::repo::{self, BuyerScope};
use crate::web::actor::{May, may};
use crate::web::engagement::tier_badges_of;
use crate::web::moment::minute;
use crate::web::paging::Numbered;
use crate::web::query::address;
use crate::web::render::Renderer;
use crate::web::shell::Around;
use axum::extract::State;
use axum::response::Html;
use axum_extra::extract::Query;
use domain::answer::iso_date;
use domain::ids::{AssessmentId, EngagementId, TemplateVersionId};
use domain::judging::profile;
use domain::judging::review::Progress;
use domain::scoring::{Policy, inherent};
use entity::{answer_review, assessment, engagement, submission};
use serde::Deserialize;
use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};
use uuid::Uuid;

/// What the queue's address says.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::features::assessments) struct Asked {
    order: String,
    page: String,
}

/// What a queue is ordered by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Order {
    /// What was due first comes first, and of one day what has most at stake.
    #[default]
    Due,
    /// What has waited longest comes first, and of one moment what has most at stake.
    Wait,
    /// What has most at stake comes first, and of one risk what has waited longest.
    Risk,
}

impl Order {
    const ALL: [Self; 3] = [Self::Due, Self::Wait, Self::Risk];

    /// The one that an address names; by due date where it names none.
    pub(super) fn named(name: &str) -> Self {
        Self::ALL.into_iter().find(|order| order.name() == name).unwrap_or_default()
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Due => "due",
            Self::Wait => "wait",
            Self::Risk => "risk",
        }
    }

    /// What the address says; nothing for the order that is taken anyway.
    fn asked(self) -> &'static str {
        if self == Self::default() { "" } else { self.name() }
    }
}

/// A submission that waits, with what is at stake.
pub(super) struct InQueue {
    pub row: assessment::Model,
    pub engagement: Option<engagement::Model>,
    /// The largest inherent risk in any domain, with its band; none where the profile is not complete.
    pub risk: Option<(u8, String)>,
}

/// Everything that waits, in an order. What has no complete profile could be the worst, and counts as that.
pub(super) async fn waiting(platform: &Platform, scope: BuyerScope, order: Order) -> Result<Vec<InQueue>> {
    let db = platform.db.read();
    let rows = repo::assessments::to_review(db, scope).await?;
    let ids: Vec<EngagementId> = rows.iter().map(|row| EngagementId(row.engagement_id)).collect();
    let engagements = repo::vendors::engagements_by_id(db, scope, &ids).await?;
    let (_, policy) = content::current_policy(platform, scope).await?;
    let mut risks: HashMap<Uuid, Option<(u8, String)>> = HashMap::new();
    for (id, row) in &engagements {
        risks.insert(*id, at_stake(platform, scope, &policy, row).await?);
    }
    let mut waiting: Vec<InQueue> = rows
        .into_iter()
        .map(|row| InQueue {
            engagement: engagements.get(&row.engagement_id).cloned(),
            risk: risks.get(&row.engagement_id).cloned().flatten(),
            row,
        })
        .collect();
    let risk = |one: &InQueue| Reverse(one.risk.as_ref().map_or(u8::MAX, |(risk, _)| *risk));
    match order {
        Order::Due => waiting.sort_by_key(|one| (one.row.due_on, risk(one), one.row.submitted_at, one.row.id)),
        Order::Wait => waiting.sort_by_key(|one| (one.row.submitted_at, risk(one), one.row.id)),
        Order::Risk => waiting.sort_by_key(|one| (risk(one), one.row.submitted_at, one.row.id)),
    }
    Ok(waiting)
}

async fn at_stake(
    platform: &Platform,
    scope: BuyerScope,
    policy: &Policy,
    row: &engagement::Model,
) -> Result<Option<(u8, String)>> {
    let values: BTreeMap<String, String> = serde_json::from_value(row.profile.clone())?;
    let owns = crate::actions::judging::case::owns(platform.db.read(), scope, EngagementId(row.id)).await?;
    let domains = inherent(policy, &values, &profile::overrides(&owns)).unwrap_or_default();
    Ok(domains.into_iter().max_by_key(|domain| domain.inherent).map(|domain| (domain.inherent, domain.band)))
}

/// How far answering and reviewing of each of these have come.
pub(super) async fn progress(
    platform: &Platform,
    scope: BuyerScope,
    rows: &[&assessment::Model],
) -> Result<HashMap<Uuid, Progress>> {
    let db = platform.db.read();
    let ids: Vec<AssessmentId> = rows.iter().map(|row| AssessmentId(row.id)).collect();
    let newest = repo::submissions::newest_of(db, scope, &ids).await?;
    let mut submissions: HashMap<Uuid, submission::Model> =
        newest.into_iter().map(|submission| (submission.assessment_id, submission)).collect();
    let mut reviews: HashMap<Uuid, Vec<answer_review::Model>> = HashMap::new();
    for row in repo::reviews::of_assessments(db, scope, &ids).await? {
        reviews.entry(row.assessment_id).or_default().push(row);
    }
    let mut found = HashMap::new();
    for row in rows {
        let Some(submission) = submissions.remove(&row.id) else { continue };
        let version = platform.published.get(db, &scope, TemplateVersionId(row.template_version_id)).await?;
        let reading = Reading::of(row, &version, submission, reviews.remove(&row.id).unwrap_or_default())?;
        found.insert(row.id, reading.progress(&version));
    }
    Ok(found)
}

pub(in crate::features::assessments) async fn show(
    State(platform): State<Platform>,
    renderer: Renderer,
    around: Around,
    caller: May<may::Read>,
    Query(asked): Query<Asked>,
) -> Result<Html<String>> {
    let (db, scope) = (platform.db.read(), caller.scope());
    let order = Order::named(&asked.order);
    let all = waiting(&platform, scope, order).await?;
    let total = all.len();
    let page = Numbered::of(&asked.page, platform.config.limits.page_rows);
    let skip = usize::try_from(page.offset()).unwrap_or(usize::MAX);
    let take = usize::try_from(page.limit()).unwrap_or(usize::MAX);
    let shown: Vec<&InQueue> = all.iter().skip(skip).take(take).collect();
    let rows: Vec<&assessment::Model> = shown.iter().map(|one| &one.row).collect();
    let progress = progress(&platform, scope, &rows).await?;
    let vendors = repo::vendors::names(db, scope).await?;
    let engagements: Vec<Uuid> = shown.iter().map(|one| one.row.engagement_id).collect();
    let badges = tier_badges_of(&renderer, scope, &engagements).await?;
    let mut rows = Vec::new();
    for one in shown {
        let row = &one.row;
        let version = TemplateVersionId(row.template_version_id);
        let state: domain::assessment::State = row.state.parse().map_err(AppError::internal)?;
        let progress = progress.get(&row.id).copied().unwrap_or_default();
        rows.push(Waiting {
            href: format!("/assessments/{}/review", row.id),
            vendor: vendors.get(&row.vendor_id).cloned().unwrap_or_default(),
            engagement: one.engagement.as_ref().map(|engagement| engagement.name.clone()).unwrap_or_default(),
            tier_badges: badges.get(&row.engagement_id).cloned().unwrap_or_default(),
            due: iso_date::write(row.due_on),
            questionnaire: platform.published.title(db, &scope, version).await?,
            state: state.name().to_owned(),
            submitted: row.submitted_at.map(minute),
            waits: row.submitted_at.map(|at| {
                let days = (platform.clock.today() - at.date()).whole_days().max(0);
                renderer.counted("review.queue.waits", days)
            }),
            band: one.risk.as_ref().map(|(_, band)| band.clone()),
            risk: one.risk.as_ref().map(|(risk, _)| *risk),
            asked: progress.asked,
            answered: progress.answered,
            reviewed: progress.reviewed,
        });
    }
    let total = u64::try_from(total).unwrap_or(u64::MAX);
    let tab = |of: Order| Show {
        href: address("/review", [("order", of.asked())].into_iter().filter(|(_, value)| !value.is_empty())),
        text: renderer.text(&format!("review.queue.by.{}", of.name()), &[]),
        count: all.len(),
        current: of == order,
    };
    let view = Queue {
        orders: Order::ALL.map(tab).into(),
        rows,
        pages: page.pages(total, "/review", &[("order", order.asked())]),
    };
    renderer.page(&renderer.desk(&around, &caller, renderer.text("review.queue.title", &[])), &view)
}
