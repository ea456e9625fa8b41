//! Actions at the same moment, where a database lets several write: none waits for one that waits for it, and no job runs
//! before what it is to find.

use crate::harness::{PATIENCE, Parts};
use candor::actions::vendors::{EngagementInput, VendorInput, add, add_engagement};
use candor::actions::{Act, Buyer, Job};
use candor::platform::Platform;
use candor::repo::{self, SystemScope};
use domain::ids::EngagementId;
use entity::{engagement_fact, job};
use sea_orm::{DbBackend, EntityTrait as _, Set};
use serde_json::json;
use time::Duration;
use tokio::time::timeout;
use uuid::Uuid;

/// SQLite has one writer at a time: who comes second waits before it holds anything.
fn has_many_writers(platform: &Platform) -> bool {
    platform.db.read().get_database_backend() == DbBackend::Postgres
}

async fn engagement(platform: &Platform, by: &Buyer) -> EngagementId {
    let input = VendorInput { name: "Northwind".to_owned(), ..VendorInput::default() };
    let vendor = add(platform, by, &input).await.expect("a vendor");
    let input = EngagementInput {
        name: "Support chat".to_owned(),
        business_function: "Support".to_owned(),
        owner: "Lee".to_owned(),
        ..EngagementInput::default()
    };
    add_engagement(platform, by, vendor, &input).await.expect("an engagement")
}

/// A row that points to the engagement.
async fn state(platform: &Platform, act: &Act<'_>, by: &Buyer, id: EngagementId, number: i64) {
    let row = engagement_fact::ActiveModel {
        id: Set(platform.clock.id::<Uuid>()),
        organisation_id: Set(by.scope.organisation().0),
        engagement_id: Set(id.0),
        number: Set(number),
        fact: Set("profiling".to_owned()),
        value: Set(Some("no".to_owned())),
        recorded_at: Set(act.now),
        recorded_by: Set(json!({})),
    };
    repo::profiles::add_fact(act.tx(), by.scope, row).await.expect("stated");
}

async fn hold(act: &Act<'_>, by: &Buyer, id: EngagementId) {
    let held = timeout(PATIENCE, repo::vendors::hold_engagement(act.tx(), by.scope, id));
    held.await.expect("nobody is in the way").expect("held").expect("an engagement");
}

#[tokio::test]
async fn two_that_judge_one_engagement_wait_for_each_other_in_one_order() {
    let parts = Parts::fresh().await;
    let platform = &parts.platform;
    let by = parts.organisation("Harbour Bank").await;
    let id = engagement(platform, &by).await;
    if !has_many_writers(platform) {
        return;
    }
    let said =
        |act: &mut Act<'_>| act.record(&by.scope, by.actor, "engagement.changed", ("engagement", id.0), &json!({}));
    let mut one = Act::begin(platform).await.expect("begun");
    let mut two = Act::begin(platform).await.expect("begun");
    // One says first what it does and holds the engagement then, as who stores a score; the other the other way round.
    state(platform, &one, &by, id, 1).await;
    said(&mut one);
    state(platform, &two, &by, id, 2).await;
    hold(&two, &by, id).await;
    let first = async {
        hold(&one, &by, id).await;
        one.commit().await
    };
    let second = async {
        said(&mut two);
        two.commit().await
    };
    let (first, second) = tokio::join!(first, second);
    first.expect("one went on when two was done");
    second.expect("two waited for nobody");
}

#[tokio::test]
async fn a_job_that_waits_does_not_run_before_what_a_twin_wanted_of_it() {
    let parts = Parts::fresh().await;
    let platform = &parts.platform;
    if !has_many_writers(platform) {
        return;
    }
    let wanted = || Job { kind: "any", payload: json!({}), dedupe_key: Some("a".to_owned()) };
    let mut act = Act::begin(platform).await.expect("begun");
    act.enqueue(wanted()).await.expect("put in");
    act.commit().await.expect("committed");
    let claim = async || {
        let transaction = platform.db.begin().await.expect("begun");
        let by = ("runner", Duration::minutes(1), platform.clock.now());
        let claimed = repo::jobs::claim_kind(&transaction, SystemScope, "any", by, 10).await.expect("claimed");
        platform.db.commit(transaction).await.expect("committed");
        claimed.len()
    };
    let mut twin = Act::begin(platform).await.expect("begun");
    twin.enqueue(wanted()).await.expect("the waiting one serves for both");
    assert_eq!(claim().await, 0, "what the twin writes is not there yet");
    twin.commit().await.expect("committed");
    assert_eq!(claim().await, 1);
    assert_eq!(job::Entity::find().all(platform.db.read()).await.expect("jobs").len(), 1);
}
