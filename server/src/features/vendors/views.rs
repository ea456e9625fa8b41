//! Contexts of the vendor pages.

use crate::web::due::Due;
use crate::web::engagement::{OvertakenDecision, TierBadge};
use crate::web::form::{Choice, ErrorLink, Field};
use crate::web::paging::Pages;
use crate::web::render::{Renderer, View};
use crate::web::standing_out::StandingOut;
use crate::web::tabs::Tab;
use serde::Serialize;

/// A step back to where one came from.
#[derive(Clone, Debug, Serialize)]
pub struct Crumb {
    /// Where it leads.
    pub href: String,
    /// What is there.
    pub text: String,
}

impl Crumb {
    /// The list of vendors.
    pub fn vendors(renderer: &Renderer) -> Self {
        Self { href: "/vendors".into(), text: renderer.text("vendors.title", &[]) }
    }
}

/// The list of vendors.
#[derive(Debug, Serialize)]
pub struct List {
    /// What is looked for in the names.
    pub q: String,
    /// Where contacts and notes are searched too.
    pub search_href: String,
    /// Vendors by name.
    pub rows: Vec<Row>,
    /// Where the page stands.
    pub pages: Pages,
    /// The caller may add one.
    pub may_edit: bool,
}

/// A vendor of the list.
#[derive(Clone, Debug, Serialize)]
pub struct Row {
    /// Its page.
    pub href: String,
    /// Its name.
    pub name: String,
    /// Its web site.
    pub website: Option<String>,
    /// How many people can be asked.
    pub contacts: i64,
    /// How many things it is used for.
    pub engagements: i64,
    /// How many assessments are under way.
    pub open: i64,
    /// Its assessments.
    pub open_href: String,
    /// The worst rating of its open engagements.
    pub rating: Option<String>,
    /// The largest residual risk of these.
    pub residual: Option<String>,
    /// What explains the rating.
    pub score_href: Option<String>,
}

const HOSTILE: &str = "\"><script>alert(1)</script>";

/// A name longer than names are, some of it Chinese.
fn overlong() -> String {
    "人工智能供應商有限公司 ".repeat(30)
}

impl View for List {
    const TEMPLATE: &'static str = "pages/vendors/list";

    fn samples() -> Vec<Self> {
        let row = |name: &str, rating: Option<&str>| Row {
            href: "/vendors/1".into(),
            name: name.into(),
            website: Some(name.into()),
            contacts: 2,
            engagements: 1,
            open: 1,
            open_href: "/assessments?vendor=1".into(),
            rating: rating.map(str::to_owned),
            residual: rating.map(|_| "42.0".to_owned()),
            score_href: rating.map(|_| "/assessments/1/score".to_owned()),
        };
        let list = |q: &str, rows: Vec<Row>| Self {
            q: q.into(),
            search_href: "/search/vendors".into(),
            rows,
            pages: Pages::default(),
            may_edit: true,
        };
        vec![
            list("", Vec::new()),
            list(HOSTILE, Vec::new()),
            list("", vec![row("Northwind", None), row(&overlong(), Some("high")), row(HOSTILE, Some("odd"))]),
        ]
    }
}

/// A vendor's page.
#[derive(Clone, Debug, Serialize)]
pub struct VendorPage {
    /// Back to the list.
    pub crumbs: Vec<Crumb>,
    /// Uses of what it supplies that are prohibited or high-risk.
    pub standing_out: Vec<StandingOut>,
    /// Its name.
    pub name: String,
    /// Its web site.
    pub website: Option<String>,
    /// A note for colleagues.
    pub note: Option<String>,
    /// When it was added.
    pub added: String,
    /// Where it is changed.
    pub edit_href: String,
    /// Where it is merged with a duplicate.
    pub merge_href: String,
    /// Which organisation has claimed it.
    pub claimed: Option<String>,
    /// Since when.
    pub claimed_at: Option<String>,
    /// One page on it, made for print.
    pub report_href: String,
    /// The 38 controls, and what is known of each.
    pub applicability_href: String,
    /// Where contacts are posted.
    pub contacts_href: String,
    /// Where an engagement is added.
    pub new_engagement_href: String,
    /// Where it is asked.
    pub new_assessment_href: String,
    /// All its assessments.
    pub all_assessments_href: String,
    /// How many there are.
    pub all_assessments: u64,
    /// Who can be asked.
    pub contacts: Vec<ContactRow>,
    /// What it is used for.
    pub engagements: Vec<EngagementRow>,
    /// What it was asked.
    pub assessments: Vec<AssessmentRow>,
    /// What is wrong with the contacts that were posted.
    pub errors: Vec<ErrorLink>,
    /// The pasted list.
    pub contacts_field: Field,
    /// Posted twice, it adds once.
    pub once: String,
    /// Its tier over all open engagements, in words; none where the caller does not reach all of them.
    pub tier: Option<TierView>,
    /// The caller may change vendors.
    pub may_edit: bool,
    /// The caller may ask vendors.
    pub may_issue: bool,
}

/// How much is at stake with a vendor.
#[derive(Clone, Debug, Serialize)]
pub struct TierView {
    /// The band of the largest inherent risk; none where it is unscored, or nothing is open.
    pub band: Option<String>,
    /// Why it has none, or which engagement brings it.
    pub note: String,
    /// Where that is looked at.
    pub href: Option<String>,
}

/// A contact.
#[derive(Clone, Debug, Serialize)]
pub struct ContactRow {
    /// Their name.
    pub name: String,
    /// Their address.
    pub email: String,
    /// When they were added.
    pub added: String,
}

/// An engagement.
#[derive(Clone, Debug, Serialize)]
pub struct EngagementRow {
    /// Its form.
    pub href: String,
    /// What it is called.
    pub name: String,
    /// Who uses it.
    pub business_function: String,
    /// Who answers for it.
    pub owner: String,
    /// Questions of the profile that are open.
    pub missing: Vec<String>,
    /// How many there are.
    pub asked: usize,
    /// The band of its largest inherent risk; none where something is missing.
    pub band: Option<String>,
    /// Where that is explained.
    pub profile_href: String,
    /// The use has ended.
    pub has_ended: bool,
    /// That it is prohibited or high-risk, or may be.
    pub tier_badges: Vec<TierBadge>,
}

/// An assessment of the vendor.
#[derive(Clone, Debug, Serialize)]
pub struct AssessmentRow {
    /// Its page.
    pub href: String,
    /// The questionnaire.
    pub template: String,
    /// What for.
    pub engagement: String,
    /// Where it stands.
    pub state: String,
    /// By when.
    pub due: Due,
    /// The stored rating.
    pub rating: Option<String>,
    /// The residual risk.
    pub residual: Option<String>,
    /// What explains it.
    pub score_href: String,
}

impl View for VendorPage {
    const TEMPLATE: &'static str = "pages/vendors/show";

    fn samples() -> Vec<Self> {
        let empty = Self {
            crumbs: vec![Crumb { href: "/vendors".into(), text: "Vendors".into() }],
            standing_out: Vec::new(),
            name: "Northwind".into(),
            website: None,
            note: None,
            added: "2026-11-21".into(),
            edit_href: "/vendors/1/edit".into(),
            merge_href: "/vendors/1/merge".into(),
            claimed: None,
            claimed_at: None,
            report_href: "/vendors/1/report".into(),
            applicability_href: "/vendors/1/applicability".into(),
            contacts_href: "/vendors/1/contacts".into(),
            new_engagement_href: "/vendors/1/engagements/new".into(),
            new_assessment_href: "/assessments/new?vendor=1".into(),
            all_assessments_href: "/assessments?vendor=1".into(),
            all_assessments: 0,
            contacts: Vec::new(),
            engagements: Vec::new(),
            assessments: Vec::new(),
            errors: Vec::new(),
            contacts_field: Field::default(),
            once: "1".into(),
            tier: None,
            may_edit: true,
            may_issue: true,
        };
        let full = |text: &str| Self {
            standing_out: vec![StandingOut { href: "/register?tier=high".into(), text: text.into(), kind: "error" }],
            name: text.into(),
            tier: Some(TierView {
                band: Some("high".into()),
                note: text.into(),
                href: Some("/engagements/1/profile".into()),
            }),
            claimed: Some(text.into()),
            claimed_at: Some("2026-11-21".into()),
            website: Some(text.into()),
            note: Some(text.into()),
            contacts: vec![ContactRow { name: text.into(), email: text.into(), added: "2026-11-21".into() }],
            engagements: vec![
                EngagementRow {
                    href: "/engagements/1".into(),
                    name: text.into(),
                    business_function: text.into(),
                    owner: text.into(),
                    missing: vec![text.into()],
                    asked: 11,
                    band: None,
                    profile_href: "/engagements/1/profile".into(),
                    has_ended: true,
                    tier_badges: TierBadge::samples(text),
                },
                EngagementRow {
                    href: "/engagements/2".into(),
                    name: text.into(),
                    business_function: text.into(),
                    owner: text.into(),
                    missing: Vec::new(),
                    asked: 11,
                    band: Some("high".into()),
                    profile_href: "/engagements/2/profile".into(),
                    has_ended: false,
                    tier_badges: Vec::new(),
                },
            ],
            assessments: vec![AssessmentRow {
                href: "/assessments/1".into(),
                template: text.into(),
                engagement: text.into(),
                state: "sent".into(),
                due: Due::sample("late"),
                rating: Some("low".into()),
                residual: Some("12.0".into()),
                score_href: "/assessments/1/score".into(),
            }],
            all_assessments: 99,
            errors: vec![ErrorLink { href: "#contacts".into(), text: text.into() }],
            ..empty.clone()
        };
        let auditor = Self { may_edit: false, may_issue: false, ..full("Northwind") };
        vec![empty.clone(), full("Northwind"), full(&overlong()), full(HOSTILE), auditor]
    }
}

/// What somebody else wrote while a form was open.
#[derive(Clone, Debug, Serialize)]
pub struct Theirs {
    /// The field.
    pub label: String,
    /// What stands there now.
    pub stands: String,
}

/// The fields of a vendor.
#[derive(Clone, Debug, Default, Serialize)]
pub struct VendorFields {
    /// Its name.
    pub name: Field,
    /// Its web site.
    pub website: Field,
    /// A note for colleagues.
    pub note: Field,
    /// Contacts to add.
    pub contacts: Field,
}

/// The form that adds or changes a vendor.
#[derive(Clone, Debug, Serialize)]
pub struct VendorForm {
    /// Back.
    pub crumbs: Vec<Crumb>,
    /// What it is.
    pub title: String,
    /// Where it is posted.
    pub action: String,
    /// Where one goes without it.
    pub cancel: String,
    /// It adds one.
    pub is_new: bool,
    /// Posted twice, it acts once.
    pub once: String,
    /// The revision that is changed.
    pub revision: String,
    /// What is wrong.
    pub errors: Vec<ErrorLink>,
    /// Its fields.
    pub form: VendorFields,
    /// What somebody else wrote meanwhile.
    pub theirs: Vec<Theirs>,
}

impl View for VendorForm {
    const TEMPLATE: &'static str = "pages/vendors/form";

    fn samples() -> Vec<Self> {
        let form = |text: &str, theirs: Vec<Theirs>| {
            let field =
                |name: &str| Field { id: name.into(), name: name.into(), value: text.into(), ..Field::default() };
            Self {
                crumbs: Vec::new(),
                title: text.into(),
                action: "/vendors".into(),
                cancel: "/vendors".into(),
                is_new: theirs.is_empty(),
                once: "1".into(),
                revision: String::new(),
                errors: Vec::new(),
                form: VendorFields {
                    name: field("name"),
                    website: field("website"),
                    note: field("note"),
                    contacts: field("contacts"),
                },
                theirs,
            }
        };
        let theirs = |text: &str| vec![Theirs { label: "Name".into(), stands: text.into() }];
        vec![form("", Vec::new()), form(&overlong(), theirs(&overlong())), form(HOSTILE, theirs(HOSTILE))]
    }
}

/// The form that adds or changes an engagement.
#[derive(Clone, Debug, Serialize)]
pub struct EngagementForm {
    /// Back.
    pub crumbs: Vec<Crumb>,
    /// What it is.
    pub title: String,
    /// Where it is posted.
    pub action: String,
    /// Where one goes without it.
    pub cancel: String,
    /// It adds one.
    pub is_new: bool,
    /// Posted twice, it acts once.
    pub once: String,
    /// The revision that is changed.
    pub revision: String,
    /// The engagement's pages.
    pub tabs: Vec<Tab>,
    /// Its decision was overtaken.
    pub overtaken: Option<OvertakenDecision>,
    /// That it is prohibited or high-risk, or may be.
    pub tier_badges: Vec<TierBadge>,
    /// What is wrong.
    pub errors: Vec<ErrorLink>,
    /// What it is called.
    pub name: Field,
    /// Who uses it.
    pub business_function: Field,
    /// Who answers for it.
    pub owner: Field,
    /// The member who owns it.
    pub owner_member: Field,
    /// The profile: a question for each factor.
    pub factors: Vec<Field>,
    /// What somebody else wrote meanwhile.
    pub theirs: Vec<Theirs>,
    /// The caller may change it.
    pub may_edit: bool,
}

impl View for EngagementForm {
    const TEMPLATE: &'static str = "pages/vendors/engagement";

    fn samples() -> Vec<Self> {
        let form = |text: &str, theirs: Vec<Theirs>| {
            let field = |name: &str| Field {
                id: name.into(),
                name: name.into(),
                label: text.into(),
                hint: Some(text.into()),
                value: text.into(),
                options: vec![
                    Choice { key: "a".into(), text: text.into(), note: Some(text.into()), chosen: true },
                    Choice::default(),
                ],
                ..Field::default()
            };
            Self {
                crumbs: Vec::new(),
                title: text.into(),
                action: "/engagements/1".into(),
                cancel: "/vendors/1".into(),
                is_new: theirs.is_empty(),
                once: "1".into(),
                revision: "3".into(),
                tabs: vec![Tab { href: "/engagements/1".into(), text: text.into(), current: true, count: None }],
                overtaken: Some(OvertakenDecision {
                    decision: text.into(),
                    reasons: vec![text.into(), text.into()],
                    href: "/engagements/1/decision".into(),
                }),
                tier_badges: TierBadge::samples(text),
                errors: Vec::new(),
                name: field("name"),
                business_function: field("business_function"),
                owner: field("owner"),
                owner_member: field("owner_member"),
                factors: vec![field("profile-autonomy"), field("profile-personal_data")],
                theirs,
                may_edit: true,
            }
        };
        let theirs = |text: &str| vec![Theirs { label: "Name".into(), stands: text.into() }];
        let reader = Self { may_edit: false, ..form("Mail assistant", Vec::new()) };
        vec![form("", Vec::new()), form(&overlong(), theirs(&overlong())), form(HOSTILE, theirs(HOSTILE)), reader]
    }
}
