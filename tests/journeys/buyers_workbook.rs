//! A buyer has a questionnaire of its own in a workbook: it becomes a draft, is published, and can be sent.

use crate::harness::{Server, fixture};
use domain::access::Role;
use reqwest::Method;
use serde_json::json;

#[tokio::test]
async fn a_buyers_workbook_becomes_a_draft_and_then_a_template() {
    let (server, admin) = Server::set_up("Harbour Bank").await;
    let author = server.program("Harbour Bank", Role::Administrator);
    let file = || ("Proveedores 2026.xlsx", fixture("workbooks/supply-chain-questionnaire.es.xlsx"));
    let begun = async || {
        let read = admin.upload("/templates/import", &[], file()).await.expect(303, "it is looked through first");
        let page = admin.get(read.location()).await.expect(200, "what it becomes").text;
        assert!(page.contains("<dt>Questions</dt><dd>75</dd>") && page.contains("PRINCIPIOS DE SEGURIDAD"), "{page}");
        assert!(page.contains("Si</span>") && page.contains("Parcial</span>"), "options of its drop-downs: {page}");
        admin.submit(&format!("{}/begin", read.location()), &[]).await.expect(303, "a draft")
    };
    let drafts = author.read("/api/v1/templates/drafts").await;
    assert_eq!(drafts["items"], json!([]), "looking through it begins nothing");
    let begun_first = begun().await;
    let outline = admin.get(begun_first.location()).await.expect(200, "the editor").text;
    // As the truth beside the file has it: 75 questions.
    assert!(outline.contains("75 questions were understood"), "{outline}");
    assert!(outline.contains("PRINCIPIOS DE SEGURIDAD"), "{outline}");
    let path = format!("/api/v1{}", begun_first.location());
    let draft = author.read(&path).await;
    assert_eq!(
        (&draft["key"], &draft["document"]["languages"]),
        (&json!("proveedores-2026"), &json!(["es"])),
        "{draft}"
    );
    let sections = draft["document"]["sections"].as_array().expect("sections").iter();
    assert_eq!(sections.map(|section| section["questions"].as_array().map_or(0, Vec::len)).sum::<usize>(), 75);

    let publish = author.request(Method::POST, &format!("{path}/publish")).header("if-match", "\"1\"");
    let publish = publish.json(&json!({ "note": "From our workbook" }));
    let published = author.send(publish).await.expect(201, "nothing is wrong with it").json();
    let version = published["id"].as_str().expect("an id");
    let shown = author.read(&format!("/api/v1/templates/versions/{version}")).await;
    assert_eq!(shown["questions"], 75, "{shown}");
    let again = begun().await;
    assert_eq!(author.read(&format!("/api/v1{}", again.location())).await["key"], "proveedores-2026-2");
    server.finish().await;
}

#[tokio::test]
async fn what_is_no_workbook_is_told_so_and_what_asks_nothing_can_be_shown_to() {
    let (server, admin) = Server::set_up("Harbour Bank").await;
    let author = server.program("Harbour Bank", Role::Administrator);
    for (name, bytes, words) in [
        ("picture.png", b"\x89PNG\r\n\x1a\n and so on".to_vec(), "no workbook"),
        ("cut.xlsx", fixture("workbooks/own-sorted.xlsx")[..2_000].to_vec(), "too early"),
    ] {
        let refused = admin.upload("/templates/import", &[], (name, bytes)).await.expect(422, name);
        assert!(refused.text.contains(words), "{name}: {}", refused.text);
    }
    let uses = ("uses.csv", fixture("register/omb-2025-cots.csv"));
    let read = admin.upload("/templates/import", &[], uses).await.expect(303, "kept, and shown");
    let page = admin.get(read.location()).await.expect(200, "its sheet").text;
    assert!(page.contains("We found no questions") && !page.contains("Begin a draft"), "{page}");
    let refused = admin.submit(&format!("{}/begin", read.location()), &[]).await.expect(303, "nothing to begin");
    let told = admin.get(refused.location()).await.expect(200, "said so").text;
    assert!(told.contains("asks its reader anything"), "{told}");
    assert_eq!(author.read("/api/v1/templates/drafts").await["items"], json!([]));
    server.finish().await;
}

#[tokio::test]
async fn a_program_gives_a_workbook_or_a_document_to_the_same_address() {
    let (server, _) = Server::set_up("Harbour Bank").await;
    let author = server.program("Harbour Bank", Role::Administrator);
    let path = "/api/v1/templates/import";
    let file = ("Proveedores 2026.xlsx", fixture("workbooks/supply-chain-questionnaire.es.xlsx"));
    let begun = author.upload(path, &[], file).await.expect(201, "a draft");
    assert_eq!(begun.json()["questions"], 75, "as the truth beside the file has it");
    let draft = author.read(begun.location()).await;
    assert_eq!((&draft["id"], &draft["key"]), (&begun.json()["draft"], &json!("proveedores-2026")), "{draft}");
    let document = ("own.json", fixture("workbooks/own-template.json"));
    let published = author.upload(path, &[], document).await.expect(201, "a version");
    assert!(published.location().starts_with("/api/v1/templates/versions/"), "{}", published.location());
    let refused =
        author.upload(path, &[], ("uses.csv", fixture("register/omb-2025-cots.csv"))).await.expect(422, "uses");
    assert_eq!(refused.refusals(), ["file: nothing-asked"]);
    author
        .upload(path, &[], ("cut.xlsx", fixture("workbooks/own-sorted.xlsx")[..2_000].to_vec()))
        .await
        .expect(422, "cut");
    server.finish().await;
}
