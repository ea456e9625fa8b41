//! Contexts of the pages of findings.

use crate::web::due::Due;
use crate::web::finding::{FindingView, NoteLine, Steps};
use crate::web::form::{ErrorLink, Field};
use crate::web::render::View;
use serde::Serialize;

const HOSTILE: &str = "\"><script>alert(1)</script>";

fn overlong() -> String {
    "人工智能供應商問卷回覆 ".repeat(30)
}

/// A step back to where one came from.
#[derive(Clone, Debug, Serialize)]
pub struct Crumb {
    /// Where it leads.
    pub href: String,
    /// What is there.
    pub text: String,
}

/// A count that filters the list.
#[derive(Clone, Debug, Serialize)]
pub struct Tally {
    /// The list with the filter.
    pub href: String,
    /// What is counted.
    pub text: String,
    /// How many.
    pub count: i64,
    /// The list shows these.
    pub current: bool,
}

/// The list.
#[derive(Debug, Serialize)]
pub struct List {
    /// Counts that filter it.
    pub tally: Vec<Tally>,
    /// How many are proposed beside those that are listed, and where these are.
    pub proposed: Option<Crumb>,
    /// The words that are searched for.
    pub text: Field,
    /// The filters.
    pub filters: Vec<Field>,
    /// The group of states, to go along with another filter.
    pub group: String,
    /// Any filter is in use.
    pub is_filtered: bool,
    /// Findings, what weighs most first.
    pub rows: Vec<Row>,
    /// Where the list goes on.
    pub next: Option<String>,
    /// From the beginning, where this is not the beginning.
    pub first: Option<String>,
    /// Where the whole result is taken away: as CSV, as XLSX.
    pub exports: [String; 2],
    /// The caller may raise findings.
    pub may_raise: bool,
}

/// A finding of the list.
#[derive(Clone, Debug, Serialize)]
pub struct Row {
    /// Its page.
    pub href: String,
    /// In short.
    pub title: String,
    /// The question that it is about.
    pub question: Option<String>,
    /// Whose.
    pub vendor: String,
    /// What for.
    pub engagement: String,
    /// How much it weighs.
    pub severity: String,
    /// Key of that in words.
    pub severity_key: String,
    /// Where it stands.
    pub state: String,
    /// Key of that in words.
    pub state_key: String,
    /// Key of how much work it takes.
    pub effort_key: Option<String>,
    /// Who answers for it.
    pub owner: Option<String>,
    /// When it is to be closed.
    pub due: Option<Due>,
    /// What closing it takes off the residual risk.
    pub reduction: Option<String>,
    /// Key of what the rules say of it now, where that is worth a word.
    pub rule_key: Option<&'static str>,
}

impl Row {
    /// For samples in tests.
    fn sample(text: &str, severity: &str) -> Self {
        Self {
            href: "/findings/1".into(),
            title: text.into(),
            question: Some(text.into()),
            vendor: text.into(),
            engagement: text.into(),
            severity: severity.into(),
            severity_key: format!("finding.severity.{severity}"),
            state: "open".into(),
            state_key: "finding.state.open".into(),
            effort_key: Some("finding.effort.small".into()),
            owner: Some(text.into()),
            due: Some(Due::sample("late")),
            reduction: Some("1.2".into()),
            rule_key: Some("finding.rule.back"),
        }
    }
}

fn field(id: &str, text: &str) -> Field {
    Field { id: id.into(), name: id.into(), label: text.into(), value: text.into(), ..Field::default() }
}

impl View for List {
    const TEMPLATE: &'static str = "pages/findings/list";

    fn samples() -> Vec<Self> {
        let list = |text: &str, rows: Vec<Row>, is_filtered: bool| Self {
            tally: vec![Tally { href: "/findings".into(), text: text.into(), count: 3, current: true }],
            proposed: (!is_filtered).then(|| Crumb { href: "/findings?group=proposed".into(), text: text.into() }),
            text: field("q", text),
            filters: vec![field("severity", text)],
            group: "live".into(),
            is_filtered,
            rows,
            next: Some("/findings?after=1".into()),
            first: Some("/findings".into()),
            exports: ["/findings/export?format=csv".into(), "/findings/export?format=xlsx".into()],
            may_raise: true,
        };
        vec![
            list("Open", Vec::new(), false),
            list("Open", Vec::new(), true),
            list("Open", vec![Row::sample("Northwind", "major"), Row::sample("Northwind", "observation")], false),
            list(&overlong(), vec![Row::sample(&overlong(), "minor")], true),
            list(HOSTILE, vec![Row::sample(HOSTILE, "minor")], true),
        ]
    }
}

/// A finding.
#[derive(Debug, Serialize)]
pub struct Page {
    /// Back.
    pub crumbs: Vec<Crumb>,
    /// Its page.
    pub href: String,
    /// What both sides read.
    pub finding: FindingView,
    /// Whose, and its page.
    pub vendor: Crumb,
    /// What for, and its page.
    pub engagement: Crumb,
    /// The order in which the engagement's findings are worked on.
    pub plan_href: String,
    /// The review of the answer that it is about.
    pub review_href: Option<String>,
    /// What made a rule speak, in words.
    pub triggers: Vec<String>,
    /// Key of what the rules say of it now, where that is worth a word.
    pub rule_key: Option<&'static str>,
    /// The vendor knows of it.
    pub was_raised: bool,
    /// The effect of closing it on the score.
    pub effect: Option<Effect>,
    /// The caller had a hand in it, so that somebody else judges.
    pub own_hand: bool,
    /// The caller's steps.
    pub own: Steps,
    /// The vendor's steps, to be taken in its place.
    pub in_place: Steps,
    /// Notes for colleagues.
    pub internal: Vec<NoteLine>,
    /// The caller may write notes.
    pub may_write: bool,
    /// What is to be written to the vendor.
    pub say: Field,
    /// What is to be written for colleagues.
    pub note: Field,
    /// A key for each form of notes.
    pub once: [String; 2],
}

/// What closing does to the score.
#[derive(Clone, Debug, Serialize)]
pub struct Effect {
    /// The residual risk as it is.
    pub before: String,
    /// Its rating.
    pub rating_before: String,
    /// As it would be.
    pub after: String,
    /// Its rating.
    pub rating_after: String,
    /// Nothing moves.
    pub is_none: bool,
}

impl Effect {
    fn sample() -> Self {
        Self {
            before: "40.0".into(),
            rating_before: "high".into(),
            after: "30.0".into(),
            rating_after: "moderate".into(),
            is_none: false,
        }
    }
}

impl View for Page {
    const TEMPLATE: &'static str = "pages/findings/show";

    fn samples() -> Vec<Self> {
        let link = |text: &str| Crumb { href: "/vendors/1".into(), text: text.into() };
        let area = |id: &str, text: &str| Field { rows: Some(3), max_length: Some(5_000), ..field(id, text) };
        let page = |text: &str| Self {
            crumbs: vec![link(text)],
            href: "/findings/1".into(),
            finding: FindingView::sample(text),
            vendor: link(text),
            engagement: link(text),
            plan_href: "/findings/plan?engagement=1".into(),
            review_href: Some("/assessments/1/review".into()),
            triggers: vec![text.into()],
            rule_key: Some("finding.rule.silent"),
            was_raised: true,
            effect: Some(Effect::sample()),
            own_hand: true,
            own: Steps::sample(text),
            in_place: Steps::default(),
            internal: vec![NoteLine { by: text.into(), when: "2026-11-21 10:42".into(), words: text.into() }],
            may_write: true,
            say: Field { error: Some(text.into()), ..area("words-say", text) },
            note: area("words-note", text),
            once: ["1".into(), "2".into()],
        };
        let bare = Self {
            finding: FindingView {
                state: "proposed".into(),
                state_key: "finding.state.proposed".into(),
                severity: "minor".into(),
                severity_key: "finding.severity.minor".into(),
                title: "Northwind".into(),
                ..FindingView::default()
            },
            review_href: None,
            triggers: Vec::new(),
            rule_key: None,
            was_raised: false,
            effect: None,
            own_hand: false,
            own: Steps::default(),
            internal: Vec::new(),
            may_write: false,
            ..page("Northwind")
        };
        vec![bare, page("Northwind"), page(&overlong()), page(HOSTILE)]
    }
}

/// The form of a finding that is raised by hand.
#[derive(Debug, Serialize)]
pub struct NewForm {
    /// Back.
    pub crumbs: Vec<Crumb>,
    /// A key for the form.
    pub once: String,
    /// Engagements, to choose one first.
    pub engagement: Field,
    /// The engagement is chosen.
    pub is_chosen: bool,
    /// The assessment that it comes from.
    pub assessment: String,
    /// The question that it is about, in words.
    pub question_text: Option<String>,
    /// Its id.
    pub question: String,
    /// In short.
    pub title: Field,
    /// What is not as it should be.
    pub description: Field,
    /// How much it weighs.
    pub severity: Field,
    /// How much work it takes.
    pub effort: Field,
    /// Who answers for it.
    pub owner: Field,
    /// By when.
    pub due_on: Field,
    /// What is wrong.
    pub errors: Vec<ErrorLink>,
}

impl View for NewForm {
    const TEMPLATE: &'static str = "pages/findings/new";

    fn samples() -> Vec<Self> {
        let form = |text: &str, is_chosen: bool| Self {
            crumbs: vec![Crumb { href: "/findings".into(), text: text.into() }],
            once: "1".into(),
            engagement: field("engagement", text),
            is_chosen,
            assessment: "1".into(),
            question_text: Some(text.into()),
            question: "Q.1".into(),
            title: field("title", text),
            description: field("description", text),
            severity: field("severity", text),
            effort: field("effort", text),
            owner: field("owner", text),
            due_on: field("due_on", text),
            errors: vec![ErrorLink { href: "#title".into(), text: text.into() }],
        };
        vec![form("Northwind", false), form("Northwind", true), form(&overlong(), true), form(HOSTILE, true)]
    }
}

/// The order in which the findings of an engagement are worked on.
#[derive(Debug, Serialize)]
pub struct PlanPage {
    /// Back.
    pub crumbs: Vec<Crumb>,
    /// Whose, and what for.
    pub engagement: Crumb,
    /// In their order.
    pub rows: Vec<Row>,
    /// The effect of closing all of them together.
    pub effect: Option<Effect>,
    /// Those that are no part of it, since no question of theirs is scored.
    pub unscored: Vec<Crumb>,
}

impl View for PlanPage {
    const TEMPLATE: &'static str = "pages/findings/plan";

    fn samples() -> Vec<Self> {
        let page = |text: &str, rows: Vec<Row>| Self {
            crumbs: vec![Crumb { href: "/findings".into(), text: text.into() }],
            engagement: Crumb { href: "/engagements/1".into(), text: text.into() },
            rows,
            effect: None,
            unscored: Vec::new(),
        };
        let with_effect = |text: &str| Self {
            effect: Some(Effect::sample()),
            unscored: vec![Crumb { href: "/findings/1".into(), text: text.into() }],
            ..page(text, vec![Row::sample(text, "minor")])
        };
        vec![
            page("Northwind", Vec::new()),
            page("Northwind", vec![Row::sample("Northwind", "major")]),
            with_effect("Northwind"),
            with_effect(HOSTILE),
            page(&overlong(), vec![Row::sample(&overlong(), "major")]),
            page(HOSTILE, vec![Row::sample(HOSTILE, "major")]),
        ]
    }
}
