//! Which tier of the EU AI Act a use of an entry falls into: proposed by rules from what is known, confirmed by a person.

use super::super::content::CLASSIFICATION;
use super::super::{Act, Actor, Buyer, index};
use super::add::reason;
use super::edit::{Edit, apply};
use super::{Desk, uses};
use crate::error::{AppError, Result};
use crate::platform::Platform;
use domain::classification::{Classification, Facts, Tier};
use domain::ids::{ComponentId, UseId};
use domain::problem::{Problem, Problems};
use domain::register::By;
use entity::{ai_use, component};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use time::format_description::well_known::Rfc3339;

/// What is kept of a use for its classification.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Kept {
    /// Facts that somebody stated: the id of a fact to `yes` or `no`.
    #[serde(default)]
    pub answers: BTreeMap<String, String>,
    /// What a person confirmed last.
    #[serde(default)]
    pub confirmed: Option<Confirmed>,
}

/// A classification that a person confirmed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Confirmed {
    /// The tier.
    pub tier: Tier,
    /// Points of Annex III, or `I` for a product of Annex I.
    pub areas: Vec<String>,
    /// What the rules proposed then.
    pub proposed: Tier,
    /// The points that they proposed then.
    pub proposed_areas: Vec<String>,
    /// The version of the rules.
    pub version: u32,
    /// Why; needed where it differs from what was proposed.
    pub reason: Option<String>,
    /// Who.
    pub by: By,
    /// When, RFC 3339.
    pub at: String,
}

impl Kept {
    /// What is kept of a use.
    ///
    /// # Errors
    /// When what is kept cannot be read.
    pub fn of(used: &ai_use::Model) -> Result<Self> {
        Ok(used.classification.clone().map(serde_json::from_value).transpose()?.unwrap_or_default())
    }
}

/// Fields that say how something is classified: they are what is asked for, and no ground for it.
const CLASSIFYING: [&str; 2] = ["tier", "annex_iii"];

/// Nothing is left to classify of what is no more used.
const RETIRED: &str = "retired";

/// What is known of a use: what is shown of the entry, before that what is shown of the use, before that what somebody
/// stated for the classification.
pub fn facts(entry: &component::Model, used: &ai_use::Model, kept: &Kept) -> Facts {
    let mut facts = Facts::new();
    for fields in [&entry.fields, &used.fields] {
        for (field, value) in fields.as_object().into_iter().flatten() {
            let values = match value {
                Value::Array(values) => values.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
                Value::String(value) => vec![value.clone()],
                _ => Vec::new(),
            };
            if !CLASSIFYING.contains(&field.as_str()) && !values.is_empty() {
                facts.insert(field.clone(), values);
            }
        }
    }
    // An imported list says these in the use's row.
    for (field, text) in [("use_case", &used.use_case), ("unit", &used.unit)] {
        if !text.trim().is_empty() {
            facts.insert(field.to_owned(), vec![text.clone()]);
        }
    }
    facts.extend(kept.answers.iter().map(|(id, answer)| (id.clone(), vec![answer.clone()])));
    facts
}

/// The version of the rules, as it is kept with what they propose.
pub fn rules_version() -> i64 {
    i64::from(CLASSIFICATION.version)
}

/// The tier that the rules propose for a use and nobody confirmed, by its value in the register: for a use that nobody
/// classified, and for one of which they say something stricter now than what was confirmed, and than what they said
/// then. None where too little is known, and of what is retired or withdrawn.
///
/// # Errors
/// When what is kept of the use cannot be read.
pub fn proposed_tier(entry: &component::Model, used: &ai_use::Model) -> Result<Option<&'static str>> {
    if entry.withdrawn || used.status == RETIRED || entry.status == RETIRED {
        return Ok(None);
    }
    let kept = Kept::of(used)?;
    let known = facts(entry, used, &kept);
    let tier = CLASSIFICATION.classify(&known).tier;
    let is_news = kept.confirmed.is_none_or(|confirmed| tier < confirmed.tier && tier != confirmed.proposed);
    Ok((is_news && !matches!(tier, Tier::OutOfScope | Tier::Unknown)).then(|| tier.register_value()))
}

/// The points of Annex III that a classification proposes; only what is high-risk has any (Art. 6(2)).
pub fn areas(found: &Classification<'_>) -> Vec<String> {
    if found.tier != Tier::High {
        return Vec::new();
    }
    let of_tier = found.proposals.iter().filter(|proposal| proposal.tier == Some(found.tier));
    let areas: BTreeSet<&String> = of_tier.filter_map(|proposal| proposal.rule.area.as_ref()).collect();
    areas.into_iter().cloned().collect()
}

/// Every point that a rule names.
pub fn all_areas() -> BTreeMap<&'static str, &'static domain::questionnaire::Text> {
    let mut areas = BTreeMap::new();
    for rule in &CLASSIFICATION.rules {
        if let Some(area) = &rule.area {
            areas.entry(area.as_str()).or_insert(&rule.title);
        }
    }
    areas
}

/// Tiers that a person can confirm, the strictest first, with their names in forms and the API.
pub const TIERS: [(Tier, &str); 5] = [
    (Tier::Prohibited, "prohibited"),
    (Tier::High, "high"),
    (Tier::Limited, "limited"),
    (Tier::Minimal, "minimal"),
    (Tier::OutOfScope, "out_of_scope"),
];

/// States facts of a use that its classification rests on: by id `yes` or `no`, and nothing for what is not known.
///
/// # Errors
/// [`AppError::NotFound`] when the use is none of the entry; [`AppError::Changed`] when somebody else changed the entry
/// since `revision`; [`AppError::Invalid`] at `fact.<id>`: `unknown` for a fact that is not asked for, `not-an-option`.
pub async fn state_facts(
    platform: &Platform,
    by: &Buyer,
    (id, of_use): (ComponentId, UseId),
    revision: Option<i64>,
    answers: &BTreeMap<String, String>,
) -> Result<()> {
    let mut problems = Vec::new();
    for (fact, answer) in answers {
        let at = format!("fact.{}", fact.chars().take(60).collect::<String>());
        if !CLASSIFICATION.facts.iter().any(|known| known.id == *fact) {
            problems.push(Problem::new(at, "unknown"));
        } else if !["yes", "no", "unknown", ""].contains(&answer.as_str()) {
            problems.push(Problem::new(at, "not-an-option").with("given", answer.chars().take(60).collect::<String>()));
        }
    }
    Problems::none_or(problems, ())?;
    let mut act = Act::begin(platform).await?;
    let mut desk = Desk::open_at(platform, &act, by, id, revision).await?;
    let mut row = uses::open(&act, by, &mut desk, of_use).await?;
    let mut kept = Kept::of(&row)?;
    let before = kept.answers.clone();
    for (fact, answer) in answers {
        match answer.as_str() {
            "yes" | "no" => kept.answers.insert(fact.clone(), answer.clone()),
            _ => kept.answers.remove(fact),
        };
    }
    if kept.answers == before {
        return Ok(());
    }
    let changed: BTreeMap<&String, Option<&String>> = kept
        .answers
        .keys()
        .chain(before.keys())
        .filter(|fact| kept.answers.get(*fact) != before.get(*fact))
        .map(|fact| (fact, kept.answers.get(fact)))
        .collect();
    let details = json!({ "component": id, "facts": changed });
    row.classification = Some(json!(kept));
    desk.close(&act, vec![row]).await?;
    act.record(&by.scope, by.actor, "use.facts_stated", ("use", of_use.0), &details);
    index::enqueue(&mut act, &[id]).await?;
    act.commit().await
}

/// What a person confirms.
#[derive(Clone, Debug, Default)]
pub struct Confirmation {
    /// One of [`TIERS`], by name.
    pub tier: String,
    /// Points of Annex III; of high-risk alone.
    pub areas: Vec<String>,
    /// Why; needed where it differs from what is proposed.
    pub reason: String,
}

/// A person confirms the classification of a use, or says a different one with a reason. It becomes what is stated of the
/// use; what the rules proposed is kept beside it.
///
/// # Errors
/// [`AppError::Forbidden`] for a program: a person answers for it. [`AppError::NotFound`] when the use is none of the entry;
/// [`AppError::Changed`] when somebody else changed the entry since `revision`; [`AppError::Invalid`] at `tier`, `areas`
/// (`not-an-option`, `areas-of-high-risk-only`) and `reason` (`required`, where it differs or goes against what others say).
pub async fn confirm(
    platform: &Platform,
    by: &Buyer,
    (id, of_use): (ComponentId, UseId),
    revision: Option<i64>,
    confirmation: &Confirmation,
) -> Result<()> {
    if !matches!(by.actor, Actor::Member(_)) {
        return Err(AppError::Forbidden);
    }
    let mut problems = Vec::new();
    let given = |text: &str| text.chars().take(60).collect::<String>();
    let tier = TIERS.iter().find(|(_, name)| *name == confirmation.tier).map(|(tier, _)| *tier);
    if tier.is_none() {
        let code = if confirmation.tier.is_empty() { "required" } else { "not-an-option" };
        problems.push(Problem::new("tier", code).with("given", given(&confirmation.tier)));
    }
    let known = all_areas();
    let mut areas: Vec<String> = confirmation.areas.clone();
    areas.sort_unstable();
    areas.dedup();
    let unknown = areas.iter().filter(|area| !known.contains_key(area.as_str()));
    problems.extend(unknown.map(|area| Problem::new("areas", "not-an-option").with("given", given(area))));
    if !areas.is_empty() && tier.is_some_and(|tier| tier != Tier::High) {
        problems.push(Problem::new("areas", "areas-of-high-risk-only"));
    }
    let why = reason(platform, &confirmation.reason).unwrap_or_else(|problem| {
        problems.push(problem);
        None
    });
    Problems::none_or(problems, ())?;
    let tier = tier.unwrap_or(Tier::Unknown);
    let mut act = Act::begin(platform).await?;
    let today = act.now.date();
    let mut desk = Desk::open_at(platform, &act, by, id, revision).await?;
    let mut row = uses::open(&act, by, &mut desk, of_use).await?;
    let mut kept = Kept::of(&row)?;
    let known = facts(&desk.row, &row, &kept);
    let found = CLASSIFICATION.classify(&known);
    let (proposed, proposed_areas) = (found.tier, self::areas(&found));
    let differs = tier != proposed || areas != proposed_areas;
    if differs && why.is_none() {
        return Err(Problem::new("reason", "required").into());
    }
    let said = |field: &str, values: Vec<String>| Edit {
        of_use: Some(of_use),
        field: field.to_owned(),
        values,
        reason: confirmation.reason.clone(),
        ..Edit::default()
    };
    for edit in [said("tier", vec![tier.register_value().to_owned()]), said("annex_iii", areas.clone())] {
        let said = edit.read_any(platform, today)?;
        apply(&mut desk, &said, today)?;
    }
    let before = kept.confirmed.take();
    let at = act.now.format(&Rfc3339).map_err(AppError::internal)?;
    let details = json!({
        "component": id, "from": before.map(|before| before.tier), "to": tier, "areas": areas, "proposed": proposed,
        "proposed_areas": proposed_areas, "reason": why, "rules": CLASSIFICATION.key, "version": CLASSIFICATION.version,
    });
    kept.confirmed = Some(Confirmed {
        tier,
        areas,
        proposed,
        proposed_areas,
        version: CLASSIFICATION.version,
        reason: why,
        by: super::desk::by(by.actor),
        at,
    });
    row.classification = Some(json!(kept));
    desk.close(&act, vec![row]).await?;
    act.record(&by.scope, by.actor, "use.classified", ("use", of_use.0), &details);
    index::enqueue(&mut act, &[id]).await?;
    act.commit().await
}
