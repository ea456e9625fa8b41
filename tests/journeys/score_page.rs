//! What the score page and the report show: every number in words or as a table, and the same ones in the workbook.

use crate::harness::way::{answer, answer_path, ask, confirm_tier, enter, feature, in_days, replies, submit};
use crate::harness::{Server, Value};
use calamine::{Data, Reader, Xlsx};
use domain::access::Role;
use serde_json::json;
use std::io::Cursor;

const BUYER: &str = "Harbour Bank";

/// What stands between two marks, after the first of them.
fn between<'a>(page: &'a str, from: &str, to: &str) -> &'a str {
    let start = page.find(from).unwrap_or_else(|| panic!("no {from}"));
    let rest = &page[start..];
    &rest[..rest.find(to).unwrap_or(rest.len())]
}

/// The rows of a table's body.
fn rows(table: &str) -> usize {
    between(table, "<tbody>", "</tbody>").matches("<tr").count()
}

fn points(number: &Value) -> String {
    format!("{:.1}", number.as_f64().expect("a number"))
}

#[tokio::test]
async fn the_score_page_explains_every_number_in_words_and_tables() {
    let (server, _) = Server::set_up(BUYER).await;
    let buyer = server.program(BUYER, Role::Procurement);
    let analyst = server.person(BUYER, Role::Analyst).await;
    let asked = ask(&buyer, "Northwind").await;
    let vendor = enter(&server, &asked).await;
    let given = replies(&[feature("Drafter")]);
    answer(&vendor, &asked.assessment, &given[..12]).await;
    let (api, page) =
        (format!("/api/v1/assessments/{}/score", asked.assessment), format!("/assessments/{}/score", asked.assessment));

    // Before anything is submitted: as it stands, and what the best answers would make of it.
    let score = analyst.read(&api).await["output"].clone();
    let (residual, best) = (points(&score["residual"]), points(&score["best_case"]));
    assert!(score["best_case"].as_f64() < score["residual"].as_f64(), "questions are open: {score}");
    let text = analyst.get(&page).await.expect(200, "the page").text;
    let range = between(&text, "Questions are open.", "</p>");
    assert!(
        range.contains(&format!("the number would be {best} (")) && range.contains(&format!("instead of {residual}")),
        "{range}"
    );

    answer(&vendor, &asked.assessment, &given[12..]).await;
    submit(&vendor, &asked.assessment).await.expect(200, "submitted");
    analyst.post(&api, &json!({})).await.expect(201, "stored");
    // Another answer, in another round, so that there is a trend.
    let of = format!("/api/v1/assessments/{}", asked.assessment);
    analyst.post(&format!("{of}/reviews"), &json!({ "step": "take" })).await.expect(200, "taken");
    let back = json!({ "question": "A.2.2-1", "verdict": "asked_back", "note": "Which one?" });
    analyst.post(&format!("{of}/review"), &back).await.expect(201, "asked back");
    analyst
        .submit(&format!("/assessments/{}/review", asked.assessment), &[("due_on", "")])
        .await
        .expect(303, "given back");
    let draft = json!({ "reply": { "kind": "choice", "option": "draft" }, "comment": null });
    vendor.put(&answer_path(&asked.assessment, "A.2.2-1"), &draft).await.expect(200, "answered");
    submit(&vendor, &asked.assessment).await.expect(200, "submitted again");
    let stored = analyst.post(&api, &json!({})).await.expect(201, "stored").json();
    let score = &stored["output"];

    let text = analyst.get(&page).await.expect(200, "the page").text;
    let heat = between(&text, "Inherent and residual risk in each of the seven domains", "</table>");
    assert_eq!(rows(heat), 7, "the heat map is a table");
    assert_eq!(heat.matches("role=\"img\" aria-label=\"From ").count(), 7, "and its marks say what they show");
    for domain in score["domains"].as_array().expect("domains") {
        let (inherent, residual) = (points(&domain["inherent"]), points(&domain["residual"]));
        assert!(heat.contains(&format!("From {inherent} inherent to {residual} residual, out of 100")), "{domain}");
    }
    let fall = between(&text, "From inherent to residual risk, control by control", "</table>");
    assert!(rows(fall) > 2, "the waterfall is a table");
    assert_eq!(
        fall.matches("<svg").count(),
        fall.matches("aria-hidden=\"true\"").count(),
        "its bars repeat the numbers"
    );
    let driver = score["driver"].clone();
    let driver = score["domains"].as_array().expect("domains").iter().find(|row| row["domain"] == driver).expect("it");
    for end in ["inherent", "residual"] {
        assert!(fall.contains(&format!("<td class=\"right\">{}", points(&driver[end]))), "{end}: {fall}");
    }
    let trend = between(&text, "id=\"trend\"", "</section>");
    assert!(trend.contains("role=\"img\" aria-label=\""), "the chart says in words what it shows");
    assert_eq!(rows(trend), trend.matches("<circle").count(), "and each point is a row");
    assert!(trend.contains(&points(&score["residual"])), "{trend}");
    for (title, row) in
        [("Effectiveness by control group", "A.6"), ("Effectiveness by clause", "<span class=\"mono\">")]
    {
        let panel = between(&text, title, "</section>");
        assert!(rows(panel) > 0 && panel.contains(row), "{title}: {panel}");
    }
    let opportunities = between(&text, "What would help most", "</section>");
    let first = &score["opportunities"][0];
    assert!(opportunities.contains(&points(&first["reduction"])), "{first}: {opportunities}");
    // PLACE-1 "embedded" and others hid questions: each is named with the answer that hid it.
    let hidden = between(&text, "Questions that the vendor&#x27;s own answers hid", "</section>");
    assert!(rows(hidden) > 0 && hidden.contains("<a href=\""), "{hidden}");
    server.finish().await;
}

#[tokio::test]
async fn the_workbook_of_a_report_says_what_the_page_says() {
    let (server, _) = Server::set_up(BUYER).await;
    let buyer = server.program(BUYER, Role::Procurement);
    let (analyst, approver) = (server.person(BUYER, Role::Analyst).await, server.person(BUYER, Role::Approver).await);
    let asked = ask(&buyer, "Northwind").await;
    let vendor = enter(&server, &asked).await;
    answer(&vendor, &asked.assessment, &replies(&[feature("Drafter")])).await;
    submit(&vendor, &asked.assessment).await.expect(200, "submitted");
    confirm_tier(&analyst, &asked.engagement).await;
    analyst.post(&format!("/api/v1/assessments/{}/score", asked.assessment), &json!({})).await.expect(201, "stored");
    let raised = json!({
        "engagement": asked.engagement, "title": "zqnologszq", "description": "No logs are kept.", "severity": "minor",
        "due_on": in_days(30)
    });
    analyst.post("/api/v1/findings", &raised).await.expect(201, "raised");
    let hold = json!({ "kind": "on_hold", "reason": "Wait for the logs." });
    approver.post(&format!("/api/v1/engagements/{}/decisions", asked.engagement), &hold).await.expect(201, "decided");

    let path = format!("/vendors/{}/report", asked.vendor);
    let page = analyst.get(&path).await.expect(200, "the page").text;
    let report = analyst.read(&format!("/api/v1{path}")).await["engagements"][0].clone();
    let bytes = analyst.get(&format!("{path}/export")).await.expect(200, "the workbook").bytes;
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).expect("a workbook");
    let mut cells = |sheet: usize| -> Vec<Vec<Data>> {
        let sheet = book.worksheet_range_at(sheet).expect("a sheet").expect("its cells");
        sheet.rows().map(<[Data]>::to_vec).collect()
    };
    let uses = cells(0);
    let heading = uses.iter().position(|row| matches!(&row[0], Data::String(text) if text == "Use")).expect("headings");
    let cell = |name: &str| {
        let column =
            uses[heading].iter().position(|cell| matches!(cell, Data::String(text) if text == name)).expect(name);
        uses[heading + 1][column].clone()
    };
    let rating = cell("Rating").to_string();
    assert!(page.contains(&format!("{rating}</span>")) || page.contains(&rating), "{rating} is the page's");
    assert_eq!(rating.to_lowercase(), report["rating"].as_str().expect("a rating"), "and the score's");
    let Data::Float(residual) = cell("Residual risk") else { panic!("a number") };
    assert_eq!(format!("{residual:.1}"), points(&report["residual"]));
    let decision = cell("Decision").to_string();
    assert!(decision.starts_with("On hold on ") && page.contains(&decision), "{decision}");
    assert_eq!(report["decision"]["kind"], "on_hold");
    assert_eq!(cell("EU AI Act").to_string(), "Limited risk, confirmed");
    for line in cell("What to do next").to_string().lines() {
        let as_written = line.replace('\'', "&#x27;");
        assert!(page.contains(&as_written), "{line}");
    }
    let findings = cells(1);
    assert_eq!(findings.len(), 2, "a heading and the one that is open: {findings:?}");
    assert_eq!(findings[1][1].to_string(), "Minor nonconformity");
    assert!(findings[1][2].to_string().starts_with("zqnologszq"));
    assert_eq!(findings[1][3].to_string(), in_days(30));
    assert!(page.contains("Minor nonconformity: zqnologszq"), "as on the page");
    assert_eq!(report["findings"].as_array().map(Vec::len), Some(1), "{report}");
    assert_eq!(report["findings"][0]["title"], "zqnologszq");
    server.finish().await;
}
