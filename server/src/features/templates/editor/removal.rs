//! Taking sections and questions away: what goes with them and what looks at them is shown first.

use super::places::{base, opened, written};
use super::section::{crumbs, section_of};
use super::views::Removal;
use crate::actions::drafts::{self, Draft};
use crate::error::{AppError, Result};
use crate::platform::Platform;
use crate::web::actor::{Caller, May, may};
use crate::web::fields::Fields;
use crate::web::path::Pair;
use crate::web::render::Renderer;
use crate::web::shell::{Around, tell};
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use domain::ids::TemplateDraftId;
use domain::questionnaire::edit::Step;
use domain::questionnaire::{Question, Section, Text};
use tower_sessions::Session;

/// What is to go.
struct Going<'a> {
    /// `section`, `question`.
    what: &'static str,
    name: String,
    ids: Vec<&'a str>,
    /// Its own page.
    href: String,
    /// The fingerprint of what goes.
    seen: String,
    /// It is not what its author saw.
    changed: bool,
}

/// What is asked before something is taken away: what goes with it, and what looks at it.
fn removal(
    renderer: &Renderer,
    around: &Around,
    caller: &Caller,
    draft: &Draft,
    going: Going<'_>,
) -> Result<Html<String>> {
    let document = &draft.document;
    let line = |question: &Question<Text>| format!("{} · {}", question.id, written(document, &question.text));
    let mut looking: Vec<String> = document.looking_at(&going.ids).into_iter().map(line).collect();
    if document.roles_question.as_deref().is_some_and(|id| going.ids.contains(&id)) {
        looking.push(renderer.text("editor.remove.roles", &[]));
    }
    let goes = document.questions().filter(|question| going.ids.contains(&question.id.as_str())).map(line);
    let view = Removal {
        crumbs: crumbs(renderer, draft),
        title: renderer.text(&format!("editor.remove.{}", going.what), &[("name", &going.name)]),
        goes: if going.what == "section" { goes.collect() } else { Vec::new() },
        looking,
        action: format!("{}/remove", going.href),
        back: going.href,
        revision: None,
        seen: Some(going.seen),
        changed: going.changed,
        about: renderer.text("editor.remove.about", &[]),
        button: renderer.text("editor.remove.button", &[]),
    };
    renderer.page(&renderer.desk(around, caller, view.title.clone()), &view)
}

fn section_going<'a>(draft: &'a Draft, section: &'a Section<Text>, changed: bool) -> Going<'a> {
    Going {
        what: "section",
        name: written(&draft.document, &section.title).to_owned(),
        ids: section.questions.iter().map(|question| question.id.as_str()).collect(),
        href: format!("{}/sections/{}", base(TemplateDraftId(draft.row.id)), section.id),
        seen: section.whole_fingerprint(),
        changed,
    }
}

fn question_going<'a>(draft: &'a Draft, question: &'a Question<Text>, changed: bool) -> Going<'a> {
    Going {
        what: "question",
        name: format!("{} · {}", question.id, written(&draft.document, &question.text)),
        ids: vec![question.id.as_str()],
        href: format!("{}/questions/{}", base(TemplateDraftId(draft.row.id)), question.id),
        seen: question.fingerprint(),
        changed,
    }
}

pub(in crate::features::templates) async fn section_form(
    State(platform): State<Platform>,
    renderer: Renderer,
    around: Around,
    caller: May<may::EditTemplates>,
    Pair(id, section): Pair<TemplateDraftId, String>,
) -> Result<Html<String>> {
    let draft = drafts::get(&platform, caller.scope(), id).await?;
    let going = section_going(&draft, section_of(&draft, &section)?, false);
    removal(&renderer, &around, &caller, &draft, going)
}

pub(in crate::features::templates) async fn section(
    State(platform): State<Platform>,
    renderer: Renderer,
    around: Around,
    session: Session,
    caller: May<may::EditTemplates>,
    Pair(id, section): Pair<TemplateDraftId, String>,
    fields: Fields,
) -> Result<Response> {
    let step = Step::RemoveSection { id: section.clone(), seen: fields.one("seen").to_owned() };
    match drafts::change(&platform, &caller.buyer(), id, step).await {
        Ok(_) => {
            tell(&session, "success", renderer.text("editor.told.removed", &[])).await?;
            Ok(Redirect::to(&base(id)).into_response())
        }
        // Somebody wrote in it meanwhile: what would go now is shown first.
        Err(AppError::Changed(_)) => {
            let draft = drafts::get(&platform, caller.scope(), id).await?;
            let going = section_going(&draft, section_of(&draft, &section)?, true);
            Ok((StatusCode::CONFLICT, removal(&renderer, &around, &caller, &draft, going)?).into_response())
        }
        Err(other) => Err(other),
    }
}

pub(in crate::features::templates) async fn question_form(
    State(platform): State<Platform>,
    renderer: Renderer,
    around: Around,
    caller: May<may::EditTemplates>,
    Pair(id, question): Pair<TemplateDraftId, String>,
) -> Result<Html<String>> {
    let draft = drafts::get(&platform, caller.scope(), id).await?;
    let standing = draft.document.question(&question).ok_or(AppError::NotFound)?;
    removal(&renderer, &around, &caller, &draft, question_going(&draft, standing, false))
}

pub(in crate::features::templates) async fn question(
    State(platform): State<Platform>,
    renderer: Renderer,
    around: Around,
    session: Session,
    caller: May<may::EditTemplates>,
    Pair(id, question): Pair<TemplateDraftId, String>,
    fields: Fields,
) -> Result<Response> {
    let draft = drafts::get(&platform, caller.scope(), id).await?;
    let holds = |section: &&Section<Text>| section.questions.iter().any(|known| known.id == question);
    let open = draft.document.sections.iter().find(holds).map(|section| section.id.clone()).unwrap_or_default();
    let step = Step::RemoveQuestion { id: question.clone(), seen: fields.one("seen").to_owned() };
    match drafts::change(&platform, &caller.buyer(), id, step).await {
        Ok(_) => {
            tell(&session, "success", renderer.text("editor.told.removed", &[])).await?;
            Ok(Redirect::to(&opened(id, &open, &format!("s-{open}"))).into_response())
        }
        Err(AppError::Changed(_)) => {
            let draft = drafts::get(&platform, caller.scope(), id).await?;
            let standing = draft.document.question(&question).ok_or(AppError::NotFound)?;
            let going = question_going(&draft, standing, true);
            Ok((StatusCode::CONFLICT, removal(&renderer, &around, &caller, &draft, going)?).into_response())
        }
        Err(other) => Err(other),
    }
}
