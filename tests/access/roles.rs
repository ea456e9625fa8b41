//! What each role is there for.

use super::{Route, body, guarded};
use crate::harness::Server;
use domain::access::{Permission, Role};
use std::collections::{BTreeMap, BTreeSet};

/// What whoever only looks may send: it changes nothing, or what is one's own alone, such as how a list looks and what one
/// searches for; a search that others may use stays one's own.
const HARMLESS: [&str; 18] = [
    "POST /assessments/{assessment}/what-if",
    "POST /api/v1/assessments/{assessment}/what-if",
    "POST /register/columns",
    "PUT /api/v1/components/columns",
    "POST /register/searches",
    "POST /register/searches/{search}",
    "POST /register/searches/{search}/remove",
    "POST /api/v1/components/searches",
    "PUT /api/v1/components/searches/{search}",
    "DELETE /api/v1/components/searches/{search}",
    "POST /register/catalogue/which",
    "POST /api/v1/catalogue/which",
    "POST /audit/verify",
    "POST /account",
    "POST /account/organisation",
    "POST /account/password",
    "POST /account/sessions/end",
    "POST /account/sessions/{session}/end",
];

#[tokio::test]
async fn an_auditor_changes_nothing() {
    let (server, _) = Server::set_up("Harbour Bank").await;
    let person = server.person("Harbour Bank", Role::Auditor).await;
    let none = BTreeMap::new();
    let mut wrong = Vec::new();
    for route in guarded(&person).await.into_iter().filter(|route| !route.looks()) {
        let status = route.send(&person, &none, &body(&route, &none)).await.status;
        // A page of the portal asks for a link, whoever has signed in.
        let is_closed = status == 403 || (status == 401 && route.path.starts_with("/portal/"));
        if !is_closed && !HARMLESS.contains(&route.name().as_str()) {
            wrong.push(format!("{}: {status}", route.name()));
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
    server.finish().await;
}

/// What an operator sees: the installation's health and its own providers, their own account, and nobody's answers.
const OPERATED: [&str; 3] = ["/installation", "/providers", "/account"];

fn is_operated(route: &Route) -> bool {
    OPERATED.iter().any(|path| route.path.trim_start_matches("/api/v1").starts_with(path))
}

#[tokio::test]
async fn an_operator_sees_no_questionnaire() {
    let (server, _) = Server::set_up("Harbour Bank").await;
    let person = server.person("Harbour Bank", Role::Operator).await;
    let none = BTreeMap::new();
    let mut wrong = Vec::new();
    for route in guarded(&person).await.into_iter().filter(Route::looks) {
        let status = route.send(&person, &none, &body(&route, &none)).await.status;
        let is_closed = status == 403 || (status == 401 && route.path.starts_with("/portal/"));
        if !is_closed && !is_operated(&route) {
            wrong.push(format!("{}: {status}", route.name()));
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
    server.finish().await;
}

#[test]
fn the_table_of_permissions_says_what_each_role_is_there_for() {
    let allowed =
        |permission| Role::ALL.iter().copied().filter(|role| role.may(permission)).collect::<BTreeSet<Role>>();
    assert!(!allowed(Permission::Read).contains(&Role::Operator));
    assert!(allowed(Permission::Issue).contains(&Role::Procurement));
    assert!(allowed(Permission::Score).contains(&Role::Analyst));
    for changing in [
        Permission::EditVendors,
        Permission::EditTemplates,
        Permission::Issue,
        Permission::Review,
        Permission::Score,
        Permission::EditRegister,
        Permission::ManagePeople,
    ] {
        assert!(!allowed(changing).contains(&Role::Auditor), "{changing:?}");
    }
}
