//! `candor audit verify`: walks every chain.

use super::run::FAILED;
use crate::actions::audit;
use crate::compose;
use crate::config::Config;
use crate::error::Result;
use crate::platform::clock::Clock;
use std::process::ExitCode;

/// Walks every chain; names the first entry of each that is missing or was changed.
pub(super) async fn verify(config: Config) -> Result<ExitCode> {
    let platform = compose::open_without_search(config, Clock::system()).await?;
    let mut whole = true;
    for chain in audit::verify(&platform).await? {
        match chain.outcome {
            Ok(entries) => println!("{} {}: {entries} entries, whole", chain.organisation, chain.name),
            Err(broken) => {
                whole = false;
                println!("{} {}: {broken}", chain.organisation, chain.name);
            }
        }
    }
    platform.db.close().await;
    Ok(if whole { ExitCode::SUCCESS } else { ExitCode::from(FAILED) })
}
