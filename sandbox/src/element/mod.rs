//! The browser side: the `/v3/` script that a shop's page loads, and the frames that it opens.
//!
//! Card data is typed into a frame of the sandbox's origin and leaves it only towards the sandbox; the shop's page talks
//! to its frames over a message channel that both ends check before use.

use std::sync::Arc;

use axum::Router;
use axum::http::header;
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;

use crate::bank::Bank;
use crate::pages::{LOOPBACK_SOURCES, asset, protect};

const SCRIPT: &str = "text/javascript; charset=utf-8";

pub(crate) fn routes() -> Router<Arc<Bank>> {
    Router::new()
        .route("/v3", get(script))
        .route("/v3/", get(script))
        .route("/element/payment", get(|| async { frame(include_str!("payment.html")) }))
        .route("/element/controller", get(|| async { frame(include_str!("controller.html")) }))
        .route("/element/channel.js", get(|| async { asset(SCRIPT, include_str!("channel.js")) }))
        .route("/element/payment.js", get(|| async { asset(SCRIPT, include_str!("payment.js")) }))
        .route("/element/payment.css", get(|| async { asset("text/css; charset=utf-8", include_str!("payment.css")) }))
}

async fn script() -> Response {
    asset(SCRIPT, include_str!("stripe.js"))
}

/// A page that only shops on this machine may frame, and that talks to nobody but the sandbox.
fn frame(html: &'static str) -> Response {
    let mut response = ([(header::CONTENT_TYPE, "text/html; charset=utf-8")], Html(html)).into_response();
    let policy = format!(
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors {LOOPBACK_SOURCES}"
    );
    protect(&mut response, &policy);
    response
}
