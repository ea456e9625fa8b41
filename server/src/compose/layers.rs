//! The layers around the routes, outermost last.

use crate::platform::{Platform, origin};
use crate::state::AppState;
use crate::web::address::{ByAddress, truncated};
use crate::web::failure::{dress, redacted};
use crate::web::hear_out::hear_out;
use crate::web::{once, session};
use axum::Router;
use axum::extract::{Request, State};
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, REFERRER_POLICY, STRICT_TRANSPORT_SECURITY, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use std::time::Duration;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::csrf::CsrfLayer;
use tower_http::limit::RequestBodyLimitLayer;
use tower_http::request_id::{MakeRequestUuid, PropagateRequestIdLayer, SetRequestIdLayer};
use tower_http::set_header::SetResponseHeaderLayer;
use tower_http::timeout::TimeoutLayer;
use tracing::Instrument;

/// Scripts, styles and pictures from here alone; nothing in line; in nobody's frame.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; \
                      font-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

/// Puts the layers around the routes.
pub(super) fn around(routes: Router<AppState>, platform: &Platform) -> Router<AppState> {
    let limits = &platform.config.limits;
    let largest = usize::try_from(limits.largest_request()).unwrap_or(usize::MAX);
    let if_absent = |name: HeaderName, value: &'static str| {
        SetResponseHeaderLayer::if_not_present(name, HeaderValue::from_static(value))
    };
    let mut app = routes
        .layer(from_fn(once::note))
        .layer(session::layer(platform))
        .layer(CsrfLayer::new())
        .layer(RequestBodyLimitLayer::new(largest))
        .layer(from_fn_with_state(limits.refused_bytes, hear_out))
        .layer(TimeoutLayer::with_status_code(
            StatusCode::SERVICE_UNAVAILABLE,
            Duration::from_secs(limits.request_seconds),
        ))
        .layer(CatchPanicLayer::new())
        .layer(from_fn_with_state(platform.clone(), dress))
        .layer(if_absent(CONTENT_SECURITY_POLICY, POLICY))
        .layer(if_absent(X_CONTENT_TYPE_OPTIONS, "nosniff"))
        // Addresses hold links' tokens and ids: no address is told to anybody, ourselves included.
        .layer(if_absent(REFERRER_POLICY, "no-referrer"))
        .layer(if_absent(HeaderName::from_static("cross-origin-opener-policy"), "same-origin"))
        .layer(if_absent(HeaderName::from_static("cross-origin-resource-policy"), "same-origin"))
        .layer(if_absent(CACHE_CONTROL, "no-store"));
    if platform.public_url.starts_with("https://") {
        app = app.layer(if_absent(STRICT_TRANSPORT_SECURITY, "max-age=31536000"));
    }
    app.layer(from_fn_with_state(ByAddress::trusting(&platform.config.trusted_proxies), whence))
        .layer(from_fn_with_state(limits.header_bytes, bounded))
        .layer(from_fn(log))
        .layer(PropagateRequestIdLayer::x_request_id())
        .layer(SetRequestIdLayer::x_request_id(MakeRequestUuid))
        .layer(CompressionLayer::new())
}

/// Refuses a request whose line and headers are larger than any honest one's, before anything looks at them.
async fn bounded(State(most): State<usize>, request: Request, next: Next) -> Response {
    let line = request.uri().path().len() + request.uri().query().map_or(0, str::len);
    let headers = request.headers().iter().map(|(name, value)| name.as_str().len() + value.len());
    if line + headers.sum::<usize>() > most {
        return StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE.into_response();
    }
    next.run(request).await
}

/// Lets actions know the truncated address that a request comes from.
async fn whence(State(by): State<ByAddress>, request: Request, next: Next) -> Response {
    let address = by.of(&request).map(truncated).unwrap_or_default();
    origin::with(address, next.run(request)).await
}

/// One line a request: method, path without secrets, status, time. No addresses, no answers.
async fn log(request: Request, next: Next) -> Response {
    let method = request.method().clone();
    let path = redacted(request.uri().path());
    let id = crate::web::shell::request_id(request.extensions());
    let span = tracing::info_span!("request", id);
    let started = std::time::Instant::now();
    let response = next.run(request).instrument(span.clone()).await;
    let elapsed = started.elapsed();
    let status = response.status().as_u16();
    metrics::histogram!("candor_request_seconds", "method" => method.to_string()).record(elapsed.as_secs_f64());
    metrics::counter!("candor_requests_total", "status" => status.to_string()).increment(1);
    if !path.starts_with("/assets/") && !matches!(path.as_str(), "/healthz" | "/readyz" | "/metrics") {
        let _in = span.enter();
        tracing::info!(%method, path, status, ms = elapsed.as_millis() as u64, "request");
    }
    response
}
