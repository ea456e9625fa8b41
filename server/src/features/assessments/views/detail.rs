//! The page of one assessment.

use super::list::Delivery;
use super::{HOSTILE, Head, overlong};
use crate::web::due::Due;
use crate::web::render::View;
use serde::Serialize;

/// The page.
#[derive(Debug, Serialize)]
pub struct Detail {
    /// What stands on top.
    pub head: Head,
    /// Facts.
    pub facts: Facts,
    /// Questions answered, and asked; none of a draft.
    pub progress: Option<Progress>,
    /// What the caller can do now.
    pub actions: Actions,
    /// What speaks against finishing the review.
    pub unfinished: Option<String>,
    /// Posted twice, a reminder is sent once.
    pub once: String,
    /// The newest stored rating.
    pub rating: Option<String>,
    /// The residual risk behind it.
    pub residual: Option<String>,
    /// When it was stored.
    pub scored: Option<String>,
    /// Who signs for the vendor, once named.
    pub signatory: Option<String>,
    /// Whom the vendor's people asked in.
    pub colleagues: Vec<Colleague>,
    /// Messages, newest first.
    pub messages: Vec<Message>,
    /// Links, newest first.
    pub links: Vec<Link>,
    /// Submissions, newest first.
    pub submissions: Vec<Submitted>,
    /// The audit log.
    pub audit_href: String,
    /// The newest audit entries, for those who may read them.
    pub entries: Option<Vec<Event>>,
}

/// Facts of an assessment.
#[derive(Clone, Debug, Serialize)]
pub struct Facts {
    /// The vendor's page.
    pub vendor_href: String,
    /// The engagement's page.
    pub engagement_href: String,
    /// The questionnaire's version.
    pub version_href: Option<String>,
    /// Its number.
    pub version: i64,
    /// The contact's address.
    pub email: String,
    /// By when.
    pub due: Due,
    /// What was added to the mail.
    pub message: Option<String>,
    /// When it was prepared.
    pub drafted: String,
    /// When it was sent.
    pub issued: Option<String>,
    /// When the vendor opened it.
    pub opened: Option<String>,
    /// When it was last submitted.
    pub submitted: Option<String>,
    /// When it was closed.
    pub closed: Option<String>,
}

/// How far the vendor got, as `partials/progress` reads it.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Progress {
    /// Questions that have an answer.
    pub answered: i64,
    /// Questions that are asked.
    pub of: i64,
}

/// What a caller can do in the state that the assessment is in.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Actions {
    /// See what will be sent, and send it.
    pub preview: bool,
    /// Remind the contact.
    pub remind: bool,
    /// Copy a link.
    pub copy: bool,
    /// Move the due date.
    pub extend: bool,
    /// Withdraw it.
    pub recall: bool,
    /// What would be withdrawn was never sent.
    pub is_draft: bool,
    /// Take it in review.
    pub take: bool,
    /// Give questions back.
    pub give_back: bool,
    /// Mark it reviewed.
    pub finish: bool,
    /// Close it.
    pub close: bool,
}

/// A message.
#[derive(Clone, Debug, Serialize)]
pub struct Message {
    /// What became of it.
    pub delivery: Delivery,
    /// When it was made.
    pub made: String,
    /// To whom.
    pub to: String,
}

/// A link.
#[derive(Clone, Debug, Serialize)]
pub struct Link {
    /// Key of the words for what it was made for.
    pub purpose_key: String,
    /// Whose it is.
    pub to: String,
    /// When it was made.
    pub made: String,
    /// When it was first used.
    pub used: Option<String>,
    /// Until when it works.
    pub until: String,
    /// Key of the words for how it stands.
    pub state_key: String,
    /// It works.
    pub works: bool,
    /// Where it is revoked, for those who may.
    pub revoke_href: Option<String>,
}

/// A submission.
#[derive(Clone, Debug, Serialize)]
pub struct Submitted {
    /// Which, from 1.
    pub round: i64,
    /// When.
    pub at: String,
    /// Who attested it.
    pub attested: String,
    /// How many answers it has.
    pub answers: usize,
    /// The hash over all of them.
    pub hash: String,
}

/// An audit entry, as `partials/timeline` reads it.
#[derive(Clone, Debug, Serialize)]
pub struct Event {
    /// What was done.
    pub text: String,
    /// By whom.
    pub by: String,
    /// When, for programs.
    pub at: String,
    /// When.
    pub when: String,
    /// Its hash.
    pub hash: String,
    /// A line under it.
    pub note: Option<String>,
    /// Where it leads.
    pub href: Option<String>,
}

/// Somebody whom the vendor's people asked in.
#[derive(Clone, Debug, Serialize)]
pub struct Colleague {
    /// Their name.
    pub name: String,
    /// Their address.
    pub email: String,
    /// What for.
    pub what: String,
    /// Since when.
    pub since: String,
    /// When they first came in.
    pub opened: Option<String>,
}

impl View for Detail {
    const TEMPLATE: &'static str = "pages/assessments/show";

    fn samples() -> Vec<Self> {
        let facts = |text: &str| Facts {
            vendor_href: "/vendors/1".into(),
            engagement_href: "/engagements/1".into(),
            version_href: Some("/templates/versions/1".into()),
            version: 1,
            email: text.into(),
            due: Due::sample("late"),
            message: Some(text.into()),
            drafted: "2026-11-01 10:42".into(),
            issued: Some("2026-11-01 10:43".into()),
            opened: None,
            submitted: None,
            closed: None,
        };
        let everything = Actions {
            preview: true,
            remind: true,
            copy: true,
            extend: true,
            recall: true,
            is_draft: false,
            take: true,
            give_back: true,
            finish: true,
            close: true,
        };
        let full = |text: &str| Self {
            head: Head::sample(text),
            facts: facts(text),
            progress: Some(Progress { answered: 3, of: 30 }),
            actions: everything.clone(),
            unfinished: Some(text.into()),
            once: "1".into(),
            rating: Some("high".into()),
            residual: Some("51.2".into()),
            scored: Some("2026-11-21 10:42".into()),
            signatory: Some(text.into()),
            colleagues: [Some("2026-11-21 10:42".to_owned()), None]
                .map(|opened| Colleague {
                    name: text.into(),
                    email: text.into(),
                    what: text.into(),
                    since: "2026-11-21 10:42".into(),
                    opened,
                })
                .into(),
            messages: vec![Message {
                delivery: Delivery::sample(text),
                made: "2026-11-21 10:42".into(),
                to: text.into(),
            }],
            links: vec![Link {
                purpose_key: "assessments.purpose.copy".into(),
                to: text.into(),
                made: "2026-11-21 10:42".into(),
                used: None,
                until: "2027-01-21".into(),
                state_key: "assessments.link_state.works".into(),
                works: true,
                revoke_href: Some("/assessments/1/links/1/revoke".into()),
            }],
            submissions: vec![Submitted {
                round: 1,
                at: "2026-11-21 10:42".into(),
                attested: text.into(),
                answers: 30,
                hash: "ab".repeat(32),
            }],
            audit_href: "/audit".into(),
            entries: Some(vec![Event {
                text: text.into(),
                by: text.into(),
                at: "2026-11-21T10:42:00Z".into(),
                when: "2026-11-21 10:42".into(),
                hash: "ab".repeat(32),
                note: None,
                href: None,
            }]),
        };
        let empty = Self {
            facts: Facts { message: None, issued: None, ..facts("Northwind") },
            progress: None,
            unfinished: None,
            actions: Actions { preview: true, is_draft: true, ..Actions::default() },
            rating: None,
            residual: None,
            scored: None,
            signatory: None,
            colleagues: Vec::new(),
            messages: Vec::new(),
            links: Vec::new(),
            submissions: Vec::new(),
            entries: None,
            ..full("Northwind")
        };
        vec![empty, full("Northwind"), full(&overlong()), full(HOSTILE)]
    }
}
