//! Two records of one vendor become one.

use crate::harness::way::{answer, ask, enter, feature, replies, submit};
use crate::harness::{Server, Session, Value};
use domain::access::Role;
use reqwest::Method;
use serde_json::json;

const BUYER: &str = "Harbour Bank";

async fn items(session: &Session, path: &str) -> Vec<Value> {
    session.read(path).await["items"].as_array().expect("items").clone()
}

#[tokio::test]
async fn everything_of_a_duplicate_moves_and_its_address_leads_on() {
    let (server, admin) = Server::set_up(BUYER).await;
    let buyer = server.program(BUYER, Role::Procurement);
    let (stays, goes) = (ask(&buyer, "Northwind").await, ask(&buyer, "North Wind").await);
    // The same person at both: their address is derived from the same letters.
    assert_eq!(stays.address, goes.address);
    let vendor = server.session();
    let mail = server.mail_to(&goes.address, 2).await;
    vendor.submit(server.path(&mail.link().expect("a link")), &[]).await.expect(303, "the duplicate's link");
    answer(&vendor, &goes.assessment, &replies(&[feature("Reply Drafter")])).await;
    submit(&vendor, &goes.assessment).await.expect(200, "submitted");
    crate::harness::way::take_up(&server.program(BUYER, Role::Analyst)).await;
    server.jobs_done().await;

    let path = format!("/api/v1/vendors/{}", stays.vendor);
    let stale = buyer.request(Method::POST, &format!("{path}/merge")).header("if-match", "\"7\"");
    let body = json!({ "merge": goes.vendor, "revision": 1 });
    buyer.send(stale.json(&body)).await.expect(412, "changed since");
    buyer.post(&format!("{path}/merge"), &json!({ "merge": stays.vendor })).await.expect(422, "with itself");
    let page = admin.get(&format!("/vendors/{}/merge?other={}", stays.vendor, goes.vendor)).await;
    assert!(page.expect(200, "side by side").text.contains("North Wind stays"));
    let merge = buyer.request(Method::POST, &format!("{path}/merge")).header("if-match", "\"1\"");
    buyer.send(merge.json(&body)).await.expect(200, "merged");

    let gone = buyer.get(&format!("/api/v1/vendors/{}", goes.vendor)).await;
    assert_eq!((gone.status, gone.location()), (308, path.as_str()));
    let page = admin.get(&format!("/vendors/{}", goes.vendor)).await;
    assert_eq!((page.status, page.location()), (308, format!("/vendors/{}", stays.vendor).as_str()));
    let engagements = items(&buyer, &format!("{path}/engagements")).await;
    let mut names: Vec<&str> = engagements.iter().filter_map(|row| row["name"].as_str()).collect();
    names.sort_unstable();
    assert_eq!(names, ["Support assistant", "Support assistant (North Wind)"]);
    assert_eq!(items(&buyer, &format!("{path}/contacts")).await.len(), 1, "one address, one contact");
    assert_eq!(items(&buyer, &format!("/api/v1/assessments?vendor={}", stays.vendor)).await.len(), 2);
    assert_eq!(items(&buyer, "/api/v1/vendors").await.len(), 1);
    vendor.get(&format!("/portal/{}/receipt", goes.assessment)).await.expect(200, "links go on working");
    server.jobs_done().await;
    let found = buyer.read("/api/v1/components/search?q=Reply%20Drafter").await;
    assert_eq!(found["items"][0]["component"]["vendor_name"], "Northwind", "{found}");
    let auditor = server.program(BUYER, Role::Auditor);
    let log = auditor.read("/api/v1/audit?limit=200").await.to_string();
    assert!(log.contains("vendor.merged_away"), "{log}");
    buyer.make("/api/v1/vendors", &json!({ "name": "North Wind" })).await;
    server.finish().await;
}

#[tokio::test]
async fn entries_of_the_register_go_by_their_vendor_s_new_name() {
    let (server, _) = Server::set_up(BUYER).await;
    let analyst = server.program(BUYER, Role::Analyst);
    let vendor = analyst.make("/api/v1/vendors", &json!({ "name": "Fabrikam" })).await;
    let list = "ID,Unit,Name,Vendor,Purpose,In use\n1,Claims,Ada,Fabrikam,Sorts,Yes\n2,Claims,Bea,Fabrikam,Reads,Yes\n";
    let upload = async |list: String| {
        let read = analyst.upload("/api/v1/components/import", &[], ("uses.csv", list.into_bytes())).await;
        let import = read.expect(201, "a list").json();
        let apply = format!("/api/v1/imports/{}/apply", import["id"].as_str().expect("an id"));
        analyst.post(&apply, &json!({})).await.expect(200, "applied");
        server.jobs_done().await;
    };
    let names = async || {
        let rows = items(&analyst, "/api/v1/components").await.into_iter();
        let mut names: Vec<(Value, Value)> =
            rows.map(|row| (row["vendor_name"].clone(), row["vendor"].clone())).collect();
        names.dedup();
        names
    };
    upload(list.to_owned()).await;
    assert_eq!(names().await, [(json!("Fabrikam"), json!(vendor))]);
    let renamed = json!({ "name": "Southwind" });
    analyst.put(&format!("/api/v1/vendors/{vendor}"), &renamed).await.expect(200, "renamed");
    server.jobs_done().await;
    assert_eq!(names().await, [(json!("Southwind"), json!(vendor))]);
    for (name, count) in [("Southwind", 2), ("Fabrikam", 0)] {
        let found = analyst.read(&format!("/api/v1/components/search?q=vendor:{name}")).await;
        assert_eq!(found["total"], count, "{name}: {found}");
    }
    // Who writes the list calls the vendor as before; whose the entries are is known.
    upload(list.replace("Sorts", "Sorts fast")).await;
    assert_eq!(names().await, [(json!("Southwind"), json!(vendor))]);
    server.finish().await;
}

#[tokio::test]
async fn another_organisation_s_vendor_is_not_merged() {
    let (server, _) = Server::set_up(BUYER).await;
    server.further_organisation("Second Bank").await;
    let (buyer, other) = (server.program(BUYER, Role::Procurement), server.program("Second Bank", Role::Procurement));
    let (own, theirs) = (ask(&buyer, "Northwind").await, ask(&other, "Southwind").await);
    let path = format!("/api/v1/vendors/{}/merge", own.vendor);
    buyer.post(&path, &json!({ "merge": theirs.vendor })).await.expect(404, "a stranger's vendor");
    let path = format!("/api/v1/vendors/{}/merge", theirs.vendor);
    buyer.post(&path, &json!({ "merge": own.vendor })).await.expect(404, "into a stranger's vendor");
    other.get(&format!("/api/v1/vendors/{}", theirs.vendor)).await.expect(200, "untouched");
    enter(&server, &own).await;
    server.finish().await;
}
