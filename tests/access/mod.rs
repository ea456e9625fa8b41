//! Who may do what, tried on every address of the running server, as its router lists them. An address that is added is
//! tried without anybody adding it here.

mod identity;
mod leaks;
mod matrix;
mod roles;
mod scene;
mod tenants;

use crate::contracts::openapi::operations;
use crate::harness::{Answer, Parts, Session, Value};
use candor::compose;
use candor::web::routes::Served;
use reqwest::Method;
use reqwest::multipart::Form;
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};

/// An address and a method.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Route {
    /// `GET`.
    pub method: String,
    /// `/vendors/{vendor}`.
    pub path: String,
    /// Takes a file in a multipart form.
    pub takes_file: bool,
}

impl Route {
    fn is_api(&self) -> bool {
        self.path.starts_with("/api/")
    }

    /// Looks only.
    fn looks(&self) -> bool {
        self.method == "GET"
    }

    fn name(&self) -> String {
        format!("{} {}", self.method, self.path)
    }

    /// Names of its parameters.
    fn parameters(&self) -> Vec<&str> {
        self.path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}')).collect()
    }

    /// With values for its parameters; what has none is an id that nothing has.
    fn at(&self, ids: &BTreeMap<&str, String>) -> String {
        let parts =
            self.path.split('/').map(|part| match part.strip_prefix('{').and_then(|part| part.strip_suffix('}')) {
                Some(name) => ids.get(name).cloned().unwrap_or_else(|| NOTHING.to_owned()),
                None => part.to_owned(),
            });
        parts.collect::<Vec<_>>().join("/")
    }

    /// Sends it, with a body where it takes one.
    async fn send(&self, session: &Session, ids: &BTreeMap<&str, String>, body: &Value) -> Answer {
        let method: Method = self.method.parse().expect("a method");
        let request = session.request(method, &self.at(ids));
        let request = if self.looks() {
            request
        } else if self.takes_file {
            request.multipart(Form::new().text("question", "PROD-1"))
        } else if self.is_api() {
            request.json(body)
        } else {
            // Whether it may be sent comes before what it says.
            request.form(&[("name", "Somebody")])
        };
        session.send(request).await
    }
}

/// Whether somebody is sent to sign in, and from there back to what they asked for.
pub(super) fn is_door(location: &str) -> bool {
    location == "/sign-in" || location.starts_with("/sign-in?return_to=")
}

/// An id that nothing has.
pub(super) const NOTHING: &str = "01939c5a-0000-7000-8000-000000000000";

/// Addresses for everybody: they show nothing of anybody's, or ask for a secret.
const PUBLIC: &[&str] = &[
    "/",
    "/sign-in",
    "/sign-in/{secret}",
    "/sign-in/{secret}/again",
    "/sign-in/sent",
    "/sign-in/password",
    "/join/{secret}",
    "/join/{secret}/again",
    "/sign-in/provider/{provider}",
    "/sign-in/callback",
    "/signed-out",
    "/domains/prove/{secret}",
    "/sign-out",
    "/set-up/{secret}",
    "/a/{secret}",
    "/a/{secret}/renew",
    "/healthz",
    "/readyz",
    "/metrics",
    "/api/openapi.json",
    "/assets/{*name}",
];

/// Every address that is not for everybody.
pub(super) async fn guarded(session: &Session) -> Vec<Route> {
    let mut routes = listed(session).await;
    routes.retain(|route| !PUBLIC.contains(&route.path.as_str()));
    routes
}

/// Every address, as the router lists what it serves.
pub(super) async fn listed(session: &Session) -> Vec<Route> {
    let document = session.read("/api/openapi.json").await;
    let files: BTreeSet<(String, String)> = operations(&document)
        .into_iter()
        .filter(|(_, _, operation)| !operation["requestBody"]["content"]["multipart/form-data"].is_null())
        .map(|(method, path, _)| (method, path))
        .collect();
    let parts = Parts::fresh().await;
    let routes: Vec<Route> = compose::routes(&parts.platform)
        .into_iter()
        .map(|Served { path, method }| {
            let takes_file = files.contains(&(method.to_owned(), path.clone()));
            Route { method: method.to_owned(), path, takes_file }
        })
        .collect();
    assert!(routes.len() > 50, "only {routes:?}");
    routes
}

/// A body that an operation would take if the caller were allowed to.
pub(super) fn body(route: &Route, ids: &BTreeMap<&str, String>) -> Value {
    let id = |name: &str| ids.get(name).cloned().unwrap_or_else(|| NOTHING.to_owned());
    match route.path.trim_start_matches("/api/v1") {
        "/vendors" | "/vendors/{vendor}" => json!({ "name": "Somebody" }),
        "/vendors/{vendor}/contacts" => json!({ "contacts": [{ "name": "Eve", "email": "eve@elsewhere.example" }] }),
        "/vendors/{vendor}/engagements" | "/engagements/{engagement}" => {
            json!({ "name": "Another", "business_function": "Any", "owner": "Eve", "profile": {} })
        }
        "/engagements/{engagement}/overrides" => {
            json!({ "domain": "misinformation", "severity": 5, "reason": "From elsewhere" })
        }
        "/engagements/{engagement}/end" | "/engagements/{engagement}/resume" => json!({ "reason": "From elsewhere" }),
        "/engagements/{engagement}/classification" => json!({ "tier": "minimal", "reason": "From elsewhere" }),
        "/engagements/{engagement}/acceptances" => json!({ "reason": "From elsewhere", "expires_on": "2030-01-01" }),
        "/acceptances/{acceptance}/words" => json!({ "word": "approved" }),
        "/engagements/{engagement}/decisions" => json!({ "kind": "on_hold", "reason": "From elsewhere" }),
        "/conditions/{condition}/steps" => json!({ "step": "meet", "note": "From elsewhere" }),
        "/engagements/{engagement}/facts" => json!({ "facts": { "profiling": "no" } }),
        "/assessments" => json!({
            "engagement": id("engagement"), "template_version": id("version"), "contact": id("contact"),
            "due_on": crate::harness::way::in_days(9)
        }),
        "/assessments/{assessment}/extend" => json!({ "due_on": crate::harness::way::in_days(30) }),
        "/assessments/{assessment}/reviews" => json!({ "step": "take" }),
        "/assessments/{assessment}/answers/{question}" => json!({ "reply": null, "comment": "from elsewhere" }),
        "/vendors/{vendor}/merge" => json!({ "merge": NOTHING }),
        "/assessments/{assessment}/colleagues" => json!({ "name": "Eve", "email": "eve@elsewhere.example" }),
        "/assessments/{assessment}/signatory" => json!({ "name": "Eve", "email": "eve@elsewhere.example" }),
        "/answering/joining/{contact}" => json!({ "let_in": true }),
        "/members/{member}" => json!({ "roles": ["auditor"] }),
        "/assessments/{assessment}/submit" => json!({ "name": "Eve", "title": "Boss", "confirmed": true }),
        "/assessments/{assessment}/review" => json!({ "question": "PROD-1", "verdict": "accepted" }),
        "/assessments/{assessment}/notes" | "/assessments/{assessment}/internal-notes" => {
            json!({ "question": "PROD-1", "words": "Any" })
        }
        "/findings" => json!({ "engagement": id("engagement"), "title": "Any", "severity": "minor" }),
        "/findings/{finding}/steps" | "/assessments/{assessment}/findings/{finding}/steps" => {
            json!({ "step": "agree" })
        }
        "/findings/{finding}/notes" | "/assessments/{assessment}/findings/{finding}/notes" => json!({ "words": "Any" }),
        "/templates/drafts/{draft}" => json!({ "document": {} }),
        "/templates/drafts/{draft}/publish" => json!({ "note": "From elsewhere" }),
        "/templates/{template}/retirement" => json!({ "retired": true }),
        "/components" => json!({ "name": "Another", "kind": "model" }),
        "/components/searches" | "/components/searches/{search}" => json!({ "name": "Another", "q": "any" }),
        "/components/columns" => json!({ "chosen": null }),
        "/components/bulk" => {
            json!({ "entries": { NOTHING: null }, "fact": { "field": "purpose", "values": ["Any"] } })
        }
        "/components/{component}/facts" => json!({ "field": "purpose", "values": ["Any"] }),
        "/components/{component}/choices" => json!({ "fact": NOTHING, "reason": "Any" }),
        "/components/{component}/checks" => json!({ "fact": NOTHING, "holds": true, "note": "Any" }),
        "/components/{component}/status" => json!({ "status": "trial", "reason": "Any" }),
        "/components/{component}/decision" => json!({ "status": "approved", "reason": "Any" }),
        "/components/{component}/links" => json!({ "relation": "runs_on", "to": NOTHING }),
        "/components/{component}/uses" => json!({ "use_case": "Any" }),
        "/components/{component}/uses/{use}/classification" => json!({ "tier": "limited", "reason": "Any" }),
        "/components/{component}/uses/{use}/classification/facts" => json!({ "facts": { "profiling": "no" } }),
        "/catalogue/which" => json!({ "list": "Slack" }),
        "/catalogue/adopt" | "/catalogue/changes/keep" => json!({ "features": [] }),
        _ => json!({}),
    }
}
