//! The sections of a draft: added, shown, given other words.

use super::conflict::{Conflict, differences, with_new_languages};
use super::form::Reading;
use super::places::{base, opened};
use super::views::Words;
use crate::actions::drafts::{self, Draft};
use crate::error::{AppError, Result};
use crate::features::templates::views::Crumb;
use crate::platform::Platform;
use crate::web::actor::{Caller, May, may};
use crate::web::fields::Fields;
use crate::web::form::{Field, Posted};
use crate::web::once;
use crate::web::path::{Id, Pair};
use crate::web::render::Renderer;
use crate::web::shell::{Around, tell};
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use domain::ids::TemplateDraftId;
use domain::problem::Problems;
use domain::questionnaire::edit::Step;
use domain::questionnaire::{Section, Text};
use tower_sessions::Session;

/// A text's fields, one for each language.
pub(super) fn fill(fields: &mut Vec<(String, String)>, name: &str, text: Option<&Text>, languages: &[String]) {
    for language in languages {
        let text = text.and_then(|text| text.exactly(language, &languages[0])).unwrap_or_default();
        fields.push((format!("{name}:{language}"), text.to_owned()));
    }
}

/// The fields of a text side by side, the first with the name's own id.
pub(super) fn worded(posted: &Posted, languages: &[String], name: &str, label: &str, hint: Option<&str>) -> Vec<Field> {
    let one = |(n, language): (usize, &String)| {
        let label = if languages.len() > 1 { format!("{label} ({language})") } else { label.to_owned() };
        let field = posted.field(&format!("{name}:{language}"), label);
        let id = if n == 0 { name.to_owned() } else { field.id.clone() };
        Field { id, rows: Some(3), hint: hint.map(str::to_owned), ..field }
    };
    languages.iter().enumerate().map(one).collect()
}

pub(super) fn crumbs(renderer: &Renderer, draft: &Draft) -> Vec<Crumb> {
    let href = base(TemplateDraftId(draft.row.id));
    vec![Crumb::templates(renderer), Crumb { href, text: drafts::title(&draft.document).to_owned() }]
}

pub(super) async fn saved(renderer: &Renderer, session: &Session, to: &str) -> Result<Response> {
    tell(session, "success", renderer.text("editor.told.saved", &[])).await?;
    Ok(Redirect::to(to).into_response())
}

pub(in crate::features::templates) async fn add(
    State(platform): State<Platform>,
    renderer: Renderer,
    session: Session,
    caller: May<may::EditTemplates>,
    Id(id): Id<TemplateDraftId>,
    fields: Fields,
) -> Result<Redirect> {
    let words: String = fields.one("title").chars().take(40).collect();
    let by = caller.buyer_once(once::of_form(&format!("{}:{words}", fields.one("once"))));
    let outcome = match crate::actions::organisations::name(&platform, "title", fields.one("title")) {
        Ok(title) => {
            drafts::change(&platform, &by, id, Step::AddSection { id: fields.one("id").trim().to_owned(), title }).await
        }
        Err(problem) => {
            drafts::get(&platform, caller.scope(), id).await?;
            Err(problem.into())
        }
    };
    match outcome {
        Ok(section) if section.is_empty() => Ok(Redirect::to(&base(id))),
        Ok(section) => Ok(Redirect::to(&opened(id, &section, &format!("s-{section}")))),
        Err(AppError::Invalid(problems)) => {
            let words = |problem| crate::web::say::problem(&renderer.platform.wording, problem);
            let text = problems.0.iter().map(words).collect::<Vec<_>>().join(" ");
            let told = renderer.text("editor.told.section_refused", &[("why", &text)]);
            tell(&session, "error", told).await?;
            Ok(Redirect::to(&format!("{}#add-section", base(id))))
        }
        Err(other) => Err(other),
    }
}

pub(super) fn section_of<'a>(draft: &'a Draft, id: &str) -> Result<&'a Section<Text>> {
    draft.document.sections.iter().find(|section| section.id == id).ok_or(AppError::NotFound)
}

pub(in crate::features::templates) async fn page(
    State(platform): State<Platform>,
    renderer: Renderer,
    around: Around,
    caller: May<may::EditTemplates>,
    Pair(id, section): Pair<TemplateDraftId, String>,
) -> Result<Html<String>> {
    let draft = drafts::get(&platform, caller.scope(), id).await?;
    let standing = section_of(&draft, &section)?;
    let posted = Posted::fresh(fields_of(standing, &draft.document.languages).0);
    section_page(&renderer, &around, &caller, (&draft, standing), &posted, None)
}

/// The fields that show a section's own words.
fn fields_of(section: &Section<Text>, languages: &[String]) -> Fields {
    let mut fields = Vec::new();
    fill(&mut fields, "title", Some(&section.title), languages);
    fill(&mut fields, "intro", section.intro.as_ref(), languages);
    Fields(fields)
}

fn section_page(
    renderer: &Renderer,
    around: &Around,
    caller: &Caller,
    (draft, section): (&Draft, &Section<Text>),
    posted: &Posted,
    conflict: Option<Conflict>,
) -> Result<Html<String>> {
    let (document, id) = (&draft.document, TemplateDraftId(draft.row.id));
    let action = format!("{}/sections/{}", base(id), section.id);
    let label = |name: &str| renderer.text(&format!("editor.section.{name}"), &[]);
    let view = Words {
        crumbs: crumbs(renderer, draft),
        title: label("heading"),
        remove_href: Some(format!("{action}/remove")),
        action,
        back: opened(id, &section.id, &format!("s-{}", section.id)),
        seen: section.fingerprint(),
        conflict,
        errors: posted.errors(),
        words: vec![
            worded(posted, &document.languages, "title", &label("title"), None),
            worded(posted, &document.languages, "intro", &label("intro"), Some(&label("intro_hint"))),
        ],
        single: Vec::new(),
        select: None,
        drop: None,
    };
    renderer.page(&renderer.desk(around, caller, label("heading")), &view)
}

pub(in crate::features::templates) async fn put(
    State(platform): State<Platform>,
    renderer: Renderer,
    around: Around,
    session: Session,
    caller: May<may::EditTemplates>,
    Pair(id, section): Pair<TemplateDraftId, String>,
    fields: Fields,
) -> Result<Response> {
    let draft = drafts::get(&platform, caller.scope(), id).await?;
    let mut form = Reading::new(&fields, &draft.document.languages);
    let (title, intro) = (form.text_of("title"), form.words("intro"));
    let outcome = match Problems::none_or(form.problems, ()) {
        Ok(()) => {
            let step = Step::PutSection { id: section.clone(), seen: fields.one("seen").to_owned(), title, intro };
            drafts::change(&platform, &caller.buyer(), id, step).await
        }
        Err(problems) => Err(problems.into()),
    };
    let (status, problems) = match outcome {
        Ok(_) => return saved(&renderer, &session, &opened(id, &section, &format!("s-{section}"))).await,
        Err(AppError::Invalid(problems)) => (StatusCode::UNPROCESSABLE_ENTITY, problems),
        Err(AppError::Changed(_)) => (StatusCode::CONFLICT, Problems(Vec::new())),
        Err(other) => return Err(other),
    };
    let draft = drafts::get(&platform, caller.scope(), id).await?;
    let standing = section_of(&draft, &section)?;
    let (mut fields, mut conflict) = (fields, None);
    if status == StatusCode::CONFLICT {
        let stands = fields_of(standing, &draft.document.languages);
        fields = with_new_languages(fields, &stands, &draft.document.languages);
        let label = |name: &str| match name.split_once(':') {
            Some((name, language)) => format!("{} ({language})", renderer.text(&format!("editor.section.{name}"), &[])),
            None => renderer.text(&format!("editor.section.{name}"), &[]),
        };
        let by = super::outline::edited(&platform, &renderer, &caller, &draft).await?;
        conflict = Some(Conflict { by, rows: differences(&stands, &fields, label) });
    }
    let posted = Posted::refused(&renderer, fields, &problems);
    let page = section_page(&renderer, &around, &caller, (&draft, standing), &posted, conflict)?;
    Ok((status, page).into_response())
}
