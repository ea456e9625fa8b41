//! Requests that may be repeated: the `Idempotency-Key` header, and the key that a page's form carries.

use crate::actions::Once;
use crate::error::AppError;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::Request;
use axum::http::Method;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use domain::problem::Problem;
use sha2::{Digest, Sha256};

/// Characters of a key.
const LONGEST: usize = 200;

/// Notes the key and the hash of a request that carries one. Bodies were limited before they get here.
pub async fn note(request: Request, next: Next) -> Response {
    let Some(key) = request.headers().get("idempotency-key").filter(|_| request.method() == Method::POST).cloned()
    else {
        return next.run(request).await;
    };
    let Some(key) = key.to_str().ok().filter(|key| !key.is_empty() && key.len() <= LONGEST) else {
        return AppError::from(Problem::new("Idempotency-Key", "too-long").with("most", LONGEST)).into_response();
    };
    let (mut parts, body) = request.into_parts();
    let bytes = match to_bytes(body, usize::MAX).await {
        Ok(bytes) => bytes,
        Err(_) => return AppError::TooLarge { what: "body", most: 0 }.into_response(),
    };
    let path = parts.uri.path().to_owned();
    parts.extensions.insert(Once { key: key.to_owned(), request_sha256: request_hash(&path, &bytes) });
    next.run(Request::from_parts(parts, Body::from(bytes))).await
}

fn request_hash(path: &str, body: &Bytes) -> String {
    let mut hash = Sha256::new();
    hash.update(path.as_bytes());
    hash.update([0]);
    hash.update(body);
    hex::encode(hash.finalize())
}

/// The key of a page's form: the form was made with it, so a second click repeats it.
pub fn of_form(key: &str) -> Option<Once> {
    (!key.is_empty() && key.len() <= LONGEST)
        .then(|| Once { key: format!("form:{key}"), request_sha256: "form".to_owned() })
}
