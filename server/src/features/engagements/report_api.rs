//! The report on a vendor as JSON.

use super::report::{Reported, read};
use super::report_views::ReportUse;
use crate::error::Result;
use crate::web::actor::{May, may};
use crate::web::classification::tier_name;
use crate::web::failure::ProblemDocument;
use crate::web::path::Id;
use crate::web::render::Renderer;
use axum::Json;
use domain::answer::iso_date;
use domain::ids::VendorId;
use domain::judging::decision::Overtaken;
use domain::judging::profile::in_force;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// The report on a vendor.
#[derive(Debug, Serialize, ToSchema)]
pub struct VendorReport {
    /// The vendor.
    vendor: Uuid,
    /// Its name.
    name: String,
    /// The day as of which everything is computed, `2026-11-21`.
    as_of: String,
    /// How much is at stake with it, in words; null where the caller does not reach all of its open engagements.
    tier: Option<String>,
    /// Its open engagements.
    engagements: Vec<ReportedUse>,
}

/// What the report says of an engagement.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReportedUse {
    /// The engagement.
    engagement: Uuid,
    /// Its name.
    name: String,
    /// The part of the business that uses it.
    business_function: String,
    /// The tier of the EU AI Act that somebody confirmed: `prohibited`, `high`, `limited`, `minimal` or `out_of_scope`; null
    /// where nobody did.
    ai_act_tier: Option<&'static str>,
    /// Points of Annex III that it was confirmed for.
    ai_act_areas: Vec<String>,
    /// `prohibited` or `high` where such a tier is proposed, stricter than the confirmed one, and nobody confirmed it.
    unconfirmed_ai_act_tier: Option<&'static str>,
    /// The largest inherent risk, 4 to 100; null where the profile is not complete.
    inherent: Option<f64>,
    /// Its band.
    inherent_band: Option<String>,
    /// Domains whose inherent risk an analyst has set.
    overridden: Vec<String>,
    /// The assessment that is scored; null where nothing was submitted.
    assessment: Option<Uuid>,
    /// The rating today; null where nothing is scored.
    rating: Option<String>,
    /// The residual risk today, 0 to 100.
    residual: Option<f64>,
    /// The domain with the largest residual risk.
    driver: Option<String>,
    /// 0..1.
    completeness: Option<f64>,
    /// 0..1.
    confidence: Option<f64>,
    /// Ids of the knock-outs that fired.
    knock_outs: Vec<String>,
    /// Findings that are raised and not closed or dismissed.
    findings: Vec<ReportedFinding>,
    /// How many more rules propose.
    proposed_findings: i64,
    /// The newest decision; null where nothing was decided.
    decision: Option<ReportedDecision>,
    /// What to do next, in words, as the page says it.
    next: Vec<String>,
}

/// A finding in a report.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReportedFinding {
    /// The finding.
    finding: Uuid,
    /// What it is called.
    title: String,
    /// The question that it is about, as it was asked.
    question: Option<String>,
    /// `major`, `minor` or `observation`.
    severity: String,
    /// When it is due, `2026-11-21`.
    due_on: Option<String>,
}

/// The decision in a report.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReportedDecision {
    /// The decision.
    decision: Uuid,
    /// `approved`, `approved_with_conditions`, `on_hold`, `rejected` or `withdrawn`.
    kind: String,
    /// The day, UTC.
    decided_on: String,
    /// When to look again.
    next_review_on: Option<String>,
    /// What overtook it, as in the portfolio; empty where it stands.
    overtaken_by: Vec<&'static str>,
}

impl ReportedUse {
    fn of(view: ReportUse, one: Reported) -> Self {
        let Reported { world, unconfirmed, proposed, decision, overtaken, mut asked } = one;
        let worst = world.stakes.domains.iter().max_by_key(|domain| domain.inherent);
        let output = world.computed.as_ref().map(|computed| &computed.output);
        let confirmed = world.tier.as_ref().map(|known| &known.confirmed);
        Self {
            engagement: world.stakes.engagement.id,
            name: view.name,
            business_function: view.business_function,
            ai_act_tier: confirmed.map(|confirmed| tier_name(confirmed.tier)),
            ai_act_areas: confirmed.map(|confirmed| confirmed.areas.iter().cloned().collect()).unwrap_or_default(),
            unconfirmed_ai_act_tier: unconfirmed.map(tier_name),
            inherent: worst.map(|domain| f64::from(domain.inherent)),
            inherent_band: worst.map(|domain| domain.band.clone()),
            overridden: in_force(&world.stakes.owns).into_iter().map(|own| own.domain.clone()).collect(),
            assessment: world.judged.as_ref().map(|judged| judged.opened.assessment.id),
            rating: output.map(|output| output.rating.clone()),
            residual: output.map(|output| output.residual),
            driver: output.map(|output| output.driver.clone()),
            completeness: output.map(|output| output.completeness),
            confidence: output.map(|output| output.confidence),
            knock_outs: output.iter().flat_map(|output| &output.knock_outs).map(|fired| fired.id.clone()).collect(),
            proposed_findings: proposed,
            decision: decision.map(|row| ReportedDecision {
                decision: row.id,
                kind: row.kind,
                decided_on: iso_date::write(row.decided_at.date()),
                next_review_on: row.next_review_on.map(iso_date::write),
                overtaken_by: overtaken.iter().map(Overtaken::name).collect(),
            }),
            next: view.next.into_iter().map(|next| next.text).collect(),
            findings: world
                .findings
                .into_iter()
                .map(|row| ReportedFinding {
                    question: asked.remove(&row.id),
                    finding: row.id,
                    title: row.title,
                    severity: row.severity,
                    due_on: row.due_on.map(iso_date::write),
                })
                .collect(),
        }
    }
}

/// The report on a vendor: of each open engagement the rating, how it came, findings, the decision, and what to do next.
#[utoipa::path(
    get,
    path = "/vendors/{vendor}/report",
    tag = "decisions",
    params(("vendor" = Uuid, Path)),
    responses(
        (status = 200, body = VendorReport),
        (status = 404, body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub(super) async fn report(
    may: May<may::ReadOwn>,
    renderer: Renderer,
    Id(id): Id<VendorId>,
) -> Result<Json<VendorReport>> {
    let (page, uses) = read(&renderer, &may, id).await?;
    Ok(Json(VendorReport {
        vendor: id.0,
        name: page.vendor,
        as_of: page.day,
        tier: page.tier,
        engagements: page.uses.into_iter().zip(uses).map(|(view, one)| ReportedUse::of(view, one)).collect(),
    }))
}
