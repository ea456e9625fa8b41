//! What an import is going to change in entries and uses that there are: written where nobody sees it, and taken over by
//! one transaction.

use super::super::held::Held;
use super::super::rows;
use super::super::scope::BuyerScope;
use super::record::fact_row;
use domain::ids::{ComponentId, ImportId};
use domain::register::Fact;
use entity::{ai_use, component, component_fact, staged_entry, staged_fact, staged_use, vendor};
use sea_orm::sea_query::{Expr, ExprTrait, Query, SelectStatement};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter,
    QueryOrder, QuerySelect, Set,
};
use std::collections::{BTreeSet, HashMap};
use time::OffsetDateTime;
use uuid::Uuid;

/// Throws away what an import has staged.
pub async fn clear(db: &impl ConnectionTrait, scope: BuyerScope, import: ImportId) -> Result<(), DbErr> {
    let own = scope.organisation().0;
    staged_entry::Entity::delete_many()
        .filter(staged_entry::Column::OrganisationId.eq(own))
        .filter(staged_entry::Column::ImportId.eq(import.0))
        .exec(db)
        .await?;
    staged_use::Entity::delete_many()
        .filter(staged_use::Column::OrganisationId.eq(own))
        .filter(staged_use::Column::ImportId.eq(import.0))
        .exec(db)
        .await?;
    staged_fact::Entity::delete_many()
        .filter(staged_fact::Column::OrganisationId.eq(own))
        .filter(staged_fact::Column::ImportId.eq(import.0))
        .exec(db)
        .await?;
    Ok(())
}

/// Stages entries as they are to look; each knows the revision that it was worked out from.
pub async fn add_entries(
    db: &impl ConnectionTrait,
    scope: BuyerScope,
    import: ImportId,
    rows: Vec<component::Model>,
) -> Result<(), DbErr> {
    let staged = |row: component::Model| {
        staged_entry::Model {
            import_id: import.0,
            component_id: row.id,
            organisation_id: scope.organisation().0,
            vendor_id: row.vendor_id,
            vendor_name: row.vendor_name,
            name: row.name,
            kind: row.kind,
            status: row.status,
            fields: row.fields,
            open: row.open,
            withdrawn: row.withdrawn,
            revision: row.revision,
            visible: row.visible,
        }
        .into_active_model()
    };
    rows::insert(db, rows.into_iter().map(staged)).await
}

/// Stages uses as they are to look.
pub async fn add_uses(
    db: &impl ConnectionTrait,
    scope: BuyerScope,
    import: ImportId,
    rows: Vec<ai_use::Model>,
) -> Result<(), DbErr> {
    let staged = |row: ai_use::Model| {
        staged_use::Model {
            import_id: import.0,
            use_id: row.id,
            organisation_id: scope.organisation().0,
            place: row.place,
            unit: row.unit,
            use_case: row.use_case,
            product: row.product,
            users: row.users,
            status: row.status,
            tier: row.tier,
            fields: row.fields,
            revision: row.revision,
            visible: row.visible,
        }
        .into_active_model()
    };
    rows::insert(db, rows.into_iter().map(staged)).await
}

/// Stages facts; `later` ones say again what is said already, and may come after the others.
pub async fn add_facts(
    db: &impl ConnectionTrait,
    scope: BuyerScope,
    import: ImportId,
    later: bool,
    facts: Vec<(ComponentId, Fact)>,
) -> Result<(), DbErr> {
    let staged = |(id, fact): (ComponentId, Fact)| {
        let component_fact::ActiveModel {
            id,
            organisation_id,
            component_id,
            use_id,
            field,
            plan,
            region,
            value,
            taken_back,
            as_of,
            last_seen,
            certainty,
            source,
            recorded_at,
            recorded_by,
        } = fact_row(scope.organisation(), id, fact);
        staged_fact::ActiveModel {
            id,
            organisation_id,
            import_id: Set(import.0),
            later: Set(later),
            component_id,
            use_id,
            field,
            plan,
            region,
            value,
            taken_back,
            as_of,
            last_seen,
            certainty,
            source,
            recorded_at,
            recorded_by,
        }
    };
    rows::insert(db, facts.into_iter().map(staged)).await
}

/// The entries that an import has staged.
pub async fn entries(
    db: &impl ConnectionTrait,
    scope: BuyerScope,
    import: ImportId,
) -> Result<Vec<ComponentId>, DbErr> {
    let ids: Vec<Uuid> = staged_entry::Entity::find()
        .select_only()
        .column(staged_entry::Column::ComponentId)
        .filter(staged_entry::Column::OrganisationId.eq(scope.organisation().0))
        .filter(staged_entry::Column::ImportId.eq(import.0))
        .order_by_asc(staged_entry::Column::ComponentId)
        .into_tuple()
        .all(db)
        .await?;
    Ok(ids.into_iter().map(ComponentId).collect())
}

/// Has what an import staged named after the vendors' records as they are by now: those may have been renamed since it was
/// staged, or merged into others. They are held until the transaction ends, so this comes before anything of it is shown.
pub async fn name_vendors(db: &impl ConnectionTrait, scope: BuyerScope, import: ImportId) -> Result<(), DbErr> {
    let own = scope.organisation().0;
    let of_new = Condition::all()
        .add(component::Column::OrganisationId.eq(own))
        .add(component::Column::ImportId.eq(import.0))
        .add(component::Column::Visible.eq(false))
        .add(component::Column::Revision.eq(1))
        .add(component::Column::VendorId.is_not_null());
    let of_known = Condition::all()
        .add(staged_entry::Column::OrganisationId.eq(own))
        .add(staged_entry::Column::ImportId.eq(import.0))
        .add(staged_entry::Column::VendorId.is_not_null());
    let new: Vec<(Uuid, Option<String>)> = component::Entity::find()
        .select_only()
        .columns([component::Column::VendorId, component::Column::VendorName])
        .filter(of_new.clone())
        .distinct()
        .into_tuple()
        .all(db)
        .await?;
    let known: Vec<(Uuid, Option<String>)> = staged_entry::Entity::find()
        .select_only()
        .columns([staged_entry::Column::VendorId, staged_entry::Column::VendorName])
        .filter(of_known.clone())
        .distinct()
        .into_tuple()
        .all(db)
        .await?;
    let records = hold_vendors(db, scope, new.iter().chain(&known).map(|(id, _)| *id).collect()).await?;
    let other = |(id, name): &(Uuid, Option<String>)| {
        let record = records.get(id)?;
        let record = record.merged_into.and_then(|to| records.get(&to)).unwrap_or(record);
        (record.id != *id || Some(&record.name) != name.as_ref()).then_some((*id, record))
    };
    for (from, record) in new.iter().filter_map(other) {
        component::Entity::update_many()
            .col_expr(component::Column::VendorId, Expr::value(record.id))
            .col_expr(component::Column::VendorName, Expr::value(record.name.as_str()))
            .filter(of_new.clone())
            .filter(component::Column::VendorId.eq(from))
            .exec(db)
            .await?;
    }
    for (from, record) in known.iter().filter_map(other) {
        staged_entry::Entity::update_many()
            .col_expr(staged_entry::Column::VendorId, Expr::value(record.id))
            .col_expr(staged_entry::Column::VendorName, Expr::value(record.name.as_str()))
            .filter(of_known.clone())
            .filter(staged_entry::Column::VendorId.eq(from))
            .exec(db)
            .await?;
    }
    Ok(())
}

/// Vendors' records and those that they were merged into, by id; nobody renames or merges one before the transaction ends.
async fn hold_vendors(
    db: &impl ConnectionTrait,
    scope: BuyerScope,
    mut ids: BTreeSet<Uuid>,
) -> Result<HashMap<Uuid, vendor::Model>, DbErr> {
    // Looked up before anything is held, so that all are held in one order, in which whoever merges two holds them as well.
    let mut seen = ids.clone();
    while !seen.is_empty() {
        let mut into = BTreeSet::new();
        for ids in seen.iter().copied().collect::<Vec<_>>().chunks(rows::TOGETHER) {
            let rows: Vec<Option<Uuid>> = vendor::Entity::find()
                .select_only()
                .column(vendor::Column::MergedInto)
                .filter(vendor::Column::OrganisationId.eq(scope.organisation().0))
                .filter(vendor::Column::Id.is_in(ids.iter().copied()))
                .into_tuple()
                .all(db)
                .await?;
            into.extend(rows.into_iter().flatten());
        }
        seen = into.difference(&ids).copied().collect();
        ids.extend(&seen);
    }
    loop {
        let mut held = HashMap::new();
        for ids in ids.iter().copied().collect::<Vec<_>>().chunks(rows::TOGETHER) {
            let rows = vendor::Entity::find()
                .filter(vendor::Column::OrganisationId.eq(scope.organisation().0))
                .filter(vendor::Column::Id.is_in(ids.iter().copied()))
                .order_by_asc(vendor::Column::Id)
                .held()
                .all(db)
                .await?;
            held.extend(rows.into_iter().map(|row| (row.id, row)));
        }
        let known = ids.len();
        ids.extend(held.values().filter_map(|row| row.merged_into));
        if ids.len() == known {
            return Ok(held);
        }
    }
}

/// Makes entries and uses look as staged and records the facts; `false`, and then nothing may be kept of it, when one of
/// them is not as it was any more.
pub async fn take_over(
    db: &impl ConnectionTrait,
    scope: BuyerScope,
    import: ImportId,
    now: OffsetDateTime,
) -> Result<bool, DbErr> {
    let own = scope.organisation().0;
    let staged = staged_entry::Entity::find()
        .filter(staged_entry::Column::OrganisationId.eq(own))
        .filter(staged_entry::Column::ImportId.eq(import.0))
        .count(db)
        .await?;
    let mut update = Query::update();
    update.table(component::Entity).from(staged_entry::Entity);
    for (column, from) in [
        (component::Column::VendorId, staged_entry::Column::VendorId),
        (component::Column::VendorName, staged_entry::Column::VendorName),
        (component::Column::Name, staged_entry::Column::Name),
        (component::Column::Kind, staged_entry::Column::Kind),
        (component::Column::Status, staged_entry::Column::Status),
        (component::Column::Fields, staged_entry::Column::Fields),
        (component::Column::Open, staged_entry::Column::Open),
        (component::Column::Withdrawn, staged_entry::Column::Withdrawn),
        (component::Column::Visible, staged_entry::Column::Visible),
    ] {
        update.value(column, Expr::col((staged_entry::Entity, from)));
    }
    let is_back = Expr::col((component::Entity, component::Column::Withdrawn))
        .eq(true)
        .and(Expr::col((staged_entry::Entity, staged_entry::Column::Withdrawn)).eq(false));
    let back_at = Expr::case(is_back, now).finally(Expr::col((component::Entity, component::Column::BackAt)));
    update
        .value(component::Column::BackAt, back_at)
        .value(component::Column::Revision, Expr::col((staged_entry::Entity, staged_entry::Column::Revision)).add(1))
        .value(component::Column::ChangedAt, now)
        .value(component::Column::WithdrawnAt, withdrawn_at(now))
        .and_where(Expr::col((staged_entry::Entity, staged_entry::Column::ImportId)).eq(import.0))
        .and_where(Expr::col((component::Entity, component::Column::OrganisationId)).eq(own))
        .and_where(
            Expr::col((component::Entity, component::Column::Id))
                .equals((staged_entry::Entity, staged_entry::Column::ComponentId)),
        )
        .and_where(
            Expr::col((component::Entity, component::Column::Revision))
                .equals((staged_entry::Entity, staged_entry::Column::Revision)),
        );
    if db.execute(&update).await?.rows_affected() != staged {
        return Ok(false);
    }
    let mut update = Query::update();
    update.table(ai_use::Entity).from(staged_use::Entity);
    for (column, from) in [
        (ai_use::Column::Place, staged_use::Column::Place),
        (ai_use::Column::Unit, staged_use::Column::Unit),
        (ai_use::Column::UseCase, staged_use::Column::UseCase),
        (ai_use::Column::Product, staged_use::Column::Product),
        (ai_use::Column::Users, staged_use::Column::Users),
        (ai_use::Column::Status, staged_use::Column::Status),
        (ai_use::Column::Tier, staged_use::Column::Tier),
        (ai_use::Column::Fields, staged_use::Column::Fields),
        (ai_use::Column::Visible, staged_use::Column::Visible),
    ] {
        update.value(column, Expr::col((staged_use::Entity, from)));
    }
    update
        .value(ai_use::Column::Revision, Expr::col((staged_use::Entity, staged_use::Column::Revision)).add(1))
        .and_where(Expr::col((staged_use::Entity, staged_use::Column::ImportId)).eq(import.0))
        .and_where(Expr::col((ai_use::Entity, ai_use::Column::OrganisationId)).eq(own))
        .and_where(
            Expr::col((ai_use::Entity, ai_use::Column::Id)).equals((staged_use::Entity, staged_use::Column::UseId)),
        );
    db.execute(&update).await?;
    let facts = staged_facts().and_where(staged_fact::Column::ImportId.eq(import.0)).take();
    record(db, facts_but_later(facts)).await?;
    staged_entry::Entity::delete_many().filter(staged_entry::Column::ImportId.eq(import.0)).exec(db).await?;
    staged_use::Entity::delete_many().filter(staged_use::Column::ImportId.eq(import.0)).exec(db).await?;
    staged_fact::Entity::delete_many()
        .filter(staged_fact::Column::ImportId.eq(import.0))
        .filter(staged_fact::Column::Later.eq(false))
        .exec(db)
        .await?;
    Ok(true)
}

/// Since when an entry is withdrawn that is to look as it is staged: one that was before is so since then.
fn withdrawn_at(now: OffsetDateTime) -> Expr {
    let since = Expr::col((component::Entity, component::Column::WithdrawnAt));
    Expr::case(Expr::col((staged_entry::Entity, staged_entry::Column::Withdrawn)).eq(true), since.if_null(now))
        .finally(None::<OffsetDateTime>)
        .into()
}

/// Records facts that could come later, at most so many; gives how many those were.
pub async fn catch_up(
    db: &impl ConnectionTrait,
    scope: BuyerScope,
    import: ImportId,
    most: u64,
) -> Result<usize, DbErr> {
    let ids: Vec<Uuid> = staged_fact::Entity::find()
        .select_only()
        .column(staged_fact::Column::Id)
        .filter(staged_fact::Column::OrganisationId.eq(scope.organisation().0))
        .filter(staged_fact::Column::ImportId.eq(import.0))
        .filter(staged_fact::Column::Later.eq(true))
        .order_by_asc(staged_fact::Column::Id)
        .limit(most)
        .into_tuple()
        .all(db)
        .await?;
    if ids.is_empty() {
        return Ok(0);
    }
    let facts = staged_facts().and_where(staged_fact::Column::Id.is_in(ids.iter().copied())).take();
    record(db, facts).await?;
    staged_fact::Entity::delete_many().filter(staged_fact::Column::Id.is_in(ids.iter().copied())).exec(db).await?;
    Ok(ids.len())
}

const FACT: [(component_fact::Column, staged_fact::Column); 15] = [
    (component_fact::Column::Id, staged_fact::Column::Id),
    (component_fact::Column::OrganisationId, staged_fact::Column::OrganisationId),
    (component_fact::Column::ComponentId, staged_fact::Column::ComponentId),
    (component_fact::Column::UseId, staged_fact::Column::UseId),
    (component_fact::Column::Field, staged_fact::Column::Field),
    (component_fact::Column::Plan, staged_fact::Column::Plan),
    (component_fact::Column::Region, staged_fact::Column::Region),
    (component_fact::Column::Value, staged_fact::Column::Value),
    (component_fact::Column::TakenBack, staged_fact::Column::TakenBack),
    (component_fact::Column::AsOf, staged_fact::Column::AsOf),
    (component_fact::Column::LastSeen, staged_fact::Column::LastSeen),
    (component_fact::Column::Certainty, staged_fact::Column::Certainty),
    (component_fact::Column::Source, staged_fact::Column::Source),
    (component_fact::Column::RecordedAt, staged_fact::Column::RecordedAt),
    (component_fact::Column::RecordedBy, staged_fact::Column::RecordedBy),
];

fn staged_facts() -> SelectStatement {
    let mut query = Query::select();
    query.columns(FACT.map(|(_, staged)| staged)).from(staged_fact::Entity);
    query
}

fn facts_but_later(mut query: SelectStatement) -> SelectStatement {
    query.and_where(staged_fact::Column::Later.eq(false)).take()
}

async fn record(db: &impl ConnectionTrait, facts: SelectStatement) -> Result<(), DbErr> {
    let mut insert = Query::insert();
    insert.into_table(component_fact::Entity).columns(FACT.map(|(fact, _)| fact));
    insert.select_from(facts).map_err(|error| DbErr::Custom(error.to_string()))?;
    db.execute(&insert).await?;
    Ok(())
}
