//! What a reviewer posts: a finding of one answer, notes, and what goes back to the vendor.

use super::page::{SHOWS, one, page};
use super::rows::{Typed, review_href};
use super::views::OneAnswer;
use crate::actions::judging::said;
use crate::actions::review::{self, Found};
use crate::actions::threads::{self, About};
use crate::error::{AppError, Result};
use crate::features::assessments::head::Known;
use crate::features::assessments::steps::{date_if_given, settled};
use crate::platform::Platform;
use crate::repo;
use crate::web::actor::{Caller, May, may};
use crate::web::fields::Fields;
use crate::web::form::Posted;
use crate::web::once;
use crate::web::path::{Id, Pair};
use crate::web::question::anchor;
use crate::web::render::Renderer;
use crate::web::say;
use crate::web::shell::{Around, tell};
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::VARY;
use axum::response::{IntoResponse, Redirect, Response};
use domain::ids::{AssessmentId, MemberId};
use domain::judging::review::{Support, Verdict};
use domain::problem::{Problem, Problems};
use domain::scoring::Level;
use serde_json::Value;
use std::collections::BTreeMap;
use tower_sessions::Session;

/// The support that a form names.
fn support(name: &str) -> Option<Support> {
    match name {
        "accepted" => Some(Support::Accepted),
        "refused" => Some(Support::Refused),
        "contradicts" => Some(Support::Contradicts),
        _ => None,
    }
}

pub(in crate::features::assessments) async fn judge(
    State(platform): State<Platform>,
    renderer: Renderer,
    around: Around,
    caller: May<may::Review>,
    Pair(id, question): Pair<AssessmentId, String>,
    fields: Fields,
) -> Result<Response> {
    let mut known = Known::read(&platform, caller.scope(), id).await?;
    let show = SHOWS.into_iter().find(|known| *known == fields.one("show")).unwrap_or_default();
    let outcome = write(&platform, &caller, id, &question, &fields).await;
    let as_fragment = around.fragment.as_deref() == Some("answer");
    let (status, typed) = match outcome {
        Ok(()) if as_fragment => (StatusCode::OK, None),
        Ok(()) => {
            let next = next(&platform, &caller, &known, &question).await?;
            let to = next.map_or_else(|| "return".to_owned(), |next| format!("q-{}", anchor(&next)));
            return Ok(Redirect::to(&format!("{}#{to}", review_href(id, show))).into_response());
        }
        Err(AppError::Invalid(problems)) => {
            let words = problems.0.iter().map(|problem| say::problem(&platform.wording, problem));
            let error = Some(words.collect::<Vec<_>>().join(" "));
            let of_note = problems.0.iter().all(|problem| problem.at == "note");
            let error_at = if of_note { note_of(Verdict::named(fields.one("verdict"))) } else { "" };
            let typed = Typed { question: question.clone(), fields, error, error_at, conflict: None };
            (StatusCode::UNPROCESSABLE_ENTITY, Some(typed))
        }
        Err(AppError::Changed(stands)) => {
            let conflict = Some(conflict(&renderer, &caller, &stands).await?);
            (
                StatusCode::CONFLICT,
                Some(Typed { question: question.clone(), fields, error: None, error_at: "", conflict }),
            )
        }
        Err(other) => return Err(other),
    };
    if as_fragment {
        known.version = around.reads.edition(&known.version);
        let row = one(&renderer, &caller, &known, &question, show, typed.as_ref()).await?;
        let shell = renderer.desk(&around, &caller, known.title());
        let shell = shell.showing(&platform.wording, &known.version, &around.path);
        return Ok((status, [(VARY, "X-Fragment")], renderer.page(&shell, &OneAnswer(row))?).into_response());
    }
    let page = page(&renderer, &around, &caller, known, show, (typed.as_ref(), &Posted::default())).await?;
    Ok((status, page).into_response())
}

/// The field with what goes with a verdict.
fn note_of(verdict: Option<Verdict>) -> &'static str {
    match verdict {
        Some(Verdict::AskedBack) => "to_vendor",
        Some(Verdict::NaRefused) => "to_colleagues",
        _ => "",
    }
}

/// Writes what a form says: a finding, where one is chosen, and notes.
async fn write(platform: &Platform, caller: &Caller, id: AssessmentId, question: &str, fields: &Fields) -> Result<()> {
    let verdict = Verdict::named(fields.one("verdict"));
    let [to_vendor, to_colleagues] = ["to_vendor", "to_colleagues"].map(|name| fields.one(name).trim());
    if verdict.is_none() && to_vendor.is_empty() && to_colleagues.is_empty() {
        return Err(Problem::new("verdict", "nothing-found").into());
    }
    if verdict.is_none() && !fields.one("level").is_empty() {
        return Err(Problem::new("verdict", "level-of-nothing").into());
    }
    // Both are looked at before either is written.
    for text in [to_vendor, to_colleagues] {
        said(platform, "note", text)?;
    }
    let (mut for_vendor, mut for_colleagues) = (to_vendor, to_colleagues);
    if let Some(verdict) = verdict {
        // What goes with asking back is for the vendor, why an N/A is refused for colleagues.
        let note = match verdict {
            Verdict::AskedBack => std::mem::take(&mut for_vendor),
            Verdict::NaRefused => std::mem::take(&mut for_colleagues),
            Verdict::Accepted | Verdict::NaAccepted => "",
        };
        // A level that is chosen is for all files alike, whatever stands at each.
        let level = Level::named(fields.one("level"));
        let files = fields.below("evidence:").filter(|_| level.is_none());
        let evidence = files.filter_map(|(file, found)| Some((file.to_owned(), support(found)?)));
        let found = Found {
            seen: fields.one("seen").parse().unwrap_or(0),
            verdict,
            level,
            evidence: evidence.collect(),
            note: Some(note.to_owned()),
        };
        review::find(platform, &caller.buyer(), id, question, &found).await?;
    }
    let about = About::Question(id, question.to_owned());
    let key = |of: &str| once::of_form(&format!("{}{of}", fields.one("once")));
    if !for_colleagues.is_empty() {
        threads::note(platform, &caller.buyer_once(key("-in")), &about, for_colleagues).await?;
    }
    if !for_vendor.is_empty() {
        threads::say(platform, &caller.buyer_once(key("-out")), &about, for_vendor).await?;
    }
    Ok(())
}

/// The next question that waits to be judged, after this one and then from the beginning.
async fn next(platform: &Platform, caller: &Caller, known: &Known, question: &str) -> Result<Option<String>> {
    let reading = review::Reading::around(platform.db.read(), caller.scope(), &known.row, &known.version).await?;
    let Some(reading) = reading else { return Ok(None) };
    let ids: Vec<&str> = known.version.document.questions().map(|question| question.id.as_str()).collect();
    let at = ids.iter().position(|id| *id == question).unwrap_or_default();
    let waits =
        |id: &&&str| reading.visibility.shows(id) && reading.said(id).reply.is_some() && reading.standing(id).is_none();
    let found = ids[at..].iter().skip(1).chain(&ids[..at]).find(waits);
    Ok(found.map(|id| (*id).to_owned()))
}

/// Who judged meanwhile, and what, for whoever comes second.
async fn conflict(renderer: &Renderer, caller: &Caller, stands: &Value) -> Result<String> {
    let by = match stands["recorded_by"].as_str().and_then(|id| id.parse().ok()) {
        Some(id) => repo::people::member(renderer.platform.db.read(), caller.scope(), MemberId(id)).await?,
        None => None,
    };
    let by = by.map(|member| member.name).unwrap_or_default();
    let verdict = renderer.text(&format!("review.stands.{}", stands["verdict"].as_str().unwrap_or("accepted")), &[]);
    Ok(renderer.text("review.conflict", &[("by", &by), ("verdict", &verdict)]))
}

pub(in crate::features::assessments) async fn give_back(
    State(platform): State<Platform>,
    renderer: Renderer,
    around: Around,
    session: Session,
    caller: May<may::Review>,
    Id(id): Id<AssessmentId>,
    fields: Fields,
) -> Result<Response> {
    let known = Known::read(&platform, caller.scope(), id).await?;
    let outcome = match date_if_given("due_on", fields.one("due_on")) {
        Ok(due_on) => review::give_back(&platform, &caller.buyer(), id, &BTreeMap::new(), due_on).await,
        Err(problem) => Err(problem.into()),
    };
    match outcome {
        Err(AppError::Invalid(Problems(problems))) => {
            let problems = problems.into_iter().map(|problem| match problem.at.as_str() {
                "questions" => Problem::new("return", "no-question-chosen"),
                _ => problem,
            });
            let posted = Posted::refused(&renderer, fields, &Problems(problems.collect()));
            let page = page(&renderer, &around, &caller, known, "", (None, &posted)).await?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
        outcome => Ok(settled(&renderer, &session, id, outcome, "assessments.told.returned").await?.into_response()),
    }
}

/// Takes a submission in review, and begins.
pub(in crate::features::assessments) async fn take(
    State(platform): State<Platform>,
    renderer: Renderer,
    session: Session,
    caller: May<may::Review>,
    Id(id): Id<AssessmentId>,
) -> Result<Redirect> {
    match review::take(&platform, &caller.buyer(), id).await {
        Ok(()) => {
            tell(&session, "success", renderer.text("assessments.told.taken", &[])).await?;
            Ok(Redirect::to(&review_href(id, "")))
        }
        outcome => settled(&renderer, &session, id, outcome, "assessments.told.taken").await,
    }
}
