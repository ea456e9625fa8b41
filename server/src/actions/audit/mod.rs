//! The audit log: noting what was read, checking chains, exporting them, and replacing the key that signs them.

mod export;
mod keys;

pub use export::{Exported, JSON_LINES, export};
pub use keys::{Anchored, Rotated, anchor, rotate_key};

use super::{Act, Actor};
use crate::error::{AppError, Result};
use crate::platform::{Platform, signing};
use crate::repo::{self, SystemScope, Tenant};
use domain::audit::{Broken, Trust, Walk};
use domain::ids::OrganisationId;
use serde_json::Value;
use std::collections::HashMap;
use uuid::Uuid;

/// Entries that are read at a time.
const BATCH: u64 = 1_000;

/// What is noted though nothing changed: that somebody read it or took it away.
pub const READS: [&str; 8] = [
    "answers.downloaded",
    "audit.exported",
    "evidence.read",
    "import.downloaded",
    "register.exported",
    "score_documents.downloaded",
    "template.exported",
    "workbook.downloaded",
];

/// Notes that something was read or taken away: evidence, an export, a download.
///
/// # Errors
/// When the database fails: then nothing may be handed out.
pub async fn disclosed(
    platform: &Platform,
    scope: &impl Tenant,
    actor: Actor,
    action: &str,
    subject: (&str, Uuid),
    details: &Value,
) -> Result<()> {
    let mut act = Act::begin(platform).await?;
    act.record(scope, actor, action, subject, details);
    act.commit().await
}

/// What walking one chain found.
#[derive(Debug)]
pub struct Verified {
    /// The organisation.
    pub organisation: OrganisationId,
    /// Its name.
    pub name: String,
    /// How many entries the chain has, or the first that is broken.
    pub outcome: Result<i64, Broken>,
}

/// Walks every chain, from its first entry to the newest head that was written down.
///
/// # Errors
/// When the database, or a written head, cannot be read.
pub async fn verify(platform: &Platform) -> Result<Vec<Verified>> {
    let mut all = Vec::new();
    for organisation in repo::organisations::with_chains(platform.db.read(), SystemScope).await? {
        let id = OrganisationId(organisation.id);
        let outcome = verify_chain(platform, id).await?;
        all.push(Verified { organisation: id, name: organisation.name, outcome });
    }
    Ok(all)
}

/// Walks one chain.
///
/// # Errors
/// When the database, or the written head, cannot be read.
pub async fn verify_chain(platform: &Platform, organisation: OrganisationId) -> Result<Result<i64, Broken>> {
    // Heads are read before the entries: an entry that is added meanwhile makes the chain longer, never too short.
    let heads = platform.heads.read(organisation, &platform.signer).map_err(|error| match error {
        AppError::Internal(reason) => AppError::internal(format!("the written audit head cannot be used: {reason}")),
        other => other,
    })?;
    let trust = Trust { keys: platform.signer.keys(), learns_after: None, verify: signing::verify };
    let (mut walk, mut next, mut known) = (Walk::trusting(trust), 1, HashMap::new());
    loop {
        let entries = repo::audit::walk(platform.db.read(), SystemScope, organisation, next, BATCH).await?;
        let Some(last) = entries.last() else { break };
        next = last.statement.sequence + 1;
        for entry in &entries {
            if let Err(broken) = walk.step(entry) {
                return Ok(Err(broken));
            }
            if heads.iter().any(|head| head.sequence == entry.statement.sequence) {
                known.insert(entry.statement.sequence, entry.hash.clone());
            }
        }
    }
    for head in &heads {
        if let Err(broken) = walk.finish(Some(head), known.get(&head.sequence).map(Vec::as_slice)) {
            return Ok(Err(broken));
        }
    }
    Ok(walk.finish(None, None))
}
