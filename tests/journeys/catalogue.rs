//! The catalogue of embedded AI features: which may be on in the products that somebody uses, taken over into the
//! register, taken back.

use super::register::{holds, path};
use crate::harness::{Server, Session, Value};
use candor::repo::{self, SystemScope};
use domain::access::Role;
use domain::register::{By, Fact, Source, Statement};
use sea_orm::{IntoActiveModel, Set};
use serde_json::json;
use std::collections::BTreeMap;

const BUYER: &str = "Harbour Bank";

const LIST: &str = "MS Office 365 E3\nSlack (Business+)\nTeams\n\nSlack (Free)\nHarbour Ledger\nTBD\n";

/// Line and outcome of everything that was read.
fn outcomes(read: &Value) -> Vec<(u64, String)> {
    let lines = read["lines"].as_array().expect("lines").iter();
    lines
        .map(|line| (line["line"].as_u64().expect("a number"), line["outcome"].as_str().expect("one").into()))
        .collect()
}

/// The answers about one feature, with what would settle it.
fn answers(read: &Value, feature: &str) -> Vec<(String, Value)> {
    let features = read["features"].as_array().expect("features").iter().filter(|row| row["id"] == feature);
    features.map(|row| (row["answer"].as_str().expect("an answer").to_owned(), row["missing"].clone())).collect()
}

async fn adopt(analyst: &Session, features: &[&str]) -> Value {
    analyst.post("/api/v1/catalogue/adopt", &json!({ "features": features })).await.expect(200, "taken over").json()
}

/// The entry of a feature that was just added, updated or left as it was.
fn entry(adopted: &Value, how: &str, feature: &str) -> String {
    adopted[how][feature].as_str().unwrap_or_else(|| panic!("{feature} is not {how}: {adopted}")).to_owned()
}

#[tokio::test]
async fn every_line_of_a_list_is_accounted_for() {
    let (server, _) = Server::set_up(BUYER).await;
    let reader = server.program(BUYER, Role::Auditor);
    let which = async |body: Value| reader.post("/api/v1/catalogue/which", &body).await;
    let read = which(json!({ "list": LIST })).await.expect(200, "read").json();
    let expected =
        [(1, "matched"), (2, "matched"), (3, "doubtful"), (5, "matched"), (6, "unknown"), (7, "not_a_product")];
    assert_eq!(outcomes(&read), expected.map(|(line, outcome)| (line, outcome.to_owned())));
    assert_eq!(read["blank"], 1);
    // Slack's page: off in the free plan, part of the paid ones.
    let settled = |answer: &str| (answer.to_owned(), json!([]));
    assert_eq!(answers(&read, "slack-ai"), [settled("on"), settled("off")]);
    assert_eq!(read["lines"][2]["products"][0]["product"], "microsoft-365");

    let unplanned = which(json!({ "list": "Slack" })).await.expect(200, "no plan").json();
    assert_eq!(answers(&unplanned, "slack-ai"), [("depends".to_owned(), json!(["plan"]))]);
    let planned = which(json!({ "list": "Slack", "plans": { "slack": "pro" } })).await.expect(200, "a plan").json();
    assert_eq!(answers(&planned, "slack-ai"), [settled("on")]);
    let doubtful = which(json!({ "list": "Teams" })).await.expect(200, "doubtful").json();
    assert_eq!(doubtful["features"], json!([]), "what is doubtful counts when somebody said so");
    let told =
        which(json!({ "list": "TEAMS", "means": { "teams": "microsoft-365" } })).await.expect(200, "told").json();
    assert!(!answers(&told, "m365-copilot-chat").is_empty());
    let other =
        which(json!({ "list": "Teams", "means": { "teams": "slack" } })).await.expect(200, "not offered").json();
    assert_eq!(other["features"], json!([]), "nobody can say that it is what it cannot be");

    let refused = which(json!({ "list": "Slack", "region": "atlantis" })).await.expect(422, "no such region");
    assert_eq!(refused.refusals(), ["region: not-an-option"]);
    let refused = which(json!({ "list": "Slack\n".repeat(2_001) })).await.expect(422, "too many");
    assert_eq!(refused.refusals(), ["list: too-many-lines"]);
    let refused = which(json!({ "list": format!("Slack\n{}", "x".repeat(301)) })).await.expect(422, "too long");
    assert_eq!(refused.refusals(), ["list: line-too-long"]);
    server.finish().await;
}

#[tokio::test]
async fn a_withdrawn_entry_is_brought_back_by_hand() {
    let (server, _) = Server::set_up(BUYER).await;
    let analyst = server.program(BUYER, Role::Analyst);
    let features = ["slack-ai", "zoom-ai-companion", "m365-copilot-chat"];
    let adopted = adopt(&analyst, &features).await;
    let [slack, zoom, copilot] = features.map(|feature| entry(&adopted, "added", feature));
    let withdrawn = async |entry: &str| analyst.read(&path(entry, "")).await["withdrawn"].clone();
    for (feature, entry) in features.iter().zip([&slack, &zoom, &copilot]) {
        let left = analyst.delete(&format!("/api/v1/catalogue/features/{feature}/entry")).await;
        left.expect(204, "taken back");
        assert_eq!(withdrawn(entry).await, true, "{feature}: nobody else speaks of it");
    }
    let keeper = server.person(BUYER, Role::Analyst).await;
    let page = keeper.get(&format!("/register/{slack}")).await.expect(200, "it stays readable").text;
    assert!(page.contains("To bring it back, say something of it or record a use."), "{page}");

    let owner = json!({ "field": "owner", "values": ["Collaboration"] });
    analyst.post(&path(&zoom, "/facts"), &owner).await.expect(200, "somebody says something of it");
    analyst.make(&path(&copilot, "/uses"), &json!({ "use_case": "Letters" })).await;
    let same = [
        ("name", "AI summaries, search and Slackbot"),
        ("kind", "embedded_feature"),
        ("vendor_name", "Salesforce"),
        ("product", "Slack"),
    ];
    let added = keeper.submit("/register/new", &same).await;
    assert_eq!((added.status, added.location()), (303, format!("/register/{slack}").as_str()), "no second one is made");
    let page = keeper.get(&format!("/register/{slack}")).await.expect(200, "the entry").text;
    assert!(page.contains("it is back"), "{page}");
    for entry in [&slack, &zoom, &copilot] {
        assert_eq!(withdrawn(entry).await, false);
    }
    assert_eq!(analyst.read("/api/v1/components").await["items"].as_array().map(Vec::len), Some(3));
    server.jobs_done().await;
    assert_eq!(analyst.read("/api/v1/components/search?q=Slackbot").await["total"], 1, "it is found again");
    server.finish().await;
}

#[tokio::test]
async fn a_feature_is_taken_over_once_and_taken_back() {
    let (server, _) = Server::set_up(BUYER).await;
    let analyst = server.program(BUYER, Role::Analyst);
    let by_hand = json!({ "name": "AI Companion", "kind": "embedded_feature", "vendor_name": "Zoom" });
    let by_hand = analyst.make("/api/v1/components", &by_hand).await;
    let adopted = adopt(&analyst, &["slack-ai", "zoom-ai-companion"]).await;
    let slack = entry(&adopted, "added", "slack-ai");
    assert_eq!(entry(&adopted, "updated", "zoom-ai-companion"), by_hand, "it was there already, entered by hand");

    let row = analyst.read(&path(&slack, "")).await;
    let shown = |field: &str| row["fields"][field].clone();
    assert_eq!(
        (&row["name"], &row["vendor_name"]),
        (&json!("AI summaries, search and Slackbot"), &json!("Salesforce"))
    );
    assert_eq!((shown("product"), shown("default_state")), (json!("Slack"), json!("by_plan")));
    assert_eq!(
        (shown("trains_on_customer_data"), shown("data_categories")),
        (json!("opt_in"), json!(["files", "messages"]))
    );
    let facts = analyst.items(&path(&slack, "/facts")).await;
    let says: Vec<&Value> =
        facts.as_array().expect("facts").iter().flat_map(|fact| fact["says"].as_array().expect("says")).collect();
    assert!(says.iter().all(|said| said["source_kind"] == "catalogue" && said["checked"].is_null()), "unverified");
    let certainty: BTreeMap<&str, &str> = says
        .iter()
        .map(|said| (said["field"].as_str().expect("a field"), said["certainty"].as_str().expect("a certainty")))
        .collect();
    // Slack's own page says what it trains; what is on in paid plans is our conclusion, the rest another page's word.
    assert_eq!(certainty["trains_third_party_models"], "certain");
    assert_eq!(certainty["trains_on_customer_data"], "likely");
    let pro = says.iter().find(|said| said["plan"] == "Pro").expect("a fact about a plan");
    assert_eq!((&pro["value"], &pro["certainty"]), (&json!("on"), &json!("uncertain")));

    let again = adopt(&analyst, &["slack-ai", "zoom-ai-companion"]).await;
    assert_eq!(entry(&again, "unchanged", "slack-ai"), slack);
    let listed = analyst.read("/api/v1/components").await;
    assert_eq!(listed["items"].as_array().map(Vec::len), Some(2), "twice is once");
    assert_eq!(analyst.read(&path(&slack, "")).await["revision"], 1);
    let there = analyst.read("/api/v1/catalogue/features?adopted=yes").await;
    let ids: Vec<&Value> = there["items"].as_array().expect("items").iter().map(|row| &row["id"]).collect();
    assert_eq!(ids, [&json!("slack-ai"), &json!("zoom-ai-companion")]);

    let leave = async |feature: &str| analyst.delete(&format!("/api/v1/catalogue/features/{feature}/entry")).await;
    leave("slack-ai").await.expect(204, "taken back");
    leave("slack-ai").await.expect(404, "it is not there any more");
    leave("zoom-ai-companion").await.expect(204, "taken back");
    assert_eq!(analyst.read(&path(&slack, "")).await["withdrawn"], true, "nobody else speaks of it");
    let companion = analyst.read(&path(&by_hand, "")).await;
    assert_eq!((&companion["withdrawn"], &companion["fields"]["sub_processors"]), (&json!(false), &Value::Null));
    assert_eq!(companion["fields"]["kind"], "embedded_feature", "what was entered by hand stays");

    let back = adopt(&analyst, &["slack-ai", "zoom-ai-companion"]).await;
    assert_eq!(
        (entry(&back, "updated", "slack-ai"), entry(&back, "updated", "zoom-ai-companion")),
        (slack.clone(), by_hand.clone())
    );
    assert_eq!(analyst.read(&path(&slack, "")).await["withdrawn"], false);
    let companion = analyst.read(&path(&by_hand, "")).await;
    assert_eq!(companion["fields"]["sub_processors"], json!(["Anthropic", "ElevenLabs", "OpenAI", "Perplexity"]));
    server.jobs_done().await;
    assert_eq!(analyst.read("/api/v1/components/search?q=Slackbot").await["total"], 1);
    server.finish().await;
}

#[tokio::test]
async fn what_the_catalogue_says_stands_beside_what_others_say() {
    let (server, _) = Server::set_up(BUYER).await;
    let analyst = server.program(BUYER, Role::Analyst);
    let adopted = adopt(&analyst, &["zoom-ai-companion"]).await;
    let zoom = entry(&adopted, "added", "zoom-ai-companion");
    let ours = json!({ "field": "trains_on_customer_data", "values": ["opt_in"], "reason": "Our contract, annex 3" });
    analyst.post(&path(&zoom, "/facts"), &ours).await.expect(200, "we know better");
    adopt(&analyst, &["zoom-ai-companion"]).await;
    let shown = holds(&analyst, &zoom, "trains_on_customer_data").await;
    assert_eq!(shown, [(json!("opt_in"), "chosen".to_owned())], "the catalogue does not overrule a person");

    for (features, code) in [(json!([]), "features: required"), (json!(["slack-ai", "no-such"]), "features: unknown")] {
        let body = json!({ "features": features });
        let refused = analyst.post("/api/v1/catalogue/adopt", &body).await.expect(422, "refused");
        assert_eq!(refused.refusals(), [code]);
    }
    let listed = analyst.read("/api/v1/components").await;
    assert_eq!(listed["items"].as_array().map(Vec::len), Some(1), "all of them or none");
    let log = server.program(BUYER, Role::Auditor).read("/api/v1/audit?limit=200").await.to_string();
    assert!(log.contains("catalogue.adopted"));
    server.finish().await;
}

#[tokio::test]
async fn the_pages_work_without_script() {
    let (server, _) = Server::set_up(BUYER).await;
    let analyst = server.person(BUYER, Role::Analyst).await;
    let list = analyst.get("/register/catalogue?state=opt_in&trains=no").await.expect(200, "the list");
    assert!(list.text.contains("Unverified"));
    let none = analyst.get("/register/catalogue?q=nothing+of+the+kind").await.expect(200, "nothing fits");
    assert!(none.text.contains("No feature fits"));
    let feature = analyst.get("/register/catalogue/features/slack-ai").await.expect(200, "a feature");
    for part in ["huggingface.co/datasets/referencesource", "Unverified", "2026-11-21", "Business+"] {
        assert!(feature.text.contains(part), "{part}");
    }
    analyst.get("/register/catalogue/features/no-such").await.expect(404, "no such feature");

    let none = || ("", Vec::new());
    let which = "/register/catalogue/which";
    analyst.get(which).await.expect(200, "the form");
    analyst.upload(which, &[("list", " \n")], none()).await.expect(422, "nothing there");
    let read = analyst.upload(which, &[("list", LIST)], none()).await.expect(200, "read");
    for part in ["Harbour Ledger", "Not in the catalogue", "means.1", "AI summaries, search and Slackbot"] {
        assert!(read.text.contains(part), "{part}");
    }
    let told = [("list", LIST), ("means.1", "microsoft-365")];
    let told = analyst.upload(which, &told, none()).await.expect(200, "told");
    assert!(told.text.contains("As you said"));
    let nothing = [("list", LIST), ("means.1", "none")];
    let adopt = "/register/catalogue/adopt";
    let refused = analyst.upload(adopt, &nothing, none()).await.expect(422, "nothing is picked");
    assert!(refused.text.contains("Harbour Ledger") && refused.text.contains("None, as you said"), "all is kept");
    let refused = analyst.upload(which, &[("list", LIST), ("region", "atlantis")], none()).await.expect(422, "region");
    assert!(refused.text.contains("Harbour Ledger"), "what was typed is kept");

    let ledger = "Vendor,Product,Edition,Seats\nSalesforce,Slack,Enterprise Grid,200\nZoom,Zoom Workplace,Pro,12\n,,,\nOurs,,,1\n";
    let file = ("ledger.csv", ledger.as_bytes().to_vec());
    let read = analyst.upload(which, &[("list", "typed before")], file.clone()).await.expect(200, "a file");
    for part in ["column B", "Slack; Enterprise Grid", "1 row has nothing"] {
        assert!(read.text.contains(part), "{part}");
    }
    let named = analyst.upload(which, &[("column", "vendor")], file.clone()).await.expect(200, "another column");
    assert!(named.text.contains("column A"));
    let refused = analyst.upload(which, &[("column", "Price"), ("list", "typed before")], file).await;
    assert!(refused.expect(422, "no such column").text.contains("typed before"));
    let broken = ("ledger.xlsx", b"PK\x03\x04 broken".to_vec());
    analyst.upload(which, &[], broken).await.expect(422, "no workbook");

    let picked = [("list", LIST), ("feature", "slack-ai"), ("feature", "zoom-ai-companion")];
    let done = analyst.upload(adopt, &picked, none()).await.expect(303, "taken over");
    assert_eq!(done.location(), "/register/catalogue?adopted=yes");
    analyst.upload(adopt, &picked, none()).await.expect(303, "a second click");
    let list = analyst.get(done.location()).await.expect(200, "what is there");
    assert!(list.text.contains("2 features"), "{}", list.text);
    let entry = server.program(BUYER, Role::Analyst).read("/api/v1/catalogue/features?q=slackbot").await;
    let entry = entry["items"][0]["component"].as_str().expect("an entry").to_owned();
    let page = analyst.get(&format!("/register/{entry}")).await.expect(200, "its page");
    assert!(page.text.contains("slack.com/help/articles"), "each fact leads to its page");
    analyst.submit("/register/catalogue/features/slack-ai/leave", &[]).await.expect(303, "taken back");
    let auditor = server.person(BUYER, Role::Auditor).await;
    let seen = auditor.upload(which, &[("list", LIST)], none()).await.expect(200, "whoever reads may look");
    assert!(!seen.text.contains("name=\"feature\""), "and picks nothing");
    server.finish().await;
}

/// Makes the register as an older catalogue had left it: that one said of Slack's feature who oversees it, that it was on
/// in the free plan, and nothing of who can switch it off.
async fn taken_over_from_an_older_catalogue(server: &Server, entry: &str) {
    let platform = server.platform().await;
    let all = repo::organisations::all(platform.db.read(), SystemScope).await.expect("organisations");
    let home = all.iter().find(|row| row.name == BUYER).expect("the buyer").id;
    let scope = SystemScope.acting_for(home.into());
    let sources = repo::register::sources(platform.db.read(), scope, "catalogue").await.expect("sources");
    let source = sources.into_iter().find(|row| row.reference == "slack-ai").expect("what was kept");
    let mut said = source.said.clone();
    said["document"]["version"] = json!(0);
    let facts = said["document"]["products"][0]["features"][0]["facts"].as_array_mut().expect("facts");
    facts.retain(|fact| fact["field"] != "who_can_switch_off");
    for fact in facts.iter_mut().filter(|fact| fact["plans"] == json!(["free"])) {
        fact["value"] = json!("on");
    }
    facts.push(json!({ "field": "oversight", "value": "An administrator reviews" }));
    let entry: domain::ids::ComponentId = entry.parse().expect("an id");
    let record = repo::register::record(platform.db.read(), scope, entry).await.expect("the record");
    let url = "https://slack.com/help/articles/28310650165907-Security-for-AI-features-in-Slack".to_owned();
    let told = |said: Statement, taken_back| Fact {
        id: platform.clock.id(),
        of_use: None,
        said,
        taken_back,
        last_seen: time::macros::date!(2026 - 11 - 21),
        source: Source::Catalogue { entry: "slack-ai".to_owned(), url: Some(url.clone()) },
        recorded_at: platform.clock.now(),
        recorded_by: By::System,
    };
    let known = |field: &str, plan: Option<&str>| {
        let fact = record.facts.iter().find(|fact| fact.said.field.id == field && fact.said.plan.as_deref() == plan);
        fact.expect("a fact").said.clone()
    };
    let older = [
        told(known("who_can_switch_off", None), true),
        told(Statement { value: "on".to_owned(), ..known("default_state", Some("Free")) }, false),
        told(Statement::new("oversight", "An administrator reviews").expect("a statement"), false),
    ];
    let transaction = platform.db.begin().await.expect("begun");
    repo::register::add_facts(&transaction, scope, older.map(|fact| (entry, fact))).await.expect("facts");
    let mut row = source.into_active_model();
    row.said = Set(said);
    repo::register::update_source(&transaction, scope, row).await.expect("kept");
    platform.db.commit(transaction).await.expect("committed");
    platform.db.close().await;
}

#[tokio::test]
async fn a_newer_catalogue_proposes_what_it_says_otherwise() {
    let (server, _) = Server::set_up(BUYER).await;
    let analyst = server.program(BUYER, Role::Analyst);
    let adopted = adopt(&analyst, &["slack-ai", "zoom-ai-companion", "snowflake-cortex"]).await;
    let slack = entry(&adopted, "added", "slack-ai");
    let changes = async || analyst.read("/api/v1/catalogue/changes").await["changed"].clone();
    assert_eq!(changes().await, json!({}), "nothing is said otherwise");
    let reader = server.person(BUYER, Role::Auditor).await;
    let page = reader.get("/register/catalogue/changes").await.expect(200, "the page");
    assert!(page.text.contains("Cortex Analyst"), "another feature of a product that is there");

    taken_over_from_an_older_catalogue(&server, &slack).await;
    let found = changes().await;
    let mut said: Vec<(&str, &str)> = found["slack-ai"]
        .as_array()
        .expect("changes")
        .iter()
        .map(|change| (change["kind"].as_str().expect("a kind"), change["fact"]["field"].as_str().expect("a field")))
        .collect();
    said.sort_unstable();
    assert_eq!(said, [("changed", "default_state"), ("said", "who_can_switch_off"), ("withdrawn", "oversight")]);
    assert_eq!(found.as_object().map(|all| all.len()), Some(1), "of one feature alone");
    let page = reader.get("/register/catalogue/changes").await.expect(200, "the page");
    for part in ["An administrator reviews", "<del>On</del>", "<ins>Off</ins>"] {
        assert!(page.text.contains(part), "{part}");
    }
    assert!(reader.get("/register/catalogue").await.text.contains("says something else of 1 feature"));

    let person = server.person(BUYER, Role::Analyst).await;
    let refused = person.submit("/register/catalogue/changes", &[]).await.expect(422, "nothing is picked");
    assert!(refused.text.contains("An administrator reviews"));
    person.submit("/register/catalogue/changes", &[("feature", "slack-ai")]).await.expect(303, "taken over");
    let row = analyst.read(&path(&slack, "")).await;
    assert_eq!(
        (&row["fields"]["who_can_switch_off"], &row["fields"]["oversight"]),
        (&json!("Administrator"), &Value::Null)
    );
    let shown = holds(&analyst, &slack, "default_state").await;
    assert!(shown.contains(&(json!("off"), "agreed".to_owned())), "{shown:?}");
    assert_eq!(changes().await, json!({}));

    taken_over_from_an_older_catalogue(&server, &slack).await;
    let keep = json!({ "features": ["slack-ai"] });
    analyst.post("/api/v1/catalogue/changes/keep", &keep).await.expect(204, "left as it is");
    assert_eq!(changes().await, json!({}));
    let unknown = json!({ "features": ["notion-ai"] });
    let refused = analyst.post("/api/v1/catalogue/changes/keep", &unknown).await.expect(422, "not in the register");
    assert_eq!(refused.refusals(), ["features: unknown"]);
    server.finish().await;
}
