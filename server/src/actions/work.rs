//! The job runner: claims jobs under a lease, runs them, tries again with back-off, gives up visibly. A job may run
//! twice (a kill, a lost lease) and does no harm then.

use super::judging::{standing, waiting};
use super::oidc::domains;
use super::{attempts, claim, deliver, findings, index, invitations, register_import, rescore, sign_in};
use crate::error::{AppError, Result};
use crate::platform::Platform;
use crate::repo::{self, SystemScope};
use domain::ids::{ImportId, MessageId, OrganisationId};
use entity::job;
use sea_orm::{ConnectionTrait, DbBackend};
use serde::Deserialize;
use std::future::Future;
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

/// Sends a message.
pub const DELIVER: &str = "deliver";
/// Brings the search indexes up to date.
pub const INDEX: &str = "index";
/// Mails the link that proves a mail domain.
pub const PROVE_DOMAIN: &str = "prove-domain";

/// Sends a short mail about a vendor's organisation.
pub const CLAIM_NOTE: &str = "claim_note";
/// Mails a member that something waits for their decision.
pub const DECISION_NOTE: &str = "decision_note";
/// Mails a sign-in link.
pub const MAIL_LINK: &str = "mail_link";
/// Writes down that a sign-in failed.
pub const SIGN_IN_FAILED: &str = "sign_in_failed";
/// Records what a newer version of a list says as the earlier one did.
pub const SAID_AGAIN: &str = "said_again";
/// Mails an invitation to become a member.
pub const INVITE: &str = "invite";

/// How long a runner may work on a job before another takes it for dead: longer than a mail server is waited for.
const LEASE: Duration = Duration::seconds(30);
/// Jobs claimed at once.
const CLAIM: u64 = 8;
/// Changes of the search indexes that are made together beyond these: as many as a lease leaves time for.
const TOGETHER: u64 = 64;
/// How long a change waits before the search engine is tried again.
const ENGINE_WAIT: Duration = Duration::seconds(5);
/// How often a runner looks without being rung.
const LOOK: std::time::Duration = std::time::Duration::from_secs(2);
/// Days that finished jobs are kept for whoever wonders.
const KEEP_DONE: Duration = Duration::days(7);

#[derive(Deserialize)]
struct DeliverPayload {
    message: MessageId,
}

#[derive(Deserialize)]
struct SaidAgainPayload {
    organisation: OrganisationId,
    import: ImportId,
}

/// Runs jobs until told to stop; the job at hand is finished first.
pub async fn run(platform: &Platform, stop: impl Future<Output = ()>) {
    let holder = platform.clock.id::<Uuid>().to_string();
    tokio::pin!(stop);
    if let Err(error) = take_over(platform).await {
        tracing::error!(%error, "taking over jobs of a runner that was killed");
    }
    if let Err(error) = standing::rebuild(platform, true, |_| {}).await {
        tracing::error!(%error, "adding up where engagements stand");
    }
    let mut swept = platform.clock.now();
    loop {
        match run_due(platform, &holder).await {
            Ok(0) => {
                if platform.clock.now() - swept > Duration::hours(1) {
                    swept = platform.clock.now();
                    sweep(platform).await;
                }
                tokio::select! {
                    () = &mut stop => return,
                    () = platform.jobs.wait(LOOK) => {}
                }
            }
            Ok(_) => {}
            Err(error) => {
                tracing::error!(%error, "claiming jobs");
                tokio::select! {
                    () = &mut stop => return,
                    () = tokio::time::sleep(LOOK) => {}
                }
            }
        }
    }
}

/// An embedded database has one server: whoever held jobs before this one is dead, and they need not wait for its lease.
async fn take_over(platform: &Platform) -> Result<()> {
    if platform.db.backend() == DbBackend::Sqlite {
        let transaction = platform.db.begin().await?;
        repo::jobs::release_all(&transaction, SystemScope).await?;
        platform.db.commit(transaction).await?;
    }
    Ok(())
}

async fn sweep(platform: &Platform) {
    let now = platform.clock.now();
    let swept = async {
        let transaction = platform.db.begin().await?;
        repo::jobs::forget_done(&transaction, SystemScope, now - KEEP_DONE).await?;
        repo::sessions::remove_expired(&transaction, SystemScope, now).await?;
        repo::providers::forget_pending(&transaction, SystemScope, now).await?;
        let longest = Duration::minutes(platform.config.limits.sign_in_failure_minutes).max(Duration::hours(1));
        repo::attempts::forget(&transaction, SystemScope, now - longest).await?;
        platform.db.commit(transaction).await
    };
    if let Err(error) = swept.await {
        tracing::warn!(%error, "sweeping finished jobs and sessions");
    }
    if let Err(error) = standing::look_daily(platform).await {
        tracing::warn!(%error, "looking after decisions");
    }
}

/// Runs everything whose turn has come; gives how many jobs that were.
///
/// # Errors
/// When the database fails.
pub async fn run_due(platform: &Platform, holder: &str) -> Result<usize> {
    let now = platform.clock.now();
    // Looking costs no write lock; claiming does.
    if !repo::jobs::is_due(platform.db.read(), SystemScope, now).await? {
        return Ok(0);
    }
    let transaction = platform.db.begin().await?;
    let mut jobs = repo::jobs::claim(&transaction, SystemScope, holder, LEASE, now, CLAIM).await?;
    if jobs.iter().any(|job| job.kind == INDEX) {
        let by = (holder, LEASE, now);
        jobs.extend(repo::jobs::claim_kind(&transaction, SystemScope, INDEX, by, TOGETHER).await?);
    }
    platform.db.commit(transaction).await?;
    let count = jobs.len();
    let (of_index, others): (Vec<_>, Vec<_>) = jobs.into_iter().partition(|job| job.kind == INDEX);
    for job in others {
        run_one(platform, holder, job).await?;
    }
    index_together(platform, holder, of_index).await?;
    Ok(count)
}

/// Runs jobs until none is left whose turn has come: for commands and tests, which have no runner beside them.
///
/// # Errors
/// When the database fails.
pub async fn drain(platform: &Platform) -> Result<()> {
    let holder = platform.clock.id::<Uuid>().to_string();
    while run_due(platform, &holder).await? > 0 {}
    Ok(())
}

/// Brings the indexes up to date for several jobs at once: what a commit costs does not grow with what is in it. Where that
/// fails each is tried by itself, so that none fails for another.
async fn index_together(platform: &Platform, holder: &str, jobs: Vec<job::Model>) -> Result<()> {
    if jobs.is_empty() {
        return Ok(());
    }
    let stale: serde_json::Result<Vec<index::Stale>> =
        jobs.iter().map(|job| serde_json::from_value(job.payload.clone())).collect();
    let outcome = match stale {
        Ok(stale) => {
            let mut all = index::Stale::default();
            stale.into_iter().for_each(|stale| all.add(stale));
            index::refresh(platform, &all).await
        }
        Err(error) => Err(error.into()),
    };
    let down = match outcome {
        Ok(()) => None,
        Err(AppError::SearchDown(reason)) => Some(reason),
        Err(_) => {
            for job in jobs {
                run_one(platform, holder, job).await?;
            }
            return Ok(());
        }
    };
    let now = platform.clock.now();
    let transaction = platform.db.begin().await?;
    for job in jobs {
        match &down {
            None => finished(&transaction, holder, &job, now).await?,
            Some(reason) => waits_for_engine(&transaction, holder, &job, reason, now).await?,
        }
    }
    platform.db.commit(transaction).await
}

async fn finished(tx: &impl ConnectionTrait, holder: &str, job: &job::Model, now: OffsetDateTime) -> Result<()> {
    metrics::counter!("candor_jobs_done_total", "kind" => job.kind.clone()).increment(1);
    if !repo::jobs::finish(tx, SystemScope, job.id, holder, now).await? {
        tracing::warn!(job = %job.id, kind = job.kind, "lease lost while the job ran");
    }
    Ok(())
}

/// No fault of the job: it waits, however long that takes, and its turns are not counted.
async fn waits_for_engine(
    tx: &impl ConnectionTrait,
    holder: &str,
    job: &job::Model,
    reason: &str,
    now: OffsetDateTime,
) -> Result<()> {
    tracing::debug!(reason, job = %job.id, "the search engine is waited for");
    Ok(repo::jobs::postpone(tx, SystemScope, job.id, holder, reason, now + ENGINE_WAIT).await?)
}

async fn run_one(platform: &Platform, holder: &str, job: job::Model) -> Result<()> {
    let outcome = match job.kind.as_str() {
        DELIVER => match serde_json::from_value::<DeliverPayload>(job.payload.clone()) {
            Ok(payload) => deliver::deliver(platform, payload.message).await,
            Err(error) => Err(error.into()),
        },
        SAID_AGAIN => match serde_json::from_value::<SaidAgainPayload>(job.payload.clone()) {
            Ok(payload) => register_import::catch_up(platform, payload.organisation, payload.import).await,
            Err(error) => Err(error.into()),
        },
        INDEX => match serde_json::from_value(job.payload.clone()) {
            Ok(stale) => index::refresh(platform, &stale).await,
            Err(error) => Err(error.into()),
        },
        findings::PROPOSE => match serde_json::from_value(job.payload.clone()) {
            Ok(payload) => findings::propose(platform, payload).await,
            Err(error) => Err(error.into()),
        },
        findings::FOLLOW => match serde_json::from_value(job.payload.clone()) {
            Ok(payload) => findings::follow(platform, payload).await,
            Err(error) => Err(error.into()),
        },
        rescore::RESCORE => match serde_json::from_value(job.payload.clone()) {
            Ok(payload) => rescore::go_on(platform, payload).await,
            Err(error) => Err(error.into()),
        },
        standing::OVERTAKEN => match serde_json::from_value(job.payload.clone()) {
            Ok(payload) => standing::mark(platform, payload).await,
            Err(error) => Err(error.into()),
        },
        CLAIM_NOTE => match serde_json::from_value(job.payload.clone()) {
            Ok(note) => claim::send_note(platform, note).await,
            Err(error) => Err(error.into()),
        },
        DECISION_NOTE => match serde_json::from_value(job.payload.clone()) {
            Ok(note) => waiting::send_note(platform, note).await,
            Err(error) => Err(error.into()),
        },
        PROVE_DOMAIN => match serde_json::from_value(job.payload.clone()) {
            Ok(payload) => domains::mail_proof(platform, payload).await,
            Err(error) => Err(error.into()),
        },
        MAIL_LINK => match serde_json::from_value(job.payload.clone()) {
            Ok(asked) => sign_in::mail_link(platform, asked).await,
            Err(error) => Err(error.into()),
        },
        SIGN_IN_FAILED => match serde_json::from_value(job.payload.clone()) {
            Ok(failed) => attempts::write_down(platform, failed).await,
            Err(error) => Err(error.into()),
        },
        INVITE => match serde_json::from_value(job.payload.clone()) {
            Ok(invite) => invitations::deliver(platform, &invite).await,
            Err(error) => Err(error.into()),
        },
        other => Err(AppError::internal(format!("no job of kind {other}"))),
    };
    let now = platform.clock.now();
    let transaction = platform.db.begin().await?;
    let mut given_up = None;
    match outcome {
        Ok(()) => finished(&transaction, holder, &job, now).await?,
        Err(AppError::SearchDown(reason)) => waits_for_engine(&transaction, holder, &job, &reason, now).await?,
        Err(error) => {
            metrics::counter!("candor_jobs_failed_total", "kind" => job.kind.clone()).increment(1);
            let again = job.attempts < platform.config.limits.job_attempts;
            let next = again.then(|| now + back_off(job.attempts));
            tracing::warn!(%error, job = %job.id, kind = job.kind, attempts = job.attempts, again, "job failed");
            let error = error.to_string();
            repo::jobs::fail(&transaction, SystemScope, job.id, holder, &error, next, now).await?;
            if !again {
                given_up = Some(error);
            }
        }
    }
    platform.db.commit(transaction).await?;
    match (given_up, job.kind.as_str()) {
        (Some(reason), DELIVER) => {
            let payload: DeliverPayload = serde_json::from_value(job.payload)?;
            deliver::give_up(platform, payload.message, &reason).await
        }
        (Some(_), rescore::RESCORE) => rescore::give_up(platform, serde_json::from_value(job.payload)?).await,
        (Some(_), INDEX) => {
            if let Err(error) = index::doubt(platform, &serde_json::from_value(job.payload)?).await {
                tracing::error!(%error, job = %job.id, "the search index lacks a change, and is not filled anew");
            }
            Ok(())
        }
        (Some(reason), INVITE) => invitations::give_up(platform, &serde_json::from_value(job.payload)?, reason).await,
        _ => Ok(()),
    }
}

/// 2, 4, 8 ... seconds, at most an hour.
fn back_off(attempts: i64) -> Duration {
    Duration::seconds(2i64.saturating_pow(u32::try_from(attempts).unwrap_or(12).min(12)).min(3_600))
}
