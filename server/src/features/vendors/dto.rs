//! Vendors, contacts and engagements as programs see them.

use crate::actions::vendors::{EngagementInput, VendorInput};
use crate::error::Result;
use domain::ids::MemberId;
use domain::scoring::{Policy, missing_factors};
use entity::{contact, engagement, vendor};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use time::OffsetDateTime;
use utoipa::ToSchema;
use uuid::Uuid;

/// A buyer's record of a vendor.
#[derive(Debug, Serialize, ToSchema)]
pub struct Vendor {
    /// Its id.
    pub id: Uuid,
    /// Its name, unique among the organisation's vendors.
    pub name: String,
    /// Its web site.
    pub website: Option<String>,
    /// A note for colleagues.
    pub note: Option<String>,
    /// Goes up with every change; also the `ETag`.
    pub revision: i64,
    /// When it was added.
    #[serde(with = "time::serde::rfc3339")]
    pub created_at: OffsetDateTime,
    /// Since when an organisation of its own has claimed it.
    #[serde(with = "time::serde::rfc3339::option")]
    pub claimed_at: Option<OffsetDateTime>,
}

impl From<vendor::Model> for Vendor {
    fn from(row: vendor::Model) -> Self {
        Self {
            id: row.id,
            name: row.name,
            website: row.website,
            note: row.note,
            revision: row.revision,
            created_at: row.created_at,
            claimed_at: row.claimed_at,
        }
    }
}

/// What is said of a vendor.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct VendorBody {
    /// Its name, unique among the organisation's vendors.
    pub name: String,
    /// Its web site, with `https://` or `http://`.
    #[serde(default)]
    pub website: Option<String>,
    /// A note for colleagues.
    #[serde(default)]
    pub note: Option<String>,
    /// Contacts to add.
    #[serde(default)]
    pub contacts: Vec<ContactBody>,
}

impl From<VendorBody> for VendorInput {
    fn from(body: VendorBody) -> Self {
        Self {
            name: body.name,
            website: body.website.unwrap_or_default(),
            note: body.note.unwrap_or_default(),
            contacts: pasted(&body.contacts),
        }
    }
}

/// A person at a vendor who can be asked.
#[derive(Debug, Serialize, ToSchema)]
pub struct Contact {
    /// Their id.
    pub id: Uuid,
    /// Their name.
    pub name: String,
    /// Their address.
    pub email: String,
    /// When they were added.
    #[serde(with = "time::serde::rfc3339")]
    pub created_at: OffsetDateTime,
}

impl From<contact::Model> for Contact {
    fn from(row: contact::Model) -> Self {
        Self { id: row.id, name: row.name, email: row.email, created_at: row.created_at }
    }
}

/// A person to be added.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ContactBody {
    /// Their name; the part of the address before the @ where there is none.
    #[serde(default)]
    pub name: String,
    /// Their address.
    pub email: String,
}

/// People to be added: all of them, or none when one cannot be.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ContactsBody {
    /// In any order. A problem `contacts:2` concerns the second.
    pub contacts: Vec<ContactBody>,
}

/// Contacts as the list that a person would paste: a line each.
pub(super) fn pasted(contacts: &[ContactBody]) -> String {
    let one_line = |text: &str| text.replace(['\r', '\n', '\t'], " ");
    let line = |contact: &ContactBody| format!("{}\t{}", one_line(&contact.name), one_line(&contact.email));
    contacts.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// What a vendor is used for.
#[derive(Debug, Serialize, ToSchema)]
pub struct Engagement {
    /// Its id.
    pub id: Uuid,
    /// The vendor.
    pub vendor: Uuid,
    /// What it is called among the vendor's engagements.
    pub name: String,
    /// The part of the business that uses it.
    pub business_function: String,
    /// Who answers for it.
    pub owner: String,
    /// The member who answers for it, and reads it as its business owner.
    pub owner_member: Option<Uuid>,
    /// Factor of the scoring policy to value.
    pub profile: BTreeMap<String, String>,
    /// Factors of the policy in force that have no value yet: while there are any, the engagement is unscored.
    pub missing: Vec<String>,
    /// Goes up with every change; also the `ETag`.
    pub revision: i64,
    /// When it was added.
    #[serde(with = "time::serde::rfc3339")]
    pub created_at: OffsetDateTime,
}

impl Engagement {
    /// The row, seen through the policy in force.
    pub(super) fn of(row: engagement::Model, policy: &Policy) -> Result<Self> {
        let profile: BTreeMap<String, String> = serde_json::from_value(row.profile)?;
        Ok(Self {
            id: row.id,
            vendor: row.vendor_id,
            name: row.name,
            business_function: row.business_function,
            owner: row.owner,
            owner_member: row.owner_member_id,
            missing: missing_factors(policy, &profile),
            profile,
            revision: row.revision,
            created_at: row.created_at,
        })
    }
}

/// What is said of an engagement.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EngagementBody {
    /// What it is called among the vendor's engagements.
    pub name: String,
    /// The part of the business that uses it.
    pub business_function: String,
    /// Who answers for it.
    pub owner: String,
    /// A member with the role `business-owner`, who may then read it.
    #[serde(default)]
    pub owner_member: Option<Uuid>,
    /// Factor of the scoring policy to value; factors may be left out, and the engagement is then unscored.
    #[serde(default)]
    pub profile: BTreeMap<String, String>,
}

impl From<EngagementBody> for EngagementInput {
    fn from(body: EngagementBody) -> Self {
        Self {
            name: body.name,
            business_function: body.business_function,
            owner: body.owner,
            owner_member: body.owner_member.map(MemberId),
            profile: body.profile,
        }
    }
}
