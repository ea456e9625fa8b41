//! How often one address may ask for what costs something, or could be guessed: in memory, for a bounded number of
//! addresses.

use super::address::ByAddress;
use super::routes::Pages;
use crate::config::Config;
use crate::error::{AppError, Result};
use axum::extract::{Request, State};
use axum::http::Method;
use axum::middleware::{Next, from_fn_with_state};
use axum::response::Response;
use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Limits requests to pages that take a token or sign somebody in, by the address that they come from: nobody guesses
/// fast.
pub fn with_token_rate<S: Clone + Send + Sync + 'static>(pages: Pages<S>, config: &Config) -> Pages<S> {
    let limits = &config.limits;
    let period = Duration::from_secs(1) / u32::try_from(limits.token_requests_per_second).unwrap_or(u32::MAX).max(1);
    let rate = Rate::new(config, period, limits.token_requests_burst, true);
    pages.layer(from_fn_with_state(rate, limit))
}

/// The rate at which one address may upload files; goes with [`limit`].
pub fn uploads(config: &Config) -> Arc<Rate> {
    let limits = &config.limits;
    let period = Duration::from_secs(60) / limits.uploads_per_minute.max(1);
    Rate::new(config, period, limits.uploads_burst, false)
}

/// A rate, and who has used how much of it.
#[derive(Debug)]
pub struct Rate {
    by: ByAddress,
    /// One request is given back each.
    period: Duration,
    /// How far ahead of that an address may be.
    ahead: Duration,
    /// Looking counts too.
    counts_looking: bool,
    /// Addresses remembered at most.
    most: usize,
    /// When each will have been given everything back.
    full_at: Mutex<HashMap<IpAddr, Instant>>,
}

impl Rate {
    fn new(config: &Config, period: Duration, burst: u32, counts_looking: bool) -> Arc<Self> {
        Arc::new(Self {
            by: ByAddress::trusting(&config.trusted_proxies),
            period,
            ahead: period * burst.max(1),
            counts_looking,
            most: config.limits.rate_addresses.max(2),
            full_at: Mutex::default(),
        })
    }

    /// Takes one request of an address.
    ///
    /// # Errors
    /// How long it has to wait, when it has used its share up.
    fn take(&self, address: IpAddr, now: Instant) -> Result<(), Duration> {
        let mut known = self.full_at.lock().unwrap_or_else(PoisonError::into_inner);
        let address = network(address);
        let full_at = known.get(&address).map_or(now, |at| (*at).max(now)) + self.period;
        let over = (full_at - now).saturating_sub(self.ahead);
        if !over.is_zero() {
            return Err(over);
        }
        if known.len() >= self.most && !known.contains_key(&address) {
            make_room(&mut known, now);
        }
        known.insert(address, full_at);
        Ok(())
    }
}

/// Forgets addresses that have everything back; where that is not half of them, those that have most of it back.
fn make_room(known: &mut HashMap<IpAddr, Instant>, now: Instant) {
    let half = known.len() / 2;
    known.retain(|_, at| *at > now);
    if known.len() > half {
        let mut all: Vec<Instant> = known.values().copied().collect();
        let (_, middle, _) = all.select_nth_unstable(half);
        let middle = *middle;
        known.retain(|_, at| *at > middle);
    }
}

/// What one customer of a provider has: an IPv4 address, or the first 64 bits of an IPv6 one.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(ip) => {
            let [a, b, c, d, ..] = ip.segments();
            Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0).into()
        }
        v4 => v4,
    }
}

/// The layer that goes with a rate.
///
/// # Errors
/// [`AppError::TooMany`], before anything is read or looked up.
pub async fn limit(State(rate): State<Arc<Rate>>, request: Request, next: Next) -> Result<Response> {
    let looks = matches!(*request.method(), Method::GET | Method::HEAD);
    if (rate.counts_looking || !looks)
        && let Some(address) = rate.by.of(&request)
        && let Err(wait) = rate.take(address, Instant::now())
    {
        metrics::counter!("candor_requests_refused_total").increment(1);
        return Err(AppError::TooMany { retry_after: wait.as_secs() + 1 });
    }
    Ok(next.run(request).await)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rate(most: usize) -> Rate {
        let mut config = Config::default();
        config.limits.rate_addresses = most;
        Arc::into_inner(Rate::new(&config, Duration::from_millis(200), 3, true)).expect("the only one")
    }

    #[test]
    fn a_burst_then_one_by_one() {
        let (rate, now) = (rate(10), Instant::now());
        let (one, other): (IpAddr, IpAddr) = ([203, 0, 113, 7].into(), [203, 0, 113, 8].into());
        for _ in 0..3 {
            assert_eq!(rate.take(one, now).ok(), Some(()));
        }
        let wait = rate.take(one, now).expect_err("the burst is used up");
        assert_eq!(wait, Duration::from_millis(200));
        assert!(rate.take(other, now).is_ok());
        assert!(rate.take(one, now + wait).is_ok());
        assert!(rate.take(one, now + wait).is_err());
    }

    #[test]
    fn one_customer_is_one_address() {
        let (rate, now) = (rate(10), Instant::now());
        let taken =
            (1..9_u16).filter(|n| rate.take(Ipv6Addr::new(0x2001, 0xdb8, 0, 1, 0, 0, 0, *n).into(), now).is_ok());
        assert_eq!(taken.count(), 3);
        // An IPv4 address written as an IPv6 one is that address.
        let v4: IpAddr = [198, 51, 100, 7].into();
        assert_eq!(network(IpAddr::V6(std::net::Ipv4Addr::new(198, 51, 100, 7).to_ipv6_mapped())), v4);
    }

    #[test]
    fn memory_is_bounded_and_the_busy_are_remembered() {
        let (rate, now) = (rate(100), Instant::now());
        let busy: IpAddr = [203, 0, 113, 7].into();
        while rate.take(busy, now).is_ok() {}
        for n in 0..10_000_u32 {
            assert!(rate.take(std::net::Ipv4Addr::from(n).into(), now).is_ok());
            assert!(rate.full_at.lock().expect("whole").len() <= 100);
        }
        assert!(rate.take(busy, now).is_err(), "strangers do not wash away what the busy one used");
    }
}
