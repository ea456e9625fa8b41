//! Deciding on entries and uses, recording uses, linking entries.

use super::edit_pages::{choices, exactly, finished, found, reason_field};
use super::factsheet::{crumbs, status_kind};
use super::form_views::{Control, DecidePage, LinkPage, LinkRow, RegisterForm};
use super::words;
use crate::actions::register::{self, Decision, Link, NewUse};
use crate::error::{AppError, Result};
use crate::repo;
use crate::web::actor::{Caller, May, may};
use crate::web::fields::Fields;
use crate::web::form::{Choice, Field as Input, Posted, refusal};
use crate::web::once;
use crate::web::path::Id;
use crate::web::render::Renderer;
use crate::web::shell::{Around, tell};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum_extra::extract::Query;
use domain::access::Permission;
use domain::ids::{ComponentId, UseId};
use domain::problem::{Problem, Problems};
use domain::register::{RELATIONS, settable, verdict};
use tower_sessions::Session;
use uuid::Uuid;

pub(super) async fn decide(
    may: May<may::Read>,
    renderer: Renderer,
    around: Around,
    Id(id): Id<ComponentId>,
    Query(query): Query<Vec<(String, String)>>,
) -> Result<Html<String>> {
    decide_page(&may, &renderer, &around, id, &Posted::fresh(query), None).await
}

/// The page; `refused` names the form that was sent, and says what came between.
async fn decide_page(
    caller: &Caller,
    renderer: &Renderer,
    around: &Around,
    id: ComponentId,
    posted: &Posted,
    refused: Option<(&str, Option<String>)>,
) -> Result<Html<String>> {
    let (db, scope) = (renderer.platform.db.read(), caller.scope());
    let row = repo::register::get(db, scope, id).await?.ok_or(AppError::NotFound)?;
    let of_use = match posted.fields.one("use") {
        "" => None,
        text => {
            let used = repo::register::one_use(db, scope, UseId(text.parse().map_err(|_| AppError::NotFound)?)).await?;
            Some(used.filter(|used| used.component_id == Some(id.0)).ok_or(AppError::NotFound)?)
        }
    };
    let record = repo::register::record(db, scope, id).await?;
    let is_decided = verdict(&record.facts, of_use.as_ref().map(|used| UseId(used.id))).is_some();
    let (name, status) = match &of_use {
        Some(used) => (&used.use_case, &used.status),
        None => (&row.name, &row.status),
    };
    let blank = Posted::default();
    let form = |path: &str| {
        let statuses = settable(path == "decision", is_decided);
        let sent = refused.as_ref().filter(|(sent, _)| *sent == path);
        let posted = if sent.is_some() { posted } else { &blank };
        let id_of = |field: Input| Input { id: format!("{path}-{}", field.id), ..field };
        let mut hidden = vec![("revision".to_owned(), row.revision.to_string())];
        hidden.extend(of_use.as_ref().map(|used| ("use".to_owned(), used.id.to_string())));
        let form = RegisterForm {
            title: renderer.text(&format!("register.decide.{path}"), &[]),
            action: format!("/register/{id}/{path}"),
            cancel: format!("/register/{id}"),
            button: renderer.text(&format!("register.decide.{path}_button"), &[]),
            hidden,
            meanwhile: sent.and_then(|(_, meanwhile)| meanwhile.clone()),
            fields: vec![
                Control::radios(id_of(Input {
                    required: true,
                    options: choices(renderer, "status", &statuses, posted.fields.one("status")),
                    ..posted.field("status", words::field(renderer, "status"))
                })),
                Control::textarea(id_of(Input {
                    required: true,
                    ..reason_field(renderer, posted, "register.decide.reason_hint")
                })),
                Control::textarea(id_of(Input {
                    hint: (path == "decision").then(|| renderer.text("register.decide.conditions_hint", &[])),
                    rows: Some(2),
                    ..posted.field("conditions", words::field(renderer, "conditions"))
                })),
            ],
            ..RegisterForm::default()
        };
        let mut form = finished(form, posted);
        for error in &mut form.errors {
            error.href = error.href.replacen('#', &format!("#{path}-"), 1);
        }
        form
    };
    let mut forms = Vec::new();
    if caller.may(Permission::Decide) {
        forms.push(form("decision"));
    }
    if caller.may(Permission::EditRegister) {
        forms.push(form("status"));
    }
    if forms.is_empty() {
        return Err(AppError::Forbidden);
    }
    let title = renderer.text("register.decide.title", &[("name", name)]);
    let view = DecidePage {
        crumbs: crumbs(renderer, id, &row.name),
        title: title.clone(),
        status: words::value(renderer, "status", status),
        status_kind: status_kind(status),
        forms,
    };
    renderer.page(&renderer.desk(around, caller, title), &view)
}

pub(super) async fn set_status(
    may: May<may::EditRegister>,
    renderer: Renderer,
    around: Around,
    session: Session,
    Id(id): Id<ComponentId>,
    fields: Fields,
) -> Result<Response> {
    decided(&may, &renderer, &around, &session, (id, "status"), fields).await
}

pub(super) async fn set_decision(
    may: May<may::Decide>,
    renderer: Renderer,
    around: Around,
    session: Session,
    Id(id): Id<ComponentId>,
    fields: Fields,
) -> Result<Response> {
    decided(&may, &renderer, &around, &session, (id, "decision"), fields).await
}

async fn decided(
    caller: &Caller,
    renderer: &Renderer,
    around: &Around,
    session: &Session,
    (id, path): (ComponentId, &str),
    fields: Fields,
) -> Result<Response> {
    let decision = Decision {
        of_use: fields.one("use").parse().ok().map(UseId),
        status: fields.one("status").to_owned(),
        reason: fields.one("reason").to_owned(),
        conditions: fields.one("conditions").to_owned(),
    };
    let revision = fields.one("revision").parse().ok();
    let as_approver = path == "decision";
    match register::decide(&renderer.platform, &caller.buyer(), id, revision, as_approver, &decision).await {
        Ok(_) => {
            tell(session, "success", renderer.text("register.told.decided", &[])).await?;
            Ok(Redirect::to(&format!("/register/{id}")).into_response())
        }
        Err(error) => {
            let (status, problems, meanwhile) = match error {
                AppError::Invalid(problems) => (StatusCode::UNPROCESSABLE_ENTITY, problems, None),
                AppError::Changed(_) => {
                    let told = renderer.text("register.meanwhile", &[]);
                    (StatusCode::CONFLICT, Problems(Vec::new()), Some(told))
                }
                AppError::OwnWork(_) => {
                    (StatusCode::FORBIDDEN, Problems::one(Problem::new("status", "own-proposal")), None)
                }
                AppError::NotNow("prohibited") => {
                    (StatusCode::CONFLICT, Problems::one(Problem::new("status", "entry-prohibited")), None)
                }
                other => return Err(other),
            };
            let posted = Posted::refused(renderer, fields, &problems);
            let page = decide_page(caller, renderer, around, id, &posted, Some((path, meanwhile))).await?;
            Ok((status, page).into_response())
        }
    }
}

pub(super) async fn new_use(
    may: May<may::EditRegister>,
    renderer: Renderer,
    around: Around,
    Id(id): Id<ComponentId>,
) -> Result<Html<String>> {
    let once = renderer.platform.clock.id::<Uuid>().to_string();
    use_form(&may, &renderer, &around, id, &Posted::fresh(vec![("once".to_owned(), once)])).await
}

async fn use_form(
    caller: &Caller,
    renderer: &Renderer,
    around: &Around,
    id: ComponentId,
    posted: &Posted,
) -> Result<Html<String>> {
    let row = repo::register::get(renderer.platform.db.read(), caller.scope(), id).await?.ok_or(AppError::NotFound)?;
    let field = |name: &str| posted.field(name, words::field(renderer, name));
    let list = |name: &str| {
        let hint = Some(renderer.text("register.one_per_line", &[]));
        Control::textarea(Input { hint, rows: Some(2), ..field(name) })
    };
    let roles = domain::register::Field::named("decision_role").map_or(&[][..], |field| field.values);
    let fields = vec![
        Control::textarea(Input { required: true, rows: Some(2), ..field("use_case") }),
        Control::input(field("business_function")),
        Control::input(field("owner")),
        Control::input(field("unit")),
        Control::select(Input {
            blank: Some(renderer.text("register.nothing_stated", &[])),
            options: choices(renderer, "decision_role", roles, posted.fields.one("decision_role")),
            width: Some("medium"),
            ..field("decision_role")
        }),
        list("affected_people"),
        list("data_categories"),
        list("integrations"),
        Control::textarea(reason_field(renderer, posted, "register.reason_hint")),
    ];
    let form = RegisterForm {
        crumbs: crumbs(renderer, id, &row.name),
        title: renderer.text("register.use.title", &[("name", &row.name)]),
        about: Some(renderer.text("register.use.about", &[])),
        action: format!("/register/{id}/uses"),
        cancel: format!("/register/{id}"),
        button: renderer.text("register.use.add", &[]),
        once: posted.fields.one("once").to_owned(),
        fields,
        ..RegisterForm::default()
    };
    let title = form.title.clone();
    renderer.page(&renderer.desk(around, caller, title), &finished(form, posted))
}

pub(super) async fn add_use(
    may: May<may::EditRegister>,
    renderer: Renderer,
    around: Around,
    session: Session,
    Id(id): Id<ComponentId>,
    fields: Fields,
) -> Result<Response> {
    let text = |name: &str| fields.one(name).to_owned();
    let new = NewUse {
        use_case: text("use_case"),
        business_function: text("business_function"),
        owner: text("owner"),
        unit: text("unit"),
        decision_role: text("decision_role"),
        affected_people: text("affected_people"),
        data_categories: text("data_categories"),
        integrations: text("integrations"),
        reason: text("reason"),
    };
    let by = may.buyer_once(once::of_form(fields.one("once")));
    match refusal(register::add_use(&renderer.platform, &by, id, &new).await)? {
        Ok(made) => {
            tell(&session, "success", renderer.text("register.told.use_added", &[])).await?;
            Ok(Redirect::to(&format!("/register/{id}#use-{made}")).into_response())
        }
        Err(problems) => {
            let posted = Posted::refused(&renderer, fields, &problems);
            let page = use_form(&may, &renderer, &around, id, &posted).await?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
    }
}

pub(super) async fn link(
    may: May<may::EditRegister>,
    renderer: Renderer,
    around: Around,
    Id(id): Id<ComponentId>,
    Query(query): Query<Vec<(String, String)>>,
) -> Result<Response> {
    link_page(&may, &renderer, &around, id, &Posted::fresh(query), (StatusCode::OK, None)).await
}

async fn link_page(
    caller: &Caller,
    renderer: &Renderer,
    around: &Around,
    id: ComponentId,
    posted: &Posted,
    (status, meanwhile): (StatusCode, Option<String>),
) -> Result<Response> {
    let (db, scope) = (renderer.platform.db.read(), caller.scope());
    let row = repo::register::get(db, scope, id).await?.ok_or(AppError::NotFound)?;
    let q = posted.fields.one("q");
    let (mut status, mut posted, mut is_down) = (status, posted.clone(), false);
    let rows = match if q.trim().is_empty() { Ok(Vec::new()) } else { found(renderer, caller, q).await } {
        Ok(rows) => rows,
        Err(AppError::Invalid(problems)) => {
            status = StatusCode::UNPROCESSABLE_ENTITY;
            posted = Posted::refused(renderer, posted.fields, &problems);
            Vec::new()
        }
        Err(AppError::SearchDown(reason)) => {
            tracing::warn!(reason, "another entry is looked for by its name alone");
            is_down = true;
            exactly(renderer, caller, q).await?
        }
        Err(other) => return Err(other),
    };
    let option = |row: &entity::component::Model| Choice {
        key: row.id.to_string(),
        text: row.name.clone(),
        note: Some(
            [row.vendor_name.clone(), Some(words::value(renderer, "kind", &row.kind))]
                .into_iter()
                .flatten()
                .collect::<Vec<_>>()
                .join(" · "),
        ),
        chosen: posted.fields.one("to") == row.id.to_string(),
    };
    let (on, _) = repo::register::links(db, scope, id, 200).await?;
    let ids: Vec<ComponentId> = on.iter().map(|link| ComponentId(link.to_id)).collect();
    let others = repo::register::of_ids(db, scope, &ids).await?;
    let links = on.iter().filter_map(|link| {
        let other = others.iter().find(|other| other.id == link.to_id)?;
        let is_sent = posted.fields.one("removed") == "yes"
            && posted.fields.one("relation") == link.relation
            && posted.fields.one("to") == link.to_id.to_string();
        Some(LinkRow {
            reason: if is_sent { posted.fields.one("reason").to_owned() } else { String::new() },
            relation: link.relation.clone(),
            relation_text: words::field(renderer, &link.relation),
            to: link.to_id.to_string(),
            name: other.name.clone(),
        })
    });
    let relation = |name: &str| Choice {
        key: name.to_owned(),
        text: words::field(renderer, name),
        note: None,
        chosen: posted.fields.one("relation") == name,
    };
    let view = LinkPage {
        crumbs: crumbs(renderer, id, &row.name),
        href: format!("/register/{id}/link"),
        revision: row.revision,
        q: Input {
            max_length: Some(domain::register::query::MAX_TEXT),
            ..posted.field("q", renderer.text("register.link.q", &[]))
        },
        is_asked: !q.trim().is_empty(),
        is_down,
        meanwhile,
        errors: posted.errors(),
        relation: Input {
            required: true,
            options: RELATIONS.iter().map(|name| relation(name)).collect(),
            width: Some("medium"),
            ..posted.field("relation", renderer.text("register.link.relation", &[("name", &row.name)]))
        },
        to: Input {
            required: true,
            options: rows.iter().filter(|other| other.id != id.0).map(option).collect(),
            // Problems of the action are located at the value, which is the entry here.
            error: posted.error("value"),
            ..posted.field("to", renderer.text("register.link.to", &[]))
        },
        reason: reason_field(renderer, &posted, "register.reason_hint"),
        links: links.collect(),
        name: row.name,
    };
    let title = renderer.text("register.link.title", &[]);
    Ok((status, renderer.page(&renderer.desk(around, caller, title), &view)?).into_response())
}

pub(super) async fn set_link(
    may: May<may::EditRegister>,
    renderer: Renderer,
    around: Around,
    session: Session,
    Id(id): Id<ComponentId>,
    fields: Fields,
) -> Result<Response> {
    let new = Link {
        relation: fields.one("relation").to_owned(),
        to: ComponentId(fields.one("to").parse().unwrap_or_default()),
        is_removed: fields.one("removed") == "yes",
        reason: fields.one("reason").to_owned(),
    };
    let revision = fields.one("revision").parse().ok();
    match register::link(&renderer.platform, &may.buyer(), id, revision, &new).await {
        Ok(_) => {
            tell(&session, "success", renderer.text("register.told.linked", &[])).await?;
            Ok(Redirect::to(&format!("/register/{id}#links")).into_response())
        }
        Err(AppError::Changed(_)) => {
            let told = Some(renderer.text("register.meanwhile", &[]));
            link_page(&may, &renderer, &around, id, &Posted::fresh(fields.0), (StatusCode::CONFLICT, told)).await
        }
        Err(AppError::Invalid(problems)) => {
            let posted = Posted::refused(&renderer, fields, &problems);
            link_page(&may, &renderer, &around, id, &posted, (StatusCode::UNPROCESSABLE_ENTITY, None)).await
        }
        Err(other) => Err(other),
    }
}
