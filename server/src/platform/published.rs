//! Published questionnaires, parsed once and kept.

use crate::error::{AppError, Result};
use crate::repo::{self, SystemScope, Tenant};
use domain::ids::TemplateVersionId;
use domain::questionnaire::Document;
use entity::template_version;
use sea_orm::ConnectionTrait;
use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};
use uuid::Uuid;

/// Published versions that were read already. They are immutable, so none is ever out of date.
#[derive(Debug, Default)]
pub struct Published(RwLock<HashMap<Uuid, Arc<Version>>>);

/// Published versions kept in memory: each is about 100 KB.
const MOST_KEPT: usize = 64;

/// A published version, parsed.
#[derive(Debug)]
pub struct Version {
    /// Its row.
    pub row: template_version::Model,
    /// What it asks.
    pub document: Document,
}

impl Published {
    /// The version of that id.
    ///
    /// # Errors
    /// [`AppError::NotFound`] when the organisation has none of that id.
    pub async fn get(
        &self,
        db: &impl ConnectionTrait,
        scope: &impl Tenant,
        id: TemplateVersionId,
    ) -> Result<Arc<Version>> {
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner).get(&id.0).cloned();
        if let Some(version) = known.filter(|version| version.row.organisation_id == scope.organisation().0) {
            return Ok(version);
        }
        let buyer = SystemScope.acting_for(scope.organisation());
        let row = repo::templates::version(db, buyer, id).await?.ok_or(AppError::NotFound)?;
        let document = serde_json::from_str(&row.document)?;
        let version = Arc::new(Version { row, document });
        let mut kept = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if kept.len() >= MOST_KEPT {
            kept.clear();
        }
        kept.insert(id.0, Arc::clone(&version));
        Ok(version)
    }
}
