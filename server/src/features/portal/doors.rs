//! Who comes to a page of the portal without a link that works is told to open the one that was sent.

use super::views::NoDoor;
use crate::platform::Platform;
use crate::web::render::Renderer;
use crate::web::shell::{Around, Shell, request_id};
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::http::header::ACCEPT;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

/// Puts a page in the place of a bare 401, for people; programs get the usual problem document.
pub(super) async fn say_which_door(State(platform): State<Platform>, request: Request, next: Next) -> Response {
    let accepts = request.headers().get(ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or("*/*");
    let wants_page =
        (accepts.contains("text/html") || accepts == "*/*") && !request.headers().contains_key("x-fragment");
    let around = Around {
        request_id: request_id(request.extensions()),
        path: request.uri().path().to_owned(),
        fragment: None,
        notice: None,
        reads: Default::default(),
    };
    let response = next.run(request).await;
    if response.status() != StatusCode::UNAUTHORIZED || !wants_page {
        return response;
    }
    let renderer = Renderer { platform };
    let shell = Shell::plain(&around, renderer.text("portal.no_door.title", &[]));
    match renderer.page(&shell, &NoDoor {}) {
        Ok(page) => (StatusCode::UNAUTHORIZED, page).into_response(),
        Err(error) => error.into_response(),
    }
}
