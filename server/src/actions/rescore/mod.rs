//! Stored scores computed anew: started by an administrator, and when a version of the policy comes into force. A run goes
//! through the engagements in steps; each commits its scores together with where it is, so that whatever stops a run, it
//! goes on there.

mod compute;
mod step;

use super::judging::party;
use super::{Act, Buyer, Job, content};
use crate::error::{AppError, Result};
use crate::platform::Platform;
use crate::repo::{self, BuyerScope};
use compute::{Worked, work};
use domain::ids::{OrganisationId, PolicyId};
use domain::scoring::Policy;
use entity::rescore_run;
use sea_orm::Set;
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::sync::Arc;
use std::time::Duration;
use step::{read, write};
use uuid::Uuid;

/// Goes on with a run.
pub const RESCORE: &str = "rescore";

/// How long a run goes on before other jobs have their turn: well within a lease.
const TURN: Duration = Duration::from_secs(3);

/// What the job works on.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct Payload {
    /// Whose.
    pub organisation: OrganisationId,
    /// Which.
    pub run: Uuid,
}

/// Starts a run, or gives the one that is under way.
///
/// # Errors
/// When the database fails.
pub async fn start(platform: &Platform, by: &Buyer) -> Result<Uuid> {
    let mut act = Act::begin(platform).await?;
    if let Some(made) = act.done_before(by).await? {
        return Ok(made);
    }
    let (policy, _) = content::policy_in_force(act.tx(), by.scope).await?;
    let id = match repo::rescores::running(act.tx(), by.scope).await? {
        Some(running) => running.id,
        None => begin(platform, &mut act, by, PolicyId(policy.id)).await?,
    };
    act.remember(by, id).await?;
    act.commit().await?;
    Ok(id)
}

/// Begins a run in an action under way; one by another policy that is under way is stopped.
///
/// # Errors
/// [`AppError::Busy`] when somebody else starts one at this very moment.
pub(super) async fn begin(platform: &Platform, act: &mut Act<'_>, by: &Buyer, policy: PolicyId) -> Result<Uuid> {
    if let Some(running) = repo::rescores::running(act.tx(), by.scope).await? {
        repo::rescores::set_state(act.tx(), by.scope, running.id, "stopped", act.now).await?;
        ended(act, by, &running, "scores.run_stopped");
    }
    let id: Uuid = platform.clock.id();
    let total = repo::rescores::count(act.tx(), by.scope).await?;
    let row = rescore_run::ActiveModel {
        id: Set(id),
        organisation_id: Set(by.scope.organisation().0),
        policy_id: Set(policy.0),
        state: Set("running".to_owned()),
        total: Set(i64::try_from(total).map_err(AppError::internal)?),
        scored: Set(0),
        unscored: Set(0),
        after_id: Set(None),
        started_at: Set(act.now),
        started_by: Set(serde_json::to_value(party(act.tx(), by.scope, by.actor).await?)?),
        changed_at: Set(act.now),
        ended_at: Set(None),
    };
    if let Err(error) = repo::rescores::add(act.tx(), by.scope, row).await {
        let is_second = crate::platform::db::Db::is_duplicate(&error);
        return Err(if is_second { AppError::Busy } else { error.into() });
    }
    let details = json!({ "policy": policy, "engagements": total });
    act.record(&by.scope, by.actor, "scores.run_started", ("rescore_run", id), &details);
    enqueue(act, by.scope, id).await?;
    Ok(id)
}

async fn enqueue(act: &mut Act<'_>, scope: BuyerScope, run: Uuid) -> Result<()> {
    let payload = serde_json::to_value(Payload { organisation: scope.organisation(), run })?;
    act.enqueue(Job { kind: RESCORE, payload, dedupe_key: None }).await
}

/// Stops a run; what it has scored stays.
///
/// # Errors
/// [`AppError::NotNow`] when it is not under way.
pub async fn stop(platform: &Platform, by: &Buyer, id: Uuid) -> Result<()> {
    let mut act = Act::begin(platform).await?;
    let run = repo::rescores::hold(act.tx(), by.scope, id).await?.ok_or(AppError::NotFound)?;
    if act.done_before(by).await?.is_some() {
        return Ok(());
    }
    if run.state != "running" {
        return Err(AppError::NotNow("run_not_running"));
    }
    repo::rescores::set_state(act.tx(), by.scope, id, "stopped", act.now).await?;
    ended(&mut act, by, &run, "scores.run_stopped");
    act.remember(by, id).await?;
    act.commit().await
}

/// Lets a run that was stopped go on where it is.
///
/// # Errors
/// [`AppError::NotNow`] when it was not stopped, when another one is under way, or when its policy is not in force any more.
pub async fn resume(platform: &Platform, by: &Buyer, id: Uuid) -> Result<()> {
    let mut act = Act::begin(platform).await?;
    let run = repo::rescores::hold(act.tx(), by.scope, id).await?.ok_or(AppError::NotFound)?;
    if act.done_before(by).await?.is_some() {
        return Ok(());
    }
    if run.state != "stopped" {
        return Err(AppError::NotNow("run_not_stopped"));
    }
    if repo::rescores::running(act.tx(), by.scope).await?.is_some() {
        return Err(AppError::NotNow("run_already_running"));
    }
    let policy = repo::policies::current(act.tx(), by.scope).await?;
    if policy.is_none_or(|policy| policy.id != run.policy_id) {
        return Err(AppError::NotNow("run_of_older_policy"));
    }
    repo::rescores::set_state(act.tx(), by.scope, id, "running", act.now).await?;
    ended(&mut act, by, &run, "scores.run_resumed");
    enqueue(&mut act, by.scope, id).await?;
    act.remember(by, id).await?;
    act.commit().await
}

/// Writes down how far a run was when something became of it.
fn ended(act: &mut Act<'_>, by: &Buyer, run: &rescore_run::Model, action: &str) {
    let details = json!({ "total": run.total, "scored": run.scored, "unscored": run.unscored });
    act.record(&by.scope, by.actor, action, ("rescore_run", run.id), &details);
}

/// A run whose job was given up: stopped, so that somebody sees it and can let it go on.
///
/// # Errors
/// When the database fails.
pub async fn give_up(platform: &Platform, payload: Payload) -> Result<()> {
    match stop(platform, &Buyer::system(payload.organisation), payload.run).await {
        Err(AppError::NotNow(_) | AppError::NotFound) => Ok(()),
        other => other,
    }
}

/// Goes on with a run until its turn is over or it is done. While one step is scored the next is read and the one before
/// written.
///
/// # Errors
/// When the database fails; then the run stands where the last step has left it.
pub async fn go_on(platform: &Platform, payload: Payload) -> Result<()> {
    let by = Buyer::system(payload.organisation);
    let db = platform.db.read();
    let Some(run) = repo::rescores::get(db, by.scope, payload.run).await? else { return Ok(()) };
    if run.state != "running" {
        return Ok(());
    }
    let policy = repo::policies::get(db, by.scope, PolicyId(run.policy_id)).await?;
    let policy = policy.ok_or_else(|| AppError::internal("the policy of a run is gone"))?;
    let policy = Arc::new(Policy::parse(&policy.document).map_err(AppError::internal)?);
    let started = platform.clock.now();
    let mut at = Standing { run, is_under_way: true };
    let mut next = Some(read(platform, by.scope, (&at.run, &policy), at.run.after_id).await?);
    let mut worked: Option<Worked> = None;
    while let Some(batch) = next.take() {
        let goes_on = !batch.is_last() && platform.clock.now() - started < TURN;
        let (run, last) = (at.run.clone(), batch.last());
        let scoring = work(batch);
        let reading = async {
            if goes_on { Some(read(platform, by.scope, (&run, &policy), last).await).transpose() } else { Ok(None) }
        };
        let writing = put(platform, &by, &mut at, worked.take());
        let (scored, read, written) = tokio::join!(scoring, reading, writing);
        written?;
        if !at.is_under_way {
            return Ok(());
        }
        worked = Some(scored?);
        next = read?;
    }
    put(platform, &by, &mut at, worked).await?;
    if at.is_under_way && at.run.state == "running" {
        let mut act = Act::begin(platform).await?;
        enqueue(&mut act, by.scope, payload.run).await?;
        act.commit().await?;
    }
    Ok(())
}

/// A run as its own steps have left it.
struct Standing {
    run: rescore_run::Model,
    /// Nobody has stopped it, and nobody else goes on with it.
    is_under_way: bool,
}

async fn put(platform: &Platform, by: &Buyer, at: &mut Standing, worked: Option<Worked>) -> Result<()> {
    let Some(worked) = worked.filter(|_| at.is_under_way) else { return Ok(()) };
    at.is_under_way = write(platform, by, &mut at.run, worked).await?;
    Ok(())
}
