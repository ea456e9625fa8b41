//! The file as it was uploaded.

use super::whole;
use crate::actions::Actor;
use crate::actions::audit::disclosed;
use crate::error::{AppError, Result};
use crate::platform::Platform;
use crate::repo::{self, VendorScope};
use bytes::Bytes;
use domain::ids::ImportId;
use entity::import;
use serde_json::json;

/// An import and the file that it was read from, byte by byte; that somebody took it is written down.
///
/// # Errors
/// [`AppError::NotFound`] when the scope reaches no such import.
pub async fn original(platform: &Platform, scope: VendorScope, id: ImportId) -> Result<(import::Model, Bytes)> {
    whole(scope)?;
    let row = repo::imports::get(platform.db.read(), &scope, id).await?.ok_or(AppError::NotFound)?;
    let bytes = platform.blobs.get(&row.sha256).await?;
    let details = json!({ "import": id, "file_name": row.file_name, "sha256": row.sha256 });
    let subject = ("assessment", scope.assessment.0);
    disclosed(platform, &scope, Actor::Contact(scope.contact), "import.downloaded", subject, &details).await?;
    Ok((row, bytes))
}
