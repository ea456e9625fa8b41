//! The page for whoever runs the installation.

use super::views::{Check, GivenUp, InstallationPage};
use crate::actions::index;
use crate::error::Result;
use crate::platform::Platform;
use crate::repo::{self, SystemScope};
use crate::web::actor::{May, may};
use crate::web::moment::Moment;
use crate::web::render::Renderer;
use crate::web::shell::{Around, Shell};
use crate::web::tabs::{INSTALLATION, tabs};
use axum::response::Html;
use std::path::Path;

/// Jobs that were given up, shown at most.
const SHOWN: u64 = 50;

pub(super) async fn show(may: May<may::Operate>, renderer: Renderer, around: Around) -> Result<Html<String>> {
    let platform = &renderer.platform;
    let db = platform.db.read();
    let text = |key: &str| renderer.text(key, &[]);
    let check = |key: &str, value: String, is_well: bool| Check { label: text(key), value, is_well };

    let (open, failed) = repo::jobs::counts(db, SystemScope).await?;
    let given_up = repo::jobs::failed(db, SystemScope, SHOWN).await?.into_iter().map(|job| GivenUp {
        kind: text(&format!("installation.job.{}", job.kind)),
        attempts: job.attempts,
        moment: Moment::from(job.finished_at.unwrap_or(job.created_at)),
        error: job.last_error.unwrap_or_default(),
    });
    let given_up = given_up.collect();
    let condition = index::condition(platform).await?;
    let mut behind = condition.waiting.count;
    let index = match condition.engine {
        Ok(health) => {
            behind += health.behind;
            let said = if health.complete { "installation.index_complete" } else { "installation.index_incomplete" };
            check(
                "installation.index",
                renderer.text(said, &[("engine", &health.engine), ("documents", &health.documents)]),
                health.complete,
            )
        }
        Err(error) => check("installation.index", renderer.text("installation.fails", &[("reason", &error)]), false),
    };
    let lag = match condition.waiting.since.map(Moment::from) {
        Some(since) => renderer.text("installation.index_behind", &[("count", &behind), ("since", &since.when)]),
        None => behind.to_string(),
    };
    let waits = condition.why.map(|why| check("installation.index_waits", why, false));
    let database = match platform.db.ping().await {
        Ok(()) => check(
            "installation.database",
            text(if platform.db.backend() == sea_orm::DbBackend::Postgres {
                "installation.postgres"
            } else {
                "installation.sqlite"
            }),
            true,
        ),
        Err(error) => check("installation.database", renderer.text("installation.fails", &[("reason", &error)]), false),
    };
    let (applied, pending) = platform.db.migrations().await?;
    let schema = renderer.text("installation.schema_at", &[("applied", &applied.len()), ("pending", &pending.len())]);
    let bytes = stored(platform).await?;
    let mail = if platform.mail.is_folder() { "installation.mail_folder" } else { "installation.mail_smtp" };
    let view = InstallationPage {
        tabs: tabs(&renderer, INSTALLATION, "/installation"),
        checks: [database, check("installation.schema", schema, pending.is_empty()), index]
            .into_iter()
            .chain([check("installation.index_lag", lag, waits.is_none())])
            .chain(waits)
            .chain([
                check("installation.jobs_open", open.to_string(), true),
                check("installation.jobs_given_up", failed.to_string(), failed == 0),
            ])
            .collect(),
        facts: vec![
            check("installation.version", env!("CARGO_PKG_VERSION").to_owned(), true),
            check("installation.address", platform.public_url.to_string(), true),
            check("installation.commits", platform.db.commits().to_string(), true),
            check("installation.data_dir", platform.config.data_dir.display().to_string(), true),
            check("installation.storage", megabytes(bytes), true),
            check(
                "installation.files_limit",
                match platform.config.limits.files_bytes {
                    0 => text("installation.no_limit"),
                    most => megabytes(most),
                },
                true,
            ),
            check("installation.mail", text(mail), true),
            check("installation.organisations", repo::organisations::count(db, SystemScope).await?.to_string(), true),
            check("installation.now", Moment::from(platform.clock.now()).when, true),
        ],
        given_up,
        more: failed.saturating_sub(SHOWN),
    };
    let role = renderer.roles(&may.roles);
    renderer.page(&Shell::desk(&around, &may, role, text("installation.title")), &view)
}

/// Bytes below the data folder.
async fn stored(platform: &Platform) -> Result<u64> {
    let folder = platform.config.data_dir.clone();
    tokio::task::spawn_blocking(move || bytes_below(&folder)).await.map_err(crate::error::AppError::internal)
}

fn bytes_below(folder: &Path) -> u64 {
    let mut bytes = 0;
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        // A file that is gone in this moment takes no room.
        for entry in std::fs::read_dir(&next).into_iter().flatten().flatten() {
            match entry.metadata() {
                Ok(found) if found.is_dir() => folders.push(entry.path()),
                Ok(found) => bytes += found.len(),
                Err(_) => {}
            }
        }
    }
    bytes
}

fn megabytes(bytes: u64) -> String {
    format!("{:.1} MB", bytes as f64 / f64::from(1 << 20))
}
