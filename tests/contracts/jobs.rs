//! Background work on the real database: put in by the transaction that wants it, claimed under a lease, tried again,
//! given up visibly, run again after a crash.

use crate::harness::Parts;
use candor::actions::issue::{NewAssessment, draft_and_issue};
use candor::actions::vendors::{EngagementInput, VendorInput, add, add_engagement};
use candor::actions::{Act, Buyer, Job, work};
use candor::platform::Platform;
use candor::platform::clock::Clock;
use candor::repo::{self, SystemScope};
use domain::ids::{AssessmentId, ContactId, TemplateVersionId};
use entity::{job, message};
use sea_orm::EntityTrait as _;
use serde_json::json;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use time::Duration;

/// An installation whose clock the test moves.
async fn parts() -> (Parts, Arc<AtomicI64>) {
    let ahead = Arc::new(AtomicI64::new(0));
    let (system, seconds) = (Clock::system(), Arc::clone(&ahead));
    let clock = Clock::from_fn(move || system.now() + Duration::seconds(seconds.load(Ordering::SeqCst)));
    (Parts::with(|_| {}, clock).await, ahead)
}

async fn put(platform: &Platform, kind: &'static str, dedupe_key: Option<&str>) {
    let mut act = Act::begin(platform).await.expect("begun");
    let job = Job { kind, payload: json!({}), dedupe_key: dedupe_key.map(str::to_owned) };
    act.enqueue(job).await.expect("put in");
    act.commit().await.expect("committed");
}

async fn claim(platform: &Platform, holder: &str, lease: i64) -> Vec<job::Model> {
    let transaction = platform.db.begin().await.expect("begun");
    let lease = Duration::seconds(lease);
    let claimed = repo::jobs::claim(&transaction, SystemScope, holder, lease, platform.clock.now(), 10).await;
    platform.db.commit(transaction).await.expect("committed");
    claimed.expect("claimed")
}

async fn finish(platform: &Platform, job: &job::Model, holder: &str) -> bool {
    let transaction = platform.db.begin().await.expect("begun");
    let done = repo::jobs::finish(&transaction, SystemScope, job.id, holder, platform.clock.now()).await;
    platform.db.commit(transaction).await.expect("committed");
    done.expect("said")
}

async fn jobs(platform: &Platform) -> Vec<job::Model> {
    job::Entity::find().all(platform.db.read()).await.expect("jobs")
}

/// An assessment that was sent: its invitation waits to be delivered.
pub(super) async fn issued(platform: &Platform, by: &Buyer) -> AssessmentId {
    let input = VendorInput {
        name: "Northwind".to_owned(),
        contacts: "Kim Vendor <kim@northwind.example>".to_owned(),
        ..VendorInput::default()
    };
    let vendor = add(platform, by, &input).await.expect("a vendor");
    let contacts = repo::vendors::contacts(platform.db.read(), by.scope, vendor).await.expect("contacts");
    let input = EngagementInput {
        name: "Support chat".to_owned(),
        business_function: "Support".to_owned(),
        owner: "Lee".to_owned(),
        ..EngagementInput::default()
    };
    let engagement = add_engagement(platform, by, vendor, &input).await.expect("an engagement");
    let versions = repo::templates::versions(platform.db.read(), by.scope, None).await.expect("versions");
    let input = NewAssessment {
        engagement,
        template_version: TemplateVersionId(versions[0].id),
        contact: ContactId(contacts[0].id),
        due_on: platform.clock.today() + Duration::days(21),
        message: None,
    };
    draft_and_issue(platform, by, &input).await.expect("issued")
}

fn mails(parts: &Parts) -> usize {
    crate::harness::mail::mails(parts.folder.path()).len()
}

#[tokio::test]
async fn a_lease_keeps_others_away_until_it_runs_out() {
    let (parts, ahead) = parts().await;
    let platform = &parts.platform;
    put(platform, "any", None).await;
    let first = claim(platform, "one", 60).await;
    assert_eq!(first.len(), 1);
    assert_eq!(claim(platform, "two", 60).await, Vec::new(), "one holds it");
    ahead.store(61, Ordering::SeqCst);
    let second = claim(platform, "two", 60).await;
    assert_eq!(second.len(), 1, "one's lease ran out");
    assert_eq!(second[0].attempts, 2);
    assert!(!finish(platform, &first[0], "one").await, "one finished too late");
    assert_eq!(jobs(platform).await[0].state, "running");
    assert!(finish(platform, &second[0], "two").await);
    assert_eq!(jobs(platform).await[0].state, "done");
    ahead.store(1_000, Ordering::SeqCst);
    assert_eq!(claim(platform, "three", 60).await, Vec::new(), "done is done");
}

#[tokio::test]
async fn two_runners_share_the_work_without_doing_any_twice() {
    let (parts, _) = parts().await;
    let platform = &parts.platform;
    for _ in 0..12 {
        put(platform, "any", None).await;
    }
    let (one, two) = tokio::join!(claim(platform, "one", 60), claim(platform, "two", 60));
    let mut ids: Vec<_> = one.iter().chain(&two).map(|job| job.id).collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!((ids.len(), one.len() + two.len()), (12, 12));
}

#[tokio::test]
async fn a_job_that_waits_serves_for_its_twins() {
    let (parts, _) = parts().await;
    let platform = &parts.platform;
    put(platform, "any", Some("a")).await;
    put(platform, "any", Some("a")).await;
    assert_eq!(jobs(platform).await.len(), 1, "the first still waits");
    put(platform, "any", Some("b")).await;
    put(platform, "other", Some("a")).await;
    put(platform, "any", None).await;
    put(platform, "any", None).await;
    assert_eq!(jobs(platform).await.len(), 5, "another key, another kind, no key");
    let claimed = claim(platform, "one", 60).await;
    assert_eq!(claimed.len(), 5);
    put(platform, "any", Some("a")).await;
    assert_eq!(jobs(platform).await.len(), 6, "one that runs may have looked already");
}

#[tokio::test]
async fn a_job_comes_with_the_transaction_that_wants_it() {
    let (parts, _) = parts().await;
    let platform = &parts.platform;
    let mut act = Act::begin(platform).await.expect("begun");
    act.enqueue(Job { kind: "any", payload: json!({}), dedupe_key: None }).await.expect("put in");
    drop(act);
    assert_eq!(jobs(platform).await, Vec::new());
}

#[tokio::test]
async fn a_failing_job_is_tried_again_later_and_then_given_up() {
    let (parts, ahead) = parts().await;
    let platform = &parts.platform;
    put(platform, "no such kind", None).await;
    let most = platform.config.limits.job_attempts;
    let mut waits = Vec::new();
    for attempt in 1..most {
        assert_eq!(work::run_due(platform, "me").await.expect("ran"), 1, "attempt {attempt}");
        assert_eq!(work::run_due(platform, "me").await.expect("ran"), 0, "not at once");
        let job = jobs(platform).await.remove(0);
        assert_eq!((job.state.as_str(), job.attempts), ("waiting", attempt));
        assert!(job.last_error.expect("a reason").contains("no such kind"));
        waits.push((job.run_at - platform.clock.now()).whole_seconds());
        ahead.fetch_add(3_601, Ordering::SeqCst);
    }
    assert!(waits.windows(2).all(|pair| pair[0] < pair[1]), "each wait is longer: {waits:?}");
    assert_eq!(work::run_due(platform, "me").await.expect("ran"), 1);
    let counts = repo::jobs::counts(platform.db.read(), SystemScope).await.expect("counts");
    assert_eq!(counts, (0, 1), "given up, where an operator sees it");
    ahead.fetch_add(100_000, Ordering::SeqCst);
    assert_eq!(work::run_due(platform, "me").await.expect("ran"), 0, "given up for good");
}

#[tokio::test]
async fn a_message_that_cannot_be_sent_says_so() {
    let (parts, ahead) = parts().await;
    let platform = &parts.platform;
    let by = parts.organisation("Harbour Bank").await;
    issued(platform, &by).await;
    let folder = parts.folder.path().join("mail");
    std::fs::remove_dir_all(&folder).expect("removed");
    std::fs::write(&folder, "a file where a folder was").expect("written");
    for _ in 0..platform.config.limits.job_attempts {
        work::drain(platform).await.expect("ran");
        ahead.fetch_add(3_601, Ordering::SeqCst);
    }
    let messages = message::Entity::find().all(platform.db.read()).await.expect("messages");
    assert_eq!(messages.len(), 1);
    assert_eq!(messages[0].state, "failed");
    assert!(messages[0].failure.is_some());
}

#[tokio::test]
async fn what_a_dead_runner_left_is_done_once_its_lease_ran_out() {
    let (parts, ahead) = parts().await;
    let platform = &parts.platform;
    let by = parts.organisation("Harbour Bank").await;
    issued(platform, &by).await;
    let claimed = claim(platform, "dies now", 120).await;
    assert_eq!(
        claimed.iter().filter(|job| job.kind == work::DELIVER).count(),
        1,
        "beside what the search indexes want"
    );
    work::drain(platform).await.expect("ran");
    assert_eq!(mails(&parts), 0, "the dead runner's lease still holds");
    ahead.store(121, Ordering::SeqCst);
    work::drain(platform).await.expect("ran");
    assert_eq!(mails(&parts), 1);
}

#[tokio::test]
async fn a_delivery_that_runs_twice_sends_once() {
    let (parts, _) = parts().await;
    let platform = &parts.platform;
    let by = parts.organisation("Harbour Bank").await;
    issued(platform, &by).await;
    let payload = jobs(platform).await.remove(0).payload;
    work::drain(platform).await.expect("ran");
    let mut act = Act::begin(platform).await.expect("begun");
    act.enqueue(Job { kind: work::DELIVER, payload, dedupe_key: None }).await.expect("put in");
    act.commit().await.expect("committed");
    let before = crate::harness::mail::mails(parts.folder.path()).remove(0).text;
    work::drain(platform).await.expect("ran");
    let after = crate::harness::mail::mails(parts.folder.path());
    assert_eq!((after.len(), &after[0].text), (1, &before), "the mail, and the link in it, are the same");
}
