//! What was recorded of an entry: facts, choices, checks, and by what its sources recognise it.

use super::super::rows;
use super::super::scope::BuyerScope;
use super::BATCH;
use domain::ids::{ComponentId, OrganisationId, UseId};
use domain::register::{Certainty, Check, Choice, Fact, Field, Settled, Slot, Statement, settle};
use entity::{component_check, component_choice, component_fact, component_source};
use sea_orm::{ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, Set};
use serde_json::json;
use std::collections::BTreeMap;
use uuid::Uuid;

/// Everything recorded of an entry and of our uses of it, oldest first.
#[derive(Clone, Debug, Default)]
pub struct Record {
    /// What sources said.
    pub facts: Vec<Fact>,
    /// What people chose.
    pub choices: Vec<Choice>,
    /// What people checked.
    pub checks: Vec<Check>,
}

impl Record {
    /// What holds.
    pub fn settled(&self) -> Vec<Settled<'_>> {
        settle(&self.facts, &self.choices, &self.checks)
    }
}

/// Everything recorded of an entry.
pub async fn record(db: &impl ConnectionTrait, scope: BuyerScope, id: ComponentId) -> Result<Record, DbErr> {
    Ok(records(db, scope, &[id]).await?.remove(&id.0).unwrap_or_default())
}

/// Everything recorded of entries, by entry; those of which nothing was are left out.
pub async fn records(
    db: &impl ConnectionTrait,
    scope: BuyerScope,
    ids: &[ComponentId],
) -> Result<BTreeMap<Uuid, Record>, DbErr> {
    let own = scope.organisation().0;
    let mut records: BTreeMap<Uuid, Record> = BTreeMap::new();
    for ids in ids.chunks(BATCH) {
        let ids: Vec<Uuid> = ids.iter().map(|id| id.0).collect();
        let facts = component_fact::Entity::find()
            .filter(component_fact::Column::OrganisationId.eq(own))
            .filter(component_fact::Column::ComponentId.is_in(ids.iter().copied()))
            .all(db)
            .await?;
        let choices = component_choice::Entity::find()
            .filter(component_choice::Column::OrganisationId.eq(own))
            .filter(component_choice::Column::ComponentId.is_in(ids.iter().copied()))
            .all(db)
            .await?;
        let checks = component_check::Entity::find()
            .filter(component_check::Column::OrganisationId.eq(own))
            .filter(component_check::Column::ComponentId.is_in(ids))
            .all(db)
            .await?;
        for row in facts {
            records.entry(row.component_id).or_default().facts.push(fact(row)?);
        }
        for row in choices {
            records.entry(row.component_id).or_default().choices.push(choice(row)?);
        }
        for row in checks {
            records.entry(row.component_id).or_default().checks.push(check(row)?);
        }
    }
    for record in records.values_mut() {
        record.facts.sort_by_key(|fact| (fact.recorded_at, fact.id));
        record.choices.sort_by_key(|choice| (choice.at, choice.id));
        record.checks.sort_by_key(|check| (check.at, check.id));
    }
    Ok(records)
}

/// The facts of a few fields of entries, with the entry each is of.
pub async fn facts_of_fields(
    db: &impl ConnectionTrait,
    scope: BuyerScope,
    ids: &[ComponentId],
    fields: &[&str],
) -> Result<Vec<(Uuid, Fact)>, DbErr> {
    let rows = component_fact::Entity::find()
        .filter(component_fact::Column::OrganisationId.eq(scope.organisation().0))
        .filter(component_fact::Column::ComponentId.is_in(ids.iter().map(|id| id.0)))
        .filter(component_fact::Column::Field.is_in(fields.iter().copied()))
        .all(db)
        .await?;
    rows.into_iter().map(|row| Ok((row.component_id, fact(row)?))).collect()
}

fn field(id: &str) -> Result<&'static Field, DbErr> {
    Field::named(id).ok_or_else(|| DbErr::Custom(format!("a fact of a field that there is not: {id}")))
}

fn read<T: serde::de::DeserializeOwned>(json: serde_json::Value) -> Result<T, DbErr> {
    serde_json::from_value(json).map_err(|error| DbErr::Json(error.to_string()))
}

fn fact(row: component_fact::Model) -> Result<Fact, DbErr> {
    Ok(Fact {
        id: row.id,
        of_use: row.use_id.map(UseId),
        said: Statement {
            field: field(&row.field)?,
            plan: row.plan,
            region: row.region,
            value: row.value,
            as_of: row.as_of,
            certainty: Certainty::named(&row.certainty).unwrap_or(Certainty::Uncertain),
        },
        taken_back: row.taken_back,
        last_seen: row.last_seen,
        source: read(row.source)?,
        recorded_at: row.recorded_at,
        recorded_by: read(row.recorded_by)?,
    })
}

fn choice(row: component_choice::Model) -> Result<Choice, DbErr> {
    Ok(Choice {
        id: row.id,
        slot: Slot {
            of_use: row.use_id.map(UseId),
            field: field(&row.field)?.id,
            plan: row.plan,
            region: row.region,
            element: row.element,
        },
        fact: row.fact_id,
        facing: read(row.facing)?,
        reason: row.reason,
        at: row.recorded_at,
        by: read(row.recorded_by)?,
    })
}

fn check(row: component_check::Model) -> Result<Check, DbErr> {
    Ok(Check {
        id: row.id,
        fact: row.fact_id,
        holds: row.holds,
        note: row.note,
        at: row.recorded_at,
        by: read(row.recorded_by)?,
    })
}

/// Records facts of entries.
pub async fn add_facts(
    db: &impl ConnectionTrait,
    scope: BuyerScope,
    facts: impl IntoIterator<Item = (ComponentId, Fact)>,
) -> Result<(), DbErr> {
    rows::insert(db, facts.into_iter().map(|(id, fact)| fact_row(scope.organisation(), id, fact))).await
}

pub(super) fn fact_row(organisation: OrganisationId, id: ComponentId, fact: Fact) -> component_fact::ActiveModel {
    component_fact::ActiveModel {
        id: Set(fact.id),
        organisation_id: Set(organisation.0),
        component_id: Set(id.0),
        use_id: Set(fact.of_use.map(|id| id.0)),
        field: Set(fact.said.field.id.to_owned()),
        plan: Set(fact.said.plan),
        region: Set(fact.said.region),
        value: Set(fact.said.value),
        taken_back: Set(fact.taken_back),
        as_of: Set(fact.said.as_of),
        last_seen: Set(fact.last_seen),
        certainty: Set(fact.said.certainty.name().to_owned()),
        source: Set(json!(fact.source)),
        recorded_at: Set(fact.recorded_at),
        recorded_by: Set(json!(fact.recorded_by)),
    }
}

/// Records a choice.
pub async fn add_choice(
    db: &impl ConnectionTrait,
    scope: BuyerScope,
    id: ComponentId,
    choice: &Choice,
) -> Result<(), DbErr> {
    let row = component_choice::ActiveModel {
        id: Set(choice.id),
        organisation_id: Set(scope.organisation().0),
        component_id: Set(id.0),
        use_id: Set(choice.slot.of_use.map(|id| id.0)),
        field: Set(choice.slot.field.to_owned()),
        plan: Set(choice.slot.plan.clone()),
        region: Set(choice.slot.region.clone()),
        element: Set(choice.slot.element.clone()),
        fact_id: Set(choice.fact),
        facing: Set(json!(choice.facing)),
        reason: Set(choice.reason.clone()),
        recorded_at: Set(choice.at),
        recorded_by: Set(json!(choice.by)),
    };
    component_choice::Entity::insert(row).exec_without_returning(db).await.map(|_| ())
}

/// Records a check.
pub async fn add_check(
    db: &impl ConnectionTrait,
    scope: BuyerScope,
    id: ComponentId,
    check: &Check,
) -> Result<(), DbErr> {
    let row = component_check::ActiveModel {
        id: Set(check.id),
        organisation_id: Set(scope.organisation().0),
        component_id: Set(id.0),
        fact_id: Set(check.fact),
        holds: Set(check.holds),
        note: Set(check.note.clone()),
        recorded_at: Set(check.at),
        recorded_by: Set(json!(check.by)),
    };
    component_check::Entity::insert(row).exec_without_returning(db).await.map(|_| ())
}

/// Adds what sources recognise entries by.
pub async fn add_sources(
    db: &impl ConnectionTrait,
    _: BuyerScope,
    rows: Vec<component_source::ActiveModel>,
) -> Result<(), DbErr> {
    rows::insert(db, rows).await
}

/// Writes what a source said last of an entry.
pub async fn update_source(
    db: &impl ConnectionTrait,
    scope: BuyerScope,
    row: component_source::ActiveModel,
) -> Result<(), DbErr> {
    component_source::Entity::update(row)
        .validate()?
        .filter(component_source::Column::OrganisationId.eq(scope.organisation().0))
        .exec(db)
        .await?;
    Ok(())
}

/// Forgets that a source spoke of an entry.
pub async fn remove_source(db: &impl ConnectionTrait, scope: BuyerScope, id: Uuid) -> Result<(), DbErr> {
    component_source::Entity::delete_by_id(id)
        .filter(component_source::Column::OrganisationId.eq(scope.organisation().0))
        .exec(db)
        .await?;
    Ok(())
}

/// Every entry that a source ever spoke of, oldest first.
pub async fn sources(
    db: &impl ConnectionTrait,
    scope: BuyerScope,
    source: &str,
) -> Result<Vec<component_source::Model>, DbErr> {
    component_source::Entity::find()
        .filter(component_source::Column::OrganisationId.eq(scope.organisation().0))
        .filter(component_source::Column::Source.eq(source))
        .order_by_asc(component_source::Column::Id)
        .all(db)
        .await
}

/// The sources that have left these entries out themselves.
pub async fn sources_gone(
    db: &impl ConnectionTrait,
    scope: BuyerScope,
    ids: &[ComponentId],
) -> Result<Vec<component_source::Model>, DbErr> {
    component_source::Entity::find()
        .filter(component_source::Column::OrganisationId.eq(scope.organisation().0))
        .filter(component_source::Column::ComponentId.is_in(ids.iter().map(|id| id.0)))
        .filter(component_source::Column::Gone.eq(true))
        .all(db)
        .await
}

/// The sources of an entry, oldest first.
pub async fn sources_of(
    db: &impl ConnectionTrait,
    scope: BuyerScope,
    id: ComponentId,
) -> Result<Vec<component_source::Model>, DbErr> {
    component_source::Entity::find()
        .filter(component_source::Column::OrganisationId.eq(scope.organisation().0))
        .filter(component_source::Column::ComponentId.eq(id.0))
        .order_by_asc(component_source::Column::Id)
        .all(db)
        .await
}
