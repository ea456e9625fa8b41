//! From a stored score to a decision that can be defended a year later: the risk accepted by somebody else, the conditions
//! followed, the record computed again to the same bytes, and what overtakes it.

use crate::harness::way::{
    answer, answer_path, ask, confirm_tier, enter, enter_by, feature, in_days, replies, submit, whole_profile,
};
use crate::harness::{Server, Session, Value};
use candor::actions::content::shipped;
use domain::access::Role;
use reqwest::Method;
use serde_json::json;

const BUYER: &str = "Harbour Bank";

async fn submitted(server: &Server, buyer: &Session) -> crate::harness::way::Asked {
    let asked = ask(buyer, "Northwind").await;
    let vendor = enter(server, &asked).await;
    answer(&vendor, &asked.assessment, &replies(&[feature("Reply Drafter")])).await;
    submit(&vendor, &asked.assessment).await.expect(200, "submitted");
    asked
}

#[tokio::test]
async fn a_decision_rests_on_what_others_did_and_recomputes() {
    let (server, _) = Server::set_up(BUYER).await;
    let buyer = server.program(BUYER, Role::Procurement);
    let (analyst, approver) = (server.person(BUYER, Role::Analyst).await, server.person(BUYER, Role::Approver).await);
    let asked = submitted(&server, &buyer).await;
    let api = format!("/api/v1/engagements/{}", asked.engagement);
    let page = format!("/engagements/{}/decision", asked.engagement);
    let approve = json!({ "kind": "approved_with_conditions", "conditions": [
        { "what": "No training on our data", "clause": true, "due_on": in_days(30) }
    ] });
    let refused = approver.post(&format!("{api}/decisions"), &approve).await.expect(422, "nothing is scored");
    assert!(refused.text.contains("\"unscored\""), "{}", refused.text);
    assert!(
        refused.text.contains("tier-not-confirmed"),
        "what a profile says is confirmed by nobody: {}",
        refused.text
    );
    let shown = approver.get(&page).await.expect(200, "the page").text;
    assert!(shown.contains("Nobody confirmed the tier of the EU AI Act"), "{shown}");
    confirm_tier(&analyst, &asked.engagement).await;
    let shown = approver.get(&page).await.expect(200, "the page").text;
    assert!(!shown.contains("Nobody confirmed the tier"), "{shown}");

    let own = json!({ "domain": "privacy_security", "severity": 5, "likelihood": 5, "reason": "Client files." });
    analyst.post(&format!("{api}/overrides"), &own).await.expect(200, "replaced");
    let score = format!("/api/v1/assessments/{}/score", asked.assessment);
    let stored = analyst.post(&score, &json!({})).await.expect(201, "stored").json();
    let rating = stored["output"]["rating"].as_str().expect("a rating").to_owned();
    assert!(["high", "critical"].contains(&rating.as_str()), "{rating}");
    let refused = approver.post(&format!("{api}/decisions"), &approve).await.expect(422, "the risk is accepted first");
    assert!(refused.text.contains("needs-acceptance"), "{}", refused.text);
    let shown = approver.get(&page).await.expect(200, "the page").text;
    assert!(shown.contains("approved only where its acceptance is in force"), "and the page says so");

    let wanted = json!({ "reason": "The pilot ends in June.", "expires_on": in_days(80) });
    let too_long = json!({ "reason": "For ever", "expires_on": in_days(700) });
    analyst.post(&format!("{api}/acceptances"), &too_long).await.expect(422, "longer than the rating allows");
    let made = analyst.post(&format!("{api}/acceptances"), &wanted).await.expect(201, "asked for").json();
    let word = format!("/api/v1/acceptances/{}/words", made["id"].as_str().expect("an id"));
    analyst.post(&word, &json!({ "word": "approved" })).await.expect(403, "an analyst accepts nothing");
    let mut needed = analyst.items(&format!("{api}/acceptances")).await[0]["approvers"].as_u64().expect("how many");
    approver.post(&word, &json!({ "word": "approved" })).await.expect(204, "approved");
    if needed > 1 {
        approver.post(&word, &json!({ "word": "approved" })).await.expect(403, "two approvals are two people");
        let second = server.person_called(BUYER, Role::Approver, Some("second@harbour.example")).await;
        second.post(&word, &json!({ "word": "approved" })).await.expect(204, "approved by another");
        needed = 1;
    }
    assert_eq!(needed, 1);
    let standing = analyst.items(&format!("{api}/acceptances")).await;
    assert_eq!(standing[0]["standing"]["standing"], "in_force", "{standing}");

    let plain = json!({ "kind": "approved" });
    let refused = approver.post(&format!("{api}/decisions"), &plain).await.expect(422, "not without conditions");
    assert!(refused.text.contains("needs-conditions"), "{}", refused.text);
    let applicants =
        json!({ "facts": { "purpose": "Ranks job applicants by their CVs and recommends whom to invite" } });
    let of_now = analyst.post(&format!("{api}/facts"), &applicants).await.expect(200, "it is used otherwise").json();
    assert_eq!(of_now["proposed"], "high", "{of_now}");
    let refused = approver.post(&format!("{api}/decisions"), &approve).await.expect(422, "the tier is of another use");
    assert!(refused.text.contains("tier-not-confirmed"), "{}", refused.text);
    let not_so = json!({ "facts": { "purpose": "" } });
    analyst.post(&format!("{api}/facts"), &not_so).await.expect(200, "it is not");
    let made = approver.post(&format!("{api}/decisions"), &approve).await.expect(201, "decided").json();
    let late = approver.request(Method::POST, &format!("{api}/decisions")).header("if-match", "\"0\"");
    let hold = json!({ "kind": "on_hold", "reason": "Wait" });
    approver.send(late.json(&hold)).await.expect(412, "somebody decided meanwhile");

    let id = made["id"].as_str().expect("an id");
    let record = approver.get(&format!("/api/v1/decisions/{id}/record")).await.expect(200, "the record").text;
    let folder = server.data_dir().to_path_buf();
    let file = |name: &str, text: &str| {
        let path = folder.join(name);
        std::fs::write(&path, text).expect("a file");
        path.display().to_string()
    };
    let kept = file("record.json", &record);
    let verified = server.candor(&["decision", "verify", &kept]);
    assert!(verified.status.success(), "{verified:?}");
    assert!(String::from_utf8_lossy(&verified.stdout).contains("computes to the same bytes"));
    let raised = record.replace("\"weight\":3", "\"weight\":2");
    assert_ne!(raised, record);
    let forged = server.candor(&["decision", "verify", &file("forged.json", &raised)]);
    assert_eq!(forged.status.code(), Some(1), "{forged:?}");
    let inside: Value = serde_json::from_str(&record).expect("JSON");
    let (policy, input) =
        (file("policy.json", &inside["policy"].to_string()), file("input.json", &inside["input"].to_string()));
    let again = server.candor(&["score", "--policy", &policy, "--input", &input, "--json"]);
    assert_eq!(String::from_utf8_lossy(&again.stdout).trim_end(), inside["output"].as_str().expect("a score"));

    let decisions = analyst.items(&format!("{api}/decisions")).await;
    assert_eq!(decisions[0]["overtaken"], json!([]), "it stands");
    let steps = format!("/api/v1/conditions/{}/steps", decisions[0]["conditions"][0]["id"].as_str().expect("an id"));
    let meet = json!({ "step": "meet", "note": "Annex 3 of the contract" });
    analyst.post(&steps, &meet).await.expect(409, "a clause that nobody signed");
    let form = [("step", "meet"), ("note", "zqtypedzq")];
    let refused = analyst.submit(steps.strip_prefix("/api/v1").expect("a path"), &form).await;
    let refused = refused.expect(409, "a clause that nobody signed").text;
    assert!(refused.contains("zqtypedzq</textarea>") && refused.contains("once the clause is signed"), "{refused}");
    for clause in ["clause:proposed", "clause:agreed", "clause:signed"] {
        analyst.post(&steps, &json!({ "step": clause })).await.expect(204, clause);
    }
    analyst.post(&steps, &json!({ "step": "waive", "note": "x" })).await.expect(403, "an approver waives");
    analyst.post(&steps, &meet).await.expect(204, "met");

    let mut profile = whole_profile();
    profile["exposure"] = json!("public");
    let body = json!({ "name": "Desk", "business_function": "Service", "owner": "Lee", "profile": profile });
    buyer.put(&api, &body).await.expect(200, "the profile changed after the decision");
    let shown = analyst.get(&page).await.expect(200, "the page").text;
    assert!(shown.contains("The profile says something else") && shown.contains("computed again just now"), "{shown}");
    let same = analyst.get(&format!("/decisions/{id}/record")).await.expect(200, "the file").text;
    assert_eq!(same, record, "the record stays");
    let log = server.program(BUYER, Role::Auditor).read("/api/v1/audit?limit=200").await.to_string();
    assert_eq!(log.matches("\"decision.record_downloaded\"").count(), 2, "by program and page alike: {log}");
    server.finish().await;
}

#[tokio::test]
async fn a_high_risk_use_takes_an_impact_assessment_by_two() {
    let (server, _) = Server::set_up(BUYER).await;
    let buyer = server.program(BUYER, Role::Procurement);
    let (analyst, approver) = (server.person(BUYER, Role::Analyst).await, server.person(BUYER, Role::Approver).await);
    let asked = submitted(&server, &buyer).await;
    let api = format!("/api/v1/engagements/{}", asked.engagement);
    let high = json!({ "tier": "high", "areas": ["4(a)"], "reason": "It ranks applicants." });
    analyst.post(&format!("{api}/classification"), &high).await.expect(200, "high-risk");
    analyst.post(&format!("/api/v1/assessments/{}/score", asked.assessment), &json!({})).await.expect(201, "stored");
    let approve = json!({ "kind": "approved_with_conditions", "conditions": [{ "what": "Look again" }] });
    let refused = approver.post(&format!("{api}/decisions"), &approve).await.expect(422, "no impact assessment");
    assert!(refused.text.contains("needs-impact-assessment"), "{}", refused.text);

    let page = format!("/engagements/{}/impact", asked.engagement);
    let mut fields = vec![
        ("process", "Hiring"),
        ("period", "Three years"),
        ("oversight", "The head of HR"),
        ("remedies", "A second look"),
        ("effects.0.whom", "individuals"),
        ("effects.0.who", "Applicants"),
        ("effects.0.what", "Not invited"),
        ("effects.0.severity", "4"),
        ("effects.0.likelihood", "2"),
        ("effects.0.measures", "A person decides"),
        ("effects.0.answers", "A.2.2-1"),
        ("none.groups", "Tested for age and sex"),
        ("seen", "0"),
    ];
    let refused = analyst.submit(&page, &fields).await.expect(422, "society is left out");
    assert!(refused.text.contains("Not invited"), "what was typed stands there");
    fields.push(("none.society", "Forty places a year"));
    analyst.submit(&page, &fields).await.expect(303, "written");
    analyst.submit(&page, &fields).await.expect(409, "somebody wrote one meanwhile");
    approver.post(&format!("{api}/impact/approval"), &json!({})).await.expect(204, "approved by another");
    let state = analyst.read(&format!("{api}/impact")).await;
    assert_eq!((&state["state"], &state["approved"]), (&json!("approved"), &json!(true)));
    // Each version stays readable, with the answers that it rests on.
    let mut second = fields.clone();
    second.retain(|(name, _)| *name != "seen");
    let written = [("seen", "1"), ("period", "Four years")];
    second.retain(|(name, _)| *name != "period");
    second.extend(written);
    analyst.submit(&page, &second).await.expect(303, "the second version");
    let first = approver.get(&format!("{page}?version=1")).await.expect(200, "the first version").text;
    let first = first.replace("&#x3D;", "=");
    let answer = format!("/assessments/{}/answers#q-A-2-2-1", asked.assessment);
    assert!(first.contains("Three years") && first.contains(&answer), "{first}");
    assert!(first.contains(&format!("{page}?version=2")), "the history leads to each: {first}");
    approver.get(&format!("{page}?version=3")).await.expect(404, "there is none");
    let first = analyst.read(&format!("{api}/impact?version=1")).await;
    assert_eq!(
        (&first["number"], &first["approved"], &first["document"]["period"]),
        (&json!(1), &json!(true), &json!("Three years"))
    );
    analyst.get(&format!("{api}/impact?version=3")).await.expect(404, "there is none");
    approver.post(&format!("{api}/impact/approval"), &json!({})).await.expect(204, "approved by another");
    let refused = approver.post(&format!("{api}/decisions"), &approve).await;
    assert!(!refused.text.contains("impact-assessment"), "it is no hindrance any more: {}", refused.text);

    let mut profile = whole_profile();
    profile["ai_act_tier"] = json!("high");
    profile["people_affected"] = json!("vulnerable");
    let body = json!({ "name": "Desk", "business_function": "Service", "owner": "Lee", "profile": profile });
    buyer.put(&api, &body).await.expect(200, "changed");
    let state = analyst.read(&format!("{api}/impact")).await;
    assert_eq!((&state["state"], &state["changed_factors"]), (&json!("out_of_date"), &json!(["people_affected"])));
    server.finish().await;
}

#[tokio::test]
async fn what_is_reviewed_after_the_score_takes_another_score_first() {
    let (server, _) = Server::set_up(BUYER).await;
    let buyer = server.program(BUYER, Role::Procurement);
    let (analyst, approver) = (server.person(BUYER, Role::Analyst).await, server.person(BUYER, Role::Approver).await);
    let asked = ask(&buyer, "Northwind").await;
    let vendor = enter(&server, &asked).await;
    answer(&vendor, &asked.assessment, &replies(&[feature("Reply Drafter")])).await;
    let na = json!({ "reply": { "kind": "not_applicable", "reason": "It reads sensors" }, "comment": null });
    vendor.put(&answer_path(&asked.assessment, "A.6.2.4-2"), &na).await.expect(200, "said not to apply");
    submit(&vendor, &asked.assessment).await.expect(200, "submitted");
    let (api, of) =
        (format!("/api/v1/engagements/{}", asked.engagement), format!("/api/v1/assessments/{}", asked.assessment));
    let page = format!("/engagements/{}/decision", asked.engagement);
    analyst.post(&format!("{of}/score"), &json!({})).await.expect(201, "stored");
    let words = "does not say what would be computed today";
    let shown = approver.get(&page).await.expect(200, "the page").text;
    assert!(!shown.contains(words), "it is the score of what is so: {shown}");

    analyst.post(&format!("{of}/reviews"), &json!({ "step": "take" })).await.expect(200, "taken");
    let agreed = json!({ "question": "A.6.2.4-2", "verdict": "na_accepted", "note": "No people in it" });
    analyst.post(&format!("{of}/review"), &agreed).await.expect(201, "agreed");
    let shown = approver.get(&page).await.expect(200, "the page").text;
    assert!(shown.contains(words), "the page says so: {shown}");
    let approve = json!({ "kind": "approved_with_conditions", "conditions": [{ "what": "Look again" }] });
    let refused = approver.post(&format!("{api}/decisions"), &approve).await.expect(422, "an old score");
    assert!(refused.text.contains("score-overtaken"), "{}", refused.text);
    let wanted = json!({ "reason": "It ends in June.", "expires_on": in_days(80) });
    let refused = analyst.post(&format!("{api}/acceptances"), &wanted).await.expect(422, "an old score");
    assert!(refused.text.contains("score-overtaken"), "{}", refused.text);
    analyst.post(&format!("{of}/score"), &json!({})).await.expect(201, "stored anew");
    let shown = approver.get(&page).await.expect(200, "the page").text;
    assert!(!shown.contains(words), "nothing is in the way of it any more: {shown}");
    server.finish().await;
}

#[tokio::test]
async fn a_prohibited_tier_counts_whatever_the_policy_calls_it() {
    let (server, _) = Server::set_up(BUYER).await;
    let (buyer, administrator) = (server.program(BUYER, Role::Procurement), server.program(BUYER, Role::Administrator));
    let (analyst, approver) = (server.person(BUYER, Role::Analyst).await, server.person(BUYER, Role::Approver).await);
    let asked = submitted(&server, &buyer).await;
    let api = format!("/api/v1/engagements/{}", asked.engagement);
    let renamed = shipped("policies/default.json").replace("\"unacceptable\"", "\"banned\"");
    let mut policy: Value = serde_json::from_str(&renamed).expect("the policy");
    policy["version"] = json!(policy["version"].as_u64().expect("a number") + 1);
    administrator.post("/api/v1/policies", &policy).await.expect(201, "published");
    let worst = json!({ "tier": "prohibited", "reason": "It reads emotions at work." });
    analyst.post(&format!("{api}/classification"), &worst).await.expect(200, "confirmed");
    let profile = buyer.read(&api).await["profile"].clone();
    assert_eq!(profile["ai_act_tier"], "limited", "the policy has no word for it");
    let approve = json!({ "kind": "approved_with_conditions", "conditions": [{ "what": "Look again" }] });
    let refused = approver.post(&format!("{api}/decisions"), &approve).await.expect(422, "never").refusals();
    assert!(refused.contains(&"kind: prohibited".to_owned()), "{refused:?}");
    server.finish().await;
}

#[tokio::test]
async fn nobody_decides_on_their_own_work() {
    let (server, administrator) = Server::set_up(BUYER).await;
    let person = async |role: Role, address: &'static str| server.person_called(BUYER, role, Some(address)).await;
    let (enters, replaces, confirms) =
        ("enters@harbour.example", "replaces@harbour.example", "confirms@harbour.example");
    let entered = person(Role::Procurement, enters).await;
    let (replaced, confirmed) = (person(Role::Analyst, replaces).await, person(Role::Analyst, confirms).await);
    let asked = ask(&entered, "Northwind").await;
    let api = format!("/api/v1/engagements/{}", asked.engagement);
    let copied = entered.post(&format!("/api/v1/assessments/{}/links", asked.assessment), &json!({})).await;
    let link = copied.expect(201, "a copied link").json()["url"].as_str().expect("a link").to_owned();
    entered.submit(server.path(&link), &[]).await.expect(303, "in the same browser");
    let all = replies(&[feature("Reply Drafter")]);
    answer(&entered, &asked.assessment, &all[..1]).await;
    let vendor = enter_by(&server, &link).await;
    answer(&vendor, &asked.assessment, &all[1..]).await;
    submit(&vendor, &asked.assessment).await.expect(200, "submitted");
    let own = json!({ "domain": "privacy_security", "severity": 5, "likelihood": 5, "reason": "Client files." });
    replaced.post(&format!("{api}/overrides"), &own).await.expect(200, "replaced");
    confirm_tier(&confirmed, &asked.engagement).await;

    let members = administrator.read("/api/v1/members").await;
    let hold = json!({ "kind": "on_hold", "reason": "Until the contract is clear." });
    for (who, address, role) in
        [(&entered, enters, "procurement"), (&replaced, replaces, "analyst"), (&confirmed, confirms, "analyst")]
    {
        let rows = members["items"].as_array().expect("members");
        let row = rows.iter().find(|row| row["email"] == address).expect("the member");
        let path = format!("/api/v1/members/{}", row["id"].as_str().expect("an id"));
        let seen = row["revision"].as_i64().expect("a revision");
        administrator.patch(&path, seen, &json!({ "roles": [role, "approver"] })).await.expect(200, "an approver too");
        let refused = who.post(&format!("{api}/decisions"), &hold).await.expect(422, address).refusals();
        assert_eq!(refused, ["kind: own-work"], "{address}");
    }
    let approver = server.person(BUYER, Role::Approver).await;
    approver.post(&format!("{api}/decisions"), &hold).await.expect(201, "somebody else");
    server.finish().await;
}

#[tokio::test]
async fn an_approval_has_as_many_conditions_as_there_is_to_do() {
    let (server, _) = Server::set_up(BUYER).await;
    let buyer = server.program(BUYER, Role::Procurement);
    let (analyst, approver) = (server.person(BUYER, Role::Analyst).await, server.person(BUYER, Role::Approver).await);
    let asked = submitted(&server, &buyer).await;
    for n in 1..=5 {
        let gap = json!({ "engagement": asked.engagement, "title": format!("Gap {n}"), "severity": "minor" });
        analyst.make("/api/v1/findings", &gap).await;
    }
    let api = format!("/api/v1/engagements/{}", asked.engagement);
    let page = format!("/engagements/{}/decision", asked.engagement);
    let has = |page: &str, n: usize| page.contains(&format!("name=\"conditions.{n}.what\""));
    let shown = approver.get(&page).await.expect(200, "the page").text;
    assert!(has(&shown, 4) && !has(&shown, 5), "one for each nonconformity: {shown}");
    let fields =
        [("kind", "approved_with_conditions"), ("conditions.4.what", "Close it"), ("more", "yes"), ("seen", "0")];
    let more = approver.submit(&page, &fields).await.expect(200, "further rows").text;
    assert!(more.contains("Close it") && has(&more, 6) && !has(&more, 7), "two beyond what is filled in: {more}");
    assert_eq!(analyst.items(&format!("{api}/decisions")).await, json!([]), "and nothing was decided");

    let many: Vec<Value> = (1..=51).map(|n| json!({ "what": format!("Condition {n}") })).collect();
    let approve = json!({ "kind": "approved_with_conditions", "conditions": many });
    let refused = approver.post(&format!("{api}/decisions"), &approve).await.expect(422, "too many").refusals();
    assert_eq!(refused, ["conditions: too-many"]);
    let many: Vec<String> = (1..=51).map(|n| format!("Condition {n}")).collect();
    let wanted = json!({ "reason": "It ends in June.", "expires_on": in_days(80), "conditions": many });
    let refused = analyst.post(&format!("{api}/acceptances"), &wanted).await.expect(422, "too many").refusals();
    assert_eq!(refused, ["conditions: too-many"]);
    server.finish().await;
}

#[tokio::test]
async fn an_accepted_finding_that_changed_is_not_accepted_any_more() {
    let (server, _) = Server::set_up(BUYER).await;
    let buyer = server.program(BUYER, Role::Procurement);
    let (analyst, approver) = (server.person(BUYER, Role::Analyst).await, server.person(BUYER, Role::Approver).await);
    let asked = submitted(&server, &buyer).await;
    let api = format!("/api/v1/engagements/{}", asked.engagement);
    analyst.post(&format!("/api/v1/assessments/{}/score", asked.assessment), &json!({})).await.expect(201, "stored");
    let gap = json!({ "engagement": asked.engagement, "title": "No fire drill", "severity": "minor" });
    let finding = analyst.make("/api/v1/findings", &gap).await;
    let wanted = json!({ "findings": [finding], "reason": "There is one in May.", "expires_on": in_days(60) });
    let made = analyst.post(&format!("{api}/acceptances"), &wanted).await.expect(201, "asked for").json();
    let word = format!("/api/v1/acceptances/{}/words", made["id"].as_str().expect("an id"));
    approver.post(&word, &json!({ "word": "approved" })).await.expect(204, "approved");

    let standing = async || analyst.items(&format!("{api}/acceptances")).await[0]["standing"].clone();
    let step = async |body: Value| {
        analyst.post(&format!("/api/v1/findings/{finding}/steps"), &body).await.expect(200, "a step");
        standing().await
    };
    let in_force = json!({ "standing": "in_force" });
    assert_eq!(standing().await, in_force);
    let settle = |severity: &str| json!({ "step": "settle", "severity": severity, "reason": "Looked at again." });
    let worse = json!({ "kind": "finding_worse", "finding": finding, "from": "minor", "to": "major" });
    assert_eq!(step(settle("major")).await, json!({ "standing": "stale", "causes": [worse] }));
    let shown = analyst.get(&format!("/engagements/{}/acceptances", asked.engagement)).await.expect(200, "the page");
    assert!(shown.text.contains("A finding weighs more than was accepted"), "{}", shown.text);
    let approve = json!({ "kind": "approved_with_conditions", "conditions": [{ "what": "Look again" }] });
    let refused = approver.post(&format!("{api}/decisions"), &approve).await.expect(422, "it is open").refusals();
    assert!(refused.contains(&"conditions: finding-open".to_owned()), "{refused:?}");
    assert_eq!(step(settle("minor")).await, in_force, "what was accepted");

    let dismissed = step(json!({ "step": "dismiss", "reason": "There was one." })).await;
    assert_eq!(dismissed, json!({ "standing": "nothing_left" }));
    let back = json!({ "kind": "finding_reopened", "finding": finding });
    let reopened = step(json!({ "step": "reopen", "reason": "There was none." })).await;
    assert_eq!(reopened, json!({ "standing": "stale", "causes": [back] }), "nobody accepted it again");
    server.finish().await;
}

#[tokio::test]
async fn a_decision_is_overtaken_by_what_is_known_of_the_use_alone() {
    let (server, _) = Server::set_up(BUYER).await;
    let buyer = server.program(BUYER, Role::Procurement);
    let (analyst, approver) = (server.person(BUYER, Role::Analyst).await, server.person(BUYER, Role::Approver).await);
    let asked = ask(&buyer, "Northwind").await;
    let api = format!("/api/v1/engagements/{}", asked.engagement);
    let page = format!("/engagements/{}", asked.engagement);
    confirm_tier(&analyst, &asked.engagement).await;
    let hold = json!({ "kind": "on_hold", "reason": "Until the contract is clear." });
    approver.post(&format!("{api}/decisions"), &hold).await.expect(201, "decided");
    let kinds = async || {
        let decisions = analyst.items(&format!("{api}/decisions")).await;
        let overtaken = decisions[0]["overtaken"].as_array().expect("a list").clone();
        overtaken.iter().map(|what| what["kind"].as_str().expect("a kind").to_owned()).collect::<Vec<_>>()
    };
    let listed = async || {
        server.jobs_done().await;
        analyst.read("/api/v1/portfolio").await["items"][0]["overtaken_by"].clone()
    };
    assert_eq!((kinds().await, listed().await), (Vec::new(), json!([])), "it stands");

    // The tier was confirmed of another use than is known by now. Nothing else changed, and no score is there.
    let applicants =
        json!({ "facts": { "purpose": "Ranks job applicants by their CVs and recommends whom to invite" } });
    analyst.post(&format!("{api}/facts"), &applicants).await.expect(200, "it is used otherwise");
    assert_eq!((kinds().await, listed().await), (vec!["tier_doubted".to_owned()], json!(["tier_doubted"])));
    let words = "what is known speaks against the confirmed tier";
    for shown in [format!("{page}/profile"), page.clone(), "/portfolio".to_owned()] {
        assert!(analyst.get(&shown).await.expect(200, &shown).text.contains(words), "{shown}");
    }
    let told = analyst.get(&format!("{page}/decision")).await.expect(200, "the decision").text;
    assert!(told.contains("speaks against the tier of the EU AI Act that was confirmed"), "{told}");

    // Another tier is confirmed, which becomes the profile's.
    let of_use = analyst.read(&format!("{api}/classification")).await;
    assert_eq!(of_use["proposed"], "high", "{of_use}");
    let high = json!({ "tier": "high", "areas": of_use["proposed_areas"], "reason": "Recruiting" });
    analyst.post(&format!("{api}/classification"), &high).await.expect(200, "confirmed");
    assert_eq!(listed().await, json!(["profile", "tier", "impact"]));
    let today = in_days(0);
    let decisions = analyst.items(&format!("{api}/decisions")).await;
    let tier = &decisions[0]["overtaken"][1];
    assert_eq!(
        (&tier["from"]["tier"], &tier["to"]["tier"], &tier["on"]),
        (&json!("limited"), &json!("high"), &json!(today))
    );
    let told = analyst.get(&format!("{page}/decision")).await.expect(200, "the decision").text;
    assert!(told.contains("Another tier of the EU AI Act is confirmed") && told.contains(&format!("(since {today})")));
    let elsewhere = analyst.get(&format!("{page}/acceptances")).await.expect(200, "another page of it").text;
    assert!(elsewhere.contains("The decision “On hold” was overtaken") && elsewhere.contains("the profile changed"));

    // Decided anew, it stands.
    approver.post(&format!("{api}/decisions"), &hold).await.expect(201, "decided anew");
    assert_eq!((kinds().await, listed().await), (Vec::new(), json!([])));
    assert!(!analyst.get(&format!("{page}/profile")).await.text.contains("was overtaken"));
    server.finish().await;
}
