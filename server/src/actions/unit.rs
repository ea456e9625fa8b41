//! One action, one transaction: rows, audit entries, jobs and the answer to a repeated request, all or nothing.

use crate::error::{AppError, Result};
use crate::platform::Platform;
use crate::platform::db::Db;
use crate::platform::origin;
use crate::platform::signing::Key;
use crate::repo::audit::NewEntry;
use crate::repo::{self, BuyerScope, SystemScope, Tenant, VendorScope};
use domain::audit::rotation::{KEY_ROTATED, Rotation};
use domain::audit::{Head, Statement, commitment, microseconds};
use domain::ids::{AuditEntryId, ContactId, MemberId, OrganisationId, TokenId};
use sea_orm::DatabaseTransaction;
use serde_json::Value;
use std::collections::HashMap;
use std::mem;
use time::OffsetDateTime;
use uuid::Uuid;

/// Who does something, for the audit log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Actor {
    /// A person of the organisation.
    Member(MemberId),
    /// A program with a token of the organisation.
    Token(TokenId),
    /// A person at a vendor, through a link.
    Contact(ContactId),
    /// The program itself, or its operator.
    System,
}

impl Actor {
    fn kind(self) -> &'static str {
        match self {
            Self::Member(_) => "member",
            Self::Token(_) => "token",
            Self::Contact(_) => "contact",
            Self::System => "system",
        }
    }

    /// The id of whoever it is.
    pub fn id(self) -> Option<Uuid> {
        match self {
            Self::Member(id) => Some(id.0),
            Self::Token(id) => Some(id.0),
            Self::Contact(id) => Some(id.0),
            Self::System => None,
        }
    }
}

/// Somebody who acts for a buyer. That the role allows what is asked was decided before an action is called.
#[derive(Clone, Debug)]
pub struct Buyer {
    /// Whose rows.
    pub scope: BuyerScope,
    /// Who.
    pub actor: Actor,
    /// Given when the request may be repeated and must then not act twice.
    pub once: Option<Once>,
}

impl Buyer {
    /// The program, or its operator, acting for an organisation.
    pub fn system(organisation: OrganisationId) -> Self {
        Self { scope: SystemScope.acting_for(organisation), actor: Actor::System, once: None }
    }
}

/// Somebody who acts for a vendor.
#[derive(Clone, Debug)]
pub struct Vendor {
    /// Whose answers.
    pub scope: VendorScope,
    /// Given when the request may be repeated and must then not act twice.
    pub once: Option<Once>,
}

impl Vendor {
    /// In the buyer's books, where a vendor's work is written down.
    pub(super) fn as_buyer(&self) -> Buyer {
        let scope = SystemScope.acting_for(self.scope.organisation);
        Buyer { scope, actor: Actor::Contact(self.scope.contact), once: self.once.clone() }
    }
}

impl From<VendorScope> for Vendor {
    fn from(scope: VendorScope) -> Self {
        Self { scope, once: None }
    }
}

/// A request that may be repeated.
#[derive(Clone, Debug)]
pub struct Once {
    /// The key that the caller chose.
    pub key: String,
    /// SHA-256 of the request: the same key with another request is refused.
    pub request_sha256: String,
}

/// A job to be put in.
#[derive(Clone, Debug)]
pub struct Job {
    /// What kind ([`super::work`]).
    pub kind: &'static str,
    /// What it works on.
    pub payload: Value,
    /// A job of the same kind and key that still waits serves for both.
    pub dedupe_key: Option<String>,
}

/// Where a chain ends as this action has it.
struct End {
    head: Head,
    /// The newest entry's signature, once this action wrote one.
    signature: Option<Vec<u8>>,
    /// What signs the next entry.
    key: Key,
}

/// What an entry says, but for its place in the chain.
struct Said {
    actor: Actor,
    action: String,
    subject: (String, Uuid),
    details: String,
}

/// An action under way. Dropped without [`Act::commit`], nothing of it stays.
pub struct Act<'a> {
    platform: &'a Platform,
    transaction: DatabaseTransaction,
    /// When it happens: one moment for all its rows.
    pub now: OffsetDateTime,
    /// Entries on their way into the logs. They go in last: the end of a chain is what all actions of an organisation
    /// share, and who held it while waiting for anything else could wait for somebody who waits for it.
    said: Vec<(OrganisationId, Said)>,
    ends: HashMap<OrganisationId, End>,
    has_jobs: bool,
}

impl<'a> Act<'a> {
    /// Begins.
    ///
    /// # Errors
    /// When the database is too busy to let it.
    pub async fn begin(platform: &'a Platform) -> Result<Self> {
        let transaction = platform.db.begin().await?;
        let now = platform.clock.now();
        Ok(Self { platform, transaction, now, said: Vec::new(), ends: HashMap::new(), has_jobs: false })
    }

    /// What to read and write through.
    pub fn tx(&self) -> &DatabaseTransaction {
        &self.transaction
    }

    /// What was made when this very request came before.
    ///
    /// # Errors
    /// [`AppError::KeyReused`] when the key came with another request.
    pub async fn done_before(&self, by: &Buyer) -> Result<Option<Uuid>> {
        let Some(once) = &by.once else { return Ok(None) };
        let caller = by.actor.id().unwrap_or_default();
        match repo::idempotency::get(self.tx(), by.scope, caller, &once.key).await? {
            Some(row) if row.request_sha256 == once.request_sha256 => Ok(row.body.parse().ok()),
            Some(_) => Err(AppError::KeyReused),
            None => Ok(None),
        }
    }

    /// Remembers what this request made.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn remember(&self, by: &Buyer, made: Uuid) -> Result<()> {
        if let Some(once) = &by.once {
            let caller = by.actor.id().unwrap_or_default();
            let request = (once.key.as_str(), once.request_sha256.clone());
            let put = repo::idempotency::put(self.tx(), by.scope, caller, request, (201, made.to_string()), self.now);
            if let Err(error) = put.await {
                // The same request is being carried out at this very moment; repeated once more it finds what was made.
                return Err(if Db::is_duplicate(&error) { AppError::Busy } else { error.into() });
            }
        }
        Ok(())
    }

    /// Has an entry written into the organisation's audit log when this is committed.
    pub fn record(&mut self, scope: &impl Tenant, actor: Actor, action: &str, subject: (&str, Uuid), details: &Value) {
        let mut details = details.clone();
        if details.is_null() {
            details = Value::Object(serde_json::Map::new());
        }
        if let (Some(address), Some(fields)) = (origin::address(), details.as_object_mut()) {
            fields.insert("address".to_owned(), address.into());
        }
        let subject = (subject.0.to_owned(), subject.1);
        let said = Said { actor, action: action.to_owned(), subject, details: details.to_string() };
        self.said.push((scope.organisation(), said));
    }

    /// Writes down what was said, chain after chain in the order that everybody keeps.
    async fn write_down(&mut self) -> Result<()> {
        let mut said = mem::take(&mut self.said);
        said.sort_by_key(|(organisation, _)| *organisation);
        for (organisation, said) in said {
            let scope = SystemScope.acting_for(organisation);
            let end = self.end(&scope).await?;
            let next = end.key.clone();
            self.append(&scope, end, said, next).await?;
        }
        Ok(())
    }

    /// Hands signing of a chain over to the next key; `false` where it has it already.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn hand_over(&mut self, scope: &impl Tenant, next: &Key) -> Result<bool> {
        self.write_down().await?;
        let end = self.end(scope).await?;
        let (old, new) = (end.key.public(), next.public());
        if old == new {
            self.ends.insert(scope.organisation(), end);
            return Ok(false);
        }
        let message = Rotation::message(&hex::encode(&end.head.hash), &old, &new);
        let rotation = Rotation { old, new, signature: next.sign(&message).to_vec() };
        let said = Said {
            actor: Actor::System,
            action: KEY_ROTATED.to_owned(),
            subject: ("organisation".to_owned(), scope.organisation().0),
            details: rotation.details().to_string(),
        };
        self.append(scope, end, said, next.clone()).await?;
        Ok(true)
    }

    /// The newest entry that this action wrote into a chain, and the key that goes on.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn written(&mut self, organisation: OrganisationId) -> Result<Option<(&Head, &Key)>> {
        self.write_down().await?;
        let end = self.ends.get(&organisation).filter(|end| end.signature.is_some());
        Ok(end.map(|end| (&end.head, &end.key)))
    }

    /// Where a chain ends; held from the first call on.
    async fn end(&mut self, scope: &impl Tenant) -> Result<End> {
        let organisation = scope.organisation();
        if let Some(end) = self.ends.remove(&organisation) {
            return Ok(end);
        }
        let chain = async |act: &Self, scope: BuyerScope| {
            let end = repo::audit::hold_end(act.tx(), &scope).await?;
            end.ok_or_else(|| AppError::internal("the organisation has no audit chain"))
        };
        let end = chain(self, SystemScope.acting_for(organisation)).await?;
        let mut public = end.key;
        if public.is_none() && organisation != OrganisationId::INSTALLATION {
            // A chain begins with the key that the installation's own goes on with; held, so that no key is replaced
            // between looking and beginning.
            public = chain(self, SystemScope.acting_for(OrganisationId::INSTALLATION)).await?.key;
        }
        let signer = &self.platform.signer;
        let key = match public {
            Some(public) => signer.holding(&public)?,
            None => signer.current(),
        };
        Ok(End { head: end.head, signature: None, key })
    }

    async fn append(&mut self, scope: &impl Tenant, end: End, said: Said, next: Key) -> Result<()> {
        let organisation = scope.organisation();
        let salt = self.platform.clock.secret::<16>();
        let commitment = commitment(&salt, &said.details);
        let statement = Statement {
            organisation,
            sequence: end.head.sequence + 1,
            id: self.platform.clock.id::<AuditEntryId>(),
            at: microseconds(self.now),
            actor_kind: said.actor.kind().to_owned(),
            actor_id: said.actor.id(),
            action: said.action,
            subject_kind: said.subject.0,
            subject_id: Some(said.subject.1),
            commitment: hex::encode(commitment),
            previous: hex::encode(&end.head.hash),
        };
        let hash = statement.hash();
        let signature = end.key.sign(&hash).to_vec();
        let head = Head { sequence: statement.sequence, hash: hash.to_vec() };
        let entry = NewEntry {
            statement,
            at: self.now,
            previous: end.head.hash,
            commitment: commitment.to_vec(),
            hash: hash.to_vec(),
            signature: signature.clone(),
            salt: salt.to_vec(),
            details: said.details,
            next_key: next.public(),
        };
        repo::audit::append(self.tx(), scope, entry).await?;
        self.ends.insert(organisation, End { head, signature: Some(signature), key: next });
        Ok(())
    }

    /// Puts a job in; it runs after the commit.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn enqueue(&mut self, job: Job) -> Result<()> {
        let id = self.platform.clock.id();
        repo::jobs::put(self.tx(), SystemScope, id, (job.kind, job.payload, job.dedupe_key), self.now).await?;
        self.has_jobs = true;
        Ok(())
    }

    /// Writes down what was recorded, commits, writes the heads of the audit chains down, and rings for the job runner.
    ///
    /// # Errors
    /// When the commit fails: then nothing was done.
    pub async fn commit(mut self) -> Result<()> {
        self.write_down().await?;
        self.platform.db.commit(self.transaction).await?;
        for (organisation, End { head, signature, .. }) in self.ends {
            let (sequence, Some(signature)) = (head.sequence, signature) else { continue };
            // The commit stands: failing now would tell the caller that nothing was done.
            if let Err(error) = self.platform.heads.write(organisation, &head, &signature) {
                tracing::error!(%error, %organisation, sequence, "the audit head could not be written down");
            }
        }
        if self.has_jobs {
            self.platform.jobs.ring();
        }
        Ok(())
    }
}
