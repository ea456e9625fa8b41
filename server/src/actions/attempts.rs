//! Attempts at signing in: how many an account may have, and how failed ones are told.
//!
//! Whether there is such an account makes no difference to who asks: what differs is done by a job, afterwards.

use super::sign_in::{SignedIn, chains};
use super::{Act, Actor, Job, work};
use crate::error::{AppError, Result};
use crate::platform::{Platform, origin};
use crate::repo::attempts::Way;
use crate::repo::{self, SystemScope};
use domain::ids::{OrganisationId, PersonId};
use serde::{Deserialize, Serialize};
use serde_json::json;
use sha2::{Digest, Sha256};
use time::Duration;
use uuid::Uuid;

/// An account as attempts are counted by: a hash that nobody without the installation's key can try addresses on, since
/// most of those tried belong to nobody here.
#[derive(Clone, Debug)]
pub(super) struct Account(Vec<u8>);

impl Account {
    /// Of an address in lower case.
    pub(super) fn of(platform: &Platform, email: &str) -> Self {
        let keyed = platform.signer.current().sign(format!("candor sign-in attempts of {email}").as_bytes());
        Self(Sha256::digest(keyed).to_vec())
    }
}

/// Begins an attempt, which counts as failed until it is known to have succeeded: as many at once as one after another.
///
/// # Errors
/// [`AppError::TooMany`] when too many failed of late.
pub(super) async fn try_account(platform: &Platform, account: &Account, way: Way) -> Result<Uuid> {
    let limits = &platform.config.limits;
    let now = platform.clock.now();
    let since = now - Duration::minutes(limits.sign_in_failure_minutes);
    let too_many = || AppError::TooMany { retry_after: seconds(Duration::minutes(limits.sign_in_failure_minutes)) };
    let failures = async || repo::attempts::failures(platform.db.read(), SystemScope, &account.0, since).await;
    if failures().await? >= limits.sign_in_failures {
        return Err(too_many());
    }
    let id = platform.clock.id();
    let act = Act::begin(platform).await?;
    repo::attempts::add(act.tx(), SystemScope, id, (&account.0, way, true), now).await?;
    act.commit().await?;
    // Counted again, with whatever came at the same time.
    if failures().await? > limits.sign_in_failures { Err(too_many()) } else { Ok(id) }
}

/// Counts a mail to an account.
///
/// # Errors
/// [`AppError::TooMany`] when too many were asked for of late.
pub(super) async fn count_mail(platform: &Platform, act: &Act<'_>, account: &Account) -> Result<()> {
    let hour = Duration::hours(1);
    let mailed = repo::attempts::mails(act.tx(), SystemScope, &account.0, act.now - hour).await?;
    if mailed >= platform.config.limits.sign_in_mails_per_hour {
        return Err(AppError::TooMany { retry_after: seconds(hour) });
    }
    let attempt = (account.0.as_slice(), Way::Mail, false);
    Ok(repo::attempts::add(act.tx(), SystemScope, platform.clock.id(), attempt, act.now).await?)
}

fn seconds(duration: Duration) -> u64 {
    u64::try_from(duration.whole_seconds()).unwrap_or(1)
}

/// A sign-in that failed, on its way into the audit log.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Failed {
    person: Option<PersonId>,
    way: String,
    reason: String,
    address: Option<String>,
}

/// Has a failed sign-in written down: of a known person in the chains of their organisations, of nobody known in the
/// installation's. A job does it, so that the answer does not take longer for somebody known.
pub(super) async fn failed(platform: &Platform, person: Option<PersonId>, way: &str, reason: &str) -> Result<()> {
    let failed = Failed { person, way: way.to_owned(), reason: reason.to_owned(), address: origin::address() };
    let mut act = Act::begin(platform).await?;
    let payload = serde_json::to_value(failed)?;
    act.enqueue(Job { kind: work::SIGN_IN_FAILED, payload, dedupe_key: None }).await?;
    act.commit().await
}

/// Writes a failed sign-in down.
pub(super) async fn write_down(platform: &Platform, failed: Failed) -> Result<()> {
    let Failed { person, way, reason, address } = failed;
    origin::with(address.unwrap_or_default(), async {
        metrics::counter!("candor_sign_ins_failed_total", "way" => way.clone()).increment(1);
        let mut act = Act::begin(platform).await?;
        let rows = match person {
            Some(person) => chains(&act, SignedIn { person, only_member: None }).await?,
            None => Vec::new(),
        };
        if rows.is_empty() {
            nobody_known(platform, &mut act, &way).await?;
        }
        for row in rows {
            let scope = SystemScope.acting_for(OrganisationId(row.organisation_id));
            let details = json!({ "way": way, "reason": reason });
            act.record(&scope, Actor::System, "member.sign_in_failed", ("member", row.id), &details);
        }
        act.commit().await
    })
    .await
}

/// Notes that somebody who is known nowhere wanted to sign in; without the mail address that they gave.
pub(super) async fn nobody_known(platform: &Platform, act: &mut Act<'_>, way: &str) -> Result<()> {
    metrics::counter!("candor_sign_ins_unknown_total", "way" => way.to_owned()).increment(1);
    if platform.unknown_sign_ins.take(act.now, platform.config.limits.unknown_sign_ins_per_minute) {
        let (scope, id) = (SystemScope.acting_for(OrganisationId::INSTALLATION), OrganisationId::INSTALLATION.0);
        act.record(&scope, Actor::System, "sign_in.unknown", ("organisation", id), &json!({ "way": way }));
    }
    Ok(())
}

/// Whoever uses a link, as often as it does not work: bounded like passwords, and told to those whom it concerns.
pub(super) async fn link_failed(platform: &Platform, person: PersonId, reason: &str) -> Result<()> {
    let row = repo::people::person(platform.db.read(), SystemScope, person).await?.ok_or(AppError::Unauthenticated)?;
    try_account(platform, &Account::of(platform, &row.email), Way::Mail).await?;
    failed(platform, Some(person), "mail", reason).await
}
