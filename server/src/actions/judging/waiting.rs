//! What waits for somebody's decision, and the mails that say so.

use super::party;
use crate::actions::content::JUDGING;
use crate::actions::note::{self, Note};
use crate::actions::unit::Job;
use crate::actions::{Act, Actor, Buyer, work};
use crate::error::Result;
use crate::platform::Platform;
use crate::repo::decisions::Written;
use crate::repo::{self, BuyerScope, SystemScope};
use domain::access::{Permission, Role, Roles};
use domain::ids::{EngagementId, MemberId, OrganisationId, PersonId};
use domain::judging::party::Party;
use domain::register::By;
use entity::risk_acceptance;
use sea_orm::ConnectionTrait;
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use time::Date;
use uuid::Uuid;

/// The mail that says that an acceptance waits.
const ACCEPTANCE: &str = "acceptance_waits";
/// The mail that says that an impact assessment waits.
const IMPACT: &str = "impact_waits";

/// What waits for a decision.
#[derive(Clone, Debug, Default)]
pub struct Waiting {
    /// Acceptances that were asked for, the oldest first, with how many approvals are missing.
    pub acceptances: Vec<(risk_acceptance::Model, i64)>,
    /// The newest versions of impact assessments, each not approved.
    pub impacts: Vec<Written>,
}

impl Waiting {
    /// How much that is.
    pub fn count(&self) -> usize {
        self.acceptances.len() + self.impacts.len()
    }
}

/// What waits for somebody with these roles: an acceptance where they have the role that its rating takes, neither asked for
/// it nor approved it; an impact assessment of which they wrote no version. A program, which decides nothing, is told what
/// waits for persons with its role.
///
/// # Errors
/// When the database fails.
pub async fn waiting(
    db: &impl ConnectionTrait,
    scope: BuyerScope,
    (actor, roles): (Actor, &Roles),
    today: Date,
) -> Result<Waiting> {
    if !roles.may(Permission::Decide) {
        return Ok(Waiting::default());
    }
    let judge = match actor {
        Actor::Member(_) => Some(party(db, scope, actor).await?),
        _ => None,
    };
    let may_judge = |did: &[Party]| judge.is_none_or(|judge| judge.may_judge(did));
    let asked = repo::decisions::acceptances_asked(db, scope, today).await?;
    let written = repo::decisions::impacts_written(db, scope).await?;
    let concerned = asked.iter().map(|row| row.engagement_id).chain(written.iter().map(|row| row.engagement_id));
    let concerned: Vec<EngagementId> = concerned.collect::<BTreeSet<_>>().into_iter().map(EngagementId).collect();
    let ended = repo::profiles::ended(db, scope, &concerned).await?;

    let ids: Vec<Uuid> = asked.iter().map(|row| row.id).collect();
    let mut approved: BTreeMap<Uuid, Vec<Party>> = BTreeMap::new();
    let approvals = repo::decisions::approvals(db, scope, &ids).await?;
    let members = match approvals.is_empty() {
        true => Vec::new(),
        false => repo::people::everybody(db, SystemScope.acting_for(scope.organisation())).await?,
    };
    let persons: BTreeMap<MemberId, PersonId> = members.iter().map(|member| (member.id, member.person)).collect();
    for row in approvals {
        let id = MemberId(row.recorded_by);
        let by = Party { by: By::Member(id), person: persons.get(&id).copied() };
        approved.entry(row.acceptance_id).or_default().push(by);
    }
    let mut found = Waiting::default();
    for row in asked {
        let mut did = approved.remove(&row.id).unwrap_or_default();
        let missing = row.approvers - i64::try_from(did.len()).unwrap_or(i64::MAX);
        did.push(serde_json::from_value(row.asked_by.clone())?);
        let has_role = roles.has(JUDGING.authority(&row.rating).role);
        if has_role && may_judge(&did) && !ended.contains(&row.engagement_id) {
            found.acceptances.push((row, missing));
        }
    }
    let mut versions: BTreeMap<Uuid, Vec<Written>> = BTreeMap::new();
    for row in written {
        versions.entry(row.engagement_id).or_default().push(row);
    }
    for (engagement, mut rows) in versions {
        let wrote = rows.iter().map(|row| serde_json::from_value(row.written_by.clone()));
        let wrote: Vec<Party> = wrote.collect::<Result<_, _>>()?;
        let Some(row) = rows.pop() else { continue };
        if may_judge(&wrote) && !ended.contains(&engagement) {
            found.impacts.push(row);
        }
    }
    found.impacts.sort_by_key(|row| row.id);
    Ok(found)
}

/// What a queued mail says to whom. Nothing of the risk is in it.
#[derive(Debug, Serialize, Deserialize)]
pub struct DecisionNote {
    note: Uuid,
    purpose: String,
    organisation: OrganisationId,
    to: MemberId,
    engagement: EngagementId,
    /// The acceptance, or the version of the impact assessment.
    about: Uuid,
}

/// Queues a mail to each member who may approve an acceptance that was asked for.
pub(super) async fn tell_of_acceptance(
    platform: &Platform,
    act: &mut Act<'_>,
    by: &Buyer,
    engagement: EngagementId,
    (acceptance, asked_by, role): (Uuid, Party, Role),
) -> Result<()> {
    tell(platform, act, by, engagement, (ACCEPTANCE, acceptance), &[asked_by], |roles| roles.has(role)).await
}

/// Queues a mail to each member who may approve an impact assessment that these wrote.
pub(super) async fn tell_of_impact(
    platform: &Platform,
    act: &mut Act<'_>,
    by: &Buyer,
    engagement: EngagementId,
    (version, wrote): (Uuid, &[Party]),
) -> Result<()> {
    tell(platform, act, by, engagement, (IMPACT, version), wrote, |_| true).await
}

async fn tell(
    platform: &Platform,
    act: &mut Act<'_>,
    by: &Buyer,
    engagement: EngagementId,
    (purpose, about): (&str, Uuid),
    did: &[Party],
    has_role: impl Fn(&Roles) -> bool,
) -> Result<()> {
    let everybody = SystemScope.acting_for(by.scope.organisation());
    for member in repo::people::members(act.tx(), everybody).await? {
        let party = Party { by: By::Member(member.id), person: Some(member.person) };
        if !member.roles.may(Permission::Decide) || !has_role(&member.roles) || !party.may_judge(did) {
            continue;
        }
        let queued = DecisionNote {
            note: platform.clock.id(),
            purpose: purpose.to_owned(),
            organisation: member.organisation,
            to: member.id,
            engagement,
            about,
        };
        act.enqueue(Job { kind: work::DECISION_NOTE, payload: json!(queued), dedupe_key: None }).await?;
    }
    Ok(())
}

/// Sends it, where the thing still waits for whom it is to: for the job.
///
/// # Errors
/// When the mail server refuses: the job is tried again.
pub async fn send_note(platform: &Platform, queued: DecisionNote) -> Result<()> {
    let (db, scope) = (platform.db.read(), SystemScope.acting_for(queued.organisation));
    let member = repo::people::member(db, scope, queued.to).await?.filter(|member| member.removed_at.is_none());
    let (Some(member), Some(organisation)) = (member, repo::organisations::own(db, scope).await?) else {
        return Ok(());
    };
    let whose = (Actor::Member(member.id), &member.roles);
    let waiting = waiting(db, scope, whose, platform.clock.today()).await?;
    // A newer version of an impact assessment waits in the place of the one before.
    let still_waits = if queued.purpose == IMPACT {
        waiting.impacts.iter().any(|row| row.engagement_id == queued.engagement.0)
    } else {
        waiting.acceptances.iter().any(|(row, _)| row.id == queued.about)
    };
    if !still_waits {
        return Ok(());
    }
    let (purpose, page) = if queued.purpose == IMPACT {
        (IMPACT, "impact".to_owned())
    } else {
        (ACCEPTANCE, format!("acceptances#a-{}", queued.about))
    };
    let note = Note {
        id: queued.note,
        purpose,
        to_name: member.name,
        to_address: member.email,
        values: [("organisation", organisation.name)].into(),
        link: format!("{}/engagements/{}/{page}", platform.public_url, queued.engagement),
    };
    note::send(platform, &note).await
}
