//! How far an answer can be relied on: levels, how evidence ages, and what certificates raise.

use super::input::{Certificate, Input, Question};
use super::policy::Policy;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use time::{Date, Month};

/// How well an answer is supported, weakest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// The vendor says so.
    Claimed,
    /// Evidence is attached.
    Documented,
    /// A reviewer has accepted the evidence.
    Verified,
    /// A certificate that counts covers it.
    Certified,
}

impl Level {
    /// All levels, weakest first.
    pub const ALL: [Self; 4] = [Self::Claimed, Self::Documented, Self::Verified, Self::Certified];

    /// The level's name in documents.
    pub fn name(self) -> &'static str {
        match self {
            Self::Claimed => "claimed",
            Self::Documented => "documented",
            Self::Verified => "verified",
            Self::Certified => "certified",
        }
    }

    /// The level of that name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|level| level.name() == name)
    }

    /// The level under a certificate that counts.
    #[must_use]
    pub fn raised(self) -> Self {
        if self == Self::Claimed { Self::Documented } else { Self::Certified }
    }

    /// The level on `as_of` of an answer whose evidence is effective from `evidence_date`: one lower for every full
    /// period of `valid_months` that has passed, never below claimed. Without a date nothing ages.
    #[must_use]
    pub fn aged(self, evidence_date: Option<Date>, as_of: Date, valid_months: u64) -> Self {
        let Some(date) = evidence_date else { return self };
        let steps = self as u64;
        let fallen =
            (1..=steps).filter(|n| months_after(date, n.saturating_mul(valid_months)).is_some_and(|end| as_of > end));
        Self::ALL[self as usize - fallen.count()]
    }
}

/// The day that many calendar months after a date, its day clamped to the month's end; none after the year 9999.
pub fn months_after(date: Date, months: u64) -> Option<Date> {
    let month = u64::from(u8::from(date.month())) - 1;
    let passed = month.checked_add(months)?;
    let year = i64::from(date.year()).checked_add(i64::try_from(passed / 12).ok()?)?;
    let year = i32::try_from(year).ok().filter(|year| *year <= 9999)?;
    let month = Month::January.nth_next(u8::try_from(passed % 12).ok()?);
    Date::from_calendar_date(year, month, date.day().min(month.length(year))).ok()
}

/// Of several pieces of evidence (each with the level it earned when it was accepted or attached, and the date from
/// which it is effective) the one that counts on `as_of`: that of the highest level after ageing, the later date on
/// a tie. Evidence that is not yet effective never counts.
pub fn counting_evidence(pieces: &[(Level, Date)], as_of: Date, valid_months: u64) -> Option<(Level, Date)> {
    let effective = pieces.iter().copied().filter(|(_, date)| *date <= as_of);
    effective.max_by_key(|(level, date)| (level.aged(Some(*date), as_of, valid_months), *date, *level))
}

/// Whether a certificate counts on `as_of`: its standard is the policy's, it is accredited, in scope and in force.
pub fn certificate_counts(certificate: &Certificate, policy: &Policy, as_of: Date) -> bool {
    policy.certificate_standards.contains(&certificate.standard)
        && certificate.accredited
        && certificate.in_scope
        && certificate.valid_from <= as_of
        && as_of <= certificate.valid_to
}

/// The controls that the certificates that count list.
pub(super) fn covered_controls<'a>(policy: &Policy, input: &'a Input) -> BTreeSet<&'a str> {
    let counting = input.certificates.iter().filter(|certificate| certificate_counts(certificate, policy, input.as_of));
    counting.flat_map(|certificate| certificate.controls.iter().map(String::as_str)).collect()
}

/// Where an answer stands on the day of the score.
#[derive(Clone, Debug, PartialEq)]
pub struct Standing<'a> {
    /// The question.
    pub question: &'a Question,
    /// The level after ageing, before certificates.
    pub level: Level,
    /// The question's controls for which a certificate raises the level, by code point.
    pub raised_in: BTreeSet<&'a str>,
}

impl Standing<'_> {
    /// The level that counts in the sum of one of the question's controls.
    pub fn level_in(&self, control: &str) -> Level {
        if self.raised_in.contains(control) { self.level.raised() } else { self.level }
    }

    /// The level with a raise through any of the question's controls.
    pub fn level_through_any(&self) -> Level {
        if self.raised_in.is_empty() { self.level } else { self.level.raised() }
    }
}

/// Where every answer of an input stands, in the input's order.
pub fn standings<'a>(policy: &Policy, input: &'a Input) -> Vec<Standing<'a>> {
    let covered = covered_controls(policy, input);
    let stand = |question: &'a Question| {
        let raised_in =
            question.controls.iter().map(String::as_str).filter(|control| covered.contains(control)).collect();
        let level = question.assurance.aged(question.evidence_date, input.as_of, policy.evidence_valid_months);
        Standing { question, level, raised_in }
    };
    input.questions.iter().map(stand).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::date;

    #[test]
    fn months_end_is_clamped() {
        assert_eq!(months_after(date!(2024 - 08 - 31), 18), Some(date!(2026 - 02 - 28)));
        assert_eq!(months_after(date!(2022 - 08 - 31), 18), Some(date!(2024 - 02 - 29)));
        assert_eq!(months_after(date!(2024 - 08 - 31), 36), Some(date!(2027 - 08 - 31)));
        assert_eq!(months_after(date!(2024 - 08 - 31), u64::MAX), None);
        assert_eq!(months_after(date!(9999 - 12 - 31), 1), None);
    }

    #[test]
    fn each_full_period_costs_a_level() {
        let aged = |as_of| Level::Verified.aged(Some(date!(2022 - 08 - 31)), as_of, 18);
        assert_eq!(aged(date!(2024 - 02 - 29)), Level::Verified);
        assert_eq!(aged(date!(2024 - 03 - 01)), Level::Documented);
        // The second period is counted from the date itself, not from the clamped end of the first.
        assert_eq!(aged(date!(2025 - 08 - 31)), Level::Documented);
        assert_eq!(aged(date!(2025 - 09 - 01)), Level::Claimed);
        assert_eq!(aged(date!(2999 - 01 - 01)), Level::Claimed);
    }

    #[test]
    fn the_best_evidence_counts() {
        let pieces = [
            (Level::Verified, date!(2023 - 01 - 10)),
            (Level::Documented, date!(2024 - 05 - 01)),
            (Level::Documented, date!(2024 - 06 - 01)),
            (Level::Verified, date!(2026 - 01 - 01)),
        ];
        let on = |as_of| counting_evidence(&pieces, as_of, 18);
        assert_eq!(on(date!(2024 - 07 - 01)), Some((Level::Verified, date!(2023 - 01 - 10))));
        assert_eq!(on(date!(2024 - 08 - 01)), Some((Level::Documented, date!(2024 - 06 - 01))));
        assert_eq!(on(date!(2022 - 01 - 01)), None);
    }
}
