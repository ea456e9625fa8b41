//! `candor serve`: serves with the configuration found.

use super::run::bad;
use crate::compose::{self, tell_logs};
use crate::config::Config;
use crate::error::Result;
use crate::platform::clock::Clock;
use std::process::ExitCode;

/// Serves until interrupted.
pub(super) async fn run(config: Config) -> Result<ExitCode> {
    if let Err(error) = config.public_url() {
        return Ok(bad(error));
    }
    tell_logs(&config);
    let serving = compose::serve(config, Clock::system()).await?;
    println!("listening on {}", serving.platform.public_url);
    if let Some(link) = serving.setup_link().await? {
        println!("set up this installation, once: {link}");
    }
    serving.until(interrupted()).await?;
    Ok(ExitCode::SUCCESS)
}

/// Waits for Ctrl-C or a request to terminate.
pub(super) async fn interrupted() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminate) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = tokio::signal::ctrl_c() => {}
            }
            return;
        }
    }
    if let Err(error) = tokio::signal::ctrl_c().await {
        tracing::error!(%error, "cannot wait for Ctrl-C");
    }
}
