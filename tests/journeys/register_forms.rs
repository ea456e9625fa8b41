//! What somebody typed into a form of the register comes back with it when it cannot be taken.

use super::register::{declared, keeper_and_approver, path};
use crate::harness::way::{answer, ask, enter, feature, replies, submit};
use crate::harness::{Server, Session};
use domain::access::Role;
use serde_json::json;

const BUYER: &str = "Harbour Bank";
/// A revision that nothing has: somebody came between.
const STALE: (&str, &str) = ("revision", "999");

/// What comes of a form that is sent with a stale revision: the form as it was typed, ready to be sent again.
async fn back(who: &Session, at: &str, fields: &[(&str, &str)]) -> String {
    let fields: Vec<(&str, &str)> = fields.iter().copied().chain([STALE]).collect();
    let text = who.submit(at, &fields).await.expect(409, at).text;
    assert!(text.contains("Somebody changed this meanwhile") && !text.contains("value=\"999\""), "{at}: {text}");
    text
}

/// The revision that stands in a form.
fn revision(page: &str) -> &str {
    page.split("name=\"revision\" value=\"").nth(1).and_then(|rest| rest.split('"').next()).expect("a revision")
}

#[tokio::test]
async fn what_was_typed_comes_back_when_somebody_came_between() {
    let (server, _) = Server::set_up(BUYER).await;
    let analyst = server.program(BUYER, Role::Analyst);
    let keeper = server.person(BUYER, Role::Analyst).await;
    let entry = declared(&server).await;
    let at = |below: &str| format!("/register/{entry}{below}");

    let typed = [("status", "trial"), ("reason", "Two teams try it"), ("conditions", "Only drafts")];
    let page = back(&keeper, &at("/status"), &typed).await;
    for part in ["value=\"trial\" checked", ">Two teams try it</textarea>", ">Only drafts</textarea>"] {
        assert!(page.contains(part), "{part}: {page}");
    }
    let again = [typed[0], typed[1], typed[2], ("revision", revision(&page))];
    keeper.submit(&at("/status"), &again).await.expect(303, "sent again");

    let document = json!({ "field": "default_state", "values": ["on"], "document": "Release notes" });
    analyst.post(&path(&entry, "/facts"), &document).await.expect(200, "a document says otherwise");
    let facts = analyst.items(&path(&entry, "/facts")).await;
    let fact = |field: &str| {
        let one = facts.as_array().expect("facts").iter().find(|fact| fact["field"] == field).expect("it");
        one["says"][0]["id"].as_str().expect("an id").to_owned()
    };
    let (disputed, agreed) = (fact("default_state"), fact("residency"));
    let typed = [("any", disputed.as_str()), ("fact", "none"), ("reason", "Nobody knows")];
    let page = back(&keeper, &at("/choose"), &typed).await;
    assert!(page.contains("value=\"none\" checked") && page.contains("value=\"Nobody knows\""), "{page}");
    let page = back(&keeper, &at("/check"), &[("checked", &agreed), ("note", "Contract, annex 2")]).await;
    assert!(page.contains("value=\"Contract, annex 2\"") && page.contains("said__all\" open"), "{page}");

    let model = json!({ "name": "Northwind LM 2", "kind": "model", "vendor_name": "Northwind" });
    let model = analyst.make("/api/v1/components", &model).await;
    let link = json!({ "relation": "runs_on", "to": model });
    analyst.post(&path(&entry, "/links"), &link).await.expect(200, "linked");
    let typed = [("relation", "runs_on"), ("to", model.as_str()), ("removed", "yes"), ("reason", "They moved")];
    assert!(back(&keeper, &at("/link"), &typed).await.contains("name=\"reason\" value=\"They moved\""));

    let used = analyst.make(&path(&entry, "/uses"), &json!({ "use_case": "Answers to clients" })).await;
    let typed = [("tier", "minimal"), ("reason", "Somebody reads each")];
    let page = back(&keeper, &at(&format!("/uses/{used}/classification")), &typed).await;
    assert!(page.contains("value=\"minimal\" checked") && page.contains(">Somebody reads each</textarea>"), "{page}");
    server.finish().await;
}

#[tokio::test]
async fn picked_lines_stay_picked_when_somebody_came_between() {
    let (server, _) = Server::set_up(BUYER).await;
    let buyer = server.program(BUYER, Role::Procurement);
    let asked = ask(&buyer, "Northwind").await;
    let vendor = enter(&server, &asked).await;
    answer(&vendor, &asked.assessment, &replies(&[feature("Reply Drafter"), feature("Ticket Sorter")])).await;
    submit(&vendor, &asked.assessment).await.expect(200, "submitted");
    let keeper = server.person(BUYER, Role::Analyst).await;
    let listed = keeper.read("/api/v1/components/proposals").await;
    let id = listed["items"][0]["id"].as_str().expect("an id");
    let proposal = keeper.read(&format!("/api/v1/components/proposals/{id}")).await;
    let line = proposal["lines"][1]["id"].as_str().expect("an id");
    let page = back(&keeper, &format!("/register/proposals/{id}/apply"), &[("line", line)]).await;
    assert!(page.contains(&format!("value=\"{line}\" checked")), "{page}");
    let other = proposal["lines"][0]["id"].as_str().expect("an id");
    assert!(!page.contains(&format!("value=\"{other}\" checked")), "and nothing else: {page}");
    server.finish().await;
}

#[tokio::test]
async fn a_refused_decision_comes_back_with_its_reason() {
    let (server, ada) = Server::set_up(BUYER).await;
    let lee = keeper_and_approver(&server, &ada).await;
    let mine = lee.make("/api/v1/components", &json!({ "name": "Meeting Notes", "kind": "agent" })).await;
    let made = lee.make(&path(&mine, "/uses"), &json!({ "use_case": "Minutes" })).await;
    let typed = [("status", "approved"), ("reason", "Everybody asks for it")];
    let page = lee.submit(&format!("/register/{mine}/decision"), &typed).await.expect(403, "their own").text;
    assert!(page.contains("You put it here yourself") && page.contains("href=\"#decision-status\""), "{page}");
    assert!(
        page.contains("value=\"approved\" checked") && page.contains(">Everybody asks for it</textarea>"),
        "{page}"
    );

    let approver = server.program(BUYER, Role::Approver);
    let prohibited = json!({ "status": "prohibited", "reason": "It records everybody" });
    approver.post(&path(&mine, "/decision"), &prohibited).await.expect(200, "prohibited");
    let typed = [("use", made.as_str()), ("status", "trial"), ("reason", "Only once")];
    let page = lee.submit(&format!("/register/{mine}/status"), &typed).await.expect(409, "of what is prohibited").text;
    assert!(page.contains("no use of it can be approved") && page.contains(">Only once</textarea>"), "{page}");
    let own = lee.items(&path(&mine, "/facts")).await[0]["says"][0]["id"].as_str().expect("an id").to_owned();
    let check = [("checked", own.as_str()), ("note", "I saw it")];
    let page = lee.submit(&format!("/register/{mine}/check"), &check).await.expect(403, "their own statement").text;
    assert!(page.contains("You stated this yourself"), "{page}");
    server.finish().await;
}

#[tokio::test]
async fn a_sub_processor_has_a_region_of_its_own() {
    let (server, _) = Server::set_up(BUYER).await;
    let program = server.program(BUYER, Role::Analyst);
    let list = "Name,Sub-processors,Sub-processor regions\n\
        Reply Drafter,Anthropic; Azure (West Europe),Anthropic: US; Azure (West Europe) ： EU\n\
        Note Taker,OpenAI,OpenAI\n";
    let read = program.upload("/api/v1/components/import", &[], ("tools.csv", list.as_bytes().to_vec())).await;
    let read = read.expect(201, "read").json();
    let import = read["id"].as_str().expect("an id");
    assert!(read.to_string().contains("not-a-pair"), "what says nothing of anybody is shown: {read}");
    program.post(&format!("/api/v1/imports/{import}/apply"), &json!({})).await.expect(200, "applied");
    server.jobs_done().await;
    let found = program.read("/api/v1/components/search?q=processor_region%3Aus").await;
    assert_eq!((&found["total"], &found["items"][0]["component"]["name"]), (&json!(1), &json!("Reply Drafter")));
    let entry = found["items"][0]["component"]["id"].as_str().expect("an id").to_owned();
    let regions = json!(["Anthropic: US", "Azure (West Europe): EU"]);
    assert_eq!(found["items"][0]["component"]["fields"]["sub_processor_regions"], regions);

    let analyst = server.person(BUYER, Role::Analyst).await;
    let edit = format!("/register/{entry}/edit");
    let form = analyst.get(&format!("{edit}?field=sub_processor_regions")).await.expect(200, "the form").text;
    assert!(form.contains("who, a colon, where"), "{form}");
    let typed = |value: &'static str| [("field", "sub_processor_regions"), ("value", value), ("reason", "They moved")];
    let refused = analyst.submit(&edit, &typed("Anthropic: US\nMistral")).await.expect(422, "nothing is said of it");
    assert!(refused.text.contains("Mistral"), "{}", refused.text);
    analyst.submit(&edit, &typed("Anthropic:  EU")).await.expect(303, "said");
    let sheet = analyst.get(&format!("/register/{entry}")).await.expect(200, "the entry").text;
    assert!(sheet.contains("Anthropic: EU") && sheet.contains("Where sub-processors process"), "{sheet}");
    server.jobs_done().await;
    let csv = analyst.get("/register/export?format=csv&q=reply").await.expect(200, "the file").text;
    assert!(csv.contains("sub_processor_regions") && csv.contains("Anthropic: EU"), "{csv}");
    server.finish().await;
}
