//! What each role may do: the table of permissions, tried on the API.

use super::{Route, body, guarded};
use crate::harness::Server;
use domain::access::{Permission, Role};
use std::collections::{BTreeMap, BTreeSet};

/// What an operation of the API asks of whoever calls for the buyer. `None`: only the vendor may.
const NEEDED: &[(&str, Option<Permission>)] = &[
    ("GET /vendors", Some(Permission::ReadOwn)),
    ("POST /vendors", Some(Permission::EditVendors)),
    ("GET /vendors/{vendor}", Some(Permission::ReadOwn)),
    ("PUT /vendors/{vendor}", Some(Permission::EditVendors)),
    ("GET /vendors/{vendor}/contacts", Some(Permission::ReadOwn)),
    ("POST /vendors/{vendor}/contacts", Some(Permission::EditVendors)),
    ("GET /vendors/{vendor}/engagements", Some(Permission::ReadOwn)),
    ("POST /vendors/{vendor}/engagements", Some(Permission::EditVendors)),
    ("GET /vendors/{vendor}/score", Some(Permission::ReadOwn)),
    ("GET /engagements/{engagement}", Some(Permission::ReadOwn)),
    ("PUT /engagements/{engagement}", Some(Permission::EditVendors)),
    ("GET /templates", Some(Permission::Read)),
    ("GET /templates/{template}/versions", Some(Permission::Read)),
    ("GET /templates/versions/{version}", Some(Permission::Read)),
    ("POST /templates/import", Some(Permission::EditTemplates)),
    ("GET /assessments", Some(Permission::ReadOwn)),
    ("POST /assessments", Some(Permission::Issue)),
    ("GET /assessments/{assessment}", Some(Permission::ReadOwn)),
    ("POST /assessments/{assessment}/issue", Some(Permission::Issue)),
    ("POST /assessments/{assessment}/remind", Some(Permission::Issue)),
    ("POST /assessments/{assessment}/extend", Some(Permission::Issue)),
    ("POST /assessments/{assessment}/recall", Some(Permission::Issue)),
    ("POST /assessments/{assessment}/links", Some(Permission::Issue)),
    ("POST /assessments/{assessment}/reviews", Some(Permission::Review)),
    ("GET /assessments/{assessment}/answers", Some(Permission::ReadOwn)),
    ("GET /assessments/{assessment}/answers/{question}", Some(Permission::ReadOwn)),
    ("PUT /assessments/{assessment}/answers/{question}", None),
    ("GET /assessments/{assessment}/evidence", Some(Permission::ReadOwn)),
    ("POST /assessments/{assessment}/evidence", None),
    ("GET /assessments/{assessment}/evidence/{evidence}", Some(Permission::ReadOwn)),
    ("DELETE /assessments/{assessment}/evidence/{evidence}", None),
    ("GET /assessments/{assessment}/workbook", Some(Permission::ReadOwn)),
    ("POST /assessments/{assessment}/imports", None),
    ("POST /assessments/{assessment}/submit", None),
    ("GET /assessments/{assessment}/colleagues", Some(Permission::ReadOwn)),
    ("POST /assessments/{assessment}/colleagues", None),
    ("DELETE /assessments/{assessment}/colleagues/{contact}", None),
    ("PUT /assessments/{assessment}/signatory", None),
    ("POST /assessments/{assessment}/signature", None),
    ("GET /answering", Some(Permission::Answer)),
    ("GET /answering/joining", Some(Permission::ManagePeople)),
    ("POST /answering/joining/{contact}", Some(Permission::ManagePeople)),
    ("POST /vendors/{vendor}/merge", Some(Permission::EditVendors)),
    ("GET /assessments/{assessment}/score", Some(Permission::ReadOwn)),
    ("POST /assessments/{assessment}/score", Some(Permission::Score)),
    ("GET /imports/{import}", Some(Permission::Read)),
    ("POST /imports/{import}/apply", Some(Permission::EditRegister)),
    ("POST /imports/{import}/undo", Some(Permission::EditRegister)),
    ("GET /components", Some(Permission::Read)),
    ("GET /components/{component}", Some(Permission::Read)),
    ("GET /components/{component}/history", Some(Permission::Read)),
    ("GET /components/search", Some(Permission::Read)),
    ("POST /components/import", Some(Permission::EditRegister)),
    ("GET /audit", Some(Permission::ReadAudit)),
    ("GET /policies", Some(Permission::Read)),
    ("GET /members", Some(Permission::ManagePeople)),
    ("GET /members/{member}", Some(Permission::ManagePeople)),
    ("PATCH /members/{member}", Some(Permission::ManagePeople)),
    ("DELETE /members/{member}", Some(Permission::ManagePeople)),
    ("GET /invitations", Some(Permission::ManagePeople)),
    ("POST /invitations", Some(Permission::ManagePeople)),
    ("GET /invitations/{invitation}", Some(Permission::ManagePeople)),
    ("DELETE /invitations/{invitation}", Some(Permission::ManagePeople)),
    ("POST /invitations/{invitation}/resend", Some(Permission::ManagePeople)),
    ("GET /tokens", Some(Permission::ManagePeople)),
    ("POST /tokens", Some(Permission::ManagePeople)),
    ("GET /providers", Some(Permission::ManagePeople)),
    ("POST /providers", Some(Permission::ManagePeople)),
    ("GET /providers/{provider}", Some(Permission::ManagePeople)),
    ("PUT /providers/{provider}", Some(Permission::ManagePeople)),
    ("DELETE /providers/{provider}", Some(Permission::ManagePeople)),
    ("GET /domains", Some(Permission::ManagePeople)),
    ("POST /domains", Some(Permission::ManagePeople)),
    ("DELETE /domains/{domain}", Some(Permission::ManagePeople)),
    ("POST /domains/{domain}/proof", Some(Permission::ManagePeople)),
    ("DELETE /tokens/{token}", Some(Permission::ManagePeople)),
];

fn needed(route: &Route) -> Option<Option<Permission>> {
    let name = format!("{} {}", route.method, route.path.trim_start_matches("/api/v1"));
    NEEDED.iter().find(|(known, _)| *known == name).map(|(_, permission)| *permission)
}

#[tokio::test]
async fn every_operation_asks_for_its_permission() {
    let (server, _) = Server::set_up("Harbour Bank").await;
    let routes: Vec<Route> = guarded(&server.session()).await.into_iter().filter(Route::is_api).collect();
    let unlisted: Vec<String> = routes.iter().filter(|route| needed(route).is_none()).map(Route::name).collect();
    assert!(unlisted.is_empty(), "say what these ask for: {unlisted:#?}");
    let none = BTreeMap::new();
    let mut wrong = Vec::new();
    for role in Role::ALL.iter().copied().filter(|role| role.fits_token()) {
        let program = server.program("Harbour Bank", role);
        for route in &routes {
            let may = needed(route).flatten().is_some_and(|permission| role.may(permission))
                || role == Role::Operator && is_operated(route);
            let status = route.send(&program, &none, &body(route, &none)).await.status;
            if status == 401 || may == (status == 403) {
                wrong.push(format!("{role}, {}: {status}", route.name()));
            }
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
    server.finish().await;
}

/// What whoever only looks may send: it changes nothing, or what is one's own alone.
const HARMLESS: [&str; 6] = [
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
