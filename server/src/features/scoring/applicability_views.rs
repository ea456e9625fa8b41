//! Contexts of a vendor's statement of applicability.

use super::views::{Crumb, texts};
use crate::web::render::View;
use serde::Serialize;

/// An assessment that the statement can be made from.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Source {
    /// Its id.
    pub id: String,
    /// What it is used for, and the questionnaire.
    pub text: String,
    /// It is the one.
    pub chosen: bool,
}

/// How many controls have a word.
#[derive(Clone, Debug, Default, Serialize)]
pub struct WordCount {
    /// The word.
    pub word: String,
    /// How many.
    pub count: usize,
}

/// An engagement that the statement speaks of.
#[derive(Clone, Debug, Default, Serialize)]
pub struct UseRow {
    /// Its assessment.
    pub href: String,
    /// What it is called.
    pub engagement: String,
    /// What was asked.
    pub questionnaire: String,
    /// The day of the last submission.
    pub submitted: String,
}

/// The engagements in which a control has a word.
#[derive(Clone, Debug, Default, Serialize)]
pub struct WordUses {
    /// The word.
    pub word: String,
    /// How it is coloured.
    pub kind: &'static str,
    /// The engagements.
    pub engagements: String,
}

/// A control in the statement.
#[derive(Clone, Debug, Default, Serialize)]
pub struct ControlRow {
    /// `A.6.2.4`.
    pub control: String,
    /// In our own words.
    pub topic: String,
    /// What is known of it.
    pub word: String,
    /// How it is coloured.
    pub kind: &'static str,
    /// The engagements by word; empty where the statement speaks of one.
    pub by_word: Vec<WordUses>,
    /// By column: how many questions; a dash for none.
    pub counts: Vec<String>,
    /// Why questions do not apply, and whether a reviewer agreed.
    pub exclusions: Vec<String>,
}

/// A vendor's statement of applicability.
#[derive(Clone, Debug, Default, Serialize)]
pub struct ApplicabilityPage {
    /// Places above.
    pub crumbs: Vec<Crumb>,
    /// The vendor.
    pub vendor: String,
    /// Its address.
    pub action: String,
    /// What it can be made from.
    pub sources: Vec<Source>,
    /// From what and for which day it is.
    pub basis: String,
    /// Which open engagements it says nothing of; empty where there is none.
    pub silence: String,
    /// The engagements that it speaks of, where there are several.
    pub uses: Vec<UseRow>,
    /// Where the vendor is asked; none where the caller may not.
    pub ask_href: Option<String>,
    /// The workbook's address; none where there is nothing.
    pub export_href: Option<String>,
    /// The columns of questions.
    pub columns: Vec<String>,
    /// Controls by word.
    pub tally: Vec<WordCount>,
    /// The 38 controls.
    pub rows: Vec<ControlRow>,
}

impl View for ApplicabilityPage {
    const TEMPLATE: &'static str = "pages/scoring/applicability";

    fn samples() -> Vec<Self> {
        let page = |text: &str| Self {
            crumbs: vec![Crumb { href: "/vendors".into(), text: text.into() }],
            vendor: text.into(),
            action: "/vendors/1/applicability".into(),
            sources: vec![Source { id: "1".into(), text: text.into(), chosen: true }],
            basis: text.into(),
            silence: text.into(),
            uses: vec![UseRow {
                href: "/assessments/1".into(),
                engagement: text.into(),
                questionnaire: text.into(),
                submitted: "2026-11-21".into(),
            }],
            ask_href: Some("/assessments/new?vendor=1".into()),
            export_href: Some("/vendors/1/applicability/export".into()),
            columns: vec![text.into(); 6],
            tally: vec![WordCount { word: text.into(), count: 3 }],
            rows: vec![ControlRow {
                control: "A.6.2.4".into(),
                topic: text.into(),
                word: text.into(),
                kind: "ok",
                by_word: vec![WordUses { word: text.into(), kind: "warn", engagements: text.into() }],
                counts: vec!["2".into(); 6],
                exclusions: vec![text.into()],
            }],
        };
        let none = Self { export_href: None, tally: Vec::new(), rows: Vec::new(), uses: Vec::new(), ..page("None") };
        let nothing = Self { sources: Vec::new(), silence: String::new(), ..none.clone() };
        let reader = Self { ask_href: None, ..nothing.clone() };
        texts().iter().map(|text| page(text)).chain([none, nothing, reader]).collect()
    }
}
