//! Files that show what was done about a finding.

use super::of_row;
use crate::actions::audit::disclosed;
use crate::actions::evidence::{clean_name, media_type};
use crate::actions::judging::party;
use crate::actions::{Act, Buyer, Vendor};
use crate::error::{AppError, Result};
use crate::platform::Platform;
use crate::repo;
use bytes::Bytes;
use domain::ids::FindingId;
use domain::judging::finding::State;
use domain::problem::Problem;
use entity::finding_file;
use sea_orm::IntoActiveModel;
use serde_json::json;
use uuid::Uuid;

/// A file to be added.
#[derive(Clone, Debug)]
pub struct NewFile {
    /// Its name, as the computer gave it.
    pub file_name: String,
    /// Its content.
    pub bytes: Bytes,
}

/// Adds a file for the buyer, in the vendor's place.
///
/// # Errors
/// When it is empty, too large or a program; [`AppError::NotNow`] when nothing is being done about the finding.
pub async fn add_file(platform: &Platform, by: &Buyer, id: FindingId, file: NewFile) -> Result<finding_file::Model> {
    keep(platform, by, id, file, None).await
}

/// Adds a file for the vendor.
///
/// # Errors
/// As [`add_file`]; [`AppError::NotFound`] for a finding that was not raised about what they answer for.
pub async fn add_file_as_vendor(
    platform: &Platform,
    by: &Vendor,
    id: FindingId,
    file: NewFile,
) -> Result<finding_file::Model> {
    repo::findings::get_raised(platform.db.read(), by.scope, id).await?.ok_or(AppError::NotFound)?;
    keep(platform, &by.as_buyer(), id, file, Some(by)).await
}

async fn keep(
    platform: &Platform,
    by: &Buyer,
    id: FindingId,
    file: NewFile,
    vendor: Option<&Vendor>,
) -> Result<finding_file::Model> {
    let limits = &platform.config.limits;
    if file.bytes.len() > limits.evidence_bytes {
        return Err(AppError::TooLarge { what: "evidence", most: limits.evidence_bytes as u64 });
    }
    let file_name = clean_name(&file.file_name);
    if file.bytes.is_empty() || file_name.is_empty() {
        return Err(Problem::new("file", "required").into());
    }
    let media_type = media_type(&file_name, &file.bytes)
        .ok_or_else(|| Problem::new("file", "kind-of-file-not-accepted").with("given", &file_name))?;
    // As with evidence beside answers: bytes first, so that no row is ever without its file.
    let kept = platform.blobs.keep(file.bytes).await?;
    let mut act = Act::begin(platform).await?;
    let row = repo::findings::hold(act.tx(), by.scope, id).await?.ok_or(AppError::NotFound)?;
    let finding = of_row(&row)?;
    if !matches!(finding.state, State::Open | State::Planned | State::InAction | State::Reported) {
        return Err(AppError::NotNow("finding_not_in_action"));
    }
    let files = repo::findings::files(act.tx(), &by.scope, id).await?;
    if files.len() >= limits.evidence_per_question {
        return Err(Problem::new("file", "too-many-files").with("most", limits.evidence_per_question).into());
    }
    if let Some(known) = files.into_iter().find(|known| known.sha256 == kept.sha256) {
        return Ok(known);
    }
    let mut who = party(act.tx(), by.scope, by.actor).await?;
    if let Some(vendor) = vendor {
        who.person = vendor.scope.person.or(who.person);
    }
    let file = finding_file::Model {
        id: platform.clock.id::<Uuid>(),
        organisation_id: by.scope.organisation().0,
        finding_id: id.0,
        file_name,
        media_type: media_type.to_owned(),
        size: i64::try_from(kept.size).map_err(AppError::internal)?,
        sha256: kept.sha256,
        added_at: act.now,
        added_by: serde_json::to_value(who)?,
        removed_at: None,
    };
    repo::findings::add_file(act.tx(), &by.scope, file.clone().into_active_model()).await?;
    let details = json!({ "file": file.id, "file_name": file.file_name, "sha256": file.sha256, "size": file.size });
    act.record(&by.scope, by.actor, "finding.file_added", ("finding", id.0), &details);
    act.commit().await?;
    Ok(file)
}

/// Reads a file for the buyer; that it was read stands in the log before it is handed out.
///
/// # Errors
/// [`AppError::NotFound`] when there is no such file.
pub async fn read_file(
    platform: &Platform,
    by: &Buyer,
    id: FindingId,
    file: Uuid,
) -> Result<(finding_file::Model, Bytes)> {
    repo::findings::get(platform.db.read(), by.scope, id).await?.ok_or(AppError::NotFound)?;
    hand_out(platform, by, id, file).await
}

/// Reads a file for the vendor.
///
/// # Errors
/// [`AppError::NotFound`] when there is no such file in their reach.
pub async fn read_file_as_vendor(
    platform: &Platform,
    by: &Vendor,
    id: FindingId,
    file: Uuid,
) -> Result<(finding_file::Model, Bytes)> {
    repo::findings::get_raised(platform.db.read(), by.scope, id).await?.ok_or(AppError::NotFound)?;
    hand_out(platform, &by.as_buyer(), id, file).await
}

async fn hand_out(platform: &Platform, by: &Buyer, id: FindingId, file: Uuid) -> Result<(finding_file::Model, Bytes)> {
    let files = repo::findings::files(platform.db.read(), &by.scope, id).await?;
    let row = files.into_iter().find(|row| row.id == file).ok_or(AppError::NotFound)?;
    let bytes = platform.blobs.get(&row.sha256).await?;
    let details = json!({ "file": row.id, "file_name": row.file_name, "sha256": row.sha256 });
    disclosed(platform, &by.scope, by.actor, "finding.file_read", ("finding", id.0), &details).await?;
    Ok((row, bytes))
}
