//! Profiles, inherent risk and tiers of vendors as JSON.

use crate::actions::content;
use crate::actions::judging::inherent::{self, NewOverride, Stakes};
use crate::error::{AppError, Result};
use crate::platform::Platform;
use crate::repo;
use crate::web::actor::{May, may};
use crate::web::api::{Body, IfMatch, Tagged};
use crate::web::failure::ProblemDocument;
use crate::web::path::Id;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use domain::ids::{EngagementId, VendorId};
use domain::judging::profile::VendorTier;
use domain::scoring::{Inherent, Step};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;
use uuid::Uuid;

/// How much is at stake in an engagement, before anything that the vendor does about it.
#[derive(Debug, Serialize, ToSchema)]
pub struct StakesDocument {
    /// The engagement.
    engagement: Uuid,
    /// `computed`, or `unscored`, which is no low risk.
    state: &'static str,
    /// Factor to value.
    profile: BTreeMap<String, String>,
    /// Factors that the profile lacks; then nothing is computed.
    missing: Vec<String>,
    /// All seven; empty when unscored.
    domains: Vec<StakesDomain>,
    /// The use has ended.
    ended: bool,
}

/// The inherent risk in a domain.
#[derive(Debug, Serialize, ToSchema)]
pub struct StakesDomain {
    /// Its id.
    domain: String,
    /// 1..5, as it counts.
    severity: u8,
    /// 1..5, as it counts.
    likelihood: u8,
    /// 1..5, as the profile gives it.
    computed_severity: u8,
    /// 1..5, as the profile gives it.
    computed_likelihood: u8,
    /// 4..100.
    inherent: u8,
    /// Its band.
    band: String,
    /// What gave the severity.
    severity_from: Vec<StakesStep>,
    /// What gave the likelihood.
    likelihood_from: Vec<StakesStep>,
    /// An analyst's own numbers.
    replaced: Option<Replaced>,
}

/// What one statement of the profile adds.
#[derive(Debug, Serialize, ToSchema)]
pub struct StakesStep {
    /// The factor.
    factor: String,
    /// What was said.
    value: String,
    /// What it adds.
    points: f64,
}

/// An analyst's own numbers in a domain.
#[derive(Debug, Serialize, ToSchema)]
pub struct Replaced {
    /// 1..5; null keeps what is computed.
    severity: Option<u8>,
    /// 1..5; null keeps what is computed.
    likelihood: Option<u8>,
    /// Why.
    reason: String,
    /// Who.
    by: String,
    /// Other numbers are computed now than those beside which it was made.
    beside_others: bool,
}

impl From<&Step> for StakesStep {
    fn from(step: &Step) -> Self {
        Self { factor: step.factor.clone(), value: step.value.clone(), points: step.points }
    }
}

fn document(stakes: &Stakes) -> StakesDocument {
    let domain = |known: &Inherent| StakesDomain {
        domain: known.domain.clone(),
        severity: known.severity,
        likelihood: known.likelihood,
        computed_severity: known.computed.severity,
        computed_likelihood: known.computed.likelihood,
        inherent: known.inherent,
        band: known.band.clone(),
        severity_from: known.severity_from.iter().map(StakesStep::from).collect(),
        likelihood_from: known.likelihood_from.iter().map(StakesStep::from).collect(),
        replaced: stakes.own(&known.domain).map(|own| Replaced {
            severity: own.severity,
            likelihood: own.likelihood,
            reason: own.reason.clone(),
            by: own.by.clone(),
            beside_others: own.is_beside_others(&stakes.domains),
        }),
    };
    StakesDocument {
        engagement: stakes.engagement.id,
        state: if stakes.missing.is_empty() { "computed" } else { "unscored" },
        profile: stakes.profile.clone(),
        missing: stakes.missing.clone(),
        domains: stakes.domains.iter().map(domain).collect(),
        ended: stakes.has_ended,
    }
}

/// An engagement's profile and inherent risk, with what gave each number.
#[utoipa::path(
    get,
    path = "/engagements/{engagement}/profile",
    tag = "engagements",
    params(("engagement" = Uuid, Path)),
    responses(
        (status = 200, body = StakesDocument, description = "The ETag is the number of the newest override"),
        (status = 404, body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub(super) async fn profile(
    may: May<may::ReadOwn>,
    State(platform): State<Platform>,
    Id(id): Id<EngagementId>,
) -> Result<Tagged<StakesDocument>> {
    let stakes = Stakes::read(platform.db.read(), may.scope(), id).await?;
    Ok(Tagged(stakes.newest(), document(&stakes)))
}

/// An analyst's own numbers.
#[derive(Debug, Deserialize, ToSchema)]
pub struct OverrideInput {
    /// One of the seven.
    domain: String,
    /// 1..5; absent keeps what is computed.
    severity: Option<u8>,
    /// 1..5; absent keeps what is computed.
    likelihood: Option<u8>,
    /// Why.
    reason: String,
}

/// Replaces the severity or likelihood of a domain; without either, takes the earlier replacement back.
#[utoipa::path(
    post,
    path = "/engagements/{engagement}/overrides",
    tag = "engagements",
    params(
        ("engagement" = Uuid, Path),
        ("If-Match" = Option<String>, Header),
        ("Idempotency-Key" = Option<String>, Header),
    ),
    request_body = OverrideInput,
    responses(
        (status = 200, body = StakesDocument),
        (status = 403, body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, body = ProblemDocument, content_type = "application/problem+json"),
        (status = 409, description = "The profile is not complete", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 412, body = ProblemDocument, content_type = "application/problem+json"),
        (status = 422, body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub(super) async fn replace(
    may: May<may::Score>,
    State(platform): State<Platform>,
    Id(id): Id<EngagementId>,
    IfMatch(seen): IfMatch,
    Body(input): Body<OverrideInput>,
) -> Result<Tagged<StakesDocument>> {
    let new = NewOverride {
        domain: input.domain,
        severity: input.severity,
        likelihood: input.likelihood,
        reason: input.reason,
    };
    inherent::replace(&platform, &may.buyer(), id, seen, &new).await?;
    let stakes = Stakes::read(platform.db.read(), may.scope(), id).await?;
    Ok(Tagged(stakes.newest(), document(&stakes)))
}

/// Why a use ended, or is taken up again.
#[derive(Debug, Deserialize, ToSchema)]
pub struct EndInput {
    /// Why.
    reason: String,
}

/// Says that the use has ended: it counts in no tier any more, and nothing is approved for it.
#[utoipa::path(
    post,
    path = "/engagements/{engagement}/end",
    tag = "engagements",
    params(("engagement" = Uuid, Path), ("Idempotency-Key" = Option<String>, Header)),
    request_body = EndInput,
    responses(
        (status = 204, description = "It has ended"),
        (status = 403, body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, body = ProblemDocument, content_type = "application/problem+json"),
        (status = 409, description = "It has ended already", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 422, body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub(super) async fn end(
    may: May<may::EditVendors>,
    State(platform): State<Platform>,
    Id(id): Id<EngagementId>,
    Body(input): Body<EndInput>,
) -> Result<StatusCode> {
    inherent::end(&platform, &may.buyer(), id, true, &input.reason).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Says that a use that had ended is taken up again.
#[utoipa::path(
    post,
    path = "/engagements/{engagement}/resume",
    tag = "engagements",
    params(("engagement" = Uuid, Path), ("Idempotency-Key" = Option<String>, Header)),
    request_body = EndInput,
    responses(
        (status = 204, description = "It goes on"),
        (status = 403, body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, body = ProblemDocument, content_type = "application/problem+json"),
        (status = 409, description = "It had not ended", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 422, body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub(super) async fn resume(
    may: May<may::EditVendors>,
    State(platform): State<Platform>,
    Id(id): Id<EngagementId>,
    Body(input): Body<EndInput>,
) -> Result<StatusCode> {
    inherent::end(&platform, &may.buyer(), id, false, &input.reason).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// How much is at stake with a vendor.
#[derive(Debug, Serialize, ToSchema)]
pub struct VendorTierDocument {
    /// The vendor.
    vendor: Uuid,
    /// `tier`, `unscored` where an open engagement lacks a profile, `nothing_open`.
    state: &'static str,
    /// The policy's band of the largest inherent risk over the open engagements.
    tier: Option<String>,
    /// The largest inherent risk, 4..100.
    inherent: Option<u8>,
    /// The engagement with it.
    engagement: Option<Uuid>,
    /// The domain with it.
    domain: Option<String>,
    /// By engagement: the factors that its profile lacks.
    missing: BTreeMap<Uuid, Vec<String>>,
}

/// The tier of a vendor.
#[utoipa::path(
    get,
    path = "/vendors/{vendor}/tier",
    tag = "vendors",
    params(("vendor" = Uuid, Path)),
    responses(
        (status = 200, body = VendorTierDocument),
        (status = 404, body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub(super) async fn tier_of_vendor(
    may: May<may::Read>,
    State(platform): State<Platform>,
    Id(id): Id<VendorId>,
) -> Result<Json<VendorTierDocument>> {
    let (db, scope) = (platform.db.read(), may.scope());
    repo::vendors::get(db, scope, id).await?.ok_or(AppError::NotFound)?;
    let (_, policy) = content::current_policy(&platform, scope).await?;
    let tier = inherent::tier_of_vendor(db, scope, &policy, id).await?.ok_or(AppError::NotFound)?;
    let nothing = VendorTierDocument {
        vendor: id.0,
        state: "nothing_open",
        tier: None,
        inherent: None,
        engagement: None,
        domain: None,
        missing: BTreeMap::new(),
    };
    Ok(Json(match tier {
        VendorTier::NothingOpen => nothing,
        VendorTier::Unscored { missing } => VendorTierDocument {
            state: "unscored",
            missing: missing.into_iter().map(|(id, factors)| (id.0, factors)).collect(),
            ..nothing
        },
        VendorTier::Tier { band, inherent, engagement, domain } => VendorTierDocument {
            state: "tier",
            tier: Some(band),
            inherent: Some(inherent),
            engagement: Some(engagement.0),
            domain: Some(domain),
            ..nothing
        },
    }))
}
