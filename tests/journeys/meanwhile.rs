//! What people do while a long list is being taken in, and what becomes of it then.

use crate::harness::{Server, Session, Settings, Value, until};
use domain::access::Role;
use reqwest::Method;
use serde_json::json;

const BUYER: &str = "Harbour Bank";
/// Three batches of entries, and many of what is said of them.
const ROWS: usize = 3_000;
const IMPORT: &str = "/api/v1/components/import";

/// A list of which each vendor has every other row; read, and its address.
async fn read(analyst: &Session, vendors: [&str; 2]) -> String {
    let row = |n: usize| format!("{n},Claims,Tool {n},{},Sorts pile {n},Yes\n", vendors[n % 2]);
    let list: String =
        std::iter::once("ID,Unit,Name,Vendor,Purpose,In use\n".to_owned()).chain((0..ROWS).map(row)).collect();
    let read = analyst.upload(IMPORT, &[], ("tools.csv", list.into_bytes())).await.expect(201, "read").json();
    format!("/api/v1/imports/{}", read["id"].as_str().expect("an id"))
}

/// Begins to apply it, and comes back when some of it lies where nobody sees it.
async fn half_staged(analyst: &Session, import: &str) {
    analyst.post(&format!("{import}/apply"), &json!({})).await.expect(202, "begun");
    until("the first rows", async || analyst.read(import).await["progress"]["done"].as_u64().filter(|done| *done > 0))
        .await;
}

async fn impatient() -> (Server, Session) {
    // Nobody waits: what is begun goes on by itself.
    let (server, _) = Server::set_up_with(BUYER, Settings::default().with("limits__patience_seconds", 0)).await;
    let analyst = server.program(BUYER, Role::Analyst);
    (server, analyst)
}

async fn total(analyst: &Session, query: &str) -> Value {
    analyst.read(&format!("/api/v1/components/search?limit=1&q={query}")).await["total"].clone()
}

#[tokio::test]
async fn vendors_that_are_renamed_or_merged_while_a_list_is_staged_have_its_entries() {
    let (server, analyst) = impatient().await;
    let buyer = server.program(BUYER, Role::Procurement);
    let fabrikam = analyst.make("/api/v1/vendors", &json!({ "name": "Fabrikam" })).await;
    let contoso = analyst.make("/api/v1/vendors", &json!({ "name": "Contoso" })).await;
    let stays = analyst.make("/api/v1/vendors", &json!({ "name": "Litware" })).await;
    let import = read(&analyst, ["Fabrikam", "Contoso"]).await;
    half_staged(&analyst, &import).await;
    let renamed = json!({ "name": "Southwind" });
    analyst.put(&format!("/api/v1/vendors/{fabrikam}"), &renamed).await.expect(200, "renamed");
    let merge = buyer.request(Method::POST, &format!("/api/v1/vendors/{stays}/merge")).header("if-match", "\"1\"");
    buyer.send(merge.json(&json!({ "merge": contoso, "revision": 1 }))).await.expect(200, "merged");
    assert_eq!(analyst.read(&import).await["state"], "preview", "more of it is still to come");
    until("it to be applied", async || (analyst.read(&import).await["state"] == "applied").then_some(())).await;
    server.jobs_done().await;
    assert_eq!(total(&analyst, "").await, ROWS, "all of it shows");
    for (name, count) in [("Southwind", ROWS / 2), ("Litware", ROWS / 2), ("Fabrikam", 0), ("Contoso", 0)] {
        assert_eq!(total(&analyst, &format!("vendor:{name}")).await, count, "{name}");
    }
    for (name, vendor) in [("Southwind", &fabrikam), ("Litware", &stays)] {
        let found = analyst.read(&format!("/api/v1/components/search?limit=1&q=vendor:{name}")).await;
        assert_eq!(found["items"][0]["component"]["vendor"], json!(vendor), "they hang on its record: {found}");
    }
    server.finish().await;
}

#[tokio::test]
async fn a_list_of_which_somebody_says_something_else_meanwhile_is_not_said_to_go_on() {
    let (server, analyst) = impatient().await;
    let import = read(&analyst, ["Fabrikam", "Contoso"]).await;
    half_staged(&analyst, &import).await;
    let choose = import.replace("/api/v1/imports", IMPORT);
    analyst.post(&format!("{choose}/list"), &json!({ "list": "new" })).await.expect(200, "another list");
    let now = until("what was begun to stop", async || {
        let now = analyst.read(&import).await;
        (now["failed"] != Value::Null).then_some(now)
    })
    .await;
    assert_eq!((&now["state"], &now["failed"]), (&json!("preview"), &json!("meant_otherwise")), "{now}");
    assert_eq!(now["progress"], Value::Null, "nothing goes on: {now}");
    let page = import.replace("/api/v1/imports", "/register/imports");
    let shown = analyst.get(&page).await.expect(200, "its page").text;
    assert!(shown.contains("Somebody said meanwhile") && !shown.contains("is being written down"), "{shown}");
    assert_eq!(analyst.read("/api/v1/components?limit=1").await["items"], json!([]), "nothing of it was taken in");
    analyst.post(&format!("{import}/apply"), &json!({})).await.expect(202, "begun anew");
    let done = until("it to be applied", async || {
        let now = analyst.read(&import).await;
        (now["state"] == "applied").then_some(now)
    })
    .await;
    assert_eq!((&done["failed"], &done["progress"]), (&Value::Null, &Value::Null), "{done}");
    server.jobs_done().await;
    assert_eq!(total(&analyst, "").await, ROWS);
    server.finish().await;
}
