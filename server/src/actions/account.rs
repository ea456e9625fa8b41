//! What a person changes about themselves: their name, and where they are signed in.

use super::sign_in::{SignedIn, tell_chains};
use super::{Act, organisations};
use crate::error::{AppError, Result};
use crate::platform::Platform;
use crate::repo::{self, SystemScope};
use domain::ids::PersonId;
use sea_orm::Set;
use serde_json::json;

/// Changes a person's name, for all their organisations.
///
/// # Errors
/// A problem at `name` when it is not usable.
pub async fn rename(platform: &Platform, id: PersonId, name: &str) -> Result<()> {
    let name = organisations::name(platform, "name", name)?;
    let mut act = Act::begin(platform).await?;
    let person = repo::people::person(act.tx(), SystemScope, id).await?.ok_or(AppError::NotFound)?;
    if person.name == name {
        return Ok(());
    }
    let details = json!({ "before": person.name, "after": name });
    let mut row: entity::person::ActiveModel = person.into();
    row.name = Set(name);
    repo::people::update_person(act.tx(), SystemScope, row).await?;
    tell_chains(&mut act, SignedIn { person: id, only_member: None }, "member.renamed", &details).await?;
    act.commit().await
}

/// Ends one of a person's sessions.
///
/// # Errors
/// [`AppError::NotFound`] when they have no such session.
pub async fn end_session(platform: &Platform, who: SignedIn, session: &str) -> Result<()> {
    let mut act = Act::begin(platform).await?;
    if !repo::sessions::remove_one_of_person(act.tx(), SystemScope, who.person, session).await? {
        return Err(AppError::NotFound);
    }
    tell_chains(&mut act, who, "session.ended", &json!({ "before": 1, "after": 0 })).await?;
    act.commit().await
}

/// Ends all of a person's sessions, this one too; says how many there were.
///
/// # Errors
/// When the database fails.
pub async fn end_all_sessions(platform: &Platform, who: SignedIn) -> Result<u64> {
    let mut act = Act::begin(platform).await?;
    let ended = repo::sessions::remove_of_person(act.tx(), SystemScope, who.person, None).await?;
    tell_chains(&mut act, who, "session.ended", &json!({ "before": ended, "after": 0 })).await?;
    act.commit().await?;
    Ok(ended)
}
