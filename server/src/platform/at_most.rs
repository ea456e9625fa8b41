//! How much of something is done in a minute at most, by this server.

use std::sync::Mutex;
use time::OffsetDateTime;

/// Counts, minute by minute.
#[derive(Debug, Default)]
pub struct AtMost(Mutex<(i64, u32)>);

impl AtMost {
    /// Whether one more may be done in the minute of `now`, of `most`.
    pub fn take(&self, now: OffsetDateTime, most: u32) -> bool {
        let minute = now.unix_timestamp().div_euclid(60);
        let mut counted = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if counted.0 != minute {
            *counted = (minute, 0);
        }
        counted.1 = counted.1.saturating_add(1);
        counted.1 <= most
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_minute_takes_so_many_and_the_next_as_many_again() {
        let (bound, begun) = (AtMost::default(), OffsetDateTime::UNIX_EPOCH);
        let taken = |seconds: i64| bound.take(begun + time::Duration::seconds(seconds), 2);
        assert_eq!(
            [taken(0), taken(30), taken(59), taken(60), taken(61), taken(62)],
            [true, true, false, true, true, false]
        );
    }
}
