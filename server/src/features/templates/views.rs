//! Contexts of the template pages.

use super::workbooks::WorkbookRow;
use crate::web::form::{ErrorLink, Field};
use crate::web::outline::{self, Section};
use crate::web::render::{Renderer, View};
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
    /// The list of templates.
    pub fn templates(renderer: &Renderer) -> Self {
        Self { href: "/templates".into(), text: renderer.text("templates.title", &[]) }
    }
}

pub(super) const HOSTILE: &str = "\"><script>alert(1)</script>";

/// A text longer than texts are, some of it Chinese.
pub(super) fn overlong() -> String {
    "人工智能供應商問卷 ".repeat(40)
}

/// All templates.
#[derive(Debug, Serialize)]
pub struct List {
    /// By key.
    pub rows: Vec<TemplateRow>,
    /// The caller may publish versions.
    pub may_import: bool,
    /// What is being written, the one edited last first.
    pub drafts: Vec<DraftRow>,
}

/// A draft of the list.
#[derive(Clone, Debug, Serialize)]
pub struct DraftRow {
    /// Where it is written.
    pub href: String,
    /// Its title.
    pub title: String,
    /// Its key.
    pub key: String,
    /// When it was edited last.
    pub edited: String,
}

/// A template of the list.
#[derive(Clone, Debug, Serialize)]
pub struct TemplateRow {
    /// Its versions.
    pub href: String,
    /// Its newest version.
    pub newest_href: String,
    /// The newest title.
    pub title: String,
    /// Its key.
    pub key: String,
    /// Questions of the newest version.
    pub questions: i64,
    /// The newest number.
    pub newest: i64,
    /// How many versions there are.
    pub versions: usize,
    /// When the newest was published.
    pub published: String,
    /// It can no longer be chosen.
    pub retired: bool,
}

impl View for List {
    const TEMPLATE: &'static str = "pages/templates/list";

    fn samples() -> Vec<Self> {
        let row = |text: &str| TemplateRow {
            href: "/templates/1".into(),
            newest_href: "/templates/versions/1".into(),
            title: text.into(),
            key: text.into(),
            questions: 30,
            newest: 2,
            versions: 2,
            published: "2026-11-21".into(),
            retired: true,
        };
        let draft = |text: &str| DraftRow {
            href: "/templates/drafts/1".into(),
            title: text.into(),
            key: text.into(),
            edited: "2026-11-21 10:42".into(),
        };
        vec![
            Self { rows: Vec::new(), may_import: true, drafts: Vec::new() },
            Self { rows: Vec::new(), may_import: false, drafts: Vec::new() },
            Self {
                rows: vec![row("AI screening"), row(&overlong()), row(HOSTILE)],
                may_import: true,
                drafts: vec![draft(&overlong()), draft(HOSTILE)],
            },
        ]
    }
}

/// A template's versions.
#[derive(Debug, Serialize)]
pub struct TemplatePage {
    /// Back.
    pub crumbs: Vec<Crumb>,
    /// The newest title.
    pub title: String,
    /// Its key.
    pub key: String,
    /// Newest first.
    pub versions: Vec<VersionRow>,
    /// Where they are compared; none while there is one alone.
    pub compare_href: Option<String>,
    /// The address of the template, for those who may edit it.
    pub edit_base: Option<String>,
    /// A draft of its next version is under way.
    pub has_draft: bool,
    /// Since when it can no longer be chosen.
    pub retired: Option<String>,
}

/// A published version.
#[derive(Clone, Debug, Serialize)]
pub struct VersionRow {
    /// What it asks.
    pub href: String,
    /// Its document.
    pub export_href: String,
    /// From 1.
    pub number: i64,
    /// Its title.
    pub title: String,
    /// How many questions it has.
    pub questions: i64,
    /// When it was published.
    pub published: String,
    /// The hash of its document.
    pub sha256: String,
    /// What is new in it.
    pub note: Option<String>,
}

impl View for TemplatePage {
    const TEMPLATE: &'static str = "pages/templates/template";

    fn samples() -> Vec<Self> {
        let page = |text: &str| Self {
            crumbs: Vec::new(),
            title: text.into(),
            key: text.into(),
            versions: vec![VersionRow {
                href: "/templates/versions/1".into(),
                export_href: "/templates/versions/1/export".into(),
                number: 1,
                title: text.into(),
                questions: 30,
                published: "2026-11-21 10:42".into(),
                sha256: "ab".repeat(32),
                note: Some(text.into()),
            }],
            compare_href: Some("/templates/1/compare".into()),
            edit_base: Some("/templates/1".into()),
            has_draft: false,
            retired: Some("2026-11-21 10:42".into()),
        };
        vec![Self { compare_href: None, ..page("AI screening") }, page(&overlong()), page(HOSTILE)]
    }
}

/// What a version asks.
#[derive(Debug, Serialize)]
pub struct VersionPage {
    /// Back.
    pub crumbs: Vec<Crumb>,
    /// Its title.
    pub title: String,
    /// What it is for.
    pub summary: String,
    /// From 1.
    pub number: i64,
    /// How many questions it has.
    pub questions: i64,
    /// How many must be answered.
    pub required: usize,
    /// How many sections it has.
    pub sections: usize,
    /// How many minutes it takes.
    pub minutes: u32,
    /// Language of the wording.
    pub language: String,
    /// Its licence.
    pub licence: Option<String>,
    /// When it was published.
    pub published: String,
    /// The hash of its document.
    pub sha256: String,
    /// Its document.
    pub export_href: String,
    /// Where it is sent from, for those who may.
    pub ask_href: Option<String>,
    /// Where it is copied, for those who may.
    pub copy_href: Option<String>,
    /// What is new in it.
    pub note: Option<String>,
    /// Its questions.
    pub outline: Vec<Section>,
}

impl View for VersionPage {
    const TEMPLATE: &'static str = "pages/templates/version";

    fn samples() -> Vec<Self> {
        let page = |text: &str, outline: Vec<Section>| Self {
            crumbs: Vec::new(),
            title: text.into(),
            summary: text.into(),
            number: 1,
            questions: 30,
            required: 12,
            sections: 5,
            minutes: 25,
            language: "en".into(),
            licence: Some(text.into()),
            published: "2026-11-21 10:42".into(),
            sha256: "ab".repeat(32),
            export_href: "/templates/versions/1/export".into(),
            copy_href: (!outline.is_empty()).then(|| "/templates/new".to_owned()),
            note: Some(text.into()),
            ask_href: (!outline.is_empty()).then(|| "/assessments/new".to_owned()),
            outline,
        };
        vec![
            page("AI screening", Vec::new()),
            page(&overlong(), outline::sample(&overlong())),
            page(HOSTILE, outline::sample(HOSTILE)),
        ]
    }
}

/// Something that is wrong in a template document.
#[derive(Clone, Debug, Serialize)]
pub struct Fault {
    /// Where.
    pub at: String,
    /// What.
    pub text: String,
}

/// The form that takes a template document.
#[derive(Debug, Serialize)]
pub struct ImportForm {
    /// Back.
    pub crumbs: Vec<Crumb>,
    /// Posted twice, it acts once.
    pub once: String,
    /// What is wrong with the file.
    pub errors: Vec<ErrorLink>,
    /// What is wrong inside it.
    pub faults: Vec<Fault>,
    /// Workbooks that were uploaded before.
    pub workbooks: Vec<WorkbookRow>,
    /// The file.
    pub file: Field,
}

impl View for ImportForm {
    const TEMPLATE: &'static str = "pages/templates/import";

    fn samples() -> Vec<Self> {
        let form = |text: &str, faults: Vec<Fault>| Self {
            crumbs: Vec::new(),
            once: "1".into(),
            workbooks: faults
                .iter()
                .map(|_| WorkbookRow { file_name: text.into(), ..WorkbookRow::default() })
                .collect(),
            errors: faults.iter().map(|_| ErrorLink { href: "#file".into(), text: text.into() }).collect(),
            file: Field { id: "file".into(), name: "file".into(), label: text.into(), ..Field::default() },
            faults,
        };
        let fault = |text: &str| vec![Fault { at: text.into(), text: text.into() }];
        vec![form("File", Vec::new()), form(&overlong(), fault(&overlong())), form(HOSTILE, fault(HOSTILE))]
    }
}
