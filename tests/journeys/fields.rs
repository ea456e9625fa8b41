//! Whatever a questionnaire asks can be answered on its page, without a script.

use crate::harness::way::{ask_with, enter, version_of, whole_profile};
use crate::harness::{Server, Session};
use candor::actions::content::shipped;
use domain::access::Role;
use domain::questionnaire::{Authored, Kind, Question};
use reqwest::Method;
use reqwest::multipart::Form;

const BUYER: &str = "Harbour Bank";

/// The questionnaires that we ship.
const KEYS: [&str; 7] = [
    "ai-screening",
    "annual-change",
    "embedded-ai-features",
    "generative-ai",
    "high-risk-eu",
    "hong-kong",
    "iso-42001",
];

fn document(key: &str) -> Authored {
    serde_json::from_str(&shipped(&format!("templates/{key}.json"))).expect("a shipped questionnaire")
}

/// The name of the first field that takes an answer to it.
fn field<T>(question: &Question<T>) -> String {
    match &question.kind {
        Kind::Table { columns, .. } => format!("answer:{}:1:{}", question.id, columns[0].id),
        Kind::File { .. } => format!("evidence:{}", question.id),
        _ => format!("answer:{}", question.id),
    }
}

async fn entered(server: &Server, key: &str) -> (String, Session) {
    let buyer = server.program(BUYER, Role::Procurement);
    let version = version_of(&buyer, key).await;
    let asked = ask_with(&buyer, &format!("Northwind {key}"), &whole_profile(), &version).await;
    let vendor = enter(server, &asked).await;
    (asked.assessment, vendor)
}

#[tokio::test]
async fn every_question_has_a_field_for_its_answer() {
    let (server, _) = Server::set_up(BUYER).await;
    for key in KEYS {
        let (assessment, vendor) = entered(&server, key).await;
        for section in document(key).sections {
            let path = format!("/portal/{assessment}/sections/{}", section.id);
            let page = vendor.get(&path).await.expect(200, &path).text;
            for question in &section.questions {
                let field = field(question);
                assert!(page.contains(&format!("name=\"{field}\"")), "{key}: no field {field} on {path}");
            }
        }
    }
    server.finish().await;
}

#[tokio::test]
async fn a_long_text_is_kept_as_it_was_written() {
    let (server, _) = Server::set_up(BUYER).await;
    let (assessment, vendor) = entered(&server, "iso-42001").await;
    let (path, written) = (format!("/portal/{assessment}/sections/performance"), "First line.\n\n 其次:第二行。");
    let fields = [("answer:C.10.1-1", written), ("stand:C.10.1-1", "given"), ("revision:C.10.1-1", "0")];
    let form = fields.into_iter().fold(Form::new(), |form, (name, value)| form.text(name, value));
    vendor.send(vendor.request(Method::POST, &path).multipart(form)).await.expect(303, "saving");
    let answer = vendor.read(&format!("/api/v1/assessments/{assessment}/answers/C.10.1-1")).await;
    assert_eq!(answer["reply"]["text"].as_str(), Some(written));
    let page = vendor.get(&path).await.expect(200, &path).text;
    assert!(page.contains(&format!(">{written}</textarea>")), "{page}");
    server.finish().await;
}
