//! Raising a finding by hand.

use super::steps::{description, title, write_step};
use super::tell::tell;
use super::{into_row, severity};
use crate::actions::content::JUDGING;
use crate::actions::judging::{case::said_in, party, party_of, standing};
use crate::actions::submit::snapshot_of;
use crate::actions::{Act, Buyer, index};
use crate::error::{AppError, Result};
use crate::platform::Platform;
use crate::repo;
use domain::ids::{AssessmentId, ContactId, EngagementId, FindingId, TemplateVersionId};
use domain::judging::finding::{Finding, Step, Terms};
use domain::problem::{Problem, Problems};
use domain::register::By;
use entity::finding;
use serde_json::json;
use time::Date;

/// A finding that an analyst raises.
#[derive(Clone, Debug)]
pub struct NewFinding {
    /// What the vendor is used for.
    pub engagement: EngagementId,
    /// The assessment that it comes from, where it comes from one.
    pub assessment: Option<AssessmentId>,
    /// The question, where it is about one.
    pub question: Option<String>,
    /// In short.
    pub title: String,
    /// What is not as it should be.
    pub description: String,
    /// How much it weighs.
    pub severity: String,
    /// How much work it takes.
    pub effort: Option<String>,
    /// Who answers for it, on the vendor's side.
    pub owner: Option<ContactId>,
    /// By when it is to be closed; by its weight where nobody says.
    pub due_on: Option<Date>,
}

/// Raises a finding. The vendor sees it at once.
///
/// # Errors
/// [`AppError::NotFound`] when there is no such engagement; what is wrong with it otherwise.
pub async fn raise(platform: &Platform, by: &Buyer, input: &NewFinding) -> Result<FindingId> {
    let mut act = Act::begin(platform).await?;
    if let Some(made) = act.done_before(by).await? {
        return Ok(FindingId(made));
    }
    let (scope, mut problems) = (by.scope, Vec::new());
    let engagement = repo::vendors::engagement(act.tx(), scope, input.engagement).await?.ok_or(AppError::NotFound)?;
    let mut controls = Vec::new();
    let mut answer_sha256 = None;
    match input.assessment {
        Some(id) => {
            let assessment = repo::assessments::get(act.tx(), &scope, id).await?;
            let assessment = assessment.filter(|assessment| assessment.engagement_id == engagement.id);
            match (assessment, &input.question) {
                (None, _) => problems.push(Problem::new("assessment", "unknown")),
                (Some(assessment), Some(question)) => {
                    let version = TemplateVersionId(assessment.template_version_id);
                    let version = platform.published.get(act.tx(), &scope, version).await?;
                    match version.document.question(question) {
                        Some(asked) => controls.clone_from(&asked.controls),
                        None => problems.push(Problem::new("question", "unknown")),
                    }
                    if let Some(newest) = repo::submissions::newest(act.tx(), &scope, id).await? {
                        let said = said_in(&snapshot_of(&newest)?);
                        answer_sha256 = Some(said.get(question).cloned().unwrap_or_default().sha256());
                    }
                }
                (Some(_), None) => {}
            }
        }
        None if input.question.is_some() => problems.push(Problem::new("assessment", "required")),
        None => {}
    }
    let mut taken = |outcome: Result<String>| match outcome {
        Ok(text) => Ok(text),
        Err(AppError::Invalid(refused)) => {
            problems.extend(refused.0);
            Ok(String::new())
        }
        Err(other) => Err(other),
    };
    let title = taken(title(&input.title))?;
    let description = taken(description(platform, &input.description))?;
    let weight = severity(&input.severity);
    if weight.is_none() {
        let code = if input.severity.is_empty() { "required" } else { "unknown" };
        problems.push(Problem::new("severity", code));
    }
    let work = input.effort.as_deref().filter(|work| !work.is_empty());
    if work.is_some_and(|work| super::effort(work).is_none()) {
        problems.push(Problem::new("effort", "unknown"));
    }
    let mut owner = None;
    if let Some(contact) = input.owner {
        let found = repo::vendors::contact(act.tx(), scope, contact).await?;
        match found.filter(|found| found.vendor_id == engagement.vendor_id) {
            Some(_) => owner = Some(party_of(act.tx(), scope, By::Contact(contact)).await?),
            None => problems.push(Problem::new("owner", "unknown")),
        }
    }
    let today = act.now.date();
    if input.due_on.is_some_and(|due_on| due_on < today) {
        problems.push(Problem::new("due_on", "in-the-past"));
    }
    let Some(weight) = weight.filter(|_| problems.is_empty()) else { return Err(Problems(problems).into()) };
    let due_on = input.due_on.unwrap_or_else(|| JUDGING.finding_due(weight, today));
    let terms = Terms { severity: weight, effort: work.and_then(super::effort), owner, due_on: Some(due_on) };
    let made = Finding::raised(terms);
    let id: FindingId = platform.clock.id();
    let row = finding::Model {
        vendor_id: engagement.vendor_id,
        engagement_id: engagement.id,
        assessment_id: input.assessment.map(|id| id.0),
        question_id: input.question.clone(),
        answer_sha256,
        title,
        description,
        controls: json!(controls),
        by_rule: false,
        steps: 1,
        raised_at: Some(act.now),
        ..blank(id, scope.organisation().0, act.now)
    };
    repo::findings::add(act.tx(), scope, into_row(row.clone(), &made)?).await?;
    let who = party(act.tx(), scope, by.actor).await?;
    write_step(platform, &mut act, by, (id, 1, made.state), &Step::Raise, who).await?;
    tell(platform, &mut act, by, &row, &Step::Raise).await?;
    index::enqueue_findings(&mut act, &[id]).await?;
    standing::refresh(&mut act, scope, input.engagement).await?;
    act.remember(by, id.0).await?;
    act.commit().await?;
    Ok(id)
}

/// A row of which nothing is said yet.
pub(super) fn blank(id: FindingId, organisation_id: uuid::Uuid, now: time::OffsetDateTime) -> finding::Model {
    finding::Model {
        id: id.0,
        organisation_id,
        vendor_id: uuid::Uuid::nil(),
        engagement_id: uuid::Uuid::nil(),
        assessment_id: None,
        question_id: None,
        answer_sha256: None,
        settled_over: None,
        title: String::new(),
        description: String::new(),
        controls: json!([]),
        subdomain: None,
        by_rule: false,
        triggers: json!([]),
        rule_is_silent: false,
        state: String::new(),
        was_raised: false,
        severity: String::new(),
        severity_rank: 0,
        effort: None,
        effort_rank: 0,
        reduction: None,
        owner: None,
        owner_contact_id: None,
        due_on: None,
        plan: None,
        done: json!({}),
        hands: json!([]),
        steps: 0,
        revision: 1,
        created_at: now,
        changed_at: now,
        raised_at: None,
        closed_at: None,
    }
}
