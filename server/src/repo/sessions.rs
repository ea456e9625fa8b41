//! Browser sessions.

use super::scope::SystemScope;
use domain::access::Roles;
use domain::ids::{MemberId, OrganisationId, PersonId};
use entity::{member, organisation, person, session};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, FromQueryResult, JoinType, QueryFilter, QueryOrder, QuerySelect,
    Set,
};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use uuid::Uuid;

/// Who a session belongs to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Who {
    /// The person.
    pub person: PersonId,
    /// Their name.
    pub name: String,
    /// Their address.
    pub email: String,
    /// What they are a member of, oldest first.
    pub memberships: Vec<Membership>,
}

/// That the person belongs to an organisation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Membership {
    /// Its id.
    pub member: MemberId,
    /// The organisation.
    pub organisation: OrganisationId,
    /// Its name.
    pub organisation_name: String,
    /// What the person is there for.
    pub roles: Roles,
}

/// Adds a session; a taken id is a unique violation.
pub async fn add(db: &impl ConnectionTrait, _: SystemScope, row: session::Model) -> Result<(), DbErr> {
    session::Entity::insert(whole(row)).exec_without_returning(db).await?;
    Ok(())
}

/// Writes what changed of a session that is there still: one that was ended meanwhile does not come back.
pub async fn put(db: &impl ConnectionTrait, _: SystemScope, row: session::Model) -> Result<(), DbErr> {
    session::Entity::update_many()
        .col_expr(session::Column::PersonId, Expr::value(row.person_id))
        .col_expr(session::Column::Data, Expr::value(row.data))
        .col_expr(session::Column::EndsAt, Expr::value(row.ends_at))
        .filter(session::Column::Id.eq(row.id))
        .exec(db)
        .await?;
    Ok(())
}

fn whole(row: session::Model) -> session::ActiveModel {
    session::ActiveModel {
        id: Set(row.id),
        person_id: Set(row.person_id),
        data: Set(row.data),
        created_at: Set(row.created_at),
        last_seen_at: Set(row.last_seen_at),
        expires_at: Set(row.expires_at),
        ends_at: Set(row.ends_at),
    }
}

#[derive(FromQueryResult)]
struct Row {
    data: serde_json::Value,
    last_seen_at: OffsetDateTime,
    ends_at: OffsetDateTime,
    person_id: Option<Uuid>,
    person_name: Option<String>,
    email: Option<String>,
    member_id: Option<Uuid>,
    roles: Option<String>,
    organisation_id: Option<Uuid>,
    organisation_name: Option<String>,
}

/// A session that is in force.
#[derive(Debug)]
pub struct Loaded {
    /// What it holds.
    pub data: serde_json::Value,
    /// When it was last seen, to the minute.
    pub last_seen_at: OffsetDateTime,
    /// When it ends at the latest.
    pub ends_at: OffsetDateTime,
    /// Whose it is; none before sign-in.
    pub who: Option<Who>,
}

/// The session, unless it is over, with its person and their memberships: one query.
pub async fn get(
    db: &impl ConnectionTrait,
    _: SystemScope,
    id: &str,
    now: OffsetDateTime,
) -> Result<Option<Loaded>, DbErr> {
    let to_person =
        session::Entity::belongs_to(person::Entity).from(session::Column::PersonId).to(person::Column::Id).into();
    let to_member = person::Entity::belongs_to(member::Entity)
        .from(person::Column::Id)
        .to(member::Column::PersonId)
        .on_condition(|_, member| Expr::col((member, member::Column::RemovedAt)).is_null().into())
        .into();
    let to_organisation = member::Entity::belongs_to(organisation::Entity)
        .from(member::Column::OrganisationId)
        .to(organisation::Column::Id)
        .into();
    let rows = session::Entity::find()
        .select_only()
        .columns([session::Column::Data, session::Column::LastSeenAt, session::Column::EndsAt])
        .column_as(person::Column::Id, "person_id")
        .column_as(person::Column::Name, "person_name")
        .column_as(person::Column::Email, "email")
        .column_as(member::Column::Id, "member_id")
        .column_as(member::Column::Roles, "roles")
        .column_as(organisation::Column::Id, "organisation_id")
        .column_as(organisation::Column::Name, "organisation_name")
        .join(JoinType::LeftJoin, to_person)
        .join(JoinType::LeftJoin, to_member)
        .join(JoinType::LeftJoin, to_organisation)
        .filter(session::Column::Id.eq(id))
        .filter(session::Column::ExpiresAt.gt(now))
        .filter(session::Column::EndsAt.gt(now))
        .order_by_asc(member::Column::Id)
        .into_model::<Row>()
        .all(db)
        .await?;
    let mut loaded: Option<Loaded> = None;
    for row in rows {
        let session = loaded.get_or_insert(Loaded {
            data: row.data,
            last_seen_at: row.last_seen_at,
            ends_at: row.ends_at,
            who: None,
        });
        let (Some(person), Some(name), Some(email)) = (row.person_id, row.person_name, row.email) else { continue };
        let who =
            session.who.get_or_insert_with(|| Who { person: PersonId(person), name, email, memberships: Vec::new() });
        if let (Some(member), Some(roles), Some(organisation), Some(organisation_name)) =
            (row.member_id, row.roles, row.organisation_id, row.organisation_name)
        {
            who.memberships.push(Membership {
                member: MemberId(member),
                organisation: OrganisationId(organisation),
                organisation_name,
                roles: roles.parse().map_err(DbErr::Custom)?,
            });
        }
    }
    Ok(loaded)
}

/// Notes that a session was seen, unless that was noted since `before`.
pub async fn touch(
    db: &impl ConnectionTrait,
    _: SystemScope,
    id: &str,
    (now, before): (OffsetDateTime, OffsetDateTime),
    expires_at: OffsetDateTime,
) -> Result<(), DbErr> {
    session::Entity::update_many()
        .col_expr(session::Column::LastSeenAt, Expr::value(now))
        .col_expr(session::Column::ExpiresAt, Expr::value(expires_at))
        .filter(session::Column::Id.eq(id))
        .filter(session::Column::LastSeenAt.lt(before))
        .exec(db)
        .await?;
    Ok(())
}

/// A person's sessions that are in force, the one last seen first.
pub async fn of_person(
    db: &impl ConnectionTrait,
    _: SystemScope,
    person: PersonId,
    now: OffsetDateTime,
) -> Result<Vec<session::Model>, DbErr> {
    session::Entity::find()
        .filter(session::Column::PersonId.eq(person.0))
        .filter(session::Column::ExpiresAt.gt(now))
        .filter(session::Column::EndsAt.gt(now))
        .order_by_desc(session::Column::LastSeenAt)
        .all(db)
        .await
}

/// Ends a session.
pub async fn remove(db: &impl ConnectionTrait, _: SystemScope, id: &str) -> Result<(), DbErr> {
    session::Entity::delete_by_id(id.to_owned()).exec(db).await?;
    Ok(())
}

/// Ends one of a person's sessions; `false` where they have no such session.
pub async fn remove_one_of_person(
    db: &impl ConnectionTrait,
    _: SystemScope,
    person: PersonId,
    id: &str,
) -> Result<bool, DbErr> {
    let done =
        session::Entity::delete_by_id(id.to_owned()).filter(session::Column::PersonId.eq(person.0)).exec(db).await?;
    Ok(done.rows_affected == 1)
}

/// Ends a person's sessions, but for one where it is named; says how many.
pub async fn remove_of_person(
    db: &impl ConnectionTrait,
    _: SystemScope,
    person: PersonId,
    but: Option<&str>,
) -> Result<u64, DbErr> {
    let mut query = session::Entity::delete_many().filter(session::Column::PersonId.eq(person.0));
    if let Some(but) = but {
        query = query.filter(session::Column::Id.ne(but));
    }
    Ok(query.exec(db).await?.rows_affected)
}

/// Forgets sessions that are over.
pub async fn remove_expired(db: &impl ConnectionTrait, _: SystemScope, now: OffsetDateTime) -> Result<u64, DbErr> {
    let over = session::Column::ExpiresAt.lte(now).or(session::Column::EndsAt.lte(now));
    Ok(session::Entity::delete_many().filter(over).exec(db).await?.rows_affected)
}
