//! 10,000 stored scores of 150 answers computed anew, beside reading the rows that they are computed from; and the portfolio
//! of 5,000 vendors, beside the bare aggregate of what it shows. `cargo bench --bench judging_at_scale`; the first time
//! makes the data, which takes a minute and two gigabytes.

mod installed;
mod judged;
mod pair;

use candor::actions::{Buyer, policies, rescore, work};
use candor::platform::Platform;
use candor::repo::{self, BuyerScope};
use domain::ids::{AssessmentId, EngagementId};
use installed::Installed;
use std::collections::HashSet;
use std::hint::black_box;
use std::path::Path;
use std::time::{Duration, Instant};
use uuid::Uuid;

const ASSESSMENTS: u64 = 10_000;
const PAGES: usize = 200;
/// How often a run is looked at.
const LOOK: Duration = Duration::from_millis(5);

type Failed = Box<dyn std::error::Error>;

#[tokio::main]
async fn main() -> Result<(), Failed> {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("judged-{ASSESSMENTS}"));
    let started = Instant::now();
    let installed = Installed::with(&folder, async |platform| judged::fill(platform, ASSESSMENTS).await).await?;
    println!("{ASSESSMENTS} assessments, there after {:.1} s", started.elapsed().as_secs_f64());
    for (name, path) in [("portfolio, page", "/portfolio"), ("portfolio, API", "/api/v1/portfolio")] {
        pair::pair(
            name,
            PAGES,
            async |_| drop(black_box(installed.get(path, &[]).await)),
            async |_| judged::aggregate(&installed.platform, installed.organisation).await,
        )
        .await;
    }
    let (platform, by) = (&installed.platform, Buyer::system(installed.organisation));
    for _ in 0..3 {
        let floor = floors(platform, by.scope).await;
        let started = Instant::now();
        let run = rescore::start(platform, &by).await?;
        let same = done(platform, &by, run, started).await?;
        tell("run in which nothing changes", same, floor);
        let policy = repo::policies::current(platform.db.read(), by.scope).await?.ok_or("a policy")?;
        let mut document: serde_json::Value = serde_json::from_str(&policy.document)?;
        document["version"] = (policy.version + 1).into();
        // Other figures of every score, and no other knock-outs.
        document["max_mitigation"] = [0.9, 0.89, 0.88][(policy.version % 3) as usize].into();
        let floor = floors(platform, by.scope).await;
        let started = Instant::now();
        policies::publish(platform, &by, &document.to_string()).await?;
        let running = repo::rescores::running(platform.db.read(), by.scope).await?.ok_or("a run")?;
        let anew = done(platform, &by, running.id, started).await?;
        tell("run under a new version of the policy", anew, floor);
        work::drain(platform).await?;
    }
    installed.stop().await
}

/// The time that a run took when it is done.
async fn done(platform: &Platform, by: &Buyer, id: Uuid, started: Instant) -> Result<Duration, Failed> {
    loop {
        let run = repo::rescores::get(platform.db.read(), by.scope, id).await?.ok_or("the run")?;
        if run.state == "done" {
            assert_eq!((run.scored, run.unscored), (ASSESSMENTS as i64, 0));
            return Ok(started.elapsed());
        }
        tokio::time::sleep(LOOK).await;
    }
}

/// What is read of each assessment beside its row.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Floor {
    /// The answers, a row each.
    Answers,
    /// The submission, where the answers stand together, and reviews: what the run reads.
    Submission,
    /// That, and the newest stored score.
    Stored,
}

const FLOORS: [Floor; 3] = [Floor::Answers, Floor::Submission, Floor::Stored];

async fn floors(platform: &Platform, scope: BuyerScope) -> [Duration; 3] {
    let mut took = [Duration::ZERO; 3];
    for (floor, took) in FLOORS.into_iter().zip(&mut took) {
        *took = time(rows(platform, scope, floor)).await;
    }
    took
}

async fn rows(platform: &Platform, scope: BuyerScope, floor: Floor) {
    let db = platform.db.read();
    let mut after = None;
    loop {
        let some = repo::rescores::engagements(db, scope, after, platform.config.limits.rescore_step).await;
        let some = some.expect("engagements");
        let Some(last) = some.last() else { break };
        after = Some(EngagementId(last.id));
        let ids: Vec<Uuid> = some.iter().map(|row| row.id).collect();
        let assessments = repo::rescores::submitted(db, scope, &ids).await.expect("assessments");
        let assessments: Vec<AssessmentId> = assessments.iter().map(|row| AssessmentId(row.id)).collect();
        if floor == Floor::Answers {
            let ids: Vec<Uuid> = assessments.iter().map(|id| id.0).collect();
            judged::answers(platform, scope.organisation(), &ids).await;
            continue;
        }
        black_box(repo::submissions::newest_of(db, scope, &assessments).await.expect("submissions"));
        black_box(repo::reviews::of_assessments(db, scope, &assessments).await.expect("reviews"));
        let scores = repo::scores::bare(db, scope, &ids).await.expect("scores");
        if floor == Floor::Stored {
            // The newest come first.
            let mut seen = HashSet::new();
            let newest = scores.iter().filter(|row| seen.insert(row.assessment_id));
            let newest: Vec<Uuid> = newest.map(|row| row.id).collect();
            judged::scores(platform, scope.organisation(), &newest).await;
        }
    }
}

async fn time<T>(work: impl Future<Output = T>) -> Duration {
    let started = Instant::now();
    black_box(work.await);
    started.elapsed()
}

fn tell(name: &str, thing: Duration, floors: [Duration; 3]) {
    let thing = thing.as_secs_f64() * 1_000.0;
    let [answers, submission, stored] = floors.map(|floor| {
        let floor = floor.as_secs_f64() * 1_000.0;
        format!("{floor:.0} ms, {:.2}", thing / floor)
    });
    println!(
        "{name:<40} {thing:>8.0} ms   reading answers {answers}   submissions {submission}   stored scores too {stored}"
    );
}
