//! An engagement that is prohibited or high-risk under the EU AI Act stands out wherever it is looked at, and no longer once
//! somebody has taken that back.

use crate::harness::way::{answer, ask, enter, feature, replies, submit};
use crate::harness::{Server, Session};
use calamine::{Data, Reader, Xlsx};
use domain::access::Role;
use serde_json::json;
use std::io::Cursor;

const BUYER: &str = "Harbour Bank";
const CONFIRMED: &str = "EU AI Act: high-risk";
const PROPOSED: &str = "EU AI Act: proposed as high-risk, not yet confirmed";

/// The report's workbook, all its cells in one text.
async fn report_cells(who: &Session, vendor: &str) -> String {
    let bytes = who.get(&format!("/vendors/{vendor}/report/export")).await.expect(200, "the workbook").bytes;
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).expect("a workbook");
    let sheet = book.worksheet_range_at(0).expect("a sheet").expect("its cells");
    sheet.rows().flatten().map(Data::to_string).collect::<Vec<_>>().join("\n")
}

#[tokio::test]
async fn a_high_risk_engagement_is_seen_wherever_it_is_looked_at() {
    let (server, _) = Server::set_up(BUYER).await;
    let buyer = server.program(BUYER, Role::Procurement);
    let analyst = server.person(BUYER, Role::Analyst).await;
    let asked = ask(&buyer, "Northwind").await;
    let vendor = enter(&server, &asked).await;
    answer(&vendor, &asked.assessment, &replies(&[feature("Drafter")])).await;
    submit(&vendor, &asked.assessment).await.expect(200, "submitted");
    let of = format!("/engagements/{}", asked.engagement);
    let mut pages: Vec<String> = ["", "/profile", "/classification", "/impact", "/acceptances", "/decision"]
        .map(|page| format!("{of}{page}"))
        .into();
    pages.extend([format!("/vendors/{}", asked.vendor), format!("/vendors/{}/report", asked.vendor)]);
    pages.extend(["/review", "/review?order=risk", "/portfolio"].map(str::to_owned));
    pages.push(format!("/assessments/{}/score", asked.assessment));
    let seen = async |confirmed: bool, proposed: bool| {
        for page in &pages {
            let text = analyst.get(page).await.expect(200, page).text;
            assert_eq!(text.contains(&format!("badge--danger\">{CONFIRMED}<")), confirmed, "{page}: confirmed");
            assert_eq!(text.contains(&format!("badge--warn\">{PROPOSED}<")), proposed, "{page}: proposed");
        }
        let name = |is: bool| if is { json!("high") } else { json!(null) };
        let portfolio = analyst.read("/api/v1/portfolio").await["items"][0].clone();
        let queue = analyst.read("/api/v1/reviews").await["items"][0].clone();
        let report = analyst.read(&format!("/api/v1/vendors/{}/report", asked.vendor)).await["engagements"][0].clone();
        for row in [portfolio, queue, report] {
            assert_eq!(row["unconfirmed_ai_act_tier"], name(proposed), "{row}");
            assert_eq!(row["ai_act_tier"] == "high", confirmed, "{row}");
        }
    };
    let report = format!("/vendors/{}/report", asked.vendor);

    seen(false, false).await;
    assert!(analyst.get(&report).await.text.contains("<dd>Not classified yet</dd>"), "every tier is named");
    assert!(report_cells(&analyst, &asked.vendor).await.contains("Not classified yet"));

    // What rules propose stands out, and is worded as proposed.
    let lending = json!({ "facts": { "purpose": "Ranks job applicants by their CVs and recommends whom to invite" } });
    analyst.post(&format!("/api/v1{of}/facts"), &lending).await.expect(200, "stated");
    seen(false, true).await;
    let cells = report_cells(&analyst, &asked.vendor).await;
    assert!(cells.contains("Not classified yet. Proposed: High-risk, not yet confirmed"), "{cells}");

    let classify = format!("/api/v1{of}/classification");
    let high = json!({ "tier": "high", "areas": ["5(b)"], "reason": "It decides who gets credit." });
    analyst.post(&classify, &high).await.expect(200, "confirmed");
    seen(true, false).await;
    let words = "High-risk (Annex III, point 5(b)), confirmed";
    assert!(analyst.get(&report).await.text.contains(words), "with its point of Annex III");
    assert!(report_cells(&analyst, &asked.vendor).await.contains(words), "in the workbook too");

    // Taken back, with a reason over what the words say: whoever did had the proposal before them.
    let minimal = json!({ "tier": "minimal", "reason": "It ranks dummy data in a course." });
    analyst.post(&classify, &minimal).await.expect(200, "taken back");
    seen(false, false).await;
    let text = analyst.get(&report).await.text;
    assert!(text.contains("Minimal risk, confirmed") && !text.contains(words), "the report names it");

    // What is known by then can speak for another rule: that is proposed anew.
    let credit =
        json!({ "facts": { "purpose": "Evaluates the creditworthiness of natural persons and their credit score" } });
    analyst.post(&format!("/api/v1{of}/facts"), &credit).await.expect(200, "stated");
    seen(false, true).await;

    // Of several engagements the strictest speaks for the vendor.
    let mail = json!({
        "name": "Mail drafts", "business_function": "Service", "owner": "Lee",
        "profile": crate::harness::way::whole_profile()
    });
    let second = buyer.make(&format!("/api/v1/vendors/{}/engagements", asked.vendor), &mail).await;
    analyst.post(&format!("/api/v1/engagements/{second}/classification"), &high).await.expect(200, "confirmed");
    let row = analyst.read("/api/v1/portfolio").await["items"][0].clone();
    assert_eq!((&row["ai_act_tier"], &row["unconfirmed_ai_act_tier"]), (&json!("high"), &json!(null)), "{row}");
    analyst.post(&format!("/api/v1/engagements/{second}/end"), &json!({ "reason": "Over" })).await;
    server.finish().await;
}
