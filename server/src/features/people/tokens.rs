//! API tokens. A secret is shown on the answer to the click that made it, and never again.

use super::LONGEST_DAYS;
use super::views::{SecretView, TokenView, TokensPage};
use crate::actions::people::{self, TokenInput};
use crate::error::{AppError, Result};
use crate::repo;
use crate::web::actor::{Caller, May, may};
use crate::web::fields::Fields;
use crate::web::form::{Choice, Field, Posted, refusal};
use crate::web::path::Id;
use crate::web::render::Renderer;
use crate::web::shell::{Around, tell};
use crate::web::tabs::{PEOPLE, tabs};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use domain::access::{Permission, Role};
use domain::ids::TokenId;
use domain::problem::{Problem, Problems};
use std::collections::HashMap;
use time::Duration;
use tower_sessions::Session;

pub(super) async fn list(may: May<may::ManagePeople>, renderer: Renderer, around: Around) -> Result<Html<String>> {
    page(&may, &renderer, &around, &Posted::default(), None).await
}

/// The role of that name.
pub(super) fn role(name: &str) -> Result<Role, Problem> {
    if name.is_empty() {
        return Err(Problem::new("role", "required"));
    }
    name.parse().map_err(|_| Problem::new("role", "unknown"))
}

/// Days that a token lives: a whole number from 1 on.
pub(super) fn days(text: &str) -> Result<Option<Duration>, Problem> {
    if text.trim().is_empty() {
        return Ok(None);
    }
    let days: i64 = text.trim().parse().map_err(|_| Problem::new("days", "not-a-whole-number"))?;
    match days {
        ..1 => Err(Problem::new("days", "too-small").with("least", 1)),
        days if days > LONGEST_DAYS => Err(Problem::new("days", "too-large").with("most", LONGEST_DAYS)),
        days => Ok(Some(Duration::days(days))),
    }
}

/// Only these permissions; none named: all of the role's.
pub(super) fn only<'a>(names: impl Iterator<Item = &'a str>) -> Result<Option<Vec<Permission>>, Problem> {
    let only: Result<Vec<Permission>, String> = names.map(str::parse).collect();
    let only = only.map_err(|_| Problem::new("permissions", "unknown"))?;
    Ok((!only.is_empty()).then_some(only))
}

pub(super) async fn make(
    may: May<may::ManagePeople>,
    renderer: Renderer,
    around: Around,
    fields: Fields,
) -> Result<Response> {
    let platform = &renderer.platform;
    let outcome = match (role(fields.one("role")), days(fields.one("days")), only(fields.all("permissions"))) {
        (Ok(role), Ok(life), Ok(only)) => {
            let ends = life.map(|life| platform.clock.now() + life);
            let input = TokenInput { name: fields.one("name").to_owned(), role, only, expires_at: ends };
            people::make_token(platform, &may.buyer(), &input).await
        }
        // Everything that is wrong is told at once.
        (role, days, only) => {
            let name = crate::actions::organisations::name(platform, "name", fields.one("name")).err();
            let wrong = name.into_iter().chain(role.err()).chain(days.err()).chain(only.err());
            Err(AppError::Invalid(Problems(wrong.collect())))
        }
    };
    match refusal(outcome)? {
        Ok((_, token)) => {
            let secret = SecretView {
                about: renderer.text("people.token_made", &[("name", &fields.one("name"))]),
                label: renderer.text("people.token", &[]),
                text: token.reveal().to_owned(),
            };
            Ok(page(&may, &renderer, &around, &Posted::default(), Some(secret)).await?.into_response())
        }
        Err(problems) => {
            let posted = Posted::refused(&renderer, fields, &problems);
            let page = page(&may, &renderer, &around, &posted, None).await?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
    }
}

pub(super) async fn revoke(
    may: May<may::ManagePeople>,
    renderer: Renderer,
    session: Session,
    Id(id): Id<TokenId>,
) -> Result<Redirect> {
    people::revoke_token(&renderer.platform, &may.buyer(), id).await?;
    tell(&session, "success", renderer.text("people.token_revoked", &[])).await?;
    Ok(Redirect::to("/people/tokens"))
}

async fn page(
    caller: &Caller,
    renderer: &Renderer,
    around: &Around,
    posted: &Posted,
    secret: Option<SecretView>,
) -> Result<Html<String>> {
    let platform = &renderer.platform;
    let (db, scope, now) = (platform.db.read(), caller.scope(), platform.clock.now());
    let names: HashMap<_, _> =
        repo::people::everybody(db, scope).await?.into_iter().map(|member| (member.id.0, member.name)).collect();
    let rows = repo::tokens::tokens(db, scope).await?;
    let tokens = rows.into_iter().map(|token| {
        let maker = token.made_by.and_then(|member| names.get(&member)).cloned();
        TokenView::of(renderer, token, maker, now)
    });
    let tokens = tokens.collect();
    let fitting: Vec<Role> =
        people::roles_here(platform, scope).await?.into_iter().filter(|role| role.fits_token()).collect();
    let field = |name: &str| posted.field(name, renderer.text(&format!("people.token_field.{name}"), &[]));
    let mut role = field("role");
    role.required = true;
    role.blank = Some(renderer.text("people.choose_role", &[]));
    role.options = fitting
        .iter()
        .map(|one| Choice {
            key: one.name().to_owned(),
            text: renderer.text(&format!("role.{one}"), &[]),
            note: None,
            chosen: role.value == one.name(),
        })
        .collect();
    let mut permissions = field("permissions");
    permissions.hint = Some(renderer.text("people.permissions_hint", &[]));
    let ticked: Vec<&str> = posted.fields.all("permissions").collect();
    let some = Permission::ALL.iter().filter(|permission| fitting.iter().any(|role| role.may(**permission)));
    permissions.options = some
        .map(|one| Choice {
            key: one.name().to_owned(),
            text: renderer.text(&format!("permission.{one}"), &[]),
            note: None,
            chosen: ticked.contains(&one.name()),
        })
        .collect();
    let view = TokensPage {
        tabs: tabs(renderer, PEOPLE, "/people/tokens"),
        secret,
        tokens,
        can_make: !fitting.is_empty(),
        errors: posted.errors(),
        name: Field { required: true, ..field("name") },
        role,
        days: Field {
            hint: Some(renderer.text("people.days_hint", &[])),
            width: Some("number"),
            inputmode: Some("numeric"),
            ..field("days")
        },
        permissions,
    };
    renderer.page(&renderer.desk(around, caller, renderer.text("people.tokens", &[])), &view)
}
