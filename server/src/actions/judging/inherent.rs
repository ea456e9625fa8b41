//! The inherent risk of an engagement, an analyst's own numbers in it, the tier of a vendor, and that a use ended.

use super::case::owns;
use super::{name_of, party, said, standing};
use crate::actions::content;
use crate::actions::{Act, Actor, Buyer};
use crate::error::{AppError, Result};
use crate::platform::Platform;
use crate::repo::{self, BuyerScope};
use domain::ids::{EngagementId, VendorId};
use domain::judging::party::Party;
use domain::judging::profile::{Open, Own, VendorTier, in_force, overrides, vendor_tier};
use domain::problem::Problems;
use domain::scoring::{self, Policy, missing_factors};
use entity::{engagement, engagement_step, inherent_override, policy};
use sea_orm::{ConnectionTrait, Set};
use serde_json::json;
use std::collections::BTreeMap;
use uuid::Uuid;

/// How much is at stake in an engagement.
#[derive(Clone, Debug)]
pub struct Stakes {
    /// The engagement.
    pub engagement: engagement::Model,
    /// Its profile.
    pub profile: BTreeMap<String, String>,
    /// The policy in force.
    pub policy: policy::Model,
    /// The same, read.
    pub parsed: Policy,
    /// Factors that the profile lacks; then nothing is computed.
    pub missing: Vec<String>,
    /// All seven domains, with the overrides that count; empty where a factor is missing.
    pub domains: Vec<scoring::Inherent>,
    /// Every override, those taken back included, the oldest first.
    pub owns: Vec<Own>,
    /// The same as they are kept.
    pub rows: Vec<inherent_override::Model>,
    /// The use has ended.
    pub has_ended: bool,
}

impl Stakes {
    /// Reads them.
    ///
    /// # Errors
    /// [`AppError::NotFound`] when the scope reaches no such engagement.
    pub async fn read(db: &impl ConnectionTrait, scope: BuyerScope, id: EngagementId) -> Result<Self> {
        let engagement = repo::vendors::engagement(db, scope, id).await?.ok_or(AppError::NotFound)?;
        let profile: BTreeMap<String, String> = serde_json::from_value(engagement.profile.clone())?;
        let (policy, parsed) = content::policy_in_force(db, scope).await?;
        let rows = repo::profiles::overrides(db, scope, id).await?;
        let owns = owns(db, scope, id).await?;
        let missing = missing_factors(&parsed, &profile);
        let domains = scoring::inherent(&parsed, &profile, &overrides(&owns)).unwrap_or_default();
        let has_ended = repo::profiles::ended(db, scope, &[id]).await?.contains(&id.0);
        Ok(Self { engagement, profile, policy, parsed, missing, domains, owns, rows, has_ended })
    }

    /// The override of a domain that counts.
    pub fn own(&self, domain: &str) -> Option<&Own> {
        in_force(&self.owns).into_iter().find(|own| own.domain == domain)
    }

    /// Who recorded the overrides that count.
    ///
    /// # Errors
    /// When what was kept cannot be read.
    pub fn replaced_by(&self) -> Result<Vec<Party>> {
        // The newest of each domain counts, unless it took the one before it back.
        let newest: BTreeMap<&str, &inherent_override::Model> =
            self.rows.iter().map(|row| (row.domain.as_str(), row)).collect();
        let counting = newest.into_values().filter(|row| row.severity.is_some() || row.likelihood.is_some());
        counting.map(|row| Ok(serde_json::from_value(row.recorded_by.clone())?)).collect()
    }

    /// The number of the newest override; 0 where there is none.
    pub fn newest(&self) -> i64 {
        self.rows.last().map_or(0, |row| row.number)
    }
}

/// What an analyst says of a domain. Without numbers it takes back what was said before.
#[derive(Clone, Debug, Default)]
pub struct NewOverride {
    /// One of the seven.
    pub domain: String,
    /// 1..5; none keeps what is computed.
    pub severity: Option<u8>,
    /// 1..5; none keeps what is computed.
    pub likelihood: Option<u8>,
    /// Why.
    pub reason: String,
}

/// Replaces the severity or the likelihood that the profile gives a domain, or takes that back.
///
/// # Errors
/// [`AppError::Changed`] when somebody else did since `seen`, the number of the newest override;
/// [`AppError::NotNow`] while the profile is not complete; [`AppError::Invalid`] as [`Own::of`].
pub async fn replace(
    platform: &Platform,
    by: &Buyer,
    id: EngagementId,
    seen: Option<i64>,
    new: &NewOverride,
) -> Result<()> {
    let mut act = Act::begin(platform).await?;
    repo::vendors::hold_engagement(act.tx(), by.scope, id).await?.ok_or(AppError::NotFound)?;
    if act.done_before(by).await?.is_some() {
        return Ok(());
    }
    let stakes = Stakes::read(act.tx(), by.scope, id).await?;
    if let (Some(seen), Some(newest)) = (seen, stakes.rows.last())
        && seen != newest.number
    {
        return Err(AppError::Changed(json!({
            "number": newest.number, "domain": newest.domain, "severity": newest.severity,
            "likelihood": newest.likelihood, "reason": newest.reason, "by": newest.by_name,
        })));
    }
    if !stakes.missing.is_empty() {
        return Err(AppError::NotNow("unscored"));
    }
    let reason = said(platform, "reason", &new.reason).map_err(Problems::one)?;
    let name = name_of(act.tx(), by.scope, by.actor).await?;
    let numbers = (new.severity, new.likelihood);
    let own = Own::of(&stakes.domains, &stakes.owns, &new.domain, numbers, (&reason, &name))?;
    let row: Uuid = platform.clock.id();
    let (severity, likelihood) = (own.severity.map(i64::from), own.likelihood.map(i64::from));
    let details = json!({
        "domain": own.domain, "severity": own.severity, "likelihood": own.likelihood, "computed": own.beside,
        "reason": own.reason,
    });
    let row = inherent_override::ActiveModel {
        id: Set(row),
        organisation_id: Set(by.scope.organisation().0),
        engagement_id: Set(id.0),
        number: Set(stakes.newest() + 1),
        severity: Set(severity),
        likelihood: Set(likelihood),
        computed_severity: Set(i64::from(own.beside.severity)),
        computed_likelihood: Set(i64::from(own.beside.likelihood)),
        domain: Set(own.domain),
        reason: Set(own.reason),
        by_name: Set(own.by),
        recorded_at: Set(act.now),
        recorded_by: Set(serde_json::to_value(party(act.tx(), by.scope, by.actor).await?)?),
    };
    repo::profiles::add_override(act.tx(), by.scope, row).await?;
    act.record(&by.scope, by.actor, "engagement.risk_overridden", ("engagement", id.0), &details);
    standing::refresh(&mut act, by.scope, id).await?;
    act.remember(by, id.0).await?;
    act.commit().await
}

/// The policy's band of the largest inherent risk over the vendor's open engagements; none where the scope does not reach
/// all of them, since what it does not reach may be the worst.
///
/// # Errors
/// When the database fails.
pub async fn tier_of_vendor(
    db: &impl ConnectionTrait,
    scope: BuyerScope,
    policy: &Policy,
    vendor: VendorId,
) -> Result<Option<VendorTier>> {
    if scope.only_owner().is_some() {
        return Ok(None);
    }
    let engagements = repo::vendors::engagements(db, scope, Some(vendor)).await?;
    let ids: Vec<EngagementId> = engagements.iter().map(|row| EngagementId(row.id)).collect();
    let ended = repo::profiles::ended(db, scope, &ids).await?;
    let mut open = Vec::new();
    for row in engagements.into_iter().filter(|row| !ended.contains(&row.id)) {
        let id = EngagementId(row.id);
        open.push(Open {
            id,
            profile: serde_json::from_value(row.profile)?,
            overrides: overrides(&owns(db, scope, id).await?),
        });
    }
    Ok(Some(vendor_tier(policy, &open)))
}

/// Says that the use has ended, or that it is taken up again.
///
/// # Errors
/// [`AppError::NotNow`] when it is so already; [`AppError::Invalid`] at `reason`.
pub async fn end(platform: &Platform, by: &Buyer, id: EngagementId, ends: bool, reason: &str) -> Result<()> {
    let mut act = Act::begin(platform).await?;
    repo::vendors::hold_engagement(act.tx(), by.scope, id).await?.ok_or(AppError::NotFound)?;
    if act.done_before(by).await?.is_some() {
        return Ok(());
    }
    let reason = said(platform, "reason", reason).map_err(Problems::one)?;
    if reason.is_empty() {
        return Err(domain::problem::Problem::new("reason", "required").into());
    }
    let steps = repo::profiles::steps(act.tx(), by.scope, id).await?;
    let has_ended = steps.last().is_some_and(|step| step.step == "ended");
    if has_ended == ends {
        return Err(AppError::NotNow(if ends { "use_ended" } else { "use_goes_on" }));
    }
    let step = if ends { "ended" } else { "resumed" };
    let row: Uuid = platform.clock.id();
    let row = engagement_step::ActiveModel {
        id: Set(row),
        organisation_id: Set(by.scope.organisation().0),
        engagement_id: Set(id.0),
        number: Set(steps.last().map_or(0, |step| step.number) + 1),
        step: Set(step.to_owned()),
        reason: Set(reason.clone()),
        recorded_at: Set(act.now),
        recorded_by: Set(serde_json::to_value(party(act.tx(), by.scope, by.actor).await?)?),
    };
    repo::profiles::add_step(act.tx(), by.scope, row).await?;
    let details = json!({ "reason": reason });
    act.record(&by.scope, by.actor, &format!("engagement.{step}"), ("engagement", id.0), &details);
    standing::refresh(&mut act, by.scope, id).await?;
    act.remember(by, id.0).await?;
    act.commit().await
}

/// Whether somebody acts who can answer for a judgement: a person of the organisation.
pub(super) fn is_person(actor: Actor) -> bool {
    matches!(actor, Actor::Member(_))
}
