//! What submissions would change in the register, until a person applied or declined it.

use super::super::rows;
use super::super::scope::BuyerScope;
use crate::repo::held::Held;
use entity::{register_proposal, register_proposal_line};
use sea_orm::{ColumnTrait, ConnectionTrait, DbErr, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect};
use std::collections::BTreeMap;
use uuid::Uuid;

fn one(scope: BuyerScope, id: Uuid) -> sea_orm::Select<register_proposal::Entity> {
    register_proposal::Entity::find_by_id(id)
        .filter(register_proposal::Column::OrganisationId.eq(scope.organisation().0))
}

/// A proposal.
pub async fn proposal(
    db: &impl ConnectionTrait,
    scope: BuyerScope,
    id: Uuid,
) -> Result<Option<register_proposal::Model>, DbErr> {
    one(scope, id).one(db).await
}

/// A proposal, held until the transaction ends.
pub async fn hold_proposal(
    db: &impl ConnectionTrait,
    scope: BuyerScope,
    id: Uuid,
) -> Result<Option<register_proposal::Model>, DbErr> {
    one(scope, id).held().one(db).await
}

/// Proposals in one state, the newest first, after the one given.
pub async fn proposals(
    db: &impl ConnectionTrait,
    scope: BuyerScope,
    is_open: bool,
    after: Option<Uuid>,
    limit: u64,
) -> Result<Vec<register_proposal::Model>, DbErr> {
    let state = register_proposal::Column::State;
    let mut query = register_proposal::Entity::find()
        .filter(register_proposal::Column::OrganisationId.eq(scope.organisation().0))
        .filter(if is_open { state.eq("open") } else { state.ne("open") });
    if let Some(after) = after {
        query = query.filter(register_proposal::Column::Id.lt(after));
    }
    query.order_by_desc(register_proposal::Column::Id).limit(limit).all(db).await
}

/// Proposals of one question of one engagement that still wait.
pub async fn open_of_source(
    db: &impl ConnectionTrait,
    scope: BuyerScope,
    engagement: Uuid,
    question: &str,
) -> Result<Vec<register_proposal::Model>, DbErr> {
    register_proposal::Entity::find()
        .filter(register_proposal::Column::OrganisationId.eq(scope.organisation().0))
        .filter(register_proposal::Column::EngagementId.eq(engagement))
        .filter(register_proposal::Column::QuestionId.eq(question))
        .filter(register_proposal::Column::State.eq("open"))
        .all(db)
        .await
}

/// Adds a proposal.
pub async fn add_proposal(
    db: &impl ConnectionTrait,
    _: BuyerScope,
    row: register_proposal::ActiveModel,
) -> Result<(), DbErr> {
    register_proposal::Entity::insert(row).exec_without_returning(db).await.map(|_| ())
}

/// Writes a changed proposal.
pub async fn update_proposal(
    db: &impl ConnectionTrait,
    scope: BuyerScope,
    row: register_proposal::ActiveModel,
) -> Result<(), DbErr> {
    register_proposal::Entity::update(row)
        .validate()?
        .filter(register_proposal::Column::OrganisationId.eq(scope.organisation().0))
        .exec(db)
        .await?;
    Ok(())
}

/// Adds the lines of a proposal.
pub async fn add_lines(
    db: &impl ConnectionTrait,
    _: BuyerScope,
    rows: Vec<register_proposal_line::ActiveModel>,
) -> Result<(), DbErr> {
    rows::insert(db, rows).await
}

/// Writes a line that was decided on.
pub async fn update_line(
    db: &impl ConnectionTrait,
    scope: BuyerScope,
    row: register_proposal_line::ActiveModel,
) -> Result<(), DbErr> {
    register_proposal_line::Entity::update(row)
        .validate()?
        .filter(register_proposal_line::Column::OrganisationId.eq(scope.organisation().0))
        .exec(db)
        .await?;
    Ok(())
}

/// The lines of a proposal, in their order.
pub async fn lines(
    db: &impl ConnectionTrait,
    scope: BuyerScope,
    proposal: Uuid,
) -> Result<Vec<register_proposal_line::Model>, DbErr> {
    register_proposal_line::Entity::find()
        .filter(register_proposal_line::Column::OrganisationId.eq(scope.organisation().0))
        .filter(register_proposal_line::Column::ProposalId.eq(proposal))
        .order_by_asc(register_proposal_line::Column::Position)
        .all(db)
        .await
}

/// How many lines of a proposal say what: by verdict and state.
pub async fn tally(
    db: &impl ConnectionTrait,
    scope: BuyerScope,
    proposals: &[Uuid],
) -> Result<BTreeMap<Uuid, BTreeMap<(String, String), u64>>, DbErr> {
    let rows: Vec<(Uuid, String, String, i64)> = register_proposal_line::Entity::find()
        .select_only()
        .column(register_proposal_line::Column::ProposalId)
        .column(register_proposal_line::Column::Verdict)
        .column(register_proposal_line::Column::State)
        .column_as(register_proposal_line::Column::Id.count(), "lines")
        .filter(register_proposal_line::Column::OrganisationId.eq(scope.organisation().0))
        .filter(register_proposal_line::Column::ProposalId.is_in(proposals.iter().copied()))
        .group_by(register_proposal_line::Column::ProposalId)
        .group_by(register_proposal_line::Column::Verdict)
        .group_by(register_proposal_line::Column::State)
        .into_tuple()
        .all(db)
        .await?;
    let mut tally: BTreeMap<Uuid, BTreeMap<(String, String), u64>> = BTreeMap::new();
    for (proposal, verdict, state, lines) in rows {
        tally.entry(proposal).or_default().insert((verdict, state), u64::try_from(lines).unwrap_or(0));
    }
    Ok(tally)
}

/// How many proposals wait for a person.
pub async fn count_open(db: &impl ConnectionTrait, scope: BuyerScope) -> Result<u64, DbErr> {
    register_proposal::Entity::find()
        .filter(register_proposal::Column::OrganisationId.eq(scope.organisation().0))
        .filter(register_proposal::Column::State.eq("open"))
        .count(db)
        .await
}
