//! Inviting people, and seeing what became of it.

use super::views::{InvitationRow, InvitationsPage, SecretView};
use crate::actions::invitations::{self, Invite, Standing};
use crate::actions::people;
use crate::error::{AppError, Result};
use crate::platform::Platform;
use crate::repo;
use crate::web::actor::{Caller, May, may};
use crate::web::fields::Fields;
use crate::web::form::{Choice, Field, Posted, refusal};
use crate::web::moment::Moment;
use crate::web::once::of_form;
use crate::web::path::Id;
use crate::web::render::Renderer;
use crate::web::shell::{Around, tell};
use crate::web::tabs::{PEOPLE, tabs};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use domain::access::{Role, Roles};
use domain::ids::InvitationId;
use domain::problem::{Problem, Problems};
use std::collections::HashMap;
use tower_sessions::Session;
use uuid::Uuid;

/// Where the list is.
const LIST: &str = "/people/invitations";

pub(super) async fn list(may: May<may::ManagePeople>, renderer: Renderer, around: Around) -> Result<Html<String>> {
    page(&may, &renderer, &around, &Posted::default(), None).await
}

fn ticked(fields: &Fields) -> Result<Roles> {
    let roles: Result<Vec<Role>, String> = fields.all("roles").map(str::parse).collect();
    let roles = roles.map_err(|_| AppError::from(Problems::one(Problem::new("roles", "unknown"))))?;
    Ok(roles.into_iter().collect())
}

pub(super) async fn invite(
    may: May<may::ManagePeople>,
    renderer: Renderer,
    around: Around,
    session: Session,
    fields: Fields,
) -> Result<Response> {
    let outcome = match ticked(&fields) {
        Ok(roles) => {
            let input = Invite { name: fields.one("name").to_owned(), email: fields.one("email").to_owned(), roles };
            let by = may.buyer_once(of_form(fields.one("once")));
            invitations::invite(&renderer.platform, &by, &input).await
        }
        Err(error) => Err(error),
    };
    match refusal(outcome)? {
        Ok(_) => {
            let said = renderer.text("invitations.made", &[("email", &fields.one("email").trim())]);
            tell(&session, "success", said).await?;
            Ok(Redirect::to(LIST).into_response())
        }
        Err(problems) => {
            let posted = Posted::refused(&renderer, fields, &problems);
            let page = page(&may, &renderer, &around, &posted, None).await?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
    }
}

pub(super) async fn resend(
    may: May<may::ManagePeople>,
    renderer: Renderer,
    session: Session,
    Id(id): Id<InvitationId>,
) -> Result<Redirect> {
    invitations::resend(&renderer.platform, &may.buyer(), id).await?;
    tell(&session, "success", renderer.text("invitations.resent", &[])).await?;
    Ok(Redirect::to(LIST))
}

pub(super) async fn copy_link(
    may: May<may::ManagePeople>,
    renderer: Renderer,
    around: Around,
    Id(id): Id<InvitationId>,
) -> Result<Html<String>> {
    let platform = &renderer.platform;
    let token = invitations::copy_link(platform, &may.buyer(), id).await?;
    let row = repo::invitations::get(platform.db.read(), may.scope(), id).await?.ok_or(AppError::NotFound)?;
    let secret = SecretView {
        about: renderer.text("invitations.link_made", &[("name", &row.name)]),
        label: renderer.text("invitations.link", &[]),
        text: invitations::link_address(platform, &token),
    };
    page(&may, &renderer, &around, &Posted::default(), Some(secret)).await
}

pub(super) async fn revoke(
    may: May<may::ManagePeople>,
    renderer: Renderer,
    session: Session,
    Id(id): Id<InvitationId>,
) -> Result<Redirect> {
    invitations::revoke(&renderer.platform, &may.buyer(), id).await?;
    tell(&session, "success", renderer.text("invitations.revoked_now", &[])).await?;
    Ok(Redirect::to(LIST))
}

async fn page(
    caller: &Caller,
    renderer: &Renderer,
    around: &Around,
    posted: &Posted,
    secret: Option<SecretView>,
) -> Result<Html<String>> {
    let platform: &Platform = &renderer.platform;
    let (db, scope, now) = (platform.db.read(), caller.scope(), platform.clock.now());
    let names: HashMap<_, _> =
        repo::people::everybody(db, scope).await?.into_iter().map(|member| (member.id.0, member.name)).collect();
    let mut rows = Vec::new();
    for row in repo::invitations::all(db, scope).await? {
        let standing = Standing::of(&row, now);
        let roles: Roles = row.roles.parse().map_err(AppError::internal)?;
        rows.push(InvitationRow {
            href: format!("{LIST}/{}", row.id),
            roles: renderer.roles(&roles),
            standing: standing.name(),
            standing_text: renderer.text(&format!("invitations.standing.{}", standing.name()), &[]),
            delivery_text: match row.delivery.as_str() {
                "delivered" if platform.mail.is_folder() => renderer.text("invitations.written", &[]),
                delivery => renderer.text(&format!("invitations.delivery.{delivery}"), &[]),
            },
            delivery: row.delivery,
            failure: row.failure,
            by: row.invited_by.and_then(|member| names.get(&member)).cloned(),
            made: Moment::from(row.created_at),
            ends: Moment::from(row.expires_at),
            is_open: standing == Standing::Open,
            is_renewable: matches!(standing, Standing::Open | Standing::Expired),
            name: row.name,
            email: row.email,
        });
    }
    let field = |name: &str| Field {
        required: true,
        ..posted.field(name, renderer.text(&format!("invitations.field.{name}"), &[]))
    };
    let ticked: Vec<&str> = posted.fields.all("roles").collect();
    let options = people::roles_here(platform, scope).await?.into_iter().map(|role| Choice {
        key: role.name().to_owned(),
        text: renderer.text(&format!("role.{role}"), &[]),
        note: Some(renderer.text(&format!("role.about.{role}"), &[])),
        chosen: ticked.contains(&role.name()),
    });
    let days = platform.config.limits.invitation_days;
    let view = InvitationsPage {
        tabs: tabs(renderer, PEOPLE, LIST),
        once: platform.clock.id::<Uuid>().to_string(),
        about: renderer.text("invitations.about", &[("days", &days)]),
        mail_folder: platform.mail.is_folder(),
        secret,
        rows,
        errors: posted.errors(),
        name: field("name"),
        email: Field { kind: "email", ..field("email") },
        roles: Field { options: options.collect(), ..field("roles") },
    };
    renderer.page(&renderer.desk(around, caller, renderer.text("people.invitations", &[])), &view)
}
