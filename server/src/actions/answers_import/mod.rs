//! A filled-in workbook comes back: read into a row for each of its answers (`read`, `rows`), all or some of them
//! applied in one transaction (`apply`), and taken back (`undo`).

mod apply;
mod details;
mod original;
mod provenance;
mod read;
mod rows;
mod strangers;
mod undo;

pub use apply::{Choice, Pick, apply};
pub use details::{Candidate, Details};
pub use original::original;
pub use provenance::{earlier, kept};
pub use read::preview;
pub(super) use read::understand;
pub(super) use rows::{keep, rows, summary};
pub use undo::undo;

use super::save_answer::Said;
use crate::error::{AppError, Result};
use crate::platform::Platform;
use crate::platform::published::Version;
use crate::platform::workbook::{ReadLimits, read_in_child};
use crate::repo::VendorScope;
use bytes::Bytes;
use domain::access::Permission;
use domain::answer::Limits;
use domain::problem::Problem;
use domain::sheet::matching::Reader;
use domain::sheet::{Vocabulary, Workbook};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// What would become of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// No answer stands there yet.
    New,
    /// Another answer stands there.
    Changed,
    /// The same stands there.
    Unchanged,
    /// Another answer was given since the workbook was made.
    Conflict,
    /// A row that may ask this question, or whose answer fits none of its options: a person has to say.
    Ask,
    /// A row of another questionnaire that may say something to this question: a person confirms it.
    Suggestion,
    /// It cannot be an answer.
    Invalid,
    /// It belongs to no question.
    Unknown,
    /// It asks nothing, or nobody answered it.
    Skipped,
}

impl Verdict {
    /// All verdicts.
    pub const ALL: [Self; 9] = [
        Self::New,
        Self::Changed,
        Self::Conflict,
        Self::Ask,
        Self::Suggestion,
        Self::Invalid,
        Self::Unknown,
        Self::Skipped,
        Self::Unchanged,
    ];

    /// Its name in the database and the API.
    pub fn name(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Changed => "changed",
            Self::Unchanged => "unchanged",
            Self::Conflict => "conflict",
            Self::Ask => "ask",
            Self::Suggestion => "suggestion",
            Self::Invalid => "invalid",
            Self::Unknown => "unknown",
            Self::Skipped => "skipped",
        }
    }

    /// The verdict of this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|verdict| verdict.name() == name)
    }

    /// The group that its rows are shown in.
    pub fn group(self) -> Group {
        match self {
            Self::New | Self::Changed => Group::Change,
            Self::Conflict => Group::Conflict,
            Self::Ask | Self::Invalid => Group::Ask,
            Self::Suggestion => Group::Suggestion,
            Self::Unknown | Self::Skipped => Group::Skipped,
            Self::Unchanged => Group::Same,
        }
    }

    /// Whether such a row can be applied as it stands, where it has a reply.
    pub fn can_apply(self) -> bool {
        matches!(self, Self::New | Self::Changed | Self::Conflict | Self::Ask | Self::Suggestion)
    }
}

/// What rows are looked through by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Group {
    /// They would change an answer, or give one.
    Change,
    /// Another answer stands there.
    Conflict,
    /// A person has to look at them.
    Ask,
    /// They come from another questionnaire.
    Suggestion,
    /// They are left out.
    Skipped,
    /// What they say stands there.
    Same,
}

impl Group {
    /// All groups, in the order in which they are looked through.
    pub const ALL: [Self; 6] = [Self::Change, Self::Conflict, Self::Ask, Self::Suggestion, Self::Skipped, Self::Same];

    /// Its name in addresses and the API.
    pub fn name(self) -> &'static str {
        match self {
            Self::Change => "change",
            Self::Conflict => "conflict",
            Self::Ask => "ask",
            Self::Suggestion => "suggestion",
            Self::Skipped => "skipped",
            Self::Same => "same",
        }
    }
}

/// Reads answers of a workbook as replies to questions of a version, in all of its languages.
fn reading<'a>(words: &'a Vocabulary, limits: &'a Limits, version: &'a Version, date_1904: bool) -> Reader<'a> {
    Reader { editions: version.editions().collect(), words, limits, date_1904 }
}

/// Reads an uploaded workbook under the installation's limits.
///
/// # Errors
/// What is wrong with the file, located in it.
pub async fn read_workbook(platform: &Platform, bytes: &Bytes) -> Result<Workbook> {
    let limits = &platform.config.limits;
    if bytes.len() > limits.workbook_bytes {
        return Err(AppError::TooLarge { what: "workbook", most: limits.workbook_bytes as u64 });
    }
    let limits = ReadLimits { file_bytes: limits.workbook_bytes as u64, ..limits.workbook };
    let _turn = platform.readers.acquire().await.map_err(AppError::internal)?;
    read_in_child(&platform.exe, bytes, &limits).await.map_err(|refusal| {
        metrics::counter!("candor_workbooks_refused_total").increment(1);
        Problem::from(&refusal).into()
    })
}

/// A workbook holds every question: it is for those who may answer every one.
pub(super) fn whole(scope: VendorScope) -> Result<()> {
    if scope.may(Permission::Answer) { Ok(()) } else { Err(AppError::Forbidden) }
}

/// A file's name as it is shown: its last part, of bounded length.
pub(super) fn shown_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    last.chars().filter(|c| !c.is_control()).take(200).collect()
}

fn as_json(said: &Said) -> Value {
    json!({ "reply": said.reply, "comment": said.comment })
}

fn from_json(value: &Value) -> Result<Said> {
    Ok(Said {
        reply: serde_json::from_value(value["reply"].clone())?,
        comment: serde_json::from_value(value["comment"].clone())?,
    })
}
