//! Published questionnaires, parsed once and kept.

use crate::error::{AppError, Result};
use crate::repo::{self, SystemScope, Tenant};
use domain::ids::TemplateVersionId;
use domain::questionnaire::{Authored, Document};
use entity::template_version;
use sea_orm::ConnectionTrait;
use sha2::{Digest, Sha256};
use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, PoisonError, RwLock};
use uuid::Uuid;

/// Published versions that were read already. They are immutable, so none is ever out of date.
#[derive(Debug, Default)]
pub struct Published(RwLock<HashMap<Uuid, Arc<Version>>>);

/// Published versions kept in memory: each is about a megabyte with its languages.
const MOST_KEPT: usize = 64;

/// A published version, parsed, as it is read in one of its languages.
#[derive(Clone, Debug)]
pub struct Version {
    /// Its row.
    pub row: Arc<template_version::Model>,
    /// What it asks: in the language that it is written in, as [`Published::get`] gives it.
    pub document: Arc<Document>,
    /// All editions, the one first that it is written in.
    editions: Arc<[Arc<Document>]>,
}

impl Version {
    fn read(row: template_version::Model) -> Result<Self> {
        let authored = authored(&row)?;
        let document = Arc::new(authored.edition(authored.written_in()));
        let further = authored.languages.iter().skip(1).map(|language| Arc::new(authored.edition(language)));
        let editions = std::iter::once(Arc::clone(&document)).chain(further).collect();
        Ok(Self { row: Arc::new(row), document, editions })
    }

    /// The same with these questions alone, for one who is asked no others; in each language.
    #[must_use]
    pub fn narrowed(&self, questions: &BTreeSet<String>) -> Self {
        let language = self.language();
        let editions: Arc<[Arc<Document>]> =
            self.editions.iter().map(|edition| Arc::new(narrowed(edition, questions))).collect();
        let read = editions.iter().find(|edition| tag(edition) == language);
        let document = read.map_or_else(|| Arc::new(narrowed(&self.document, questions)), Arc::clone);
        let count = i64::try_from(document.questions().count()).unwrap_or(i64::MAX);
        let row = template_version::Model { question_count: count, document: String::new(), ..(*self.row).clone() };
        Self { row: Arc::new(row), document, editions }
    }

    /// The version as somebody reads it who reads this language; as it was written where it lacks that.
    #[must_use]
    pub fn edition(&self, language: &str) -> Self {
        let found = self.editions.iter().find(|edition| tag(edition) == language);
        let document = found.or(self.editions.first()).unwrap_or(&self.document);
        Self { document: Arc::clone(document), ..self.clone() }
    }

    /// The tag of the language that it is read in.
    pub fn language(&self) -> &str {
        tag(&self.document)
    }

    /// What it asks, in each of its languages, the one first that it is written in.
    pub fn editions(&self) -> impl Iterator<Item = &Document> {
        self.editions.iter().map(Arc::as_ref)
    }

    /// Tags of the languages that it can be read in, the one that it is written in first.
    pub fn languages(&self) -> Vec<&str> {
        self.editions.iter().map(|edition| tag(edition)).collect()
    }
}

/// The text of a version as it was published, in all of its languages.
///
/// # Errors
/// [`AppError::NotAsPublished`] when it was changed behind the product's back.
pub fn authored(row: &template_version::Model) -> Result<Authored> {
    let found = hex::encode(Sha256::digest(&row.document));
    if found != row.sha256 {
        let details = format!(
            "the text of template version {} has the SHA-256 {found}, and {} was published; restore its row from a backup",
            row.id, row.sha256
        );
        return Err(AppError::NotAsPublished { title: row.title.clone(), number: row.number, details });
    }
    Ok(serde_json::from_str(&row.document)?)
}

/// The questionnaire with these questions alone; the time that it takes shrinks with it.
fn narrowed(document: &Document, questions: &BTreeSet<String>) -> Document {
    let mut narrow = document.clone();
    for section in &mut narrow.sections {
        section.questions.retain(|question| questions.contains(&question.id));
    }
    narrow.sections.retain(|section| !section.questions.is_empty());
    let count = |document: &Document| u32::try_from(document.questions().count()).unwrap_or(u32::MAX);
    let (all, some) = (count(document).max(1), count(&narrow));
    narrow.minutes = document.minutes.saturating_mul(some).div_ceil(all).max(1);
    narrow
}

/// The language of an edition.
fn tag(edition: &Document) -> &str {
    edition.languages.first().map_or(super::wording::ENGLISH, String::as_str)
}

impl Published {
    /// The version of that id.
    ///
    /// # Errors
    /// [`AppError::NotFound`] when the organisation has none of that id; [`AppError::NotAsPublished`] when its stored text
    /// was changed behind the product's back.
    pub async fn get(
        &self,
        db: &impl ConnectionTrait,
        scope: &impl Tenant,
        id: TemplateVersionId,
    ) -> Result<Arc<Version>> {
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner).get(&id.0).cloned();
        if let Some(version) = known.filter(|version| version.row.organisation_id == scope.organisation().0) {
            return Ok(version);
        }
        let buyer = SystemScope.acting_for(scope.organisation());
        let row = repo::templates::version(db, buyer, id).await?.ok_or(AppError::NotFound)?;
        let version = Arc::new(Version::read(row)?);
        let mut kept = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if kept.len() >= MOST_KEPT {
            kept.clear();
        }
        kept.insert(id.0, Arc::clone(&version));
        Ok(version)
    }

    /// What a list calls the version. One that is not as it was published does not take the others in the list along.
    ///
    /// # Errors
    /// [`AppError::NotFound`] when the organisation has none of that id.
    pub async fn title(&self, db: &impl ConnectionTrait, scope: &impl Tenant, id: TemplateVersionId) -> Result<String> {
        match self.get(db, scope, id).await {
            Ok(version) => Ok(version.document.title.clone()),
            Err(AppError::NotAsPublished { title, .. }) => Ok(title),
            Err(error) => Err(error),
        }
    }
}
