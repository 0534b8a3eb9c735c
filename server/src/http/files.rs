//! Files as they are: what the build made for browsers, and the pictures. A name that carries a hash never changes what it
//! stands for, so such a file is kept for ever; all others are asked for again each time.

use crate::middleware::fault;
use crate::state::AppState;
use axum::Router;
use axum::extract::Request;
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use http::header::{CACHE_CONTROL, CONTENT_TYPE};
use http::{HeaderValue, StatusCode};
use std::path::Path;
use tower::ServiceExt as _;
use tower_http::CompressionLevel;
use tower_http::compression::CompressionLayer;
use tower_http::services::ServeDir;

const FOR_EVER: &str = "public, max-age=31536000, immutable";
const ASK_AGAIN: &str = "no-cache";
/// Icons and the like change with a release at most.
const A_DAY: &str = "public, max-age=86400";
/// They are kept for ever, so a millisecond once is well spent.
const TEXTS_COMPRESSION: CompressionLevel = CompressionLevel::Precise(9);
/// No shorter part of a name is taken for a hash.
const HASH_LENGTH_MIN: usize = 16;

/// `/pkg/…`, `/media/…` and `/texts/…`.
pub fn router(state: &AppState) -> Router<AppState> {
    let package = Path::new(&*state.site.site_root).join(&*state.site.site_pkg_dir);
    let package = Router::new().fallback_service(directory(&package)).layer(from_fn(keep_package));
    let media = Router::new().fallback_service(directory(&state.door.media_dir)).layer(from_fn(keep_media));
    let texts = Router::new().route("/texts/{name}", get(texts)).layer(CompressionLayer::new().quality(TEXTS_COMPRESSION));
    Router::new().nest("/pkg", package).nest("/media", media).merge(texts)
}

/// The shop's own texts in one language, which a browser asks for once.
async fn texts(request: Request) -> Response {
    let path = request.uri().path();
    match app::t::FILES.iter().find(|file| file.path == path) {
        Some(file) => ([(CACHE_CONTROL, FOR_EVER), (CONTENT_TYPE, "text/plain; charset=utf-8")], file.content.as_str()).into_response(),
        None => fault::answer(request.headers(), StatusCode::NOT_FOUND, "There is no such file."),
    }
}

fn directory(path: &Path) -> ServeDir {
    ServeDir::new(path).precompressed_br().precompressed_gzip().append_index_html_on_directories(false)
}

/// A file at the top of what the build made (`/favicon.svg`, `/robots.txt`, `/fonts/…`), if there is one of this name.
pub async fn site_file(state: &AppState, request: Request) -> Option<Response> {
    let path = request.uri().path();
    let name = path.rsplit('/').next().unwrap_or_default();
    let is_file = name.contains('.') && !name.starts_with('.') && request.method().is_safe();
    if !is_file {
        return None;
    }
    let cache = if is_hashed(name) { FOR_EVER } else { A_DAY };
    let response = directory(Path::new(&*state.site.site_root)).oneshot(request).await.ok()?;
    let mut response = response.map(axum::body::Body::new);
    if response.status() == StatusCode::NOT_FOUND {
        return None;
    }
    keep(&mut response, cache);
    Some(response)
}

async fn keep_package(request: Request, next: Next) -> Response {
    let cache = if request.uri().path().rsplit('/').next().is_some_and(is_hashed) { FOR_EVER } else { ASK_AGAIN };
    answer(request, next, cache).await
}

/// A picture's name is the hash of what it shows.
async fn keep_media(request: Request, next: Next) -> Response {
    answer(request, next, FOR_EVER).await
}

async fn answer(request: Request, next: Next, cache: &'static str) -> Response {
    let headers = request.headers().clone();
    let mut response = next.run(request).await;
    if response.status() == StatusCode::NOT_FOUND {
        return fault::answer(&headers, StatusCode::NOT_FOUND, "There is no such file.");
    }
    keep(&mut response, cache);
    response
}

fn keep(response: &mut Response, cache: &'static str) {
    if response.status().is_success() || response.status() == StatusCode::NOT_MODIFIED {
        response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static(cache));
    }
    let kind = response.headers().get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    if kind.starts_with("text/") && !kind.contains("charset") {
        let with_charset = HeaderValue::from_str(&format!("{kind}; charset=utf-8"));
        with_charset.into_iter().for_each(|kind| drop(response.headers_mut().insert(CONTENT_TYPE, kind)));
    }
}

/// `souk.Xy12….wasm` is; `souk.wasm` and the placeholder `__wasm_split.______________________.js` are not.
fn is_hashed(name: &str) -> bool {
    let mut parts = name.split('.').rev().skip(1);
    parts.any(|part| {
        let is_token = part.len() >= HASH_LENGTH_MIN && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte));
        is_token && part.bytes().any(|byte| byte != b'_') && part.bytes().any(|byte| byte.is_ascii_digit() || byte.is_ascii_uppercase())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_with_a_hash_are_kept_for_ever() {
        for name in ["souk.Tq0aXK1dY3nq9hSxB8yUxw.wasm", "__wasm_split.Tq0aXK1dY3nq9hSxB8yUxw.js", "chunk_0.Tq0aXK1dY3nq9hSxB8yUxw.wasm"] {
            assert!(is_hashed(name), "{name}");
        }
        for name in ["souk.wasm", "souk.css", "__wasm_split.______________________.js", "__wasm_split_manifest.json", "favicon.svg"] {
            assert!(!is_hashed(name), "{name}");
        }
    }
}
