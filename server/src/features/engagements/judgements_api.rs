//! Accepted risks, impact assessments, decisions and their conditions as JSON.

use super::acceptances::{day, may_ask};
use super::decision::{may_follow, may_step, step_named, taken_away};
use super::impact::WantedVersion;
use crate::actions::judging::acceptance::{self, NewAcceptance, Word};
use crate::actions::judging::decision::{self, NewCondition, NewDecision, followed};
use crate::actions::judging::impact;
use crate::actions::judging::record::overtaken_by;
use crate::actions::judging::world::World;
use crate::error::{AppError, Result};
use crate::platform::Platform;
use crate::repo;
use crate::web::actor::{May, may};
use crate::web::api::{Body, IfMatch, Made, Tagged};
use crate::web::failure::ProblemDocument;
use crate::web::moment::rfc3339;
use crate::web::paging::Items;
use crate::web::path::Id;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use axum_extra::extract::Query;
use domain::answer::iso_date;
use domain::ids::{EngagementId, MemberId};
use domain::judging::impact::Assessment;
use domain::problem::{Problem, Problems};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;
use uuid::Uuid;

/// A risk that somebody asked to be accepted.
#[derive(Debug, Serialize, ToSchema)]
pub struct AcceptanceDocument {
    /// Its id.
    id: Uuid,
    /// `residual`, or `findings` with their ids.
    #[schema(value_type = Object)]
    scope: Value,
    /// Why.
    reason: String,
    /// Under which conditions.
    conditions: Vec<String>,
    /// The last day on which it holds.
    expires_on: String,
    /// The stored score that it rests on.
    score: Uuid,
    /// The residual risk that was accepted.
    residual: f64,
    /// The rating that was accepted.
    rating: String,
    /// How many people have to approve.
    approvers: u32,
    /// How it stands today, with the causes where it is stale; null where there is no score to hold it against.
    #[schema(value_type = Option<Object>)]
    standing: Option<Value>,
    /// What was said of it: `approved`, `refused`, `withdrawn`.
    words: Vec<AcceptanceWord>,
}

/// What somebody said of an acceptance.
#[derive(Debug, Serialize, ToSchema)]
pub struct AcceptanceWord {
    /// `approved`, `refused`, `withdrawn`.
    word: String,
    /// Why.
    reason: Option<String>,
    /// The member who did.
    by: Uuid,
    /// When.
    at: String,
}

fn acceptances_of(world: &World) -> Result<Vec<AcceptanceDocument>> {
    let document = |accepted: &crate::actions::judging::world::Accepted| {
        Ok(AcceptanceDocument {
            id: accepted.row.id,
            scope: serde_json::to_value(&accepted.acceptance.scope)?,
            reason: accepted.acceptance.reason.clone(),
            conditions: accepted.acceptance.conditions.clone(),
            expires_on: iso_date::write(accepted.acceptance.expires_on),
            score: accepted.row.score_id,
            residual: accepted.row.residual,
            rating: accepted.row.rating.clone(),
            approvers: accepted.acceptance.approvers,
            standing: accepted.standing.as_ref().map(serde_json::to_value).transpose()?,
            words: accepted
                .approvals
                .iter()
                .map(|row| AcceptanceWord {
                    word: row.verdict.clone(),
                    reason: row.reason.clone(),
                    by: row.recorded_by,
                    at: rfc3339(row.recorded_at),
                })
                .collect(),
        })
    };
    world.acceptances.iter().rev().map(document).collect()
}

/// The accepted risks of an engagement, the newest first, with how each stands today.
#[utoipa::path(
    get,
    path = "/engagements/{engagement}/acceptances",
    tag = "decisions",
    params(("engagement" = Uuid, Path)),
    responses(
        (status = 200, body = Items<AcceptanceDocument>),
        (status = 404, body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub(super) async fn acceptances(
    may: May<may::ReadOwn>,
    State(platform): State<Platform>,
    Id(id): Id<EngagementId>,
) -> Result<Json<Items<AcceptanceDocument>>> {
    let world = World::read(&platform, platform.db.read(), may.scope(), id).await?;
    Ok(Json(Items::all(acceptances_of(&world)?)))
}

/// What is asked for.
#[derive(Debug, Deserialize, ToSchema)]
pub struct AcceptanceInput {
    /// Findings; empty for the residual risk.
    #[serde(default)]
    findings: Vec<Uuid>,
    /// Why.
    reason: String,
    /// Under which conditions.
    #[serde(default)]
    conditions: Vec<String>,
    /// The last day on which it is to hold, `2026-11-21`.
    expires_on: String,
}

/// Something was made.
#[derive(Debug, Serialize, ToSchema)]
pub struct MadeDocument {
    /// Its id.
    id: Uuid,
}

/// Asks for a risk to be accepted.
#[utoipa::path(
    post,
    path = "/engagements/{engagement}/acceptances",
    tag = "decisions",
    params(("engagement" = Uuid, Path), ("Idempotency-Key" = Option<String>, Header)),
    request_body = AcceptanceInput,
    responses(
        (status = 201, body = MadeDocument),
        (status = 403, body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, body = ProblemDocument, content_type = "application/problem+json"),
        (status = 422, body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub(super) async fn ask(
    may: May<may::ReadOwn>,
    State(platform): State<Platform>,
    Id(id): Id<EngagementId>,
    Body(input): Body<AcceptanceInput>,
) -> Result<Made<MadeDocument>> {
    if !may_ask(&may) {
        return Err(AppError::Forbidden);
    }
    let new = NewAcceptance {
        findings: input.findings.into_iter().collect(),
        reason: input.reason,
        conditions: input.conditions,
        expires_on: day("expires_on", &input.expires_on).map_err(Problems::one)?,
    };
    let made = acceptance::ask(&platform, &may.buyer(), id, &new).await?;
    Ok(Made(format!("/api/v1/engagements/{id}/acceptances"), MadeDocument { id: made }))
}

/// What somebody says of an acceptance.
#[derive(Debug, Deserialize, ToSchema)]
pub struct WordInput {
    /// `approved`, `refused`, `withdrawn`.
    word: String,
    /// Why; needed for all but an approval.
    #[serde(default)]
    reason: String,
}

/// Approves, refuses or withdraws an acceptance. A person does, who did not ask for it.
#[utoipa::path(
    post,
    path = "/acceptances/{acceptance}/words",
    tag = "decisions",
    params(("acceptance" = Uuid, Path), ("Idempotency-Key" = Option<String>, Header)),
    request_body = WordInput,
    responses(
        (status = 204, description = "It was said"),
        (status = 403, body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, body = ProblemDocument, content_type = "application/problem+json"),
        (status = 409, description = "It does not wait for approval, or was ended", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 422, body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub(super) async fn say(
    may: May<may::Decide>,
    State(platform): State<Platform>,
    Id(id): Id<Uuid>,
    Body(input): Body<WordInput>,
) -> Result<StatusCode> {
    let word = Word::named(&input.word).ok_or_else(|| AppError::from(Problem::new("word", "not-an-option")))?;
    acceptance::say(&platform, &may.buyer(), id, word, &input.reason).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The impact assessment of an engagement.
#[derive(Debug, Serialize, ToSchema)]
pub struct ImpactDocument {
    /// `not_asked_for`, `missing`, `out_of_date`, `approved`.
    state: &'static str,
    /// The version's number; 0 where there is none.
    number: i64,
    /// That version was approved.
    approved: bool,
    /// The version: process, period, effects, none, oversight, remedies.
    #[schema(value_type = Option<Object>)]
    document: Option<Value>,
    /// Factors of the profile that have changed since the approval.
    changed_factors: Vec<String>,
    /// Questions whose answer has changed since the approval.
    changed_answers: Vec<String>,
}

/// How it stands, with a version: the newest where none is named, and none where there is no such version.
fn impact_of(world: &World, version: Option<i64>) -> Option<ImpactDocument> {
    use domain::judging::decision::Impact;
    let chosen = match version {
        Some(number) => Some(world.impacts.iter().find(|version| version.row.number == number)?),
        None => world.impacts.last(),
    };
    let changed = world.approved_impact().map(|version| version.changed.clone()).unwrap_or_default();
    Some(ImpactDocument {
        state: match world.impact() {
            Impact::NotAskedFor => "not_asked_for",
            Impact::Missing => "missing",
            Impact::OutOfDate => "out_of_date",
            Impact::Approved => "approved",
        },
        number: chosen.map_or(0, |version| version.row.number),
        approved: chosen.is_some_and(|version| version.approval.is_some()),
        document: chosen.map(|version| version.row.document.clone()),
        changed_factors: changed.0.into_iter().collect(),
        changed_answers: changed.1.into_iter().collect(),
    })
}

/// The impact assessment of an engagement, with how it stands: its newest version, or the one that is named.
#[utoipa::path(
    get,
    path = "/engagements/{engagement}/impact",
    tag = "decisions",
    params(("engagement" = Uuid, Path), WantedVersion),
    responses(
        (status = 200, body = ImpactDocument),
        (status = 404, body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub(super) async fn impact(
    may: May<may::ReadOwn>,
    State(platform): State<Platform>,
    Id(id): Id<EngagementId>,
    Query(wanted): Query<WantedVersion>,
) -> Result<Tagged<ImpactDocument>> {
    let world = World::read(&platform, platform.db.read(), may.scope(), id).await?;
    let document = impact_of(&world, wanted.version).ok_or(AppError::NotFound)?;
    Ok(Tagged(document.number, document))
}

/// Writes a version of the impact assessment.
///
/// The body: `{"process", "period", "effects": [{"whom": "individuals", "who", "what", "severity", "likelihood",
/// "is_reversible", "measures", "answers"}], "none": {"society": "why there is none"}, "oversight", "remedies"}`.
#[utoipa::path(
    post,
    path = "/engagements/{engagement}/impact",
    tag = "decisions",
    params(
        ("engagement" = Uuid, Path),
        ("If-Match" = Option<String>, Header),
        ("Idempotency-Key" = Option<String>, Header),
    ),
    request_body(content = Object),
    responses(
        (status = 200, body = ImpactDocument),
        (status = 403, body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, body = ProblemDocument, content_type = "application/problem+json"),
        (status = 412, body = ProblemDocument, content_type = "application/problem+json"),
        (status = 422, body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub(super) async fn write_impact(
    may: May<may::Score>,
    State(platform): State<Platform>,
    Id(id): Id<EngagementId>,
    IfMatch(seen): IfMatch,
    Body(body): Body<Value>,
) -> Result<Tagged<ImpactDocument>> {
    let document: Assessment = serde_json::from_value(body)
        .map_err(|wrong| AppError::from(Problem::new("", "not-the-json-expected").with("reason", wrong)))?;
    impact::write(&platform, &may.buyer(), id, seen, &document).await?;
    let world = World::read(&platform, platform.db.read(), may.scope(), id).await?;
    let document = impact_of(&world, None).ok_or(AppError::NotFound)?;
    Ok(Tagged(document.number, document))
}

/// Approves the newest version. A person does, who wrote none of the versions.
#[utoipa::path(
    post,
    path = "/engagements/{engagement}/impact/approval",
    tag = "decisions",
    params(
        ("engagement" = Uuid, Path),
        ("If-Match" = Option<String>, Header),
        ("Idempotency-Key" = Option<String>, Header),
    ),
    responses(
        (status = 204, description = "It is approved"),
        (status = 403, body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, body = ProblemDocument, content_type = "application/problem+json"),
        (status = 409, description = "There is none, or it is approved", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 412, body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub(super) async fn approve_impact(
    may: May<may::Decide>,
    State(platform): State<Platform>,
    Id(id): Id<EngagementId>,
    IfMatch(seen): IfMatch,
) -> Result<StatusCode> {
    impact::approve(&platform, &may.buyer(), id, seen).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A decision.
#[derive(Debug, Serialize, ToSchema)]
pub struct DecisionDocument {
    /// Its id.
    id: Uuid,
    /// From 1.
    number: i64,
    /// `approved`, `approved_with_conditions`, `on_hold`, `rejected`, `withdrawn`.
    kind: String,
    /// Why.
    reason: String,
    /// The stored score that it rests on.
    score: Option<Uuid>,
    /// When to look again.
    next_review_on: Option<String>,
    /// SHA-256 of the record.
    sha256: String,
    /// The member who decided.
    decided_by: Uuid,
    /// When.
    decided_at: String,
    /// What overtook it; empty where it stands, and for all but the newest.
    #[schema(value_type = Vec<Object>)]
    overtaken: Vec<Value>,
    /// Its conditions.
    conditions: Vec<ConditionDocument>,
}

/// A condition of a decision.
#[derive(Debug, Serialize, ToSchema)]
pub struct ConditionDocument {
    /// Its id.
    id: Uuid,
    /// What.
    what: String,
    /// `open`, `met`, `waived`.
    state: &'static str,
    /// How its clause of the contract stands.
    clause: Option<&'static str>,
    /// By when.
    due_on: Option<String>,
    /// The finding that it is about.
    finding: Option<Uuid>,
    /// How many steps were taken.
    steps: usize,
}

/// The decisions on an engagement, the newest first.
#[utoipa::path(
    get,
    path = "/engagements/{engagement}/decisions",
    tag = "decisions",
    params(("engagement" = Uuid, Path)),
    responses(
        (status = 200, body = Items<DecisionDocument>, description = "The ETag is the number of the newest"),
        (status = 404, body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub(super) async fn decisions(
    may: May<may::ReadOwn>,
    State(platform): State<Platform>,
    Id(id): Id<EngagementId>,
) -> Result<Tagged<Items<DecisionDocument>>> {
    let (db, scope) = (platform.db.read(), may.scope());
    let world = World::read(&platform, db, scope, id).await?;
    let rows = repo::decisions::decisions(db, scope, id).await?;
    let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
    let conditions = followed(db, scope, &ids).await?;
    let newest = rows.last().map_or(0, |row| row.number);
    let mut all = Vec::new();
    for row in rows.into_iter().rev() {
        let overtaken = if row.number == newest { overtaken_by(&world, &row)? } else { Vec::new() };
        let own = conditions.iter().filter(|one| one.row.decision_id == row.id);
        all.push(DecisionDocument {
            id: row.id,
            number: row.number,
            kind: row.kind,
            reason: row.reason,
            score: row.score_id,
            next_review_on: row.next_review_on.map(iso_date::write),
            sha256: row.sha256,
            decided_by: row.decided_by,
            decided_at: rfc3339(row.decided_at),
            overtaken: overtaken.iter().map(|what| json!(what)).collect(),
            conditions: own
                .map(|one| ConditionDocument {
                    id: one.row.id,
                    what: one.row.what.clone(),
                    state: one.state.name(),
                    clause: one.clause.map(domain::judging::decision::Clause::name),
                    due_on: one.row.due_on.map(iso_date::write),
                    finding: one.row.finding_id,
                    steps: one.steps.len(),
                })
                .collect(),
        });
    }
    Ok(Tagged(newest, Items::all(all)))
}

/// What somebody decides.
#[derive(Debug, Deserialize, ToSchema)]
pub struct DecisionInput {
    /// `approved`, `approved_with_conditions`, `on_hold`, `rejected`, `withdrawn`.
    kind: String,
    /// Why; needed for all but an approval.
    #[serde(default)]
    reason: String,
    /// To be met, for an approval with conditions.
    #[serde(default)]
    conditions: Vec<ConditionInput>,
    /// An earlier day to look again.
    #[serde(default)]
    next_review_on: Option<String>,
}

/// A condition that is set.
#[derive(Debug, Deserialize, ToSchema)]
pub struct ConditionInput {
    /// What.
    what: String,
    /// By when.
    #[serde(default)]
    due_on: Option<String>,
    /// The member who sees to it.
    #[serde(default)]
    owner: Option<Uuid>,
    /// The finding that it is about.
    #[serde(default)]
    finding: Option<Uuid>,
    /// It is a clause of the contract.
    #[serde(default)]
    clause: bool,
}

/// Decides on an engagement; the record is frozen. A person does, who neither answered nor attested in the vendor's place,
/// reviewed an answer, stored the score, recorded an override that counts, nor confirmed the tier that stands.
#[utoipa::path(
    post,
    path = "/engagements/{engagement}/decisions",
    tag = "decisions",
    params(
        ("engagement" = Uuid, Path),
        ("If-Match" = Option<String>, Header),
        ("Idempotency-Key" = Option<String>, Header),
    ),
    request_body = DecisionInput,
    responses(
        (status = 201, body = MadeDocument),
        (status = 403, body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, body = ProblemDocument, content_type = "application/problem+json"),
        (status = 412, body = ProblemDocument, content_type = "application/problem+json"),
        (status = 422, body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub(super) async fn decide(
    may: May<may::Decide>,
    State(platform): State<Platform>,
    Id(id): Id<EngagementId>,
    IfMatch(seen): IfMatch,
    Body(input): Body<DecisionInput>,
) -> Result<Made<MadeDocument>> {
    let mut conditions = Vec::new();
    for (n, condition) in input.conditions.into_iter().enumerate() {
        let due_on = condition.due_on.as_deref().unwrap_or_default();
        conditions.push(NewCondition {
            what: condition.what,
            due_on: day(&format!("conditions.{n}.due_on"), due_on).map_err(Problems::one)?,
            owner: condition.owner.map(MemberId),
            finding: condition.finding,
            is_clause: condition.clause,
        });
    }
    let next = input.next_review_on.as_deref().unwrap_or_default();
    let new = NewDecision {
        kind: input.kind.parse().ok(),
        reason: input.reason,
        conditions,
        next_review_on: day("next_review_on", next).map_err(Problems::one)?,
    };
    let made = decision::decide(&platform, &may.buyer(), id, seen, &new).await?;
    Ok(Made(format!("/api/v1/decisions/{made}/record"), MadeDocument { id: made }))
}

/// The record of a decision, byte for byte as it was frozen: `candor decision verify` computes it again.
#[utoipa::path(
    get,
    path = "/decisions/{decision}/record",
    tag = "decisions",
    params(("decision" = Uuid, Path)),
    responses(
        (status = 200, content_type = "application/json", body = Object),
        (status = 404, body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub(super) async fn record(
    may: May<may::ReadOwn>,
    State(platform): State<Platform>,
    Id(id): Id<Uuid>,
) -> Result<Response> {
    let row = taken_away(&platform, &may, id).await?;
    Ok(([(CONTENT_TYPE, "application/json")], row.record).into_response())
}

/// What happens to a condition.
#[derive(Debug, Deserialize, ToSchema)]
pub struct StepInput {
    /// `meet`, `waive`, `take_back`, or `clause:` with `proposed`, `agreed`, `refused`, `signed`.
    step: String,
    /// What shows it, or why.
    #[serde(default)]
    note: String,
}

/// Takes a step of a condition. Whoever sees to it does not say that it is met; who may decide waives.
#[utoipa::path(
    post,
    path = "/conditions/{condition}/steps",
    tag = "decisions",
    params(
        ("condition" = Uuid, Path),
        ("If-Match" = Option<String>, Header),
        ("Idempotency-Key" = Option<String>, Header),
    ),
    request_body = StepInput,
    responses(
        (status = 204, description = "It was taken"),
        (status = 403, body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, body = ProblemDocument, content_type = "application/problem+json"),
        (status = 409, description = "Not as it stands", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 412, body = ProblemDocument, content_type = "application/problem+json"),
        (status = 422, body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub(super) async fn follow(
    may: May<may::ReadOwn>,
    State(platform): State<Platform>,
    Id(id): Id<Uuid>,
    IfMatch(seen): IfMatch,
    Body(input): Body<StepInput>,
) -> Result<StatusCode> {
    if !may_follow(&may) {
        return Err(AppError::Forbidden);
    }
    let step = step_named(&input.step, &input.note);
    let step = step.ok_or_else(|| AppError::from(Problem::new("step", "not-an-option")))?;
    if !may_step(&may, &step) {
        return Err(AppError::Forbidden);
    }
    decision::step(&platform, &may.buyer(), id, seen, &step).await?;
    Ok(StatusCode::NO_CONTENT)
}
