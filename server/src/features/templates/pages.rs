//! The template pages.

use super::api::{is_document, text, written};
use super::views::{Crumb, DraftRow, Fault, ImportForm, List, TemplatePage, TemplateRow, VersionPage, VersionRow};
use super::workbooks;
use crate::actions::audit::disclosed;
use crate::actions::content;
use crate::actions::template_workbook;
use crate::error::{AppError, Result};
use crate::platform::Platform;
use crate::repo;
use crate::web::actor::{Caller, May, may};
use crate::web::attachment::attachment;
use crate::web::form::{Field, Posted, refusal};
use crate::web::moment::minute;
use crate::web::once;
use crate::web::outline::{self, Detail};
use crate::web::path::Id;
use crate::web::render::Renderer;
use crate::web::say;
use crate::web::shell::{Around, tell};
use crate::web::upload::Upload;
use axum::extract::{Multipart, State};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use domain::access::Permission;
use domain::answer::iso_date;
use domain::ids::{ImportId, TemplateId, TemplateVersionId};
use domain::problem::{Problem, Problems};
use entity::template_version;
use serde_json::json;
use time::OffsetDateTime;
use tower_sessions::Session;
use uuid::Uuid;

pub(super) async fn list(
    State(platform): State<Platform>,
    renderer: Renderer,
    around: Around,
    caller: May<may::Read>,
) -> Result<Html<String>> {
    let (db, scope) = (platform.db.read(), caller.scope());
    let templates = repo::templates::all(db, scope).await?;
    let versions = repo::templates::versions(db, scope, None).await?;
    let row = |template: &entity::template::Model| {
        let own: Vec<_> = versions.iter().filter(|version| version.template_id == template.id).collect();
        let newest = own.first()?;
        Some(TemplateRow {
            href: format!("/templates/{}", template.id),
            newest_href: format!("/templates/versions/{}", newest.id),
            title: newest.title.clone(),
            key: template.name.clone(),
            questions: newest.question_count,
            newest: newest.number,
            versions: own.len(),
            published: iso_date::write(newest.published_at.date()),
            retired: template.retired_at.is_some(),
        })
    };
    let may_edit = caller.may(Permission::EditTemplates);
    let drafts = if may_edit { repo::drafts::all(db, scope).await? } else { Vec::new() };
    let draft = |(id, key, title, edited_at): (Uuid, String, String, OffsetDateTime)| DraftRow {
        href: format!("/templates/drafts/{id}"),
        title,
        key,
        edited: minute(edited_at),
    };
    let view = List {
        rows: templates.iter().filter_map(row).collect(),
        may_import: may_edit,
        drafts: drafts.into_iter().map(draft).collect(),
    };
    renderer.page(&renderer.desk(&around, &caller, renderer.text("templates.title", &[])), &view)
}

pub(super) async fn template(
    State(platform): State<Platform>,
    renderer: Renderer,
    around: Around,
    caller: May<may::Read>,
    Id(id): Id<TemplateId>,
) -> Result<Html<String>> {
    let (db, scope) = (platform.db.read(), caller.scope());
    let template = repo::templates::get(db, scope, id).await?.ok_or(AppError::NotFound)?;
    let versions = repo::templates::versions(db, scope, Some(id)).await?;
    let title = versions.first().map_or_else(|| template.name.clone(), |version| version.title.clone());
    let row = |version: template_version::Model| VersionRow {
        href: format!("/templates/versions/{}", version.id),
        export_href: format!("/templates/versions/{}/export", version.id),
        number: version.number,
        title: version.title,
        questions: version.question_count,
        published: minute(version.published_at),
        sha256: version.sha256,
        note: version.note,
    };
    let may_edit = caller.may(Permission::EditTemplates);
    let has_draft = may_edit && repo::drafts::by_name(db, scope, &template.name).await?.is_some();
    let view = TemplatePage {
        edit_base: may_edit.then(|| format!("/templates/{id}")),
        has_draft,
        retired: template.retired_at.map(minute),
        crumbs: vec![Crumb::templates(&renderer)],
        title: title.clone(),
        key: template.name,
        compare_href: (versions.len() > 1).then(|| format!("/templates/{id}/compare")),
        versions: versions.into_iter().map(row).collect(),
    };
    renderer.page(&renderer.desk(&around, &caller, title), &view)
}

pub(super) async fn version(
    State(platform): State<Platform>,
    renderer: Renderer,
    around: Around,
    caller: May<may::Read>,
    Id(id): Id<TemplateVersionId>,
) -> Result<Html<String>> {
    let version = platform.published.get(platform.db.read(), &caller.scope(), id).await?;
    let version = around.reads.edition(&version);
    let (row, document) = (&version.row, &version.document);
    let template = repo::templates::get(platform.db.read(), caller.scope(), TemplateId(row.template_id)).await?;
    let retired = template.is_none_or(|template| template.retired_at.is_some());
    let view = VersionPage {
        crumbs: vec![
            Crumb::templates(&renderer),
            Crumb { href: format!("/templates/{}", row.template_id), text: document.key.clone() },
        ],
        title: document.title.clone(),
        summary: document.summary.clone(),
        number: row.number,
        questions: row.question_count,
        required: document.questions().filter(|question| question.required).count(),
        sections: document.sections.len(),
        minutes: document.minutes,
        language: version.languages().join(", "),
        licence: document.licence.clone(),
        published: minute(row.published_at),
        sha256: row.sha256.clone(),
        export_href: format!("/templates/versions/{id}/export"),
        copy_href: caller.may(Permission::EditTemplates).then(|| format!("/templates/new?version={id}")),
        note: row.note.clone(),
        ask_href: (caller.may(Permission::Issue) && !retired)
            .then(|| format!("/assessments/new?template_version={id}")),
        outline: outline::sections(&renderer, document, Detail::Whole),
    };
    let shell = renderer.desk(&around, &caller, document.title.clone());
    renderer.page(&shell.showing(&platform.wording, &version, &around.path), &view)
}

pub(super) async fn export(
    State(platform): State<Platform>,
    caller: May<may::Read>,
    Id(id): Id<TemplateVersionId>,
) -> Result<Response> {
    let version = platform.published.get(platform.db.read(), &caller.scope(), id).await?;
    let (document, subject) = (written(&version.row.document)?, ("template_version", version.row.id));
    disclosed(&platform, &caller.scope(), caller.actor, "template.exported", subject, &json!({})).await?;
    let name = format!("{}-{}.json", version.document.key, version.row.number);
    Ok(attachment(&name, "application/json", document))
}

pub(super) async fn import_form(
    renderer: Renderer,
    around: Around,
    caller: May<may::EditTemplates>,
) -> Result<Html<String>> {
    form(&renderer, &around, &caller, None).await
}

async fn form(
    renderer: &Renderer,
    around: &Around,
    caller: &Caller,
    problems: Option<&Problems>,
) -> Result<Html<String>> {
    let problems = problems.map(|problems| problems.0.as_slice()).unwrap_or_default();
    // What is wrong with the file as a file stands at the field; what is wrong inside it is listed with its place.
    let (at_field, inside): (Vec<&Problem>, Vec<&Problem>) =
        problems.iter().partition(|problem| problem.at.is_empty() || problem.at == "file");
    let words = |problem: &Problem| say::problem(&renderer.platform.wording, problem);
    let own: Vec<Problem> = at_field.into_iter().map(|problem| problem.clone().moved_to("file")).collect();
    let posted = Posted::refused(renderer, Default::default(), &Problems(own));
    let title = renderer.text("templates.import.title", &[]);
    let file = Field {
        required: true,
        accept: Some(".json,.xlsx,.xlsm,.ods,.xls,.xlsb,.csv,.tsv"),
        hint: Some(renderer.text("templates.import.file_hint", &[])),
        ..posted.field("file", renderer.text("templates.import.file", &[]))
    };
    let view = ImportForm {
        crumbs: vec![Crumb::templates(renderer)],
        once: renderer.platform.clock.id::<Uuid>().to_string(),
        errors: posted.errors_of(&[&file]),
        workbooks: workbooks::listed(renderer, caller).await?,
        faults: inside.into_iter().map(|problem| Fault { at: problem.at.clone(), text: words(problem) }).collect(),
        file,
    };
    renderer.page(&renderer.desk(around, caller, title), &view)
}

/// What became of a file.
enum Taken {
    /// A document of ours is published.
    Published(TemplateVersionId),
    /// A workbook is looked through first.
    Read(ImportId),
}

pub(super) async fn import(
    State(platform): State<Platform>,
    renderer: Renderer,
    around: Around,
    session: Session,
    caller: May<may::EditTemplates>,
    multipart: Multipart,
) -> Result<Response> {
    let mut upload = Upload::read(multipart, platform.config.limits.workbook_bytes).await?;
    let by = caller.buyer_once(once::of_form(upload.fields.one("once")));
    let outcome = match upload.file("file") {
        Ok(file) if is_document(&file.bytes) => match text(&file.bytes) {
            Ok(json) => content::import_template(&platform, &by, &json).await.map(Taken::Published),
            Err(error) => Err(error),
        },
        Ok(file) => template_workbook::read(&platform, &by, &file.name, file.bytes).await.map(Taken::Read),
        Err(error) => Err(error),
    };
    match refusal(outcome)? {
        Ok(Taken::Published(id)) => {
            tell(&session, "success", renderer.text("templates.told.published", &[])).await?;
            Ok(Redirect::to(&format!("/templates/versions/{id}")).into_response())
        }
        Ok(Taken::Read(id)) => Ok(Redirect::to(&format!("/templates/imports/{id}")).into_response()),
        Err(problems) => {
            let page = form(&renderer, &around, &caller, Some(&problems)).await?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
    }
}
