//! A bill of materials becomes part of the register: read, looked at beside what is there, taken in, and taken back.

mod plan;

pub use super::entries::Change;
pub use plan::{Candidate, Joins, Plan, Planned, Verdict, names_of, preview};

use super::super::answers_import::shown_name;
use super::super::patience::{PROGRESS, Progress, TURN, Whose, begun, failed, took, without_failure};
use super::super::{Act, Actor, Buyer};
use super::entries::Writing;
use crate::error::{AppError, Result};
use crate::platform::Platform;
use crate::platform::bom::read_in_child;
use crate::repo;
use bytes::Bytes;
use domain::answer::iso_date;
use domain::bom::{Bom, Format, Subject, Syntax, Totals};
use domain::ids::{ComponentId, ImportId, MemberId};
use domain::problem::Problem;
use domain::register::Source;
use entity::{import, import_row};
use plan::{Editions, bounded, plan};
use sea_orm::{IntoActiveModel, Set};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use time::Date;
use uuid::Uuid;

/// What a document says of itself.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct About {
    /// By what it is known in all its editions: its serial number, or the file's name.
    pub document: String,
    /// The vendor whose product it describes.
    pub vendor: Option<Uuid>,
    /// Their name.
    pub vendor_name: Option<String>,
    /// The standard.
    pub format: Format,
    /// How it is written.
    pub syntax: Syntax,
    /// The version of the standard.
    pub spec_version: String,
    /// Its serial number or identifier.
    pub serial: Option<String>,
    /// Which edition.
    pub revision: Option<String>,
    /// When it was written, as it says.
    pub created: Option<String>,
    /// People and organisations that wrote it.
    pub created_by: Vec<String>,
    /// Programs that wrote it.
    pub tools: Vec<String>,
    /// What it is about.
    pub subject: Option<Subject>,
    /// What was counted.
    pub totals: Totals,
    /// What it does not say: codes.
    pub gaps: Vec<String>,
    /// Doubts, repetitions, references that lead nowhere.
    pub notes: Vec<Problem>,
}

impl About {
    fn new(bom: &Bom, file_name: &str, vendor: Option<(Uuid, String)>) -> Self {
        let (vendor, vendor_name) = vendor.unzip();
        Self {
            document: bounded(bom.serial.as_deref().unwrap_or(file_name)),
            vendor,
            vendor_name,
            format: bom.format,
            syntax: bom.syntax,
            spec_version: bom.spec_version.clone(),
            serial: bom.serial.clone(),
            revision: bom.revision.clone(),
            created: bom.created.clone(),
            created_by: bom.created_by.clone(),
            tools: bom.tools.clone(),
            subject: bom.subject.clone(),
            totals: bom.totals,
            gaps: bom.gaps.clone(),
            notes: bom.notes.clone(),
        }
    }

    /// Of an import of a bill of materials.
    ///
    /// # Errors
    /// [`AppError::NotFound`] when it is another kind of import.
    pub fn of(import: &import::Model) -> Result<Self> {
        if import.kind != "bom" {
            return Err(AppError::NotFound);
        }
        Ok(serde_json::from_value(import.summary.clone())?)
    }

    /// What counts as the same source.
    pub(super) fn key(&self) -> String {
        let (document, none) = (self.document.clone(), String::new());
        Source::Bom { document, sha256: none.clone(), element: none }.key()
    }

    /// The day on which it says what it says: when it was written, where that is told and not to come.
    pub(super) fn seen(&self, uploaded: Date) -> Date {
        let written = self.created.as_deref().and_then(|created| iso_date::read(created.get(..10)?).ok());
        written.filter(|written| *written <= uploaded).unwrap_or(uploaded)
    }
}

/// Reads a file in a process of its own.
async fn read(platform: &Platform, bytes: &Bytes) -> Result<Bom> {
    let limits = &platform.config.limits.bom;
    if bytes.len() as u64 > limits.file_bytes {
        return Err(AppError::TooLarge { what: "bom", most: limits.file_bytes });
    }
    let _turn = platform.readers.acquire().await.map_err(AppError::internal)?;
    read_in_child(&platform.exe, bytes, limits).await.map_err(AppError::from)
}

/// Reads the file of an import again.
pub(super) async fn reread(platform: &Platform, sha256: &str) -> Result<Bom> {
    read(platform, &platform.blobs.get(sha256).await?).await
}

/// Reads a bill of materials and keeps it. Nothing of it is in the register yet. `vendor` is the name of the vendor whose
/// product it describes, if anybody says so.
///
/// # Errors
/// Why it is not read, with line and column; `unknown` at `vendor`.
pub async fn upload(
    platform: &Platform,
    by: &Buyer,
    (file_name, bytes): (&str, Bytes),
    vendor: &str,
) -> Result<ImportId> {
    let bom = read(platform, &bytes).await?;
    let vendor = match vendor.trim() {
        "" => None,
        name => {
            let found = repo::vendors::by_name(platform.db.read(), by.scope, name).await?;
            let unknown = || Problem::new("vendor", "unknown").with("given", name);
            Some(found.ok_or_else(unknown).map(|vendor| (vendor.id, vendor.name))?)
        }
    };
    let file_name = shown_name(file_name);
    let about = About::new(&bom, &file_name, vendor);
    let kept = platform.blobs.keep(bytes).await?;
    let mut act = Act::begin(platform).await?;
    if let Some(made) = act.done_before(by).await? {
        return Ok(ImportId(made));
    }
    let id: ImportId = platform.clock.id();
    let member = match by.actor {
        Actor::Member(MemberId(id)) => Some(id),
        _ => None,
    };
    let row = import::ActiveModel {
        id: Set(id.0),
        organisation_id: Set(by.scope.organisation().0),
        kind: Set("bom".to_owned()),
        document: Set(Some(about.key())),
        follows: Set(None),
        assessment_id: Set(None),
        contact_id: Set(None),
        member_id: Set(member),
        file_name: Set(file_name.clone()),
        size: Set(i64::try_from(kept.size).map_err(AppError::internal)?),
        sha256: Set(kept.sha256.clone()),
        state: Set("preview".to_owned()),
        settings: Set(json!({})),
        summary: Set(serde_json::to_value(&about)?),
        created_at: Set(act.now),
        applied_at: Set(None),
        undone_at: Set(None),
    };
    repo::imports::add(act.tx(), &by.scope, row).await?;
    let details = json!({
        "file_name": file_name, "sha256": kept.sha256, "document": about.document, "entries": about.totals.entries,
    });
    act.record(&by.scope, by.actor, "bom.read", ("import", id.0), &details);
    act.remember(by, id.0).await?;
    act.commit().await?;
    Ok(id)
}

/// Begins [`apply`]; gives nothing where that takes longer than somebody waits, and goes on.
///
/// # Errors
/// As [`apply`].
pub async fn begin_apply(platform: &Platform, by: &Buyer, id: ImportId, joins: Option<Joins>) -> Result<Option<usize>> {
    let (whole, who) = (platform.clone(), by.clone());
    begun(platform, "bom.applied", (by, id), async move { apply(&whole, &who, id, joins.as_ref()).await }).await
}

/// Begins [`undo`]; gives nothing where that takes longer than somebody waits, and goes on.
///
/// # Errors
/// As [`undo`].
pub async fn begin_undo(platform: &Platform, by: &Buyer, id: ImportId) -> Result<Option<()>> {
    let (whole, who) = (platform.clone(), by.clone());
    begun(platform, "bom.undone", (by, id), async move { undo(&whole, &who, id).await }).await
}

/// Takes what a bill of materials says into the register. A large one is taken in by several transactions; broken off, it
/// waits still, and applying it again goes on. Gives how many entries it speaks of.
///
/// # Errors
/// [`AppError::NotNow`] `applied` when it was applied, `begun_elsewhere` when somebody began to write the document down
/// meanwhile; what [`preview`] says of `joins`.
pub async fn apply(platform: &Platform, by: &Buyer, id: ImportId, joins: Option<&Joins>) -> Result<usize> {
    let (import, turn) = claim(platform, by, id, waits).await?;
    let plan = preview(platform, by, &import, joins).await?;
    let (lines, count) = (lines(platform, by, id, &plan), plan.spoken.len());
    write(platform, by, (&import, &turn), plan, Some(lines)).await?;
    Ok(count)
}

/// Takes an applied bill of materials back: the edition before it speaks again; where there was none, its entries are
/// hidden, but for those that others have spoken of. Of one that was broken off half way, what was written is taken back,
/// and it waits as before.
///
/// # Errors
/// [`AppError::NotNow`] `not_applied`, or `newer_applied` when a newer edition was applied since.
pub async fn undo(platform: &Platform, by: &Buyer, id: ImportId) -> Result<()> {
    let (import, turn) = claim(platform, by, id, is_taken_in).await?;
    let about = About::of(&import)?;
    let mut editions = repo::imports::of_document(platform.db.read(), by.scope, &about.key(), 2).await?.into_iter();
    if import.state == "applied" && editions.next().is_none_or(|newest| newest.id != import.id) {
        return Err(AppError::NotNow("newer_applied"));
    }
    let (mut seen, mut now) = (about.seen(import.created_at.date()), None);
    if let Some(before) = editions.next() {
        seen = seen.max(About::of(&before)?.seen(before.created_at.date()));
        now = Some(reread(platform, &before.sha256).await?);
    }
    let before = reread(platform, &import.sha256).await.ok();
    let editions = Editions { import: &import, now: now.as_ref(), before: before.as_ref(), seen, is_undoing: true };
    let plan = plan(platform, by, &about, editions, None).await?;
    write(platform, by, (&import, &turn), plan, None).await
}

/// Nothing of it is in the register, or not all.
fn waits(import: &import::Model) -> Result<()> {
    if import.state == "preview" { Ok(()) } else { Err(AppError::NotNow("applied")) }
}

/// All of it is in the register, or what was written before it was broken off.
fn is_taken_in(import: &import::Model) -> Result<()> {
    let is_half = import.state == "preview" && Progress::of(import).is_some();
    if is_half || import.state == "applied" { Ok(()) } else { Err(AppError::NotNow("not_applied")) }
}

/// Takes the turn to write a document down: whoever had it before stops, with this import of it or with another. What is
/// planned from here on knows all that others have written.
async fn claim(
    platform: &Platform,
    by: &Buyer,
    id: ImportId,
    check: fn(&import::Model) -> Result<()>,
) -> Result<(import::Model, String)> {
    let act = Act::begin(platform).await?;
    let (import, oldest) = hold(&act, by, id).await?;
    check(&import)?;
    let turn = platform.clock.id::<Uuid>().to_string();
    // Imports of one document share a turn, which stands with the oldest of them.
    let mut settings = with(&oldest, TURN, json!(Whose { token: turn.clone(), is_writing: true }));
    if import.id == oldest.id {
        settings = without_failure(settings);
    } else if failed(&import).is_some() {
        let mut row = import.clone().into_active_model();
        row.settings = Set(without_failure(import.settings.clone()));
        repo::imports::update(act.tx(), &by.scope, row).await?;
    }
    let mut row = oldest.into_active_model();
    row.settings = Set(settings);
    repo::imports::update(act.tx(), &by.scope, row).await?;
    act.commit().await?;
    took(&turn);
    Ok((import, turn))
}

/// Holds an import and its document's oldest one, which says whose turn it is: that one first, whoever holds them.
async fn hold(act: &Act<'_>, by: &Buyer, id: ImportId) -> Result<(import::Model, import::Model)> {
    let import = repo::imports::get(act.tx(), &by.scope, id).await?.ok_or(AppError::NotFound)?;
    let oldest = repo::imports::oldest(act.tx(), by.scope, &About::of(&import)?.key()).await?.unwrap_or(id);
    let first = repo::imports::hold(act.tx(), &by.scope, oldest).await?.ok_or(AppError::NotFound)?;
    if oldest == id {
        return Ok((first.clone(), first));
    }
    let import = repo::imports::hold(act.tx(), &by.scope, id).await?.ok_or(AppError::NotFound)?;
    Ok((import, first))
}

/// An import's settings with one more.
fn with(import: &import::Model, name: &str, value: Value) -> Value {
    let mut settings = import.settings.clone();
    if let Some(settings) = settings.as_object_mut() {
        settings.insert(name.to_owned(), value);
    }
    settings
}

/// Writes a plan down. `lines` are kept with an import that is applied; one that is taken back has none.
async fn write(
    platform: &Platform,
    by: &Buyer,
    (import, turn): (&import::Model, &str),
    plan: Plan,
    lines: Option<Vec<import_row::ActiveModel>>,
) -> Result<()> {
    let action = if lines.is_some() { "bom.applied" } else { "bom.undone" };
    let Plan { document, mut spoken, gone, .. } = plan;
    let mut writing = Writing::new(platform, by, &document, &mut spoken, &gone);
    let mut lines = Some(lines);
    while lines.is_some() {
        let mut act = Act::begin(platform).await?;
        let (held, oldest) = hold(&act, by, ImportId(import.id)).await?;
        if held.state != import.state || Whose::turn(&oldest.settings).is_none_or(|whose| whose.token != turn) {
            return Err(AppError::NotNow("begun_elsewhere"));
        }
        let components = writing.go_on(&mut act).await?;
        let is_done = writing.is_done();
        let details = json!({
            "document": document.key, "sha256": document.edition, "components": components.len(), "done": is_done,
        });
        act.record(&by.scope, by.actor, action, ("import", import.id), &details);
        if is_done {
            let lines = lines.take().flatten();
            finish(&act, by, held, lines).await?;
        } else {
            let settings = with(&held, PROGRESS, json!(writing.progress()));
            let mut row = held.into_active_model();
            row.settings = Set(settings);
            repo::imports::update(act.tx(), &by.scope, row).await?;
        }
        act.commit().await?;
    }
    Ok(())
}

async fn finish(
    act: &Act<'_>,
    by: &Buyer,
    import: import::Model,
    lines: Option<Vec<import_row::ActiveModel>>,
) -> Result<()> {
    let id = ImportId(import.id);
    let was_applied = import.state == "applied";
    let mut row = import.into_active_model();
    row.settings = Set(json!({}));
    match lines {
        Some(lines) => {
            repo::imports::clear_rows(act.tx(), &by.scope, id).await?;
            repo::imports::add_rows(act.tx(), &by.scope, lines).await?;
            row.state = Set("applied".to_owned());
            row.applied_at = Set(Some(act.now));
        }
        None if was_applied => {
            row.state = Set("undone".to_owned());
            row.undone_at = Set(Some(act.now));
        }
        // It was broken off before: it waits as if nobody had begun.
        None => {}
    }
    repo::imports::update(act.tx(), &by.scope, row).await?;
    Ok(())
}

/// What became of each entry, kept with the import.
fn lines(platform: &Platform, by: &Buyer, id: ImportId, plan: &Plan) -> Vec<import_row::ActiveModel> {
    let row = |(position, one): (i64, &Planned)| import_row::ActiveModel {
        id: Set(platform.clock.id()),
        organisation_id: Set(by.scope.organisation().0),
        import_id: Set(id.0),
        position: Set(position),
        place: Set(one.line.to_string()),
        label: Set(one.name.chars().take(300).collect()),
        verdict: Set(one.verdict.name().to_owned()),
        question_id: Set(None),
        proposed: Set(None),
        current: Set(None),
        current_revision: Set(0),
        problem: Set(None),
        details: Set(json!(Kept {
            component: one.component,
            kind: one.kind.clone(),
            changes: if one.verdict == Verdict::New { Vec::new() } else { one.changes.clone() },
        })),
        applied: Set(true),
    };
    (0..).zip(&plan.entries).map(row).collect()
}

/// What is kept of an entry with the import that was applied.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Kept {
    /// The entry.
    pub component: ComponentId,
    /// What it is.
    pub kind: String,
    /// What changed.
    pub changes: Vec<Change>,
}
