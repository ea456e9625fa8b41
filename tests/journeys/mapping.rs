//! A file that is read wrongly is said better by a person, and the next one of its shape is read rightly at once; what one
//! vendor said is offered to nobody else.

use crate::harness::way::{Asked, answer, ask, enter};
use crate::harness::{Server, Session, Value};
use domain::access::Role;
use serde_json::json;

const BUYER: &str = "Harbour Bank";

/// A sheet whose column "Response" says where each row stands, and whose answers stand under a heading that says nothing.
const FIRST: &str = "\
No.,Question,Response,Product team
1,Do you have a written AI policy approved by your management?,sent,\"Yes, reviewed within the last 12 months\"
2,For how many days is what customers enter into the AI kept by default?,sent,30 days
";

/// The next quarter's: other answers, one row more.
const SECOND: &str = "\
No.,Question,Response,Product team
1,Do you have a written AI policy approved by your management?,open,No
2,For how many days is what customers enter into the AI kept by default?,done,90 days
3,Do you have fire extinguishers in every office?,done,Yes
";

/// What a person says of it: nothing of use in C, the answers in D.
const SAID: [(&str, &str); 4] =
    [("sheet", "1"), ("sheet_name", "csv"), ("column:C", "nothing"), ("column:D", "answer")];

fn imports(asked: &Asked) -> String {
    format!("/portal/{}/imports", asked.assessment)
}

async fn upload(vendor: &Session, asked: &Asked, name: &str, file: &str) -> String {
    let read = vendor.upload(&imports(asked), &[], (name, file.as_bytes().to_vec())).await.expect(303, "read");
    read.location().trim_end_matches("/sheets").to_owned()
}

async fn rows(vendor: &Session, page: &str) -> Value {
    let id = page.rsplit('/').next().expect("an id");
    vendor.read(&format!("/api/v1/imports/{id}")).await["rows"].clone()
}

/// What a row would answer: its cell, verdict and reply.
fn at(rows: &Value, question: &str) -> (String, String, Value) {
    let row = rows.as_array().expect("rows").iter().find(|row| row["question"] == question);
    let row = row.unwrap_or_else(|| panic!("no row for {question}: {rows}"));
    let text = |name: &str| row[name].as_str().unwrap_or_default().to_owned();
    (text("place"), text("verdict"), row["proposed"]["reply"].clone())
}

#[tokio::test]
async fn an_ugly_file_is_corrected_and_the_next_one_is_read_rightly_at_once() {
    let (server, _) = Server::set_up(BUYER).await;
    let buyer = server.program(BUYER, Role::Procurement);
    let asked = ask(&buyer, "Northwind").await;
    let vendor = enter(&server, &asked).await;
    let page = upload(&vendor, &asked, "q3.csv", FIRST).await;
    let found = at(&rows(&vendor, &page).await, "A.2.2-1");
    assert_eq!((found.0.as_str(), found.1.as_str()), ("csv!C2", "ask"), "the wrong column: no option says \"sent\"");

    let sheets = format!("{page}/sheets");
    let screen = vendor.get(&sheets).await.expect(200, "how it was read").text;
    assert!(screen.contains("Found: Answer") && screen.contains("Product team"), "{screen}");
    let mut twice = SAID.to_vec();
    twice.extend([("column:A", "question"), ("column:B", "question")]);
    let refused = vendor.submit(&sheets, &twice).await.expect(422, "two columns of questions").text;
    assert!(refused.contains("Column A was said to hold the same"), "{refused}");
    assert!(refused.contains("<option value=\"nothing\" selected>"), "what was said is kept: {refused}");
    let refused = vendor.submit(&sheets, &[("sheet", "1"), ("sheet_name", "csv"), ("header", "three")]).await;
    assert!(refused.expect(422, "no row").text.contains("Write row numbers"), "told what to write");
    assert_eq!(at(&rows(&vendor, &page).await, "A.2.2-1").1, "ask", "nothing was read again");

    let read = vendor.submit(&sheets, &SAID).await.expect(303, "read again");
    let screen = vendor.get(read.location()).await.expect(200, "as it is read now").text;
    assert!(screen.contains("You said"), "{screen}");
    let now = rows(&vendor, &page).await;
    let policy = at(&now, "A.2.2-1");
    assert_eq!((policy.0.as_str(), policy.1.as_str()), ("csv!D2", "new"), "{now}");
    assert_eq!(at(&now, "A.7.2-4").1, "new");
    vendor.submit(&format!("{page}/apply"), &[("which", "safe")]).await.expect(303, "applied");
    let kept = vendor.read(&format!("/api/v1/assessments/{}/answers/A.2.2-1", asked.assessment)).await;
    assert_eq!(kept["reply"], policy.2, "{kept}");
    let late = vendor.submit(&sheets, &SAID).await.expect(409, "applied already").text;
    assert!(late.contains("applied already"), "{late}");
    let screen = vendor.get(&sheets).await.expect(200, "it can still be looked at").text;
    assert!(screen.contains("Take it back") && !screen.contains("Read again with this"), "{screen}");

    let next = upload(&vendor, &asked, "q4.csv", SECOND).await;
    let found = rows(&vendor, &next).await;
    assert_eq!(at(&found, "A.2.2-1").0, "csv!D2", "what was said once is remembered: {found}");
    assert_ne!(at(&found, "A.2.2-1").1, "invalid");
    let screen = vendor.get(&format!("{next}/sheets")).await.expect(200, "and said so").text;
    assert!(screen.contains("are read as was said of “q3.csv”"), "{screen}");

    let other = ask(&buyer, "Contoso").await;
    let stranger = enter(&server, &other).await;
    let theirs = upload(&stranger, &other, "same.csv", SECOND).await;
    assert_eq!(at(&rows(&stranger, &theirs).await, "A.2.2-1").0, "csv!C2", "another vendor is not offered it");
    stranger.get(&sheets).await.expect(401, "nor shown the file");

    vendor.submit(&format!("{next}/sheets"), &[("sheet", "1"), ("do", "forget")]).await.expect(303, "forgotten");
    assert_eq!(at(&rows(&vendor, &next).await, "A.2.2-1").0, "csv!C2", "as it is found");
    let third = upload(&vendor, &asked, "q5.csv", SECOND).await;
    assert_eq!(at(&rows(&vendor, &third).await, "A.2.2-1").0, "csv!C2", "and for the next file too");
    server.finish().await;
}

#[tokio::test]
async fn a_file_in_which_nothing_is_recognised_leads_to_its_sheets() {
    let (server, _) = Server::set_up(BUYER).await;
    let buyer = server.program(BUYER, Role::Procurement);
    let asked = ask(&buyer, "Northwind").await;
    let vendor = enter(&server, &asked).await;
    // No heading that anybody knows, and questions that do not look like any.
    let file = "\
Alpha,Beta,Gamma
x1,a written AI policy approved by your management,\"Yes, reviewed within the last 12 months\"
x2,how many days what customers enter into the AI is kept by default,30 days
";
    let file = file.as_bytes().to_vec();
    let read = vendor.upload(&imports(&asked), &[], ("ours.csv", file)).await.expect(303, "taken");
    assert!(read.location().ends_with("/sheets"), "{}", read.location());
    let page = read.location().trim_end_matches("/sheets").to_owned();
    let screen = vendor.get(read.location()).await.expect(200, "the screen").text;
    assert!(screen.contains("Show us where they are") && screen.contains("Gamma"), "{screen}");
    let said = [
        ("sheet", "1"),
        ("sheet_name", "csv"),
        ("role", "questionnaire"),
        ("column:B", "question"),
        ("column:C", "answer"),
        ("header_here", "1"),
    ];
    vendor.submit(&format!("{page}/sheets"), &said).await.expect(303, "shown");
    let now = rows(&vendor, &page).await;
    assert_eq!(at(&now, "A.2.2-1").0, "csv!C2", "{now}");
    // One that was made here is read by its marks: there is nothing to say about it.
    let reply = json!({ "kind": "choice", "option": "both" });
    answer(&vendor, &asked.assessment, &[("PROD-2", reply)]).await;
    let own = vendor.get(&format!("/api/v1/assessments/{}/workbook", asked.assessment)).await.expect(200, "ours").bytes;
    let own = vendor.upload(&imports(&asked), &[], ("own.xlsx", own)).await.expect(303, "read");
    assert!(!own.location().ends_with("/sheets"), "{}", own.location());
    let screen = vendor.get(&format!("{}/sheets", own.location())).await.expect(200, "it can be looked at").text;
    assert!(screen.contains("was made here") && !screen.contains("Read again with this"), "{screen}");
    vendor.submit(&format!("{}/sheets", own.location()), &SAID).await.expect(409, "not corrected");
    server.finish().await;
}

#[tokio::test]
async fn a_buyers_workbook_is_corrected_and_becomes_a_draft() {
    let (server, admin) = Server::set_up(BUYER).await;
    let author = server.program(BUYER, Role::Administrator);
    let file = |quarter: &str| {
        let rows: Vec<String> = ["Access", "Access", "Access", "Backups", "Backups", "Backups"]
            .iter()
            .enumerate()
            .map(|(n, topic)| format!("Z{},{topic},Tell us how {quarter} control {} of it works.", n + 1, n + 1))
            .collect();
        format!("Id,Question,What we want to know\n{}\n", rows.join("\n")).into_bytes()
    };
    let read = admin.upload("/templates/import", &[], ("house.csv", file("first"))).await.expect(303, "read");
    let page = read.location().to_owned();
    let listed = admin.get("/templates/import").await.expect(200, "the list").text;
    assert!(listed.contains(&page) && listed.contains("house.csv"), "one comes back to it: {listed}");
    let said = [("sheet", "1"), ("sheet_name", "csv"), ("column:B", "section"), ("column:C", "question")];
    admin.submit(&page, &said).await.expect(303, "corrected");
    let shown = admin.get(&page).await.expect(200, "what it becomes").text;
    assert!(shown.contains("<dt>Sections</dt><dd>2</dd>") && shown.contains("<dt>Questions</dt><dd>6</dd>"), "{shown}");
    let begun = admin.submit(&format!("{page}/begin"), &[]).await.expect(303, "a draft");
    let draft = author.read(&format!("/api/v1{}", begun.location())).await;
    let sections = draft["document"]["sections"].as_array().expect("sections").clone();
    let titles: Vec<&Value> = sections.iter().map(|section| &section["title"]).collect();
    assert_eq!(titles, [&json!("Access"), &json!("Backups")], "{draft}");
    let first = &sections[0]["questions"][0];
    assert_eq!((&first["id"], &first["text"]), (&json!("Z1"), &json!("Tell us how first control 1 of it works.")));
    admin.submit(&page, &said).await.expect(409, "a draft was begun of it");
    let shown = admin.get(&page).await.expect(200, "and leads to it").text;
    assert!(shown.contains(begun.location()), "{shown}");

    let again = admin.upload("/templates/import", &[], ("house 2.csv", file("second"))).await.expect(303, "read");
    let shown = admin.get(again.location()).await.expect(200, "as was said").text;
    assert!(shown.contains("<dt>Sections</dt><dd>2</dd>") && shown.contains("said of “house.csv”"), "{shown}");
    server.finish().await;
}

#[tokio::test]
async fn columns_of_a_list_for_the_register_are_corrected_and_remembered() {
    let (server, _) = Server::set_up(BUYER).await;
    let analyst = server.person(BUYER, Role::Analyst).await;
    let program = server.program(BUYER, Role::Analyst);
    let file = |product: &str| {
        format!(
            "Department,Use case,In use?,Product type,Platform\nSales,Drafting letters,Yes,Assistant,{product}\n\
             Legal,Reading contracts,No,Search,\n"
        )
        .into_bytes()
    };
    let read = analyst.upload("/register/import", &[], ("uses.csv", file("Aurora Writer"))).await.expect(303, "read");
    let page = read.location().to_owned();
    let heading = |page: &str| page.contains("<td class=\"long\">Platform</td>");
    assert!(!heading(&analyst.get(&page).await.expect(200, "the preview").text), "taken for something else");
    let sheets = format!("{page}/sheets");
    let screen = analyst.get(&sheets).await.expect(200, "how it was read").text;
    assert!(screen.contains("Found: Product") && screen.contains("In use"), "{screen}");
    let said = [("sheet", "1"), ("sheet_name", "csv"), ("column:D", "nothing"), ("column:E", "product")];
    analyst.submit(&sheets, &said).await.expect(303, "corrected");
    assert!(heading(&analyst.get(&page).await.expect(200, "the preview").text), "the product stands in E");
    analyst.submit(&format!("{page}/apply"), &[]).await.expect(303, "applied");
    let listed = program.read("/api/v1/components").await;
    assert_eq!(listed["items"][0]["name"], "Aurora Writer", "{listed}");
    analyst.submit(&sheets, &said).await.expect(409, "applied already");

    let next = analyst.upload("/register/import", &[], ("uses 2.csv", file("Boreal Search"))).await.expect(303, "read");
    assert!(heading(&analyst.get(next.location()).await.expect(200, "the preview").text), "remembered");
    let nothing = ("what.csv", b"Colour,Weight,Height\nred,1,2\nblue,3,4\n".to_vec());
    let nothing = analyst.upload("/register/import", &[], nothing).await.expect(303, "kept, and shown");
    assert!(nothing.location().ends_with("/sheets"), "{}", nothing.location());
    let screen = analyst.get(nothing.location()).await.expect(200, "the screen").text;
    assert!(screen.contains("No sheet says what AI is used for"), "{screen}");
    let said = [("sheet", "1"), ("sheet_name", "csv"), ("column:A", "use_case")];
    analyst.submit(nothing.location(), &said).await.expect(303, "said");
    let page = nothing.location().trim_end_matches("/sheets").to_owned();
    assert!(
        analyst.get(&page).await.expect(200, "a preview").text.contains("Apply to the register"),
        "it can be applied"
    );
    server.finish().await;
}
