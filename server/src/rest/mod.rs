//! REST v1: the same use cases as the pages, for other programs. Who asks is told by headers, never by cookies; checks
//! come in one order (credentials, role, existence, idempotency key, body); every refusal is a problem with a code from
//! one closed list.

mod body;
mod credentials;
mod documents;
mod idempotent;
pub mod problem;
mod query;

mod accounts;
mod cart;
mod categories;
mod checkout;
mod inventory;
mod orders;
mod payments;
mod products;
mod webhooks;

use crate::middleware::body_limit;
use crate::state::AppState;
use axum::Router;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::{any, get};
use problem::{ErrorCode, Problem};
use std::sync::Arc;
use utoipa::OpenApi as _;
use utoipa::openapi::OpenApi;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

const BASE: &str = "/api/v1";

/// Everything below `/api`.
pub fn router(state: &AppState) -> Router<AppState> {
    let (operations, description) = described(state);
    let documents = Arc::new(documents::Documents::of(&description));
    let documents = Router::new()
        .route("/api/v1/openapi.json", get(documents::openapi))
        .route("/api/docs", get(documents::page))
        .layer(axum::Extension(documents));
    let unknown = Router::new().route("/api", any(unknown_path)).route("/api/{*path}", any(unknown_path));
    operations.merge(documents).merge(unknown).layer(from_fn(problem::fill_in))
}

/// The description of every operation, as it is served.
pub fn description(state: &AppState) -> OpenApi {
    described(state).1
}

/// The operations and their description, which come from the same list and so cannot differ.
fn described(state: &AppState) -> (Router<AppState>, OpenApi) {
    let operations = OpenApiRouter::new()
        .routes(routes!(categories::list))
        .routes(routes!(products::list))
        .routes(routes!(products::show))
        .routes(routes!(inventory::show))
        .routes(routes!(accounts::register))
        .routes(routes!(accounts::login))
        .routes(routes!(accounts::token))
        .routes(routes!(accounts::logout))
        .routes(routes!(accounts::profile))
        .routes(routes!(cart::show, cart::clear))
        .routes(routes!(cart::set_item))
        .routes(routes!(cart::set_coupon, cart::remove_coupon))
        .routes(routes!(cart::remove_item))
        .routes(routes!(checkout::quote))
        .routes(routes!(orders::place, orders::list))
        .routes(routes!(orders::show))
        .routes(routes!(payments::pay))
        .routes(routes!(payments::show))
        .layer(from_fn(body_limit::read_whole))
        .layer(from_fn_with_state(state.clone(), credentials::middleware));
    let webhooks = OpenApiRouter::new().routes(routes!(webhooks::stripe)).layer(from_fn(body_limit::read_whole_webhook));
    let whole = OpenApiRouter::with_openapi(documents::Description::openapi()).nest(BASE, operations.merge(webhooks));
    let (router, description) = whole.split_for_parts();
    (router, documents::finished(description))
}

async fn unknown_path() -> Problem {
    Problem::new(ErrorCode::NotFound, "There is no such path.")
}
