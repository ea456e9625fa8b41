//! Persons, and the organisations that they are members of.

use super::held::Held;
use super::scope::{BuyerScope, SystemScope};
use domain::access::Roles;
use domain::ids::{MemberId, OrganisationId, PersonId};
use entity::{member, person};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Set,
};
use std::collections::BTreeMap;
use time::OffsetDateTime;

/// Rows that are asked for in one statement: SQLite binds at most 32,766 values.
const BATCH: usize = 1_000;

/// A member, with who they are.
#[derive(Clone, Debug, PartialEq)]
pub struct Member {
    /// The membership.
    pub id: MemberId,
    /// The organisation.
    pub organisation: OrganisationId,
    /// The person.
    pub person: PersonId,
    /// The person's name.
    pub name: String,
    /// The person's address.
    pub email: String,
    /// What they are there for.
    pub roles: Roles,
    /// Set when an OpenID provider says what the roles are.
    pub managed_by: Option<uuid::Uuid>,
    /// Grows with every change.
    pub revision: i64,
    /// Since when.
    pub created_at: OffsetDateTime,
    /// Until when; none while they are one.
    pub removed_at: Option<OffsetDateTime>,
}

fn joined((row, person): (member::Model, Option<person::Model>)) -> Result<Member, DbErr> {
    let person = person.ok_or_else(|| DbErr::RecordNotFound("the person of a member".to_owned()))?;
    Ok(Member {
        id: MemberId(row.id),
        organisation: OrganisationId(row.organisation_id),
        person: PersonId(row.person_id),
        name: person.name,
        email: person.email,
        roles: row.roles.parse().map_err(DbErr::Custom)?,
        managed_by: row.managed_by,
        revision: row.revision,
        created_at: row.created_at,
        removed_at: row.removed_at,
    })
}

/// A person by address, in lower case.
pub async fn by_email(db: &impl ConnectionTrait, _: SystemScope, email: &str) -> Result<Option<person::Model>, DbErr> {
    person::Entity::find().filter(person::Column::Email.eq(email)).one(db).await
}

/// A person.
pub async fn person(db: &impl ConnectionTrait, _: SystemScope, id: PersonId) -> Result<Option<person::Model>, DbErr> {
    person::Entity::find_by_id(id.0).one(db).await
}

/// Adds a person.
pub async fn add_person(
    db: &impl ConnectionTrait,
    _: SystemScope,
    id: PersonId,
    (name, email): (&str, &str),
    now: OffsetDateTime,
) -> Result<person::Model, DbErr> {
    person::ActiveModel {
        id: Set(id.0),
        name: Set(name.to_owned()),
        email: Set(email.to_owned()),
        email_verified_at: Set(None),
        password_hash: Set(None),
        created_at: Set(now),
    }
    .insert(db)
    .await
}

/// Writes what changed of a person.
pub async fn update_person(
    db: &impl ConnectionTrait,
    _: SystemScope,
    row: person::ActiveModel,
) -> Result<person::Model, DbErr> {
    row.update(db).await
}

/// Notes that a person reads the mail of their address.
pub async fn verify_email(
    db: &impl ConnectionTrait,
    _: SystemScope,
    id: PersonId,
    now: OffsetDateTime,
) -> Result<(), DbErr> {
    person::Entity::update_many()
        .col_expr(person::Column::EmailVerifiedAt, Expr::value(now))
        .filter(person::Column::Id.eq(id.0))
        .filter(person::Column::EmailVerifiedAt.is_null())
        .exec(db)
        .await?;
    Ok(())
}

/// Adds a member.
pub async fn add_member(
    db: &impl ConnectionTrait,
    scope: BuyerScope,
    id: MemberId,
    (person, roles): (PersonId, &Roles),
    now: OffsetDateTime,
) -> Result<member::Model, DbErr> {
    member::ActiveModel {
        id: Set(id.0),
        organisation_id: Set(scope.organisation().0),
        person_id: Set(person.0),
        roles: Set(roles.to_string()),
        managed_by: Set(None),
        revision: Set(1),
        created_at: Set(now),
        removed_at: Set(None),
    }
    .insert(db)
    .await
}

/// Writes what changed of a member of the scope's organisation.
pub async fn update_member(
    db: &impl ConnectionTrait,
    _: BuyerScope,
    row: member::ActiveModel,
) -> Result<member::Model, DbErr> {
    row.update(db).await
}

/// The organisation's members, by name; without those who were removed.
pub async fn members(db: &impl ConnectionTrait, scope: BuyerScope) -> Result<Vec<Member>, DbErr> {
    let mut members = everybody(db, scope).await?;
    members.retain(|member| member.removed_at.is_none());
    Ok(members)
}

/// Everybody who is or was a member, by name: for the names in old records.
pub async fn everybody(db: &impl ConnectionTrait, scope: BuyerScope) -> Result<Vec<Member>, DbErr> {
    let rows = with_person().filter(member::Column::OrganisationId.eq(scope.organisation().0)).all(db).await?;
    let mut members = rows.into_iter().map(joined).collect::<Result<Vec<_>, _>>()?;
    members.sort_by(|one, other| (&one.name, one.id).cmp(&(&other.name, other.id)));
    Ok(members)
}

/// Whoever is or was a member of the caller's organisation under this id.
pub async fn member(db: &impl ConnectionTrait, scope: BuyerScope, id: MemberId) -> Result<Option<Member>, DbErr> {
    let found = with_person()
        .filter(member::Column::Id.eq(id.0))
        .filter(member::Column::OrganisationId.eq(scope.organisation().0))
        .one(db)
        .await?;
    found.map(joined).transpose()
}

/// The names of those who are or were members of the caller's organisation, by membership.
pub async fn names(
    db: &impl ConnectionTrait,
    scope: BuyerScope,
    ids: impl IntoIterator<Item = MemberId>,
) -> Result<BTreeMap<MemberId, String>, DbErr> {
    let ids: Vec<uuid::Uuid> = ids.into_iter().map(|id| id.0).collect();
    let mut names = BTreeMap::new();
    for ids in ids.chunks(BATCH) {
        let rows = with_person()
            .filter(member::Column::OrganisationId.eq(scope.organisation().0))
            .filter(member::Column::Id.is_in(ids.iter().copied()))
            .all(db)
            .await?;
        for row in rows {
            let member = joined(row)?;
            names.insert(member.id, member.name);
        }
    }
    Ok(names)
}

/// The same, held until the transaction ends.
pub async fn hold_member(
    db: &impl ConnectionTrait,
    scope: BuyerScope,
    id: MemberId,
) -> Result<Option<member::Model>, DbErr> {
    member::Entity::find_by_id(id.0)
        .filter(member::Column::OrganisationId.eq(scope.organisation().0))
        .held()
        .one(db)
        .await
}

/// Every member of the scope's organisation, held until the transaction ends, in one order: who looks whether anybody
/// else is left to administer it must not be overtaken by another who looks for the same.
pub async fn hold_members(db: &impl ConnectionTrait, scope: BuyerScope) -> Result<Vec<member::Model>, DbErr> {
    member::Entity::find()
        .filter(member::Column::OrganisationId.eq(scope.organisation().0))
        .filter(member::Column::RemovedAt.is_null())
        .order_by_asc(member::Column::Id)
        .held()
        .all(db)
        .await
}

/// A person's membership in the scope's organisation, removed or not.
pub async fn membership(
    db: &impl ConnectionTrait,
    scope: BuyerScope,
    person: PersonId,
) -> Result<Option<member::Model>, DbErr> {
    member::Entity::find()
        .filter(member::Column::PersonId.eq(person.0))
        .filter(member::Column::OrganisationId.eq(scope.organisation().0))
        .one(db)
        .await
}

/// Every membership of a person that is in force, oldest first.
pub async fn memberships(
    db: &impl ConnectionTrait,
    _: SystemScope,
    person: PersonId,
) -> Result<Vec<member::Model>, DbErr> {
    let mut rows = member::Entity::find()
        .filter(member::Column::PersonId.eq(person.0))
        .filter(member::Column::RemovedAt.is_null())
        .all(db)
        .await?;
    rows.sort_by_key(|row| row.id);
    Ok(rows)
}

fn with_person() -> sea_orm::SelectTwo<member::Entity, person::Entity> {
    let join = member::Entity::belongs_to(person::Entity).from(member::Column::PersonId).to(person::Column::Id).into();
    member::Entity::find().join(sea_orm::JoinType::InnerJoin, join).select_also(person::Entity)
}
