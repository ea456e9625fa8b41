//! `candor migrate`: the schema, brought up to date or looked at.

use crate::config::Config;
use crate::error::Result;
use crate::platform::db::Db;
use std::process::ExitCode;

/// Migrates, or prints each migration with whether it was run.
pub(super) async fn run(config: Config, only_status: bool) -> Result<ExitCode> {
    std::fs::create_dir_all(&config.data_dir)?;
    let db = Db::open(&config).await?;
    if !only_status {
        db.migrate().await?;
    }
    let (applied, pending) = db.migrations().await?;
    for name in applied {
        println!("applied  {name}");
    }
    for name in pending {
        println!("pending  {name}");
    }
    db.close().await;
    Ok(ExitCode::SUCCESS)
}
