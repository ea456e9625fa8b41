//! The audit log.

use super::held::Held;
use super::scope::{BuyerScope, SystemScope, Tenant};
use domain::audit::{GENESIS, Head, PublicKey, Recorded, Statement, microseconds};
use domain::ids::{AuditEntryId, OrganisationId};
use entity::{audit_detail, audit_entry, audit_head};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait,
    Select, Set,
};
use time::OffsetDateTime;
use uuid::Uuid;

/// Starts the chain of a new organisation.
pub async fn start(db: &impl ConnectionTrait, scope: BuyerScope) -> Result<(), DbErr> {
    audit_head::Entity::insert(audit_head::ActiveModel {
        organisation_id: Set(scope.organisation().0),
        sequence: Set(0),
        hash: Set(GENESIS.to_vec()),
        signing_key: Set(None),
    })
    .exec_without_returning(db)
    .await?;
    Ok(())
}

/// Where a chain ends, and which key goes on.
#[derive(Clone, Debug)]
pub struct End {
    /// The newest entry; sequence 0 before the first.
    pub head: Head,
    /// The public half of the key that signs the next entry; none before the first.
    pub key: Option<PublicKey>,
}

impl From<audit_head::Model> for End {
    fn from(row: audit_head::Model) -> Self {
        let key = row.signing_key.and_then(|key| key.try_into().ok());
        Self { head: Head { sequence: row.sequence, hash: row.hash }, key }
    }
}

/// Where a chain ends, held until the transaction ends.
pub async fn hold_end(db: &impl ConnectionTrait, scope: &impl Tenant) -> Result<Option<End>, DbErr> {
    let row = audit_head::Entity::find_by_id(scope.organisation().0).held().one(db).await?;
    Ok(row.map(End::from))
}

/// Where every chain ends, in the order of their organisations.
pub async fn ends(db: &impl ConnectionTrait, _: SystemScope) -> Result<Vec<(OrganisationId, End)>, DbErr> {
    let rows = audit_head::Entity::find().order_by_asc(audit_head::Column::OrganisationId).all(db).await?;
    Ok(rows.into_iter().map(|row| (OrganisationId(row.organisation_id), End::from(row))).collect())
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
    /// The public half of the key that signs the next entry.
    pub next_key: PublicKey,
}

/// Adds an entry with its details and moves the head to it.
pub async fn append(db: &impl ConnectionTrait, scope: &impl Tenant, entry: NewEntry) -> Result<(), DbErr> {
    let NewEntry { statement, at, previous, commitment, hash, signature, salt, details, next_key } = entry;
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
        signing_key: Set(Some(next_key.to_vec())),
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

/// Which entries.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Those by this kind of actor: `member`, `contact`, `token` or `system`.
    pub actor_kind: Option<String>,
    /// Those by this one.
    pub actor: Option<Uuid>,
    /// Those that say this was done.
    pub action: Option<String>,
    /// Those about this kind of thing.
    pub subject_kind: Option<String>,
    /// Those about this one.
    pub subject: Option<Uuid>,
    /// Those from this moment on.
    pub from: Option<OffsetDateTime>,
    /// Those before this moment.
    pub until: Option<OffsetDateTime>,
    /// Those whose details name this address, truncated as they do.
    pub address: Option<String>,
    /// Not those that say that one of these was done.
    pub but: Vec<&'static str>,
}

impl Filter {
    /// Whether it lets everything through.
    pub fn is_all(&self) -> bool {
        let Self { actor_kind, actor, action, subject_kind, subject, from, until, address, but } = self;
        let texts = [actor_kind, action, subject_kind, address].iter().all(|text| text.is_none());
        texts && but.is_empty() && actor.is_none() && subject.is_none() && from.is_none() && until.is_none()
    }

    fn query(&self, scope: BuyerScope) -> Select<audit_entry::Entity> {
        use audit_entry::Column;
        let organisation = scope.organisation().0;
        let mut query = audit_entry::Entity::find().filter(Column::OrganisationId.eq(organisation));
        for (column, value) in [
            (Column::ActorKind, &self.actor_kind),
            (Column::Action, &self.action),
            (Column::SubjectKind, &self.subject_kind),
        ] {
            if let Some(value) = value {
                query = query.filter(column.eq(value));
            }
        }
        for (column, value) in [(Column::ActorId, self.actor), (Column::SubjectId, self.subject)] {
            if let Some(value) = value {
                query = query.filter(column.eq(value));
            }
        }
        if !self.but.is_empty() {
            query = query.filter(Column::Action.is_not_in(self.but.iter().copied()));
        }
        if let Some(from) = self.from {
            query = query.filter(Column::At.gte(from));
        }
        if let Some(until) = self.until {
            query = query.filter(Column::At.lt(until));
        }
        if let Some(address) = &self.address {
            let named = audit_detail::Entity::find()
                .select_only()
                .column(audit_detail::Column::EntryId)
                .filter(audit_detail::Column::OrganisationId.eq(organisation))
                .filter(audit_detail::Column::Details.contains(format!("\"address\":\"{address}\"")));
            query = query.filter(Column::Id.in_subquery(named.into_query()));
        }
        query
    }
}

/// Entries, newest first, before a sequence.
pub async fn newest(
    db: &impl ConnectionTrait,
    scope: BuyerScope,
    filter: &Filter,
    before: Option<i64>,
    limit: u64,
) -> Result<Vec<Entry>, DbErr> {
    let mut query = filter.query(scope);
    if let Some(before) = before {
        query = query.filter(audit_entry::Column::Sequence.lt(before));
    }
    let entries = query.order_by_desc(audit_entry::Column::Sequence).limit(limit).all(db).await?;
    with_details(db, entries).await
}

/// How many entries there are.
pub async fn count(db: &impl ConnectionTrait, scope: BuyerScope, filter: &Filter) -> Result<u64, DbErr> {
    filter.query(scope).count(db).await
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
