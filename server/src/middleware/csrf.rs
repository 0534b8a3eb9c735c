//! No page of somebody else's may make a browser act here: whatever changes something must come from our own pages. The
//! browser itself tells (`Sec-Fetch-Site`, `Origin`); programs, which tell neither, carry no cookies that could be abused.

use super::class::Class;
use super::fault;
use crate::rest::problem::{ErrorCode, Problem};
use axum::extract::Request;
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use http::{HeaderMap, Method, StatusCode, Uri};

/// Refuses requests that another site made a browser send. Only the gateway's webhook is exempt: it is signed.
pub async fn middleware(request: Request, next: Next) -> Response {
    let class = Class::of(request.uri().path());
    if class == Class::Webhook || is_allowed(request.method(), request.uri(), request.headers()) {
        return next.run(request).await;
    }
    tracing::warn!(origin = ?request.headers().get("origin"), path = request.uri().path(), "a cross-site request was refused");
    if class == Class::Api {
        return Problem::new(ErrorCode::Forbidden, "This request came from another site.").into_response();
    }
    fault::answer(request.headers(), StatusCode::FORBIDDEN, "This form was sent from another site. Open the shop and try again.")
}

fn is_allowed(method: &Method, uri: &Uri, headers: &HeaderMap) -> bool {
    if matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS) {
        return true;
    }
    let text = |name: &str| headers.get(name).map(|value| value.to_str().unwrap_or("unreadable"));
    match (text("sec-fetch-site"), text("origin")) {
        // `none`: typed or reloaded by the person, not sent by a page.
        (Some(site), _) => matches!(site, "same-origin" | "none"),
        // Older browsers, and all on plain http beyond this machine, say where the page came from.
        (None, Some(origin)) => {
            let host = uri.authority().map(|authority| authority.as_str()).or_else(|| text("host"));
            origin.split_once("://").map(|(_, authority)| authority) == host
        }
        (None, None) => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn post(headers: &[(&'static str, &str)]) -> bool {
        let headers = headers.iter().map(|(name, value)| (http::HeaderName::from_static(name), value.parse().unwrap())).collect();
        is_allowed(&Method::POST, &Uri::from_static("/sf/cart/add_item"), &headers)
    }

    #[test]
    fn only_our_own_pages_and_programs_may_change_something() {
        let host = ("host", "souk.example");
        assert!(post(&[host, ("sec-fetch-site", "same-origin"), ("origin", "https://souk.example")]));
        assert!(post(&[host, ("sec-fetch-site", "none")]));
        assert!(post(&[host, ("origin", "https://souk.example")]));
        assert!(post(&[host]));
        assert!(!post(&[host, ("sec-fetch-site", "cross-site"), ("origin", "https://evil.example")]));
        assert!(!post(&[host, ("sec-fetch-site", "same-site"), ("origin", "https://evil.souk.example")]));
        assert!(!post(&[host, ("sec-fetch-site", "cross-site")]));
        assert!(!post(&[host, ("origin", "https://evil.example")]));
        assert!(!post(&[host, ("origin", "null")]));
        assert!(!post(&[host, ("origin", "https://souk.example.evil.example")]));
    }

    #[test]
    fn reading_is_open_to_all() {
        let headers = HeaderMap::from_iter([(http::HeaderName::from_static("sec-fetch-site"), "cross-site".parse().unwrap())]);
        assert!(is_allowed(&Method::GET, &Uri::from_static("/p/blue-bowl"), &headers));
    }
}
