//! The tier of the EU AI Act of an engagement: what the rules propose, what a person may make of it, and what follows.

use crate::classification::{Classification, Facts, Proposal, Rules, Tier, WayOut};
use crate::problem::{Problem, Problems};
use crate::register::Certainty;
use crate::scoring::Policy;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// The factor of a profile that says the tier.
pub const FACTOR: &str = "ai_act_tier";
/// Its value for a practice that Art. 5 prohibits.
const PROHIBITED: &str = "unacceptable";
/// Its value for a high-risk use.
const HIGH: &str = "high";
/// The fact that people are profiled, which bars the way out of Art. 6(3).
const PROFILING: &str = "profiling";

/// What a person confirms.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Confirmation {
    /// The tier.
    pub tier: Option<Tier>,
    /// Points of Annex III, or `I` for a product of Annex I; of high-risk alone.
    pub areas: BTreeSet<String>,
    /// Why it is not what is proposed.
    pub reason: String,
    /// Where the assessment of Art. 6(4) is, for a use that Art. 6(3) takes out.
    pub document: String,
}

/// A tier that a person confirmed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Confirmed {
    /// The tier.
    pub tier: Tier,
    /// Points of Annex III.
    pub areas: BTreeSet<String>,
    /// What the rules proposed then.
    pub proposed: Tier,
    /// The points that they proposed then.
    pub proposed_areas: BTreeSet<String>,
    /// By id: the rules that proposed a tier then, each with its own. Whoever confirmed another one judged these; none where
    /// the Act did not apply, so that nothing of them was judged.
    pub proposed_by: BTreeMap<String, Tier>,
    /// How sure that was.
    pub certainty: Certainty,
    /// The grounds of Art. 6(3) that take it out of the high-risk uses; empty where none does.
    pub grounds: BTreeSet<String>,
    /// Where the assessment of Art. 6(4) is.
    pub document: Option<String>,
    /// Why it is not what was proposed.
    pub reason: Option<String>,
    /// The rules' key.
    pub rules: String,
    /// The rules' version.
    pub version: u32,
}

/// The points that a classification proposes; only what is high-risk has any (Art. 6(2)).
fn areas(found: &Classification<'_>) -> BTreeSet<String> {
    if found.tier != Tier::High {
        return BTreeSet::new();
    }
    let of_tier = found.proposals.iter().filter(|proposal| proposal.tier == Some(Tier::High));
    of_tier.filter_map(|proposal| proposal.rule.area.clone()).collect()
}

/// What a person may confirm of a use of which these facts are known.
///
/// # Errors
/// At `tier`: `required`; `not-stated` for "out of scope" where nobody stated so; `stated` for a milder tier than a
/// prohibited or high one that rests on nothing but statements: what is wrong is corrected first; `profiled` for a milder
/// tier than a high one where people are profiled, as was stated, or as words say and nobody denied. At `areas`:
/// `not-an-option`, `areas-of-high-risk-only`. At `reason`: `required` where it differs from what is proposed. At
/// `document`: `required` where Art. 6(3) takes it out.
pub fn confirm(rules: &Rules, facts: &Facts, given: &Confirmation) -> Result<Confirmed, Problems> {
    let found = rules.classify(facts);
    let proposed_areas = areas(&found);
    let mut problems = Vec::new();
    let tier = given.tier.filter(|tier| *tier != Tier::Unknown);
    if tier.is_none() {
        problems.push(Problem::new("tier", "required"));
    }
    let tier = tier.unwrap_or(Tier::Unknown);
    problems.extend(barred(&found, facts, tier).map(|code| Problem::new("tier", code)));
    let known: BTreeSet<&str> = rules.rules.iter().filter_map(|rule| rule.area.as_deref()).collect();
    let unknown = given.areas.iter().filter(|area| !known.contains(area.as_str()));
    problems.extend(
        unknown.map(|area| {
            Problem::new("areas", "not-an-option").with("given", area.chars().take(60).collect::<String>())
        }),
    );
    if !given.areas.is_empty() && tier != Tier::High {
        problems.push(Problem::new("areas", "areas-of-high-risk-only"));
    }
    let said = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
    let (reason, document) = (said(&given.reason), said(&given.document));
    let differs = tier != found.tier || given.areas != proposed_areas;
    if differs && reason.is_none() {
        problems.push(Problem::new("reason", "required"));
    }
    let grounds: BTreeSet<String> = if tier > Tier::High { taken(&found) } else { BTreeSet::new() };
    if !grounds.is_empty() && document.is_none() {
        problems.push(Problem::new("document", "required"));
    }
    let confirmed = Confirmed {
        tier,
        areas: given.areas.clone(),
        proposed: found.tier,
        proposed_areas,
        proposed_by: proposed_by(&found),
        certainty: found.certainty,
        document: document.filter(|_| !grounds.is_empty()),
        grounds,
        reason,
        rules: rules.key.clone(),
        version: rules.version,
    };
    Problems::none_or(problems, confirmed)
}

/// Why a tier cannot be confirmed over what is proposed, whatever reason is given; none where it can. Each proposal counts
/// for itself: one that words make stricter takes nothing from another that was stated.
fn barred(found: &Classification<'_>, facts: &Facts, tier: Tier) -> Option<&'static str> {
    if tier == Tier::OutOfScope && found.exit.is_none() {
        return Some("not-stated");
    }
    if tier == Tier::Unknown || found.exit.is_some() {
        return None;
    }
    let is_profiled = facts.get(PROFILING).is_some_and(|said| said.iter().any(|value| value == "yes"));
    let graver = found.proposals.iter().filter(|proposal| {
        proposal.tier.is_some_and(|proposed| matches!(proposed, Tier::Prohibited | Tier::High) && proposed < tier)
    });
    let bars = |proposal: &Proposal<'_>| {
        proposal.tier == Some(Tier::High) && (is_profiled || proposal.way_out == Some(WayOut::Barred))
    };
    if graver.clone().any(|proposal| proposal.certainty == Certainty::Certain) {
        Some("stated")
    } else if graver.clone().any(bars) {
        Some("profiled")
    } else {
        None
    }
}

/// Whether a tier that was confirmed can be relied on: what is known by now does not bar it, and each rule that proposes a
/// stricter one proposed one as strict when it was confirmed. A reason why one rule is wrong says nothing of another, be it
/// of the same tier: that it is no recruiting does not make it no credit scoring.
pub fn still_holds(rules: &Rules, facts: &Facts, confirmed: &Confirmed) -> bool {
    let found = rules.classify(facts);
    let was_judged = |(rule, tier): (&String, &Tier)| {
        *tier >= confirmed.tier || confirmed.proposed_by.get(rule).is_some_and(|then| then <= tier)
    };
    proposed_by(&found).iter().all(was_judged) && barred(&found, facts, confirmed.tier).is_none()
}

/// A prohibited or high tier that is proposed and that nobody confirmed: what the rules propose, and while nobody confirmed
/// any, also what the profile says. None where it is no stricter than the confirmed one, or where whoever confirmed that one
/// judged what the rules propose.
pub fn unconfirmed(
    rules: &Rules,
    facts: &Facts,
    profile: &BTreeMap<String, String>,
    confirmed: Option<&Confirmed>,
) -> Option<Tier> {
    let proposed = match confirmed {
        Some(confirmed) if still_holds(rules, facts, confirmed) => None,
        Some(confirmed) => Some(rules.classify(facts).tier).filter(|tier| *tier < confirmed.tier),
        None if is_prohibited(profile) => Some(Tier::Prohibited),
        None => {
            let said = is_high_risk(profile).then_some(Tier::High);
            said.into_iter().chain([rules.classify(facts).tier]).min()
        }
    };
    proposed.filter(|tier| matches!(tier, Tier::Prohibited | Tier::High))
}

/// By id: the rules that propose a tier, each with its own; none where the Act does not apply.
fn proposed_by(found: &Classification<'_>) -> BTreeMap<String, Tier> {
    let speaking = found.proposals.iter().filter(|_| found.exit.is_none());
    speaking.filter_map(|proposal| Some((proposal.rule.id.clone(), proposal.tier?))).collect()
}

/// The grounds of Art. 6(3) by which the rules find the way out taken.
fn taken(found: &Classification<'_>) -> BTreeSet<String> {
    let ways = found.proposals.iter().filter_map(|proposal| match &proposal.way_out {
        Some(WayOut::Taken { grounds }) => Some(grounds),
        _ => None,
    });
    ways.flatten().map(|ground| ground.id.clone()).collect()
}

/// What a confirmed tier is in a profile under a policy: its own value where the policy declares one, "out of scope" that of
/// an undetermined tier otherwise. None where the policy does not ask for the tier, or has no such value.
pub fn profile_value(policy: &Policy, tier: Tier) -> Option<String> {
    let declared = policy.factors.get(FACTOR)?;
    let wanted =
        if tier == Tier::OutOfScope { ["out_of_scope", tier.register_value()] } else { [tier.register_value(); 2] };
    wanted.into_iter().find(|value| declared.iter().any(|known| known == value)).map(str::to_owned)
}

/// Whether the use is one that Art. 5 prohibits: nothing is sent for it, and it is never approved.
pub fn is_prohibited(profile: &BTreeMap<String, String>) -> bool {
    profile.get(FACTOR).is_some_and(|tier| tier == PROHIBITED)
}

/// Whether the use is high-risk, so that an impact assessment is asked for.
pub fn is_high_risk(profile: &BTreeMap<String, String>) -> bool {
    profile.get(FACTOR).is_some_and(|tier| tier == HIGH)
}
