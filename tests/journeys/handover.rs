//! Handing over: a colleague answers the questions that were handed to them and reaches nothing else; whoever is named
//! signs, and nobody else.

use crate::harness::way::{Asked, answer, answer_path, ask, enter, enter_by, feature, replies, submit};
use crate::harness::{Server, Session, Value};
use domain::access::Role;
use reqwest::Method;
use serde_json::json;

const BUYER: &str = "Harbour Bank";
const LEE: &str = "lee@northwind.example";

fn colleagues(asked: &Asked) -> String {
    format!("/api/v1/assessments/{}/colleagues", asked.assessment)
}

/// Lee, in through a link that hands these questions over.
async fn handed(server: &Server, vendor: &Session, asked: &Asked, questions: &[&str]) -> Session {
    let body = json!({ "name": "Lee Colleague", "email": LEE, "questions": questions, "way": "copy" });
    let made = vendor.post(&colleagues(asked), &body).await.expect(201, "handed over").json();
    enter_by(server, made["link"].as_str().expect("a link")).await
}

async fn attach(vendor: &Session, asked: &Asked, question: &str, key: &str) -> Value {
    let form = reqwest::multipart::Form::new()
        .text("question", question.to_owned())
        .text("effective_on", "2026-01-01")
        .part("file", reqwest::multipart::Part::bytes(b"evidence".to_vec()).file_name("policy.txt"));
    let path = format!("/api/v1/assessments/{}/evidence", asked.assessment);
    // One boundary for both: a repeated request is the same byte for byte.
    let request = vendor.request(Method::POST, &path).header("idempotency-key", key).multipart(form);
    vendor.send(request).await.expect(201, "evidence").json()
}

#[tokio::test]
async fn a_contributor_reaches_the_assigned_questions_and_nothing_else() {
    let (server, _) = Server::set_up(BUYER).await;
    let buyer = server.program(BUYER, Role::Procurement);
    let asked = ask(&buyer, "Northwind").await;
    let kim = enter(&server, &asked).await;
    answer(&kim, &asked.assessment, &replies(&[])[..4]).await;
    let file = attach(&kim, &asked, "A.9.4-1", "one").await;
    let lee = handed(&server, &kim, &asked, &["PROD-1", "A.5.2-1"]).await;

    let own = format!("/api/v1/assessments/{}", asked.assessment);
    let seen = lee.read(&format!("{own}/answers")).await;
    let ids: Vec<&str> =
        seen["items"].as_array().expect("items").iter().filter_map(|i| i["question"].as_str()).collect();
    assert_eq!(ids, ["PROD-1", "A.5.2-1"]);
    assert_eq!(seen["items"][0]["reply"]["text"], "Northwind Desk, Enterprise plan");
    let said = json!({ "reply": { "kind": "choice", "option": "current" }, "comment": "from Lee" });
    let saved = lee.put(&answer_path(&asked.assessment, "A.5.2-1"), &said).await.expect(200, "an own question").json();
    assert_eq!(saved["progress"], json!({ "answered": 2, "of": 2 }));
    assert_eq!(
        (&saved["hidden"], &saved["shown"]),
        (&json!([]), &json!(["A.5.2-1"])),
        "other questions are not spoken of"
    );

    lee.put(&answer_path(&asked.assessment, "A.9.4-1"), &said).await.expect(404, "somebody else's question");
    lee.get(&answer_path(&asked.assessment, "A.9.4-1")).await.expect(404, "somebody else's answer");
    lee.get(&format!("{own}/evidence/{}", file["id"].as_str().expect("an id"))).await.expect(404, "their evidence");
    assert_eq!(lee.read(&format!("{own}/evidence")).await["items"], json!([]));
    for path in ["workbook", "colleagues"] {
        lee.get(&format!("{own}/{path}")).await.expect(403, path);
    }
    submit(&lee, &asked.assessment).await.expect(403, "a contributor submits nothing");
    lee.post(&colleagues(&asked), &json!({ "name": "Eve", "email": "eve@x.example" })).await.expect(403, "hands on");
    let upload = lee.upload(&format!("{own}/imports"), &[], ("a.xlsx", b"PK".to_vec())).await;
    upload.expect(403, "the workbook holds every question");

    let portal = format!("/portal/{}", asked.assessment);
    for path in ["workbook", "imports", "submit", "receipt", "answers.json", "colleagues"] {
        lee.get(&format!("{portal}/{path}")).await.expect(403, path);
    }
    for path in ["", "/questions", "/answers"] {
        let page = lee.get(&format!("{portal}{path}")).await.expect(200, path);
        assert!(!page.text.contains("PROD-2") && !page.text.contains("A.9.4-1"), "{path} names other questions");
        assert!(!page.text.contains("policy.txt"), "{path}");
    }
    let whole = kim.read(&format!("{own}/answers/A.5.2-1")).await;
    assert_eq!(whole["comment"], "from Lee");

    let shown = buyer.read(&colleagues(&asked)).await;
    assert_eq!(shown["items"][0]["email"], LEE);
    assert_eq!(shown["items"][0]["questions"], json!(["A.5.2-1", "PROD-1"]));
    let body = json!({ "name": "Eve", "email": "eve@x.example" });
    buyer.post(&colleagues(&asked), &body).await.expect(403, "the buyer asks nobody in");

    let contact = shown["items"][0]["contact"].as_str().expect("a contact").to_owned();
    let back = kim.request(Method::DELETE, &format!("{}/{contact}", colleagues(&asked)));
    kim.send(back).await.expect(204, "taken back");
    lee.get(&format!("{own}/answers")).await.expect(401, "the link has ended");
    assert_eq!(buyer.read(&colleagues(&asked)).await["items"], json!([]));
    let auditor = server.program(BUYER, Role::Auditor);
    let log = auditor.read("/api/v1/audit?limit=200").await.to_string();
    assert!(log.contains("assessment.handed_over") && log.contains("assessment.taken_back"), "{log}");
    server.finish().await;
}

#[tokio::test]
async fn what_is_taken_back_before_the_mail_goes_out_lets_nobody_in() {
    let (server, _) = Server::set_up(BUYER).await;
    let buyer = server.program(BUYER, Role::Procurement);
    let asked = ask(&buyer, "Northwind").await;
    let kim = enter(&server, &asked).await;
    let body = json!({ "name": "Lee Colleague", "email": LEE, "questions": ["PROD-1"] });
    kim.post(&colleagues(&asked), &body).await.expect(201, "by mail");
    let link = server.mail_to(LEE, 1).await.link().expect("a link");
    let lee = enter_by(&server, &link).await;
    assert_eq!(lee.read(&format!("/api/v1/assessments/{}/answers", asked.assessment)).await["items"][1], Value::Null);
    // More for the same colleague, by a plain form and a whole section.
    let page = format!("/portal/{}/colleagues", asked.assessment);
    let wrong = kim.submit(&page, &[("name", ""), ("email", "no address"), ("part", "questions")]).await;
    assert!(wrong.expect(422, "nothing chosen").text.contains("no address"), "what was typed stays");
    let fields = [("name", "Lee"), ("email", LEE), ("part", "everything"), ("way", "mail")];
    kim.submit(&page, &fields).await.expect(303, "everything");
    lee.get(&format!("/portal/{}", asked.assessment)).await.expect(401, "the narrower link has ended");
    let whole = enter_by(&server, &server.mail_to(LEE, 2).await.link().expect("a link")).await;
    whole.get(&format!("/portal/{}/workbook", asked.assessment)).await.expect(200, "everything is everything");
    let contact = buyer.read(&colleagues(&asked)).await["items"][0]["contact"].as_str().expect("a contact").to_owned();
    kim.submit(&format!("{page}/{contact}/take-back"), &[]).await.expect(303, "taken back");
    whole.get(&format!("/portal/{}", asked.assessment)).await.expect(401, "the link has ended");
    let mine = asked.contact.as_str();
    kim.submit(&format!("{page}/{mine}/take-back"), &[]).await.expect(303, "whom the buyer asked stays");
    kim.get(&format!("/portal/{}", asked.assessment)).await.expect(200, "still in");
    server.finish().await;
}

#[tokio::test]
async fn only_the_named_signatory_attests() {
    let (server, _) = Server::set_up(BUYER).await;
    let buyer = server.program(BUYER, Role::Procurement);
    let asked = ask(&buyer, "Northwind").await;
    let kim = enter(&server, &asked).await;
    let own = format!("/api/v1/assessments/{}", asked.assessment);
    let signatory = json!({ "name": "Chris Chief", "email": "chris@northwind.example" });
    kim.put(&format!("{own}/signatory"), &signatory).await.expect(204, "named");
    let missing = kim.post(&format!("{own}/signature"), &json!({})).await.expect(422, "not complete").json();
    assert_eq!(missing["errors"][0]["code"], "answer-required");
    answer(&kim, &asked.assessment, &replies(&[feature("Drafter")])).await;
    let page =
        kim.get(&format!("/portal/{}/submit", asked.assessment)).await.expect(200, "asks for the signature").text;
    assert!(page.contains("Chris Chief signs"), "{page}");
    submit(&kim, &asked.assessment).await.expect(403, "somebody else signs");
    kim.post(&format!("{own}/signature"), &json!({})).await.expect(201, "asked");
    let mail = server.mail_to("chris@northwind.example", 1).await;
    assert!(mail.subject.contains("sign"), "{}", mail.subject);
    let chris = enter_by(&server, &mail.link().expect("a link")).await;
    assert_eq!(chris.read(&format!("{own}/answers/PROD-1")).await["reply"]["kind"], "text");
    submit(&chris, &asked.assessment).await.expect(200, "the signatory attests");
    assert_eq!(buyer.read(&own).await["state"], "submitted");
    server.finish().await;
}

#[tokio::test]
async fn a_vendor_s_repeated_request_acts_once() {
    let (server, _) = Server::set_up(BUYER).await;
    let buyer = server.program(BUYER, Role::Procurement);
    let asked = ask(&buyer, "Northwind").await;
    let kim = enter(&server, &asked).await;
    let path = format!("/api/v1/assessments/{}", asked.assessment);
    let body = concat!(
        "--b\r\nContent-Disposition: form-data; name=\"question\"\r\n\r\nA.9.4-1\r\n",
        "--b\r\nContent-Disposition: form-data; name=\"effective_on\"\r\n\r\n2026-01-01\r\n",
        "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.txt\"\r\n\r\nevidence\r\n--b--\r\n"
    );
    let mut ids = Vec::new();
    for _ in 0..2 {
        let request = kim
            .request(Method::POST, &format!("{path}/evidence"))
            .header("idempotency-key", "again")
            .header("content-type", "multipart/form-data; boundary=b")
            .body(body);
        ids.push(kim.send(request).await.expect(201, "evidence").json()["id"].clone());
    }
    assert_eq!(ids[0], ids[1]);
    assert_eq!(kim.read(&format!("{path}/evidence")).await["items"].as_array().map(Vec::len), Some(1));
    let request = kim
        .request(Method::POST, &format!("{path}/evidence"))
        .header("idempotency-key", "again")
        .header("content-type", "multipart/form-data; boundary=b")
        .body(body.replace("a.txt", "b.txt"));
    kim.send(request).await.expect(409, "the key came with something else");
    server.finish().await;
}
