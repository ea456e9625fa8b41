//! Reading and checking the audit log.

use crate::error::{AppError, Result};
use crate::platform::Platform;
use crate::repo::{self, SystemScope};
use domain::audit::{Broken, Walk};
use domain::ids::OrganisationId;
use std::collections::HashMap;

/// Entries that are read at a time.
const BATCH: u64 = 1_000;

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
    let (mut walk, mut next, mut known) = (Walk::default(), 1, HashMap::new());
    loop {
        let entries = repo::audit::walk(platform.db.read(), SystemScope, organisation, next, BATCH).await?;
        let Some(last) = entries.last() else { break };
        next = last.statement.sequence + 1;
        for entry in &entries {
            if let Err(broken) = walk.step(entry, |hash, signature| platform.signer.verify(hash, signature)) {
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
