//! Classification of uses as JSON.

use super::classify_pages::found;
use crate::actions::content::CLASSIFICATION;
use crate::actions::register::{self, Confirmation, Confirmed, Kept, areas, confirm, state_facts};
use crate::error::Result;
use crate::web::actor::{Caller, May, may};
use crate::web::api::{Body, IfMatch, Tagged};
use crate::web::classification::tier_name;
use crate::web::failure::ProblemDocument;
use crate::web::path::Pair;
use crate::web::render::Renderer;
use domain::classification::Proposal;
use domain::ids::{ComponentId, UseId};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use utoipa::ToSchema;
use uuid::Uuid;

/// Something that a rule proposes.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProposedTier {
    /// The rule.
    rule: String,
    /// `prohibited`, `high`, `limited` or `minimal`; null for a rule that adds duties alone.
    tier: Option<&'static str>,
    /// The point of Annex III, or `I` for a product of Annex I.
    area: Option<String>,
    /// The article.
    article: String,
    /// Why.
    reason: String,
    /// `certain`, `likely` or `uncertain`.
    certainty: &'static str,
    /// What it rests on: facts, or words found in them.
    #[schema(value_type = Vec<Object>)]
    evidence: Value,
    /// What is open: ids of facts or of fields of the register.
    missing: Vec<String>,
    /// What Art. 6(3) has to do with it.
    #[schema(value_type = Option<Object>)]
    way_out: Value,
    /// Since when it applies.
    applies_from: Option<String>,
}

/// How a use is classified under the EU AI Act.
#[derive(Debug, Serialize, ToSchema)]
pub struct UseClassification {
    /// The use.
    r#use: Uuid,
    /// The strictest tier that is proposed: `prohibited`, `high`, `limited`, `minimal`, `out_of_scope` or `unknown`.
    tier: &'static str,
    /// The points of Annex III that are proposed for it.
    areas: Vec<String>,
    /// `certain`, `likely` or `uncertain`.
    certainty: &'static str,
    /// All that is proposed, the strictest first.
    proposals: Vec<ProposedTier>,
    /// Facts and fields that would settle what is open.
    missing: Vec<String>,
    /// Facts that somebody stated.
    facts: BTreeMap<String, String>,
    /// What a person confirmed: tier, areas, by whom and when, and what was proposed then.
    #[schema(value_type = Option<Object>)]
    confirmed: Option<Confirmed>,
    /// The rules.
    rules: String,
    /// Their version.
    version: u32,
}

fn proposed(proposal: &Proposal<'_>) -> Result<ProposedTier> {
    Ok(ProposedTier {
        rule: proposal.rule.id.clone(),
        tier: proposal.tier.map(tier_name),
        area: proposal.rule.area.clone(),
        article: proposal.rule.article.clone(),
        reason: proposal.rule.reason.read("en", "en").to_owned(),
        certainty: proposal.certainty.name(),
        evidence: json!(proposal.evidence),
        missing: proposal.missing.iter().map(|id| (*id).to_owned()).collect(),
        way_out: serde_json::to_value(&proposal.way_out)?,
        applies_from: proposal.applies.map(|applies| applies.from.clone()),
    })
}

async fn read(renderer: &Renderer, caller: &Caller, ids: (ComponentId, UseId)) -> Result<Tagged<UseClassification>> {
    let (row, used) = found(renderer, caller, ids).await?;
    let kept = Kept::of(&used)?;
    let known = register::facts(&row, &used, &kept);
    let found = CLASSIFICATION.classify(&known);
    let view = UseClassification {
        r#use: used.id,
        tier: tier_name(found.tier),
        areas: areas(&found),
        certainty: found.certainty.name(),
        proposals: found.proposals.iter().map(proposed).collect::<Result<_>>()?,
        missing: found.missing.iter().map(|id| (*id).to_owned()).collect(),
        facts: kept.answers,
        confirmed: kept.confirmed,
        rules: CLASSIFICATION.key.clone(),
        version: CLASSIFICATION.version,
    };
    Ok(Tagged(row.revision, view))
}

/// How a use is classified: what the rules propose, and what a person confirmed.
#[utoipa::path(
    get,
    path = "/components/{component}/uses/{use}/classification",
    tag = "register",
    params(("component" = Uuid, Path), ("use" = Uuid, Path)),
    responses(
        (status = 200, body = UseClassification, headers(("ETag" = String, description = "The entry's revision"))),
        (status = 404, body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub(super) async fn classification(
    may: May<may::Read>,
    renderer: Renderer,
    Pair(id, of_use): Pair<ComponentId, UseId>,
) -> Result<Tagged<UseClassification>> {
    read(&renderer, &may, (id, of_use)).await
}

/// Facts of a use that its classification rests on.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StatedFacts {
    /// By id `yes`, `no`, or `unknown` for what is not known any more.
    facts: BTreeMap<String, String>,
}

/// States facts of a use that its classification rests on.
#[utoipa::path(
    post,
    path = "/components/{component}/uses/{use}/classification/facts",
    tag = "register",
    params(("component" = Uuid, Path), ("use" = Uuid, Path), ("If-Match" = Option<String>, Header)),
    request_body = StatedFacts,
    responses(
        (status = 200, body = UseClassification),
        (status = 412, body = ProblemDocument, content_type = "application/problem+json"),
        (status = 422, body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub(super) async fn facts(
    may: May<may::EditRegister>,
    renderer: Renderer,
    Pair(id, of_use): Pair<ComponentId, UseId>,
    IfMatch(revision): IfMatch,
    Body(body): Body<StatedFacts>,
) -> Result<Tagged<UseClassification>> {
    state_facts(&renderer.platform, &may.buyer(), (id, of_use), revision, &body.facts).await?;
    read(&renderer, &may, (id, of_use)).await
}

/// What a person confirms.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ConfirmedTier {
    /// `prohibited`, `high`, `limited`, `minimal` or `out_of_scope`.
    tier: String,
    /// Points of Annex III; of high-risk alone.
    #[serde(default)]
    areas: Vec<String>,
    /// Why; needed where it differs from what is proposed.
    reason: Option<String>,
}

/// A person confirms the classification of a use, or says a different one with a reason. Programs may not.
#[utoipa::path(
    post,
    path = "/components/{component}/uses/{use}/classification",
    tag = "register",
    params(("component" = Uuid, Path), ("use" = Uuid, Path), ("If-Match" = Option<String>, Header)),
    request_body = ConfirmedTier,
    responses(
        (status = 200, body = UseClassification),
        (status = 403, body = ProblemDocument, content_type = "application/problem+json"),
        (status = 412, body = ProblemDocument, content_type = "application/problem+json"),
        (status = 422, body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub(super) async fn confirm_tier(
    may: May<may::EditRegister>,
    renderer: Renderer,
    Pair(id, of_use): Pair<ComponentId, UseId>,
    IfMatch(revision): IfMatch,
    Body(body): Body<ConfirmedTier>,
) -> Result<Tagged<UseClassification>> {
    let confirmation = Confirmation { tier: body.tier, areas: body.areas, reason: body.reason.unwrap_or_default() };
    confirm(&renderer.platform, &may.buyer(), (id, of_use), revision, &confirmation).await?;
    read(&renderer, &may, (id, of_use)).await
}
