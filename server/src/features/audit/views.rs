//! Contexts of the audit log.

use super::asked::Fields;
use super::told::{Change, Fact, Told};
use crate::web::form::{Choice, Field};
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
    /// For whom, where it was for somebody else.
    pub behalf: Option<String>,
    /// Whence, truncated.
    pub address: Option<String>,
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
    /// The details, where there are any.
    pub told: Option<Told>,
}

/// The audit log.
#[derive(Clone, Debug, Default, Serialize)]
pub struct AuditPage {
    /// What walking the chain found, when it was walked just now.
    pub verified: Option<VerifiedView>,
    /// Entries of the whole chain.
    pub total: u64,
    /// Entries that the filter lets through.
    pub found: u64,
    /// Not all entries are shown.
    pub is_filtered: bool,
    /// The filter could not be understood.
    pub is_refused: bool,
    /// The filter.
    pub(super) filter: Fields,
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
            found: 2,
            is_filtered: true,
            is_refused: false,
            filter: sample_fields(text),
            entries: vec![
                EntryView {
                    sequence: 1_200,
                    moment: Moment { at: "2026-11-21T10:42:00Z".into(), when: "2026-11-21 10:42".into() },
                    actor: text.into(),
                    behalf: Some(text.into()),
                    address: Some("203.0.113.0/24".into()),
                    action: text.into(),
                    subject: text.into(),
                    href: Some("/assessments/1".into()),
                    only_href: Some("/audit?subject=1".into()),
                    hash: "abababababab".into(),
                    full_hash: "ab".repeat(32),
                    erased: false,
                    told: Some(Told {
                        changes: vec![
                            Change { name: "name".into(), before: Some(text.into()), after: Some(text.into()) },
                            Change { name: String::new(), before: None, after: None },
                        ],
                        facts: vec![Fact { name: "way".into(), text: text.into() }],
                    }),
                },
                EntryView { erased: true, subject: text.into(), ..EntryView::default() },
            ],
            newest_href: Some("/audit".into()),
            older: Some("/audit?before=1150".into()),
        };
        let texts = ["Ordinary".to_owned(), "審計紀錄".repeat(80), "\"><script>alert(1)</script>".to_owned()];
        let empty = Self { filter: sample_fields("x"), ..Self::default() };
        let refused = Self { is_filtered: true, is_refused: true, ..empty.clone() };
        texts.iter().map(|text| page(text)).chain([empty, refused]).collect()
    }
}

fn sample_fields(text: &str) -> Fields {
    let select = |name: &str| Field {
        id: name.into(),
        name: name.into(),
        label: text.into(),
        blank: Some("Any".into()),
        options: vec![Choice { key: "member".into(), text: text.into(), note: None, chosen: true }],
        required: true,
        ..Field::default()
    };
    let typed = |name: &str, kind: &'static str| Field {
        id: name.into(),
        name: name.into(),
        label: text.into(),
        error: Some(text.into()),
        value: text.into(),
        required: true,
        kind,
        ..Field::default()
    };
    Fields {
        who: select("who"),
        what: select("what"),
        kind: select("kind"),
        from: typed("from", "date"),
        to: typed("to", "date"),
        address: typed("address", "text"),
        subject: text.into(),
    }
}
