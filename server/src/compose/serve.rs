//! Listening, running jobs beside it, and stopping without losing anything.

use super::{open, router};
use crate::actions::{index, organisations, work};
use crate::config::Config;
use crate::error::{AppError, Result};
use crate::platform::Platform;
use crate::platform::clock::Clock;
use crate::state::AppState;
use metrics_exporter_prometheus::PrometheusBuilder;
use std::future::Future;
use std::net::SocketAddr;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tracing_subscriber::EnvFilter;

/// A server that listens.
pub struct Serving {
    /// Where.
    pub address: SocketAddr,
    /// The parts.
    pub platform: Platform,
    listener: TcpListener,
}

/// Sends log lines to standard error, as text or JSON.
pub fn tell_logs(config: &Config) {
    let filter = EnvFilter::try_new(&config.log_filter).unwrap_or_else(|_| EnvFilter::new("info"));
    let lines = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).with_target(false);
    let set = if config.log_json { lines.json().try_init() } else { lines.try_init() };
    // Set twice only where several servers share a process, which is no harm.
    drop(set);
}

/// Opens the parts, migrates where configured, and listens. Port 0 takes any that is free, and a `public_url` that was
/// left open then follows it.
///
/// # Errors
/// When a part cannot be opened, or the address is taken.
pub async fn serve(mut config: Config, clock: Clock) -> Result<Serving> {
    config.public_url().map_err(AppError::internal)?;
    let listener = TcpListener::bind(config.listen)
        .await
        .map_err(|e| AppError::internal(format!("listen {}: {e}", config.listen)))?;
    let address = listener.local_addr()?;
    config.listen = address;
    let platform = open(config, clock).await?;
    if platform.config.migrate_on_start {
        platform.db.migrate().await?;
    }
    Ok(Serving { address, platform, listener })
}

impl Serving {
    /// Serves until told to stop: then no new request is taken, those under way are finished, and so is the job at hand.
    ///
    /// # Errors
    /// When listening fails.
    pub async fn until(self, stop: impl Future<Output = ()> + Send + 'static) -> Result<()> {
        let stopping = CancellationToken::new();
        let state = AppState { platform: self.platform.clone(), metrics: recorder() };
        let runner = tokio::spawn({
            let (platform, stopping) = (self.platform.clone(), stopping.clone());
            async move {
                let jobs = work::run(&platform, stopping.clone().cancelled_owned());
                tokio::join!(jobs, index::keep(&platform, stopping.cancelled_owned()));
            }
        });
        let app = router(state).into_make_service_with_connect_info::<SocketAddr>();
        let served = axum::serve(self.listener, app)
            .with_graceful_shutdown(async move {
                stop.await;
                stopping.cancel();
            })
            .await;
        if let Err(error) = runner.await {
            tracing::error!(%error, "the job runner broke off");
        }
        self.platform.db.clone().close().await;
        Ok(served?)
    }

    /// A set-up link for an installation without organisations.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn setup_link(&self) -> Result<Option<String>> {
        let token = organisations::make_setup_link(&self.platform).await?;
        Ok(token.map(|token| format!("{}/set-up/{}", self.platform.public_url, token.reveal())))
    }
}

fn recorder() -> metrics_exporter_prometheus::PrometheusHandle {
    let recorder = PrometheusBuilder::new().build_recorder();
    let handle = recorder.handle();
    // A second server in the same process keeps the first one's counters.
    drop(metrics::set_global_recorder(recorder));
    handle
}
