//! Saves one answer as it is given: for the portal's script, and for programs.

use super::answers_api::{AnswerInput, SavedAnswer};
use crate::actions::save_answer::save as save_answer;
use crate::error::Result;
use crate::platform::Platform;
use crate::web::api::{Body, IfMatch, Tagged};
use crate::web::portal::Responder;
use axum::extract::{Path, State};

pub(super) async fn save(
    State(platform): State<Platform>,
    Responder { scope, .. }: Responder,
    Path((_, question)): Path<(String, String)>,
    IfMatch(expected): IfMatch,
    Body(input): Body<AnswerInput>,
) -> Result<Tagged<SavedAnswer>> {
    let saved = save_answer(&platform, scope, &question, input.into(), expected).await?;
    Ok(Tagged(saved.revision, SavedAnswer::of(question, saved)))
}
