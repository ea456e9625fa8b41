//! When a due day is over.

use time::{Date, OffsetDateTime, Time};

/// The hour, UTC, of the next day at which a calendar day has ended everywhere: in the zone of UTC-12 it is midnight.
const ENDED_EVERYWHERE: Time = time::macros::time!(12:00);

/// From when on a due day is over. The one who has to act may be anywhere: nobody is late on their own due day.
pub fn ends(due_on: Date) -> OffsetDateTime {
    due_on.next_day().unwrap_or(Date::MAX).with_time(ENDED_EVERYWHERE).assume_utc()
}

/// Whether it is too late.
pub fn is_over(due_on: Date, now: OffsetDateTime) -> bool {
    now >= ends(due_on)
}

/// ISO 8601 calendar dates in JSON, or null.
pub(super) mod day_or_none {
    use crate::answer::iso_date;
    use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
    use time::Date;

    pub(in crate::judging) fn serialize<S: Serializer>(date: &Option<Date>, to: S) -> Result<S::Ok, S::Error> {
        date.map(iso_date::write).serialize(to)
    }

    pub(in crate::judging) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Date>, D::Error> {
        let text: Option<String> = Option::deserialize(from)?;
        text.map(|text| iso_date::read(&text).map_err(de::Error::custom)).transpose()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::{date, datetime};

    #[test]
    fn a_day_ends_when_it_has_ended_everywhere() {
        let due_on = date!(2026 - 12 - 31);
        // Hong Kong is in the new year; Baker Island has twelve hours left.
        assert!(!is_over(due_on, datetime!(2027-01-01 00:00 UTC)));
        assert!(!is_over(due_on, datetime!(2027-01-01 08:00 +8)));
        assert!(!is_over(due_on, datetime!(2026-12-31 23:59:59 -12)));
        assert!(is_over(due_on, datetime!(2027-01-01 00:00 -12)));
        assert!(is_over(due_on, datetime!(2027-01-01 12:00 UTC)));
        assert!(!is_over(Date::MAX, Date::MAX.midnight().assume_utc()));
    }
}
