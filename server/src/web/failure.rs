//! How failures look: problem+json (RFC 9457) for programs, a page for people. Failing code says only what happened.

use super::query;
use super::render::{Renderer, View};
use super::say;
use super::shell::{Around, Shell, request_id};
use crate::error::AppError;
use crate::platform::Platform;
use crate::platform::wording::ENGLISH;
use axum::Json;
use axum::extract::{Request, State};
use axum::http::header::{CONTENT_TYPE, RETRY_AFTER};
use axum::http::{HeaderName, HeaderValue, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use domain::problem::Problem;
use serde::Serialize;
use serde_json::{Map, Value, json};
use std::sync::Arc;
use utoipa::ToSchema;

/// Carried by a failed response to the layer that dresses it.
#[derive(Clone)]
struct Failed(Arc<AppError>);

/// A failure as programs get it (RFC 9457).
#[derive(Debug, Serialize, ToSchema)]
pub struct ProblemDocument {
    /// Stable: `urn:candor:problem:invalid`.
    #[serde(rename = "type")]
    pub kind: String,
    /// In words.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// What to do.
    pub detail: String,
    /// Names the request in the logs.
    pub request_id: String,
    /// What is wrong with the input, and where.
    pub errors: Vec<FieldProblem>,
    /// What stands there now, when somebody else changed it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub current: Option<Value>,
}

/// What is wrong at one place of an input.
#[derive(Debug, Serialize, ToSchema)]
pub struct FieldProblem {
    /// A field, a question, a cell, or a JSON Pointer; empty for the whole input.
    pub at: String,
    /// Stable.
    pub code: String,
    /// In words.
    pub message: String,
    /// Values behind the words.
    #[serde(skip_serializing_if = "Map::is_empty")]
    pub with: Map<String, Value>,
}

impl IntoResponse for AppError {
    fn into_response(self) -> Response {
        let mut response = status(&self).into_response();
        response.extensions_mut().insert(Failed(Arc::new(self)));
        response
    }
}

fn status(error: &AppError) -> StatusCode {
    match error {
        AppError::NotFound => StatusCode::NOT_FOUND,
        AppError::Unauthenticated => StatusCode::UNAUTHORIZED,
        AppError::Forbidden | AppError::OwnWork(_) => StatusCode::FORBIDDEN,
        AppError::Invalid(_) => StatusCode::UNPROCESSABLE_ENTITY,
        AppError::Changed(_) => StatusCode::PRECONDITION_FAILED,
        AppError::NotNow(_) | AppError::KeyReused => StatusCode::CONFLICT,
        AppError::TooLarge { .. } => StatusCode::PAYLOAD_TOO_LARGE,
        AppError::TooMany { .. } => StatusCode::TOO_MANY_REQUESTS,
        AppError::StorageFull => StatusCode::INSUFFICIENT_STORAGE,
        AppError::Busy | AppError::SearchDown(_) => StatusCode::SERVICE_UNAVAILABLE,
        AppError::NotAsPublished { .. } | AppError::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

/// The stable name of a kind of failure.
fn code(error: &AppError) -> &'static str {
    match error {
        AppError::NotFound => "not-found",
        AppError::Unauthenticated => "unauthenticated",
        AppError::Forbidden => "forbidden",
        AppError::OwnWork(_) => "own-work",
        AppError::Invalid(_) => "invalid",
        AppError::Changed(_) => "changed",
        AppError::NotNow(_) => "not-now",
        AppError::KeyReused => "key-reused",
        AppError::TooLarge { .. } => "too-large",
        AppError::TooMany { .. } => "too-many",
        AppError::StorageFull => "storage-full",
        AppError::Busy => "busy",
        AppError::SearchDown(_) => "search-down",
        AppError::NotAsPublished { .. } => "not-as-published",
        AppError::Internal(_) => "internal",
    }
}

/// A failure as a page.
#[derive(Debug, Serialize)]
pub struct FailurePage {
    /// The HTTP status.
    pub status: u16,
    /// What happened.
    pub heading: String,
    /// What to do.
    pub advice: String,
    /// What is wrong, in words.
    pub problems: Vec<String>,
    /// Back to where one was.
    pub back: String,
}

impl View for FailurePage {
    const TEMPLATE: &'static str = "pages/failure";

    fn samples() -> Vec<Self> {
        let page = |problems: Vec<String>| Self {
            status: 422,
            heading: "That cannot be used".into(),
            advice: "Correct it and try again.".into(),
            problems,
            back: "/".into(),
        };
        vec![page(Vec::new()), page(vec!["<script>alert(1)</script>".into(), "x".repeat(3_000)])]
    }
}

/// The failure of a response in words.
struct Words {
    title: String,
    detail: String,
    errors: Vec<FieldProblem>,
}

fn words(platform: &Platform, error: &AppError) -> Words {
    let wording = &platform.wording;
    let code = code(error);
    let (what, most, after, number) = match error {
        AppError::TooLarge { what, most } => (*what, *most, 0, 0),
        AppError::TooMany { retry_after } => ("", 0, *retry_after, 0),
        AppError::NotAsPublished { title, number, .. } => (title.as_str(), 0, 0, *number),
        _ => ("", 0, 0, 0),
    };
    let state = if let AppError::NotNow(state) = error { *state } else { "" };
    let detail_key = match error {
        AppError::NotNow(state) if wording.knows(&format!("failure.not-now.detail.{state}")) => {
            format!("failure.not-now.detail.{state}")
        }
        AppError::OwnWork(what) if wording.knows(&format!("failure.own-work.detail.{what}")) => {
            format!("failure.own-work.detail.{what}")
        }
        AppError::TooLarge { most: 0, .. } => format!("failure.{code}.detail.limit-unknown"),
        _ => format!("failure.{code}.detail"),
    };
    let most = megabytes(if most > 0 { most } else { platform.config.limits.largest_request() });
    let values: [(&str, &dyn std::fmt::Display); 5] =
        [("what", &what), ("most", &most), ("seconds", &after), ("state", &state), ("number", &number)];
    let errors = match error {
        AppError::Invalid(problems) => problems.0.iter().map(|problem| field(platform, problem)).collect(),
        _ => Vec::new(),
    };
    Words {
        title: wording.text(ENGLISH, &format!("failure.{code}.title"), &values),
        detail: wording.text(ENGLISH, &detail_key, &values),
        errors,
    }
}

fn megabytes(bytes: u64) -> String {
    if bytes >= 1 << 20 { format!("{} MB", bytes >> 20) } else { format!("{} KB", bytes.div_ceil(1 << 10)) }
}

/// A problem as programs get it.
pub fn field(platform: &Platform, problem: &Problem) -> FieldProblem {
    FieldProblem {
        at: problem.at.clone(),
        code: problem.code.clone(),
        message: say::problem(&platform.wording, problem),
        with: problem.with.iter().map(|(name, value)| (name.clone(), json!(value))).collect(),
    }
}

/// The layer that decides how a failure looks, and logs what only operators may know.
pub async fn dress(State(platform): State<Platform>, request: Request, next: Next) -> Response {
    let Asked { id, path, asked_for, wants_page, is_get, back } = asked(&request);
    let response = next.run(request).await;
    let error = match response.extensions().get::<Failed>().cloned() {
        Some(Failed(error)) => error,
        None => match undressed(&response) {
            Some(error) => Arc::new(error),
            None => return response,
        },
    };
    if let AppError::Internal(cause) = &*error {
        tracing::error!(%cause, request_id = id, path = redacted(&path), "request failed");
    }
    if let AppError::NotAsPublished { details, .. } = &*error {
        tracing::error!(
            details,
            request_id = id,
            path = redacted(&path),
            "a published version was changed in the database"
        );
    }
    if matches!(*error, AppError::Unauthenticated) && wants_page && is_get && !path.starts_with("/portal/") {
        let back = (asked_for != "/").then_some(("return_to", asked_for.as_str()));
        return Redirect::to(&query::address("/sign-in", back)).into_response();
    }
    let status = status(&error);
    let words = words(&platform, &error);
    let mut dressed = if wants_page {
        let view = FailurePage {
            status: status.as_u16(),
            heading: words.title.clone(),
            advice: words.detail,
            problems: words.errors.into_iter().map(|problem| problem.message).collect(),
            back,
        };
        let around = Around { request_id: id, path, fragment: None, notice: None, reads: Default::default() };
        let shell = Shell::plain(&around, words.title);
        match (Renderer { platform }).page(&shell, &view) {
            Ok(page) => (status, page).into_response(),
            Err(error) => {
                tracing::error!(%error, "the failure page does not render");
                status.into_response()
            }
        }
    } else {
        let current = if let AppError::Changed(current) = &*error { Some(current.clone()) } else { None };
        let document = ProblemDocument {
            kind: format!("urn:candor:problem:{}", code(&error)),
            title: words.title,
            status: status.as_u16(),
            detail: words.detail,
            request_id: id,
            errors: words.errors,
            current,
        };
        let mut response = (status, Json(document)).into_response();
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        response
    };
    if let AppError::TooMany { retry_after } = &*error {
        dressed.headers_mut().insert(RETRY_AFTER, HeaderValue::from(*retry_after));
    }
    for name in ["set-cookie", "allow"] {
        for value in response.headers().get_all(name) {
            dressed.headers_mut().append(HeaderName::from_static(name), value.clone());
        }
    }
    dressed
}

/// What a failure's looks depend on.
struct Asked {
    id: String,
    path: String,
    /// With its query.
    asked_for: String,
    wants_page: bool,
    is_get: bool,
    back: String,
}

fn asked(request: &Request) -> Asked {
    let header = |name: &str| request.headers().get(name).and_then(|v| v.to_str().ok()).unwrap_or_default();
    let path = request.uri().path().to_owned();
    let accepts = header("accept");
    Asked {
        id: request_id(request.extensions()),
        asked_for: request.uri().path_and_query().map_or_else(|| path.clone(), ToString::to_string),
        wants_page: !path.starts_with("/api/")
            && header("x-fragment").is_empty()
            && (accepts.contains("text/html") || accepts.is_empty() || accepts == "*/*"),
        is_get: request.method() == Method::GET,
        back: back_from(&path, request.method()),
        path,
    }
}

/// What a bare status from a layer or the router means.
fn undressed(response: &Response) -> Option<AppError> {
    let is_bare = !response.headers().contains_key(CONTENT_TYPE)
        || response.headers().get(CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"text/plain"));
    match response.status() {
        StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED if is_bare => Some(AppError::NotFound),
        StatusCode::PAYLOAD_TOO_LARGE if is_bare => Some(AppError::TooLarge { what: "body", most: 0 }),
        StatusCode::TOO_MANY_REQUESTS => Some(AppError::TooMany { retry_after: 10 }),
        StatusCode::FORBIDDEN if is_bare => Some(AppError::Forbidden),
        StatusCode::BAD_REQUEST if is_bare => Some(Problem::new("", "not-understood").into()),
        StatusCode::REQUEST_TIMEOUT | StatusCode::GATEWAY_TIMEOUT | StatusCode::SERVICE_UNAVAILABLE if is_bare => {
            Some(AppError::Busy)
        }
        StatusCode::INTERNAL_SERVER_ERROR if is_bare => Some(AppError::internal("a handler or layer broke off")),
        _ => None,
    }
}

/// The path without a secret that it may carry.
pub fn redacted(path: &str) -> String {
    for prefix in ["/a/", "/sign-in/", "/set-up/", "/domains/prove/", "/join/"] {
        if path.starts_with(prefix) {
            return format!("{prefix}...");
        }
    }
    path.to_owned()
}

/// Where a failed request came from, as far as its own address says: a form is sent to an address below its page's.
fn back_from(path: &str, method: &Method) -> String {
    let above = path.trim_end_matches('/').rsplit_once('/').map_or("", |(above, _)| above);
    if method == Method::POST && !above.is_empty() { above.to_owned() } else { "/".to_owned() }
}
