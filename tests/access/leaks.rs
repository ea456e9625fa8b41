//! Nothing of one organisation is read by another, wherever it may stand: two organisations full of words that nobody
//! else uses, and every page and document of the one searched for the words of the other.

use super::{NOTHING, Route, listed};
use crate::harness::way::{add_vendor, answer, enter_by, feature, in_days, replies, template_version, whole_profile};
use crate::harness::{Server, Session};
use domain::access::{Role, Side};
use serde_json::json;
use std::collections::BTreeMap;

/// Words that an organisation's things are called by, each of its own.
const KINDS: [&str; 12] = [
    "vendor",
    "contact",
    "engagement",
    "answer",
    "comment",
    "component",
    "evidence",
    "message",
    "member",
    "token",
    "finding",
    "note",
];

fn word(of: &str, kind: &str) -> String {
    format!("{of}{kind}zq")
}

/// Fills an organisation with its words; the contact's session.
async fn fill(server: &Server, organisation: &str, of: &str) -> Session {
    let buyer = server.program(organisation, Role::Procurement);
    let name = |kind: &str| word(of, kind);
    let address = format!("{}@{of}.example", name("contact"));
    let [vendor, contact, engagement] = add_vendor(&buyer, &name("vendor"), &address, &whole_profile()).await;
    let changed = json!({
        "name": name("engagement"), "business_function": "Any", "owner": "Any", "profile": whole_profile()
    });
    buyer.make(&format!("/api/v1/vendors/{vendor}/engagements"), &changed).await;
    let asked = json!({
        "engagement": engagement, "template_version": template_version(&buyer).await, "contact": contact,
        "due_on": in_days(21), "message": name("message"), "issue": true
    });
    let assessment = buyer.make("/api/v1/assessments", &asked).await;
    let session = enter_by(server, &server.mail_to(&address, 1).await.link().expect("a link")).await;
    let mut said = replies(&[feature(&name("component"))]);
    said[0].1 = json!({ "kind": "text", "text": name("answer") });
    answer(&session, &assessment, &said).await;
    let path = format!("/api/v1/assessments/{assessment}");
    let commented = json!({ "reply": { "kind": "text", "text": name("answer") }, "comment": name("comment") });
    session.put(&format!("{path}/answers/PROD-1"), &commented).await;
    let fields = [("question", "A.2.2-1"), ("effective_on", "2026-01-31")];
    let file = (format!("{}.txt", name("evidence")), b"Our policy".to_vec());
    session.upload(&format!("{path}/evidence"), &fields, (&file.0, file.1)).await.expect(201, "evidence");
    crate::harness::way::submit(&session, &assessment).await.expect(200, "submit");
    let analyst = server.person(organisation, Role::Analyst).await;
    let finding = json!({ "engagement": engagement, "title": name("finding"), "severity": "minor" });
    analyst.make("/api/v1/findings", &finding).await;
    let note = json!({ "question": "PROD-1", "words": name("note") });
    analyst.post(&format!("{path}/internal-notes"), &note).await.expect(204, "a note for colleagues");
    let administrator = server.program(organisation, Role::Administrator);
    let member = json!({
        "name": name("member"), "email": format!("{}@{of}.example", name("member")), "roles": ["auditor"]
    });
    administrator.post("/api/v1/invitations", &member).await.expect(201, "an invitation");
    let token = json!({ "name": name("token"), "role": "auditor", "days": 30 });
    administrator.post("/api/v1/tokens", &token).await;
    crate::harness::way::take_up(&server.program(organisation, Role::Analyst)).await;
    session
}

/// Everything that may be looked at: pages and documents with no parameter, with queries that look for the other's words,
/// and whatever links on them lead to.
async fn everything_seen(session: &Session, routes: &[Route], other: &str) -> BTreeMap<String, String> {
    let none = BTreeMap::new();
    let mut waiting: Vec<String> = routes
        .iter()
        .filter(|route| route.looks() && route.parameters().is_empty())
        .map(|route| route.at(&none))
        .collect();
    let asked = |path: &str, name: &str, value: &str| format!("{path}?{name}={value}");
    for path in
        ["/register", "/findings", "/api/v1/components/search", "/vendors", "/assessments", "/audit", "/api/v1/vendors"]
    {
        for kind in KINDS {
            for name in ["q", "search", "name"] {
                waiting.push(asked(path, name, &word(other, kind)));
            }
            // Typed half, and mistyped.
            waiting.push(asked(path, "q", &format!("{other}{}", &kind[..3])));
        }
        for (name, value) in
            [("vendor", NOTHING), ("cursor", "AAAA"), ("facets", "vendor,product,model"), ("page", "2")]
        {
            waiting.push(asked(path, name, value));
        }
    }
    for what in ["vendors", "assessments", "answers", "findings"] {
        for kind in KINDS {
            waiting.push(asked(&format!("/api/v1/search/{what}"), "q", &word(other, kind)));
        }
        waiting.push(asked(&format!("/search/{what}"), "q", other));
    }
    let mut seen = BTreeMap::new();
    while let Some(path) = waiting.pop() {
        if seen.contains_key(&path) || seen.len() > 700 {
            continue;
        }
        let answer = session.get(&path).await;
        assert!(answer.status < 500, "{path}: {}", answer.status);
        // What was asked for may be shown again as what was asked for.
        let mut text = format!("{:?}\n{}", answer.headers, answer.text);
        if let Some((_, value)) = path.split_once('=') {
            text = text.replace(value, "ASKED");
        }
        for part in answer.text.split("href=\"").skip(1) {
            let href = part.split(['"', '#']).next().unwrap_or_default().replace("&amp;", "&").replace("&#x3D;", "=");
            // The log's own filters are endless.
            let is_own = href.starts_with('/') && !href.starts_with("/assets/") && !href.starts_with("/audit?");
            if is_own && href != "/sign-out" {
                waiting.push(href);
            }
        }
        seen.insert(path, text);
    }
    seen
}

#[tokio::test]
async fn the_words_of_one_organisation_are_read_nowhere_in_another() {
    let (server, _) = Server::set_up("Harbour Bank").await;
    server.further_organisation("Second Bank").await;
    let first = fill(&server, "Harbour Bank", "albatros").await;
    let second = fill(&server, "Second Bank", "bumblebee").await;
    server.jobs_done().await;
    let routes = listed(&first).await;
    let (mut looked, mut leaks, mut own) = (0, Vec::new(), 0);
    for (organisation, contact, of, other) in
        [("Harbour Bank", &first, "albatros", "bumblebee"), ("Second Bank", &second, "bumblebee", "albatros")]
    {
        let mut sessions = vec![("a contact".to_owned(), contact.clone())];
        // Everybody looks from the one side, and from the other the two who between them read most: what every role
        // reads of its own is no different there.
        let looks = |role: &Role| {
            role.side() == Side::Buyer && (of == "albatros" || matches!(role, Role::Analyst | Role::Administrator))
        };
        for role in Role::ALL.iter().copied().filter(looks) {
            sessions.push((role.to_string(), server.person(organisation, role).await));
        }
        sessions.push(("a program".to_owned(), server.program(organisation, Role::Auditor)));
        for (name, session) in sessions {
            for (path, text) in everything_seen(&session, &routes, other).await {
                looked += 1;
                let found = KINDS.iter().filter(|kind| text.contains(&word(other, kind)));
                leaks.extend(found.map(|kind| format!("{name} of {organisation}, {path}: {}", word(other, kind))));
                own += KINDS.iter().filter(|kind| text.contains(&word(of, kind))).count();
            }
        }
    }
    println!("{looked} pages and documents searched, {own} words of one's own found, {} of another's", leaks.len());
    assert!(own > 200, "so few words of one's own are no proof: {own}");
    assert!(leaks.is_empty(), "{}", leaks.join("\n"));
    server.finish().await;
}

#[tokio::test]
async fn a_name_that_another_organisation_uses_is_free() {
    let (server, _) = Server::set_up("Harbour Bank").await;
    server.further_organisation("Second Bank").await;
    let first = server.program("Harbour Bank", Role::Administrator);
    let second = server.program("Second Bank", Role::Administrator);
    let made = [
        ("/api/v1/vendors", json!({ "name": "Northwind" })),
        ("/api/v1/tokens", json!({ "name": "Nightly", "role": "auditor", "days": 30 })),
        ("/api/v1/members", json!({ "name": "Lee", "email": "lee@shared.example", "roles": ["auditor"] })),
        ("/api/v1/members", json!({ "name": "Kim", "email": "kim@shared.example", "role": "auditor" })),
    ];
    for (path, body) in made {
        let (one, other) = (first.post(path, &body).await, second.post(path, &body).await);
        assert_eq!(one.status, other.status, "{path}: {} {}", one.text, other.text);
        if one.status >= 400 {
            assert_eq!(one.refusals(), other.refusals(), "{path}");
        }
    }
    server.finish().await;
}
