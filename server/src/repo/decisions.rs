//! Accepted risks, impact assessments, and decisions with their conditions.

use super::reach;
use super::scope::{BuyerScope, SystemScope};
use domain::ids::{EngagementId, OrganisationId};
use entity::{
    acceptance_approval, acceptance_finding, acceptance_standing, condition_step, decision, decision_acceptance,
    decision_condition, finding, impact_approval, impact_assessment, risk_acceptance,
};
use sea_orm::entity::prelude::Json;
use sea_orm::sea_query::{Alias, Expr, ExprTrait, Query};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, FromQueryResult, QueryFilter, QueryOrder, QuerySelect, QueryTrait,
};
use std::collections::HashMap;
use time::{Date, OffsetDateTime};
use uuid::Uuid;

/// Functions that add a row of a table.
macro_rules! adding {
    ($($(#[$doc:meta])* $name:ident: $entity:ident;)+) => {
        $(
            $(#[$doc])*
            pub async fn $name(db: &impl ConnectionTrait, _: BuyerScope, row: $entity::ActiveModel) -> Result<(), DbErr> {
                $entity::Entity::insert(row).exec_without_returning(db).await?;
                Ok(())
            }
        )+
    };
}

/// Functions that read the rows of an engagement in the order of a column.
macro_rules! of_engagement {
    ($($(#[$doc:meta])* $name:ident: $entity:ident by $order:ident;)+) => {
        $(
            $(#[$doc])*
            pub async fn $name(
                db: &impl ConnectionTrait,
                scope: BuyerScope,
                engagement: EngagementId,
            ) -> Result<Vec<$entity::Model>, DbErr> {
                $entity::Entity::find()
                    .filter($entity::Column::OrganisationId.eq(scope.organisation().0))
                    .filter($entity::Column::EngagementId.eq(engagement.0))
                    .apply_if(reach::engagements(&scope), |query, ids| {
                        query.filter($entity::Column::EngagementId.in_subquery(ids))
                    })
                    .order_by_asc($entity::Column::$order)
                    .all(db)
                    .await
            }
        )+
    };
}

/// Functions that read the rows that hang on rows read before.
macro_rules! hanging_on {
    ($($(#[$doc:meta])* $name:ident: $entity:ident on $column:ident by $order:ident;)+) => {
        $(
            $(#[$doc])*
            pub async fn $name(
                db: &impl ConnectionTrait,
                scope: BuyerScope,
                ids: &[Uuid],
            ) -> Result<Vec<$entity::Model>, DbErr> {
                $entity::Entity::find()
                    .filter($entity::Column::OrganisationId.eq(scope.organisation().0))
                    .filter($entity::Column::$column.is_in(ids.iter().copied()))
                    .order_by_asc($entity::Column::$order)
                    .all(db)
                    .await
            }
        )+
    };
}

adding! {
    /// Adds an acceptance that is asked for.
    add_acceptance: risk_acceptance;
    /// Adds a finding that an acceptance covers.
    add_acceptance_finding: acceptance_finding;
    /// Adds that an acceptance was approved, refused or withdrawn.
    add_approval: acceptance_approval;
    /// Adds how an acceptance stands.
    add_acceptance_standing: acceptance_standing;
    /// Adds a version of an impact assessment.
    add_impact: impact_assessment;
    /// Adds that an impact assessment was approved.
    add_impact_approval: impact_approval;
    /// Adds a decision.
    add_decision: decision;
    /// Adds an acceptance that a decision rests on.
    add_decision_acceptance: decision_acceptance;
    /// Adds a condition.
    add_condition: decision_condition;
    /// Adds what became of a condition.
    add_condition_step: condition_step;
}

of_engagement! {
    /// The acceptances of an engagement, the oldest first.
    acceptances: risk_acceptance by Id;
    /// The versions of an engagement's impact assessment, the oldest first.
    impacts: impact_assessment by Number;
    /// The decisions on an engagement, the oldest first.
    decisions: decision by Number;
    /// The findings of an engagement, the oldest first.
    findings: finding by Id;
}

hanging_on! {
    /// Approvals, refusals and withdrawals of these acceptances, in their order.
    approvals: acceptance_approval on AcceptanceId by Number;
    /// Findings that these acceptances cover.
    acceptance_findings: acceptance_finding on AcceptanceId by FindingId;
    /// Approvals of these impact assessments.
    impact_approvals: impact_approval on ImpactId by ImpactId;
    /// Conditions of these decisions, in their order.
    conditions: decision_condition on DecisionId by Position;
    /// What became of these conditions, in order.
    condition_steps: condition_step on ConditionId by Number;
}

/// An acceptance.
pub async fn acceptance(
    db: &impl ConnectionTrait,
    scope: BuyerScope,
    id: Uuid,
) -> Result<Option<risk_acceptance::Model>, DbErr> {
    risk_acceptance::Entity::find_by_id(id)
        .filter(risk_acceptance::Column::OrganisationId.eq(scope.organisation().0))
        .apply_if(reach::engagements(&scope), |query, ids| {
            query.filter(risk_acceptance::Column::EngagementId.in_subquery(ids))
        })
        .one(db)
        .await
}

/// A decision.
pub async fn decision(
    db: &impl ConnectionTrait,
    scope: BuyerScope,
    id: Uuid,
) -> Result<Option<decision::Model>, DbErr> {
    decision::Entity::find_by_id(id)
        .filter(decision::Column::OrganisationId.eq(scope.organisation().0))
        .apply_if(reach::engagements(&scope), |query, ids| {
            query.filter(decision::Column::EngagementId.in_subquery(ids))
        })
        .one(db)
        .await
}

/// A condition, with the decision that it belongs to.
pub async fn condition(
    db: &impl ConnectionTrait,
    scope: BuyerScope,
    id: Uuid,
) -> Result<Option<(decision_condition::Model, decision::Model)>, DbErr> {
    let row = decision_condition::Entity::find_by_id(id)
        .filter(decision_condition::Column::OrganisationId.eq(scope.organisation().0))
        .one(db)
        .await?;
    let Some(row) = row else { return Ok(None) };
    Ok(decision(db, scope, row.decision_id).await?.map(|decision| (row, decision)))
}

/// How acceptances of an organisation stand that somebody reads, after one, in the order in which they were asked for: of one
/// engagement, or those that stood so when they were looked at last.
pub async fn acceptance_standings(
    db: &impl ConnectionTrait,
    scope: BuyerScope,
    (engagement, standing): (Option<EngagementId>, Option<&str>),
    after: Option<Uuid>,
    limit: u64,
) -> Result<Vec<acceptance_standing::Model>, DbErr> {
    use acceptance_standing::Column;
    acceptance_standing::Entity::find()
        .filter(Column::OrganisationId.eq(scope.organisation().0))
        .apply_if(reach::engagements(&scope), |query, ids| query.filter(Column::EngagementId.in_subquery(ids)))
        .apply_if(engagement, |query, id| query.filter(Column::EngagementId.eq(id.0)))
        .apply_if(standing, |query, name| query.filter(Column::Standing.eq(name)))
        .apply_if(after, |query, id| query.filter(Column::AcceptanceId.gt(id)))
        .order_by_asc(Column::AcceptanceId)
        .limit(limit)
        .all(db)
        .await
}

/// Acceptances that somebody reads, by id.
pub async fn acceptances_by_id(
    db: &impl ConnectionTrait,
    scope: BuyerScope,
    ids: impl IntoIterator<Item = Uuid>,
) -> Result<HashMap<Uuid, risk_acceptance::Model>, DbErr> {
    use risk_acceptance::Column;
    let rows = risk_acceptance::Entity::find()
        .filter(Column::OrganisationId.eq(scope.organisation().0))
        .filter(Column::Id.is_in(ids))
        .apply_if(reach::engagements(&scope), |query, ids| query.filter(Column::EngagementId.in_subquery(ids)))
        .all(db)
        .await?;
    Ok(rows.into_iter().map(|row| (row.id, row)).collect())
}

/// What becomes of an acceptance by itself no more: its last day has passed, or somebody ended it.
const OVER: [&str; 3] = ["expired", "refused", "withdrawn"];

/// Whether an engagement has acceptances whose standing can still change by itself.
pub async fn has_acceptances(
    db: &impl ConnectionTrait,
    scope: BuyerScope,
    engagement: EngagementId,
) -> Result<bool, DbErr> {
    let found = acceptance_standing::Entity::find()
        .filter(acceptance_standing::Column::OrganisationId.eq(scope.organisation().0))
        .filter(acceptance_standing::Column::EngagementId.eq(engagement.0))
        .filter(acceptance_standing::Column::Standing.is_not_in(OVER))
        .limit(1)
        .one(db)
        .await?;
    Ok(found.is_some())
}

/// Engagements with such acceptances that nobody looked at since a moment, of all organisations.
pub async fn acceptances_before(
    db: &impl ConnectionTrait,
    _: SystemScope,
    moment: OffsetDateTime,
    limit: u64,
) -> Result<Vec<(OrganisationId, EngagementId)>, DbErr> {
    use acceptance_standing::Column;
    let rows: Vec<(Uuid, Uuid)> = acceptance_standing::Entity::find()
        .select_only()
        .columns([Column::OrganisationId, Column::EngagementId])
        .filter(Column::Standing.is_not_in(OVER))
        .filter(Column::LookedAt.lt(moment))
        .distinct()
        .limit(limit)
        .into_tuple()
        .all(db)
        .await?;
    Ok(rows.into_iter().map(|(own, id)| (OrganisationId(own), EngagementId(id))).collect())
}

/// Keeps how acceptances stand.
pub async fn mark_acceptances(
    db: &impl ConnectionTrait,
    scope: BuyerScope,
    ids: &[Uuid],
    standing: &str,
    now: OffsetDateTime,
) -> Result<(), DbErr> {
    use acceptance_standing::Column;
    acceptance_standing::Entity::update_many()
        .col_expr(Column::Standing, Expr::value(standing))
        .col_expr(Column::LookedAt, Expr::value(now))
        .filter(Column::OrganisationId.eq(scope.organisation().0))
        .filter(Column::AcceptanceId.is_in(ids.iter().copied()))
        .exec(db)
        .await?;
    Ok(())
}

/// Acceptances that approvals are missing for, that nobody ended, whose last day has not passed, and that waited when they
/// were looked at last, the oldest first.
pub async fn acceptances_asked(
    db: &impl ConnectionTrait,
    scope: BuyerScope,
    today: Date,
) -> Result<Vec<risk_acceptance::Model>, DbErr> {
    use acceptance_approval::Column as Approval;
    let said = |verdicts: &[&str]| {
        acceptance_approval::Entity::find()
            .filter(Approval::OrganisationId.eq(scope.organisation().0))
            .filter(Approval::Verdict.is_in(verdicts.iter().copied()))
    };
    let mut ended = said(&["refused", "withdrawn"]).into_query();
    ended.clear_selects().column(Approval::AcceptanceId);
    let of_it = Expr::col((acceptance_approval::Entity, Approval::AcceptanceId))
        .equals((risk_acceptance::Entity, risk_acceptance::Column::Id));
    let mut approved = said(&["approved"]).filter(of_it).into_query();
    approved.clear_selects().expr(Expr::col((acceptance_approval::Entity, Approval::Id)).count());
    let waiting = acceptance_standing::Entity::find()
        .select_only()
        .column(acceptance_standing::Column::AcceptanceId)
        .filter(acceptance_standing::Column::OrganisationId.eq(scope.organisation().0))
        .filter(acceptance_standing::Column::Standing.eq("waiting"))
        .into_query();
    risk_acceptance::Entity::find()
        .filter(risk_acceptance::Column::OrganisationId.eq(scope.organisation().0))
        .filter(risk_acceptance::Column::Id.in_subquery(waiting))
        .filter(risk_acceptance::Column::ExpiresOn.gte(today))
        .filter(risk_acceptance::Column::Id.not_in_subquery(ended))
        .filter(
            Expr::col((risk_acceptance::Entity, risk_acceptance::Column::Approvers))
                .gt(Expr::SubQuery(None, Box::new(approved.into()))),
        )
        .apply_if(reach::engagements(&scope), |query, ids| {
            query.filter(risk_acceptance::Column::EngagementId.in_subquery(ids))
        })
        .order_by_asc(risk_acceptance::Column::Id)
        .all(db)
        .await
}

/// A version of an impact assessment, without what it says.
#[derive(Clone, Debug, FromQueryResult)]
pub struct Written {
    /// Its id.
    pub id: Uuid,
    /// Of which engagement.
    pub engagement_id: Uuid,
    /// When it was written.
    pub written_at: OffsetDateTime,
    /// By whom.
    pub written_by: Json,
}

/// All versions of the impact assessments whose newest version nobody has approved, by engagement, the oldest first.
pub async fn impacts_written(db: &impl ConnectionTrait, scope: BuyerScope) -> Result<Vec<Written>, DbErr> {
    use impact_assessment::{Column, Entity};
    let newer = Alias::new("newer");
    let is_newer = Query::select()
        .expr(Expr::val(1))
        .from_as(Entity, newer.clone())
        .and_where(Expr::col((newer.clone(), Column::OrganisationId)).eq(scope.organisation().0))
        .and_where(Expr::col((newer.clone(), Column::EngagementId)).equals((Entity, Column::EngagementId)))
        .and_where(Expr::col((newer, Column::Number)).gt(Expr::col((Entity, Column::Number))))
        .to_owned();
    let approved = Query::select()
        .expr(Expr::val(1))
        .from(impact_approval::Entity)
        .and_where(Expr::col((impact_approval::Entity, impact_approval::Column::ImpactId)).equals((Entity, Column::Id)))
        .to_owned();
    let waiting = Entity::find()
        .select_only()
        .column(Column::EngagementId)
        .filter(Column::OrganisationId.eq(scope.organisation().0))
        .filter(Expr::not_exists(is_newer))
        .filter(Expr::not_exists(approved))
        .into_query();
    Entity::find()
        .select_only()
        .columns([Column::Id, Column::EngagementId, Column::WrittenAt, Column::WrittenBy])
        .filter(Column::OrganisationId.eq(scope.organisation().0))
        .filter(Column::EngagementId.in_subquery(waiting))
        .apply_if(reach::engagements(&scope), |query, ids| query.filter(Column::EngagementId.in_subquery(ids)))
        .order_by_asc(Column::EngagementId)
        .order_by_asc(Column::Number)
        .into_model()
        .all(db)
        .await
}
