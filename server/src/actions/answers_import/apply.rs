//! Rows of a preview become answers.

use super::{Verdict, from_json, whole};
use crate::actions::questionnaire::{Opened, profile_of, progress};
use crate::actions::save_answer::{Write, store};
use crate::actions::{Act, Actor};
use crate::error::{AppError, Result};
use crate::platform::Platform;
use crate::repo::{self, VendorScope};
use domain::answer::visibility;
use domain::ids::ImportId;
use domain::problem::Problem;
use entity::import_row;
use sea_orm::{IntoActiveModel, Set};
use serde_json::json;
use std::collections::BTreeSet;
use uuid::Uuid;

/// Which rows are applied.
#[derive(Clone, Debug)]
pub enum Choice {
    /// Everything that is new or changed; no conflict.
    Safe,
    /// These rows: a conflict among them is decided for the workbook.
    Rows(BTreeSet<Uuid>),
}

/// Applies rows of a preview, all of them or none.
///
/// # Errors
/// [`AppError::Changed`], naming the questions, when one of them was answered since the preview; [`AppError::NotNow`]
/// when the import was applied already or the assessment takes no answers.
pub async fn apply(platform: &Platform, scope: VendorScope, id: ImportId, choice: &Choice) -> Result<usize> {
    whole(scope)?;
    let mut act = Act::begin(platform).await?;
    let assessment = repo::assessments::hold(act.tx(), &scope, scope.assessment).await?.ok_or(AppError::NotFound)?;
    let import = repo::imports::hold(act.tx(), &scope, id).await?.ok_or(AppError::NotFound)?;
    if import.state != "preview" {
        return Err(AppError::NotNow("applied"));
    }
    let opened = Opened::around(platform, act.tx(), &scope, assessment).await?;
    let rows: Vec<import_row::Model> = repo::imports::rows(act.tx(), &scope, id)
        .await?
        .into_iter()
        .filter(|row| match choice {
            Choice::Safe => matches!(row.verdict.as_str(), "new" | "changed"),
            Choice::Rows(chosen) => chosen.contains(&row.id) && Verdict::applies(&row.verdict),
        })
        .collect();
    if rows.is_empty() {
        return Err(Problem::new("rows", "nothing-to-apply").into());
    }
    let reopened = opened.reopened_ids();
    let mut replies = opened.replies.clone();
    let (mut writes, mut moved) = (Vec::new(), Vec::new());
    for row in &rows {
        let (Some(question), Some(proposed)) = (&row.question_id, &row.proposed) else { continue };
        if !opened.state.accepts_answer(question, &reopened) {
            return Err(AppError::NotNow(opened.state.name()));
        }
        let revision = opened.answers.get(question).map_or(0, |answer| answer.revision);
        if revision != row.current_revision {
            moved.push(question.clone());
        }
        if writes.iter().any(|write: &Write| write.question == *question) {
            return Err(Problem::new("rows", "two-rows-for-one-question").with("question", question).into());
        }
        let said = from_json(proposed)?;
        match &said.reply {
            Some(reply) => replies.insert(question.clone(), reply.clone()),
            None => replies.remove(question),
        };
        let source = json!({ "kind": "imported", "import": id, "cell": row.place });
        writes.push(Write { question: question.clone(), said, source, revision: revision + 1 });
    }
    if !moved.is_empty() {
        return Err(AppError::Changed(json!({ "questions": moved })));
    }
    let count = writes.len();
    let document = &opened.version.document;
    let progress = progress(document, &replies, &visibility(document, &replies, &profile_of(&opened.assessment)));
    store(&mut act, scope, (&opened.assessment, opened.state), writes, progress).await?;
    let applied: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
    repo::imports::mark_applied(act.tx(), &scope, &applied, true).await?;
    let mut row = import.into_active_model();
    row.state = Set("applied".to_owned());
    row.applied_at = Set(Some(act.now));
    repo::imports::update(act.tx(), &scope, row).await?;
    let details = json!({ "import": id, "rows": count });
    let subject = ("assessment", scope.assessment.0);
    act.record(&scope, Actor::Contact(scope.contact), "answers_import.applied", subject, &details).await?;
    act.commit().await?;
    Ok(count)
}
