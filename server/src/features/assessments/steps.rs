//! Steps in the life of an assessment: extend, recall, finish, close.

use super::ask::date;
use super::head::{Known, Place};
use super::views::forms::{Extend, Recall};
use crate::actions::{chase, review};
use crate::error::{AppError, Result};
use crate::platform::Platform;
use crate::web::actor::{Caller, May, may};
use crate::web::due::Due;
use crate::web::fields::Fields;
use crate::web::form::{Field, Posted};
use crate::web::path::Id;
use crate::web::render::Renderer;
use crate::web::say::not_now;
use crate::web::shell::{Around, tell};
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use domain::answer::iso_date;
use domain::assessment::State as Stand;
use domain::ids::AssessmentId;
use domain::problem::Problem;
use time::Duration;
use tower_sessions::Session;

/// Days that are offered when somebody extends.
const DAYS_MORE: i64 = 7;

/// Back to the assessment, with a word on what was done; or on why not, where it had moved on meanwhile.
pub(super) async fn settled(
    renderer: &Renderer,
    session: &Session,
    id: AssessmentId,
    outcome: Result<()>,
    told: &str,
) -> Result<Redirect> {
    match outcome {
        Ok(()) => tell(session, "success", renderer.text(told, &[])).await?,
        Err(AppError::NotNow(code)) => {
            let text = if let Ok(state) = code.parse::<Stand>() {
                let stands = renderer.text(&format!("state.{state}"), &[]);
                renderer.text("assessments.not_now", &[("state", &stands)])
            } else {
                not_now(&renderer.platform.wording, code)
            };
            tell(session, "warning", text).await?;
        }
        Err(other) => return Err(other),
    }
    Ok(Redirect::to(&format!("/assessments/{id}")))
}

fn can_extend(state: Stand) -> bool {
    state.waits_for_vendor() || state == Stand::Draft
}

pub(super) async fn extend_form(
    State(platform): State<Platform>,
    renderer: Renderer,
    around: Around,
    caller: May<may::Issue>,
    Id(id): Id<AssessmentId>,
) -> Result<Response> {
    let known = Known::read(&platform, caller.scope(), id).await?;
    if !can_extend(known.state) {
        return Ok(Redirect::to(&known.href()).into_response());
    }
    let from = known.row.due_on.max(platform.clock.today());
    let posted = Posted::fresh(vec![
        ("due_on".into(), iso_date::write(from + Duration::days(DAYS_MORE))),
        ("revision".into(), known.row.revision.to_string()),
    ]);
    Ok(extend_page(&renderer, &around, &caller, &known, &posted, false)?.into_response())
}

fn extend_page(
    renderer: &Renderer,
    around: &Around,
    caller: &Caller,
    known: &Known,
    posted: &Posted,
    changed: bool,
) -> Result<Html<String>> {
    let today = renderer.platform.clock.today();
    let due_on = Field {
        required: true,
        min: Some(iso_date::write(today)),
        ..posted.field("due_on", renderer.text("assessments.extend.due_on", &[]))
    };
    let view = Extend {
        head: known.head(renderer, Place::Step),
        due: Due::of(renderer, known.row.due_on, renderer.platform.clock.now(), true),
        changed,
        is_draft: known.state == Stand::Draft,
        revision: posted.fields.one("revision").to_owned(),
        errors: posted.errors_of(&[&due_on]),
        due_on,
    };
    let title = renderer.text("assessments.extend.title", &[]);
    renderer.page(&renderer.desk(around, caller, title), &view)
}

pub(super) async fn extend(
    State(platform): State<Platform>,
    renderer: Renderer,
    around: Around,
    session: Session,
    caller: May<may::Issue>,
    Id(id): Id<AssessmentId>,
    fields: Fields,
) -> Result<Response> {
    let known = Known::read(&platform, caller.scope(), id).await?;
    let revision = fields.one("revision").parse().ok();
    let outcome = match date("due_on", fields.one("due_on")) {
        Ok(due_on) => chase::extend(&platform, &caller.buyer(), id, due_on, revision).await,
        Err(problem) => Err(problem.into()),
    };
    match outcome {
        Err(AppError::Invalid(problems)) => {
            let posted = Posted::refused(&renderer, fields, &problems);
            let page = extend_page(&renderer, &around, &caller, &known, &posted, false)?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
        Err(AppError::Changed(_)) => {
            let mut fields = fields;
            fields.0.retain(|(name, _)| name != "revision");
            fields.0.push(("revision".into(), known.row.revision.to_string()));
            let page = extend_page(&renderer, &around, &caller, &known, &Posted::fresh(fields.0), true)?;
            Ok((StatusCode::CONFLICT, page).into_response())
        }
        outcome => {
            if known.state == Stand::Draft && outcome.is_ok() {
                return Ok(Redirect::to(&format!("{}/preview", known.href())).into_response());
            }
            Ok(settled(&renderer, &session, id, outcome, "assessments.told.extended").await?.into_response())
        }
    }
}

pub(super) async fn recall_form(
    State(platform): State<Platform>,
    renderer: Renderer,
    around: Around,
    caller: May<may::Issue>,
    Id(id): Id<AssessmentId>,
) -> Result<Response> {
    let known = Known::read(&platform, caller.scope(), id).await?;
    if known.state.after(domain::assessment::Event::Recall).is_err() {
        return Ok(Redirect::to(&known.href()).into_response());
    }
    let view = Recall {
        head: known.head(&renderer, Place::Step),
        is_draft: known.state == Stand::Draft,
        round: known.row.round,
        answered: known.row.answered,
        asked: known.row.asked,
    };
    let title = renderer.text("assessments.recall.title", &[]);
    Ok(renderer.page(&renderer.desk(&around, &caller, title), &view)?.into_response())
}

pub(super) async fn recall(
    State(platform): State<Platform>,
    renderer: Renderer,
    session: Session,
    caller: May<may::Issue>,
    Id(id): Id<AssessmentId>,
) -> Result<Redirect> {
    let outcome = chase::recall(&platform, &caller.buyer(), id).await;
    settled(&renderer, &session, id, outcome, "assessments.told.recalled").await
}

pub(super) async fn finish(
    State(platform): State<Platform>,
    renderer: Renderer,
    session: Session,
    caller: May<may::Review>,
    Id(id): Id<AssessmentId>,
) -> Result<Redirect> {
    let outcome = review::finish(&platform, &caller.buyer(), id).await;
    settled(&renderer, &session, id, outcome, "assessments.told.finished").await
}

pub(super) async fn close(
    State(platform): State<Platform>,
    renderer: Renderer,
    session: Session,
    caller: May<may::Review>,
    Id(id): Id<AssessmentId>,
) -> Result<Redirect> {
    let outcome = review::close(&platform, &caller.buyer(), id).await;
    settled(&renderer, &session, id, outcome, "assessments.told.closed").await
}

/// A due date that may be left out.
///
/// # Errors
/// `not-a-date` at the field.
pub(super) fn date_if_given(at: &str, text: &str) -> Result<Option<time::Date>, Problem> {
    if text.trim().is_empty() { Ok(None) } else { date(at, text).map(Some) }
}
