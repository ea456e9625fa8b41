//! The description of the API: served, whole, and of what is there.

use crate::harness::{Server, Value};
use std::collections::BTreeSet;

/// Paths that programs outside this project rely on.
const PROMISED: [&str; 25] = [
    "/vendors",
    "/vendors/{}",
    "/vendors/{}/engagements",
    "/vendors/{}/score",
    "/templates",
    "/templates/{}/versions",
    "/templates/import",
    "/assessments",
    "/assessments/{}",
    "/assessments/{}/answers",
    "/assessments/{}/answers/{}",
    "/assessments/{}/evidence",
    "/assessments/{}/workbook",
    "/assessments/{}/imports",
    "/assessments/{}/submit",
    "/assessments/{}/reviews",
    "/assessments/{}/score",
    "/imports/{}",
    "/imports/{}/apply",
    "/components",
    "/components/{}",
    "/components/search",
    "/search/vendors",
    "/search/assessments",
    "/search/answers",
];

/// A path with its parameters' names left out.
fn bare(path: &str) -> String {
    let path = path.strip_prefix("/api/v1").unwrap_or_else(|| panic!("{path} is not below /api/v1"));
    path.split('/').map(|part| if part.starts_with('{') { "{}" } else { part }).collect::<Vec<_>>().join("/")
}

/// Operations of a description: method, path, and what is said of it.
pub(crate) fn operations(document: &Value) -> Vec<(String, String, Value)> {
    let methods = ["get", "put", "post", "patch", "delete"];
    let mut found = Vec::new();
    for (path, item) in document["paths"].as_object().expect("paths") {
        for (method, operation) in item.as_object().expect("operations").iter() {
            if methods.contains(&method.as_str()) {
                found.push((method.to_uppercase(), path.clone(), operation.clone()));
            }
        }
    }
    found
}

#[tokio::test]
async fn every_operation_says_what_it_does_and_gives() {
    let (server, session) = Server::set_up("Harbour Bank").await;
    let document = session.read("/api/openapi.json").await;
    assert!(document["openapi"].as_str().is_some_and(|version| version.starts_with("3.1")));
    let operations = operations(&document);
    let mut wrong = Vec::new();
    let mut ids = BTreeSet::new();
    for (method, path, operation) in &operations {
        let name = format!("{method} {path}");
        let said = operation["summary"].as_str().or_else(|| operation["description"].as_str()).unwrap_or_default();
        if said.trim().is_empty() {
            wrong.push(format!("{name} does not say what it does"));
        }
        let responses = operation["responses"].as_object().cloned().unwrap_or_default();
        if !responses.keys().any(|status| status.starts_with('2')) {
            wrong.push(format!("{name} does not say what it gives when all is well"));
        }
        let id = operation["operationId"].as_str().unwrap_or_default().to_owned();
        if !ids.insert(id.clone()) {
            wrong.push(format!("{name}: another operation is called {id:?} too"));
        }
    }
    let described: BTreeSet<String> = operations.iter().map(|(_, path, _)| bare(path)).collect();
    wrong.extend(PROMISED.iter().filter(|path| !described.contains(**path)).map(|path| format!("{path} is missing")));
    assert_eq!(wrong, Vec::<String>::new());
    server.finish().await;
}

#[tokio::test]
async fn references_lead_somewhere() {
    let (server, session) = Server::set_up("Harbour Bank").await;
    let document = session.read("/api/openapi.json").await;
    let text = document.to_string();
    for part in text.split("\"$ref\":\"#").skip(1) {
        let pointer = part.split('"').next().expect("a pointer");
        assert!(document.pointer(pointer).is_some(), "{pointer} leads nowhere");
    }
    server.finish().await;
}
