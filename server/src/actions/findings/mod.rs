//! Findings: proposed by rules, raised by analysts, worked on by both sides. The states stand in [`domain::judging::finding`];
//! here each step is written with the finding that it makes, in one transaction.

mod answers;
mod effect;
mod files;
mod propose;
mod raise;
mod steps;
mod tell;
mod title;

pub use answers::{Answered, Answers, answers};
use answers::{said_now, unchanged_since};
pub use effect::{Effect, effect, effects_together};
pub use files::{NewFile, add_file, add_file_as_vendor, read_file, read_file_as_vendor};
pub use propose::{FOLLOW, Followed, PROPOSE, Payload, enqueue, enqueue_following, follow, propose};
pub use raise::{NewFinding, raise};
pub use steps::{LONGEST_TITLE, Taking, Wanted, WantedAction, take, take_as_vendor};
pub use tell::{BACK, LINK, RAISED};
pub use title::asked;

use crate::error::{AppError, Result};
use domain::judging::finding::{Effort, Finding, State, Terms};
use domain::judging::party::Party;
use domain::judging::rules;
use domain::questionnaire::Severity;
use domain::register::By;
use entity::finding;
use sea_orm::{IntoActiveModel, Set};

/// Assessments of an engagement at most that are looked through, the one submitted last first.
const MOST_CYCLES: u64 = 20;

/// A finding as the domain knows it.
///
/// # Errors
/// When the row holds what this program does not write.
pub fn of_row(row: &finding::Model) -> Result<Finding> {
    Ok(Finding {
        state: row.state.parse::<State>().map_err(AppError::internal)?,
        terms: Terms {
            severity: severity(&row.severity).ok_or_else(|| AppError::internal("a severity of no known name"))?,
            effort: row.effort.as_deref().and_then(effort),
            owner: row.owner.clone().map(serde_json::from_value).transpose()?,
            due_on: row.due_on,
        },
        was_raised: row.was_raised,
        plan: row.plan.clone().map(serde_json::from_value).transpose()?,
        done: serde_json::from_value(row.done.clone())?,
        hands: serde_json::from_value(row.hands.clone())?,
    })
}

/// Whether rules have a say in a finding: one proposed it, or speaks for what a person raised.
pub fn has_rules(row: &finding::Model) -> bool {
    row.by_rule || row.triggers.as_array().is_some_and(|triggers| !triggers.is_empty())
}

/// The severity of that name.
pub fn severity(name: &str) -> Option<Severity> {
    [Severity::Observation, Severity::Minor, Severity::Major].into_iter().find(|known| rules::name(*known) == name)
}

/// The effort of that name.
pub fn effort(name: &str) -> Option<Effort> {
    Effort::ALL.into_iter().find(|known| known.name() == name)
}

/// Puts a finding into its row; what the domain does not know stays.
fn into_row(row: finding::Model, finding: &Finding) -> Result<finding::ActiveModel> {
    let mut row = row.into_active_model();
    let terms = &finding.terms;
    row.state = Set(finding.state.name().to_owned());
    row.was_raised = Set(finding.was_raised);
    row.severity = Set(rules::name(terms.severity).to_owned());
    row.severity_rank = Set(crate::repo::findings::severity_rank(terms.severity));
    row.effort = Set(terms.effort.map(|effort| effort.name().to_owned()));
    row.effort_rank = Set(effort_rank(terms.effort));
    row.owner = Set(terms.owner.map(serde_json::to_value).transpose()?);
    row.owner_contact_id = Set(terms.owner.and_then(contact_of));
    row.due_on = Set(terms.due_on);
    row.plan = Set(finding.plan.as_ref().map(serde_json::to_value).transpose()?);
    row.done = Set(serde_json::to_value(&finding.done)?);
    row.hands = Set(serde_json::to_value(&finding.hands)?);
    Ok(row)
}

fn contact_of(owner: Party) -> Option<uuid::Uuid> {
    if let By::Contact(contact) = owner.by { Some(contact.0) } else { None }
}

/// Where an effort stands in lists, the least first, what nobody said last.
fn effort_rank(effort: Option<Effort>) -> i64 {
    match effort {
        Some(Effort::Small) => 1,
        Some(Effort::Medium) => 2,
        Some(Effort::Large) => 3,
        None => 4,
    }
}
