//! Findings, the steps of their lives, and the files that show what was done.

use super::held::Held;
use super::reach;
use super::scope::{BuyerScope, SystemScope, Tenant, VendorScope};
use domain::ids::{AssessmentId, ContactId, EngagementId, FindingId, VendorId};
use domain::judging::finding::State;
use domain::questionnaire::Severity;
use entity::{assessment, finding, finding_file, finding_step, internal_note, shared_note};
use sea_orm::sea_query::{Expr, ExprTrait, Func, LikeExpr};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait,
    Select,
};
use serde_json::Value;
use std::collections::HashMap;
use time::Date;
use uuid::Uuid;

/// Which findings.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Filter {
    /// In one of these states; in any where empty.
    pub states: Vec<State>,
    /// Weighing so much.
    pub severity: Option<Severity>,
    /// Of this vendor.
    pub vendor: Option<VendorId>,
    /// Of this engagement.
    pub engagement: Option<EngagementId>,
    /// From this assessment.
    pub assessment: Option<AssessmentId>,
    /// Answered for by this contact.
    pub owner: Option<ContactId>,
    /// Still worked on, and due before this day.
    pub due_before: Option<Date>,
    /// Closed or dismissed, and a rule speaks for it again.
    pub is_back: bool,
    /// With this in its title or description, whatever the case.
    pub text: String,
}

/// Where a list goes on: the place of the last finding that was given.
pub type Place = (i64, i64, f64, FindingId);

fn within(scope: BuyerScope) -> Select<finding::Entity> {
    finding::Entity::find()
        .filter(finding::Column::OrganisationId.eq(scope.organisation().0))
        .apply_if(reach::engagements(&scope), |query, ids| query.filter(finding::Column::EngagementId.in_subquery(ids)))
}

fn live() -> Vec<&'static str> {
    State::ALL.into_iter().filter(|state| state.is_live()).map(State::name).collect()
}

fn filtered(scope: BuyerScope, filter: &Filter) -> Select<finding::Entity> {
    let text = filter.text.trim().to_lowercase();
    let literal = text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
    let has = |column: finding::Column| {
        let lower = Func::lower(Expr::col((finding::Entity, column)));
        Expr::expr(lower).like(LikeExpr::new(format!("%{literal}%")).escape('\\'))
    };
    let states: Vec<&str> = filter.states.iter().map(|state| state.name()).collect();
    within(scope)
        .apply_if((!states.is_empty()).then_some(states), |query, names| {
            query.filter(finding::Column::State.is_in(names))
        })
        .apply_if(filter.severity, |query, severity| {
            query.filter(finding::Column::SeverityRank.eq(severity_rank(severity)))
        })
        .apply_if(filter.vendor, |query, id| query.filter(finding::Column::VendorId.eq(id.0)))
        .apply_if(filter.engagement, |query, id| query.filter(finding::Column::EngagementId.eq(id.0)))
        .apply_if(filter.assessment, |query, id| query.filter(finding::Column::AssessmentId.eq(id.0)))
        .apply_if(filter.owner, |query, id| query.filter(finding::Column::OwnerContactId.eq(id.0)))
        .apply_if(filter.due_before, |query, day| {
            query.filter(finding::Column::DueOn.lt(day)).filter(finding::Column::State.is_in(live()))
        })
        .apply_if(filter.is_back.then_some(()), |query, ()| {
            // What is done with is silent until a rule speaks again, whoever raised it.
            query
                .filter(finding::Column::RuleIsSilent.eq(false))
                .filter(finding::Column::State.is_in([State::Closed.name(), State::Dismissed.name()]))
        })
        .apply_if((!text.is_empty()).then_some(()), |query, ()| {
            let either = has(finding::Column::Title).or(has(finding::Column::Description));
            query.filter(either)
        })
}

/// Where a severity stands in lists, the gravest first.
pub fn severity_rank(severity: Severity) -> i64 {
    match severity {
        Severity::Major => 1,
        Severity::Minor => 2,
        Severity::Observation => 3,
    }
}

/// What closing a finding takes off the stored score; nothing where that is not known.
fn effect() -> Expr {
    // Word for word as the indexes have it, which serve nothing else.
    Expr::cust("COALESCE(reduction, 0.0)")
}

/// Findings in the order of a list, after a place: what weighs most first, then the least effort, then what takes most off
/// the stored score.
pub async fn page(
    db: &impl ConnectionTrait,
    scope: BuyerScope,
    filter: &Filter,
    after: Option<Place>,
    limit: u64,
) -> Result<Vec<finding::Model>, DbErr> {
    let beyond = |(severity, effort, reduction, id): Place| {
        let (of_severity, of_effort) = (finding::Column::SeverityRank, finding::Column::EffortRank);
        Condition::any()
            .add(of_severity.gt(severity))
            .add(Condition::all().add(of_severity.eq(severity)).add(of_effort.gt(effort)))
            .add(Condition::all().add(of_severity.eq(severity)).add(of_effort.eq(effort)).add(effect().lt(reduction)))
            .add(
                Condition::all()
                    .add(of_severity.eq(severity))
                    .add(of_effort.eq(effort))
                    .add(effect().eq(reduction))
                    .add(finding::Column::Id.gt(id.0)),
            )
    };
    filtered(scope, filter)
        .apply_if(after, |query, place| query.filter(beyond(place)))
        .order_by_asc(finding::Column::SeverityRank)
        .order_by_asc(finding::Column::EffortRank)
        .order_by_desc(effect())
        .order_by_asc(finding::Column::Id)
        .limit(limit)
        .all(db)
        .await
}

/// The place of a finding in lists.
pub fn place(row: &finding::Model) -> Place {
    (row.severity_rank, row.effort_rank, row.reduction.unwrap_or(0.0), FindingId(row.id))
}

/// How many findings that a filter finds are in each state and weigh so much: state, severity, number.
pub async fn counts(
    db: &impl ConnectionTrait,
    scope: BuyerScope,
    filter: &Filter,
) -> Result<Vec<(String, String, i64)>, DbErr> {
    filtered(scope, filter)
        .select_only()
        .columns([finding::Column::State, finding::Column::Severity])
        .column_as(Expr::col((finding::Entity, finding::Column::Id)).count(), "n")
        .group_by(finding::Column::State)
        .group_by(finding::Column::Severity)
        .into_tuple()
        .all(db)
        .await
}

/// A finding.
pub async fn get(db: &impl ConnectionTrait, scope: BuyerScope, id: FindingId) -> Result<Option<finding::Model>, DbErr> {
    within(scope).filter(finding::Column::Id.eq(id.0)).one(db).await
}

/// A finding, held until the transaction ends.
pub async fn hold(
    db: &impl ConnectionTrait,
    scope: BuyerScope,
    id: FindingId,
) -> Result<Option<finding::Model>, DbErr> {
    within(scope).filter(finding::Column::Id.eq(id.0)).held().one(db).await
}

/// Findings by id, those that the scope reaches.
pub async fn of_ids(
    db: &impl ConnectionTrait,
    scope: BuyerScope,
    ids: &[FindingId],
) -> Result<Vec<finding::Model>, DbErr> {
    within(scope).filter(finding::Column::Id.is_in(ids.iter().map(|id| id.0))).all(db).await
}

/// Findings of all organisations after an id, of one vendor or of all: for the job that keeps the search index.
pub async fn scan(
    db: &impl ConnectionTrait,
    _: SystemScope,
    vendor: Option<VendorId>,
    after: Option<FindingId>,
    limit: u64,
) -> Result<Vec<finding::Model>, DbErr> {
    finding::Entity::find()
        .apply_if(vendor, |query, vendor| query.filter(finding::Column::VendorId.eq(vendor.0)))
        .apply_if(after, |query, after| query.filter(finding::Column::Id.gt(after.0)))
        .order_by_asc(finding::Column::Id)
        .limit(limit)
        .all(db)
        .await
}

/// Findings by id whatever their organisation: for the job that keeps the search index.
pub async fn of_ids_anywhere(
    db: &impl ConnectionTrait,
    _: SystemScope,
    ids: &[FindingId],
) -> Result<Vec<finding::Model>, DbErr> {
    finding::Entity::find().filter(finding::Column::Id.is_in(ids.iter().map(|id| id.0))).all(db).await
}

/// All findings of an engagement, oldest first.
pub async fn of_engagement(
    db: &impl ConnectionTrait,
    scope: BuyerScope,
    engagement: EngagementId,
) -> Result<Vec<finding::Model>, DbErr> {
    within(scope).filter(finding::Column::EngagementId.eq(engagement.0)).order_by_asc(finding::Column::Id).all(db).await
}

/// What was raised about the engagement that a vendor answers for.
fn raised(scope: VendorScope) -> Select<finding::Entity> {
    let engagement = assessment::Entity::find()
        .select_only()
        .column(assessment::Column::EngagementId)
        .filter(assessment::Column::OrganisationId.eq(scope.organisation.0))
        .filter(assessment::Column::Id.eq(scope.assessment.0))
        .into_query();
    finding::Entity::find()
        .filter(finding::Column::OrganisationId.eq(scope.organisation.0))
        .filter(finding::Column::WasRaised.eq(true))
        .filter(finding::Column::EngagementId.in_subquery(engagement))
}

/// The findings that were raised about what a vendor answers for, in the order of a list.
pub async fn all_raised(db: &impl ConnectionTrait, scope: VendorScope) -> Result<Vec<finding::Model>, DbErr> {
    raised(scope)
        .order_by_asc(finding::Column::SeverityRank)
        .order_by_asc(finding::Column::EffortRank)
        .order_by_asc(finding::Column::Id)
        .all(db)
        .await
}

/// One of them.
pub async fn get_raised(
    db: &impl ConnectionTrait,
    scope: VendorScope,
    id: FindingId,
) -> Result<Option<finding::Model>, DbErr> {
    raised(scope).filter(finding::Column::Id.eq(id.0)).one(db).await
}

/// Adds a finding.
pub async fn add(db: &impl ConnectionTrait, _: BuyerScope, row: finding::ActiveModel) -> Result<(), DbErr> {
    finding::Entity::insert(row).exec_without_returning(db).await?;
    Ok(())
}

/// Writes a changed finding.
pub async fn update(db: &impl ConnectionTrait, scope: BuyerScope, row: finding::ActiveModel) -> Result<(), DbErr> {
    finding::Entity::update(row)
        .validate()?
        .filter(finding::Column::OrganisationId.eq(scope.organisation().0))
        .exec(db)
        .await?;
    Ok(())
}

/// Adds a step.
pub async fn add_step(db: &impl ConnectionTrait, _: BuyerScope, row: finding_step::ActiveModel) -> Result<(), DbErr> {
    finding_step::Entity::insert(row).exec_without_returning(db).await?;
    Ok(())
}

/// The steps of a finding, oldest first. That the scope reaches the finding was looked at before.
pub async fn steps(
    db: &impl ConnectionTrait,
    scope: &impl Tenant,
    id: FindingId,
) -> Result<Vec<finding_step::Model>, DbErr> {
    finding_step::Entity::find()
        .filter(finding_step::Column::OrganisationId.eq(scope.organisation().0))
        .filter(finding_step::Column::FindingId.eq(id.0))
        .order_by_asc(finding_step::Column::Number)
        .all(db)
        .await
}

/// How often these findings were reopened; those that never were are left out. That the scope reaches them was looked at
/// before.
pub async fn reopened(db: &impl ConnectionTrait, scope: BuyerScope, ids: &[Uuid]) -> Result<HashMap<Uuid, u32>, DbErr> {
    let steps: Vec<(Uuid, Value)> = finding_step::Entity::find()
        .select_only()
        .columns([finding_step::Column::FindingId, finding_step::Column::Step])
        .filter(finding_step::Column::OrganisationId.eq(scope.organisation().0))
        .filter(finding_step::Column::FindingId.is_in(ids.iter().copied()))
        // Where reopening leads to.
        .filter(finding_step::Column::State.eq("open"))
        .into_tuple()
        .all(db)
        .await?;
    let mut reopened = HashMap::new();
    for (finding, _) in steps.into_iter().filter(|(_, step)| step["step"] == "reopen") {
        *reopened.entry(finding).or_default() += 1;
    }
    Ok(reopened)
}

/// Adds a file.
pub async fn add_file(db: &impl ConnectionTrait, _: &impl Tenant, row: finding_file::ActiveModel) -> Result<(), DbErr> {
    finding_file::Entity::insert(row).exec_without_returning(db).await?;
    Ok(())
}

/// The files of a finding, oldest first. That the scope reaches the finding was looked at before.
pub async fn files(
    db: &impl ConnectionTrait,
    scope: &impl Tenant,
    id: FindingId,
) -> Result<Vec<finding_file::Model>, DbErr> {
    finding_file::Entity::find()
        .filter(finding_file::Column::OrganisationId.eq(scope.organisation().0))
        .filter(finding_file::Column::FindingId.eq(id.0))
        .filter(finding_file::Column::RemovedAt.is_null())
        .order_by_asc(finding_file::Column::Id)
        .all(db)
        .await
}

/// The notes of both sides about a finding, oldest first. That the scope reaches the finding was looked at before.
pub async fn shared_notes(
    db: &impl ConnectionTrait,
    scope: &impl Tenant,
    id: FindingId,
) -> Result<Vec<shared_note::Model>, DbErr> {
    shared_note::Entity::find()
        .filter(shared_note::Column::OrganisationId.eq(scope.organisation().0))
        .filter(shared_note::Column::FindingId.eq(id.0))
        .order_by_asc(shared_note::Column::Id)
        .all(db)
        .await
}

/// The notes for colleagues about a finding, oldest first. No vendor's scope reads them.
pub async fn internal_notes(
    db: &impl ConnectionTrait,
    scope: BuyerScope,
    id: FindingId,
) -> Result<Vec<internal_note::Model>, DbErr> {
    internal_note::Entity::find()
        .filter(internal_note::Column::OrganisationId.eq(scope.organisation().0))
        .filter(internal_note::Column::FindingId.eq(id.0))
        .order_by_asc(internal_note::Column::Id)
        .all(db)
        .await
}
