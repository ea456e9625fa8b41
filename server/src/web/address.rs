//! The address that a request comes from: the peer's, or what a trusted proxy says.

use axum::extract::ConnectInfo;
use axum::http::request::Parts;
use axum::http::{Extensions, HeaderMap, Request};
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

/// Finds the address that a request comes from.
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
        self.among(request.extensions(), request.headers())
    }

    /// The caller's address, of the parts of a request.
    pub fn of_parts(&self, parts: &Parts) -> Option<IpAddr> {
        self.among(&parts.extensions, &parts.headers)
    }

    fn among(&self, extensions: &Extensions, headers: &HeaderMap) -> Option<IpAddr> {
        let peer = extensions.get::<ConnectInfo<SocketAddr>>()?.0.ip();
        if !self.trusted.contains(&peer) {
            return Some(peer);
        }
        // The nearest address that is no proxy of ours: what stands before it anybody could have written.
        let forwarded = headers.get_all("x-forwarded-for").iter().filter_map(|value| value.to_str().ok());
        let chain: Vec<IpAddr> =
            forwarded.flat_map(|value| value.split(',')).filter_map(|ip| ip.trim().parse().ok()).collect();
        Some(chain.into_iter().rev().find(|ip| !self.trusted.contains(ip)).unwrap_or(peer))
    }
}

/// An address without what names one household: the first 24 bits of an IPv4 address, the first 48 of an IPv6 one.
pub fn truncated(address: IpAddr) -> String {
    match address.to_canonical() {
        IpAddr::V4(ip) => {
            let [a, b, c, _] = ip.octets();
            format!("{a}.{b}.{c}.0/24")
        }
        IpAddr::V6(ip) => {
            let [a, b, c, ..] = ip.segments();
            format!("{}/48", std::net::Ipv6Addr::new(a, b, c, 0, 0, 0, 0, 0))
        }
    }
}
