//! Deciding on a vendor for an engagement, and following the conditions of an approval.

use super::inherent::{is_person, tier_of_vendor};
use super::profile::write_version;
use super::record::{basis_json, record};
use super::world::World;
use super::{name_of, party, party_of, said, standing};
use crate::actions::content::JUDGING;
use crate::actions::review::took_part;
use crate::actions::{Act, Buyer};
use crate::error::{AppError, Result};
use crate::platform::Platform;
use crate::repo::{self, BuyerScope};
use domain::answer::iso_date;
use domain::ids::{AssessmentId, EngagementId, MemberId, PolicyId, TokenId, VendorId};
use domain::judging::acceptance::Scope;
use domain::judging::decision::{
    Clause, Condition, ConditionState, ConditionStep, Decided, Kind, NotPossible, OpenFinding, Situation, check,
    next_review,
};
use domain::judging::party::Party;
use domain::judging::profile::VendorTier;
use domain::problem::{Problem, Problems};
use domain::questionnaire::Severity;
use domain::register::By;
use entity::{condition_step, decision, decision_acceptance, decision_condition};
use sea_orm::{ConnectionTrait, Set};
use serde_json::json;
use std::collections::BTreeSet;
use time::Date;
use uuid::Uuid;

/// What somebody decides.
#[derive(Clone, Debug)]
pub struct NewDecision {
    /// What.
    pub kind: Option<Kind>,
    /// Why.
    pub reason: String,
    /// To be met.
    pub conditions: Vec<NewCondition>,
    /// An earlier day to look again.
    pub next_review_on: Option<Date>,
}

/// A condition of an approval.
#[derive(Clone, Debug, Default)]
pub struct NewCondition {
    /// What.
    pub what: String,
    /// By when.
    pub due_on: Option<Date>,
    /// The member who sees to it.
    pub owner: Option<MemberId>,
    /// The finding that it is about.
    pub finding: Option<Uuid>,
    /// It is a clause of the contract.
    pub is_clause: bool,
}

/// How much a finding weighs.
pub fn severity(name: &str) -> Severity {
    match name {
        "major" => Severity::Major,
        "minor" => Severity::Minor,
        _ => Severity::Observation,
    }
}

/// Whoever does not decide, for what they did: replaced a number of the inherent risk or confirmed the tier; and of the
/// assessment, answered, entered or attested to anything of it, reviewed an answer, or stored its score. Who wrote the
/// profile, approved an acceptance or an impact assessment, or verified a finding is none of them.
///
/// # Errors
/// When the database fails.
pub async fn judged_by(db: &impl ConnectionTrait, scope: BuyerScope, world: &World) -> Result<Vec<Party>> {
    let mut parties = world.stakes.replaced_by()?;
    let mut all: BTreeSet<By> = BTreeSet::new();
    all.extend(world.tier.as_ref().map(|tier| By::Member(MemberId(tier.row.recorded_by))));
    if let Some(judged) = &world.judged {
        let assessment = AssessmentId(judged.opened.assessment.id);
        let everything = BuyerScope::of(scope.organisation());
        for (contact, entered) in took_part(db, everything, assessment).await? {
            all.insert(By::Contact(contact));
            parties.extend(entered.map(|person| Party { by: By::Contact(contact), person: Some(person) }));
        }
        all.extend(scored_by(db, everything, assessment).await?);
        for review in repo::reviews::all(db, scope, assessment).await? {
            all.insert(By::Member(MemberId(review.recorded_by)));
        }
    }
    for by in all {
        parties.push(party_of(db, scope, by).await?);
    }
    Ok(parties)
}

/// Who stored a score of an assessment.
async fn scored_by(db: &impl ConnectionTrait, scope: BuyerScope, assessment: AssessmentId) -> Result<Vec<By>> {
    let filter = repo::audit::Filter {
        action: Some("assessment.scored".to_owned()),
        subject_kind: Some("assessment".to_owned()),
        subject: Some(assessment.0),
        ..Default::default()
    };
    let stored = repo::audit::newest(db, scope, &filter, None, MOST_SCORES).await?;
    let by = stored.into_iter().filter_map(|(entry, _)| match (entry.actor_kind.as_str(), entry.actor_id) {
        ("member", Some(id)) => Some(By::Member(MemberId(id))),
        ("token", Some(id)) => Some(By::Token(TokenId(id))),
        _ => None,
    });
    Ok(by.collect())
}

/// Stored scores of one assessment that are looked at for who stored them.
const MOST_SCORES: u64 = 1_000;

/// The tier by which the next review is counted: the vendor's, or the engagement's where others of the vendor are unscored.
async fn review_tier(db: &impl ConnectionTrait, scope: BuyerScope, world: &World) -> Result<String> {
    let vendor = VendorId(world.stakes.engagement.vendor_id);
    let everything = BuyerScope::of(scope.organisation());
    let own = world.stakes.domains.iter().max_by_key(|domain| domain.inherent).map(|domain| domain.band.clone());
    Ok(match tier_of_vendor(db, everything, &world.stakes.parsed, vendor).await? {
        Some(VendorTier::Tier { band, .. }) => band,
        _ => own.unwrap_or_default(),
    })
}

/// What is checked before a decision, for a decision and for what stands in its way alike.
///
/// # Errors
/// As [`check`].
pub fn checked(world: &World, judged: &[Party], decided: &Decided, by: &Party) -> Result<(), Problems> {
    let accepted = world.accepted_findings();
    let ids: Vec<String> = world.findings.iter().map(|row| row.id.to_string()).collect();
    let findings: Vec<OpenFinding<'_>> = world
        .findings
        .iter()
        .zip(&ids)
        .map(|(row, id)| OpenFinding {
            id,
            severity: severity(&row.severity),
            is_accepted: accepted.contains(id.as_str()),
        })
        .collect();
    let situation = Situation {
        rules: &JUDGING,
        rating: world.stored.as_ref().map(|row| row.rating.as_str()),
        score_is_current: world.is_current,
        tier_is_confirmed: world.tier.as_ref().is_some_and(|tier| tier.holds),
        is_prohibited: world.is_prohibited(),
        has_ended: world.stakes.has_ended,
        findings: &findings,
        residual_is_accepted: world
            .acceptances
            .iter()
            .any(|accepted| accepted.is_in_force() && accepted.acceptance.scope == Scope::Residual),
        impact: world.impact(),
        judged,
    };
    check(decided, &situation, by)
}

/// Decides, and freezes the record.
///
/// # Errors
/// [`AppError::Forbidden`] for a program; [`AppError::Changed`] when somebody else decided since `seen`, the number of the
/// newest decision; [`AppError::Invalid`] as `domain::judging::decision::check`, and at `next_review_on`,
/// `conditions.<n>.owner`, `conditions.<n>.due_on`; `too-many` at `conditions`.
pub async fn decide(
    platform: &Platform,
    by: &Buyer,
    id: EngagementId,
    seen: Option<i64>,
    new: &NewDecision,
) -> Result<Uuid> {
    let Some(member) = by.actor.id().filter(|_| is_person(by.actor)) else { return Err(AppError::Forbidden) };
    let mut act = Act::begin(platform).await?;
    repo::vendors::hold_engagement(act.tx(), by.scope, id).await?.ok_or(AppError::NotFound)?;
    if let Some(made) = act.done_before(by).await? {
        return Ok(made);
    }
    let earlier = repo::decisions::decisions(act.tx(), by.scope, id).await?;
    let number = earlier.last().map_or(0, |row| row.number);
    if let (Some(seen), Some(newest)) = (seen, earlier.last())
        && seen != number
    {
        return Err(AppError::Changed(json!({
            "number": number, "kind": newest.kind, "reason": newest.reason, "decided_by": newest.decided_by,
        })));
    }
    let world = World::read(platform, act.tx(), by.scope, id).await?;
    let who = party(act.tx(), by.scope, by.actor).await?;
    let (kind, decided) = read(platform, &act, by, new, world.today).await?;
    let judged = judged_by(act.tx(), by.scope, &world).await?;
    checked(&world, &judged, &decided, &who)?;
    let profile = if world.stakes.missing.is_empty() {
        let version = (&world.stakes.profile, None);
        Some(write_version(platform, &act, by, id, version, PolicyId(world.stakes.policy.id)).await?)
    } else {
        None
    };
    let rested: Vec<_> =
        world.acceptances.iter().filter(|accepted| kind.approves() && accepted.is_in_force()).collect();
    let next_review_on = if kind.approves() {
        let tier = review_tier(act.tx(), by.scope, &world).await?;
        let lasts = rested.iter().map(|accepted| accepted.acceptance.expires_on);
        Some(next_review(&JUDGING, &tier, world.today, lasts, new.next_review_on))
    } else {
        new.next_review_on
    };
    let name = name_of(act.tx(), by.scope, by.actor).await?;
    let record = record(&act, by, &world, (number + 1, &decided), (who, name), next_review_on).await?;
    let frozen = record.freeze().map_err(AppError::internal)?;
    let decision: Uuid = platform.clock.id();
    let row = decision::ActiveModel {
        id: Set(decision),
        organisation_id: Set(by.scope.organisation().0),
        engagement_id: Set(id.0),
        number: Set(number + 1),
        kind: Set(kind.name().to_owned()),
        reason: Set(decided.reason.clone()),
        score_id: Set(record.subject.score.as_ref().and_then(|score| score.parse().ok())),
        profile_id: Set(profile),
        impact_id: Set(world.approved_impact().filter(|_| record.impact.is_some()).map(|version| version.row.id)),
        basis: Set(basis_json(&world, next_review_on, record.impact.is_some())),
        next_review_on: Set(next_review_on),
        record: Set(frozen.text),
        sha256: Set(frozen.sha256.clone()),
        decided_at: Set(act.now),
        decided_by: Set(member),
    };
    repo::decisions::add_decision(act.tx(), by.scope, row).await?;
    for accepted in rested {
        let row = decision_acceptance::ActiveModel {
            decision_id: Set(decision),
            acceptance_id: Set(accepted.row.id),
            organisation_id: Set(by.scope.organisation().0),
        };
        repo::decisions::add_decision_acceptance(act.tx(), by.scope, row).await?;
    }
    for (position, condition) in (0..).zip(&decided.conditions) {
        let row: Uuid = platform.clock.id();
        let row = decision_condition::ActiveModel {
            id: Set(row),
            organisation_id: Set(by.scope.organisation().0),
            decision_id: Set(decision),
            position: Set(position),
            what: Set(condition.what.clone()),
            due_on: Set(condition.due_on),
            owner: Set(condition.owner.map(serde_json::to_value).transpose()?),
            finding_id: Set(condition.finding.as_ref().and_then(|id| id.parse().ok())),
            clause: Set(condition.clause.map(|clause| clause.name().to_owned())),
        };
        repo::decisions::add_condition(act.tx(), by.scope, row).await?;
    }
    let details = json!({
        "decision": decision, "number": number + 1, "kind": kind, "reason": decided.reason, "sha256": frozen.sha256,
        "score": record.subject.score, "next_review_on": next_review_on.map(iso_date::write),
        "conditions": decided.conditions.len(),
    });
    act.record(&by.scope, by.actor, "engagement.decided", ("engagement", id.0), &details);
    standing::refresh(&mut act, by.scope, id).await?;
    act.remember(by, decision).await?;
    act.commit().await?;
    Ok(decision)
}

/// What was given, as far as it needs no look at the engagement.
async fn read(
    platform: &Platform,
    act: &Act<'_>,
    by: &Buyer,
    new: &NewDecision,
    today: Date,
) -> Result<(Kind, Decided)> {
    let mut problems = Vec::new();
    if new.kind.is_none() {
        problems.push(Problem::new("kind", "required"));
    }
    let reason = said(platform, "reason", &new.reason).map_err(|problem| problems.push(problem)).unwrap_or_default();
    if new.next_review_on.is_some_and(|day| day <= today) {
        problems.push(Problem::new("next_review_on", "not-later").with("than", iso_date::write(today)));
    }
    let most = platform.config.limits.conditions;
    if new.conditions.len() > most {
        problems.push(Problem::new("conditions", "too-many").with("most", most));
    }
    let mut conditions = Vec::new();
    for (n, condition) in new.conditions.iter().enumerate().take(most) {
        let at = |field: &str| format!("conditions.{n}.{field}");
        let what =
            said(platform, &at("what"), &condition.what).map_err(|problem| problems.push(problem)).unwrap_or_default();
        if condition.due_on.is_some_and(|day| day < today) {
            problems.push(Problem::new(at("due_on"), "in-the-past"));
        }
        let owner = match condition.owner {
            None => None,
            Some(member) => {
                let known = repo::people::member(act.tx(), by.scope, member).await?;
                if known.is_none_or(|known| known.removed_at.is_some()) {
                    problems.push(Problem::new(at("owner"), "unknown"));
                }
                Some(party_of(act.tx(), by.scope, By::Member(member)).await?)
            }
        };
        conditions.push(Condition {
            what,
            due_on: condition.due_on,
            owner,
            finding: condition.finding.map(|id| id.to_string()),
            clause: condition.is_clause.then_some(Clause::ToPropose),
        });
    }
    let kind = new.kind.unwrap_or(Kind::OnHold);
    Ok(Problems::none_or(problems, (kind, Decided { kind, reason, conditions }))?)
}

/// A condition with how it stands.
#[derive(Clone, Debug)]
pub struct Followed {
    /// As it was set.
    pub row: decision_condition::Model,
    /// What became of it, in order.
    pub steps: Vec<condition_step::Model>,
    /// Where it stands.
    pub state: ConditionState,
    /// How its clause stands.
    pub clause: Option<Clause>,
}

/// The conditions of decisions, with how they stand.
///
/// # Errors
/// When the database fails.
pub async fn followed(db: &impl ConnectionTrait, scope: BuyerScope, decisions: &[Uuid]) -> Result<Vec<Followed>> {
    let rows = repo::decisions::conditions(db, scope, decisions).await?;
    let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
    let all = repo::decisions::condition_steps(db, scope, &ids).await?;
    let clause = |name: &Option<String>| {
        let name = name.as_deref()?;
        Clause::ALL.into_iter().find(|clause| clause.name() == name)
    };
    let follow = |row: decision_condition::Model| {
        let steps: Vec<_> = all.iter().filter(|step| step.condition_id == row.id).cloned().collect();
        let (state, clause) = match steps.last() {
            None => (ConditionState::Open, clause(&row.clause)),
            Some(step) => {
                let state = [ConditionState::Met, ConditionState::Waived].into_iter().find(|s| s.name() == step.state);
                (state.unwrap_or(ConditionState::Open), clause(&step.clause))
            }
        };
        Followed { row, steps, state, clause }
    };
    Ok(rows.into_iter().map(follow).collect())
}

/// Takes a step of a condition.
///
/// # Errors
/// [`AppError::Changed`] when somebody else took one since `seen`, how many there were; [`AppError::OwnWork`] for whoever
/// sees to it; [`AppError::NotNow`] where the step does not follow on how it stands; [`AppError::Invalid`] at `note`.
pub async fn step(
    platform: &Platform,
    by: &Buyer,
    condition: Uuid,
    seen: Option<i64>,
    step: &ConditionStep,
) -> Result<()> {
    let act = Act::begin(platform).await?;
    let (row, decided) = repo::decisions::condition(act.tx(), by.scope, condition).await?.ok_or(AppError::NotFound)?;
    let id = EngagementId(decided.engagement_id);
    repo::vendors::hold_engagement(act.tx(), by.scope, id).await?.ok_or(AppError::NotFound)?;
    if act.done_before(by).await?.is_some() {
        return Ok(());
    }
    let all = followed(act.tx(), by.scope, &[decided.id]).await?;
    let now = all.into_iter().find(|known| known.row.id == row.id).ok_or(AppError::NotFound)?;
    let number = now.steps.last().map_or(0, |step| step.number);
    if seen.is_some_and(|seen| seen != number) {
        return Err(AppError::Changed(json!({ "number": number, "state": now.state })));
    }
    let (ConditionStep::Meet { note: text }
    | ConditionStep::Waive { reason: text }
    | ConditionStep::TakeBack { reason: text }) = step
    else {
        return take(platform, act, by, (id, now, number), step).await;
    };
    said(platform, "note", text).map_err(Problems::one)?;
    take(platform, act, by, (id, now, number), step).await
}

async fn take(
    platform: &Platform,
    mut act: Act<'_>,
    by: &Buyer,
    (id, now, number): (EngagementId, Followed, i64),
    step: &ConditionStep,
) -> Result<()> {
    let condition = Condition {
        what: now.row.what.clone(),
        due_on: now.row.due_on,
        owner: now.row.owner.clone().map(serde_json::from_value).transpose()?,
        finding: None,
        clause: now.clause,
    };
    let who = party(act.tx(), by.scope, by.actor).await?;
    let (state, clause) = condition.after((now.state, now.clause), step, &who).map_err(|why| match why {
        NotPossible::NotNow => AppError::NotNow("condition_not_now"),
        NotPossible::NotSigned => AppError::NotNow("clause_not_signed"),
        NotPossible::OwnWork => AppError::OwnWork("condition"),
        NotPossible::SaysNothing => Problem::new("note", "required").into(),
    })?;
    let row: Uuid = platform.clock.id();
    let row = condition_step::ActiveModel {
        id: Set(row),
        organisation_id: Set(by.scope.organisation().0),
        condition_id: Set(now.row.id),
        number: Set(number + 1),
        step: Set(serde_json::to_value(step)?),
        state: Set(state.name().to_owned()),
        clause: Set(clause.map(|clause| clause.name().to_owned())),
        recorded_at: Set(act.now),
        recorded_by: Set(serde_json::to_value(who)?),
    };
    repo::decisions::add_condition_step(act.tx(), by.scope, row).await?;
    let details = json!({ "condition": now.row.id, "step": step, "from": now.state, "to": state, "clause": clause });
    act.record(&by.scope, by.actor, "condition.followed", ("engagement", id.0), &details);
    act.remember(by, now.row.id).await?;
    act.commit().await
}
