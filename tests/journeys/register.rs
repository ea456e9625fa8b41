//! The register by hand: entries, facts that contradict each other, decisions, uses, references, many at once.

use crate::harness::way::{answer, ask, enter, feature, replies, submit, take_up};
use crate::harness::{Answer, Server, Session, Value};
use domain::access::Role;
use reqwest::Method;
use serde_json::json;

const BUYER: &str = "Harbour Bank";

pub(super) fn path(entry: &str, below: &str) -> String {
    format!("/api/v1/components/{entry}{below}")
}

async fn add(analyst: &Session, name: &str, kind: &str) -> String {
    analyst.make("/api/v1/components", &json!({ "name": name, "kind": kind, "vendor_name": "Northwind" })).await
}

pub(super) async fn state(analyst: &Session, entry: &str, field: &str, values: &[&str], reason: &str) -> Answer {
    let body = json!({ "field": field, "values": values, "reason": reason });
    analyst.post(&path(entry, "/facts"), &body).await
}

/// What holds of a field: value and ground, for each plan and element.
pub(super) async fn holds(analyst: &Session, entry: &str, field: &str) -> Vec<(Value, String)> {
    let facts = analyst.items(&path(entry, "/facts")).await;
    let of_field = facts.as_array().expect("facts").iter().filter(|fact| fact["field"] == field);
    of_field.map(|fact| (fact["value"].clone(), fact["ground"].as_str().expect("a ground").to_owned())).collect()
}

/// An entry that a vendor declared: by default off, kept in the EU.
pub(super) async fn declared(server: &Server) -> String {
    let (buyer, analyst) = (server.program(BUYER, Role::Procurement), server.program(BUYER, Role::Analyst));
    let asked = ask(&buyer, "Northwind").await;
    let vendor = enter(server, &asked).await;
    answer(&vendor, &asked.assessment, &replies(&[feature("Reply Drafter")])).await;
    submit(&vendor, &asked.assessment).await.expect(200, "submitted");
    take_up(&analyst).await;
    let listed = analyst.read("/api/v1/components").await;
    let entries = listed["items"].as_array().expect("items");
    let declared = entries.iter().find(|entry| entry["name"] == "Reply Drafter").expect("the declared entry");
    declared["id"].as_str().expect("an id").to_owned()
}

#[tokio::test]
async fn one_line_now_and_details_later() {
    let (server, _) = Server::set_up(BUYER).await;
    let analyst = server.program(BUYER, Role::Analyst);
    let refused = analyst.post("/api/v1/components", &json!({ "name": " ", "kind": "robot" })).await;
    assert_eq!(refused.expect(422, "nothing usable").refusals(), ["name: required", "kind: not-an-option"]);
    let entry = add(&analyst, "Meeting Notes", "embedded_feature").await;
    let row = analyst.read(&path(&entry, "")).await;
    assert_eq!(
        (&row["vendor_name"], &row["status"], &row["revision"]),
        (&json!("Northwind"), &json!("proposed"), &json!(1))
    );

    state(&analyst, &entry, "purpose", &["Writes minutes"], "").await.expect(200, "a detail");
    state(&analyst, &entry, "residency", &["EU", "US", "eu"], "").await.expect(200, "a list");
    let enterprise = json!({ "field": "default_state", "values": ["off"], "plan": "Enterprise" });
    analyst.post(&path(&entry, "/facts"), &enterprise).await.expect(200, "of one plan");
    let free =
        json!({ "field": "default_state", "values": ["on"], "plan": "Free", "region": "US", "as_of": "2026-01-31" });
    analyst.post(&path(&entry, "/facts"), &free).await.expect(200, "of another");
    let row = analyst.read(&path(&entry, "")).await;
    assert_eq!(row["fields"]["residency"], json!(["EU", "US"]));
    assert_eq!(row["fields"]["default_state"], "by_plan");
    server.jobs_done().await;
    let found =
        analyst.read("/api/v1/components/search?q=minutes&filter=residency:US&filter=default_state:by_plan").await;
    assert_eq!(found["total"], 1, "lists and search see what is shown");

    let wrong = json!({ "field": "purpose", "values": ["x"], "plan": "Free" });
    let refused = analyst.post(&path(&entry, "/facts"), &wrong).await.expect(422, "does not vary");
    assert_eq!(refused.refusals(), ["plan: does-not-vary"]);
    let wrong = json!({ "field": "default_state", "values": ["on", "off"], "as_of": "2999-01-01" });
    let refused = analyst.post(&path(&entry, "/facts"), &wrong).await.expect(422, "two of one");
    assert_eq!(refused.refusals(), ["value: one-value-only", "as_of: in-the-future"]);
    let refused = state(&analyst, &entry, "status", &["approved"], "").await.expect(422, "a decision");
    assert_eq!(refused.refusals(), ["field: decided-elsewhere"]);
    let stale = analyst.request(Method::POST, &path(&entry, "/facts")).header("if-match", "\"1\"");
    analyst.send(stale.json(&json!({ "field": "purpose", "values": ["x"] }))).await.expect(412, "changed meanwhile");

    let vendor = analyst.make("/api/v1/vendors", &json!({ "name": "Contoso" })).await;
    let of_vendor = json!({ "name": "Chat Ｈelper", "kind": "agent", "vendor_name": "Contoso" });
    let mine = analyst.make("/api/v1/components", &of_vendor).await;
    assert_eq!(analyst.read(&path(&mine, "")).await["vendor"], json!(vendor), "a vendor's name is that vendor's");
    // However it is written; of two that are written alike nobody knows which is meant.
    for name in ["Fabrikam", "FABRIKAM"] {
        analyst.make("/api/v1/vendors", &json!({ "name": name })).await;
    }
    let written = [(" CONTOSO ", json!(vendor)), ("ｃｏｎｔｏｓｏ", json!(vendor)), ("fabrikam", Value::Null)];
    for (n, (name, whose)) in written.into_iter().enumerate() {
        let entry = json!({ "name": format!("Helper {n}"), "kind": "agent", "vendor_name": name });
        let entry = analyst.make("/api/v1/components", &entry).await;
        assert_eq!(analyst.read(&path(&entry, "")).await["vendor"], whose, "{name}");
    }
    let again = json!({ "name": "chat helper", "kind": "agent", "vendor": vendor });
    let refused = analyst.post("/api/v1/components", &again).await.expect(422, "twice");
    assert_eq!(refused.refusals(), ["name: already-there"]);
    server.finish().await;
}

#[tokio::test]
async fn what_contradicts_stands_side_by_side_until_a_person_chooses() {
    let (server, _) = Server::set_up(BUYER).await;
    let analyst = server.program(BUYER, Role::Analyst);
    let entry = declared(&server).await;
    assert_eq!(holds(&analyst, &entry, "default_state").await, [(json!("off"), "agreed".to_owned())]);
    let refused = state(&analyst, &entry, "default_state", &["on"], "").await.expect(422, "against the vendor");
    assert_eq!(refused.refusals(), ["reason: required"]);
    state(&analyst, &entry, "default_state", &["on"], "Seen in our tenant").await.expect(200, "with a reason");
    assert_eq!(holds(&analyst, &entry, "default_state").await, [(json!("on"), "chosen".to_owned())]);

    let facts = analyst.items(&path(&entry, "/facts")).await;
    let one = facts.as_array().expect("facts").iter().find(|fact| fact["field"] == "default_state").expect("it");
    let says = one["says"].as_array().expect("says");
    let of = |kind: &str| says.iter().find(|said| said["source_kind"] == kind).expect("a voice").clone();
    assert_eq!((of("person")["shown"].clone(), of("answer")["value"].clone()), (json!(true), json!("off")));
    let answer = of("answer")["id"].clone();
    let choose = json!({ "fact": answer, "reason": "It was a trial tenant" });
    let row = analyst.post(&path(&entry, "/choices"), &choose).await.expect(200, "chosen").json();
    assert_eq!((&row["fields"]["default_state"], &row["open"]), (&json!("off"), &json!(0)));
    let none = json!({ "fact": answer, "none": true, "reason": "Nobody knows" });
    let row = analyst.post(&path(&entry, "/choices"), &none).await.expect(200, "none of them").json();
    assert!(row["fields"].get("default_state").is_none());
    let unknown = json!({ "fact": uuid::Uuid::nil(), "reason": "?" });
    let refused = analyst.post(&path(&entry, "/choices"), &unknown).await.expect(422, "no such fact");
    assert_eq!(refused.refusals(), ["fact: unknown"]);

    let check = json!({ "fact": answer, "holds": true, "note": "Contract, annex 2" });
    analyst.post(&path(&entry, "/checks"), &check).await.expect(200, "checked");
    let own = json!({ "fact": of("person")["id"], "holds": true, "note": "I saw it" });
    let refused = analyst.post(&path(&entry, "/checks"), &own).await.expect(403, "nobody checks their own").json();
    assert!(refused["detail"].as_str().is_some_and(|told| told.contains("You stated this yourself")), "{refused}");
    let history = analyst.read(&path(&entry, "/history")).await;
    assert_eq!(history["choices"].as_array().map(Vec::len), Some(3), "nothing that was chosen is lost");
    assert_eq!(history["checks"][0]["note"], "Contract, annex 2");
    let auditor = server.program(BUYER, Role::Auditor);
    let log = auditor.read("/api/v1/audit?limit=200").await.to_string();
    for action in ["component.edited", "component.chosen", "component.checked", "register.proposal_applied"] {
        assert!(log.contains(action), "{action}");
    }
    server.finish().await;
}

#[tokio::test]
async fn what_nobody_disputes_is_checked_where_it_stands() {
    let (server, _) = Server::set_up(BUYER).await;
    let analyst = server.program(BUYER, Role::Analyst);
    let entry = declared(&server).await;
    let keeper = server.person(BUYER, Role::Analyst).await;
    let page = async |who: &Session| who.get(&format!("/register/{entry}")).await.expect(200, "the entry").text;
    let said = async |field: &str| {
        let facts = analyst.items(&path(&entry, "/facts")).await;
        let one = facts.as_array().expect("facts").iter().find(|fact| fact["field"] == field).expect("it").clone();
        one["says"][0].clone()
    };
    let fact = said("default_state").await["id"].as_str().expect("an id").to_owned();
    let form = format!("name=\"checked\" value=\"{fact}\"");
    assert!(page(&keeper).await.contains(&form), "whoever keeps the register may check it");
    let reader = server.person(BUYER, Role::Auditor).await;
    assert!(!page(&reader).await.contains("name=\"checked\""), "whoever reads may not");
    let check = format!("/register/{entry}/check");
    let refused = keeper.submit(&check, &[("checked", &fact), ("note", " ")]).await.expect(422, "against what").text;
    let (link, error) = (format!("href=\"#note-{fact}\""), format!("id=\"note-{fact}-error\""));
    assert!(refused.contains(&link) && refused.contains(&error), "the error stands at its field: {refused}");
    keeper.submit(&check, &[("checked", &fact), ("note", "Contract, annex 2")]).await.expect(303, "checked");
    assert_eq!(said("default_state").await["checked"], "Contract, annex 2");
    let shown = page(&keeper).await;
    assert!(shown.contains("Take the check back") && shown.contains("Contract, annex 2"), "{shown}");
    let back = [("checked", fact.as_str()), ("holds", "no"), ("note", "The contract is an old one")];
    keeper.submit(&check, &back).await.expect(303, "taken back");
    assert_eq!(said("default_state").await["checked"], Value::Null);

    let owner = [("field", "owner"), ("value", "Security"), ("certainty", "certain")];
    keeper.submit(&format!("/register/{entry}/edit"), &owner).await.expect(303, "stated by hand");
    let own = said("owner").await["id"].as_str().expect("an id").to_owned();
    assert!(!page(&keeper).await.contains(&format!("value=\"{own}\"")), "nobody checks their own");
    let other = server.person(BUYER, Role::Analyst).await;
    assert!(page(&other).await.contains(&format!("name=\"checked\" value=\"{own}\"")), "somebody else may");
    server.finish().await;
}

#[tokio::test]
async fn a_list_is_edited_whole() {
    let (server, _) = Server::set_up(BUYER).await;
    let analyst = server.program(BUYER, Role::Analyst);
    let entry = declared(&server).await;
    let values = async || analyst.read(&path(&entry, "")).await["fields"]["residency"].clone();
    assert_eq!(values().await, json!(["EU"]));
    state(&analyst, &entry, "residency", &["EU", "US"], "").await.expect(422, "the vendor's list has no US");
    state(&analyst, &entry, "residency", &["EU", "US"], "Sub-processor page").await.expect(200, "with a reason");
    assert_eq!(values().await, json!(["EU", "US"]));
    state(&analyst, &entry, "residency", &["US"], "").await.expect(422, "the vendor says EU");
    state(&analyst, &entry, "residency", &["US"], "They left").await.expect(200, "struck");
    assert_eq!(values().await, json!(["US"]));
    state(&analyst, &entry, "residency", &["EU"], "They came back").await.expect(200, "and back");
    assert_eq!(values().await, json!(["EU"]));
    state(&analyst, &entry, "residency", &[], "Not known").await.expect(200, "nothing");
    assert!(values().await.is_null());
    server.finish().await;
}

#[tokio::test]
async fn an_approver_decides_and_not_on_their_own_proposal() {
    let (server, _) = Server::set_up(BUYER).await;
    let analyst = server.program(BUYER, Role::Analyst);
    let approver = server.program(BUYER, Role::Approver);
    let entry = add(&analyst, "Meeting Notes", "embedded_feature").await;
    let status = json!({ "status": "trial", "reason": "Two teams try it" });
    analyst.post(&path(&entry, "/status"), &status).await.expect(200, "a trial");
    let status = json!({ "status": "approved", "reason": "I like it" });
    analyst.post(&path(&entry, "/status"), &status).await.expect(422, "that is not theirs to say");
    analyst.post(&path(&entry, "/decision"), &status).await.expect(403, "nor there");
    let restricted = json!({ "status": "restricted", "reason": "Risk" });
    let refused = approver.post(&path(&entry, "/decision"), &restricted).await.expect(422, "which conditions");
    assert_eq!(refused.refusals(), ["conditions: required"]);
    let restricted = json!({ "status": "restricted", "reason": "Risk", "conditions": "No board meetings" });
    let row = approver.post(&path(&entry, "/decision"), &restricted).await.expect(200, "restricted").json();
    assert_eq!((&row["status"], &row["fields"]["conditions"]), (&json!("restricted"), &json!("No board meetings")));
    for values in [vec!["Anything goes"], Vec::new()] {
        let refused = state(&analyst, &entry, "conditions", &values, "x").await.expect(422, "they are the approver's");
        assert_eq!(refused.refusals(), ["field: decided-elsewhere"]);
    }
    let many = json!({ "entries": { &entry: null }, "fact": { "field": "conditions", "values": [], "reason": "x" } });
    let refused = analyst.post("/api/v1/components/bulk", &many).await.expect(422, "nor of many at once");
    assert_eq!(refused.refusals(), ["field: decided-elsewhere"]);
    let keeper = server.person(BUYER, Role::Analyst).await;
    let offered = keeper.get(&format!("/register/bulk?pick={entry}")).await.expect(200, "which field").text;
    assert!(offered.contains("value=\"purpose\"") && !offered.contains("value=\"conditions\""), "{offered}");
    keeper.get(&format!("/register/{entry}/edit?field=conditions")).await.expect(422, "no form either");
    assert_eq!(analyst.read(&path(&entry, "")).await["fields"]["conditions"], "No board meetings");
    let prohibited = json!({ "status": "prohibited", "reason": "It records everybody" });
    let row = approver.post(&path(&entry, "/decision"), &prohibited).await;
    row.expect(403, "whoever decided last does not judge their own decision");
    let again = server.program(BUYER, Role::Approver);
    let row = again.post(&path(&entry, "/decision"), &prohibited).await.expect(200, "somebody else").json();
    assert!(row["fields"].get("conditions").is_none(), "conditions belong to the decision that named them");

    let new =
        json!({ "use_case": "Minutes of team meetings", "owner": "Operations", "affected_people": "staff; guests" });
    let made = analyst.make(&path(&entry, "/uses"), &new).await;
    let of_use = json!({ "use": made, "status": "trial", "reason": "x" });
    analyst.post(&path(&entry, "/status"), &of_use).await.expect(409, "of what is prohibited");
    let of_use = json!({ "use": made, "status": "reassessment", "reason": "x" });
    analyst.post(&path(&entry, "/status"), &of_use).await.expect(200, "looked at again");
    let fact = json!({ "use": made, "field": "business_function", "values": ["Secretariat"] });
    analyst.post(&path(&entry, "/facts"), &fact).await.expect(200, "said of the use");
    let uses = analyst.items(&path(&entry, "/uses")).await;
    assert_eq!(
        (&uses[0]["status"], &uses[0]["fields"]["affected_people"]),
        (&json!("reassessment"), &json!(["guests", "staff"]))
    );
    assert_eq!(uses[0]["fields"]["business_function"], "Secretariat");
    assert_eq!(analyst.read(&path(&entry, "")).await["status"], "prohibited", "the entry's own status stays");
    for (status, reason) in [("trial", "We need it"), ("proposed", "Again"), ("reassessment", "Look"), ("trial", "Now")]
    {
        let lighter = json!({ "status": status, "reason": reason });
        let answer = analyst.post(&path(&entry, "/status"), &lighter).await;
        if status == "reassessment" {
            answer.expect(200, "an approver is asked to look again");
        } else {
            let refused = answer.expect(422, "what an approver prohibited, an approver lifts");
            assert_eq!(refused.refusals(), ["status: approver-lifts"]);
        }
    }
    let decider = server.person(BUYER, Role::Approver).await;
    let offered = decider.get(&format!("/register/{entry}/decide")).await.expect(200, "what can be decided").text;
    assert!(offered.contains("value=\"trial\"") && !offered.contains("value=\"reassessment\""), "{offered}");
    let offered = keeper.get(&format!("/register/{entry}/decide")).await.expect(200, "what can be set").text;
    assert!(offered.contains("value=\"retired\"") && !offered.contains("value=\"trial\""), "{offered}");
    let lifted = json!({ "status": "trial", "reason": "It asks first now" });
    approver.post(&path(&entry, "/decision"), &lifted).await.expect(200, "lifted");
    let back = json!({ "status": "proposed", "reason": "The trial is over" });
    analyst.post(&path(&entry, "/status"), &back).await.expect(200, "a trial is nobody's verdict");
    let refused = approver.post(&path(&entry, "/decision"), &lifted).await.expect(422, "nothing to lift");
    assert_eq!(refused.refusals(), ["status: not-an-option"]);
    server.jobs_done().await;
    assert_eq!(analyst.read("/api/v1/components/search?q=minutes").await["total"], 1, "a use can be found");
    server.finish().await;
}

/// A person who keeps the register and decides.
pub(super) async fn keeper_and_approver(server: &Server, ada: &Session) -> Session {
    let address = "lee@buyer.example";
    let lee = server.person_called(BUYER, Role::Analyst, Some(address)).await;
    let members = ada.read("/api/v1/members").await;
    let row = members["items"].as_array().expect("members").iter().find(|row| row["email"] == address).expect("Lee");
    let (id, revision) = (row["id"].as_str().expect("an id"), row["revision"].as_i64().expect("a revision"));
    let both = json!({ "roles": ["analyst", "approver"] });
    ada.patch(&format!("/api/v1/members/{id}"), revision, &both).await.expect(200, "both roles");
    lee
}

#[tokio::test]
async fn nobody_decides_first_on_what_they_entered() {
    let (server, ada) = Server::set_up(BUYER).await;
    let lee = keeper_and_approver(&server, &ada).await;
    let (analyst, approver) = (server.program(BUYER, Role::Analyst), server.program(BUYER, Role::Approver));
    let (mine, other) = (add(&lee, "Meeting Notes", "agent").await, add(&analyst, "Mail Drafts", "agent").await);
    let my_use = lee.make(&path(&other, "/uses"), &json!({ "use_case": "Letters to clients" })).await;
    let approved = json!({ "status": "approved", "reason": "Harmless" });
    let of_use = |id: &Value| json!({ "use": id, "status": "approved", "reason": "Harmless" });
    let refused = lee.post(&path(&mine, "/decision"), &approved).await.expect(403, "their own entry").json();
    assert!(refused["detail"].as_str().is_some_and(|told| told.contains("You entered this")), "{refused}");
    lee.post(&path(&other, "/decision"), &of_use(&json!(my_use))).await.expect(403, "their own use");
    lee.post(&path(&other, "/decision"), &approved).await.expect(200, "somebody else's entry");
    approver.post(&path(&mine, "/decision"), &approved).await.expect(200, "somebody else decides");
    approver.post(&path(&other, "/decision"), &of_use(&json!(my_use))).await.expect(200, "on the use too");

    let csv = "Use case,Agency,In use?,Product name\nDrafting letters,Roads,yes,Writer Pro\n";
    let upload = ("uses.csv", csv.as_bytes().to_vec());
    let import = lee.upload("/api/v1/components/import", &[], upload).await.expect(201, "read").json();
    let apply = format!("/api/v1/imports/{}/apply", import["id"].as_str().expect("an id"));
    lee.post(&apply, &json!({})).await.expect(200, "applied");
    let listed = analyst.read("/api/v1/components").await;
    let rows = listed["items"].as_array().expect("items");
    let writer = rows.iter().find(|row| row["vendor_name"] != "Northwind").expect("the listed entry");
    let writer = writer["id"].as_str().expect("an id");
    let listed_use = analyst.items(&path(writer, "/uses")).await[0]["id"].clone();
    lee.post(&path(writer, "/decision"), &of_use(&listed_use)).await.expect(403, "a use of their own list");
    approver.post(&path(writer, "/decision"), &of_use(&listed_use)).await.expect(200, "somebody else decides");
    server.finish().await;
}

#[tokio::test]
async fn a_wrong_vendor_is_corrected_by_hand() {
    let (server, _) = Server::set_up(BUYER).await;
    let analyst = server.program(BUYER, Role::Analyst);
    let make = async |name: &str| analyst.make("/api/v1/vendors", &json!({ "name": name })).await;
    let (contoso, fabrikam) = (make("Contoso").await, make("Fabrikam").await);
    let new = json!({ "name": "Chat Helper", "kind": "agent", "vendor": contoso });
    let entry = analyst.make("/api/v1/components", &new).await;
    let of = async || {
        let row = analyst.read(&path(&entry, "")).await;
        (row["vendor"].clone(), row["vendor_name"].clone())
    };
    let keeper = server.person(BUYER, Role::Analyst).await;
    let form = keeper.get(&format!("/register/{entry}/edit?field=vendor")).await.expect(200, "the form").text;
    assert!(form.contains("value=\"Contoso\""), "whose it is stands there: {form}");
    let document = json!({ "field": "vendor", "values": ["Fabrikam"], "document": "An old brochure" });
    analyst.post(&path(&entry, "/facts"), &document).await.expect(200, "a document says otherwise");
    assert_eq!(of().await, (json!(contoso), json!("Contoso")), "and takes it from nobody");
    state(&analyst, &entry, "vendor", &["Fabrikam"], "Sold in spring").await.expect(200, "another record's");
    assert_eq!(of().await, (json!(fabrikam), json!("Fabrikam")));
    state(&analyst, &entry, "vendor", &["Tailwind"], "Sold again").await.expect(200, "a vendor without a record");
    assert_eq!(of().await, (Value::Null, json!("Tailwind")));
    let many =
        json!({ "entries": { &entry: null }, "fact": { "field": "vendor", "values": ["Contoso"], "reason": "Back" } });
    analyst.post("/api/v1/components/bulk", &many).await.expect(200, "together with others");
    assert_eq!(of().await, (json!(contoso), json!("Contoso")));
    state(&analyst, &entry, "vendor", &[], "Nobody knows").await.expect(200, "nobody's");
    assert_eq!(of().await, (Value::Null, Value::Null));
    server.finish().await;
}

#[tokio::test]
async fn what_is_prohibited_lets_no_use_in() {
    let (server, _) = Server::set_up(BUYER).await;
    let analyst = server.program(BUYER, Role::Analyst);
    let approver = server.program(BUYER, Role::Approver);
    let entry = add(&analyst, "Meeting Notes", "embedded_feature").await;
    let make = async |use_case: &str| analyst.make(&path(&entry, "/uses"), &json!({ "use_case": use_case })).await;
    let (teams, boards) = (make("Minutes of team meetings").await, make("Minutes of the board").await);
    let approved = json!({ "use": teams, "status": "approved", "reason": "Harmless" });
    approver.post(&path(&entry, "/decision"), &approved).await.expect(200, "a use is let in");
    let reader = server.person(BUYER, Role::Auditor).await;
    let sheet = async || reader.get(&format!("/register/{entry}")).await.expect(200, "the entry").text;
    assert!(!sheet().await.contains("still stands as let in"));
    let prohibited = json!({ "status": "prohibited", "reason": "It records everybody" });
    approver.post(&path(&entry, "/decision"), &prohibited).await.expect(200, "the entry is prohibited");
    for status in ["approved", "restricted"] {
        let of_use = json!({ "use": boards, "status": status, "reason": "We want it", "conditions": "No names" });
        approver.post(&path(&entry, "/decision"), &of_use).await.expect(409, "no use of it is let in");
    }
    let again = json!({ "status": "reassessment", "reason": "Look again" });
    analyst.post(&path(&entry, "/status"), &again).await.expect(200, "looked at again");
    let tried = json!({ "use": boards, "status": "trial", "reason": "Meanwhile" });
    analyst.post(&path(&entry, "/status"), &tried).await.expect(409, "the prohibition is not lifted by that");
    let page = sheet().await;
    assert!(page.contains("1 use of it still stands as let in"), "{page}");
    assert!(page.contains(&format!("<li>Approved: <a href=\"#use-{teams}\">Minutes of team meetings</a>")), "{page}");
    server.finish().await;
}

#[tokio::test]
async fn entries_may_refer_to_each_other_in_a_circle() {
    let (server, _) = Server::set_up(BUYER).await;
    let analyst = server.program(BUYER, Role::Analyst);
    let notes = add(&analyst, "Meeting Notes", "embedded_feature").await;
    let model = add(&analyst, "Northwind LM 2", "model").await;
    let link = |relation: &str, to: &str| json!({ "relation": relation, "to": to });
    analyst.post(&path(&notes, "/links"), &link("runs_on", &model)).await.expect(200, "linked");
    analyst.post(&path(&model, "/links"), &link("part_of", &notes)).await.expect(200, "and back");
    analyst.post(&path(&notes, "/links"), &link("runs_on", &notes)).await.expect(422, "itself");
    let nothing = uuid::Uuid::nil().to_string();
    analyst.post(&path(&notes, "/links"), &link("runs_on", &nothing)).await.expect(422, "nothing");
    assert_eq!(analyst.read(&path(&notes, "")).await["fields"]["runs_on"], json!([model]));
    let reader = server.person(BUYER, Role::Auditor).await;
    for (entry, other) in [(&notes, &model), (&model, &notes)] {
        let page = reader.get(&format!("/register/{entry}")).await.expect(200, "both pages stand");
        assert!(page.text.contains(&format!("/register/{other}")), "each leads to the other");
    }
    let gone = json!({ "relation": "runs_on", "to": model, "removed": true });
    analyst.post(&path(&notes, "/links"), &gone).await.expect(200, "taken away");
    assert!(analyst.read(&path(&notes, "")).await["fields"].get("runs_on").is_none());
    server.finish().await;
}

#[tokio::test]
async fn a_reference_to_what_is_out_of_sight_stands_in_nobodys_way() {
    let (server, _) = Server::set_up(BUYER).await;
    let analyst = server.program(BUYER, Role::Analyst);
    let csv = "Use case,Agency,In use?,Product name\nDrafting letters,Roads,yes,Writer Pro\n";
    let upload = ("uses.csv", csv.as_bytes().to_vec());
    let import = analyst.upload("/api/v1/components/import", &[], upload).await.expect(201, "read").json();
    let of_import = format!("/api/v1/imports/{}", import["id"].as_str().expect("an id"));
    analyst.post(&format!("{of_import}/apply"), &json!({})).await.expect(200, "applied");
    let listed = analyst.read("/api/v1/components").await["items"][0]["id"].as_str().expect("an id").to_owned();
    let notes = add(&analyst, "Meeting Notes", "embedded_feature").await;
    let (one, two) = (add(&analyst, "Northwind LM 2", "model").await, add(&analyst, "Northwind LM 3", "model").await);
    let link = async |to: &str, removed: bool| {
        analyst.post(&path(&notes, "/links"), &json!({ "relation": "runs_on", "to": to, "removed": removed })).await
    };
    link(&listed, false).await.expect(200, "linked to the listed one");
    analyst.post(&format!("{of_import}/undo"), &json!({})).await.expect(200, "the list is taken back");
    analyst.get(&path(&listed, "")).await.expect(404, "it is out of sight");
    link(&one, false).await.expect(200, "one more");
    link(&two, false).await.expect(200, "and another");
    link(&one, true).await.expect(200, "one less");
    link(&listed, true).await.expect(200, "the one out of sight too");
    assert_eq!(analyst.read(&path(&notes, "")).await["fields"]["runs_on"], json!([two]));
    link(&listed, false).await.expect(422, "it cannot be referred to anew");
    server.finish().await;
}

#[tokio::test]
async fn many_change_together_or_not_at_all() {
    let (server, _) = Server::set_up(BUYER).await;
    let analyst = server.program(BUYER, Role::Analyst);
    let (one, two) = (add(&analyst, "One", "model").await, add(&analyst, "Two", "model").await);
    let bulk = |entries: Value, reason: &str| json!({ "entries": entries, "fact": { "field": "owner", "values": ["Security"], "reason": reason } });
    let body = bulk(json!({ &one: 1, &two: 1 }), "");
    assert_eq!(analyst.post("/api/v1/components/bulk", &body).await.expect(200, "both").json()["changed"], 2);
    let stale = analyst.post("/api/v1/components/bulk", &bulk(json!({ &one: 2, &two: 1 }), "")).await;
    assert!(stale.expect(412, "one is stale").text.contains("Two"), "and is named");
    assert_eq!(analyst.read(&path(&one, "")).await["revision"], 2, "nothing changed");
    let missing = bulk(json!({ &one: 2, uuid::Uuid::nil().to_string(): null }), "");
    let refused = analyst.post("/api/v1/components/bulk", &missing).await.expect(422, "one is nobody's");
    assert_eq!(refused.refusals(), ["entries: unknown"]);

    let declared = declared(&server).await;
    let off = |reason: &str| {
        let fact = json!({ "field": "default_state", "values": ["on"], "reason": reason });
        json!({ "entries": { &one: null, &declared: null }, "fact": fact })
    };
    let refused = analyst.post("/api/v1/components/bulk", &off("")).await.expect(422, "a vendor says otherwise");
    assert_eq!(refused.refusals(), ["reason: reason-against-others"]);
    assert_eq!(analyst.read(&path(&one, "")).await["revision"], 2, "none changed");
    analyst.post("/api/v1/components/bulk", &off("Seen")).await.expect(200, "with a reason");
    for entry in [&one, &declared] {
        assert_eq!(analyst.read(&path(entry, "")).await["fields"]["default_state"], "on");
    }
    let name = json!({ "entries": { &one: null }, "fact": { "field": "name", "values": ["Same"] } });
    analyst.post("/api/v1/components/bulk", &name).await.expect(422, "one at a time");
    server.finish().await;
}

#[tokio::test]
async fn a_use_from_an_imported_list_keeps_what_the_list_said() {
    let (server, _) = Server::set_up(BUYER).await;
    let analyst = server.program(BUYER, Role::Analyst);
    let csv = "Use case,Agency,In use?,Product name\nDrafting letters,Roads,yes,Writer Pro\n";
    let upload = ("uses.csv", csv.as_bytes().to_vec());
    let import = analyst.upload("/api/v1/components/import", &[], upload).await.expect(201, "read").json();
    let apply = format!("/api/v1/imports/{}/apply", import["id"].as_str().expect("an id"));
    analyst.post(&apply, &json!({})).await.expect(200, "applied");
    let entry = analyst.read("/api/v1/components").await["items"][0]["id"].as_str().expect("an id").to_owned();
    let of_use = analyst.items(&path(&entry, "/uses")).await[0]["id"].clone();
    let fact = json!({ "use": of_use, "field": "use_case", "values": ["Drafting all letters"] });
    let refused = analyst.post(&path(&entry, "/facts"), &fact).await.expect(422, "the list says otherwise");
    assert_eq!(refused.refusals(), ["reason: required"]);
    let fact =
        json!({ "use": of_use, "field": "use_case", "values": ["Drafting all letters"], "reason": "Asked them" });
    analyst.post(&path(&entry, "/facts"), &fact).await.expect(200, "edited");
    let uses = analyst.items(&path(&entry, "/uses")).await;
    assert_eq!((&uses[0]["use_case"], &uses[0]["unit"]), (&json!("Drafting all letters"), &json!("Roads")));
    let history = analyst.read(&path(&entry, "/history")).await.to_string();
    assert!(history.contains("\"Drafting letters\"") && history.contains("csv!A2"), "{history}");
    let vendor = analyst.make("/api/v1/vendors", &json!({ "name": "Writer Ltd" })).await;
    state(&analyst, &entry, "vendor", &["Writer Ltd"], "").await.expect(200, "whose it is");
    assert_eq!(analyst.read(&path(&entry, "")).await["vendor"], json!(vendor), "the entry is that vendor's");
    let undo = apply.replace("/apply", "/undo");
    analyst.post(&undo, &json!({})).await.expect(200, "the list is taken back");
    analyst.get(&path(&entry, "")).await.expect(200, "what people have spoken of since stays");
    server.finish().await;
}
