//! Attesting and submitting; the receipt; and one's own answers, readable and downloadable for ever after.

use super::files::name_of;
use super::question::{self, Unsaved, anchor, numbers};
use super::views::{AnswersPage, AnswersSection, Earlier, Missing, ReceiptPage, SubmitPage};
use super::visit::{Visit, base};
use super::words;
use crate::actions::Actor;
use crate::actions::audit::disclosed;
use crate::actions::handover;
use crate::actions::submit::{self as submitting, Attestation, missing};
use crate::error::{AppError, Result};
use crate::platform::Platform;
use crate::repo;
use crate::web::actor::may;
use crate::web::attachment::attachment;
use crate::web::fields::Fields;
use crate::web::form::{ErrorLink, Field, Posted, refusal};
use crate::web::portal::Responder;
use crate::web::render::Renderer;
use crate::web::shell::Around;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use domain::access::Permission;
use domain::problem::Problems;
use entity::submission;
use serde_json::json;
use uuid::Uuid;

pub(super) async fn form(visit: Visit<may::Answer>) -> Result<Response> {
    if !visit.opened.state.waits_for_vendor() {
        return Ok(Redirect::to(&format!("{}/receipt", visit.base())).into_response());
    }
    let name = ("name".to_owned(), visit.parties.contact.clone());
    Ok(page(&visit, &Posted::fresh(vec![name])).await?.into_response())
}

pub(super) async fn submit(
    renderer: Renderer,
    around: Around,
    Responder { scope, .. }: Responder<may::Submit>,
    fields: Fields,
) -> Result<Response> {
    let attestation = Attestation {
        name: fields.one("name").to_owned(),
        title: fields.one("title").to_owned(),
        confirmed: fields.one("confirmed") == "yes",
    };
    let done = submitting::submit(&renderer.platform, scope, &attestation).await;
    if matches!(done, Err(AppError::Forbidden)) {
        // Somebody else was named to sign while the page was open: it says so now.
        return Ok(Redirect::to(&format!("{}/submit", base(scope))).into_response());
    }
    match refusal(done)? {
        Ok(_) => Ok(Redirect::to(&format!("{}/receipt", base(scope))).into_response()),
        Err(problems) => {
            // Missing answers stand in a list of their own, above the form.
            let of_form = problems.0.into_iter().filter(|problem| problem.code != "answer-required").collect();
            let posted = Posted::refused(&renderer, fields, &Problems(of_form));
            let visit = Visit::<may::Answer>::begin(renderer, around, scope).await?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page(&visit, &posted).await?).into_response())
        }
    }
}

async fn page(visit: &Visit<may::Answer>, posted: &Posted) -> Result<Html<String>> {
    let platform = &visit.renderer.platform;
    let signatory = handover::signatory(platform.db.read(), &visit.scope, &visit.opened.assessment).await?;
    let (base, numbers) = (visit.base(), numbers(visit));
    let document = &visit.opened.version.document;
    let missing = missing(&visit.opened).into_iter().filter_map(|id| {
        let section = document.sections.iter().find(|section| section.questions.iter().any(|q| q.id == id))?;
        let question = document.question(id)?;
        Some(Missing {
            href: format!("{base}/sections/{}{}", section.id, anchor(id, question.kind.name())),
            number: numbers.get(id).copied().unwrap_or_default(),
            text: question.text.clone(),
            section: section.title.clone(),
        })
    });
    let missing: Vec<Missing> = missing.collect();
    let (answered, of) = visit.opened.progress();
    let mut name = posted.field("name", visit.text("portal.submit.name", &[]));
    name.autocomplete = Some("name");
    name.required = true;
    let mut title = posted.field("title", visit.text("portal.submit.job", &[]));
    title.hint = Some(visit.text("portal.submit.job_hint", &[]));
    title.autocomplete = Some("organization-title");
    title.required = true;
    let vendor = &visit.parties.vendor;
    let mut confirmed = posted.field("confirmed", visit.text("portal.submit.confirmed", &[("vendor", vendor)]));
    confirmed.checked = confirmed.value == "yes";
    confirmed.error = confirmed.error.map(|_| visit.text("portal.submit.confirm_first", &[]));
    let view = SubmitPage {
        buyer: visit.parties.buyer.clone(),
        unanswered: of - answered,
        missing,
        progress: super::views::Progress { answered, of },
        errors: [&name, &title, &confirmed].into_iter().filter_map(|field| at_field(visit, field)).collect(),
        name,
        title_field: title,
        confirmed,
        again: visit.opened.assessment.round > 0,
        signatory: signatory.filter(|named| named.id != visit.scope.contact.0).map(|named| named.name),
        asks: visit.scope.may(Permission::HandOver),
        once: platform.clock.id::<Uuid>().to_string(),
        base: base.clone(),
    };
    let title = visit.text("portal.submit.title", &[]);
    visit.page(&title, &view)
}

/// A line of the summary: what is wrong, and in which field.
fn at_field(visit: &Visit<may::Answer>, field: &Field) -> Option<ErrorLink> {
    let problem = field.error.as_ref()?;
    let text = if field.name == "confirmed" {
        problem.clone()
    } else {
        visit.text("portal.submit.at_field", &[("field", &field.label), ("problem", problem)])
    };
    Some(ErrorLink { href: format!("#{}", field.id), text })
}

async fn submissions(platform: &Platform, visit: &Visit<may::Answer>) -> Result<Vec<submission::Model>> {
    Ok(repo::submissions::all(platform.db.read(), &visit.scope, visit.scope.assessment).await?)
}

pub(super) async fn receipt(State(platform): State<Platform>, visit: Visit<may::Answer>) -> Result<Html<String>> {
    let all = submissions(&platform, &visit).await?;
    let newest = all.first().ok_or(AppError::NotFound)?;
    let snapshot = submitting::snapshot_of(newest)?;
    let view = ReceiptPage {
        buyer: visit.parties.buyer.clone(),
        vendor: visit.parties.vendor.clone(),
        questionnaire: visit.opened.version.document.title.clone(),
        hash: newest.answers_sha256.clone(),
        round: newest.round,
        name: newest.attested_name.clone(),
        title: newest.attested_title.clone(),
        at: words::moment(newest.submitted_at),
        answers: snapshot.answers.len(),
        earlier: all
            .iter()
            .skip(1)
            .map(|row| Earlier {
                round: row.round,
                at: words::moment(row.submitted_at),
                hash: row.answers_sha256.clone(),
            })
            .collect(),
        turn: visit.opened.state.waits_for_vendor(),
        base: visit.base(),
    };
    let title = visit.text("portal.receipt.title", &[]);
    visit.page(&title, &view)
}

/// The vendor's own answers, as they stand.
pub(super) async fn answers(visit: Visit) -> Result<Html<String>> {
    let numbers = numbers(&visit);
    let document = &visit.opened.version.document;
    let mut sections = Vec::new();
    for section in &document.sections {
        let shown = section.questions.iter().filter(|question| visit.opened.visibility.shows(&question.id));
        let questions = shown
            .map(|question| {
                let number = numbers.get(question.id.as_str()).copied().unwrap_or_default();
                let mut view = question::view(&visit, question, number, Unsaved::default())?;
                view.read_only = true;
                view.save_url = None;
                view.cost = None;
                if let Some(files) = &mut view.evidence {
                    files.items.iter_mut().for_each(|file| file.removable = false);
                }
                Ok(view)
            })
            .collect::<Result<Vec<_>>>()?;
        sections.push(AnswersSection { title: section.title.clone(), questions });
    }
    let view = AnswersPage {
        vendor: visit.parties.vendor.clone(),
        submitted: visit.opened.assessment.submitted_at.map(words::moment),
        turn: visit.opened.state.waits_for_vendor(),
        whole: visit.scope.may(Permission::Answer),
        base: visit.base(),
        sections,
    };
    let title = visit.text("portal.answers.title", &[]);
    visit.page(&title, &view)
}

/// What the newest submission froze, byte for byte as it was kept: the receipt's hash is over its list of answers.
pub(super) async fn snapshot(State(platform): State<Platform>, visit: Visit<may::Answer>) -> Result<Response> {
    let row = repo::submissions::newest(platform.db.read(), &visit.scope, visit.scope.assessment).await?;
    let row = row.ok_or(AppError::NotFound)?;
    let (scope, details) = (visit.scope, json!({ "submission": row.id }));
    let subject = ("assessment", scope.assessment.0);
    disclosed(&platform, &scope, Actor::Contact(scope.contact), "answers.downloaded", subject, &details).await?;
    let round = row.round.to_string();
    let title = &visit.opened.version.document.title;
    let name = name_of(&[&visit.parties.buyer, title, &visit.parties.vendor, &round], "json");
    Ok(attachment(&name, "application/json", row.snapshot))
}
