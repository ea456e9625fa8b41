//! Up to five vendors side by side, as JSON.

use super::compare::{Asked, Chosen, Compared, MOST};
use crate::error::Result;
use crate::platform::Platform;
use crate::repo;
use crate::web::actor::{May, may};
use crate::web::failure::ProblemDocument;
use axum::Json;
use axum::extract::State;
use axum_extra::extract::Query;
use domain::answer::iso_date;
use domain::ids::EngagementId;
use domain::problem::{Problem, Problems};
use serde::Serialize;
use std::collections::BTreeMap;
use utoipa::ToSchema;
use uuid::Uuid;

/// Vendors side by side, on one version of a questionnaire and by the policy in force.
#[derive(Debug, Serialize, ToSchema)]
pub struct ComparisonDocument {
    /// The version of the questionnaire; null where nothing is compared.
    template_version: Option<Uuid>,
    /// The policy; null where nothing is scored.
    policy: Option<String>,
    /// Its version.
    policy_version: Option<u64>,
    /// The day as of which all are scored, `2026-11-21`.
    as_of: String,
    /// Those compared, in the order asked for.
    sides: Vec<ComparedVendor>,
}

/// A vendor of a comparison.
#[derive(Debug, Serialize, ToSchema)]
pub struct ComparedVendor {
    /// The assessment.
    assessment: Uuid,
    /// The vendor.
    vendor: Uuid,
    /// Its name.
    vendor_name: String,
    /// What it is used for.
    engagement: Uuid,
    /// Its name.
    engagement_name: String,
    /// `scored` or `unscored`, which is a state of its own and never a low score.
    state: &'static str,
    /// Factors that the engagement's profile lacks; empty when scored.
    missing: Vec<String>,
    /// The figures; null when unscored.
    figures: Option<ComparedFigures>,
}

/// The figures of a vendor in a comparison.
#[derive(Debug, Serialize, ToSchema)]
pub struct ComparedFigures {
    /// The worst of the band and the floors of knock-outs.
    rating: String,
    /// The band of the residual risk.
    band: String,
    /// 0..100.
    residual: f64,
    /// 0..100: were every open question answered best.
    best_case: f64,
    /// The domain with the largest residual risk.
    driver: String,
    /// 0..1.
    completeness: f64,
    /// 0..1.
    confidence: f64,
    /// Ids of the knock-outs that fired.
    knock_outs: Vec<String>,
    /// All seven.
    domains: Vec<ComparedDomain>,
    /// By group of controls that was asked about, `A.6`: its effectiveness, 0..1.
    groups: BTreeMap<String, f64>,
}

/// A domain in a comparison.
#[derive(Debug, Serialize, ToSchema)]
pub struct ComparedDomain {
    /// Its id.
    domain: String,
    /// 4..100.
    inherent: f64,
    /// 0..100.
    residual: f64,
    /// The band of the residual.
    band: String,
}

fn figures(one: &Compared) -> Option<ComparedFigures> {
    let output = one.output.as_ref()?;
    let domain = |domain: &domain::scoring::DomainScore| ComparedDomain {
        domain: domain.domain.clone(),
        inherent: domain.inherent,
        residual: domain.residual,
        band: domain.band.clone(),
    };
    Some(ComparedFigures {
        rating: output.rating.clone(),
        band: output.band.clone(),
        residual: output.residual,
        best_case: output.best_case,
        driver: output.driver.clone(),
        completeness: output.completeness,
        confidence: output.confidence,
        knock_outs: output.knock_outs.iter().map(|fired| fired.id.clone()).collect(),
        domains: output.domains.iter().map(domain).collect(),
        groups: one.by_group.clone(),
    })
}

/// Up to five vendors side by side: their submitted assessments on the same version of a questionnaire, scored today by the
/// policy in force. Refused at `with`: `too-many` above five, `other-version` for an assessment on another version of the
/// questionnaire, `unknown` for one that is not there, is out of reach, or was not submitted.
#[utoipa::path(
    get,
    path = "/compare",
    tag = "scores",
    params(Asked),
    responses(
        (status = 200, body = ComparisonDocument),
        (status = 422, body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub(super) async fn compare(
    may: May<may::ReadOwn>,
    State(platform): State<Platform>,
    Query(asked): Query<Asked>,
) -> Result<Json<ComparisonDocument>> {
    let (db, scope) = (platform.db.read(), may.scope());
    let mut problems = Vec::new();
    // Told before anything is read: however many are asked for, no more are looked up.
    if asked.with.len() > MOST {
        return Err(Problems::one(Problem::new("with", "too-many").with("most", MOST)).into());
    }
    let chosen = Chosen::read(&platform, scope, &asked).await?;
    problems.extend(chosen.unknown.iter().map(|id| Problem::new("with", "unknown").with("given", id)));
    problems.extend(chosen.others.iter().map(|row| Problem::new("with", "other-version").with("given", row.id)));
    Problems::none_or(problems, ())?;
    let (compared, policy) = chosen.compared(&platform, scope).await?;
    let names = repo::vendors::names(db, scope).await?;
    let engagements: Vec<EngagementId> = compared.iter().map(|one| EngagementId(one.row.engagement_id)).collect();
    let engagements = repo::vendors::engagements_by_id(db, scope, &engagements).await?;
    let side = |one: &Compared| ComparedVendor {
        assessment: one.row.id,
        vendor: one.row.vendor_id,
        vendor_name: names.get(&one.row.vendor_id).cloned().unwrap_or_default(),
        engagement: one.row.engagement_id,
        engagement_name: engagements.get(&one.row.engagement_id).map(|row| row.name.clone()).unwrap_or_default(),
        state: if one.output.is_some() { "scored" } else { "unscored" },
        missing: one.missing.clone(),
        figures: figures(one),
    };
    Ok(Json(ComparisonDocument {
        template_version: chosen.version.filter(|_| !compared.is_empty()),
        policy: policy.as_ref().map(|policy| policy.id.clone()),
        policy_version: policy.as_ref().map(|policy| policy.version),
        as_of: iso_date::write(platform.clock.today()),
        sides: compared.iter().map(side).collect(),
    }))
}
