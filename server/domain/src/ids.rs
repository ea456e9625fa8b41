//! Identifiers, one type per kind of thing, so that a vendor's id cannot be passed for an assessment's.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;
use uuid::Uuid;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident;)+) => {$(
        $(#[$doc])*
        ///
        /// A UUID of version 7: ids sort by the time they were made.
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self.0)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = uuid::Error;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Uuid::parse_str(text).map(Self)
            }
        }

        impl From<Uuid> for $name {
            fn from(id: Uuid) -> Self {
                Self(id)
            }
        }

        impl From<$name> for Uuid {
            fn from(id: $name) -> Self {
                id.0
            }
        }
    )+};
}

ids! {
    /// An organisation: a tenant.
    OrganisationId;
    /// Somebody who signs in, for one organisation or several.
    PersonId;
    /// That a person belongs to an organisation.
    MemberId;
    /// An invitation to become a member.
    InvitationId;
    /// A mail domain of an organisation.
    DomainId;
    /// An OpenID provider.
    ProviderId;
    /// A buyer's record of a vendor.
    VendorId;
    /// A person at a vendor who can be asked.
    ContactId;
    /// What one buyer uses one vendor for.
    EngagementId;
    /// A questionnaire as authored.
    TemplateId;
    /// A questionnaire that is being written.
    TemplateDraftId;
    /// An immutable published version of a template.
    TemplateVersionId;
    /// An immutable version of a scoring policy, as an organisation holds it.
    PolicyId;
    /// One template version issued to one vendor for one engagement.
    AssessmentId;
    /// A link that lets one contact answer one assessment.
    VendorLinkId;
    /// A message that was, or is to be, sent.
    MessageId;
    /// A file or link that supports an answer.
    EvidenceId;
    /// A frozen set of answers.
    SubmissionId;
    /// A stored score.
    ScoreId;
    /// What is not as it should be with a vendor.
    FindingId;
    /// A decision to live with a risk.
    AcceptanceId;
    /// What a high-risk use does to people, in one version.
    ImpactId;
    /// A decision on a vendor.
    DecisionId;
    /// A condition of an approval.
    ConditionId;
    /// One uploaded workbook or register.
    ImportId;
    /// One row of an import.
    ImportRowId;
    /// An entry of the supplier AI register.
    ComponentId;
    /// A search of the register that a person keeps.
    SavedSearchId;
    /// One of an organisation's uses of a component.
    UseId;
    /// An entry of the audit log.
    AuditEntryId;
    /// A token that a program presents to the API.
    TokenId;
    /// A single-use sign-in link.
    SignInLinkId;
}

impl OrganisationId {
    /// The installation itself, among the organisations. The first migration makes it.
    pub const INSTALLATION: Self = Self(Uuid::from_u128(0x0000_0000_0000_7000_8000_0000_0000_0001));
}
