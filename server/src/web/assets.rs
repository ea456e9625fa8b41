//! Style sheets, scripts and pictures, from the binary or the override folder.

use crate::platform::Platform;
use axum::extract::{Path, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, IF_NONE_MATCH};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum_extra::extract::Query;
use rust_embed::RustEmbed;
use serde::Deserialize;
use sha2::{Digest, Sha256};
use std::sync::LazyLock;

/// The files of `web/assets/`, in the binary.
#[derive(RustEmbed)]
#[folder = "$CARGO_MANIFEST_DIR/../web/assets"]
#[include = "css/*"]
#[include = "js/*"]
#[include = "img/*"]
struct Assets;

/// Changes whenever an embedded asset does: part of every asset's address.
pub static VERSION: LazyLock<String> = LazyLock::new(|| {
    let mut names: Vec<_> = Assets::iter().collect();
    names.sort();
    let mut hash = Sha256::new();
    for file in names.iter().filter_map(|name| Assets::get(name)) {
        hash.update(file.metadata.sha256_hash());
    }
    hex::encode(&hash.finalize()[..6])
});

/// The version that an address names.
#[derive(Debug, Deserialize)]
pub struct Version {
    v: Option<String>,
}

/// Serves an asset; for ever where the address names the present version.
pub async fn serve(
    State(platform): State<Platform>,
    Path(name): Path<String>,
    Query(version): Query<Version>,
    headers: HeaderMap,
) -> Response {
    let replaced = platform
        .config
        .overrides_dir
        .as_ref()
        .filter(|_| !name.contains(".."))
        .and_then(|dir| std::fs::read(dir.join("assets").join(&name)).ok());
    let found = replaced.or_else(|| Assets::get(&name).map(|file| file.data.into_owned()));
    let Some(content) = found else { return StatusCode::NOT_FOUND.into_response() };
    let kind = match name.rsplit('.').next() {
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        _ => "application/octet-stream",
    };
    let tag = format!("\"{}\"", hex::encode(&Sha256::digest(&content)[..8]));
    let lasting = version.v.as_deref() == Some(VERSION.as_str());
    let cache = if lasting { "public, max-age=31536000, immutable" } else { "no-cache" };
    if headers.get(IF_NONE_MATCH).is_some_and(|seen| seen.as_bytes() == tag.as_bytes()) {
        return (StatusCode::NOT_MODIFIED, [(ETAG, tag), (CACHE_CONTROL, cache.to_owned())]).into_response();
    }
    ([(CONTENT_TYPE, kind.to_owned()), (ETAG, tag), (CACHE_CONTROL, cache.to_owned())], content).into_response()
}
