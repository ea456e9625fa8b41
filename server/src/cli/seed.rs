//! `candor seed`: repeatable synthetic data in bulk.

use super::args::Seed;
use crate::actions::seed;
use crate::compose;
use crate::config::Config;
use crate::error::Result;
use crate::platform::clock::Clock;
use indicatif::ProgressBar;
use std::process::ExitCode;

/// Fills the installation.
pub(super) async fn run(config: Config, amounts: Seed) -> Result<ExitCode> {
    let platform = compose::open(config, Clock::system()).await?;
    platform.db.migrate().await?;
    let bar = ProgressBar::new(amounts.vendors + amounts.components + amounts.assessments);
    let wanted = seed::Amounts {
        vendors: amounts.vendors,
        components: amounts.components,
        assessments: amounts.assessments,
        seed: amounts.seed,
    };
    let made = seed::seed(&platform, wanted, |done| bar.set_position(done)).await?;
    bar.finish_and_clear();
    println!(
        "organisation {made}: {} vendors, {} components, {} assessments",
        amounts.vendors, amounts.components, amounts.assessments
    );
    platform.db.close().await;
    Ok(ExitCode::SUCCESS)
}
