//! Laws and frameworks: what our questions speak to, on what ground, and a vendor's answers seen through each.

use crate::harness::way::{answer, ask, enter, feature, replies, submit};
use crate::harness::{Server, Session, Value, candor, fixture};
use domain::access::Role;
use serde_json::json;
use std::collections::BTreeSet;

const BUYER: &str = "Harbour Bank";
const FRAMEWORKS: [&str; 7] = ["eu-ai-act", "hkma", "iso-27001", "nist-ai-rmf", "pcpd", "singapore", "uk-ico"];
const UNCHECKED: &str = "Our own unchecked reading";

fn crosswalk(key: &str) -> Value {
    serde_json::from_slice(&fixture(&format!("crosswalks/{key}.json"))).expect("a crosswalk")
}

fn template(key: &str) -> Value {
    serde_json::from_slice(&fixture(&format!("templates/{key}.json"))).expect("a questionnaire")
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map(Vec::as_slice).unwrap_or_default()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

/// Texts as they stand in HTML.
fn html(text: &str) -> String {
    let marks = [
        ("&", "&amp;"),
        ("<", "&lt;"),
        (">", "&gt;"),
        ("\"", "&quot;"),
        ("'", "&#x27;"),
        ("=", "&#x3D;"),
        ("`", "&#x60;"),
    ];
    marks.iter().fold(text.to_owned(), |text, (character, mark)| text.replace(character, mark))
}

/// Ids of the questions that name a control or clause which the data relates to the point.
fn touching<'a>(crosswalk: &Value, point: &str, questions: impl IntoIterator<Item = &'a Value>) -> Vec<&'a str> {
    let controls: BTreeSet<&str> = list(&crosswalk["rows"])
        .iter()
        .filter(|row| list(&row["points"]).iter().any(|id| id == point))
        .map(|row| text(&row["control"]))
        .collect();
    let asks = |question: &Value| {
        list(&crosswalk["questions"])
            .iter()
            .any(|row| row["question"] == question["id"] && list(&row["points"]).iter().any(|id| id == point))
    };
    let names = |question: &&Value| {
        asks(question)
            || list(&question["controls"])
                .iter()
                .chain(list(&question["clauses"]))
                .any(|id| controls.contains(text(id)))
    };
    questions.into_iter().filter(names).map(|question| text(&question["id"])).collect()
}

fn questions(template: &Value) -> impl Iterator<Item = &Value> {
    list(&template["sections"]).iter().flat_map(|section| list(&section["questions"]))
}

async fn page(who: &Session, path: &str) -> String {
    who.get(path).await.expect(200, path).text
}

#[tokio::test]
async fn every_relation_shows_its_ground_its_source_and_when_it_was_checked() {
    let (server, _) = Server::set_up(BUYER).await;
    let analyst = server.person(BUYER, Role::Analyst).await;
    let all = page(&analyst, "/crosswalks").await;
    let listed = analyst.read("/api/v1/crosswalks").await;
    let keys: Vec<&str> = list(&listed["items"]).iter().map(|item| text(&item["key"])).collect();
    assert_eq!(keys, FRAMEWORKS);
    assert_eq!(all.matches(UNCHECKED).count(), 1, "ISO/IEC 27001 alone was not read itself");
    for key in FRAMEWORKS {
        let data = crosswalk(key);
        assert!(all.contains(&format!("href=\"/crosswalks/{key}\"")), "{key}");
        let seen = page(&analyst, &format!("/crosswalks/{key}")).await;
        // One for each point that a row relates to a control.
        let rows = || list(&data["rows"]).iter().chain(list(&data["questions"]));
        let shown = |rows: &mut dyn Iterator<Item = &Value>| rows.map(|row| list(&row["points"]).len()).sum::<usize>();
        let unchecked = shown(&mut rows().filter(|row| row["checked"].is_null()));
        let whole = usize::from(data["source"]["checked"].is_null());
        assert_eq!(seen.matches(UNCHECKED).count(), unchecked + whole, "{key}");
        assert_eq!(seen.matches("read on 20").count(), shown(&mut rows()) - unchecked, "{key}");
        for row in rows() {
            assert!(seen.contains(&html(text(&row["basis"]))), "{key}: the ground {}", row["basis"]);
            assert!(seen.contains(&html(text(&row["source"]))), "{key}: {}", row["source"]);
        }
        let bare = list(&data["points"]).iter().filter(|point| touching_rows(&data, text(&point["id"])) == 0).count();
        assert_eq!(seen.matches("No control of ISO/IEC 42001 is known to speak to it").count(), bare, "{key}");
        assert!(seen.contains(&html(text(&data["licence_note"]))), "{key}: its terms");
    }
    analyst.get("/crosswalks/gdpr").await.expect(404, "a framework that we do not have");
    analyst.get("/api/v1/crosswalks/gdpr").await.expect(404, "the same for programs");
    server.finish().await;
}

fn touching_rows(crosswalk: &Value, point: &str) -> usize {
    let rows = list(&crosswalk["rows"]).iter().chain(list(&crosswalk["questions"]));
    rows.filter(|row| list(&row["points"]).iter().any(|id| id == point)).count()
}

#[tokio::test]
async fn what_no_question_touches_is_said() {
    let (server, _) = Server::set_up(BUYER).await;
    let analyst = server.person(BUYER, Role::Analyst).await;
    let screening = template("ai-screening");
    for key in FRAMEWORKS {
        let data = crosswalk(key);
        let points: Vec<&str> = list(&data["points"]).iter().map(|point| text(&point["id"])).collect();
        let untouched: Vec<&str> =
            points.iter().copied().filter(|point| touching(&data, point, questions(&screening)).is_empty()).collect();
        let seen = page(&analyst, &format!("/crosswalks/{key}?template=ai-screening")).await;
        let touched = points.len() - untouched.len();
        assert!(seen.contains(&format!("{touched} of {} points are touched", points.len())), "{key}: {seen}");
        assert_eq!(seen.matches("No question touches it.").count(), untouched.len(), "{key}");
        let report = candor(&["template", "check", "--frameworks", "fixtures/templates/ai-screening.json"])
            .current_dir(crate::harness::root())
            .output()
            .expect("the command");
        assert!(report.status.success());
        let report = String::from_utf8(report.stdout).expect("UTF-8");
        let none = if untouched.is_empty() { "all".to_owned() } else { format!("none on {}", untouched.join("; ")) };
        assert!(report.contains(&format!("{key}: {touched} of {} points touched; {none}\n", points.len())), "{report}");
    }
    // A point that nothing asks about: codes of practice. One that the high-risk addendum asks about itself: Art. 6(1).
    let seen = page(&analyst, "/crosswalks/eu-ai-act").await;
    let none = seen.split("No question touches:").nth(1).and_then(|rest| rest.split("</p>").next()).expect("the list");
    assert!(none.contains("<span class=\"mono\">Art. 56</span>"), "{none}");
    assert!(!none.contains("Art. 6(1)"), "{none}");
    let asked =
        seen.split("<span class=\"mono\">Art. 6(1)</span>").nth(1).and_then(|rest| rest.split("</section>").next());
    assert!(asked.is_some_and(|asked| asked.contains("ANNEX1-1") && asked.contains(UNCHECKED)), "{seen}");
    server.finish().await;
}

#[tokio::test]
async fn an_assessment_is_seen_through_each_framework() {
    let (server, _) = Server::set_up(BUYER).await;
    let buyer = server.program(BUYER, Role::Procurement);
    let reader = server.person(BUYER, Role::Auditor).await;
    let asked = ask(&buyer, "Northwind").await;
    let path = |key: &str| format!("/assessments/{}/through/{key}", asked.assessment);
    buyer.get(&format!("/api/v1{}", path("hkma"))).await.expect(409, "nothing is submitted");
    reader.get(&path("hkma")).await.expect(409, "nothing is submitted");
    let vendor = enter(&server, &asked).await;
    let given = replies(&[feature("Drafter")]);
    answer(&vendor, &asked.assessment, &given).await;
    submit(&vendor, &asked.assessment).await.expect(200, "submitted");
    vendor.get(&path("hkma")).await.expect(303, "it is not the vendor's to look at");

    let screening = template("ai-screening");
    // Asked of this vendor: everything that it answered, and the one question that it may leave open.
    let shown: Vec<&Value> = questions(&screening)
        .filter(|question| given.iter().any(|(id, _)| *id == question["id"]) || question["id"] == "A.6.2.7-1")
        .collect();
    assert_eq!(shown.len(), 32);
    for key in FRAMEWORKS {
        let data = crosswalk(key);
        let seen = buyer.read(&format!("/api/v1{}", path(key))).await;
        let points = list(&data["points"]);
        assert_eq!(list(&seen["items"]).len(), points.len());
        for (point, item) in points.iter().zip(list(&seen["items"])) {
            let expected = touching(&data, text(&point["id"]), shown.iter().copied());
            let found: Vec<&str> = list(&item["answers"]).iter().map(|answer| text(&answer["question"])).collect();
            assert_eq!((item["point"].clone(), found), (point["id"].clone(), expected), "{key}");
            for answer in list(&item["answers"]) {
                let reply = given.iter().find(|(id, _)| *id == answer["question"]).map(|(_, reply)| reply.clone());
                assert_eq!(answer["reply"], reply.unwrap_or_default(), "{key}: {answer}");
            }
        }
    }

    // Human oversight (Art. 14): by A.9.2 of ISO/IEC 42001, of which the screening asks two questions.
    let page = page(&reader, &path("eu-ai-act")).await;
    let section = page.split("<span class=\"mono\">Art. 14</span>").nth(1).expect("Art. 14");
    let section = section.split("</section>").next().expect("its end");
    for words in ["Can a person overrule the AI before its result takes effect?", "Can we switch the AI off"] {
        assert!(section.contains(words), "{section}");
    }
    assert!(section.contains("#q-A-9-2-1"), "it leads to the answer: {section}");
    let bare =
        page.split("<span class=\"mono\">Art. 6(1)</span>").nth(1).and_then(|rest| rest.split("</section>").next());
    assert!(bare.is_some_and(|bare| bare.contains("No answer speaks to it.")), "empty, and nothing invented");
    let answers = self::page(&reader, &format!("/assessments/{}/answers", asked.assessment)).await;
    assert!(answers.contains(&format!("href=\"{}\"", path("eu-ai-act"))), "a way there");

    // Somebody else's assessment is no assessment.
    server.further_organisation("Second Bank").await;
    let stranger = server.program("Second Bank", Role::Administrator);
    stranger.get(&format!("/api/v1{}", path("eu-ai-act"))).await.expect(404, "another organisation's");
    buyer.get(&format!("/api/v1{}", path("gdpr"))).await.expect(404, "no such framework");
    server.finish().await;
}

#[test]
fn a_wrong_crosswalk_is_refused_with_its_place() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("wrong.json");
    let mut wrong = crosswalk("hkma");
    wrong["rows"][0]["control"] = json!("A.11.1");
    wrong["rows"][1]["points"] = json!(["2019-99"]);
    std::fs::write(&file, wrong.to_string()).expect("written");
    let checked = candor(&["template", "check", &file.to_string_lossy()]).output().expect("the command");
    assert_eq!(checked.status.code(), Some(1));
    let said = String::from_utf8(checked.stdout).expect("UTF-8");
    assert!(said.contains("/rows/0/control") && said.contains("/rows/1/points/0"), "{said}");
}
