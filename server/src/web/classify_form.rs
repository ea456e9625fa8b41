//! The page on which a person looks at what the rules of the EU AI Act propose, states facts and confirms a tier: what it
//! shows and asks of a use of an entry and of an engagement alike.

use super::classification::{
    AsideView, FactWords, ProposalView, area_words, aside_views, english, proposal_view, tier_kind, tier_name,
    tier_words,
};
use super::fields::Fields;
use super::form::{Choice, Field, Posted};
use super::moment::Moment;
use super::render::Renderer;
use crate::actions::content::CLASSIFICATION;
use crate::actions::register::{TIERS, all_areas, areas};
use domain::classification::{Classification, Tier};
use domain::questionnaire::Text;
use serde::Serialize;
use std::collections::BTreeMap;

/// What a person confirmed.
#[derive(Clone, Debug, Default, Serialize)]
pub struct ConfirmedView {
    /// The tier, in words.
    pub tier: String,
    /// How it is coloured.
    pub kind: &'static str,
    /// Points of Annex III.
    pub areas: String,
    /// Who.
    pub by: String,
    /// When.
    pub moment: Moment,
    /// Why.
    pub reason: Option<String>,
    /// What the rules proposed then, where that was something else.
    pub proposed: Option<String>,
    /// The grounds of Art. 6(3); empty where it took nothing out.
    pub grounds: String,
    /// Where the assessment of Art. 6(4) is.
    pub document: Option<String>,
}

impl ConfirmedView {
    /// A tier with its points of Annex III, and what was proposed when it was confirmed. Who, when and why are the
    /// caller's to say.
    pub fn of(renderer: &Renderer, confirmed: (Tier, &[String]), proposed: (Tier, &[String])) -> Self {
        let said = [tier_words(renderer, proposed.0), area_words(renderer, proposed.1)];
        let said: Vec<String> = said.into_iter().filter(|text| !text.is_empty()).collect();
        Self {
            tier: tier_words(renderer, confirmed.0),
            kind: tier_kind(confirmed.0),
            areas: area_words(renderer, confirmed.1),
            proposed: (proposed != confirmed).then(|| said.join(", ")),
            ..Self::default()
        }
    }

    /// One with everything in it, for samples of pages.
    pub fn sample(text: &str) -> Self {
        Self {
            tier: text.into(),
            kind: "danger",
            areas: text.into(),
            by: text.into(),
            moment: Moment { at: "2026-11-21T10:42:00Z".into(), when: "2026-11-21 10:42".into() },
            reason: Some(text.into()),
            proposed: Some(text.into()),
            grounds: text.into(),
            document: Some(text.into()),
        }
    }
}

/// What the rules propose now.
#[derive(Clone, Debug, Default, Serialize)]
pub struct ProposedView {
    /// The rules propose something else now than when a person confirmed.
    pub differs: bool,
    /// The strictest tier that is proposed, in words.
    pub tier: String,
    /// How it is coloured.
    pub kind: &'static str,
    /// Points of Annex III.
    pub areas: String,
    /// How sure that is, in words.
    pub certainty: String,
    /// Why the Act does not apply.
    pub exit: Option<String>,
    /// All that is proposed, the strictest first.
    pub proposals: Vec<ProposalView>,
    /// What was set aside.
    pub aside: Vec<AsideView>,
    /// Which rules.
    pub rules: String,
}

impl ProposedView {
    /// What is proposed, beside what was proposed when a person confirmed.
    pub fn of(
        renderer: &Renderer,
        found: &Classification<'_>,
        then: Option<(Tier, &[String])>,
        words: &FactWords<'_>,
    ) -> Self {
        let areas = areas(found);
        Self {
            differs: then.is_some_and(|then| then != (found.tier, &areas)),
            tier: tier_words(renderer, found.tier),
            kind: tier_kind(found.tier),
            areas: area_words(renderer, &areas),
            certainty: renderer.text(&format!("classification.certainty.{}", found.certainty.name()), &[]),
            exit: found.exit.map(|exit| format!("{} {}", english(&exit.reason), exit.article)),
            proposals: found.proposals.iter().map(|proposal| proposal_view(renderer, proposal, words)).collect(),
            aside: aside_views(renderer, found),
            rules: renderer.text(
                "classification.rules",
                &[
                    ("title", &english(&CLASSIFICATION.title)),
                    ("version", &CLASSIFICATION.version),
                    ("date", &CLASSIFICATION.date),
                    ("source", &CLASSIFICATION.source),
                ],
            ),
        }
    }

    /// One with everything in it, for samples of pages.
    pub fn sample(text: &str) -> Self {
        let proposal = ProposalView {
            tier: Some(text.into()),
            kind: "danger",
            title: text.into(),
            article: text.into(),
            reason: text.into(),
            certainty: text.into(),
            evidence: vec![text.into(); 2],
            missing: vec![text.into(); 2],
            way_out: Some(text.into()),
            applies: Some(text.into()),
            note: Some(text.into()),
        };
        Self {
            differs: true,
            tier: text.into(),
            kind: "danger",
            areas: text.into(),
            certainty: text.into(),
            exit: Some(text.into()),
            proposals: vec![proposal.clone(), ProposalView { tier: None, ..proposal }],
            aside: vec![AsideView { title: text.into(), article: text.into(), because: text.into() }],
            rules: text.into(),
        }
    }
}

/// What a fact is called: the question that is asked about it, or what `otherwise` says of it.
pub fn fact_words(id: &str, otherwise: impl FnOnce() -> String) -> String {
    let asked = CLASSIFICATION.facts.iter().find(|known| known.id == id);
    asked.map_or_else(otherwise, |question| english(&question.question).to_owned())
}

/// What a form states: the id of a fact to `yes`, `no` or nothing.
pub fn stated(fields: &Fields) -> BTreeMap<String, String> {
    fields.below("fact.").map(|(fact, said)| (fact.to_owned(), said.to_owned())).collect()
}

/// What is asked about: first what would settle something, then all else; each as it is stated, or as it was typed.
pub fn questions(
    renderer: &Renderer,
    found: &Classification<'_>,
    stated: &BTreeMap<String, String>,
    posted: &Posted,
) -> (Vec<Field>, Vec<Field>) {
    let mut asked: (Vec<Field>, Vec<Field>) = Default::default();
    for question in &CLASSIFICATION.facts {
        let name = format!("fact.{}", question.id);
        let typed = posted.fields.0.iter().any(|(field, _)| *field == name);
        let said = if typed { posted.fields.one(&name) } else { stated.get(&question.id).map_or("", String::as_str) };
        let option = |key: &str, words: &str| Choice {
            key: key.to_owned(),
            text: renderer.text(words, &[]),
            note: None,
            chosen: said == key,
        };
        let field = Field {
            required: true,
            side: true,
            options: vec![
                option("yes", "register.value.yes"),
                option("no", "register.value.no"),
                option("", "register.value.unknown"),
            ],
            ..posted.field(&name, english(&question.question))
        };
        let opens = found.missing.contains(question.id.as_str());
        if opens { asked.0.push(field) } else { asked.1.push(field) }
    }
    asked
}

/// The tiers to choose from; `before` where nothing is typed.
pub fn tier_field(renderer: &Renderer, before: Tier, posted: &Posted) -> Field {
    let said = match posted.fields.one("tier") {
        "" => tier_name(before),
        said => said,
    };
    let option = |(tier, name): (Tier, &str)| Choice {
        key: name.to_owned(),
        text: tier_words(renderer, tier),
        note: Some(renderer.text(&format!("classification.about.{name}"), &[])),
        chosen: said == name,
    };
    Field {
        required: true,
        options: TIERS.map(option).into(),
        ..posted.field("tier", renderer.text("classification.tier", &[]))
    }
}

/// The points of Annex III to choose from; `before` where nothing is typed.
pub fn areas_field(renderer: &Renderer, before: &[String], posted: &Posted) -> Field {
    let is_posted = !posted.fields.one("tier").is_empty();
    let is_chosen = |area: &str| {
        if is_posted { posted.fields.all("areas").any(|said| said == area) } else { before.iter().any(|b| b == area) }
    };
    let option = |(area, title): (&str, &Text)| Choice {
        key: area.to_owned(),
        text: english(title).to_owned(),
        note: Some(area_words(renderer, &[area.to_owned()])),
        chosen: is_chosen(area),
    };
    Field {
        hint: Some(renderer.text("classification.areas_hint", &[])),
        side: true,
        options: all_areas().into_iter().map(option).collect(),
        ..posted.field("areas", renderer.text("classification.areas", &[]))
    }
}
