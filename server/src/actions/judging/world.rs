//! All that an acceptance or a decision rests on, as it stands on a day.

use super::decision::severity;
use super::inherent::Stakes;
use super::tier::Known;
use super::{Judged, party_of};
use crate::actions::content::CLASSIFICATION;
use crate::actions::score::{Computed, Kept, Scored, of_judged};
use crate::error::{AppError, Result};
use crate::platform::Platform;
use crate::repo::{self, BuyerScope};
use domain::classification::Tier;
use domain::ids::{AssessmentId, EngagementId, MemberId};
use domain::judging::acceptance::{Acceptance, Basis, End, Live, Now, Scope, Standing};
use domain::judging::decision::Impact;
use domain::judging::impact::{self, Assessment};
use domain::judging::said::Said;
use domain::judging::tier::{Confirmed, is_high_risk, is_prohibited, still_holds};
use domain::register::By;
use entity::{
    acceptance_approval, engagement_tier, finding, impact_approval, impact_assessment, risk_acceptance, score,
};
use sea_orm::ConnectionTrait;
use std::collections::{BTreeMap, BTreeSet};
use time::{Date, OffsetDateTime};
use uuid::Uuid;

/// An acceptance with how it stands.
#[derive(Clone, Debug)]
pub struct Accepted {
    /// As it was asked for.
    pub row: risk_acceptance::Model,
    /// What became of it, in order.
    pub approvals: Vec<acceptance_approval::Model>,
    /// The same as the domain knows it.
    pub acceptance: Acceptance,
    /// How it stands; none where there is no score today to hold it against.
    pub standing: Option<Standing>,
}

impl Accepted {
    /// Whether a decision can rest on it.
    pub fn is_in_force(&self) -> bool {
        self.standing == Some(Standing::InForce)
    }
}

/// A version of an impact assessment.
#[derive(Clone, Debug)]
pub struct Version {
    /// As it was written.
    pub row: impact_assessment::Model,
    /// The same, read.
    pub document: Assessment,
    /// That it was approved.
    pub approval: Option<impact_approval::Model>,
    /// What has changed since it was approved: factors of the profile, and questions with another answer.
    pub changed: (BTreeSet<String>, BTreeSet<String>),
}

/// The tier of the EU AI Act that somebody confirmed last.
#[derive(Clone, Debug)]
pub struct TierConfirmed {
    /// As it was recorded.
    pub row: engagement_tier::Model,
    /// The same, read.
    pub confirmed: Confirmed,
    /// What is known of the use by now does not speak against it.
    pub holds: bool,
}

/// An engagement with all that is judged of it.
#[derive(Debug)]
pub struct World {
    /// The day.
    pub today: Date,
    /// Engagement, profile, policy, overrides.
    pub stakes: Stakes,
    /// The versions of the profile with when each was written, the oldest first.
    pub profiles: Vec<(OffsetDateTime, BTreeMap<String, String>)>,
    /// The tier that was confirmed last; none where nobody has confirmed one.
    pub tier: Option<TierConfirmed>,
    /// The assessment with the engagement's newest submission.
    pub judged: Option<Judged>,
    /// What its newest submission is scored today; none where the profile is not complete, or nothing was submitted.
    pub computed: Option<Box<Computed>>,
    /// The newest stored score of that assessment.
    pub stored: Option<score::Model>,
    /// The stored score says what would be computed today: of the newest submission, over the same profile, overrides and
    /// reviews, by the policy in force, with the same figures.
    pub is_current: bool,
    /// Findings that are raised and not closed or dismissed.
    pub findings: Vec<finding::Model>,
    /// The same by id, as acceptances are held against them.
    pub live: BTreeMap<String, Live>,
    /// The acceptances, the oldest first.
    pub acceptances: Vec<Accepted>,
    /// The versions of the impact assessment, the oldest first.
    pub impacts: Vec<Version>,
}

impl World {
    /// Reads it.
    ///
    /// # Errors
    /// [`AppError::NotFound`] when the scope reaches no such engagement.
    pub async fn read(
        platform: &Platform,
        db: &impl ConnectionTrait,
        scope: BuyerScope,
        id: EngagementId,
    ) -> Result<Self> {
        let today = platform.clock.today();
        let stakes = Stakes::read(db, scope, id).await?;
        let mut profiles = Vec::new();
        for row in repo::profiles::versions(db, scope, id).await? {
            profiles.push((row.recorded_at, serde_json::from_value(row.profile)?));
        }
        let tier = tier_confirmed(db, scope, id).await?;
        let newest = repo::assessments::submitted_last(db, scope, id).await?;
        let (mut judged, mut computed, mut stored) = (None, None, None);
        if let Some(assessment) = newest {
            let assessment = AssessmentId(assessment.id);
            let read = Judged::read(platform, db, scope, assessment).await?;
            if let Scored::Yes(found) = of_judged(read.clone(), today)? {
                computed = Some(found);
            }
            stored = repo::scores::of_assessment(db, scope, assessment).await?.into_iter().next();
            judged = Some(read);
        }
        let is_current = match (&stored, &computed) {
            (Some(stored), Some(computed)) => {
                Some(stored.submission_id) == computed.submission.map(|id| id.0)
                    && stored.policy_id == computed.policy.id
                    && Kept::of(&computed.input, &computed.output)?.is_said_by(stored)
            }
            _ => false,
        };
        let findings = repo::decisions::findings(db, scope, id).await?;
        let findings: Vec<finding::Model> = findings
            .into_iter()
            .filter(|row| row.was_raised && !["closed", "dismissed"].contains(&row.state.as_str()))
            .collect();
        let live = live(db, scope, &findings).await?;
        let mut world = Self {
            today,
            stakes,
            profiles,
            tier,
            judged,
            computed,
            stored,
            is_current,
            findings,
            live,
            acceptances: Vec::new(),
            impacts: Vec::new(),
        };
        world.acceptances = acceptances(db, scope, id, &world).await?;
        world.impacts = impacts(db, scope, id, &world).await?;
        Ok(world)
    }

    /// Ids of the findings that are raised and not closed.
    pub fn live_findings(&self) -> BTreeSet<String> {
        self.live.keys().cloned().collect()
    }

    /// Ids of the findings that an acceptance in force covers.
    pub fn accepted_findings(&self) -> BTreeSet<&str> {
        let in_force = self.acceptances.iter().filter(|accepted| accepted.is_in_force());
        let findings = in_force.filter_map(|accepted| match &accepted.acceptance.scope {
            Scope::Findings { findings } => Some(findings),
            Scope::Residual => None,
        });
        findings.flatten().map(String::as_str).collect()
    }

    /// What is so today, as acceptances are held against it.
    pub fn now(&self) -> Option<Now<'_>> {
        let computed = self.computed.as_ref()?;
        Some(Now {
            today: self.today,
            policy: &computed.parsed,
            input: &computed.given,
            output: &computed.output,
            engagement_ended: self.stakes.has_ended,
            live_findings: &self.live,
        })
    }

    /// What is said by question; nothing where nothing was submitted.
    pub fn said(&self) -> BTreeMap<String, Said> {
        self.judged.as_ref().map(|judged| judged.said.clone()).unwrap_or_default()
    }

    /// The approved version of the impact assessment that counts: the newest one.
    pub fn approved_impact(&self) -> Option<&Version> {
        self.impacts.iter().rev().find(|version| version.approval.is_some())
    }

    /// Whether the use is one that Art. 5 of the EU AI Act prohibits, by the profile or by the tier that was confirmed: a
    /// policy need not ask for the tier, or may name it otherwise.
    pub fn is_prohibited(&self) -> bool {
        is_prohibited(&self.stakes.profile) || self.has_tier(Tier::Prohibited)
    }

    fn has_tier(&self, tier: Tier) -> bool {
        self.tier.as_ref().is_some_and(|known| known.confirmed.tier == tier)
    }

    /// How the impact assessment stands.
    pub fn impact(&self) -> Impact {
        if !is_high_risk(&self.stakes.profile) && !self.has_tier(Tier::High) {
            return Impact::NotAskedFor;
        }
        match self.approved_impact() {
            None => Impact::Missing,
            Some(version) if version.changed.0.is_empty() && version.changed.1.is_empty() => Impact::Approved,
            Some(_) => Impact::OutOfDate,
        }
    }
}

async fn tier_confirmed(
    db: &impl ConnectionTrait,
    scope: BuyerScope,
    id: EngagementId,
) -> Result<Option<TierConfirmed>> {
    let Known { facts, mut tiers, .. } = Known::read(db, scope, id).await?;
    let Some(row) = tiers.pop() else { return Ok(None) };
    let confirmed: Confirmed = serde_json::from_value(row.confirmed.clone())?;
    let holds = still_holds(&CLASSIFICATION, &facts, &confirmed);
    Ok(Some(TierConfirmed { row, confirmed, holds }))
}

/// What acceptances are held against, of findings that are raised and not closed.
async fn live(
    db: &impl ConnectionTrait,
    scope: BuyerScope,
    findings: &[finding::Model],
) -> Result<BTreeMap<String, Live>> {
    let ids: Vec<Uuid> = findings.iter().map(|row| row.id).collect();
    let reopened = repo::findings::reopened(db, scope, &ids).await?;
    let of = |row: &finding::Model| {
        let reopened = reopened.get(&row.id).copied().unwrap_or_default();
        (row.id.to_string(), Live { severity: severity(&row.severity), reopened })
    };
    Ok(findings.iter().map(of).collect())
}

async fn acceptances(
    db: &impl ConnectionTrait,
    scope: BuyerScope,
    id: EngagementId,
    world: &World,
) -> Result<Vec<Accepted>> {
    let rows = repo::decisions::acceptances(db, scope, id).await?;
    let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
    let mut approvals: BTreeMap<Uuid, Vec<acceptance_approval::Model>> = BTreeMap::new();
    for row in repo::decisions::approvals(db, scope, &ids).await? {
        approvals.entry(row.acceptance_id).or_default().push(row);
    }
    let mut covered: BTreeMap<Uuid, BTreeSet<String>> = BTreeMap::new();
    for row in repo::decisions::acceptance_findings(db, scope, &ids).await? {
        covered.entry(row.acceptance_id).or_default().insert(row.finding_id.to_string());
    }
    let mut found = Vec::new();
    for row in rows {
        let approvals = approvals.remove(&row.id).unwrap_or_default();
        let findings = covered.remove(&row.id).unwrap_or_default();
        let acceptance = acceptance_of(db, scope, &row, &approvals, findings).await?;
        let standing = world.now().map(|now| acceptance.standing(&now));
        found.push(Accepted { row, approvals, acceptance, standing });
    }
    Ok(found)
}

async fn acceptance_of(
    db: &impl ConnectionTrait,
    scope: BuyerScope,
    row: &risk_acceptance::Model,
    approvals: &[acceptance_approval::Model],
    findings: BTreeSet<String>,
) -> Result<Acceptance> {
    let basis: Basis = serde_json::from_value(row.basis.clone())?;
    let (mut approved_by, mut ended) = (Vec::new(), None);
    for approval in approvals {
        match approval.verdict.as_str() {
            "refused" => ended = Some(End::Refused),
            "withdrawn" => ended = Some(End::Withdrawn),
            _ => approved_by.push(party_of(db, scope, By::Member(MemberId(approval.recorded_by))).await?),
        }
    }
    Ok(Acceptance {
        scope: if row.scope == "residual" { Scope::Residual } else { Scope::Findings { findings } },
        reason: row.reason.clone(),
        conditions: serde_json::from_value(row.conditions.clone())?,
        expires_on: row.expires_on,
        basis,
        approvers: u32::try_from(row.approvers).map_err(AppError::internal)?,
        asked_by: serde_json::from_value(row.asked_by.clone())?,
        approved_by,
        ended,
    })
}

async fn impacts(
    db: &impl ConnectionTrait,
    scope: BuyerScope,
    id: EngagementId,
    world: &World,
) -> Result<Vec<Version>> {
    let rows = repo::decisions::impacts(db, scope, id).await?;
    let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
    let mut approvals: BTreeMap<Uuid, impact_approval::Model> =
        repo::decisions::impact_approvals(db, scope, &ids).await?.into_iter().map(|row| (row.impact_id, row)).collect();
    let said = world.said();
    let mut found = Vec::new();
    for row in rows {
        let approval = approvals.remove(&row.id);
        let changed = match &approval {
            Some(approval) => {
                let basis: impact::Basis = serde_json::from_value(approval.basis.clone())?;
                basis.changed(&world.stakes.profile, &said)
            }
            None => Default::default(),
        };
        found.push(Version { document: serde_json::from_value(row.document.clone())?, row, approval, changed });
    }
    Ok(found)
}
