//! A thousand attempts a second to sign in, from one address, beside somebody who works: how long their pages take with
//! and without, and what the server's memory does.
//!
//! `cargo bench --bench sign_in_flood -- [SECONDS]`; a minute where nothing is said. Not part of the tests: a busy machine
//! would decide it.

use reqwest::Client;
use reqwest::redirect::Policy;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};
use tokio_util::sync::CancellationToken;

/// Attempts a second.
const RATE: u64 = 1_000;
/// What a working person waits between two pages.
const PAUSE: Duration = Duration::from_millis(20);

type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

#[tokio::main]
async fn main() -> Outcome<()> {
    let seconds = std::env::args().skip(1).find_map(|word| word.parse().ok()).unwrap_or(60);
    let folder = tempfile::tempdir()?;
    let mut server = Command::new(env!("CARGO_BIN_EXE_candor"))
        .args(["serve", "--listen", "127.0.0.1:0", "--data-dir"])
        .arg(folder.path())
        .current_dir(folder.path())
        .env("CANDOR_LOG_FILTER", "error")
        .stdout(Stdio::piped())
        .spawn()?;
    let outcome = measure(&mut server, Duration::from_secs(seconds)).await;
    server.kill()?;
    server.wait()?;
    outcome
}

async fn measure(server: &mut Child, time: Duration) -> Outcome<()> {
    let mut lines = BufReader::new(server.stdout.take().ok_or("no output")?).lines();
    let mut printed = |what: &str| -> Outcome<String> {
        loop {
            let line = lines.next().ok_or("the server ended")??;
            if let Some(rest) = line.strip_prefix(what) {
                return Ok(rest.to_owned());
            }
        }
    };
    let address = printed("listening on ")?;
    let link = printed("set up this installation, once: ")?;
    let worker = Client::builder().cookie_store(true).redirect(Policy::none()).build()?;
    let fields = [("organisation", "Bank"), ("name", "Ada"), ("email", "ada@bank.example")];
    worker.post(link).form(&fields).send().await?.error_for_status()?;
    let page = format!("{address}/vendors");
    let p95 = work(&worker, &page, Duration::from_secs(2)).await?;
    println!("warmed up: p95 {p95:?}, memory {} KiB", memory(server)?);

    let alone = work(&worker, &page, time / 4).await?;
    let before = memory(server)?;
    let stop = CancellationToken::new();
    let counts = Arc::new([const { AtomicU64::new(0) }; 2]);
    let flood = tokio::spawn(flood(address, stop.clone(), Arc::clone(&counts)));
    let beside = work(&worker, &page, time).await?;
    stop.cancel();
    flood.await?;
    let [sent, refused] = [0, 1].map(|n| counts[n].load(Ordering::Relaxed));
    println!("attempts: {sent} in {} s, {refused} of them refused at the door", time.as_secs());
    println!("p95 of a signed-in person's page: {alone:?} alone, {beside:?} beside them, ratio {:.2}", {
        beside.as_secs_f64() / alone.as_secs_f64()
    });
    println!("memory: {before} KiB before, {} KiB after", memory(server)?);
    Ok(())
}

/// Reads a page again and again; the time that all but one in twenty take at most.
async fn work(worker: &Client, page: &str, time: Duration) -> Outcome<Duration> {
    let (begun, mut taken) = (Instant::now(), Vec::new());
    while begun.elapsed() < time {
        let started = Instant::now();
        worker.get(page).send().await?.error_for_status()?.bytes().await?;
        taken.push(started.elapsed());
        tokio::time::sleep(PAUSE).await;
    }
    taken.sort();
    Ok(taken[taken.len() * 95 / 100])
}

/// Sends attempts at an even rate, whatever becomes of them.
async fn flood(address: String, stop: CancellationToken, counts: Arc<[AtomicU64; 2]>) {
    let client = Client::builder().redirect(Policy::none()).build().expect("a client");
    let mut tick = tokio::time::interval(Duration::from_millis(10));
    let mut n = 0_u64;
    while !stop.is_cancelled() {
        tick.tick().await;
        for _ in 0..RATE / 100 {
            n += 1;
            let request = match n % 2 {
                0 => client.post(format!("{address}/sign-in/{n:064x}")),
                _ => client.post(format!("{address}/sign-in")).form(&[("email", format!("{n}@bank.example"))]),
            };
            let counts = Arc::clone(&counts);
            tokio::spawn(async move {
                if let Ok(answer) = request.send().await {
                    counts[0].fetch_add(1, Ordering::Relaxed);
                    counts[1].fetch_add(u64::from(answer.status() == 429), Ordering::Relaxed);
                }
            });
        }
    }
}

/// What the server holds in memory, in KiB (Linux).
fn memory(server: &Child) -> Outcome<u64> {
    let status = std::fs::read_to_string(format!("/proc/{}/status", server.id()))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).ok_or("no VmRSS")?;
    Ok(line.trim().trim_end_matches(" kB").parse()?)
}
