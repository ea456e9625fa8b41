//! A list that is read again: what changed, taken over and taken back, with people's choices and words in the way.

use super::register::{holds, path, state};
use crate::harness::{Answer, Server, Session, Settings, Value, until};
use domain::access::Role;
use serde_json::json;
use std::collections::BTreeMap;

const BUYER: &str = "Harbour Bank";
const IMPORT: &str = "/api/v1/components/import";

async fn read(analyst: &Session, name: &str, list: &str, which: &str) -> Value {
    let fields = [("list", which)];
    let read = analyst.upload(IMPORT, &fields, (name, list.as_bytes().to_vec())).await;
    read.expect(201, name).json()
}

fn id(read: &Value) -> &str {
    read["id"].as_str().expect("an id")
}

async fn apply(analyst: &Session, read: &Value) -> Answer {
    analyst.post(&format!("/api/v1/imports/{}/apply", id(read)), &json!({})).await
}

async fn undo(analyst: &Session, read: &Value) -> Answer {
    analyst.post(&format!("/api/v1/imports/{}/undo", id(read)), &json!({})).await
}

/// Verdict, name and cell of each line that is asked for.
async fn lines(analyst: &Session, read: &Value, asked: &str) -> Vec<String> {
    let page = analyst.read(&format!("{IMPORT}/{}/changes{asked}", id(read))).await;
    let text = |line: &Value, key: &str| line[key].as_str().unwrap_or_default().to_owned();
    let lines = page["items"].as_array().expect("items").iter();
    lines.map(|line| [text(line, "verdict"), text(line, "name"), text(line, "cell")].join(" ")).collect()
}

/// What one entry says otherwise: field, cell, before, after.
async fn changes(analyst: &Session, read: &Value, name: &str) -> Vec<(String, Value, Value, Value)> {
    let page = analyst.read(&format!("{IMPORT}/{}/changes", id(read))).await;
    let line = page["items"].as_array().expect("items").iter().find(|line| line["name"] == name).cloned();
    let line = line.unwrap_or_else(|| panic!("no {name}: {page}"));
    let change = |change: &Value| {
        let field = change["field"].as_str().expect("a field").to_owned();
        (field, change["cell"].clone(), change["before"].clone(), change["after"].clone())
    };
    line["changes"].as_array().expect("changes").iter().map(change).collect()
}

/// The entries of the register by name.
async fn register(analyst: &Session) -> BTreeMap<String, Value> {
    let page = analyst.read("/api/v1/components?limit=200").await;
    let rows = page["items"].as_array().expect("items").iter();
    rows.map(|row| (row["name"].as_str().expect("a name").to_owned(), row.clone())).collect()
}

/// What lists and people see of entries, without what rises with each change.
fn seen(register: &BTreeMap<String, Value>) -> BTreeMap<String, Value> {
    let kept = |row: &Value| json!([row["fields"], row["vendor_name"], row["withdrawn"], row["open"], row["id"]]);
    register.iter().map(|(name, row)| (name.clone(), kept(row))).collect()
}

async fn uses(analyst: &Session, entry: &Value) -> Vec<Value> {
    let uses = analyst.items(&path(entry["id"].as_str().expect("an id"), "/uses")).await;
    uses.as_array().or(uses["items"].as_array()).expect("uses").clone()
}

const FIRST: &str = "ID,Unit,Name,Vendor,Purpose,Residency,Users,In use\n\
    1,Claims,Ada,Fabrikam,Sorts,\"EU, US\",10,Yes\n\
    2,Claims,Bea,Fabrikam,Reads,EU,,Yes\n\
    3,Audit,Cleo,Contoso,Finds,EU,,Yes\n\
    4,Audit,Dora,Contoso,Answers,,,Yes\n\
    5,Audit,Guess,,,,,No\n";

/// Ada moves and says less, Bea is renamed, Cleo and Dora go, Eva comes.
const SECOND: &str = "ID,Unit,Name,Vendor,Purpose,Residency,Users,In use\n\
    9,Legal,Eva,Fabrikam,Reads,EU,,Yes\n\
    2,Claims,Beate,Fabrikam,Reads,EU,,Yes\n\
    1,Legal,Ada,Fabrikam,Sorts fast,EU,30,Yes\n\
    5,Audit,Guess,,,,,No\n";

#[tokio::test]
async fn a_newer_version_changes_what_it_says_otherwise_and_is_taken_back() {
    let (server, _) = Server::set_up(BUYER).await;
    let analyst = server.program(BUYER, Role::Analyst);
    let first = read(&analyst, "uses.csv", FIRST, "").await;
    assert_eq!(first["follows"], Value::Null);
    apply(&analyst, &first).await.expect(200, "applied");
    let before = register(&analyst).await;
    let dora = before["Dora"]["id"].as_str().expect("an id").to_owned();
    state(&analyst, &dora, "limitations", &["Slow"], "").await.expect(200, "somebody speaks of her");

    let second = read(&analyst, "uses.csv", SECOND, "").await;
    assert_eq!((&second["follows"], &second["list"]), (&first["id"], &json!("uses.csv")));
    let counts = json!({ "new": 1, "changed": 2, "conflict": 0, "gone": 2, "unchanged": 1 });
    assert_eq!(second["summary"]["changes"], counts);
    let all = ["new Eva csv!C2", "changed Beate csv!C3", "changed Ada csv!C4", "gone Cleo csv!C4", "gone Dora csv!C5"];
    assert_eq!(lines(&analyst, &second, "").await, all);
    assert_eq!(lines(&analyst, &second, "?verdict=gone").await, all[3..]);
    assert_eq!(lines(&analyst, &second, "?verdict=unchanged").await, ["unchanged Guess (Audit) csv!C5"]);
    assert_eq!(
        changes(&analyst, &second, "Ada").await,
        [
            ("purpose".to_owned(), json!("csv!E4"), json!(["Sorts"]), json!(["Sorts fast"])),
            ("residency".to_owned(), json!("csv!F4"), json!(["US"]), json!([])),
            ("unit".to_owned(), json!("csv!C4"), json!(["Claims"]), json!(["Legal"])),
            ("users".to_owned(), json!("csv!C4"), json!(["10"]), json!(["30"])),
        ]
    );
    assert_eq!(
        changes(&analyst, &second, "Beate").await,
        [("name".to_owned(), json!("csv!C3"), json!(["Bea"]), json!(["Beate"]))]
    );
    assert_eq!(seen(&register(&analyst).await)["Ada"], seen(&before)["Ada"], "nothing is applied yet");
    let page = format!("/register/imports/{}", id(&second));
    let shown = analyst.get(&page).await.expect(200, "the page").text;
    assert!(shown.contains("<del>Sorts</del>") && shown.contains("<ins>Sorts fast</ins>"), "{shown}");
    let gone = analyst.get(&format!("{page}?show=gone")).await.expect(200, "what goes").text;
    assert!(gone.contains("Cleo") && !gone.contains("Eva"), "{gone}");

    apply(&analyst, &second).await.expect(200, "applied");
    server.jobs_done().await;
    let after = register(&analyst).await;
    assert_eq!(after.keys().collect::<Vec<_>>(), ["Ada", "Beate", "Cleo", "Dora", "Eva"]);
    assert_eq!(after["Beate"]["id"], before["Bea"]["id"], "the number says that it is the same");
    assert_eq!(
        (&after["Ada"]["fields"]["purpose"], &after["Ada"]["fields"]["residency"]),
        (&json!("Sorts fast"), &json!(["EU"]))
    );
    assert_eq!((&after["Cleo"]["withdrawn"], &after["Cleo"]["fields"]["purpose"]), (&json!(true), &json!("Finds")));
    assert_eq!((&after["Dora"]["withdrawn"], &after["Dora"]["fields"]["purpose"]), (&json!(false), &Value::Null));
    assert_eq!(after["Dora"]["fields"]["limitations"], "Slow", "what a person says stays");
    let (was, is) = (uses(&analyst, &before["Ada"]).await, uses(&analyst, &after["Eva"]).await);
    assert_eq!((was.len(), &was[0]["unit"]), (1, &json!("Legal")), "the use is the same: {was:?}");
    assert_eq!((is.len(), &is[0]["use_case"]), (1, &json!("Eva")));
    let found = analyst.read("/api/v1/components/search?q=Sorts+fast").await;
    assert_eq!(found["items"][0]["component"]["name"], "Ada", "and it is found by what it says now: {found}");
    let history = analyst.get(&format!("/register/{}", after["Ada"]["id"].as_str().expect("an id"))).await.text;
    for import in [&first, &second] {
        assert!(history.contains(&format!("/register/imports/{}", id(import))), "which import said what");
    }

    undo(&analyst, &first).await.expect(409, "a newer version stands");
    undo(&analyst, &second).await.expect(200, "taken back");
    undo(&analyst, &second).await.expect(409, "once");
    let back = register(&analyst).await;
    let mut expected = before.clone();
    expected.get_mut("Dora").expect("Dora")["fields"]["limitations"] = json!("Slow");
    assert_eq!(seen(&back), seen(&expected), "the first version speaks again");
    assert_eq!(uses(&analyst, &back["Ada"]).await[0]["unit"], "Claims");
    server.jobs_done().await;

    let third = read(&analyst, "uses.csv", SECOND, "").await;
    assert_eq!(third["summary"]["changes"], counts, "it is compared with what stands");
    apply(&analyst, &third).await.expect(200, "once more");
    assert_eq!(register(&analyst).await["Eva"]["id"], after["Eva"]["id"], "with its history");
    undo(&analyst, &third).await.expect(200, "taken back");
    undo(&analyst, &first).await.expect(200, "and the first");
    assert_eq!(register(&analyst).await.keys().collect::<Vec<_>>(), ["Dora"], "nobody else spoke of the others");
    server.finish().await;
}

#[tokio::test]
async fn what_a_person_chose_or_said_stays_and_the_newer_version_is_pointed_out() {
    let (server, _) = Server::set_up(BUYER).await;
    let analyst = server.program(BUYER, Role::Analyst);
    let first = read(&analyst, "uses.csv", FIRST, "").await;
    apply(&analyst, &first).await.expect(200, "applied");
    let there = register(&analyst).await;
    let ada = there["Ada"]["id"].as_str().expect("an id").to_owned();
    state(&analyst, &ada, "purpose", &["Sorts claims by hand"], "It was looked at").await.expect(200, "by hand");
    let second = read(&analyst, "uses.csv", SECOND, "").await;
    let page = analyst.read(&format!("{IMPORT}/{}/changes?verdict=conflict", id(&second))).await;
    let line = &page["items"][0];
    assert_eq!((&line["name"], page["items"].as_array().map(Vec::len)), (&json!("Ada"), Some(1)), "{page}");
    let purpose = line["changes"].as_array().expect("changes").iter().find(|change| change["field"] == "purpose");
    let others = &purpose.expect("the purpose")["others"];
    assert_eq!(others, &json!([{ "value": "Sorts claims by hand", "source": "person" }]));
    apply(&analyst, &second).await.expect(200, "applied");
    let purpose = holds(&analyst, &ada, "purpose").await;
    assert_eq!(purpose[0].0, "Sorts claims by hand", "the choice stays: {purpose:?}");
    let sheet = analyst.get(&format!("/register/{ada}")).await.expect(200, "the fact sheet").text;
    assert!(sheet.contains("Sorts fast"), "and the newcomer is pointed out");
    server.finish().await;
}

#[tokio::test]
async fn a_person_says_which_list_it_is() {
    let (server, _) = Server::set_up(BUYER).await;
    let analyst = server.program(BUYER, Role::Analyst);
    let person = server.person(BUYER, Role::Analyst).await;
    let first = read(&analyst, "uses.csv", FIRST, "").await;
    apply(&analyst, &first).await.expect(200, "applied");
    // Another name, the same columns and things.
    let renamed = read(&analyst, "uses-2026.csv", SECOND, "").await;
    assert_eq!((&renamed["follows"], &renamed["list"]), (&first["id"], &json!("uses.csv")));
    let choose = format!("/register/imports/{}/list", id(&renamed));
    person.submit(&choose, &[("list", "new")]).await.expect(303, "another list");
    apply(&analyst, &renamed).await.expect(200, "applied");
    assert_eq!(analyst.read("/api/v1/components?limit=200").await["items"].as_array().map(Vec::len), Some(7));
    let lists = analyst.read(IMPORT).await;
    let names: Vec<&Value> = lists["items"].as_array().expect("items").iter().map(|list| &list["list"]).collect();
    assert_eq!(names, ["uses-2026.csv", "uses.csv"]);
    undo(&analyst, &renamed).await.expect(200, "taken back");

    // One name, nothing else in common.
    let other = read(&analyst, "uses.csv", "Name,Purpose\nZora,Sings\n", "new").await;
    assert_eq!((&other["follows"], &other["list"]), (&Value::Null, &json!("uses.csv (2)")));
    apply(&analyst, &other).await.expect(200, "applied");
    assert_eq!(register(&analyst).await.len(), 5);
    let newer = read(&analyst, "anything.csv", "Name,Purpose\nZora,Sings loudly\n", id(&other)).await;
    assert_eq!(newer["summary"]["changes"]["changed"], 1, "{newer}");
    let sheets = format!("/register/imports/{}/sheets", id(&newer));
    let said = [("sheet", "1"), ("sheet_name", "csv"), ("column:B", "notes")];
    person.submit(&sheets, &said).await.expect(303, "the column holds something else");
    assert_eq!(
        changes(&analyst, &newer, "Zora").await,
        [
            ("notes".to_owned(), json!("csv!B2"), json!([]), json!(["Sings loudly"])),
            ("purpose".to_owned(), Value::Null, json!(["Sings"]), json!([])),
        ]
    );
    apply(&analyst, &newer).await.expect(200, "applied");
    let strange = analyst.upload(IMPORT, &[("list", "tomorrow")], ("a.csv", FIRST.into())).await;
    assert_eq!(strange.expect(422, "no such list").refusals(), ["list: unknown"]);
    server.finish().await;
}

#[tokio::test]
async fn a_list_that_was_taken_back_leaves_what_others_say_and_is_known_again() {
    let (server, _) = Server::set_up(BUYER).await;
    let analyst = server.program(BUYER, Role::Analyst);
    let vendor = async |name: &str| analyst.make("/api/v1/vendors", &json!({ "name": name })).await;
    let (contoso, other) = (vendor("Contoso").await, vendor("Contoso Ltd").await);
    let first = read(&analyst, "uses.csv", FIRST, "").await;
    apply(&analyst, &first).await.expect(200, "applied");
    let before = register(&analyst).await;
    let ada = before["Ada"]["id"].as_str().expect("an id").to_owned();
    state(&analyst, &ada, "limitations", &["Slow"], "").await.expect(200, "somebody speaks of her");
    // What merely moves to another record is spoken of by nobody.
    let merge = format!("/api/v1/vendors/{other}/merge");
    analyst.post(&merge, &json!({ "merge": contoso })).await.expect(200, "merged");
    assert_eq!(register(&analyst).await["Cleo"]["vendor_name"], "Contoso Ltd");

    undo(&analyst, &first).await.expect(200, "taken back");
    let left = register(&analyst).await;
    assert_eq!(left.keys().collect::<Vec<_>>(), ["Ada"], "nobody else spoke of the others");
    let fields = &left["Ada"]["fields"];
    assert_eq!((&fields["limitations"], &fields["purpose"]), (&json!("Slow"), &Value::Null), "the list says nothing");
    server.jobs_done().await;
    let found = analyst.read("/api/v1/components/search").await;
    assert_eq!(found["total"], 1, "{found}");

    let second = read(&analyst, "uses.csv", FIRST, "").await;
    assert_eq!(second["follows"], Value::Null, "there is nothing that it could be a newer version of");
    apply(&analyst, &second).await.expect(200, "applied");
    let page = analyst.read("/api/v1/components?limit=200").await;
    assert_eq!(page["items"].as_array().map(Vec::len), Some(4), "nothing stands there twice: {page}");
    let back = register(&analyst).await;
    for name in ["Ada", "Bea", "Cleo", "Dora"] {
        assert_eq!(back[name]["id"], before[name]["id"], "{name}, with its history");
        assert_eq!(uses(&analyst, &back[name]).await.len(), 1, "{name}");
    }
    assert_eq!(back["Ada"]["fields"]["purpose"], "Sorts");
    undo(&analyst, &second).await.expect(200, "taken back again");
    assert_eq!(register(&analyst).await.keys().collect::<Vec<_>>(), ["Ada"]);
    server.finish().await;
}

#[tokio::test]
async fn of_two_versions_at_once_one_is_told_to_look_again() {
    let (server, _) = Server::set_up(BUYER).await;
    let (analyst, other) = (server.program(BUYER, Role::Analyst), server.program(BUYER, Role::Analyst));
    // The same list for the first time, from two persons: one list becomes of it.
    let (one, two) = (read(&analyst, "uses.csv", FIRST, "").await, read(&other, "uses.csv", FIRST, "").await);
    let (first, second) = tokio::join!(apply(&analyst, &one), apply(&other, &two));
    let mut answers = [(first, one), (second, two)];
    answers.sort_by_key(|(answer, _)| answer.status);
    let [(applied, first), (refused, second)] = answers;
    assert_eq!((applied.status, refused.status), (200, 409), "{} {}", applied.text, refused.text);
    assert!(refused.text.contains("say which list it is"), "{}", refused.text);
    assert_eq!(register(&analyst).await.len(), 4);
    let choose = format!("{IMPORT}/{}/list", id(&second));
    let again = analyst.post(&choose, &json!({ "list": id(&first) })).await.expect(200, "a newer version of it").json();
    assert_eq!(again["summary"]["changes"]["unchanged"], 5, "{again}");

    // It is compared twice at once: whoever began last says what changes.
    let (one, two) = (json!({ "list": id(&first) }), json!({ "list": id(&first) }));
    let (one, two) = tokio::join!(analyst.post(&choose, &one), other.post(&choose, &two));
    let statuses = [one.status, two.status];
    assert!(statuses.contains(&200) && statuses.iter().all(|status| [200, 409].contains(status)), "{statuses:?}");
    assert_eq!(lines(&analyst, &second, "?verdict=unchanged").await.len(), 5, "each line once");

    // Two newer versions of it, and a third list beside them.
    let (one, two) = (read(&analyst, "uses.csv", SECOND, "").await, read(&other, "uses.csv", SECOND, "").await);
    let third = read(&other, "others.csv", "Name,Purpose\nZora,Sings\n", "new").await;
    let all = tokio::join!(apply(&analyst, &one), apply(&other, &two), apply(&other, &third));
    let mut statuses = [all.0.status, all.1.status];
    statuses.sort_unstable();
    assert_eq!((statuses, all.2.status), ([200, 409], 200), "{} {} {}", all.0.text, all.1.text, all.2.text);
    let there = register(&analyst).await;
    assert_eq!(there.keys().collect::<Vec<_>>(), ["Ada", "Beate", "Cleo", "Dora", "Eva", "Zora"]);
    // Twice the same button.
    let newer = read(&analyst, "uses.csv", FIRST, "").await;
    let (one, two) = tokio::join!(apply(&analyst, &newer), apply(&analyst, &newer));
    let mut statuses = [one.status, two.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 409], "{} {}", one.text, two.text);
    assert_eq!(register(&analyst).await["Bea"]["id"], there["Beate"]["id"]);
    assert_eq!(analyst.read("/api/v1/components?limit=200").await["items"].as_array().map(Vec::len), Some(6));
    server.finish().await;
}

#[tokio::test]
async fn what_fails_when_nobody_waits_for_it_says_why() {
    // Nobody waits: it goes on by itself.
    let (server, _) = Server::set_up_with(BUYER, Settings::default().with("limits__patience_seconds", 0)).await;
    let analyst = server.program(BUYER, Role::Analyst);
    let (one, two) = (read(&analyst, "uses.csv", FIRST, "").await, read(&analyst, "uses.csv", FIRST, "").await);
    let at = |read: &Value| format!("/api/v1/imports/{}", id(read));
    apply(&analyst, &one).await.expect(202, "begun");
    until("the first to be applied", async || (analyst.read(&at(&one)).await["state"] == "applied").then_some(()))
        .await;
    apply(&analyst, &two).await.expect(202, "begun");
    let after = until("the second to fail", async || {
        let now = analyst.read(&at(&two)).await;
        (!now["failed"].is_null()).then_some(now)
    })
    .await;
    assert_eq!((&after["failed"], &after["progress"]), (&json!("list_moved"), &Value::Null), "{after}");
    let page = format!("/register/imports/{}", id(&two));
    let shown = analyst.get(&page).await.expect(200, "the page").text;
    assert!(shown.contains("What was begun was not finished") && shown.contains("say which list it is"), "{shown}");
    let choose = format!("{IMPORT}/{}/list", id(&two));
    analyst.post(&choose, &json!({ "list": id(&one) })).await.expect(200, "a newer version of it");
    assert_eq!(analyst.read(&at(&two)).await["failed"], Value::Null, "it was begun again");
    server.finish().await;
}

#[tokio::test]
async fn what_a_later_version_names_again_is_told_to_be_back() {
    let (server, _) = Server::set_up(BUYER).await;
    let analyst = server.program(BUYER, Role::Analyst);
    for list in [FIRST, SECOND] {
        let read = read(&analyst, "uses.csv", list, "").await;
        apply(&analyst, &read).await.expect(200, "applied");
    }
    let there = register(&analyst).await;
    assert_eq!((&there["Cleo"]["withdrawn"], &there["Ada"]["withdrawn"]), (&json!(true), &json!(false)));
    let back = |changed: &Value| {
        let items = changed["items"].as_array().expect("items").iter().filter(|one| one["is_back"] == true);
        items.map(|one| one["component"]["name"].as_str().expect("a name").to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(back(&analyst.read("/api/v1/components/changes").await), [] as [String; 0]);
    let third = read(&analyst, "uses.csv", &FIRST.replace("4,Audit,Dora", "6,Audit,Dorian"), "").await;
    apply(&analyst, &third).await.expect(200, "applied");
    assert_eq!(register(&analyst).await["Cleo"]["withdrawn"], false);
    assert_eq!(back(&analyst.read("/api/v1/components/changes").await), ["Cleo"]);
    let auditor = server.person(BUYER, Role::Auditor).await;
    let page = auditor.get("/register/changes").await.expect(200, "what changed").text;
    assert_eq!(page.matches("Declared again").count(), 1, "{page}");

    // Left out once more, it is no more told to be back; who had been left out meanwhile is.
    let fourth = read(&analyst, "uses.csv", SECOND, "").await;
    apply(&analyst, &fourth).await.expect(200, "applied");
    assert_eq!(back(&analyst.read("/api/v1/components/changes").await), ["Eva"]);
    server.finish().await;
}
