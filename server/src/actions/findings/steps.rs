//! Steps in the life of a finding, by either side.

use super::tell::tell;
use super::{effort, has_rules, into_row, of_row, said_now, severity};
use crate::actions::content::JUDGING;
use crate::actions::judging::{party, party_of, said, standing};
use crate::actions::{Act, Buyer, Vendor, index};
use crate::error::{AppError, Result};
use crate::platform::Platform;
use crate::repo::{self, BuyerScope};
use domain::ids::{AssessmentId, ContactId, EngagementId, FindingId};
use domain::judging::finding::{Action, Finding, Plan, Refused, State, Step, Terms};
use domain::judging::party::Party;
use domain::problem::{Problem, Problems};
use domain::register::By;
use entity::{finding, finding_step};
use sea_orm::Set;
use serde_json::json;
use time::Date;
use uuid::Uuid;

/// Characters that a title may have.
pub const LONGEST_TITLE: usize = 300;

/// A corrective action as somebody wants it.
#[derive(Clone, Debug)]
pub struct WantedAction {
    /// What removes the cause.
    pub what: String,
    /// Who does it, on the vendor's side; whoever plans where nobody is named.
    pub owner: Option<ContactId>,
    /// By when.
    pub due_on: Date,
}

/// A step as somebody wants it.
#[derive(Clone, Debug)]
pub enum Wanted {
    /// Show it to the vendor, perhaps in other words.
    Raise {
        /// Another title.
        title: Option<String>,
        /// What is not as it should be.
        description: Option<String>,
    },
    /// It is none.
    Dismiss {
        /// Why.
        reason: String,
    },
    /// What the vendor does about it.
    Plan {
        /// Why, and why that, and so on.
        whys: Vec<String>,
        /// What puts the case itself right.
        correction: String,
        /// What keeps it from coming again.
        actions: Vec<WantedAction>,
    },
    /// The plan is agreed to.
    Agree,
    /// Another plan is wanted.
    SendBack {
        /// Why.
        reason: String,
    },
    /// An action is done.
    Act {
        /// Its position in the plan.
        action: usize,
        /// What was done.
        note: String,
        /// SHA-256 of files that show it.
        evidence: Vec<String>,
    },
    /// All is done.
    Report {
        /// What was achieved.
        note: String,
    },
    /// It helped.
    Verify {
        /// How that was seen.
        note: String,
    },
    /// It did not help.
    NotEffective {
        /// Why.
        reason: String,
    },
    /// It is done with.
    Close {
        /// What else is to be said.
        note: String,
    },
    /// It is not.
    Reopen {
        /// Why.
        reason: String,
    },
    /// Other terms.
    Settle {
        /// How much it weighs.
        severity: String,
        /// How much work it takes.
        effort: Option<String>,
        /// Who answers for it.
        owner: Option<ContactId>,
        /// By when it is to be closed.
        due_on: Option<Date>,
        /// Why.
        reason: String,
    },
}

/// A step that somebody takes.
#[derive(Clone, Debug)]
pub struct Taking {
    /// The revision of the finding that was seen; none: whatever stands there.
    pub seen: Option<i64>,
    /// The step.
    pub wanted: Wanted,
}

/// Takes a step for the buyer: its own, or the vendor's in its place.
///
/// # Errors
/// [`AppError::Changed`] when somebody took a step meanwhile; [`AppError::NotNow`] with the state in which it is not possible;
/// [`AppError::OwnWork`] for whoever had a hand in what is judged; [`AppError::Forbidden`] for a program that would judge;
/// what is wrong with it otherwise.
pub async fn take(platform: &Platform, by: &Buyer, id: FindingId, taking: &Taking) -> Result<()> {
    let mut act = Act::begin(platform).await?;
    if act.done_before(by).await?.is_some() {
        return Ok(());
    }
    let row = repo::findings::hold(act.tx(), by.scope, id).await?.ok_or(AppError::NotFound)?;
    let who = party(act.tx(), by.scope, by.actor).await?;
    advance(platform, &mut act, by, (row, who), taking).await?;
    act.remember(by, id.0).await?;
    act.commit().await
}

/// Takes one of the vendor's steps.
///
/// # Errors
/// As [`take`]; [`AppError::NotFound`] for a finding that was not raised about what they answer for; [`AppError::Forbidden`]
/// for a step that is the buyer's.
pub async fn take_as_vendor(platform: &Platform, by: &Vendor, id: FindingId, taking: &Taking) -> Result<()> {
    let buyer = by.as_buyer();
    let mut act = Act::begin(platform).await?;
    if act.done_before(&buyer).await?.is_some() {
        return Ok(());
    }
    repo::findings::get_raised(act.tx(), by.scope, id).await?.ok_or(AppError::NotFound)?;
    let row = repo::findings::hold(act.tx(), buyer.scope, id).await?.ok_or(AppError::NotFound)?;
    let who = party(act.tx(), buyer.scope, buyer.actor).await?;
    // Whoever is signed in in the same browser is the one who acts, whatever account the link names.
    let who = Party { person: by.scope.person.or(who.person), ..who };
    advance(platform, &mut act, &buyer, (row, who), taking).await?;
    act.remember(&buyer, id.0).await?;
    act.commit().await
}

async fn advance(
    platform: &Platform,
    act: &mut Act<'_>,
    by: &Buyer,
    (row, who): (finding::Model, Party),
    taking: &Taking,
) -> Result<()> {
    if taking.seen.is_some_and(|seen| seen != row.revision) {
        return Err(AppError::Changed(json!({ "revision": row.revision, "state": row.state })));
    }
    let before = of_row(&row)?;
    let step = step(platform, act, by.scope, (&row, &before, who), &taking.wanted).await?;
    let today = act.now.date();
    let mut after = before.after(&step, &who, today).map_err(refused)?;
    if matches!(step, Step::Raise | Step::Reopen { .. }) {
        // Raised, it is due when its weight says so, and whoever was asked answers for it.
        after.terms.due_on = after.terms.due_on.filter(|due_on| *due_on >= today);
        after.terms.due_on.get_or_insert_with(|| JUDGING.finding_due(after.terms.severity, today));
        if after.terms.owner.is_none() {
            after.terms.owner = asked(act, by.scope, &row).await?;
            after.hands.extend(after.terms.owner);
        }
    }
    let is_live = after.state.is_live();
    let wording = wording(platform, &taking.wanted)?;
    let mut changed = into_row(row.clone(), &after)?;
    changed.revision = Set(row.revision + 1);
    changed.steps = Set(row.steps + 1);
    changed.changed_at = Set(act.now);
    changed.closed_at = Set((after.state == State::Closed).then_some(act.now));
    if after.was_raised && row.raised_at.is_none() {
        changed.raised_at = Set(Some(act.now));
    }
    if before.state.is_live() && !is_live {
        // From now on a rule that speaks is one that speaks again.
        changed.rule_is_silent = Set(true);
        changed.settled_over = Set(said_now(platform, act.tx(), by.scope, &row).await?);
    }
    if matches!(step, Step::Reopen { .. }) {
        changed.rule_is_silent = Set(has_rules(&row) && row.rule_is_silent);
        changed.settled_over = Set(None);
        if let Some(now) = said_now(platform, act.tx(), by.scope, &row).await? {
            changed.answer_sha256 = Set(Some(now));
        }
    }
    if let Some((title, description)) = wording {
        if let Some(title) = title {
            changed.title = Set(title);
        }
        if let Some(description) = description {
            changed.description = Set(description);
        }
    }
    repo::findings::update(act.tx(), by.scope, changed).await?;
    let number = row.steps + 1;
    write_step(platform, act, by, (FindingId(row.id), number, after.state), &step, who).await?;
    tell(platform, act, by, &row, &step).await?;
    index::enqueue_findings(act, &[FindingId(row.id)]).await?;
    standing::refresh(act, by.scope, EngagementId(row.engagement_id)).await
}

/// Writes a step into a finding's history and into the audit log.
pub(super) async fn write_step(
    platform: &Platform,
    act: &mut Act<'_>,
    by: &Buyer,
    (id, number, state): (FindingId, i64, State),
    step: &Step,
    who: Party,
) -> Result<()> {
    let step_json = serde_json::to_value(step)?;
    let row = finding_step::ActiveModel {
        id: Set(platform.clock.id::<Uuid>()),
        organisation_id: Set(by.scope.organisation().0),
        finding_id: Set(id.0),
        number: Set(number),
        step: Set(step_json.clone()),
        state: Set(state.name().to_owned()),
        recorded_at: Set(act.now),
        recorded_by: Set(serde_json::to_value(who)?),
    };
    repo::findings::add_step(act.tx(), by.scope, row).await?;
    let action = format!("finding.{}", step.name());
    let details = json!({ "number": number, "step": step_json, "state": state.name() });
    act.record(&by.scope, by.actor, &action, ("finding", id.0), &details);
    Ok(())
}

fn refused(refused: Refused) -> AppError {
    match refused {
        Refused::NotNow(state) => AppError::NotNow(match state {
            State::Proposed => "finding_proposed",
            State::Open => "finding_open",
            State::Planned => "finding_planned",
            State::InAction => "finding_in_action",
            State::Reported => "finding_reported",
            State::Verified => "finding_verified",
            State::Closed => "finding_closed",
            State::Dismissed => "finding_dismissed",
        }),
        Refused::NotYours => AppError::Forbidden,
        Refused::OwnWork => AppError::OwnWork("finding"),
        Refused::Problems(problems) => problems.into(),
    }
}

/// The step with everybody in it known.
async fn step(
    platform: &Platform,
    act: &Act<'_>,
    scope: BuyerScope,
    (row, before, who): (&finding::Model, &Finding, Party),
    wanted: &Wanted,
) -> Result<Step> {
    let text = |at: &str, text: &str| said(platform, at, text).map_err(AppError::from);
    Ok(match wanted {
        Wanted::Raise { .. } => Step::Raise,
        Wanted::Dismiss { reason } => Step::Dismiss { reason: text("reason", reason)? },
        Wanted::Agree => Step::Agree,
        Wanted::SendBack { reason } => Step::SendBack { reason: text("reason", reason)? },
        Wanted::Report { note } => Step::Report { note: text("note", note)? },
        Wanted::Verify { note } => Step::Verify { note: text("note", note)? },
        Wanted::NotEffective { reason } => Step::NotEffective { reason: text("reason", reason)? },
        Wanted::Close { note } => Step::Close { note: text("note", note)? },
        Wanted::Reopen { reason } => Step::Reopen { reason: text("reason", reason)? },
        Wanted::Act { action, note, evidence } => {
            let files = repo::findings::files(act.tx(), &scope, FindingId(row.id)).await?;
            let unknown = evidence.iter().find(|sha256| files.iter().all(|file| file.sha256 != **sha256));
            if let Some(unknown) = unknown {
                let given: String = unknown.chars().take(64).collect();
                return Err(Problem::new("evidence", "unknown").with("given", given).into());
            }
            Step::Act { action: *action, note: text("note", note)?, evidence: evidence.clone() }
        }
        Wanted::Plan { whys, correction, actions } => {
            let mut planned = Vec::new();
            for (position, action) in actions.iter().enumerate() {
                let owner = match action.owner {
                    Some(contact) => owner(act, scope, row, &format!("actions.{position}.owner"), contact).await?,
                    None => who,
                };
                let what = text(&format!("actions.{position}.what"), &action.what)?;
                planned.push(Action { what, owner, due_on: action.due_on });
            }
            let whys = whys.iter().map(|why| text("whys", why)).collect::<Result<_>>()?;
            Step::Plan { plan: Plan { whys, correction: text("correction", correction)?, actions: planned } }
        }
        Wanted::Settle { severity: weight, effort: work, owner: contact, due_on, reason } => {
            let mut problems = Vec::new();
            let weight = severity(weight);
            if weight.is_none() {
                problems.push(Problem::new("severity", "unknown"));
            }
            let work = work.as_deref().filter(|work| !work.is_empty());
            if work.is_some_and(|work| effort(work).is_none()) {
                problems.push(Problem::new("effort", "unknown"));
            }
            // A day that has passed can stand, and is not given anew.
            if *due_on != before.terms.due_on && due_on.is_some_and(|due_on| due_on < act.now.date()) {
                problems.push(Problem::new("due_on", "in-the-past"));
            }
            let Some(weight) = weight.filter(|_| problems.is_empty()) else { return Err(Problems(problems).into()) };
            let owner = match contact {
                Some(contact) => Some(owner(act, scope, row, "owner", *contact).await?),
                // Whoever is no contact is not chosen in a list of contacts, and stays.
                None => before.terms.owner.filter(|owner| !matches!(owner.by, By::Contact(_))),
            };
            let terms = Terms { severity: weight, effort: work.and_then(effort), owner, due_on: *due_on };
            Step::Settle { terms, reason: text("reason", reason)? }
        }
    })
}

/// A contact of the finding's vendor.
async fn owner(act: &Act<'_>, scope: BuyerScope, row: &finding::Model, at: &str, contact: ContactId) -> Result<Party> {
    let found = repo::vendors::contact(act.tx(), scope, contact).await?;
    if found.is_none_or(|found| found.vendor_id != row.vendor_id) {
        return Err(Problem::new(at, "unknown").into());
    }
    party_of(act.tx(), scope, By::Contact(contact)).await
}

/// Whoever was asked in the assessment that a finding comes from.
async fn asked(act: &Act<'_>, scope: BuyerScope, row: &finding::Model) -> Result<Option<Party>> {
    let Some(assessment) = row.assessment_id.map(AssessmentId) else { return Ok(None) };
    let assessment = repo::assessments::get(act.tx(), &scope, assessment).await?;
    match assessment {
        Some(assessment) => Ok(Some(party_of(act.tx(), scope, By::Contact(ContactId(assessment.contact_id))).await?)),
        None => Ok(None),
    }
}

type Wording = (Option<String>, Option<String>);

/// Title and description that go with raising.
fn wording(platform: &Platform, wanted: &Wanted) -> Result<Option<Wording>> {
    let Wanted::Raise { title, description } = wanted else { return Ok(None) };
    let title = title.as_deref().map(self::title).transpose()?;
    let description = description.as_deref().map(|text| self::description(platform, text)).transpose()?;
    Ok(Some((title, description)))
}

/// A title, trimmed.
///
/// # Errors
/// `required`, `too-long` or `control-character` at `title`.
pub(super) fn title(text: &str) -> Result<String> {
    let text = text.trim();
    match text.chars().count() {
        0 => Err(Problem::new("title", "required").into()),
        count if count > LONGEST_TITLE => Err(Problem::new("title", "too-long").with("most", LONGEST_TITLE).into()),
        _ if text.chars().any(char::is_control) => Err(Problem::new("title", "control-character").into()),
        _ => Ok(text.to_owned()),
    }
}

/// A description, trimmed; may be empty.
///
/// # Errors
/// `too-long` or `control-character` at `description`.
pub(super) fn description(platform: &Platform, text: &str) -> Result<String> {
    Ok(said(platform, "description", text)?)
}
