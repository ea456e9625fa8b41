//! The page of one question: shown, refused, saved, and checked while it is typed.

use super::conflict::{Conflict, differences, with_new_languages};
use super::form::{change_rows, fields_of, kind_of, read};
use super::places::{Places, Told, base, opened};
use super::question_view::{Findings, QuestionPage, Shown, field_label};
use crate::actions::drafts::{self, Draft};
use crate::error::{AppError, Result};
use crate::platform::Platform;
use crate::web::actor::{Caller, May, may};
use crate::web::fields::Fields;
use crate::web::form::Posted;
use crate::web::once;
use crate::web::path::{Id, Pair};
use crate::web::render::Renderer;
use crate::web::say;
use crate::web::shell::{Around, tell};
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use domain::ids::TemplateDraftId;
use domain::problem::{Problem, Problems};
use domain::questionnaire::edit::Step;
use domain::questionnaire::{Authored, Question, Text};
use std::collections::{BTreeMap, BTreeSet};
use tower_sessions::Session;

type Factors = BTreeMap<String, Vec<String>>;

pub(in crate::features::templates) async fn add(
    State(platform): State<Platform>,
    renderer: Renderer,
    session: Session,
    caller: May<may::EditTemplates>,
    Id(id): Id<TemplateDraftId>,
    fields: Fields,
) -> Result<Redirect> {
    let draft = drafts::get(&platform, caller.scope(), id).await?;
    let section = fields.one("section").to_owned();
    let kind = kind_of(fields.one("kind")).ok_or_else(|| AppError::from(Problem::new("kind", "unknown")))?;
    let text = draft.document.wording(fields.one("text").trim().chars().take(super::form::LONGEST).collect());
    let question = Box::new(Question::fresh(fields.one("id").trim(), text, kind));
    // The outline's key serves all its forms: the same words in the same section are what was sent twice.
    let words: String = fields.one("text").chars().take(60).collect();
    let by = caller.buyer_once(once::of_form(&format!("{}:{section}:{}:{words}", fields.one("once"), question.id)));
    let step = Step::AddQuestion { section: section.clone(), question };
    match drafts::change(&platform, &by, id, step).await {
        Ok(made) if made.is_empty() => Ok(Redirect::to(&base(id))),
        Ok(made) => Ok(Redirect::to(&format!("{}/questions/{made}", base(id)))),
        Err(AppError::Invalid(problems)) => {
            let words = |problem| say::problem(&renderer.platform.wording, problem);
            let text = problems.0.iter().map(words).collect::<Vec<_>>().join(" ");
            let told = renderer.text("editor.told.question_refused", &[("why", &text)]);
            tell(&session, "error", told).await?;
            Ok(Redirect::to(&opened(id, &section, &format!("s-{section}"))))
        }
        Err(other) => Err(other),
    }
}

pub(in crate::features::templates) async fn page(
    State(platform): State<Platform>,
    renderer: Renderer,
    around: Around,
    caller: May<may::EditTemplates>,
    Pair(id, question): Pair<TemplateDraftId, String>,
) -> Result<Html<String>> {
    let draft = drafts::get(&platform, caller.scope(), id).await?;
    let standing = draft.document.question(&question).ok_or(AppError::NotFound)?;
    let fields = fields_of(standing, &draft.document.languages);
    let seen = standing.fingerprint();
    let shown = Shown { id: &question, seen, posted: Posted::fresh(fields.0), conflict: None, gone: false };
    show(&platform, &renderer, &around, &caller, &draft, shown).await
}

async fn show(
    platform: &Platform,
    renderer: &Renderer,
    around: &Around,
    caller: &Caller,
    draft: &Draft,
    shown: Shown<'_>,
) -> Result<Html<String>> {
    let factors = drafts::factors(platform, caller.scope()).await?;
    let found = findings(renderer, draft, shown.id, &shown.posted.fields, &factors);
    let view = QuestionPage::of(renderer, draft, &factors, shown, found);
    renderer.page(&renderer.desk(around, caller, view.title.clone()), &view)
}

/// The document as it would be with this question.
fn with(document: &Authored, question: Question<Text>) -> Authored {
    let mut changed = document.clone();
    for standing in changed.sections.iter_mut().flat_map(|section| &mut section.questions) {
        if standing.id == question.id {
            *standing = question;
            break;
        }
    }
    changed
}

/// What would be wrong with what stands in the form: at this question, and at others because of it.
fn findings(renderer: &Renderer, draft: &Draft, id: &str, fields: &Fields, factors: &Factors) -> Findings {
    let (document, draft_id) = (&draft.document, TemplateDraftId(draft.row.id));
    let question = match read(id, fields, &document.languages) {
        Ok(question) => question,
        Err(problems) => {
            let tell = |problem: &Problem| Told {
                href: Some(format!("#{}", problem.at.split(':').next().unwrap_or_default())),
                place: id.to_owned(),
                text: say::problem(&renderer.platform.wording, problem),
            };
            return Findings { own: problems.0.iter().map(tell).collect(), ..Findings::default() };
        }
    };
    let before: BTreeSet<String> = drafts::find(document, factors).problems.iter().map(ToString::to_string).collect();
    let changed = with(document, question);
    let found = drafts::find(&changed, factors);
    let places = Places::new(renderer, draft_id, &changed);
    let here = |told: Told| {
        let anchor = told.href.as_deref().and_then(|href| href.find('#').map(|at| href[at..].to_owned()));
        Told { href: Some(anchor.unwrap_or_else(|| "#text".to_owned())), ..told }
    };
    let (own, other): (Vec<&Problem>, Vec<&Problem>) =
        found.problems.iter().partition(|problem| places.question(problem) == Some(id));
    let remarks = found.remarks.iter().filter(|remark| places.question(remark) == Some(id));
    Findings {
        own: own.into_iter().map(|problem| here(places.tell(problem))).collect(),
        remarks: remarks.map(|remark| here(places.tell(remark))).collect(),
        elsewhere: other
            .into_iter()
            .filter(|problem| !before.contains(&problem.to_string()))
            .map(|problem| places.tell(problem))
            .collect(),
    }
}

/// What a form says, as far as it can stand where the question stands.
fn parsed(document: &Authored, id: &str, fields: &Fields, factors: &Factors) -> Result<Question<Text>, Problems> {
    let mut question = read(id, fields, &document.languages)?;
    let Some(before) = document.question(id) else { return Ok(question) };
    // Ticked boxes come in the order of the page: the order in which they were written is no change.
    let same = |one: &[String], other: &[String]| {
        one.iter().collect::<BTreeSet<_>>() == other.iter().collect::<BTreeSet<_>>() && one.len() == other.len()
    };
    if same(&question.controls, &before.controls) {
        question.controls.clone_from(&before.controls);
    }
    if same(&question.clauses, &before.clauses) {
        question.clauses.clone_from(&before.clauses);
    }
    if question.audience.iter().collect::<BTreeSet<_>>() == before.audience.iter().collect() {
        question.audience.clone_from(&before.audience);
    }
    // A condition that is typed now is refused where it makes no sense; one that came to make none by a change
    // elsewhere stands, and is told.
    if question.show_if.is_some() && question.show_if != before.show_if {
        let found = drafts::find(&with(document, question.clone()), factors).problems;
        let own = found.into_iter().filter(|problem| problem.at == id && problem.code.starts_with("condition-"));
        let own: Vec<Problem> = own.map(|problem| problem.moved_to("show_if")).collect();
        if !own.is_empty() {
            return Err(Problems(own));
        }
    }
    Ok(question)
}

pub(in crate::features::templates) async fn put(
    State(platform): State<Platform>,
    renderer: Renderer,
    around: Around,
    session: Session,
    caller: May<may::EditTemplates>,
    Pair(id, question): Pair<TemplateDraftId, String>,
    fields: Fields,
) -> Result<Response> {
    let draft = drafts::get(&platform, caller.scope(), id).await?;
    let seen = fields.one("seen").to_owned();
    let wanted = fields.one("do").to_owned();
    if !matches!(wanted.as_str(), "" | "save" | "next") {
        // Rows and kinds are put in order on the page first; nothing is saved by that.
        let posted = Posted::fresh(change_rows(&fields, &wanted).0);
        let gone = draft.document.question(&question).is_none();
        let shown = Shown { id: &question, seen, posted, conflict: None, gone };
        return Ok(show(&platform, &renderer, &around, &caller, &draft, shown).await?.into_response());
    }
    let factors = drafts::factors(&platform, caller.scope()).await?;
    let outcome = match parsed(&draft.document, &question, &fields, &factors) {
        Ok(read) => {
            let step = Step::PutQuestion { seen: seen.clone(), question: Box::new(read) };
            drafts::change(&platform, &caller.buyer(), id, step).await
        }
        Err(problems) => Err(problems.into()),
    };
    let (status, problems, seen) = match outcome {
        Ok(_) => {
            tell(&session, "success", renderer.text("editor.told.saved", &[])).await?;
            let ids: Vec<&str> = draft.document.questions().map(|question| question.id.as_str()).collect();
            let at = ids.iter().position(|known| *known == question);
            let next = at.and_then(|at| ids.get(at + 1)).filter(|_| wanted == "next");
            return Ok(Redirect::to(&format!("{}/questions/{}", base(id), next.unwrap_or(&&*question))).into_response());
        }
        Err(AppError::Invalid(problems)) => (StatusCode::UNPROCESSABLE_ENTITY, problems, seen),
        Err(AppError::Changed(_) | AppError::NotFound) => (StatusCode::CONFLICT, Problems(Vec::new()), seen),
        Err(other) => return Err(other),
    };
    // What stands there now, with what was typed beside it.
    let draft = drafts::get(&platform, caller.scope(), id).await?;
    let standing = draft.document.question(&question);
    let gone = standing.is_none();
    let (mut fields, mut seen, mut conflict) = (fields, seen, None);
    if let (StatusCode::CONFLICT, Some(standing)) = (status, standing) {
        let stands = fields_of(standing, &draft.document.languages);
        fields = with_new_languages(fields, &stands, &draft.document.languages);
        let rows = differences(&stands, &fields, |name| field_label(&renderer, name));
        let by = super::outline::edited(&platform, &renderer, &caller, &draft).await?;
        conflict = Some(Conflict { by, rows });
        seen = standing.fingerprint();
    }
    let posted = Posted::refused(&renderer, fields, &problems);
    let shown = Shown { id: &question, seen, posted, conflict, gone };
    let page = show(&platform, &renderer, &around, &caller, &draft, shown).await?;
    Ok((status, page).into_response())
}

/// What is wrong with what stands in the form right now; nothing is saved.
pub(in crate::features::templates) async fn check(
    State(platform): State<Platform>,
    renderer: Renderer,
    around: Around,
    caller: May<may::EditTemplates>,
    Pair(id, question): Pair<TemplateDraftId, String>,
    fields: Fields,
) -> Result<Html<String>> {
    let draft = drafts::get(&platform, caller.scope(), id).await?;
    let factors = drafts::factors(&platform, caller.scope()).await?;
    let found = findings(&renderer, &draft, &question, &fields, &factors);
    renderer.page(&renderer.desk(&around, &caller, ""), &found)
}
