//! The anchor that is kept elsewhere, and replacing the key.

use crate::actions::Act;
use crate::error::{AppError, Result};
use crate::platform::signing::Key;
use crate::platform::{Platform, sealing};
use crate::repo::{self, SystemScope};
use domain::audit::anchor::Anchor;
use domain::audit::{Broken, Head};
use domain::ids::OrganisationId;
use sea_orm::{IntoActiveModel, Set};

/// What anchoring gave.
#[derive(Clone, Debug)]
pub enum Anchored {
    /// The anchor.
    Yes(Anchor),
    /// A chain does not reach the head that was written down: nothing is anchored that is known to be broken.
    Broken(OrganisationId, Broken),
}

/// The public keys and the newest entry of every chain.
///
/// # Errors
/// When the database, or a written head, cannot be read.
pub async fn anchor(platform: &Platform) -> Result<Anchored> {
    let mut heads = Vec::new();
    // Written heads are read first: an entry that is added meanwhile makes a chain longer, never too short.
    let mut written = Vec::new();
    for (organisation, _) in repo::audit::ends(platform.db.read(), SystemScope).await? {
        written.push((organisation, platform.heads.read(organisation, &platform.signer)?));
    }
    for (organisation, end) in repo::audit::ends(platform.db.read(), SystemScope).await? {
        let known = written.iter().filter(|(of, _)| *of == organisation).flat_map(|(_, heads)| heads);
        for head in known {
            if let Some(broken) = short_of(platform, organisation, &end.head, head).await? {
                return Ok(Anchored::Broken(organisation, broken));
            }
        }
        if end.head.sequence > 0 {
            let newest = repo::audit::walk(platform.db.read(), SystemScope, organisation, end.head.sequence, 1).await?;
            let sequence = end.head.sequence;
            let Some(entry) = newest.first().filter(|entry| entry.statement.sequence == sequence) else {
                return Ok(Anchored::Broken(organisation, Broken::Missing { sequence }));
            };
            if entry.statement.hash() != *end.head.hash || !platform.signer.verify(&end.head.hash, &entry.signature) {
                let what = "its hash or signature does not fit what it says";
                return Ok(Anchored::Broken(organisation, Broken::Changed { sequence, what }));
            }
            heads.push((organisation, end.head));
        }
    }
    Ok(Anchored::Yes(Anchor { keys: platform.signer.keys(), heads }))
}

/// How a chain falls short of a head that was written down.
async fn short_of(
    platform: &Platform,
    organisation: OrganisationId,
    end: &Head,
    written: &Head,
) -> Result<Option<Broken>> {
    if end.sequence < written.sequence {
        return Ok(Some(Broken::Missing { sequence: end.sequence + 1 }));
    }
    let sequence = written.sequence;
    let found = repo::audit::walk(platform.db.read(), SystemScope, organisation, sequence, 1).await?;
    let fits = found.first().is_some_and(|entry| entry.statement.sequence == sequence && entry.hash == written.hash);
    let what = "it is not the entry that was written down";
    Ok((!fits).then_some(Broken::Changed { sequence, what }))
}

/// What replacing the key did.
#[derive(Clone, Debug)]
pub struct Rotated {
    /// The public half of the key that signed so far.
    pub old: domain::audit::PublicKey,
    /// The public half of the key that signs from now on.
    pub new: domain::audit::PublicKey,
    /// How many chains say so.
    pub chains: u64,
}

/// Replaces the key that signs: each chain gets an entry, signed by the old key and by the new one, after which the new
/// one signs. Broken off at any point, it is finished by doing it again; servers that run meanwhile go on with the key
/// that the chains name.
///
/// # Errors
/// When the database or the key's file cannot be written.
pub async fn rotate_key(platform: &Platform) -> Result<Rotated> {
    let signer = &platform.signer;
    let old = signer.current().public();
    let next = signer.prepare_next(&platform.clock)?;
    let mut act = Act::begin(platform).await?;
    let mut chains = 0;
    // The installation's chain comes first by its id, as everywhere: a new chain waits for it and begins with the new key.
    let installation = SystemScope.acting_for(OrganisationId::INSTALLATION);
    chains += u64::from(act.hand_over(&installation, &next).await?);
    for (organisation, end) in repo::audit::ends(act.tx(), SystemScope).await? {
        if organisation != OrganisationId::INSTALLATION && end.head.sequence > 0 {
            chains += u64::from(act.hand_over(&SystemScope.acting_for(organisation), &next).await?);
        }
    }
    reseal(platform, &act, &next).await?;
    act.commit().await?;
    let new = next.public();
    signer.take_over(next).map_err(|error| {
        AppError::internal(format!(
            "the chains name the new key, but its file could not be put in place ({error}); try again"
        ))
    })?;
    Ok(Rotated { old, new, chains })
}

/// Seals the client secrets of all providers under the key that takes over. Those that a rotation broken off sealed
/// already stay as they are.
async fn reseal(platform: &Platform, act: &Act<'_>, next: &Key) -> Result<()> {
    for row in repo::providers::with_secrets(act.tx(), SystemScope).await? {
        let Some(sealed) = &row.client_secret else { continue };
        if sealing::open_with(next, row.id, sealed).is_ok() {
            continue;
        }
        let secret = sealing::open(&platform.signer, row.id, sealed)?;
        let scope = SystemScope.acting_for(OrganisationId(row.organisation_id));
        let sealed = sealing::seal(next, &platform.clock, row.id, &secret)?;
        let mut row = row.into_active_model();
        row.client_secret = Set(Some(sealed));
        repo::providers::update(act.tx(), scope, row).await?;
    }
    Ok(())
}
