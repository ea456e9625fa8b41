//! The rules' proposals, made by a job once answers were submitted, judged or scored.

use super::raise::blank;
use super::title::title_of;
use super::{MOST_CYCLES, has_rules, into_row, of_row, severity, unchanged_since};
use crate::actions::judging::{Judged, standing};
use crate::actions::{Act, Actor, Buyer, Job, index};
use crate::error::{AppError, Result};
use crate::platform::Platform;
use crate::repo::{self, BuyerScope, SystemScope};
use domain::ids::{AssessmentId, ComponentId, EngagementId, FindingId, OrganisationId, TemplateVersionId, VendorId};
use domain::judging::case::Scored;
use domain::judging::finding::{
    Existing, Finding, Outcome, Proposal, State, Terms, With, contradicted_by_comment, contradicted_by_register,
    if_closed, proposals, reconcile,
};
use domain::judging::rules;
use domain::register::Source;
use domain::sheet::Vocabulary;
use entity::{assessment, finding};
use sea_orm::{IntoActiveModel, Set};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// Proposes findings of an assessment.
pub const PROPOSE: &str = "propose_findings";

/// Proposes anew what answers bring that entries of the register speak of.
pub const FOLLOW: &str = "follow_register";
/// Entries of a vendor that answers are held against at most; and entries that one job looks through.
const ENTRIES: u64 = 5_000;
const BATCH: usize = 500;

/// What the job works on.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct Payload {
    /// Whose.
    pub organisation: OrganisationId,
    /// Which.
    pub assessment: AssessmentId,
}

/// Puts the job in; one that waits serves for all.
///
/// # Errors
/// When the database fails.
pub async fn enqueue(act: &mut Act<'_>, organisation: OrganisationId, assessment: AssessmentId) -> Result<()> {
    let payload = serde_json::to_value(Payload { organisation, assessment })?;
    act.enqueue(Job { kind: PROPOSE, payload, dedupe_key: Some(assessment.to_string()) }).await
}

/// Entries of the register that changed.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Followed {
    /// Which.
    pub components: Vec<ComponentId>,
}

/// Puts the job in that looks which answers these entries rest on.
///
/// # Errors
/// When the database fails.
pub async fn enqueue_following(act: &mut Act<'_>, components: &[ComponentId]) -> Result<()> {
    for batch in components.chunks(BATCH) {
        let payload = serde_json::to_value(Followed { components: batch.to_vec() })?;
        let dedupe_key = if let [one] = batch { Some(one.to_string()) } else { None };
        act.enqueue(Job { kind: FOLLOW, payload, dedupe_key }).await?;
    }
    Ok(())
}

/// Puts the proposing in for each assessment whose answers stand in these entries, and for the one that was submitted last
/// about the same engagement.
///
/// # Errors
/// When the database fails.
pub async fn follow(platform: &Platform, payload: Followed) -> Result<()> {
    let db = platform.db.read();
    let rows = repo::register::of_ids_anywhere(db, SystemScope, &payload.components).await?;
    let mut entries: BTreeMap<OrganisationId, Vec<ComponentId>> = BTreeMap::new();
    for row in rows {
        entries.entry(OrganisationId(row.organisation_id)).or_default().push(ComponentId(row.id));
    }
    for (organisation, entries) in entries {
        let scope = SystemScope.acting_for(organisation);
        let (mut engagements, mut assessments) = (BTreeSet::new(), BTreeSet::new());
        for record in repo::register::records(db, scope, &entries).await?.values() {
            for fact in &record.facts {
                if let Source::Answer { engagement, assessment, .. } = &fact.source {
                    engagements.insert(*engagement);
                    assessments.insert(*assessment);
                }
            }
        }
        let mut act = Act::begin(platform).await?;
        for engagement in engagements {
            let newest = repo::assessments::submitted_last(act.tx(), scope, engagement).await?;
            assessments.extend(newest.map(|newest| AssessmentId(newest.id)));
        }
        for assessment in assessments {
            enqueue(&mut act, organisation, assessment).await?;
        }
        act.commit().await?;
    }
    Ok(())
}

/// Proposes what the rules find in the newest submission of an assessment, and says of what they found before whether it
/// still speaks. What another questionnaire asks that was submitted later about the same engagement is left to that one:
/// nobody is held to what they said before. Run twice, it does nothing the second time.
///
/// # Errors
/// When the database fails.
pub async fn propose(platform: &Platform, payload: Payload) -> Result<()> {
    let by = Buyer::system(payload.organisation);
    let mut act = Act::begin(platform).await?;
    // Held, so that two runs for the same answers do not both add.
    let Some(assessment) = repo::assessments::hold(act.tx(), &by.scope, payload.assessment).await? else {
        return Ok(());
    };
    let judged = Judged::read(platform, act.tx(), by.scope, payload.assessment).await?;
    if judged.submission.is_none() {
        return Ok(());
    }
    let later = asked_later(platform, &act, by.scope, &assessment).await?;
    let speaks_of = |question: &str| !later.as_ref().is_some_and(|later| later.contains(question));
    if !judged.opened.version.document.questions().any(|question| speaks_of(&question.id)) {
        return Ok(());
    }
    let case = judged.case(act.now.date());
    let scored = case.score(&judged.parsed).ok();
    let mut contradicted: BTreeMap<String, BTreeSet<With>> = BTreeMap::new();
    for question in contradicted_by_comment(&case, Vocabulary::shipped()) {
        contradicted.entry(question).or_default().insert(With::Comment);
    }
    let vendor = VendorId(assessment.vendor_id);
    let entries = repo::register::of_vendor(act.tx(), by.scope, vendor, ENTRIES).await?;
    let entries: Vec<ComponentId> =
        entries.into_iter().filter(|entry| !entry.withdrawn).map(|entry| ComponentId(entry.id)).collect();
    for record in repo::register::records(act.tx(), by.scope, &entries).await?.values() {
        for question in contradicted_by_register(payload.assessment, &record.settled()) {
            contradicted.entry(question).or_default().insert(With::Register);
        }
    }
    let output = scored.as_ref().map(|scored| &scored.output);
    let mut proposals = proposals(&case, &judged.parsed, output, &contradicted);
    proposals.retain(|proposal| speaks_of(&proposal.question));
    let engagement = EngagementId(assessment.engagement_id);
    let all = repo::findings::of_engagement(act.tx(), by.scope, engagement).await?;
    let rows: Vec<&finding::Model> = all
        .iter()
        .filter(|row| row.question_id.as_ref().is_some_and(|id| case.document.question(id).is_some() && speaks_of(id)))
        .collect();
    let closed_before = rows.iter().filter(|row| row.closed_at.is_some() && row.assessment_id != Some(assessment.id));
    let raised = rows.iter().filter(|row| row.was_raised && is_live(row));
    let asked: BTreeSet<&str> = closed_before.chain(raised).filter_map(|row| row.question_id.as_deref()).collect();
    let since = unchanged_since(act.tx(), by.scope, payload.assessment, &asked).await?;
    let mut existing = Vec::new();
    for row in &rows {
        let said_since = row.question_id.as_deref().and_then(|question| since.get(question));
        existing.push(Existing {
            id: row.id,
            question: row.question_id.as_deref().unwrap_or_default(),
            state: row.state.parse::<State>().map_err(AppError::internal)?,
            by_rule: has_rules(row),
            settled_over: row.settled_over.as_deref(),
            was_asked_anew: row.assessment_id != Some(assessment.id)
                && row.closed_at.zip(said_since).is_some_and(|(closed_at, since)| closed_at < *since),
        });
    }
    let answer_of = |question: &str| case.said.get(question).cloned().unwrap_or_default().sha256();
    // What closing takes off is counted where the engagement stands now: in what was submitted last.
    let counted = scored.as_ref().filter(|_| later.is_none());
    let mut told: Vec<Value> = Vec::new();
    let mut stale: Vec<FindingId> = Vec::new();
    for outcome in reconcile(&proposals, &existing, answer_of) {
        match outcome {
            Outcome::New(proposal) => {
                let id: FindingId = platform.clock.id();
                let question = case.document.question(&proposal.question);
                let terms = Terms { severity: proposal.severity, effort: None, owner: None, due_on: None };
                let row = finding::Model {
                    vendor_id: assessment.vendor_id,
                    engagement_id: assessment.engagement_id,
                    assessment_id: Some(assessment.id),
                    question_id: Some(proposal.question.clone()),
                    answer_sha256: Some(answer_of(&proposal.question)),
                    title: title_of(&platform.wording, question, proposal),
                    controls: json!(proposal.controls),
                    by_rule: true,
                    triggers: serde_json::to_value(&proposal.triggers)?,
                    reduction: reduction(&judged, counted, &proposal.question),
                    ..blank(id, by.scope.organisation().0, act.now)
                };
                let row = into_row(row, &Finding::proposed(terms))?;
                repo::findings::add(act.tx(), by.scope, row).await?;
                stale.push(id);
                told.push(json!({ "finding": id, "question": proposal.question,
                    "severity": rules::name(proposal.severity) }));
            }
            Outcome::Again { id, proposal } => {
                let title = title_of(&platform.wording, case.document.question(&proposal.question), proposal);
                spoke(&mut act, &by, id, (proposal, title), (&answer_of(&proposal.question), true)).await?;
                stale.push(FindingId(id));
            }
            Outcome::Known { id, proposal } => {
                if rows.iter().any(|row| row.id == id && is_live(row)) {
                    let title = title_of(&platform.wording, case.document.question(&proposal.question), proposal);
                    spoke(&mut act, &by, id, (proposal, title), (&answer_of(&proposal.question), false)).await?;
                    stale.push(FindingId(id));
                }
            }
            Outcome::Gone { id } => fell_silent(&act, &by, id).await?,
        }
    }
    for row in all.iter().filter(|row| later.is_none() && is_live(row)) {
        let question = row.question_id.as_deref().filter(|id| case.document.question(id).is_some());
        let reduction = question.and_then(|question| reduction(&judged, counted, question));
        let said_since = question.and_then(|question| since.get(question));
        let is_answered_anew = row.was_raised && said_since.is_some_and(|since| *since > row.changed_at);
        if reduction == row.reduction && !is_answered_anew {
            continue;
        }
        let Some(row) = repo::findings::hold(act.tx(), by.scope, FindingId(row.id)).await? else { continue };
        let revision = row.revision;
        let mut row = row.into_active_model();
        row.reduction = Set(reduction);
        if is_answered_anew {
            // Nobody closes it over an answer that came after what they looked at.
            row.revision = Set(revision + 1);
            row.changed_at = Set(act.now);
        }
        repo::findings::update(act.tx(), by.scope, row).await?;
    }
    if !told.is_empty() {
        let subject = ("assessment", assessment.id);
        act.record(&by.scope, Actor::System, "findings.proposed", subject, &json!({ "findings": told }));
    }
    index::enqueue_findings(&mut act, &stale).await?;
    standing::refresh(&mut act, by.scope, engagement).await?;
    act.commit().await
}

/// The questions that other assessments of its engagement ask which were submitted after one; none where it was submitted
/// last.
async fn asked_later(
    platform: &Platform,
    act: &Act<'_>,
    scope: BuyerScope,
    assessment: &assessment::Model,
) -> Result<Option<BTreeSet<String>>> {
    let about = EngagementId(assessment.engagement_id);
    let all = repo::assessments::submitted_about(act.tx(), scope, about, MOST_CYCLES).await?;
    let place = repo::assessments::place(assessment);
    let mut asked = None;
    for later in all.iter().filter(|other| repo::assessments::place(other) > place) {
        let version = platform.published.get(act.tx(), &scope, TemplateVersionId(later.template_version_id)).await?;
        let questions = version.document.questions().map(|question| question.id.clone());
        asked.get_or_insert_with(BTreeSet::new).extend(questions);
    }
    Ok(asked)
}

fn is_live(row: &finding::Model) -> bool {
    row.state.parse::<State>().is_ok_and(State::is_live)
}

/// What closing a finding of a question takes off the residual risk; none where nothing is scored.
fn reduction(judged: &Judged, scored: Option<&Scored>, question: &str) -> Option<f64> {
    let scored = scored?;
    let after = if_closed(&judged.parsed, &scored.input, &BTreeSet::from([question])).ok()?;
    Some((scored.output.residual - after.residual).max(0.0))
}

/// A rule speaks for a finding, now or again, whoever raised it. What was only proposed follows the rule; what was raised is
/// a person's.
async fn spoke(
    act: &mut Act<'_>,
    by: &Buyer,
    id: uuid::Uuid,
    (proposal, title): (&Proposal, String),
    (answer, is_again): (&str, bool),
) -> Result<()> {
    let Some(row) = repo::findings::hold(act.tx(), by.scope, FindingId(id)).await? else { return Ok(()) };
    let triggers = serde_json::to_value(&proposal.triggers)?;
    let is_proposed = row.state == State::Proposed.name();
    let other_weight = is_proposed && severity(&row.severity) != Some(proposal.severity);
    let other_answer = is_proposed && row.answer_sha256.as_deref() != Some(answer);
    if !(row.triggers != triggers || row.rule_is_silent || other_weight || other_answer) {
        return Ok(());
    }
    let mut finding = of_row(&row)?;
    if is_proposed {
        finding.terms.severity = proposal.severity;
    }
    let revision = row.revision + i64::from(is_proposed || is_again);
    let mut changed = into_row(row, &finding)?;
    changed.triggers = Set(triggers);
    changed.rule_is_silent = Set(false);
    changed.revision = Set(revision);
    changed.changed_at = Set(act.now);
    if is_proposed {
        changed.answer_sha256 = Set(Some(answer.to_owned()));
        changed.title = Set(title);
    }
    let details = json!({
        "severity": rules::name(finding.terms.severity), "triggers": proposal.triggers, "answer_sha256": answer,
        "proposes_reopening": is_again,
    });
    act.record(&by.scope, Actor::System, "finding.rules_spoke", ("finding", id), &details);
    Ok(repo::findings::update(act.tx(), by.scope, changed).await?)
}

/// What spoke for a finding is gone. That closes nothing.
async fn fell_silent(act: &Act<'_>, by: &Buyer, id: uuid::Uuid) -> Result<()> {
    let Some(row) = repo::findings::hold(act.tx(), by.scope, FindingId(id)).await? else { return Ok(()) };
    if row.rule_is_silent {
        return Ok(());
    }
    let mut row = row.into_active_model();
    row.rule_is_silent = Set(true);
    row.changed_at = Set(act.now);
    Ok(repo::findings::update(act.tx(), by.scope, row).await?)
}
