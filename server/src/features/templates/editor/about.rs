//! What is said of a draft as a whole: its title, its summary, its languages.

use super::conflict::{Conflict, differences, with_new_languages};
use super::form::Reading;
use super::places::{base, written};
use super::section::{crumbs, fill, saved, worded};
use super::views::Words;
use crate::actions::drafts::{self, Draft, language_tag};
use crate::error::{AppError, Result};
use crate::platform::Platform;
use crate::web::actor::{Caller, May, may};
use crate::web::fields::Fields;
use crate::web::form::{Choice, Field, Posted};
use crate::web::path::Id;
use crate::web::render::Renderer;
use crate::web::shell::Around;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};
use domain::ids::TemplateDraftId;
use domain::problem::{Problem, Problems};
use domain::questionnaire::edit::{About, Step};
use domain::questionnaire::{Authored, Kind, Text};
use tower_sessions::Session;

/// Languages of one document at most.
const MOST_LANGUAGES: usize = 12;

pub(in crate::features::templates) async fn about(
    State(platform): State<Platform>,
    renderer: Renderer,
    around: Around,
    caller: May<may::EditTemplates>,
    Id(id): Id<TemplateDraftId>,
) -> Result<Html<String>> {
    let draft = drafts::get(&platform, caller.scope(), id).await?;
    let posted = Posted::fresh(fields_of(&draft.document).0);
    about_page(&renderer, &around, &caller, &draft, &posted, None)
}

/// The fields that show what is said of a document as a whole.
fn fields_of(document: &Authored) -> Fields {
    let about = document.about();
    let mut fields = Vec::new();
    fill(&mut fields, "title", Some(&about.title), &about.languages);
    fill(&mut fields, "summary", Some(&about.summary), &about.languages);
    fields.push(("languages".into(), about.languages.join(", ")));
    fields.push(("minutes".into(), about.minutes.to_string()));
    fields.push(("licence".into(), about.licence.unwrap_or_default()));
    fields.push(("roles_question".into(), about.roles_question.unwrap_or_default()));
    Fields(fields)
}

fn about_page(
    renderer: &Renderer,
    around: &Around,
    caller: &Caller,
    draft: &Draft,
    posted: &Posted,
    conflict: Option<Conflict>,
) -> Result<Html<String>> {
    let (document, languages) = (&draft.document, &draft.document.languages);
    let label = |name: &str| renderer.text(&format!("editor.about.{name}"), &[]);
    let hint = |name: &str| Some(renderer.text(&format!("editor.about.{name}_hint"), &[]));
    let roles = posted.fields.one("roles_question");
    let multiple = document.questions().filter(|question| matches!(question.kind, Kind::Multiple { .. }));
    let option = |question: &domain::questionnaire::Question<Text>| Choice {
        key: question.id.clone(),
        text: format!("{} · {}", question.id, written(document, &question.text)),
        chosen: question.id == roles,
        ..Choice::default()
    };
    let single = vec![
        Field { required: true, hint: hint("languages"), ..posted.field("languages", label("languages")) },
        Field {
            width: Some("number"),
            inputmode: Some("numeric"),
            hint: hint("minutes"),
            ..posted.field("minutes", label("minutes"))
        },
        Field { hint: hint("licence"), ..posted.field("licence", label("licence")) },
    ];
    let select = Field {
        blank: Some(label("no_roles_question")),
        options: multiple.map(option).collect(),
        hint: hint("roles_question"),
        ..posted.field("roles_question", label("roles_question"))
    };
    let view = Words {
        crumbs: crumbs(renderer, draft),
        title: label("heading"),
        action: format!("{}/about", base(TemplateDraftId(draft.row.id))),
        back: base(TemplateDraftId(draft.row.id)),
        seen: document.about_fingerprint(),
        conflict,
        errors: posted.errors(),
        words: vec![
            worded(posted, languages, "title", &label("title"), None),
            worded(posted, languages, "summary", &label("summary"), Some(&label("summary_hint"))),
        ],
        single,
        select: Some(select),
        drop: posted
            .error("drop")
            .map(|_| Field { checked: posted.fields.has("drop"), ..posted.field("drop", label("drop")) }),
        remove_href: None,
    };
    renderer.page(&renderer.desk(around, caller, label("heading")), &view)
}

fn read_about(fields: &Fields, languages: &[String]) -> Result<About, Problems> {
    let mut form = Reading::new(fields, languages);
    let mut tags: Vec<String> = Vec::new();
    for tag in form.one("languages").split([',', ' ']).filter(|tag| !tag.is_empty()) {
        match language_tag("languages", tag) {
            Ok(tag) if tags.iter().any(|known| known.eq_ignore_ascii_case(&tag)) => {}
            // In another case it is the same language: what is worded in it stays its own.
            Ok(tag) => {
                tags.push(languages.iter().find(|known| known.eq_ignore_ascii_case(&tag)).cloned().unwrap_or(tag))
            }
            Err(problem) => form.problems.push(problem),
        }
    }
    if tags.is_empty() {
        form.problems.push(Problem::new("languages", "required"));
    }
    if tags.len() > MOST_LANGUAGES {
        form.problems.push(Problem::new("languages", "too-many-values").with("most", MOST_LANGUAGES));
    }
    let about = About {
        title: form.text_of("title"),
        summary: form.text_of("summary"),
        minutes: form.number("minutes").unwrap_or_default(),
        licence: form.maybe("licence"),
        roles_question: form.maybe("roles_question"),
        languages: tags,
    };
    Problems::none_or(form.problems, about)
}

pub(in crate::features::templates) async fn put_about(
    State(platform): State<Platform>,
    renderer: Renderer,
    around: Around,
    session: Session,
    caller: May<may::EditTemplates>,
    Id(id): Id<TemplateDraftId>,
    fields: Fields,
) -> Result<Response> {
    let draft = drafts::get(&platform, caller.scope(), id).await?;
    let outcome = match read_about(&fields, &draft.document.languages) {
        Ok(about) => {
            let (seen, drop) = (fields.one("seen").to_owned(), fields.has("drop"));
            let step = Step::About { seen, about, drop };
            drafts::change(&platform, &caller.buyer(), id, step).await
        }
        Err(problems) => Err(problems.into()),
    };
    let (status, problems) = match outcome {
        Ok(_) => return saved(&renderer, &session, &base(id)).await,
        Err(AppError::Invalid(problems)) => (StatusCode::UNPROCESSABLE_ENTITY, problems),
        Err(AppError::Changed(_)) => (StatusCode::CONFLICT, Problems(Vec::new())),
        Err(other) => return Err(other),
    };
    let draft = drafts::get(&platform, caller.scope(), id).await?;
    let mut fields = fields;
    let mut conflict = None;
    if status == StatusCode::CONFLICT {
        let standing = fields_of(&draft.document);
        fields = with_new_languages(fields, &standing, &draft.document.languages);
        let label = |name: &str| match name.split_once(':') {
            Some((name, language)) => format!("{} ({language})", renderer.text(&format!("editor.about.{name}"), &[])),
            None => renderer.text(&format!("editor.about.{name}"), &[]),
        };
        let by = super::outline::edited(&platform, &renderer, &caller, &draft).await?;
        conflict = Some(Conflict { by, rows: differences(&standing, &fields, label) });
    }
    let posted = Posted::refused(&renderer, fields, &problems);
    let page = about_page(&renderer, &around, &caller, &draft, &posted, conflict)?;
    Ok((status, page).into_response())
}
