//! Classification of uses under the EU AI Act: proposed by rules, confirmed by a person, and what stands out everywhere.

use super::register::path;
use crate::harness::{Server, Session, Value, until};
use domain::access::Role;
use sea_orm::ConnectionTrait;
use serde_json::json;

const BUYER: &str = "Harbour Bank";

/// An entry of that name with a use; their ids.
async fn used(analyst: &Session, name: &str, use_case: &str) -> (String, String) {
    let entry = json!({ "name": name, "kind": "ai_system", "vendor_name": "Northwind" });
    let entry = analyst.make("/api/v1/components", &entry).await;
    let made = analyst.make(&path(&entry, "/uses"), &json!({ "use_case": use_case })).await;
    (entry, made)
}

fn below((entry, made): &(String, String), rest: &str) -> String {
    path(entry, &format!("/uses/{made}/classification{rest}"))
}

fn page((entry, made): &(String, String), rest: &str) -> String {
    format!("/register/{entry}/uses/{made}/{rest}")
}

#[tokio::test]
async fn rules_propose_and_a_person_confirms() {
    let (server, _) = Server::set_up(BUYER).await;
    let program = server.program(BUYER, Role::Analyst);
    let analyst = server.person(BUYER, Role::Analyst).await;
    let ranking = used(&program, "Talent Desk", "Ranks applicants by their CVs").await;
    let proposed = program.read(&below(&ranking, "")).await;
    assert_eq!((&proposed["tier"], &proposed["areas"]), (&json!("high"), &json!(["4(a)"])));
    assert_eq!(proposed["proposals"][0]["article"], "Annex III point 4(a), Art. 6(2)");
    assert_eq!(proposed["confirmed"], Value::Null, "a proposal is never final");
    let sheet = analyst.get(&format!("/register/{}", ranking.0)).await.expect(200, "the entry");
    assert!(sheet.text.contains("High-risk") && sheet.text.contains("confirmed by nobody"));
    let shown = analyst.get(&page(&ranking, "classification")).await.expect(200, "the reasons");
    for part in ["Annex III point 4(a), Art. 6(2)", "Recruitment and selection", "fact.profiling"] {
        assert!(shown.text.contains(part), "{part}");
    }
    assert!(!analyst.get("/assessments").await.text.contains("is high-risk"), "what nobody confirmed is not counted");

    let high = json!({ "tier": "high", "areas": ["4(a)"] });
    program.post(&below(&ranking, ""), &high).await.expect(403, "a program does not answer for it");
    let stale = analyst.request(reqwest::Method::POST, &below(&ranking, "")).header("if-match", "\"1\"");
    analyst.send(stale.json(&high)).await.expect(412, "changed meanwhile");
    let confirmed = analyst.post(&below(&ranking, ""), &high).await.expect(200, "confirmed").json();
    assert_eq!(
        (&confirmed["confirmed"]["tier"], &confirmed["confirmed"]["by"]["kind"]),
        (&json!("high"), &json!("member"))
    );
    let uses = program.items(&path(&ranking.0, "/uses")).await;
    assert_eq!((&uses[0]["fields"]["tier"], &uses[0]["fields"]["annex_iii"]), (&json!("high"), &json!(["4(a)"])));

    for place in ["/assessments", "/register"] {
        let text = analyst.get(place).await.expect(200, place).text;
        assert!(text.contains("1 use is high-risk under the EU AI Act"), "{place}");
    }
    server.jobs_done().await;
    let list = analyst.get("/register?tier=high").await.expect(200, "the list");
    assert!(list.text.contains("Talent Desk") && list.text.contains("badge badge--danger\">High-risk"));
    let sheet = analyst.get(&format!("/register/{}", ranking.0)).await.expect(200, "the entry");
    assert!(sheet.text.contains("EU AI Act: High-risk") && sheet.text.contains("Confirmed by The analyst"));

    let form = page(&ranking, "classification");
    let wrong = [("tier", "minimal"), ("areas", "4(a)"), ("reason", "We look at every one ourselves")];
    let refused = analyst.submit(&form, &wrong).await.expect(422, "no area without high risk");
    assert!(refused.text.contains("We look at every one ourselves"), "what was typed is kept");
    analyst.submit(&form, &[("tier", "minimal")]).await.expect(422, "it differs, and no reason is given");
    analyst.submit(&form, &[("tier", "robot"), ("reason", "x")]).await.expect(422, "no such tier");
    let corrected = [("tier", "limited"), ("reason", "It lists them by date")];
    analyst.submit(&form, &corrected).await.expect(303, "corrected");
    let now = program.read(&below(&ranking, "")).await;
    let kept = &now["confirmed"];
    assert_eq!((&kept["tier"], &kept["areas"], &kept["proposed"]), (&json!("limited"), &json!([]), &json!("high")));
    assert_eq!(kept["reason"], "It lists them by date");
    let uses = program.items(&path(&ranking.0, "/uses")).await;
    assert_eq!((&uses[0]["fields"]["tier"], &uses[0]["fields"]["annex_iii"]), (&json!("limited"), &Value::Null));
    assert!(!analyst.get("/assessments").await.text.contains("is high-risk"));
    let log = server.program(BUYER, Role::Auditor).read("/api/v1/audit?limit=200").await;
    let said: Vec<&Value> =
        log["items"].as_array().expect("entries").iter().filter(|one| one["action"] == "use.classified").collect();
    assert_eq!(said.len(), 2, "both are on record");
    server.finish().await;
}

#[tokio::test]
async fn facts_settle_what_is_open_and_news_is_told() {
    let (server, _) = Server::set_up(BUYER).await;
    let program = server.program(BUYER, Role::Analyst);
    let analyst = server.person(BUYER, Role::Analyst).await;
    let layout = used(&program, "House layout", "Formats CVs of applicants into our house layout").await;
    let open = program.read(&below(&layout, "")).await;
    assert_eq!((&open["tier"], &open["proposals"][0]["way_out"]["kind"]), (&json!("high"), &json!("possible")));
    for fact in ["profiling", "derogation_documented"] {
        assert!(open["missing"].as_array().expect("a list").contains(&json!(fact)), "{fact}");
    }
    analyst.post(&below(&layout, ""), &json!({ "tier": "high", "areas": ["4(a)"] })).await.expect(200, "until then");

    let unknown = json!({ "facts": { "colour": "yes", "profiling": "perhaps" } });
    let refused = program.post(&below(&layout, "/facts"), &unknown).await.expect(422, "no such facts");
    assert_eq!(refused.refusals(), ["fact.colour: unknown", "fact.profiling: not-an-option"]);
    let told = [
        ("fact.narrow_procedural", "yes"),
        ("fact.profiling", "no"),
        ("fact.materially_influences", "no"),
        ("fact.derogation_documented", "yes"),
    ];
    analyst.submit(&page(&layout, "facts"), &told).await.expect(303, "stated");
    let settled = program.read(&below(&layout, "")).await;
    assert_eq!((&settled["tier"], &settled["proposals"][0]["way_out"]["kind"]), (&json!("minimal"), &json!("taken")));
    assert_eq!(settled["confirmed"]["tier"], "high", "what was confirmed stands until a person confirms again");
    let sheet = analyst.get(&format!("/register/{}", layout.0)).await.expect(200, "the entry");
    assert!(sheet.text.contains("Proposed now: Minimal risk"), "news is told");
    analyst.submit(&page(&layout, "classification"), &[("tier", "minimal")]).await.expect(303, "as proposed");
    let back = json!({ "facts": { "profiling": "yes" } });
    let barred = program.post(&below(&layout, "/facts"), &back).await.expect(200, "it profiles after all").json();
    assert_eq!((&barred["tier"], &barred["proposals"][0]["way_out"]["kind"]), (&json!("high"), &json!("barred")));

    let mood = used(&program, "Mood", "Reads employees' mood").await;
    let banned = program.read(&below(&mood, "")).await;
    assert_eq!((&banned["tier"], &banned["certainty"]), (&json!("prohibited"), &json!("uncertain")));
    analyst.post(&below(&mood, ""), &json!({ "tier": "prohibited" })).await.expect(200, "confirmed");
    assert!(analyst.get("/register").await.text.contains("1 use is prohibited under the EU AI Act"));
    let auditor = server.person(BUYER, Role::Auditor).await;
    let shown = auditor.get(&page(&mood, "classification")).await.expect(200, "whoever reads may look");
    assert!(shown.text.contains("Art. 5(1)(f)") && !shown.text.contains("name=\"tier\""), "and confirms nothing");
    let other = (layout.0.clone(), mood.1.clone());
    auditor.get(&page(&other, "classification")).await.expect(404, "no use of that entry");
    server.finish().await;
}

#[tokio::test]
async fn a_confirmed_class_is_no_plain_edit() {
    let (server, _) = Server::set_up(BUYER).await;
    let program = server.program(BUYER, Role::Analyst);
    let analyst = server.person(BUYER, Role::Analyst).await;
    let ranking = used(&program, "Talent Desk", "Ranks applicants by their CVs").await;
    let (entry, made) = (&ranking.0, ranking.1.as_str());
    analyst.post(&below(&ranking, ""), &json!({ "tier": "high", "areas": ["4(a)"] })).await.expect(200, "confirmed");
    for (field, value) in [("tier", "minimal"), ("annex_iii", "5(b)")] {
        let fact = json!({ "use": made, "field": field, "values": [value], "reason": "It is harmless" });
        let refused = program.post(&path(entry, "/facts"), &fact).await.expect(422, "said by hand");
        assert_eq!(refused.refusals(), ["field: decided-elsewhere"]);
        analyst.get(&format!("/register/{entry}/edit?field={field}&use={made}")).await.expect(422, "no form");
        let form = [("field", field), ("use", made), ("value", value), ("reason", "It is harmless")];
        analyst.submit(&format!("/register/{entry}/edit"), &form).await.expect(422, "nor by a page");
    }
    let facts = program.items(&path(entry, "/facts")).await;
    let tier = facts.as_array().expect("facts").iter().find(|fact| fact["field"] == "tier").expect("the tier");
    let none = json!({ "fact": tier["says"][0]["id"], "none": true, "reason": "It is harmless" });
    let refused = program.post(&path(entry, "/choices"), &none).await.expect(422, "nor by choosing");
    assert_eq!(refused.refusals(), ["fact: decided-elsewhere"]);
    let uses = program.items(&path(entry, "/uses")).await;
    assert_eq!((&uses[0]["fields"]["tier"], &uses[0]["fields"]["annex_iii"]), (&json!("high"), &json!(["4(a)"])));

    let sheet = analyst.get(&format!("/register/{entry}")).await.expect(200, "the entry").text;
    assert!(!sheet.contains("field&#x3D;tier&amp;use"), "no button edits it: {sheet}");
    assert!(sheet.contains("Look and confirm<span class=\"unseen\"> EU AI Act tier"), "one leads to its page: {sheet}");
    let of_entry = json!({ "field": "tier", "values": ["limited"] });
    program.post(&path(entry, "/facts"), &of_entry).await.expect(200, "what the vendor says of the entry is no class");
    server.finish().await;
}

/// The lines of a file of comma-separated values, by heading.
fn column(csv: &str, heading: &str) -> Vec<String> {
    let mut reader = csv::Reader::from_reader(csv.trim_start_matches('\u{feff}').as_bytes());
    let place = reader.headers().expect("headings").iter().position(|one| one == heading).expect("the column");
    reader.records().map(|record| record.expect("a record")[place].to_owned()).collect()
}

#[tokio::test]
async fn what_is_proposed_stands_out_until_it_is_confirmed() {
    let (server, _) = Server::set_up(BUYER).await;
    let program = server.program(BUYER, Role::Analyst);
    let analyst = server.person(BUYER, Role::Analyst).await;
    let ranking = used(&program, "Talent Desk", "Ranks applicants by their CVs").await;
    let quiet = used(&program, "Sorter", "Nobody has said more of it").await;
    server.jobs_done().await;
    let badge = "badge badge--warn\">Proposed: High-risk, not yet confirmed";
    let told = "1 use may be high-risk under the EU AI Act: proposed by rules, not yet confirmed";
    for place in ["/assessments", "/register"] {
        let text = analyst.get(place).await.expect(200, place).text;
        assert!(text.contains(told) && !text.contains("is high-risk"), "{place}: {text}");
    }
    let list = analyst.get("/register?proposed_tier=high").await.expect(200, "the list").text;
    assert!(list.contains("Talent Desk") && !list.contains(&format!("/register/{}", quiet.0)), "{list}");
    assert!(list.contains(badge) && !list.contains("badge badge--danger\">High-risk"), "told apart: {list}");
    let changes = analyst.get("/register/changes").await.expect(200, "what changed").text;
    assert_eq!(changes.matches(badge).count(), 1, "{changes}");
    let found = program.read("/api/v1/components/search?q=proposed%3Ahigh&facets=proposed_tier,tier").await;
    assert_eq!(found["total"], 1);
    assert_eq!(found["facets"]["proposed_tier"], json!([{ "value": "high", "count": 1 }]));
    assert_eq!(found["facets"]["tier"], json!([{ "value": "unknown", "count": 1 }]));
    let uses = program.items(&path(&ranking.0, "/uses")).await;
    assert_eq!((&uses[0]["proposed_tier"], &uses[0]["fields"]["tier"]), (&json!("high"), &Value::Null));
    let csv = analyst.get("/register/export?format=csv&q=talent").await.expect(200, "the file").text;
    assert_eq!((column(&csv, "proposed_tier"), column(&csv, "tier_of_uses")), (vec!["high".into()], vec!["".into()]));

    // What is stated of the entry says what its use is for, too.
    let purpose = json!({ "field": "purpose", "values": ["Reads employees' mood"] });
    program.post(&path(&quiet.0, "/facts"), &purpose).await.expect(200, "stated");
    server.jobs_done().await;
    let text = analyst.get("/register").await.expect(200, "the register").text;
    assert!(text.contains("1 use may be prohibited under the EU AI Act") && text.contains(told), "{text}");

    let limited = json!({ "tier": "limited", "reason": "It lists them by date" });
    analyst.post(&below(&ranking, ""), &limited).await.expect(200, "confirmed");
    server.jobs_done().await;
    let text = analyst.get("/register").await.expect(200, "the register").text;
    assert!(!text.contains("may be high-risk") && !text.contains(badge), "what a person decided stands: {text}");
    assert_eq!(program.items(&path(&ranking.0, "/uses")).await[0]["proposed_tier"], Value::Null);
    assert_eq!(program.read("/api/v1/components/search?q=proposed%3Ahigh").await["total"], 0);
    server.finish().await;
}

#[tokio::test]
async fn what_is_proposed_anew_and_stricter_stands_out_beside_what_was_confirmed() {
    let (server, _) = Server::set_up(BUYER).await;
    let program = server.program(BUYER, Role::Analyst);
    let analyst = server.person(BUYER, Role::Analyst).await;
    let layout = used(&program, "House layout", "Formats CVs of applicants into our house layout").await;
    let out = ["narrow_procedural", "derogation_documented"].map(|fact| (fact, "yes"));
    let facts: serde_json::Map<String, Value> = out
        .into_iter()
        .chain([("profiling", "no"), ("materially_influences", "no")])
        .map(|(fact, said)| (fact.to_owned(), json!(said)))
        .collect();
    program.post(&below(&layout, "/facts"), &json!({ "facts": facts })).await.expect(200, "stated");
    analyst.post(&below(&layout, ""), &json!({ "tier": "minimal" })).await.expect(200, "as proposed");
    server.jobs_done().await;
    assert!(!analyst.get("/register").await.text.contains("not yet confirmed"));
    let back = json!({ "facts": { "profiling": "yes" } });
    program.post(&below(&layout, "/facts"), &back).await.expect(200, "it profiles after all");
    server.jobs_done().await;
    let list = analyst.get("/register").await.expect(200, "the register").text;
    assert!(list.contains(">Minimal<") && list.contains("Proposed: High-risk, not yet confirmed"), "{list}");
    server.finish().await;
}

#[tokio::test]
async fn what_other_rules_proposed_is_proposed_anew_when_the_program_begins() {
    let (mut server, _) = Server::set_up(BUYER).await;
    let program = server.program(BUYER, Role::Analyst);
    let ranking = used(&program, "Talent Desk", "Ranks applicants by their CVs").await;
    let harmless = used(&program, "Sorter", "Sorts the files of a folder by their date").await;
    server.jobs_done().await;
    server.kill();
    let behind = server.behind_its_back().await;
    // As rules would have left it that found nothing in one and something in the other.
    for statement in [
        "UPDATE ai_use SET proposed_by = 0, proposed_tier = NULL",
        "UPDATE ai_use SET proposed_tier = 'high' WHERE use_case LIKE 'Sorts%'",
    ] {
        behind.execute_unprepared(statement).await.expect("written");
    }
    behind.close().await.expect("closed");
    server.restart();
    let program = server.program(BUYER, Role::Analyst);
    until("both are proposed anew", async || {
        let proposed = async |(entry, _): &(String, String)| {
            program.items(&path(entry, "/uses")).await[0]["proposed_tier"].clone()
        };
        (proposed(&ranking).await == "high" && proposed(&harmless).await != "high").then_some(())
    })
    .await;
    server.jobs_done().await;
    assert_eq!(program.read("/api/v1/components/search?q=proposed%3Ahigh").await["total"], 1, "and found by it");
    server.finish().await;
}

#[tokio::test]
async fn a_vendors_page_says_what_stands_out_of_what_it_supplies() {
    let (server, _) = Server::set_up(BUYER).await;
    let program = server.program(BUYER, Role::Analyst);
    let analyst = server.person(BUYER, Role::Analyst).await;
    let vendor =
        server.program(BUYER, Role::Procurement).make("/api/v1/vendors", &json!({ "name": "Northwind" })).await;
    let ranking = used(&program, "Talent Desk", "Ranks applicants by their CVs").await;
    used(&program, "Mood", "Reads employees' mood").await;
    analyst.post(&below(&ranking, ""), &json!({ "tier": "high", "areas": ["4(a)"] })).await.expect(200, "confirmed");
    server.jobs_done().await;
    let page = analyst.get(&format!("/vendors/{vendor}")).await.expect(200, "the vendor").text;
    assert!(page.contains("1 use is high-risk") && page.contains("1 use may be prohibited"), "{page}");
    assert!(page.contains("/register?vendor&#x3D;Northwind&amp;proposed_tier&#x3D;unacceptable"), "{page}");
    let other = server.program(BUYER, Role::Procurement).make("/api/v1/vendors", &json!({ "name": "Contoso" })).await;
    let page = analyst.get(&format!("/vendors/{other}")).await.expect(200, "another vendor").text;
    assert!(!page.contains("under the EU AI Act"), "{page}");
    server.finish().await;
}
