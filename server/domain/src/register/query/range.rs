//! Ranges as people write them: `[2026-01..2026-03]`, `[5..]`, `2026-11`, `>=80`.

use super::super::topic::Scale;
use time::{Date, Month};

/// From and to, both included; what is absent is open.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Bounds {
    /// The least.
    pub from: Option<f64>,
    /// The most.
    pub to: Option<f64>,
}

impl Bounds {
    /// Whether a value lies between them.
    pub fn hold(&self, value: f64) -> bool {
        self.from.is_none_or(|from| from <= value) && self.to.is_none_or(|to| value <= to)
    }

    /// Reads a range; `None` where it is none, or ends before it begins.
    pub fn read(scale: Scale, text: &str) -> Option<Self> {
        let text = text.trim();
        let bounds = if let Some(inside) = text.strip_prefix('[') {
            let (from, to) = inside.strip_suffix(']').unwrap_or(inside).split_once("..")?;
            let end = |text: &str| match text.trim() {
                "" | "*" => Some(None),
                text => span(scale, text).map(Some),
            };
            let (from, to) = (end(from)?, end(to)?);
            Self { from: from.map(|(least, _)| least), to: to.map(|(_, most)| most) }
        } else if let Some(text) = text.strip_prefix(">=") {
            Self { from: Some(span(scale, text)?.0), to: None }
        } else if let Some(text) = text.strip_prefix("<=") {
            Self { from: None, to: Some(span(scale, text)?.1) }
        } else if let Some(text) = text.strip_prefix('>') {
            Self { from: Some(after(scale, span(scale, text)?.1)), to: None }
        } else if let Some(text) = text.strip_prefix('<') {
            Self { from: None, to: Some(before(scale, span(scale, text)?.0)) }
        } else {
            let (least, most) = span(scale, text)?;
            Self { from: Some(least), to: Some(most) }
        };
        let reversed = bounds.from.zip(bounds.to).is_some_and(|(from, to)| from > to);
        (!reversed).then_some(bounds)
    }

    /// Both ends as [`Self::read`] reads them, the open one empty.
    pub fn ends(&self, scale: Scale) -> (String, String) {
        let end = |end: Option<f64>| end.map_or_else(String::new, |end| written(scale, end));
        (end(self.from), end(self.to))
    }
}

/// The day of a number of days since 1970, as `2026-11-21`; a number as it is.
fn written(scale: Scale, value: f64) -> String {
    match scale {
        Scale::Number => value.to_string(),
        Scale::Day => match Date::from_julian_day(value as i32 + EPOCH) {
            Ok(day) => format!("{:04}-{:02}-{:02}", day.year(), u8::from(day.month()), day.day()),
            Err(_) => String::new(),
        },
    }
}

/// The Julian day of 1970-01-01.
const EPOCH: i32 = 2_440_588;

/// Days since 1970-01-01.
pub fn days(day: Date) -> f64 {
    f64::from(day.to_julian_day() - EPOCH)
}

/// The first and the last of what is named: of `2026-11` the first and the last day.
fn span(scale: Scale, text: &str) -> Option<(f64, f64)> {
    let text = text.trim();
    match scale {
        Scale::Number => {
            let plain = text.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b'-'));
            let number: f64 = text.parse().ok().filter(|_| plain)?;
            Some((number, number))
        }
        Scale::Day => {
            let part = |text: &str, digits: usize| {
                (text.len() == digits && text.bytes().all(|b| b.is_ascii_digit())).then(|| text.parse().ok()).flatten()
            };
            let mut parts = text.split('-');
            let year: u16 = part(parts.next()?, 4)?;
            let month: Option<u16> = parts.next().map(|text| part(text, 2).ok_or(())).transpose().ok()?;
            let day: Option<u16> = parts.next().map(|text| part(text, 2).ok_or(())).transpose().ok()?;
            if parts.next().is_some() {
                return None;
            }
            let at = |month: u16, day: u16| {
                let month = Month::try_from(u8::try_from(month).ok()?).ok()?;
                Date::from_calendar_date(i32::from(year), month, u8::try_from(day).ok()?).ok()
            };
            let first = at(month.unwrap_or(1), day.unwrap_or(1))?;
            let last = match day {
                Some(_) => first,
                None => {
                    let month = month.unwrap_or(12);
                    at(month, u16::from(at(month, 1)?.month().length(i32::from(year))))?
                }
            };
            Some((days(first), days(last)))
        }
    }
}

fn after(scale: Scale, value: f64) -> f64 {
    if scale == Scale::Day { value + 1.0 } else { value.next_up() }
}

fn before(scale: Scale, value: f64) -> f64 {
    if scale == Scale::Day { value - 1.0 } else { value.next_down() }
}
