//! Due dates as pages write them: absolute, with the weekday and what is left of the time near the day.

use super::render::Renderer;
use domain::answer::iso_date;
use domain::judging::due::days_left;
use serde::Serialize;
use time::{Date, OffsetDateTime};

/// Days on either side of today within which the weekday helps.
const NEAR: i64 = 14;
/// Days before the due date from which it is soon.
const SOON: i64 = 3;

/// A due date, as `partials/due` reads it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Due {
    /// `2026-11-21`.
    pub date: String,
    /// `Sat`, when the day is near.
    pub weekday: Option<String>,
    /// `3 days late`, as long as somebody is waited for.
    pub note: Option<String>,
    /// `late`, `soon` or empty.
    pub tone: &'static str,
}

impl Due {
    /// The due date as it is read now. `waits`: what is due has not come yet.
    pub fn of(renderer: &Renderer, due_on: Date, now: OffsetDateTime, waits: bool) -> Self {
        let days = days_left(due_on, now);
        let note = match days {
            _ if !waits => None,
            ..0 => Some(renderer.counted("due.late", -days)),
            0 => Some(renderer.text("due.today", &[])),
            1..=NEAR => Some(renderer.counted("due.left", days)),
            _ => None,
        };
        let tone = match days {
            _ if !waits => "",
            ..0 => "late",
            0..=SOON => "soon",
            _ => "",
        };
        let number = due_on.weekday().number_from_monday().to_string();
        let weekday = (waits && days.abs() <= NEAR).then(|| renderer.text(&format!("due.weekday.{number}"), &[]));
        Self { date: iso_date::write(due_on), weekday, note, tone }
    }

    /// For samples in tests.
    pub fn sample(tone: &'static str) -> Self {
        let note = (!tone.is_empty()).then(|| "3 days late".to_owned());
        Self { date: "2026-11-18".into(), weekday: Some("Wed".into()), note, tone }
    }
}
