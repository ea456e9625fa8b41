//! Contexts of the audit log.

use crate::web::moment::Moment;
use crate::web::render::View;
use serde::Serialize;

/// What walking the chain found.
#[derive(Clone, Debug, Default, Serialize)]
pub struct VerifiedView {
    /// `success` or `error`.
    pub kind: &'static str,
    /// In words.
    pub text: String,
    /// The first entry that is broken.
    pub href: Option<String>,
}

/// An entry.
#[derive(Clone, Debug, Default, Serialize)]
pub struct EntryView {
    /// Its number in the chain.
    pub sequence: i64,
    /// When.
    pub moment: Moment,
    /// Who.
    pub actor: String,
    /// What was done.
    pub action: String,
    /// To what.
    pub subject: String,
    /// Where that stands.
    pub href: Option<String>,
    /// Entries about the same thing.
    pub only_href: Option<String>,
    /// Its hash, abbreviated.
    pub hash: String,
    /// Its hash.
    pub full_hash: String,
    /// The details were erased.
    pub erased: bool,
    /// There are details.
    pub has_details: bool,
    /// The details, as JSON.
    pub details: String,
}

/// The audit log.
#[derive(Clone, Debug, Default, Serialize)]
pub struct AuditPage {
    /// What walking the chain found, when it was walked just now.
    pub verified: Option<VerifiedView>,
    /// Entries of the whole chain.
    pub total: u64,
    /// Only entries about one thing are shown.
    pub about: bool,
    /// Newest first.
    pub entries: Vec<EntryView>,
    /// Back to the newest.
    pub newest_href: Option<String>,
    /// Older ones.
    pub older: Option<String>,
}

impl View for AuditPage {
    const TEMPLATE: &'static str = "pages/audit/log";

    fn samples() -> Vec<Self> {
        let page = |text: &str| Self {
            verified: Some(VerifiedView { kind: "error", text: text.into(), href: Some("/audit?before=3".into()) }),
            total: 1_200,
            about: true,
            entries: vec![
                EntryView {
                    sequence: 1_200,
                    moment: Moment { at: "2026-11-21T10:42:00Z".into(), when: "2026-11-21 10:42".into() },
                    actor: text.into(),
                    action: text.into(),
                    subject: text.into(),
                    href: Some("/assessments/1".into()),
                    only_href: Some("/audit?subject=1".into()),
                    hash: "abababababab".into(),
                    full_hash: "ab".repeat(32),
                    erased: false,
                    has_details: true,
                    details: text.into(),
                },
                EntryView { erased: true, subject: text.into(), ..EntryView::default() },
            ],
            newest_href: Some("/audit".into()),
            older: Some("/audit?before=1150".into()),
        };
        let texts = ["Ordinary".to_owned(), "審計紀錄".repeat(80), "\"><script>alert(1)</script>".to_owned()];
        texts.iter().map(|text| page(text)).chain([Self::default()]).collect()
    }
}
