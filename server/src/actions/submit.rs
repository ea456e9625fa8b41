//! Attesting and submitting: what is missing is named, and what is there is frozen under one hash.

use super::answers_import::earlier;
use super::issue::queue_message;
use super::questionnaire::Opened;
use super::{Act, Actor, Buyer, findings, index, organisations, register};
use crate::error::{AppError, Result};
use crate::platform::Platform;
use crate::repo::{self, SystemScope, VendorScope};
use domain::access::{Permission, Role, may_attest};
use domain::answer::{Reply, iso_date};
use domain::assessment::Event;
use domain::ids::{ContactId, SubmissionId};
use domain::problem::{Problem, Problems};
use domain::scoring;
use entity::submission;
use sea_orm::{IntoActiveModel, Set};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use time::Date;

/// Who attests.
#[derive(Clone, Debug)]
pub struct Attestation {
    /// Their name.
    pub name: String,
    /// Their title: for what they may speak.
    pub title: String,
    /// They said that the answers are true to the best of their knowledge.
    pub confirmed: bool,
}

/// What a submission froze, as it is kept: canonical JSON (RFC 8785).
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Snapshot {
    /// Always 1.
    pub format: u32,
    /// The assessment.
    pub assessment: String,
    /// Key, number and SHA-256 of the questionnaire.
    pub template: SnapshotTemplate,
    /// Which submission of the assessment it is, from 1.
    pub round: i64,
    /// By question id; the attested hash is over this list.
    pub answers: Vec<SnapshotAnswer>,
    /// Where answers came from that were, or once were, imported: by question id.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub sources: BTreeMap<String, Value>,
}

/// The questionnaire of a snapshot.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct SnapshotTemplate {
    /// Its key.
    pub key: String,
    /// The number of its version.
    pub number: i64,
    /// SHA-256 of its document.
    pub sha256: String,
}

/// An answer of a snapshot.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct SnapshotAnswer {
    /// The question's id.
    pub question: String,
    /// What was said.
    pub reply: Option<Reply>,
    /// The comment.
    pub comment: Option<String>,
    /// The files beside it.
    pub evidence: Vec<SnapshotEvidence>,
}

/// A file of a snapshot.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct SnapshotEvidence {
    /// Its name.
    pub file_name: String,
    /// Its content's hash.
    pub sha256: String,
    /// From when it is effective.
    #[serde(with = "iso_date")]
    pub effective_on: Date,
}

/// Ids of the required questions that are asked and have no answer, in the order in which they are asked.
pub fn missing(opened: &Opened) -> Vec<&str> {
    let asked = opened.version.document.questions().filter(|question| opened.visibility.shows(&question.id));
    asked
        .filter(|question| question.required && !opened.replies.contains_key(&question.id))
        .map(|question| question.id.as_str())
        .collect()
}

/// Attests and submits. Clicked twice, it submits once.
///
/// # Errors
/// [`AppError::Invalid`] with each required question that has no answer; [`AppError::NotNow`] when it is not the
/// vendor's turn; [`AppError::Forbidden`] when the role does not allow it, or another signatory is named.
pub async fn submit(platform: &Platform, scope: VendorScope, attestation: &Attestation) -> Result<submission::Model> {
    let mut problems = Vec::new();
    let name =
        organisations::name(platform, "name", &attestation.name).map_err(|p| problems.push(p)).unwrap_or_default();
    let title =
        organisations::name(platform, "title", &attestation.title).map_err(|p| problems.push(p)).unwrap_or_default();
    if !attestation.confirmed {
        problems.push(Problem::new("confirmed", "required"));
    }
    let mut act = Act::begin(platform).await?;
    let assessment = repo::assessments::hold(act.tx(), &scope, scope.assessment).await?.ok_or(AppError::NotFound)?;
    let named = assessment.signatory_id.map(ContactId);
    if !scope.may(Permission::Submit) || !may_attest(scope.role, named, scope.contact) {
        return Err(AppError::Forbidden);
    }
    let opened = Opened::around(platform, act.tx(), &scope, assessment).await?;
    let Ok(state) = opened.state.after(Event::Submit) else {
        // A second click finds it done.
        return match repo::submissions::newest(act.tx(), &scope, scope.assessment).await? {
            Some(done) if opened.state == domain::assessment::State::Submitted => Ok(done),
            _ => Err(AppError::NotNow(opened.state.name())),
        };
    };
    problems.extend(missing(&opened).into_iter().map(|question| Problem::new(question, "answer-required")));
    Problems::none_or(problems, ())?;

    let round = opened.assessment.round + 1;
    let snapshot = snapshot(&opened, round);
    let answers_sha256 = answers_sha256(&snapshot)?;
    let row = submission::Model {
        id: platform.clock.id::<SubmissionId>().0,
        organisation_id: scope.organisation.0,
        assessment_id: scope.assessment.0,
        round,
        answers_sha256: answers_sha256.clone(),
        snapshot: scoring::canonical(&serde_json::to_value(&snapshot)?),
        attested_name: name,
        attested_title: title,
        contact_id: scope.contact.0,
        entered_by: scope.person.map(|person| person.0),
        submitted_at: act.now,
    };
    repo::submissions::add(act.tx(), scope, row.clone().into_active_model()).await?;
    let mut assessment = opened.assessment.clone().into_active_model();
    assessment.state = Set(state.name().to_owned());
    assessment.round = Set(round);
    assessment.submitted_at = Set(Some(act.now));
    assessment.revision = Set(opened.assessment.revision + 1);
    repo::assessments::update(act.tx(), &scope, assessment).await?;
    let details = json!({
        "round": round, "answers_sha256": answers_sha256, "attested_by": row.attested_name, "title": row.attested_title,
    });
    let actor = Actor::Contact(scope.contact);
    act.record(&scope, actor, "assessment.submitted", ("assessment", scope.assessment.0), &details);
    register::propose(platform, &mut act, scope, &opened, &snapshot).await?;
    index::enqueue_answers(&mut act, scope.assessment).await?;
    findings::enqueue(&mut act, scope.organisation, scope.assessment).await?;
    let buyer = Buyer { scope: SystemScope.acting_for(scope.organisation), actor, once: None };
    queue_message(platform, &mut act, &buyer, scope.assessment, (scope.contact, Role::Responder), "receipt").await?;
    act.commit().await?;
    Ok(row)
}

/// Everything that is asked and answered, in the order of ids: hidden questions are left out.
fn snapshot(opened: &Opened, round: i64) -> Snapshot {
    let mut answers: Vec<SnapshotAnswer> = opened
        .version
        .document
        .questions()
        .filter(|question| opened.visibility.shows(&question.id))
        .filter_map(|question| {
            let evidence: Vec<SnapshotEvidence> = opened
                .evidence
                .get(&question.id)
                .into_iter()
                .flatten()
                .map(|file| SnapshotEvidence {
                    file_name: file.file_name.clone(),
                    sha256: file.sha256.clone(),
                    effective_on: file.effective_on,
                })
                .collect();
            let reply = opened.replies.get(&question.id).cloned();
            let comment = opened.answers.get(&question.id).and_then(|row| row.comment.clone());
            (reply.is_some() || comment.is_some() || !evidence.is_empty()).then(|| SnapshotAnswer {
                question: question.id.clone(),
                reply,
                comment,
                evidence,
            })
        })
        .collect();
    answers.sort_by(|a, b| a.question.cmp(&b.question));
    Snapshot {
        format: 1,
        assessment: opened.assessment.id.to_string(),
        template: SnapshotTemplate {
            key: opened.version.document.key.clone(),
            number: opened.version.row.number,
            sha256: opened.version.row.sha256.clone(),
        },
        round,
        sources: sources(opened, &answers),
        answers,
    }
}

/// Where the submitted answers came from, as far as they came from a workbook.
fn sources(opened: &Opened, answers: &[SnapshotAnswer]) -> BTreeMap<String, Value> {
    let of = |answer: &SnapshotAnswer| {
        let source = &opened.answers.get(&answer.question)?.source;
        let told = source["kind"] == "imported" || earlier(source).next().is_some();
        told.then(|| (answer.question.clone(), source.clone()))
    };
    answers.iter().filter_map(of).collect()
}

/// What is attested: SHA-256 over the canonical JSON of the answers.
///
/// # Errors
/// When the answers are no JSON, which their types prevent.
pub fn answers_sha256(snapshot: &Snapshot) -> Result<String> {
    Ok(scoring::sha256(&scoring::canonical(&serde_json::to_value(&snapshot.answers)?)))
}

/// The snapshot of a submission.
///
/// # Errors
/// When the row holds none, which nothing but this program writes.
pub fn snapshot_of(row: &submission::Model) -> Result<Snapshot> {
    Ok(serde_json::from_str(&row.snapshot)?)
}
