//! The words of a question, edited where it stands in the outline.

use super::conflict::{Conflict, differences, with_new_languages};
use super::form::{LONGEST, Reading};
use super::outline::{self, Editing};
use super::places::{base, opened};
use super::question_view::field_label;
use super::section::{fill, worded};
use super::views::InPlace;
use crate::actions::drafts::{self, Draft};
use crate::error::{AppError, Result};
use crate::platform::Platform;
use crate::web::actor::{May, may};
use crate::web::fields::Fields;
use crate::web::form::{Field, Posted};
use crate::web::path::Pair;
use crate::web::render::Renderer;
use crate::web::shell::Around;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use domain::ids::TemplateDraftId;
use domain::problem::Problems;
use domain::questionnaire::edit::Step;
use domain::questionnaire::{Question, Text};

/// The fields that show a question's words.
pub(super) fn fields_of(question: &Question<Text>, languages: &[String]) -> Fields {
    let mut fields = Vec::new();
    fill(&mut fields, "text", Some(&question.text), languages);
    Fields(fields)
}

/// The form in the question's row.
pub(super) fn form(renderer: &Renderer, draft: &Draft, section: &str, editing: &Editing) -> InPlace {
    let id = TemplateDraftId(draft.row.id);
    let label = renderer.text("editor.question.text", &[]);
    let words = worded(&editing.posted, &draft.document.languages, "text", &label, None);
    InPlace {
        action: format!("{}/questions/{}/wording", base(id), editing.question),
        cancel: opened(id, section, &format!("q-{}", editing.question)),
        seen: editing.seen.clone(),
        words: words.into_iter().map(|field| Field { max_length: Some(LONGEST), rows: Some(2), ..field }).collect(),
        conflict: editing.conflict.clone(),
    }
}

pub(in crate::features::templates) async fn put(
    State(platform): State<Platform>,
    renderer: Renderer,
    around: Around,
    caller: May<may::EditTemplates>,
    Pair(id, question): Pair<TemplateDraftId, String>,
    fields: Fields,
) -> Result<Response> {
    let draft = drafts::get(&platform, caller.scope(), id).await?;
    let (languages, seen) = (&draft.document.languages, fields.one("seen").to_owned());
    let mut form = Reading::new(&fields, languages);
    let text = form.text_of("text");
    let outcome = match (draft.document.question(&question), Problems::none_or(form.problems, text)) {
        (_, Err(problems)) => Err(problems.into()),
        (None, _) => Err(AppError::NotFound),
        // All but the words stays as it stands, so that has to be what the author saw.
        (Some(standing), Ok(_)) if standing.fingerprint() != seen => Err(AppError::Changed(serde_json::Value::Null)),
        (Some(standing), Ok(text)) => {
            let step =
                Step::PutQuestion { seen: seen.clone(), question: Box::new(Question { text, ..standing.clone() }) };
            drafts::change(&platform, &caller.buyer(), id, step).await
        }
    };
    let open = |draft: &Draft| {
        let holds =
            |one: &&domain::questionnaire::Section<Text>| one.questions.iter().any(|known| known.id == question);
        draft.document.sections.iter().find(holds).map(|section| section.id.clone()).unwrap_or_default()
    };
    let (status, problems) = match outcome {
        Ok(_) => {
            let to = opened(id, &open(&draft), &format!("q-{question}"));
            return Ok(Redirect::to(&to).into_response());
        }
        Err(AppError::Invalid(problems)) => (StatusCode::UNPROCESSABLE_ENTITY, problems),
        Err(AppError::Changed(_) | AppError::NotFound) => (StatusCode::CONFLICT, Problems(Vec::new())),
        Err(other) => return Err(other),
    };
    let draft = drafts::get(&platform, caller.scope(), id).await?;
    let editing = match draft.document.question(&question) {
        Some(standing) => {
            let (mut fields, mut seen, mut conflict) = (fields, seen, None);
            if status == StatusCode::CONFLICT {
                let stands = fields_of(standing, &draft.document.languages);
                fields = with_new_languages(fields, &stands, &draft.document.languages);
                let by = outline::edited(&platform, &renderer, &caller, &draft).await?;
                let rows = differences(&stands, &fields, |name| field_label(&renderer, name));
                conflict = Some(Conflict { by, rows });
                seen = standing.fingerprint();
            }
            let posted = Posted::refused(&renderer, fields, &problems);
            Editing { question: question.clone(), seen, posted, conflict, lost: Vec::new() }
        }
        None => Editing {
            question: question.clone(),
            seen,
            posted: Posted::default(),
            conflict: None,
            lost: fields.below("text:").map(|(_, text)| text.to_owned()).filter(|text| !text.is_empty()).collect(),
        },
    };
    let page = outline::show(&platform, &renderer, &around, &caller, (&draft, &open(&draft), Some(editing))).await?;
    Ok((status, page).into_response())
}
