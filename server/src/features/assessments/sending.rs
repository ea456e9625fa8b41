//! Sending: the preview of exactly what goes out, issuing, reminding, and links.

use super::head::{Known, Place};
use super::steps::settled;
use super::views::forms::{CopiedLink, Preview};
use crate::actions::{chase, deliver, issue as issuing};
use crate::error::{AppError, Result};
use crate::platform::Platform;
use crate::web::actor::{May, may};
use crate::web::due::Due;
use crate::web::fields::Fields;
use crate::web::once;
use crate::web::outline::{self, Detail};
use crate::web::path::{Id, Pair};
use crate::web::render::Renderer;
use crate::web::shell::{Around, tell};
use axum::extract::State;
use axum::response::{Html, IntoResponse, Redirect, Response};
use domain::access::Permission;
use domain::assessment::State as Stand;
use domain::ids::{AssessmentId, VendorLinkId};
use tower_sessions::Session;

pub(super) async fn preview(
    State(platform): State<Platform>,
    renderer: Renderer,
    around: Around,
    caller: May<may::Read>,
    Id(id): Id<AssessmentId>,
) -> Result<Response> {
    let mut known = Known::read(&platform, caller.scope(), id).await?;
    known.version = around.reads.edition(&known.version);
    if known.state != Stand::Draft {
        return Ok(Redirect::to(&known.href()).into_response());
    }
    let mail = deliver::preview(&platform, caller.scope(), &known.row).await?;
    let document = &known.version.document;
    let view = Preview {
        head: known.head(&renderer, Place::Step),
        to: format!("{} <{}>", mail.to_name, mail.to_address),
        subject: mail.subject,
        text: mail.text.trim().to_owned(),
        due: Due::of(&renderer, known.row.due_on, platform.clock.now(), true),
        version_href: format!("/templates/versions/{}", known.version.row.id),
        version: known.version.row.number,
        questions: known.version.row.question_count,
        minutes: document.minutes,
        outline: outline::sections(&renderer, document, Detail::AsAsked),
        may_issue: caller.may(Permission::Issue),
    };
    let title = renderer.text("assessments.preview.title", &[]);
    let shell = renderer.desk(&around, &caller, title);
    Ok(renderer.page(&shell.showing(&platform.wording, &known.version, &around.path), &view)?.into_response())
}

pub(super) async fn issue(
    State(platform): State<Platform>,
    renderer: Renderer,
    session: Session,
    caller: May<may::Issue>,
    Id(id): Id<AssessmentId>,
) -> Result<Redirect> {
    let known = Known::read(&platform, caller.scope(), id).await?;
    match issuing::issue(&platform, &caller.buyer(), id).await {
        Ok(()) => {
            let told = renderer.text("assessments.told.issued", &[("contact", &known.contact.name)]);
            tell(&session, "success", told).await?;
            Ok(Redirect::to(&known.href()))
        }
        // A due date that passed while the draft lay about: it is moved on the page that moves it.
        Err(AppError::Invalid(_)) => {
            tell(&session, "error", renderer.text("assessments.told.due_passed", &[])).await?;
            Ok(Redirect::to(&format!("{}/extend", known.href())))
        }
        // Clicked twice: the first click did it.
        Err(AppError::NotNow("sent" | "in_progress")) => Ok(Redirect::to(&known.href())),
        Err(error @ AppError::NotNow("prohibited_use")) => Err(error),
        Err(other) => settled(&renderer, &session, id, Err(other), "").await,
    }
}

pub(super) async fn remind(
    State(platform): State<Platform>,
    renderer: Renderer,
    session: Session,
    caller: May<may::Issue>,
    Id(id): Id<AssessmentId>,
    fields: Fields,
) -> Result<Redirect> {
    let by = caller.buyer_once(once::of_form(fields.one("once")));
    let outcome = chase::remind(&platform, &by, id).await;
    settled(&renderer, &session, id, outcome, "assessments.told.reminded").await
}

/// Shows the link this once: the answer to the POST is the page itself, since nothing may keep the secret.
pub(super) async fn copy_link(
    State(platform): State<Platform>,
    renderer: Renderer,
    around: Around,
    caller: May<may::Issue>,
    Id(id): Id<AssessmentId>,
) -> Result<Html<String>> {
    let known = Known::read(&platform, caller.scope(), id).await?;
    let link = chase::copy_link(&platform, &caller.buyer(), id).await?;
    let view = CopiedLink { head: known.head(&renderer, Place::Step), link, email: known.contact.email.clone() };
    let title = renderer.text("assessments.link.title", &[]);
    renderer.page(&renderer.desk(&around, &caller, title), &view)
}

pub(super) async fn revoke_link(
    State(platform): State<Platform>,
    renderer: Renderer,
    session: Session,
    caller: May<may::Issue>,
    Pair(id, link): Pair<AssessmentId, VendorLinkId>,
) -> Result<Redirect> {
    let outcome = match chase::revoke_link(&platform, &caller.buyer(), id, link).await {
        // Clicked twice, or revoked by a colleague: either way it no longer works.
        Err(AppError::NotFound) => {
            Known::read(&platform, caller.scope(), id).await?;
            Ok(())
        }
        outcome => outcome,
    };
    settled(&renderer, &session, id, outcome, "assessments.told.revoked").await
}
