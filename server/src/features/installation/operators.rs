//! Who runs the installation. Operators alone make operators.

use super::views::{OperatorRow, OperatorsPage};
use crate::actions::invitations::{self, Invite, Standing};
use crate::actions::people;
use crate::error::Result;
use crate::repo;
use crate::web::actor::{Caller, May, may};
use crate::web::fields::Fields;
use crate::web::form::{Field, Posted, refusal};
use crate::web::moment::Moment;
use crate::web::once::of_form;
use crate::web::path::Id;
use crate::web::render::Renderer;
use crate::web::shell::{Around, tell};
use crate::web::tabs::{INSTALLATION, tabs};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use domain::access::Role;
use domain::ids::{InvitationId, MemberId};
use tower_sessions::Session;
use uuid::Uuid;

/// Where the list is.
const LIST: &str = "/installation/operators";

pub(super) async fn list(may: May<may::Operate>, renderer: Renderer, around: Around) -> Result<Html<String>> {
    page(&may, &renderer, &around, &Posted::default()).await
}

pub(super) async fn invite(
    may: May<may::Operate>,
    renderer: Renderer,
    around: Around,
    session: Session,
    fields: Fields,
) -> Result<Response> {
    let input = Invite {
        name: fields.one("name").to_owned(),
        email: fields.one("email").to_owned(),
        roles: Role::Operator.into(),
    };
    let by = may.buyer_once(of_form(fields.one("once")));
    match refusal(invitations::invite(&renderer.platform, &by, &input).await)? {
        Ok(_) => {
            let said = renderer.text("invitations.made", &[("email", &input.email.trim())]);
            tell(&session, "success", said).await?;
            Ok(Redirect::to(LIST).into_response())
        }
        Err(problems) => {
            let posted = Posted::refused(&renderer, fields, &problems);
            let page = page(&may, &renderer, &around, &posted).await?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
    }
}

pub(super) async fn remove(
    may: May<may::Operate>,
    renderer: Renderer,
    session: Session,
    Id(id): Id<MemberId>,
) -> Result<Redirect> {
    let member = repo::people::member(renderer.platform.db.read(), may.scope(), id).await?;
    people::remove_member(&renderer.platform, &may.buyer(), id, None).await?;
    if member.is_some_and(|member| Some(member.person) == may.person) {
        return Ok(Redirect::to("/"));
    }
    tell(&session, "success", renderer.text("installation.operator_removed", &[])).await?;
    Ok(Redirect::to(LIST))
}

pub(super) async fn revoke(
    may: May<may::Operate>,
    renderer: Renderer,
    session: Session,
    Id(id): Id<InvitationId>,
) -> Result<Redirect> {
    invitations::revoke(&renderer.platform, &may.buyer(), id).await?;
    tell(&session, "success", renderer.text("invitations.revoked_now", &[])).await?;
    Ok(Redirect::to(LIST))
}

async fn page(caller: &Caller, renderer: &Renderer, around: &Around, posted: &Posted) -> Result<Html<String>> {
    let platform = &renderer.platform;
    let (db, scope, now) = (platform.db.read(), caller.scope(), platform.clock.now());
    let mut rows: Vec<OperatorRow> = Vec::new();
    for member in repo::people::members(db, scope).await? {
        rows.push(OperatorRow {
            end_href: format!("{LIST}/{}/remove", member.id),
            since: Moment::from(member.created_at),
            name: member.name,
            email: member.email,
            ..OperatorRow::default()
        });
    }
    for row in repo::invitations::all(db, scope).await? {
        if Standing::of(&row, now) == Standing::Open {
            rows.push(OperatorRow {
                end_href: format!("{LIST}/invitations/{}/revoke", row.id),
                since: Moment::from(row.created_at),
                invited: Some(renderer.text(&format!("invitations.delivery.{}", row.delivery), &[])),
                failure: row.failure,
                name: row.name,
                email: row.email,
            });
        }
    }
    let field = |name: &str| Field {
        required: true,
        ..posted.field(name, renderer.text(&format!("invitations.field.{name}"), &[]))
    };
    let view = OperatorsPage {
        tabs: tabs(renderer, INSTALLATION, LIST),
        once: platform.clock.id::<Uuid>().to_string(),
        rows,
        errors: posted.errors(),
        name: field("name"),
        email: Field { kind: "email", ..field("email") },
    };
    renderer.page(&renderer.desk(around, caller, renderer.text("installation.operators", &[])), &view)
}
