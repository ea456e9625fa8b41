//! The queue of reviews in each of its orders.

use crate::harness::way::{
    add_vendor, answer, enter_by, feature, in_days, replies, submit, template_version, whole_profile,
};
use crate::harness::{Server, Session, Value};
use domain::access::Role;
use serde_json::json;

const BUYER: &str = "Harbour Bank";

/// A vendor that was asked until a day and submitted; gives the assessment.
async fn submitted(server: &Server, buyer: &Session, name: &str, days: i64, profile: &Value) -> String {
    let address = format!("kim@{}.example", name.to_lowercase());
    let [_, contact, engagement] = add_vendor(buyer, name, &address, profile).await;
    let asked = json!({
        "engagement": engagement, "template_version": template_version(buyer).await, "contact": contact,
        "due_on": in_days(days), "message": "Please", "issue": true
    });
    let assessment = buyer.make("/api/v1/assessments", &asked).await;
    let mail = server.mail_to(&address, 1).await;
    let vendor = enter_by(server, &mail.link().expect("a link")).await;
    answer(&vendor, &assessment, &replies(&[feature("Drafter")])).await;
    submit(&vendor, &assessment).await.expect(200, name);
    assessment
}

/// The vendors of the page, in its order.
fn on_page(page: &str, names: &[&str]) -> Vec<String> {
    let mut found: Vec<(usize, &str)> =
        names.iter().filter_map(|name| Some((page.find(&format!("/review\">{name}</a>"))?, *name))).collect();
    found.sort_unstable();
    found.into_iter().map(|(_, name)| name.to_owned()).collect()
}

#[tokio::test]
async fn it_goes_by_due_date_by_waiting_or_by_risk() {
    let (server, _) = Server::set_up(BUYER).await;
    let buyer = server.program(BUYER, Role::Procurement);
    let analyst = server.person(BUYER, Role::Analyst).await;
    let middle = whole_profile();
    let mut grave = whole_profile();
    grave["autonomy"] = json!("acts_alone");
    grave["criticality"] = json!("critical");
    grave["personal_data"] = json!("sensitive");
    let mut unknown = whole_profile();
    unknown.as_object_mut().expect("factors").remove("criticality");

    // In the order in which they are submitted.
    let rows = [("Alder", 30, &middle), ("Birch", 10, &middle), ("Cedar", 10, &grave), ("Dogwood", 20, &unknown)];
    let mut ids = std::collections::BTreeMap::new();
    for (name, days, profile) in rows {
        ids.insert(submitted(&server, &buyer, name, days, profile).await, name);
    }
    let names = ["Alder", "Birch", "Cedar", "Dogwood"];
    let by_due = ["Cedar", "Birch", "Dogwood", "Alder"];
    let by_wait = ["Alder", "Birch", "Cedar", "Dogwood"];
    let by_risk = ["Dogwood", "Cedar", "Alder", "Birch"];
    for (order, wanted) in [("", by_due), ("due", by_due), ("wait", by_wait), ("risk", by_risk), ("none-such", by_due)]
    {
        let query = if order.is_empty() { String::new() } else { format!("?order={order}") };
        let page = analyst.get(&format!("/review{query}")).await.expect(200, order).text;
        assert_eq!(on_page(&page, &names), wanted, "{order}");
        assert!(page.contains(&format!("datetime=\"{}\"", in_days(10))), "the due day");
        assert!(!page.contains("late<") && !page.contains(" late"), "all was submitted in time");
        let all = analyst.read(&format!("/api/v1/reviews{query}")).await;
        let order_of = |list: &Value| {
            let items = list["items"].as_array().expect("items").clone();
            items.iter().map(|row| ids[row["assessment"].as_str().expect("an id")].to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(order_of(&all), wanted, "{order}");
        // A page at a time, nothing is left out or told twice.
        let (mut told, mut next) = (Vec::new(), Some("0".to_owned()));
        while let Some(cursor) = next {
            let of = if order.is_empty() { "due" } else { order };
            let one = analyst.read(&format!("/api/v1/reviews?order={of}&limit=3&cursor={cursor}")).await;
            told.extend(order_of(&one));
            next = one["next"].as_str().map(str::to_owned);
        }
        assert_eq!(told, wanted, "{order}");
    }
    server.finish().await;
}
