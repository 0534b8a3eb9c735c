//! Headers that stand on every answer, whoever made it; a handler that knows better has set its own.

use crate::state::AppState;
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, HeaderName, REFERRER_POLICY, STRICT_TRANSPORT_SECURITY, X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use http::{HeaderMap, HeaderValue};

/// Two years, as browsers' preload lists ask for.
const TRANSPORT_SECURITY: &str = "max-age=63072000; includeSubDomains";
/// What is no page needs nothing at all.
const NOTHING: &str = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
/// Nothing here uses them; a script that got in should not either.
const PERMISSIONS: &str = "camera=(), geolocation=(), microphone=(), usb=()";

pub async fn middleware(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    default(headers, CONTENT_SECURITY_POLICY, NOTHING);
    default(headers, REFERRER_POLICY, "strict-origin-when-cross-origin");
    default(headers, X_CONTENT_TYPE_OPTIONS, "nosniff");
    default(headers, X_FRAME_OPTIONS, "DENY");
    default(headers, HeaderName::from_static("cross-origin-opener-policy"), "same-origin");
    default(headers, HeaderName::from_static("cross-origin-resource-policy"), "same-origin");
    default(headers, HeaderName::from_static("permissions-policy"), PERMISSIONS);
    // What nobody said may be kept is not kept.
    default(headers, CACHE_CONTROL, "no-store");
    if state.door.is_https {
        default(headers, STRICT_TRANSPORT_SECURITY, TRANSPORT_SECURITY);
    }
    response
}

fn default(headers: &mut HeaderMap, name: HeaderName, value: &'static str) {
    headers.entry(name).or_insert(HeaderValue::from_static(value));
}
