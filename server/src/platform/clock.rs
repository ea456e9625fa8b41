//! Time, ids and secrets: the only place that asks the operating system for them.

use std::fmt;
use std::sync::{Arc, Mutex};
use time::{Date, OffsetDateTime};
use uuid::{ContextV7, Timestamp, Uuid};

/// Gives the time, fresh ids and secrets.
#[derive(Clone)]
pub struct Clock {
    now: Arc<dyn Fn() -> OffsetDateTime + Send + Sync>,
    order: Arc<Mutex<ContextV7>>,
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Clock")
    }
}

impl Clock {
    /// The machine's own clock.
    pub fn system() -> Self {
        Self::from_fn(system_now)
    }

    /// A clock that a test, or repeatable seed data, sets.
    pub fn from_fn(now: impl Fn() -> OffsetDateTime + Send + Sync + 'static) -> Self {
        Self { now: Arc::new(now), order: Arc::default() }
    }

    /// Now, in UTC, to the microsecond: what both databases keep.
    pub fn now(&self) -> OffsetDateTime {
        let now = (self.now)();
        let micros = now.nanosecond() / 1_000 * 1_000;
        now.replace_nanosecond(micros).unwrap_or(now)
    }

    /// Today, in UTC.
    pub fn today(&self) -> Date {
        self.now().date()
    }

    /// A fresh id that sorts after those that this clock made before it, also within a millisecond.
    pub fn id<T: From<Uuid>>(&self) -> T {
        let now = (self.now)();
        let seconds = u64::try_from(now.unix_timestamp()).unwrap_or(0);
        Uuid::new_v7(Timestamp::from_unix(&*self.order, seconds, now.nanosecond())).into()
    }

    /// Fresh random bytes from the operating system.
    pub fn secret<const N: usize>(&self) -> [u8; N] {
        random_bytes()
    }
}

#[expect(clippy::disallowed_methods, reason = "this is the clock that everything else is given")]
fn system_now() -> OffsetDateTime {
    OffsetDateTime::now_utc()
}

#[expect(clippy::disallowed_methods, reason = "this is the randomness that everything else is given")]
fn random_bytes<const N: usize>() -> [u8; N] {
    use rand::RngExt;
    rand::rng().random()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_sort_in_the_order_in_which_they_were_made() {
        let still = Clock::from_fn(|| OffsetDateTime::UNIX_EPOCH + time::Duration::days(20_000));
        for clock in [still, Clock::system()] {
            let ids: Vec<Uuid> = (0..1_000).map(|_| clock.id()).collect();
            assert!(ids.is_sorted() && ids.windows(2).all(|pair| pair[0] != pair[1]));
        }
    }
}
