//! What the JSON interface's handlers share: reading bodies, revisions, and answers with an `ETag`.

use crate::error::{AppError, Result};
use axum::Json;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::header::{ETAG, IF_MATCH, LOCATION};
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use domain::problem::Problem;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// A JSON body; what is wrong with it is located in it.
#[derive(Clone, Copy, Debug)]
pub struct Body<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Body<T> {
    type Rejection = AppError;

    async fn from_request(request: Request, state: &S) -> Result<Self> {
        match Json::<T>::from_request(request, state).await {
            Ok(Json(body)) => Ok(Self(body)),
            Err(rejection) if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE => {
                Err(AppError::TooLarge { what: "body", most: 0 })
            }
            Err(rejection) => {
                Err(Problem::new("", "not-the-json-expected").with("reason", rejection.body_text()).into())
            }
        }
    }
}

/// The revision that the caller saw: `If-Match: "3"`. Absent, or `*`: whatever stands there.
#[derive(Clone, Copy, Debug)]
pub struct IfMatch(pub Option<i64>);

impl<S: Send + Sync> FromRequestParts<S> for IfMatch {
    type Rejection = AppError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self> {
        let Some(header) = parts.headers.get(IF_MATCH) else { return Ok(Self(None)) };
        let text = header.to_str().unwrap_or_default().trim();
        if text == "*" {
            return Ok(Self(None));
        }
        let revision = text.trim_start_matches("W/").trim_matches('"').parse().ok();
        revision.map(|revision| Self(Some(revision))).ok_or_else(|| Problem::new("If-Match", "not-a-revision").into())
    }
}

/// An answer with the revision of what it shows.
#[derive(Clone, Copy, Debug)]
pub struct Tagged<T>(pub i64, pub T);

impl<T: Serialize> IntoResponse for Tagged<T> {
    fn into_response(self) -> Response {
        let mut response = Json(self.1).into_response();
        if let Ok(tag) = HeaderValue::from_str(&format!("\"{}\"", self.0)) {
            response.headers_mut().insert(ETAG, tag);
        }
        response
    }
}

/// Something was made: 201 with its address.
#[derive(Clone, Debug)]
pub struct Made<T>(pub String, pub T);

impl<T: Serialize> IntoResponse for Made<T> {
    fn into_response(self) -> Response {
        let mut response = (StatusCode::CREATED, Json(self.1)).into_response();
        if let Ok(place) = HeaderValue::from_str(&self.0) {
            response.headers_mut().insert(LOCATION, place);
        }
        response
    }
}
