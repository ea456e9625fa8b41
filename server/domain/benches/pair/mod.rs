//! Measures a thing and its floor in turn, and prints both medians and their ratio.

use std::time::{Duration, Instant};

/// Runs both in turn and prints what was measured. `rounds` pairs are counted, after a tenth as many that are not.
pub fn pair(name: &str, rounds: usize, mut thing: impl FnMut(), mut floor: impl FnMut()) {
    let (mut things, mut floors) = (Vec::new(), Vec::new());
    for round in 0..rounds + rounds / 10 {
        let started = Instant::now();
        thing();
        let between = Instant::now();
        floor();
        let ended = Instant::now();
        if round >= rounds / 10 {
            things.push(between - started);
            floors.push(ended - between);
        }
    }
    let (thing, floor) = (median(&mut things), median(&mut floors));
    let ratio = thing.as_secs_f64() / floor.as_secs_f64();
    println!("{name:<50} {thing:>10.1?}   floor {floor:>10.1?}   ratio {ratio:.2}");
}

fn median(times: &mut [Duration]) -> Duration {
    times.sort();
    times[times.len() / 2]
}
