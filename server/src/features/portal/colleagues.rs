//! Asking colleagues in: for some questions, for all, or for the signature; and taking that back.

use super::views::{AskedInRow, ColleaguesPage, LinkPage, Pick, PickSection};
use super::visit::{Visit, base};
use super::words;
use crate::actions::handover::{self, AskedIn, Colleague, Part, Way};
use crate::error::{AppError, Result};
use crate::repo::people::Member;
use crate::web::actor::may;
use crate::web::fields::Fields;
use crate::web::form::{Choice, Field, Posted, refusal};
use crate::web::once;
use crate::web::path::Pair;
use crate::web::portal::Responder;
use crate::web::render::Renderer;
use crate::web::shell::{Around, tell};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum_extra::extract::Query;
use domain::access::Role;
use domain::ids::{AssessmentId, ContactId, VendorId};
use domain::problem::{Problem, Problems};
use serde::Deserialize;
use std::collections::BTreeSet;
use tower_sessions::Session;
use uuid::Uuid;

type Handing = Visit<may::HandOver>;

/// What the page's address may ask for.
#[derive(Debug, Deserialize)]
pub(super) struct Wish {
    /// The section that is to be handed over.
    section: Option<String>,
}

pub(super) async fn show(visit: Handing, Query(wish): Query<Wish>) -> Result<Html<String>> {
    let key = visit.renderer.platform.clock.id::<Uuid>().to_string();
    let mut fresh = vec![("once".to_owned(), key), ("way".to_owned(), Way::Mail.name().to_owned())];
    fresh.push(("part".to_owned(), "questions".to_owned()));
    fresh.extend(wish.section.map(|section| ("section".to_owned(), section)));
    page(&visit, &Posted::fresh(fresh), &Posted::default()).await
}

fn person_fields(visit: &Handing, posted: &Posted, prefix: &str) -> [Field; 2] {
    let most = visit.renderer.platform.config.limits.name_characters;
    let mut name = posted.field("name", visit.text("portal.colleagues.name", &[]));
    name.max_length = Some(most);
    name.required = true;
    let mut email = posted.field("email", visit.text("portal.colleagues.email", &[]));
    email.kind = "email";
    email.required = true;
    [name, email].map(|field| Field { id: format!("{prefix}{}", field.id), ..field })
}

fn choice(visit: &Handing, posted: &Posted, name: &str, keys: [&str; 2]) -> Field {
    let given = posted.fields.one(name);
    let option = |key: &str| Choice {
        key: key.to_owned(),
        text: visit.text(&format!("portal.colleagues.{name}.{key}"), &[]),
        note: Some(visit.text(&format!("portal.colleagues.{name}_note.{key}"), &[])),
        chosen: given == key,
    };
    Field {
        options: keys.map(option).into(),
        required: true,
        ..posted.field(name, visit.text(&format!("portal.colleagues.{name}"), &[]))
    }
}

/// Sections and questions to choose from.
fn picks(visit: &Handing, posted: &Posted) -> Vec<PickSection> {
    let numbers = super::question::numbers(visit);
    let picked = |name: &str, id: &str| posted.fields.all(name).any(|given| given == id);
    let section = |section: &domain::questionnaire::Section| PickSection {
        id: section.id.clone(),
        title: section.title.clone(),
        chosen: picked("section", &section.id),
        open: section.questions.iter().any(|question| picked("question", &question.id)),
        questions: section
            .questions
            .iter()
            .map(|question| Pick {
                id: question.id.clone(),
                number: numbers.get(question.id.as_str()).copied().unwrap_or_default(),
                text: question.text.clone(),
                chosen: picked("question", &question.id),
            })
            .collect(),
    };
    visit.opened.version.document.sections.iter().map(section).collect()
}

async fn page(visit: &Handing, posted: &Posted, signing: &Posted) -> Result<Html<String>> {
    let platform = &visit.renderer.platform;
    let (db, assessment) = (platform.db.read(), &visit.opened.assessment);
    let everybody = handover::asked_in(db, &visit.scope, assessment).await?;
    let signatory = handover::signatory(db, &visit.scope, assessment).await?;
    let [name, email] = person_fields(visit, posted, "");
    let [sign_name, sign_email] = person_fields(visit, signing, "sign-");
    let part = choice(visit, posted, "part", ["questions", "everything"]);
    let way = choice(visit, posted, "way", ["mail", "copy"]);
    let mut errors = posted.errors_of(&[&name, &email, &part, &way]);
    errors.extend(signing.errors().into_iter().map(|mut error| {
        error.href = error.href.replacen('#', "#sign-", 1);
        error
    }));
    let members = handover::signatories(platform, visit.scope, VendorId(assessment.vendor_id)).await?;
    let option = |member: &Member| Choice {
        key: member.id.to_string(),
        text: format!("{} ({})", member.name, member.email),
        ..Choice::default()
    };
    let sign_member = (!members.is_empty()).then(|| Field {
        blank: Some(visit.text("portal.colleagues.somebody_else", &[])),
        options: members.iter().map(option).collect(),
        ..signing.field("member", visit.text("portal.colleagues.sign_member", &[]))
    });
    let view = ColleaguesPage {
        open: visit.opened.state.waits_for_vendor(),
        asked_in: everybody.iter().map(|one| row(visit, one)).collect(),
        signatory: signatory.as_ref().map(|contact| contact.name.clone()),
        signatory_href: signatory.map(|contact| format!("{}/colleagues/{}/take-back", visit.base(), contact.id)),
        questions_error: posted.error("questions"),
        picks: picks(visit, posted),
        once: posted.fields.one("once").to_owned(),
        base: visit.base(),
        errors,
        name,
        email,
        part,
        way,
        sign_member,
        sign_name,
        sign_email,
    };
    visit.page(&visit.text("portal.colleagues.title", &[]), &view)
}

fn row(visit: &Handing, one: &AskedIn) -> AskedInRow {
    let state = match (one.opened_at, &one.failure, one.queued) {
        (Some(at), ..) => visit.text("portal.colleagues.opened", &[("at", &words::moment(at))]),
        (None, Some(_), _) => visit.text("portal.colleagues.failed", &[]),
        (None, None, true) => visit.text("portal.colleagues.queued", &[]),
        (None, None, false) => visit.text("portal.colleagues.not_opened", &[]),
    };
    let numbers = super::question::numbers(visit);
    let mut questions: Vec<usize> = one.questions.iter().filter_map(|id| numbers.get(id.as_str()).copied()).collect();
    questions.sort_unstable();
    let what = match one.role {
        Role::Contributor => {
            let list: Vec<String> = questions.iter().map(usize::to_string).collect();
            visit.text("portal.colleagues.what.contributor", &[("questions", &list.join(", "))])
        }
        role => visit.text(&format!("portal.colleagues.what.{role}"), &[]),
    };
    AskedInRow {
        name: one.contact.name.clone(),
        email: one.contact.email.clone(),
        what,
        since: words::moment(one.since),
        failed: one.failure.is_some(),
        state,
        take_back: format!("{}/colleagues/{}/take-back", visit.base(), one.contact.id),
    }
}

fn colleague(fields: &Fields) -> Colleague {
    Colleague { name: fields.one("name").to_owned(), email: fields.one("email").to_owned() }
}

fn way(fields: &Fields) -> Way {
    if fields.one("way") == Way::Copy.name() { Way::Copy } else { Way::Mail }
}

pub(super) async fn hand_over(
    renderer: Renderer,
    around: Around,
    session: Session,
    responder: Responder<may::HandOver>,
    fields: Fields,
) -> Result<Response> {
    let (scope, to, way) = (responder.scope, colleague(&fields), way(&fields));
    let visit = Handing::begin(renderer, around, scope).await?;
    let part = if fields.one("part") == "everything" {
        Part::Everything
    } else {
        let sections = &visit.opened.version.document.sections;
        let whole = sections.iter().filter(|section| fields.all("section").any(|id| id == section.id));
        let mut chosen: BTreeSet<String> =
            whole.flat_map(|section| section.questions.iter().map(|question| question.id.clone())).collect();
        chosen.extend(fields.all("question").map(str::to_owned));
        Part::Questions(chosen)
    };
    let by = responder.vendor_once(once::of_form(fields.one("once")));
    let done = handover::hand_over(&visit.renderer.platform, &by, &to, &part, way).await;
    match refusal(done)? {
        Ok(link) => told(&visit, &session, &to.name, (link, way)).await,
        Err(problems) => {
            let posted = Posted::refused(&visit.renderer, fields, &problems);
            let page = page(&visit, &posted, &Posted::default()).await?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
    }
}

/// Says what was done; a link that is to be copied is shown by the answer itself, since nothing may keep it.
async fn told<P>(
    visit: &Visit<P>,
    session: &Session,
    name: &str,
    (link, way): (Option<String>, Way),
) -> Result<Response> {
    let back = format!("{}/colleagues", visit.base());
    if let Some(link) = link {
        let view = LinkPage { name: name.to_owned(), link, back };
        let title = visit.text("portal.colleagues.link", &[]);
        return Ok(visit.page(&title, &view)?.into_response());
    }
    let key = if way == Way::Mail { "portal.colleagues.mailed" } else { "portal.colleagues.shown_before" };
    let words = visit.text(key, &[("name", &name)]);
    tell(session, "success", words).await?;
    Ok(Redirect::to(&back).into_response())
}

pub(super) async fn take_back(
    renderer: Renderer,
    session: Session,
    responder: Responder<may::HandOver>,
    Pair(_, contact): Pair<AssessmentId, ContactId>,
) -> Result<Redirect> {
    match handover::take_back(&renderer.platform, &responder.vendor(), contact).await {
        Ok(()) => tell(&session, "success", renderer.text("portal.colleagues.taken_back", &[])).await?,
        // Clicked twice: it was taken back, as was asked.
        Err(AppError::NotFound) => {}
        Err(other) => return Err(other),
    }
    Ok(Redirect::to(&format!("{}/colleagues", base(responder.scope))))
}

pub(super) async fn name_signatory(
    renderer: Renderer,
    around: Around,
    session: Session,
    responder: Responder<may::HandOver>,
    fields: Fields,
) -> Result<Response> {
    let visit = Handing::begin(renderer, around, responder.scope).await?;
    let vendor = VendorId(visit.opened.assessment.vendor_id);
    let members = handover::signatories(&visit.renderer.platform, visit.scope, vendor).await?;
    let member = members.into_iter().find(|member| member.id.to_string() == fields.one("member"));
    let to = member.map_or_else(|| colleague(&fields), |member| Colleague { name: member.name, email: member.email });
    match refusal(handover::name_signatory(&visit.renderer.platform, &responder.vendor(), &to).await)? {
        Ok(_) => {
            let words = visit.text("portal.colleagues.signatory_named", &[("name", &to.name)]);
            tell(&session, "success", words).await?;
            Ok(Redirect::to(&format!("{}/colleagues", visit.base())).into_response())
        }
        Err(problems) => {
            let signing = Posted::refused(&visit.renderer, fields, &problems);
            let page = page(&visit, &Posted::default(), &signing).await?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
    }
}

/// Asks for the signature; what is missing is shown on the page that asked.
pub(super) async fn ask_for_signature(
    renderer: Renderer,
    around: Around,
    session: Session,
    responder: Responder<may::HandOver>,
    fields: Fields,
) -> Result<Response> {
    let way = way(&fields);
    let visit = Handing::begin(renderer, around, responder.scope).await?;
    let platform = &visit.renderer.platform;
    let by = responder.vendor_once(once::of_form(fields.one("once")));
    match refusal(handover::ask_for_signature(platform, &by, way).await)? {
        Ok(link) => {
            let named = handover::signatory(platform.db.read(), &visit.scope, &visit.opened.assessment).await?;
            let name = named.map(|contact| contact.name).unwrap_or_default();
            told(&visit, &session, &name, (link, way)).await
        }
        Err(Problems(problems)) => {
            let is_missing = |problem: &Problem| problem.code == "answer-required";
            if problems.iter().any(|problem| !is_missing(problem)) {
                tell(&session, "warning", visit.text("portal.colleagues.no_signatory", &[])).await?;
            }
            Ok(Redirect::to(&format!("{}/submit", visit.base())).into_response())
        }
    }
}
