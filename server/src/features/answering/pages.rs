//! The list of what the organisation is asked, and letting people in.

use super::read;
use super::views::{AskedPage, AskedRow, Joining, Progress};
use crate::actions::claim;
use crate::error::Result;
use crate::platform::Platform;
use crate::repo;
use crate::web::actor::{May, may};
use crate::web::due::Due;
use crate::web::fields::Fields;
use crate::web::moment::minute;
use crate::web::paging::Numbered;
use crate::web::path::Id;
use crate::web::render::Renderer;
use crate::web::shell::{Around, tell};
use axum::extract::State;
use axum::response::{Html, Redirect};
use axum_extra::extract::Query;
use domain::access::Permission;
use domain::ids::ContactId;
use serde::Deserialize;
use tower_sessions::Session;

/// What the list's address says.
#[derive(Debug, Deserialize)]
pub(super) struct Wish {
    #[serde(default)]
    page: String,
}

pub(super) async fn list(
    State(platform): State<Platform>,
    renderer: Renderer,
    around: Around,
    caller: May<may::Answer>,
    Query(wish): Query<Wish>,
) -> Result<Html<String>> {
    let scope = caller.claimant();
    let page = Numbered::of(&wish.page, platform.config.limits.page_rows);
    let total = repo::assessments::asked_count(platform.db.read(), scope).await?;
    let found = read::asked(&platform, scope, (page.offset(), page.limit())).await?;
    let joining =
        if caller.may(Permission::ManagePeople) { read::joining(&platform, scope).await? } else { Vec::new() };
    let now = platform.clock.now();
    let view = AskedPage {
        rows: found
            .into_iter()
            .map(|asked| AskedRow {
                href: format!("/portal/{}", asked.row.id),
                title: asked.title,
                buyer: asked.buyer,
                vendor: asked.vendor,
                state: asked.row.state,
                due: Due::of(&renderer, asked.row.due_on, now, asked.state.waits_for_vendor()),
                progress: Progress { answered: asked.row.answered, of: asked.row.asked },
            })
            .collect(),
        joining: joining
            .into_iter()
            .map(|(contact, buyer)| Joining {
                action: format!("/answering/joining/{}", contact.id),
                name: contact.name,
                email: contact.email,
                asked: contact.join_asked_at.map(minute).unwrap_or_default(),
                buyer,
            })
            .collect(),
        pages: page.pages(total, "/answering", &[]),
    };
    renderer.page(&renderer.desk(&around, &caller, renderer.text("answering.title", &[])), &view)
}

pub(super) async fn answer_join(
    State(platform): State<Platform>,
    renderer: Renderer,
    session: Session,
    caller: May<may::ManagePeople>,
    Id(contact): Id<ContactId>,
    fields: Fields,
) -> Result<Redirect> {
    let let_in = fields.one("do") == "let_in";
    claim::answer_join(&platform, &caller.buyer(), contact, let_in).await?;
    let key = if let_in { "answering.joining.told_in" } else { "answering.joining.told_declined" };
    tell(&session, "success", renderer.text(key, &[])).await?;
    Ok(Redirect::to("/answering"))
}
