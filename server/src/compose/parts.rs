//! Opens the parts that a configuration asks for.

use crate::config::Config;
use crate::error::{AppError, Result};
use crate::platform::Platform;
use crate::platform::blobs::Blobs;
use crate::platform::clock::Clock;
use crate::platform::db::Db;
use crate::platform::heads::Heads;
use crate::platform::jobs::Bell;
use crate::platform::mail::Mailer;
use crate::platform::oidc::Oidc;
use crate::platform::published::Published;
use crate::platform::search::{Embedded, Indexes, Meilisearch, SearchIndex, Synonyms};
use crate::platform::signing::Signer;
use crate::platform::templates::Templates;
use crate::platform::wording::Wording;
use domain::register::Subject;
use std::sync::Arc;
use tokio::sync::Semaphore;

/// Opens everything, without migrating.
///
/// # Errors
/// When a part cannot be opened: the message names it.
pub async fn open(config: Config, clock: Clock) -> Result<Platform> {
    std::fs::create_dir_all(&config.data_dir)?;
    let synonyms = Synonyms::load(config.overrides_dir.as_deref()).map_err(AppError::internal)?;
    let search = Indexes::open(|subject| -> Result<Arc<dyn SearchIndex>> {
        let synonyms = synonyms.clone();
        Ok(match config.search.url.as_deref().filter(|url| !url.is_empty()) {
            Some(url) => {
                let engine = Meilisearch::new(&config.search, url, subject, synonyms, clock.clone());
                Arc::new(engine.map_err(AppError::internal)?)
            }
            None => {
                let register = config.data_dir.join("search");
                let folder = if subject == Subject::Entries { register } else { register.join(subject.id()) };
                Arc::new(Embedded::open(&folder, subject, synonyms).map_err(AppError::internal)?.0)
            }
        })
    })?;
    assemble(config, clock, search).await
}

/// Opens everything but the search index: for commands that run beside a server.
///
/// # Errors
/// When a part cannot be opened: the message names it.
pub async fn open_without_search(config: Config, clock: Clock) -> Result<Platform> {
    std::fs::create_dir_all(&config.data_dir)?;
    assemble(config, clock, Indexes::detached()).await
}

async fn assemble(config: Config, clock: Clock, search: Indexes) -> Result<Platform> {
    let public_url = config.public_url().map_err(AppError::internal)?;
    let wording = Arc::new(Wording::load(config.overrides_dir.as_deref()).map_err(AppError::internal)?);
    let templates = Templates::load(config.overrides_dir.as_deref(), &wording).map_err(AppError::internal)?;
    Ok(Platform {
        public_url: public_url.as_str().into(),
        db: Db::open(&config).await?,
        signer: Arc::new(Signer::open(&config.secret_file(), &clock)?),
        heads: Arc::new(Heads::open(&config.data_dir)?),
        blobs: Blobs::open(&config)?,
        mail: Mailer::open(&config, &public_url)?,
        oidc: Arc::new(Oidc::open(&config, &public_url, clock.clone())?),
        search,
        index_trouble: Arc::default(),
        exe: std::env::current_exe()?.into(),
        readers: Arc::new(Semaphore::new(config.limits.workbook_readers.max(1))),
        password_checks: Arc::new(Semaphore::new(config.limits.password_checks.max(1))),
        unknown_sign_ins: Arc::default(),
        published: Arc::new(Published::default()),
        wording,
        templates: Arc::new(templates),
        jobs: Bell::default(),
        clock,
        config: Arc::new(config),
    })
}
