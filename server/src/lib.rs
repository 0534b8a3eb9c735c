//! What *carries* Souk: HTTP and processes. Routes, middleware, the REST API, background loops, the command line.

pub mod cli;
pub mod config;
pub mod http;
pub mod middleware;
pub mod pages;
pub mod rest;
pub mod serve;
pub mod state;
pub mod telemetry;
pub mod workers;

use crate::middleware::{class, csrf, fault, market, request_id, security_headers};
use axum::Router;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::get;
pub use state::AppState;
use tower::ServiceBuilder;
use tower_http::CompressionLevel;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;

/// Pages are made anew for each request: a few milliseconds of compression must not cost more than the bytes they save.
const COMPRESSION: CompressionLevel = CompressionLevel::Precise(4);

/// The whole shop as its visitors meet it.
pub fn router(state: AppState) -> Router {
    // Files come compressed from the build; everything else is compressed on its way out.
    let compressed = rest::router(&state).merge(pages::router(&state)).layer(CompressionLayer::new().quality(COMPRESSION));
    let health = Router::new().route("/healthz", get(http::health::healthz)).route("/readyz", get(http::health::readyz));
    let shop = compressed
        .merge(http::files::router(&state))
        .merge(health)
        .layer(from_fn(csrf::middleware))
        .layer(from_fn_with_state(state.clone(), class::middleware))
        .layer(CatchPanicLayer::custom(fault::after_panic))
        .layer(from_fn(fault::remember_reader))
        .layer(from_fn_with_state(state.clone(), security_headers::middleware))
        .layer(from_fn(request_id::middleware))
        .with_state(state);
    // Routes know nothing of markets: these are read, and taken off, before a route is looked for.
    Router::new().fallback_service(ServiceBuilder::new().map_request(market::enter).service(shop))
}
