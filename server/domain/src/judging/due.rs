//! When a due day is over.

use time::{Date, OffsetDateTime, UtcOffset};

/// The zone in which a calendar day ends last.
const LAST_ZONE: UtcOffset = time::macros::offset!(-12);

/// The earliest day that is not over everywhere. The one who has to act may be anywhere: nobody is late on their own due
/// day, so what is due before this day is late, and nothing else.
pub fn earliest_running(now: OffsetDateTime) -> Date {
    now.checked_to_offset(LAST_ZONE).map_or(Date::MIN, OffsetDateTime::date)
}

/// Whether a due day is over, so that it is too late.
pub fn is_over(due_on: Date, now: OffsetDateTime) -> bool {
    due_on < earliest_running(now)
}

/// Days that are left until a due day: none on the day itself and until it is over everywhere, and below that the days that
/// one is late.
pub fn days_left(due_on: Date, now: OffsetDateTime) -> i64 {
    if is_over(due_on, now) {
        return (due_on - earliest_running(now)).whole_days();
    }
    let today = now.checked_to_offset(UtcOffset::UTC).map_or(due_on, OffsetDateTime::date);
    (due_on - today).whole_days().max(0)
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

    #[test]
    fn days_are_counted_to_the_day_and_from_its_end() {
        let left = |now| days_left(date!(2026 - 12 - 31), now);
        assert_eq!(left(datetime!(2026-12-29 23:59 UTC)), 2);
        assert_eq!(left(datetime!(2026-12-31 00:00 UTC)), 0);
        assert_eq!(left(datetime!(2027-01-01 11:59:59 UTC)), 0, "still the day itself, somewhere");
        assert_eq!(left(datetime!(2027-01-01 12:00 UTC)), -1);
        assert_eq!(left(datetime!(2027-01-02 11:59:59 UTC)), -1);
        assert_eq!(left(datetime!(2027-01-02 20:00 +8)), -2, "the same moment, however it is written");
        assert_eq!(earliest_running(datetime!(2027-01-01 11:59:59 UTC)), date!(2026 - 12 - 31));
        assert_eq!(earliest_running(datetime!(2027-01-01 12:00 UTC)), date!(2027 - 01 - 01));
    }
}
