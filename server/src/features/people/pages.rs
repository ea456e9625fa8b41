//! Members, sign-in links and tokens. A secret is shown on the answer to the click that made it, and never again.

use super::LONGEST_DAYS;
use super::views::{MemberView, PeoplePage, RightsRow, SecretView, TokenView};
use crate::actions::people::TokenInput;
use crate::actions::{organisations, people, sign_in};
use crate::error::{AppError, Result};
use crate::repo;
use crate::web::actor::{Caller, May, may};
use crate::web::fields::Fields;
use crate::web::form::{Choice, Field, Posted, refusal};
use crate::web::moment::Moment;
use crate::web::path::Id;
use crate::web::render::Renderer;
use crate::web::shell::{Around, Shell, tell};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use domain::access::{Permission, Role, Side};
use domain::ids::MemberId;
use domain::problem::{Problem, Problems};
use time::Duration;
use tower_sessions::Session;

/// Which of the page's forms was posted.
#[derive(Default)]
struct Forms {
    member: Posted,
    token: Posted,
    secret: Option<SecretView>,
}

pub(super) async fn list(may: May<may::ManagePeople>, renderer: Renderer, around: Around) -> Result<Html<String>> {
    page(&may, &renderer, &around, Forms::default()).await
}

pub(super) async fn add(
    may: May<may::ManagePeople>,
    renderer: Renderer,
    around: Around,
    session: Session,
    fields: Fields,
) -> Result<Response> {
    let outcome = match role(fields.one("role")) {
        Ok(role) => {
            let (name, email) = (fields.one("name"), fields.one("email"));
            people::add_member(&renderer.platform, &may.buyer(), name, email, &role.into()).await
        }
        // Everything that is wrong is told at once.
        Err(problem) => {
            let name = organisations::name(&renderer.platform, "name", fields.one("name")).err();
            let email = organisations::address("email", fields.one("email")).err();
            Err(Problems(name.into_iter().chain(email).chain([problem]).collect()).into())
        }
    };
    match refusal(outcome)? {
        Ok(member) => {
            let said = renderer.text("people.added", &[("name", &member.name)]);
            tell(&session, "success", said).await?;
            Ok(Redirect::to("/people").into_response())
        }
        Err(problems) => {
            let member = Posted::refused(&renderer, fields, &problems);
            let page = page(&may, &renderer, &around, Forms { member, ..Forms::default() }).await?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
    }
}

/// The role of that name.
pub(super) fn role(name: &str) -> Result<Role, Problem> {
    if name.is_empty() {
        return Err(Problem::new("role", "required"));
    }
    name.parse().map_err(|_| Problem::new("role", "unknown"))
}

pub(super) async fn make_link(
    may: May<may::ManagePeople>,
    renderer: Renderer,
    around: Around,
    Id(id): Id<MemberId>,
) -> Result<Html<String>> {
    let platform = &renderer.platform;
    let token = sign_in::make_link(platform, &may.buyer(), id).await?;
    let member = repo::people::member(platform.db.read(), may.scope(), id).await?.ok_or(AppError::NotFound)?;
    let hours = platform.config.limits.sign_in_link_hours;
    let secret = SecretView {
        about: renderer.text("people.link_made", &[("name", &member.name), ("hours", &hours)]),
        label: renderer.text("people.link", &[]),
        text: format!("{}/sign-in/{}", platform.public_url, token.reveal()),
    };
    page(&may, &renderer, &around, Forms { secret: Some(secret), ..Forms::default() }).await
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

pub(super) async fn make_token(
    may: May<may::ManagePeople>,
    renderer: Renderer,
    around: Around,
    fields: Fields,
) -> Result<Response> {
    let platform = &renderer.platform;
    let outcome = match (role(fields.one("token_role")), days(fields.one("days"))) {
        (Ok(role), Ok(life)) => {
            let ends = life.map(|life| platform.clock.now() + life);
            let input = TokenInput { name: fields.one("token_name").to_owned(), role, only: None, expires_at: ends };
            people::make_token(platform, &may.buyer(), &input).await
        }
        (role, days) => {
            let name = organisations::name(platform, "name", fields.one("token_name")).err();
            let wrong = name.into_iter().chain(role.err()).chain(days.err());
            Err(AppError::Invalid(Problems(wrong.collect())))
        }
    };
    match refusal(outcome)? {
        Ok((_, token)) => {
            let secret = SecretView {
                about: renderer.text("people.token_made", &[("name", &fields.one("token_name"))]),
                label: renderer.text("people.token", &[]),
                text: token.reveal().to_owned(),
            };
            Ok(page(&may, &renderer, &around, Forms { secret: Some(secret), ..Forms::default() })
                .await?
                .into_response())
        }
        Err(problems) => {
            let here = |problem: Problem| {
                let at = if problem.at == "days" { problem.at.clone() } else { format!("token_{}", problem.at) };
                problem.moved_to(at)
            };
            let problems = Problems(problems.0.into_iter().map(here).collect());
            let token = Posted::refused(&renderer, fields, &problems);
            let page = page(&may, &renderer, &around, Forms { token, ..Forms::default() }).await?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
    }
}

async fn page(caller: &Caller, renderer: &Renderer, around: &Around, forms: Forms) -> Result<Html<String>> {
    let platform = &renderer.platform;
    let (db, scope, now) = (platform.db.read(), caller.scope(), platform.clock.now());
    let role_name = |name: &str| renderer.text(&format!("role.{name}"), &[]);
    let members = repo::people::members(db, scope).await?.into_iter().map(|member| MemberView {
        role: renderer.roles(&member.roles),
        link_href: format!("/people/{}/link", member.id),
        since: Moment::from(member.created_at),
        name: member.name,
        email: member.email,
    });
    let tokens = repo::tokens::tokens(db, scope).await?.into_iter().map(|token| TokenView {
        role: role_name(&token.role),
        made: Moment::from(token.created_at),
        is_valid: token.revoked_at.is_none() && token.expires_at.is_none_or(|end| end > now),
        ends: token.expires_at.map(Moment::from),
        name: token.name,
    });
    let rights = Permission::ALL.iter().map(|permission| RightsRow {
        permission: renderer.text(&format!("people.permission.{}", permission.name()), &[]),
        allowed: Role::ALL.iter().map(|role| role.may(*permission)).collect(),
    });
    let field = |posted: &Posted, name: &str| -> Field {
        let mut field = posted.field(name, renderer.text(&format!("people.field.{name}"), &[]));
        field.required = true;
        field
    };
    let role_field = |posted: &Posted, name: &str| {
        let mut field = field(posted, name);
        field.blank = Some(renderer.text("people.choose_role", &[]));
        field.options = Role::ALL
            .iter()
            .filter(|role| role.side() == Side::Buyer)
            .map(|role| Choice {
                key: role.name().to_owned(),
                text: role_name(role.name()),
                note: None,
                chosen: field.value == role.name(),
            })
            .collect();
        field
    };
    let mut email = field(&forms.member, "email");
    email.kind = "email";
    let mut days = forms.token.field("days", renderer.text("people.field.days", &[]));
    days.hint = Some(renderer.text("people.days_hint", &[]));
    days.width = Some("number");
    days.inputmode = Some("numeric");
    let view = PeoplePage {
        secret: forms.secret,
        members: members.collect(),
        tokens: tokens.collect(),
        roles: Role::ALL.iter().map(|role| role_name(role.name())).collect(),
        rights: rights.collect(),
        member_errors: forms.member.errors(),
        name: field(&forms.member, "name"),
        email,
        role: role_field(&forms.member, "role"),
        token_errors: forms.token.errors(),
        token_name: field(&forms.token, "token_name"),
        token_role: role_field(&forms.token, "token_role"),
        days,
    };
    let mut shell = Shell::desk(around, caller, renderer.roles(&caller.roles), renderer.text("people.title", &[]));
    for place in &mut shell.nav {
        place.current = place.href == "/people";
    }
    renderer.page(&shell, &view)
}
