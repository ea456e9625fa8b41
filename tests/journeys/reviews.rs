//! Reviewing answer by answer: what counts, what goes back, who is told, and what the vendor never sees.

use crate::harness::way::{Asked, answer, answer_path, ask, enter, feature, replies, submit};
use crate::harness::{Server, Session, Value};
use domain::access::Role;
use serde_json::json;

const BUYER: &str = "Harbour Bank";

/// Words that only colleagues may read.
const INSIDE: &str = "zqinternalzq";
/// Words that the vendor reads once the assessment is given back.
const ASKED: &str = "zqaskedzq";

async fn submitted(server: &Server, buyer: &Session) -> (Asked, Session) {
    let asked = ask(buyer, "Northwind").await;
    let vendor = enter(server, &asked).await;
    answer(&vendor, &asked.assessment, &replies(&[feature("Drafter")])).await;
    let na = json!({ "reply": { "kind": "not_applicable", "reason": "We train nothing" }, "comment": null });
    vendor.put(&answer_path(&asked.assessment, "A.6.2.4-2"), &na).await;
    submit(&vendor, &asked.assessment).await.expect(200, "submitted");
    (asked, vendor)
}

fn path(asked: &Asked, rest: &str) -> String {
    format!("/api/v1/assessments/{}/{rest}", asked.assessment)
}

async fn find(who: &Session, asked: &Asked, question: &str, verdict: &str, more: Value) -> crate::harness::Answer {
    let mut body = json!({ "question": question, "verdict": verdict });
    for (name, value) in more.as_object().expect("an object") {
        body[name] = value.clone();
    }
    who.post(&path(asked, "review"), &body).await
}

async fn item(who: &Session, asked: &Asked, question: &str) -> Value {
    let review = who.read(&path(asked, "review")).await;
    let items = review["items"].as_array().expect("items").clone();
    items.into_iter().find(|item| item["question"] == question).expect("the question")
}

/// Everything that the vendor's side can look at, in one text.
async fn all_that_the_vendor_sees(server: &Server, vendor: &Session, asked: &Asked) -> String {
    let base = format!("/portal/{}", asked.assessment);
    let mut seen = String::new();
    let mut waiting = vec![base.clone(), path(asked, "answers"), path(asked, "notes"), path(asked, "evidence")];
    waiting.push(path(asked, "findings"));
    let mut known = std::collections::BTreeSet::new();
    while let Some(next) = waiting.pop() {
        if !known.insert(next.clone()) {
            continue;
        }
        let page = vendor.get(&next).await;
        if page.status != 200 {
            continue;
        }
        let links = page.text.match_indices("href=\"").filter_map(|(at, _)| page.text[at + 6..].split('"').next());
        let below = |link: &&str| link.starts_with(&base) && !link.ends_with("workbook");
        waiting.extend(links.filter(below).map(|link| link.split('#').next().unwrap_or(link).to_owned()));
        seen.push_str(&page.text);
    }
    assert!(known.len() > 8, "the portal's pages: {known:?}");
    for mail in server.mails() {
        seen.push_str(&mail.text);
    }
    seen
}

#[tokio::test]
async fn what_is_asked_back_reaches_the_vendor_and_nothing_internal_ever_does() {
    let (server, _) = Server::set_up(BUYER).await;
    let procurement = server.program(BUYER, Role::Procurement);
    let one = server.person(BUYER, Role::Analyst).await;
    let other = server.person(BUYER, Role::Procurement).await;
    let (asked, vendor) = submitted(&server, &procurement).await;
    let file = ("policy.txt", b"Our policy".to_vec());
    let queue = one.read("/api/v1/reviews").await;
    assert_eq!(queue["items"][0]["assessment"], asked.assessment, "it waits in the queue");
    assert_eq!(queue["items"][0]["progress"]["reviewed"], 0);
    find(&one, &asked, "A.2.2-1", "accepted", json!({})).await.expect(409, "it is not in review yet");
    one.post(&path(&asked, "reviews"), &json!({ "step": "take" })).await.expect(200, "taken");
    let overview = format!("/assessments/{}", asked.assessment);
    assert!(one.get(&overview).await.text.contains("No answer was reviewed yet."), "said where the button stands");
    let program = server.program(BUYER, Role::Analyst);
    find(&program, &asked, "A.2.2-1", "accepted", json!({})).await.expect(403, "a program judges nothing");

    let na = find(&one, &asked, "A.6.2.4-2", "accepted", json!({})).await.expect(422, "it says that it does not apply");
    assert_eq!(na.refusals(), ["verdict: says-not-applicable"]);
    find(&one, &asked, "A.6.2.4-2", "na_refused", json!({})).await.expect(422, "no reason given");
    let unkept = find(&one, &asked, "A.6.2.4-2", "na_refused", json!({ "note": "No\u{0}" })).await;
    assert!(unkept.expect(422, "what no database keeps").refusals().contains(&"note: control-character".to_owned()));
    find(&one, &asked, "A.6.2.4-2", "na_refused", json!({ "note": INSIDE })).await.expect(201, "refused");
    find(&one, &asked, "A.3.2-1", "accepted", json!({ "note": INSIDE })).await.expect(201, "accepted");
    find(&one, &asked, "A.2.2-1", "asked_back", json!({ "note": ASKED })).await.expect(201, "asked back");
    let note = json!({ "question": "A.2.2-1", "words": INSIDE });
    one.post(&path(&asked, "internal-notes"), &note).await.expect(204, "a note for colleagues");
    let page = format!("/assessments/{}/review", asked.assessment);
    let form = [("verdict", "accepted"), ("seen", "0"), ("to_colleagues", INSIDE), ("show", "open")];
    let saved = one.submit(&format!("{page}/A.5.2-1"), &form).await.expect(303, "the plain form");
    assert!(saved.location().starts_with(&format!("{page}?show=open#q-")), "{}", saved.location());

    // The second one is told what the first one found, and keeps what was typed.
    let form = [("verdict", "accepted"), ("seen", "0"), ("to_colleagues", "typed by the second one")];
    let told = other.submit(&format!("{page}/A.2.2-1"), &form).await.expect(409, "judged meanwhile");
    assert!(told.text.contains("The analyst judged this answer meanwhile: Asked back"), "{}", told.text);
    assert!(told.text.contains("typed by the second one"));
    let stale = find(&other, &asked, "A.2.2-1", "accepted", json!({ "seen": 0 })).await.expect(412, "judged meanwhile");
    assert_eq!(stale.json()["current"]["verdict"], "asked_back");
    find(&other, &asked, "A.2.2-1", "asked_back", json!({ "seen": 1, "note": ASKED })).await.expect(201, "seen");

    let progress = one.read(&path(&asked, "review")).await["progress"].clone();
    assert_eq!((&progress["answered"], &progress["reviewed"]), (&json!(31), &json!(4)), "two figures: {progress}");
    let seen = all_that_the_vendor_sees(&server, &vendor, &asked).await;
    assert!(!seen.contains(INSIDE) && !seen.contains(ASKED), "nothing was given back yet");
    // What is asked back is given back first: a finished review would drop it.
    let finish = json!({ "step": "finish" });
    let refused = one.post(&path(&asked, "reviews"), &finish).await.expect(409, "something is asked back");
    let detail = refused.json()["detail"].as_str().expect("what to do").to_owned();
    assert!(detail.starts_with("Something is asked back and was not given back"), "{detail}");
    for shown in [&page, &overview] {
        assert!(one.get(shown).await.text.contains("1 question is asked back and was not given back yet."), "{shown}");
    }
    one.submit(&format!("{overview}/finish"), &[]).await.expect(303, "told");
    assert!(one.get(&overview).await.text.contains(&detail), "the page says what to do");
    one.submit(&page, &[("due_on", "")]).await.expect(303, "given back");
    let seen = all_that_the_vendor_sees(&server, &vendor, &asked).await;
    assert!(seen.contains(ASKED) && !seen.contains(INSIDE), "what is asked back, and that alone");

    // Only what was asked back reopens, and only what changed is reviewed again.
    let other_answer = json!({ "reply": { "kind": "choice", "option": "yes" }, "comment": "we do" });
    vendor.put(&answer_path(&asked.assessment, "A.3.2-1"), &other_answer).await.expect(409, "not reopened");
    let reply = json!({ "question": "A.2.2-1", "words": "zqreplyzq" });
    vendor.post(&path(&asked, "notes"), &reply).await.expect(204, "an answer in the thread");
    let changed = json!({ "reply": { "kind": "choice", "option": "draft" }, "comment": null });
    vendor.put(&answer_path(&asked.assessment, "A.2.2-1"), &changed).await.expect(200, "reopened");
    vendor
        .upload(&path(&asked, "evidence"), &[("question", "A.2.2-1"), ("effective_on", "2026-01-31")], (file.0, file.1))
        .await
        .expect(201, "evidence");
    submit(&vendor, &asked.assessment).await.expect(200, "resubmitted");
    let again = item(&one, &asked, "A.2.2-1").await;
    assert_eq!(again["review"]["stands"], false, "it is about another answer");
    assert_eq!(item(&one, &asked, "A.3.2-1").await["review"]["stands"], true, "this one did not change");
    one.post(&path(&asked, "reviews"), &json!({ "step": "take" })).await.expect(200, "taken");
    assert!(one.get(&page).await.text.contains("zqreplyzq"), "the vendor's words stand beside the answer");

    // Evidence that is accepted counts as verified, evidence that is refused not at all.
    let level = async |who: &Session| {
        let score = who.read(&path(&asked, "score")).await;
        let questions = score["input"]["questions"].as_array().expect("questions").clone();
        questions.into_iter().find(|question| question["id"] == "A.2.2-1").expect("it")["assurance"].clone()
    };
    assert_eq!(level(&one).await, "documented");
    let evidence = one.read(&path(&asked, "evidence")).await;
    let sha256 = evidence["items"][0]["sha256"].as_str().expect("a hash").to_owned();
    let body = json!({ "seen": 2, "evidence": { sha256.as_str(): "accepted" } });
    find(&one, &asked, "A.2.2-1", "accepted", body).await.expect(201, "accepted with its evidence");
    assert_eq!(level(&one).await, "verified");
    let body = json!({ "seen": 3, "evidence": { sha256.as_str(): "refused" } });
    find(&one, &asked, "A.2.2-1", "accepted", body).await.expect(201, "the evidence is refused");
    assert_eq!(level(&one).await, "claimed");
    one.post(&path(&asked, "reviews"), &finish).await.expect(200, "nothing is asked back any more");
    server.finish().await;
}

#[tokio::test]
async fn what_came_back_unchanged_is_not_given_back_again_unasked() {
    let (server, _) = Server::set_up(BUYER).await;
    let procurement = server.program(BUYER, Role::Procurement);
    let one = server.person(BUYER, Role::Analyst).await;
    let (asked, vendor) = submitted(&server, &procurement).await;
    let page = format!("/assessments/{}/review", asked.assessment);
    one.post(&path(&asked, "reviews"), &json!({ "step": "take" })).await.expect(200, "taken");
    find(&one, &asked, "A.2.2-1", "asked_back", json!({ "note": ASKED })).await.expect(201, "asked back");
    one.submit(&page, &[("due_on", "")]).await.expect(303, "given back");
    submit(&vendor, &asked.assessment).await.expect(200, "resubmitted as it was");

    one.post(&path(&asked, "reviews"), &json!({ "step": "take" })).await.expect(200, "taken");
    let none = one.submit(&page, &[("due_on", "")]).await.expect(422, "nothing is asked back in this round");
    assert!(!none.text.contains("Give 1 question back"), "{}", none.text);
    find(&one, &asked, "A.3.2-1", "asked_back", json!({ "note": "Who?" })).await.expect(201, "another one");
    let shown = one.get(&page).await.expect(200, "the page").text;
    assert!(shown.contains("Give 1 question back") && !shown.contains("Give 2 questions back"), "{shown}");
    one.submit(&page, &[("due_on", "")]).await.expect(303, "given back");
    let same = json!({ "reply": { "kind": "choice", "option": "draft" }, "comment": null });
    vendor.put(&answer_path(&asked.assessment, "A.2.2-1"), &same).await.expect(409, "that was not asked again");
    let other = json!({ "reply": { "kind": "choice", "option": "yes" }, "comment": "Lee" });
    vendor.put(&answer_path(&asked.assessment, "A.3.2-1"), &other).await.expect(200, "this was");
    submit(&vendor, &asked.assessment).await.expect(200, "resubmitted");

    // Whoever wants it again says so.
    one.post(&path(&asked, "reviews"), &json!({ "step": "take" })).await.expect(200, "taken");
    let again = json!({ "seen": 1, "note": "Please do say" });
    find(&one, &asked, "A.2.2-1", "asked_back", again).await.expect(201, "asked once more");
    one.submit(&page, &[("due_on", "")]).await.expect(303, "given back");
    vendor.put(&answer_path(&asked.assessment, "A.2.2-1"), &same).await.expect(200, "reopened");
    server.finish().await;
}

#[tokio::test]
async fn a_reviewer_sets_the_level_of_assurance_on_the_page_and_through_the_api() {
    let (server, _) = Server::set_up(BUYER).await;
    let procurement = server.program(BUYER, Role::Procurement);
    let analyst = server.person(BUYER, Role::Analyst).await;
    let asked = ask(&procurement, "Northwind").await;
    let vendor = enter(&server, &asked).await;
    answer(&vendor, &asked.assessment, &replies(&[feature("Drafter")])).await;
    for name in ["policy.txt", "minutes.txt"] {
        let beside = [("question", "A.2.2-1"), ("effective_on", "2026-10-31")];
        let file = (name, format!("What {name} says").into_bytes());
        vendor.upload(&path(&asked, "evidence"), &beside, file).await.expect(201, name);
    }
    submit(&vendor, &asked.assessment).await.expect(200, "submitted");
    analyst.post(&path(&asked, "reviews"), &json!({ "step": "take" })).await.expect(200, "taken");
    // What scoring is given says it, too.
    let scored = async |question: &str| {
        let score = analyst.read(&path(&asked, "score")).await;
        let questions = score["input"]["questions"].as_array().expect("questions").clone();
        questions.into_iter().find(|row| row["id"] == question).expect("the question")["assurance"].clone()
    };
    let level = async |question: &str| item(&analyst, &asked, question).await["level"].clone();
    assert_eq!((level("A.2.2-1").await, level("A.3.2-1").await), (json!("documented"), json!("claimed")));

    let verified = json!({ "level": "verified", "seen": 0 });
    find(&analyst, &asked, "A.2.2-1", "accepted", verified.clone()).await.expect(201, "verified");
    let review = item(&analyst, &asked, "A.2.2-1").await["review"].clone();
    let found: Vec<&Value> = review["evidence"].as_object().expect("files").values().collect();
    assert_eq!(found, ["accepted", "accepted"], "each of the two files");
    assert_eq!((level("A.2.2-1").await, scored("A.2.2-1").await), (json!("verified"), json!("verified")));
    let refused = find(&analyst, &asked, "A.3.2-1", "accepted", verified).await.expect(422, "there is no file");
    assert_eq!(refused.refusals(), ["level: nothing-attached"]);
    let back = json!({ "level": "verified", "seen": 1, "note": "Which one?" });
    let refused = find(&analyst, &asked, "A.2.2-1", "asked_back", back).await.expect(422, "asked back, not verified");
    assert_eq!(refused.refusals(), ["level: files-say-otherwise"]);
    let wrong = json!({ "level": "perfect", "seen": 1 });
    find(&analyst, &asked, "A.2.2-1", "accepted", wrong).await.expect(422, "no such level");

    // On the page one choice is for all files, whatever stands at each.
    let page = format!("/assessments/{}/review", asked.assessment);
    assert!(analyst.get(&page).await.text.contains("Verified: every file shows it"));
    let kept = review["evidence"].as_object().expect("files").keys().next().expect("a file").clone();
    let file = format!("evidence:{kept}");
    let form = [("verdict", "accepted"), ("seen", "1"), ("level", "claimed"), (file.as_str(), "accepted")];
    analyst.submit(&format!("{page}/A.2.2-1"), &form).await.expect(303, "set");
    assert_eq!((level("A.2.2-1").await, scored("A.2.2-1").await), (json!("claimed"), json!("claimed")));
    server.finish().await;
}
