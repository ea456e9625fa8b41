//! Context of the page about the installation.

use crate::web::moment::Moment;
use crate::web::render::View;
use serde::Serialize;

/// A part of the installation, and how it is.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Check {
    /// What.
    pub label: String,
    /// How it is.
    pub value: String,
    /// Nothing needs to be done.
    pub is_well: bool,
}

/// A job that was given up.
#[derive(Clone, Debug, Default, Serialize)]
pub struct GivenUp {
    /// What it was to do.
    pub kind: String,
    /// How often it was tried.
    pub attempts: i64,
    /// When it was given up.
    pub moment: Moment,
    /// Why it failed last.
    pub error: String,
}

/// How the installation is.
#[derive(Clone, Debug, Default, Serialize)]
pub struct InstallationPage {
    /// What must be well.
    pub checks: Vec<Check>,
    /// What is as it is.
    pub facts: Vec<Check>,
    /// Newest first.
    pub given_up: Vec<GivenUp>,
    /// How many more.
    pub more: u64,
}

impl View for InstallationPage {
    const TEMPLATE: &'static str = "pages/installation/installation";

    fn samples() -> Vec<Self> {
        let page = |text: &str| Self {
            checks: vec![
                Check { label: text.into(), value: text.into(), is_well: true },
                Check { label: text.into(), value: text.into(), is_well: false },
            ],
            facts: vec![Check { label: text.into(), value: text.into(), is_well: true }; 3],
            given_up: vec![
                GivenUp {
                    kind: text.into(),
                    attempts: 8,
                    moment: Moment { at: "2026-11-21T10:42:00Z".into(), when: "2026-11-21 10:42".into() },
                    error: text.into(),
                };
                3
            ],
            more: 7,
        };
        let texts = ["Ordinary".to_owned(), "錯誤訊息".repeat(80), "\"><script>alert(1)</script>".to_owned()];
        texts.iter().map(|text| page(text)).chain([Self::default()]).collect()
    }
}
