//! What a vendor's people hand to colleagues: questions assigned to a contact, and who was asked in.

use super::reach;
use super::scope::Tenant;
use domain::ids::{AssessmentId, ContactId, VendorLinkId};
use entity::{assigned_question, message, vendor_link};
use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, ExprTrait, PaginatorTrait, QueryFilter, QueryOrder, QueryTrait,
    Set,
};
use std::collections::{BTreeMap, BTreeSet};
use time::OffsetDateTime;
use uuid::Uuid;

/// Assigns questions to a contact; what is assigned already stays.
pub async fn assign(
    db: &impl ConnectionTrait,
    scope: &impl Tenant,
    assessment: AssessmentId,
    (to, by): (ContactId, ContactId),
    questions: &BTreeSet<String>,
    now: OffsetDateTime,
) -> Result<(), DbErr> {
    let rows: Vec<_> = questions
        .iter()
        .map(|question| assigned_question::ActiveModel {
            assessment_id: Set(assessment.0),
            contact_id: Set(to.0),
            question_id: Set(question.clone()),
            organisation_id: Set(scope.organisation().0),
            assigned_by: Set(by.0),
            created_at: Set(now),
        })
        .collect();
    if rows.is_empty() {
        return Ok(());
    }
    let key = [
        assigned_question::Column::AssessmentId,
        assigned_question::Column::ContactId,
        assigned_question::Column::QuestionId,
    ];
    assigned_question::Entity::insert_many(rows)
        .on_conflict(OnConflict::columns(key).do_nothing().to_owned())
        .exec_without_returning(db)
        .await?;
    Ok(())
}

/// The questions assigned to each contact of an assessment.
pub async fn assigned(
    db: &impl ConnectionTrait,
    scope: &impl Tenant,
    assessment: AssessmentId,
) -> Result<BTreeMap<Uuid, BTreeSet<String>>, DbErr> {
    if !scope.reaches(assessment) {
        return Ok(BTreeMap::new());
    }
    let rows = assigned_question::Entity::find()
        .filter(assigned_question::Column::OrganisationId.eq(scope.organisation().0))
        .filter(assigned_question::Column::AssessmentId.eq(assessment.0))
        .apply_if(scope.only_assigned_to(), |query, contact| {
            query.filter(assigned_question::Column::ContactId.eq(contact.0))
        })
        .apply_if(reach::assessments(scope), |query, ids| {
            query.filter(assigned_question::Column::AssessmentId.in_subquery(ids))
        })
        .all(db)
        .await?;
    let mut found: BTreeMap<Uuid, BTreeSet<String>> = BTreeMap::new();
    for row in rows {
        found.entry(row.contact_id).or_default().insert(row.question_id);
    }
    Ok(found)
}

/// Takes every assigned question of a contact back.
pub async fn unassign(
    db: &impl ConnectionTrait,
    scope: &impl Tenant,
    assessment: AssessmentId,
    contact: ContactId,
) -> Result<(), DbErr> {
    assigned_question::Entity::delete_many()
        .filter(assigned_question::Column::OrganisationId.eq(scope.organisation().0))
        .filter(assigned_question::Column::AssessmentId.eq(assessment.0))
        .filter(assigned_question::Column::ContactId.eq(contact.0))
        .exec(db)
        .await?;
    Ok(())
}

/// The links of an assessment that were not revoked, oldest first.
pub async fn links(
    db: &impl ConnectionTrait,
    scope: &impl Tenant,
    assessment: AssessmentId,
) -> Result<Vec<vendor_link::Model>, DbErr> {
    if !scope.reaches(assessment) || scope.only_assigned_to().is_some() {
        return Ok(Vec::new());
    }
    vendor_link::Entity::find()
        .filter(vendor_link::Column::OrganisationId.eq(scope.organisation().0))
        .filter(vendor_link::Column::AssessmentId.eq(assessment.0))
        .filter(vendor_link::Column::RevokedAt.is_null())
        .apply_if(reach::assessments(scope), |query, ids| {
            query.filter(vendor_link::Column::AssessmentId.in_subquery(ids))
        })
        .order_by_asc(vendor_link::Column::Id)
        .all(db)
        .await
}

/// Revokes the links of a contact with one of these roles; gives which.
pub async fn revoke(
    db: &impl ConnectionTrait,
    scope: &impl Tenant,
    assessment: AssessmentId,
    (contact, roles): (ContactId, &[&str]),
    now: OffsetDateTime,
) -> Result<Vec<VendorLinkId>, DbErr> {
    let mut rows = links(db, &scope.with_every_question(), assessment).await?;
    rows.retain(|row| row.contact_id == contact.0 && roles.contains(&row.role.as_str()));
    let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
    vendor_link::Entity::update_many()
        .col_expr(vendor_link::Column::RevokedAt, Expr::value(now))
        .filter(vendor_link::Column::OrganisationId.eq(scope.organisation().0))
        .filter(vendor_link::Column::Id.is_in(ids.iter().copied()))
        .exec(db)
        .await?;
    Ok(ids.into_iter().map(VendorLinkId).collect())
}

/// The messages that ask colleagues in, oldest first; without those that were taken back before they were sent.
pub async fn messages(
    db: &impl ConnectionTrait,
    scope: &impl Tenant,
    assessment: AssessmentId,
) -> Result<Vec<message::Model>, DbErr> {
    if !scope.reaches(assessment) || scope.only_assigned_to().is_some() {
        return Ok(Vec::new());
    }
    message::Entity::find()
        .filter(message::Column::OrganisationId.eq(scope.organisation().0))
        .filter(message::Column::AssessmentId.eq(assessment.0))
        .filter(message::Column::Purpose.is_in(ASKING_IN))
        .filter(message::Column::Failure.is_null().or(message::Column::Failure.ne(TAKEN_BACK)))
        .apply_if(reach::assessments(scope), |query, ids| query.filter(message::Column::AssessmentId.in_subquery(ids)))
        .order_by_asc(message::Column::Id)
        .all(db)
        .await
}

/// Purposes of messages that ask a colleague in.
const ASKING_IN: [&str; 2] = ["handover", "signature"];
/// Why a message that asked a colleague in was not sent, or is spoken of no more.
pub const TAKEN_BACK: &str = "taken-back";

/// Withdraws the messages that asked a contact in: one that waits is not sent, and one that failed is forgotten.
pub async fn withdraw_messages(
    db: &impl ConnectionTrait,
    scope: &impl Tenant,
    assessment: AssessmentId,
    (contact, roles): (ContactId, &[&str]),
) -> Result<(), DbErr> {
    message::Entity::update_many()
        .col_expr(message::Column::State, Expr::value("failed"))
        .col_expr(message::Column::Failure, Expr::value(TAKEN_BACK))
        .filter(message::Column::OrganisationId.eq(scope.organisation().0))
        .filter(message::Column::AssessmentId.eq(assessment.0))
        .filter(message::Column::ContactId.eq(contact.0))
        .filter(message::Column::Role.is_in(roles.iter().copied()))
        .filter(message::Column::Purpose.is_in(ASKING_IN))
        .filter(message::Column::State.ne("delivered"))
        .exec(db)
        .await?;
    Ok(())
}

/// How many links were copied, and messages made, that ask colleagues in, since a moment.
pub async fn made_since(
    db: &impl ConnectionTrait,
    scope: &impl Tenant,
    assessment: AssessmentId,
    since: OffsetDateTime,
) -> Result<u64, DbErr> {
    let messages = message::Entity::find()
        .filter(message::Column::OrganisationId.eq(scope.organisation().0))
        .filter(message::Column::AssessmentId.eq(assessment.0))
        .filter(message::Column::Purpose.is_in(ASKING_IN))
        .filter(message::Column::CreatedAt.gt(since))
        .count(db)
        .await?;
    let copied = vendor_link::Entity::find()
        .filter(vendor_link::Column::OrganisationId.eq(scope.organisation().0))
        .filter(vendor_link::Column::AssessmentId.eq(assessment.0))
        .filter(vendor_link::Column::Purpose.eq("copy"))
        .filter(vendor_link::Column::CreatedAt.gt(since))
        .count(db)
        .await?;
    Ok(messages + copied)
}
