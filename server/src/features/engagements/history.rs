//! What happened to an engagement before anything was asked: its profile, overrides, confirmed tiers, endings.

use super::head::Names;
use crate::actions::content::REASONS;
use crate::error::Result;
use crate::repo::{self, BuyerScope};
use crate::web::engagement::Event;
use crate::web::moment::Moment;
use crate::web::render::Renderer;
use domain::ids::{EngagementId, MemberId};
use domain::register::By;
use std::collections::{BTreeMap, BTreeSet};
use time::OffsetDateTime;

/// The words for a value of a factor.
pub(super) fn value_words(factor: &str, value: &str) -> String {
    let words = REASONS.factors.get(factor).and_then(|words| words.values.get(value));
    words.map_or_else(|| value.to_owned(), |words| words.label.clone())
}

/// What a factor asks.
pub(super) fn factor_words(factor: &str) -> String {
    REASONS.factors.get(factor).map_or_else(|| factor.to_owned(), |words| words.question.clone())
}

/// The name of a domain.
pub(super) fn domain_words(domain: &str) -> String {
    REASONS.domains.get(domain).map_or_else(|| domain.to_owned(), |words| words.name.clone())
}

/// All of it, the newest first.
pub(super) async fn history(
    renderer: &Renderer,
    scope: BuyerScope,
    id: EngagementId,
    names: &Names,
) -> Result<Vec<Event>> {
    let db = renderer.platform.db.read();
    let mut events: Vec<(OffsetDateTime, Event)> = Vec::new();
    let mut add = |at: OffsetDateTime, by: String, text: String, note: Option<String>| {
        let moment = Moment::from(at);
        let event = Event { text, note, at: moment.at, when: moment.when, by: Some(by), ..Event::default() };
        events.push((at, event));
    };
    let mut before: BTreeMap<String, String> = BTreeMap::new();
    for row in repo::profiles::versions(db, scope, id).await? {
        let now: BTreeMap<String, String> = serde_json::from_value(row.profile)?;
        let text = renderer.text("engagements.event.profile", &[("number", &row.number)]);
        let note = changes(renderer, &before, &now);
        let note = if row.number == 1 {
            renderer.counted("engagements.event.profile_first", i64::try_from(now.len()).unwrap_or(i64::MAX))
        } else {
            note.join(" ")
        };
        add(row.recorded_at, names.of_row(&row.recorded_by), text, Some(note).filter(|note| !note.is_empty()));
        before = now;
    }
    for row in repo::profiles::overrides(db, scope, id).await? {
        let domain = domain_words(&row.domain);
        let text = match (row.severity, row.likelihood) {
            (None, None) => renderer.text("engagements.event.taken_back", &[("domain", &domain)]),
            (severity, likelihood) => renderer.text(
                "engagements.event.override",
                &[
                    ("domain", &domain),
                    ("severity", &severity.unwrap_or(row.computed_severity)),
                    ("likelihood", &likelihood.unwrap_or(row.computed_likelihood)),
                    ("computed_severity", &row.computed_severity),
                    ("computed_likelihood", &row.computed_likelihood),
                ],
            ),
        };
        add(row.recorded_at, row.by_name, text, Some(row.reason));
    }
    for row in repo::profiles::tiers(db, scope, id).await? {
        let tier = renderer.text(&format!("classification.tier.{}", row.tier), &[]);
        let proposed = renderer.text(&format!("classification.tier.{}", row.proposed), &[]);
        let text = renderer.text("engagements.event.tier", &[("tier", &tier), ("proposed", &proposed)]);
        let reason = row.confirmed["reason"].as_str().map(str::to_owned);
        add(row.recorded_at, names.of(By::Member(MemberId(row.recorded_by))), text, reason);
    }
    for row in repo::profiles::steps(db, scope, id).await? {
        let text = renderer.text(&format!("engagements.event.{}", row.step), &[]);
        add(row.recorded_at, names.of_row(&row.recorded_by), text, Some(row.reason));
    }
    events.sort_by_key(|(at, _)| std::cmp::Reverse(*at));
    Ok(events.into_iter().map(|(_, event)| event).collect())
}

/// In which factors two versions of a profile differ, in words.
fn changes(renderer: &Renderer, before: &BTreeMap<String, String>, now: &BTreeMap<String, String>) -> Vec<String> {
    let nothing = renderer.text("engagements.nothing_said", &[]);
    let factors: BTreeSet<&String> = before.keys().chain(now.keys()).collect();
    let differs = factors.into_iter().filter(|factor| before.get(*factor) != now.get(*factor));
    let words = |factor: &str, value: Option<&String>| {
        value.map_or_else(|| nothing.clone(), |value| value_words(factor, value))
    };
    let line = |factor: &String| {
        let (from, to) = (words(factor, before.get(factor)), words(factor, now.get(factor)));
        let question = factor_words(factor);
        renderer.text("engagements.event.change", &[("question", &question), ("from", &from), ("to", &to)])
    };
    differs.map(line).collect()
}
