//! The sandbox's own pages: plain HTML that works without JavaScript, each marked as a test.

mod authentication;
mod checkout;

use std::sync::Arc;

use axum::Router;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;

use crate::bank::Bank;

/// Shops on this machine, in the grammar of a Content-Security-Policy.
pub(crate) const LOOPBACK_SOURCES: &str = "http://127.0.0.1:* http://localhost:* http://*.localhost:*";

pub(crate) fn routes() -> Router<Arc<Bank>> {
    Router::new()
        .route("/c/pay/{session}", get(checkout::show).post(checkout::pay))
        .route("/c/pay/{session}/return", get(checkout::returned))
        .route("/3ds/{intent}/{challenge}", get(authentication::show).post(authentication::answer))
        .route("/pages/pages.css", get(|| async { asset("text/css; charset=utf-8", include_str!("pages.css")) }))
        .route("/pages/authentication.js", get(|| async { asset("text/javascript; charset=utf-8", include_str!("authentication.js")) }))
}

pub(crate) async fn not_found() -> Response {
    page(StatusCode::NOT_FOUND, "Not found", "<h1>Not found</h1><p>There is nothing at this address.</p>", Framing::Forbidden)
}

/// How a page stands in the window.
#[derive(Debug, Clone, Copy)]
enum Framing {
    /// On its own; no frame may show it.
    Forbidden,
    /// On its own, though shops on this machine may frame it.
    Allowed,
    /// In a frame of a shop's page. That page has the landmarks; a second set would confuse who navigates by them.
    Framed,
}

/// A whole page around the markup of its main part.
fn page(status: StatusCode, title: &str, main: &str, framing: Framing) -> Response {
    let title = escape(title);
    let (banner, sheet) = match framing {
        Framing::Forbidden | Framing::Allowed => ("header", "main"),
        Framing::Framed => ("div", "div"),
    };
    let html = format!(
        r#"<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<title>{title} · Test payments</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/pages/pages.css">
</head>
<body>
<{banner} class="top"><p><strong class="badge">Test payments</strong> No real money moves here.</p></{banner}>
<{sheet} class="sheet">
{main}
</{sheet}>
</body>
</html>
"#
    );
    let ancestors = match framing {
        Framing::Forbidden => "'none'",
        Framing::Allowed | Framing::Framed => LOOPBACK_SOURCES,
    };
    // A form's redirects are held against form-action too, and they lead back to the shop.
    let policy = format!(
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src data:; base-uri 'none'; form-action 'self' {LOOPBACK_SOURCES}; frame-ancestors {ancestors}"
    );
    let mut response = (status, Html(html)).into_response();
    protect(&mut response, &policy);
    response
}

/// The headers that every document of the sandbox carries.
pub(crate) fn protect(response: &mut Response, policy: &str) {
    let headers = response.headers_mut();
    if let Ok(policy) = HeaderValue::from_str(policy) {
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
}

/// A file that is part of the program.
pub(crate) fn asset(kind: &'static str, text: &'static str) -> Response {
    let mut response = ([(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, "no-cache")], text).into_response();
    let headers = response.headers_mut();
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    // The shop's pages load the script from another port, which browsers count as another origin.
    headers.insert("cross-origin-resource-policy", HeaderValue::from_static("cross-origin"));
    response
}

/// 303: whatever was sent, what follows is fetched with GET.
fn see_other(address: &str) -> Response {
    let mut response = StatusCode::SEE_OTHER.into_response();
    match HeaderValue::from_str(address) {
        Ok(address) => {
            response.headers_mut().insert(header::LOCATION, address);
            response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
            response
        }
        Err(_) => page(
            StatusCode::BAD_REQUEST,
            "No way back",
            "<h1>No way back</h1><p>The shop's return address cannot be used.</p>",
            Framing::Forbidden,
        ),
    }
}

/// Text made safe for HTML content and quoted attributes.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            other => escaped.push(other),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::escape;

    #[test]
    fn markup_in_text_stays_text() {
        assert_eq!(escape(r#"<a href="x">'&'</a>"#), "&lt;a href=&quot;x&quot;&gt;&#39;&amp;&#39;&lt;/a&gt;");
    }
}
