//! A page of questions: shown, and saved by a plain form that needs no script.

use super::evidence::{self, Taken};
use super::question::{self, Unsaved, numbers};
use super::threads;
use super::typed::Typed;
use super::views::SectionPage;
use super::visit::{Visit, base};
use super::words;
use crate::actions::questionnaire::Opened;
use crate::actions::save_answer::{OneOfMany, SavedMany, said_in, save_many};
use crate::error::{AppError, Result};
use crate::platform::Platform;
use crate::repo::VendorScope;
use crate::web::actor::may;
use crate::web::form::ErrorLink;
use crate::web::portal::Responder;
use crate::web::question::{QuestionView, ThreadLine};
use crate::web::render::Renderer;
use crate::web::shell::{Around, tell};
use crate::web::upload::Upload;
use axum::extract::{Multipart, Path};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum_extra::extract::Query;
use domain::access::Permission;
use domain::assessment::State;
use domain::problem::Problem;
use domain::questionnaire::Section;
use serde::Deserialize;
use std::collections::BTreeMap;
use tower_sessions::Session;

/// What a section's address may ask for.
#[derive(Debug, Deserialize)]
pub(super) struct Wish {
    /// The table question that wants more blank rows.
    more: Option<String>,
}

pub(super) async fn show(
    visit: Visit,
    Path((_, section)): Path<(String, String)>,
    Query(wish): Query<Wish>,
) -> Result<Html<String>> {
    let threads = threads::read(&visit).await?;
    page(&visit, &section, &Outcome { more_rows: wish.more, ..Outcome::default() }, &threads)
}

/// What became of a posted form, for the page that is shown again.
#[derive(Debug, Default)]
struct Outcome {
    /// What was typed, by question; only for those that were not saved.
    typed: BTreeMap<String, Typed>,
    /// What is wrong, by question.
    problems: Vec<(String, Problem)>,
    /// Questions that somebody else answered otherwise meanwhile.
    conflicts: Vec<String>,
    /// How many others were saved.
    saved: usize,
    /// The table question that wants more blank rows.
    more_rows: Option<String>,
}

pub(super) async fn post(
    renderer: Renderer,
    around: Around,
    session: Session,
    responder: Responder,
    Path((_, id)): Path<(String, String)>,
    multipart: Multipart,
) -> Result<Response> {
    let scope = responder.scope;
    let platform = &renderer.platform;
    let mut upload = Upload::read(multipart, platform.config.limits.evidence_bytes).await?;
    let before = Opened::read(platform, &scope, scope.assessment).await?;
    let section = before.version.document.sections.iter().find(|section| section.id == id).ok_or(AppError::NotFound)?;
    if !before.state.waits_for_vendor() {
        return Err(AppError::NotNow(before.state.name()));
    }
    let Taken { problems, failure } = evidence::from_form(platform, scope, section, &mut upload).await;
    let (mut outcome, hidden_before) = save(platform, scope, &before, section, &upload, problems).await?;
    if let Some(failure) = failure {
        return Err(failure);
    }
    if !outcome.problems.is_empty() || !outcome.conflicts.is_empty() {
        let status = if outcome.problems.is_empty() { StatusCode::CONFLICT } else { StatusCode::UNPROCESSABLE_ENTITY };
        outcome.more_rows = Some(upload.fields.one("more_rows").to_owned());
        let visit = Visit::<may::AnswerAssigned>::begin(renderer, around, scope).await?;
        let threads = threads::read(&visit).await?;
        return Ok((status, page(&visit, &id, &outcome, &threads)?).into_response());
    }
    threads::from_form(platform, &responder.vendor(), &upload.fields).await?;
    let to = next(platform, scope, section, &upload, &hidden_before, &session, &renderer).await?;
    if outcome.saved > 0 {
        tell(&session, "success", renderer.counted("portal.saved", i64::try_from(outcome.saved).unwrap_or(i64::MAX)))
            .await?;
    }
    Ok(Redirect::to(&to).into_response())
}

/// Saves what can be saved; gives the rest, and which questions of the section were hidden before.
async fn save(
    platform: &Platform,
    scope: VendorScope,
    before: &Opened,
    section: &Section,
    upload: &Upload,
    problems: Vec<(String, Problem)>,
) -> Result<(Outcome, Vec<String>)> {
    let now = Opened::read(platform, &scope, scope.assessment).await?;
    let mut outcome = Outcome { problems, ..Outcome::default() };
    let (mut many, mut posted) = (Vec::new(), BTreeMap::new());
    for question in section.questions.iter().filter(|question| now.accepts(&question.id)) {
        let Some(typed) = Typed::posted(&upload.fields, question) else { continue };
        match typed.said(question, now.evidence.contains_key(&question.id)) {
            Ok(said) => many.push(OneOfMany { question: question.id.clone(), said, expected: typed.revision }),
            Err(problem) => outcome.problems.push((question.id.clone(), problem)),
        }
        posted.insert(question.id.clone(), typed);
    }
    let SavedMany { changed, problems, conflicts } = save_many(platform, scope, many).await?;
    outcome.problems.extend(problems.into_iter().map(|problem| (question_of(section, &problem), problem)));
    outcome.saved = changed;
    outcome.conflicts = conflicts;
    let unsaved: Vec<&String> = outcome.problems.iter().map(|(id, _)| id).chain(&outcome.conflicts).collect();
    outcome.typed = posted.into_iter().filter(|(id, _)| unsaved.contains(&id)).collect();
    let hidden = section.questions.iter().filter(|question| !before.visibility.shows(&question.id));
    Ok((outcome, hidden.map(|question| question.id.clone()).collect()))
}

/// The question that a problem lies in: it names a row, a column or the comment behind the question's id.
fn question_of(section: &Section, problem: &Problem) -> String {
    let whole = |id: &str| problem.at == id;
    let part = |id: &str| problem.at.strip_prefix(id).is_some_and(|rest| rest.starts_with('[') || rest == ".comment");
    let found = section.questions.iter().find(|question| whole(&question.id));
    let found = found.or_else(|| section.questions.iter().find(|question| part(&question.id)));
    found.map_or_else(|| problem.at.clone(), |question| question.id.clone())
}

/// Where the form leads: back to what was asked for on this page, to questions that the answers have added to it, or on.
async fn next(
    platform: &Platform,
    scope: VendorScope,
    section: &Section,
    upload: &Upload,
    hidden_before: &[String],
    session: &Session,
    renderer: &Renderer,
) -> Result<String> {
    let (base, fields) = (base(scope), &upload.fields);
    let here = format!("{base}/sections/{}", section.id);
    let more = fields.one("more_rows");
    if !more.is_empty() {
        return Ok(format!("{here}?more={more}#q-{more}"));
    }
    let touched = fields.one("removed_from");
    if !touched.is_empty() {
        return Ok(format!("{here}#q-{touched}"));
    }
    let after = Opened::read(platform, &scope, scope.assessment).await?;
    let added = section.questions.iter().find(|question| {
        hidden_before.contains(&question.id)
            && after.visibility.shows(&question.id)
            && !after.replies.contains_key(&question.id)
    });
    match (fields.one("go"), added) {
        ("overview", _) => Ok(base),
        ("next", Some(question)) => {
            tell(session, "info", renderer.text("portal.questions_added", &[])).await?;
            Ok(format!("{here}#q-{}", question.id))
        }
        ("next", None) => {
            let later = after.version.document.sections.iter().skip_while(|other| other.id != section.id).skip(1);
            let next = later.into_iter().find(|section| asks_anything(&after, section));
            let end = if scope.may(Permission::Submit) { format!("{base}/submit") } else { base.clone() };
            Ok(next.map_or(end, |next| format!("{base}/sections/{}", next.id)))
        }
        _ => Ok(here),
    }
}

/// Whether a section asks anything, given the answers; after a return, whether it has questions that were given back.
pub(super) fn asks_anything(opened: &Opened, section: &Section) -> bool {
    section.questions.iter().any(|question| opened.visibility.shows(&question.id) && opened.accepts(&question.id))
}

/// Why some questions of the page, or all, can only be read.
fn closed(visit: &Visit, questions: &[QuestionView]) -> Option<String> {
    let key = match visit.opened.state {
        State::Returned if questions.iter().any(|question| question.read_only) => "portal.section.only_given_back",
        state if !state.waits_for_vendor() => "portal.section.submitted",
        _ => return None,
    };
    Some(visit.text(key, &[]))
}

type Threads = BTreeMap<String, Vec<ThreadLine>>;

fn page(visit: &Visit, id: &str, outcome: &Outcome, threads: &Threads) -> Result<Html<String>> {
    let document = &visit.opened.version.document;
    let at = document.sections.iter().position(|section| section.id == id).ok_or(AppError::NotFound)?;
    let section = &document.sections[at];
    let numbers = numbers(visit);
    let (mut questions, mut errors) = (Vec::new(), Vec::new());
    for question in &section.questions {
        let problem = outcome.problems.iter().find(|(id, _)| *id == question.id).map(|(_, problem)| problem);
        let error = match problem {
            Some(problem) => Some(words::problem(&visit.renderer.platform.wording, &visit.renderer, question, problem)),
            None if outcome.conflicts.contains(&question.id) => {
                let row = visit.opened.answers.get(&question.id);
                let said = row.map(said_in).transpose()?;
                let theirs = said.and_then(|said| {
                    words::said(&visit.renderer, question, said.reply.as_ref(), said.comment.as_deref())
                });
                let theirs = theirs.unwrap_or_else(|| visit.text("question.no_answer", &[]));
                Some(visit.text("portal.conflict", &[("theirs", &theirs)]))
            }
            None => None,
        };
        let unsaved = Unsaved {
            typed: outcome.typed.get(&question.id),
            problem,
            error: error.as_deref(),
            more_rows: outcome.more_rows.as_ref() == Some(&question.id),
        };
        let number = numbers.get(question.id.as_str()).copied().unwrap_or_default();
        let mut view = question::view(visit, question, number, unsaved)?;
        view.thread = threads.get(&question.id).cloned().unwrap_or_default();
        view.may_say = !view.read_only && (view.asked_back.is_some() || !view.thread.is_empty());
        if let Some(error) = &error {
            let text = visit.text("portal.error_at", &[("number", &number), ("problem", &error)]);
            errors.push(ErrorLink { href: question::anchor_of(&view), text });
        }
        questions.push(view);
    }
    let base = visit.base();
    let (answered, of) = visit.opened.progress();
    let view = SectionPage {
        place: visit.text("portal.section.place", &[("n", &(at + 1)), ("of", &document.sections.len())]),
        title: section.title.clone(),
        intro: section.intro.clone(),
        progress: super::views::Progress { answered, of },
        saved_notice: (outcome.saved > 0)
            .then(|| visit.renderer.counted("portal.others_saved", i64::try_from(outcome.saved).unwrap_or(i64::MAX))),
        errors,
        nothing_asked: !section.questions.iter().any(|question| visit.opened.visibility.shows(&question.id)),
        closed: closed(visit, &questions),
        editable: questions.iter().any(|question| !question.read_only),
        last: !document.sections.iter().skip(at + 1).any(|section| asks_anything(&visit.opened, section)),
        submits: visit.scope.may(Permission::Submit),
        hand_over_href: (visit.scope.may(Permission::HandOver) && visit.opened.state.waits_for_vendor())
            .then(|| format!("{base}/colleagues?section={}", section.id)),
        action: format!("{base}/sections/{}", section.id),
        overview_href: base,
        questions,
    };
    let title = section.title.clone();
    visit.page(&title, &view)
}
