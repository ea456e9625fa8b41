//! The address that a request comes from: the peer's, or what a trusted proxy says.

use crate::config::Config;
use axum::Router;
use axum::extract::ConnectInfo;
use axum::http::Request;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use tower_governor::governor::GovernorConfigBuilder;
use tower_governor::key_extractor::KeyExtractor;
use tower_governor::{GovernorError, GovernorLayer};

/// Limits requests to pages that take a token, by the address that they come from: nobody guesses tokens fast.
///
/// # Panics
/// Never: period and burst are at least one.
pub fn with_token_rate<S: Clone + Send + Sync + 'static>(pages: Router<S>, config: &Config) -> Router<S> {
    let rate = GovernorConfigBuilder::default()
        .per_millisecond(1_000 / config.limits.token_requests_per_second.clamp(1, 1_000))
        .burst_size(config.limits.token_requests_burst.max(1))
        .key_extractor(ByAddress::trusting(&config.trusted_proxies))
        .finish()
        .expect("period and burst are at least one");
    pages.layer(GovernorLayer::new(Arc::new(rate)))
}

/// Limits requests by the address they come from.
#[derive(Clone, Debug)]
pub struct ByAddress {
    trusted: Arc<[IpAddr]>,
}

impl ByAddress {
    /// Believes `X-Forwarded-For` from these proxies alone.
    pub fn trusting(proxies: &[IpAddr]) -> Self {
        Self { trusted: proxies.into() }
    }

    /// The caller's address.
    pub fn of<T>(&self, request: &Request<T>) -> Option<IpAddr> {
        let peer = request.extensions().get::<ConnectInfo<SocketAddr>>()?.0.ip();
        if !self.trusted.contains(&peer) {
            return Some(peer);
        }
        // The nearest address that is no proxy of ours: what stands before it anybody could have written.
        let forwarded = request.headers().get_all("x-forwarded-for").iter().filter_map(|value| value.to_str().ok());
        let chain: Vec<IpAddr> =
            forwarded.flat_map(|value| value.split(',')).filter_map(|ip| ip.trim().parse().ok()).collect();
        Some(chain.into_iter().rev().find(|ip| !self.trusted.contains(ip)).unwrap_or(peer))
    }
}

impl KeyExtractor for ByAddress {
    type Key = IpAddr;

    fn extract<T>(&self, request: &Request<T>) -> Result<IpAddr, GovernorError> {
        self.of(request).ok_or(GovernorError::UnableToExtractKey)
    }
}
