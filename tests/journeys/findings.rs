//! Findings: proposed by rules, raised by a person, worked on by the vendor, verified and closed by somebody else.

use crate::harness::way::{
    Asked, answer, answer_path, ask, enter, enter_by, feature, in_days, replies, submit, take_up, template_version,
    version_of,
};
use crate::harness::{Answer, Server, Session, Value, until};
use domain::access::Role;
use reqwest::Method;
use reqwest::multipart::Form;
use serde_json::json;
use std::collections::BTreeSet;

const BUYER: &str = "Harbour Bank";

/// A vendor that has no policy for impact assessments, tells nobody of incidents, and declines to say something.
async fn submitted(server: &Server, buyer: &Session) -> (Asked, Session) {
    let asked = ask(buyer, "Northwind").await;
    let vendor = enter(server, &asked).await;
    answer(&vendor, &asked.assessment, &weak_replies()).await;
    submit(&vendor, &asked.assessment).await.expect(200, "submitted");
    (asked, vendor)
}

fn weak_replies() -> Vec<(&'static str, Value)> {
    let mut all = replies(&[feature("Drafter")]);
    for (question, reply) in &mut all {
        match *question {
            "A.5.2-1" => *reply = json!({ "kind": "choice", "option": "no" }),
            "A.8.4-1" => *reply = json!({ "kind": "choice", "option": "no" }),
            "A.10.2-1" => *reply = json!({ "kind": "declined", "reason": "zqsecretzq" }),
            _ => {}
        }
    }
    all
}

/// Another assessment about the same use, and the vendor in it.
async fn ask_again(server: &Server, buyer: &Session, asked: &Asked) -> (Asked, Session) {
    ask_again_with(server, buyer, asked, &template_version(buyer).await).await
}

/// The same, on this version of a questionnaire.
async fn ask_again_with(server: &Server, buyer: &Session, asked: &Asked, version: &str) -> (Asked, Session) {
    let body = json!({
        "engagement": asked.engagement, "template_version": version, "contact": asked.contact,
        "due_on": in_days(21), "issue": true
    });
    let assessment = buyer.make("/api/v1/assessments", &body).await;
    let link = buyer.post(&format!("/api/v1/assessments/{assessment}/links"), &json!({})).await.expect(201, "a link");
    let vendor = enter_by(server, link.json()["url"].as_str().expect("a link")).await;
    (Asked { assessment, ..asked.clone() }, vendor)
}

/// Gives one question back, and has the vendor answer it and submit once more.
async fn reopened(one: &Session, vendor: &Session, asked: &Asked, (question, body): (&str, &Value)) {
    let reviews = format!("/api/v1/assessments/{}/reviews", asked.assessment);
    one.post(&reviews, &json!({ "step": "take" })).await.expect(200, "taken");
    let back = json!({ "step": "return", "questions": { question: "Is that all?" } });
    one.post(&reviews, &back).await.expect(200, "given back");
    vendor.put(&answer_path(&asked.assessment, question), body).await.expect(200, "answered anew");
    submit(vendor, &asked.assessment).await.expect(200, "submitted once more");
}

/// Takes an observation from the vendor's report to its end.
async fn close(one: &Session, vendor: &Session, asked: &Asked, finding: &str) {
    let report = json!({ "step": "report", "note": "It is done" });
    vendor.post(&of_vendor(asked, &format!("/{finding}/steps")), &report).await.expect(200, "reported");
    step(one, finding, json!({ "step": "verify", "note": "Seen" })).await.expect(200, "verified");
    step(one, finding, json!({ "step": "close" })).await.expect(200, "closed");
}

async fn of_question(who: &Session, asked: &Asked, question: &str) -> Option<Value> {
    let found = who.read(&format!("/api/v1/findings?group=all&assessment={}&limit=200", asked.assessment)).await;
    let items = found["items"].as_array().expect("items").clone();
    items.into_iter().find(|item| item["question"] == question)
}

async fn proposed(who: &Session, asked: &Asked, question: &str) -> String {
    let found = until("the rules to propose", async || of_question(who, asked, question).await).await;
    found["id"].as_str().expect("an id").to_owned()
}

async fn step(who: &Session, finding: &str, body: Value) -> Answer {
    who.post(&format!("/api/v1/findings/{finding}/steps"), &body).await
}

fn of_vendor(asked: &Asked, rest: &str) -> String {
    format!("/api/v1/assessments/{}/findings{rest}", asked.assessment)
}

fn plan() -> Value {
    json!({
        "step": "plan", "whys": ["Nobody is told", "Nobody thought of it"], "correction": "We tell you within a day",
        "actions": [{ "what": "A duty in the incident procedure", "due_on": in_days(14) }]
    })
}

#[tokio::test]
async fn a_finding_is_worked_on_by_the_vendor_and_closed_by_somebody_else() {
    let (server, _) = Server::set_up(BUYER).await;
    let procurement = server.program(BUYER, Role::Procurement);
    let one = server.person(BUYER, Role::Analyst).await;
    let other = server.person(BUYER, Role::Procurement).await;
    let (asked, vendor) = submitted(&server, &procurement).await;
    let major = proposed(&one, &asked, "A.8.4-1").await;
    let minor = of_question(&one, &asked, "A.5.2-1").await.expect("a minor one");
    assert_eq!((&minor["severity"], &minor["state"]), (&json!("minor"), &json!("proposed")));
    let declined = of_question(&one, &asked, "A.10.2-1").await.expect("declining is never better than an answer");
    assert_eq!(declined["severity"], "minor");
    assert_eq!(of_question(&one, &asked, "A.2.2-1").await, None, "a good answer proposes nothing");
    // The title says what is wrong; what was asked stands below it, wherever findings are listed.
    assert_eq!(minor["title"], "A.5.2-1, A procedure for assessing impact: No");
    assert_eq!(declined["title"].as_str().and_then(|title| title.rsplit(": ").next()), Some("declined to say"));
    let question = "How soon do you tell us about an AI incident that affects us?";
    let list = one.get("/findings?group=proposed").await.expect(200, "the list").text;
    assert!(list.contains("We give no notice") && list.contains(question), "{list}");
    let taken = one.get("/findings/export?format=csv&group=all").await.expect(200, "CSV").text;
    assert!(taken.contains("question_text") && taken.contains(question), "{taken}");

    // Only what is raised is shown to the vendor.
    assert_eq!(vendor.read(&of_vendor(&asked, "")).await["items"], json!([]));
    vendor.get(&of_vendor(&asked, &format!("/{major}"))).await.expect(404, "only proposed");
    vendor.post(&of_vendor(&asked, &format!("/{major}/steps")), &plan()).await.expect(404, "only proposed");
    let minor = minor["id"].as_str().expect("an id").to_owned();
    step(&one, &minor, json!({ "step": "dismiss", "reason": "zqinsidezq" })).await.expect(200, "it is none");
    step(&one, &major, json!({ "step": "raise", "title": "Nobody is told of incidents" })).await.expect(200, "raised");
    let note = json!({ "words": "zqinsidezq" });
    let notes = format!("/api/v1/findings/{major}/notes");
    one.post(&notes, &note).await.expect(204, "a note for colleagues");
    let unkept = one.post(&notes, &json!({ "words": "No\u{0}thing" })).await.expect(422, "what no database keeps");
    assert_eq!(unkept.refusals(), ["words: control-character"]);
    let unkept = json!({ "step": "settle", "severity": "major", "reason": "Be\u{7}cause" });
    let unkept = step(&one, &major, unkept).await.expect(422, "what no database keeps");
    assert_eq!(unkept.refusals(), ["reason: control-character"]);
    let list = vendor.get(&format!("/portal/{}/findings", asked.assessment)).await.expect(200, "the list").text;
    assert!(list.contains("Nobody is told of incidents") && list.contains(question), "{list}");
    let seen = vendor.read(&of_vendor(&asked, "")).await["items"].as_array().expect("items").clone();
    assert_eq!(seen.len(), 1, "one was raised, one dismissed, others are only proposed");
    assert_eq!(seen[0]["title"], "Nobody is told of incidents");
    assert_eq!(seen[0]["owner"], asked.contact, "whoever was asked answers for it");
    let page = vendor.get(&format!("/portal/{}/findings/{major}", asked.assessment)).await.expect(200, "its page").text;
    assert!(page.contains("Nobody is told of incidents") && !page.contains("zqinsidezq"), "{page}");

    // Whoever was asked is told by mail, after invitation and receipt; the link leads to the findings.
    let mail = server.mail_to(&asked.address, 3).await;
    assert!(mail.subject.contains("has a finding about Northwind"), "{}", mail.subject);
    assert!(!mail.text.contains("Nobody is told") && !mail.text.contains("zqinsidezq"), "{}", mail.text);
    let link = mail.link().expect("a link");
    let entered = server.session().submit(server.path(&link), &[]).await.expect(303, "the button behind the link");
    assert_eq!(entered.location(), format!("/portal/{}/findings", asked.assessment));

    // What closing it does is known beforehand.
    let now = one.read(&format!("/api/v1/findings/{major}")).await;
    let (before, after) = (&now["if_closed"]["residual_before"], &now["if_closed"]["residual_after"]);
    assert!(after.as_f64() < before.as_f64(), "{now}");

    let path = of_vendor(&asked, &format!("/{major}/steps"));
    let bare = json!({ "step": "plan", "whys": [], "correction": "", "actions": [] });
    let refused = vendor.post(&path, &bare).await.expect(422, "a nonconformity has a cause").refusals();
    assert_eq!(refused, ["whys: required", "correction: required", "actions: required"]);
    vendor.post(&path, &json!({ "step": "agree" })).await.expect(409, "there is no plan");
    let planned = vendor.post(&path, &plan()).await.expect(200, "planned").json();
    assert_eq!(planned["state"], "planned");
    step(&one, &major, json!({ "step": "send_back", "reason": "By whom?" })).await.expect(200, "sent back");
    let mail = server.mail_to(&asked.address, 4).await;
    assert!(mail.subject.contains("look at a finding again") && !mail.text.contains("By whom?"), "{mail:?}");
    assert!(mail.link().is_some());
    vendor.post(&path, &plan()).await.expect(200, "planned again");
    vendor.post(&path, &json!({ "step": "agree" })).await.expect(403, "that is the buyer's");
    let stale = one.request(Method::POST, &format!("/api/v1/findings/{major}/steps"));
    let stale = stale.header("if-match", "\"1\"").json(&json!({ "step": "agree" }));
    one.send(stale).await.expect(412, "somebody took a step meanwhile");
    step(&one, &major, json!({ "step": "agree" })).await.expect(200, "agreed");
    // What was typed is not lost where somebody was quicker, or where it cannot be kept.
    let here = format!("/portal/{}/findings/{major}", asked.assessment);
    let late = Form::new().text("step", "plan").text("whys", "Nobody knew").text("correction", "zqtypedzq");
    let late = vendor.send(vendor.request(Method::POST, &here).multipart(late)).await.expect(409, "it is agreed to");
    assert!(
        late.text.contains("That step is not possible any more") && late.text.contains("zqtypedzq"),
        "{}",
        late.text
    );
    let kept = vendor.submit(&format!("{here}/notes"), &[("words", "zq\u{1}keptzq")]).await.expect(422, "no such text");
    assert!(kept.text.contains("keptzq</textarea>"), "{}", kept.text);
    let ours = [("for", "colleagues"), ("words", "zq\u{1}keptzq")];
    let kept = one.submit(&format!("/findings/{major}/notes"), &ours).await.expect(422, "no such text");
    assert!(kept.text.contains("keptzq</textarea>"), "{}", kept.text);
    vendor.post(&path, &json!({ "step": "report", "note": "done" })).await.expect(422, "an action is open");
    let file = ("procedure.txt", b"We tell within a day".to_vec());
    let kept =
        vendor.upload(&of_vendor(&asked, &format!("/{major}/files")), &[], file).await.expect(201, "kept").json();
    let act = json!({ "step": "act", "action": 0, "note": "Written and taught", "evidence": [kept["sha256"]] });
    // A colleague of the buyer's takes the vendor's step in its place, and has had a hand in it then.
    step(&other, &major, act).await.expect(200, "in the vendor's place");
    // Of whoever did it for the vendor, the vendor learns the side alone.
    let done = one.read(&format!("/api/v1/findings/{major}")).await["done"]["0"]["by"].clone();
    assert_eq!(done["kind"], "member", "{done}");
    let seen = vendor.read(&of_vendor(&asked, &format!("/{major}"))).await;
    assert_eq!(seen["done"]["0"]["by"], json!({ "kind": "buyer" }), "{seen}");
    assert_eq!(seen["plan"]["actions"][0]["owner"], json!({ "kind": "contact", "id": asked.contact }), "{seen}");
    let listed = vendor.read(&of_vendor(&asked, "")).await.to_string();
    for id in [&done["id"], &done["person"]] {
        let id = id.as_str().expect("an id");
        assert!(!listed.contains(id) && !seen.to_string().contains(id), "{listed}");
    }
    vendor.post(&path, &json!({ "step": "report", "note": "All done" })).await.expect(200, "reported");
    let verify = json!({ "step": "verify", "note": "A test incident was told in an hour" });
    step(&procurement, &major, verify.clone()).await.expect(403, "a program verifies nothing");
    let own = step(&other, &major, verify.clone()).await.expect(403, "they had a hand in it");
    assert!(own.text.contains("own-work"), "{}", own.text);
    step(&one, &major, verify).await.expect(200, "somebody else");
    step(&other, &major, json!({ "step": "close" })).await.expect(403, "never by its owner");
    let closed = step(&one, &major, json!({ "step": "close" })).await.expect(200, "closed").json();
    assert_eq!((&closed["state"], &closed["if_closed"]), (&json!("closed"), &Value::Null));
    let page = vendor.get(&format!("/portal/{}/findings/{major}", asked.assessment)).await.expect(200, "its page").text;
    assert!(page.contains("A test incident was told in an hour") && !page.contains("The analyst"), "{page}");
    step(&one, &major, json!({ "step": "reopen", "reason": "It happened again" })).await.expect(200, "reopened");
    let again = one.read(&format!("/api/v1/findings/{major}")).await;
    assert_eq!((&again["state"], &again["plan"]), (&json!("open"), &Value::Null));
    server.finish().await;
}

#[tokio::test]
async fn what_was_put_right_and_is_there_again_is_proposed_again() {
    let (server, _) = Server::set_up(BUYER).await;
    let procurement = server.program(BUYER, Role::Procurement);
    let one = server.person(BUYER, Role::Analyst).await;
    let (asked, vendor) = submitted(&server, &procurement).await;
    let by_rule = proposed(&one, &asked, "A.5.2-1").await;
    step(&one, &by_rule, json!({ "step": "raise" })).await.expect(200, "raised");
    let past = json!({ "step": "settle", "severity": "minor", "due_on": "2020-02-29", "reason": "Sooner" });
    assert_eq!(step(&one, &by_rule, past).await.expect(422, "that day has passed").refusals(), ["due_on: in-the-past"]);
    let lighter = json!({ "step": "settle", "severity": "observation", "due_on": in_days(9), "reason": "Small" });
    step(&one, &by_rule, lighter).await.expect(200, "settled");
    let declined = proposed(&one, &asked, "A.10.2-1").await;
    step(&one, &declined, json!({ "step": "dismiss", "reason": "It is theirs" })).await.expect(200, "it is none");
    let by_hand = json!({
        "engagement": asked.engagement, "assessment": asked.assessment, "question": "A.3.2-1",
        "title": "One person alone answers for it", "severity": "observation"
    });
    let by_hand = one.make("/api/v1/findings", &by_hand).await;
    for finding in [&by_rule, &by_hand] {
        close(&one, &vendor, &asked, finding).await;
    }
    server.jobs_done().await;
    assert_eq!(one.read("/api/v1/findings?group=all&back=yes").await["items"], json!([]), "closed over these answers");

    // A cycle later two answers are the same, one is better, and the vendor declines what it had answered.
    let (again, vendor) = ask_again(&server, &procurement, &asked).await;
    answer(&vendor, &again.assessment, &weak_replies()).await;
    let other = [
        ("A.3.2-1", json!({ "kind": "declined", "reason": "Ask somebody else" })),
        ("A.8.4-1", json!({ "kind": "choice", "option": "24h" })),
    ];
    answer(&vendor, &again.assessment, &other).await;
    submit(&vendor, &again.assessment).await.expect(200, "submitted");
    server.jobs_done().await;
    let back = one.read("/api/v1/findings?group=all&back=yes").await["items"].as_array().expect("items").clone();
    let ids: BTreeSet<&str> = back.iter().filter_map(|item| item["id"].as_str()).collect();
    assert_eq!(ids, BTreeSet::from([by_rule.as_str(), by_hand.as_str()]), "closed ones, and not what was dismissed");
    for finding in [&by_rule, &by_hand] {
        let page = one.get(&format!("/findings/{finding}")).await.expect(200, "its page").text;
        assert!(page.contains("Newer answers bring it back."), "{page}");
    }

    // What closing does is computed where the engagement stands now, not in the cycle that a finding comes from.
    let residual = async |asked: &Asked| {
        one.read(&format!("/api/v1/assessments/{}/score", asked.assessment)).await["output"]["residual"].clone()
    };
    assert_ne!(residual(&asked).await, residual(&again).await, "the cycles differ");
    let live = proposed(&one, &asked, "A.8.4-1").await;
    let effect = one.read(&format!("/api/v1/findings/{live}")).await["if_closed"].clone();
    assert_eq!(effect["residual_before"], residual(&again).await, "{effect}");
    server.finish().await;
}

#[tokio::test]
async fn what_an_older_questionnaire_says_changes_nothing_of_a_newer_one() {
    let (server, _) = Server::set_up(BUYER).await;
    let procurement = server.program(BUYER, Role::Procurement);
    let one = server.person(BUYER, Role::Analyst).await;
    let (asked, _) = submitted(&server, &procurement).await;
    let better = proposed(&one, &asked, "A.5.2-1").await;
    let (again, vendor) = ask_again(&server, &procurement, &asked).await;
    answer(&vendor, &again.assessment, &weak_replies()).await;
    let other = [
        ("A.3.2-1", json!({ "kind": "declined", "reason": "Ask somebody else" })),
        ("A.5.2-1", json!({ "kind": "choice", "option": "current" })),
    ];
    answer(&vendor, &again.assessment, &other).await;
    let shown = ("policy.txt", b"Our policy".to_vec());
    let beside = [("question", "A.2.2-1"), ("effective_on", "2026-01-31")];
    let evidence = format!("/api/v1/assessments/{}/evidence", again.assessment);
    let shown = vendor.upload(&evidence, &beside, shown).await.expect(201, "evidence").json();
    submit(&vendor, &again.assessment).await.expect(200, "submitted");
    server.jobs_done().await;
    let worse = of_question(&one, &again, "A.3.2-1").await.expect("it is declined by now");
    let worse = worse["id"].as_str().expect("an id").to_owned();
    let gone =
        async |finding: &str| one.get(&format!("/findings/{finding}")).await.text.contains("gone from the answers");
    let list = async || one.get("/findings/export?format=csv&group=all").await.expect(200, "CSV").text;
    assert_eq!((gone(&better).await, gone(&worse).await), (true, false));
    let known = list().await;

    // Last year's questionnaire scored once more is last year's.
    let score = format!("/api/v1/assessments/{}/score", asked.assessment);
    one.post(&score, &json!({})).await.expect(201, "stored");
    server.jobs_done().await;
    assert_eq!((gone(&better).await, gone(&worse).await), (true, false), "what this year's answers say");
    assert_eq!(list().await, known, "what closing takes off is what it was, too");

    // What a newer one does not ask, an older one goes on saying.
    let changes = version_of(&procurement, "annual-change").await;
    let (short, vendor) = ask_again_with(&server, &procurement, &asked, &changes).await;
    let none = [
        ("PROD-1", json!({ "kind": "text", "text": "Northwind Desk" })),
        ("PROD-2", json!({ "kind": "choice", "option": "no" })),
    ];
    answer(&vendor, &short.assessment, &none).await;
    submit(&vendor, &short.assessment).await.expect(200, "submitted");
    let reviews = format!("/api/v1/assessments/{}/review", again.assessment);
    one.post(&format!("{reviews}s"), &json!({ "step": "take" })).await.expect(200, "taken");
    let sha256 = shown["sha256"].as_str().expect("a hash");
    let body = json!({ "question": "A.2.2-1", "verdict": "accepted", "evidence": { sha256: "contradicts" } });
    one.post(&reviews, &body).await.expect(201, "its evidence says otherwise");
    let found = proposed(&one, &again, "A.2.2-1").await;
    assert!(!gone(&found).await && !gone(&worse).await);
    server.finish().await;
}

#[tokio::test]
async fn what_was_closed_stays_closed_over_what_was_said_by_then() {
    let (server, _) = Server::set_up(BUYER).await;
    let procurement = server.program(BUYER, Role::Procurement);
    let one = server.person(BUYER, Role::Analyst).await;
    let asked = ask(&procurement, "Northwind").await;
    let vendor = enter(&server, &asked).await;
    let by_hand = json!({
        "engagement": asked.engagement, "assessment": asked.assessment, "question": "A.10.2-1",
        "title": "They never say", "severity": "observation"
    });
    let by_hand = one.make("/api/v1/findings", &by_hand).await;
    answer(&vendor, &asked.assessment, &weak_replies()).await;
    submit(&vendor, &asked.assessment).await.expect(200, "submitted after it was raised");
    let by_rule = proposed(&one, &asked, "A.5.2-1").await;
    step(&one, &by_rule, json!({ "step": "raise" })).await.expect(200, "raised");
    let lighter = json!({ "step": "settle", "severity": "observation", "due_on": in_days(9), "reason": "Small" });
    step(&one, &by_rule, lighter).await.expect(200, "settled");

    // The same option in another round, with a comment beside it, is another answer; it is known when they are closed.
    let commented = json!({ "reply": { "kind": "choice", "option": "no" }, "comment": "We begin in spring" });
    reopened(&one, &vendor, &asked, ("A.5.2-1", &commented)).await;
    server.jobs_done().await;
    for finding in [&by_rule, &by_hand] {
        close(&one, &vendor, &asked, finding).await;
    }
    let back = async || one.read("/api/v1/findings?group=all&back=yes").await["items"].clone();
    let looked_at_again = async |asked: &Asked| {
        let score = format!("/api/v1/assessments/{}/score", asked.assessment);
        one.post(&score, &json!({})).await.expect(201, "stored, which looks at the answers again");
        server.jobs_done().await;
    };
    looked_at_again(&asked).await;
    assert_eq!(back().await, json!([]), "closed over these very answers");
    let page = one.get(&format!("/findings/{by_rule}")).await.expect(200, "its page").text;
    assert!(!page.contains("Newer answers bring it back."), "{page}");

    // A year later the same is said again.
    let (again, vendor) = ask_again(&server, &procurement, &asked).await;
    answer(&vendor, &again.assessment, &weak_replies()).await;
    vendor.put(&answer_path(&again.assessment, "A.5.2-1"), &commented).await.expect(200, "the same words");
    submit(&vendor, &again.assessment).await.expect(200, "submitted");
    server.jobs_done().await;
    assert_eq!(back().await.as_array().map(Vec::len), Some(2), "said again after they were closed");
    for finding in [&by_rule, &by_hand] {
        step(&one, finding, json!({ "step": "reopen", "reason": "It is there again" })).await.expect(200, "reopened");
        close(&one, &vendor, &again, finding).await;
    }
    // Another question in another round says nothing anew of these.
    let policy = json!({ "reply": { "kind": "choice", "option": "draft" }, "comment": null });
    reopened(&one, &vendor, &again, ("A.2.2-1", &policy)).await;
    looked_at_again(&again).await;
    assert_eq!(back().await, json!([]), "nothing was said to these since they were closed");
    server.finish().await;
}

#[tokio::test]
async fn gaps_across_vendors_are_listed_raised_by_hand_and_taken_away() {
    let (server, _) = Server::set_up(BUYER).await;
    let procurement = server.program(BUYER, Role::Procurement);
    let analyst = server.person(BUYER, Role::Analyst).await;
    let (asked, vendor) = submitted(&server, &procurement).await;
    let id = proposed(&analyst, &asked, "A.5.2-1").await;
    let form = [
        ("engagement", asked.engagement.as_str()),
        ("title", "=No exit plan"),
        ("description", "Nothing says how data comes back."),
        ("severity", "observation"),
    ];
    analyst.submit("/findings", &[("engagement", asked.engagement.as_str())]).await.expect(422, "without a title");
    let made = analyst.submit("/findings", &form).await.expect(303, "raised");
    let page = analyst.get(made.location()).await.expect(200, "its page").text;
    assert!(page.contains("No exit plan"), "{page}");
    // By keys, in the order of their weight, whatever the size of a page.
    let (mut seen, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = analyst.read(&format!("/api/v1/findings?group=all&limit=2{cursor}")).await;
        for item in page["items"].as_array().expect("items") {
            seen.push((item["severity"].as_str().expect("a weight").to_owned(), item["id"].clone()));
        }
        match page["next"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    let rank = |weight: &str| ["major", "minor", "observation"].iter().position(|known| *known == weight);
    assert!(seen.len() >= 4 && seen.is_sorted_by_key(|(weight, _)| rank(weight)), "{seen:?}");
    let ids: BTreeSet<String> = seen.iter().map(|(_, id)| id.to_string()).collect();
    assert_eq!(ids.len(), seen.len(), "each once");
    // What rules propose is no open finding, on the list, the portfolio and the report alike.
    let open = analyst.read("/api/v1/findings").await;
    assert_eq!(open["items"].as_array().map(Vec::len), Some(1), "the one that was raised: {open}");
    let rest = seen.len() - 1;
    let words = format!("{rest} proposed by rules, not yet raised");
    let page = analyst.get("/findings").await.expect(200, "the list").text;
    assert!(page.contains("No exit plan") && page.contains(&words) && !page.contains(&id), "{page}");
    let standing = analyst.read("/api/v1/portfolio").await["items"][0].clone();
    let counted =
        ["open_major", "open_minor", "open_observations", "proposed_findings"].map(|name| standing[name].clone());
    assert_eq!(counted, [json!(0), json!(0), json!(1), json!(rest)]);
    let page = analyst.get("/portfolio").await.expect(200, "the portfolio").text;
    assert!(page.contains("1 observation") && page.contains(&format!("{rest} proposed, not raised")), "{page}");
    let report = analyst.get(&format!("/vendors/{}/report", asked.vendor)).await.expect(200, "the report").text;
    assert!(report.contains("Observation: &#x3D;No exit plan"), "{report}");
    assert!(report.contains(&format!("{rest} more are proposed by rules")), "{report}");
    let found = analyst.read("/api/v1/findings?q=EXIT%20plan").await;
    assert_eq!(found["items"].as_array().map(Vec::len), Some(1));
    let page = analyst.get("/findings?group=proposed&severity=minor").await.expect(200, "the list").text;
    assert!(page.contains(&id) && !page.contains("No exit plan"), "filtered");
    let csv = analyst.get("/findings/export?format=csv&group=all").await.expect(200, "CSV").text;
    assert_eq!(csv.lines().count(), seen.len() + 1, "{csv}");
    assert!(csv.contains("'=No exit plan") && csv.contains("Northwind"), "no cell is a formula");
    let xlsx = analyst.get("/findings/export?format=xlsx&group=all").await.expect(200, "XLSX");
    assert!(xlsx.bytes.starts_with(b"PK"));
    let plan = analyst.get(&format!("/findings/plan?engagement={}", asked.engagement)).await.expect(200, "the plan");
    assert!(plan.text.contains("No exit plan"));
    assert!(plan.text.contains("These have no question that is scored"), "closing it moves nothing, and that is said");

    // What speaks for a proposal is gone with another answer, and that closes nothing.
    let by_hand = json!({
        "engagement": asked.engagement, "assessment": asked.assessment, "question": "A.5.2-1",
        "title": "Nobody looks at impacts", "severity": "minor"
    });
    let by_hand = analyst.make("/api/v1/findings", &by_hand).await;
    let looked_at = format!("\"{}\"", analyst.read(&format!("/api/v1/findings/{by_hand}")).await["revision"]);
    let take = format!("/api/v1/assessments/{}/reviews", asked.assessment);
    analyst.post(&take, &json!({ "step": "take" })).await.expect(200, "taken");
    let back = json!({ "step": "return", "questions": { "A.5.2-1": "Really none?" } });
    analyst.post(&take, &back).await.expect(200, "given back");
    let better = json!({ "reply": { "kind": "choice", "option": "current" }, "comment": null });
    vendor.put(&answer_path(&asked.assessment, "A.5.2-1"), &better).await.expect(200, "answered anew");
    let beside = [("question", "A.5.2-1"), ("effective_on", "2026-01-31")];
    let file = ("impact-policy.txt", b"We look at impacts".to_vec());
    vendor
        .upload(&format!("/api/v1/assessments/{}/evidence", asked.assessment), &beside, file)
        .await
        .expect(201, "evidence");
    submit(&vendor, &asked.assessment).await.expect(200, "resubmitted");
    until("the rule to fall silent", async || {
        let page = analyst.get(&format!("/findings/{id}")).await.text;
        page.contains("gone from the answers").then_some(())
    })
    .await;
    assert_eq!(analyst.read(&format!("/api/v1/findings/{id}")).await["state"], "proposed");
    let late =
        analyst.request(Method::POST, &format!("/api/v1/findings/{by_hand}/steps")).header("if-match", looked_at);
    let late = late.json(&json!({ "step": "dismiss", "reason": "It is none" }));
    analyst.send(late).await.expect(412, "it was answered anew since somebody looked at it");
    // It is about the answer that it came from, and shows what is said since with its evidence.
    let page = analyst.get(&format!("/findings/{id}")).await.expect(200, "its page").text;
    let (own, since) = page.split_once("Answered differently since").expect("both answers");
    assert_eq!((own.matches("Submitted 20").count(), since.matches("Submitted 20").count()), (1, 1), "{page}");
    assert!(since.contains("impact-policy.txt") && !own.contains("impact-policy.txt"), "{page}");
    server.finish().await;
}

#[tokio::test]
async fn an_answer_that_the_register_contradicts_is_proposed_until_somebody_settles_it() {
    let (server, _) = Server::set_up(BUYER).await;
    let procurement = server.program(BUYER, Role::Procurement);
    let analyst = server.person(BUYER, Role::Analyst).await;
    let (asked, _) = submitted(&server, &procurement).await;
    take_up(&server.program(BUYER, Role::Analyst)).await;
    server.jobs_done().await;
    assert_eq!(of_question(&analyst, &asked, "REG-1").await, None, "the register says what the answer says");
    let entries = analyst.read("/api/v1/components").await;
    let entry = format!("/api/v1/components/{}", entries["items"][0]["id"].as_str().expect("an entry"));
    let other = json!({ "field": "purpose", "values": ["Writes mails"], "reason": "Other words for the same" });
    analyst.post(&format!("{entry}/facts"), &other).await.expect(200, "said otherwise");
    server.jobs_done().await;
    assert_eq!(of_question(&analyst, &asked, "REG-1").await, None, "other words contradict nothing");

    let seen = json!({ "field": "default_state", "values": ["on"], "reason": "Seen in our tenant" });
    analyst.post(&format!("{entry}/facts"), &seen).await.expect(200, "said otherwise");
    let id = proposed(&analyst, &asked, "REG-1").await;
    let finding = analyst.read(&format!("/api/v1/findings/{id}")).await;
    assert_eq!(finding["severity"], "minor");
    let page = analyst.get(&format!("/findings/{id}")).await.expect(200, "its page").text;
    assert!(page.contains("The register says something else."), "{page}");

    let facts = analyst.items(&format!("{entry}/facts")).await;
    let one = facts.as_array().expect("facts").iter().find(|fact| fact["field"] == "default_state").expect("it");
    let says = one["says"].as_array().expect("says").iter();
    let answer = says.clone().find(|said| said["source_kind"] == "answer").expect("the vendor's")["id"].clone();
    let choose = json!({ "fact": answer, "reason": "It was a trial tenant" });
    analyst.post(&format!("{entry}/choices"), &choose).await.expect(200, "settled");
    until("the rule to fall silent", async || {
        let page = analyst.get(&format!("/findings/{id}")).await.text;
        page.contains("gone from the answers").then_some(())
    })
    .await;
    server.finish().await;
}
