//! Versions of an organisation's scoring policy: published, and in force from then on.

use super::content::JUDGING;
use super::{Act, Buyer, rescore};
use crate::error::{AppError, Result};
use crate::platform::Platform;
use crate::repo;
use domain::ids::PolicyId;
use domain::problem::{Problem, Problems};
use domain::scoring::Policy;
use entity::policy;
use sea_orm::{Set, TryIntoModel};
use serde_json::json;
use sha2::{Digest, Sha256};

/// Publishes a version of the policy. It is in force at once, and all stored scores are computed anew by it.
///
/// # Errors
/// [`AppError::Invalid`] with the place in the document and what is wrong there; at `/version` when it is not newer than the
/// one in force; at `/bands` for a rating of which the rules of judging say nothing.
pub async fn publish(platform: &Platform, by: &Buyer, document: &str) -> Result<policy::Model> {
    let parsed = Policy::parse(document)
        .map_err(|refusal| Problem::new(refusal.pointer, "policy-refused").with("reason", refusal.reason))?;
    if let Some(rating) = JUDGING.unsaid(&parsed).first() {
        return Err(Problem::new("/bands", "rating-without-rules").with("rating", rating).into());
    }
    let mut act = Act::begin(platform).await?;
    if let Some(made) = act.done_before(by).await? {
        return repo::policies::get(act.tx(), by.scope, PolicyId(made)).await?.ok_or(AppError::NotFound);
    }
    let current = repo::policies::current(act.tx(), by.scope).await?;
    let version = i64::try_from(parsed.version)
        .map_err(|error| Problems::one(Problem::new("/version", "policy-refused").with("reason", error)))?;
    if let Some(current) = current.filter(|current| current.name == parsed.id && current.version >= version) {
        return Err(Problem::new("/version", "not-newer").with("version", current.version).into());
    }
    let id: PolicyId = platform.clock.id();
    let row = policy::ActiveModel {
        id: Set(id.0),
        organisation_id: Set(by.scope.organisation().0),
        name: Set(parsed.id.clone()),
        version: Set(version),
        sha256: Set(hex::encode(Sha256::digest(document))),
        document: Set(document.to_owned()),
        published_at: Set(act.now),
    };
    let published = row.clone().try_into_model()?;
    if let Err(error) = repo::policies::add(act.tx(), by.scope, row).await {
        return crate::platform::db::duplicate_at(error, "/version");
    }
    let details = json!({ "name": parsed.id, "version": parsed.version, "sha256": published.sha256 });
    act.record(&by.scope, by.actor, "policy.published", ("policy", id.0), &details);
    rescore::begin(platform, &mut act, by, id).await?;
    act.remember(by, id.0).await?;
    act.commit().await?;
    Ok(published)
}
