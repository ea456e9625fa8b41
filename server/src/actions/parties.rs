//! Who asks and who answers: the names that stand around an assessment.

use crate::error::{AppError, Result};
use crate::platform::Platform;
use crate::repo::{self, SystemScope, Tenant};
use domain::ids::{ContactId, VendorId};
use entity::assessment;
use sea_orm::ConnectionTrait;

/// The names around an assessment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parties {
    /// Who asks.
    pub buyer: String,
    /// Who is asked.
    pub vendor: String,
    /// The person there who answers, or who was asked.
    pub contact: String,
}

impl Parties {
    /// Reads the names around an assessment that the scope reaches.
    ///
    /// # Errors
    /// [`AppError::NotFound`] when it does not reach it.
    pub async fn of(platform: &Platform, scope: &impl Tenant, row: &assessment::Model) -> Result<Self> {
        if row.organisation_id != scope.organisation().0 || !scope.reaches(row.id.into()) {
            return Err(AppError::NotFound);
        }
        let (db, own) = (platform.db.read(), SystemScope.acting_for(scope.organisation()));
        let buyer = repo::organisations::own(db, own).await?.ok_or(AppError::NotFound)?;
        let vendor = repo::vendors::get(db, own, VendorId(row.vendor_id)).await?.ok_or(AppError::NotFound)?;
        let contact = scope.answering().unwrap_or(ContactId(row.contact_id));
        let contact = repo::vendors::contact(db, own, contact).await?.ok_or(AppError::NotFound)?;
        Ok(Self { buyer: buyer.name, vendor: vendor.name, contact: contact.name })
    }
}

/// The name of a contact of the scope's organisation.
///
/// # Errors
/// When the database fails.
pub async fn contact_name(db: &impl ConnectionTrait, scope: impl Tenant, contact: ContactId) -> Result<Option<String>> {
    let own = SystemScope.acting_for(scope.organisation());
    Ok(repo::vendors::contact(db, own, contact).await?.map(|row| row.name))
}
