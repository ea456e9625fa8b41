//! The supplier AI register: components, what stands behind them, and our uses of them.

mod anywhere;
mod proposals;
mod record;
pub mod staged;
mod tiers;

pub use anywhere::{of_ids_anywhere, scan, states_anywhere};
pub use proposals::{
    add_lines, add_proposal, count_open, hold_proposal, lines, open_of_source, proposal, proposals, tally, update_line,
    update_proposal,
};
pub use record::{
    Record, add_check, add_choice, add_facts, add_sources, facts_of_fields, record, records, remove_source, sources,
    sources_gone, sources_of, update_source,
};
pub use tiers::{
    MOST_COUNTED, Tiers, count_of_proposed_tier, count_of_tier, propose_tiers, proposed_otherwise, tiers_of,
    tiers_of_vendor,
};

use super::rows;
use super::scope::BuyerScope;
use crate::repo::held::Held;
use domain::ids::{ComponentId, ImportId, UseId, VendorId};
use entity::{ai_use, component, component_fact, component_link, component_source};
use sea_orm::sea_query::{Expr, ExprTrait, Func, Query, SelectStatement};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect,
    QueryTrait, Set,
};
use std::collections::{BTreeMap, BTreeSet};
use time::OffsetDateTime;
use uuid::Uuid;

/// Rows that go to the database in one statement: SQLite binds at most 32,766 values.
const BATCH: usize = 1_000;
/// Entries of the same names that are looked at.
const MOST_CALLED: u64 = 5_000;

/// Adds components.
pub async fn add(db: &impl ConnectionTrait, _: BuyerScope, rows: Vec<component::ActiveModel>) -> Result<(), DbErr> {
    rows::insert(db, rows).await
}

/// Adds uses.
pub async fn add_uses(db: &impl ConnectionTrait, _: BuyerScope, rows: Vec<ai_use::ActiveModel>) -> Result<(), DbErr> {
    rows::insert(db, rows).await
}

/// Writes a changed component.
pub async fn update(db: &impl ConnectionTrait, scope: BuyerScope, row: component::ActiveModel) -> Result<(), DbErr> {
    component::Entity::update(row)
        .validate()?
        .filter(component::Column::OrganisationId.eq(scope.organisation().0))
        .exec(db)
        .await?;
    Ok(())
}

/// A component that can be seen.
pub async fn get(
    db: &impl ConnectionTrait,
    scope: BuyerScope,
    id: ComponentId,
) -> Result<Option<component::Model>, DbErr> {
    component::Entity::find_by_id(id.0)
        .filter(component::Column::OrganisationId.eq(scope.organisation().0))
        .filter(component::Column::Visible.eq(true))
        .one(db)
        .await
}

/// A component that can be seen, held until the transaction ends.
pub async fn hold(
    db: &impl ConnectionTrait,
    scope: BuyerScope,
    id: ComponentId,
) -> Result<Option<component::Model>, DbErr> {
    component::Entity::find_by_id(id.0)
        .filter(component::Column::OrganisationId.eq(scope.organisation().0))
        .filter(component::Column::Visible.eq(true))
        .held()
        .one(db)
        .await
}

/// Holds entries until the transaction ends, in the order of their ids. Who is to hold several, one after the other, begins
/// with this: two who did it each in an order of their own would wait for each other.
pub async fn hold_all(db: &impl ConnectionTrait, scope: BuyerScope, ids: &BTreeSet<ComponentId>) -> Result<(), DbErr> {
    let ids: Vec<Uuid> = ids.iter().map(|id| id.0).collect();
    for ids in ids.chunks(BATCH) {
        let held = component::Entity::find()
            .select_only()
            .column(component::Column::Id)
            .filter(component::Column::OrganisationId.eq(scope.organisation().0))
            .filter(component::Column::Id.is_in(ids.iter().copied()))
            .order_by_asc(component::Column::Id)
            .held();
        held.into_tuple::<Uuid>().all(db).await?;
    }
    Ok(())
}

/// The entries of a vendor that can be seen, oldest first.
pub async fn of_vendor(
    db: &impl ConnectionTrait,
    scope: BuyerScope,
    vendor: VendorId,
    limit: u64,
) -> Result<Vec<component::Model>, DbErr> {
    component::Entity::find()
        .filter(component::Column::OrganisationId.eq(scope.organisation().0))
        .filter(component::Column::VendorId.eq(vendor.0))
        .filter(component::Column::Visible.eq(true))
        .order_by_asc(component::Column::Id)
        .limit(limit)
        .all(db)
        .await
}

/// The entries of that very name that can be seen, oldest first.
pub async fn of_name(
    db: &impl ConnectionTrait,
    scope: BuyerScope,
    name: &str,
    limit: u64,
) -> Result<Vec<component::Model>, DbErr> {
    component::Entity::find()
        .filter(component::Column::OrganisationId.eq(scope.organisation().0))
        .filter(component::Column::Name.eq(name))
        .filter(component::Column::Visible.eq(true))
        .order_by_asc(component::Column::Id)
        .limit(limit)
        .all(db)
        .await
}

/// The components of these ids that can be seen, in no order: what a search found is read again here.
pub async fn of_ids(
    db: &impl ConnectionTrait,
    scope: BuyerScope,
    ids: &[ComponentId],
) -> Result<Vec<component::Model>, DbErr> {
    component::Entity::find()
        .filter(component::Column::OrganisationId.eq(scope.organisation().0))
        .filter(component::Column::Visible.eq(true))
        .filter(component::Column::Id.is_in(ids.iter().map(|id| id.0)))
        .all(db)
        .await
}

/// Every entry that imports brought, seen or not, oldest first: its id, and whether it can be seen.
pub async fn brought_by(
    db: &impl ConnectionTrait,
    scope: BuyerScope,
    imports: &[Uuid],
) -> Result<Vec<(ComponentId, bool)>, DbErr> {
    let rows: Vec<(Uuid, bool)> = component::Entity::find()
        .select_only()
        .columns([component::Column::Id, component::Column::Visible])
        .filter(component::Column::OrganisationId.eq(scope.organisation().0))
        .filter(component::Column::ImportId.is_in(imports.iter().copied()))
        .order_by_asc(component::Column::Id)
        .into_tuple()
        .all(db)
        .await?;
    Ok(rows.into_iter().map(|(id, visible)| (ComponentId(id), visible)).collect())
}

/// Entries by id, seen or not.
pub async fn seen_or_not(
    db: &impl ConnectionTrait,
    scope: BuyerScope,
    ids: &[ComponentId],
) -> Result<Vec<component::Model>, DbErr> {
    component::Entity::find()
        .filter(component::Column::OrganisationId.eq(scope.organisation().0))
        .filter(component::Column::Id.is_in(ids.iter().map(|id| id.0)))
        .all(db)
        .await
}

/// What imports said of uses, seen or not, oldest first: of these entries, or, of none, what names no entry.
pub async fn uses_brought_by(
    db: &impl ConnectionTrait,
    scope: BuyerScope,
    imports: &[Uuid],
    of: Option<&[ComponentId]>,
) -> Result<Vec<ai_use::Model>, DbErr> {
    let query = ai_use::Entity::find()
        .filter(ai_use::Column::OrganisationId.eq(scope.organisation().0))
        .filter(ai_use::Column::ImportId.is_in(imports.iter().copied()));
    let query = match of {
        Some(entries) => query.filter(ai_use::Column::ComponentId.is_in(entries.iter().map(|id| id.0))),
        None => query.filter(ai_use::Column::ComponentId.is_null()),
    };
    query.order_by_asc(ai_use::Column::Id).all(db).await
}

/// Components that changed at or after a moment, those that changed last first, before the one given.
pub async fn changed_since(
    db: &impl ConnectionTrait,
    scope: BuyerScope,
    since: OffsetDateTime,
    before: Option<(OffsetDateTime, ComponentId)>,
    limit: u64,
) -> Result<Vec<component::Model>, DbErr> {
    let mut query = component::Entity::find()
        .filter(component::Column::OrganisationId.eq(scope.organisation().0))
        .filter(component::Column::Visible.eq(true))
        .filter(component::Column::ChangedAt.gte(since));
    if let Some((moment, id)) = before {
        let same_moment =
            Condition::all().add(component::Column::ChangedAt.eq(moment)).add(component::Column::Id.lt(id.0));
        query = query.filter(Condition::any().add(component::Column::ChangedAt.lt(moment)).add(same_moment));
    }
    query.order_by_desc(component::Column::ChangedAt).order_by_desc(component::Column::Id).limit(limit).all(db).await
}

/// Entries that can be seen and are called so, whatever the case of the letters and the blanks between words.
pub async fn called(
    db: &impl ConnectionTrait,
    scope: BuyerScope,
    names: &[String],
) -> Result<Vec<component::Model>, DbErr> {
    // How much the database knows of letters differs: SQLite lowers those of ASCII alone.
    let plain = names.iter().map(|name| name.split_whitespace().collect::<Vec<_>>().join(" "));
    let lowered: BTreeSet<String> = plain.flat_map(|name| [name.to_lowercase(), name.to_ascii_lowercase()]).collect();
    let lowered: Vec<String> = lowered.into_iter().collect();
    let mut found = Vec::new();
    for names in lowered.chunks(BATCH) {
        let rows = component::Entity::find()
            .filter(component::Column::OrganisationId.eq(scope.organisation().0))
            .filter(component::Column::Visible.eq(true))
            .filter(Expr::expr(Func::lower(Expr::col(component::Column::Name))).is_in(names.iter().map(String::as_str)))
            .order_by_asc(component::Column::Id)
            .limit(MOST_CALLED)
            .all(db)
            .await?;
        found.extend(rows);
    }
    Ok(found)
}

/// Components in the order in which they were made, after the one given.
pub async fn page(
    db: &impl ConnectionTrait,
    scope: BuyerScope,
    after: Option<ComponentId>,
    limit: u64,
) -> Result<Vec<component::Model>, DbErr> {
    let mut query = component::Entity::find()
        .filter(component::Column::OrganisationId.eq(scope.organisation().0))
        .filter(component::Column::Visible.eq(true));
    if let Some(after) = after {
        query = query.filter(component::Column::Id.gt(after.0));
    }
    query.order_by_asc(component::Column::Id).limit(limit).all(db).await
}

/// The uses of a component, at most so many.
pub async fn uses(
    db: &impl ConnectionTrait,
    scope: BuyerScope,
    component: ComponentId,
    limit: u64,
) -> Result<Vec<ai_use::Model>, DbErr> {
    uses_after(db, scope, component, None, limit).await
}

/// The uses of a component that can be seen, after one, in the order in which they were recorded.
pub async fn uses_after(
    db: &impl ConnectionTrait,
    scope: BuyerScope,
    component: ComponentId,
    after: Option<Uuid>,
    limit: u64,
) -> Result<Vec<ai_use::Model>, DbErr> {
    ai_use::Entity::find()
        .filter(ai_use::Column::OrganisationId.eq(scope.organisation().0))
        .filter(ai_use::Column::ComponentId.eq(component.0))
        .filter(ai_use::Column::Visible.eq(true))
        .apply_if(after, |query, id| query.filter(ai_use::Column::Id.gt(id)))
        .order_by_asc(ai_use::Column::Id)
        .limit(limit)
        .all(db)
        .await
}

/// A use that can be seen.
pub async fn one_use(db: &impl ConnectionTrait, scope: BuyerScope, id: UseId) -> Result<Option<ai_use::Model>, DbErr> {
    ai_use::Entity::find_by_id(id.0)
        .filter(ai_use::Column::OrganisationId.eq(scope.organisation().0))
        .filter(ai_use::Column::Visible.eq(true))
        .one(db)
        .await
}

/// Writes a changed use.
pub async fn update_use(db: &impl ConnectionTrait, scope: BuyerScope, row: ai_use::ActiveModel) -> Result<(), DbErr> {
    ai_use::Entity::update(row)
        .validate()?
        .filter(ai_use::Column::OrganisationId.eq(scope.organisation().0))
        .exec(db)
        .await?;
    Ok(())
}

/// What an entry rests on, and what rests on it, as its references show; at most so many either way.
pub async fn links(
    db: &impl ConnectionTrait,
    scope: BuyerScope,
    id: ComponentId,
    limit: u64,
) -> Result<(Vec<component_link::Model>, Vec<component_link::Model>), DbErr> {
    let of = |column: component_link::Column| {
        component_link::Entity::find()
            .filter(component_link::Column::OrganisationId.eq(scope.organisation().0))
            .filter(column.eq(id.0))
            .order_by_asc(component_link::Column::Relation)
            .order_by_asc(component_link::Column::ComponentId)
            .order_by_asc(component_link::Column::ToId)
            .limit(limit)
    };
    let on = of(component_link::Column::ComponentId).all(db).await?;
    Ok((on, of(component_link::Column::ToId).all(db).await?))
}

/// Makes an entry's references these and no others.
pub async fn set_links(
    db: &impl ConnectionTrait,
    scope: BuyerScope,
    id: ComponentId,
    links: Vec<(&'static str, Uuid)>,
) -> Result<(), DbErr> {
    component_link::Entity::delete_many()
        .filter(component_link::Column::OrganisationId.eq(scope.organisation().0))
        .filter(component_link::Column::ComponentId.eq(id.0))
        .exec(db)
        .await?;
    let rows = links.into_iter().map(|(relation, to)| component_link::ActiveModel {
        organisation_id: Set(scope.organisation().0),
        component_id: Set(id.0),
        relation: Set(relation.to_owned()),
        to_id: Set(to),
    });
    let rows: Vec<_> = rows.collect();
    for rows in rows.chunks(BATCH) {
        component_link::Entity::insert_many(rows.iter().cloned()).exec_without_returning(db).await?;
    }
    Ok(())
}

/// Whether anything can be seen in the register.
pub async fn any(db: &impl ConnectionTrait, scope: BuyerScope) -> Result<bool, DbErr> {
    let one: Option<Uuid> = component::Entity::find()
        .select_only()
        .column(component::Column::Id)
        .filter(component::Column::OrganisationId.eq(scope.organisation().0))
        .filter(component::Column::Visible.eq(true))
        .into_tuple()
        .one(db)
        .await?;
    Ok(one.is_some())
}

/// The uses of many components: for the search index.
pub async fn uses_of(
    db: &impl ConnectionTrait,
    scope: BuyerScope,
    components: &[ComponentId],
) -> Result<Vec<ai_use::Model>, DbErr> {
    // Ordered here: SQLite would go through all uses of the organisation to have them in order.
    let mut rows = ai_use::Entity::find()
        .filter(ai_use::Column::OrganisationId.eq(scope.organisation().0))
        .filter(ai_use::Column::ComponentId.is_in(components.iter().map(|id| id.0)))
        .filter(ai_use::Column::Visible.eq(true))
        .all(db)
        .await?;
    rows.sort_by_key(|row| row.id);
    Ok(rows)
}

/// How many uses that can be seen components have, by component; those without any are left out.
pub async fn count_uses_of(
    db: &impl ConnectionTrait,
    scope: BuyerScope,
    components: &[ComponentId],
) -> Result<BTreeMap<Uuid, u64>, DbErr> {
    let rows: Vec<(Option<Uuid>, i64)> = ai_use::Entity::find()
        .select_only()
        .column(ai_use::Column::ComponentId)
        .column_as(ai_use::Column::Id.count(), "uses")
        .filter(ai_use::Column::OrganisationId.eq(scope.organisation().0))
        .filter(ai_use::Column::ComponentId.is_in(components.iter().map(|id| id.0)))
        .filter(ai_use::Column::Visible.eq(true))
        .group_by(ai_use::Column::ComponentId)
        .into_tuple()
        .all(db)
        .await?;
    let counted = |(component, uses): (Option<Uuid>, i64)| Some((component?, u64::try_from(uses).unwrap_or_default()));
    Ok(rows.into_iter().filter_map(counted).collect())
}

/// The statements of an import about what is used, in the file's order.
pub async fn uses_of_import(
    db: &impl ConnectionTrait,
    scope: BuyerScope,
    import: ImportId,
    in_use: &[&str],
    offset: u64,
    limit: u64,
) -> Result<Vec<ai_use::Model>, DbErr> {
    ai_use::Entity::find()
        .filter(ai_use::Column::OrganisationId.eq(scope.organisation().0))
        .filter(ai_use::Column::ImportId.eq(import.0))
        .filter(ai_use::Column::InUse.is_in(in_use.iter().copied()))
        .order_by_asc(ai_use::Column::Id)
        .offset(offset)
        .limit(limit)
        .all(db)
        .await
}

/// What is used and not named: no entry stands for it.
pub const UNNAMED: &str = "unnamed";

fn of_kind(kind: &str) -> Condition {
    if kind == UNNAMED {
        return Condition::all().add(ai_use::Column::InUse.eq("yes")).add(ai_use::Column::ComponentId.is_null());
    }
    Condition::all().add(ai_use::Column::InUse.eq(kind))
}

/// How many uses that can be seen name no product or system, counted up to a number.
pub async fn count_unnamed(db: &impl ConnectionTrait, scope: BuyerScope, most: u64) -> Result<u64, DbErr> {
    count_of_kind(db, scope, UNNAMED, most).await
}

async fn count_of_kind(db: &impl ConnectionTrait, scope: BuyerScope, kind: &str, most: u64) -> Result<u64, DbErr> {
    let some = Query::select()
        .expr(Expr::val(1))
        .from(ai_use::Entity)
        .and_where(ai_use::Column::OrganisationId.eq(scope.organisation().0))
        .and_where(ai_use::Column::Visible.eq(true))
        .cond_where(of_kind(kind))
        .limit(most)
        .to_owned();
    rows_of(db, some).await
}

/// How many rows a question has, of which a limit keeps no more than are of interest.
async fn rows_of(db: &impl ConnectionTrait, some: SelectStatement) -> Result<u64, DbErr> {
    let counted = Query::select().expr(Expr::cust("COUNT(*)")).from_subquery(some, "some").to_owned();
    let row = db.query_one(&counted).await?;
    let count: i64 = row.map_or(Ok(0), |row| row.try_get_by_index(0))?;
    Ok(count.unsigned_abs())
}

/// Statements of one kind that can be seen, of all imports, the newest import's first: `no`, `not_stated`, or
/// [`UNNAMED`].
pub async fn statements(
    db: &impl ConnectionTrait,
    scope: BuyerScope,
    kind: &str,
    offset: u64,
    limit: u64,
) -> Result<Vec<ai_use::Model>, DbErr> {
    ai_use::Entity::find()
        .filter(ai_use::Column::OrganisationId.eq(scope.organisation().0))
        .filter(ai_use::Column::Visible.eq(true))
        .filter(of_kind(kind))
        .order_by_desc(ai_use::Column::ImportId)
        .order_by_asc(ai_use::Column::Id)
        .offset(offset)
        .limit(limit)
        .all(db)
        .await
}

/// How many statements say yes, no, or nothing, among those that can be seen; each counted up to a number.
pub async fn count_uses(
    db: &impl ConnectionTrait,
    scope: BuyerScope,
    most: u64,
) -> Result<BTreeMap<String, u64>, DbErr> {
    let mut counts = BTreeMap::new();
    for in_use in ["yes", "no", "not_stated"] {
        counts.insert(in_use.to_owned(), count_of_kind(db, scope, in_use, most).await?);
    }
    Ok(counts)
}

/// Makes everything that an import staged visible; gives the components.
pub async fn show_import(
    db: &impl ConnectionTrait,
    scope: BuyerScope,
    import: ImportId,
) -> Result<Vec<ComponentId>, DbErr> {
    component::Entity::update_many()
        .col_expr(component::Column::Visible, Expr::value(true))
        .filter(component::Column::OrganisationId.eq(scope.organisation().0))
        .filter(component::Column::ImportId.eq(import.0))
        .filter(component::Column::Revision.eq(1))
        .exec(db)
        .await?;
    ai_use::Entity::update_many()
        .col_expr(ai_use::Column::Visible, Expr::value(true))
        .filter(ai_use::Column::OrganisationId.eq(scope.organisation().0))
        .filter(ai_use::Column::ImportId.eq(import.0))
        .filter(ai_use::Column::Revision.eq(1))
        .exec(db)
        .await?;
    let ids: Vec<Uuid> = component::Entity::find()
        .select_only()
        .column(component::Column::Id)
        .filter(component::Column::OrganisationId.eq(scope.organisation().0))
        .filter(component::Column::ImportId.eq(import.0))
        .into_tuple()
        .all(db)
        .await?;
    Ok(ids.into_iter().map(ComponentId).collect())
}

/// Throws away what an import staged and never showed.
pub async fn clear_staged(db: &impl ConnectionTrait, scope: BuyerScope, import: ImportId) -> Result<(), DbErr> {
    let staged = Query::select()
        .column(component::Column::Id)
        .from(component::Entity)
        .and_where(component::Column::OrganisationId.eq(scope.organisation().0))
        .and_where(component::Column::ImportId.eq(import.0))
        .and_where(component::Column::Visible.eq(false))
        .to_owned();
    ai_use::Entity::delete_many()
        .filter(ai_use::Column::OrganisationId.eq(scope.organisation().0))
        .filter(ai_use::Column::ImportId.eq(import.0))
        .filter(ai_use::Column::Visible.eq(false))
        .exec(db)
        .await?;
    component_fact::Entity::delete_many()
        .filter(component_fact::Column::ComponentId.in_subquery(staged.clone()))
        .exec(db)
        .await?;
    component_source::Entity::delete_many()
        .filter(component_source::Column::ComponentId.in_subquery(staged))
        .exec(db)
        .await?;
    component::Entity::delete_many()
        .filter(component::Column::OrganisationId.eq(scope.organisation().0))
        .filter(component::Column::ImportId.eq(import.0))
        .filter(component::Column::Visible.eq(false))
        .exec(db)
        .await?;
    Ok(())
}

/// How many components of an organisation can be seen.
pub async fn count(db: &impl ConnectionTrait, scope: BuyerScope) -> Result<u64, DbErr> {
    component::Entity::find()
        .filter(component::Column::OrganisationId.eq(scope.organisation().0))
        .filter(component::Column::Visible.eq(true))
        .count(db)
        .await
}
