//! Searching the register as its pages and its API do: over a real list of uses, with the labels of somebody who read it;
//! taking results away; and working on while the search engine is down.

use crate::harness::meilisearch::{Instance, Place};
use crate::harness::{Server, Session, Settings, fixture, until};
use domain::access::Role;
use domain::register::fold::folded;
use sea_orm::{ConnectionTrait, Statement};
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// The share of what is relevant that must be among the first ten.
const RECALL: f64 = 0.95;

#[derive(Deserialize)]
struct Labels {
    queries: Vec<Labelled>,
}

#[derive(Deserialize)]
struct Labelled {
    q: String,
    relevant: Vec<String>,
}

async fn imported(server: &Server, analyst: &Session, name: &str, file: Vec<u8>) {
    let import = analyst.upload("/api/v1/components/import", &[], (name, file)).await.expect(201, "the preview").json();
    let apply = format!("/api/v1/imports/{}/apply", import["id"].as_str().expect("an id"));
    analyst.post(&apply, &json!({})).await.expect(200, "applied");
    server.jobs_done().await;
}

async fn search(analyst: &Session, parameters: &[(&str, &str)]) -> Value {
    let request = analyst.request(reqwest::Method::GET, "/api/v1/components/search").query(parameters);
    analyst.send(request).await.expect(200, "a search").json()
}

fn names(found: &Value) -> Vec<String> {
    let items = found["items"].as_array().expect("items");
    items.iter().map(|item| folded(item["component"]["name"].as_str().expect("a name"))).collect()
}

/// Imports the list and looks for everything that is labelled.
async fn recall(engine: &str, settings: Settings) {
    let (server, _) = Server::set_up_with("Buyer", settings).await;
    let analyst = server.program("Buyer", Role::Analyst);
    imported(&server, &analyst, "omb-2025-cots.csv", fixture("register/omb-2025-cots.csv")).await;
    let labels: Labels = serde_json::from_slice(&fixture("search/labels.json")).expect("labels");
    assert!(labels.queries.len() >= 60);
    let mut recall = 0.0;
    for Labelled { q, relevant } in &labels.queries {
        let found = names(&search(&analyst, &[("q", q), ("limit", "10")]).await);
        let there = relevant.iter().filter(|name| found.contains(&folded(name))).count();
        if there < relevant.len() {
            println!("{engine}: {q}: {there} of {}", relevant.len());
        }
        recall += there as f64 / relevant.len() as f64;
    }
    recall /= labels.queries.len() as f64;
    println!("{engine}: {} queries, recall at 10 is {recall:.3}", labels.queries.len());
    assert!(recall >= RECALL, "recall at 10 is {recall:.3}");
    server.finish().await;
}

#[tokio::test]
async fn what_people_look_for_is_among_the_first_ten() {
    recall("embedded", Settings::default()).await;
}

#[tokio::test]
async fn what_people_look_for_is_among_the_first_ten_of_a_meilisearch_server() {
    let Some(place) = Place::configured("labels") else { return };
    recall("Meilisearch", place.settings()).await;
    place.remove().await;
}

/// An installation's own synonyms stand beside the shipped ones.
async fn own_synonyms(settings: Settings) {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::create_dir(folder.path().join("search")).expect("a folder");
    let file = folder.path().join("search/synonyms.json");
    std::fs::write(&file, r#"{"groups": [["Harbour Owl", "Mail Copilot"]]}"#).expect("a file");
    let settings = settings.with("overrides_dir", folder.path().display());
    let (mut server, _) = Server::set_up_with("Buyer", settings).await;
    let analyst = server.program("Buyer", Role::Analyst);
    imported(&server, &analyst, "list.csv", LIST.into()).await;
    assert_eq!(names(&search(&analyst, &[("q", "harbour owl")]).await), ["mail copilot"]);

    // Other groups count from the next start on, with the index as it is.
    std::fs::write(&file, r#"{"groups": [["Night Heron", "Mail Copilot"]]}"#).expect("a file");
    server.restart();
    let analyst = server.program("Buyer", Role::Analyst);
    // A shared engine is told soon after the start.
    until("the other groups", async || {
        (names(&search(&analyst, &[("q", "night heron")]).await) == ["mail copilot"]).then_some(())
    })
    .await;
    assert!(names(&search(&analyst, &[("q", "harbour owl")]).await).is_empty());

    std::fs::write(&file, "{\n \"groups\": [\n  [\"Night Heron\"]\n ]\n}").expect("a file");
    let refused = server.candor(&["reindex"]);
    let told = String::from_utf8_lossy(&refused.stderr).into_owned();
    let place = format!("{}:3:", file.display());
    assert!(!refused.status.success() && told.contains(&place) && told.contains("two phrases or more"), "{told}");
    server.finish().await;
}

#[tokio::test]
async fn an_installation_adds_words_that_mean_the_same() {
    own_synonyms(Settings::default()).await;
}

#[tokio::test]
async fn an_installation_adds_words_that_mean_the_same_on_a_meilisearch_server() {
    let Some(place) = Place::configured("synonyms") else { return };
    own_synonyms(place.settings()).await;
    place.remove().await;
}

const LIST: &str = "Business unit,Purpose,In use?,Product,Users\r\n\
    HR,Screening of applications,Y,=HYPERLINK(\"http://evil.example\"),12\r\n\
    Sales,Call notes,Y,Zoom AI Companion,30\r\n\
    Sales,Mail drafts,Y,Mail Copilot,30\r\n\
    Legal,Contract review,Y,Mail Copilot,3\r\n";

/// Ten kilobytes of words, of brackets, and of operators only.
const LONG: [(&str, usize); 3] = [("minutes of meetings ", 500), ("(", 10_000), ("- | OR \" : * AND NOT ", 480)];

fn found_id(found: &Value) -> String {
    found["items"][0]["component"]["id"].as_str().expect("an entry").to_owned()
}

#[tokio::test]
async fn what_is_typed_is_understood_or_told() {
    let (server, _) = Server::set_up("Buyer").await;
    let analyst = server.program("Buyer", Role::Analyst);
    imported(&server, &analyst, "list.csv", LIST.into()).await;
    let found = search(&analyst, &[("q", "use_count:[2..] -zoom"), ("facets", "kind,vendor")]).await;
    assert_eq!(names(&found), ["mail copilot"]);
    assert_eq!(found["notes"], json!([]));
    assert_eq!(names(&search(&analyst, &[("q", "uses:\"contract review\"")]).await), ["mail copilot"]);
    let found = search(&analyst, &[("q", "colour:zoom ) tier:purple"), ("range", "use_count:[..1]")]).await;
    let codes: Vec<&str> =
        found["notes"].as_array().expect("notes").iter().filter_map(|n| n["code"].as_str()).collect();
    assert_eq!(codes, ["unknown-field", "bracket-not-opened", "unknown-value"]);
    assert_eq!(found["query"], "colour:zoom tier:purple");
    let sorted = search(&analyst, &[("sort", "-use_count"), ("range", "use_count:[1..]")]).await;
    assert_eq!(names(&sorted)[0], "mail copilot");
    for (name, value, code) in [
        ("range", "kind:[1..2]", "unknown-facet"),
        ("range", "changed:[b..a]", "not-a-range"),
        ("sort", "colour", "unknown-sort"),
        ("filter", "kind", "not-a-filter"),
    ] {
        let path = format!("/api/v1/components/search?{name}={value}");
        let refused = analyst.get(&path).await.expect(422, value);
        assert_eq!(refused.json()["errors"][0]["code"], code, "{value}");
    }
    // Ten kilobytes, ten thousand brackets, operators only: never an error, always within bounds.
    for text in LONG.map(|(text, times)| text.repeat(times)) {
        search(&analyst, &[("q", &text)]).await;
    }
    let program = analyst;
    // The page says the same, and keeps what was typed.
    let analyst = server.person("Buyer", Role::Analyst).await;
    let one = &found_id(&search(&program, &[("q", "zoom")]).await);
    for text in LONG.map(|(text, times)| text.repeat(times)) {
        for path in ["/register", "/register/export", &format!("/register/{one}/link")] {
            let request = analyst.request(reqwest::Method::GET, path).query(&[("q", text.as_str()), ("format", "csv")]);
            analyst.send(request).await.expect(200, path);
        }
    }
    let page =
        analyst.get("/register?q=colour%3Azoom&use_count_from=1&changed_to=never").await.expect(200, "the page").text;
    assert!(page.contains("There is no field colour") && page.contains("is left out"), "notes stand beside the box");
    assert!(page.contains("value=\"colour:zoom\""));
    server.finish().await;
}

#[tokio::test]
async fn a_result_is_taken_away_whole_and_without_formulas() {
    let (server, _) = Server::set_up("Buyer").await;
    let program = server.program("Buyer", Role::Analyst);
    imported(&server, &program, "list.csv", LIST.into()).await;
    let analyst = server.person("Buyer", Role::Analyst).await;
    let answer = analyst.get("/register/export?format=csv").await.expect(200, "the file");
    assert!(answer.header("content-disposition").contains("attachment"), "{}", answer.header("content-disposition"));
    let mut reader = csv::Reader::from_reader(answer.text.trim_start_matches('\u{feff}').as_bytes());
    let headings = reader.headers().expect("headings").clone();
    let at = |name: &str| headings.iter().position(|heading| heading == name).expect("a column");
    let rows: Vec<csv::StringRecord> = reader.records().map(|row| row.expect("a row")).collect();
    let taken: BTreeSet<&str> = rows.iter().map(|row| &row[at("name")]).collect();
    assert_eq!(
        taken,
        BTreeSet::from(["'=HYPERLINK(\"http://evil.example\")", "Zoom AI Companion", "Mail Copilot"]),
        "every entry once, and no formula"
    );
    let row = |name: &str| rows.iter().find(|row| &row[at("name")] == name).expect("a row");
    let copilot = row("Mail Copilot");
    let of_uses = ["use_count", "use_case", "unit", "users"].map(|column| &copilot[at(column)]);
    assert_eq!(of_uses, ["2", "Mail drafts; Contract review", "Sales; Legal", "30; 3"], "with what it is used for");
    assert_eq!((&copilot[at("tier")], &copilot[at("tier_of_uses")]), ("", ""), "theirs and ours are told apart");
    let distinct: BTreeSet<&str> = headings.iter().collect();
    assert_eq!(distinct.len(), headings.len(), "no heading twice");
    let sorted =
        analyst.get("/register/export?format=csv&sort=-use_count&q=-hyperlink").await.expect(200, "the file").text;
    let order: Vec<bool> = sorted.lines().skip(1).map(|line| line.contains("Mail Copilot")).collect();
    assert_eq!(order, [true, false], "in the order of the list: {sorted}");
    let narrowed = analyst.get("/register/export?format=csv&q=mail").await.expect(200, "the file").text;
    assert_eq!(narrowed.lines().count(), 2, "{narrowed}");
    let xlsx = analyst.get("/register/export?format=xlsx&q=-zoom").await.expect(200, "the workbook");
    assert!(xlsx.header("content-type").contains("spreadsheetml"));
    let log = server.person("Buyer", Role::Administrator).await.get("/audit").await.text;
    assert!(log.contains("Register taken away"), "it is noted");
    server.finish().await;
}

#[tokio::test]
async fn pages_work_while_the_search_engine_is_down() {
    // A port at which nothing listens.
    let nowhere = std::net::TcpListener::bind("127.0.0.1:0").and_then(|l| l.local_addr()).expect("a port");
    let settings = Settings::default().with("search__url", format!("http://{nowhere}"));
    let (mut server, _) = Server::set_up_with("Buyer", settings).await;
    let program = server.program("Buyer", Role::Analyst);
    let import = program
        .upload("/api/v1/components/import", &[], ("list.csv", LIST.into()))
        .await
        .expect(201, "the preview")
        .json();
    let apply = format!("/api/v1/imports/{}/apply", import["id"].as_str().expect("an id"));
    program.post(&apply, &json!({})).await.expect(200, "applied all the same");
    let refused = program.get("/api/v1/components/search?q=mail").await.expect(503, "search says so");
    assert_eq!(refused.json()["type"], "urn:candor:problem:search-down");
    let analyst = server.person("Buyer", Role::Analyst).await;
    let page = analyst.get("/register?q=mail").await.expect(200, "the page").text;
    assert!(
        page.contains("Search does not work just now") && page.contains("Zoom AI Companion"),
        "the entries are there"
    );
    let ready = analyst.get("/readyz").await.expect(200, "no reason to take the server away").json();
    assert_eq!((&ready["database"], &ready["search"]), (&json!(true), &json!(false)));
    let why = ready["search_waits"].as_str().expect("why");
    assert!(why.starts_with("search does not work just now: Meilisearch does not answer"), "{why}");
    assert!(!why.contains("127.0.0.1"), "anybody may ask: {why}");
    // What needs no search goes on: the whole register is taken away, another entry is linked by its name or address.
    let whole = analyst.get("/register/export?format=csv").await.expect(200, "the whole register").text;
    assert_eq!(whole.lines().count(), 4, "{whole}");
    assert_eq!(analyst.get("/register/export?format=csv&q=mail").await.status, 503);
    let all = program.read("/api/v1/components").await;
    let id = |name: &str| {
        let named = all["items"].as_array().expect("entries").iter().find(|entry| entry["name"] == name);
        named.expect("the entry")["id"].as_str().expect("an id").to_owned()
    };
    let (mail, zoom) = (id("Mail Copilot"), id("Zoom AI Companion"));
    let link = format!("/register/{mail}/link");
    for q in ["zoom ai companion", &format!("{}/register/{zoom}", server.url)] {
        let request = analyst.request(reqwest::Method::GET, &link).query(&[("q", q)]);
        let page = analyst.send(request).await.expect(200, "the page").text;
        assert!(page.contains("Search does not work just now") && page.contains(&zoom), "{q}: {page}");
    }
    let none = analyst.get(&format!("{link}?q=companion")).await.expect(200, "nothing of that very name").text;
    assert!(none.contains("No other entry was found"), "{none}");
    let revision = program.read(&format!("/api/v1/components/{mail}")).await["revision"].to_string();
    let fields = [("revision", revision.as_str()), ("relation", "calls"), ("to", &zoom), ("reason", "Seen")];
    analyst.submit(&link, &fields).await.expect(303, "linked");
    // What nobody names any more is not listed, as no search would find it.
    let newer: String = LIST.lines().filter(|line| !line.contains("Zoom")).map(|line| format!("{line}\r\n")).collect();
    let newer = program.upload("/api/v1/components/import", &[], ("list.csv", newer.into())).await;
    let newer = newer.expect(201, "a newer version").json();
    let apply = format!("/api/v1/imports/{}/apply", newer["id"].as_str().expect("an id"));
    program.post(&apply, &json!({})).await.expect(200, "applied");
    let page = analyst.get("/register?q=mail").await.expect(200, "the page").text;
    assert!(page.contains("Mail Copilot") && !page.contains(&format!("href=\"/register/{zoom}\"")), "{page}");
    // The change waited, and is found by whatever engine comes next.
    server.kill();
    server.set("search__url", "");
    server.restart();
    server.jobs_done().await;
    let found = search(&program.at(&server.url), &[("q", "mail")]).await;
    assert_eq!(names(&found), ["mail copilot"]);
    server.finish().await;
}

#[tokio::test]
async fn an_index_that_is_damaged_older_or_gone_is_filled_again() {
    let (mut server, _) = Server::set_up("Buyer").await;
    let mut program = server.program("Buyer", Role::Analyst);
    imported(&server, &program, "list.csv", LIST.into()).await;
    let folder = server.data_dir().join("search");
    for harm in ["cut", "older", "gone", "emptied"] {
        server.kill();
        match harm {
            "cut" => {
                let files = std::fs::read_dir(folder.join("index")).expect("the engine's files");
                let mut files: Vec<_> = files.map(|file| file.expect("a file").path()).collect();
                files.retain(|file| file.extension().is_some_and(|extension| extension == "store"));
                std::fs::write(&files[0], b"").expect("cut");
            }
            "older" => std::fs::write(folder.join("stamp.json"), r#"{"format":1,"complete":true}"#).expect("written"),
            "gone" => std::fs::remove_dir_all(&folder).expect("removed"),
            _ => std::fs::remove_dir_all(folder.join("index")).expect("removed"),
        }
        server.restart();
        program = program.at(&server.url);
        until("the index to be filled again", async || {
            let found = search(&program, &[("q", "mail")]).await;
            (names(&found) == ["mail copilot"]).then_some(())
        })
        .await;
    }
    // A command can do it as well, where no server runs.
    server.kill();
    let done = server.candor(&["reindex"]);
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    server.restart();
    assert_eq!(names(&search(&program.at(&server.url), &[("q", "mail")]).await), ["mail copilot"]);
    server.finish().await;
}

#[tokio::test]
async fn a_server_that_is_killed_while_it_indexes_finds_everything_afterwards() {
    let (mut server, _) = Server::set_up("Buyer").await;
    let mut expected = BTreeSet::new();
    for round in 0..5_u32 {
        let program = server.program("Buyer", Role::Analyst);
        let rows: Vec<String> = (0..200)
            .map(|n| {
                let name = format!("Tool {round} {n}");
                let row = format!("Sales,Use of {name},Y,{name},{n}\r\n");
                expected.insert(folded(&name));
                row
            })
            .collect();
        let list = format!("Business unit,Purpose,In use?,Product,Users\r\n{}", rows.concat());
        let name = format!("list-{round}.csv");
        let read = program.upload("/api/v1/components/import", &[], (&name, list.into())).await.expect(201, "read");
        let apply = format!("/api/v1/imports/{}/apply", read.json()["id"].as_str().expect("an id"));
        program.post(&apply, &json!({})).await.expect(200, "applied");
        // Acknowledged, and the index job under way or about to be.
        tokio::time::sleep(std::time::Duration::from_millis(u64::from(round) * 40)).await;
        server.kill();
        server.restart();
    }
    server.jobs_done().await;
    let program = server.program("Buyer", Role::Analyst);
    let mut found = BTreeSet::new();
    for offset in (0..1_000).step_by(100) {
        let page = search(&program, &[("q", "tool"), ("limit", "100"), ("offset", &offset.to_string())]).await;
        assert_eq!(page["total"], 1_000);
        found.extend(names(&page));
    }
    assert_eq!(found, expected);
    server.finish().await;
}

#[tokio::test]
async fn an_engine_that_is_killed_and_started_again_has_missed_nothing() {
    let Some(mut engine) = Instance::start("an_engine_that_is_killed_and_started_again_has_missed_nothing") else {
        return;
    };
    let (server, _) = Server::set_up_with("Buyer", engine.place.settings()).await;
    let program = server.program("Buyer", Role::Analyst);
    imported(&server, &program, "list.csv", LIST.into()).await;
    assert_eq!(names(&search(&program, &[("q", "mail")]).await), ["mail copilot"]);
    for round in 0..2 {
        engine.kill();
        let name = format!("Ledger helper {round}");
        let made = program.post("/api/v1/components", &json!({ "name": name, "kind": "agent" })).await;
        assert_eq!(made.status, 201, "{}", made.text);
        let refused = program.get("/api/v1/components/search?q=ledger").await.expect(503, "search says so");
        assert_eq!(refused.json()["type"], "urn:candor:problem:search-down");
        let analyst = server.person("Buyer", Role::Analyst).await;
        assert!(analyst.get("/register").await.expect(200, "the page").text.contains("Zoom AI Companion"));
        let counters = analyst.get("/metrics").await.text;
        assert!(counters.contains("candor_search_changes_waiting 1"), "{counters}");
        engine.run();
        server.jobs_done().await;
        assert_eq!(names(&search(&program, &[("q", &name)]).await)[0], name.to_lowercase());
    }
    server.finish().await;
}

#[tokio::test]
async fn an_engine_whose_disk_is_full_keeps_changes_waiting() {
    let Some(engine) = Instance::on_a_small_disk("an_engine_whose_disk_is_full_keeps_changes_waiting") else { return };
    let settings = engine.place.settings().with("search__change_seconds", 2);
    let (server, _) = Server::set_up_with("Buyer", settings).await;
    let program = server.program("Buyer", Role::Analyst);
    imported(&server, &program, "list.csv", LIST.into()).await;
    let operator = server.person("Buyer", Role::Operator).await;
    // An index that is made when there is no room at all takes the whole engine down.
    until("all indexes to be there", async || {
        let ready = operator.get("/readyz").await.json();
        (ready == json!({ "database": true, "search": true })).then_some(())
    })
    .await;
    let add = async |entries: usize| {
        let rows: Vec<String> =
            (0..entries).map(|n| format!("Sales,Ledgers {n},Y,Ledger helper {entries} {n},3\r\n")).collect();
        let list = format!("Business unit,Purpose,In use?,Product,Users\r\n{}", rows.concat());
        // Under one name the second would be a newer version of the first.
        let name = format!("more-{entries}.csv");
        let read = program.upload("/api/v1/components/import", &[], (&name, list.into())).await.expect(201, "read");
        let apply = format!("/api/v1/imports/{}/apply", read.json()["id"].as_str().expect("an id"));
        program.post(&apply, &json!({})).await.expect(200, "applied all the same");
    };
    let behind = server.behind_its_back().await;
    let waiting = "SELECT count(*) AS n FROM job WHERE last_error LIKE '%disk of Meilisearch%' AND state <> 'done'";
    // So little room that the server breaks off in the middle, and takes what it was sent for broken; then none at all.
    for (round, room, entries) in [(1, 8, 60), (2, 0, 1)] {
        engine.leave(room);
        add(entries).await;
        until("the changes to be held back", async || {
            let statement = Statement::from_string(behind.get_database_backend(), waiting);
            let row = behind.query_one_raw(statement).await.expect("read").expect("a count");
            (row.try_get::<i64>("", "n").expect("a number") == round).then_some(())
        })
        .await;
        let ready = operator.get("/readyz").await.expect(200, "served all the same").json();
        let why = ready["search_waits"].as_str().expect("why");
        assert!(why.contains("the disk of Meilisearch") && !why.contains("127.0.0.1"), "anybody may ask: {why}");
        let page = operator.get("/installation").await.expect(200, "the operator's page").text;
        assert!(page.contains("Why search waits") && page.contains(&engine.place.url[7..]), "{page}");
        // What was findable still is.
        assert_eq!(names(&search(&program, &[("q", "mail")]).await), ["mail copilot"]);
        assert_eq!(search(&program, &[("q", "ledger")]).await["total"], json!(0));
    }
    behind.close().await.expect("closed");
    engine.make_room();
    // None was given up, which `jobs_done` would say.
    server.jobs_done().await;
    assert_eq!(search(&program, &[("q", "ledger")]).await["total"], json!(61));
    // Whoever keeps the indexes looks again every few seconds.
    until("nothing to be said to wait", async || {
        let ready = operator.get("/readyz").await.json();
        (ready == json!({ "database": true, "search": true })).then_some(())
    })
    .await;
    server.finish().await;
}

#[tokio::test]
async fn an_index_that_was_tampered_with_gives_nothing_away() {
    let Some(place) = Place::configured("tampered") else { return };
    let (server, _) = Server::set_up_with("Buyer", place.settings()).await;
    server.further_organisation("Rival").await;
    let (buyer, rival) = (server.program("Buyer", Role::Analyst), server.program("Rival", Role::Analyst));
    for (program, name) in [(&buyer, "Payroll check"), (&rival, "Payroll forecast")] {
        let made = program.post("/api/v1/components", &json!({ "name": name, "kind": "agent" })).await;
        assert_eq!(made.status, 201, "{}", made.text);
    }
    server.jobs_done().await;
    let path = format!("/indexes/{}/documents?limit=100", place.index());
    let (_, all) = place.ask(reqwest::Method::GET, &path, None).await;
    let documents = all["results"].as_array().expect("documents");
    let of = |name: &str| {
        let named = |document: &&Value| document["shown"].to_string().contains(name);
        documents.iter().find(named).expect("the document").clone()
    };
    // The rival's entry, made to look as if it were the buyer's: the engine finds it and says so.
    let mut foreign = of("Payroll forecast");
    foreign["organisation"] = of("Payroll check")["organisation"].clone();
    place.have(reqwest::Method::POST, &format!("/indexes/{}/documents", place.index()), &json!([foreign])).await;
    let found = search(&buyer, &[("q", "payroll")]).await;
    assert_eq!((found["total"].clone(), names(&found)), (json!(2), vec!["payroll check".to_owned()]));
    let person = server.person("Buyer", Role::Analyst).await;
    for path in ["/register?q=payroll", "/register/export?format=csv&q=payroll"] {
        let text = person.get(path).await.expect(200, path).text;
        assert!(text.contains("Payroll check") && !text.contains("forecast"), "{path}: {text}");
    }
    server.finish().await;
    place.remove().await;
}
