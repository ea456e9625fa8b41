//! The page behind a link. GET looks and changes nothing, since mail scanners look; only its button lets anybody in.

use super::views::{Door, DoorFacts, RenewalAsked};
use super::visit::base;
use crate::actions::chase;
use crate::actions::enter::{self, Standing};
use crate::actions::findings::LINK;
use crate::actions::parties::Parties;
use crate::actions::questionnaire::Opened;
use crate::error::{AppError, Result};
use crate::platform::Platform;
use crate::web::due::Due;
use crate::web::language::Reads;
use crate::web::portal::let_in;
use crate::web::render::Renderer;
use crate::web::shell::{Around, Shell};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use entity::vendor_link;
use tower_sessions::Session;

pub(super) async fn look(renderer: Renderer, around: Around, Path(secret): Path<String>) -> Result<Response> {
    match enter::standing(&renderer.platform, &secret).await? {
        Standing::Works(link) => Ok(open_door(&renderer, &around, &secret, &link).await?.into_response()),
        Standing::Expired(_) => {
            let shell = Shell::plain(&around, renderer.text("portal.door.expired", &[]));
            let door = Door {
                standing: "expired",
                enter_url: None,
                renew_url: Some(format!("/a/{secret}/renew")),
                facts: None,
            };
            Ok(renderer.page(&shell, &door)?.into_response())
        }
        Standing::Gone => {
            let shell = Shell::plain(&around, renderer.text("portal.door.gone", &[]));
            let door = Door { standing: "gone", enter_url: None, renew_url: None, facts: None };
            Ok((StatusCode::GONE, renderer.page(&shell, &door)?).into_response())
        }
    }
}

async fn open_door(
    renderer: &Renderer,
    around: &Around,
    secret: &str,
    link: &vendor_link::Model,
) -> Result<Html<String>> {
    let scope = enter::scope_of(link)?;
    let platform = &renderer.platform;
    let mut opened = Opened::read(platform, &scope, scope.assessment).await?;
    around.reads.open(&mut opened);
    let parties = Parties::of(platform, &scope, &opened.assessment).await?;
    let document = &opened.version.document;
    let facts = DoorFacts {
        title: document.title.clone(),
        summary: document.summary.clone(),
        buyer: parties.buyer.clone(),
        vendor: parties.vendor,
        contact: parties.contact.clone(),
        message: opened.assessment.message.clone(),
        due: Due::of(renderer, opened.assessment.due_on, platform.clock.now(), opened.state.waits_for_vendor()),
        questions: document.questions().count(),
        minutes: document.minutes,
        answered: opened.progress().0,
        turn: opened.state.waits_for_vendor(),
        site: platform.public_url.to_string(),
    };
    let shell = Shell::portal(around, parties.buyer, parties.contact, document.title.as_str());
    let shell = shell.showing(&platform.wording, &opened.version, &around.path);
    let enter_url = format!("/a/{secret}{}", around.reads.query());
    let door = Door { standing: "works", enter_url: Some(enter_url), renew_url: None, facts: Some(facts) };
    renderer.page(&shell, &door)
}

/// The button: the token is swapped for a session and leaves the address.
pub(super) async fn enter_by(
    State(platform): State<Platform>,
    session: Session,
    reads: Reads,
    Path(secret): Path<String>,
) -> Result<Redirect> {
    let standing = enter::standing(&platform, &secret).await?;
    let is_about_findings = matches!(&standing, Standing::Works(link) if link.purpose == LINK);
    match enter::enter(&platform, &secret).await {
        Ok(scope) => {
            let link = scope.link.ok_or(AppError::Unauthenticated)?;
            let_in(&session, scope.assessment, link).await?;
            reads.keep(&session).await?;
            let base = base(scope);
            Ok(Redirect::to(&if is_about_findings { format!("{base}/findings") } else { base }))
        }
        Err(AppError::Unauthenticated) => Ok(Redirect::to(&format!("/a/{secret}"))),
        Err(error) => Err(error),
    }
}

/// Sends a fresh link to the address on file. The answer is the same whatever became of it, so that the holder of an
/// old link learns nothing.
pub(super) async fn ask_renewal(State(platform): State<Platform>, Path(secret): Path<String>) -> Result<Redirect> {
    if let Standing::Expired(link) = enter::standing(&platform, &secret).await? {
        match chase::renew(&platform, &link).await {
            Ok(()) | Err(AppError::NotFound | AppError::TooMany { .. }) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(Redirect::to(&format!("/a/{secret}/renew")))
}

pub(super) async fn renewal_asked(renderer: Renderer, around: Around) -> Result<Html<String>> {
    let shell = Shell::plain(&around, renderer.text("portal.renewal.title", &[]));
    renderer.page(&shell, &RenewalAsked {})
}
