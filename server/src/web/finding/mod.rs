//! A finding as both sides read it: what is known of it, its plan, its history, and the steps that can be taken now.

pub mod dto;
mod read;
mod steps;

pub use read::{Names, Reads, read};
pub use steps::{forms, lost, placed, typed, wanted};

use super::due::Due;
use super::form::{ErrorLink, Field, TypedLine};
use serde::Serialize;

/// A finding, as `partials/finding` reads it.
#[derive(Clone, Debug, Default, Serialize)]
pub struct FindingView {
    /// In short.
    pub title: String,
    /// What is not as it should be.
    pub description: String,
    /// Where it stands: `open`.
    pub state: String,
    /// Key of that in words.
    pub state_key: String,
    /// How much it weighs: `major`.
    pub severity: String,
    /// Key of that in words.
    pub severity_key: String,
    /// Key of how much work it takes.
    pub effort_key: Option<String>,
    /// When it is to be closed.
    pub due: Option<Due>,
    /// Who answers for it.
    pub owner: Option<String>,
    /// The question that it is about.
    pub question: Option<String>,
    /// The answer that it came from.
    pub answer: Option<AnswerGiven>,
    /// What is answered since, where that is something else.
    pub since: Option<AnswerGiven>,
    /// The controls that it touches.
    pub controls: Vec<String>,
    /// Why, and why that; the last is the root cause.
    pub whys: Vec<String>,
    /// What puts the case right.
    pub correction: Option<String>,
    /// What keeps it from coming again.
    pub actions: Vec<ActionLine>,
    /// Files that were handed in and stand beside no action: of a plan that was begun anew, for example.
    pub files: Vec<FileLink>,
    /// Its life, the newest first.
    pub history: Vec<Lived>,
    /// What both sides wrote to each other.
    pub shared: Vec<NoteLine>,
}

/// An answer, as `partials/finding_answer` reads it.
#[derive(Clone, Debug, Serialize)]
pub struct AnswerGiven {
    /// In words.
    pub text: String,
    /// When it was submitted.
    pub submitted: String,
    /// The files beside it, for those who may see them.
    pub evidence: Vec<EvidenceLine>,
}

/// A file beside an answer.
#[derive(Clone, Debug, Serialize)]
pub struct EvidenceLine {
    /// Its address, where it is still kept.
    pub href: Option<String>,
    /// Its name.
    pub name: String,
    /// From when it is effective.
    pub from: String,
}

/// A corrective action.
#[derive(Clone, Debug, Serialize)]
pub struct ActionLine {
    /// What removes the cause.
    pub what: String,
    /// Who does it.
    pub owner: String,
    /// By when.
    pub due: Due,
    /// That it is done: by whom, when, and what.
    pub done: Option<String>,
    /// What was done.
    pub note: Option<String>,
    /// Files that show it.
    pub files: Vec<FileLink>,
}

/// A file.
#[derive(Clone, Debug, Serialize)]
pub struct FileLink {
    /// Its address.
    pub href: String,
    /// Its name.
    pub name: String,
}

/// Something that happened to it.
#[derive(Clone, Debug, Serialize)]
pub struct Lived {
    /// Key of what.
    pub key: String,
    /// Who did it.
    pub by: String,
    /// When.
    pub when: String,
    /// What was written with it.
    pub note: Option<String>,
}

/// Something written.
#[derive(Clone, Debug, Serialize)]
pub struct NoteLine {
    /// Who wrote it.
    pub by: String,
    /// When.
    pub when: String,
    /// What.
    pub words: String,
}

/// A step that can be taken now, as `partials/finding_steps` reads it.
#[derive(Clone, Debug, Serialize)]
pub struct StepForm {
    /// Its name.
    pub step: String,
    /// Key of what it is called.
    pub title_key: String,
    /// Key of what it does.
    pub about_key: String,
    /// The revision that was seen.
    pub seen: i64,
    /// A key for the form.
    pub once: String,
    /// Where it is posted.
    pub action: String,
    /// What is to be filled in.
    pub fields: Vec<StepField>,
    /// It is shown opened.
    pub open: bool,
}

/// A field of a step.
#[derive(Clone, Debug, Serialize)]
pub struct StepField {
    /// `input`, `textarea`, `select`, `date`, `file` or `title`.
    pub kind: &'static str,
    /// The field.
    pub field: Field,
}

/// The forms of a finding, with what is wrong in one of them.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Steps {
    /// What can be done now.
    pub forms: Vec<StepForm>,
    /// What is wrong.
    pub errors: Vec<ErrorLink>,
    /// What was typed for a step that is not possible any more, to be taken along.
    pub lost: Vec<TypedLine>,
}

impl FindingView {
    /// For samples in tests.
    pub fn sample(text: &str) -> Self {
        let file = || FileLink { href: "/findings/1/files/1".into(), name: text.into() };
        let evidence = |href: Option<&str>| EvidenceLine {
            href: href.map(str::to_owned),
            name: text.into(),
            from: "2026-01-31".into(),
        };
        let answer = || AnswerGiven {
            text: text.into(),
            submitted: "2026-11-21 10:42".into(),
            evidence: vec![evidence(Some("/assessments/1/evidence/1")), evidence(None)],
        };
        Self {
            title: text.into(),
            description: text.into(),
            state: "in_action".into(),
            state_key: "finding.state.in_action".into(),
            severity: "major".into(),
            severity_key: "finding.severity.major".into(),
            effort_key: Some("finding.effort.small".into()),
            due: Some(Due::sample("late")),
            owner: Some(text.into()),
            question: Some(text.into()),
            answer: Some(answer()),
            since: Some(answer()),
            controls: vec!["A.2.2".into()],
            whys: vec![text.into(), text.into()],
            correction: Some(text.into()),
            actions: vec![
                ActionLine {
                    what: text.into(),
                    owner: text.into(),
                    due: Due::sample(""),
                    done: Some(text.into()),
                    note: Some(text.into()),
                    files: vec![file()],
                },
                ActionLine {
                    what: text.into(),
                    owner: text.into(),
                    due: Due::sample("late"),
                    done: None,
                    note: None,
                    files: Vec::new(),
                },
            ],
            files: vec![file()],
            history: vec![Lived {
                key: "finding.did.raise".into(),
                by: text.into(),
                when: "2026-11-21 10:42".into(),
                note: Some(text.into()),
            }],
            shared: vec![NoteLine { by: text.into(), when: "2026-11-21 10:42".into(), words: text.into() }],
        }
    }
}

impl Steps {
    /// For samples in tests.
    pub fn sample(text: &str) -> Self {
        let field = |step: &str, kind: &'static str| StepField {
            kind,
            field: Field {
                id: format!("{step}-{kind}"),
                name: kind.into(),
                label: text.into(),
                value: text.into(),
                error: Some(text.into()),
                kind: "text",
                ..Field::default()
            },
        };
        let form = |step: &str| StepForm {
            step: step.into(),
            title_key: format!("finding.step.{step}"),
            about_key: format!("finding.about.{step}"),
            seen: 1,
            once: "1".into(),
            action: "/findings/1".into(),
            fields: ["input", "textarea", "select", "date", "file", "title"].map(|kind| field(step, kind)).into(),
            open: true,
        };
        Self {
            forms: vec![form("plan"), form("act")],
            errors: vec![ErrorLink { href: "#plan-input".into(), text: text.into() }],
            lost: vec![TypedLine { label: text.into(), text: text.into() }],
        }
    }
}
