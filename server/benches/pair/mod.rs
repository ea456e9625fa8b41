//! Measures a thing and its floor in turn, and prints both medians and their ratio.

use std::future::Future;
use std::time::{Duration, Instant};

/// Runs both in turn and prints what was measured. `rounds` pairs are counted, after a tenth as many that are not.
pub async fn pair<A, B>(name: &str, rounds: usize, mut thing: impl FnMut(usize) -> A, mut floor: impl FnMut(usize) -> B)
where
    A: Future<Output = ()>,
    B: Future<Output = ()>,
{
    let warm_up = rounds / 10 + 1;
    let (mut things, mut floors) = (Vec::new(), Vec::new());
    for round in 0..warm_up + rounds {
        let started = Instant::now();
        thing(round).await;
        let between = Instant::now();
        floor(round).await;
        let ended = Instant::now();
        if round >= warm_up {
            things.push(between - started);
            floors.push(ended - between);
        }
    }
    let (thing, floor) = (median(&mut things), median(&mut floors));
    let ratio = thing.as_secs_f64() / floor.as_secs_f64();
    println!("{name:<44} {:>10.3} ms   floor {:>10.3} ms   ratio {ratio:.2}", ms(thing), ms(floor));
}

fn median(times: &mut [Duration]) -> Duration {
    times.sort();
    times[times.len() / 2]
}

fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1_000.0
}
