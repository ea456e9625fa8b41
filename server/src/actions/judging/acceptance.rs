//! Asking for a risk to be accepted, approving that, refusing it, taking it back.

use super::inherent::is_person;
use super::world::World;
use super::{party, said, standing, waiting};
use crate::actions::{Act, Buyer};
use crate::error::{AppError, Result};
use crate::platform::Platform;
use crate::repo;
use domain::answer::iso_date;
use domain::ids::{EngagementId, MemberId};
use domain::judging::acceptance::{Acceptance, Asked, NotApproved, Scope};
use domain::problem::{Problem, Problems};
use entity::{acceptance_approval, acceptance_finding, acceptance_standing, risk_acceptance};
use sea_orm::Set;
use serde_json::json;
use std::collections::BTreeSet;
use time::Date;
use uuid::Uuid;

/// What is asked for.
#[derive(Clone, Debug, Default)]
pub struct NewAcceptance {
    /// Findings by id; empty for the residual risk of the engagement.
    pub findings: BTreeSet<Uuid>,
    /// Why.
    pub reason: String,
    /// Under which conditions; blank ones are left out.
    pub conditions: Vec<String>,
    /// The last day on which it is to hold.
    pub expires_on: Option<Date>,
}

/// Asks for an acceptance of what is so now.
///
/// # Errors
/// [`AppError::Invalid`] as [`Acceptance::ask`], and at `scope`: `unscored`, `score-overtaken` where no stored score is there
/// to rest on; at `conditions`: `too-many`.
pub async fn ask(platform: &Platform, by: &Buyer, id: EngagementId, new: &NewAcceptance) -> Result<Uuid> {
    let mut act = Act::begin(platform).await?;
    repo::vendors::hold_engagement(act.tx(), by.scope, id).await?.ok_or(AppError::NotFound)?;
    if let Some(made) = act.done_before(by).await? {
        return Ok(made);
    }
    let world = World::read(platform, act.tx(), by.scope, id).await?;
    let mut problems = Vec::new();
    let reason = said(platform, "reason", &new.reason).map_err(|problem| problems.push(problem)).unwrap_or_default();
    let (mut conditions, most) = (Vec::new(), platform.config.limits.conditions);
    let given = new.conditions.iter().filter(|condition| !condition.trim().is_empty());
    if given.clone().count() > most {
        problems.push(Problem::new("conditions", "too-many").with("most", most));
    }
    for condition in given.take(most) {
        match said(platform, "conditions", condition) {
            Ok(condition) => conditions.push(condition),
            Err(problem) => problems.push(problem),
        }
    }
    if new.expires_on.is_none() {
        problems.push(Problem::new("expires_on", "required"));
    }
    Problems::none_or(problems, ())?;
    let (Some(now), Some(stored)) = (world.now(), &world.stored) else {
        return Err(Problem::new("scope", "unscored").into());
    };
    if !world.is_current {
        return Err(Problem::new("scope", "score-overtaken").into());
    }
    let scope = if new.findings.is_empty() {
        Scope::Residual
    } else {
        Scope::Findings { findings: new.findings.iter().map(Uuid::to_string).collect() }
    };
    let asked = Asked { scope, reason, conditions, expires_on: new.expires_on.unwrap_or(world.today) };
    let party = party(act.tx(), by.scope, by.actor).await?;
    let asked = Acceptance::ask(&crate::actions::content::JUDGING, asked, &now, party)?;
    let acceptance: Uuid = platform.clock.id();
    let row = risk_acceptance::ActiveModel {
        id: Set(acceptance),
        organisation_id: Set(by.scope.organisation().0),
        engagement_id: Set(id.0),
        score_id: Set(stored.id),
        scope: Set(if asked.scope == Scope::Residual { "residual" } else { "findings" }.to_owned()),
        reason: Set(asked.reason.clone()),
        conditions: Set(json!(asked.conditions)),
        expires_on: Set(asked.expires_on),
        residual: Set(asked.basis.residual),
        rating: Set(asked.basis.rating.clone()),
        basis: Set(serde_json::to_value(&asked.basis)?),
        approvers: Set(i64::from(asked.approvers)),
        asked_at: Set(act.now),
        asked_by: Set(serde_json::to_value(asked.asked_by)?),
    };
    repo::decisions::add_acceptance(act.tx(), by.scope, row).await?;
    let standing = acceptance_standing::ActiveModel {
        organisation_id: Set(by.scope.organisation().0),
        acceptance_id: Set(acceptance),
        engagement_id: Set(id.0),
        standing: Set("waiting".to_owned()),
        looked_at: Set(act.now),
    };
    repo::decisions::add_acceptance_standing(act.tx(), by.scope, standing).await?;
    for finding in &new.findings {
        let row = acceptance_finding::ActiveModel {
            acceptance_id: Set(acceptance),
            finding_id: Set(*finding),
            organisation_id: Set(by.scope.organisation().0),
        };
        repo::decisions::add_acceptance_finding(act.tx(), by.scope, row).await?;
    }
    let details = json!({
        "acceptance": acceptance, "scope": asked.scope, "reason": asked.reason, "conditions": asked.conditions,
        "expires_on": iso_date::write(asked.expires_on), "residual": asked.basis.residual, "rating": asked.basis.rating,
        "approvers": asked.approvers, "score": stored.id,
    });
    act.record(&by.scope, by.actor, "acceptance.asked", ("engagement", id.0), &details);
    let role = crate::actions::content::JUDGING.authority(&asked.basis.rating).role;
    waiting::tell_of_acceptance(platform, &mut act, by, id, (acceptance, asked.asked_by, role)).await?;
    standing::refresh(&mut act, by.scope, id).await?;
    act.remember(by, acceptance).await?;
    act.commit().await?;
    Ok(acceptance)
}

/// What somebody says of an acceptance that was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Word {
    /// The risk is accepted.
    Approved,
    /// It is not.
    Refused,
    /// It is taken back.
    Withdrawn,
}

impl Word {
    /// All of them, with their names in the database, forms and the API.
    pub const ALL: [(Self, &'static str); 3] =
        [(Self::Approved, "approved"), (Self::Refused, "refused"), (Self::Withdrawn, "withdrawn")];

    /// Its name.
    pub fn name(self) -> &'static str {
        Self::ALL.iter().find(|(word, _)| *word == self).map_or("", |(_, name)| name)
    }

    /// The word of that name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().find(|(_, known)| *known == name).map(|(word, _)| *word)
    }
}

/// Approves, refuses or withdraws an acceptance.
///
/// # Errors
/// [`AppError::Forbidden`] for a program, and for whoever lacks the role that it takes; [`AppError::OwnWork`] for whoever
/// asked for it or has approved it; [`AppError::NotNow`] when it does not wait for approval, or was ended;
/// [`AppError::Invalid`] at `reason`: `required` for all but an approval.
pub async fn say(platform: &Platform, by: &Buyer, acceptance: Uuid, word: Word, reason: &str) -> Result<()> {
    let Some(member) = by.actor.id().filter(|_| is_person(by.actor)) else { return Err(AppError::Forbidden) };
    let mut act = Act::begin(platform).await?;
    let row = repo::decisions::acceptance(act.tx(), by.scope, acceptance).await?.ok_or(AppError::NotFound)?;
    let id = EngagementId(row.engagement_id);
    repo::vendors::hold_engagement(act.tx(), by.scope, id).await?.ok_or(AppError::NotFound)?;
    if act.done_before(by).await?.is_some() {
        return Ok(());
    }
    let reason = said(platform, "reason", reason).map_err(Problems::one)?;
    let world = World::read(platform, act.tx(), by.scope, id).await?;
    let accepted = world.acceptances.iter().find(|accepted| accepted.row.id == acceptance).ok_or(AppError::NotFound)?;
    if accepted.acceptance.ended.is_some() {
        return Err(AppError::NotNow("acceptance_ended"));
    }
    if word == Word::Approved {
        let now = world.now().ok_or(AppError::NotNow("unscored"))?;
        let known = repo::people::member(act.tx(), by.scope, MemberId(member)).await?.ok_or(AppError::Forbidden)?;
        let authority = crate::actions::content::JUDGING.authority(&accepted.acceptance.basis.rating);
        let party = party(act.tx(), by.scope, by.actor).await?;
        accepted.acceptance.approved(party, &known.roles, &authority, &now).map_err(|why| match why {
            NotApproved::OwnWork => AppError::OwnWork("acceptance"),
            NotApproved::Role => AppError::Forbidden,
            NotApproved::NotWaiting(_) => AppError::NotNow("acceptance_not_waiting"),
        })?;
    } else if reason.is_empty() {
        return Err(Problem::new("reason", "required").into());
    }
    let approval: Uuid = platform.clock.id();
    let row = acceptance_approval::ActiveModel {
        id: Set(approval),
        organisation_id: Set(by.scope.organisation().0),
        acceptance_id: Set(acceptance),
        number: Set(accepted.approvals.last().map_or(0, |row| row.number) + 1),
        verdict: Set(word.name().to_owned()),
        reason: Set(Some(reason.clone()).filter(|reason| !reason.is_empty())),
        recorded_at: Set(act.now),
        recorded_by: Set(member),
    };
    repo::decisions::add_approval(act.tx(), by.scope, row).await?;
    let details = json!({ "acceptance": acceptance, "reason": reason });
    act.record(&by.scope, by.actor, &format!("acceptance.{}", word.name()), ("engagement", id.0), &details);
    standing::refresh(&mut act, by.scope, id).await?;
    act.remember(by, acceptance).await?;
    act.commit().await
}
