//! A filled-in workbook comes back: read into a row for each of its answers ([`read`], [`rows`]), all or some of them
//! applied in one transaction ([`apply`]), and taken back ([`undo`]).

mod apply;
mod read;
mod rows;
mod strangers;
mod undo;

pub use apply::{Choice, apply};
pub use read::preview;
pub use undo::undo;

use super::save_answer::Said;
use crate::error::{AppError, Result};
use crate::platform::Platform;
use crate::platform::workbook::{ReadLimits, read_in_child};
use crate::repo::VendorScope;
use bytes::Bytes;
use domain::access::Permission;
use domain::problem::Problem;
use domain::sheet::Workbook;
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
    /// A stranger's row that may ask this question: a person has to say.
    Ask,
    /// It cannot be an answer.
    Invalid,
    /// It belongs to no question.
    Unknown,
}

impl Verdict {
    /// All verdicts.
    pub const ALL: [Self; 7] =
        [Self::New, Self::Changed, Self::Conflict, Self::Ask, Self::Invalid, Self::Unknown, Self::Unchanged];

    /// Its name in the database and the API.
    pub fn name(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Changed => "changed",
            Self::Unchanged => "unchanged",
            Self::Conflict => "conflict",
            Self::Ask => "ask",
            Self::Invalid => "invalid",
            Self::Unknown => "unknown",
        }
    }

    /// Whether rows with the verdict of this name can be applied at all.
    pub fn applies(name: &str) -> bool {
        Self::ALL.into_iter().any(|verdict| verdict.name() == name && verdict.can_apply())
    }

    /// Whether such a row can be applied at all.
    pub fn can_apply(self) -> bool {
        matches!(self, Self::New | Self::Changed | Self::Conflict | Self::Ask)
    }
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
fn whole(scope: VendorScope) -> Result<()> {
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
