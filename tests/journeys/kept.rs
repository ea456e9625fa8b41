//! What people keep of the register's list: searches under names, for themselves or for all, and columns.

use crate::harness::{Server, Session, Settings};
use domain::access::Role;
use serde_json::{Value, json};

const BUYER: &str = "Buyer";

/// A register with two entries, which anybody can read.
async fn two_entries(settings: Settings) -> (Server, Session) {
    let (server, _) = Server::set_up_with(BUYER, settings).await;
    let program = server.program(BUYER, Role::Analyst);
    for (name, kind, vendor) in [("Mail Copilot", "agent", "Northwind"), ("Zoom Notes", "embedded_feature", "Fabrikam")]
    {
        program.make("/api/v1/components", &json!({ "name": name, "kind": kind, "vendor_name": vendor })).await;
    }
    server.jobs_done().await;
    (server, program)
}

/// The address of the form on a page that follows a text.
fn form_after<'a>(page: &'a str, text: &str, action: &str) -> &'a str {
    let rest = &page[page.find(text).unwrap_or_else(|| panic!("{text}: {page}"))..];
    let rest = &rest[rest.find(action).unwrap_or_else(|| panic!("{action}: {rest}"))..];
    rest.split('"').next().expect("an address")
}

#[tokio::test]
async fn a_search_is_kept_for_oneself_or_for_all() {
    let settings = Settings::default().with("limits__saved_searches", 2).with("limits__saved_search_characters", 200);
    let (server, program) = two_entries(settings).await;
    let analyst = server.person(BUYER, Role::Analyst).await;
    let (reader, approver) = (server.person(BUYER, Role::Auditor).await, server.person(BUYER, Role::Approver).await);
    let keep = async |who: &Session, fields: &[(&str, &str)]| who.submit("/register/searches", fields).await;
    let address = "q=mail&kind=agent&use_count_from=0&sort=-use_count";
    let kept = keep(&reader, &[("name", "Mail <b>tools</b>"), ("asked", &format!("{address}&page=7&evil=1"))]).await;
    assert_eq!((kept.status, kept.location()), (303, format!("/register?{address}").as_str()), "as it is asked again");
    let asks_mail =
        |page: &str| page.contains("Mail &lt;b&gt;tools&lt;/b&gt;") && page.contains("sort&#x3D;-use_count");
    assert!(asks_mail(&reader.get("/register").await.expect(200, "the page").text));
    assert!(!asks_mail(&analyst.get("/register").await.text), "it is one's own");
    let at =
        form_after(&reader.get("/register/searches").await.text, "Mail &lt;b&gt;", "/register/searches/").to_owned();
    for other in [&analyst, &approver] {
        assert_eq!(other.submit(&at, &[("name", "Theirs")]).await.status, 404, "nobody else's");
        assert_eq!(other.submit(&format!("{at}/remove"), &[]).await.status, 404);
    }

    // The same name again replaces it; what cannot be kept is told beside what was typed.
    keep(&reader, &[("name", "Mail <b>tools</b>"), ("asked", "q=copilot")]).await.expect(303, "replaced");
    keep(&reader, &[("name", "Second"), ("asked", "q=zoom")]).await.expect(303, "another");
    let long = format!("q={}", "long ".repeat(60));
    for (name, asked, told) in [
        ("  ", "q=mail", "Fill this in"),
        ("Third <i>", "q=notes", "You keep 2 searches already"),
        ("Third <i>", &long, "at most 200 are kept"),
        ("Third <i>", "evil=1", "Nothing is searched for"),
    ] {
        let refused = keep(&reader, &[("name", name), ("asked", asked)]).await.expect(422, told).text;
        assert!(refused.contains(told), "{told}: {refused}");
        assert!(
            name.trim().is_empty() || refused.contains("value=\"Third &lt;i&gt;\""),
            "what was typed stays: {refused}"
        );
    }
    let taken = reader.submit(&at, &[("name", "Second")]).await.expect(422, "two of one name").text;
    assert!(taken.contains("You keep another search of this name"), "{taken}");

    // Shared, everybody can use it, and nobody else change it; whoever looks after the register may tidy up.
    reader.submit(&at, &[("name", "For all"), ("shared", "yes")]).await.expect(303, "shared");
    for other in [&analyst, &approver] {
        let page = other.get("/register").await.text;
        assert!(page.contains("For all (The auditor)") && page.contains("/register?q&#x3D;copilot"), "{page}");
        assert_eq!(other.submit(&at, &[("name", "Theirs")]).await.status, 404, "still nobody else's");
    }
    assert_eq!(approver.submit(&format!("{at}/remove"), &[]).await.status, 403);
    assert!(reader.get("/register/searches").await.text.contains("Everybody who reads the register"));
    analyst.submit(&format!("{at}/remove"), &[]).await.expect(303, "tidied up");
    assert!(!reader.get("/register").await.text.contains("For all"));
    assert!(reader.get("/register").await.text.contains("Second"), "the other one stays");

    // A program keeps its own, in the words of the search.
    let body = json!({ "name": "Agents", "q": "mail", "filter": ["vendor:Northwind", "kind:agent"], "range": ["changed:[2026..]"],
        "sort": "-use_count", "shared": true });
    let made = program.post("/api/v1/components/searches", &body).await.expect(201, "kept");
    let path = made.location().to_owned();
    let got = program.read(&path).await;
    let of = |one: &Value| ["q", "filter", "sort", "shared"].map(|key| one[key].clone());
    assert_eq!(of(&got), of(&body));
    assert_eq!(got["range"], json!(["changed:[2026-01-01..]"]));
    assert!(analyst.get("/register").await.text.contains("Agents (a program)"), "shared by a program");
    assert_eq!(
        program.post("/api/v1/components/searches", &body).await.expect(422, "twice").refusals(),
        ["name: name-in-use"]
    );
    let page = analyst.get(got["href"].as_str().expect("an address")).await.expect(200, "the page that asks it").text;
    assert!(page.contains("<mark>Mail</mark>") && !page.contains("Zoom Notes"), "{page}");
    let renamed = json!({ "name": "Mail agents", "q": "mail" });
    assert_eq!(program.put(&path, &renamed).await.expect(200, "another name").json()["filter"], json!([]));
    for (field, value, code) in
        [("filter", json!(["colour:red"]), "filter: unknown-facet"), ("sort", json!("x"), "sort: unknown-sort")]
    {
        let mut wrong = renamed.clone();
        wrong[field] = value;
        assert_eq!(program.put(&path, &wrong).await.expect(422, code).refusals(), [code]);
    }
    assert_eq!(analyst.delete(&path).await.status, 404, "no longer shared, and not theirs");
    assert_eq!(program.delete(&path).await.status, 204);
    assert_eq!(program.read("/api/v1/components/searches").await["items"], json!([]));
    server.finish().await;
}

/// The headings of the list's table.
fn headings(page: &str) -> Vec<String> {
    let head = page.split("<thead>").find(|part| part.contains("Name</th>")).expect("a table");
    let head = head.split("</thead>").next().expect("its head");
    let cells = head.split("<th scope=\"col\"").skip(1).filter_map(|cell| cell.split_once('>')?.1.split_once("</th>"));
    cells.map(|(text, _)| text.to_owned()).filter(|text| !text.contains('<')).collect()
}

#[tokio::test]
async fn columns_are_chosen_and_kept() {
    let (server, program) = two_entries(Settings::default().with("limits__register_columns", 4)).await;
    let (person, other) = (server.person(BUYER, Role::Auditor).await, server.person(BUYER, Role::Auditor).await);
    let found = program.read("/api/v1/components/search?q=mail").await["items"][0]["component"]["id"].clone();
    let (mail, retention) = (found.as_str().expect("an id"), "Ninety <days> ".repeat(40));
    let facts = format!("/api/v1/components/{mail}/facts");
    for (field, values) in
        [("retention", json!([retention])), ("residency", json!(["HK", "SG", "JP", "DE", "FR", "US"]))]
    {
        program.post(&facts, &json!({ "field": field, "values": values })).await.expect(200, field);
    }
    program.make(&format!("/api/v1/components/{mail}/uses"), &json!({ "use_case": "Drafts" })).await;
    server.jobs_done().await;

    let usual = headings(&person.get("/register").await.expect(200, "the list").text);
    assert_eq!(usual[..3], ["Name", "Vendor", "Kind"]);
    let fields =
        [("column", "use_count"), ("column", "residency"), ("column", "retention"), ("asked", "q=mail&evil=1")];
    let chosen = person.submit("/register/columns", &fields).await;
    assert_eq!((chosen.status, chosen.location()), (303, "/register?q=mail"), "back where one was");
    let shown = ["Name", "Retention", "Residency", "Number of our uses"];
    let page = person.get("/register?q=northwind").await.expect(200, "the list").text;
    assert_eq!(headings(&page), shown, "in the order of the list");
    assert!(page.contains("data-label=\"Number of our uses\" class=\"right\">1<"), "{page}");
    assert!(page.contains("; 2 more<"), "a long list is cut: {page}");
    assert!(page.contains("Ninety &lt;days&gt;") && !page.contains(retention.trim()), "a long text is cut");
    assert!(
        page.contains("Vendor: <mark>Northwind</mark>"),
        "a match whose column is not shown is told below the name: {page}"
    );
    let request = person.request(reqwest::Method::GET, "/register?q=mail").header("x-fragment", "results");
    assert_eq!(headings(&person.send(request).await.expect(200, "as one types").text), shown);
    assert_eq!(headings(&other.get("/register").await.text), usual, "others choose for themselves");
    let file = person.get("/register/export?format=csv").await.expect(200, "the file").text;
    assert!(file.lines().next().expect("headings").contains("trains_on_customer_data"), "a file holds everything");

    // Too many, or what is no column: told, and the ticks stay.
    let many = ["vendor", "kind", "status", "tier", "purpose"].map(|column| ("column", column));
    let refused = person.submit("/register/columns", &many).await.expect(422, "too many").text;
    assert!(refused.contains("5 columns are chosen; at most 4 are shown"), "{refused}");
    assert!(refused.contains("value=\"purpose\" checked"), "the ticks stay: {refused}");
    person.submit("/register/columns", &[("column", "colour")]).await.expect(422, "no column");
    person.submit("/register/columns", &[]).await.expect(303, "the name alone");
    assert_eq!(headings(&person.get("/register").await.text), ["Name"]);
    person.submit("/register/columns", &[("standard", "yes")]).await.expect(303, "as at first");
    assert_eq!(headings(&person.get("/register").await.text), usual);

    // The API does the same; a program has no list.
    let put = person.put("/api/v1/components/columns", &json!({ "chosen": ["changed", "vendor"] })).await;
    assert_eq!(put.expect(200, "chosen").json()["chosen"], json!(["vendor", "changed"]));
    assert_eq!(headings(&person.get("/register").await.text), ["Name", "Vendor", "Changed"]);
    assert_eq!(program.read("/api/v1/components/columns").await["most"], json!(4));
    assert_eq!(program.put("/api/v1/components/columns", &json!({ "chosen": [] })).await.status, 403);
    server.finish().await;
}
