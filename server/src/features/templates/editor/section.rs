//! What is said of a draft as a whole and of its sections; taking sections and questions away.

use super::form::Reading;
use super::places::{base, written};
use super::views::{Removal, Words};
use crate::actions::drafts::{self, Draft, language_tag};
use crate::error::{AppError, Result};
use crate::features::templates::views::Crumb;
use crate::platform::Platform;
use crate::web::actor::{Caller, May, may};
use crate::web::fields::Fields;
use crate::web::form::{Choice, Field, Posted};
use crate::web::once;
use crate::web::path::{Id, Pair};
use crate::web::render::Renderer;
use crate::web::shell::{Around, tell};
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use domain::ids::TemplateDraftId;
use domain::problem::{Problem, Problems};
use domain::questionnaire::edit::{About, Step};
use domain::questionnaire::{Kind, Section, Text};
use tower_sessions::Session;

/// Languages of one document at most.
const MOST_LANGUAGES: usize = 12;

/// A text's fields, one for each language.
fn fill(fields: &mut Vec<(String, String)>, name: &str, text: Option<&Text>, languages: &[String]) {
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

fn crumbs(renderer: &Renderer, draft: &Draft) -> Vec<Crumb> {
    let href = base(TemplateDraftId(draft.row.id));
    vec![Crumb::templates(renderer), Crumb { href, text: drafts::title(&draft.document).to_owned() }]
}

pub(in crate::features::templates) async fn about(
    State(platform): State<Platform>,
    renderer: Renderer,
    around: Around,
    caller: May<may::EditTemplates>,
    Id(id): Id<TemplateDraftId>,
) -> Result<Html<String>> {
    let draft = drafts::get(&platform, caller.scope(), id).await?;
    let about = draft.document.about();
    let mut fields = Vec::new();
    fill(&mut fields, "title", Some(&about.title), &about.languages);
    fill(&mut fields, "summary", Some(&about.summary), &about.languages);
    fields.push(("languages".into(), about.languages.join(", ")));
    fields.push(("minutes".into(), about.minutes.to_string()));
    fields.push(("licence".into(), about.licence.unwrap_or_default()));
    fields.push(("roles_question".into(), about.roles_question.unwrap_or_default()));
    about_page(&renderer, &around, &caller, &draft, &Posted::fresh(fields), false)
}

fn about_page(
    renderer: &Renderer,
    around: &Around,
    caller: &Caller,
    draft: &Draft,
    posted: &Posted,
    conflict: bool,
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
        conflict: conflict.then(|| {
            let stands = [&document.title, &document.summary].map(|text| written(document, text).to_owned());
            stands.join(" · ")
        }),
        errors: posted.errors(),
        words: vec![
            worded(posted, languages, "title", &label("title"), None),
            worded(posted, languages, "summary", &label("summary"), Some(&label("summary_hint"))),
        ],
        single,
        select: Some(select),
        remove_href: None,
    };
    renderer.page(&renderer.desk(around, caller, label("heading")), &view)
}

fn read_about(fields: &Fields, languages: &[String]) -> Result<About, Problems> {
    let mut form = Reading::new(fields, languages);
    let mut tags: Vec<String> = Vec::new();
    for tag in form.one("languages").split([',', ' ']).filter(|tag| !tag.is_empty()) {
        match language_tag("languages", tag) {
            Ok(tag) if !tags.contains(&tag) => tags.push(tag),
            Ok(_) => {}
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
            let step = Step::About { seen: fields.one("seen").to_owned(), about };
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
    let posted = Posted::refused(&renderer, fields, &problems);
    let page = about_page(&renderer, &around, &caller, &draft, &posted, status == StatusCode::CONFLICT)?;
    Ok((status, page).into_response())
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
        Ok(title) => drafts::change(&platform, &by, id, Step::AddSection { id: String::new(), title }).await,
        Err(problem) => {
            drafts::get(&platform, caller.scope(), id).await?;
            Err(problem.into())
        }
    };
    match outcome {
        Ok(section) if section.is_empty() => Ok(Redirect::to(&base(id))),
        Ok(section) => Ok(Redirect::to(&format!("{}?open={section}#s-{section}", base(id)))),
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

fn section_of<'a>(draft: &'a Draft, id: &str) -> Result<&'a Section<Text>> {
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
    let mut fields = Vec::new();
    fill(&mut fields, "title", Some(&standing.title), &draft.document.languages);
    fill(&mut fields, "intro", standing.intro.as_ref(), &draft.document.languages);
    section_page(&renderer, &around, &caller, (&draft, standing), &Posted::fresh(fields), false)
}

fn section_page(
    renderer: &Renderer,
    around: &Around,
    caller: &Caller,
    (draft, section): (&Draft, &Section<Text>),
    posted: &Posted,
    conflict: bool,
) -> Result<Html<String>> {
    let (document, back) = (&draft.document, base(TemplateDraftId(draft.row.id)));
    let action = format!("{back}/sections/{}", section.id);
    let label = |name: &str| renderer.text(&format!("editor.section.{name}"), &[]);
    let view = Words {
        crumbs: crumbs(renderer, draft),
        title: label("heading"),
        remove_href: Some(format!("{action}/remove")),
        action,
        back: format!("{back}?open={0}#s-{0}", section.id),
        seen: section.fingerprint(),
        conflict: conflict.then(|| {
            let intro = section.intro.as_ref().map(|intro| written(document, intro)).unwrap_or_default();
            format!("{} · {intro}", written(document, &section.title))
        }),
        errors: posted.errors(),
        words: vec![
            worded(posted, &document.languages, "title", &label("title"), None),
            worded(posted, &document.languages, "intro", &label("intro"), Some(&label("intro_hint"))),
        ],
        single: Vec::new(),
        select: None,
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
        Ok(_) => return saved(&renderer, &session, &format!("{}?open={section}#s-{section}", base(id))).await,
        Err(AppError::Invalid(problems)) => (StatusCode::UNPROCESSABLE_ENTITY, problems),
        Err(AppError::Changed(_)) => (StatusCode::CONFLICT, Problems(Vec::new())),
        Err(other) => return Err(other),
    };
    let draft = drafts::get(&platform, caller.scope(), id).await?;
    let standing = section_of(&draft, &section)?;
    let posted = Posted::refused(&renderer, fields, &problems);
    let conflict = status == StatusCode::CONFLICT;
    let page = section_page(&renderer, &around, &caller, (&draft, standing), &posted, conflict)?;
    Ok((status, page).into_response())
}

/// What is asked before something is taken away: what goes with it, and what looks at it.
fn removal(
    renderer: &Renderer,
    around: &Around,
    caller: &Caller,
    draft: &Draft,
    (what, name, ids, action, back): (&str, String, Vec<&str>, String, String),
) -> Result<Html<String>> {
    let document = &draft.document;
    let line = |question: &domain::questionnaire::Question<Text>| {
        format!("{} · {}", question.id, written(document, &question.text))
    };
    let mut looking: Vec<String> = document.looking_at(&ids).into_iter().map(line).collect();
    if document.roles_question.as_deref().is_some_and(|id| ids.contains(&id)) {
        looking.push(renderer.text("editor.remove.roles", &[]));
    }
    let view = Removal {
        crumbs: crumbs(renderer, draft),
        title: renderer.text(&format!("editor.remove.{what}"), &[("name", &name)]),
        goes: if what == "section" {
            document.questions().filter(|question| ids.contains(&question.id.as_str())).map(line).collect()
        } else {
            Vec::new()
        },
        looking,
        action,
        back,
        revision: None,
        about: renderer.text("editor.remove.about", &[]),
        button: renderer.text("editor.remove.button", &[]),
    };
    renderer.page(&renderer.desk(around, caller, view.title.clone()), &view)
}

pub(in crate::features::templates) async fn remove_form(
    State(platform): State<Platform>,
    renderer: Renderer,
    around: Around,
    caller: May<may::EditTemplates>,
    Pair(id, section): Pair<TemplateDraftId, String>,
) -> Result<Html<String>> {
    let draft = drafts::get(&platform, caller.scope(), id).await?;
    let standing = section_of(&draft, &section)?;
    let ids = standing.questions.iter().map(|question| question.id.as_str()).collect();
    let name = written(&draft.document, &standing.title).to_owned();
    let back = format!("{}/sections/{section}", base(id));
    removal(&renderer, &around, &caller, &draft, ("section", name, ids, format!("{back}/remove"), back))
}

pub(in crate::features::templates) async fn remove(
    State(platform): State<Platform>,
    renderer: Renderer,
    session: Session,
    caller: May<may::EditTemplates>,
    Pair(id, section): Pair<TemplateDraftId, String>,
) -> Result<Redirect> {
    drafts::change(&platform, &caller.buyer(), id, Step::RemoveSection { id: section }).await?;
    tell(&session, "success", renderer.text("editor.told.removed", &[])).await?;
    Ok(Redirect::to(&base(id)))
}

pub(in crate::features::templates) async fn remove_question_form(
    State(platform): State<Platform>,
    renderer: Renderer,
    around: Around,
    caller: May<may::EditTemplates>,
    Pair(id, question): Pair<TemplateDraftId, String>,
) -> Result<Html<String>> {
    let draft = drafts::get(&platform, caller.scope(), id).await?;
    let standing = draft.document.question(&question).ok_or(AppError::NotFound)?;
    let name = format!("{} · {}", standing.id, written(&draft.document, &standing.text));
    let back = format!("{}/questions/{question}", base(id));
    let what = ("question", name, vec![question.as_str()], format!("{back}/remove"), back);
    removal(&renderer, &around, &caller, &draft, what)
}

pub(in crate::features::templates) async fn remove_question(
    State(platform): State<Platform>,
    renderer: Renderer,
    session: Session,
    caller: May<may::EditTemplates>,
    Pair(id, question): Pair<TemplateDraftId, String>,
) -> Result<Redirect> {
    let draft = drafts::get(&platform, caller.scope(), id).await?;
    let holds = |section: &&Section<Text>| section.questions.iter().any(|known| known.id == question);
    let open = draft.document.sections.iter().find(holds).map(|section| section.id.clone()).unwrap_or_default();
    drafts::change(&platform, &caller.buyer(), id, Step::RemoveQuestion { id: question }).await?;
    tell(&session, "success", renderer.text("editor.told.removed", &[])).await?;
    Ok(Redirect::to(&format!("{}?open={open}#s-{open}", base(id))))
}
