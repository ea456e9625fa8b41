//! The register with 10,000, 100,000 and 1,000,000 entries: the engine alone; the list and an entry; searching over HTTP
//! beside session read, bare query, fetch of the rows and JSON; filling the index anew beside reading the rows. `cargo bench --bench register_at_scale -- 10000 100000`; the first time makes
//! the registers, a million takes minutes and several gigabytes.

mod asked;
mod installed;
mod pair;

use asked::Asked;
use candor::actions::index;
use candor::repo::{self, SystemScope};
use domain::ids::ComponentId;
use installed::Installed;
use std::time::{Duration, Instant};

const ROUNDS: usize = 2_000;
const PAGES: usize = 200;
const SEARCHES: usize = 600;
/// Up to so many entries the index is filled anew.
const REBUILT: u64 = 100_000;
/// Rows that are read together.
const BATCH: u64 = 2_000;

type Failed = Box<dyn std::error::Error>;

#[tokio::main]
async fn main() -> Result<(), Failed> {
    let asked: Vec<u64> = std::env::args().skip(1).filter_map(|arg| arg.parse().ok()).collect();
    for entries in if asked.is_empty() { vec![10_000, 100_000] } else { asked } {
        let started = Instant::now();
        let installed = Installed::of(entries, &installed::kept(entries)).await?;
        println!("{entries} entries, there after {:.1} s", started.elapsed().as_secs_f64());
        engine(&installed, entries).await;
        pages(&installed).await;
        pair::pair(
            "  searching over HTTP",
            SEARCHES,
            |round| over_http(&installed, round),
            |round| floor(&installed, round),
        )
        .await;
        if entries <= REBUILT {
            rebuilt(&installed).await?;
        }
        installed.stop().await?;
    }
    Ok(())
}

/// A typing error, two filters and twelve facets, by how much is found.
async fn engine(installed: &Installed, entries: u64) {
    let (mut rare, mut common) = (Vec::new(), Vec::new());
    for n in 0..ROUNDS + ROUNDS / 10 {
        let request = Asked::nth(n).request();
        let started = Instant::now();
        let page = installed.platform.search.search(installed.organisation, &request).await;
        let took = started.elapsed();
        let total = page.expect("the index answers").total;
        if n >= ROUNDS / 10 {
            (if total * 100 < entries { &mut rare } else { &mut common }).push(took);
        }
    }
    tell("engine, under 1 % found", &mut rare);
    tell("engine, more found", &mut common);
}

async fn pages(installed: &Installed) {
    let mut entry = Vec::new();
    let mut list = Vec::new();
    let mut asked = Vec::new();
    let scope = SystemScope.acting_for(installed.organisation);
    let some = repo::register::page(installed.platform.db.read(), scope, None, 50).await.expect("rows are there");
    for n in 0..PAGES {
        list.push(time(installed.get("/register", &[])).await);
        asked.push(time(installed.get("/register", &Asked::nth(n).page())).await);
        entry.push(time(installed.get(&format!("/register/{}", some[n % some.len()].id), &[])).await);
    }
    tell("list page", &mut list);
    tell("page of what was asked", &mut asked);
    tell("entry page", &mut entry);
}

async fn over_http(installed: &Installed, round: usize) {
    installed.get("/api/v1/components/search", &Asked::nth(round).pairs()).await;
}

async fn floor(installed: &Installed, round: usize) {
    let (platform, organisation) = (&installed.platform, installed.organisation);
    let db = platform.db.read();
    let now = platform.clock.now();
    let session = repo::sessions::get(db, SystemScope, &installed.session, now).await;
    session.expect("the session can be read").expect("it is there");
    let page = platform.search.search(organisation, &Asked::nth(round).request()).await.expect("the index answers");
    let ids: Vec<ComponentId> = page.hits.iter().map(|hit| ComponentId(hit.id)).collect();
    let rows =
        repo::register::of_ids(db, SystemScope.acting_for(organisation), &ids).await.expect("the rows are there");
    let rows: Vec<_> =
        rows.iter().map(|row| (&row.id, &row.name, &row.vendor_name, &row.kind, &row.status, &row.fields)).collect();
    std::hint::black_box(
        serde_json::to_string(&(rows, &page.facets.values().collect::<Vec<_>>())).expect("rows are JSON"),
    );
}

async fn rebuilt(installed: &Installed) -> Result<(), Failed> {
    let (mut things, mut floors) = (Vec::new(), Vec::new());
    for _ in 0..3 {
        things.push(time(index::rebuild(&installed.platform, |_| {})).await);
        floors.push(time(rows(installed)).await);
    }
    things.sort();
    floors.sort();
    let (thing, floor) = (things[1], floors[1]);
    println!(
        "{:<44} {:>10.3} ms   floor {:>10.3} ms   ratio {:.2}",
        "  filling the index, beside reading the rows",
        ms(thing),
        ms(floor),
        thing.as_secs_f64() / floor.as_secs_f64()
    );
    Ok(())
}

/// Reads the entries and their uses.
async fn rows(installed: &Installed) {
    let db = installed.platform.db.read();
    let mut after = None;
    loop {
        let rows = repo::register::scan(db, SystemScope, after, BATCH).await.expect("rows can be read");
        let Some(last) = rows.last() else { break };
        after = Some(ComponentId(last.id));
        let ids: Vec<ComponentId> = rows.iter().map(|row| ComponentId(row.id)).collect();
        let scope = SystemScope.acting_for(installed.organisation);
        for ids in ids.chunks(500) {
            std::hint::black_box(repo::register::uses_of(db, scope, ids).await.expect("uses can be read"));
        }
        std::hint::black_box(rows);
    }
}

async fn time<T>(work: impl Future<Output = T>) -> Duration {
    let started = Instant::now();
    std::hint::black_box(work.await);
    started.elapsed()
}

fn tell(name: &str, times: &mut [Duration]) {
    times.sort();
    let at = |share: f64| times.get((times.len() as f64 * share) as usize).copied().unwrap_or_default();
    println!(
        "  {name:<42} {:>6} times   median {:>8.3} ms   99 % {:>8.3} ms   worst {:>8.3} ms",
        times.len(),
        ms(at(0.5)),
        ms(at(0.99)),
        ms(times.last().copied().unwrap_or_default())
    );
}

fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1_000.0
}
