//! Contexts of an entry's page: the fact sheet, what differs between two days, the history.

use super::classify_views::ClassView;
use super::views::{Crumb, moment, texts};
use crate::web::form::{ErrorLink, Field};
use crate::web::moment::Moment;
use crate::web::render::View;
use serde::Serialize;

/// Where a statement comes from.
#[derive(Clone, Debug, Default, Serialize)]
pub struct SourceView {
    /// In words.
    pub text: String,
    /// Where it stands.
    pub href: Option<String>,
    /// Why, or how the person knows.
    pub reason: Option<String>,
    /// From when on it is so.
    pub as_of: String,
    /// When the source was last seen saying so.
    pub last_seen: String,
    /// In words, where the source is less than sure.
    pub doubt: Option<String>,
    /// Against what it was checked, and by whom.
    pub checked: Option<String>,
    /// When it was recorded.
    pub moment: Moment,
    /// Who recorded it.
    pub by: String,
}

/// A statement among others.
#[derive(Clone, Debug, Default, Serialize)]
pub struct SaidView {
    /// The fact.
    pub id: String,
    /// As read.
    pub value: String,
    /// Another entry, where it is one.
    pub href: Option<String>,
    /// For which plan and region.
    pub of: Option<String>,
    /// It is the one that is shown.
    pub shown: bool,
    /// It is chosen in the form.
    pub chosen: bool,
    /// The caller may say that they checked it.
    pub may_check: bool,
    /// Where it comes from.
    pub source: SourceView,
    /// Where the caller says that they checked it, or takes that back.
    pub check: Option<CheckView>,
}

/// The form by which somebody says that they checked a statement, or takes that back.
#[derive(Clone, Debug, Default, Serialize)]
pub struct CheckView {
    /// Where it is posted.
    pub action: String,
    /// The fact.
    pub fact: String,
    /// What it says.
    pub value: String,
    /// For the form.
    pub revision: i64,
    /// It was checked, and that can be taken back.
    pub is_checked: bool,
    /// Against what, or why not.
    pub note: Field,
}

/// Something that waits for a person.
#[derive(Clone, Debug, Default, Serialize)]
pub struct ConflictView {
    /// The element's id.
    pub anchor: String,
    /// The field, and of which plan, region or use.
    pub title: String,
    /// What is the matter.
    pub about: String,
    /// Of a list: who gives it without this element.
    pub left_out_by: Option<String>,
    /// What sources say, side by side.
    pub says: Vec<SaidView>,
    /// A fact of what is chosen for.
    pub any: String,
    /// It is chosen in the form that none of it holds.
    pub is_none: bool,
    /// The caller may choose here.
    pub may_choose: bool,
    /// Where it is decided or confirmed instead.
    pub decided_at: Option<String>,
    /// The one that was chosen or is best.
    pub reason: Field,
}

/// A field of the sheet.
#[derive(Clone, Debug, Default, Serialize)]
pub struct FactView {
    /// What it is called.
    pub label: String,
    /// What is shown, each with its source.
    pub values: Vec<SaidView>,
    /// Where to settle what waits.
    pub conflict: Option<String>,
    /// Why it was chosen, and by whom.
    pub chosen: Option<String>,
    /// Everything that was said, newest first.
    pub said: Vec<SaidView>,
    /// It stands unfolded, for the form in it that just came back.
    pub is_open: bool,
    /// Where it is edited; none for whoever may not, and for what is decided or confirmed.
    pub edit: Option<String>,
    /// Where it is classified instead.
    pub classify: Option<String>,
}

/// A part of the sheet.
#[derive(Clone, Debug, Default, Serialize)]
pub struct GroupView {
    /// The element's id.
    pub anchor: String,
    /// What it is called.
    pub title: String,
    /// Fields with a value or a history.
    pub facts: Vec<FactView>,
    /// Fields without.
    pub unsaid: Vec<UnsaidView>,
}

/// A field that nobody filled in.
#[derive(Clone, Debug, Default, Serialize)]
pub struct UnsaidView {
    /// What it is called.
    pub label: String,
    /// Where it is filled in; none for whoever may not.
    pub edit: Option<String>,
}

/// One of our uses.
#[derive(Clone, Debug, Default, Serialize)]
pub struct UseView {
    /// The element's id.
    pub anchor: String,
    /// What for.
    pub use_case: String,
    /// Its tier under the EU AI Act.
    pub class: ClassView,
    /// As read.
    pub status: String,
    /// How the status is coloured.
    pub status_kind: &'static str,
    /// What is known of it.
    pub facts: Vec<FactView>,
    /// Fields without.
    pub unsaid: Vec<UnsaidView>,
    /// The cell that states it.
    pub place: Option<String>,
    /// The file.
    pub file: Option<String>,
    /// The import.
    pub import_href: Option<String>,
    /// Where it is decided on; none for whoever may not.
    pub decide: Option<String>,
}

/// A reference.
#[derive(Clone, Debug, Default, Serialize)]
pub struct LinkView {
    /// In words.
    pub relation: String,
    /// The other entry.
    pub name: String,
    /// Its page.
    pub href: String,
    /// What it is.
    pub kind: String,
}

/// An entry.
#[derive(Clone, Debug, Default, Serialize)]
pub struct SheetPage {
    /// Places above.
    pub crumbs: Vec<Crumb>,
    /// Its address.
    pub href: String,
    /// Its name.
    pub name: String,
    /// As read.
    pub kind: String,
    /// The vendor, with its source.
    pub vendor: String,
    /// The vendor's page.
    pub vendor_href: Option<String>,
    /// As read.
    pub status: String,
    /// How the status is coloured.
    pub status_kind: &'static str,
    /// Under which conditions.
    pub conditions: Option<String>,
    /// Nobody declares it any more.
    pub is_withdrawn: bool,
    /// The caller keeps the register.
    pub may_edit: bool,
    /// Where it is decided on; none for whoever may not.
    pub decide: Option<String>,
    /// For the forms.
    pub revision: i64,
    /// When it came.
    pub since: Moment,
    /// When it changed last.
    pub changed: Moment,
    /// Somebody changed it meanwhile: what the caller typed still stands in its form.
    pub meanwhile: Option<String>,
    /// What was refused just now.
    pub errors: Vec<ErrorLink>,
    /// What waits for a person.
    pub conflicts: Vec<ConflictView>,
    /// The sheet.
    pub groups: Vec<GroupView>,
    /// Parts of the sheet of which nothing is known.
    pub silent: Vec<GroupView>,
    /// Our uses of it.
    pub uses: Vec<UseView>,
    /// The classification of the use that is prohibited or high-risk.
    pub standing_out: Option<ClassView>,
    /// The entry is prohibited, and these uses of it stand as let in.
    pub let_in: Vec<LinkView>,
    /// There are more.
    pub more_uses: bool,
    /// How many are shown at most.
    pub uses_shown: u64,
    /// What it rests on.
    pub on: Vec<LinkView>,
    /// What rests on it.
    pub under: Vec<LinkView>,
    /// More rests on it than is shown.
    pub more_under: bool,
    /// Since which day it is compared.
    pub from: Field,
}

/// A difference between two days.
#[derive(Clone, Debug, Default, Serialize)]
pub struct DifferenceRow {
    /// The field, and of which plan, region or use.
    pub label: String,
    /// What was shown; none for nothing.
    pub before: Option<String>,
    /// What is shown; none for nothing.
    pub after: Option<String>,
}

/// What differs between two days.
#[derive(Clone, Debug, Default, Serialize)]
pub struct DifferencePage {
    /// Places above.
    pub crumbs: Vec<Crumb>,
    /// Its address.
    pub href: String,
    /// The entry's name.
    pub name: String,
    /// The days.
    pub from: Field,
    /// The later one; today where empty.
    pub to: Field,
    /// What is wrong with them.
    pub errors: Vec<ErrorLink>,
    /// Both days are given.
    pub is_compared: bool,
    /// What differs.
    pub rows: Vec<DifferenceRow>,
}

/// A day field for samples.
fn day() -> Field {
    Field { id: "from".into(), name: "from".into(), label: "From".into(), kind: "date", ..Field::default() }
}

impl View for SheetPage {
    const TEMPLATE: &'static str = "pages/register/component";

    fn samples() -> Vec<Self> {
        // Ids of elements are single on a page.
        let numbered = std::cell::Cell::new(0);
        let fresh = || {
            numbered.set(numbered.get() + 1);
            numbered.get().to_string()
        };
        let source = |text: &str| SourceView {
            text: text.into(),
            href: Some("/assessments/1#q-1".into()),
            reason: Some(text.into()),
            as_of: "2026-01-31".into(),
            last_seen: "2026-11-21".into(),
            doubt: Some(text.into()),
            checked: Some(text.into()),
            moment: moment(),
            by: text.into(),
        };
        let said = |text: &str| SaidView {
            id: fresh(),
            value: text.into(),
            href: Some("/register/2".into()),
            of: Some(text.into()),
            shown: true,
            chosen: true,
            may_check: true,
            source: source(text),
            check: None,
        };
        let checked = |text: &str, is_checked: bool| SaidView {
            check: Some(CheckView {
                action: "/register/1/check".into(),
                fact: "1".into(),
                value: text.into(),
                revision: 2,
                is_checked,
                note: Field { id: format!("note-{}", fresh()), label: text.into(), error: Some(text.into()), ..day() },
            }),
            ..said(text)
        };
        let fact = |text: &str| FactView {
            label: text.into(),
            values: vec![said(text), said(text)],
            conflict: Some("#conflict-1".into()),
            chosen: Some(text.into()),
            said: vec![said(text), checked(text, true), checked(text, false)],
            is_open: true,
            edit: Some("/register/1/edit?field=purpose".into()),
            classify: Some("/register/1/uses/2/classification".into()),
        };
        let unsaid = |text: &str| UnsaidView { label: text.into(), edit: Some("/register/1/edit?field=x".into()) };
        let link = |text: &str| LinkView {
            relation: text.into(),
            name: text.into(),
            href: "/register/2".into(),
            kind: text.into(),
        };
        let class = |text: &str| ClassView {
            tier: text.into(),
            kind: "danger",
            areas: text.into(),
            is_confirmed: true,
            note: text.into(),
            differs: Some(text.into()),
            href: "/register/1/uses/2/classification".into(),
        };
        let page = |text: &str, count: usize| Self {
            crumbs: vec![Crumb { href: "/register".into(), text: text.into() }],
            href: "/register/1".into(),
            name: text.into(),
            kind: text.into(),
            vendor: text.into(),
            vendor_href: (count > 0).then(|| "/vendors/1".into()),
            status: text.into(),
            status_kind: "info",
            conditions: (count > 0).then(|| text.into()),
            is_withdrawn: count > 0,
            may_edit: count > 0,
            decide: (count > 0).then(|| "/register/1/decide".into()),
            revision: 2,
            since: moment(),
            changed: moment(),
            meanwhile: (count > 0).then(|| text.into()),
            errors: vec![ErrorLink { href: "#reason-1".into(), text: text.into() }; count.min(1)],
            conflicts: (0..count)
                .map(|_| ConflictView {
                    anchor: format!("conflict-{}", fresh()),
                    title: text.into(),
                    about: text.into(),
                    left_out_by: Some(text.into()),
                    says: vec![said(text), said(text)],
                    any: "1".into(),
                    is_none: true,
                    may_choose: true,
                    decided_at: Some("/register/1/decide".into()),
                    reason: Field { id: format!("reason-{}", fresh()), name: "reason".into(), ..day() },
                })
                .collect(),
            groups: ["identity", "use"]
                .map(|anchor| GroupView {
                    anchor: anchor.into(),
                    title: text.into(),
                    facts: (0..count).map(|_| fact(text)).collect(),
                    unsaid: vec![unsaid(text); 2],
                })
                .into(),
            silent: vec![GroupView {
                anchor: "risk".into(),
                title: text.into(),
                facts: Vec::new(),
                unsaid: vec![unsaid(text); 2],
            }],
            uses: (0..count)
                .map(|_| UseView {
                    anchor: format!("use-{}", fresh()),
                    use_case: text.into(),
                    class: class(text),
                    status: text.into(),
                    status_kind: "ok",
                    facts: vec![fact(text)],
                    unsaid: vec![unsaid(text)],
                    place: Some("Sheet!B2".into()),
                    file: Some(text.into()),
                    import_href: Some("/register/imports/1".into()),
                    decide: Some("/register/1/decide?use=1".into()),
                })
                .collect(),
            standing_out: (count > 0).then(|| class(text)),
            let_in: vec![link(text); count],
            more_uses: count > 0,
            uses_shown: 200,
            on: vec![link(text); count],
            under: vec![link(text); count],
            more_under: count > 0,
            from: day(),
        };
        texts().iter().map(|text| page(text, 2)).chain([page("bare", 0)]).collect()
    }
}

impl View for DifferencePage {
    const TEMPLATE: &'static str = "pages/register/difference";

    fn samples() -> Vec<Self> {
        let page = |text: &str, count: usize| Self {
            crumbs: vec![Crumb { href: "/register".into(), text: text.into() }],
            href: "/register/1/difference".into(),
            name: text.into(),
            from: day(),
            to: Field { id: "to".into(), name: "to".into(), ..day() },
            errors: Vec::new(),
            is_compared: true,
            rows: vec![
                DifferenceRow { label: text.into(), before: Some(text.into()), after: Some(text.into()) },
                DifferenceRow { label: text.into(), ..DifferenceRow::default() },
            ]
            .into_iter()
            .take(count)
            .collect(),
        };
        let fresh = Self { is_compared: false, ..page("fresh", 0) };
        texts().iter().map(|text| page(text, 2)).chain([page("same", 0), fresh]).collect()
    }
}
