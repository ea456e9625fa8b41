//! Which list an upload is: a newer version of one that is in the register, or another list.

use super::super::answers_import::shown_name;
use super::reading::{Read, named_product};
use super::{Summary, columns_of};
use crate::error::{AppError, Result};
use crate::platform::Platform;
use crate::repo::{self, BuyerScope};
use domain::ids::{ComponentId, ImportId};
use domain::problem::Problem;
use domain::register::Source;
use domain::register::fold::folded;
use entity::import;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use uuid::Uuid;

/// Lists that an upload is held against, those applied last.
const LISTS: u64 = 200;
/// Entries of a list that an upload of the same shape is held against.
const HELD: usize = 2_000;
/// What an import's settings call it.
const SETTING: &str = "version";

/// What a list is known by, and whether an import was held against its earlier version.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Version {
    /// The name that all versions of the list have in common.
    pub list: String,
    /// What would change is worked out.
    #[serde(default)]
    pub compared: bool,
}

impl Version {
    /// Of an import.
    ///
    /// # Errors
    /// When the settings are not as they were written.
    pub fn of(import: &import::Model) -> Result<Self> {
        match import.settings.get(SETTING) {
            Some(known) => Ok(serde_json::from_value(known.clone())?),
            None => Ok(Self { list: import.file_name.clone(), compared: false }),
        }
    }

    /// Writes it among an import's settings.
    #[must_use]
    pub(in crate::actions) fn among(&self, mut settings: Value) -> Value {
        if let Some(settings) = settings.as_object_mut() {
            settings.insert(SETTING.to_owned(), json!(self));
        }
        settings
    }

    /// What facts and imports of the list are known by.
    pub(super) fn key(&self) -> String {
        let (import, list, cell) = (ImportId(Uuid::nil()), self.list.clone(), String::new());
        Source::Import { import, list, cell }.key()
    }
}

/// What somebody says of an upload.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Which {
    /// Nothing: the likeliest is taken.
    Likeliest,
    /// The register has nothing of this list.
    Another,
    /// It is a newer version of the list that this import brought.
    Newer(ImportId),
}

/// Lists that an upload can be a newer version of, each by the import that was applied last.
///
/// # Errors
/// When the database fails.
pub async fn lists(platform: &Platform, scope: BuyerScope) -> Result<Vec<import::Model>> {
    Ok(repo::imports::lists(platform.db.read(), scope, LISTS).await?)
}

/// Decides which list an upload is; gives what it is known by, and the import that it follows.
///
/// # Errors
/// `unknown` at `list` when that import brought no list that is in the register.
pub(super) async fn decide(
    platform: &Platform,
    scope: BuyerScope,
    which: Which,
    (file_name, read): (&str, &Read),
) -> Result<(Version, Option<import::Model>)> {
    let there = lists(platform, scope).await?;
    let before = match which {
        Which::Another => None,
        Which::Newer(id) => {
            let named = repo::imports::get(platform.db.read(), &scope, id).await?;
            let of_list = |named: &import::Model| there.iter().find(|list| list.document == named.document).cloned();
            let found = named.filter(|named| named.kind == "register").as_ref().and_then(of_list);
            Some(found.ok_or_else(|| Problem::new("list", "unknown").with("given", id))?)
        }
        Which::Likeliest => likeliest(platform, scope, &there, (file_name, read)).await?,
    };
    if let Some(before) = before {
        return Ok((Version { list: Version::of(&before)?.list, compared: false }, Some(before)));
    }
    let taken: BTreeSet<&str> = there.iter().filter_map(|list| list.document.as_deref()).collect();
    let named = |n: usize| match n {
        1 => shown_name(file_name),
        n => format!("{} ({n})", shown_name(file_name)),
    };
    let free = (1..).map(|n| Version { list: named(n), compared: false }).find(|free| !taken.contains(&*free.key()));
    Ok((free.ok_or_else(|| AppError::internal("no name is free"))?, None))
}

/// A list of the same name; else one of the same columns that names half of the same things.
async fn likeliest(
    platform: &Platform,
    scope: BuyerScope,
    there: &[import::Model],
    (file_name, read): (&str, &Read),
) -> Result<Option<import::Model>> {
    let name = folded(&shown_name(file_name));
    for list in there {
        if folded(&list.file_name) == name || folded(&Version::of(list)?.list) == name {
            return Ok(Some(list.clone()));
        }
    }
    let columns = columns_of(read);
    let named = |row: &domain::register::ListRow| {
        named_product(row).or(row.name.as_ref().map(|(name, _)| name.as_str())).map(folded)
    };
    let now: Vec<(Option<String>, Option<String>)> =
        read.in_use().map(|(_, row)| (named(row), row.id.as_ref().map(|(id, _)| folded(id)))).collect();
    for list in there {
        let summary: Summary = serde_json::from_value(list.summary.clone())?;
        if columns.is_empty() || summary.columns != columns {
            continue;
        }
        let editions =
            repo::imports::editions(platform.db.read(), scope, list.document.as_deref().unwrap_or("")).await?;
        let editions: Vec<Uuid> = editions.iter().map(|edition| edition.id).collect();
        let brought = repo::register::brought_by(platform.db.read(), scope, &editions).await?;
        let ids: Vec<ComponentId> =
            brought.into_iter().filter(|(_, visible)| *visible).map(|(id, _)| id).take(HELD).collect();
        let (mut names, mut numbers) = (BTreeSet::new(), BTreeSet::new());
        for ids in ids.chunks(500) {
            for row in repo::register::of_ids(platform.db.read(), scope, ids).await? {
                names.insert(folded(&row.name));
                let told = row.fields.get("identifiers").and_then(Value::as_array).into_iter().flatten();
                numbers.extend(told.filter_map(Value::as_str).map(folded));
            }
        }
        let least = now.len().min(ids.len());
        let has =
            |known: &BTreeSet<String>, said: &Option<String>| said.as_ref().is_some_and(|said| known.contains(said));
        let by_name = now.iter().filter(|(name, _)| has(&names, name)).count();
        let by_either = now.iter().filter(|(name, id)| has(&names, name) || has(&numbers, id)).count();
        // Numbers alone may merely count rows, as in every list that was filled in on the same form.
        if by_name > 0 && by_either * 2 >= least && by_name * 4 >= least {
            return Ok(Some(list.clone()));
        }
    }
    Ok(None)
}
