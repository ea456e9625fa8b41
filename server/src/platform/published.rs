//! Published questionnaires, parsed once and kept.

use crate::error::{AppError, Result};
use crate::repo::{self, SystemScope, Tenant};
use domain::ids::TemplateVersionId;
use domain::questionnaire::{Authored, Document};
use entity::template_version;
use sea_orm::ConnectionTrait;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Arc, PoisonError, RwLock};
use uuid::Uuid;

/// Published versions that were read already. They are immutable, so none is ever out of date.
#[derive(Debug, Default)]
pub struct Published(RwLock<HashMap<Uuid, Arc<Version>>>);

/// Published versions kept in memory: each is about a megabyte with its languages.
const MOST_KEPT: usize = 64;

/// A published version, parsed.
#[derive(Debug)]
pub struct Version {
    /// Its row.
    pub row: template_version::Model,
    /// What it asks, in the language that it is written in.
    pub document: Document,
    /// The same in its further languages, by language tag.
    translations: BTreeMap<String, Document>,
}

impl Version {
    fn read(row: template_version::Model) -> Result<Self> {
        let authored: Authored = serde_json::from_str(&row.document)?;
        let written_in = authored.written_in();
        let further = authored.languages.iter().filter(|language| *language != written_in);
        let translations = further.map(|language| (language.clone(), authored.edition(language))).collect();
        Ok(Self { document: authored.edition(written_in), translations, row })
    }

    /// The same with these questions alone, for one who is asked no others.
    #[must_use]
    pub fn narrowed(&self, questions: &BTreeSet<String>) -> Self {
        let narrowed = |document: &Document| narrowed(document, questions);
        let document = narrowed(&self.document);
        let count = i64::try_from(document.questions().count()).unwrap_or(i64::MAX);
        Self {
            translations: self.translations.iter().map(|(tag, document)| (tag.clone(), narrowed(document))).collect(),
            row: template_version::Model { question_count: count, document: String::new(), ..self.row.clone() },
            document,
        }
    }

    /// What it asks, as somebody reads it who reads this language; as it was written where it lacks that.
    pub fn edition(&self, language: &str) -> &Document {
        self.translations.get(language).unwrap_or(&self.document)
    }

    /// Tags of the languages that it can be read in, the one that it is written in first.
    pub fn languages(&self) -> Vec<&str> {
        let written_in = self.document.languages.first().map_or("en", String::as_str);
        std::iter::once(written_in).chain(self.translations.keys().map(String::as_str)).collect()
    }
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

impl Published {
    /// The version of that id.
    ///
    /// # Errors
    /// [`AppError::NotFound`] when the organisation has none of that id.
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
}
