//! Who works here.

use super::views::{MemberRow, MembersPage};
use crate::error::Result;
use crate::repo;
use crate::web::actor::{May, may};
use crate::web::moment::Moment;
use crate::web::render::Renderer;
use crate::web::shell::Around;
use crate::web::tabs::{PEOPLE, tabs};
use axum::response::Html;

pub(super) async fn list(may: May<may::ManagePeople>, renderer: Renderer, around: Around) -> Result<Html<String>> {
    let rows = repo::people::members(renderer.platform.db.read(), may.scope()).await?;
    let members = rows.into_iter().map(|member| MemberRow {
        href: format!("/people/{}", member.id),
        roles: renderer.roles(&member.roles),
        since: Moment::from(member.created_at),
        is_self: Some(member.person) == may.person,
        is_managed: member.managed_by.is_some(),
        name: member.name,
        email: member.email,
    });
    let view = MembersPage { tabs: tabs(&renderer, PEOPLE, "/people"), members: members.collect() };
    renderer.page(&renderer.desk(&around, &may, renderer.text("people.title", &[])), &view)
}
