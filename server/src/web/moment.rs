//! Moments as pages show them: absolute, in UTC.

use serde::Serialize;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use time::macros::format_description;

/// A moment, for machines and for people.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Moment {
    /// RFC 3339, for `datetime` attributes and the API.
    pub at: String,
    /// `2026-11-21 10:42`.
    pub when: String,
}

impl From<OffsetDateTime> for Moment {
    fn from(at: OffsetDateTime) -> Self {
        Self { at: rfc3339(at), when: minute(at) }
    }
}

/// `2026-11-21 10:42`.
pub fn minute(at: OffsetDateTime) -> String {
    at.format(format_description!("[year]-[month]-[day] [hour]:[minute]")).unwrap_or_default()
}

/// `2026-11-21T10:42:00Z`.
pub fn rfc3339(at: OffsetDateTime) -> String {
    at.format(&Rfc3339).unwrap_or_default()
}
