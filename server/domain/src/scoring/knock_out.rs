//! Knock-outs: reasons to rate no milder than a floor, whatever the number says.

use super::exact::{Exact, exact};
use super::levels::Level;
use super::output::Fired;
use super::policy::{Policy, TagBelow, When};
use super::sum::Counted;
use std::collections::BTreeMap;

/// What knock-outs look at.
pub(super) struct Facts<'a> {
    pub(super) profile: &'a BTreeMap<String, String>,
    /// The applicable questions.
    pub(super) counted: &'a [Counted<'a>],
    /// The driver's coverage.
    pub(super) coverage: &'a Exact,
    /// The largest `I_d`.
    pub(super) inherent: u8,
    pub(super) confidence: &'a Exact,
}

/// The knock-outs that fire, in the policy's order.
pub(super) fn fired(policy: &Policy, facts: &Facts<'_>) -> Vec<Fired> {
    let fired = policy.knock_outs.iter().filter_map(|knock_out| {
        let questions = holds(&knock_out.when, facts)?;
        Some(Fired { id: knock_out.id.clone(), floor: knock_out.floor.clone(), questions })
    });
    fired.collect()
}

/// The questions that made a tag fall short, when every condition holds; nothing when one does not.
fn holds(when: &When, facts: &Facts<'_>) -> Option<Vec<String>> {
    let profile =
        when.profile.iter().all(|(factor, values)| facts.profile.get(factor).is_some_and(|own| values.contains(own)));
    let coverage = when.coverage_below.is_none_or(|limit| *facts.coverage < exact(limit));
    let inherent = when.inherent_at_least.is_none_or(|limit| f64::from(facts.inherent) >= limit);
    let confidence = when.confidence_below.is_none_or(|limit| *facts.confidence < exact(limit));
    if !(profile && coverage && inherent && confidence) {
        return None;
    }
    when.tag_below.as_ref().map_or_else(|| Some(Vec::new()), |asked| short_of(asked, facts.counted))
}

/// The questions that bear the tag and fall short, when one does or none bears it.
fn short_of(asked: &TagBelow, counted: &[Counted<'_>]) -> Option<Vec<String>> {
    let bearing: Vec<_> = counted.iter().filter(|one| one.question().tags.contains(&asked.tag)).collect();
    let mut short: Vec<String> =
        bearing.iter().filter(|one| falls_short(asked, one)).map(|one| one.question().id.clone()).collect();
    short.sort_unstable();
    (bearing.is_empty() || !short.is_empty()).then_some(short)
}

fn falls_short(asked: &TagBelow, one: &Counted<'_>) -> bool {
    let below = |level: Level| one.standing.level_through_any() < level;
    // Two doubles compare as their shortest decimals do.
    one.question().value.unwrap_or(0.0) < asked.value || asked.assurance.is_some_and(below)
}
