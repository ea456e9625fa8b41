//! How far a scope reaches, as conditions: a business owner's engagements and what hangs on them, a contributor's
//! questions. Each gives nothing where the scope reaches all of the organisation.

use super::scope::Tenant;
use entity::{assessment, assigned_question, engagement};
use sea_orm::sea_query::SelectStatement;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QuerySelect, QueryTrait};

/// Ids of the engagements in reach.
pub(super) fn engagements(scope: &impl Tenant) -> Option<SelectStatement> {
    scope.only_owner().map(|owner| {
        engagement::Entity::find()
            .select_only()
            .column(engagement::Column::Id)
            .filter(engagement::Column::OrganisationId.eq(scope.organisation().0))
            .filter(engagement::Column::OwnerMemberId.eq(owner.0))
            .into_query()
    })
}

/// Ids of the vendors that the engagements in reach are with.
pub(super) fn vendors(scope: &impl Tenant) -> Option<SelectStatement> {
    scope.only_owner().map(|owner| {
        engagement::Entity::find()
            .select_only()
            .column(engagement::Column::VendorId)
            .filter(engagement::Column::OrganisationId.eq(scope.organisation().0))
            .filter(engagement::Column::OwnerMemberId.eq(owner.0))
            .into_query()
    })
}

/// Ids of the assessments for the engagements in reach.
pub(super) fn assessments(scope: &impl Tenant) -> Option<SelectStatement> {
    engagements(scope).map(|engagements| {
        assessment::Entity::find()
            .select_only()
            .column(assessment::Column::Id)
            .filter(assessment::Column::OrganisationId.eq(scope.organisation().0))
            .filter(assessment::Column::EngagementId.in_subquery(engagements))
            .into_query()
    })
}

/// Ids of the questions in reach; the query that asks is bound to the assessment.
pub(super) fn questions(scope: &impl Tenant) -> Option<SelectStatement> {
    scope.only_assigned_to().zip(scope.only_assessment()).map(|(contact, assessment)| {
        assigned_question::Entity::find()
            .select_only()
            .column(assigned_question::Column::QuestionId)
            .filter(assigned_question::Column::OrganisationId.eq(scope.organisation().0))
            .filter(assigned_question::Column::AssessmentId.eq(assessment.0))
            .filter(assigned_question::Column::ContactId.eq(contact.0))
            .into_query()
    })
}
