//! The organisations: their names and counts. Whoever runs the installation makes them, and belongs to none by that.

use super::views::{OrganisationRow, OrganisationsPage};
use crate::actions::organisations::{self, NewOrganisation};
use crate::error::Result;
use crate::repo::organisations::Acts;
use crate::repo::{self, SystemScope};
use crate::web::actor::{Caller, May, may};
use crate::web::fields::Fields;
use crate::web::form::{Choice, Field, Posted, refusal};
use crate::web::moment::Moment;
use crate::web::once::of_form;
use crate::web::render::Renderer;
use crate::web::shell::{Around, tell};
use crate::web::tabs::{INSTALLATION, tabs};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use std::collections::HashMap;
use tower_sessions::Session;
use uuid::Uuid;

/// Where the list is.
const LIST: &str = "/installation/organisations";

pub(super) async fn list(may: May<may::Operate>, renderer: Renderer, around: Around) -> Result<Html<String>> {
    page(&may, &renderer, &around, &Posted::default()).await
}

pub(super) async fn make(
    may: May<may::Operate>,
    renderer: Renderer,
    around: Around,
    session: Session,
    fields: Fields,
) -> Result<Response> {
    let acts = |what: &str| fields.all("acts").any(|one| one == what);
    let input = NewOrganisation {
        name: fields.one("organisation").to_owned(),
        acts: Acts { as_buyer: acts("buyer"), as_vendor: acts("vendor") },
        person: fields.one("name").to_owned(),
        email: fields.one("email").to_owned(),
    };
    let by = may.buyer_once(of_form(fields.one("once")));
    match refusal(organisations::make_organisation(&renderer.platform, &by, &input).await)? {
        Ok(_) => {
            let said =
                renderer.text("installation.organisation_made", &[("name", &input.name), ("email", &input.email)]);
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

async fn page(caller: &Caller, renderer: &Renderer, around: &Around, posted: &Posted) -> Result<Html<String>> {
    let platform = &renderer.platform;
    let db = platform.db.read();
    let members: HashMap<_, _> =
        repo::organisations::member_counts(db, SystemScope).await?.into_iter().map(|(id, n)| (id.0, n)).collect();
    let acts = |what: &str| renderer.text(&format!("installation.acts.{what}"), &[]);
    let rows = repo::organisations::all(db, SystemScope).await?.into_iter().map(|row| OrganisationRow {
        acts: [(row.acts_as_buyer, "buyer"), (row.acts_as_vendor, "vendor")]
            .iter()
            .filter(|(does, _)| *does)
            .map(|(_, what)| acts(what))
            .collect::<Vec<_>>()
            .join(", "),
        members: members.get(&row.id).copied().unwrap_or(0),
        since: Moment::from(row.created_at),
        name: row.name,
    });
    let field = |name: &str| Field {
        required: true,
        ..posted.field(name, renderer.text(&format!("installation.field.{name}"), &[]))
    };
    let ticked: Vec<&str> = posted.fields.all("acts").collect();
    let choices = ["buyer", "vendor"].map(|what| Choice {
        key: what.to_owned(),
        text: acts(what),
        note: None,
        chosen: ticked.contains(&what),
    });
    let view = OrganisationsPage {
        tabs: tabs(renderer, INSTALLATION, LIST),
        once: platform.clock.id::<Uuid>().to_string(),
        rows: rows.collect(),
        errors: posted.errors(),
        organisation: field("organisation"),
        acts: Field { options: choices.to_vec(), ..field("acts") },
        name: field("name"),
        email: Field { kind: "email", ..field("email") },
    };
    renderer.page(&renderer.desk(around, caller, renderer.text("installation.organisations", &[])), &view)
}
