//! Whose rows a query may touch.

use domain::ids::{AssessmentId, ContactId, MemberId, OrganisationId, VendorLinkId};

/// A member, or a program with a token, of an organisation: the organisation's rows, or of its engagements only those
/// that one member owns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BuyerScope {
    organisation: OrganisationId,
    only_owner: Option<MemberId>,
}

/// A contact with a vendor's link: one assessment, and nothing beside it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct VendorScope {
    /// The buyer, whose chain and rows these are.
    pub organisation: OrganisationId,
    /// The one assessment.
    pub assessment: AssessmentId,
    /// Who holds the link.
    pub contact: ContactId,
    /// The link.
    pub link: VendorLinkId,
}

/// The program itself: jobs, commands of the operator, and looking up who somebody is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SystemScope;

impl BuyerScope {
    /// The scope of an organisation. Only what has established who is calling makes one.
    pub fn of(organisation: OrganisationId) -> Self {
        Self { organisation, only_owner: None }
    }

    /// The same, but of engagements, and of what hangs on them, only those that this member owns.
    #[must_use]
    pub fn owned_by(self, owner: MemberId) -> Self {
        Self { only_owner: Some(owner), ..self }
    }

    /// The member whose engagements alone are in reach; none where all are.
    pub fn only_owner(self) -> Option<MemberId> {
        self.only_owner
    }

    /// The organisation.
    pub fn organisation(self) -> OrganisationId {
        self.organisation
    }
}

impl SystemScope {
    /// The program acting for an organisation, in a job for example.
    pub fn acting_for(self, organisation: OrganisationId) -> BuyerScope {
        BuyerScope::of(organisation)
    }
}

mod sealed {
    pub trait Sealed {}
    impl Sealed for super::BuyerScope {}
    impl Sealed for super::VendorScope {}
}

/// A scope that may touch assessments: a buyer's all, a vendor's own.
pub trait Tenant: sealed::Sealed + Copy + Send + Sync {
    /// The organisation whose rows they are.
    fn organisation(&self) -> OrganisationId;

    /// The one assessment that the scope is bound to, where it is bound.
    fn only_assessment(&self) -> Option<AssessmentId>;

    /// Whether the scope reaches this assessment, were it the organisation's.
    fn reaches(&self, assessment: AssessmentId) -> bool {
        self.only_assessment().is_none_or(|only| only == assessment)
    }
}

impl Tenant for BuyerScope {
    fn organisation(&self) -> OrganisationId {
        self.organisation
    }

    fn only_assessment(&self) -> Option<AssessmentId> {
        None
    }
}

impl Tenant for VendorScope {
    fn organisation(&self) -> OrganisationId {
        self.organisation
    }

    fn only_assessment(&self) -> Option<AssessmentId> {
        Some(self.assessment)
    }
}
