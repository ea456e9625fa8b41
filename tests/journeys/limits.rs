//! Bad input is normal: each gets a clear answer, and nothing that was saved is lost.

use super::scene::{QUESTIONS, Scene};
use crate::harness::database::is_postgres;
use crate::harness::{Answer, Session, Settings};
use candor::actions::chase;
use rust_xlsxwriter::{Formula, Workbook as NewWorkbook};
use sea_orm::ConnectionTrait;
use serde_json::{Value, json};
use std::io::Write;
use zip::write::SimpleFileOptions;

fn answer(comment: &str) -> Value {
    json!({ "reply": { "kind": "choice", "option": "yes" }, "comment": comment })
}

async fn upload(scene: &Scene, name: &str, file: Vec<u8>) -> Answer {
    let (id, vendor) = &scene.assessments[0];
    vendor.upload(&format!("/api/v1/assessments/{id}/imports"), &[], (name, file)).await
}

/// The codes of a refusal.
fn codes(answer: &Answer) -> Vec<String> {
    answer.json()["errors"]
        .as_array()
        .expect("errors")
        .iter()
        .map(|e| e["code"].as_str().expect("a code").to_owned())
        .collect()
}

fn zip(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, bytes) in entries {
        zip.start_file(*name, SimpleFileOptions::default()).expect("an entry");
        zip.write_all(bytes).expect("written");
    }
    zip.finish().expect("a zip").into_inner()
}

/// What the list of types says in a package that holds a workbook.
const TYPES: &[u8] = br#"<Types><Override PartName="/xl/workbook.xml"
    ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>"#;

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_is_no_workbook_of_ours_is_refused_with_the_reason() {
    let settings = Settings::default().with("limits__workbook_bytes", 2_000_000);
    let scene = Scene::with(1, settings).await;
    let (id, vendor) = scene.assessments[0].clone();
    let before = scene.comments(0).await;
    let good = scene.workbook(0, "hello");
    let sheet =
        br#"<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData/></worksheet>"#;
    let mut ole = vec![0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1];
    ole.extend(vec![0u8; 4_000]);
    let refused: [(&str, Vec<u8>, &[&str]); 7] = [
        ("empty.xlsx", Vec::new(), &["empty", "required"]),
        ("page.xlsx", b"<!doctype html><html><body>hello</body></html>".to_vec(), &["not-a-workbook"]),
        ("picture.xlsx", b"\x89PNG\r\n\x1a\n0000".to_vec(), &["not-a-workbook"]),
        ("half.xlsx", good[..good.len() / 2].to_vec(), &["truncated", "damaged"]),
        ("other.zip", zip(&[("readme.txt", b"hello"), ("xl/worksheets/x.xml", sheet)]), &["not-a-workbook", "damaged"]),
        ("locked.xls", ole, &["encrypted", "damaged", "not-a-workbook", "truncated", "reader-failed"]),
        (
            "bomb.xlsx",
            zip(&[("[Content_Types].xml", TYPES), ("xl/workbook.xml", &vec![b' '; 120 << 20])]),
            &["inflates-too-far"],
        ),
    ];
    for (name, file, expected) in refused {
        let answer = upload(&scene, name, file.clone()).await;
        assert_eq!(answer.status, 422, "{name}: {}", answer.text);
        assert!(answer.header("content-type").starts_with("application/problem+json"), "{name}");
        let codes = codes(&answer);
        assert!(codes.iter().any(|code| expected.contains(&code.as_str())), "{name}: {codes:?}");
        let message = answer.json()["errors"][0]["message"].as_str().expect("a message").to_owned();
        assert!(!message.contains("cannot be used ("), "{name}: {message}");
        // The page says the same.
        let page = vendor.upload(&format!("/portal/{id}/imports"), &[], (name, file)).await;
        assert_eq!(page.status, 422, "{name}: {}", page.text);
        assert!(page.text.contains("<h1"), "{name}");
    }
    let huge = upload(&scene, "huge.xlsx", vec![b'x'; 2_100_000]).await;
    assert_eq!(huge.status, 413, "{}", huge.text);
    assert_eq!(scene.comments(0).await, before, "nothing that was saved changed");
    upload(&scene, "good.xlsx", good).await.expect(201, "a good workbook is still taken");
    scene.server.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_workbook_of_another_assessment_version_or_template_is_refused() {
    let mut scene = Scene::with(2, Settings::default()).await;
    let others = scene.workbook(1, "of another assessment");
    let refused = upload(&scene, "others.xlsx", others).await.expect(422, "another assessment's workbook");
    assert_eq!(codes(&refused), ["workbook-of-another-assessment"]);
    let sha256 = std::mem::replace(&mut scene.version.1, "0".repeat(64));
    let refused = upload(&scene, "old.xlsx", scene.workbook(0, "of another version")).await;
    assert_eq!(codes(&refused.expect(422, "another version's workbook")), ["workbook-of-another-version"]);
    scene.version.1 = sha256;
    scene.document.key = "another".to_owned();
    let refused = upload(&scene, "other.xlsx", scene.workbook(0, "of another template")).await;
    assert_eq!(codes(&refused.expect(422, "another template's workbook")), ["workbook-of-another-template"]);
    scene.server.finish().await;
}

/// Reads our workbook back as rows of texts, changes them, and writes them with another program's means.
fn rewritten(workbook: &[u8], change: impl Fn(&mut Vec<Vec<String>>), cell: impl Fn(&str) -> Option<Cell>) -> Vec<u8> {
    use calamine::{Data, Reader, Xlsx};
    let mut read: Xlsx<_> = Xlsx::new(std::io::Cursor::new(workbook.to_vec())).expect("our workbook");
    let mut new = NewWorkbook::new();
    for name in read.sheet_names() {
        let range = read.worksheet_range(&name).expect("a sheet");
        let text = |value: &Data| if matches!(value, Data::Empty) { String::new() } else { value.to_string() };
        let (top, left) = range.start().unwrap_or_default();
        let mut rows: Vec<Vec<String>> = vec![Vec::new(); top as usize];
        rows.extend(range.rows().map(|row| {
            let mut cells = vec![String::new(); left as usize];
            cells.extend(row.iter().map(text));
            cells
        }));
        if name == "Answers" {
            change(&mut rows);
        }
        let sheet = new.add_worksheet();
        sheet.set_name(&name).expect("a name");
        for (r, row) in rows.iter().enumerate() {
            for (c, text) in row.iter().enumerate().filter(|(_, text)| !text.is_empty()) {
                let (r, c) = (r as u32, c as u16);
                match cell(text) {
                    Some(Cell::Formula(formula)) => sheet.write_formula(r, c, Formula::new(formula).set_result("")),
                    Some(Cell::Error) => sheet.write_formula(r, c, Formula::new("=1/0").set_result("#DIV/0!")),
                    Some(Cell::Number(number)) => sheet.write_number(r, c, number),
                    None => sheet.write_string(r, c, text),
                }
                .expect("a cell");
            }
        }
    }
    new.save_to_buffer().expect("a workbook")
}

enum Cell {
    Formula(&'static str),
    Error,
    Number(f64),
}

/// Rows of questions stand below the keys and the headings.
const FIRST: usize = 2;

#[tokio::test(flavor = "multi_thread")]
async fn rows_may_be_sorted_inserted_and_deleted() {
    let scene = Scene::with(1, Settings::default()).await;
    let shuffled = rewritten(
        &scene.workbook(0, "from a sorted workbook"),
        |rows| {
            let tail = rows.split_off(FIRST);
            let mut tail: Vec<_> =
                tail.into_iter().filter(|row| row.iter().filter(|cell| !cell.is_empty()).count() > 1).collect();
            tail.reverse();
            tail.truncate(tail.len() - 10);
            tail.insert(5, vec![String::new(), String::new(), "a note of our own".to_owned()]);
            rows.extend(tail);
        },
        |_| None,
    );
    let preview = upload(&scene, "sorted.xlsx", shuffled).await.expect(201, "the preview").json();
    let rows = preview["rows"].as_array().expect("rows").clone();
    let matched = rows.iter().filter(|row| row["question"].is_string()).count();
    assert_eq!(matched, QUESTIONS - 10, "every row that is left finds its question, whatever its place");
    scene.server.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cell_that_cannot_be_an_answer_is_shown_with_its_place_and_keeps_nobody_else_out() {
    let scene = Scene::with(1, Settings::default()).await;
    let (id, vendor) = scene.assessments[0].clone();
    let odd = rewritten(
        &scene.workbook(0, "fine"),
        |rows| {
            let answered: Vec<usize> =
                (FIRST..rows.len()).filter(|r| rows[*r].iter().any(|cell| cell == "Yes")).collect();
            for (n, word) in ["FORMULA", "ERROR", "DATE", "Perhaps"].iter().enumerate() {
                let cell = rows[answered[n]].iter_mut().find(|cell| *cell == "Yes").expect("the answer");
                *cell = (*word).to_owned();
            }
        },
        |text| match text {
            "FORMULA" => Some(Cell::Formula("=A1")),
            "ERROR" => Some(Cell::Error),
            "DATE" => Some(Cell::Number(45_000.0)),
            _ => None,
        },
    );
    let preview = upload(&scene, "odd.xlsx", odd).await.expect(201, "the preview").json();
    let invalid: Vec<&Value> =
        preview["rows"].as_array().expect("rows").iter().filter(|row| row["verdict"] == "invalid").collect();
    assert_eq!(invalid.len(), 4, "{invalid:?}");
    for row in invalid {
        assert!(row["place"].as_str().or(row["cell"].as_str()).expect("a place").starts_with("Answers!"), "{row}");
        assert!(row["problem"]["message"].as_str().is_some_and(|text| text.len() > 10), "{row}");
    }
    // Choosing what cannot be applied is refused, row by row, and nothing is: the rest can be chosen without it. Conflicts
    // are decided for the workbook.
    let rows = preview["rows"].as_array().expect("rows");
    let chosen = |wanted: &dyn Fn(&Value) -> bool| -> Vec<Value> {
        rows.iter().filter(|row| wanted(row)).map(|row| row["id"].clone()).collect()
    };
    let apply = format!("/api/v1/imports/{}/apply", preview["id"].as_str().expect("an id"));
    let refused = vendor.post(&apply, &json!({ "rows": chosen(&|_| true) })).await.expect(422, "all of them").json();
    let named: Vec<Value> = refused["errors"].as_array().expect("errors").iter().map(|one| one["at"].clone()).collect();
    assert_eq!(named.len(), 4, "{named:?}");
    assert!(chosen(&|row| row["verdict"] == "invalid").iter().all(|id| named.contains(id)), "{named:?}");
    assert!(scene.comments(0).await.values().all(|text| text != "fine"), "some of it was applied");
    let fit = chosen(&|row| row["verdict"] != "invalid");
    vendor.post(&apply, &json!({ "rows": fit })).await.expect(200, "applied");
    let applied = scene.comments(0).await.values().filter(|text| *text == "fine").count();
    assert_eq!(applied, QUESTIONS - 4);
    assert_eq!(
        vendor.get(&format!("/portal/{id}/imports/{}", preview["id"].as_str().expect("an id"))).await.status,
        200
    );
    scene.server.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_people_at_the_same_answer_lose_nothing() {
    let scene = Scene::with(1, Settings::default()).await;
    let (id, vendor) = scene.assessments[0].clone();
    let path = format!("/api/v1/assessments/{id}/answers/Q-3");
    let seen = vendor.get(&path).await.expect(200, "the answer");
    let tag = seen.header("etag").to_owned();
    let save = async |comment: &str| {
        vendor.send(vendor.request(reqwest::Method::PUT, &path).header("if-match", &tag).json(&answer(comment))).await
    };
    save("mine").await.expect(200, "the first to save");
    let refused = save("yours").await.expect(412, "the second");
    assert_eq!(refused.json()["current"]["comment"], "mine", "the second is shown what stands there");
    assert_eq!(scene.comments(0).await["Q-3"], "mine");
    // A preview that was made before is told apart too.
    let preview =
        upload(&scene, "answers.xlsx", scene.workbook(0, "from the workbook")).await.expect(201, "the preview").json();
    let rows: Vec<Value> = preview["rows"].as_array().expect("rows").iter().map(|row| row["id"].clone()).collect();
    vendor.put(&path, &answer("typed meanwhile")).await.expect(200, "typed");
    let apply = format!("/api/v1/imports/{}/apply", preview["id"].as_str().expect("an id"));
    let refused = vendor.post(&apply, &json!({ "rows": rows })).await.expect(412, "applying over it");
    assert_eq!(refused.json()["current"]["questions"], json!(["Q-3"]));
    let standing = scene.comments(0).await;
    assert_eq!(standing["Q-3"], "typed meanwhile");
    assert!(standing.values().all(|text| text != "from the workbook"), "all or nothing");
    scene.server.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_that_is_over_opens_nothing() {
    let scene = Scene::with(2, Settings::default()).await;
    let platform = scene.server.platform().await;
    let (id, inside) = scene.assessments[0].clone();
    let (other, _) = scene.assessments[1].clone();
    // Another assessment's id does not answer to this one's link.
    for path in [format!("/portal/{other}"), format!("/api/v1/assessments/{other}/answers")] {
        let stranger = inside.get(&path).await;
        assert!(matches!(stranger.status, 401 | 404), "{path}: {}", stranger.status);
    }
    let link = chase::copy_link(&platform, &scene.by, id).await.expect("a link");
    let path = scene.server.path(&link).to_owned();
    // Looking uses nothing up; only the button does.
    let scanner = scene.server.session();
    for _ in 0..3 {
        scanner.get(&path).await.expect(200, "a mail scanner's look");
    }
    assert_eq!(scanner.get(&format!("/portal/{id}")).await.status, 401);
    let behind = scene.server.behind_its_back().await;
    behind
        .execute_unprepared("UPDATE vendor_link SET expires_at = '2020-01-01 00:00:00+00:00'")
        .await
        .expect("expired");
    let late: Session = scene.server.session();
    let page = late.get(&path).await;
    assert!(page.text.contains("/renew"), "it offers a fresh one: {}", page.text);
    late.submit(&path, &[]).await;
    assert_eq!(late.get(&format!("/portal/{id}")).await.status, 401, "its button opens nothing");
    assert_eq!(inside.get(&format!("/portal/{id}")).await.status, 401, "nor does a session that came in through it");
    let refused = inside.put(&format!("/api/v1/assessments/{id}/answers/Q-1"), &answer("too late")).await;
    assert_eq!(refused.status, 401);
    chase::recall(&platform, &scene.by, other).await.expect("recalled");
    behind
        .execute_unprepared("UPDATE vendor_link SET expires_at = '2100-01-01 00:00:00+00:00'")
        .await
        .expect("not expired");
    assert_eq!(inside.get(&format!("/portal/{id}")).await.status, 200, "it works again with its time");
    let revoked = scene.assessments[1].1.get(&format!("/portal/{other}")).await;
    assert_eq!(revoked.status, 401, "a recalled assessment's session");
    behind.close().await.expect("closed");
    platform.db.close().await;
    scene.server.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn submitting_twice_submits_once_and_a_racing_save_is_in_it_or_refused() {
    let scene = Scene::with(1, Settings::default()).await;
    let (id, vendor) = scene.assessments[0].clone();
    let submit = format!("/api/v1/assessments/{id}/submit");
    let attestation = json!({ "name": "Vera Vendor", "title": "Head of security", "confirmed": true });
    let save = format!("/api/v1/assessments/{id}/answers/Q-0");
    let said = answer("racing");
    let (first, second, racing) =
        tokio::join!(vendor.post(&submit, &attestation), vendor.post(&submit, &attestation), vendor.put(&save, &said));
    for answer in [&first, &second] {
        assert!(matches!(answer.status, 200 | 201), "{}", answer.text);
    }
    assert_eq!(first.json()["answers_sha256"], second.json()["answers_sha256"]);
    assert!(matches!(racing.status, 200 | 409), "{}", racing.text);
    let platform = scene.server.platform().await;
    let submissions = candor::repo::submissions::all(platform.db.read(), &scene.by.scope, id).await.expect("read");
    assert_eq!(submissions.len(), 1);
    let frozen = submissions[0].snapshot.contains("racing");
    assert_eq!(frozen, racing.status == 200, "an acknowledged save is in the submission, a refused one is not");
    vendor.put(&save, &answer("after")).await.expect(409, "a save after submitting");
    platform.db.close().await;
    scene.server.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_over_the_limit_is_refused_and_named() {
    let scene =
        Scene::with(1, Settings::default().with("limits__body_bytes", 4_000).with("limits__comment_characters", 100))
            .await;
    let (id, vendor) = scene.assessments[0].clone();
    let path = format!("/api/v1/assessments/{id}/answers/Q-1");
    let before = scene.comments(0).await;
    let refused = vendor.put(&path, &answer(&"x".repeat(200))).await.expect(422, "a long comment");
    assert_eq!(codes(&refused), ["too-long"]);
    let refused = vendor.put(&path, &answer(&"x".repeat(5_000))).await.expect(413, "a large body");
    assert!(refused.json()["detail"].as_str().expect("a detail").len() > 10);
    assert_eq!(scene.comments(0).await, before);
    scene.server.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_refuses_writes_and_serves_reads() {
    if is_postgres() {
        return; // The bound is SQLite's own.
    }
    let mut scene = Scene::with(1, Settings::default()).await;
    let (id, _) = scene.assessments[0].clone();
    let behind = scene.server.behind_its_back().await;
    let pages =
        behind.query_one_raw(sea_orm::Statement::from_string(sea_orm::DbBackend::Sqlite, "PRAGMA page_count")).await;
    let pages: i64 = pages.expect("read").expect("a row").try_get_by_index(0).expect("a number");
    behind.close().await.expect("closed");
    scene.server.kill();
    scene.server.set("database__max_pages", pages + 6);
    scene.kill_and_restart();
    let vendor = scene.assessments[0].1.clone();
    let mut acknowledged = std::collections::BTreeMap::new();
    let mut full = None;
    for n in 0..2_000 {
        let (question, comment) = (format!("Q-{}", n % QUESTIONS), format!("{n} {}", "y".repeat(2_000)));
        let saved = vendor.put(&format!("/api/v1/assessments/{id}/answers/{question}"), &answer(&comment)).await;
        if saved.status == 200 {
            acknowledged.insert(question, comment);
        } else {
            full = Some(saved);
            break;
        }
    }
    let full = full.expect("the bound is reached").expect(507, "no room left");
    assert_eq!(full.json()["type"], "urn:candor:problem:storage-full");
    assert!(!acknowledged.is_empty());
    let standing = scene.comments(0).await;
    for (question, comment) in &acknowledged {
        assert_eq!(standing[question], *comment, "what was acknowledged stands");
    }
    // With room again, writing goes on.
    scene.server.kill();
    scene.server.set("database__max_pages", 0);
    scene.kill_and_restart();
    let saved =
        scene.assessments[0].1.put(&format!("/api/v1/assessments/{id}/answers/Q-1"), &answer("room again")).await;
    assert_eq!(saved.status, 200, "{}", saved.text);
    scene.server.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_store_of_files_refuses_evidence() {
    let scene = Scene::with(1, Settings::default().with("limits__files_bytes", 1_000)).await;
    let (id, vendor) = scene.assessments[0].clone();
    let path = format!("/api/v1/assessments/{id}/evidence");
    let fields = [("question", "Q-1"), ("effective_on", "2026-01-01")];
    vendor.upload(&path, &fields, ("policy.txt", vec![b'a'; 600])).await.expect(201, "the first file");
    let full = vendor.upload(&path, &fields, ("report.txt", vec![b'b'; 600])).await.expect(507, "the second");
    assert_eq!(full.json()["type"], "urn:candor:problem:storage-full");
    let program =
        vendor.upload(&path, &fields, ("run.sh", b"#!/bin/sh\nrm -rf /\n".to_vec())).await.expect(422, "a program");
    assert_eq!(codes(&program), ["kind-of-file-not-accepted"]);
    let ahead = [("question", "Q-1"), ("effective_on", "2100-01-01")];
    let refused = vendor.upload(&path, &ahead, ("policy.txt", vec![b'a'; 10])).await.expect(422, "a date ahead");
    assert_eq!(codes(&refused), ["date-ahead"]);
    assert_eq!(vendor.read(&path).await["items"].as_array().expect("items").len(), 1);
    scene.server.finish().await;
}
