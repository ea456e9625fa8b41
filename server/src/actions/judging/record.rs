//! The record of a decision as it is frozen, and what overtook a decision since.

use super::decision::severity;
use super::world::World;
use crate::actions::content::JUDGING;
use crate::actions::{Act, Buyer};
use crate::error::{AppError, Result};
use crate::repo;
use domain::answer::iso_date;
use domain::ids::VendorId;
use domain::judging::decision::{
    Basis, ConfirmedTier, Days, Decided, FORMAT, Impact, Overtaken, Present, Record, Recorded, RecordedFinding,
    other_since, overtaken,
};
use domain::judging::finding::State;
use domain::judging::party::Party;
use domain::scoring::{Override, PolicyVersion};
use entity::decision;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use time::Date;
use time::format_description::well_known::Rfc3339;

/// What a decision rested on, as it is kept beside the record for the question what overtook it.
#[derive(Debug, Serialize, Deserialize)]
struct Kept {
    profile: BTreeMap<String, String>,
    overrides: Vec<OwnNumbers>,
    tier: Option<ConfirmedTier>,
    policy: Option<PolicyVersion>,
    submission: Option<String>,
    rating: Option<String>,
    findings: BTreeSet<String>,
    acceptances: BTreeSet<String>,
    had_impact: bool,
    lacked_impact: bool,
    next_review_on: Option<String>,
}

/// An override as it is kept: the domain's own is only written.
#[derive(Debug, Serialize, Deserialize)]
struct OwnNumbers {
    domain: String,
    severity: Option<u8>,
    likelihood: Option<u8>,
    reason: String,
    by: String,
}

impl From<OwnNumbers> for Override {
    fn from(kept: OwnNumbers) -> Self {
        let OwnNumbers { domain, severity, likelihood, reason, by } = kept;
        Self { domain, severity, likelihood, reason, by }
    }
}

impl From<Override> for OwnNumbers {
    fn from(own: Override) -> Self {
        let Override { domain, severity, likelihood, reason, by } = own;
        Self { domain, severity, likelihood, reason, by }
    }
}

/// The tier that is confirmed.
fn confirmed(world: &World) -> Option<ConfirmedTier> {
    world.tier.as_ref().map(|tier| ConfirmedTier::of(&tier.confirmed, tier.holds))
}

/// The acceptances that are in force.
fn in_force(world: &World) -> BTreeSet<String> {
    let in_force = world.acceptances.iter().filter(|accepted| accepted.is_in_force());
    in_force.map(|accepted| accepted.row.id.to_string()).collect()
}

/// What a decision rests on.
pub(super) fn basis_json(world: &World, next_review_on: Option<Date>, had_impact: bool) -> Value {
    let has_score = world.stored.is_some() && world.is_current;
    let policy = PolicyVersion { id: world.stakes.parsed.id.clone(), version: world.stakes.parsed.version };
    json!(Kept {
        profile: world.stakes.profile.clone(),
        overrides: domain::judging::profile::overrides(&world.stakes.owns).into_iter().map(OwnNumbers::from).collect(),
        tier: confirmed(world),
        policy: has_score.then_some(policy),
        submission: world
            .judged
            .as_ref()
            .and_then(|judged| judged.submission.as_ref())
            .map(|submission| submission.id.to_string()),
        rating: world.stored.as_ref().filter(|_| has_score).map(|row| row.rating.clone()),
        findings: world.live_findings(),
        acceptances: in_force(world),
        had_impact,
        lacked_impact: world.impact() == Impact::Missing,
        next_review_on: next_review_on.map(iso_date::write),
    })
}

/// All that overtook a decision; nothing where it stands.
///
/// # Errors
/// When what was kept cannot be read.
pub fn overtaken_by(world: &World, row: &decision::Model) -> Result<Vec<Overtaken>> {
    let kept: Kept = serde_json::from_value(row.basis.clone())?;
    let now = domain::judging::profile::overrides(&world.stakes.owns);
    let overrides = kept.overrides.into_iter().map(OwnNumbers::into).collect();
    let basis = Basis {
        profile: kept.profile,
        overrides,
        tier: kept.tier,
        policy: kept.policy,
        submission: kept.submission,
        rating: kept.rating,
        findings: kept.findings,
        acceptances: kept.acceptances,
        had_impact: kept.had_impact,
        lacked_impact: kept.lacked_impact,
        next_review_on: row.next_review_on,
    };
    let newest = world.judged.as_ref().and_then(|judged| judged.submission.as_ref());
    let submission = newest.map(|row| row.id.to_string());
    let days = Days {
        profile: other_since(&basis.profile, world.profiles.iter().map(|(at, profile)| (at.date(), profile))),
        overrides: world.stakes.rows.last().map(|row| row.recorded_at.date()),
        tier: world.tier.as_ref().map(|tier| tier.row.recorded_at.date()),
        policy: Some(world.stakes.policy.published_at.date()),
        submission: newest.map(|row| row.submitted_at.date()),
    };
    let (findings, acceptances) = (world.live_findings(), in_force(world));
    let present = Present {
        today: world.today,
        profile: &world.stakes.profile,
        overrides: &now,
        tier: confirmed(world),
        policy: &world.stakes.parsed,
        submission: submission.as_deref(),
        rating: world.computed.as_ref().map(|computed| computed.output.rating.as_str()),
        findings: &findings,
        acceptances: &acceptances,
        impact: world.impact(),
        days,
    };
    Ok(overtaken(&basis, &present))
}

/// The record of a decision, before it is frozen.
pub(super) async fn record(
    act: &Act<'_>,
    by: &Buyer,
    world: &World,
    (number, decided): (i64, &Decided),
    (who, name): (Party, String),
    next_review_on: Option<Date>,
) -> Result<Record> {
    let engagement = &world.stakes.engagement;
    let vendor = repo::vendors::get(act.tx(), by.scope, VendorId(engagement.vendor_id)).await?;
    let vendor = vendor.ok_or(AppError::NotFound)?;
    let stored = world.stored.as_ref().filter(|_| world.is_current);
    let submission = world.judged.as_ref().and_then(|judged| judged.submission.as_ref());
    let (policy, input, output) = match stored {
        None => (None, None, None),
        Some(row) => (
            Some(serde_json::from_str(&world.stakes.policy.document)?),
            Some(serde_json::from_str(&repo::scores::input(act.tx(), by.scope, row).await?)?),
            Some(row.output.clone()),
        ),
    };
    let finding = |row: &entity::finding::Model| RecordedFinding {
        id: row.id.to_string(),
        title: row.title.clone(),
        severity: severity(&row.severity),
        state: State::ALL.into_iter().find(|state| state.name() == row.state).unwrap_or(State::Open),
        due_on: row.due_on,
    };
    let accepted = world.acceptances.iter().filter(|accepted| decided.kind.approves() && accepted.is_in_force());
    let impact = world.approved_impact().filter(|_| decided.kind.approves() && world.impact() == Impact::Approved);
    Ok(Record {
        format: FORMAT.to_owned(),
        subject: Recorded {
            organisation: by.scope.organisation().to_string(),
            vendor: vendor.id.to_string(),
            vendor_name: vendor.name,
            engagement: engagement.id.to_string(),
            engagement_name: engagement.name.clone(),
            number: u32::try_from(number).map_err(AppError::internal)?,
            assessment: stored.map(|row| row.assessment_id.to_string()),
            submission: stored.map(|row| row.submission_id.to_string()),
            answers_sha256: submission.filter(|_| stored.is_some()).map(|row| row.answers_sha256.clone()),
            score: stored.map(|row| row.id.to_string()),
        },
        kind: decided.kind,
        reason: decided.reason.clone(),
        by: who,
        by_name: name,
        at: act.now.format(&Rfc3339).map_err(AppError::internal)?,
        next_review_on,
        conditions: decided.conditions.clone(),
        findings: world.findings.iter().map(finding).collect(),
        acceptances: accepted
            .map(|accepted| {
                json!({
                    "id": accepted.row.id, "scope": accepted.acceptance.scope, "reason": accepted.acceptance.reason,
                    "conditions": accepted.acceptance.conditions, "basis": accepted.row.basis,
                    "expires_on": iso_date::write(accepted.acceptance.expires_on),
                    "asked_by": accepted.acceptance.asked_by, "approved_by": accepted.acceptance.approved_by,
                })
            })
            .collect(),
        tier: world.tier.as_ref().map(
            |tier| json!({ "number": tier.row.number, "confirmed": tier.row.confirmed, "by": tier.row.recorded_by }),
        ),
        impact: impact.map(|version| json!({ "number": version.row.number, "document": version.row.document })),
        rules: (JUDGING.key.clone(), JUDGING.version),
        policy,
        input,
        output,
    })
}
