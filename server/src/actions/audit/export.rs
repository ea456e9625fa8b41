//! A whole log as JSON Lines, written while it is read.

use super::BATCH;
use crate::actions::{Act, Buyer};
use crate::error::{AppError, Result};
use crate::platform::Platform;
use crate::platform::signing::Key;
use crate::repo::{self, BuyerScope, SystemScope};
use bytes::Bytes;
use domain::answer::iso_date;
use domain::audit::file::{Closing, ClosingHead, DECIDED, FORMAT, Header, Line, SCORED, Score};
use domain::audit::{Head, Recorded};
use domain::ids::{PolicyId, ScoreId};
use futures::Stream;
use futures::stream::try_unfold;
use serde::{Deserialize, Serialize};
use serde_json::json;
use time::Date;
use uuid::Uuid;

/// The media type of JSON Lines.
pub const JSON_LINES: &str = "application/jsonl";

/// A log on its way out.
pub struct Exported<S> {
    /// Whose: the organisation's name.
    pub name: String,
    /// How many entries; the last one says that the log was exported.
    pub entries: i64,
    /// The lines, in pieces.
    pub lines: S,
}

impl<S> Exported<S> {
    /// What the file is called: whose log, of which day, up to which entry.
    pub fn file_name(&self, day: Date) -> String {
        let kept = |c: char| if c.is_control() || "/\\:*?\"<>|".contains(c) { ' ' } else { c };
        let name: String = self.name.chars().map(kept).take(60).collect();
        format!("{} - audit log {} to {}.jsonl", name.trim(), iso_date::write(day), self.entries)
    }
}

/// Exports the caller's log up to this moment. That it was exported stands in it as its last entry.
///
/// # Errors
/// When the database fails. Broken off later, the file lacks its last line, and no verifier takes it for whole.
pub async fn export(platform: &Platform, by: &Buyer) -> Result<Exported<impl Stream<Item = Result<Bytes>> + use<>>> {
    let organisation = by.scope.organisation();
    let own = repo::organisations::own(platform.db.read(), by.scope).await?.ok_or(AppError::NotFound)?;
    let mut act = Act::begin(platform).await?;
    act.record(&by.scope, by.actor, "audit.exported", ("organisation", organisation.0), &json!({}));
    let (head, key) = act.written(organisation).await?.ok_or_else(|| AppError::internal("nothing was recorded"))?;
    let (head, key) = (head.clone(), key.clone());
    act.commit().await?;
    let header = Header {
        format: FORMAT.to_owned(),
        organisation,
        name: own.name.clone(),
        keys: platform.signer.keys().iter().map(hex::encode).collect(),
    };
    let mut first = Vec::new();
    write(&mut first, &header)?;
    let entries = head.sequence;
    let state = Exporting { platform: platform.clone(), scope: by.scope, head, key, next: 1, first: Some(first) };
    Ok(Exported { name: own.name, entries, lines: try_unfold(Some(state), piece) })
}

struct Exporting {
    platform: Platform,
    scope: BuyerScope,
    head: Head,
    key: Key,
    next: i64,
    first: Option<Vec<u8>>,
}

async fn piece(state: Option<Exporting>) -> Result<Option<(Bytes, Option<Exporting>)>> {
    let Some(mut state) = state else { return Ok(None) };
    if let Some(first) = state.first.take() {
        return Ok(Some((first.into(), Some(state))));
    }
    let (db, organisation) = (state.platform.db.read(), state.scope.organisation());
    let mut entries = repo::audit::walk(db, SystemScope, organisation, state.next, BATCH).await?;
    entries.retain(|entry| entry.statement.sequence <= state.head.sequence);
    let mut lines = Vec::new();
    let last = entries.last().map(|entry| entry.statement.sequence);
    for entry in entries {
        let score = score_of(&state, &entry).await?;
        let record = record_of(&state, &entry).await?;
        write(&mut lines, &Line::of(entry, score, record))?;
    }
    match last {
        Some(last) if last < state.head.sequence => {
            state.next = last + 1;
            Ok(Some((lines.into(), Some(state))))
        }
        // A gap would come out here too: the file is then what the log is, and the verifier says so.
        _ => {
            let hash = hex::encode(&state.head.hash);
            let head = ClosingHead { organisation, sequence: state.head.sequence, hash };
            let signature = hex::encode(state.key.sign(&head.message()));
            write(&mut lines, &Closing { head, signature })?;
            Ok(Some((lines.into(), None)))
        }
    }
}

/// The score that an entry is about, with what it was computed from.
async fn score_of(state: &Exporting, entry: &Recorded) -> Result<Option<Score>> {
    #[derive(Deserialize)]
    struct Named {
        score: ScoreId,
    }
    let Some((_, details)) = entry.details.as_ref().filter(|_| entry.statement.action == SCORED) else {
        return Ok(None);
    };
    let Ok(Named { score }) = serde_json::from_str(details) else { return Ok(None) };
    let db = state.platform.db.read();
    let Some(row) = repo::scores::get(db, state.scope, score).await? else { return Ok(None) };
    let Some(policy) = repo::policies::get(db, state.scope, PolicyId(row.policy_id)).await? else { return Ok(None) };
    let input = repo::scores::input(db, state.scope, &row).await?;
    Ok(Some(Score { policy: policy.document, input, output: row.output }))
}

/// The record of the decision that an entry is about.
async fn record_of(state: &Exporting, entry: &Recorded) -> Result<Option<String>> {
    #[derive(Deserialize)]
    struct Named {
        decision: Uuid,
    }
    let Some((_, details)) = entry.details.as_ref().filter(|_| entry.statement.action == DECIDED) else {
        return Ok(None);
    };
    let Ok(Named { decision }) = serde_json::from_str(details) else { return Ok(None) };
    let row = repo::decisions::decision(state.platform.db.read(), state.scope, decision).await?;
    Ok(row.map(|row| row.record))
}

fn write(lines: &mut Vec<u8>, line: &impl Serialize) -> Result<()> {
    serde_json::to_writer(&mut *lines, line)?;
    lines.push(b'\n');
    Ok(())
}
