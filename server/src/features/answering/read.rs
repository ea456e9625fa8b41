//! What a vendor organisation is asked, with the names around it.

use crate::error::{AppError, Result};
use crate::platform::Platform;
use crate::repo::{self, ClaimantScope, SystemScope};
use domain::assessment::State;
use domain::ids::{OrganisationId, TemplateVersionId};
use entity::{assessment, contact};
use std::collections::HashMap;
use uuid::Uuid;

/// A questionnaire that the organisation is asked.
pub(super) struct Asked {
    pub row: assessment::Model,
    pub state: State,
    /// Who asks.
    pub buyer: String,
    /// What the buyer calls the vendor.
    pub vendor: String,
    /// The questionnaire.
    pub title: String,
}

/// Names of the buyers that have come up so far.
#[derive(Default)]
struct Buyers(HashMap<Uuid, String>);

impl Buyers {
    async fn name(&mut self, platform: &Platform, id: Uuid) -> Result<String> {
        if let Some(name) = self.0.get(&id) {
            return Ok(name.clone());
        }
        let row = repo::organisations::get(platform.db.read(), SystemScope, OrganisationId(id)).await?;
        let name = row.ok_or(AppError::NotFound)?.name;
        self.0.insert(id, name.clone());
        Ok(name)
    }
}

/// A page of what is asked, those that wait for the vendor first, by due date.
pub(super) async fn asked(
    platform: &Platform,
    scope: ClaimantScope,
    (offset, limit): (u64, u64),
) -> Result<Vec<Asked>> {
    let db = platform.db.read();
    let vendors = repo::claims::claimed(db, scope).await?;
    let mut buyers = Buyers::default();
    let mut found = Vec::new();
    for row in repo::assessments::asked_all(db, scope, offset, limit).await? {
        let buyer = SystemScope.acting_for(OrganisationId(row.organisation_id));
        let version = TemplateVersionId(row.template_version_id);
        found.push(Asked {
            state: row.state.parse().map_err(AppError::internal)?,
            buyer: buyers.name(platform, row.organisation_id).await?,
            vendor: vendors.get(&row.vendor_id).map(|vendor| vendor.name.clone()).unwrap_or_default(),
            title: platform.published.title(db, &buyer, version).await?,
            row,
        });
    }
    Ok(found)
}

/// Who asks to join, each with the buyer whose contact they are.
pub(super) async fn joining(platform: &Platform, scope: ClaimantScope) -> Result<Vec<(contact::Model, String)>> {
    let mut buyers = Buyers::default();
    let mut found = Vec::new();
    for row in repo::claims::joining(platform.db.read(), scope).await? {
        let buyer = buyers.name(platform, row.organisation_id).await?;
        found.push((row, buyer));
    }
    Ok(found)
}
