//! Contexts of the catalogue's pages: its features, one feature, which of them may be on.

use super::views::{Crumb, texts};
use crate::web::form::{Choice, ErrorLink, Field};
use crate::web::render::View;
use serde::Serialize;

/// A feature in a list.
#[derive(Clone, Debug, Default, Serialize)]
pub struct FeatureRow {
    /// Its page.
    pub href: String,
    /// Its name.
    pub name: String,
    /// The product that it stands in.
    pub product: String,
    /// Whose it is.
    pub vendor: String,
    /// Whether it is on by default, in words.
    pub answer: String,
    /// How that is coloured.
    pub answer_kind: &'static str,
    /// What training on customers' data is stated, in words; none where nobody states any.
    pub trains: Option<String>,
    /// Since when the newest of what is stated holds.
    pub as_of: String,
    /// Somebody has held it against a contract.
    pub is_verified: bool,
    /// Its entry in the register.
    pub entry: Option<String>,
}

/// The catalogue.
#[derive(Clone, Debug, Default, Serialize)]
pub struct CataloguePage {
    /// Places above.
    pub crumbs: Vec<Crumb>,
    /// What is looked for.
    pub q: Field,
    /// Whose.
    pub vendor: Field,
    /// On by default or not.
    pub state: Field,
    /// What training.
    pub trains: Field,
    /// In the register or not.
    pub adopted: Field,
    /// Something is filtered.
    pub is_filtered: bool,
    /// How many are shown, in words.
    pub found: String,
    /// The newest day of its files.
    pub date: String,
    /// How many differ from what was adopted, in words.
    pub changes: Option<String>,
    /// The features.
    pub rows: Vec<FeatureRow>,
}

/// A page that says something.
#[derive(Clone, Debug, Default, Serialize)]
pub struct PageView {
    /// What it is.
    pub title: String,
    /// Its address.
    pub href: Option<String>,
    /// It is not the vendor's own.
    pub is_third_party: bool,
    /// When it was read.
    pub read: String,
    /// What to mind about it.
    pub note: Option<String>,
}

/// What is stated of a feature.
#[derive(Clone, Debug, Default, Serialize)]
pub struct StatedView {
    /// Of which field.
    pub field: String,
    /// What.
    pub values: Vec<String>,
    /// In which plans, regions and years; none for all.
    pub holds: Option<String>,
    /// As of when.
    pub as_of: String,
    /// In words, where the page does not say it itself.
    pub basis: Option<String>,
    /// A condition or an exception.
    pub note: Option<String>,
    /// It holds no more, or not yet.
    pub is_past: bool,
    /// Where it was read.
    pub page: PageView,
}

/// A feature.
#[derive(Clone, Debug, Default, Serialize)]
pub struct FeaturePage {
    /// Places above.
    pub crumbs: Vec<Crumb>,
    /// Its name.
    pub name: String,
    /// As read.
    pub kind: String,
    /// The product that it stands in.
    pub product: String,
    /// Whose it is.
    pub vendor: String,
    /// When somebody held it against a contract; none for never.
    pub verified: Option<String>,
    /// What to look into.
    pub note: Option<String>,
    /// What is stated.
    pub facts: Vec<StatedView>,
    /// Plans of the product, in words.
    pub plans: String,
    /// Its entry in the register.
    pub entry: Option<String>,
    /// The catalogue says otherwise than when it was taken over.
    pub is_changed: bool,
    /// The caller keeps the register.
    pub may_edit: bool,
    /// The feature, as posted.
    pub id: String,
    /// The file: key, version and date, in words.
    pub file: String,
}

/// A line of a list, as it was understood.
#[derive(Clone, Debug, Default, Serialize)]
pub struct LineView {
    /// Counted from 1.
    pub number: usize,
    /// What stands there, or the part of it that is spoken of.
    pub text: String,
    /// `ok`, `warn`, `dashed`, `calm`.
    pub kind: &'static str,
    /// What it was taken for, in words.
    pub outcome: String,
    /// The product.
    pub product: Option<String>,
    /// The plan.
    pub plan: Option<String>,
    /// Why it is not clear.
    pub reason: Option<String>,
}

/// A feature that may be on.
#[derive(Clone, Debug, Default, Serialize)]
pub struct MayView {
    /// The feature, as posted.
    pub id: String,
    /// Its page.
    pub href: String,
    /// Its name.
    pub name: String,
    /// The product, and its plan.
    pub product: String,
    /// Whether it is on, in words.
    pub answer: String,
    /// How that is coloured.
    pub answer_kind: &'static str,
    /// By plan and region, in words.
    pub places: Vec<String>,
    /// What would have to be known.
    pub missing: Option<String>,
    /// Pages contradict each other.
    pub is_disputed: bool,
    /// Nobody but others says so.
    pub is_second_hand: bool,
    /// As of when; blank where nothing is stated.
    pub as_of: String,
    /// It was held against a contract.
    pub is_verified: bool,
    /// Its entry in the register.
    pub entry: Option<String>,
    /// It is picked.
    pub chosen: bool,
}

/// Which features may be on in the products of a list.
#[derive(Clone, Debug, Default, Serialize)]
pub struct WhichPage {
    /// Places above.
    pub crumbs: Vec<Crumb>,
    /// What is wrong.
    pub errors: Vec<ErrorLink>,
    /// The list.
    pub list: Field,
    /// A file with the list.
    pub file: Field,
    /// The column of the file.
    pub column: Field,
    /// Where the products are used.
    pub region: Field,
    /// A list was read.
    pub is_read: bool,
    /// Where in a file, in words.
    pub uploaded: Option<String>,
    /// Lines with something on them.
    pub count: usize,
    /// Lines with nothing.
    pub blank: usize,
    /// Texts that name a product.
    pub matched: usize,
    /// Texts that may.
    pub doubtful: usize,
    /// Texts that name none of the catalogue.
    pub unknown: usize,
    /// Texts that name nothing.
    pub unnamed: usize,
    /// What a person has to say about doubtful texts.
    pub questions: Vec<Field>,
    /// The plans of products of which that makes a difference.
    pub plans: Vec<Field>,
    /// The lines.
    pub lines: Vec<LineView>,
    /// The features.
    pub features: Vec<MayView>,
    /// What is wrong with what was picked.
    pub pick_error: Option<String>,
    /// The caller keeps the register.
    pub may_edit: bool,
}

/// One thing that the catalogue says otherwise.
#[derive(Clone, Debug, Default, Serialize)]
pub struct ChangeView {
    /// Said, withdrawn, changed, read again.
    pub kind: String,
    /// Of which field.
    pub field: String,
    /// Of which plans and regions.
    pub of: Option<String>,
    /// What it said.
    pub before: Option<String>,
    /// What it says.
    pub after: Option<String>,
    /// As of when.
    pub as_of: Option<String>,
}

/// A feature in the register of which the catalogue says something else now.
#[derive(Clone, Debug, Default, Serialize)]
pub struct ChangedView {
    /// As posted.
    pub id: String,
    /// Its name.
    pub name: String,
    /// The product.
    pub product: String,
    /// Its page in the catalogue.
    pub href: String,
    /// Its entry.
    pub entry: String,
    /// What changed.
    pub changes: Vec<ChangeView>,
}

/// A feature that the catalogue does not have any more, or that the register does not have.
#[derive(Clone, Debug, Default, Serialize)]
pub struct OtherView {
    /// As posted.
    pub id: String,
    /// Its name.
    pub name: String,
    /// The product.
    pub product: String,
    /// Its page.
    pub href: String,
}

/// What a newer catalogue says otherwise.
#[derive(Clone, Debug, Default, Serialize)]
pub struct ChangesPage {
    /// Places above.
    pub crumbs: Vec<Crumb>,
    /// What is wrong.
    pub errors: Vec<ErrorLink>,
    /// Features in the register of which it says something else.
    pub changed: Vec<ChangedView>,
    /// Features in the register that it does not have any more.
    pub gone: Vec<OtherView>,
    /// Features of the same products that are not in the register.
    pub others: Vec<OtherView>,
    /// The caller keeps the register.
    pub may_edit: bool,
}

fn field(name: &str, text: &str) -> Field {
    let option = |key: &str| Choice { key: key.into(), text: text.into(), note: Some(text.into()), chosen: key == "a" };
    Field {
        id: name.into(),
        name: name.into(),
        label: text.into(),
        hint: Some(text.into()),
        error: Some(text.into()),
        value: text.into(),
        kind: "text",
        options: ["a", "b"].map(option).into(),
        ..Field::default()
    }
}

fn crumb(text: &str) -> Vec<Crumb> {
    vec![Crumb { href: "/register".into(), text: text.into() }]
}

impl View for CataloguePage {
    const TEMPLATE: &'static str = "pages/register/catalogue";

    fn samples() -> Vec<Self> {
        let row = |text: &str| FeatureRow {
            href: "/register/catalogue/features/a".into(),
            name: text.into(),
            product: text.into(),
            vendor: text.into(),
            answer: text.into(),
            answer_kind: "warn",
            trains: Some(text.into()),
            as_of: "2026-05-01".into(),
            is_verified: true,
            entry: Some("/register/1".into()),
        };
        let page = |text: &str| Self {
            crumbs: crumb(text),
            q: field("q", text),
            vendor: field("vendor", text),
            state: field("state", text),
            trains: field("trains", text),
            adopted: field("adopted", text),
            is_filtered: true,
            found: text.into(),
            date: "2026-11-21".into(),
            changes: Some(text.into()),
            rows: vec![row(text), FeatureRow { trains: None, entry: None, is_verified: false, ..row(text) }],
        };
        let none = Self { rows: Vec::new(), ..page("none") };
        texts().iter().map(|text| page(text)).chain([none]).collect()
    }
}

impl View for FeaturePage {
    const TEMPLATE: &'static str = "pages/register/catalogue_feature";

    fn samples() -> Vec<Self> {
        let stated = |text: &str| StatedView {
            field: text.into(),
            values: vec![text.into(); 2],
            holds: Some(text.into()),
            as_of: "2026-05-01".into(),
            basis: Some(text.into()),
            note: Some(text.into()),
            is_past: true,
            page: PageView {
                title: text.into(),
                href: Some("https://example.com/".into()),
                is_third_party: true,
                read: "2026-11-21".into(),
                note: Some(text.into()),
            },
        };
        let page = |text: &str, count: usize| Self {
            crumbs: crumb(text),
            name: text.into(),
            kind: text.into(),
            product: text.into(),
            vendor: text.into(),
            verified: (count == 0).then(|| "2026-11-21".into()),
            note: (count > 0).then(|| text.into()),
            facts: vec![stated(text); count],
            plans: if count > 0 { text.into() } else { String::new() },
            entry: (count > 0).then(|| "/register/1".into()),
            is_changed: count > 0,
            may_edit: true,
            id: "a".into(),
            file: text.into(),
        };
        texts().iter().map(|text| page(text, 2)).chain([page("fresh", 0), Self::default()]).collect()
    }
}

impl View for WhichPage {
    const TEMPLATE: &'static str = "pages/register/catalogue_which";

    fn samples() -> Vec<Self> {
        let may = |text: &str| MayView {
            id: "a".into(),
            href: "/register/catalogue/features/a".into(),
            name: text.into(),
            product: text.into(),
            answer: text.into(),
            answer_kind: "warn",
            places: vec![text.into(); 2],
            missing: Some(text.into()),
            is_disputed: true,
            is_second_hand: true,
            as_of: "2026-05-01".into(),
            is_verified: false,
            entry: None,
            chosen: true,
        };
        let line = |text: &str| LineView {
            number: 1,
            text: text.into(),
            kind: "ok",
            outcome: text.into(),
            product: Some(text.into()),
            plan: Some(text.into()),
            reason: Some(text.into()),
        };
        let page = |text: &str| Self {
            crumbs: crumb(text),
            errors: vec![ErrorLink { href: "#list".into(), text: text.into() }],
            list: field("list", text),
            file: field("file", text),
            column: field("column", text),
            region: field("region", text),
            is_read: true,
            uploaded: Some(text.into()),
            count: 2,
            blank: 1,
            matched: 1,
            doubtful: 1,
            unknown: 0,
            unnamed: 0,
            questions: vec![field("means-1", text)],
            plans: vec![field("plan-a", text)],
            lines: vec![line(text), LineView { product: None, plan: None, reason: None, ..line(text) }],
            features: vec![may(text), MayView { entry: Some("/register/1".into()), ..may(text) }],
            pick_error: Some(text.into()),
            may_edit: true,
        };
        let fresh = Self { is_read: false, errors: Vec::new(), ..page("fresh") };
        let nothing = Self { features: Vec::new(), questions: Vec::new(), plans: Vec::new(), ..page("nothing") };
        texts().iter().map(|text| page(text)).chain([fresh, nothing]).collect()
    }
}

impl View for ChangesPage {
    const TEMPLATE: &'static str = "pages/register/catalogue_changes";

    fn samples() -> Vec<Self> {
        let change = |text: &str| ChangeView {
            kind: text.into(),
            field: text.into(),
            of: Some(text.into()),
            before: Some(text.into()),
            after: Some(text.into()),
            as_of: Some("2026-05-01".into()),
        };
        let other = |text: &str| OtherView {
            id: "a".into(),
            name: text.into(),
            product: text.into(),
            href: "/register/catalogue/features/a".into(),
        };
        let page = |text: &str| Self {
            crumbs: crumb(text),
            errors: vec![ErrorLink { href: "#features".into(), text: text.into() }],
            changed: vec![ChangedView {
                id: "a".into(),
                name: text.into(),
                product: text.into(),
                href: "/register/catalogue/features/a".into(),
                entry: "/register/1".into(),
                changes: vec![change(text), ChangeView { of: None, before: None, as_of: None, ..change(text) }],
            }],
            gone: vec![other(text)],
            others: vec![other(text)],
            may_edit: true,
        };
        texts().iter().map(|text| page(text)).chain([Self::default()]).collect()
    }
}
