//! `candor policy`: the scoring policy of an organisation put in force, and all stored scores computed anew.

use super::run::{bad, bad_file};
use super::token::organisation;
use crate::actions::{Buyer, policies, rescore};
use crate::compose;
use crate::config::Config;
use crate::error::{AppError, Result};
use crate::platform::Platform;
use crate::platform::clock::Clock;
use std::path::Path;
use std::process::ExitCode;

/// Publishes a version.
pub(super) async fn publish(config: Config, file: &Path, org: String) -> Result<ExitCode> {
    let text = match std::fs::read_to_string(file) {
        Ok(text) => text,
        Err(error) => return Ok(bad_file(file, error)),
    };
    let platform = compose::open_without_search(config, Clock::system()).await?;
    let by = match organisation(&platform, &org).await? {
        Ok(organisation) => Buyer::system(organisation),
        Err(reason) => return Ok(bad(reason)),
    };
    match policies::publish(&platform, &by, &text).await {
        Ok(published) => {
            let (id, version) = (published.name, published.version);
            println!("{id}, version {version}, is in force; the stored scores are computed anew");
            close(platform).await
        }
        Err(AppError::Invalid(problems)) => Ok(bad_file(file, problems)),
        Err(other) => Err(other),
    }
}

/// Has all stored scores computed anew.
pub(super) async fn rescore(config: Config, org: String) -> Result<ExitCode> {
    let platform = compose::open_without_search(config, Clock::system()).await?;
    let by = match organisation(&platform, &org).await? {
        Ok(organisation) => Buyer::system(organisation),
        Err(reason) => return Ok(bad(reason)),
    };
    let run = rescore::start(&platform, &by).await?;
    println!("run {run} is under way; the server goes on with it");
    close(platform).await
}

async fn close(platform: Platform) -> Result<ExitCode> {
    platform.db.close().await;
    Ok(ExitCode::SUCCESS)
}
