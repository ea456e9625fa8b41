//! Where an entry, or a use of it, stands with us.

use super::super::{Act, Buyer};
use super::Desk;
use super::add::reason;
use super::changed;
use super::edit::touched;
use crate::error::{AppError, Result};
use crate::platform::Platform;
use crate::repo;
use domain::access::may_judge;
use domain::ids::{ComponentId, ImportId, MemberId, UseId};
use domain::problem::{Problem, Problems};
use domain::register::{By, Ground, Slot, Source, Statement, settable, verdict};
use entity::component;
use serde_json::json;

/// A decision.
#[derive(Clone, Debug, Default)]
pub struct Decision {
    /// The use that is decided on; the entry itself where none.
    pub of_use: Option<UseId>,
    /// One of [`settable`].
    pub status: String,
    /// Why. Needed.
    pub reason: String,
    /// Under which conditions; blank for none.
    pub conditions: String,
}

/// Sets where an entry or a use stands, as an approver or as whoever keeps the register.
///
/// # Errors
/// [`AppError::Changed`] when somebody else changed the entry since `revision`; [`AppError::OwnWork`] for an approver who
/// put it there last, or who entered it where nobody set a status yet; [`AppError::NotNow`] `prohibited` for approving,
/// restricting or trying a use of what is prohibited; [`AppError::Invalid`] at `status` (`approver-lifts` for lifting what an
/// approver decided), `reason` or `conditions` (which `restricted` needs).
pub async fn decide(
    platform: &Platform,
    by: &Buyer,
    id: ComponentId,
    revision: Option<i64>,
    as_approver: bool,
    decision: &Decision,
) -> Result<component::Model> {
    let mut problems = Vec::new();
    let is_one = |is_decided: bool| settable(as_approver, is_decided).contains(&decision.status.as_str());
    let no_option =
        || Problem::new("status", "not-an-option").with("given", decision.status.chars().take(60).collect::<String>());
    if !is_one(false) && !is_one(true) {
        problems.push(no_option());
    }
    let why = reason(platform, &decision.reason).and_then(|why| why.ok_or_else(|| Problem::new("reason", "required")));
    let why = why.map_err(|problem| problems.push(problem)).unwrap_or_default();
    let conditions = decision.conditions.trim();
    if decision.status == "restricted" && conditions.is_empty() {
        problems.push(Problem::new("conditions", "required"));
    }
    let said = |field: &str, value: &str| Statement::new(field, value);
    let conditions = (!conditions.is_empty())
        .then(|| said("conditions", conditions).map_err(|problem| problems.push(problem)).ok())
        .flatten();
    Problems::none_or(problems, ())?;
    let mut act = Act::begin(platform).await?;
    let mut desk = Desk::open_at(platform, &act, by, id, revision).await?;
    let proposer = proposer(&act, by, &desk, decision.of_use).await?;
    let uses = touched(&act, by, &mut desk, decision.of_use).await?;
    let slot = Slot { of_use: decision.of_use, field: "status", plan: None, region: None, element: None };
    let before = desk.slot(&slot).and_then(|one| one.fact().cloned());
    let from = before.as_ref().map_or("proposed", |fact| fact.said.value.as_str()).to_owned();
    if !is_one(verdict(&desk.record.facts, decision.of_use).is_some()) {
        return Err(if as_approver { no_option() } else { Problem::new("status", "approver-lifts") }.into());
    }
    // What the program did is nobody's own.
    let did = before.map(|fact| fact.recorded_by).or(proposer).filter(|did| *did != By::System);
    if as_approver && !may_judge(did, Some(super::desk::by(by.actor))) {
        return Err(AppError::OwnWork("status"));
    }
    let lets_use = matches!(decision.status.as_str(), "approved" | "restricted" | "trial");
    let is_prohibited = verdict(&desk.record.facts, None).is_some_and(|fact| fact.said.value == "prohibited");
    if lets_use && decision.of_use.is_some() && is_prohibited {
        return Err(AppError::NotNow("prohibited"));
    }
    let today = act.now.date();
    let source = Source::Person { reason: Some(why.clone()) };
    desk.state(decision.of_use, said("status", &decision.status)?, false, source.clone(), today);
    match conditions {
        Some(conditions) => {
            let fact = desk.state(decision.of_use, conditions, false, source, today);
            let slot = Slot { field: "conditions", ..slot };
            // Nobody chooses here but whoever decides.
            if desk.slot(&slot).is_some_and(|one| one.ground != Ground::Agreed || one.choice.is_some()) {
                desk.choose(slot, Some(fact), &why);
            }
        }
        // Conditions belong to the decision that named them.
        None => {
            let old = desk.slot(&Slot { field: "conditions", ..slot }).and_then(|one| one.fact().cloned());
            if let Some(old) = old.filter(|fact| matches!(fact.source, Source::Person { .. })) {
                desk.state(decision.of_use, old.said, true, source, today);
            }
        }
    }
    let row = desk.close(&act, uses).await?;
    let details = json!({
        "use": decision.of_use, "from": from, "to": decision.status, "reason": why, "conditions": decision.conditions,
    });
    act.record(&by.scope, by.actor, "component.decided", ("component", id.0), &details);
    changed(&mut act, &[id]).await?;
    act.commit().await?;
    Ok(row)
}

/// Who proposed what nobody set a status of yet: whoever recorded first what it is called. A use of an imported list is
/// proposed by whoever brought the list; its words become facts when somebody first speaks of it.
async fn proposer(act: &Act<'_>, by: &Buyer, desk: &Desk<'_>, of_use: Option<UseId>) -> Result<Option<By>> {
    let named = if of_use.is_some() { "use_case" } else { "name" };
    let facts = desk.record.facts.iter().filter(|fact| fact.of_use == of_use && fact.said.field.id == named);
    let first = facts.min_by_key(|fact| (fact.recorded_at, fact.id));
    if let Some(first) = first.filter(|fact| of_use.is_none() || !matches!(fact.source, Source::Import { .. })) {
        return Ok(Some(first.recorded_by));
    }
    let Some(of_use) = of_use else { return Ok(None) };
    let row = repo::register::one_use(act.tx(), by.scope, of_use).await?;
    let Some(import) = row.and_then(|row| row.import_id) else { return Ok(None) };
    let import = repo::imports::get(act.tx(), &by.scope, ImportId(import)).await?;
    Ok(import.and_then(|import| import.member_id).map(|member| By::Member(MemberId(member))))
}
