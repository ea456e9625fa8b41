//! Publishing and discarding drafts; taking templates out of use and back into it.

use super::outline::edited;
use super::places::{Places, base};
use super::views::{Publish, Removal};
use crate::actions::drafts::{self, Publication};
use crate::error::{AppError, Result};
use crate::features::templates::views::Crumb;
use crate::platform::Platform;
use crate::repo;
use crate::web::actor::{Caller, May, may};
use crate::web::fields::Fields;
use crate::web::form::{Field, Posted};
use crate::web::once;
use crate::web::path::Id;
use crate::web::render::Renderer;
use crate::web::shell::{Around, tell};
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use domain::ids::{TemplateDraftId, TemplateId};
use domain::problem::{Problem, Problems};
use tower_sessions::Session;
use uuid::Uuid;

pub(in crate::features::templates) async fn form(
    State(platform): State<Platform>,
    renderer: Renderer,
    around: Around,
    caller: May<may::EditTemplates>,
    Id(id): Id<TemplateDraftId>,
) -> Result<Html<String>> {
    let once = platform.clock.id::<Uuid>().to_string();
    let fields = Fields(vec![("once".into(), once)]);
    page(&platform, &renderer, &around, &caller, id, (fields, &[])).await
}

async fn page(
    platform: &Platform,
    renderer: &Renderer,
    around: &Around,
    caller: &Caller,
    id: TemplateDraftId,
    (fields, problems): (Fields, &[Problem]),
) -> Result<Html<String>> {
    let draft = drafts::get(platform, caller.scope(), id).await?;
    let document = &draft.document;
    let template = repo::templates::by_name(platform.db.read(), caller.scope(), &draft.row.name).await?;
    let newest = match template {
        Some(template) => {
            let id = Some(TemplateId(template.id));
            repo::templates::versions(platform.db.read(), caller.scope(), id).await?.into_iter().next()
        }
        None => None,
    };
    let findings = drafts::find(document, &drafts::factors(platform, caller.scope()).await?);
    let own = |problem: &&Problem| matches!(problem.at.as_str(), "note" | "over_newer" | "");
    let at_form: Vec<Problem> = problems
        .iter()
        .filter(own)
        .map(|problem| if problem.at.is_empty() { problem.clone().moved_to("note") } else { problem.clone() })
        .collect();
    let posted = Posted::refused(renderer, fields, &Problems(at_form));
    let label = |name: &str| renderer.text(&format!("editor.publish.{name}"), &[]);
    let passed = newest.as_ref().filter(|newest| Some(newest.id) != draft.row.base_version_id);
    let view = Publish {
        crumbs: vec![Crumb::templates(renderer), Crumb { href: base(id), text: drafts::title(document).to_owned() }],
        title: drafts::title(document).to_owned(),
        action: format!("{}/publish", base(id)),
        back: base(id),
        revision: draft.row.revision,
        once: posted.fields.one("once").to_owned(),
        errors: posted.errors(),
        faults: Places::new(renderer, id, document).all(&findings.problems),
        number: newest.as_ref().map_or(1, |newest| newest.number + 1),
        questions: document.questions().count(),
        languages: document.languages.join(", "),
        remarks: findings.remarks.len(),
        note: Field {
            required: true,
            rows: Some(3),
            hint: Some(label("note_hint")),
            max_length: Some(platform.config.limits.comment_characters),
            ..posted.field("note", label("note"))
        },
        over_newer: passed.map(|newest| Field {
            checked: posted.fields.has("over_newer"),
            ..posted.field("over_newer", renderer.text("editor.publish.over_newer", &[("number", &newest.number)]))
        }),
    };
    renderer.page(&renderer.desk(around, caller, label("heading")), &view)
}

pub(in crate::features::templates) async fn publish(
    State(platform): State<Platform>,
    renderer: Renderer,
    around: Around,
    session: Session,
    caller: May<may::EditTemplates>,
    Id(id): Id<TemplateDraftId>,
    fields: Fields,
) -> Result<Response> {
    let by = caller.buyer_once(once::of_form(fields.one("once")));
    let publication = Publication {
        revision: Some(fields.one("revision").parse().unwrap_or_default()),
        note: fields.one("note").to_owned(),
        over_newer: fields.has("over_newer"),
    };
    let (status, problems) = match drafts::publish(&platform, &by, id, &publication).await {
        Ok(version) => {
            tell(&session, "success", renderer.text("templates.told.published", &[])).await?;
            return Ok(Redirect::to(&format!("/templates/versions/{version}")).into_response());
        }
        Err(AppError::Invalid(problems)) => (StatusCode::UNPROCESSABLE_ENTITY, problems.0),
        Err(AppError::Changed(_)) => (StatusCode::CONFLICT, vec![Problem::new("note", "draft-changed")]),
        Err(other) => return Err(other),
    };
    let page = page(&platform, &renderer, &around, &caller, id, (fields, &problems)).await?;
    Ok((status, page).into_response())
}

pub(in crate::features::templates) async fn discard_form(
    State(platform): State<Platform>,
    renderer: Renderer,
    around: Around,
    caller: May<may::EditTemplates>,
    Id(id): Id<TemplateDraftId>,
) -> Result<Html<String>> {
    let draft = drafts::get(&platform, caller.scope(), id).await?;
    let title = drafts::title(&draft.document).to_owned();
    let about = edited(&platform, &renderer, &caller, &draft).await?;
    let view = Removal {
        crumbs: vec![Crumb::templates(&renderer), Crumb { href: base(id), text: title.clone() }],
        title: renderer.text("editor.discard.heading", &[("title", &title)]),
        about,
        goes: Vec::new(),
        looking: Vec::new(),
        action: format!("{}/discard", base(id)),
        back: base(id),
        revision: Some(draft.row.revision),
        seen: None,
        changed: false,
        button: renderer.text("editor.discard.button", &[]),
    };
    renderer.page(&renderer.desk(&around, &caller, view.title.clone()), &view)
}

pub(in crate::features::templates) async fn discard(
    State(platform): State<Platform>,
    renderer: Renderer,
    session: Session,
    caller: May<may::EditTemplates>,
    Id(id): Id<TemplateDraftId>,
    fields: Fields,
) -> Result<Redirect> {
    let revision = fields.one("revision").parse().unwrap_or_default();
    match drafts::discard(&platform, &caller.buyer(), id, revision).await {
        Ok(()) => {
            tell(&session, "success", renderer.text("editor.told.discarded", &[])).await?;
            Ok(Redirect::to("/templates"))
        }
        Err(AppError::Changed(_)) => {
            let problem = Problem::new("revision", "draft-changed");
            tell(&session, "warning", crate::web::say::problem(&renderer.platform.wording, &problem)).await?;
            Ok(Redirect::to(&format!("{}/discard", base(id))))
        }
        Err(other) => Err(other),
    }
}

pub(in crate::features::templates) async fn retire(
    State(platform): State<Platform>,
    renderer: Renderer,
    session: Session,
    caller: May<may::EditTemplates>,
    Id(id): Id<TemplateId>,
) -> Result<Redirect> {
    drafts::retire(&platform, &caller.buyer(), id, true).await?;
    tell(&session, "success", renderer.text("editor.told.retired", &[])).await?;
    Ok(Redirect::to(&format!("/templates/{id}")))
}

pub(in crate::features::templates) async fn bring_back(
    State(platform): State<Platform>,
    renderer: Renderer,
    session: Session,
    caller: May<may::EditTemplates>,
    Id(id): Id<TemplateId>,
) -> Result<Redirect> {
    drafts::retire(&platform, &caller.buyer(), id, false).await?;
    tell(&session, "success", renderer.text("editor.told.brought_back", &[])).await?;
    Ok(Redirect::to(&format!("/templates/{id}")))
}
