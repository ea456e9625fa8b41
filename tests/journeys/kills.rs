//! `kill -9` in the middle of whatever: what was acknowledged stands, and nothing stands half.
//!
//! Each test kills the built binary a few times; `CANDOR_KILLS=25` makes it a hundred altogether. When exactly the kill
//! strikes is chance, what must hold afterwards is not.

use super::scene::{QUESTIONS, Scene};
use crate::harness::{Server, Session, Settings, fixture};
use candor::platform::Platform;
use candor::repo::{self, BuyerScope, SystemScope};
use domain::ids::{ImportId, OrganisationId};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

fn rounds() -> usize {
    std::env::var("CANDOR_KILLS").ok().and_then(|kills| kills.parse().ok()).unwrap_or(4)
}

/// Sends a request and lets the server be killed after a while, whatever has come back by then.
async fn killed_during(server: &mut Server, after: Duration, request: impl Future<Output = ()> + Send + 'static) {
    let request = tokio::spawn(request);
    tokio::time::sleep(after).await;
    server.kill();
    request.abort();
}

#[tokio::test(flavor = "multi_thread")]
async fn an_acknowledged_answer_survives_a_kill() {
    let mut scene = Scene::with(1, Settings::default()).await;
    let acknowledged: Arc<Mutex<BTreeMap<String, usize>>> = Arc::default();
    for round in 0..rounds() {
        let count = Arc::new(AtomicUsize::new(0));
        let (id, vendor) = scene.assessments[0].clone();
        let writers: Vec<_> = (0..4)
            .map(|writer| {
                let (vendor, acknowledged, count) = (vendor.clone(), Arc::clone(&acknowledged), Arc::clone(&count));
                tokio::spawn(async move {
                    for n in 0.. {
                        let question = format!("Q-{}", writer * 30 + n % 30);
                        let number = round * 10_000 + n;
                        let body =
                            json!({ "reply": { "kind": "choice", "option": "no" }, "comment": number.to_string() });
                        let path = format!("/api/v1/assessments/{id}/answers/{question}");
                        let Some(answer) = vendor.try_put(&path, &body).await else { return };
                        assert_eq!(answer.status, 200, "{}", answer.text);
                        acknowledged.lock().expect("the list").insert(question, number);
                        count.fetch_add(1, Ordering::SeqCst);
                    }
                })
            })
            .collect();
        // Some are acknowledged, others are on their way.
        while count.load(Ordering::SeqCst) < 20 + round * 7 {
            tokio::task::yield_now().await;
        }
        scene.server.kill();
        for writer in writers {
            writer.await.expect("a writer");
        }
        scene.kill_and_restart();
        let standing = scene.comments(0).await;
        for (question, number) in acknowledged.lock().expect("the list").iter() {
            let stands: usize = standing[question].parse().expect("a number");
            // The answer that was on its way when the kill struck may stand too: it was saved and not yet acknowledged.
            assert!(stands >= *number, "{question}: {number} was acknowledged, {stands} stands");
        }
    }
    scene.server.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_import_is_applied_whole_or_not_at_all() {
    let mut scene = Scene::with(1, Settings::default()).await;
    for round in 0..rounds() {
        let comment = format!("imported in round {round}");
        let workbook = scene.workbook(0, &comment);
        let (id, vendor) = scene.assessments[0].clone();
        let path = format!("/api/v1/assessments/{id}/imports");
        let import = vendor.upload(&path, &[], ("answers.xlsx", workbook)).await.expect(201, "the preview").json();
        let import = import["id"].as_str().expect("an id").to_owned();
        let rows: Vec<Value> = vendor.read(&format!("/api/v1/imports/{import}")).await["rows"]
            .as_array()
            .expect("rows")
            .iter()
            .map(|row| row["id"].clone())
            .collect();
        let apply = format!("/api/v1/imports/{import}/apply");
        let (path, choice, sender) = (apply.clone(), json!({ "rows": rows }), vendor.clone());
        let sent = choice.clone();
        killed_during(&mut scene.server, Duration::from_micros(900 * round as u64), async move {
            sender.try_post(&path, &sent).await;
        })
        .await;
        scene.kill_and_restart();
        let applied = scene.comments(0).await.values().filter(|text| **text == comment).count();
        assert!(applied == 0 || applied == QUESTIONS, "round {round}: {applied} of {QUESTIONS} answers were applied");
        if applied == 0 {
            scene.assessments[0].1.post(&apply, &choice).await.expect(200, "applying it after all");
            let applied = scene.comments(0).await.values().filter(|text| **text == comment).count();
            assert_eq!(applied, QUESTIONS);
        }
    }
    scene.server.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upload_leaves_a_whole_preview_or_none() {
    let mut scene = Scene::with(1, Settings::default()).await;
    let mut whole = 0;
    for round in 0..rounds() {
        let workbook = scene.workbook(0, &format!("uploaded in round {round}"));
        let (id, vendor) = scene.assessments[0].clone();
        let path = format!("/api/v1/assessments/{id}/imports");
        let to = path.clone();
        killed_during(&mut scene.server, Duration::from_millis(25 * round as u64), async move {
            vendor.try_upload(&to, ("answers.xlsx", workbook)).await;
        })
        .await;
        scene.kill_and_restart();
        let listed = scene.assessments[0].1.read(&path).await;
        let imports = listed["items"].as_array().expect("items");
        for import in imports {
            assert_eq!(import["rows"], QUESTIONS, "round {round}: half a preview");
        }
        assert!(imports.len() >= whole && imports.len() <= whole + 1, "round {round}: {}", imports.len());
        whole = imports.len();
    }
    scene.server.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_person_says_of_a_sheet_is_read_whole_or_not_at_all() {
    let mut scene = Scene::with(1, Settings::default()).await;
    let mut file = String::from("No.,Question,Response,Product team\n");
    for (n, question) in scene.document.questions().enumerate() {
        file.push_str(&format!("{},\"{}\",sent,Yes\n", n + 1, question.text.replace('"', "\"\"")));
    }
    let said = [("sheet", "1"), ("sheet_name", "csv"), ("column:C", "nothing"), ("column:D", "answer")];
    let forget = [("sheet", "1"), ("sheet_name", "csv"), ("do", "forget")];
    let (id, vendor) = scene.assessments[0].clone();
    let uploaded = vendor.upload(&format!("/portal/{id}/imports"), &[], ("ours.csv", file.into_bytes())).await;
    let page = uploaded.expect(303, "read").location().trim_end_matches("/sheets").to_owned();
    let (rows, sheets) =
        (format!("/api/v1/imports/{}", page.rsplit('/').next().expect("an id")), format!("{page}/sheets"));
    for round in 0..rounds() {
        let vendor = scene.assessments[0].1.clone();
        vendor.submit(&sheets, &forget).await.expect(303, "as it was found");
        let to = sheets.clone();
        killed_during(&mut scene.server, Duration::from_millis(20 * round as u64), async move {
            vendor.try_submit(&to, &said).await;
        })
        .await;
        scene.kill_and_restart();
        let vendor = &scene.assessments[0].1;
        let found = answer_columns(&vendor.read(&rows).await);
        assert!(found == ["C"] || found == ["D"], "round {round}: half of what was said: {found:?}");
        let screen = vendor.get(&sheets).await.expect(200, "the screen").text;
        assert_eq!(screen.contains("You said"), found == ["D"], "round {round}: the screen agrees with the rows");
        vendor.submit(&sheets, &said).await.expect(303, "said once more");
        assert_eq!(answer_columns(&vendor.read(&rows).await), ["D"]);
    }
    scene.server.finish().await;
}

/// The columns that answers were found in.
fn answer_columns(import: &Value) -> Vec<String> {
    let places = import["rows"].as_array().expect("rows").iter().map(|row| row["place"].as_str().unwrap_or_default());
    let column = |place: &str| place.rsplit('!').next().unwrap_or_default().chars().take(1).collect::<String>();
    places.map(column).collect::<BTreeSet<_>>().into_iter().collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_submission_happens_once_or_not_at_all() {
    let mut scene = Scene::with(rounds(), Settings::default()).await;
    for round in 0..rounds() {
        let (id, vendor) = scene.assessments[round].clone();
        let path = format!("/api/v1/assessments/{id}/submit");
        let attestation = json!({ "name": "Vera Vendor", "title": "Head of security", "confirmed": true });
        let (to, body) = (path.clone(), attestation.clone());
        killed_during(&mut scene.server, Duration::from_micros(700 * round as u64), async move {
            vendor.try_post(&to, &body).await;
        })
        .await;
        scene.kill_and_restart();
        let platform = scene.server.platform().await;
        let db = platform.db.read();
        let row = repo::assessments::get(db, &scene.by.scope, id).await.expect("read").expect("there");
        let submissions = repo::submissions::all(db, &scene.by.scope, id).await.expect("read").len();
        let submitted = row.state == "submitted";
        assert_eq!(submissions, usize::from(submitted), "round {round}: {} with {submissions} submissions", row.state);
        assert_eq!(row.round, i64::from(submitted));
        let again = scene.assessments[round].1.post(&path, &attestation).await;
        assert!(matches!(again.status, 200 | 201), "{}", again.text);
        let submissions = repo::submissions::all(db, &scene.by.scope, id).await.expect("read").len();
        assert_eq!(submissions, 1, "submitting again after the kill submits once");
        platform.db.close().await;
    }
    scene.server.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_register_appears_whole_or_not_at_all_and_can_then_be_found() {
    let (mut server, _) = Server::set_up("Buyer").await;
    let analyst = server.program("Buyer", domain::access::Role::Analyst);
    for round in 0..rounds() {
        let analyst = analyst.clone().at(&server.url);
        let upload = ("omb-2025-cots.csv", fixture("register/omb-2025-cots.csv"));
        let another = [("list", "new")];
        let import =
            analyst.upload("/api/v1/components/import", &another, upload).await.expect(201, "the preview").json();
        let import = import["id"].as_str().expect("an id").to_owned();
        let apply = format!("/api/v1/imports/{import}/apply");
        let (path, sender) = (apply.clone(), analyst.clone());
        let platform = server.platform().await;
        let scope = only_organisation(&platform).await;
        let request = tokio::spawn(async move { sender.try_post(&path, &json!({})).await });
        // Killed as soon as so much of it is staged where nobody sees it; the last time when it shows.
        let (staged, id) = ([1, 100, 200, usize::MAX][round % 4], import.parse().expect("an id"));
        loop {
            let there = repo::register::brought_by(platform.db.read(), scope, &[id]).await.expect("read");
            if there.len() >= staged || there.iter().any(|(_, visible)| *visible) {
                break;
            }
        }
        server.kill();
        request.abort();
        platform.db.close().await;
        server.restart();
        let analyst = analyst.at(&server.url);
        let applied = analyst.read(&format!("/api/v1/imports/{import}")).await["state"] == "applied";
        let platform = server.platform().await;
        let visible = async || repo::register::count_uses(platform.db.read(), scope, 1_000_000).await.expect("counted");
        let expect = |imports: u64| {
            BTreeMap::from([("yes", 468), ("no", 416), ("not_stated", 16)])
                .into_iter()
                .map(move |(k, n)| (k.to_owned(), n * imports))
                .collect::<BTreeMap<String, u64>>()
        };
        let before = round as u64;
        assert_eq!(visible().await, expect(before + u64::from(applied)), "round {round}, applied: {applied}");
        if !applied {
            analyst.post(&apply, &json!({})).await.expect(200, "applying it after all");
            assert_eq!(visible().await, expect(before + 1));
        }
        server.jobs_done().await;
        let components = repo::register::count(platform.db.read(), scope).await.expect("counted");
        let found = analyst.read("/api/v1/components/search?q=&limit=1").await;
        assert_eq!(found["total"].as_u64(), Some(components), "the index holds what the register shows");
        platform.db.close().await;
    }
    server.finish().await;
}

async fn only_organisation(platform: &Platform) -> BuyerScope {
    let all = repo::organisations::all(platform.db.read(), SystemScope).await.expect("organisations");
    SystemScope.acting_for(OrganisationId(all[0].id))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_newer_version_of_a_list_shows_whole_or_not_at_all() {
    const ROWS: usize = 300;
    let (mut server, _) = Server::set_up("Buyer").await;
    let analyst = server.program("Buyer", domain::access::Role::Analyst);
    // Each version says another purpose of all; one row goes, one comes.
    let version = |n: usize| {
        let row = |r: usize| format!("{r},Item {r},Purpose {n}\n");
        format!("ID,Name,Purpose\n{}", (n..ROWS + n).map(row).collect::<String>()).into_bytes()
    };
    let read = async |analyst: &Session, n: usize| {
        let read = analyst.upload("/api/v1/components/import", &[], ("list.csv", version(n))).await;
        read.expect(201, "read").json()["id"].as_str().expect("an id").to_owned()
    };
    let import = read(&analyst, 0).await;
    analyst.post(&format!("/api/v1/imports/{import}/apply"), &json!({})).await.expect(200, "the first");
    for round in 1..=rounds() {
        let analyst = analyst.clone().at(&server.url);
        let import = read(&analyst, round).await;
        let apply = format!("/api/v1/imports/{import}/apply");
        let (path, sender) = (apply.clone(), analyst.clone());
        let platform = server.platform().await;
        let scope = only_organisation(&platform).await;
        let id: ImportId = import.parse().expect("an id");
        let request = tokio::spawn(async move { sender.try_post(&path, &json!({})).await });
        loop {
            let staged = repo::register::staged::entries(platform.db.read(), scope, id).await.expect("read").len();
            let row = repo::imports::get(platform.db.read(), &scope, id).await.expect("read").expect("there");
            // While it is staged; and as soon as it shows, with what is said again still to be recorded.
            if (round % 2 == 1 && staged > 0) || row.state == "applied" {
                break;
            }
        }
        server.kill();
        request.abort();
        platform.db.close().await;
        server.restart();
        let analyst = analyst.at(&server.url);
        let applied = analyst.read(&format!("/api/v1/imports/{import}")).await["state"] == "applied";
        let platform = server.platform().await;
        let shows = async |n: usize| {
            let rows = repo::register::page(platform.db.read(), scope, None, 1_000).await.expect("read");
            let standing = rows.iter().filter(|row| !row.withdrawn);
            let purposes: BTreeSet<String> = standing.clone().map(|row| row.fields["purpose"].to_string()).collect();
            assert_eq!(purposes, BTreeSet::from([format!("\"Purpose {n}\"")]), "round {round}: one version, and whole");
            assert_eq!((standing.count(), rows.len()), (ROWS, ROWS + n), "none is lost, none is there twice");
        };
        shows(if applied { round } else { round - 1 }).await;
        if !applied {
            analyst.post(&apply, &json!({})).await.expect(200, "applying it after all");
            shows(round).await;
        }
        server.jobs_done().await;
        let found = analyst.read(&format!("/api/v1/components/search?q=%22Purpose+{round}%22&limit=1")).await;
        assert_eq!(found["total"], ROWS, "and it can be found: {found}");
        let again = repo::register::staged::catch_up(platform.db.read(), scope, id, 1).await.expect("read");
        assert_eq!(again, 0, "what was said again is recorded");
        platform.db.close().await;
    }
    server.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bill_of_materials_that_was_broken_off_goes_on_and_makes_nothing_twice() {
    const MODELS: usize = 400;
    let (mut server, _) = Server::set_up("Buyer").await;
    let analyst = server.program("Buyer", domain::access::Role::Analyst);
    for round in 0..rounds() {
        let analyst = analyst.clone().at(&server.url);
        let name = |n: usize| format!("round {round} model {n}");
        let model = |n: usize| {
            json!({ "type": "machine-learning-model", "bom-ref": format!("m{n}"), "name": name(n), "version": "1",
                "description": "ranks", "supplier": { "name": "Tidal" } })
        };
        let models: Vec<Value> = (0..MODELS).map(model).collect();
        let all: Vec<String> = (0..MODELS).map(|n| format!("m{n}")).collect();
        let app = json!({ "type": "application", "bom-ref": "app", "name": format!("round {round}") });
        let document = json!({ "bomFormat": "CycloneDX", "specVersion": "1.6", "metadata": { "component": app },
            "components": models, "dependencies": [{ "ref": "app", "dependsOn": all }] });
        let (file, document) = (format!("round-{round}.json"), document.to_string().into_bytes());
        let file_of = || (file.as_str(), document.clone());
        let read = analyst.upload("/api/v1/components/boms", &[], file_of()).await.expect(201, "the preview").json();
        let bom = format!("/api/v1/components/boms/{}", read["id"].as_str().expect("an id"));
        let (path, sender) = (format!("{bom}/apply"), analyst.clone());
        killed_during(&mut server, Duration::from_millis(400 * round as u64 + 200), async move {
            sender.try_post(&path, &json!({})).await;
        })
        .await;
        server.restart();
        let analyst = analyst.at(&server.url);
        let left = analyst.read(&bom).await;
        if !left["progress"].is_null() && round % 2 == 1 {
            // Half of it is there: that is taken back first.
            analyst.post(&format!("{bom}/undo"), &json!({})).await.expect(200, "what was written is taken back");
            let platform = server.platform().await;
            let count = repo::register::count(platform.db.read(), only_organisation(&platform).await).await;
            assert_eq!(count.expect("counted"), (MODELS as u64 + 1) * round as u64, "nothing of it is left");
            platform.db.close().await;
        }
        if left["state"] != "applied" {
            analyst.post(&format!("{bom}/apply"), &json!({})).await.expect(200, "applying it after all");
        }
        let again = analyst.upload("/api/v1/components/boms", &[], file_of());
        let again = again.await.expect(201, "the same again").json();
        let entries = again["entries"].as_array().expect("entries");
        assert_eq!(entries.len(), MODELS + 1);
        assert!(entries.iter().all(|entry| entry["verdict"] == "unchanged"), "round {round}: {entries:?}");
        let platform = server.platform().await;
        let organisations = repo::organisations::all(platform.db.read(), SystemScope).await.expect("organisations");
        let scope = SystemScope.acting_for(OrganisationId(organisations[0].id));
        let count = repo::register::count(platform.db.read(), scope).await.expect("counted");
        assert_eq!(count, (MODELS as u64 + 1) * (round as u64 + 1), "none is there twice");
        platform.db.close().await;
    }
    server.finish().await;
}
