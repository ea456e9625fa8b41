//! Contexts of the score pages.

use super::trend_views::{TrendView, trend_sample};
use crate::web::engagement::TierBadge;
use crate::web::moment::Moment;
use crate::web::render::View;
use serde::Serialize;

/// A place above the page.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Crumb {
    /// Its address.
    pub href: String,
    /// Its name.
    pub text: String,
}

/// Whose score it is.
#[derive(Clone, Debug, Default, Serialize)]
pub struct AboutView {
    /// The vendor.
    pub vendor: String,
    /// What it is used for.
    pub engagement: String,
    /// The questionnaire.
    pub template: String,
    /// The page of the score.
    pub href: String,
    /// The assessment.
    pub assessment_href: String,
    /// The engagement.
    pub engagement_href: String,
}

/// A text that colours how the number is to be read.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Caution {
    /// `info`, `warning`, `error`.
    pub kind: &'static str,
    /// In words.
    pub text: String,
}

/// A question, an answer or a term with what it says.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Line {
    /// Where it stands.
    pub href: Option<String>,
    /// What it is.
    pub text: String,
    /// What there is to say of it.
    pub note: String,
    /// A figure, as read.
    pub figure: String,
}

/// A figure beside the score, and what it means.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Figure {
    /// What it is called.
    pub label: String,
    /// As read.
    pub value: String,
    /// What it means.
    pub meaning: String,
}

/// A knock-out that fired.
#[derive(Clone, Debug, Default, Serialize)]
pub struct KnockOutView {
    /// What it is called.
    pub title: String,
    /// Why it sets a floor.
    pub reason: String,
    /// The rating that it sets at least.
    pub floor: String,
    /// What held, so that it fired.
    pub because: Vec<Line>,
}

/// The heat map.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Heat {
    /// The bands on the scale of 0 to 100.
    pub bands: Vec<HeatBand>,
    /// The seven domains.
    pub domains: Vec<HeatDomain>,
}

/// A band of the scale.
#[derive(Clone, Debug, Default, Serialize)]
pub struct HeatBand {
    /// The rating.
    pub band: String,
    /// Where it begins, 0..100.
    pub from: f64,
    /// How wide it is.
    pub width: f64,
}

/// A domain of the heat map.
#[derive(Clone, Debug, Default, Serialize)]
pub struct HeatDomain {
    /// Its name.
    pub domain: String,
    /// Its waterfall.
    pub href: String,
    /// It drives the rating.
    pub driver: bool,
    /// 0..100.
    pub inherent: f64,
    /// As read.
    pub inherent_text: String,
    /// The band that the inherent risk would be in.
    pub inherent_band: String,
    /// 0..100.
    pub residual: f64,
    /// As read.
    pub residual_text: String,
    /// Its band.
    pub residual_band: String,
    /// As read.
    pub effectiveness_text: String,
    /// As read.
    pub coverage_text: String,
    /// As read.
    pub severity: String,
    /// As read.
    pub likelihood: String,
    /// The analyst's replacement of what was computed, in words.
    pub replaced: Option<String>,
}

/// A tab of the domains.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Tab {
    /// Its address.
    pub href: String,
    /// Its name.
    pub text: String,
    /// It is shown.
    pub current: bool,
    /// The residual risk.
    pub count: String,
}

/// A waterfall.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Fall {
    /// From inherent to residual.
    pub steps: Vec<Step>,
}

/// A step of a waterfall.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Step {
    /// `start`, `less`, `question`, `end`.
    pub kind: &'static str,
    /// What it is.
    pub text: String,
    /// Where it stands.
    pub href: Option<String>,
    /// What there is to say of it.
    pub note: Option<String>,
    /// Where the bar begins, 0..100.
    pub x: f64,
    /// How wide it is.
    pub width: f64,
    /// As read.
    pub points_text: String,
}

/// A question as it was counted in a domain.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Counted {
    /// The control through which it counts.
    pub control: String,
    /// The question's id.
    pub id: String,
    /// Where its answer stands.
    pub href: String,
    /// The question.
    pub text: String,
    /// How it stands.
    pub state: String,
    /// `v_q`.
    pub value: String,
    /// The level, and its factor.
    pub level: String,
    /// `w_q`.
    pub weight: String,
    /// What it takes off.
    pub reduction: String,
}

/// How the waterfall's domain comes to its figures.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Domain {
    /// Its name.
    pub name: String,
    /// What it is about.
    pub summary: String,
    /// `4 x severity x likelihood`, in figures.
    pub inherent_sum: String,
    /// `I x (1 - M x E)`, in figures.
    pub residual_sum: String,
    /// What each factor of the profile adds.
    pub factors: Vec<Factor>,
    /// Controls that treat the domain and were not asked about.
    pub not_asked: Vec<Line>,
    /// Each question as it was counted.
    pub counted: Vec<Counted>,
}

/// A factor of the profile in a domain.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Factor {
    /// What was asked.
    pub question: String,
    /// What was chosen.
    pub value: String,
    /// What it adds to severity.
    pub severity: String,
    /// What it adds to likelihood.
    pub likelihood: String,
}

/// Questions under a label.
#[derive(Clone, Debug, Default, Serialize)]
pub struct GroupView {
    /// `A.6`, `8.2`.
    pub id: String,
    /// In words.
    pub topic: String,
    /// As read.
    pub weight: String,
    /// As read.
    pub effectiveness: String,
    /// 0..100, for the bar.
    pub width: f64,
}

/// A question that is not asked.
#[derive(Clone, Debug, Default, Serialize)]
pub struct HiddenView {
    /// The question.
    pub text: String,
    /// Its id.
    pub id: String,
    /// The answers that hid it.
    pub by: Vec<Line>,
}

/// A stored score in the list.
#[derive(Clone, Debug, Default, Serialize)]
pub struct KeptView {
    /// Its page.
    pub href: String,
    /// When it was stored.
    pub moment: Moment,
    /// The day as of which.
    pub as_of: String,
    /// The rating.
    pub rating: String,
    /// As read.
    pub residual: String,
    /// The policy and its version.
    pub policy: String,
    /// The hash over both documents.
    pub inputs_sha256: String,
    /// It is the one that is shown.
    pub current: bool,
}

/// A score, explained.
#[derive(Clone, Debug, Default, Serialize)]
pub struct ScorePage {
    /// Places above.
    pub crumbs: Vec<Crumb>,
    /// Whose.
    pub about: AboutView,
    /// How to read it.
    pub cautions: Vec<Caution>,
    /// That the use is prohibited or high-risk, or may be.
    pub tier_badges: Vec<TierBadge>,
    /// The rating.
    pub rating: String,
    /// The residual risk.
    pub residual: String,
    /// An analyst's own numbers stand behind the residual risk: which, whose, why.
    pub own: Option<String>,
    /// What the rating means.
    pub meaning: String,
    /// Why the rating is worse than the band of the number.
    pub raised: Option<String>,
    /// The range while questions are open.
    pub range: Option<String>,
    /// The driver, as a line with its page.
    pub driver: Line,
    /// Completeness, confidence, coverage.
    pub figures: Vec<Figure>,
    /// The day as of which.
    pub as_of: String,
    /// The submission, or that there is none.
    pub basis: String,
    /// The policy and its version.
    pub policy: String,
    /// The hash over both documents.
    pub inputs_sha256: String,
    /// The input's address.
    pub input_href: String,
    /// The policy's address.
    pub policy_href: String,
    /// Something was submitted, so the score can be stored.
    pub can_store: bool,
    /// The caller may store.
    pub may_score: bool,
    /// It is a stored score.
    pub is_stored: bool,
    /// The form's key.
    pub once: String,
    /// The map.
    pub heat: Heat,
    /// Those that fired.
    pub knock_outs: Vec<KnockOutView>,
    /// How many the policy has.
    pub knock_outs_known: usize,
    /// The domains' tabs.
    pub tabs: Vec<Tab>,
    /// The waterfall.
    pub fall: Fall,
    /// The waterfall's domain.
    pub domain: Domain,
    /// What would help most.
    pub opportunities: Vec<Line>,
    /// What would help less.
    pub lesser: Vec<Line>,
    /// By control group.
    pub groups: Vec<GroupView>,
    /// By clause.
    pub clauses: Vec<GroupView>,
    /// Questions hidden by answers.
    pub hidden: Vec<HiddenView>,
    /// What is good to know.
    pub good_to_know: Vec<String>,
    /// Stored scores.
    pub kept: Vec<KeptView>,
    /// How the risk moved.
    pub trend: Option<TrendView>,
    /// What it would be if something were otherwise.
    pub what_if_href: String,
    /// Beside other vendors.
    pub compare_href: String,
}

fn sample(text: &str, count: usize) -> ScorePage {
    let line = || Line {
        href: Some("/assessments/1#q-1".into()),
        text: text.into(),
        note: text.into(),
        figure: "3.20".into(),
    };
    let step = |kind, x, width| Step {
        kind,
        text: text.into(),
        href: Some("/assessments/1#q-1".into()),
        note: Some(text.into()),
        x,
        width,
        points_text: "3.20".into(),
    };
    let domain = || HeatDomain {
        domain: text.into(),
        href: "?domain=misinformation".into(),
        driver: true,
        inherent: 64.0,
        inherent_text: "64.0".into(),
        inherent_band: "high".into(),
        residual: 30.0,
        residual_text: "30.0".into(),
        residual_band: "moderate".into(),
        effectiveness_text: "50 %".into(),
        coverage_text: "80 %".into(),
        severity: "4".into(),
        likelihood: "4".into(),
        replaced: Some(text.into()),
    };
    let group = || GroupView {
        id: "A.6".into(),
        topic: text.into(),
        weight: "12".into(),
        effectiveness: "61 %".into(),
        width: 61.0,
    };
    ScorePage {
        crumbs: vec![Crumb { href: "/assessments".into(), text: text.into() }],
        about: about_sample(text),
        cautions: vec![Caution { kind: "warning", text: text.into() }],
        rating: "high".into(),
        residual: "42.6".into(),
        meaning: text.into(),
        own: Some(text.into()),
        raised: Some(text.into()),
        range: Some(text.into()),
        driver: line(),
        figures: vec![Figure { label: text.into(), value: "80 %".into(), meaning: text.into() }; count.min(3)],
        as_of: "2026-11-21".into(),
        basis: text.into(),
        policy: text.into(),
        inputs_sha256: "ab".repeat(32),
        input_href: "/x".into(),
        policy_href: "/x".into(),
        can_store: true,
        may_score: true,
        is_stored: false,
        once: "1".into(),
        heat: Heat {
            bands: vec![HeatBand { band: "low".into(), from: 0.0, width: 20.0 }],
            domains: (0..count.min(7)).map(|_| domain()).collect(),
        },
        knock_outs: vec![
            KnockOutView {
                title: text.into(),
                reason: text.into(),
                floor: "high".into(),
                because: vec![line()]
            };
            count
        ],
        knock_outs_known: 9,
        tabs: vec![Tab { href: "?".into(), text: text.into(), current: true, count: "30.0".into() }],
        fall: Fall {
            steps: vec![
                step("start", 0.0, 64.0),
                step("less", 60.0, 4.0),
                step("question", 60.0, 4.0),
                step("end", 0.0, 60.0),
            ],
        },
        domain: Domain {
            name: text.into(),
            summary: text.into(),
            inherent_sum: text.into(),
            residual_sum: text.into(),
            factors: vec![
                Factor {
                    question: text.into(),
                    value: text.into(),
                    severity: "+1".into(),
                    likelihood: "0".into()
                };
                count
            ],
            not_asked: vec![line(); count],
            counted: vec![
                Counted {
                    control: "A.6.2.4".into(),
                    id: text.into(),
                    href: "/x".into(),
                    text: text.into(),
                    state: text.into(),
                    value: "0.50".into(),
                    level: text.into(),
                    weight: "3".into(),
                    reduction: "3.20".into(),
                };
                count
            ],
        },
        opportunities: vec![line(); count],
        lesser: vec![line(); count],
        groups: vec![group(); count],
        clauses: vec![group(); count],
        hidden: vec![HiddenView { text: text.into(), id: "x".into(), by: vec![line()] }; count],
        good_to_know: vec![text.into()],
        kept: kept_sample(text, count),
        tier_badges: TierBadge::samples(text),
        trend: (count > 0).then(|| trend_sample(text)),
        what_if_href: "/assessments/1/what-if".into(),
        compare_href: "/compare?with=1".into(),
    }
}

pub(super) fn about_sample(text: &str) -> AboutView {
    AboutView {
        vendor: text.into(),
        engagement: text.into(),
        template: text.into(),
        href: "/assessments/1/score".into(),
        assessment_href: "/assessments/1".into(),
        engagement_href: "/engagements/1".into(),
    }
}

fn kept_sample(text: &str, count: usize) -> Vec<KeptView> {
    let kept = KeptView {
        href: "/x".into(),
        moment: Moment { at: "2026-11-21T10:42:00Z".into(), when: "2026-11-21 10:42".into() },
        as_of: "2026-11-21".into(),
        rating: "low".into(),
        residual: "12.0".into(),
        policy: text.into(),
        inputs_sha256: "ab".repeat(32),
        current: false,
    };
    vec![kept; count]
}

/// The texts with which pages are tried.
pub(super) fn texts() -> [String; 3] {
    ["Ordinary".to_owned(), "人工智能供應商問卷".repeat(40), "\"><script>alert(1)</script>".to_owned()]
}

impl View for ScorePage {
    const TEMPLATE: &'static str = "pages/scoring/score";

    fn samples() -> Vec<Self> {
        let bare = Self {
            may_score: false,
            can_store: false,
            own: None,
            raised: None,
            range: None,
            cautions: Vec::new(),
            ..sample("Nothing else", 0)
        };
        texts().iter().map(|text| sample(text, 3)).chain([bare]).collect()
    }
}

/// An engagement whose profile is not complete.
#[derive(Clone, Debug, Default, Serialize)]
pub struct UnscoredPage {
    /// Places above.
    pub crumbs: Vec<Crumb>,
    /// Whose.
    pub about: AboutView,
    /// That the use is prohibited or high-risk, or may be.
    pub tier_badges: Vec<TierBadge>,
    /// What must still be said, in plain words.
    pub missing: Vec<String>,
    /// Where to say it.
    pub complete_href: String,
    /// The caller may say it.
    pub may_complete: bool,
    /// Scores stored before.
    pub kept: Vec<KeptView>,
}

impl View for UnscoredPage {
    const TEMPLATE: &'static str = "pages/scoring/unscored";

    fn samples() -> Vec<Self> {
        let page = |text: &str, count| Self {
            crumbs: Vec::new(),
            about: about_sample(text),
            tier_badges: TierBadge::samples(text),
            missing: vec![text.to_owned(); 11],
            complete_href: "/engagements/1".into(),
            may_complete: count > 0,
            kept: kept_sample(text, count),
        };
        texts().iter().map(|text| page(text, 2)).chain([page("None", 0)]).collect()
    }
}
