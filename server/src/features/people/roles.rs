//! What each role may do, from the table that decides it.

use super::views::{RightsRow, RoleColumn, RolesPage};
use crate::actions::people;
use crate::error::Result;
use crate::web::actor::{May, may};
use crate::web::render::Renderer;
use crate::web::shell::Around;
use crate::web::tabs::{PEOPLE, tabs};
use axum::response::Html;
use domain::access::Permission;

pub(super) async fn show(may: May<may::ManagePeople>, renderer: Renderer, around: Around) -> Result<Html<String>> {
    let roles = people::roles_here(&renderer.platform, may.scope()).await?;
    let columns = roles.iter().map(|role| RoleColumn {
        name: renderer.text(&format!("role.{role}"), &[]),
        about: renderer.text(&format!("role.about.{role}"), &[]),
    });
    let rights = Permission::ALL.iter().filter(|permission| roles.iter().any(|role| role.may(**permission)));
    let rights = rights.map(|permission| RightsRow {
        permission: renderer.text(&format!("permission.{permission}"), &[]),
        allowed: roles.iter().map(|role| role.may(*permission)).collect(),
    });
    let view = RolesPage {
        tabs: tabs(&renderer, PEOPLE, "/people/roles"),
        roles: columns.collect(),
        rights: rights.collect(),
    };
    renderer.page(&renderer.desk(&around, &may, renderer.text("people.roles", &[])), &view)
}
