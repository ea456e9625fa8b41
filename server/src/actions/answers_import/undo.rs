//! What an import wrote is taken back.

use super::provenance::undone;
use super::{from_json, whole};
use crate::actions::questionnaire::{Opened, profile_of, progress};
use crate::actions::save_answer::{Write, store};
use crate::actions::{Act, Actor};
use crate::error::{AppError, Result};
use crate::platform::Platform;
use crate::repo::{self, VendorScope};
use domain::answer::visibility;
use domain::ids::ImportId;
use sea_orm::{IntoActiveModel, Set};
use serde_json::json;

/// Takes an applied import back. Answers that were changed since stay as they are; gives how many were put back, and how
/// many stayed.
///
/// # Errors
/// [`AppError::NotNow`] when it was not applied, or the assessment takes no answers any more.
pub async fn undo(platform: &Platform, scope: VendorScope, id: ImportId) -> Result<(usize, usize)> {
    whole(scope)?;
    let mut act = Act::begin(platform).await?;
    let assessment = repo::assessments::hold(act.tx(), &scope, scope.assessment).await?.ok_or(AppError::NotFound)?;
    let import = repo::imports::hold(act.tx(), &scope, id).await?.ok_or(AppError::NotFound)?;
    let opened = Opened::around(platform, act.tx(), &scope, assessment).await?;
    if import.state != "applied" {
        return Err(AppError::NotNow("not_applied"));
    }
    if !opened.state.waits_for_vendor() {
        return Err(AppError::NotNow(opened.state.name()));
    }
    let reopened = opened.reopened_ids();
    let mut replies = opened.replies.clone();
    let (mut writes, mut stayed) = (Vec::new(), 0);
    for row in repo::imports::rows(act.tx(), &scope, id).await?.iter().filter(|row| row.applied) {
        let Some(question) = &row.question_id else { continue };
        let revision = opened.answers.get(question).map_or(0, |answer| answer.revision);
        if revision != row.current_revision + 1 || !opened.state.accepts_answer(question, &reopened) {
            stayed += 1;
            continue;
        }
        let said = row.current.as_ref().map(from_json).transpose()?.unwrap_or_default();
        match &said.reply {
            Some(reply) => replies.insert(question.clone(), reply.clone()),
            None => replies.remove(question),
        };
        let source = undone(opened.answers.get(question).map(|answer| &answer.source), id);
        writes.push(Write { question: question.clone(), said, source, revision: revision + 1 });
    }
    let count = writes.len();
    if count > 0 {
        let document = &opened.version.document;
        let progress = progress(document, &replies, &visibility(document, &replies, &profile_of(&opened.assessment)));
        store(&mut act, scope, (&opened.assessment, opened.state), writes, progress).await?;
    }
    let mut row = import.into_active_model();
    row.state = Set("undone".to_owned());
    row.undone_at = Set(Some(act.now));
    repo::imports::update(act.tx(), &scope, row).await?;
    let details = json!({ "import": id, "put_back": count, "stayed": stayed });
    let subject = ("assessment", scope.assessment.0);
    act.record(&scope, Actor::Contact(scope.contact), "answers_import.undone", subject, &details);
    act.commit().await?;
    Ok((count, stayed))
}
