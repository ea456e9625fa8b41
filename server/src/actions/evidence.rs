//! Evidence beside an answer: added, taken away, read.

use super::audit::disclosed;
use super::questionnaire::Opened;
use super::submit::snapshot_of;
use super::{Act, Actor, Buyer, Vendor, index};
use crate::error::{AppError, Result};
use crate::platform::Platform;
use crate::repo::{self, Tenant, VendorScope};
use bytes::Bytes;
use domain::answer::iso_date;
use domain::assessment::Event;
use domain::ids::{AssessmentId, EvidenceId};
use domain::problem::Problem;
use entity::evidence;
use sea_orm::{IntoActiveModel, Set};
use serde_json::json;
use time::Date;

/// A file that supports an answer.
#[derive(Clone, Debug)]
pub struct NewEvidence {
    /// Its name, as the vendor's computer gave it.
    pub file_name: String,
    /// Its content.
    pub bytes: Bytes,
    /// From when it is effective; not in the future.
    pub effective_on: Date,
}

/// Adds a file beside an answer.
///
/// # Errors
/// When it is empty, too large, a program, or dated in the future; [`AppError::NotNow`] when the question cannot be
/// answered in the assessment's state.
pub async fn add(platform: &Platform, by: &Vendor, question: &str, file: NewEvidence) -> Result<evidence::Model> {
    let scope = by.scope;
    let limits = &platform.config.limits;
    if file.bytes.len() > limits.evidence_bytes {
        return Err(AppError::TooLarge { what: "evidence", most: limits.evidence_bytes as u64 });
    }
    let file_name = clean_name(&file.file_name);
    if file.bytes.is_empty() || file_name.is_empty() {
        return Err(Problem::new("file", "required").into());
    }
    let media_type = media_type(&file_name, &file.bytes)
        .ok_or_else(|| Problem::new("file", "kind-of-file-not-accepted").with("given", &file_name))?;
    if file.effective_on > platform.clock.today() {
        return Err(Problem::new("effective_on", "date-ahead").into());
    }
    // Bytes are put away before the row that names them: a kill in between leaves a file that nobody names, never a
    // row without its file.
    check_open(&Opened::read(platform, &scope, scope.assessment).await?, question, limits.evidence_per_question)?;
    let kept = platform.blobs.keep(file.bytes).await?;
    let mut act = Act::begin(platform).await?;
    let assessment = repo::assessments::hold(act.tx(), &scope, scope.assessment).await?.ok_or(AppError::NotFound)?;
    let buyer = by.as_buyer();
    if let Some(made) = act.done_before(&buyer).await? {
        let row = repo::evidence::get(act.tx(), &scope, scope.assessment, EvidenceId(made)).await?;
        return row.ok_or(AppError::NotFound);
    }
    let opened = Opened::around(platform, act.tx(), &scope, assessment).await?;
    check_open(&opened, question, limits.evidence_per_question)?;
    let id: EvidenceId = platform.clock.id();
    let row = evidence::Model {
        id: id.0,
        organisation_id: scope.organisation.0,
        assessment_id: scope.assessment.0,
        question_id: question.to_owned(),
        file_name: file_name.clone(),
        media_type: media_type.to_owned(),
        size: i64::try_from(kept.size).map_err(AppError::internal)?,
        sha256: kept.sha256.clone(),
        effective_on: file.effective_on,
        added_by: scope.contact.0,
        entered_by: scope.person.map(|person| person.0),
        added_at: act.now,
        removed_at: None,
    };
    repo::evidence::add(act.tx(), scope, row.clone().into_active_model()).await?;
    let details = json!({
        "question": question, "evidence": id, "file_name": file_name, "sha256": kept.sha256, "size": kept.size,
        "effective_on": iso_date::write(file.effective_on),
    });
    let subject = ("assessment", scope.assessment.0);
    act.record(&scope, Actor::Contact(scope.contact), "evidence.added", subject, &details);
    count_again(platform, &mut act, scope, opened).await?;
    act.remember(&buyer, id.0).await?;
    act.commit().await?;
    Ok(row)
}

fn check_open(opened: &Opened, question: &str, most: usize) -> Result<()> {
    opened.version.document.question(question).filter(|found| opened.reaches(&found.id)).ok_or(AppError::NotFound)?;
    if !opened.accepts(question) {
        return Err(AppError::NotNow(opened.state.name()));
    }
    if opened.evidence.get(question).map_or(0, Vec::len) >= most {
        return Err(Problem::new("file", "too-many-files").with("most", most).into());
    }
    Ok(())
}

/// A file can be an answer: counts again how much is answered, and notes that answering has begun.
async fn count_again(platform: &Platform, act: &mut Act<'_>, scope: VendorScope, before: Opened) -> Result<()> {
    let state = before.state.after(Event::Answer)?;
    let opened = Opened::around(platform, act.tx(), &scope, before.assessment).await?;
    let (answered, asked) = opened.progress();
    let mut row = opened.assessment.into_active_model();
    row.state = Set(state.name().to_owned());
    row.answered = Set(answered);
    row.asked = Set(asked);
    repo::assessments::update(act.tx(), &scope, row).await?;
    if state != before.state { index::enqueue_assessment(act, scope.assessment).await } else { Ok(()) }
}

/// Takes a file away from an answer. Submissions that named it keep it.
///
/// # Errors
/// [`AppError::NotFound`] when there is no such file; [`AppError::NotNow`] when the question cannot be answered now.
pub async fn remove(platform: &Platform, scope: VendorScope, id: EvidenceId) -> Result<evidence::Model> {
    let mut act = Act::begin(platform).await?;
    let assessment = repo::assessments::hold(act.tx(), &scope, scope.assessment).await?.ok_or(AppError::NotFound)?;
    let opened = Opened::around(platform, act.tx(), &scope, assessment).await?;
    let row = repo::evidence::get(act.tx(), &scope, scope.assessment, id).await?.ok_or(AppError::NotFound)?;
    if !opened.accepts(&row.question_id) {
        return Err(AppError::NotNow(opened.state.name()));
    }
    repo::evidence::remove(act.tx(), scope, id, act.now).await?;
    let details =
        json!({ "question": row.question_id, "evidence": id, "file_name": row.file_name, "sha256": row.sha256 });
    let subject = ("assessment", scope.assessment.0);
    act.record(&scope, Actor::Contact(scope.contact), "evidence.removed", subject, &details);
    count_again(platform, &mut act, scope, opened).await?;
    act.commit().await?;
    Ok(row)
}

/// Reads a file; that it was read stands in the log before it is handed out.
///
/// # Errors
/// [`AppError::NotFound`] when the scope reaches no such file.
pub async fn read(
    platform: &Platform,
    scope: VendorScope,
    assessment: AssessmentId,
    id: EvidenceId,
) -> Result<(evidence::Model, Bytes)> {
    let row = repo::evidence::get(platform.db.read(), &scope, assessment, id).await?.ok_or(AppError::NotFound)?;
    let bytes = platform.blobs.get(&row.sha256).await?;
    note_read(platform, &scope, Actor::Contact(scope.contact), &row).await?;
    Ok((row, bytes))
}

async fn note_read(platform: &Platform, scope: &impl Tenant, actor: Actor, row: &evidence::Model) -> Result<()> {
    let details = json!({
        "question": row.question_id, "evidence": row.id, "file_name": row.file_name, "sha256": row.sha256,
    });
    disclosed(platform, scope, actor, "evidence.read", ("assessment", row.assessment_id), &details).await
}

/// Reads a file that a submission names, for the buyer: nothing that was not submitted, everything that was. That it was
/// read stands in the log before it is handed out.
///
/// # Errors
/// [`AppError::NotFound`] when no submission of the assessment names it.
pub async fn read_submitted(
    platform: &Platform,
    by: &Buyer,
    assessment: AssessmentId,
    id: EvidenceId,
) -> Result<(evidence::Model, Bytes)> {
    let (db, scope) = (platform.db.read(), by.scope);
    let rows = repo::evidence::ever(db, scope, assessment).await?;
    let row = rows.into_iter().find(|row| row.id == id.0).ok_or(AppError::NotFound)?;
    let mut named = false;
    for submission in repo::submissions::all(db, &scope, assessment).await? {
        let snapshot = snapshot_of(&submission)?;
        let answer = snapshot.answers.iter().find(|answer| answer.question == row.question_id);
        named |= answer.is_some_and(|answer| answer.evidence.iter().any(|file| file.sha256 == row.sha256));
    }
    if !named {
        return Err(AppError::NotFound);
    }
    let bytes = platform.blobs.get(&row.sha256).await?;
    note_read(platform, &by.scope, by.actor, &row).await?;
    Ok((row, bytes))
}

/// The last part of a path, without what no file name needs, of bounded length.
pub(super) fn clean_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let clean: String = last.chars().filter(|c| !c.is_control() && !matches!(c, '"' | '<' | '>' | '|')).collect();
    clean.trim().trim_matches('.').chars().take(200).collect()
}

/// What a file is: by its content, and where content does not say by its name; `None` for what is not accepted.
pub(super) fn media_type(name: &str, bytes: &[u8]) -> Option<&'static str> {
    let ending = name.rsplit_once('.').map(|(_, ending)| ending.to_lowercase()).unwrap_or_default();
    if infer::is_app(bytes) || bytes.starts_with(b"#!") {
        return None;
    }
    if let Some(kind) = infer::get(bytes) {
        return Some(kind.mime_type());
    }
    // Without a tell-tale beginning it must be text, and is then served as what its name says.
    std::str::from_utf8(bytes).ok().filter(|text| !text.contains('\0'))?;
    Some(match ending.as_str() {
        "csv" => "text/csv",
        "json" => "application/json",
        "md" => "text/markdown",
        "exe" | "bat" | "cmd" | "js" | "vbs" | "ps1" | "sh" | "hta" | "html" | "htm" | "svg" => return None,
        _ => "text/plain",
    })
}
