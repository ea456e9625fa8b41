//! The statement of applicability: over all that a vendor is used for, and from one assessment.

use crate::harness::way::{
    answer, ask, enter, enter_by, feature, in_days, replies, submit, template_version, whole_profile,
};
use crate::harness::{Server, Session, Value};
use calamine::{Data, Reader, Xlsx};
use domain::access::Role;
use serde_json::json;
use std::io::Cursor;

const BUYER: &str = "Harbour Bank";

/// What is known of a control: of the vendor, and by engagement.
async fn known(who: &Session, path: &str, control: &str) -> (String, Vec<String>) {
    let stated = who.read(path).await;
    let controls = stated["controls"].as_array().expect("controls").clone();
    assert_eq!(controls.len(), 38, "every control of Annex A");
    let row = controls.into_iter().find(|row| row["control"] == control).expect("the control");
    let word = |of: &Value| of["state"].as_str().expect("a state").to_owned();
    (word(&row), row["engagements"].as_array().expect("engagements").iter().map(word).collect())
}

/// The cells of the only sheet, row by row.
fn cells(bytes: Vec<u8>) -> Vec<Vec<String>> {
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).expect("a workbook");
    let sheet = book.worksheet_range_at(0).expect("a sheet").expect("its cells");
    let text = |cell: &Data| cell.to_string();
    sheet.rows().map(|row| row.iter().map(text).collect()).collect()
}

#[tokio::test]
async fn over_several_engagements_the_weakest_that_asked_speaks() {
    let (server, _) = Server::set_up(BUYER).await;
    let buyer = server.program(BUYER, Role::Procurement);
    let analyst = server.person(BUYER, Role::Analyst).await;
    let first = ask(&buyer, "Northwind").await;
    let page = format!("/vendors/{}/applicability", first.vendor);
    let path = format!("/api/v1{page}");
    let empty = analyst.read(&path).await;
    assert_eq!((&empty["controls"], &empty["without_submission"]), (&json!([]), &json!([first.engagement])));
    analyst.get(&format!("{page}/export")).await.expect(404, "nothing to take away");

    let vendor = enter(&server, &first).await;
    answer(&vendor, &first.assessment, &replies(&[feature("Drafter")])).await;
    submit(&vendor, &first.assessment).await.expect(200, "submitted");

    // A second engagement, which is listed first by its name and is asked with an end of the questionnaire left out.
    let minor = json!({ "criticality": "supporting", "people_affected": "staff" });
    let mut profile = whole_profile();
    for (factor, value) in minor.as_object().expect("factors") {
        profile[factor] = value.clone();
    }
    let engagement = json!({
        "name": "Code review", "business_function": "Engineering", "owner": "Lee Owner", "profile": profile
    });
    let engagement = buyer.make(&format!("/api/v1/vendors/{}/engagements", first.vendor), &engagement).await;
    let contacts = buyer.read(&format!("/api/v1/vendors/{}/contacts", first.vendor)).await;
    let assessment = json!({
        "engagement": engagement, "template_version": template_version(&buyer).await,
        "contact": contacts["items"][0]["id"], "due_on": in_days(21), "issue": true
    });
    let second = buyer.make("/api/v1/assessments", &assessment).await;
    let stated = analyst.read(&path).await;
    assert_eq!(stated["without_submission"], json!([engagement]), "the statement says nothing of it");
    let shown = analyst.get(&page).await.expect(200, "the statement").text;
    assert!(shown.contains("Nothing was submitted yet for: Code review."), "{shown}");
    assert_eq!(known(&analyst, &path, "A.6.2.4").await, ("claimed".into(), vec!["claimed".into()]));

    let link = server.mail_to(&first.address, 3).await.link().expect("a link");
    let vendor = enter_by(&server, &link).await;
    let asked_of_all = ["A.5.4-1", "A.6.2.6-1", "A.6.2.8-1", "A.8.3-1", "A.10.2-1", "A.4.2-1"];
    let mut others = replies(&[feature("Reviewer")]);
    others.retain(|(question, _)| !asked_of_all.contains(question));
    for (question, reply) in &mut others {
        match *question {
            "A.3.2-1" => *reply = json!({ "kind": "choice", "option": "no" }),
            "A.8.2-1" => *reply = json!({ "kind": "not_applicable", "reason": "Nobody talks to it" }),
            _ => {}
        }
    }
    answer(&vendor, &second, &others).await;
    submit(&vendor, &second).await.expect(200, "submitted");

    let words = |words: [&str; 2]| words.map(str::to_owned).to_vec();
    // By the names of the engagements: the code review, then the support assistant.
    let expected = [
        ("A.3.2", "not_in_place", words(["not_in_place", "claimed"])),
        // Asked where the use weighs more, and nowhere else.
        ("A.10.2", "claimed", words(["not_asked", "claimed"])),
        // "A.8.2" is asked about with the intended use and the documentation, too, which the first one left open.
        ("A.8.2", "not_answered", words(["not_answered", "not_answered"])),
        ("A.6.2.7", "not_answered", words(["not_answered", "not_answered"])),
        ("A.2.3", "not_asked", words(["not_asked", "not_asked"])),
        ("A.6.2.4", "claimed", words(["claimed", "claimed"])),
    ];
    for (control, word, by_engagement) in expected {
        assert_eq!(known(&analyst, &path, control).await, (word.to_owned(), by_engagement), "{control}");
    }
    let stated = analyst.read(&path).await;
    let names: Vec<&str> =
        stated["sources"].as_array().expect("sources").iter().filter_map(|row| row["name"].as_str()).collect();
    assert_eq!(names, ["Code review", "Support assistant"]);
    let shown = analyst.get(&page).await.expect(200, "the statement").text;
    assert_eq!(shown.matches("<th scope=\"row\"").count(), 38);
    assert!(shown.contains("Code review: A.8.2-1 does not apply, the vendor says: Nobody talks to it"), "{shown}");

    let rows = cells(analyst.get(&format!("{page}/export")).await.expect(200, "the workbook").bytes);
    let headings = rows.iter().position(|row| row[0] == "Control").expect("headings");
    assert!(rows[headings][10].starts_with("Code review") && rows[headings][11].starts_with("Support assistant"));
    let row = rows.iter().find(|row| row[0] == "A.3.2").expect("the control");
    assert_eq!([&row[2], &row[10], &row[11]], ["Not in place", "Not in place", "Claimed"]);
    assert_eq!(rows.len() - headings - 1, 38);

    // One assessment alone, and what has ended only where it is asked for.
    let alone = format!("{path}?assessment={}", first.assessment);
    assert_eq!(known(&analyst, &alone, "A.3.2").await, ("claimed".into(), vec!["claimed".into()]));
    let shown = analyst.get(&format!("{page}?assessment={}", first.assessment)).await.expect(200, "alone").text;
    assert!(!shown.contains("Nobody talks to it"));
    for wrong in ["nonsense", &first.vendor] {
        analyst.get(&format!("{page}?assessment={wrong}")).await.expect(404, "no such assessment");
    }
    analyst.get(&format!("{page}?assessment=")).await.expect(200, "as the form sends it");
    let end = json!({ "reason": "Not used any more" });
    buyer.post(&format!("/api/v1/engagements/{engagement}/end"), &end).await.expect(204, "ended");
    assert_eq!(known(&analyst, &path, "A.3.2").await, ("claimed".into(), vec!["claimed".into()]));
    let alone = format!("{path}?assessment={second}");
    assert_eq!(known(&analyst, &alone, "A.3.2").await, ("not_in_place".into(), vec!["not_in_place".into()]));
    server.finish().await;
}
