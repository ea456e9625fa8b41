//! Searches that people and programs keep: a name, what is asked as the address of the page says it, and whether
//! everybody who reads the register may use it. And the columns that people choose for its list.

use super::{Act, Actor, Buyer, organisations};
use crate::error::{AppError, Result};
use crate::platform::Platform;
use crate::platform::db::Db;
use crate::repo;
use domain::ids::{MemberId, SavedSearchId};
use domain::problem::{Problem, Problems};
use domain::register::columns;
use entity::saved_search::{ActiveModel, Model};
use sea_orm::Set;
use serde_json::{Value, json};
use uuid::Uuid;

/// A search to be kept.
#[derive(Clone, Debug, Default)]
pub struct Search {
    /// What it is called.
    pub name: String,
    /// What is asked, as an address says it after its question mark.
    pub asked: String,
    /// Everybody who reads the register may use it.
    pub is_shared: bool,
}

/// Whose searches they are.
///
/// # Errors
/// [`AppError::Forbidden`] for who is neither member nor program of the organisation.
pub fn owner(actor: Actor) -> Result<(&'static str, Uuid)> {
    match actor {
        Actor::Member(id) => Ok(("member", id.0)),
        Actor::Token(id) => Ok(("token", id.0)),
        Actor::Contact(_) | Actor::System => Err(AppError::Forbidden),
    }
}

/// Keeps a search. One's own of that name is replaced where that is wanted, and refused otherwise. Says whether one was
/// replaced.
///
/// # Errors
/// Problems at `name` (not usable, `name-in-use`), `asked` (`nothing-asked`, `search-too-long`, `too-many-searches`) and
/// `shared` (`too-many-shared-searches`).
pub async fn save(platform: &Platform, by: &Buyer, search: &Search, replace: bool) -> Result<(SavedSearchId, bool)> {
    let (kind, owner) = owner(by.actor)?;
    let name = checked(platform, search)?;
    let mut act = Act::begin(platform).await?;
    if let Some(made) = act.done_before(by).await? {
        return Ok((SavedSearchId(made), false));
    }
    let own = repo::saved_searches::own(act.tx(), by.scope, owner).await?;
    if let Some(row) = own.iter().find(|row| row.name == name) {
        if !replace {
            return Err(Problem::new("name", "name-in-use").into());
        }
        let id = SavedSearchId(row.id);
        write(platform, &mut act, by, row.clone(), name, search).await?;
        act.commit().await?;
        return Ok((id, true));
    }
    let most = platform.config.limits.saved_searches;
    if own.len() >= most {
        return Err(Problem::new("asked", "too-many-searches").with("most", most).into());
    }
    if search.is_shared {
        room_to_share(platform, &act, by).await?;
    }
    let id: SavedSearchId = platform.clock.id();
    let row = ActiveModel {
        id: Set(id.0),
        organisation_id: Set(by.scope.organisation().0),
        owner_kind: Set(kind.to_owned()),
        owner_id: Set(owner),
        name: Set(name.clone()),
        asked: Set(search.asked.clone()),
        shared: Set(search.is_shared),
        changed_at: Set(act.now),
    };
    repo::saved_searches::add(act.tx(), by.scope, row).await.map_err(taken)?;
    let details = json!({ "name": name, "before": null, "after": said(&search.asked, search.is_shared) });
    act.record(&by.scope, by.actor, "search.saved", ("search", id.0), &details);
    act.remember(by, id.0).await?;
    act.commit().await?;
    Ok((id, false))
}

/// Gives one of one's own searches another name, asks something else by it, shares it or no longer.
///
/// # Errors
/// [`AppError::NotFound`] when one has no such search; problems as [`save`] has them.
pub async fn change(platform: &Platform, by: &Buyer, id: SavedSearchId, search: &Search) -> Result<()> {
    let (_, owner) = owner(by.actor)?;
    let name = checked(platform, search)?;
    let mut act = Act::begin(platform).await?;
    let own = repo::saved_searches::own(act.tx(), by.scope, owner).await?;
    let row = own.iter().find(|row| row.id == id.0).ok_or(AppError::NotFound)?;
    if own.iter().any(|other| other.id != id.0 && other.name == name) {
        return Err(Problem::new("name", "name-in-use").into());
    }
    write(platform, &mut act, by, row.clone(), name, search).await?;
    act.commit().await
}

/// Forgets a search: one's own, or one that somebody shares, where the caller may look after those.
///
/// # Errors
/// [`AppError::NotFound`] when the caller can use no such search, [`AppError::Forbidden`] when it is somebody else's.
pub async fn remove(platform: &Platform, by: &Buyer, id: SavedSearchId, may_tidy: bool) -> Result<()> {
    let (_, owner) = owner(by.actor)?;
    let mut act = Act::begin(platform).await?;
    let row = repo::saved_searches::get(act.tx(), by.scope, owner, id).await?.ok_or(AppError::NotFound)?;
    if row.owner_id != owner && !may_tidy {
        return Err(AppError::Forbidden);
    }
    repo::saved_searches::remove(act.tx(), by.scope, id).await?;
    let details = json!({ "name": row.name, "before": said(&row.asked, row.shared), "after": null });
    act.record(&by.scope, by.actor, "search.removed", ("search", id.0), &details);
    act.commit().await
}

/// Chooses the columns of the register's list for oneself; none for those that everybody sees who chose nothing.
///
/// # Errors
/// [`AppError::Forbidden`] for a program, which sees no list; `unknown-list-column`, `too-many-list-columns` at `column`.
pub async fn choose_columns(platform: &Platform, by: &Buyer, chosen: Option<Vec<&str>>) -> Result<()> {
    let Actor::Member(member) = by.actor else { return Err(AppError::Forbidden) };
    let most = platform.config.limits.register_columns;
    let chosen = chosen.map(|chosen| columns::chosen(chosen, most)).transpose()?;
    // How somebody likes a list to look is no matter of record.
    let act = Act::begin(platform).await?;
    repo::saved_searches::set_columns(act.tx(), by.scope, member, chosen.as_deref(), act.now).await?;
    act.commit().await
}

/// The columns that a member sees, in the order of the list.
///
/// # Errors
/// When the database fails.
pub async fn columns_of(platform: &Platform, by: &Buyer) -> Result<Vec<&'static str>> {
    let chosen = match by.actor {
        Actor::Member(member) => own_columns(platform, by, member).await?,
        _ => None,
    };
    Ok(chosen.unwrap_or_else(|| columns::STANDARD.to_vec()))
}

async fn own_columns(platform: &Platform, by: &Buyer, member: MemberId) -> Result<Option<Vec<&'static str>>> {
    let chosen = repo::saved_searches::columns(platform.db.read(), by.scope, member).await?;
    // A column that there is no longer is no reason to show no list.
    let known = |chosen: Vec<String>| columns::columns().filter(|id| chosen.iter().any(|one| one == id)).collect();
    Ok(chosen.map(known))
}

/// The name as it is kept; everything that is wrong is told at once.
fn checked(platform: &Platform, search: &Search) -> Result<String> {
    let mut problems = Vec::new();
    let name = organisations::name(platform, "name", &search.name).unwrap_or_else(|problem| {
        problems.push(problem);
        String::new()
    });
    let (most, given) = (platform.config.limits.saved_search_characters, search.asked.chars().count());
    if given == 0 {
        problems.push(Problem::new("asked", "nothing-searched-for"));
    } else if given > most {
        problems.push(Problem::new("asked", "search-too-long").with("most", most).with("given", given));
    }
    if problems.is_empty() { Ok(name) } else { Err(AppError::Invalid(Problems(problems))) }
}

async fn room_to_share(platform: &Platform, act: &Act<'_>, by: &Buyer) -> Result<()> {
    let most = platform.config.limits.shared_searches;
    if repo::saved_searches::count_shared(act.tx(), by.scope).await? >= most as u64 {
        return Err(Problem::new("shared", "too-many-shared-searches").with("most", most).into());
    }
    Ok(())
}

async fn write(
    platform: &Platform,
    act: &mut Act<'_>,
    by: &Buyer,
    row: Model,
    name: String,
    search: &Search,
) -> Result<()> {
    if search.is_shared && !row.shared {
        room_to_share(platform, act, by).await?;
    }
    let (before, after) = (said(&row.asked, row.shared), said(&search.asked, search.is_shared));
    let details = json!({ "name": name, "called_before": row.name, "before": before, "after": after });
    let id = row.id;
    let row = ActiveModel {
        name: Set(name),
        asked: Set(search.asked.clone()),
        shared: Set(search.is_shared),
        changed_at: Set(act.now),
        ..row.into()
    };
    repo::saved_searches::update(act.tx(), by.scope, row).await.map_err(taken)?;
    act.record(&by.scope, by.actor, "search.saved", ("search", id), &details);
    Ok(())
}

fn said(asked: &str, is_shared: bool) -> Value {
    json!({ "asked": asked, "shared": is_shared })
}

/// Two requests at once that keep a search under one name.
fn taken(error: sea_orm::DbErr) -> AppError {
    if Db::is_duplicate(&error) { Problem::new("name", "name-in-use").into() } else { error.into() }
}
