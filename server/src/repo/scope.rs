//! Whose rows a query may touch.

use domain::access::{Permission, Role};
use domain::ids::{AssessmentId, ContactId, MemberId, OrganisationId, PersonId, VendorLinkId};

/// A member, or a program with a token, of an organisation: the organisation's rows, or of its engagements only those
/// that one member owns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BuyerScope {
    organisation: OrganisationId,
    only_owner: Option<MemberId>,
}

/// Somebody who answers for a vendor: one assessment, and nothing beside it; a contributor's assigned questions alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct VendorScope {
    /// The buyer, whose chain and rows these are.
    pub organisation: OrganisationId,
    /// The one assessment.
    pub assessment: AssessmentId,
    /// Who answers.
    pub contact: ContactId,
    /// The link that let them in; none where they came as a member of the vendor's own organisation.
    pub link: Option<VendorLinkId>,
    /// What they are there for.
    pub role: Role,
    /// Whoever is signed in in the same browser: the contact, or somebody who writes for them.
    pub person: Option<PersonId>,
}

impl VendorScope {
    /// Whether the role allows it.
    pub fn may(self, permission: Permission) -> bool {
        self.role.may(permission)
    }
}

/// A vendor's own organisation: what any buyer asks of vendor records that it has claimed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClaimantScope(OrganisationId);

impl ClaimantScope {
    /// The scope of an organisation. Only what has established who is calling makes one.
    pub fn of(organisation: OrganisationId) -> Self {
        Self(organisation)
    }

    /// The organisation.
    pub fn organisation(self) -> OrganisationId {
        self.0
    }
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

    /// The member whose engagements alone are in reach; none where all are.
    fn only_owner(&self) -> Option<MemberId> {
        None
    }

    /// The contact whose assigned questions alone are in reach; none where all are.
    fn only_assigned_to(&self) -> Option<ContactId> {
        None
    }

    /// The contact who answers; none for a buyer.
    fn answering(&self) -> Option<ContactId> {
        None
    }

    /// The same scope over every question: conditions and progress look at all answers. What is read through it is not
    /// to be shown.
    #[must_use]
    fn with_every_question(self) -> Self;

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

    fn only_owner(&self) -> Option<MemberId> {
        self.only_owner
    }

    fn with_every_question(self) -> Self {
        self
    }
}

impl Tenant for VendorScope {
    fn organisation(&self) -> OrganisationId {
        self.organisation
    }

    fn only_assessment(&self) -> Option<AssessmentId> {
        Some(self.assessment)
    }

    fn answering(&self) -> Option<ContactId> {
        Some(self.contact)
    }

    fn only_assigned_to(&self) -> Option<ContactId> {
        (!self.may(Permission::Answer)).then_some(self.contact)
    }

    fn with_every_question(self) -> Self {
        Self { role: Role::Responder, ..self }
    }
}
