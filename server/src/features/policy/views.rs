//! Context of the page of the scoring policy.

use crate::web::moment::Moment;
use crate::web::render::View;
use serde::Serialize;

/// A version of the policy.
#[derive(Clone, Debug, Serialize)]
pub struct VersionRow {
    /// Its name and number.
    pub name: String,
    /// It is in force.
    pub is_current: bool,
    /// When it was published.
    pub published: Moment,
    /// Of the document.
    pub sha256: String,
}

/// A run that computes stored scores anew.
#[derive(Clone, Debug, Serialize)]
pub struct RunRow {
    /// The policy that it scores by.
    pub policy: String,
    /// `running`, `stopped` or `done`.
    pub state: String,
    /// The same in words.
    pub state_text: String,
    /// The kind of badge.
    pub kind: String,
    /// Engagements that it has looked at.
    pub done: i64,
    /// Altogether.
    pub total: i64,
    /// How far it is, in words.
    pub progress: String,
    /// How many were scored, in words.
    pub scored: String,
    /// How many had nothing to score, in words.
    pub unscored: String,
    /// When it was started.
    pub started: Moment,
    /// When it ended.
    pub ended: Option<Moment>,
    /// Who started it.
    pub by: String,
    /// Where it is stopped.
    pub stop_href: Option<String>,
    /// Where it goes on.
    pub resume_href: Option<String>,
}

/// The scoring policy.
#[derive(Clone, Debug, Serialize)]
pub struct PolicyPage {
    /// Its versions, the newest first.
    pub versions: Vec<VersionRow>,
    /// The runs, the newest first.
    pub runs: Vec<RunRow>,
    /// One is under way.
    pub is_running: bool,
    /// The caller may start and stop runs.
    pub may_run: bool,
    /// Posted twice, it starts once.
    pub once: String,
}

impl View for PolicyPage {
    const TEMPLATE: &'static str = "pages/policy/show";

    fn samples() -> Vec<Self> {
        let moment = || Moment { at: "2026-11-21T10:42:00Z".into(), when: "2026-11-21 10:42".into() };
        let run = |state: &str, text: &str| RunRow {
            policy: text.into(),
            state: state.into(),
            state_text: text.into(),
            kind: "info".into(),
            done: 3,
            total: 10,
            progress: text.into(),
            scored: text.into(),
            unscored: text.into(),
            started: moment(),
            ended: (state != "running").then(moment),
            by: text.into(),
            stop_href: (state == "running").then(|| "/policy/runs/1/stop".into()),
            resume_href: (state == "stopped").then(|| "/policy/runs/1/resume".into()),
        };
        let page = |text: &str| {
            let version =
                |is_current| VersionRow { name: text.into(), is_current, published: moment(), sha256: "b".repeat(64) };
            Self {
                versions: vec![version(true), version(false)],
                runs: vec![run("running", text), run("stopped", text), run("done", text)],
                is_running: true,
                may_run: true,
                once: "1".into(),
            }
        };
        let empty =
            Self { versions: Vec::new(), runs: Vec::new(), is_running: false, may_run: false, once: String::new() };
        let idle = Self { runs: Vec::new(), is_running: false, ..page("Default") };
        vec![empty, idle, page(&"評分政策 ".repeat(60)), page("\"><script>alert(1)</script>")]
    }
}
