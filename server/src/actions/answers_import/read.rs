//! What an uploaded workbook says: one that we made by its marks, anybody's by its texts.

use super::rows::{keep, rows, summary};
use super::strangers::{self, Proposals};
use super::{read_workbook, shown_name, whole};
use crate::actions::questionnaire::Opened;
use crate::actions::{Act, Actor, Vendor, answers_mapping, at_length, mapping};
use crate::error::{AppError, Result};
use crate::platform::Platform;
use crate::platform::published::Version;
use crate::platform::workbook::words;
use crate::repo;
use bytes::Bytes;
use domain::ids::ImportId;
use domain::problem::{Problem, Problems};
use domain::sheet::own::{OwnAnswers, read_answers};
use domain::sheet::{Inspection, Workbook, inspect_with};
use entity::import;
use sea_orm::Set;
use serde_json::json;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// Reads a workbook and says what each row would do. Nothing of it is an answer yet.
///
/// # Errors
/// When it is no workbook, or another template's, version's or assessment's; [`AppError::NotNow`] when nothing can be
/// answered now.
pub async fn preview(platform: &Platform, by: &Vendor, file_name: &str, bytes: Bytes) -> Result<ImportId> {
    let scope = by.scope;
    whole(scope)?;
    let workbook = read_workbook(platform, &bytes).await?;
    let opened = Opened::read(platform, &scope, scope.assessment).await?;
    if !opened.state.waits_for_vendor() {
        return Err(AppError::NotNow(opened.state.name()));
    }
    let kept = platform.blobs.keep(bytes).await?;
    let words = words(platform.config.overrides_dir.as_deref()).map_err(AppError::internal)?;
    let file = answers_mapping::file(&opened, file_name, &workbook, &words);
    let mapped = mapping::recall(platform.db.read(), &scope, file).await?;
    let name = shown_name(file_name);
    let understood = at_length(|| {
        let inspection = inspect_with(&workbook, &words, &name, &kept.sha256, &mapped.corrections);
        understand(platform, &opened, &workbook, &inspection)
    })?;

    let mut act = Act::begin(platform).await?;
    let assessment = repo::assessments::hold(act.tx(), &scope, scope.assessment).await?.ok_or(AppError::NotFound)?;
    let buyer = by.as_buyer();
    if let Some(made) = act.done_before(&buyer).await? {
        return Ok(ImportId(made));
    }
    let opened = Opened::around(platform, act.tx(), &scope, assessment).await?;
    let id: ImportId = platform.clock.id();
    let facts = json!({ "saved_on": workbook.saved_on, "date_1904": workbook.date_1904 });
    let settings = match &understood {
        Understood::Own(..) => facts,
        Understood::Strangers(_) => mapped.among(facts),
    };
    let rows = rows(platform, &opened, understood)?;
    let summary = summary(&rows);
    let row = import::ActiveModel {
        id: Set(id.0),
        organisation_id: Set(scope.organisation.0),
        kind: Set("answers".to_owned()),
        document: Set(None),
        follows: Set(None),
        assessment_id: Set(Some(scope.assessment.0)),
        contact_id: Set(Some(scope.contact.0)),
        member_id: Set(None),
        file_name: Set(shown_name(file_name)),
        size: Set(i64::try_from(kept.size).map_err(AppError::internal)?),
        sha256: Set(kept.sha256.clone()),
        state: Set("preview".to_owned()),
        settings: Set(settings),
        summary: Set(summary.clone()),
        created_at: Set(act.now),
        applied_at: Set(None),
        undone_at: Set(None),
    };
    repo::imports::add(act.tx(), &scope, row).await?;
    keep(&act, platform, scope, id, rows).await?;
    let details = json!({ "import": id, "file_name": file_name, "sha256": kept.sha256, "summary": summary });
    let subject = ("assessment", scope.assessment.0);
    act.record(&scope, Actor::Contact(scope.contact), "answers_import.read", subject, &details);
    act.remember(&buyer, id.0).await?;
    act.commit().await?;
    Ok(id)
}

/// What a workbook says.
pub(in crate::actions) enum Understood {
    /// One that we made, and when.
    Own(OwnAnswers, Option<OffsetDateTime>),
    /// Anybody's.
    Strangers(Proposals),
}

/// Understands our own workbook by its marks; what has none is matched by its texts. `inspection` is of the same
/// workbook, as it was detected or as a person corrected it.
///
/// It takes time and needs no transaction: what comes of it becomes rows inside one ([`rows`]).
///
/// # Errors
/// When the workbook is another questionnaire's, version's or assessment's.
pub(in crate::actions) fn understand(
    platform: &Platform,
    opened: &Opened,
    workbook: &Workbook,
    inspection: &Inspection,
) -> Result<Understood> {
    match read_in_its_language(platform, workbook, &opened.version) {
        Ok(read) => {
            let made = check_stamp(opened, &read)?;
            Ok(Understood::Own(read, made))
        }
        Err(AppError::Invalid(problems)) if problems.0.iter().any(|problem| problem.code == "not-our-workbook") => {
            Ok(Understood::Strangers(strangers::read(platform, workbook, inspection, &opened.version)?))
        }
        Err(error) => Err(error),
    }
}

/// What the workbook says. It was made in one of the questionnaire's languages; its rows and options are found again in
/// that one.
fn read_in_its_language(platform: &Platform, workbook: &Workbook, version: &Version) -> Result<OwnAnswers> {
    let limits = platform.config.limits.answer();
    let understood = |read: &OwnAnswers| read.found.iter().filter(|found| found.outcome.is_ok()).count();
    let mut best = read_answers(workbook, &version.document, &limits)?;
    for edition in version.editions().filter(|edition| edition.languages != version.document.languages) {
        let read = read_answers(workbook, edition, &limits)?;
        if understood(&read) > understood(&best) {
            best = read;
        }
    }
    Ok(best)
}

/// Refuses another template's, version's or assessment's workbook; gives when this one was made.
fn check_stamp(opened: &Opened, read: &OwnAnswers) -> Result<Option<OffsetDateTime>, Problems> {
    let Some(stamp) = &read.stamp else { return Ok(None) };
    let version = &opened.version;
    let refuse = |code: &str| {
        Err(Problems::one(
            Problem::new("", code).with("template", &stamp.template_key).with("version", stamp.template_version),
        ))
    };
    if stamp.template_key != version.document.key {
        return refuse("workbook-of-another-template");
    }
    if stamp.template_sha256.as_ref().is_some_and(|sha256| *sha256 != version.row.sha256) {
        return refuse("workbook-of-another-version");
    }
    if stamp.assessment_id.is_some_and(|id| id != opened.assessment.id) {
        return refuse("workbook-of-another-assessment");
    }
    // A blank workbook of the template tells no moment at which it saw this assessment's answers.
    let made = stamp.made.as_deref().filter(|_| stamp.assessment_id.is_some());
    Ok(made.and_then(|made| OffsetDateTime::parse(made, &Rfc3339).ok()))
}
