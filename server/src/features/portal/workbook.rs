//! The questionnaire as a workbook, with the answers that stand there now.

use super::files::{XLSX, name_of};
use super::visit::Visit;
use crate::actions::Actor;
use crate::actions::audit::disclosed;
use crate::actions::parties::Parties;
use crate::actions::questionnaire::Opened;
use crate::error::{AppError, Result};
use crate::platform::Platform;
use crate::platform::workbook::write::{AnswerCell, Cover, WorkbookWords, answer_workbook};
use crate::web::actor::may;
use crate::web::attachment::attachment;
use axum::response::Response;
use serde_json::json;
use std::collections::BTreeMap;

pub(super) async fn download(visit: Visit<may::Answer>) -> Result<Response> {
    let (platform, scope) = (&visit.renderer.platform, visit.scope);
    let (actor, subject) = (Actor::Contact(scope.contact), ("assessment", scope.assessment.0));
    disclosed(platform, &scope, actor, "workbook.downloaded", subject, &json!({})).await?;
    answer(platform, &visit.opened, &visit.parties)
}

/// The workbook of an assessment, as a file.
///
/// # Errors
/// When it cannot be written.
pub(super) fn answer(platform: &Platform, opened: &Opened, parties: &Parties) -> Result<Response> {
    let document = &opened.version.document;
    let cells: BTreeMap<String, AnswerCell> = document
        .questions()
        .map(|question| {
            let files = opened.evidence.get(&question.id).map(Vec::as_slice).unwrap_or_default();
            let cell = AnswerCell {
                reply: opened.replies.get(&question.id).cloned(),
                comment: opened.answers.get(&question.id).and_then(|row| row.comment.clone()),
                evidence: files.iter().map(|file| file.file_name.clone()).collect(),
            };
            (question.id.clone(), cell)
        })
        .collect();
    let cover = Cover {
        template_sha256: Some(opened.version.row.sha256.clone()),
        template_version_id: Some(opened.version.row.id),
        assessment_id: Some(opened.assessment.id),
        buyer: Some(parties.buyer.clone()),
        vendor: Some(parties.vendor.clone()),
        due: Some(opened.assessment.due_on),
    };
    let bytes = answer_workbook(document, &cells, &cover, &WorkbookWords::english(), platform.clock.now())
        .map_err(AppError::internal)?;
    let name = name_of(&[&parties.buyer, &document.title, &parties.vendor], "xlsx");
    Ok(attachment(&name, XLSX, bytes))
}
