//! Bills of materials in the register: looked at, taken in, read again, contradicted, taken back.

use super::register::{holds, path, state};
use crate::harness::way::{answer, ask, enter, feature, replies, submit, take_up};
use crate::harness::{Answer, Server, Session, Settings, Value, fixture};
use candor::actions::Buyer;
use candor::actions::register::bom;
use candor::error::AppError;
use candor::repo::{self, SystemScope};
use domain::access::Role;
use domain::ids::{ImportId, OrganisationId};
use sea_orm::ConnectionTrait;
use serde_json::json;
use std::collections::BTreeMap;

const BUYER: &str = "Harbour Bank";
const BOMS: &str = "/api/v1/components/boms";

async fn upload(analyst: &Session, name: &str, file: impl Into<Vec<u8>>) -> Answer {
    analyst.upload(BOMS, &[], (name, file.into())).await
}

/// A document that was read; its address and what it would change.
async fn read(analyst: &Session, name: &str, file: impl Into<Vec<u8>>) -> (String, Value) {
    let read = upload(analyst, name, file).await.expect(201, name).json();
    (format!("{BOMS}/{}", read["id"].as_str().expect("an id")), read)
}

async fn apply(analyst: &Session, bom: &str) -> Value {
    analyst.post(&format!("{bom}/apply"), &json!({})).await.expect(200, "applied").json()
}

async fn undo(analyst: &Session, bom: &str) -> Answer {
    analyst.post(&format!("{bom}/undo"), &json!({})).await
}

/// Name and verdict of each entry.
fn verdicts(bom: &Value) -> Vec<(String, String)> {
    let text = |entry: &Value, key: &str| entry[key].as_str().unwrap_or_default().to_owned();
    let entries = bom["entries"].as_array().expect("entries");
    entries.iter().map(|entry| (text(entry, "name"), text(entry, "verdict"))).collect()
}

fn all(verdict: &str, names: &[&str]) -> Vec<(String, String)> {
    names.iter().map(|name| ((*name).to_owned(), verdict.to_owned())).collect()
}

/// What one entry says otherwise: field, before, after.
fn changes(bom: &Value, name: &str) -> Vec<(String, Value, Value)> {
    let entry = bom["entries"].as_array().expect("entries").iter().find(|entry| entry["name"] == name);
    let changes = entry.unwrap_or_else(|| panic!("no {name}"))["changes"].as_array().expect("changes");
    changes
        .iter()
        .map(|change| {
            (change["field"].as_str().expect("a field").to_owned(), change["before"].clone(), change["after"].clone())
        })
        .collect()
}

/// The entries of the register by name.
async fn register(analyst: &Session) -> BTreeMap<String, Value> {
    let mut found = BTreeMap::new();
    let mut address = "/api/v1/components?limit=200".to_owned();
    loop {
        let page = analyst.read(&address).await;
        for row in page["items"].as_array().expect("items") {
            found.insert(row["name"].as_str().expect("a name").to_owned(), row.clone());
        }
        match page["next"].as_str() {
            Some(next) => address = format!("/api/v1/components?limit=200&cursor={next}"),
            None => return found,
        }
    }
}

fn id(register: &BTreeMap<String, Value>, name: &str) -> String {
    register.get(name).unwrap_or_else(|| panic!("no {name}"))["id"].as_str().expect("an id").to_owned()
}

const HARBOUR: [&str; 6] = [
    "Harbour Desk",
    "berth-ranker",
    "Tide tables",
    "Port calls 2019-2024",
    "Port calls 2025",
    "Beacon chat completion",
];

#[tokio::test]
async fn a_document_is_looked_at_taken_in_and_known_again_in_any_syntax() {
    let (server, _) = Server::set_up(BUYER).await;
    let analyst = server.program(BUYER, Role::Analyst);
    let (bom, preview) = read(&analyst, "harbour.json", fixture("bom/own/harbour-1.6.json")).await;
    assert_eq!(verdicts(&preview), all("new", &HARBOUR));
    assert_eq!(preview["document"]["serial"], "urn:uuid:1f0c5a54-0f5e-4f0e-9a3d-0c3f5b2a1606");
    assert_eq!(register(&analyst).await.len(), 0, "nothing is in the register yet");
    let applied = apply(&analyst, &bom).await;
    assert_eq!((&applied["state"], verdicts(&applied)), (&json!("applied"), all("new", &HARBOUR)));
    analyst.post(&format!("{bom}/apply"), &json!({})).await.expect(409, "once");

    let there = register(&analyst).await;
    let ranker = &there["berth-ranker"];
    assert_eq!((&ranker["kind"], &ranker["vendor_name"]), (&json!("model"), &json!("Tidal Models Ltd")));
    assert_eq!(
        (&ranker["fields"]["version"], &ranker["fields"]["licence"], &ranker["fields"]["model_card"]),
        (&json!("2.0.1"), &json!(["Apache-2.0"]), &json!("https://tidal.example/cards/berth-ranker"))
    );
    assert_eq!(there["Harbour Desk"]["fields"]["runs_on"], json!([id(&there, "berth-ranker")]));
    let mut trained = [id(&there, "Port calls 2019-2024"), id(&there, "Tide tables")];
    trained.sort();
    let mut shown: Vec<String> = serde_json::from_value(ranker["fields"]["trained_on"].clone()).expect("ids");
    shown.sort();
    assert_eq!(shown, trained);
    let facts = analyst.items(&path(&id(&there, "berth-ranker"), "/facts")).await;
    let licence = facts.as_array().expect("facts").iter().find(|fact| fact["field"] == "licence").expect("a licence");
    assert_eq!(licence["says"][0]["source"]["kind"], "bom", "{licence}");
    assert_eq!(ranker["fields"]["tested_on"], json!([id(&there, "Port calls 2025")]), "a reference of its own");
    let sheet = analyst.get(&format!("/register/{}", id(&there, "berth-ranker"))).await.expect(200, "its sheet").text;
    let page = bom.replace("/api/v1/components", "/register");
    assert!(sheet.contains(&format!("href=\"{page}\"")), "what says so is a click away");
    assert_eq!(licence["says"][0]["last_seen"], "2026-11-02", "the day on which the document was written");
    server.jobs_done().await;
    let found = analyst.read("/api/v1/components/search?q=berth-ranker").await;
    assert!(found["total"].as_u64().is_some_and(|total| total >= 1), "{found}");

    let (_, again) = read(&analyst, "harbour (1).json", fixture("bom/own/harbour-1.6.json")).await;
    assert_eq!(verdicts(&again), all("unchanged", &HARBOUR), "whatever the file is called");
    let (bom, xml) = read(&analyst, "harbour.xml", fixture("bom/own/harbour-1.6.xml")).await;
    assert_eq!(verdicts(&xml), all("unchanged", &HARBOUR), "{xml}");
    apply(&analyst, &bom).await;
    assert_eq!(register(&analyst).await.len(), 6);

    let analyst_page = analyst.get("/register/boms").await.expect(200, "the list").text;
    assert!(analyst_page.contains("harbour.xml") && analyst_page.contains("CycloneDX 1.6 (XML)"));
    let (spdx, preview) = read(&analyst, "room.json", fixture("bom/own/reading-room.spdx3.json")).await;
    assert!(verdicts(&preview).iter().all(|(_, verdict)| verdict == "new"));
    apply(&analyst, &spdx).await;
    let there = register(&analyst).await;
    assert_eq!(there["Folio OCR"]["fields"]["safety_risk"], "low");
    assert_eq!(there["Reading Room"]["fields"]["runs_on"], json!([id(&there, "Folio OCR")]));
    server.finish().await;
}

/// The harbour's document with another wording.
fn harbour(changes: &[(&str, &str)]) -> String {
    let mut text = String::from_utf8(fixture("bom/own/harbour-1.6.json")).expect("text");
    for (before, after) in changes {
        assert!(text.contains(before), "no {before}");
        text = text.replace(before, after);
    }
    text
}

#[tokio::test]
async fn another_edition_shows_what_changed_and_is_taken_back() {
    let (server, _) = Server::set_up(BUYER).await;
    let analyst = server.program(BUYER, Role::Analyst);
    let (first, _) = read(&analyst, "harbour.json", harbour(&[])).await;
    apply(&analyst, &first).await;
    let before = register(&analyst).await;

    // The service goes, the ranker is relicensed and renamed in the document, a dataset gets its supplier.
    let next = harbour(&[
        ("\"Apache-2.0\"", "\"MIT\""),
        ("2026-11-02T08:00:00Z", "2026-11-12T08:00:00Z"),
        ("Answers berth requests and proposes a berth.", "Answers berth requests."),
        ("Beacon chat completion", "Lamp chat completion"),
        ("Beacon AI Inc", "Lamp AI Inc"),
    ]);
    let (second, preview) = read(&analyst, "harbour.json", next).await;
    assert_eq!(
        changes(&preview, "Harbour Desk"),
        [(
            "purpose".to_owned(),
            json!(["Answers berth requests and proposes a berth."]),
            json!(["Answers berth requests."])
        )]
    );
    assert_eq!(changes(&preview, "berth-ranker"), [("licence".to_owned(), json!(["Apache-2.0"]), json!(["MIT"]))]);
    let renamed: Vec<String> = changes(&preview, "Lamp chat completion").into_iter().map(|change| change.0).collect();
    assert_eq!(renamed, ["name", "vendor"], "its own reference tells that it is the same");
    let applied = apply(&analyst, &second).await;
    assert_eq!(verdicts(&applied), verdicts(&preview));
    let after = register(&analyst).await;
    assert_eq!(after["berth-ranker"]["fields"]["licence"], json!(["MIT"]));
    assert_eq!(id(&after, "Lamp chat completion"), id(&before, "Beacon chat completion"));
    assert_eq!(after.len(), 6);

    undo(&analyst, &first).await.expect(409, "a newer edition was applied");
    undo(&analyst, &second).await.expect(200, "taken back");
    undo(&analyst, &second).await.expect(409, "once");
    let fields = |register: &BTreeMap<String, Value>| -> BTreeMap<String, Value> {
        register.iter().map(|(name, row)| (name.clone(), row["fields"].clone())).collect()
    };
    assert_eq!(fields(&register(&analyst).await), fields(&before), "as before");
    undo(&analyst, &first).await.expect(200, "the first too");
    assert_eq!(register(&analyst).await.len(), 0, "nobody else spoke of them");
    let (first, preview) = read(&analyst, "harbour.json", harbour(&[])).await;
    assert_eq!(verdicts(&preview), all("new", &HARBOUR));
    apply(&analyst, &first).await;
    assert_eq!(fields(&register(&analyst).await).len(), 6, "and it comes back");
    server.finish().await;
}

#[tokio::test]
async fn of_two_imports_of_one_document_at_once_each_entry_is_there_once() {
    let (server, _) = Server::set_up(BUYER).await;
    let analyst = server.program(BUYER, Role::Analyst);
    let (one, _) = read(&analyst, "harbour.json", harbour(&[])).await;
    let (two, _) = read(&analyst, "harbour.json", harbour(&[])).await;
    let platform = server.platform().await;
    let organisations = repo::organisations::all(platform.db.read(), SystemScope).await.expect("organisations");
    let by = Buyer::system(OrganisationId(organisations[0].id));
    let import = |bom: &str| bom.rsplit('/').next().expect("an id").parse::<ImportId>().expect("an id");
    // Each has its turn before the other has read the document again, which a process of its own does.
    let (first, second) =
        tokio::join!(bom::apply(&platform, &by, import(&one), None), bom::apply(&platform, &by, import(&two), None));
    platform.db.close().await;
    let overtaken = match (&first, &second) {
        (Err(AppError::NotNow("begun_elsewhere")), Ok(_)) => &one,
        (Ok(_), Err(AppError::NotNow("begun_elsewhere"))) => &two,
        other => panic!("one of them is overtaken: {other:?}"),
    };
    let again = apply(&analyst, overtaken).await;
    assert_eq!(verdicts(&again), all("unchanged", &HARBOUR), "the other's entries are known");
    assert_eq!(register(&analyst).await.len(), 6);
    server.finish().await;
}

#[tokio::test]
async fn what_was_broken_off_half_way_says_so_and_is_taken_back() {
    let (server, _) = Server::set_up(BUYER).await;
    let analyst = server.program(BUYER, Role::Analyst);
    let (bom, _) = read(&analyst, "harbour.json", harbour(&[])).await;
    undo(&analyst, &bom).await.expect(409, "nothing of it is there");
    apply(&analyst, &bom).await;
    // As a server leaves it that is killed before its last transaction.
    let behind = server.behind_its_back().await;
    let broken = "UPDATE import SET state = 'preview', applied_at = NULL, \
        settings = '{\"turn\":\"gone\",\"progress\":{\"done\":6,\"of\":12}}'";
    behind.execute_unprepared(broken).await.expect("broken off");
    behind.close().await.expect("closed");
    let page = bom.replace("/api/v1/components", "/register");
    let shown = analyst.get(&page).await.expect(200, "the page").text;
    assert!(shown.contains("Part of this document is in the register") && shown.contains("Take this document back"));
    assert!(!shown.contains("Nothing of this document"), "{shown}");
    let back = undo(&analyst, &bom).await.expect(200, "what was written is taken back").json();
    assert_eq!((&back["state"], &back["progress"]), (&json!("preview"), &Value::Null), "it waits: {back}");
    assert_eq!(register(&analyst).await.len(), 0);
    let shown = analyst.get(&page).await.expect(200, "the page").text;
    assert!(shown.contains("Nothing of this document"), "and now that is true: {shown}");
    apply(&analyst, &bom).await;
    assert_eq!(register(&analyst).await.len(), 6);
    server.finish().await;
}

#[tokio::test]
async fn what_a_later_edition_leaves_out_is_gone_but_for_what_others_say() {
    let (server, _) = Server::set_up(BUYER).await;
    let analyst = server.program(BUYER, Role::Analyst);
    let model = |name: &str| json!({ "type": "machine-learning-model", "bom-ref": name, "name": name, "version": "1" });
    let document = |written: &str, models: &[Value]| {
        json!({
            "bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1, "components": models,
            "serialNumber": "urn:uuid:2f0c5a54-0f5e-4f0e-9a3d-0c3f5b2a1606", "metadata": { "timestamp": written },
        })
        .to_string()
    };
    let three = [model("ada"), model("bea"), model("cleo")];
    let (first, _) = read(&analyst, "three.json", document("2026-10-01T00:00:00Z", &three)).await;
    apply(&analyst, &first).await;
    let there = register(&analyst).await;
    state(&analyst, &id(&there, "bea"), "purpose", &["Ranks"], "").await.expect(200, "by hand");
    let (second, preview) = read(&analyst, "three.json", document("2026-10-02T00:00:00Z", &three[2..])).await;
    let expected = [("cleo", "unchanged"), ("ada", "gone"), ("bea", "gone")];
    assert_eq!(verdicts(&preview), expected.map(|(name, verdict)| (name.to_owned(), verdict.to_owned())));
    apply(&analyst, &second).await;
    let there = register(&analyst).await;
    assert_eq!((&there["ada"]["withdrawn"], &there["ada"]["fields"]["version"]), (&json!(true), &json!("1")));
    assert_eq!((&there["bea"]["withdrawn"], &there["bea"]["fields"]["version"]), (&json!(false), &Value::Null));
    assert_eq!(there["bea"]["fields"]["purpose"], "Ranks", "what a person said stays");

    let (_, older) = read(&analyst, "three.json", document("2026-09-01T00:00:00Z", &three)).await;
    assert_eq!(older["is_older"], true, "{older}");
    let (third, preview) = read(&analyst, "three.json", document("2026-10-03T00:00:00Z", &three)).await;
    let expected = [("ada", "changed"), ("bea", "changed"), ("cleo", "unchanged")];
    assert_eq!(verdicts(&preview), expected.map(|(name, verdict)| (name.to_owned(), verdict.to_owned())));
    apply(&analyst, &third).await;
    let back = register(&analyst).await;
    assert_eq!((&back["ada"]["withdrawn"], &back["bea"]["fields"]["version"]), (&json!(false), &json!("1")));
    assert_eq!(id(&back, "ada"), id(&there, "ada"), "the same entry, with its history");
    let changed = analyst.read("/api/v1/components/changes").await;
    let named_again: Vec<&Value> =
        changed["items"].as_array().expect("items").iter().filter(|one| one["is_back"] == true).collect();
    assert_eq!(named_again.len(), 1, "neither what stayed nor what others kept: {changed}");
    assert_eq!(named_again[0]["component"]["name"], "ada");
    let auditor = server.person(BUYER, Role::Auditor).await;
    let page = auditor.get("/register/changes").await.expect(200, "what changed").text;
    assert_eq!(page.matches("Declared again").count(), 1, "{page}");
    assert_eq!(auditor.get("/register/changes?from=2099-01-01").await.text.matches("Declared again").count(), 0);
    server.finish().await;
}

#[tokio::test]
async fn what_contradicts_an_answer_stands_beside_it() {
    let (server, _) = Server::set_up(BUYER).await;
    let (buyer, analyst) = (server.program(BUYER, Role::Procurement), server.program(BUYER, Role::Analyst));
    let asked = ask(&buyer, "Northwind").await;
    let vendor = enter(&server, &asked).await;
    let mut declared = feature("Reply Drafter");
    declared["kind"] = json!("ai_system");
    declared["model"] = json!("GPT-4o");
    answer(&vendor, &asked.assessment, &replies(&[declared])).await;
    submit(&vendor, &asked.assessment).await.expect(200, "submitted");
    take_up(&analyst).await;
    let document = json!({
        "bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1,
        "serialNumber": "urn:uuid:3f0c5a54-0f5e-4f0e-9a3d-0c3f5b2a1606",
        "metadata": { "timestamp": "2026-11-01T00:00:00Z", "component": {
            "type": "application", "bom-ref": "app", "name": "REPLY  drafter", "description": "Writes anything" } },
        "components": [{ "type": "machine-learning-model", "bom-ref": "m", "name": "mistral-large" }],
        "dependencies": [{ "ref": "app", "dependsOn": ["m"] }],
    });
    let unknown = analyst.upload(BOMS, &[("vendor", "Nobody")], ("bom.json", document.to_string().into_bytes())).await;
    assert_eq!(unknown.expect(422, "no such vendor").refusals(), ["vendor: unknown"]);
    let read = analyst.upload(BOMS, &[("vendor", "Northwind")], ("bom.json", document.to_string().into_bytes())).await;
    let read = read.expect(201, "read").json();
    let bom = format!("{BOMS}/{}", read["id"].as_str().expect("an id"));
    let entries = read["entries"].as_array().expect("entries");
    let entry = entries.iter().find(|entry| entry["reference"] == "app").expect("the application");
    assert_eq!((&entry["verdict"], &entry["candidates"][0]["name"]), (&json!("conflict"), &json!("Reply Drafter")));
    let purpose = entry["changes"].as_array().expect("changes").iter().find(|change| change["field"] == "purpose");
    let other = &purpose.expect("the purpose")["others"][0];
    assert_eq!((&other["value"], &other["source"]), (&json!("Drafts replies to customers"), &json!("answer")));

    let strange = json!({ "joins": { "app": "00000000-0000-4000-8000-000000000000", "nobody": null } });
    let refused = analyst.post(&format!("{bom}/apply"), &strange).await.expect(422, "no such entry");
    assert_eq!(refused.refusals(), ["joins.app: unknown", "joins.nobody: unknown"]);
    let page = bom.replace("/api/v1/components", "/register");
    let shown = analyst.get(&page).await.expect(200, "the page").text;
    assert!(shown.contains("Drafts replies to customers") && shown.contains("Writes anything"), "{shown}");

    apply(&analyst, &bom).await;
    let there = register(&analyst).await;
    assert_eq!(there.len(), 2, "{there:?}");
    let drafter = id(&there, "Reply Drafter");
    let purpose = holds(&analyst, &drafter, "purpose").await;
    assert_eq!(
        purpose,
        [(json!("Drafts replies to customers"), "conflict".to_owned())],
        "the answer is shown, in conflict"
    );
    let models = holds(&analyst, &drafter, "model").await;
    let grounds: Vec<&str> = models.iter().map(|(_, ground)| ground.as_str()).collect();
    assert_eq!(grounds, ["conflict", "conflict"], "each names a model that the other leaves out: {models:?}");
    let sheet = analyst.get(&format!("/register/{drafter}")).await.expect(200, "the fact sheet").text;
    assert!(sheet.contains("Writes anything") && sheet.contains("Drafts replies to customers"));
    undo(&analyst, &bom).await.expect(200, "taken back");
    let there = register(&analyst).await;
    let names: Vec<&String> = there.keys().collect();
    assert_eq!(names, ["Reply Drafter"], "what the answer said stays, and nothing contradicts it");
    assert_eq!(there["Reply Drafter"]["open"], 0);

    let read = analyst.upload(BOMS, &[("vendor", "Northwind")], ("bom.json", document.to_string().into_bytes())).await;
    let bom = format!("{BOMS}/{}", read.expect(201, "read").json()["id"].as_str().expect("an id"));
    // What comes in when the vendor was renamed since it was read is that vendor's by its new name.
    let renamed = json!({ "name": "Southwind" });
    buyer.put(&format!("/api/v1/vendors/{}", asked.vendor), &renamed).await.expect(200, "renamed");
    let apart = json!({ "joins": { "app": null } });
    let _ = analyst.post(&format!("{bom}/apply"), &apart).await.expect(200, "as a new entry").json();
    let there = register(&analyst).await;
    assert_eq!(there.len(), 3);
    let vendors: Vec<&Value> = there.values().map(|row| &row["vendor_name"]).collect();
    assert_eq!(vendors, ["Southwind"; 3]);
    server.finish().await;
}

#[tokio::test]
async fn what_is_no_bill_of_materials_is_refused_where_it_is_wrong_and_a_thin_one_is_not() {
    let other = 512 << 10;
    let settings = Settings::default().with("limits__workbook_bytes", other).with("limits__evidence_bytes", other);
    let (server, _) = Server::set_up_with(BUYER, settings.with("limits__bom__file_bytes", 3 << 20)).await;
    let analyst = server.program(BUYER, Role::Analyst);
    let broken = upload(&analyst, "broken.json", fixture("bom/real/cyclonedx-open-source-invalid.json")).await;
    let refused = broken.expect(422, "no JSON").json();
    assert_eq!(refused["errors"][0]["code"], "malformed-json");
    let words = refused["errors"][0]["message"].as_str().unwrap_or_default();
    assert!(words.starts_with("Line 9, column 5:"), "{refused}");
    let page =
        analyst.upload("/register/boms", &[], ("broken.json", fixture("bom/real/cyclonedx-open-source-invalid.json")));
    let page = page.await.expect(422, "the form again").text;
    assert!(page.contains("Line 9, column 5"), "{page}");
    assert_eq!(
        upload(&analyst, "a.xml", "<bom>").await.expect(422, "no XML").json()["errors"][0]["code"],
        "malformed-xml"
    );
    assert_eq!(upload(&analyst, "empty.json", "").await.status, 422);
    // One that is larger than a document may be, and one that is larger than anything may be.
    for (megabytes, most) in [(3, "At most 3 MB"), (5, "4 MB at most")] {
        let large = upload(&analyst, "large.json", " ".repeat((megabytes << 20) + 1)).await.expect(413, "too large");
        let words = large.json()["detail"].as_str().unwrap_or_default().to_owned();
        assert!(words.contains(most) && words.contains("Nothing was changed"), "{words}");
    }
    let listed = analyst.read(BOMS).await;
    assert_eq!(listed["items"], json!([]), "nothing of these is kept");

    let thin =
        r#"{"bomFormat":"CycloneDX","specVersion":"1.4","components":[{"type":"machine-learning-model","name":"m"}]}"#;
    // Larger than any other file may be.
    let (bom, preview) = read(&analyst, "thin.json", thin.to_owned() + &" ".repeat(5 << 19)).await;
    assert_eq!(verdicts(&preview), all("new", &["m"]));
    apply(&analyst, &bom).await;
    let none = r#"{"bomFormat":"CycloneDX","specVersion":"1.4"}"#;
    let (bom, preview) = read(&analyst, "none.json", none).await;
    assert_eq!(verdicts(&preview), []);
    assert_eq!(apply(&analyst, &bom).await["state"], "applied", "a document without AI says so, and is kept");
    server.finish().await;
}

#[tokio::test]
async fn a_large_one_with_cycles_and_repeated_references_is_taken_in_by_parts() {
    // Nobody waits: it goes on by itself.
    let (server, _) = Server::set_up_with(BUYER, Settings::default().with("limits__patience_seconds", 0)).await;
    let analyst = server.program(BUYER, Role::Analyst);
    let person = server.person(BUYER, Role::Analyst).await;
    let models: Vec<Value> = (0..1_000)
        .map(|n| json!({ "type": "machine-learning-model", "bom-ref": format!("m{n}"), "name": format!("model {n}") }))
        .chain([
            json!({ "type": "machine-learning-model", "bom-ref": "m1", "name": "twice" }),
            json!({ "type": "machine-learning-model", "bom-ref": "b", "name": "<b>MODEL</b> 1" }),
            json!({ "type": "machine-learning-model", "bom-ref": "w", "name": "ＭＯＤＥＬ 2" }),
        ])
        .collect();
    let refs: Vec<String> = (0..1_000).map(|n| format!("m{n}")).collect();
    let document = json!({
        "bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1,
        "metadata": { "component": { "type": "application", "bom-ref": "app", "name": "Everything" } },
        "components": models,
        "dependencies": [{ "ref": "app", "dependsOn": refs }, { "ref": "m0", "dependsOn": ["m1"] }, { "ref": "m1", "dependsOn": ["m0", "nobody"] }],
    });
    let read_there = person.upload("/register/boms", &[], ("large.json", document.to_string().into_bytes())).await;
    let page = read_there.expect(303, "read by the page").location().to_owned();
    let bom = page.replace("/register", "/api/v1/components");
    assert_eq!(analyst.read(&bom).await["entries"].as_array().map(Vec::len), Some(1_004));
    let shown = person.get(&page).await.expect(200, "the page").text;
    assert!(!shown.contains("<b>MODEL"), "names are text");
    person.submit(&format!("{page}/apply"), &[]).await.expect(303, "begun");
    let mut progress = Vec::new();
    loop {
        let now = analyst.read(&bom).await;
        if now["state"] == "applied" {
            break;
        }
        progress.extend(now["progress"]["done"].as_u64());
    }
    assert!(progress.is_sorted(), "{progress:?}");
    let there = register(&analyst).await;
    assert_eq!(there.len(), 1_004, "names that differ by case or width are told apart within one document");
    // The three that nothing depends on are parts of it all the same.
    assert_eq!(there["Everything"]["fields"]["runs_on"].as_array().map(Vec::len), Some(1_003));
    let (_, again) = read(&analyst, "large.json", document.to_string()).await;
    assert!(verdicts(&again).iter().all(|(_, verdict)| verdict == "unchanged"));
    undo(&analyst, &bom).await.expect(202, "begun");
    while analyst.read(&bom).await["state"] == "applied" {}
    assert_eq!(register(&analyst).await.len(), 0);
    server.finish().await;
}
