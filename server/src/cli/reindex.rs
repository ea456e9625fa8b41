//! `candor reindex`: the search index, and where every engagement stands, rebuilt from the database.

use crate::actions::index;
use crate::actions::judging::standing;
use crate::compose;
use crate::config::Config;
use crate::error::Result;
use crate::platform::clock::Clock;
use indicatif::ProgressBar;
use std::process::ExitCode;

/// Rebuilds the index.
pub(super) async fn run(config: Config) -> Result<ExitCode> {
    let platform = compose::open(config, Clock::system()).await?;
    let bar = ProgressBar::new_spinner();
    // Vendors are found by how their engagements stand.
    let standings = standing::rebuild(&platform, false, |done| bar.set_position(done)).await?;
    let entries = index::rebuild(&platform, |done| bar.set_position(standings + done)).await?;
    bar.finish_and_clear();
    println!("{entries} entries indexed, {standings} engagements added up");
    platform.db.close().await;
    Ok(ExitCode::SUCCESS)
}
