//! The audit log.

use super::scope::{BuyerScope, SystemScope, Tenant};
use domain::audit::{GENESIS, Head, Recorded, Statement, microseconds};
use domain::ids::{AuditEntryId, OrganisationId};
use entity::{audit_detail, audit_entry, audit_head};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, Set,
};
use time::OffsetDateTime;
use uuid::Uuid;

/// Starts the chain of a new organisation.
pub async fn start(db: &impl ConnectionTrait, scope: BuyerScope) -> Result<(), DbErr> {
    audit_head::Entity::insert(audit_head::ActiveModel {
        organisation_id: Set(scope.organisation().0),
        sequence: Set(0),
        hash: Set(GENESIS.to_vec()),
    })
    .exec_without_returning(db)
    .await?;
    Ok(())
}

/// The newest entry of a chain, held until the transaction ends; sequence 0 before the first entry.
pub async fn hold_head(db: &impl ConnectionTrait, scope: &impl Tenant) -> Result<Option<Head>, DbErr> {
    let head = audit_head::Entity::find_by_id(scope.organisation().0).lock_exclusive().one(db).await?;
    Ok(head.map(|head| Head { sequence: head.sequence, hash: head.hash }))
}

/// An entry on its way into the log.
#[derive(Debug)]
pub struct NewEntry {
    /// What it says.
    pub statement: Statement,
    /// When; the same moment as in the statement.
    pub at: OffsetDateTime,
    /// The hash before.
    pub previous: Vec<u8>,
    /// The commitment to the details.
    pub commitment: Vec<u8>,
    /// The hash of the statement.
    pub hash: Vec<u8>,
    /// The signature over the hash.
    pub signature: Vec<u8>,
    /// What the details are salted with.
    pub salt: Vec<u8>,
    /// The details, as JSON.
    pub details: String,
}

/// Adds an entry with its details and moves the head to it.
pub async fn append(db: &impl ConnectionTrait, scope: &impl Tenant, entry: NewEntry) -> Result<(), DbErr> {
    let NewEntry { statement, at, previous, commitment, hash, signature, salt, details } = entry;
    let organisation = scope.organisation().0;
    audit_entry::Entity::insert(audit_entry::ActiveModel {
        organisation_id: Set(organisation),
        sequence: Set(statement.sequence),
        id: Set(statement.id.0),
        at: Set(at),
        actor_kind: Set(statement.actor_kind),
        actor_id: Set(statement.actor_id),
        action: Set(statement.action),
        subject_kind: Set(statement.subject_kind),
        subject_id: Set(statement.subject_id),
        commitment: Set(commitment),
        previous_hash: Set(previous),
        hash: Set(hash.clone()),
        signature: Set(signature),
    })
    .exec_without_returning(db)
    .await?;
    audit_detail::Entity::insert(audit_detail::ActiveModel {
        entry_id: Set(statement.id.0),
        organisation_id: Set(organisation),
        salt: Set(salt),
        details: Set(details),
    })
    .exec_without_returning(db)
    .await?;
    let head = audit_head::ActiveModel {
        organisation_id: Set(organisation),
        sequence: Set(statement.sequence),
        hash: Set(hash),
    };
    audit_head::Entity::update(head).exec(db).await?;
    Ok(())
}

/// An entry with its details, unless they were erased.
pub type Entry = (audit_entry::Model, Option<audit_detail::Model>);

async fn with_details(db: &impl ConnectionTrait, entries: Vec<audit_entry::Model>) -> Result<Vec<Entry>, DbErr> {
    let ids = entries.iter().map(|entry| entry.id);
    let details = audit_detail::Entity::find().filter(audit_detail::Column::EntryId.is_in(ids)).all(db).await?;
    let mut details: std::collections::HashMap<Uuid, audit_detail::Model> =
        details.into_iter().map(|detail| (detail.entry_id, detail)).collect();
    Ok(entries
        .into_iter()
        .map(|entry| {
            let detail = details.remove(&entry.id);
            (entry, detail)
        })
        .collect())
}

/// Entries, newest first, before a sequence, about one thing or all.
pub async fn newest(
    db: &impl ConnectionTrait,
    scope: BuyerScope,
    before: Option<i64>,
    subject: Option<Uuid>,
    limit: u64,
) -> Result<Vec<Entry>, DbErr> {
    let mut query = audit_entry::Entity::find().filter(audit_entry::Column::OrganisationId.eq(scope.organisation().0));
    if let Some(before) = before {
        query = query.filter(audit_entry::Column::Sequence.lt(before));
    }
    if let Some(subject) = subject {
        query = query.filter(audit_entry::Column::SubjectId.eq(subject));
    }
    let entries = query.order_by_desc(audit_entry::Column::Sequence).limit(limit).all(db).await?;
    with_details(db, entries).await
}

/// How many entries there are.
pub async fn count(db: &impl ConnectionTrait, scope: BuyerScope) -> Result<u64, DbErr> {
    audit_entry::Entity::find().filter(audit_entry::Column::OrganisationId.eq(scope.organisation().0)).count(db).await
}

/// Entries of a chain from a sequence on, oldest first, as the chain is walked.
pub async fn walk(
    db: &impl ConnectionTrait,
    _: SystemScope,
    organisation: OrganisationId,
    from: i64,
    limit: u64,
) -> Result<Vec<Recorded>, DbErr> {
    let entries = audit_entry::Entity::find()
        .filter(audit_entry::Column::OrganisationId.eq(organisation.0))
        .filter(audit_entry::Column::Sequence.gte(from))
        .order_by_asc(audit_entry::Column::Sequence)
        .limit(limit)
        .all(db)
        .await?;
    let entries = with_details(db, entries).await?;
    Ok(entries.into_iter().map(|(entry, detail)| recorded(entry, detail)).collect())
}

fn recorded(entry: audit_entry::Model, detail: Option<audit_detail::Model>) -> Recorded {
    Recorded {
        statement: Statement {
            organisation: OrganisationId(entry.organisation_id),
            sequence: entry.sequence,
            id: AuditEntryId(entry.id),
            at: microseconds(entry.at),
            actor_kind: entry.actor_kind,
            actor_id: entry.actor_id,
            action: entry.action,
            subject_kind: entry.subject_kind,
            subject_id: entry.subject_id,
            commitment: hex::encode(entry.commitment),
            previous: hex::encode(entry.previous_hash),
        },
        hash: entry.hash,
        signature: entry.signature,
        details: detail.map(|detail| (detail.salt, detail.details)),
    }
}
