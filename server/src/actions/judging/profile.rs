//! Versions of an engagement's profile, and an analyst's own numbers beside the computed ones.

use super::party;
use crate::actions::{Act, Buyer};
use crate::error::{AppError, Result};
use crate::platform::Platform;
use crate::repo;
use domain::ids::{EngagementId, PolicyId};
use domain::judging::tier::{FACTOR, is_prohibited, profile_value};
use domain::problem::Problem;
use domain::scoring::Policy;
use entity::{engagement, engagement_profile};
use sea_orm::Set;
use serde_json::json;
use std::collections::BTreeMap;
use uuid::Uuid;

/// What a profile says: one value for each factor that somebody has said something about.
pub type Values = BTreeMap<String, String>;

/// Writes a version of a profile where it is another than the newest one; gives the newest.
pub(in crate::actions) async fn write_version(
    platform: &Platform,
    act: &Act<'_>,
    by: &Buyer,
    engagement: EngagementId,
    (profile, reason): (&Values, Option<&str>),
    policy: PolicyId,
) -> Result<Uuid> {
    let newest = repo::profiles::newest_version(act.tx(), by.scope, engagement).await?;
    if let Some(newest) = newest.as_ref().filter(|newest| newest.profile == json!(profile)) {
        return Ok(newest.id);
    }
    let id: Uuid = platform.clock.id();
    let row = engagement_profile::ActiveModel {
        id: Set(id),
        organisation_id: Set(by.scope.organisation().0),
        engagement_id: Set(engagement.0),
        number: Set(newest.map_or(0, |newest| newest.number) + 1),
        policy_id: Set(policy.0),
        profile: Set(json!(profile)),
        reason: Set(reason.map(|reason| reason.trim().to_owned()).filter(|reason| !reason.is_empty())),
        recorded_at: Set(act.now),
        recorded_by: Set(serde_json::to_value(party(act.tx(), by.scope, by.actor).await?)?),
    };
    repo::profiles::add_version(act.tx(), by.scope, row).await?;
    Ok(id)
}

/// Once somebody has confirmed the tier of the EU AI Act, no form of the profile says another.
pub(in crate::actions) async fn check_tier(
    act: &Act<'_>,
    by: &Buyer,
    engagement: EngagementId,
    policy: &Policy,
    profile: &Values,
) -> Result<()> {
    let Some(confirmed) = repo::profiles::newest_tier(act.tx(), by.scope, engagement).await? else { return Ok(()) };
    let confirmed: domain::judging::tier::Confirmed = serde_json::from_value(confirmed.confirmed)?;
    match profile_value(policy, confirmed.tier) {
        Some(value) if profile.get(FACTOR) != Some(&value) => {
            Err(Problem::new(format!("profile.{FACTOR}"), "tier-confirmed").into())
        }
        _ => Ok(()),
    }
}

/// Nothing is sent for a practice that Art. 5 of the EU AI Act prohibits.
pub(in crate::actions) async fn refuse_prohibited(
    act: &Act<'_>,
    by: &Buyer,
    engagement: &engagement::Model,
) -> Result<()> {
    let profile: Values = serde_json::from_value(engagement.profile.clone())?;
    let confirmed = repo::profiles::newest_tier(act.tx(), by.scope, EngagementId(engagement.id)).await?;
    if is_prohibited(&profile) || confirmed.is_some_and(|row| row.tier == "prohibited") {
        return Err(AppError::NotNow("prohibited_use"));
    }
    Ok(())
}
