//! A newer version of a list takes the place of the earlier one, and gives it back.

use super::super::{Act, Buyer, Job, at_length, register, work};
use super::compare::{Ground, Sink, VERDICTS, compare};
use super::staging::{BATCH, For, Gathered, Telling, Turn, gather, without_turn};
use super::versions::{Version, Which, decide};
use super::{Mapped, Read, Settings, read, read_workbook, stated};
use crate::error::{AppError, Result};
use crate::platform::Platform;
use crate::platform::db::Db;
use crate::repo;
use domain::ids::{ComponentId, ImportId, OrganisationId};
use domain::problem::Problem;
use domain::register::Separator;
use entity::import;
use sea_orm::{IntoActiveModel, Set};
use serde_json::{Value, json};

/// How often taking over is tried anew, while people change the same entries.
const TRIES: usize = 5;
/// Transactions that one job takes to record what was said again.
const AT_ONCE: usize = 20;

/// Says which list an upload is and where its product cells are taken apart, and works out anew what it would change.
///
/// # Errors
/// [`AppError::NotNow`] when it was applied; `unknown` at `list`.
pub async fn choose(
    platform: &Platform,
    by: &Buyer,
    id: ImportId,
    which: Which,
    separators: Option<Vec<Separator>>,
) -> Result<()> {
    let import = repo::imports::get(platform.db.read(), &by.scope, id).await?;
    let import = import.filter(|import| import.kind == "register").ok_or(AppError::NotFound)?;
    if import.state != "preview" {
        return Err(AppError::NotNow("applied"));
    }
    let read = reread(platform, &import).await?;
    let (version, follows) = decide(platform, by.scope, which, (&import.file_name, &read)).await?;
    let mut act = Act::begin(platform).await?;
    let held = repo::imports::hold(act.tx(), &by.scope, id).await?.ok_or(AppError::NotFound)?;
    if held.state != "preview" {
        return Err(AppError::NotNow("applied"));
    }
    let mut settings = version.among(without_turn(held.settings.clone()));
    if let (Some(separators), Some(settings)) = (separators, settings.as_object_mut()) {
        settings.insert("separators".to_owned(), json!(separators));
    }
    let follows = follows.map(|before| before.id);
    let details = json!({ "list": version.list, "follows": follows });
    let mut row = held.into_active_model();
    row.document = Set(Some(version.key()));
    row.follows = Set(follows);
    row.settings = Set(settings);
    repo::imports::update(act.tx(), &by.scope, row).await?;
    repo::imports::clear_verdicts(act.tx(), &by.scope, id, &VERDICTS).await?;
    act.record(&by.scope, by.actor, "register_import.compared", ("import", id.0), &details);
    act.commit().await?;
    look(platform, by, id, &read).await
}

/// Works out what a newer version would change and keeps it with the import; nothing where it is no newer version.
pub(in crate::actions) async fn look(platform: &Platform, by: &Buyer, id: ImportId, read: &Read) -> Result<()> {
    let import = repo::imports::get(platform.db.read(), &by.scope, id).await?.ok_or(AppError::NotFound)?;
    if import.follows.is_none() || read.columns.is_none() {
        return Ok(());
    }
    let settings: Settings = serde_json::from_value(import.settings.clone())?;
    let turn = Turn::take(platform, by, &import, For::Looking).await?;
    let (act, _) = turn.begin().await?;
    repo::imports::clear_verdicts(act.tx(), &by.scope, id, &VERDICTS).await?;
    let position = repo::imports::rows(act.tx(), &by.scope, id).await?.len();
    act.commit().await?;
    let telling = telling(platform, by, &import).await?;
    let ground = Ground::of(&telling).await?;
    let gathered = gather(&telling, &settings, read).await?;
    let position = i64::try_from(position).map_err(AppError::internal)?;
    let mut sink = Sink::Lines { turn: &turn, position, waiting: Vec::new() };
    let counts = compare(&telling, &ground, gathered, false, &mut sink).await?;
    let (act, held) = turn.begin().await?;
    let mut summary = held.summary.clone();
    if let Some(summary) = summary.as_object_mut() {
        summary.insert("changes".to_owned(), json!(counts));
    }
    let version = Version { compared: true, ..Version::of(&held)? };
    let settings = version.among(without_turn(held.settings.clone()));
    let mut row = held.into_active_model();
    row.summary = Set(summary);
    row.settings = Set(settings);
    repo::imports::update(act.tx(), &by.scope, row).await?;
    act.commit().await
}

/// What an import of a list says, seen no sooner than what it follows.
async fn telling<'a>(platform: &'a Platform, by: &'a Buyer, import: &'a import::Model) -> Result<Telling<'a>> {
    let mut telling = Telling::of(platform, by, import)?;
    if let Some(before) = import.follows {
        let before = repo::imports::get(platform.db.read(), &by.scope, ImportId(before)).await?;
        telling.seen = before.map_or(telling.seen, |before| telling.seen.max(before.created_at.date()));
    }
    Ok(telling)
}

/// Reads the file of an import again, as somebody said that it is read.
async fn reread(platform: &Platform, import: &import::Model) -> Result<Read> {
    let bytes = platform.blobs.get(&import.sha256).await?;
    let mapped = Mapped::of(import)?.unwrap_or_default();
    let workbook = read_workbook(platform, &bytes).await?;
    Ok(at_length(|| read(&workbook, &mapped.corrections)))
}

/// Puts a newer version of a list in the place of the earlier one: staged where nobody sees it, shown by one transaction.
/// Where every earlier one was taken back, it joins what these have left in the register.
///
/// # Errors
/// [`AppError::NotNow`]: `not_compared` when nobody could see what changes; `list_moved` when another version was applied
/// or taken back since; `meant_otherwise` when somebody said meanwhile which list it is. `seen-with-others` at `separators` when product cells were taken apart otherwise when it was
/// looked at.
pub(super) async fn apply(
    platform: &Platform,
    by: &Buyer,
    import: &import::Model,
    given: &Settings,
    (mapped, read): (&Mapped, &Read),
) -> Result<()> {
    let id = ImportId(import.id);
    let version = Version::of(import)?;
    let settings = match import.follows {
        None => given.clone(),
        Some(_) if !version.compared => return Err(AppError::NotNow("not_compared")),
        Some(_) => serde_json::from_value(import.settings.clone())?,
    };
    if !given.separators.is_empty() && given != &settings {
        return Err(Problem::new("separators", "seen-with-others").into());
    }
    let telling = telling(platform, by, import).await?;
    for _ in 0..TRIES {
        let turn = Turn::take(platform, by, import, For::Writing).await?;
        is_newest(platform.db.read(), by, import.follows).await?;
        let ground = Ground::of(&telling).await?;
        let gathered = gather(&telling, &settings, read).await?;
        let mut sink = Sink::Stage { turn: &turn, waiting: Box::default(), has_new: false };
        let counts = compare(&telling, &ground, gathered, false, &mut sink).await?;
        let before = import.follows.map(ImportId).unwrap_or(id);
        let (act, held) = turn_after(&turn, before).await?;
        is_newest(act.tx(), by, import.follows).await?;
        // Whoever looked at other columns or another list meanwhile meant other rows.
        if Mapped::of(&held)?.unwrap_or_default() != *mapped
            || Version::of(&held)? != version
            || held.follows != import.follows
        {
            return Err(AppError::NotNow("meant_otherwise"));
        }
        repo::register::staged::name_vendors(act.tx(), by.scope, id).await?;
        let mut touched = repo::register::staged::entries(act.tx(), by.scope, id).await?;
        if !repo::register::staged::take_over(act.tx(), by.scope, id, act.now).await? {
            continue;
        }
        touched.extend(repo::register::show_import(act.tx(), by.scope, id).await?);
        let mut row = held.into_active_model();
        row.state = Set("applied".to_owned());
        row.applied_at = Set(Some(act.now));
        row.settings = Set(version.among(mapped.among(stated(&settings)?)));
        written(repo::imports::update(act.tx(), &by.scope, row).await)?;
        let details = json!({ "list": version.list, "follows": import.follows, "changes": counts });
        return finish(act, by, id, ("register_import.applied", details), &touched).await;
    }
    Err(AppError::Busy)
}

/// Takes a version of a list back: the version before it speaks again; where there was none, nothing of the list does.
///
/// # Errors
/// [`AppError::NotNow`] `newer_applied` when a newer version was applied since.
pub(super) async fn undo(platform: &Platform, by: &Buyer, import: &import::Model) -> Result<()> {
    let id = ImportId(import.id);
    let before = match import.follows {
        Some(before) => repo::imports::get(platform.db.read(), &by.scope, ImportId(before)).await?,
        None => None,
    };
    let read = match &before {
        Some(before) => Some((reread(platform, before).await?, serde_json::from_value(before.settings.clone())?)),
        None => None,
    };
    for _ in 0..TRIES {
        let turn = Turn::take(platform, by, import, For::Writing).await?;
        is_newest(platform.db.read(), by, Some(import.id)).await?;
        let mut telling = Telling::of(platform, by, before.as_ref().unwrap_or(import))?;
        telling.seen = telling.seen.max(self::telling(platform, by, import).await?.seen);
        let ground = Ground::of(&telling).await?;
        let gathered = match &read {
            Some((read, settings)) => gather(&telling, settings, read).await?,
            None => Gathered::default(),
        };
        let mut sink = Sink::Stage { turn: &turn, waiting: Box::default(), has_new: false };
        compare(&telling, &ground, gathered, true, &mut sink).await?;
        let has_new = matches!(sink, Sink::Stage { has_new: true, .. });
        let (act, held) = turn_after(&turn, import.follows.map_or(id, ImportId)).await?;
        is_newest(act.tx(), by, Some(import.id)).await?;
        for import in [Some(id), import.follows.map(ImportId)].into_iter().flatten() {
            repo::register::staged::name_vendors(act.tx(), by.scope, import).await?;
        }
        let mut touched = repo::register::staged::entries(act.tx(), by.scope, id).await?;
        if !repo::register::staged::take_over(act.tx(), by.scope, id, act.now).await? {
            continue;
        }
        if let Some(before) = before.as_ref().filter(|_| has_new) {
            touched.extend(repo::register::show_import(act.tx(), by.scope, ImportId(before.id)).await?);
        }
        let settings = without_turn(held.settings.clone());
        let mut row = held.into_active_model();
        row.settings = Set(settings);
        row.state = Set("undone".to_owned());
        row.undone_at = Set(Some(act.now));
        written(repo::imports::update(act.tx(), &by.scope, row).await)?;
        return finish(act, by, id, ("register_import.undone", Value::Null), &touched).await;
    }
    Err(AppError::Busy)
}

/// Begins the transaction that shows what was staged; versions of one list take turns by what they follow.
async fn turn_after<'a>(turn: &Turn<'a>, before: ImportId) -> Result<(Act<'a>, import::Model)> {
    if before == turn.import {
        return turn.begin().await;
    }
    let act = Act::begin(turn.platform).await?;
    repo::imports::hold(act.tx(), &turn.by.scope, before).await?.ok_or(AppError::NotFound)?;
    turn.hold(act).await
}

/// Nothing was applied after this version, and it stands.
async fn is_newest(db: &impl sea_orm::ConnectionTrait, by: &Buyer, id: Option<uuid::Uuid>) -> Result<()> {
    let Some(id) = id else { return Ok(()) };
    match repo::imports::is_newest(db, by.scope, ImportId(id)).await? {
        true => Ok(()),
        false => Err(AppError::NotNow("list_moved")),
    }
}

/// Two versions that follow the same one, or two first ones: one of them was quicker.
pub(super) fn written(outcome: Result<(), sea_orm::DbErr>) -> Result<()> {
    match outcome {
        Err(error) if Db::is_duplicate(&error) => Err(AppError::NotNow("list_moved")),
        other => Ok(other?),
    }
}

async fn finish(
    mut act: Act<'_>,
    by: &Buyer,
    id: ImportId,
    (action, details): (&str, Value),
    touched: &[ComponentId],
) -> Result<()> {
    act.record(&by.scope, by.actor, action, ("import", id.0), &details);
    register::changed(&mut act, touched).await?;
    act.enqueue(catching_up(by.scope.organisation(), id)).await?;
    act.commit().await
}

fn catching_up(organisation: OrganisationId, import: ImportId) -> Job {
    Job { kind: work::SAID_AGAIN, payload: json!({ "organisation": organisation, "import": import }), dedupe_key: None }
}

/// Records what a list says again as it was said: nobody waits for that.
///
/// # Errors
/// When the database fails.
pub async fn catch_up(platform: &Platform, organisation: OrganisationId, import: ImportId) -> Result<()> {
    let by = Buyer::system(organisation);
    for _ in 0..AT_ONCE {
        let act = Act::begin(platform).await?;
        let count = repo::register::staged::catch_up(act.tx(), by.scope, import, BATCH as u64).await?;
        act.commit().await?;
        if count < BATCH {
            return Ok(());
        }
    }
    let mut act = Act::begin(platform).await?;
    act.enqueue(catching_up(organisation, import)).await?;
    act.commit().await
}
