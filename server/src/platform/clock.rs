//! Time, ids and secrets: the only place that asks the operating system for them.

use std::fmt;
use std::sync::Arc;
use time::{Date, OffsetDateTime};
use uuid::{NoContext, Timestamp, Uuid};

/// Gives the time, fresh ids and secrets.
#[derive(Clone)]
pub struct Clock {
    now: Arc<dyn Fn() -> OffsetDateTime + Send + Sync>,
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Clock")
    }
}

impl Clock {
    /// The machine's own clock.
    pub fn system() -> Self {
        Self { now: Arc::new(system_now) }
    }

    /// A clock that a test, or repeatable seed data, sets.
    pub fn from_fn(now: impl Fn() -> OffsetDateTime + Send + Sync + 'static) -> Self {
        Self { now: Arc::new(now) }
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

    /// A fresh id that sorts after those made before it.
    pub fn id<T: From<Uuid>>(&self) -> T {
        let now = (self.now)();
        let seconds = u64::try_from(now.unix_timestamp()).unwrap_or(0);
        Uuid::new_v7(Timestamp::from_unix(NoContext, seconds, now.nanosecond())).into()
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
