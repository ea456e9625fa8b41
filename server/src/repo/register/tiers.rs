//! The tiers of the EU AI Act of uses: what was confirmed, and what rules propose that nobody confirmed.

use super::super::scope::{BuyerScope, SystemScope};
use super::rows_of;
use domain::ids::{ComponentId, VendorId};
use entity::{ai_use, component};
use sea_orm::sea_query::{Expr, ExprTrait, LockBehavior, LockType};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait, Select,
};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// The tiers of the uses of an entry.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tiers {
    /// What was confirmed.
    pub confirmed: BTreeSet<String>,
    /// What the rules propose and nobody confirmed.
    pub proposed: BTreeSet<String>,
}

/// The tiers of the uses of components, by component; those without any are left out.
pub async fn tiers_of(
    db: &impl ConnectionTrait,
    scope: BuyerScope,
    components: &[ComponentId],
) -> Result<BTreeMap<Uuid, Tiers>, DbErr> {
    let is_any = ai_use::Column::Tier.is_not_null().or(ai_use::Column::ProposedTier.is_not_null());
    let rows: Vec<(Option<Uuid>, Option<String>, Option<String>)> = ai_use::Entity::find()
        .select_only()
        .columns([ai_use::Column::ComponentId, ai_use::Column::Tier, ai_use::Column::ProposedTier])
        .filter(ai_use::Column::OrganisationId.eq(scope.organisation().0))
        .filter(ai_use::Column::ComponentId.is_in(components.iter().map(|id| id.0)))
        .filter(is_any)
        .filter(ai_use::Column::Visible.eq(true))
        .distinct()
        .into_tuple()
        .all(db)
        .await?;
    let mut tiers: BTreeMap<Uuid, Tiers> = BTreeMap::new();
    for (component, confirmed, proposed) in rows {
        if let Some(component) = component {
            let of_entry = tiers.entry(component).or_default();
            of_entry.confirmed.extend(confirmed);
            of_entry.proposed.extend(proposed);
        }
    }
    Ok(tiers)
}

/// Uses that are counted at most: who has more is told that there are more.
pub const MOST_COUNTED: u64 = 1_000;

/// How many uses that are not retired were confirmed to be of a tier, those of withdrawn entries aside; one more than
/// [`MOST_COUNTED`] where there are more.
pub async fn count_of_tier(db: &impl ConnectionTrait, scope: BuyerScope, tier: &str) -> Result<u64, DbErr> {
    let of_tier =
        ai_use::Entity::find().filter(ai_use::Column::Tier.eq(tier)).filter(ai_use::Column::Status.ne("retired"));
    count_in_use(db, scope, of_tier).await
}

/// How many uses the rules propose a tier for that nobody confirmed, counted alike; of retired ones none is kept.
pub async fn count_of_proposed_tier(db: &impl ConnectionTrait, scope: BuyerScope, tier: &str) -> Result<u64, DbErr> {
    count_in_use(db, scope, ai_use::Entity::find().filter(ai_use::Column::ProposedTier.eq(tier))).await
}

async fn count_in_use(
    db: &impl ConnectionTrait,
    scope: BuyerScope,
    of_tier: Select<ai_use::Entity>,
) -> Result<u64, DbErr> {
    let own = scope.organisation().0;
    let its_entry =
        Expr::col((component::Entity, component::Column::Id)).equals((ai_use::Entity, ai_use::Column::ComponentId));
    let withdrawn = component::Entity::find()
        .select_only()
        .column(component::Column::Id)
        .filter(component::Column::OrganisationId.eq(own))
        .filter(its_entry)
        .filter(component::Column::Withdrawn.eq(true))
        .into_query();
    let some = of_tier
        .select_only()
        .column(ai_use::Column::Id)
        .filter(ai_use::Column::OrganisationId.eq(own))
        .filter(ai_use::Column::Visible.eq(true))
        .filter(Expr::not_exists(withdrawn))
        .limit(MOST_COUNTED + 1)
        .into_query();
    rows_of(db, some).await
}

/// How many uses of a vendor's entries, by what was confirmed and what the rules propose beside it; retired uses and what is
/// withdrawn aside.
pub async fn tiers_of_vendor(
    db: &impl ConnectionTrait,
    scope: BuyerScope,
    vendor: VendorId,
) -> Result<Vec<(Option<String>, Option<String>, i64)>, DbErr> {
    let entries = component::Entity::find()
        .select_only()
        .column(component::Column::Id)
        .filter(component::Column::OrganisationId.eq(scope.organisation().0))
        .filter(component::Column::VendorId.eq(vendor.0))
        .filter(component::Column::Withdrawn.eq(false))
        .filter(component::Column::Visible.eq(true))
        .into_query();
    let is_any = ai_use::Column::Tier.is_not_null().or(ai_use::Column::ProposedTier.is_not_null());
    ai_use::Entity::find()
        .select_only()
        .columns([ai_use::Column::Tier, ai_use::Column::ProposedTier])
        .column_as(ai_use::Column::Id.count(), "uses")
        .filter(ai_use::Column::OrganisationId.eq(scope.organisation().0))
        .filter(ai_use::Column::ComponentId.in_subquery(entries))
        .filter(is_any)
        .filter(ai_use::Column::Status.ne("retired"))
        .filter(ai_use::Column::Visible.eq(true))
        .group_by(ai_use::Column::Tier)
        .group_by(ai_use::Column::ProposedTier)
        .into_tuple()
        .all(db)
        .await
}

/// Keeps what the rules of a version propose for uses; none where nothing is left to confirm. It is worked out from what
/// is stated, and so changes no revision. A use that somebody else is changing at this moment is left out: that change has
/// it worked out anew, and nobody waits for the other.
pub async fn propose_tiers(
    db: &impl ConnectionTrait,
    scope: BuyerScope,
    version: i64,
    proposed: &[(Uuid, Option<&'static str>)],
) -> Result<(), DbErr> {
    let free: Vec<Uuid> = ai_use::Entity::find()
        .select_only()
        .column(ai_use::Column::Id)
        .filter(ai_use::Column::OrganisationId.eq(scope.organisation().0))
        .filter(ai_use::Column::Id.is_in(proposed.iter().map(|(id, _)| *id)))
        .lock_with_behavior(LockType::NoKeyUpdate, LockBehavior::SkipLocked)
        .into_tuple()
        .all(db)
        .await?;
    let free: BTreeSet<Uuid> = free.into_iter().collect();
    let proposed: Vec<_> = proposed.iter().filter(|(id, _)| free.contains(id)).collect();
    let tiers: BTreeSet<Option<&str>> = proposed.iter().map(|(_, tier)| *tier).collect();
    for tier in tiers {
        let of_tier = proposed.iter().filter(|(_, of)| *of == tier).map(|(id, _)| *id);
        ai_use::Entity::update_many()
            .col_expr(ai_use::Column::ProposedTier, Expr::value(tier.map(str::to_owned)))
            .col_expr(ai_use::Column::ProposedBy, Expr::value(version))
            .filter(ai_use::Column::OrganisationId.eq(scope.organisation().0))
            .filter(ai_use::Column::Id.is_in(of_tier))
            .exec(db)
            .await?;
    }
    Ok(())
}

/// Entries of uses for which rules of another version than this proposed last, or none: at most so many uses after one,
/// each with its entry, in the order of ids.
pub async fn proposed_otherwise(
    db: &impl ConnectionTrait,
    _: SystemScope,
    version: i64,
    after: Option<Uuid>,
    limit: u64,
) -> Result<Vec<(Uuid, Uuid)>, DbErr> {
    let mut query = ai_use::Entity::find()
        .select_only()
        .columns([ai_use::Column::Id, ai_use::Column::ComponentId])
        .filter(ai_use::Column::ProposedBy.ne(version))
        .filter(ai_use::Column::ComponentId.is_not_null())
        .filter(ai_use::Column::Visible.eq(true))
        .order_by_asc(ai_use::Column::Id)
        .limit(limit);
    if let Some(after) = after {
        query = query.filter(ai_use::Column::Id.gt(after));
    }
    query.into_tuple().all(db).await
}
