//! One member: their roles, a sign-in link where there is no mail, the tokens that they made, and the end of it.

use super::views::{MemberPage, RemovePage, SecretView, TokenView};
use crate::actions::{people, sign_in};
use crate::error::{AppError, Result};
use crate::repo;
use crate::repo::people::Member;
use crate::web::actor::{Caller, May, may};
use crate::web::fields::Fields;
use crate::web::form::{Choice, Field, Posted, refusal};
use crate::web::moment::Moment;
use crate::web::path::Id;
use crate::web::render::Renderer;
use crate::web::shell::{Around, Shell, tell};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use domain::access::{Role, Roles};
use domain::ids::MemberId;
use domain::problem::{Problem, Problems};
use tower_sessions::Session;

/// What the page shows beside the member as they stand.
#[derive(Default)]
struct Shown {
    posted: Option<Posted>,
    chosen: Option<Roles>,
    stands: Option<String>,
    secret: Option<SecretView>,
}

async fn found(caller: &Caller, renderer: &Renderer, id: MemberId) -> Result<Member> {
    let member = repo::people::member(renderer.platform.db.read(), caller.scope(), id).await?;
    member.filter(|member| member.removed_at.is_none()).ok_or(AppError::NotFound)
}

pub(super) async fn show(
    may: May<may::ManagePeople>,
    renderer: Renderer,
    around: Around,
    Id(id): Id<MemberId>,
) -> Result<Html<String>> {
    let member = found(&may, &renderer, id).await?;
    page(&may, &renderer, &around, &member, Shown::default()).await
}

/// The roles that were ticked; a name that is none of a role is told.
pub(super) fn ticked(fields: &Fields) -> Result<Roles, Problems> {
    let roles: Result<Vec<Role>, String> = fields.all("roles").map(str::parse).collect();
    roles.map(|roles| roles.into_iter().collect()).map_err(|_| Problems::one(Problem::new("roles", "unknown")))
}

pub(super) async fn set_roles(
    may: May<may::ManagePeople>,
    renderer: Renderer,
    around: Around,
    session: Session,
    Id(id): Id<MemberId>,
    fields: Fields,
) -> Result<Response> {
    let member = found(&may, &renderer, id).await?;
    let revision = fields.one("revision").parse().ok();
    let roles = match ticked(&fields) {
        Ok(roles) => roles,
        Err(problems) => return Err(problems.into()),
    };
    let outcome = people::set_roles(&renderer.platform, &may.buyer(), id, &roles, revision.or(Some(0))).await;
    if let Err(AppError::Changed(_)) = outcome {
        // What stands there now is shown beside what was chosen, and saving again is a decision made with both in sight.
        let shown = Shown { stands: Some(renderer.roles(&member.roles)), chosen: Some(roles), ..Shown::default() };
        let page = page(&may, &renderer, &around, &member, shown).await?;
        return Ok((StatusCode::CONFLICT, page).into_response());
    }
    match refusal(outcome)? {
        Ok(member) => {
            let said = renderer.text("people.roles_saved", &[("name", &member.name)]);
            tell(&session, "success", said).await?;
            let still = may.person != Some(member.person) || member.roles.may(domain::access::Permission::ManagePeople);
            Ok(Redirect::to(if still { "/people" } else { "/" }).into_response())
        }
        Err(problems) => {
            let posted = Posted::refused(&renderer, fields, &problems);
            let shown = Shown { posted: Some(posted), chosen: Some(roles), ..Shown::default() };
            let page = page(&may, &renderer, &around, &member, shown).await?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
    }
}

pub(super) async fn make_link(
    may: May<may::ManagePeople>,
    renderer: Renderer,
    around: Around,
    Id(id): Id<MemberId>,
) -> Result<Html<String>> {
    let platform = &renderer.platform;
    let member = found(&may, &renderer, id).await?;
    // Where mail reaches people, nobody else needs to be able to sign in as them.
    if !platform.mail.is_folder() {
        return Err(AppError::NotNow("mail_reaches_them"));
    }
    let token = sign_in::make_link(platform, &may.buyer(), id).await?;
    let hours = platform.config.limits.sign_in_link_hours;
    let secret = SecretView {
        about: renderer.text("people.link_made", &[("name", &member.name), ("hours", &hours)]),
        label: renderer.text("people.link", &[]),
        text: format!("{}/sign-in/{}", platform.public_url, token.reveal()),
    };
    page(&may, &renderer, &around, &member, Shown { secret: Some(secret), ..Shown::default() }).await
}

pub(super) async fn ask_remove(
    may: May<may::ManagePeople>,
    renderer: Renderer,
    around: Around,
    Id(id): Id<MemberId>,
) -> Result<Html<String>> {
    let member = found(&may, &renderer, id).await?;
    let view = RemovePage {
        href: format!("/people/{id}"),
        organisation: may.organisation_name.clone(),
        revision: member.revision,
        is_self: Some(member.person) == may.person,
        name: member.name,
    };
    renderer.page(&shell(&may, &renderer, &around), &view)
}

pub(super) async fn remove(
    may: May<may::ManagePeople>,
    renderer: Renderer,
    session: Session,
    Id(id): Id<MemberId>,
    fields: Fields,
) -> Result<Redirect> {
    let member = found(&may, &renderer, id).await?;
    let revision = fields.one("revision").parse().ok();
    people::remove_member(&renderer.platform, &may.buyer(), id, revision).await?;
    if Some(member.person) == may.person {
        return Ok(Redirect::to("/"));
    }
    let said = renderer.text("people.removed", &[("name", &member.name)]);
    tell(&session, "success", said).await?;
    Ok(Redirect::to("/people"))
}

fn shell(caller: &Caller, renderer: &Renderer, around: &Around) -> Shell {
    renderer.desk(around, caller, renderer.text("people.title", &[]))
}

async fn page(
    caller: &Caller,
    renderer: &Renderer,
    around: &Around,
    member: &Member,
    shown: Shown,
) -> Result<Html<String>> {
    let platform = &renderer.platform;
    let (db, scope, now) = (platform.db.read(), caller.scope(), platform.clock.now());
    let chosen = shown.chosen.unwrap_or_else(|| member.roles.clone());
    let posted = shown.posted.unwrap_or_default();
    let options = people::roles_here(platform, scope).await?.into_iter().map(|role| Choice {
        key: role.name().to_owned(),
        text: renderer.text(&format!("role.{role}"), &[]),
        note: Some(renderer.text(&format!("role.about.{role}"), &[])),
        chosen: chosen.has(role),
    });
    let roles = Field {
        required: true,
        options: options.collect(),
        ..posted.field("roles", renderer.text("people.field.roles", &[]))
    };
    let tokens = repo::tokens::tokens(db, scope).await?;
    let tokens = tokens.into_iter().filter(|token| token.made_by == Some(member.id.0));
    let view = MemberPage {
        href: format!("/people/{}", member.id),
        crumbs: vec![
            serde_json::json!({ "href": "/people", "text": renderer.text("people.title", &[]) }),
            serde_json::json!({ "href": null, "text": member.name }),
        ],
        name: member.name.clone(),
        email: member.email.clone(),
        since: Moment::from(member.created_at),
        revision: member.revision,
        is_self: Some(member.person) == caller.person,
        is_managed: member.managed_by.is_some(),
        managed_roles: renderer.roles(&member.roles),
        stands: shown.stands,
        errors: posted.errors(),
        roles,
        makes_links: platform.mail.is_folder(),
        secret: shown.secret,
        tokens: tokens.map(|token| TokenView::of(renderer, token, None, now)).collect(),
    };
    renderer.page(&shell(caller, renderer, around), &view)
}
