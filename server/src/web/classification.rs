//! Proposals of the rules of the EU AI Act in words, for uses of an entry and for engagements alike.

use super::render::Renderer;
use domain::classification::{Classification, Evidence, Proposal, Tier, WayOut};
use domain::questionnaire::Text;
use serde::Serialize;

/// Something that the rules propose.
#[derive(Clone, Debug, Default, Serialize)]
pub struct ProposalView {
    /// In words; none for a rule that adds duties alone.
    pub tier: Option<String>,
    /// How it is coloured.
    pub kind: &'static str,
    /// What is classified so.
    pub title: String,
    /// The article.
    pub article: String,
    /// Why.
    pub reason: String,
    /// How sure that is, in words.
    pub certainty: String,
    /// What it rests on.
    pub evidence: Vec<String>,
    /// What is open.
    pub missing: Vec<String>,
    /// What Art. 6(3) has to do with it.
    pub way_out: Option<String>,
    /// Since when it applies.
    pub applies: Option<String>,
    /// What to mind about that.
    pub note: Option<String>,
}

/// A rule that was thought of and set aside.
#[derive(Clone, Debug, Default, Serialize)]
pub struct AsideView {
    /// What would be classified so.
    pub title: String,
    /// The article.
    pub article: String,
    /// Why not.
    pub because: String,
}

/// The language of these pages, in which the rules are written.
const ENGLISH: &str = "en";

/// A text in the language of these pages.
pub fn english(text: &Text) -> &str {
    text.read(ENGLISH, ENGLISH)
}

/// A tier's name in wording and the API.
pub const fn tier_name(tier: Tier) -> &'static str {
    match tier {
        Tier::Prohibited => "prohibited",
        Tier::High => "high",
        Tier::Limited => "limited",
        Tier::Minimal => "minimal",
        Tier::OutOfScope => "out_of_scope",
        Tier::Unknown => "unknown",
    }
}

/// A tier in words.
pub fn tier_words(renderer: &Renderer, tier: Tier) -> String {
    renderer.text(&format!("classification.tier.{}", tier_name(tier)), &[])
}

/// How a tier is coloured: what is prohibited and what is high-risk stands out.
pub const fn tier_kind(tier: Tier) -> &'static str {
    match tier {
        Tier::Prohibited | Tier::High => "danger",
        Tier::Limited => "info",
        Tier::Minimal | Tier::OutOfScope => "calm",
        Tier::Unknown => "dashed",
    }
}

/// Points of Annex III in words.
pub fn area_words(renderer: &Renderer, areas: &[String]) -> String {
    let area = |area: &String| match area.as_str() {
        "I" => renderer.text("classification.annex_i", &[]),
        point => renderer.text("classification.point", &[("point", &point)]),
    };
    areas.iter().map(area).collect::<Vec<_>>().join(", ")
}

/// What the caller's facts and their values are called.
pub struct FactWords<'a> {
    /// A fact, by id.
    pub fact: &'a dyn Fn(&str) -> String,
    /// A value of a fact.
    pub value: &'a dyn Fn(&str, &str) -> String,
}

impl std::fmt::Debug for FactWords<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("FactWords").finish_non_exhaustive()
    }
}

/// Something that the rules propose, in words.
pub fn proposal_view(renderer: &Renderer, proposal: &Proposal<'_>, words: &FactWords<'_>) -> ProposalView {
    let evidence = |evidence: &Evidence<'_>| {
        let fact = (words.fact)(evidence.fact);
        let says = match evidence.says.as_str() {
            plain @ ("yes" | "no") => renderer.text(&format!("register.value.{plain}"), &[]),
            other => (words.value)(evidence.fact, other),
        };
        let key = if evidence.is_stated { "classification.stated" } else { "classification.words_in" };
        renderer.text(key, &[("fact", &fact), ("says", &says)])
    };
    let way_out = proposal.way_out.as_ref().map(|way_out| {
        let titles = |grounds: &[&domain::classification::Ground]| {
            let titles = grounds.iter().map(|ground| format!("{} (Art. {})", english(&ground.title), ground.id));
            titles.collect::<Vec<_>>().join("; ")
        };
        match way_out {
            WayOut::Barred => renderer.text("classification.way_out.barred", &[]),
            WayOut::Possible { grounds, .. } => {
                renderer.text("classification.way_out.possible", &[("grounds", &titles(grounds))])
            }
            WayOut::Taken { grounds } => {
                renderer.text("classification.way_out.taken", &[("grounds", &titles(grounds))])
            }
        }
    });
    let applies = proposal.applies.map(|applies| match &applies.existing_from {
        Some(existing) => renderer.text(
            "classification.applies_later",
            &[("from", &applies.from), ("existing", existing), ("basis", &applies.basis)],
        ),
        None => renderer.text("classification.applies", &[("from", &applies.from), ("basis", &applies.basis)]),
    });
    ProposalView {
        tier: proposal.tier.map(|tier| tier_words(renderer, tier)),
        kind: proposal.tier.map_or("calm", tier_kind),
        title: english(&proposal.rule.title).to_owned(),
        article: proposal.rule.article.clone(),
        reason: english(&proposal.rule.reason).to_owned(),
        certainty: renderer.text(&format!("classification.certainty.{}", proposal.certainty.name()), &[]),
        evidence: proposal.evidence.iter().map(evidence).collect(),
        missing: proposal.missing.iter().map(|id| (words.fact)(id)).collect(),
        way_out,
        applies,
        note: proposal.applies.and_then(|applies| applies.note.clone()),
    }
}

/// Rules that were thought of and set aside.
pub fn aside_views(renderer: &Renderer, found: &Classification<'_>) -> Vec<AsideView> {
    let view = |aside: &domain::classification::SetAside<'_>| AsideView {
        title: english(&aside.rule.title).to_owned(),
        article: aside.rule.article.clone(),
        because: aside
            .because
            .map_or_else(|| renderer.text("classification.not_met", &[]), |text| english(text).to_owned()),
    };
    found.set_aside.iter().map(view).collect()
}
