//! Stored scores computed anew: when a version of the policy comes into force, when an administrator says so, and through
//! whatever stops it in the middle.

use super::scene::Scene;
use crate::harness::way::{
    answer, ask, enter, enter_by, feature, in_days, questionnaire, replies, submit, template_version, whole_profile,
};
use crate::harness::{Server, Session, Settings, Value, until};
use candor::actions::content::shipped;
use candor::repo::{self, SystemScope};
use domain::access::Role;
use domain::ids::OrganisationId;
use serde_json::json;
use std::collections::BTreeMap;

const BUYER: &str = "Harbour Bank";
const OTHER: &str = "Elsewhere Insurance";

/// A vendor that has submitted, with a stored score.
async fn scored(
    server: &Server,
    organisation: &str,
    analyst: &Session,
    name: &str,
) -> (crate::harness::way::Asked, Value) {
    let buyer = server.program(organisation, Role::Procurement);
    let asked = ask(&buyer, name).await;
    let vendor = enter(server, &asked).await;
    answer(&vendor, &asked.assessment, &replies(&[feature("Reply Drafter")])).await;
    submit(&vendor, &asked.assessment).await.expect(200, "submitted");
    let path = format!("/api/v1/assessments/{}/score", asked.assessment);
    let stored = analyst.post(&path, &json!({})).await.expect(201, "stored").json();
    (asked, stored)
}

/// The newest stored score of a vendor's engagement.
async fn newest(reader: &Session, vendor: &str) -> Value {
    reader.read(&format!("/api/v1/vendors/{vendor}/score")).await["engagements"][0]["newest"].clone()
}

/// Waits until a run has ended.
async fn ended(reader: &Session, run: &str) -> Value {
    until("the run to end", async || {
        let run = reader.read(&format!("/api/v1/policies/runs/{run}")).await;
        (run["state"] != "running").then_some(run)
    })
    .await
}

/// A vendor's row of the portfolio.
async fn row(reader: &Session, name: &str) -> Value {
    let all = reader.read("/api/v1/portfolio").await;
    let mut rows = all["items"].as_array().expect("items").iter();
    rows.rfind(|row| row["name"] == name).cloned().unwrap_or_default()
}

#[tokio::test]
async fn a_policy_that_comes_into_force_has_every_stored_score_computed_anew() {
    let (server, _) = Server::set_up(BUYER).await;
    server.further_organisation(OTHER).await;
    let administrator = server.program(BUYER, Role::Administrator);
    let analyst = server.person(BUYER, Role::Analyst).await;
    let elsewhere = server.person(OTHER, Role::Analyst).await;
    let (asked, before) = scored(&server, BUYER, &analyst, "Northwind").await;
    let (_, theirs) = scored(&server, OTHER, &elsewhere, "Southwind").await;
    let first = row(&analyst, "Northwind").await;
    assert_eq!(first["residual"], before["output"]["residual"]);
    assert_eq!((&first["previous_residual"], &first["rating"]), (&Value::Null, &before["output"]["rating"]));

    let mut policy: Value = serde_json::from_str(&shipped("policies/default.json")).expect("the policy");
    administrator.post("/api/v1/policies", &policy).await.expect(422, "it is in force already");
    policy["version"] = json!(policy["version"].as_u64().expect("a number") + 1);
    policy["max_mitigation"] = json!(0.5);
    analyst.post("/api/v1/policies", &policy).await.expect(403, "an analyst publishes none");
    let mut other_words = policy.clone();
    other_words["bands"][0]["rating"] = json!("fine");
    let refused = administrator.post("/api/v1/policies", &other_words).await.expect(422, "no rule speaks of it");
    assert!(
        refused.text.contains("rating-without-rules") || refused.text.contains("policy-refused"),
        "{}",
        refused.text
    );
    administrator.post("/api/v1/policies", &policy).await.expect(201, "published");

    let run = analyst.read("/api/v1/policies/runs").await["items"][0]["id"].as_str().expect("a run").to_owned();
    let run = ended(&analyst, &run).await;
    assert_eq!((&run["state"], &run["scored"], &run["unscored"]), (&json!("done"), &json!(1), &json!(0)), "{run}");
    let after = newest(&analyst, &asked.vendor).await;
    let (was, is) = (before["output"]["residual"].as_f64().expect("it"), after["residual"].as_f64().expect("it"));
    assert!(is > was, "controls take less away now: {was} and {is}");
    let moved = row(&analyst, "Northwind").await;
    assert_eq!(
        (&moved["residual"], &moved["previous_residual"]),
        (&json!(is), &Value::Null),
        "and the portfolio says so; another policy is no trend"
    );
    let old = format!("/assessments/{}/score?score={}", asked.assessment, before["score"].as_str().expect("an id"));
    let old = analyst.get(&old).await.expect(200, "the old score stays").text;
    assert!(old.contains(&format!("{was:.1}")), "{old}");
    let other = row(&elsewhere, "Southwind").await;
    assert_eq!(other["residual"], theirs["output"]["residual"], "another organisation has its own policy");
    assert_eq!(elsewhere.read("/api/v1/policies/runs").await["items"], json!([]));

    analyst.submit("/policy/runs", &[("once", "1")]).await.expect(403, "the button is the administrator's");
    let shown = analyst.get("/policy").await.expect(200, "everybody reads it").text;
    assert!(shown.contains("1 of 1 engagements") && !shown.contains("Compute all scores anew"), "{shown}");
    let person = server.person(BUYER, Role::Administrator).await;
    let shown = person.get("/policy").await.expect(200, "the page").text;
    assert!(shown.contains("Compute all scores anew"), "{shown}");
    person.submit("/policy/runs", &[("once", "1")]).await.expect(303, "started");
    let again = analyst.read("/api/v1/policies/runs").await["items"][0]["id"].as_str().expect("a run").to_owned();
    let again = ended(&analyst, &again).await;
    assert_eq!((&again["scored"], &again["state"]), (&json!(1), &json!("done")));
    assert_ne!(again["id"], run["id"]);
    assert_eq!(newest(&analyst, &asked.vendor).await["score"], after["score"], "nothing new to say, so no new row");
    server.finish().await;
}

/// By assessment: its stored scores, each with the policy.
async fn scores(scene: &Scene) -> BTreeMap<String, Vec<uuid::Uuid>> {
    let platform = scene.server.platform().await;
    let mut all: BTreeMap<String, Vec<uuid::Uuid>> = BTreeMap::new();
    for (id, _) in &scene.assessments {
        let rows = repo::scores::of_assessment(platform.db.read(), scene.by.scope, *id).await.expect("scores");
        all.insert(id.to_string(), rows.into_iter().map(|row| row.policy_id).collect());
    }
    platform.db.close().await;
    all
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_that_is_killed_in_the_middle_goes_on_where_it_was() {
    const ASSESSMENTS: usize = 4;
    const BARE: usize = 40;
    let mut scene = Scene::with(ASSESSMENTS, Settings::default().with("limits__rescore_step", 1)).await;
    let (organisation, vendor) = {
        let platform = scene.server.platform().await;
        let db = platform.db.read();
        let all = repo::organisations::all(db, SystemScope).await.expect("organisations");
        let own = all.into_iter().find(|row| OrganisationId(row.id) == scene.by.scope.organisation());
        let vendor = repo::vendors::all(db, scene.by.scope).await.expect("vendors").remove(0).id;
        platform.db.close().await;
        (own.expect("the buyer").name, vendor)
    };
    let analyst = scene.server.program(&organisation, Role::Analyst);
    let administrator = scene.server.program(&organisation, Role::Administrator);
    for (id, vendor) in &scene.assessments {
        submit(vendor, &id.to_string()).await.expect(200, "submitted");
        analyst.post(&format!("/api/v1/assessments/{id}/score"), &json!({})).await.expect(201, "stored");
    }
    for n in 0..BARE {
        let bare = json!({ "name": format!("Bare {n}"), "business_function": "Any", "owner": "Any", "profile": {} });
        analyst.make(&format!("/api/v1/vendors/{vendor}/engagements"), &bare).await;
    }
    scene.server.jobs_done().await;
    let mut policy: Value = serde_json::from_str(&shipped("policies/default.json")).expect("the policy");
    policy["version"] = json!(policy["version"].as_u64().expect("a number") + 1);
    policy["max_mitigation"] = json!(0.5);
    administrator.post("/api/v1/policies", &policy).await.expect(201, "published");
    let run = administrator.post("/api/v1/policies/runs", &json!({})).await.expect(201, "the same").json();
    let path = format!("/api/v1/policies/runs/{}", run["id"].as_str().expect("an id"));
    let stopped = administrator.post(&format!("{path}/stop"), &json!({})).await.expect(200, "stopped").json();
    let done = |run: &Value| run["scored"].as_i64().expect("it") + run["unscored"].as_i64().expect("it");
    let total = (ASSESSMENTS + BARE) as i64;
    assert!(done(&stopped) < total, "in the middle: {stopped}");
    let all = administrator.read("/api/v1/policies/runs").await;
    assert_eq!(all["items"].as_array().map(Vec::len), Some(1), "two runs at once are one: {all}");
    administrator.post(&format!("{path}/stop"), &json!({})).await.expect(409, "it is stopped");
    administrator.post(&format!("{path}/resume"), &json!({})).await.expect(200, "it goes on");
    until("the run to move", async || (done(&administrator.read(&path).await) > done(&stopped)).then_some(())).await;
    scene.server.kill();
    let killed = {
        let platform = scene.server.platform().await;
        let runs = repo::rescores::page(platform.db.read(), scene.by.scope, None, 5).await.expect("runs");
        platform.db.close().await;
        runs[0].clone()
    };
    assert_eq!(killed.state, "running", "nobody ended it");
    assert!(killed.scored + killed.unscored < total && killed.after_id.is_some(), "killed in the middle: {killed:?}");
    scene.kill_and_restart();
    let administrator = administrator.at(&scene.server.url);
    let run = ended(&administrator, run["id"].as_str().expect("an id")).await;
    assert_eq!((&run["state"], &run["scored"]), (&json!("done"), &json!(ASSESSMENTS)), "{run}");
    assert_eq!(done(&run), total);
    for (assessment, of_one) in scores(&scene).await {
        assert_eq!(of_one.len(), 2, "{assessment}: the old score and one new one");
        assert_ne!(of_one[0], of_one[1], "{assessment}: each by its policy");
    }
    scene.server.finish().await;
}

#[tokio::test]
async fn the_portfolio_says_how_every_vendor_stands() {
    let (server, _) = Server::set_up(BUYER).await;
    server.further_organisation(OTHER).await;
    let analyst = server.person(BUYER, Role::Analyst).await;
    let approver = server.person(BUYER, Role::Approver).await;
    let buyer = server.program(BUYER, Role::Procurement);
    let (asked, stored) = scored(&server, BUYER, &analyst, "Northwind").await;
    let calm = ask(&buyer, "Calm").await;
    server.jobs_done().await;
    let before = row(&analyst, "Northwind").await;
    assert_eq!((&before["rating"], &before["scored"]), (&stored["output"]["rating"], &json!(1)));
    assert_eq!((&before["open_major"], &before["decision"]), (&json!(0), &Value::Null));
    let unscored = row(&analyst, "Calm").await;
    assert_eq!(
        (&unscored["rating"], &unscored["engagements"], &unscored["scored"]),
        (&Value::Null, &json!(1), &json!(0))
    );

    let found = json!({ "engagement": asked.engagement, "title": "No fire drill", "severity": "major" });
    let finding = analyst.make("/api/v1/findings", &found).await;
    assert_eq!(row(&analyst, "Northwind").await["open_major"], 1, "in the transaction that raised it");
    let step = json!({ "step": "dismiss", "reason": "There was one." });
    analyst.post(&format!("/api/v1/findings/{finding}/steps"), &step).await.expect(200, "dismissed");
    assert_eq!(row(&analyst, "Northwind").await["open_major"], 0);
    let hold = json!({ "kind": "on_hold", "reason": "Until the contract is clear." });
    approver.post(&format!("/api/v1/engagements/{}/decisions", asked.engagement), &hold).await.expect(201, "decided");
    let decided = row(&analyst, "Northwind").await;
    assert_eq!((&decided["decision"], &decided["is_overtaken"]), (&json!("on_hold"), &json!(false)), "{decided}");
    let own = json!({ "domain": "privacy_security", "severity": 5, "likelihood": 5, "reason": "Client files." });
    analyst.post(&format!("/api/v1/engagements/{}/overrides", asked.engagement), &own).await.expect(200, "replaced");
    server.jobs_done().await;
    assert_eq!(row(&analyst, "Northwind").await["is_overtaken"], true, "it rested on other numbers");
    let score = format!("/api/v1/assessments/{}/score", asked.assessment);
    let worse = analyst.post(&score, &json!({})).await.expect(201, "scored again").json();
    let moved = row(&analyst, "Northwind").await;
    assert_eq!((&moved["residual"], &moved["previous_residual"]), (&worse["output"]["residual"], &Value::Null));
    let page = analyst.get("/portfolio").await.expect(200, "the page").text;
    assert!(
        page.contains("Northwind") && page.contains("Nothing to compare with yet") && page.contains("Overtaken"),
        "{page}"
    );

    for sort in ["rating", "findings", "trend", "name"] {
        let (mut seen, mut cursor) = (Vec::new(), String::new());
        loop {
            let part = analyst.read(&format!("/api/v1/portfolio?sort={sort}&limit=1{cursor}")).await;
            seen.extend(part["items"].as_array().expect("items").iter().map(|row| row["name"].clone()));
            let Some(next) = part["next"].as_str() else { break };
            cursor = format!("&cursor={next}");
        }
        let expected = if sort == "name" { ["Calm", "Northwind"] } else { ["Northwind", "Calm"] };
        assert_eq!(seen, expected, "by {sort}, a page at a time");
    }
    let rating = worse["output"]["rating"].as_str().expect("a rating");
    for (filter, expected) in [(rating, "Northwind"), ("unscored", "Calm")] {
        let found = analyst.read(&format!("/api/v1/portfolio?rating={filter}")).await;
        let names: Vec<_> = found["items"].as_array().expect("items").iter().map(|row| row["name"].clone()).collect();
        assert_eq!(names, [expected], "{filter}");
    }
    let end = json!({ "reason": "We use something else." });
    buyer.post(&format!("/api/v1/engagements/{}/end", calm.engagement), &end).await.expect(204, "ended");
    assert_eq!(row(&analyst, "Calm").await["engagements"], 0);
    let elsewhere = server.person(OTHER, Role::Analyst).await;
    assert_eq!(elsewhere.read("/api/v1/portfolio").await["items"], json!([]), "another organisation has its own");
    server.finish().await;
}

/// Asks the vendor of an engagement once more, has it answer, and stores the score; gives the assessment and the score.
async fn asked_again(
    server: &Server,
    analyst: &Session,
    asked: &crate::harness::way::Asked,
    replies: &[(&str, Value)],
) -> (String, Value) {
    let buyer = server.program(BUYER, Role::Procurement);
    let again = json!({
        "engagement": asked.engagement, "template_version": template_version(&buyer).await, "contact": asked.contact,
        "due_on": in_days(21), "issue": true
    });
    let again = buyer.make("/api/v1/assessments", &again).await;
    let link = buyer.post(&format!("/api/v1/assessments/{again}/links"), &json!({})).await;
    let link = link.expect(201, "a copied link").json()["url"].as_str().expect("a link").to_owned();
    let vendor = enter_by(server, &link).await;
    answer(&vendor, &again, replies).await;
    submit(&vendor, &again).await.expect(200, "submitted");
    let score = format!("/api/v1/assessments/{again}/score");
    let stored = analyst.post(&score, &json!({})).await.expect(201, "stored").json();
    (again, stored)
}

#[tokio::test]
async fn the_trend_goes_from_one_questionnaire_to_the_next() {
    let (server, _) = Server::set_up(BUYER).await;
    let analyst = server.person(BUYER, Role::Analyst).await;
    scored(&server, BUYER, &analyst, "Calm").await;
    let (asked, first) = scored(&server, BUYER, &analyst, "Northwind").await;
    let mut weaker = replies(&[feature("Reply Drafter")]);
    for (question, reply) in &mut weaker {
        // What other questions hang on stays as it is.
        if question.starts_with("A.") && *question != "A.5.2-1" && reply["kind"] == "choice" {
            *reply = json!({ "kind": "declined" });
        }
    }
    let (_, second) = asked_again(&server, &analyst, &asked, &weaker).await;
    let residual = |score: &Value| score["output"]["residual"].as_f64().expect("a number");
    assert!(residual(&second) > residual(&first), "{} and {}", residual(&first), residual(&second));
    let moved = row(&analyst, "Northwind").await;
    assert_eq!(
        (&moved["residual"], &moved["previous_residual"]),
        (&second["output"]["residual"], &first["output"]["residual"])
    );
    let rise = moved["rise"].as_f64().expect("a number");
    assert!((rise - (residual(&second) - residual(&first))).abs() < 1e-9, "{moved}");
    let page = analyst.get("/portfolio").await.expect(200, "the page").text;
    assert!(page.contains("Up "), "{page}");
    let risen = analyst.read("/api/v1/portfolio?sort=trend").await;
    let names: Vec<_> = risen["items"].as_array().expect("items").iter().map(|row| row["name"].clone()).collect();
    assert_eq!(names, ["Northwind", "Calm"], "what has risen comes first");

    // The older questionnaire scored anew is the older one still.
    let score = format!("/api/v1/assessments/{}/score", asked.assessment);
    analyst.post(&score, &json!({})).await.expect(201, "the old one, once more");
    let same = row(&analyst, "Northwind").await;
    assert_eq!(
        (&same["residual"], &same["rating"], &same["previous_residual"]),
        (&second["output"]["residual"], &second["output"]["rating"], &first["output"]["residual"])
    );

    // A stricter policy alone makes nobody rise: the newest questionnaire is scored anew under it, the one before it is not.
    let administrator = server.program(BUYER, Role::Administrator);
    let mut policy: Value = serde_json::from_str(&shipped("policies/default.json")).expect("the policy");
    policy["version"] = json!(policy["version"].as_u64().expect("a number") + 1);
    policy["max_mitigation"] = json!(0.5);
    administrator.post("/api/v1/policies", &policy).await.expect(201, "published");
    let run = analyst.read("/api/v1/policies/runs").await["items"][0]["id"].as_str().expect("a run").to_owned();
    ended(&analyst, &run).await;
    let strict = row(&analyst, "Northwind").await;
    assert_eq!(
        (&strict["previous_residual"], &strict["rise"]),
        (&Value::Null, &json!(0.0)),
        "another policy is no trend: {strict}"
    );
    let page = analyst.get("/portfolio").await.expect(200, "the page").text;
    assert!(!page.contains("Up "), "{page}");
    // Scored by the same policy both, they can be compared again.
    let old = analyst.post(&score, &json!({})).await.expect(201, "the old one, by the new policy").json();
    assert!(residual(&old) > residual(&first), "its controls take less away, too");
    let both = row(&analyst, "Northwind").await;
    assert_eq!(
        (&both["residual"], &both["previous_residual"]),
        (&strict["residual"], &old["output"]["residual"]),
        "{both}"
    );
    server.finish().await;
}

#[tokio::test]
async fn the_trend_says_what_moved_a_score() {
    // A page of the API holds one row, and the trend none the less every questionnaire.
    let settings = Settings::default().with("limits__api_page_rows", 1);
    let (server, _) = Server::set_up_with(BUYER, settings).await;
    let analyst = server.person(BUYER, Role::Analyst).await;
    let buyer = server.program(BUYER, Role::Procurement);
    let (asked, _) = scored(&server, BUYER, &analyst, "Northwind").await;
    let score = format!("/api/v1/assessments/{}/score", asked.assessment);
    let mut profile = whole_profile();
    profile["exposure"] = json!("public");
    let body = json!({ "name": "Desk", "business_function": "Service", "owner": "Lee", "profile": profile });
    buyer.put(&format!("/api/v1/engagements/{}", asked.engagement), &body).await.expect(200, "another profile");
    analyst.post(&score, &json!({})).await.expect(201, "stored again");
    let mut other = replies(&[feature("Reply Drafter")]);
    for (question, reply) in &mut other {
        if ["A.3.2-1", "A.8.4-1"].contains(question) {
            *reply = json!({ "kind": "choice", "option": "no" });
        }
    }
    let (again, _) = asked_again(&server, &analyst, &asked, &other).await;

    let page = analyst.get(&format!("/assessments/{again}/score")).await.expect(200, "the score").text;
    let trend = page.split("id=\"trend\"").nth(1).and_then(|rest| rest.split("</section>").next()).expect("the trend");
    assert_eq!(trend.matches("<tr><td").count(), 3, "{trend}");
    assert!(trend.contains("The profile says something else: "), "{trend}");
    assert!(trend.contains("2 answers count otherwise."), "{trend}");
    assert!(!trend.contains("By another policy") && !trend.contains("Another version"), "{trend}");
    let title = questionnaire().title;
    assert_eq!(trend.matches(&title).count(), 3, "each names its questionnaire: {trend}");
    server.finish().await;
}
