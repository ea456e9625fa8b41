//! What a vendor submits is proposed to the register, and a person takes it over, whole or in part.

use super::register::{declared, holds, path, state};
use crate::harness::database::is_postgres;
use crate::harness::way::Asked;
use crate::harness::way::{answer, answer_path, ask, enter, enter_by, feature, in_days, replies, submit, take_up};
use crate::harness::way::{template_version, whole_profile};
use crate::harness::{PATIENCE, Server, Session, Value, until};
use candor::actions::Act;
use candor::repo::{self, SystemScope};
use domain::access::Role;
use domain::ids::{ComponentId, OrganisationId};
use sea_orm::{ConnectionTrait, DbBackend, Statement};
use serde_json::json;
use tokio::time::timeout;

const BUYER: &str = "Harbour Bank";

/// A submission with these rows, and the vendor's session.
async fn submitted(server: &Server, rows: &[Value]) -> (Asked, Session) {
    let buyer = server.program(BUYER, Role::Procurement);
    let asked = ask(&buyer, "Northwind").await;
    let vendor = enter(server, &asked).await;
    answer(&vendor, &asked.assessment, &replies(rows)).await;
    submit(&vendor, &asked.assessment).await.expect(200, "submitted");
    (asked, vendor)
}

/// The vendor submits other rows in the next round.
async fn again(server: &Server, asked: &Asked, vendor: &Session, rows: &[Value]) {
    answered_again(server, asked, vendor, rows).await;
    submit(vendor, &asked.assessment).await.expect(200, "submitted again");
}

/// The vendor has answered with other rows in the next round, and not submitted yet.
async fn answered_again(server: &Server, asked: &Asked, vendor: &Session, rows: &[Value]) {
    let analyst = server.program(BUYER, Role::Analyst);
    let reviews = format!("/api/v1/assessments/{}/reviews", asked.assessment);
    let take = analyst.post(&reviews, &json!({ "step": "take" })).await;
    assert!(matches!(take.status, 200 | 201), "{}", take.text);
    let back = json!({ "step": "return", "questions": { "REG-1": "Please check" }, "due_on": in_days(7) });
    let back = analyst.post(&reviews, &back).await;
    assert!(matches!(back.status, 200 | 201), "{}", back.text);
    let table = json!({ "reply": { "kind": "table", "rows": rows }, "comment": null });
    vendor.put(&answer_path(&asked.assessment, "REG-1"), &table).await.expect(200, "answered");
}

async fn open(analyst: &Session) -> Vec<Value> {
    let listed = analyst.read("/api/v1/components/proposals").await;
    let mut open = Vec::new();
    for row in listed["items"].as_array().expect("items") {
        open.push(analyst.read(&proposal(row, "")).await);
    }
    open
}

fn proposal(row: &Value, below: &str) -> String {
    format!("/api/v1/components/proposals/{}{below}", row["id"].as_str().expect("an id"))
}

/// Verdict, name and field of each line.
fn said(proposal: &Value) -> Vec<(String, String, String)> {
    let text = |line: &Value, key: &str| line[key].as_str().unwrap_or_default().to_owned();
    let lines = proposal["lines"].as_array().expect("lines");
    lines.iter().map(|line| (text(line, "verdict"), text(line, "name"), text(line, "field"))).collect()
}

fn line(verdict: &str, name: &str, field: &str) -> (String, String, String) {
    (verdict.to_owned(), name.to_owned(), field.to_owned())
}

#[tokio::test]
async fn a_submission_changes_nothing_until_it_is_applied_in_part_or_whole() {
    let (server, _) = Server::set_up(BUYER).await;
    let analyst = server.program(BUYER, Role::Analyst);
    let (asked, vendor) = submitted(&server, &[feature("Reply Drafter"), feature("Ticket Sorter")]).await;
    let first = open(&analyst).await.remove(0);
    assert_eq!(said(&first), [line("added", "Reply Drafter", ""), line("added", "Ticket Sorter", "")]);
    assert_eq!(analyst.read("/api/v1/components").await["items"], json!([]));
    let only = json!({ "lines": [first["lines"][0]["id"]] });
    let part = analyst.post(&proposal(&first, "/apply"), &only).await.expect(200, "one line").json();
    assert_eq!(
        (&part["state"], &part["lines"][0]["state"], &part["lines"][1]["state"]),
        (&json!("open"), &json!("applied"), &json!("open"))
    );
    let twice = analyst.post(&proposal(&first, "/apply"), &only).await.expect(422, "the same again");
    assert_eq!(twice.refusals(), ["lines: unknown"]);
    let part = analyst.post(&proposal(&first, "/decline"), &json!({})).await.expect(200, "the rest is declined").json();
    assert_eq!(part["state"], "done");
    analyst.post(&proposal(&first, "/apply"), &json!({})).await.expect(409, "all is decided");
    let names: Vec<Value> = analyst.read("/api/v1/components").await["items"]
        .as_array()
        .expect("items")
        .iter()
        .map(|row| row["name"].clone())
        .collect();
    assert_eq!(names, ["Reply Drafter"]);

    let mut changed = feature("Reply Drafter");
    changed["default_state"] = json!("on");
    changed["plan"] = json!("Enterprise");
    again(&server, &asked, &vendor, &[changed.clone(), feature("Ticket Sorter")]).await;
    let second = open(&analyst).await.remove(0);
    let expected = [
        line("changed", "Reply Drafter", "default_state"),
        line("changed", "Reply Drafter", "plan"),
        line("added", "Ticket Sorter", ""),
    ];
    assert_eq!(said(&second), expected, "what was declined is proposed again");
    assert_eq!((&second["lines"][0]["before"], &second["lines"][0]["after"]), (&json!("off"), &json!("on")));
    again(&server, &asked, &vendor, &[changed]).await;
    analyst.post(&proposal(&second, "/apply"), &json!({})).await.expect(409, "superseded");
    take_up(&analyst).await;
    let rows = analyst.read("/api/v1/components").await["items"].clone();
    assert_eq!((rows.as_array().map(Vec::len), &rows[0]["fields"]["default_state"]), (Some(1), &json!("on")));
    assert_eq!(rows[0]["fields"]["plan"], "Enterprise");

    // Of another purpose: what takes the place of an entry and serves the same purpose is the same, renamed.
    let mut sorter = feature("Ticket Sorter");
    sorter["purpose"] = json!("Puts tickets into queues by urgency");
    again(&server, &asked, &vendor, &[sorter.clone()]).await;
    let gone = open(&analyst).await.remove(0);
    assert_eq!(said(&gone), [line("added", "Ticket Sorter", ""), line("gone", "Reply Drafter", "")]);
    take_up(&analyst).await;
    let row = analyst.read(&path(rows[0]["id"].as_str().expect("an id"), "")).await;
    assert_eq!((&row["withdrawn"], &row["fields"]["default_state"]), (&json!(true), &json!("on")), "it stays readable");
    let changes = analyst.get("/register/changes").await.expect(200, "what changed").text;
    assert!(changes.contains("No longer declared") && !changes.contains("Declared again"), "{changes}");
    let mut back = feature("Reply Drafter");
    back["plan"] = json!("Enterprise");
    again(&server, &asked, &vendor, &[back, sorter]).await;
    assert_eq!(said(&open(&analyst).await[0]), [line("back", "Reply Drafter", "")]);
    take_up(&analyst).await;
    let row = analyst.read(&path(rows[0]["id"].as_str().expect("an id"), "")).await;
    assert_eq!((&row["withdrawn"], &row["fields"]["default_state"]), (&json!(false), &json!("off")), "as it says now");
    let changes = analyst.get("/register/changes").await.expect(200, "what changed").text;
    assert!(changes.contains("Declared again") && !changes.contains("No longer declared"), "{changes}");
    server.finish().await;
}

#[tokio::test]
async fn what_contradicts_a_persons_choice_is_proposed_as_a_conflict_and_asked_again() {
    let (server, _) = Server::set_up(BUYER).await;
    let analyst = server.program(BUYER, Role::Analyst);
    let (asked, vendor) = submitted(&server, &[feature("Reply Drafter")]).await;
    take_up(&analyst).await;
    let entry = analyst.read("/api/v1/components").await["items"][0]["id"].as_str().expect("an id").to_owned();
    state(&analyst, &entry, "default_state", &["on"], "Seen").await.expect(200, "by hand");
    let mut changed = feature("Reply Drafter");
    changed["default_state"] = json!("opt_in");
    again(&server, &asked, &vendor, &[changed]).await;
    let proposed = open(&analyst).await.remove(0);
    assert_eq!(said(&proposed), [line("conflicting", "Reply Drafter", "default_state")]);
    assert_eq!(proposed["lines"][0]["shown"], "on");
    take_up(&analyst).await;
    assert_eq!(holds(&analyst, &entry, "default_state").await, [(json!("on"), "chosen".to_owned())], "a choice stands");
    assert_eq!(analyst.read(&path(&entry, "")).await["open"], 1, "and the contradiction is told");

    // Now the choice rests on the answer; when the answer changes, it is asked for again.
    let facts = analyst.items(&path(&entry, "/facts")).await;
    let one = facts.as_array().expect("facts").iter().find(|fact| fact["field"] == "default_state").expect("it");
    let answer = one["says"].as_array().expect("says").iter().find(|said| said["source_kind"] == "answer").expect("it");
    let choose = json!({ "fact": answer["id"], "reason": "They corrected it" });
    analyst.post(&path(&entry, "/choices"), &choose).await.expect(200, "chosen");
    again(&server, &asked, &vendor, &[feature("Reply Drafter")]).await;
    take_up(&analyst).await;
    assert_eq!(holds(&analyst, &entry, "default_state").await[0].1, "ask_again");
    server.finish().await;
}

#[tokio::test]
async fn what_is_said_again_is_seen_again_and_needs_nobody() {
    let (server, _) = Server::set_up(BUYER).await;
    let analyst = server.program(BUYER, Role::Analyst);
    let (asked, vendor) = submitted(&server, &[feature("Reply Drafter")]).await;
    take_up(&analyst).await;
    let entry = analyst.read("/api/v1/components").await["items"][0].clone();
    again(&server, &asked, &vendor, &[feature("Reply Drafter")]).await;
    assert!(open(&analyst).await.is_empty(), "nothing to decide");
    let after = analyst.read("/api/v1/components").await["items"][0].clone();
    assert_eq!(entry, after, "nothing that is shown changed");
    let history = analyst.read(&path(entry["id"].as_str().expect("an id"), "/history")).await;
    let rounds: Vec<&Value> = history["items"]
        .as_array()
        .expect("items")
        .iter()
        .filter(|fact| fact["field"] == "purpose")
        .map(|fact| &fact["source"]["round"])
        .collect();
    assert_eq!(rounds, [2, 1], "the second submission said it too");
    server.finish().await;
}

#[tokio::test]
async fn what_is_said_again_and_seen_last_is_shown_by_lists_too() {
    let (server, _) = Server::set_up(BUYER).await;
    let (buyer, analyst) = (server.program(BUYER, Role::Procurement), server.program(BUYER, Role::Analyst));
    let asked = ask(&buyer, "Northwind").await;
    let vendor = enter(&server, &asked).await;
    // Another engagement with the same vendor, of which something else is said.
    let engagement = json!({
        "name": "Sales assistant", "business_function": "Sales", "owner": "Lee Owner", "profile": whole_profile()
    });
    let engagement = buyer.make(&format!("/api/v1/vendors/{}/engagements", asked.vendor), &engagement).await;
    let assessment = json!({
        "engagement": engagement, "template_version": template_version(&buyer).await, "contact": asked.contact,
        "due_on": in_days(21), "message": "Once more.", "issue": true
    });
    let other = buyer.make("/api/v1/assessments", &assessment).await;
    let mail = server.mail_to(&asked.address, 2).await;
    let sales = enter_by(&server, &mail.link().expect("a link")).await;
    let mut on = feature("Reply Drafter");
    on["default_state"] = json!("on");
    for (session, assessment, row) in [(&vendor, &asked.assessment, &on), (&sales, &other, &feature("Reply Drafter"))] {
        answer(session, assessment, &replies(std::slice::from_ref(row))).await;
        submit(session, assessment).await.expect(200, "submitted");
        take_up(&analyst).await;
    }
    let shown = async || {
        let rows = analyst.read("/api/v1/components").await["items"].clone();
        assert_eq!(rows.as_array().map(Vec::len), Some(1), "{rows}");
        (rows[0]["fields"]["default_state"].clone(), rows[0]["id"].as_str().expect("an id").to_owned())
    };
    let (state, entry) = shown().await;
    assert_eq!(state, "off", "of two that were seen on one day");
    let behind = server.behind_its_back().await;
    let of = if is_postgres() { " ON component_fact" } else { "" };
    let drop = format!("DROP TRIGGER component_fact_refuses_update{of}");
    for statement in [drop.as_str(), "UPDATE component_fact SET last_seen = '2020-03-01'"] {
        behind.execute_unprepared(statement).await.expect("long ago");
    }
    behind.close().await.expect("closed");
    again(&server, &asked, &vendor, &[on]).await;
    assert!(open(&analyst).await.is_empty(), "nothing to decide");
    assert_eq!(holds(&analyst, &entry, "default_state").await, [(json!("on"), "conflict".to_owned())]);
    assert_eq!(shown().await.0, "on", "the list says what the fact sheet says");
    server.jobs_done().await;
    let found = analyst.read("/api/v1/components/search?filter=default_state:on").await;
    assert_eq!(found["total"], 1, "and so does a search: {found}");
    server.finish().await;
}

#[tokio::test]
async fn a_declared_entry_joins_the_one_that_was_entered_by_hand() {
    let (server, _) = Server::set_up(BUYER).await;
    let analyst = server.program(BUYER, Role::Analyst);
    let vendor = analyst.make("/api/v1/vendors", &json!({ "name": "Elsewhere" })).await;
    let other = json!({ "name": "Reply Drafter", "kind": "agent", "vendor": vendor, "product": "Northwind Desk" });
    analyst.make("/api/v1/components", &other).await;
    let buyer = server.program(BUYER, Role::Procurement);
    let asked = ask(&buyer, "Northwind").await;
    let mine = json!({ "name": "REPLY drafter", "kind": "agent", "vendor": asked.vendor, "product": "Northwind Desk" });
    let mine = analyst.make("/api/v1/components", &mine).await;
    let session = enter(&server, &asked).await;
    // The same feature in two plans is two entries: one of them at most is the one that is there.
    let mut business = feature("Reply Drafter");
    business["plan"] = json!("Business");
    answer(&session, &asked.assessment, &replies(&[feature("Reply Drafter"), business])).await;
    submit(&session, &asked.assessment).await.expect(200, "submitted");
    let proposed = open(&analyst).await.remove(0);
    assert!(proposed["lines"][1]["component"].is_null(), "{proposed}");
    assert_eq!(
        proposed["lines"][0]["component"],
        json!(mine),
        "it is taken for the vendor's own entry, not for another's"
    );
    take_up(&analyst).await;
    assert_eq!(analyst.read("/api/v1/components").await["items"].as_array().map(Vec::len), Some(3));
    assert_eq!(holds(&analyst, &mine, "kind").await, [(json!("agent"), "conflict".to_owned())]);
    assert_eq!(holds(&analyst, &mine, "default_state").await, [(json!("off"), "agreed".to_owned())]);
    server.finish().await;
}

#[tokio::test]
async fn what_a_list_of_ours_names_stays_when_a_vendor_leaves_it_out() {
    let (server, _) = Server::set_up(BUYER).await;
    let (buyer, analyst) = (server.program(BUYER, Role::Procurement), server.program(BUYER, Role::Analyst));
    let asked = ask(&buyer, "Northwind").await;
    let list = "No.;Name;Vendor;Kind;Default state;Product;Purpose\n\
        1;Reply Drafter;Northwind;Embedded feature;off;Northwind Desk;Drafts replies\n";
    let read = analyst.upload("/api/v1/components/import", &[], ("own.csv", list.as_bytes().to_vec())).await;
    let import = read.expect(201, "a list").json();
    let apply = format!("/api/v1/imports/{}/apply", import["id"].as_str().expect("an id"));
    analyst.post(&apply, &json!({})).await.expect(200, "applied");
    let vendor = enter(&server, &asked).await;
    answer(&vendor, &asked.assessment, &replies(&[feature("Reply Drafter")])).await;
    submit(&vendor, &asked.assessment).await.expect(200, "submitted");
    take_up(&analyst).await;
    let there = analyst.read("/api/v1/components").await["items"].clone();
    assert_eq!(there.as_array().map(Vec::len), Some(1), "it is the one of the list: {there}");
    let entry = there[0]["id"].as_str().expect("an id").to_owned();
    assert_eq!(holds(&analyst, &entry, "trains_on_customer_data").await, [(json!("no"), "agreed".to_owned())]);

    let mut sorter = feature("Ticket Sorter");
    sorter["purpose"] = json!("Puts tickets into queues by urgency");
    again(&server, &asked, &vendor, &[sorter]).await;
    assert_eq!(said(&open(&analyst).await[0])[1], line("gone", "Reply Drafter", ""));
    take_up(&analyst).await;
    let row = analyst.read(&path(&entry, "")).await;
    assert_eq!((&row["withdrawn"], &row["fields"]["purpose"]), (&json!(false), &json!("Drafts replies")), "{row}");
    assert!(row["fields"]["trains_on_customer_data"].is_null(), "what the vendor alone said is said no more: {row}");
    server.finish().await;
}

#[tokio::test]
async fn an_entry_as_it_was() {
    let (server, _) = Server::set_up(BUYER).await;
    let analyst = server.program(BUYER, Role::Analyst);
    let entry = declared(&server).await;
    state(&analyst, &entry, "default_state", &["on"], "Seen").await.expect(200, "by hand");
    let differs = analyst.items(&path(&entry, "/difference?from=2026-03-01")).await;
    let all = differs.as_array().expect("differences");
    assert!(all.len() >= 7 && all.iter().all(|one| one["before"].is_null()), "it was not there then: {differs}");
    let today = in_days(0);
    let same = analyst.items(&path(&entry, &format!("/difference?from={today}"))).await;
    assert_eq!(same, json!([]));
    analyst.get(&path(&entry, "/difference?from=yesterday")).await.expect(422, "no day");
    server.finish().await;
}

#[tokio::test]
async fn who_submits_waits_for_who_changes_the_same_entries_and_none_of_them_for_ever() {
    // SQLite has one writer at a time: who comes second waits before it holds anything.
    if !is_postgres() {
        return;
    }
    let (server, _) = Server::set_up(BUYER).await;
    let (asked, vendor) = submitted(&server, &[feature("Reply Drafter"), feature("Ticket Sorter")]).await;
    let analyst = server.program(BUYER, Role::Analyst);
    take_up(&analyst).await;
    let there = analyst.read("/api/v1/components").await["items"].clone();
    let entries = there.as_array().expect("items").iter().map(|row| row["id"].as_str().expect("an id").parse());
    let mut entries: Vec<ComponentId> = entries.collect::<Result<_, _>>().expect("ids");
    entries.sort_unstable();
    // Said again the other way round, so that the vendor's order is none of theirs.
    answered_again(&server, &asked, &vendor, &[feature("Ticket Sorter"), feature("Reply Drafter")]).await;
    let platform = server.platform().await;
    let all = repo::organisations::all(platform.db.read(), SystemScope).await.expect("organisations");
    let scope = SystemScope.acting_for(OrganisationId(all[0].id));
    let act = Act::begin(&platform).await.expect("begun");
    let hold = async |id: ComponentId| {
        let held = timeout(PATIENCE, repo::register::hold(act.tx(), scope, id)).await;
        held.expect("nobody is in the way").expect("held").expect("an entry")
    };
    hold(entries[0]).await;
    let (sender, assessment) = (vendor.clone(), asked.assessment.clone());
    let submitting = tokio::spawn(async move { submit(&sender, &assessment).await });
    let behind = server.behind_its_back().await;
    let waits = "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
    until("the submission to wait", async || {
        let waiting = behind.query_one_raw(Statement::from_string(DbBackend::Postgres, waits)).await;
        waiting.expect("asked")
    })
    .await;
    hold(entries[1]).await;
    act.commit().await.expect("committed");
    submitting.await.expect("sent").expect(200, "submitted, once nobody held them");
    behind.close().await.expect("closed");
    platform.db.close().await;
    server.finish().await;
}

#[tokio::test]
async fn what_others_have_taken_back_keeps_no_entry_that_a_list_leaves_out() {
    let (server, _) = Server::set_up(BUYER).await;
    let analyst = server.program(BUYER, Role::Analyst);
    let list = async |rows: &str| {
        let file = ("own.csv", format!("No.;Name;Kind;Purpose\n{rows}").into_bytes());
        let read = analyst.upload("/api/v1/components/import", &[], file).await.expect(201, "read").json();
        let apply = format!("/api/v1/imports/{}/apply", read["id"].as_str().expect("an id"));
        analyst.post(&apply, &json!({})).await.expect(200, "applied");
    };
    list("1;Ada;Model;Ranks\n2;Bea;Model;Sorts\n3;Cleo;Model;Reads\n").await;
    let there = analyst.read("/api/v1/components").await["items"].clone();
    let named = |name: &str| {
        let row = there.as_array().expect("items").iter().find(|row| row["name"] == name).expect("an entry");
        row["id"].as_str().expect("an id").to_owned()
    };
    let (ada, bea) = (named("Ada"), named("Bea"));
    // A document speaks of both, and is taken back; of the one a person speaks as well.
    let model = |name: &str| json!({ "type": "machine-learning-model", "bom-ref": name, "name": name, "version": "1" });
    let document = json!({ "bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1,
        "serialNumber": "urn:uuid:6f0c5a54-0f5e-4f0e-9a3d-0c3f5b2a1606", "components": [model("Ada"), model("Bea")] });
    let file = ("two.json", document.to_string().into_bytes());
    let read = analyst.upload("/api/v1/components/boms", &[], file).await.expect(201, "read").json();
    let bom = format!("/api/v1/components/boms/{}", read["id"].as_str().expect("an id"));
    let joins = json!({ "joins": { "Ada": ada, "Bea": bea } });
    analyst.post(&format!("{bom}/apply"), &joins).await.expect(200, "applied");
    assert_eq!(analyst.read(&path(&ada, "")).await["fields"]["version"], "1", "it is spoken of");
    analyst.post(&format!("{bom}/undo"), &json!({})).await.expect(200, "taken back");
    state(&analyst, &bea, "purpose", &["Sorts letters"], "Seen").await.expect(200, "by hand");
    list("3;Cleo;Model;Reads\n").await;
    let withdrawn = async |id: &str| analyst.read(&path(id, "")).await["withdrawn"].clone();
    assert_eq!((withdrawn(&ada).await, withdrawn(&bea).await), (json!(true), json!(false)));
    server.finish().await;
}
