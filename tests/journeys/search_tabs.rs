//! Searching vendors, assessments and answers: what is found when, by which words, and what never is.

use crate::harness::meilisearch::Place;
use crate::harness::way::{answer, answer_path, ask, enter, feature, replies, submit};
use crate::harness::{Server, Session, Settings};
use domain::access::Role;
use serde_json::{Value, json};

const BUYER: &str = "Harbour Bank";

async fn search(session: &Session, what: &str, parameters: &[(&str, &str)]) -> Value {
    let request = session.request(reqwest::Method::GET, &format!("/api/v1/search/{what}")).query(parameters);
    session.send(request).await.expect(200, "a search").json()
}

/// One field of everything that is found.
async fn found(session: &Session, what: &str, q: &str, field: &str) -> Vec<String> {
    let found = search(session, what, &[("q", q)]).await;
    let items = found["items"].as_array().expect("items");
    assert_eq!(found["total"], items.len(), "{q}");
    items.iter().map(|item| item[field].as_str().unwrap_or_default().to_owned()).collect()
}

const NOTHING: [&str; 0] = [];

/// The way of an assessment, as the three tabs find it.
async fn followed(settings: Settings) {
    let (server, _) = Server::set_up_with(BUYER, settings).await;
    let buyer = server.program(BUYER, Role::Procurement);
    let analyst = server.program(BUYER, Role::Analyst);
    let asked = ask(&buyer, "Northwind 北風").await;
    ask(&buyer, "Fabrikam").await;
    let contact = json!({ "contacts": [{ "name": "Zoë Quartermain", "email": "zoe@northwind.example" }] });
    buyer.post(&format!("/api/v1/vendors/{}/contacts", asked.vendor), &contact).await.expect(201, "a contact");
    server.jobs_done().await;
    for q in ["nortwhind", "北風", "quarterma", "zoe@northwind.example", "name:northwind"] {
        assert_eq!(found(&analyst, "vendors", q, "name").await, ["Northwind 北風"], "{q}");
    }
    let places = search(&analyst, "vendors", &[("q", "quartermain")]).await;
    assert_eq!(places["items"][0]["highlights"][0]["field"], "contact");
    for q in ["northwind", "northwnd support", "state:sent vendor:北風"] {
        assert_eq!(found(&analyst, "assessments", q, "assessment").await, [asked.assessment.as_str()], "{q}");
    }

    // What the vendor writes is nobody's before it is submitted; that it is being written is told.
    let vendor = enter(&server, &asked).await;
    answer(&vendor, &asked.assessment, &replies(&[feature("Quokka Drafter")])).await;
    let said = json!({ "reply": { "kind": "choice", "option": "never" }, "comment": "Wombats decide on 袋熊期限" });
    let training = answer_path(&asked.assessment, "A.7.2-1");
    vendor.put(&training, &said).await.expect(200, "a comment");
    server.jobs_done().await;
    assert_eq!(found(&analyst, "assessments", "state:in_progress", "vendor_name").await, ["Northwind 北風"]);
    for q in ["quokka", "wombats", ""] {
        assert_eq!(found(&analyst, "answers", q, "question").await, NOTHING, "{q}");
    }
    submit(&vendor, &asked.assessment).await.expect(200, "submitted");
    server.jobs_done().await;
    for (q, question) in [
        ("quokka", "REG-1"),
        ("quoka draf", "REG-1"),
        ("wombats", "A.7.2-1"),
        ("袋熊", "A.7.2-1"),
        ("comment:wombats northwind", "A.7.2-1"),
        ("\"northwind desk, enterprise\"", "PROD-1"),
        ("A.8.5-1 90", "A.8.5-1"),
    ] {
        assert_eq!(found(&analyst, "answers", q, "question").await, [question], "{q}");
    }
    let all = search(&analyst, "answers", &[("facets", "*"), ("limit", "100")]).await;
    assert_eq!(all["total"], 31, "each answer once");
    assert_eq!(all["facets"]["stand"], json!([{ "value": "given", "count": 31 }]));
    let certain = search(&analyst, "answers", &[("filter", "option:No"), ("filter", "stand:given")]).await;
    assert_eq!(certain["items"][0]["reply"], json!({ "kind": "choice", "option": "no" }));

    // Given back, rewritten and not yet submitted again, the newest submission stands.
    let reviews = format!("/api/v1/assessments/{}/reviews", asked.assessment);
    analyst.post(&reviews, &json!({ "step": "take" })).await.expect(200, "taken up");
    let back = json!({ "step": "return", "questions": { "A.7.2-1": null } });
    analyst.post(&reviews, &back).await.expect(200, "given back");
    let now = json!({ "reply": { "kind": "declined" }, "comment": "Echidnas decide" });
    vendor.put(&training, &now).await.expect(200, "rewritten");
    server.jobs_done().await;
    assert_eq!(found(&analyst, "answers", "wombats", "question").await, ["A.7.2-1"]);
    assert_eq!(found(&analyst, "answers", "echidnas", "question").await, NOTHING);
    submit(&vendor, &asked.assessment).await.expect(200, "submitted again");
    server.jobs_done().await;
    assert_eq!(found(&analyst, "answers", "wombats", "question").await, NOTHING);
    assert_eq!(found(&analyst, "answers", "echidnas stand:declined", "question").await, ["A.7.2-1"]);

    // What a vendor is called is said everywhere at once.
    let renamed = json!({ "name": "Southwind" });
    buyer.put(&format!("/api/v1/vendors/{}", asked.vendor), &renamed).await.expect(200, "renamed");
    server.jobs_done().await;
    for what in ["vendors", "assessments", "answers"] {
        assert_eq!(found(&analyst, what, "vendor:北風", "vendor").await, NOTHING, "{what}");
    }
    assert_eq!(found(&analyst, "answers", "echidnas southwind", "vendor_name").await, ["Southwind"]);

    // The pages say the same; each leads to the others with what was typed, and to the question itself.
    let person = server.person(BUYER, Role::Auditor).await;
    let page = person.get("/search/answers?q=echidnas").await.expect(200, "the page").text.replace("&#x3D;", "=");
    let link = format!("/assessments/{}/answers#q-A-7-2-1", asked.assessment);
    assert!(page.contains(&link) && page.contains("<mark>Echidnas</mark>") && page.contains("Declined"), "{page}");
    for tab in ["/register?q=echidnas", "/search/vendors?q=echidnas", "/search/assessments?q=echidnas"] {
        assert!(page.contains(&format!("href=\"{tab}\"")), "{tab}: {page}");
    }
    let shown = person.get(&format!("/assessments/{}/answers", asked.assessment)).await.expect(200, "the place").text;
    assert!(shown.contains("id=\"q-A-7-2-1\""));
    person.get("/search/assessments?sort=colour").await.expect(422, "no such order");
    server.finish().await;
}

#[tokio::test]
async fn vendors_assessments_and_answers_are_found_as_they_are() {
    followed(Settings::default()).await;
}

#[tokio::test]
async fn vendors_assessments_and_answers_are_found_on_a_meilisearch_server() {
    let Some(place) = Place::configured("tabs") else { return };
    followed(place.settings()).await;
    place.remove().await;
}

#[tokio::test]
async fn a_command_fills_every_index_again_and_pages_say_when_search_is_down() {
    let (mut server, _) = Server::set_up(BUYER).await;
    let buyer = server.program(BUYER, Role::Procurement);
    let asked = ask(&buyer, "Northwind").await;
    let vendor = enter(&server, &asked).await;
    answer(&vendor, &asked.assessment, &replies(&[feature("Quokka Drafter")])).await;
    submit(&vendor, &asked.assessment).await.expect(200, "submitted");
    server.jobs_done().await;
    server.kill();
    std::fs::remove_dir_all(server.data_dir().join("search")).expect("removed");
    let done = server.candor(&["reindex"]);
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    server.restart();
    let buyer = buyer.at(&server.url);
    for (what, q) in [("vendors", "northwind"), ("assessments", "northwind"), ("answers", "quokka")] {
        assert_eq!(search(&buyer, what, &[("q", q)]).await["total"], 1, "{what}");
    }
    server.kill();
    let nowhere = std::net::TcpListener::bind("127.0.0.1:0").and_then(|l| l.local_addr()).expect("a port");
    server.set("search__url", format!("http://{nowhere}"));
    server.restart();
    let person = server.person(BUYER, Role::Auditor).await;
    for what in ["vendors", "assessments", "answers"] {
        let page = person.get(&format!("/search/{what}?q=northwind")).await.expect(200, what).text;
        assert!(page.contains("Search does not work just now"), "{page}");
    }
    server.set("search__url", "");
    server.kill();
    server.restart();
    server.finish().await;
}

/// Findings in whatever state, as the desk lists them; the vendor's words of a plan; and never a note.
async fn findings_followed(settings: Settings) {
    let (server, _) = Server::set_up_with(BUYER, settings).await;
    let buyer = server.program(BUYER, Role::Procurement);
    let analyst = server.person(BUYER, Role::Analyst).await;
    let asked = ask(&buyer, "Northwind 北風").await;
    let other = ask(&buyer, "Fabrikam").await;
    let vendor = enter(&server, &asked).await;
    let mut all = replies(&[feature("Drafter")]);
    all.retain(|(question, _)| *question != "A.8.4-1");
    all.push(("A.8.4-1", json!({ "kind": "choice", "option": "no" })));
    answer(&vendor, &asked.assessment, &all).await;
    submit(&vendor, &asked.assessment).await.expect(200, "submitted");
    server.jobs_done().await;
    let proposed = search(&analyst, "findings", &[("q", "A.8.4-1"), ("facets", "*")]).await;
    assert_eq!((&proposed["total"], &proposed["items"][0]["state"]), (&json!(1), &json!("proposed")), "{proposed}");
    assert_eq!(proposed["facets"]["origin"], json!([{ "value": "rule", "count": 1 }]));
    let id = proposed["items"][0]["finding"].as_str().expect("an id").to_owned();
    let by_hand = json!({ "engagement": other.engagement, "title": "Wombats unguarded 袋熊", "severity": "major",
                          "description": "Seen on site by two of us." });
    let made = analyst.make("/api/v1/findings", &by_hand).await;
    let note = json!({ "words": "zqinsidezq" });
    analyst.post(&format!("/api/v1/findings/{made}/notes"), &note).await.expect(204, "a note for colleagues");
    let steps = format!("/api/v1/findings/{id}/steps");
    let raise = json!({ "step": "raise", "title": "Nobody is told of incidents" });
    analyst.post(&steps, &raise).await.expect(200, "raised");
    server.jobs_done().await;
    for (q, finding) in [
        ("wombts", &made),
        ("袋熊", &made),
        ("seen on site", &made),
        ("vendor:fabrikam severity:major state:open", &made),
        ("told of incidnts", &id),
        ("A.8.4-1 state:open", &id),
        ("owner:kim vendor:北風", &id),
        ("has:raised northwind title:incidents", &id),
    ] {
        assert_eq!(found(&analyst, "findings", q, "finding").await, [finding.as_str()], "{q}");
    }
    for q in ["zqinsidezq", "state:proposed A.8.4-1"] {
        assert_eq!(found(&analyst, "findings", q, "finding").await, NOTHING, "{q}");
    }

    // What the vendor plans is found, and where it stands then.
    let plan = json!({
        "step": "plan", "whys": ["Nobody is told", "Echidnas forgot it"], "correction": "We tell you within a day",
        "actions": [{ "what": "A duty in the quokka procedure", "due_on": crate::harness::way::in_days(14) }]
    });
    let vendors = format!("/api/v1/assessments/{}/findings/{id}/steps", asked.assessment);
    vendor.post(&vendors, &plan).await.expect(200, "planned");
    server.jobs_done().await;
    for q in ["echidnas", "plan:quokka", "\"within a day\" state:planned"] {
        assert_eq!(found(&analyst, "findings", q, "finding").await, [id.as_str()], "{q}");
    }
    let renamed = json!({ "name": "Southwind" });
    buyer.put(&format!("/api/v1/vendors/{}", other.vendor), &renamed).await.expect(200, "renamed");
    server.jobs_done().await;
    assert_eq!(found(&analyst, "findings", "wombats", "vendor_name").await, ["Southwind"]);
    assert_eq!(found(&analyst, "findings", "vendor:fabrikam", "vendor_name").await, NOTHING);

    let page = analyst.get("/search/findings?q=wombats").await.expect(200, "the page").text.replace("&#x3D;", "=");
    assert!(page.contains(&format!("href=\"/findings/{made}\"")) && page.contains("<mark>Wombats</mark>"), "{page}");
    assert!(page.contains("Major nonconformity") && page.contains("href=\"/search/answers?q=wombats\""), "{page}");

    // Whoever owns one engagement finds what hangs on it, and the vendor nothing.
    let owner = server.person(BUYER, Role::BusinessOwner).await;
    assert_eq!(search(&owner, "findings", &[("facets", "*")]).await["total"], 0);
    vendor.get("/api/v1/search/findings").await.expect(401, "not for vendors");
    server.finish().await;
}

#[tokio::test]
async fn findings_are_found_as_they_are() {
    findings_followed(Settings::default()).await;
}

#[tokio::test]
async fn findings_are_found_on_a_meilisearch_server() {
    let Some(place) = Place::configured("findings") else { return };
    findings_followed(place.settings()).await;
    place.remove().await;
}

/// Days and scores narrow each tab, at its own address; a vendor's score is none for whoever reads their own alone.
#[tokio::test]
async fn days_and_scores_are_filtered_by_range_in_every_tab() {
    let (server, _) = Server::set_up(BUYER).await;
    let buyer = server.program(BUYER, Role::Procurement);
    ask(&buyer, "Northwind").await;
    server.jobs_done().await;
    let person = server.person(BUYER, Role::Auditor).await;
    let page = async |who: &Session, path: &str| who.get(path).await.expect(200, path).text.replace("&#x3D;", "=");
    for (tab, topics) in [
        ("vendors", &["residual", "since"][..]),
        ("assessments", &["residual", "scored", "due", "issued", "submitted", "since"]),
    ] {
        let path = format!("/search/{tab}");
        let all = page(&person, &path).await;
        assert!(all.contains(&format!("<form class=\"facet\" method=\"get\" action=\"{path}\">")), "{all}");
        for topic in topics {
            assert!(all.contains(&format!("name=\"{topic}_from\"")), "{tab}: {topic}");
        }
        let there = page(&person, &format!("{path}?q=northwind&since_from=2020-01-01")).await;
        assert!(there.contains("<mark>Northwind</mark>") && there.contains("from 2020-01-01"), "{there}");
        let before = page(&person, &format!("{path}?q=northwind&since_to=2020-01-01")).await;
        assert!(!before.contains("<mark>") && before.contains("up to 2020-01-01"), "{before}");
        assert!(before.contains("name=\"since_to\""), "the range can be changed where nothing is found");
        let typed = page(&person, &format!("{path}?since_from=soon")).await;
        assert!(typed.contains("soon.. is no range"), "{typed}");
    }
    // Nothing was answered or found yet, so there is nothing to narrow.
    for tab in ["answers", "findings"] {
        assert!(!page(&person, &format!("/search/{tab}")).await.contains("_from\""), "{tab}");
    }
    let owner = server.person(BUYER, Role::BusinessOwner).await;
    let own = page(&owner, "/search/vendors?q=x&residual_from=1").await;
    assert!(own.contains("name=\"since_from\"") && !own.contains("residual_from"), "{own}");
    server.finish().await;
}
