//! What is known of an engagement before anything is asked: versions of its profile, overrides, what was stated for its
//! tier of the EU AI Act, confirmed tiers, and that it ended.

use super::reach;
use super::scope::BuyerScope;
use domain::ids::EngagementId;
use entity::{engagement_fact, engagement_profile, engagement_step, engagement_tier, inherent_override};
use sea_orm::{ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait};
use serde_json::Value as Json;
use std::collections::HashSet;
use uuid::Uuid;

/// Functions that add a row, and that read all rows of an engagement, the oldest first.
macro_rules! rows_of_engagement {
    ($entity:ident: $(#[$add_doc:meta])* $add:ident, $(#[$all_doc:meta])* $all:ident) => {
        $(#[$add_doc])*
        pub async fn $add(db: &impl ConnectionTrait, _: BuyerScope, row: $entity::ActiveModel) -> Result<(), DbErr> {
            $entity::Entity::insert(row).exec_without_returning(db).await?;
            Ok(())
        }

        $(#[$all_doc])*
        pub async fn $all(
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
                .order_by_asc($entity::Column::Number)
                .all(db)
                .await
        }
    };
}

rows_of_engagement!(engagement_profile:
    /// Adds a version of a profile.
    add_version,
    /// The versions of an engagement's profile.
    versions);
rows_of_engagement!(inherent_override:
    /// Adds an override, or that one is taken back.
    add_override,
    /// All overrides of an engagement, those taken back included.
    overrides);
rows_of_engagement!(engagement_fact:
    /// Adds a statement about the use.
    add_fact,
    /// All that was stated about the use, what was replaced or taken back included.
    facts);
rows_of_engagement!(engagement_tier:
    /// Adds a confirmed tier.
    add_tier,
    /// The tiers that were confirmed.
    tiers);
rows_of_engagement!(engagement_step:
    /// Adds that the use ended, or was taken up again.
    add_step,
    /// All endings and resumptions of the use.
    steps);

/// The newest version of an engagement's profile.
pub async fn newest_version(
    db: &impl ConnectionTrait,
    scope: BuyerScope,
    engagement: EngagementId,
) -> Result<Option<engagement_profile::Model>, DbErr> {
    engagement_profile::Entity::find()
        .filter(engagement_profile::Column::OrganisationId.eq(scope.organisation().0))
        .filter(engagement_profile::Column::EngagementId.eq(engagement.0))
        .apply_if(reach::engagements(&scope), |query, ids| {
            query.filter(engagement_profile::Column::EngagementId.in_subquery(ids))
        })
        .order_by_desc(engagement_profile::Column::Number)
        .limit(1)
        .one(db)
        .await
}

/// The tier of an engagement that was confirmed last.
pub async fn newest_tier(
    db: &impl ConnectionTrait,
    scope: BuyerScope,
    engagement: EngagementId,
) -> Result<Option<engagement_tier::Model>, DbErr> {
    engagement_tier::Entity::find()
        .filter(engagement_tier::Column::OrganisationId.eq(scope.organisation().0))
        .filter(engagement_tier::Column::EngagementId.eq(engagement.0))
        .apply_if(reach::engagements(&scope), |query, ids| {
            query.filter(engagement_tier::Column::EngagementId.in_subquery(ids))
        })
        .order_by_desc(engagement_tier::Column::Number)
        .limit(1)
        .one(db)
        .await
}

/// All overrides of these engagements, each one's the oldest first, those taken back included.
pub async fn overrides_of(
    db: &impl ConnectionTrait,
    scope: BuyerScope,
    engagements: &[Uuid],
) -> Result<Vec<inherent_override::Model>, DbErr> {
    inherent_override::Entity::find()
        .filter(inherent_override::Column::OrganisationId.eq(scope.organisation().0))
        .filter(inherent_override::Column::EngagementId.is_in(engagements.iter().copied()))
        .apply_if(reach::engagements(&scope), |query, ids| {
            query.filter(inherent_override::Column::EngagementId.in_subquery(ids))
        })
        .order_by_asc(inherent_override::Column::EngagementId)
        .order_by_asc(inherent_override::Column::Number)
        .all(db)
        .await
}

/// All statements about the use of these engagements, each one's the oldest first.
pub async fn facts_of(
    db: &impl ConnectionTrait,
    scope: BuyerScope,
    engagements: &[Uuid],
) -> Result<Vec<engagement_fact::Model>, DbErr> {
    engagement_fact::Entity::find()
        .filter(engagement_fact::Column::OrganisationId.eq(scope.organisation().0))
        .filter(engagement_fact::Column::EngagementId.is_in(engagements.iter().copied()))
        .apply_if(reach::engagements(&scope), |query, ids| {
            query.filter(engagement_fact::Column::EngagementId.in_subquery(ids))
        })
        .order_by_asc(engagement_fact::Column::EngagementId)
        .order_by_asc(engagement_fact::Column::Number)
        .all(db)
        .await
}

/// Engagement and confirmation of each tier that was confirmed for these, each one's the oldest first.
pub async fn confirmed_of(
    db: &impl ConnectionTrait,
    scope: BuyerScope,
    engagements: &[Uuid],
) -> Result<Vec<(Uuid, Json)>, DbErr> {
    engagement_tier::Entity::find()
        .select_only()
        .columns([engagement_tier::Column::EngagementId, engagement_tier::Column::Confirmed])
        .filter(engagement_tier::Column::OrganisationId.eq(scope.organisation().0))
        .filter(engagement_tier::Column::EngagementId.is_in(engagements.iter().copied()))
        .apply_if(reach::engagements(&scope), |query, ids| {
            query.filter(engagement_tier::Column::EngagementId.in_subquery(ids))
        })
        .order_by_asc(engagement_tier::Column::EngagementId)
        .order_by_asc(engagement_tier::Column::Number)
        .into_tuple()
        .all(db)
        .await
}

/// Which of these engagements have ended.
pub async fn ended(
    db: &impl ConnectionTrait,
    scope: BuyerScope,
    engagements: &[EngagementId],
) -> Result<HashSet<Uuid>, DbErr> {
    let rows = engagement_step::Entity::find()
        .filter(engagement_step::Column::OrganisationId.eq(scope.organisation().0))
        .filter(engagement_step::Column::EngagementId.is_in(engagements.iter().map(|id| id.0)))
        .apply_if(reach::engagements(&scope), |query, ids| {
            query.filter(engagement_step::Column::EngagementId.in_subquery(ids))
        })
        .order_by_asc(engagement_step::Column::EngagementId)
        .order_by_asc(engagement_step::Column::Number)
        .all(db)
        .await?;
    let mut ended = HashSet::new();
    for row in rows {
        if row.step == "ended" {
            ended.insert(row.engagement_id);
        } else {
            ended.remove(&row.engagement_id);
        }
    }
    Ok(ended)
}
