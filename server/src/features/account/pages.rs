//! One's account. Whoever came in through a link that was made for one organisation sees that one, and changes nothing
//! that reaches beyond it: such a link proves nothing about who they are elsewhere.

use super::agent;
use super::views::{AccountPage, MembershipView, SessionView};
use crate::actions::sign_in::SignedIn;
use crate::actions::{account, passwords};
use crate::error::{AppError, Result};
use crate::repo::{self, SystemScope};
use crate::web::actor::Caller;
use crate::web::fields::Fields;
use crate::web::form::{Field, Posted, refusal};
use crate::web::moment::Moment;
use crate::web::render::Renderer;
use crate::web::session::{self, MEMBER, ORIGIN, Origin, key};
use crate::web::shell::{Around, belongings, tell};
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use domain::ids::{MemberId, PersonId};
use domain::problem::Problem;
use tower_sessions::Session;

/// The forms of the page, one of which was refused.
#[derive(Default)]
struct Forms {
    name: Option<Posted>,
    password: Posted,
}

/// Who it is; a program has no account.
async fn who(caller: &Caller, session: &Session) -> Result<SignedIn> {
    let signed_in = session::signed_in(session).await?;
    signed_in.filter(|who| Some(who.person) == caller.person).ok_or(AppError::Forbidden)
}

/// The same, with everything that they belong to in reach.
async fn whole(caller: &Caller, session: &Session) -> Result<PersonId> {
    let who = who(caller, session).await?;
    if who.only_member.is_none() { Ok(who.person) } else { Err(AppError::Forbidden) }
}

pub(super) async fn show(caller: Caller, renderer: Renderer, around: Around, session: Session) -> Result<Html<String>> {
    page(&caller, &renderer, &around, &session, Forms::default()).await
}

pub(super) async fn rename(
    caller: Caller,
    renderer: Renderer,
    around: Around,
    session: Session,
    fields: Fields,
) -> Result<Response> {
    let person = whole(&caller, &session).await?;
    match refusal(account::rename(&renderer.platform, person, fields.one("name")).await)? {
        Ok(()) => {
            tell(&session, "success", renderer.text("account.renamed", &[])).await?;
            Ok(Redirect::to("/account").into_response())
        }
        Err(problems) => {
            let forms = Forms { name: Some(Posted::refused(&renderer, fields, &problems)), ..Forms::default() };
            let page = page(&caller, &renderer, &around, &session, forms).await?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
    }
}

pub(super) async fn switch(session: Session, fields: Fields) -> Result<Redirect> {
    let who = session::who(&session).await?.ok_or(AppError::Unauthenticated)?;
    let chosen: MemberId = fields.one("member").parse().map_err(|_| AppError::NotFound)?;
    let chosen = who.memberships.iter().find(|one| one.member == chosen).ok_or(AppError::NotFound)?;
    session.insert(MEMBER, chosen.member).await.map_err(AppError::internal)?;
    Ok(Redirect::to("/"))
}

pub(super) async fn end_one(
    caller: Caller,
    renderer: Renderer,
    session: Session,
    Path(ended): Path<String>,
) -> Result<Redirect> {
    let who = who(&caller, &session).await?;
    let is_this = session.id().is_some_and(|id| key(&id) == ended);
    if who.only_member.is_some() && !is_this {
        return Err(AppError::NotFound);
    }
    account::end_session(&renderer.platform, who, &ended).await?;
    if is_this {
        session.flush().await.map_err(AppError::internal)?;
        return Ok(Redirect::to("/sign-in"));
    }
    tell(&session, "success", renderer.text("account.session_ended", &[])).await?;
    Ok(Redirect::to("/account"))
}

pub(super) async fn end_all(caller: Caller, renderer: Renderer, session: Session) -> Result<Redirect> {
    whole(&caller, &session).await?;
    account::end_all_sessions(&renderer.platform, who(&caller, &session).await?).await?;
    session.flush().await.map_err(AppError::internal)?;
    Ok(Redirect::to("/sign-in"))
}

pub(super) async fn set_password(
    caller: Caller,
    renderer: Renderer,
    around: Around,
    session: Session,
    fields: Fields,
) -> Result<Response> {
    let person = whole(&caller, &session).await?;
    let this = session.id().map(|id| key(&id)).unwrap_or_default();
    let proof = (fields.one("current"), is_proved(&session).await?);
    let outcome = if fields.one("password") == fields.one("repeated") {
        passwords::set(&renderer.platform, person, proof, fields.one("password"), &this).await
    } else {
        Err(Problem::new("repeated", "not-the-same").into())
    };
    match refusal(outcome)? {
        Ok(()) => {
            tell(&session, "success", renderer.text("account.password_set", &[])).await?;
            Ok(Redirect::to("/account").into_response())
        }
        Err(problems) => {
            // A password is never sent back.
            let password = Posted::refused(&renderer, Fields::default(), &problems);
            let page = page(&caller, &renderer, &around, &session, Forms { password, ..Forms::default() }).await?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
    }
}

/// Whether the person has shown in this session who they are, other than by the password.
async fn is_proved(session: &Session) -> Result<bool> {
    let origin: Option<Origin> = session.get(ORIGIN).await.map_err(AppError::internal)?;
    Ok(origin.is_some_and(|origin| matches!(origin.way.as_str(), "mail" | "provider")))
}

async fn page(
    caller: &Caller,
    renderer: &Renderer,
    around: &Around,
    session: &Session,
    forms: Forms,
) -> Result<Html<String>> {
    let platform = &renderer.platform;
    let (db, now) = (platform.db.read(), platform.clock.now());
    let who = who(caller, session).await?;
    let person = repo::people::person(db, SystemScope, who.person).await?.ok_or(AppError::Unauthenticated)?;
    let this = session.id().map(|id| key(&id));
    let is_limited = who.only_member.is_some();
    let mut sessions: Vec<SessionView> = Vec::new();
    for row in repo::sessions::of_person(db, SystemScope, who.person, now).await? {
        let is_this = Some(&row.id) == this.as_ref();
        if is_limited && !is_this {
            continue;
        }
        let origin: Origin =
            row.data.get(ORIGIN).and_then(|origin| serde_json::from_value(origin.clone()).ok()).unwrap_or_default();
        let way = format!("account.way.{}", origin.way);
        let seen = SessionView {
            browser: browser(renderer, &origin.agent),
            address: origin.address,
            way: if platform.wording.knows(&way) { renderer.text(&way, &[]) } else { String::new() },
            begun: Moment::from(row.created_at),
            seen: Moment::from(row.last_seen_at),
            is_this,
            end_href: format!("/account/sessions/{}/end", row.id),
        };
        sessions.insert(if is_this { 0 } else { sessions.len() }, seen);
    }
    let memberships = belongings(caller).into_iter().zip(&caller.memberships);
    let memberships = memberships.map(|(belonging, membership)| MembershipView {
        roles: renderer.roles(&membership.roles),
        member: belonging.member,
        name: belonging.name,
        current: belonging.current,
    });
    let memberships = memberships.collect();
    let name_errors = forms.name.as_ref().map(Posted::errors).unwrap_or_default();
    let name = forms.name.unwrap_or_else(|| Posted::fresh(vec![("name".to_owned(), person.name.clone())]));
    let secret = |name: &str, autocomplete: &'static str| Field {
        kind: "password",
        autocomplete: Some(autocomplete),
        required: true,
        value: String::new(),
        ..forms.password.field(name, renderer.text(&format!("account.field.{name}"), &[]))
    };
    let least = platform.config.limits.password_least_characters;
    let view = AccountPage {
        is_limited,
        email: person.email,
        is_verified: person.email_verified_at.is_some(),
        organisation: caller.organisation_name.clone(),
        name: Field {
            required: true,
            autocomplete: Some("name"),
            ..name.field("name", renderer.text("account.field.name", &[]))
        },
        name_errors,
        memberships,
        sessions,
        passwords: platform.config.sign_in.passwords && !is_limited,
        asks_current: person.password_hash.is_some() && !is_proved(session).await?,
        current: secret("current", "current-password"),
        password: Field {
            hint: Some(renderer.text("account.password_hint", &[("least", &least)])),
            ..secret("password", "new-password")
        },
        repeated: secret("repeated", "new-password"),
        password_errors: forms.password.errors(),
    };
    renderer.page(&renderer.desk(around, caller, renderer.text("account.title", &[])), &view)
}

fn browser(renderer: &Renderer, agent: &str) -> String {
    match agent::read(agent) {
        (Some(browser), Some(system)) => {
            renderer.text("account.browser_on", &[("browser", &browser), ("system", &system)])
        }
        (Some(name), None) | (None, Some(name)) => name.to_owned(),
        (None, None) => renderer.text("account.browser_unknown", &[]),
    }
}
