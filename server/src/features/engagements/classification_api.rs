//! The tier of the EU AI Act of an engagement as JSON.

use crate::actions::content::CLASSIFICATION;
use crate::actions::judging::tier::named;
use crate::actions::judging::tier::{self, Known};
use crate::actions::register::areas;
use crate::error::Result;
use crate::platform::Platform;
use crate::web::actor::{May, may};
use crate::web::api::{Body, IfMatch, Tagged};
use crate::web::classification::{english, tier_name};
use crate::web::failure::ProblemDocument;
use crate::web::moment::rfc3339;
use crate::web::path::Id;
use axum::extract::State;
use domain::ids::EngagementId;
use domain::judging::tier::Confirmation;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;
use utoipa::ToSchema;
use uuid::Uuid;

/// What the rules propose for an engagement, and what a person confirmed.
#[derive(Debug, Serialize, ToSchema)]
pub struct TierDocument {
    /// The engagement.
    engagement: Uuid,
    /// What was stated: fact to `yes` or `no`; `purpose` in words.
    stated: BTreeMap<String, String>,
    /// `prohibited`, `high`, `limited`, `minimal`, `out_of_scope`, `unknown`.
    proposed: &'static str,
    /// Points of Annex III that are proposed.
    proposed_areas: Vec<String>,
    /// `certain`, `likely`, `uncertain`.
    certainty: &'static str,
    /// Each rule that speaks of it.
    proposals: Vec<TierProposal>,
    /// Facts that would settle what is open.
    missing: Vec<String>,
    /// What was confirmed, the newest first.
    confirmed: Vec<TierConfirmed>,
}

/// Something that the rules propose.
#[derive(Debug, Serialize, ToSchema)]
pub struct TierProposal {
    /// The tier; null for a rule that adds duties alone.
    tier: Option<&'static str>,
    /// What is classified so.
    title: String,
    /// The article.
    article: String,
    /// Why.
    reason: String,
}

/// A tier that a person confirmed.
#[derive(Debug, Serialize, ToSchema)]
pub struct TierConfirmed {
    /// From 1.
    number: i64,
    /// The tier.
    tier: String,
    /// What the rules proposed then.
    proposed: String,
    /// All of it: areas, grounds of Art. 6(3), reason, document, and the version of the rules.
    #[schema(value_type = Object)]
    details: Value,
    /// When.
    at: String,
    /// The member who did.
    by: Uuid,
}

fn document(known: &Known) -> TierDocument {
    let found = CLASSIFICATION.classify(&known.facts);
    let proposal = |proposal: &domain::classification::Proposal<'_>| TierProposal {
        tier: proposal.tier.map(tier_name),
        title: english(&proposal.rule.title).to_owned(),
        article: proposal.rule.article.clone(),
        reason: english(&proposal.rule.reason).to_owned(),
    };
    let confirmed = |row: &entity::engagement_tier::Model| TierConfirmed {
        number: row.number,
        tier: row.tier.clone(),
        proposed: row.proposed.clone(),
        details: row.confirmed.clone(),
        at: rfc3339(row.recorded_at),
        by: row.recorded_by,
    };
    TierDocument {
        engagement: known.engagement.id,
        stated: known.stated.clone(),
        proposed: tier_name(found.tier),
        proposed_areas: areas(&found),
        certainty: found.certainty.name(),
        proposals: found.proposals.iter().map(proposal).collect(),
        missing: found.missing.iter().map(|id| (*id).to_owned()).collect(),
        confirmed: known.tiers.iter().rev().map(confirmed).collect(),
    }
}

/// The tier of the EU AI Act of an engagement: what the rules propose, what a person confirmed.
#[utoipa::path(
    get,
    path = "/engagements/{engagement}/classification",
    tag = "engagements",
    params(("engagement" = Uuid, Path)),
    responses(
        (status = 200, body = TierDocument),
        (status = 404, body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub(super) async fn show(
    may: May<may::ReadOwn>,
    State(platform): State<Platform>,
    Id(id): Id<EngagementId>,
) -> Result<Tagged<TierDocument>> {
    let known = Known::read(platform.db.read(), may.scope(), id).await?;
    Ok(Tagged(known.revision, document(&known)))
}

/// What a person confirms.
#[derive(Debug, Deserialize, ToSchema)]
pub struct TierInput {
    /// `prohibited`, `high`, `limited`, `minimal`, `out_of_scope`.
    tier: String,
    /// Points of Annex III; of high-risk alone.
    #[serde(default)]
    areas: Vec<String>,
    /// Why; needed where it is not what is proposed.
    #[serde(default)]
    reason: String,
    /// Where the assessment of Art. 6(4) is; needed where Art. 6(3) takes the use out.
    #[serde(default)]
    document: String,
}

/// Confirms the tier of an engagement, which its profile then says. A person does: programs are refused.
#[utoipa::path(
    post,
    path = "/engagements/{engagement}/classification",
    tag = "engagements",
    params(
        ("engagement" = Uuid, Path),
        ("If-Match" = Option<String>, Header),
        ("Idempotency-Key" = Option<String>, Header),
    ),
    request_body = TierInput,
    responses(
        (status = 200, body = TierDocument),
        (status = 403, body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, body = ProblemDocument, content_type = "application/problem+json"),
        (status = 412, body = ProblemDocument, content_type = "application/problem+json"),
        (status = 422, body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub(super) async fn confirm(
    may: May<may::Score>,
    State(platform): State<Platform>,
    Id(id): Id<EngagementId>,
    IfMatch(seen): IfMatch,
    Body(input): Body<TierInput>,
) -> Result<Tagged<TierDocument>> {
    let given = Confirmation {
        tier: named(&input.tier),
        areas: input.areas.into_iter().collect(),
        reason: input.reason,
        document: input.document,
    };
    tier::confirm(&platform, &may.buyer(), id, seen, &given).await?;
    let known = Known::read(platform.db.read(), may.scope(), id).await?;
    Ok(Tagged(known.revision, document(&known)))
}

/// What is stated of a use.
#[derive(Debug, Deserialize, ToSchema)]
pub struct FactsInput {
    /// By id `yes`, `no`, or empty for what is not known; `purpose` in words.
    facts: BTreeMap<String, String>,
}

/// States facts of a use that its classification rests on.
#[utoipa::path(
    post,
    path = "/engagements/{engagement}/facts",
    tag = "engagements",
    params(
        ("engagement" = Uuid, Path),
        ("If-Match" = Option<String>, Header),
        ("Idempotency-Key" = Option<String>, Header),
    ),
    request_body = FactsInput,
    responses(
        (status = 200, body = TierDocument),
        (status = 403, body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, body = ProblemDocument, content_type = "application/problem+json"),
        (status = 412, body = ProblemDocument, content_type = "application/problem+json"),
        (status = 422, body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub(super) async fn state(
    may: May<may::Score>,
    State(platform): State<Platform>,
    Id(id): Id<EngagementId>,
    IfMatch(seen): IfMatch,
    Body(input): Body<FactsInput>,
) -> Result<Tagged<TierDocument>> {
    tier::state(&platform, &may.buyer(), id, seen, &input.facts).await?;
    let known = Known::read(platform.db.read(), may.scope(), id).await?;
    Ok(Tagged(known.revision, document(&known)))
}
